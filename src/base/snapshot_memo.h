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

#define SNAPSHOT_MEMO_MAX_TABLES 8

/*
 * What a cache is valid for: a snapshot, compared by value, and a role. A memo
 * is stale until it is begun, and again after any of the events named in
 * snapshot_memo.c.
 */
typedef struct SnapshotMemo
{
	struct SnapshotMemo *next;	/* of all that are registered */
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
	Oid			tables[SNAPSHOT_MEMO_MAX_TABLES];
} SnapshotMemo;

/* Register for the events that invalidate memos; once, at loading. */
extern void snapshot_memo_init(void);

/* Add a memo, static and zeroed, to those that events invalidate; once. */
extern void snapshot_memo_register(SnapshotMemo *memo);

/* Is what the cache has valid for this snapshot and the current user? */
extern bool snapshot_memo_holds(const SnapshotMemo *memo, Snapshot snapshot);

/*
 * From now on the cache has what is read from these tables under this snapshot
 * by the current user. The caller has emptied it; the memo's array of ids is
 * allocated in this context, which the caller resets before it begins anew.
 */
extern void snapshot_memo_begin(SnapshotMemo *memo, Snapshot snapshot,
								const Oid *tables, int ntables,
								MemoryContext context);

#endif							/* ONCALL_SNAPSHOT_MEMO_H */
