/*-------------------------------------------------------------------------
 *
 * pay_terms.c
 *	  Pay policies and their bands: how time is split, and what it is worth.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/pay_terms.h"

#include "base/ids.h"
#include "base/saved_query.h"
#include "catalog/pg_type.h"
#include "pay/bands.h"
#include "pay/exact.h"
#include "types/weekly_hours.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/timestamp.h"

/* Columns of a policy with one of its bands. */
enum
{
	TERMS_POLICY_ID = 1,
	TERMS_DAY_STARTS,
	TERMS_OVERLAP,
	TERMS_MINIMUM_CALLOUT,
	TERMS_ROUND_TO,
	TERMS_BAND_ID,				/* NULL: there is no band */
	TERMS_BAND,
	TERMS_APPLIES,
	TERMS_ROTATION_ID,
	TERMS_SEAT,
	TERMS_STANDBY_RATE,
	TERMS_CALLOUT_RATE,
	TERMS_PER,
	TERMS_WHOLE_DAYS,
	TERMS_LIEU_FACTOR,
	TERMS_LIEU_DAY
};

#define SELECT_TERMS \
	"SELECT p.pay_policy_id, p.day_starts, p.overlap::pg_catalog.text," \
	" p.minimum_callout::pg_catalog.interval," \
	" p.round_to::pg_catalog.interval, b.pay_band_id," \
	" b.band::pg_catalog.text, b.applies::oncall.weekly_hours," \
	" b.rotation_id, b.seat, b.standby_rate::pg_catalog.numeric," \
	" b.callout_rate::pg_catalog.numeric, b.per::pg_catalog.interval," \
	" b.whole_days, b.lieu_factor::pg_catalog.numeric," \
	" b.lieu_day::pg_catalog.interval" \
	" FROM oncall.pay_policy p LEFT JOIN oncall.pay_band b" \
	" ON b.pay_policy_id OPERATOR(pg_catalog.=) p.pay_policy_id"

static SavedQuery one_policy = {
	.text = SELECT_TERMS
	" WHERE p.pay_policy_id OPERATOR(pg_catalog.=) $1"
	" ORDER BY b.\"position\"",
	.nargs = 1,
	.argtypes = {INT4OID}
};

static SavedQuery all_policies = {
	.text = SELECT_TERMS " ORDER BY p.pay_policy_id, b.\"position\""
};

/* Column of a row, copied to the current context. */
static Datum
copied_column(HeapTuple row, int number, int typlen)
{
	return datumCopy(query_column(row, number), false, typlen);
}

static void
read_band(HeapTuple row, PayBand *band)
{
	Interval   *per = DatumGetIntervalP(query_column(row, TERMS_PER));

	memset(band, 0, sizeof(PayBand));
	band->name = TextDatumGetCString(query_column(row, TERMS_BAND));
	if (!query_column_is_null(row, TERMS_APPLIES))
		band->applies = weekly_hours_week(query_column(row, TERMS_APPLIES));
	if (!query_column_is_null(row, TERMS_ROTATION_ID))
		band->rotation_id = DatumGetInt32(query_column(row,
													   TERMS_ROTATION_ID));
	if (!query_column_is_null(row, TERMS_SEAT))
		band->seat = DatumGetInt16(query_column(row, TERMS_SEAT));
	band->rates[PAY_STANDBY] = copied_column(row, TERMS_STANDBY_RATE, -1);
	band->rates[PAY_CALLOUT] = copied_column(row, TERMS_CALLOUT_RATE, -1);
	band->per = copied_column(row, TERMS_PER, sizeof(Interval));
	band->per_length = exact_length(per);
	band->nominal = per->day != 0;
	band->whole_days = DatumGetBool(query_column(row, TERMS_WHOLE_DAYS));
	band->lieu_factor = copied_column(row, TERMS_LIEU_FACTOR, -1);
	if (!query_column_is_null(row, TERMS_LIEU_DAY))
		band->lieu_day =
			exact_length(DatumGetIntervalP(query_column(row,
														TERMS_LIEU_DAY)));
}

/* Time that no band claims is worth nothing. */
static void
make_other(PayBand *band)
{
	memset(band, 0, sizeof(PayBand));
	band->name = "other";
	band->rates[PAY_STANDBY] = exact_of(0);
	band->rates[PAY_CALLOUT] = exact_of(0);
	band->per_length = USECS_PER_HOUR;
	band->per = exact_interval(USECS_PER_HOUR);
	band->lieu_factor = exact_of(0);
}

/* Which band's standby is paid higher, for equal lengths of time? */
static int
standby_rate_cmp(const void *a, const void *b)
{
	const PayBand *x = *(PayBand *const *) a;
	const PayBand *y = *(PayBand *const *) b;

	return exact_cmp(exact_product(x->rates[PAY_STANDBY],
								   exact_of(y->per_length)),
					 exact_product(y->rates[PAY_STANDBY],
								   exact_of(x->per_length)));
}

static void
rank_bands(PayPolicy *policy)
{
	int			n = policy->nbands + 1;
	PayBand   **order = palloc(n * sizeof(PayBand *));
	int			i;

	for (i = 0; i < n; i++)
		order[i] = &policy->bands[i];
	qsort(order, n, sizeof(PayBand *), standby_rate_cmp);
	for (i = 0; i < n; i++)
	{
		order[i]->rank = i;
		if (i > 0 && standby_rate_cmp(&order[i - 1], &order[i]) == 0)
			order[i]->rank = order[i - 1]->rank;
	}
	pfree(order);
}

/* Do two bands make one line of pay? */
static bool
same_line(const PayBand *x, const PayBand *y, PayKind kind)
{
	return x->nominal == y->nominal && x->per_length == y->per_length &&
		strcmp(x->name, y->name) == 0 &&
		exact_cmp(x->rates[kind], y->rates[kind]) == 0;
}

static void
find_lines(PayPolicy *policy)
{
	int			kind;
	int			i;

	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		for (i = 0; i <= policy->nbands; i++)
		{
			int			line = 0;

			while (line < i && !same_line(&policy->bands[line],
										  &policy->bands[i], kind))
				line++;
			policy->bands[i].line[kind] = line;
		}
	}
}

/* How do the bands of a policy compare? What this takes is not kept. */
static void
compare_bands(PayPolicy *policy)
{
	rank_bands(policy);
	find_lines(policy);
}

/* Read a policy from its rows, one for each band, or one without any. */
static void
read_policy(PayPolicy *policy, HeapTuple *rows, uint64 nrows)
{
	uint64		i;

	memset(policy, 0, sizeof(PayPolicy));
	policy->pay_policy_id = DatumGetInt32(query_column(rows[0], TERMS_POLICY_ID));
	policy->day_starts = DatumGetTimeADT(query_column(rows[0],
													  TERMS_DAY_STARTS));
	policy->once = strcmp(TextDatumGetCString(query_column(rows[0],
														   TERMS_OVERLAP)),
						  "once") == 0;
	policy->callouts.minimum =
		exact_length(DatumGetIntervalP(query_column(rows[0],
													TERMS_MINIMUM_CALLOUT)));
	policy->callouts.round_to =
		exact_length(DatumGetIntervalP(query_column(rows[0],
													TERMS_ROUND_TO)));
	if (nrows > MAX_BANDS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("pay policy %d has too many bands",
						policy->pay_policy_id),
				 errdetail("A policy may have at most %d.", MAX_BANDS)));

	policy->bands = palloc((nrows + 1) * sizeof(PayBand));
	for (i = 0; i < nrows; i++)
	{
		PayBand    *band = &policy->bands[policy->nbands];

		if (query_column_is_null(rows[i], TERMS_BAND_ID))
			break;
		read_band(rows[i], band);
		policy->whole_days |= band->whole_days;
		policy->narrowed |= band->rotation_id != 0 || band->seat != 0;
		policy->nbands++;
	}
	make_other(&policy->bands[policy->nbands]);
}

PayPolicy *
pay_terms_policy(int32 pay_policy_id)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext scratch;
	PayPolicy  *policy = palloc(sizeof(PayPolicy));
	Datum		arg = Int32GetDatum(pay_policy_id);
	uint64		nrows;

	SPI_connect();
	nrows = query_run(&one_policy, &arg, NULL);
	if (nrows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("pay policy %d does not exist", pay_policy_id)));
	scratch = MemoryContextSwitchTo(context);
	read_policy(policy, SPI_tuptable->vals, nrows);
	MemoryContextSwitchTo(scratch);
	compare_bands(policy);
	SPI_finish();
	return policy;
}

PayPolicy *
pay_terms_policies(int *npolicies)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext scratch;
	PayPolicy  *policies;
	HeapTuple  *rows;
	uint64		nrows;
	uint64		first;
	uint64		end;
	int			i;

	SPI_connect();
	nrows = query_run(&all_policies, NULL, NULL);
	rows = SPI_tuptable->vals;
	scratch = MemoryContextSwitchTo(context);
	policies = palloc((nrows + 1) * sizeof(PayPolicy));
	*npolicies = 0;
	for (first = 0; first < nrows; first = end)
	{
		Datum		id = query_column(rows[first], TERMS_POLICY_ID);

		CHECK_FOR_INTERRUPTS();
		for (end = first + 1; end < nrows &&
			 query_column(rows[end], TERMS_POLICY_ID) == id; end++)
			;
		read_policy(&policies[(*npolicies)++], &rows[first], end - first);
	}
	MemoryContextSwitchTo(scratch);
	for (i = 0; i < *npolicies; i++)
		compare_bands(&policies[i]);
	SPI_finish();
	return policies;
}

const PayPolicy *
pay_terms_find(const PayPolicy *policies, int npolicies, int32 pay_policy_id)
{
	int			place = ids_place(policies, npolicies, sizeof(PayPolicy),
								  offsetof(PayPolicy, pay_policy_id),
								  pay_policy_id);

	return place < 0 ? NULL : &policies[place];
}
