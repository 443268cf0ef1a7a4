/*-------------------------------------------------------------------------
 *
 * membership.h
 *	  When somebody belongs to a rotation because they are on a list of it.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_MEMBERSHIP_H
#define ONCALL_MEMBERSHIP_H

#include "calendar/period_set.h"
#include "roster/timeline.h"

/*
 * Add to a set when, in a window, a person may be called by a layer of the
 * rotation, as is believed now: they are on the list of the turn, whether or
 * not it is theirs, while the layer is valid.
 */
extern void membership_add(Rotation *rotation, int32 person_id,
						   Period window, PeriodSet *set);

#endif							/* ONCALL_MEMBERSHIP_H */
