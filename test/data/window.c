/*-------------------------------------------------------------------------
 *
 * window.c
 *	  Make wider the moment in which a commit is visible and nobody has been
 *	  told of it, and do without what guards it, for test/t/race.pl.
 *
 * To be loaded by session_preload_libraries, so that what it does before a
 * commit comes after what oncall does.
 *
 * The functions with a small first letter stand in for the server's of the same
 * name, in a copy of oncall's library that asks for these.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlogdefs.h"
#include "catalog/namespace.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/lwlock.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/* a third argument from 17 on */
#if PG_VERSION_NUM >= 170000
#define HELD_BY_ME(tag) LockHeldByMe(&(tag), ShareLock, false)
#else
#define HELD_BY_ME(tag) LockHeldByMe(&(tag), ShareLock)
#endif

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);
PGDLLEXPORT bool conditionalLockRelationOid(Oid relid, LOCKMODE mode);
PGDLLEXPORT void unlockRelationOid(Oid relid, LOCKMODE mode);
PGDLLEXPORT XLogRecPtr getXLogReplayRecPtr(TimeLineID *timeline);

PG_FUNCTION_INFO_V1(hold_messages);

static int	held = 0;
static bool unlock = false;

static Oid
signal_relation(void)
{
	Oid			namespace = get_namespace_oid("oncall_internal", true);

	return OidIsValid(namespace) ?
		get_relname_relid("roster_written", namespace) : InvalidOid;
}

/* Give up the lock that tells readers of us. */
static void
unlock_signal(void)
{
	Oid			relid = signal_relation();
	LOCKTAG		tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, relid);
	if (OidIsValid(relid) && HELD_BY_ME(tag))
		UnlockRelationOid(relid, ShareLock);
}

/* Look at who holds the signal's lock instead of asking for it. */
bool
conditionalLockRelationOid(Oid relid, LOCKMODE mode)
{
	LOCKTAG		tag;
	int			nholders;

	if (relid != signal_relation())
		return ConditionalLockRelationOid(relid, mode);
	SET_LOCKTAG_RELATION(tag, MyDatabaseId, relid);
	pfree(GetLockConflicts(&tag, mode, &nholders));
	return nholders == 0;
}

void
unlockRelationOid(Oid relid, LOCKMODE mode)
{
	if (relid != signal_relation())
		UnlockRelationOid(relid, mode);
}

/* Whatever is being replayed counts as replayed. */
XLogRecPtr
getXLogReplayRecPtr(TimeLineID *timeline)
{
	return PG_UINT64_MAX;
}

/*
 * hold_messages(held int, seconds int): for so many seconds, let nobody send
 * messages for so many microseconds, and then for as many let them. A standby
 * makes a commit visible without the lock that is held here and then needs it
 * to tell of it.
 */
Datum
hold_messages(PG_FUNCTION_ARGS)
{
	int32		held = PG_GETARG_INT32(0);
	TimestampTz until = GetCurrentTimestamp() +
	PG_GETARG_INT32(1) * USECS_PER_SEC;

	while (GetCurrentTimestamp() < until)
	{
		CHECK_FOR_INTERRUPTS();
		LWLockAcquire(SInvalWriteLock, LW_EXCLUSIVE);
		pg_usleep(held);
		LWLockRelease(SInvalWriteLock);
		pg_usleep(held);
	}
	PG_RETURN_VOID();
}

static void
on_transaction_event(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT && unlock)
		unlock_signal();
	else if (event == XACT_EVENT_COMMIT && held > 0 &&
			 TransactionIdIsValid(GetTopTransactionIdIfAny()))
		pg_usleep(held);
}

void
_PG_init(void)
{
	DefineCustomIntVariable("window.held",
							"For how long a commit is visible before it is told, in microseconds.",
							NULL, &held, 0, 0, 1000000, PGC_USERSET, 0,
							NULL, NULL, NULL);
	DefineCustomBoolVariable("window.unlock",
							 "Whether the lock that stands for it is given up before.",
							 NULL, &unlock, false, PGC_USERSET, 0,
							 NULL, NULL, NULL);
	RegisterXactCallback(on_transaction_event, NULL);
}
