/*-------------------------------------------------------------------------
 *
 * oncall.c
 *	  The library's door.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/band_hours.h"
#include "roster/own_person.h"
#include "roster/roster_cache.h"
#include "base/compat.h"
#include "changes/change.h"
#include "changes/past_notes.h"
#include "swaps/acceptance.h"
#include "swaps/cover_notes.h"
#include "base/snapshot_memo.h"
#include "base/write_signal.h"
#include "base/guc.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	guc_init();
	write_signal_init();
	snapshot_memo_init();
	cache_init();
	own_person_init();
	band_hours_init();
	change_init();
	past_notes_init();
	cover_notes_init();
	acceptance_init();
}
