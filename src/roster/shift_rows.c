/*-------------------------------------------------------------------------
 *
 * shift_rows.c
 *	  Shifts as rows: what roster() and duties() return.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/shift_rows.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "utils/memutils.h"
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

/*
 * Most rows say what another has said of another time: the same person holds
 * the same seat by the same layer. To form a tuple takes longer than all else
 * that is done for a row, so tuples are kept, and only the times in them are
 * written anew. What a cover says it says once.
 */
typedef struct RowTemplate
{
	const RotationLabel *label;
	int			seat;
	int32		person_id;
	int32		layer_id;
	HeapTuple	tuple;			/* NULL: none is kept */
	char	   *bounds;			/* of the period, in the tuple */
	char	   *times;			/* starts_at and ends_at, in the tuple */
} RowTemplate;

/* A power of two; each has the rows of one hash value that came last. */
#define NUM_TEMPLATES 256

void
shift_rows_begin(ShiftRows *rows, FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	rows->result = (ReturnSetInfo *) fcinfo->resultinfo;
	rows->typcache = tstzrange_typcache();
	rows->context = CurrentMemoryContext;
	rows->templates = palloc0(NUM_TEMPLATES * sizeof(RowTemplate));
}

/* The tuple of a row, in a context; the rest goes to the current one. */
static HeapTuple
form_row(const ShiftRows *rows, const RotationLabel *label, int seat,
		 const Cell *cell, text *person, Period period, MemoryContext context)
{
	Datum		values[ROSTER_COLUMNS];
	bool		nulls[ROSTER_COLUMNS] = {0};
	MemoryContext caller;
	HeapTuple	tuple;

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
	caller = MemoryContextSwitchTo(context);
	tuple = heap_form_tuple(rows->result->setDesc, values, nulls);
	MemoryContextSwitchTo(caller);
	return tuple;
}

/* Rows of a finite period, and no others, have all times in the same places. */
static inline bool
fits_template(const Cell *cell, Period period)
{
	return cell->cover_id == 0 && period.from < period.until &&
		!TIMESTAMP_IS_NOBEGIN(period.from) && !TIMESTAMP_IS_NOEND(period.until);
}

static inline RowTemplate *
template_slot(const ShiftRows *rows, int seat, const Cell *cell)
{
	uint32		hash = murmurhash32((uint32) cell->person_id +
									((uint32) seat << 24));

	return &rows->templates[hash % NUM_TEMPLATES];
}

static inline bool
is_template_of(const RowTemplate *template, const RotationLabel *label,
			   int seat, const Cell *cell)
{
	return template->label == label && template->seat == seat &&
		template->person_id == cell->person_id &&
		template->layer_id == cell->layer_id && template->tuple != NULL;
}

/* Keep a row, which a finite period fits. */
static void
make_template(const ShiftRows *rows, RowTemplate *template,
			  const RotationLabel *label, int seat, const Cell *cell,
			  HeapTuple tuple)
{
	bool		isnull;
	char	   *range;

	if (template->tuple != NULL)
		heap_freetuple(template->tuple);
	template->tuple = tuple;
	template->label = label;
	template->seat = seat;
	template->person_id = cell->person_id;
	template->layer_id = cell->layer_id;

	range = DatumGetPointer(heap_getattr(tuple, ROSTER_PERIOD + 1,
										 rows->result->setDesc, &isnull));
	/* the type's oid, two bounds and a byte of flags */
	Assert(VARSIZE_ANY_EXHDR(range) ==
		   sizeof(Oid) + 2 * sizeof(TimestampTz) + 1);
	template->bounds = VARDATA_ANY(range) + sizeof(Oid);
	template->times = (char *) tuple->t_data + tuple->t_len -
		2 * sizeof(TimestampTz);
}

#ifdef USE_ASSERT_CHECKING
/* Is a tuple what the server would have made of the row? */
static bool
is_formed_alike(HeapTuple tuple, HeapTuple formed)
{
	Size		skip = offsetof(HeapTupleHeaderData, t_infomask2);

	return tuple->t_len == formed->t_len &&
		memcmp((char *) tuple->t_data + skip, (char *) formed->t_data + skip,
			   tuple->t_len - skip) == 0;
}
#endif

void
shift_rows_put(const ShiftRows *rows, const RotationLabel *label, int seat,
			   const Cell *cell, text *person, Period period)
{
	RowTemplate *template;
	HeapTuple	tuple;

	if (!fits_template(cell, period))
	{
		tuple = form_row(rows, label, seat, cell, person, period,
						 CurrentMemoryContext);
		tuplestore_puttuple(rows->result->setResult, tuple);
		heap_freetuple(tuple);
		return;
	}

	template = template_slot(rows, seat, cell);
	if (!is_template_of(template, label, seat, cell))
	{
		tuple = form_row(rows, label, seat, cell, person, period,
						 rows->context);
		make_template(rows, template, label, seat, cell, tuple);
	}
	memcpy(template->bounds, &period, sizeof(Period));
	memcpy(template->times, &period, sizeof(Period));
	Assert(is_formed_alike(template->tuple,
						   form_row(rows, label, seat, cell, person, period,
									CurrentMemoryContext)));
	tuplestore_puttuple(rows->result->setResult, template->tuple);
}
