/*-------------------------------------------------------------------------
 *
 * own_person.h
 *	  Who of the people the current user is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_OWN_PERSON_H
#define ONCALL_OWN_PERSON_H

#include "base/core.h"

/* Once, at loading. */
extern void own_person_init(void);

/* The id of the person whose db_role is the current user; 0: nobody's is. */
extern int32 own_person_id(void);

#endif							/* ONCALL_OWN_PERSON_H */
