/*-------------------------------------------------------------------------
 *
 * own_holidays.c
 *	  Which dates are public holidays of somebody, for functions in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "calendar/holidays.h"
#include "catalog/pg_type.h"
#include "types/weekly_hours.h"
#include "utils/array.h"
#include "utils/date.h"

PG_FUNCTION_INFO_V1(oncall_own_holidays);

/* own_holidays(days, observes, working_hours) */
Datum
oncall_own_holidays(PG_FUNCTION_ARGS)
{
	bool	   *nulls;
	int			ndays;
	int			n;
	Datum	   *given = array_argument(PG_GETARG_ARRAYTYPE_P(0), "days",
									   DATEOID, NULL, &ndays);
	Datum	   *stand_for = array_argument(PG_GETARG_ARRAYTYPE_P(1),
										   "observes", DATEOID, &nulls, &n);
	Day		   *days = palloc((ndays + 1) * sizeof(Day));
	Day		   *observes = palloc((ndays + 1) * sizeof(Day));
	Holidays	holidays;
	Datum	   *result;
	int			i;

	array_argument_length("observes", ndays, n,
						  "Give one element for each holiday.");
	for (i = 0; i < ndays; i++)
	{
		days[i] = DatumGetDateADT(given[i]);
		observes[i] = nulls[i] ? NO_DAY : DatumGetDateADT(stand_for[i]);
		if (DATE_NOT_FINITE(days[i]) ||
			(!nulls[i] && DATE_NOT_FINITE(observes[i])))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("holidays must be finite dates")));
	}
	holidays = holidays_of_person(days, observes, ndays,
								  weekly_hours_week(PG_GETARG_DATUM(2)));
	result = palloc((holidays.ndays + 1) * sizeof(Datum));
	for (i = 0; i < holidays.ndays; i++)
		result[i] = DateADTGetDatum(holidays.days[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(result, holidays.ndays, DATEOID,
										  sizeof(DateADT), true,
										  TYPALIGN_INT));
}
