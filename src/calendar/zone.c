/*-------------------------------------------------------------------------
 *
 * zone.c
 *	  The names of time zones.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "calendar/zone.h"

#include "base/compat.h"
#include "base/suggest.h"
#include "pgtime.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_is_zone);
PG_FUNCTION_INFO_V1(oncall_is_zone_of);

#define ZONE_MAX_NAME 64		/* longer input resembles no zone */

/*
 * Names of zone files that "AT TIME ZONE" reads as an abbreviation with a
 * fixed offset, and a place that may have been meant.
 */
static const char *const fixed_names[][2] = {
	{"CET", "Europe/Paris"},
	{"EET", "Europe/Athens"},
	{"EST", "America/New_York"},
	{"HST", "Pacific/Honolulu"},
	{"MET", "Europe/Paris"},
	{"MST", "America/Denver"},
	{"WET", "Europe/Lisbon"}
};

/* The part of a zone's name after the last slash. */
static const char *
last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The entry of fixed_names for this name, or NULL. */
static const char *const *
fixed_name(const char *name)
{
	int			i;

	for (i = 0; i < (int) lengthof(fixed_names); i++)
		if (pg_strcasecmp(name, fixed_names[i][0]) == 0)
			return fixed_names[i];
	return NULL;
}

/* Might this be the name of a zone that we accept, if there is a file? */
static bool
name_acceptable(const char *name)
{
	const char *last = last_part(name);

	return *name != '\0' && strlen(name) <= ZONE_MAX_NAME &&
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			   "0123456789_+-/") == strlen(name) &&
		pg_strcasecmp(last, "localtime") != 0 &&
		pg_strcasecmp(last, "posixrules") != 0 &&
		fixed_name(name) == NULL;
}

/*
 * The zone of a file of the time zone database, by its name in any
 * capitalisation; NULL if there is none that we accept. The colon keeps
 * pg_tzset() from reading the name as a POSIX rule.
 */
static Zone *
find_zone(const char *name)
{
	char		file[ZONE_MAX_NAME + 2];
	Zone	   *zone;

	if (!name_acceptable(name))
		return NULL;
	snprintf(file, sizeof(file), ":%s", name);
	zone = pg_tzset(file);
	return zone && pg_tz_acceptable(zone) ? zone : NULL;
}

/*
 * Zones whose name ends as the one that was written (*exact), or which have a
 * name like it, or failing that, like the last part of it; NULL if there are
 * none. This reads the whole time zone database, so it is for error messages
 * only.
 */
static char *
near_zones(const char *name, bool *exact)
{
	char	   *written = pstrdup(name);
	bool		posix = pg_strncasecmp(name, "posix/", 6) == 0;
	pg_tzenum  *zones;
	Zone	   *zone;
	Suggestions near;
	Suggestions near_part;
	char	   *space;

	*exact = false;
	if (*name == '\0' || strlen(name) > ZONE_MAX_NAME)
		return NULL;
	while ((space = strchr(written, ' ')) != NULL)
		*space = '_';
	suggest_init(&near, written);
	suggest_init(&near_part, last_part(written));

	zones = pg_tzenumerate_start();
	while ((zone = pg_tzenumerate_next(zones)) != NULL)
	{
		const char *known = pg_get_timezone_name(zone);

		/* names under posix/ are only for those who use them */
		if (!name_acceptable(known) ||
			(strncmp(known, "posix/", 6) == 0) != posix)
			continue;
		suggest_consider(&near, known);
		suggest_consider_part(&near_part, last_part(known), known);
	}
	pg_tzenumerate_end(zones);
	*exact = near_part.count > 0 && near_part.distances[0] == 0;
	return suggest_list(near.count > 0 && !*exact ? &near : &near_part);
}

/* Does this look like NZST or cest? */
static bool
like_abbreviation(const char *name)
{
	size_t		len = strlen(name);

	return len >= 2 && len <= 5 &&
		strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == len &&
		(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len ||
		 pg_tolower((unsigned char) name[len - 1]) == 't');
}

/* Why a name is not that of a zone, for an error message. */
static int
zone_errdetail(const char *name, bool is_place)
{
	if (fixed_name(name))
		return errdetail("As the name of a time zone, \"%s\" stands for the fixed offset of an abbreviation, not for the clocks of a place.",
						 fixed_name(name)[0]);
	if (pg_strcasecmp(last_part(name), "localtime") == 0 ||
		pg_strcasecmp(last_part(name), "posixrules") == 0)
		return errdetail("This name stands for a setting of the server's machine.");
	if (strpbrk(name, "0123456789") && !strchr(name, '/'))
		return errdetail("POSIX rules and plain offsets are not accepted.");
	if (!is_place && like_abbreviation(name))
		return errdetail("Abbreviations are not accepted, as they do not say when clocks change.");
	return errdetail("The time zone database of this server has no zone of this name.");
}

/* What to write instead, for an error message. */
static int
zone_errhint(const char *name, const char *near)
{
	if (fixed_name(name))
		return errhint("Write the name of a place, such as \"%s\".",
					   fixed_name(name)[1]);
	if (near)
		return errhint("Perhaps you meant %s.", near);
	return errhint("Write a name from the view pg_timezone_names, such as \"Pacific/Auckland\", or \"Etc/GMT-12\" for a fixed offset of +12:00.");
}

/*
 * Both. What is four letters long may be an abbreviation or a place, and
 * which it is only the time zone database knows; so it is read once, and only
 * where somebody reads the message.
 */
static int
explain_zone(const char *name)
{
	bool		is_place;
	char	   *near = near_zones(name, &is_place);

	if (!is_place && like_abbreviation(name))
		near = NULL;
	zone_errdetail(name, is_place);
	return zone_errhint(name, near);
}

/* zone_by_name(), in whose error it is told whose zone that would be. */
static Zone *
find_zone_of(const char *name, const char *whose, const char **canonical,
			 struct Node *escontext)
{
	Zone	   *zone = find_zone(name);

	if (zone == NULL)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\"%s not recognized", name, whose),
				 explain_zone(name)));
	if (canonical)
		*canonical = pg_get_timezone_name(zone);
	return zone;
}

Zone *
zone_by_name(const char *name, const char **canonical, struct Node *escontext)
{
	return find_zone_of(name, "", canonical, escontext);
}

/* An error unless this is a zone's name, in its own spelling. */
static void
check_zone(const char *name, const char *whose)
{
	const char *canonical;

	find_zone_of(name, whose, &canonical, NULL);
	if (strcmp(name, canonical) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\"%s is not spelled as in the time zone database",
						name, whose),
				 errhint("Write \"%s\".", canonical)));
}

/* For check constraints. */
Datum
oncall_is_zone(PG_FUNCTION_ARGS)
{
	check_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)), "");
	PG_RETURN_BOOL(true);
}

/* The same for a table of whose rows each has a name. */
Datum
oncall_is_zone_of(PG_FUNCTION_ARGS)
{
	check_zone(text_to_cstring(PG_GETARG_TEXT_PP(0)),
			   psprintf(" of %s \"%s\"",
						text_to_cstring(PG_GETARG_TEXT_PP(1)),
						text_to_cstring(PG_GETARG_TEXT_PP(2))));
	PG_RETURN_BOOL(true);
}
