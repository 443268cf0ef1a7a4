/*-------------------------------------------------------------------------
 *
 * host_trigger.c
 *	  What the arguments of a trigger page_on_insert() say about its table.
 *
 * An argument is written name=column or name='constant'. They are checked
 * when the trigger first fires in a session, and again once its table has
 * changed: each partition has its own trigger, whose columns may stand in
 * another order.
 *
 * What a row holds is never an error here. Whoever wrote the row knows
 * nothing of incidents, and must not lose it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "incidents/host_trigger.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "base/suggest.h"
#include "catalog/partition.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

/* The names of the arguments, and of the one that is no value of a row. */
static const char *const names[] = {
	[HOST_SERVICE] = "service",
	[HOST_SUMMARY] = "summary",
	[HOST_SEVERITY] = "severity",
	[HOST_SOURCE] = "source",
	[HOST_DEDUP_KEY] = "dedup_key",
	[HOST_OPENED_AT] = "opened_at",
	[HOST_RESOLVED_AT] = "resolved_at",
	[HOST_VALUES] = "notify"
};

#define NOTIFY ((int) HOST_VALUES)

/* Seconds since 1970 that are as many as this are milliseconds (since 1973). */
#define LEAST_MILLISECONDS 1e11

/* An entry of the cache: a trigger whose arguments have been checked. */
typedef struct CachedTrigger
{
	Oid			oid;			/* key */
	HostTrigger *host;
} CachedTrigger;

static HTAB *triggers = NULL;

/* The definition of a table has changed (InvalidOid: of any). */
static void
table_changed(Datum arg, Oid relid)
{
	HASH_SEQ_STATUS all;
	CachedTrigger *cached;

	hash_seq_init(&all, triggers);
	while ((cached = hash_seq_search(&all)) != NULL)
	{
		if (!OidIsValid(relid) || cached->host->relid == relid)
			cached->host->valid = false;
	}
}

static void
cache_init(void)
{
	HASHCTL		control;

	control.keysize = sizeof(Oid);
	control.entrysize = sizeof(CachedTrigger);
	triggers = hash_create("triggers page_on_insert", 16, &control,
						   HASH_ELEM | HASH_BLOBS);
	CacheRegisterRelcacheCallback(table_changed, (Datum) 0);
}

/*
 * Forget what is not valid any more, such as triggers that were dropped. One
 * of them may be at work: what it does can fire others, by triggers of the
 * user on our tables. So it stays until the transaction ends.
 */
static void
cache_sweep(void)
{
	HASH_SEQ_STATUS all;
	CachedTrigger *cached;

	hash_seq_init(&all, triggers);
	while ((cached = hash_seq_search(&all)) != NULL)
	{
		if (!cached->host->valid)
		{
			MemoryContextSetParent(cached->host->context,
								   TopTransactionContext);
			hash_search(triggers, &cached->oid, HASH_REMOVE, NULL);
		}
	}
}

static void
argument_error(const TriggerData *trigger, const char *argument,
			   const char *problem, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"%s\" of trigger \"%s\" of table \"%s\" %s",
					argument, trigger->tg_trigger->tgname,
					RelationGetRelationName(trigger->tg_relation), problem),
			 errhint("%s", hint)));
}

static int
argument_number(const TriggerData *trigger, const char *name)
{
	Suggestions near;
	char	   *list;
	int			i;

	suggest_init(&near, name);
	for (i = 0; i < (int) lengthof(names); i++)
	{
		if (strcmp(names[i], name) == 0)
			return i;
		suggest_consider(&near, names[i]);
	}
	list = suggest_list(&near);
	argument_error(trigger, name, "is unknown",
				   list != NULL ? psprintf("Perhaps you meant %s.", list) :
				   "There are service, summary, severity, source, dedup_key, opened_at, resolved_at and notify.");
	return -1;					/* keep compiler quiet */
}

/* An error that names the column. */
static void
column_not_found(const TriggerData *trigger, const char *argument,
				 const char *column)
{
	Relation	rel = trigger->tg_relation;
	TupleDesc	desc = RelationGetDescr(rel);
	Suggestions near;
	char	   *list;
	int			i;

	suggest_init(&near, column);
	for (i = 0; i < desc->natts; i++)
	{
		if (!TupleDescAttr(desc, i)->attisdropped)
			suggest_consider(&near, NameStr(TupleDescAttr(desc, i)->attname));
	}
	list = suggest_list(&near);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table \"%s\" has no column \"%s\"",
					RelationGetRelationName(rel), column),
			 errdetail("It is named by the argument \"%s\" of trigger \"%s\".",
					   argument, trigger->tg_trigger->tgname),
			 list != NULL ? errhint("Perhaps you meant %s.", list) :
			 errhint("A constant is written in quotes: %s='%s'.",
					 argument, column),
			 errtable(rel)));
}

static bool
is_time(Oid type)
{
	switch (type)
	{
		case TIMESTAMPTZOID:
		case TIMESTAMPOID:
		case INT4OID:
		case INT8OID:
		case FLOAT8OID:
		case NUMERICOID:
			return true;
		default:
			return false;
	}
}

static void
column_not_usable(const TriggerData *trigger, const char *argument,
				  AttrNumber column, const char *problem, const char *hint)
{
	Relation	rel = trigger->tg_relation;

	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of table \"%s\" %s",
					NameStr(TupleDescAttr(RelationGetDescr(rel), column - 1)->attname),
					RelationGetRelationName(rel), problem),
			 errdetail("It is named by the argument \"%s\" of trigger \"%s\".",
					   argument, trigger->tg_trigger->tgname),
			 errhint("%s", hint),
			 errtablecol(rel, column)));
}

/* The value is that of a column. */
static void
use_column(HostTrigger *host, HostValue *value, TupleDesc desc,
		   AttrNumber column)
{
	Form_pg_attribute att = TupleDescAttr(desc, column - 1);
	Oid			output;
	bool		is_varlena;

	value->column = column;
	value->type = getBaseType(att->atttypid);
	getTypeOutputInfo(att->atttypid, &output, &is_varlena);
	fmgr_info_cxt(output, &value->output, host->context);
}

static void
bind_column(HostTrigger *host, const TriggerData *trigger, int argument,
			const char *name)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	int			column = SPI_fnumber(desc, name);

	if (column <= 0)
		column_not_found(trigger, names[argument], name);
#ifdef ATTRIBUTE_GENERATED_VIRTUAL
	/* a trigger does not see what is computed when a row is read */
	if (TupleDescAttr(desc, column - 1)->attgenerated == ATTRIBUTE_GENERATED_VIRTUAL)
		column_not_usable(trigger, names[argument], column,
						  "is generated when it is read",
						  "Generate it STORED, or name another column.");
#endif
	use_column(host, &host->values[argument], desc, column);
	if ((argument == HOST_OPENED_AT || argument == HOST_RESOLVED_AT) &&
		!is_time(host->values[argument].type))
		column_not_usable(trigger, names[argument], column,
						  psprintf("has type %s, which is no time",
								   format_type_be(TupleDescAttr(desc, column - 1)->atttypid)),
						  "Times are timestamptz, timestamp, or numbers: seconds or milliseconds since 1970.");
}

bool
host_is_source(const char *word)
{
	return strcmp(word, "monitoring") == 0 ||
		strcmp(word, "customer") == 0 || strcmp(word, "staff") == 0;
}

/* What stands between quotes, in which a quote is written twice. */
static char *
unquoted(const TriggerData *trigger, const char *argument, const char *quoted)
{
	StringInfoData text;
	const char *from = quoted + 1;

	initStringInfo(&text);
	while (*from != '\0' && (*from != '\'' || from[1] == '\''))
	{
		if (*from == '\'')
			from++;
		appendStringInfoChar(&text, *from++);
	}
	if (*from == '\0' || from[1] != '\0')
		argument_error(trigger, argument, "is no constant",
					   "A constant begins and ends with a quote, and a quote within it is written twice.");
	return text.data;
}

static void
bind_constant(HostTrigger *host, const TriggerData *trigger, int argument,
			  const char *quoted)
{
	char	   *text = unquoted(trigger, names[argument], quoted);

	if (argument == HOST_OPENED_AT || argument == HOST_RESOLVED_AT)
		argument_error(trigger, names[argument], "is a constant",
					   "Name a column.");
	if (argument == HOST_SOURCE && !host_is_source(text))
		argument_error(trigger, names[argument],
					   psprintf("cannot be \"%s\"", text),
					   "It is monitoring, customer or staff.");
	host->values[argument].constant = MemoryContextStrdup(host->context, text);
}

/* A string without the blanks around it, in the current context. */
static char *
trimmed(const char *text, size_t length)
{
	while (length > 0 && scanner_isspace(*text))
	{
		text	  ++;

		length--;
	}
	while (length > 0 && scanner_isspace(text[length - 1]))
		length--;
	return pnstrdup(text, length);
}

static void
bind_argument(HostTrigger *host, const TriggerData *trigger,
			  const char *written, bool *given)
{
	size_t		length = strcspn(written, "=");
	const char *sign = written + length;
	char	   *value;
	int			argument;

	if (*sign == '\0')
		argument_error(trigger, written, "has no value",
					   "Arguments are written name=column or name='constant'.");
	argument = argument_number(trigger, trimmed(written, length));
	if (given[argument])
		argument_error(trigger, names[argument], "stands twice",
					   "Leave one of the two out.");
	given[argument] = true;
	value = trimmed(sign + 1, strlen(sign + 1));
	if (argument == NOTIFY)
	{
		if (!parse_bool(value, &host->notify))
			argument_error(trigger, names[argument],
						   psprintf("cannot be \"%s\"", value),
						   "It is on or off.");
	}
	else if (*value == '\'')
		bind_constant(host, trigger, argument, value);
	else
		bind_column(host, trigger, argument, value);
}

/* Columns of the primary key, in the order of their names. */
static void
bind_primary_key(HostTrigger *host, const TriggerData *trigger)
{
	Relation	rel = trigger->tg_relation;
	TupleDesc	desc = RelationGetDescr(rel);
	Bitmapset  *columns = RelationGetIndexAttrBitmap(rel,
													 INDEX_ATTR_BITMAP_PRIMARY_KEY);
	AttrNumber *sorted;
	int			column = -1;
	int			i;

	if (bms_is_empty(columns))
		argument_error(trigger, names[HOST_RESOLVED_AT],
					   "needs a key by which the incident is found",
					   "Give the argument dedup_key, or the table a primary key.");
	sorted = palloc(bms_num_members(columns) * sizeof(AttrNumber));
	while ((column = bms_next_member(columns, column)) >= 0)
	{
		AttrNumber	attno = column + FirstLowInvalidHeapAttributeNumber;

		for (i = host->nkeys++; i > 0; i--)
		{
			if (namestrcmp(&TupleDescAttr(desc, sorted[i - 1] - 1)->attname,
						   NameStr(TupleDescAttr(desc, attno - 1)->attname)) < 0)
				break;
			sorted[i] = sorted[i - 1];
		}
		sorted[i] = attno;
	}
	host->keys = MemoryContextAllocZero(host->context,
										host->nkeys * sizeof(HostValue));
	for (i = 0; i < host->nkeys; i++)
		use_column(host, &host->keys[i], desc, sorted[i]);
}

/* The table, or that which it is a partition of, with its schema. */
static const char *
family_name(Relation rel)
{
	Oid			relid = RelationGetRelid(rel);

	if (rel->rd_rel->relispartition)
		relid = llast_oid(get_partition_ancestors(relid));
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

static void
bind_arguments(HostTrigger *host, const TriggerData *trigger)
{
	Relation	rel = trigger->tg_relation;
	bool		given[lengthof(names)] = {false};
	int			i;

	host->relid = RelationGetRelid(rel);
	host->table = MemoryContextStrdup(host->context,
									  RelationGetRelationName(rel));
	host->family = MemoryContextStrdup(host->context, family_name(rel));
	host->notify = true;
	for (i = 0; i < trigger->tg_trigger->tgnargs; i++)
		bind_argument(host, trigger, trigger->tg_trigger->tgargs[i], given);
	if (!given[HOST_SERVICE])
		argument_error(trigger, names[HOST_SERVICE], "is missing",
					   "Name the column that says which service it is, or a constant: service='Name'.");
	if (given[HOST_RESOLVED_AT] && !given[HOST_DEDUP_KEY])
		bind_primary_key(host, trigger);
	if (!given[HOST_RESOLVED_AT] &&
		TRIGGER_FOR_UPDATE(trigger->tg_trigger->tgtype))
		argument_error(trigger, names[HOST_RESOLVED_AT], "is missing",
					   "An UPDATE tells of the end of an alert: name the column that says when that was, or let the trigger be fired by INSERT only.");
}

HostTrigger *
host_trigger(const TriggerData *trigger)
{
	Oid			oid = trigger->tg_trigger->tgoid;
	MemoryContext context;
	CachedTrigger *cached;
	HostTrigger *host;

	if (triggers == NULL)
		cache_init();
	cached = hash_search(triggers, &oid, HASH_FIND, NULL);
	if (cached != NULL && cached->host->valid)
		return cached->host;
	cache_sweep();
	context = AllocSetContextCreate(TopTransactionContext,
									"trigger page_on_insert",
									ALLOCSET_SMALL_SIZES);
	host = MemoryContextAllocZero(context, sizeof(HostTrigger));
	host->context = context;
	bind_arguments(host, trigger);
	cached = hash_search(triggers, &oid, HASH_ENTER, NULL);
	cached->host = host;
	MemoryContextSetParent(context, CacheMemoryContext);
	host->valid = true;
	return host;
}

char *
host_text(HostValue *value, HeapTuple row, TupleDesc desc)
{
	Datum		datum;
	bool		isnull;

	if (value->constant != NULL)
		return pstrdup(value->constant);
	if (value->column == 0)
		return NULL;
	datum = heap_getattr(row, value->column, desc, &isnull);
	return isnull ? NULL : OutputFunctionCall(&value->output, datum);
}

/* Seconds, or milliseconds, since 1970; DT_NOBEGIN if that is no instant. */
static TimestampTz
instant_of_number(double number)
{
	double		seconds = number < LEAST_MILLISECONDS ? number : number / 1000;

	/* neither what is no number nor what is infinite is within these limits */
	if (!(seconds > 0 && seconds < LEAST_MILLISECONDS))
		return DT_NOBEGIN;
	seconds -= (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	return (TimestampTz) rint(seconds * USECS_PER_SEC);
}

static TimestampTz
instant_of(Oid type, Datum datum)
{
	switch (type)
	{
		case TIMESTAMPTZOID:
			return DatumGetTimestampTz(datum);
		case TIMESTAMPOID:
			/* what is odd stays so: a shift by hours could leave the range */
			if (DatumGetTimestamp(datum) < 0 - USECS_PER_DAY * 36525 ||
				DatumGetTimestamp(datum) > USECS_PER_DAY * 365250)
				return DatumGetTimestamp(datum);
			return DatumGetTimestampTz(DirectFunctionCall1(timestamp_timestamptz,
														   datum));
		case INT4OID:
			return instant_of_number(DatumGetInt32(datum));
		case INT8OID:
			return instant_of_number((double) DatumGetInt64(datum));
		case FLOAT8OID:
			return instant_of_number(DatumGetFloat8(datum));
		default:
			return instant_of_number(DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
																		datum)));
	}
}

HostTime
host_time(const HostValue *value, HeapTuple row, TupleDesc desc,
		  TimestampTz clock, TimestampTz *at)
{
	const TimestampTz unix_epoch =
	(TimestampTz) (UNIX_EPOCH_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	Datum		datum;
	bool		isnull;

	if (value->column == 0)
		return HOST_TIME_UNSET;
	datum = heap_getattr(row, value->column, desc, &isnull);
	if (isnull)
		return HOST_TIME_UNSET;
	*at = instant_of(value->type, datum);
	if (*at <= unix_epoch || *at == DT_NOEND)
		return HOST_TIME_UNSET;
	return *at > clock ? HOST_TIME_FUTURE : HOST_TIME_SET;
}

char *
host_row_key(HostTrigger *host, HeapTuple row, TupleDesc desc)
{
	StringInfoData key;
	int			i;

	initStringInfo(&key);
	appendStringInfo(&key, "%s(", host->family);
	for (i = 0; i < host->nkeys; i++)
		appendStringInfo(&key, "%s%s", i == 0 ? "" : ",",
						 host_text(&host->keys[i], row, desc));
	appendStringInfoChar(&key, ')');
	return key.data;
}
