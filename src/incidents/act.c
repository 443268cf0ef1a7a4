/*-------------------------------------------------------------------------
 *
 * act.c
 *	  What people write about incidents does what it says.
 *
 * Members insert an event ("acknowledged"), or acknowledge a page of theirs;
 * what follows from that they could not write themselves: the state of the
 * incident, pages to others, somebody's hours. So these triggers do it as the
 * owner of the tables, by functions of setup(); rights are those on the rows
 * that are written, which the triggers of the tables judge first.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_incident_act);
PG_FUNCTION_INFO_V1(oncall_incident_route);
PG_FUNCTION_INFO_V1(oncall_page_answer);

/*
 * Run a query that acts, as the owner of the trigger's table. Its arguments
 * are columns of the row that was written, and the name of who has done so.
 */
static Datum
act_as_owner(FunctionCallInfo fcinfo, const char *function, const char *table,
			 SavedQuery *query, const char *const *columns)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	OwnerSwitch before;
	NameData	role;
	HeapTuple	row;
	Datum		args[QUERY_MAX_ARGS];
	char		nulls[QUERY_MAX_ARGS];
	int			i;

	trigger_check(fcinfo, function, table);
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	for (i = 0; i < query->nargs - 1; i++)
	{
		bool		isnull;

		args[i] = trigger_column(trigger->tg_relation, row, columns[i],
								 query->argtypes[i], &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
	namestrcpy(&role, GetUserNameFromId(GetUserId(), false));
	args[i] = NameGetDatum(&role);
	nulls[i] = ' ';

	owner_begin(&before, RelationGetRelid(trigger->tg_relation));
	SPI_connect();
	query_write(query, args, nulls);
	SPI_finish();
	owner_end(&before);
	return PointerGetDatum(NULL);
}

/*
 * AFTER INSERT of an event that a person writes: one that has been recorded
 * already is a record, not an act, such as one that is restored from a dump.
 */
Datum
oncall_incident_act(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.act($1, $2)", 2, {INT8OID, NAMEOID}, {NULL, NULL}
	};
	static const char *const columns[] = {"incident_event_id"};

	return act_as_owner(fcinfo, "incident_act", "incident_event", &query,
						columns);
}

/* AFTER INSERT of an incident for which nobody has been asked yet. */
Datum
oncall_incident_route(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.route($1, $2)", 2, {INT4OID, NAMEOID}, {NULL, NULL}
	};
	static const char *const columns[] = {"incident_id"};

	return act_as_owner(fcinfo, "incident_route", "incident", &query, columns);
}

/* AFTER UPDATE of a page that has just been acknowledged. */
Datum
oncall_page_answer(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.page_answered($1, $2, $3, $4)", 4,
		{INT4OID, INT4OID, TIMESTAMPTZOID, NAMEOID}, {NULL, NULL}
	};
	static const char *const columns[] = {
		"incident_id", "person_id", "acknowledged_at"
	};

	return act_as_owner(fcinfo, "page_answer", "page", &query, columns);
}
