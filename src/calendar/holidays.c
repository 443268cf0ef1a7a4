/*-------------------------------------------------------------------------
 *
 * holidays.c
 *	  Which dates are public holidays for somebody.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/holidays.h"

#include "calendar/week.h"

static int
day_cmp(const void *a, const void *b)
{
	Day			x = *(const Day *) a;
	Day			y = *(const Day *) b;

	return (x > y) - (x < y);
}

/* Leave out the dates that stand in another list; how many are left. */
static int
remove_days(Day *days, int ndays, const Holidays *others)
{
	const Holidays own PG_USED_FOR_ASSERTS_ONLY = {ndays, days};
	int			n = 0;
	int			i;
	int			o = 0;

	Assert(holidays_ascend(&own) && holidays_ascend(others));
	for (i = 0; i < ndays; i++)
	{
		while (o < others->ndays && others->days[o] < days[i])
			o++;
		if (o >= others->ndays || others->days[o] != days[i])
			days[n++] = days[i];
	}
	return n;
}

Holidays
holidays_of_dates(Day *days, int ndays)
{
	Holidays	holidays;
	int			n = 0;
	int			i;

	qsort(days, ndays, sizeof(Day), day_cmp);
	for (i = 0; i < ndays; i++)
	{
		if (n == 0 || days[i] != days[n - 1])
			days[n++] = days[i];
	}
	holidays.ndays = n;
	holidays.days = days;
	return holidays;
}

Holidays
holidays_of_person(const Day *days, const Day *observes, int ndays,
				   const Week *working_hours)
{
	Day		   *kept = palloc((ndays + 1) * sizeof(Day));
	Day		   *moved = palloc((ndays + 1) * sizeof(Day));
	Holidays	holidays;
	Holidays	elsewhere;		/* dates that are kept on others instead */
	int			nmoved = 0;
	int			i;

	for (i = 0; i < ndays; i++)
	{
		kept[i] = days[i];
		if (observes[i] == NO_DAY)
			continue;
		if (working_hours->ordinary[weekday_of(observes[i])].nspans > 0)
			kept[i] = observes[i];
		else
			moved[nmoved++] = observes[i];
	}
	holidays = holidays_of_dates(kept, ndays);
	elsewhere = holidays_of_dates(moved, nmoved);
	holidays.ndays = remove_days(kept, holidays.ndays, &elsewhere);
	pfree(moved);
	return holidays;
}

int
holidays_before(const Holidays *holidays, Day day)
{
	int			low = 0;
	int			high = holidays->ndays;

	while (low < high)
	{
		int			mid = low + (high - low) / 2;

		if (holidays->days[mid] < day)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
holidays_contain(const Holidays *holidays, Day day)
{
	int			i = holidays_before(holidays, day);

	return i < holidays->ndays && holidays->days[i] == day;
}
