/*-------------------------------------------------------------------------
 *
 * shifts.c
 *	  Walk the shifts of a rotation over a window of any length.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "roster/shifts.h"
#include "utils/memutils.h"

/*
 * A rotation is compiled so many expected changes of hands at a time, fewer
 * if they concern more than two seats.
 */
#define CHUNK_SEGMENTS 65536

/* Shifts that are kept in a list: ten thousand years of three a day */
#define MAX_SHIFTS 10000000

/* The shift that a seat is in, until it is known where it ends. */
typedef struct OpenShift
{
	Cell		cell;
	TimestampTz since;
} OpenShift;

static bool
same_cell(const Cell *a, const Cell *b)
{
	return a->person_id == b->person_id && a->layer_id == b->layer_id &&
		a->cover_id == b->cover_id;
}

static void
hand_over(const OpenShift *open, int seat, TimestampTz until,
		  ShiftSink sink, void *arg)
{
	Period		period = {open->since, until};

	sink(arg, seat, &open->cell, period);
}

/*
 * Hand over the shifts of one seat that end within a timeline. The shift that
 * reaches its end stays open: the next timeline may go on with it.
 */
static void
walk_seat(const Timeline *timeline, int seat, OpenShift *open,
		  ShiftSink sink, void *arg)
{
	int			i;

	for (i = 0; i < timeline->nsegments; i++)
	{
		const Cell *cell = &timeline->cells[i * timeline->nseats + seat];

		if (same_cell(cell, &open->cell))
			continue;
		if (timeline->starts[i] > open->since)
		{
			CHECK_FOR_INTERRUPTS();
			hand_over(open, seat, timeline->starts[i], sink, arg);
		}
		open->cell = *cell;
		open->since = timeline->starts[i];
	}
}

/* The part of the rest of a window to be compiled next. */
static Period
next_chunk(Period rest, int64 grain, int nseats)
{
	Period		chunk = rest;
	int64		length = grain * (CHUNK_SEGMENTS * 2 / Max(nseats, 2));

	/* all of time is longer than an int64 holds: compare without its length */
	if (rest.from < rest.until - length)
		chunk.until = rest.from + length;
	return chunk;
}

void
shifts_walk(Rotation *rotation, Period window, TimestampTz known_at,
			MemoryContext scratch, ShiftSink sink, void *arg)
{
	int			nseats = rotation->nseats;
	int64		grain = timeline_grain(rotation);
	OpenShift  *open = palloc0(nseats * sizeof(OpenShift));
	Period		rest = window;
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	int			seat;

	for (seat = 0; seat < nseats; seat++)
		open[seat].since = rest.from;
	while (rest.from < rest.until)
	{
		Period		chunk = next_chunk(rest, grain, nseats);
		Timeline   *timeline = timeline_compile(rotation, chunk, known_at);

		if (timeline == NULL)
			grain = Max(grain / 2, 1);	/* too much at a time */
		else
		{
			rest.from = chunk.until;
			for (seat = 0; seat < nseats; seat++)
			{
				walk_seat(timeline, seat, &open[seat], sink, arg);
				if (rest.from >= rest.until)
					hand_over(&open[seat], seat, rest.until, sink, arg);
			}
		}
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	pfree(open);
}

void
shifts_refuse_more(int nshifts)
{
	if (nshifts >= MAX_SHIFTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %d shifts would have to be looked at",
						MAX_SHIFTS),
				 errhint("Look at a shorter time; what is judged reaches one max_consecutive beyond it.")));
}
