/*-------------------------------------------------------------------------
 *
 * rules.h
 *	  The rules of trades, in one table.
 *
 * To add a rule:
 *
 * - give it a number in breaches.h, in its place in the order in which
 *	 breaches are reported;
 * - write what finds its breaches: in breaches.c if they can be seen in the
 *	 duty of one person, with breaches_note() for what it finds. What it needs
 *	 to know besides is a fact of the world (world.h), read by world_loader.c.
 *	 A rule about what changes, whatever the duty is then, is given the trade,
 *	 as that of pay_closed.c is;
 * - write in messages.c what a breach means to people;
 * - give it an entry in the table in rules.c.
 *
 * The judge, audit(), objections(), duty_conflicts() and the planner follow by
 * themselves, but for three things. Two trades that are legal alone and illegal
 * together have to share a row that the judge locks, and it locks the people
 * whose duty grows and those who are not to be on duty with them: a rule about
 * the duty of two people needs a lock that both trades take. Hints try parts of
 * a cover only between instants at which some rule may change its mind:
 * find_cuts() in alternatives.c lists them. And the planner asks for one person
 * after the other: which choices for two people exclude each other it has to
 * be told (find_clashes() in plan_covers.c).
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_RULES_H
#define ONCALL_RULES_H

#include "swaps/messages.h"
#include "swaps/trade.h"

typedef struct Rule
{
	const char *name;			/* of the constraint that it is */

	/* is a breach about all of its instants, also those that stood before? */
	bool		whole;

	/* finds breaches in the duty of a person, or NULL */
	void		(*find) (World *world, const PersonFacts *person,
						 const Duties *duties, Breaches *breaches);

	/* finds breaches in what a trade changes, or NULL */
	void		(*find_in_trade) (Trade *trade, Breaches *breaches);

	/*
	 * If somebody with a breach cannot serve the shift, or ought not to,
	 * whatever else they have to do: says why. NULL for the other rules.
	 */
	void		(*reasons) (const World *world, const PersonFacts *person,
							const Duty *duty, const Breach *breach,
							Reasons *reasons);

	/* says what a breach is */
	void		(*tell) (Telling *telling);

	/* what would be legal instead of a trade that has the breach */
	char	   *(*hint) (Trade *trade, const Breach *breach);
} Rule;

extern const Rule rules[NUM_RULES];

/* List all breaches in the duty of a person, in the order of the rules. */
extern void rules_find(World *world, const PersonFacts *person,
					   const Duties *duties, Breaches *breaches);

/* List all breaches in what a trade changes, in the order of the rules. */
extern void rules_find_in_trade(Trade *trade, Breaches *breaches);

/*
 * Why a person cannot serve a shift, or ought not to, whatever else they have
 * to do, given the duty of those whom the world watches (or NULL): the first
 * such rule, NUM_RULES if they can; or all that is in the way, in words.
 */
extern RuleNumber rules_unfit(World *world, const PersonFacts *person,
							  const Duty *duty, const Duties *company);
extern void rules_reasons(World *world, const PersonFacts *person,
						  const Duty *duty, const Duties *company,
						  Reasons *reasons);

/* The instants of a breach that are worth telling, given those before. */
extern PeriodSet rules_news(const Breach *breach, const Breaches *before);

#endif							/* ONCALL_RULES_H */
