/*-------------------------------------------------------------------------
 *
 * period_set.h
 *	  Sets of instants: disjoint half-open periods in order of time.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PERIOD_SET_H
#define ONCALL_PERIOD_SET_H

#include "base/core.h"

/* Zeroed, it is the empty set; grows in the context it began in. */
typedef struct PeriodSet
{
	int			n;
	int			size;			/* allocated */
	Period	   *periods;		/* none empty, none touching the next */
} PeriodSet;

/* Add a period, which may be empty; quickest if it comes after all others. */
extern void period_set_add(PeriodSet *set, Period period);

/* What lies in a but not in b, as a new set. */
extern PeriodSet period_set_minus(const PeriodSet *a, const PeriodSet *b);

/* Does every instant of a lie in b? */
extern bool period_set_within(const PeriodSet *a, const PeriodSet *b);

extern bool period_set_overlap(const PeriodSet *set, Period period);

/* From the first instant to the last; the set is not empty. */
extern Period period_set_hull(const PeriodSet *set);

#endif							/* ONCALL_PERIOD_SET_H */
