/*-------------------------------------------------------------------------
 *
 * rules.h
 *	  What nobody may be on duty against.
 *
 * Pure. A rule looks at the duty of one person, as a timeline has decided it,
 * and at facts about people and rotations; it lists the breaches in it. It
 * does not know whether there is a trade, nor whether a breach is new: see
 * trade.h. rules.c says how to add a rule.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_RULES_H
#define ONCALL_RULES_H

#include "calendar/period_set.h"
#include "roster/timeline.h"

/* How somebody belongs to a rotation. */
typedef enum Standing
{
	STANDING_NONE,
	STANDING_MEMBER,
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
} Absence;

typedef struct Membership
{
	int			rotation;		/* index into the world's */
	Standing	standing;
	TimestampTz since;
} Membership;

/* What is to be known of a person. */
typedef struct PersonFacts
{
	int32		person_id;
	const char *name;
	Period		active;
	int			nabsences;
	Absence    *absences;
	int			nmemberships;
	Membership *memberships;
} PersonFacts;

/* Time of a person that a closed run has paid. */
typedef struct PaidTime
{
	int32		person_id;
	const char *person;
	int32		pay_run_id;
	const char *policy;
	Day			first;			/* the run's dates, in the policy's zone */
	Day			last;
	Period		period;			/* while the person was paid by the policy */
} PaidTime;

/* Rotations and people, each in order of their ids. */
typedef struct World
{
	int			nrotations;
	RotationFacts *rotations;
	int			npeople;
	PersonFacts *people;
} World;

/* A stretch in which a person holds a seat. */
typedef struct Duty
{
	int			rotation;		/* index into the world's */
	int			seat;			/* 0 is the primary */
	Period		period;
} Duty;

/* The duty of one person in all rotations, in order of its start. */
typedef struct Duties
{
	int			n;
	int			size;
	Duty	   *duties;
} Duties;

/* The rules, in the order in which they are reported. */
typedef enum RuleNumber
{
	RULE_MAX_CONSECUTIVE,
	RULE_DISTINCT_SEATS,
	RULE_EXCLUSIVE_DUTY,
	RULE_NOT_ABSENT,
	RULE_MEMBER,
	RULE_SEASON,
	RULE_PAY_CLOSED,
	NUM_RULES
} RuleNumber;

/*
 * One person, one rule, one counterpart, and its instants. What the
 * counterpart is depends on the rule: the rotation that sets the limit; the
 * other seat; the other rotation; the absence; nothing; the blocks; the run.
 */
#define BREACH_KEYS 3
typedef struct Breach
{
	RuleNumber	rule;
	int32		person_id;
	int			rotation;		/* index into the world's: where it is */
	int64		key[BREACH_KEYS];	/* the counterpart, in numbers */
	PeriodSet	instants;
} Breach;

typedef struct Breaches
{
	int			n;
	int			size;
	Breach	   *breaches;
} Breaches;

/* The name of the constraint that a rule is. */
extern const char *rule_name(RuleNumber rule);

/* Add a duty to a list; sort it before it is looked at. */
extern void duties_add(Duties *duties, int rotation, int seat, Period period);
extern void duties_sort(Duties *duties);

extern void breaches_add(Breaches *breaches, const Breach *breach);

/* List all breaches in the duty of a person, in the order of the rules. */
extern void rules_find(World *world, const PersonFacts *person,
					   const Duties *duties, Breaches *breaches);

/* Is this breach contained, instant by instant, in one of these? */
extern bool breach_contained(const Breach *breach, const Breaches *before);

/* Its instants that are worth telling: those that are in none of these. */
extern PeriodSet breach_news(const Breach *breach, const Breaches *before);

/* The last instant at which a stretch that begins at from is within a limit. */
extern TimestampTz stretch_limit(RotationFacts *rotation, TimestampTz from);

/* About from when on a stretch that ends at until is within a limit. */
extern TimestampTz stretch_start(RotationFacts *rotation, TimestampTz until);

/* A length as PostgreSQL compares intervals: days of 24 hours, months of 30. */
extern int64 break_usecs(const Length *length);

/* The most that a length may last, in microseconds. */
extern int64 length_most(const Length *length);

/* Sort ids and drop those that come twice; returns how many remain. */
extern int	ids_sort(int32 *ids, int nids);

/* Is an id among ids that have been sorted? */
extern bool ids_contain(const int32 *ids, int nids, int32 id);

/* A person, or a rotation's place in the world; NULL or -1 if not there. */
extern PersonFacts *world_person(const World *world, int32 person_id);
extern int	world_rotation(const World *world, int32 rotation_id);

/* How a person belongs to a rotation; NULL if not at all. */
extern const Membership *person_membership(const PersonFacts *person,
										   int rotation);

#endif							/* ONCALL_RULES_H */
