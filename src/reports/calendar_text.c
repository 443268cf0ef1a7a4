/*-------------------------------------------------------------------------
 *
 * calendar_text.c
 *	  Text in calendars: what RFC 5545 asks of values and lines.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "reports/plain_text.h"

PG_FUNCTION_INFO_V1(oncall_ical_text);
PG_FUNCTION_INFO_V1(oncall_ical_fold);

/* The longest line, in octets and without its end. */
#define LINE_OCTETS 75

/* A text as the value of a property. */
Datum
oncall_ical_text(PG_FUNCTION_ARGS)
{
	char	   *plain = plain_text_utf8(PG_GETARG_TEXT_PP(0), NULL);
	StringInfoData value;
	char	   *c;

	initStringInfo(&value);
	for (c = plain; *c != '\0'; c++)
	{
		switch (*c)
		{
			case '\n':
				appendStringInfoString(&value, "\\n");
				break;
			case '\\':
			case ';':
			case ',':
				appendStringInfoChar(&value, '\\');
				/* FALLTHROUGH */
			default:
				appendStringInfoChar(&value, *c);
		}
	}
	PG_RETURN_TEXT_P(plain_text_of_utf8(value.data, value.len));
}

/* Append a line, folded: what is cut off goes on after a blank. */
static void
append_folded(StringInfo folded, const char *line, const char *end)
{
	int			octets = 0;

	while (line < end)
	{
		int			size = pg_utf_mblen((const unsigned char *) line);

		/* a character is not cut, as some programs unfold only afterwards */
		if (octets + size > LINE_OCTETS)
		{
			appendStringInfoString(folded, "\r\n ");
			octets = 1;
		}
		appendBinaryStringInfo(folded, line, size);
		octets += size;
		line += size;
	}
	appendStringInfoString(folded, "\r\n");
}

/*
 * Lines that end in \n as lines of a calendar. Octets count as they are sent
 * to whoever asks for UTF-8.
 */
Datum
oncall_ical_fold(PG_FUNCTION_ARGS)
{
	int			len;
	char	   *line = plain_text_utf8(PG_GETARG_TEXT_PP(0), &len);
	char	   *end = line + len;
	StringInfoData folded;

	initStringInfo(&folded);
	while (line < end)
	{
		char	   *line_end = memchr(line, '\n', end - line);

		CHECK_FOR_INTERRUPTS();
		if (line_end == NULL)
			line_end = end;
		append_folded(&folded, line, line_end);
		line = line_end + 1;
	}
	PG_RETURN_TEXT_P(plain_text_of_utf8(folded.data, folded.len));
}
