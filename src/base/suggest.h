/*-------------------------------------------------------------------------
 *
 * suggest.h
 *	  Names that somebody may have meant, for the hints of errors.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SUGGEST_H
#define ONCALL_SUGGEST_H

/* The names nearest to the one wanted so far; start with near_init(). */
#define NEAR_MAX 3

typedef struct NearNames
{
	const char *wanted;
	int			count;
	char	   *names[NEAR_MAX];
	int			distances[NEAR_MAX];
} NearNames;

extern void near_init(NearNames *near, const char *wanted);

/* Take a name into account; it is copied if it is near. */
extern void near_consider(NearNames *near, const char *name);

/* The same for a name of which only a part is compared. */
extern void near_consider_part(NearNames *near, const char *part,
							   const char *name);

/* As a list in double quotes, the nearest first; NULL if nothing is near. */
extern char *near_list(const NearNames *near);

#endif							/* ONCALL_SUGGEST_H */
