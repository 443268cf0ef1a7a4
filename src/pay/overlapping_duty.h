/*-------------------------------------------------------------------------
 *
 * overlapping_duty.h
 *	  Which of several duties that somebody holds at once is paid.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_OVERLAPPING_DUTY_H
#define ONCALL_OVERLAPPING_DUTY_H

#include "pay/bands.h"

/* A stretch of duty in one band of the person's policy. */
typedef struct DutyPiece
{
	BandPiece	time;
	int32		rotation_id;
	int			seat;			/* 0 is the primary */
	int			rank;			/* of its rate among those of the policy */
} DutyPiece;

/* Order of time, then of what is asked first: rotation, seat. */
extern int	overlapping_duty_cmp(const void *a, const void *b);

/*
 * The duty that is paid at each instant, where only one is: that of the
 * highest rank, then of the lowest rotation, then seat. Pieces are in order
 * and become disjoint; there is room for two paid ones for each. How many
 * there are.
 */
extern int	overlapping_duty_once(const DutyPiece *pieces, int npieces,
								  DutyPiece *paid);

#endif							/* ONCALL_OVERLAPPING_DUTY_H */
