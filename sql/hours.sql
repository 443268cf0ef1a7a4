--
-- hours: durations by band
-- Tests: hours_sum
--
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'oncall.hours'::regtype ORDER BY amname;

-- no setting that changes how others print may change how hours do
SET intervalstyle = sql_standard;

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

-- text in and out; what is printed means the same, and prints alike
CREATE TEMP TABLE accepted (n int GENERATED ALWAYS AS IDENTITY, t text);
INSERT INTO accepted (t) VALUES
	(''), (E' \t\n'), ('night=>06:00:00, weekend=>48:00:00'),
	('weekend=>48:00:00,night=>06:00:00'), ('night=>6:00'), ('night=>+06:00'),
	(E' night\t=>\n06:00:00 , weekend => 48:00:00 '),
	-- fractions, signs, zeros
	('a=>00:00:00.000001'), ('a=>0:00:00.1'), ('a=>00:00:00.120000'),
	('a=>-00:00:00.000001'), ('a=>-100:30:15.5'), ('a=>0:00, b=>1:00'),
	('a=>-0:00:00.000000'), ('a=>000000000000000000000001:00'),
	-- the limits
	('a=>2562047788:00:54.775807, b=>-2562047788:00:54.775808'),
	-- names: byte order, and quoted where they need it
	('b=>1:00, B=>1:00, a=>1:00, ab=>1:00, Z=>1:00, _=>1:00, 1=>1:00'),
	('out-of-hours=>1:00, day/night=>1:00, a.b=>1:00, it''s=>1:00'),
	('""=>1:00'), ('"a b"=>1:00'), ('"plain"=>1:00'), ('"a,b"=>1:00'),
	('"a=>b"=>1:00'), ('"say \"hi\""=>1:00'), ('"back\\slash"=>1:00'),
	('"\p\l\a\i\n"=>1:00'), ('NULL=>1:00');
SELECT t AS "in", t::oncall.hours AS "out" FROM accepted ORDER BY n;
SELECT t FROM accepted
WHERE t::oncall.hours::text::oncall.hours OPERATOR(oncall.<>) t::oncall.hours
	OR t::oncall.hours::text::oncall.hours::text <> t::oncall.hours::text;

-- what is refused
\pset tuples_only on
\pset format unaligned
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.hours')
FROM unnest(ARRAY['night', 'night=>', '=>06:00', ',', 'a=>1:00,', ',a=>1:00',
	'a=>1:00,,b=>1:00', 'a=>1:00 b=>1:00', 'a=1:00', 'a = > 1:00', 'a->1:00',
	'a b=>1:00', '"a=>1:00', '"a\', '"a" b=>1:00', 'a"b=>1:00', 'a\b=>1:00',
	'a=>6', 'a=>06:0', 'a=>06:000', 'a=>06:60', 'a=>06:00:60', 'a=>06:00:0',
	'a=>06:00:00.', 'a=>06:00:00.0000001', 'a=>06:00.5', 'a=>:30', 'a=>- 06:00',
	'a=>--06:00', 'a=>06:-30', 'a=>6 hours', 'a=>PT6H', 'a=>NULL', 'a=>"06:00"',
	'a=>06:00:00 xyzzy and a great deal more than can be shown here',
	'a=>infinity']) t;
-- days and months
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.hours')
FROM unnest(ARRAY['night=>2 days', 'night=>1 mon', 'a=>1 year', 'a=>-1 week',
	'a=>1d', 'a=>2 days 03:00', 'a=>2 03:00', 'a=>1-2', 'a=>P1D', 'a=>@ 1 day']) t;
-- a band twice, however it is written
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.hours')
FROM unnest(ARRAY['a=>1:00, b=>1:00, "a"=>2:00', 'a=>0:00, a=>0:00']) t;
-- out of range
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.hours')
FROM unnest(ARRAY['a=>2562047788:00:54.775808', 'a=>-2562047788:00:54.775809',
	'a=>2562047788:01', 'a=>9223372036854775807:00', 'a=>-9223372036854775808:00',
	'a=>99999999999999999999999999999999999999:00']) t;

-- hours(text, interval)
SELECT pg_temp.attempt(t) FROM unnest(ARRAY[
	$$oncall.hours('night', '06:00')$$, $$oncall.hours('a b', '-100:30:15.5')$$,
	$$oncall.hours('night', '0')$$, $$oncall.hours('', '1:00')$$,
	$$oncall.hours(NULL, '1:00') IS NULL$$, $$oncall.hours('night', NULL) IS NULL$$,
	$$oncall.hours('night', make_interval(hours => 48, secs => 0.000001))$$,
	$$oncall.hours('night', '1 day')$$, $$oncall.hours('night', '1 mon -30 days')$$,
	$$oncall.hours('night', timestamptz '2026-01-03' - timestamptz '2026-01-01')$$,
	$$oncall.hours('night', extract(epoch FROM timestamptz '2026-01-03' - timestamptz '2026-01-01') * interval '1 second')$$
	]) t;
\pset format aligned
\pset tuples_only off
\pset null NULL
SET intervalstyle = postgres;

-- parts
SET search_path = pg_catalog, oncall;
SELECT h, h -> 'night' AS night, h -> 'weekend' AS weekend, h -> 'Night' AS other,
	h -> NULL AS nothing, total(h), h::jsonb
FROM unnest(ARRAY['night=>06:00:00, weekend=>48:00:00', 'night=>-00:00:00.5', '', NULL]::hours[]) h;
SELECT * FROM each('weekend=>48:00:00, night=>06:00:00, ""=>-1:00');
SELECT * FROM each('');
SELECT each('a=>1:00, b=>2:00'), generate_series(1, 2);
SELECT h -> ('band ' || n) FROM (SELECT string_agg(format('"band %s"=>%s:00', n, n), ',')::hours AS h
	FROM generate_series(1, 1000) n) x, unnest('{1,2,500,999,1000,1001}'::int[]) n;

-- decimal hours: six places, half away from zero
SELECT us, ('a=>' || us * interval '1 microsecond')::hours::jsonb
FROM unnest('{1,1799,1800,5399,5400,-1799,-1800,3600000000,12345678901234}'::bigint[]) us;
SELECT 'a=>2562047788:00:54.775807, b=>-2562047788:00:54.775808'::hours::jsonb;
SELECT '"b c"=>1:00, "\""=>1:20, ""=>0:00:01'::hours::jsonb;
-- an explicit cast only
CREATE TEMP TABLE object (j jsonb);
\set VERBOSITY sqlstate
INSERT INTO object VALUES (hours('night', '6:00'));
\set VERBOSITY default

-- sums and differences, band by band
SELECT a, b, a + b AS "+", a - b AS "-", (a - b) + b = a AS back, a + b = b + a AS commutes
FROM (VALUES ('a=>1:00, b=>2:00'::hours, 'b=>1:00, c=>3:00'::hours), ('', 'b=>1:00'),
	('a=>1:00', ''), ('', ''), ('a=>1:00', 'a=>1:00'), ('a=>1:00', 'a=>-1:00'),
	('a=>1:00, c=>1:00', 'b=>1:00, d=>1:00'), ('a=>1:00', NULL)) v (a, b);
\pset tuples_only on
\pset format unaligned
SELECT pg_temp.attempt(t) FROM unnest(ARRAY[
	$$'a=>2562047788:00:54.775807'::hours + 'a=>0:00:00.000001'$$,
	$$'a=>2562047788:00:54.775807'::hours - 'a=>-0:00:00.000001'$$,
	$$''::hours - 'a=>-2562047788:00:54.775808'$$,
	$$'a=>2562047788:00:54.775807'::hours + 'b=>2562047788:00:54.775807'$$,
	$$total('a=>2562047788:00:54.775807, b=>0:00:00.000001')$$,
	$$total('a=>2562047788:00:54.775807, b=>0:00:00.000001, c=>-0:00:00.000001')$$,
	$$total('a=>-2562047788:00:54.775808, b=>-2562047788:00:54.775808, c=>2562047788:00:54.775807')$$
	]) t;
\pset format aligned
\pset tuples_only off

-- order: by the total, then by bands
SELECT h, total(h) FROM unnest(ARRAY['a=>1:00', 'b=>1:00', '', 'a=>-1:00', 'a=>0:30, b=>0:30', 'a=>0:30, c=>0:30',
	'a=>2:00, b=>-1:00', 'z=>0:59', 'a=>-1:00, b=>1:00', 'A=>1:00', 'aa=>1:00']::hours[]) h ORDER BY h;
SELECT a, b, a = b AS "=", a <> b AS "<>", a < b AS "<", a <= b AS "<=",
	a > b AS ">", a >= b AS ">=", sign(oncall_internal.hours_cmp(a, b)) AS cmp,
	oncall_internal.hours_hash(a) = oncall_internal.hours_hash(b) AS hash,
	oncall_internal.hours_hash_extended(a, 1) = oncall_internal.hours_hash_extended(b, 1) AS hash1
FROM (VALUES ('a=>1:00, b=>2:00'::hours, 'b=>2:00, a=>1:00, c=>0:00'::hours), ('', 'a=>1:00'),
	('a=>1:00', 'a=>0:30, b=>0:30'),
	('a=>2562047788:00:54.775807, b=>2562047788:00:54.775807', 'a=>2562047788:00:54.775807')) v (a, b);
SELECT bool_and((a.h = b.h) = (a.h::text = b.h::text)
	AND (a.h = b.h) = (oncall_internal.hours_send(a.h) = oncall_internal.hours_send(b.h))
	AND (a.h < b.h) = (oncall_internal.hours_cmp(a.h, b.h) < 0)
	AND sign(oncall_internal.hours_cmp(a.h, b.h)) = -sign(oncall_internal.hours_cmp(b.h, a.h))
	AND (a.h <> b.h OR oncall_internal.hours_hash(a.h) = oncall_internal.hours_hash(b.h)
		AND oncall_internal.hours_hash(a.h) = oncall_internal.hours_hash_extended(b.h, 0)::bit(32)::int))
FROM (SELECT t::hours AS h FROM accepted) a, (SELECT t::hours AS h FROM accepted) b;

-- it groups, joins, and is found by an index, toasted or not
CREATE TEMP TABLE paid AS
	SELECT n, format('night=>%s:00, weekend=>%s:30', n % 7, n % 5)::hours AS h
	FROM generate_series(1, 1000) n;
INSERT INTO paid SELECT 0, string_agg(format('"%s %s"=>%s:00', md5(n::text), n, n), ',')::hours
	FROM generate_series(1, 3000) n;
SELECT n, pg_column_size(h) > 100000 AS large, length(oncall_internal.hours_send(h)), length(h::text), total(h) FROM paid WHERE n < 2 ORDER BY n;
CREATE INDEX ON paid USING hash (h);
CREATE INDEX paid_btree ON paid (h) WHERE n > 0;
ANALYZE paid;
SELECT count(DISTINCT h) FROM paid;
SELECT count(*) FROM paid a JOIN paid b USING (h);
SELECT h, count(*) FROM paid GROUP BY h ORDER BY h LIMIT 3;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT n FROM paid WHERE h = 'night=>1:00, weekend=>1:30';
SELECT count(*) FROM paid WHERE h = 'night=>1:00, weekend=>1:30';
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT n FROM paid WHERE n > 0 AND h > 'night=>6:00, weekend=>3:30' ORDER BY h;
SELECT count(*) FROM paid a JOIN paid b ON a.h = b.h AND a.n = 0;
RESET enable_seqscan;
RESET enable_bitmapscan;

-- the aggregate: nothing, nothing but NULL, one row, many
SELECT sum(h) FROM paid WHERE false;
SELECT sum(NULL::hours) FROM paid;
SELECT sum(h) FROM (VALUES (NULL), ('a=>1:00'::hours), (NULL)) v (h);
SELECT sum(h) = '' AS no_bands FROM (VALUES (''::hours)) v (h);
SELECT sum(h) FROM unnest('{"a=>1:00","a=>-1:00, b=>0:00:00.000001","c=>1:00"}'::hours[]) h;
SELECT sum(h), total(sum(h)), sum(DISTINCT h) FROM paid WHERE n > 0;
SELECT n % 3 AS g, sum(h) FILTER (WHERE n > 500) FROM paid WHERE n > 0 GROUP BY g ORDER BY g;
SELECT sum(h) = (SELECT h FROM paid WHERE n = 0) FROM paid WHERE n = 0;
SELECT total(sum(hours('band ' || n % 5000, '0:00:01'))) FROM generate_series(1, 20000) n;
-- only the result can be out of range
SELECT sum(h) FROM unnest('{"a=>2562047788:00:54.775807","a=>2562047788:00:54.775807","a=>-2562047788:00:54.775807"}'::hours[]) h;
SELECT sum(h) FROM unnest('{"a=>2562047788:00:54.775807","a=>0:00:00.000001"}'::hours[]) h;
SELECT sum(h) FROM unnest('{"a=>-2562047788:00:54.775808","a=>-0:00:00.000001"}'::hours[]) h;

-- moving windows take out exactly what went in, NULL or not
CREATE TEMP TABLE row_of (n int, h hours);
INSERT INTO row_of VALUES (1, 'a=>1:00'), (2, 'a=>2:00, b=>1:00'), (3, NULL), (4, NULL), (5, ''),
	(6, 'b=>-1:00'), (7, 'a=>2562047788:00:54.775807'), (8, 'a=>1:00'), (9, 'a=>-1:00'), (10, '"new band"=>0:00:00.000001');
SELECT n, h, sum(h) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS two
FROM row_of WHERE n <> 8 ORDER BY n;
SELECT n, sum(h) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS rest,
	sum(h) OVER (ORDER BY n ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING EXCLUDE CURRENT ROW) AS next
FROM row_of WHERE n < 7 ORDER BY n;
SELECT n, sum(h) OVER (ORDER BY n GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS three
FROM row_of WHERE n > 6 ORDER BY n;
SELECT n, sum(h) OVER (ORDER BY n GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES) AS three
FROM row_of WHERE n > 7 ORDER BY n;

-- the parts of the aggregate cannot be called by themselves: some minor releases
-- of the server find no such function, others refuse a value of type internal
SELECT t AS part, left(pg_temp.attempt('oncall_internal.' || t), 5) IN ('42883', '0A000') AS refused
FROM unnest(ARRAY['hours_sum_add(NULL, $$a=>1:00$$)',
	'hours_sum_remove(NULL, $$a=>1:00$$)', 'hours_sum_combine(NULL, NULL)',
	'hours_sum_final(NULL)', 'hours_sum_serialize(NULL)',
	'hours_sum_deserialize($$\x00$$, NULL)']) t;

-- binary: format, number of bands; of each length of name, name, microseconds
SELECT oncall_internal.hours_send(h) FROM unnest('{"","b=>-0:00:00.000001, a=>1:00"}'::hours[]) h;
CREATE TEMP TABLE received (h hours);
-- no bands; b=>1 us, a=>-1 us in another order
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\005\001\0\0\0\0\0\001\0\0\0\037\001\0\0\0\002\0\0\0\001b\0\0\0\0\0\0\0\001\0\0\0\001a\377\377\377\377\377\377\377\377\377\377"' (format binary)
SELECT h FROM received;
-- unknown format; empty; truncated; a byte too many
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\005\002\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\004\001\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\006\001\0\0\0\0\0\377\377"' (format binary)
-- more bands than there are; 2^32 - 1 of them; a name of -1 bytes; one that is longer than the rest
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\002\0\0\0\001a\0\0\0\0\0\0\0\001\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\377\377\377\377\0\0\0\001a\0\0\0\0\0\0\0\001\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\001\377\377\377\377a\0\0\0\0\0\0\0\001\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\001\0\0\0\013a\0\0\0\0\0\0\0\001\377\377"' (format binary)
-- a band of zero; a band twice; a zero byte in a name, of which the server
-- says in which encoding it is invalid
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\001\0\0\0\001a\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\037\001\0\0\0\002\0\0\0\001a\0\0\0\0\0\0\0\001\0\0\0\001a\377\377\377\377\377\377\377\377\377\377"' (format binary)
\set VERBOSITY sqlstate
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\001\0\0\0\001\0\0\0\0\0\0\0\0\001\377\377"' (format binary)
\set VERBOSITY default
SELECT count(*) FROM received;
-- there and back
INSERT INTO received SELECT t::hours FROM accepted UNION ALL SELECT h FROM paid;
CREATE TEMP TABLE again (LIKE received);
\copy received to 'results/hours.data' (format binary)
\copy again from 'results/hours.data' (format binary)
SELECT count(*), count(*) FILTER (WHERE r.h::text = a.h::text) AS same
FROM (SELECT h, row_number() OVER () AS n FROM received) r
FULL JOIN (SELECT h, row_number() OVER () AS n FROM again) a USING (n);

-- anyone may use it, whatever their search_path
CREATE ROLE regress_hours_clerk;
SET ROLE regress_hours_clerk;
SET search_path = '';
SELECT oncall.sum(oncall.hours(b, d)) OPERATOR(oncall.+) 'c=>1:00' AS h,
	oncall.total(oncall.sum(oncall.hours(b, d))), oncall.sum(oncall.hours(b, d)) OPERATOR(oncall.->) 'a' AS a,
	oncall.sum(oncall.hours(b, d))::jsonb AS j
FROM (VALUES ('a', interval '1:00'), ('b', '2:00'), ('a', '0:30')) AS v (b, d);
SELECT max(total) FROM (SELECT oncall.total(h) FROM (VALUES ('a=>1:00'::oncall.hours), ('b=>2:00')) v (h) ORDER BY h) x;
RESET ROLE;
DROP ROLE regress_hours_clerk;

-- as json, whether it is cast or stands in a row or an array that is
SELECT h, h::json, to_json(h), to_jsonb(h) = h::jsonb AS same
FROM unnest(ARRAY['night=>06:00:00', '', 'b=>0:00:00.0018, a=>-0:00:00.0018', '"b \"c"=>1:00, "\\"=>1:20']::oncall.hours[]) AS h;
SELECT row_to_json(r), jsonb_agg(r.worked) OVER () FROM (SELECT 'night=>06:00:00'::oncall.hours AS worked) AS r;
SELECT count(*), bool_and(h::json::jsonb = h::jsonb) FROM received AS r (h);
