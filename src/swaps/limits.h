/*-------------------------------------------------------------------------
 *
 * limits.h
 *	  How long a stretch of duty may be, and how long a break has to be.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_LIMITS_H
#define ONCALL_LIMITS_H

#include "swaps/world.h"

/* A length as PostgreSQL compares intervals: days of 24 hours, months of 30. */
extern int64 limits_usecs(const Length *length);

/* The most that a length may last, in microseconds. */
extern int64 limits_most(const Length *length);

/* The last instant at which a stretch that begins at from is within a limit. */
extern TimestampTz limits_until(RotationFacts *rotation, TimestampTz from);

/* About from when on a stretch that ends at until is within a limit. */
extern TimestampTz limits_since(RotationFacts *rotation, TimestampTz until);

/* So far from an instant may lie what decides whether a stretch is too long. */
extern int64 limits_reach(const World *world);

#endif							/* ONCALL_LIMITS_H */
