/*-------------------------------------------------------------------------
 *
 * duty.c
 *	  The duty of people, taken from the shifts of rotations.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/duty.h"

#include "base/sort.h"
#include "base/ids.h"
#include "roster/shifts.h"
#include "utils/memutils.h"

/* Duty being handed to the people of a world. */
typedef struct Handing
{
	MemoryContext context;
	World	   *world;
	int			rotation;
	Duties	   *lists;
	Duties	   *lists_too;
} Handing;

void
duty_add(Duties *duties, int rotation, int seat, Period period)
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
duty_sort(Duties *duties)
{
	sort_interruptibly(duties->duties, duties->n, sizeof(Duty), duty_cmp);
}

#ifdef USE_ASSERT_CHECKING
bool
duty_is_sorted(const Duties *duties)
{
	int			i;

	for (i = 0; i < duties->n; i++)
	{
		if (period_empty(duties->duties[i].period) ||
			(i > 0 && duty_cmp(&duties->duties[i - 1],
							   &duties->duties[i]) > 0))
			return false;
	}
	return true;
}
#endif

Duties *
duty_lists(const World *world)
{
	Duties	   *lists = palloc0((world->npeople + world->nwatched + 1) *
								sizeof(Duties));
	int			i;

	for (i = 0; i < world->npeople; i++)
		lists[i].company = &lists[world->npeople];
	return lists;
}

void
duty_hand(const World *world, Duties *lists, int32 person_id, int rotation,
		  int seat, Period period)
{
	const PersonFacts *person = world_person(world, person_id);
	int			watched = ids_place(world->watched, world->nwatched,
									sizeof(int32), 0, person_id);

	if (person != NULL)
	{
		shifts_refuse_more(lists[person - world->people].n);
		duty_add(&lists[person - world->people], rotation, seat, period);
	}
	if (watched >= 0)
	{
		shifts_refuse_more(lists[world->npeople + watched].n);
		duty_add(&lists[world->npeople + watched], rotation, seat, period);
	}
}

void
duty_sort_lists(const World *world, Duties *lists)
{
	int			i;

	for (i = 0; i < world->npeople + world->nwatched; i++)
		duty_sort(&lists[i]);
}

/* A ShiftSink that hands duty to whom it belongs. */
static void
hand_duty(void *arg, int seat, const Cell *cell, Period period)
{
	Handing    *handing = arg;
	MemoryContext caller = MemoryContextSwitchTo(handing->context);

	duty_hand(handing->world, handing->lists, cell->person_id,
			  handing->rotation, seat, period);
	if (handing->lists_too != NULL)
		duty_hand(handing->world, handing->lists_too, cell->person_id,
				  handing->rotation, seat, period);
	MemoryContextSwitchTo(caller);
}

void
duty_hand_out(World *world, int rotation, Rotation *shifts, Period window,
			  Duties *lists, Duties *lists_too)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall duty",
												  ALLOCSET_DEFAULT_SIZES);
	Handing		handing;

	handing.context = CurrentMemoryContext;
	handing.world = world;
	handing.rotation = rotation;
	handing.lists = lists;
	handing.lists_too = lists_too;
	shifts_walk(shifts, window, KNOWN_NOW, scratch, hand_duty, &handing);
	MemoryContextDelete(scratch);
}

Duties *
duty_of_world(World *world, Period window)
{
	Duties	   *lists = duty_lists(world);
	int			r;

	for (r = 0; r < world->nrotations; r++)
		duty_hand_out(world, r, &world->rotations[r].rotation, window, lists,
					  NULL);
	duty_sort_lists(world, lists);
	return lists;
}
