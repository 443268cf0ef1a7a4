/*-------------------------------------------------------------------------
 *
 * copied.h
 *	  Tables whose rows are written on another node and copied to this one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_COPIED_H
#define ONCALL_COPIED_H

/*
 * An error if a subscription has begun to fill one of these tables and, as the
 * active snapshot shows it, has not caught up with all of them yet: what is
 * read of them would belong to different moments.
 */
extern void copied_check_whole(const Oid *tables, int ntables);

/*
 * May a row be missing from a table here that is there on another node? So it
 * is with tables that a subscription fills, and where Citus is installed,
 * which has nodes evaluate parts of each other's queries.
 */
extern bool copied_may_be_behind(Oid table);

#endif							/* ONCALL_COPIED_H */
