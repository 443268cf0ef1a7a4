/*-------------------------------------------------------------------------
 *
 * holiday_turns.c
 *	  Who serves the turns of a season's holidays, for functions in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/array_arguments.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "planning/holiday_solver.h"

/* So many cells may a matrix of turns and people have. */
#define MAX_CELLS 1000000
#define MAX_PEOPLE 1000

PG_FUNCTION_INFO_V1(oncall_assign_turns);

/* A boolean for each turn and person. */
static bool *
read_cells(ArrayType *array, const char *what, const AssignTask *task)
{
	int			ncells;
	bool	   *cells = array_argument_bools(array, what, &ncells);

	array_argument_length(what, task->nturns * task->npeople, ncells,
						  "Give one element for each turn and person, the first turn's people first.");
	return cells;
}

/* Pairs of people, whose numbers the solver counts from 0. */
static void
read_apart(ArrayType *array, AssignTask *task)
{
	int			n;
	int		   *apart = array_argument_ints(array, "apart", &n);
	int			i;

	if (n % 2 != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"apart\" must have two elements for each pair")));
	for (i = 0; i < n; i++)
	{
		if (apart[i] < 1 || apart[i] > task->npeople ||
			(i % 2 == 1 && apart[i] == apart[i - 1] + 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"apart\" must name pairs of two people, counted from 1")));
		apart[i]--;
	}
	task->napart = n / 2;
	task->apart = apart;
}

/* Read and check the arguments of assign_turns. */
static void
read_task(FunctionCallInfo fcinfo, AssignTask *task)
{
	int			i;

	task->nseats = PG_GETARG_INT32(0);
	task->block = array_argument_ints(PG_GETARG_ARRAYTYPE_P(1), "blocks",
									  &task->nturns);
	task->served = array_argument_ints(PG_GETARG_ARRAYTYPE_P(4), "served",
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
	read_apart(PG_GETARG_ARRAYTYPE_P(5), task);
	task->allowed = read_cells(PG_GETARG_ARRAYTYPE_P(2), "allowed", task);
	task->repeats = read_cells(PG_GETARG_ARRAYTYPE_P(3), "repeats", task);
}

/* The best assignment, or the turn for which there is none. */
Datum
oncall_assign_turns(PG_FUNCTION_ARGS)
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
