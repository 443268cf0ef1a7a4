/*-------------------------------------------------------------------------
 *
 * limits.c
 *	  How long a stretch of duty may be, and how long a break has to be.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "swaps/limits.h"

/* A month as PostgreSQL compares intervals. */
#define DAYS_OF_MONTH 30

int64
limits_most(const Length *length)
{
	int64		days = (int64) length->months * 31 + length->days + 2;
	int64		usecs;

	if (pg_mul_s64_overflow(days, USECS_PER_DAY, &usecs) ||
		pg_add_s64_overflow(usecs, length->usecs, &usecs))
		return PG_INT64_MAX;
	return usecs;
}

/* As PostgreSQL compares intervals: a day is 24 hours, a month 30 days. */
int64
limits_usecs(const Length *length)
{
	int64		days = (int64) length->months * DAYS_OF_MONTH + length->days;
	int64		usecs;

	if (pg_mul_s64_overflow(days, USECS_PER_DAY, &usecs) ||
		pg_add_s64_overflow(usecs, length->usecs, &usecs))
		return PG_INT64_MAX;
	return usecs;
}

/* at, on the clock of the rotation, and its limit added to or taken from it */
static bool
local_and_limit(RotationFacts *rotation, TimestampTz at, int sign,
				TimestampTz *result)
{
	const Length *limit = &rotation->max_consecutive;
	Timestamp	local = at + clock_offset(&rotation->clock, at);
	int64		days;

	if (limit->months != 0 &&
		!turns_add_months(local, sign * (int64) limit->months, &local))
		return false;
	if (pg_mul_s64_overflow(sign * (int64) limit->days, USECS_PER_DAY,
							&days) ||
		pg_add_s64_overflow(local, days, &local) ||
		pg_add_s64_overflow(local, sign * limit->usecs, &local) ||
		!IS_VALID_TIMESTAMP(local))
		return false;
	*result = clock_to_utc(&rotation->clock, local);
	return true;
}

/* (from AT TIME ZONE zone + max_consecutive) AT TIME ZONE zone */
TimestampTz
limits_until(RotationFacts *rotation, TimestampTz from)
{
	TimestampTz limit;

	return local_and_limit(rotation, from, 1, &limit) ? limit : DT_NOEND;
}

TimestampTz
limits_since(RotationFacts *rotation, TimestampTz until)
{
	TimestampTz start;

	return local_and_limit(rotation, until, -1, &start) ? start : DT_NOBEGIN;
}

int64
limits_reach(const World *world)
{
	int64		reach = 0;
	int			r;

	for (r = 0; r < world->nrotations; r++)
	{
		const RotationFacts *facts = &world->rotations[r];
		int64		needed;

		if (!facts->limited)
			continue;
		if (pg_add_s64_overflow(limits_most(&facts->max_consecutive),
								limits_most(&facts->min_break), &needed))
			needed = PG_INT64_MAX;
		reach = Max(reach, needed);
	}
	return reach;
}
