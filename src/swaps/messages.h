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
#include "swaps/rules.h"

typedef struct BreachWords
{
	int			rotation;		/* the one concerned, an index */
	char	   *message;
	char	   *detail;
} BreachWords;

/*
 * Say what a breach is, given all the duty of the person, which is known in a
 * window. gained: an index of a rotation to be named where the breach is not
 * of one rotation, or -1. would: the duty is not theirs yet.
 */
extern BreachWords breach_words(World *world, const PersonFacts *person,
								const Duties *duties, Period window,
								const Breach *breach, int gained, bool would);

/* Say that duty would change in time that has been paid. */
extern BreachWords paid_words(World *world, const PaidTime *paid,
							  const Breach *breach);

/* A period on the clock of a rotation: "from ... to ...", without the zone. */
extern void append_period(StringInfo buf, RotationFacts *facts,
						  Period period);

/* Names in a sentence: "A", "A and B", or "A, B and C". */
extern void append_names(StringInfo buf, const char *const *names, int nnames,
						 const char *last);

#endif							/* ONCALL_MESSAGES_H */
