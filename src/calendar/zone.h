/*-------------------------------------------------------------------------
 *
 * zone.h
 *	  The names of time zones.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ZONE_H
#define ONCALL_ZONE_H

#include "calendar/tz.h"

struct Node;

/*
 * The zone of an IANA name, however it is capitalised; NULL after a soft
 * error. *canonical, if wanted, is its spelling in the database.
 */
extern Zone *zone_by_name(const char *name, const char **canonical,
						  struct Node *escontext);

#endif							/* ONCALL_ZONE_H */
