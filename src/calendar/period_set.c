/*-------------------------------------------------------------------------
 *
 * period_set.c
 *	  Sets of instants: disjoint half-open periods in order of time.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/period_set.h"

#ifdef USE_ASSERT_CHECKING
/* Is each period there, and does it end before the next begins? */
static bool
is_canonical(const PeriodSet *set)
{
	int			i;

	for (i = 0; i < set->n; i++)
	{
		if (period_empty(set->periods[i]) ||
			(i > 0 && set->periods[i - 1].until >= set->periods[i].from))
			return false;
	}
	return true;
}

/* Does that hold around the period at place i? */
static bool
is_canonical_at(const PeriodSet *set, int i)
{
	return !period_empty(set->periods[i]) &&
		(i == 0 || set->periods[i - 1].until < set->periods[i].from) &&
		(i + 1 == set->n ||
		 set->periods[i].until < set->periods[i + 1].from);
}
#endif

static void
make_room(PeriodSet *set)
{
	if (set->periods == NULL)
	{
		set->size = 4;
		set->periods = palloc(set->size * sizeof(Period));
	}
	else if (set->n == set->size)
	{
		set->size *= 2;
		set->periods = repalloc(set->periods, set->size * sizeof(Period));
	}
}

void
period_set_add(PeriodSet *set, Period period)
{
	int			first = set->n;
	int			last;

	if (period_empty(period))
		return;

	/* those that it overlaps or touches, first to last - 1, become one */
	while (first > 0 && set->periods[first - 1].until >= period.from)
		first--;
	last = first;
	while (last < set->n && set->periods[last].from <= period.until)
	{
		period.from = Min(period.from, set->periods[last].from);
		period.until = Max(period.until, set->periods[last].until);
		last++;
	}

	if (first == last)
		make_room(set);
	memmove(&set->periods[first + 1], &set->periods[last],
			(set->n - last) * sizeof(Period));
	set->periods[first] = period;
	set->n += 1 - (last - first);
	Assert(is_canonical_at(set, first));
}

PeriodSet
period_set_minus(const PeriodSet *a, const PeriodSet *b)
{
	PeriodSet	rest = {0};
	int			i;
	int			j = 0;

	Assert(is_canonical(a) && is_canonical(b));
	for (i = 0; i < a->n; i++)
	{
		Period		left = a->periods[i];

		while (j > 0 && b->periods[j - 1].until > left.from)
			j--;
		for (; j < b->n && b->periods[j].from < left.until; j++)
		{
			Period		before = {left.from, b->periods[j].from};

			period_set_add(&rest, before);
			left.from = Max(left.from, b->periods[j].until);
		}
		period_set_add(&rest, left);
	}
	return rest;
}

bool
period_set_within(const PeriodSet *a, const PeriodSet *b)
{
	int			i;
	int			j = 0;

	Assert(is_canonical(a) && is_canonical(b));
	for (i = 0; i < a->n; i++)
	{
		while (j < b->n && b->periods[j].until < a->periods[i].until)
			j++;
		if (j == b->n || b->periods[j].from > a->periods[i].from)
			return false;
	}
	return true;
}

bool
period_set_overlap(const PeriodSet *set, Period period)
{
	int			low = 0;
	int			high = set->n;

	/* the first that ends later: those after it begin later still */
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (set->periods[middle].until <= period.from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < set->n && periods_overlap(set->periods[low], period);
}

Period
period_set_hull(const PeriodSet *set)
{
	Period		hull;

	Assert(set->n > 0 && is_canonical(set));
	hull.from = set->periods[0].from;
	hull.until = set->periods[set->n - 1].until;
	return hull;
}
