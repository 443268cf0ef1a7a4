/*-------------------------------------------------------------------------
 *
 * alternatives.c
 *	  What would be legal instead of a trade that is refused.
 *
 * Tried out by the rules themselves: duty is what somebody has without the
 * cover in question, and the part of it that is tried. A cover beats all
 * else, so that this is what the timeline would say.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/alternatives.h"

#include "miscadmin.h"
#include "swaps/limits.h"
#include "swaps/messages.h"
#include "swaps/world_loader.h"
#include "utils/memutils.h"

/* So many people are named; of more, how many there are. */
#define MAX_NAMED 4

/* Instants at which a part might begin, or end. */
#define MAX_CUTS 100

typedef struct CoverCuts
{
	int			n;
	TimestampTz at[MAX_CUTS];
} CoverCuts;

/* What is tried out. */
typedef struct Trial
{
	Trade		trade;
	const TradeCover *cover;	/* that of which somebody might take a part */
	int			rotation;		/* its rotation, an index into the world's */
	MemoryContext scratch;		/* for one question */
} Trial;

/* The cover of the person to which the objection is due, or NULL. */
static const TradeCover *
blamed_cover(const Trade *trade, const Breach *breach)
{
	const TradeCover *found = NULL;
	int			i;

	for (i = 0; i < trade->nadded; i++)
	{
		const TradeCover *item = &trade->added[i];

		if (item->cover.person_id != breach->person_id)
			continue;
		if (period_set_overlap(&breach->instants, item->cover.period))
			return item;
		if (found == NULL)
			found = item;
	}
	return found;
}

/* The duty of a person after the trade, without the cover. */
static const Duties *
duty_without(Trial *trial, const PersonFacts *person)
{
	return &trial->trade.duties_after[person - trial->trade.world.people];
}

/* Would the rules let a person take a part of the cover? */
static bool
may_take(Trial *trial, const PersonFacts *person, Period part)
{
	Trade	   *trade = &trial->trade;
	const Duties *base = duty_without(trial, person);
	Duties		duties = {0};
	Breaches	objections = {0};
	MemoryContext caller = MemoryContextSwitchTo(trial->scratch);

	duties.n = base->n;
	duties.size = base->n + 1;
	duties.company = base->company;
	duties.duties = palloc(duties.size * sizeof(Duty));
	if (base->n > 0)
		memcpy(duties.duties, base->duties, base->n * sizeof(Duty));
	duty_add(&duties, trial->rotation, trial->cover->cover.seat, part);
	duty_sort(&duties);
	trade_objections(trade, person, &duties, &objections);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(trial->scratch);
	return objections.n == 0;
}

static void
add_cut(CoverCuts *cuts, Period within, TimestampTz at)
{
	int			i;

	if (at < within.from || at > within.until || cuts->n == MAX_CUTS)
		return;
	for (i = 0; i < cuts->n; i++)
	{
		if (cuts->at[i] == at)
			return;
	}
	cuts->at[cuts->n++] = at;
}

static void
add_cuts(CoverCuts *cuts, Period within, Period period)
{
	add_cut(cuts, within, period.from);
	add_cut(cuts, within, period.until);
}

/* Where a break is just long enough, and a stretch just short enough. */
static void
cut_by_limits(Trial *trial, const Duties *base, CoverCuts *cuts)
{
	World	   *world = &trial->trade.world;
	Period		whole = trial->cover->cover.period;
	int			r;
	int			i;

	for (r = 0; r < world->nrotations; r++)
	{
		RotationFacts *limit = &world->rotations[r];
		int64		pause = limits_usecs(&limit->min_break);

		if (!limit->limited)
			continue;
		add_cut(cuts, whole, limits_until(limit, whole.from));
		add_cut(cuts, whole, limits_since(limit, whole.until));
		for (i = 0; i < base->n; i++)
		{
			Period		duty = base->duties[i].period;

			add_cut(cuts, whole, instant_plus(duty.from, -pause));
			add_cut(cuts, whole, instant_plus(duty.until, pause));
			add_cut(cuts, whole, limits_until(limit, duty.from));
			add_cut(cuts, whole, limits_since(limit, duty.until));
		}
	}
}

/* Where somebody begins or ends to be on duty in the rotation. */
static void
cut_by_company(Trial *trial, const Duties *theirs, CoverCuts *cuts)
{
	int			i;

	for (i = 0; i < theirs->n; i++)
	{
		if (theirs->duties[i].rotation == trial->rotation)
			add_cuts(cuts, trial->cover->cover.period,
					 theirs->duties[i].period);
	}
}

/* Instants at which some rule might change its mind. */
static void
find_cuts(Trial *trial, const PersonFacts *person, CoverCuts *cuts)
{
	RotationFacts *facts = &trial->trade.world.rotations[trial->rotation];
	const Duties *base = duty_without(trial, person);
	Period		whole = trial->cover->cover.period;
	PeriodSet	may = world_may_hold(&trial->trade.world, person,
									 trial->rotation,
									 trial->cover->cover.seat, whole);
	int			i;
	int			b;

	add_cuts(cuts, whole, whole);
	add_cuts(cuts, whole, person->active);
	for (i = 0; i < may.n; i++)
		add_cuts(cuts, whole, may.periods[i]);
	for (i = 0; i < person->nabsences; i++)
		add_cuts(cuts, whole, person->absences[i].period);
	for (b = 0; b < facts->nblocks; b++)
	{
		for (i = 0; i < facts->blocks[b].dates.n; i++)
			add_cuts(cuts, whole, facts->blocks[b].dates.periods[i]);
	}
	for (i = 0; i < base->n; i++)
		add_cuts(cuts, whole, base->duties[i].period);
	for (i = 0; i < person->napart; i++)
		cut_by_company(trial, &base->company[person->apart[i].watched], cuts);
	cut_by_limits(trial, base, cuts);
}

/* The longest part of the cover that a person may take; empty if none. */
static Period
longest_part(Trial *trial, const PersonFacts *person)
{
	Period		best = {0, 0};
	CoverCuts  *cuts = palloc0(sizeof(CoverCuts));
	int			i;
	int			j;

	find_cuts(trial, person, cuts);
	for (i = 0; i < cuts->n; i++)
	{
		for (j = 0; j < cuts->n; j++)
		{
			Period		part = {cuts->at[i], cuts->at[j]};
			int64		gain;

			CHECK_FOR_INTERRUPTS();
			gain = (part.until - part.from) - (best.until - best.from);
			if (period_empty(part) || gain < 0 ||
				(gain == 0 && (period_empty(best) || part.from >= best.from)))
				continue;
			if (may_take(trial, person, part))
				best = part;
		}
	}
	pfree(cuts);
	return best;
}

/* Does a person hold the seat all the time, without the cover? */
static bool
holds_already(Trial *trial, const PersonFacts *person)
{
	const Duties *base = duty_without(trial, person);
	PeriodSet	held = {0};
	PeriodSet	whole = {0};
	int			i;

	for (i = 0; i < base->n; i++)
	{
		if (base->duties[i].rotation == trial->rotation &&
			base->duties[i].seat == trial->cover->cover.seat)
			period_set_add(&held, base->duties[i].period);
	}
	period_set_add(&whole, trial->cover->cover.period);
	return period_set_within(&whole, &held);
}

/* Try out who could take all of it. */
static void
append_people(StringInfo buf, Trial *trial, int32 person_id)
{
	World	   *world = &trial->trade.world;
	const char **names = palloc((world->npeople + 1) * sizeof(char *));
	int			n = 0;
	int			i;

	for (i = 0; i < world->npeople; i++)
	{
		const PersonFacts *person = &world->people[i];

		CHECK_FOR_INTERRUPTS();
		if (person->person_id != person_id &&
			!holds_already(trial, person) &&
			may_take(trial, person, trial->cover->cover.period))
			names[n++] = person->name;
	}
	if (n == 0)
	{
		appendStringInfo(buf, "No other member or reserve of rotation \"%s\" could take all of it.",
						 world->rotations[trial->rotation].name);
		return;
	}
	if (n > MAX_NAMED)
	{
		names[MAX_NAMED] = psprintf("%d other%s", n - MAX_NAMED,
									n > MAX_NAMED + 1 ? "s" : "");
		n = MAX_NAMED + 1;
	}
	message_append_names(buf, names, n, n > MAX_NAMED ? " and " : " or ");
	appendStringInfoString(buf, " could take all of it.");
}

/* The members and reserves of the cover's rotation, and the person. */
static int32 *
candidates(const TradeCover *cover, int32 person_id, int *n)
{
	int32	   *members = world_people_of_rotation(cover->rotation_id, n);
	int32	   *all = palloc((*n + 1) * sizeof(int32));
	int			i = 0;
	int			m;

	/* in order of their ids, without saying any twice */
	for (m = 0; m < *n && members[m] < person_id; m++)
		all[i++] = members[m];
	all[i++] = person_id;
	for (; m < *n; m++)
	{
		if (members[m] != person_id)
			all[i++] = members[m];
	}
	*n = i;
	return all;
}

char *
alternatives_hint(const Trade *trade, const Breach *breach)
{
	Trial		trial;
	StringInfoData buf;
	const PersonFacts *person;
	int32	   *people;
	int			npeople;
	Period		part;

	trial.cover = blamed_cover(trade, breach);
	if (trial.cover == NULL)
		return pstrdup("Somebody else's cover ends and gives this duty back: let somebody take it over in the same transaction.");

	initStringInfo(&buf);
	memset(&trial.trade, 0, sizeof(Trade));
	trial.trade.written = trade->written;
	trial.trade.nadded = trade->nadded;
	trial.trade.added = trade->added;
	trial.trade.nremoved = trade->nremoved;
	trial.trade.removed = trade->removed;
	trade_changes(&trial.trade);
	people = candidates(trial.cover, breach->person_id, &npeople);
	trade_duties(&trial.trade, people, npeople, trial.cover);
	trial.rotation = world_rotation(&trial.trade.world,
									trial.cover->rotation_id);
	trial.scratch = AllocSetContextCreate(CurrentMemoryContext,
										  "oncall advice",
										  ALLOCSET_DEFAULT_SIZES);

	person = world_person(&trial.trade.world, breach->person_id);
	part = longest_part(&trial, person);
	if (!period_empty(part))
	{
		RotationFacts *facts = &trial.trade.world.rotations[trial.rotation];

		appendStringInfo(&buf, "%s could take it ", person->name);
		message_append_period(&buf, facts, part);
		appendStringInfo(&buf, " [%s]. ", facts->zone_name);
	}
	append_people(&buf, &trial, breach->person_id);
	MemoryContextDelete(trial.scratch);
	return buf.data;
}
