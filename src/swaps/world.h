/*-------------------------------------------------------------------------
 *
 * world.h
 *	  What the rules know about: rotations, people, and who belongs to what.
 *
 * Pure. world_loader.h reads it from the tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WORLD_H
#define ONCALL_WORLD_H

#include "calendar/period_set.h"
#include "roster/timeline.h"

/* How somebody belongs to a rotation who is on none of its lists. */
typedef enum Standing
{
	STANDING_NONE,
	STANDING_RESERVE,
	STANDING_SHADOW,
	STANDING_VOLUNTEER
} Standing;

/* A length of time as PostgreSQL's interval keeps it. */
typedef struct Length
{
	int32		months;
	int32		days;
	int64		usecs;
} Length;

/* A block of holidays, in the time of one rotation. */
typedef struct HolidayBlock
{
	const char *season;
	int			season_no;		/* equal for blocks of one season */
	Day			first;			/* its first date */
	PeriodSet	dates;			/* from local midnight to local midnight */
} HolidayBlock;

/* What is to be known of a rotation. */
typedef struct RotationFacts
{
	Rotation	rotation;		/* its layers, and covers in the window */
	const char *name;
	const char *zone_name;
	WallClock	clock;
	const char **seats;			/* names, rotation.nseats of them */
	bool		exclusive;
	bool		limited;		/* is there a max_consecutive? */
	Length		max_consecutive;
	const char *max_text;		/* as PostgreSQL writes it */
	Length		min_break;
	const char *break_text;
	int			nblocks;		/* of the seasons that matter */
	HolidayBlock *blocks;
} RotationFacts;

typedef struct Absence
{
	int32		absence_id;
	Period		period;
	const char *kind;			/* not for everybody's eyes */
	bool		secret;			/* see world_mark_secrets() */
} Absence;

typedef struct Membership
{
	int			rotation;		/* index into the world's */
	Standing	standing;
	Period		valid;
} Membership;

/* Somebody with whom a person is not to be on duty in one rotation. */
typedef struct Apart
{
	int32		person_id;
	const char *name;
	int			watched;		/* index into the world's */
} Apart;

/* What is to be known of a person. */
typedef struct PersonFacts
{
	int32		person_id;
	const char *name;
	Period		active;
	int			napart;
	Apart	   *apart;			/* in order of their ids */
	int			nabsences;
	Absence    *absences;
	int			nmemberships;
	Membership *memberships;
} PersonFacts;

/*
 * Rotations and people, each in order of their ids. Of those who are watched
 * only the duty is to be known: somebody is not to be on duty with them.
 */
typedef struct World
{
	struct World *known;		/* rotations that have been read before, in
								 * longer-lived memory, or NULL */
	int			nrotations;
	RotationFacts *rotations;
	int			npeople;
	PersonFacts *people;
	int			nwatched;
	int32	   *watched;		/* ids, which ascend */
} World;

/* A person, or a rotation's place in the world; NULL or -1 if not there. */
extern PersonFacts *world_person(const World *world, int32 person_id);
extern int	world_rotation(const World *world, int32 rotation_id);

/* The first membership of a person besides the lists, or NULL. */
extern const Membership *world_membership(const PersonFacts *person,
										  int rotation);

/* Is this a seat from the third on, of those who look on and learn? */
extern bool world_seat_learns(int seat);

/* May somebody who belongs to a rotation in this way hold this seat of it? */
extern bool world_standing_serves(Standing standing, int seat);

/*
 * When in a window a person may hold a seat of a rotation, as far as belonging
 * goes: they are active, and on a list, a reserve, or a shadow in a seat from
 * the third on.
 */
extern PeriodSet world_may_hold(World *world, const PersonFacts *person,
								int rotation, int seat, Period window);

#endif							/* ONCALL_WORLD_H */
