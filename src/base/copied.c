/*-------------------------------------------------------------------------
 *
 * copied.c
 *	  Tables whose rows are written on another node and copied to this one.
 *
 * A subscription copies one table after the other, each in a transaction of
 * its own, and then has each catch up with the others. Until it is done, the
 * rotations may be here and their layers not. From then on it applies whole
 * transactions in the order of their commits, so that every snapshot shows
 * the tables as they were together at some moment on the other node.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/copied.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_subscription_rel.h"
#include "commands/extension.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* Does a subscription fill this table, by what is committed now? */
static bool
is_subscribed(Oid table)
{
	CatCList   *subscriptions = SearchSysCacheList1(SUBSCRIPTIONRELMAP,
													ObjectIdGetDatum(table));
	bool		found = subscriptions->n_members > 0;

	ReleaseSysCacheList(subscriptions);
	return found;
}

static void
not_whole(Oid table)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the rotas have not all been copied to this database yet"),
			 errdetail("A subscription fills table \"oncall.%s\", and has not caught up with it.",
					   get_rel_name(table)),
			 errhint("Wait until srsubstate is 'r' in all rows of pg_subscription_rel; if that does not come, the server's log says why.")));
}

/*
 * By the snapshot that the rows are read by: an older one may not show rows of
 * tables that are ready by now.
 */
static void
check_ready(Oid table)
{
	Relation	catalog = table_open(SubscriptionRelRelationId,
									 AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;
	bool		ready = true;

	ScanKeyInit(&key, Anum_pg_subscription_rel_srrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(table));
	scan = systable_beginscan(catalog, SubscriptionRelSrrelidSrsubidIndexId,
							  true, GetActiveSnapshot(), 1, &key);
	while (HeapTupleIsValid(row = systable_getnext(scan)))
	{
		if (((Form_pg_subscription_rel) GETSTRUCT(row))->srsubstate !=
			SUBREL_STATE_READY)
			ready = false;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	if (!ready)
		not_whole(table);
}

void
copied_check_whole(const Oid *tables, int ntables)
{
	int			i;

	for (i = 0; i < ntables; i++)
	{
		if (is_subscribed(tables[i]))
			check_ready(tables[i]);
	}
}

bool
copied_may_be_behind(Oid table)
{
	return is_subscribed(table) ||
		OidIsValid(get_extension_oid("citus", true));
}
