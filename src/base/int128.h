/*-------------------------------------------------------------------------
 *
 * int128.h
 *	  Sums of 64-bit integers that cannot overflow, on any compiler.
 *
 * Pure. A sum of microseconds may pass the limits of int64 on its way and come
 * back: whether a result is in range must not depend on the order in which it
 * is added up, or parallel plans and moving windows would fail where others
 * do not. Two words are enough for 2^63 summands of any size. The server has
 * the same in common/int128.h, but for the sum of two such numbers, which
 * comes with 19 only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_INT128_H
#define ONCALL_INT128_H

#include "base/core.h"

/* high * 2^64 + low, in two's complement */
typedef struct Wide
{
	uint64		high;
	uint64		low;
} Wide;

static inline Wide
wide_of(int64 value)
{
	Wide		wide;

	wide.high = value < 0 ? PG_UINT64_MAX : 0;
	wide.low = (uint64) value;
	return wide;
}

static inline Wide
wide_add(Wide a, Wide b)
{
	Wide		sum;

	sum.low = a.low + b.low;
	sum.high = a.high + b.high + (sum.low < a.low);
	return sum;
}

static inline Wide
wide_subtract(Wide a, Wide b)
{
	Wide		difference;

	difference.low = a.low - b.low;
	difference.high = a.high - b.high - (a.low < b.low);
	return difference;
}

/* Less than, equal to or greater than zero. */
static inline int
wide_compare(Wide a, Wide b)
{
	if (a.high != b.high)
		return (int64) a.high < (int64) b.high ? -1 : 1;
	return (a.low > b.low) - (a.low < b.low);
}

/* As an int64; false if it is none. */
static inline bool
wide_value(Wide wide, int64 *value)
{
	*value = (int64) wide.low;
	return wide.high == (*value < 0 ? PG_UINT64_MAX : 0);
}

#endif							/* ONCALL_INT128_H */
