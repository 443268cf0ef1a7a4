/*-------------------------------------------------------------------------
 *
 * person_rows.c
 *	  Rows about one person after the other, read for all when many are asked
 *	  for.
 *
 * What was read is kept with the call site of the function, and so for one
 * execution of a statement, all of which sees one snapshot.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/person_rows.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

/*
 * How many are asked for one by one: at least so many, and one in so many of a
 * company, as long as that is little beside asking for all.
 */
#define FEW_PEOPLE 3
#define SHARE_OF_PEOPLE 128

static SavedQuery count_people = {
	"SELECT pg_catalog.count(*) FROM oncall.person", 0, {0}, {NULL, NULL}
};

/* What a call site has read. */
typedef struct PersonRows
{
	MemoryContext context;		/* of what depends on the other arguments */
	NullableDatum args[QUERY_MAX_ARGS]; /* these */
	int64		nasked;			/* people, one by one */
	int64		few;			/* who may be */
	bool		all;			/* was everybody read? */
	uint64		nrows;
	int32	   *people;			/* of each row whose it is; they ascend */
	HeapTuple  *rows;
} PersonRows;

static PersonRows *
rows_of_site(FmgrInfo *flinfo)
{
	PersonRows *site = flinfo->fn_extra;

	if (site == NULL)
	{
		site = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(PersonRows));
		site->context = AllocSetContextCreate(flinfo->fn_mcxt,
											  "oncall rows of people",
											  ALLOCSET_DEFAULT_SIZES);
		flinfo->fn_extra = site;
	}
	return site;
}

/* Are the arguments besides the person what they were? */
static bool
same_arguments(const PersonRows *site, FunctionCallInfo fcinfo,
			   const SavedQuery *query)
{
	int			i;

	for (i = 1; i < fcinfo->nargs; i++)
	{
		const NullableDatum *was = &site->args[i];
		const NullableDatum *is = &fcinfo->args[i];
		int16		length;
		bool		byval;

		if (was->isnull != is->isnull)
			return false;
		get_typlenbyval(query->argtypes[i], &length, &byval);
		if (!is->isnull && !datumIsEqual(was->value, is->value, byval, length))
			return false;
	}
	return true;
}

/*
 * Forget what was read, if that was of something else. If many were asked for
 * then, as many will be now.
 */
static void
begin_site(PersonRows *site, FunctionCallInfo fcinfo, const SavedQuery *query)
{
	MemoryContext caller;
	int			i;

	if (site->nasked > 0 && same_arguments(site, fcinfo, query))
		return;
	MemoryContextReset(site->context);
	caller = MemoryContextSwitchTo(site->context);
	for (i = 1; i < fcinfo->nargs; i++)
	{
		int16		length;
		bool		byval;

		get_typlenbyval(query->argtypes[i], &length, &byval);
		site->args[i] = fcinfo->args[i];
		if (!fcinfo->args[i].isnull)
			site->args[i].value = datumCopy(fcinfo->args[i].value, byval,
											length);
	}
	MemoryContextSwitchTo(caller);
	site->nasked = 0;
	site->few = site->all ? 0 : FEW_PEOPLE;
	site->all = false;
}

/* Run a query with the arguments of the function; SPI is connected. */
static uint64
run_with_arguments(SavedQuery *query, FunctionCallInfo fcinfo)
{
	Datum		args[QUERY_MAX_ARGS];
	char		nulls[QUERY_MAX_ARGS];
	int			i;

	Assert(fcinfo->nargs == query->nargs);
	for (i = 0; i < query->nargs; i++)
	{
		args[i] = fcinfo->args[i].value;
		nulls[i] = fcinfo->args[i].isnull ? 'n' : ' ';
	}
	return query_run(query, args, nulls);
}

static void
read_everybody(PersonRows *site, SavedQuery *all, FunctionCallInfo fcinfo)
{
	MemoryContext caller;
	uint64		i;

	SPI_connect();
	site->nrows = run_with_arguments(all, fcinfo);
	caller = MemoryContextSwitchTo(site->context);
	site->people = MemoryContextAllocHuge(site->context, (site->nrows + 1) *
										  sizeof(int32));
	site->rows = MemoryContextAllocHuge(site->context, (site->nrows + 1) *
										sizeof(HeapTuple));
	for (i = 0; i < site->nrows; i++)
	{
		CHECK_FOR_INTERRUPTS();
		site->people[i] =
			DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
		site->rows[i] = heap_copytuple(SPI_tuptable->vals[i]);
		Assert(i == 0 || site->people[i - 1] <= site->people[i]);
	}
	MemoryContextSwitchTo(caller);
	SPI_finish();
	site->all = true;
}

static void
put_rows_of_one(ReturnSetInfo *result, SavedQuery *one,
				FunctionCallInfo fcinfo)
{
	uint64		nrows;
	uint64		i;

	SPI_connect();
	nrows = run_with_arguments(one, fcinfo);
	for (i = 0; i < nrows; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
}

/* Of what was read for everybody, the rows of one person. */
static void
put_rows_read(ReturnSetInfo *result, const PersonRows *site, int32 person_id)
{
	uint64		low = 0;
	uint64		high = site->nrows;

	while (low < high)
	{
		uint64		middle = low + (high - low) / 2;

		if (site->people[middle] < person_id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < site->nrows && site->people[low] == person_id; low++)
		tuplestore_puttuple(result->setResult, site->rows[low]);
}

/* May so few people more be asked for one by one? */
static bool
few_are_asked(PersonRows *site)
{
	if (site->nasked == FEW_PEOPLE)
	{
		SPI_connect();
		(void) query_run(&count_people, NULL, NULL);
		site->few = Max(FEW_PEOPLE,
						DatumGetInt64(query_column(SPI_tuptable->vals[0], 1)) /
						SHARE_OF_PEOPLE);
		SPI_finish();
	}
	return site->nasked < site->few;
}

Datum
person_rows(FunctionCallInfo fcinfo, SavedQuery *one, SavedQuery *all)
{
	PersonRows *site = rows_of_site(fcinfo->flinfo);
	ReturnSetInfo *result;

	/* to look up its columns for each person would take longer than the rest */
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	begin_site(site, fcinfo, one);
	if (!site->all && !few_are_asked(site))
		read_everybody(site, all, fcinfo);
	site->nasked++;
	if (site->all)
		put_rows_read(result, site, DatumGetInt32(fcinfo->args[0].value));
	else
		put_rows_of_one(result, one, fcinfo);
	return (Datum) 0;
}
