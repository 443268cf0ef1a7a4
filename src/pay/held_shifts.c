/*-------------------------------------------------------------------------
 *
 * held_shifts.c
 *	  The shifts of those whom a payroll pays.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/held_shifts.h"

#include "base/sort.h"
#include "roster/roster_loader.h"
#include "roster/shifts.h"
#include "utils/memutils.h"

/* The most shifts of a window, and pieces of one person's, that are held. */
#define MAX_SHIFTS 20000000

/* The shifts of one rotation after the other are collected. */
typedef struct ShiftCollector
{
	const Payroll *payroll;
	int32		rotation_id;
	HeldShifts	list;
} ShiftCollector;

void
held_shifts_check_room(int n)
{
	if (n > MAX_SHIFTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the window has too many shifts to be paid at once"),
				 errhint("Ask for less time, one policy or one person at a time.")));
}

/* Note a shift of somebody who is paid; see ShiftSink. */
static void
collect_shift(void *arg, int seat, const Cell *cell, Period period)
{
	ShiftCollector *collector = arg;
	HeldShifts *list = &collector->list;
	HeldShift  *shift;
	int			payee;

	if (cell->person_id == 0)
		return;
	payee = pay_account_payee(collector->payroll, cell->person_id);
	if (payee < 0)
		return;
	/* who has left is not paid, even if the roster does not know yet */
	period.until = Min(period.until, collector->payroll->payees[payee].leaves);
	if (period_empty(period))
		return;
	if (list->n == list->size)
	{
		held_shifts_check_room(list->size);
		list->size *= 2;
		list->shifts = repalloc_huge(list->shifts,
									 list->size * sizeof(HeldShift));
	}
	shift = &list->shifts[list->n++];
	shift->payee = payee;
	shift->rotation_id = collector->rotation_id;
	shift->seat = seat;
	shift->period = period;
}

static int
shift_cmp(const void *a, const void *b)
{
	const HeldShift *x = a;
	const HeldShift *y = b;

	if (x->payee != y->payee)
		return x->payee < y->payee ? -1 : 1;
	return (x->period.from > y->period.from) -
		(x->period.from < y->period.from);
}

HeldShifts
held_shifts_collect(const Payroll *payroll)
{
	Period		window = pay_account_window(payroll);
	ShiftCollector collector = {.payroll = payroll};
	RotationLabel *labels;
	Rotation   *rotations;
	MemoryContext scratch;
	int			nrotations;
	int			i;

	collector.list.size = 1024;
	collector.list.shifts = palloc(1024 * sizeof(HeldShift));
	rotations = load_rotations_of(payroll->person_id, window,
								  payroll->known_at != KNOWN_NOW, &labels,
								  &nrotations);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "oncall shifts",
									ALLOCSET_DEFAULT_SIZES);
	for (i = 0; i < nrotations; i++)
	{
		collector.rotation_id = rotations[i].rotation_id;
		shifts_walk(&rotations[i], window, payroll->known_at, scratch,
					collect_shift, &collector);
	}
	MemoryContextDelete(scratch);
	sort_interruptibly(collector.list.shifts, collector.list.n, sizeof(HeldShift),
					   shift_cmp);
	return collector.list;
}
