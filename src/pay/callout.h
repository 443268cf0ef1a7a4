/*-------------------------------------------------------------------------
 *
 * callout.h
 *	  From responses to call-outs: what was worked becomes what is paid.
 *
 * Pure. In order of start, a response that starts before the paid end of the
 * current call-out joins it; the paid end is
 *
 *	  start + round_up(greatest(latest end - start, minimum), round_to)
 *
 * recomputed at each joining, so that no minute is paid twice. A response at
 * the paid end begins a new call-out. Terms may say that only responses that
 * overlap are joined, and a response that was cut off where the person was at
 * work gets no minimum: by itself it only goes on with that work.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CALLOUT_H
#define ONCALL_CALLOUT_H

#include "base/core.h"

/* Somebody worked on an incident; until >= from. */
typedef struct Response
{
	int32		person_id;
	int32		response_id;
	Period		period;
	bool		is_cut;			/* a part, the rest of which was work */
} Response;

/* How a policy rounds, in microseconds, and joins. */
typedef struct CalloutTerms
{
	int64		minimum;		/* at least 0 */
	int64		round_to;		/* at least 1 */
	bool		join;			/* until the paid end, or that of responses? */
} CalloutTerms;

typedef struct Callout
{
	Period		paid;
	TimestampTz ended;			/* the latest end of its responses */
	int			first;			/* number of its first response */
	int			nresponses;		/* which follow one another */
	int64		minimum;		/* that it was paid for at least */
} Callout;

/* The terms of the policy by which the person is paid at an instant. */
typedef CalloutTerms (*CalloutTermsAt) (void *arg, TimestampTz at);

/* Order of start, of all people; see callout_form(). */
extern int	callout_response_cmp(const void *a, const void *b);

/*
 * Form the call-outs of one person from all their responses, which are in
 * order of start. There is room for as many call-outs as responses. How many
 * there are, or -1 if one would last beyond the end of time.
 */
extern int	callout_form(const Response *responses, int nresponses,
						 CalloutTermsAt terms_at, void *arg,
						 Callout *callouts);

/*
 * Will the call-outs that begin or end in a window come out right from only
 * those responses of a person that overlap a longer one? They do if at some
 * time before, and at some time after it, no call-out can be going on. No
 * paid end is further than reach from the latest end of its responses.
 */
extern bool callout_known(const Response *responses, int nresponses,
						  Period known, Period window, int64 reach);

#endif							/* ONCALL_CALLOUT_H */
