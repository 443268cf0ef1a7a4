/*-------------------------------------------------------------------------
 *
 * oncall.c
 *	  The library's door.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "cache.h"
#include "compat.h"
#include "judge.h"
#include "settings.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	settings_init();
	cache_init();
	judge_init();
}
