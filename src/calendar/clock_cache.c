/*-------------------------------------------------------------------------
 *
 * clock_cache.c
 *	  Clocks of the zones that a function is asked about, from call to call.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "calendar/clock_cache.h"

#include "base/compat.h"
#include "calendar/zone.h"
#include "calendar/zone_offsets.h"
#include "utils/builtins.h"

static bool
is_named(const NamedClock *named, const text *name)
{
	return VARSIZE_ANY_EXHDR(named->zone) == VARSIZE_ANY_EXHDR(name) &&
		memcmp(VARDATA_ANY(named->zone), VARDATA_ANY(name),
			   VARSIZE_ANY_EXHDR(name)) == 0;
}

WallClock *
clock_cache_find(ClockCache *cache, text *name, MemoryContext context)
{
	NamedClock *oldest = &cache->clocks[cache->oldest];
	Zone	   *zone;
	text	   *kept;
	int			i;

	for (i = 0; i < CLOCK_CACHE_SIZE && cache->clocks[i].zone != NULL; i++)
	{
		if (is_named(&cache->clocks[i], name))
			return &cache->clocks[i].clock;
	}

	zone = zone_by_name(text_to_cstring(name), NULL, NULL);
	kept = memcpy(MemoryContextAlloc(context, VARSIZE_ANY(name)), name,
				  VARSIZE_ANY(name));
	if (oldest->zone != NULL)
		pfree(oldest->zone);
	oldest->zone = kept;
	clock_init_of_session(&oldest->clock, zone);
	cache->oldest = (cache->oldest + 1) % CLOCK_CACHE_SIZE;
	return &oldest->clock;
}
