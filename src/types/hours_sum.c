/*-------------------------------------------------------------------------
 *
 * hours_sum.c
 *	  The aggregate sum(hours).
 *
 * The state holds a sum and the number of its rows for each band, in the byte
 * order of names. Sums are wide enough never to overflow, so that only a
 * result can be out of range, and the same one whether rows are added one by
 * one, by parallel workers, or taken out again by a moving window. A band
 * leaves the state with the last of its rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/int128.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "types/hours.h"

PG_FUNCTION_INFO_V1(oncall_hours_sum_add);
PG_FUNCTION_INFO_V1(oncall_hours_sum_remove);
PG_FUNCTION_INFO_V1(oncall_hours_sum_combine);
PG_FUNCTION_INFO_V1(oncall_hours_sum_final);
PG_FUNCTION_INFO_V1(oncall_hours_sum_serialize);
PG_FUNCTION_INFO_V1(oncall_hours_sum_deserialize);

/* The sum of one band. */
typedef struct BandSum
{
	char	   *name;			/* palloc'd, without a terminator */
	int			len;
	int64		nrows;			/* that have this band; greater than 0 */
	Wide		usecs;
} BandSum;

typedef struct HoursSum
{
	MemoryContext context;		/* of all that the state holds */
	int64		nrows;			/* that are not null */
	int			nbands;
	int			maxbands;
	BandSum    *bands;
} HoursSum;

/* The context of the aggregate that calls us. */
static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("part of an aggregate cannot be called by itself"),
				 errhint("Call the aggregate sum(hours).")));
	return context;
}

/* A state among the arguments, NULL while nothing has been added. */
static HoursSum *
state_argument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : (HoursSum *) PG_GETARG_POINTER(n);
}

/* A sum of nothing. */
static HoursSum *
new_sum(MemoryContext context)
{
	HoursSum   *sum = MemoryContextAllocZero(context, sizeof(HoursSum));

	sum->context = context;
	return sum;
}

/*
 * The place of a band, or where it would have to stand. Rows have their bands
 * in order too, and mostly the same ones, so it is mostly where we expect it.
 */
static int
find_band(const HoursSum *sum, int expected, const char *name, int len,
		  bool *found)
{
	int			low = 0;
	int			high = sum->nbands;
	int			middle = expected;

	*found = false;
	while (low < high)
	{
		const BandSum *band;
		int			cmp;

		if (middle < low || middle >= high)
			middle = low + (high - low) / 2;
		band = &sum->bands[middle];
		cmp = hours_compare_names(name, len, band->name, band->len);
		if (cmp == 0)
		{
			*found = true;
			return middle;
		}
		if (cmp < 0)
			high = middle;
		else
			low = middle + 1;
		middle = -1;
	}
	return low;
}

/* Make place for a band that is not there yet. */
static BandSum *
insert_band(HoursSum *sum, int at, const char *name, int len)
{
	BandSum    *band;

	if (sum->nbands == HOURS_MAX_BANDS)
		hours_too_large();
	if (sum->bands == NULL)
	{
		sum->maxbands = 4;
		sum->bands = MemoryContextAlloc(sum->context,
										sum->maxbands * sizeof(BandSum));
	}
	else if (sum->nbands == sum->maxbands)
	{
		sum->maxbands = Min(sum->maxbands * 2, HOURS_MAX_BANDS);
		sum->bands = repalloc(sum->bands, sum->maxbands * sizeof(BandSum));
	}
	band = &sum->bands[at];
	memmove(band + 1, band, (sum->nbands - at) * sizeof(BandSum));
	sum->nbands++;
	band->name = MemoryContextAlloc(sum->context, len);
	memcpy(band->name, name, len);
	band->len = len;
	band->nrows = 0;
	band->usecs = wide_of(0);
	return band;
}

/* Take out a band whose last row has left. */
static void
remove_band(HoursSum *sum, int at)
{
	BandSum    *band = &sum->bands[at];

	pfree(band->name);
	sum->nbands--;
	memmove(band, band + 1, (sum->nbands - at) * sizeof(BandSum));
}

/* Add what so many rows have of a band; returns its place. */
static int
add_band(HoursSum *sum, int expected, const char *name, int len,
		 int64 nrows, Wide usecs)
{
	bool		found;
	int			at = find_band(sum, expected, name, len, &found);
	BandSum    *band;

	if (found)
		band = &sum->bands[at];
	else
		band = insert_band(sum, at, name, len);
	band->nrows += nrows;
	band->usecs = wide_add(band->usecs, usecs);
	return at;
}

/* Add a row. A moving window must have a state even after a NULL. */
Datum
oncall_hours_sum_add(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	HoursSum   *sum = state_argument(fcinfo, 0);
	Hours	   *hours;
	int			at = -1;
	int			i;

	if (sum == NULL)
		sum = new_sum(context);
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(sum);
	hours = PG_GETARG_HOURS_P(1);
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);

		CHECK_FOR_INTERRUPTS();
		at = add_band(sum, at + 1, band.name, band.len, 1,
					  wide_of(band.usecs));
	}
	sum->nrows++;
	PG_FREE_IF_COPY(hours, 1);
	PG_RETURN_POINTER(sum);
}

/* Take out a row that was added before. */
Datum
oncall_hours_sum_remove(PG_FUNCTION_ARGS)
{
	HoursSum   *sum = state_argument(fcinfo, 0);
	Hours	   *hours;
	int			at = -1;
	int			i;

	(void) aggregate_context(fcinfo);
	if (sum == NULL)
		elog(ERROR, "moving aggregate of hours has no state");
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(sum);
	hours = PG_GETARG_HOURS_P(1);
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);
		BandSum    *total;
		bool		found;

		CHECK_FOR_INTERRUPTS();
		at = find_band(sum, at + 1, band.name, band.len, &found);
		if (!found)
			elog(ERROR, "moving aggregate of hours lacks a band");
		total = &sum->bands[at];
		total->usecs = wide_subtract(total->usecs, wide_of(band.usecs));
		if (--total->nrows == 0)
			remove_band(sum, at--);
	}
	sum->nrows--;
	PG_FREE_IF_COPY(hours, 1);
	PG_RETURN_POINTER(sum);
}

/* The bytes are not those that hours_sum_serialize() writes. */
static void
malformed_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid state of aggregate %s", "sum(hours)")));
}

/* Add the sum of some rows to that of others. */
Datum
oncall_hours_sum_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	HoursSum   *sum = state_argument(fcinfo, 0);
	HoursSum   *other = state_argument(fcinfo, 1);
	int			at = -1;
	int			i;

	if (other == NULL && sum == NULL)
		PG_RETURN_NULL();
	if (sum == NULL)
		sum = new_sum(context);
	if (other == NULL)
		PG_RETURN_POINTER(sum);
	/* no band has more rows than there are, so theirs fit, too */
	if (pg_add_s64_overflow(sum->nrows, other->nrows, &sum->nrows))
		malformed_state();
	for (i = 0; i < other->nbands; i++)
	{
		const BandSum *band = &other->bands[i];

		CHECK_FOR_INTERRUPTS();
		at = add_band(sum, at + 1, band->name, band->len, band->nrows,
					  band->usecs);
	}
	PG_RETURN_POINTER(sum);
}

/* The sum as hours; it may be asked for again, so it stays as it is. */
Datum
oncall_hours_sum_final(PG_FUNCTION_ARGS)
{
	HoursSum   *sum = state_argument(fcinfo, 0);
	HoursBand  *bands;
	Hours	   *hours;
	int			i;

	(void) aggregate_context(fcinfo);
	if (sum == NULL || sum->nrows == 0)
		PG_RETURN_NULL();
	bands = palloc(sum->nbands * sizeof(HoursBand));
	for (i = 0; i < sum->nbands; i++)
	{
		CHECK_FOR_INTERRUPTS();
		bands[i].name = sum->bands[i].name;
		bands[i].len = sum->bands[i].len;
		if (!wide_value(sum->bands[i].usecs, &bands[i].usecs))
			hours_out_of_range();
	}
	hours = hours_make(bands, sum->nbands);
	pfree(bands);
	PG_RETURN_POINTER(hours);
}

/*
 * The state on its way from a parallel worker: the number of rows and of
 * bands, and of each band the number of rows, the sum, the length of its name
 * and the name
 */

/* The least that a band takes. */
#define STATE_BAND_SIZE (3 * sizeof(int64) + sizeof(int32))

/* State to bytes. */
Datum
oncall_hours_sum_serialize(PG_FUNCTION_ARGS)
{
	HoursSum   *sum;
	StringInfoData buf;
	int			i;

	(void) aggregate_context(fcinfo);
	sum = (HoursSum *) PG_GETARG_POINTER(0);
	pq_begintypsend(&buf);
	pq_sendint64(&buf, (uint64) sum->nrows);
	pq_sendint32(&buf, (uint32) sum->nbands);
	for (i = 0; i < sum->nbands; i++)
	{
		const BandSum *band = &sum->bands[i];

		CHECK_FOR_INTERRUPTS();
		pq_sendint64(&buf, (uint64) band->nrows);
		pq_sendint64(&buf, band->usecs.high);
		pq_sendint64(&buf, band->usecs.low);
		pq_sendint32(&buf, (uint32) band->len);
		pq_sendbytes(&buf, band->name, band->len);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Read one band, which must come after all others. */
static void
read_band(HoursSum *sum, StringInfo buf)
{
	int64		nrows = pq_getmsgint64(buf);
	Wide		usecs;
	int			len;
	const char *name;
	BandSum    *last = sum->nbands > 0 ? &sum->bands[sum->nbands - 1] : NULL;

	usecs.high = (uint64) pq_getmsgint64(buf);
	usecs.low = (uint64) pq_getmsgint64(buf);
	len = (int) pq_getmsgint(buf, 4);
	name = pq_getmsgbytes(buf, len);
	if (nrows <= 0 || nrows > sum->nrows)
		malformed_state();
	if (last && hours_compare_names(last->name, last->len, name, len) >= 0)
		malformed_state();
	last = insert_band(sum, sum->nbands, name, len);
	last->nrows = nrows;
	last->usecs = usecs;
}

/* Bytes to state. */
Datum
oncall_hours_sum_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *state;
	HoursSum   *sum;
	StringInfoData buf;
	int			nbands;

	(void) aggregate_context(fcinfo);
	state = PG_GETARG_BYTEA_PP(0);
	buf.data = VARDATA_ANY(state);
	buf.len = buf.maxlen = VARSIZE_ANY_EXHDR(state);
	buf.cursor = 0;

	sum = new_sum(CurrentMemoryContext);
	sum->nrows = pq_getmsgint64(&buf);
	nbands = (int) pq_getmsgint(&buf, 4);
	if (sum->nrows < 0 || nbands < 0 ||
		nbands > (buf.len - buf.cursor) / (int) STATE_BAND_SIZE)
		malformed_state();
	while (nbands-- > 0)
	{
		CHECK_FOR_INTERRUPTS();
		read_band(sum, &buf);
	}
	pq_getmsgend(&buf);
	PG_RETURN_POINTER(sum);
}
