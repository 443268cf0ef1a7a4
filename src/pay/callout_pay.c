/*-------------------------------------------------------------------------
 *
 * callout_pay.c
 *	  Pay for time spent responding, and time in lieu.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/callout_pay.h"

#include "miscadmin.h"
#include "pay/exact.h"
#include "pay/callout_parts.h"
#include "pay/duty_pay.h"
#include "pay/pay_rows.h"
#include "utils/memutils.h"

/* A call-out that is paid. */
typedef struct PaidCallout
{
	PayAccount *account;
	PieceSource source;			/* of its pieces */
	PayShare   *shares;			/* of each band, if it is told by itself */
} PaidCallout;

/* See CalloutTermsAt: without a policy, what was worked. */
static CalloutTerms
terms_at(void *arg, TimestampTz at)
{
	const PayPolicy *policy = callout_policy_at(arg, at);
	CalloutTerms none = {0, 1, true};

	return policy == NULL ? none : policy->callouts;
}

/* The share that a piece of a call-out adds to; own, if it is shown. */
static PayShare *
share_of(const Payroll *payroll, const PaidCallout *paid, int band,
		 PayShare *own)
{
	switch (payroll->mode)
	{
		case MODE_PIECES:
			return own;
		case MODE_CALLOUTS:
			return &paid->shares[band];
		case MODE_LINES:
			break;
	}
	return pay_account_share(paid->account, PAY_CALLOUT, band,
							 paid->source.rotation_id, paid->source.wage);
}

/* Count the paid time of a call-out. */
static void
pay_time(Payroll *payroll, const PaidCallout *paid)
{
	const PayPolicy *policy = paid->account->policy;
	const Period *period = &paid->source.callout->paid;
	BandWalk	walk;
	BandPiece	piece;
	int			band = -1;		/* the last that was not work */

	bands_begin(&walk, pay_account_bands(payroll, paid->account, 0, -1),
				period->from, period->until);
	while (bands_next(&walk, &piece))
	{
		PayShare	own = {0};
		PayShare   *share;

		CHECK_FOR_INTERRUPTS();
		if (!policy->bands[piece.band].is_work)
			band = piece.band;
		if (band < 0)
			continue;
		piece.band = band;
		pay_account_check_wage(payroll, policy, PAY_CALLOUT, &piece,
							   paid->source.wage);
		share = share_of(payroll, paid, band, &own);
		/* days in proportion: whole ones are for standby */
		pay_account_count(payroll, policy, PAY_CALLOUT, &piece, share);
		if (payroll->mode == MODE_PIECES)
			pay_rows_put_piece(payroll, policy, &piece, &paid->source, share);
	}
}

/* Count a day in lieu that a part of a response earns. */
static void
add_lieu_day(const Payroll *payroll, const PaidCallout *paid,
			 const BandPiece *part)
{
	const PayPolicy *policy = paid->account->policy;
	PayShare	own = {0};
	PayShare   *share = share_of(payroll, paid, part->band, &own);

	exact_add(&share->lieu_days,
			  policy->bands[part->band].terms[PAY_CALLOUT].lieu_day);
	if (payroll->mode == MODE_PIECES)
		pay_rows_put_piece(payroll, policy, part, &paid->source, share);
}

/*
 * Count the days in lieu that the responses of a call-out earn: one for each
 * local day and band, to which the first response of that day has a claim.
 * Call-outs that began before the window only keep later ones from it.
 */
static void
pay_lieu_days(Payroll *payroll, const PaidCallout *paid,
			  const Response *response, bool counts)
{
	PayAccount *account = paid->account;
	BandWalk	walk;
	BandPiece	piece;

	if (period_empty(response->period))
		return;
	bands_begin(&walk, pay_account_bands(payroll, account, 0, -1),
				response->period.from, response->period.until);
	while (bands_next(&walk, &piece))
	{
		const PayBand *band = &account->policy->bands[piece.band];
		DateSet    *dates = &account->lieu_dates[PAY_CALLOUT][piece.band];
		TimestampTz at = piece.from;

		if (band->terms[PAY_CALLOUT].lieu_day == 0 || band->is_work)
			continue;
		pay_account_turn_to_zone(payroll, piece.regime, 0);
		while (at < piece.until)
		{
			BandPiece	part = piece;

			CHECK_FOR_INTERRUPTS();
			policy_day_at(&payroll->day, at);
			part.from = at;
			part.until = Min(piece.until, payroll->day.until);
			at = part.until;
			if (date_set_has(dates, payroll->day.day))
				continue;
			date_set_add(dates, payroll->day.day);
			if (counts)
				add_lieu_day(payroll, paid, &part);
		}
	}
}

/* Pay a call-out, if it is of this window and of the policy asked for. */
static void
pay_callout(Payroll *payroll, const Callout *callout)
{
	const PayPolicy *policy = callout_policy_at(payroll, callout->paid.from);
	bool		counts = callout->paid.from >= payroll->window.from;
	PaidCallout paid = {0};
	int			i;

	if (policy == NULL || !pay_account_wants(payroll, policy))
		return;
	paid.account = pay_account_of(payroll, policy);
	paid.source.callout = callout;
	paid.source.wage = pay_loader_stretch(payroll->payee,
										  callout->paid.from)->wage;
	if (counts)
	{
		if (payroll->mode == MODE_CALLOUTS)
			paid.shares = palloc0((policy->nbands + 1) * sizeof(PayShare));
		else if (policy->by_rotation)
			paid.source.rotation_id =
				duty_pay_rotation_at(payroll, paid.account, paid.source.wage,
									 callout->paid.from);
		if (!period_empty(callout->paid))
			pay_time(payroll, &paid);
	}
	for (i = 0; i < callout->nresponses; i++)
		pay_lieu_days(payroll, &paid,
					  &payroll->responses[callout->first + i], counts);
	if (counts && payroll->mode == MODE_CALLOUTS)
		pay_rows_put_callout(payroll, policy, callout, paid.shares);
}

void
callout_pay_form(Payroll *payroll, const Response *responses, int nresponses)
{
	Callout    *callouts;
	int			nparts;

	payroll->responses = callout_parts_of(payroll, responses, nresponses,
										  &nparts);
	callouts = MemoryContextAllocHuge(CurrentMemoryContext,
									  (nparts + 1) * sizeof(Callout));
	payroll->callouts = callouts;
	payroll->ncallouts = callout_form(payroll->responses, nparts, terms_at,
									  payroll, callouts);
	if (payroll->ncallouts < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a call-out would last beyond the end of time"),
				 errhint("Look for a minimum_callout or round_to that is too long.")));
}

void
callout_pay_person(Payroll *payroll)
{
	int			i;

	/* those of the days before may have had a claim to a day in lieu */
	for (i = 0; i < payroll->ncallouts; i++)
	{
		const Callout *callout = &payroll->callouts[i];

		if (callout->paid.from < payroll->window.until &&
			callout->ended >= payroll->window.from - LONGEST_DATE)
			pay_callout(payroll, callout);
	}
}
