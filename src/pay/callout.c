/*-------------------------------------------------------------------------
 *
 * callout.c
 *	  From responses to call-outs: what was worked becomes what is paid.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "pay/callout.h"

int
callout_response_cmp(const void *a, const void *b)
{
	const Response *x = a;
	const Response *y = b;

	if (x->person_id != y->person_id)
		return x->person_id < y->person_id ? -1 : 1;
	if (x->period.from != y->period.from)
		return x->period.from < y->period.from ? -1 : 1;
	if (x->period.until != y->period.until)
		return x->period.until < y->period.until ? -1 : 1;
	return (x->response_id > y->response_id) -
		(x->response_id < y->response_id);
}

/* Work out the paid end; false if it lies beyond the end of time. */
static bool
pay_until(Callout *callout, const CalloutTerms *terms)
{
	int64		length = Max(callout->ended - callout->paid.from,
							 callout->minimum);
	int64		rest = length % terms->round_to;

	if (rest > 0 &&
		pg_add_s64_overflow(length, terms->round_to - rest, &length))
		return false;
	return !pg_add_s64_overflow(callout->paid.from, length,
								&callout->paid.until) &&
		callout->paid.until < END_TIMESTAMP;
}

int
callout_form(const Response *responses, int nresponses,
			 CalloutTermsAt terms_at, void *arg, Callout *callouts)
{
	CalloutTerms terms = {0, 1, true};
	Callout    *current = NULL;
	int			ncallouts = 0;
	int			i;

	for (i = 0; i < nresponses; i++)
	{
		const Period *period = &responses[i].period;

		CHECK_FOR_INTERRUPTS();
		if (current == NULL || period->from >=
			(terms.join ? current->paid.until : current->ended))
		{
			current = &callouts[ncallouts++];
			current->paid.from = period->from;
			current->ended = period->until;
			current->first = i;
			current->nresponses = 0;
			current->minimum = 0;
			terms = terms_at(arg, period->from);
		}
		current->nresponses++;
		if (!responses[i].is_cut)
			current->minimum = terms.minimum;
		current->ended = Max(current->ended, period->until);
		if (!pay_until(current, &terms))
			return -1;
	}
	return ncallouts;
}

bool
callout_known(const Response *responses, int nresponses, Period known,
			  Period window, int64 reach)
{
	TimestampTz latest = known.from;	/* those before may end there */
	bool		apart = false;
	int			i;

	for (i = 0; i < nresponses &&
		 responses[i].period.from < window.from; i++)
	{
		if (responses[i].period.from >= latest + reach)
			apart = true;
		latest = Max(latest, responses[i].period.until);
	}
	if (!apart && latest + reach > window.from)
		return false;

	for (; i < nresponses; i++)
	{
		if (responses[i].period.from >= window.until &&
			responses[i].period.from >= latest + reach)
			return true;
		latest = Max(latest, responses[i].period.until);
	}
	return latest + reach <= known.until;
}
