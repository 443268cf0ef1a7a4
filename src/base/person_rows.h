/*-------------------------------------------------------------------------
 *
 * person_rows.h
 *	  Rows about one person after the other, read for all when many are asked
 *	  for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PERSON_ROWS_H
#define ONCALL_PERSON_ROWS_H

#include "base/saved_query.h"

/*
 * The rows of one person, as the result of a set-returning function whose first
 * argument is a person's id; its others are of what. The two queries take the
 * same arguments and return the columns of the function, of which the first is
 * the person's id: one for that person alone, the other, which does not look at
 * its first argument, for all people, in order of their ids.
 *
 * A view that joins people to such a function reads little where it is narrowed
 * to a person, and no more than one query for all of them where it is not: the
 * first few in a statement are asked for one by one, and then everybody.
 */
extern Datum person_rows(FunctionCallInfo fcinfo, SavedQuery *one,
						 SavedQuery *all);

#endif							/* ONCALL_PERSON_ROWS_H */
