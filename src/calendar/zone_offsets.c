/*-------------------------------------------------------------------------
 *
 * zone_offsets.c
 *	  The offsets of a zone, kept for whoever asks about times in any order.
 *
 * Pure, but for the session's own.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "calendar/zone_offsets.h"
#ifndef FRONTEND
#include "utils/hsearch.h"
#include "utils/memutils.h"
#endif

void
zone_offsets_init(ZoneOffsets *offsets, const Zone *zone)
{
	memset(offsets, 0, sizeof(ZoneOffsets));
	offsets->zone = zone;
}

const ZoneStretch *
zone_offsets_at(ZoneOffsets *offsets, TimestampTz t)
{
	ZoneStretch *stretches = offsets->stretches[(t >> ZONE_OFFSETS_SLOT_BITS) &
												(ZONE_OFFSETS_SLOTS - 1)];

	if (t >= stretches[0].from && t < stretches[0].until)
		return &stretches[0];
	if (t >= stretches[1].from && t < stretches[1].until)
		return &stretches[1];
	stretches[1] = stretches[0];
	tz_stretch_at(offsets->zone, t, &stretches[0]);
	return &stretches[0];
}

#ifndef FRONTEND
/*
 * What has been seen of a zone. Offsets do not depend on any table, and the
 * server keeps zones as long as the session lasts.
 */
ZoneOffsets *
zone_offsets_of_session(const Zone *zone)
{
	typedef struct KnownZone
	{
		const Zone *zone;		/* key */
		ZoneOffsets *offsets;
	} KnownZone;

	static HTAB *known_zones = NULL;
	KnownZone  *known;
	bool		found;

	if (known_zones == NULL)
	{
		HASHCTL		control = {0};

		control.keysize = sizeof(const Zone *);
		control.entrysize = sizeof(KnownZone);
		known_zones = hash_create("oncall zones", 32, &control,
								  HASH_ELEM | HASH_BLOBS);
	}
	known = hash_search(known_zones, &zone, HASH_ENTER, &found);
	if (!found || known->offsets == NULL)
	{
		known->offsets = NULL;	/* should memory run out */
		known->offsets = MemoryContextAlloc(TopMemoryContext,
											sizeof(ZoneOffsets));
		zone_offsets_init(known->offsets, zone);
	}
	return known->offsets;
}

void
clock_init_of_session(WallClock *clock, const Zone *zone)
{
	clock_init(clock, zone);
	clock->offsets = zone_offsets_of_session(zone);
}
#endif
