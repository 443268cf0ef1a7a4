/*-------------------------------------------------------------------------
 *
 * pay_touched.c
 *	  Note which time is touched by edits of what pay depends on and has no
 *	  history: holidays, assignments, when people are active, terms.
 *
 * A run that is closed looks up what was recorded since the one before it.
 * Rows of tables that keep history say themselves when they were written and
 * closed; for others that is written down here, as the owner of the tables,
 * whoever edits them. What does not change what was paid is noted as well where
 * that is not easily told: it costs a comparison, no more.
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
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/datum.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_note_touched);

#define NOTE "INSERT INTO oncall.pay_touched (period)"
#define NOTED " RETURNING pay_touched_id"

/* dates begin and end with the earliest and the latest zone */
static SavedQuery note_dates = {
	.text =
	NOTE " SELECT tstzrange((d.day - 2)::timestamp AT TIME ZONE 'UTC',"
	" (d.day + 3)::timestamp AT TIME ZONE 'UTC')"
	" FROM (VALUES ($1), ($2), ($3), ($4)) AS d(day)"
	" WHERE isfinite(d.day)" NOTED,
	.nargs = 4,
	.argtypes = {DATEOID, DATEOID, DATEOID, DATEOID}
};

/* what only one of two ranges has, or, if more was edited, what either has */
static SavedQuery note_ranges = {
	.text =
	NOTE " SELECT p.period FROM (SELECT"
	" coalesce($1, 'empty')::tstzmultirange AS was,"
	" coalesce($2, 'empty')::tstzmultirange AS is_now) AS v,"
	" unnest(CASE WHEN $3 THEN (v.was - v.is_now) + (v.is_now - v.was)"
	" ELSE v.was + v.is_now END) AS p(period)" NOTED,
	.nargs = 3,
	.argtypes = {TSTZRANGEOID, TSTZRANGEOID, BOOLOID}
};

/*
 * Other policies pay by their own terms, which can be edited until a run of
 * theirs is closed; what these reach of what has been paid lies where somebody
 * changed from one to the other.
 */
static SavedQuery note_bounds = {
	.text =
	NOTE " SELECT tstzrange(b.at - interval '8 days', b.at + interval '8 days')"
	" FROM oncall.pay_assignment a,"
	" unnest(ARRAY[lower(a.valid), upper(a.valid)]) AS b(at)"
	" WHERE a.pay_policy_id IN ($1, $2) AND isfinite(b.at)" NOTED,
	.nargs = 2,
	.argtypes = {INT4OID, INT4OID}
};

/*
 * That somebody moves writes a row that keeps what was so until now, from
 * within a trigger of oncall.person: nothing of the past changes. (Nobody else
 * writes such a row in the transaction that wrote the person: it would overlap
 * that one.)
 */
static SavedQuery note_former = {
	.text =
	NOTE " SELECT $1 WHERE NOT (pg_trigger_depth() > 1"
	" AND upper($1) > now()"
	" AND EXISTS (SELECT FROM oncall.person p WHERE p.person_id = $2"
	" AND oncall_internal.written_now(p.xmin)))" NOTED,
	.nargs = 2,
	.argtypes = {TSTZRANGEOID, INT4OID}
};

/* The row before and after an edit; either may be missing. */
typedef struct Edit
{
	Relation	rel;
	HeapTuple	rows[2];
} Edit;

/* A column before and after. */
static void
edit_columns(const Edit *edit, const char *name, Oid type, Datum *values,
			 char *nulls)
{
	int			i;

	for (i = 0; i < 2; i++)
	{
		bool		isnull = true;

		values[i] = edit->rows[i] == NULL ? (Datum) 0 :
			trigger_column(edit->rel, edit->rows[i], name, type, &isnull);
		nulls[i] = isnull ? 'n' : ' ';
	}
}

/* Has nothing been edited but one column? */
static bool
nothing_else(const Edit *edit, const char *name)
{
	TupleDesc	desc = RelationGetDescr(edit->rel);
	int			except = trigger_column_number(edit->rel, name, InvalidOid);
	int			i;

	if (edit->rows[0] == NULL || edit->rows[1] == NULL)
		return false;
	for (i = 1; i <= desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i - 1);
		bool		was_null;
		bool		is_null;
		Datum		was = heap_getattr(edit->rows[0], i, desc, &was_null);
		Datum		is = heap_getattr(edit->rows[1], i, desc, &is_null);

		if (i != except && !att->attisdropped &&
			(was_null != is_null ||
			 (!was_null && !datum_image_eq(was, is, att->attbyval,
										   att->attlen))))
			return false;
	}
	return true;
}

static void
touch_holiday(const Edit *edit)
{
	Datum		args[4];
	char		nulls[5] = "    ";

	edit_columns(edit, "day", DATEOID, &args[0], &nulls[0]);
	edit_columns(edit, "observes", DATEOID, &args[2], &nulls[2]);
	(void) query_write(&note_dates, args, nulls);
}

static void
touch_range(const Edit *edit, const char *name, bool nothing_more)
{
	Datum		args[3];
	char		nulls[4] = "   ";

	edit_columns(edit, name, TSTZRANGEOID, args, nulls);
	args[2] = BoolGetDatum(nothing_more);
	(void) query_write(&note_ranges, args, nulls);
}

static void
touch_assignment(const Edit *edit)
{
	Datum		policies[2];
	char		is_former[3] = "  ";

	edit_columns(edit, "pay_policy_id", INT4OID, policies, is_former);
	if (edit->rows[0] == NULL && is_former[1] == 'n')
	{
		Datum		args[2];
		bool		isnull;

		args[0] = trigger_column(edit->rel, edit->rows[1], "valid",
								 TSTZRANGEOID, &isnull);
		args[1] = trigger_column(edit->rel, edit->rows[1], "person_id",
								 INT4OID, &isnull);
		(void) query_write(&note_former, args, NULL);
	}
	else
		touch_range(edit, "valid", nothing_else(edit, "valid"));
}

static void
touch_terms(const Edit *edit)
{
	Datum		args[2];
	char		nulls[3] = "  ";

	edit_columns(edit, "pay_policy_id", INT4OID, args, nulls);
	(void) query_write(&note_bounds, args, nulls);
}

/*
 * note_touched(): AFTER each row of oncall.holiday, pay_assignment, pay_policy
 * and pay_band, and of oncall.person where active is edited
 */
Datum
oncall_note_touched(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	OwnerSwitch before;
	Edit		edit = {0};
	const char *name;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"note_touched\" must be fired AFTER a row is written")));
	name = RelationGetRelationName(trigger->tg_relation);
	trigger_check(fcinfo, "note_touched", name);

	edit.rel = trigger->tg_relation;
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		edit.rows[1] = trigger->tg_trigtuple;
	else
	{
		edit.rows[0] = trigger->tg_trigtuple;
		if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
			edit.rows[1] = trigger->tg_newtuple;
	}

	owner_begin(&before, RelationGetRelid(edit.rel));
	SPI_connect();
	if (strcmp(name, "holiday") == 0)
		touch_holiday(&edit);
	else if (strcmp(name, "person") == 0)
		touch_range(&edit, "active", true);
	else if (strcmp(name, "pay_assignment") == 0)
		touch_assignment(&edit);
	else
		touch_terms(&edit);
	SPI_finish();
	owner_end(&before);
	return PointerGetDatum(NULL);
}
