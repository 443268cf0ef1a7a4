/*-------------------------------------------------------------------------
 *
 * names.c
 *	  Rotations, people, teams, calendars, pay policies and services by name or id.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/names.h"

#include "base/suggest.h"
#include "base/tables.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "types/ref.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_rotation_named);
PG_FUNCTION_INFO_V1(oncall_person_named);
PG_FUNCTION_INFO_V1(oncall_team_named);
PG_FUNCTION_INFO_V1(oncall_calendar_named);
PG_FUNCTION_INFO_V1(oncall_pay_policy_named);
PG_FUNCTION_INFO_V1(oncall_service_named);
PG_FUNCTION_INFO_V1(oncall_service_if_any);

typedef struct NameQueries
{
	const char *what;
	const char *table;
	const char *by_name;		/* the id of the name $1 */
	const char *by_id;			/* the id $1 itself, if there is such a row */
	const char *all;			/* names */
} NameQueries;

static const NameQueries queries[] =
{
	[NAME_OF_ROTATION] = {
		"rotation",
		"rotation",
		"SELECT r.rotation_id FROM oncall.rotation r"
		" WHERE r.name OPERATOR(pg_catalog.=) $1",
		"SELECT r.rotation_id FROM oncall.rotation r"
		" WHERE r.rotation_id OPERATOR(pg_catalog.=) $1",
		"SELECT r.name FROM oncall.rotation r"
	},
	[NAME_OF_PERSON] = {
		"person",
		"person",
		"SELECT p.person_id FROM oncall.person p"
		" WHERE p.name OPERATOR(pg_catalog.=) $1",
		"SELECT p.person_id FROM oncall.person p"
		" WHERE p.person_id OPERATOR(pg_catalog.=) $1",
		"SELECT p.name FROM oncall.person p"
	},
	[NAME_OF_TEAM] = {
		"team",
		"team",
		"SELECT t.team_id FROM oncall.team t"
		" WHERE t.name OPERATOR(pg_catalog.=) $1",
		"SELECT t.team_id FROM oncall.team t"
		" WHERE t.team_id OPERATOR(pg_catalog.=) $1",
		"SELECT t.name FROM oncall.team t"
	},
	[NAME_OF_CALENDAR] = {
		"calendar",
		"calendar",
		"SELECT c.calendar_id FROM oncall.calendar c"
		" WHERE c.name OPERATOR(pg_catalog.=) $1",
		"SELECT c.calendar_id FROM oncall.calendar c"
		" WHERE c.calendar_id OPERATOR(pg_catalog.=) $1",
		"SELECT c.name FROM oncall.calendar c"
	},
	[NAME_OF_PAY_POLICY] = {
		"pay policy",
		"pay_policy",
		"SELECT p.pay_policy_id FROM oncall.pay_policy p"
		" WHERE p.name OPERATOR(pg_catalog.=) $1",
		"SELECT p.pay_policy_id FROM oncall.pay_policy p"
		" WHERE p.pay_policy_id OPERATOR(pg_catalog.=) $1",
		"SELECT p.name FROM oncall.pay_policy p"
	},
	[NAME_OF_SERVICE] = {
		"service",
		"service",
		"SELECT s.service_id FROM oncall.service s"
		" WHERE s.name OPERATOR(pg_catalog.=) $1",
		"SELECT s.service_id FROM oncall.service s"
		" WHERE s.service_id OPERATOR(pg_catalog.=) $1",
		"SELECT s.name FROM oncall.service s"
	}
};

static SPIPlanPtr by_name[lengthof(queries)];
static SPIPlanPtr by_id[lengthof(queries)];

/* The names that come near to one that does not exist, as a list, or NULL. */
static char *
names_near(NameKind kind, const char *name)
{
	Suggestions near;
	uint64		i;

	suggest_init(&near, name);
	if (SPI_execute(queries[kind].all, true, 0) != SPI_OK_SELECT)
		return NULL;
	for (i = 0; i < SPI_processed; i++)
	{
		char	   *candidate = SPI_getvalue(SPI_tuptable->vals[i],
											 SPI_tuptable->tupdesc, 1);

		CHECK_FOR_INTERRUPTS();
		if (candidate != NULL)
			suggest_consider(&near, candidate);
	}
	return suggest_list(&near);
}

static void
name_not_found(NameKind kind, const char *name)
{
	char	   *list = names_near(kind, name);

	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("%s \"%s\" does not exist", queries[kind].what, name),
			 list != NULL ?
			 errhint("Perhaps you meant %s.", list) :
			 errhint("SELECT name FROM oncall.%s lists those that do.",
					 queries[kind].table)));
}

static void
id_not_found(NameKind kind, int32 id)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("%s %d does not exist", queries[kind].what, id),
			 errhint("SELECT %s_id, name FROM oncall.%s lists those that do.",
					 queries[kind].table, queries[kind].table)));
}

/* Run a query of one argument, which is prepared once in a session. */
static bool
look_up(SPIPlanPtr *plan, const char *query, Oid argtype, Datum arg, int32 *id)
{
	bool		isnull;

	if (*plan == NULL)
	{
		SPIPlanPtr	prepared = SPI_prepare(query, 1, &argtype);

		if (prepared == NULL || SPI_keepplan(prepared) != 0)
			elog(ERROR, "could not prepare a look-up of names");
		*plan = prepared;
	}
	if (SPI_execute_plan(*plan, &arg, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not look up a name");
	if (SPI_processed == 0)
		return false;
	*id = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0],
									  SPI_tuptable->tupdesc, 1, &isnull));
	return true;
}

int32
names_id_if_any(NameKind kind, text *ref)
{
	int32		id = ref_id(ref);
	Oid			table;
	bool		found;

	tables_find(&queries[kind].table, 1, &table);
	SPI_connect();
	if (id != 0)
		found = look_up(&by_id[kind], queries[kind].by_id, INT4OID,
						Int32GetDatum(id), &id);
	else
		found = look_up(&by_name[kind], queries[kind].by_name, TEXTOID,
						PointerGetDatum(ref), &id);
	SPI_finish();
	return found ? id : 0;
}

int32
names_id(NameKind kind, text *ref)
{
	int32		id = names_id_if_any(kind, ref);

	if (id == 0)
	{
		if (ref_id(ref) != 0)
			id_not_found(kind, ref_id(ref));
		SPI_connect();
		name_not_found(kind, text_to_cstring(ref));
	}
	return id;
}

void
names_check_id(NameKind kind, int32 id)
{
	Oid			table;

	tables_find(&queries[kind].table, 1, &table);
	SPI_connect();
	if (!look_up(&by_id[kind], queries[kind].by_id, INT4OID,
				 Int32GetDatum(id), &id))
		id_not_found(kind, id);
	SPI_finish();
}

Datum
oncall_rotation_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_ROTATION, PG_GETARG_REF_PP(0)));
}

Datum
oncall_person_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_PERSON, PG_GETARG_REF_PP(0)));
}

Datum
oncall_team_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_TEAM, PG_GETARG_REF_PP(0)));
}

Datum
oncall_calendar_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_CALENDAR, PG_GETARG_REF_PP(0)));
}

Datum
oncall_pay_policy_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_PAY_POLICY, PG_GETARG_REF_PP(0)));
}

Datum
oncall_service_named(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(names_id(NAME_OF_SERVICE, PG_GETARG_REF_PP(0)));
}

Datum
oncall_service_if_any(PG_FUNCTION_ARGS)
{
	int32		id = names_id_if_any(NAME_OF_SERVICE, PG_GETARG_REF_PP(0));

	if (id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(id);
}
