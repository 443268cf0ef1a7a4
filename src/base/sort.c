/*-------------------------------------------------------------------------
 *
 * sort.c
 *	  Sort what may be long, so that it can be interrupted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/sort.h"

/* Compare by the function that the argument points to. */
static int
cmp_by_argument(const void *a, const void *b, void *arg)
{
	const SortCmp *cmp = arg;

	return (*cmp) (a, b);
}

void
sort_interruptibly(void *base, size_t n, size_t size, SortCmp cmp)
{
	qsort_interruptible(base, n, size, cmp_by_argument, &cmp);
}
