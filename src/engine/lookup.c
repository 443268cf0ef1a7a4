/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  Who is on call: one instant, or all shifts of a window.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "cache.h"
#include "funcapi.h"
#include "loader.h"
#include "miscadmin.h"
#include "pair.h"
#include "period.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(on_call);
PG_FUNCTION_INFO_V1(on_call_by_name);
PG_FUNCTION_INFO_V1(on_call_known);
PG_FUNCTION_INFO_V1(roster);

/*
 * A rotation is compiled so many expected changes of hands at a time, fewer
 * if they concern more than two seats.
 */
#define CHUNK_SEGMENTS 65536

/* Columns of roster(). */
enum
{
	ROSTER_ROTATION_ID,
	ROSTER_ROTATION,
	ROSTER_SEAT,
	ROSTER_SEAT_NAME,
	ROSTER_PERSON_ID,
	ROSTER_PERSON,
	ROSTER_PERIOD,
	ROSTER_LAYER_ID,
	ROSTER_COVER_ID,
	ROSTER_COLUMNS
};

/* A roster being written. */
typedef struct Roster
{
	ReturnSetInfo *result;
	TypeCacheEntry *typcache;
	TimestampTz known_at;
	Period		window;
	PersonName *people;			/* in order of their id */
	int			npeople;
	MemoryContext row_context;	/* for one chunk's worth of rows */
} Roster;

Datum
on_call(PG_FUNCTION_ARGS)
{
	int64		pair = cached_pair(PG_GETARG_INT32(0),
								   finite_instant(PG_GETARG_TIMESTAMPTZ(1)),
								   KNOWN_NOW);

	if (pair == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(pair);
}

Datum
on_call_by_name(PG_FUNCTION_ARGS)
{
	int32		rotation_id = cached_rotation_id(PG_GETARG_TEXT_PP(0));
	int64		pair = cached_pair(rotation_id,
								   finite_instant(PG_GETARG_TIMESTAMPTZ(1)),
								   KNOWN_NOW);

	if (pair == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(pair);
}

Datum
on_call_known(PG_FUNCTION_ARGS)
{
	int64		pair = cached_pair(PG_GETARG_INT32(0),
								   finite_instant(PG_GETARG_TIMESTAMPTZ(1)),
								   finite_instant(PG_GETARG_TIMESTAMPTZ(2)));

	if (pair == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(pair);
}

static text *
person_name(const Roster *roster, int32 person_id)
{
	int			low = 0;
	int			high = roster->npeople;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (roster->people[middle].person_id < person_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < roster->npeople && roster->people[low].person_id == person_id)
		return roster->people[low].name;
	return NULL;
}

static void
put_shift(Roster *roster, const RotationLabel *label, int seat,
		  const Cell *cell, TimestampTz from, TimestampTz until)
{
	Datum		values[ROSTER_COLUMNS];
	bool		nulls[ROSTER_COLUMNS] = {0};
	Period		period = {from, until};
	text	   *name = person_name(roster, cell->person_id);

	values[ROSTER_ROTATION_ID] = Int32GetDatum(label->rotation_id);
	values[ROSTER_ROTATION] = PointerGetDatum(label->name);
	values[ROSTER_SEAT] = Int16GetDatum(seat + 1);
	values[ROSTER_SEAT_NAME] = label->seats[seat];
	values[ROSTER_PERSON_ID] = Int32GetDatum(cell->person_id);
	nulls[ROSTER_PERSON_ID] = cell->person_id == 0;
	values[ROSTER_PERSON] = PointerGetDatum(name);
	nulls[ROSTER_PERSON] = name == NULL;
	values[ROSTER_PERIOD] =
		RangeTypePGetDatum(period_to_range(roster->typcache, period));
	values[ROSTER_LAYER_ID] = Int32GetDatum(cell->layer_id);
	nulls[ROSTER_LAYER_ID] = cell->layer_id == 0;
	values[ROSTER_COVER_ID] = Int32GetDatum(cell->cover_id);
	nulls[ROSTER_COVER_ID] = cell->cover_id == 0;

	tuplestore_putvalues(roster->result->setResult, roster->result->setDesc,
						 values, nulls);
}

static bool
same_cell(const Cell *a, const Cell *b)
{
	return a->person_id == b->person_id && a->layer_id == b->layer_id &&
		a->cover_id == b->cover_id;
}

/*
 * Write the shifts of one seat that end within a timeline. The shift that
 * reaches its end stays open: the next timeline may go on with it.
 */
static void
put_seat(Roster *roster, const RotationLabel *label, int seat,
		 const Timeline *timeline, Cell *open, TimestampTz *since)
{
	int			i;

	for (i = 0; i < timeline->nsegments; i++)
	{
		const Cell *cell = &timeline->cells[i * timeline->nseats + seat];

		if (same_cell(cell, open))
			continue;
		if (timeline->starts[i] > *since)
		{
			CHECK_FOR_INTERRUPTS();
			put_shift(roster, label, seat, open, *since,
					  timeline->starts[i]);
		}
		*open = *cell;
		*since = timeline->starts[i];
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

static void
put_rotation(Roster *roster, const RotationLabel *label, Rotation *rotation)
{
	int64		grain = timeline_grain(rotation);
	Cell	   *open = palloc0(label->nseats * sizeof(Cell));
	TimestampTz *since = palloc(label->nseats * sizeof(TimestampTz));
	Period		rest = roster->window;
	MemoryContext caller = CurrentMemoryContext;
	int			seat;

	for (seat = 0; seat < label->nseats; seat++)
		since[seat] = rest.from;
	MemoryContextSwitchTo(roster->row_context);
	while (rest.from < rest.until)
	{
		Period		chunk = next_chunk(rest, grain, label->nseats);
		Timeline   *timeline = timeline_compile(rotation, chunk,
												roster->known_at);

		if (timeline == NULL)
			grain = Max(grain / 2, 1);	/* too much at a time */
		else
		{
			rest.from = chunk.until;
			for (seat = 0; seat < label->nseats; seat++)
			{
				put_seat(roster, label, seat, timeline, &open[seat],
						 &since[seat]);
				if (rest.from >= rest.until)
					put_shift(roster, label, seat, &open[seat], since[seat],
							  rest.until);
			}
		}
		MemoryContextReset(roster->row_context);
	}
	MemoryContextSwitchTo(caller);
}

static int
id_cmp(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

/* Look up the names of everybody who may appear. */
static void
name_people(Roster *roster, const Rotation *rotations, int nrotations)
{
	int			size = 1024;
	int			n = 0;
	int32	   *ids = palloc(size * sizeof(int32));
	int			unique = 0;
	int			r;
	int			i;
	int			m;

	for (r = 0; r < nrotations; r++)
	{
		const Rotation *rotation = &rotations[r];
		int			most = n + rotation->ncovers;

		for (i = 0; i < rotation->nlayers; i++)
			most += rotation->layers[i].nmembers;
		if (most > size)
		{
			size = 2 * most;
			ids = repalloc(ids, size * sizeof(int32));
		}
		for (i = 0; i < rotation->nlayers; i++)
		{
			for (m = 0; m < rotation->layers[i].nmembers; m++)
				ids[n++] = rotation->layers[i].members[m];
		}
		for (i = 0; i < rotation->ncovers; i++)
			ids[n++] = rotation->covers[i].person_id;
	}

	qsort(ids, n, sizeof(int32), id_cmp);
	for (i = 0; i < n; i++)
	{
		if (ids[i] != 0 && (unique == 0 || ids[unique - 1] != ids[i]))
			ids[unique++] = ids[i];
	}
	roster->people = load_people(ids, unique, &roster->npeople);
	pfree(ids);
}

Datum
roster(PG_FUNCTION_ARGS)
{
	Roster		roster;
	int32		rotation_id = PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1);
	Oid			tables[NUM_ROSTER_TABLES];
	RotationLabel *labels;
	Rotation   *rotations;
	int			nlabels;
	int			i;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange(now(), now() + '90 days').")));
	roster.window = window_of_range(PG_GETARG_RANGE_P(0));
	roster.known_at = PG_ARGISNULL(2) ? KNOWN_NOW :
		finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	roster_tables(tables);

	InitMaterializedSRF(fcinfo, 0);
	roster.result = (ReturnSetInfo *) fcinfo->resultinfo;
	roster.typcache = tstzrange_typcache();
	roster.row_context = AllocSetContextCreate(CurrentMemoryContext,
											   "oncall roster",
											   ALLOCSET_DEFAULT_SIZES);

	/* a rotation has an id above 0: this one cannot exist */
	if (rotation_id == 0 && !PG_ARGISNULL(1))
		PG_RETURN_VOID();
	labels = load_labels(rotation_id, &nlabels);
	if (nlabels == 0)
		PG_RETURN_VOID();
	rotations = palloc0(nlabels * sizeof(Rotation));
	for (i = 0; i < nlabels; i++)
	{
		rotations[i].rotation_id = labels[i].rotation_id;
		rotations[i].nseats = labels[i].nseats;
	}
	load_layers(rotations, nlabels, roster.known_at != KNOWN_NOW);
	load_covers(rotations, nlabels, roster.window,
				roster.known_at != KNOWN_NOW);
	name_people(&roster, rotations, nlabels);

	for (i = 0; i < nlabels; i++)
		put_rotation(&roster, &labels[i], &rotations[i]);
	MemoryContextDelete(roster.row_context);
	PG_RETURN_VOID();
}
