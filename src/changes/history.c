/*-------------------------------------------------------------------------
 *
 * history.c
 *	  What the database believed is kept: one trigger for all tables that
 *	  have a history.
 *
 * Such a table has a key, an original that a copy is of ("copy_of"), and
 * "recorded": from when until when the row was believed. What a roster is made
 * of names the change that wrote it and the one that closed it; what is no part
 * of a rota names none, and has the moment alone. Closing a row ends
 * that; an edit begins it anew and leaves a closed copy of the row as it was.
 * What nobody else has ever seen, since the belief is of this transaction,
 * needs no copy, and becomes empty when it is closed.
 *
 * A row that somebody else wrote while this change was on its way may have
 * begun later than the moment of the change. It was believed, and is closed
 * by the clock; if that was set back, a microsecond after it began.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "access/xact.h"
#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "changes/change.h"
#include "commands/trigger.h"
#include "utils/datum.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_keep_history);
PG_FUNCTION_INFO_V1(oncall_closed);
PG_FUNCTION_INFO_V1(oncall_is_own);
PG_FUNCTION_INFO_V1(oncall_written_now);

#define MAX_FACTS 12

/* A table that keeps history. */
typedef struct HistoryTable
{
	const char *name;
	const char *noun;			/* what a row is called */
	const char *key;
	const char *detail;			/* why rows are not deleted */
	bool		of_change;		/* does a row name its change? */

	/* An edit of one of these is another belief; ends with NULL. */
	const char *facts[MAX_FACTS];
	bool		editable;		/* may they be edited at all? */
	const char *edit_hint;		/* if not: what to do instead */
	const char *removal_hint;	/* what to do instead of deleting */

	/* Whose rota it is: of the id in this column, if not a rotation's. */
	const char *parent;
	SavedQuery	rotation_of;

	/* Writes a copy of row $1, believed $2, closed by change $3. */
	SavedQuery	copy;
} HistoryTable;

#define COPY_OF(table, key, columns) \
	{"INSERT INTO oncall." table " (" columns ", change_id, recorded," \
		" copy_of, closed_by) SELECT " columns ", change_id, $2, " key ", $3" \
		" FROM oncall." table " WHERE " key " OPERATOR(pg_catalog.=) $1" \
		" RETURNING " key, \
		3, {INT4OID, TSTZRANGEOID, INT4OID}, {NULL, NULL}}
#define COPY_WITHOUT_CHANGE(table, key, columns) \
	{"INSERT INTO oncall." table " (" columns ", recorded, copy_of)" \
		" SELECT " columns ", $2, " key \
		" FROM oncall." table " WHERE " key " OPERATOR(pg_catalog.=) $1" \
		" RETURNING " key, \
		2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}}
#define NO_QUERY {NULL, 0, {InvalidOid}, {NULL, NULL}}
#define ROTATION_OF_LAYER \
	{"SELECT l.rotation_id FROM oncall.layer l" \
		" WHERE l.layer_id OPERATOR(pg_catalog.=) $1", \
		1, {INT4OID}, {NULL, NULL}}
#define UNDO_HINT \
	"oncall.undo() takes back the change that wrote it."
#define LAYER_HINT \
	"Use end_layer() to end a layer, or withdraw_layer() to take back a mistake."
#define FACT_HINT \
	"Take it back with oncall.undo(), and write another one."

#define OF_ROTA \
	.detail = "Who was believed to be on call is kept.",.of_change = true
#define OF_PAY \
	.detail = "What pay was made of is kept.",.of_change = false

static HistoryTable tables[] = {
	{
		.name = "cover",.noun = "cover",.key = "cover_id",
		OF_ROTA,
		.facts = {"rotation_id", "seat", "period", "person_id", NULL},
		.editable = true,
		.removal_hint = "Use end_cover() to end a cover, or withdraw_cover() to take back a mistake.",
		.rotation_of = NO_QUERY,
		.copy = COPY_OF("cover", "cover_id",
						"rotation_id, seat, period, person_id, instead_of, shift")
	},
	{
		.name = "layer",.noun = "layer",.key = "layer_id",
		OF_ROTA,
		.facts = {"rotation_id", "name", "rank", "first_seat", "seats",
		"valid", "cadence", "hours", "pairing", "spread", NULL},
		.edit_hint = "Write what changes with set_members(), set_cadence(), set_hours() or set_pairing(), or end it with end_layer() and write a new one.",
		.removal_hint = LAYER_HINT,
		.rotation_of = NO_QUERY,
		.copy = COPY_OF("layer", "layer_id",
						"rotation_id, name, rank, first_seat, seats, valid, cadence, hours, pairing, spread")
	},
	{
		.name = "layer_member",.noun = "entry",.key = "layer_member_id",
		OF_ROTA,
		.facts = {"layer_id", "position", "person_id", "valid", NULL},
		.edit_hint = "Use leave_rotation(), join_rotation() or set_members().",
		.removal_hint = "Use leave_rotation() or set_members(); " UNDO_HINT,
		.parent = "layer_id",.rotation_of = ROTATION_OF_LAYER,
		.copy = COPY_OF("layer_member", "layer_member_id",
						"layer_id, position, person_id, valid")
	},
	{
		.name = "layer_leave",.noun = "leave",.key = "layer_leave_id",
		OF_ROTA,
		.facts = {"layer_member_id", "period", NULL},
		.edit_hint = FACT_HINT,.removal_hint = UNDO_HINT,
		.parent = "layer_member_id",
		.rotation_of = {
			"SELECT l.rotation_id FROM oncall.layer_member m, oncall.layer l"
			" WHERE m.layer_member_id OPERATOR(pg_catalog.=) $1"
			" AND l.layer_id OPERATOR(pg_catalog.=) m.layer_id",
			1, {INT4OID}, {NULL, NULL}
		},
		.copy = COPY_OF("layer_leave", "layer_leave_id",
						"layer_member_id, period")
	},
	{
		.name = "layer_rule",.noun = "rule",.key = "layer_rule_id",
		OF_ROTA,
		.facts = {"layer_id", "since", "cadence", "hours", "pairing",
		"spread", "ends", NULL},
		.edit_hint = FACT_HINT,.removal_hint = UNDO_HINT,
		.parent = "layer_id",.rotation_of = ROTATION_OF_LAYER,
		.copy = COPY_OF("layer_rule", "layer_rule_id",
						"layer_id, since, cadence, hours, pairing, spread, ends")
	},
	{
		.name = "rotation_member",.noun = "membership",
		.key = "rotation_member_id",
		OF_ROTA,
		.facts = {"rotation_id", "person_id", "standing", "valid", NULL},
		.edit_hint = FACT_HINT,.removal_hint = UNDO_HINT,
		.rotation_of = NO_QUERY,
		.copy = COPY_OF("rotation_member", "rotation_member_id",
						"rotation_id, person_id, standing, valid")
	},
	{
		.name = "response",.noun = "response",.key = "response_id",
		OF_PAY,
		.facts = {"person_id", "incident_id", "period", "approved_by", NULL},
		.editable = true,
		.removal_hint = "Use withdraw_response() to take back a mistake.",
		.rotation_of = NO_QUERY,
		.copy = COPY_WITHOUT_CHANGE("response", "response_id",
									"person_id, incident_id, period, recorded_by, approved_by")
	},
	{
		.name = "pay_entry",.noun = "pay entry",.key = "pay_entry_id",
		OF_PAY,
		.facts = {"person_id", "pay_policy_id", "rotation_id", "day",
			"pay_code", "units", "rate", "amount", "lieu", "corrects", "why",
		NULL},
		.editable = true,
		.removal_hint = "Use withdraw_pay_entry() to take back a mistake.",
		.rotation_of = NO_QUERY,
		.copy = COPY_WITHOUT_CHANGE("pay_entry", "pay_entry_id",
									"person_id, pay_policy_id, rotation_id, day, pay_code, units, rate, amount, lieu, corrects, why, recorded_by")
	}
};

/* A row of such a table, as the trigger looks at it. */
typedef struct HistoryRow
{
	HistoryTable *table;
	Relation	rel;
	HeapTuple	tuple;
	int32		key;
	int32		copy_of;		/* 0: it is no copy */
	int32		change_id;		/* 0: not said */
	int32		closed_by;
	bool		has_recorded;
	bool		never;			/* "recorded" is empty */
	Period		recorded;
} HistoryRow;

/* Did the current transaction, or a part of it that still holds, write it? */
static bool
is_ours(TransactionId xmin)
{
	return TransactionIdIsNormal(xmin) &&
		TransactionIdIsCurrentTransactionId(xmin);
}

/*
 * Has nobody else ever seen what was believed from a time on? xmin as well,
 * since two transactions may have had one moment.
 */
static bool
is_own_belief(TimestampTz since, TransactionId xmin)
{
	return is_ours(xmin) && change_is_open_moment(since);
}

/* When a belief of somebody else ends that this change ends. */
static TimestampTz
end_of_belief(TimestampTz since)
{
	TimestampTz moment = change_moment();

	if (since < moment)
		return moment;
	return Max(GetCurrentTimestamp(), since + 1);
}

/* written_now(xmin): is the row version the current transaction's own? */
Datum
oncall_written_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(is_ours(PG_GETARG_TRANSACTIONID(0)));
}

/* is_own(recorded, xmin): does nobody else know the row yet? */
Datum
oncall_is_own(PG_FUNCTION_ARGS)
{
	TransactionId xmin = PG_GETARG_TRANSACTIONID(1);
	Period		believed;

	/* one that became empty was ours alone, if we have written it */
	if (!tstzrange_to_period(PG_GETARG_RANGE_P(0), &believed))
		PG_RETURN_BOOL(is_ours(xmin));
	PG_RETURN_BOOL(is_own_belief(believed.from, xmin));
}

/* closed(recorded, xmin): what "recorded" becomes when the row is closed. */
Datum
oncall_closed(PG_FUNCTION_ARGS)
{
	RangeType  *recorded = PG_GETARG_RANGE_P(0);
	TypeCacheEntry *typcache = tstzrange_typcache();
	Period		believed;

	/* closed already: what was believed stays as it was */
	if (!tstzrange_to_period(recorded, &believed) || believed.until != DT_NOEND)
		PG_RETURN_RANGE_P(recorded);
	if (is_own_belief(believed.from, PG_GETARG_TRANSACTIONID(1)))
		PG_RETURN_RANGE_P(make_empty_range(typcache));
	believed.until = end_of_belief(believed.from);
	PG_RETURN_RANGE_P(tstzrange_of_period(typcache, believed));
}

static HistoryTable *
table_of(Relation rel)
{
	int			i;

	for (i = 0; i < (int) lengthof(tables); i++)
	{
		if (strcmp(RelationGetRelationName(rel), tables[i].name) == 0)
			return &tables[i];
	}
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("table \"%s\" keeps no history",
					RelationGetRelationName(rel))));
	return NULL;				/* keep compiler quiet */
}

/* An id; 0 for NULL. */
static int32
id_column(Relation rel, HeapTuple tuple, const char *name)
{
	bool		isnull;
	Datum		value = trigger_column(rel, tuple, name, INT4OID, &isnull);

	return isnull ? 0 : DatumGetInt32(value);
}

static void
read_row(HistoryTable *table, Relation rel, HeapTuple tuple, HistoryRow *row)
{
	bool		isnull;
	Datum		recorded = trigger_column(rel, tuple, "recorded",
										  TSTZRANGEOID, &isnull);

	row->table = table;
	row->rel = rel;
	row->tuple = tuple;
	row->key = id_column(rel, tuple, table->key);
	row->copy_of = id_column(rel, tuple, "copy_of");
	row->change_id = table->of_change ?
		id_column(rel, tuple, "change_id") : 0;
	row->closed_by = table->of_change ?
		id_column(rel, tuple, "closed_by") : 0;
	row->has_recorded = !isnull;
	row->never = isnull || !tstzrange_to_period(DatumGetRangeTypeP(recorded),
												&row->recorded);
}

static bool
is_believed_row(const HistoryRow *row)
{
	return !row->never && row->recorded.until == DT_NOEND;
}

/* A column of a row's tuple becomes another. */
static void
set_column(HistoryRow *row, const char *name, Oid type, Datum value,
		   bool isnull)
{
	int			number = trigger_column_number(row->rel, name, type);

	row->tuple = heap_modify_tuple_by_cols(row->tuple,
										   RelationGetDescr(row->rel), 1,
										   &number, &value, &isnull);
}

static void
set_recorded(HistoryRow *row, TimestampTz since)
{
	Period		believed = {since, DT_NOEND};

	set_column(row, "recorded", TSTZRANGEOID,
			   RangeTypePGetDatum(tstzrange_of_period(tstzrange_typcache(),
													  believed)), false);
}

/* Name the change of a row, where rows have one. */
static void
set_change(HistoryRow *row, const char *name, int32 id)
{
	if (!row->table->of_change)
		return;
	set_column(row, name, INT4OID, Int32GetDatum(id), id == 0);
}

/* Whose rota a row is part of; 0 if that cannot be told. */
static int32
rotation_of(const HistoryRow *row)
{
	HistoryTable *table = row->table;
	int32		rotation_id = 0;
	Datum		parent;
	OwnerSwitch before;

	if (table->parent == NULL)
		return id_column(row->rel, row->tuple, "rotation_id");

	parent = Int32GetDatum(id_column(row->rel, row->tuple, table->parent));
	owner_begin(&before, RelationGetRelid(row->rel));
	SPI_connect();
	if (query_run(&table->rotation_of, &parent, NULL) > 0)
		rotation_id = DatumGetInt32(query_column(SPI_tuptable->vals[0], 1));
	SPI_finish();
	owner_end(&before);
	return rotation_id;
}

/* The change that a row is written or closed by; 0 if rows name none. */
static int32
current_change(const HistoryRow *row)
{
	if (!row->table->of_change)
		return 0;
	return change_current(RelationGetRelid(row->rel),
						  change_in_call() ? 0 : rotation_of(row));
}

/*
 * A row may name its change: what is left of a cover keeps the one of which
 * that was, where a function of ours sees to it.
 */
static void
check_change(const HistoryRow *row)
{
	if (change_in_call() || change_is_ours(row->change_id))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("change %d is not one of this transaction",
					row->change_id),
			 errhint("Leave out change_id, or write a row into oncall.change in the same transaction.")));
}

static void
refuse_history(const HistoryRow *row, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("only the owner of oncall.%s may write its history",
					row->table->name),
			 errhint("%s", hint)));
}

static HeapTuple
insert_row(HistoryRow *row)
{
	bool		fresh;

	if (!row->has_recorded)
	{
		set_recorded(row, change_moment());
		fresh = true;
	}
	else
		fresh = is_believed_row(row) && change_is_moment(row->recorded.from);

	/* the owner restores what was dumped */
	if (!fresh || row->copy_of != 0 || row->closed_by != 0)
	{
		if (!change_by_owner(row->rel))
			refuse_history(row, row->table->of_change ?
						   "Leave out recorded, copy_of and closed_by." :
						   "Leave out recorded and copy_of.");
	}
	else if (row->change_id != 0)
		check_change(row);
	if (row->change_id == 0)
		set_change(row, "change_id", current_change(row));
	return row->tuple;
}

/* Is a column of two rows of a table the same? */
static bool
same_column(const HistoryRow *old, const HistoryRow *new, const char *name)
{
	int			number = trigger_column_number(old->rel, name, InvalidOid);
	TupleDesc	desc = RelationGetDescr(old->rel);
	Form_pg_attribute att = TupleDescAttr(desc, number - 1);
	bool		was_null;
	bool		is_null;
	Datum		was = heap_getattr(old->tuple, number, desc, &was_null);
	Datum		is = heap_getattr(new->tuple, number, desc, &is_null);

	return was_null == is_null &&
		(was_null || datum_image_eq(was, is, att->attbyval, att->attlen));
}

static bool
same_facts(const HistoryRow *old, const HistoryRow *new)
{
	int			i;

	for (i = 0; old->table->facts[i] != NULL; i++)
	{
		if (!same_column(old, new, old->table->facts[i]))
			return false;
	}
	return true;
}

/*
 * Keep a row as it was, believed for a time (NULL: never, as far as others can
 * tell), as a closed copy.
 */
static void
keep_copy(const HistoryRow *old, const Period *believed, int32 closed_by)
{
	TypeCacheEntry *typcache = tstzrange_typcache();
	RangeType  *recorded = believed == NULL ? make_empty_range(typcache) :
	tstzrange_of_period(typcache, *believed);
	OwnerSwitch before;
	Datum		args[3];
	char		nulls[4] = "   ";

	args[0] = Int32GetDatum(old->key);
	args[1] = RangeTypePGetDatum(recorded);
	args[2] = Int32GetDatum(closed_by);
	nulls[2] = closed_by == 0 ? 'n' : ' ';
	owner_begin(&before, RelationGetRelid(old->rel));
	SPI_connect();
	if (query_write(&old->table->copy, args, nulls) != 1)
		elog(ERROR, "could not keep what was believed about %s %d",
			 old->table->noun, old->key);
	SPI_finish();
	owner_end(&before);
}

/* Is the new "recorded" what closing the old row makes of it? */
static bool
is_closing(const HistoryRow *old, const HistoryRow *new, bool own)
{
	TimestampTz moment;

	if (!is_believed_row(old) || !new->has_recorded)
		return false;
	if (own)
		return new->never;
	if (new->never || new->recorded.from != old->recorded.from)
		return false;
	moment = change_moment();
	return new->recorded.until == moment ||
		(old->recorded.from >= moment &&
		 new->recorded.until > old->recorded.from &&
		 new->recorded.until <= Max(GetCurrentTimestamp(),
									old->recorded.from + 1));
}

/* A closed row is believed again. */
static void
believe_again(const HistoryRow *old, HistoryRow *new, TransactionId xmin)
{
	TimestampTz since = new->recorded.from;
	bool		unseen = old->never ||
	(is_own_belief(old->recorded.until, xmin) && same_facts(old, new));

	if (old->copy_of != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s %d is a copy", old->table->noun, old->key),
				 errdetail("It keeps what was believed about %s %d.",
						   old->table->noun, old->copy_of)));
	if (unseen)
	{
		/*
		 * Nobody has seen that it was closed: it goes on. Which change had
		 * closed it is kept all the same, since that one can be made again.
		 */
		if (old->closed_by != 0 && old->closed_by != current_change(new))
			keep_copy(old, NULL, old->closed_by);
		if (!old->never)
			set_recorded(new, old->recorded.from);
	}
	else
	{
		keep_copy(old, &old->recorded, old->closed_by);
		if (since < old->recorded.until)
		{
			change_note_moment(old->recorded.until);
			set_recorded(new, old->recorded.until);
		}
	}
	set_change(new, "closed_by", 0);
}

/* The facts of a believed row are edited. */
static void
edit_row(const HistoryRow *old, HistoryRow *new, bool own)
{
	Period		believed = old->recorded;
	int32		change_id;

	if (!is_believed_row(old))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s %d is closed", old->table->noun, old->key),
				 errdetail("What was believed cannot be changed."),
				 errhint("Write a new %s.", old->table->noun)));
	if (own)
		return;					/* until its transaction ends it can be put
								 * right */
	if (!old->table->editable)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s %d cannot be changed", old->table->noun, old->key),
				 errdetail("What a roster of the past depends on is fixed once it is written."),
				 errhint("%s", old->table->edit_hint)));

	change_id = current_change(new);
	believed.until = end_of_belief(believed.from);
	keep_copy(old, &believed, change_id);
	change_note_moment(believed.until);
	set_recorded(new, believed.until);
	if (new->change_id == old->change_id || new->change_id == 0)
		set_change(new, "change_id", change_id);
}

static HeapTuple
update_row(const HistoryRow *old, HistoryRow *new)
{
	TransactionId xmin = HeapTupleHeaderGetXmin(old->tuple->t_data);
	bool		facts = same_facts(old, new);
	bool		recorded = same_column(old, new, "recorded");
	bool		change = old->change_id == new->change_id;
	bool		trail = change && old->closed_by == new->closed_by;
	bool		own;

	if (old->key != new->key || old->copy_of != new->copy_of)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s %d keeps its key and its original",
						old->table->noun, old->key),
				 errhint("Write a new %s.", old->table->noun)));
	if (facts && recorded && trail)
		return new->tuple;		/* only columns that are not ours */

	own = is_believed_row(old) && is_own_belief(old->recorded.from, xmin);
	if (!change && new->change_id != 0 && !change_by_owner(new->rel))
		check_change(new);
	if (!recorded && facts && is_closing(old, new, own))
	{
		/* by the clock, it is a moment of ours as well */
		if (!new->never)
			change_note_moment(new->recorded.until);
		set_change(new, "closed_by", current_change(new));
	}
	else if (!recorded && !is_believed_row(old) && is_believed_row(new) &&
			 (facts || old->table->editable) &&
			 change_is_moment(new->recorded.from))
		believe_again(old, new, xmin);
	else if (recorded && !facts)
		edit_row(old, new, own);
	else if (!change_by_owner(new->rel))
		refuse_history(new, old->table->removal_hint);
	return new->tuple;
}

static void
refuse_removal(HistoryTable *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("rows of oncall.%s cannot be deleted", table->name),
			 errdetail("%s", table->detail),
			 errhint("%s", table->removal_hint)));
}

/* keep_history(): BEFORE INSERT, UPDATE, DELETE of each row, and TRUNCATE */
Datum
oncall_keep_history(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HistoryTable *table;
	HistoryRow	old;
	HistoryRow	new;

	if (CALLED_AS_TRIGGER(fcinfo) &&
		TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		refuse_removal(table_of(trigger->tg_relation));
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"keep_history\" must be fired BEFORE")));
	table = table_of(trigger->tg_relation);
	trigger_check(fcinfo, "keep_history", table->name);
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		refuse_removal(table);

	read_row(table, trigger->tg_relation, trigger->tg_trigtuple, &old);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		return PointerGetDatum(insert_row(&old));
	read_row(table, trigger->tg_relation, trigger->tg_newtuple, &new);
	return PointerGetDatum(update_row(&old, &new));
}
