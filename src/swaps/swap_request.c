/*-------------------------------------------------------------------------
 *
 * swap_request.c
 *	  Offers of duty: who may answer one; and duty that is taken without an
 *	  offer.
 *
 * The trigger trusts nothing that row-level security or a function has
 * checked before: whatever way the row is updated, it asks again who does it
 * and whether the offer still stands. A BEFORE trigger fires once, under the
 * lock of the row and with its latest version: of two who accept at once, the
 * second finds the offer accepted. What follows from it comes later
 * (acceptance.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "base/owner.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "swaps/acceptance.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_swap_request_update);
PG_FUNCTION_INFO_V1(oncall_swap_request_take);

/* What was offered, which stays as it is. */
static const char *const fixed_columns[] = {
	"swap_request_id", "rotation_id", "seat", "period", "offered_by",
	"offered_to", "in_return_rotation_id", "in_return_seat",
	"in_return_period", "expires", "created_at"
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
	TimestampTz now;			/* by the clock */
	int32		offered_by;		/* 0: nobody, it is a gap */
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

static Period
column_period(Relation rel, HeapTuple tuple, const char *name)
{
	bool		isnull;
	Datum		value = trigger_column(rel, tuple, name, TSTZRANGEOID, &isnull);
	Period		period = {0, 0};

	if (!isnull && !tstzrange_to_period(DatumGetRangeTypeP(value), &period))
		period.from = period.until = 0;
	return period;
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

	detail = ask_of_id("SELECT pg_catalog.format(CASE"
					   " WHEN s.state OPERATOR(pg_catalog.=) 'accepted' THEN '%1$s accepted it at %3$s [%4$s].'"
					   " WHEN s.state OPERATOR(pg_catalog.=) 'taken' THEN '%1$s took the shift at %3$s [%4$s].'"
					   " WHEN s.state OPERATOR(pg_catalog.=) 'withdrawn' THEN '%2$s withdrew it at %3$s [%4$s].'"
					   " WHEN s.expires OPERATOR(pg_catalog.=) 'begin' THEN 'It expired: its shift has begun.'"
					   " ELSE 'It expired: its shift has ended.' END,"
					   " a.name, coalesce(o.name, 'a manager'),"
					   " oncall_internal.wall_time(pg_catalog.date_trunc('second', s.closed_at), r.zone), r.zone)"
					   " FROM oncall.swap_request s"
					   " JOIN oncall.rotation r ON r.rotation_id OPERATOR(pg_catalog.=) s.rotation_id"
					   " LEFT JOIN oncall.person o ON o.person_id OPERATOR(pg_catalog.=) s.offered_by"
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

static bool
has_expired(const Answer *answer)
{
	bool		isnull;
	Datum		expires = trigger_column(answer->rel, answer->old, "expires_at",
										 TIMESTAMPTZOID, &isnull);

	return !isnull && DatumGetTimestampTz(expires) <= answer->now;
}

/* There is nothing left of what was offered, or it was for the whole of it. */
static void
offer_has_expired(const Answer *answer)
{
	Period		duty = column_period(answer->rel, answer->old, "period");
	Period		in_return = column_period(answer->rel, answer->old,
										  "in_return_period");

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("offer %d has expired", answer->request),
			 duty.until <= answer->now ? errdetail("Its shift is over.") :
			 !period_empty(in_return) && in_return.until <= answer->now ?
			 errdetail("The shift in return is over.") :
			 errdetail("Its shift has begun."),
			 errhint("SELECT * FROM oncall.open_offers() shows what is on offer.")));
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
	if (has_expired(answer))
		offer_has_expired(answer);
}

/* May an open offer get this state, and from whom? */
static void
check_answer(Answer *answer, const char *is)
{
	if (strcmp(is, "accepted") == 0)
		check_acceptance(answer);
	else if (strcmp(is, "withdrawn") == 0)
	{
		bool		own = answer->person != 0 &&
		answer->person == answer->offered_by;

		if (!own && !answer->manager)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("role \"%s\" may not withdraw offer %d",
							NameStr(*answer->role), answer->request),
					 answer->offered_by == 0 ?
					 errdetail("It is an offer of a manager.") :
					 errdetail("It is an offer of %s.",
							   person_name(answer->offered_by))));
	}
	else if (strcmp(is, "expired") == 0 && !has_expired(answer))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("offer %d has not expired", answer->request),
				 errhint("Use withdraw_offer() to take it back.")));
	else if (strcmp(is, "taken") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("offer %d cannot be taken, only accepted",
						answer->request),
				 errhint("Use accept_offer().")));
}

/*
 * Begin the change of an offer that is accepted; its covers come later. An
 * error if it has changed hands.
 */
static int32
begin_acceptance(const Answer *answer)
{
	Acceptance	acceptance = {0};
	Oid			types[] = {INT4OID, INT4OID, TIMESTAMPTZOID};
	Datum		args[3];
	char	   *change;

	args[0] = Int32GetDatum(answer->request);
	args[1] = Int32GetDatum(answer->accepted_by);
	args[2] = TimestampTzGetDatum(answer->now);
	change = ask("SELECT oncall_internal.begin_acceptance($1, $2, $3)",
				 3, types, args);
	if (change == NULL)
		elog(ERROR, "offer %d was accepted without a change",
			 answer->request);

	acceptance.request = answer->request;
	acceptance.change_id = pg_strtoint32(change);
	acceptance.at = answer->now;
	acceptance.duty = column_period(answer->rel, answer->old, "period");
	acceptance.in_return = column_period(answer->rel, answer->old,
										 "in_return_period");
	acceptance_note(&acceptance);
	return acceptance.change_id;
}

/* The row as it becomes. */
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
	values[2] = TimestampTzGetDatum(answer->now);
	if (strcmp(state, "accepted") == 0)
	{
		values[0] = Int32GetDatum(answer->accepted_by);
		values[1] = Int32GetDatum(begin_acceptance(answer));
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
check_protocol(FunctionCallInfo fcinfo, const char *function, bool update)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	trigger_check(fcinfo, function, "swap_request");
	if (!TRIGGER_FIRED_BEFORE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE ROW",
						function)));
	if (update ? !TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) :
		!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for %s",
						function, update ? "UPDATE" : "INSERT")));
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

	check_protocol(fcinfo, "swap_request_update", true);
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

	answer.now = GetCurrentTimestamp();
	owner_begin(&before, RelationGetRelid(answer.rel));
	identify(&answer, role);
	check_answer(&answer, is);
	answer.new = closed_offer(&answer, is);
	owner_end(&before);
	return PointerGetDatum(answer.new);
}

/* Nobody takes a shift but in their own name. */
static void
check_taker(const Answer *answer)
{
	if (answer->person == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not take a shift",
						NameStr(*answer->role)),
				 errdetail("It is nobody's db_role."),
				 errhint("People take shifts for themselves; cover_shift() puts others on duty.")));
	if (answer->accepted_by != 0 && answer->accepted_by != answer->person)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not take a shift for %s",
						NameStr(*answer->role),
						person_name(answer->accepted_by)),
				 errhint("People take shifts for themselves; cover_shift() puts others on duty.")));
}

/* Columns that are filled in when a shift is taken. */
enum
{
	TAKE_PERIOD,
	TAKE_OFFERED_BY,
	TAKE_CHANGE_ID,
	TAKE_ACCEPTED_BY,
	TAKE_CLOSED_AT,
	TAKE_COLUMNS
};

static const char *const take_columns[TAKE_COLUMNS] = {
	"period", "offered_by", "change_id", "accepted_by", "closed_at"
};
static const Oid take_types[TAKE_COLUMNS] = {
	TSTZRANGEOID, INT4OID, INT4OID, INT4OID, TIMESTAMPTZOID
};

/*
 * Begin the change of a shift that is taken, if it may be: fills in what is
 * taken of it, from whom, and the change.
 */
static void
begin_take(const Answer *answer, Datum *values)
{
	static const char *const given[] = {
		"rotation_id", "seat", "period", "offered_by", "note"
	};
	static const Oid given_types[] = {
		INT4OID, INT2OID, TSTZRANGEOID, INT4OID, TEXTOID
	};
	MemoryContext caller = CurrentMemoryContext;
	Oid			types[lengthof(given) + 2];
	Datum		args[lengthof(given) + 2];
	char		nulls[lengthof(given) + 3];
	int			i;

	for (i = 0; i < (int) lengthof(given); i++)
	{
		bool		isnull;

		types[i] = given_types[i];
		args[i] = trigger_column(answer->rel, answer->new, given[i],
								 given_types[i], &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
	types[i] = INT4OID;
	args[i] = Int32GetDatum(answer->person);
	nulls[i++] = ' ';
	types[i] = TIMESTAMPTZOID;
	args[i] = TimestampTzGetDatum(answer->now);
	nulls[i++] = ' ';
	nulls[i] = '\0';

	SPI_connect();
	if (SPI_execute_with_args("SELECT t.period, t.relieved, t.change_id"
							  " FROM oncall_internal.begin_take($1, $2, $3, $4, $5, $6, $7) t",
							  lengthof(types), types, args, nulls, false,
							  1) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "could not ask who holds a shift");
	for (i = TAKE_PERIOD; i <= TAKE_CHANGE_ID; i++)
	{
		bool		isnull;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0],
										  SPI_tuptable->tupdesc, i + 1, &isnull);
		MemoryContext inner;

		if (isnull)
			elog(ERROR, "a shift was taken without a change");
		inner = MemoryContextSwitchTo(caller);
		values[i] = datumCopy(value, i != TAKE_PERIOD,
							  i == TAKE_PERIOD ? -1 : (int) sizeof(int32));
		MemoryContextSwitchTo(inner);
	}
	SPI_finish();
}

/* swap_request_take(): before a row of state taken is inserted */
Datum
oncall_swap_request_take(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Answer		answer = {0};
	Acceptance	acceptance = {0};
	OwnerSwitch before;
	Oid			role = GetUserId(); /* before we act as the owner */
	int			columns[TAKE_COLUMNS];
	Datum		values[TAKE_COLUMNS];
	bool		nulls[TAKE_COLUMNS] = {false};
	int			i;

	check_protocol(fcinfo, "swap_request_take", false);
	answer.rel = trigdata->tg_relation;
	answer.new = trigdata->tg_trigtuple;
	answer.request = column_id(answer.rel, answer.new, "swap_request_id");
	answer.accepted_by = column_id(answer.rel, answer.new, "accepted_by");
	answer.now = GetCurrentTimestamp();
	for (i = 0; i < TAKE_COLUMNS; i++)
		columns[i] = trigger_column_number(answer.rel, take_columns[i],
										   take_types[i]);

	owner_begin(&before, RelationGetRelid(answer.rel));
	identify(&answer, role);
	check_taker(&answer);
	begin_take(&answer, values);
	owner_end(&before);
	values[TAKE_ACCEPTED_BY] = Int32GetDatum(answer.person);
	values[TAKE_CLOSED_AT] = TimestampTzGetDatum(answer.now);

	acceptance.request = answer.request;
	acceptance.change_id = DatumGetInt32(values[TAKE_CHANGE_ID]);
	acceptance.taken = true;
	acceptance.at = answer.now;
	if (!tstzrange_to_period(DatumGetRangeTypeP(values[TAKE_PERIOD]),
							 &acceptance.duty))
		elog(ERROR, "nothing was taken of a shift");
	acceptance_note(&acceptance);
	return PointerGetDatum(heap_modify_tuple_by_cols(answer.new,
													 RelationGetDescr(answer.rel),
													 TAKE_COLUMNS, columns,
													 values, nulls));
}
