/*-------------------------------------------------------------------------
 *
 * cover.c
 *	  What a cover was meant for: whom it relieves, and in which shift.
 *
 * That is told by the layers, as they are when the cover is written: of covers
 * that lie one over another each relieves the same person, and may be found to
 * be out of step when the layers come to say something else.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/owner.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "commands/trigger.h"
#include "roster/roster_loader.h"
#include "utils/memutils.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_fill_cover);

/* A shift that lasts longer on one side has no bound there. */
#define LONGEST_REACH (INT64CONST(4000) * USECS_PER_DAY)

/* A seat of a rotation in a period. */
typedef struct SeatPeriod
{
	int32		rotation_id;
	int			seat;			/* from 0 */
	Period		period;
} SeatPeriod;

static int32
holder(const Timeline *timeline, int segment, int seat)
{
	return timeline->cells[segment * timeline->nseats + seat].person_id;
}

/*
 * Who by a timeline holds the seat throughout, and from when until when; 0 if
 * it is nobody, or several people.
 */
static int32
holder_throughout(const Timeline *timeline, const SeatPeriod *asked,
				  Period *shift)
{
	int			first = timeline_find(timeline->starts, timeline->nsegments,
									  asked->period.from);
	int			last = first;
	int32		person = holder(timeline, first, asked->seat);

	while (last + 1 < timeline->nsegments &&
		   timeline->starts[last + 1] < asked->period.until)
	{
		if (holder(timeline, ++last, asked->seat) != person)
			return 0;
	}
	while (first > 0 && holder(timeline, first - 1, asked->seat) == person)
		first--;
	while (last + 1 < timeline->nsegments &&
		   holder(timeline, last + 1, asked->seat) == person)
		last++;
	shift->from = timeline->starts[first];
	shift->until = last + 1 < timeline->nsegments ?
		timeline->starts[last + 1] : timeline->window.until;
	return person;
}

/* Whom a cover relieves, 0 for nobody, and in which shift of theirs. */
static int32
relieved(const SeatPeriod *asked, Period *shift)
{
	Rotation	rotation;
	int64		reach;

	memset(&rotation, 0, sizeof(rotation));
	rotation.rotation_id = asked->rotation_id;
	rotation.nseats = asked->seat + 1;
	load_layers(&rotation, 1, false);

	/* the timeline clips shifts to its window: widen it until this one fits */
	for (reach = 2 * timeline_grain(&rotation);; reach *= 4)
	{
		Period		window;
		Timeline   *timeline;
		int32		person;

		CHECK_FOR_INTERRUPTS();
		reach = Min(reach, LONGEST_REACH);
		window.from = instant_plus(asked->period.from, -reach);
		window.until = instant_plus(asked->period.until, reach);
		timeline = timeline_compile(&rotation, window, KNOWN_NOW);
		if (timeline == NULL)
			return 0;			/* hours that open and close too often */
		person = holder_throughout(timeline, asked, shift);
		if (person == 0 ||
			(shift->from > window.from && shift->until < window.until))
			return person;
		if (reach == LONGEST_REACH)
		{
			if (shift->from == window.from)
				shift->from = DT_NOBEGIN;
			if (shift->until == window.until)
				shift->until = DT_NOEND;
			return person;
		}
	}
}

/* What a new cover is about; false if it lacks what every cover has. */
static bool
read_cover(Relation rel, HeapTuple row, SeatPeriod *asked)
{
	Datum		values[3];
	bool		nulls[3];

	values[0] = trigger_column(rel, row, "rotation_id", INT4OID, &nulls[0]);
	values[1] = trigger_column(rel, row, "seat", INT2OID, &nulls[1]);
	values[2] = trigger_column(rel, row, "period", TSTZRANGEOID, &nulls[2]);
	if (nulls[0] || nulls[1] || nulls[2] || DatumGetInt16(values[1]) < 1)
		return false;
	asked->rotation_id = DatumGetInt32(values[0]);
	asked->seat = DatumGetInt16(values[1]) - 1;
	return tstzrange_to_period(DatumGetRangeTypeP(values[2]), &asked->period) &&
		!TIMESTAMP_NOT_FINITE(asked->period.from) &&
		!TIMESTAMP_NOT_FINITE(asked->period.until);
}

/* Is a row written now, and not restored, without a word on this? */
static bool
is_to_be_filled(Relation rel, HeapTuple row)
{
	Period		recorded;
	bool		isnull;
	Datum		value;

	(void) trigger_column(rel, row, "instead_of", INT4OID, &isnull);
	if (!isnull)
		return false;
	(void) trigger_column(rel, row, "shift", TSTZRANGEOID, &isnull);
	if (!isnull)
		return false;
	value = trigger_column(rel, row, "recorded", TSTZRANGEOID, &isnull);
	return isnull ||
		(tstzrange_to_period(DatumGetRangeTypeP(value), &recorded) &&
		 recorded.until == DT_NOEND && change_is_moment(recorded.from));
}

/* fill_cover(): trigger of oncall.cover, before a row is inserted */
Datum
oncall_fill_cover(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	HeapTuple	row;
	SeatPeriod	asked;
	Period		shift = {0, 0};
	int32		person;
	MemoryContext context;
	MemoryContext caller;
	OwnerSwitch before;

	trigger_check(fcinfo, "fill_cover", "cover");
	if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"fill_cover\" must be fired BEFORE INSERT")));
	rel = trigger->tg_relation;
	row = trigger->tg_trigtuple;
	if (!is_to_be_filled(rel, row) || !read_cover(rel, row, &asked))
		return PointerGetDatum(row);

	context = AllocSetContextCreate(CurrentMemoryContext, "oncall cover",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(context);
	owner_begin(&before, RelationGetRelid(rel));
	person = relieved(&asked, &shift);
	owner_end(&before);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);

	if (person != 0)
	{
		int			columns[2];
		Datum		values[2];
		bool		nulls[2] = {false, false};

		columns[0] = trigger_column_number(rel, "instead_of", INT4OID);
		columns[1] = trigger_column_number(rel, "shift", TSTZRANGEOID);
		values[0] = Int32GetDatum(person);
		values[1] = RangeTypePGetDatum(tstzrange_of_period(tstzrange_typcache(),
														   shift));
		row = heap_modify_tuple_by_cols(row, RelationGetDescr(rel), 2,
										columns, values, nulls);
	}
	return PointerGetDatum(row);
}
