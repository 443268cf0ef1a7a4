/*-------------------------------------------------------------------------
 *
 * trade.h
 *	  What changes if covers come and go, and what the rules object to it.
 *
 * A trade that is judged has been written: the tables show how things will
 * be, and how they were follows from what was added and taken away. One that
 * is only asked about has not: the tables show how things are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_TRADE_H
#define ONCALL_TRADE_H

#include "swaps/rules.h"

typedef struct TradeCover
{
	int32		rotation_id;
	bool		late;			/* may change what has been paid */
	Cover		cover;
} TradeCover;

/* A seat changes hands for a while; 0 for nobody. */
typedef struct Change
{
	int32		rotation_id;
	int			seat;			/* 0 is the primary */
	Period		period;
	int32		person_before;
	int32		person_after;
} Change;

typedef struct Trade
{
	/* given */
	bool		written;		/* do the tables have it already? */
	int			nadded;
	TradeCover *added;
	int			nremoved;
	TradeCover *removed;

	/* found by trade_changes() */
	World		world;			/* its rotations as they will be */
	Rotation   *before;			/* the same rotations as they were */
	int			nchanges;
	int			sizechanges;
	Change	   *changes;

	/* found by trade_duties() */
	Period		window;			/* in which duty is known */
	Duties	   *duties_before;	/* one for each person of the world */
	Duties	   *duties_after;

	/* found by trade_all_objections() */
	int			npaid;
	PaidTime   *paid;			/* of the people who win or lose duty */
} Trade;

/* Find out which seats change hands. */
extern void trade_changes(Trade *trade);

/* Whose duty grows by it: ids, which ascend. */
extern int32 *trade_people(const Trade *trade, int *npeople);

/* Who pays those whose duty grows or shrinks by it: ids, which ascend. */
extern int32 *trade_policies(const Trade *trade, int *npolicies);

/*
 * Read all that the rules need to judge these people, whose ids ascend, and
 * find their duty before and after. left_out: a cover among the added ones
 * that does not count after, or NULL.
 */
extern void trade_duties(Trade *trade, const int32 *people, int npeople,
						 const TradeCover *left_out);

/*
 * Add to the list what the rules object to: the breaches after the trade, in
 * the duty of one person, that are not contained in one before it. Of their
 * instants remain those that are new.
 */
extern void trade_objections(Trade *trade, const PersonFacts *person,
							 const Duties *after, Breaches *objections);

/*
 * The same for all people of the world, in the order of the rules; and for
 * all whose duty grows or shrinks in time that has been paid.
 */
extern void trade_all_objections(Trade *trade, Breaches *objections);

/* The paid time that a breach of RULE_PAY_CLOSED is about. */
extern const PaidTime *trade_paid_time(const Trade *trade,
									   const Breach *breach);

#endif							/* ONCALL_TRADE_H */
