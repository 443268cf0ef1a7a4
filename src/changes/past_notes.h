/*-------------------------------------------------------------------------
 *
 * past_notes.h
 *	  Where a transaction may have changed who was on duty: the rotas that it
 *	  writes, and from when on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAST_NOTES_H
#define ONCALL_PAST_NOTES_H

#include "commands/trigger.h"
#include "datatype/timestamp.h"

/* Called once, when the library is loaded. */
extern void past_notes_init(void);

/* Note the row for which a trigger AFTER ROW is fired. */
extern void past_notes_complete(TriggerData *trigger);

/* Has anything come since the last judgement? */
extern bool past_notes_pending(void);
extern void past_notes_judged(void);

/*
 * The ids of the rotations of which facts were written or closed that may
 * count before a time: they ascend. Read under the active snapshot.
 */
extern int32 *past_notes_rotations(TimestampTz limit, int *nids);

#endif							/* ONCALL_PAST_NOTES_H */
