/*-------------------------------------------------------------------------
 *
 * holidays.h
 *	  Which dates are public holidays for somebody.
 *
 * Pure. A calendar has holidays, some of which are observed on another date
 * than their own: a holiday on a Saturday is kept on the Monday after it. For
 * somebody who works on Saturdays it is the Saturday, for everybody else the
 * Monday, and for nobody both. This is the one place that says so.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HOLIDAYS_H
#define ONCALL_HOLIDAYS_H

#include "base/core.h"

struct Week;

/* Dates on which public holidays fall, ascending, none of them twice. */
typedef struct Holidays
{
	int			ndays;
	const Day  *days;
} Holidays;

/*
 * The dates that are public holidays of somebody with these working hours,
 * palloc'd. observes[i] is the date that days[i] stands for, or NO_DAY. Such
 * a day counts only if the hours do not contain the other date's weekday, and
 * then the other does not: never both.
 */
extern Holidays holidays_of_person(const Day *days, const Day *observes,
								   int ndays,
								   const struct Week *working_hours);

/*
 * Sort dates and leave out those that come twice, in place: where no person
 * is concerned, a date that is observed and the one on which it is observed
 * both count. The dates are the caller's to keep.
 */
extern Holidays holidays_of_dates(Day *days, int ndays);

/* Are they in order, none of them twice? For assertions. */
static inline bool
holidays_ascend(const Holidays *holidays)
{
	int			i;

	for (i = 1; i < holidays->ndays; i++)
	{
		if (holidays->days[i - 1] >= holidays->days[i])
			return false;
	}
	return true;
}

/* How many of the holidays fall before this date. */
extern int	holidays_before(const Holidays *holidays, Day day);

/* Is this date one of them? */
extern bool holidays_contain(const Holidays *holidays, Day day);

#endif							/* ONCALL_HOLIDAYS_H */
