/*-------------------------------------------------------------------------
 *
 * acceptance.h
 *	  Duty that people take over by their own word: an offer that they accept,
 *	  or a shift that they take.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ACCEPTANCE_H
#define ONCALL_ACCEPTANCE_H

#include "base/core.h"

/* One that the current transaction has made. */
typedef struct Acceptance
{
	int32		request;		/* its row in swap_request */
	int32		change_id;		/* which that row names */
	bool		taken;			/* without an offer */
	TimestampTz at;				/* when, by the clock */
	Period		duty;			/* what is taken over */
	Period		in_return;		/* what is given for it; empty: nothing */
} Acceptance;

/* Called once, when the library is loaded. */
extern void acceptance_init(void);

/* Keep it until the transaction ends. */
extern void acceptance_note(const Acceptance *acceptance);

/*
 * Write the covers of all that were noted and have none yet, as the owner of
 * a table of ours.
 */
extern void acceptances_settle(Oid relid);

#endif							/* ONCALL_ACCEPTANCE_H */
