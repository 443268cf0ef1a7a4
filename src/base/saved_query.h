/*-------------------------------------------------------------------------
 *
 * saved_query.h
 *	  Queries that the engine asks of the tables again and again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SAVED_QUERY_H
#define ONCALL_SAVED_QUERY_H

#include "base/core.h"

#include "access/htup.h"
#include "executor/spi.h"

#define QUERY_MAX_ARGS 14

/*
 * A query with its plans, which are kept for the session: one for those whom
 * row-level security concerns, and one for an owner whom not even forced
 * row-level security concerns (see owner.h).
 *
 * The tables belong to whoever called setup(), who need not be a superuser and
 * may give a column another type. So values that are pointers are cast to the
 * types that they are read as, which costs nothing where they have these.
 */
typedef struct SavedQuery
{
	const char *text;
	int			nargs;
	Oid			argtypes[QUERY_MAX_ARGS];
	SPIPlanPtr	plans[2];
} SavedQuery;

/*
 * Run a query under the active snapshot, as the current user. nulls is as for
 * SPI_execute_plan. The caller has connected to SPI and reads SPI_tuptable,
 * which has as many rows as are returned.
 */
extern uint64 query_run(SavedQuery *query, Datum *args, const char *nulls);

/*
 * Run a query that writes, and RETURNs what was written, or a SELECT of a
 * function that writes, under a snapshot that shows what has been written
 * before.
 */
extern uint64 query_write(SavedQuery *query, Datum *args, const char *nulls);

/* Column of a row of the result at hand, where NULL is out of the question. */
extern Datum query_column(HeapTuple row, int number);
extern bool query_column_is_null(HeapTuple row, int number);

/* A range column as a period; an empty one ends where it begins. */
extern Period query_column_period(HeapTuple row, int number);

/* A text column as a string, in a context. */
extern char *query_column_text(HeapTuple row, int number,
							   MemoryContext context);

/*
 * Connect to SPI, run a query, and return the ids in its only column, in the
 * current context.
 */
extern int32 *query_ids(SavedQuery *query, Datum *args, int *nids);

/* Ids as an array, in the current context. */
extern Datum query_id_array(const int32 *ids, int nids);

#endif							/* ONCALL_SAVED_QUERY_H */
