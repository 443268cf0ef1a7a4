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

#include "access/htup_details.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_incident_act);
PG_FUNCTION_INFO_V1(oncall_incident_route);
PG_FUNCTION_INFO_V1(oncall_page_answer);

/*
 * Run a query that acts, as the owner of the trigger's table. Its last
 * argument is the name of who is responsible for it.
 */
static void
act_as_owner(TriggerData *trigger, SavedQuery *query, Datum *args, char *nulls)
{
	OwnerSwitch before;
	NameData	role;

	namestrcpy(&role, GetUserNameFromId(GetUserId(), false));
	args[query->nargs - 1] = NameGetDatum(&role);
	nulls[query->nargs - 1] = ' ';
	owner_begin(&before, RelationGetRelid(trigger->tg_relation));
	SPI_connect();
	query_write(query, args, nulls);
	SPI_finish();
	owner_end(&before);
}

/* Take columns of a row as the first arguments of a query. */
static void
columns_as_args(Relation rel, HeapTuple row, const char *const *names,
				SavedQuery *query, Datum *args, char *nulls)
{
	int			i;

	for (i = 0; i < query->nargs - 1; i++)
	{
		bool		isnull;

		args[i] = trigger_column(rel, row, names[i], query->argtypes[i],
								 &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
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
	static const char *const names[] = {"incident_event_id"};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Datum		args[QUERY_MAX_ARGS];
	char		nulls[QUERY_MAX_ARGS];

	trigger_check(fcinfo, "incident_act", "incident_event");
	columns_as_args(trigger->tg_relation, trigger->tg_trigtuple, names, &query,
					args, nulls);
	act_as_owner(trigger, &query, args, nulls);
	return PointerGetDatum(NULL);
}

/* AFTER INSERT of an incident for which nobody has been asked yet. */
Datum
oncall_incident_route(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.route($1, $2)", 2, {INT4OID, NAMEOID}, {NULL, NULL}
	};
	static const char *const names[] = {"incident_id"};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Datum		args[QUERY_MAX_ARGS];
	char		nulls[QUERY_MAX_ARGS];

	trigger_check(fcinfo, "incident_route", "incident");
	columns_as_args(trigger->tg_relation, trigger->tg_trigtuple, names, &query,
					args, nulls);
	act_as_owner(trigger, &query, args, nulls);
	return PointerGetDatum(NULL);
}

/* AFTER UPDATE of a page that has just been acknowledged. */
Datum
oncall_page_answer(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.page_answered($1, $2, $3, $4)", 4,
		{INT4OID, INT4OID, TIMESTAMPTZOID, NAMEOID}, {NULL, NULL}
	};
	static const char *const names[] = {
		"incident_id", "person_id", "acknowledged_at"
	};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Datum		args[QUERY_MAX_ARGS];
	char		nulls[QUERY_MAX_ARGS];

	trigger_check(fcinfo, "page_answer", "page");
	columns_as_args(trigger->tg_relation, trigger->tg_newtuple, names, &query,
					args, nulls);
	act_as_owner(trigger, &query, args, nulls);
	return PointerGetDatum(NULL);
}
