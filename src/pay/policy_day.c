/*-------------------------------------------------------------------------
 *
 * policy_day.c
 *	  The days of a pay policy, which start at a local time of its choice.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/policy_day.h"

void
policy_day_init(PolicyDay *day, const Zone *zone, int64 starts)
{
	clock_init(&day->clock, zone);
	day->starts = starts;
	day->day = 0;
	day->from = day->until = DT_NOBEGIN;
}

static TimestampTz
start_of(PolicyDay *day, Day date)
{
	return clock_to_utc(&day->clock, date * USECS_PER_DAY + day->starts);
}

void
policy_day_at(PolicyDay *day, TimestampTz t)
{
	if (t >= day->from && t < day->until)
		return;
	if (t < day->until || t >= day->until + 2 * USECS_PER_DAY)
	{
		Timestamp	local = t + clock_offset(&day->clock, t) - day->starts;

		day->day = (Day) floor_div(local, USECS_PER_DAY);
		day->from = start_of(day, day->day);
		while (day->from > t)
			day->from = start_of(day, --day->day);
		day->until = start_of(day, day->day + 1);
	}
	while (day->until <= t)
	{
		day->from = day->until;
		day->until = start_of(day, ++day->day + 1);
	}
	Assert(day->from <= t && t < day->until);
}
