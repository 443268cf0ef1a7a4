/*-------------------------------------------------------------------------
 *
 * turn_seats.c
 *	  Who sits where in a turn by the pairing alone, for functions in SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"
#include "base/compat.h"
#include "catalog/pg_type.h"
#include "roster/pairing.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_turn_seats);

static Pairing
pairing_argument(const char *name)
{
	Pairing		pairing;

	if (!pairing_by_name(name, &pairing))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown pairing \"%s\"", name),
				 errhint("Pairings are \"staggered\", \"following\", \"preceding\", \"fixed\" and \"mixed\".")));
	return pairing;
}

/* Ids as an array, in which 0 is NULL. */
static Datum
people_array(const int32 *people, int n)
{
	Datum	   *datums = palloc(sizeof(Datum) * n);
	bool	   *nulls = palloc(sizeof(bool) * n);
	int			lower_bound = 1;
	int			i;

	for (i = 0; i < n; i++)
	{
		datums[i] = Int32GetDatum(people[i]);
		nulls[i] = people[i] == 0;
	}
	return PointerGetDatum(construct_md_array(datums, nulls, 1, &n,
											  &lower_bound, INT4OID,
											  sizeof(int32), true,
											  TYPALIGN_INT));
}

/* Who sits in each seat of one turn, by the pairing alone. */
Datum
oncall_turn_seats(PG_FUNCTION_ARGS)
{
	int64		n = PG_GETARG_INT64(3);
	int			nseats = PG_GETARG_INT32(2);
	PairingTurn turn;
	Pairing		pairing;
	int32	   *members;
	int32	   *persons;
	int32	   *list;
	int			nmembers;
	int			i;

	members = array_argument_ids(PG_GETARG_ARRAYTYPE_P(0), "members",
								 &nmembers);
	pairing = pairing_argument(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	if (nmembers == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"members\" must not be empty")));
	if (nseats < 1 || nseats > MAX_SEATS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of seats must be between 1 and %d, not %d",
						MAX_SEATS, nseats)));
	if (n < 0 || n > PG_INT64_MAX / MAX_SEATS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("turn out of range: %lld", (long long) n),
				 errhint("Turns are counted from 0.")));

	list = palloc(sizeof(int32) * nmembers);
	for (i = 0; i < nmembers; i++)
		list[i] = i;
	persons = palloc(sizeof(int32) * nseats);
	pairing_turn(&turn, pairing, nseats, nmembers, n);
	pairing_seats(&turn, list, members, persons);
	PG_RETURN_DATUM(people_array(persons, nseats));
}
