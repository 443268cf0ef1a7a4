/*-------------------------------------------------------------------------
 *
 * words.c
 *	  Columns that hold one of a few words.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_is_word);

/* "leave", "keep_free" or "sick" */
static char *
list_words(Datum *words, int n)
{
	StringInfoData list;
	int			i;

	initStringInfo(&list);
	for (i = 0; i < n; i++)
		appendStringInfo(&list, "%s\"%s\"",
						 i == 0 ? "" : i < n - 1 ? ", " : " or ",
						 TextDatumGetCString(words[i]));
	return list.data;
}

/*
 * For check constraints: is this word one of those that a column of a table
 * may hold? The error has the name that the constraint has by custom, and
 * says what that of a plain CHECK does not: which words there are, and of many
 * rows that are written at once whose is the bad one.
 */
Datum
oncall_is_word(PG_FUNCTION_ARGS)
{
	char	   *word = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *table = text_to_cstring(PG_GETARG_TEXT_PP(2));
	char	   *column = text_to_cstring(PG_GETARG_TEXT_PP(3));
	Datum	   *words;
	int			n;
	int			i;

	words = array_argument(PG_GETARG_ARRAYTYPE_P(1), "words", TEXTOID, NULL, &n);
	for (i = 0; i < n; i++)
	{
		if (strcmp(TextDatumGetCString(words[i]), word) == 0)
			PG_RETURN_BOOL(true);
	}
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("column \"%s\" of table \"%s\" cannot hold \"%s\"",
					column, table, word),
			 PG_NARGS() > 4 ?
			 errdetail("The row would belong to person %d.", PG_GETARG_INT32(4)) : 0,
			 errhint("Write %s.", list_words(words, n)),
			 err_generic_string(PG_DIAG_SCHEMA_NAME, "oncall"),
			 err_generic_string(PG_DIAG_TABLE_NAME, table),
			 err_generic_string(PG_DIAG_COLUMN_NAME, column),
			 err_generic_string(PG_DIAG_CONSTRAINT_NAME,
								psprintf("%s_%s", table, column))));
}
