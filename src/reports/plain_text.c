/*-------------------------------------------------------------------------
 *
 * plain_text.c
 *	  Names and remarks as they may stand in files of other formats.
 *
 * Names are whatever people have pasted. Formats for exchange are UTF-8 and
 * forbid control characters, and programs that read them take more for the end
 * of a line than \n. So all work is done on UTF-8, whatever the encoding of
 * the database is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "reports/plain_text.h"

#include "base/compat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#define NEXT_LINE 0x85
#define LINE_SEPARATOR 0x2028
#define PARAGRAPH_SEPARATOR 0x2029

static bool
ends_line(pg_wchar c)
{
	return (c >= '\n' && c <= '\r') || c == NEXT_LINE ||
		c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
}

/* Embeddings and isolates turn round what stands beside a text, too. */
static bool
is_direction(pg_wchar c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* What Unicode will never make a character, and neither XML nor HTML admits. */
static bool
is_noncharacter(pg_wchar c)
{
	return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
}

static bool
is_control(pg_wchar c)
{
	return c < ' ' || (c >= 0x7f && c <= 0x9f) || is_direction(c) || is_noncharacter(c);
}

char *
plain_text_utf8(const text *source, int *len)
{
	const char *at = VARDATA_ANY(source);
	int			size = VARSIZE_ANY_EXHDR(source);
	char	   *utf8 = pg_server_to_any(at, size, PG_UTF8);
	const char *end;
	StringInfoData plain;

	if (utf8 != at)
		size = strlen(utf8);
	end = utf8 + size;
	initStringInfo(&plain);
	for (at = utf8; at < end; at += pg_utf_mblen((const unsigned char *) at))
	{
		pg_wchar	c = utf8_to_unicode((const unsigned char *) at);

		if (c == '\r' && at + 1 < end && at[1] == '\n')
			continue;
		if (ends_line(c))
			appendStringInfoChar(&plain, '\n');
		else if (is_control(c))
			appendStringInfoChar(&plain, ' ');
		else
			appendBinaryStringInfo(&plain, at,
								   pg_utf_mblen((const unsigned char *) at));
	}
	if (len != NULL)
		*len = plain.len;
	return plain.data;
}

text *
plain_text_of_utf8(const char *content, int len)
{
	char	   *converted = pg_any_to_server(content, len, PG_UTF8);

	return cstring_to_text_with_len(converted,
									converted == content ? len : (int) strlen(converted));
}
