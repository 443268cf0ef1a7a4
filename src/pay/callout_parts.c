/*-------------------------------------------------------------------------
 *
 * callout_parts.c
 *	  What of a person's responses was not work as usual.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/callout_parts.h"

#include "base/sort.h"
#include "miscadmin.h"
#include "utils/memutils.h"

/* Parts of responses, while they are being collected. */
typedef struct Parts
{
	int			n;
	int			size;
	Response   *parts;
} Parts;

const PayPolicy *
callout_policy_at(const Payroll *payroll, TimestampTz at)
{
	int32		pay_policy_id = pay_loader_stretch(payroll->payee,
												   at)->pay_policy_id;

	return pay_policy_id == 0 ? NULL :
		pay_terms_find(payroll->policies, payroll->npolicies, pay_policy_id);
}

/* Does a policy that pays the person at hand at some time know such bands? */
static bool
may_be_at_work(const Payroll *payroll)
{
	const Payee *payee = payroll->payee;
	int			i;

	for (i = 0; i < payee->nstretches; i++)
	{
		const PayPolicy *policy = pay_terms_find(payroll->policies,
												 payroll->npolicies,
												 payee->stretches[i].pay_policy_id);

		if (policy != NULL && policy->has_work)
			return true;
	}
	return false;
}

/* Add time of a response, to its last part if that ends there. */
static void
add_part(Parts *list, int first, const Response *response, TimestampTz from,
		 TimestampTz until)
{
	Response   *part = list->n > first ? &list->parts[list->n - 1] : NULL;

	if (part != NULL && part->period.until == from)
	{
		part->period.until = until;
		return;
	}
	if (list->n == list->size)
	{
		list->size *= 2;
		list->parts = repalloc_huge(list->parts,
									list->size * sizeof(Response));
	}
	part = &list->parts[list->n++];
	*part = *response;
	part->period.from = from;
	part->period.until = until;
}

/* Add what of a response lies in a period in which one policy, or none, pays. */
static void
add_parts_of_stretch(Payroll *payroll, Parts *list, int first,
					 const Response *response, const PayPolicy *policy,
					 Period period)
{
	const Bands *bands;
	BandWalk	walk;
	BandPiece	piece;

	if (policy == NULL || !policy->has_work)
	{
		add_part(list, first, response, period.from, period.until);
		return;
	}
	bands = pay_account_bands(payroll, pay_account_of(payroll, policy), 0, -1);
	bands_begin(&walk, bands, period.from, period.until);
	while (bands_next(&walk, &piece))
	{
		CHECK_FOR_INTERRUPTS();
		if (!policy->bands[piece.band].is_work)
			add_part(list, first, response, piece.from, piece.until);
	}
}

/* Add the parts of a response, which lasts at least a moment. */
static void
add_parts(Payroll *payroll, Parts *list, const Response *response,
		  Period period)
{
	const Payee *payee = payroll->payee;
	int			first = list->n;
	TimestampTz at = period.from;
	int			i;

	for (i = 0; i < payee->nstretches && at < period.until; i++)
	{
		const PayStretch *stretch = &payee->stretches[i];
		Period		within = {at, Min(period.until, stretch->until)};

		if (within.from >= within.until)
			continue;
		add_parts_of_stretch(payroll, list, first, response,
							 callout_policy_at(payroll, at), within);
		at = within.until;
	}
	for (i = first; i < list->n; i++)
	{
		Response   *part = &list->parts[i];

		part->is_cut = part->period.from > period.from ||
			part->period.until < period.until;
	}
}

const Response *
callout_parts_of(Payroll *payroll, const Response *responses, int nresponses,
				 int *nparts)
{
	Parts		list = {0};
	int			i;

	*nparts = nresponses;
	if (nresponses == 0 || !may_be_at_work(payroll))
		return responses;

	list.size = nresponses + 16;
	list.parts = MemoryContextAllocHuge(CurrentMemoryContext,
										list.size * sizeof(Response));
	for (i = 0; i < nresponses; i++)
	{
		Period		period = responses[i].period;

		/* what ended at once was work if it began there */
		if (period_empty(period))
			period.until = period.from + 1;
		add_parts(payroll, &list, &responses[i], period);
		if (period_empty(responses[i].period) && list.n > 0 &&
			list.parts[list.n - 1].period.until == period.until &&
			list.parts[list.n - 1].response_id == responses[i].response_id)
			list.parts[list.n - 1].period = responses[i].period;
	}
	sort_interruptibly(list.parts, list.n, sizeof(Response),
					   callout_response_cmp);
	*nparts = list.n;
	return list.parts;
}
