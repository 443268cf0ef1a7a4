/*-------------------------------------------------------------------------
 *
 * owed_rows.c
 *	  What one person has earned, in pay and in time, for views of all people.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/person_rows.h"
#include "catalog/pg_type.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(oncall_lieu_sums_of);
PG_FUNCTION_INFO_V1(oncall_lieu_dues_of);
PG_FUNCTION_INFO_V1(oncall_pay_report_of);

#define OF_PERSON 1, {INT4OID}, {NULL, NULL}
#define OF_PERSON_AND_WINDOW \
	3, {INT4OID, TSTZRANGEOID, INT4OID}, {NULL, NULL}

static SavedQuery sums_of_one = {
	"SELECT s.* FROM oncall_internal.lieu_sums($1) AS s", OF_PERSON
};
static SavedQuery sums_of_all = {
	"SELECT s.* FROM oncall_internal.lieu_sums(NULL) AS s ORDER BY 1", OF_PERSON
};
static SavedQuery dues_of_one = {
	"SELECT d.* FROM oncall_internal.lieu_dues($1) AS d", OF_PERSON
};
static SavedQuery dues_of_all = {
	"SELECT d.* FROM oncall_internal.lieu_dues(NULL) AS d ORDER BY 1", OF_PERSON
};
static SavedQuery report_of_one = {
	"SELECT r.* FROM oncall_internal.pay_report_rows($2, NULL, $3, $1) AS r",
	OF_PERSON_AND_WINDOW
};
static SavedQuery report_of_all = {
	"SELECT r.* FROM oncall_internal.pay_report_rows($2, NULL, $3, NULL) AS r"
	" ORDER BY 1",
	OF_PERSON_AND_WINDOW
};

Datum
oncall_lieu_sums_of(PG_FUNCTION_ARGS)
{
	return person_rows(fcinfo, &sums_of_one, &sums_of_all);
}

Datum
oncall_lieu_dues_of(PG_FUNCTION_ARGS)
{
	return person_rows(fcinfo, &dues_of_one, &dues_of_all);
}

Datum
oncall_pay_report_of(PG_FUNCTION_ARGS)
{
	return person_rows(fcinfo, &report_of_one, &report_of_all);
}
