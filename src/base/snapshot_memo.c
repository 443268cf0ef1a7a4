/*-------------------------------------------------------------------------
 *
 * snapshot_memo.c
 *	  How long a backend may go on using what it has read from tables.
 *
 * What has been read is valid for one snapshot and one role, or all roles that
 * may read all rows of the tables. The snapshot is compared by value, since its
 * address says nothing; what its value does not tell invalidates a memo through
 * callbacks:
 *
 * - an abort of a transaction or subtransaction that wrote the tables (what it
 *	 wrote was seen, and the snapshot may look the same without it), and the
 *	 end of such a transaction;
 * - a change of one of the tables' definition, privileges or policies, or of
 *	 roles, schemas and functions. They are noticed as soon as another
 *	 session's commit would be noticed by a plain SELECT, which takes locks and
 *	 so reads the invalidation messages; whoever asks for a memo has read them,
 *	 too;
 * - the end of a SERIALIZABLE transaction: the next has to take predicate
 *	 locks of its own, and a kept answer takes none. For the same reason it
 *	 does not use what other transactions have kept.
 *
 * Going on
 *
 * A memo that holds for snapshot S goes on to hold for S', and from then on
 * counts as one of S', if nothing that S' shows and S does not was written to
 * the tables. Let D be the transactions that S' shows as committed and S does
 * not.
 *
 * 1. S' is later: it shows all that S shows. Snapshots of one server are in one
 *	  order, since transactions end one after the other as these see it. If
 *	  xmax is greater, S' is later; if it is the same, S' is later unless one
 *	  that runs in S' had ended in S. An older one (a cursor's, that of a
 *	  REPEATABLE READ transaction) finds no memo and the tables are read, as
 *	  are they for who comes after it.
 *
 * 2. None of D has written the tables. Whoever does so gives a signal, and
 *	  write_signal.c tells how it is made sure that those of D have been heard
 *	  by now: a commit that is visible before its message arrives, prepared
 *	  transactions, replication with triggers off, a standby. A signal makes
 *	  the memo stale when it is heard. What remains are signals that had been
 *	  heard *before the memo began*: the snapshot is taken first, then others
 *	  commit and tell so, then the tables are read under the snapshot and the
 *	  memo begins, without what they wrote. Their ids are below what was the
 *	  next id when the memo began (horizon), and they ran in S. So if any ran
 *	  in S that is older than the horizon, the memo is watched: it goes on only
 *	  while all of these run. The horizon stays where it is as long as
 *	  nothing is heard, so that a memo that begins in quiet times, or among
 *	  writers of other tables, is not watched for long.
 *
 *	  A message about one of the tables themselves counts as a signal in this.
 *	  Otherwise a trigger could be disabled, somebody write without a signal,
 *	  and the trigger be enabled again, all after S was taken and before the
 *	  memo begins.
 *
 * 3. That a signal is given must be certain when the memo begins: the triggers
 *	  are there and fire always, no table has children, which have rows of
 *	  their own. Whoever changes that later tells so, and the memo is stale. Who
 *	  adds a child, too, is heard of no later than by a plain SELECT, which
 *	  asks the same caches whether there is one.
 *
 * 4. What this transaction wrote itself. If it has written the tables, only
 *	  the very same snapshot will do, its command id included; so it is for
 *	  the memo that has seen this, until the transaction ends. If it has
 *	  written other tables only, the command id says nothing. It must not be
 *	  lower, though, in the same transaction: the trigger can have been
 *	  disabled and enabled by it before the memo began. Subtransactions: the
 *	  signal counts as given even if it was undone.
 *
 *	  Rows are written in the middle of a command, whose triggers and functions
 *	  may look at what was written so far. These have command ids of their
 *	  own, but the same for all of them if they write nothing. So who writes
 *	  ends the memos that there are, and who begins one in a transaction that
 *	  writes sees to it that the next command gets another id.
 *
 * 5. SERIALIZABLE never goes on, and neither does a parallel worker, which
 *	  does not know what its leader has written. A snapshot of before a standby
 *	  was promoted and one of after it are not compared.
 *
 * What the server tells late to a plain SELECT, too, needs no such care: it
 * asks the same caches about privileges, policies and roles, after it has read
 * the same messages.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/snapshot_memo.h"

#include "access/parallel.h"
#include "access/transam.h"
#include "access/xact.h"
#include "base/tables.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* The most ids between the newest that had ended and the horizon. */
#define MAX_WATCHED_GAP 64
/* How often in a row a memo may be unclear until it is better to begin anew. */
#define MAX_UNCLEAR 16
/* Ids come round after four times as many transactions. */
#define MAX_WATCHED_TRANSACTIONS (UINT64CONST(1) << 30)

static SnapshotMemo *memos = NULL;

static void
invalidate_all(void)
{
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
		memo->stale = true;
}

/*
 * A transaction or subtransaction has ended. Which memos may have seen what it
 * wrote? Those that do not go on are not told of rows.
 */
static void
on_end(bool abort)
{
	bool		wrote = TransactionIdIsValid(GetTopTransactionIdIfAny());
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
	{
		if (memo->serializable || memo->own_rows ||
			(!memo->goes_on && (wrote || abort)))
			memo->stale = true;
	}
}

/* Command ids begin anew. */
static void
forget_command_ids(void)
{
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
	{
		if (memo->goes_on)
			memo->seen.curcid = FirstCommandId;
	}
}

static void
on_transaction_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
			on_end(false);
			forget_command_ids();
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
			on_end(true);
			forget_command_ids();
			break;
		case XACT_EVENT_PREPARE:
			invalidate_all();
			break;
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			break;
	}
}

static void
on_subtransaction_end(SubXactEvent event, SubTransactionId mine,
					  SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		on_end(true);
}

static bool
concerns(const SnapshotMemo *memo, Oid relid)
{
	int			i;

	if (relid == InvalidOid || relid == memo->signal_relation)
		return true;
	for (i = 0; i < memo->ntables; i++)
	{
		if (relid == memo->tables[i])
			return true;
	}
	return false;
}

/* Signals arrive here, too. */
static void
on_table_change(Datum arg, Oid relid)
{
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
	{
		if (concerns(memo, relid))
			memo->stale = memo->told = true;
	}
}

static void
on_role_or_schema_change(Datum arg, int cacheid, uint32 hashvalue)
{
	invalidate_all();
}

void
snapshot_memo_init(void)
{
	RegisterXactCallback(on_transaction_end, NULL);
	RegisterSubXactCallback(on_subtransaction_end, NULL);
	CacheRegisterRelcacheCallback(on_table_change, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, on_role_or_schema_change,
								  (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_role_or_schema_change,
								  (Datum) 0);
	CacheRegisterSyscacheCallback(DATABASEOID, on_role_or_schema_change,
								  (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, on_role_or_schema_change,
								  (Datum) 0);
	CacheRegisterSyscacheCallback(PROCOID, on_role_or_schema_change,
								  (Datum) 0);
}

void
snapshot_memo_register(SnapshotMemo *memo, WriteSignal signal, bool for_all)
{
	memo->stale = true;
	memo->signal = signal;
	memo->for_all = for_all;
	memo->told = true;			/* what was told before was not listened to */
	memo->next = memos;
	memos = memo;
}

static bool
same_ids(const TransactionId *a, const TransactionId *b, int n)
{
	return n == 0 || memcmp(a, b, n * sizeof(TransactionId)) == 0;
}

/*
 * How many ids of subtransactions a snapshot lists. One that overflowed on a
 * primary counts those that it had found until then, but its copies have none
 * of them: whose a subtransaction is, is looked up.
 */
static int32
listed_subtransactions(const SnapshotData *snapshot)
{
	return snapshot->suboverflowed && !snapshot->takenDuringRecovery ? 0 :
		snapshot->subxcnt;
}

/* Is this snapshot the one that the memo was begun under, by value? */
static bool
is_same(const SnapshotMemo *memo, Snapshot snapshot)
{
	const SnapshotData *seen = &memo->seen;

	if (seen->xmin != snapshot->xmin ||
		seen->xmax != snapshot->xmax ||
		seen->xcnt != snapshot->xcnt ||
		seen->subxcnt != listed_subtransactions(snapshot) ||
		seen->curcid != snapshot->curcid ||
		seen->suboverflowed != snapshot->suboverflowed ||
		seen->takenDuringRecovery != snapshot->takenDuringRecovery)
		return false;

	/* the ids are 32 bits wide and come round; the count does not */
	if (seen->snapXactCompletionCount != snapshot->snapXactCompletionCount &&
		seen->snapXactCompletionCount != 0 &&
		snapshot->snapXactCompletionCount != 0)
		return false;
	return same_ids(seen->xip, snapshot->xip, seen->xcnt) &&
		same_ids(seen->subxip, snapshot->subxip, seen->subxcnt);
}

/* From now on the memo is one of this snapshot. */
static void
take_snapshot(SnapshotMemo *memo, Snapshot snapshot)
{
	SnapshotData *seen = &memo->seen;
	int			nids = snapshot->xcnt + listed_subtransactions(snapshot);

	if (nids > memo->nids)
	{
		TransactionId *ids = MemoryContextAlloc(memo->context, 2 * nids *
												sizeof(TransactionId));

		if (memo->nids > 0)
			pfree(seen->xip);
		seen->xip = ids;
		memo->nids = 2 * nids;
	}
	seen->snapshot_type = snapshot->snapshot_type;
	seen->xmin = snapshot->xmin;
	seen->xmax = snapshot->xmax;
	seen->xcnt = snapshot->xcnt;
	seen->subxcnt = listed_subtransactions(snapshot);
	seen->suboverflowed = snapshot->suboverflowed;
	seen->takenDuringRecovery = snapshot->takenDuringRecovery;
	seen->curcid = snapshot->curcid;
	seen->snapXactCompletionCount = snapshot->snapXactCompletionCount;
	/* a snapshot without ids need not have arrays for them */
	seen->subxip = nids == 0 ? NULL : seen->xip + snapshot->xcnt;
	if (snapshot->xcnt > 0)
		memcpy(seen->xip, snapshot->xip,
			   snapshot->xcnt * sizeof(TransactionId));
	if (seen->subxcnt > 0)
		memcpy(seen->subxip, snapshot->subxip,
			   seen->subxcnt * sizeof(TransactionId));
}

/*
 * The transactions in progress that a snapshot lists; on a standby their
 * subtransactions are among them.
 */
static const TransactionId *
running(const SnapshotData *snapshot, int *n)
{
	*n = snapshot->takenDuringRecovery ? snapshot->subxcnt :
		(int) snapshot->xcnt;
	return snapshot->takenDuringRecovery ? snapshot->subxip : snapshot->xip;
}

/* Case 1 above, and what case 4 says of command ids. */
static bool
is_later(SnapshotMemo *memo, Snapshot snapshot)
{
	const TransactionId *ids;
	int			nids;
	int			i;

	if (snapshot->curcid < memo->seen.curcid ||
		TransactionIdPrecedes(snapshot->xmax, memo->seen.xmax))
		return false;
	if (snapshot->xmax != memo->seen.xmax)
		return true;
	ids = running(snapshot, &nids);
	for (i = 0; i < nids; i++)
	{
		if (!XidInMVCCSnapshot(ids[i], &memo->seen))
			return false;
	}
	return true;
}

/* Do all run on that were older than the horizon and ran? Case 2. */
static bool
watched_run(SnapshotMemo *memo, Snapshot snapshot)
{
	TransactionId horizon = (TransactionId) memo->horizon;
	TransactionId xid = memo->seen.xmax;
	const TransactionId *ids;
	int			nids;
	int			i;

	/* an id that has come round would be taken for the one that it was */
	if (snapshot->snapXactCompletionCount == 0 ||
		memo->seen.snapXactCompletionCount == 0 ||
		snapshot->snapXactCompletionCount -
		memo->seen.snapXactCompletionCount > MAX_WATCHED_TRANSACTIONS)
		return false;
	ids = running(&memo->seen, &nids);
	for (i = 0; i < nids; i++)
	{
		if (TransactionIdPrecedes(ids[i], horizon) &&
			!XidInMVCCSnapshot(ids[i], snapshot))
			return false;
	}
	/* those that had begun when the snapshot was taken, or had not */
	for (i = 0; TransactionIdPrecedes(xid, horizon); i++)
	{
		if (i == MAX_WATCHED_GAP || !XidInMVCCSnapshot(xid, snapshot))
			return false;
		TransactionIdAdvance(xid);
	}
	return true;
}

/* Is there anything older than the horizon that ran? */
static bool
is_watched(const SnapshotMemo *memo, Snapshot snapshot)
{
	FullTransactionId next = ReadNextFullTransactionId();
	uint32		age = XidFromFullTransactionId(next) - snapshot->xmin;

	return U64FromFullTransactionId(next) - age < memo->horizon;
}

/* Whether a memo that does not hold for this snapshot goes on to do so. */
static bool
goes_on(SnapshotMemo *memo, Snapshot snapshot)
{
	if (!memo->goes_on || write_signal_given(memo->signal) ||
		IsParallelWorker() || snapshot->snapshot_type != SNAPSHOT_MVCC ||
		memo->seen.takenDuringRecovery != snapshot->takenDuringRecovery ||
		!is_later(memo, snapshot) ||
		(memo->watched && !watched_run(memo, snapshot)))
		return false;
	if (!write_signal_all_heard(memo->signal_relation, memo->tables,
								memo->ntables, snapshot->takenDuringRecovery))
	{
		memo->unclear = ++memo->nunclear < MAX_UNCLEAR;
		return false;
	}
	if (memo->stale)
		return false;
	take_snapshot(memo, snapshot);
	if (memo->watched)
		memo->watched = is_watched(memo, snapshot);
	memo->nunclear = 0;
	return true;
}

/*
 * Is what the memo is of what the current user would read? Rights that change
 * make it stale, so they are asked for when the user is another only: one who
 * opens an incident looks up who is on call, and so do the triggers, as the
 * owner of the tables.
 */
static bool
is_for_user(SnapshotMemo *memo)
{
	Oid			user = GetUserId();

	if (memo->role == user)
		return true;
	if (!memo->for_all || !tables_are_readable(memo->tables, memo->ntables))
		return false;
	memo->role = user;
	return true;
}

bool
snapshot_memo_holds(SnapshotMemo *memo, Snapshot snapshot)
{
	memo->unclear = false;
	if (memo->stale ||
		memo->own_count != write_signal_count(memo->signal) ||
		memo->serializable != IsolationIsSerializable() ||
		!is_for_user(memo))
		return false;
	return is_same(memo, snapshot) || goes_on(memo, snapshot);
}

bool
snapshot_memo_is_unclear(const SnapshotMemo *memo)
{
	return memo->unclear && !memo->stale;
}

/*
 * May the memo hold for later snapshots? To find out reads messages, so it may
 * be stale after that.
 */
static void
find_whether_it_goes_on(SnapshotMemo *memo, Snapshot snapshot)
{
	memo->goes_on = !memo->serializable && !memo->own_rows &&
		OidIsValid(memo->signal_relation) &&
		write_signal_is_certain(memo->signal, memo->tables, memo->ntables);
	if (memo->goes_on && !memo->stale)
	{
		if (memo->told)
			memo->horizon = U64FromFullTransactionId(ReadNextFullTransactionId());
		memo->told = false;
		memo->watched = is_watched(memo, snapshot);
	}
}

/*
 * In a transaction that writes, a memo must not outlive the command: see case
 * 4. A parallel query is within a command and cannot have another id after it,
 * so it keeps nothing.
 */
static void
end_with_command(SnapshotMemo *memo)
{
	if (!memo->own_rows &&
		(memo->goes_on || !TransactionIdIsValid(GetTopTransactionIdIfAny())))
		return;
	if (!IsInParallelMode())
		(void) GetCurrentCommandId(true);
	else if (!IsParallelWorker())
		memo->stale = true;
}

void
snapshot_memo_begin(SnapshotMemo *memo, Snapshot snapshot, const Oid *tables,
					int ntables, MemoryContext context)
{
	Oid			signal_relation = write_signal_relation(memo->signal);

	Assert(ntables <= SNAPSHOT_MEMO_MAX_TABLES);
	memo->stale = true;			/* should an error come from here on */
	memo->context = context;
	memo->nids = 0;
	take_snapshot(memo, snapshot);
	memo->role = GetUserId();
	memo->serializable = IsolationIsSerializable();
	memo->own_rows = write_signal_given(memo->signal);
	memo->own_count = write_signal_count(memo->signal);
	memo->unclear = false;
	memo->nunclear = 0;
	/* messages about others have not been listened to */
	if (memo->signal_relation != signal_relation || memo->ntables != ntables ||
		memcmp(memo->tables, tables, ntables * sizeof(Oid)) != 0)
		memo->told = true;
	memo->signal_relation = signal_relation;
	memo->ntables = ntables;
	memcpy(memo->tables, tables, ntables * sizeof(Oid));
	memo->stale = false;
	find_whether_it_goes_on(memo, snapshot);
	end_with_command(memo);
}
