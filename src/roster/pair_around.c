/*-------------------------------------------------------------------------
 *
 * pair_around.c
 *	  The pair on call at an instant, since when and until when, and the next.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/tstzrange.h"
#include "funcapi.h"
#include "roster/reach.h"
#include "roster/roster_loader.h"
#include "types/pair.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_is_retired);
PG_FUNCTION_INFO_V1(oncall_pair_around);

/* Columns of pair_around(). */
enum
{
	AROUND_PAIR,
	AROUND_SINCE,
	AROUND_UNTIL,
	AROUND_NEXT_AT,
	AROUND_NEXT_PAIR,
	AROUND_RETIRED,
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

/* The search for the next pair, which begins with the segment of the first. */
typedef struct NextPair
{
	bool		begun;
	int64		first;
	int64		next;
} NextPair;

static bool
is_next_pair(void *arg, const Cell *cells)
{
	NextPair   *search = arg;

	search->next = pair_of_cells(cells);
	if (!search->begun)
		search->first = search->next;
	search->begun = true;
	return search->next != search->first;
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

/* Do all layers end by an instant? A rotation without any is not retired. */
static bool
layers_are_over(const Rotation *rotation, TimestampTz at)
{
	int			i;
	int			r;

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];
		TimestampTz until = layer->valid.until;

		for (r = 0; r < layer->nrules; r++)
		{
			if (layer->rules[r].ends)
				until = Min(until, layer->rules[r].since);
		}
		if (until > at)
			return false;
	}
	return rotation->nlayers > 0;
}

/* Read a rotation, with its covers from an instant on; is it retired then? */
static bool
load_ahead(Rotation *rotation, int32 rotation_id, TimestampTz at)
{
	Period		rest = {at, DT_NOEND};

	memset(rotation, 0, sizeof(Rotation));
	rotation->rotation_id = rotation_id;
	rotation->nseats = 2;
	load_layers(rotation, 1, false);
	load_covers(rotation, 1, rest, false);
	return rotation->ncovers == 0 && layers_are_over(rotation, at);
}

Datum
oncall_is_retired(PG_FUNCTION_ARGS)
{
	Rotation	rotation;

	PG_RETURN_BOOL(load_ahead(&rotation, PG_GETARG_INT32(0),
							  GetCurrentTransactionStartTimestamp()));
}

Datum
oncall_pair_around(PG_FUNCTION_ARGS)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	Rotation	rotation;
	TupleDesc	desc;
	Datum		values[AROUND_COLUMNS];
	bool		nulls[AROUND_COLUMNS] = {0};
	NextPair	search = {0};
	TimestampTz since = DT_NOBEGIN;
	TimestampTz until = DT_NOEND;
	TimestampTz next_at;
	bool		retired;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	retired = load_ahead(&rotation, PG_GETARG_INT32(0), at);
	if (!retired)
	{
		until = reach_forward_read(&rotation, at, DT_NOEND, is_next_pair,
								   &search);
		since = reach_back(&rotation, at + 1, is_another_pair, &search.first);
	}
	next_at = until;
	if (until == DT_NOEND)
		search.next = 0;
	else if (search.next == 0)
		next_at = reach_forward_read(&rotation, until, DT_NOEND, is_anybody,
									 &search.next);

	set_pair(values, nulls, AROUND_PAIR, search.first);
	set_time(values, nulls, AROUND_SINCE, since);
	set_time(values, nulls, AROUND_UNTIL, until);
	set_time(values, nulls, AROUND_NEXT_AT, next_at);
	set_pair(values, nulls, AROUND_NEXT_PAIR, search.next);
	values[AROUND_RETIRED] = BoolGetDatum(retired);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values,
											 nulls));
}
