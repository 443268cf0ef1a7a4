/*-------------------------------------------------------------------------
 *
 * breaches.h
 *	  Breaches of rules, and those rules that are about a person's duty.
 *
 * Pure. These rules look at the duty of one person, as a timeline has decided
 * it, and of their company, and at facts about people and rotations. They do not know whether there
 * is a trade, nor whether a breach is new: see trade.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_BREACHES_H
#define ONCALL_BREACHES_H

#include "swaps/duty.h"

/* The rules, in the order in which they are reported; see rules.h. */
typedef enum RuleNumber
{
	RULE_MAX_CONSECUTIVE,
	RULE_DISTINCT_SEATS,
	RULE_NOT_TOGETHER,
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
 * other seat; the other person; the other rotation; the absence; nothing; the
 * blocks; the run.
 * A breach that stood before excuses none with another counterpart.
 */
#define BREACH_KEYS 3
typedef struct Breach
{
	RuleNumber	rule;
	int32		person_id;
	int			rotation;		/* index into the world's: where it is; or -1 */
	int64		key[BREACH_KEYS];	/* the counterpart, in numbers */
	PeriodSet	instants;		/* not empty */
} Breach;

typedef struct Breaches
{
	int			n;
	int			size;
	Breach	   *breaches;
} Breaches;

extern void breaches_add(Breaches *breaches, const Breach *breach);

/*
 * Add instants to a breach of this rule, rotation and counterpart among those
 * from the first one on, or begin it with them.
 */
extern void breaches_note(Breaches *breaches, int first, Breach breach,
						  Period period);

/* Are two breaches of one person, rule, rotation and counterpart? */
extern bool breaches_alike(const Breach *a, const Breach *b);

/* Is a breach contained, instant by instant, in one of these? */
extern bool breaches_contain(const Breaches *before, const Breach *breach);

/* Each finds all breaches of one rule in the duty of a person. */
extern void breaches_max_consecutive(World *world, const PersonFacts *person,
									 const Duties *duties,
									 Breaches *breaches);
extern void breaches_distinct_seats(World *world, const PersonFacts *person,
									const Duties *duties, Breaches *breaches);
extern void breaches_not_together(World *world, const PersonFacts *person,
								  const Duties *duties, Breaches *breaches);
extern void breaches_exclusive_duty(World *world, const PersonFacts *person,
									const Duties *duties, Breaches *breaches);
extern void breaches_not_absent(World *world, const PersonFacts *person,
								const Duties *duties, Breaches *breaches);
extern void breaches_member(World *world, const PersonFacts *person,
							const Duties *duties, Breaches *breaches);
extern void breaches_season(World *world, const PersonFacts *person,
							const Duties *duties, Breaches *breaches);

#endif							/* ONCALL_BREACHES_H */
