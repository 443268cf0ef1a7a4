/*-------------------------------------------------------------------------
 *
 * harness.h
 *	  What the fuzzers have in common, outside a server.
 *
 * To be included once, after the files' headers and those of C.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HARNESS_H
#define ONCALL_HARNESS_H

#include "calendar/week.h"

/* PostgreSQL's port library is not linked */
#undef printf
#undef fprintf
#undef qsort
#undef vsnprintf

/* ----------------------------------------------------------------
 * What a server would bring: memory, sorting, dates
 * ----------------------------------------------------------------
 */

/* all that one case allocates is freed at its end */
typedef struct Chunk
{
	struct Chunk *prev;
	struct Chunk *next;
	int64		data[];
} Chunk;

static Chunk chunks = {&chunks, &chunks};

static inline Chunk *
keep_chunk(Chunk *chunk)
{
	if (chunk == NULL)
		abort();
	chunk->prev = &chunks;
	chunk->next = chunks.next;
	chunks.next->prev = chunk;
	chunks.next = chunk;
	return chunk;
}

static inline Chunk *
chunk_of(void *p)
{
	Chunk	   *chunk = (Chunk *) ((char *) p - offsetof(Chunk, data));

	chunk->prev->next = chunk->next;
	chunk->next->prev = chunk->prev;
	return chunk;
}

void *
palloc(Size size)
{
	return keep_chunk(malloc(offsetof(Chunk, data) + size))->data;
}

void *
palloc0(Size size)
{
	return keep_chunk(calloc(1, offsetof(Chunk, data) + size))->data;
}

void *
repalloc(void *p, Size size)
{
	Chunk	   *chunk = chunk_of(p);

	return keep_chunk(realloc(chunk, offsetof(Chunk, data) + size))->data;
}

void
pfree(void *p)
{
	free(chunk_of(p));
}

static inline void
free_chunks(void)
{
	while (chunks.next != &chunks)
		pfree(chunks.next->data);
}

void
pg_qsort(void *base, size_t n, size_t size,
		 int (*cmp) (const void *, const void *))
{
	qsort(base, n, size, cmp);
}

/* Days since 1970-01-01 of a date; by H. Hinnant's days_from_civil idea. */
static inline int64
civil_days(int64 y, int m, int d)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273,
	304, 334};
	bool		leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	int64		p = y - 1;

	return p * 365 + floor_div(p, 4) - floor_div(p, 100) + floor_div(p, 400) +
		before[m - 1] + (leap && m > 2) + d - 1 - 719162;
}

/* 2440588 is the Julian day of 1970-01-01 */
int
date2j(int year, int month, int day)
{
	return (int) civil_days(year, month, day) + 2440588;
}

void
j2date(int jd, int *year, int *month, int *day)
{
	int64		days = (int64) jd - 2440588;
	int64		y = 1970 + floor_div(days, days < 0 ? 365 : 366);
	int			m = 1;

	while (civil_days(y + 1, 1, 1) <= days)
		y++;
	while (m < 12 && civil_days(y, m + 1, 1) <= days)
		m++;
	*year = (int) y;
	*month = m;
	*day = (int) (days - civil_days(y, m, 1)) + 1;
}

/* ----------------------------------------------------------------
 * Synthetic zones
 * ----------------------------------------------------------------
 */
#ifndef MAX_CHANGES
#define MAX_CHANGES 16
#endif

struct pg_tz
{
	int			nchanges;
	TimestampTz at[MAX_CHANGES];
	int64		offset[MAX_CHANGES + 1];	/* offset[i] until at[i] */
};

static inline int
zone_index(const Zone *zone, TimestampTz t)
{
	int			i = 0;

	while (i < zone->nchanges && zone->at[i] <= t)
		i++;
	return i;
}

void
tz_stretch_at(const Zone *zone, TimestampTz t, ZoneStretch *span)
{
	int			i = zone_index(zone, t);

	/* now and then only from t on, as the contract allows */
	span->from = i == 0 ? DT_NOBEGIN : zone->at[i - 1];
	if (t % 3 == 0 && t > span->from)
		span->from = t;
	span->until = i == zone->nchanges ? DT_NOEND : zone->at[i];
	span->offset = zone->offset[i];
}

/*
 * A local time in a gap is read with the offset before it, one that comes
 * twice with the offset after: what AT TIME ZONE does.
 */
TimestampTz
tz_to_utc(const Zone *zone, Timestamp local)
{
	int			i;

	for (i = zone->nchanges; i > 0; i--)
	{
		int64		before = zone->offset[i - 1];
		int64		after = zone->offset[i];

		if (local - after >= zone->at[i - 1])
			return local - after;
		if (local - before >= zone->at[i - 1])
			return local - before;	/* inside the gap */
	}
	return local - zone->offset[0];
}

/* ----------------------------------------------------------------
 * Chance
 * ----------------------------------------------------------------
 */
/*
 * A case is a string of bytes. They say, draw by draw, what it is, so that a
 * fuzzer that changes some of them changes some of it; what they do not say any
 * more is drawn by a generator that the first eight of them start.
 */
static const uint8 *bytes;
static size_t nbytes;
static uint64 state;

static inline void
begin_case(const uint8 *data, size_t size)
{
	size_t		head = Min(size, sizeof(state));

	state = 0;
	if (head > 0)
		memcpy(&state, data, head);
	bytes = size > 0 ? data + head : data;
	nbytes = size - head;
}

static inline uint64
chance(void)
{
	uint64		z = (state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* A number below so many, or any at all with 0. */
static inline uint64
draw(uint64 many)
{
	size_t		size = many == 0 ? 8 : many <= 0x100 ? 1 :
	many <= 0x10000 ? 2 : many <= UINT64CONST(0x100000000) ? 4 : 8;
	uint64		number = 0;

	if (nbytes < size)
		number = chance();
	else
	{
		memcpy(&number, bytes, size);
		bytes += size;
		nbytes -= size;
	}
	return many == 0 ? number : number % many;
}

/* a number from a to b */
static inline int64
between(int64 a, int64 b)
{
	return (int64) ((uint64) a + draw((uint64) b - (uint64) a + 1));
}

static inline bool
one_in(int n)
{
	return between(1, n) == 1;
}

/* A case went wrong: the fuzzer keeps its bytes. */
static inline void
wrong(const char *what)
{
	printf("# %s\n", what);
	fflush(stdout);
	abort();
}

/* Everything happens around here: 2024-03-10 12:00 */
#define FOCUS (INT64CONST(8835) * USECS_PER_DAY + 12 * USECS_PER_HOUR)

static inline Zone *
random_zone(void)
{
	Zone	   *zone = palloc0(sizeof(Zone));
	TimestampTz t = FOCUS - between(0, 200) * USECS_PER_DAY;
	int			i;

	zone->nchanges = one_in(5) ? 0 : (int) between(1, MAX_CHANGES);
	zone->offset[0] = between(-12 * 4, 14 * 4) * 15 * USECS_PER_MINUTE;
	for (i = 0; i < zone->nchanges; i++)
	{
		int64		jump = one_in(8) ? 24 * 60 : one_in(4) ? 30 :
		one_in(4) ? 15 * between(1, 12) : 60;

		t += between(3, 60) * USECS_PER_DAY +
			between(0, 95) * 15 * USECS_PER_MINUTE;
		zone->at[i] = t;
		if (zone->offset[i] > 0)
			jump = -jump;
		if (jump != 24 * 60 && jump != -24 * 60 && one_in(3))
			jump = -jump;
		zone->offset[i + 1] = zone->offset[i] + jump * USECS_PER_MINUTE;
	}
	return zone;
}

static inline DaySpans
random_spans(void)
{
	DaySpans	result = {0, NULL};
	DaySpan    *spans = palloc(3 * sizeof(DaySpan));
	int			minute = (int) between(0, 600);

	while (result.nspans < 3 && minute < 1440 && !one_in(3))
	{
		DaySpan    *span = &spans[result.nspans++];

		span->from = (uint16) minute;
		span->until = (uint16) (minute + between(1, one_in(4) ? 1440 : 400));
		minute = span->until + (int) between(1, 300);
	}
	result.spans = spans;
	return result;
}

static inline Week *
random_week(void)
{
	Week	   *week = palloc0(sizeof(Week));
	DaySpans	usual = random_spans();
	DaySpans	holiday = random_spans();
	int			day;

	for (day = 0; day < 7; day++)
	{
		week->ordinary[day] = one_in(3) ? random_spans() : usual;
		week->holiday[day] = one_in(2) ? holiday : week->ordinary[day];
	}
	return week;
}

#endif							/* ONCALL_HARNESS_H */
