/*-------------------------------------------------------------------------
 *
 * judge.h
 *	  The triggers that judge trades.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_JUDGE_H
#define ONCALL_JUDGE_H

#include "swaps/trade.h"
#include "swaps/messages.h"

/* Called once, when the library is loaded. */
extern void judge_init(void);

/* Say what the rules object to in a trade. */
extern BreachWords objection_words(Trade *trade, const Breach *breach);

#endif							/* ONCALL_JUDGE_H */
