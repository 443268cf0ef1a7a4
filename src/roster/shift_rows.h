/*-------------------------------------------------------------------------
 *
 * shift_rows.h
 *	  Shifts as rows: what roster() and duties() return.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SHIFT_ROWS_H
#define ONCALL_SHIFT_ROWS_H

#include "roster/roster_loader.h"

#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/typcache.h"

/* Rows being written. */
typedef struct ShiftRows
{
	ReturnSetInfo *result;
	TypeCacheEntry *typcache;
	MemoryContext context;		/* of the templates */
	struct RowTemplate *templates;
} ShiftRows;

/* Get ready to return rows from a function. */
extern void shift_rows_begin(ShiftRows *rows, FunctionCallInfo fcinfo);

/*
 * Write a row: a shift in a seat (0 is the primary) of a rotation, with the
 * name of who holds it (NULL: nobody). The period may be without an end.
 */
extern void shift_rows_put(const ShiftRows *rows, const RotationLabel *label,
						   int seat, const Cell *cell, text *person,
						   Period period);

#endif							/* ONCALL_SHIFT_ROWS_H */
