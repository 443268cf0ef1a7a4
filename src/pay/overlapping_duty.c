/*-------------------------------------------------------------------------
 *
 * overlapping_duty.c
 *	  Which of several duties that somebody holds at once is paid.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/overlapping_duty.h"

int
overlapping_duty_cmp(const void *a, const void *b)
{
	const DutyPiece *x = a;
	const DutyPiece *y = b;

	if (x->time.from != y->time.from)
		return x->time.from < y->time.from ? -1 : 1;
	if (x->rotation_id != y->rotation_id)
		return x->rotation_id < y->rotation_id ? -1 : 1;
	return (x->seat > y->seat) - (x->seat < y->seat);
}

/* Is this one paid rather than the other? */
static bool
is_paid_before(const DutyPiece *piece, const DutyPiece *other)
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

	if (last != NULL && last->time.until == from &&
		last->rotation_id == piece->rotation_id &&
		last->seat == piece->seat && last->time.band == piece->time.band &&
		last->time.regime == piece->time.regime)
	{
		last->time.until = until;
		return npaid;
	}
	paid[npaid] = *piece;
	paid[npaid].time.from = from;
	paid[npaid].time.until = until;
	return npaid + 1;
}

/* Sweep over time, with the pieces that are being held; few, as a rule. */
int
overlapping_duty_once(const DutyPiece *pieces, int npieces, DutyPiece *paid)
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
			at = pieces[next].time.from;
		while (next < npieces && pieces[next].time.from <= at)
			held[nheld++] = &pieces[next++];

		best = held[0];
		until = next < npieces ? pieces[next].time.from : DT_NOEND;
		for (i = 0; i < nheld; i++)
		{
			if (is_paid_before(held[i], best))
				best = held[i];
			until = Min(until, held[i]->time.until);
		}
		Assert(at < until);
		npaid = pay_part(best, at, until, paid, npaid);

		for (i = 0; i < nheld; i++)
		{
			if (held[i]->time.until > until)
				held[kept++] = held[i];
		}
		nheld = kept;
		at = until;
	}
	pfree(held);
	return npaid;
}
