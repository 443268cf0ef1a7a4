/*-------------------------------------------------------------------------
 *
 * workload.c
 *	  How heavy duty is for a person: hours, weighted by when they fall.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "planning/workload.h"

/* PeriodSet of one kind that a window may have: a thousand years of nights */
#define MAX_SPANS 400000

static const DaySpan all_day = {0, MINUTES_PER_DAY};
static const DaySpan night = {22 * 60, 30 * 60};

/* The hours of a kind of time other than working and other time. */
static void
week_of_kind(BurdenKind kind, Week *week)
{
	int			day;

	memset(week, 0, sizeof(Week));
	for (day = 0; day < 7; day++)
	{
		DaySpans	spans = {1, kind == BURDEN_NIGHT ? &night : &all_day};

		if (kind == BURDEN_WEEKEND && day < 5)
			continue;
		week->holiday[day] = spans;
		if (kind != BURDEN_HOLIDAY)
			week->ordinary[day] = spans;
	}
}

static void
add_edge(Burden *burden, TimestampTz at, int32 weight)
{
	int			last = burden->n - 1;

	if (last >= 0 && burden->weight[last] == weight)
		return;
	burden->at[burden->n] = at;
	burden->weight[burden->n] = weight;
	burden->sum[burden->n] = last < 0 ? 0 : burden->sum[last] +
		(at - burden->at[last]) * burden->weight[last] / BURDEN_UNIT;
	burden->n++;
}

bool
burden_init(Burden *burden, const Week *working, const Zone *zone,
			const Holidays *holidays, Period window,
			const int32 weights[NUM_BURDENS])
{
	PeriodList	open[BURDEN_EVENING];
	int64		next[BURDEN_EVENING] = {0};
	int64		size = 1;
	TimestampTz at = window.from;
	int			kind;

	memset(open, 0, sizeof(open));
	for (kind = 0; kind < BURDEN_EVENING; kind++)
	{
		WallClock	clock;
		Week		week;

		clock_init(&clock, zone);
		week_of_kind(kind, &week);
		open[kind].limit = MAX_SPANS;
		if (!week_open_periods(kind == BURDEN_WORKING ? working : &week, &clock,
							   holidays, window.from, window.until, &open[kind]))
			return false;
		size += 2 * open[kind].n;
	}

	burden->window = window;
	burden->n = 0;
	burden->at = palloc(size * sizeof(TimestampTz));
	burden->weight = palloc(size * sizeof(int32));
	burden->sum = palloc(size * sizeof(int64));
	while (at < window.until)
	{
		int			current = BURDEN_EVENING;
		TimestampTz until = window.until;

		for (kind = BURDEN_EVENING - 1; kind >= 0; kind--)
		{
			const Period *span;

			if (next[kind] < open[kind].n &&
				open[kind].periods[next[kind]].until <= at)
				next[kind]++;
			if (next[kind] == open[kind].n)
				continue;
			span = &open[kind].periods[next[kind]];
			if (span->from <= at)
			{
				current = kind;
				until = Min(until, span->until);
			}
			else
				until = Min(until, span->from);
		}
		add_edge(burden, at, weights[current]);
		at = until;
	}
	for (kind = 0; kind < BURDEN_EVENING; kind++)
	{
		if (open[kind].periods != NULL)
			pfree(open[kind].periods);
	}
	return true;
}

/* What comes before an instant of the window. */
static int64
burden_before(const Burden *burden, TimestampTz at)
{
	int			low = 0;
	int			high = burden->n;

	while (high - low > 1)
	{
		int			middle = low + (high - low) / 2;

		if (burden->at[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return burden->sum[low] +
		(at - burden->at[low]) * burden->weight[low] / BURDEN_UNIT;
}

int64
burden_of(const Burden *burden, Period period)
{
	TimestampTz from = Max(period.from, burden->window.from);
	TimestampTz until = Min(period.until, burden->window.until);

	if (from >= until)
		return 0;
	return burden_before(burden, until) - burden_before(burden, from);
}
