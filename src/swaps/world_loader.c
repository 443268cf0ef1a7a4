/*-------------------------------------------------------------------------
 *
 * world_loader.c
 *	  Read what the rules need to know, through SPI.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "swaps/world_loader.h"

#include "base/compat.h"
#include "base/ids.h"
#include "base/saved_query.h"
#include "base/tstzrange.h"
#include "calendar/season.h"
#include "calendar/zone.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "roster/roster_loader.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#define ROTATION_COLUMNS \
	"SELECT r.rotation_id, r.name::pg_catalog.text, r.zone::pg_catalog.text," \
	" r.seats::pg_catalog.text[], r.exclusive," \
	" r.max_consecutive::pg_catalog.interval," \
	" r.max_consecutive::pg_catalog.text," \
	" r.min_break::pg_catalog.interval, r.min_break::pg_catalog.text" \
	" FROM oncall.rotation r"

static SavedQuery some_rotations = {
	ROTATION_COLUMNS
	" WHERE r.rotation_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY r.rotation_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

static SavedQuery all_rotations = {
	ROTATION_COLUMNS " ORDER BY r.rotation_id", 0, {0}, {NULL, NULL}
};

/* as text, since intervals that are equal may be of different lengths */
static SavedQuery unlike_rotations = {
	ROTATION_COLUMNS
	" WHERE r.rotation_id OPERATOR(pg_catalog.=) ANY (ARRAY("
	"SELECT pg_catalog.min(o.rotation_id) FROM oncall.rotation o"
	" GROUP BY o.zone, o.calendar_id, o.max_consecutive::pg_catalog.text,"
	" o.min_break::pg_catalog.text))"
	" ORDER BY r.rotation_id",
	0, {0}, {NULL, NULL}
};

#define PERSON_FACTS \
	"SELECT p.person_id, p.name::pg_catalog.text," \
	" p.active::pg_catalog.tstzrange FROM oncall.person p"

static SavedQuery some_people = {
	PERSON_FACTS
	" WHERE p.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY p.person_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

static SavedQuery all_people = {
	PERSON_FACTS " ORDER BY p.person_id", 0, {0}, {NULL, NULL}
};

static SavedQuery absences = {
	"SELECT a.person_id, a.absence_id, a.period::pg_catalog.tstzrange,"
	" a.kind::pg_catalog.text"
	" FROM oncall.absence a"
	" WHERE a.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND a.period OPERATOR(pg_catalog.&&) $2"
	" ORDER BY a.person_id, a.absence_id",
	2, {INT4ARRAYOID, TSTZRANGEOID}, {NULL, NULL}
};

static SavedQuery may_read_absences = {
	"SELECT pg_catalog.has_schema_privilege($1, 'oncall', 'USAGE')"
	" AND pg_catalog.has_table_privilege($1, 'oncall.absence', 'SELECT')",
	1, {OIDOID}, {NULL, NULL}
};

static SavedQuery readable_absences = {
	"SELECT a.absence_id FROM oncall.absence a"
	" WHERE a.absence_id OPERATOR(pg_catalog.=) ANY ($1)"
	" ORDER BY a.absence_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

static SavedQuery memberships = {
	"SELECT m.person_id, m.rotation_id, m.standing::pg_catalog.text,"
	" m.valid::pg_catalog.tstzrange"
	" FROM oncall.rotation_member m"
	" WHERE m.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND pg_catalog.upper_inf(m.recorded)"
	" ORDER BY m.person_id, m.rotation_id, m.standing, m.rotation_member_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

/* a row names two people, in any order */
#define APART \
	" FROM (SELECT t.person_id, t.other_id FROM oncall.not_together t" \
	" WHERE t.person_id OPERATOR(pg_catalog.=) ANY ($1)" \
	" UNION SELECT t.other_id, t.person_id FROM oncall.not_together t" \
	" WHERE t.other_id OPERATOR(pg_catalog.=) ANY ($1)) AS n"

static SavedQuery apart_from = {
	"SELECT n.person_id, n.other_id, o.name::pg_catalog.text" APART
	" JOIN oncall.person o ON o.person_id OPERATOR(pg_catalog.=) n.other_id"
	" ORDER BY n.person_id, n.other_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

static SavedQuery ids_apart_from = {
	"SELECT DISTINCT n.other_id" APART " ORDER BY n.other_id",
	1, {INT4ARRAYOID}, {NULL, NULL}
};

/* the date of a holiday that only observes another shares its season */
#define SEASON_OF_HOLIDAY \
	"coalesce(h.season, (SELECT pg_catalog.min(o.season)" \
	" FROM oncall.holiday o" \
	" WHERE o.calendar_id OPERATOR(pg_catalog.=) h.calendar_id" \
	" AND o.day OPERATOR(pg_catalog.=) h.observes))"
#define HOLIDAYS_OF_ROTATION \
	" FROM oncall.rotation r, oncall.holiday h" \
	" WHERE r.rotation_id OPERATOR(pg_catalog.=) $1" \
	" AND h.calendar_id OPERATOR(pg_catalog.=) r.calendar_id"

static SavedQuery near_seasons = {
	"SELECT pg_catalog.array_agg(DISTINCT " SEASON_OF_HOLIDAY ")"
	"::pg_catalog.text[]"
	HOLIDAYS_OF_ROTATION
	" AND h.day OPERATOR(pg_catalog.>=) $2"
	" AND h.day OPERATOR(pg_catalog.<=) $3",
	3, {INT4OID, DATEOID, DATEOID}, {NULL, NULL}
};

static SavedQuery season_holidays = {
	"SELECT s.season::pg_catalog.text, s.day, s.observes FROM (SELECT "
	SEASON_OF_HOLIDAY " AS season, h.day, h.observes"
	HOLIDAYS_OF_ROTATION ") AS s"
	" WHERE s.season OPERATOR(pg_catalog.=) ANY ($2)"
	" ORDER BY s.season, s.day",
	2, {INT4OID, TEXTARRAYOID}, {NULL, NULL}
};

/*
 * A subselect, so that it begins with the people, who are few, and not with
 * all layers; without &&, so that the covers of all others in the window are
 * not met.
 */
static SavedQuery rotations_of = {
	"SELECT l.rotation_id FROM"
	" (SELECT (SELECT y.rotation_id FROM oncall.layer y"
	" WHERE y.layer_id OPERATOR(pg_catalog.=) m.layer_id"
	" AND pg_catalog.upper_inf(y.recorded)"
	" AND y.valid OPERATOR(pg_catalog.&&) $2) AS rotation_id"
	" FROM oncall.layer_member m"
	" WHERE m.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND pg_catalog.upper_inf(m.recorded) OFFSET 0) AS l"
	" WHERE l.rotation_id IS NOT NULL"
	" UNION SELECT c.rotation_id FROM oncall.cover c"
	" WHERE c.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND pg_catalog.upper(c.period) OPERATOR(pg_catalog.>)"
	" pg_catalog.lower($2)"
	" AND pg_catalog.lower(c.period) OPERATOR(pg_catalog.<)"
	" pg_catalog.upper($2)"
	" AND pg_catalog.upper_inf(c.recorded)"
	" UNION SELECT m.rotation_id FROM oncall.rotation_member m"
	" WHERE m.person_id OPERATOR(pg_catalog.=) ANY ($1)"
	" AND pg_catalog.upper_inf(m.recorded)"
	" ORDER BY 1",
	2, {INT4ARRAYOID, TSTZRANGEOID}, {NULL, NULL}
};

static SavedQuery people_of = {
	"SELECT m.person_id FROM oncall.rotation_member m"
	" WHERE m.rotation_id OPERATOR(pg_catalog.=) $1"
	" AND m.standing OPERATOR(pg_catalog.=) 'reserve'"
	" AND pg_catalog.upper_inf(m.recorded)"
	" UNION SELECT m.person_id FROM oncall.layer l, oncall.layer_member m"
	" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1"
	" AND m.layer_id OPERATOR(pg_catalog.=) l.layer_id"
	" AND m.person_id IS NOT NULL"
	" AND pg_catalog.upper_inf(l.recorded)"
	" AND pg_catalog.upper_inf(m.recorded)"
	" ORDER BY 1",
	1, {INT4OID}, {NULL, NULL}
};

/* of covers those found by the index of their exclusion constraint */
static SavedQuery people_on_duty = {
	"SELECT m.person_id FROM oncall.layer l, oncall.layer_member m"
	" WHERE l.rotation_id OPERATOR(pg_catalog.=) $1"
	" AND m.layer_id OPERATOR(pg_catalog.=) l.layer_id"
	" AND m.person_id IS NOT NULL"
	" AND pg_catalog.upper_inf(l.recorded)"
	" AND pg_catalog.upper_inf(m.recorded)"
	" UNION SELECT c.person_id FROM oncall.cover c"
	" WHERE pg_catalog.int8range(c.rotation_id, c.rotation_id, '[]')"
	" OPERATOR(pg_catalog.&&) pg_catalog.int8range($1, $1, '[]')"
	" AND c.period OPERATOR(pg_catalog.&&) $2"
	" AND c.person_id IS NOT NULL"
	" AND pg_catalog.upper_inf(c.recorded)"
	" ORDER BY 1",
	2, {INT4OID, TSTZRANGEOID}, {NULL, NULL}
};

/* An interval; false if it is NULL or endless. */
static bool
column_length(HeapTuple row, int number, Length *length)
{
	Interval   *interval;

	if (query_column_is_null(row, number))
		return false;
	interval = DatumGetIntervalP(query_column(row, number));
	length->months = interval->month;
	length->days = interval->day;
	length->usecs = interval->time;
	return !INTERVAL_NOT_FINITE(interval);
}

static const char **
column_names(HeapTuple row, int number, int *nnames, MemoryContext context)
{
	Datum	   *datums;
	const char **names;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(query_column(row, number)), TEXTOID,
					  -1, false, TYPALIGN_INT, &datums, NULL, nnames);
	names = MemoryContextAlloc(context, *nnames * sizeof(char *));
	for (i = 0; i < *nnames; i++)
		names[i] = MemoryContextStrdup(context,
									   TextDatumGetCString(datums[i]));
	return names;
}

static void
read_rotation_facts(HeapTuple row, RotationFacts *facts,
					MemoryContext context)
{
	memset(facts, 0, sizeof(RotationFacts));
	facts->rotation.rotation_id = DatumGetInt32(query_column(row, 1));
	facts->name = query_column_text(row, 2, context);
	facts->zone_name = query_column_text(row, 3, context);
	facts->seats = column_names(row, 4, &facts->rotation.nseats, context);
	facts->exclusive = DatumGetBool(query_column(row, 5));
	facts->limited = column_length(row, 6, &facts->max_consecutive);
	facts->max_text = facts->limited ? query_column_text(row, 7, context) : NULL;
	(void) column_length(row, 8, &facts->min_break);
	facts->break_text = query_column_text(row, 9, context);
	clock_init(&facts->clock, zone_by_name(facts->zone_name, NULL, NULL));
}

static int
rotation_facts_cmp(const void *a, const void *b)
{
	int32		x = ((const RotationFacts *) a)->rotation.rotation_id;
	int32		y = ((const RotationFacts *) b)->rotation.rotation_id;

	return (x > y) - (x < y);
}

/* Does the world have all of these rotations? */
static bool
has_rotations(const World *world, const int32 *ids, int nids)
{
	int			i;

	for (i = 0; i < nids; i++)
	{
		if (world_rotation(world, ids[i]) < 0)
			return false;
	}
	return ids != NULL;
}

/* Copy those that are known, but for what depends on a window. */
static void
add_known_rotations(World *world, const int32 *ids, int nids)
{
	World	   *known = world->known;
	MemoryContext caller = MemoryContextSwitchTo(GetMemoryChunkContext(known));
	RotationFacts *all;
	int			n = world->nrotations;
	int			i;

	world_add_rotations(known, ids, nids);
	MemoryContextSwitchTo(caller);

	all = palloc((n + nids + 1) * sizeof(RotationFacts));
	if (n > 0)
		memcpy(all, world->rotations, n * sizeof(RotationFacts));
	for (i = 0; i < nids; i++)
	{
		int			place = world_rotation(known, ids[i]);

		if (place >= 0 && world_rotation(world, ids[i]) < 0)
			all[n++] = known->rotations[place];
	}
	qsort(all, n, sizeof(RotationFacts), rotation_facts_cmp);
	world->rotations = all;
	world->nrotations = n;
}

/* Add those rotations of a query that the world does not have yet. */
static void
add_rotation_facts(World *world, SavedQuery *query, Datum arg)
{
	MemoryContext context = CurrentMemoryContext;
	RotationFacts *all;
	uint64		nrows;
	uint64		i;
	int			n = world->nrotations;

	SPI_connect();
	nrows = query_run(query, &arg, NULL);
	all = MemoryContextAllocHuge(context,
								 (n + nrows + 1) * sizeof(RotationFacts));
	if (n > 0)
		memcpy(all, world->rotations, n * sizeof(RotationFacts));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];

		if (world_rotation(world, DatumGetInt32(query_column(row, 1))) < 0)
			read_rotation_facts(row, &all[n++], context);
	}
	SPI_finish();
	world->rotations = all;
	world->nrotations = n;
}

void
world_add_rotations(World *world, const int32 *ids, int nids)
{
	int			n = world->nrotations;
	int			r;

	if (has_rotations(world, ids, nids))
		return;
	if (world->known != NULL && ids != NULL)
	{
		add_known_rotations(world, ids, nids);
		return;
	}
	if (ids == NULL)
		add_rotation_facts(world, &all_rotations, (Datum) 0);
	else
		add_rotation_facts(world, &some_rotations,
						   query_id_array(ids, nids));
	for (r = n; r < world->nrotations; r++)
		load_layers(&world->rotations[r].rotation, 1, false);
	qsort(world->rotations, world->nrotations, sizeof(RotationFacts),
		  rotation_facts_cmp);
}

void
world_add_limits(World *world)
{
	Assert(world->nrotations == 0);
	add_rotation_facts(world, &unlike_rotations, (Datum) 0);
}

void
world_read_covers(World *world, Period window)
{
	int			r;

	for (r = 0; r < world->nrotations; r++)
		load_covers(&world->rotations[r].rotation, 1, window, false);
}

static Standing
standing_named(const char *name)
{
	if (strcmp(name, "reserve") == 0)
		return STANDING_RESERVE;
	if (strcmp(name, "shadow") == 0)
		return STANDING_SHADOW;
	if (strcmp(name, "volunteer") == 0)
		return STANDING_VOLUNTEER;
	return STANDING_NONE;
}

/* Rows of the result come person by person, as the people do. */
static void
read_absences(World *world, Datum ids, Period window, MemoryContext context)
{
	Datum		args[2] = {ids, tstzrange_datum(window)};
	uint64		nrows = query_run(&absences, args, NULL);
	Absence    *all = MemoryContextAllocHuge(context,
											 (nrows + 1) * sizeof(Absence));
	uint64		i;

	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PersonFacts *person = world_person(world,
										   DatumGetInt32(query_column(row, 1)));

		all[i].absence_id = DatumGetInt32(query_column(row, 2));
		all[i].period = query_column_period(row, 3);
		all[i].kind = query_column_text(row, 4, context);
		all[i].secret = false;
		if (person == NULL)
			continue;
		if (person->nabsences++ == 0)
			person->absences = &all[i];
		Assert(&person->absences[person->nabsences - 1] == &all[i]);
	}
}

static void
read_memberships(World *world, Datum ids, MemoryContext context)
{
	uint64		nrows = query_run(&memberships, &ids, NULL);
	Membership *all = MemoryContextAllocHuge(context, (nrows + 1) *
											 sizeof(Membership));
	uint64		i;
	int			n = 0;

	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PersonFacts *person = world_person(world,
										   DatumGetInt32(query_column(row, 1)));
		int			rotation = world_rotation(world,
											  DatumGetInt32(query_column(row, 2)));

		if (person == NULL || rotation < 0)
			continue;
		all[n].rotation = rotation;
		all[n].standing =
			standing_named(TextDatumGetCString(query_column(row, 3)));
		all[n].valid = query_column_period(row, 4);
		if (person->nmemberships++ == 0)
			person->memberships = &all[n];
		Assert(&person->memberships[person->nmemberships - 1] == &all[n]);
		n++;
	}
}

/* Who is not to be on duty with whom; their duty is watched then. */
static void
read_apart(World *world, Datum ids, MemoryContext context)
{
	uint64		nrows = query_run(&apart_from, &ids, NULL);
	Apart	   *all = MemoryContextAllocHuge(context,
											 (nrows + 1) * sizeof(Apart));
	uint64		i;
	int			p;
	int			a;

	world->watched = MemoryContextAllocHuge(context,
											(nrows + 1) * sizeof(int32));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PersonFacts *person = world_person(world,
										   DatumGetInt32(query_column(row, 1)));

		all[i].person_id = DatumGetInt32(query_column(row, 2));
		all[i].name = query_column_text(row, 3, context);
		world->watched[i] = all[i].person_id;
		if (person == NULL)
			continue;
		if (person->napart++ == 0)
			person->apart = &all[i];
		Assert(&person->apart[person->napart - 1] == &all[i]);
	}
	world->nwatched = ids_sort(world->watched, nrows);
	for (p = 0; p < world->npeople; p++)
	{
		Apart	   *apart = world->people[p].apart;

		for (a = 0; a < world->people[p].napart; a++)
			apart[a].watched = ids_place(world->watched, world->nwatched,
										 sizeof(int32), 0,
										 apart[a].person_id);
	}
}

void
world_read_people(World *world, const int32 *ids, int nids, Period window)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		arg;
	int			i;

	SPI_connect();
	arg = ids == NULL ? (Datum) 0 : query_id_array(ids, nids);
	world->npeople = query_run(ids == NULL ? &all_people : &some_people, &arg,
							   NULL);
	world->people = MemoryContextAllocHuge(context, (world->npeople + 1) *
										   sizeof(PersonFacts));
	for (i = 0; i < world->npeople; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		PersonFacts *person = &world->people[i];

		memset(person, 0, sizeof(PersonFacts));
		person->person_id = DatumGetInt32(query_column(row, 1));
		person->name = query_column_text(row, 2, context);
		person->active = query_column_period(row, 3);
	}

	if (ids == NULL)
	{
		int32	   *all = palloc((world->npeople + 1) * sizeof(int32));

		for (i = 0; i < world->npeople; i++)
			all[i] = world->people[i].person_id;
		arg = query_id_array(all, world->npeople);
	}
	read_absences(world, arg, window, context);
	read_memberships(world, arg, context);
	read_apart(world, arg, context);
	SPI_finish();
}

/* Those of some absences that a role may read: ids, which ascend. */
static int32 *
absences_readable_by(Oid reader, const int32 *ids, int nids, int *nreadable)
{
	Datum		arg = ObjectIdGetDatum(reader);
	int32	   *readable = NULL;
	bool		may_read;
	Oid			user;
	int			security;
	int			settings;

	*nreadable = 0;
	SPI_connect();
	(void) query_run(&may_read_absences, &arg, NULL);
	may_read = DatumGetBool(query_column(SPI_tuptable->vals[0], 1));
	SPI_finish();
	if (!may_read)
		return NULL;

	/* an error gives back what is switched here, as the transaction ends */
	GetUserIdAndSecContext(&user, &security);
	settings = NewGUCNestLevel();
	(void) set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	SetUserIdAndSecContext(reader, (security & ~SECURITY_NOFORCE_RLS) |
						   SECURITY_LOCAL_USERID_CHANGE);
	arg = query_id_array(ids, nids);
	readable = query_ids(&readable_absences, &arg, nreadable);
	SetUserIdAndSecContext(user, security);
	AtEOXact_GUC(true, settings);
	return readable;
}

void
world_mark_secrets(World *world, Oid reader)
{
	int32	   *ids;
	int32	   *readable;
	int			nids = 0;
	int			nreadable;
	int			i;
	int			a;

	for (i = 0; i < world->npeople; i++)
		nids += world->people[i].nabsences;
	if (nids == 0 || !OidIsValid(reader))
		return;
	ids = palloc(nids * sizeof(int32));
	nids = 0;
	for (i = 0; i < world->npeople; i++)
	{
		for (a = 0; a < world->people[i].nabsences; a++)
			ids[nids++] = world->people[i].absences[a].absence_id;
	}
	readable = absences_readable_by(reader, ids, nids, &nreadable);
	for (i = 0; i < world->npeople; i++)
	{
		for (a = 0; a < world->people[i].nabsences; a++)
		{
			Absence    *absence = &world->people[i].absences[a];

			absence->secret = !ids_contain(readable, nreadable,
										   absence->absence_id);
		}
	}
}

/* The date of an instant, give or take the zones there are. */
static DateADT
date_near(TimestampTz at, int days)
{
	int64		date = floor_div(at, USECS_PER_DAY) + days;

	return (DateADT) Min(Max(date, -POSTGRES_EPOCH_JDATE),
						 DATE_END_JULIAN - POSTGRES_EPOCH_JDATE - 1);
}

/* A date on the clock of a rotation: from its first instant to the next's. */
static Period
date_period(RotationFacts *facts, Day day)
{
	Period		period = {0, 0};

	if (day <= MIN_TIMESTAMP / USECS_PER_DAY + 1 ||
		day >= END_TIMESTAMP / USECS_PER_DAY - 2)
		return period;			/* further away than instants are */
	period.from = clock_date_begins(&facts->clock, day * USECS_PER_DAY);
	period.until = clock_date_begins(&facts->clock, (day + 1) * USECS_PER_DAY);
	return period;
}

/* Make blocks of holidays that are sorted by season and know their block. */
static void
make_blocks(RotationFacts *facts, const SeasonDay *days, int ndays,
			const char **seasons)
{
	int			i;
	int			b;

	facts->blocks = palloc0((ndays + 1) * sizeof(HolidayBlock));
	for (i = 0; i < ndays; i++)
	{
		for (b = 0; b < facts->nblocks; b++)
		{
			if (facts->blocks[b].season_no == days[i].season &&
				facts->blocks[b].first == days[i].block)
				break;
		}
		if (b == facts->nblocks)
		{
			facts->nblocks++;
			facts->blocks[b].season = seasons[days[i].season];
			facts->blocks[b].season_no = days[i].season;
			facts->blocks[b].first = days[i].block;
		}
		period_set_add(&facts->blocks[b].dates, date_period(facts, days[i].day));
	}
}

/*
 * Read the holidays of seasons, in order of these. SPI is connected; results
 * go to a context.
 */
static SeasonDay *
read_season_days(int32 rotation_id, Datum seasons, int *ndays,
				 const char ***names, MemoryContext context)
{
	Datum		args[2] = {Int32GetDatum(rotation_id), seasons};
	uint64		nrows = query_run(&season_holidays, args, NULL);
	SeasonDay  *days;
	uint64		i;
	int			season = -1;

	days = MemoryContextAlloc(context, (nrows + 1) * sizeof(SeasonDay));
	*names = MemoryContextAlloc(context, (nrows + 1) * sizeof(char *));
	for (i = 0; i < nrows; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		char	   *name = TextDatumGetCString(query_column(row, 1));

		if (season < 0 || strcmp((*names)[season], name) != 0)
			(*names)[++season] = MemoryContextStrdup(context, name);
		days[i].season = season;
		days[i].day = DatumGetDateADT(query_column(row, 2));
		days[i].observes = query_column_is_null(row, 3) ? NO_DAY :
			DatumGetDateADT(query_column(row, 3));
		days[i].block = days[i].day;
	}
	*ndays = nrows;
	return days;
}

Period
world_read_seasons(World *world, int rotation, Period window)
{
	MemoryContext context = CurrentMemoryContext;
	RotationFacts *facts = &world->rotations[rotation];
	Datum		args[3] = {Int32GetDatum(facts->rotation.rotation_id),
		DateADTGetDatum(date_near(window.from, -2)),
	DateADTGetDatum(date_near(window.until, 2))};
	Period		reach = {0, 0};
	SeasonDay  *days = NULL;
	const char **names = NULL;
	int			ndays = 0;
	int			b;

	facts->nblocks = 0;
	SPI_connect();
	(void) query_run(&near_seasons, args, NULL);
	if (!query_column_is_null(SPI_tuptable->vals[0], 1))
		days = read_season_days(facts->rotation.rotation_id,
								query_column(SPI_tuptable->vals[0], 1),
								&ndays, &names, context);
	SPI_finish();
	if (ndays == 0)
		return reach;

	season_blocks(days, ndays);
	make_blocks(facts, days, ndays, names);
	for (b = 0; b < facts->nblocks; b++)
	{
		Period		hull;

		if (facts->blocks[b].dates.n == 0)
			continue;
		hull = period_set_hull(&facts->blocks[b].dates);
		if (period_empty(reach))
			reach = hull;
		reach.from = Min(reach.from, hull.from);
		reach.until = Max(reach.until, hull.until);
	}
	return reach;
}

int32 *
world_rotations_of_people(const int32 *ids, int nids, Period window,
						  int *nrotations)
{
	Datum		args[2] = {query_id_array(ids, nids), tstzrange_datum(window)};

	return query_ids(&rotations_of, args, nrotations);
}

int32 *
world_people_apart_from(const int32 *ids, int nids, int *npeople)
{
	Datum		arg = query_id_array(ids, nids);

	return query_ids(&ids_apart_from, &arg, npeople);
}

int32 *
world_people_of_rotation(int32 rotation_id, int *npeople)
{
	Datum		arg = Int32GetDatum(rotation_id);

	return query_ids(&people_of, &arg, npeople);
}

int32 *
world_people_on_duty(int32 rotation_id, Period window, int *npeople)
{
	Datum		args[2] = {Int32GetDatum(rotation_id), tstzrange_datum(window)};

	return query_ids(&people_on_duty, args, npeople);
}
