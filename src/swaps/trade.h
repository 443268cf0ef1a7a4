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

#include "nodes/pg_list.h"

#include "swaps/breaches.h"

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

/* What is younger than this is changed in time, and needs no past_reason. */
#define PAST_GRACE USECS_PER_MINUTE

typedef struct Trade
{
	/* given */
	bool		written;		/* do the tables have it already? */
	Oid			reader;			/* the role that is told of it; see
								 * world_mark_secrets() */
	int			nadded;
	TradeCover *added;
	int			nremoved;
	TradeCover *removed;
	World	   *known;			/* see world_add_rotations(), or NULL */

	/* found by trade_changes() */
	World		world;			/* its rotations as they will be */
	Rotation   *before;			/* the same rotations as they were */
	int			nchanges;
	int			sizechanges;
	Change	   *changes;

	/* found by trade_duties() */
	Period		window;			/* in which duty is known */
	Duties	   *duties_before;	/* lists as duty_lists() makes them */
	Duties	   *duties_after;

	Breaches  **breaches_before;	/* of each person, once they are asked for */

	/* found by trade_all_objections() */
	int			npaid;
	PaidTime   *paid;			/* of the people who win or lose duty */

	List	   *hints;			/* those made by alternatives_hint() */
} Trade;

/* Find out which seats change hands. */
extern void trade_changes(Trade *trade);

/* Whose duty grows by it: ids, which ascend. */
extern int32 *trade_people(const Trade *trade, int *npeople);

/* Whose duty grows or shrinks by it: ids, which ascend. */
extern int32 *trade_parties(const Trade *trade, int *nparties);

/*
 * From the first to the last instant that it touches in a rotation, or in any
 * if 0.
 */
extern Period trade_touches(const Trade *trade, int32 rotation_id);

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
 * The same for all people of the world, and what the rules object to in what
 * changes, in the order of the rules.
 */
extern void trade_all_objections(Trade *trade, Breaches *objections);

#endif							/* ONCALL_TRADE_H */
