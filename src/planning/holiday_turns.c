/*-------------------------------------------------------------------------
 *
 * holiday_turns.c
 *	  What the functions that set rotations up need from the engine: who sits
 *	  where in a turn, which holidays belong together, and who serves them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "planning/holiday_solver.h"
#include "calendar/season.h"
#include "roster/timeline.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "base/compat.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"

/* So many cells may a matrix of turns and people have. */
#define MAX_CELLS 1000000
#define MAX_PEOPLE 1000
#define MAX_SEATS 1000

PG_FUNCTION_INFO_V1(turn_seats);
PG_FUNCTION_INFO_V1(assign_turns);
PG_FUNCTION_INFO_V1(season_blocks_of);

/* The elements of an array of integers; NULLs become 0 if they may stand. */
static int32 *
int_elements(ArrayType *array, const char *what, bool nulls, int *nelems)
{
	Datum	   *datums;
	bool	   *isnull;
	int32	   *result;
	int			i;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &datums, &isnull, nelems);
	result = palloc(sizeof(int32) * *nelems);
	for (i = 0; i < *nelems; i++)
	{
		if (isnull[i] && !nulls)
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("\"%s\" must not contain NULL", what)));
		result[i] = isnull[i] ? 0 : DatumGetInt32(datums[i]);
	}
	return result;
}

/* The elements of an array of booleans, of which there must be so many. */
static bool *
bool_elements(ArrayType *array, const char *what, int expected)
{
	Datum	   *datums;
	bool	   *isnull;
	bool	   *result;
	int			nelems;
	int			i;

	deconstruct_array(array, BOOLOID, sizeof(bool), true, TYPALIGN_CHAR,
					  &datums, &isnull, &nelems);
	if (nelems != expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" must have %d elements, not %d",
						what, expected, nelems),
				 errhint("Give one element for each turn and person, the first turn's people first.")));
	result = palloc(sizeof(bool) * nelems);
	for (i = 0; i < nelems; i++)
		result[i] = !isnull[i] && DatumGetBool(datums[i]);
	return result;
}

static Pairing
pairing_by_name(const char *name)
{
	if (strcmp(name, "staggered") == 0)
		return PAIRING_STAGGERED;
	if (strcmp(name, "fixed") == 0)
		return PAIRING_FIXED;
	if (strcmp(name, "mixed") == 0)
		return PAIRING_MIXED;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown pairing \"%s\"", name),
			 errhint("Pairings are \"staggered\", \"fixed\" and \"mixed\".")));
}

/* Who sits in each seat of one turn, by the pairing alone. */
Datum
turn_seats(PG_FUNCTION_ARGS)
{
	Layer		layer;
	int64		turn = PG_GETARG_INT64(3);
	int			nseats = PG_GETARG_INT32(2);
	Datum	   *seats;
	bool	   *empty;
	int			lower_bound = 1;
	int			seat;

	memset(&layer, 0, sizeof(layer));
	layer.members = int_elements(PG_GETARG_ARRAYTYPE_P(0), "members", true,
								 &layer.nmembers);
	layer.pairing = pairing_by_name(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	layer.nseats = nseats;
	if (layer.nmembers == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"members\" must not be empty")));
	if (nseats < 1 || nseats > MAX_SEATS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of seats must be between 1 and %d, not %d",
						MAX_SEATS, nseats)));
	if (turn < 0 || turn > PG_INT64_MAX / MAX_SEATS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("turn out of range: %lld", (long long) turn),
				 errhint("Turns are counted from 0.")));

	seats = palloc(sizeof(Datum) * nseats);
	empty = palloc(sizeof(bool) * nseats);
	for (seat = 0; seat < nseats; seat++)
	{
		int32		person_id = layer_person(&layer, turn, seat);

		seats[seat] = Int32GetDatum(person_id);
		empty[seat] = person_id == 0;
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(seats, empty, 1, &nseats,
											 &lower_bound, INT4OID,
											 sizeof(int32), true,
											 TYPALIGN_INT));
}

/* Read and check the arguments of assign_turns. */
static void
read_task(FunctionCallInfo fcinfo, AssignTask *task)
{
	int			i;

	task->nseats = PG_GETARG_INT32(0);
	task->block = int_elements(PG_GETARG_ARRAYTYPE_P(1), "blocks", false,
							   &task->nturns);
	task->served = int_elements(PG_GETARG_ARRAYTYPE_P(4), "served", false,
								&task->npeople);
	if (task->nseats < 1 || task->nseats > MAX_SEATS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of seats must be between 1 and %d, not %d",
						MAX_SEATS, task->nseats)));
	if (task->npeople > MAX_PEOPLE ||
		(int64) task->nturns * Max(task->npeople, task->nseats) > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many turns and people to assign"),
				 errdetail("There are %d turns and %d people; at most %d people and %d turns times people can be assigned.",
						   task->nturns, task->npeople,
						   MAX_PEOPLE, MAX_CELLS)));

	task->nblocks = 0;
	for (i = 0; i < task->nturns; i++)
	{
		if (task->block[i] < 0 || task->block[i] >= task->nturns)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("block out of range: %d", task->block[i]),
					 errhint("Blocks are counted from 0, and there are no more than turns.")));
		task->nblocks = Max(task->nblocks, task->block[i] + 1);
	}
	for (i = 0; i < task->npeople; i++)
		if (task->served[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("number of turns served must not be negative")));
	task->allowed = bool_elements(PG_GETARG_ARRAYTYPE_P(2), "allowed",
								  task->nturns * task->npeople);
	task->repeats = bool_elements(PG_GETARG_ARRAYTYPE_P(3), "repeats",
								  task->nturns * task->npeople);
}

/* The best assignment, or the turn for which there is none. */
Datum
assign_turns(PG_FUNCTION_ARGS)
{
	AssignTask	task;
	TupleDesc	tupdesc;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};
	bool	   *chosen;
	int			failed;
	int			placed;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	tupdesc = BlessTupleDesc(tupdesc);

	read_task(fcinfo, &task);
	chosen = palloc0(sizeof(bool) * task.nturns * task.npeople);
	if (assign_people(&task, chosen, &failed, &placed))
	{
		int			ncells = task.nturns * task.npeople;
		int			nchosen = 0;
		Datum	   *people = palloc(sizeof(Datum) *
									task.nturns * task.nseats);
		int			i;

		for (i = 0; i < ncells; i++)
			if (chosen[i])
				people[nchosen++] = Int32GetDatum(i % task.npeople + 1);
		values[0] = PointerGetDatum(construct_array(people, nchosen, INT4OID,
													sizeof(int32), true,
													TYPALIGN_INT));
		nulls[1] = nulls[2] = true;
	}
	else
	{
		nulls[0] = true;
		values[1] = Int32GetDatum(failed + 1);
		values[2] = Int32GetDatum(placed);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls)));
}

/* The names of seasons, without saying any twice. */
typedef struct SeasonNames
{
	int			n;
	char	  **names;
} SeasonNames;

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Number seasons: any order will do. */
static SeasonNames
number_seasons(const Datum *seasons, const bool *none, int n)
{
	SeasonNames list;
	int			all = 0;
	int			i;

	list.names = palloc((n + 1) * sizeof(char *));
	for (i = 0; i < n; i++)
	{
		if (!none[i])
			list.names[all++] = TextDatumGetCString(seasons[i]);
	}
	qsort(list.names, all, sizeof(char *), name_cmp);
	list.n = 0;
	for (i = 0; i < all; i++)
	{
		if (list.n == 0 ||
			strcmp(list.names[list.n - 1], list.names[i]) != 0)
			list.names[list.n++] = list.names[i];
	}
	return list;
}

static int
season_number(const SeasonNames *list, Datum season)
{
	char	   *name = TextDatumGetCString(season);
	char	  **found = bsearch(&name, list->names, list->n, sizeof(char *),
								name_cmp);

	return (int) (found - list->names);
}

/* The arguments of season_blocks: three arrays of one length. */
typedef struct HolidayColumns
{
	int			n;
	Datum	   *days;
	Datum	   *observes;
	Datum	   *seasons;
	bool	   *no_day;
	bool	   *no_observes;
	bool	   *no_season;
} HolidayColumns;

static void
check_length(const HolidayColumns *columns, int n, const char *what)
{
	if (n != columns->n)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" must have %d elements, not %d",
						what, columns->n, n),
				 errhint("Give one element for each holiday in all arrays.")));
}

static void
read_holidays(FunctionCallInfo fcinfo, HolidayColumns *columns)
{
	int			n;
	int			i;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), DATEOID, sizeof(DateADT),
					  true, TYPALIGN_INT, &columns->days, &columns->no_day,
					  &columns->n);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), DATEOID, sizeof(DateADT),
					  true, TYPALIGN_INT, &columns->observes,
					  &columns->no_observes, &n);
	check_length(columns, n, "observes");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false,
					  TYPALIGN_INT, &columns->seasons, &columns->no_season,
					  &n);
	check_length(columns, n, "seasons");
	for (i = 0; i < columns->n; i++)
	{
		if (columns->no_day[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("\"%s\" must not contain NULL", "days")));
	}
}

/* The block of each holiday that belongs to a season. */
Datum
season_blocks_of(PG_FUNCTION_ARGS)
{
	HolidayColumns columns;
	SeasonNames seasons;
	SeasonDay  *sorted;
	Datum	   *blocks;
	int			lower_bound = 1;
	int			n = 0;
	int			i;

	read_holidays(fcinfo, &columns);
	seasons = number_seasons(columns.seasons, columns.no_season, columns.n);
	sorted = palloc((columns.n + 1) * sizeof(SeasonDay));
	for (i = 0; i < columns.n; i++)
	{
		if (columns.no_season[i])
			continue;
		sorted[n].day = DatumGetDateADT(columns.days[i]);
		sorted[n].observes = columns.no_observes[i] ? NO_DAY :
			DatumGetDateADT(columns.observes[i]);
		sorted[n++].season = season_number(&seasons, columns.seasons[i]);
	}
	season_blocks(sorted, n);

	blocks = palloc0((columns.n + 1) * sizeof(Datum));
	for (i = 0; i < columns.n; i++)
	{
		int			found;

		if (columns.no_season[i])
			continue;
		/* holidays of one season and date are in one block */
		found = season_day_find(sorted, n,
								season_number(&seasons, columns.seasons[i]),
								DatumGetDateADT(columns.days[i]));
		blocks[i] = DateADTGetDatum(sorted[found].block);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(blocks, columns.no_season, 1,
											 &columns.n, &lower_bound,
											 DATEOID, sizeof(DateADT), true,
											 TYPALIGN_INT));
}
