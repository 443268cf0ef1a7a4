/*-------------------------------------------------------------------------
 *
 * duty.h
 *	  The duty of people, taken from the shifts of rotations.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_DUTY_H
#define ONCALL_DUTY_H

#include "swaps/rules.h"

/*
 * Hand out the duty in a rotation, which may have other covers than the
 * world's own, to the people of the world: duties has a list for each of
 * them, and so has duties_too, unless it is NULL. Sort them afterwards.
 */
extern void duty_hand_out(World *world, int rotation, Rotation *shifts,
						  Period window, Duties *duties, Duties *duties_too);

/* The duty of all people of a world in a window, in order of time. */
extern Duties *duty_of_world(World *world, Period window);

/* So far from an instant may lie what decides whether a stretch is too long. */
extern int64 duty_reach(const World *world);

#endif							/* ONCALL_DUTY_H */
