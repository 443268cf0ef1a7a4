/*-------------------------------------------------------------------------
 *
 * rotations.h
 *	  What fuzzers of rotations have in common: parts of them, and what they
 *	  mean when nothing is worked out ahead.
 *
 * To be included once, after harness.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ROTATIONS_H
#define ONCALL_ROTATIONS_H

/* ----------------------------------------------------------------
 * Random parts of rotations
 * ----------------------------------------------------------------
 */
static inline void
random_turns(Turns *turns, TimestampTz near)
{
	TurnUnit	unit = (TurnUnit) between(0, 2);
	int			nsteps = one_in(2) ? 1 : (int) between(2, 5);
	int32		steps[5];
	int64		total = 0;
	int64		cycles = between(0, 12);
	Timestamp	anchor = near + between(-12, 12) * 15 * USECS_PER_MINUTE;
	int			i;

	for (i = 0; i < nsteps; i++)
	{
		steps[i] = (int32) (unit == TURN_MONTHS ? between(1, 4) :
							unit == TURN_DAYS ? between(1, 9) :
							one_in(3) ? between(7, 100) : between(20, 2000));
		total += steps[i];
	}
	if (unit == TURN_MONTHS)
		anchor -= cycles % 3 * total * 30 * USECS_PER_DAY;
	else
		anchor -= cycles * total *
			(unit == TURN_DAYS ? USECS_PER_DAY : USECS_PER_MINUTE);
	anchor -= anchor % USECS_PER_SEC;
	turns_init(turns, random_zone(), anchor, unit, steps, nsteps);
}

static inline Period
random_period(TimestampTz from, TimestampTz until, bool bounded)
{
	Period		period;
	int64		grain = one_in(2) ? USECS_PER_DAY : USECS_PER_MINUTE;

	do
	{
		period.from = between(from, until);
		period.until = between(from, until);
		period.from -= period.from % grain;
		period.until -= period.until % grain;
	} while (period.from >= period.until);
	if (!bounded && one_in(2))
		period.from = DT_NOBEGIN;
	if (!bounded && one_in(2))
		period.until = DT_NOEND;
	return period;
}

/* Moments of knowing lie between 0 and 100. */
static inline Period
random_recorded(void)
{
	Period		recorded;

	recorded.from = between(0, 90);
	recorded.until = one_in(3) ? recorded.from + between(0, 20) : DT_NOEND;
	return recorded;
}

/* ----------------------------------------------------------------
 * The naive answer
 * ----------------------------------------------------------------
 */
static inline bool
naive_contains(Period period, TimestampTz t)
{
	return period.from <= t && t < period.until;
}

static inline bool
naive_believed(Period recorded, TimestampTz known_at)
{
	if (known_at == KNOWN_NOW)
		return recorded.from < recorded.until && recorded.until == DT_NOEND;
	return naive_contains(recorded, known_at);
}

static inline bool
naive_open(const Week *hours, const Zone *zone, const Holidays *holidays,
		   TimestampTz t)
{
	Timestamp	local = t + zone->offset[zone_index(zone, t)];
	int			back;
	int			i;

	for (back = 0; back < 2; back++)
	{
		Day			day = (Day) floor_div(local, USECS_PER_DAY) - back;
		int			weekday = (int) ((day + 5 + 7 * 10000) % 7);
		DaySpans	spans = hours->ordinary[weekday];

		for (i = 0; i < holidays->ndays; i++)
			if (holidays->days[i] == day)
				spans = hours->holiday[weekday];
		for (i = 0; i < spans.nspans; i++)
		{
			Timestamp	midnight = day * USECS_PER_DAY;

			if (local >= midnight + spans.spans[i].from * USECS_PER_MINUTE &&
				local < midnight + spans.spans[i].until * USECS_PER_MINUTE)
				return true;
		}
	}
	return false;
}

#endif							/* ONCALL_ROTATIONS_H */
