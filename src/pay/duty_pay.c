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

/* Dates of which somebody's duty in a rotation was counted whole. */
typedef struct HeldDates
{
	int32		rotation_id;
	DateSet		dates;
} HeldDates;

/* Pieces of duty, while they are being collected. */
typedef struct DutyPieces
{
	int			n;
	int			size;
	DutyPiece  *pieces;
} DutyPieces;

/*
 * Is this the first of a date that the person at hand holds in a rotation, or
 * where duty is paid once, in any? If so, it is not any more. Neither policy
 * nor zone matter.
 */
static bool
date_is_new(Payroll *payroll, bool once, int32 rotation_id, Day day)
{
	HeldDates  *own = NULL;
	ListCell   *cell;

	foreach(cell, payroll->held_dates)
	{
		HeldDates  *held = lfirst(cell);

		if (held->rotation_id == rotation_id)
			own = held;
		if ((once || held->rotation_id == rotation_id) &&
			date_set_has(&held->dates, day))
			return false;
	}
	if (own == NULL)
	{
		own = palloc0(sizeof(HeldDates));
		own->rotation_id = rotation_id;
		payroll->held_dates = lappend(payroll->held_dates, own);
	}
	date_set_add(&own->dates, day);
	return true;
}

/* Does an instant lie in the window? */
static bool
in_window(const Payroll *payroll, TimestampTz at)
{
	return at >= payroll->window.from && at < payroll->window.until;
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

/* The share that a part of a piece of duty adds to; own, if it is shown. */
static PayShare *
share_of(const Payroll *payroll, PayAccount *account, const DutyPiece *piece,
		 Datum wage, PayShare *own)
{
	return payroll->mode == MODE_PIECES ? own :
		pay_account_share(account, PAY_STANDBY, piece->time.band,
						  piece->rotation_id, wage);
}

/* Show a part of a piece of duty with what it is paid, if that is anything. */
static void
show_part(const Payroll *payroll, const PayAccount *account,
		  const DutyPiece *piece, const BandPiece *part, Datum wage,
		  const PayShare *share)
{
	PieceSource source = {
		.rotation_id = piece->rotation_id,
		.seat = piece->seat,
		.wage = wage
	};

	if (payroll->mode == MODE_PIECES && !pay_share_is_nothing(share) &&
		pay_account_wants(payroll, account->policy))
		pay_rows_put_piece(payroll, account->policy, part, &source, share);
}

/*
 * Pay a part of a piece of duty for the time of it that lies in the window,
 * unless that counts by whole days: these count as such, with this part if it
 * is the first of one.
 */
static void
pay_part(Payroll *payroll, PayAccount *account, const DutyPiece *piece,
		 const BandPiece *part, bool first_of_day, Datum wage)
{
	const PayPolicy *policy = account->policy;
	BandPiece	within = part_of(part, payroll->window.from,
								 payroll->window.until);
	PayShare	own = {0};
	PayShare   *share;

	if (within.from >= within.until)
		return;
	if (policy->of_wage && pay_account_wants(payroll, policy))
		pay_account_check_wage(payroll, policy, PAY_STANDBY, &within, wage);
	share = share_of(payroll, account, piece, wage, &own);
	if (!policy->bands[within.band].whole_days)
		pay_account_count(payroll, policy, PAY_STANDBY, &within, share);
	else
	{
		exact_add(&share->held, within.until - within.from);
		if (first_of_day)
			share->whole_days++;
	}
	show_part(payroll, account, piece, &within, wage, share);
}

/* Pay a piece of duty policy day by policy day. */
static void
pay_by_days(Payroll *payroll, PayAccount *account, const DutyPiece *piece,
			Datum wage)
{
	const PayPolicy *policy = account->policy;
	bool		whole = policy->bands[piece->time.band].whole_days;
	TimestampTz at = piece->time.from;

	while (at < piece->time.until)
	{
		BandPiece	part;
		bool		first;

		CHECK_FOR_INTERRUPTS();
		pay_account_turn_to_zone(payroll, piece->time.regime,
								 policy->day_starts);
		policy_day_at(&payroll->day, at);
		part = part_of(&piece->time, at, payroll->day.until);
		first = whole && date_is_new(payroll, policy->once,
									 piece->rotation_id, payroll->day.day) &&
			in_window(payroll, at);
		at = payroll->day.until;
		pay_part(payroll, account, piece, &part, first, wage);
	}
}

/* Count the days in lieu that a piece of duty earns: one for each local day. */
static void
pay_lieu_days(Payroll *payroll, PayAccount *account, const DutyPiece *piece,
			  Datum wage)
{
	int			band = piece->time.band;
	DateSet    *dates = &account->lieu_dates[PAY_STANDBY][band];
	TimestampTz at = piece->time.from;

	pay_account_turn_to_zone(payroll, piece->time.regime, 0);
	while (at < piece->time.until)
	{
		PayShare	own = {0};
		PayShare   *share;
		BandPiece	part;

		CHECK_FOR_INTERRUPTS();
		policy_day_at(&payroll->day, at);
		part = part_of(&piece->time, at, payroll->day.until);
		at = payroll->day.until;
		if (date_set_has(dates, payroll->day.day))
			continue;
		date_set_add(dates, payroll->day.day);
		if (!in_window(payroll, part.from))
			continue;
		share = share_of(payroll, account, piece, wage, &own);
		exact_add(&share->lieu_days,
				  account->policy->bands[band].terms[PAY_STANDBY].lieu_day);
		show_part(payroll, account, piece, &part, wage, share);
	}
}

/* Count a piece of duty that is paid. */
static void
pay_piece(Payroll *payroll, PayAccount *account, const DutyPiece *piece,
		  Datum wage)
{
	const PayBand *band = &account->policy->bands[piece->time.band];

	if (band->whole_days || payroll->mode == MODE_PIECES)
		pay_by_days(payroll, account, piece, wage);
	else
		pay_part(payroll, account, piece, &piece->time, false, wage);
	if (band->terms[PAY_STANDBY].lieu_day != 0)
		pay_lieu_days(payroll, account, piece, wage);
}

/* Show a part of a piece of duty that is not paid, for another one is. */
static void
explain_part(const Payroll *payroll, const PayPolicy *policy, Datum wage,
			 const DutyPiece *piece, TimestampTz from, TimestampTz until)
{
	const PieceSource source = {
		.rotation_id = piece->rotation_id,
		.seat = piece->seat,
		.wage = wage
	};
	BandPiece	part = part_of(&piece->time,
							   Max(from, payroll->window.from),
							   Min(until, payroll->window.until));

	if (part.from < part.until)
		pay_rows_put_unpaid(payroll, policy, &part, &source);
}

/* Show what is left of pieces of duty where others are paid; both in order. */
static void
explain_unpaid(const Payroll *payroll, const PayPolicy *policy, Datum wage,
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
			explain_part(payroll, policy, wage, piece, at,
						 paid[k].time.from);
			at = Max(at, paid[k].time.until);
		}
		explain_part(payroll, policy, wage, piece, at, piece->time.until);
	}
}

static void
add_piece(DutyPieces *list, const BandPiece *time, int32 rotation_id,
		  int seat)
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
	piece->time = *time;
	piece->rotation_id = rotation_id;
	piece->seat = seat;
	piece->rank = 0;
}

/* Split a stretch of a shift into bands. */
static void
split_stretch(const Payroll *payroll, PayAccount *account,
			  const HeldShift *shift, TimestampTz from, TimestampTz until,
			  DutyPieces *list)
{
	BandWalk	walk;
	BandPiece	part;

	if (from >= until)
		return;
	bands_begin(&walk, pay_account_bands(payroll, account,
										 shift->rotation_id, shift->seat),
				from, until);
	while (bands_next(&walk, &part))
		add_piece(list, &part, shift->rotation_id, shift->seat);
}

/*
 * Cut pieces where days begin, so that of duties held at once each date goes
 * to the first of them, whichever has been held for longer.
 */
static void
cut_at_days(const PayPolicy *policy, DutyPieces *list)
{
	DutyPieces	cut = {.size = list->n};
	PolicyDay	days[2];		/* of the policy, and from midnight */
	const Regime *regime = NULL;
	int			i;

	cut.pieces = MemoryContextAllocHuge(CurrentMemoryContext,
										cut.size * sizeof(DutyPiece));
	for (i = 0; i < list->n; i++)
	{
		const DutyPiece *piece = &list->pieces[i];
		BandPiece	part = piece->time;

		if (part.regime != regime)
		{
			regime = part.regime;
			policy_day_init(&days[0], REGIME_ZONE(regime), policy->day_starts);
			policy_day_init(&days[1], REGIME_ZONE(regime), 0);
		}
		while (part.from < piece->time.until)
		{
			CHECK_FOR_INTERRUPTS();
			policy_day_at(&days[0], part.from);
			policy_day_at(&days[1], part.from);
			part.until = Min(piece->time.until,
							 Min(days[0].until, days[1].until));
			add_piece(&cut, &part, piece->rotation_id, piece->seat);
			part.from = part.until;
		}
	}
	pfree(list->pieces);
	*list = cut;
}

/*
 * Split the part of a shift that lies in a period into bands, but for the
 * time of call-outs, if the policy pays no standby then.
 */
static void
split_shift(const Payroll *payroll, PayAccount *account,
			const HeldShift *shift, Period period, DutyPieces *list)
{
	TimestampTz at;
	int			i;

	period = period_and(period, shift->period);
	at = period.from;
	for (i = 0; i < payroll->ncallouts && !account->policy->during_callout; i++)
	{
		const Period *paid = &payroll->callouts[i].paid;

		CHECK_FOR_INTERRUPTS();
		if (paid->from >= period.until)
			break;
		if (paid->until <= at)
			continue;
		split_stretch(payroll, account, shift, at, paid->from, list);
		at = Max(at, paid->until);
	}
	split_stretch(payroll, account, shift, at, period.until, list);
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

/*
 * Which of these pieces are paid, where only one is at a time: they become
 * disjoint. Those that are not are shown.
 */
static DutyPiece *
choose_pieces(Payroll *payroll, PayAccount *account, Datum wage,
			  DutyPieces *list, int *npaid)
{
	DutyPiece  *paid;
	int			i;

	for (i = 0; i < list->n; i++)
		list->pieces[i].rank = pay_account_rank(account,
												list->pieces[i].time.band,
												wage);
	paid = MemoryContextAllocHuge(CurrentMemoryContext,
								  (2 * list->n + 1) * sizeof(DutyPiece));
	*npaid = overlapping_duty_once(list->pieces, list->n, paid);
	Assert(pieces_are_apart(paid, *npaid));
	if (payroll->mode == MODE_PIECES &&
		pay_account_wants(payroll, account->policy))
		explain_unpaid(payroll, account->policy, wage, list->pieces, list->n,
					   paid, *npaid);
	return paid;
}

/* Pay shifts of a person in a period in which one policy and wage pay them. */
static void
pay_shifts(Payroll *payroll, const PayPolicy *policy, Datum wage,
		   Period period)
{
	PayAccount *account = pay_account_of(payroll, policy);
	DutyPieces	list = {0, 64, palloc(64 * sizeof(DutyPiece))};
	DutyPiece  *paid;
	bool		apart;
	int			npaid;
	int			i;

	for (i = 0; i < payroll->nshifts; i++)
		split_shift(payroll, account, &payroll->shifts[i], period, &list);

	/* as a rule, people hold one duty at a time */
	apart = pieces_are_apart(list.pieces, list.n);
	if (!apart)
	{
		if (policy->by_date && !policy->once)
			cut_at_days(policy, &list);
		sort_interruptibly(list.pieces, list.n, sizeof(DutyPiece),
						   overlapping_duty_cmp);
	}
	paid = list.pieces;
	npaid = list.n;
	if (!apart && policy->once)
		paid = choose_pieces(payroll, account, wage, &list, &npaid);
	for (i = 0; i < npaid; i++)
		pay_piece(payroll, account, &paid[i], wage);
	if (paid != list.pieces)
		pfree(paid);
	pfree(list.pieces);
}

/* Does the second stretch pay as the first, if perhaps in another place? */
static bool
pays_alike(const PayStretch *a, const PayStretch *b)
{
	return a->pay_policy_id == b->pay_policy_id && a->wage == b->wage;
}

void
duty_pay_person(Payroll *payroll)
{
	const Payee *payee = payroll->payee;
	Period		period = {DT_NOBEGIN, DT_NOBEGIN};
	int			i;

	for (i = 0; i < payee->nstretches && payroll->nshifts > 0; i++)
	{
		const PayStretch *stretch = &payee->stretches[i];

		period.until = stretch->until;
		/* a move within a policy is the bands' concern */
		if (i + 1 < payee->nstretches && pays_alike(stretch, stretch + 1))
			continue;
		if (period.until > pay_account_window(payroll).from)
		{
			const PayPolicy *policy = pay_terms_find(payroll->policies,
													 payroll->npolicies,
													 stretch->pay_policy_id);

			/* a date that another policy has counted is not counted again */
			if (policy != NULL && (policy->by_date ||
								   pay_account_wants(payroll, policy)))
				pay_shifts(payroll, policy, stretch->wage, period);
		}
		period.from = period.until;
	}
}

int32
duty_pay_rotation_at(const Payroll *payroll, PayAccount *account, Datum wage,
					 TimestampTz at)
{
	const HeldShift *best = NULL;
	int			best_rank = -1;
	int			i;

	for (i = 0; i < payroll->nshifts &&
		 payroll->shifts[i].period.from <= at; i++)
	{
		const HeldShift *shift = &payroll->shifts[i];
		BandWalk	walk;
		BandPiece	piece;
		int			rank;

		CHECK_FOR_INTERRUPTS();
		if (shift->period.until <= at)
			continue;
		bands_begin(&walk, pay_account_bands(payroll, account,
											 shift->rotation_id, shift->seat),
					at, at + 1);
		(void) bands_next(&walk, &piece);
		rank = pay_account_rank(account, piece.band, wage);
		if (rank > best_rank ||
			(rank == best_rank && shift->rotation_id < best->rotation_id))
		{
			best = shift;
			best_rank = rank;
		}
	}
	return best == NULL ? 0 : best->rotation_id;
}
