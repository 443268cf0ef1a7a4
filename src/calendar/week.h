/*-------------------------------------------------------------------------
 *
 * week.h
 *	  Hours of the week, evaluated: when are they open?
 *
 * Pure; the SQL type is in types/weekly_hours.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WEEK_H
#define ONCALL_WEEK_H

#include "calendar/clock.h"
#include "calendar/holidays.h"

#define MINUTES_PER_DAY 1440

/* Minutes since local midnight of the day on which the span starts. */
typedef struct DaySpan
{
	uint16		from;			/* 0 .. 1439 */
	uint16		until;			/* from + 1 .. 2880 */
} DaySpan;

/* The disjoint spans of one kind of day, in order. */
typedef struct DaySpans
{
	int			nspans;
	const DaySpan *spans;
} DaySpans;

/* What holds on each weekday (Monday = 0), ordinary or a public holiday. */
typedef struct Week
{
	DaySpans	ordinary[7];
	DaySpans	holiday[7];
} Week;

/* A growing list of periods, in order, with touching ones joined. */
typedef struct PeriodList
{
	int64		n;
	int64		size;			/* allocated; grows with palloc/repalloc */
	int64		limit;			/* the most that may be asked for */
	Period	   *periods;
} PeriodList;

extern bool week_is_open(const Week *week, WallClock *clock,
						 const Holidays *holidays, TimestampTz t);

/*
 * Append to *open the stretches of [from, until) that are open. False when
 * more than open->limit would be needed. from and until are finite.
 */
extern bool week_open_periods(const Week *week, WallClock *clock,
							  const Holidays *holidays,
							  TimestampTz from, TimestampTz until,
							  PeriodList *open);

#endif							/* ONCALL_WEEK_H */
