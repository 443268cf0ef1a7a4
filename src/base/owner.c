/*-------------------------------------------------------------------------
 *
 * owner.c
 *	  Act as the owner of a table for a while, as foreign-key triggers do.
 *
 * A rule has to see what the person whom it judges must not, such as the
 * absences of others, and must not depend on the caller's settings. No
 * function is SECURITY DEFINER for this: only the C code between the two
 * calls acts so.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/owner.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

static Oid
table_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

void
owner_begin(OwnerSwitch *before, Oid relid)
{
	Oid			owner = table_owner(relid);

	GetUserIdAndSecContext(&before->user, &before->security);
	SetUserIdAndSecContext(owner, before->security |
						   SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_NOFORCE_RLS);
	before->settings = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
}

void
owner_end(const OwnerSwitch *before)
{
	AtEOXact_GUC(true, before->settings);
	SetUserIdAndSecContext(before->user, before->security);
}
