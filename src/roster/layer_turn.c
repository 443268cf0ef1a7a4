/*-------------------------------------------------------------------------
 *
 * layer_turn.c
 *	  The turn that a layer is in, and its list, for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "roster/roster_loader.h"
#include "roster/walk.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(oncall_layer_turn);

/* The rows of the turn's list, the one that is taken next first. */
static ArrayType *
next_members(const Walk * walk, int64 ahead)
{
	int			first = walk_entry(walk, ahead);
	Datum	   *ids = palloc((walk->nlist + 1) * sizeof(Datum));
	int			i;

	for (i = 0; i < walk->nlist; i++)
	{
		int			entry = (first + i) % walk->nlist;

		ids[i] = Int32GetDatum(walk->rows[walk->list[entry]]->member_id);
	}
	return construct_array(ids, walk->nlist, INT4OID, sizeof(int32), true,
						   TYPALIGN_INT);
}

static Layer *
find_layer(Rotation * rotation, int32 layer_id)
{
	int			i;

	for (i = 0; i < rotation->nlayers; i++)
	{
		if (rotation->layers[i].layer_id == layer_id &&
			is_believed(&rotation->layers[i].recorded, KNOWN_NOW))
			return &rotation->layers[i];
	}
	return NULL;
}

/*
 * layer_turn(rotation_id, layer_id, at): number and period of the turn that
 * contains an instant, and its list; of turn 0 if the layer begins later. NULL
 * if there is no such layer, or it never begins.
 */
Datum
oncall_layer_turn(PG_FUNCTION_ARGS)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	TupleDesc	desc;
	Rotation	rotation;
	Layer	   *layer;
	Walk	   *walk;
	Period		turn;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};
	bool		begun;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = PG_GETARG_INT32(0);
	rotation.nseats = 1;
	load_layers(&rotation, 1, false);
	layer = find_layer(&rotation, PG_GETARG_INT32(1));
	if (layer == NULL)
		PG_RETURN_NULL();
	walk = walk_create(layer, KNOWN_NOW, DT_NOEND);
	begun = walk_seek(walk, at);
	if (walk->number < 0)
		PG_RETURN_NULL();

	turn.from = walk->from;
	turn.until = walk->until;
	values[0] = Int64GetDatum(walk->number);
	values[1] = RangeTypePGetDatum(tstzrange_of_period(tstzrange_typcache(),
													   turn));
	values[2] = PointerGetDatum(next_members(walk, begun ? 1 : 0));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc),
													  values, nulls)));
}
