/*-------------------------------------------------------------------------
 *
 * holiday_solver.h
 *	  Who serves which holiday: an exact assignment of people to turns.
 *
 * Pure; its SQL function is assign_turns() in holiday_turns.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HOLIDAY_SOLVER_H
#define ONCALL_HOLIDAY_SOLVER_H

#include "base/core.h"

/*
 * The turns of one season, and the people for them. Matrices are row by row,
 * a row for each turn.
 */
typedef struct AssignTask
{
	int			nturns;
	int			npeople;
	int			nblocks;
	int			nseats;			/* people for each turn, all different */
	const int  *block;			/* of each turn, 0 .. nblocks - 1 */
	const bool *allowed;		/* may this person serve this turn? */
	const bool *repeats;		/* would they have a holiday they had last
								 * year? */
	const int  *served;			/* turns of the season that each person has
								 * already */
	int			napart;			/* pairs of people who share no turn */
	const int  *apart;			/* two numbers of people each */
} AssignTask;

/*
 * Choose nseats people for each turn, nobody in two blocks and no pair that is
 * to be apart in one turn, so that
 *	1. as few as can be of the places chosen repeat a holiday,
 *	2. then people serve again in the season as seldom as can be (a second
 *	   turn counts 1, a third 2 more, and so on),
 *	3. then those who stand first in the list of people serve (the sum of
 *	   their places in it is least).
 *
 * True with the matrix chosen filled; it is the best there is, however many
 * turns and people there are. False if there is no assignment: turn *failed
 * is the first in order that cannot be filled together with all before it,
 * and *placed the most people that it can have together with them.
 */
extern bool assign_people(const AssignTask *task, bool *chosen,
						  int *failed, int *placed);

#endif							/* ONCALL_HOLIDAY_SOLVER_H */
