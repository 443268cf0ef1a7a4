/*-------------------------------------------------------------------------
 *
 * weekly_hours_private.h
 *	  What the files of the type oncall.weekly_hours share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WEEKLY_HOURS_PRIVATE_H
#define ONCALL_WEEKLY_HOURS_PRIVATE_H

#include "types/weekly_hours.h"

#include "base/compat.h"

#define DAYS_PER_WEEK 7
#define ALL_DAYS 0x7F			/* a bit for each weekday, Monday = 1 */
#define PH DAYS_PER_WEEK		/* index of the hours of public holidays */
#define NLISTS (DAYS_PER_WEEK + 1)
#define LATEST_MINUTE (2 * MINUTES_PER_DAY)
#define MAX_DAY_SPANS (MINUTES_PER_DAY / 2) /* each apart from the next */

/*
 * The stored form. It is canonical and without padding, so that equal values
 * are bytewise equal: the spans of a day are in order and do not touch; a day
 * that has the hours of public holidays anyhow is not in own_holidays; and
 * without any day in own_holidays, there are no hours of public holidays.
 */
typedef struct WeeklyHours
{
	int32		vl_len_;
	uint8		format;			/* WEEKLY_HOURS_FORMAT */
	uint8		own_holidays;	/* weekdays on which public holidays have
								 * hours of their own */
	uint16		nspans[NLISTS]; /* of Monday to Sunday, and PH */
	DaySpan		spans[FLEXIBLE_ARRAY_MEMBER];
} WeeklyHours;

#define WEEKLY_HOURS_FORMAT 1

#define DatumGetWeeklyHoursP(X) ((WeeklyHours *) PG_DETOAST_DATUM(X))
#define PG_GETARG_WEEKLY_HOURS_P(n) DatumGetWeeklyHoursP(PG_GETARG_DATUM(n))

/* Hours not yet in their stored form, indexed as there. */
typedef struct WeeklyDraft
{
	DaySpans	hours[NLISTS];
	uint8		own_holidays;
} WeeklyDraft;

/* Make the stored form of a draft, which becomes canonical by it. */
extern WeeklyHours *weekly_hours_store(WeeklyDraft *draft);

/* Read the stored form; the draft points into it. */
extern void weekly_hours_unfold(const WeeklyHours *hours, WeeklyDraft *draft);

/* Get ready to evaluate hours that stay where they are. */
extern void weekly_hours_to_week(const WeeklyHours *hours, Week *week);

/* Do two days have the same hours? */
static inline bool
weekly_hours_same_day(const DaySpans *a, const DaySpans *b)
{
	return a->nspans == b->nspans &&
		(a->nspans == 0 ||
		 memcmp(a->spans, b->spans, a->nspans * sizeof(DaySpan)) == 0);
}

/* Do two detoasted varlenas hold the same bytes? */
static inline bool
weekly_hours_same_bytes(const void *a, const void *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

#endif							/* ONCALL_WEEKLY_HOURS_PRIVATE_H */
