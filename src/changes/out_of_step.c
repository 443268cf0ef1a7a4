/*-------------------------------------------------------------------------
 *
 * out_of_step.c
 *	  Covers ahead that no longer lie on what they were meant for.
 *
 * A cover says whom it relieves, and of which shift. It is out of step if
 * beneath the covers its seat is anybody else's for an instant, or if it began
 * or ended with that shift and the person's shift does so no more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/saved_query.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_covers_out_of_step);

/*
 * So much later than it was the shift that a cover was meant for is sought, and
 * so many times its own length earlier: whoever has left has none ahead.
 */
#define SEARCH_LATER (INT64CONST(100) * USECS_PER_DAY)
#define SEARCH_EARLIER 2

/* Columns of covers_out_of_step(). */
enum
{
	STEP_COVER_ID,
	STEP_SEAT,
	STEP_PERSON_ID,
	STEP_PERIOD,
	STEP_INSTEAD_OF,
	STEP_SHIFT,
	STEP_MENDED,
	STEP_COLUMNS
};

/* A cover, and what it was meant for. */
typedef struct MeantCover
{
	Cover		cover;
	int32		instead_of;
	Period		shift;			/* bounds that it has not are infinite */
} MeantCover;

#define MEANT_COLUMNS \
	"SELECT coalesce(c.copy_of, c.cover_id), c.seat, c.person_id," \
	" c.period::pg_catalog.tstzrange, c.recorded::pg_catalog.tstzrange," \
	" c.instead_of, c.shift::pg_catalog.tstzrange FROM oncall.cover c" \
	" WHERE c.period OPERATOR(pg_catalog.&&) $2 AND c.instead_of IS NOT NULL"

/* worded as the exclusion constraint is, to use its index */
static SavedQuery meant_now = {
	MEANT_COLUMNS
	" AND pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
	" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
	" AND pg_catalog.upper_inf(c.recorded)",
	2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}
};

static SavedQuery meant_then = {
	MEANT_COLUMNS " AND c.rotation_id OPERATOR(pg_catalog.=) $1",
	2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}
};

static void
read_meant_cover(HeapTuple row, MeantCover *meant)
{
	meant->cover.cover_id = DatumGetInt32(query_column(row, 1));
	meant->cover.seat = DatumGetInt16(query_column(row, 2)) - 1;
	meant->cover.person_id = query_column_is_null(row, 3) ? 0 :
		DatumGetInt32(query_column(row, 3));
	meant->cover.period = query_column_period(row, 4);
	meant->cover.recorded = query_column_period(row, 5);
	meant->instead_of = DatumGetInt32(query_column(row, 6));
	if (query_column_is_null(row, 7))
	{
		meant->shift.from = DT_NOBEGIN;
		meant->shift.until = DT_NOEND;
	}
	else
		meant->shift = query_column_period(row, 7);
}

/* The covers of a rotation, believed at known_at, that are not over. */
static MeantCover *
load_meant_covers(int32 rotation_id, TimestampTz known_at, int *ncovers)
{
	MemoryContext context = CurrentMemoryContext;
	Period		ahead = {GetCurrentTransactionStartTimestamp(), DT_NOEND};
	MeantCover *covers;
	Datum		args[2];
	uint64		i;

	SPI_connect();
	args[0] = Int32GetDatum(rotation_id);
	args[1] = tstzrange_datum(ahead);
	query_run(known_at == KNOWN_NOW ? &meant_now : &meant_then, args, NULL);
	covers = MemoryContextAllocHuge(context, (SPI_processed + 1) *
									sizeof(MeantCover));
	*ncovers = 0;
	for (i = 0; i < SPI_processed; i++)
	{
		read_meant_cover(SPI_tuptable->vals[i], &covers[*ncovers]);
		if (is_believed(&covers[*ncovers].cover.recorded, known_at))
			(*ncovers)++;
	}
	SPI_finish();
	return covers;
}

static int32
holder(const Timeline *timeline, int segment, int seat)
{
	return timeline->cells[segment * timeline->nseats + seat].person_id;
}

static int32
holder_at(const Timeline *timeline, TimestampTz at, int seat)
{
	return holder(timeline,
				  timeline_find(timeline->starts, timeline->nsegments, at),
				  seat);
}

/* By a timeline of the layers that reaches beyond the cover at both ends. */
static bool
is_in_step(const MeantCover *meant, const Timeline *timeline)
{
	Period		period = meant->cover.period;
	int			seat = meant->cover.seat;
	int			i = timeline_find(timeline->starts, timeline->nsegments,
								  period.from);

	for (; i < timeline->nsegments && timeline->starts[i] < period.until; i++)
	{
		if (holder(timeline, i, seat) != meant->instead_of)
			return false;
	}
	return !(period.from == meant->shift.from &&
			 holder_at(timeline, period.from - 1, seat) == meant->instead_of) &&
		!(period.until == meant->shift.until &&
		  holder_at(timeline, period.until, seat) == meant->instead_of);
}

/* The shift of theirs that begins nearest to the one that was meant. */
static bool
find_shift(const MeantCover *meant, Rotation *rotation, TimestampTz known_at,
		   Period *shift)
{
	int			seat = meant->cover.seat;
	Period		period = meant->cover.period;
	TimestampTz from = TIMESTAMP_IS_NOBEGIN(meant->shift.from) ?
	period.from : meant->shift.from;
	TimestampTz until = TIMESTAMP_IS_NOEND(meant->shift.until) ?
	period.until : meant->shift.until;
	TimestampTz earliest = instant_plus(from, -SEARCH_EARLIER * (until - from));
	Period		window = {instant_plus(earliest, -SEARCH_LATER),
	instant_plus(period.until, SEARCH_LATER)};
	Timeline   *timeline = timeline_compile(rotation, window, known_at);
	bool		found = false;
	int			i;

	if (timeline == NULL)
		return false;
	for (i = 0; i < timeline->nsegments; i++)
	{
		Period		one = {timeline->starts[i], window.until};
		int64		distance;

		if (holder(timeline, i, seat) != meant->instead_of)
			continue;
		while (i + 1 < timeline->nsegments &&
			   holder(timeline, i + 1, seat) == meant->instead_of)
			i++;
		if (i + 1 < timeline->nsegments)
			one.until = timeline->starts[i + 1];
		if (one.from < earliest ||
			one.until <= GetCurrentTransactionStartTimestamp())
			continue;
		distance = one.from < from ? from - one.from : one.from - from;
		if (!found || distance < (shift->from < from ? from - shift->from :
								  shift->from - from))
			*shift = one;
		found = true;
	}
	return found;
}

/* Where the cover would lie on that shift as it was meant to. */
static Period
mend(const MeantCover *meant, Period shift)
{
	Period		period = meant->cover.period;
	int64		by = TIMESTAMP_IS_NOBEGIN(meant->shift.from) ? 0 :
	shift.from - meant->shift.from;
	Period		mended;

	mended.from = period.from == meant->shift.from ? shift.from :
		instant_plus(period.from, by);
	mended.until = period.until == meant->shift.until ? shift.until :
		instant_plus(period.until, by);
	mended = period_and(mended, shift);
	return period_empty(mended) ? shift : mended;
}

static void
put_cover(ReturnSetInfo *result, const MeantCover *meant, Rotation *rotation,
		  TimestampTz known_at)
{
	Datum		values[STEP_COLUMNS];
	bool		nulls[STEP_COLUMNS] = {0};
	Period		shift = {0, 0};

	values[STEP_COVER_ID] = Int32GetDatum(meant->cover.cover_id);
	values[STEP_SEAT] = Int16GetDatum(meant->cover.seat + 1);
	values[STEP_PERSON_ID] = Int32GetDatum(meant->cover.person_id);
	nulls[STEP_PERSON_ID] = meant->cover.person_id == 0;
	values[STEP_PERIOD] = tstzrange_datum(meant->cover.period);
	values[STEP_INSTEAD_OF] = Int32GetDatum(meant->instead_of);
	values[STEP_SHIFT] = tstzrange_datum(meant->shift);
	nulls[STEP_MENDED] = !find_shift(meant, rotation, known_at, &shift);
	values[STEP_MENDED] = nulls[STEP_MENDED] ? (Datum) 0 :
		tstzrange_datum(mend(meant, shift));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* covers_out_of_step(rotation_id, known_at): as believed now, if NULL */
Datum
oncall_covers_out_of_step(PG_FUNCTION_ARGS)
{
	TimestampTz known_at = PG_ARGISNULL(1) ? KNOWN_NOW :
	finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	ReturnSetInfo *result;
	MemoryContext scratch;
	MemoryContext caller;
	Rotation	rotation;
	MeantCover *covers;
	int			ncovers;
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	result = (ReturnSetInfo *) fcinfo->resultinfo;
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = PG_GETARG_INT32(0);
	rotation.nseats = 1;
	covers = load_meant_covers(rotation.rotation_id, known_at, &ncovers);
	if (ncovers == 0)
		return (Datum) 0;
	for (i = 0; i < ncovers; i++)
		rotation.nseats = Max(rotation.nseats, covers[i].cover.seat + 1);
	load_layers(&rotation, 1, known_at != KNOWN_NOW);

	scratch = AllocSetContextCreate(CurrentMemoryContext, "oncall step",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	for (i = 0; i < ncovers; i++)
	{
		Period		window = covers[i].cover.period;
		Timeline   *timeline;

		CHECK_FOR_INTERRUPTS();
		window.from = instant_plus(window.from, -1);
		window.until = instant_plus(window.until, 1);
		timeline = timeline_compile(&rotation, window, known_at);
		if (timeline != NULL && !is_in_step(&covers[i], timeline))
			put_cover(result, &covers[i], &rotation, known_at);
		MemoryContextReset(scratch);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return (Datum) 0;
}
