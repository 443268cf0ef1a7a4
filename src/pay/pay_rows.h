/*-------------------------------------------------------------------------
 *
 * pay_rows.h
 *	  The rows that a payroll is written as: lines, pieces and call-outs.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_ROWS_H
#define ONCALL_PAY_ROWS_H

#include "pay/pay_account.h"

/* Where a piece comes from: a duty, or a call-out. */
typedef struct PieceSource
{
	int32		rotation_id;	/* 0: none */
	int			seat;			/* of a duty */
	const Callout *callout;		/* NULL: a duty */
	Datum		wage;			/* that the person had then; 0: none */
} PieceSource;

/* Write the lines of a person by one policy, where lines are asked for. */
extern void pay_rows_put_lines(const Payroll *payroll,
							   const PayAccount *account);

/* Write a piece of time in a band, with the share of it that is paid. */
extern void pay_rows_put_piece(const Payroll *payroll,
							   const PayPolicy *policy,
							   const BandPiece *piece,
							   const PieceSource *source,
							   const PayShare *share);

/* Write a piece of duty that is not paid, because another one is. */
extern void pay_rows_put_unpaid(const Payroll *payroll,
								const PayPolicy *policy,
								const BandPiece *piece,
								const PieceSource *source);

/*
 * Write a call-out with its responses and all of its time in lieu, which is
 * in shares, one for each band.
 */
extern void pay_rows_put_callout(const Payroll *payroll,
								 const PayPolicy *policy,
								 const Callout *callout,
								 const PayShare *shares);

#endif							/* ONCALL_PAY_ROWS_H */
