/*-------------------------------------------------------------------------
 *
 * pair.h
 *	  The type oncall.pair: who holds the first two seats, in eight bytes.
 *
 * The primary's id stands in the high half, the secondary's in the low one;
 * 0 is an empty seat and no id is negative. So pairs compare as the plain
 * integers that they are: by primary, then by secondary, empty seats first.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAIR_H
#define ONCALL_PAIR_H

#include "base/core.h"

/* Put two ids together; 0 for an empty seat. */
static inline int64
pair_make(int32 primary, int32 secondary)
{
	Assert(primary >= 0 && secondary >= 0);
	return (int64) (((uint64) (uint32) primary << 32) | (uint32) secondary);
}

/* The primary's id, or 0. */
static inline int32
pair_primary(int64 pair)
{
	return (int32) (pair >> 32);
}

/* The secondary's id, or 0. */
static inline int32
pair_secondary(int64 pair)
{
	return (int32) (uint32) pair;
}

#endif							/* ONCALL_PAIR_H */
