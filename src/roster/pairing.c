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

void
pairing_turn(PairingTurn *turn, Pairing pairing, int nseats, int k, int64 n)
{
	turn->pairing = pairing;
	turn->nseats = nseats;
	turn->k = k;
	turn->entry = (pairing == PAIRING_FIXED ? n * nseats : n) % k;
	turn->shift = n * nseats / pairing_lcm(k, nseats);
	turn->number = n;
}

/*
 * A round-robin tournament by the circle method: in a cycle of k(k-1)/2 turns
 * each pair meets once. With an even k one member, the last, stays put. -1
 * for the second seat of a list of one.
 */
static int64
mixed_place(int64 k, int64 n, int64 seat)
{
	int64		half = k / 2;
	int64		cycle;
	int64		round;
	int64		j;

	if (k == 1)
		return seat == 0 ? 0 : -1;

	cycle = n / (k * (k - 1) / 2);
	round = n % (k * (k - 1) / 2) / half;
	j = n % (k * (k - 1) / 2) % half;
	if (cycle % 2 != 0)
		seat = 1 - seat;		/* odd cycles swap the seats */

	if (k % 2 != 0)
		return (round + (seat == 0 ? j + 1 : k - j - 1)) % k;
	if (j == 0)
		return (round % 2 == 0) == (seat == 0) ? k - 1 : round;
	return (round + (seat == 0 ? j : k - 1 - j)) % (k - 1);
}

void
pairing_order(int k, int32 *places)
{
	int			n = 0;
	int			j;

	/* the first round has everybody, but for the first place of an odd list */
	for (j = 0; j < k / 2; j++)
	{
		if (k % 2 != 0)
			places[n++] = j + 1;
		else
			places[n++] = j == 0 ? k - 1 : j;
		places[n++] = k - 1 - j - (k % 2 == 0 && j == 0 ? k - 1 : 0);
	}
	if (n < k)
		places[n] = 0;
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
			return seat < 2 ? mixed_place(k, turn->number, seat) : -1;
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
