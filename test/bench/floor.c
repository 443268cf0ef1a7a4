/*-------------------------------------------------------------------------
 *
 * floor.c
 *	  The floors of rows C and K: as many constant rows of the roster's columns
 *	  as are asked for, and a trigger that does nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(constant_rows);
PG_FUNCTION_INFO_V1(idle_trigger);

/* idle_trigger() returns trigger */
Datum
idle_trigger(PG_FUNCTION_ARGS)
{
	return PointerGetDatum(NULL);
}

/* constant_rows(n int) returns setof the roster's columns */
Datum
constant_rows(PG_FUNCTION_ARGS)
{
	int			n = PG_GETARG_INT32(0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[11];
	bool		nulls[11] = {false};
	TypeCacheEntry *typcache;
	RangeBound	lower = {0};
	RangeBound	upper = {0};
	int			i;

	InitMaterializedSRF(fcinfo, 0);

	typcache = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	lower.val = TimestampTzGetDatum(0);
	lower.inclusive = true;
	lower.lower = true;
	upper.val = TimestampTzGetDatum(7 * USECS_PER_DAY);

	values[0] = Int32GetDatum(1);
	values[1] = CStringGetTextDatum("rotation 1");
	values[2] = Int16GetDatum(1);
	values[3] = CStringGetTextDatum("primary");
	values[4] = Int32GetDatum(1);
	values[5] = CStringGetTextDatum("Person Number 1");
#if PG_VERSION_NUM >= 160000
	values[6] = RangeTypePGetDatum(make_range(typcache, &lower, &upper, false,
											  NULL));
#else
	values[6] = RangeTypePGetDatum(make_range(typcache, &lower, &upper,
											  false));
#endif
	values[7] = Int32GetDatum(1);
	nulls[8] = true;
	values[8] = (Datum) 0;
	values[9] = lower.val;
	values[10] = upper.val;

	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
