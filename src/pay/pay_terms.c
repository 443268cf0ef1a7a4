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
	TERMS_JOIN_CALLOUTS,
	TERMS_STANDBY_DURING_CALLOUT,
	TERMS_BY_ROTATION,
	TERMS_BAND_ID,				/* NULL: there is no band */
	TERMS_BAND,
	TERMS_PAY_CODE,
	TERMS_APPLIES,
	TERMS_ROTATION_ID,
	TERMS_SEAT,
	TERMS_STANDBY_RATE,
	TERMS_CALLOUT_RATE,
	TERMS_OF_WAGE,
	TERMS_PER,
	TERMS_CALLOUT_PER,
	TERMS_WHOLE_DAYS,
	TERMS_LIEU_FACTOR,
	TERMS_LIEU_DAY,
	TERMS_STANDBY_LIEU_FACTOR,
	TERMS_STANDBY_LIEU_DAY
};

#define SELECT_TERMS \
	"SELECT p.pay_policy_id, p.day_starts, p.overlap::pg_catalog.text," \
	" p.minimum_callout::pg_catalog.interval," \
	" p.round_to::pg_catalog.interval, p.join_callouts," \
	" p.standby_during_callout, p.by_rotation, b.pay_band_id," \
	" b.band::pg_catalog.text, b.pay_code::pg_catalog.text," \
	" b.applies::oncall.weekly_hours, b.rotation_id, b.seat," \
	" b.standby_rate::pg_catalog.numeric," \
	" b.callout_rate::pg_catalog.numeric, b.of_wage," \
	" b.per::pg_catalog.interval, b.callout_per::pg_catalog.interval," \
	" b.whole_days, b.lieu_factor::pg_catalog.numeric," \
	" b.lieu_day::pg_catalog.interval," \
	" b.standby_lieu_factor::pg_catalog.numeric," \
	" b.standby_lieu_day::pg_catalog.interval" \
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

/* A column that may be NULL, as text or as a length (0). */
static const char *
text_column(HeapTuple row, int number)
{
	return query_column_is_null(row, number) ? NULL :
		TextDatumGetCString(query_column(row, number));
}

static int64
length_column(HeapTuple row, int number)
{
	return query_column_is_null(row, number) ? 0 :
		exact_length(DatumGetIntervalP(query_column(row, number)));
}

/* For which time is the rate? */
static void
set_per(BandTerms *terms, Datum per)
{
	terms->per = datumCopy(per, false, sizeof(Interval));
	terms->per_length = exact_length(DatumGetIntervalP(per));
	terms->nominal = DatumGetIntervalP(per)->day != 0;
}

/* Set what time in lieu there is: by the hour, and for a day. */
static void
set_lieu(HeapTuple row, BandTerms *terms, int factor, int day)
{
	terms->lieu_factor = copied_column(row, factor, -1);
	terms->lieu_day = length_column(row, day);
	terms->earns_lieu = terms->lieu_day != 0 ||
		exact_cmp(terms->lieu_factor, exact_of(0)) != 0;
}

static void
read_standby(HeapTuple row, BandTerms *terms)
{
	terms->rate = copied_column(row, TERMS_STANDBY_RATE, -1);
	set_per(terms, query_column(row, TERMS_PER));
	set_lieu(row, terms, TERMS_STANDBY_LIEU_FACTOR, TERMS_STANDBY_LIEU_DAY);
}

static void
read_callouts(HeapTuple row, PayBand *band)
{
	BandTerms  *terms = &band->terms[PAY_CALLOUT];

	band->is_work = query_column_is_null(row, TERMS_CALLOUT_RATE);
	terms->rate = band->is_work ? exact_of(0) :
		copied_column(row, TERMS_CALLOUT_RATE, -1);
	if (!query_column_is_null(row, TERMS_CALLOUT_PER))
		set_per(terms, query_column(row, TERMS_CALLOUT_PER));
	else if (band->terms[PAY_STANDBY].nominal)
		set_per(terms, exact_interval(USECS_PER_HOUR));
	else
		set_per(terms, band->terms[PAY_STANDBY].per);
	set_lieu(row, terms, TERMS_LIEU_FACTOR, TERMS_LIEU_DAY);
}

static void
read_band(HeapTuple row, PayBand *band)
{
	memset(band, 0, sizeof(PayBand));
	band->name = text_column(row, TERMS_BAND);
	band->code = text_column(row, TERMS_PAY_CODE);
	if (!query_column_is_null(row, TERMS_APPLIES))
		band->applies = weekly_hours_week(query_column(row, TERMS_APPLIES));
	if (!query_column_is_null(row, TERMS_ROTATION_ID))
		band->rotation_id = DatumGetInt32(query_column(row,
													   TERMS_ROTATION_ID));
	if (!query_column_is_null(row, TERMS_SEAT))
		band->seat = DatumGetInt16(query_column(row, TERMS_SEAT));
	band->of_wage = DatumGetBool(query_column(row, TERMS_OF_WAGE));
	band->whole_days = DatumGetBool(query_column(row, TERMS_WHOLE_DAYS));
	read_standby(row, &band->terms[PAY_STANDBY]);
	read_callouts(row, band);
}

/* Time that no band claims is worth nothing. */
static void
make_other(PayBand *band)
{
	int			kind;

	memset(band, 0, sizeof(PayBand));
	band->name = "other";
	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		band->terms[kind].rate = exact_of(0);
		set_per(&band->terms[kind], exact_interval(USECS_PER_HOUR));
		band->terms[kind].lieu_factor = exact_of(0);
	}
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
	policy->callouts.join =
		DatumGetBool(query_column(rows[0], TERMS_JOIN_CALLOUTS));
	policy->during_callout =
		DatumGetBool(query_column(rows[0], TERMS_STANDBY_DURING_CALLOUT));
	policy->by_rotation =
		DatumGetBool(query_column(rows[0], TERMS_BY_ROTATION));
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
		policy->by_date |= band->whole_days ||
			band->terms[PAY_STANDBY].lieu_day != 0;
		policy->has_work |= band->is_work;
		policy->of_wage |= band->of_wage;
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
