/*-------------------------------------------------------------------------
 *
 * tstzrange.c
 *	  Between PostgreSQL's ranges of timestamptz and our periods.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/tstzrange.h"

#include "catalog/pg_type.h"
#include "utils/timestamp.h"

TypeCacheEntry *
tstzrange_typcache(void)
{
	return lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
}

bool
tstzrange_to_period(const RangeType *range, Period *period)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(tstzrange_typcache(), range, &lower, &upper, &empty);
	if (empty)
		return false;

	period->from = lower.infinite ? DT_NOBEGIN :
		DatumGetTimestampTz(lower.val);
	if (!lower.inclusive && !TIMESTAMP_NOT_FINITE(period->from))
		period->from++;
	period->until = upper.infinite ? DT_NOEND :
		DatumGetTimestampTz(upper.val);
	if (upper.inclusive && !TIMESTAMP_NOT_FINITE(period->until))
		period->until++;
	return period->from < period->until;
}

RangeType *
tstzrange_of_period(TypeCacheEntry *typcache, Period period)
{
	RangeBound	lower;
	RangeBound	upper;

	lower.val = TimestampTzGetDatum(period.from);
	lower.infinite = TIMESTAMP_IS_NOBEGIN(period.from);
	lower.inclusive = !lower.infinite;
	lower.lower = true;
	upper.val = TimestampTzGetDatum(period.until);
	upper.infinite = TIMESTAMP_IS_NOEND(period.until);
	upper.inclusive = false;
	upper.lower = false;
	return make_range_compat(typcache, &lower, &upper,
							 period.from >= period.until);
}

Datum
tstzrange_datum(Period period)
{
	return RangeTypePGetDatum(tstzrange_of_period(tstzrange_typcache(), period));
}

void
tstzrange_refuse_closed(const RangeType *range)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(tstzrange_typcache(), range, &lower, &upper, &empty);
	if (!empty && upper.inclusive &&
		!TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a period must not include the instant at which it ends"),
				 errhint("End the range with ) instead of ].")));
}

Period
tstzrange_window(const RangeType *range)
{
	Period		window;

	tstzrange_refuse_closed(range);
	if (!tstzrange_to_period(range, &window))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the window must not be empty"),
				 errhint("Write a range whose end comes after its start, such as tstzrange('2026-12-24', '2027-01-03').")));
	if (TIMESTAMP_NOT_FINITE(window.from) ||
		TIMESTAMP_NOT_FINITE(window.until))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the window must be bounded on both sides"),
				 errdetail("What goes on without end cannot be listed."),
				 errhint("Write a range with a start and an end, such as tstzrange(now(), now() + '90 days').")));
	return window;
}

Period *
tstzmultirange_periods(const MultirangeType *multirange, int *nperiods)
{
	RangeType **ranges;
	int32		nranges;
	Period	   *periods;
	int			i;

	multirange_deserialize(tstzrange_typcache(), multirange, &nranges,
						   &ranges);
	periods = palloc((nranges + 1) * sizeof(Period));
	for (i = 0; i < nranges; i++)
	{
		/* no range of a multirange is empty */
		tstzrange_to_period(ranges[i], &periods[i]);
		if (TIMESTAMP_NOT_FINITE(periods[i].from) ||
			TIMESTAMP_NOT_FINITE(periods[i].until))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("the periods must be bounded on both sides")));
	}
	*nperiods = nranges;
	return periods;
}

TimestampTz
finite_instant(TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the time must be finite"),
				 errhint("Leave such rows out, for instance with isfinite().")));
	return at;
}
