/*-------------------------------------------------------------------------
 *
 * suggest.c
 *	  Names that somebody may have meant, for the hints of errors.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/suggest.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/varlena.h"

/* Longer names than this are not compared: the server would refuse to. */
#define SUGGEST_MAX_LENGTH 255

void
suggest_init(Suggestions *near, const char *wanted)
{
	near->wanted = asc_tolower(wanted, strlen(wanted));
	near->count = 0;
}

/* How far apart two names are, or more than limit; the case is ignored. */
static int
name_distance(const char *wanted, const char *name, int limit)
{
	int			len = strlen(name);
	char	   *lower;
	int			distance;

	if (len > SUGGEST_MAX_LENGTH || strlen(wanted) > SUGGEST_MAX_LENGTH)
		return limit + 1;
	lower = asc_tolower(name, len);
	distance = varstr_levenshtein_less_equal(wanted, strlen(wanted),
											 lower, len, 1, 1, 1,
											 limit, true);

	/* the beginning of a name, or a part of it, is near enough */
	if (distance > limit && strlen(wanted) >= 3 && strstr(lower, wanted))
		distance = limit;
	/* two names without a letter in common are not near, however short */
	else if (distance >= Min(len, (int) strlen(wanted)))
		distance = limit + 1;
	pfree(lower);
	return distance;
}

void
suggest_consider(Suggestions *near, const char *name)
{
	suggest_consider_part(near, name, name);
}

/* Does a name come before the one at place i of the list? */
static bool
comes_before(const Suggestions *near, int i, const char *name, int distance)
{
	if (distance != near->distances[i])
		return distance < near->distances[i];
	return strcmp(name, near->names[i]) < 0;
}

void
suggest_consider_part(Suggestions *near, const char *part, const char *name)
{
	int			limit = Max(2, strlen(near->wanted) / 3);
	int			distance = name_distance(near->wanted, part, limit);
	int			i;

	if (distance > limit ||
		(near->count == SUGGEST_MAX &&
		 !comes_before(near, SUGGEST_MAX - 1, name, distance)))
		return;
	if (near->count < SUGGEST_MAX)
		near->count++;
	for (i = near->count - 1;
		 i > 0 && comes_before(near, i - 1, name, distance); i--)
	{
		near->distances[i] = near->distances[i - 1];
		near->names[i] = near->names[i - 1];
	}
	near->distances[i] = distance;
	near->names[i] = pstrdup(name);
}

char *
suggest_list(const Suggestions *near)
{
	StringInfoData list;
	int			i;

	if (near->count == 0)
		return NULL;
	initStringInfo(&list);

	/* what is much less near than the best would only distract */
	for (i = 0; i < near->count &&
		 near->distances[i] <= 2 * near->distances[0]; i++)
		appendStringInfo(&list, "%s\"%s\"", i == 0 ? "" : ", ",
						 near->names[i]);
	return list.data;
}
