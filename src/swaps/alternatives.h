/*-------------------------------------------------------------------------
 *
 * alternatives.h
 *	  What would be legal instead of a trade that is refused.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ALTERNATIVES_H
#define ONCALL_ALTERNATIVES_H

#include "swaps/trade.h"

/*
 * A hint for a breach to which the rules object: the longest part of the
 * cover that its person could take, and the people who could take all of it,
 * of what is tried in ten times the time of a verdict. Made once for all
 * breaches of one cover.
 */
extern char *alternatives_hint(Trade *trade, const Breach *breach);

#endif							/* ONCALL_ALTERNATIVES_H */
