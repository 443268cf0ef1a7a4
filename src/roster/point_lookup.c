/*-------------------------------------------------------------------------
 *
 * point_lookup.c
 *	  Who is on call at one instant.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/tstzrange.h"
#include "fmgr.h"
#include "roster/names.h"
#include "roster/own_person.h"
#include "roster/roster_cache.h"
#include "roster/roster_loader.h"
#include "types/pair.h"
#include "types/ref.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_on_call);
PG_FUNCTION_INFO_V1(oncall_on_call_int2);
PG_FUNCTION_INFO_V1(oncall_on_call_int8);
PG_FUNCTION_INFO_V1(oncall_on_call_by_name);
PG_FUNCTION_INFO_V1(oncall_on_call_any);
PG_FUNCTION_INFO_V1(oncall_seat_holder);
PG_FUNCTION_INFO_V1(oncall_seat_holder_int2);
PG_FUNCTION_INFO_V1(oncall_seat_holder_int8);
PG_FUNCTION_INFO_V1(oncall_seat_holder_by_name);
PG_FUNCTION_INFO_V1(oncall_is_on_call);
PG_FUNCTION_INFO_V1(oncall_own_person);

/* No rotation has more seats; see the table's CHECK. */
#define MAX_SEATS 100

/* A bigint as an id: 0 is none, as those are not that do not fit. */
static int32
id_of_bigint(int64 id)
{
	return id == (int32) id ? (int32) id : 0;
}

/* The argument known_at, which may be NULL. */
static TimestampTz
known_at_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? KNOWN_NOW :
		finite_instant(PG_GETARG_TIMESTAMPTZ(number));
}

/* A pair as the functions of SQL return it. */
static Datum
pair_or_null(FunctionCallInfo fcinfo, int64 pair)
{
	if (pair == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(pair);
}

/* The pair of a rotation, at the times that are the arguments after it. */
static Datum
pair_of_rotation(FunctionCallInfo fcinfo, int32 rotation_id)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));

	return pair_or_null(fcinfo, cached_pair(rotation_id, 0, at,
											known_at_argument(fcinfo, 2)));
}

static Datum
pair_of_named(FunctionCallInfo fcinfo, bool missing_ok)
{
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(1));

	return pair_or_null(fcinfo, cached_pair_by_name(PG_GETARG_TEXT_PP(0),
													missing_ok, 0, at,
													known_at_argument(fcinfo, 2)));
}

Datum
oncall_on_call(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return pair_of_rotation(fcinfo, PG_GETARG_INT32(0));
}

Datum
oncall_on_call_int2(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return pair_of_rotation(fcinfo, PG_GETARG_INT16(0));
}

Datum
oncall_on_call_int8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return pair_of_rotation(fcinfo, id_of_bigint(PG_GETARG_INT64(0)));
}

Datum
oncall_on_call_by_name(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return pair_of_named(fcinfo, false);
}

Datum
oncall_on_call_any(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	return pair_of_named(fcinfo, true);
}

/* Who holds a seat (0 is the primary); 0: nobody. */
static int32
seat_holder(int32 rotation_id, int seat, TimestampTz at, TimestampTz known_at)
{
	int64		pair = cached_pair(rotation_id, seat / 2, at, known_at);

	return seat % 2 == 0 ? pair_primary(pair) : pair_secondary(pair);
}

/* The same, with the seat and the times that are the arguments after it. */
static Datum
holder_of_seat(FunctionCallInfo fcinfo, int32 rotation_id)
{
	int32		seat = PG_GETARG_INT32(1);
	TimestampTz at = finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	TimestampTz known_at = known_at_argument(fcinfo, 3);
	int32		person_id = 0;

	if (seat >= 1 && seat <= MAX_SEATS)
		person_id = seat_holder(rotation_id, seat - 1, at, known_at);
	if (person_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(person_id);
}

Datum
oncall_seat_holder(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	return holder_of_seat(fcinfo, PG_GETARG_INT32(0));
}

Datum
oncall_seat_holder_int2(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	return holder_of_seat(fcinfo, PG_GETARG_INT16(0));
}

Datum
oncall_seat_holder_int8(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	return holder_of_seat(fcinfo, id_of_bigint(PG_GETARG_INT64(0)));
}

Datum
oncall_seat_holder_by_name(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	return holder_of_seat(fcinfo,
						  cached_rotation_id(PG_GETARG_TEXT_PP(0), false));
}

static bool
holds_some_seat(int32 rotation_id, int nseats, int32 person_id, TimestampTz at)
{
	int			block;

	for (block = 0; 2 * block < nseats; block++)
	{
		int64		pair = cached_pair(rotation_id, block, at, KNOWN_NOW);

		if (pair_primary(pair) == person_id ||
			pair_secondary(pair) == person_id)
			return true;
	}
	return false;
}

static bool
holds_some_seat_anywhere(int32 person_id, TimestampTz at)
{
	int			nrotations;
	RotationSeats *rotations = cached_rotations(&nrotations);
	bool		found = false;
	int			i;

	for (i = 0; i < nrotations && !found; i++)
	{
		CHECK_FOR_INTERRUPTS();
		found = holds_some_seat(rotations[i].rotation_id, rotations[i].nseats,
								person_id, at);
	}
	pfree(rotations);
	return found;
}

Datum
oncall_is_on_call(PG_FUNCTION_ARGS)
{
	int32		person_id;
	int32		rotation_id;
	int			nseats;
	TimestampTz at;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	person_id = ref_id(PG_GETARG_REF_PP(1));
	if (person_id == 0)
		person_id = names_id(NAME_OF_PERSON, PG_GETARG_REF_PP(1));
	at = finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(holds_some_seat_anywhere(person_id, at));

	rotation_id = ref_id(PG_GETARG_REF_PP(0));
	if (rotation_id == 0)
		rotation_id = cached_rotation_id(PG_GETARG_REF_PP(0), false);
	nseats = cached_nseats(rotation_id);
	if (nseats == 0)
		roster_check_known(rotation_id);
	PG_RETURN_BOOL(holds_some_seat(rotation_id, nseats, person_id, at));
}

Datum
oncall_own_person(PG_FUNCTION_ARGS)
{
	int32		person_id = own_person_id();

	if (person_id == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(person_id);
}
