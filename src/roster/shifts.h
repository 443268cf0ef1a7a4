/*-------------------------------------------------------------------------
 *
 * shifts.h
 *	  Walk the shifts of a rotation over a window of any length.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SHIFTS_H
#define ONCALL_SHIFTS_H

#include "roster/timeline.h"

/*
 * Takes one shift: who holds a seat (0 is the primary), and by which layer or
 * cover; the shift before or after it differs in one of these. Called in a
 * memory context that is reset now and then: what is to last goes elsewhere.
 */
typedef void (*ShiftSink) (void *arg, int seat, const Cell *cell,
						   Period period);

/*
 * Hand every shift of a rotation, clipped to a window (finite, not empty), as
 * was known at known_at, to a sink; stretches without anybody too. The shifts
 * of one seat come in order of time and tile the window; those of different
 * seats come as they end. scratch is reset on the way.
 */
extern void shifts_walk(Rotation *rotation, Period window,
						TimestampTz known_at, MemoryContext scratch,
						ShiftSink sink, void *arg);

/*
 * An error if a list of so many shifts is not to grow any more: what keeps
 * them needs memory for all at once.
 */
extern void shifts_refuse_more(int nshifts);

#endif							/* ONCALL_SHIFTS_H */
