/*-------------------------------------------------------------------------
 *
 * clock_cache.h
 *	  Clocks of the zones that a function is asked about, from call to call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CLOCK_CACHE_H
#define ONCALL_CLOCK_CACHE_H

#include "calendar/clock.h"

/* Rows in no order are of people who live in a few zones. */
#define CLOCK_CACHE_SIZE 8

/* A clock, and the argument it came from. */
typedef struct NamedClock
{
	text	   *zone;			/* NULL: none yet */
	WallClock	clock;
} NamedClock;

/* Zeroed, it is empty. */
typedef struct ClockCache
{
	NamedClock	clocks[CLOCK_CACHE_SIZE];
	int			oldest;			/* of them */
} ClockCache;

/*
 * The clock of the zone of this (detoasted or packed) name, or an error. It
 * stays until the next call. What is kept is kept in this context.
 */
extern WallClock *clock_cache_find(ClockCache *cache, text *name,
								   MemoryContext context);

#endif							/* ONCALL_CLOCK_CACHE_H */
