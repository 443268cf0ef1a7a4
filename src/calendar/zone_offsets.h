/*-------------------------------------------------------------------------
 *
 * zone_offsets.h
 *	  The offsets of a zone, kept for whoever asks about times in any order.
 *
 * Pure, but for the session's own.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ZONE_OFFSETS_H
#define ONCALL_ZONE_OFFSETS_H

#include "calendar/clock.h"

/*
 * A slot keeps the two stretches of constant offset last asked for in its
 * part of time; a change of offset divides few slots, and hardly any in three.
 */
#define ZONE_OFFSETS_SLOTS 64
#define ZONE_OFFSETS_SLOT_BITS 42	/* 51 days; the same slot again after 9
									 * years */

typedef struct ZoneOffsets
{
	const Zone *zone;
	ZoneStretch stretches[ZONE_OFFSETS_SLOTS][2];
} ZoneOffsets;

/* Nothing is known of the zone yet. */
extern void zone_offsets_init(ZoneOffsets *offsets, const Zone *zone);

/* The stretch around t; it stays until the next call. */
extern const ZoneStretch *zone_offsets_at(ZoneOffsets *offsets,
										  TimestampTz t);

#ifndef FRONTEND
/* What has been seen of a zone in this session, which keeps it. */
extern ZoneOffsets *zone_offsets_of_session(const Zone *zone);

/* A clock that begins with it: for those that are read a few times only. */
extern void clock_init_of_session(WallClock *clock, const Zone *zone);
#endif

#endif							/* ONCALL_ZONE_OFFSETS_H */
