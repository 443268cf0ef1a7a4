/*-------------------------------------------------------------------------
 *
 * names.h
 *	  Rotations, people, teams, calendars, pay policies and services by name or id.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_NAMES_H
#define ONCALL_NAMES_H

#include "fmgr.h"

typedef enum NameKind
{
	NAME_OF_ROTATION,
	NAME_OF_PERSON,
	NAME_OF_TEAM,
	NAME_OF_CALENDAR,
	NAME_OF_PAY_POLICY,
	NAME_OF_SERVICE
} NameKind;

/*
 * The id that an oncall.ref means; an error if there is none, with near names
 * if it is a name.
 */
extern int32 names_id(NameKind kind, text *ref);

/* The same, but 0 if there is none. */
extern int32 names_id_if_any(NameKind kind, text *ref);

/* An error if there is no such id. */
extern void names_check_id(NameKind kind, int32 id);

#endif							/* ONCALL_NAMES_H */
