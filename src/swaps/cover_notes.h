/*-------------------------------------------------------------------------
 *
 * cover_notes.h
 *	  What the current transaction has done to covers.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_COVER_NOTES_H
#define ONCALL_COVER_NOTES_H

#include "commands/trigger.h"
#include "swaps/trade.h"

/* Called once, when the library is loaded. */
extern void cover_notes_init(void);

/* Note the row for which a trigger AFTER ROW is fired, unless it is noted. */
extern void cover_notes_complete(TriggerData *trigger);

/* Has anything come since the last judgement? */
extern bool cover_notes_pending(void);
extern void cover_notes_judged(void);

/*
 * The covers that this transaction has written and those that it has ended, as
 * the active snapshot shows them. The rest of the trade is zeroed.
 */
extern void cover_notes_read(Trade *trade);

#endif							/* ONCALL_COVER_NOTES_H */
