/*-------------------------------------------------------------------------
 *
 * roster_cache.h
 *	  What a backend remembers of timelines, so that a look-up is a search.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ROSTER_CACHE_H
#define ONCALL_ROSTER_CACHE_H

#include "roster/timeline.h"

#include "fmgr.h"

/* Once, at loading. */
extern void cache_init(void);

/*
 * Who is on call in the first two seats, as a pair (0: nobody, or no such
 * rotation). at is finite; known_at is finite or KNOWN_NOW.
 */
extern int64 cached_pair(int32 rotation_id, TimestampTz at,
						 TimestampTz known_at);

/*
 * The id of the rotation with this name; an error with near names if there is
 * none.
 */
extern int32 cached_rotation_id(text *name);

#endif							/* ONCALL_ROSTER_CACHE_H */
