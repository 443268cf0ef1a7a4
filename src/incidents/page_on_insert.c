/*-------------------------------------------------------------------------
 *
 * page_on_insert.c
 *	  A trigger for tables that exist already: rows become incidents.
 *
 * The table belongs to somebody else, such as a monitoring product, and so
 * does the transaction. What fails here is rolled back to before the trigger
 * and reported as a WARNING, and as an incident that nobody owns; the row
 * stays. Only what ends the transaction anyhow, or is to be repeated with it,
 * remains an error, and that on this node no incidents are to be written.
 *
 * Incidents are written as the owner of the tables, whoever inserts the row:
 * they need no right on oncall. Which tables do so is up to whoever may
 * attach the function to one, which takes EXECUTE.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "incidents/host_trigger.h"
#include "incidents/route.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "parser/scansup.h"
#include "roster/names.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_page_on_insert);

/* At most so many characters of what a row says are kept. */
#define SUMMARY_CHARACTERS 1000
#define SERVICE_CHARACTERS 200
#define KEY_CHARACTERS 200
#define SHOWN_CHARACTERS 60

/* A row, and what it says; the latter is filled in as it is read. */
typedef struct Alert
{
	FmgrInfo   *flinfo;			/* keeps what rows have in common */
	HostTrigger *host;
	Relation	rel;
	HeapTuple	row;
	Oid			incidents;		/* the table oncall.incident */
	TimestampTz clock;
	bool		ended;			/* it tells of an end, at ended_at */
	TimestampTz ended_at;

	char	   *service;		/* NULL: it says none */
	char	   *summary;
	char	   *severity;		/* NULL: it says none */
	char	   *source;
	char	   *key;			/* NULL: it has none */
	TimestampTz opened_at;
	StringInfoData odd;			/* what is odd about it, for people */

	char	   *failure;		/* why it could not be routed */
	int32		incident_id;	/* what has become of it */
} Alert;

/*
 * Reading a row
 */

static void
odd(Alert *alert, const char *what)
{
	if (alert->odd.len > 0)
		appendStringInfoChar(&alert->odd, ' ');
	appendStringInfoString(&alert->odd, what);
}

/* At most so many characters of a string. */
static char *
clipped(const char *text, int characters)
{
	int			length = (int) strlen(text);
	int			kept = pg_mbcharcliplen(text, length, characters);

	return kept < length ? psprintf("%.*s...", kept, text) : pstrdup(text);
}

/* A string without the blanks around it; NULL if nothing is left of it. */
static char *
stripped(char *text)
{
	size_t		length;

	if (text == NULL)
		return NULL;
	while (scanner_isspace(*text))
		text	  ++;

	length = strlen(text);
	while (length > 0 && scanner_isspace(text[length - 1]))
		length--;
	text[		length] = '\0';
	return length > 0 ? text : NULL;
}

/* What the row says, at most so many characters; NULL if that is nothing. */
static char *
read_text(Alert *alert, HostArgument argument, const char *name,
		  int characters)
{
	HostTrigger *host = alert->host;
	char	   *text;
	char	   *kept;

	if (!host_gives(host, argument))
		return NULL;
	text = stripped(host_text(&host->values[argument], alert->row,
							  RelationGetDescr(alert->rel)));

	if (text == NULL)
	{
		odd(alert, psprintf("It has no %s.", name));
		return NULL;
	}
	kept = clipped(text, characters);
	if (strcmp(kept, text) != 0)
		odd(alert, psprintf("Its %s, of %zu bytes, was cut.", name,
							strlen(text)));
	return kept;
}

static char *
read_source(Alert *alert)
{
	char	   *written = read_text(alert, HOST_SOURCE, "source",
									SHOWN_CHARACTERS);
	char	   *word;

	if (written == NULL)
		return "monitoring";
	word = asc_tolower(written, strlen(written));
	if (host_is_source(word))
		return word;
	odd(alert, psprintf("Its source \"%s\" is none; monitoring was taken.",
						written));
	return "monitoring";
}

/*
 * What makes alerts one incident. It fits into an index whatever the row
 * says: a long one ends with what tells it from others that begin like it.
 */
static char *
read_key(Alert *alert)
{
	HostTrigger *host = alert->host;
	TupleDesc	desc = RelationGetDescr(alert->rel);
	char	   *key;
	int			length;
	int			kept;

	if (host->nkeys > 0)
		key = host_row_key(host, alert->row, desc);
	else
		key = stripped(host_text(&host->values[HOST_DEDUP_KEY], alert->row,
								 desc));
	if (key == NULL)
		return NULL;
	length = (int) strlen(key);
	kept = pg_mbcharcliplen(key, length, KEY_CHARACTERS);
	if (kept == length)
		return key;
	return psprintf("%.*s..." UINT64_FORMAT, kept, key,
					hash_bytes_extended((unsigned char *) key, length, 0));
}

static TimestampTz
read_opened_at(Alert *alert)
{
	HostValue  *value = &alert->host->values[HOST_OPENED_AT];
	TimestampTz at;

	if (value->column == 0)
		return alert->clock;
	switch (host_time(value, alert->row, RelationGetDescr(alert->rel),
					  alert->clock, &at))
	{
		case HOST_TIME_SET:
			return at;
		case HOST_TIME_FUTURE:
			odd(alert, "It was opened in the future; the clock's time was taken.");
			return alert->clock;
		default:
			odd(alert, "It does not say when it was opened.");
			return alert->clock;
	}
}

/* All that the row says, by the output functions of its columns. */
static void
read_alert(Alert *alert)
{
	alert->service = read_text(alert, HOST_SERVICE, "service",
							   SERVICE_CHARACTERS);
	alert->key = read_key(alert);
	if (alert->ended)
		return;
	alert->summary = read_text(alert, HOST_SUMMARY, "summary",
							   SUMMARY_CHARACTERS);
	if (alert->summary == NULL)
		alert->summary = psprintf("Alert in table %s", alert->host->family);
	alert->severity = read_text(alert, HOST_SEVERITY, "severity",
								SHOWN_CHARACTERS);
	alert->source = read_source(alert);
	alert->opened_at = read_opened_at(alert);
}

/*
 * What becomes of it; these act as the owner of the tables
 */

static void
set_text(Datum *arg, char *null, const char *text)
{
	*null = text == NULL ? 'n' : ' ';
	*arg = text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* The service, by its id, or else by the name that the alert gives it. */
static void
set_service(Datum *args, char *nulls, const Alert *alert, int32 service_id)
{
	args[0] = Int32GetDatum(service_id);
	nulls[0] = service_id == 0 ? 'n' : ' ';
	set_text(&args[1], &nulls[1], service_id == 0 ? alert->service : NULL);
}

/* The incident that a query returned, if it did. */
static bool
take_incident(Alert *alert, uint64 nrows)
{
	if (nrows == 0)
		return false;
	alert->incident_id = DatumGetInt32(query_column(SPI_tuptable->vals[0], 1));
	return true;
}

static void
record_odd(Alert *alert)
{
	static SavedQuery query = {
		"SELECT oncall_internal.record_event($1, $2, 'odd', $3)", 3,
		{INT4OID, TIMESTAMPTZOID, TEXTOID}, {NULL, NULL}
	};
	Datum		args[3];

	if (alert->odd.len == 0)
		return;
	args[0] = Int32GetDatum(alert->incident_id);
	args[1] = TimestampTzGetDatum(alert->clock);
	args[2] = CStringGetTextDatum(alert->odd.data);
	query_write(&query, args, NULL);
}

/*
 * Join the open incident with the alert's key. It is locked, so that nobody
 * resolves it at the same time and the alert is lost.
 */
static bool
join_open(Alert *alert, const Route *route)
{
	static SavedQuery query = {
		"WITH this AS (SELECT i.incident_id FROM oncall.incident i"
		" WHERE i.dedup_key = $3 AND coalesce(i.service_id, 0) = coalesce($1, 0)"
		" AND coalesce(i.service_name, '') = coalesce($2, '')"
		" AND i.resolved_at IS NULL FOR NO KEY UPDATE)"
		" INSERT INTO oncall.incident_event AS e (incident_id, at, kind, detail, recorded_at)"
		" SELECT this.incident_id, $5, 'alert', $4, clock_timestamp() FROM this"
		" RETURNING e.incident_id", 5,
		{INT4OID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, {NULL, NULL}
	};
	Datum		args[5];
	char		nulls[5];

	set_service(args, nulls, alert, route->service_id);
	set_text(&args[2], &nulls[2], alert->key);
	set_text(&args[3], &nulls[3], alert->summary);
	args[4] = TimestampTzGetDatum(alert->clock);
	nulls[4] = ' ';
	return take_incident(alert, query_write(&query, args, nulls));
}

/* Could it be the alert of an incident that has ended? */
static bool
may_reopen(const Alert *alert)
{
	static SavedQuery query = {
		"SELECT FROM oncall.incident i"
		" WHERE i.dedup_key = $1 AND i.resolved_at IS NOT NULL LIMIT 1", 1,
		{TEXTOID}, {NULL, NULL}
	};
	Datum		arg = CStringGetTextDatum(alert->key);

	return query_write(&query, &arg, NULL) > 0;
}

/* By what all incidents are opened; it calls whom the steps say. */
static void
open_by_steps(Alert *alert, const Route *route)
{
	static SavedQuery query = {
		"SELECT oncall_internal.open($1, $2, $3, $4, $5, $6, $7, $8)", 8,
		{INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID,
		TIMESTAMPTZOID}, {NULL, NULL}
	};
	Datum		args[8];
	char		nulls[8];

	set_service(args, nulls, alert, route->service_id);
	set_text(&args[2], &nulls[2], alert->summary);
	set_text(&args[3], &nulls[3], route->severity_name);
	set_text(&args[4], &nulls[4], alert->source);
	set_text(&args[5], &nulls[5], alert->key);
	args[6] = TimestampTzGetDatum(alert->opened_at);
	args[7] = TimestampTzGetDatum(alert->clock);
	nulls[6] = nulls[7] = ' ';
	take_incident(alert, query_write(&query, args, nulls));
	record_odd(alert);
}

/*
 * What open() does where it is plain whom it calls, in one statement: for
 * many rows that is several times as fast. False if somebody else has opened
 * one with the same key.
 */
#define OPEN_PLAINLY(on_conflict) \
	"WITH made AS (INSERT INTO oncall.incident AS i (service_id, service_name," \
	" summary, severity, source, dedup_key, opened_at, asked_at, waits_since)" \
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN $8 END)" \
	on_conflict " RETURNING i.incident_id)," \
	" told AS (INSERT INTO oncall.incident_event (incident_id, at, kind, detail, recorded_at)" \
	" SELECT m.incident_id, $8, t.kind, t.detail, clock_timestamp()" \
	" FROM made m, unnest($10, $11) AS t(kind, detail))," \
	" called AS (INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at)" \
	" SELECT m.incident_id, c.person_id, 0, c.rotation_id, c.seat, 'opened', $8" \
	" FROM made m, unnest($12, $13, $14) AS c(person_id, rotation_id, seat))" \
	" SELECT m.incident_id FROM made m"

#define OPEN_PLAINLY_ARGS \
	14, {INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, \
	TIMESTAMPTZOID, BOOLOID, TEXTARRAYOID, TEXTARRAYOID, INT4ARRAYOID, \
	INT4ARRAYOID, INT2ARRAYOID}

/* That it was opened, and what was odd about it. */
static void
set_events(Datum *args, const Alert *alert)
{
	Datum		kinds[2];
	Datum		details[2];
	bool		nulls[2] = {true, false};
	int			n = alert->odd.len > 0 ? 2 : 1;
	int			lower = 1;

	kinds[0] = CStringGetTextDatum("opened");
	kinds[1] = CStringGetTextDatum("odd");
	details[0] = (Datum) 0;
	details[1] = CStringGetTextDatum(alert->odd.data);
	args[0] = PointerGetDatum(construct_array(kinds, n, TEXTOID, -1, false,
											  TYPALIGN_INT));
	args[1] = PointerGetDatum(construct_md_array(details, nulls, 1, &n, &lower,
												 TEXTOID, -1, false,
												 TYPALIGN_INT));
}

static bool
open_plainly(Alert *alert, const Route *route)
{
	static SavedQuery always = {OPEN_PLAINLY(""), OPEN_PLAINLY_ARGS, {NULL, NULL}
	};
	static SavedQuery unless_open = {
		OPEN_PLAINLY(" ON CONFLICT (dedup_key, coalesce(service_id, 0), coalesce(service_name, ''))"
					 " WHERE resolved_at IS NULL AND dedup_key IS NOT NULL DO NOTHING"),
		OPEN_PLAINLY_ARGS, {NULL, NULL}
	};
	Datum		args[14];
	char		nulls[14];

	memset(nulls, ' ', sizeof(nulls));
	set_service(args, nulls, alert, route->service_id);
	set_text(&args[2], &nulls[2], alert->summary);
	set_text(&args[3], &nulls[3], route->severity_name);
	set_text(&args[4], &nulls[4], alert->source);
	set_text(&args[5], &nulls[5], alert->key);
	args[6] = TimestampTzGetDatum(alert->opened_at);
	args[7] = TimestampTzGetDatum(alert->clock);
	args[8] = BoolGetDatum(route->pages);
	set_events(&args[9], alert);
	args[11] = route->people;
	args[12] = route->rotations;
	args[13] = route->seats;
	if (!route->pages)
		nulls[11] = nulls[12] = nulls[13] = 'n';
	return take_incident(alert, query_write(alert->key == NULL ? &always :
											&unless_open, args, nulls));
}

static void
open_alert(Alert *alert)
{
	const Route *route = route_find(alert->flinfo, alert->service,
									alert->severity, alert->clock);

	if (alert->severity != NULL && !route->severity_known)
		odd(alert, psprintf("There is no severity \"%s\"; %s was taken.",
							alert->severity, route->severity_name));
	if (alert->key != NULL && join_open(alert, route))
		record_odd(alert);
	else if (!route->plain || (alert->key != NULL && may_reopen(alert)) ||
			 !open_plainly(alert, route))
		open_by_steps(alert, route);
}

static void
end_alert(Alert *alert)
{
	static SavedQuery query = {
		"SELECT oncall_internal.end_alert($1, $2, $3, $4, $5)", 5,
		{INT4OID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID}, {NULL, NULL}
	};
	Datum		args[5];
	char		nulls[5];
	int32		service_id = 0;

	if (alert->service != NULL)
		service_id = names_id_if_any(NAME_OF_SERVICE,
									 cstring_to_text(alert->service));
	set_service(args, nulls, alert, service_id);
	set_text(&args[2], &nulls[2], alert->key);
	args[3] = TimestampTzGetDatum(alert->ended_at);
	args[4] = TimestampTzGetDatum(alert->clock);
	nulls[3] = nulls[4] = ' ';
	query_write(&query, args, nulls);
}

/* An incident that nobody owns, since the one that was meant has failed. */
static void
open_unrouted(Alert *alert)
{
	static SavedQuery query = {
		"SELECT oncall_internal.open_unrouted($1, $2, $3, $4, $5, $6)", 6,
		{TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID, TEXTOID}, {NULL, NULL}
	};
	Datum		args[6];
	char		nulls[6];

	set_text(&args[0], &nulls[0], alert->service);
	set_text(&args[1], &nulls[1], alert->summary != NULL ? alert->summary :
			 psprintf("Alert in table %s", alert->host->family));
	set_text(&args[2], &nulls[2], alert->severity);
	set_text(&args[3], &nulls[3], alert->key);
	args[4] = TimestampTzGetDatum(alert->clock);
	nulls[4] = ' ';
	set_text(&args[5], &nulls[5], alert->failure);
	query_write(&query, args, nulls);
	alert->incident_id = DatumGetInt32(query_column(SPI_tuptable->vals[0], 1));
}

/* The owner's part, with an empty search path and the trigger's settings. */
static void
act_as_owner(Alert *alert, void (*act) (Alert *alert))
{
	OwnerSwitch before;

	owner_begin(&before, alert->incidents);
	if (!alert->host->notify)
		(void) set_config_option("oncall.notify", "off", PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
								 false);
	SPI_connect();
	act(alert);
	SPI_finish();
	owner_end(&before);
}

/*
 * What may fail
 */

static void
tell_alert(Alert *alert)
{
	read_alert(alert);
	if (!alert->ended)
		act_as_owner(alert, open_alert);
	else if (alert->key != NULL)
		act_as_owner(alert, end_alert);
}

static void
tell_unrouted(Alert *alert)
{
	act_as_owner(alert, open_unrouted);
}

/* Does an error end the host's transaction, have it repeated, or forbid to write? */
static bool
is_for_host(const ErrorData *error)
{
	switch (error->sqlerrcode)
	{
		case ERRCODE_QUERY_CANCELED:
		case ERRCODE_ADMIN_SHUTDOWN:
		case ERRCODE_CRASH_SHUTDOWN:
		case ERRCODE_T_R_SERIALIZATION_FAILURE:
		case ERRCODE_T_R_DEADLOCK_DETECTED:
		case ERRCODE_READ_ONLY_SQL_TRANSACTION:
			return true;
		default:
			return false;
	}
}

/*
 * Do something in a subtransaction; the error, if it failed and was rolled
 * back, or NULL.
 */
static ErrorData *
attempt(void (*work) (Alert *alert), Alert *alert)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(alert);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error != NULL && is_for_host(error))
		ReThrowError(error);
	return error;
}

/* Have the incident opened, or resolved, and the row kept. */
static void
report(Alert *alert)
{
	ErrorData  *error = attempt(tell_alert, alert);
	ErrorData  *again;

	if (error == NULL)
		return;
	if (alert->ended)
	{
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("an alert in table \"%s\" has ended, and its incident could not be resolved: %s",
						alert->host->table, error->message)));
		return;
	}
	alert->failure = error->message;
	again = attempt(tell_unrouted, alert);
	ereport(WARNING,
			(errcode(error->sqlerrcode),
			 errmsg("an alert in table \"%s\" could not be routed: %s",
					alert->host->table, error->message),
			 again == NULL ?
			 errdetail("It is incident %d, without owner.", alert->incident_id) :
			 errdetail("No incident was opened: %s", again->message)));
}

/*
 * The trigger
 */

static void
check_trigger(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"page_on_insert")));
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!(TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		  TRIGGER_FIRED_BY_UPDATE(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER INSERT or UPDATE, for each row",
						"page_on_insert")));
}

/*
 * What the event tells: that an alert was raised, or that it has ended, or
 * nothing (false). A row that is inserted with its end tells of that; one
 * whose end is taken away is an alert anew.
 */
static bool
take_event(Alert *alert, const TriggerData *trigger)
{
	HostValue  *value = &alert->host->values[HOST_RESOLVED_AT];
	TupleDesc	desc = RelationGetDescr(alert->rel);
	HeapTuple	row = trigger->tg_trigtuple;
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	TimestampTz before_at;
	HostTime	before = HOST_TIME_UNSET;
	HostTime	now;

	if (update)
	{
		before = host_time(value, row, desc, alert->clock, &before_at);
		row = trigger->tg_newtuple;
	}
	now = host_time(value, row, desc, alert->clock, &alert->ended_at);
	if (update && (before == HOST_TIME_UNSET) == (now == HOST_TIME_UNSET))
		return false;
	alert->ended = now == HOST_TIME_SET || (update && now == HOST_TIME_FUTURE);
	if (now == HOST_TIME_FUTURE)
	{
		alert->ended_at = alert->clock;
		if (!alert->ended)
			odd(alert, "Its end lies in the future.");
	}
	/* what has ended is what the row said before */
	alert->row = alert->ended ? trigger->tg_trigtuple : row;
	return true;
}

Datum
oncall_page_on_insert(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Alert		alert = {0};

	check_trigger(fcinfo);
	alert.flinfo = fcinfo->flinfo;
	alert.host = host_trigger(trigger);
	alert.rel = trigger->tg_relation;
	alert.clock = GetCurrentTimestamp();
	initStringInfo(&alert.odd);
	if (!take_event(&alert, trigger))
		return PointerGetDatum(NULL);
	alert.incidents = get_relname_relid("incident",
										get_namespace_oid("oncall", false));
	if (OidIsValid(alert.incidents))
		report(&alert);
	else
		ereport(WARNING,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("no incident was opened for an alert in table \"%s\"",
						alert.host->table),
				 errdetail("Table \"oncall.incident\" does not exist."),
				 errhint("Run SELECT oncall.setup() to create the tables.")));
	return PointerGetDatum(NULL);
}
