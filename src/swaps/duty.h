/*-------------------------------------------------------------------------
 *
 * duty.h
 *	  The duty of people, taken from the shifts of rotations.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_DUTY_H
#define ONCALL_DUTY_H

#include "swaps/world.h"

/* A stretch in which a person holds a seat. */
typedef struct Duty
{
	int			rotation;		/* index into the world's */
	int			seat;			/* 0 is the primary */
	Period		period;
} Duty;

/*
 * The duty of one person in all rotations, in order of its start; and, for
 * those who are not to be on duty with somebody, that of everybody whom the
 * world watches, or NULL where others do not matter.
 */
typedef struct Duties
{
	int			n;
	int			size;
	Duty	   *duties;
	const struct Duties *company;
} Duties;

/* Add a duty to a list; sort it before it is looked at. */
extern void duty_add(Duties *duties, int rotation, int seat, Period period);
extern void duty_sort(Duties *duties);

#ifdef USE_ASSERT_CHECKING
/* Is none of them empty, and do they come in order? */
extern bool duty_is_sorted(const Duties *duties);
#endif

/*
 * Empty lists of duty: one for each person of the world, in order, and then
 * one for each of those whom it watches, who are the company of the former.
 */
extern Duties *duty_lists(const World *world);

/*
 * Add a duty to the lists of whoever of the world has it; whoever is not in
 * it has none. Sort them when all have been added.
 */
extern void duty_hand(const World *world, Duties *lists, int32 person_id,
					  int rotation, int seat, Period period);
extern void duty_sort_lists(const World *world, Duties *lists);

/*
 * Hand out the duty in a rotation, which may have other covers than the
 * world's own, to lists of duty, and to others unless they are NULL. Sort
 * them afterwards.
 */
extern void duty_hand_out(World *world, int rotation, Rotation *shifts,
						  Period window, Duties *lists, Duties *lists_too);

/* The lists of duty of a world in a window, in order of time. */
extern Duties *duty_of_world(World *world, Period window);

#endif							/* ONCALL_DUTY_H */
