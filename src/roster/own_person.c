/*-------------------------------------------------------------------------
 *
 * own_person.c
 *	  Who of the people the current user is.
 *
 * A policy asks it for each row, so the answer is kept; snapshot_memo.c tells
 * how long it holds.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/own_person.h"

#include "base/saved_query.h"
#include "base/snapshot_memo.h"
#include "base/tables.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

static SavedQuery query = {
	"SELECT p.person_id FROM oncall.person p"
	" WHERE p.db_role OPERATOR(pg_catalog.=) CURRENT_USER",
	0, {InvalidOid}, {NULL, NULL}
};

#define NOT_KNOWN (-1)

static SnapshotMemo memo;
static MemoryContext memory = NULL;
static int32 known_id = NOT_KNOWN;	/* while the memo holds */

void
own_person_init(void)
{
	snapshot_memo_register(&memo, PEOPLE_WRITTEN, false);
}

/*
 * Get ready to keep the answer, before it is read, so that what becomes known
 * in the meantime makes the memo stale. Where row security filters the table
 * nothing is kept.
 */
static void
begin_memory(Snapshot snapshot)
{
	static const char *const name = "person";
	Oid			table;

	tables_find(&name, 1, &table);
	memo.stale = true;
	known_id = NOT_KNOWN;
	if (snapshot->snapshot_type != SNAPSHOT_MVCC ||
		tables_have_row_security(&table, 1))
		return;
	if (memory == NULL)
		memory = AllocSetContextCreate(CacheMemoryContext, "oncall own person",
									   ALLOCSET_SMALL_SIZES);
	MemoryContextReset(memory);
	snapshot_memo_begin(&memo, snapshot, &table, 1, memory);
}

int32
own_person_id(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	int32	   *ids;
	int			nids;
	int32		person_id;

	AcceptInvalidationMessages();
	if (known_id != NOT_KNOWN && snapshot_memo_holds(&memo, snapshot))
		return known_id;

	begin_memory(snapshot);
	ids = query_ids(&query, NULL, &nids);
	person_id = nids == 0 ? 0 : ids[0];
	pfree(ids);
	if (!memo.stale)
		known_id = person_id;
	return person_id;
}
