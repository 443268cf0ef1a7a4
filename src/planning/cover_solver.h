/*-------------------------------------------------------------------------
 *
 * cover_solver.h
 *	  Who takes over the shifts that their holders cannot serve.
 *
 * Pure; its SQL function is plan_shifts() in plan_covers.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_COVER_SOLVER_H
#define ONCALL_COVER_SOLVER_H

#include "base/core.h"

/*
 * Up to so many shifts to be handed over, a plan is the best that there is. (A
 * test sets it lower, to see what is done beyond.)
 */
#ifndef PLAN_EXACT
#define PLAN_EXACT 12
#endif

/* A shift that stays with its holder, who cannot serve it */
#define PLAN_NOBODY (-1)

/*
 * Two shifts and two people that exclude each other: the one person may not
 * have the one shift while the other has the other.
 */
typedef struct PlanClash
{
	int			shift[2];
	int			person[2];
} PlanClash;

/*
 * The shifts in conflict, and the people. Matrices are row by row, a row for
 * each shift.
 */
typedef struct PlanTask
{
	int			nshifts;
	int			npeople;
	const int  *holder;			/* of each shift: who cannot serve it */
	const bool *candidate;		/* may this person be asked? not the holder */
	const int64 *weight;		/* what it adds to this person's load, >= 0 */
	const int64 *base;			/* each person's load without these shifts */

	/*
	 * May a person hold just these shifts, besides the duty that is in no
	 * conflict? They are in ascending order, and can be the person's own:
	 * those that nobody takes. Whoever may hold some shifts may hold any part
	 * of them.
	 */
	bool		(*legal) (void *arg, int person, const int *shifts,
						  int nshifts);
	void	   *arg;

	/*
	 * What excludes each other besides. A shift that nobody takes is its
	 * holder's; two that both stay as they are may.
	 */
	int			nclashes;
	PlanClash  *clashes;
} PlanTask;

typedef struct CoverPlan
{
	int		   *taker;			/* of each shift; PLAN_NOBODY: not resolved */
	int			nresolved;
	int64		heaviest;		/* the heaviest load of all people */
	int64		bound;			/* no plan that resolves as many has a
								 * heaviest load below this */
	bool		most;			/* no plan resolves more */
	bool		best;			/* nor has a lighter heaviest load */
} CoverPlan;

/*
 * Choose who takes which shift, so that
 *	1. as many as can be are taken, everybody holding what is legal,
 *	2. then the heaviest load is as light as possible,
 *	3. then loads are even (the sum of their squares is least),
 * and the same each time. A shift that nobody takes counts in no load. The
 * shifts taken are moved as they are, once each: no plan that resolves as
 * many changes fewer. Arrays are palloc'd.
 */
extern void plan_shifts_over(const PlanTask *task, CoverPlan *plan);

#endif							/* ONCALL_COVER_SOLVER_H */
