/*-------------------------------------------------------------------------
 *
 * cadence_text.c
 *	  The type oncall.cadence: read from text and written as text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "types/cadence_private.h"

#include "calendar/zone.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/datetime.h"

PG_FUNCTION_INFO_V1(oncall_cadence_in);
PG_FUNCTION_INFO_V1(oncall_cadence_out);

/* What a text says, and where in it we are. */
typedef struct CadenceReader
{
	const char *text;			/* all of it, for messages */
	const char *at;				/* what is left */
	struct Node *escontext;
} CadenceReader;

/* A date and time as written. */
typedef struct WrittenTime
{
	int			year;			/* 0 is 1 BC */
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second;
	bool		has_offset;
	int64		offset;			/* microseconds east of UTC */
} WrittenTime;

/*
 * Reading text
 */

/* Point at the place where a text stops being a cadence. */
static bool
expected(CadenceReader *reader, const char *what)
{
	int			len = strlen(reader->at);
	int			shown = pg_mbcliplen(reader->at, len, 30);

	if (len == 0)
		ereturn(reader->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"oncall.cadence", reader->text),
				 errdetail("Expected %s at the end.", what),
				 errhint("A cadence looks like R/2026-01-06T12:00[Pacific/Auckland]/P7D.")));
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"oncall.cadence", reader->text),
			 errdetail("Expected %s at \"%.*s%s\".", what,
					   shown, reader->at, shown < len ? "..." : ""),
			 errhint("A cadence looks like R/2026-01-06T12:00[Pacific/Auckland]/P7D.")));
}

/* Step over a literal. */
static bool
read_literal(CadenceReader *reader, const char *literal, const char *what)
{
	size_t		len = strlen(literal);

	if (strncmp(reader->at, literal, len) != 0)
		return expected(reader, what);
	reader->at += len;
	return true;
}

/* Step over a literal if it is there. */
static bool
skip_literal(CadenceReader *reader, char literal)
{
	if (*reader->at != literal)
		return false;
	reader->at++;
	return true;
}

/* A number of least ... most digits, most <= 9. */
static bool
read_digits(CadenceReader *reader, int least, int most, int *number,
			const char *what)
{
	int			n = 0;

	while (n < most && isdigit((unsigned char) reader->at[n]))
		n++;
	if (n < least || isdigit((unsigned char) reader->at[n]))
		return expected(reader, what);
	*number = 0;
	while (n-- > 0)
		*number = *number * 10 + (*reader->at++ - '0');
	return true;
}

/* YYYY, or a sign and up to six digits. */
static bool
read_year(CadenceReader *reader, int *year)
{
	const char *what = "a year of four digits, or a sign and six";
	const char *start = reader->at;
	int			sign = *start == '-' ? -1 : 1;
	bool		isok;

	if (*start != '-' && *start != '+')
		return read_digits(reader, 4, 4, year, what);
	reader->at++;
	isok = read_digits(reader, 4, 6, year, what);
	if (isok && sign < 0 && *year == 0)
	{
		reader->at = start;
		return expected(reader, "year zero (which is 1 BC) without a minus sign");
	}
	*year *= sign;
	return isok;
}

/* Z, +hh, +hh:mm, +hhmm or +hh:mm:ss, if there is one. */
static bool
read_offset(CadenceReader *reader, WrittenTime *written)
{
	const char *what = "an offset such as +13:00";
	int			sign = *reader->at == '-' ? -1 : 1;
	int			hours,
				minutes = 0,
				seconds = 0;
	bool		colon;

	written->offset = 0;
	written->has_offset = skip_literal(reader, 'Z');
	if (written->has_offset || (*reader->at != '+' && *reader->at != '-'))
		return true;
	written->has_offset = true;
	reader->at++;
	if (strspn(reader->at, "0123456789") == 4)
	{
		if (!read_digits(reader, 4, 4, &hours, what))
			return false;
		minutes = hours % 100;
		hours /= 100;
	}
	else
	{
		if (!read_digits(reader, 2, 2, &hours, what))
			return false;
		colon = skip_literal(reader, ':');
		if (colon && !read_digits(reader, 2, 2, &minutes, what))
			return false;
		if (colon && skip_literal(reader, ':') &&
			!read_digits(reader, 2, 2, &seconds, what))
			return false;
	}
	written->offset = sign * USECS_PER_SEC *
		(hours * SECS_PER_HOUR + minutes * SECS_PER_MINUTE + seconds);
	return true;
}

/* YYYY-MM-DDThh:mm[:ss][offset] */
static bool
read_written(CadenceReader *reader, WrittenTime *written)
{
	memset(written, 0, sizeof(WrittenTime));
	if (!read_year(reader, &written->year) ||
		!read_literal(reader, "-", "\"-\" and the month") ||
		!read_digits(reader, 2, 2, &written->month, "two digits of the month") ||
		!read_literal(reader, "-", "\"-\" and the day") ||
		!read_digits(reader, 2, 2, &written->day, "two digits of the day") ||
		!read_literal(reader, "T", "\"T\" and the time of day") ||
		!read_digits(reader, 2, 2, &written->hour, "two digits of the hour") ||
		!read_literal(reader, ":", "\":\" and the minutes") ||
		!read_digits(reader, 2, 2, &written->minute, "two digits of the minute"))
		return false;
	if (skip_literal(reader, ':') &&
		!read_digits(reader, 2, 2, &written->second, "two digits of the second"))
		return false;
	if (*reader->at == '.' || *reader->at == ',')
		return expected(reader, "a whole minute or second");
	return read_offset(reader, written);
}

/* The error of a date or time that the calendar does not have. */
static bool
no_such_time(CadenceReader *reader, const char *hint)
{
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("date/time field value out of range in cadence: \"%s\"",
					reader->text),
			 hint ? errhint("%s", hint) : 0));
}

/* The timestamp that was written. */
static bool
written_timestamp(CadenceReader *reader, const WrittenTime *written,
				  Timestamp *result)
{
	int			mon = written->month;
	int			days;

	if (written->hour == 24)
		return no_such_time(reader, "Write 00:00 of the next day instead of 24:00.");
	if (written->minute < 60 && written->second >= 60)
		return no_such_time(reader, "Seconds go from 00 to 59; a leap second cannot be an anchor.");
	if (written->year < JULIAN_MINYEAR || written->year > 294276 ||
		mon < 1 || mon > 12 || written->day < 1 ||
		written->hour > 23 || written->minute > 59)
		return no_such_time(reader, NULL);
	days = mon == 12 ? 31 : date2j(written->year, mon + 1, 1) -
		date2j(written->year, mon, 1);
	if (written->day > days)
		return no_such_time(reader, NULL);

	*result = (date2j(written->year, mon, written->day) -
			   POSTGRES_EPOCH_JDATE) * USECS_PER_DAY +
		(written->hour * SECS_PER_HOUR +
		 written->minute * SECS_PER_MINUTE + written->second) * USECS_PER_SEC;
	if (!IS_VALID_TIMESTAMP(*result))
		return no_such_time(reader, NULL);
	return true;
}

/* An offset in the form in which it is written, +13:00 or +11:39:04. */
static const char *
offset_text(int64 offset, char buf[16])
{
	int			secs = (int) ((offset < 0 ? -offset : offset) / USECS_PER_SEC);

	snprintf(buf, 16, "%c%02d:%02d", offset < 0 ? '-' : '+',
			 secs / SECS_PER_HOUR, secs / SECS_PER_MINUTE % MINS_PER_HOUR);
	if (secs % SECS_PER_MINUTE != 0)
		snprintf(buf + strlen(buf), 4, ":%02d", secs % SECS_PER_MINUTE);
	return buf;
}

/* An offset that is written must be that of the zone. */
static bool
check_offset(CadenceReader *reader, const WrittenTime *written,
			 Timestamp local, const char *name)
{
	Zone	   *zone = zone_by_name(name, &name, reader->escontext);
	int64		offset;
	char		buf[16];

	if (zone == NULL)
		return false;
	offset = local - tz_to_utc(zone, local);
	if (offset == written->offset)
		return true;
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("offset contradicts time zone \"%s\" in cadence: \"%s\"",
					name, reader->text),
			 errdetail("The offset at this time is %s.",
					   offset_text(offset, buf)),
			 errhint("Write the right offset, or none.")));
}

/* The time zone in its brackets. */
static bool
read_zone(CadenceReader *reader, char **zone)
{
	const char *end;

	if (!read_literal(reader, "[", "\"[\" and the name of a time zone"))
		return false;
	end = strchr(reader->at, ']');
	if (end == NULL)
	{
		reader->at += strlen(reader->at);
		return expected(reader, "\"]\"");
	}
	*zone = pnstrdup(reader->at, end - reader->at);
	reader->at = end + 1;
	return true;
}

/* A number before a unit; what is far too long for one is cut short. */
static bool
read_number(CadenceReader *reader, int64 *number)
{
	if (!isdigit((unsigned char) *reader->at))
		return expected(reader, "a whole number");
	for (*number = 0; isdigit((unsigned char) *reader->at); reader->at++)
		*number = Min(*number * 10 + (*reader->at - '0'),
					  INT64CONST(10000000000));
	return true;
}

/* One step: PnYnM, PnWnD or PTnHnM */
static bool
read_step(CadenceReader *reader, CadenceSteps *steps)
{
	static const char units[] = "YMWDHMS";
	int64		values[7] = {0};
	int			unit = 0;		/* units come in this order */
	int			until = 4;
	const char *found;

	if (strncmp(reader->at, "-P", 2) == 0)
		return cadence_add_step(steps, steps->unit, -1, reader->escontext);
	if (!read_literal(reader, "P", "\"P\" and the length of a step"))
		return false;
	do
	{
		if (until == 4 && skip_literal(reader, 'T'))
		{
			unit = 4;
			until = 7;
		}
		if (*reader->at == '-')
			return cadence_add_step(steps, steps->unit, -1, reader->escontext);
		if (!read_number(reader, &values[6]))
			return false;
		found = *reader->at ? memchr(units + unit, *reader->at,
									 until - unit) : NULL;
		if (found == NULL)
			return expected(reader, until == 4 ?
							"Y, M, W or D (in this order)" :
							"H or M (in this order)");
		reader->at++;
		unit = found - units + 1;
		if (unit < 7)
		{
			values[unit - 1] = values[6];
			values[6] = 0;
		}
	} while (*reader->at == 'T' || *reader->at == '-' ||
			 isdigit((unsigned char) *reader->at));

	if (values[6] != 0)
		return cadence_not_whole_minutes(reader->escontext);
	return cadence_add_parts(steps, values[0] * 12 + values[1],
							 values[2] * 7 + values[3],
							 values[4] * MINS_PER_HOUR + values[5],
							 reader->escontext);
}

/* All of the text. NULL after a soft error. */
static Cadence *
read_cadence(CadenceReader *reader)
{
	WrittenTime written;
	Timestamp	anchor = 0;
	char	   *zone = NULL;
	CadenceSteps steps;

	steps.nsteps = 0;
	steps.unit = TURN_MONTHS;
	reader->at += strspn(reader->at, " \t\n\r\f\v");
	if (!read_literal(reader, "R/", "\"R/\" (repeat without end)") ||
		!read_written(reader, &written) ||
		!read_zone(reader, &zone) ||
		!read_literal(reader, "/", "\"/\" and a step") ||
		!written_timestamp(reader, &written, &anchor))
		return NULL;
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!read_step(reader, &steps))
			return NULL;
	} while (skip_literal(reader, ','));
	reader->at += strspn(reader->at, " \t\n\r\f\v");
	if (*reader->at != '\0')
	{
		expected(reader, "\",\" and another step, or the end,");
		return NULL;
	}
	if (written.has_offset && !check_offset(reader, &written, anchor, zone))
		return NULL;
	return cadence_make(anchor, zone, &steps, reader->escontext);
}

/* Text to cadence. */
Datum
oncall_cadence_in(PG_FUNCTION_ARGS)
{
	CadenceReader reader;
	Cadence    *result;

	reader.text = reader.at = PG_GETARG_CSTRING(0);
	reader.escontext = (struct Node *) fcinfo->context;
	result = read_cadence(&reader);
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(result);
}

/*
 * Writing text
 */

/* A timestamp as ISO 8601 writes it; seconds only if they are not zero. */
static void
write_timestamp(StringInfo out, Timestamp local)
{
	int64		day = floor_div(local, USECS_PER_DAY);
	int			secs = (int) ((local - day * USECS_PER_DAY) / USECS_PER_SEC);
	int			year,
				month,
				mday;

	j2date((int) day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	if (year >= 0 && year <= 9999)
		appendStringInfo(out, "%04d", year);
	else
		appendStringInfo(out, "%c%06d", year < 0 ? '-' : '+', abs(year));
	appendStringInfo(out, "-%02d-%02dT%02d:%02d", month, mday,
					 secs / SECS_PER_HOUR,
					 secs / SECS_PER_MINUTE % MINS_PER_HOUR);
	if (secs % SECS_PER_MINUTE != 0)
		appendStringInfo(out, ":%02d", secs % SECS_PER_MINUTE);
}

/* A step as ISO 8601 writes it. */
static void
write_step(StringInfo out, TurnUnit unit, int32 step)
{
	if (unit != TURN_MINUTES)
	{
		appendStringInfo(out, "P%d%c", step, unit == TURN_DAYS ? 'D' : 'M');
		return;
	}
	appendStringInfoString(out, "PT");
	if (step >= MINS_PER_HOUR)
		appendStringInfo(out, "%dH", step / MINS_PER_HOUR);
	if (step % MINS_PER_HOUR != 0)
		appendStringInfo(out, "%dM", step % MINS_PER_HOUR);
}

/* Cadence to text. */
Datum
oncall_cadence_out(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	appendStringInfoString(&out, "R/");
	write_timestamp(&out, cadence->anchor);
	appendStringInfoChar(&out, '[');
	appendBinaryStringInfo(&out, CADENCE_ZONE(cadence),
						   CADENCE_ZONE_LEN(cadence));
	appendStringInfoChar(&out, ']');
	for (i = 0; i < cadence->nsteps; i++)
	{
		appendStringInfoChar(&out, i == 0 ? '/' : ',');
		write_step(&out, cadence->unit, cadence->steps[i]);
	}
	PG_RETURN_CSTRING(out.data);
}
