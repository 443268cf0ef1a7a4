/*-------------------------------------------------------------------------
 *
 * tstzrange.h
 *	  Between PostgreSQL's ranges of timestamptz and our periods.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TSTZRANGE_H
#define ONCALL_TSTZRANGE_H

#include "base/core.h"

#include "base/compat.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

extern TypeCacheEntry *tstzrange_typcache(void);

/*
 * A range as a half-open period at the resolution of a microsecond: (a, b]
 * is [a + 1 us, b + 1 us). False if it is empty.
 */
extern bool tstzrange_to_period(const RangeType *range, Period *period);

extern RangeType *tstzrange_of_period(TypeCacheEntry *typcache, Period period);

/* The same as a Datum. */
extern Datum tstzrange_datum(Period period);

/* An error if a range given by a user includes the instant at its end. */
extern void tstzrange_refuse_closed(const RangeType *range);

/* A window given by a user: errors unless it is bounded and half-open. */
extern Period tstzrange_window(const RangeType *range);

/*
 * The periods of a multirange, in order of time, palloc'd. An error if one of
 * them is not bounded.
 */
extern Period *tstzmultirange_periods(const MultirangeType *multirange,
									  int *nperiods);

/* An instant given by a user: an error if it is infinite. */
extern TimestampTz finite_instant(TimestampTz at);

#endif							/* ONCALL_TSTZRANGE_H */
