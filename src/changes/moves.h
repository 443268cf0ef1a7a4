/*-------------------------------------------------------------------------
 *
 * moves.h
 *	  What differs between two beliefs about who is on call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_MOVES_H
#define ONCALL_MOVES_H

#include "roster/timeline.h"

/* What was believed about a rotation at some time. */
typedef struct Belief
{
	Rotation   *rotation;
	TimestampTz known_at;
} Belief;

/* A seat is one person's by one belief, and another's by a later one. */
typedef struct Move
{
	int			seat;			/* from 0 */
	int32		before;			/* 0 for nobody */
	int32		after;
	Period		period;
} Move;

/*
 * All moves in a window (finite, not empty) between two beliefs about one
 * rotation, palloc'd in the current context: of each seat in order of time,
 * those that touch are one.
 */
extern Move *find_moves(const Belief *before, const Belief *after,
						Period window, int *nmoves);

#endif							/* ONCALL_MOVES_H */
