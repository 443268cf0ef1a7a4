/*-------------------------------------------------------------------------
 *
 * messages.c
 *	  What a breach of a rule means to people, in words.
 *
 * Times are told on the clock of the rotation concerned. Why somebody is
 * absent is told to nobody.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/datetime.h"
#include "swaps/messages.h"

/* So many duties are told; of more, how many there are. */
#define MAX_TOLD 6

/* What the writers below are given. */
typedef struct Telling
{
	World	   *world;
	const PersonFacts *person;
	const Duties *duties;
	Period		window;
	const Breach *breach;
	RotationFacts *facts;		/* of the rotation concerned */
	const char *is;				/* "is" or "would be" */
	StringInfoData message;
	StringInfoData detail;
} Telling;

static void
append_instant(StringInfo buf, RotationFacts *facts, TimestampTz at)
{
	struct pg_tm tm;
	fsec_t		fsec;
	Timestamp	local = at + clock_offset(&facts->clock, at);

	if (timestamp2tm(local, NULL, &tm, &fsec, NULL, NULL) != 0)
	{
		appendStringInfoString(buf, "?");
		return;
	}
	appendStringInfo(buf, "%04d-%02d-%02d %02d:%02d",
					 tm.tm_year > 0 ? tm.tm_year : 1 - tm.tm_year,
					 tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min);
	if (tm.tm_sec != 0 || fsec != 0)
		appendStringInfo(buf, ":%02d", tm.tm_sec);
	if (fsec != 0)
		appendStringInfo(buf, ".%06d", (int) fsec);
	if (tm.tm_year <= 0)
		appendStringInfoString(buf, " BC");
}

void
append_period(StringInfo buf, RotationFacts *facts, Period period)
{
	if (period.from != DT_NOBEGIN)
	{
		appendStringInfoString(buf, "from ");
		append_instant(buf, facts, period.from);
	}
	if (period.until != DT_NOEND)
	{
		appendStringInfoString(buf, period.from == DT_NOBEGIN ?
							   "until " : " to ");
		append_instant(buf, facts, period.until);
	}
	else
		appendStringInfoString(buf, period.from == DT_NOBEGIN ?
							   "at all times" : " on");
}

void
append_names(StringInfo buf, const char *const *names, int nnames,
			 const char *last)
{
	int			i;

	for (i = 0; i < nnames; i++)
	{
		if (i > 0)
			appendStringInfoString(buf, i == nnames - 1 ? last : ", ");
		appendStringInfoString(buf, names[i]);
	}
}

static void
append_zone(StringInfo buf, const RotationFacts *facts)
{
	appendStringInfo(buf, " [%s]", facts->zone_name);
}

/* The parts of the person's duty that lie in a set of instants. */
static void
append_duties(Telling *telling, const PeriodSet *instants)
{
	int			told = 0;
	int			left = 0;
	int			i;

	for (i = 0; i < telling->duties->n; i++)
	{
		const Duty *duty = &telling->duties->duties[i];
		RotationFacts *facts = &telling->world->rotations[duty->rotation];

		if (!period_set_overlap(instants, duty->period))
			continue;
		if (told == MAX_TOLD)
		{
			left++;
			continue;
		}
		appendStringInfo(&telling->detail, "%s%s of \"%s\" ",
						 told++ > 0 ? "; " : "", facts->seats[duty->seat],
						 facts->name);
		append_period(&telling->detail, telling->facts, duty->period);
	}
	if (left > 0)
		appendStringInfo(&telling->detail, "; and %d more", left);
	append_zone(&telling->detail, telling->facts);
}

/* The first stretch of the breach, and whether there are more. */
static void
append_first(Telling *telling)
{
	append_period(&telling->message, telling->facts,
				  telling->breach->instants.periods[0]);
	append_zone(&telling->message, telling->facts);
	if (telling->breach->instants.n > 1)
		appendStringInfo(&telling->message, " and %d more time%s",
						 telling->breach->instants.n - 1,
						 telling->breach->instants.n > 2 ? "s" : "");
}

static void
tell_duty(Telling *telling)
{
	appendStringInfoString(&telling->detail, "The duty: ");
	append_duties(telling, &telling->breach->instants);
	appendStringInfoChar(&telling->detail, '.');
}

static void
tell_max_consecutive(Telling *telling)
{
	Period		stretch = telling->breach->instants.periods[0];
	int64		pause = length_most(&telling->facts->min_break);
	bool		longer;

	/* at the edge of what is known it may go on */
	longer = stretch.from - telling->window.from < pause ||
		telling->window.until - stretch.until < pause;
	appendStringInfo(&telling->message, "%s %s on call without a break ",
					 telling->person->name, telling->is);
	append_period(&telling->message, telling->facts, stretch);
	append_zone(&telling->message, telling->facts);
	appendStringInfo(&telling->message,
					 "%s, more than the %s that rotation \"%s\" allows",
					 longer ? " at least" : "", telling->facts->max_text,
					 telling->facts->name);

	tell_duty(telling);
	appendStringInfo(&telling->detail,
					 " A break shorter than %s does not end a stretch.",
					 telling->facts->break_text);
}

static void
tell_distinct_seats(Telling *telling)
{
	appendStringInfo(&telling->message,
					 "%s %s on call as %s and %s of rotation \"%s\" at once, ",
					 telling->person->name, telling->is,
					 telling->facts->seats[telling->breach->key[0]],
					 telling->facts->seats[telling->breach->key[1]],
					 telling->facts->name);
	append_first(telling);
	tell_duty(telling);
}

static void
tell_exclusive_duty(Telling *telling)
{
	appendStringInfo(&telling->message,
					 "%s %s on call in rotations \"%s\" and \"%s\" at once, ",
					 telling->person->name, telling->is, telling->facts->name,
					 telling->world->rotations[telling->breach->key[0]].name);
	append_first(telling);
	tell_duty(telling);
	appendStringInfoString(&telling->detail, " Both rotations are exclusive.");
}

static void
tell_not_absent(Telling *telling)
{
	int			i;

	appendStringInfo(&telling->message,
					 "%s %s on call in rotation \"%s\" while absent, ",
					 telling->person->name, telling->is,
					 telling->facts->name);
	append_first(telling);

	for (i = 0; i < telling->person->nabsences; i++)
	{
		const Absence *absence = &telling->person->absences[i];

		if (absence->absence_id != telling->breach->key[0])
			continue;
		appendStringInfoString(&telling->detail, "The absence lasts ");
		append_period(&telling->detail, telling->facts, absence->period);
		append_zone(&telling->detail, telling->facts);
		appendStringInfoString(&telling->detail, ". ");
	}
	tell_duty(telling);
}

static void
tell_member(Telling *telling)
{
	const PersonFacts *person = telling->person;
	const Membership *membership = person_membership(person,
													 telling->breach->rotation);
	Period		since = {DT_NOBEGIN, DT_NOEND};
	StringInfo	detail = &telling->detail;

	appendStringInfo(&telling->message,
					 "%s %s on call in rotation \"%s\" ",
					 person->name, telling->is, telling->facts->name);
	append_first(telling);
	appendStringInfoString(&telling->message,
						   " without being a member or reserve of it then");

	switch (membership == NULL ? STANDING_NONE : membership->standing)
	{
		case STANDING_NONE:
			appendStringInfo(detail, "%s does not belong to the rotation.",
							 person->name);
			break;
		case STANDING_VOLUNTEER:
			appendStringInfo(detail, "%s has volunteered and is not a member yet.",
							 person->name);
			break;
		case STANDING_SHADOW:
			appendStringInfo(detail, "%s is a shadow, who may learn in a seat from the third on.",
							 person->name);
			break;
		case STANDING_MEMBER:
		case STANDING_RESERVE:
			since.from = membership->since;
			appendStringInfo(detail, "%s belongs to the rotation ",
							 person->name);
			append_period(detail, telling->facts, since);
			appendStringInfoString(detail, ", and is active ");
			append_period(detail, telling->facts, person->active);
			append_zone(detail, telling->facts);
			appendStringInfoChar(detail, '.');
			break;
	}
	appendStringInfoChar(detail, ' ');
	tell_duty(telling);
}

static void
append_date(StringInfo buf, Day day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	appendStringInfo(buf, "%04d-%02d-%02d%s", year > 0 ? year : 1 - year,
					 month, mday, year > 0 ? "" : " BC");
}

static void
tell_season(Telling *telling)
{
	const HolidayBlock *one = &telling->facts->blocks[telling->breach->key[1]];
	const HolidayBlock *other = &telling->facts->blocks[telling->breach->key[2]];

	appendStringInfo(&telling->message,
					 "%s %s on call in rotation \"%s\" on holidays of two blocks of season \"%s\", those of ",
					 telling->person->name, telling->is,
					 telling->facts->name, one->season);
	append_date(&telling->message, one->first);
	appendStringInfoString(&telling->message, " and of ");
	append_date(&telling->message, other->first);
	tell_duty(telling);
}

BreachWords
paid_words(World *world, const PaidTime *paid, const Breach *breach)
{
	Telling		telling;
	BreachWords words;

	memset(&telling, 0, sizeof(telling));
	words.rotation = breach->rotation;
	telling.breach = breach;
	telling.facts = &world->rotations[words.rotation];
	initStringInfo(&telling.message);
	initStringInfo(&telling.detail);
	appendStringInfo(&telling.message,
					 "duty of %s in rotation \"%s\" would change in time that has been paid, ",
					 paid->person, telling.facts->name);
	append_first(&telling);
	appendStringInfo(&telling.detail, "Pay run %d of policy \"%s\" has closed ",
					 paid->pay_run_id, paid->policy);
	append_date(&telling.detail, paid->first);
	if (paid->last > paid->first)
	{
		appendStringInfoString(&telling.detail, " to ");
		append_date(&telling.detail, paid->last);
	}
	appendStringInfoChar(&telling.detail, '.');
	words.message = telling.message.data;
	words.detail = telling.detail.data;
	return words;
}

/* The rotation of the first duty in the breach; gained, if it is in it. */
static int
concerned(const Duties *duties, const Breach *breach, int gained)
{
	int			found = -1;
	int			i;

	if (breach->rotation >= 0)
		return breach->rotation;
	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];

		if (!period_set_overlap(&breach->instants, duty->period))
			continue;
		if (found < 0 || duty->rotation == gained)
			found = duty->rotation;
	}
	return found;
}

BreachWords
breach_words(World *world, const PersonFacts *person, const Duties *duties,
			 Period window, const Breach *breach, int gained, bool would)
{
	static void (*const tell[NUM_RULES]) (Telling *telling) =
	{
		[RULE_MAX_CONSECUTIVE] = tell_max_consecutive,
		[RULE_DISTINCT_SEATS] = tell_distinct_seats,
		[RULE_EXCLUSIVE_DUTY] = tell_exclusive_duty,
		[RULE_NOT_ABSENT] = tell_not_absent,
		[RULE_MEMBER] = tell_member,
		[RULE_SEASON] = tell_season
	};
	Telling		telling;
	BreachWords words;

	words.rotation = concerned(duties, breach, gained);
	telling.world = world;
	telling.person = person;
	telling.duties = duties;
	telling.window = window;
	telling.breach = breach;
	telling.facts = &world->rotations[words.rotation];
	telling.is = would ? "would be" : "is";
	initStringInfo(&telling.message);
	initStringInfo(&telling.detail);
	tell[breach->rule] (&telling);
	words.message = telling.message.data;
	words.detail = telling.detail.data;
	return words;
}
