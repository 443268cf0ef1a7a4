/*-------------------------------------------------------------------------
 *
 * workload.h
 *	  How heavy duty is for a person: hours, weighted by when they fall.
 *
 * Pure. A plan that is to be fair compares people by this, whoever pays them
 * what; see bands of pay for that.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WORKLOAD_H
#define ONCALL_WORKLOAD_H

#include "calendar/week.h"

/* Kinds of time on a person's clock; the first that applies counts. */
typedef enum BurdenKind
{
	BURDEN_HOLIDAY,				/* a public holiday of theirs */
	BURDEN_WORKING,				/* their working hours */
	BURDEN_WEEKEND,				/* Saturday and Sunday */
	BURDEN_NIGHT,				/* from 22:00 to 06:00 */
	BURDEN_EVENING,				/* all other time */
	NUM_BURDENS
} BurdenKind;

/* Weights are in thousandths. */
#define BURDEN_UNIT 1000
#define BURDEN_MAX (100 * BURDEN_UNIT)

/* The weight of each instant of a window, and sums of what came before. */
typedef struct Burden
{
	Period		window;
	int			n;
	TimestampTz *at;			/* from when on; the first is the window's */
	int32	   *weight;
	int64	   *sum;			/* from the start of the window to at */
} Burden;

/*
 * Get ready for a person. False if the window is too long for it. All arrays
 * are palloc'd.
 */
extern bool burden_init(Burden *burden, const Week *working, const Zone *zone,
						const Holidays *holidays, Period window,
						const int32 weights[NUM_BURDENS]);

/* What a period weighs, in weighted microseconds; clipped to the window. */
extern int64 burden_of(const Burden *burden, Period period);

#endif							/* ONCALL_WORKLOAD_H */
