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

/* What a band pays for one kind of work. */
typedef struct BandTerms
{
	Datum		rate;			/* numeric; a share of the wage if of_wage */
	Datum		per;			/* interval */
	int64		per_length;		/* in microseconds, a day as 24 hours */
	bool		nominal;		/* per has days, which count as such */
	Datum		lieu_factor;	/* numeric */
	int64		lieu_day;		/* microseconds, a day as 24 hours; 0: none */
	bool		earns_lieu;		/* is one of them not 0? */
} BandTerms;

/* A row of pay_band, or "other": time that no band claims. */
typedef struct PayBand
{
	const char *name;
	const char *code;			/* of the payroll system; NULL: none */
	const Week *applies;		/* NULL: the person's own working hours */
	int32		rotation_id;	/* 0: any */
	int32		seat;			/* 0: any */
	bool		is_work;		/* no call-out begins in it */
	bool		of_wage;
	bool		whole_days;
	BandTerms	terms[NUM_PAY_KINDS];
} PayBand;

typedef struct PayPolicy
{
	int32		pay_policy_id;
	int64		day_starts;		/* microseconds after midnight */
	bool		once;			/* of duties at once, one is paid */
	bool		during_callout; /* is standby paid, too? */
	bool		by_rotation;	/* is there a line for each? */
	CalloutTerms callouts;
	bool		by_date;		/* some band counts whole days of standby */
	bool		narrowed;		/* some band is of one rotation or seat only */
	bool		has_work;		/* in some band no call-out begins */
	bool		of_wage;		/* the rates of some band are shares of it */
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
