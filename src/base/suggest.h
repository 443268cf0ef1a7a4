/*-------------------------------------------------------------------------
 *
 * suggest.h
 *	  Names that somebody may have meant, for the hints of errors.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SUGGEST_H
#define ONCALL_SUGGEST_H

/* The names nearest to the one wanted so far; start with suggest_init(). */
#define SUGGEST_MAX 3

typedef struct Suggestions
{
	const char *wanted;
	int			count;
	char	   *names[SUGGEST_MAX];
	int			distances[SUGGEST_MAX];
} Suggestions;

extern void suggest_init(Suggestions *near, const char *wanted);

/* Take a name into account; it is copied if it is near. */
extern void suggest_consider(Suggestions *near, const char *name);

/* The same for a name of which only a part is compared. */
extern void suggest_consider_part(Suggestions *near, const char *part,
								  const char *name);

/* As a list in double quotes, the nearest first; NULL if nothing is near. */
extern char *suggest_list(const Suggestions *near);

#endif							/* ONCALL_SUGGEST_H */
