/*-------------------------------------------------------------------------
 *
 * pair_around.c
 *	  The pair on call at an instant, since when and until when, and the next.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "funcapi.h"
#include "roster/reach.h"
#include "roster/roster_loader.h"
#include "types/pair.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_pair_around);

/* Columns of pair_around(). */
enum
{
	AROUND_PAIR,
	AROUND_SINCE,
	AROUND_UNTIL,
	AROUND_NEXT_AT,
	AROUND_NEXT_PAIR,
	AROUND_COLUMNS
};

static int64
pair_of_cells(const Cell *cells)
{
	return pair_make(cells[0].person_id, cells[1].person_id);
}

/* Note the pair of a segment, whichever it is; see CellsTest. */
static bool
note_pair(void *arg, const Cell *cells)
{
	*(int64 *) arg = pair_of_cells(cells);
	return true;
}

static bool
is_another_pair(void *arg, const Cell *cells)
{
	return pair_of_cells(cells) != *(const int64 *) arg;
}

/* Is somebody there? Who, is noted. */
static bool
is_anybody(void *arg, const Cell *cells)
{
	return note_pair(arg, cells) && *(int64 *) arg != 0;
}

/* A time goes into a column, where it is one. */
static void
set_time(Datum *values, bool *nulls, int column, TimestampTz at)
{
	values[column] = TimestampTzGetDatum(at);
	nulls[column] = TIMESTAMP_NOT_FINITE(at);
}

static void
set_pair(Datum *values, bool *nulls, int column, int64 pair)
{
	values[column] = Int64GetDatum(pair);
	nulls[column] = pair == 0;
}

Datum
oncall_pair_around(PG_FUNCTION_ARGS)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	Rotation	rotation = {0};
	TupleDesc	desc;
	Datum		values[AROUND_COLUMNS];
	bool		nulls[AROUND_COLUMNS];
	int64		pair = 0;
	int64		next = 0;
	TimestampTz until;
	TimestampTz next_at = DT_NOEND;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	rotation.rotation_id = PG_GETARG_INT32(0);
	rotation.nseats = 2;
	load_layers(&rotation, 1, false);

	reach_forward(&rotation, at, at + 1, note_pair, &pair);
	until = reach_forward(&rotation, at, DT_NOEND, is_another_pair, &pair);
	if (until != DT_NOEND)
		next_at = reach_forward(&rotation, until, DT_NOEND, is_anybody, &next);
	if (next_at == DT_NOEND)
		next = 0;

	set_pair(values, nulls, AROUND_PAIR, pair);
	set_time(values, nulls, AROUND_SINCE,
			 reach_back(&rotation, at + 1, is_another_pair, &pair));
	set_time(values, nulls, AROUND_UNTIL, until);
	set_time(values, nulls, AROUND_NEXT_AT, next_at);
	set_pair(values, nulls, AROUND_NEXT_PAIR, next);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}
