/*-------------------------------------------------------------------------
 *
 * cover_solver.c
 *	  Who takes over the shifts that their holders cannot serve.
 *
 * Handing out indivisible shifts so that the heaviest load is as light as
 * possible is scheduling on unrelated machines for the least makespan, which
 * is hard even without rules (Lenstra, Shmoys and Tardos, Approximation
 * algorithms for scheduling unrelated parallel machines, Mathematical
 * Programming 46, 1990). Which shifts one person may hold together is for the
 * caller to say; all that we lean on is that a part of a legal set is legal.
 *
 * Up to PLAN_EXACT shifts we use dynamic programming over sets (Held and
 * Karp, A dynamic programming approach to sequencing problems, 1962): person
 * by person, the best way to hand out each set of shifts to the people so
 * far. That is 3^n steps a person, at most, and one question about legality
 * for each set that survives: sets grow from legal ones only, as in the
 * Apriori algorithm (Agrawal and Srikant, 1994), and one that weighs more than
 * the plan at hand is not asked about.
 *
 * The plan at hand, and with more shifts the result, comes from Graham's
 * longest-processing-time rule (Bounds on multiprocessing timing anomalies,
 * 1969), with the shifts first that fewest people may take. A shift that
 * finds nobody is placed by moving others out of its way, as an augmenting
 * path does in bipartite matching. Then shifts are moved and exchanged while
 * the heavier of two loads becomes lighter, and then a few shifts at a time,
 * the heaviest person's among them, are handed out anew by the exact method:
 * large neighbourhood search (Shaw, Using constraint programming and local
 * search methods to solve vehicle routing problems, 1998). Nothing is random
 * and nothing looks at the clock.
 *
 * Where people exclude each other, the exact method is the bound of branch and
 * bound: of two choices in its plan that clash, one or the other is forbidden,
 * and both are tried. All else looks at clashes as it goes, and takes back what
 * comes to one.
 *
 * What is said of such a plan is McNaughton's bound (Scheduling with deadlines
 * and loss functions, 1959): even cut in pieces, the shifts need the loads to
 * be filled up to some level; and somebody has to take each of them whole.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "planning/cover_solver.h"

/* A shift of which nothing is decided yet */
#define PENDING (-2)

/* Shifts handed out anew at a time, and how often without gain */
#define NEIGHBOURHOOD 10
#define MAX_ROUNDS 60

/* How many others may be moved, one after the other, to place a shift */
#define MAX_DEPTH 4

/* Questions about legality after which we stop to improve a plan */
#define MAX_QUESTIONS 100000

/* Plans in which people clash after which we stop to look for a better one */
#define MAX_BRANCHES 200

typedef struct Search
{
	const PlanTask *task;
	bool	   *eligible;		/* may this person hold this shift alone? */
	bool	   *bound;			/* may this shift not stay? by branching */
	int		   *taker;			/* of each shift; PLAN_NOBODY, PENDING */
	int64	   *load;			/* of each person, with what they take */
	int		   *list;			/* scratch: a set of shifts */
	bool	   *visited;		/* scratch: shifts moved for another's sake */
	int		   *order;			/* scratch: people by load, a row a depth */
	int64		questions;		/* that we may still ask */
	int			branches;		/* that we may still try */
} Search;

/* A plan, to be compared with others. */
typedef struct Outcome
{
	int		   *taker;
	int			taken;
	int64		heaviest;
	double		squares;
} Outcome;

/* Sets of the shifts to be handed out by dynamic programming, as bits. */
typedef uint16 ShiftSet;

/* A set of shifts that somebody may hold. */
typedef struct Option
{
	ShiftSet	set;
	int			unresolved;		/* their own among them */
	int64		load;			/* of that person, with these shifts */
} Option;

/* What it takes to hand out a set of shifts. */
typedef struct Price
{
	int			unresolved;		/* -1: it cannot be done */
	int64		heaviest;
	double		squares;
} Price;

static int64
weight_of(const Search *search, int shift, int person)
{
	return search->task->weight[shift * search->task->npeople + person];
}

static bool
is_eligible(const Search *search, int shift, int person)
{
	return search->eligible[shift * search->task->npeople + person];
}

/* Has a person a shift, be it that nobody else takes it? */
static bool
has(const Search *search, int shift, int person)
{
	return search->taker[shift] == person ||
		(search->taker[shift] == PLAN_NOBODY &&
		 search->task->holder[shift] == person);
}

/* Have both people of a clash what they may not have? */
static bool
clash_stands(const Search *search, const PlanClash *clash)
{
	return has(search, clash->shift[0], clash->person[0]) &&
		has(search, clash->shift[1], clash->person[1]) &&
		(search->taker[clash->shift[0]] != PLAN_NOBODY ||
		 search->taker[clash->shift[1]] != PLAN_NOBODY);
}

/* The first clash in the plan at hand, or NULL. */
static const PlanClash *
first_clash(const Search *search)
{
	int			i;

	for (i = 0; i < search->task->nclashes; i++)
	{
		if (clash_stands(search, &search->task->clashes[i]))
			return &search->task->clashes[i];
	}
	return NULL;
}

/*
 * Would what others have clash with what a person has, with one shift more and
 * one less? What stays as it is clashes with nothing that does.
 */
static bool
would_clash(const Search *search, int person, int with, int without)
{
	int			i;
	int			side;

	for (i = 0; i < search->task->nclashes; i++)
	{
		const PlanClash *clash = &search->task->clashes[i];

		for (side = 0; side < 2; side++)
		{
			int			shift = clash->shift[side];
			int			other = clash->shift[1 - side];

			if (clash->person[side] != person || other == with ||
				!has(search, other, clash->person[1 - side]))
				continue;
			if (shift == with)
				return true;
			if (shift != without && clash_stands(search, clash))
				return true;
		}
	}
	return false;
}

/*
 * May a person hold what they hold, with one shift more and one less? (Either
 * may be PLAN_NOBODY.)
 */
static bool
fits(Search *search, int person, int with, int without)
{
	const PlanTask *task = search->task;
	int			nlist = 0;
	bool		takes = false;
	int			shift;

	for (shift = 0; shift < task->nshifts; shift++)
	{
		bool		taken;
		bool		kept;

		taken = shift == with ||
			(search->taker[shift] == person && shift != without);
		kept = search->taker[shift] == PLAN_NOBODY &&
			task->holder[shift] == person;
		if (taken || kept)
			search->list[nlist++] = shift;
		takes |= taken;
	}
	if (!takes)
		return true;			/* they hold it today */
	if (would_clash(search, person, with, without))
		return false;
	search->questions--;
	return task->legal(task->arg, person, search->list, nlist);
}

static void
give(Search *search, int shift, int taker)
{
	if (search->taker[shift] >= 0)
		search->load[search->taker[shift]] -=
			weight_of(search, shift, search->taker[shift]);
	search->taker[shift] = taker;
	if (taker >= 0)
		search->load[taker] += weight_of(search, shift, taker);
}

/*
 * People who may take a shift, by the load that they would have then, into a
 * row of search->order; returns how many.
 */
static int
takers_by_load(Search *search, int shift, int depth)
{
	int			npeople = search->task->npeople;
	int		   *order = search->order + depth * npeople;
	int			n = 0;
	int			person;
	int			i;

	for (person = 0; person < npeople; person++)
	{
		int64		load;

		if (!is_eligible(search, shift, person))
			continue;
		load = search->load[person] + weight_of(search, shift, person);
		for (i = n++; i > 0; i--)
		{
			if (search->load[order[i - 1]] +
				weight_of(search, shift, order[i - 1]) <= load)
				break;
			order[i] = order[i - 1];
		}
		order[i] = person;
	}
	return n;
}

/*
 * Give a pending shift to somebody. At a depth above 0 others may be moved
 * out of its way, each of them once.
 */
static bool
place(Search *search, int shift, int depth)
{
	int			ntakers = takers_by_load(search, shift, depth);
	const int  *order = search->order + depth * search->task->npeople;
	int			i;
	int			other;

	CHECK_FOR_INTERRUPTS();
	for (i = 0; i < ntakers; i++)
	{
		if (fits(search, order[i], shift, PLAN_NOBODY))
		{
			give(search, shift, order[i]);
			return true;
		}
	}
	if (depth == 0)
		return false;

	for (i = 0; i < ntakers; i++)
	{
		for (other = 0; other < search->task->nshifts; other++)
		{
			if (search->taker[other] != order[i] || search->visited[other] ||
				search->questions < 0 ||
				!fits(search, order[i], shift, other))
				continue;
			search->visited[other] = true;
			give(search, other, PENDING);
			give(search, shift, order[i]);
			if (place(search, other, depth - 1))
				return true;
			give(search, shift, PENDING);
			give(search, other, order[i]);
		}
	}
	return false;
}

/* In which order shifts are placed: the pickiest first, then the heaviest. */
static int *
placing_order(const Search *search)
{
	int			nshifts = search->task->nshifts;
	int			npeople = search->task->npeople;
	int		   *order = palloc((nshifts + 1) * sizeof(int));
	int		   *choices = palloc0((nshifts + 1) * sizeof(int));
	int64	   *weight = palloc0((nshifts + 1) * sizeof(int64));
	int			shift;
	int			person;
	int			i;

	for (shift = 0; shift < nshifts; shift++)
	{
		for (person = 0; person < npeople; person++)
		{
			if (!is_eligible(search, shift, person))
				continue;
			choices[shift]++;
			weight[shift] = Max(weight[shift],
								weight_of(search, shift, person));
		}
		for (i = shift; i > 0; i--)
		{
			int			before = order[i - 1];

			if (choices[before] < choices[shift] ||
				(choices[before] == choices[shift] &&
				 weight[before] >= weight[shift]))
				break;
			order[i] = before;
		}
		order[i] = shift;
	}
	pfree(choices);
	pfree(weight);
	return order;
}

static void keep(Search *search, int shift);

/* What clashes with a shift that stays has to find somebody else. */
static void
make_way(Search *search, int shift)
{
	int			i;
	int			side;

	for (i = 0; i < search->task->nclashes; i++)
	{
		const PlanClash *clash = &search->task->clashes[i];

		for (side = 0; side < 2; side++)
		{
			int			other = clash->shift[1 - side];

			if (clash->shift[side] != shift || !clash_stands(search, clash))
				continue;
			give(search, other, PENDING);
			if (!place(search, other, 0))
				keep(search, other);
		}
	}
}

/*
 * A shift that found nobody stays with its holder. What its holder was to
 * take may not go together with it, and has to find somebody else; neither may
 * what others were to take.
 */
static void
keep(Search *search, int shift)
{
	int			holder = search->task->holder[shift];
	int			other = search->task->nshifts;

	give(search, shift, PLAN_NOBODY);
	make_way(search, shift);
	while (other-- > 0 && !fits(search, holder, PLAN_NOBODY, PLAN_NOBODY))
	{
		if (search->taker[other] != holder)
			continue;
		give(search, other, PENDING);
		if (!place(search, other, 0))
			keep(search, other);
	}
}

/* A first plan, and often a good one. */
static void
construct(Search *search)
{
	int			nshifts = search->task->nshifts;
	int		   *order = placing_order(search);
	int			i;

	for (i = 0; i < nshifts; i++)
	{
		if (search->taker[order[i]] == PENDING)
			(void) place(search, order[i], 0);
	}
	for (i = 0; i < nshifts; i++)
	{
		if (search->taker[order[i]] != PENDING)
			continue;
		memset(search->visited, 0, nshifts * sizeof(bool));
		(void) place(search, order[i], MAX_DEPTH);
	}
	for (i = 0; i < nshifts; i++)
	{
		if (search->taker[order[i]] == PENDING)
			keep(search, order[i]);
	}
	pfree(order);
}

/* Does moving a shift make the heavier of two loads lighter? Then do it. */
static bool
move(Search *search, int shift)
{
	int			taker = search->taker[shift];
	int			person;

	for (person = 0; person < search->task->npeople; person++)
	{
		if (person == taker || !is_eligible(search, shift, person) ||
			search->load[person] + weight_of(search, shift, person) >=
			search->load[taker])
			continue;
		if (fits(search, person, shift, PLAN_NOBODY))
		{
			give(search, shift, person);
			return true;
		}
	}
	return false;
}

/* The same for the exchange of two shifts. */
static bool
exchange(Search *search, int a, int b)
{
	int			of_a = search->taker[a];
	int			of_b = search->taker[b];
	int64		load_a;
	int64		load_b;

	if (of_a == of_b || !is_eligible(search, a, of_b) ||
		!is_eligible(search, b, of_a))
		return false;
	load_a = search->load[of_a] - weight_of(search, a, of_a) +
		weight_of(search, b, of_a);
	load_b = search->load[of_b] - weight_of(search, b, of_b) +
		weight_of(search, a, of_b);
	if (Max(load_a, load_b) >= Max(search->load[of_a], search->load[of_b]) ||
		!fits(search, of_a, b, a) || !fits(search, of_b, a, b))
		return false;
	give(search, a, of_b);
	give(search, b, of_a);

	/* each has been asked with the other's shift where it was */
	if (first_clash(search) != NULL)
	{
		give(search, a, of_a);
		give(search, b, of_b);
		return false;
	}
	return true;
}

/* Move and exchange until nothing is gained: loads, in order, only fall. */
static void
improve(Search *search)
{
	int			nshifts = search->task->nshifts;
	bool		gained = true;
	int			a;
	int			b;

	while (gained && search->questions > 0)
	{
		gained = false;
		for (a = 0; a < nshifts; a++)
		{
			CHECK_FOR_INTERRUPTS();
			if (search->taker[a] >= 0 && move(search, a))
				gained = true;
			for (b = a + 1; b < nshifts && search->questions > 0; b++)
			{
				if (search->taker[a] >= 0 && search->taker[b] >= 0 &&
					exchange(search, a, b))
					gained = true;
			}
		}
	}
}

/* Whole minutes are even enough, and sums of their squares exact. */
static double
square(int64 load)
{
	double		minutes = (double) (load / USECS_PER_MINUTE);

	return minutes * minutes;
}

/*
 * The sets of pending shifts that a person may hold, ascending, with which
 * the load is not above a limit. Their own, which stay with them then, are
 * among them only if some shift need not be resolved.
 */
static Option *
options_of(Search *search, int person, const int *shifts, int nshifts,
		   int64 limit, bool all_resolved, int *noptions)
{
	const PlanTask *task = search->task;
	int			nsets = 1 << nshifts;
	bool	   *legal = palloc0(nsets * sizeof(bool));
	Option	   *options = palloc(nsets * sizeof(Option));
	Option	   *found;
	int			n = 0;
	int			set;
	int			i;

	for (set = 0; set < nsets; set++)
	{
		Option		option = {set, 0, search->load[person]};
		bool		may = true;

		for (i = 0; i < nshifts && may; i++)
		{
			if ((set & (1 << i)) == 0)
				continue;
			may = legal[set ^ (1 << i)];
			if (is_eligible(search, shifts[i], person))
				option.load += weight_of(search, shifts[i], person);
			else if (task->holder[shifts[i]] == person && !all_resolved &&
					 !search->bound[shifts[i]])
				option.unresolved++;
			else
				may = false;
		}
		if (!may || (set != 0 && option.load > limit))
			continue;

		/* hand them out for a moment, to ask */
		for (i = 0; i < nshifts; i++)
		{
			if ((set & (1 << i)) != 0)
				search->taker[shifts[i]] =
					is_eligible(search, shifts[i], person) ?
					person : PLAN_NOBODY;
		}
		legal[set] = set == 0 ||
			fits(search, person, PLAN_NOBODY, PLAN_NOBODY);
		for (i = 0; i < nshifts; i++)
			search->taker[shifts[i]] = PENDING;
		if (legal[set])
			options[n++] = option;
	}
	CHECK_FOR_INTERRUPTS();

	/* most people have few: keep no room for all sets */
	found = palloc(n * sizeof(Option));
	memcpy(found, options, n * sizeof(Option));
	pfree(options);
	pfree(legal);
	*noptions = n;
	return found;
}

/*
 * One pass over the people: prices[s] becomes the lowest price of handing out
 * exactly set s, nobody's load above a limit. By the heaviest load, or, with
 * chosen, by the squares of loads; chosen[p * nsets + s] becomes what person
 * p holds then.
 */
static void
price_sets(const Search *search, Option *const *options, const int *noptions,
		   int nsets, int64 limit, Price *prices, ShiftSet *chosen)
{
	Price	   *before = palloc(nsets * sizeof(Price));
	int			person;
	int			set;
	int			i;

	for (set = 0; set < nsets; set++)
	{
		prices[set].unresolved = set == 0 ? 0 : -1;
		prices[set].heaviest = PG_INT64_MIN;
		prices[set].squares = 0;
	}
	for (person = 0; person < search->task->npeople; person++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(before, prices, nsets * sizeof(Price));
		for (set = 0; set < nsets; set++)
			prices[set].unresolved = -1;
		for (i = 0; i < noptions[person]; i++)
		{
			const Option *option = &options[person][i];
			int			others = (nsets - 1) & ~option->set;
			int			rest = others;
			double		squares = square(option->load);

			if (option->set != 0 && option->load > limit)
				continue;

			/* all sets of the other shifts */
			for (;;)
			{
				const Price *from = &before[rest];
				Price	   *to = &prices[rest | option->set];

				if (from->unresolved >= 0)
				{
					Price		price;

					price.unresolved = from->unresolved + option->unresolved;
					price.heaviest = Max(from->heaviest, option->load);
					price.squares = from->squares + squares;
					if (to->unresolved < 0 ||
						price.unresolved < to->unresolved ||
						(price.unresolved == to->unresolved &&
						 (chosen == NULL ? price.heaviest < to->heaviest :
						  price.squares < to->squares)))
					{
						*to = price;
						if (chosen != NULL)
							chosen[person * nsets + (rest | option->set)] =
								option->set;
					}
				}
				if (rest == 0)
					break;
				rest = (rest - 1) & others;
			}
		}
	}
	pfree(before);
}

/*
 * Hand out some shifts, at most PLAN_EXACT, in the best way that there is
 * while the others stay where they are, clashes among them aside. They are
 * pending. A limit below PG_INT64_MAX is the heaviest load of a plan that
 * resolves all of them. False, and they stay pending, if it cannot be done.
 *
 * First the fewest unresolved, which add up from person to person, so that a
 * best plan is best for each part of the people; hence among such plans the
 * lightest heaviest load. Then, under that limit, the most even loads.
 */
static bool
hand_out(Search *search, const int *shifts, int nshifts, int64 limit)
{
	int			npeople = search->task->npeople;
	int			nsets = 1 << nshifts;
	Option	  **options = palloc(npeople * sizeof(Option *));
	int		   *noptions = palloc(npeople * sizeof(int));
	Price	   *prices = palloc(nsets * sizeof(Price));
	ShiftSet   *chosen = palloc((Size) npeople * nsets * sizeof(ShiftSet));
	int			rest = nsets - 1;
	bool		done;
	int			person;
	int			i;

	for (person = 0; person < npeople; person++)
		options[person] = options_of(search, person, shifts, nshifts, limit,
									 limit < PG_INT64_MAX,
									 &noptions[person]);
	price_sets(search, options, noptions, nsets, limit, prices, NULL);
	done = prices[rest].unresolved >= 0;
	if (done)
		price_sets(search, options, noptions, nsets, prices[rest].heaviest,
				   prices, chosen);

	for (person = npeople - 1; person >= 0; person--)
	{
		ShiftSet	set = done ? chosen[person * nsets + rest] : 0;

		for (i = 0; i < nshifts; i++)
		{
			if ((set & (1 << i)) != 0)
				give(search, shifts[i],
					 is_eligible(search, shifts[i], person) ?
					 person : PLAN_NOBODY);
		}
		rest &= ~set;
		pfree(options[person]);
	}
	pfree(options);
	pfree(noptions);
	pfree(prices);
	pfree(chosen);
	return done;
}

static int
heaviest_person(const Search *search)
{
	int			heaviest = 0;
	int			person;

	for (person = 1; person < search->task->npeople; person++)
	{
		if (search->load[person] > search->load[heaviest])
			heaviest = person;
	}
	return heaviest;
}

static double
sum_of_squares(const Search *search)
{
	double		sum = 0;
	int			person;

	for (person = 0; person < search->task->npeople; person++)
		sum += square(search->load[person]);
	return sum;
}

static int
count_taken(const Search *search)
{
	int			n = 0;
	int			shift;

	for (shift = 0; shift < search->task->nshifts; shift++)
	{
		if (search->taker[shift] >= 0)
			n++;
	}
	return n;
}

/* Could some shift that nobody takes be had by somebody alone? */
static bool
has_takers(const Search *search, int shift)
{
	int			person;

	for (person = 0; person < search->task->npeople; person++)
	{
		if (is_eligible(search, shift, person))
			return true;
	}
	return false;
}

/*
 * Hand out some shifts anew; false, and all is as before, if nothing is
 * gained. A limit as for hand_out().
 */
static bool
hand_out_anew(Search *search, const int *shifts, int nshifts, int64 limit)
{
	int			taken = count_taken(search);
	int64		load = search->load[heaviest_person(search)];
	double		squares = sum_of_squares(search);
	int			takers[Max(PLAN_EXACT, NEIGHBOURHOOD)];
	int			now;
	int			i;

	for (i = 0; i < nshifts; i++)
	{
		takers[i] = search->taker[shifts[i]];
		give(search, shifts[i], PENDING);
	}
	if (hand_out(search, shifts, nshifts, limit))
	{
		now = count_taken(search);
		if (first_clash(search) == NULL &&
			(now > taken ||
			 (now == taken && (search->load[heaviest_person(search)] < load ||
							   sum_of_squares(search) < squares))))
			return true;
	}
	for (i = 0; i < nshifts; i++)
		give(search, shifts[i], takers[i]);
	return false;
}

static Outcome
outcome_of(const Search *search)
{
	Outcome		outcome;

	outcome.taker = palloc((search->task->nshifts + 1) * sizeof(int));
	memcpy(outcome.taker, search->taker,
		   search->task->nshifts * sizeof(int));
	outcome.taken = count_taken(search);
	outcome.heaviest = search->load[heaviest_person(search)];
	outcome.squares = sum_of_squares(search);
	return outcome;
}

static bool
outcome_better(const Outcome *a, const Outcome *b)
{
	if (a->taken != b->taken)
		return a->taken > b->taken;
	if (a->heaviest != b->heaviest)
		return a->heaviest < b->heaviest;
	return a->squares < b->squares;
}

/*
 * Look for a plan in which nobody clashes and that is better than the best one
 * so far, within what branching has left. The shifts, all that may be taken,
 * are pending when it returns.
 */
static void
branch(Search *search, const int *shifts, int nshifts, Outcome *best)
{
	const PlanClash *clash = NULL;
	bool		promising;
	int			side;
	int			i;

	CHECK_FOR_INTERRUPTS();
	if (search->branches == 0)
		return;
	search->branches--;
	promising = hand_out(search, shifts, nshifts, best->taken == nshifts ?
						 best->heaviest : PG_INT64_MAX);
	if (promising)
	{
		Outcome		outcome = outcome_of(search);

		promising = outcome_better(&outcome, best);
		clash = first_clash(search);
		if (promising && clash == NULL)
		{
			pfree(best->taker);
			*best = outcome;
		}
		else
			pfree(outcome.taker);
	}
	for (side = 0; side < 2 && promising && clash != NULL; side++)
	{
		int			shift = clash->shift[side];
		bool	   *forbidden = search->task->holder[shift] ==
		clash->person[side] ? &search->bound[shift] :
		&search->eligible[shift * search->task->npeople +
						  clash->person[side]];
		bool		before = *forbidden;

		for (i = 0; i < nshifts; i++)
			give(search, shifts[i], PENDING);
		*forbidden = forbidden == &search->bound[shift];
		branch(search, shifts, nshifts, best);
		*forbidden = before;
	}
	for (i = 0; i < nshifts; i++)
		give(search, shifts[i], PENDING);
}

/*
 * Hand out all shifts that may be taken, at most PLAN_EXACT, in the best way
 * that there is; a plan is at hand. False if a better one was not looked for
 * to the end.
 */
static bool
hand_out_best(Search *search, const int *shifts, int nshifts)
{
	Outcome		best = outcome_of(search);
	int			i;

	for (i = 0; i < nshifts; i++)
		give(search, shifts[i], PENDING);
	if (search->task->nclashes == 0)
		return hand_out(search, shifts, nshifts, best.taken == nshifts ?
						best.heaviest : PG_INT64_MAX);
	search->branches = MAX_BRANCHES;
	branch(search, shifts, nshifts, &best);
	for (i = 0; i < nshifts; i++)
		give(search, shifts[i], best.taker[shifts[i]]);
	pfree(best.taker);
	return search->branches > 0;
}

/*
 * Try to place a shift that found nobody, together with those next to it (the
 * caller lists shifts in order of time) that could make room.
 */
static void
try_with_others(Search *search, int shift)
{
	int			nshifts = search->task->nshifts;
	int			shifts[NEIGHBOURHOOD];
	int			n = 0;
	int			distance;
	int			side;

	shifts[n++] = shift;
	for (distance = 1; distance < nshifts; distance++)
	{
		for (side = -1; side <= 1; side += 2)
		{
			int			other = shift + side * distance;

			if (other >= 0 && other < nshifts && n < NEIGHBOURHOOD &&
				search->taker[other] >= 0 &&
				is_eligible(search, shift, search->taker[other]))
				shifts[n++] = other;
		}
	}
	(void) hand_out_anew(search, shifts, n, PG_INT64_MAX);
}

/* Does what becomes of one shift matter for another, by this person? */
static bool
is_tied(const Search *search, int shift, int person)
{
	return is_eligible(search, shift, person) ||
		search->task->holder[shift] == person;
}

/*
 * All shifts that somebody could take and that depend on one another with a
 * given one, over however many people. Returns how many; none if there are
 * more than PLAN_EXACT.
 */
static int
tied_shifts(const Search *search, int first, int *shifts)
{
	const PlanTask *task = search->task;
	int			n = 0;
	int			next;
	int			shift;
	int			person;
	int			i;

	shifts[n++] = first;
	for (next = 0; next < n; next++)
	{
		for (shift = 0; shift < task->nshifts; shift++)
		{
			bool		tied = false;

			for (i = 0; i < n && shifts[i] != shift; i++)
				;
			if (i < n || !has_takers(search, shift))
				continue;
			for (person = 0; person < task->npeople && !tied; person++)
				tied = is_tied(search, shifts[next], person) &&
					is_tied(search, shift, person);
			if (!tied)
				continue;
			if (n == PLAN_EXACT)
				return 0;
			shifts[n++] = shift;
		}
	}
	return n;
}

/*
 * Resolve more, where some shifts found nobody. True if it is known that no
 * plan resolves more: what such a shift depends on has been tried in full.
 */
static bool
resolve_more(Search *search)
{
	int			nshifts = search->task->nshifts;
	bool		most = search->task->nclashes == 0;
	int			shift;

	for (shift = 0; shift < nshifts; shift++)
	{
		int			shifts[PLAN_EXACT];
		int			n;

		if (search->taker[shift] != PLAN_NOBODY || !has_takers(search, shift))
			continue;
		n = tied_shifts(search, shift, shifts);
		if (n > 0)
			(void) hand_out_anew(search, shifts, n, PG_INT64_MAX);
		else
		{
			most = false;
			if (search->questions > 0)
				try_with_others(search, shift);
		}
	}
	return most;
}

/*
 * Lighten the heaviest load: hand out anew some of the heaviest person's
 * shifts, and of the others those whose turn it is.
 */
static bool
lighten(Search *search, int round)
{
	int			nshifts = search->task->nshifts;
	int			heaviest = heaviest_person(search);
	int			shifts[NEIGHBOURHOOD];
	int			n = 0;
	int			i;

	/* go round twice: for the heaviest person's, then for others' */
	for (i = 0; i < 2 * nshifts && n < NEIGHBOURHOOD; i++)
	{
		int			shift = (i + round * NEIGHBOURHOOD / 2) % nshifts;
		bool		own = search->taker[shift] == heaviest;

		if (search->taker[shift] >= 0 &&
			(i < nshifts ? own && n < NEIGHBOURHOOD / 2 : !own))
			shifts[n++] = shift;
	}
	return n > 0 &&
		hand_out_anew(search, shifts, n, search->load[heaviest]);
}

/*
 * The lowest level to which loads can be filled up so that what some people
 * have to take fits below it, in pieces.
 */
static int64
level(int64 *loads, int nloads, int64 amount)
{
	int64		sum = 0;
	int			i;
	int			j;

	/* ascending */
	for (i = 1; i < nloads; i++)
	{
		int64		load = loads[i];

		for (j = i; j > 0 && loads[j - 1] > load; j--)
			loads[j] = loads[j - 1];
		loads[j] = load;
	}
	for (i = 0; i < nloads; i++)
	{
		sum += loads[i];
		if (i + 1 == nloads || loads[i + 1] * (i + 1) - sum >= amount)
			break;
	}
	return (sum + amount + i) / (i + 1);
}

/* May the same people take two shifts? */
static bool
same_takers(const Search *search, int a, int b)
{
	int			npeople = search->task->npeople;

	return memcmp(search->eligible + a * npeople,
				  search->eligible + b * npeople,
				  npeople * sizeof(bool)) == 0;
}

/*
 * A heaviest load that no plan goes below that resolves as many: of shifts
 * that the same people may take, of all together, and of each alone.
 */
static int64
bound_of(const Search *search, bool all_resolved)
{
	const PlanTask *task = search->task;
	int64	   *loads = palloc((task->npeople + 1) * sizeof(int64));
	int64	   *least = palloc0((task->nshifts + 1) * sizeof(int64));
	int64		bound = task->base[0];
	int64		amount = 0;
	int			nloads;
	int			person;
	int			shift;
	int			other;

	for (person = 0; person < task->npeople; person++)
		bound = Max(bound, task->base[person]);

	/* of plans that leave something out we know no more */
	for (shift = 0; shift < task->nshifts && all_resolved; shift++)
	{
		int64		whole = PG_INT64_MAX;

		if (search->taker[shift] < 0)
			continue;
		least[shift] = PG_INT64_MAX;
		for (person = 0; person < task->npeople; person++)
		{
			int64		weight = weight_of(search, shift, person);

			if (!is_eligible(search, shift, person))
				continue;
			least[shift] = Min(least[shift], weight);
			whole = Min(whole, task->base[person] + weight);
		}
		bound = Max(bound, whole);
		amount += least[shift];
	}
	for (shift = -1; shift < task->nshifts && all_resolved; shift++)
	{
		/* all together, then those that the same people may take */
		if (shift >= 0)
		{
			amount = 0;
			for (other = 0; other < task->nshifts; other++)
			{
				if (same_takers(search, shift, other))
				{
					if (other < shift)
						break;	/* these have been counted */
					amount += least[other];
				}
			}
			if (other < task->nshifts)
				continue;
		}
		nloads = 0;
		for (person = 0; person < task->npeople; person++)
		{
			bool		takes = false;

			for (other = 0; other < task->nshifts && !takes; other++)
				takes = is_eligible(search, other, person) &&
					(shift < 0 || same_takers(search, shift, other));
			if (takes)
				loads[nloads++] = task->base[person];
		}
		if (nloads > 0 && amount > 0)
			bound = Max(bound, level(loads, nloads, amount));
	}
	pfree(loads);
	pfree(least);
	return bound;
}

/* Who may hold which shift alone; a shift that nobody may stays. */
static int
find_eligible(Search *search)
{
	const PlanTask *task = search->task;
	int			nopen = 0;
	int			shift;
	int			person;

	for (shift = 0; shift < task->nshifts; shift++)
	{
		search->taker[shift] = PLAN_NOBODY;
		for (person = 0; person < task->npeople; person++)
		{
			int			cell = shift * task->npeople + person;

			search->eligible[cell] = task->candidate[cell] &&
				task->holder[shift] != person &&
				task->legal(task->arg, person, &shift, 1);
			if (search->eligible[cell])
				search->taker[shift] = PENDING;
		}
		CHECK_FOR_INTERRUPTS();
		if (search->taker[shift] == PENDING)
			nopen++;
	}
	return nopen;
}

void
plan_shifts_over(const PlanTask *task, CoverPlan *plan)
{
	Search		search;
	int			ncells = task->nshifts * task->npeople;
	int		   *open;
	int			nopen;
	bool		exact = false;
	int			n = 0;
	int			i;

	memset(&search, 0, sizeof(search));
	search.task = task;
	search.eligible = palloc0((ncells + 1) * sizeof(bool));
	search.bound = palloc0((task->nshifts + 1) * sizeof(bool));
	search.taker = palloc((task->nshifts + 1) * sizeof(int));
	search.load = palloc((task->npeople + 1) * sizeof(int64));
	search.list = palloc((task->nshifts + 1) * sizeof(int));
	search.visited = palloc0((task->nshifts + 1) * sizeof(bool));
	search.order = palloc((MAX_DEPTH + 1) * (task->npeople + 1) *
						  sizeof(int));
	search.questions = MAX_QUESTIONS;
	plan->taker = search.taker;
	plan->nresolved = 0;
	plan->heaviest = plan->bound = 0;
	plan->most = plan->best = true;
	if (task->npeople == 0)
	{
		for (i = 0; i < task->nshifts; i++)
			search.taker[i] = PLAN_NOBODY;
		return;
	}

	memcpy(search.load, task->base, task->npeople * sizeof(int64));
	nopen = find_eligible(&search);
	open = palloc((nopen + 1) * sizeof(int));
	for (i = 0; i < task->nshifts; i++)
	{
		if (search.taker[i] == PENDING)
			open[n++] = i;
	}

	construct(&search);
	if (nopen > PLAN_EXACT)
		plan->most = resolve_more(&search);
	improve(&search);
	if (nopen <= PLAN_EXACT)
		plan->most = exact = hand_out_best(&search, open, nopen);
	else
	{
		int			round = 0;

		while (round < MAX_ROUNDS && search.questions > 0)
			round = lighten(&search, round) ? 0 : round + 1;
	}

	plan->nresolved = count_taken(&search);
	plan->most |= plan->nresolved == nopen;
	plan->heaviest = search.load[heaviest_person(&search)];
	plan->bound = exact ? plan->heaviest :
		bound_of(&search, plan->nresolved == nopen);
	plan->best = plan->most && plan->heaviest == plan->bound;
	pfree(open);
	pfree(search.eligible);
	pfree(search.bound);
	pfree(search.load);
	pfree(search.list);
	pfree(search.visited);
	pfree(search.order);
}
