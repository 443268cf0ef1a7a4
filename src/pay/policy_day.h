/*-------------------------------------------------------------------------
 *
 * policy_day.h
 *	  The days of a pay policy, which start at a local time of its choice.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_POLICY_DAY_H
#define ONCALL_POLICY_DAY_H

#include "calendar/clock.h"

/*
 * The days of a zone that start at a local time, as AT TIME ZONE reads it:
 * the one last asked for. On a day that clocks skip there is no such day.
 */
typedef struct PolicyDay
{
	WallClock	clock;
	int64		starts;			/* microseconds after midnight */
	Day			day;			/* the date on which it starts */
	TimestampTz from;
	TimestampTz until;
} PolicyDay;

extern void policy_day_init(PolicyDay *day, const Zone *zone, int64 starts);

/* Turn to the day that contains an instant. */
extern void policy_day_at(PolicyDay *day, TimestampTz t);

#endif							/* ONCALL_POLICY_DAY_H */
