/*-------------------------------------------------------------------------
 *
 * owner.h
 *	  Act as the owner of a table for a while, as foreign-key triggers do.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_OWNER_H
#define ONCALL_OWNER_H

/* Who it was before, to be handed back. */
typedef struct OwnerSwitch
{
	Oid			user;
	int			security;
	int			settings;		/* nesting level of settings */
} OwnerSwitch;

/*
 * Become the owner of a table: row-level security, even if forced, does not
 * filter what is read, and the search path is pinned. An error on the way
 * undoes it, as the end of the (sub)transaction does.
 */
extern void owner_begin(OwnerSwitch *before, Oid relid);

extern void owner_end(const OwnerSwitch *before);

#endif							/* ONCALL_OWNER_H */
