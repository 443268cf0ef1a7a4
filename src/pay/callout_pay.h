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

/*
 * Form the call-outs of the person at hand from their responses, which are in
 * order of start.
 */
extern void callout_pay_form(Payroll *payroll, const Response *responses,
							 int nresponses);

/* Pay the person at hand for their call-outs. */
extern void callout_pay_person(Payroll *payroll);

#endif							/* ONCALL_CALLOUT_PAY_H */
