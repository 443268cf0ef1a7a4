/*-------------------------------------------------------------------------
 *
 * trade.c
 *	  What changes if covers come and go, and what the rules object to it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/ids.h"
#include "base/sort.h"
#include "miscadmin.h"
#include "roster/shifts.h"
#include "swaps/limits.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "utils/memutils.h"

/* The shifts of one seat, in order of time. */
typedef struct SeatShifts
{
	int			n;
	int			size;
	Period	   *periods;
	int32	   *people;
} SeatShifts;

/* The shifts of all seats of a rotation, being collected. */
typedef struct Collected
{
	MemoryContext context;
	SeatShifts *seats;
} Collected;

/* Those added come first, then those taken away. */
static const TradeCover *
trade_cover(const Trade *trade, int i)
{
	if (i < trade->nadded)
		return &trade->added[i];
	return &trade->removed[i - trade->nadded];
}

Period
trade_touches(const Trade *trade, int32 rotation_id)
{
	Period		hull = {DT_NOEND, DT_NOBEGIN};
	int			i;

	for (i = 0; i < trade->nadded + trade->nremoved; i++)
	{
		const TradeCover *item = trade_cover(trade, i);

		if (rotation_id != 0 && item->rotation_id != rotation_id)
			continue;
		hull.from = Min(hull.from, item->cover.period.from);
		hull.until = Max(hull.until, item->cover.period.until);
	}
	return hull;
}

/* The ids of all covers added, which ascend, in the current context. */
static int32 *
added_ids(const Trade *trade, int *nids)
{
	int32	   *ids = palloc((trade->nadded + 1) * sizeof(int32));
	int			i;

	for (i = 0; i < trade->nadded; i++)
		ids[i] = trade->added[i].cover.cover_id;
	*nids = ids_sort(ids, trade->nadded);
	return ids;
}

/*
 * The covers of a rotation before the trade, given those after it and the ids
 * of those added.
 */
static void
covers_before(const Trade *trade, Rotation *before, const int32 *added,
			  int nadded)
{
	const Cover *after = before->covers;
	int			nafter = before->ncovers;
	int			i;

	before->covers = palloc((nafter + trade->nremoved + 1) * sizeof(Cover));
	before->ncovers = 0;
	for (i = 0; i < nafter; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!ids_contain(added, nadded, after[i].cover_id))
			before->covers[before->ncovers++] = after[i];
	}
	for (i = 0; i < trade->nremoved; i++)
	{
		if (trade->removed[i].rotation_id == before->rotation_id)
			before->covers[before->ncovers++] = trade->removed[i].cover;
	}
}

/* The covers of a rotation after the trade, given those before it. */
static void
covers_after(const Trade *trade, Rotation *after)
{
	Cover	   *before = after->covers;
	int			i;

	after->covers = palloc((after->ncovers + trade->nadded + 1) *
						   sizeof(Cover));
	memcpy(after->covers, before, after->ncovers * sizeof(Cover));
	for (i = 0; i < trade->nadded; i++)
	{
		if (trade->added[i].rotation_id == after->rotation_id)
			after->covers[after->ncovers++] = trade->added[i].cover;
	}
}

/* Read the covers in a window, and work out those on the other side. */
static void
read_covers(Trade *trade, Period window)
{
	int			nadded;
	int32	   *added = added_ids(trade, &nadded);
	int			r;

	world_read_covers(&trade->world, window);
	trade->before = palloc((trade->world.nrotations + 1) * sizeof(Rotation));
	for (r = 0; r < trade->world.nrotations; r++)
	{
		Rotation   *rotation = &trade->world.rotations[r].rotation;

		trade->before[r] = *rotation;
		if (period_empty(trade_touches(trade, rotation->rotation_id)))
			continue;			/* nothing changes here */
		if (trade->written)
			covers_before(trade, &trade->before[r], added, nadded);
		else
			covers_after(trade, rotation);
	}
	pfree(added);
}

/* A ShiftSink that keeps all shifts. */
static void
collect_shift(void *arg, int seat, const Cell *cell, Period period)
{
	Collected  *collected = arg;
	SeatShifts *shifts = &collected->seats[seat];

	shifts_refuse_more(shifts->n);
	if (shifts->n == shifts->size)
	{
		MemoryContext caller = MemoryContextSwitchTo(collected->context);

		shifts->size = Max(8, 2 * shifts->size);
		if (shifts->periods == NULL)
		{
			shifts->periods = palloc(shifts->size * sizeof(Period));
			shifts->people = palloc(shifts->size * sizeof(int32));
		}
		else
		{
			shifts->periods = repalloc(shifts->periods,
									   shifts->size * sizeof(Period));
			shifts->people = repalloc(shifts->people,
									  shifts->size * sizeof(int32));
		}
		MemoryContextSwitchTo(caller);
	}
	shifts->periods[shifts->n] = period;
	shifts->people[shifts->n++] = cell->person_id;
}

static SeatShifts *
collect_shifts(Rotation *rotation, Period window, MemoryContext scratch)
{
	Collected	collected;

	collected.context = CurrentMemoryContext;
	collected.seats = palloc0(rotation->nseats * sizeof(SeatShifts));
	shifts_walk(rotation, window, KNOWN_NOW, scratch, collect_shift,
				&collected);
	return collected.seats;
}

static void
note_change(Trade *trade, const Change *change)
{
	shifts_refuse_more(trade->nchanges);
	if (trade->changes == NULL)
	{
		trade->sizechanges = 8;
		trade->changes = palloc(trade->sizechanges * sizeof(Change));
	}
	else if (trade->nchanges == trade->sizechanges)
	{
		trade->sizechanges *= 2;
		trade->changes = repalloc(trade->changes,
								  trade->sizechanges * sizeof(Change));
	}
	trade->changes[trade->nchanges++] = *change;
}

/* Both lists tile the same window: walk them side by side. */
static void
compare_seat(Trade *trade, int32 rotation_id, int seat,
			 const SeatShifts *before, const SeatShifts *after)
{
	int			b = 0;
	int			a = 0;

	while (b < before->n && a < after->n)
	{
		Change		change;

		CHECK_FOR_INTERRUPTS();
		change.rotation_id = rotation_id;
		change.seat = seat;
		change.period = period_and(before->periods[b], after->periods[a]);
		change.person_before = before->people[b];
		change.person_after = after->people[a];
		Assert(!period_empty(change.period));
		if (change.person_before != change.person_after)
			note_change(trade, &change);
		/* where both end at once, both go on */
		if (before->periods[b].until == change.period.until)
			b++;
		if (after->periods[a].until == change.period.until)
			a++;
	}
}

void
trade_changes(Trade *trade)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall trade",
												  ALLOCSET_DEFAULT_SIZES);
	int			nids = trade->nadded + trade->nremoved;
	int32	   *ids = palloc((nids + 1) * sizeof(int32));
	int			i;
	int			r;
	int			seat;

	for (i = 0; i < nids; i++)
		ids[i] = trade_cover(trade, i)->rotation_id;
	nids = ids_sort(ids, nids);

	memset(&trade->world, 0, sizeof(World));
	trade->world.known = trade->known;
	trade->nchanges = 0;
	if (nids == 0)
		return;
	world_add_rotations(&trade->world, ids, nids);
	read_covers(trade, trade_touches(trade, 0));
	for (r = 0; r < trade->world.nrotations; r++)
	{
		Rotation   *after = &trade->world.rotations[r].rotation;
		Period		hull = trade_touches(trade, after->rotation_id);
		SeatShifts *was = collect_shifts(&trade->before[r], hull, scratch);
		SeatShifts *will = collect_shifts(after, hull, scratch);

		for (seat = 0; seat < after->nseats; seat++)
			compare_seat(trade, after->rotation_id, seat, &was[seat],
						 &will[seat]);
	}
	MemoryContextDelete(scratch);
}

int32 *
trade_people(const Trade *trade, int *npeople)
{
	int32	   *ids = palloc((trade->nchanges + 1) * sizeof(int32));
	int			n = 0;
	int			i;

	for (i = 0; i < trade->nchanges; i++)
	{
		if (trade->changes[i].person_after != 0)
			ids[n++] = trade->changes[i].person_after;
	}
	*npeople = ids_sort(ids, n);
	return ids;
}

int32 *
trade_parties(const Trade *trade, int *nparties)
{
	int32	   *ids = palloc((2 * trade->nchanges + 1) * sizeof(int32));
	int			n = 0;
	int			i;

	for (i = 0; i < trade->nchanges; i++)
	{
		if (trade->changes[i].person_before != 0)
			ids[n++] = trade->changes[i].person_before;
		if (trade->changes[i].person_after != 0)
			ids[n++] = trade->changes[i].person_after;
	}
	*nparties = ids_sort(ids, n);
	return ids;
}

/*
 * How far from a trade duty in rotations is looked for whose limits are not
 * known yet; limits that reach further count as soon as they are.
 */
#define FAR_ENOUGH (366 * USECS_PER_DAY)

/*
 * Add the rotations in which these people may have duty near the trade. With
 * each, the limit that reaches furthest may grow, and others come near.
 */
static void
add_their_rotations(Trade *trade, const int32 *people, int npeople)
{
	Period		hull = trade_touches(trade, 0);
	int			before;

	do
	{
		int64		reach = limits_reach(&trade->world);
		int32	   *ids;
		int			nids;

		before = trade->world.nrotations;
		trade->window = period_widen(hull, reach);
		ids = world_rotations_of_people(people, npeople,
										period_widen(hull, Max(reach, FAR_ENOUGH)), &nids);
		world_add_rotations(&trade->world, ids, nids);
	} while (trade->world.nrotations > before);
}

/* Read the seasons near the trade; duty has to be known on all their dates. */
static void
add_seasons(Trade *trade)
{
	int			r;

	for (r = 0; r < trade->world.nrotations; r++)
	{
		Period		hull = trade_touches(trade,
										 trade->world.rotations[r].rotation.rotation_id);
		Period		reach;

		if (period_empty(hull))
			continue;
		reach = world_read_seasons(&trade->world, r, hull);
		if (period_empty(reach))
			continue;
		trade->window.from = Min(trade->window.from, reach.from);
		trade->window.until = Max(trade->window.until, reach.until);
	}
}

/* A rotation without one of its covers. */
static Rotation
without_cover(const Rotation *rotation, const TradeCover *left_out)
{
	Rotation	without = *rotation;
	int			i;

	if (left_out == NULL || left_out->rotation_id != rotation->rotation_id)
		return without;
	without.covers = palloc((rotation->ncovers + 1) * sizeof(Cover));
	without.ncovers = 0;
	for (i = 0; i < rotation->ncovers; i++)
	{
		if (rotation->covers[i].cover_id != left_out->cover.cover_id)
			without.covers[without.ncovers++] = rotation->covers[i];
	}
	return without;
}

static void
hand_all_duty(Trade *trade, const TradeCover *left_out)
{
	World	   *world = &trade->world;
	int			r;

	trade->duties_before = duty_lists(world);
	trade->duties_after = duty_lists(world);
	for (r = 0; r < world->nrotations; r++)
	{
		Rotation	after = without_cover(&world->rotations[r].rotation,
										  left_out);
		bool		same = period_empty(trade_touches(trade, after.rotation_id));

		duty_hand_out(world, r, &after, trade->window, trade->duties_after,
					  same ? trade->duties_before : NULL);
		if (!same)
			duty_hand_out(world, r, &trade->before[r], trade->window,
						  trade->duties_before, NULL);
	}
	duty_sort_lists(world, trade->duties_before);
	duty_sort_lists(world, trade->duties_after);
	trade->breaches_before = palloc0((world->npeople + 1) *
									 sizeof(Breaches *));
}

void
trade_duties(Trade *trade, const int32 *people, int npeople,
			 const TradeCover *left_out)
{
	add_their_rotations(trade, people, npeople);
	add_seasons(trade);
	read_covers(trade, trade->window);
	world_read_people(&trade->world, people, npeople, trade->window);
	hand_all_duty(trade, left_out);
}

/* The breaches of a person before the trade, found once and kept with it. */
static const Breaches *
breaches_before(Trade *trade, const PersonFacts *person)
{
	int			i = person - trade->world.people;
	MemoryContext caller;

	if (trade->breaches_before[i] == NULL)
	{
		caller = MemoryContextSwitchTo(GetMemoryChunkContext(trade->breaches_before));
		trade->breaches_before[i] = palloc0(sizeof(Breaches));
		rules_find(&trade->world, person, &trade->duties_before[i],
				   trade->breaches_before[i]);
		MemoryContextSwitchTo(caller);
	}
	return trade->breaches_before[i];
}

void
trade_objections(Trade *trade, const PersonFacts *person,
				 const Duties *after, Breaches *objections)
{
	Breaches	will = {0};
	const Breaches *was;
	int			b;

	rules_find(&trade->world, person, after, &will);
	if (will.n == 0)
		return;
	was = breaches_before(trade, person);
	for (b = 0; b < will.n; b++)
	{
		Breach	   *breach = &will.breaches[b];

		if (breaches_contain(was, breach))
			continue;
		breach->instants = rules_news(breach, was);
		breaches_add(objections, breach);
	}
}

static int
objection_cmp(const void *a, const void *b)
{
	const Breach *x = a;
	const Breach *y = b;
	TimestampTz from = x->instants.periods[0].from;
	TimestampTz other = y->instants.periods[0].from;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->person_id != y->person_id)
		return x->person_id < y->person_id ? -1 : 1;
	if (from != other)
		return from < other ? -1 : 1;
	if (x->rotation != y->rotation)
		return x->rotation < y->rotation ? -1 : 1;
	return memcmp(x->key, y->key, sizeof(x->key));
}

void
trade_all_objections(Trade *trade, Breaches *objections)
{
	int			i;

	for (i = 0; i < trade->world.npeople; i++)
		trade_objections(trade, &trade->world.people[i],
						 &trade->duties_after[i], objections);
	rules_find_in_trade(trade, objections);
	sort_interruptibly(objections->breaches, objections->n, sizeof(Breach),
					   objection_cmp);
}
