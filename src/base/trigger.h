/*-------------------------------------------------------------------------
 *
 * trigger.h
 *	  What all triggers in C check before they trust their arguments.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TRIGGER_H
#define ONCALL_TRIGGER_H

#include "access/htup.h"
#include "fmgr.h"
#include "utils/rel.h"

/*
 * An error unless a function is called by the trigger manager, for each row,
 * of this table of the schema oncall. Whoever may create tables may attach
 * the function to one of their own.
 */
extern void trigger_check(FunctionCallInfo fcinfo, const char *function,
						  const char *table);

/*
 * The number of a column of this type, or of any if InvalidOid; an error if
 * there is none.
 */
extern int	trigger_column_number(Relation rel, const char *name, Oid type);

/* A column of this type of a row of the trigger's table. */
extern Datum trigger_column(Relation rel, HeapTuple row, const char *name,
							Oid type, bool *isnull);

#endif							/* ONCALL_TRIGGER_H */
