/*-------------------------------------------------------------------------
 *
 * judge.c
 *	  The triggers that judge trades.
 *
 * What a transaction does to covers is noted as it happens (cover_notes.h), and
 * judged as a whole when its first deferred event fires. If more comes after
 * that, only this is judged, and all of it again if the rules object.
 *
 * Two trades that are legal alone and illegal together share a person whose
 * duty grows in both, since every rule is about one person's duty; but that of
 * two people who are not to be on duty together is about either's. So these
 * people are locked, and whoever is not to be on duty with them, in order of
 * their ids, and then the latest snapshot is read: whoever comes second sees what the first has committed, at every
 * isolation level. FOR NO KEY UPDATE does not conflict with the locks that
 * foreign keys take on the same rows.
 *
 * A trade and the closing of a pay run share a policy: that row is locked FOR
 * SHARE, and by close_pay_run() FOR NO KEY UPDATE. Nobody waits for people
 * who has locked a policy first, but other trades do not wait for either.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/ids.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "swaps/acceptance.h"
#include "swaps/cover_notes.h"
#include "swaps/pay_closed.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(oncall_judge_covers);

/* Whom a trade concerns, in order of their ids. */
typedef struct Concerned
{
	int32	   *growing;		/* whose duty grows */
	int			ngrowing;
	int32	   *people;			/* and who is not to be on duty with them */
	int			npeople;
	int32	   *policies;		/* that pay those whose duty changes */
	int			npolicies;
} Concerned;

/* What is locked, in order of the ids. */
typedef struct Lock
{
	const char *text;
	SPIPlanPtr	plan;
} Lock;

#define LOCK_PEOPLE \
	"SELECT 1 FROM oncall.person p" \
	" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($1)" \
	" ORDER BY p.person_id FOR NO KEY UPDATE"

static Lock people_lock = {LOCK_PEOPLE, NULL};
static Lock free_people_lock = {LOCK_PEOPLE " SKIP LOCKED", NULL};

/* close_pay_run() takes FOR NO KEY UPDATE */
static Lock policies_lock = {
	"SELECT 1 FROM oncall.pay_policy p"
	" WHERE p.pay_policy_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY p.pay_policy_id FOR SHARE", NULL
};

/*
 * Lock rows in order of their ids; false if it does not wait and somebody
 * else holds one of them. Under the snapshot of the transaction, where it has
 * one: then a row that was changed since is a failure to serialize.
 */
static bool
lock_rows(Lock *lock, const int32 *ids, int nids)
{
	Datum		arg;
	bool		all;

	if (nids == 0)
		return true;
	SPI_connect();
	if (lock->plan == NULL)
	{
		Oid			argtype = INT4ARRAYOID;
		SPIPlanPtr	plan = SPI_prepare(lock->text, 1, &argtype);

		if (plan == NULL || SPI_keepplan(plan) != 0)
			elog(ERROR, "could not prepare to lock rows: %s",
				 SPI_result_code_string(SPI_result));
		lock->plan = plan;
	}
	arg = query_id_array(ids, nids);
	if (SPI_execute_plan(lock->plan, &arg, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not lock rows");
	all = SPI_processed == (uint64) nids;
	SPI_finish();
	return all;
}

/* Those of some ids that are not among others; both ascend. */
static int32 *
ids_minus(const int32 *ids, int nids, const int32 *others, int nothers,
		  int *nrest)
{
	int32	   *rest = palloc((nids + 1) * sizeof(int32));
	int			n = 0;
	int			i;
	int			j = 0;

	for (i = 0; i < nids; i++)
	{
		Assert(i == 0 || ids[i - 1] < ids[i]);
		while (j < nothers && others[j] < ids[i])
			j++;
		if (j == nothers || others[j] != ids[i])
			rest[n++] = ids[i];
	}
	*nrest = n;
	return rest;
}

/* Ids that are in either list, which ascend; *nids becomes their number. */
static int32 *
ids_union(const int32 *ids, int *nids, const int32 *others, int nothers)
{
	int32	   *all = palloc((*nids + nothers + 1) * sizeof(int32));

	if (*nids > 0)
		memcpy(all, ids, *nids * sizeof(int32));
	memcpy(all + *nids, others, nothers * sizeof(int32));
	*nids = ids_sort(all, *nids + nothers);
	return all;
}

/*
 * Has no transaction that wrote ended between two snapshots? The ids that an
 * earlier one has in progress can only become fewer, unless those of a later
 * one reach further.
 */
static bool
nothing_between(Snapshot earlier, Snapshot later)
{
	return earlier->xmax == later->xmax && earlier->xcnt == later->xcnt &&
		earlier->subxcnt == later->subxcnt &&
		!earlier->suboverflowed && !later->suboverflowed;
}

static void
refuse(Relation covers, Trade *trade, const Breach *breach)
{
	BreachMessage words;
	char	   *hint;

	/* told to the role of the session, whoever acts for it */
	trade->reader = GetOuterUserId();
	world_mark_secrets(&trade->world, trade->reader);
	words = message_of_objection(trade, breach);
	hint = rules[breach->rule].hint(trade, breach);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg_internal("%s", words.message),
			 errdetail_internal("%s", words.detail),
			 errhint("%s", hint),
			 errtableconstraint(covers, rules[breach->rule].name)));
}

/* Read the trade as the latest snapshot shows it, which stays active. */
static void
read_latest(Trade *trade, bool all, Concerned *concerned)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetLatestSnapshot());
	cover_notes_read(trade, all);
	trade_changes(trade);
	concerned->growing = trade_people(trade, &concerned->ngrowing);
	concerned->people = concerned->growing;
	concerned->npeople = concerned->ngrowing;
	if (concerned->ngrowing > 0)
	{
		int			nothers;
		int32	   *others = world_people_apart_from(concerned->growing,
													 concerned->ngrowing,
													 &nothers);

		concerned->people = ids_union(concerned->growing,
									  &concerned->npeople, others, nothers);
	}
	concerned->policies = pay_closed_policies(trade, &concerned->npolicies);
}

/*
 * Lock people besides those that are locked. Nobody waits for one who comes
 * before those they hold, so that no two judges wait for each other.
 */
static void
lock_more_people(const int32 *fresh, int nfresh, const Concerned *locked)
{
	bool		in_order;

	in_order = nfresh == 0 || locked->npeople == 0 ||
		fresh[0] > locked->people[locked->npeople - 1];
	if (in_order)
		(void) lock_rows(&people_lock, fresh, nfresh);
	else if (!lock_rows(&free_people_lock, fresh, nfresh))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize trades of the same people"),
				 errdetail("What others have committed concerns people whom this trade has not locked in time."),
				 errhint("The transaction might succeed if retried.")));
}

/*
 * Lock the people who are concerned, and the policies by which those are paid whose
 * duty changes, and leave the trade as a snapshot shows it that was taken
 * under the locks; that snapshot stays active. If others have committed while
 * we waited, more may be concerned than were locked.
 */
static void
settle_trade(Trade *trade, bool all, Concerned *concerned)
{
	Concerned	locked = {0};

	for (;;)
	{
		Concerned	fresh;

		CHECK_FOR_INTERRUPTS();
		read_latest(trade, all, concerned);
		fresh.people = ids_minus(concerned->people, concerned->npeople,
								 locked.people, locked.npeople,
								 &fresh.npeople);
		fresh.policies = ids_minus(concerned->policies,
								   concerned->npolicies,
								   locked.policies, locked.npolicies,
								   &fresh.npolicies);
		if (fresh.npeople == 0 && fresh.npolicies == 0)
			return;

		lock_more_people(fresh.people, fresh.npeople, &locked);
		(void) lock_rows(&policies_lock, fresh.policies, fresh.npolicies);
		if (nothing_between(GetActiveSnapshot(), GetLatestSnapshot()))
			return;
		locked.people = ids_union(locked.people, &locked.npeople,
								  fresh.people, fresh.npeople);
		locked.policies = ids_union(locked.policies, &locked.npolicies,
									fresh.policies, fresh.npolicies);
		PopActiveSnapshot();
	}
}

/*
 * Judge all that the transaction has done, or what has come since it was
 * judged; in that case an objection is not the last word.
 */
static bool
judge_trade(Relation covers, bool all)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall judge",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Breaches	objections = {0};
	Trade		trade;
	Concerned	concerned;
	bool		legal;

	settle_trade(&trade, all, &concerned);
	if (concerned.ngrowing > 0)
		trade_duties(&trade, concerned.growing, concerned.ngrowing, NULL);
	trade_all_objections(&trade, &objections);
	legal = objections.n == 0;
	if (!legal && all)
		refuse(covers, &trade, &objections.breaches[0]);
	PopActiveSnapshot();
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return legal;
}

static void
judge_transaction(Relation covers)
{
	OwnerSwitch before;

	owner_begin(&before, RelationGetRelid(covers));
	if (!cover_notes_some_judged() || !judge_trade(covers, false))
		(void) judge_trade(covers, true);
	owner_end(&before);
}

Datum
oncall_judge_covers(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	trigger_check(fcinfo, "judge_covers", "cover");
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"judge_covers\" must be fired AFTER ROW")));
	cover_notes_complete(trigger);

	/* the first event judges all that has come, offers included */
	acceptances_settle(RelationGetRelid(trigger->tg_relation));
	if (cover_notes_pending())
	{
		judge_transaction(trigger->tg_relation);
		cover_notes_judged();
	}
	return PointerGetDatum(NULL);
}
