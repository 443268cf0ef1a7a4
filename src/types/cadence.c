/*-------------------------------------------------------------------------
 *
 * cadence.c
 *	  The type oncall.cadence: when a duty is handed over.
 *
 * An ISO 8601 repeating interval with the time zone of RFC 9557, such as
 * R/2026-01-06T12:00[Pacific/Auckland]/P7D. Every value, whether it comes
 * from text, from binary or from its parts, is made by make_cadence().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "types/cadence.h"
#include "calendar/zone.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/sortsupport.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#define MINUTES_IN_DAY (HOURS_PER_DAY * MINS_PER_HOUR)

/* What a text says, and where in it we are. */
typedef struct Reader
{
	const char *text;			/* all of it, for messages */
	const char *at;				/* what is left */
	struct Node *escontext;
} Reader;

/* A date and time as written. */
typedef struct Written
{
	int			year;			/* 0 is 1 BC */
	int			month;
	int			day;
	int			hour;
	int			minute;
	int			second;
	bool		has_offset;
	int64		offset;			/* microseconds east of UTC */
} Written;

/* Steps as they are read, which must all be of one unit. */
typedef struct Steps
{
	int			nsteps;
	TurnUnit	unit;
	int32		steps[CADENCE_MAX_STEPS];
} Steps;

/* What a call site keeps between calls. */
typedef struct CallState
{
	Cadence    *cadence;		/* to which turns belongs; a copy */
	Turns		turns;
	TypeCacheEntry *range;		/* of tstzrange */
} CallState;

#define CADENCE_ZONE(c) ((const char *) &(c)->steps[(c)->nsteps])
#define CADENCE_ZONE_LEN(c) \
	(VARSIZE(c) - offsetof(Cadence, steps) - (c)->nsteps * sizeof(int32))


/*
 * Making a cadence
 */

/* Time steps that are all multiples of 24 hours are days. */
static void
hours_to_days(Steps *steps)
{
	int			i;

	if (steps->unit != TURN_MINUTES)
		return;
	for (i = 0; i < steps->nsteps; i++)
		if (steps->steps[i] % MINUTES_IN_DAY != 0)
			return;
	for (i = 0; i < steps->nsteps; i++)
		steps->steps[i] /= MINUTES_IN_DAY;
	steps->unit = TURN_DAYS;
}

/* The shortest list that, repeated, gives the same steps. */
static void
shorten(Steps *steps)
{
	int			period;
	int			i;

	for (period = 1; period < steps->nsteps; period++)
	{
		if (steps->nsteps % period != 0)
			continue;
		for (i = period; i < steps->nsteps; i++)
			if (steps->steps[i] != steps->steps[i - period])
				break;
		if (i == steps->nsteps)
			break;
	}
	steps->nsteps = period;
}

/* The canonical cadence of these parts, or NULL after a soft error. */
static Cadence *
make_cadence(Timestamp anchor, const char *zone, Steps *steps,
			 struct Node *escontext)
{
	const char *canonical;
	int64		sum = 0;
	Size		size;
	Cadence    *result;
	int			i;

	if (!zone_by_name(zone, &canonical, escontext))
		return NULL;
	if (TIMESTAMP_NOT_FINITE(anchor) || !IS_VALID_TIMESTAMP(anchor))
		ereturn(escontext, NULL,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("anchor of a cadence must be a finite timestamp")));
	if (anchor % USECS_PER_SEC != 0)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("anchor of a cadence must be a whole second"),
				 errhint("Round it with date_trunc('second', ...).")));

	hours_to_days(steps);
	shorten(steps);
	for (i = 0; i < steps->nsteps; i++)
	{
		Assert(steps->steps[i] > 0);
		sum += steps->steps[i];
	}
	if (sum > PG_INT32_MAX)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("steps of a cadence are too long"),
				 errdetail("Their sum must be less than 2147483648 months, days or minutes.")));

	size = offsetof(Cadence, steps) + steps->nsteps * sizeof(int32) +
		strlen(canonical);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->format = CADENCE_FORMAT;
	result->unit = steps->unit;
	result->nsteps = steps->nsteps;
	result->anchor = anchor;
	memcpy(result->steps, steps->steps, steps->nsteps * sizeof(int32));
	memcpy(&result->steps[steps->nsteps], canonical, strlen(canonical));
	return result;
}

/*
 * Add one step. False after a soft error: every step is positive, and all
 * are of one unit.
 */
static bool
add_step(Steps *steps, TurnUnit unit, int64 length, struct Node *escontext)
{
	if (length <= 0)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be positive")));
	if (length > PG_INT32_MAX)
		ereturn(escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("step of a cadence is too long"),
				 errdetail("It must be less than 2147483648 months, days or minutes.")));
	if (steps->nsteps > 0 && unit != steps->unit)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("steps of a cadence must all be of one unit"),
				 errdetail("Months, days and times cannot be mixed."),
				 errhint("Years count as months, weeks as days.")));
	if (steps->nsteps == CADENCE_MAX_STEPS)
		ereturn(escontext, false,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("cadence has too many steps"),
				 errdetail("There may be at most %d.", CADENCE_MAX_STEPS)));
	steps->unit = unit;
	steps->steps[steps->nsteps++] = length;
	return true;
}

/* Add a step that is written in months, days and minutes, of which one. */
static bool
add_parts(Steps *steps, int64 months, int64 days, int64 minutes,
		  struct Node *escontext)
{
	if ((months != 0) + (days != 0) + (minutes != 0) > 1)
		ereturn(escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be of one unit"),
				 errdetail("Months, days and times cannot be mixed."),
				 errhint("Write months (P1M), days (P7D) or a time (PT12H).")));
	if (months != 0)
		return add_step(steps, TURN_MONTHS, months, escontext);
	if (days != 0)
		return add_step(steps, TURN_DAYS, days, escontext);
	return add_step(steps, TURN_MINUTES, minutes, escontext);
}

/* The error of a step that is not a number of whole minutes. */
static bool
not_whole_minutes(struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("time step of a cadence must be in whole minutes"),
			 errhint("Write hours and minutes, such as PT1H30M.")));
}


/*
 * Reading text
 */

/* Point at the place where a text stops being a cadence. */
static bool
expected(Reader *reader, const char *what)
{
	int			len = strlen(reader->at);
	int			shown = pg_mbcliplen(reader->at, len, 30);

	if (len == 0)
		ereturn(reader->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"cadence", reader->text),
				 errdetail("Expected %s at the end.", what),
				 errhint("A cadence looks like R/2026-01-06T12:00[Pacific/Auckland]/P7D.")));
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"cadence", reader->text),
			 errdetail("Expected %s at \"%.*s%s\".", what,
					   shown, reader->at, shown < len ? "..." : ""),
			 errhint("A cadence looks like R/2026-01-06T12:00[Pacific/Auckland]/P7D.")));
}

/* Step over a literal. */
static bool
read_literal(Reader *reader, const char *literal, const char *what)
{
	size_t		len = strlen(literal);

	if (strncmp(reader->at, literal, len) != 0)
		return expected(reader, what);
	reader->at += len;
	return true;
}

/* Step over a literal if it is there. */
static bool
skip_literal(Reader *reader, char literal)
{
	if (*reader->at != literal)
		return false;
	reader->at++;
	return true;
}

/* A number of least ... most digits, most <= 9. */
static bool
read_digits(Reader *reader, int least, int most, int *number, const char *what)
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
read_year(Reader *reader, int *year)
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
read_offset(Reader *reader, Written *written)
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
read_written(Reader *reader, Written *written)
{
	memset(written, 0, sizeof(Written));
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
no_such_time(Reader *reader, const char *hint)
{
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("date/time field value out of range in cadence: \"%s\"",
					reader->text),
			 hint ? errhint("%s", hint) : 0));
}

/* The timestamp that was written. */
static bool
written_timestamp(Reader *reader, const Written *written, Timestamp *result)
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
check_offset(Reader *reader, const Written *written, Timestamp local,
			 const char *name)
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
read_zone(Reader *reader, char **zone)
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
read_number(Reader *reader, int64 *number)
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
read_step(Reader *reader, Steps *steps)
{
	static const char units[] = "YMWDHMS";
	int64		values[7] = {0};
	int			unit = 0;		/* units come in this order */
	int			until = 4;
	const char *found;

	if (strncmp(reader->at, "-P", 2) == 0)
		return add_step(steps, steps->unit, -1, reader->escontext);
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
			return add_step(steps, steps->unit, -1, reader->escontext);
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
		return not_whole_minutes(reader->escontext);
	return add_parts(steps, values[0] * 12 + values[1],
					 values[2] * 7 + values[3],
					 values[4] * MINS_PER_HOUR + values[5],
					 reader->escontext);
}

/* All of the text. NULL after a soft error. */
static Cadence *
read_cadence(Reader *reader)
{
	Written		written;
	Timestamp	anchor;
	char	   *zone;
	Steps		steps;

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
	return make_cadence(anchor, zone, &steps, reader->escontext);
}

PG_FUNCTION_INFO_V1(cadence_in);

/* Text to cadence. */
Datum
cadence_in(PG_FUNCTION_ARGS)
{
	Reader		reader;
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

PG_FUNCTION_INFO_V1(cadence_out);

/* Cadence to text. */
Datum
cadence_out(PG_FUNCTION_ARGS)
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


/*
 * Binary
 */

PG_FUNCTION_INFO_V1(cadence_recv);

/* Binary to cadence, as strict as text. */
Datum
cadence_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgbyte(buf);
	int			unit = pq_getmsgbyte(buf);
	int			nsteps = (int) pq_getmsgint(buf, 2);
	Timestamp	anchor = pq_getmsgint64(buf);
	Steps		steps;
	char	   *zone;
	int			len;

	if (format != CADENCE_FORMAT || unit > TURN_MINUTES || nsteps == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s", "cadence")));
	steps.nsteps = 0;
	while (nsteps-- > 0)
		add_step(&steps, (TurnUnit) unit, (int32) pq_getmsgint(buf, 4), NULL);
	zone = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	if ((int) strlen(zone) != len)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s", "cadence")));
	PG_RETURN_POINTER(make_cadence(anchor, zone, &steps, NULL));
}

PG_FUNCTION_INFO_V1(cadence_send);

/* Cadence to binary. */
Datum
cadence_send(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);
	StringInfoData buf;
	int			i;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, cadence->format);
	pq_sendbyte(&buf, cadence->unit);
	pq_sendint16(&buf, cadence->nsteps);
	pq_sendint64(&buf, cadence->anchor);
	for (i = 0; i < cadence->nsteps; i++)
		pq_sendint32(&buf, cadence->steps[i]);
	pq_sendtext(&buf, CADENCE_ZONE(cadence), CADENCE_ZONE_LEN(cadence));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}


/*
 * Parts
 */

/* Add a step given as an interval. */
static void
add_interval(Steps *steps, const Interval *interval)
{
	if (INTERVAL_NOT_FINITE(interval))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("step of a cadence must be finite")));
	if (interval->time % USECS_PER_MINUTE != 0)
		not_whole_minutes(NULL);
	add_parts(steps, interval->month, interval->day,
			  interval->time / USECS_PER_MINUTE, NULL);
}

PG_FUNCTION_INFO_V1(cadence_from_parts);

/* cadence(anchor timestamp, zone text, VARIADIC steps interval[]) */
Datum
cadence_from_parts(PG_FUNCTION_ARGS)
{
	Timestamp	anchor = PG_GETARG_TIMESTAMP(0);
	char	   *zone = text_to_cstring(PG_GETARG_TEXT_PP(1));
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(2);
	Datum	   *intervals;
	int			nintervals;
	Steps		steps;
	int			i;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("steps of a cadence must be a one-dimensional array")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("step of a cadence must not be null")));
	deconstruct_array(array, INTERVALOID, sizeof(Interval), false,
					  TYPALIGN_DOUBLE, &intervals, NULL, &nintervals);
	if (nintervals == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cadence must have a step"),
				 errhint("Give an interval, such as '7 days'.")));
	steps.nsteps = 0;
	for (i = 0; i < nintervals; i++)
		add_interval(&steps, DatumGetIntervalP(intervals[i]));
	PG_RETURN_POINTER(make_cadence(anchor, zone, &steps, NULL));
}

/* So many units as an interval. */
static Interval *
unit_interval(TurnUnit unit, int64 length)
{
	Interval   *interval = palloc0(sizeof(Interval));

	if (unit == TURN_MONTHS)
		interval->month = length;
	else if (unit == TURN_DAYS)
		interval->day = length;
	else
		interval->time = length * USECS_PER_MINUTE;
	return interval;
}

/* How long all steps are together, in units. */
static int64
cadence_sum(const Cadence *cadence)
{
	int64		sum = 0;
	int			i;

	for (i = 0; i < cadence->nsteps; i++)
		sum += cadence->steps[i];
	return sum;
}

PG_FUNCTION_INFO_V1(cadence_anchor);

/* The local time of handover 0. */
Datum
cadence_anchor(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMP(PG_GETARG_CADENCE_P(0)->anchor);
}

PG_FUNCTION_INFO_V1(cadence_every);

/* The sum of the steps. */
Datum
cadence_every(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);

	PG_RETURN_INTERVAL_P(unit_interval(cadence->unit, cadence_sum(cadence)));
}

PG_FUNCTION_INFO_V1(cadence_steps);

/* The steps, as an array of intervals. */
Datum
cadence_steps(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);
	Datum	   *steps = palloc(cadence->nsteps * sizeof(Datum));
	int			i;

	for (i = 0; i < cadence->nsteps; i++)
		steps[i] = IntervalPGetDatum(unit_interval(cadence->unit,
												   cadence->steps[i]));
	PG_RETURN_ARRAYTYPE_P(construct_array(steps, cadence->nsteps, INTERVALOID,
										  sizeof(Interval), false,
										  TYPALIGN_DOUBLE));
}

PG_FUNCTION_INFO_V1(cadence_zone);

/* The name of the zone. */
Datum
cadence_zone(PG_FUNCTION_ARGS)
{
	Cadence    *cadence = PG_GETARG_CADENCE_P(0);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(CADENCE_ZONE(cadence),
											  CADENCE_ZONE_LEN(cadence)));
}


/*
 * Turns
 */

/* Get ready to evaluate a cadence. */
void
cadence_turns(const Cadence *cadence, Turns *turns)
{
	char	   *name = pnstrdup(CADENCE_ZONE(cadence),
								CADENCE_ZONE_LEN(cadence));
	Zone	   *zone = zone_by_name(name, NULL, NULL);

	turns_init(turns, zone, cadence->anchor, cadence->unit,
			   cadence->steps, cadence->nsteps);
	pfree(name);
}

/*
 * The turns of the cadence in argument 0, kept for as long as calls ask for
 * the same one.
 */
static CallState *
call_state(FunctionCallInfo fcinfo)
{
	CallState  *state = fcinfo->flinfo->fn_extra;
	struct varlena *packed = PG_GETARG_VARLENA_PP(0);
	Size		size = VARSIZE_ANY_EXHDR(packed);
	MemoryContext caller;

	if (state && state->cadence &&
		VARSIZE(state->cadence) - VARHDRSZ == size &&
		memcmp(VARDATA(state->cadence), VARDATA_ANY(packed), size) == 0)
		return state;

	caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	if (state == NULL)
	{
		state = fcinfo->flinfo->fn_extra = palloc0(sizeof(CallState));
		state->range = lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO);
	}
	if (state->cadence)
	{
		pfree(state->turns.prefix);
		pfree(state->cadence);
		state->cadence = NULL;
	}
	cadence_turns(PG_GETARG_CADENCE_P(0), &state->turns);
	state->cadence = palloc(size + VARHDRSZ);
	SET_VARSIZE(state->cadence, size + VARHDRSZ);
	memcpy(VARDATA(state->cadence), VARDATA_ANY(packed), size);
	MemoryContextSwitchTo(caller);
	return state;
}

PG_FUNCTION_INFO_V1(turn_at);

/* The number of the turn at an instant; NULL before the anchor. */
Datum
turn_at(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(1);
	int64		n;

	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("no turn of a cadence is at infinity")));
	if (!turns_at(&call_state(fcinfo)->turns, at, &n))
		PG_RETURN_NULL();
	PG_RETURN_INT64(n);
}

PG_FUNCTION_INFO_V1(turn_period);

/* The period of turn n; empty where its handover and the next coincide. */
Datum
turn_period(PG_FUNCTION_ARGS)
{
	int64		n = PG_GETARG_INT64(1);
	CallState  *state = call_state(fcinfo);
	TimestampTz from,
				until;
	RangeBound	lower = {0};
	RangeBound	upper = {0};

	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("turn number must not be negative"),
				 errdetail("Turn 0 starts at the anchor.")));
	if (n == PG_INT64_MAX || !turns_handover(&state->turns, n, &from) ||
		!turns_handover(&state->turns, n + 1, &until))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("turn %lld is out of range for type timestamptz",
						(long long) n)));
	lower.val = TimestampTzGetDatum(from);
	lower.inclusive = true;
	lower.lower = true;
	upper.val = TimestampTzGetDatum(until);
	PG_RETURN_RANGE_P(make_range_compat(state->range, &lower, &upper, false));
}


/*
 * All handovers in a range
 */

/* What is left to return. */
typedef struct Handovers
{
	Turns		turns;
	int64		next;			/* the handover to look at */
	TimestampTz last;			/* the one returned last */
	TimestampTz until;
	bool		until_included;
} Handovers;

/* Find the first handover in a range, which must end. */
static void
start_handovers(Handovers *walk, const Cadence *cadence, RangeType *range)
{
	RangeBound	lower,
				upper;
	bool		empty;
	TimestampTz from;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("range of handovers must not be empty")));
	if (upper.infinite || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(upper.val)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("range of handovers must be bounded above"),
				 errdetail("A cadence goes on for ever."),
				 errhint("Give the range an upper bound, or use turn_at() and turn_period().")));

	from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val);
	if (TIMESTAMP_IS_NOBEGIN(from))
	{
		from = MIN_TIMESTAMP;
		lower.inclusive = true;
	}
	walk->last = lower.inclusive ? from - 1 : from;
	walk->until = DatumGetTimestampTz(upper.val);
	walk->until_included = upper.inclusive;
	cadence_turns(cadence, &walk->turns);
	if (!turns_at(&walk->turns, from, &walk->next))
		walk->next = 0;
}

/* The next handover, each instant once; false when there is none left. */
static bool
next_handover(Handovers *walk, TimestampTz *at)
{
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!turns_handover(&walk->turns, walk->next, at))
			return false;
		walk->next++;
	} while (*at <= walk->last);
	walk->last = *at;
	return walk->until_included ? *at <= walk->until : *at < walk->until;
}

PG_FUNCTION_INFO_V1(handovers);

/* The instants of a range at which the duty is handed over, in order. */
Datum
handovers(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	TimestampTz at;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		call->user_fctx = palloc(sizeof(Handovers));
		start_handovers(call->user_fctx, PG_GETARG_CADENCE_P(0),
						PG_GETARG_RANGE_P(1));
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	if (next_handover(call->user_fctx, &at))
		SRF_RETURN_NEXT(call, TimestampTzGetDatum(at));
	SRF_RETURN_DONE(call);
}

/* About how many handovers there are in a range. */
static double
estimate_handovers(const Cadence *cadence, RangeType *range)
{
	static const double usecs[] = {
		(double) USECS_PER_DAY * DAYS_PER_YEAR / MONTHS_PER_YEAR,
		(double) USECS_PER_DAY,
		(double) USECS_PER_MINUTE
	};
	RangeBound	lower,
				upper;
	bool		empty;
	double		from = cadence->anchor;

	range_deserialize(lookup_type_cache(TSTZRANGEOID, TYPECACHE_RANGE_INFO),
					  range, &lower, &upper, &empty);
	if (empty || upper.infinite)
		return 1;				/* it will be an error */
	if (!lower.infinite)
		from = Max(from, (double) DatumGetTimestampTz(lower.val));
	return Max(((double) DatumGetTimestampTz(upper.val) - from) *
			   cadence->nsteps /
			   (cadence_sum(cadence) * usecs[cadence->unit]), 1);
}

PG_FUNCTION_INFO_V1(handovers_support);

/* Planner support: how many rows handovers() will return. */
Datum
handovers_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	SupportRequestRows *rows = (SupportRequestRows *) request;
	Node	   *cadence,
			   *range;

	if (!IsA(request, SupportRequestRows) || !is_funcclause(rows->node))
		PG_RETURN_POINTER(NULL);
	cadence = estimate_expression_value(rows->root,
										linitial(((FuncExpr *) rows->node)->args));
	range = estimate_expression_value(rows->root,
									  lsecond(((FuncExpr *) rows->node)->args));
	if (!IsA(cadence, Const) || !IsA(range, Const))
		PG_RETURN_POINTER(NULL);
	if (((Const *) cadence)->constisnull || ((Const *) range)->constisnull)
		rows->rows = 0;
	else
		rows->rows =
			estimate_handovers(DatumGetCadenceP(((Const *) cadence)->constvalue),
							   DatumGetRangeTypeP(((Const *) range)->constvalue));
	PG_RETURN_POINTER(request);
}


/*
 * Comparison
 */

/* Zone, anchor, unit, steps. */
static int
compare(const Cadence *a, const Cadence *b)
{
	int			alen = CADENCE_ZONE_LEN(a);
	int			blen = CADENCE_ZONE_LEN(b);
	int			cmp = memcmp(CADENCE_ZONE(a), CADENCE_ZONE(b),
							 Min(alen, blen));
	int			i;

	if (cmp == 0)
		cmp = alen - blen;
	if (cmp == 0)
		cmp = (a->anchor > b->anchor) - (a->anchor < b->anchor);
	if (cmp == 0)
		cmp = a->unit - b->unit;
	for (i = 0; cmp == 0 && i < Min(a->nsteps, b->nsteps); i++)
		cmp = (a->steps[i] > b->steps[i]) - (a->steps[i] < b->steps[i]);
	return cmp != 0 ? cmp : a->nsteps - b->nsteps;
}

/* Compare two arguments. */
static int
compare_args(FunctionCallInfo fcinfo)
{
	Cadence    *a = PG_GETARG_CADENCE_P(0);
	Cadence    *b = PG_GETARG_CADENCE_P(1);
	int			cmp = compare(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

/* Compare two data that are being sorted. */
static int
compare_sorting(Datum x, Datum y, SortSupport sort)
{
	Cadence    *a = DatumGetCadenceP(x);
	Cadence    *b = DatumGetCadenceP(y);
	int			cmp = compare(a, b);

	(void) sort;
	if ((Pointer) a != DatumGetPointer(x))
		pfree(a);
	if ((Pointer) b != DatumGetPointer(y))
		pfree(b);
	return cmp;
}

PG_FUNCTION_INFO_V1(cadence_eq);

/* Equal? */
Datum
cadence_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) == 0);
}

PG_FUNCTION_INFO_V1(cadence_ne);

/* Not equal? */
Datum
cadence_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) != 0);
}

PG_FUNCTION_INFO_V1(cadence_lt);

/* Before? */
Datum
cadence_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

PG_FUNCTION_INFO_V1(cadence_le);

/* Before or equal? */
Datum
cadence_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

PG_FUNCTION_INFO_V1(cadence_ge);

/* After or equal? */
Datum
cadence_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

PG_FUNCTION_INFO_V1(cadence_gt);

/* After? */
Datum
cadence_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

PG_FUNCTION_INFO_V1(cadence_cmp);

/* Less than, equal to or greater than zero. */
Datum
cadence_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

PG_FUNCTION_INFO_V1(cadence_sortsupport);

/* Compare without the function manager in between. */
Datum
cadence_sortsupport(PG_FUNCTION_ARGS)
{
	((SortSupport) PG_GETARG_POINTER(0))->comparator = compare_sorting;
	PG_RETURN_VOID();
}

PG_FUNCTION_INFO_V1(cadence_hash);

/* Equal cadences are equal bytes. */
Datum
cadence_hash(PG_FUNCTION_ARGS)
{
	struct varlena *cadence = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(cadence),
								VARSIZE_ANY_EXHDR(cadence));

	PG_FREE_IF_COPY(cadence, 0);
	return hash;
}

PG_FUNCTION_INFO_V1(cadence_hash_extended);

/* The same with a seed, in 64 bits. */
Datum
cadence_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *cadence = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(cadence),
										 VARSIZE_ANY_EXHDR(cadence),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(cadence, 0);
	return hash;
}
