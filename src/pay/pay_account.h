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
#include "pay/pay_loader.h"
#include "pay/pay_share.h"
#include "pay/policy_day.h"

/* No day of any zone, whole or what is left of it, is as long as this. */
#define LONGEST_DAY (50 * USECS_PER_HOUR)

/* What is wanted of a payroll. */
typedef enum PayrollMode
{
	MODE_LINES,
	MODE_PIECES,
	MODE_CALLOUTS
} PayrollMode;

/* A payroll being written. */
typedef struct Payroll
{
	PayrollMode mode;
	Period		window;
	int32		pay_policy_id;	/* 0: all */
	int32		person_id;		/* 0: all */
	bool		unapproved;		/* with responses that nobody has approved */
	TimestampTz now;			/* at which open responses end */
	ReturnSetInfo *result;
	TypeCacheEntry *typcache;	/* of tstzrange */

	int			npolicies;
	PayPolicy  *policies;		/* in order of id */
	int			npayees;
	Payee	   *payees;			/* in order of id */
	PayCalendars *calendars;

	/* the person at hand */
	const Payee *payee;
	List	   *accounts;		/* of PayAccount */
	PolicyDay	day;			/* the policy day last asked for */
} Payroll;

/* What a person has by one policy. */
typedef struct PayAccount
{
	const PayPolicy *policy;
	PayShare   *shares[NUM_PAY_KINDS];	/* one for each band, and "other" */
	Day		   *lieu_days;		/* the last of each band */
	List	   *last_days;		/* of LastDay; see duty_pay.c */
	List	   *bands;			/* of KnownBands; see pay_account_bands() */
} PayAccount;

/*
 * How far beyond a window one has to look: a policy day that counts whole
 * does so in the window in which it starts, even if its duty comes later, and
 * only if its date was not held before, in another zone.
 */
extern Period pay_account_window(const Payroll *payroll);

/* The number of the payee with this id, or -1. */
extern int	pay_account_payee(const Payroll *payroll, int32 person_id);

/* The account of the person at hand by a policy. */
extern PayAccount *pay_account_of(Payroll *payroll, const PayPolicy *policy);

/* How their time is split, in a rotation and seat (0, -1: in none). */
extern const Bands *pay_account_bands(const Payroll *payroll,
									  PayAccount *account, int32 rotation_id,
									  int seat);

/* Get ready for policy days of a zone. */
extern void pay_account_turn_to_zone(Payroll *payroll, const Regime *regime,
									 int64 starts);

/* Count a stretch: as time, or in proportion to the policy days it is of. */
extern void pay_account_count(Payroll *payroll, const PayPolicy *policy,
							  const BandPiece *piece, PayShare *share);

#endif							/* ONCALL_PAY_ACCOUNT_H */
