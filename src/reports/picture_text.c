/*-------------------------------------------------------------------------
 *
 * picture_text.c
 *	  Names in pictures: as XML, and as wide as there is room.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "reports/plain_text.h"

PG_FUNCTION_INFO_V1(oncall_xml_text);
PG_FUNCTION_INFO_V1(oncall_text_columns);
PG_FUNCTION_INFO_V1(oncall_fit_text);

static const char *
entity_of(char c)
{
	switch (c)
	{
		case '&':
			return "&amp;";
		case '<':
			return "&lt;";
		case '>':
			return "&gt;";
		case '"':
			return "&quot;";
		case '\'':
			return "&apos;";
		case '\n':
			return " ";
		default:
			return NULL;
	}
}

/* A text as the content of an element, or of an attribute in quotes. */
Datum
oncall_xml_text(PG_FUNCTION_ARGS)
{
	char	   *c = plain_text_utf8(PG_GETARG_TEXT_PP(0), NULL);
	StringInfoData content;

	initStringInfo(&content);
	for (; *c != '\0'; c++)
	{
		const char *entity = entity_of(*c);

		if (entity != NULL)
			appendStringInfoString(&content, entity);
		else
			appendStringInfoChar(&content, *c);
	}
	PG_RETURN_TEXT_P(plain_text_of_utf8(content.data, content.len));
}

/* How many columns of a terminal a character takes: two if it is wide. */
static int
columns_of(const char *c)
{
	return Max(pg_encoding_dsplen(PG_UTF8, c), 0);
}

Datum
oncall_text_columns(PG_FUNCTION_ARGS)
{
	char	   *c = plain_text_utf8(PG_GETARG_TEXT_PP(0), NULL);
	int			columns = 0;

	for (; *c != '\0'; c += pg_utf_mblen((unsigned char *) c))
		columns += *c == '\n' ? 1 : columns_of(c);
	PG_RETURN_INT32(columns);
}

/* The characters of a text that fit into so many columns, in one line. */
Datum
oncall_fit_text(PG_FUNCTION_ARGS)
{
	char	   *plain = plain_text_utf8(PG_GETARG_TEXT_PP(0), NULL);
	int			left = PG_GETARG_INT32(1);
	char	   *c;

	for (c = plain; *c != '\0'; c += pg_utf_mblen((unsigned char *) c))
	{
		if (*c == '\n')
			*c = ' ';
		left -= columns_of(c);
		if (left < 0)
			break;
	}
	PG_RETURN_TEXT_P(plain_text_of_utf8(plain, c - plain));
}
