/*-------------------------------------------------------------------------
 *
 * cadence_private.h
 *	  What the files of the type oncall.cadence share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CADENCE_PRIVATE_H
#define ONCALL_CADENCE_PRIVATE_H

#include "types/cadence.h"

#define CADENCE_ZONE(c) ((const char *) &(c)->steps[(c)->nsteps])
#define CADENCE_ZONE_LEN(c) \
	(VARSIZE(c) - offsetof(Cadence, steps) - (c)->nsteps * sizeof(int32))

/* Steps as they are read, which must all be of one unit. */
typedef struct CadenceSteps
{
	int			nsteps;
	TurnUnit	unit;
	int32		steps[CADENCE_MAX_STEPS];
} CadenceSteps;

/* The canonical cadence of these parts, or NULL after a soft error. */
extern Cadence *cadence_make(Timestamp anchor, const char *zone,
							 CadenceSteps *steps, struct Node *escontext);

/*
 * Add one step. False after a soft error: every step is positive, and all
 * are of one unit.
 */
extern bool cadence_add_step(CadenceSteps *steps, TurnUnit unit, int64 length,
							 struct Node *escontext);

/* Add a step that is written in months, days and minutes, of which one. */
extern bool cadence_add_parts(CadenceSteps *steps, int64 months, int64 days,
							  int64 minutes, struct Node *escontext);

/* The error of a step that is not a number of whole minutes. */
extern bool cadence_not_whole_minutes(struct Node *escontext);

/* How long all steps are together, in units. */
extern int64 cadence_sum(const Cadence *cadence);

#endif							/* ONCALL_CADENCE_PRIVATE_H */
