/*-------------------------------------------------------------------------
 *
 * roster_loader.c
 *	  Read the rotation tables, as the caller, through SPI.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/cadence.h"
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "roster/roster_loader.h"
#include "base/copied.h"
#include "base/ids.h"
#include "base/tstzrange.h"
#include "base/saved_query.h"
#include "base/tables.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/numeric.h"
#include "utils/typcache.h"
#include "types/weekly_hours.h"

/* The queries; each has a plan of its own, kept for the session. */
typedef enum RosterQuery
{
	LAYERS_OF_ONE,
	LAYERS_OF_SOME,
	LAYERS_OF_ALL,
	LAYER_HISTORY_OF_ONE,
	LAYER_HISTORY_OF_ALL,
	COVERS_OF_ONE,
	FEW_COVERS_OF_ONE,
	COVERS_OF_SOME,
	COVERS_OF_ALL,
	COVER_HISTORY_OF_ONE,
	COVER_HISTORY_OF_ALL,
	HOLIDAYS_OF_ONE,
	LABEL_OF_ONE,
	LABELS_OF_SOME,
	LABELS_OF_ALL,
	ROTATIONS_OF_PERSON,
	ROTATIONS_EVER_OF_PERSON,
	PEOPLE,
	NUM_ROSTER_QUERIES
} RosterQuery;

/*
 * What belongs to a layer comes with it, in arrays of records, so that one
 * query does for all of it. The order is put right here, which is quicker than
 * having the executor sort. Leaves are looked up by the members' ids rather
 * than joined to them, since to set up a join would take longer than to read
 * what most layers have of them: nothing. $1 of the macro: which rows of these
 * are wanted.
 */
#define LAYER_COLUMNS(wanted) \
	"SELECT l.rotation_id, coalesce(l.copy_of, l.layer_id), l.rank," \
	" l.valid::pg_catalog.tstzrange, l.recorded::pg_catalog.tstzrange," \
	" l.cadence::oncall.cadence, l.hours::oncall.weekly_hours," \
	" l.pairing::pg_catalog.text, l.seats, l.first_seat, l.spread," \
	" ARRAY(SELECT ROW(coalesce(m.copy_of, m.layer_member_id), m.person_id," \
	" m.position::pg_catalog.numeric, m.valid::pg_catalog.tstzrange," \
	" m.recorded::pg_catalog.tstzrange)" \
	" FROM oncall.layer_member m" \
	" WHERE m.layer_id OPERATOR(pg_catalog.=) coalesce(l.copy_of, l.layer_id)" \
	wanted("m") ")," \
	" ARRAY(SELECT ROW(v.layer_member_id, v.period::pg_catalog.tstzrange," \
	" v.recorded::pg_catalog.tstzrange)" \
	" FROM oncall.layer_leave v" \
	" WHERE v.layer_member_id OPERATOR(pg_catalog.=) ANY (ARRAY(" \
	"SELECT m.layer_member_id FROM oncall.layer_member m" \
	" WHERE m.layer_id OPERATOR(pg_catalog.=) coalesce(l.copy_of, l.layer_id)))" \
	wanted("v") ")," \
	" ARRAY(SELECT ROW(coalesce(u.copy_of, u.layer_rule_id), u.since," \
	" u.cadence::oncall.cadence, u.hours::oncall.weekly_hours," \
	" u.pairing::pg_catalog.text, u.spread, u.ends," \
	" u.recorded::pg_catalog.tstzrange)" \
	" FROM oncall.layer_rule u" \
	" WHERE u.layer_id OPERATOR(pg_catalog.=) coalesce(l.copy_of, l.layer_id)" \
	wanted("u") ")" \
	" FROM oncall.layer l"
#define BELIEVED(alias) " AND pg_catalog.upper_inf(" alias ".recorded)"
#define EVER(alias) ""
#define COVER_COLUMNS \
	"SELECT c.rotation_id, coalesce(c.copy_of, c.cover_id), c.seat," \
	" c.person_id, c.period::pg_catalog.tstzrange," \
	" c.recorded::pg_catalog.tstzrange" \
	" FROM oncall.cover c" \
	" WHERE c.period OPERATOR(pg_catalog.&&) $2"
#define COVERS_NEAR \
	" oncall.cover c" \
	" WHERE c.person_id OPERATOR(pg_catalog.=) $1" \
	" AND pg_catalog.upper(c.period) OPERATOR(pg_catalog.>)" \
	" coalesce(pg_catalog.lower($2), '-infinity')" \
	" AND pg_catalog.lower(c.period) OPERATOR(pg_catalog.<)" \
	" coalesce(pg_catalog.upper($2), 'infinity')"
#define LABEL_COLUMNS \
	"SELECT r.rotation_id, r.name::pg_catalog.text," \
	" r.seats::pg_catalog.text[] FROM oncall.rotation r"
#define PERSON_COLUMNS \
	"SELECT p.person_id, p.name::pg_catalog.text FROM oncall.person p"

/* $1 is the id of a rotation or person, or ids of them; $2 is a window */
#define OF_ROTATION 1, {INT4OID}, {NULL, NULL}
#define OF_ROTATION_IN_WINDOW 2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}
#define OF_ROTATIONS 1, {INT4ARRAYOID}, {NULL, NULL}
#define OF_ROTATIONS_IN_WINDOW 2, {INT4ARRAYOID, TSTZRANGEOID}, {NULL, NULL}

static SavedQuery queries[NUM_ROSTER_QUERIES] =
{
	[LAYERS_OF_ONE] = {
		LAYER_COLUMNS(BELIEVED)
		" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1"
		BELIEVED("l"),
		OF_ROTATION
	},
	[LAYERS_OF_SOME] = {
		LAYER_COLUMNS(BELIEVED)
		" WHERE l.rotation_id OPERATOR(pg_catalog.=) ANY ($1)"
		BELIEVED("l"),
		OF_ROTATIONS
	},
	[LAYERS_OF_ALL] = {
		LAYER_COLUMNS(BELIEVED)
		" WHERE pg_catalog.upper_inf(l.recorded)",
		OF_ROTATION
	},
	[LAYER_HISTORY_OF_ONE] = {
		LAYER_COLUMNS(EVER)
		" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1",
		OF_ROTATION
	},
	[LAYER_HISTORY_OF_ALL] = {LAYER_COLUMNS(EVER), OF_ROTATION},

	/* worded as the exclusion constraint is, to use its index */
	[COVERS_OF_ONE] = {
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
		" AND pg_catalog.upper_inf(c.recorded)",
		OF_ROTATION_IN_WINDOW
	},
	/* MAX_FEW_COVERS, and one more to tell that there are more */
	[FEW_COVERS_OF_ONE] = {
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
		" AND pg_catalog.upper_inf(c.recorded)"
		" LIMIT " CppAsString2(MAX_FEW_COVERS) " + 1",
		OF_ROTATION_IN_WINDOW
	},
	/* OFFSET: one rotation after the other, by that index */
	[COVERS_OF_SOME] = {
		"SELECT o.* FROM pg_catalog.unnest($1) AS w(id), LATERAL ("
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range(w.id, w.id, '[]')"
		" AND pg_catalog.upper_inf(c.recorded) OFFSET 0) AS o",
		OF_ROTATIONS_IN_WINDOW
	},
	[COVERS_OF_ALL] = {
		COVER_COLUMNS
		" AND pg_catalog.upper_inf(c.recorded)",
		OF_ROTATION_IN_WINDOW
	},
	/* there is an index for those believed, and one for the others */
	[COVER_HISTORY_OF_ONE] = {
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
		" AND pg_catalog.upper_inf(c.recorded)"
		" UNION ALL "
		COVER_COLUMNS
		" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
		" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
		" AND NOT pg_catalog.upper_inf(c.recorded)",
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
	[LABELS_OF_SOME] = {
		LABEL_COLUMNS
		" WHERE r.rotation_id OPERATOR(pg_catalog.=) ANY ($1)"
		" ORDER BY r.rotation_id",
		OF_ROTATIONS
	},
	[LABELS_OF_ALL] = {LABEL_COLUMNS " ORDER BY r.rotation_id", OF_ROTATION},

	/*
	 * Without &&, so that the covers of all others in the window are not met,
	 * and with a subselect, so that it begins with the lists.
	 */
	[ROTATIONS_OF_PERSON] = {
		"SELECT l.rotation_id FROM"
		" (SELECT (SELECT y.rotation_id FROM oncall.layer y"
		" WHERE y.layer_id OPERATOR(pg_catalog.=) m.layer_id"
		" AND pg_catalog.upper_inf(y.recorded)"
		" AND y.valid OPERATOR(pg_catalog.&&) $2) AS rotation_id"
		" FROM oncall.layer_member m"
		" WHERE m.person_id OPERATOR(pg_catalog.=) $1"
		BELIEVED("m") " OFFSET 0) AS l"
		" WHERE l.rotation_id IS NOT NULL"
		" UNION SELECT c.rotation_id FROM" COVERS_NEAR BELIEVED("c"),
		OF_ROTATION_IN_WINDOW
	},
	/* a row of before is a copy with an id of its own */
	[ROTATIONS_EVER_OF_PERSON] = {
		"SELECT y.rotation_id FROM oncall.layer_member m, oncall.layer y"
		" WHERE m.person_id OPERATOR(pg_catalog.=) $1"
		" AND y.layer_id OPERATOR(pg_catalog.=) m.layer_id"
		" UNION SELECT y.rotation_id FROM oncall.layer_member m, oncall.layer y"
		" WHERE m.person_id OPERATOR(pg_catalog.=) $1"
		" AND y.copy_of OPERATOR(pg_catalog.=) m.layer_id"
		" UNION SELECT c.rotation_id FROM" COVERS_NEAR,
		OF_ROTATION_IN_WINDOW
	},
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
	[TABLE_LAYER_LEAVE] = "layer_leave",
	[TABLE_LAYER_RULE] = "layer_rule",
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

/* On a node to which the tables are copied they have to be there as a whole. */
static void
check_copied(void)
{
	Oid			tables[NUM_ROSTER_TABLES];

	roster_tables(tables);
	copied_check_whole(tables, NUM_ROSTER_TABLES);
}

void
roster_check_known(int32 rotation_id)
{
	Oid			tables[NUM_ROSTER_TABLES];
	int			nlabels;

	roster_tables(tables);
	if (!copied_may_be_behind(tables[TABLE_ROTATION]))
		return;
	(void) load_labels(rotation_id, &nlabels);
	if (nlabels > 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 rotation_id == 0 ?
			 errmsg("there are no rotations in this database") :
			 errmsg("rotation %d does not exist in this database",
					rotation_id),
			 errdetail("Where rotations are copied from node to node, or Citus is installed, that is an error, since this node may be behind."),
			 rotation_id == 0 ?
			 errhint("See that a subscription copies them, and whether it goes on: SELECT * FROM pg_stat_subscription.") :
			 errhint("See whether the copying goes on: SELECT * FROM pg_stat_subscription. For ids that may be of no rotation use on_call_any(), which takes them as text.")));
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

/* An array of records, as it is read. */
typedef struct RecordArray
{
	int			n;
	Datum	   *records;
	TupleDesc	desc;			/* of all of them */
} RecordArray;

static void
read_records(Datum value, RecordArray *array)
{
	ArrayType  *elements = DatumGetArrayTypeP(value);

	deconstruct_array(elements, RECORDOID, -1, false, TYPALIGN_DOUBLE,
					  &array->records, NULL, &array->n);
	array->desc = NULL;
	if (array->n > 0)
	{
		HeapTupleHeader first = DatumGetHeapTupleHeader(array->records[0]);

		array->desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(first),
											 HeapTupleHeaderGetTypMod(first));
	}
}

/* In some columns NULL is out of the question: a bit of each in required. */
static void
deform_record(const RecordArray *array, int i, int required, Datum *values,
			  bool *nulls)
{
	int			column;

	HeapTupleHeader header = DatumGetHeapTupleHeader(array->records[i]);
	HeapTupleData tuple;

	memset(&tuple, 0, sizeof(tuple));
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	tuple.t_data = header;
	heap_deform_tuple(&tuple, array->desc, values, nulls);
	for (column = 0; column < array->desc->natts; column++)
	{
		if (nulls[column] && (required & (1 << column)) != 0)
			elog(ERROR, "unexpected null in column %d of a record",
				 column + 1);
	}
}

static void
release_records(RecordArray *array)
{
	if (array->desc != NULL)
		ReleaseTupleDesc(array->desc);
}

/* A range as a period; an empty one ends where it begins. */
static Period
range_period(Datum range)
{
	Period		period;

	if (!tstzrange_to_period(DatumGetRangeTypeP(range), &period))
		period.from = period.until = 0;
	return period;
}

/* A row of a list, with what decides where it stands. */
typedef struct PlacedMember
{
	LayerMember member;
	Datum		position;
} PlacedMember;

static int
placed_member_cmp(const void *a, const void *b)
{
	const PlacedMember *x = a;
	const PlacedMember *y = b;
	int			cmp = DatumGetInt32(DirectFunctionCall2(numeric_cmp,
														x->position,
														y->position));

	if (cmp != 0)
		return cmp;
	return (x->member.member_id > y->member.member_id) -
		(x->member.member_id < y->member.member_id);
}

/* The list of a layer, in order. */
static void
read_members(Datum value, Layer *layer, MemoryContext context)
{
	RecordArray array;
	PlacedMember *placed;
	int			i;

	read_records(value, &array);
	placed = palloc(Max(array.n, 1) * sizeof(PlacedMember));
	for (i = 0; i < array.n; i++)
	{
		Datum		values[5];
		bool		nulls[5];

		deform_record(&array, i, 0x1D, values, nulls);
		placed[i].member.member_id = DatumGetInt32(values[0]);
		placed[i].member.person_id = nulls[1] ? 0 : DatumGetInt32(values[1]);
		placed[i].position = values[2];
		placed[i].member.valid = range_period(values[3]);
		placed[i].member.recorded = range_period(values[4]);
	}
	qsort(placed, array.n, sizeof(PlacedMember), placed_member_cmp);

	layer->nmembers = array.n;
	layer->members = MemoryContextAlloc(context, Max(array.n, 1) *
										sizeof(LayerMember));
	for (i = 0; i < array.n; i++)
		layer->members[i] = placed[i].member;
	release_records(&array);
}

static void
read_leaves(Datum value, Layer *layer, MemoryContext context)
{
	RecordArray array;
	int			i;

	read_records(value, &array);
	layer->nleaves = array.n;
	layer->leaves = MemoryContextAlloc(context, Max(array.n, 1) *
									   sizeof(LayerLeave));
	for (i = 0; i < array.n; i++)
	{
		Datum		values[3];
		bool		nulls[3];

		deform_record(&array, i, 0x07, values, nulls);
		layer->leaves[i].member_id = DatumGetInt32(values[0]);
		layer->leaves[i].period = range_period(values[1]);
		layer->leaves[i].recorded = range_period(values[2]);
	}
	release_records(&array);
}

/* To be called in the context in which the rule is kept. */
static void
read_rule(LayerRule *rule, Datum *values, bool *nulls)
{
	memset(rule, 0, sizeof(LayerRule));
	rule->rule_id = DatumGetInt32(values[0]);
	rule->since = DatumGetTimestampTz(values[1]);
	if (!nulls[2])
	{
		rule->turns = palloc0(sizeof(Turns));
		cadence_turns(DatumGetCadenceP(values[2]), rule->turns);
	}
	rule->hours = nulls[3] ? NULL : weekly_hours_week(values[3]);
	rule->sets_pairing = !nulls[4];
	if (rule->sets_pairing)
		rule->pairing = read_pairing(values[4]);
	rule->sets_spread = !nulls[5];
	rule->spread = !nulls[5] && DatumGetBool(values[5]);
	rule->ends = DatumGetBool(values[6]);
	rule->recorded = range_period(values[7]);
}

static void
read_rules(Datum value, Layer *layer, MemoryContext context)
{
	RecordArray array;
	MemoryContext caller;
	int			i;

	read_records(value, &array);
	caller = MemoryContextSwitchTo(context);
	layer->nrules = array.n;
	layer->rules = palloc(Max(array.n, 1) * sizeof(LayerRule));
	for (i = 0; i < array.n; i++)
	{
		Datum		values[8];
		bool		nulls[8];

		deform_record(&array, i, 0xC3, values, nulls);
		read_rule(&layer->rules[i], values, nulls);
	}
	MemoryContextSwitchTo(caller);
	release_records(&array);
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
	layer->first_seat = DatumGetInt16(query_column(row, 10)) - 1;
	layer->spread = DatumGetBool(query_column(row, 11));
	read_members(query_column(row, 12), layer, context);
	read_leaves(query_column(row, 13), layer, context);
	read_rules(query_column(row, 14), layer, context);

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
	int			j;

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];

		if (layer->hours != NULL)
			return true;
		for (j = 0; j < layer->nrules; j++)
		{
			if (layer->rules[j].hours != NULL)
				return true;
		}
	}
	return false;
}

/* Layers by a query; contexts: one for each rotation, or NULL. */
static void
load_layers_by(RosterQuery query, Datum arg, Rotation *rotations,
			   int nrotations, MemoryContext *contexts)
{
	MemoryContext caller = CurrentMemoryContext;
	int		   *counts;
	uint64		i;
	int			r;

	check_copied();
	SPI_connect();
	run_query(query, arg, NULL);
	counts = count_rows(rotations, nrotations);

	for (r = 0; r < nrotations; r++)
	{
		rotations[r].nlayers = 0;
		rotations[r].layers =
			MemoryContextAlloc(contexts ? contexts[r] : caller,
							   Max(counts[r], 1) * sizeof(Layer));
	}
	for (i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Rotation   *rotation = find_rotation(rotations, nrotations,
											 DatumGetInt32(query_column(row, 1)));

		if (rotation != NULL)
			read_layer(row, &rotation->layers[rotation->nlayers++],
					   contexts ? contexts[rotation - rotations] : caller);
	}

	for (r = 0; r < nrotations; r++)
	{
		if (has_hours(&rotations[r]))
			load_holidays(&rotations[r], contexts ? contexts[r] : caller);
	}
	SPI_finish();
}

void
load_layers(Rotation *rotations, int nrotations, bool history)
{
	bool		one = nrotations == 1;
	RosterQuery query;

	if (history)
		query = one ? LAYER_HISTORY_OF_ONE : LAYER_HISTORY_OF_ALL;
	else
		query = one ? LAYERS_OF_ONE : LAYERS_OF_ALL;
	load_layers_by(query, Int32GetDatum(rotations[0].rotation_id), rotations,
				   nrotations, NULL);
}

static Datum
rotation_ids(const Rotation *rotations, int nrotations)
{
	int32	   *ids = palloc(nrotations * sizeof(int32));
	int			r;

	for (r = 0; r < nrotations; r++)
		ids[r] = rotations[r].rotation_id;
	return query_id_array(ids, nrotations);
}

void
load_layers_together(Rotation *rotations, int nrotations,
					 MemoryContext *contexts)
{
	load_layers_by(LAYERS_OF_SOME, rotation_ids(rotations, nrotations),
				   rotations, nrotations, contexts);
}

static void
load_covers_by(RosterQuery query, Datum arg, Rotation *rotations,
			   int nrotations, Period window)
{
	MemoryContext context = CurrentMemoryContext;
	int		   *counts;
	uint64		i;
	int			r;

	SPI_connect();
	run_query(query, arg, tstzrange_of_period(tstzrange_typcache(), window));
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

void
load_covers(Rotation *rotations, int nrotations, Period window, bool history)
{
	bool		one = nrotations == 1;
	RosterQuery query;

	if (history)
		query = one ? COVER_HISTORY_OF_ONE : COVER_HISTORY_OF_ALL;
	else
		query = one ? COVERS_OF_ONE : COVERS_OF_ALL;
	load_covers_by(query, Int32GetDatum(rotations[0].rotation_id), rotations,
				   nrotations, window);
}

bool
load_covers_if_few(Rotation *rotation)
{
	Period		always = {DT_NOBEGIN, DT_NOEND};

	load_covers_by(FEW_COVERS_OF_ONE, Int32GetDatum(rotation->rotation_id),
				   rotation, 1, always);
	return rotation->ncovers <= MAX_FEW_COVERS;
}

void
load_covers_together(Rotation *rotations, int nrotations, Period window)
{
	load_covers_by(COVERS_OF_SOME, rotation_ids(rotations, nrotations),
				   rotations, nrotations, window);
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

/* Labels by a query. */
static RotationLabel *
load_labels_by(RosterQuery query, Datum arg, int *nlabels)
{
	MemoryContext context = CurrentMemoryContext;
	RotationLabel *labels;
	int			i;
	int			seat;

	check_copied();
	SPI_connect();
	run_query(query, arg, NULL);
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

RotationLabel *
load_labels(int32 rotation_id, int *nlabels)
{
	return load_labels_by(rotation_id == 0 ? LABELS_OF_ALL : LABEL_OF_ONE,
						  Int32GetDatum(rotation_id), nlabels);
}

/* Labels of the rotations in which somebody may have duty. */
static RotationLabel *
load_labels_of(int32 person_id, Period window, bool history, int *nlabels)
{
	MemoryContext context = CurrentMemoryContext;
	RangeType  *range = tstzrange_of_period(tstzrange_typcache(), window);
	RotationLabel *labels;
	int32	   *ids;
	int			nids;
	int			i;

	SPI_connect();
	run_query(history ? ROTATIONS_EVER_OF_PERSON : ROTATIONS_OF_PERSON,
			  Int32GetDatum(person_id), range);
	nids = SPI_processed;
	ids = palloc((nids + 1) * sizeof(int32));
	for (i = 0; i < nids; i++)
		ids[i] = DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
	MemoryContextSwitchTo(context);
	labels = load_labels_by(LABELS_OF_SOME, query_id_array(ids, nids),
							nlabels);
	SPI_finish();
	return labels;
}

Rotation *
load_rotations_of(int32 person_id, Period window, bool history,
				  RotationLabel **labels, int *nrotations)
{
	Rotation   *rotations;
	int			n;
	int			i;

	*labels = person_id == 0 ? load_labels(0, &n) :
		load_labels_of(person_id, window, history, &n);
	*nrotations = n;
	rotations = palloc0((n + 1) * sizeof(Rotation));
	for (i = 0; i < n; i++)
	{
		rotations[i].rotation_id = (*labels)[i].rotation_id;
		rotations[i].nseats = (*labels)[i].nseats;
	}
	if (n == 0)
		return rotations;
	if (n == 1 || person_id == 0)
	{
		load_layers(rotations, n, history);
		load_covers(rotations, n, window, history);
	}
	else if (!history)
	{
		load_layers_together(rotations, n, NULL);
		load_covers_together(rotations, n, window);
	}
	else
	{
		for (i = 0; i < n; i++)
		{
			load_layers(&rotations[i], 1, true);
			load_covers(&rotations[i], 1, window, true);
		}
	}
	return rotations;
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
