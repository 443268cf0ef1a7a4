/*-------------------------------------------------------------------------
 *
 * time_within.c
 *	  How much of some periods lies in others.
 *
 * The same as the length of their intersection, which is not made: reports ask
 * it for everybody and each part of the week.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/core.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/multirangetypes.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_time_within);

/* The periods of a multirange, one after the other. */
typedef struct Cursor
{
	const MultirangeType *periods;
	TypeCacheEntry *rangetyp;
	uint32		next;
	Period		period;			/* the one at hand, if there is one */
} Cursor;

static bool
cursor_next(Cursor *cursor)
{
	RangeBound	lower;
	RangeBound	upper;

	if (cursor->next >= cursor->periods->rangeCount)
		return false;
	multirange_get_bounds(cursor->rangetyp, cursor->periods, cursor->next++,
						  &lower, &upper);
	cursor->period.from = lower.infinite ? DT_NOBEGIN :
		DatumGetTimestampTz(lower.val);
	cursor->period.until = upper.infinite ? DT_NOEND :
		DatumGetTimestampTz(upper.val);
	return true;
}

Datum
oncall_time_within(PG_FUNCTION_ARGS)
{
	MultirangeType *duty = PG_GETARG_MULTIRANGE_P(0);
	MultirangeType *band = PG_GETARG_MULTIRANGE_P(1);
	Cursor		a = {duty, NULL, 0, {0, 0}};
	Cursor		b = {band, NULL, 0, {0, 0}};
	Interval   *sum = palloc0(sizeof(Interval));
	bool		more;

	a.rangetyp = b.rangetyp =
		multirange_get_typcache(fcinfo, MultirangeTypeGetOid(duty))->rngtype;
	more = cursor_next(&a) && cursor_next(&b);
	while (more)
	{
		TimestampTz from = Max(a.period.from, b.period.from);
		TimestampTz until = Min(a.period.until, b.period.until);

		CHECK_FOR_INTERRUPTS();
		if (from < until)
		{
			if (TIMESTAMP_NOT_FINITE(from) || TIMESTAMP_NOT_FINITE(until))
				ereport(ERROR,
						(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						 errmsg("the time in both periods must be finite")));
			/* disjoint periods are together no longer than time itself */
			sum->time += until - from;
		}
		more = cursor_next(a.period.until <= b.period.until ? &a : &b);
	}
	PG_RETURN_INTERVAL_P(sum);
}
