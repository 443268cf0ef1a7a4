/*-------------------------------------------------------------------------
 *
 * timeline.h
 *	  The timeline: who holds each seat of one rotation, and why.
 *
 * Pure: it is given a loaded rotation and a window and knows neither tables
 * nor SPI. Everything that wants to know who is on call walks a timeline;
 * nothing else decides it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TIMELINE_H
#define ONCALL_TIMELINE_H

#include "calendar/turns.h"
#include "calendar/week.h"
#include "roster/pairing.h"

/*
 * A row of a layer's list: a place on the circle that the duty goes round. It
 * is on the list where it is valid and no leave says otherwise.
 */
typedef struct LayerMember
{
	int32		member_id;		/* a closed copy carries its original's */
	int32		person_id;		/* 0: nobody, on purpose */
	Period		valid;
	Period		recorded;
} LayerMember;

/* A period in which a row of the list is passed over. */
typedef struct LayerLeave
{
	int32		member_id;		/* of the row's original */
	Period		period;
	Period		recorded;
} LayerLeave;

/*
 * What holds of a layer from an instant on, each part until a later rule (by
 * since, then by id) sets the same.
 */
typedef struct LayerRule
{
	int32		rule_id;		/* a closed copy carries its original's */
	TimestampTz since;
	Turns	   *turns;			/* NULL: as before */
	const Week *hours;			/* NULL: as before */
	bool		sets_pairing;
	Pairing		pairing;
	bool		sets_spread;
	bool		spread;
	bool		ends;			/* the layer is over */
	Period		recorded;
} LayerRule;

/*
 * A layer with all that was ever written about it; what is believed at some
 * known_at is picked out when it is looked at (walk.h). Rules and leaves come
 * in any order.
 */
typedef struct Layer
{
	int32		layer_id;		/* a closed copy carries its original's */
	int32		rank;
	Period		valid;
	Period		recorded;
	Turns		turns;
	const Week *hours;			/* NULL: at all hours */
	Pairing		pairing;
	bool		spread;
	int			first_seat;		/* of the rotation; 0 is the primary */
	int			nseats;			/* from the first seat on */
	int			nmembers;
	LayerMember *members;		/* in order of position, then member_id */
	int			nleaves;
	LayerLeave *leaves;
	int			nrules;
	LayerRule  *rules;
} Layer;

typedef struct Cover
{
	int32		cover_id;		/* a closed copy carries its original's */
	int			seat;			/* 0 is the primary */
	int32		person_id;		/* 0: empty on purpose */
	Period		period;
	Period		recorded;
} Cover;

/* What is known about a rotation: its rules and its exceptions. */
typedef struct Rotation
{
	int32		rotation_id;
	int			nseats;			/* seats to be shown, at least 1 */
	Holidays	holidays;
	int			nlayers;
	Layer	   *layers;
	int			ncovers;
	Cover	   *covers;
} Rotation;

/* Who holds a seat, and by which layer or cover; 0 for none. */
typedef struct Cell
{
	int32		person_id;
	int32		layer_id;
	int32		cover_id;
} Cell;

/*
 * Segment i lasts from starts[i] to starts[i + 1], the last one to the end of
 * the window; its seats are cells[i * nseats ...]. Neighbouring segments
 * differ in some seat. There is at least one.
 */
typedef struct Timeline
{
	Period		window;
	int			nseats;
	int			nsegments;
	int			size;			/* segments allocated */
	TimestampTz *starts;
	Cell	   *cells;
} Timeline;

/* known_at for what is believed now, whatever the clock says */
#define KNOWN_NOW DT_NOEND

/*
 * Who is on call in a window (finite, not empty), as was known at known_at.
 * Palloc'd in the current context, with scratch besides. NULL if the hours of
 * some layer open and close too often in this window; ask for less.
 */
extern Timeline *timeline_compile(Rotation *rotation, Period window,
								  TimestampTz known_at);

/* Number of the segment that contains at, which lies in the window. */
extern int	timeline_find(const TimestampTz *starts, int nsegments,
						  TimestampTz at);

/* A time in which a rotation is not expected to change hands more than once. */
extern int64 timeline_grain(const Rotation *rotation);

/* Was a row with this recorded believed at known_at? */
extern bool is_believed(const Period *recorded, TimestampTz known_at);

#endif							/* ONCALL_TIMELINE_H */
