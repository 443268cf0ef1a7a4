/*-------------------------------------------------------------------------
 *
 * messages.h
 *	  What a breach of a rule means to people, in words.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_MESSAGES_H
#define ONCALL_MESSAGES_H

#include "lib/stringinfo.h"

#include "swaps/trade.h"

typedef struct BreachMessage
{
	int			rotation;		/* the one concerned, an index */
	char	   *message;
	char	   *detail;
} BreachMessage;

/* A breach of the duty of a person as it stands, which is known in a window. */
extern BreachMessage message_of_breach(World *world,
									   const PersonFacts *person,
									   const Duties *duties, Period window,
									   const Breach *breach);

/* A breach that a trade would bring. */
extern BreachMessage message_of_objection(Trade *trade, const Breach *breach);

/* What the functions below are given, and what they write. */
typedef struct Telling
{
	Trade	   *trade;			/* NULL: duty as it stands */
	World	   *world;
	const PersonFacts *person;	/* NULL if of no concern to the rule */
	const Duties *duties;		/* all of the person's */
	Period		window;			/* in which these are known */
	const Breach *breach;
	RotationFacts *facts;		/* of the rotation concerned */
	bool		would;			/* is it not so yet? */
	StringInfoData message;
	StringInfoData detail;
} Telling;

/* Each says what a breach of one rule is. */
extern void message_max_consecutive(Telling *telling);
extern void message_distinct_seats(Telling *telling);
extern void message_not_together(Telling *telling);
extern void message_exclusive_duty(Telling *telling);
extern void message_not_absent(Telling *telling);
extern void message_member(Telling *telling);
extern void message_season(Telling *telling);
extern void message_pay_closed(Telling *telling);

/* Why somebody cannot serve a shift, and when. */
typedef struct Reason
{
	const char *text;
	PeriodSet	instants;		/* not empty */
} Reason;

typedef struct Reasons
{
	int			n;
	int			size;
	Reason	   *reasons;		/* none of the same text as another */
} Reasons;

/* Each says in what way a breach of one rule is in the way of a shift. */
extern void message_reasons_absent(const World *world,
								   const PersonFacts *person,
								   const Duty *duty, const Breach *breach,
								   Reasons *reasons);
extern void message_reasons_not_together(const World *world,
										 const PersonFacts *person,
										 const Duty *duty,
										 const Breach *breach,
										 Reasons *reasons);
extern void message_reasons_member(const World *world,
								   const PersonFacts *person,
								   const Duty *duty, const Breach *breach,
								   Reasons *reasons);

/* A period on the clock of a rotation: "from ... to ...", without the zone. */
extern void message_append_period(StringInfo buf, RotationFacts *facts,
								  Period period);

/* Names in a sentence: "A", "A and B", or "A, B and C". */
extern void message_append_names(StringInfo buf, const char *const *names,
								 int nnames, const char *last);

#endif							/* ONCALL_MESSAGES_H */
