/*-------------------------------------------------------------------------
 *
 * audit.c
 *	  Ask the rules: which breaches stand, and what would they object to?
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "swaps/duty.h"
#include "swaps/limits.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_audit);
PG_FUNCTION_INFO_V1(oncall_breaches_of);
PG_FUNCTION_INFO_V1(oncall_objections);
PG_FUNCTION_INFO_V1(oncall_legal_trades);

/* Columns of audit(). */
enum
{
	AUDIT_CONSTRAINT,
	AUDIT_PERSON_ID,
	AUDIT_PERSON,
	AUDIT_ROTATION_ID,
	AUDIT_ROTATION,
	AUDIT_PERIOD,
	AUDIT_MESSAGE,
	AUDIT_DETAIL,
	AUDIT_OTHER_ROTATION_ID,
	AUDIT_COLUMNS
};

/* Columns of objections(). */
enum
{
	OBJECTION_PERSON_ID,
	OBJECTION_CONSTRAINT,
	OBJECTION_ROTATION_ID,
	OBJECTION_PERIOD,
	OBJECTION_MESSAGE,
	OBJECTION_DETAIL,
	OBJECTION_HINT,
	OBJECTION_COLUMNS
};

/* Does a breach concern this rotation, or any (0)? */
static bool
is_breach_of(const World *world, const Breach *breach, int rotation,
			 int32 rotation_id)
{
	if (rotation_id == 0 ||
		world->rotations[rotation].rotation.rotation_id == rotation_id)
		return true;
	return breach->rule == RULE_EXCLUSIVE_DUTY &&
		world->rotations[breach->key[0]].rotation.rotation_id == rotation_id;
}

/* Put a breach, if it concerns a rotation; 0: whichever. */
static void
put_breach(ReturnSetInfo *result, World *world, const PersonFacts *person,
		   const Duties *duties, Period known, const Breach *breach,
		   int32 rotation_id)
{
	Datum		values[AUDIT_COLUMNS];
	bool		nulls[AUDIT_COLUMNS] = {0};
	BreachMessage words = message_of_breach(world, person, duties, known,
											breach);
	RotationFacts *facts = &world->rotations[words.rotation];

	if (!is_breach_of(world, breach, words.rotation, rotation_id))
		return;
	values[AUDIT_CONSTRAINT] = CStringGetTextDatum(rules[breach->rule].name);
	values[AUDIT_PERSON_ID] = Int32GetDatum(person->person_id);
	values[AUDIT_PERSON] = CStringGetTextDatum(person->name);
	values[AUDIT_ROTATION_ID] = Int32GetDatum(facts->rotation.rotation_id);
	values[AUDIT_ROTATION] = CStringGetTextDatum(facts->name);
	values[AUDIT_PERIOD] = tstzrange_datum(period_set_hull(&breach->instants));
	values[AUDIT_MESSAGE] = CStringGetTextDatum(words.message);
	values[AUDIT_DETAIL] = CStringGetTextDatum(words.detail);
	if (breach->rule == RULE_EXCLUSIVE_DUTY)
		values[AUDIT_OTHER_ROTATION_ID] =
			Int32GetDatum(world->rotations[breach->key[0]].rotation.rotation_id);
	else
		nulls[AUDIT_OTHER_ROTATION_ID] = true;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * The instants of a breach that are told of a window. Duty is read from further
 * off, for the sake of rules about stretches and seasons; what others find
 * there has nothing to do with the window, and may be cut anywhere.
 */
static PeriodSet
instants_told(const Breach *breach, Period window)
{
	PeriodSet	told = {0};
	int			i;

	if (rules[breach->rule].whole)
		return breach->instants;
	for (i = 0; i < breach->instants.n; i++)
	{
		if (periods_overlap(breach->instants.periods[i], window))
			period_set_add(&told, breach->instants.periods[i]);
	}
	return told;
}

/* In what time around a window duty is needed; reads seasons. */
static Period
needed_around(World *world, Period window)
{
	Period		known = period_widen(window, limits_reach(world));
	int			r;

	for (r = 0; r < world->nrotations; r++)
	{
		Period		season = world_read_seasons(world, r, window);

		if (period_empty(season))
			continue;
		known.from = Min(known.from, season.from);
		known.until = Max(known.until, season.until);
	}
	return known;
}

/* Read everything that bears on a window; returns in which duty is needed. */
static Period
read_world(World *world, Period window)
{
	Period		known;

	world_add_rotations(world, NULL, 0);
	known = needed_around(world, window);
	world_read_covers(world, known);
	world_read_people(world, NULL, 0, known);
	return known;
}

/*
 * Read what bears on those who may have duty in one rotation. Duty is needed in
 * the same time as for all rotations, so that of a breach the same is told.
 */
static Period
read_world_of(World *world, int32 rotation_id, Period window)
{
	World		limits;
	Period		known;
	int32	   *people;
	int32	   *rotations;
	int			npeople;
	int			nrotations;

	memset(&limits, 0, sizeof(World));
	world_add_limits(&limits);
	known = needed_around(&limits, window);
	people = world_people_on_duty(rotation_id, known, &npeople);
	rotations = world_rotations_of_people(people, npeople, known, &nrotations);
	world_add_rotations(world, rotations, nrotations);
	(void) needed_around(world, window);
	world_read_covers(world, known);
	world_read_people(world, people, npeople, known);
	return known;
}

/* The breaches that stand in a window, of one rotation or of all (0). */
static Datum
put_breaches(FunctionCallInfo fcinfo, Period window, int32 rotation_id)
{
	World		world;
	Duties	   *duties;
	Period		known;
	int			i;
	int			b;

	memset(&world, 0, sizeof(World));
	InitMaterializedSRF(fcinfo, 0);
	known = rotation_id == 0 ? read_world(&world, window) :
		read_world_of(&world, rotation_id, window);
	duties = duty_of_world(&world, known);
	for (i = 0; i < world.npeople; i++)
	{
		Breaches	breaches = {0};

		CHECK_FOR_INTERRUPTS();
		rules_find(&world, &world.people[i], &duties[i], &breaches);
		for (b = 0; b < breaches.n; b++)
		{
			Breach	   *breach = &breaches.breaches[b];

			if (!period_set_overlap(&breach->instants, window))
				continue;
			breach->instants = instants_told(breach, window);
			put_breach((ReturnSetInfo *) fcinfo->resultinfo, &world,
					   &world.people[i], &duties[i], known, breach,
					   rotation_id);
		}
	}
	PG_RETURN_VOID();
}

Datum
oncall_audit(PG_FUNCTION_ARGS)
{
	Oid			tables[NUM_ROSTER_TABLES];

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange(now(), now() + '90 days').")));
	roster_tables(tables);
	return put_breaches(fcinfo, tstzrange_window(PG_GETARG_RANGE_P(0)), 0);
}

Datum
oncall_breaches_of(PG_FUNCTION_ARGS)
{
	Oid			tables[NUM_ROSTER_TABLES];

	roster_tables(tables);
	return put_breaches(fcinfo, tstzrange_window(PG_GETARG_RANGE_P(0)),
						PG_GETARG_INT32(1));
}

#define EACH_COVER_HINT "Give one element for each cover in all arrays."

/* One column of the covers that are asked about, as long as the first. */
static Datum *
read_column(FunctionCallInfo fcinfo, int number, const char *what, Oid type,
			int expected)
{
	int			n;
	Datum	   *elements = array_argument(PG_GETARG_ARRAYTYPE_P(number), what,
										  type, NULL, &n);

	array_argument_length(what, expected, n, EACH_COVER_HINT);
	return elements;
}

/* Read the covers that are asked about, of which the first arguments tell. */
static void
read_proposal(FunctionCallInfo fcinfo, Trade *trade)
{
	Oid			tables[NUM_ROSTER_TABLES];
	Datum	   *rotations;
	Datum	   *seats;
	Datum	   *periods;
	int32	   *people;
	int			n;
	int			m;
	int			i;

	roster_tables(tables);
	rotations = array_argument(PG_GETARG_ARRAYTYPE_P(0), "rotation_id",
							   INT4OID, NULL, &n);
	seats = read_column(fcinfo, 1, "seat", INT2OID, n);
	periods = read_column(fcinfo, 2, "period", TSTZRANGEOID, n);
	people = array_argument_ids(PG_GETARG_ARRAYTYPE_P(3), "person_id", &m);
	array_argument_length("person_id", n, m, EACH_COVER_HINT);

	trade->nadded = n;
	trade->added = palloc0((n + 1) * sizeof(TradeCover));
	for (i = 0; i < n; i++)
	{
		TradeCover *item = &trade->added[i];

		item->rotation_id = DatumGetInt32(rotations[i]);
		/* written last, they beat all that there are */
		item->cover.cover_id = PG_INT32_MAX - n + 1 + i;
		item->cover.recorded.from = END_TIMESTAMP;
		item->cover.recorded.until = DT_NOEND;
		item->cover.seat = DatumGetInt16(seats[i]) - 1;
		item->cover.person_id = people[i];
		item->cover.period = tstzrange_window(DatumGetRangeTypeP(periods[i]));
	}
}

/* The rotations have been read: do they exist, with these seats? */
static void
check_proposal(const Trade *trade)
{
	int			i;

	for (i = 0; i < trade->nadded; i++)
	{
		const TradeCover *item = &trade->added[i];
		int			r = world_rotation(&trade->world, item->rotation_id);

		if (r < 0)
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("rotation %d does not exist",
							item->rotation_id)));
		if (item->cover.seat < 0 ||
			item->cover.seat >= trade->world.rotations[r].rotation.nseats)
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("rotation \"%s\" has no seat %d",
							trade->world.rotations[r].name,
							item->cover.seat + 1),
					 errhint("It has seats 1 to %d.",
							 trade->world.rotations[r].rotation.nseats)));
	}
}

static void
check_people(const World *world, const int32 *people, int npeople)
{
	int			i;

	for (i = 0; i < npeople; i++)
	{
		if (world_person(world, people[i]) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
					 errmsg("person %d does not exist", people[i])));
	}
}

static void
put_objection(ReturnSetInfo *result, Trade *trade, const Breach *breach,
			  bool hints)
{
	Datum		values[OBJECTION_COLUMNS];
	bool		nulls[OBJECTION_COLUMNS] = {0};
	BreachMessage words = message_of_objection(trade, breach);

	values[OBJECTION_PERSON_ID] = Int32GetDatum(breach->person_id);
	values[OBJECTION_CONSTRAINT] =
		CStringGetTextDatum(rules[breach->rule].name);
	values[OBJECTION_ROTATION_ID] =
		Int32GetDatum(trade->world.rotations[words.rotation].rotation.rotation_id);
	values[OBJECTION_PERIOD] = tstzrange_datum(period_set_hull(&breach->instants));
	values[OBJECTION_MESSAGE] = CStringGetTextDatum(words.message);
	values[OBJECTION_DETAIL] = CStringGetTextDatum(words.detail);
	nulls[OBJECTION_HINT] = !hints;
	values[OBJECTION_HINT] = !hints ? (Datum) 0 :
		CStringGetTextDatum(rules[breach->rule].hint(trade, breach));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* What the rules object to in the covers of a trade. */
static void
find_objections(Trade *trade, Breaches *found)
{
	int32	   *people;
	int			npeople;

	if (trade->nadded == 0)
		return;

	trade_changes(trade);
	check_proposal(trade);
	people = trade_people(trade, &npeople);
	if (npeople > 0)
	{
		trade_duties(trade, people, npeople, NULL);
		check_people(&trade->world, people, npeople);
	}
	trade_all_objections(trade, found);
}

Datum
oncall_objections(PG_FUNCTION_ARGS)
{
	Trade		trade = {0};
	Breaches	found = {0};
	int			b;

	InitMaterializedSRF(fcinfo, 0);
	read_proposal(fcinfo, &trade);
	find_objections(&trade, &found);
	for (b = 0; b < found.n; b++)
		put_objection((ReturnSetInfo *) fcinfo->resultinfo, &trade,
					  &found.breaches[b], PG_GETARG_BOOL(4));
	PG_RETURN_VOID();
}

/* The numbers of trades, one for each cover, which ascend. */
static int32 *
read_numbers(FunctionCallInfo fcinfo, int number, int expected)
{
	int			n;
	int32	   *numbers = array_argument_ints(PG_GETARG_ARRAYTYPE_P(number),
											  "trade", &n);
	int			i;

	array_argument_length("trade", expected, n, EACH_COVER_HINT);
	for (i = 1; i < n; i++)
	{
		if (numbers[i] < numbers[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the elements of \"trade\" must ascend")));
	}
	return numbers;
}

/* Do the rules object to nothing in a trade? */
static bool
is_legal(Trade *trade)
{
	Breaches	found = {0};

	find_objections(trade, &found);
	return found.n == 0;
}

/*
 * legal_trades(): of several trades, which of them are legal, each as if there
 * were no other. Rotations are read once for all of them.
 */
Datum
oncall_legal_trades(PG_FUNCTION_ARGS)
{
	World	   *known = palloc0(sizeof(World));
	Trade		all = {0};
	int32	   *numbers;
	Datum	   *legal;
	int			nlegal = 0;
	int			first;
	int			next;
	MemoryContext question;
	MemoryContext caller;

	read_proposal(fcinfo, &all);
	numbers = read_numbers(fcinfo, 4, all.nadded);
	legal = palloc((all.nadded + 1) * sizeof(Datum));
	question = AllocSetContextCreate(CurrentMemoryContext, "oncall question",
									 ALLOCSET_DEFAULT_SIZES);
	for (first = 0; first < all.nadded; first = next)
	{
		Trade		trade = {0};

		CHECK_FOR_INTERRUPTS();
		for (next = first + 1; next < all.nadded; next++)
		{
			if (numbers[next] != numbers[first])
				break;
		}
		trade.added = &all.added[first];
		trade.nadded = next - first;
		trade.known = known;
		caller = MemoryContextSwitchTo(question);
		if (is_legal(&trade))
			legal[nlegal++] = Int32GetDatum(numbers[first]);
		MemoryContextSwitchTo(caller);
		MemoryContextReset(question);
	}
	MemoryContextDelete(question);
	PG_RETURN_ARRAYTYPE_P(construct_array(legal, nlegal, INT4OID,
										  sizeof(int32), true, TYPALIGN_INT));
}
