/*-------------------------------------------------------------------------
 *
 * ref.c
 *	  The type oncall.ref: a reference by name or id, as regclass is one.
 *
 * Text is a name, or digits only, which are the id; blanks around it are lost,
 * as they are around the names in the tables.  It reads no table: the function
 * that takes it finds what it means.  Equal references have equal bytes, so
 * comparing and hashing are the server's own functions for bytea; see ref.sql.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "types/ref.h"

PG_FUNCTION_INFO_V1(oncall_ref_in);
PG_FUNCTION_INFO_V1(oncall_ref_recv);
PG_FUNCTION_INFO_V1(oncall_ref_of_text);
PG_FUNCTION_INFO_V1(oncall_ref_of_int2);
PG_FUNCTION_INFO_V1(oncall_ref_of_int4);
PG_FUNCTION_INFO_V1(oncall_ref_of_int8);

/*
 * Is this text digits only?  Then *id is their number, or 0 for any that no
 * id can be.
 */
static bool
is_number(const char *str, int len, int32 *id)
{
	int64		number = 0;
	int			i;

	for (i = 0; i < len; i++)
	{
		if (str[i] < '0' || str[i] > '9')
			return false;
		if (number <= PG_INT32_MAX)
			number = number * 10 + (str[i] - '0');
	}
	*id = number > PG_INT32_MAX ? 0 : (int32) number;
	return len > 0;
}

/* Text to reference, without blanks around it; NULL after a soft error. */
static text *
read_ref(const char *str, int len, struct Node *escontext)
{
	int32		id;
	char		digits[12];

	while (len > 0 && scanner_isspace(str[len - 1]))
		len--;
	while (len > 0 && scanner_isspace(*str))
	{
		str++;
		len--;
	}
	if (!is_number(str, len, &id))
		return cstring_to_text_with_len(str, len);
	if (id == 0)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("id \"%.*s\" is out of range", len, str),
				 errdetail("Digits only are an id, and ids are from 1 to %d.",
						   PG_INT32_MAX)));
	pg_ltoa(id, digits);
	return cstring_to_text(digits);
}

Datum
oncall_ref_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	text	   *ref = read_ref(str, strlen(str), fcinfo->context);

	if (ref == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(ref);
}

Datum
oncall_ref_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			len;
	char	   *str = pq_getmsgtext(buf, buf->len - buf->cursor, &len);

	PG_RETURN_TEXT_P(read_ref(str, len, NULL));
}

Datum
oncall_ref_of_text(PG_FUNCTION_ARGS)
{
	text	   *str = PG_GETARG_TEXT_PP(0);

	PG_RETURN_TEXT_P(read_ref(VARDATA_ANY(str), VARSIZE_ANY_EXHDR(str), NULL));
}

static text *
ref_of_id(int64 id)
{
	char		digits[12];

	if (id <= 0 || id > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("id %lld is out of range", (long long) id),
				 errdetail("Ids are from 1 to %d.", PG_INT32_MAX)));
	pg_ltoa((int32) id, digits);
	return cstring_to_text(digits);
}

Datum
oncall_ref_of_int2(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(ref_of_id(PG_GETARG_INT16(0)));
}

Datum
oncall_ref_of_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(ref_of_id(PG_GETARG_INT32(0)));
}

Datum
oncall_ref_of_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(ref_of_id(PG_GETARG_INT64(0)));
}

int32
ref_id(const text *ref)
{
	int32		id;

	return is_number(VARDATA_ANY(ref), VARSIZE_ANY_EXHDR(ref), &id) ? id : 0;
}
