/*-------------------------------------------------------------------------
 *
 * messages.c
 *	  What a breach of a rule means to people, in words.
 *
 * Times are told on the clock of the rotation concerned. Why somebody is
 * absent is told to nobody, and when only to who may read it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/messages.h"

#include "base/ids.h"
#include "miscadmin.h"
#include "swaps/limits.h"
#include "swaps/pay_closed.h"
#include "swaps/rules.h"
#include "utils/datetime.h"

/* So many duties are told; of more, how many there are. */
#define MAX_TOLD 6

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
message_append_period(StringInfo buf, RotationFacts *facts, Period period)
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
message_append_names(StringInfo buf, const char *const *names, int nnames,
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

/* The parts of some duty, in a rotation or in any if -1, in the breach. */
static void
append_duties(Telling *telling, const Duties *duties, int rotation)
{
	const PeriodSet *instants = &telling->breach->instants;
	TimestampTz until = period_set_hull(instants).until;
	int			told = 0;
	int			left = 0;
	int			i;

	for (i = 0; i < duties->n; i++)
	{
		const Duty *duty = &duties->duties[i];
		RotationFacts *facts = &telling->world->rotations[duty->rotation];

		CHECK_FOR_INTERRUPTS();
		if (duty->period.from >= until)
			break;
		if (!period_set_overlap(instants, duty->period) ||
			(rotation >= 0 && duty->rotation != rotation))
			continue;
		if (told == MAX_TOLD)
		{
			left++;
			continue;
		}
		appendStringInfo(&telling->detail, "%s%s of \"%s\" ",
						 told++ > 0 ? "; " : "", facts->seats[duty->seat],
						 facts->name);
		message_append_period(&telling->detail, telling->facts, duty->period);
	}
	if (left > 0)
		appendStringInfo(&telling->detail, "; and %d more", left);
	append_zone(&telling->detail, telling->facts);
}

/* A period on the clock of the rotation concerned, with its zone. */
static char *
period_words(Telling *telling, Period period)
{
	StringInfoData buf;

	initStringInfo(&buf);
	message_append_period(&buf, telling->facts, period);
	append_zone(&buf, telling->facts);
	return buf.data;
}

/* The first stretch of some instants, and whether there are more. */
static char *
set_words(Telling *telling, const PeriodSet *instants)
{
	char	   *first = period_words(telling, instants->periods[0]);
	int			more = instants->n - 1;

	if (more == 0)
		return first;
	return psprintf(ngettext("%s and %d more time", "%s and %d more times",
							 more), first, more);
}

static char *
instants_words(Telling *telling)
{
	return set_words(telling, &telling->breach->instants);
}

static char *
date_words(Day day)
{
	int			year,
				month,
				mday;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &mday);
	return psprintf("%04d-%02d-%02d%s", year > 0 ? year : 1 - year, month,
					mday, year > 0 ? "" : " BC");
}

static void
tell_duty(Telling *telling)
{
	appendStringInfoString(&telling->detail, "The duty: ");
	append_duties(telling, telling->duties, -1);
	appendStringInfoChar(&telling->detail, '.');
}

void
message_max_consecutive(Telling *telling)
{
	Period		stretch = telling->breach->instants.periods[0];
	int64		pause = limits_most(&telling->facts->min_break);
	char	   *when = period_words(telling, stretch);

	/* at the edge of what is known it may go on */
	if (stretch.from - telling->window.from < pause ||
		telling->window.until - stretch.until < pause)
		when = psprintf("%s at least", when);
	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call without a break %s, more than the %s that rotation \"%s\" allows" :
					 "%s is on call without a break %s, more than the %s that rotation \"%s\" allows",
					 telling->person->name, when, telling->facts->max_text,
					 telling->facts->name);

	tell_duty(telling);
	appendStringInfo(&telling->detail,
					 " A break shorter than %s does not end a stretch.",
					 telling->facts->break_text);
}

void
message_distinct_seats(Telling *telling)
{
	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call as %s and %s of rotation \"%s\" at once, %s" :
					 "%s is on call as %s and %s of rotation \"%s\" at once, %s",
					 telling->person->name,
					 telling->facts->seats[telling->breach->key[0]],
					 telling->facts->seats[telling->breach->key[1]],
					 telling->facts->name, instants_words(telling));
	tell_duty(telling);
}

/* Somebody with whom a person is not to be on duty. */
static const Apart *
apart_from(const PersonFacts *person, int32 other_id)
{
	int			i = ids_place(person->apart, person->napart, sizeof(Apart),
							  offsetof(Apart, person_id), other_id);

	Assert(i >= 0);
	return &person->apart[i];
}

void
message_not_together(Telling *telling)
{
	const Breach *breach = telling->breach;
	const Apart *other = apart_from(telling->person, breach->key[0]);

	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call in rotation \"%s\" together with %s, %s" :
					 "%s is on call in rotation \"%s\" together with %s, %s",
					 telling->person->name, telling->facts->name,
					 other->name, instants_words(telling));
	appendStringInfo(&telling->detail,
					 "%s and %s are not to be on duty together. The duty: ",
					 telling->person->name, other->name);
	append_duties(telling, telling->duties, breach->rotation);
	appendStringInfo(&telling->detail, ". %s: ", other->name);
	append_duties(telling, &telling->duties->company[other->watched],
				  breach->rotation);
	appendStringInfoChar(&telling->detail, '.');
}

void
message_exclusive_duty(Telling *telling)
{
	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call in rotations \"%s\" and \"%s\" at once, %s" :
					 "%s is on call in rotations \"%s\" and \"%s\" at once, %s",
					 telling->person->name, telling->facts->name,
					 telling->world->rotations[telling->breach->key[0]].name,
					 instants_words(telling));
	tell_duty(telling);
	appendStringInfoString(&telling->detail, " Both rotations are exclusive.");
}

/* The absence of which a breach of oncall_not_absent is, or NULL. */
static const Absence *
absence_of(const PersonFacts *person, const Breach *breach)
{
	int			i;

	for (i = 0; i < person->nabsences; i++)
	{
		if (person->absences[i].absence_id == breach->key[0])
			return &person->absences[i];
	}
	return NULL;
}

/* The duty that a breach is in, whole, as a trade would give it. */
static PeriodSet
duty_asked_for(Telling *telling)
{
	PeriodSet	asked = {0};
	int			i;

	for (i = 0; telling->trade != NULL && i < telling->trade->nadded; i++)
	{
		const Cover *cover = &telling->trade->added[i].cover;

		CHECK_FOR_INTERRUPTS();
		if (cover->person_id == telling->person->person_id &&
			period_set_overlap(&telling->breach->instants, cover->period))
			period_set_add(&asked, cover->period);
	}
	for (i = 0; asked.n == 0 && i < telling->duties->n; i++)
	{
		Period		duty = telling->duties->duties[i].period;

		CHECK_FOR_INTERRUPTS();
		if (period_set_overlap(&telling->breach->instants, duty))
			period_set_add(&asked, duty);
	}
	return asked;
}

/*
 * Who may not read about an absence is told that it is in the way of the duty,
 * and not how much of it.
 */
void
message_not_absent(Telling *telling)
{
	const Absence *absence = absence_of(telling->person, telling->breach);
	bool		secret = absence != NULL && absence->secret;
	PeriodSet	told = secret ? duty_asked_for(telling) :
	telling->breach->instants;

	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call in rotation \"%s\" while absent, %s" :
					 "%s is on call in rotation \"%s\" while absent, %s",
					 telling->person->name, telling->facts->name,
					 set_words(telling, &told));
	if (absence != NULL && !secret)
		appendStringInfo(&telling->detail, "The absence lasts %s. ",
						 period_words(telling, absence->period));
	tell_duty(telling);
}

void
message_member(Telling *telling)
{
	const PersonFacts *person = telling->person;
	int			rotation = telling->breach->rotation;
	const Membership *membership = world_membership(person, rotation);
	Period		ever = {DT_NOBEGIN, DT_NOEND};
	PeriodSet	may = world_may_hold(telling->world, person, rotation, 0,
									 ever);
	StringInfo	detail = &telling->detail;

	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call in rotation \"%s\" %s without being a member or reserve of it then" :
					 "%s is on call in rotation \"%s\" %s without being a member or reserve of it then",
					 person->name, telling->facts->name,
					 instants_words(telling));

	if (may.n > 0)
		appendStringInfo(detail, may.n == 1 ?
						 "%s belongs to the rotation, and is active, %s." :
						 "%s belongs to the rotation, and is active, at times %s.",
						 person->name,
						 period_words(telling, period_set_hull(&may)));
	else if (membership != NULL && membership->standing == STANDING_VOLUNTEER)
		appendStringInfo(detail, "%s has volunteered and is not a member yet.",
						 person->name);
	else if (membership != NULL && membership->standing == STANDING_SHADOW)
		appendStringInfo(detail, "%s is a shadow, who may learn in a seat from the third on.",
						 person->name);
	else
		appendStringInfo(detail, "%s does not belong to the rotation.",
						 person->name);
	appendStringInfoChar(detail, ' ');
	tell_duty(telling);
}

void
message_season(Telling *telling)
{
	const HolidayBlock *one = &telling->facts->blocks[telling->breach->key[1]];
	const HolidayBlock *other = &telling->facts->blocks[telling->breach->key[2]];

	appendStringInfo(&telling->message, telling->would ?
					 "%s would be on call in rotation \"%s\" on holidays of two blocks of season \"%s\", those of %s and of %s" :
					 "%s is on call in rotation \"%s\" on holidays of two blocks of season \"%s\", those of %s and of %s",
					 telling->person->name, telling->facts->name, one->season,
					 date_words(one->first), date_words(other->first));
	tell_duty(telling);
}

void
message_pay_closed(Telling *telling)
{
	const PaidTime *paid = pay_closed_time(telling->trade, telling->breach);

	appendStringInfo(&telling->message,
					 "duty of %s in rotation \"%s\" would change in time that has been paid, %s",
					 paid->person, telling->facts->name,
					 instants_words(telling));
	if (paid->last > paid->first)
		appendStringInfo(&telling->detail,
						 "Pay run %d of policy \"%s\" has closed %s to %s.",
						 paid->pay_run_id, paid->policy, date_words(paid->first),
						 date_words(paid->last));
	else
		appendStringInfo(&telling->detail,
						 "Pay run %d of policy \"%s\" has closed %s.",
						 paid->pay_run_id, paid->policy, date_words(paid->first));
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

		CHECK_FOR_INTERRUPTS();
		if (!period_set_overlap(&breach->instants, duty->period))
			continue;
		if (found < 0 || duty->rotation == gained)
			found = duty->rotation;
	}
	return found;
}

static void
tell(Telling *telling, int rotation, BreachMessage *result)
{
	result->rotation = rotation;
	telling->facts = &telling->world->rotations[rotation];
	initStringInfo(&telling->message);
	initStringInfo(&telling->detail);
	rules[telling->breach->rule].tell(telling);
	result->message = telling->message.data;
	result->detail = telling->detail.data;
}

BreachMessage
message_of_breach(World *world, const PersonFacts *person,
				  const Duties *duties, Period window, const Breach *breach)
{
	Telling		telling = {0};
	BreachMessage result;

	telling.world = world;
	telling.person = person;
	telling.duties = duties;
	telling.window = window;
	telling.breach = breach;
	tell(&telling, concerned(duties, breach, -1), &result);
	return result;
}

/* The rotation in which the trade gives this person duty in the breach. */
static int
gained_rotation(const Trade *trade, const Breach *breach)
{
	int			i;

	for (i = 0; i < trade->nchanges; i++)
	{
		const Change *change = &trade->changes[i];

		CHECK_FOR_INTERRUPTS();
		if (change->person_after == breach->person_id &&
			period_set_overlap(&breach->instants, change->period))
			return world_rotation(&trade->world, change->rotation_id);
	}
	return -1;
}

BreachMessage
message_of_objection(Trade *trade, const Breach *breach)
{
	Telling		telling = {0};
	BreachMessage result;

	telling.trade = trade;
	telling.world = &trade->world;
	telling.person = world_person(telling.world, breach->person_id);
	telling.duties = telling.person == NULL ? NULL :
		&trade->duties_after[telling.person - telling.world->people];
	telling.window = trade->window;
	telling.breach = breach;
	telling.would = true;
	tell(&telling, concerned(telling.duties, breach,
							 gained_rotation(trade, breach)), &result);
	return result;
}

/* Instants at which there is a reason, unless they are none. */
static void
add_reason(Reasons *reasons, const char *text, const PeriodSet *instants,
		   Period within)
{
	Reason	   *reason = NULL;
	int			i;

	if (!period_set_overlap(instants, within))
		return;
	for (i = 0; i < reasons->n && reason == NULL; i++)
	{
		if (strcmp(reasons->reasons[i].text, text) == 0)
			reason = &reasons->reasons[i];
	}
	if (reason == NULL)
	{
		if (reasons->reasons == NULL)
		{
			reasons->size = 4;
			reasons->reasons = palloc(reasons->size * sizeof(Reason));
		}
		else if (reasons->n == reasons->size)
		{
			reasons->size *= 2;
			reasons->reasons = repalloc(reasons->reasons,
										reasons->size * sizeof(Reason));
		}
		reason = &reasons->reasons[reasons->n++];
		memset(reason, 0, sizeof(Reason));
		reason->text = text;
	}
	for (i = 0; i < instants->n; i++)
		period_set_add(&reason->instants,
					   period_and(instants->periods[i], within));
}

void
message_reasons_absent(const World *world, const PersonFacts *person,
					   const Duty *duty, const Breach *breach,
					   Reasons *reasons)
{
	int			i;

	for (i = 0; i < person->nabsences; i++)
	{
		const Absence *absence = &person->absences[i];

		if (absence->absence_id == breach->key[0])
			add_reason(reasons, psprintf("absent (%s)", absence->kind),
					   &breach->instants, absence->period);
	}
}

void
message_reasons_not_together(const World *world, const PersonFacts *person,
							 const Duty *duty, const Breach *breach,
							 Reasons *reasons)
{
	add_reason(reasons, psprintf("not to be together with %s",
								 apart_from(person, breach->key[0])->name),
			   &breach->instants, duty->period);
}

void
message_reasons_member(const World *world, const PersonFacts *person,
					   const Duty *duty, const Breach *breach,
					   Reasons *reasons)
{
	Period		left = {person->active.until, DT_NOEND};
	Period		early = {DT_NOBEGIN, person->active.from};
	PeriodSet	known = {0};
	PeriodSet	unknown;
	int			i;

	add_reason(reasons, "has left", &breach->instants, left);
	add_reason(reasons, "not active yet", &breach->instants, early);

	/* those on the lists have no row; who stands by has one */
	for (i = 0; i < person->nmemberships; i++)
	{
		const Membership *membership = &person->memberships[i];
		Period		within = period_and(membership->valid, person->active);

		if (membership->rotation != duty->rotation || period_empty(within) ||
			(membership->standing != STANDING_VOLUNTEER &&
			 membership->standing != STANDING_SHADOW))
			continue;
		add_reason(reasons,
				   membership->standing == STANDING_SHADOW ?
				   "only a shadow" : "only a volunteer",
				   &breach->instants, within);
		period_set_add(&known, within);
	}
	unknown = period_set_minus(&breach->instants, &known);
	add_reason(reasons, "not a member", &unknown, person->active);
}
