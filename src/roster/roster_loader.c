/*-------------------------------------------------------------------------
 *
 * roster_loader.c
 *	  Read the rotation tables, as the caller, through SPI.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/cadence.h"
#include "catalog/pg_type.h"
#include "roster/roster_loader.h"
#include "base/ids.h"
#include "base/tstzrange.h"
#include "base/saved_query.h"
#include "base/tables.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "types/weekly_hours.h"

/* The queries; each has a plan of its own, kept for the session. */
typedef enum RosterQuery
{
	LAYERS_OF_ONE,
	LAYERS_OF_ALL,
	LAYER_HISTORY_OF_ONE,
	LAYER_HISTORY_OF_ALL,
	COVERS_OF_ONE,
	COVERS_OF_ALL,
	COVER_HISTORY_OF_ONE,
	COVER_HISTORY_OF_ALL,
	HOLIDAYS_OF_ONE,
	LABEL_OF_ONE,
	LABELS_OF_ALL,
	PEOPLE,
	NUM_ROSTER_QUERIES
} RosterQuery;

#define LAYER_COLUMNS \
	"SELECT l.rotation_id, coalesce(l.copy_of, l.layer_id), l.rank," \
	" l.valid::pg_catalog.tstzrange, l.recorded::pg_catalog.tstzrange," \
	" l.cadence::oncall.cadence, l.hours::oncall.weekly_hours," \
	" l.pairing::pg_catalog.text, l.seats," \
	" ARRAY(SELECT m.position::pg_catalog.int8" \
	" OPERATOR(pg_catalog.*) 4294967296" \
	" OPERATOR(pg_catalog.+) coalesce(m.person_id, 0)" \
	" FROM oncall.layer_member m" \
	" WHERE m.layer_id OPERATOR(pg_catalog.=) coalesce(l.copy_of, l.layer_id))" \
	" FROM oncall.layer l"
#define COVER_COLUMNS \
	"SELECT c.rotation_id, coalesce(c.copy_of, c.cover_id), c.seat," \
	" c.person_id, c.period::pg_catalog.tstzrange," \
	" c.recorded::pg_catalog.tstzrange" \
	" FROM oncall.cover c" \
	" WHERE c.period OPERATOR(pg_catalog.&&) $2"
#define LABEL_COLUMNS \
	"SELECT r.rotation_id, r.name::pg_catalog.text," \
	" r.seats::pg_catalog.text[] FROM oncall.rotation r"
#define PERSON_COLUMNS \
	"SELECT p.person_id, p.name::pg_catalog.text FROM oncall.person p"

/* $1 is a rotation's id, or the ids of people; $2 is a window */
#define OF_ROTATION 1, {INT4OID}, {NULL, NULL}
#define OF_ROTATION_IN_WINDOW 2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}

static SavedQuery queries[NUM_ROSTER_QUERIES] =
{
	[LAYERS_OF_ONE] = {
		LAYER_COLUMNS
		" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1"
		" AND pg_catalog.upper_inf(l.recorded)",
		OF_ROTATION
	},
	[LAYERS_OF_ALL] = {
		LAYER_COLUMNS
		" WHERE pg_catalog.upper_inf(l.recorded)",
		OF_ROTATION
	},
	[LAYER_HISTORY_OF_ONE] = {
		LAYER_COLUMNS
		" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1",
		OF_ROTATION
	},
	[LAYER_HISTORY_OF_ALL] = {LAYER_COLUMNS, OF_ROTATION},

	/* worded as the exclusion constraint is, to use its index */
	[COVERS_OF_ONE] = {
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
		" AND pg_catalog.upper_inf(c.recorded)",
		OF_ROTATION_IN_WINDOW
	},
	[COVERS_OF_ALL] = {
		COVER_COLUMNS
		" AND pg_catalog.upper_inf(c.recorded)",
		OF_ROTATION_IN_WINDOW
	},
	[COVER_HISTORY_OF_ONE] = {
		COVER_COLUMNS
		" AND c.rotation_id OPERATOR(pg_catalog.=) $1",
		OF_ROTATION_IN_WINDOW
	},
	[COVER_HISTORY_OF_ALL] = {COVER_COLUMNS, OF_ROTATION_IN_WINDOW},

	[HOLIDAYS_OF_ONE] = {
		"SELECT h.day, h.observes"
		" FROM oncall.rotation r, oncall.holiday h"
		" WHERE r.rotation_id OPERATOR(pg_catalog.=) $1"
		" AND h.calendar_id OPERATOR(pg_catalog.=) r.calendar_id",
		OF_ROTATION
	},
	[LABEL_OF_ONE] = {
		LABEL_COLUMNS
		" WHERE r.rotation_id OPERATOR(pg_catalog.=) $1",
		OF_ROTATION
	},
	[LABELS_OF_ALL] = {LABEL_COLUMNS " ORDER BY r.rotation_id", OF_ROTATION},
	[PEOPLE] = {
		PERSON_COLUMNS
		" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($1)",
		1, {INT4ARRAYOID}, {NULL, NULL}
	}
};

static const char *const table_name[NUM_ROSTER_TABLES] =
{
	[TABLE_ROTATION] = "rotation",
	[TABLE_LAYER] = "layer",
	[TABLE_LAYER_MEMBER] = "layer_member",
	[TABLE_COVER] = "cover",
	[TABLE_HOLIDAY] = "holiday"
};

void
roster_tables(Oid oids[NUM_ROSTER_TABLES])
{
	tables_find(table_name, NUM_ROSTER_TABLES, oids);
}

bool
roster_has_row_security(const Oid oids[NUM_ROSTER_TABLES])
{
	return tables_have_row_security(oids, NUM_ROSTER_TABLES);
}

/* Run one of the queries; its second argument is a window, if it has one. */
static void
run_query(RosterQuery query, Datum arg, const RangeType *window)
{
	Datum		args[2] = {arg, PointerGetDatum(window)};

	query_run(&queries[query], args, NULL);
}

static Pairing
read_pairing(Datum name)
{
	char	   *cstring = TextDatumGetCString(name);
	Pairing		pairing;

	if (!pairing_by_name(cstring, &pairing))
		elog(ERROR, "unknown pairing \"%s\"", cstring);
	return pairing;
}

static int
int64_cmp(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

/*
 * The members of a layer, palloc'd in a context. Each comes with the position
 * in its upper half and the person id, 0 for NULL, in the lower one: sorting
 * a few numbers here is quicker than having the executor sort rows.
 */
static LayerMember *
members_in_order(Datum array, int *nmembers, MemoryContext context)
{
	ArrayType  *members = DatumGetArrayTypePCopy(array);
	int64	   *values = (int64 *) ARR_DATA_PTR(members);
	LayerMember *result;
	int			i;

	if (array_contains_nulls(members))
		elog(ERROR, "unexpected null among the members of a layer");
	*nmembers = ArrayGetNItems(ARR_NDIM(members), ARR_DIMS(members));
	qsort(values, *nmembers, sizeof(int64), int64_cmp);
	result = MemoryContextAlloc(context,
								Max(*nmembers, 1) * sizeof(LayerMember));
	for (i = 0; i < *nmembers; i++)
	{
		LayerMember *member = &result[i];

		member->member_id = i;
		member->person_id = (int32) (values[i] & 0xFFFFFFFF);
		member->valid.from = member->recorded.from = DT_NOBEGIN;
		member->valid.until = member->recorded.until = DT_NOEND;
	}
	return result;
}

/* Only what the layer keeps goes to the context; the rest is SPI's. */
static void
read_layer(HeapTuple row, Layer *layer, MemoryContext context)
{
	Cadence    *cadence = DatumGetCadenceP(query_column(row, 6));
	MemoryContext caller;

	memset(layer, 0, sizeof(Layer));
	layer->layer_id = DatumGetInt32(query_column(row, 2));
	layer->rank = DatumGetInt32(query_column(row, 3));
	layer->valid = query_column_period(row, 4);
	layer->recorded = query_column_period(row, 5);
	layer->pairing = read_pairing(query_column(row, 8));
	layer->nseats = DatumGetInt16(query_column(row, 9));
	layer->members = members_in_order(query_column(row, 10), &layer->nmembers,
									  context);

	caller = MemoryContextSwitchTo(context);
	cadence_turns(cadence, &layer->turns);
	layer->hours = query_column_is_null(row, 7) ? NULL :
		weekly_hours_week(query_column(row, 7));
	MemoryContextSwitchTo(caller);
}

static void
read_cover(HeapTuple row, Cover *cover)
{
	cover->cover_id = DatumGetInt32(query_column(row, 2));
	cover->seat = DatumGetInt16(query_column(row, 3)) - 1;
	cover->person_id = query_column_is_null(row, 4) ? 0 :
		DatumGetInt32(query_column(row, 4));
	cover->period = query_column_period(row, 5);
	cover->recorded = query_column_period(row, 6);
}

/* The rotation with this id, or NULL: one that is not wanted. */
static Rotation *
find_rotation(Rotation *rotations, int nrotations, int32 rotation_id)
{
	int			place = ids_place(rotations, nrotations, sizeof(Rotation),
								  offsetof(Rotation, rotation_id),
								  rotation_id);

	return place < 0 ? NULL : &rotations[place];
}

/* Count in advance how many rows of the result belong to each rotation. */
static int *
count_rows(Rotation *rotations, int nrotations)
{
	int		   *counts = palloc0((nrotations + 1) * sizeof(int));
	uint64		i;

	for (i = 0; i < SPI_processed; i++)
	{
		Rotation   *rotation = find_rotation(rotations, nrotations,
											 DatumGetInt32(query_column(SPI_tuptable->vals[i], 1)));

		if (rotation != NULL)
			counts[rotation - rotations]++;
	}
	return counts;
}

/* The public holidays of a rotation's calendar, with those that they stand for. */
static void
load_holidays(Rotation *rotation, MemoryContext context)
{
	Day		   *days;
	uint64		i;
	int			ndays = 0;

	run_query(HOLIDAYS_OF_ONE, Int32GetDatum(rotation->rotation_id), NULL);
	days = MemoryContextAlloc(context,
							  (2 * SPI_processed + 1) * sizeof(Day));
	for (i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		days[ndays++] = DatumGetDateADT(query_column(row, 1));
		if (!query_column_is_null(row, 2))
			days[ndays++] = DatumGetDateADT(query_column(row, 2));
	}
	rotation->holidays = holidays_of_dates(days, ndays);
}

/* Is there a layer that counts at some hours only? */
static bool
has_hours(const Rotation *rotation)
{
	int			i;

	for (i = 0; i < rotation->nlayers; i++)
	{
		if (rotation->layers[i].hours != NULL)
			return true;
	}
	return false;
}

void
load_layers(Rotation *rotations, int nrotations, bool history)
{
	MemoryContext context = CurrentMemoryContext;
	bool		one = nrotations == 1;
	RosterQuery query;
	int		   *counts;
	uint64		i;
	int			r;

	if (history)
		query = one ? LAYER_HISTORY_OF_ONE : LAYER_HISTORY_OF_ALL;
	else
		query = one ? LAYERS_OF_ONE : LAYERS_OF_ALL;

	SPI_connect();
	run_query(query, Int32GetDatum(rotations[0].rotation_id), NULL);
	counts = count_rows(rotations, nrotations);

	for (r = 0; r < nrotations; r++)
	{
		rotations[r].nlayers = 0;
		rotations[r].layers =
			MemoryContextAlloc(context, Max(counts[r], 1) * sizeof(Layer));
	}
	for (i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Rotation   *rotation = find_rotation(rotations, nrotations,
											 DatumGetInt32(query_column(row, 1)));
		Layer	   *layer;

		if (rotation == NULL)
			continue;
		layer = &rotation->layers[rotation->nlayers];
		read_layer(row, layer, context);

		/* one still being written may not have members yet */
		if (layer->nmembers > 0)
			rotation->nlayers++;
	}

	for (r = 0; r < nrotations; r++)
	{
		if (has_hours(&rotations[r]))
			load_holidays(&rotations[r], context);
	}
	SPI_finish();
}

void
load_covers(Rotation *rotations, int nrotations, Period window, bool history)
{
	MemoryContext context = CurrentMemoryContext;
	bool		one = nrotations == 1;
	RosterQuery query;
	int		   *counts;
	uint64		i;
	int			r;

	if (history)
		query = one ? COVER_HISTORY_OF_ONE : COVER_HISTORY_OF_ALL;
	else
		query = one ? COVERS_OF_ONE : COVERS_OF_ALL;

	SPI_connect();
	run_query(query, Int32GetDatum(rotations[0].rotation_id),
			  tstzrange_of_period(tstzrange_typcache(), window));
	counts = count_rows(rotations, nrotations);

	for (r = 0; r < nrotations; r++)
	{
		rotations[r].ncovers = 0;
		rotations[r].covers =
			MemoryContextAlloc(context, Max(counts[r], 1) * sizeof(Cover));
	}
	for (i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Rotation   *rotation = find_rotation(rotations, nrotations,
											 DatumGetInt32(query_column(row, 1)));

		if (rotation != NULL)
			read_cover(row, &rotation->covers[rotation->ncovers++]);
	}
	SPI_finish();
}

/*
 * A copy of a text with the short header that it will have in a tuple, so
 * that a million rows need not make it a million times.
 */
static text *
packed_copy(Datum value)
{
	text	   *original = DatumGetTextPP(value);
	Size		len = VARSIZE_ANY_EXHDR(original);
	text	   *copy = palloc(len + VARHDRSZ);

	if (len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX)
		SET_VARSIZE_SHORT(copy, len + VARHDRSZ_SHORT);
	else
		SET_VARSIZE(copy, len + VARHDRSZ);
	memcpy(VARDATA_ANY(copy), VARDATA_ANY(original), len);
	return copy;
}

RotationLabel *
load_labels(int32 rotation_id, int *nlabels)
{
	MemoryContext context = CurrentMemoryContext;
	RotationLabel *labels;
	int			i;
	int			seat;

	SPI_connect();
	run_query(rotation_id == 0 ? LABELS_OF_ALL : LABEL_OF_ONE,
			  Int32GetDatum(rotation_id), NULL);
	MemoryContextSwitchTo(context);
	*nlabels = SPI_processed;
	labels = palloc((SPI_processed + 1) * sizeof(RotationLabel));
	for (i = 0; i < *nlabels; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		labels[i].rotation_id = DatumGetInt32(query_column(row, 1));
		labels[i].name = packed_copy(query_column(row, 2));
		deconstruct_array(DatumGetArrayTypePCopy(query_column(row, 3)), TEXTOID,
						  -1, false, TYPALIGN_INT, &labels[i].seats, NULL,
						  &labels[i].nseats);
		for (seat = 0; seat < labels[i].nseats; seat++)
			labels[i].seats[seat] =
				PointerGetDatum(packed_copy(labels[i].seats[seat]));
	}
	SPI_finish();
	return labels;
}

PersonName *
load_people(const int32 *ids, int nids, int *nnames)
{
	MemoryContext context = CurrentMemoryContext;
	PersonName *names;
	int			i;

	SPI_connect();
	run_query(PEOPLE, query_id_array(ids, nids), NULL);
	MemoryContextSwitchTo(context);
	*nnames = SPI_processed;
	names = palloc((SPI_processed + 1) * sizeof(PersonName));
	for (i = 0; i < *nnames; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		names[i].person_id = DatumGetInt32(query_column(row, 1));
		names[i].name = packed_copy(query_column(row, 2));
	}
	SPI_finish();
	return names;
}
