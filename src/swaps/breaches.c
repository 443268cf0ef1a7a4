/*-------------------------------------------------------------------------
 *
 * breaches.c
 *	  Breaches of rules, and those rules that are about a person's duty.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "swaps/breaches.h"

#include "swaps/limits.h"

/* The stretch at hand, of the rule about consecutive duty. */
typedef struct Stretch
{
	Period		period;
	bool		counts;			/* has it duty in the rotation? */
} Stretch;

void
breaches_add(Breaches *breaches, const Breach *breach)
{
	if (breaches->breaches == NULL)
	{
		breaches->size = 4;
		breaches->breaches = palloc(breaches->size * sizeof(Breach));
	}
	else if (breaches->n == breaches->size)
	{
		breaches->size *= 2;
		breaches->breaches = repalloc(breaches->breaches,
									  breaches->size * sizeof(Breach));
	}
	Assert(breach->instants.n > 0);
	breaches->breaches[breaches->n++] = *breach;
}

void
breaches_note(Breaches *breaches, int first, Breach breach, Period period)
{
	int			i;

	if (period_empty(period))
		return;
	for (i = first; i < breaches->n; i++)
	{
		Breach	   *known = &breaches->breaches[i];

		if (breaches_alike(known, &breach))
		{
			period_set_add(&known->instants, period);
			return;
		}
	}
	memset(&breach.instants, 0, sizeof(PeriodSet));
	period_set_add(&breach.instants, period);
	breaches_add(breaches, &breach);
}

static Breach
breach_of(RuleNumber rule, const PersonFacts *person, int rotation)
{
	Breach		breach;

	memset(&breach, 0, sizeof(breach));
	breach.rule = rule;
	breach.person_id = person->person_id;
	breach.rotation = rotation;
	return breach;
}

/* ---------------------------------------------------------------------------
 * oncall_max_consecutive: not too long on end
 * ---------------------------------------------------------------------------
 */

/* Does this duty tire: has it anything to do with the rule? */
static bool
duty_tires(const Duty *duty)
{
	return !world_seat_learns(duty->seat);
}

/*
 * Each stretch is a breach of its own: one that has grown is not contained in
 * what it was, and two that have become one are contained in neither.
 */
static void
end_stretch(World *world, const PersonFacts *person, int rotation,
			const Stretch *stretch, Breaches *breaches)
{
	Breach		breach = breach_of(RULE_MAX_CONSECUTIVE, person, rotation);

	if (stretch->counts && stretch->period.until >
		limits_until(&world->rotations[rotation], stretch->period.from))
		breaches_note(breaches, breaches->n, breach, stretch->period);
}

static void
find_consecutive_in(World *world, const PersonFacts *person,
					const Duties *duties, int rotation, Breaches *breaches)
{
	int64		least = limits_usecs(&world->rotations[rotation].min_break);
	Stretch		stretch;
	bool		begun = false;
	int			i;

	memset(&stretch, 0, sizeof(stretch));
	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		bool		ends;

		if (!duty_tires(duty))
			continue;

		/* a gap that is none ends nothing, whatever the least one is */
		ends = begun && duty->period.from > stretch.period.until &&
			duty->period.from - stretch.period.until >= least;
		if (ends)
			end_stretch(world, person, rotation, &stretch, breaches);
		if (ends || !begun)
		{
			stretch.period = duty->period;
			stretch.counts = false;
			begun = true;
		}
		stretch.period.until = Max(stretch.period.until, duty->period.until);
		stretch.counts |= duty->rotation == rotation;
	}
	if (begun)
		end_stretch(world, person, rotation, &stretch, breaches);
}

void
breaches_max_consecutive(World *world, const PersonFacts *person,
						 const Duties *duties, Breaches *breaches)
{
	int			rotation;
	int			i;

	for (rotation = 0; rotation < world->nrotations; rotation++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!world->rotations[rotation].limited)
			continue;
		for (i = 0; i < duties->n; i++)
		{
			if (duties->duties[i].rotation == rotation &&
				duty_tires(&duties->duties[i]))
				break;
		}
		if (i < duties->n)
			find_consecutive_in(world, person, duties, rotation, breaches);
	}
}

/* ---------------------------------------------------------------------------
 * Two duties at once
 * ---------------------------------------------------------------------------
 */

/* Do two duties exclude each other? Then say of which rotation and with what. */
typedef bool (*DutiesClash) (const World *world, const Duty *a,
							 const Duty *b, Breach *breach);

static void
find_clashes(World *world, const PersonFacts *person, const Duties *duties,
			 RuleNumber rule, DutiesClash clash, Breaches *breaches)
{
	int			first = breaches->n;
	int			i;
	int			j;

	for (i = 0; i < duties->n; i++)
	{
		const Duty *a = &duties->duties[i];

		CHECK_FOR_INTERRUPTS();
		for (j = i + 1; j < duties->n; j++)
		{
			const Duty *b = &duties->duties[j];
			Breach		breach = breach_of(rule, person, a->rotation);

			if (b->period.from >= a->period.until)
				break;
			if (clash(world, a, b, &breach))
				breaches_note(breaches, first, breach,
							  period_and(a->period, b->period));
		}
	}
}

/* oncall_distinct_seats: not in two seats of one rotation at once */
static bool
seats_clash(const World *world, const Duty *a, const Duty *b, Breach *breach)
{
	breach->key[0] = Min(a->seat, b->seat);
	breach->key[1] = Max(a->seat, b->seat);
	return a->rotation == b->rotation && a->seat != b->seat;
}

void
breaches_distinct_seats(World *world, const PersonFacts *person,
						const Duties *duties, Breaches *breaches)
{
	find_clashes(world, person, duties, RULE_DISTINCT_SEATS, seats_clash,
				 breaches);
}

/* oncall_exclusive_duty: not in two exclusive rotations at once */
static bool
rotations_clash(const World *world, const Duty *a, const Duty *b,
				Breach *breach)
{
	breach->rotation = Min(a->rotation, b->rotation);
	breach->key[0] = Max(a->rotation, b->rotation);
	return a->rotation != b->rotation &&
		world->rotations[a->rotation].exclusive &&
		world->rotations[b->rotation].exclusive;
}

void
breaches_exclusive_duty(World *world, const PersonFacts *person,
						const Duties *duties, Breaches *breaches)
{
	find_clashes(world, person, duties, RULE_EXCLUSIVE_DUTY, rotations_clash,
				 breaches);
}

/* ---------------------------------------------------------------------------
 * oncall_not_together: not beside somebody named
 * ---------------------------------------------------------------------------
 */

static void
find_together(const PersonFacts *person, const Duties *duties,
			  const Apart *other, const Duties *theirs, Breaches *breaches)
{
	int			first = breaches->n;
	int			start = 0;
	int			i;
	int			j;

	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		Breach		breach = breach_of(RULE_NOT_TOGETHER, person,
									   duty->rotation);

		CHECK_FOR_INTERRUPTS();
		breach.key[0] = other->person_id;

		/* what is over before this duty is over before the next one */
		while (start < theirs->n &&
			   theirs->duties[start].period.until <= duty->period.from)
			start++;
		for (j = start; j < theirs->n; j++)
		{
			const Duty *their = &theirs->duties[j];

			if (their->period.from >= duty->period.until)
				break;
			if (their->rotation == duty->rotation)
				breaches_note(breaches, first, breach,
							  period_and(duty->period, their->period));
		}
	}
}

void
breaches_not_together(World *world, const PersonFacts *person,
					  const Duties *duties, Breaches *breaches)
{
	int			i;

	if (duties->company == NULL)
		return;					/* asked about this person alone */
	for (i = 0; i < person->napart; i++)
		find_together(person, duties, &person->apart[i],
					  &duties->company[person->apart[i].watched], breaches);
}

/* ---------------------------------------------------------------------------
 * oncall_not_absent: not while away
 * ---------------------------------------------------------------------------
 */

/* When the longest of a person's duties up to each one ends; ascending. */
static TimestampTz *
latest_ends(const Duties *duties)
{
	TimestampTz *ends = palloc((duties->n + 1) * sizeof(TimestampTz));
	int			i;

	for (i = 0; i < duties->n; i++)
	{
		ends[i] = duties->duties[i].period.until;
		if (i > 0)
			ends[i] = Max(ends[i], ends[i - 1]);
	}
	return ends;
}

/* The first place in an ascending list that is later than an instant. */
static int
first_after(const TimestampTz *instants, int n, TimestampTz at)
{
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (instants[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
breaches_not_absent(World *world, const PersonFacts *person,
					const Duties *duties, Breaches *breaches)
{
	TimestampTz *ends;
	int			a;
	int			i;

	if (person->nabsences == 0)
		return;
	ends = latest_ends(duties);
	for (a = 0; a < person->nabsences; a++)
	{
		const Absence *absence = &person->absences[a];
		Breach		breach = breach_of(RULE_NOT_ABSENT, person, -1);
		int			first = breaches->n;

		CHECK_FOR_INTERRUPTS();
		breach.key[0] = absence->absence_id;
		for (i = first_after(ends, duties->n, absence->period.from);
			 i < duties->n; i++)
		{
			const Duty *duty = &duties->duties[i];

			if (duty->period.from >= absence->period.until)
				break;
			breaches_note(breaches, first, breach,
						  period_and(duty->period, absence->period));
		}
	}
	pfree(ends);
}

/* ---------------------------------------------------------------------------
 * oncall_member: only who belongs to the rotation, and is there
 * ---------------------------------------------------------------------------
 */

/* When a person may hold each seat of each rotation, once it is asked for. */
typedef struct MayHold
{
	Period		window;
	PeriodSet **seats;			/* of each rotation, or NULL */
	bool	  **known;
} MayHold;

static const PeriodSet *
may_hold(MayHold *may, World *world, const PersonFacts *person,
		 const Duty *duty)
{
	int			nseats = world->rotations[duty->rotation].rotation.nseats;
	PeriodSet **seats = &may->seats[duty->rotation];
	bool	  **known = &may->known[duty->rotation];

	if (*seats == NULL)
	{
		*seats = palloc(nseats * sizeof(PeriodSet));
		*known = palloc0(nseats * sizeof(bool));
	}
	if (!(*known)[duty->seat])
	{
		(*seats)[duty->seat] = world_may_hold(world, person, duty->rotation,
											  duty->seat, may->window);
		(*known)[duty->seat] = true;
	}
	return &(*seats)[duty->seat];
}

/* Does a period lie in one of a set? */
static bool
lies_in(const PeriodSet *set, Period period)
{
	int			low = 0;
	int			high = set->n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (set->periods[middle].until < period.until)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->n && set->periods[low].from <= period.from;
}

void
breaches_member(World *world, const PersonFacts *person, const Duties *duties,
				Breaches *breaches)
{
	int			first = breaches->n;
	MayHold		may;
	int			i;
	int			j;

	if (duties->n == 0)
		return;
	may.window = duties->duties[0].period;
	for (i = 1; i < duties->n; i++)
		may.window.until = Max(may.window.until,
							   duties->duties[i].period.until);
	may.seats = palloc0(world->nrotations * sizeof(PeriodSet *));
	may.known = palloc0(world->nrotations * sizeof(bool *));
	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		const PeriodSet *allowed = may_hold(&may, world, person, duty);
		PeriodSet	held = {0};
		PeriodSet	rest;

		CHECK_FOR_INTERRUPTS();
		if (lies_in(allowed, duty->period))
			continue;
		period_set_add(&held, duty->period);
		rest = period_set_minus(&held, allowed);
		for (j = 0; j < rest.n; j++)
			breaches_note(breaches, first,
						  breach_of(RULE_MEMBER, person, duty->rotation),
						  rest.periods[j]);
	}
}

/* ---------------------------------------------------------------------------
 * oncall_season: not in two blocks of one season
 * ---------------------------------------------------------------------------
 */

/* The duty of a person on the dates of a block. */
static PeriodSet
duty_in_block(const Duties *duties, int rotation, const HolidayBlock *block)
{
	PeriodSet	held = {0};
	int			i;
	int			d;

	for (i = 0; i < duties->n; i++)
	{
		if (duties->duties[i].rotation != rotation)
			continue;
		for (d = 0; d < block->dates.n; d++)
			period_set_add(&held, period_and(duties->duties[i].period,
											 block->dates.periods[d]));
	}
	return held;
}

static void
find_season_in(World *world, const PersonFacts *person,
			   const Duties *duties, int rotation, Breaches *breaches)
{
	RotationFacts *facts = &world->rotations[rotation];
	PeriodSet  *held = palloc((facts->nblocks + 1) * sizeof(PeriodSet));
	int			first = breaches->n;
	int			i;
	int			a;
	int			b;

	for (b = 0; b < facts->nblocks; b++)
	{
		CHECK_FOR_INTERRUPTS();
		held[b] = duty_in_block(duties, rotation, &facts->blocks[b]);
	}
	for (a = 0; a < facts->nblocks; a++)
	{
		for (b = a + 1; b < facts->nblocks && held[a].n > 0; b++)
		{
			Breach		breach = breach_of(RULE_SEASON, person, rotation);

			if (held[b].n == 0 || facts->blocks[a].season_no !=
				facts->blocks[b].season_no)
				continue;
			breach.key[0] = facts->blocks[a].season_no;
			breach.key[1] = a;
			breach.key[2] = b;
			for (i = 0; i < held[a].n; i++)
				breaches_note(breaches, first, breach, held[a].periods[i]);
			for (i = 0; i < held[b].n; i++)
				breaches_note(breaches, first, breach, held[b].periods[i]);
		}
	}
	pfree(held);
}

void
breaches_season(World *world, const PersonFacts *person, const Duties *duties,
				Breaches *breaches)
{
	int			rotation;

	for (rotation = 0; rotation < world->nrotations; rotation++)
	{
		if (world->rotations[rotation].nblocks > 1)
			find_season_in(world, person, duties, rotation, breaches);
	}
}

/* ---------------------------------------------------------------------------
 * What stood before
 * ---------------------------------------------------------------------------
 */

bool
breaches_alike(const Breach *a, const Breach *b)
{
	return a->rule == b->rule && a->person_id == b->person_id &&
		a->rotation == b->rotation &&
		memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

bool
breaches_contain(const Breaches *before, const Breach *breach)
{
	int			i;

	for (i = 0; i < before->n; i++)
	{
		const Breach *old = &before->breaches[i];

		CHECK_FOR_INTERRUPTS();
		if (breaches_alike(old, breach) &&
			period_set_within(&breach->instants, &old->instants))
			return true;
	}
	return false;
}
