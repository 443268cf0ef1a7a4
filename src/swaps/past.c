/*-------------------------------------------------------------------------
 *
 * past.c
 *	  The trigger that judges what a transaction changes in the past: who was
 *	  on duty more than a minute ago, which needs a reason.
 *
 * What would be without the transaction follows from its moments: a belief
 * that begins at one of them is left out, and one that ends there goes on.
 * Both rosters are compiled from the earliest time at which any of these facts
 * counts; what is written about later times never matters to earlier turns.
 *
 * A rota of which every layer and cover is the transaction's own is only being
 * set up: it has no past.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/guc.h"
#include "base/ids.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "changes/moves.h"
#include "changes/past_notes.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "swaps/pay_closed.h"
#include "swaps/trade.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_judge_past);

#define MAX_NAMES 3

#define HINT_REASON \
	"Give the argument past_reason of the function, or SET oncall.past_reason, to say why; or let the change begin now."

/* A rotation as it is, and as it would be without this transaction. */
typedef struct TwoWorlds
{
	Rotation	with;
	Rotation	without;
	TimestampTz since;			/* of all that makes them differ */
	bool		had_layers;		/* is one of them not our own? */
} TwoWorlds;

static SavedQuery has_old_cover = {
	"SELECT 1 FROM oncall.cover c"
	" WHERE c.rotation_id OPERATOR(pg_catalog.=) $1"
	" AND NOT oncall_internal.is_own(c.recorded, c.xmin) LIMIT 1",
	1, {INT4OID}, {NULL, NULL}
};

/* whether one of the transaction's changes of this rotation has a reason */
static SavedQuery reasons = {
	"SELECT coalesce(pg_catalog.bool_or(h.past_reason IS NOT NULL), $3)"
	" FROM oncall.change h"
	" WHERE h.change_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND (h.rotation_id OPERATOR(pg_catalog.=) $2 OR h.rotation_id IS NULL)",
	3, {INT4ARRAYOID, INT4OID, BOOLOID}, {NULL, NULL}
};

static SavedQuery period_words = {
	"SELECT r.name::pg_catalog.text, r.seats[$2]::pg_catalog.text,"
	" oncall_internal.wall_period($3, r.zone)::pg_catalog.text"
	" FROM oncall.rotation r WHERE r.rotation_id OPERATOR(pg_catalog.=) $1",
	3, {INT4OID, INT4OID, TSTZRANGEOID}, {NULL, NULL}
};

/* What was believed before, given what is believed or was closed now. */
static void
without_us(Period *recorded)
{
	if (recorded->from >= recorded->until)
		return;					/* never believed */
	if (change_is_moment(recorded->from))
		recorded->until = recorded->from;
	else if (recorded->until != DT_NOEND && change_is_moment(recorded->until))
		recorded->until = DT_NOEND;
}

/* Take a fact out of the one world, and note since when it counts. */
static void
compare_fact(TwoWorlds *worlds, Period *recorded, TimestampTz since)
{
	Period		now = *recorded;

	without_us(recorded);
	if (is_believed(&now, KNOWN_NOW) != is_believed(recorded, KNOWN_NOW))
		worlds->since = Min(worlds->since, since);
}

/* A time before which a layer never counted, whatever was believed of it. */
static TimestampTz
layer_starts(Layer *layer)
{
	TimestampTz starts;
	int			i;

	if (!turns_handover(&layer->turns, 0, &starts))
		starts = DT_NOEND;
	for (i = 0; i < layer->nrules; i++)
	{
		if (layer->rules[i].turns != NULL)
			starts = Min(starts, layer->rules[i].since);
	}
	return Max(starts, layer->valid.from);
}

#define COPY_ARRAY(array, n) \
	do { \
		void	   *copy = palloc(Max((n), 1) * sizeof(*(array))); \
		\
		memcpy(copy, (array), (n) * sizeof(*(array))); \
		(array) = copy; \
	} while (0)

static void
separate_layer(TwoWorlds *worlds, Layer *layer)
{
	TimestampTz starts = layer_starts(layer);
	int			i;

	if (layer->recorded.from < layer->recorded.until &&
		!change_is_moment(layer->recorded.from))
		worlds->had_layers = true;
	compare_fact(worlds, &layer->recorded, starts);

	COPY_ARRAY(layer->members, layer->nmembers);
	for (i = 0; i < layer->nmembers; i++)
		compare_fact(worlds, &layer->members[i].recorded,
					 Max(starts, layer->members[i].valid.from));
	COPY_ARRAY(layer->leaves, layer->nleaves);
	for (i = 0; i < layer->nleaves; i++)
		compare_fact(worlds, &layer->leaves[i].recorded,
					 Max(starts, layer->leaves[i].period.from));
	COPY_ARRAY(layer->rules, layer->nrules);
	for (i = 0; i < layer->nrules; i++)
		compare_fact(worlds, &layer->rules[i].recorded,
					 Max(starts, layer->rules[i].since));
}

/* Read a rotation, and what it would be without us, up to a time. */
static void
read_worlds(TwoWorlds *worlds, int32 rotation_id, TimestampTz limit)
{
	Period		window = {DT_NOBEGIN, limit};
	RotationLabel *label;
	int			n;
	int			i;

	memset(worlds, 0, sizeof(TwoWorlds));
	worlds->since = DT_NOEND;
	label = load_labels(rotation_id, &n);
	if (n == 0)
		return;
	worlds->with.rotation_id = rotation_id;
	worlds->with.nseats = label->nseats;
	load_layers(&worlds->with, 1, true);
	worlds->without = worlds->with;
	COPY_ARRAY(worlds->without.layers, worlds->without.nlayers);
	for (i = 0; i < worlds->without.nlayers; i++)
		separate_layer(worlds, &worlds->without.layers[i]);

	load_covers(&worlds->with, 1, window, true);
	worlds->without.ncovers = worlds->with.ncovers;
	worlds->without.covers = worlds->with.covers;
	COPY_ARRAY(worlds->without.covers, worlds->without.ncovers);
	for (i = 0; i < worlds->without.ncovers; i++)
		compare_fact(worlds, &worlds->without.covers[i].recorded,
					 worlds->without.covers[i].period.from);
}

/* Does a query of one row of one boolean, or of any row, say yes? */
static bool
is_true(SavedQuery *query, Datum *args, bool any)
{
	bool		result;

	SPI_connect();
	result = query_run(query, args, NULL) > 0 &&
		(any || DatumGetBool(query_column(SPI_tuptable->vals[0], 1)));
	SPI_finish();
	return result;
}

static bool
has_past(const TwoWorlds *worlds)
{
	Datum		arg = Int32GetDatum(worlds->with.rotation_id);

	return worlds->had_layers || is_true(&has_old_cover, &arg, true);
}

/* What writes no change, as when a closed row is believed again by hand. */
static bool
has_reason(int32 rotation_id)
{
	int			nids;
	int32	   *ids = change_own_ids(&nids);
	Datum		args[3];

	args[0] = query_id_array(ids, nids);
	args[1] = Int32GetDatum(rotation_id);
	args[2] = BoolGetDatum(guc_past_reason() != NULL);
	return is_true(&reasons, args, false);
}

/* The people of moves, in order of their ids. */
static int32 *
people_of_moves(const Move *moves, int nmoves, int *npeople)
{
	int32	   *people = MemoryContextAllocHuge(CurrentMemoryContext,
												(2 * (Size) nmoves + 1) * sizeof(int32));
	int			n = 0;
	int			i;

	for (i = 0; i < nmoves; i++)
	{
		if (moves[i].before != 0)
			people[n++] = moves[i].before;
		if (moves[i].after != 0)
			people[n++] = moves[i].after;
	}
	*npeople = ids_sort(people, n);
	return people;
}

static const char *
name_of(int32 person_id)
{
	PersonName *names;
	int			n;

	if (person_id == 0)
		return "nobody";
	names = load_people(&person_id, 1, &n);
	return n == 0 ? psprintf("person %d", person_id) :
		text_to_cstring(names[0].name);
}

/* "Ana, Ben, Cy and 2 others" */
static char *
names_of(const int32 *people, int npeople)
{
	StringInfoData buf;
	int			shown = npeople <= MAX_NAMES + 1 ? npeople : MAX_NAMES;
	int			i;

	initStringInfo(&buf);
	for (i = 0; i < shown; i++)
		appendStringInfo(&buf, "%s%s", i == 0 ? "" :
						 i == npeople - 1 ? " and " : ", ",
						 name_of(people[i]));
	if (shown < npeople)
		appendStringInfo(&buf, " and %d others", npeople - shown);
	return buf.data;
}

/* Words about a move. */
typedef struct MoveWords
{
	char	   *rotation;
	char	   *seat;
	char	   *when;
} MoveWords;

static MoveWords
words_of(int32 rotation_id, const Move *move)
{
	MemoryContext context = CurrentMemoryContext;
	MoveWords	words = {"", "", ""};
	Datum		args[3];

	args[0] = Int32GetDatum(rotation_id);
	args[1] = Int32GetDatum(move->seat + 1);
	args[2] = tstzrange_datum(move->period);
	SPI_connect();
	if (query_run(&period_words, args, NULL) > 0)
	{
		HeapTuple	row = SPI_tuptable->vals[0];

		words.rotation = query_column_text(row, 1, context);
		words.seat = query_column_text(row, 2, context);
		words.when = query_column_text(row, 3, context);
	}
	SPI_finish();
	return words;
}

/* The earliest move that is in time of one of its people that has been paid. */
static const Move *
find_paid(const Move *moves, int nmoves, const PaidTime *paid, int npaid,
		  const PaidTime **found)
{
	const Move *earliest = NULL;
	int			i;
	int			j;

	for (i = 0; i < nmoves; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (earliest != NULL && earliest->period.from <= moves[i].period.from)
			continue;
		for (j = 0; j < npaid; j++)
		{
			if ((paid[j].person_id == moves[i].before ||
				 paid[j].person_id == moves[i].after) &&
				!period_empty(period_and(paid[j].period, moves[i].period)))
			{
				earliest = &moves[i];
				*found = &paid[j];
				break;
			}
		}
	}
	return earliest;
}

static void
refuse_paid(Relation rel, int32 rotation_id, const Move *move,
			const PaidTime *paid)
{
	Move		part = *move;
	MoveWords	words;

	part.period = period_and(move->period, paid->period);
	words = words_of(rotation_id, &part);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("duty of %s in rotation \"%s\" would change in time that has been paid, from %s",
					paid->person, words.rotation, words.when),
			 errdetail("Pay run %d of policy \"%s\" has closed that time: %s is %s instead of %s.",
					   paid->pay_run_id, paid->policy, words.seat,
					   name_of(move->after), name_of(move->before)),
			 errhint("Give the argument past_reason of the function, or SET oncall.past_reason: the roster changes and not what was paid, and the next pay run carries the difference with that reason."),
			 errtableconstraint(rel, "oncall_pay_closed")));
}

static void
refuse_past(Relation rel, int32 rotation_id, const Move *moves, int nmoves,
			const int32 *people, int npeople)
{
	const Move *first = &moves[0];
	MoveWords	words;
	int			i;

	for (i = 1; i < nmoves; i++)
	{
		if (moves[i].period.from < first->period.from)
			first = &moves[i];
	}
	words = words_of(rotation_id, first);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("%s would have been on duty as %s of rotation \"%s\" instead of %s, from %s",
					name_of(first->after), words.seat, words.rotation,
					name_of(first->before), words.when),
			 nmoves == 1 ?
			 errdetail("That is past.") :
			 errdetail("That is past. In all, %d shifts of %s change.",
					   nmoves, names_of(people, npeople)),
			 errhint(HINT_REASON),
			 errtableconstraint(rel, "oncall_past_reason")));
}

static void
judge_rotation(Relation rel, int32 rotation_id, TimestampTz limit)
{
	TwoWorlds	worlds;
	Belief		before = {&worlds.without, KNOWN_NOW};
	Belief		after = {&worlds.with, KNOWN_NOW};
	Period		window;
	Move	   *moves;
	int			nmoves;
	int32	   *people;
	int			npeople;
	PaidTime   *paid;
	int			npaid;
	const PaidTime *run = NULL;
	const Move *move;

	/* first, since reading a rotation takes the longer the more it has */
	if (has_reason(rotation_id))
		return;
	read_worlds(&worlds, rotation_id, limit);
	if (worlds.since >= limit || !has_past(&worlds))
		return;
	window.from = Max(worlds.since, MIN_TIMESTAMP);
	window.until = limit;
	moves = find_moves(&before, &after, window, &nmoves);
	if (nmoves == 0)
		return;

	people = people_of_moves(moves, nmoves, &npeople);
	paid = paid_time_of_people(people, npeople, window, &npaid);
	move = find_paid(moves, nmoves, paid, npaid, &run);
	if (move != NULL)
		refuse_paid(rel, rotation_id, move, run);
	refuse_past(rel, rotation_id, moves, nmoves, people, npeople);
}

static void
judge_transaction(Relation rel)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall past",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = CurrentMemoryContext;
	TimestampTz limit = GetCurrentTimestamp() - PAST_GRACE;
	OwnerSwitch before;
	int32	   *ids;
	int			nids;
	int			i;

	owner_begin(&before, RelationGetRelid(rel));
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	ids = past_notes_rotations(limit, &nids);
	for (i = 0; i < nids; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(context);
		judge_rotation(rel, ids[i], limit);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(context);
	}
	PopActiveSnapshot();
	owner_end(&before);
	MemoryContextDelete(context);
}

/* judge_past(): deferred constraint trigger of all that decides duty */
Datum
oncall_judge_past(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"judge_past\" must be fired AFTER ROW")));
	trigger_check(fcinfo, "judge_past",
				  RelationGetRelationName(trigger->tg_relation));

	/* another trigger may have changed the row since it was noted */
	past_notes_complete(trigger);
	if (past_notes_pending())
	{
		judge_transaction(trigger->tg_relation);
		past_notes_judged();
	}
	return PointerGetDatum(NULL);
}
