/*-------------------------------------------------------------------------
 *
 * turns.c
 *	  The arithmetic of a cadence: from turn numbers to instants and back.
 *
 * Pure. Steps are positive, so the local times of the handovers ascend; only
 * where the zone's offset changes can their instants do otherwise. As offsets
 * are less than a day, that concerns handovers whose local times are less
 * than two days apart.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/turns.h"

#define MONTHS_IN_RANGE (12 * 300000)	/* more than timestamps reach over */

void
turns_init(Turns *turns, const Zone *zone, Timestamp anchor, TurnUnit unit,
		   const int32 *steps, int nsteps)
{
	int			i;

	clock_init(&turns->clock, zone);
	turns->anchor = anchor;
	turns->unit = unit;
	turns->nsteps = nsteps;
	turns->prefix = palloc((nsteps + 1) * sizeof(int64));
	turns->prefix[0] = 0;
	Assert(nsteps > 0 && anchor % USECS_PER_SEC == 0);
	for (i = 0; i < nsteps; i++)
	{
		Assert(steps[i] > 0);
		turns->prefix[i + 1] = turns->prefix[i] + steps[i];
	}
	turns->known = -1;
	turns->known_at = 0;
}

bool
turns_add_months(Timestamp local, int64 months, Timestamp *result)
{
	int64		day = floor_div(local, USECS_PER_DAY);
	int64		time = local - day * USECS_PER_DAY;
	int			year,
				mon,
				mday,
				first,
				next;

	if (months > MONTHS_IN_RANGE || months < -MONTHS_IN_RANGE)
		return false;
	j2date((int) day + POSTGRES_EPOCH_JDATE, &year, &mon, &mday);
	months += (int64) year * 12 + mon - 1;
	year = (int) floor_div(months, 12);
	mon = (int) (months - (int64) year * 12) + 1;

	first = date2j(year, mon, 1);
	next = mon == 12 ? date2j(year + 1, 1, 1) : date2j(year, mon + 1, 1);
	day = first + Min(mday, next - first) - 1 - POSTGRES_EPOCH_JDATE;
	return !pg_mul_s64_overflow(day, USECS_PER_DAY, result) &&
		!pg_add_s64_overflow(*result, time, result) &&
		IS_VALID_TIMESTAMP(*result);
}

/* anchor + so many units. False outside the range of timestamp. */
static bool
add_units(const Turns *turns, int64 units, Timestamp *local)
{
	int64		unit;

	if (turns->unit == TURN_MONTHS)
		return turns_add_months(turns->anchor, units, local);
	unit = turns->unit == TURN_DAYS ? USECS_PER_DAY : USECS_PER_MINUTE;
	return !pg_mul_s64_overflow(units, unit, &units) &&
		!pg_add_s64_overflow(turns->anchor, units, local) &&
		IS_VALID_TIMESTAMP(*local);
}

/* The local time of handover n. False outside the range of timestamp. */
static bool
turn_local(const Turns *turns, int64 n, Timestamp *local)
{
	int64		cycles = n;
	int64		units = 0;

	if (turns->nsteps > 1)
	{
		cycles = n / turns->nsteps;
		units = turns->prefix[n % turns->nsteps];
	}
	return !pg_mul_s64_overflow(cycles, turns->prefix[turns->nsteps],
								&cycles) &&
		!pg_add_s64_overflow(cycles, units, &units) &&
		add_units(turns, units, local);
}

/* The most units that can be added to the anchor without passing local. */
static int64
units_until(const Turns *turns, Timestamp local)
{
	int			y1,
				m1,
				y2,
				m2,
				mday;
	int64		months;
	Timestamp	sum;

	/* the difference of two timestamps may be more than an int64 holds */
	if (turns->unit != TURN_MONTHS)
	{
		int64		unit = turns->unit == TURN_DAYS ?
		USECS_PER_DAY : USECS_PER_MINUTE;
		int64		whole = floor_div(local, unit) -
		floor_div(turns->anchor, unit);

		if (local - floor_div(local, unit) * unit <
			turns->anchor - floor_div(turns->anchor, unit) * unit)
			whole--;
		return whole;
	}
	j2date((int) floor_div(turns->anchor, USECS_PER_DAY) +
		   POSTGRES_EPOCH_JDATE, &y1, &m1, &mday);
	j2date((int) floor_div(local, USECS_PER_DAY) + POSTGRES_EPOCH_JDATE,
		   &y2, &m2, &mday);
	months = (int64) (y2 - y1) * 12 + m2 - m1;
	if (!turns_add_months(turns->anchor, months, &sum) || sum > local)
		months--;
	return months;
}

/* How many handovers have a local time not after this one? */
static int64
turns_until(const Turns *turns, Timestamp local)
{
	int64		cycle = turns->prefix[turns->nsteps];
	int64		units;
	int64		rest;
	int			low = 0,
				high = turns->nsteps - 1;

	if (local < turns->anchor)
		return 0;
	units = units_until(turns, Min(local, END_TIMESTAMP - 1));
	rest = units % cycle;
	while (low < high)			/* the last prefix sum <= rest */
	{
		int			middle = (low + high + 1) / 2;

		if (turns->prefix[middle] <= rest)
			low = middle;
		else
			high = middle - 1;
	}
	return units / cycle * turns->nsteps + low + 1;
}

/*
 * The latest instant of handovers 0 ... n, given that of n alone and its
 * local time: one that reads a lower offset may come after its successors.
 */
static TimestampTz
held_back(Turns *turns, int64 n, Timestamp local, TimestampTz latest)
{
	int64		lowest,
				highest;

	clock_offsets(&turns->clock, local - 2 * USECS_PER_DAY, local,
				  &lowest, &highest);
	if (lowest == highest)
		return latest;
	while (--n >= 0 && turn_local(turns, n, &local) &&
		   local > latest + lowest)
	{
		TimestampTz at = clock_to_utc(&turns->clock, local);

		latest = Max(latest, at);
	}
	return latest;
}

bool
turns_handover(Turns *turns, int64 n, TimestampTz *at)
{
	Timestamp	local;

	Assert(n >= 0);
	if (n != turns->known)
	{
		if (!turn_local(turns, n, &local))
			return false;
		*at = clock_to_utc(&turns->clock, local);
		if (n - 1 == turns->known && n > 0)
			*at = Max(*at, turns->known_at);
		else
			*at = held_back(turns, n, local, *at);
		Assert(n - 1 != turns->known || n == 0 || *at >= turns->known_at);
		turns->known = n;
		turns->known_at = *at;
	}
	*at = turns->known_at;
	return IS_VALID_TIMESTAMP(*at);
}

bool
turns_at(Turns *turns, TimestampTz t, int64 *n)
{
	int64		lowest,
				highest;
	int64		m;
	Timestamp	local;

	clock_offsets(&turns->clock, t - USECS_PER_DAY, t + USECS_PER_DAY,
				  &lowest, &highest);

	/*
	 * Handovers whose local time is at most t + lowest are not after t, those
	 * beyond t + highest are. Between the two, the first after t counts.
	 */
	m = turns_until(turns, t + lowest);
	if (lowest < highest)
		while (turn_local(turns, m, &local) && local <= t + highest &&
			   clock_to_utc(&turns->clock, local) <= t)
			m++;
	*n = m - 1;
	return m > 0;
}
