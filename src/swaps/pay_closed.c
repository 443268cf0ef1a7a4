/*-------------------------------------------------------------------------
 *
 * pay_closed.c
 *	  The rule oncall_pay_closed: nobody's duty changes in time that has been
 *	  paid.
 *
 * This is about what changes, not about who is on duty then: whoever wins or
 * loses duty is concerned, and it does not matter what stood before.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/pay_closed.h"

#include "base/saved_query.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

/* See may_be_paid(). */
#define PAID_MARGIN USECS_PER_DAY

static SavedQuery policies_of = {
	"SELECT DISTINCT a.pay_policy_id FROM oncall.pay_assignment a"
	" WHERE a.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND a.valid OPERATOR(pg_catalog.&&) $2 AND a.pay_policy_id IS NOT NULL"
	" ORDER BY a.pay_policy_id",
	2, {INT4ARRAYOID, TSTZRANGEOID}, {NULL, NULL}
};

static SavedQuery paid_time_of = {
	"SELECT a.person_id, e.name::pg_catalog.text, r.pay_run_id,"
	" y.name::pg_catalog.text,"
	" pg_catalog.lower(r.period),"
	" pg_catalog.upper(r.period) OPERATOR(pg_catalog.-) 1,"
	" (a.valid OPERATOR(pg_catalog.*) d.during)::pg_catalog.tstzrange"
	" FROM oncall.pay_assignment a"
	" JOIN oncall.person e ON e.person_id OPERATOR(pg_catalog.=) a.person_id"
	" JOIN oncall.pay_policy y"
	" ON y.pay_policy_id OPERATOR(pg_catalog.=) a.pay_policy_id"
	" JOIN oncall.pay_run r"
	" ON r.pay_policy_id OPERATOR(pg_catalog.=) y.pay_policy_id"
	" AND oncall_internal.is_closed(r.reopened_at)"
	" CROSS JOIN LATERAL (SELECT pg_catalog.tstzrange("
	"pg_catalog.timezone(y.zone, pg_catalog.lower(r.period)::pg_catalog.timestamp),"
	" pg_catalog.timezone(y.zone, pg_catalog.upper(r.period)::pg_catalog.timestamp)"
	")) AS d(during)"
	" WHERE a.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND a.valid OPERATOR(pg_catalog.&&) $2"
	" AND d.during OPERATOR(pg_catalog.&&) $2"
	" AND d.during OPERATOR(pg_catalog.&&) a.valid"
	" ORDER BY a.person_id, r.pay_run_id, a.valid",
	2, {INT4ARRAYOID, TSTZRANGEOID}, {NULL, NULL}
};

PaidTime *
paid_time_of_people(const int32 *ids, int nids, Period window, int *npaid)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		args[2] = {query_id_array(ids, nids), tstzrange_datum(window)};
	PaidTime   *result;
	uint64		nrows;
	uint64		i;

	SPI_connect();
	nrows = query_run(&paid_time_of, args, NULL);
	result = MemoryContextAllocHuge(context, (nrows + 1) * sizeof(PaidTime));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PaidTime   *paid = &result[i];

		paid->person_id = DatumGetInt32(query_column(row, 1));
		paid->person = query_column_text(row, 2, context);
		paid->pay_run_id = DatumGetInt32(query_column(row, 3));
		paid->policy = query_column_text(row, 4, context);
		paid->first = DatumGetDateADT(query_column(row, 5));
		paid->last = DatumGetDateADT(query_column(row, 6));
		paid->period = query_column_period(row, 7);
	}
	*npaid = (int) nrows;
	SPI_finish();
	return result;
}

/*
 * A run can be closed once it has ended. So what changes only later is in no
 * run that was closed, or could be before this transaction ends, unless that
 * takes as long as the margin; and most trades cost nothing here.
 */
static bool
may_be_paid(const Trade *trade)
{
	return trade_touches(trade, 0).from <
		instant_plus(GetCurrentTimestamp(), PAID_MARGIN);
}

int32 *
pay_closed_policies(const Trade *trade, int *npolicies)
{
	int			nids;
	int32	   *ids = trade_parties(trade, &nids);
	Datum		args[2];

	*npolicies = 0;
	if (nids == 0 || !may_be_paid(trade))
		return NULL;
	args[0] = query_id_array(ids, nids);
	args[1] = tstzrange_datum(trade_touches(trade, 0));
	return query_ids(&policies_of, args, npolicies);
}

/* The instants of a part of a change that no late cover makes. */
static PeriodSet
not_late(const Trade *trade, const Change *change, Period part)
{
	PeriodSet	all = {0};
	PeriodSet	late = {0};
	int			i;

	for (i = 0; i < trade->nadded; i++)
	{
		const TradeCover *item = &trade->added[i];

		if (item->late && item->rotation_id == change->rotation_id &&
			item->cover.seat == change->seat)
			period_set_add(&late, item->cover.period);
	}
	period_set_add(&all, part);
	return period_set_minus(&all, &late);
}

/* A breach is of one person, one rotation, and one run. */
static void
note_paid_change(Breaches *breaches, int first, int rotation,
				 const PaidTime *paid, const PeriodSet *instants)
{
	Breach		breach;
	int			i;

	memset(&breach, 0, sizeof(breach));
	breach.rule = RULE_PAY_CLOSED;
	breach.person_id = paid->person_id;
	breach.rotation = rotation;
	breach.key[0] = paid->pay_run_id;
	for (i = 0; i < instants->n; i++)
		breaches_note(breaches, first, breach, instants->periods[i]);
}

void
pay_closed_find(Trade *trade, Breaches *breaches)
{
	int			first = breaches->n;
	int			nids;
	int32	   *ids = trade_parties(trade, &nids);
	int			i;
	int			p;

	trade->npaid = 0;
	if (nids > 0 && may_be_paid(trade))
		trade->paid = paid_time_of_people(ids, nids, trade_touches(trade, 0),
										  &trade->npaid);
	if (trade->npaid == 0)
		return;
	for (i = 0; i < trade->nchanges; i++)
	{
		const Change *change = &trade->changes[i];
		int			rotation = world_rotation(&trade->world,
											  change->rotation_id);

		CHECK_FOR_INTERRUPTS();
		for (p = 0; p < trade->npaid; p++)
		{
			const PaidTime *paid = &trade->paid[p];
			Period		part = period_and(change->period, paid->period);

			if ((paid->person_id == change->person_before ||
				 paid->person_id == change->person_after) &&
				!period_empty(part))
			{
				PeriodSet	instants = not_late(trade, change, part);

				note_paid_change(breaches, first, rotation, paid, &instants);
			}
		}
	}
}

const PaidTime *
pay_closed_time(const Trade *trade, const Breach *breach)
{
	int			p;

	for (p = 0; p < trade->npaid; p++)
	{
		if (trade->paid[p].person_id == breach->person_id &&
			trade->paid[p].pay_run_id == breach->key[0])
			return &trade->paid[p];
	}
	elog(ERROR, "a change of duty is in no paid time");
	return NULL;
}

char *
pay_closed_hint(Trade *trade, const Breach *breach)
{
	return pstrdup("Give the argument past_reason of the function, or SET oncall.past_reason: the roster changes and not what was paid, and the next pay run carries the difference with that reason.");
}
