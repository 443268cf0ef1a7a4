/*-------------------------------------------------------------------------
 *
 * walk.c
 *	  The walk of a layer's duty round its list, turn after turn.
 *
 * All rows that were ever on the list (as believed) lie on a circle in one
 * order that never changes; a list is those of them that count at a handover.
 * Facts, sorted by time, put rows on the list and take them off. Between two
 * of them a turn is a formula over the list and the state in which the walk
 * came there; where one applies, the state is brought up to date ("settled")
 * by the same formula, then the list is altered in place. So the cost is that
 * of sorting the facts and of one step for each. For mixed, each change begins
 * another tournament, whose order is had from that of the one before; only
 * where somebody has sat in it twice, or stands on the list twice, is it
 * sorted anew.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "roster/walk.h"

#define ST_SORT sort_facts
#define ST_ELEMENT_TYPE WalkFact
#define ST_COMPARE(a, b) ((a)->at < (b)->at ? -1 : (a)->at > (b)->at)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_sittings
#define ST_ELEMENT_TYPE WalkSitting
#define ST_COMPARE(a, b) \
	((a)->last != (b)->last ? ((a)->last < (b)->last ? -1 : 1) : \
	 (a)->row - (b)->row)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* A row by a number of its own: its id, or its person's. */
typedef struct RowKey
{
	int32		key;
	int32		row;
} RowKey;

#define ST_SORT sort_keys
#define ST_ELEMENT_TYPE RowKey
#define ST_COMPARE(a, b) \
	((a)->key != (b)->key ? ((a)->key < (b)->key ? -1 : 1) : \
	 (a)->row - (b)->row)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* ----------------------------------------------------------------
 * What is known: rules and cadences
 * ----------------------------------------------------------------
 */
static int
rule_cmp(const void *a, const void *b)
{
	const LayerRule *x = *(const LayerRule *const *) a;
	const LayerRule *y = *(const LayerRule *const *) b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return (x->rule_id > y->rule_id) - (x->rule_id < y->rule_id);
}

/*
 * The first handover of a cadence at or after an instant, of several that
 * coincide the last. False if there is none.
 */
static bool
first_handover(Turns *turns, TimestampTz since, WalkCadence *cadence)
{
	int64		n;

	cadence->turns = turns;
	if (!turns_at(turns, since - 1, &n))
		n = -1;
	return turns_handover(turns, n + 1, &cadence->from) &&
		turns_at(turns, cadence->from, &cadence->first);
}

/*
 * Which cadences count, and from when on. One whose first handover comes no
 * sooner than the next cadence is written for never does.
 */
static void
list_cadences(Walk *walk)
{
	WalkCadence cadence;
	bool		starts;
	int			i;

	/* of the layer's own, handovers count from the first, coincide or not */
	cadence.turns = &walk->layer->turns;
	cadence.first = 0;
	starts = turns_handover(cadence.turns, 0, &cadence.from);
	for (i = 0; i < walk->nrules; i++)
	{
		const LayerRule *rule = walk->rules[i];

		if (rule->turns == NULL)
			continue;
		if (starts && cadence.from < rule->since)
			walk->cadences[walk->ncadences++] = cadence;
		starts = first_handover(rule->turns, rule->since, &cadence);
	}
	if (starts)
		walk->cadences[walk->ncadences++] = cadence;
}

/* Pick the rules that are believed and begin in time, and put them in order. */
static void
list_rules(Walk *walk)
{
	Layer	   *layer = walk->layer;
	int			i;

	if (layer->nrules > 0)
		walk->rules = palloc(layer->nrules * sizeof(LayerRule *));
	for (i = 0; i < layer->nrules; i++)
	{
		const LayerRule *rule = &layer->rules[i];

		if (!is_believed(&rule->recorded, walk->known_at) ||
			rule->since >= walk->limit)
			continue;
		walk->rules[walk->nrules++] = rule;
		if (rule->ends)
			walk->ends = Min(walk->ends, rule->since);
	}
	if (walk->nrules > 1)
		qsort(walk->rules, walk->nrules, sizeof(LayerRule *), rule_cmp);
}

/* Does the layer ever play a tournament? */
static bool
is_mixed(const Walk *walk)
{
	int			i;

	if (walk->layer->pairing == PAIRING_MIXED)
		return true;
	for (i = 0; i < walk->nrules; i++)
	{
		if (walk->rules[i]->sets_pairing &&
			walk->rules[i]->pairing == PAIRING_MIXED)
			return true;
	}
	return false;
}

Walk *
walk_create(Layer *layer, TimestampTz known_at, TimestampTz limit)
{
	Walk	   *walk = palloc0(sizeof(Walk));
	int			i;

	walk->number = -1;
	walk->from = walk->until = DT_NOBEGIN;
	walk->layer = layer;
	walk->known_at = known_at;
	walk->limit = limit;
	walk->ends = DT_NOEND;

	list_rules(walk);
	walk->cadences = palloc((walk->nrules + 1) * sizeof(WalkCadence));
	list_cadences(walk);

	walk->hours = palloc((walk->nrules + 1) * sizeof(WalkHours));
	walk->hours[walk->nhours].from = DT_NOBEGIN;
	walk->hours[walk->nhours++].hours = layer->hours;
	for (i = 0; i < walk->nrules; i++)
	{
		if (walk->rules[i]->hours == NULL)
			continue;
		walk->hours[walk->nhours].from = walk->rules[i]->since;
		walk->hours[walk->nhours++].hours = walk->rules[i]->hours;
	}
	return walk;
}

bool
walk_begins(const Walk *walk, TimestampTz *at)
{
	if (walk->ncadences == 0)
		return false;
	*at = walk->cadences[0].from;
	return true;
}

const Week *
walk_hours(const Walk *walk, TimestampTz t, WallClock **clock,
		   TimestampTz *until)
{
	int			low = 0;
	int			high = walk->nhours;
	int			cadence = 0;
	int			above = walk->ncadences;

	/* the last that has begun, or the first */
	while (high - low > 1)
	{
		int			middle = (low + high) / 2;

		if (walk->hours[middle].from <= t)
			low = middle;
		else
			high = middle;
	}
	while (above - cadence > 1)
	{
		int			middle = (cadence + above) / 2;

		if (walk->cadences[middle].from <= t)
			cadence = middle;
		else
			above = middle;
	}
	*clock = &walk->cadences[cadence].turns->clock;
	*until = high < walk->nhours ? walk->hours[high].from : DT_NOEND;
	if (walk->hours[low].hours != NULL && above < walk->ncadences)
		*until = Min(*until, walk->cadences[above].from);
	return walk->hours[low].hours;
}

/* ----------------------------------------------------------------
 * What is known: the rows of the list
 * ----------------------------------------------------------------
 */
static void
add_fact(Walk *walk, TimestampTz at, int32 row, int32 reasons)
{
	WalkFact   *fact;

	if (at >= walk->limit || at == DT_NOEND)
		return;
	fact = &walk->facts[walk->nfacts++];
	fact->at = at;
	fact->row = row;
	fact->reasons = reasons;
}

/* Rows that are on the list at some handover, and when that changes. */
static void
list_rows(Walk *walk, TimestampTz start)
{
	Layer	   *layer = walk->layer;
	int			i;

	for (i = 0; i < layer->nmembers; i++)
	{
		const LayerMember *member = &layer->members[i];
		int32		row = walk->nrows;

		if (!is_believed(&member->recorded, walk->known_at) ||
			member->valid.from >= member->valid.until ||
			member->valid.from >= walk->limit ||
			member->valid.until <= start)
			continue;
		walk->rows[walk->nrows++] = member;
		walk->people[row] = member->person_id;
		walk->reasons[row] = 0;
		walk->altered[row] = false;
		if (member->valid.from > start)
		{
			walk->reasons[row]++;
			add_fact(walk, member->valid.from, row, -1);
		}
		add_fact(walk, member->valid.until, row, 1);
	}
}

/*
 * The row with this key; -1 if it is not among them. Without a branch to
 * mispredict, like entries_before.
 */
static int32
row_by_key(const RowKey *keys, int nkeys, int32 key)
{
	const RowKey *base = keys;
	int			n = nkeys;

	if (n == 0)
		return -1;
	while (n > 1)
	{
		int			half = n / 2;

		base += base[half].key <= key ? half : 0;
		n -= half;
	}
	return base->key == key ? base->row : -1;
}

static void
list_leaves(Walk *walk, TimestampTz start)
{
	Layer	   *layer = walk->layer;
	RowKey	   *keys;
	int			i;

	if (layer->nleaves == 0)
		return;
	keys = palloc((walk->nrows + 1) * sizeof(RowKey));
	for (i = 0; i < walk->nrows; i++)
	{
		keys[i].key = walk->rows[i]->member_id;
		keys[i].row = i;
	}
	sort_keys(keys, walk->nrows);

	for (i = 0; i < layer->nleaves; i++)
	{
		const LayerLeave *leave = &layer->leaves[i];
		int32		row;

		if (!is_believed(&leave->recorded, walk->known_at) ||
			leave->period.from >= leave->period.until ||
			leave->period.from >= walk->limit ||
			leave->period.until <= start)
			continue;
		row = row_by_key(keys, walk->nrows, leave->member_id);
		if (row < 0)
			continue;
		if (leave->period.from <= start)
			walk->reasons[row]++;
		else
			add_fact(walk, leave->period.from, row, 1);
		add_fact(walk, leave->period.until, row, -1);
	}
	pfree(keys);
}

/*
 * Sort the facts by time. They come in any order, spread over the years:
 * counted into stretches of time of equal length, about as many as there are
 * facts, few are left to compare.
 */
static void
order_facts(Walk *walk)
{
	int			n = walk->nfacts;
	int32	   *ends = walk->counts;
	WalkFact   *facts = walk->facts;
	TimestampTz first;
	TimestampTz last;
	int			shift = 0;
	int			i;

	if (n < 2)
		return;
	first = last = facts[0].at;
	for (i = 1; i < n; i++)
	{
		first = Min(first, facts[i].at);
		last = Max(last, facts[i].at);
	}
	while (((uint64) last - (uint64) first) >> shift >= (uint64) n)
		shift++;

	memset(ends, 0, n * sizeof(int32));
	for (i = 0; i < n; i++)
		ends[((uint64) facts[i].at - (uint64) first) >> shift]++;
	for (i = 1; i < n; i++)
		ends[i] += ends[i - 1];
	for (i = n - 1; i >= 0; i--)
		walk->unsorted[--ends[((uint64) facts[i].at - (uint64) first) >> shift]] =
			facts[i];

	/* what ends were are beginnings now */
	for (i = 0; i < n; i++)
	{
		int32		end = i + 1 < n ? ends[i + 1] : n;

		if (end - ends[i] > 1)
			sort_facts(&walk->unsorted[ends[i]], end - ends[i]);
	}
	walk->facts = walk->unsorted;
	walk->unsorted = facts;
}

/* What a tournament asks for: who is who, and when they last sat. */
static void
list_people(Walk *walk)
{
	RowKey	   *keys = palloc((walk->nrows + 1) * sizeof(RowKey));
	int32		n = 0;
	int			i;

	for (i = 0; i < walk->nrows; i++)
	{
		keys[i].key = walk->people[i];
		keys[i].row = i;
	}
	sort_keys(keys, walk->nrows);
	walk->last_sat[0] = -1;
	walk->one_row_each = true;
	for (i = 0; i < walk->nrows; i++)
	{
		if (keys[i].key != 0 && (i == 0 || keys[i].key != keys[i - 1].key))
			walk->last_sat[++n] = -1;
		else
			walk->one_row_each = false;
		walk->in_order[i] = false;
		walk->numbers[keys[i].row] = keys[i].key == 0 ? 0 : n;
	}
	pfree(keys);
}

static void
allocate_rows(Walk *walk)
{
	int			size = walk->layer->nmembers + 1;
	Size		nfacts = 2 * (size + (Size) walk->layer->nleaves);

	walk->list = palloc(size * sizeof(int32));
	walk->people = palloc(size * sizeof(int32));
	walk->rows = palloc(size * sizeof(LayerMember *));
	walk->reasons = palloc(size * sizeof(int32));
	walk->altered = palloc(size * sizeof(bool));
	walk->facts = palloc(nfacts * sizeof(WalkFact));
	walk->unsorted = palloc(nfacts * sizeof(WalkFact));
	walk->counts = palloc(nfacts * sizeof(int32));
	if (!is_mixed(walk))
		return;
	walk->numbers = palloc(size * sizeof(int32));
	walk->last_sat = palloc(size * sizeof(int64));
	walk->order = palloc(size * sizeof(int32));
	walk->in_order = palloc(size * sizeof(bool));
	walk->sittings = palloc(size * sizeof(WalkSitting));
	walk->scratch = palloc(Max(size, walk->layer->nseats) * sizeof(int32));
}

/* ----------------------------------------------------------------
 * The turns of a stretch, by formula
 * ----------------------------------------------------------------
 */

/*
 * How many entries of the list stand before a row; without a branch to
 * mispredict.
 */
static int
entries_before(const Walk *walk, int32 row)
{
	const int32 *base = walk->list;
	int			n = walk->nlist;

	if (n == 0)
		return 0;
	while (n > 1)
	{
		int			half = n / 2;

		base += base[half - 1] < row ? half : 0;
		n -= half;
	}
	return base - walk->list + (*base < row);
}

/* The index of the first entry after a row, in circular order. */
static int
entry_after(const Walk *walk, int32 row)
{
	int			entry = entries_before(walk, row + 1);

	return entry < walk->nlist ? entry : 0;
}

static bool
is_spread(const Walk *walk)
{
	return walk->spread && walk->pairing != PAIRING_FIXED &&
		walk->pairing != PAIRING_MIXED;
}

/* mixed: the indices into the order of those who sit in a tournament's turn n */
static void
find_pair(int64 k, int64 n, int64 pair[2])
{
	if (n < k / 2)
	{
		/* the first round, and all there is of most among many changes */
		pair[0] = 2 * n;
		pair[1] = 2 * n + 1;
		return;
	}
	pairing_pair(k, n, pair);
	pair[0] = pairing_comes_on(k, pair[0]);
	if (pair[1] >= 0)
		pair[1] = pairing_comes_on(k, pair[1]);
}

/* The turn so many after the one that began the stretch; nlist > 0. */
static void
turn_of_stretch(const Walk *walk, int64 offset, PairingTurn *turn)
{
	int			nseats = walk->layer->nseats;
	int64		k = walk->nlist;
	int64		entry = walk->first + offset;

	turn->pairing = walk->pairing;
	turn->nseats = nseats;
	turn->k = walk->nlist;
	turn->shift = 0;
	if (walk->pairing == PAIRING_MIXED)
		find_pair(k, walk->state.played + offset, turn->pair);
	else if (walk->pairing == PAIRING_FIXED)
	{
		entry = walk->first + offset * nseats;
		turn->shift = walk->state.shift +
			(walk->state.counted + offset * nseats) / walk->lcm;
	}
	else if (is_spread(walk) && offset >= walk->rest)
	{
		int64		turns = offset - walk->rest;

		/* each round begins one entry later */
		entry = walk->again + turns / k + turns % k;
	}
	turn->entry = entry % k;
}

/* The row that was taken last by a turn. */
static int32
row_taken(const Walk *walk, const PairingTurn *turn)
{
	if (turn->pairing == PAIRING_MIXED)
		return walk->order[turn->pair[0]];
	if (turn->pairing == PAIRING_FIXED)
		return walk->list[(turn->entry + turn->nseats - 1) % turn->k];
	return walk->list[turn->entry];
}

/* Note that a turn was somebody's, if that is later than any known. */
static void
note_sitting(Walk *walk, int32 number, int64 turn)
{
	walk->last_sat[number] = Max(walk->last_sat[number], turn);
}

static void
note_pair(Walk *walk, const PairingTurn *turn, int64 number)
{
	int			seat;

	for (seat = 0; seat < Min(turn->nseats, 2); seat++)
	{
		if (turn->pair[seat] >= 0)
			note_sitting(walk, walk->numbers[walk->order[turn->pair[seat]]],
						 number);
	}
}

static void
note_seats(Walk *walk, const PairingTurn *turn, int64 number)
{
	int			seat;

	pairing_seats(turn, walk->list, walk->numbers, walk->scratch);
	for (seat = 0; seat < turn->nseats; seat++)
		note_sitting(walk, walk->scratch[seat], number);
}

/*
 * Note who sat in the first so many turns of the stretch. Whatever the
 * pairing, everybody on the list sits at least once in twice as many turns as
 * there are entries; the last so many will do.
 */
static void
note_sittings(Walk *walk, int64 nturns)
{
	PairingTurn turn = walk->turn;
	int64		back;

	for (back = 1; back <= Min(nturns, 2 * walk->nlist); back++)
	{
		CHECK_FOR_INTERRUPTS();
		if (back > 1)
			turn_of_stretch(walk, nturns - back, &turn);
		if (turn.pairing == PAIRING_MIXED)
			note_pair(walk, &turn, walk->number - back);
		else
			note_seats(walk, &turn, walk->number - back);
	}
	walk->last_sat[0] = -1;		/* nobody never sat */
}

/*
 * Bring the state to where it is after all turns of the stretch but the one
 * on which the walk is to stand next, which begins another stretch; the last
 * of those turns is walk->turn.
 */
static void
settle(Walk *walk)
{
	WalkState  *state = &walk->state;
	const PairingTurn *last = &walk->turn;
	int64		nturns = walk->offset;

	walk->offset = 0;
	if (walk->nlist == 0 || nturns == 0)
		return;
	if (walk->last_sat != NULL)
		note_sittings(walk, nturns);

	state->place = row_taken(walk, last);
	if (is_spread(walk) && nturns > walk->rest)
	{
		int64		rounds = (nturns - walk->rest - 1) / walk->nlist;

		state->round = walk->list[(walk->again + rounds) % walk->nlist];
	}
	if (walk->pairing == PAIRING_FIXED)
	{
		state->counted += (nturns - 1) * last->nseats;
		state->counted = state->counted % walk->lcm + last->nseats;
		state->shift = last->shift;
	}
	if (walk->pairing == PAIRING_MIXED)
		state->played += nturns;
	else
		walk->order_stands = false;
}

/* Does a row come on before another: did its person sit longer ago? */
static bool
comes_before(const Walk *walk, int32 a, int32 b)
{
	int64		x = walk->last_sat[walk->numbers[a]];
	int64		y = walk->last_sat[walk->numbers[b]];

	return x != y ? x < y : a < b;
}

/* Put all rows of the list in the order in which they are to come on. */
static void
sort_order(Walk *walk)
{
	int			k = walk->nlist;
	int			i;

	for (i = 0; i < walk->norder; i++)
		walk->in_order[walk->order[i]] = false;
	for (i = 0; i < k; i++)
	{
		int32		row = walk->list[i];

		walk->sittings[i].row = row;
		walk->sittings[i].last = walk->last_sat[walk->numbers[row]];
	}
	sort_sittings(walk->sittings, k);
	for (i = 0; i < k; i++)
	{
		walk->order[i] = walk->sittings[i].row;
		walk->in_order[walk->order[i]] = true;
	}
	walk->norder = k;
}

/* So many pairs at the head have sat: they come on last now. */
static void
rotate_order(Walk *walk, int64 npairs)
{
	int32	   *order = walk->order;
	int			moved = 2 * (int) npairs;
	int			rest = walk->norder - moved;
	int			i;

	memcpy(walk->scratch, order, moved * sizeof(int32));
	memmove(order, order + moved, rest * sizeof(int32));
	for (i = 0; i < moved; i += 2)
	{
		/* of those who sat together, who stands first on the list */
		order[rest + i] = Min(walk->scratch[i], walk->scratch[i + 1]);
		order[rest + i + 1] = Max(walk->scratch[i], walk->scratch[i + 1]);
	}
}

/* Rows that came on the list, or went, since the order was made. */
static void
alter_order(Walk *walk)
{
	int32	   *order = walk->order;

	for (; walk->next_order < walk->next_fact; walk->next_order++)
	{
		int32		row = walk->facts[walk->next_order].row;
		bool		listed = walk->reasons[row] == 0;
		int			i = 0;

		if (listed == walk->in_order[row])
			continue;
		walk->in_order[row] = listed;
		if (listed)
		{
			while (i < walk->norder && comes_before(walk, order[i], row))
				i++;
			memmove(&order[i + 1], &order[i],
					(walk->norder++ - i) * sizeof(int32));
			order[i] = row;
		}
		else
		{
			while (order[i] != row)
				i++;
			memmove(&order[i], &order[i + 1],
					(--walk->norder - i) * sizeof(int32));
		}
	}
}

/*
 * Bring the order up to date. While one tournament follows another, and in
 * none anybody sits twice, it takes a step for each change; else it is sorted
 * anew.
 */
static void
update_order(Walk *walk)
{
	if (walk->order_stands && walk->one_row_each && walk->layer->nseats > 1 &&
		walk->state.played <= walk->norder / 2)
	{
		rotate_order(walk, walk->state.played);
		alter_order(walk);
	}
	else
		sort_order(walk);
	walk->next_order = walk->next_fact;
	walk->order_stands = true;
}

#ifdef USE_ASSERT_CHECKING
/* Are all rows of the list in the order, as a sort would put them? */
static bool
order_is_right(const Walk *walk)
{
	int			i;

	for (i = 0; i < walk->norder; i++)
	{
		if (walk->reasons[walk->order[i]] != 0 ||
			(i > 0 && !comes_before(walk, walk->order[i - 1], walk->order[i])))
			return false;
	}
	return walk->norder == walk->nlist;
}
#endif

/*
 * Begin a tournament: the first one with the list as it is, later ones so that
 * who sat longest ago comes on first.
 */
static void
begin_tournament(Walk *walk)
{
	int			k = walk->nlist;
	int			i;

	if (walk->state.has_played)
	{
		update_order(walk);
		Assert(order_is_right(walk));
	}
	else
	{
		/* so that each place has the entry of that number */
		for (i = 0; i < k; i++)
			walk->order[pairing_comes_on(k, i)] = walk->list[i];
	}
	walk->state.played = 0;
	walk->state.playing = walk->state.has_played = true;
}

/* Work the formula out anew, for turns from the present one on. */
static void
begin_stretch(Walk *walk, bool other_rows)
{
	WalkState  *state = &walk->state;

	if (other_rows || walk->pairing != PAIRING_MIXED)
		state->playing = false;
	if (!is_spread(walk))
		state->round = -1;
	if (walk->nlist == 0)
		return;

	if (walk->pairing != PAIRING_MIXED)
		walk->first = entry_after(walk, state->place);
	if (is_spread(walk))
	{
		walk->rest = 0;
		walk->again = walk->first;
		if (state->round >= 0)
		{
			/* the entries between the place and where the round began */
			walk->rest = entries_before(walk, state->round) -
				entries_before(walk, state->place + 1);
			if (state->place >= state->round)
				walk->rest += walk->nlist;
			walk->again = entry_after(walk, state->round);
		}
	}
	if (walk->pairing == PAIRING_FIXED)
		walk->lcm = pairing_lcm(walk->nlist, walk->layer->nseats);
	if (walk->pairing == PAIRING_MIXED && !state->playing)
		begin_tournament(walk);
}

/* ----------------------------------------------------------------
 * From turn to turn
 * ----------------------------------------------------------------
 */
static void
put_on_list(Walk *walk, int32 row)
{
	int			entry = entries_before(walk, row);
	Size		tail = (walk->nlist - entry) * sizeof(int32);

	memmove(&walk->list[entry + 1], &walk->list[entry], tail);
	walk->list[entry] = row;
	walk->nlist++;
}

static void
take_off_list(Walk *walk, int32 row)
{
	int			entry = entries_before(walk, row);
	Size		tail = (--walk->nlist - entry) * sizeof(int32);

	memmove(&walk->list[entry], &walk->list[entry + 1], tail);
}

/*
 * Apply the facts of the list up to the present handover. True if other rows
 * are on it than before; some may have come and gone between two handovers.
 */
static bool
alter_list(Walk *walk)
{
	int			begin = walk->next_fact;
	int			nother = 0;
	int			i;

	for (; walk->next_fact < walk->nfacts &&
		 walk->facts[walk->next_fact].at <= walk->from; walk->next_fact++)
	{
		WalkFact   *fact = &walk->facts[walk->next_fact];
		bool		was = walk->reasons[fact->row] == 0;

		walk->reasons[fact->row] += fact->reasons;
		Assert(walk->reasons[fact->row] >= 0);
		if (was == (walk->reasons[fact->row] == 0))
			continue;
		if (was)
			take_off_list(walk, fact->row);
		else
			put_on_list(walk, fact->row);
		walk->altered[fact->row] = !walk->altered[fact->row];
		nother += walk->altered[fact->row] ? 1 : -1;
	}
	for (i = begin; i < walk->next_fact; i++)
		walk->altered[walk->facts[i].row] = false;
	return nother != 0;
}

/* Apply the rules up to the present handover; look for the next change. */
static void
apply_rules(Walk *walk)
{
	walk->next_change = DT_NOEND;
	for (; walk->next_rule < walk->nrules; walk->next_rule++)
	{
		const LayerRule *rule = walk->rules[walk->next_rule];

		if (!rule->sets_pairing && !rule->sets_spread)
			continue;
		if (rule->since > walk->from)
		{
			walk->next_change = rule->since;
			break;
		}
		if (rule->sets_pairing)
			walk->pairing = rule->pairing;
		if (rule->sets_spread)
			walk->spread = rule->spread;
	}
	if (walk->next_fact < walk->nfacts)
		walk->next_change = Min(walk->next_change,
								walk->facts[walk->next_fact].at);
}

/* When the cadence under way gives way to the next one. */
static TimestampTz
cadence_end(const Walk *walk)
{
	return walk->cadence + 1 < walk->ncadences ?
		walk->cadences[walk->cadence + 1].from : DT_NOEND;
}

/* Work out who takes the present turn, and until when it goes. */
static void
stand(Walk *walk)
{
	if (walk->nlist > 0)
		turn_of_stretch(walk, walk->offset, &walk->turn);
	if (!turns_handover(walk->cadences[walk->cadence].turns,
						walk->handover + 1, &walk->until))
		walk->until = DT_NOEND;
	walk->until = Min(walk->until, cadence_end(walk));
}

/*
 * Stand on a turn so many after the present one, given its handover. Those
 * between must be like the present one.
 */
static void
enter_turn(Walk *walk, int64 nturns, int64 handover, TimestampTz at)
{
	walk->number += nturns;
	walk->offset += nturns;
	walk->handover = handover;
	walk->from = at;
	if (walk->next_change <= at)
	{
		bool		other_rows;

		if (nturns != 1 && walk->nlist > 0)
			turn_of_stretch(walk, walk->offset - 1, &walk->turn);
		settle(walk);
		other_rows = alter_list(walk);
		apply_rules(walk);
		begin_stretch(walk, other_rows);
	}
	stand(walk);
}

/* Stand on the first turn of the next cadence. */
static void
enter_cadence(Walk *walk)
{
	Turns	   *turns = walk->cadences[walk->cadence].turns;
	WalkCadence *next = &walk->cadences[walk->cadence + 1];
	int64		last;

	if (!turns_at(turns, next->from - 1, &last))
		last = walk->handover;	/* not reached: this one began before */
	walk->cadence++;
	enter_turn(walk, last - walk->handover + 1, next->first, next->from);
}

/*
 * Stand on the first turn that something known may have changed, or that
 * another cadence begins, if that turn begins at or before t.
 */
static bool
enter_change(Walk *walk, TimestampTz t)
{
	Turns	   *turns = walk->cadences[walk->cadence].turns;
	TimestampTz end = cadence_end(walk);

	/* often it is the next turn, and that is known already */
	if (walk->next_change <= walk->until && walk->until <= t)
		return walk_next(walk);
	if (walk->next_change < end && walk->next_change <= t)
	{
		int64		n;
		TimestampTz at;

		if (!turns_at(turns, walk->next_change - 1, &n))
			n = walk->handover; /* not reached: this one began before */
		if (turns_handover(turns, n + 1, &at) && at < end)
		{
			if (at > t)
				return false;
			enter_turn(walk, n + 1 - walk->handover, n + 1, at);
			return true;
		}
	}
	if (end == DT_NOEND || end > t)
		return false;
	enter_cadence(walk);
	return true;
}

/* Stand on turn 0. False if there is none. */
static bool
start_over(Walk *walk)
{
	TimestampTz start;
	int			row;

	if (!walk_begins(walk, &start))
		return false;
	if (walk->list == NULL)
		allocate_rows(walk);
	walk->nrows = walk->nfacts = walk->nlist = 0;
	list_rows(walk, start);
	list_leaves(walk, start);
	order_facts(walk);
	if (walk->order != NULL)
		list_people(walk);
	for (row = 0; row < walk->nrows; row++)
	{
		if (walk->reasons[row] == 0)
			walk->list[walk->nlist++] = row;
	}

	memset(&walk->state, 0, sizeof(WalkState));
	walk->state.place = walk->state.round = -1;
	walk->number = 0;
	walk->offset = 0;
	walk->cadence = 0;
	walk->handover = walk->cadences[0].first;
	walk->from = start;
	walk->next_fact = walk->next_rule = 0;
	walk->order_stands = false;
	walk->norder = 0;
	walk->pairing = walk->layer->pairing;
	walk->spread = walk->layer->spread;
	apply_rules(walk);
	begin_stretch(walk, true);
	stand(walk);
	return true;
}

bool
walk_next(Walk *walk)
{
	if (walk->number < 0)
		return start_over(walk);
	if (walk->until == DT_NOEND)
		return false;
	if (walk->until == cadence_end(walk))
	{
		walk->cadence++;
		enter_turn(walk, 1, walk->cadences[walk->cadence].first, walk->until);
	}
	else
		enter_turn(walk, 1, walk->handover + 1, walk->until);
	return true;
}

bool
walk_seek(Walk *walk, TimestampTz t)
{
	if ((walk->number < 0 || t < walk->from) && !start_over(walk))
		return false;
	if (t < walk->from)
		return false;

	/* usually it is the next one, but for those that are empty */
	while (walk->until == t)
	{
		CHECK_FOR_INTERRUPTS();
		walk_next(walk);
	}
	if (t < walk->until)
		return true;

	while (enter_change(walk, t))
		CHECK_FOR_INTERRUPTS();
	if (t >= walk->until)
	{
		Turns	   *turns = walk->cadences[walk->cadence].turns;
		int64		n;
		TimestampTz at;

		if (turns_at(turns, t, &n) && turns_handover(turns, n, &at))
			enter_turn(walk, n - walk->handover, n, at);
	}
	Assert(walk->from <= t && t < walk->until);
	return true;
}

bool
walk_next_stretch(Walk *walk)
{
	if (walk->number < 0)
		return start_over(walk);
	while (enter_change(walk, DT_NOEND))
	{
		if (walk->offset == 0)
			return true;
		CHECK_FOR_INTERRUPTS();
	}
	return false;
}

/* ----------------------------------------------------------------
 * The turn on which the walk stands
 * ----------------------------------------------------------------
 */
void
walk_seats(const Walk *walk, int32 *seats)
{
	if (walk->number < 0 || walk->nlist == 0)
	{
		memset(seats, 0, walk->layer->nseats * sizeof(int32));
		return;
	}
	pairing_seats(&walk->turn, walk->pairing == PAIRING_MIXED ?
				  walk->order : walk->list, walk->people, seats);
}

bool
walk_lists(const Walk *walk, int32 person_id)
{
	int			i;

	for (i = 0; i < walk->nlist; i++)
	{
		if (walk->people[walk->list[i]] == person_id)
			return true;
	}
	return false;
}

int
walk_entry(const Walk *walk, int64 ahead)
{
	PairingTurn turn;

	if (walk->number < 0 || walk->nlist == 0)
		return -1;
	turn_of_stretch(walk, walk->offset + ahead, &turn);
	if (walk->pairing == PAIRING_MIXED)
		return entries_before(walk, row_taken(walk, &turn));
	return (int) turn.entry;
}
