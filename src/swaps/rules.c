/*-------------------------------------------------------------------------
 *
 * rules.c
 *	  The rules of trades, in one table.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/rules.h"

#include "miscadmin.h"
#include "swaps/alternatives.h"
#include "swaps/pay_closed.h"

const Rule	rules[NUM_RULES] =
{
	[RULE_MAX_CONSECUTIVE] = {
		.name = "oncall_max_consecutive",
		.whole = true,			/* a stretch */
		.find = breaches_max_consecutive,
		.tell = message_max_consecutive,
		.hint = alternatives_hint
	},
	[RULE_DISTINCT_SEATS] = {
		.name = "oncall_distinct_seats",
		.find = breaches_distinct_seats,
		.tell = message_distinct_seats,
		.hint = alternatives_hint
	},
	[RULE_NOT_TOGETHER] = {
		.name = "oncall_not_together",
		.find = breaches_not_together,
		.reasons = message_reasons_not_together,
		.tell = message_not_together,
		.hint = alternatives_hint
	},
	[RULE_EXCLUSIVE_DUTY] = {
		.name = "oncall_exclusive_duty",
		.find = breaches_exclusive_duty,
		.tell = message_exclusive_duty,
		.hint = alternatives_hint
	},
	[RULE_NOT_ABSENT] = {
		.name = "oncall_not_absent",
		.find = breaches_not_absent,
		.reasons = message_reasons_absent,
		.tell = message_not_absent,
		.hint = alternatives_hint
	},
	[RULE_MEMBER] = {
		.name = "oncall_member",
		.find = breaches_member,
		.reasons = message_reasons_member,
		.tell = message_member,
		.hint = alternatives_hint
	},
	[RULE_SEASON] = {
		.name = "oncall_season",
		.whole = true,			/* two blocks */
		.find = breaches_season,
		.tell = message_season,
		.hint = alternatives_hint
	},
	[RULE_PAY_CLOSED] = {
		.name = "oncall_pay_closed",
		.find_in_trade = pay_closed_find,
		.tell = message_pay_closed,
		.hint = pay_closed_hint
	}
};

void
rules_find(World *world, const PersonFacts *person, const Duties *duties,
		   Breaches *breaches)
{
	int			rule;

	Assert(duty_is_sorted(duties));
	for (rule = 0; rule < NUM_RULES; rule++)
	{
		CHECK_FOR_INTERRUPTS();
		Assert((rules[rule].find == NULL) !=
			   (rules[rule].find_in_trade == NULL));
		if (rules[rule].find != NULL)
			rules[rule].find(world, person, duties, breaches);
	}
}

void
rules_find_in_trade(Trade *trade, Breaches *breaches)
{
	int			rule;

	for (rule = 0; rule < NUM_RULES; rule++)
	{
		if (rules[rule].find_in_trade != NULL)
			rules[rule].find_in_trade(trade, breaches);
	}
}

/* The breaches of one rule in one duty alone, or in some company. */
static Breaches
breaches_alone(RuleNumber rule, World *world, const PersonFacts *person,
			   const Duty *duty, const Duties *company)
{
	Duty		alone = *duty;
	Duties		duties = {1, 1, &alone, company};
	Breaches	breaches = {0};

	Assert(rules[rule].find != NULL);
	rules[rule].find(world, person, &duties, &breaches);
	return breaches;
}

RuleNumber
rules_unfit(World *world, const PersonFacts *person, const Duty *duty,
			const Duties *company)
{
	int			rule;

	for (rule = 0; rule < NUM_RULES; rule++)
	{
		if (rules[rule].reasons != NULL &&
			breaches_alone(rule, world, person, duty, company).n > 0)
			break;
	}
	return rule;
}

void
rules_reasons(World *world, const PersonFacts *person, const Duty *duty,
			  const Duties *company, Reasons *reasons)
{
	int			rule;
	int			i;

	for (rule = 0; rule < NUM_RULES; rule++)
	{
		Breaches	breaches;

		if (rules[rule].reasons == NULL)
			continue;
		breaches = breaches_alone(rule, world, person, duty, company);
		for (i = 0; i < breaches.n; i++)
			rules[rule].reasons(world, person, duty, &breaches.breaches[i],
								reasons);
	}
}

PeriodSet
rules_news(const Breach *breach, const Breaches *before)
{
	PeriodSet	news = breach->instants;
	int			i;

	if (rules[breach->rule].whole)
		return news;
	for (i = 0; i < before->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (breaches_alike(&before->breaches[i], breach))
			news = period_set_minus(&news, &before->breaches[i].instants);
	}
	return news;
}
