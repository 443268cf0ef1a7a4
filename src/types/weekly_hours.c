/*-------------------------------------------------------------------------
 *
 * weekly_hours.c
 *	  The type oncall.weekly_hours: hours of the week in the notation of
 *	  OpenStreetMap's opening_hours.
 *
 * The meaning of a text is a Week (see week.h): for each weekday the hours of
 * an ordinary day and of a public holiday. Here are its stored and its binary
 * form, and comparison; the notation stands in weekly_hours_text.c, evaluation
 * in open_periods.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/weekly_hours_private.h"

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_weekly_hours_recv);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_send);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_eq);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_ne);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_lt);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_le);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_gt);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_ge);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_cmp);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_hash);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_hash_extended);

/*
 * Draft and stored form
 */

#ifdef USE_ASSERT_CHECKING
/* Are the spans of a day there, apart from each other and in order? */
static bool
spans_ascend(const DaySpans *hours)
{
	int			i;

	for (i = 0; i < hours->nspans; i++)
	{
		const DaySpan *span = &hours->spans[i];

		if (span->from >= span->until || span->until > LATEST_MINUTE ||
			span->from >= MINUTES_PER_DAY ||
			(i > 0 && hours->spans[i - 1].until >= span->from))
			return false;
	}
	return true;
}
#endif

WeeklyHours *
weekly_hours_store(WeeklyDraft *draft)
{
	WeeklyHours *result;
	DaySpan    *next;
	Size		size = offsetof(WeeklyHours, spans);
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (weekly_hours_same_day(&draft->hours[i], &draft->hours[PH]))
			draft->own_holidays &= ~(1 << i);
	if (draft->own_holidays == 0)
		draft->hours[PH].nspans = 0;

	for (i = 0; i < NLISTS; i++)
		size += draft->hours[i].nspans * sizeof(DaySpan);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->format = WEEKLY_HOURS_FORMAT;
	result->own_holidays = draft->own_holidays;
	next = result->spans;
	for (i = 0; i < NLISTS; i++)
	{
		int			n = draft->hours[i].nspans;

		Assert(spans_ascend(&draft->hours[i]));
		result->nspans[i] = n;
		if (n > 0)
			memcpy(next, draft->hours[i].spans, n * sizeof(DaySpan));
		next += n;
	}
	return result;
}

void
weekly_hours_unfold(const WeeklyHours *hours, WeeklyDraft *draft)
{
	const DaySpan *next = hours->spans;
	int			i;

	if (hours->format != WEEKLY_HOURS_FORMAT)
		elog(ERROR, "unexpected format %d of weekly hours", hours->format);
	draft->own_holidays = hours->own_holidays;
	for (i = 0; i < NLISTS; i++)
	{
		draft->hours[i].nspans = hours->nspans[i];
		draft->hours[i].spans = next;
		next += hours->nspans[i];
	}
}

/* Say what holds on each weekday; the week points where the draft does. */
static void
draft_week(const WeeklyDraft *draft, Week *week)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
	{
		week->ordinary[i] = draft->hours[i];
		week->holiday[i] = draft->own_holidays & (1 << i) ?
			draft->hours[PH] : draft->hours[i];
	}
}

void
weekly_hours_to_week(const WeeklyHours *hours, Week *week)
{
	WeeklyDraft draft;

	weekly_hours_unfold(hours, &draft);
	draft_week(&draft, week);
}

Week *
weekly_hours_week(Datum hours)
{
	WeeklyHours *copy = (WeeklyHours *) PG_DETOAST_DATUM_COPY(hours);
	Week	   *week = palloc(sizeof(Week));

	weekly_hours_to_week(copy, week);
	return week;
}

/*
 * Binary form: format, own_holidays, and for Monday to Sunday and PH the
 * number of spans and the two minutes of each.
 */

/* The bytes are not those that weekly_hours_send() writes. */
static void
malformed_binary(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type %s",
					"oncall.weekly_hours"),
			 errdetail("%s", why)));
}

/* Read the spans of a day. */
static DaySpans
receive_spans(StringInfo buf)
{
	DaySpans	hours;
	DaySpan    *spans;
	int			n = (int) pq_getmsgint(buf, 2);
	int			after = -1;
	int			i;

	if (n > MAX_DAY_SPANS)
		malformed_binary("A day has too many spans.");
	spans = palloc(n * sizeof(DaySpan));
	for (i = 0; i < n; i++)
	{
		int			from = (int) pq_getmsgint(buf, 2);
		int			until = (int) pq_getmsgint(buf, 2);

		if (from <= after)
			malformed_binary("The spans of a day must be in order, and neither overlap nor touch.");
		if (from >= MINUTES_PER_DAY || until <= from ||
			until > LATEST_MINUTE)
			malformed_binary("A span must start before 24:00, and end after its start and by 48:00.");
		spans[i].from = from;
		spans[i].until = until;
		after = until;
	}
	hours.nspans = n;
	hours.spans = spans;
	return hours;
}

/* Binary to weekly_hours. */
Datum
oncall_weekly_hours_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgbyte(buf);
	int			own_holidays = pq_getmsgbyte(buf);
	WeeklyDraft draft;
	WeeklyHours *result;
	int			i;

	if (format != WEEKLY_HOURS_FORMAT)
		malformed_binary("The format is not known.");
	if (own_holidays & ~ALL_DAYS)
		malformed_binary("There are seven weekdays.");
	draft.own_holidays = own_holidays;
	for (i = 0; i < NLISTS; i++)
		draft.hours[i] = receive_spans(buf);
	i = draft.hours[PH].nspans;

	result = weekly_hours_store(&draft);
	if (result->own_holidays != own_holidays || result->nspans[PH] != i)
		malformed_binary("Public holidays that have the hours of ordinary days must not be marked as having others.");
	PG_RETURN_POINTER(result);
}

/* weekly_hours to binary. */
Datum
oncall_weekly_hours_send(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	WeeklyDraft draft;
	StringInfoData buf;
	int			i;
	int			j;

	weekly_hours_unfold(hours, &draft);
	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WEEKLY_HOURS_FORMAT);
	pq_sendbyte(&buf, draft.own_holidays);
	for (i = 0; i < NLISTS; i++)
	{
		pq_sendint16(&buf, draft.hours[i].nspans);
		for (j = 0; j < draft.hours[i].nspans; j++)
		{
			pq_sendint16(&buf, draft.hours[i].spans[j].from);
			pq_sendint16(&buf, draft.hours[i].spans[j].until);
		}
	}
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * Comparison
 */

/* Order of the hours of a day: as words of minutes, off first. */
static int
compare_hours(const DaySpans *a, const DaySpans *b)
{
	int			i;

	for (i = 0; i < a->nspans && i < b->nspans; i++)
	{
		if (a->spans[i].from != b->spans[i].from)
			return a->spans[i].from < b->spans[i].from ? -1 : 1;
		if (a->spans[i].until != b->spans[i].until)
			return a->spans[i].until < b->spans[i].until ? -1 : 1;
	}
	return (a->nspans > b->nspans) - (a->nspans < b->nspans);
}

/* Order of hours: Monday to Sunday, then public holidays. */
static int
compare(FunctionCallInfo fcinfo)
{
	WeeklyHours *a = PG_GETARG_WEEKLY_HOURS_P(0);
	WeeklyHours *b = PG_GETARG_WEEKLY_HOURS_P(1);
	WeeklyDraft x;
	WeeklyDraft y;
	int			result = 0;
	int			i;

	weekly_hours_unfold(a, &x);
	weekly_hours_unfold(b, &y);
	for (i = 0; i < NLISTS && result == 0; i++)
		result = compare_hours(&x.hours[i], &y.hours[i]);
	if (result == 0)
		result = (x.own_holidays > y.own_holidays) -
			(x.own_holidays < y.own_holidays);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* Equal values are bytewise equal. */
static bool
same_value(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	bool		result = weekly_hours_same_bytes(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* hours = hours */
Datum
oncall_weekly_hours_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(same_value(fcinfo));
}

/* hours <> hours */
Datum
oncall_weekly_hours_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!same_value(fcinfo));
}

/* hours < hours */
Datum
oncall_weekly_hours_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

/* hours <= hours */
Datum
oncall_weekly_hours_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

/* hours > hours */
Datum
oncall_weekly_hours_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

/* hours >= hours */
Datum
oncall_weekly_hours_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

/* -1, 0 or 1, for btree */
Datum
oncall_weekly_hours_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

/* For hashing, as equal values have equal bytes */
Datum
oncall_weekly_hours_hash(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		result;

	result = hash_any((unsigned char *) VARDATA_ANY(hours),
					  VARSIZE_ANY_EXHDR(hours));
	PG_FREE_IF_COPY(hours, 0);
	return result;
}

/* The same with a seed */
Datum
oncall_weekly_hours_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		result;

	result = hash_any_extended((unsigned char *) VARDATA_ANY(hours),
							   VARSIZE_ANY_EXHDR(hours),
							   PG_GETARG_INT64(1));
	PG_FREE_IF_COPY(hours, 0);
	return result;
}
