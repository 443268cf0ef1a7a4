/*-------------------------------------------------------------------------
 *
 * close_run.c
 *	  What a pay run freezes when it is closed, and what it cannot have seen.
 *
 * One statement writes the lines and accruals of a run and looks for what
 * forbids it, so that all of it comes of one snapshot; it acts as the owner of
 * the tables, so that nobody else needs to be able to write them.
 *
 * What the statement does not see was written by transactions that were under
 * way when its snapshot was taken, or began later. All that they record bears a
 * time by the clock that is not before their start. So the earliest start of
 * those under way, by the time the clock shows before the snapshot is taken,
 * divides what this run has seen from what a later one has to look for.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/twophase.h"
#include "access/xact.h"
#include "base/compat.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/backend_status.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_unseen_since);
PG_FUNCTION_INFO_V1(oncall_refuse_unseen_runs);
PG_FUNCTION_INFO_V1(oncall_close_run);

static SavedQuery prepared_query = {
	.text =
	"SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_prepared_xacts x"
	" WHERE x.database OPERATOR(pg_catalog.=) pg_catalog.current_database()"
};

/* each closing and each reopening counts */
static SavedQuery closings_query = {
	.text =
	"SELECT pg_catalog.count(*) OPERATOR(pg_catalog.+) pg_catalog.count(r.reopened_at)"
	" FROM oncall.pay_run r"
	" WHERE r.pay_policy_id OPERATOR(pg_catalog.=) ANY ($1)",
	.nargs = 1,
	.argtypes = {INT4ARRAYOID}
};

static SavedQuery write_query = {
	.text = "SELECT oncall_internal.write_run($1)",
	.nargs = 1,
	.argtypes = {INT4OID}
};

/*
 * The earliest start of a transaction under way in other sessions of this
 * database, or the time by the clock; DT_NOBEGIN if that cannot be told.
 */
static TimestampTz
earliest_start(void)
{
	TimestampTz earliest = GetCurrentTimestamp();
	int			n;
	int			i;

	/* the copy that this transaction may have is older than the clock */
	pgstat_clear_backend_activity_snapshot();
	n = pgstat_fetch_stat_numbackends();
	for (i = 1; i <= n; i++)
	{
		const PgBackendStatus *other =
		&local_backend_status(i)->backendStatus;

		if (other->st_procpid == MyProcPid ||
			other->st_databaseid != MyDatabaseId ||
			other->st_backendType == B_AUTOVAC_WORKER)
			continue;
		if (other->st_state == STATE_DISABLED)
			return DT_NOBEGIN;	/* track_activities is off there */
		if (other->st_xact_start_timestamp != 0)
			earliest = Min(earliest, other->st_xact_start_timestamp);
	}
	pgstat_clear_backend_activity_snapshot();
	return earliest;
}

/* Prepared transactions have no session; asked after the sessions, see there. */
static bool
some_are_prepared(void)
{
	int32		n;

	if (max_prepared_xacts == 0)
		return false;
	SPI_connect();
	(void) query_run(&prepared_query, NULL, NULL);
	n = DatumGetInt32(query_column(SPI_tuptable->vals[0], 1));
	SPI_finish();
	return n > 0;
}

/*
 * unseen_since(): all that was recorded before is in a snapshot that is taken
 * after this. A transaction that keeps one snapshot has taken it already.
 */
Datum
oncall_unseen_since(PG_FUNCTION_ARGS)
{
	TimestampTz since = IsolationUsesXactSnapshot() ? DT_NOBEGIN :
	earliest_start();

	if (since != DT_NOBEGIN && some_are_prepared())
		since = DT_NOBEGIN;
	PG_RETURN_TIMESTAMPTZ(since);
}

/* How often runs of some policies were closed or reopened, as a snapshot shows. */
static int64
count_closings(Datum policies)
{
	int64		n;

	SPI_connect();
	(void) query_run(&closings_query, &policies, NULL);
	n = DatumGetInt64(query_column(SPI_tuptable->vals[0], 1));
	SPI_finish();
	return n;
}

/*
 * refuse_unseen_runs(policies): whoever closes a run locks its policy and no
 * more, so a transaction that keeps one snapshot and has waited for that lock
 * is not told that there is something it does not see.
 */
Datum
oncall_refuse_unseen_runs(PG_FUNCTION_ARGS)
{
	int64		seen;
	int64		latest;

	if (!IsolationUsesXactSnapshot())
		PG_RETURN_VOID();
	seen = count_closings(PG_GETARG_DATUM(0));
	PushActiveSnapshot(GetLatestSnapshot());
	latest = count_closings(PG_GETARG_DATUM(0));
	PopActiveSnapshot();
	if (seen != latest)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize: a pay run was closed or reopened at the same time"),
				 errhint("Try again.")));
	PG_RETURN_VOID();
}

/* close_run(): AFTER INSERT of a run, unless the owner restores it */
Datum
oncall_close_run(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	OwnerSwitch before;
	Datum		id;
	Datum		closed_at;
	bool		isnull;

	trigger_check(fcinfo, "close_run", "pay_run");
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"close_run\" must be fired AFTER INSERT")));
	rel = trigger->tg_relation;
	closed_at = trigger_column(rel, trigger->tg_trigtuple, "closed_at",
							   TIMESTAMPTZOID, &isnull);
	if (isnull || !change_is_moment(DatumGetTimestampTz(closed_at)))
		return PointerGetDatum(NULL);

	id = trigger_column(rel, trigger->tg_trigtuple, "pay_run_id", INT4OID,
						&isnull);
	owner_begin(&before, RelationGetRelid(rel));
	SPI_connect();
	(void) query_write(&write_query, &id, NULL);
	SPI_finish();
	owner_end(&before);
	/* what is recorded in this transaction from now on, the run has not seen */
	change_seal();
	return PointerGetDatum(NULL);
}
