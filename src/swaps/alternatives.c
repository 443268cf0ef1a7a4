/*-------------------------------------------------------------------------
 *
 * alternatives.c
 *	  What would be legal instead of a trade that is refused.
 *
 * Tried out by the rules themselves: duty is what somebody has without the
 * cover in question, and the part of it that is tried. A cover beats all
 * else, so that this is what the timeline would say. What is past changes only
 * with a reason, whoever takes it, and what has been paid is past: without one,
 * only what is left of the cover is looked at.
 *
 * A refusal must not take much longer than what was refused would have: so
 * many people are asked, and so many duties are looked at, and no more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/alternatives.h"

#include "base/ids.h"
#include "miscadmin.h"
#include "swaps/limits.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* So many people are named; of more, how many there are. */
#define MAX_NAMED 4

/* So many are asked, each of whom may have duty in rotations of their own. */
#define MAX_ASKED 16

/*
 * So many duties are looked at: some, which take about as long as a trade does
 * at least, and more for each that was judged.
 */
#define DUTIES_AT_LEAST 5000
#define DUTIES_FOR_EACH 10

/* Instants at which a part might begin, or end. */
typedef struct CoverCuts
{
	int			n;
	int			size;
	TimestampTz *at;
} CoverCuts;

/* What is tried out. */
typedef struct Trial
{
	Trade		trade;
	const TradeCover *cover;	/* that of which somebody might take a part */
	Period		whole;			/* all of it, or what is not past */
	int			rotation;		/* its rotation, an index into the world's */
	int32	   *asked;			/* who might take it: ids, which ascend */
	int			nasked;
	bool		all_asked;
	int64		left;			/* so many duties may yet be looked at */
	MemoryContext scratch;		/* for one question */
} Trial;

/* A hint that has been made. */
typedef struct MadeHint
{
	const TradeCover *cover;
	int32		person_id;
	char	   *hint;
} MadeHint;

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

/* The same with a part of the cover. */
static Duties
duty_with(Trial *trial, const PersonFacts *person, Period part)
{
	const Duties *base = duty_without(trial, person);
	Duties		duties = *base;
	int			i = 0;

	while (i < base->n && base->duties[i].period.from < part.from)
		i++;
	duties.n = duties.size = base->n + 1;
	duties.duties = palloc(duties.size * sizeof(Duty));
	if (i > 0)
		memcpy(duties.duties, base->duties, i * sizeof(Duty));
	if (i < base->n)
		memcpy(&duties.duties[i + 1], &base->duties[i],
			   (base->n - i) * sizeof(Duty));
	duties.duties[i].rotation = trial->rotation;
	duties.duties[i].seat = trial->cover->cover.seat;
	duties.duties[i].period = part;
	/* it may begin together with others */
	if (i < base->n && base->duties[i].period.from == part.from)
		duty_sort(&duties);
	return duties;
}

/* What the rules object to if a person takes a part of the cover. */
static Breaches
try_part(Trial *trial, const PersonFacts *person, Period part)
{
	Duties		duties = duty_with(trial, person, part);
	Breaches	objections = {0};

	trial->left -= duties.n;
	trade_objections(&trial->trade, person, &duties, &objections);
	return objections;
}

/* Do the rules let a person take a part? Not if there is no time to ask. */
static bool
may_take(Trial *trial, const PersonFacts *person, Period part)
{
	MemoryContext caller;
	bool		may;

	CHECK_FOR_INTERRUPTS();
	if (trial->left <= 0)
		return false;
	caller = MemoryContextSwitchTo(trial->scratch);
	may = try_part(trial, person, part).n == 0;
	MemoryContextSwitchTo(caller);
	MemoryContextReset(trial->scratch);
	return may;
}

static void
add_cut(CoverCuts *cuts, Period within, TimestampTz at)
{
	if (at < within.from || at > within.until)
		return;
	if (cuts->n == cuts->size)
	{
		cuts->size *= 2;
		cuts->at = repalloc(cuts->at, cuts->size * sizeof(TimestampTz));
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
	Period		whole = trial->whole;
	int			r;
	int			i;

	for (r = 0; r < world->nrotations; r++)
	{
		RotationFacts *limit = &world->rotations[r];
		int64		pause = limits_usecs(&limit->min_break);

		CHECK_FOR_INTERRUPTS();
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

static int
cut_cmp(const void *a, const void *b)
{
	TimestampTz x = *(const TimestampTz *) a;
	TimestampTz y = *(const TimestampTz *) b;

	return (x > y) - (x < y);
}

/*
 * Instants at which a rule that is about more than single instants might
 * change its mind, in order: those about breaks and stretches, and about
 * blocks of holidays.
 */
static CoverCuts
find_cuts(Trial *trial, const Duties *base)
{
	RotationFacts *facts = &trial->trade.world.rotations[trial->rotation];
	CoverCuts	cuts = {0, 64, NULL};
	int			i;
	int			b;
	int			n = 0;

	cuts.at = palloc(cuts.size * sizeof(TimestampTz));
	add_cuts(&cuts, trial->whole, trial->whole);
	for (b = 0; b < facts->nblocks; b++)
	{
		for (i = 0; i < facts->blocks[b].dates.n; i++)
			add_cuts(&cuts, trial->whole, facts->blocks[b].dates.periods[i]);
	}
	for (i = 0; i < base->n; i++)
		add_cuts(&cuts, trial->whole, base->duties[i].period);
	cut_by_limits(trial, base, &cuts);

	qsort(cuts.at, cuts.n, sizeof(TimestampTz), cut_cmp);
	for (i = 0; i < cuts.n; i++)
	{
		if (n == 0 || cuts.at[n - 1] != cuts.at[i])
			cuts.at[n++] = cuts.at[i];
	}
	cuts.n = n;
	return cuts;
}

/* The instants between the first and the last of a period, and these two. */
static CoverCuts
cuts_within(const CoverCuts *cuts, Period period)
{
	CoverCuts	within = {0, cuts->n + 2, NULL};
	int			i;

	within.at = palloc(within.size * sizeof(TimestampTz));
	within.at[within.n++] = period.from;
	for (i = 0; i < cuts->n; i++)
	{
		if (cuts->at[i] > period.from && cuts->at[i] < period.until)
			within.at[within.n++] = cuts->at[i];
	}
	within.at[within.n++] = period.until;
	return within;
}

/*
 * The last of some instants, from the one at low on, until which a person may
 * take a part: who may take one may take less. They may until that one.
 */
static int
last_until(Trial *trial, const PersonFacts *person, const CoverCuts *cuts,
		   int from, int low)
{
	int			high = cuts->n;

	while (high - low > 1)
	{
		int			middle = low + (high - low) / 2;
		Period		part = {cuts->at[from], cuts->at[middle]};

		if (may_take(trial, person, part))
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Look for a part longer than the best one among those between instants. */
static void
find_longer(Trial *trial, const PersonFacts *person, const CoverCuts *cuts,
			Period *best)
{
	int			until = 0;
	int			from;

	for (from = 0; from < cuts->n; from++)
	{
		Period		part;

		while (until < cuts->n && cuts->at[until] - cuts->at[from] <=
			   best->until - best->from)
			until++;
		if (until == cuts->n)
			break;
		part.from = cuts->at[from];
		part.until = cuts->at[until];
		if (!may_take(trial, person, part))
			continue;
		part.until = cuts->at[last_until(trial, person, cuts, from, until)];
		*best = part;
	}
}

/*
 * The longest part of the cover that a person may take; empty if none. What
 * some rule objects to instant by instant is in no part, and each of the gaps
 * in between is searched for what the other rules allow.
 */
static Period
longest_part(Trial *trial, const PersonFacts *person)
{
	Breaches	objections = try_part(trial, person, trial->whole);
	PeriodSet	whole = {0};
	PeriodSet	barred = {0};
	PeriodSet	gaps;
	CoverCuts	cuts = find_cuts(trial, duty_without(trial, person));
	Period		best = {0, 0};
	int			i;
	int			j;

	for (i = 0; i < objections.n; i++)
	{
		const Breach *breach = &objections.breaches[i];

		for (j = 0; !rules[breach->rule].whole && j < breach->instants.n; j++)
			period_set_add(&barred, breach->instants.periods[j]);
	}
	period_set_add(&whole, trial->whole);
	gaps = period_set_minus(&whole, &barred);
	for (i = 0; i < gaps.n; i++)
	{
		Period		gap = gaps.periods[i];

		if (gap.until - gap.from <= best.until - best.from)
			continue;
		if (may_take(trial, person, gap))
			best = gap;
		else
		{
			CoverCuts	within = cuts_within(&cuts, gap);

			find_longer(trial, person, &within, &best);
			pfree(within.at);
		}
	}
	return best;
}

/*
 * Does a person hold the seat all the time, without the cover, or did they
 * before it took the place of covers of theirs?
 */
static bool
holds_already(Trial *trial, const PersonFacts *person)
{
	const Duties *base = duty_without(trial, person);
	const TradeCover *cover = trial->cover;
	PeriodSet	held = {0};
	PeriodSet	whole = {0};
	int			i;

	for (i = 0; i < base->n; i++)
	{
		if (base->duties[i].rotation == trial->rotation &&
			base->duties[i].seat == cover->cover.seat)
			period_set_add(&held, base->duties[i].period);
	}
	for (i = 0; i < trial->trade.nremoved; i++)
	{
		const TradeCover *gone = &trial->trade.removed[i];

		if (gone->cover.person_id == person->person_id &&
			gone->rotation_id == cover->rotation_id &&
			gone->cover.seat == cover->cover.seat)
			period_set_add(&held, gone->cover.period);
	}
	period_set_add(&whole, trial->whole);
	return period_set_within(&whole, &held);
}

/* Who of those asked could take all of it: names; *n is their number. */
static const char **
able_people(Trial *trial, int *n)
{
	const char **names = palloc((trial->nasked + 1) * sizeof(char *));
	int			i;

	*n = 0;
	for (i = 0; i < trial->nasked; i++)
	{
		const PersonFacts *person = world_person(&trial->trade.world,
												 trial->asked[i]);

		if (person == NULL || holds_already(trial, person))
			continue;
		if (trial->left <= 0)
			trial->all_asked = false;
		else if (may_take(trial, person, trial->whole))
			names[(*n)++] = person->name;
	}
	return names;
}

/* Say who could take all of it: these. */
static void
append_people(StringInfo buf, Trial *trial, const char **names, int n)
{
	const char *all = trial->whole.from > trial->cover->cover.period.from ?
	"all that is left of it" : "all of it";
	const char *last = " or ";

	if (n == 0)
	{
		appendStringInfo(buf, trial->all_asked ?
						 "No other member or reserve of rotation \"%s\" could take %s." :
						 "Of rotation \"%s\", none of the members and reserves who were tried could take %s.",
						 trial->trade.world.rotations[trial->rotation].name,
						 all);
		return;
	}
	if (n > MAX_NAMED)
	{
		names[MAX_NAMED] = !trial->all_asked ? "others" :
			psprintf("%d other%s", n - MAX_NAMED,
					 n > MAX_NAMED + 1 ? "s" : "");
		n = MAX_NAMED + 1;
		last = " and ";
	}
	message_append_names(buf, names, n, last);
	appendStringInfo(buf, " could take %s.", all);
}

/* Members and reserves of the cover's rotation, but for the person. */
static void
choose_people(Trial *trial, int32 person_id)
{
	int			n;
	int32	   *members = world_people_of_rotation(trial->cover->rotation_id, &n);
	int			i;

	trial->asked = palloc((n + 1) * sizeof(int32));
	trial->nasked = 0;
	trial->all_asked = true;
	for (i = 0; i < n; i++)
	{
		if (members[i] == person_id)
			continue;
		if (trial->nasked == MAX_ASKED)
		{
			trial->all_asked = false;
			break;
		}
		trial->asked[trial->nasked++] = members[i];
	}
}

/* Everybody who is to be known: those asked, and all whose duty grows. */
static int32 *
people_concerned(Trial *trial, int32 person_id, int *npeople)
{
	int			ngrowing;
	int32	   *growing = trade_people(&trial->trade, &ngrowing);
	int32	   *all = palloc((trial->nasked + ngrowing + 1) * sizeof(int32));

	memcpy(all, trial->asked, trial->nasked * sizeof(int32));
	memcpy(all + trial->nasked, growing, ngrowing * sizeof(int32));
	all[trial->nasked + ngrowing] = person_id;
	*npeople = ids_sort(all, trial->nasked + ngrowing + 1);
	return all;
}

/*
 * May whoever gets back what nobody takes of the cover have it? With other
 * covers in the trade, their duty may not be what it was.
 */
static bool
may_fall_back(Trial *trial, int32 person_id)
{
	int			n;
	int32	   *growing = trade_people(&trial->trade, &n);
	Breaches	objections = {0};
	int			i;

	if (trial->trade.nadded + trial->trade.nremoved == 1)
		return true;
	for (i = 0; i < n; i++)
	{
		const PersonFacts *person = world_person(&trial->trade.world,
												 growing[i]);

		if (growing[i] != person_id && person != NULL)
			trade_objections(&trial->trade, person,
							 duty_without(trial, person), &objections);
	}
	return objections.n == 0;
}

/* Is there an absence in the way of which nothing may be told? */
static bool
is_secret(Trial *trial, const PersonFacts *person)
{
	int			i;

	for (i = 0; i < person->nabsences; i++)
	{
		if (person->absences[i].secret &&
			!period_empty(period_and(person->absences[i].period,
									 trial->whole)))
			return true;
	}
	return false;
}

/* Prepare to try out what is not past, with the duty that the trade leaves. */
static void
begin_trial(Trial *trial, const Trade *trade, int32 person_id)
{
	int32	   *people;
	int			npeople;
	int			i;

	trial->trade.written = trade->written;
	trial->trade.nadded = trade->nadded;
	trial->trade.added = trade->added;
	trial->trade.nremoved = trade->nremoved;
	trial->trade.removed = trade->removed;
	trial->trade.reader = trade->reader;
	trade_changes(&trial->trade);
	choose_people(trial, person_id);
	people = people_concerned(trial, person_id, &npeople);
	trade_duties(&trial->trade, people, npeople, trial->cover);
	world_mark_secrets(&trial->trade.world, trade->reader);
	trial->rotation = world_rotation(&trial->trade.world,
									 trial->cover->rotation_id);
	trial->left = DUTIES_AT_LEAST;
	for (i = 0; i < trade->world.npeople; i++)
		trial->left += DUTIES_FOR_EACH *
			(int64) (trade->duties_before[i].n + trade->duties_after[i].n);
	trial->scratch = AllocSetContextCreate(CurrentMemoryContext,
										   "oncall advice",
										   ALLOCSET_DEFAULT_SIZES);
}

/* What is not past of a cover, or all of it if there is a reason. */
static Period
may_still_change(const TradeCover *cover)
{
	TimestampTz now = GetCurrentTimestamp();
	Period		whole = cover->cover.period;

	/* from the next full minute on */
	if (!cover->late && whole.from < now)
		whole.from = now - now % USECS_PER_MINUTE + USECS_PER_MINUTE;
	return whole;
}

/* Does some of a cover lie so far back that it takes a reason? */
static bool
needs_reason(const TradeCover *cover)
{
	return !cover->late &&
		cover->cover.period.from < GetCurrentTimestamp() - PAST_GRACE;
}

/* Who could take it all, or which part of it the person could. */
static void
append_alternatives(StringInfo buf, Trial *trial, int32 person_id)
{
	const PersonFacts *person = world_person(&trial->trade.world, person_id);
	Period		part = {0, 0};
	int			nnames;
	const char **names = able_people(trial, &nnames);

	/* last, since it may take all the time that is left */
	if (!is_secret(trial, person) && may_fall_back(trial, person_id))
		part = longest_part(trial, person);
	if (!period_empty(part))
	{
		RotationFacts *facts = &trial->trade.world.rotations[trial->rotation];

		appendStringInfo(buf, "%s could take it ", person->name);
		message_append_period(buf, facts, part);
		appendStringInfo(buf, " [%s]. ", facts->zone_name);
	}
	append_people(buf, trial, names, nnames);
}

/* What could be done about the cover of a person. */
static char *
make_hint(const Trade *trade, const TradeCover *cover, int32 person_id)
{
	Trial		trial;
	StringInfoData buf;

	memset(&trial, 0, sizeof(Trial));
	trial.cover = cover;
	trial.whole = may_still_change(cover);
	initStringInfo(&buf);
	if (!period_empty(trial.whole))
	{
		begin_trial(&trial, trade, person_id);
		append_alternatives(&buf, &trial, person_id);
		MemoryContextDelete(trial.scratch);
	}
	if (period_empty(trial.whole) || needs_reason(cover))
		appendStringInfo(&buf, "%sWhat is past, or has been paid, changes only with a past_reason: the argument of the function, or SET oncall.past_reason.",
						 buf.len > 0 ? " " : "");
	return buf.data;
}

char *
alternatives_hint(Trade *trade, const Breach *breach)
{
	const TradeCover *cover = blamed_cover(trade, breach);
	ListCell   *cell;
	MadeHint   *made;

	if (cover == NULL)
		return pstrdup("Somebody else's cover ends and gives this duty back: let somebody take it over in the same transaction.");
	foreach(cell, trade->hints)
	{
		made = lfirst(cell);
		if (made->cover == cover && made->person_id == breach->person_id)
			return made->hint;
	}
	made = palloc(sizeof(MadeHint));
	made->cover = cover;
	made->person_id = breach->person_id;
	made->hint = make_hint(trade, cover, breach->person_id);
	trade->hints = lappend(trade->hints, made);
	return made->hint;
}
