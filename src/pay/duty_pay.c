/*-------------------------------------------------------------------------
 *
 * duty_pay.c
 *	  Pay for time held on call.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/duty_pay.h"

#include "base/sort.h"
#include "miscadmin.h"
#include "pay/exact.h"
#include "pay/overlapping_duty.h"
#include "pay/pay_rows.h"
#include "utils/memutils.h"

/* The last day of a rotation (0: of any) that was counted whole. */
typedef struct LastDay
{
	int32		rotation_id;
	Day			day;
} LastDay;

/* Pieces of duty, while they are being collected. */
typedef struct DutyPieces
{
	int			n;
	int			size;
	DutyPiece  *pieces;
} DutyPieces;

/* The day last counted whole of a rotation, or where duty is paid once. */
static LastDay *
last_day_of(PayAccount *account, int32 rotation_id)
{
	LastDay    *last;
	ListCell   *cell;

	if (account->policy->once)
		rotation_id = 0;
	foreach(cell, account->last_days)
	{
		last = lfirst(cell);
		if (last->rotation_id == rotation_id)
			return last;
	}
	last = palloc(sizeof(LastDay));
	last->rotation_id = rotation_id;
	last->day = PG_INT32_MIN;
	account->last_days = lappend(account->last_days, last);
	return last;
}

/*
 * Count the policy days of which this piece is the first, if they start in
 * the window. Somebody whose zone changes has each date once.
 */
static void
count_whole_days(Payroll *payroll, PayAccount *account,
				 const DutyPiece *piece, PayShare *share)
{
	LastDay    *last = last_day_of(account, piece->rotation_id);
	TimestampTz at = piece->time.from;

	pay_account_turn_to_zone(payroll, piece->time.regime,
							 account->policy->day_starts);
	while (at < piece->time.until)
	{
		CHECK_FOR_INTERRUPTS();
		policy_day_at(&payroll->day, at);
		if (payroll->day.day > last->day)
		{
			last->day = payroll->day.day;
			if (payroll->day.from >= payroll->window.from &&
				payroll->day.from < payroll->window.until)
				share->whole_days++;
		}
		at = payroll->day.until;
	}
}

/* The part of a piece of time from one instant on until another. */
static BandPiece
part_of(const BandPiece *piece, TimestampTz from, TimestampTz until)
{
	BandPiece	part = *piece;

	part.from = Max(part.from, from);
	part.until = Min(part.until, until);
	return part;
}

/* Count a piece of duty that is paid. */
static void
pay_piece(Payroll *payroll, PayAccount *account, const DutyPiece *piece)
{
	const PayPolicy *policy = account->policy;
	const PieceSource source = {piece->rotation_id, piece->seat, NULL};
	BandPiece	within = part_of(&piece->time, payroll->window.from,
								 payroll->window.until);
	PayShare	own = {0};
	PayShare   *share = &account->shares[PAY_STANDBY][within.band];

	if (payroll->mode == MODE_PIECES)
		share = &own;
	if (policy->bands[within.band].whole_days)
	{
		exact_add(&share->held, Max(within.until - within.from, 0));
		count_whole_days(payroll, account, piece, share);
	}
	else if (within.from < within.until)
		pay_account_count(payroll, policy, &within, share);

	if (payroll->mode == MODE_PIECES && !pay_share_is_nothing(share))
	{
		/* the first that is held of a day may lie beyond the window */
		pay_rows_put_piece(payroll, policy, within.from < within.until ?
						   &within : &piece->time, &source, share);
	}
}

/* Show a part of a piece of duty that is not paid, for another one is. */
static void
explain_part(const Payroll *payroll, const PayPolicy *policy,
			 const DutyPiece *piece, TimestampTz from, TimestampTz until)
{
	const PieceSource source = {piece->rotation_id, piece->seat, NULL};
	BandPiece	part = part_of(&piece->time,
							   Max(from, payroll->window.from),
							   Min(until, payroll->window.until));

	if (part.from < part.until)
		pay_rows_put_unpaid(payroll, policy, &part, &source);
}

/* Show what is left of pieces of duty where others are paid; both in order. */
static void
explain_unpaid(const Payroll *payroll, const PayPolicy *policy,
			   const DutyPiece *pieces, int npieces,
			   const DutyPiece *paid, int npaid)
{
	int			first = 0;
	int			i;
	int			k;

	for (i = 0; i < npieces; i++)
	{
		const DutyPiece *piece = &pieces[i];
		TimestampTz at = piece->time.from;

		CHECK_FOR_INTERRUPTS();
		while (first < npaid && paid[first].time.until <= piece->time.from)
			first++;
		for (k = first; k < npaid &&
			 paid[k].time.from < piece->time.until; k++)
		{
			if (paid[k].rotation_id != piece->rotation_id ||
				paid[k].seat != piece->seat)
				continue;
			explain_part(payroll, policy, piece, at, paid[k].time.from);
			at = Max(at, paid[k].time.until);
		}
		explain_part(payroll, policy, piece, at, piece->time.until);
	}
}

/* Split the part of a shift that lies in a period into bands. */
static void
split_shift(const Payroll *payroll, PayAccount *account,
			const HeldShift *shift, Period period, DutyPieces *list)
{
	const Bands *bands;
	BandWalk	walk;
	BandPiece	part;

	period = period_and(period, shift->period);
	if (period_empty(period))
		return;
	bands = pay_account_bands(payroll, account, shift->rotation_id,
							  shift->seat);
	bands_begin(&walk, bands, period.from, period.until);
	while (bands_next(&walk, &part))
	{
		DutyPiece  *piece;

		if (list->n == list->size)
		{
			held_shifts_check_room(list->size);
			list->size *= 2;
			list->pieces = repalloc_huge(list->pieces,
										 list->size * sizeof(DutyPiece));
		}
		piece = &list->pieces[list->n++];
		piece->time = part;
		piece->rotation_id = shift->rotation_id;
		piece->seat = shift->seat;
		piece->rank = account->policy->bands[part.band].rank;
	}
}

/* Are these in order, one after the other? */
static bool
pieces_are_apart(const DutyPiece *pieces, int npieces)
{
	int			i;

	for (i = 1; i < npieces; i++)
	{
		if (pieces[i].time.from < pieces[i - 1].time.until)
			return false;
	}
	return true;
}

/* Pay shifts of a person in a period in which one policy pays them. */
static void
pay_shifts(Payroll *payroll, const PayPolicy *policy, Period period,
		   const HeldShift *shifts, int nshifts)
{
	PayAccount *account = pay_account_of(payroll, policy);
	DutyPieces	list = {0, 64, palloc(64 * sizeof(DutyPiece))};
	DutyPiece  *paid;
	int			npaid;
	int			i;

	for (i = 0; i < nshifts; i++)
		split_shift(payroll, account, &shifts[i], period, &list);

	/* as a rule, people hold one duty at a time */
	paid = list.pieces;
	npaid = list.n;
	if (!pieces_are_apart(list.pieces, list.n))
	{
		sort_interruptibly(list.pieces, list.n, sizeof(DutyPiece), overlapping_duty_cmp);
		if (policy->once)
		{
			paid = MemoryContextAllocHuge(CurrentMemoryContext,
										  (2 * list.n + 1) *
										  sizeof(DutyPiece));
			npaid = overlapping_duty_once(list.pieces, list.n, paid);
			Assert(pieces_are_apart(paid, npaid));
			if (payroll->mode == MODE_PIECES)
				explain_unpaid(payroll, policy, list.pieces, list.n,
							   paid, npaid);
		}
	}
	for (i = 0; i < npaid; i++)
		pay_piece(payroll, account, &paid[i]);
	if (paid != list.pieces)
		pfree(paid);
	pfree(list.pieces);
}

void
duty_pay_person(Payroll *payroll, const HeldShift *shifts, int nshifts)
{
	const Payee *payee = payroll->payee;
	Period		period = {DT_NOBEGIN, DT_NOBEGIN};
	int			i;

	for (i = 0; i < payee->nstretches && nshifts > 0; i++)
	{
		int32		pay_policy_id = payee->stretches[i].pay_policy_id;

		period.until = payee->stretches[i].until;
		/* a move within a policy is the bands' concern */
		if (i + 1 < payee->nstretches &&
			payee->stretches[i + 1].pay_policy_id == pay_policy_id)
			continue;
		if (pay_policy_id != 0 &&
			period.until > pay_account_window(payroll).from &&
			(payroll->pay_policy_id == 0 || payroll->pay_policy_id == pay_policy_id))
		{
			const PayPolicy *policy = pay_terms_find(payroll->policies,
													 payroll->npolicies,
													 pay_policy_id);

			if (policy != NULL)
				pay_shifts(payroll, policy, period, shifts, nshifts);
		}
		period.from = period.until;
	}
}
