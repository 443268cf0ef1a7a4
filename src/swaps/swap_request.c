/*-------------------------------------------------------------------------
 *
 * swap_request.c
 *	  Offers of duty: who may answer one, and what accepting it does.
 *
 * The trigger trusts nothing that row-level security or a function has
 * checked before: whatever way the row is updated, it asks again who does it
 * and whether the offer still stands. A BEFORE trigger fires once, under the
 * lock of the row and with its latest version: of two who accept at once, the
 * second finds the offer accepted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "base/owner.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_swap_request_update);

/* What was offered, which stays as it is. */
static const char *const fixed_columns[] = {
	"swap_request_id", "rotation_id", "seat", "period", "offered_by",
	"offered_to", "in_return_rotation_id", "in_return_seat",
	"in_return_period", "offered_at"
};

/* What only a change of state writes, and of which types. */
static const char *const outcome_columns[] = {
	"accepted_by", "change_id", "closed_at"
};
static const Oid outcome_types[] = {INT4OID, INT4OID, TIMESTAMPTZOID};

/* An offer, and who wants to do what with it. */
typedef struct Answer
{
	Relation	rel;
	HeapTuple	old;
	HeapTuple	new;
	int32		request;
	int32		offered_by;
	int32		offered_to;		/* 0: everybody */
	int32		accepted_by;	/* as asked for; 0: not said */
	Name		role;
	int32		person;			/* whose role it is; 0: nobody's */
	bool		manager;		/* may put others on duty anyway */
} Answer;

/* An id; 0 for NULL. */
static int32
column_id(Relation rel, HeapTuple tuple, const char *name)
{
	bool		isnull;
	Datum		value = trigger_column(rel, tuple, name, INT4OID, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

static char *
column_state(Relation rel, HeapTuple tuple)
{
	bool		isnull;
	Datum		value = trigger_column(rel, tuple, "state", TEXTOID, &isnull);

	/* the constraint tells about a NULL */
	return isnull ? pstrdup("") : TextDatumGetCString(value);
}

/* Have any of these columns been changed? The first of them, or NULL. */
static const char *
changed_column(const Answer *answer, const char *const *names, int nnames)
{
	TupleDesc	desc = RelationGetDescr(answer->rel);
	int			i;

	for (i = 0; i < nnames; i++)
	{
		int			number = trigger_column_number(answer->rel, names[i],
												   InvalidOid);
		Form_pg_attribute att = TupleDescAttr(desc, number - 1);
		bool		was_null;
		bool		is_null;
		Datum		was = heap_getattr(answer->old, number, desc, &was_null);
		Datum		is = heap_getattr(answer->new, number, desc, &is_null);

		if (was_null != is_null ||
			(!was_null && !datum_image_eq(was, is, att->attbyval, att->attlen)))
			return names[i];
	}
	return NULL;
}

/*
 * The first column of a query's only row as a string, in the caller's memory;
 * NULL for NULL or no row.
 */
static char *
ask(const char *query, int nargs, Oid *types, Datum *values)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *answer = NULL;
	int			result;

	SPI_connect();
	result = SPI_execute_with_args(query, nargs, types, values, NULL, false, 1);
	if (result < 0)
		elog(ERROR, "could not ask about an offer: %s",
			 SPI_result_code_string(result));
	if (SPI_processed > 0)
	{
		char	   *value = SPI_getvalue(SPI_tuptable->vals[0],
										 SPI_tuptable->tupdesc, 1);

		if (value != NULL)
			answer = MemoryContextStrdup(caller, value);
	}
	SPI_finish();
	return answer;
}

static char *
ask_of_id(const char *query, int32 id)
{
	Oid			type = INT4OID;
	Datum		value = Int32GetDatum(id);

	return ask(query, 1, &type, &value);
}

static const char *
person_name(int32 person_id)
{
	char	   *name = ask_of_id("SELECT p.name FROM oncall.person p"
								 " WHERE p.person_id OPERATOR(pg_catalog.=) $1",
								 person_id);

	return name == NULL ? "somebody" : name;
}

/* Who answers: a person by their role, a manager by what they may do. */
static void
identify(Answer *answer, Oid role)
{
	Oid			cover = get_relname_relid("cover",
										  RelationGetNamespace(answer->rel));
	Oid			type = NAMEOID;
	Datum		value;
	char	   *person;

	answer->role = (Name) palloc(sizeof(NameData));
	namestrcpy(answer->role, GetUserNameFromId(role, false));
	answer->manager = OidIsValid(cover) &&
		pg_class_aclcheck(cover, role, ACL_INSERT) == ACLCHECK_OK;

	value = NameGetDatum(answer->role);
	person = ask("SELECT p.person_id FROM oncall.person p"
				 " WHERE p.db_role OPERATOR(pg_catalog.=) $1",
				 1, &type, &value);
	answer->person = person == NULL ? 0 : pg_strtoint32(person);
}

/* It was answered before: how? */
static void
offer_is_gone(const Answer *answer, const char *state)
{
	char	   *detail;

	detail = ask_of_id("SELECT pg_catalog.format(CASE s.state"
					   " WHEN 'accepted' THEN '%1$s accepted it at %3$s [%4$s].'"
					   " WHEN 'withdrawn' THEN '%2$s withdrew it at %3$s [%4$s].'"
					   " ELSE 'It expired: its shift has begun.' END, a.name, o.name,"
					   " oncall_internal.wall_time(pg_catalog.date_trunc('second', s.closed_at), r.zone), r.zone)"
					   " FROM oncall.swap_request s"
					   " JOIN oncall.rotation r ON r.rotation_id OPERATOR(pg_catalog.=) s.rotation_id"
					   " JOIN oncall.person o ON o.person_id OPERATOR(pg_catalog.=) s.offered_by"
					   " LEFT JOIN oncall.person a ON a.person_id OPERATOR(pg_catalog.=) s.accepted_by"
					   " WHERE s.swap_request_id OPERATOR(pg_catalog.=) $1",
					   answer->request);
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("offer %d is gone", answer->request),
			 detail != NULL ? errdetail("%s", detail) :
			 errdetail("It is %s.", state),
			 errhint("SELECT * FROM oncall.open_offers() shows what is on offer.")));
}

/* Has the first of its shifts begun? */
static bool
has_begun(const Answer *answer)
{
	bool		isnull;
	Datum		expires = trigger_column(answer->rel, answer->old, "expires_at",
										 TIMESTAMPTZOID, &isnull);

	return !isnull &&
		DatumGetTimestampTz(expires) <= GetCurrentStatementStartTimestamp();
}

static void
check_acceptance(Answer *answer)
{
	int			id = answer->request;

	if (answer->accepted_by == 0)
		answer->accepted_by = answer->person;
	if (answer->accepted_by == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("accepted_by must not be null"),
				 errdetail("Role \"%s\" is nobody's db_role.",
						   NameStr(*answer->role)),
				 errhint("Say who accepts.")));
	if (answer->accepted_by != answer->person && !answer->manager)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not accept offer %d for %s",
						NameStr(*answer->role), id,
						person_name(answer->accepted_by)),
				 errhint("People accept for themselves; ask a manager to do it for somebody else.")));
	if (answer->accepted_by == answer->offered_by)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot accept an offer of their own",
						person_name(answer->offered_by)),
				 errhint("Use withdraw_offer() to take it back.")));
	if (answer->offered_to != 0 && answer->accepted_by != answer->offered_to)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s cannot accept offer %d",
						person_name(answer->accepted_by), id),
				 errdetail("It is for %s.", person_name(answer->offered_to)),
				 errhint("SELECT * FROM oncall.open_offers() shows what is on offer, and to whom.")));
	if (has_begun(answer))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("offer %d has expired", id),
				 errdetail("Its shift has begun."),
				 errhint("SELECT * FROM oncall.open_offers() shows what is on offer.")));
}

/* May an open offer get this state, and from whom? */
static void
check_answer(Answer *answer, const char *is)
{
	if (strcmp(is, "accepted") == 0)
		check_acceptance(answer);
	else if (strcmp(is, "withdrawn") == 0)
	{
		if (answer->person != answer->offered_by && !answer->manager)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("role \"%s\" may not withdraw offer %d",
							NameStr(*answer->role), answer->request),
					 errdetail("It is an offer of %s.",
							   person_name(answer->offered_by))));
	}
	else if (strcmp(is, "expired") == 0 && !has_begun(answer))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("offer %d has not expired", answer->request),
				 errdetail("Its shift has not begun."),
				 errhint("Use withdraw_offer() to take it back.")));
}

/* The row as it becomes; accepting writes the swap and the covers first. */
static HeapTuple
closed_offer(const Answer *answer, const char *state)
{
	int			columns[lengthof(outcome_columns)];
	Datum		values[lengthof(outcome_columns)] = {0};
	bool		nulls[lengthof(outcome_columns)] = {true, true, false};
	int			i;

	for (i = 0; i < (int) lengthof(outcome_columns); i++)
		columns[i] = trigger_column_number(answer->rel, outcome_columns[i],
										   outcome_types[i]);
	values[2] = TimestampTzGetDatum(GetCurrentStatementStartTimestamp());
	if (strcmp(state, "accepted") == 0)
	{
		Oid			types[] = {INT4OID, INT4OID};
		Datum		args[] = {Int32GetDatum(answer->request),
		Int32GetDatum(answer->accepted_by)};
		char	   *swap = ask("SELECT oncall_internal.take_offer($1, $2)", 2, types, args);

		if (swap == NULL)
			elog(ERROR, "offer %d was accepted without a swap",
				 answer->request);
		values[0] = Int32GetDatum(answer->accepted_by);
		values[1] = Int32GetDatum(pg_strtoint32(swap));
		nulls[0] = nulls[1] = false;
	}
	return heap_modify_tuple_by_cols(answer->new,
									 RelationGetDescr(answer->rel),
									 lengthof(outcome_columns), columns,
									 values, nulls);
}

/*
 * Does the statement say what the state shall be? If so it is an answer, even
 * if that is the state already: somebody else may have been faster.
 */
static bool
is_answer(const TriggerData *trigdata)
{
	int			number = trigger_column_number(trigdata->tg_relation, "state",
											   TEXTOID);

	return bms_is_member(number - FirstLowInvalidHeapAttributeNumber,
						 trigdata->tg_updatedcols);
}

static void
check_protocol(FunctionCallInfo fcinfo)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	trigger_check(fcinfo, "swap_request_update", "swap_request");
	if (!TRIGGER_FIRED_BEFORE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE ROW",
						"swap_request_update")));
	if (!TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for UPDATE",
						"swap_request_update")));
}

Datum
oncall_swap_request_update(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Answer		answer = {0};
	OwnerSwitch before;
	Oid			role = GetUserId(); /* before we act as the owner */
	char	   *was;
	char	   *is;
	const char *changed;
	bool		same;

	check_protocol(fcinfo);
	answer.rel = trigdata->tg_relation;
	answer.old = trigdata->tg_trigtuple;
	answer.new = trigdata->tg_newtuple;
	answer.request = column_id(answer.rel, answer.old, "swap_request_id");
	was = column_state(answer.rel, answer.old);
	is = column_state(answer.rel, answer.new);
	same = strcmp(was, is) == 0;

	if (strcmp(was, "open") != 0 && (!same || is_answer(trigdata)))
		offer_is_gone(&answer, was);
	changed = changed_column(&answer, fixed_columns, lengthof(fixed_columns));
	if (changed == NULL && same)
		changed = changed_column(&answer, outcome_columns,
								 lengthof(outcome_columns));
	if (changed != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("column \"%s\" of offer %d cannot be changed",
						changed, answer.request),
				 errhint("Withdraw the offer with withdraw_offer() and make another one.")));
	if (same)
		return PointerGetDatum(answer.new);

	answer.offered_by = column_id(answer.rel, answer.old, "offered_by");
	answer.offered_to = column_id(answer.rel, answer.old, "offered_to");
	answer.accepted_by = column_id(answer.rel, answer.new, "accepted_by");

	owner_begin(&before, RelationGetRelid(answer.rel));
	identify(&answer, role);
	check_answer(&answer, is);
	answer.new = closed_offer(&answer, is);
	owner_end(&before);
	return PointerGetDatum(answer.new);
}
