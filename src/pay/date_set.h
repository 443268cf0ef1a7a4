/*-------------------------------------------------------------------------
 *
 * date_set.h
 *	  Dates that were met, in order but for somebody's flights.
 *
 * Pure. Whose zone changes can meet a date again, or an earlier one for the
 * first time; never one that is weeks back.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_DATE_SET_H
#define ONCALL_DATE_SET_H

#include "base/core.h"

/* All zero: none. */
typedef struct DateSet
{
	Day			latest;
	uint64		seen;			/* bit i: the date i days before the latest */
} DateSet;

/* Was this date met before? More than 63 days back, it was. */
extern bool date_set_has(const DateSet *set, Day day);

extern void date_set_add(DateSet *set, Day day);

#endif							/* ONCALL_DATE_SET_H */
