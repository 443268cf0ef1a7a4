/*-------------------------------------------------------------------------
 *
 * pay_terms.h
 *	  Pay policies and their bands: how time is split, and what it is worth.
 *
 * Read as the caller, through SPI, under the active snapshot. All results are
 * palloc'd in the current memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_TERMS_H
#define ONCALL_PAY_TERMS_H

#include "calendar/week.h"
#include "pay/callout.h"

/* What somebody is paid for. */
typedef enum PayKind
{
	PAY_STANDBY,
	PAY_CALLOUT,
	NUM_PAY_KINDS
} PayKind;

/* A row of pay_band, or "other": time that no band claims. */
typedef struct PayBand
{
	const char *name;
	const Week *applies;		/* NULL: the person's own working hours */
	int32		rotation_id;	/* 0: any */
	int32		seat;			/* 0: any */
	Datum		rates[NUM_PAY_KINDS];	/* numeric */
	Datum		per;			/* interval */
	int64		per_length;		/* in microseconds, a day as 24 hours */
	bool		nominal;		/* in days */
	bool		whole_days;
	Datum		lieu_factor;	/* numeric */
	int64		lieu_day;		/* microseconds, a day as 24 hours; 0: none */
	int			rank;			/* of its standby rate, from low to high */
	int			line[NUM_PAY_KINDS];	/* the first band of the same line */
} PayBand;

typedef struct PayPolicy
{
	int32		pay_policy_id;
	int64		day_starts;		/* microseconds after midnight */
	bool		once;			/* of duties at once, one is paid */
	CalloutTerms callouts;
	bool		whole_days;		/* some band has them */
	bool		narrowed;		/* some band is of one rotation or seat only */
	int			nbands;
	PayBand    *bands;			/* in order of position; then "other" */
} PayPolicy;

/* The policy with this id; an error (42704) if there is none. */
extern PayPolicy *pay_terms_policy(int32 pay_policy_id);

/* All policies, in order of id. */
extern PayPolicy *pay_terms_policies(int *npolicies);

/* One of them, or NULL. */
extern const PayPolicy *pay_terms_find(const PayPolicy *policies,
									   int npolicies, int32 pay_policy_id);

#endif							/* ONCALL_PAY_TERMS_H */
