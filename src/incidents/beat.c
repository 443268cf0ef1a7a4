/*-------------------------------------------------------------------------
 *
 * beat.c
 *	  Rows of a table that exists already tell that a service is alive.
 *
 * Whoever inserts them has no rights on oncall's tables, and need not know
 * that there are any: the trigger acts as the owner of these. A row is worth
 * more than what it tells: whatever goes wrong with the beat is undone and
 * becomes a warning, and the next row is another beat. Only what is wrong
 * with the trigger itself is an error, from the first row on.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/tables.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_beat_on_insert);
PG_FUNCTION_INFO_V1(oncall_heartbeat_heard);

/* Where the trigger's arguments say that a beat's service and time stand. */
typedef struct BeatSource
{
	const char *service;		/* a constant, within quotes, or a column */
	const char *at;				/* a column, or NULL */
} BeatSource;

static BeatSource
beat_source(Trigger *trigger)
{
	BeatSource	source = {NULL, NULL};
	int			i;

	for (i = 0; i < trigger->tgnargs; i++)
	{
		const char *arg = trigger->tgargs[i];

		if (strncmp(arg, "service=", 8) == 0 && source.service == NULL)
			source.service = arg + 8;
		else if (strncmp(arg, "at=", 3) == 0 && source.at == NULL)
			source.at = arg + 3;
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("trigger \"%s\" has an odd argument: %s",
							trigger->tgname, arg),
					 errhint("Write 'service=column' or 'service=''constant''', and 'at=column' if you like.")));
	}
	if (source.service == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trigger \"%s\" does not say whose beats its rows are",
						trigger->tgname),
				 errhint("Give it an argument 'service=column' or 'service=''constant'''.")));
	return source;
}

/* The service, by name or id; NULL if the row does not say it. */
static char *
service_of_row(Relation rel, HeapTuple row, const char *source)
{
	size_t		length = strlen(source);

	if (length >= 2 && source[0] == '\'' && source[length - 1] == '\'')
		return pnstrdup(source + 1, length - 2);
	return SPI_getvalue(row, RelationGetDescr(rel),
						trigger_column_number(rel, source, InvalidOid));
}

/* Beats are written as the owner of their table, who may always do so. */
static void
write_beat(Oid table, const char *service, TimestampTz at)
{
	static SavedQuery query = {
		"SELECT oncall_internal.take_beat($1, $2)", 2, {TEXTOID, TIMESTAMPTZOID}, {NULL, NULL}
	};
	OwnerSwitch before;
	Datum		args[2];

	args[0] = CStringGetTextDatum(service);
	args[1] = TimestampTzGetDatum(at);
	owner_begin(&before, table);
	SPI_connect();
	query_write(&query, args, NULL);
	SPI_finish();
	owner_end(&before);
}

/* These are for the host to repeat, or were meant for it. */
static bool
concerns_host(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_QUERY_CANCELED ||
		ERRCODE_TO_CATEGORY(sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION ||
		ERRCODE_TO_CATEGORY(sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK;
}

/* The same, in a subtransaction: the row is inserted whatever becomes of it. */
static void
try_beat(Oid table, const char *service, TimestampTz at)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		write_beat(table, service, at);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (concerns_host(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("a beat of service \"%s\" could not be written: %s",
						service, error->message)));
		FreeErrorData(error);
	}
	PG_END_TRY();
}

Datum
oncall_beat_on_insert(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	static const char *const tables[] = {"heartbeat"};
	Oid			table;
	Relation	rel;
	HeapTuple	row;
	BeatSource	source;
	char	   *service;
	Datum		at = TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
	bool		isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						"beat_on_insert")));
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired after INSERT or UPDATE, for each row",
						"beat_on_insert")));
	tables_find(tables, lengthof(tables), &table);
	rel = trigger->tg_relation;
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
		trigger->tg_newtuple : trigger->tg_trigtuple;
	source = beat_source(trigger->tg_trigger);
	service = service_of_row(rel, row, source.service);
	if (source.at != NULL)
		at = trigger_column(rel, row, source.at, TIMESTAMPTZOID, &isnull);
	if (service != NULL && !isnull)
		try_beat(table, service, DatumGetTimestampTz(at));
	return PointerGetDatum(NULL);
}

/* AFTER UPDATE of a heartbeat whose service has been heard of. */
Datum
oncall_heartbeat_heard(PG_FUNCTION_ARGS)
{
	static SavedQuery query = {
		"SELECT oncall_internal.heard($1)", 1, {INT4OID}, {NULL, NULL}
	};
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	OwnerSwitch before;
	Datum		service;
	bool		isnull;

	trigger_check(fcinfo, "heartbeat_heard", "heartbeat");
	service = trigger_column(trigger->tg_relation, trigger->tg_newtuple,
							 "service_id", INT4OID, &isnull);
	owner_begin(&before, RelationGetRelid(trigger->tg_relation));
	SPI_connect();
	query_write(&query, &service, NULL);
	SPI_finish();
	owner_end(&before);
	return PointerGetDatum(NULL);
}
