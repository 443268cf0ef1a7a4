/*-------------------------------------------------------------------------
 *
 * bands_fuzz.c
 *	  Random policies, regimes and periods through bands.c, outside a server.
 *
 * The zones are synthetic, with gaps, overlaps and skipped days. Pieces are
 * compared with the hours of each band, asked instant by instant.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "pay/bands.h"

#include "harness.h"

#define NBANDS 6
#define NREGIMES 4

/* What a regime was made of. */
typedef struct Source
{
	WallClock	clock;
	const Week *applies[NBANDS];
} Source;

static Bands bands;
static Regime regimes[NREGIMES];
static Source sources[NREGIMES];

/* Some dates, and for some of them those that they stand for. */
static int
random_calendar(Day *days, Day *observes)
{
	int			ndays = (int) between(0, 8);
	int			i;

	for (i = 0; i < ndays; i++)
	{
		days[i] = (Day) (FOCUS / USECS_PER_DAY + between(-12, 12));
		observes[i] = one_in(2) ? NO_DAY : days[i] + (Day) between(-3, -1);
	}
	return ndays;
}

/* Do the holidays of somebody who works at these hours follow the rule? */
static bool
holidays_are_right(const Holidays *holidays, const Day *days,
				   const Day *observes, int ndays, const Week *hours)
{
	Day			day;
	int			i;

	for (day = (Day) (FOCUS / USECS_PER_DAY) - 20;
		 day < FOCUS / USECS_PER_DAY + 20; day++)
	{
		bool		expected = false;
		bool		moved = false;
		int			found = 0;

		for (i = 0; i < ndays; i++)
		{
			bool		works = observes[i] != NO_DAY &&
			hours->ordinary[weekday_of(observes[i])].nspans > 0;

			if (observes[i] == NO_DAY || !works)
				expected |= days[i] == day;
			if (observes[i] == day)
			{
				expected |= works;
				moved |= !works;
			}
		}
		for (i = 0; i < holidays->ndays; i++)
			found += holidays->days[i] == day;
		if (found != (expected && !moved))
			return false;
	}
	for (i = 1; i < holidays->ndays; i++)
	{
		if (holidays->days[i - 1] >= holidays->days[i])
			return false;
	}
	return true;
}

/* A regime until some time; false if its holidays are wrong. */
static bool
random_regime(int number, TimestampTz until)
{
	Regime	   *regime = &regimes[number];
	Source	   *source = &sources[number];
	const Zone *zone = random_zone();
	const Week *hours = random_week();
	Day			days[8];
	Day			observes[8];
	int			ndays = random_calendar(days, observes);
	int			i;

	regime->until = until;
	regime->offsets = palloc(sizeof(ZoneOffsets));
	zone_offsets_init(regime->offsets, zone);
	regime->holidays = holidays_of_person(days, observes, ndays, hours);
	for (i = 0; i < bands.nbands; i++)
		source->applies[i] = one_in(5) ? NULL : one_in(4) ? hours :
			random_week();
	bands_week(&regime->week, source->applies, bands.nbands,
			   regime->holidays.ndays > 0);
	clock_init(&source->clock, zone);
	return holidays_are_right(&regime->holidays, days, observes, ndays,
							  hours);
}

/* The first band that is open, asked by itself. */
static int
naive_band(int number, TimestampTz t)
{
	Source	   *source = &sources[number];
	int			i;

	for (i = 0; i < bands.nbands; i++)
	{
		if (source->applies[i] != NULL &&
			week_is_open(source->applies[i], &source->clock,
						 &regimes[number].holidays, t))
			return i;
	}
	return bands.nbands;
}

/* Is a piece in its band at its edges and here and there in between? */
static bool
piece_is_right(const BandPiece *piece)
{
	int			number = (int) (piece->regime - regimes);
	int			i;

	if (piece->from >= piece->until || piece->until > piece->regime->until ||
		(number > 0 && piece->from < regimes[number - 1].until) ||
		naive_band(number, piece->from) != piece->band ||
		naive_band(number, piece->until - 1) != piece->band)
		return false;
	for (i = 0; i < 10; i++)
	{
		if (naive_band(number, between(piece->from, piece->until - 1)) !=
			piece->band)
			return false;
	}
	return true;
}

/* Do the pieces tile the period, and sum to the totals? */
static bool
period_is_right(TimestampTz from, TimestampTz until)
{
	int64		totals[NBANDS + 1] = {0};
	int64		sums[NBANDS + 1] = {0};
	BandWalk	walk;
	BandPiece	piece;
	BandPiece	before = {0};
	TimestampTz at = from;
	int			i;

	bands_begin(&walk, &bands, from, until);
	while (bands_next(&walk, &piece))
	{
		if (piece.from != at || !piece_is_right(&piece) ||
			(at > from && piece.band == before.band &&
			 piece.regime == before.regime))
			return false;
		sums[piece.band] += piece.until - piece.from;
		at = piece.until;
		before = piece;
	}
	bands_add(&bands, from, until, totals);
	for (i = 0; i <= bands.nbands; i++)
	{
		if (sums[i] != totals[i])
			return false;
	}
	return at == until && !bands_next(&walk, &piece);
}

static bool
one_case(void)
{
	TimestampTz until = FOCUS - between(5, 15) * USECS_PER_DAY;
	int			i;

	bands.nbands = (int) between(0, NBANDS);
	bands.nregimes = (int) between(1, NREGIMES);
	bands.regimes = regimes;
	for (i = 0; i < bands.nregimes; i++)
	{
		until += between(1, 8 * 24 * 60) * USECS_PER_MINUTE + between(0, 5);
		if (!random_regime(i, i + 1 < bands.nregimes ? until : DT_NOEND))
			return false;
	}
	for (i = 0; i < 3; i++)
	{
		TimestampTz from = FOCUS + between(-15 * 24 * 60, 15 * 24 * 60) *
		USECS_PER_MINUTE + between(0, 3);

		if (!period_is_right(from, from + between(1, one_in(2) ? 200 :
												  20000) *
							 USECS_PER_MINUTE - between(0, 3)))
			return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	begin_case(data, size);
	if (!one_case())
		wrong("the bands are not what a naive evaluation says");
	free_chunks();
	return 0;
}
