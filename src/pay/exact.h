/*-------------------------------------------------------------------------
 *
 * exact.h
 *	  Arithmetic that loses nothing: numerics, and lengths of time in whole
 *	  microseconds.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_EXACT_H
#define ONCALL_EXACT_H

#include "base/core.h"

/* Of values of PostgreSQL's type numeric. */
extern Datum exact_of(int64 value);
extern Datum exact_sum(Datum a, Datum b);
extern Datum exact_product(Datum a, Datum b);
extern int	exact_cmp(Datum a, Datum b);

/* The whole part of a quotient. */
extern Datum exact_whole_quotient(Datum a, Datum b);

/* The greatest common divisor of two whole numbers. */
extern Datum exact_gcd(Datum a, Datum b);

/* Add to a length of time; an error beyond int64. */
extern void exact_add(int64 *length, int64 more);

/*
 * The length of an interval in days or in time, a day as 24 hours; an error
 * beyond int64.
 */
extern int64 exact_length(const Interval *interval);

/* Microseconds as an interval. */
extern Datum exact_interval(int64 length);

/* The same from a numeric, rounded half away from zero. */
extern Datum exact_interval_rounded(Datum length);

#endif							/* ONCALL_EXACT_H */
