/*-------------------------------------------------------------------------
 *
 * window.c
 *	  Make wider the moment in which a commit is visible and nobody has been
 *	  told of it, for test/t/race.pl.
 *
 * To be loaded by session_preload_libraries, so that what it does before a
 * commit comes after what oncall does.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

/* a third argument from 17 on */
#if PG_VERSION_NUM >= 170000
#define HELD_BY_ME(tag) LockHeldByMe(&(tag), ShareLock, false)
#else
#define HELD_BY_ME(tag) LockHeldByMe(&(tag), ShareLock)
#endif

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

static int	held = 0;
static bool unlock = false;

/* Give up the lock that tells readers of us. */
static void
unlock_signal(void)
{
	Oid			namespace = get_namespace_oid("oncall_internal", true);
	Oid			table = OidIsValid(namespace) ?
	get_relname_relid("roster_written", namespace) : InvalidOid;
	LOCKTAG		tag;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, table);
	if (OidIsValid(table) && HELD_BY_ME(tag))
		UnlockRelationOid(table, ShareLock);
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
