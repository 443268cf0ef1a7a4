/*-------------------------------------------------------------------------
 *
 * callout_parts.h
 *	  What of a person's responses was not work as usual.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CALLOUT_PARTS_H
#define ONCALL_CALLOUT_PARTS_H

#include "pay/pay_account.h"

/* By which policy is the person at hand paid at an instant? NULL: none. */
extern const PayPolicy *callout_policy_at(const Payroll *payroll,
										  TimestampTz at);

/*
 * Cut responses of the person at hand at the bands in which no call-out
 * begins, of whatever policy pays them then, and leave out what lies within.
 * Both are in order of start. The result may be what was given.
 */
extern const Response *callout_parts_of(Payroll *payroll,
										const Response *responses,
										int nresponses, int *nparts);

#endif							/* ONCALL_CALLOUT_PARTS_H */
