/*-------------------------------------------------------------------------
 *
 * moves.c
 *	  What differs between two beliefs about who is on call.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "changes/moves.h"
#include "miscadmin.h"
#include "roster/shifts.h"
#include "utils/memutils.h"

/* Both beliefs are compiled so many expected changes of hands at a time. */
#define CHUNK_SEGMENTS 16384

typedef struct MoveList
{
	MemoryContext context;
	int			n;
	int			size;
	Move	   *moves;
	int		   *last;			/* of each seat, or -1 */
} MoveList;

static void
add_move(MoveList *list, const Move *move)
{
	int			last = list->last[move->seat];

	if (last >= 0 && list->moves[last].period.until == move->period.from &&
		list->moves[last].before == move->before &&
		list->moves[last].after == move->after)
	{
		list->moves[last].period.until = move->period.until;
		return;
	}
	shifts_refuse_more(list->n);
	if (list->n == list->size)
	{
		list->size *= 2;
		list->moves = repalloc_huge(list->moves, list->size * sizeof(Move));
	}
	list->last[move->seat] = list->n;
	list->moves[list->n++] = *move;
}

/* Compare two timelines of one window. */
static void
compare_timelines(MoveList *list, const Timeline *a, const Timeline *b)
{
	TimestampTz t = a->window.from;
	int			i = 0;
	int			j = 0;

	while (t < a->window.until)
	{
		TimestampTz end_a = i + 1 < a->nsegments ? a->starts[i + 1] :
		a->window.until;
		TimestampTz end_b = j + 1 < b->nsegments ? b->starts[j + 1] :
		b->window.until;
		Move		move;

		CHECK_FOR_INTERRUPTS();
		move.period.from = t;
		move.period.until = Min(end_a, end_b);
		for (move.seat = 0; move.seat < a->nseats; move.seat++)
		{
			move.before = a->cells[i * a->nseats + move.seat].person_id;
			move.after = b->cells[j * b->nseats + move.seat].person_id;
			if (move.before != move.after)
				add_move(list, &move);
		}
		t = move.period.until;
		i += end_a == t;
		j += end_b == t;
	}
}

Move *
find_moves(const Belief *before, const Belief *after, Period window,
		   int *nmoves)
{
	int			nseats = before->rotation->nseats;
	int64		grain = Min(timeline_grain(before->rotation),
							timeline_grain(after->rotation));
	Period		rest = window;
	MoveList	list = {CurrentMemoryContext, 0, 16, NULL, NULL};
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall moves",
												  ALLOCSET_DEFAULT_SIZES);
	int			seat;

	list.moves = palloc(list.size * sizeof(Move));
	list.last = palloc((nseats + 1) * sizeof(int));
	for (seat = 0; seat < nseats; seat++)
		list.last[seat] = -1;

	while (rest.from < rest.until)
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		int64		length = grain * (CHUNK_SEGMENTS * 2 / Max(nseats, 2));
		Period		chunk = rest;
		Timeline   *a;
		Timeline   *b;

		if (rest.from < rest.until - length)
			chunk.until = rest.from + length;
		a = timeline_compile(before->rotation, chunk, before->known_at);
		b = a == NULL ? NULL :
			timeline_compile(after->rotation, chunk, after->known_at);
		MemoryContextSwitchTo(caller);
		if (b == NULL)
			grain = Max(grain / 2, 1);	/* too much at a time */
		else
		{
			compare_timelines(&list, a, b);
			rest.from = chunk.until;
		}
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	*nmoves = list.n;
	return list.moves;
}
