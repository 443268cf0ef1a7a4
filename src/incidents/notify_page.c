/*-------------------------------------------------------------------------
 *
 * notify_page.c
 *	  Tell gateways of a page.
 *
 * A notification is short whatever the incident's summary is: a longer
 * payload would be an error, and lose the row whose insertion opened the
 * incident. It is a hint, and the table the truth: gateways ask
 * claim_pages() also when they have heard nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/guc.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "utils/json.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_notify_page);

/* This many characters of a summary go into a notification. */
#define SUMMARY_CHARACTERS 200

/* At most so many characters of a string. */
static char *
shortened(char *text)
{
	int			length = (int) strlen(text);

	text[		pg_mbcharcliplen(text, length, SUMMARY_CHARACTERS)] = '\0';
	return text;
}

/* The version of the payload counts up when a key changes its meaning. */
Datum
oncall_notify_page(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT i.severity, i.summary FROM oncall.incident i"
		" WHERE i.incident_id OPERATOR(pg_catalog.=) $1", 1, {INT4OID}
	};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel = trigger->tg_relation;
	HeapTuple	row;
	StringInfoData payload;
	Datum		incident;
	bool		isnull;

	trigger_check(fcinfo, "notify_page", "page");
	if (!guc_notify())
		return PointerGetDatum(NULL);
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	incident = trigger_column(rel, row, "incident_id", INT4OID, &isnull);
	initStringInfo(&payload);
	appendStringInfo(&payload, "{\"version\": 1, \"page_id\": " INT64_FORMAT,
					 DatumGetInt64(trigger_column(rel, row, "page_id",
												  INT8OID, &isnull)));
	appendStringInfo(&payload, ", \"incident_id\": %d", DatumGetInt32(incident));
	appendStringInfo(&payload, ", \"person_id\": %d",
					 DatumGetInt32(trigger_column(rel, row, "person_id",
												  INT4OID, &isnull)));
	SPI_connect();
	if (query_run(&query, &incident, NULL) > 0)
	{
		HeapTuple	found = SPI_tuptable->vals[0];

		appendStringInfoString(&payload, ", \"severity\": ");
		escape_json(&payload, shortened(query_column_text(found, 1, CurrentMemoryContext)));
		appendStringInfoString(&payload, ", \"summary\": ");
		escape_json(&payload, shortened(query_column_text(found, 2, CurrentMemoryContext)));
	}
	appendStringInfoChar(&payload, '}');
	Async_Notify("oncall_page", payload.data);
	SPI_finish();
	return PointerGetDatum(NULL);
}
