/*-------------------------------------------------------------------------
 *
 * weekly_hours.c
 *	  The type oncall.weekly_hours: hours of the week in the notation of
 *	  OpenStreetMap's opening_hours.
 *
 * The meaning of a text is a Week (see week.h): for each weekday the hours of
 * an ordinary day and of a public holiday. Rules are worked through in order,
 * and each replaces the hours of the days that it names. Since a weekday
 * names the public holidays on it too, the holidays of a weekday either have
 * the hours of the last rule for PH, or the same as its ordinary days.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/tstzrange.h"
#include "calendar/zone.h"
#include "types/weekly_hours.h"

PG_FUNCTION_INFO_V1(weekly_hours_in);
PG_FUNCTION_INFO_V1(weekly_hours_out);
PG_FUNCTION_INFO_V1(weekly_hours_recv);
PG_FUNCTION_INFO_V1(weekly_hours_send);
PG_FUNCTION_INFO_V1(weekly_hours_eq);
PG_FUNCTION_INFO_V1(weekly_hours_ne);
PG_FUNCTION_INFO_V1(weekly_hours_lt);
PG_FUNCTION_INFO_V1(weekly_hours_le);
PG_FUNCTION_INFO_V1(weekly_hours_gt);
PG_FUNCTION_INFO_V1(weekly_hours_ge);
PG_FUNCTION_INFO_V1(weekly_hours_cmp);
PG_FUNCTION_INFO_V1(weekly_hours_hash);
PG_FUNCTION_INFO_V1(weekly_hours_hash_extended);
PG_FUNCTION_INFO_V1(is_open);
PG_FUNCTION_INFO_V1(open_periods);

#define DAYS_PER_WEEK 7
#define ALL_DAYS 0x7F			/* a bit for each weekday, Monday = 1 */
#define PH DAYS_PER_WEEK		/* index of the hours of public holidays */
#define NLISTS (DAYS_PER_WEEK + 1)
#define LATEST_MINUTE (2 * MINUTES_PER_DAY)
#define MAX_SPANS (MINUTES_PER_DAY / 2) /* of one day, each apart */
#define MAX_PERIODS 1000000
#define MAX_QUOTED 32			/* bytes of the text quoted in an error */

/*
 * The stored form. It is canonical and without padding, so that equal values
 * are bytewise equal: the spans of a day are in order and do not touch; a day
 * that has the hours of public holidays anyhow is not in own_holidays; and
 * without any day in own_holidays, there are no hours of public holidays.
 */
typedef struct WeeklyHours
{
	int32		vl_len_;
	uint8		format;			/* WEEKLY_HOURS_FORMAT */
	uint8		own_holidays;	/* weekdays on which public holidays have
								 * hours of their own */
	uint16		nspans[NLISTS]; /* of Monday to Sunday, and PH */
	DaySpan		spans[FLEXIBLE_ARRAY_MEMBER];
} WeeklyHours;

#define WEEKLY_HOURS_FORMAT 1

#define DatumGetWeeklyHoursP(X) ((WeeklyHours *) PG_DETOAST_DATUM(X))
#define PG_GETARG_WEEKLY_HOURS_P(n) DatumGetWeeklyHoursP(PG_GETARG_DATUM(n))

/* Hours not yet in their stored form, indexed as there. */
typedef struct Draft
{
	DaySpans	hours[NLISTS];
	uint8		own_holidays;
} Draft;

/* A text on its way to a Draft. */
typedef struct Parser
{
	const char *text;
	const char *p;
	struct Node *escontext;
	Draft	   *draft;
	bool		minutes[LATEST_MINUTE]; /* open in the rule at hand */
} Parser;

static const char *const weekdays[DAYS_PER_WEEK] = {
	"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"
};

/* English names, for hints to those who write them out. */
static const char *const long_names[NLISTS] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	"sunday", "ph"
};

static const DaySpan whole_day = {0, MINUTES_PER_DAY};

#define GENERAL_HINT \
	"Write rules such as \"Mo-Fr 08:30-12:00,13:00-17:00; Sa 10:00-14:00; PH off\", or \"24/7\", or \"off\"."

/*
 * Draft and stored form
 */

/* Do two days have the same hours? */
static bool
same_hours(const DaySpans *a, const DaySpans *b)
{
	return a->nspans == b->nspans &&
		(a->nspans == 0 ||
		 memcmp(a->spans, b->spans, a->nspans * sizeof(DaySpan)) == 0);
}

/* Open from midnight to midnight? */
static bool
is_whole_day(const DaySpans *hours)
{
	return hours->nspans == 1 &&
		memcmp(hours->spans, &whole_day, sizeof(DaySpan)) == 0;
}

/* Make the stored form of a draft, which becomes canonical by it. */
static WeeklyHours *
store(Draft *draft)
{
	WeeklyHours *result;
	DaySpan    *next;
	Size		size = offsetof(WeeklyHours, spans);
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (same_hours(&draft->hours[i], &draft->hours[PH]))
			draft->own_holidays &= ~(1 << i);
	if (draft->own_holidays == 0)
		draft->hours[PH].nspans = 0;

	for (i = 0; i < NLISTS; i++)
		size += draft->hours[i].nspans * sizeof(DaySpan);
	result = palloc0(size);
	SET_VARSIZE(result, size);
	result->format = WEEKLY_HOURS_FORMAT;
	result->own_holidays = draft->own_holidays;
	next = result->spans;
	for (i = 0; i < NLISTS; i++)
	{
		int			n = draft->hours[i].nspans;

		result->nspans[i] = n;
		if (n > 0)
			memcpy(next, draft->hours[i].spans, n * sizeof(DaySpan));
		next += n;
	}
	return result;
}

/* Read the stored form; the draft points into it. */
static void
unfold(const WeeklyHours *hours, Draft *draft)
{
	const DaySpan *next = hours->spans;
	int			i;

	if (hours->format != WEEKLY_HOURS_FORMAT)
		elog(ERROR, "unexpected format %d of weekly hours", hours->format);
	draft->own_holidays = hours->own_holidays;
	for (i = 0; i < NLISTS; i++)
	{
		draft->hours[i].nspans = hours->nspans[i];
		draft->hours[i].spans = next;
		next += hours->nspans[i];
	}
}

/* Say what holds on each weekday; the week points where the draft does. */
static void
draft_week(const Draft *draft, Week *week)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
	{
		week->ordinary[i] = draft->hours[i];
		week->holiday[i] = draft->own_holidays & (1 << i) ?
			draft->hours[PH] : draft->hours[i];
	}
}

/* Get ready to evaluate hours that stay where they are. */
static void
hours_week(const WeeklyHours *hours, Week *week)
{
	Draft		draft;

	unfold(hours, &draft);
	draft_week(&draft, week);
}

/* Get ready to evaluate hours from a datum that may go away. */
Week *
weekly_hours_week(Datum hours)
{
	WeeklyHours *copy = (WeeklyHours *) PG_DETOAST_DATUM_COPY(hours);
	Week	   *week = palloc(sizeof(Week));

	hours_week(copy, week);
	return week;
}

/*
 * Errors in a text
 */

/* Where in the text is this, in characters from 1? */
static int
place_of(Parser *parser, const char *at)
{
	return pg_mbstrlen_with_len(parser->text, at - parser->text) + 1;
}

/* A piece of the text to be quoted: up to a space or separator, or all. */
static char *
quoted(const char *at)
{
	int			len = strcspn(at, " \t\n\r;,");

	if (*at == '"')
		len = strlen(at);
	else if (len == 0)
		len = pg_mblen(at);
	if (len > MAX_QUOTED)
		len = pg_mbcliplen(at, len, MAX_QUOTED);
	return pnstrdup(at, len);
}

/* The text is malformed at this place. Returns false. */
static bool
malformed(Parser *parser, const char *at, const char *expected,
		  const char *hint)
{
	if (*at == '\0')
		ereturn(parser->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"oncall.weekly_hours", parser->text),
				 errdetail("Expected %s at the end.", expected),
				 errhint("%s", hint)));
	ereturn(parser->escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"oncall.weekly_hours", parser->text),
			 errdetail("Expected %s at character %d, found \"%s\".",
					   expected, place_of(parser, at), quoted(at)),
			 errhint("%s", hint)));
}

/* This is OpenStreetMap's notation, but not in our subset. Returns false. */
static bool
not_supported(Parser *parser, const char *at, const char *what,
			  const char *hint)
{
	ereturn(parser->escontext, false,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("%s not supported in weekly hours: \"%s\"",
					what, parser->text),
			 errdetail("The unsupported part starts at character %d: \"%s\".",
					   place_of(parser, at), quoted(at)),
			 errhint("%s", hint)));
}

#define ABSENCE_HINT \
	"Only weekdays, PH and times of day can be written; keep what holds on certain dates in a layer or a cover of its own."

/* Words and signs of the notation that are not in our subset. */
typedef struct Unsupported
{
	const char *what;
	const char *hint;
	const char *words;			/* each between spaces, in lower case */
} Unsupported;

static const Unsupported unsupported_words[] = {
	{"months and dates are", ABSENCE_HINT,
	" jan feb mar apr may jun jul aug sep oct nov dec "},
	{"week numbers are", ABSENCE_HINT, " week "},
	{"movable dates are", ABSENCE_HINT, " easter "},
	{"school holidays are", "Only public holidays are known, as PH.", " sh "},
	{"times of the sun are", "Write times of the clock, such as 06:30-19:00.",
	" sunrise sunset dawn dusk "},
	{"the word \"open\" is", "Leave it out: hours are open unless they are \"off\".",
	" open "},
	{"the word \"unknown\" is", "Hours are either open or \"off\".",
	" unknown "}
};

/* The length of the word that starts here. */
static int
word_length(const char *p)
{
	int			len = 0;

	while ((p[len] >= 'A' && p[len] <= 'Z') ||
		   (p[len] >= 'a' && p[len] <= 'z'))
		len++;
	return len;
}

/* If a word is close to one of ours, the word to write; otherwise NULL. */
static const char *
meant(const char *word, int len)
{
	int			i;

	if (strcmp(word, "off") == 0 || strcmp(word, "closed") == 0)
		return len == 3 ? "off" : "closed";
	for (i = 0; len >= 2 && i < NLISTS; i++)
		if (strncmp(word, long_names[i], len) == 0)
			return i == PH ? "PH" : weekdays[i];
	return NULL;
}

/*
 * Something stands here that we do not expect: find out whether it has a name
 * in the notation, or is a misspelling, or is just wrong. Returns false.
 */
static bool
unexpected(Parser *parser, const char *expected)
{
	const char *at = parser->p;
	int			len = word_length(at);
	char		word[16];
	int			i;

	if (*at == '"')
		return not_supported(parser, at, "comments are",
							 "Leave the comment out.");
	if (strncmp(at, "||", 2) == 0)
		return not_supported(parser, at, "fallback rules are",
							 "Separate rules by \";\"; a later rule replaces earlier ones for the days it names.");
	if (*at == '(')
		return not_supported(parser, at, "times of the sun are",
							 "Write times of the clock, such as 06:30-19:00.");
	if (strspn(at, "0123456789") == 4 && at[4] != ':')
		return not_supported(parser, at, "years are", ABSENCE_HINT);
	if (strncmp(at, "24/7", 4) == 0)
		return malformed(parser, at, expected,
						 "\"24/7\" stands alone in its rule; write 00:00-24:00 after weekdays.");

	if (len >= 2 && len < (int) sizeof(word))
	{
		char		spaced[sizeof(word) + 2];
		const char *ours;

		for (i = 0; i < len; i++)
			word[i] = pg_ascii_tolower((unsigned char) at[i]);
		word[len] = '\0';
		snprintf(spaced, sizeof(spaced), " %s ", word);
		for (i = 0; i < (int) lengthof(unsupported_words); i++)
			if (strstr(unsupported_words[i].words, spaced))
				return not_supported(parser, at, unsupported_words[i].what,
									 unsupported_words[i].hint);
		ours = meant(word, len);
		if (ours && strncmp(at, ours, Max(len, (int) strlen(ours))) != 0)
			return malformed(parser, at, expected,
							 psprintf("Write \"%s\".", ours));
	}
	return malformed(parser, at, expected, GENERAL_HINT);
}

/*
 * Reading a text
 */

/* Step over white space. */
static void
skip_space(Parser *parser)
{
	while (*parser->p == ' ' || (*parser->p >= '\t' && *parser->p <= '\r'))
		parser->p++;
}

/* Does this word stand here, and not just the start of a longer one? */
static bool
at_word(const Parser *parser, const char *word)
{
	int			len = word_length(parser->p);

	return len == (int) strlen(word) && strncmp(parser->p, word, len) == 0;
}

/* Step over a word if it stands here. */
static bool
accept_word(Parser *parser, const char *word)
{
	if (!at_word(parser, word))
		return false;
	parser->p += strlen(word);
	return true;
}

/* Step over a sign and white space around it, if it stands here. */
static bool
accept_sign(Parser *parser, char sign)
{
	const char *start = parser->p;

	skip_space(parser);
	if (*parser->p != sign)
	{
		parser->p = start;
		return false;
	}
	parser->p++;
	skip_space(parser);
	return true;
}

/* Step over a weekday and return it, Monday = 0; -1 if there is none. */
static int
accept_weekday(Parser *parser)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (accept_word(parser, weekdays[i]))
			return i;
	return -1;
}

/* What may follow a day in OpenStreetMap, but not here. */
static bool
check_after_day(Parser *parser)
{
	const char *p = parser->p;

	if (*p == '[')
		return not_supported(parser, p, "chosen weekdays of a month are",
							 ABSENCE_HINT);
	if (*p == ':')
		return malformed(parser, p, "times, \"off\" or \"closed\"",
						 "Leave the \":\" after the days out.");
	p += strspn(p, " ");
	if (*p == '+' || *p == '-')
	{
		const char *unit = p + 1 + strspn(p + 1, " 0123456789");

		if (strncmp(unit, "day", 3) == 0)
			return not_supported(parser, p, "days before or after others are",
								 ABSENCE_HINT);
	}
	return true;
}

/* Read a weekday or a range of them, which may go over the end of the week. */
static bool
parse_weekdays(Parser *parser, int *days)
{
	int			first = accept_weekday(parser);
	int			last = first;

	if (first < 0)
		return unexpected(parser, "a weekday or \"PH\"");
	if (!check_after_day(parser))
		return false;
	if (accept_sign(parser, '-'))
	{
		last = accept_weekday(parser);
		if (last < 0)
			return unexpected(parser, "a weekday");
		if (!check_after_day(parser))
			return false;
	}
	for (; first != last; first = (first + 1) % DAYS_PER_WEEK)
		*days |= 1 << first;
	*days |= 1 << last;
	return true;
}

/* Read the days that a rule names: bits of weekdays, and of PH. */
static bool
parse_days(Parser *parser, int *days)
{
	*days = 0;
	do
	{
		if (accept_word(parser, "PH"))
		{
			*days |= 1 << PH;
			if (!check_after_day(parser))
				return false;
		}
		else if (!parse_weekdays(parser, days))
			return false;
	} while (accept_sign(parser, ','));
	return true;
}

/* Read a time of day as minutes from midnight. */
static bool
parse_time(Parser *parser, int *minute)
{
	const char *at = parser->p;
	int			digits = strspn(at, "0123456789");
	int			hours;
	int			minutes;

	if (digits < 1 || digits > 2 || at[digits] != ':' ||
		strspn(at + digits + 1, "0123456789") != 2)
		return unexpected(parser, "a time such as 08:30");
	hours = atoi(at);
	minutes = atoi(at + digits + 1);
	*minute = hours * 60 + minutes;
	if (minutes > 59 || *minute > LATEST_MINUTE)
		return malformed(parser, at, "a time from 00:00 to 48:00",
						 "Minutes go up to 59; hours go up to 48 where a span ends on the next day.");
	parser->p += digits + 3;
	return true;
}

/* Read one span of time and mark its minutes. */
static bool
parse_span(Parser *parser)
{
	const char *at = parser->p;
	int			from;
	int			until;

	if (!parse_time(parser, &from))
		return false;
	if (from >= MINUTES_PER_DAY)
		return malformed(parser, at, "a time before 24:00",
						 "A span belongs to the day on which it starts; name the next day instead.");
	if (!accept_sign(parser, '-'))
	{
		if (*parser->p == '+')
			return not_supported(parser, at, "open-ended times are",
								 "Write the time at which the span ends.");
		skip_space(parser);
		if (*parser->p == '\0' || *parser->p == ',' || *parser->p == ';')
			return not_supported(parser, at, "points in time are",
								 "Write a span, such as 08:30-09:00.");
		return unexpected(parser, "\"-\"");
	}
	if (!parse_time(parser, &until))
		return false;
	if (*parser->p == '+')
		return not_supported(parser, parser->p, "open-ended times are",
							 "Leave the \"+\" out.");
	if (*parser->p == '/')
		return not_supported(parser, parser->p, "repeated times are",
							 "Write each span, separated by \",\".");

	/* an end that is no later than the start is on the next day */
	if (until <= from)
		until += MINUTES_PER_DAY;
	memset(parser->minutes + from, true, until - from);
	return true;
}

/* Turn marked minutes into spans. */
static DaySpans
collect_spans(const bool *minutes)
{
	DaySpans	hours;
	DaySpan		spans[MAX_SPANS];
	int			n = 0;
	int			i;

	for (i = 0; i < LATEST_MINUTE; i++)
	{
		if (!minutes[i])
			continue;
		spans[n].from = i;
		while (i < LATEST_MINUTE && minutes[i])
			i++;
		spans[n++].until = i;
	}
	hours.nspans = n;
	hours.spans = memcpy(palloc(n * sizeof(DaySpan)), spans,
						 n * sizeof(DaySpan));
	return hours;
}

/* Read the spans of a rule, separated by commas. */
static bool
parse_spans(Parser *parser, DaySpans *hours)
{
	memset(parser->minutes, false, sizeof(parser->minutes));
	do
	{
		const char *at = parser->p;

		if (accept_weekday(parser) >= 0 || accept_word(parser, "PH"))
			return not_supported(parser, at, "additional rules after a \",\" are",
								 "Separate rules by \";\"; a rule replaces earlier ones for the days it names, so give it all hours of its days.");
		if (!parse_span(parser))
			return false;
	} while (accept_sign(parser, ','));
	*hours = collect_spans(parser->minutes);
	return true;
}

/* Let the days that a rule names have its hours from now on. */
static void
apply_rule(Draft *draft, int days, DaySpans hours)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (days & (1 << i))
			draft->hours[i] = hours;
	draft->own_holidays &= ~days;
	if (days & (1 << PH))
	{
		draft->hours[PH] = hours;
		draft->own_holidays = ALL_DAYS;
	}
}

/* Read the hours of a rule: spans, or "off". */
static bool
parse_hours(Parser *parser, DaySpans *hours)
{
	hours->nspans = 0;
	hours->spans = NULL;
	if (accept_word(parser, "off") || accept_word(parser, "closed"))
		return true;
	if (!isdigit((unsigned char) *parser->p))
		return unexpected(parser, "times, \"off\" or \"closed\"");
	return parse_spans(parser, hours);
}

/* What stands between the days of a rule and its hours. */
static bool
check_between(Parser *parser, int days)
{
	const char *at = parser->p;
	bool		holidays = (days & (1 << PH)) != 0;

	skip_space(parser);
	if (*parser->p == '\0' || *parser->p == ';')
		return malformed(parser, parser->p, "times, \"off\" or \"closed\"",
						 "Write 00:00-24:00 for the whole day.");
	if (parser->p == at)
		return malformed(parser, at, "a space",
						 "Put a space between days and times.");
	at = parser->p;
	if (accept_word(parser, "PH") ||
		(accept_weekday(parser) >= 0 && holidays))
		return not_supported(parser, at,
							 "public holidays on chosen weekdays are",
							 "Separate days by \",\", as in \"PH,Sa,Su off\".");
	if (parser->p != at)
		return malformed(parser, at, "\",\" or times",
						 "Separate days by \",\", as in \"Mo,We 09:00-17:00\".");
	return true;
}

/* Read one rule. */
static bool
parse_rule(Parser *parser)
{
	DaySpans	hours = {1, &whole_day};
	int			days = ALL_DAYS;

	skip_space(parser);
	if (*parser->p == ';' || *parser->p == '\0')
		return malformed(parser, parser->p, "a rule",
						 parser->text[strspn(parser->text, " ")] == '\0' ?
						 GENERAL_HINT :
						 "Write \";\" between rules only.");
	if (strncmp(parser->p, "24/7", 4) == 0)
		parser->p += 4;
	else
	{
		if (word_length(parser->p) > 0 &&
			!at_word(parser, "off") && !at_word(parser, "closed") &&
			!(parse_days(parser, &days) && check_between(parser, days)))
			return false;
		if (!parse_hours(parser, &hours))
			return false;
	}

	skip_space(parser);
	if (hours.nspans > 0 && hours.spans != &whole_day &&
		(at_word(parser, "off") || at_word(parser, "closed")))
		return not_supported(parser, parser->p, "closed times of a day are",
							 "Write the times that stay open, such as 08:00-12:00,13:00-17:00.");
	if (*parser->p != ';' && *parser->p != '\0')
		return unexpected(parser, "\";\" or the end");
	apply_rule(parser->draft, days, hours);
	return true;
}

/* Text to weekly_hours. */
Datum
weekly_hours_in(PG_FUNCTION_ARGS)
{
	Draft		draft = {0};
	Parser		parser;

	parser.text = PG_GETARG_CSTRING(0);
	parser.p = parser.text;
	parser.escontext = fcinfo->context;
	parser.draft = &draft;
	do
	{
		CHECK_FOR_INTERRUPTS();
		if (!parse_rule(&parser))
			PG_RETURN_NULL();
	} while (accept_sign(&parser, ';'));
	PG_RETURN_POINTER(store(&draft));
}

/*
 * Writing a text
 */

/* Begin a rule. */
static void
write_separator(StringInfo buf)
{
	if (buf->len > 0)
		appendStringInfoString(buf, "; ");
}

/*
 * Write days in the order of the week. Three and more in a row are a range;
 * two are listed, as the editors of OpenStreetMap do.
 */
static void
write_days(StringInfo buf, int days)
{
	const char *comma = "";
	int			i = 0;

	while (i < DAYS_PER_WEEK)
	{
		int			run = 0;

		while (i + run < DAYS_PER_WEEK && (days & (1 << (i + run))))
			run++;
		if (run > 0)
		{
			appendStringInfo(buf, "%s%s", comma, weekdays[i]);
			comma = ",";
		}
		if (run > 1)
			appendStringInfo(buf, "%c%s", run > 2 ? '-' : ',',
							 weekdays[i + run - 1]);
		i += run + 1;
	}
	if (days & (1 << PH))
		appendStringInfo(buf, "%sPH", comma);
}

/*
 * Write the hours of a day. An end on the next day is written as a time of
 * that day as long as it comes before the start.
 */
static void
write_hours(StringInfo buf, const DaySpans *hours)
{
	int			i;

	if (hours->nspans == 0)
		appendStringInfoString(buf, "off");
	for (i = 0; i < hours->nspans; i++)
	{
		int			from = hours->spans[i].from;
		int			until = hours->spans[i].until;

		if (until > MINUTES_PER_DAY && until - MINUTES_PER_DAY < from)
			until -= MINUTES_PER_DAY;
		appendStringInfo(buf, "%s%02d:%02d-%02d:%02d", i > 0 ? "," : "",
						 from / 60, from % 60, until / 60, until % 60);
	}
}

/* Write one rule. */
static void
write_rule(StringInfo buf, int days, const DaySpans *hours)
{
	write_separator(buf);
	write_days(buf, days);
	appendStringInfoChar(buf, ' ');
	write_hours(buf, hours);
}

/* Of some days, those that have the same hours as the first of them. */
static int
days_like_first(const Draft *draft, int days, const DaySpans **hours)
{
	int			result = 0;
	int			i;

	*hours = NULL;
	for (i = 0; i < DAYS_PER_WEEK; i++)
	{
		if (!(days & (1 << i)))
			continue;
		if (*hours == NULL)
			*hours = &draft->hours[i];
		if (same_hours(&draft->hours[i], *hours))
			result |= 1 << i;
	}
	return result;
}

/*
 * Write the rules that stand before the one for public holidays. A day closed
 * there needs none. The last of them takes the public holidays in if it has
 * the same hours: then *named is set.
 */
static void
write_days_before(StringInfo buf, const Draft *draft, int days, bool *named)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (draft->hours[i].nspans == 0)
			days &= ~(1 << i);
	while (days != 0)
	{
		const DaySpans *hours;
		int			group = days_like_first(draft, days, &hours);

		days &= ~group;
		*named = days == 0 && draft->own_holidays != 0 &&
			same_hours(hours, &draft->hours[PH]);
		write_rule(buf, *named ? group | 1 << PH : group, hours);
	}
}

/*
 * Write hours in their canonical form. Days whose public holidays have hours
 * of their own come first, then PH, then the others: naming them after PH
 * makes their public holidays ordinary days. Where it makes no difference,
 * days come first.
 */
static void
write_rules(StringInfo buf, const Draft *draft)
{
	int			after = 0;
	bool		named = false;
	int			i;

	for (i = 0; draft->own_holidays != 0 && i < DAYS_PER_WEEK; i++)
		if (!(draft->own_holidays & (1 << i)) &&
			!same_hours(&draft->hours[i], &draft->hours[PH]))
			after |= 1 << i;

	write_days_before(buf, draft, ALL_DAYS & ~after, &named);
	if (draft->own_holidays != 0 && !named)
		write_rule(buf, 1 << PH, &draft->hours[PH]);
	while (after != 0)
	{
		const DaySpans *hours;
		int			group = days_like_first(draft, after, &hours);

		write_rule(buf, group, hours);
		after &= ~group;
	}
}

/* Is every day open from midnight to midnight? */
static bool
always_open(const Draft *draft)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (!is_whole_day(&draft->hours[i]))
			return false;
	return draft->own_holidays == 0;
}

/* weekly_hours to text. */
Datum
weekly_hours_out(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	Draft		draft;
	StringInfoData buf;

	unfold(hours, &draft);
	initStringInfo(&buf);
	if (always_open(&draft))
		appendStringInfoString(&buf, "24/7");
	else
		write_rules(&buf, &draft);
	if (buf.len == 0)
		appendStringInfoString(&buf, "off");
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_CSTRING(buf.data);
}

/*
 * Binary form: format, own_holidays, and for Monday to Sunday and PH the
 * number of spans and the two minutes of each.
 */

/* The bytes are not those that weekly_hours_send() writes. */
static void
malformed_binary(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type %s",
					"oncall.weekly_hours"),
			 errdetail("%s", why)));
}

/* Read the spans of a day. */
static DaySpans
receive_spans(StringInfo buf)
{
	DaySpans	hours;
	DaySpan    *spans;
	int			n = (int) pq_getmsgint(buf, 2);
	int			after = -1;
	int			i;

	if (n > MAX_SPANS)
		malformed_binary("A day has too many spans.");
	spans = palloc(n * sizeof(DaySpan));
	for (i = 0; i < n; i++)
	{
		int			from = (int) pq_getmsgint(buf, 2);
		int			until = (int) pq_getmsgint(buf, 2);

		if (from <= after)
			malformed_binary("The spans of a day must be in order, and neither overlap nor touch.");
		if (from >= MINUTES_PER_DAY || until <= from ||
			until > LATEST_MINUTE)
			malformed_binary("A span must start before 24:00, and end after its start and by 48:00.");
		spans[i].from = from;
		spans[i].until = until;
		after = until;
	}
	hours.nspans = n;
	hours.spans = spans;
	return hours;
}

/* Binary to weekly_hours. */
Datum
weekly_hours_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			format = pq_getmsgbyte(buf);
	int			own_holidays = pq_getmsgbyte(buf);
	Draft		draft;
	WeeklyHours *result;
	int			i;

	if (format != WEEKLY_HOURS_FORMAT)
		malformed_binary("The format is not known.");
	if (own_holidays & ~ALL_DAYS)
		malformed_binary("There are seven weekdays.");
	draft.own_holidays = own_holidays;
	for (i = 0; i < NLISTS; i++)
		draft.hours[i] = receive_spans(buf);
	i = draft.hours[PH].nspans;

	result = store(&draft);
	if (result->own_holidays != own_holidays || result->nspans[PH] != i)
		malformed_binary("Public holidays that have the hours of ordinary days must not be marked as having others.");
	PG_RETURN_POINTER(result);
}

/* weekly_hours to binary. */
Datum
weekly_hours_send(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	Draft		draft;
	StringInfoData buf;
	int			i;
	int			j;

	unfold(hours, &draft);
	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WEEKLY_HOURS_FORMAT);
	pq_sendbyte(&buf, draft.own_holidays);
	for (i = 0; i < NLISTS; i++)
	{
		pq_sendint16(&buf, draft.hours[i].nspans);
		for (j = 0; j < draft.hours[i].nspans; j++)
		{
			pq_sendint16(&buf, draft.hours[i].spans[j].from);
			pq_sendint16(&buf, draft.hours[i].spans[j].until);
		}
	}
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * Comparison
 */

/* Order of the hours of a day: as words of minutes, off first. */
static int
compare_hours(const DaySpans *a, const DaySpans *b)
{
	int			i;

	for (i = 0; i < a->nspans && i < b->nspans; i++)
	{
		if (a->spans[i].from != b->spans[i].from)
			return a->spans[i].from < b->spans[i].from ? -1 : 1;
		if (a->spans[i].until != b->spans[i].until)
			return a->spans[i].until < b->spans[i].until ? -1 : 1;
	}
	return (a->nspans > b->nspans) - (a->nspans < b->nspans);
}

/* Order of hours: Monday to Sunday, then public holidays. */
static int
compare(FunctionCallInfo fcinfo)
{
	WeeklyHours *a = PG_GETARG_WEEKLY_HOURS_P(0);
	WeeklyHours *b = PG_GETARG_WEEKLY_HOURS_P(1);
	Draft		x;
	Draft		y;
	int			result = 0;
	int			i;

	unfold(a, &x);
	unfold(b, &y);
	for (i = 0; i < NLISTS && result == 0; i++)
		result = compare_hours(&x.hours[i], &y.hours[i]);
	if (result == 0)
		result = (x.own_holidays > y.own_holidays) -
			(x.own_holidays < y.own_holidays);
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* Do two detoasted varlenas hold the same bytes? */
static bool
same_bytes(const void *a, const void *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Equal values are bytewise equal. */
static bool
same_value(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_GETARG_VARLENA_PP(0);
	struct varlena *b = PG_GETARG_VARLENA_PP(1);
	bool		result = same_bytes(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* hours = hours */
Datum
weekly_hours_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(same_value(fcinfo));
}

/* hours <> hours */
Datum
weekly_hours_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!same_value(fcinfo));
}

/* hours < hours */
Datum
weekly_hours_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

/* hours <= hours */
Datum
weekly_hours_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

/* hours > hours */
Datum
weekly_hours_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

/* hours >= hours */
Datum
weekly_hours_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

/* -1, 0 or 1, for btree */
Datum
weekly_hours_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

/* For hashing, as equal values have equal bytes */
Datum
weekly_hours_hash(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		result;

	result = hash_any((unsigned char *) VARDATA_ANY(hours),
					  VARSIZE_ANY_EXHDR(hours));
	PG_FREE_IF_COPY(hours, 0);
	return result;
}

/* The same with a seed */
Datum
weekly_hours_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		result;

	result = hash_any_extended((unsigned char *) VARDATA_ANY(hours),
							   VARSIZE_ANY_EXHDR(hours),
							   PG_GETARG_INT64(1));
	PG_FREE_IF_COPY(hours, 0);
	return result;
}

/*
 * Evaluation
 */

/* What is kept from call to call; each part for the argument it came from. */
typedef struct EvalCache
{
	text	   *zone;
	WallClock	clock;
	ArrayType  *dates;
	Holidays	holidays;		/* these dates, in order */
} EvalCache;

/* A copy of a detoasted varlena that lasts as long as the cache. */
static void *
keep(FunctionCallInfo fcinfo, const void *value)
{
	return memcpy(MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
									 VARSIZE_ANY(value)),
				  value, VARSIZE_ANY(value));
}

/* The clock of the zone that an argument names. */
static WallClock *
clock_argument(FunctionCallInfo fcinfo, int n, EvalCache *cache)
{
	text	   *name = PG_GETARG_TEXT_PP(n);

	if (cache->zone == NULL || !same_bytes(cache->zone, name))
	{
		Zone	   *zone = zone_by_name(text_to_cstring(name), NULL, NULL);

		if (cache->zone)
			pfree(cache->zone);
		cache->zone = NULL;
		clock_init(&cache->clock, zone);
		cache->zone = keep(fcinfo, name);
	}
	return &cache->clock;
}

/* Check an array of dates and read it into the cache, in order. */
static void
read_holidays(FunctionCallInfo fcinfo, ArrayType *dates, EvalCache *cache)
{
	int			ndays = ArrayGetNItems(ARR_NDIM(dates), ARR_DIMS(dates));
	Day		   *days;
	const Day  *given = (const Day *) ARR_DATA_PTR(dates);
	int			i;

	if (array_contains_nulls(dates))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("holidays must not contain nulls"),
				 errhint("Leave them out, for instance with array_remove(holidays, NULL).")));
	for (i = 0; i < ndays; i++)
		if (DATE_NOT_FINITE(given[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("holidays must be finite dates")));

	if (cache->dates)
	{
		pfree(cache->dates);
		pfree(unconstify(Day *, cache->holidays.days));
		cache->dates = NULL;
	}
	days = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
							  (ndays + 1) * sizeof(Day));
	memcpy(days, given, ndays * sizeof(Day));
	cache->holidays = holidays_of_dates(days, ndays);
	cache->dates = keep(fcinfo, dates);
}

/* The dates that an argument gives. */
static const Holidays *
holidays_argument(FunctionCallInfo fcinfo, int n, EvalCache *cache)
{
	ArrayType  *dates = PG_GETARG_ARRAYTYPE_P(n);

	if (cache->dates == NULL || !same_bytes(cache->dates, dates))
		read_holidays(fcinfo, dates, cache);
	PG_FREE_IF_COPY(dates, n);
	return &cache->holidays;
}

/* What earlier calls left for this one. */
static EvalCache *
eval_cache(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra =
			MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
								   sizeof(EvalCache));
	return fcinfo->flinfo->fn_extra;
}

/* is_open(hours, at, zone, holidays) */
Datum
is_open(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));
	EvalCache  *cache = eval_cache(fcinfo);
	WallClock  *clock = clock_argument(fcinfo, 2, cache);
	const Holidays *holidays = holidays_argument(fcinfo, 3, cache);
	Week		week;
	bool		result;

	hours_week(hours, &week);
	result = week_is_open(&week, clock, holidays, at);
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_BOOL(result);
}

/* The periods as a multirange. */
static MultirangeType *
periods_to_multirange(const PeriodList *open)
{
	TypeCacheEntry *rangetype = tstzrange_typcache();
	RangeType **ranges = palloc(open->n * sizeof(RangeType *) + 1);
	int64		i;

	for (i = 0; i < open->n; i++)
		ranges[i] = period_to_range(rangetype, open->periods[i]);
	return make_multirange(TSTZMULTIRANGEOID, rangetype, open->n,
						   ranges);
}

/* open_periods(hours, during, zone, holidays) */
Datum
open_periods(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	Period		window = window_of_range(PG_GETARG_RANGE_P(1));
	EvalCache  *cache = eval_cache(fcinfo);
	WallClock  *clock = clock_argument(fcinfo, 2, cache);
	const Holidays *holidays = holidays_argument(fcinfo, 3, cache);
	PeriodList	open = {0};
	Week		week;

	open.limit = MAX_PERIODS;
	hours_week(hours, &week);
	if (!week_open_periods(&week, clock, holidays, window.from, window.until,
						   &open))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than %d open periods in the window",
						MAX_PERIODS),
				 errhint("Ask for a shorter window.")));
	PG_RETURN_MULTIRANGE_P(periods_to_multirange(&open));
}
