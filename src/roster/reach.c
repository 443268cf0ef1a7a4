/*-------------------------------------------------------------------------
 *
 * reach.c
 *	  How far on, or back, a rotation stays as it is at an instant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/reach.h"

#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "utils/memutils.h"

/*
 * What nothing is written about repeats itself: its cadences, lists and hours
 * of the week go round, and a hundred years have seen all of it.
 */
#define REACH_BEYOND (INT64CONST(36525) * USECS_PER_DAY)

/* A window is compiled at a time: of so many grains at first, and at most. */
#define FIRST_GRAINS 64
#define MOST_GRAINS 65536

static void
extend(TimestampTz *last, TimestampTz at)
{
	if (!TIMESTAMP_NOT_FINITE(at))
		*last = Max(*last, at);
}

/* The last instant that something is written about, or at if that is later. */
static TimestampTz
last_fact(const Rotation *rotation, TimestampTz at)
{
	TimestampTz last = at;
	int			i;
	int			n;

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];

		extend(&last, layer->valid.from);
		extend(&last, layer->valid.until);
		extend(&last, layer->turns.anchor); /* local time is near enough */
		for (n = 0; n < layer->nmembers; n++)
		{
			extend(&last, layer->members[n].valid.from);
			extend(&last, layer->members[n].valid.until);
		}
		for (n = 0; n < layer->nleaves; n++)
		{
			extend(&last, layer->leaves[n].period.from);
			extend(&last, layer->leaves[n].period.until);
		}
		for (n = 0; n < layer->nrules; n++)
		{
			extend(&last, layer->rules[n].since);
			if (layer->rules[n].turns != NULL)
				extend(&last, layer->rules[n].turns->anchor);
		}
	}
	for (n = 0; n < rotation->ncovers; n++)
	{
		extend(&last, rotation->covers[n].period.from);
		extend(&last, rotation->covers[n].period.until);
	}
	return last;
}

/*
 * Test the segments of a window in order of time. False if it is too much to
 * compile; if none passes, *found stays as it is.
 */
static bool
test_forward(Rotation *rotation, Period window, CellsTest test, void *arg,
			 TimestampTz *found)
{
	Timeline   *timeline = timeline_compile(rotation, window, KNOWN_NOW);
	int			i;

	if (timeline == NULL)
		return false;
	for (i = 0; i < timeline->nsegments; i++)
	{
		if (test(arg, &timeline->cells[i * timeline->nseats]))
		{
			*found = timeline->starts[i];
			break;
		}
	}
	return true;
}

/* The same backwards, for the end of a segment. */
static bool
test_back(Rotation *rotation, Period window, CellsTest test, void *arg,
		  TimestampTz *found)
{
	Timeline   *timeline = timeline_compile(rotation, window, KNOWN_NOW);
	int			i;

	if (timeline == NULL)
		return false;
	for (i = timeline->nsegments - 1; i >= 0; i--)
	{
		if (test(arg, &timeline->cells[i * timeline->nseats]))
		{
			*found = i + 1 < timeline->nsegments ? timeline->starts[i + 1] :
				window.until;
			break;
		}
	}
	return true;
}

TimestampTz
reach_forward_read(Rotation *rotation, TimestampTz at, TimestampTz until,
				   CellsTest test, void *arg)
{
	Period		rest = {at, DT_NOEND};
	int64		length = timeline_grain(rotation) * FIRST_GRAINS;
	int64		longest = timeline_grain(rotation) * MOST_GRAINS;
	TimestampTz found = DT_NOEND;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall reach",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	TimestampTz last;

	last = last_fact(rotation, at);
	last = last < END_TIMESTAMP - REACH_BEYOND ? last + REACH_BEYOND :
		END_TIMESTAMP - 1;
	until = Min(until, last);

	MemoryContextSwitchTo(scratch);
	while (rest.from < until && found == DT_NOEND)
	{
		Period		window = {rest.from, until};

		CHECK_FOR_INTERRUPTS();
		if (window.from < window.until - length)
			window.until = window.from + length;
		if (test_forward(rotation, window, test, arg, &found))
		{
			rest.from = window.until;
			length = Min(length * 2, longest);
		}
		else
			longest = length = Max(length / 2, 1);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return found;
}

TimestampTz
reach_forward(const Rotation *rotation, TimestampTz at, TimestampTz until,
			  CellsTest test, void *arg)
{
	Rotation	ahead = *rotation;
	Period		rest = {at, DT_NOEND};

	load_covers(&ahead, 1, rest, false);
	return reach_forward_read(&ahead, at, until, test, arg);
}

TimestampTz
reach_back(const Rotation *rotation, TimestampTz at, CellsTest test, void *arg)
{
	int64		length = timeline_grain(rotation) * FIRST_GRAINS;
	int64		longest = timeline_grain(rotation) * MOST_GRAINS;
	TimestampTz found = DT_NOBEGIN;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall reach",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);

	while (at > MIN_TIMESTAMP && found == DT_NOBEGIN)
	{
		Period		window = {MIN_TIMESTAMP, at};
		Rotation	before = *rotation;

		CHECK_FOR_INTERRUPTS();
		if (window.from < window.until - length)
			window.from = window.until - length;
		load_covers(&before, 1, window, false);
		if (test_back(&before, window, test, arg, &found))
		{
			at = window.from;
			length = Min(length * 2, longest);
		}
		else
			longest = length = Max(length / 2, 1);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return found;
}
