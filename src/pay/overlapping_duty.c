/*-------------------------------------------------------------------------
 *
 * overlapping_duty.c
 *	  What counts of the duties that somebody holds.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/overlapping_duty.h"

int
duty_piece_cmp(const void *a, const void *b)
{
	const DutyPiece *x = a;
	const DutyPiece *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->rotation_id != y->rotation_id)
		return x->rotation_id < y->rotation_id ? -1 : 1;
	return (x->seat > y->seat) - (x->seat < y->seat);
}

/* Is this one paid rather than the other? */
static bool
is_dearer(const DutyPiece *piece, const DutyPiece *other)
{
	if (piece->rank != other->rank)
		return piece->rank > other->rank;
	if (piece->rotation_id != other->rotation_id)
		return piece->rotation_id < other->rotation_id;
	return piece->seat < other->seat;
}

/* A part of a piece is paid; it may go on with the one paid before. */
static int
pay_part(const DutyPiece *piece, TimestampTz from, TimestampTz until,
		 DutyPiece *paid, int npaid)
{
	DutyPiece  *last = npaid > 0 ? &paid[npaid - 1] : NULL;

	if (last != NULL && last->until == from &&
		last->rotation_id == piece->rotation_id &&
		last->seat == piece->seat && last->band == piece->band &&
		last->regime == piece->regime)
	{
		last->until = until;
		return npaid;
	}
	paid[npaid] = *piece;
	paid[npaid].from = from;
	paid[npaid].until = until;
	return npaid + 1;
}

/* Sweep over time, with the pieces that are being held; few, as a rule. */
int
duties_once(const DutyPiece *pieces, int npieces, DutyPiece *paid)
{
	const DutyPiece **held = palloc((npieces + 1) * sizeof(DutyPiece *));
	TimestampTz at = 0;
	int			nheld = 0;
	int			npaid = 0;
	int			next = 0;

	while (nheld > 0 || next < npieces)
	{
		const DutyPiece *best;
		TimestampTz until;
		int			kept = 0;
		int			i;

		CHECK_FOR_INTERRUPTS();
		if (nheld == 0)
			at = pieces[next].from;
		while (next < npieces && pieces[next].from <= at)
			held[nheld++] = &pieces[next++];

		best = held[0];
		until = next < npieces ? pieces[next].from : DT_NOEND;
		for (i = 0; i < nheld; i++)
		{
			if (is_dearer(held[i], best))
				best = held[i];
			until = Min(until, held[i]->until);
		}
		npaid = pay_part(best, at, until, paid, npaid);

		for (i = 0; i < nheld; i++)
		{
			if (held[i]->until > until)
				held[kept++] = held[i];
		}
		nheld = kept;
		at = until;
	}
	pfree(held);
	return npaid;
}

void
policy_day_init(PolicyDay *day, const Zone *zone, int64 starts)
{
	clock_init(&day->clock, zone);
	day->starts = starts;
	day->day = 0;
	day->from = day->until = DT_NOBEGIN;
}

static TimestampTz
start_of(PolicyDay *day, Day date)
{
	return clock_to_utc(&day->clock, date * USECS_PER_DAY + day->starts);
}

void
policy_day_at(PolicyDay *day, TimestampTz t)
{
	if (t >= day->from && t < day->until)
		return;
	if (t < day->until || t >= day->until + 2 * USECS_PER_DAY)
	{
		Timestamp	local = t + clock_offset(&day->clock, t) - day->starts;

		day->day = (Day) floor_div(local, USECS_PER_DAY);
		day->from = start_of(day, day->day);
		while (day->from > t)
			day->from = start_of(day, --day->day);
		day->until = start_of(day, day->day + 1);
	}
	while (day->until <= t)
	{
		day->from = day->until;
		day->until = start_of(day, ++day->day + 1);
	}
}
