/*-------------------------------------------------------------------------
 *
 * server.c
 *	  The little of a server that the functions of types ask for.
 *
 * Strings, hashing and encodings come from the server's own libpgcommon and
 * libpgport. What stands here is what only a server has: errors, detoasting,
 * messages, a few functions of text. It does what the server does with two
 * encodings. All else that the types' files refer to stays unresolved, and ends
 * a run that calls it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <stdio.h>

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "server.h"

/* the C library's, whose arguments the sanitizers look at */
#undef vsnprintf
#undef snprintf
#undef printf

MemoryContext CurrentMemoryContext = NULL;
volatile sig_atomic_t InterruptPending = false;

int			encoding = PG_UTF8;
Thrown		thrown;
jmp_buf    *catcher = NULL;

/* ----------------------------------------------------------------
 * Calls and errors
 * ----------------------------------------------------------------
 */
Datum
call(PGFunction function, int nargs, Datum a, Datum b)
{
	LOCAL_FCINFO(fcinfo, 2);

	InitFunctionCallInfoData(*fcinfo, NULL, nargs, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = a;
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = b;
	fcinfo->args[1].isnull = false;
	return function(fcinfo);
}

/* Is what an error says whole characters? Clients would choke on it. */
static void
check_words(const char *words)
{
	int			len = (int) strlen(words);

	/* a message longer than we keep ends anywhere */
	if (len < (int) sizeof(thrown.message) - 1 &&
		pg_encoding_verifymbstr(encoding, words, len) != len)
	{
		printf("# an error with half a character: %s\n", words);
		abort();
	}
}

bool
try_call(PGFunction function, int nargs, Datum a, Datum b, Datum *result)
{
	jmp_buf		here;

	memset(&thrown, 0, sizeof(thrown));
	if (setjmp(here) == 0)
	{
		catcher = &here;
		*result = call(function, nargs, a, b);
		catcher = NULL;
		return true;
	}
	catcher = NULL;
	if (thrown.message[0] == '\0' || thrown.sqlstate == 0 ||
		thrown.sqlstate == ERRCODE_INTERNAL_ERROR)
	{
		printf("# an error without words, or without a code: %s\n",
			   thrown.message);
		abort();
	}
	check_words(thrown.message);
	check_words(thrown.detail);
	check_words(thrown.hint);
	return false;
}

bool
errstart(int elevel, const char *domain)
{
	if (elevel < ERROR)
		return false;
	thrown.sqlstate = ERRCODE_INTERNAL_ERROR;
	return true;
}

bool
errstart_cold(int elevel, const char *domain)
{
	return errstart(elevel, domain);
}

void
errfinish(const char *filename, int lineno, const char *funcname)
{
	if (catcher == NULL)
	{
		printf("# an error where there must be none, at %s:%d: %s %s\n",
			   filename, lineno, thrown.message, thrown.detail);
		abort();
	}
	longjmp(*catcher, 1);
}

#if PG_VERSION_NUM >= 160000
bool
errsave_start(struct Node *context, const char *domain)
{
	return errstart(ERROR, domain);
}

void
errsave_finish(struct Node *context, const char *filename, int lineno,
			   const char *funcname)
{
	errfinish(filename, lineno, funcname);
}
#endif

int
errcode(int sqlerrcode)
{
	thrown.sqlstate = sqlerrcode;
	return 0;
}

#define KEEP_WORDS(part) \
	do { \
		va_list		args; \
		va_start(args, fmt); \
		vsnprintf(thrown.part, sizeof(thrown.part), fmt, args); \
		va_end(args); \
		return 0; \
	} while (0)

int
errmsg(const char *fmt,...)
{
	KEEP_WORDS(message);
}

int
errmsg_internal(const char *fmt,...)
{
	KEEP_WORDS(message);
}

int
errdetail(const char *fmt,...)
{
	KEEP_WORDS(detail);
}

int
errhint(const char *fmt,...)
{
	KEEP_WORDS(hint);
}

void
#if PG_VERSION_NUM >= 160000
ExceptionalCondition(const char *conditionName, const char *fileName,
					 int lineNumber)
#else
ExceptionalCondition(const char *conditionName, const char *errorType,
					 const char *fileName, int lineNumber)
#endif
{
	printf("# assertion failed: %s, at %s:%d\n", conditionName, fileName,
		   lineNumber);
	abort();
}

void
ProcessInterrupts(void)
{
}

/* ----------------------------------------------------------------
 * Memory
 *
 * palloc() and its like are the harness's. An aggregate's states live until
 * the end of the case, as all does.
 * ----------------------------------------------------------------
 */
void *
MemoryContextAlloc(MemoryContext context, Size size)
{
	return palloc(size);
}

void *
MemoryContextAllocZero(MemoryContext context, Size size)
{
	return palloc0(size);
}

int
AggCheckCallContext(FunctionCallInfo fcinfo, MemoryContext *aggcontext)
{
	if (aggcontext)
		*aggcontext = NULL;
	return AGG_CONTEXT_AGGREGATE;
}

char *
pnstrdup(const char *in, Size len)
{
	char	   *copy;

	len = strnlen(in, len);
	copy = palloc(len + 1);
	memcpy(copy, in, len);
	copy[len] = '\0';
	return copy;
}

char *
pstrdup(const char *in)
{
	return pnstrdup(in, strlen(in));
}

/* As stored with a short header, or as it is. */
struct varlena *
pg_detoast_datum(struct varlena *datum)
{
	struct varlena *whole;

	if (!VARATT_IS_SHORT(datum))
		return datum;
	whole = palloc(VARSIZE_SHORT(datum) - VARHDRSZ_SHORT + VARHDRSZ);
	SET_VARSIZE(whole, VARSIZE_SHORT(datum) - VARHDRSZ_SHORT + VARHDRSZ);
	memcpy(VARDATA(whole), VARDATA_SHORT(datum),
		   VARSIZE_SHORT(datum) - VARHDRSZ_SHORT);
	return whole;
}

struct varlena *
pg_detoast_datum_packed(struct varlena *datum)
{
	return datum;
}

/* ----------------------------------------------------------------
 * Text
 * ----------------------------------------------------------------
 */
text *
cstring_to_text_with_len(const char *s, int len)
{
	text	   *result = palloc(len + VARHDRSZ);

	SET_VARSIZE(result, len + VARHDRSZ);
	memcpy(VARDATA(result), s, len);
	return result;
}

text *
cstring_to_text(const char *s)
{
	return cstring_to_text_with_len(s, (int) strlen(s));
}

char *
text_to_cstring(const text *t)
{
	return pnstrdup(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
}

bool
scanner_isspace(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\f'
#if PG_VERSION_NUM >= 160000
		|| ch == '\v'
#endif
		;
}

int
pg_ltoa(int32 value, char *a)
{
	return snprintf(a, 12, "%d", value);
}

char *
asc_tolower(const char *buff, size_t nbytes)
{
	char	   *lower = pnstrdup(buff, nbytes);
	char	   *c;

	for (c = lower; *c != '\0'; c++)
		*c = (char) pg_ascii_tolower((unsigned char) *c);
	return lower;
}

/* Not the distance, but as good as one here: places that differ. */
int
varstr_levenshtein_less_equal(const char *source, int slen,
							  const char *target, int tlen,
							  int ins_c, int del_c, int sub_c,
							  int max_d, bool trusted)
{
	int			distance = Max(slen, tlen) - Min(slen, tlen);
	int			i;

	for (i = 0; i < Min(slen, tlen); i++)
		distance += source[i] != target[i];
	return Min(distance, max_d + 1);
}

/* ----------------------------------------------------------------
 * Encodings
 * ----------------------------------------------------------------
 */
int
pg_mblen(const char *mbstr)
{
	return pg_encoding_mblen(encoding, mbstr);
}

int
pg_mbstrlen_with_len(const char *mbstr, int limit)
{
	int			len = 0;

	while (limit > 0 && *mbstr != '\0')
	{
		int			l = pg_mblen(mbstr);

		limit -= l;
		mbstr += l;
		len++;
	}
	return len;
}

int
pg_mbcliplen(const char *mbstr, int len, int limit)
{
	int			clen = 0;

	while (len > 0 && *mbstr != '\0')
	{
		int			l = pg_mblen(mbstr);

		if (clen + l > limit)
			break;
		clen += l;
		len -= l;
		mbstr += l;
	}
	return clen;
}

/* As pg_verify_mbstr(), which is an error. */
static void
verify(int in_encoding, const char *s, int len)
{
	if (pg_encoding_verifymbstr(in_encoding, s, len) != len)
		ereport(ERROR,
				(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
				 errmsg("invalid byte sequence for encoding")));
}

char *
pg_server_to_client(const char *s, int len)
{
	return unconstify(char *, s);
}

char *
pg_server_to_any(const char *s, int len, int to)
{
	if (encoding != to)
		verify(to, s, len);
	return unconstify(char *, s);
}

char *
pg_any_to_server(const char *s, int len, int from)
{
	verify(from, s, len);
	return unconstify(char *, s);
}

/* ----------------------------------------------------------------
 * Messages
 * ----------------------------------------------------------------
 */
void
pq_begintypsend(StringInfo buf)
{
	initStringInfo(buf);
	appendBinaryStringInfo(buf, "\0\0\0\0", VARHDRSZ);
}

bytea *
pq_endtypsend(StringInfo buf)
{
	SET_VARSIZE(buf->data, buf->len);
	return (bytea *) buf->data;
}

#if PG_VERSION_NUM >= 160000
void
pq_sendbytes(StringInfo buf, const void *data, int datalen)
#else
void
pq_sendbytes(StringInfo buf, const char *data, int datalen)
#endif
{
	appendBinaryStringInfo(buf, data, datalen);
}

void
pq_sendtext(StringInfo buf, const char *str, int slen)
{
	appendBinaryStringInfo(buf, str, slen);
}

const char *
pq_getmsgbytes(StringInfo msg, int datalen)
{
	const char *result = msg->data + msg->cursor;

	if (datalen < 0 || datalen > msg->len - msg->cursor)
		ereport(ERROR,
				(errcode(ERRCODE_PROTOCOL_VIOLATION),
				 errmsg("insufficient data left in message")));
	msg->cursor += datalen;
	return result;
}

/* So many bytes as a number, the highest first. */
static uint64
message_number(StringInfo msg, int size)
{
	const unsigned char *p = (const unsigned char *) pq_getmsgbytes(msg, size);
	uint64		number = 0;

	while (size-- > 0)
		number = number << 8 | *p++;
	return number;
}

int
pq_getmsgbyte(StringInfo msg)
{
	return (int) message_number(msg, 1);
}

unsigned int
pq_getmsgint(StringInfo msg, int b)
{
	return (unsigned int) message_number(msg, b);
}

int64
pq_getmsgint64(StringInfo msg)
{
	return (int64) message_number(msg, 8);
}

char *
pq_getmsgtext(StringInfo msg, int rawbytes, int *nbytes)
{
	const char *s = pq_getmsgbytes(msg, rawbytes);

	verify(encoding, s, rawbytes);
	*nbytes = rawbytes;
	return pnstrdup(s, rawbytes);
}

void
pq_getmsgend(StringInfo msg)
{
	if (msg->cursor != msg->len)
		ereport(ERROR,
				(errcode(ERRCODE_PROTOCOL_VIOLATION),
				 errmsg("invalid message format")));
}
