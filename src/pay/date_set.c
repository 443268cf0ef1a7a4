/*-------------------------------------------------------------------------
 *
 * date_set.c
 *	  Dates that were met, in order but for somebody's flights.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/date_set.h"

#define DATES_KNOWN 64

bool
date_set_has(const DateSet *set, Day day)
{
	int64		back = (int64) set->latest - day;

	if (set->seen == 0 || back < 0)
		return false;
	return back >= DATES_KNOWN || (set->seen >> back & 1) != 0;
}

void
date_set_add(DateSet *set, Day day)
{
	int64		back = (int64) set->latest - day;

	if (set->seen == 0 || back <= -DATES_KNOWN)
	{
		set->latest = day;
		set->seen = 1;
	}
	else if (back < 0)
	{
		set->latest = day;
		set->seen = set->seen << -back | 1;
	}
	else if (back < DATES_KNOWN)
		set->seen |= UINT64CONST(1) << back;
}
