/*-------------------------------------------------------------------------
 *
 * response_loader.c
 *	  Read the responses of which the call-outs of a payroll are formed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/response_loader.h"

#include "base/sort.h"
#include "base/saved_query.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "miscadmin.h"

/* Where call-outs reach further, the responses of all time are read. */
#define LONGEST_REACH (7 * USECS_PER_DAY)

/*
 * In a period: of all, or of some people; believed now, or of all that ever
 * was. Those of some people are found by response_ends_idx alone: with && or
 * upper_inf() beside it, those of all others in the period would be met.
 */
#define RESPONSES(recorded, source, condition) \
	"SELECT r.person_id, coalesce(r.copy_of, r.response_id)," \
	" r.period::pg_catalog.tstzrange" recorded \
	" FROM " source " AS r" \
	" WHERE r.period OPERATOR(pg_catalog.&&) $1" \
	" AND ($2 OR r.approved_by IS NOT NULL)" \
	condition
#define BELIEVED " AND pg_catalog.upper_inf(r.recorded)"
#define RECORDED ", r.recorded::pg_catalog.tstzrange"
#define OF_ALL "oncall.response"
#define OF_SOME \
	"(SELECT p.* FROM oncall.response p" \
	" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($3)" \
	" AND coalesce(pg_catalog.upper(p.period), 'infinity')" \
	" OPERATOR(pg_catalog.>) coalesce(pg_catalog.lower($1), '-infinity')" \
	" OFFSET 0)"
#define ARGS_OF_ALL 2, {TSTZRANGEOID, BOOLOID}, {NULL, NULL}
#define ARGS_OF_SOME 3, {TSTZRANGEOID, BOOLOID, INT4ARRAYOID}, {NULL, NULL}

/* by whether they are of some people, and whether of all time */
static SavedQuery queries[2][2] =
{
	{
		{RESPONSES("", OF_ALL, BELIEVED), ARGS_OF_ALL},
		{RESPONSES(RECORDED, OF_ALL, ""), ARGS_OF_ALL}
	},
	{
		{RESPONSES("", OF_SOME, BELIEVED), ARGS_OF_SOME},
		{RESPONSES(RECORDED, OF_SOME, ""), ARGS_OF_SOME}
	}
};

/*
 * Add the responses of payees that overlap a period: of those with these ids,
 * or of all (no ids). An open one counts up to now.
 */
static void
add_responses(const Payroll *payroll, Responses *list, Period period,
			  const int32 *ids, int nids)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		args[3] = {0};
	uint64		nrows;
	uint64		i;

	SPI_connect();
	args[0] = RangeTypePGetDatum(tstzrange_of_period(payroll->typcache, period));
	args[1] = BoolGetDatum(payroll->unapproved);
	args[2] = query_id_array(ids, nids);
	nrows = query_run(&queries[nids > 0][payroll->known_at != KNOWN_NOW],
					  args, NULL);
	MemoryContextSwitchTo(context);
	if (list->responses == NULL)
		list->responses = palloc(sizeof(Response));
	list->responses = repalloc_huge(list->responses,
									(list->n + nrows + 1) * sizeof(Response));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Response   *response = &list->responses[list->n];

		CHECK_FOR_INTERRUPTS();
		if (payroll->known_at != KNOWN_NOW)
		{
			Period		recorded = query_column_period(row, 4);

			if (!is_believed(&recorded, payroll->known_at))
				continue;
		}
		response->person_id = DatumGetInt32(query_column(row, 1));
		response->response_id = DatumGetInt32(query_column(row, 2));
		response->is_cut = false;
		response->period = query_column_period(row, 3);
		if (TIMESTAMP_IS_NOEND(response->period.until))
			response->period.until = Max(response->period.from, payroll->now);
		if (pay_account_payee(payroll, response->person_id) >= 0)
			list->n++;
	}
	SPI_finish();
	sort_interruptibly(list->responses, list->n, sizeof(Response), callout_response_cmp);
}

/* The longest time from the end of a response to the paid end; see there. */
static int64
callout_reach(const Payroll *payroll)
{
	int64		reach = 1;
	int			i;

	for (i = 0; i < payroll->npolicies; i++)
	{
		const CalloutTerms *terms = &payroll->policies[i].callouts;
		int64		length;

		if (pg_add_s64_overflow(terms->minimum, terms->round_to, &length))
			return PG_INT64_MAX;
		reach = Max(reach, length);
	}
	return reach;
}

/*
 * Leave out the responses of people whose call-outs may depend on others as
 * well, and tell who these people are.
 */
static int32 *
set_aside_unknown(const Payroll *payroll, Responses *list, Period known,
				  Period window, int64 reach, int *nids)
{
	Response   *responses = list->responses;
	int32	   *ids = palloc((payroll->npayees + 1) * sizeof(int32));
	int			kept = 0;
	int			first;
	int			end;

	*nids = 0;
	for (first = 0; first < list->n; first = end)
	{
		for (end = first + 1; end < list->n &&
			 responses[end].person_id == responses[first].person_id; end++)
			;
		if (!callout_known(&responses[first], end - first, known, window,
						   reach))
		{
			ids[(*nids)++] = responses[first].person_id;
			continue;
		}
		memmove(&responses[kept], &responses[first],
				(end - first) * sizeof(Response));
		kept += end - first;
	}
	list->n = kept;
	return ids;
}

Responses
response_loader_read(const Payroll *payroll)
{
	Responses	list = {0};
	const Period always = {DT_NOBEGIN, DT_NOEND};
	Period		window = {payroll->window.from - LONGEST_DATE,
	payroll->window.until};
	int64		reach = callout_reach(payroll);
	const int32 *ids = &payroll->person_id;
	int			nids = payroll->person_id == 0 ? 0 : 1;

	if (reach <= LONGEST_REACH)
	{
		int64		margin = reach + USECS_PER_DAY;
		Period		known;

		known.from = Max(window.from - margin, MIN_TIMESTAMP);
		known.until = Min(window.until, END_TIMESTAMP - 1 - margin) + margin;
		add_responses(payroll, &list, known, ids, nids);
		ids = set_aside_unknown(payroll, &list, known, window, reach, &nids);
		if (nids == 0)
			return list;
	}
	add_responses(payroll, &list, always, ids, nids);
	return list;
}
