/*-------------------------------------------------------------------------
 *
 * pay_share.c
 *	  What somebody has of one band, and what that is worth.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/pay_share.h"

#include "fmgr.h"
#include "pay/exact.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_pay_amount);

static void
add_held(PayShare *share, int64 length, int64 held)
{
	int			i;

	for (i = 0; i < share->nparts; i++)
	{
		if (share->parts[i].length == length)
		{
			exact_add(&share->parts[i].held, held);
			return;
		}
	}
	if (share->nparts == share->size)
	{
		share->size = share->size * 2 + 2;
		share->parts = share->parts == NULL ?
			palloc(share->size * sizeof(DayPart)) :
			repalloc(share->parts, share->size * sizeof(DayPart));
	}
	share->parts[share->nparts].length = length;
	share->parts[share->nparts].held = held;
	share->nparts++;
}

void
pay_share_add_part(PayShare *share, int64 length, int64 held)
{
	Assert(held > 0 && held <= length);
	add_held(share, length, held);
}

void
pay_share_add(PayShare *sum, const PayShare *share)
{
	int			i;

	exact_add(&sum->held, share->held);
	sum->whole_days += share->whole_days;
	exact_add(&sum->lieu_days, share->lieu_days);
	for (i = 0; i < share->nparts; i++)
		add_held(sum, share->parts[i].length, share->parts[i].held);
}

bool
pay_share_is_nothing(const PayShare *share)
{
	Assert(share->nparts == 0 || share->held > 0);
	return share->held == 0 && share->whole_days == 0 &&
		share->lieu_days == 0;
}

void
pay_share_counted(const PayShare *share, bool nominal, Datum *numerator,
				  Datum *denominator)
{
	Datum		a = exact_of(nominal ? 0 : share->held);
	Datum		b = exact_of(1);
	Datum		day = exact_of(USECS_PER_DAY);
	Datum		divisor;
	int			i;

	if (share->whole_days > 0)
		a = exact_product(exact_of(share->whole_days), day);
	for (i = 0; i < share->nparts; i++)
	{
		Datum		length = exact_of(share->parts[i].length);
		Datum		part = exact_product(exact_of(share->parts[i].held),
										 exact_product(day, b));

		a = exact_sum(exact_product(a, length), part);
		b = exact_product(b, length);
		divisor = exact_gcd(a, b);
		a = exact_whole_quotient(a, divisor);
		b = exact_whole_quotient(b, divisor);
	}
	*numerator = a;
	*denominator = b;
}

Datum
pay_share_lieu(const PayShare *share, Datum factor)
{
	return exact_sum(exact_product(exact_of(share->held), factor),
					 exact_of(share->lieu_days));
}

/*
 * pay_amount(counted, counted_of, rate, per, digits): rounded once, half away
 * from zero. Only whole numbers and decimals are multiplied, and div() of
 * them is exact.
 */
Datum
oncall_pay_amount(PG_FUNCTION_ARGS)
{
	int32		digits = PG_GETARG_INT32(4);
	int64		scale = 1;
	Datum		twice;
	Datum		half;
	Datum		amount;
	int			i;

	if (digits < 0 || digits > 9)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("digits must be between 0 and 9"),
				 errhint("currency_digits() tells those of a currency.")));
	for (i = 0; i < digits; i++)
		scale *= 10;

	twice = exact_product(exact_product(PG_GETARG_DATUM(0),
										PG_GETARG_DATUM(2)),
						  exact_of(2 * scale));
	half = exact_product(PG_GETARG_DATUM(1),
						 exact_of(exact_length(PG_GETARG_INTERVAL_P(3))));
	if (exact_cmp(twice, exact_of(0)) < 0)
		twice = DirectFunctionCall2(numeric_sub, twice, half);
	else
		twice = exact_sum(twice, half);
	amount = exact_whole_quotient(twice, exact_product(half, exact_of(2)));
	PG_RETURN_DATUM(exact_product(amount,
								  NumericGetDatum(int64_div_fast_to_numeric(1, digits))));
}
