/*-------------------------------------------------------------------------
 *
 * timeline_fuzz.c
 *	  Random rotations through the pure files, outside a server.
 *
 * The zones are synthetic, with gaps, overlaps and skipped days. Every
 * timeline is compared with an evaluation, instant by instant, that knows
 * nothing of sweeps, pages or binary searches.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "roster/timeline.h"

#include "harness.h"
#include "rotations.h"

/* ----------------------------------------------------------------
 * Random rotations
 * ----------------------------------------------------------------
 */
static Rotation *
random_rotation(Period window)
{
	Rotation   *rotation = palloc0(sizeof(Rotation));
	Day		   *days = palloc(10 * sizeof(Day));
	TimestampTz from = window.from - 5 * USECS_PER_DAY;
	TimestampTz until = window.until + 5 * USECS_PER_DAY;
	int			i;
	int			j;

	rotation->rotation_id = 1;
	rotation->nseats = (int) between(1, 4);
	rotation->holidays.ndays = (int) between(0, 10);
	rotation->holidays.days = days;
	days[0] = (Day) (from / USECS_PER_DAY);
	for (i = 1; i < rotation->holidays.ndays; i++)
		days[i] = days[i - 1] + (Day) between(1, 9);

	rotation->nlayers = (int) between(0, 4);
	rotation->layers = palloc0((rotation->nlayers + 1) * sizeof(Layer));
	for (i = 0; i < rotation->nlayers; i++)
	{
		Layer	   *layer = &rotation->layers[i];
		LayerMember *members;

		layer->layer_id = i + 1;
		layer->rank = (int32) between(0, 2);
		layer->valid = random_period(from, until, false);
		layer->recorded = random_recorded();
		random_turns(&layer->turns, between(from, until));
		layer->hours = one_in(3) ? random_week() : NULL;
		layer->first_seat = one_in(3) ? (int) between(0, 3) : 0;
		layer->nseats = (int) between(1, one_in(3) ? 4 : rotation->nseats);
		layer->pairing = (Pairing) between(PAIRING_STAGGERED,
										   layer->nseats == 2 ?
										   PAIRING_MIXED : PAIRING_FIXED);
		layer->nmembers = (int) between(1, 9);
		layer->members = members =
			palloc0(layer->nmembers * sizeof(LayerMember));
		for (j = 0; j < layer->nmembers; j++)
		{
			members[j].member_id = j + 1;
			members[j].person_id =
				one_in(8) ? 0 : (int32) between(1, one_in(4) ? 2 : 9);
			members[j].valid.from = members[j].recorded.from = DT_NOBEGIN;
			members[j].valid.until = members[j].recorded.until = DT_NOEND;
		}
	}

	rotation->ncovers = (int) between(0, 8);
	rotation->covers = palloc0((rotation->ncovers + 1) * sizeof(Cover));
	for (i = 0; i < rotation->ncovers; i++)
	{
		Cover	   *cover = &rotation->covers[i];

		cover->cover_id = i + 1;
		cover->seat = (int) between(0, rotation->nseats - 1);
		cover->person_id = one_in(4) ? 0 : (int32) between(1, 9);
		cover->period = random_period(from, until, true);
		cover->recorded = random_recorded();
		cover->recorded.from = i;	/* no two alike: the latest wins */
	}
	return rotation;
}

/* ----------------------------------------------------------------
 * The naive answer
 * ----------------------------------------------------------------
 */
/* (anchor + steps) AT TIME ZONE zone */
static TimestampTz
naive_handover(const Turns *turns, int64 n)
{
	int64		sum = n / turns->nsteps * turns->prefix[turns->nsteps] +
	turns->prefix[n % turns->nsteps];
	Timestamp	local = turns->anchor;
	int64		day = floor_div(local, USECS_PER_DAY);
	int			y,
				m,
				d;

	switch (turns->unit)
	{
		case TURN_MINUTES:
			local += sum * USECS_PER_MINUTE;
			break;
		case TURN_DAYS:
			local += sum * USECS_PER_DAY;
			break;
		case TURN_MONTHS:
			j2date((int) day + 2451545, &y, &m, &d);
			sum += y * 12 + m - 1;
			y = (int) (sum / 12);
			m = (int) (sum % 12) + 1;
			while (d > 28 && civil_days(y, m, d) >=
				   civil_days(y + m / 12, m % 12 + 1, 1))
				d--;
			local += (date2j(y, m, d) - 2451545 - day) * USECS_PER_DAY;
			break;
	}
	return tz_to_utc(turns->clock.zone, local);
}

/* The turn at t: that before the first handover after t; -1: none yet */
static int64
naive_turn(const Turns *turns, TimestampTz t)
{
	int64		cycle = turns->prefix[turns->nsteps] *
	(turns->unit == TURN_MONTHS ? 31 * USECS_PER_DAY :
	 turns->unit == TURN_DAYS ? USECS_PER_DAY : USECS_PER_MINUTE);
	int64		n = 0;

	/* cycles that are over for days need no look */
	if (t - turns->anchor > 5 * USECS_PER_DAY)
		n = (t - turns->anchor - 5 * USECS_PER_DAY) / cycle * turns->nsteps;
	while (naive_handover(turns, n) <= t)
		n++;
	return n - 1;
}

/*
 * The entry that the list of a layer, which has never changed, names for a
 * seat, before anybody is left out; -1 for none.
 */
static int64
naive_entry(const Layer *layer, int64 n, int64 s)
{
	int64		k = layer->nmembers;
	int64		S = layer->nseats;
	int64		lcm = k;
	int64		length,
				r,
				j,
				a,
				b;

	if (layer->pairing == PAIRING_STAGGERED)
		return (n + Max(s, s * k / S)) % k;
	if (layer->pairing == PAIRING_FOLLOWING)
		return (n + s) % k;
	if (layer->pairing == PAIRING_PRECEDING)
		return (n + (k - 1) * s) % k;
	if (layer->pairing == PAIRING_FIXED)
	{
		while (lcm % S != 0)
			lcm += k;
		return (n * S + (s + n * S / lcm) % S) % k;
	}
	if (k == 1)
		return s == 0 ? 0 : -1;
	length = k * (k - 1) / 2;
	r = n % length / (k / 2);
	j = n % length % (k / 2);
	if (k % 2 == 1)
	{
		a = (r + j + 1) % k;
		b = (r - j - 1 + k) % k;
	}
	else if (j == 0)
	{
		a = r % 2 == 0 ? k - 1 : r;
		b = r % 2 == 0 ? r : k - 1;
	}
	else
	{
		a = (r + j) % (k - 1);
		b = (r - j + k - 1) % (k - 1);
	}
	return (n / length + s) % 2 == 0 ? a : b;
}

static bool
naive_seated(const int32 *persons, int s, int32 person_id)
{
	while (--s >= 0)
		if (persons[s] == person_id)
			return true;
	return false;
}

/* Who sits in a seat of a layer in turn n. */
static int32
naive_person(const Layer *layer, int64 n, int seat)
{
	int64		k = layer->nmembers;
	int32		persons[8] = {0};
	int			s;

	for (s = 0; s <= seat; s++)
	{
		int64		entry = naive_entry(layer, n, s);
		int64		tried = 0;

		persons[s] = entry < 0 ? 0 : layer->members[entry].person_id;
		while (persons[s] != 0 && naive_seated(persons, s, persons[s]))
		{
			persons[s] = 0;
			while (persons[s] == 0 && layer->pairing != PAIRING_MIXED &&
				   ++tried < k)
			{
				entry += layer->pairing == PAIRING_PRECEDING ? k - 1 : 1;
				persons[s] = layer->members[entry % k].person_id;
			}
		}
	}
	return persons[seat];
}

static Cell
naive_cell(const Rotation *rotation, int seat, TimestampTz t,
		   TimestampTz known_at)
{
	Cell		cell = {0, 0, 0};
	const Layer *best = NULL;
	const Cover *last = NULL;
	int64		n;
	int			i;

	for (i = 0; i < rotation->ncovers; i++)
	{
		const Cover *cover = &rotation->covers[i];

		if (cover->seat == seat && naive_contains(cover->period, t) &&
			naive_believed(cover->recorded, known_at) &&
			(last == NULL || cover->recorded.from > last->recorded.from))
			last = cover;
	}
	if (last != NULL)
	{
		cell.person_id = last->person_id;
		cell.cover_id = last->cover_id;
		return cell;
	}

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];

		if (seat < layer->first_seat ||
			seat >= layer->first_seat + layer->nseats || !naive_contains(layer->valid, t) ||
			!naive_believed(layer->recorded, known_at) ||
			naive_handover(&layer->turns, 0) > t ||
			(layer->hours != NULL && !naive_open(layer->hours, layer->turns.clock.zone,
												 &rotation->holidays, t)))
			continue;
		if (best == NULL || layer->rank > best->rank ||
			(layer->rank == best->rank &&
			 layer->valid.from >= best->valid.from))
			best = layer;		/* the later one, too, if all is equal */
	}
	if (best == NULL)
		return cell;
	cell.layer_id = best->layer_id;
	n = naive_turn(&best->turns, t);
	cell.person_id = naive_person(best, n, seat - best->first_seat);
	return cell;
}

/* ----------------------------------------------------------------
 * The comparison
 * ----------------------------------------------------------------
 */
static bool
agrees(const Rotation *rotation, const Timeline *timeline, int segment,
	   TimestampTz t, TimestampTz known_at)
{
	int			seat;

	for (seat = 0; seat < rotation->nseats; seat++)
	{
		Cell		cell = naive_cell(rotation, seat, t, known_at);
		const Cell *got = &timeline->cells[segment * timeline->nseats + seat];

		if (memcmp(got, &cell, sizeof(Cell)) != 0)
		{
			printf("# at %lld seat %d: person %d layer %d cover %d, not %d %d %d\n",
				   (long long) t, seat,
				   cell.person_id, cell.layer_id, cell.cover_id,
				   got->person_id, got->layer_id, got->cover_id);
			return false;
		}
	}
	return true;
}

static bool
one_case(void)
{
	Period		window = random_period(FOCUS - 40 * USECS_PER_DAY,
									   FOCUS + 40 * USECS_PER_DAY, true);
	TimestampTz known_at = one_in(2) ? KNOWN_NOW : between(0, 100);
	Rotation   *rotation;
	Timeline   *timeline;
	Size		row;
	int			i;

	if (one_in(2))
		window.until = window.from + between(1, 3 * USECS_PER_DAY);
	rotation = random_rotation(window);
	row = rotation->nseats * sizeof(Cell);
	timeline = timeline_compile(rotation, window, known_at);

	if (timeline == NULL || timeline->nsegments < 1 ||
		timeline->starts[0] != window.from)
		return false;
	for (i = 0; i < timeline->nsegments; i++)
	{
		TimestampTz from = timeline->starts[i];
		TimestampTz until = i + 1 < timeline->nsegments ?
		timeline->starts[i + 1] : window.until;

		if (from >= until ||
			(i > 0 && memcmp(timeline->cells + (i - 1) * rotation->nseats,
							 timeline->cells + i * rotation->nseats,
							 row) == 0))
		{
			printf("# segment %d is empty or repeats the one before\n", i);
			return false;
		}
		/* in a long timeline look at some segments only */
		if (i > 20 && !one_in(timeline->nsegments / 20))
			continue;
		if (!agrees(rotation, timeline, i, from, known_at) ||
			!agrees(rotation, timeline, i, until - 1, known_at) ||
			!agrees(rotation, timeline, i, from + (until - from) / 2,
					known_at))
			return false;
	}
	for (i = 0; i < 10; i++)
	{
		TimestampTz t = between(window.from, window.until - 1);
		int			at = timeline_find(timeline->starts,
									   timeline->nsegments, t);

		if (timeline->starts[at] > t ||
			(at + 1 < timeline->nsegments && timeline->starts[at + 1] <= t) ||
			!agrees(rotation, timeline, at, t, known_at))
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	begin_case(data, size);
	if (!one_case())
		wrong("the timeline is not what a naive evaluation says");
	free_chunks();
	return 0;
}
