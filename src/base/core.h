/*-------------------------------------------------------------------------
 *
 * core.h
 *	  What the pure files may use, and the types that all files share.
 *
 * A file whose head, or the head of whose header, says "Pure" knows no table,
 * no SPI and no error reporting, so that it can be compiled with -DFRONTEND
 * and be tested and fuzzed outside a server (test/pure). From PostgreSQL it
 * takes integer and timestamp types, palloc, qsort and date arithmetic; from
 * us, other pure files and the two functions of calendar/tz.h; nothing else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CORE_H
#define ONCALL_CORE_H

#ifdef FRONTEND
#include "postgres_fe.h"

#define CHECK_FOR_INTERRUPTS() ((void) 0)

/* the backend has these in utils/datetime.h; a harness brings its own */
extern int	date2j(int year, int month, int day);
extern void j2date(int jd, int *year, int *month, int *day);
#else
#include "postgres.h"

#include "miscadmin.h"
#include "utils/datetime.h"
#endif

#include "common/int.h"
#include "datatype/timestamp.h"

/* Days since 2000-01-01, as in PostgreSQL's date type. */
typedef int32 Day;

/* No Day of the calendar is as late as this. */
#define NO_DAY PG_INT32_MAX

/* The weekday of a date, Monday = 0; 2000-01-01 was a Saturday. */
static inline int
weekday_of(Day day)
{
	int			weekday = (day + 5) % 7;

	return weekday < 0 ? weekday + 7 : weekday;
}

/*
 * A half-open stretch of time. Without a beginning: from is DT_NOBEGIN;
 * without an end: until is DT_NOEND. Empty if from >= until.
 */
typedef struct Period
{
	TimestampTz from;
	TimestampTz until;
} Period;

/* Quotient rounded towards minus infinity; b > 0. */
static inline int64
floor_div(int64 a, int64 b)
{
	return a / b - (a % b < 0);
}

/* The part of a period that lies in another; may be empty. */
static inline Period
period_and(Period a, Period b)
{
	Period		both;

	both.from = Max(a.from, b.from);
	both.until = Min(a.until, b.until);
	return both;
}

static inline bool
period_empty(Period period)
{
	return period.from >= period.until;
}

static inline bool
periods_overlap(Period a, Period b)
{
	return !period_empty(period_and(a, b));
}

/* An instant moved by so much, kept within the range of timestamps. */
static inline TimestampTz
instant_plus(TimestampTz at, int64 usecs)
{
	TimestampTz sum;

	if (at == DT_NOBEGIN || at == DT_NOEND)
		return at;
	if (pg_add_s64_overflow(at, usecs, &sum))
		return usecs < 0 ? MIN_TIMESTAMP : END_TIMESTAMP - 1;
	return Min(Max(sum, MIN_TIMESTAMP), END_TIMESTAMP - 1);
}

/* From so much before a period to so much after it. */
static inline Period
period_widen(Period period, int64 usecs)
{
	period.from = instant_plus(period.from, -usecs);
	period.until = instant_plus(period.until, usecs);
	return period;
}

#endif							/* ONCALL_CORE_H */
