/*-------------------------------------------------------------------------
 *
 * notify.c
 *	  Tell gateways that there is something to deliver.
 *
 * A notification is short whatever the incident's summary is: a longer
 * payload would be an error, and lose the row whose insertion opened the
 * incident. It is a hint, and the table the truth: gateways ask
 * claim_pages() and claim_notices() also when they have heard nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
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
PG_FUNCTION_INFO_V1(oncall_notify_notice);

/* This many characters of a summary go into a notification. */
#define SUMMARY_CHARACTERS 200

typedef enum Channel
{
	CHANNEL_PAGE,
	CHANNEL_NOTICE,
	CHANNELS
} Channel;

/*
 * So many notifications are sent by a transaction on each channel. Whoever has heard of one
 * claims all that there is, so more would tell nothing, and each of them holds
 * eight kilobytes until the end if a subtransaction sends it, as for each row
 * of a host's table.
 */
#define MAX_NOTIFICATIONS 100

static int	sent[CHANNELS];

/* What a transaction has sent goes with it. */
static void
forget_sent(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		memset(sent, 0, sizeof(sent));
}

/* It may have been all of them that a subtransaction has taken back. */
static void
forget_undone(SubXactEvent event, SubTransactionId mine,
			  SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		memset(sent, 0, sizeof(sent));
}

/* Is another notification wanted, and does it count from now on? */
static bool
count_notification(Channel channel)
{
	static bool registered = false;

	if (!guc_notify() || sent[channel] >= MAX_NOTIFICATIONS)
		return false;
	if (!registered)
	{
		RegisterXactCallback(forget_sent, NULL);
		RegisterSubXactCallback(forget_undone, NULL);
		registered = true;
	}
	sent[channel]++;
	return true;
}

/* The row that a trigger is fired for, as it now is. */
static HeapTuple
written_row(TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
}

/* The version of the payload counts up when a key changes its meaning. */
static void
begin_payload(StringInfo payload)
{
	initStringInfo(payload);
	appendStringInfoString(payload, "{\"version\": 1");
}

/* Put a number that a column holds under a key. */
static void
put_number(StringInfo payload, TriggerData *trigger, const char *column,
		   const char *key, Oid type)
{
	bool		isnull;
	Datum		value = trigger_column(trigger->tg_relation,
									   written_row(trigger), column, type,
									   &isnull);

	appendStringInfo(payload, ", \"%s\": ", key);
	if (isnull)
		appendStringInfoString(payload, "null");
	else
		appendStringInfo(payload, INT64_FORMAT, type == INT8OID ?
						 DatumGetInt64(value) : (int64) DatumGetInt32(value));
}

/* Put at most so many characters of a string under a key. */
static void
put_text(StringInfo payload, const char *key, char *text)
{
	int			length = (int) strlen(text);

	text[		pg_mbcharcliplen(text, length, SUMMARY_CHARACTERS)] = '\0';

	appendStringInfo(payload, ", \"%s\": ", key);
	escape_json(payload, text);
}

/* AFTER INSERT, or UPDATE of person_id, of a page that is to be sent. */
Datum
oncall_notify_page(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT i.severity, i.summary FROM oncall.incident i"
		" WHERE i.incident_id OPERATOR(pg_catalog.=) $1", 1, {INT4OID}, {NULL, NULL}
	};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	StringInfoData payload;
	Datum		incident;
	bool		isnull;

	trigger_check(fcinfo, "notify_page", "page");
	if (!count_notification(CHANNEL_PAGE))
		return PointerGetDatum(NULL);
	begin_payload(&payload);
	put_number(&payload, trigger, "page_id", "page_id", INT8OID);
	put_number(&payload, trigger, "incident_id", "incident_id", INT4OID);
	put_number(&payload, trigger, "person_id", "person_id", INT4OID);
	incident = trigger_column(trigger->tg_relation, written_row(trigger),
							  "incident_id", INT4OID, &isnull);
	SPI_connect();
	/* the incident may be as new as the page, of the same statement */
	if (query_write(&query, &incident, NULL) > 0)
	{
		HeapTuple	found = SPI_tuptable->vals[0];

		put_text(&payload, "severity",
				 query_column_text(found, 1, CurrentMemoryContext));
		put_text(&payload, "summary",
				 query_column_text(found, 2, CurrentMemoryContext));
	}
	appendStringInfoChar(&payload, '}');
	Async_Notify("oncall_page", payload.data);
	SPI_finish();
	return PointerGetDatum(NULL);
}

/* AFTER INSERT of a notice of duty, whose kind may be another once it is claimed. */
Datum
oncall_notify_notice(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	StringInfoData payload;

	trigger_check(fcinfo, "notify_notice", "duty_notice");
	if (!count_notification(CHANNEL_NOTICE))
		return PointerGetDatum(NULL);
	begin_payload(&payload);
	put_number(&payload, trigger, "duty_notice_id", "notice_id", INT8OID);
	put_number(&payload, trigger, "person_id", "person_id", INT4OID);
	appendStringInfoChar(&payload, '}');
	Async_Notify("oncall_notice", payload.data);
	return PointerGetDatum(NULL);
}
