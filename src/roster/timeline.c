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
#include "roster/walk.h"

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
	Walk	   *walk;			/* NULL: it has no say in the window */
	int64		number;			/* of the turn; -1: none yet */
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

bool
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

/* Claims of a layer in a period, as far as hours allow. */
static bool
claim_hours(Sweep *sweep, int i, Period period, const Week *hours,
			WallClock *clock)
{
	PeriodList	open;
	int64		span;

	if (hours == NULL)
	{
		add_claim(sweep, period, i, -1);
		return true;
	}

	memset(&open, 0, sizeof(open));
	open.limit = MAX_OPEN_SPANS;
	if (!week_open_periods(hours, clock, &sweep->rotation->holidays,
						   period.from, period.until, &open))
		return false;
	for (span = 0; span < open.n; span++)
		add_claim(sweep, open.periods[span], i, -1);
	if (open.periods != NULL)
		pfree(open.periods);

	/* one for each layer there may be at a single instant, too */
	return sweep->nclaims <= MAX_OPEN_SPANS + sweep->rotation->nlayers;
}

/*
 * Claims of a layer: where it is valid, no rule has ended it, its cadence has
 * started and its hours are open. False if the hours open and close too often.
 */
static bool
claim_layer(Sweep *sweep, int i)
{
	Layer	   *layer = &sweep->rotation->layers[i];
	Period		period = period_and(layer->valid, sweep->timeline->window);
	TimestampTz start;
	Walk	   *walk;

	if (!is_believed(&layer->recorded, sweep->known_at) ||
		period_empty(period) || layer->first_seat >= sweep->timeline->nseats)
		return true;
	walk = walk_create(layer, sweep->known_at, period.until);
	if (!walk_begins(walk, &start))
		return true;
	period.from = Max(period.from, start);
	period.until = Min(period.until, walk->ends);

	while (!period_empty(period))
	{
		Period		piece = period;
		TimestampTz until;
		WallClock  *clock;
		const Week *hours = walk_hours(walk, period.from, &clock, &until);

		piece.until = Min(piece.until, until);
		if (!claim_hours(sweep, i, piece, hours, clock))
			return false;
		period.from = piece.until;
	}
	sweep->turns[i].walk = walk;
	sweep->turns[i].number = -1;
	return true;
}

static void
claim_cover(Sweep *sweep, int i)
{
	Cover	   *cover = &sweep->rotation->covers[i];
	Period		period = period_and(cover->period, sweep->timeline->window);

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

	if (turn->number >= 0 && t < turn->walk->until)
		return turn;
	walk_seek(turn->walk, t);	/* true: claims begin at the first handover */
	if (turn->persons == NULL)
		turn->persons = palloc(turn->walk->layer->nseats * sizeof(int32));
	walk_seats(turn->walk, turn->persons);
	turn->number = turn->walk->number;
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
			const Layer *layer;

			if (claim->layer < 0)
			{
				const Cover *cover = &sweep->rotation->covers[claim->cover];

				if (cover->seat != seat)
					continue;
				cell->person_id = cover->person_id;
				cell->cover_id = cover->cover_id;
				break;
			}
			layer = &sweep->rotation->layers[claim->layer];
			if (seat >= layer->first_seat &&
				seat - layer->first_seat < layer->nseats)
			{
				LayerTurn  *turn = layer_turn(sweep, claim->layer, t);

				cell->person_id = turn->persons[seat - layer->first_seat];
				cell->layer_id = layer->layer_id;
				until = Min(until, turn->walk->until);
				break;
			}
		}
	}
	return until;
}

#ifdef USE_ASSERT_CHECKING
/* Does every segment begin after the one before, and differ from it? */
static bool
segments_differ(const Timeline *timeline)
{
	int			nseats = timeline->nseats;
	int			i;

	for (i = 1; i < timeline->nsegments; i++)
	{
		const Cell *cells = &timeline->cells[(Size) i * nseats];

		if (timeline->starts[i] <= timeline->starts[i - 1] ||
			memcmp(cells - nseats, cells, nseats * sizeof(Cell)) == 0)
			return false;
	}
	return timeline->nsegments > 0 &&
		timeline->starts[0] == timeline->window.from;
}
#endif

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

		Assert(next > t);
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
	sweep.turns = palloc0((rotation->nlayers + 1) * sizeof(LayerTurn));
	for (i = 0; i < rotation->nlayers; i++)
	{
		if (!claim_layer(&sweep, i))
			return NULL;
	}
	for (i = 0; i < rotation->ncovers; i++)
		claim_cover(&sweep, i);
	qsort(sweep.claims, sweep.nclaims, sizeof(Claim), claim_cmp);
	sweep.active = palloc((sweep.nclaims + 1) * sizeof(Claim *));

	sweep_window(&sweep);
	Assert(segments_differ(timeline));
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

/* A time in which turns do not change hands more than once, about. */
static int64
turns_grain(const Turns *turns)
{
	static const int64 unit[] = {
		[TURN_MONTHS] = 28 * USECS_PER_DAY,
		[TURN_DAYS] = USECS_PER_DAY,
		[TURN_MINUTES] = USECS_PER_MINUTE
	};

	/* an estimate will do: keep the product within range */
	int64		cycle = Min(turns->prefix[turns->nsteps], 1000000);

	return Max(1, cycle * unit[turns->unit] / turns->nsteps);
}

static int64
hours_grain(const Week *hours)
{
	return USECS_PER_DAY / (2 * spans_a_day(hours));
}

int64
timeline_grain(const Rotation *rotation)
{
	int64		grain = 7 * USECS_PER_DAY;
	int			i;
	int			r;

	for (i = 0; i < rotation->nlayers; i++)
	{
		const Layer *layer = &rotation->layers[i];

		grain = Min(grain, turns_grain(&layer->turns));
		if (layer->hours != NULL)
			grain = Min(grain, hours_grain(layer->hours));
		for (r = 0; r < layer->nrules; r++)
		{
			const LayerRule *rule = &layer->rules[r];

			if (rule->turns != NULL)
				grain = Min(grain, turns_grain(rule->turns));
			if (rule->hours != NULL)
				grain = Min(grain, hours_grain(rule->hours));
		}
	}
	return Max(grain, USECS_PER_MINUTE);
}
