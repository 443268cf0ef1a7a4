/*-------------------------------------------------------------------------
 *
 * cadence.h
 *	  The type oncall.cadence, as stored.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CADENCE_H
#define ONCALL_CADENCE_H

#include "base/compat.h"
#include "calendar/turns.h"

/*
 * Canonical and without padding bytes, so that equal values are bytewise
 * equal. The name of the zone follows the steps, without a terminator, up to
 * the end of the datum.
 */
typedef struct Cadence
{
	int32		vl_len_;
	uint8		format;			/* CADENCE_FORMAT; anything else is refused */
	uint8		unit;			/* TurnUnit */
	uint16		nsteps;
	Timestamp	anchor;
	int32		steps[FLEXIBLE_ARRAY_MEMBER];	/* months, days or minutes */
} Cadence;

#define CADENCE_FORMAT 1
#define CADENCE_MAX_STEPS 1024

#define DatumGetCadenceP(X) ((Cadence *) PG_DETOAST_DATUM(X))
#define PG_GETARG_CADENCE_P(n) DatumGetCadenceP(PG_GETARG_DATUM(n))

/*
 * Get ready to evaluate a cadence; prefix sums are palloc'd. An error
 * (22023) if this server no longer knows the zone.
 */
extern void cadence_turns(const Cadence *cadence, Turns *turns);

#endif							/* ONCALL_CADENCE_H */
