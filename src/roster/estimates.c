/*-------------------------------------------------------------------------
 *
 * estimates.c
 *	  What the planner is told of functions that take a window.
 *
 * How many rows they return, and how long that takes, depends on the length of
 * the window, and on whether it is about one rotation (or person) or about all.
 * A fixed guess is wrong by a factor of a thousand for either a day or ten
 * years; and what is thought to be that dear is compiled by JIT, which takes
 * ten times as long as the query.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(oncall_roster_estimate);
PG_FUNCTION_INFO_V1(oncall_duties_estimate);
PG_FUNCTION_INFO_V1(oncall_duty_conflicts_estimate);
PG_FUNCTION_INFO_V1(oncall_pay_lines_estimate);
PG_FUNCTION_INFO_V1(oncall_pay_pieces_estimate);
PG_FUNCTION_INFO_V1(oncall_callout_periods_estimate);

/* What is taken for the number of rows of a table that was never analyzed. */
#define UNKNOWN_TABLE_ROWS 20

/* A function of a window. */
typedef struct Estimated
{
	int			window;			/* the argument */
	double		default_days;	/* its length, if it is not known yet */
	int			one;			/* the argument that says which one; NULL: all */
	const char *table;			/* of what there is one or all of */
	double		rows;			/* of each, however short the window */
	double		rows_a_day;
	double		cost;			/* of each, and so on */
	double		cost_a_day;
	double		cost_of_call;	/* besides */
} Estimated;

/*
 * Costs are in units of about ten microseconds, as those of pages read; they
 * were measured with a rotation of two seats that is handed over every week.
 */
static const Estimated roster = {0, 90, 1, "rotation", 2, 0.6, 3, 0.03, 20};
static const Estimated duties = {1, 90, 0, "person", 2, 0.05, 3, 0.02, 80};
static const Estimated duty_conflicts = {
	0, 90, 1, "rotation", 0.5, 0.01, 6, 0.1, 50
};
static const Estimated pay_lines = {0, 31, 2, "person", 5, 0, 3, 0.03, 50};
static const Estimated pay_pieces = {0, 31, 2, "person", 2, 1, 3, 0.03, 50};
static const Estimated callout_periods = {
	0, 31, 2, "person", 0, 0.1, 1, 0.01, 50
};

/* How many rows a table of ours is thought to have, without opening it. */
static double
table_rows(const char *name)
{
	Oid			namespace = get_namespace_oid("oncall", true);
	Oid			table = OidIsValid(namespace) ?
	get_relname_relid(name, namespace) : InvalidOid;
	double		rows = UNKNOWN_TABLE_ROWS;
	HeapTuple	tuple;

	if (!OidIsValid(table))
		return rows;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	if (!HeapTupleIsValid(tuple))
		return rows;
	if (((Form_pg_class) GETSTRUCT(tuple))->reltuples >= 0)
		rows = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
	ReleaseSysCache(tuple);
	return Max(rows, 1);
}

/* An argument as far as it is known before the query runs, or NULL. */
static const Const *
known_argument(PlannerInfo *root, const FuncExpr *call, int number)
{
	Node	   *value;

	if (number >= list_length(call->args))
		return NULL;
	value = estimate_expression_value(root, list_nth(call->args, number));
	return value != NULL && IsA(value, Const) ? (Const *) value : NULL;
}

/* The length of the window, in days. */
static double
window_days(const Estimated *f, PlannerInfo *root, const FuncExpr *call)
{
	const Const *window = known_argument(root, call, f->window);
	Period		period;

	if (window == NULL || window->constisnull ||
		window->consttype != TSTZRANGEOID ||
		!tstzrange_to_period(DatumGetRangeTypeP(window->constvalue),
							 &period) ||
		TIMESTAMP_NOT_FINITE(period.from) ||
		TIMESTAMP_NOT_FINITE(period.until))
		return f->default_days;
	return ((double) period.until - (double) period.from) / USECS_PER_DAY;
}

/* How many rotations or people it is about. */
static double
concerned(const Estimated *f, PlannerInfo *root, const FuncExpr *call)
{
	if (f->one >= 0 && f->one < list_length(call->args))
	{
		const Const *one = known_argument(root, call, f->one);

		if (one == NULL || !one->constisnull)
			return 1;
	}
	return table_rows(f->table);
}

/* Answer the planner, if it asks for rows or for the cost. */
static Datum
estimate(const Estimated *f, FunctionCallInfo fcinfo)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestRows))
	{
		SupportRequestRows *wanted = (SupportRequestRows *) request;
		const FuncExpr *call = (FuncExpr *) wanted->node;

		if (call != NULL && IsA(call, FuncExpr))
		{
			wanted->rows = clamp_row_est(concerned(f, wanted->root, call) *
										 (f->rows + f->rows_a_day *
										  window_days(f, wanted->root, call)));
			PG_RETURN_POINTER(wanted);
		}
	}
	else if (IsA(request, SupportRequestCost))
	{
		SupportRequestCost *wanted = (SupportRequestCost *) request;
		const FuncExpr *call = (FuncExpr *) wanted->node;

		if (call != NULL && IsA(call, FuncExpr))
		{
			wanted->startup = 0;
			wanted->per_tuple = f->cost_of_call +
				concerned(f, wanted->root, call) *
				(f->cost + f->cost_a_day * window_days(f, wanted->root, call));
			PG_RETURN_POINTER(wanted);
		}
	}
	PG_RETURN_POINTER(NULL);
}

Datum
oncall_roster_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&roster, fcinfo);
}

Datum
oncall_duties_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&duties, fcinfo);
}

Datum
oncall_duty_conflicts_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&duty_conflicts, fcinfo);
}

Datum
oncall_pay_lines_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&pay_lines, fcinfo);
}

Datum
oncall_pay_pieces_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&pay_pieces, fcinfo);
}

Datum
oncall_callout_periods_estimate(PG_FUNCTION_ARGS)
{
	return estimate(&callout_periods, fcinfo);
}
