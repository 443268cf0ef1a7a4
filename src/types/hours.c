/*-------------------------------------------------------------------------
 *
 * hours.c
 *	  The type oncall.hours: durations by band, such as
 *	  night=>06:00:00, weekend=>48:00:00.
 *
 * Every value, whether it comes from text, from binary or from others, is
 * made by pack(), which takes bands in order.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "types/hours.h"

#include "access/htup_details.h"
#include "base/int128.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/sortsupport.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_hours_in);
PG_FUNCTION_INFO_V1(oncall_hours_out);
PG_FUNCTION_INFO_V1(oncall_hours_recv);
PG_FUNCTION_INFO_V1(oncall_hours_send);
PG_FUNCTION_INFO_V1(oncall_hours_of);
PG_FUNCTION_INFO_V1(oncall_hours_get);
PG_FUNCTION_INFO_V1(oncall_hours_total);
PG_FUNCTION_INFO_V1(oncall_hours_each);
PG_FUNCTION_INFO_V1(oncall_hours_jsonb);
PG_FUNCTION_INFO_V1(oncall_hours_json);
PG_FUNCTION_INFO_V1(oncall_hours_plus);
PG_FUNCTION_INFO_V1(oncall_hours_minus);
PG_FUNCTION_INFO_V1(oncall_hours_eq);
PG_FUNCTION_INFO_V1(oncall_hours_ne);
PG_FUNCTION_INFO_V1(oncall_hours_lt);
PG_FUNCTION_INFO_V1(oncall_hours_le);
PG_FUNCTION_INFO_V1(oncall_hours_ge);
PG_FUNCTION_INFO_V1(oncall_hours_gt);
PG_FUNCTION_INFO_V1(oncall_hours_cmp);
PG_FUNCTION_INFO_V1(oncall_hours_sortsupport);
PG_FUNCTION_INFO_V1(oncall_hours_hash);
PG_FUNCTION_INFO_V1(oncall_hours_hash_extended);

/* What ends a name that is not quoted, and what has to be quoted. */
#define SPECIAL " \t\n\v\f\r\",=>\\"

/* What a text says, and where in it we are. */
typedef struct Reader
{
	const char *text;			/* all of it, for messages */
	const char *at;				/* what is left */
	char	   *names;			/* room for the names that are left */
	HoursBand  *bands;
	int			nbands;
	int			maxbands;
	struct Node *escontext;
} Reader;

/*
 * Making hours
 */

/* The error of a duration that does not fit; false where it is a soft one. */
static bool
out_of_range(struct Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("hours out of range"),
			 errdetail("Durations lie between -2562047788:00:54.775808 and 2562047788:00:54.775807.")));
}

/* The error of overflow. */
void
hours_out_of_range(void)
{
	out_of_range(NULL);
}

/* The error of a value that is too large to be stored. */
static Hours *
too_large(struct Node *escontext)
{
	ereturn(escontext, NULL,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("hours are too large"),
			 errdetail("There may be at most %d bands, and 1 GB in all.",
					   HOURS_MAX_BANDS)));
}

/* The error of too many bands. */
void
hours_too_large(void)
{
	too_large(NULL);
}

/*
 * The canonical hours of bands in order, each once; those of zero are left
 * out. NULL after a soft error.
 */
static Hours *
pack(const HoursBand *bands, int nbands, struct Node *escontext)
{
	int			n = 0;
	uint64		end = 0;
	uint64		size;
	Hours	   *hours;
	uint32	   *ends;
	char	   *names;
	int			i;

	for (i = 0; i < nbands; i++)
	{
		Assert(i == 0 ||
			   hours_compare_names(bands[i - 1].name, bands[i - 1].len,
								   bands[i].name, bands[i].len) < 0);
		if (bands[i].usecs == 0)
			continue;
		n++;
		end += bands[i].len;
	}
	size = offsetof(Hours, usecs) +
		n * (uint64) (sizeof(int64) + sizeof(uint32)) + end;
	if (n > HOURS_MAX_BANDS || !AllocSizeIsValid(size))
		return too_large(escontext);

	hours = palloc(size);
	SET_VARSIZE(hours, size);
	hours->flags = ((uint32) n << HOURS_FORMAT_BITS) | HOURS_FORMAT;
	ends = (uint32 *) &hours->usecs[n];
	names = (char *) &ends[n];
	n = 0;
	end = 0;
	for (i = 0; i < nbands; i++)
	{
		if (bands[i].usecs == 0)
			continue;
		memcpy(names + end, bands[i].name, bands[i].len);
		end += bands[i].len;
		hours->usecs[n] = bands[i].usecs;
		ends[n++] = (uint32) end;
	}
	return hours;
}

/* Order of bands for qsort. */
static int
compare_bands(const void *a, const void *b)
{
	const HoursBand *x = a;
	const HoursBand *y = b;

	return hours_compare_names(x->name, x->len, y->name, y->len);
}

/* Hours of bands in any order; see hours.h. */
Hours *
hours_make(HoursBand *bands, int nbands)
{
	int			n = 0;
	int			i;

	if (nbands > 1)
		qsort(bands, nbands, sizeof(HoursBand), compare_bands);
	for (i = 0; i < nbands; i++)
	{
		if (n == 0 || compare_bands(&bands[n - 1], &bands[i]) != 0)
			bands[n++] = bands[i];
		else if (pg_add_s64_overflow(bands[n - 1].usecs, bands[i].usecs,
									 &bands[n - 1].usecs))
			hours_out_of_range();
	}
	return pack(bands, n, NULL);
}

/*
 * The same where no name may come twice: then *twice is the band that does,
 * and the result NULL, as after a soft error.
 */
static Hours *
make_of_distinct(HoursBand *bands, int nbands, const HoursBand **twice,
				 struct Node *escontext)
{
	int			i;

	*twice = NULL;
	if (nbands > 1)
		qsort(bands, nbands, sizeof(HoursBand), compare_bands);
	for (i = 1; i < nbands; i++)
	{
		if (compare_bands(&bands[i - 1], &bands[i]) == 0)
		{
			*twice = &bands[i];
			return NULL;
		}
	}
	return pack(bands, nbands, escontext);
}

/* Detoast hours. */
Hours *
hours_datum(Datum datum)
{
	Hours	   *hours = (Hours *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(hours) < offsetof(Hours, usecs) ||
		(hours->flags & ((1 << HOURS_FORMAT_BITS) - 1)) != HOURS_FORMAT)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored value of type %s has an unknown format",
						"oncall.hours")));
	return hours;
}

/*
 * Reading text
 */

#define NOTATION_HINT \
	"Write bands and durations such as night=>06:00:00, weekend=>48:00:00."

/* Point at the place where a text stops being hours. */
static bool
expected(Reader *reader, const char *what)
{
	int			len = (int) strnlen(reader->at, 30 + MAX_MULTIBYTE_CHAR_LEN);
	int			shown = pg_mbcliplen(reader->at, len, 30);

	if (len == 0)
		ereturn(reader->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"oncall.hours", reader->text),
				 errdetail("Expected %s at the end.", what),
				 errhint(NOTATION_HINT)));
	ereturn(reader->escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"",
					"oncall.hours", reader->text),
			 errdetail("Expected %s at \"%.*s%s\".", what,
					   shown, reader->at, shown < len ? "..." : ""),
			 errhint(NOTATION_HINT)));
}

/* Step over white space, as array literals know it. */
static void
skip_space(Reader *reader)
{
	while (*reader->at == ' ' || (*reader->at >= '\t' && *reader->at <= '\r'))
		reader->at++;
}

/* Read a name in double quotes, in which a backslash quotes what follows. */
static bool
read_quoted(Reader *reader)
{
	reader->at++;
	while (*reader->at != '"')
	{
		if (*reader->at == '\\')
			reader->at++;
		if (*reader->at == '\0')
			return expected(reader, "a double quote that ends the name");
		*reader->names++ = *reader->at++;
	}
	reader->at++;
	return true;
}

/* Read the name of a band. */
static bool
read_name(Reader *reader, HoursBand *band)
{
	band->name = reader->names;
	if (*reader->at == '"')
	{
		if (!read_quoted(reader))
			return false;
	}
	else
	{
		while (strchr(SPECIAL, *reader->at) == NULL)
			*reader->names++ = *reader->at++;
		if (reader->names == band->name)
			return expected(reader, "the name of a band");
	}
	band->len = (int) (reader->names - band->name);
	return true;
}

/* Read two digits below 60. */
static bool
read_sixty(const char **p, int64 *value)
{
	if ((*p)[0] < '0' || (*p)[0] > '5' || !isdigit((unsigned char) (*p)[1]))
		return false;
	*value = ((*p)[0] - '0') * 10 + ((*p)[1] - '0');
	*p += 2;
	return !isdigit((unsigned char) **p);
}

/* Read one to six digits of a second as microseconds. */
static bool
read_fraction(const char **p, int64 *usecs)
{
	int64		unit = USECS_PER_SEC;

	*usecs = 0;
	while (isdigit((unsigned char) **p))
	{
		unit /= 10;
		if (unit == 0)
			return false;
		*usecs += unit * (*(*p)++ - '0');
	}
	return unit < USECS_PER_SEC;
}

/*
 * Read a duration as sign, hours and the rest in microseconds. The hours are
 * PG_INT64_MAX if they are more than that.
 */
static bool
read_parts(const char **p, bool *negative, int64 *hours, int64 *rest)
{
	int64		minutes,
				seconds = 0,
				usecs = 0;

	*negative = (**p == '-');
	if (**p == '-' || **p == '+')
		(*p)++;
	if (!isdigit((unsigned char) **p))
		return false;
	for (*hours = 0; isdigit((unsigned char) **p); (*p)++)
		if (pg_mul_s64_overflow(*hours, 10, hours) ||
			pg_add_s64_overflow(*hours, **p - '0', hours))
			*hours = PG_INT64_MAX;
	if (*(*p)++ != ':' || !read_sixty(p, &minutes))
		return false;
	if (**p == ':')
	{
		(*p)++;
		if (!read_sixty(p, &seconds))
			return false;
		if (**p == '.')
		{
			(*p)++;
			if (!read_fraction(p, &usecs))
				return false;
		}
	}
	*rest = minutes * USECS_PER_MINUTE + seconds * USECS_PER_SEC + usecs;
	return true;
}

/*
 * Does this look like an interval with days or longer units? Its first word
 * tells, or, without words, numbers beside each other ("3 04:05") or a year
 * and a month ("1-2"). In ISO 8601 they follow a "P", and times a "PT".
 */
static bool
has_days(const char *p)
{
	static const char *const units[] = {"d", "w", "mon", "y", "c", "mil", "p"};
	int			i;

	if (*p == '@')
		p++;
	while (*p == ' ' || *p == '-' || *p == '+')
		p++;
	if (isdigit((unsigned char) *p))
	{
		while (isdigit((unsigned char) *p) || *p == '.')
			p++;
		if (*p == '-' && isdigit((unsigned char) p[1]))
			return true;
		while (*p == ' ')
		{
			p++;
			if (isdigit((unsigned char) *p))
				return true;
		}
	}
	if (pg_strncasecmp(p, "pt", 2) == 0)
		return false;
	for (i = 0; i < (int) lengthof(units); i++)
		if (pg_strncasecmp(p, units[i], strlen(units[i])) == 0)
			return true;
	return false;
}

/* Read a duration of hours, minutes and seconds. */
static bool
read_duration(Reader *reader, HoursBand *band)
{
	const char *p = reader->at;
	bool		negative;
	int64		hours,
				rest;

	if (!read_parts(&p, &negative, &hours, &rest))
	{
		if (!has_days(reader->at))
			return expected(reader, "a duration such as 06:00:00");
		ereturn(reader->escontext, false,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"oncall.hours", reader->text),
				 errdetail("Band \"%.*s\" has days, months or years, which are not always of one length.",
						   band->len, band->name),
				 errhint("Write hours, which may be more than 24, such as 48:00:00.")));
	}
	if (negative)
	{
		hours = -hours;
		rest = -rest;
	}
	if (pg_mul_s64_overflow(hours, USECS_PER_HOUR, &band->usecs) ||
		pg_add_s64_overflow(band->usecs, rest, &band->usecs))
		return out_of_range(reader->escontext);
	reader->at = p;
	return true;
}

/* Read one band and its duration. */
static bool
read_band(Reader *reader)
{
	HoursBand	band;

	CHECK_FOR_INTERRUPTS();
	skip_space(reader);
	if (!read_name(reader, &band))
		return false;
	skip_space(reader);
	if (reader->at[0] != '=' || reader->at[1] != '>')
		return expected(reader, "\"=>\"");
	reader->at += 2;
	skip_space(reader);
	if (!read_duration(reader, &band))
		return false;
	skip_space(reader);
	if (*reader->at != ',' && *reader->at != '\0')
		return expected(reader, "\",\" or the end");

	if (reader->nbands == HOURS_MAX_BANDS)
		return too_large(reader->escontext) != NULL;
	if (reader->nbands == reader->maxbands)
	{
		reader->maxbands = Min(reader->maxbands * 2, HOURS_MAX_BANDS);
		reader->bands = repalloc(reader->bands,
								 reader->maxbands * sizeof(HoursBand));
	}
	reader->bands[reader->nbands++] = band;
	return true;
}

/* Text to hours. */
Datum
oncall_hours_in(PG_FUNCTION_ARGS)
{
	Reader		reader;
	const HoursBand *twice;
	Hours	   *hours;

	reader.text = PG_GETARG_CSTRING(0);
	reader.at = reader.text;
	reader.names = palloc(strlen(reader.text) + 1);
	reader.nbands = 0;
	reader.maxbands = 8;
	reader.bands = palloc(reader.maxbands * sizeof(HoursBand));
	reader.escontext = fcinfo->context;

	skip_space(&reader);
	if (*reader.at != '\0')
	{
		bool		read;

		while ((read = read_band(&reader)) && *reader.at == ',')
			reader.at++;
		if (!read)
			PG_RETURN_NULL();
	}
	hours = make_of_distinct(reader.bands, reader.nbands, &twice,
							 reader.escontext);
	if (twice)
		ereturn(reader.escontext, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"",
						"oncall.hours", reader.text),
				 errdetail("Band \"%.*s\" stands there more than once.",
						   twice->len, twice->name),
				 errhint("Write each band once, or add hours with +.")));
	if (hours == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(hours);
}

/*
 * Writing text
 */

/* Write a name, in double quotes where it needs them. */
static void
write_name(StringInfo buf, const HoursBand *band)
{
	bool		quote = (band->len == 0);
	int			i;

	for (i = 0; i < band->len && !quote; i++)
		quote = strchr(SPECIAL, band->name[i]) != NULL;
	if (!quote)
	{
		appendBinaryStringInfo(buf, band->name, band->len);
		return;
	}
	appendStringInfoCharMacro(buf, '"');
	for (i = 0; i < band->len; i++)
	{
		if (band->name[i] == '"' || band->name[i] == '\\')
			appendStringInfoCharMacro(buf, '\\');
		appendStringInfoCharMacro(buf, band->name[i]);
	}
	appendStringInfoCharMacro(buf, '"');
}

/* Write a duration as intervals of hours, minutes and seconds are printed. */
static void
write_duration(StringInfo buf, int64 usecs)
{
	uint64		left = usecs < 0 ? 0 - (uint64) usecs : (uint64) usecs;
	int			fraction = (int) (left % USECS_PER_SEC);
	int			digits = 6;

	appendStringInfo(buf, "%s%02lld:%02d:%02d", usecs < 0 ? "-" : "",
					 (long long) (left / USECS_PER_HOUR),
					 (int) (left / USECS_PER_MINUTE % MINS_PER_HOUR),
					 (int) (left / USECS_PER_SEC % SECS_PER_MINUTE));
	if (fraction == 0)
		return;
	while (fraction % 10 == 0)
	{
		fraction /= 10;
		digits--;
	}
	appendStringInfo(buf, ".%0*d", digits, fraction);
}

/* Hours to text. */
Datum
oncall_hours_out(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	StringInfoData buf;
	int			i;

	initStringInfo(&buf);
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);

		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoString(&buf, ", ");
		write_name(&buf, &band);
		appendStringInfoString(&buf, "=>");
		write_duration(&buf, band.usecs);
	}
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_CSTRING(buf.data);
}

/*
 * Binary form: format, number of bands, and of each the length of its name,
 * the name and the microseconds
 */

/* The least that a band takes. */
#define BINARY_BAND_SIZE (sizeof(int32) + sizeof(int64))

/* The bytes are not those that hours_send() writes. */
static void
malformed_binary(const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value for type %s", "oncall.hours"),
			 errdetail("%s", why)));
}

/*
 * Binary to hours. Bands may come in any order, since that of their bytes can
 * be another one in the encoding of the client.
 */
Datum
oncall_hours_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	HoursBand  *bands;
	const HoursBand *twice;
	Hours	   *hours;
	uint32		nbands;
	uint32		i;

	if (pq_getmsgbyte(buf) != HOURS_FORMAT)
		malformed_binary("The format is unknown.");
	nbands = pq_getmsgint(buf, 4);
	if (nbands > HOURS_MAX_BANDS ||
		nbands > (buf->len - buf->cursor) / BINARY_BAND_SIZE)
		malformed_binary("There are fewer bands than it says.");
	bands = palloc(nbands * sizeof(HoursBand));
	for (i = 0; i < nbands; i++)
	{
		int			len = (int) pq_getmsgint(buf, 4);

		CHECK_FOR_INTERRUPTS();
		bands[i].name = pq_getmsgtext(buf, len, &bands[i].len);
		bands[i].usecs = pq_getmsgint64(buf);
		if (bands[i].usecs == 0)
			malformed_binary("A band of zero is not kept.");
	}
	hours = make_of_distinct(bands, (int) nbands, &twice, NULL);
	if (twice)
		malformed_binary("A band comes more than once.");
	PG_RETURN_POINTER(hours);
}

/* Write a name, in the encoding of the client. */
static void
send_name(StringInfo buf, const HoursBand *band)
{
	char	   *name = pg_server_to_client(band->name, band->len);
	int			len = name == band->name ? band->len : (int) strlen(name);

	pq_sendint32(buf, (uint32) len);
	pq_sendbytes(buf, name, len);
	if (name != band->name)
		pfree(name);
}

/* Hours to binary. */
Datum
oncall_hours_send(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	StringInfoData buf;
	int			i;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, HOURS_FORMAT);
	pq_sendint32(&buf, (uint32) hours_count(hours));
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);

		CHECK_FOR_INTERRUPTS();
		send_name(&buf, &band);
		pq_sendint64(&buf, band.usecs);
	}
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/*
 * Parts
 */

/* So long as an interval of hours, minutes and seconds. */
static Interval *
as_interval(int64 usecs)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = usecs;
	return interval;
}

/* hours(band text, duration interval) */
Datum
oncall_hours_of(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	Interval   *duration = PG_GETARG_INTERVAL_P(1);
	HoursBand	band;

	if (INTERVAL_NOT_FINITE(duration))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("duration of band \"%s\" must be finite",
						text_to_cstring(name))));
	if (duration->month != 0 || duration->day != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("duration of band \"%s\" must be in hours, minutes and seconds",
						text_to_cstring(name)),
				 errdetail("Days, months and years are not always of one length."),
				 errhint("Where each day is 24 hours, as in differences of timestamptz, give extract(epoch FROM duration) * interval '1 second'.")));
	band.name = VARDATA_ANY(name);
	band.len = VARSIZE_ANY_EXHDR(name);
	band.usecs = duration->time;
	PG_RETURN_POINTER(pack(&band, 1, NULL));
}

/* hours -> text: the duration of a band, or NULL. */
Datum
oncall_hours_get(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	text	   *name = PG_GETARG_TEXT_PP(1);
	int			low = 0;
	int			high = hours_count(hours);

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		HoursBand	band = hours_band(hours, middle);
		int			cmp = hours_compare_names(VARDATA_ANY(name),
											  VARSIZE_ANY_EXHDR(name),
											  band.name, band.len);

		if (cmp == 0)
			PG_RETURN_INTERVAL_P(as_interval(band.usecs));
		if (cmp < 0)
			high = middle;
		else
			low = middle + 1;
	}
	PG_RETURN_NULL();
}

/* The sum of all bands, which may be more than an interval can hold. */
static Wide
sum_of_bands(const Hours *hours)
{
	Wide		sum = wide_of(0);
	int			i;

	for (i = 0; i < hours_count(hours); i++)
		sum = wide_add(sum, wide_of(hours->usecs[i]));
	return sum;
}

/* The sum of all bands. */
Datum
oncall_hours_total(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	int64		usecs;

	if (!wide_value(sum_of_bands(hours), &usecs))
		hours_out_of_range();
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_INTERVAL_P(as_interval(usecs));
}

/* The bands and their durations as rows. */
Datum
oncall_hours_each(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	Hours	   *hours;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext caller;

		call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL,
								 &call->tuple_desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		call->tuple_desc = BlessTupleDesc(call->tuple_desc);
		hours = (Hours *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0));
		call->user_fctx = hours_datum(PointerGetDatum(hours));
		MemoryContextSwitchTo(caller);
	}
	call = SRF_PERCALL_SETUP();
	hours = call->user_fctx;
	if (call->call_cntr < (uint64) hours_count(hours))
	{
		HoursBand	band = hours_band(hours, (int) call->call_cntr);
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = PointerGetDatum(cstring_to_text_with_len(band.name,
															 band.len));
		values[1] = IntervalPGetDatum(as_interval(band.usecs));
		SRF_RETURN_NEXT(call,
						HeapTupleGetDatum(heap_form_tuple(call->tuple_desc,
														  values, nulls)));
	}
	SRF_RETURN_DONE(call);
}

/* Hours with six decimal places; half of the last one is rounded up. */
static Numeric
decimal_hours(int64 usecs)
{
	/* an hour has 3600 times as many microseconds as it has millionths */
	int64		millionths = usecs / SECS_PER_HOUR;
	int64		left = usecs % SECS_PER_HOUR;

	if (left >= SECS_PER_HOUR / 2)
		millionths++;
	else if (left <= -(SECS_PER_HOUR / 2))
		millionths--;
	return int64_div_fast_to_numeric(millionths, 6);
}

/* An object of decimal hours. */
Datum
oncall_hours_jsonb(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	JsonbBuild	build = {0};
	JsonbValue	key;
	JsonbValue	value;
	int			i;

	key.type = jbvString;
	value.type = jbvNumeric;
	push_jsonb(&build, WJB_BEGIN_OBJECT, NULL);
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);

		CHECK_FOR_INTERRUPTS();
		key.val.string.val = unconstify(char *, band.name);
		key.val.string.len = band.len;
		value.val.numeric = decimal_hours(band.usecs);
		push_jsonb(&build, WJB_KEY, &key);
		push_jsonb(&build, WJB_VALUE, &value);
	}
	push_jsonb(&build, WJB_END_OBJECT, NULL);
	PG_RETURN_JSONB_P(JsonbValueToJsonb(build.result));
}

/* The same as json, in the order of the names. */
Datum
oncall_hours_json(PG_FUNCTION_ARGS)
{
	Hours	   *hours = PG_GETARG_HOURS_P(0);
	StringInfoData out;
	int			i;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (i = 0; i < hours_count(hours); i++)
	{
		HoursBand	band = hours_band(hours, i);
		char	   *name = pnstrdup(band.name, band.len);

		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendStringInfoString(&out, ", ");
		escape_json(&out, name);
		appendStringInfo(&out, ": %s",
						 DatumGetCString(DirectFunctionCall1(numeric_out,
															 NumericGetDatum(decimal_hours(band.usecs)))));
		pfree(name);
	}
	appendStringInfoChar(&out, '}');
	PG_FREE_IF_COPY(hours, 0);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/*
 * Sums and differences
 */

/* Two hours band by band. */
static Hours *
merge(const Hours *a, const Hours *b,
	  bool (*overflows) (int64 x, int64 y, int64 *result))
{
	int			i = 0;
	int			j = 0;
	int			n = 0;
	HoursBand  *bands;
	Hours	   *result;

	bands = palloc((hours_count(a) + hours_count(b)) * sizeof(HoursBand));
	while (i < hours_count(a) || j < hours_count(b))
	{
		HoursBand	x = {0};
		HoursBand	y = {0};
		int			cmp = -1;

		CHECK_FOR_INTERRUPTS();
		if (i < hours_count(a))
			x = hours_band(a, i);
		if (j < hours_count(b))
			y = hours_band(b, j);
		if (x.name == NULL)
			cmp = 1;
		else if (y.name != NULL)
			cmp = hours_compare_names(x.name, x.len, y.name, y.len);

		bands[n] = cmp <= 0 ? x : y;
		if (overflows(cmp <= 0 ? x.usecs : 0, cmp >= 0 ? y.usecs : 0,
					  &bands[n].usecs))
			hours_out_of_range();
		n++;
		i += (cmp <= 0);
		j += (cmp >= 0);
	}
	result = pack(bands, n, NULL);
	pfree(bands);
	return result;
}

/* hours + hours */
Datum
oncall_hours_plus(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(merge(PG_GETARG_HOURS_P(0), PG_GETARG_HOURS_P(1),
							pg_add_s64_overflow));
}

/* hours - hours */
Datum
oncall_hours_minus(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(merge(PG_GETARG_HOURS_P(0), PG_GETARG_HOURS_P(1),
							pg_sub_s64_overflow));
}

/*
 * Comparison
 */

/* By total, then by bands: name, duration. */
static int
compare(const Hours *a, const Hours *b)
{
	int			cmp = wide_compare(sum_of_bands(a), sum_of_bands(b));
	int			n = Min(hours_count(a), hours_count(b));
	int			i;

	for (i = 0; cmp == 0 && i < n; i++)
	{
		HoursBand	x = hours_band(a, i);
		HoursBand	y = hours_band(b, i);

		cmp = hours_compare_names(x.name, x.len, y.name, y.len);
		if (cmp == 0)
			cmp = (x.usecs > y.usecs) - (x.usecs < y.usecs);
	}
	return cmp != 0 ? cmp : hours_count(a) - hours_count(b);
}

/* Compare two arguments. */
static int
compare_args(FunctionCallInfo fcinfo)
{
	Hours	   *a = PG_GETARG_HOURS_P(0);
	Hours	   *b = PG_GETARG_HOURS_P(1);
	int			cmp = compare(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

/* Compare two data that are being sorted. */
static int
compare_sorting(Datum x, Datum y, SortSupport sort)
{
	Hours	   *a = hours_datum(x);
	Hours	   *b = hours_datum(y);
	int			cmp = compare(a, b);

	(void) sort;
	if ((Pointer) a != DatumGetPointer(x))
		pfree(a);
	if ((Pointer) b != DatumGetPointer(y))
		pfree(b);
	return cmp;
}

#if SIZEOF_DATUM >= 8

/* The total for sorting; totals out of range are as the last that is not. */
static Datum
abbreviate(Datum datum, SortSupport sort)
{
	Hours	   *hours = hours_datum(datum);
	Wide		sum = sum_of_bands(hours);
	int64		total;

	(void) sort;
	if (!wide_value(sum, &total))
		total = wide_compare(sum, wide_of(0)) < 0 ? PG_INT64_MIN : PG_INT64_MAX;
	if ((Pointer) hours != DatumGetPointer(datum))
		pfree(hours);
	return Int64GetDatum(total);
}

/* Comparing totals first pays even where many are equal. */
static bool
never_abort(int ntuples, SortSupport sort)
{
	(void) ntuples;
	(void) sort;
	return false;
}

#endif

/* Equal? */
Datum
oncall_hours_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) == 0);
}

/* Not equal? */
Datum
oncall_hours_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) != 0);
}

/* Before? */
Datum
oncall_hours_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) < 0);
}

/* Before or equal? */
Datum
oncall_hours_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) <= 0);
}

/* After or equal? */
Datum
oncall_hours_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) >= 0);
}

/* After? */
Datum
oncall_hours_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_args(fcinfo) > 0);
}

/* Less than, equal to or greater than zero. */
Datum
oncall_hours_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_args(fcinfo));
}

/*
 * Compare without the function manager in between, and first of all by total,
 * which is a word where a Datum has 64 bits.
 */
Datum
oncall_hours_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport sort = (SortSupport) PG_GETARG_POINTER(0);

	sort->comparator = compare_sorting;
#if SIZEOF_DATUM >= 8
	if (sort->abbreviate)
	{
		sort->comparator = ssup_datum_signed_cmp;
		sort->abbrev_converter = abbreviate;
		sort->abbrev_abort = never_abort;
		sort->abbrev_full_comparator = compare_sorting;
	}
#endif
	PG_RETURN_VOID();
}

/* Equal hours are equal bytes. */
Datum
oncall_hours_hash(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any((unsigned char *) VARDATA_ANY(hours),
								VARSIZE_ANY_EXHDR(hours));

	PG_FREE_IF_COPY(hours, 0);
	return hash;
}

/* The same with a seed, in 64 bits. */
Datum
oncall_hours_hash_extended(PG_FUNCTION_ARGS)
{
	struct varlena *hours = PG_GETARG_VARLENA_PP(0);
	Datum		hash = hash_any_extended((unsigned char *) VARDATA_ANY(hours),
										 VARSIZE_ANY_EXHDR(hours),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(hours, 0);
	return hash;
}
