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

/* The duty of one person in all rotations, in order of its start. */
typedef struct Duties
{
	int			n;
	int			size;
	Duty	   *duties;
} Duties;

/* Add a duty to a list; sort it before it is looked at. */
extern void duty_add(Duties *duties, int rotation, int seat, Period period);
extern void duty_sort(Duties *duties);

/* Is none of them empty, and do they come in order? For assertions. */
extern bool duty_is_sorted(const Duties *duties);

/*
 * Hand out the duty in a rotation, which may have other covers than the
 * world's own, to the people of the world: duties has a list for each of
 * them, and so has duties_too, unless it is NULL. Sort them afterwards.
 */
extern void duty_hand_out(World *world, int rotation, Rotation *shifts,
						  Period window, Duties *duties, Duties *duties_too);

/* The duty of all people of a world in a window, in order of time. */
extern Duties *duty_of_world(World *world, Period window);

#endif							/* ONCALL_DUTY_H */
