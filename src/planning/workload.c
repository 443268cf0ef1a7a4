/*-------------------------------------------------------------------------
 *
 * workload.c
 *	  How heavy duty is for a person: hours, weighted by when they fall.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "planning/workload.h"

/* Periods of one kind that a stretch may have: a thousand years of nights */
#define MAX_PERIODS 400000

static const DaySpan all_day = {0, MINUTES_PER_DAY};
static const DaySpan night = {22 * 60, 30 * 60};

/* The hours of a kind of time other than working and other time. */
static void
week_of_kind(WorkloadKind kind, Week *week)
{
	int			day;

	memset(week, 0, sizeof(Week));
	for (day = 0; day < 7; day++)
	{
		DaySpans	spans = {1, kind == WORKLOAD_NIGHT ? &night : &all_day};

		if (kind == WORKLOAD_WEEKEND && day < 5)
			continue;
		week->holiday[day] = spans;
		if (kind != WORKLOAD_HOLIDAY)
			week->ordinary[day] = spans;
	}
}

static void
add_edge(Workload *load, TimestampTz at, int32 weight)
{
	int			last = load->n - 1;

	if (last >= 0 && load->weight[last] == weight)
		return;
	Assert(load->n < load->size);
	Assert(last < 0 || load->at[last] < at);
	load->at[load->n] = at;
	load->weight[load->n] = weight;
	load->sum[load->n] = last < 0 ? 0 : load->sum[last] +
		(at - load->at[last]) * load->weight[last] / WORKLOAD_UNIT;
	load->n++;
}

void
workload_begin(Workload *load, TimestampTz from)
{
	memset(load, 0, sizeof(Workload));
	load->window.from = load->window.until = from;
	load->at = palloc(sizeof(TimestampTz));
	load->weight = palloc(sizeof(int32));
	load->sum = palloc(sizeof(int64));
}

/* Make room for so many more edges. */
static void
make_room(Workload *load, int64 more)
{
	load->size = load->n + more;
	load->at = repalloc(load->at, load->size * sizeof(TimestampTz));
	load->weight = repalloc(load->weight, load->size * sizeof(int32));
	load->sum = repalloc(load->sum, load->size * sizeof(int64));
}

/*
 * The kind of an instant, and how long it lasts at most. next is the number
 * of the first period of each kind that may not be over yet.
 */
static WorkloadKind
kind_at(const PeriodList *open, int64 *next, TimestampTz at,
		TimestampTz *until)
{
	WorkloadKind current = WORKLOAD_EVENING;
	int			kind;

	for (kind = WORKLOAD_EVENING - 1; kind >= 0; kind--)
	{
		const Period *period;

		if (next[kind] < open[kind].n &&
			open[kind].periods[next[kind]].until <= at)
			next[kind]++;
		if (next[kind] == open[kind].n)
			continue;
		period = &open[kind].periods[next[kind]];
		if (period->from <= at)
		{
			current = kind;
			*until = Min(*until, period->until);
		}
		else
			*until = Min(*until, period->from);
	}
	return current;
}

bool
workload_add(Workload *load, TimestampTz until, const Week *working,
			 const Zone *zone, const Holidays *holidays,
			 const int32 weights[NUM_WORKLOADS])
{
	PeriodList	open[WORKLOAD_EVENING];
	int64		next[WORKLOAD_EVENING] = {0};
	int64		edges = 1;
	TimestampTz at = load->window.until;
	int			kind;

	memset(open, 0, sizeof(open));
	for (kind = 0; kind < WORKLOAD_EVENING; kind++)
	{
		WallClock	clock;
		Week		week;

		clock_init(&clock, zone);
		week_of_kind(kind, &week);
		open[kind].limit = MAX_PERIODS;
		if (!week_open_periods(kind == WORKLOAD_WORKING ? working : &week,
							   &clock, holidays, at, until, &open[kind]))
			return false;
		edges += 2 * open[kind].n;
	}

	make_room(load, edges);
	load->window.until = until;
	while (at < until)
	{
		TimestampTz end = until;
		WorkloadKind current = kind_at(open, next, at, &end);

		add_edge(load, at, weights[current]);
		at = end;
	}
	for (kind = 0; kind < WORKLOAD_EVENING; kind++)
	{
		if (open[kind].periods != NULL)
			pfree(open[kind].periods);
	}
	return true;
}

/* What comes before an instant of the window. */
static int64
workload_before(const Workload *load, TimestampTz at)
{
	int			low = 0;
	int			high = load->n;

	while (high - low > 1)
	{
		int			middle = low + (high - low) / 2;

		if (load->at[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return load->sum[low] +
		(at - load->at[low]) * load->weight[low] / WORKLOAD_UNIT;
}

int64
workload_of(const Workload *load, Period period)
{
	TimestampTz from = Max(period.from, load->window.from);
	TimestampTz until = Min(period.until, load->window.until);

	if (from >= until)
		return 0;
	return workload_before(load, until) - workload_before(load, from);
}
