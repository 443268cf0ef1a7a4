/*-------------------------------------------------------------------------
 *
 * write_signal.c
 *	  Who writes tables tells those that remember what was in them.
 *
 * The sender is a row trigger, ENABLE ALWAYS, since apply workers fire row
 * triggers only and those of session_replication_role = replica no others. It
 * registers a relcache invalidation of the relation behind a composite type
 * that has no values and that no plan depends on. (A table would do as well,
 * but then tools would list it and publications of all tables contain it.)
 * The server sends it to all backends once the transaction has committed, on
 * a standby when the commit has been replayed, and keeps it with a prepared
 * transaction until that is committed.
 *
 * It sends it *after* the commit has become visible, so a snapshot may show
 * rows that nobody has been told of yet. What was written by transactions
 * that are in between is found out as follows; snapshot_memo.c tells what
 * else has to hold for a memory to go on.
 *
 * On a primary by locks, which a transaction releases after it has sent its
 * messages:
 *
 * - A transaction that has given a signal takes, before it commits or
 *	 prepares, a ShareLock on the signal's relation. Such locks let each other in,
 *	 so writers do not wait for one another. A reader takes a
 *	 RowExclusiveLock on it, on condition that it need not wait, and releases
 *	 it at once: readers do not wait, and keep a writer waiting for no longer
 *	 than that. RowExclusiveLock is the strongest that a backend takes without
 *	 a look into shared tables, as long as there is no ShareLock.
 * - Rows can be written without a signal by who has altered the table before,
 *	 in the same transaction: TRUNCATE, a new type of a column, a trigger that
 *	 is disabled. All of that takes a lock that excludes RowExclusiveLock, and
 *	 tells of the table itself. So a reader asks for that on each of the
 *	 tables, too. If only the trigger was disabled, what others wrote without
 *	 a signal came after that transaction had told so and released its lock.
 * - The same holds for the signal's type: who renames, drops or makes it anew
 *	 holds AccessExclusiveLock on its relation. Only ALTER TYPE ... SET SCHEMA
 *	 locks nothing; after that writers fail until there is another type of the
 *	 name. Whoever makes that one in a later transaction has been heard of
 *	 before; a transaction of the owner's that moves the type, makes another
 *	 and writes the roster, all in one, is the one case in which a reader may
 *	 answer from memory between the commit and its messages.
 *
 * The reader asks for locks after its snapshot was taken, and reads messages
 * after that. So each transaction that the snapshot shows as committed had
 * taken its lock before; either it still has it and the reader's request
 * fails, or it had sent its messages before it released it, and the reader
 * reads them. That the test for messages which the server makes without a
 * lock cannot come too early follows from the locks taken before
 * (SIGetDataEntries() says so). GetLockConflicts() would not do for a
 * request: it leaves out transactions that are not running any more, and
 * those are exactly the ones in question (test/t/race.pl shows it).
 *
 * On a standby the primary's locks do not exist. There one process replays
 * one record after the other, and with the record of a commit makes it
 * visible, sends its messages and only then counts it as replayed. So once
 * what was being replayed at some moment after the snapshot was taken counts
 * as replayed, all that the snapshot shows has been told. A transaction that
 * altered a table and wrote it has one record, which tells both.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/write_signal.h"

#include "access/htup.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlogrecovery.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "storage/lmgr.h"
#include "storage/s_lock.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_tell_readers);

static const char *const signal_name[NUM_WRITE_SIGNALS] =
{
	[ROSTER_WRITTEN] = "roster_written",
	[PEOPLE_WRITTEN] = "people_written"
};

/* What this backend has told of itself. */
typedef struct Given
{
	Oid			relation;		/* InvalidOid: not in this transaction */
	SubTransactionId in;		/* where the message was registered last */
	uint64		rows;			/* in all */
} Given;

static Given given[NUM_WRITE_SIGNALS];
static bool committing = false; /* the locks have been taken */

/* How often a standby looks whether a record has been replayed. */
#define REPLAY_LOOKS 200

Oid
write_signal_relation(WriteSignal signal)
{
	Oid			namespace = get_namespace_oid("oncall_internal", true);

	return OidIsValid(namespace) ?
		get_relname_relid(signal_name[signal], namespace) : InvalidOid;
}

bool
write_signal_given(WriteSignal signal)
{
	return OidIsValid(given[signal].relation);
}

uint64
write_signal_count(WriteSignal signal)
{
	return given[signal].rows;
}

/* The signal with this name; an error if there is none. */
static WriteSignal
signal_by_name(const char *name)
{
	int			i;

	for (i = 0; i < NUM_WRITE_SIGNALS; i++)
	{
		if (strcmp(name, signal_name[i]) == 0)
			return (WriteSignal) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("\"%s\" is no argument of function \"tell_readers\"",
					name),
			 errhint("Its arguments are \"roster_written\" and \"people_written\".")));
}

/*
 * Once in each subtransaction is enough; if it is undone, so is the message.
 * A ShareLock that comes late was not taken with those of the others: what
 * another extension writes when the transaction is about to commit.
 */
static void
give_signal(WriteSignal signal)
{
	Given	   *own = &given[signal];

	own->rows++;
	if (OidIsValid(own->relation) && own->in == GetCurrentSubTransactionId())
		return;
	own->relation = write_signal_relation(signal);
	if (!OidIsValid(own->relation))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("type \"oncall_internal.%s\" does not exist",
						signal_name[signal]),
				 errdetail("oncall.setup() has made it, and since then it has been renamed, moved or dropped."),
				 errhint("Make it anew: CREATE TYPE oncall_internal.%s AS ().",
						 signal_name[signal])));
	CacheInvalidateRelcacheByRelid(own->relation);
	own->in = GetCurrentSubTransactionId();
	if (committing)
		LockRelationOid(own->relation, ShareLock);
}

/* On a table of somebody's own it would disturb everybody. */
static void
check_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"tell_readers\" was not called by trigger manager")));
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"tell_readers\" must be fired before each row")));
	if (RelationGetNamespace(trigger->tg_relation) !=
		get_namespace_oid("oncall", true))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"tell_readers\" must be fired for a table of schema oncall")));
}

Datum
oncall_tell_readers(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int			i;

	check_trigger(fcinfo);
	for (i = 0; i < trigger->tg_trigger->tgnargs; i++)
		give_signal(signal_by_name(trigger->tg_trigger->tgargs[i]));
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
						   trigger->tg_newtuple : trigger->tg_trigtuple);
}

static void
lock_signals(void)
{
	int			i;

	committing = true;
	for (i = 0; i < NUM_WRITE_SIGNALS; i++)
	{
		if (OidIsValid(given[i].relation))
			LockRelationOid(given[i].relation, ShareLock);
	}
}

static void
forget_signals(void)
{
	int			i;

	committing = false;
	for (i = 0; i < NUM_WRITE_SIGNALS; i++)
		given[i].relation = InvalidOid;
}

static void
on_transaction_event(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			lock_signals();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			forget_signals();
			break;
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			/* workers do not write */
			break;
	}
}

void
write_signal_init(void)
{
	RegisterXactCallback(on_transaction_event, NULL);
}

/* Is this our trigger, for each row that is written, whoever writes it? */
static bool
trigger_tells(const Trigger *trigger, const char *signal)
{
	FmgrInfo	function;
	int			i;

	if (!TRIGGER_FOR_ROW(trigger->tgtype) ||
		!TRIGGER_FOR_BEFORE(trigger->tgtype) ||
		!TRIGGER_FOR_INSERT(trigger->tgtype) ||
		!TRIGGER_FOR_UPDATE(trigger->tgtype) ||
		!TRIGGER_FOR_DELETE(trigger->tgtype) ||
		trigger->tgenabled != TRIGGER_FIRES_ALWAYS ||
		trigger->tgnattr != 0 || trigger->tgqual != NULL)
		return false;
	for (i = 0; i < trigger->tgnargs; i++)
	{
		if (strcmp(trigger->tgargs[i], signal) != 0)
			continue;
		fmgr_info(trigger->tgfoid, &function);
		return function.fn_addr == oncall_tell_readers;
	}
	return false;
}

/* While the caller has a lock under which none of this changes. */
static bool
table_tells(Oid relid, const char *signal)
{
	Relation	rel = try_table_open(relid, NoLock);
	bool		tells = false;
	int			i;

	if (rel == NULL)
		return false;
	if (rel->rd_rel->relkind == RELKIND_RELATION && rel->trigdesc != NULL &&
		(!rel->rd_rel->relhassubclass ||
		 find_inheritance_children(relid, NoLock) == NIL))
	{
		for (i = 0; i < rel->trigdesc->numtriggers && !tells; i++)
			tells = trigger_tells(&rel->trigdesc->triggers[i], signal);
	}
	table_close(rel, NoLock);
	return tells;
}

/*
 * The lock with which rows are written: nobody who has one that excludes it is
 * between taking it and having told.
 */
static bool
nobody_alters(Oid relid)
{
	if (!ConditionalLockRelationOid(relid, RowExclusiveLock))
		return false;
	UnlockRelationOid(relid, RowExclusiveLock);
	return true;
}

bool
write_signal_is_certain(WriteSignal signal, const Oid *tables, int ntables)
{
	bool		certain = true;
	int			i;

	for (i = 0; i < ntables && certain; i++)
	{
		certain = ConditionalLockRelationOid(tables[i], RowExclusiveLock);
		if (certain)
		{
			certain = table_tells(tables[i], signal_name[signal]);
			UnlockRelationOid(tables[i], RowExclusiveLock);
		}
	}
	return certain;
}

/*
 * Does what was being replayed a moment ago count as replayed? To replay a
 * commit takes microseconds, so it is worth looking more than once.
 */
static bool
replay_has_passed(void)
{
	XLogRecPtr	begun = GetCurrentReplayRecPtr(NULL);
	int			i;

	for (i = 0; i < REPLAY_LOOKS; i++)
	{
		if (GetXLogReplayRecPtr(NULL) >= begun)
			return true;
		SPIN_DELAY();
	}
	return false;
}

bool
write_signal_all_heard(Oid signal_relation, const Oid *tables, int ntables,
					   bool in_recovery)
{
	int			i;

	if (in_recovery)
	{
		if (!replay_has_passed())
			return false;
	}
	else
	{
		if (!nobody_alters(signal_relation))
			return false;
		for (i = 0; i < ntables; i++)
		{
			if (!nobody_alters(tables[i]))
				return false;
		}
	}
	AcceptInvalidationMessages();
	return true;
}
