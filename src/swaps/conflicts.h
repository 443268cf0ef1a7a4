/*-------------------------------------------------------------------------
 *
 * conflicts.h
 *	  Duty that its holder cannot serve, whatever else they have to do.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CONFLICTS_H
#define ONCALL_CONFLICTS_H

#include "swaps/world.h"

/* A shift that its holder cannot serve, or not all of it. */
typedef struct DutyConflict
{
	int			rotation;		/* index into the world's */
	int			seat;			/* 0 is the primary */
	const PersonFacts *person;
	Period		period;			/* the shift, clipped to the window */
	int32		layer_id;		/* why they hold it; 0 for none */
	int32		cover_id;
	PeriodSet	instants;		/* those that they cannot serve */
	char	   *reason;
	bool		moves;			/* is it this one that has to go? */
} DutyConflict;

/*
 * Read the rotation with this id, or all if 0, into a zeroed world, and list
 * what is in conflict in a window, in order of time, rotation and seat. Of two
 * people who are not to be on duty together, it is enough that one goes: whoever
 * cannot serve anyway, or else who has the later seat.
 */
extern DutyConflict *conflicts_find(World *world, Period window,
									int32 rotation_id, int *nconflicts);

#endif							/* ONCALL_CONFLICTS_H */
