/*-------------------------------------------------------------------------
 *
 * clock.c
 *	  The clock on a wall: local times and instants of one time zone.
 *
 * Pure. It asks zone.c, which is slow, only where the offset changes nearby.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/zone.h"

/*
 * An instant at least this far inside a span of constant offset is the only
 * reading of its local time. PostgreSQL looks for a change of offset from one
 * day before the local time taken as UTC onwards, and offsets are less than a
 * day: that is less than two days around the instant.
 */
#define CLOCK_MARGIN (3 * USECS_PER_DAY)

/* Hang a clock into a zone, with nothing known yet. */
void
clock_init(WallClock *clock, const Zone *zone)
{
	clock->zone = zone;
	clock->span.from = 0;
	clock->span.until = 0;
	clock->span.offset = 0;
}

/* The instant that "local AT TIME ZONE zone" gives. */
TimestampTz
clock_to_utc(WallClock *clock, Timestamp local)
{
	TimestampTz at = local - clock->span.offset;

	if (at >= clock->span.from + CLOCK_MARGIN &&
		at < clock->span.until - CLOCK_MARGIN)
		return at;

	at = zone_to_utc(clock->zone, local);
	if (at < clock->span.from || at >= clock->span.until)
		zone_span_at(clock->zone, at, &clock->span);
	return at;
}

/* The offset in force at an instant. */
int64
clock_offset(WallClock *clock, TimestampTz t)
{
	if (t < clock->span.from || t >= clock->span.until)
		zone_span_at(clock->zone, t, &clock->span);
	return clock->span.offset;
}

/*
 * The lowest and the highest offset by which clock_to_utc may read a local
 * time in [from, until]. Where they are the same, it reads them all by it.
 */
void
clock_offsets(WallClock *clock, Timestamp from, Timestamp until,
			  int64 *lowest, int64 *highest)
{
	TimestampTz first = from - 2 * USECS_PER_DAY;
	TimestampTz last = until + 2 * USECS_PER_DAY;

	*lowest = *highest = clock_offset(clock, first);
	while (clock->span.until <= last)
	{
		int64		offset = clock_offset(clock, clock->span.until);

		*lowest = Min(*lowest, offset);
		*highest = Max(*highest, offset);
	}
}

/* Nothing is known of the zone yet. */
void
offsets_init(ZoneOffsets *offsets, const Zone *zone)
{
	memset(offsets, 0, sizeof(ZoneOffsets));
	offsets->zone = zone;
}

const ZoneSpan *
offsets_at(ZoneOffsets *offsets, TimestampTz t)
{
	ZoneSpan   *spans = offsets->spans[(t >> OFFSET_SLOT_BITS) &
									   (OFFSET_SLOTS - 1)];

	if (t >= spans[0].from && t < spans[0].until)
		return &spans[0];
	if (t >= spans[1].from && t < spans[1].until)
		return &spans[1];
	spans[1] = spans[0];
	zone_span_at(offsets->zone, t, &spans[0]);
	return &spans[0];
}
