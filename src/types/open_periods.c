/*-------------------------------------------------------------------------
 *
 * open_periods.c
 *	  Evaluation of weekly hours: are they open, and when?
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/weekly_hours_private.h"

#include "base/tstzrange.h"
#include "calendar/clock_cache.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/multirangetypes.h"

PG_FUNCTION_INFO_V1(oncall_is_open);
PG_FUNCTION_INFO_V1(oncall_open_periods);

#define MAX_PERIODS 1000000

/* What is kept from call to call; each part for the argument it came from. */
typedef struct EvalCache
{
	ClockCache	clocks;
	ArrayType  *dates;
	Holidays	holidays;		/* these dates, in order */
} EvalCache;

/* A copy of a detoasted varlena that lasts as long as the cache. */
static void *
keep(FunctionCallInfo fcinfo, const void *value)
{
	return memcpy(MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
									 VARSIZE_ANY(value)),
				  value, VARSIZE_ANY(value));
}

/* The clock of the zone that an argument names. */
static WallClock *
clock_argument(FunctionCallInfo fcinfo, int n, EvalCache *cache)
{
	return clock_cache_find(&cache->clocks, PG_GETARG_TEXT_PP(n),
							fcinfo->flinfo->fn_mcxt);
}

/* Check an array of dates and read it into the cache, in order. */
static void
read_holidays(FunctionCallInfo fcinfo, ArrayType *dates, EvalCache *cache)
{
	int			ndays = ArrayGetNItems(ARR_NDIM(dates), ARR_DIMS(dates));
	Day		   *days;
	const Day  *given = (const Day *) ARR_DATA_PTR(dates);
	int			i;

	if (array_contains_nulls(dates))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("holidays must not contain nulls"),
				 errhint("Leave them out, for instance with array_remove(holidays, NULL).")));
	for (i = 0; i < ndays; i++)
		if (DATE_NOT_FINITE(given[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("holidays must be finite dates")));

	if (cache->dates)
	{
		pfree(cache->dates);
		pfree(unconstify(Day *, cache->holidays.days));
		cache->dates = NULL;
	}
	days = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
							  (ndays + 1) * sizeof(Day));
	memcpy(days, given, ndays * sizeof(Day));
	cache->holidays = holidays_of_dates(days, ndays);
	cache->dates = keep(fcinfo, dates);
}

/* The dates that an argument gives. */
static const Holidays *
holidays_argument(FunctionCallInfo fcinfo, int n, EvalCache *cache)
{
	ArrayType  *dates = PG_GETARG_ARRAYTYPE_P(n);

	if (cache->dates == NULL || !weekly_hours_same_bytes(cache->dates, dates))
		read_holidays(fcinfo, dates, cache);
	PG_FREE_IF_COPY(dates, n);
	return &cache->holidays;
}

/* What earlier calls left for this one. */
static EvalCache *
eval_cache(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
								   sizeof(EvalCache));
	return fcinfo->flinfo->fn_extra;
}

/* is_open(hours, at, zone, holidays) */
Datum
oncall_is_open(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	EvalCache  *cache = eval_cache(fcinfo);
	WallClock  *clock = clock_argument(fcinfo, 2, cache);
	const Holidays *holidays = holidays_argument(fcinfo, 3, cache);
	Week		week;
	bool		result;

	weekly_hours_to_week(hours, &week);
	result = week_is_open(&week, clock, holidays, at);
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_BOOL(result);
}

/* The periods as a multirange. */
static MultirangeType *
periods_to_multirange(const PeriodList *open)
{
	TypeCacheEntry *rangetype = tstzrange_typcache();
	RangeType **ranges = palloc(open->n * sizeof(RangeType *) + 1);
	int64		i;

	for (i = 0; i < open->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		ranges[i] = tstzrange_of_period(rangetype, open->periods[i]);
	}
	return make_multirange(TSTZMULTIRANGEOID, rangetype, open->n,
						   ranges);
}

/* open_periods(hours, during, zone, holidays) */
Datum
oncall_open_periods(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	Period		window = tstzrange_window(PG_GETARG_RANGE_P(1));
	EvalCache  *cache = eval_cache(fcinfo);
	WallClock  *clock = clock_argument(fcinfo, 2, cache);
	const Holidays *holidays = holidays_argument(fcinfo, 3, cache);
	PeriodList	open = {0};
	Week		week;

	open.limit = MAX_PERIODS;
	weekly_hours_to_week(hours, &week);
	if (!week_open_periods(&week, clock, holidays, window.from, window.until,
						   &open))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %d open periods in the window",
						MAX_PERIODS),
				 errhint("Ask for a shorter window.")));
	PG_RETURN_MULTIRANGE_P(periods_to_multirange(&open));
}
