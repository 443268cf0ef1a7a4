/*-------------------------------------------------------------------------
 *
 * guc.c
 *	  The settings of oncall.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/guc.h"

#include "base/compat.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_horizon);

/* oncall.horizon, as written */
static char *horizon_text;

/* oncall.past_reason; empty: none */
static char *past_reason_text;

/* oncall.notify */
static bool notify;

/* A horizon lies between a day and a century ahead. */
#define MAX_HORIZON (INT64CONST(36525) * USECS_PER_DAY)

/* Read an interval without raising an error; false if it is none. */
static bool
parse_interval(const char *text, Interval *interval)
{
	char		buffer[256];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nf;
	int			dtype;
	struct pg_itm_in itm;

	if (ParseDateTime(text, buffer, sizeof(buffer), field, ftype,
					  MAXDATEFIELDS, &nf) != 0)
		return false;
	if (DecodeInterval(field, ftype, nf, INTERVAL_FULL_RANGE, &dtype,
					   &itm) != 0 &&
		DecodeISO8601Interval(unconstify(char *, text), &dtype, &itm) != 0)
		return false;
	return dtype == DTK_DELTA && itmin2interval(&itm, interval) == 0;
}

/* A setting that this accepts, horizon() can read. */
static bool
check_horizon(char **newval, void **extra, GucSource source)
{
	Interval	interval;
	double		length;

	if (!parse_interval(*newval, &interval))
	{
		GUC_check_errdetail("The horizon is an interval, such as '90 days'.");
		return false;
	}
	length = (double) interval.time +
		(interval.day + interval.month * (DAYS_PER_YEAR / MONTHS_PER_YEAR)) *
		USECS_PER_DAY;
	if (length < USECS_PER_DAY || length > MAX_HORIZON)
	{
		GUC_check_errdetail("The horizon must lie between a day and a hundred years ahead; write it with its unit, such as '90 days'.");
		return false;
	}
	return true;
}

void
guc_init(void)
{
	DefineCustomStringVariable("oncall.horizon",
							   "How far ahead the on-call views look.",
							   "An interval. The view shift ends there, and duties() by default, which goes on to the next shift.",
							   &horizon_text,
							   "90 days",
							   PGC_USERSET, 0,
							   check_horizon, NULL, NULL);
	DefineCustomStringVariable("oncall.past_reason",
							   "Why the roster of the past is changed.",
							   "The reason of those changes that give none themselves, for COPY, imports and restores. A change by which somebody's duty of the past is another needs one.",
							   &past_reason_text,
							   "",
							   PGC_USERSET, 0,
							   NULL, NULL, NULL);
	DefineCustomBoolVariable("oncall.notify",
							 "Whether gateways are notified of pages and notices.",
							 "A transaction that is to be prepared (PREPARE TRANSACTION) must not notify: its pages are found by the gateways' next claim.",
							 &notify,
							 true,
							 PGC_USERSET, 0,
							 NULL, NULL, NULL);
}

bool
guc_notify(void)
{
	return notify;
}

const char *
guc_past_reason(void)
{
	return past_reason_text[strspn(past_reason_text, " \t\n")] == '\0' ?
		NULL : past_reason_text;
}

TimestampTz
guc_horizon_after(TimestampTz at)
{
	return DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
												   TimestampTzGetDatum(at),
												   DirectFunctionCall1(oncall_horizon, (Datum) 0)));
}

Datum
oncall_horizon(PG_FUNCTION_ARGS)
{
	Interval   *interval = palloc(sizeof(Interval));

	if (!parse_interval(horizon_text, interval))
		elog(ERROR, "could not read oncall.horizon");
	PG_RETURN_INTERVAL_P(interval);
}
