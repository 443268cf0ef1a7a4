/*-------------------------------------------------------------------------
 *
 * callout_pay.h
 *	  Pay for time spent responding, and time in lieu.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CALLOUT_PAY_H
#define ONCALL_CALLOUT_PAY_H

#include "pay/pay_account.h"

/* Pay the person at hand, whose responses these are, in order of start. */
extern void callout_pay_person(Payroll *payroll, const Response *responses,
							   int nresponses);

#endif							/* ONCALL_CALLOUT_PAY_H */
