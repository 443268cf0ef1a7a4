/*-------------------------------------------------------------------------
 *
 * tz.c
 *	  What a time zone does to clocks: the two primitives of the server.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/tz.h"

#include "pgtime.h"

/* how far back tz_stretch_at looks for the start of a stretch */
#define ZONE_LOOK_BACK ((pg_time_t) 200 * SECS_PER_DAY)

#define UNIX_SECS(t) \
	((pg_time_t) floor_div(t, USECS_PER_SEC) + \
	 (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * (pg_time_t) SECS_PER_DAY)
#define FROM_UNIX_SECS(s) \
	(((s) - (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * \
	  (pg_time_t) SECS_PER_DAY) * USECS_PER_SEC)

/* The next change after probe, as pg_next_dst_boundary() finds it. */
static bool
next_change(const Zone *zone, pg_time_t probe, long int *before,
			pg_time_t *boundary, long int *after)
{
	int			before_isdst,
				after_isdst;

	if (pg_next_dst_boundary(&probe, before, &before_isdst, boundary,
							 after, &after_isdst, zone) > 0)
		return *boundary < UNIX_SECS(END_TIMESTAMP);

	/*
	 * At the very last change of its table, and every 400 years after it,
	 * that function knows of no further one, though there may be some.
	 */
	probe++;
	return pg_next_dst_boundary(&probe, before, &before_isdst, boundary,
								after, &after_isdst, zone) > 0 &&
		*boundary < UNIX_SECS(END_TIMESTAMP);
}

/*
 * The stretch of constant offset around t, as far back as is cheap to see.
 * Changes that leave the offset as it is (a new abbreviation) do not count.
 */
void
tz_stretch_at(const Zone *zone, TimestampTz t, ZoneStretch *stretch)
{
	pg_time_t	at = UNIX_SECS(t);
	pg_time_t	probe = at - ZONE_LOOK_BACK;
	pg_time_t	from = probe;
	pg_time_t	boundary = 0;
	long int	before = 0;
	long int	after = 0;
	bool		changes;

	while ((changes = next_change(zone, probe, &before, &boundary, &after)) &&
		   (boundary <= at || before == after))
	{
		if (before != after)
			from = boundary;
		probe = boundary;
	}
	stretch->from = FROM_UNIX_SECS(from);
	stretch->until = changes ? FROM_UNIX_SECS(boundary) : DT_NOEND;
	stretch->offset = before * USECS_PER_SEC;
	Assert(stretch->from <= t && t < stretch->until);
}

/*
 * The instant at which the clocks of the zone show a local time, read in gaps
 * and overlaps as "AT TIME ZONE" does.
 */
TimestampTz
tz_to_utc(const Zone *zone, Timestamp local)
{
	/* outside the range of timestamps the offset would be taken to be zero */
	Timestamp	inside = Min(Max(local, MIN_TIMESTAMP), END_TIMESTAMP - 1);
	int64		day = floor_div(inside, USECS_PER_DAY);
	int64		secs = (inside - day * USECS_PER_DAY) / USECS_PER_SEC;
	struct pg_tm tm = {0};

	j2date((int) day + POSTGRES_EPOCH_JDATE,
		   &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_hour = secs / SECS_PER_HOUR;
	tm.tm_min = secs / SECS_PER_MINUTE % MINS_PER_HOUR;
	tm.tm_sec = secs % SECS_PER_MINUTE;
	return local + USECS_PER_SEC *
		DetermineTimeZoneOffset(&tm, unconstify(Zone *, zone));
}
