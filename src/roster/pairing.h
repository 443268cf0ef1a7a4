/*-------------------------------------------------------------------------
 *
 * pairing.h
 *	  Who sits in which seat of one turn.
 *
 * Pure. Arithmetic over a list of people and one turn; which list it is and how
 * far the duty has come on it is the walk's business (walk.h).
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAIRING_H
#define ONCALL_PAIRING_H

#include "base/core.h"

typedef enum Pairing
{
	PAIRING_STAGGERED,
	PAIRING_FOLLOWING,
	PAIRING_PRECEDING,
	PAIRING_FIXED,
	PAIRING_MIXED
} Pairing;

/* A turn of a layer, as far as its pairing asks. */
typedef struct PairingTurn
{
	Pairing		pairing;
	int			nseats;
	int			k;				/* length of the list, at least 1 */
	int64		entry;			/* index of the (first) entry that the turn
								 * takes; not used by mixed */
	int64		shift;			/* fixed: by so many seats all have moved on */
	int64		pair[2];		/* mixed: the entries that sit; -1 for none */
} PairingTurn;

/* The pairing of this name. False if there is none. */
extern bool pairing_by_name(const char *name, Pairing *pairing);

/* mixed: the places that play in turn n of a tournament of k. */
extern void pairing_pair(int64 k, int64 n, int64 pair[2]);

/* Turn n of a list that has never changed. */
extern void pairing_turn(PairingTurn *turn, Pairing pairing, int nseats,
						 int k, int64 n);

/*
 * The index of the entry that the pairing gives to a seat, whoever sits in
 * the others; -1 for none.
 */
extern int64 pairing_entry(const PairingTurn *turn, int seat);

/*
 * Who sits in each of the turn's seats, 0 for nobody. The list, for mixed in
 * the order that pair counts by, consists of indexes into people, which are 0
 * for an entry without a person.
 */
extern void pairing_seats(const PairingTurn *turn, const int32 *list,
						  const int32 *people, int32 *seats);

/*
 * Of the k places of a tournament, how many come on before this one in the
 * first round, where the first seat comes before the second.
 */
extern int64 pairing_comes_on(int64 k, int64 place);

/* Entries after which fixed moves everybody on by a seat. */
extern int64 pairing_lcm(int k, int nseats);

#endif							/* ONCALL_PAIRING_H */
