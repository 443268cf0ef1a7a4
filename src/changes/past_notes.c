/*-------------------------------------------------------------------------
 *
 * past_notes.c
 *	  Where a transaction may have changed who was on duty: the rotas that it
 *	  writes, and from when on.
 *
 * Rows are noted before they are written, by what they name as their parent:
 * a rotation, a layer or an entry of a list. Notes only say where to look;
 * what was rolled back or changed again since needs no care.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/ids.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "changes/past_notes.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_note_past);

typedef enum ParentKind
{
	PARENT_ROTATION,
	PARENT_LAYER,
	PARENT_MEMBER,
	NUM_PARENTS
} ParentKind;

/* A table whose rows decide who is on call, and how to read it. */
typedef struct PastTable
{
	const char *name;
	ParentKind	kind;
	const char *parent;
	const char *counts;			/* from when on, or from when until when */
	Oid			type;
} PastTable;

static const PastTable tables[] = {
	{"cover", PARENT_ROTATION, "rotation_id", "period", TSTZRANGEOID},
	{"layer", PARENT_ROTATION, "rotation_id", "valid", TSTZRANGEOID},
	{"layer_member", PARENT_LAYER, "layer_id", "valid", TSTZRANGEOID},
	{"layer_leave", PARENT_MEMBER, "layer_member_id", "period", TSTZRANGEOID},
	{"layer_rule", PARENT_LAYER, "layer_id", "since", TIMESTAMPTZOID}
};

typedef struct PastNote
{
	uint64		key;			/* of a parent: its kind and its id */
	char		status;			/* for simplehash */
	TimestampTz since;			/* the earliest */
} PastNote;

#define SH_PREFIX pastnotes
#define SH_ELEMENT_TYPE PastNote
#define SH_KEY_TYPE uint64
#define SH_KEY key
#define SH_HASH_KEY(tb, key) ((uint32) murmurhash32((uint32) (key) ^ (uint32) ((key) >> 32)))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Those of the current transaction, in its own context; or NULL. */
static pastnotes_hash *notes = NULL;

/* Has anything come since the last judgement? */
static bool pending = false;

static SavedQuery rotations_of = {
	"SELECT l.rotation_id FROM oncall.layer l"
	" WHERE l.layer_id OPERATOR(pg_catalog.=) ANY ($1)"
	" UNION SELECT l.rotation_id FROM oncall.layer_member m, oncall.layer l"
	" WHERE m.layer_member_id OPERATOR(pg_catalog.=) ANY ($2)"
	" AND l.layer_id OPERATOR(pg_catalog.=) m.layer_id",
	2, {INT4ARRAYOID, INT4ARRAYOID}, {NULL, NULL}
};

static void
forget_notes(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			notes = NULL;
			pending = false;
			break;
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
			break;
	}
}

/* What is left after a rollback has not been judged by itself. */
static void
doubt_judgement(SubXactEvent event, SubTransactionId mine,
				SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && notes != NULL)
		pending = true;
}

void
past_notes_init(void)
{
	RegisterXactCallback(forget_notes, NULL);
	RegisterSubXactCallback(doubt_judgement, NULL);
}

bool
past_notes_pending(void)
{
	return pending;
}

void
past_notes_judged(void)
{
	pending = false;
}

static const PastTable *
past_table(Relation rel)
{
	int			i;

	for (i = 0; i < (int) lengthof(tables); i++)
	{
		if (strcmp(RelationGetRelationName(rel), tables[i].name) == 0)
			return &tables[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("table \"%s\" does not say who is on call",
					RelationGetRelationName(rel))));
	return NULL;				/* keep compiler quiet */
}

/* Does what is believed of the row begin or end with this transaction? */
static bool
is_ours(Relation rel, HeapTuple row)
{
	bool		isnull;
	Datum		value = trigger_column(rel, row, "recorded", TSTZRANGEOID,
									   &isnull);
	Period		recorded;

	/* what has become empty was ours: before it, too, it was not believed */
	return !isnull &&
		tstzrange_to_period(DatumGetRangeTypeP(value), &recorded) &&
		(change_is_moment(recorded.from) || change_is_moment(recorded.until));
}

/* From when on the row counts; the end of time: never. */
static TimestampTz
counts_since(const PastTable *table, Relation rel, HeapTuple row)
{
	bool		isnull;
	Datum		value = trigger_column(rel, row, table->counts, table->type,
									   &isnull);
	Period		period;

	if (isnull)
		return DT_NOEND;		/* a constraint will tell */
	if (table->type == TIMESTAMPTZOID)
		return DatumGetTimestampTz(value);
	return tstzrange_to_period(DatumGetRangeTypeP(value), &period) ?
		period.from : DT_NOEND;
}

static void
note_row(const PastTable *table, Relation rel, HeapTuple row)
{
	TimestampTz since = counts_since(table, rel, row);
	bool		isnull;
	Datum		parent = trigger_column(rel, row, table->parent, INT4OID,
										&isnull);
	PastNote   *note;
	bool		found;

	if (isnull || since == DT_NOEND)
		return;
	if (notes == NULL)
		notes = pastnotes_create(TopTransactionContext, 64, NULL);
	note = pastnotes_insert(notes, (uint64) table->kind << 32 |
							(uint32) DatumGetInt32(parent), &found);
	note->since = found ? Min(note->since, since) : since;
}

static void
note_rows(TriggerData *trigger)
{
	const PastTable *table = past_table(trigger->tg_relation);
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	HeapTuple	new = update ? trigger->tg_newtuple : trigger->tg_trigtuple;

	if (!is_ours(trigger->tg_relation, new))
		return;
	note_row(table, trigger->tg_relation, new);
	if (update)
		note_row(table, trigger->tg_relation, trigger->tg_trigtuple);
}

void
past_notes_complete(TriggerData *trigger)
{
	note_rows(trigger);
}

/* note_past(): BEFORE INSERT OR UPDATE of each row, after keep_history() */
Datum
oncall_note_past(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"note_past\" must be fired BEFORE INSERT or UPDATE")));
	trigger_check(fcinfo, "note_past", past_table(trigger->tg_relation)->name);
	note_rows(trigger);
	pending = notes != NULL;
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
						   trigger->tg_newtuple : trigger->tg_trigtuple);
}

/* The ids of parents of one kind of which something counts before a time. */
static int32 *
parents_before(ParentKind kind, TimestampTz limit, int *nids)
{
	int32	   *ids = palloc((notes->members + 1) * sizeof(int32));
	pastnotes_iterator iterator;
	PastNote   *note;

	*nids = 0;
	pastnotes_start_iterate(notes, &iterator);
	while ((note = pastnotes_iterate(notes, &iterator)) != NULL)
	{
		if (note->key >> 32 == kind && note->since < limit)
			ids[(*nids)++] = (int32) (uint32) note->key;
	}
	return ids;
}

int32 *
past_notes_rotations(TimestampTz limit, int *nids)
{
	int32	   *ids[NUM_PARENTS];
	int			n[NUM_PARENTS];
	int32	   *all;
	int			kind;

	*nids = 0;
	if (notes == NULL)
		return NULL;
	for (kind = 0; kind < NUM_PARENTS; kind++)
		ids[kind] = parents_before(kind, limit, &n[kind]);
	all = ids[PARENT_ROTATION];
	*nids = n[PARENT_ROTATION];
	if (n[PARENT_LAYER] + n[PARENT_MEMBER] > 0)
	{
		Datum		args[2];
		int32	   *found;
		int			nfound;

		args[0] = query_id_array(ids[PARENT_LAYER], n[PARENT_LAYER]);
		args[1] = query_id_array(ids[PARENT_MEMBER], n[PARENT_MEMBER]);
		found = query_ids(&rotations_of, args, &nfound);
		all = repalloc(all, (*nids + nfound + 1) * sizeof(int32));
		memcpy(all + *nids, found, nfound * sizeof(int32));
		*nids += nfound;
	}
	*nids = ids_sort(all, *nids);
	return all;
}
