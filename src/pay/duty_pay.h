/*-------------------------------------------------------------------------
 *
 * duty_pay.h
 *	  Pay for time held on call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_DUTY_PAY_H
#define ONCALL_DUTY_PAY_H

#include "pay/held_shifts.h"

/* Pay the person at hand, whose shifts these are. */
extern void duty_pay_person(Payroll *payroll, const HeldShift *shifts,
							int nshifts);

#endif							/* ONCALL_DUTY_PAY_H */
