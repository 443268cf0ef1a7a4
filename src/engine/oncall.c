/*-------------------------------------------------------------------------
 *
 * oncall.c
 *	  The library's door.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "band_hours.h"
#include "cache.h"
#include "compat.h"
#include "judge.h"
#include "recall.h"
#include "settings.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_init();
	recall_init();
	cache_init();
	band_hours_init();
	judge_init();
}
