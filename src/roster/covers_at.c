/*-------------------------------------------------------------------------
 *
 * covers_at.c
 *	  Those of many covers that last at an instant.
 *
 * The covers, in order of their start, are taken for a balanced tree: the root
 * of a stretch of the array is its middle, the halves are the subtrees.
 * latest[] has for each root when the last cover of its stretch ends. So a
 * search visits no stretch that is over, and none that begins later.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "roster/covers_at.h"

static int
cover_start_cmp(const void *a, const void *b)
{
	TimestampTz x = ((const Cover *) a)->period.from;
	TimestampTz y = ((const Cover *) b)->period.from;

	return (x > y) - (x < y);
}

/* Fill in latest[] of a stretch that is not empty; returns the root's. */
static TimestampTz
find_latest(CoverSearch *search, int from, int until)
{
	int			root = from + (until - from) / 2;
	TimestampTz latest = search->covers[root].period.until;

	if (from < root)
		latest = Max(latest, find_latest(search, from, root));
	if (root + 1 < until)
		latest = Max(latest, find_latest(search, root + 1, until));
	search->latest[root] = latest;
	return latest;
}

void
covers_at_prepare(CoverSearch *search, Cover *covers, int ncovers)
{
	qsort(covers, ncovers, sizeof(Cover), cover_start_cmp);
	search->ncovers = ncovers;
	search->covers = covers;
	search->latest = palloc((ncovers + 1) * sizeof(TimestampTz));
	if (ncovers > 0)
		(void) find_latest(search, 0, ncovers);
}

/* Covers found, and how many there is room for. */
typedef struct FoundCovers
{
	int			n;
	int			size;
	Cover	   *covers;
} FoundCovers;

static void
add_found(FoundCovers *found, const Cover *cover)
{
	if (found->n == found->size)
	{
		found->size *= 2;
		found->covers = repalloc(found->covers, found->size * sizeof(Cover));
	}
	found->covers[found->n++] = *cover;
}

/* Search a stretch. */
static void
find_at(const CoverSearch *search, int from, int until, TimestampTz at,
		FoundCovers *found)
{
	while (from < until)
	{
		int			root = from + (until - from) / 2;
		const Cover *cover = &search->covers[root];

		if (search->latest[root] <= at)
			return;
		find_at(search, from, root, at, found);
		if (cover->period.from > at)
			return;
		if (cover->period.until > at)
			add_found(found, cover);
		from = root + 1;
	}
}

int
covers_at(const CoverSearch *search, TimestampTz at, Cover **covers)
{
	FoundCovers found = {0, 8, NULL};

	found.covers = palloc(found.size * sizeof(Cover));
	find_at(search, 0, search->ncovers, at, &found);
	*covers = found.covers;
	return found.n;
}
