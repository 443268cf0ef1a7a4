/*-------------------------------------------------------------------------
 *
 * rules.c
 *	  What nobody may be on duty against.
 *
 * To add a rule: give it a number in rules.h, write a function that looks
 * through the duties of a person and calls note_breach() for what it finds,
 * name both in the table at the end, and say in messages.c what it means to
 * people. The judge, audit(), objections() and the planner follow by
 * themselves. The key of a breach has to name its counterpart, since a breach
 * that stood before excuses none with another counterpart.
 *
 * A rule about what changes, whatever the duty is then, has no function here:
 * trade.c looks for its breaches.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "swaps/rules.h"

/* A day and a month as PostgreSQL compares intervals. */
#define DAYS_OF_MONTH 30

/* The stretch at hand, of the rule about consecutive duty. */
typedef struct Stretch
{
	Period		period;
	bool		counts;			/* has it duty in the rotation? */
} Stretch;

static int
id_cmp(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

int
ids_sort(int32 *ids, int nids)
{
	int			n = 0;
	int			i;

	qsort(ids, nids, sizeof(int32), id_cmp);
	for (i = 0; i < nids; i++)
	{
		if (n == 0 || ids[n - 1] != ids[i])
			ids[n++] = ids[i];
	}
	return n;
}

bool
ids_contain(const int32 *ids, int nids, int32 id)
{
	return bsearch(&id, ids, nids, sizeof(int32), id_cmp) != NULL;
}

PersonFacts *
world_person(const World *world, int32 person_id)
{
	int			low = 0;
	int			high = world->npeople;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (world->people[middle].person_id < person_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < world->npeople && world->people[low].person_id == person_id)
		return &world->people[low];
	return NULL;
}

int
world_rotation(const World *world, int32 rotation_id)
{
	int			low = 0;
	int			high = world->nrotations;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (world->rotations[middle].rotation.rotation_id < rotation_id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < world->nrotations &&
		world->rotations[low].rotation.rotation_id == rotation_id)
		return low;
	return -1;
}

const Membership *
person_membership(const PersonFacts *person, int rotation)
{
	int			i;

	for (i = 0; i < person->nmemberships; i++)
	{
		if (person->memberships[i].rotation == rotation)
			return &person->memberships[i];
	}
	return NULL;
}

void
duties_add(Duties *duties, int rotation, int seat, Period period)
{
	Duty	   *duty;

	if (duties->duties == NULL)
	{
		duties->size = 8;
		duties->duties = palloc(duties->size * sizeof(Duty));
	}
	else if (duties->n == duties->size)
	{
		duties->size *= 2;
		duties->duties = repalloc(duties->duties,
								  duties->size * sizeof(Duty));
	}
	duty = &duties->duties[duties->n++];
	duty->rotation = rotation;
	duty->seat = seat;
	duty->period = period;
}

static int
duty_cmp(const void *a, const void *b)
{
	const Duty *x = a;
	const Duty *y = b;

	if (x->period.from != y->period.from)
		return x->period.from < y->period.from ? -1 : 1;
	if (x->rotation != y->rotation)
		return x->rotation < y->rotation ? -1 : 1;
	return (x->seat > y->seat) - (x->seat < y->seat);
}

void
duties_sort(Duties *duties)
{
	qsort(duties->duties, duties->n, sizeof(Duty), duty_cmp);
}

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
	breaches->breaches[breaches->n++] = *breach;
}

/* Instants of a breach; those of one counterpart come together. */
static void
note_breach(Breaches *breaches, int first, Breach breach, Period period)
{
	int			i;

	if (period_empty(period))
		return;
	for (i = first; i < breaches->n; i++)
	{
		Breach	   *known = &breaches->breaches[i];

		if (known->rotation == breach.rotation &&
			memcmp(known->key, breach.key, sizeof(breach.key)) == 0)
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

int64
length_most(const Length *length)
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
break_usecs(const Length *length)
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
stretch_limit(RotationFacts *rotation, TimestampTz from)
{
	TimestampTz limit;

	return local_and_limit(rotation, from, 1, &limit) ? limit : DT_NOEND;
}

TimestampTz
stretch_start(RotationFacts *rotation, TimestampTz until)
{
	TimestampTz start;

	return local_and_limit(rotation, until, -1, &start) ? start : DT_NOBEGIN;
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
		stretch_limit(&world->rotations[rotation], stretch->period.from))
		note_breach(breaches, breaches->n, breach, stretch->period);
}

static void
find_consecutive_in(World *world, const PersonFacts *person,
					const Duties *duties, int rotation, Breaches *breaches)
{
	int64		least = break_usecs(&world->rotations[rotation].min_break);
	Stretch		stretch;
	int			i;

	memset(&stretch, 0, sizeof(stretch));
	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		bool		ends;

		/* a gap that is none ends nothing, whatever the least one is */
		ends = i > 0 && duty->period.from > stretch.period.until &&
			duty->period.from - stretch.period.until >= least;
		if (ends)
			end_stretch(world, person, rotation, &stretch, breaches);
		if (ends || i == 0)
		{
			stretch.period = duty->period;
			stretch.counts = false;
		}
		stretch.period.until = Max(stretch.period.until, duty->period.until);
		stretch.counts |= duty->rotation == rotation;
	}
	if (duties->n > 0)
		end_stretch(world, person, rotation, &stretch, breaches);
}

static void
find_max_consecutive(World *world, const PersonFacts *person,
					 const Duties *duties, Breaches *breaches)
{
	int			rotation;
	int			i;

	for (rotation = 0; rotation < world->nrotations; rotation++)
	{
		if (!world->rotations[rotation].limited)
			continue;
		for (i = 0; i < duties->n; i++)
		{
			if (duties->duties[i].rotation == rotation)
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

		for (j = i + 1; j < duties->n; j++)
		{
			const Duty *b = &duties->duties[j];
			Breach		breach = breach_of(rule, person, a->rotation);

			if (b->period.from >= a->period.until)
				break;
			if (clash(world, a, b, &breach))
				note_breach(breaches, first, breach,
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

static void
find_distinct_seats(World *world, const PersonFacts *person,
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

static void
find_exclusive_duty(World *world, const PersonFacts *person,
					const Duties *duties, Breaches *breaches)
{
	find_clashes(world, person, duties, RULE_EXCLUSIVE_DUTY, rotations_clash,
				 breaches);
}

/* ---------------------------------------------------------------------------
 * oncall_not_absent: not while away
 * ---------------------------------------------------------------------------
 */

static void
find_not_absent(World *world, const PersonFacts *person,
				const Duties *duties, Breaches *breaches)
{
	int			first = breaches->n;
	int			a;
	int			i;

	for (a = 0; a < person->nabsences; a++)
	{
		const Absence *absence = &person->absences[a];

		for (i = 0; i < duties->n; i++)
		{
			const Duty *duty = &duties->duties[i];
			Breach		breach = breach_of(RULE_NOT_ABSENT, person, -1);

			if (duty->period.from >= absence->period.until)
				break;
			breach.key[0] = absence->absence_id;
			note_breach(breaches, first, breach,
						period_and(duty->period, absence->period));
		}
	}
}

/* ---------------------------------------------------------------------------
 * oncall_member: only who belongs to the rotation, and is there
 * ---------------------------------------------------------------------------
 */

/* Shadows learn in a seat from the third on. */
#define FIRST_SHADOW_SEAT 2

/* When may this person hold this seat, as far as belonging goes? */
static Period
may_hold(const PersonFacts *person, int rotation, int seat)
{
	static const Period never = {0, 0};
	const Membership *membership = person_membership(person, rotation);
	Period		since = {DT_NOBEGIN, DT_NOEND};

	if (membership == NULL)
		return never;
	switch (membership->standing)
	{
		case STANDING_MEMBER:
		case STANDING_RESERVE:
			break;
		case STANDING_SHADOW:
			if (seat >= FIRST_SHADOW_SEAT)
				break;
			return never;
		case STANDING_NONE:
		case STANDING_VOLUNTEER:
			return never;
	}
	since.from = membership->since;
	return period_and(since, person->active);
}

static void
find_member(World *world, const PersonFacts *person, const Duties *duties,
			Breaches *breaches)
{
	int			first = breaches->n;
	int			i;

	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		Period		may = may_hold(person, duty->rotation, duty->seat);
		Breach		breach = breach_of(RULE_MEMBER, person, duty->rotation);
		Period		before = duty->period;
		Period		after = duty->period;

		if (period_empty(may))
		{
			note_breach(breaches, first, breach, duty->period);
			continue;
		}
		before.until = Min(before.until, may.from);
		after.from = Max(after.from, may.until);
		note_breach(breaches, first, breach, before);
		note_breach(breaches, first, breach, after);
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
		held[b] = duty_in_block(duties, rotation, &facts->blocks[b]);
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
				note_breach(breaches, first, breach, held[a].periods[i]);
			for (i = 0; i < held[b].n; i++)
				note_breach(breaches, first, breach, held[b].periods[i]);
		}
	}
	pfree(held);
}

static void
find_season(World *world, const PersonFacts *person, const Duties *duties,
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
 * All of them
 * ---------------------------------------------------------------------------
 */

typedef struct Rule
{
	const char *name;
	void		(*find) (World *world, const PersonFacts *person,
						 const Duties *duties, Breaches *breaches);
} Rule;

static const Rule rules[NUM_RULES] =
{
	[RULE_MAX_CONSECUTIVE] = {"oncall_max_consecutive", find_max_consecutive},
	[RULE_DISTINCT_SEATS] = {"oncall_distinct_seats", find_distinct_seats},
	[RULE_EXCLUSIVE_DUTY] = {"oncall_exclusive_duty", find_exclusive_duty},
	[RULE_NOT_ABSENT] = {"oncall_not_absent", find_not_absent},
	[RULE_MEMBER] = {"oncall_member", find_member},
	[RULE_SEASON] = {"oncall_season", find_season},
	[RULE_PAY_CLOSED] = {"oncall_pay_closed", NULL}
};

const char *
rule_name(RuleNumber rule)
{
	return rules[rule].name;
}

void
rules_find(World *world, const PersonFacts *person, const Duties *duties,
		   Breaches *breaches)
{
	int			rule;

	for (rule = 0; rule < NUM_RULES; rule++)
	{
		CHECK_FOR_INTERRUPTS();
		if (rules[rule].find != NULL)
			rules[rule].find(world, person, duties, breaches);
	}
}

static bool
same_counterpart(const Breach *a, const Breach *b)
{
	return a->rule == b->rule && a->person_id == b->person_id &&
		a->rotation == b->rotation &&
		memcmp(a->key, b->key, sizeof(a->key)) == 0;
}

bool
breach_contained(const Breach *breach, const Breaches *before)
{
	int			i;

	for (i = 0; i < before->n; i++)
	{
		const Breach *old = &before->breaches[i];

		if (same_counterpart(old, breach) &&
			period_set_within(&breach->instants, &old->instants))
			return true;
	}
	return false;
}

PeriodSet
breach_news(const Breach *breach, const Breaches *before)
{
	PeriodSet	news = breach->instants;
	int			i;

	/* these are about a stretch, or about two blocks, as a whole */
	if (breach->rule == RULE_MAX_CONSECUTIVE || breach->rule == RULE_SEASON)
		return news;
	for (i = 0; i < before->n; i++)
	{
		if (same_counterpart(&before->breaches[i], breach))
			news = period_set_minus(&news, &before->breaches[i].instants);
	}
	return news;
}
