/*-------------------------------------------------------------------------
 *
 * duties.c
 *	  The shifts of one person, whole, in all rotations.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/sort.h"
#include "base/guc.h"
#include "base/tstzrange.h"
#include "miscadmin.h"
#include "roster/names.h"
#include "roster/own_person.h"
#include "roster/reach.h"
#include "roster/shift_rows.h"
#include "roster/shifts.h"
#include "types/ref.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(oncall_duties);

/* A shift of theirs, clipped to the window or whole. */
typedef struct OwnDuty
{
	const RotationLabel *label;
	const Rotation *rotation;
	int			seat;
	Cell		cell;
	Period		period;
} OwnDuty;

/* The shifts found, and what is looked for. */
typedef struct OwnDuties
{
	int32		person_id;
	const RotationLabel *label; /* of the rotation at hand */
	const Rotation *rotation;
	int			nduties;
	int			size;
	OwnDuty    *duties;
} OwnDuties;

static void
add_duty(OwnDuties *found, int seat, const Cell *cell, Period period)
{
	OwnDuty    *duty;

	shifts_refuse_more(found->nduties);
	if (found->nduties >= found->size)
	{
		found->size *= 2;
		found->duties = repalloc_huge(found->duties,
									  found->size * sizeof(OwnDuty));
	}
	duty = &found->duties[found->nduties++];
	duty->label = found->label;
	duty->rotation = found->rotation;
	duty->seat = seat;
	duty->cell = *cell;
	duty->period = period;
}

/* Keep what is theirs; see ShiftSink. */
static void
keep_own(void *arg, int seat, const Cell *cell, Period period)
{
	OwnDuties  *found = arg;

	if (cell->person_id == found->person_id)
		add_duty(found, seat, cell, period);
}

/* A seat, and who holds it, and why: until that changes the shift lasts. */
typedef struct HeldSeat
{
	int			seat;
	Cell		cell;
} HeldSeat;

static bool
is_held_otherwise(void *arg, const Cell *cells)
{
	const HeldSeat *held = arg;
	const Cell *cell = &cells[held->seat];

	return cell->person_id != held->cell.person_id ||
		cell->layer_id != held->cell.layer_id ||
		cell->cover_id != held->cell.cover_id;
}

/* Make the shifts that the window cuts whole again. */
static void
complete_duties(OwnDuties *found, Period window)
{
	int			i;

	for (i = 0; i < found->nduties; i++)
	{
		OwnDuty    *duty = &found->duties[i];
		HeldSeat	held = {duty->seat, duty->cell};

		CHECK_FOR_INTERRUPTS();
		if (duty->period.from == window.from)
			duty->period.from = reach_back(duty->rotation, window.from,
										   is_held_otherwise, &held);
		if (duty->period.until == window.until)
			duty->period.until = reach_forward(duty->rotation, window.until,
											   DT_NOEND, is_held_otherwise,
											   &held);
	}
}

/* The search for a shift that begins: what they held in the segment before. */
typedef struct NextShift
{
	int32		person_id;
	int			nseats;
	bool		begun;			/* is there a segment before? */
	Cell	   *before;			/* a cell for each seat */
} NextShift;

static bool
begins_shift(void *arg, const Cell *cells)
{
	NextShift  *next = arg;
	bool		begins = false;
	int			seat;

	for (seat = 0; seat < next->nseats && next->begun; seat++)
	{
		HeldSeat	held = {seat, next->before[seat]};

		if (cells[seat].person_id == next->person_id &&
			is_held_otherwise(&held, cells))
			begins = true;
	}
	next->begun = true;
	memcpy(next->before, cells, next->nseats * sizeof(Cell));
	return begins;
}

/* When the next shift of theirs begins after now, if that is before until. */
static TimestampTz
next_begin(const Rotation *rotation, int32 person_id, TimestampTz now,
		   TimestampTz until)
{
	NextShift	next;
	TimestampTz begin;

	next.person_id = person_id;
	next.nseats = rotation->nseats;
	next.begun = false;
	next.before = palloc(next.nseats * sizeof(Cell));
	begin = reach_forward(rotation, now, until, begins_shift, &next);
	pfree(next.before);
	return begin;
}

/* Add the shifts that begin next after now, in whatever rotation. */
static void
add_next_duties(OwnDuties *found, const RotationLabel *labels,
				const Rotation *rotations, int nrotations, TimestampTz now,
				MemoryContext scratch)
{
	TimestampTz *begins = palloc((nrotations + 1) * sizeof(TimestampTz));
	TimestampTz first = DT_NOEND;
	int			i;

	for (i = 0; i < nrotations; i++)
	{
		begins[i] = next_begin(&rotations[i], found->person_id, now,
							   first == DT_NOEND ? first : first + 1);
		first = Min(first, begins[i]);
	}
	for (i = 0; i < nrotations && first != DT_NOEND; i++)
	{
		OwnDuties	beginning = *found;
		Period		instant = {first, first + 1};
		Rotation	rotation = rotations[i];
		int			n;

		if (begins[i] != first)
			continue;
		beginning.nduties = 0;
		beginning.size = 4;
		beginning.duties = palloc(beginning.size * sizeof(OwnDuty));
		beginning.label = &labels[i];
		beginning.rotation = &rotations[i];
		load_covers(&rotation, 1, instant, false);
		shifts_walk(&rotation, instant, KNOWN_NOW, scratch, keep_own,
					&beginning);
		complete_duties(&beginning, instant);
		found->label = beginning.label;
		found->rotation = beginning.rotation;
		for (n = 0; n < beginning.nduties; n++)
		{
			const OwnDuty *duty = &beginning.duties[n];

			if (duty->period.from == first)
				add_duty(found, duty->seat, &duty->cell, duty->period);
		}
		pfree(beginning.duties);
	}
	pfree(begins);
}

static bool
begins_later(const OwnDuties *found, TimestampTz now)
{
	int			i;

	for (i = 0; i < found->nduties; i++)
	{
		if (found->duties[i].period.from > now)
			return true;
	}
	return false;
}

/* By their start, then by rotation and seat. */
static int
duty_cmp(const void *a, const void *b)
{
	const OwnDuty *x = a;
	const OwnDuty *y = b;

	if (x->period.from != y->period.from)
		return x->period.from < y->period.from ? -1 : 1;
	if (x->label->rotation_id != y->label->rotation_id)
		return x->label->rotation_id < y->label->rotation_id ? -1 : 1;
	return x->seat - y->seat;
}

static void
put_duties(const OwnDuties *found, const ShiftRows *rows)
{
	int			nnames;
	PersonName *names = load_people(&found->person_id, 1, &nnames);
	int			i;

	for (i = 0; i < found->nduties; i++)
	{
		const OwnDuty *duty = &found->duties[i];

		CHECK_FOR_INTERRUPTS();
		shift_rows_put(rows, duty->label, duty->seat, &duty->cell,
					   nnames > 0 ? names[0].name : NULL, duty->period);
	}
}

/* Find their shifts in a window; without one, from now on. */
static void
find_duties(OwnDuties *found, Period window, bool next)
{
	Period		asked = window;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall duties",
												  ALLOCSET_DEFAULT_SIZES);
	RotationLabel *labels;
	Rotation   *rotations;
	int			nrotations;
	int			i;

	if (next)
		asked.until = DT_NOEND;
	rotations = load_rotations_of(found->person_id, asked, false, &labels,
								  &nrotations);
	for (i = 0; i < nrotations; i++)
	{
		found->label = &labels[i];
		found->rotation = &rotations[i];
		shifts_walk(&rotations[i], window, KNOWN_NOW, scratch, keep_own,
					found);
	}
	complete_duties(found, window);
	if (next && !begins_later(found, window.from))
		add_next_duties(found, labels, rotations, nrotations, window.from,
						scratch);
	MemoryContextDelete(scratch);
}

static void
refuse_nobody(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("person must not be null"),
			 own_person_id() == 0 ?
			 errdetail("Role \"%s\" is nobody's db_role.",
					   GetUserNameFromId(GetUserId(), false)) : 0,
			 errhint("Give a value for the argument person.")));
}

Datum
oncall_duties(PG_FUNCTION_ARGS)
{
	OwnDuties	found = {0};
	ShiftRows	rows;
	Period		window;

	if (PG_ARGISNULL(0))
		refuse_nobody();
	found.person_id = names_id(NAME_OF_PERSON, PG_GETARG_REF_PP(0));
	if (PG_ARGISNULL(1))
	{
		window.from = GetCurrentTransactionStartTimestamp();
		window.until = guc_horizon_after(window.from);
	}
	else
		window = tstzrange_window(PG_GETARG_RANGE_P(1));

	shift_rows_begin(&rows, fcinfo);
	found.size = 64;
	found.duties = palloc(found.size * sizeof(OwnDuty));
	find_duties(&found, window, PG_ARGISNULL(1));
	sort_interruptibly(found.duties, found.nduties, sizeof(OwnDuty), duty_cmp);
	put_duties(&found, &rows);
	PG_RETURN_VOID();
}
