/*-------------------------------------------------------------------------
 *
 * bands.c
 *	  Time split into the bands of a pay policy.
 *
 * Pure. A day can be of 28 kinds only: by its weekday, and by whether it and
 * the day before, whose hours may reach into it, are public holidays. What
 * each of them is made of is worked out once, for all bands together. Then a
 * period is walked day by day on the wall clock, one stretch of constant
 * offset at a time: local times are shifted by it and never need to be turned
 * back into instants. So an hour that comes twice counts twice, what a gap
 * leaves out never, and the pieces tile the period whatever clocks do.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/bands.h"
#include "port/pg_bitutils.h"

/* Cuts of a day: bit m tells that something may begin at minute m. */
#define CUT_WORDS (MINUTES_PER_DAY / 64 + 1)

typedef struct DayCuts
{
	uint64		words[CUT_WORDS];
} DayCuts;

static void
cut(DayCuts *cuts, int minute)
{
	if (minute >= 0 && minute < MINUTES_PER_DAY)
		cuts->words[minute / 64] |= UINT64CONST(1) << (minute % 64);
}

/* Where do spans begin and end, minutes after some midnight? */
static void
cut_at_spans(DayCuts *cuts, const DaySpans *hours, int midnight)
{
	int			i;

	for (i = 0; i < hours->nspans; i++)
	{
		cut(cuts, hours->spans[i].from - midnight);
		cut(cuts, hours->spans[i].until - midnight);
	}
}

/* Does one of the spans contain this minute? */
static bool
spans_contain(const DaySpans *hours, int minute)
{
	int			i;

	for (i = 0; i < hours->nspans; i++)
	{
		if (minute >= hours->spans[i].from && minute < hours->spans[i].until)
			return true;
	}
	return false;
}

/* The hours of a weekday that is a public holiday, or is none. */
static const DaySpans *
hours_on(const Week *week, bool holiday, int weekday)
{
	return holiday ? &week->holiday[weekday] : &week->ordinary[weekday];
}

/* The first band that is open at this minute of a kind of day. */
static int
first_band(const Week *const *applies, int nbands, int kind, int weekday,
		   int minute)
{
	int			before = (weekday + 6) % 7;
	int			i;

	for (i = 0; i < nbands; i++)
	{
		if (applies[i] == NULL)
			continue;
		if (spans_contain(hours_on(applies[i], kind & DAY_IS_HOLIDAY,
								   weekday), minute) ||
			spans_contain(hours_on(applies[i], kind & DAY_AFTER_HOLIDAY,
								   before), minute + MINUTES_PER_DAY))
			return i;
	}
	return nbands;
}

/* Work out one kind of day. */
static void
make_day(DayBands *day, const Week *const *applies, int nbands, int kind,
		 int weekday)
{
	DayCuts		cuts = {{1}};	/* midnight */
	BandPart	parts[MINUTES_PER_DAY];
	BandPart   *copy;
	int			before = (weekday + 6) % 7;
	int			nparts = 0;
	int			word;
	int			i;

	for (i = 0; i < nbands; i++)
	{
		if (applies[i] == NULL)
			continue;
		cut_at_spans(&cuts, hours_on(applies[i], kind & DAY_IS_HOLIDAY,
									 weekday), 0);
		cut_at_spans(&cuts, hours_on(applies[i], kind & DAY_AFTER_HOLIDAY,
									 before), MINUTES_PER_DAY);
	}
	for (word = 0; word < CUT_WORDS; word++)
	{
		uint64		bits = cuts.words[word];

		for (; bits != 0; bits &= bits - 1)
		{
			int			minute = word * 64 + pg_rightmost_one_pos64(bits);
			int			band = first_band(applies, nbands, kind, weekday,
										  minute);

			if (nparts > 0 && parts[nparts - 1].band == band)
				continue;
			if (nparts > 0)
				parts[nparts - 1].until = minute;
			parts[nparts++].band = band;
		}
	}
	Assert(nparts > 0);
	parts[nparts - 1].until = MINUTES_PER_DAY;

	copy = palloc(nparts * sizeof(BandPart));
	memcpy(copy, parts, nparts * sizeof(BandPart));
	day->nparts = nparts;
	day->parts = copy;
}

void
bands_week(BandWeek *week, const Week *const *applies, int nbands,
		   bool holidays)
{
	int			kind;
	int			weekday;

	for (kind = 0; kind < (holidays ? 4 : 1); kind++)
	{
		for (weekday = 0; weekday < 7; weekday++)
			make_day(&week->days[kind][weekday], applies, nbands, kind,
					 weekday);
	}
}

/* Lay out the day on which the walk stands; the day before was of a kind. */
static inline void
lay_out_day(BandWalk *walk, int kind_before)
{
	const Holidays *holidays = &walk->regime->holidays;
	const DayBands *bands;

	walk->kind = kind_before & DAY_IS_HOLIDAY ? DAY_AFTER_HOLIDAY : 0;
	if (walk->next_holiday < holidays->ndays &&
		holidays->days[walk->next_holiday] == walk->day)
	{
		walk->kind |= DAY_IS_HOLIDAY;
		walk->next_holiday++;
	}
	bands = &walk->regime->week.days[walk->kind][walk->weekday];
	walk->part = bands->parts;
	walk->last = bands->parts + bands->nparts;
}

/* Begin the stretch of one regime and one offset around walk->at. */
static void
begin_stretch(BandWalk *walk)
{
	const ZoneStretch *stretch;
	const Holidays *holidays;
	Timestamp	local;
	int			kind_before = 0;

	while (walk->regime->until <= walk->at)
		walk->regime++;
	stretch = zone_offsets_at(walk->regime->offsets, walk->at);
	walk->stretch = Min(Min(stretch->until, walk->regime->until), walk->until);

	local = walk->at + stretch->offset;
	walk->day = (Day) floor_div(local, USECS_PER_DAY);
	walk->midnight = walk->day * USECS_PER_DAY - stretch->offset;
	walk->weekday = weekday_of(walk->day);

	holidays = &walk->regime->holidays;
	walk->next_holiday = holidays_before(holidays, walk->day - 1);
	if (walk->next_holiday < holidays->ndays &&
		holidays->days[walk->next_holiday] == walk->day - 1)
	{
		kind_before = DAY_IS_HOLIDAY;
		walk->next_holiday++;
	}
	lay_out_day(walk, kind_before);
}

static inline void
begin_day(BandWalk *walk)
{
	walk->day++;
	walk->midnight += USECS_PER_DAY;
	walk->weekday = walk->weekday == 6 ? 0 : walk->weekday + 1;
	lay_out_day(walk, walk->kind);
}

/* The next piece, which ends at midnight at the latest. */
static inline bool
next_piece(BandWalk *walk, BandPiece *piece)
{
	for (;;)
	{
		const BandPart *part;
		TimestampTz end;

		if (walk->at >= walk->stretch)
		{
			if (walk->at >= walk->until)
				return false;
			begin_stretch(walk);
		}
		else if (walk->part == walk->last)
		{
			CHECK_FOR_INTERRUPTS();
			begin_day(walk);
		}
		part = walk->part++;
		end = walk->midnight + part->until * USECS_PER_MINUTE;
		if (end <= walk->at)
			continue;			/* over before the stretch begins */

		piece->from = walk->at;
		piece->until = Min(end, walk->stretch);
		piece->band = part->band;
		piece->regime = walk->regime;
		Assert(piece->from < piece->until);
		walk->at = piece->until;
		return true;
	}
}

/* Stand at the beginning of a period, before its first piece. */
static inline void
begin_walk(BandWalk *walk, const Bands *bands, TimestampTz from,
		   TimestampTz until)
{
	walk->bands = bands;
	walk->at = from;
	walk->until = until;
	walk->stretch = from;
	walk->regime = bands->regimes;
}

void
bands_begin(BandWalk *walk, const Bands *bands, TimestampTz from,
			TimestampTz until)
{
	begin_walk(walk, bands, from, until);
	walk->ahead = next_piece(walk, &walk->piece);
}

bool
bands_next(BandWalk *walk, BandPiece *piece)
{
	if (!walk->ahead)
		return false;
	*piece = walk->piece;
	while ((walk->ahead = next_piece(walk, &walk->piece)) &&
		   walk->piece.band == piece->band &&
		   walk->piece.regime == piece->regime)
	{
		Assert(walk->piece.from == piece->until);
		piece->until = walk->piece.until;
	}
	/* pieces tile the period */
	Assert(piece->until == (walk->ahead ? walk->piece.from : walk->until));
	return true;
}

void
bands_add(const Bands *bands, TimestampTz from, TimestampTz until,
		  int64 *totals)
{
	BandWalk	walk;
	BandPiece	piece;

	begin_walk(&walk, bands, from, until);
	while (next_piece(&walk, &piece))
		totals[piece.band] += piece.until - piece.from;
}
