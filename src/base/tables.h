/*-------------------------------------------------------------------------
 *
 * tables.h
 *	  The tables that setup() makes, as the engine finds them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TABLES_H
#define ONCALL_TABLES_H

/*
 * OIDs of tables of the schema oncall, in the order of their names; an error
 * that names setup() if one is missing.
 */
extern void tables_find(const char *const *names, int ntables, Oid *oids);

/* Does row security filter one of these tables for the current user? */
extern bool tables_have_row_security(const Oid *oids, int ntables);

/*
 * May the current user read all rows of these tables, of which there is at
 * least one?
 */
extern bool tables_are_readable(const Oid *oids, int ntables);

#endif							/* ONCALL_TABLES_H */
