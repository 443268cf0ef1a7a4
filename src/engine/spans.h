/*-------------------------------------------------------------------------
 *
 * spans.h
 *	  Sets of instants: disjoint half-open periods in order of time.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SPANS_H
#define ONCALL_SPANS_H

#include "timeline.h"

/* Zeroed, it is the empty set; grows in the context it began in. */
typedef struct Spans
{
	int			n;
	int			size;			/* allocated */
	Period	   *spans;			/* none empty, none touching the next */
} Spans;

/* Add a period, which may be empty; quickest if it comes after all others. */
extern void spans_add(Spans *set, Period period);

/* Both sets, or what lies in a but not in b, as a new set. */
extern Spans spans_and(const Spans *a, const Spans *b);
extern Spans spans_minus(const Spans *a, const Spans *b);

/* Does every instant of a lie in b? */
extern bool spans_within(const Spans *a, const Spans *b);

extern bool spans_overlap(const Spans *set, Period period);

/* From the first instant to the last; the set is not empty. */
extern Period spans_hull(const Spans *set);

/* The part of a period that lies in another; may be empty. */
static inline Period
period_and(Period a, Period b)
{
	Period		both;

	both.from = Max(a.from, b.from);
	both.until = Min(a.until, b.until);
	return both;
}

static inline bool
period_empty(Period period)
{
	return period.from >= period.until;
}

static inline bool
periods_overlap(Period a, Period b)
{
	return !period_empty(period_and(a, b));
}

/* An instant moved by so much, kept within the range of timestamps. */
static inline TimestampTz
instant_plus(TimestampTz at, int64 usecs)
{
	TimestampTz sum;

	if (at == DT_NOBEGIN || at == DT_NOEND)
		return at;
	if (pg_add_s64_overflow(at, usecs, &sum))
		return usecs < 0 ? MIN_TIMESTAMP : END_TIMESTAMP - 1;
	return Min(Max(sum, MIN_TIMESTAMP), END_TIMESTAMP - 1);
}

#endif							/* ONCALL_SPANS_H */
