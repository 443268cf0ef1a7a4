/*-------------------------------------------------------------------------
 *
 * pay_loader.c
 *	  Read who is paid by which policy, and where and when people work.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/pay_loader.h"

#include "base/saved_query.h"
#include "base/tables.h"
#include "base/tstzrange.h"
#include "calendar/zone.h"
#include "catalog/pg_type.h"
#include "types/weekly_hours.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datum.h"

static SavedQuery people_query = {
	"SELECT p.person_id, p.zone::pg_catalog.text,"
	" p.working_hours::oncall.weekly_hours, p.calendar_id,"
	" p.active::pg_catalog.tstzrange"
	" FROM oncall.person p"
	" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY p.person_id",
	1, {INT4ARRAYOID}, {NULL}
};

static SavedQuery assignments_query = {
	"SELECT a.person_id, a.valid::pg_catalog.tstzrange, a.pay_policy_id,"
	" a.zone::pg_catalog.text, a.working_hours::oncall.weekly_hours,"
	" a.calendar_id, a.wage::pg_catalog.numeric"
	" FROM oncall.pay_assignment a"
	" WHERE a.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY a.person_id",
	1, {INT4ARRAYOID}, {NULL}
};

static SavedQuery holidays_query = {
	"SELECT h.day, h.observes"
	" FROM oncall.holiday h"
	" WHERE h.calendar_id OPERATOR(pg_catalog.=) $1",
	1, {INT4OID}, {NULL}
};

static const char *const table_name[NUM_PAY_TABLES] =
{
	[TABLE_PAY_POLICY] = "pay_policy",
	[TABLE_PAY_BAND] = "pay_band",
	[TABLE_PAY_ASSIGNMENT] = "pay_assignment",
	[TABLE_PAY_PERSON] = "person",
	[TABLE_PAY_HOLIDAY] = "holiday"
};

/* A row of pay_assignment. */
typedef struct Assignment
{
	int32		person_id;
	Period		valid;
	int32		pay_policy_id;	/* 0: what the person's own values were */
	Datum		wage;			/* 0: not said */
	WorkPlace	place;			/* NULL or 0: not said */
} Assignment;

void
pay_loader_tables(Oid oids[NUM_PAY_TABLES])
{
	tables_find(table_name, NUM_PAY_TABLES, oids);
}

bool
pay_loader_has_row_security(const Oid oids[NUM_PAY_TABLES])
{
	return tables_have_row_security(oids, NUM_PAY_TABLES);
}

/* An integer column, 0 for NULL. */
static int32
int_column(HeapTuple row, int number)
{
	return query_column_is_null(row, number) ? 0 :
		DatumGetInt32(query_column(row, number));
}

/* Hours of the week, in the current context, unless they are NULL. */
static void
read_hours(HeapTuple row, int number, WorkPlace *place)
{
	place->hours = NULL;
	place->working_hours = (Datum) 0;
	if (query_column_is_null(row, number))
		return;
	place->hours = weekly_hours_week(query_column(row, number));
	place->working_hours =
		PointerGetDatum(PG_DETOAST_DATUM_COPY(query_column(row, number)));
}

/* A zone by its name; NULL for NULL. */
static Zone *
zone_column(HeapTuple row, int number)
{
	return query_column_is_null(row, number) ? NULL :
		zone_by_name(TextDatumGetCString(query_column(row, number)),
					 NULL, NULL);
}

/* The assignments of people, in order of their id. */
static Assignment *
load_assignments(Datum ids, MemoryContext context, int *nassignments)
{
	Assignment *assignments;
	MemoryContext caller;
	int			i;

	*nassignments = query_run(&assignments_query, &ids, NULL);
	assignments = palloc((*nassignments + 1) * sizeof(Assignment));
	caller = MemoryContextSwitchTo(context);
	for (i = 0; i < *nassignments; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		Assignment *assignment = &assignments[i];

		assignment->person_id = DatumGetInt32(query_column(row, 1));
		assignment->valid = query_column_period(row, 2);
		assignment->pay_policy_id = int_column(row, 3);
		assignment->place.zone = zone_column(row, 4);
		read_hours(row, 5, &assignment->place);
		assignment->place.calendar_id = int_column(row, 6);
		assignment->wage = query_column_is_null(row, 7) ? (Datum) 0 :
			datumCopy(query_column(row, 7), false, -1);
	}
	MemoryContextSwitchTo(caller);
	return assignments;
}

/* The assignment to a policy, or without one, that is valid at an instant. */
static const Assignment *
valid_at(const Assignment *assignments, int n, TimestampTz at, bool to_policy)
{
	int			i;

	for (i = 0; i < n; i++)
	{
		if ((assignments[i].pay_policy_id != 0) == to_policy &&
			at >= assignments[i].valid.from && at < assignments[i].valid.until)
			return &assignments[i];
	}
	return NULL;
}

/* The first change after an instant. */
static TimestampTz
next_change(const Assignment *assignments, int n, TimestampTz at)
{
	TimestampTz next = DT_NOEND;
	int			i;

	for (i = 0; i < n; i++)
	{
		const Period *valid = &assignments[i].valid;

		if (valid->from > at)
			next = Min(next, valid->from);
		if (valid->until > at)
			next = Min(next, valid->until);
	}
	return next;
}

/*
 * Who is paid how and works where at an instant: what an assignment to a
 * policy says; where it is silent, what the person's own values were then;
 * and where nobody has kept that, what they are.
 */
static void
fill_stretch(PayStretch *stretch, const WorkPlace *own,
			 const Assignment *assignments, int n, TimestampTz at)
{
	const Assignment *former = valid_at(assignments, n, at, false);
	const Assignment *assigned = valid_at(assignments, n, at, true);

	stretch->pay_policy_id = 0;
	stretch->wage = (Datum) 0;
	stretch->place = former ? former->place : *own;
	if (assigned == NULL)
		return;
	stretch->pay_policy_id = assigned->pay_policy_id;
	stretch->wage = assigned->wage;
	if (assigned->place.zone)
		stretch->place.zone = assigned->place.zone;
	if (assigned->place.hours)
	{
		stretch->place.hours = assigned->place.hours;
		stretch->place.working_hours = assigned->place.working_hours;
	}
	if (assigned->place.calendar_id)
		stretch->place.calendar_id = assigned->place.calendar_id;
}

static void
make_stretches(Payee *payee, const WorkPlace *own,
			   const Assignment *assignments, int n)
{
	TimestampTz at = DT_NOBEGIN;

	/* each assignment begins and ends once */
	payee->stretches = palloc((2 * n + 1) * sizeof(PayStretch));
	payee->nstretches = 0;
	do
	{
		PayStretch *stretch = &payee->stretches[payee->nstretches++];

		CHECK_FOR_INTERRUPTS();
		fill_stretch(stretch, own, assignments, n, at);
		stretch->until = next_change(assignments, n, at);
		at = stretch->until;
	} while (at != DT_NOEND);
}

Payee *
pay_loader_payees(const int32 *ids, int nids, int *npayees)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext scratch;
	Payee	   *payees;
	WorkPlace  *own;
	Assignment *assignments;
	Datum		arg;
	int			nassignments;
	int			first = 0;
	int			i;

	SPI_connect();
	arg = query_id_array(ids, nids);
	*npayees = query_run(&people_query, &arg, NULL);
	own = palloc((*npayees + 1) * sizeof(WorkPlace));
	scratch = MemoryContextSwitchTo(context);
	payees = palloc((*npayees + 1) * sizeof(Payee));
	for (i = 0; i < *npayees; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		payees[i].person_id = DatumGetInt32(query_column(row, 1));
		payees[i].leaves = query_column_period(row, 5).until;
		own[i].zone = zone_column(row, 2);
		read_hours(row, 3, &own[i]);
		own[i].calendar_id = int_column(row, 4);
	}

	MemoryContextSwitchTo(scratch);
	assignments = load_assignments(arg, context, &nassignments);
	MemoryContextSwitchTo(context);
	for (i = 0; i < *npayees; i++)
	{
		int			n = 0;

		while (first < nassignments &&
			   assignments[first].person_id < payees[i].person_id)
			first++;
		while (first + n < nassignments &&
			   assignments[first + n].person_id == payees[i].person_id)
			n++;
		make_stretches(&payees[i], &own[i], &assignments[first], n);
	}
	SPI_finish();
	return payees;
}

Payee *
pay_loader_payee(int32 person_id)
{
	int			npayees;
	Payee	   *payee = pay_loader_payees(&person_id, 1, &npayees);

	if (npayees == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("person %d does not exist", person_id)));
	return payee;
}

/* A calendar's holidays, read now if they were not yet. */
static const PayCalendar *
find_calendar(PayCalendars *calendars, int32 calendar_id)
{
	Datum		arg = Int32GetDatum(calendar_id);
	PayCalendar calendar;
	MemoryContext caller;
	int			i;

	for (i = 0; i < calendars->n; i++)
	{
		if (calendars->calendars[i].calendar_id == calendar_id)
			return &calendars->calendars[i];
	}

	SPI_connect();
	calendar.calendar_id = calendar_id;
	calendar.ndays = query_run(&holidays_query, &arg, NULL);
	caller = MemoryContextSwitchTo(calendars->context);
	calendar.days = palloc((calendar.ndays + 1) * sizeof(Day));
	calendar.observes = palloc((calendar.ndays + 1) * sizeof(Day));
	for (i = 0; i < calendar.ndays; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		calendar.days[i] = DatumGetDateADT(query_column(row, 1));
		calendar.observes[i] = query_column_is_null(row, 2) ? NO_DAY :
			DatumGetDateADT(query_column(row, 2));
	}
	if (calendars->n == 0)
		calendars->calendars = palloc(sizeof(PayCalendar));
	else
		calendars->calendars = repalloc(calendars->calendars,
										(calendars->n + 1) *
										sizeof(PayCalendar));
	calendars->calendars[calendars->n] = calendar;
	MemoryContextSwitchTo(caller);
	SPI_finish();
	return &calendars->calendars[calendars->n++];
}

const PayStretch *
pay_loader_stretch(const Payee *payee, TimestampTz at)
{
	const PayStretch *stretch = payee->stretches;

	while (stretch->until <= at)
		stretch++;
	return stretch;
}

bool
pay_loader_same_place(const WorkPlace *a, const WorkPlace *b)
{
	return a->zone == b->zone && a->hours == b->hours &&
		a->calendar_id == b->calendar_id;
}

Holidays
pay_loader_holidays(const WorkPlace *place, PayCalendars *calendars)
{
	Holidays	none = {0};
	const PayCalendar *calendar;

	if (place->calendar_id == 0)
		return none;
	calendar = find_calendar(calendars, place->calendar_id);
	return holidays_of_person(calendar->days, calendar->observes,
							  calendar->ndays, place->hours);
}

/* Does this band count in the rotation and seat? */
static bool
band_counts(const PayBand *band, int32 rotation_id, int32 seat)
{
	return (band->rotation_id == 0 || band->rotation_id == rotation_id) &&
		(band->seat == 0 || band->seat == seat);
}

static void
make_regime(Regime *regime, const PayPolicy *policy, const WorkPlace *place,
			int32 rotation_id, int32 seat, PayCalendars *calendars)
{
	const Week **applies = palloc((policy->nbands + 1) * sizeof(Week *));
	int			i;

	for (i = 0; i < policy->nbands; i++)
	{
		const PayBand *band = &policy->bands[i];

		if (!band_counts(band, rotation_id, seat))
			applies[i] = NULL;
		else
			applies[i] = band->applies ? band->applies : place->hours;
	}
	regime->offsets = zone_offsets_of_session(place->zone);
	regime->holidays = pay_loader_holidays(place, calendars);
	bands_week(&regime->week, applies, policy->nbands,
			   regime->holidays.ndays > 0);
	pfree(applies);
}

Bands *
pay_loader_bands(const PayPolicy *policy, const Payee *payee,
				 int32 rotation_id, int32 seat, PayCalendars *calendars)
{
	Bands	   *bands = palloc(sizeof(Bands));
	const WorkPlace *last = NULL;
	int			i;

	bands->nbands = policy->nbands;
	bands->nregimes = 0;
	bands->regimes = palloc(payee->nstretches * sizeof(Regime));
	for (i = 0; i < payee->nstretches; i++)
	{
		const PayStretch *stretch = &payee->stretches[i];

		/* who is paid by another policy still works as before */
		if (last == NULL || !pay_loader_same_place(last, &stretch->place))
			make_regime(&bands->regimes[bands->nregimes++], policy,
						&stretch->place, rotation_id, seat, calendars);
		last = &stretch->place;
		bands->regimes[bands->nregimes - 1].until = stretch->until;
	}
	return bands;
}
