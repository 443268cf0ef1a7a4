/*-------------------------------------------------------------------------
 *
 * handovers.c
 *	  Evaluation of cadences: their turns and their handovers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/cadence_private.h"

#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_turn_at);
PG_FUNCTION_INFO_V1(oncall_turn_period);
PG_FUNCTION_INFO_V1(oncall_handovers);
PG_FUNCTION_INFO_V1(oncall_handovers_support);

/* What a call site keeps between calls. */
typedef struct TurnsAsked
{
	Cadence    *cadence;		/* to which turns belongs; a copy */
	Turns		turns;
	TypeCacheEntry *range;		/* of tstzrange */
} TurnsAsked;

/*
 * The turns of the cadence in argument 0, kept for as long as calls ask for
 * the same one.
 */
static TurnsAsked *
turns_asked(FunctionCallInfo fcinfo)
{
	TurnsAsked *state = fcinfo->flinfo->fn_extra;
	struct varlena *packed = PG_GETARG_VARLENA_PP(0);
	Size		size = VARSIZE_ANY_EXHDR(packed);
	MemoryContext caller;

	if (state && state->cadence &&
		VARSIZE(state->cadence) - VARHDRSZ == size &&
		memcmp(VARDATA(state->cadence), VARDATA_ANY(packed), size) == 0)
		return state;

	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (state == NULL)
	{
		state = fcinfo->flinfo->fn_extra = palloc0(sizeof(TurnsAsked));
		state->range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	}
	if (state->cadence)
	{
		pfree(state->turns.prefix);
		pfree(state->cadence);
		state->cadence = NULL;
	}
	cadence_turns(PG_GETARG_CADENCE_P(0), &state->turns);
	state->cadence = palloc(size + VARHDRSZ);
	SET_VARSIZE(state->cadence, size + VARHDRSZ);
	memcpy(VARDATA(state->cadence), VARDATA_ANY(packed), size);
	MemoryContextSwitchTo(caller);
	return state;
}

/* The number of the turn at an instant; NULL before the anchor. */
Datum
oncall_turn_at(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	int64		n;

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("no turn of a cadence is at infinity")));
	if (!turns_at(&turns_asked(fcinfo)->turns, at, &n))
		PG_RETURN_NULL();
	PG_RETURN_INT64(n);
}

/* The period of turn n; empty where its handover and the next coincide. */
Datum
oncall_turn_period(PG_FUNCTION_ARGS)
{
	int64		n = PG_GETARG_INT64(1);
	TurnsAsked *state = turns_asked(fcinfo);
	TimestampTz from,
				until;
	RangeBound	lower = {0};
	RangeBound	upper = {0};

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("turn number must not be negative"),
				 errdetail("Turn 0 starts at the anchor.")));
	if (n == PG_INT64_MAX || !turns_handover(&state->turns, n, &from) ||
		!turns_handover(&state->turns, n + 1, &until))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("turn %lld is out of range for type timestamptz",
						(long long) n)));
	lower.val = TimestampTzGetDatum(from);
	lower.inclusive = true;
	lower.lower = true;
	upper.val = TimestampTzGetDatum(until);
	PG_RETURN_RANGE_P(make_range_compat(state->range, &lower, &upper, false));
}

/*
 * All handovers in a range
 */

/* What is left to return. */
typedef struct Handovers
{
	Turns		turns;
	int64		next;			/* the handover to look at */
	TimestampTz last;			/* the one returned last */
	TimestampTz until;
} Handovers;

/* Find the first handover in a range, which must end. */
static void
start_handovers(Handovers *walk, const Cadence *cadence, RangeType *range)
{
	RangeBound	lower,
				upper;
	bool		empty;
	TimestampTz from;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("range of handovers must not be empty")));
	if (upper.infinite || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("range of handovers must be bounded above"),
				 errdetail("A cadence goes on for ever."),
				 errhint("Give the range an upper bound, or use turn_at() and turn_period().")));

	tstzrange_refuse_closed(range);

	from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
	if (TIMESTAMP_IS_NOBEGIN(from))
	{
		from = MIN_TIMESTAMP;
		lower.inclusive = true;
	}
	walk->last = lower.inclusive ? from - 1 : from;
	walk->until = DatumGetTimestampTz(upper.val);
	cadence_turns(cadence, &walk->turns);
	if (!turns_at(&walk->turns, from, &walk->next))
		walk->next = 0;
}

/* The next handover, each instant once; false when there is none left. */
static bool
next_handover(Handovers *walk, TimestampTz *at)
{
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!turns_handover(&walk->turns, walk->next, at))
			return false;
		walk->next++;
	} while (*at <= walk->last);
	Assert(IS_VALID_TIMESTAMP(*at));
	walk->last = *at;
	return *at < walk->until;
}

/* The instants of a range at which the duty is handed over, in order. */
Datum
oncall_handovers(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	TimestampTz at;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		call->user_fctx = palloc(sizeof(Handovers));
		start_handovers(call->user_fctx, PG_GETARG_CADENCE_P(0),
						PG_GETARG_RANGE_P(1));
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	if (next_handover(call->user_fctx, &at))
		SRF_RETURN_NEXT(call, TimestampTzGetDatum(at));
	SRF_RETURN_DONE(call);
}

/* About how many handovers there are in a range. */
static double
estimate_handovers(const Cadence *cadence, RangeType *range)
{
	static const double usecs[] = {
		(double) USECS_PER_DAY * DAYS_PER_YEAR / MONTHS_PER_YEAR,
		(double) USECS_PER_DAY,
		(double) USECS_PER_MINUTE
	};
	RangeBound	lower,
				upper;
	bool		empty;
	double		from = cadence->anchor;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty || upper.infinite)
		return 1;				/* it will be an error */
	if (!lower.infinite)
		from = Max(from, (double) DatumGetTimestampTz(lower.val));
	return Max(((double) DatumGetTimestampTz(upper.val) - from) *
			   cadence->nsteps /
			   (cadence_sum(cadence) * usecs[cadence->unit]), 1);
}

/* Planner support: how many rows handovers() will return. */
Datum
oncall_handovers_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows = (SupportRequestRows *) request;
	Node	   *cadence,
			   *range;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(rows->node))
		PG_RETURN_POINTER(NULL);
	cadence = estimate_expression_value(rows->root,
										linitial(((FuncExpr *) rows->node)->args));
	range = estimate_expression_value(rows->root,
									  lsecond(((FuncExpr *) rows->node)->args));
	if (!IsA(cadence, Const) || !IsA(range, Const))
		PG_RETURN_POINTER(NULL);
	if (((Const *) cadence)->constisnull || ((Const *) range)->constisnull)
		rows->rows = 0;
	else
		rows->rows =
			estimate_handovers(DatumGetCadenceP(((Const *) cadence)->constvalue),
							   DatumGetRangeTypeP(((Const *) range)->constvalue));
	PG_RETURN_POINTER(request);
}
