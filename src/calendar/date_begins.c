/*-------------------------------------------------------------------------
 *
 * date_begins.c
 *	  date_begins(): the SQL function over clock_date_begins().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "calendar/clock_cache.h"
#include "fmgr.h"
#include "utils/date.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_date_begins);

Datum
oncall_date_begins(PG_FUNCTION_ARGS)
{
	DateADT		date = PG_GETARG_DATEADT(0);
	WallClock  *clock;
	TimestampTz at;

	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
								   sizeof(ClockCache));
	clock = clock_cache_find(fcinfo->flinfo->fn_extra, PG_GETARG_TEXT_PP(1),
							 fcinfo->flinfo->fn_mcxt);

	if (DATE_IS_NOBEGIN(date))
		PG_RETURN_TIMESTAMPTZ(DT_NOBEGIN);
	if (DATE_IS_NOEND(date))
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	/* dates reach further than times */
	if (date < TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
	{
		at = clock_date_begins(clock, date * USECS_PER_DAY);
		if (IS_VALID_TIMESTAMP(at))
			PG_RETURN_TIMESTAMPTZ(at);
	}
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("date out of range for timestamp")));
}
