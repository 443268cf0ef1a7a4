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

/* Pay the person at hand for their shifts; their call-outs are formed. */
extern void duty_pay_person(Payroll *payroll);

/*
 * The rotation in which the person at hand was on duty at an instant: where
 * they held several, that which is paid if one is. 0: they held none.
 */
extern int32 duty_pay_rotation_at(const Payroll *payroll, PayAccount *account,
								  Datum wage, TimestampTz at);

#endif							/* ONCALL_DUTY_PAY_H */
