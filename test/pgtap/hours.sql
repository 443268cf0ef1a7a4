-- Random hours against plain SQL over a normalised table: one row a band, in
-- microseconds. ONCALL_SEED and ONCALL_CASES in the environment choose the
-- seed and how many hours there are.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = public, oncall;
SELECT plan(32);

\set cases 3000
\ir seed.psql
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

CREATE FUNCTION pg_temp.dice(int) RETURNS int LANGUAGE sql VOLATILE
    AS $$ SELECT floor(random() * $1)::int $$;
-- a duration as people write it, and an interval as microseconds, exactly
CREATE FUNCTION pg_temp.clock(us numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('%s%s:%s:%s', CASE WHEN us < 0 THEN '-' END, to_char(div(abs(us), 3600000000), 'FM9999999999900'),
        to_char(div(abs(us), 60000000) % 60, 'FM00'), to_char(abs(us) % 60000000 / 1000000, 'FM00.000000')) $$;
CREATE FUNCTION pg_temp.us(interval) RETURNS numeric LANGUAGE sql IMMUTABLE
    AS $$ SELECT (extract(epoch FROM $1) * 1000000)::numeric(30) $$;
CREATE FUNCTION pg_temp.quoted(text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT '"' || regexp_replace($1, '(["\\])', '\\\1', 'g') || '"' $$;
CREATE FUNCTION pg_temp.attempt(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE $1 INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- names that share beginnings, that need quotes, of letters of all lengths
CREATE TEMP TABLE name AS
    SELECT row_number() OVER () AS id, band
    FROM unnest(ARRAY['night', 'Night', 'nightly', 'weekend', 'holiday', 'evening', 'n', '', ' ', 'a b', 'a,b', 'a=>b',
        '"', '\', '\"', '>', 'NULL', 'other', E'two\nlines', repeat('long ', 80), 'tab	', 'end=']
        || CASE WHEN getdatabaseencoding() = 'UTF8'
            THEN ARRAY[U&'\00e9t\00e9', U&'\591c', U&'\+01F4DF', U&'\ffff', U&'na\0308chte'] ELSE '{}' END) AS band;

-- normalised: row n is in group g and has so much of these bands; a few rows
-- are NULL, and a few have no bands
CREATE TABLE part (n int, band text, us bigint);
INSERT INTO part
    SELECT n, band, CASE pg_temp.dice(5)
            WHEN 0 THEN 3600000000 * (pg_temp.dice(41) - 20)
            WHEN 1 THEN pg_temp.dice(5) - 2
            WHEN 2 THEN 60000000 * (1 + pg_temp.dice(2000))::bigint
            ELSE (random() * 1e12)::bigint - 3e11::bigint END
    FROM (SELECT n, id FROM (SELECT n, pg_temp.dice(4) * pg_temp.dice(4) AS bands, pg_temp.dice(2) AS few
                FROM generate_series(1, :cases) AS n OFFSET 0) AS x,
            LATERAL (SELECT DISTINCT 1 + pg_temp.dice(CASE few WHEN 0 THEN 4 ELSE (SELECT count(*)::int FROM name) END) AS id
                FROM generate_series(1, bands + 0 * n)) AS y) AS z
    JOIN name USING (id);
CREATE INDEX ON part (n);
-- some sums leave the range of an interval
UPDATE part SET us = 9223372036854775807 - pg_temp.dice(1000) WHERE n % 50 = 7 AND band < 'o' AND n > :cases / 2;
CREATE TABLE row_of (n int, g int, h hours);
INSERT INTO row_of
    SELECT n, n % 7, CASE WHEN pg_temp.dice(20) > 0 THEN coalesce((
        SELECT string_agg(pg_temp.quoted(band) || '=>' || pg_temp.clock(us), ',' ORDER BY random())
        FROM part WHERE part.n = s.n), '')::hours END
    FROM generate_series(1, :cases) AS s(n);
DELETE FROM part USING row_of WHERE row_of.n = part.n AND h IS NULL;
ALTER TABLE row_of ADD PRIMARY KEY (n);
ANALYZE part, row_of;

-- what hours are, as rows
CREATE FUNCTION pg_temp.parts(h hours) RETURNS TABLE (band text, us numeric) LANGUAGE sql IMMUTABLE
    AS $$ SELECT band, pg_temp.us(duration) FROM each(h) $$;
-- and back, by another way than text
CREATE FUNCTION pg_temp.told(h hours) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT coalesce(string_agg(format('%L %s', band, us), ';' ORDER BY band COLLATE "C"), CASE WHEN h IS NOT NULL THEN '' END)
        FROM pg_temp.parts(h) $$;

SELECT set_eq('SELECT n, p.* FROM row_of, pg_temp.parts(h) p', 'SELECT n, band, us::numeric FROM part WHERE us <> 0',
    'text is read as the rows that it was written from');
SELECT is_empty($$SELECT n, h FROM row_of, LATERAL (SELECT array_agg(band) AS bands FROM each(h)) AS b
    WHERE bands <> ARRAY(SELECT unnest(bands) COLLATE "C" ORDER BY 1)$$, 'bands are in byte order');
SELECT is_empty('SELECT n, h FROM row_of WHERE h::text::hours <> h OR h::text::hours::text <> h::text',
    'what is printed is read as the same');
SELECT is_empty($$SELECT part.n, band, us, h FROM part JOIN row_of USING (n)
    WHERE pg_temp.us(h -> band) IS DISTINCT FROM nullif(us, 0)$$, 'a band is found by its name');
SELECT is_empty($$SELECT n, h, band FROM row_of, name WHERE (h -> band) IS NOT NULL
    AND NOT EXISTS (SELECT FROM part WHERE part.n = row_of.n AND part.band = name.band)$$, 'what is not there is not found');
SELECT is_empty($$SELECT n, h FROM row_of WHERE h IS NOT NULL AND h::jsonb::text <>
    (SELECT coalesce(jsonb_object_agg(band, sign(us) * div(2 * abs(us) + 3600, 7200) * 0.000001), '{}') FROM pg_temp.parts(h))::text$$,
    'jsonb has decimal hours, rounded half away from zero');
SELECT is_empty($$SELECT n, h FROM row_of, LATERAL (SELECT coalesce(sum(us), 0) AS us FROM pg_temp.parts(h)) AS p
    WHERE h IS NOT NULL AND pg_temp.attempt(format('SELECT pg_temp.us(total(%L))', h)) <>
        CASE WHEN us BETWEEN -9223372036854775808 AND 9223372036854775807 THEN us::text ELSE '22008' END$$,
    'the total is that of the rows, or out of range');
SELECT is_empty($$SELECT n, h FROM row_of, LATERAL (
        SELECT sum(hours(band, make_interval(hours => div(us, 3600000000)::int) + (us % 3600000000)::float8 * interval '1 microsecond')) AS s
        FROM part WHERE part.n = row_of.n AND n % 50 <> 7) AS x
    WHERE n % 50 <> 7 AND h <> '' AND s IS DISTINCT FROM h$$, 'hours are the sum of hours of one band');

-- + and -
CREATE TEMP TABLE two AS
    SELECT a.n AS a, b.n AS b, a.h AS x, b.h AS y
    FROM row_of a JOIN row_of b ON b.n = 1 + (a.n * 37) % :cases WHERE a.n <= 1000 AND a.h IS NOT NULL AND b.h IS NOT NULL;
CREATE TEMP VIEW merged AS
    SELECT a, b, x, y, p.band,
        coalesce(sum(us) FILTER (WHERE side = 'x'), 0) + coalesce(sum(us) FILTER (WHERE side = 'y'), 0) AS plus,
        coalesce(sum(us) FILTER (WHERE side = 'x'), 0) - coalesce(sum(us) FILTER (WHERE side = 'y'), 0) AS minus
    FROM two, LATERAL (SELECT 'x' AS side, * FROM pg_temp.parts(x) UNION ALL SELECT 'y', * FROM pg_temp.parts(y)) AS p
    GROUP BY a, b, x, y, p.band;
CREATE TEMP TABLE operation AS
    SELECT x, y, pg_temp.attempt(format('SELECT pg_temp.told(%L::hours + %L)', x, y)) AS plus,
        pg_temp.attempt(format('SELECT pg_temp.told(%L::hours - %L)', x, y)) AS minus,
        CASE WHEN max(abs(m.plus)) > 9223372036854775807 THEN '22008'
            ELSE coalesce(string_agg(format('%L %s', band, m.plus), ';' ORDER BY band COLLATE "C") FILTER (WHERE m.plus <> 0), '') END AS right_plus,
        CASE WHEN max(abs(m.minus)) > 9223372036854775807 THEN '22008'
            ELSE coalesce(string_agg(format('%L %s', band, m.minus), ';' ORDER BY band COLLATE "C") FILTER (WHERE m.minus <> 0), '') END AS right_minus
    FROM merged m GROUP BY a, b, x, y;
SELECT is_empty('SELECT * FROM operation WHERE plus IS DISTINCT FROM right_plus', 'hours + hours is the sum of the rows');
SELECT is_empty('SELECT * FROM operation WHERE minus IS DISTINCT FROM right_minus', 'hours - hours is the difference of the rows');
SELECT is_empty($$SELECT x, y FROM operation WHERE right_plus IS DISTINCT FROM '22008' AND (x + y) - y <> x$$,
    'what is added and taken off again leaves no trace');

-- order: by the total, then by bands
CREATE TYPE pg_temp.band AS (name bytea, us numeric);
CREATE TEMP TABLE ordered AS
    SELECT n, h, (SELECT coalesce(sum(us), 0) FROM pg_temp.parts(h)) AS total,
        ARRAY(SELECT (convert_to(band, getdatabaseencoding()), us)::pg_temp.band
            FROM pg_temp.parts(h) ORDER BY convert_to(band, getdatabaseencoding())) AS bands
    FROM row_of WHERE h IS NOT NULL AND (n < 300 OR n > :cases / 2 AND n % 50 = 7)
    UNION ALL SELECT -1, 'a=>1:00, b=>2:00', 10800000000, ARRAY[('a', 3600000000), ('b', 7200000000)]::pg_temp.band[];
SELECT is_empty($$SELECT a.h, b.h FROM ordered a, ordered b
    WHERE (a.h < b.h) <> ((a.total, a.bands) < (b.total, b.bands)) OR (a.h = b.h) <> ((a.total, a.bands) = (b.total, b.bands))
        OR (a.h <= b.h) <> (a.h < b.h OR a.h = b.h) OR (a.h >= b.h) <> NOT (a.h < b.h) OR (a.h > b.h) <> (b.h < a.h)
        OR (a.h <> b.h) <> NOT (a.h = b.h) OR (a.h = b.h) <> (oncall_internal.hours_send(a.h) = oncall_internal.hours_send(b.h))
        OR a.h = b.h AND (oncall_internal.hours_hash(a.h) <> oncall_internal.hours_hash(b.h) OR oncall_internal.hours_hash_extended(a.h, 7) <> oncall_internal.hours_hash_extended(b.h, 7)) LIMIT 3$$,
    'order and equality are those of total and rows');
SELECT results_eq('SELECT h FROM ordered ORDER BY h', 'SELECT h FROM ordered ORDER BY total, bands', 'sorting is by that order');

-- sum, in groups
CREATE FUNCTION pg_temp.right_sum(rows int[]) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN max(abs(us)) > 9223372036854775807 THEN '22008'
        ELSE coalesce(string_agg(format('%L %s', band, us), ';' ORDER BY band COLLATE "C") FILTER (WHERE us <> 0),
            CASE WHEN EXISTS (SELECT FROM row_of WHERE n = ANY (rows) AND h IS NOT NULL) THEN '' END) END
    FROM (SELECT band, sum(us) AS us FROM part WHERE n = ANY (rows) GROUP BY band) AS s $$;
SELECT set_eq('SELECT n / 40, pg_temp.told(sum(h)) FROM row_of WHERE n % 50 <> 7 GROUP BY n / 40',
    'SELECT n / 40, pg_temp.right_sum(array_agg(n)) FROM row_of WHERE n % 50 <> 7 GROUP BY n / 40', 'sum is that of the rows');
SELECT is_empty($$SELECT k FROM generate_series(0, 49) AS k
    WHERE pg_temp.attempt(format('SELECT pg_temp.told(sum(h ORDER BY random())) FROM row_of WHERE n %% 50 IN (7, %s) AND n %% 3 = %s', k, k % 3))
        IS DISTINCT FROM (SELECT pg_temp.right_sum(array_agg(n)) FROM row_of WHERE n % 50 IN (7, k) AND n % 3 = k % 3)$$,
    'sum is out of range only if its result is');

-- moving windows
CREATE FUNCTION pg_temp.same_windows(frame text, partition_by text DEFAULT 'n % 5') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT format('%%s: %%s, not %%s', n, pg_temp.told(s), pg_temp.right_sum(rows))
        FROM (SELECT n, sum(h) OVER w AS s, array_agg(n) OVER w AS rows FROM row_of WHERE n <= 400 AND n %% 50 <> 7
            WINDOW w AS (PARTITION BY %s ORDER BY n / 2 %s)) AS x
        WHERE pg_temp.told(s) IS DISTINCT FROM pg_temp.right_sum(rows)$q$,
        partition_by, frame);
END $$;
SELECT is_empty(format('SELECT pg_temp.same_windows(%L)', frame), 'moving window: ' || frame)
FROM unnest(ARRAY['ROWS BETWEEN 3 PRECEDING AND CURRENT ROW', 'ROWS BETWEEN 2 FOLLOWING AND 4 FOLLOWING',
    'ROWS BETWEEN 9 PRECEDING AND 7 PRECEDING', 'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
    'RANGE BETWEEN 4 PRECEDING AND 6 FOLLOWING', 'GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES']) AS frame;

-- parallel plans give what serial ones do
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 3;
ALTER TABLE row_of SET (parallel_workers = 3);
CREATE TABLE nothing (h hours) WITH (parallel_workers = 2);
CREATE TABLE one (h hours) WITH (parallel_workers = 2);
INSERT INTO one VALUES (NULL), ('a=>1:00, b=>-2:00'), (NULL);
CREATE TABLE nulls (h hours) WITH (parallel_workers = 2);
INSERT INTO nulls SELECT NULL FROM generate_series(1, 1000);
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text; all_of_it text := '';
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        all_of_it := all_of_it || line || E'\n';
    END LOOP;
    RETURN all_of_it;
END $$;
SELECT matches(pg_temp.plan_of('SELECT sum(h) FROM row_of WHERE n % 50 <> 7'), 'Finalize Aggregate\n *->  Gather\n *Workers Planned: 3\n *->  Partial Aggregate',
    'sum is added up by parallel workers');
CREATE TEMP TABLE parallel AS
    SELECT 'all' AS what, sum(h) FROM row_of WHERE n % 50 <> 7
    UNION ALL SELECT 'nothing', sum(h) FROM nothing
    UNION ALL SELECT 'one', sum(h) FROM one
    UNION ALL SELECT 'nulls', sum(h) FROM nulls
    UNION ALL SELECT 'none chosen', sum(h) FROM row_of WHERE n < 0
    UNION ALL SELECT 'no bands', sum(h) FROM row_of WHERE h = ''
    UNION ALL SELECT 'group ' || g, sum(h) FROM row_of WHERE n % 50 <> 7 GROUP BY g
    UNION ALL SELECT 'worker ' || n % 400, sum(h) FROM row_of WHERE n % 50 <> 7 GROUP BY n % 400;
SET LOCAL max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS
    SELECT 'all' AS what, sum(h) FROM row_of WHERE n % 50 <> 7
    UNION ALL SELECT 'nothing', NULL
    UNION ALL SELECT 'one', 'a=>1:00, b=>-2:00'
    UNION ALL SELECT 'nulls', NULL
    UNION ALL SELECT 'none chosen', NULL
    UNION ALL SELECT 'no bands', ''
    UNION ALL SELECT 'group ' || g, sum(h) FROM row_of WHERE n % 50 <> 7 GROUP BY g
    UNION ALL SELECT 'worker ' || n % 400, sum(h) FROM row_of WHERE n % 50 <> 7 GROUP BY n % 400;
SELECT set_eq('TABLE parallel', 'TABLE serial', 'parallel workers give what one process does');
-- however far a worker goes out of range, only the result counts
CREATE TABLE extreme (n int, h hours) WITH (parallel_workers = 3);
INSERT INTO extreme SELECT n, format('a=>%s2562047788:00:54.775807', CASE WHEN n > 1000 THEN '-' END)::hours FROM generate_series(1, 2000) AS n;
INSERT INTO extreme VALUES (0, 'a=>0:00:00.000001');
SET LOCAL max_parallel_workers_per_gather = 3;
SELECT results_eq('SELECT sum(h) FROM extreme', $$VALUES ('a=>0:00:00.000001'::hours)$$, 'extremes that cancel out in parallel');
SELECT throws_ok('SELECT sum(h) FROM extreme WHERE n BETWEEN 1 AND 1002 AND n <> 1001', '22008', 'hours out of range', 'out of range in parallel');

-- forged states, handed over by workers of an aggregate with parts of ours:
-- what bigint's avg() writes is read as ours
CREATE AGGREGATE pg_temp.forged(bigint) (
    SFUNC = pg_catalog.int8_avg_accum, STYPE = internal, SERIALFUNC = pg_catalog.int8_avg_serialize,
    DESERIALFUNC = oncall_internal.hours_sum_deserialize, COMBINEFUNC = oncall_internal.hours_sum_combine,
    FINALFUNC = oncall_internal.hours_sum_final, PARALLEL = SAFE);
SELECT throws_ok('SELECT pg_temp.forged(n) FROM row_of', '22P03', NULL, 'a forged state is refused');
SELECT throws_ok('SELECT pg_temp.forged(0 * n) FROM row_of', '08P01', NULL, 'a forged state with bytes left is refused');
SET LOCAL max_parallel_workers_per_gather = 0;

-- text with pieces taken out, doubled and mixed is read, or refused politely
CREATE FUNCTION pg_temp.mangled() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(piece, '') FROM (
        SELECT (ARRAY['night', 'a', 'b', '=>', '=>', '=>', '=', '>', '06:00:00', '06:00', '-1:00', '48:00:00.5', '.000001',
            ',', ',', ', ', '"', '"a b"', '\', ' ', '0:00', '2562047788:00', '9999999999:00', '99999999999999999999', ':', '-', '1', '1 day',
            'P1D', chr(9), chr(1), chr(233)])[1 + pg_temp.dice(32)] AS piece
        FROM generate_series(1, 1 + pg_temp.dice(9))) AS x $$;
CREATE TEMP TABLE mangled AS
    SELECT source, pg_temp.attempt(format('SELECT CASE WHEN h::text::hours::text = h::text THEN $$read$$ ELSE $$changed$$ END FROM CAST(%L AS hours) AS h',
        source)) AS verdict
    FROM (SELECT pg_temp.mangled() AS source FROM generate_series(1, 4 * :cases) OFFSET 0) AS x;
SELECT is_empty($$SELECT * FROM mangled WHERE verdict NOT IN ('read', '22P02', '22008') LIMIT 3$$,
    'mangled text is read, malformed or out of range');
SELECT set_eq('SELECT DISTINCT verdict FROM mangled', ARRAY['read', '22P02', '22008'], 'mangled text is each of these');

-- bytes changed, taken out and put in are received as hours, or refused
CREATE TEMP TABLE received (h hours);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    file bytea := '\x5047434f50590aff0d0a000000000000000000'::bytea || '\x0001' || int4send(length(bytes)) || bytes || '\xffff';
    octal text := (SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i)
        FROM generate_series(0, length(file) - 1) AS i);
BEGIN
    TRUNCATE received;
    EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
    RETURN (SELECT CASE WHEN h::text::hours = h AND oncall_internal.hours_send(h::text::hours) = oncall_internal.hours_send(h)
        AND NOT EXISTS (SELECT FROM each(h) WHERE duration = '0') THEN h::text ELSE 'changed' END FROM received);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.damaged(bytes bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    at int;
BEGIN
    FOR i IN 0..pg_temp.dice(3) LOOP
        at := pg_temp.dice(length(bytes));
        bytes := CASE pg_temp.dice(4)
            WHEN 0 THEN substr(bytes, 1, at) || substr(bytes, at + 2)
            WHEN 1 THEN substr(bytes, 1, at) || '\x00' || substr(bytes, at + 1)
            WHEN 2 THEN set_byte(bytes, least(at, 8), pg_temp.dice(256))
            ELSE set_byte(bytes, at, pg_temp.dice(256)) END;
    END LOOP;
    RETURN bytes;
END $$;
SELECT is_empty($$SELECT n, h, pg_temp.receive(oncall_internal.hours_send(h)) FROM row_of WHERE n <= 100 AND h IS NOT NULL AND length(oncall_internal.hours_send(h)) < 1000
    AND pg_temp.receive(oncall_internal.hours_send(h)) IS DISTINCT FROM h::text$$, 'what is sent is received');
CREATE TEMP TABLE damaged AS
    SELECT h, bytes, pg_temp.receive(bytes) AS verdict
    FROM (SELECT h, pg_temp.damaged(oncall_internal.hours_send(h)) AS bytes FROM row_of
        WHERE n BETWEEN 101 AND 500 AND h <> '' AND length(oncall_internal.hours_send(h)) < 1000 OFFSET 0) AS x;
SELECT diag(format('damaged: %s', string_agg(format('%s %s', verdict, times), ', '))) FROM (
    SELECT CASE WHEN verdict ~ '^[0-9A-Z]{5}$' THEN verdict ELSE 'read' END AS verdict, count(*) AS times FROM damaged GROUP BY 1 ORDER BY 1) AS x;
SELECT is_empty($$SELECT * FROM damaged WHERE verdict = 'changed' OR verdict ~ '^[0-9A-Z]{5}$' AND verdict NOT IN ('22P03', '08P01', '22021')$$,
    'damaged bytes are received as hours, or refused');

-- thousands of bands
SELECT is(total(sum(h)), interval '50005000 seconds', 'thousands of bands')
FROM (SELECT hours('band ' || n, n * interval '1 second') AS h FROM generate_series(1, 10000) AS n) AS x;

SELECT * FROM finish();
ROLLBACK;
