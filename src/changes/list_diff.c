/*-------------------------------------------------------------------------
 *
 * list_diff.c
 *	  How one list of people becomes another with as few changes as possible.
 *
 * What stays is a longest common subsequence. As circles, it is the longest
 * over all places at which the new list may begin: of what stays, the entry
 * that comes first in the old list can be made the first of the new one, and
 * then both are lines. Of several that are as long, the one for which the new
 * list begins earliest is taken.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "changes/list_diff.h"

typedef struct ListDiff
{
	const		int32 *old;
	int			nold;
	const		int32 *new;
	int			nnew;
	int			begins;			/* the place at which the new list begins */
	int		   *lengths;		/* [i][j]: from old i and new j on */
} ListDiff;

/* The place in the new list of the jth entry from where it begins. */
static int
new_place(const ListDiff *diff, int j)
{
	return (diff->begins + j) % diff->nnew;
}

static int *
length_at(const ListDiff *diff, int i, int j)
{
	return &diff->lengths[(Size) i * (diff->nnew + 1) + j];
}

/* How many entries stay if the new list begins where it does. */
static int
common_length(const ListDiff *diff)
{
	int			i;
	int			j;

	for (j = 0; j <= diff->nnew; j++)
		*length_at(diff, diff->nold, j) = 0;
	for (i = diff->nold - 1; i >= 0; i--)
	{
		CHECK_FOR_INTERRUPTS();
		*length_at(diff, i, diff->nnew) = 0;
		for (j = diff->nnew - 1; j >= 0; j--)
		{
			if (diff->old[i] == diff->new[new_place(diff, j)])
				*length_at(diff, i, j) = *length_at(diff, i + 1, j + 1) + 1;
			else
				*length_at(diff, i, j) = Max(*length_at(diff, i + 1, j),
											 *length_at(diff, i, j + 1));
		}
	}
	return *length_at(diff, 0, 0);
}

/* Read the entries that stay off the lengths. */
static void
mark_kept(const ListDiff *diff, int *kept)
{
	int			i = 0;
	int			j = 0;

	while (i < diff->nold && j < diff->nnew)
	{
		if (diff->old[i] == diff->new[new_place(diff, j)])
			kept[new_place(diff, j++)] = i++;
		else if (*length_at(diff, i + 1, j) >= *length_at(diff, i, j + 1))
			i++;
		else
			j++;
	}
}

int *
list_diff(const int32 * old, int nold, const int32 * new, int nnew, bool circular)
{
	ListDiff	diff = {old, nold, new, nnew, 0, NULL};
	int		   *kept = palloc((nnew + 1) * sizeof(int));
	int			longest = -1;
	int			best = 0;
	int			i;

	for (i = 0; i < nnew; i++)
		kept[i] = -1;
	if (nold == 0 || nnew == 0)
		return kept;

	diff.lengths = palloc((Size) (nold + 1) * (nnew + 1) * sizeof(int));
	for (diff.begins = 0; diff.begins < (circular ? nnew : 1); diff.begins++)
	{
		int			length = common_length(&diff);

		if (length > longest)
		{
			longest = length;
			best = diff.begins;
		}
		if (longest == Min(nold, nnew))
			break;				/* more cannot stay */
	}
	diff.begins = best;
	(void) common_length(&diff);
	mark_kept(&diff, kept);
	pfree(diff.lengths);
	return kept;
}
