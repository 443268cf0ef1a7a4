/*-------------------------------------------------------------------------
 *
 * response_loader.h
 *	  Read the responses of which the call-outs of a payroll are formed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_RESPONSE_LOADER_H
#define ONCALL_RESPONSE_LOADER_H

#include "pay/pay_account.h"

/* Of all payees, in the order of callout_response_cmp(). */
typedef struct Responses
{
	int			n;
	Response   *responses;
} Responses;

/*
 * The responses of the payees of which call-outs of the window are formed,
 * without reading those of all time if that can be helped.
 */
extern Responses response_loader_read(const Payroll *payroll);

#endif							/* ONCALL_RESPONSE_LOADER_H */
