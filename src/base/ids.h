/*-------------------------------------------------------------------------
 *
 * ids.h
 *	  Lists of ids, and arrays in order of an id.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_IDS_H
#define ONCALL_IDS_H

#include "base/core.h"

/* Sort ids and drop those that come twice; returns how many remain. */
extern int	ids_sort(int32 *ids, int nids);

/*
 * The place of an id in an array of structs of some size, which ascend by the
 * id that each has at an offset; -1 if it is not there.
 */
static inline int
ids_place(const void *array, int n, size_t size, size_t offset, int32 id)
{
	const char *base = (const char *) array + offset;
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (*(const int32 *) (base + middle * size) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && *(const int32 *) (base + low * size) == id ? low : -1;
}

/* Is an id among ids that ascend? */
static inline bool
ids_contain(const int32 *ids, int nids, int32 id)
{
	return ids_place(ids, nids, sizeof(int32), 0, id) >= 0;
}

#endif							/* ONCALL_IDS_H */
