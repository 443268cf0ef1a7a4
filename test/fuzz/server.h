/*-------------------------------------------------------------------------
 *
 * server.h
 *	  The little of a server that the functions of types ask for.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SERVER_H
#define ONCALL_SERVER_H

#include <setjmp.h>

#include "fmgr.h"

/* The encoding of database and client: PG_UTF8 or PG_SQL_ASCII. */
extern int	encoding;

/* What the last error said. */
typedef struct Thrown
{
	int			sqlstate;
	char		message[2048];
	char		detail[2048];
	char		hint[2048];
} Thrown;

extern Thrown thrown;

/* Where errors lead to; NULL: there must be none. */
extern jmp_buf * catcher;

/* Call a function; false if it ended in an error, which thrown tells. */
extern bool try_call(PGFunction function, int nargs, Datum a, Datum b,
					 Datum *result);

/* The same where an error is a fault. */
extern Datum call(PGFunction function, int nargs, Datum a, Datum b);

#endif							/* ONCALL_SERVER_H */
