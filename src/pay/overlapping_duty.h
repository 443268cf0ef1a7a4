/*-------------------------------------------------------------------------
 *
 * overlapping_duty.h
 *	  What counts of the duties that somebody holds.
 *
 * Pure: which of several duties at once is paid, and the days of a policy.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_OVERLAPPING_DUTY_H
#define ONCALL_OVERLAPPING_DUTY_H

#include "pay/bands.h"

/* A stretch of duty in one band of the person's policy. */
typedef struct DutyPiece
{
	TimestampTz from;
	TimestampTz until;
	int32		rotation_id;
	int			seat;			/* 0 is the primary */
	int			band;
	int			rank;			/* of its rate among those of the policy */
	const Regime *regime;
} DutyPiece;

/* Order of time, then of what is asked first: rotation, seat. */
extern int	duty_piece_cmp(const void *a, const void *b);

/*
 * The duty that is paid at each instant, where only one is: that of the
 * highest rank, then of the lowest rotation, then seat. Pieces are in order
 * and become disjoint; there is room for two paid ones for each. How many
 * there are.
 */
extern int	duties_once(const DutyPiece *pieces, int npieces,
						DutyPiece *paid);

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

#endif							/* ONCALL_OVERLAPPING_DUTY_H */
