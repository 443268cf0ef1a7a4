/*-------------------------------------------------------------------------
 *
 * week.c
 *	  Hours of the week, evaluated: when are they open?
 *
 * Pure. Everything is counted on the wall clock: local time is an int64 of
 * microseconds since 2000-01-01 00:00, so a date and a time of day are one
 * division away, and no local time needs to be turned back into an instant.
 * Where the offset from UTC is constant, local spans are shifted by it; a
 * window is worked through one such stretch at a time. So an hour that comes
 * twice is open twice, and what a gap leaves out is never open.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/week.h"

/* The hours of a date. */
static const DaySpans *
hours_on(const Week *week, const Holidays *holidays, Day day)
{
	int			w = weekday_of(day);

	if (holidays_contain(holidays, day))
		return &week->holiday[w];
	return &week->ordinary[w];
}

/* Is this many microseconds after the midnight of the day in its hours? */
static bool
in_hours(const DaySpans *hours, int64 since_midnight)
{
	int			i;

	/* the first span that ends later decides: they ascend */
	for (i = 0; i < hours->nspans; i++)
	{
		if (since_midnight < hours->spans[i].from * USECS_PER_MINUTE)
			return false;
		if (since_midnight < hours->spans[i].until * USECS_PER_MINUTE)
			return true;
	}
	return false;
}

/* Do the hours go on past midnight? The last span ends last. */
static inline bool
past_midnight(const DaySpans *hours)
{
	return hours->nspans > 0 &&
		hours->spans[hours->nspans - 1].until > MINUTES_PER_DAY;
}

/*
 * Open at t: the wall clock shows a time in a span of its day, or of the day
 * before past midnight.
 */
bool
week_is_open(const Week *week, WallClock *clock, const Holidays *holidays,
			 TimestampTz t)
{
	Timestamp	local = t + clock_offset(clock, t);
	Day			day = (Day) floor_div(local, USECS_PER_DAY);
	int64		since_midnight = local - day * USECS_PER_DAY;
	const DaySpans *before;

	if (in_hours(hours_on(week, holidays, day), since_midnight))
		return true;
	before = hours_on(week, holidays, day - 1);
	return past_midnight(before) &&
		in_hours(before, since_midnight + USECS_PER_DAY);
}

/*
 * Append [from, until) to the list, in which nothing begins later. False if
 * it is full.
 */
static bool
append(PeriodList *open, TimestampTz from, TimestampTz until)
{
	Assert(from < until);
	if (open->n > 0)
	{
		Period	   *last = &open->periods[open->n - 1];

		Assert(last->from <= from);
		if (from <= last->until)
		{
			last->until = Max(last->until, until);
			return true;
		}
	}
	if (open->n >= open->limit)
		return false;
	if (open->n >= open->size)
	{
		open->size = Min(Max(open->size * 2, 16), open->limit);
		if (open->periods == NULL)
			open->periods = palloc(open->size * sizeof(Period));
		else
			open->periods = repalloc(open->periods,
									 open->size * sizeof(Period));
	}
	open->periods[open->n].from = from;
	open->periods[open->n].until = until;
	open->n++;
	return true;
}

/* Are all seven days alike, either closed or open all day long? */
static bool
all_days_are(const DaySpans *days, bool whole)
{
	int			w;

	for (w = 0; w < 7; w++)
	{
		if (!whole && days[w].nspans > 0)
			return false;
		if (whole && (days[w].nspans != 1 || days[w].spans[0].from > 0 ||
					  days[w].spans[0].until < MINUTES_PER_DAY))
			return false;
	}
	return true;
}

/* A window's days are walked in order; holidays keep pace. */
typedef struct DayWalk
{
	const Week *week;
	const Holidays *holidays;
	bool		holidays_only;	/* ordinary days are closed */
	Day			day;
	int			next_holiday;	/* index of the first one not before day */
} DayWalk;

/* Stand on a date, or if only holidays can be open on the first from it. */
static void
walk_to(DayWalk *walk, Day day)
{
	const Holidays *holidays = walk->holidays;

	walk->day = day;
	while (walk->next_holiday < holidays->ndays &&
		   holidays->days[walk->next_holiday] < day)
		walk->next_holiday++;
	if (walk->holidays_only)
		walk->day = walk->next_holiday < holidays->ndays ?
			holidays->days[walk->next_holiday] : NO_DAY;
}

/* The hours of the date on which the walk stands. */
static const DaySpans *
walk_hours(const DayWalk *walk)
{
	int			w = weekday_of(walk->day);

	if (walk->next_holiday < walk->holidays->ndays &&
		walk->holidays->days[walk->next_holiday] == walk->day)
		return &walk->week->holiday[w];
	return &walk->week->ordinary[w];
}

/* Append what is open in [from, until), a stretch of one offset. */
static bool
open_in_stretch(DayWalk *walk, int64 offset, TimestampTz from,
				TimestampTz until, PeriodList *open)
{
	/* the day before may go on past midnight */
	Day			first = (Day) floor_div(from + offset, USECS_PER_DAY) - 1;
	Day			last = (Day) floor_div(until - 1 + offset, USECS_PER_DAY);

	walk->next_holiday = holidays_before(walk->holidays, first);
	walk_to(walk, first);

	for (; walk->day <= last; walk_to(walk, walk->day + 1))
	{
		const DaySpans *hours = walk_hours(walk);
		TimestampTz midnight = walk->day * USECS_PER_DAY - offset;
		int			i;

		CHECK_FOR_INTERRUPTS();
		for (i = 0; i < hours->nspans; i++)
		{
			const DaySpan *span = &hours->spans[i];
			TimestampTz start = midnight + span->from * USECS_PER_MINUTE;
			TimestampTz end = midnight + span->until * USECS_PER_MINUTE;

			start = Max(start, from);
			end = Min(end, until);
			if (start < end && !append(open, start, end))
				return false;
		}
	}
	return true;
}

bool
week_open_periods(const Week *week, WallClock *clock, const Holidays *holidays,
				  TimestampTz from, TimestampTz until, PeriodList *open)
{
	DayWalk		walk;

	Assert(holidays_ascend(holidays));
	if (from >= until)
		return true;
	if (all_days_are(week->ordinary, true) &&
		all_days_are(week->holiday, true))
		return append(open, from, until);

	walk.week = week;
	walk.holidays = holidays;
	walk.holidays_only = all_days_are(week->ordinary, false);
	if (walk.holidays_only &&
		(holidays->ndays == 0 || all_days_are(week->holiday, false)))
		return true;

	while (from < until)
	{
		int64		offset = clock_offset(clock, from);
		TimestampTz change = Min(clock->stretch.until, until);

		CHECK_FOR_INTERRUPTS();
		if (!open_in_stretch(&walk, offset, from, change, open))
			return false;
		from = change;
	}
	return true;
}
