/*-------------------------------------------------------------------------
 *
 * calendar_address.c
 *	  A person's calendar by its secret address.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/owner.h"
#include "base/saved_query.h"
#include "base/tables.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_icalendar_by_token);

static SavedQuery query = {
	"SELECT oncall.icalendar(person => CAST(t.person_id AS oncall.ref))"
	" FROM oncall.calendar_token t"
	" JOIN oncall.person p"
	"  ON p.person_id OPERATOR(pg_catalog.=) t.person_id"
	" WHERE t.token_hash OPERATOR(pg_catalog.=)"
	"   pg_catalog.sha256(pg_catalog.convert_to($1, 'UTF8'))"
	"  AND t.revoked_at IS NULL"
	"  AND p.active OPERATOR(pg_catalog.@>) pg_catalog.now()",
	1, {TEXTOID}, {NULL, NULL}
};

/*
 * Who knows the address may read the calendar, whoever asks: a web server's
 * role need have no other right. So the tables are read as their owner.
 */
Datum
oncall_icalendar_by_token(PG_FUNCTION_ARGS)
{
	static const char *const name = "calendar_token";
	MemoryContext context = CurrentMemoryContext;
	OwnerSwitch before;
	char	   *calendar = NULL;
	Datum		args[1];
	Oid			table;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("token must not be null"),
				 errhint("Give the secret part of the address.")));
	args[0] = PG_GETARG_DATUM(0);
	tables_find(&name, 1, &table);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	owner_begin(&before, table);
	if (query_run(&query, args, NULL) > 0)
		calendar = query_column_text(SPI_tuptable->vals[0], 1, context);
	owner_end(&before);
	SPI_finish();

	/* which of these it is would help only those who guess */
	if (calendar == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("no calendar has this address"),
				 errdetail("It is unknown, has been revoked, or is of somebody who has left."),
				 errhint("SELECT oncall.issue_calendar_token() gives a new one.")));
	PG_RETURN_TEXT_P(cstring_to_text(calendar));
}
