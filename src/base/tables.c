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
#include "utils/lsyscache.h"
#include "utils/rls.h"

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
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("table \"oncall.%s\" does not exist", names[i]),
					 errhint("Run SELECT oncall.setup() to create the tables.")));
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
