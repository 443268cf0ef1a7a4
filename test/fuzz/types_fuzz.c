/*-------------------------------------------------------------------------
 *
 * types_fuzz.c
 *	  Text and bytes of strangers through the functions of types that read
 *	  them, outside a server.
 *
 * The functions are the library's own, as the server calls them; server.c
 * stands in for the server. One program has all targets and is called by the
 * name of one: a type (text goes in and out, bytes are received and sent, what
 * comes back is the same value, and values are compared), hours_sum (an
 * aggregate's state as bytes), zone (names of time zones) or plain_text (names
 * in calendars and pictures). An error is as good as a value, if it has words,
 * a code that is not that of internal errors, and whole characters.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <stdio.h>
#include <stdlib.h>

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "pgtime.h"
#include "types/hours.h"
#include "utils/builtins.h"

#include "harness.h"
#include "server.h"

#define DECLARE(name) extern Datum name(PG_FUNCTION_ARGS)

#define DECLARE_TYPE(name) \
	DECLARE(oncall_##name##_in); \
	DECLARE(oncall_##name##_out); \
	DECLARE(oncall_##name##_recv); \
	DECLARE(oncall_##name##_send); \
	DECLARE(oncall_##name##_cmp); \
	DECLARE(oncall_##name##_eq); \
	DECLARE(oncall_##name##_hash); \
	DECLARE(oncall_##name##_hash_extended)

DECLARE_TYPE(cadence);
DECLARE_TYPE(hours);
DECLARE_TYPE(weekly_hours);
DECLARE(oncall_hours_plus);
DECLARE(oncall_hours_minus);
DECLARE(oncall_hours_total);
DECLARE(oncall_hours_get);
DECLARE(oncall_hours_sum_add);
DECLARE(oncall_hours_sum_remove);
DECLARE(oncall_hours_sum_combine);
DECLARE(oncall_hours_sum_final);
DECLARE(oncall_hours_sum_serialize);
DECLARE(oncall_hours_sum_deserialize);
DECLARE(oncall_cadence_every);
DECLARE(oncall_cadence_zone);
DECLARE(oncall_pair_in);
DECLARE(oncall_pair_out);
DECLARE(oncall_pair_recv);
DECLARE(oncall_pair_send);
DECLARE(oncall_ref_in);
DECLARE(oncall_ref_recv);
DECLARE(oncall_ref_of_text);
DECLARE(oncall_is_zone);
DECLARE(oncall_ical_text);
DECLARE(oncall_ical_fold);
DECLARE(oncall_xml_text);
DECLARE(oncall_text_columns);
DECLARE(oncall_fit_text);

/* The functions of a type; comparing and hashing may be the server's own. */
typedef struct Type
{
	PGFunction	in;
	PGFunction	out;
	PGFunction	recv;
	PGFunction	send;
	PGFunction	cmp;
	PGFunction	eq;
	PGFunction	hash;
	PGFunction	hash_extended;
	bool		byval;
	void		(*more) (Datum a, Datum b); /* that it has */
} Type;

#define TYPE(name, more) \
	{oncall_##name##_in, oncall_##name##_out, oncall_##name##_recv, \
	oncall_##name##_send, oncall_##name##_cmp, oncall_##name##_eq, \
	oncall_##name##_hash, oncall_##name##_hash_extended, false, more}

/* ----------------------------------------------------------------
 * Time zones by name
 * ----------------------------------------------------------------
 */
static const struct
{
	const char *name;
	int64		seconds;		/* east of UTC, all year */
}			known_zones[] =

{
	{"Pacific/Auckland", 12 * SECS_PER_HOUR},
	{"Europe/Paris", 561},
	{"America/Argentina/Buenos_Aires", -3 * SECS_PER_HOUR},
	{"America/New_York", -17762},
	{"Etc/GMT-12", 12 * SECS_PER_HOUR},
	{"UTC", 0},
	{"posix/Europe/Paris", 561},
	{"right/UTC", 0},
	{"CET", SECS_PER_HOUR},
	{"NZ", 12 * SECS_PER_HOUR}
};

static Zone zones[lengthof(known_zones)];

Zone *
pg_tzset(const char *tzname)
{
	int			i;

	for (i = 0; i < (int) lengthof(zones); i++)
	{
		zones[i].offset[0] = known_zones[i].seconds * USECS_PER_SEC;
		if (*tzname == ':' &&
			pg_strcasecmp(tzname + 1, known_zones[i].name) == 0)
			return &zones[i];
	}
	return NULL;
}

const char *
pg_get_timezone_name(Zone *tz)
{
	return known_zones[tz - zones].name;
}

bool
pg_tz_acceptable(Zone *tz)
{
	return strncmp(pg_get_timezone_name(tz), "right/", 6) != 0;
}

struct pg_tzenum
{
	int			next;
};

pg_tzenum *
pg_tzenumerate_start(void)
{
	return palloc0(sizeof(pg_tzenum));
}

Zone *
pg_tzenumerate_next(pg_tzenum *dir)
{
	return dir->next < (int) lengthof(zones) ? &zones[dir->next++] : NULL;
}

void
pg_tzenumerate_end(pg_tzenum *dir)
{
	pfree(dir);
}

/* ----------------------------------------------------------------
 * Values
 * ----------------------------------------------------------------
 */

/* A copy, exactly as long as it is, so that who reads on is found out. */
static char *
copied(const void *data, size_t size)
{
	char	   *copy = palloc(size);

	memcpy(copy, data, size);
	return copy;
}

static bool
same_bytes(Datum a, Datum b)
{
	void	   *x = DatumGetPointer(a);
	void	   *y = DatumGetPointer(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
		memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

static bool
same(const Type *type, Datum a, Datum b)
{
	return type->byval ? a == b : same_bytes(a, b);
}

/* A value as a row keeps it: with a short header and at any address. */
static Datum
packed(const Type *type, Datum value)
{
	void	   *whole = DatumGetPointer(value);
	char	   *shorter;

	if (type->byval || VARSIZE_ANY_EXHDR(whole) + VARHDRSZ_SHORT > VARATT_SHORT_MAX)
		return value;
	shorter = palloc(VARSIZE_ANY_EXHDR(whole) + VARHDRSZ_SHORT);
	SET_VARSIZE_SHORT(shorter, VARSIZE_ANY_EXHDR(whole) + VARHDRSZ_SHORT);
	memcpy(VARDATA_SHORT(shorter), VARDATA_ANY(whole), VARSIZE_ANY_EXHDR(whole));
	return PointerGetDatum(shorter);
}

/* Receive bytes. False after an error, which the caller makes of a rest. */
static bool
receive(const Type *type, const char *data, size_t size, Datum *value)
{
	StringInfoData buf;

	buf.data = copied(data, size);
	buf.len = buf.maxlen = (int) size;
	buf.cursor = 0;
	return try_call(type->recv, 1, PointerGetDatum(&buf), 0, value) &&
		buf.cursor == buf.len;
}

/* Out and in again, sent and received again, it is the same. */
static void
check_value(const Type *type, Datum value)
{
	Datum		stored = packed(type, value);
	Datum text = call(type->out, 1, stored, 0);
	Datum bytea = call(type->send, 1, stored, 0);
	Datum		back;

	if (!try_call(type->in, 1, text, 0, &back) || !same(type, value, back))
	{
		printf("# %s: %s\n", DatumGetCString(text), thrown.message);
		wrong("the text of a value is not read as that value");
	}
	if (strcmp(DatumGetCString(call(type->out, 1, back, 0)),
			   DatumGetCString(text)) != 0)
		wrong("the same value has two texts");
	if (!receive(type, VARDATA_ANY(DatumGetPointer(bytea)),
				 VARSIZE_ANY_EXHDR(DatumGetPointer(bytea)), &back) ||
		!same(type, value, back))
		wrong("the bytes of a value are not received as that value");
	if (type->cmp != NULL &&
		(DatumGetInt32(call(type->cmp, 2, value, stored)) != 0 ||
		 call(type->hash, 1, value, 0) != call(type->hash, 1, stored, 0)))
		wrong("a value differs from itself");
}

static void
compare_values(const Type *type, Datum a, Datum b)
{
	int32		cmp;
	bool		equal = same(type, a, b);

	if (type->cmp == NULL)
		return;
	cmp = DatumGetInt32(call(type->cmp, 2, a, b));
	if ((cmp == 0) != equal ||
		DatumGetBool(call(type->eq, 2, a, b)) != equal ||
		(cmp < 0) != (DatumGetInt32(call(type->cmp, 2, b, a)) > 0))
		wrong("two values are not compared as they should");
	if (call(type->hash_extended, 2, a, 0) != call(type->hash_extended, 2, b, 0) &&
		equal)
		wrong("equal values have different hashes");
}

/* Read a text, if a server would let it through to the type. */
static bool
read_text(const Type *type, const char *data, size_t size, Datum *value)
{
	char	   *text = palloc(size + 1);

	memcpy(text, data, size);
	text[		size] = '\0';

	if (pg_encoding_verifymbstr(encoding, text, (int) size) != (int) size)
		return false;
	return try_call(type->in, 1, CStringGetDatum(text), 0, value);
}

/*
 * The first byte says what the others are: text (even) or bytes, in UTF-8 or
 * in no encoding at all (its second bit). After the first zero of a text comes
 * another text; bytes are received up to where one says, and from there.
 */
static void
one_value(const Type *type, const char *data, size_t size)
{
	bool		binary = size > 0 && (data[0] & 1) != 0;
	const char *end;
	Datum		a,
				b;
	bool		is_a,
				is_b;

	if (size < 2)
		return;
	encoding = data[0] & 2 ? PG_SQL_ASCII : PG_UTF8;
	data++;
	size--;
	if (binary)
	{
		is_a = receive(type, data, size, &a);
		is_b = is_a && receive(type, data, size, &b);
	}
	else
	{
		end = memchr(data, '\0', size);
		is_a = read_text(type, data, end ? (size_t) (end - data) : size, &a);
		is_b = end && read_text(type, end + 1, data + size - end - 1, &b);
	}
	if (is_a)
		check_value(type, a);
	if (is_b)
		check_value(type, b);
	if (is_a && is_b)
	{
		compare_values(type, a, b);
		if (type->more)
			type->more(a, b);
	}
}

/* ----------------------------------------------------------------
 * The types
 * ----------------------------------------------------------------
 */
static void
more_cadence(Datum a, Datum b)
{
	call(oncall_cadence_every, 1, a, 0);
	call(oncall_cadence_zone, 1, b, 0);
}

static void
one_cadence(const char *data, size_t size)
{
	static const Type type = TYPE(cadence, more_cadence);

	one_value(&type, data, size);
}

static void
one_weekly_hours(const char *data, size_t size)
{
	static const Type type = TYPE(weekly_hours, NULL);

	one_value(&type, data, size);
}

static void more_hours(Datum a, Datum b);

static const Type hours_type = TYPE(hours, more_hours);

/* Sums and differences; a sum may be too long, but then it says so. */
static void
more_hours(Datum a, Datum b)
{
	Hours	   *hours = (Hours *) DatumGetPointer(a);
	Datum		sum,
				total,
				back;
	int			i;

	try_call(oncall_hours_total, 1, a, 0, &total);
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);
		Datum		name = PointerGetDatum(cstring_to_text_with_len(band.name, band.len));
		Interval   *found = DatumGetIntervalP(call(oncall_hours_get, 2, a, name));

		if (found->time != band.usecs)
			wrong("a band is not found");
	}
	if (!try_call(oncall_hours_plus, 2, a, b, &sum))
		return;
	check_value(&hours_type, sum);
	if (try_call(oncall_hours_minus, 2, sum, b, &back) &&
		!same_bytes(a, back))
		wrong("what is added and taken away again leaves something");
}

static void
one_hours(const char *data, size_t size)
{
	one_value(&hours_type, data, size);
}

static void
one_pair(const char *data, size_t size)
{
	static const Type type = {oncall_pair_in, oncall_pair_out,
	oncall_pair_recv, oncall_pair_send,.byval = true};

	one_value(&type, data, size);
}

/* The type ref has text's own functions for this. */
static Datum
text_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(text_to_cstring(PG_GETARG_TEXT_PP(0)));
}

static Datum
text_send(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(PG_DETOAST_DATUM(PG_GETARG_DATUM(0)));
}

static void
more_ref(Datum a, Datum b)
{
	Datum		ref;

	if (!try_call(oncall_ref_of_text, 1, a, 0, &ref) || !same_bytes(ref, a))
		wrong("the text of a reference is another one");
}

static void
one_ref(const char *data, size_t size)
{
	static const Type type = {oncall_ref_in, text_out, oncall_ref_recv,
	text_send,.more = more_ref};

	one_value(&type, data, size);
}

static void
one_zone(const char *data, size_t size)
{
	Datum		result;

	encoding = PG_UTF8;
	if (memchr(data, '\0', size) == NULL &&
		pg_encoding_verifymbstr(PG_UTF8, data, (int) size) == (int) size)
		try_call(oncall_is_zone, 1,
				 PointerGetDatum(cstring_to_text_with_len(data, (int) size)),
				 0, &result);
}

/* ----------------------------------------------------------------
 * The aggregate
 * ----------------------------------------------------------------
 */

/* A function of the aggregate, some of whose arguments may be NULL. */
static bool
try_state(PGFunction function, Datum a, Datum b, Datum *result)
{
	LOCAL_FCINFO(fcinfo, 2);
	jmp_buf		here;

	InitFunctionCallInfoData(*fcinfo, NULL, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = a;
	fcinfo->args[0].isnull = a == 0;
	fcinfo->args[1].value = b;
	fcinfo->args[1].isnull = b == 0;
	if (setjmp(here) == 0)
	{
		catcher = &here;
		*result = function(fcinfo);
		catcher = NULL;
		return true;
	}
	catcher = NULL;
	if (thrown.sqlstate == ERRCODE_INTERNAL_ERROR)
		wrong(thrown.message);
	return false;
}

static Datum
must(PGFunction function, Datum a, Datum b)
{
	Datum		result;

	if (!try_state(function, a, b, &result))
		wrong(thrown.message);
	return result;
}

/* Through a worker's bytes and back. */
static Datum
carried(Datum state)
{
	return must(oncall_hours_sum_deserialize,
				must(oncall_hours_sum_serialize, state, 0), 0);
}

/* Hours with some of a few bands. */
static Datum
random_hours(void)
{
	static const char *const names[] = {"night", "weekend", "", "a", "other"};
	HoursBand	bands[6];
	int			n = (int) between(0, lengthof(bands));
	int			i;
	Hours	   *hours;
	jmp_buf		here;

	for (i = 0; i < n; i++)
	{
		bands[i].name = names[between(0, lengthof(names) - 1)];
		bands[i].len = (int) strlen(bands[i].name);
		bands[i].usecs = one_in(4) ? (int64) draw(0) : between(-1000, 1000);
	}
	if (setjmp(here) != 0)
		return random_hours();	/* one band comes to too much */
	catcher = &here;
	hours = hours_make(bands, n);
	catcher = NULL;
	return PointerGetDatum(hours);
}

/* Is a final result the same whichever way it was come by? */
static void
check_finals(Datum one, Datum other)
{
	Datum		a = 0,
				b = 0;
	bool		is_a = try_state(oncall_hours_sum_final, one, 0, &a);

	if (try_state(oncall_hours_sum_final, other, 0, &b) != is_a ||
		(is_a && (a == 0 || b == 0 ? a != b : !same_bytes(a, b))))
		wrong("two ways of adding up have two results");
	if (is_a && a != 0)
		check_value(&hours_type, a);
}

/* Rows in one go, in two parts, and some of them taken out again. */
static void
sum_of_rows(void)
{
	Datum		rows[12];
	Datum		all = 0;
	Datum		parts[2] = {0, 0};
	Datum		rest = 0;
	int			n = (int) between(0, lengthof(rows));
	int			out = (int) between(0, n);
	int			i;

	for (i = 0; i < n; i++)
	{
		int			part = (int) between(0, 1);

		rows[i] = one_in(8) ? 0 : random_hours();
		all = must(oncall_hours_sum_add, all, rows[i]);
		parts[part] = must(oncall_hours_sum_add, parts[part], rows[i]);
		if (i >= out)
			rest = must(oncall_hours_sum_add, rest, rows[i]);
		if (one_in(4))
			parts[part] = carried(parts[part]);
	}
	if (parts[1] != 0)
		parts[1] = carried(parts[1]);
	check_finals(all, must(oncall_hours_sum_combine, parts[0], parts[1]));
	for (i = 0; i < out; i++)
		all = must(oncall_hours_sum_remove, all, rows[i]);
	check_finals(all, rest);
}

/* Names of a state that only claims to be one may hold what no text does. */
static bool
has_zeros(Datum datum)
{
	Hours	   *hours = (Hours *) DatumGetPointer(datum);
	int			i;

	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);

		if (memchr(band.name, '\0', band.len) != NULL)
			return true;
	}
	return false;
}

/* Bytes that claim to be a state: refused, or as good as any other. */
static void
hostile_state(const char *data, size_t size)
{
	Datum bytea = PointerGetDatum(cstring_to_text_with_len(data, (int) size));
	Datum		state,
				other,
				result;

	if (!try_state(oncall_hours_sum_deserialize, bytea, 0, &state))
		return;
	if (!same_bytes(bytea, must(oncall_hours_sum_serialize, state, 0)))
		wrong("a state does not keep its bytes");
	if (try_state(oncall_hours_sum_final, state, 0, &result) && result != 0 &&
		!has_zeros(result))
		check_value(&hours_type, result);
	begin_case((const uint8 *) data, Min(size, 16));
	other = must(oncall_hours_sum_add, 0, random_hours());
	if (try_state(oncall_hours_sum_combine, other, state, &other) &&
		try_state(oncall_hours_sum_combine, other, state, &other))
		try_state(oncall_hours_sum_final, other, 0, &result);
}

static void
one_hours_sum(const char *data, size_t size)
{
	encoding = PG_SQL_ASCII;
	if (size > 0 && (data[0] & 1))
		hostile_state(data + 1, size - 1);
	else if (size > 0)
	{
		begin_case((const uint8 *) data + 1, size - 1);
		sum_of_rows();
	}
}

/* ----------------------------------------------------------------
 * Text of others in calendars and pictures
 * ----------------------------------------------------------------
 */

/* Is this text without control characters, but for those allowed? */
static void
check_plain(const char *s, int len, const char *allowed)
{
	int			i;

	if (pg_encoding_verifymbstr(PG_UTF8, s, len) != len)
		wrong("text is no UTF-8 any more");
	for (i = 0; i < len; i++)
	{
		if (((unsigned char) s[i] < ' ' || s[i] == 0x7f) &&
			strchr(allowed, s[i]) == NULL)
			wrong("a control character is left");
	}
}

/* No line is longer than it may be. */
static void
check_folded(const char *s, int len)
{
	const char *end = s + len;

	while (s < end)
	{
		const char *line_end = memchr(s, '\r', end - s);

		if (line_end == NULL || line_end - s > 75 || line_end[1] != '\n')
			wrong("a line is too long, or does not end as it must");
		s = line_end + 2;
	}
}

static void
one_plain_text(const char *data, size_t size)
{
	text	   *source;
	text	   *result;
	int			columns;

	if (size == 0)
		return;
	columns = (unsigned char) data[0];
	encoding = columns == 0 ? PG_SQL_ASCII : PG_UTF8;
	source = cstring_to_text_with_len(data + 1, (int) size - 1);
	if (pg_encoding_verifymbstr(PG_UTF8, VARDATA(source), (int) size - 1) !=
		(int) size - 1)
		return;

	result = DatumGetTextP(call(oncall_ical_text, 1, PointerGetDatum(source), 0));
	check_plain(VARDATA(result), VARSIZE(result) - VARHDRSZ, "");
	result = DatumGetTextP(call(oncall_ical_fold, 1, PointerGetDatum(source), 0));
	check_plain(VARDATA(result), VARSIZE(result) - VARHDRSZ, "\r\n");
	check_folded(VARDATA(result), VARSIZE(result) - VARHDRSZ);
	result = DatumGetTextP(call(oncall_xml_text, 1, PointerGetDatum(source), 0));
	check_plain(VARDATA(result), VARSIZE(result) - VARHDRSZ, "");
	if (memchr(VARDATA(result), '<', VARSIZE(result) - VARHDRSZ) ||
		memchr(VARDATA(result), '"', VARSIZE(result) - VARHDRSZ))
		wrong("a sign of XML is left");
	result = DatumGetTextP(call(oncall_fit_text, 2, PointerGetDatum(source),
								Int32GetDatum(columns)));
	check_plain(VARDATA(result), VARSIZE(result) - VARHDRSZ, "");
	if (DatumGetInt32(call(oncall_text_columns, 1, PointerGetDatum(result), 0)) >
		columns)
		wrong("a text does not fit");
}

/* ----------------------------------------------------------------
 * The target of the program's name
 * ----------------------------------------------------------------
 */
static const struct
{
	const char *name;
	void		(*one) (const char *data, size_t size);
}			targets[] =

{
	{"cadence", one_cadence},
	{"hours", one_hours},
	{"hours_sum", one_hours_sum},
	{"pair", one_pair},
	{"plain_text", one_plain_text},
	{"ref", one_ref},
	{"weekly_hours", one_weekly_hours},
	{"zone", one_zone}
};

static void (*one_case) (const char *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');
	const char *name = slash ? slash + 1 : (*argv)[0];
	int			i;

	for (i = 0; i < (int) lengthof(targets); i++)
	{
		if (strcmp(name, targets[i].name) == 0)
			one_case = targets[i].one;
	}
	if (one_case == NULL)
		wrong("the program must be called by the name of a target");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	one_case((const char *) data, size);
	free_chunks();
	return 0;
}
