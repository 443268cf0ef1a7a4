/*-------------------------------------------------------------------------
 *
 * listed_periods.c
 *	  Membership of rotations, for SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/ids.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "roster/membership.h"
#include "roster/roster_loader.h"
#include "utils/multirangetypes.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(oncall_listed_periods);

/* The columns of the result. */
enum
{
	LISTED_PERSON_ID,
	LISTED_PERIODS,
	LISTED_COLUMNS
};

/* Whoever stands in a list of a rotation at any time, each once. */
static int32 *
people_of_layers(const Rotation *rotation, int *npeople)
{
	int32	   *people;
	int			n = 0;
	int			i;
	int			m;

	for (i = 0; i < rotation->nlayers; i++)
		n += rotation->layers[i].nmembers;
	people = palloc((n + 1) * sizeof(int32));
	n = 0;
	for (i = 0; i < rotation->nlayers; i++)
	{
		for (m = 0; m < rotation->layers[i].nmembers; m++)
		{
			if (rotation->layers[i].members[m].person_id != 0)
				people[n++] = rotation->layers[i].members[m].person_id;
		}
	}
	*npeople = ids_sort(people, n);
	return people;
}

static Datum
periods_datum(const PeriodSet *set)
{
	TypeCacheEntry *typcache = tstzrange_typcache();
	RangeType **ranges = palloc((set->n + 1) * sizeof(RangeType *));
	int			i;

	for (i = 0; i < set->n; i++)
		ranges[i] = tstzrange_of_period(typcache, set->periods[i]);
	return MultirangeTypePGetDatum(make_multirange(TSTZMULTIRANGEOID, typcache,
												   set->n, ranges));
}

/* listed_periods(rotation_id, during): who is on a list, and when */
Datum
oncall_listed_periods(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Rotation	rotation;
	Period		during;
	int32	   *people;
	int			npeople;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = PG_GETARG_INT32(0);
	rotation.nseats = 1;
	load_layers(&rotation, 1, false);
	if (!tstzrange_to_period(PG_GETARG_RANGE_P(1), &during))
		return (Datum) 0;

	people = people_of_layers(&rotation, &npeople);
	for (i = 0; i < npeople; i++)
	{
		PeriodSet	listed = {0};
		Datum		values[LISTED_COLUMNS];
		bool		nulls[LISTED_COLUMNS] = {0};

		CHECK_FOR_INTERRUPTS();
		membership_add(&rotation, people[i], during, &listed);
		if (listed.n == 0)
			continue;
		values[LISTED_PERSON_ID] = Int32GetDatum(people[i]);
		values[LISTED_PERIODS] = periods_datum(&listed);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
