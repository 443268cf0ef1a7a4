/*-------------------------------------------------------------------------
 *
 * weekly_hours_text.c
 *	  The type oncall.weekly_hours: read from text and written as text.
 *
 * Rules are worked through in order, and each replaces the hours of the days
 * that it names. Since a weekday names the public holidays on it too, the
 * holidays of a weekday either have the hours of the last rule for PH, or the
 * same as its ordinary days.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "types/weekly_hours_private.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_weekly_hours_in);
PG_FUNCTION_INFO_V1(oncall_weekly_hours_out);

#define MAX_QUOTED 32			/* bytes of the text quoted in an error */

/* A text on its way to a draft. */
typedef struct Parser
{
	const char *text;
	const char *p;
	struct Node *escontext;
	WeeklyDraft *draft;
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

#define GENERAL_HINT \
	"Write rules such as \"Mo-Fr 08:30-12:00,13:00-17:00; Sa 10:00-14:00; PH off\", or \"24/7\", or \"off\"."

static const DaySpan whole_day = {0, MINUTES_PER_DAY};

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
	DaySpan		spans[MAX_DAY_SPANS];
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
apply_rule(WeeklyDraft *draft, int days, DaySpans hours)
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
oncall_weekly_hours_in(PG_FUNCTION_ARGS)
{
	WeeklyDraft draft = {0};
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
	PG_RETURN_POINTER(weekly_hours_store(&draft));
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
days_like_first(const WeeklyDraft *draft, int days, const DaySpans **hours)
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
		if (weekly_hours_same_day(&draft->hours[i], *hours))
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
write_days_before(StringInfo buf, const WeeklyDraft *draft, int days, bool *named)
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
			weekly_hours_same_day(hours, &draft->hours[PH]);
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
write_rules(StringInfo buf, const WeeklyDraft *draft)
{
	int			after = 0;
	bool		named = false;
	int			i;

	for (i = 0; draft->own_holidays != 0 && i < DAYS_PER_WEEK; i++)
		if (!(draft->own_holidays & (1 << i)) &&
			!weekly_hours_same_day(&draft->hours[i], &draft->hours[PH]))
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

/* Open from midnight to midnight? */
static bool
is_whole_day(const DaySpans *hours)
{
	return hours->nspans == 1 &&
		memcmp(hours->spans, &whole_day, sizeof(DaySpan)) == 0;
}

/* Is every day open from midnight to midnight? */
static bool
always_open(const WeeklyDraft *draft)
{
	int			i;

	for (i = 0; i < DAYS_PER_WEEK; i++)
		if (!is_whole_day(&draft->hours[i]))
			return false;
	return draft->own_holidays == 0;
}

/* weekly_hours to text. */
Datum
oncall_weekly_hours_out(PG_FUNCTION_ARGS)
{
	WeeklyHours *hours = PG_GETARG_WEEKLY_HOURS_P(0);
	WeeklyDraft draft;
	StringInfoData buf;

	weekly_hours_unfold(hours, &draft);
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
