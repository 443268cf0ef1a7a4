/*-------------------------------------------------------------------------
 *
 * turns_fuzz.c
 *	  Cadences, hours and bands anywhere in time, outside a server.
 *
 * Anchors, steps and instants go as far as their types, where sums wrap round
 * if nobody looks. The zones are synthetic, with their changes wherever the
 * case is. What is found is checked against its definition.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "calendar/turns.h"
#include "pay/bands.h"
#include "roster/pairing.h"

#include "harness.h"

/* any instant or local time that there is */
static TimestampTz
any_time(void)
{
	return between(MIN_TIMESTAMP, END_TIMESTAMP - 1);
}

/* One within some days of another. */
static TimestampTz
near_time(TimestampTz t, int days)
{
	return instant_plus(t, between(-days, days) * USECS_PER_DAY +
						between(-86400, 86400) * USECS_PER_SEC +
						(one_in(2) ? between(-2, 2) : 0));
}

/* A zone whose changes are around some time. */
static Zone *
zone_around(TimestampTz t)
{
	Zone	   *zone = random_zone();
	int64		by = t - FOCUS;
	int			i;

	for (i = 0; i < zone->nchanges; i++)
	{
		if (pg_add_s64_overflow(zone->at[i], by, &zone->at[i]) ||
			!IS_VALID_TIMESTAMP(zone->at[i]))
			break;
	}
	zone->nchanges = i;
	return zone;
}

static void
check_turns(Zone *zone, TimestampTz focus)
{
	Turns		turns;
	int32		steps[4];
	int			nsteps = (int) between(1, lengthof(steps));
	bool		large = one_in(3);
	Timestamp	anchor = one_in(3) ? any_time() : near_time(focus, 300);
	TimestampTz last = DT_NOBEGIN;
	int64		n;
	int			i;

	for (i = 0; i < nsteps; i++)
		steps[i] = (int32) between(1, large ? PG_INT32_MAX / nsteps : 3000);
	anchor -= anchor % USECS_PER_SEC;
	turns_init(&turns, zone, anchor, (TurnUnit) between(0, 2), steps, nsteps);

	for (i = 0; i < 4; i++)
	{
		TimestampTz t = one_in(4) ? any_time() : near_time(focus, 300);
		TimestampTz at;

		if (turns_at(&turns, t, &n))
		{
			/* where local time is ahead, the first may be before all time */
			if (n < 0 || (turns_handover(&turns, n, &at) && at > t))
				wrong("a turn begins after what it contains");
			if (n < PG_INT64_MAX && turns_handover(&turns, n + 1, &at) && at <= t)
				wrong("a turn is over before what it contains");
		}
		else if (turns_handover(&turns, 0, &at) && at <= t)
			wrong("there is no turn where there is one");
	}

	/* whatever number is asked for, a later one is no earlier */
	n = 0;
	for (i = 0; i < 4; i++)
	{
		TimestampTz at;
		int64		more = (int64) (draw(0) >> between(1, 63));

		if (pg_add_s64_overflow(n, more, &n))
			break;
		if (!turns_handover(&turns, n, &at))
			continue;
		if (at < last)
			wrong("a later handover is earlier");
		last = at;
	}
}

static void
check_pairing(void)
{
	int			k = (int) between(1, one_in(2) ? 9 : PG_INT32_MAX / 2);
	int			nseats = (int) between(1, 64);
	Pairing		pairing = (Pairing) between(PAIRING_STAGGERED, PAIRING_MIXED);
	PairingTurn turn;
	int			seat;

	pairing_turn(&turn, pairing, nseats, k,
				 between(0, PG_INT64_MAX / 64));
	for (seat = 0; seat < nseats; seat++)
	{
		int64		entry = pairing_entry(&turn, seat);

		if (entry < -1 || entry >= k)
			wrong("a seat's entry is not on the list");
	}
}

static Holidays
holidays_around(TimestampTz t)
{
	Day		   *days = palloc(8 * sizeof(Day));
	int			n = (int) between(0, 8);
	int			i;

	for (i = 0; i < n; i++)
		days[i] = (Day) (floor_div(t, USECS_PER_DAY) + between(-5, 5));
	return holidays_of_dates(days, n);
}

static void
check_week(Zone *zone, TimestampTz focus)
{
	Week	   *week = random_week();
	Holidays	holidays = holidays_around(focus);
	WallClock	clock;
	PeriodList	open = {0};
	TimestampTz from = near_time(focus, 5);
	TimestampTz until = near_time(from, 5);
	int64		i;

	clock_init(&clock, zone);
	if (from >= until)
		return;
	open.limit = between(0, 50);
	if (!week_open_periods(week, &clock, &holidays, from, until, &open))
		return;
	for (i = 0; i < open.n; i++)
	{
		Period		period = open.periods[i];

		if (period.from >= period.until || period.from < from ||
			period.until > until ||
			(i > 0 && period.from <= open.periods[i - 1].until) ||
			!week_is_open(week, &clock, &holidays, period.from) ||
			!week_is_open(week, &clock, &holidays, period.until - 1) ||
			(period.until < until &&
			 week_is_open(week, &clock, &holidays, period.until)) ||
			(period.from > from &&
			 week_is_open(week, &clock, &holidays, period.from - 1)))
			wrong("a stretch of open hours is not one");
	}
}

static void
check_bands(Zone *zone, TimestampTz focus)
{
	const Week *applies[4];
	int64		totals[5] = {0};
	int64		sum = 0;
	Regime		regimes[2];
	Bands		bands;
	TimestampTz from = near_time(focus, 5);
	TimestampTz until = near_time(from, 5);
	int			i;

	bands.nbands = (int) between(0, 4);
	bands.nregimes = (int) between(1, 2);
	bands.regimes = regimes;
	for (i = 0; i < bands.nbands; i++)
		applies[i] = one_in(4) ? NULL : random_week();
	for (i = 0; i < bands.nregimes; i++)
	{
		regimes[i].until = i + 1 < bands.nregimes ? near_time(focus, 5) :
			DT_NOEND;
		regimes[i].offsets = palloc(sizeof(ZoneOffsets));
		zone_offsets_init(regimes[i].offsets, zone);
		regimes[i].holidays = holidays_around(focus);
		bands_week(&regimes[i].week, applies, bands.nbands, true);
	}
	if (from >= until)
		return;
	bands_add(&bands, from, until, totals);
	for (i = 0; i <= bands.nbands; i++)
		sum += totals[i];
	if (sum != until - from)
		wrong("bands do not add up to the time that they split");
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	TimestampTz focus;
	Zone	   *zone;

	begin_case(data, size);
	focus = one_in(4) ? MIN_TIMESTAMP : one_in(4) ? END_TIMESTAMP - 1 :
		one_in(4) ? any_time() : FOCUS;
	zone = zone_around(focus);
	switch (between(0, 3))
	{
		case 0:
			check_turns(zone, focus);
			break;
		case 1:
			check_pairing();
			break;
		case 2:
			check_week(zone, focus);
			break;
		default:
			check_bands(zone, focus);
	}
	free_chunks();
	return 0;
}
