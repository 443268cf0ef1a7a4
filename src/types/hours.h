/*-------------------------------------------------------------------------
 *
 * hours.h
 *	  The type oncall.hours: durations by band.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HOURS_H
#define ONCALL_HOURS_H

#include "base/core.h"
#include "base/compat.h"

/*
 * As stored: canonical and without padding bytes, so that equal values are
 * bytewise equal. The durations are followed by the end of each name, as
 * uint32 from the start of the names, and the names without terminators.
 * Bands stand in the byte order of their names, each once, none with a
 * duration of zero.
 */
typedef struct Hours
{
	int32		vl_len_;
	uint32		flags;			/* HOURS_FORMAT; above it, the number of bands */
	int64		usecs[FLEXIBLE_ARRAY_MEMBER];
} Hours;

#define HOURS_FORMAT 1
#define HOURS_FORMAT_BITS 8
#define HOURS_MAX_BANDS ((1 << (32 - HOURS_FORMAT_BITS)) - 1)

/* One band: its name, without a terminator, and how long it is. */
typedef struct HoursBand
{
	const char *name;
	int			len;
	int64		usecs;
} HoursBand;

/* How many bands there are. */
static inline int
hours_count(const Hours *hours)
{
	return (int) (hours->flags >> HOURS_FORMAT_BITS);
}

/* Band i, from 0; its name points into the datum. */
static inline HoursBand
hours_band(const Hours *hours, int i)
{
	int			n = hours_count(hours);
	const uint32 *ends = (const uint32 *) &hours->usecs[n];
	uint32		start = i > 0 ? ends[i - 1] : 0;
	HoursBand	band;

	band.name = (const char *) &ends[n] + start;
	band.len = (int) (ends[i] - start);
	band.usecs = hours->usecs[i];
	return band;
}

/* Byte order of names, whatever the collation. */
static inline int
hours_compare_names(const char *a, int alen, const char *b, int blen)
{
	int			cmp = memcmp(a, b, Min(alen, blen));

	return cmp != 0 ? cmp : (alen > blen) - (alen < blen);
}

/*
 * Make hours of bands in any order: the durations of one name are added up,
 * and what comes to zero is left out. Names are copied, in the encoding of
 * the database; the array is put in order. Overflow is an error (22008).
 */
extern Hours *hours_make(HoursBand *bands, int nbands);

/* The error of overflow; does not return. */
extern void hours_out_of_range(void);

/* The error of too many bands; does not return. */
extern void hours_too_large(void);

/* Detoast hours; what is no such value is refused (XX001). */
extern Hours *hours_datum(Datum datum);

#define PG_GETARG_HOURS_P(n) hours_datum(PG_GETARG_DATUM(n))

#endif							/* ONCALL_HOURS_H */
