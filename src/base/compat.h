/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Every difference between PostgreSQL 15 and 19 that concerns us.
 *
 * Include after postgres.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_COMPAT_H
#define ONCALL_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "oncall needs PostgreSQL 15, 16, 17, 18 or 19"
#endif

#include "fmgr.h"
#include "utils/jsonb.h"

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else

/*
 * Before 16 there are no soft errors: what would have been reported through
 * the escape context is an ordinary error.
 */
#define ereturn(context, dummy, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
		return dummy; \
	} while (0)
#define errsave(context, ...) \
	do { \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#define SOFT_ERROR_OCCURRED(context) ((void) (context), false)
#endif

/* make_range() takes an escape context from 16 on */
#if PG_VERSION_NUM >= 160000
#define make_range_compat(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty, NULL)
#else
#define make_range_compat(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty)
#endif

/* an entry, from 1 on, of the sessions that there are */
#if PG_VERSION_NUM >= 160000
#define local_backend_status(i) pgstat_get_local_beentry_by_index(i)
#else
#define local_backend_status(i) pgstat_fetch_stat_local_beentry(i)
#endif

/* intervals can be infinite from 17 on */
#if PG_VERSION_NUM < 170000
#define INTERVAL_NOT_FINITE(interval) ((void) (interval), false)
#endif

/*
 * A jsonb value under construction: from 19 on the server's struct for that
 * keeps the result, too, and pushJsonbValue() does not return it any more.
 */
#if PG_VERSION_NUM >= 190000
typedef JsonbInState JsonbBuild;

#define push_jsonb(build, token, value) pushJsonbValue(build, token, value)
#else
typedef struct JsonbBuild
{
	JsonbParseState *parseState;	/* one for each level of nesting */
	JsonbValue *result;			/* complete when the outermost has ended */
} JsonbBuild;

#define push_jsonb(build, token, value) \
	((build)->result = pushJsonbValue(&(build)->parseState, token, value))
#endif

#endif							/* ONCALL_COMPAT_H */
