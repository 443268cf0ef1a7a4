/*-------------------------------------------------------------------------
 *
 * tz.h
 *	  What a time zone does to clocks: the two primitives of the server.
 *
 * In a server a Zone is a pg_tz; outside one (tests, fuzzing) it is whatever
 * the harness makes of it, and the functions are the harness's own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TZ_H
#define ONCALL_TZ_H

#include "base/core.h"

typedef struct pg_tz Zone;

/*
 * [from, until) is a stretch of time in which the UTC offset is constant;
 * empty where nothing is known yet.
 */
typedef struct ZoneStretch
{
	TimestampTz from;
	TimestampTz until;			/* DT_NOEND: no change ahead */
	int64		offset;			/* microseconds east of UTC */
} ZoneStretch;

/* The stretch from t or from earlier to the next change of offset after t. */
extern void tz_stretch_at(const Zone *zone, TimestampTz t,
						  ZoneStretch *stretch);

/* What "local AT TIME ZONE zone" gives, without its range check. */
extern TimestampTz tz_to_utc(const Zone *zone, Timestamp local);

#endif							/* ONCALL_TZ_H */
