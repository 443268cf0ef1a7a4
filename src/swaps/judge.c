/*-------------------------------------------------------------------------
 *
 * judge.c
 *	  The triggers that judge trades.
 *
 * What a transaction does to covers is noted as it happens, and judged as a
 * whole when its first deferred event fires. Notes only say where to look:
 * what counts is what the table shows then as written by this transaction, so
 * that whatever was rolled back, skipped or changed again by other triggers
 * needs no care.
 *
 * Two trades that are legal alone and illegal together share a person whose
 * duty grows in both, since every rule is about one person's duty. So these
 * people are locked, in order of their ids, and then the latest snapshot is
 * read: whoever comes second sees what the first has committed, at every
 * isolation level. FOR NO KEY UPDATE does not conflict with the locks that
 * foreign keys take on the same rows.
 *
 * A trade and the closing of a pay run share a policy: that row is locked FOR
 * SHARE, and by close_pay_run() FOR NO KEY UPDATE. Nobody waits for people
 * who has locked a policy first, but other trades do not wait for either.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "swaps/alternatives.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "base/compat.h"
#include "swaps/judge.h"
#include "base/owner.h"
#include "base/tstzrange.h"
#include "base/saved_query.h"
#include "swaps/trade.h"
#include "base/trigger.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "swaps/messages.h"

PG_FUNCTION_INFO_V1(note_cover);
PG_FUNCTION_INFO_V1(judge_covers);

/* A cover that this transaction may have written or ended. */
typedef struct Note
{
	int32		cover_id;
	char		status;			/* for simplehash */
	bool		has_old;		/* was it there before the transaction? */
	TradeCover	old;			/* as it was then */
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

/* Whom a trade concerns, in order of their ids. */
typedef struct Concerned
{
	int32	   *people;			/* whose duty grows */
	int			npeople;
	int32	   *policies;		/* that pay those whose duty changes */
	int			npolicies;
} Concerned;

/* Those of the current transaction, in its own context; or NULL. */
static notes_hash *notes = NULL;

/* Has anything come since the last judgement? */
static bool pending = false;

static SavedQuery covers_noted = {
	"SELECT c.cover_id, c.rotation_id, c.seat, c.person_id,"
	" c.period::pg_catalog.tstzrange, c.recorded::pg_catalog.tstzrange,"
	" pg_catalog.upper_inf(c.recorded), c.late"
	" FROM oncall.cover c"
	" WHERE c.cover_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND oncall_internal.written_now(c.xmin)"
	" ORDER BY c.cover_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

/* What is locked, in order of the ids. */
typedef struct Lock
{
	const char *text;
	SPIPlanPtr	plan;
} Lock;

#define LOCK_PEOPLE \
	"SELECT 1 FROM oncall.person p" \
	" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($1)" \
	" ORDER BY p.person_id FOR NO KEY UPDATE"

static Lock people_lock = {LOCK_PEOPLE, NULL};
static Lock free_people_lock = {LOCK_PEOPLE " SKIP LOCKED", NULL};

/* close_pay_run() takes FOR NO KEY UPDATE */
static Lock policies_lock = {
	"SELECT 1 FROM oncall.pay_policy p"
	" WHERE p.pay_policy_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY p.pay_policy_id FOR SHARE", NULL
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

/* What is left of a trade after a rollback has not been judged by itself. */
static void
doubt_judgement(SubXactEvent event, SubTransactionId mine,
				SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && notes != NULL)
		pending = true;
}

void
judge_init(void)
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
		note->has_old = false;
	return note;
}

/*
 * A version that this transaction has not written is how things were before
 * it. If it is met again, after a rollback, another transaction may have
 * changed or ended it in between: the latest one counts.
 */
static void
note_old_row(Relation covers, HeapTuple row)
{
	TransactionId xmin = HeapTupleHeaderGetXmin(row->t_data);
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);
	Note	   *note;

	if (isnull || (TransactionIdIsNormal(xmin) &&
				   TransactionIdIsCurrentTransactionId(xmin)))
		return;
	note = note_of(DatumGetInt32(cover_id));
	note->has_old = is_believed_row(covers, row) &&
		read_cover_row(covers, row, &note->old);
	note->old.cover.cover_id = note->cover_id;
}

static void
note_new_row(Relation covers, HeapTuple row)
{
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);

	if (!isnull && is_believed_row(covers, row))
		(void) note_of(DatumGetInt32(cover_id));
	if (notes != NULL)
		pending = true;
}

/*
 * Rows are noted before they are written, so that the first event of a
 * statement that is judged at once finds all of them. Another trigger may have
 * given one another key since.
 */
static void
note_unnoted_row(Relation covers, HeapTuple row)
{
	bool		isnull;
	Datum		cover_id = trigger_column(covers, row, "cover_id", INT4OID,
										  &isnull);

	if (!isnull &&
		(notes == NULL || notes_lookup(notes, DatumGetInt32(cover_id)) == NULL))
		note_new_row(covers, row);
}

/* The row that a trigger is fired for, as it is now. */
static HeapTuple
new_row(TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
}

Datum
note_cover(PG_FUNCTION_ARGS)
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

/* What this transaction has written and ended, as the snapshot shows it. */
static void
read_trade(Trade *trade)
{
	MemoryContext context = CurrentMemoryContext;
	int			nids;
	int32	   *ids = noted_ids(&nids);
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

		if (note->has_old)
			trade->removed[trade->nremoved++] = note->old;
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

/*
 * Lock rows in order of their ids; false if it does not wait and somebody
 * else holds one of them. Under the snapshot of the transaction, where it has
 * one: then a row that was changed since is a failure to serialize.
 */
static bool
lock_rows(Lock *lock, const int32 *ids, int nids)
{
	Datum		arg;
	bool		all;

	if (nids == 0)
		return true;
	SPI_connect();
	if (lock->plan == NULL)
	{
		Oid			argtype = INT4ARRAYOID;
		SPIPlanPtr	plan = SPI_prepare(lock->text, 1, &argtype);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare to lock rows: %s",
				 SPI_result_code_string(SPI_result));
		lock->plan = plan;
	}
	arg = query_id_array(ids, nids);
	if (SPI_execute_plan(lock->plan, &arg, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not lock rows");
	all = SPI_processed == (uint64) nids;
	SPI_finish();
	return all;
}

/* Those of some ids that are not among others; both ascend. */
static int32 *
ids_minus(const int32 *ids, int nids, const int32 *others, int nothers,
		  int *nrest)
{
	int32	   *rest = palloc((nids + 1) * sizeof(int32));
	int			n = 0;
	int			i;
	int			j = 0;

	for (i = 0; i < nids; i++)
	{
		while (j < nothers && others[j] < ids[i])
			j++;
		if (j == nothers || others[j] != ids[i])
			rest[n++] = ids[i];
	}
	*nrest = n;
	return rest;
}

/* Ids that are in either list, which ascend; *nids becomes their number. */
static int32 *
ids_union(const int32 *ids, int *nids, const int32 *others, int nothers)
{
	int32	   *all = palloc((*nids + nothers + 1) * sizeof(int32));

	if (*nids > 0)
		memcpy(all, ids, *nids * sizeof(int32));
	memcpy(all + *nids, others, nothers * sizeof(int32));
	*nids = ids_sort(all, *nids + nothers);
	return all;
}

/*
 * Has no transaction that wrote ended between two snapshots? The ids that an
 * earlier one has in progress can only become fewer, unless those of a later
 * one reach further.
 */
static bool
nothing_between(Snapshot earlier, Snapshot later)
{
	return earlier->xmax == later->xmax && earlier->xcnt == later->xcnt &&
		earlier->subxcnt == later->subxcnt &&
		!earlier->suboverflowed && !later->suboverflowed;
}

/* The rotation in which the trade gives this person duty in the breach. */
static int
gained_rotation(const Trade *trade, const Breach *breach)
{
	int			i;

	for (i = 0; i < trade->nchanges; i++)
	{
		const Change *change = &trade->changes[i];

		if (change->person_after == breach->person_id &&
			period_set_overlap(&breach->instants, change->period))
			return world_rotation(&trade->world, change->rotation_id);
	}
	return -1;
}

BreachWords
objection_words(Trade *trade, const Breach *breach)
{
	World	   *world = &trade->world;
	const PersonFacts *person;

	if (breach->rule == RULE_PAY_CLOSED)
		return paid_words(world, trade_paid_time(trade, breach), breach);
	person = world_person(world, breach->person_id);
	return breach_words(world, person,
						&trade->duties_after[person - world->people],
						trade->window, breach,
						gained_rotation(trade, breach), true);
}

static void
refuse(Relation covers, Trade *trade, const Breach *breach)
{
	BreachWords words = objection_words(trade, breach);
	char	   *hint = trade_advice(trade, breach);

	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg_internal("%s", words.message),
			 errdetail_internal("%s", words.detail),
			 errhint("%s", hint),
			 errtableconstraint(covers, rule_name(breach->rule))));
}

/* Read the trade as the latest snapshot shows it, which stays active. */
static void
read_latest(Trade *trade, Concerned *concerned)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	read_trade(trade);
	trade_changes(trade);
	concerned->people = trade_people(trade, &concerned->npeople);
	concerned->policies = trade_policies(trade, &concerned->npolicies);
}

/*
 * Lock people besides those that are locked. Nobody waits for one who comes
 * before those they hold, so that no two judges wait for each other.
 */
static void
lock_more_people(const int32 *fresh, int nfresh, const Concerned *locked)
{
	bool		in_order;

	in_order = nfresh == 0 || locked->npeople == 0 ||
		fresh[0] > locked->people[locked->npeople - 1];
	if (in_order)
		(void) lock_rows(&people_lock, fresh, nfresh);
	else if (!lock_rows(&free_people_lock, fresh, nfresh))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize trades of the same people"),
				 errdetail("What others have committed concerns people whom this trade has not locked in time."),
				 errhint("The transaction might succeed if retried.")));
}

/*
 * Lock those whose duty grows, and the policies by which those are paid whose
 * duty changes, and leave the trade as a snapshot shows it that was taken
 * under the locks; that snapshot stays active. If others have committed while
 * we waited, more may be concerned than were locked.
 */
static void
settle_trade(Trade *trade, Concerned *concerned)
{
	Concerned	locked = {NULL, 0, NULL, 0};

	for (;;)
	{
		Concerned	fresh;

		CHECK_FOR_INTERRUPTS();
		read_latest(trade, concerned);
		fresh.people = ids_minus(concerned->people, concerned->npeople,
								 locked.people, locked.npeople,
								 &fresh.npeople);
		fresh.policies = ids_minus(concerned->policies,
								   concerned->npolicies,
								   locked.policies, locked.npolicies,
								   &fresh.npolicies);
		if (fresh.npeople == 0 && fresh.npolicies == 0)
			return;

		lock_more_people(fresh.people, fresh.npeople, &locked);
		(void) lock_rows(&policies_lock, fresh.policies, fresh.npolicies);
		if (nothing_between(GetActiveSnapshot(), GetLatestSnapshot()))
			return;
		locked.people = ids_union(locked.people, &locked.npeople,
								  fresh.people, fresh.npeople);
		locked.policies = ids_union(locked.policies, &locked.npolicies,
									fresh.policies, fresh.npolicies);
		PopActiveSnapshot();
	}
}

static void
judge_transaction(Relation covers)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall judge",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	OwnerSwitch before;
	Breaches	objections = {0};
	Trade		trade;
	Concerned	concerned;

	owner_begin(&before, RelationGetRelid(covers));
	settle_trade(&trade, &concerned);
	if (concerned.npeople > 0)
		trade_duties(&trade, concerned.people, concerned.npeople, NULL);
	trade_all_objections(&trade, &objections);
	if (objections.n > 0)
		refuse(covers, &trade, &objections.breaches[0]);
	PopActiveSnapshot();
	owner_end(&before);

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

Datum
judge_covers(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	trigger_check(fcinfo, "judge_covers", "cover");
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"judge_covers\" must be fired AFTER ROW")));
	note_unnoted_row(trigger->tg_relation, new_row(trigger));

	/* the first event of a transaction judges all of it */
	if (pending)
	{
		judge_transaction(trigger->tg_relation);
		pending = false;
	}
	return PointerGetDatum(NULL);
}
