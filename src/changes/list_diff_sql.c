/*-------------------------------------------------------------------------
 *
 * list_diff_sql.c
 *	  What stays of a list when it becomes another one, for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "catalog/pg_type.h"
#include "changes/list_diff.h"
#include "fmgr.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(oncall_kept_entries);

/*
 * Two lists are compared in time that grows with their product, as circles
 * with one more factor. Lists of people are shorter than this.
 */
#define MAX_LIST 1000

/* kept_entries(old, new, circular): for each entry of new, that of old */
Datum
oncall_kept_entries(PG_FUNCTION_ARGS)
{
	int			nold;
	int			nnew;
	int32	   *old = array_argument_ids(PG_GETARG_ARRAYTYPE_P(0), "old", &nold);
	int32	   *new = array_argument_ids(PG_GETARG_ARRAYTYPE_P(1), "new", &nnew);
	Datum	   *places;
	bool	   *nulls;
	int		   *kept;
	int			dims[1];
	int			bounds[1] = {1};
	int			i;

	if (nold > MAX_LIST || nnew > MAX_LIST)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a list of members has more than %d entries", MAX_LIST),
				 errhint("Use join_rotation() and leave_rotation().")));
	kept = list_diff(old, nold, new, nnew, PG_GETARG_BOOL(2));
	places = palloc((nnew + 1) * sizeof(Datum));
	nulls = palloc((nnew + 1) * sizeof(bool));
	for (i = 0; i < nnew; i++)
	{
		places[i] = Int32GetDatum(kept[i] + 1);
		nulls[i] = kept[i] < 0;
	}
	dims[0] = nnew;
	if (nnew == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT4OID));
	PG_RETURN_ARRAYTYPE_P(construct_md_array(places, nulls, 1, dims, bounds,
											 INT4OID, sizeof(int32), true,
											 TYPALIGN_INT));
}
