/*-------------------------------------------------------------------------
 *
 * listed_periods.c
 *	  Membership of rotations, for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "roster/membership.h"
#include "roster/roster_loader.h"
#include "utils/multirangetypes.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(oncall_listed_periods);

/* listed_periods(rotation_id, person_id, during): when they are on a list */
Datum
oncall_listed_periods(PG_FUNCTION_ARGS)
{
	TypeCacheEntry *typcache = tstzrange_typcache();
	PeriodSet	listed = {0};
	Rotation	rotation;
	Period		during;
	RangeType **ranges;
	int			i;

	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = PG_GETARG_INT32(0);
	rotation.nseats = 1;
	load_layers(&rotation, 1, false);
	if (tstzrange_to_period(PG_GETARG_RANGE_P(2), &during))
		membership_add(&rotation, PG_GETARG_INT32(1), during, &listed);

	ranges = palloc((listed.n + 1) * sizeof(RangeType *));
	for (i = 0; i < listed.n; i++)
		ranges[i] = tstzrange_of_period(typcache, listed.periods[i]);
	PG_RETURN_MULTIRANGE_P(make_multirange(TSTZMULTIRANGEOID, typcache,
										   listed.n, ranges));
}
