/*-------------------------------------------------------------------------
 *
 * world.c
 *	  What the rules know about: rotations, people, and who belongs to what.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "swaps/world.h"

#include "base/ids.h"
#include "roster/membership.h"

/* Shadows learn in a seat from the third on. */
#define FIRST_SHADOW_SEAT 2

PersonFacts *
world_person(const World *world, int32 person_id)
{
	int			i = ids_place(world->people, world->npeople,
							  sizeof(PersonFacts),
							  offsetof(PersonFacts, person_id), person_id);

	return i < 0 ? NULL : &world->people[i];
}

int
world_rotation(const World *world, int32 rotation_id)
{
	return ids_place(world->rotations, world->nrotations,
					 sizeof(RotationFacts),
					 offsetof(RotationFacts, rotation.rotation_id),
					 rotation_id);
}

const Membership *
world_membership(const PersonFacts *person, int rotation)
{
	int			i;

	for (i = 0; i < person->nmemberships; i++)
	{
		if (person->memberships[i].rotation == rotation)
			return &person->memberships[i];
	}
	return NULL;
}

bool
world_seat_learns(int seat)
{
	return seat >= FIRST_SHADOW_SEAT;
}

bool
world_standing_serves(Standing standing, int seat)
{
	switch (standing)
	{
		case STANDING_RESERVE:
			return true;
		case STANDING_SHADOW:
			return world_seat_learns(seat);
		case STANDING_NONE:
		case STANDING_VOLUNTEER:
			break;
	}
	return false;
}

PeriodSet
world_may_hold(World *world, const PersonFacts *person, int rotation,
			   int seat, Period window)
{
	PeriodSet	may = {0};
	Period		active = period_and(person->active, window);
	int			i;

	membership_add(&world->rotations[rotation].rotation, person->person_id,
				   active, &may);
	for (i = 0; i < person->nmemberships; i++)
	{
		const Membership *membership = &person->memberships[i];

		if (membership->rotation == rotation &&
			world_standing_serves(membership->standing, seat))
			period_set_add(&may, period_and(membership->valid, active));
	}
	return may;
}
