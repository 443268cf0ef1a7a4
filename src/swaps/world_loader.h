/*-------------------------------------------------------------------------
 *
 * world_loader.h
 *	  Read what the rules need to know, through SPI.
 *
 * As with roster_loader.h, queries run as the current user and under the active
 * snapshot, and results are palloc'd in the current context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WORLD_LOADER_H
#define ONCALL_WORLD_LOADER_H

#include "swaps/world.h"

/*
 * Add to the world the rotations with these ids that it does not have yet,
 * with their layers; NULL: all that there are. Ids without a rotation are
 * passed over. Indexes of rotations change. Where there is a world of known
 * rotations, they come from there, and what has to be read is kept in it, in
 * its memory; it is good for as long as the snapshot.
 */
extern void world_add_rotations(World *world, const int32 *ids, int nids);

/*
 * Add to an empty world rotations that stand for all that there are: of those
 * that agree in their limits, zone and calendar one, and without its layers. It
 * answers how far the rules of all of them reach.
 */
extern void world_add_limits(World *world);

/* Read the covers of all its rotations that overlap a window. */
extern void world_read_covers(World *world, Period window);

/*
 * Read the people with these ids, which ascend (NULL: all), with their
 * absences that overlap a window, their memberships of its rotations, and
 * those with whom they are not to be on duty, whom the world watches.
 */
extern void world_read_people(World *world, const int32 *ids, int nids,
							  Period window);

/*
 * Mark absences as secret that a role may not read, where others are told what
 * the owner of the tables has read.
 */
extern void world_mark_secrets(World *world, Oid reader);

/*
 * Read the seasons, with all their blocks, of which a rotation has holidays
 * in a window. Returns from the first of their dates to the last, or an empty
 * period.
 */
extern Period world_read_seasons(World *world, int rotation, Period window);

/*
 * The rotations in which some of these people may have duty within a window,
 * and those that they belong to.
 */
extern int32 *world_rotations_of_people(const int32 *ids, int nids, Period window,
										int *nrotations);

/* Those with whom some of these people are not to be on duty, ascending. */
extern int32 *world_people_apart_from(const int32 *ids, int nids,
									  int *npeople);

/* The people who may serve a rotation: its members and reserves. */
extern int32 *world_people_of_rotation(int32 rotation_id, int *npeople);

/* The people who may have duty in a rotation within a window. */
extern int32 *world_people_on_duty(int32 rotation_id, Period window,
								   int *npeople);

#endif							/* ONCALL_WORLD_LOADER_H */
