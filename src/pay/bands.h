/*-------------------------------------------------------------------------
 *
 * bands.h
 *	  Time split into the bands of a pay policy.
 *
 * Pure. A policy's bands are hours of the week, in order; at each instant the
 * first one that is open counts, and where none is, the band "other". Where
 * and when somebody works, and with which public holidays, may change: each
 * stretch in which it does not is a regime.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_BANDS_H
#define ONCALL_BANDS_H

#include "calendar/week.h"
#include "calendar/zone_offsets.h"

/* A part of a local day, from where the one before ends. */
typedef struct BandPart
{
	uint16		until;			/* minutes since midnight; the last: 1440 */
	uint16		band;
} BandPart;

/* All of a local day. */
typedef struct DayBands
{
	int			nparts;
	const BandPart *parts;
} DayBands;

/*
 * All kinds of days: whether they are a public holiday (2), whether the day
 * before was one (1), whose hours may go on past midnight; and their weekday,
 * Monday = 0.
 */
typedef struct BandWeek
{
	DayBands	days[4][7];
} BandWeek;

#define DAY_IS_HOLIDAY 2
#define DAY_AFTER_HOLIDAY 1

/* A stretch in which somebody's zone, working hours and holidays are fixed. */
typedef struct Regime
{
	TimestampTz until;			/* from where the one before ends */
	ZoneOffsets *offsets;
	Holidays	holidays;		/* no date twice */
	BandWeek	week;
} Regime;

/*
 * How a person's time is split by a policy: bands 0 .. nbands - 1 and, as
 * number nbands, "other". The first regime has no beginning, the last ends at
 * DT_NOEND.
 */
typedef struct Bands
{
	int			nbands;
	int			nregimes;
	Regime	   *regimes;
} Bands;

/* The most bands that a policy may have. */
#define MAX_BANDS 1000

/* A stretch of time in one band and one regime. */
typedef struct BandPiece
{
	TimestampTz from;
	TimestampTz until;
	int			band;
	const Regime *regime;
} BandPiece;

/* A period being walked; see bands_begin(). */
typedef struct BandWalk
{
	const Bands *bands;
	TimestampTz at;				/* how far we are */
	TimestampTz until;			/* where the walk ends */
	TimestampTz stretch;		/* of one regime and one offset: its end */
	const Regime *regime;
	Day			day;
	TimestampTz midnight;		/* at which the day starts by this offset */
	int			weekday;
	int			next_holiday;	/* index of the first one after day */
	int			kind;
	const BandPart *part;		/* the rest of the day */
	const BandPart *last;
	bool		ahead;			/* is there a piece not yet told? */
	BandPiece	piece;			/* that one */
} BandWalk;

/*
 * Work out what each kind of day is made of. applies[i] are the hours of band
 * i; NULL: it does not count. Without holidays only ordinary days can occur.
 * Palloc'd in the current context.
 */
extern void bands_week(BandWeek *week, const Week *const *applies,
					   int nbands, bool holidays);

/*
 * Walk a period, from < until, both finite: bands_next() tells its pieces in
 * order, which tile it exactly; neighbours differ in band or regime. The
 * bands must stay as they are meanwhile. False: there are no more.
 */
extern void bands_begin(BandWalk *walk, const Bands *bands,
						TimestampTz from, TimestampTz until);
extern bool bands_next(BandWalk *walk, BandPiece *piece);

/*
 * Add to totals, nbands + 1 of them, how many microseconds of a period fall
 * into each band.
 */
extern void bands_add(const Bands *bands, TimestampTz from,
					  TimestampTz until, int64 *totals);

#endif							/* ONCALL_BANDS_H */
