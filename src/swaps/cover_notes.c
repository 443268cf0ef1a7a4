/*-------------------------------------------------------------------------
 *
 * cover_notes.c
 *	  What the current transaction has done to covers.
 *
 * Notes only say where to look: what counts is what the table shows at the
 * end as written by this transaction, so that whatever was rolled back,
 * skipped or changed again by other triggers needs no care.
 *
 * What has been judged need not be judged again if more comes: see
 * cover_notes_read().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/cover_notes.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(oncall_note_cover);

/* A cover that this transaction may have written or ended. */
typedef struct Note
{
	int32		cover_id;
	char		status;			/* for simplehash */
	bool		has_old;		/* was it there before the transaction? */
	TradeCover	old;			/* as it was then */
	bool		fresh;			/* has it come since the last judgement? */
	bool		has_judged;		/* was it there at that, or before any? */
	TradeCover	judged;			/* as it was then */
} Note;

#define SH_PREFIX notes
#define SH_ELEMENT_TYPE Note
#define SH_KEY_TYPE int32
#define SH_KEY cover_id
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Those of the current transaction, in its own context; or NULL. */
static notes_hash *notes = NULL;

/* The ids of those that are fresh, in the transaction's context. */
static int32 *fresh_ids = NULL;
static int	nfresh = 0;
static int	size_fresh = 0;

/* Has anything come since the last judgement? */
static bool pending = false;

/* Does a judgement stand, of all that is not fresh? */
static bool judged = false;

static SavedQuery covers_noted = {
	"SELECT c.cover_id, c.rotation_id, c.seat, c.person_id,"
	" c.period::pg_catalog.tstzrange, c.recorded::pg_catalog.tstzrange,"
	" pg_catalog.upper_inf(c.recorded), h.past_reason IS NOT NULL"
	" AND oncall_internal.written_now(h.xmin)"
	" FROM oncall.cover c JOIN oncall.change h"
	" ON h.change_id OPERATOR(pg_catalog.=) c.change_id"
	" WHERE c.cover_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND oncall_internal.written_now(c.xmin)"
	" ORDER BY c.cover_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
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
			fresh_ids = NULL;
			nfresh = size_fresh = 0;
			pending = judged = false;
			break;
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
			break;
	}
}

/* What is left of a trade after a rollback has not been judged by itself. */
static void
doubt_judgement(SubXactEvent event, SubTransactionId mine,
				SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && notes != NULL)
	{
		pending = true;
		judged = false;
	}
}

void
cover_notes_init(void)
{
	RegisterXactCallback(forget_notes, NULL);
	RegisterSubXactCallback(doubt_judgement, NULL);
}

/* Does the row count for the roster now? */
static bool
is_believed_row(Relation covers, HeapTuple row)
{
	bool		isnull;
	Datum		recorded = trigger_column(covers, row, "recorded", TSTZRANGEOID,
										  &isnull);
	Period		period;

	return !isnull && tstzrange_to_period(DatumGetRangeTypeP(recorded), &period) &&
		period.until == DT_NOEND;
}

/* False if the row lacks what every cover has, as constraints will tell. */
static bool
read_cover_row(Relation covers, HeapTuple row, TradeCover *item)
{
	Datum		values[4];
	bool		nulls[4];

	values[0] = trigger_column(covers, row, "rotation_id", INT4OID,
							   &nulls[0]);
	values[1] = trigger_column(covers, row, "seat", INT2OID, &nulls[1]);
	values[2] = trigger_column(covers, row, "person_id", INT4OID, &nulls[2]);
	values[3] = trigger_column(covers, row, "period", TSTZRANGEOID,
							   &nulls[3]);
	memset(item, 0, sizeof(TradeCover));
	if (nulls[0] || nulls[1] || nulls[3])
		return false;
	item->rotation_id = DatumGetInt32(values[0]);
	item->cover.seat = DatumGetInt16(values[1]) - 1;
	item->cover.person_id = nulls[2] ? 0 : DatumGetInt32(values[2]);
	item->cover.recorded.from = DT_NOBEGIN;
	item->cover.recorded.until = DT_NOEND;
	return tstzrange_to_period(DatumGetRangeTypeP(values[3]),
							   &item->cover.period);
}

static Note *
note_of(int32 cover_id)
{
	bool		found;
	Note	   *note;

	if (notes == NULL)
		notes = notes_create(TopTransactionContext, 64, NULL);
	note = notes_insert(notes, cover_id, &found);
	if (!found)
		note->has_old = note->fresh = note->has_judged = false;
	return note;
}

static void
note_is_fresh(Note *note)
{
	if (note->fresh)
		return;
	if (nfresh == size_fresh)
	{
		int			size = Max(64, 2 * size_fresh);

		fresh_ids = fresh_ids == NULL ?
			MemoryContextAlloc(TopTransactionContext, size * sizeof(int32)) :
			repalloc_huge(fresh_ids, size * sizeof(int32));
		size_fresh = size;		/* a savepoint outlives an error before this */
	}
	fresh_ids[nfresh++] = note->cover_id;
	note->fresh = true;
}

/*
 * A version that this transaction has not written is how things were before
 * it. If it is met again, after a rollback, another transaction may have
 * changed or ended it in between: the latest one counts. What a fresh change
 * meets first, whoever has written it, is how things were judged.
 */
static void
note_old_row(Relation covers, HeapTuple row)
{
	TransactionId xmin = HeapTupleHeaderGetXmin(row->t_data);
	bool		ours = TransactionIdIsNormal(xmin) &&
	TransactionIdIsCurrentTransactionId(xmin);
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);
	TradeCover	item = {0};
	bool		counts;
	Note	   *note;

	if (isnull)
		return;
	counts = is_believed_row(covers, row) &&
		read_cover_row(covers, row, &item);
	note = note_of(DatumGetInt32(cover_id));
	item.cover.cover_id = note->cover_id;
	if (!ours)
	{
		note->has_old = counts;
		note->old = item;
	}
	if (!note->fresh)
	{
		note->has_judged = counts;
		note->judged = item;
	}
	note_is_fresh(note);
}

static void
note_new_row(Relation covers, HeapTuple row)
{
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);

	if (!isnull && is_believed_row(covers, row))
		note_is_fresh(note_of(DatumGetInt32(cover_id)));
	if (notes != NULL)
		pending = true;
}

/* The row that a trigger is fired for, as it is now. */
static HeapTuple
new_row(TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
}

/*
 * Rows are noted before they are written, so that the first event of a
 * statement that is judged at once finds all of them. Another trigger may have
 * given one another key since.
 */
void
cover_notes_complete(TriggerData *trigger)
{
	Relation	covers = trigger->tg_relation;
	HeapTuple	row = new_row(trigger);
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);

	if (!isnull &&
		(notes == NULL || notes_lookup(notes, DatumGetInt32(cover_id)) == NULL))
		note_new_row(covers, row);
}

Datum
oncall_note_cover(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;

	trigger_check(fcinfo, "note_cover", "cover");
	if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"note_cover\" must be fired BEFORE INSERT or UPDATE")));
	row = new_row(trigger);
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		note_old_row(trigger->tg_relation, trigger->tg_trigtuple);
	note_new_row(trigger->tg_relation, row);
	return PointerGetDatum(row);
}

/* The ids of all covers noted, in the current context. */
static int32 *
noted_ids(int *nids)
{
	int32	   *ids = palloc((notes->members + 1) * sizeof(int32));
	notes_iterator iterator;
	Note	   *note;

	*nids = 0;
	notes_start_iterate(notes, &iterator);
	while ((note = notes_iterate(notes, &iterator)) != NULL)
		ids[(*nids)++] = note->cover_id;
	return ids;
}

bool
cover_notes_pending(void)
{
	return pending;
}

void
cover_notes_judged(void)
{
	int			i;

	for (i = 0; i < nfresh; i++)
		notes_lookup(notes, fresh_ids[i])->fresh = false;
	nfresh = 0;
	pending = false;
	judged = true;
}

bool
cover_notes_some_judged(void)
{
	return judged;
}

void
cover_notes_read(Trade *trade, bool all)
{
	MemoryContext context = CurrentMemoryContext;
	int			nids = nfresh;
	int32	   *ids = all ? noted_ids(&nids) : fresh_ids;
	Datum		arg;
	uint64		nrows;
	uint64		i;

	memset(trade, 0, sizeof(Trade));
	trade->written = true;
	SPI_connect();
	arg = query_id_array(ids, nids);
	nrows = query_run(&covers_noted, &arg, NULL);
	trade->added = MemoryContextAllocHuge(context, (nrows + 1) *
										  sizeof(TradeCover));
	trade->removed = MemoryContextAllocHuge(context, (nrows + 1) *
											sizeof(TradeCover));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Note	   *note = notes_lookup(notes,
										DatumGetInt32(query_column(row, 1)));

		if (all ? note->has_old : note->has_judged)
			trade->removed[trade->nremoved++] = all ? note->old : note->judged;
		if (DatumGetBool(query_column(row, 7)))
		{
			TradeCover *item = &trade->added[trade->nadded++];

			item->rotation_id = DatumGetInt32(query_column(row, 2));
			item->late = DatumGetBool(query_column(row, 8));
			item->cover.cover_id = note->cover_id;
			item->cover.seat = DatumGetInt16(query_column(row, 3)) - 1;
			item->cover.person_id = query_column_is_null(row, 4) ? 0 :
				DatumGetInt32(query_column(row, 4));
			item->cover.period = query_column_period(row, 5);
			item->cover.recorded = query_column_period(row, 6);
		}
	}
	SPI_finish();
}
