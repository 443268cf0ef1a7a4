/*-------------------------------------------------------------------------
 *
 * zone.h
 *	  Time zones: names, and the clock on the wall of one zone.
 *
 * In a server a Zone is a pg_tz; outside one (tests, fuzzing) it is whatever
 * the harness makes of it, and zone_span_at() and zone_to_utc() are the
 * harness's own. The clock (clock.c) is pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ZONE_H
#define ONCALL_ZONE_H

#include "base/core.h"

typedef struct pg_tz Zone;

/*
 * [from, until) is a stretch of time in which the UTC offset is constant;
 * empty where nothing is known yet.
 */
typedef struct ZoneSpan
{
	TimestampTz from;
	TimestampTz until;			/* DT_NOEND: no change ahead */
	int64		offset;			/* microseconds east of UTC */
} ZoneSpan;

/* A wall clock: a zone, and the stretch of constant offset last seen. */
typedef struct WallClock
{
	const Zone *zone;
	ZoneSpan	span;
} WallClock;

/* the span from t or from earlier to the next change of offset after t */
extern void zone_span_at(const Zone *zone, TimestampTz t, ZoneSpan *span);

/* what "local AT TIME ZONE zone" gives, without its range check */
extern TimestampTz zone_to_utc(const Zone *zone, Timestamp local);

extern void clock_init(WallClock *clock, const Zone *zone);

/* the same as zone_to_utc, fast where the offset does not change nearby */
extern TimestampTz clock_to_utc(WallClock *clock, Timestamp local);

/* UTC offset in force at t, in microseconds east; local time = t + offset */
extern int64 clock_offset(WallClock *clock, TimestampTz t);

/*
 * The lowest and the highest offset by which clock_to_utc may read a local
 * time in [from, until].
 */
extern void clock_offsets(WallClock *clock, Timestamp from, Timestamp until,
						  int64 *lowest, int64 *highest);

/*
 * What has been seen of a zone, for whoever asks about times in any order. A
 * slot keeps the two spans last asked for in its stretches of time; a change
 * of offset divides few stretches, and hardly any in three.
 */
#define OFFSET_SLOTS 64
#define OFFSET_SLOT_BITS 42		/* 51 days; it is the same slot in 9 years */

typedef struct ZoneOffsets
{
	const Zone *zone;
	ZoneSpan	spans[OFFSET_SLOTS][2];
} ZoneOffsets;

extern void offsets_init(ZoneOffsets *offsets, const Zone *zone);

/* The span around t; it stays until the next call. */
extern const ZoneSpan *offsets_at(ZoneOffsets *offsets, TimestampTz t);

#ifndef FRONTEND
struct Node;

/*
 * The zone of an IANA name, however it is capitalised; NULL after a soft
 * error. *canonical, if wanted, is its spelling in the database.
 */
extern Zone *zone_by_name(const char *name, const char **canonical,
						  struct Node *escontext);

/* What has been seen of a zone in this session, which keeps it. */
extern ZoneOffsets *zone_offsets(Zone *zone);
#endif

#endif							/* ONCALL_ZONE_H */
