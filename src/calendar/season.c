/*-------------------------------------------------------------------------
 *
 * season.c
 *	  Holidays that belong together: seasons and their blocks.
 *
 * Pure. A block is what links of two kinds hold together: dates next to each
 * other, and a date with the one that it observes. Each holiday points to an
 * earlier one of its block (union-find), the first of them to itself.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/season.h"

static int
season_day_cmp(const void *a, const void *b)
{
	const SeasonDay *x = a;
	const SeasonDay *y = b;

	if (x->season != y->season)
		return x->season < y->season ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

static int
first_of(int *earlier, int i)
{
	while (earlier[i] != i)
	{
		earlier[i] = earlier[earlier[i]];
		i = earlier[i];
	}
	return i;
}

static void
link_days(int *earlier, int i, int j)
{
	i = first_of(earlier, i);
	j = first_of(earlier, j);
	earlier[Max(i, j)] = Min(i, j);
}

int
season_day_find(const SeasonDay *days, int ndays, int season, Day day)
{
	SeasonDay	wanted = {day, NO_DAY, season, 0};
	const SeasonDay *found = NULL;

	/* the search leans on their order, which season_blocks() made */
	Assert(ndays < 2 || season_day_cmp(&days[0], &days[ndays - 1]) <= 0);
	if (day != NO_DAY)
		found = bsearch(&wanted, days, ndays, sizeof(SeasonDay),
						season_day_cmp);
	return found == NULL ? -1 : (int) (found - days);
}

void
season_blocks(SeasonDay *days, int ndays)
{
	int		   *earlier = palloc((ndays + 1) * sizeof(int));
	int			i;

	qsort(days, ndays, sizeof(SeasonDay), season_day_cmp);
	for (i = 0; i < ndays; i++)
	{
		Assert(days[i].day != NO_DAY);
		earlier[i] = i;
		/* those of one date stand side by side */
		if (i > 0 && days[i - 1].season == days[i].season &&
			(int64) days[i].day - days[i - 1].day <= 1)
			link_days(earlier, i - 1, i);
	}
	for (i = 0; i < ndays; i++)
	{
		int			observed = season_day_find(days, ndays, days[i].season,
											   days[i].observes);

		if (observed >= 0)
			link_days(earlier, i, observed);
	}
	for (i = 0; i < ndays; i++)
		days[i].block = days[first_of(earlier, i)].day;
	pfree(earlier);
}
