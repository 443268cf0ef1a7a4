/*-------------------------------------------------------------------------
 *
 * recorded.c
 *	  How long the database believed a row: the arithmetic of "recorded".
 *
 * The triggers that keep history are SQL of the schema; what they cannot ask
 * in SQL is whether a row version was written by the current transaction,
 * subtransactions included.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "fmgr.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_closed);
PG_FUNCTION_INFO_V1(oncall_written_now);

/* Did the current transaction, or a part of it that still holds, write it? */
static bool
is_ours(TransactionId xmin)
{
	return TransactionIdIsNormal(xmin) &&
		TransactionIdIsCurrentTransactionId(xmin);
}

/* written_now(xmin): is the row version the current transaction's own? */
Datum
oncall_written_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_ours(PG_GETARG_TRANSACTIONID(0)));
}

/* closed(recorded, xmin): what "recorded" becomes when the row is closed. */
Datum
oncall_closed(PG_FUNCTION_ARGS)
{
	RangeType  *recorded = PG_GETARG_RANGE_P(0);
	TransactionId xmin = PG_GETARG_TRANSACTIONID(1);
	TypeCacheEntry *typcache;
	RangeBound	lower;
	RangeBound	upper;
	TimestampTz now = GetCurrentStatementStartTimestamp();
	bool		empty;

	typcache = range_get_typcache(fcinfo, RangeTypeGetOid(recorded));
	range_deserialize(typcache, recorded, &lower, &upper, &empty);

	/* closed already: what was believed stays as it was */
	if (empty || !upper.infinite)
		PG_RETURN_RANGE_P(recorded);

	/*
	 * Nobody else has ever seen what this transaction wrote. A row of ours
	 * that begins before us is an older one that we have only touched.
	 */
	if (!lower.infinite)
	{
		TimestampTz since = DatumGetTimestampTz(lower.val);

		if (is_ours(xmin) && since >= GetCurrentTransactionStartTimestamp())
			PG_RETURN_RANGE_P(make_empty_range(typcache));
		now = Max(now, since);
	}

	upper.val = TimestampTzGetDatum(now);
	upper.infinite = false;
	upper.inclusive = false;
	PG_RETURN_RANGE_P(make_range_compat(typcache, &lower, &upper, false));
}
