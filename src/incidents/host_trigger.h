/*-------------------------------------------------------------------------
 *
 * host_trigger.h
 *	  What the arguments of a trigger page_on_insert() say about its table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HOST_TRIGGER_H
#define ONCALL_HOST_TRIGGER_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "commands/trigger.h"
#include "datatype/timestamp.h"
#include "fmgr.h"

/* What an argument gives; HOST_VALUES is their number. */
typedef enum HostArgument
{
	HOST_SERVICE,
	HOST_SUMMARY,
	HOST_SEVERITY,
	HOST_SOURCE,
	HOST_DEDUP_KEY,
	HOST_OPENED_AT,
	HOST_RESOLVED_AT,
	HOST_VALUES
} HostArgument;

/* Where a value comes from: a column, a constant, or nowhere. */
typedef struct HostValue
{
	AttrNumber	column;			/* 0: no column */
	const char *constant;		/* NULL: no constant */
	Oid			type;			/* of the column, beneath its domains */
	FmgrInfo	output;			/* turns the column into text */
} HostValue;

/* A trigger whose arguments have been checked. */
typedef struct HostTrigger
{
	bool		valid;
	Oid			relid;
	MemoryContext context;		/* this and what follows is allocated here */
	const char *table;			/* its name, for people */
	const char *family;			/* schema and name, of the root if it is a
								 * partition */
	bool		notify;
	HostValue	values[HOST_VALUES];
	int			nkeys;			/* the primary key, where it identifies the */
	HostValue  *keys;			/* incident; ordered by name */
} HostTrigger;

/* What a column says about when. */
typedef enum HostTime
{
	HOST_TIME_UNSET,			/* NULL, infinity, or before 1970 */
	HOST_TIME_SET,
	HOST_TIME_FUTURE
} HostTime;

/* Is an argument given? */
static inline bool
host_gives(const HostTrigger *host, HostArgument argument)
{
	return host->values[argument].column != 0 ||
		host->values[argument].constant != NULL;
}

/*
 * The arguments of a trigger; checked, with an error, when it first fires in
 * a session or after its table has changed. Valid until the transaction ends.
 */
extern HostTrigger *host_trigger(const TriggerData *trigger);

/* Is this one of the words of incident.source? */
extern bool host_is_source(const char *word);

/* A value of a row as text, in the current context; NULL if it is NULL. */
extern char *host_text(HostValue *value, HeapTuple row, TupleDesc desc);

/* A column of a row as an instant; *at is set unless it is unset. */
extern HostTime host_time(const HostValue *value, HeapTuple row,
						  TupleDesc desc, TimestampTz clock, TimestampTz *at);

/* What identifies a row, by its primary key, in the current context. */
extern char *host_row_key(HostTrigger *host, HeapTuple row, TupleDesc desc);

#endif							/* ONCALL_HOST_TRIGGER_H */
