/*-------------------------------------------------------------------------
 *
 * held_shifts.h
 *	  The shifts of those whom a payroll pays.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_HELD_SHIFTS_H
#define ONCALL_HELD_SHIFTS_H

#include "pay/pay_account.h"

/* In order of payees, then of start. */
typedef struct HeldShifts
{
	int			n;
	int			size;			/* shifts allocated */
	HeldShift  *shifts;
} HeldShifts;

/* The shifts of all payees in the window and around it, of all rotations. */
extern HeldShifts held_shifts_collect(const Payroll *payroll);

/* An error when so many shifts, or pieces of them, are held already. */
extern void held_shifts_check_room(int n);

#endif							/* ONCALL_HELD_SHIFTS_H */
