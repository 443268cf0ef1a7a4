/*-------------------------------------------------------------------------
 *
 * pay_account.h
 *	  A payroll: who is paid for which window, and what each person has by
 *	  each policy.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_ACCOUNT_H
#define ONCALL_PAY_ACCOUNT_H

#include "base/tstzrange.h"
#include "nodes/execnodes.h"
#include "nodes/pg_list.h"
#include "pay/callout.h"
#include "pay/date_set.h"
#include "pay/pay_loader.h"
#include "pay/pay_share.h"
#include "pay/policy_day.h"
#include "roster/timeline.h"

/*
 * No instant of a date is further than this from another, in whatever zones
 * and whenever the day starts there: two days, and a day between the zones.
 */
#define LONGEST_DATE (76 * USECS_PER_HOUR)

/* What is wanted of a payroll. */
typedef enum PayrollMode
{
	MODE_LINES,
	MODE_PIECES,
	MODE_CALLOUTS
} PayrollMode;

/* A shift of one of the payees. */
typedef struct HeldShift
{
	int			payee;			/* its number */
	int32		rotation_id;
	int			seat;			/* 0 is the primary */
	Period		period;
} HeldShift;

/* A payroll being written. */
typedef struct Payroll
{
	PayrollMode mode;
	Period		window;
	int32		pay_policy_id;	/* 0: all */
	int32		person_id;		/* 0: all */
	bool		unapproved;		/* with responses that nobody has approved */
	TimestampTz now;			/* at which open responses end */
	TimestampTz known_at;		/* of rosters and responses, as in timeline.h */
	ReturnSetInfo *result;
	TypeCacheEntry *typcache;	/* of tstzrange */

	int			npolicies;
	PayPolicy  *policies;		/* in order of id */
	int			npayees;
	Payee	   *payees;			/* in order of id */
	PayCalendars *calendars;

	/* the person at hand, what they have by each policy, and when */
	const Payee *payee;
	List	   *accounts;		/* of PayAccount */
	const HeldShift *shifts;	/* in order of start */
	int			nshifts;
	const Response *responses;	/* of which call-outs are formed */
	const Callout *callouts;	/* in order of start */
	int			ncallouts;
	List	   *held_dates;		/* of HeldDates; see duty_pay.c */
	PolicyDay	day;			/* the policy day last asked for */
} Payroll;

/* What somebody has of each band: one for each, and "other". */
typedef struct PayGroup
{
	int32		rotation_id;	/* 0: of all, or of none */
	Datum		wage;			/* of which rates are shares; 0: of none */
	PayShare   *shares[NUM_PAY_KINDS];
} PayGroup;

/* What a person has by one policy. */
typedef struct PayAccount
{
	const PayPolicy *policy;
	List	   *groups;			/* of PayGroup */
	PayGroup   *plain;			/* the only one that there can be, or NULL */
	DateSet    *lieu_dates[NUM_PAY_KINDS];	/* of each band */
	List	   *bands;			/* of KnownBands; see pay_account_bands() */
	List	   *ranks;			/* of KnownRanks; see pay_account_rank() */
} PayAccount;

/*
 * How far beyond a window one has to look: a date counts once, where the first
 * instant of it is held that does, even if that lies before the window.
 */
extern Period pay_account_window(const Payroll *payroll);

/* The number of the payee with this id, or -1. */
extern int	pay_account_payee(const Payroll *payroll, int32 person_id);

/* Is pay by this policy asked for? */
static inline bool
pay_account_wants(const Payroll *payroll, const PayPolicy *policy)
{
	return payroll->pay_policy_id == 0 ||
		payroll->pay_policy_id == policy->pay_policy_id;
}

/* The account of the person at hand by a policy. */
extern PayAccount *pay_account_of(Payroll *payroll, const PayPolicy *policy);

/* How their time is split, in a rotation and seat (0, -1: in none). */
extern const Bands *pay_account_bands(const Payroll *payroll,
									  PayAccount *account, int32 rotation_id,
									  int seat);

/*
 * What the person has of a band, in a rotation if there is a line for each,
 * with the wage that they had (0: none).
 */
extern PayShare *pay_account_share(PayAccount *account, PayKind kind,
								   int band, int32 rotation_id, Datum wage);

/* Rate of a band for somebody with this wage; NULL: a wage is missing. */
extern Datum pay_account_rate(const PayBand *band, PayKind kind, Datum wage);

/* An error if somebody has no wage of which a piece's band pays a share. */
extern void pay_account_check_wage(const Payroll *payroll,
								   const PayPolicy *policy, PayKind kind,
								   const BandPiece *piece, Datum wage);

/* How a band's standby is paid compared to others, from low to high. */
extern int	pay_account_rank(PayAccount *account, int band, Datum wage);

/* Get ready for policy days of a zone. */
extern void pay_account_turn_to_zone(Payroll *payroll, const Regime *regime,
									 int64 starts);

/* Count a stretch: as time, or in proportion to the policy days it is of. */
extern void pay_account_count(Payroll *payroll, const PayPolicy *policy,
							  PayKind kind, const BandPiece *piece,
							  PayShare *share);

#endif							/* ONCALL_PAY_ACCOUNT_H */
