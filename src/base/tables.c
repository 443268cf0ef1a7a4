/*-------------------------------------------------------------------------
 *
 * tables.c
 *	  The tables that setup() makes, as the engine finds them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/tables.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/syscache.h"

/* Has setup() made the tables? It leaves a function that tells its version. */
static bool
setup_was_run(void)
{
	Oid			namespace = get_namespace_oid("oncall_internal", true);

	return OidIsValid(namespace) &&
		SearchSysCacheExists3(PROCNAMEARGSNSP,
							  CStringGetDatum("schema_version"),
							  PointerGetDatum(buildoidvector(NULL, 0)),
							  ObjectIdGetDatum(namespace));
}

static void
table_not_found(const char *name)
{
	bool		made = setup_was_run();

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_TABLE),
			 errmsg("table \"oncall.%s\" does not exist", name),
			 made ?
			 errdetail("oncall.setup() has made it, and since then it has been renamed, moved or dropped.") : 0,
			 made ?
			 errhint("Give it back its name (ALTER TABLE ... RENAME TO %s) and schema, or restore it from a backup.",
					 name) :
			 errhint("Run SELECT oncall.setup() to create the tables.")));
}

void
tables_find(const char *const *names, int ntables, Oid *oids)
{
	Oid			namespace = get_namespace_oid("oncall", true);
	int			i;

	for (i = 0; i < ntables; i++)
	{
		oids[i] = OidIsValid(namespace) ?
			get_relname_relid(names[i], namespace) : InvalidOid;
		if (!OidIsValid(oids[i]))
			table_not_found(names[i]);
	}
}

bool
tables_have_row_security(const Oid *oids, int ntables)
{
	int			i;

	for (i = 0; i < ntables; i++)
	{
		if (check_enable_rls(oids[i], InvalidOid, true) == RLS_ENABLED)
			return true;
	}
	return false;
}

bool
tables_are_readable(const Oid *oids, int ntables)
{
	Oid			schema = get_rel_namespace(oids[0]);
	bool		is_missing = false;
	int			i;

	for (i = 0; i < ntables; i++)
	{
		/* somebody else may have dropped them */
		if (pg_class_aclcheck_ext(oids[i], GetUserId(), ACL_SELECT,
								  &is_missing) != ACLCHECK_OK || is_missing)
			return false;
	}
	return OidIsValid(schema) &&
		DatumGetBool(DirectFunctionCall2(has_schema_privilege_id,
										 ObjectIdGetDatum(schema),
										 CStringGetTextDatum("USAGE"))) &&
		!tables_have_row_security(oids, ntables);
}
