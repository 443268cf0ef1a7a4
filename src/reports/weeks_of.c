/*-------------------------------------------------------------------------
 *
 * weeks_of.c
 *	  How much of some periods falls into which week on a wall clock.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/tstzrange.h"
#include "calendar/zone.h"
#include "calendar/zone_offsets.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_weeks_of);

/* The columns of the result. */
enum
{
	WEEKS_WEEK,
	WEEKS_LASTS,
	WEEKS_COLUMNS
};

/* Rows are put out as soon as their week is over. */
typedef struct WeekSums
{
	ReturnSetInfo *result;
	Day			week;			/* its Monday */
	int64		usecs;			/* 0: there is nothing of it yet */
} WeekSums;

static void
put_week(WeekSums *sums)
{
	Datum		values[WEEKS_COLUMNS];
	bool		nulls[WEEKS_COLUMNS] = {0};
	Interval	lasts = {0};

	if (sums->usecs == 0)
		return;
	lasts.time = sums->usecs;
	values[WEEKS_WEEK] = DateADTGetDatum(sums->week);
	values[WEEKS_LASTS] = IntervalPGetDatum(&lasts);
	tuplestore_putvalues(sums->result->setResult, sums->result->setDesc,
						 values, nulls);
	sums->usecs = 0;
}

static void
add_period(WeekSums *sums, WallClock *clock, Period period)
{
	Day			day = (Day) floor_div(period.from +
									  clock_offset(clock, period.from),
									  USECS_PER_DAY);
	Day			week = day - weekday_of(day);

	for (; period.from < period.until; week += 7)
	{
		TimestampTz ends = clock_date_begins(clock,
											 (week + 7) * USECS_PER_DAY);

		CHECK_FOR_INTERRUPTS();
		/* where Monday comes twice, Sunday is over the first time */
		if (ends <= period.from)
			continue;
		if (week != sums->week)
			put_week(sums);
		sums->week = week;
		sums->usecs += Min(ends, period.until) - period.from;
		period.from = ends;
	}
}

/* weeks_of(periods, zone) */
Datum
oncall_weeks_of(PG_FUNCTION_ARGS)
{
	WeekSums	sums = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	WallClock	clock;
	Period	   *periods;
	int			nperiods;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	periods = tstzmultirange_periods(PG_GETARG_MULTIRANGE_P(0), &nperiods);
	clock_init_of_session(&clock, zone_by_name(text_to_cstring(PG_GETARG_TEXT_PP(1)),
											   NULL, NULL));
	for (i = 0; i < nperiods; i++)
		add_period(&sums, &clock, periods[i]);
	put_week(&sums);
	return (Datum) 0;
}
