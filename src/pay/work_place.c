/*-------------------------------------------------------------------------
 *
 * work_place.c
 *	  Where, when and with which public holidays somebody works at an instant,
 *	  for functions in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "pay/pay_loader.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"

PG_FUNCTION_INFO_V1(oncall_work_place);

/* Columns of work_place(). */
enum
{
	PLACE_ZONE,
	PLACE_WORKING_HOURS,
	PLACE_HOLIDAYS,
	PLACE_COLUMNS
};

static Datum
dates_of(const Holidays *holidays)
{
	Datum	   *days = palloc((holidays->ndays + 1) * sizeof(Datum));
	int			i;

	for (i = 0; i < holidays->ndays; i++)
		days[i] = DateADTGetDatum(holidays->days[i]);
	return PointerGetDatum(construct_array(days, holidays->ndays, DATEOID,
										   sizeof(DateADT), true,
										   TYPALIGN_INT));
}

Datum
oncall_work_place(PG_FUNCTION_ARGS)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	PayCalendars calendars = {0};
	Oid			tables[NUM_PAY_TABLES];
	const WorkPlace *place;
	Holidays	holidays;
	TupleDesc	tupdesc;
	Datum		values[PLACE_COLUMNS];
	bool		nulls[PLACE_COLUMNS] = {0};

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	tupdesc = BlessTupleDesc(tupdesc);

	pay_loader_tables(tables);
	calendars.context = CurrentMemoryContext;
	place = &pay_loader_stretch(pay_loader_payee(PG_GETARG_INT32(0)),
								at)->place;
	holidays = pay_loader_holidays(place, &calendars);
	values[PLACE_ZONE] = CStringGetTextDatum(pg_get_timezone_name(place->zone));
	values[PLACE_WORKING_HOURS] = place->working_hours;
	values[PLACE_HOLIDAYS] = dates_of(&holidays);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values,
													  nulls)));
}
