/*-------------------------------------------------------------------------
 *
 * driver.c
 *	  Rotations as numbers on standard input, their rosters on standard output.
 *
 * Outside a server; oracle.py writes the one and judges the other. With
 * arguments it measures instead: how long it takes to compile layers with
 * and without changes.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "roster/walk.h"

#define MAX_CHANGES 64			/* of a zone's offset */
#include "../fuzz/harness.h"

/* ----------------------------------------------------------------
 * Reading; everything is a number
 * ----------------------------------------------------------------
 */
static int64
number(void)
{
	long long	value;

	if (scanf("%lld", &value) != 1)
	{
		fprintf(stderr, "a number is missing\n");
		exit(2);
	}
	return value;
}

/* How many of something follow, and room for them. */
#define READ_LIST(list, n) \
	((n) = (int) number(), (list) = palloc0(((n) + 1) * sizeof(*(list))))

static Zone *zones;
static Week *weeks;

static void
read_zones(void)
{
	int			nzones;
	int			i;
	int			j;

	READ_LIST(zones, nzones);
	for (i = 0; i < nzones; i++)
	{
		zones[i].nchanges = (int) number();
		zones[i].offset[0] = number();
		for (j = 0; j < zones[i].nchanges; j++)
		{
			zones[i].at[j] = number();
			zones[i].offset[j + 1] = number();
		}
	}
}

static void
read_weeks(void)
{
	int			nweeks;
	int			i;
	int			day;
	int			j;

	READ_LIST(weeks, nweeks);
	for (i = 0; i < nweeks; i++)
	{
		for (day = 0; day < 14; day++)
		{
			DaySpans   *kind = day < 7 ? &weeks[i].ordinary[day] :
			&weeks[i].holiday[day - 7];
			DaySpan    *spans;

			READ_LIST(spans, kind->nspans);
			kind->spans = spans;
			for (j = 0; j < kind->nspans; j++)
			{
				spans[j].from = (uint16) number();
				spans[j].until = (uint16) number();
			}
		}
	}
}

static Period
read_period(void)
{
	Period		period;

	period.from = number();
	period.until = number();
	return period;
}

static void
read_turns(Turns *turns)
{
	const Zone *zone = &zones[number()];
	Timestamp	anchor = number();
	TurnUnit	unit = (TurnUnit) number();
	int32	   *steps;
	int			nsteps;
	int			i;

	READ_LIST(steps, nsteps);
	for (i = 0; i < nsteps; i++)
		steps[i] = (int32) number();
	turns_init(turns, zone, anchor, unit, steps, nsteps);
}

/* -1: none */
static const Week *
read_hours(void)
{
	int64		week = number();

	return week < 0 ? NULL : &weeks[week];
}

static void
read_rule(LayerRule *rule)
{
	int64		value;

	rule->rule_id = (int32) number();
	rule->since = number();
	if (number() != 0)
	{
		rule->turns = palloc0(sizeof(Turns));
		read_turns(rule->turns);
	}
	rule->hours = read_hours();
	value = number();
	rule->sets_pairing = value >= 0;
	rule->pairing = (Pairing) Max(value, 0);
	value = number();
	rule->sets_spread = value >= 0;
	rule->spread = value > 0;
	rule->ends = number() != 0;
	rule->recorded = read_period();
}

static void
read_layer(Layer *layer)
{
	int			i;

	layer->layer_id = (int32) number();
	layer->rank = (int32) number();
	layer->valid = read_period();
	layer->recorded = read_period();
	read_turns(&layer->turns);
	layer->hours = read_hours();
	layer->pairing = (Pairing) number();
	layer->spread = number() != 0;
	layer->first_seat = (int) number();
	layer->nseats = (int) number();

	READ_LIST(layer->members, layer->nmembers);
	for (i = 0; i < layer->nmembers; i++)
	{
		layer->members[i].member_id = (int32) number();
		layer->members[i].person_id = (int32) number();
		layer->members[i].valid = read_period();
		layer->members[i].recorded = read_period();
	}
	READ_LIST(layer->leaves, layer->nleaves);
	for (i = 0; i < layer->nleaves; i++)
	{
		layer->leaves[i].member_id = (int32) number();
		layer->leaves[i].period = read_period();
		layer->leaves[i].recorded = read_period();
	}
	READ_LIST(layer->rules, layer->nrules);
	for (i = 0; i < layer->nrules; i++)
		read_rule(&layer->rules[i]);
}

static void
read_rotation(Rotation *rotation)
{
	Day		   *days;
	int			i;

	rotation->rotation_id = 1;
	rotation->nseats = (int) number();
	READ_LIST(days, rotation->holidays.ndays);
	rotation->holidays.days = days;
	for (i = 0; i < rotation->holidays.ndays; i++)
		days[i] = (Day) number();
	READ_LIST(rotation->layers, rotation->nlayers);
	for (i = 0; i < rotation->nlayers; i++)
		read_layer(&rotation->layers[i]);
	READ_LIST(rotation->covers, rotation->ncovers);
	for (i = 0; i < rotation->ncovers; i++)
	{
		rotation->covers[i].cover_id = (int32) number();
		rotation->covers[i].seat = (int) number();
		rotation->covers[i].person_id = (int32) number();
		rotation->covers[i].period = read_period();
		rotation->covers[i].recorded = read_period();
	}
}

/* ----------------------------------------------------------------
 * Writing
 * ----------------------------------------------------------------
 */
static void
write_timeline(const Timeline *timeline)
{
	int			i;
	int			seat;

	for (i = 0; i < timeline->nsegments; i++)
	{
		printf("segment %lld", (long long) timeline->starts[i]);
		for (seat = 0; seat < timeline->nseats; seat++)
		{
			Cell	   *cell = &timeline->cells[i * timeline->nseats + seat];

			printf(" %d %d %d", cell->person_id, cell->layer_id,
				   cell->cover_id);
		}
		printf("\n");
	}
}

static void
write_turn(const char *what, const Walk *walk)
{
	int32	   *seats = palloc(walk->layer->nseats * sizeof(int32));
	int			entry = walk_entry(walk, 0);
	int			i;

	walk_seats(walk, seats);
	printf("%s %lld %lld %lld %d %d", what, (long long) walk->number,
		   (long long) walk->from, (long long) walk->until,
		   walk->layer->layer_id,
		   entry < 0 ? 0 : walk->rows[walk->list[entry]]->member_id);
	for (i = 0; i < walk->layer->nseats; i++)
		printf(" %d", seats[i]);
	printf(" :");
	for (i = 0; i < walk->nlist; i++)
		printf(" %d", walk->rows[walk->list[i]]->member_id);
	printf("\n");
}

/* Each turn of a layer that begins in the window. */
static void
write_turns(Layer *layer, Period window, TimestampTz known_at)
{
	Walk	   *walk = walk_create(layer, known_at, DT_NOEND);

	while (walk_next(walk) && walk->from < window.until)
		write_turn("turn", walk);
}

/* From each turn on from which it may be different: is a person on the list? */
static void
write_listed(Walk *walk, int32 person_id, TimestampTz limit)
{
	printf("listed");
	do
		printf(" %lld %d", (long long) walk->number,
			   walk_lists(walk, person_id));
	while (walk_next_stretch(walk) && walk->from < limit);
	printf("\n");
}

static void
answer(Rotation *rotation, TimestampTz known_at)
{
	Walk	   *known = NULL;
	int			nquestions = (int) number();
	int			i;

	for (i = 0; i < nquestions; i++)
	{
		int			kind = (int) number();
		int			layer = (int) number();
		TimestampTz t = number();
		TimestampTz limit = number();
		int32		person_id = (int32) number();
		Walk	   *walk = known;

		/* kind 0 goes on, or back, with the walk that there is */
		if (kind != 0 || walk == NULL || walk->layer != &rotation->layers[layer])
			walk = walk_create(&rotation->layers[layer], known_at,
							   kind == 1 ? limit : DT_NOEND);
		if (kind != 1)
			known = walk;
		if (!walk_seek(walk, t))
			printf("before\n");
		else if (kind < 2)
			write_turn("at", walk);
		else
			write_listed(walk, person_id, limit);
	}
}

static void
one_case(void)
{
	Rotation	rotation;
	Period		window = read_period();
	TimestampTz known_at = number();
	Timeline   *timeline;
	int			i;

	read_zones();
	read_weeks();
	memset(&rotation, 0, sizeof(rotation));
	read_rotation(&rotation);
	for (i = 0; i < rotation.nlayers; i++)
		write_turns(&rotation.layers[i], window, known_at);
	timeline = timeline_compile(&rotation, window, known_at);
	if (timeline != NULL)
		write_timeline(timeline);
	answer(&rotation, known_at);
	printf("end\n");
}

/* ----------------------------------------------------------------
 * Measuring
 * ----------------------------------------------------------------
 */
static double
milliseconds(Layer *layer, Period window)
{
	Rotation	rotation;
	Chunk	   *kept = chunks.next;
	struct timespec from;
	struct timespec until;

	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = 1;
	rotation.nseats = layer->nseats;
	rotation.nlayers = 1;
	rotation.layers = layer;
	clock_gettime(CLOCK_MONOTONIC, &from);
	if (timeline_compile(&rotation, window, KNOWN_NOW) == NULL)
		abort();
	clock_gettime(CLOCK_MONOTONIC, &until);
	while (chunks.next != kept)
		pfree(chunks.next->data);
	return (until.tv_sec - from.tv_sec) * 1e3 +
		(until.tv_nsec - from.tv_nsec) / 1e6;
}

/* The best of many times of each, taken in turn. */
static void
compare(Layer *without, Layer *with, Period window, double best[2])
{
	int			i;

	best[0] = best[1] = 1e9;
	for (i = 0; i < 500; i++)
	{
		best[0] = Min(best[0], milliseconds(without, window));
		best[1] = Min(best[1], milliseconds(with, window));
	}
}

/*
 * A layer with a list of k and so many changes in 20 years, entered in no
 * order of time: in turn, somebody joins, somebody leaves, and somebody is
 * away for a time.
 */
static Layer *
layer_with_changes(int k, int nchanges, TurnUnit unit, int32 step,
				   Pairing pairing, Period window)
{
	Layer	   *layer = palloc0(sizeof(Layer));
	Zone	   *zone = palloc0(sizeof(Zone));
	int			i;

	/* two changes of offset a year, near enough */
	zone->nchanges = 40;
	for (i = 0; i < 40; i++)
	{
		zone->at[i] = window.from + (i * 2 + 1) * 91 * USECS_PER_DAY;
		zone->offset[i + 1] = i % 2 == 0 ? USECS_PER_HOUR : 0;
	}
	turns_init(&layer->turns, zone, window.from, unit, &step, 1);
	layer->layer_id = 1;
	layer->valid.from = layer->recorded.from = DT_NOBEGIN;
	layer->valid.until = layer->recorded.until = DT_NOEND;
	layer->nseats = 2;
	layer->pairing = pairing;
	layer->members = palloc0((k + nchanges) * sizeof(LayerMember));
	layer->leaves = palloc0((nchanges + 1) * sizeof(LayerLeave));
	for (i = 0; i < k + nchanges; i++)
	{
		LayerMember *member = &layer->members[layer->nmembers];
		LayerLeave *leave = &layer->leaves[layer->nleaves];
		TimestampTz at = window.from + between(0, 20 * 365 * 86400) *
		USECS_PER_SEC;

		if (i < k || i % 3 == 0)
		{
			member->member_id = member->person_id = ++layer->nmembers;
			member->valid = member->recorded = layer->recorded;
			if (i >= k)
				member->valid.from = at;
			continue;
		}
		leave->recorded = layer->recorded;
		leave->member_id = (int32) between(1, layer->nmembers);
		leave->period.from = at;
		leave->period.until = at + between(1, 90) * USECS_PER_DAY;
		if (i % 3 == 1)
		{
			/* who joined last leaves, in the end */
			leave->member_id = layer->nmembers;
			leave->period.from =
				Max(layer->members[layer->nmembers - 1].valid.from,
					window.from) + between(1, 90) * USECS_PER_DAY;
			leave->period.until = DT_NOEND;
		}
		layer->nleaves++;
	}
	return layer;
}

static void
measure(void)
{
	static const struct
	{
		const char *name;
		TurnUnit	unit;
		int32		step;
		Pairing		pairing;
	}			kinds[] = {
		{"daily, staggered", TURN_DAYS, 1, PAIRING_STAGGERED},
		{"weekly, staggered", TURN_DAYS, 7, PAIRING_STAGGERED},
		{"weekly, following", TURN_DAYS, 7, PAIRING_FOLLOWING},
		{"weekly, preceding", TURN_DAYS, 7, PAIRING_PRECEDING},
		{"weekly, fixed", TURN_DAYS, 7, PAIRING_FIXED},
		{"weekly, mixed", TURN_DAYS, 7, PAIRING_MIXED},
	};
	Period		window;
	Period		last;
	int			i;

	window.from = FOCUS;
	window.until = window.from + 20 * 365 * USECS_PER_DAY;
	for (i = 0; i < lengthof(kinds); i++)
	{
		Layer	   *without = layer_with_changes(8, 0, kinds[i].unit,
												 kinds[i].step,
												 kinds[i].pairing, window);
		Layer	   *with = layer_with_changes(8, 1000, kinds[i].unit,
											  kinds[i].step,
											  kinds[i].pairing, window);
		double		best[2];

		compare(without, with, window, best);
		printf("%-18s %.3f ms without changes, %.3f ms with 1000: %.2f x",
			   kinds[i].name, best[0], best[1], best[1] / best[0]);

		/* the same for the last 90 days alone, which all changes go before */
		last.until = window.until;
		last.from = last.until - 90 * USECS_PER_DAY;
		compare(without, with, last, best);
		printf("; of the last 90 days %.3f ms and %.3f ms\n", best[0], best[1]);
	}
}

int
main(int argc, char **argv)
{
	int64		ncases;

	if (argc > 1 && strcmp(argv[1], "measure") == 0)
	{
		measure();
		return 0;
	}
	for (ncases = number(); ncases > 0; ncases--)
	{
		one_case();
		free_chunks();
	}
	return 0;
}
