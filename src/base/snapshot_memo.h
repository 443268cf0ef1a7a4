/*-------------------------------------------------------------------------
 *
 * snapshot_memo.h
 *	  How long a backend may go on using what it has read from tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SNAPSHOT_MEMO_H
#define ONCALL_SNAPSHOT_MEMO_H

#include "base/write_signal.h"
#include "utils/snapshot.h"

#define SNAPSHOT_MEMO_MAX_TABLES 8

/*
 * What a cache is valid for: a snapshot, compared by value, and a role, or all
 * that may read the tables; and for later snapshots if nobody has written the tables in between. A memo is
 * stale until it is begun, and again after any of the events named in
 * snapshot_memo.c.
 */
typedef struct SnapshotMemo
{
	struct SnapshotMemo *next;	/* of all that are registered */
	bool		stale;
	WriteSignal signal;			/* given by who writes the tables */
	bool		for_all;		/* who may read the tables, or one role */
	Oid			role;			/* that used it last */
	bool		serializable;	/* predicate locks were taken, or not */
	SnapshotData seen;			/* of it what its visibility depends on */
	int			nids;			/* room for ids in its arrays */
	MemoryContext context;		/* in which these are */
	int			ntables;
	Oid			tables[SNAPSHOT_MEMO_MAX_TABLES];

	/* whether it may go on to hold for later snapshots */
	bool		goes_on;
	bool		own_rows;		/* this transaction had written the tables */
	uint64		own_count;		/* how many rows this backend had written */
	Oid			signal_relation;
	bool		told;			/* of changes since horizon was taken */
	uint64		horizon;		/* what was told before was of older xids */
	bool		watched;		/* some of those were running */
	bool		unclear;		/* it could not be found out just now */
	int			nunclear;		/* as many times in a row */
} SnapshotMemo;

/* Register for the events that invalidate memos; once, at loading. */
extern void snapshot_memo_init(void);

/*
 * Add a memo, static and zeroed, to those that events invalidate; once. Who
 * writes its tables gives the signal. It is for all roles if what is kept is
 * the same whoever has read the tables, all of their rows.
 */
extern void snapshot_memo_register(SnapshotMemo *memo, WriteSignal signal,
								   bool for_all);

/* Is what the cache has valid for this snapshot and the current user? */
extern bool snapshot_memo_holds(SnapshotMemo *memo, Snapshot snapshot);

/*
 * After it did not: might it hold in a moment, since somebody is just now
 * about to commit? Then it is better not to begin anew.
 */
extern bool snapshot_memo_is_unclear(const SnapshotMemo *memo);

/*
 * From now on the cache has what is read from these tables under this snapshot
 * by the current user, or was read just now. The caller has emptied it; the
 * memo's array of ids is allocated in this context, which the caller resets
 * before it begins anew.
 */
extern void snapshot_memo_begin(SnapshotMemo *memo, Snapshot snapshot,
								const Oid *tables, int ntables,
								MemoryContext context);

#endif							/* ONCALL_SNAPSHOT_MEMO_H */
