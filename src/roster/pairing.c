/*-------------------------------------------------------------------------
 *
 * pairing.c
 *	  Who sits in which seat of one turn.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "roster/pairing.h"

static const char *const pairing_name[] = {
	[PAIRING_STAGGERED] = "staggered",
	[PAIRING_FOLLOWING] = "following",
	[PAIRING_PRECEDING] = "preceding",
	[PAIRING_FIXED] = "fixed",
	[PAIRING_MIXED] = "mixed"
};

bool
pairing_by_name(const char *name, Pairing *pairing)
{
	size_t		i;

	for (i = 0; i < lengthof(pairing_name); i++)
	{
		if (strcmp(pairing_name[i], name) == 0)
		{
			*pairing = (Pairing) i;
			return true;
		}
	}
	return false;
}

static int
gcd(int a, int b)
{
	while (b != 0)
	{
		int			r = a % b;

		a = b;
		b = r;
	}
	return a;
}

int64
pairing_lcm(int k, int nseats)
{
	return (int64) (k / gcd(k, nseats)) * nseats;
}

/*
 * A round-robin tournament by the circle method: in a cycle of k(k-1)/2 turns
 * each pair meets once. With an even k one member, the last, stays put.
 */
void
pairing_pair(int64 k, int64 n, int64 pair[2])
{
	int64		half = k / 2;
	int64		meetings = k * (k - 1) / 2;
	int64		round;
	int64		j;
	int			one;

	if (k == 1)
	{
		pair[0] = 0;
		pair[1] = -1;
		return;
	}
	round = n % meetings / half;
	j = n % meetings % half;
	one = n / meetings % 2;		/* odd cycles swap the seats */

	if (k % 2 != 0)
	{
		pair[one] = (round + j + 1) % k;
		pair[1 - one] = (round + k - j - 1) % k;
	}
	else if (j > 0)
	{
		pair[one] = (round + j) % (k - 1);
		pair[1 - one] = (round + k - 1 - j) % (k - 1);
	}
	else
	{
		/* who stays put sits first and second by turns */
		if (round % 2 != 0)
			one = 1 - one;
		pair[one] = k - 1;
		pair[1 - one] = round;
	}
}

void
pairing_turn(PairingTurn *turn, Pairing pairing, int nseats, int k, int64 n)
{
	turn->pairing = pairing;
	turn->nseats = nseats;
	turn->k = k;
	turn->entry = (pairing == PAIRING_FIXED ? n * nseats : n) % k;
	turn->shift = n * nseats / pairing_lcm(k, nseats);
	if (pairing == PAIRING_MIXED)
		pairing_pair(k, n, turn->pair);
}

int64
pairing_comes_on(int64 k, int64 place)
{
	/* the first round has everybody, but for the first place of an odd list */
	if (k % 2 != 0)
	{
		if (place == 0)
			return k - 1;
		return place <= k / 2 ? 2 * (place - 1) : 2 * (k - 1 - place) + 1;
	}
	if (place == 0)
		return 1;
	if (place == k - 1)
		return 0;
	return place < k / 2 ? 2 * place : 2 * (k - 1 - place) + 1;
}

int64
pairing_entry(const PairingTurn *turn, int seat)
{
	int64		k = turn->k;
	int64		s = seat;

	switch (turn->pairing)
	{
		case PAIRING_STAGGERED:
			return (turn->entry + Max(s, s * k / turn->nseats)) % k;
		case PAIRING_FOLLOWING:
			return (turn->entry + s) % k;
		case PAIRING_PRECEDING:
			return (turn->entry + k - s % k) % k;
		case PAIRING_FIXED:
			return (turn->entry + (s + turn->shift) % turn->nseats) % k;
		case PAIRING_MIXED:
			return seat < 2 ? turn->pair[seat] : -1;
	}
	return -1;					/* keep compiler quiet */
}

static bool
sits_in(const int32 *seats, int nseats, int32 person_id)
{
	int			seat;

	for (seat = 0; seat < nseats; seat++)
	{
		if (seats[seat] == person_id)
			return true;
	}
	return false;
}

/*
 * The first person after an entry, or before it for preceding, who sits in
 * none of the first seats; 0 if everybody on the list does.
 */
static int32
next_person(const PairingTurn *turn, const int32 *list, const int32 *people,
			int64 entry, const int32 *seats, int nseats)
{
	int64		k = turn->k;
	int64		step = turn->pairing == PAIRING_PRECEDING ? k - 1 : 1;
	int64		passed;

	for (passed = 1; passed < k; passed++)
	{
		int32		person_id;

		entry = (entry + step) % k;
		person_id = people[list[entry]];
		if (person_id != 0 && !sits_in(seats, nseats, person_id))
			return person_id;
	}
	return 0;
}

void
pairing_seats(const PairingTurn *turn, const int32 *list, const int32 *people,
			  int32 *seats)
{
	bool		others = turn->pairing != PAIRING_MIXED;
	int			seat;

	for (seat = 0; seat < turn->nseats; seat++)
	{
		int64		entry = pairing_entry(turn, seat);
		int32		person_id = entry < 0 ? 0 : people[list[entry]];

		if (person_id != 0 && sits_in(seats, seat, person_id))
		{
			person_id = others ?
				next_person(turn, list, people, entry, seats, seat) : 0;

			/* when all sit somewhere, there is no need to look again */
			others = person_id != 0;
		}
		seats[seat] = person_id;
	}
}
