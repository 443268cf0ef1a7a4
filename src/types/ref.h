/*-------------------------------------------------------------------------
 *
 * ref.h
 *	  The type oncall.ref: a reference by name or id.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_REF_H
#define ONCALL_REF_H

/*
 * It is stored as a text: a name, or the digits of an id from 1 to
 * 2147483647 without leading zeros.
 */
#define PG_GETARG_REF_PP(n) PG_GETARG_TEXT_PP(n)

/* The id that it is; 0: it is a name. */
extern int32 ref_id(const text *ref);

#endif							/* ONCALL_REF_H */
