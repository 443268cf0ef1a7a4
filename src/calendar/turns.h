/*-------------------------------------------------------------------------
 *
 * turns.h
 *	  The arithmetic of a cadence: from turn numbers to instants and back.
 *
 * Pure; the SQL type is in types/cadence.c.
 *
 *	  raw n      = (anchor + ((n div k) * c + p[n mod k])) AT TIME ZONE zone
 *	  handover n = the latest of raw 0 ... raw n
 *
 * so that no handover comes before the one that it follows, even where a gap
 * in local time maps a local time to an instant after that of a later one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TURNS_H
#define ONCALL_TURNS_H

#include "calendar/clock.h"

typedef enum TurnUnit
{
	TURN_MONTHS = 0,
	TURN_DAYS = 1,
	TURN_MINUTES = 2
} TurnUnit;

typedef struct Turns
{
	WallClock	clock;
	Timestamp	anchor;			/* local time of handover 0, a whole second */
	TurnUnit	unit;
	int			nsteps;
	int64	   *prefix;			/* nsteps + 1 prefix sums of the steps, in
								 * units; the last is the whole cycle */
	int64		known;			/* the handover last asked for, or -1 */
	TimestampTz known_at;		/* and its instant, so that a walk is fast */
} Turns;

/* Get ready to evaluate; prefix sums are palloc'd. Steps are > 0. */
extern void turns_init(Turns *turns, const Zone *zone, Timestamp anchor,
					   TurnUnit unit, const int32 *steps, int nsteps);

/*
 * Handover n, n >= 0. False if it, or a local time needed for it, lies
 * outside the range of timestamptz.
 */
extern bool turns_handover(Turns *turns, int64 n, TimestampTz *at);

/*
 * The turn that contains t: the largest n with handover n <= t. False before
 * the anchor. Turns beyond the end of time count as never starting.
 */
extern bool turns_at(Turns *turns, TimestampTz t, int64 *n);

/*
 * local + months as PostgreSQL adds them: a day that the month does not have
 * becomes its last. False outside the range of timestamp.
 */
extern bool turns_add_months(Timestamp local, int64 months,
							 Timestamp *result);

#endif							/* ONCALL_TURNS_H */
