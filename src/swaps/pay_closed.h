/*-------------------------------------------------------------------------
 *
 * pay_closed.h
 *	  The rule oncall_pay_closed: nobody's duty changes in time that has been
 *	  paid.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_CLOSED_H
#define ONCALL_PAY_CLOSED_H

#include "swaps/trade.h"

/* Time of these people within a window that closed runs have paid. */
extern PaidTime *paid_time_of_people(const int32 *ids, int nids,
									 Period window, int *npaid);

/* Find where a trade changes duty in time that has been paid. */
extern void pay_closed_find(Trade *trade, Breaches *breaches);

/* The paid time that such a breach is about. */
extern const PaidTime *pay_closed_time(const Trade *trade,
									   const Breach *breach);

extern char *pay_closed_hint(Trade *trade, const Breach *breach);

/* Who pays those whose duty grows or shrinks by a trade: ids, which ascend. */
extern int32 *pay_closed_policies(const Trade *trade, int *npolicies);

#endif							/* ONCALL_PAY_CLOSED_H */
