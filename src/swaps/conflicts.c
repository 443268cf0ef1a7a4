/*-------------------------------------------------------------------------
 *
 * conflicts.c
 *	  Duty that its holder cannot serve, whatever else they have to do.
 *
 * The rules decide what that is: those of the table that give reasons.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/conflicts.h"

#include "base/sort.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "roster/names.h"
#include "roster/roster_loader.h"
#include "roster/shifts.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "types/ref.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/multirangetypes.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_duty_conflicts);

/* Columns of duty_conflicts(). */
enum
{
	CONFLICT_ROTATION_ID,
	CONFLICT_ROTATION,
	CONFLICT_SEAT,
	CONFLICT_SEAT_NAME,
	CONFLICT_PERSON_ID,
	CONFLICT_PERSON,
	CONFLICT_PERIOD,
	CONFLICT_CONFLICT,
	CONFLICT_REASON,
	CONFLICT_LAYER_ID,
	CONFLICT_COVER_ID,
	CONFLICT_COLUMNS
};

/* The shifts of a world being walked. */
typedef struct Conflicts
{
	MemoryContext context;		/* of what is found */
	World	   *world;
	const Duties *company;		/* the duty of those who are watched */
	int			rotation;		/* whose shifts are being walked */
	int			n;
	int			size;
	DutyConflict *conflicts;
} Conflicts;

static int
reason_cmp(const void *a, const void *b)
{
	const Reason *x = a;
	const Reason *y = b;
	TimestampTz from = x->instants.periods[0].from;
	TimestampTz other = y->instants.periods[0].from;

	if (from != other)
		return from < other ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* Put the reasons together, in order of time, and their instants. */
static void
unite_reasons(Reasons *reasons, DutyConflict *conflict)
{
	StringInfoData all;
	int			i;
	int			s;

	qsort(reasons->reasons, reasons->n, sizeof(Reason), reason_cmp);
	initStringInfo(&all);
	memset(&conflict->instants, 0, sizeof(PeriodSet));
	for (i = 0; i < reasons->n; i++)
	{
		const Reason *reason = &reasons->reasons[i];

		appendStringInfo(&all, "%s%s", i > 0 ? ", " : "", reason->text);
		for (s = 0; s < reason->instants.n; s++)
			period_set_add(&conflict->instants, reason->instants.periods[s]);
	}
	conflict->reason = all.data;
}

static void
note_conflict(Conflicts *conflicts, const DutyConflict *conflict)
{
	shifts_refuse_more(conflicts->n);
	if (conflicts->conflicts == NULL)
	{
		conflicts->size = 8;
		conflicts->conflicts = palloc(conflicts->size * sizeof(DutyConflict));
	}
	else if (conflicts->n == conflicts->size)
	{
		conflicts->size *= 2;
		conflicts->conflicts =
			repalloc_huge(conflicts->conflicts,
						  conflicts->size * sizeof(DutyConflict));
	}
	conflicts->conflicts[conflicts->n++] = *conflict;
}

/*
 * Has somebody an earlier seat, and nothing in their way, who is not to be on
 * duty together with this person?
 */
static bool
yields(const Conflicts *conflicts, const PersonFacts *person,
	   const Duty *duty)
{
	int			i;
	int			j;

	for (i = 0; i < person->napart; i++)
	{
		const Apart *other = &person->apart[i];
		const PersonFacts *facts = world_person(conflicts->world,
												other->person_id);
		const Duties *theirs = &conflicts->company[other->watched];

		for (j = 0; j < theirs->n; j++)
		{
			const Duty *their = &theirs->duties[j];

			if (their->period.from >= duty->period.until)
				break;
			if (their->rotation == duty->rotation &&
				their->seat < duty->seat &&
				periods_overlap(their->period, duty->period) &&
				(facts == NULL ||
				 rules_unfit(conflicts->world, facts, their, NULL) ==
				 NUM_RULES))
				return true;
		}
	}
	return false;
}

/* A ShiftSink that keeps what is in conflict. */
static void
judge_shift(void *arg, int seat, const Cell *cell, Period period)
{
	Conflicts  *conflicts = arg;
	Duty		duty = {conflicts->rotation, seat, period};
	DutyConflict conflict;
	Reasons		reasons = {0};
	MemoryContext caller;

	conflict.person = world_person(conflicts->world, cell->person_id);
	if (conflict.person == NULL)
		return;					/* an empty seat, or hidden from the caller */
	rules_reasons(conflicts->world, conflict.person, &duty,
				  conflicts->company, &reasons);
	if (reasons.n == 0)
		return;
	conflict.rotation = conflicts->rotation;
	conflict.seat = seat;
	conflict.period = period;
	conflict.layer_id = cell->layer_id;
	conflict.cover_id = cell->cover_id;
	conflict.moves = rules_unfit(conflicts->world, conflict.person,
								 &duty, NULL) != NUM_RULES ||
		yields(conflicts, conflict.person, &duty);
	caller = MemoryContextSwitchTo(conflicts->context);
	unite_reasons(&reasons, &conflict);
	note_conflict(conflicts, &conflict);
	MemoryContextSwitchTo(caller);
}

static int
conflict_cmp(const void *a, const void *b)
{
	const DutyConflict *x = a;
	const DutyConflict *y = b;

	if (x->period.from != y->period.from)
		return x->period.from < y->period.from ? -1 : 1;
	if (x->rotation != y->rotation)
		return x->rotation < y->rotation ? -1 : 1;
	return (x->seat > y->seat) - (x->seat < y->seat);
}

DutyConflict *
conflicts_find(World *world, Period window, int32 rotation_id,
			   int *nconflicts)
{
	Conflicts	conflicts = {0};
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall conflicts",
												  ALLOCSET_DEFAULT_SIZES);

	conflicts.context = CurrentMemoryContext;
	conflicts.world = world;
	world_add_rotations(world, rotation_id == 0 ? NULL : &rotation_id,
						rotation_id == 0 ? 0 : 1);
	world_read_covers(world, window);
	world_read_people(world, NULL, 0, window);
	if (world->nwatched > 0)
		conflicts.company = &duty_of_world(world, window)[world->npeople];
	for (conflicts.rotation = 0; conflicts.rotation < world->nrotations;
		 conflicts.rotation++)
	{
		CHECK_FOR_INTERRUPTS();
		shifts_walk(&world->rotations[conflicts.rotation].rotation, window,
					KNOWN_NOW, scratch, judge_shift, &conflicts);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	sort_interruptibly(conflicts.conflicts, conflicts.n, sizeof(DutyConflict),
					   conflict_cmp);
	*nconflicts = conflicts.n;
	return conflicts.conflicts;
}

static Datum
multirange_datum(const PeriodSet *set)
{
	RangeType **ranges = palloc((set->n + 1) * sizeof(RangeType *));
	int			i;

	for (i = 0; i < set->n; i++)
		ranges[i] = tstzrange_of_period(tstzrange_typcache(), set->periods[i]);
	return MultirangeTypePGetDatum(make_multirange(TSTZMULTIRANGEOID,
												   tstzrange_typcache(),
												   set->n, ranges));
}

static void
put_conflict(ReturnSetInfo *result, const World *world,
			 const DutyConflict *conflict)
{
	const RotationFacts *facts = &world->rotations[conflict->rotation];
	Datum		values[CONFLICT_COLUMNS];
	bool		nulls[CONFLICT_COLUMNS] = {0};

	values[CONFLICT_ROTATION_ID] = Int32GetDatum(facts->rotation.rotation_id);
	values[CONFLICT_ROTATION] = CStringGetTextDatum(facts->name);
	values[CONFLICT_SEAT] = Int16GetDatum(conflict->seat + 1);
	values[CONFLICT_SEAT_NAME] =
		CStringGetTextDatum(facts->seats[conflict->seat]);
	values[CONFLICT_PERSON_ID] = Int32GetDatum(conflict->person->person_id);
	values[CONFLICT_PERSON] = CStringGetTextDatum(conflict->person->name);
	values[CONFLICT_PERIOD] = tstzrange_datum(conflict->period);
	values[CONFLICT_CONFLICT] = multirange_datum(&conflict->instants);
	values[CONFLICT_REASON] = CStringGetTextDatum(conflict->reason);
	values[CONFLICT_LAYER_ID] = Int32GetDatum(conflict->layer_id);
	nulls[CONFLICT_LAYER_ID] = conflict->layer_id == 0;
	values[CONFLICT_COVER_ID] = Int32GetDatum(conflict->cover_id);
	nulls[CONFLICT_COVER_ID] = conflict->cover_id == 0;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
oncall_duty_conflicts(PG_FUNCTION_ARGS)
{
	Oid			tables[NUM_ROSTER_TABLES];
	World		world = {0};
	Period		window;
	int32		rotation_id = 0;
	DutyConflict *conflicts;
	int			nconflicts;
	int			i;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange(now(), now() + '90 days').")));
	window = tstzrange_window(PG_GETARG_RANGE_P(0));
	roster_tables(tables);
	if (!PG_ARGISNULL(1))
		rotation_id = names_id(NAME_OF_ROTATION, PG_GETARG_REF_PP(1));
	InitMaterializedSRF(fcinfo, 0);
	conflicts = conflicts_find(&world, window, rotation_id, &nconflicts);
	for (i = 0; i < nconflicts; i++)
		put_conflict((ReturnSetInfo *) fcinfo->resultinfo, &world,
					 &conflicts[i]);
	PG_RETURN_VOID();
}
