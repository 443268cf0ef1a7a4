/*-------------------------------------------------------------------------
 *
 * walk_fuzz.c
 *	  Layers whose lists, rules and cadences change, outside a server.
 *
 * A walk that goes from turn to turn is compared with walks that jump, that
 * are cut short, and that are told at every handover what they know already:
 * the last works out its formula anew for each turn, the first only where
 * something changes. Then a timeline of such layers is compared with what its
 * layers' walks say, instant by instant. What the rules mean is the business
 * of test/walk, where they are followed to the letter.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "roster/walk.h"

#include "harness.h"
#include "rotations.h"

#define MAX_SEATS 3
#define MAX_TURNS 50
#define MAX_MEMBERS 7
#define MAX_RULES 5
#define MAX_LEAVES 5

/* A turn as the walk told it. */
typedef struct Told
{
	int64		number;
	TimestampTz from;
	TimestampTz until;
	int			nlist;
	Pairing		pairing;
	bool		spread;
	int32		seats[MAX_SEATS];
} Told;

/* ----------------------------------------------------------------
 * Random layers
 * ----------------------------------------------------------------
 */
static Period
random_belief(void)
{
	Period		recorded = {0, DT_NOEND};

	return one_in(4) ? random_recorded() : recorded;
}

static Pairing
random_pairing(int nseats)
{
	return (Pairing) between(PAIRING_STAGGERED,
							 nseats == 2 ? PAIRING_MIXED : PAIRING_FIXED);
}

static void
random_members(Layer *layer, TimestampTz from, TimestampTz until)
{
	int			i;

	layer->nmembers = (int) between(0, MAX_MEMBERS);
	layer->members = palloc0((layer->nmembers + 1) * sizeof(LayerMember));
	for (i = 0; i < layer->nmembers; i++)
	{
		LayerMember *member = &layer->members[i];

		member->member_id = i + 1;
		member->person_id =
			one_in(8) ? 0 : (int32) between(1, one_in(3) ? 3 : 9);
		member->valid.from = DT_NOBEGIN;
		member->valid.until = DT_NOEND;
		if (one_in(2))
			member->valid = random_period(from, until, false);
		member->recorded = random_belief();
	}
	layer->nleaves = (int) between(0, MAX_LEAVES);
	layer->leaves = palloc0((layer->nleaves + 1) * sizeof(LayerLeave));
	for (i = 0; i < layer->nleaves; i++)
	{
		layer->leaves[i].member_id = (int32) between(1, MAX_MEMBERS);
		layer->leaves[i].period = random_period(from, until, false);
		layer->leaves[i].recorded = random_belief();
	}
}

static void
random_rules(Layer *layer, TimestampTz from, TimestampTz until)
{
	int			i;

	layer->nrules = (int) between(0, MAX_RULES);
	layer->rules = palloc0((layer->nrules + 1) * sizeof(LayerRule));
	for (i = 0; i < layer->nrules; i++)
	{
		LayerRule  *rule = &layer->rules[i];

		rule->rule_id = i + 1;
		rule->since = between(from, until);
		if (one_in(2))
			rule->since -= rule->since % USECS_PER_DAY;
		if (one_in(3))
		{
			rule->turns = palloc0(sizeof(Turns));
			random_turns(rule->turns, between(from, until));
		}
		rule->hours = one_in(3) ? random_week() : NULL;
		rule->sets_pairing = one_in(2);
		rule->pairing = random_pairing(layer->nseats);
		rule->sets_spread = one_in(2);
		rule->spread = one_in(2);
		rule->ends = one_in(12);
		rule->recorded = random_belief();
	}
}

static void
random_layer(Layer *layer, int32 layer_id, int nseats, TimestampTz from,
			 TimestampTz until)
{
	memset(layer, 0, sizeof(Layer));
	layer->layer_id = layer_id;
	layer->rank = (int32) between(0, 1);
	layer->valid.from = DT_NOBEGIN;
	layer->valid.until = DT_NOEND;
	if (one_in(3))
		layer->valid = random_period(from, until, false);
	layer->recorded = random_belief();
	layer->first_seat = one_in(4) ? (int) between(0, nseats) : 0;
	layer->nseats = one_in(3) ? (int) between(1, MAX_SEATS) : 2;
	layer->pairing = random_pairing(layer->nseats);
	layer->spread = one_in(2);
	layer->hours = one_in(4) ? random_week() : NULL;
	random_turns(&layer->turns, between(from, until));
	random_members(layer, from, until);
	random_rules(layer, from, until);
}

/* ----------------------------------------------------------------
 * One layer
 * ----------------------------------------------------------------
 */
static void
tell(const Walk *walk, Told *told)
{
	memset(told, 0, sizeof(Told));
	told->number = walk->number;
	told->from = walk->from;
	told->until = walk->until;
	told->nlist = walk->nlist;
	told->pairing = walk->pairing;
	told->spread = walk->spread;
	walk_seats(walk, told->seats);
}

/* Does a walk stand on this turn? Of a limited one, until may differ. */
static void
must_stand(const Walk *walk, const Told *told, bool limited, const char *what)
{
	Told		now;

	tell(walk, &now);
	if (limited)
		now.until = told->until;
	if (memcmp(&now, told, sizeof(Told)) != 0)
	{
		printf("# turn %lld of seats %d %d %d, not %lld of %d %d %d\n",
			   (long long) told->number, told->seats[0], told->seats[1],
			   told->seats[2], (long long) now.number, now.seats[0],
			   now.seats[1], now.seats[2]);
		wrong(what);
	}
}

/* The first turns of a layer, one after the other. */
static int
told_turns(Layer *layer, TimestampTz known_at, Told *told)
{
	Walk	   *walk = walk_create(layer, known_at, DT_NOEND);
	TimestampTz begins;
	int			n = 0;

	while (n < MAX_TURNS && walk_next(walk))
	{
		tell(walk, &told[n]);
		if (told[n].number != n || told[n].from > told[n].until ||
			(n > 0 && told[n - 1].until != told[n].from))
			wrong("a turn does not follow the one before");
		n++;
	}
	if (walk_begins(walk, &begins) != (n > 0) ||
		(n > 0 && begins != told[0].from))
		wrong("turn 0 does not begin when the walk begins");
	return n;
}

/* Told again what it knows, a walk goes on as it did. */
static void
check_idle_rules(const Layer *layer, TimestampTz known_at, const Told *told,
				 int n)
{
	Layer		idle = *layer;
	Walk	   *walk;
	int			i;

	idle.rules = palloc0((layer->nrules + n + 1) * sizeof(LayerRule));
	if (layer->nrules > 0)
		memcpy(idle.rules, layer->rules, layer->nrules * sizeof(LayerRule));
	for (i = 0; i < n; i++)
	{
		LayerRule  *rule = &idle.rules[idle.nrules];

		/* of an empty turn nobody can tell any more what it began with */
		if (told[i].from == told[i].until || one_in(3))
			continue;
		rule->rule_id = ++idle.nrules + 1000;
		rule->since = told[i].from;
		rule->sets_pairing = rule->sets_spread = true;
		rule->pairing = told[i].pairing;
		rule->spread = told[i].spread;
		rule->recorded.from = 0;
		rule->recorded.until = DT_NOEND;
	}
	walk = walk_create(&idle, known_at, DT_NOEND);
	for (i = 0; i < n; i++)
	{
		walk_next(walk);
		must_stand(walk, &told[i], false, "a rule that changes nothing changes something");
	}
}

/* Whichever turn a walk looks for, from wherever it stands, it is the same. */
static void
check_jumps(Layer *layer, TimestampTz known_at, const Told *told, int n)
{
	Walk	   *walk = walk_create(layer, known_at, DT_NOEND);
	int			i;

	for (i = 0; i < 8; i++)
	{
		const Told *wanted = &told[between(0, n - 1)];
		TimestampTz t;

		if (wanted->from == wanted->until || wanted->until == DT_NOEND)
			continue;
		t = between(wanted->from, wanted->until - 1);
		if (one_in(3))
			walk = walk_create(layer, known_at, one_in(2) ? DT_NOEND : t + 1);
		if (!walk_seek(walk, t))
			wrong("a turn is not found");
		must_stand(walk, wanted, walk->limit != DT_NOEND, "a walk that jumps ends elsewhere");
		if (walk->nlist > 0 &&
			(walk_entry(walk, 0) >= walk->nlist ||
			 walk_entry(walk, between(0, 100)) >= walk->nlist))
			wrong("an entry is not on the list");
		if (walk->limit != DT_NOEND)
			walk = walk_create(layer, known_at, DT_NOEND);
	}
	walk = walk_create(layer, known_at, DT_NOEND);
	if (told[0].from > MIN_TIMESTAMP && walk_seek(walk, told[0].from - 1))
		wrong("there is a turn before the first");
}

/* Stretches begin with turns that there are. */
static void
check_stretches(Layer *layer, TimestampTz known_at, const Told *told, int n)
{
	Walk	   *walk = walk_create(layer, known_at, DT_NOEND);

	while (walk_next_stretch(walk))
	{
		if (walk->number >= n)
			break;
		must_stand(walk, &told[walk->number], false, "a stretch begins elsewhere");
	}
}

/* ----------------------------------------------------------------
 * A rotation
 * ----------------------------------------------------------------
 */

/* Is a layer on duty at t? Then stand its walk there. */
static bool
on_duty(Walk *walk, const Rotation *rotation, TimestampTz t)
{
	const Layer *layer = walk->layer;
	const Week *hours = layer->hours;
	TimestampTz since = DT_NOBEGIN;
	TimestampTz until;
	WallClock  *clock;
	int			i;

	for (i = 0; i < layer->nrules; i++)
	{
		const LayerRule *rule = &layer->rules[i];

		/* of rules of one time, those of a later id come later */
		if (!naive_believed(rule->recorded, walk->known_at) || rule->since > t)
			continue;
		if (rule->ends)
			return false;
		if (rule->hours != NULL && rule->since >= since)
		{
			hours = rule->hours;
			since = rule->since;
		}
	}
	if (!naive_contains(layer->valid, t) ||
		!naive_believed(layer->recorded, walk->known_at) || !walk_seek(walk, t))
		return false;
	if (walk_hours(walk, t, &clock, &until) != hours || until <= t)
		wrong("other hours hold than the rules say");
	return hours == NULL ||
		naive_open(hours, clock->zone, &rotation->holidays, t);
}

static void
check_cells(const Rotation *rotation, const Timeline *timeline, int segment,
			Walk **walks, TimestampTz t)
{
	Walk	   *best = NULL;
	int			seat;
	int			i;

	for (seat = 0; seat < rotation->nseats; seat++)
	{
		Cell		cell = {0, 0, 0};
		int32		seats[MAX_SEATS];

		best = NULL;
		for (i = 0; i < rotation->nlayers; i++)
		{
			const Layer *layer = &rotation->layers[i];

			if (seat < layer->first_seat ||
				seat >= layer->first_seat + layer->nseats ||
				!on_duty(walks[i], rotation, t))
				continue;
			if (best == NULL || layer->rank > best->layer->rank ||
				(layer->rank == best->layer->rank &&
				 layer->valid.from >= best->layer->valid.from))
				best = walks[i];
		}
		if (best != NULL)
		{
			walk_seats(best, seats);
			cell.person_id = seats[seat - best->layer->first_seat];
			cell.layer_id = best->layer->layer_id;
		}
		if (memcmp(&cell, &timeline->cells[segment * timeline->nseats + seat],
				   sizeof(Cell)) != 0)
			wrong("a timeline is not what its layers say");
	}
}

static void
check_timeline(Rotation *rotation, Period window, TimestampTz known_at)
{
	Timeline   *timeline = timeline_compile(rotation, window, known_at);
	Walk	   *walks[3];
	int			i;

	if (timeline == NULL || timeline->starts[0] != window.from)
		wrong("there is no timeline");
	for (i = 0; i < rotation->nlayers; i++)
		walks[i] = walk_create(&rotation->layers[i], known_at, DT_NOEND);
	for (i = 0; i < 12; i++)
	{
		int			segment = (int) between(0, timeline->nsegments - 1);
		TimestampTz from = timeline->starts[segment];
		TimestampTz until = segment + 1 < timeline->nsegments ?
		timeline->starts[segment + 1] : window.until;

		check_cells(rotation, timeline, segment, walks, from);
		check_cells(rotation, timeline, segment, walks, until - 1);
		check_cells(rotation, timeline, segment, walks,
					between(from, until - 1));
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	TimestampTz from = FOCUS - 20 * USECS_PER_DAY;
	TimestampTz until = FOCUS + 20 * USECS_PER_DAY;
	Rotation	rotation = {0};
	Period		window;
	TimestampTz known_at;
	Told		told[MAX_TURNS];
	int			n;
	int			i;

	begin_case(data, size);
	known_at = one_in(2) ? KNOWN_NOW : between(0, 100);
	rotation.rotation_id = 1;
	rotation.nseats = (int) between(1, MAX_SEATS);
	rotation.nlayers = one_in(3) ? (int) between(2, 3) : 1;
	rotation.layers = palloc0(rotation.nlayers * sizeof(Layer));
	for (i = 0; i < rotation.nlayers; i++)
		random_layer(&rotation.layers[i], i + 1, rotation.nseats, from, until);

	n = told_turns(&rotation.layers[0], known_at, told);
	if (n > 0)
	{
		check_idle_rules(&rotation.layers[0], known_at, told, n);
		check_jumps(&rotation.layers[0], known_at, told, n);
		check_stretches(&rotation.layers[0], known_at, told, n);
	}
	window = random_period(from, until, true);
	window.until = Min(window.until, window.from + 4 * USECS_PER_DAY);
	check_timeline(&rotation, window, known_at);
	free_chunks();
	return 0;
}
