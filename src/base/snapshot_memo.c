/*-------------------------------------------------------------------------
 *
 * snapshot_memo.c
 *	  How long a backend may go on using what it has read from tables.
 *
 * What has been read is valid for one snapshot and one role. The snapshot is
 * compared by value, since its address says nothing; what its value does not
 * tell invalidates a memo through callbacks:
 *
 * - an abort of a transaction or subtransaction (what it wrote was seen, and
 *	 the snapshot may look the same without it), and the end of a transaction
 *	 that wrote;
 * - a change of one of the tables' definition, privileges or policies, or of
 *	 roles and schemas. They are noticed as soon as another session's commit
 *	 would be noticed by a plain SELECT, which takes locks and so reads the
 *	 invalidation messages; whoever asks for a memo has read them, too;
 * - the end of a SERIALIZABLE transaction: the next has to take predicate
 *	 locks of its own, and a kept answer takes none. For the same reason it
 *	 does not use what other transactions have kept.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/snapshot_memo.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

static SnapshotMemo *memos = NULL;

static void
invalidate_all(void)
{
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
		memo->stale = true;
}

static void
on_commit(void)
{
	bool		wrote = TransactionIdIsValid(GetTopTransactionIdIfAny());
	SnapshotMemo *memo;

	for (memo = memos; memo != NULL; memo = memo->next)
	{
		if (memo->serializable || wrote)
			memo->stale = true;
	}
}

static void
on_transaction_end(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
			on_commit();
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
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
		invalidate_all();
}

static void
on_table_change(Datum arg, Oid relid)
{
	SnapshotMemo *memo;
	int			i;

	for (memo = memos; memo != NULL; memo = memo->next)
	{
		for (i = 0; i < memo->ntables && !memo->stale; i++)
			memo->stale = relid == InvalidOid || relid == memo->tables[i];
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
	CacheRegisterSyscacheCallback(NAMESPACEOID, on_role_or_schema_change,
								  (Datum) 0);
}

void
snapshot_memo_register(SnapshotMemo *memo)
{
	memo->stale = true;
	memo->next = memos;
	memos = memo;
}

bool
snapshot_memo_holds(const SnapshotMemo *memo, Snapshot snapshot)
{
	if (memo->stale ||
		memo->serializable != IsolationIsSerializable() ||
		memo->role != GetUserId() ||
		memo->xmin != snapshot->xmin ||
		memo->xmax != snapshot->xmax ||
		memo->xcnt != snapshot->xcnt ||
		memo->subxcnt != snapshot->subxcnt ||
		memo->curcid != snapshot->curcid ||
		memo->suboverflowed != snapshot->suboverflowed ||
		memo->in_recovery != snapshot->takenDuringRecovery)
		return false;

	/* the ids are 32 bits wide and come round; the count does not */
	if (memo->completions != snapshot->snapXactCompletionCount &&
		memo->completions != 0 && snapshot->snapXactCompletionCount != 0)
		return false;
	return (memo->xcnt == 0 ||
			memcmp(memo->xids, snapshot->xip,
				   memo->xcnt * sizeof(TransactionId)) == 0) &&
		(memo->subxcnt == 0 ||
		 memcmp(memo->xids + memo->xcnt, snapshot->subxip,
				memo->subxcnt * sizeof(TransactionId)) == 0);
}

void
snapshot_memo_begin(SnapshotMemo *memo, Snapshot snapshot, const Oid *tables,
					int ntables, MemoryContext context)
{
	int32		subxcnt = snapshot->subxcnt;

	Assert(ntables <= SNAPSHOT_MEMO_MAX_TABLES);
	memo->stale = true;			/* should an error come from here on */
	memo->role = GetUserId();
	memo->serializable = IsolationIsSerializable();
	memo->xmin = snapshot->xmin;
	memo->xmax = snapshot->xmax;
	memo->xcnt = snapshot->xcnt;
	memo->subxcnt = subxcnt;
	memo->suboverflowed = snapshot->suboverflowed;
	memo->in_recovery = snapshot->takenDuringRecovery;
	memo->curcid = snapshot->curcid;
	memo->completions = snapshot->snapXactCompletionCount;
	memo->xids = MemoryContextAlloc(context,
									(snapshot->xcnt + subxcnt + 1) *
									sizeof(TransactionId));
	/* a snapshot without ids need not have arrays for them */
	if (snapshot->xcnt > 0)
		memcpy(memo->xids, snapshot->xip,
			   snapshot->xcnt * sizeof(TransactionId));
	if (subxcnt > 0)
		memcpy(memo->xids + snapshot->xcnt, snapshot->subxip,
			   subxcnt * sizeof(TransactionId));
	memo->ntables = ntables;
	memcpy(memo->tables, tables, ntables * sizeof(Oid));
	memo->stale = false;
}
