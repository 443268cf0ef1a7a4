/*-------------------------------------------------------------------------
 *
 * shift_rows.c
 *	  Shifts as rows: what roster() and duties() return.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/shift_rows.h"

#include "base/tstzrange.h"
#include "funcapi.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

enum
{
	ROSTER_ROTATION_ID,
	ROSTER_ROTATION,
	ROSTER_SEAT,
	ROSTER_SEAT_NAME,
	ROSTER_PERSON_ID,
	ROSTER_PERSON,
	ROSTER_PERIOD,
	ROSTER_LAYER_ID,
	ROSTER_COVER_ID,
	ROSTER_STARTS_AT,
	ROSTER_ENDS_AT,
	ROSTER_COLUMNS
};

void
shift_rows_begin(ShiftRows *rows, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	rows->result = (ReturnSetInfo *) fcinfo->resultinfo;
	rows->typcache = tstzrange_typcache();
}

void
shift_rows_put(const ShiftRows *rows, const RotationLabel *label, int seat,
			   const Cell *cell, text *person, Period period)
{
	Datum		values[ROSTER_COLUMNS];
	bool		nulls[ROSTER_COLUMNS] = {0};

	values[ROSTER_ROTATION_ID] = Int32GetDatum(label->rotation_id);
	values[ROSTER_ROTATION] = PointerGetDatum(label->name);
	values[ROSTER_SEAT] = Int16GetDatum(seat + 1);
	values[ROSTER_SEAT_NAME] = label->seats[seat];
	values[ROSTER_PERSON_ID] = Int32GetDatum(cell->person_id);
	nulls[ROSTER_PERSON_ID] = cell->person_id == 0;
	values[ROSTER_PERSON] = PointerGetDatum(person);
	nulls[ROSTER_PERSON] = person == NULL;
	values[ROSTER_PERIOD] =
		RangeTypePGetDatum(tstzrange_of_period(rows->typcache, period));
	values[ROSTER_LAYER_ID] = Int32GetDatum(cell->layer_id);
	nulls[ROSTER_LAYER_ID] = cell->layer_id == 0;
	values[ROSTER_COVER_ID] = Int32GetDatum(cell->cover_id);
	nulls[ROSTER_COVER_ID] = cell->cover_id == 0;
	values[ROSTER_STARTS_AT] = TimestampTzGetDatum(period.from);
	nulls[ROSTER_STARTS_AT] = TIMESTAMP_IS_NOBEGIN(period.from);
	values[ROSTER_ENDS_AT] = TimestampTzGetDatum(period.until);
	nulls[ROSTER_ENDS_AT] = TIMESTAMP_IS_NOEND(period.until);

	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc,
						 values, nulls);
}
