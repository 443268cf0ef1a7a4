/*-------------------------------------------------------------------------
 *
 * walk.h
 *	  The walk of a layer's duty round its list, turn after turn.
 *
 * Pure. A walk stands on one turn of a layer and goes forward in time, from
 * one change of what is known about the layer to the next; turns between two
 * changes are found by a formula and cost nothing. It sees what was believed
 * at known_at, and of that only what begins before a limit: what is written
 * about later times never matters to earlier turns.
 *
 * The usual course:
 *
 *		Walk	   *walk = walk_create(layer, KNOWN_NOW, DT_NOEND);
 *
 *		if (walk_seek(walk, t))
 *			... the turn that contains t: walk->number, walk->from, ...
 *
 * Whether the layer is valid, over, closed for the hour or beaten by another
 * one is not the walk's business: what it has to say about that stands in
 * walk->ends, walk_begins() and walk_hours(); who is on call is what the
 * timeline says.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WALK_H
#define ONCALL_WALK_H

#include "roster/timeline.h"

/* A cadence of the layer, from its first handover that counts on. */
typedef struct WalkCadence
{
	TimestampTz from;			/* that handover */
	int64		first;			/* and its number in the cadence */
	Turns	   *turns;
} WalkCadence;

/* Hours of the layer, from an instant on. */
typedef struct WalkHours
{
	TimestampTz from;
	const Week *hours;			/* NULL: at all hours */
} WalkHours;

/* From an instant on, a row is off the list for one reason more or less. */
typedef struct WalkFact
{
	TimestampTz at;
	int32		row;
	int32		reasons;		/* +1 or -1 */
} WalkFact;

/* The last turn in which somebody sat in the layer; -1: never. */
typedef struct WalkSitting
{
	int64		last;
	int32		row;
} WalkSitting;

/*
 * Where the walk was before the first turn of a stretch: turns during which
 * list, pairing and spread stay as they are. Rows are indexes into
 * walk->rows, on the list or not.
 */
typedef struct WalkState
{
	int32		place;			/* the row taken last; -1: none yet */
	int32		round;			/* spread: the row that began the round; -1:
								 * no round is under way */
	int64		counted;		/* fixed: entries taken, */
	int64		shift;			/* and by how many seats all have moved on */
	int64		played;			/* mixed: turns of the tournament so far, */
	bool		playing;		/* whether there is one under way */
	bool		has_played;		/* or ever was */
} WalkState;

typedef struct Walk
{
	/* the turn on which the walk stands */
	int64		number;			/* 0 is the layer's first; -1: before it */
	TimestampTz from;			/* empty if it is until, */
	TimestampTz until;			/* which is the next handover */

	/* its list, in order, and that of the next turns while nothing changes */
	int			nlist;
	int32	   *list;			/* indexes into rows and people */
	Pairing		pairing;
	bool		spread;

	/* what is known of the layer */
	Layer	   *layer;
	TimestampTz known_at;
	TimestampTz limit;
	TimestampTz ends;			/* when a rule ends it; DT_NOEND: never */
	int			nrules;
	const LayerRule **rules;	/* in order of since, then id */
	int			ncadences;
	WalkCadence *cadences;		/* in order of time; those that count */
	int			nhours;
	WalkHours  *hours;			/* in order of time */

	/* all rows of the list, in order, on it or not */
	int			nrows;
	const LayerMember **rows;
	int32	   *people;			/* of each row; 0 for nobody */
	int32	   *reasons;		/* for how many reasons each is off the list */
	bool	   *altered;		/* scratch: was on the list and is not, or the
								 * other way round */
	int			nfacts;
	WalkFact   *facts;			/* in order of time */
	WalkFact   *unsorted;		/* scratch, as large as facts */
	int32	   *counts;			/* scratch, likewise */

	/* for mixed; else NULL */
	int32	   *numbers;		/* of each row's person, from 1; 0: nobody */
	int64	   *last_sat;		/* by these: a turn; -1: never */
	bool		one_row_each;	/* nobody has two, and each has somebody */
	int			norder;
	int32	   *order;			/* the list as it comes on in the tournament:
								 * who sat longest ago is first */
	bool	   *in_order;		/* whether each row is in it; false for all in
								 * the first tournament, which goes by the
								 * list */
	int			next_order;		/* the first fact that the order lacks */
	bool		order_stands;	/* all turns since have been of tournaments */
	WalkSitting *sittings;		/* scratch */
	int32	   *scratch;

	/* the way so far */
	int			cadence;		/* index into cadences */
	int64		handover;		/* the turn's, by its number in the cadence */
	int64		offset;			/* turns since the state stood */
	WalkState	state;
	int			next_fact;
	int			next_rule;
	TimestampTz next_change;	/* of list, pairing or spread */

	PairingTurn turn;			/* who takes it; if anybody is on the list */

	/* the formula of the stretch */
	int64		first;			/* index in the list of the entry after place */
	int64		rest;			/* spread: turns left of the round, */
	int64		again;			/* and the index at which the next begins */
	int64		lcm;			/* fixed: of the list and the seats */
} Walk;

/*
 * A walk before its layer's first turn, palloc'd in the current context, which
 * has to be current in the calls below as well. Facts that begin at limit or
 * later are left out: with DT_NOEND none.
 */
extern Walk *walk_create(Layer *layer, TimestampTz known_at,
						 TimestampTz limit);

/*
 * When turn 0 begins: the cadence has started from then on. False if that is
 * never.
 */
extern bool walk_begins(const Walk *walk, TimestampTz *at);

/*
 * The hours that hold at t, NULL for all hours, and the clock by which they
 * are read: that of the cadence under way. Until *until both stay the same.
 */
extern const Week *walk_hours(const Walk *walk, TimestampTz t,
							  WallClock **clock, TimestampTz *until);

/*
 * Stand on the turn that contains t, a finite instant; walk->until is then the
 * next handover after t. False before turn 0: then the walk stands on that, or
 * nowhere (number is -1) if there is none. If t is earlier than the turn on
 * which the walk stands, it starts over.
 */
extern bool walk_seek(Walk *walk, TimestampTz t);

/* Stand on the next turn, be it empty. False if none comes before time ends. */
extern bool walk_next(Walk *walk);

/*
 * Stand on the first turn whose list, pairing or spread something known may
 * have changed. False if there is none: all later turns are like this one.
 */
extern bool walk_next_stretch(Walk *walk);

/* Who sits in each seat of the layer in this turn, 0 for nobody. */
extern void walk_seats(const Walk *walk, int32 *seats);

/*
 * Is this person on the list of this turn? Whoever may be called in the turn
 * that contains t is a member of the layer at t.
 */
extern bool walk_lists(const Walk *walk, int32 person_id);

/*
 * The index into list of the entry that a turn takes (fixed: the
 * first of them; mixed: that in the first seat), -1 if the list is empty: by
 * this turn with ahead = 0, by the next with ahead = 1, and so on, as long as
 * the list stays as it is. The entry with ahead = 1 is who comes next first.
 */
extern int	walk_entry(const Walk *walk, int64 ahead);

#endif							/* ONCALL_WALK_H */
