/*-------------------------------------------------------------------------
 *
 * payroll.c
 *	  What on-call duty and call-outs are worth: lines of pay, and the pieces
 *	  that they are made of.
 *
 * Each table is read once. All shifts of all rotations are walked once; those
 * of people who are paid are sorted by person. Then each person's time is
 * split into bands and counted. Everything is counted in whole microseconds;
 * where a policy pays by the day, parts of days of each length are added up
 * apart, and become one fraction at the end. So nothing is ever rounded here:
 * a line carries the time that counts as a fraction of two integers.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/saved_query.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pay/callout_pay.h"
#include "pay/duty_pay.h"
#include "pay/pay_rows.h"
#include "pay/response_loader.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(oncall_pay_lines);
PG_FUNCTION_INFO_V1(oncall_pay_pieces);
PG_FUNCTION_INFO_V1(oncall_callout_periods);

/*
 * People who are paid in a window, by a policy or any: all, or one of them. A
 * query for each, since one plan for both would read all assignments.
 */
#define PEOPLE_PAID(condition) \
	"SELECT DISTINCT a.person_id FROM oncall.pay_assignment a" \
	" WHERE a.valid OPERATOR(pg_catalog.&&) $1" \
	" AND CASE WHEN $2 OPERATOR(pg_catalog.=) 0 THEN a.pay_policy_id IS NOT NULL" \
	" ELSE a.pay_policy_id OPERATOR(pg_catalog.=) $2 END" condition

static SavedQuery people_query = {
	PEOPLE_PAID(""), 2, {TSTZRANGEOID, INT4OID}, {NULL, NULL}
};

static SavedQuery person_query = {
	PEOPLE_PAID(" AND a.person_id OPERATOR(pg_catalog.=) $3"),
	3, {TSTZRANGEOID, INT4OID, INT4OID}, {NULL, NULL}
};

static void
load_people_paid(Payroll *payroll)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		args[3];
	int32	   *ids;
	int			nids;
	int			i;

	args[0] = RangeTypePGetDatum(tstzrange_of_period(payroll->typcache,
													 pay_account_window(payroll)));
	args[1] = Int32GetDatum(payroll->pay_policy_id);
	args[2] = Int32GetDatum(payroll->person_id);
	SPI_connect();
	nids = query_run(payroll->person_id == 0 ? &people_query : &person_query,
					 args, NULL);
	MemoryContextSwitchTo(context);
	ids = palloc((nids + 1) * sizeof(int32));
	for (i = 0; i < nids; i++)
		ids[i] = DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
	SPI_finish();
	payroll->payees = pay_loader_payees(ids, nids, &payroll->npayees);
}

/* Pay everybody; shifts and responses are in order of people. */
static void
pay_people(Payroll *payroll, const HeldShifts *shifts,
		   const Responses *responses)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall payee",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	int			s = 0;
	int			r = 0;
	int			i;

	for (i = 0; i < payroll->npayees; i++)
	{
		int			first_shift = s;
		int			first_response = r;
		ListCell   *cell;

		CHECK_FOR_INTERRUPTS();
		payroll->payee = &payroll->payees[i];
		payroll->accounts = NIL;
		payroll->held_dates = NIL;
		while (s < shifts->n && shifts->shifts[s].payee == i)
			s++;
		while (r < responses->n && responses->responses[r].person_id ==
			   payroll->payee->person_id)
			r++;
		payroll->shifts = &shifts->shifts[first_shift];
		payroll->nshifts = s - first_shift;
		callout_pay_form(payroll, &responses->responses[first_response],
						 r - first_response);
		duty_pay_person(payroll);
		callout_pay_person(payroll);
		foreach(cell, payroll->accounts)
			pay_rows_put_lines(payroll, lfirst(cell));
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
}

/* An argument that is an id; 0 for NULL, which wants all. */
static int32
id_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? 0 : PG_GETARG_INT32(number);
}

/* (during, pay_policy_id, person_id), and what only one of them has. */
static Datum
run_payroll(FunctionCallInfo fcinfo, PayrollMode mode, bool unapproved,
			TimestampTz known_at)
{
	Payroll		payroll = {0};
	Oid			tables[NUM_PAY_TABLES];

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange('2026-04-01', '2026-05-01').")));
	payroll.mode = mode;
	payroll.window = tstzrange_window(PG_GETARG_RANGE_P(0));
	payroll.pay_policy_id = id_argument(fcinfo, 1);
	payroll.person_id = id_argument(fcinfo, 2);
	payroll.unapproved = unapproved;
	payroll.known_at = known_at;
	/* what was going on then had lasted until then */
	payroll.now = Min(GetCurrentTransactionStartTimestamp(), known_at);
	pay_loader_tables(tables);

	InitMaterializedSRF(fcinfo, 0);
	payroll.result = (ReturnSetInfo *) fcinfo->resultinfo;
	payroll.typcache = tstzrange_typcache();

	if (payroll.pay_policy_id != 0)
		(void) pay_terms_policy(payroll.pay_policy_id); /* or an error */
	payroll.policies = pay_terms_policies(&payroll.npolicies);
	load_people_paid(&payroll);
	if (payroll.npayees > 0)
	{
		HeldShifts	shifts = {0};
		Responses	responses;

		payroll.calendars = palloc0(sizeof(PayCalendars));
		payroll.calendars->context = CurrentMemoryContext;
		if (mode != MODE_CALLOUTS)
			shifts = held_shifts_collect(&payroll);
		responses = response_loader_read(&payroll);
		pay_people(&payroll, &shifts, &responses);
	}
	PG_RETURN_VOID();
}

Datum
oncall_pay_lines(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_LINES, false, KNOWN_NOW);
}

Datum
oncall_pay_pieces(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_PIECES, false,
					   PG_ARGISNULL(3) ? KNOWN_NOW : PG_GETARG_TIMESTAMPTZ(3));
}

Datum
oncall_callout_periods(PG_FUNCTION_ARGS)
{
	return run_payroll(fcinfo, MODE_CALLOUTS,
					   !PG_ARGISNULL(3) && PG_GETARG_BOOL(3), KNOWN_NOW);
}
