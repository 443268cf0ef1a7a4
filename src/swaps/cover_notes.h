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

/* Has anything been judged that need not be judged again? */
extern bool cover_notes_some_judged(void);

/*
 * The covers that this transaction has written and those that it has ended, as
 * the active snapshot shows them: all, or those since the last judgement. The
 * rest of the trade is zeroed.
 *
 * If the rules do not object to what has come since they have not objected to
 * the rest, they do not object to all of it: each breach is contained in one
 * that was there before. Not so the other way round, since what has come may
 * bring back a breach that the rest had mended.
 */
extern void cover_notes_read(Trade *trade, bool all);

#endif							/* ONCALL_COVER_NOTES_H */
