/*-------------------------------------------------------------------------
 *
 * ids.c
 *	  Lists of ids, and arrays in order of an id.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "base/ids.h"

static int
id_cmp(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

int
ids_sort(int32 *ids, int nids)
{
	int			n = 0;
	int			i;

	qsort(ids, nids, sizeof(int32), id_cmp);
	for (i = 0; i < nids; i++)
	{
		if (n == 0 || ids[n - 1] != ids[i])
			ids[n++] = ids[i];
	}
	return n;
}
