/*-------------------------------------------------------------------------
 *
 * route.h
 *	  What alerts of a service and severity have in common: whom they call.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ROUTE_H
#define ONCALL_ROUTE_H

#include "datatype/timestamp.h"
#include "fmgr.h"

typedef struct Route
{
	/* what alerts say; NULL: nothing */
	const char *service;
	const char *severity;

	/* what that means */
	int32		service_id;		/* 0: there is no such service */
	const char *severity_name;
	bool		severity_known; /* false: severity_name is the default */

	/*
	 * Whom it calls: nobody, or people at once, each of them for one seat of
	 * a rotation. Not so if pages wait or somebody is missing: then the steps
	 * of escalation say what happens, one incident at a time.
	 */
	bool		plain;
	bool		pages;
	Datum		people;			/* integer[] */
	Datum		rotations;		/* integer[] */
	Datum		seats;			/* smallint[] */
} Route;

/*
 * The route of alerts that say this service and severity, at an instant, as
 * it was found for an earlier row of the same statement, or is found now as
 * the owner of the tables. Valid until the next call.
 */
extern const Route *route_find(FmgrInfo *flinfo, const char *service,
							   const char *severity, TimestampTz clock);

#endif							/* ONCALL_ROUTE_H */
