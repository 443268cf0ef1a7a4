/*-------------------------------------------------------------------------
 *
 * cadence.c
 *	  The type oncall.cadence: when a duty is handed over.
 *
 * An ISO 8601 repeating interval with the time zone of RFC 9557, such as
 * R/2026-01-06T12:00[Pacific/Auckland]/P7D. Every value, whether it comes
 * from text (cadence_text.c), from binary or from its parts, is made by
 * cadence_make(). Turns and handovers are evaluated in handovers.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/cadence_private.h"

#include "calendar/zone.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_cadence_recv);
PG_FUNCTION_INFO_V1(oncall_cadence_send);
PG_FUNCTION_INFO_V1(oncall_cadence_from_parts);
PG_FUNCTION_INFO_V1(oncall_cadence_anchor);
PG_FUNCTION_INFO_V1(oncall_cadence_every);
PG_FUNCTION_INFO_V1(oncall_cadence_steps);
PG_FUNCTION_INFO_V1(oncall_cadence_zone);
PG_FUNCTION_INFO_V1(oncall_cadence_eq);
PG_FUNCTION_INFO_V1(oncall_cadence_ne);
PG_FUNCTION_INFO_V1(oncall_cadence_lt);
PG_FUNCTION_INFO_V1(oncall_cadence_le);
PG_FUNCTION_INFO_V1(oncall_cadence_ge);
PG_FUNCTION_INFO_V1(oncall_cadence_gt);
PG_FUNCTION_INFO_V1(oncall_cadence_cmp);
PG_FUNCTION_INFO_V1(oncall_cadence_sortsupport);
PG_FUNCTION_INFO_V1(oncall_cadence_hash);
PG_FUNCTION_INFO_V1(oncall_cadence_hash_extended);

#define MINUTES_IN_DAY (HOURS_PER_DAY * MINS_PER_HOUR)

/*
 * Making a cadence
 */

/* Time steps that are all multiples of 24 hours are days. */
static void
hours_to_days(CadenceSteps *steps)
{
	int			i;

	if (steps->unit != TURN_MINUTES)
		return;
	for (i = 0; i < steps->nsteps; i++)
		if (steps->steps[i] % MINUTES_IN_DAY != 0)
			return;
	for (i = 0; i < steps->nsteps; i++)
		steps->steps[i] /= MINUTES_IN_DAY;
	steps->unit = TURN_DAYS;
}

/* The shortest list that, repeated, gives the same steps. */
static void
shorten(CadenceSteps *steps)
{
	int			period;
	int			i;

	for (period = 1; period < steps->nsteps; period++)
	{
		if (steps->nsteps % period != 0)
			continue;
		for (i = period; i < steps->nsteps; i++)
			if (steps->steps[i] != steps->steps[i - period])
				break;
		if (i == steps->nsteps)
			break;
	}
	steps->nsteps = period;
}

Cadence *
cadence_make(Timestamp anchor, const char *zone, CadenceSteps *steps,
			 struct Node *escontext)
{
	const char *canonical;
	int64		sum = 0;
	Size		size;
	Cadence    *result;
	int			i;

	if (!zone_by_name(zone, &canonical, escontext))
		return NULL;
	if (TIMESTAMP_NOT_FINITE(anchor) || !IS_VALID_TIMESTAMP(anchor))
		ereturn(escontext, NULL,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("anchor of a cadence must be a finite timestamp")));
	if (anchor % USECS_PER_SEC != 0)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("anchor of a cadence must be a whole second"),
				 errhint("Round it with date_trunc('second', ...).")));

	hours_to_days(steps);
	shorten(steps);
	for (i = 0; i < steps->nsteps; i++)
	{
		Assert(steps->steps[i] > 0);
		sum += steps->steps[i];
	}
	if (sum > PG_INT32_MAX)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("steps of a cadence are too long"),
				 errdetail("Their sum must be less than 2147483648 months, days or minutes.")));

	size = offsetof(Cadence, steps) + steps->nsteps * sizeof(int32) +
		strlen(canonical);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->format = CADENCE_FORMAT;
	result->unit = steps->unit;
	result->nsteps = steps->nsteps;
	result->anchor = anchor;
	memcpy(result->steps, steps->steps, steps->nsteps * sizeof(int32));
	memcpy(&result->steps[steps->nsteps], canonical, strlen(canonical));
	return result;
}

bool
cadence_add_step(CadenceSteps *steps, TurnUnit unit, int64 length,
				 struct Node *escontext)
{
	if (length <= 0)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be positive")));
	if (length > PG_INT32_MAX)
		ereturn(escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("step of a cadence is too long"),
				 errdetail("It must be less than 2147483648 months, days or minutes.")));
	if (steps->nsteps > 0 && unit != steps->unit)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("steps of a cadence must all be of one unit"),
				 errdetail("Months, days and times cannot be mixed."),
				 errhint("Years count as months, weeks as days.")));
	if (steps->nsteps == CADENCE_MAX_STEPS)
		ereturn(escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cadence has too many steps"),
				 errdetail("There may be at most %d.", CADENCE_MAX_STEPS)));
	steps->unit = unit;
	steps->steps[steps->nsteps++] = length;
	return true;
}

bool
cadence_add_parts(CadenceSteps *steps, int64 months, int64 days, int64 minutes,
				  struct Node *escontext)
{
	if ((months != 0) + (days != 0) + (minutes != 0) > 1)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be of one unit"),
				 errdetail("Months, days and times cannot be mixed."),
				 errhint("Write months (P1M), days (P7D) or a time (PT12H).")));
	if (months != 0)
		return cadence_add_step(steps, TURN_MONTHS, months, escontext);
	if (days != 0)
		return cadence_add_step(steps, TURN_DAYS, days, escontext);
	return cadence_add_step(steps, TURN_MINUTES, minutes, escontext);
}

bool
cadence_not_whole_minutes(struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("time step of a cadence must be in whole minutes"),
			 errhint("Write hours and minutes, such as PT1H30M.")));
}

/*
 * Binary
 */

/* Binary to cadence, as strict as text. */
Datum
oncall_cadence_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgbyte(buf);
	int			unit = pq_getmsgbyte(buf);
	int			nsteps = (int) pq_getmsgint(buf, 2);
	Timestamp	anchor = pq_getmsgint64(buf);
	CadenceSteps steps;
	char	   *zone;
	int			len;

	if (format != CADENCE_FORMAT || unit > TURN_MINUTES || nsteps == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "oncall.cadence")));
	steps.nsteps = 0;
	while (nsteps-- > 0)
		cadence_add_step(&steps, (TurnUnit) unit,
						 (int32) pq_getmsgint(buf, 4), NULL);
	zone = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	if ((int) strlen(zone) != len)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "oncall.cadence")));
	PG_RETURN_POINTER(cadence_make(anchor, zone, &steps, NULL));
}

/* Cadence to binary. */
Datum
oncall_cadence_send(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);
	StringInfoData buf;
	int			i;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, cadence->format);
	pq_sendbyte(&buf, cadence->unit);
	pq_sendint16(&buf, cadence->nsteps);
	pq_sendint64(&buf, cadence->anchor);
	for (i = 0; i < cadence->nsteps; i++)
		pq_sendint32(&buf, cadence->steps[i]);
	pq_sendtext(&buf, CADENCE_ZONE(cadence), CADENCE_ZONE_LEN(cadence));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * Parts
 */

/* Add a step given as an interval. */
static void
add_interval(CadenceSteps *steps, const Interval *interval)
{
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be finite")));
	if (interval->time % USECS_PER_MINUTE != 0)
		cadence_not_whole_minutes(NULL);
	cadence_add_parts(steps, interval->month, interval->day,
					  interval->time / USECS_PER_MINUTE, NULL);
}

/* cadence(anchor timestamp, zone text, VARIADIC steps interval[]) */
Datum
oncall_cadence_from_parts(PG_FUNCTION_ARGS)
{
	Timestamp	anchor = PG_GETARG_TIMESTAMP(0);
	char	   *zone = text_to_cstring(PG_GETARG_TEXT_PP(1));
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(2);
	Datum	   *intervals;
	int			nintervals;
	CadenceSteps steps;
	int			i;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("steps of a cadence must be a one-dimensional array")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("step of a cadence must not be null")));
	deconstruct_array(array, INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &intervals, NULL, &nintervals);
	if (nintervals == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cadence must have a step"),
				 errhint("Give an interval, such as '7 days'.")));
	steps.nsteps = 0;
	for (i = 0; i < nintervals; i++)
		add_interval(&steps, DatumGetIntervalP(intervals[i]));
	PG_RETURN_POINTER(cadence_make(anchor, zone, &steps, NULL));
}

/* So many units as an interval. */
static Interval *
unit_interval(TurnUnit unit, int64 length)
{
	Interval   *interval = palloc0(sizeof(Interval));

	if (unit == TURN_MONTHS)
		interval->month = length;
	else if (unit == TURN_DAYS)
		interval->day = length;
	else
		interval->time = length * USECS_PER_MINUTE;
	return interval;
}

int64
cadence_sum(const Cadence *cadence)
{
	int64		sum = 0;
	int			i;

	for (i = 0; i < cadence->nsteps; i++)
		sum += cadence->steps[i];
	return sum;
}

/* The local time of handover 0. */
Datum
oncall_cadence_anchor(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(PG_GETARG_CADENCE_P(0)->anchor);
}

/* The sum of the steps. */
Datum
oncall_cadence_every(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);

	PG_RETURN_INTERVAL_P(unit_interval(cadence->unit, cadence_sum(cadence)));
}

/* The steps, as an array of intervals. */
Datum
oncall_cadence_steps(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);
	Datum	   *steps = palloc(cadence->nsteps * sizeof(Datum));
	int			i;

	for (i = 0; i < cadence->nsteps; i++)
		steps[i] = IntervalPGetDatum(unit_interval(cadence->unit,
												   cadence->steps[i]));
	PG_RETURN_ARRAYTYPE_P(construct_array(steps, cadence->nsteps, INTERVALOID,
										  sizeof(Interval), false,
										  TYPALIGN_DOUBLE));
}

/* The name of the zone. */
Datum
oncall_cadence_zone(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(CADENCE_ZONE(cadence),
											  CADENCE_ZONE_LEN(cadence)));
}

/*
 * Turns
 */

/* Get ready to evaluate a cadence. */
void
cadence_turns(const Cadence *cadence, Turns *turns)
{
	char	   *name = pnstrdup(CADENCE_ZONE(cadence),
								CADENCE_ZONE_LEN(cadence));
	Zone	   *zone = zone_by_name(name, NULL, NULL);

	turns_init(turns, zone, cadence->anchor, cadence->unit,
			   cadence->steps, cadence->nsteps);
	pfree(name);
}

/*
 * Comparison
 */

/* Zone, anchor, unit, steps. */
static int
compare(const Cadence *a, const Cadence *b)
{
	int			alen = CADENCE_ZONE_LEN(a);
	int			blen = CADENCE_ZONE_LEN(b);
	int			cmp = memcmp(CADENCE_ZONE(a), CADENCE_ZONE(b),
							 Min(alen, blen));
	int			i;

	if (cmp == 0)
		cmp = alen - blen;
	if (cmp == 0)
		cmp = (a->anchor > b->anchor) - (a->anchor < b->anchor);
	if (cmp == 0)
		cmp = a->unit - b->unit;
	for (i = 0; cmp == 0 && i < Min(a->nsteps, b->nsteps); i++)
		cmp = (a->steps[i] > b->steps[i]) - (a->steps[i] < b->steps[i]);
	return cmp != 0 ? cmp : a->nsteps - b->nsteps;
}

/* Compare two arguments. */
static int
compare_args(FunctionCallInfo fcinfo)
{
	Cadence    *a = PG_GETARG_CADENCE_P(0);
	Cadence    *b = PG_GETARG_CADENCE_P(1);
	int			cmp = compare(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

/* Compare two data that are being sorted. */
static int
compare_sorting(Datum x, Datum y, SortSupport sort)
{
	Cadence    *a = DatumGetCadenceP(x);
	Cadence    *b = DatumGetCadenceP(y);
	int			cmp = compare(a, b);

	(void) sort;
	if ((Pointer) a != DatumGetPointer(x))
		pfree(a);
	if ((Pointer) b != DatumGetPointer(y))
		pfree(b);
	return cmp;
}

/* Equal? */
Datum
oncall_cadence_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) == 0);
}

/* Not equal? */
Datum
oncall_cadence_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) != 0);
}

/* Before? */
Datum
oncall_cadence_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

/* Before or equal? */
Datum
oncall_cadence_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

/* After or equal? */
Datum
oncall_cadence_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

/* After? */
Datum
oncall_cadence_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

/* Less than, equal to or greater than zero. */
Datum
oncall_cadence_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

/* Compare without the function manager in between. */
Datum
oncall_cadence_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = compare_sorting;
	PG_RETURN_VOID();
}

/* Equal cadences are equal bytes. */
Datum
oncall_cadence_hash(PG_FUNCTION_ARGS)
{
	struct varlena *cadence = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(cadence),
								VARSIZE_ANY_EXHDR(cadence));

	PG_FREE_IF_COPY(cadence, 0);
	return hash;
}

/* The same with a seed, in 64 bits. */
Datum
oncall_cadence_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *cadence = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(cadence),
										 VARSIZE_ANY_EXHDR(cadence),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(cadence, 0);
	return hash;
}
