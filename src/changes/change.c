/*-------------------------------------------------------------------------
 *
 * change.c
 *	  Changes: who did what to a rota, and the moment at which it counts.
 *
 * What a statement is, is told by the command id of its snapshot: a row
 * trigger, or the default of a column, is evaluated under the snapshot of the
 * statement that it belongs to, and every statement that writes uses a command
 * id of its own. So all the rows of one statement bear one moment, those of a
 * COPY and of all parts of a WITH among them.
 *
 * Moments of one transaction ascend, so that its changes can be told apart
 * even where the clock is coarse. They are kept until it ends: a belief that
 * begins at one of them is the transaction's own, which nobody else has seen.
 * (xmin does not tell that: an UPDATE of another column makes the version of
 * the row ours, not the belief.) What a subtransaction gave out is forgotten
 * when it is rolled back, as its rows are.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/guc.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_begin_change);
PG_FUNCTION_INFO_V1(oncall_resume_change);
PG_FUNCTION_INFO_V1(oncall_end_change);
PG_FUNCTION_INFO_V1(oncall_in_change);
PG_FUNCTION_INFO_V1(oncall_moment);
PG_FUNCTION_INFO_V1(oncall_recorded_now);
PG_FUNCTION_INFO_V1(oncall_write_change);

/* A moment that this transaction gave out. */
typedef struct Moment
{
	TimestampTz at;
	SubTransactionId subid;
} Moment;

/* A plain statement, which may be part of an earlier one: of its trigger. */
typedef struct Statement
{
	CommandId	curcid;
	TimestampTz at;
} Statement;

/* A call of one of our functions; calls within it are part of its change. */
typedef struct Call
{
	TimestampTz at;
	int32		change_id;
	SubTransactionId subid;
} Call;

/* A change that this transaction has written. */
typedef struct OwnChange
{
	int32		change_id;
	SubTransactionId subid;
} OwnChange;

/* All of the current transaction, in its context, or empty. */
static struct
{
	Moment	   *moments;		/* ascending */
	int			nmoments;
	int			maxmoments;
	Statement  *statements;		/* by command id */
	int			nstatements;
	int			maxstatements;
	Call	   *calls;			/* the innermost is the last */
	int			ncalls;
	int			maxcalls;
	OwnChange  *changes;
	int			nchanges;
	int			maxchanges;
	TimestampTz last;			/* moment of a statement or call */
	TimestampTz sealed;			/* what was recorded until then is kept; or 0 */
	int32		plain;			/* change of the plain statements, or 0 */
	int32		plain_rotation; /* whose rota they write; -1: several */
}			own;

static SavedQuery insert_change = {
	"INSERT INTO oncall.change (kind, rotation_id, made_at, person_id,"
	" reason, past_reason, undoes) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	" RETURNING change_id",
	7, {TEXTOID, INT4OID, TIMESTAMPTZOID, INT4OID, TEXTOID, TEXTOID, INT4OID},
	{NULL, NULL}
};

/* a rotation that there is not is for the table that is written to tell */
static SavedQuery insert_plain_change = {
	"INSERT INTO oncall.change (kind, rotation_id, made_at, made_by)"
	" VALUES ('rows', (SELECT r.rotation_id FROM oncall.rotation r"
	" WHERE r.rotation_id OPERATOR(pg_catalog.=) $1), $2, $3)"
	" RETURNING change_id",
	3, {INT4OID, TIMESTAMPTZOID, NAMEOID}, {NULL, NULL}
};

static SavedQuery widen_plain_change = {
	"UPDATE oncall.change SET rotation_id = NULL"
	" WHERE change_id OPERATOR(pg_catalog.=) $1 RETURNING change_id",
	1, {INT4OID}, {NULL, NULL}
};

static SavedQuery move_change = {
	"UPDATE oncall.change SET made_at = $2"
	" WHERE change_id OPERATOR(pg_catalog.=) $1 RETURNING change_id",
	2, {INT4OID, TIMESTAMPTZOID}, {NULL, NULL}
};

/*
 * Make room for one more element of an array that lives as we do. If memory
 * runs out the transaction may go on from a savepoint, with the array as it is.
 */
#define MAKE_ROOM(array, n, max) \
	do { \
		if ((n) == (max)) \
		{ \
			int			larger = Max(16, (max) * 2); \
\
			(array) = (array) == NULL ? \
				MemoryContextAlloc(TopTransactionContext, \
								   larger * sizeof(*(array))) : \
				repalloc_huge((array), larger * sizeof(*(array))); \
			(max) = larger; \
		} \
	} while (0)

/* The place of the first moment that is not before a time. */
static int
moment_place(TimestampTz at)
{
	int			low = 0;
	int			high = own.nmoments;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (own.moments[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
change_is_moment(TimestampTz at)
{
	int			place = moment_place(at);

	return place < own.nmoments && own.moments[place].at == at;
}

void
change_note_moment(TimestampTz at)
{
	int			place = moment_place(at);

	if (place < own.nmoments && own.moments[place].at == at)
		return;
	MAKE_ROOM(own.moments, own.nmoments, own.maxmoments);
	memmove(&own.moments[place + 1], &own.moments[place],
			(own.nmoments - place) * sizeof(Moment));
	own.moments[place].at = at;
	own.moments[place].subid = GetCurrentSubTransactionId();
	own.nmoments++;
}

/* What the clock says, but later than what it said before. */
static TimestampTz
next_moment(void)
{
	TimestampTz at = GetCurrentTimestamp();

	if (own.nmoments > 0 && at <= own.last)
		at = own.last + 1;
	own.last = at;
	change_note_moment(at);
	return at;
}

void
change_seal(void)
{
	own.sealed = own.nmoments > 0 ? own.last : DT_NOBEGIN;
	own.plain = 0;
	/* nor does a statement that goes on have a moment before that */
	own.nstatements = 0;
}

bool
change_is_open_moment(TimestampTz at)
{
	return at > own.sealed && change_is_moment(at);
}

bool
change_in_call(void)
{
	return own.ncalls > 0;
}

TimestampTz
change_moment(void)
{
	CommandId	curcid;
	Statement  *last;

	if (change_in_call())
		return own.calls[own.ncalls - 1].at;

	curcid = ActiveSnapshotSet() ? GetActiveSnapshot()->curcid :
		GetCurrentCommandId(false);

	/* statements of triggers that have ended, after which theirs goes on */
	while (own.nstatements > 0 &&
		   own.statements[own.nstatements - 1].curcid > curcid)
		own.nstatements--;
	last = own.nstatements == 0 ? NULL : &own.statements[own.nstatements - 1];
	if (last != NULL && last->curcid == curcid && change_is_moment(last->at))
		return last->at;

	/* one that only asks for its moment must not share it with the next */
	(void) GetCurrentCommandId(true);
	if (last == NULL || last->curcid != curcid)
	{
		MAKE_ROOM(own.statements, own.nstatements, own.maxstatements);
		last = &own.statements[own.nstatements++];
		last->curcid = curcid;
	}
	last->at = next_moment();
	return last->at;
}

bool
change_is_ours(int32 change_id)
{
	int			i;

	for (i = own.nchanges - 1; i >= 0; i--)
	{
		if (own.changes[i].change_id == change_id)
			return true;
	}
	return false;
}

int32 *
change_own_ids(int *nids)
{
	int32	   *ids = palloc((own.nchanges + 1) * sizeof(int32));
	int			i;

	for (i = 0; i < own.nchanges; i++)
		ids[i] = own.changes[i].change_id;
	*nids = own.nchanges;
	return ids;
}

static void
note_change(int32 change_id)
{
	MAKE_ROOM(own.changes, own.nchanges, own.maxchanges);
	own.changes[own.nchanges].change_id = change_id;
	own.changes[own.nchanges].subid = GetCurrentSubTransactionId();
	own.nchanges++;
}

/* Run one of the queries above, which returns a change_id; 0 if none. */
static int32
write_row(SavedQuery *query, Datum *args, const char *nulls)
{
	int32		change_id = 0;

	SPI_connect();
	if (query_write(query, args, nulls) > 0)
		change_id = DatumGetInt32(query_column(SPI_tuptable->vals[0], 1));
	SPI_finish();
	return change_id;
}

/*
 * The change of the plain statements. Whoever may write to one of the tables
 * may be the author of a change, without a privilege on the table of these.
 */
static int32
plain_change(Oid relid, int32 rotation_id)
{
	OwnerSwitch before;
	NameData	author;
	Datum		args[3];
	char		nulls[4] = "   ";

	if (own.plain != 0 && !change_is_ours(own.plain))
		own.plain = 0;			/* rolled back */
	if (own.plain != 0 &&
		(rotation_id == 0 || own.plain_rotation == -1 ||
		 rotation_id == own.plain_rotation))
		return own.plain;

	namestrcpy(&author, GetUserNameFromId(GetUserId(), false));
	owner_begin(&before, relid);
	if (own.plain != 0)
	{
		args[0] = Int32GetDatum(own.plain);
		if (own.plain_rotation != 0)
			(void) write_row(&widen_plain_change, args, NULL);
		own.plain_rotation = -1;
	}
	else
	{
		args[0] = Int32GetDatum(rotation_id);
		nulls[0] = rotation_id == 0 ? 'n' : ' ';
		args[1] = TimestampTzGetDatum(change_moment());
		args[2] = NameGetDatum(&author);
		own.plain = write_row(&insert_plain_change, args, nulls);
		own.plain_rotation = rotation_id == 0 ? -1 : rotation_id;
	}
	owner_end(&before);
	return own.plain;
}

int32
change_current(Oid relid, int32 rotation_id)
{
	if (change_in_call())
		return own.calls[own.ncalls - 1].change_id;
	return plain_change(relid, rotation_id);
}

static bool
is_blank(const text *words)
{
	const char *c = VARDATA_ANY(words);
	const char *end = c + VARSIZE_ANY_EXHDR(words);

	for (; c < end; c++)
	{
		if (*c != ' ')
			return false;
	}
	return true;
}

/*
 * begin_change(kind, rotation_id, person_id, reason, past_reason, undoes):
 * from here to end_change() it is one change, which is written as the caller.
 * Within another one it is part of that.
 */
Datum
oncall_begin_change(PG_FUNCTION_ARGS)
{
	Call		call;
	int			outer = own.ncalls - 1;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("kind must not be null")));
	if (!PG_ARGISNULL(4) && is_blank(PG_GETARG_TEXT_PP(4)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("past_reason must not be blank"),
				 errhint("Say why the roster of the past was not as it is written.")));
	if (outer >= 0)
		call = own.calls[outer];
	else
	{
		call.at = next_moment();
		call.change_id = 0;
	}
	call.subid = GetCurrentSubTransactionId();
	MAKE_ROOM(own.calls, own.ncalls, own.maxcalls);
	own.calls[own.ncalls++] = call;

	if (outer < 0)
	{
		Datum		args[7];
		char		nulls[8];
		int			i;

		/* the moment comes third, the others as they are given */
		for (i = 0; i < 7; i++)
		{
			int			from = i < 2 ? i : i - 1;

			args[i] = PG_GETARG_DATUM(from);
			nulls[i] = PG_ARGISNULL(from) ? 'n' : ' ';
		}
		args[2] = TimestampTzGetDatum(call.at);
		nulls[2] = ' ';
		nulls[7] = '\0';
		call.change_id = write_row(&insert_change, args, nulls);
		own.calls[own.ncalls - 1].change_id = call.change_id;
	}
	PG_RETURN_INT32(call.change_id);
}

/*
 * resume_change(change_id): from here to end_change() all is part of a change
 * that this transaction began before. It is made now: what it was begun with
 * was only an intention.
 */
Datum
oncall_resume_change(PG_FUNCTION_ARGS)
{
	Call		call;
	Datum		args[2];

	call.change_id = PG_GETARG_INT32(0);
	if (!change_is_ours(call.change_id))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("change %d is not of this transaction",
						call.change_id)));
	call.at = next_moment();
	call.subid = GetCurrentSubTransactionId();
	MAKE_ROOM(own.calls, own.ncalls, own.maxcalls);
	own.calls[own.ncalls++] = call;

	args[0] = Int32GetDatum(call.change_id);
	args[1] = TimestampTzGetDatum(call.at);
	(void) write_row(&move_change, args, NULL);
	PG_RETURN_VOID();
}

Datum
oncall_end_change(PG_FUNCTION_ARGS)
{
	if (own.ncalls == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no change has begun")));
	own.ncalls--;
	PG_RETURN_VOID();
}

/* in_change(): is a call of one of our functions under way? */
Datum
oncall_in_change(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(change_in_call());
}

/* moment(): that of the call or statement under way */
Datum
oncall_moment(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(change_moment());
}

/* recorded_now(): what is believed from the moment on */
Datum
oncall_recorded_now(PG_FUNCTION_ARGS)
{
	Period		believed = {change_moment(), DT_NOEND};

	PG_RETURN_RANGE_P(tstzrange_of_period(tstzrange_typcache(), believed));
}

/* Is the current user the owner of a table, or as good as that? */
bool
change_by_owner(Relation rel)
{
	return has_privs_of_role(GetUserId(), rel->rd_rel->relowner);
}

/* A change of this transaction: its author and time are not for the writer. */
static void
check_author(Relation rel, HeapTuple row, bool fresh)
{
	bool		isnull;
	Datum		made_by = trigger_column(rel, row, "made_by", NAMEOID, &isnull);

	if (change_by_owner(rel) ||
		(fresh && !isnull &&
		 strcmp(NameStr(*DatumGetName(made_by)),
				GetUserNameFromId(GetUserId(), false)) == 0))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("only the owner of oncall.change may write who made a change, and when"),
			 errhint("Leave out made_at and made_by.")));
}

/*
 * write_change(): trigger of oncall.change. It notes what this transaction
 * writes, and takes the reason for a change of the past from the setting.
 */
Datum
oncall_write_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	HeapTuple	row;
	Datum		made_at;
	Datum		change_id;
	bool		isnull;
	bool		no_reason;

	trigger_check(fcinfo, "write_change", "change");
	if (!TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"write_change\" must be fired BEFORE INSERT")));
	rel = trigger->tg_relation;
	row = trigger->tg_trigtuple;

	made_at = trigger_column(rel, row, "made_at", TIMESTAMPTZOID, &isnull);
	isnull = isnull || !change_is_moment(DatumGetTimestampTz(made_at));
	check_author(rel, row, !isnull);
	if (isnull)
		return PointerGetDatum(row);	/* restored */

	change_id = trigger_column(rel, row, "change_id", INT4OID, &isnull);
	if (!isnull)
		note_change(DatumGetInt32(change_id));
	(void) trigger_column(rel, row, "past_reason", TEXTOID, &no_reason);
	if (no_reason && guc_past_reason() != NULL)
	{
		int			column = trigger_column_number(rel, "past_reason", TEXTOID);
		Datum		reason = CStringGetTextDatum(guc_past_reason());
		bool		null = false;

		row = heap_modify_tuple_by_cols(row, RelationGetDescr(rel), 1,
										&column, &reason, &null);
	}
	return PointerGetDatum(row);
}

static void
forget_all(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			memset(&own, 0, sizeof(own));
			break;
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
			break;
	}
}

/*
 * Keep of an array what is not of a subtransaction that is rolled back; what
 * one gave out that ends well is its parent's.
 */
#define END_PART(type, array, n, mine, parent, aborted) \
	do { \
		int			kept = 0; \
		int			i; \
		\
		for (i = 0; i < (n); i++) \
		{ \
			type		element = (array)[i]; \
			\
			if (element.subid == (mine)) \
			{ \
				if (aborted) \
					continue; \
				element.subid = (parent); \
			} \
			(array)[kept++] = element; \
		} \
		(n) = kept; \
	} while (0)

static void
end_part(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
		 void *arg)
{
	bool		aborted = event == SUBXACT_EVENT_ABORT_SUB;

	if (!aborted && event != SUBXACT_EVENT_COMMIT_SUB)
		return;
	END_PART(Moment, own.moments, own.nmoments, mine, parent, aborted);
	END_PART(Call, own.calls, own.ncalls, mine, parent, aborted);
	END_PART(OwnChange, own.changes, own.nchanges, mine, parent, aborted);
}

void
change_init(void)
{
	RegisterXactCallback(forget_all, NULL);
	RegisterSubXactCallback(end_part, NULL);
}
