/*-------------------------------------------------------------------------
 *
 * timeline.c
 *	  Compile the rules and exceptions of a rotation into a timeline.
 *
 * Layers and covers are turned into claims: stretches of time in which a
 * layer or a cover may fill seats. A sweep over the claims, in order of time,
 * stops wherever a claim begins or ends or a deciding layer changes hands,
 * and asks at each stop who holds each seat.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "roster/timeline.h"

/* A stretch in which a layer, or else a cover, has a say. */
typedef struct Claim
{
	Period		period;
	int			layer;			/* index into the rotation's layers, or -1 */
	int			cover;			/* index into its covers, if layer is -1 */
} Claim;

/* The turn that a layer is in, while it decides over a seat. */
typedef struct LayerTurn
{
	bool		known;
	int64		n;
	TimestampTz until;			/* handover n + 1 */
	int32	   *persons;		/* one for each seat of the layer */
} LayerTurn;

typedef struct Sweep
{
	Rotation   *rotation;
	TimestampTz known_at;
	Claim	   *claims;			/* in order of their start */
	int			nclaims;
	int			sizeclaims;
	int			next_claim;		/* the first that has not begun */
	Claim	  **active;			/* those begun and not ended, best first */
	int			nactive;
	LayerTurn  *turns;			/* one for each layer */
	Timeline   *timeline;
} Sweep;

/* How many stretches of open hours the layers may have in one window. */
#define MAX_OPEN_SPANS 1000000

static int64
gcd(int64 a, int64 b)
{
	while (b != 0)
	{
		int64		r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/* Each duty moves on by one member a turn; later seats are spread evenly. */
static int64
staggered_member(int64 k, int64 seats, int64 n, int64 seat)
{
	return (n % k + Max(seat, seat * k / seats)) % k;
}

/*
 * The list is taken a turn's worth at a time; each time it has come round in
 * step with the seats, everybody moves on by one seat.
 */
static int64
fixed_member(int64 k, int64 seats, int64 n, int64 seat)
{
	int64		lcm = k / gcd(k, seats) * seats;
	int64		shift = n * seats / lcm;

	return (n * seats + (seat + shift) % seats) % k;
}

/*
 * A round-robin tournament by the circle method: in a cycle of k(k-1)/2 turns
 * each pair meets once. With an even k one member, the last, stays put. -1
 * for the second seat of a list of one.
 */
static int64
mixed_member(int64 k, int64 n, int64 seat)
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

static int32
seat_member(const Layer *layer, int64 n, int seat)
{
	int64		k = layer->nmembers;
	int64		member = -1;

	switch (layer->pairing)
	{
		case PAIRING_STAGGERED:
			member = staggered_member(k, layer->nseats, n, seat);
			break;
		case PAIRING_FIXED:
			member = fixed_member(k, layer->nseats, n, seat);
			break;
		case PAIRING_MIXED:
			member = seat < 2 ? mixed_member(k, n, seat) : -1;
			break;
	}
	return member < 0 ? 0 : layer->members[member];
}

int32
layer_person(const Layer *layer, int64 n, int seat)
{
	int32		person_id = seat_member(layer, n, seat);
	int			lower;

	/* whoever sits in a lower seat of this turn cannot hold another */
	for (lower = 0; lower < seat && person_id != 0; lower++)
	{
		if (seat_member(layer, n, lower) == person_id)
			return 0;
	}
	return person_id;
}

/* Was this row believed at known_at? */
static bool
is_believed(const Period *recorded, TimestampTz known_at)
{
	if (recorded->from >= recorded->until)
		return false;
	if (known_at == KNOWN_NOW)
		return recorded->until == DT_NOEND;
	return recorded->from <= known_at && known_at < recorded->until;
}

static void
add_claim(Sweep *sweep, Period period, int layer, int cover)
{
	Claim	   *claim;

	if (sweep->nclaims == sweep->sizeclaims)
	{
		sweep->sizeclaims *= 2;
		sweep->claims = repalloc(sweep->claims,
								 sweep->sizeclaims * sizeof(Claim));
	}
	claim = &sweep->claims[sweep->nclaims++];
	claim->period = period;
	claim->layer = layer;
	claim->cover = cover;
}

/* The part of a period that lies in another; may be empty. */
static Period
intersection(Period a, Period b)
{
	Period		both;

	both.from = Max(a.from, b.from);
	both.until = Min(a.until, b.until);
	return both;
}

/*
 * Claims of a layer: where it is valid, its cadence has started and its hours
 * are open. False if the hours open and close too often.
 */
static bool
claim_layer(Sweep *sweep, int i)
{
	Layer	   *layer = &sweep->rotation->layers[i];
	Period		period = intersection(layer->valid, sweep->timeline->window);
	TimestampTz start;
	PeriodList	open;
	int64		span;

	if (!is_believed(&layer->recorded, sweep->known_at) ||
		period.from >= period.until ||
		!turns_handover(&layer->turns, 0, &start))
		return true;
	period.from = Max(period.from, start);
	if (period.from >= period.until)
		return true;
	if (layer->hours == NULL)
	{
		add_claim(sweep, period, i, -1);
		return true;
	}

	memset(&open, 0, sizeof(open));
	open.limit = MAX_OPEN_SPANS;
	if (!week_open_periods(layer->hours, &layer->turns.clock,
						   &sweep->rotation->holidays,
						   period.from, period.until, &open))
		return false;
	for (span = 0; span < open.n; span++)
		add_claim(sweep, open.periods[span], i, -1);
	if (open.periods != NULL)
		pfree(open.periods);

	/* one for each layer there may be at a single instant, too */
	return sweep->nclaims <= MAX_OPEN_SPANS + sweep->rotation->nlayers;
}

static void
claim_cover(Sweep *sweep, int i)
{
	Cover	   *cover = &sweep->rotation->covers[i];
	Period		period = intersection(cover->period, sweep->timeline->window);

	if (is_believed(&cover->recorded, sweep->known_at) &&
		period.from < period.until)
		add_claim(sweep, period, -1, i);
}

static int
claim_cmp(const void *a, const void *b)
{
	TimestampTz x = ((const Claim *) a)->period.from;
	TimestampTz y = ((const Claim *) b)->period.from;

	return (x > y) - (x < y);
}

/* Is a the stronger layer? Rank decides, then the later start, then the id. */
static bool
layer_beats(const Layer *a, const Layer *b)
{
	if (a->rank != b->rank)
		return a->rank > b->rank;
	if (a->valid.from != b->valid.from)
		return a->valid.from > b->valid.from;
	return a->layer_id > b->layer_id;
}

/*
 * Is a the stronger cover? Two covers of one seat are believed together only
 * in the past, and then the one recorded last counts.
 */
static bool
cover_beats(const Cover *a, const Cover *b)
{
	if (a->recorded.from != b->recorded.from)
		return a->recorded.from > b->recorded.from;
	return a->cover_id > b->cover_id;
}

/* Is a the stronger claim? Every cover beats every layer. */
static bool
claim_beats(const Sweep *sweep, const Claim *a, const Claim *b)
{
	const Rotation *rotation = sweep->rotation;

	if ((a->layer < 0) != (b->layer < 0))
		return a->layer < 0;
	if (a->layer < 0)
		return cover_beats(&rotation->covers[a->cover],
						   &rotation->covers[b->cover]);
	return layer_beats(&rotation->layers[a->layer],
					   &rotation->layers[b->layer]);
}

/* Drop the claims that have ended at t and take up those that have begun. */
static void
advance_claims(Sweep *sweep, TimestampTz t)
{
	int			kept = 0;
	int			i;

	for (i = 0; i < sweep->nactive; i++)
	{
		if (sweep->active[i]->period.until > t)
			sweep->active[kept++] = sweep->active[i];
	}
	sweep->nactive = kept;

	while (sweep->next_claim < sweep->nclaims &&
		   sweep->claims[sweep->next_claim].period.from <= t)
	{
		Claim	   *claim = &sweep->claims[sweep->next_claim++];

		CHECK_FOR_INTERRUPTS();
		for (i = sweep->nactive; i > 0 &&
			 claim_beats(sweep, claim, sweep->active[i - 1]); i--)
			sweep->active[i] = sweep->active[i - 1];
		sweep->active[i] = claim;
		sweep->nactive++;
	}
}

/* The turn of a layer at t; t never goes back. */
static LayerTurn *
layer_turn(Sweep *sweep, int i, TimestampTz t)
{
	LayerTurn  *turn = &sweep->turns[i];
	Layer	   *layer = &sweep->rotation->layers[i];
	int			seat;

	if (turn->known && t < turn->until)
		return turn;

	/* usually it is the next one; after a pause, look afresh */
	if (turn->known && t == turn->until)
		turn->n++;
	else if (!turns_at(&layer->turns, t, &turn->n))
		turn->n = 0;			/* not reached: claims begin at handover 0 */

	/* pass over turns that are empty because handovers coincide */
	for (;; turn->n++)
	{
		if (!turns_handover(&layer->turns, turn->n + 1, &turn->until))
			turn->until = DT_NOEND;
		if (turn->until > t)
			break;
		CHECK_FOR_INTERRUPTS();
	}

	if (turn->persons == NULL)
		turn->persons = palloc(layer->nseats * sizeof(int32));
	for (seat = 0; seat < layer->nseats; seat++)
		turn->persons[seat] = layer_person(layer, turn->n, seat);
	turn->known = true;
	return turn;
}

/*
 * Who holds each seat at t? Returns until when that stands as far as turns go.
 */
static TimestampTz
fill_cells(Sweep *sweep, TimestampTz t, Cell *cells)
{
	int			nseats = sweep->timeline->nseats;
	TimestampTz until = DT_NOEND;
	int			seat;
	int			i;

	for (seat = 0; seat < nseats; seat++)
	{
		Cell	   *cell = &cells[seat];

		memset(cell, 0, sizeof(Cell));
		for (i = 0; i < sweep->nactive; i++)
		{
			Claim	   *claim = sweep->active[i];

			if (claim->layer < 0)
			{
				const Cover *cover = &sweep->rotation->covers[claim->cover];

				if (cover->seat != seat)
					continue;
				cell->person_id = cover->person_id;
				cell->cover_id = cover->cover_id;
				break;
			}
			if (seat < sweep->rotation->layers[claim->layer].nseats)
			{
				LayerTurn  *turn = layer_turn(sweep, claim->layer, t);

				cell->person_id = turn->persons[seat];
				cell->layer_id = sweep->rotation->layers[claim->layer].layer_id;
				until = Min(until, turn->until);
				break;
			}
		}
	}
	return until;
}

/* Room for one more segment. */
static Cell *
next_cells(Timeline *timeline)
{
	if (timeline->nsegments == timeline->size)
	{
		timeline->size *= 2;
		timeline->starts = repalloc(timeline->starts,
									timeline->size * sizeof(TimestampTz));
		timeline->cells = repalloc(timeline->cells,
								   (Size) timeline->size * timeline->nseats *
								   sizeof(Cell));
	}
	return &timeline->cells[(Size) timeline->nsegments * timeline->nseats];
}

static void
sweep_window(Sweep *sweep)
{
	Timeline   *timeline = sweep->timeline;
	Size		row = timeline->nseats * sizeof(Cell);
	TimestampTz t = timeline->window.from;

	while (t < timeline->window.until)
	{
		Cell	   *cells = next_cells(timeline);
		TimestampTz next;
		int			i;

		CHECK_FOR_INTERRUPTS();
		advance_claims(sweep, t);
		next = fill_cells(sweep, t, cells);
		if (timeline->nsegments == 0 ||
			memcmp(cells - timeline->nseats, cells, row) != 0)
			timeline->starts[timeline->nsegments++] = t;

		next = Min(next, timeline->window.until);
		if (sweep->next_claim < sweep->nclaims)
			next = Min(next, sweep->claims[sweep->next_claim].period.from);
		for (i = 0; i < sweep->nactive; i++)
			next = Min(next, sweep->active[i]->period.until);
		t = next;
	}
}

Timeline *
timeline_compile(Rotation *rotation, Period window, TimestampTz known_at)
{
	Timeline   *timeline = palloc0(sizeof(Timeline));
	Sweep		sweep;
	int			i;

	timeline->window = window;
	timeline->nseats = rotation->nseats;
	timeline->size = 64;
	timeline->starts = palloc(timeline->size * sizeof(TimestampTz));
	timeline->cells = palloc(timeline->size * timeline->nseats * sizeof(Cell));

	memset(&sweep, 0, sizeof(sweep));
	sweep.rotation = rotation;
	sweep.known_at = known_at;
	sweep.timeline = timeline;
	sweep.sizeclaims = 16;
	sweep.claims = palloc(sweep.sizeclaims * sizeof(Claim));
	for (i = 0; i < rotation->nlayers; i++)
	{
		if (!claim_layer(&sweep, i))
			return NULL;
	}
	for (i = 0; i < rotation->ncovers; i++)
		claim_cover(&sweep, i);
	qsort(sweep.claims, sweep.nclaims, sizeof(Claim), claim_cmp);
	sweep.active = palloc((sweep.nclaims + 1) * sizeof(Claim *));
	sweep.turns = palloc0((rotation->nlayers + 1) * sizeof(LayerTurn));

	sweep_window(&sweep);
	return timeline;
}

int
timeline_find(const TimestampTz *starts, int nsegments, TimestampTz at)
{
	const TimestampTz *base = starts;
	int			n = nsegments;

	/* the last start that is not after at; without a branch to mispredict */
	while (n > 1)
	{
		int			half = n / 2;

		base += (base[half] <= at) ? half : 0;
		n -= half;
	}
	return base - starts;
}

/* How often a week opens, at most, on one day. */
static int
spans_a_day(const Week *week)
{
	int			most = 1;
	int			day;

	for (day = 0; day < 7; day++)
	{
		most = Max(most, week->ordinary[day].nspans);
		most = Max(most, week->holiday[day].nspans);
	}
	return most;
}

int64
timeline_grain(const Rotation *rotation)
{
	static const int64 unit[] = {
		[TURN_MONTHS] = 28 * USECS_PER_DAY,
		[TURN_DAYS] = USECS_PER_DAY,
		[TURN_MINUTES] = USECS_PER_MINUTE
	};
	int64		grain = 7 * USECS_PER_DAY;
	int			i;

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];
		const Turns *turns = &layer->turns;

		/* an estimate will do: keep the product within range */
		int64		cycle = Min(turns->prefix[turns->nsteps], 1000000);

		grain = Min(grain, Max(1, cycle * unit[turns->unit] / turns->nsteps));
		if (layer->hours != NULL)
			grain = Min(grain,
						USECS_PER_DAY / (2 * spans_a_day(layer->hours)));
	}
	return Max(grain, USECS_PER_MINUTE);
}
