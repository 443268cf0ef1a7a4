/*-------------------------------------------------------------------------
 *
 * plan_covers.c
 *	  Plan who takes over the shifts that their holders cannot serve, and
 *	  seats that nobody holds: reads what is in conflict, and lets the rules
 *	  say what is legal.
 *
 * To the solver a seat that nobody holds is the shift of one person more, who
 * cannot serve it either and to whom everything is allowed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/array_arguments.h"
#include "base/compat.h"
#include "base/ids.h"
#include "base/saved_query.h"
#include "base/sort.h"
#include "base/tstzrange.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pay/pay_loader.h"
#include "planning/cover_solver.h"
#include "planning/workload.h"
#include "roster/roster_loader.h"
#include "roster/shifts.h"
#include "swaps/conflicts.h"
#include "swaps/limits.h"
#include "swaps/rules.h"
#include "swaps/world_loader.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_plan_shifts);

/*
 * A shift that reaches further beyond the window of a plan is cut at its edge:
 * who serves for good is relieved for the window only.
 */
#define SHIFT_REACH (31 * USECS_PER_DAY)

/* No further from the shifts to be moved do we look for what rules concern. */
#define MAX_REACH (400 * USECS_PER_DAY)

/* What a plan comes to is worked out in an int64. */
#define MAX_WINDOW (100 * 366 * USECS_PER_DAY)

/* Time and memory grow with the square of these. */
#define MAX_CONFLICTS 2000
#define MAX_CELLS 400000
#define MAX_CLASHES 100000

#define HINT_GAPS "Give a rotation, a seat and a period for each gap."

/* Columns of plan_shifts(). */
enum
{
	PLAN_ROTATION_ID,
	PLAN_SEAT,
	PLAN_PERIOD,
	PLAN_FOR_PERSON_ID,
	PLAN_BY_PERSON_ID,
	PLAN_REASON,
	PLAN_BARRED,
	PLAN_HEAVIEST,
	PLAN_HEAVIEST_PERSON_ID,
	PLAN_BOUND,
	PLAN_MOST,
	PLAN_BEST,
	PLAN_COLUMNS
};

/* A shift that its holder cannot serve, or that has none. */
typedef struct Conflict
{
	int32		rotation_id;
	int			seat;			/* 0 is the primary */
	int32		person_id;		/* 0: a gap */
	Period		period;			/* what is to be moved */
	text	   *reason;
	int			rotation;		/* index into the world's */
	int			person;			/* the same; of a gap their number */
} Conflict;

/* What one person does. */
typedef struct Server
{
	Workload	workload;
	int64		load;			/* without the shifts in conflict */
	Breaches	before;			/* with them, as things stand */
	bool		judged;			/* is that known? */
} Server;

typedef struct Planner
{
	World		world;
	Period		window;			/* that duty is read for */
	Period		counted;		/* that loads are counted for */
	int			nconflicts;
	Conflict   *conflicts;		/* in order of time */
	Server	   *servers;		/* of each person of the world */
	Duties	   *duties;			/* lists of duty, without these shifts */
	Duties	   *duties_before;	/* as things stand */
	int			rotation;		/* whose shifts are being walked */
	MemoryContext context;
	MemoryContext scratch;		/* for one question */
} Planner;

/* Those who belong to rotations, in any way in which one may serve. */
static SavedQuery people_of = {
	.text = "SELECT m.person_id FROM oncall.rotation_member m"
	" WHERE m.rotation_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND m.standing OPERATOR(pg_catalog.<>) 'volunteer'"
	" AND pg_catalog.upper_inf(m.recorded)"
	" UNION SELECT m.person_id FROM oncall.layer l, oncall.layer_member m"
	" WHERE l.rotation_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND m.layer_id OPERATOR(pg_catalog.=) l.layer_id"
	" AND m.person_id IS NOT NULL"
	" AND pg_catalog.upper_inf(l.recorded)"
	" AND pg_catalog.upper_inf(m.recorded)",
	.nargs = 1,
	.argtypes = {INT4ARRAYOID}
};

/* ---------------------------------------------------------------------------
 * Reading
 * ---------------------------------------------------------------------------
 */

static void
read_conflicts(Planner *planner, Period during, int32 rotation_id, int ngaps)
{
	World		world = {0};
	DutyConflict *found;
	int			nfound;
	int			i;

	found = conflicts_find(&world, during, rotation_id, &nfound);
	planner->conflicts =
		MemoryContextAllocHuge(planner->context,
							   (nfound + ngaps + 1) * sizeof(Conflict));
	planner->nconflicts = 0;
	for (i = 0; i < nfound; i++)
	{
		Conflict   *conflict = &planner->conflicts[planner->nconflicts];

		if (!found[i].moves)
			continue;
		planner->nconflicts++;
		conflict->rotation_id =
			world.rotations[found[i].rotation].rotation.rotation_id;
		conflict->seat = found[i].seat;
		conflict->person_id = found[i].person->person_id;
		conflict->period = found[i].period;
		conflict->reason = cstring_to_text(found[i].reason);
	}
}

/* Add seats that nobody holds, for which there is room. */
static void
add_gaps(Planner *planner, const int32 *rotation_ids, const int32 *seats,
		 Datum *periods, int ngaps)
{
	int			i;

	for (i = 0; i < ngaps; i++)
	{
		Conflict   *gap = &planner->conflicts[planner->nconflicts++];

		memset(gap, 0, sizeof(Conflict));
		gap->rotation_id = rotation_ids[i];
		gap->seat = seats[i] - 1;
		gap->period = tstzrange_window(DatumGetRangeTypeP(periods[i]));
		gap->reason = cstring_to_text("nobody holds it");
	}
}

/* The rotations of shifts in conflict and gaps, ascending. */
static int32 *
rotations_concerned(const Planner *planner, int *nrotations)
{
	int32	   *rotations = palloc((planner->nconflicts + 1) * sizeof(int32));
	int			i;

	for (i = 0; i < planner->nconflicts; i++)
		rotations[i] = planner->conflicts[i].rotation_id;
	*nrotations = ids_sort(rotations, planner->nconflicts);
	return rotations;
}

/* Whoever holds a shift in conflict or could take one, ascending. */
static int32 *
people_concerned(Planner *planner, int *npeople)
{
	int			nrotations;
	int32	   *rotations = rotations_concerned(planner, &nrotations);
	int32	   *people;
	Datum		arg;
	int			nmembers;
	int			i;

	SPI_connect();
	arg = query_id_array(rotations, nrotations);
	nmembers = query_run(&people_of, &arg, NULL);
	people = MemoryContextAlloc(planner->context,
								(nmembers + planner->nconflicts + 1) *
								sizeof(int32));
	for (i = 0; i < nmembers; i++)
		people[i] = DatumGetInt32(query_column(SPI_tuptable->vals[i], 1));
	SPI_finish();
	for (i = 0; i < planner->nconflicts; i++)
	{
		if (planner->conflicts[i].person_id != 0)
			people[nmembers++] = planner->conflicts[i].person_id;
	}
	*npeople = ids_sort(people, nmembers);
	return people;
}

static Period
hull(Period a, Period b)
{
	a.from = Min(a.from, b.from);
	a.until = Max(a.until, b.until);
	return a;
}

/* How far from a shift duty is read. */
static int64
reach_of_duty(const World *world)
{
	/* whole shifts must not reach the edge by chance */
	return Min(limits_reach(world), MAX_REACH - USECS_PER_DAY) + USECS_PER_DAY;
}

/*
 * Read all that rules may ask about the people concerned, and choose how much
 * duty is to be read.
 */
static void
read_world(Planner *planner, const int32 *people, int npeople,
		   Period moved)
{
	World	   *world = &planner->world;
	int32	   *rotations;
	int			nrotations;
	int			r;

	rotations = world_rotations_of_people(people, npeople,
										  hull(planner->counted,
											   period_widen(moved, MAX_REACH)),
										  &nrotations);
	world_add_rotations(world, rotations, nrotations);
	/* a gap may be in a rotation that nobody belongs to */
	rotations = rotations_concerned(planner, &nrotations);
	world_add_rotations(world, rotations, nrotations);
	planner->window = hull(planner->counted,
						   period_widen(moved, reach_of_duty(world)));
	for (r = 0; r < world->nrotations; r++)
	{
		Period		season = world_read_seasons(world, r, moved);

		if (!period_empty(season))
			planner->window = hull(planner->window, season);
	}
	world_read_covers(world, planner->window);
	world_read_people(world, people, npeople, planner->window);
}

/* What time weighs for a person, wherever they work in the window. */
static void
read_workload(Planner *planner, const Payee *payee, PayCalendars *calendars,
			  const int32 weights[NUM_WORKLOADS])
{
	const PersonFacts *person = world_person(&planner->world,
											 payee->person_id);
	Workload   *load =
	&planner->servers[person - planner->world.people].workload;
	int			i;

	workload_begin(load, planner->window.from);
	for (i = 0; i < payee->nstretches &&
		 load->window.until < planner->window.until; i++)
	{
		const PayStretch *stretch = &payee->stretches[i];
		Holidays	holidays;

		/* who pays does not matter here */
		if (stretch->until <= load->window.until ||
			(i + 1 < payee->nstretches &&
			 pay_loader_same_place(&stretch->place, &stretch[1].place)))
			continue;
		holidays = pay_loader_holidays(&stretch->place, calendars);
		if (!workload_add(load, Min(stretch->until, planner->window.until),
						  stretch->place.hours, stretch->place.zone,
						  &holidays, weights))
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("the window is too long to weigh duty")));
	}
}

/* What time weighs for each person. */
static void
read_workloads(Planner *planner, const int32 weights[NUM_WORKLOADS])
{
	World	   *world = &planner->world;
	int32	   *ids = palloc((world->npeople + 1) * sizeof(int32));
	PayCalendars calendars = {0};
	Payee	   *payees;
	int			npayees;
	int			i;

	for (i = 0; i < world->npeople; i++)
		ids[i] = world->people[i].person_id;
	payees = pay_loader_payees(ids, world->npeople, &npayees);
	if (npayees != world->npeople)
		elog(ERROR, "where %d of %d people work is not known",
			 world->npeople - npayees, world->npeople);
	calendars.context = planner->context;
	for (i = 0; i < npayees; i++)
		read_workload(planner, &payees[i], &calendars, weights);
}

/* ---------------------------------------------------------------------------
 * Duty
 * ---------------------------------------------------------------------------
 */

/*
 * A shift in conflict, as a whole, replaces the part of it that lies in the
 * window of the plan; what is over stays over.
 */
static void
find_whole(Planner *planner, int seat, const Cell *cell, Period shift,
		   Period during)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	int			i;

	for (i = 0; i < planner->nconflicts; i++)
	{
		Conflict   *conflict = &planner->conflicts[i];
		Period		whole = shift;

		if (conflict->rotation != planner->rotation ||
			conflict->seat != seat ||
			conflict->person_id != cell->person_id ||
			conflict->period.from < shift.from ||
			conflict->period.until > shift.until)
			continue;
		if (whole.from < instant_plus(during.from, -SHIFT_REACH))
			whole.from = during.from;
		if (whole.until > instant_plus(during.until, SHIFT_REACH))
			whole.until = during.until;
		if (whole.from < now && now < whole.until)
			whole.from = now;
		conflict->period = whole;
	}
}

typedef struct PlanWalk
{
	Planner    *planner;
	Period		during;
} PlanWalk;

/* First walk: how long are the shifts in conflict? */
static void
note_whole(void *arg, int seat, const Cell *cell, Period period)
{
	PlanWalk   *walk = arg;

	if (cell->person_id != 0)
		find_whole(walk->planner, seat, cell, period, walk->during);
}

/* Second walk: who has duty, besides the shifts in conflict? */
static void
note_duty(void *arg, int seat, const Cell *cell, Period period)
{
	Planner    *planner = ((PlanWalk *) arg)->planner;
	const World *world = &planner->world;
	MemoryContext caller;
	int			i;

	if (cell->person_id == 0)
		return;
	caller = MemoryContextSwitchTo(planner->context);
	duty_hand(world, planner->duties_before, cell->person_id,
			  planner->rotation, seat, period);
	for (i = 0; i < planner->nconflicts; i++)
	{
		const Conflict *conflict = &planner->conflicts[i];
		Period		before = period;

		/* in order of time: what comes before goes on, what comes after too */
		if (conflict->rotation != planner->rotation ||
			conflict->seat != seat ||
			conflict->person_id != cell->person_id ||
			!periods_overlap(conflict->period, period))
			continue;
		before.until = conflict->period.from;
		if (!period_empty(before))
			duty_hand(world, planner->duties, cell->person_id,
					  planner->rotation, seat, before);
		period.from = conflict->period.until;
	}
	if (!period_empty(period))
		duty_hand(world, planner->duties, cell->person_id,
				  planner->rotation, seat, period);
	MemoryContextSwitchTo(caller);
}

static void
walk_rotations(Planner *planner, Period window, Period during, ShiftSink sink)
{
	PlanWalk	walk = {planner, during};

	for (planner->rotation = 0;
		 planner->rotation < planner->world.nrotations; planner->rotation++)
	{
		Rotation   *rotation =
		&planner->world.rotations[planner->rotation].rotation;

		CHECK_FOR_INTERRUPTS();
		shifts_walk(rotation, window, KNOWN_NOW, planner->scratch, sink,
					&walk);
		MemoryContextReset(planner->scratch);
	}
}

static int
conflict_cmp(const void *a, const void *b)
{
	const Conflict *x = a;
	const Conflict *y = b;

	if (x->period.from != y->period.from)
		return x->period.from < y->period.from ? -1 : 1;
	if (x->rotation_id != y->rotation_id)
		return x->rotation_id < y->rotation_id ? -1 : 1;
	return (x->seat > y->seat) - (x->seat < y->seat);
}

/* ---------------------------------------------------------------------------
 * The rules
 * ---------------------------------------------------------------------------
 */

/* All that is found when a person has these shifts besides their other duty. */
static void
find_breaches(Planner *planner, int person, const int *shifts, int nshifts,
			  Breaches *breaches)
{
	const Duties *others = &planner->duties[person];
	Duties		duties;
	int			i;

	memset(&duties, 0, sizeof(duties));
	memset(breaches, 0, sizeof(Breaches));
	duties.company = others->company;
	for (i = 0; i < others->n; i++)
	{
		const Duty *duty = &others->duties[i];

		duty_add(&duties, duty->rotation, duty->seat, duty->period);
	}
	for (i = 0; i < nshifts; i++)
	{
		const Conflict *conflict = &planner->conflicts[shifts[i]];

		duty_add(&duties, conflict->rotation, conflict->seat,
				 conflict->period);
	}
	duty_sort(&duties);
	rules_find(&planner->world, &planner->world.people[person], &duties,
			   breaches);
}

/* The breaches that stand today, as long as nothing is moved. */
static const Breaches *
breaches_before(Planner *planner, int person)
{
	Server	   *server = &planner->servers[person];
	MemoryContext caller;

	if (server->judged)
		return &server->before;
	caller = MemoryContextSwitchTo(planner->context);
	rules_find(&planner->world, &planner->world.people[person],
			   &planner->duties_before[person], &server->before);
	MemoryContextSwitchTo(caller);
	server->judged = true;
	return &server->before;
}

/*
 * Of a person with these shifts, the first breach that would be refused, as
 * the judge refuses it: one that is not contained in what there was before.
 * NULL if there is none. It lasts until the next question.
 */
static const Breach *
first_breach(Planner *planner, int person, const int *shifts, int nshifts)
{
	const Breaches *before = breaches_before(planner, person);
	MemoryContext caller;
	Breaches	after;
	const Breach *found = NULL;
	int			i;

	MemoryContextReset(planner->scratch);
	caller = MemoryContextSwitchTo(planner->scratch);
	find_breaches(planner, person, shifts, nshifts, &after);
	for (i = 0; i < after.n && found == NULL; i++)
	{
		if (!breaches_contain(before, &after.breaches[i]))
			found = &after.breaches[i];
	}
	MemoryContextSwitchTo(caller);
	return found;
}

static bool
is_legal(void *arg, int person, const int *shifts, int nshifts)
{
	Planner    *planner = arg;

	return person == planner->world.npeople ||
		first_breach(planner, person, shifts, nshifts) == NULL;
}

/* Does a person belong to the rotation, so that they could be asked? */
static bool
belongs(Planner *planner, const Conflict *conflict, int person)
{
	PeriodSet	may;

	if (person == conflict->person)
		return false;
	may = world_may_hold(&planner->world, &planner->world.people[person],
						 conflict->rotation, conflict->seat,
						 conflict->period);
	return may.n > 0;
}

/*
 * Why a person would be in the way of a shift as its holder is, given those who
 * stay where they are: the rule, or NUM_RULES. The judge excuses a breach that
 * stood before, such as that of somebody away who exchanges duty with somebody
 * away; for a plan that is no way out.
 */
static RuleNumber
in_conflict(Planner *planner, const Conflict *conflict, int person)
{
	Duty		duty = {conflict->rotation, conflict->seat, conflict->period};
	MemoryContext caller;
	RuleNumber	found;

	MemoryContextReset(planner->scratch);
	caller = MemoryContextSwitchTo(planner->scratch);
	found = rules_unfit(&planner->world, &planner->world.people[person],
						&duty, planner->duties[person].company);
	MemoryContextSwitchTo(caller);
	return found;
}

/* Do two shifts put people who have them into one rotation at once? */
static bool
shifts_meet(const Conflict *a, const Conflict *b)
{
	return a->rotation == b->rotation &&
		periods_overlap(a->period, b->period);
}

/* Could a person have a shift, in this plan or another? */
static bool
concerns(const PlanTask *task, int shift, int person)
{
	return task->holder[shift] == person ||
		task->candidate[shift * task->npeople + person];
}

static void
add_clash(PlanTask *task, int *size, const PlanClash *clash)
{
	if (task->nclashes == MAX_CLASHES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many people who are not to be on duty together to plan at once"),
				 errhint("Plan a shorter window, or one rotation after the other.")));
	if (task->nclashes == *size)
	{
		*size = Max(16, 2 * *size);
		task->clashes = task->clashes == NULL ?
			palloc(*size * sizeof(PlanClash)) :
			repalloc(task->clashes, *size * sizeof(PlanClash));
	}
	task->clashes[task->nclashes++] = *clash;
}

/* Which people may not have these two shifts, one the one and one the other? */
static void
find_clashes_of(Planner *planner, PlanTask *task, int one, int other,
				int *size)
{
	int			person;
	int			i;

	for (person = 0; person < planner->world.npeople; person++)
	{
		const PersonFacts *facts = &planner->world.people[person];

		for (i = 0; i < facts->napart && concerns(task, one, person); i++)
		{
			const PersonFacts *they = world_person(&planner->world,
												   facts->apart[i].person_id);
			PlanClash	clash = {{one, other}, {person, -1}};

			if (they == NULL)
				continue;
			clash.person[1] = they - planner->world.people;
			if (concerns(task, other, clash.person[1]))
				add_clash(task, size, &clash);
		}
	}
}

/*
 * What may not be handed out both, since two people would be on duty together
 * who are not to be; legal() knows of one person at a time.
 */
static void
find_clashes(Planner *planner, PlanTask *task)
{
	int			size = 0;
	int			i;
	int			j;

	task->nclashes = 0;
	task->clashes = NULL;
	if (planner->world.nwatched == 0)
		return;
	for (i = 0; i < planner->nconflicts; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (j = i + 1; j < planner->nconflicts; j++)
		{
			if (!shifts_meet(&planner->conflicts[i], &planner->conflicts[j]))
				continue;
			find_clashes_of(planner, task, i, j, &size);
		}
	}
}

/* Who has a shift in a plan? */
static int
server_of(const Planner *planner, const CoverPlan *plan, int shift)
{
	return plan->taker[shift] == PLAN_NOBODY ?
		planner->conflicts[shift].person : plan->taker[shift];
}

/*
 * The rule that bars a person from a shift that nobody takes, given what the
 * plan has them and others do; NUM_RULES if there is none.
 */
static RuleNumber
barring_rule(Planner *planner, const CoverPlan *plan, const PlanTask *task,
			 int shift, int person, int *scratch)
{
	RuleNumber	rule = in_conflict(planner, &planner->conflicts[shift],
								   person);
	const Breach *breach;
	int			nheld = 0;
	int			i;

	if (rule != NUM_RULES)
		return rule;
	for (i = 0; i < planner->nconflicts; i++)
	{
		if (i == shift || server_of(planner, plan, i) == person)
			scratch[nheld++] = i;
	}
	breach = first_breach(planner, person, scratch, nheld);
	if (breach != NULL)
		return breach->rule;
	for (i = 0; i < task->nclashes; i++)
	{
		const PlanClash *clash = &task->clashes[i];
		int			side = clash->shift[0] == shift ? 0 : 1;

		if (clash->shift[side] == shift && clash->person[side] == person &&
			server_of(planner, plan, clash->shift[1 - side]) ==
			clash->person[1 - side])
			return RULE_NOT_TOGETHER;
	}
	return NUM_RULES;
}

/* Who could not take a shift, besides what they have then, and why. */
static text *
who_is_barred(Planner *planner, const CoverPlan *plan, const PlanTask *task,
			  int shift)
{
	int		   *scratch = palloc((planner->nconflicts + 1) * sizeof(int));
	StringInfoData names[NUM_RULES];
	StringInfoData all;
	int			person;
	int			i;

	for (i = 0; i < NUM_RULES; i++)
		initStringInfo(&names[i]);
	for (person = 0; person < planner->world.npeople; person++)
	{
		RuleNumber	rule;

		if (!belongs(planner, &planner->conflicts[shift], person))
			continue;
		rule = barring_rule(planner, plan, task, shift, person, scratch);
		if (rule == NUM_RULES)
			continue;
		appendStringInfo(&names[rule], "%s%s",
						 names[rule].len > 0 ? ", " : "",
						 planner->world.people[person].name);
	}
	pfree(scratch);

	initStringInfo(&all);
	for (i = 0; i < NUM_RULES; i++)
	{
		if (names[i].len > 0)
			appendStringInfo(&all, "%s%s: %s", all.len > 0 ? "; " : "",
							 rules[i].name, names[i].data);
	}
	if (all.len == 0)
		appendStringInfoString(&all, "nobody else belongs to the rotation");
	return cstring_to_text_with_len(all.data, all.len);
}

/* ---------------------------------------------------------------------------
 * The plan
 * ---------------------------------------------------------------------------
 */

static void
make_plan(Planner *planner, PlanTask *task, CoverPlan *plan)
{
	int			npeople = planner->world.npeople + 1;
	int			ncells = planner->nconflicts * npeople;
	int		   *holder = palloc((planner->nconflicts + 1) * sizeof(int));
	bool	   *candidate = palloc((ncells + 1) * sizeof(bool));
	int64	   *weight = palloc((ncells + 1) * sizeof(int64));
	int64	   *base = palloc((npeople + 1) * sizeof(int64));
	int			person;
	int			i;

	for (person = 0; person < npeople - 1; person++)
		base[person] = planner->servers[person].load;
	base[npeople - 1] = 0;
	for (i = 0; i < planner->nconflicts; i++)
	{
		const Conflict *conflict = &planner->conflicts[i];

		holder[i] = conflict->person;
		candidate[(i + 1) * npeople - 1] = false;
		weight[(i + 1) * npeople - 1] = 0;
		for (person = 0; person < npeople - 1; person++)
		{
			candidate[i * npeople + person] =
				belongs(planner, conflict, person) &&
				in_conflict(planner, conflict, person) == NUM_RULES;
			weight[i * npeople + person] =
				workload_of(&planner->servers[person].workload, conflict->period);
		}
	}
	task->nshifts = planner->nconflicts;
	task->npeople = npeople;
	task->holder = holder;
	task->candidate = candidate;
	task->weight = weight;
	task->base = base;
	task->legal = is_legal;
	task->arg = planner;
	find_clashes(planner, task);
	plan_shifts_over(task, plan);
}

/* The person with the heaviest load: the first of them; -1 without people. */
static int
heaviest_server(const Planner *planner, const CoverPlan *plan)
{
	int			person;
	int			i;

	for (person = 0; person < planner->world.npeople; person++)
	{
		const Server *server = &planner->servers[person];
		int64		load = server->load;

		for (i = 0; i < planner->nconflicts; i++)
		{
			if (plan->taker[i] == person)
				load += workload_of(&server->workload,
									planner->conflicts[i].period);
		}
		if (load == plan->heaviest)
			return person;
	}
	if (planner->world.npeople > 0)
		elog(ERROR, "nobody has the heaviest load");
	return -1;
}

static void
put_plan(ReturnSetInfo *result, Planner *planner, const PlanTask *task,
		 const CoverPlan *plan)
{
	const World *world = &planner->world;
	int			heaviest = heaviest_server(planner, plan);
	int			i;

	for (i = 0; i < planner->nconflicts; i++)
	{
		const Conflict *conflict = &planner->conflicts[i];
		int			taker = plan->taker[i];
		Datum		values[PLAN_COLUMNS];
		bool		nulls[PLAN_COLUMNS] = {0};

		values[PLAN_ROTATION_ID] = Int32GetDatum(conflict->rotation_id);
		values[PLAN_SEAT] = Int16GetDatum(conflict->seat + 1);
		values[PLAN_PERIOD] =
			RangeTypePGetDatum(tstzrange_of_period(tstzrange_typcache(),
												   conflict->period));
		nulls[PLAN_FOR_PERSON_ID] = conflict->person_id == 0;
		values[PLAN_FOR_PERSON_ID] = Int32GetDatum(conflict->person_id);
		nulls[PLAN_BY_PERSON_ID] = taker == PLAN_NOBODY;
		values[PLAN_BY_PERSON_ID] = taker == PLAN_NOBODY ? (Datum) 0 :
			Int32GetDatum(world->people[taker].person_id);
		values[PLAN_REASON] = PointerGetDatum(conflict->reason);
		nulls[PLAN_BARRED] = taker != PLAN_NOBODY;
		values[PLAN_BARRED] = taker != PLAN_NOBODY ? (Datum) 0 :
			PointerGetDatum(who_is_barred(planner, plan, task, i));
		values[PLAN_HEAVIEST] = Int64GetDatum(plan->heaviest);
		nulls[PLAN_HEAVIEST_PERSON_ID] = heaviest < 0;
		values[PLAN_HEAVIEST_PERSON_ID] = heaviest < 0 ? (Datum) 0 :
			Int32GetDatum(world->people[heaviest].person_id);
		values[PLAN_BOUND] = Int64GetDatum(plan->bound);
		values[PLAN_MOST] = BoolGetDatum(plan->most);
		values[PLAN_BEST] = BoolGetDatum(plan->best);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
}

/* Anybody may call plan_shifts(), with gaps that coverage_gaps() never names. */
static void
check_gap(const Planner *planner, const Conflict *gap, Period during)
{
	const RotationFacts *facts;

	if (gap->rotation < 0)
		ereport(ERROR,
				(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
				 errmsg("rotation %d does not exist", gap->rotation_id),
				 errhint(HINT_GAPS)));
	facts = &planner->world.rotations[gap->rotation];
	if (gap->seat < 0 || gap->seat >= facts->rotation.nseats)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("rotation \"%s\" has no seat %d", facts->name,
						gap->seat + 1),
				 errhint("It has seats 1 to %d.", facts->rotation.nseats)));
	if (gap->period.from < during.from || gap->period.until > during.until)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a gap must lie in the window of the plan"),
				 errhint("Of a window that has begun, what lies ahead is planned.")));
}

/* Find what there is to plan; nothing in conflict is no plan. */
static void
prepare(Planner *planner, Period during, TimestampTz since,
		const int32 weights[NUM_WORKLOADS])
{
	PlanWalk	walk = {planner, during};
	int32	   *people;
	int			npeople;
	int			i;
	int			d;
	Period		moved = period_widen(during, SHIFT_REACH);

	people = people_concerned(planner, &npeople);
	if (planner->nconflicts > MAX_CONFLICTS ||
		(int64) npeople * planner->nconflicts > MAX_CELLS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many conflicts to plan at once"),
				 errdetail("There are %d conflicts and %d people who could be concerned; at most %d conflicts, and %d conflicts times people, can be planned.",
						   planner->nconflicts, npeople, MAX_CONFLICTS,
						   MAX_CELLS),
				 errhint("Plan a shorter window, or one rotation after the other.")));

	planner->counted.from = since;
	planner->counted.until = moved.until;
	read_world(planner, people, npeople, moved);
	planner->servers = palloc0((npeople + 1) * sizeof(Server));
	planner->duties = duty_lists(&planner->world);
	planner->duties_before = duty_lists(&planner->world);
	read_workloads(planner, weights);

	for (i = 0; i < planner->nconflicts; i++)
	{
		Conflict   *conflict = &planner->conflicts[i];
		bool		gap = conflict->person_id == 0;
		PersonFacts *person = gap ? NULL :
		world_person(&planner->world, conflict->person_id);

		conflict->rotation = world_rotation(&planner->world,
											conflict->rotation_id);
		if (gap)
			check_gap(planner, conflict, during);
		else if (conflict->rotation < 0 || person == NULL)
			elog(ERROR, "conflict in rotation %d of person %d, who are not known",
				 conflict->rotation_id, conflict->person_id);
		conflict->person = gap ? planner->world.npeople :
			person - planner->world.people;
	}
	walk_rotations(planner, planner->window, walk.during, note_whole);
	sort_interruptibly(planner->conflicts, planner->nconflicts, sizeof(Conflict),
					   conflict_cmp);
	walk_rotations(planner, planner->window, walk.during, note_duty);

	/* loads are counted to the end of the window, or of what is moved */
	planner->counted.until = during.until;
	for (i = 0; i < planner->nconflicts; i++)
		planner->counted.until = Max(planner->counted.until,
									 planner->conflicts[i].period.until);
	duty_sort_lists(&planner->world, planner->duties);
	duty_sort_lists(&planner->world, planner->duties_before);
	for (i = 0; i < planner->world.npeople; i++)
	{
		Server	   *server = &planner->servers[i];
		const Duties *duties = &planner->duties[i];

		for (d = 0; d < duties->n; d++)
			server->load += workload_of(&server->workload,
										period_and(duties->duties[d].period,
												   planner->counted));
	}
}

static void
read_weights(ArrayType *array, int32 weights[NUM_WORKLOADS])
{
	Datum	   *datums;
	bool	   *nulls;
	int			n;
	int			i;

	deconstruct_array(array, INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &datums, &nulls, &n);
	if (n != NUM_WORKLOADS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"weights\" must have %d elements, not %d",
						NUM_WORKLOADS, n),
				 errhint("Give thousandths for public holidays, working hours, weekends, nights and other time.")));
	for (i = 0; i < n; i++)
	{
		weights[i] = nulls[i] ? -1 : DatumGetInt32(datums[i]);
		if (weights[i] < 0 || weights[i] > WORKLOAD_MAX)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("weights must lie between 0 and %d thousandths",
							WORKLOAD_MAX)));
	}
}

/* Plan what there is to plan, and put it into the result. */
static void
plan_conflicts(ReturnSetInfo *result, Planner *planner, Period during,
			   TimestampTz since, const int32 weights[NUM_WORKLOADS])
{
	PlanTask	task;
	CoverPlan	plan;

	if (planner->nconflicts == 0)
		return;
	prepare(planner, during, since, weights);
	make_plan(planner, &task, &plan);
	put_plan(result, planner, &task, &plan);
}

/* Who could take the shifts in conflict, and those that nobody holds. */
Datum
oncall_plan_shifts(PG_FUNCTION_ARGS)
{
	Planner		planner;
	Period		during;
	TimestampTz since;
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	int32		weights[NUM_WORKLOADS];
	Oid			tables[NUM_ROSTER_TABLES];
	int32	   *gap_rotations;
	int32	   *gap_seats;
	Datum	   *gap_periods;
	int			ngaps[3];

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3) ||
		PG_ARGISNULL(4) || PG_ARGISNULL(5) || PG_ARGISNULL(6))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null",
						PG_ARGISNULL(0) ? "the window" :
						PG_ARGISNULL(2) ? "since" :
						PG_ARGISNULL(3) ? "weights" : "a list of gaps")));
	during = tstzrange_window(PG_GETARG_RANGE_P(0));
	since = Min(finite_instant(PG_GETARG_TIMESTAMPTZ(2)), during.from);
	read_weights(PG_GETARG_ARRAYTYPE_P(3), weights);
	gap_rotations = array_argument_ints(PG_GETARG_ARRAYTYPE_P(4),
										"gap_rotation_ids", &ngaps[0]);
	gap_seats = array_argument_ints(PG_GETARG_ARRAYTYPE_P(5), "gap_seats",
									&ngaps[1]);
	gap_periods = array_argument(PG_GETARG_ARRAYTYPE_P(6), "gap_periods",
								 TSTZRANGEOID, NULL, &ngaps[2]);
	array_argument_length("gap_seats", ngaps[0], ngaps[1], HINT_GAPS);
	array_argument_length("gap_periods", ngaps[0], ngaps[2], HINT_GAPS);
	if (during.until - since > MAX_WINDOW)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the window and its history must not be longer than a hundred years")));
	roster_tables(tables);
	InitMaterializedSRF(fcinfo, 0);

	/* of a window that has begun, what lies ahead is planned */
	if (during.from < now && now < during.until)
		during.from = now;

	/* a rotation has an id above 0: another cannot exist */
	if (!PG_ARGISNULL(1) && PG_GETARG_INT32(1) <= 0)
		PG_RETURN_VOID();
	memset(&planner, 0, sizeof(planner));
	planner.context = CurrentMemoryContext;
	planner.scratch = AllocSetContextCreate(CurrentMemoryContext,
											"oncall planner",
											ALLOCSET_DEFAULT_SIZES);
	read_conflicts(&planner, during,
				   PG_ARGISNULL(1) ? 0 : PG_GETARG_INT32(1), ngaps[0]);
	add_gaps(&planner, gap_rotations, gap_seats, gap_periods, ngaps[0]);
	plan_conflicts((ReturnSetInfo *) fcinfo->resultinfo, &planner, during,
				   since, weights);
	MemoryContextDelete(planner.scratch);
	PG_RETURN_VOID();
}
