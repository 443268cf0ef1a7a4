--
-- pair: who holds the first two seats
--
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'oncall.pair'::regtype ORDER BY amname;

CREATE FUNCTION pg_temp.attempt(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text; answer text;
BEGIN
	EXECUTE 'SELECT ' || $1 INTO answer;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n  ', state || ': ' || message,
		nullif(detail, ''), nullif(hint, ''));
END $$;

-- text in and out
SELECT t AS "in", t::oncall.pair AS "out"
FROM unnest('{"(17,4)","(17,)","(,4)","(,)"," ( 17 , 4 ) ","( ,  ) ","(007,4)","(2147483647,2147483647)"}'::text[]) t;

\pset tuples_only on
\pset format unaligned
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.pair')
FROM unnest(ARRAY['', ' ', '17,4', '(17)', '(17,4', '(17,4,2)', '(17,4)x',
	'(1 7,4)', '(+1,2)', '(1.0,2)', '(a,b)', '(-,1)', '(0,1)', '(-1,)',
	'(,-0)', '(2147483648,)', '(,99999999999999999999999999)']) t;

-- pair(int, int), and back
SELECT pg_temp.attempt(t) FROM unnest(ARRAY['oncall.pair(17, 4)',
	'oncall.pair(17, NULL)', 'oncall.pair(NULL, 4)',
	'oncall.pair(NULL, NULL)', 'oncall.pair(5, 5)', 'oncall.pair(0, 4)',
	'oncall.pair(4, -1)', 'oncall.pair(-2147483648, 1)']) t;
\pset format aligned
\pset tuples_only off
\pset null NULL
SELECT p, oncall.primary_of(p), oncall.secondary_of(p), p::int[]
FROM unnest('{"(17,4)","(17,)","(,4)","(,)",NULL}'::oncall.pair[]) p;

-- the cast is one for assignment
CREATE TEMP TABLE ids (list int[]);
INSERT INTO ids SELECT oncall.pair(17, NULL) RETURNING *;
\set VERBOSITY sqlstate
SELECT oncall.pair(17, NULL) || 1;
\set VERBOSITY default

-- someone in a pair, someone in common
SET search_path = pg_catalog, oncall;
SELECT p, p @> 17 AS has_17, 17 <@ p AS in_it, p @> 0 AS has_0,
	p && '(17,4)' AS with_17_4, p && '(4,)' AS with_4, p && '(,)' AS with_nobody
FROM unnest('{"(17,4)","(4,17)","(17,)","(,4)","(,)","(5,6)","(17,17)",NULL}'::pair[]) p;

-- order: by primary, then by secondary, empty seats first
SELECT p FROM unnest('{"(17,4)","(4,17)","(2147483647,)","(17,)","(,4)","(,)","(4,2147483647)"}'::pair[]) p ORDER BY p;
SELECT a, b, a = b AS "=", a <> b AS "<>", a < b AS "<", a <= b AS "<=",
	a > b AS ">", a >= b AS ">=", oncall_internal.pair_cmp(a, b) AS cmp
FROM (VALUES ('(17,4)'::pair, '(17,4)'::pair), ('(17,)', '(17,4)'), ('(17,4)', '(4,17)')) v (a, b);

-- it hashes as the bigint that it is
SELECT bool_and(oncall_internal.pair_hash(pair(a, b)) = hashint8(n)
	AND oncall_internal.pair_hash_extended(pair(a, b), 42) = hashint8extended(n, 42))
FROM (SELECT a, b, a::bigint << 32 | b AS n
	  FROM generate_series(1, 30) a, generate_series(1, 30) b) x;

-- it groups, joins and is found by an index
CREATE TEMP TABLE duty AS
	SELECT n, pair(1 + n % 9, nullif(n % 5, 0)) AS who
	FROM generate_series(1, 2000) n;
CREATE INDEX ON duty (who);
CREATE INDEX ON duty USING hash (who);
ANALYZE duty;
SELECT count(*), count(DISTINCT who), min(n), max(n) FROM duty WHERE who = '(3,2)';
SELECT who, count(*) FROM duty GROUP BY who ORDER BY count(*) DESC, who LIMIT 3;
EXPLAIN (COSTS OFF) SELECT * FROM duty a JOIN duty b USING (who);
SET enable_hashjoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM duty a JOIN duty b USING (who);
SELECT count(*) FROM duty a JOIN duty b USING (who);
RESET enable_hashjoin;
RESET enable_nestloop;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT n FROM duty WHERE who > '(8,3)' ORDER BY who;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- binary
SELECT oncall_internal.pair_send(p) FROM unnest('{"(17,4)","(17,)","(,2147483647)","(,)"}'::pair[]) p;
CREATE TEMP TABLE received (p pair);
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\010\0\0\0\021\0\0\0\004\0\001\0\0\0\010\0\0\0\0\177\377\377\377\377\377"' (format binary)
SELECT p FROM received;
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\010\377\377\377\377\0\0\0\004\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\010\0\0\0\001\200\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\007\0\0\0\001\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\011\0\0\0\001\0\0\0\001\0\377\377"' (format binary)
SELECT count(*) FROM received;

-- as json, whether it is cast or stands in a row or an array that is
SELECT p, p::json, p::jsonb, p::json::jsonb = p::jsonb AS same, to_json(p), to_jsonb(p)
FROM unnest('{"(9,4)","(9,)","(,2147483647)","(,)"}'::pair[]) AS p;
SELECT row_to_json(r), to_jsonb(r), jsonb_build_object('who', r.who)
FROM (SELECT pair(9, 4) AS who, 'night=>06:00:00'::oncall.hours AS worked) AS r;
SELECT json_agg(who), jsonb_agg(who) FROM (VALUES (pair(9, 4)), (pair(4, NULL)), (NULL)) AS d (who);
