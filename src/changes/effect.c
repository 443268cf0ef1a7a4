/*-------------------------------------------------------------------------
 *
 * effect.c
 *	  What a change of a rota comes to: which shifts it moves, where it leaves
 *	  nobody on call, and whom it puts on duty in two turns running.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/tstzrange.h"
#include "changes/moves.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "roster/walk.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_change_effect);

/* Turns of a layer that are looked at: those of years, unless hourly. */
#define MAX_TURNS 10000

/* Columns of change_effect(). */
enum
{
	EFFECT_WHAT,
	EFFECT_SEAT,
	EFFECT_BEFORE,
	EFFECT_AFTER,
	EFFECT_PERIOD,
	EFFECT_COLUMNS
};

/* Somebody sits in a seat for two turns of a layer, one after the other. */
typedef struct TwoTurns
{
	int			seat;
	int32		person_id;
	Period		second;			/* the later of the turns */
} TwoTurns;

typedef struct TwoTurnsList
{
	int			n;
	int			size;
	TwoTurns   *items;
} TwoTurnsList;

static void
put_effect(ReturnSetInfo *result, const char *what, const Move *move)
{
	Datum		values[EFFECT_COLUMNS];
	bool		nulls[EFFECT_COLUMNS] = {0};

	values[EFFECT_WHAT] = CStringGetTextDatum(what);
	values[EFFECT_SEAT] = Int16GetDatum(move->seat + 1);
	values[EFFECT_BEFORE] = Int32GetDatum(move->before);
	nulls[EFFECT_BEFORE] = move->before == 0;
	values[EFFECT_AFTER] = Int32GetDatum(move->after);
	nulls[EFFECT_AFTER] = move->after == 0;
	values[EFFECT_PERIOD] = tstzrange_datum(move->period);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static const Cell *
cell_at(const Timeline *timeline, TimestampTz at, int seat)
{
	int			segment = timeline_find(timeline->starts, timeline->nsegments,
										at);

	return &timeline->cells[segment * timeline->nseats + seat];
}

/* Note who has the turn that the walk is on as well as the one before. */
static void
compare_turns(TwoTurnsList *list, const Walk *walk, const Timeline *timeline,
			  const int32 *former, const int32 *seats)
{
	const Layer *layer = walk->layer;
	int			s;

	for (s = 0; s < layer->nseats; s++)
	{
		int			seat = layer->first_seat + s;
		TwoTurns	item;

		if (seats[s] == 0 || seats[s] != former[s] ||
			seat >= timeline->nseats ||
			cell_at(timeline, walk->from, seat)->layer_id != layer->layer_id ||
			cell_at(timeline, walk->from - 1, seat)->layer_id != layer->layer_id)
			continue;
		item.seat = seat;
		item.person_id = seats[s];
		item.second.from = walk->from;
		item.second.until = walk->until;
		if (list->n == list->size)
		{
			list->size *= 2;
			list->items = repalloc(list->items,
								   list->size * sizeof(TwoTurns));
		}
		list->items[list->n++] = item;
	}
}

/* Is there a choice at all? */
static bool
several_people(const Walk *walk)
{
	int			i;

	for (i = 1; i < walk->nlist; i++)
	{
		if (walk->people[walk->list[i]] != walk->people[walk->list[0]])
			return true;
	}
	return false;
}

/* The turns of one layer in which it decides, in the timeline's window. */
static void
layer_two_turns(TwoTurnsList *list, Layer *layer, const Belief *belief,
				const Timeline *timeline)
{
	Walk	   *walk = walk_create(layer, belief->known_at, DT_NOEND);
	int32	   *former = palloc0(layer->nseats * sizeof(int32));
	int32	   *seats = palloc0(layer->nseats * sizeof(int32));
	int			i;

	if (walk_seek(walk, timeline->window.from))
		walk_seats(walk, former);
	else if (walk->number < 0)
		return;
	else
		walk_seats(walk, former);	/* stands on turn 0 */
	for (i = 0; i < MAX_TURNS && walk_next(walk) &&
		 walk->from < timeline->window.until; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk->from >= walk->until)
			continue;			/* empty: handovers coincide */
		walk_seats(walk, seats);
		if (walk->from > timeline->window.from && several_people(walk))
			compare_turns(list, walk, timeline, former, seats);
		memcpy(former, seats, layer->nseats * sizeof(int32));
	}
}

static TwoTurnsList
two_turns(const Belief *belief, Period window)
{
	Rotation   *rotation = belief->rotation;
	TwoTurnsList list = {0, 16, NULL};
	Timeline   *timeline = timeline_compile(rotation, window,
											belief->known_at);
	int			i;

	list.items = palloc(list.size * sizeof(TwoTurns));
	for (i = 0; timeline != NULL && i < rotation->nlayers; i++)
	{
		Layer	   *layer = &rotation->layers[i];

		if (is_believed(&layer->recorded, belief->known_at))
			layer_two_turns(&list, layer, belief, timeline);
	}
	return list;
}

/* Did somebody have two turns running at this handover already? */
static bool
had_two_turns(const TwoTurnsList *list, const TwoTurns *item)
{
	int			i;

	for (i = 0; i < list->n; i++)
	{
		if (list->items[i].seat == item->seat &&
			list->items[i].person_id == item->person_id &&
			list->items[i].second.from == item->second.from)
			return true;
	}
	return false;
}

static void
put_two_turns(ReturnSetInfo *result, const Belief *before,
			  const Belief *after, Period window)
{
	TwoTurnsList former;
	TwoTurnsList latter;
	int			i;

	latter = two_turns(after, window);
	if (latter.n == 0)
		return;
	former = two_turns(before, window);
	for (i = 0; i < latter.n; i++)
	{
		const TwoTurns *item = &latter.items[i];
		Move		move = {item->seat, item->person_id, item->person_id,
		item->second};

		if (!had_two_turns(&former, item))
			put_effect(result, "twice", &move);
	}
}

/* When somebody holds the seat again; the end of time: not in the window. */
static TimestampTz
next_holder(const Timeline *timeline, int seat, TimestampTz at)
{
	int			i = timeline_find(timeline->starts, timeline->nsegments, at);

	for (; i < timeline->nsegments; i++)
	{
		if (timeline->cells[i * timeline->nseats + seat].person_id != 0)
			return timeline->starts[i];
	}
	return DT_NOEND;
}

/* From when on, and until when, seats are newly empty. */
static void
put_empty(ReturnSetInfo *result, const Belief *after, Period window,
		  const Move *moves, int nmoves)
{
	Timeline   *timeline = NULL;
	TimestampTz *known = palloc(after->rotation->nseats * sizeof(TimestampTz));
	int			i;

	for (i = 0; i < after->rotation->nseats; i++)
		known[i] = DT_NOBEGIN;
	for (i = 0; i < nmoves; i++)
	{
		Move		move = moves[i];

		if (move.after != 0 || move.period.from < known[move.seat])
			continue;
		if (timeline == NULL)
			timeline = timeline_compile(after->rotation, window,
										after->known_at);
		if (timeline == NULL)
			return;
		move.period.until = next_holder(timeline, move.seat, move.period.from);
		known[move.seat] = move.period.until;
		put_effect(result, "empty", &move);
	}
}

/*
 * change_effect(rotation_id, during, known_before): what differs between what
 * was known then and what is believed now.
 */
Datum
oncall_change_effect(PG_FUNCTION_ARGS)
{
	Period		window = tstzrange_window(PG_GETARG_RANGE_P(1));
	TimestampTz known_before = finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	Period		wider = {instant_plus(window.from, -1), window.until};
	ReturnSetInfo *result;
	RotationLabel *label;
	Rotation	rotation;
	Belief		before = {&rotation, known_before};
	Belief		after = {&rotation, KNOWN_NOW};
	Move	   *moves;
	int			nmoves;
	int			n;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	label = load_labels(PG_GETARG_INT32(0), &n);
	if (n == 0 || PG_GETARG_INT32(0) == 0)
		return (Datum) 0;
	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = label->rotation_id;
	rotation.nseats = label->nseats;
	load_layers(&rotation, 1, true);
	load_covers(&rotation, 1, window, true);

	moves = find_moves(&before, &after, window, &nmoves);
	for (i = 0; i < nmoves; i++)
		put_effect(result, "moved", &moves[i]);
	if (nmoves > 0)
	{
		put_empty(result, &after, window, moves, nmoves);
		put_two_turns(result, &before, &after, wider);
	}
	return (Datum) 0;
}
