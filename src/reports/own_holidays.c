/*-------------------------------------------------------------------------
 *
 * own_holidays.c
 *	  Which dates of a calendar are public holidays of somebody, for functions
 *	  in SQL that must not read how people are paid.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "calendar/holidays.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "types/weekly_hours.h"
#include "utils/date.h"

PG_FUNCTION_INFO_V1(oncall_own_holidays);

Datum
oncall_own_holidays(PG_FUNCTION_ARGS)
{
	Datum	   *days;
	Datum	   *observes;
	bool	   *is_own;			/* does the day stand for itself? */
	int			ndays;
	int			nobserves;
	Day		   *dates;
	Day		   *observed;
	Holidays	holidays;
	int			i;

	days = array_argument(PG_GETARG_ARRAYTYPE_P(0), "days", DATEOID, NULL,
						  &ndays);
	observes = array_argument(PG_GETARG_ARRAYTYPE_P(1), "observes", DATEOID,
							  &is_own, &nobserves);
	array_argument_length("observes", ndays, nobserves,
						  "Give the date that each day stands for, or NULL.");
	dates = palloc((ndays + 1) * sizeof(Day));
	observed = palloc((ndays + 1) * sizeof(Day));
	for (i = 0; i < ndays; i++)
	{
		dates[i] = DatumGetDateADT(days[i]);
		observed[i] = is_own[i] ? NO_DAY : DatumGetDateADT(observes[i]);
	}

	holidays = holidays_of_person(dates, observed, ndays,
								  weekly_hours_week(PG_GETARG_DATUM(2)));
	days = palloc((holidays.ndays + 1) * sizeof(Datum));
	for (i = 0; i < holidays.ndays; i++)
		days[i] = DateADTGetDatum(holidays.days[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(days, holidays.ndays, DATEOID,
										  sizeof(DateADT), true,
										  TYPALIGN_INT));
}
