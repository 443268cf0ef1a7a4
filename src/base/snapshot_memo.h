/*-------------------------------------------------------------------------
 *
 * snapshot_memo.h
 *	  How long a backend may go on using what it has read from tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SNAPSHOT_MEMO_H
#define ONCALL_SNAPSHOT_MEMO_H

#include "utils/snapshot.h"

#define RECALL_MAX_TABLES 8

/*
 * What a memory holds for: a snapshot, compared by value, and a role. It is
 * stale until it is begun, and again after any of the events named in
 * snapshot_memo.c.
 */
typedef struct Recall
{
	struct Recall *next;		/* of all that are registered */
	bool		stale;
	Oid			role;
	bool		serializable;	/* predicate locks were taken, or not */
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	bool		in_recovery;
	CommandId	curcid;
	uint64		completions;	/* transactions ended so far; 0: not known */
	TransactionId *xids;		/* xcnt + subxcnt of them */
	int			ntables;
	Oid			tables[RECALL_MAX_TABLES];
} Recall;

/* Register for the events that make memories stale; once, at loading. */
extern void recall_init(void);

/* A memory, static and zeroed, that wants to be told; once each. */
extern void recall_register(Recall *recall);

/* Does what is remembered hold for this snapshot and the current user? */
extern bool recall_holds(const Recall *recall, Snapshot snapshot);

/*
 * Begin to remember what is read from these tables under this snapshot by the
 * current user. The memory has forgotten everything else, and resets the
 * context when it forgets again.
 */
extern void recall_begin(Recall *recall, Snapshot snapshot,
						 const Oid *tables, int ntables,
						 MemoryContext context);

#endif							/* ONCALL_SNAPSHOT_MEMO_H */
