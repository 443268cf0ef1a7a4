/*-------------------------------------------------------------------------
 *
 * trade.c
 *	  What changes if covers come and go, and what the rules object to it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/duty.h"
#include "swaps/world_loader.h"
#include "miscadmin.h"
#include "roster/shifts.h"
#include "swaps/trade.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* See may_be_paid(). */
#define PAID_MARGIN USECS_PER_DAY

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

/* From the first to the last instant that the trade touches in a rotation. */
static Period
touched(const Trade *trade, int32 rotation_id)
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
		if (period_empty(touched(trade, rotation->rotation_id)))
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
		if (change.person_before != change.person_after)
			note_change(trade, &change);
		if (before->periods[b].until < after->periods[a].until)
			b++;
		else
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
	trade->nchanges = 0;
	if (nids == 0)
		return;
	world_add_rotations(&trade->world, ids, nids);
	read_covers(trade, touched(trade, 0));
	for (r = 0; r < trade->world.nrotations; r++)
	{
		Rotation   *after = &trade->world.rotations[r].rotation;
		Period		hull = touched(trade, after->rotation_id);
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

/* Whose duty grows or shrinks: ids, which ascend. */
static int32 *
parties(const Trade *trade, int *nparties)
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
 * A run can be closed once it has ended. So what changes only later is in no
 * run that was closed, or could be before this transaction ends, unless that
 * takes as long as the margin; and most trades cost nothing here.
 */
static bool
may_be_paid(const Trade *trade)
{
	return touched(trade, 0).from <
		instant_plus(GetCurrentTimestamp(), PAID_MARGIN);
}

int32 *
trade_policies(const Trade *trade, int *npolicies)
{
	int			nids;
	int32	   *ids = parties(trade, &nids);

	*npolicies = 0;
	return nids == 0 || !may_be_paid(trade) ? NULL :
		policies_of_people(ids, nids, touched(trade, 0), npolicies);
}

static Period
wider(Period period, int64 reach)
{
	period.from = instant_plus(period.from, -reach);
	period.until = instant_plus(period.until, reach);
	return period;
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
	Period		hull = touched(trade, 0);
	int			before;

	do
	{
		int64		reach = duty_reach(&trade->world);
		int32	   *ids;
		int			nids;

		before = trade->world.nrotations;
		trade->window = wider(hull, reach);
		ids = rotations_of_people(people, npeople,
								  wider(hull, Max(reach, FAR_ENOUGH)), &nids);
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
		Period		hull = touched(trade,
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
	int			i;

	trade->duties_before = palloc0((world->npeople + 1) * sizeof(Duties));
	trade->duties_after = palloc0((world->npeople + 1) * sizeof(Duties));
	for (r = 0; r < world->nrotations; r++)
	{
		Rotation	after = without_cover(&world->rotations[r].rotation,
										  left_out);
		bool		same = period_empty(touched(trade, after.rotation_id));

		duty_hand_out(world, r, &after, trade->window, trade->duties_after,
					  same ? trade->duties_before : NULL);
		if (!same)
			duty_hand_out(world, r, &trade->before[r], trade->window,
						  trade->duties_before, NULL);
	}
	for (i = 0; i < world->npeople; i++)
	{
		duties_sort(&trade->duties_before[i]);
		duties_sort(&trade->duties_after[i]);
	}
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

void
trade_objections(Trade *trade, const PersonFacts *person,
				 const Duties *after, Breaches *objections)
{
	int			i = person - trade->world.people;
	Breaches	was = {0};
	Breaches	will = {0};
	int			b;

	rules_find(&trade->world, person, after, &will);
	if (will.n == 0)
		return;
	rules_find(&trade->world, person, &trade->duties_before[i], &was);
	for (b = 0; b < will.n; b++)
	{
		Breach	   *breach = &will.breaches[b];

		if (breach_contained(breach, &was))
			continue;
		breach->instants = breach_news(breach, &was);
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

/* The instants of a part of a change that no late cover makes. */
static PeriodSet
not_late(const Trade *trade, const Change *change, Period part)
{
	PeriodSet	all = {0};
	PeriodSet	late = {0};
	int			i;

	for (i = 0; i < trade->nadded; i++)
	{
		const TradeCover *item = &trade->added[i];

		if (item->late && item->rotation_id == change->rotation_id &&
			item->cover.seat == change->seat)
			period_set_add(&late, item->cover.period);
	}
	period_set_add(&all, part);
	return period_set_minus(&all, &late);
}

/* A breach is of one person, one rotation, and one run. */
static void
note_paid_change(Breaches *objections, int first, int rotation,
				 const PaidTime *paid, PeriodSet instants)
{
	Breach		breach;
	int			i;
	int			s;

	if (instants.n == 0)
		return;
	for (i = first; i < objections->n; i++)
	{
		Breach	   *known = &objections->breaches[i];

		if (known->person_id == paid->person_id &&
			known->rotation == rotation && known->key[0] == paid->pay_run_id)
		{
			for (s = 0; s < instants.n; s++)
				period_set_add(&known->instants, instants.periods[s]);
			return;
		}
	}
	memset(&breach, 0, sizeof(breach));
	breach.rule = RULE_PAY_CLOSED;
	breach.person_id = paid->person_id;
	breach.rotation = rotation;
	breach.key[0] = paid->pay_run_id;
	breach.instants = instants;
	breaches_add(objections, &breach);
}

/*
 * Nobody's duty changes in time that has been paid. This is about what
 * changes, not about who is on duty then: whoever wins or loses duty is
 * concerned, and it does not matter what stood before.
 */
static void
find_pay_closed(Trade *trade, Breaches *objections)
{
	int			first = objections->n;
	int			nids;
	int32	   *ids = parties(trade, &nids);
	int			i;
	int			p;

	trade->npaid = 0;
	if (nids > 0 && may_be_paid(trade))
		trade->paid = paid_time_of_people(ids, nids, touched(trade, 0),
										  &trade->npaid);
	if (trade->npaid == 0)
		return;
	for (i = 0; i < trade->nchanges; i++)
	{
		const Change *change = &trade->changes[i];
		int			rotation = world_rotation(&trade->world,
											  change->rotation_id);

		CHECK_FOR_INTERRUPTS();
		for (p = 0; p < trade->npaid; p++)
		{
			const PaidTime *paid = &trade->paid[p];
			Period		part = period_and(change->period, paid->period);

			if ((paid->person_id == change->person_before ||
				 paid->person_id == change->person_after) &&
				!period_empty(part))
				note_paid_change(objections, first, rotation, paid,
								 not_late(trade, change, part));
		}
	}
}

const PaidTime *
trade_paid_time(const Trade *trade, const Breach *breach)
{
	int			p;

	for (p = 0; p < trade->npaid; p++)
	{
		if (trade->paid[p].person_id == breach->person_id &&
			trade->paid[p].pay_run_id == breach->key[0])
			return &trade->paid[p];
	}
	elog(ERROR, "a change of duty is in no paid time");
	return NULL;
}

void
trade_all_objections(Trade *trade, Breaches *objections)
{
	int			i;

	for (i = 0; i < trade->world.npeople; i++)
		trade_objections(trade, &trade->world.people[i],
						 &trade->duties_after[i], objections);
	find_pay_closed(trade, objections);
	qsort(objections->breaches, objections->n, sizeof(Breach),
		  objection_cmp);
}
