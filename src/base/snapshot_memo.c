/*-------------------------------------------------------------------------
 *
 * snapshot_memo.c
 *	  How long a backend may go on using what it has read from tables.
 *
 * A memory holds for one snapshot and one role. The snapshot is compared by
 * value, since its address says nothing; what its value does not tell makes
 * the memory stale through callbacks:
 *
 * - an abort of a transaction or subtransaction (what it wrote was seen, and
 *	 the snapshot may look the same without it), and the end of a transaction
 *	 that wrote;
 * - a change of one of the tables' definition, privileges or policies, or of
 *	 roles and schemas. They are noticed as soon as another session's commit
 *	 would be noticed by a plain SELECT, which takes locks and so reads the
 *	 invalidation messages; who asks a memory reads them too;
 * - the end of a SERIALIZABLE transaction: the next has to take predicate
 *	 locks of its own, and a remembered answer takes none. For the same reason
 *	 it does not use what others have remembered.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "base/snapshot_memo.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

static Recall *memories = NULL;

static void
forget_all(void)
{
	Recall	   *recall;

	for (recall = memories; recall != NULL; recall = recall->next)
		recall->stale = true;
}

static void
on_commit(void)
{
	bool		wrote = TransactionIdIsValid(GetTopTransactionIdIfAny());
	Recall	   *recall;

	for (recall = memories; recall != NULL; recall = recall->next)
	{
		if (recall->serializable || wrote)
			recall->stale = true;
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
			forget_all();
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
		forget_all();
}

static void
on_table_change(Datum arg, Oid relid)
{
	Recall	   *recall;
	int			i;

	for (recall = memories; recall != NULL; recall = recall->next)
	{
		for (i = 0; i < recall->ntables && !recall->stale; i++)
			recall->stale = relid == InvalidOid || relid == recall->tables[i];
	}
}

static void
on_role_or_schema_change(Datum arg, int cacheid, uint32 hashvalue)
{
	forget_all();
}

void
recall_init(void)
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
recall_register(Recall *recall)
{
	recall->stale = true;
	recall->next = memories;
	memories = recall;
}

bool
recall_holds(const Recall *recall, Snapshot snapshot)
{
	if (recall->stale ||
		recall->serializable != IsolationIsSerializable() ||
		recall->role != GetUserId() ||
		recall->xmin != snapshot->xmin ||
		recall->xmax != snapshot->xmax ||
		recall->xcnt != snapshot->xcnt ||
		recall->subxcnt != snapshot->subxcnt ||
		recall->curcid != snapshot->curcid ||
		recall->suboverflowed != snapshot->suboverflowed ||
		recall->in_recovery != snapshot->takenDuringRecovery)
		return false;

	/* the ids are 32 bits wide and come round; the count does not */
	if (recall->completions != snapshot->snapXactCompletionCount &&
		recall->completions != 0 && snapshot->snapXactCompletionCount != 0)
		return false;
	return (recall->xcnt == 0 ||
			memcmp(recall->xids, snapshot->xip,
				   recall->xcnt * sizeof(TransactionId)) == 0) &&
		(recall->subxcnt == 0 ||
		 memcmp(recall->xids + recall->xcnt, snapshot->subxip,
				recall->subxcnt * sizeof(TransactionId)) == 0);
}

void
recall_begin(Recall *recall, Snapshot snapshot, const Oid *tables,
			 int ntables, MemoryContext context)
{
	int32		subxcnt = snapshot->subxcnt;

	Assert(ntables <= RECALL_MAX_TABLES);
	recall->stale = true;		/* should an error come from here on */
	recall->role = GetUserId();
	recall->serializable = IsolationIsSerializable();
	recall->xmin = snapshot->xmin;
	recall->xmax = snapshot->xmax;
	recall->xcnt = snapshot->xcnt;
	recall->subxcnt = subxcnt;
	recall->suboverflowed = snapshot->suboverflowed;
	recall->in_recovery = snapshot->takenDuringRecovery;
	recall->curcid = snapshot->curcid;
	recall->completions = snapshot->snapXactCompletionCount;
	recall->xids = MemoryContextAlloc(context,
									  (snapshot->xcnt + subxcnt + 1) *
									  sizeof(TransactionId));
	/* a snapshot without ids need not have arrays for them */
	if (snapshot->xcnt > 0)
		memcpy(recall->xids, snapshot->xip,
			   snapshot->xcnt * sizeof(TransactionId));
	if (subxcnt > 0)
		memcpy(recall->xids + snapshot->xcnt, snapshot->subxip,
			   subxcnt * sizeof(TransactionId));
	recall->ntables = ntables;
	memcpy(recall->tables, tables, ntables * sizeof(Oid));
	recall->stale = false;
}
