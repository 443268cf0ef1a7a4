/*-------------------------------------------------------------------------
 *
 * pair.c
 *	  The type oncall.pair: who holds the first two seats.
 *
 * Comparing and hashing are the server's own functions for bigint; see
 * pair.sql.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "types/pair.h"

#include "base/compat.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(oncall_pair_in);
PG_FUNCTION_INFO_V1(oncall_pair_out);
PG_FUNCTION_INFO_V1(oncall_pair_recv);
PG_FUNCTION_INFO_V1(oncall_pair_send);
PG_FUNCTION_INFO_V1(oncall_pair_of);
PG_FUNCTION_INFO_V1(oncall_pair_array);
PG_FUNCTION_INFO_V1(oncall_pair_json);
PG_FUNCTION_INFO_V1(oncall_pair_jsonb);
PG_FUNCTION_INFO_V1(oncall_primary_of);
PG_FUNCTION_INFO_V1(oncall_secondary_of);
PG_FUNCTION_INFO_V1(oncall_pair_contains);
PG_FUNCTION_INFO_V1(oncall_pair_contained);
PG_FUNCTION_INFO_V1(oncall_pair_overlaps);

/* Step over white space, as array and record literals know it. */
static const char *
skip_space(const char *p)
{
	while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		p++;
	return p;
}

/*
 * Read the digits of one seat, if there are any; *id is 0 without them, and
 * PG_INT64_MAX for any number that is too large. The sign is read so that
 * the error can say what is wrong with it.
 */
static const char *
read_seat(const char *p, int64 *id, bool *empty)
{
	bool		negative = (*p == '-');

	*id = 0;
	*empty = true;
	if (negative && p[1] >= '0' && p[1] <= '9')
		p++;
	while (*p >= '0' && *p <= '9')
	{
		*empty = false;
		*id = *id * 10 + (*p++ - '0');
		if (*id > PG_INT32_MAX)
			*id = (int64) PG_INT32_MAX + 1;
	}
	if (negative)
		*id = -*id;
	return p;
}

/* Say that a text is no pair, and why. */
static Datum
malformed(const char *str, const char *why, struct Node *escontext)
{
	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"oncall.pair", str),
			 errdetail("%s", why),
			 errhint("Write the ids of the primary and the secondary, as in (17,4); leave an empty seat blank, as in (17,) or (,4).")));
}

/* Text to pair: (17,4), (17,), (,4) or (,). */
Datum
oncall_pair_in(PG_FUNCTION_ARGS)
{
	const char *str = PG_GETARG_CSTRING(0);
	struct Node *escontext = fcinfo->context;
	const char *p = skip_space(str);
	int64		id[2];
	int			seat;

	if (*p++ != '(')
		return malformed(str, "It must start with \"(\".", escontext);

	for (seat = 0; seat < 2; seat++)
	{
		char		delimiter = seat == 0 ? ',' : ')';
		bool		empty;

		p = skip_space(read_seat(skip_space(p), &id[seat], &empty));
		if (*p != delimiter)
			return malformed(str,
							 seat == 0 ?
							 "The first id, or nothing, must be followed by \",\"." :
							 "The second id, or nothing, must be followed by \")\".",
							 escontext);
		p++;
		if (!empty && (id[seat] <= 0 || id[seat] > PG_INT32_MAX))
			ereturn(escontext, (Datum) 0,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("person id out of range in \"%s\"", str),
					 errdetail("Ids are whole numbers from 1 to 2147483647."),
					 errhint("Leave an empty seat blank, as in (17,) or (,4).")));
	}
	if (*skip_space(p) != '\0')
		return malformed(str, "Nothing may follow the \")\".", escontext);

	PG_RETURN_INT64(pair_make((int32) id[0], (int32) id[1]));
}

/* Pair to text. */
Datum
oncall_pair_out(PG_FUNCTION_ARGS)
{
	int64		pair = PG_GETARG_INT64(0);
	int32		primary = pair_primary(pair);
	int32		secondary = pair_secondary(pair);
	char	   *str = palloc(32);
	int			len = 0;

	str[len++] = '(';
	if (primary != 0)
		len += snprintf(str + len, 12, "%d", primary);
	str[len++] = ',';
	if (secondary != 0)
		len += snprintf(str + len, 12, "%d", secondary);
	str[len++] = ')';
	str[len] = '\0';
	PG_RETURN_CSTRING(str);
}

/* Binary to pair: two 32-bit ids, 0 for an empty seat. */
Datum
oncall_pair_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int32		primary = (int32) pq_getmsgint(buf, 4);
	int32		secondary = (int32) pq_getmsgint(buf, 4);

	if (primary < 0 || secondary < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type %s", "oncall.pair"),
				 errdetail("The ids %d and %d must not be negative.",
						   primary, secondary)));
	PG_RETURN_INT64(pair_make(primary, secondary));
}

/* Pair to binary. */
Datum
oncall_pair_send(PG_FUNCTION_ARGS)
{
	int64		pair = PG_GETARG_INT64(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint32(&buf, (uint32) pair_primary(pair));
	pq_sendint32(&buf, (uint32) pair_secondary(pair));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* One seat of pair(int, int): 0 for NULL. */
static int32
seat_argument(FunctionCallInfo fcinfo, int n)
{
	int32		id;

	if (PG_ARGISNULL(n))
		return 0;
	id = PG_GETARG_INT32(n);
	if (id <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("person id %d is out of range", id),
				 errdetail("Ids are whole numbers from 1 to 2147483647."),
				 errhint("Use NULL for an empty seat.")));
	return id;
}

/* pair(primary, secondary); NULL is an empty seat. */
Datum
oncall_pair_of(PG_FUNCTION_ARGS)
{
	int32		primary = seat_argument(fcinfo, 0);
	int32		secondary = seat_argument(fcinfo, 1);

	PG_RETURN_INT64(pair_make(primary, secondary));
}

/* The two ids as an array; NULL for an empty seat. */
Datum
oncall_pair_array(PG_FUNCTION_ARGS)
{
	int64		pair = PG_GETARG_INT64(0);
	Datum		ids[2];
	bool		empty[2];
	int			dim = 2;
	int			lower = 1;

	ids[0] = Int32GetDatum(pair_primary(pair));
	ids[1] = Int32GetDatum(pair_secondary(pair));
	empty[0] = (pair_primary(pair) == 0);
	empty[1] = (pair_secondary(pair) == 0);
	PG_RETURN_ARRAYTYPE_P(construct_md_array(ids, empty, 1, &dim, &lower,
											 INT4OID, sizeof(int32), true,
											 TYPALIGN_INT));
}

/* A pair as the text of a JSON object; null for an empty seat. */
static char *
json_text(int64 pair)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "{\"primary\": ");
	if (pair_primary(pair) != 0)
		appendStringInfo(&out, "%d", pair_primary(pair));
	else
		appendStringInfoString(&out, "null");
	appendStringInfoString(&out, ", \"secondary\": ");
	if (pair_secondary(pair) != 0)
		appendStringInfo(&out, "%d", pair_secondary(pair));
	else
		appendStringInfoString(&out, "null");
	appendStringInfoChar(&out, '}');
	return out.data;
}

/* The two ids as an object. */
Datum
oncall_pair_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(json_text(PG_GETARG_INT64(0))));
}

/* The same as jsonb. */
Datum
oncall_pair_jsonb(PG_FUNCTION_ARGS)
{
	char	   *text = json_text(PG_GETARG_INT64(0));

	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

/* The primary, or NULL. */
Datum
oncall_primary_of(PG_FUNCTION_ARGS)
{
	int32		id = pair_primary(PG_GETARG_INT64(0));

	if (id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(id);
}

/* The secondary, or NULL. */
Datum
oncall_secondary_of(PG_FUNCTION_ARGS)
{
	int32		id = pair_secondary(PG_GETARG_INT64(0));

	if (id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(id);
}

/* Does this person sit in the pair? Nobody has the id 0. */
static inline bool
sits_in(int32 id, int64 pair)
{
	return id != 0 && (id == pair_primary(pair) || id == pair_secondary(pair));
}

/* pair @> int */
Datum
oncall_pair_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sits_in(PG_GETARG_INT32(1), PG_GETARG_INT64(0)));
}

/* int <@ pair */
Datum
oncall_pair_contained(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(sits_in(PG_GETARG_INT32(0), PG_GETARG_INT64(1)));
}

/* pair && pair: someone in common */
Datum
oncall_pair_overlaps(PG_FUNCTION_ARGS)
{
	int64		a = PG_GETARG_INT64(0);
	int64		b = PG_GETARG_INT64(1);

	PG_RETURN_BOOL(sits_in(pair_primary(a), b) ||
				   sits_in(pair_secondary(a), b));
}
