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
typedef enum WorkloadKind
{
	WORKLOAD_HOLIDAY,			/* a public holiday of theirs */
	WORKLOAD_WORKING,			/* their working hours */
	WORKLOAD_WEEKEND,			/* Saturday and Sunday */
	WORKLOAD_NIGHT,				/* from 22:00 to 06:00 */
	WORKLOAD_EVENING,			/* all other time */
	NUM_WORKLOADS
} WorkloadKind;

/* Weights are in thousandths. */
#define WORKLOAD_UNIT 1000
#define WORKLOAD_MAX (100 * WORKLOAD_UNIT)

/* The weight of each instant of a window, and sums of what came before. */
typedef struct Workload
{
	Period		window;
	int			n;
	int			size;			/* allocated */
	TimestampTz *at;			/* from when on; the first is the window's */
	int32	   *weight;
	int64	   *sum;			/* from the start of the window to at */
} Workload;

/* Begin with a window that is empty yet. */
extern void workload_begin(Workload *load, TimestampTz from);

/*
 * Prolong the window to a stretch in which the person works at these hours.
 * False if it is too long. All arrays are palloc'd.
 */
extern bool workload_add(Workload *load, TimestampTz until,
						 const Week *working, const Zone *zone,
						 const Holidays *holidays,
						 const int32 weights[NUM_WORKLOADS]);

/* What a period weighs, in weighted microseconds; clipped to the window. */
extern int64 workload_of(const Workload *load, Period period);

#endif							/* ONCALL_WORKLOAD_H */
