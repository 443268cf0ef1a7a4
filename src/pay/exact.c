/*-------------------------------------------------------------------------
 *
 * exact.c
 *	  Arithmetic that loses nothing: numerics, and lengths of time in whole
 *	  microseconds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/exact.h"

#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

Datum
exact_of(int64 value)
{
	return NumericGetDatum(int64_to_numeric(value));
}

Datum
exact_sum(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_add, a, b);
}

Datum
exact_product(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

int
exact_cmp(Datum a, Datum b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b));
}

Datum
exact_whole_quotient(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_div_trunc, a, b);
}

Datum
exact_gcd(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_gcd, a, b);
}

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("interval out of range")));
}

void
exact_add(int64 *length, int64 more)
{
	if (pg_add_s64_overflow(*length, more, length))
		out_of_range();
}

int64
exact_length(const Interval *interval)
{
	int64		length;

	if (pg_mul_s64_overflow(interval->day, USECS_PER_DAY, &length))
		out_of_range();
	exact_add(&length, interval->time);
	return length;
}

Datum
exact_interval(int64 length)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = length;
	return IntervalPGetDatum(interval);
}

Datum
exact_interval_rounded(Datum length)
{
	return exact_interval(DatumGetInt64(DirectFunctionCall1(numeric_int8,
															length)));
}
