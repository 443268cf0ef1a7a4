/*-------------------------------------------------------------------------
 *
 * trigger.c
 *	  What all triggers in C check before they trust their arguments.
 *
 * A trigger function is called for whatever table somebody has attached it
 * to. On another table than its own it would take values of other types for
 * what it knows, and would act as the owner of that table in the middle of
 * somebody else's transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/trigger.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

void
trigger_check(FunctionCallInfo fcinfo, const char *function,
			  const char *table)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Oid			namespace = get_namespace_oid("oncall", true);

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager",
						function)));
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for each row",
						function)));
	if (!OidIsValid(namespace) ||
		RelationGetRelid(trigger->tg_relation) !=
		get_relname_relid(table, namespace))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for table oncall.%s",
						function, table)));
}

int
trigger_column_number(Relation rel, const char *name, Oid type)
{
	TupleDesc	desc = RelationGetDescr(rel);
	int			number = SPI_fnumber(desc, name);

	if (number <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("table \"%s\" has no column \"%s\"",
						RelationGetRelationName(rel), name),
				 errtable(rel)));
	if (OidIsValid(type) &&
		TupleDescAttr(desc, number - 1)->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" must have type %s",
						name, RelationGetRelationName(rel),
						format_type_be(type)),
				 errtablecol(rel, number)));
	return number;
}

Datum
trigger_column(Relation rel, HeapTuple row, const char *name, Oid type,
			   bool *isnull)
{
	return heap_getattr(row, trigger_column_number(rel, name, type),
						RelationGetDescr(rel), isnull);
}
