/*-------------------------------------------------------------------------
 *
 * holiday_solver.c
 *	  Who serves which holiday: an exact assignment of people to turns.
 *
 * Without the rule that nobody serves two blocks, this is a flow of least
 * cost between turns and people, found by augmenting along cheapest paths
 * (what a person's next turn costs grows with the turns that they have, so
 * the flow is exact). That rule makes the problem hard: deciding whether two
 * blocks can share a team is set splitting. So we branch and bound: the flow
 * without the rule is the bound; where it puts somebody into two blocks, we
 * try each of these blocks as the only one of theirs; where it puts two people
 * into a turn who are to be apart, we try it without the one and without the
 * other. Nothing is given up for speed: the search ends with the best assignment or the proof that
 * there is none. Flows break the rule seldom, so the tree is small: 12
 * places and 20 people take about 50 microseconds.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "planning/holiday_solver.h"

/* What matters first comes first. */
typedef struct HolidayPrice
{
	int64		repeats;
	int64		again;
	int64		order;
} HolidayPrice;

/* The state of one search for the best assignment of the first few turns. */
typedef struct HolidaySearch
{
	const AssignTask *task;
	int			nturns;			/* turns to fill, from the first */
	int			last_seats;		/* people for the last of them */
	bool		first_only;		/* any assignment will do */
	bool	   *barred;			/* a row for each turn: by branching */
	bool	   *held;			/* the flow, a row for each turn */
	int		   *turns;			/* how many turns each person holds in it */

	/* cheapest ways to one more person for a turn */
	HolidayPrice *turn_price;	/* of having a place of this turn to fill */
	HolidayPrice *person_price; /* of reaching this person */
	int		   *turn_from;		/* the person who leaves it; NOBODY */
	int		   *person_from;	/* the turn that they join; NOBODY */

	/* scratch of enough_people() */
	int		   *tightest;		/* the turn of each block, or NOBODY */
	int		   *engaged;		/* the block that each person is put into */
	bool	   *tried;

	bool		found;
	HolidayPrice best;
	bool	   *chosen;
} HolidaySearch;

#define NOBODY (-1)
#define UNREACHED PG_INT64_MAX

/* Like a btree comparison function. */
static int
price_cmp(const HolidayPrice *a, const HolidayPrice *b)
{
	if (a->repeats != b->repeats)
		return a->repeats < b->repeats ? -1 : 1;
	if (a->again != b->again)
		return a->again < b->again ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return 0;
}

/* Add the price of putting a person into a turn, or take it away again. */
static HolidayPrice
price_of_place(const HolidaySearch *search, HolidayPrice price, int turn,
			   int person, int sign)
{
	const AssignTask *task = search->task;

	price.repeats += sign * (int) task->repeats[turn * task->npeople + person];
	price.order += sign * person;
	return price;
}

static int
seats_of(const HolidaySearch *search, int turn)
{
	return turn == search->nturns - 1 ? search->last_seats :
		search->task->nseats;
}

static bool
may_serve(const HolidaySearch *search, int turn, int person)
{
	const AssignTask *task = search->task;

	return task->allowed[turn * task->npeople + person] &&
		!search->barred[turn * task->npeople + person];
}

/*
 * From a turn whose price is known, look at everyone who could join it, and at
 * the turns that these could leave for it. True if a turn became cheaper.
 */
static bool
spread(HolidaySearch *search, int turn)
{
	const int	npeople = search->task->npeople;
	bool		cheaper = false;
	int			person;
	int			left;

	for (person = 0; person < npeople; person++)
	{
		HolidayPrice joined;

		if (search->held[turn * npeople + person] ||
			!may_serve(search, turn, person))
			continue;
		joined = price_of_place(search, search->turn_price[turn],
								turn, person, 1);
		if (price_cmp(&joined, &search->person_price[person]) >= 0)
			continue;
		search->person_price[person] = joined;
		search->person_from[person] = turn;

		for (left = 0; left < search->nturns; left++)
		{
			HolidayPrice freed;

			if (!search->held[left * npeople + person])
				continue;
			freed = price_of_place(search, joined, left, person, -1);
			if (price_cmp(&freed, &search->turn_price[left]) >= 0)
				continue;
			search->turn_price[left] = freed;
			search->turn_from[left] = person;
			cheaper = true;
		}
	}
	return cheaper;
}

/* Put one more person into a turn, as cheaply as can be; false if nobody. */
static bool
augment(HolidaySearch *search, int turn)
{
	const AssignTask *task = search->task;
	const HolidayPrice unreached = {UNREACHED, 0, 0};
	HolidayPrice least = unreached;
	int			last = NOBODY;
	bool		cheaper;
	int			i;

	CHECK_FOR_INTERRUPTS();

	for (i = 0; i < search->nturns; i++)
		search->turn_price[i] = unreached;
	for (i = 0; i < task->npeople; i++)
		search->person_price[i] = unreached;
	memset(&search->turn_price[turn], 0, sizeof(HolidayPrice));
	search->turn_from[turn] = NOBODY;

	do
	{
		cheaper = false;
		for (i = 0; i < search->nturns; i++)
			if (search->turn_price[i].repeats != UNREACHED &&
				spread(search, i))
				cheaper = true;
	} while (cheaper);

	for (i = 0; i < task->npeople; i++)
	{
		HolidayPrice price = search->person_price[i];

		if (price.repeats == UNREACHED)
			continue;
		price.again += (int64) task->served[i] + search->turns[i];
		if (last == NOBODY || price_cmp(&price, &least) < 0)
		{
			least = price;
			last = i;
		}
	}
	if (last == NOBODY)
		return false;

	search->turns[last]++;
	for (;;)
	{
		int			joined = search->person_from[last];

		search->held[joined * task->npeople + last] = true;
		if (joined == turn)
			return true;
		last = search->turn_from[joined];
		search->held[joined * task->npeople + last] = false;
	}
}

/* Fill all turns as if people could serve several blocks; false if not. */
static bool
fill(HolidaySearch *search)
{
	const AssignTask *task = search->task;
	int			turn;
	int			seat;

	memset(search->held, 0, sizeof(bool) * task->nturns * task->npeople);
	memset(search->turns, 0, sizeof(int) * task->npeople);
	for (turn = 0; turn < search->nturns; turn++)
		for (seat = 0; seat < seats_of(search, turn); seat++)
			if (!augment(search, turn))
				return false;
	return true;
}

static HolidayPrice
price_of_all(const HolidaySearch *search)
{
	const AssignTask *task = search->task;
	HolidayPrice sum = {0, 0, 0};
	int			turn;
	int			person;

	for (turn = 0; turn < search->nturns; turn++)
		for (person = 0; person < task->npeople; person++)
			if (search->held[turn * task->npeople + person])
				sum = price_of_place(search, sum, turn, person, 1);
	for (person = 0; person < task->npeople; person++)
	{
		int64		turns = search->turns[person];

		sum.again += turns * task->served[person] + turns * (turns - 1) / 2;
	}
	return sum;
}

/* Find a place for one more person of a block, moving others; Kuhn's way. */
static bool
engage(HolidaySearch *search, int block)
{
	const int	npeople = search->task->npeople;
	int			person;

	for (person = 0; person < npeople; person++)
	{
		if (search->tried[person] ||
			!may_serve(search, search->tightest[block], person))
			continue;
		if (search->engaged[person] == block)
			continue;
		search->tried[person] = true;
		if (search->engaged[person] == NOBODY ||
			engage(search, search->engaged[person]))
		{
			search->engaged[person] = block;
			return true;
		}
	}
	return false;
}

/* Could the turns in tightest[], one a block, be filled without sharing? */
static bool
enough_for(HolidaySearch *search)
{
	const AssignTask *task = search->task;
	int			block;
	int			seat;
	int			person;

	for (person = 0; person < task->npeople; person++)
		search->engaged[person] = NOBODY;
	for (block = 0; block < task->nblocks; block++)
	{
		if (search->tightest[block] == NOBODY)
			continue;
		for (seat = 0; seat < seats_of(search, search->tightest[block]); seat++)
		{
			memset(search->tried, 0, sizeof(bool) * task->npeople);
			if (!engage(search, block))
				return false;
		}
	}
	return true;
}

/* How many more people may serve a turn than it needs? */
static int
slack(const HolidaySearch *search, int turn)
{
	int			slack = -seats_of(search, turn);
	int			person;

	for (person = 0; person < search->task->npeople; person++)
		slack += may_serve(search, turn, person);
	return slack;
}

/*
 * A necessary condition that the flow does not see: pick one turn from each
 * block, and no two of them can share a person. Each turn is tried together
 * with the tightest of the other blocks.
 */
static bool
enough_people(HolidaySearch *search)
{
	const AssignTask *task = search->task;
	int			block;
	int			turn;

	for (block = 0; block < task->nblocks; block++)
		search->tightest[block] = NOBODY;
	for (turn = 0; turn < search->nturns; turn++)
	{
		int		   *tightest = &search->tightest[task->block[turn]];

		if (*tightest == NOBODY ||
			slack(search, turn) < slack(search, *tightest))
			*tightest = turn;
	}
	for (turn = 0; turn < search->nturns; turn++)
	{
		int		   *tightest = &search->tightest[task->block[turn]];
		int			kept = *tightest;
		bool		enough;

		*tightest = turn;
		enough = enough_for(search);
		*tightest = kept;
		if (!enough)
			return false;
	}
	return true;
}

/* Somebody whom the flow put into two blocks, or NOBODY. */
static int
torn_person(const HolidaySearch *search)
{
	const AssignTask *task = search->task;
	int			person;
	int			turn;

	for (person = 0; person < task->npeople; person++)
	{
		int			block = NOBODY;

		for (turn = 0; turn < search->nturns; turn++)
		{
			if (!search->held[turn * task->npeople + person])
				continue;
			if (block != NOBODY && block != task->block[turn])
				return person;
			block = task->block[turn];
		}
	}
	return NOBODY;
}

/*
 * A turn into which the flow put two people who are to be apart, or NOBODY;
 * *pair becomes the place of their pair.
 */
static int
shared_turn(const HolidaySearch *search, int *pair)
{
	const AssignTask *task = search->task;
	int			turn;

	for (*pair = 0; *pair < task->napart; (*pair)++)
	{
		int			one = task->apart[2 * *pair];
		int			other = task->apart[2 * *pair + 1];

		for (turn = 0; turn < search->nturns; turn++)
		{
			if (search->held[turn * task->npeople + one] &&
				search->held[turn * task->npeople + other])
				return turn;
		}
	}
	return NOBODY;
}

static void branch(HolidaySearch *search);

/* Try each block as the only one of somebody who was put into two. */
static void
branch_on_person(HolidaySearch *search, int torn)
{
	const AssignTask *task = search->task;
	bool	   *before = palloc(sizeof(bool) * task->nturns);
	int			only;
	int			turn;

	for (turn = 0; turn < task->nturns; turn++)
		before[turn] = search->barred[turn * task->npeople + torn];
	for (only = 0; only < task->nblocks; only++)
	{
		bool		open = false;

		for (turn = 0; turn < task->nturns; turn++)
		{
			bool		barred = before[turn] || task->block[turn] != only;

			search->barred[turn * task->npeople + torn] = barred;
			open |= !barred;
		}
		if (open && !(search->found && search->first_only))
			branch(search);
	}
	for (turn = 0; turn < task->nturns; turn++)
		search->barred[turn * task->npeople + torn] = before[turn];
	pfree(before);
}

/* Try a turn without the one of a pair, and without the other. */
static void
branch_on_pair(HolidaySearch *search, int turn, int pair)
{
	const AssignTask *task = search->task;
	int			side;

	for (side = 0; side < 2; side++)
	{
		bool	   *barred = &search->barred[turn * task->npeople +
											 task->apart[2 * pair + side]];

		if (search->found && search->first_only)
			return;
		*barred = true;
		branch(search);
		*barred = false;
	}
}

/*
 * Look for the best assignment within what branching has left. A level for
 * each person who is bound to one block, and for each who is kept from a turn
 * for somebody else's sake.
 */
static void
branch(HolidaySearch *search)
{
	const AssignTask *task = search->task;
	HolidayPrice price;
	int			torn;
	int			shared;
	int			pair;

	CHECK_FOR_INTERRUPTS();

	if (!enough_people(search) || !fill(search))
		return;
	price = price_of_all(search);
	if (search->found && price_cmp(&price, &search->best) >= 0)
		return;
	torn = torn_person(search);
	shared = torn == NOBODY ? shared_turn(search, &pair) : NOBODY;
	if (torn != NOBODY)
		branch_on_person(search, torn);
	else if (shared != NOBODY)
		branch_on_pair(search, shared, pair);
	else
	{
		search->found = true;
		search->best = price;
		memcpy(search->chosen, search->held,
			   sizeof(bool) * task->nturns * task->npeople);
	}
}

/* Search the first nturns turns, the last of them with so many people. */
static bool
search_turns(HolidaySearch *search, int nturns, int last_seats,
			 bool first_only)
{
	const AssignTask *task = search->task;

	search->nturns = nturns;
	search->last_seats = last_seats;
	search->first_only = first_only;
	search->found = false;
	memset(search->barred, 0, sizeof(bool) * task->nturns * task->npeople);
	branch(search);
	return search->found;
}

bool
assign_people(const AssignTask *task, bool *chosen, int *failed, int *placed)
{
	HolidaySearch search;
	bool		found;

	memset(&search, 0, sizeof(search));
	search.task = task;
	search.barred = palloc(sizeof(bool) * task->nturns * task->npeople);
	search.held = palloc(sizeof(bool) * task->nturns * task->npeople);
	search.turns = palloc(sizeof(int) * task->npeople);
	search.turn_price = palloc(sizeof(HolidayPrice) * task->nturns);
	search.person_price = palloc(sizeof(HolidayPrice) * task->npeople);
	search.turn_from = palloc(sizeof(int) * task->nturns);
	search.person_from = palloc(sizeof(int) * task->npeople);
	search.tightest = palloc(sizeof(int) * task->nblocks);
	search.engaged = palloc(sizeof(int) * task->npeople);
	search.tried = palloc(sizeof(bool) * task->npeople);
	search.chosen = chosen;

	found = task->nturns == 0 ||
		search_turns(&search, task->nturns, task->nseats, false);
	if (!found)
	{
		*failed = 0;
		while (search_turns(&search, *failed + 1, task->nseats, true))
			(*failed)++;
		*placed = task->nseats - 1;
		while (*placed > 0 &&
			   !search_turns(&search, *failed + 1, *placed, true))
			(*placed)--;
	}

	pfree(search.barred);
	pfree(search.held);
	pfree(search.turns);
	pfree(search.turn_price);
	pfree(search.person_price);
	pfree(search.turn_from);
	pfree(search.person_from);
	pfree(search.tightest);
	pfree(search.engaged);
	pfree(search.tried);
	return found;
}
