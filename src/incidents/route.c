/*-------------------------------------------------------------------------
 *
 * route.c
 *	  What alerts of a service and severity have in common: whom they call.
 *
 * A statement may insert many rows, whose alerts name the same few services
 * and severities. Who is on call for them is asked once, and again for every
 * second that the statement takes. Whom a step calls is decided by
 * oncall_internal.places() and nowhere else; what is left of it here is that
 * nobody is called twice.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "incidents/route.h"

#include "base/saved_query.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "roster/names.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

/* So many routes are kept, and so many people are called at once. */
#define MAX_ROUTES 64
#define MAX_PEOPLE 64

/* What has been asked for one statement. */
typedef struct Routes
{
	MemoryContext context;		/* of what the routes point to */
	TimestampTz asked;			/* when the first of them was found */
	int			nroutes;
	Route		routes[MAX_ROUTES];
} Routes;

static Routes *
routes_of(FmgrInfo *flinfo)
{
	Routes	   *routes = (Routes *) flinfo->fn_extra;

	if (routes == NULL)
	{
		routes = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Routes));
		routes->context = AllocSetContextCreate(flinfo->fn_mcxt,
												"routes of alerts",
												ALLOCSET_SMALL_SIZES);
		flinfo->fn_extra = routes;
	}
	return routes;
}

static bool
same_word(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *
kept(MemoryContext context, const char *word)
{
	return word == NULL ? NULL : MemoryContextStrdup(context, word);
}

/* A severity, in whatever case it is written, or else the default. */
static void
find_severity(Route *route, MemoryContext context)
{
	static SavedQuery named = {
		"SELECT coalesce((SELECT v.name FROM oncall.severity v WHERE v.name = $1),"
		" (SELECT v.name FROM oncall.severity v WHERE lower(v.name) = lower($1)"
		" ORDER BY v.rank LIMIT 1))", 1, {TEXTOID}, {NULL, NULL}
	};
	static SavedQuery standard = {
		"SELECT oncall_internal.default_severity()", 0, {0}, {NULL, NULL}
	};
	Datum		arg;

	route->severity_known = false;
	if (route->severity != NULL)
	{
		arg = CStringGetTextDatum(route->severity);
		query_run(&named, &arg, NULL);
		route->severity_known = !query_column_is_null(SPI_tuptable->vals[0], 1);
	}
	if (!route->severity_known)
		query_run(&standard, NULL, NULL);
	route->severity_name = query_column_text(SPI_tuptable->vals[0], 1, context);
}

static Datum
array_of(Datum *values, int n, Oid type, int16 length, char align,
		 MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	ArrayType  *array = construct_array(values, n, type, length, true, align);

	MemoryContextSwitchTo(old);
	return PointerGetDatum(array);
}

/* Is somebody among the first so many people? */
static bool
is_called(const Datum *people, int n, Datum person)
{
	int			i;

	for (i = 0; i < n; i++)
	{
		if (people[i] == person)
			return true;
	}
	return false;
}

/*
 * The people whom an incident calls at once. False if there is a place where
 * nobody is, or no place at all.
 */
static bool
find_people(Route *route, bool both_seats, TimestampTz clock,
			MemoryContext context)
{
	static SavedQuery query = {
		"SELECT p.person_id, p.rotation_id, p.seat"
		" FROM oncall_internal.places($1, 0::smallint, $2, $3) p"
		" ORDER BY p.rotation_id, p.place", 3, {INT4OID, BOOLOID, TIMESTAMPTZOID}, {NULL, NULL}
	};
	Datum		args[3];
	Datum		people[MAX_PEOPLE];
	Datum		rotations[MAX_PEOPLE];
	Datum		seats[MAX_PEOPLE];
	uint64		nplaces;
	uint64		i;
	int			n = 0;

	args[0] = Int32GetDatum(route->service_id);
	args[1] = BoolGetDatum(both_seats);
	args[2] = TimestampTzGetDatum(clock);
	nplaces = query_run(&query, args, NULL);
	for (i = 0; i < nplaces; i++)
	{
		HeapTuple	place = SPI_tuptable->vals[i];
		Datum		person;

		if (query_column_is_null(place, 1) || n == MAX_PEOPLE)
			return false;
		person = query_column(place, 1);
		if (is_called(people, n, person))
			continue;
		people[n] = person;
		rotations[n] = query_column(place, 2);
		seats[n] = query_column(place, 3);
		n++;
	}
	route->people = array_of(people, n, INT4OID, sizeof(int32), TYPALIGN_INT,
							 context);
	route->rotations = array_of(rotations, n, INT4OID, sizeof(int32),
								TYPALIGN_INT, context);
	route->seats = array_of(seats, n, INT2OID, sizeof(int16), TYPALIGN_SHORT,
							context);
	return n > 0;
}

/* Does it call nobody, or people at once? */
static void
find_calls(Route *route, TimestampTz clock, MemoryContext context)
{
	/* whether nothing holds pages is as page_step() asks it */
	static SavedQuery query = {
		"SELECT v.pages, v.answers > 1, v.page_hours IS NULL AND NOT EXISTS ("
		"SELECT FROM oncall.maintenance m WHERE m.service_id = $1 AND m.period @> $3)"
		" FROM oncall.severity v WHERE v.name = $2", 3,
		{INT4OID, TEXTOID, TIMESTAMPTZOID}, {NULL, NULL}
	};
	Datum		args[3];
	HeapTuple	found;

	if (route->service_id == 0)
		return;
	args[0] = Int32GetDatum(route->service_id);
	args[1] = CStringGetTextDatum(route->severity_name);
	args[2] = TimestampTzGetDatum(clock);
	if (query_run(&query, args, NULL) == 0)
		return;
	found = SPI_tuptable->vals[0];
	route->pages = DatumGetBool(query_column(found, 1));
	if (!route->pages)
		route->plain = true;
	else if (DatumGetBool(query_column(found, 3)))
		route->plain = find_people(route, DatumGetBool(query_column(found, 2)),
								   clock, context);
}

const Route *
route_find(FmgrInfo *flinfo, const char *service, const char *severity,
		   TimestampTz clock)
{
	Routes	   *routes = routes_of(flinfo);
	Route		route = {0};
	int			i;

	if (routes->nroutes == MAX_ROUTES ||
		clock - routes->asked >= USECS_PER_SEC || clock < routes->asked)
	{
		routes->nroutes = 0;
		routes->asked = clock;
		MemoryContextReset(routes->context);
	}
	for (i = 0; i < routes->nroutes; i++)
	{
		if (same_word(routes->routes[i].service, service) &&
			same_word(routes->routes[i].severity, severity))
			return &routes->routes[i];
	}
	route.service = kept(routes->context, service);
	route.severity = kept(routes->context, severity);
	if (service != NULL)
		route.service_id = names_id_if_any(NAME_OF_SERVICE,
										   cstring_to_text(service));
	find_severity(&route, routes->context);
	find_calls(&route, clock, routes->context);
	routes->routes[routes->nroutes++] = route;
	return &routes->routes[i];
}
