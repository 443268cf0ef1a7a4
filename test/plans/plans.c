/*-------------------------------------------------------------------------
 *
 * plans.c
 *	  Random plans against brute force, outside a server.
 *
 * Who may hold which shifts together is decided by random pairs that exclude
 * each other, a number of shifts that is too many, and random single shifts;
 * and in half of the cases some pairs of people clash in some pairs of shifts.
 * Prints TAP; the arguments are a seed and a number of cases. Built with
 * PLAN_EXACT lowered it looks at what is done beyond: rules kept, bounds true.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "planning/cover_solver.h"

/* PostgreSQL's port library is not linked */
#undef printf

#define MAX_SHIFTS 7
#define MAX_PEOPLE 5
#define MAX_CLASHES 12

/* all that one case allocates is freed at its end, if not before */
typedef struct Chunk
{
	struct Chunk *prev;
	struct Chunk *next;
	int64		data[];
} Chunk;

static Chunk chunks = {&chunks, &chunks};

static void *
keep_chunk(Chunk *chunk)
{
	if (chunk == NULL)
		abort();
	chunk->prev = &chunks;
	chunk->next = chunks.next;
	chunks.next->prev = chunk;
	chunks.next = chunk;
	return chunk->data;
}

void *
palloc(Size size)
{
	return keep_chunk(malloc(offsetof(Chunk, data) + size));
}

void *
palloc0(Size size)
{
	return keep_chunk(calloc(1, offsetof(Chunk, data) + size));
}

void
pfree(void *p)
{
	Chunk	   *chunk = (Chunk *) ((char *) p - offsetof(Chunk, data));

	chunk->prev->next = chunk->next;
	chunk->next->prev = chunk->prev;
	free(chunk);
}

static uint64 state;

/* splitmix64 */
static int
below(int n)
{
	uint64		z = (state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return (int) ((z ^ (z >> 31)) % (uint64) n);
}

typedef struct Case
{
	int			nshifts;
	int			npeople;
	int			holder[MAX_SHIFTS];
	bool		candidate[MAX_SHIFTS * MAX_PEOPLE];
	int64		weight[MAX_SHIFTS * MAX_PEOPLE];
	int64		base[MAX_PEOPLE];
	bool		alone[MAX_PEOPLE][MAX_SHIFTS];
	bool		apart[MAX_PEOPLE][MAX_SHIFTS][MAX_SHIFTS];
	int			most[MAX_PEOPLE];
	int			nclashes;
	PlanClash	clashes[MAX_CLASHES];
} Case;

static bool
legal(void *arg, int person, const int *shifts, int nshifts)
{
	Case	   *c = arg;
	int			i;
	int			j;

	if (nshifts > c->most[person])
		return false;
	for (i = 0; i < nshifts; i++)
	{
		if (i > 0 && shifts[i - 1] >= shifts[i])
			abort();			/* not in order */
		if (!c->alone[person][shifts[i]])
			return false;
		for (j = 0; j < i; j++)
		{
			if (c->apart[person][shifts[j]][shifts[i]])
				return false;
		}
	}
	return true;
}

/* People who may not have two shifts, the one the one and the other the other. */
static void
make_clashes(Case *c)
{
	int			n = below(2) * below(MAX_CLASHES + 1);
	int			i;

	if (c->nshifts < 2 || c->npeople < 2)
		return;
	for (i = 0; i < n; i++)
	{
		PlanClash  *clash = &c->clashes[c->nclashes++];

		clash->shift[0] = below(c->nshifts);
		clash->shift[1] = (clash->shift[0] + 1 + below(c->nshifts - 1)) %
			c->nshifts;
		clash->person[0] = below(c->npeople);
		clash->person[1] = (clash->person[0] + 1 +
							below(c->npeople - 1)) % c->npeople;
	}
}

static void
make_case(Case *c)
{
	int			tight = 1 + below(6);
	int			i;
	int			j;
	int			p;

	memset(c, 0, sizeof(Case));
	c->nshifts = below(MAX_SHIFTS + 1);
	c->npeople = 1 + below(MAX_PEOPLE);
	for (p = 0; p < c->npeople; p++)
	{
		c->base[p] = below(4) == 0 ? 0 : below(40) * USECS_PER_HOUR;
		c->most[p] = below(3) == 0 ? 1 + below(3) : c->nshifts;
	}
	for (i = 0; i < c->nshifts; i++)
	{
		int			length = 1 + below(4) * below(10);

		c->holder[i] = below(c->npeople);
		for (p = 0; p < c->npeople; p++)
		{
			c->candidate[i * c->npeople + p] = below(5) > 0;
			c->weight[i * c->npeople + p] =
				(length + below(3)) * (USECS_PER_HOUR / 2);
			/* what they hold already is no question */
			c->alone[p][i] = c->holder[i] == p || below(4) > 0;
			for (j = 0; j < i; j++)
				c->apart[p][j][i] = below(tight) == 0 &&
					!(c->holder[i] == p && c->holder[j] == p);
		}
	}
	for (p = 0; p < c->npeople; p++)
	{
		int			own = 0;

		for (i = 0; i < c->nshifts; i++)
			own += c->holder[i] == p;
		c->most[p] = Max(c->most[p], own);
	}
	make_clashes(c);
}

/* Who has a shift, and is it that nobody takes it? */
static int
server(const Case *c, const int *taker, int shift, bool *stays)
{
	*stays = taker[shift] == PLAN_NOBODY;
	return *stays ? c->holder[shift] : taker[shift];
}

static bool
clashes(const Case *c, const int *taker)
{
	int			i;

	for (i = 0; i < c->nclashes; i++)
	{
		const PlanClash *clash = &c->clashes[i];
		bool		one_stays;
		bool		other_stays;

		if (server(c, taker, clash->shift[0], &one_stays) ==
			clash->person[0] &&
			server(c, taker, clash->shift[1], &other_stays) ==
			clash->person[1] &&
			!(one_stays && other_stays))
			return true;
	}
	return false;
}

/* What a plan comes to; false if it breaks a rule. */
static bool
judge(Case *c, const int *taker, int *resolved, int64 *heaviest,
	  double *squares)
{
	int			p;
	int			i;

	if (clashes(c, taker))
		return false;
	*resolved = 0;
	*heaviest = PG_INT64_MIN;
	*squares = 0;
	for (p = 0; p < c->npeople; p++)
	{
		int			held[MAX_SHIFTS];
		int			nheld = 0;
		int64		load = c->base[p];
		bool		takes = false;

		for (i = 0; i < c->nshifts; i++)
		{
			if (taker[i] == p)
			{
				if (!c->candidate[i * c->npeople + p] || c->holder[i] == p)
					return false;
				takes = true;
				load += c->weight[i * c->npeople + p];
				(*resolved)++;
				held[nheld++] = i;
			}
			else if (taker[i] == PLAN_NOBODY && c->holder[i] == p)
				held[nheld++] = i;
		}
		if (takes && !legal(c, p, held, nheld))
			return false;
		*heaviest = Max(*heaviest, load);
		*squares += (double) (load / USECS_PER_MINUTE) *
			(double) (load / USECS_PER_MINUTE);
	}
	return true;
}

static int64 exact;
static int64 inexact;
static int64 fewer;
static int64 heavier;

static bool
one_case(void)
{
	Case		c;
	PlanTask	task;
	CoverPlan	plan;
	CoverPlan	again;
	int			taker[MAX_SHIFTS];
	int			resolved;
	int64		heaviest;
	double		squares;
	int			best_resolved = -1;
	int64		best_heaviest = 0;
	double		best_squares = 0;
	int64		ways = 1;
	int64		way;
	int			i;

	make_case(&c);
	task.nshifts = c.nshifts;
	task.npeople = c.npeople;
	task.holder = c.holder;
	task.candidate = c.candidate;
	task.weight = c.weight;
	task.base = c.base;
	task.legal = legal;
	task.arg = &c;
	task.nclashes = c.nclashes;
	task.clashes = c.clashes;

	for (i = 0; i < c.nshifts; i++)
		ways *= c.npeople + 1;
	for (way = 0; way < ways; way++)
	{
		int64		rest = way;

		for (i = 0; i < c.nshifts; i++)
		{
			taker[i] = (int) (rest % (c.npeople + 1)) - 1;
			rest /= c.npeople + 1;
		}
		if (!judge(&c, taker, &resolved, &heaviest, &squares))
			continue;
		if (resolved > best_resolved ||
			(resolved == best_resolved &&
			 (heaviest < best_heaviest ||
			  (heaviest == best_heaviest && squares < best_squares))))
		{
			best_resolved = resolved;
			best_heaviest = heaviest;
			best_squares = squares;
		}
	}

	plan_shifts_over(&task, &plan);
	plan_shifts_over(&task, &again);
	for (i = 0; i < c.nshifts; i++)
	{
		if (plan.taker[i] != again.taker[i])
		{
			printf("# not the same each time\n");
			return false;
		}
	}
	if (!judge(&c, plan.taker, &resolved, &heaviest, &squares) ||
		resolved != plan.nresolved || heaviest != plan.heaviest)
	{
		printf("# a rule is broken, or the plan does not know itself\n");
		return false;
	}
	if (plan.bound > heaviest ||
		(resolved == best_resolved && plan.bound > best_heaviest) ||
		(plan.most && resolved != best_resolved) ||
		(plan.best && heaviest != best_heaviest))
	{
		printf("# what is said of the plan is not true\n");
		return false;
	}
	if (resolved != best_resolved || heaviest != best_heaviest ||
		squares != best_squares)
	{
		fewer += resolved != best_resolved;
		heavier += resolved == best_resolved && heaviest > best_heaviest;
		inexact++;
		if (PLAN_EXACT >= MAX_SHIFTS)
		{
			printf("# %d, %lld, %.0f instead of %d, %lld, %.0f\n", resolved,
				   (long long) heaviest, squares, best_resolved,
				   (long long) best_heaviest, best_squares);
			return false;
		}
	}
	else
		exact++;
	return true;
}

int
main(int argc, char **argv)
{
	uint64		seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64) time(NULL);
	int64		cases = argc > 2 ? atoll(argv[2]) : 2000;
	int64		failed = 0;
	int64		i;

	printf("# seed %llu, %lld cases\n", (unsigned long long) seed,
		   (long long) cases);
	for (i = 0; i < cases; i++)
	{
		/* each case by itself can be had again: seed + number, one case */
		state = (seed + (uint64) i) * UINT64CONST(0xD1342543DE82EF95);
		if (!one_case() && failed++ < 5)
			printf("# case: %llu\n", (unsigned long long) seed + i);
		while (chunks.next != &chunks)
			pfree(chunks.next->data);
	}
	printf("# %lld are the best there is; of the others %lld resolve fewer, %lld have a heavier load\n",
		   (long long) exact, (long long) fewer, (long long) heavier);
	if (PLAN_EXACT >= MAX_SHIFTS)
		printf("%s 1 - small plans are what brute force finds\n",
			   failed == 0 ? "ok" : "not ok");
	else
		printf("%s 2 - larger plans keep the rules, and what they say of themselves is true\n",
			   failed == 0 ? "ok" : "not ok");
	return failed == 0 ? 0 : 1;
}
