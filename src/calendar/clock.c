/*-------------------------------------------------------------------------
 *
 * clock.c
 *	  The clock on a wall: local times and instants of one time zone.
 *
 * Pure. It asks tz.c, which is slow, only where the offset changes nearby.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/clock.h"

#include "calendar/zone_offsets.h"

/*
 * An instant at least this far inside a stretch of constant offset is the only
 * reading of its local time. PostgreSQL looks for a change of offset from one
 * day before the local time taken as UTC onwards, and offsets are less than a
 * day: that is less than two days around the instant.
 */
#define CLOCK_MARGIN (3 * USECS_PER_DAY)

void
clock_init(WallClock *clock, const Zone *zone)
{
	clock->zone = zone;
	clock->stretch.from = 0;
	clock->stretch.until = 0;
	clock->stretch.offset = 0;
	clock->offsets = NULL;
}

/* Stand on the stretch around t. */
static inline void
seek(WallClock *clock, TimestampTz t)
{
	if (t >= clock->stretch.from && t < clock->stretch.until)
		return;
	if (clock->offsets)
		clock->stretch = *zone_offsets_at(clock->offsets, t);
	else
		tz_stretch_at(clock->zone, t, &clock->stretch);
}

TimestampTz
clock_to_utc(WallClock *clock, Timestamp local)
{
	TimestampTz at = local - clock->stretch.offset;

	if (at >= clock->stretch.from + CLOCK_MARGIN &&
		at < clock->stretch.until - CLOCK_MARGIN)
		return at;

	at = tz_to_utc(clock->zone, local);
	seek(clock, at);
	return at;
}

int64
clock_offset(WallClock *clock, TimestampTz t)
{
	seek(clock, t);
	return clock->stretch.offset;
}

void
clock_offsets(WallClock *clock, Timestamp from, Timestamp until,
			  int64 *lowest, int64 *highest)
{
	TimestampTz first = from - 2 * USECS_PER_DAY;
	TimestampTz last = until + 2 * USECS_PER_DAY;

	*lowest = *highest = clock_offset(clock, first);
	while (clock->stretch.until <= last)
	{
		int64		offset = clock_offset(clock, clock->stretch.until);

		*lowest = Min(*lowest, offset);
		*highest = Max(*highest, offset);
	}
}

TimestampTz
clock_date_begins(WallClock *clock, Timestamp midnight)
{
	/* offsets are less than a day: it is not midnight yet */
	TimestampTz at = midnight - USECS_PER_DAY;

	for (;;)
	{
		TimestampTz begin = Max(at, midnight - clock_offset(clock, at));

		if (begin < clock->stretch.until)
			return begin;
		at = clock->stretch.until;
	}
}
