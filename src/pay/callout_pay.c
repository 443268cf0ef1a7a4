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
#include "pay/pay_rows.h"
#include "utils/memutils.h"

/* By which policy is the person at hand paid at an instant? NULL: none. */
static const PayPolicy *
policy_at(const Payroll *payroll, TimestampTz at)
{
	int32		pay_policy_id = pay_loader_stretch(payroll->payee, at)->pay_policy_id;

	return pay_policy_id == 0 ? NULL :
		pay_terms_find(payroll->policies, payroll->npolicies, pay_policy_id);
}

/* See CalloutTermsAt: without a policy, what was worked. */
static CalloutTerms
terms_at(void *arg, TimestampTz at)
{
	const PayPolicy *policy = policy_at(arg, at);
	CalloutTerms none = {0, 1};

	return policy == NULL ? none : policy->callouts;
}

/* Count the paid time of a call-out. */
static void
pay_time(Payroll *payroll, PayAccount *account, const Callout *callout,
		 PayShare *shares)
{
	const PieceSource source = {.callout = callout};
	BandWalk	walk;
	BandPiece	piece;

	bands_begin(&walk, pay_account_bands(payroll, account, 0, -1),
				callout->paid.from, callout->paid.until);
	while (bands_next(&walk, &piece))
	{
		PayShare	own = {0};
		PayShare   *share = &shares[piece.band];

		if (payroll->mode == MODE_PIECES)
			share = &own;
		/* days in proportion: whole ones are for standby */
		pay_account_count(payroll, account->policy, &piece, share);
		if (payroll->mode == MODE_PIECES)
			pay_rows_put_piece(payroll, account->policy, &piece, &source,
							   share);
	}
}

/* Count a day in lieu that a part of a response earns. */
static void
add_lieu_day(const Payroll *payroll, const PayAccount *account,
			 const Callout *callout, const BandPiece *part, PayShare *shares)
{
	const PieceSource source = {.callout = callout};
	PayShare	own = {.lieu_days = account->policy->bands[part->band].lieu_day};

	pay_share_add(&shares[part->band], &own);
	if (payroll->mode == MODE_PIECES)
		pay_rows_put_piece(payroll, account->policy, part, &source, &own);
}

/*
 * Count the days in lieu that the responses of a call-out earn: one for each
 * local day and band, to which the first response of that day has a claim.
 * shares is NULL where they only keep later ones from it.
 */
static void
pay_lieu_days(Payroll *payroll, PayAccount *account, const Callout *callout,
			  const Response *response, PayShare *shares)
{
	BandWalk	walk;
	BandPiece	piece;

	if (period_empty(response->period))
		return;
	bands_begin(&walk, pay_account_bands(payroll, account, 0, -1),
				response->period.from, response->period.until);
	while (bands_next(&walk, &piece))
	{
		Day		   *last = &account->lieu_days[piece.band];
		TimestampTz at = piece.from;

		if (account->policy->bands[piece.band].lieu_day == 0)
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
			if (payroll->day.day <= *last)
				continue;
			*last = payroll->day.day;
			if (shares != NULL)
				add_lieu_day(payroll, account, callout, &part, shares);
		}
	}
}

/* Pay a call-out, if it is of this window and of the policy asked for. */
static void
pay_callout(Payroll *payroll, const Callout *callout,
			const Response *responses)
{
	const PayPolicy *policy = policy_at(payroll, callout->paid.from);
	bool		counts = callout->paid.from >= payroll->window.from;
	PayShare   *shares = NULL;
	PayAccount *account;
	int			i;

	if (policy == NULL || (payroll->pay_policy_id != 0 &&
						   payroll->pay_policy_id != policy->pay_policy_id))
		return;
	account = pay_account_of(payroll, policy);
	if (counts)
	{
		shares = account->shares[PAY_CALLOUT];
		if (payroll->mode == MODE_CALLOUTS)
			shares = palloc0((policy->nbands + 1) * sizeof(PayShare));
		if (!period_empty(callout->paid))
			pay_time(payroll, account, callout, shares);
	}
	for (i = 0; i < callout->nresponses; i++)
		pay_lieu_days(payroll, account, callout,
					  &responses[callout->first + i], shares);
	if (counts && payroll->mode == MODE_CALLOUTS)
		pay_rows_put_callout(payroll, policy, callout, responses, shares);
}

void
callout_pay_person(Payroll *payroll, const Response *responses,
				   int nresponses)
{
	Callout    *callouts;
	int			ncallouts;
	int			i;

	if (nresponses == 0)
		return;
	callouts = MemoryContextAllocHuge(CurrentMemoryContext,
									  nresponses * sizeof(Callout));
	ncallouts = callout_form(responses, nresponses, terms_at, payroll, callouts);
	if (ncallouts < 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a call-out would last beyond the end of time"),
				 errhint("Look for a minimum_callout or round_to that is too long.")));

	/* those of the day before may have had a claim to its day in lieu */
	for (i = 0; i < ncallouts; i++)
	{
		if (callouts[i].paid.from < payroll->window.until &&
			callouts[i].ended >= payroll->window.from - LONGEST_DAY)
			pay_callout(payroll, &callouts[i], responses);
	}
}
