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
	duties_add(&handing->duties[i], handing->rotation, seat, period);
	if (handing->duties_too != NULL)
		duties_add(&handing->duties_too[i], handing->rotation, seat, period);
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
		duties_sort(&duties[i]);
	return duties;
}

int64
duty_reach(const World *world)
{
	int64		reach = 0;
	int			r;

	for (r = 0; r < world->nrotations; r++)
	{
		const RotationFacts *facts = &world->rotations[r];
		int64		needed;

		if (!facts->limited)
			continue;
		if (pg_add_s64_overflow(length_most(&facts->max_consecutive),
								length_most(&facts->min_break), &needed))
			needed = PG_INT64_MAX;
		reach = Max(reach, needed);
	}
	return reach;
}
