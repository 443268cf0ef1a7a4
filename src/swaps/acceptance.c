/*-------------------------------------------------------------------------
 *
 * acceptance.c
 *	  Duty that people take over by their own word: an offer that they accept,
 *	  or a shift that they take.
 *
 * Nobody may decide after the fact whether a shift was theirs. Who accepts
 * in an open transaction can look on for as long as they like, and commit when
 * the shift turns out to have been quiet. So
 *
 * - the covers are written when the deferred triggers fire, and not before:
 *	 until then nobody waits for whoever accepts but those who would answer the
 *	 same offer, and a manager who puts somebody else on duty is first;
 * - the clock is looked at again when the transaction commits, after all
 *	 triggers. SET CONSTRAINTS can make these fire long before, so that it is
 *	 done in a callback, which nothing can bring forward;
 * - such a transaction cannot be prepared: when COMMIT PREPARED comes, nothing
 *	 could be refused any more.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/acceptance.h"

#include "access/xact.h"
#include "base/owner.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_swap_request_settle);

/* A shift that has begun may be taken over by a commit that comes so soon. */
#define GRACE USECS_PER_MINUTE

/* An acceptance as it is kept. */
typedef struct Kept
{
	Acceptance	acceptance;
	SubTransactionId subid;		/* of the part that accepted */
	SubTransactionId settled;	/* of that which wrote covers, or invalid */
} Kept;

/* Those of the current transaction, in its context. */
static Kept *notes = NULL;
static int	nnotes = 0;
static int	maxnotes = 0;

void
acceptance_note(const Acceptance *acceptance)
{
	Kept	   *note;

	if (nnotes == maxnotes)
	{
		int			max = Max(8, 2 * maxnotes);

		notes = notes == NULL ?
			MemoryContextAlloc(TopTransactionContext, max * sizeof(Kept)) :
			repalloc(notes, max * sizeof(Kept));
		maxnotes = max;			/* a savepoint outlives an error before this */
	}
	note = &notes[nnotes++];
	note->acceptance = *acceptance;
	note->subid = GetCurrentSubTransactionId();
	note->settled = InvalidSubTransactionId;
}

/* What is taken over of a period: nothing that is past. */
static Period
rest_of(const Acceptance *acceptance, Period period)
{
	period.from = Max(period.from, acceptance->at);
	return period;
}

/*
 * An error if it comes too late: of a shift that has begun more than a minute
 * after it was accepted, and of one that is over at any rate.
 */
static void
refuse_late(const Acceptance *acceptance, TimestampTz now)
{
	Period		duty = rest_of(acceptance, acceptance->duty);
	Period		in_return = rest_of(acceptance, acceptance->in_return);
	bool		has_return = !period_empty(acceptance->in_return);
	bool		over = now >= duty.until ||
	(has_return && now >= in_return.until);
	bool		begun = now >= duty.from ||
	(has_return && now >= in_return.from);
	char	   *at;

	if (!over && (!begun || now - acceptance->at <= GRACE))
		return;

	at = pstrdup(timestamptz_to_str(acceptance->at));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 acceptance->taken ?
			 errmsg("it is too late to take the shift") :
			 errmsg("it is too late to accept offer %d", acceptance->request),
			 over ?
			 errdetail("That was done at %s, and the shift is over before the transaction commits.",
					   at) :
			 errdetail("That was done at %s, and the shift has begun: a transaction has a minute to commit.",
					   at),
			 errhint("Nobody takes duty over after it has been served: do it again, and commit at once.")));
}

static void
end_transaction(XactEvent event, void *arg)
{
	TimestampTz now;
	int			i;

	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			if (nnotes == 0)
				break;
			now = GetCurrentTimestamp();
			for (i = 0; i < nnotes; i++)
				refuse_late(&notes[i].acceptance, now);
			break;
		case XACT_EVENT_PRE_PREPARE:
			if (nnotes > 0)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("cannot PREPARE a transaction that has accepted an offer or taken a shift"),
						 errdetail("Nobody takes duty over after it has been served, and COMMIT PREPARED may come at any time."),
						 errhint("Use COMMIT.")));
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			notes = NULL;
			nnotes = 0;
			maxnotes = 0;
			break;
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
			break;				/* workers accept nothing */
	}
}

/*
 * What a part that is rolled back has accepted was not accepted, and what it
 * has settled is to be settled again; the rest is its parent's.
 */
static void
end_part(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
		 void *arg)
{
	bool		aborted = event == SUBXACT_EVENT_ABORT_SUB;
	int			kept = 0;
	int			i;

	if (!aborted && event != SUBXACT_EVENT_COMMIT_SUB)
		return;
	for (i = 0; i < nnotes; i++)
	{
		Kept		note = notes[i];

		if (note.settled == mine)
			note.settled = aborted ? InvalidSubTransactionId : parent;
		if (note.subid == mine)
		{
			if (aborted)
				continue;
			note.subid = parent;
		}
		notes[kept++] = note;
	}
	nnotes = kept;
}

void
acceptance_init(void)
{
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_part, NULL);
}

/* A row that another trigger has kept from being written has no covers. */
static void
settle(const Acceptance *acceptance, Oid relid)
{
	OwnerSwitch before;
	Oid			types[] = {INT4OID, INT4OID};
	Datum		args[2];
	int			result;

	args[0] = Int32GetDatum(acceptance->request);
	args[1] = Int32GetDatum(acceptance->change_id);

	owner_begin(&before, relid);
	SPI_connect();
	result = SPI_execute_with_args("SELECT oncall_internal.settle_offer($1, $2)",
								   2, types, args, NULL, false, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "could not write the covers of an offer: %s",
			 SPI_result_code_string(result));
	SPI_finish();
	owner_end(&before);
}

/*
 * Where constraints are immediate, the covers of one are judged before we are
 * back: the judge then settles the others first, so that it sees all of them.
 * The list may move meanwhile.
 */
void
acceptances_settle(Oid relid)
{
	int			i;

	for (i = 0; i < nnotes; i++)
	{
		Acceptance	acceptance = notes[i].acceptance;

		if (notes[i].settled != InvalidSubTransactionId)
			continue;
		CHECK_FOR_INTERRUPTS();
		refuse_late(&acceptance, GetCurrentTimestamp());
		notes[i].settled = GetCurrentSubTransactionId();
		settle(&acceptance, relid);
	}
}

/* swap_request_settle(): deferred constraint trigger of oncall.swap_request */
Datum
oncall_swap_request_settle(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	trigger_check(fcinfo, "swap_request_settle", "swap_request");
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER ROW",
						"swap_request_settle")));
	acceptances_settle(RelationGetRelid(trigger->tg_relation));
	return PointerGetDatum(NULL);
}
