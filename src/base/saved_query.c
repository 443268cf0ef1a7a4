/*-------------------------------------------------------------------------
 *
 * saved_query.c
 *	  Queries that the engine asks of the tables again and again.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/saved_query.h"

#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

/* The plan of a query for the current user, made when it is first asked for. */
static SPIPlanPtr
query_plan(SavedQuery *query)
{
	SPIPlanPtr *plan = &query->plans[InNoForceRLSOperation() ? 1 : 0];

	if (*plan == NULL)
	{
		/* planning anew for each argument would cost more than it gains */
		SPIPlanPtr	fresh = SPI_prepare_cursor(query->text, query->nargs,
											   query->argtypes,
											   CURSOR_OPT_GENERIC_PLAN);

		if (fresh == NULL)
			elog(ERROR, "could not prepare a query: %s",
				 SPI_result_code_string(SPI_result));
		if (SPI_keepplan(fresh) != 0)
			elog(ERROR, "could not keep the plan of a query");
		*plan = fresh;
	}
	return *plan;
}

uint64
query_run(SavedQuery *query, Datum *args, const char *nulls)
{
	int			result;

	result = SPI_execute_plan(query_plan(query), args, nulls, true, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not run a look-up: %s",
			 SPI_result_code_string(result));
	return SPI_processed;
}

uint64
query_write(SavedQuery *query, Datum *args, const char *nulls)
{
	int			result;

	result = SPI_execute_plan(query_plan(query), args, nulls, false, 0);
	if (result != SPI_OK_INSERT_RETURNING &&
		result != SPI_OK_UPDATE_RETURNING && result != SPI_OK_SELECT)
		elog(ERROR, "could not write a row: %s",
			 SPI_result_code_string(result));
	return SPI_processed;
}

Datum
query_column(HeapTuple row, int number)
{
	bool		isnull;
	Datum		value = SPI_getbinval(row, SPI_tuptable->tupdesc, number,
									  &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d of a look-up", number);
	return value;
}

bool
query_column_is_null(HeapTuple row, int number)
{
	bool		isnull;

	(void) SPI_getbinval(row, SPI_tuptable->tupdesc, number, &isnull);
	return isnull;
}

Period
query_column_period(HeapTuple row, int number)
{
	Period		period;

	if (!tstzrange_to_period(DatumGetRangeTypeP(query_column(row, number)),
							 &period))
		period.from = period.until = 0;
	return period;
}

char *
query_column_text(HeapTuple row, int number, MemoryContext context)
{
	char	   *value = TextDatumGetCString(query_column(row, number));

	return MemoryContextStrdup(context, value);
}

int32 *
query_ids(SavedQuery *query, Datum *args, int *nids)
{
	MemoryContext context = CurrentMemoryContext;
	int32	   *ids;
	uint64		nrows;
	uint64		i;

	SPI_connect();
	nrows = query_run(query, args, NULL);
	ids = MemoryContextAllocHuge(context, (nrows + 1) * sizeof(int32));
	for (i = 0; i < nrows; i++)
		ids[i] = DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
	SPI_finish();
	*nids = nrows;
	return ids;
}

Datum
query_id_array(const int32 *ids, int nids)
{
	Datum	   *datums = palloc((nids + 1) * sizeof(Datum));
	int			i;

	for (i = 0; i < nids; i++)
		datums[i] = Int32GetDatum(ids[i]);
	return PointerGetDatum(construct_array(datums, nids, INT4OID,
										   sizeof(int32), true,
										   TYPALIGN_INT));
}
