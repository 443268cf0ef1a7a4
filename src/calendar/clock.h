/*-------------------------------------------------------------------------
 *
 * clock.h
 *	  The clock on a wall: local times and instants of one time zone.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CLOCK_H
#define ONCALL_CLOCK_H

#include "calendar/tz.h"

struct ZoneOffsets;

/* A wall clock: a zone, and the stretch of constant offset last seen. */
typedef struct WallClock
{
	const Zone *zone;
	ZoneStretch stretch;
	struct ZoneOffsets *offsets;	/* where others are looked up; or NULL */
} WallClock;

/* A clock of this zone, of which nothing is known yet. */
extern void clock_init(WallClock *clock, const Zone *zone);

/* The same as tz_to_utc, fast where the offset does not change nearby. */
extern TimestampTz clock_to_utc(WallClock *clock, Timestamp local);

/* UTC offset in force at t, in microseconds east; local time = t + offset. */
extern int64 clock_offset(WallClock *clock, TimestampTz t);

/*
 * The lowest and the highest offset by which clock_to_utc may read a local
 * time in [from, until]. Where they are the same, it reads them all by it.
 */
extern void clock_offsets(WallClock *clock, Timestamp from, Timestamp until,
						  int64 *lowest, int64 *highest);

/*
 * The instant at which a date begins, given its midnight: the earliest whose
 * local time is not before it. Midnight may come twice, or not at all.
 */
extern TimestampTz clock_date_begins(WallClock *clock, Timestamp midnight);

#endif							/* ONCALL_CLOCK_H */
