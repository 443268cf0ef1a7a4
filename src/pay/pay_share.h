/*-------------------------------------------------------------------------
 *
 * pay_share.h
 *	  What somebody has of one band.
 *
 * Time is counted in whole microseconds. Where a policy pays by the day, the
 * parts held of days of each length are added up apart, and become one
 * fraction of two whole numbers at the end: nothing is rounded on the way.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_SHARE_H
#define ONCALL_PAY_SHARE_H

#include "base/core.h"

/* Parts held of days of one length. */
typedef struct DayPart
{
	int64		length;
	int64		held;
} DayPart;

/* All zero: nothing. */
typedef struct PayShare
{
	int64		held;			/* microseconds */
	int64		whole_days;
	int64		lieu_days;		/* microseconds, a day as 24 hours */
	int			nparts;
	int			size;			/* parts allocated */
	DayPart    *parts;			/* no length twice */
} PayShare;

/* Add a part of a day of a length; an error beyond int64. */
extern void pay_share_add_part(PayShare *share, int64 length, int64 held);

/* Add another share; an error beyond int64. */
extern void pay_share_add(PayShare *sum, const PayShare *share);

extern bool pay_share_is_nothing(const PayShare *share);

/*
 * The time that counts, in microseconds, as a fraction of two numerics: whole
 * days, and either what was held, or (nominal) the parts of days, each as
 * held * 24 hours / length.
 */
extern void pay_share_counted(const PayShare *share, bool nominal,
							  Datum *numerator, Datum *denominator);

/*
 * The time in lieu, in microseconds as a numeric: what was held times a
 * factor, and days.
 */
extern Datum pay_share_lieu(const PayShare *share, Datum factor);

#endif							/* ONCALL_PAY_SHARE_H */
