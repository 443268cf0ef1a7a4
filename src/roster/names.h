/*-------------------------------------------------------------------------
 *
 * names.h
 *	  Rotations, people, teams, calendars and pay policies by name.
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
	NAME_OF_PAY_POLICY
} NameKind;

/* The id of a name; an error with near names if there is none. */
extern int32 names_id(NameKind kind, text *name);

#endif							/* ONCALL_NAMES_H */
