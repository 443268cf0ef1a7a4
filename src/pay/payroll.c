/*-------------------------------------------------------------------------
 *
 * payroll.c
 *	  What on-call duty and call-outs are worth: lines of pay, and the pieces
 *	  that they are made of.
 *
 * Each table is read once. All shifts of all rotations are walked once; those
 * of people who are paid are sorted by person. Then each person's time is
 * split into bands and counted. Everything is counted in whole microseconds;
 * where a policy pays by the day, parts of days of each length are added up
 * apart, and become one fraction at the end. So nothing is ever rounded here:
 * a line carries the time that counts as a fraction of two integers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "pay/callout.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "roster/roster_loader.h"
#include "miscadmin.h"
#include "pay/pay_loader.h"
#include "base/tstzrange.h"
#include "base/saved_query.h"
#include "roster/shifts.h"
#include "pay/overlapping_duty.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pay_lines);
PG_FUNCTION_INFO_V1(pay_pieces);
PG_FUNCTION_INFO_V1(callout_spans);
PG_FUNCTION_INFO_V1(pay_amount);

/* The most shifts of a window, and pieces of one person's, that are held. */
#define MAX_DUTIES 20000000

/* No day of any zone, whole or what is left of it, is as long as this. */
#define LONGEST_DAY (50 * USECS_PER_HOUR)

/* Where call-outs reach further, the responses of all time are read. */
#define LONGEST_REACH (7 * USECS_PER_DAY)

/* What somebody is paid for. */
typedef enum PayKind
{
	PAY_STANDBY,
	PAY_CALLOUT,
	NUM_PAY_KINDS
} PayKind;

static const char *const kind_name[NUM_PAY_KINDS] = {
	[PAY_STANDBY] = "standby",
	[PAY_CALLOUT] = "callout"
};

/* What is wanted of a payroll. */
typedef enum PayrollMode
{
	MODE_LINES,
	MODE_PIECES,
	MODE_CALLOUTS
} PayrollMode;

/* Columns of pay_lines(). */
enum
{
	LINE_PERSON_ID,
	LINE_POLICY_ID,
	LINE_KIND,
	LINE_BAND,
	LINE_HOURS,
	LINE_COUNTED,
	LINE_COUNTED_OF,
	LINE_RATE,
	LINE_PER,
	LINE_LIEU,
	LINE_COLUMNS
};

/* Columns of pay_pieces(): those, and where they come from. */
enum
{
	PIECE_PAID = LINE_COLUMNS,
	PIECE_LIEU_FACTOR,
	PIECE_ROTATION_ID,
	PIECE_SEAT,
	PIECE_CALLOUT,
	PIECE_PERIOD,
	PIECE_ZONE,
	PIECE_COLUMNS
};

/* Columns of callout_spans(). */
enum
{
	SPAN_PERSON_ID,
	SPAN_POLICY_ID,
	SPAN_PERIOD,
	SPAN_ENDED,
	SPAN_RESPONSES,
	SPAN_LIEU,
	SPAN_COLUMNS
};

/* What a band pays. */
typedef struct BandTerms
{
	const char *name;
	Datum		rates[NUM_PAY_KINDS];	/* numeric */
	Datum		per;			/* interval */
	int64		per_length;		/* in microseconds, a day as 24 hours */
	bool		nominal;		/* in days */
	bool		whole_days;
	Datum		lieu_factor;	/* numeric */
	int64		lieu_day;		/* microseconds, a day as 24 hours; 0: none */
	int			rank;			/* of its standby rate, from low to high */
	int			line[NUM_PAY_KINDS];	/* the first band of the same line */
} BandTerms;

/* How a policy pays. The band after its last one is "other". */
typedef struct PolicyTerms
{
	const PayPolicy *policy;
	int64		day_starts;
	bool		once;
	bool		whole_days;		/* some band has them */
	CalloutTerms callouts;
	BandTerms  *bands;
} PolicyTerms;

/* A stretch of duty of one of the payees. */
typedef struct Duty
{
	int			payee;			/* its number */
	int32		rotation_id;
	int			seat;
	Period		period;
} Duty;

/* Parts held of days of one length. */
typedef struct DayPart
{
	int64		length;
	int64		held;
} DayPart;

/* What somebody has of one band. */
typedef struct Share
{
	int64		held;
	int64		whole_days;
	int64		lieu_days;		/* microseconds */
	int			nparts;
	int			size;			/* parts allocated */
	DayPart    *parts;
} Share;

/* The last day of a rotation (0: of any) that was counted whole. */
typedef struct LastDay
{
	int32		rotation_id;
	Day			day;
} LastDay;

/* Where and by what rules a person's time is split; see bands_for(). */
typedef struct KnownBands
{
	int32		rotation_id;
	int			seat;
	Bands	   *bands;
} KnownBands;

/* What a person has by one policy. */
typedef struct Account
{
	const PolicyTerms *terms;
	Share	   *shares[NUM_PAY_KINDS];	/* one for each band */
	Day		   *lieu_days;		/* the last of each band */
	List	   *last_days;		/* of LastDay */
	List	   *bands;			/* of KnownBands */
} Account;

/* A payroll being written. */
typedef struct Payroll
{
	PayrollMode mode;
	Period		window;
	int32		pay_policy_id;	/* 0: all */
	int32		person_id;		/* 0: all */
	TimestampTz now;			/* at which open responses end */
	ReturnSetInfo *result;
	TypeCacheEntry *typcache;	/* of tstzrange */

	int			npolicies;
	PolicyTerms *policies;		/* in order of id */
	int			npayees;
	Payee	   *payees;			/* in order of id */
	PayCalendars *calendars;
	int			nduties;
	int			size;			/* duties allocated */
	Duty	   *duties;
	int			nresponses;
	Response   *responses;

	/* the person at hand */
	const Payee *payee;
	List	   *accounts;
	PolicyDay	day;			/* the policy day last asked for */

	/* the shift being collected */
	int32		rotation_id;
} Payroll;

/* ----------
 * Reading
 * ----------
 */

static SavedQuery policies_query = {
	.text =
	"SELECT p.pay_policy_id, p.day_starts, p.overlap::pg_catalog.text,"
	" p.minimum_callout::pg_catalog.interval,"
	" p.round_to::pg_catalog.interval FROM oncall.pay_policy p"
	" ORDER BY p.pay_policy_id"
};

static SavedQuery bands_query = {
	.text =
	"SELECT b.pay_band_id, b.standby_rate::pg_catalog.numeric,"
	" b.callout_rate::pg_catalog.numeric, b.per::pg_catalog.interval,"
	" b.whole_days, b.lieu_factor::pg_catalog.numeric,"
	" b.lieu_day::pg_catalog.interval FROM oncall.pay_band b"
	" WHERE b.pay_policy_id OPERATOR(pg_catalog.=) $1"
	" ORDER BY b.\"position\"",
	.nargs = 1,
	.argtypes = {INT4OID}
};

/* people who are paid in a window: by a policy, or any; one of them, or all */
static SavedQuery people_query = {
	.text =
	"SELECT DISTINCT a.person_id FROM oncall.pay_assignment a"
	" WHERE a.valid OPERATOR(pg_catalog.&&) $1"
	" AND CASE WHEN $2 OPERATOR(pg_catalog.=) 0 THEN a.pay_policy_id IS NOT NULL"
	" ELSE a.pay_policy_id OPERATOR(pg_catalog.=) $2 END"
	" AND ($3 OPERATOR(pg_catalog.=) 0"
	" OR a.person_id OPERATOR(pg_catalog.=) $3)",
	.nargs = 3,
	.argtypes = {TSTZRANGEOID, INT4OID, INT4OID}
};

/* in a period: of all, or of some people */
static SavedQuery all_responses_query = {
	.text =
	"SELECT r.person_id, r.response_id, r.period::pg_catalog.tstzrange"
	" FROM oncall.response r"
	" WHERE r.period OPERATOR(pg_catalog.&&) $1",
	.nargs = 1,
	.argtypes = {TSTZRANGEOID}
};

static SavedQuery some_responses_query = {
	.text =
	"SELECT r.person_id, r.response_id, r.period::pg_catalog.tstzrange"
	" FROM oncall.response r"
	" WHERE r.person_id OPERATOR(pg_catalog.=) ANY ($2)"
	" AND r.period OPERATOR(pg_catalog.&&) $1",
	.nargs = 2,
	.argtypes = {TSTZRANGEOID, INT4ARRAYOID}
};

static Datum
numeric_of(int64 value)
{
	return NumericGetDatum(int64_to_numeric(value));
}

static Datum
sum_of(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_add, a, b);
}

static Datum
product_of(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_mul, a, b);
}

/* The whole part of a quotient. */
static Datum
whole_quotient_of(Datum a, Datum b)
{
	return DirectFunctionCall2(numeric_div_trunc, a, b);
}

static int
numeric_order(Datum a, Datum b)
{
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b));
}

/* Add to a length of time; an error beyond int64. */
static void
add_length(int64 *length, int64 more)
{
	if (pg_add_s64_overflow(*length, more, length))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("interval out of range")));
}

/* The length of an interval in days or in time; an error beyond int64. */
static int64
interval_length(const Interval *interval)
{
	int64		length = interval->day * USECS_PER_DAY;

	add_length(&length, interval->time);
	return length;
}

static Datum
interval_of(int64 length)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = length;
	return IntervalPGetDatum(interval);
}

/* Column of a row, copied to the current context. */
static Datum
copied_column(HeapTuple row, int number, int typlen)
{
	return datumCopy(query_column(row, number), false, typlen);
}

static void
read_band(HeapTuple row, BandTerms *band)
{
	Interval   *per = DatumGetIntervalP(query_column(row, 4));

	band->rates[PAY_STANDBY] = copied_column(row, 2, -1);
	band->rates[PAY_CALLOUT] = copied_column(row, 3, -1);
	band->per = copied_column(row, 4, sizeof(Interval));
	band->per_length = interval_length(per);
	band->nominal = per->day != 0;
	band->whole_days = DatumGetBool(query_column(row, 5));
	band->lieu_factor = copied_column(row, 6, -1);
	band->lieu_day = query_column_is_null(row, 7) ? 0 :
		interval_length(DatumGetIntervalP(query_column(row, 7)));
}

/* Time that no band claims. */
static void
make_other(BandTerms *band)
{
	memset(band, 0, sizeof(BandTerms));
	band->name = "other";
	band->rates[PAY_STANDBY] = numeric_of(0);
	band->rates[PAY_CALLOUT] = numeric_of(0);
	band->per_length = USECS_PER_HOUR;
	band->per = interval_of(USECS_PER_HOUR);
	band->lieu_factor = numeric_of(0);
}

/* Which band's standby is paid higher, for equal lengths of time? */
static int
standby_rate_cmp(const void *a, const void *b)
{
	const BandTerms *x = *(BandTerms *const *) a;
	const BandTerms *y = *(BandTerms *const *) b;

	return numeric_order(product_of(x->rates[PAY_STANDBY],
									numeric_of(y->per_length)),
						 product_of(y->rates[PAY_STANDBY],
									numeric_of(x->per_length)));
}

static void
rank_bands(PolicyTerms *terms)
{
	int			n = terms->policy->nbands + 1;
	BandTerms **order = palloc(n * sizeof(BandTerms *));
	int			i;

	for (i = 0; i < n; i++)
		order[i] = &terms->bands[i];
	qsort(order, n, sizeof(BandTerms *), standby_rate_cmp);
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
same_line(const BandTerms *x, const BandTerms *y, PayKind kind)
{
	return x->nominal == y->nominal && x->per_length == y->per_length &&
		strcmp(x->name, y->name) == 0 &&
		numeric_order(x->rates[kind], y->rates[kind]) == 0;
}

static void
find_lines(PolicyTerms *terms)
{
	int			kind;
	int			i;

	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		for (i = 0; i <= terms->policy->nbands; i++)
		{
			int			line = 0;

			while (line < i && !same_line(&terms->bands[line],
										  &terms->bands[i], kind))
				line++;
			terms->bands[i].line[kind] = line;
		}
	}
}

/* Read a policy's bands, which pay_loader.c knows in the same order. */
static void
load_terms(PolicyTerms *terms, int32 pay_policy_id, MemoryContext context)
{
	Datum		id = Int32GetDatum(pay_policy_id);
	MemoryContext caller;
	int			i;

	caller = MemoryContextSwitchTo(context);
	terms->policy = load_policy(pay_policy_id);
	MemoryContextSwitchTo(caller);

	SPI_connect();
	if ((int) query_run(&bands_query, &id, NULL) != terms->policy->nbands)
		elog(ERROR, "unexpected number of bands");
	MemoryContextSwitchTo(context);
	terms->bands = palloc0((terms->policy->nbands + 1) * sizeof(BandTerms));
	for (i = 0; i < terms->policy->nbands; i++)
	{
		read_band(SPI_tuptable->vals[i], &terms->bands[i]);
		terms->bands[i].name = terms->policy->bands[i].name;
		if (terms->bands[i].whole_days)
			terms->whole_days = true;
	}
	make_other(&terms->bands[i]);
	rank_bands(terms);
	find_lines(terms);
	SPI_finish();
}

static void
load_policies(Payroll *payroll)
{
	MemoryContext context = CurrentMemoryContext;
	int32	   *ids;
	int			i;

	if (payroll->pay_policy_id != 0)
		(void) load_policy(payroll->pay_policy_id); /* or an error */

	SPI_connect();
	payroll->npolicies = query_run(&policies_query, NULL, NULL);
	MemoryContextSwitchTo(context);
	payroll->policies = palloc0((payroll->npolicies + 1) *
								sizeof(PolicyTerms));
	ids = palloc((payroll->npolicies + 1) * sizeof(int32));
	for (i = 0; i < payroll->npolicies; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PolicyTerms *terms = &payroll->policies[i];

		ids[i] = DatumGetInt32(query_column(row, 1));
		terms->day_starts = DatumGetTimeADT(query_column(row, 2));
		terms->once = strcmp(TextDatumGetCString(query_column(row, 3)),
							 "once") == 0;
		terms->callouts.minimum =
			interval_length(DatumGetIntervalP(query_column(row, 4)));
		terms->callouts.round_to =
			interval_length(DatumGetIntervalP(query_column(row, 5)));
	}
	SPI_finish();
	for (i = 0; i < payroll->npolicies; i++)
		load_terms(&payroll->policies[i], ids[i], context);
}

/* The policy with this id, or NULL. */
static const PolicyTerms *
find_policy(const Payroll *payroll, int32 pay_policy_id)
{
	int			low = 0;
	int			high = payroll->npolicies;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (payroll->policies[middle].policy->pay_policy_id < pay_policy_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < payroll->npolicies &&
		payroll->policies[low].policy->pay_policy_id == pay_policy_id)
		return &payroll->policies[low];
	return NULL;
}

/*
 * How far beyond a window one has to look: a policy day that counts whole
 * does so in the window in which it starts, even if its duty comes later, and
 * only if its date was not held before, in another zone.
 */
static Period
window_around(const Payroll *payroll)
{
	Period		around = payroll->window;
	int			i;

	for (i = 0; i < payroll->npolicies; i++)
	{
		if (!payroll->policies[i].whole_days)
			continue;
		around.from = Max(payroll->window.from - LONGEST_DAY, MIN_TIMESTAMP);
		around.until = Min(payroll->window.until,
						   END_TIMESTAMP - 1 - LONGEST_DAY) + LONGEST_DAY;
	}
	return around;
}

static void
load_people_paid(Payroll *payroll)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		args[3];
	int32	   *ids;
	int			nids;
	int			i;

	args[0] = RangeTypePGetDatum(tstzrange_of_period(payroll->typcache,
													 window_around(payroll)));
	args[1] = Int32GetDatum(payroll->pay_policy_id);
	args[2] = Int32GetDatum(payroll->person_id);
	SPI_connect();
	nids = query_run(&people_query, args, NULL);
	MemoryContextSwitchTo(context);
	ids = palloc((nids + 1) * sizeof(int32));
	for (i = 0; i < nids; i++)
		ids[i] = DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
	SPI_finish();
	payroll->payees = load_payees(ids, nids, &payroll->npayees);
}

/* The number of the payee with this id, or -1. */
static int
find_payee(const Payroll *payroll, int32 person_id)
{
	int			low = 0;
	int			high = payroll->npayees;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (payroll->payees[middle].person_id < person_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < payroll->npayees &&
		payroll->payees[low].person_id == person_id)
		return low;
	return -1;
}

/*
 * Add the responses of payees that overlap a period: of those with these ids,
 * or of all (no ids). An open one counts up to now.
 */
static void
read_responses(Payroll *payroll, Period period, const int32 *ids, int nids)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		args[2] = {0};
	uint64		nrows;
	uint64		i;

	SPI_connect();
	args[0] = RangeTypePGetDatum(tstzrange_of_period(payroll->typcache, period));
	args[1] = query_id_array(ids, nids);
	nrows = query_run(nids > 0 ? &some_responses_query : &all_responses_query,
					  args, NULL);
	MemoryContextSwitchTo(context);
	if (payroll->responses == NULL)
		payroll->responses = palloc(sizeof(Response));
	payroll->responses = repalloc_huge(payroll->responses,
									   (payroll->nresponses + nrows + 1) *
									   sizeof(Response));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Response   *response = &payroll->responses[payroll->nresponses];

		CHECK_FOR_INTERRUPTS();
		response->person_id = DatumGetInt32(query_column(row, 1));
		response->response_id = DatumGetInt32(query_column(row, 2));
		response->period = query_column_period(row, 3);
		if (TIMESTAMP_IS_NOEND(response->period.until))
			response->period.until = Max(response->period.from, payroll->now);
		if (find_payee(payroll, response->person_id) >= 0)
			payroll->nresponses++;
	}
	SPI_finish();
	qsort(payroll->responses, payroll->nresponses, sizeof(Response),
		  response_cmp);
}

/* The longest time from the end of a response to the paid end; see there. */
static int64
callout_reach(const Payroll *payroll)
{
	int64		reach = 1;
	int			i;

	for (i = 0; i < payroll->npolicies; i++)
	{
		const CalloutTerms *terms = &payroll->policies[i].callouts;
		int64		length;

		if (pg_add_s64_overflow(terms->minimum, terms->round_to, &length))
			return PG_INT64_MAX;
		reach = Max(reach, length);
	}
	return reach;
}

/*
 * Leave out the responses of people whose call-outs may depend on others as
 * well, and tell who these people are.
 */
static int32 *
set_aside_unknown(Payroll *payroll, Period known, Period window, int64 reach,
				  int *nids)
{
	Response   *responses = payroll->responses;
	int32	   *ids = palloc((payroll->npayees + 1) * sizeof(int32));
	int			kept = 0;
	int			first;
	int			end;

	*nids = 0;
	for (first = 0; first < payroll->nresponses; first = end)
	{
		for (end = first + 1; end < payroll->nresponses &&
			 responses[end].person_id == responses[first].person_id; end++)
			;
		if (!callouts_known(&responses[first], end - first, known, window,
							reach))
		{
			ids[(*nids)++] = responses[first].person_id;
			continue;
		}
		memmove(&responses[kept], &responses[first],
				(end - first) * sizeof(Response));
		kept += end - first;
	}
	payroll->nresponses = kept;
	return ids;
}

/*
 * The responses of the payees of which call-outs of the window are formed,
 * without reading those of all time if that can be helped.
 */
static void
load_responses(Payroll *payroll)
{
	const Period always = {DT_NOBEGIN, DT_NOEND};
	Period		window = {payroll->window.from - LONGEST_DAY,
	payroll->window.until};
	int64		reach = callout_reach(payroll);
	int32	   *ids = &payroll->person_id;
	int			nids = payroll->person_id == 0 ? 0 : 1;

	if (reach <= LONGEST_REACH)
	{
		int64		margin = reach + USECS_PER_DAY;
		Period		known;

		known.from = Max(window.from - margin, MIN_TIMESTAMP);
		known.until = Min(window.until, END_TIMESTAMP - 1 - margin) + margin;
		read_responses(payroll, known, ids, nids);
		ids = set_aside_unknown(payroll, known, window, reach, &nids);
		if (nids == 0)
			return;
	}
	read_responses(payroll, always, ids, nids);
}

/* An error when so many shifts are held already. */
static void
refuse_too_many(int nduties)
{
	if (nduties > MAX_DUTIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the window has too many shifts to be paid at once"),
				 errhint("Ask for less time, one policy or one person at a time.")));
}

/* Note a shift of somebody who is paid; see ShiftSink. */
static void
collect_duty(void *arg, int seat, const Cell *cell, Period period)
{
	Payroll    *payroll = arg;
	int			payee;
	Duty	   *duty;

	if (cell->person_id == 0)
		return;
	payee = find_payee(payroll, cell->person_id);
	if (payee < 0)
		return;
	if (payroll->nduties == payroll->size)
	{
		refuse_too_many(payroll->size);
		payroll->size *= 2;
		payroll->duties = repalloc_huge(payroll->duties,
										payroll->size * sizeof(Duty));
	}
	duty = &payroll->duties[payroll->nduties++];
	duty->payee = payee;
	duty->rotation_id = payroll->rotation_id;
	duty->seat = seat;
	duty->period = period;
}

static int
duty_cmp(const void *a, const void *b)
{
	const Duty *x = a;
	const Duty *y = b;

	if (x->payee != y->payee)
		return x->payee < y->payee ? -1 : 1;
	return (x->period.from > y->period.from) -
		(x->period.from < y->period.from);
}

/* Walk all shifts of all rotations. */
static void
collect_duties(Payroll *payroll)
{
	Period		window = window_around(payroll);
	RotationLabel *labels;
	Rotation   *rotations;
	MemoryContext scratch;
	int			nlabels;
	int			i;

	payroll->size = 1024;
	payroll->duties = palloc(payroll->size * sizeof(Duty));
	labels = load_labels(0, &nlabels);
	if (nlabels == 0)
		return;
	rotations = palloc0(nlabels * sizeof(Rotation));
	for (i = 0; i < nlabels; i++)
	{
		rotations[i].rotation_id = labels[i].rotation_id;
		rotations[i].nseats = labels[i].nseats;
	}
	load_layers(rotations, nlabels, false);
	load_covers(rotations, nlabels, window, false);

	scratch = AllocSetContextCreate(CurrentMemoryContext, "oncall shifts",
									ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < nlabels; i++)
	{
		payroll->rotation_id = rotations[i].rotation_id;
		shifts_walk(&rotations[i], window, KNOWN_NOW, scratch, collect_duty,
					payroll);
	}
	MemoryContextDelete(scratch);
	qsort(payroll->duties, payroll->nduties, sizeof(Duty), duty_cmp);
}

/* ----------
 * Counting
 * ----------
 */

static Account *
account_of(Payroll *payroll, const PolicyTerms *terms)
{
	int			nbands = terms->policy->nbands + 1;
	Account    *account;
	ListCell   *cell;
	int			i;

	foreach(cell, payroll->accounts)
	{
		account = lfirst(cell);
		if (account->terms == terms)
			return account;
	}
	account = palloc0(sizeof(Account));
	account->terms = terms;
	for (i = 0; i < NUM_PAY_KINDS; i++)
		account->shares[i] = palloc0(nbands * sizeof(Share));
	account->lieu_days = palloc(nbands * sizeof(Day));
	for (i = 0; i < nbands; i++)
		account->lieu_days[i] = PG_INT32_MIN;
	payroll->accounts = lappend(payroll->accounts, account);
	return account;
}

/* How a person's time is split, in a rotation and seat (0, -1: in none). */
static const Bands *
bands_for(const Payroll *payroll, Account *account, int32 rotation_id,
		  int seat)
{
	const PayPolicy *policy = account->terms->policy;
	KnownBands *known;
	ListCell   *cell;

	/* the same everywhere, unless some band is narrowed */
	if (!policy->narrowed)
	{
		rotation_id = 0;
		seat = -1;
	}
	foreach(cell, account->bands)
	{
		known = lfirst(cell);
		if (known->rotation_id == rotation_id && known->seat == seat)
			return known->bands;
	}
	known = palloc(sizeof(KnownBands));
	known->rotation_id = rotation_id;
	known->seat = seat;
	known->bands = payee_bands(policy, payroll->payee, rotation_id, seat + 1,
							   payroll->calendars);
	account->bands = lappend(account->bands, known);
	return known->bands;
}

static void
add_part(Share *share, int64 length, int64 held)
{
	int			i;

	for (i = 0; i < share->nparts; i++)
	{
		if (share->parts[i].length == length)
		{
			add_length(&share->parts[i].held, held);
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

/* Get ready for policy days of a zone. */
static void
turn_to_zone(Payroll *payroll, const Regime *regime, int64 starts)
{
	const Zone *zone = REGIME_ZONE(regime);

	if (payroll->day.clock.zone != zone || payroll->day.starts != starts)
		policy_day_init(&payroll->day, zone, starts);
}

/* Count a stretch: as time, or in proportion to the policy days it is of. */
static void
count_time(Payroll *payroll, const PolicyTerms *terms, const BandTerms *band,
		   const Regime *regime, Period period, Share *share)
{
	add_length(&share->held, period.until - period.from);
	if (!band->nominal)
		return;
	turn_to_zone(payroll, regime, terms->day_starts);
	while (period.from < period.until)
	{
		TimestampTz end;

		CHECK_FOR_INTERRUPTS();
		policy_day_at(&payroll->day, period.from);
		end = Min(payroll->day.until, period.until);
		add_part(share, payroll->day.until - payroll->day.from,
				 end - period.from);
		period.from = end;
	}
}

/* The day last counted whole of a rotation, or where duty is paid once. */
static LastDay *
last_day_of(Account *account, int32 rotation_id)
{
	LastDay    *last;
	ListCell   *cell;

	if (account->terms->once)
		rotation_id = 0;
	foreach(cell, account->last_days)
	{
		last = lfirst(cell);
		if (last->rotation_id == rotation_id)
			return last;
	}
	last = palloc(sizeof(LastDay));
	last->rotation_id = rotation_id;
	last->day = PG_INT32_MIN;
	account->last_days = lappend(account->last_days, last);
	return last;
}

/*
 * Count the policy days of which this piece is the first, if they start in
 * the window. Somebody whose zone changes has each date once.
 */
static void
count_whole_days(Payroll *payroll, Account *account, const DutyPiece *piece,
				 Share *share)
{
	LastDay    *last = last_day_of(account, piece->rotation_id);
	TimestampTz at = piece->from;

	turn_to_zone(payroll, piece->regime, account->terms->day_starts);
	while (at < piece->until)
	{
		CHECK_FOR_INTERRUPTS();
		policy_day_at(&payroll->day, at);
		if (payroll->day.day > last->day)
		{
			last->day = payroll->day.day;
			if (payroll->day.from >= payroll->window.from &&
				payroll->day.from < payroll->window.until)
				share->whole_days++;
		}
		at = payroll->day.until;
	}
}

/* ----------
 * Writing
 * ----------
 */

/* Add what another band has of the same line. */
static void
add_share(Share *sum, const Share *share)
{
	int			i;

	add_length(&sum->held, share->held);
	sum->whole_days += share->whole_days;
	add_length(&sum->lieu_days, share->lieu_days);
	for (i = 0; i < share->nparts; i++)
		add_part(sum, share->parts[i].length, share->parts[i].held);
}

/*
 * The time that counts, in microseconds, as a fraction: of days, each part is
 * held * 24 hours / length.
 */
static void
counted_time(const BandTerms *band, const Share *share, Datum *numerator,
			 Datum *denominator)
{
	Datum		a = numeric_of(band->nominal ? 0 : share->held);
	Datum		b = numeric_of(1);
	Datum		day = numeric_of(USECS_PER_DAY);
	Datum		divisor;
	int			i;

	if (share->whole_days > 0)
		a = product_of(numeric_of(share->whole_days), day);
	for (i = 0; i < share->nparts; i++)
	{
		Datum		length = numeric_of(share->parts[i].length);
		Datum		part = product_of(numeric_of(share->parts[i].held),
									  product_of(day, b));

		a = sum_of(product_of(a, length), part);
		b = product_of(b, length);
		divisor = DirectFunctionCall2(numeric_gcd, a, b);
		a = whole_quotient_of(a, divisor);
		b = whole_quotient_of(b, divisor);
	}
	*numerator = a;
	*denominator = b;
}

/* Microseconds as an interval, rounded half away from zero. */
static Datum
rounded_interval(Datum length)
{
	return interval_of(DatumGetInt64(DirectFunctionCall1(numeric_int8,
														 length)));
}

/* The time in lieu that comes from what somebody has of a band. */
static Datum
lieu_time(const BandTerms *band, const Share *share)
{
	return sum_of(product_of(numeric_of(share->held), band->lieu_factor),
				  numeric_of(share->lieu_days));
}

static bool
is_nothing(const Share *share)
{
	return share->held == 0 && share->whole_days == 0 &&
		share->lieu_days == 0;
}

/* Fill in the columns of a line. */
static void
fill_line(const Payroll *payroll, const PolicyTerms *terms, PayKind kind,
		  const BandTerms *band, const Share *share, Datum lieu,
		  Datum *values)
{
	values[LINE_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[LINE_POLICY_ID] = Int32GetDatum(terms->policy->pay_policy_id);
	values[LINE_KIND] = CStringGetTextDatum(kind_name[kind]);
	values[LINE_BAND] = CStringGetTextDatum(band->name);
	values[LINE_HOURS] = interval_of(share->held);
	counted_time(band, share, &values[LINE_COUNTED],
				 &values[LINE_COUNTED_OF]);
	values[LINE_RATE] = band->rates[kind];
	values[LINE_PER] = band->per;
	values[LINE_LIEU] = rounded_interval(lieu);
}

static void
put_row(const Payroll *payroll, Datum *values, bool *nulls)
{
	tuplestore_putvalues(payroll->result->setResult,
						 payroll->result->setDesc, values, nulls);
}

/* Write the lines of a person by one policy. */
static void
put_lines(Payroll *payroll, Account *account)
{
	const PolicyTerms *terms = account->terms;
	int			kind;
	int			i;
	int			k;

	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		for (i = 0; i <= terms->policy->nbands; i++)
		{
			Datum		values[LINE_COLUMNS];
			bool		nulls[LINE_COLUMNS] = {0};
			Datum		lieu = numeric_of(0);
			Share		sum = {0};

			for (k = i; k <= terms->policy->nbands; k++)
			{
				const Share *share = &account->shares[kind][k];

				if (terms->bands[k].line[kind] != i || is_nothing(share))
					continue;
				add_share(&sum, share);
				if (kind == PAY_CALLOUT)
					lieu = sum_of(lieu, lieu_time(&terms->bands[k], share));
			}
			if (is_nothing(&sum))
				continue;
			fill_line(payroll, terms, kind, &terms->bands[i], &sum, lieu,
					  values);
			put_row(payroll, values, nulls);
		}
	}
}

/* Write a piece; rotation_id is 0 for those of a call-out. */
static void
put_piece(Payroll *payroll, const PolicyTerms *terms, PayKind kind, int band,
		  const Regime *regime, Period period, int32 rotation_id, int seat,
		  const Callout *callout, const Share *share, bool paid)
{
	const BandTerms *band_terms = &terms->bands[band];
	Datum		values[PIECE_COLUMNS] = {0};
	bool		nulls[PIECE_COLUMNS] = {0};

	fill_line(payroll, terms, kind, band_terms, share,
			  kind == PAY_CALLOUT ? lieu_time(band_terms, share) :
			  numeric_of(0), values);
	values[PIECE_PAID] = BoolGetDatum(paid);
	if (!paid)
		values[LINE_HOURS] = interval_of(period.until - period.from);
	values[PIECE_LIEU_FACTOR] = band_terms->lieu_factor;
	values[PIECE_ROTATION_ID] = Int32GetDatum(rotation_id);
	values[PIECE_SEAT] = Int16GetDatum(seat + 1);
	nulls[PIECE_ROTATION_ID] = nulls[PIECE_SEAT] = callout != NULL;
	if (callout != NULL)
		values[PIECE_CALLOUT] =
			RangeTypePGetDatum(tstzrange_of_period(payroll->typcache,
												   callout->paid));
	nulls[PIECE_CALLOUT] = callout == NULL;
	values[PIECE_PERIOD] =
		RangeTypePGetDatum(tstzrange_of_period(payroll->typcache, period));
	values[PIECE_ZONE] =
		CStringGetTextDatum(pg_get_timezone_name(unconstify(Zone *, REGIME_ZONE(regime))));
	put_row(payroll, values, nulls);
}

/* ----------
 * Standby
 * ----------
 */

/* Count a piece of duty that is paid. */
static void
pay_duty(Payroll *payroll, Account *account, const DutyPiece *piece)
{
	const PolicyTerms *terms = account->terms;
	const BandTerms *band = &terms->bands[piece->band];
	Period		within = {Max(piece->from, payroll->window.from),
	Min(piece->until, payroll->window.until)};
	Share		own = {0};
	Share	   *share = payroll->mode == MODE_PIECES ? &own :
	&account->shares[PAY_STANDBY][piece->band];

	if (band->whole_days)
	{
		add_length(&share->held, Max(within.until - within.from, 0));
		count_whole_days(payroll, account, piece, share);
	}
	else if (within.from < within.until)
		count_time(payroll, terms, band, piece->regime, within, share);

	if (payroll->mode == MODE_PIECES && !is_nothing(share))
	{
		if (within.from >= within.until)
		{
			/* the first that is held of a day lies beyond the window */
			within.from = piece->from;
			within.until = piece->until;
		}
		put_piece(payroll, terms, PAY_STANDBY, piece->band, piece->regime,
				  within, piece->rotation_id, piece->seat, NULL, share, true);
	}
}

/* Show a part of a piece of duty that is not paid, for another one is. */
static void
put_unpaid(Payroll *payroll, const PolicyTerms *terms, const DutyPiece *piece,
		   TimestampTz from, TimestampTz until)
{
	Period		period = {Max(from, payroll->window.from),
	Min(until, payroll->window.until)};
	Share		nothing = {0};

	if (period.from < period.until)
		put_piece(payroll, terms, PAY_STANDBY, piece->band, piece->regime,
				  period, piece->rotation_id, piece->seat, NULL, &nothing,
				  false);
}

/* Show what is left of pieces of duty where others are paid; both in order. */
static void
explain_unpaid(Payroll *payroll, const PolicyTerms *terms,
			   const DutyPiece *pieces, int npieces,
			   const DutyPiece *paid, int npaid)
{
	int			first = 0;
	int			i;
	int			k;

	for (i = 0; i < npieces; i++)
	{
		const DutyPiece *piece = &pieces[i];
		TimestampTz at = piece->from;

		CHECK_FOR_INTERRUPTS();
		while (first < npaid && paid[first].until <= piece->from)
			first++;
		for (k = first; k < npaid && paid[k].from < piece->until; k++)
		{
			if (paid[k].rotation_id != piece->rotation_id ||
				paid[k].seat != piece->seat)
				continue;
			put_unpaid(payroll, terms, piece, at, paid[k].from);
			at = Max(at, paid[k].until);
		}
		put_unpaid(payroll, terms, piece, at, piece->until);
	}
}

/* Pieces of duty, while they are being collected. */
typedef struct DutyPieces
{
	int			npieces;
	int			size;
	DutyPiece  *pieces;
} DutyPieces;

/* Split a stretch of duty into bands. */
static void
split_duty(const Payroll *payroll, Account *account, const Duty *duty,
		   Period period, DutyPieces *list)
{
	BandWalk	walk;
	BandPiece	part;

	bands_begin(&walk, bands_for(payroll, account, duty->rotation_id,
								 duty->seat), period.from, period.until);
	while (bands_next(&walk, &part))
	{
		DutyPiece  *piece;

		if (list->npieces == list->size)
		{
			refuse_too_many(list->size);
			list->size *= 2;
			list->pieces = repalloc_huge(list->pieces,
										 list->size * sizeof(DutyPiece));
		}
		piece = &list->pieces[list->npieces++];
		piece->from = part.from;
		piece->until = part.until;
		piece->rotation_id = duty->rotation_id;
		piece->seat = duty->seat;
		piece->band = part.band;
		piece->rank = account->terms->bands[part.band].rank;
		piece->regime = part.regime;
	}
}

/* Are these in order, one after the other? */
static bool
pieces_are_apart(const DutyPiece *pieces, int npieces)
{
	int			i;

	for (i = 1; i < npieces; i++)
	{
		if (pieces[i].from < pieces[i - 1].until)
			return false;
	}
	return true;
}

/* The duties of a person while one policy pays them. */
static void
pay_duties(Payroll *payroll, const PolicyTerms *terms, Period span,
		   const Duty *duties, int nduties)
{
	Account    *account = account_of(payroll, terms);
	DutyPieces	list = {0, 64, palloc(64 * sizeof(DutyPiece))};
	DutyPiece  *paid;
	int			npaid;
	int			i;

	for (i = 0; i < nduties; i++)
	{
		Period		period = {Max(duties[i].period.from, span.from),
		Min(duties[i].period.until, span.until)};

		if (period.from < period.until)
			split_duty(payroll, account, &duties[i], period, &list);
	}
	/* as a rule, people hold one duty at a time */
	paid = list.pieces;
	npaid = list.npieces;
	if (!pieces_are_apart(list.pieces, list.npieces))
	{
		qsort(list.pieces, list.npieces, sizeof(DutyPiece), duty_piece_cmp);
		if (terms->once)
		{
			paid = MemoryContextAllocHuge(CurrentMemoryContext,
										  (2 * list.npieces + 1) *
										  sizeof(DutyPiece));
			npaid = duties_once(list.pieces, list.npieces, paid);
			if (payroll->mode == MODE_PIECES)
				explain_unpaid(payroll, terms, list.pieces, list.npieces,
							   paid, npaid);
		}
	}
	for (i = 0; i < npaid; i++)
		pay_duty(payroll, account, &paid[i]);
	if (paid != list.pieces)
		pfree(paid);
	pfree(list.pieces);
}

/* All duties of the person at hand, whoever pays. */
static void
pay_standby(Payroll *payroll, const Duty *duties, int nduties)
{
	const Payee *payee = payroll->payee;
	Period		span = {DT_NOBEGIN, DT_NOBEGIN};
	int			i;

	for (i = 0; i < payee->nstretches && nduties > 0; i++)
	{
		int32		pay_policy_id = payee->stretches[i].pay_policy_id;

		span.until = payee->stretches[i].until;
		/* a move within a policy is the bands' concern */
		if (i + 1 < payee->nstretches &&
			payee->stretches[i + 1].pay_policy_id == pay_policy_id)
			continue;
		if (pay_policy_id != 0 && span.until > window_around(payroll).from &&
			(payroll->pay_policy_id == 0 || payroll->pay_policy_id == pay_policy_id))
		{
			const PolicyTerms *terms = find_policy(payroll, pay_policy_id);

			if (terms != NULL)
				pay_duties(payroll, terms, span, duties, nduties);
		}
		span.from = span.until;
	}
}

/* ----------
 * Call-outs
 * ----------
 */

/* By which policy is the person at hand paid at an instant? NULL: none. */
static const PolicyTerms *
policy_at(const Payroll *payroll, TimestampTz at)
{
	const PayStretch *stretch = payroll->payee->stretches;

	while (stretch->until <= at)
		stretch++;
	return stretch->pay_policy_id == 0 ? NULL :
		find_policy(payroll, stretch->pay_policy_id);
}

/* See CalloutTermsAt: without a policy, what was worked. */
static CalloutTerms
callout_terms_at(void *arg, TimestampTz at)
{
	const PolicyTerms *terms = policy_at(arg, at);
	CalloutTerms none = {0, 1};

	return terms == NULL ? none : terms->callouts;
}

/* Count the paid time of a call-out. */
static void
pay_callout_time(Payroll *payroll, Account *account, const Callout *callout,
				 Share *shares)
{
	BandWalk	walk;
	BandPiece	part;

	bands_begin(&walk, bands_for(payroll, account, 0, -1),
				callout->paid.from, callout->paid.until);
	while (bands_next(&walk, &part))
	{
		Period		period = {part.from, part.until};
		Share		own = {0};
		Share	   *share = payroll->mode == MODE_PIECES ? &own :
		&shares[part.band];

		/* days in proportion: whole ones are for standby */
		count_time(payroll, account->terms,
				   &account->terms->bands[part.band], part.regime, period,
				   share);
		if (payroll->mode == MODE_PIECES)
			put_piece(payroll, account->terms, PAY_CALLOUT, part.band,
					  part.regime, period, 0, 0, callout, share, true);
	}
}

/*
 * Count the days in lieu that the responses of a call-out earn: one for each
 * local day and band, to which the first response of that day has a claim.
 * shares is NULL where they only keep later ones from it.
 */
static void
pay_lieu_days(Payroll *payroll, Account *account, const Callout *callout,
			  const Response *response, Share *shares)
{
	BandWalk	walk;
	BandPiece	part;

	if (response->period.from >= response->period.until)
		return;
	bands_begin(&walk, bands_for(payroll, account, 0, -1),
				response->period.from, response->period.until);
	while (bands_next(&walk, &part))
	{
		const BandTerms *band = &account->terms->bands[part.band];
		Day		   *last = &account->lieu_days[part.band];
		TimestampTz at = part.from;

		if (band->lieu_day == 0)
			continue;
		turn_to_zone(payroll, part.regime, 0);
		while (at < part.until)
		{
			Period		period = {at, 0};
			Share		own = {0};

			CHECK_FOR_INTERRUPTS();
			policy_day_at(&payroll->day, at);
			period.until = Min(part.until, payroll->day.until);
			at = period.until;
			if (payroll->day.day <= *last)
				continue;
			*last = payroll->day.day;
			if (shares == NULL)
				continue;
			add_length(&shares[part.band].lieu_days, band->lieu_day);
			own.lieu_days = band->lieu_day;
			if (payroll->mode == MODE_PIECES)
				put_piece(payroll, account->terms, PAY_CALLOUT, part.band,
						  part.regime, period, 0, 0, callout, &own, true);
		}
	}
}

/* Write a call-out with its responses and all of its time in lieu. */
static void
put_callout(const Payroll *payroll, const PolicyTerms *terms,
			const Callout *callout, const Response *responses,
			const Share *shares)
{
	Datum		values[SPAN_COLUMNS];
	bool		nulls[SPAN_COLUMNS] = {0};
	int32	   *ids = palloc(callout->nresponses * sizeof(int32));
	Datum		lieu = numeric_of(0);
	int			i;

	for (i = 0; i < callout->nresponses; i++)
		ids[i] = responses[callout->first + i].response_id;
	for (i = 0; i <= terms->policy->nbands; i++)
		lieu = sum_of(lieu, lieu_time(&terms->bands[i], &shares[i]));

	values[SPAN_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[SPAN_POLICY_ID] = Int32GetDatum(terms->policy->pay_policy_id);
	values[SPAN_PERIOD] =
		RangeTypePGetDatum(tstzrange_of_period(payroll->typcache, callout->paid));
	values[SPAN_ENDED] = TimestampTzGetDatum(callout->ended);
	values[SPAN_RESPONSES] = query_id_array(ids, callout->nresponses);
	values[SPAN_LIEU] = rounded_interval(lieu);
	put_row(payroll, values, nulls);
}

/* Pay a call-out, if it is of this window and of the policy asked for. */
static void
pay_callout(Payroll *payroll, const Callout *callout,
			const Response *responses)
{
	const PolicyTerms *terms = policy_at(payroll, callout->paid.from);
	bool		counts = callout->paid.from >= payroll->window.from;
	Share	   *shares = NULL;
	Account    *account;
	int			i;

	if (terms == NULL || (payroll->pay_policy_id != 0 &&
						  payroll->pay_policy_id != terms->policy->pay_policy_id))
		return;
	account = account_of(payroll, terms);
	if (counts)
	{
		shares = account->shares[PAY_CALLOUT];
		if (payroll->mode == MODE_CALLOUTS)
			shares = palloc0((terms->policy->nbands + 1) * sizeof(Share));
		if (callout->paid.from < callout->paid.until)
			pay_callout_time(payroll, account, callout, shares);
	}
	for (i = 0; i < callout->nresponses; i++)
		pay_lieu_days(payroll, account, callout,
					  &responses[callout->first + i], shares);
	if (counts && payroll->mode == MODE_CALLOUTS)
		put_callout(payroll, terms, callout, responses, shares);
}

/* All call-outs of the person at hand. */
static void
pay_callouts(Payroll *payroll, const Response *responses, int nresponses)
{
	Callout    *callouts;
	int			ncallouts;
	int			i;

	if (nresponses == 0)
		return;
	callouts = MemoryContextAllocHuge(CurrentMemoryContext,
									  nresponses * sizeof(Callout));
	ncallouts = callouts_form(responses, nresponses, callout_terms_at,
							  payroll, callouts);
	if (ncallouts < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a call-out would last beyond the end of time"),
				 errhint("Look for a minimum_callout or round_to that is too long.")));

	/* those of the day before may have had a claim to its day in lieu */
	for (i = 0; i < ncallouts; i++)
	{
		if (callouts[i].paid.from < payroll->window.until &&
			callouts[i].ended >= payroll->window.from - LONGEST_DAY)
			pay_callout(payroll, &callouts[i], responses);
	}
}

/* ----------
 * The functions
 * ----------
 */

/* Pay everybody; duties and responses are in order of people. */
static void
pay_people(Payroll *payroll)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall payee",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	int			d = 0;
	int			r = 0;
	int			i;

	for (i = 0; i < payroll->npayees; i++)
	{
		int			duties = d;
		int			responses = r;
		ListCell   *cell;

		CHECK_FOR_INTERRUPTS();
		payroll->payee = &payroll->payees[i];
		payroll->accounts = NIL;
		while (d < payroll->nduties && payroll->duties[d].payee == i)
			d++;
		while (r < payroll->nresponses && payroll->responses[r].person_id ==
			   payroll->payee->person_id)
			r++;
		pay_standby(payroll, &payroll->duties[duties], d - duties);
		pay_callouts(payroll, &payroll->responses[responses], r - responses);
		if (payroll->mode == MODE_LINES)
		{
			foreach(cell, payroll->accounts)
				put_lines(payroll, lfirst(cell));
		}
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* An argument that is an id; 0 for NULL, which wants all. */
static int32
id_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? 0 : PG_GETARG_INT32(number);
}

/* (during, pay_policy_id, person_id), as all these functions have it. */
static Datum
run_payroll(FunctionCallInfo fcinfo, PayrollMode mode)
{
	Payroll		payroll = {0};
	Oid			tables[NUM_PAY_TABLES];

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange('2026-04-01', '2026-05-01').")));
	payroll.mode = mode;
	payroll.window = tstzrange_window(PG_GETARG_RANGE_P(0));
	payroll.pay_policy_id = id_argument(fcinfo, 1);
	payroll.person_id = id_argument(fcinfo, 2);
	payroll.now = GetCurrentTransactionStartTimestamp();
	pay_tables(tables);

	InitMaterializedSRF(fcinfo, 0);
	payroll.result = (ReturnSetInfo *) fcinfo->resultinfo;
	payroll.typcache = tstzrange_typcache();

	load_policies(&payroll);
	load_people_paid(&payroll);
	if (payroll.npayees > 0)
	{
		payroll.calendars = palloc0(sizeof(PayCalendars));
		payroll.calendars->context = CurrentMemoryContext;
		if (mode != MODE_CALLOUTS)
			collect_duties(&payroll);
		load_responses(&payroll);
		pay_people(&payroll);
	}
	PG_RETURN_VOID();
}

Datum
pay_lines(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_LINES);
}

Datum
pay_pieces(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_PIECES);
}

Datum
callout_spans(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_CALLOUTS);
}

/*
 * pay_amount(counted, counted_of, rate, per, digits): rounded once, half away
 * from zero. Only whole numbers and decimals are multiplied, and div() of
 * them is exact.
 */
Datum
pay_amount(PG_FUNCTION_ARGS)
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

	twice = product_of(product_of(PG_GETARG_DATUM(0), PG_GETARG_DATUM(2)),
					   numeric_of(2 * scale));
	half = product_of(PG_GETARG_DATUM(1),
					  numeric_of(interval_length(PG_GETARG_INTERVAL_P(3))));
	if (numeric_order(twice, numeric_of(0)) < 0)
		twice = DirectFunctionCall2(numeric_sub, twice, half);
	else
		twice = sum_of(twice, half);
	amount = whole_quotient_of(twice, product_of(half, numeric_of(2)));
	PG_RETURN_DATUM(product_of(amount,
							   NumericGetDatum(int64_div_fast_to_numeric(1, digits))));
}
