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
 * Who holds two seats, as a pair (0: nobody, or no such rotation): block 0 is
 * the first two seats, block 1 the third and the fourth, and so on. at is
 * finite; known_at is finite or KNOWN_NOW.
 */
extern int64 cached_pair(int32 rotation_id, int block, TimestampTz at,
						 TimestampTz known_at);

/*
 * The id of the rotation with this name. If there is none: 0 if that is all
 * right, otherwise an error with near names.
 */
extern int32 cached_rotation_id(text *name, bool missing_ok);

/* The same as cached_pair() of it. */
extern int64 cached_pair_by_name(text *name, bool missing_ok, int block,
								 TimestampTz at, TimestampTz known_at);

/* How many seats a rotation has. */
typedef struct RotationSeats
{
	int32		rotation_id;
	int			nseats;
} RotationSeats;

/* All rotations, in order of their id, palloc'd. */
extern RotationSeats *cached_rotations(int *nrotations);

/* How many seats the rotation with this id has; 0: there is none. */
extern int	cached_nseats(int32 rotation_id);

#endif							/* ONCALL_ROSTER_CACHE_H */
