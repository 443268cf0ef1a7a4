/*-------------------------------------------------------------------------
 *
 * duty.c
 *	  The duty of people, taken from the shifts of rotations.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/duty.h"

#include "roster/shifts.h"
#include "utils/memutils.h"

/* Duty being handed to the people of a world. */
typedef struct Handing
{
	MemoryContext context;
	World	   *world;
	int			rotation;
	Duties	   *duties;
	Duties	   *duties_too;
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
	qsort(duties->duties, duties->n, sizeof(Duty), duty_cmp);
}

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

/* A ShiftSink that hands duty to whom it belongs. */
static void
hand_duty(void *arg, int seat, const Cell *cell, Period period)
{
	Handing    *handing = arg;
	PersonFacts *person = world_person(handing->world, cell->person_id);
	MemoryContext caller;
	int			i;

	if (person == NULL)
		return;					/* an empty seat, or of no concern */
	i = person - handing->world->people;
	shifts_refuse_more(handing->duties[i].n);
	caller = MemoryContextSwitchTo(handing->context);
	duty_add(&handing->duties[i], handing->rotation, seat, period);
	if (handing->duties_too != NULL)
		duty_add(&handing->duties_too[i], handing->rotation, seat, period);
	MemoryContextSwitchTo(caller);
}

void
duty_hand_out(World *world, int rotation, Rotation *shifts, Period window,
			  Duties *duties, Duties *duties_too)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall duty",
												  ALLOCSET_DEFAULT_SIZES);
	Handing		handing;

	handing.context = CurrentMemoryContext;
	handing.world = world;
	handing.rotation = rotation;
	handing.duties = duties;
	handing.duties_too = duties_too;
	shifts_walk(shifts, window, KNOWN_NOW, scratch, hand_duty, &handing);
	MemoryContextDelete(scratch);
}

Duties *
duty_of_world(World *world, Period window)
{
	Duties	   *duties = palloc0((world->npeople + 1) * sizeof(Duties));
	int			r;
	int			i;

	for (r = 0; r < world->nrotations; r++)
		duty_hand_out(world, r, &world->rotations[r].rotation, window, duties,
					  NULL);
	for (i = 0; i < world->npeople; i++)
		duty_sort(&duties[i]);
	return duties;
}
