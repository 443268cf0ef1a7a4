/*-------------------------------------------------------------------------
 *
 * core.h
 *	  What the pure part of the engine may lean on.
 *
 * turns.c, week.c, timeline.c and assign.c decide who is on call. They know
 * no table, no SPI and no error reporting, so that they can be compiled with
 * -DFRONTEND and be tested and fuzzed outside a server. From PostgreSQL they
 * take its integer and timestamp types, palloc and date arithmetic; nothing
 * else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CORE_H
#define ONCALL_CORE_H

#ifdef FRONTEND
#include "postgres_fe.h"

#define CHECK_FOR_INTERRUPTS() ((void) 0)

/* the backend has these in utils/datetime.h; a harness brings its own */
extern int	date2j(int year, int month, int day);
extern void j2date(int jd, int *year, int *month, int *day);
#else
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datetime.h"
#endif

#include "common/int.h"
#include "datatype/timestamp.h"

/* Days since 2000-01-01, as in PostgreSQL's date type. */
typedef int32 Day;

/* Quotient rounded towards minus infinity; b > 0. */
static inline int64
floor_div(int64 a, int64 b)
{
	return a / b - (a % b < 0);
}

#endif							/* ONCALL_CORE_H */
