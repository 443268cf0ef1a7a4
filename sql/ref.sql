-- ref: a reference by name or id
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'oncall.ref'::regtype ORDER BY amname;

\set SHOW_CONTEXT never
\pset null NULL

-- text is a name, without the blanks around it; digits only are an id
SELECT t AS "in", t::oncall.ref AS "out"
FROM unnest('{Payments,"SRE 1"," 7 ","",-1,+1,1.0,7,007,2147483647,7a}'::text[]) t;
SELECT '0'::oncall.ref;
\echo :LAST_ERROR_SQLSTATE
SELECT '2147483648'::oncall.ref;
\echo :LAST_ERROR_SQLSTATE
SELECT '000000000000000000000000000000000000'::oncall.ref;
SELECT '99999999999999999999999999999999999'::oncall.ref;
SELECT repeat('9', 100)::text::oncall.ref;

-- what is cast without being asked: texts and whole numbers, nothing else
CREATE FUNCTION pg_temp.meant(rotation oncall.ref DEFAULT NULL) RETURNS text LANGUAGE sql RETURN rotation::text;
SELECT pg_temp.meant('Payments') AS literal, pg_temp.meant('Payments'::text) AS text, pg_temp.meant('Payments'::varchar(20)) AS varchar,
	pg_temp.meant(7::smallint) AS int2, pg_temp.meant(7) AS int4, pg_temp.meant(7::bigint) AS int8, pg_temp.meant('07') AS digits,
	pg_temp.meant('{"rotation": 7}'::jsonb ->> 'rotation') AS json, pg_temp.meant(NULL) AS "null", pg_temp.meant() AS "default",
	pg_temp.meant(rotation => 'SRE') AS named;
PREPARE untyped AS SELECT pg_temp.meant($1);
EXECUTE untyped('SRE');
EXECUTE untyped('7');
EXECUTE untyped(7);
SELECT pg_temp.meant(0::smallint);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.meant(-1);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.meant(2147483648);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT pg_temp.meant(7.0);
SELECT pg_temp.meant(now());
\set VERBOSITY default

-- it compares and hashes byte by byte, whatever the collation
SET search_path = pg_catalog, oncall;
SELECT r FROM unnest('{b,B,a,10,9,"",ab}'::ref[]) r ORDER BY r;
SELECT a, b, a = b AS "=", a <> b AS "<>", a < b AS "<", a <= b AS "<=", a > b AS ">", a >= b AS ">=",
	sign(oncall_internal.ref_cmp(a, b)) AS cmp, oncall_internal.ref_hash(a) = oncall_internal.ref_hash(b) AS hash
FROM (VALUES ('7'::ref, '007'::ref), ('a', 'b'), ('b', 'a')) v(a, b);
SELECT bool_and(oncall_internal.ref_hash(r) = hashtext(r::text COLLATE "C")
	AND oncall_internal.ref_hash_extended(r, 42) = hashtextextended(r::text COLLATE "C", 42))
FROM (SELECT ('name ' || n)::ref AS r FROM generate_series(1, 100) n) x;
CREATE TEMP TABLE refs AS SELECT n, CASE WHEN n % 2 = 0 THEN (n % 50)::ref ELSE ('name ' || n % 50)::ref END AS r
	FROM generate_series(1, 2000) n WHERE n % 50 > 0;
CREATE INDEX ON refs (r);
CREATE INDEX ON refs USING hash (r);
ANALYZE refs;
SELECT count(*), count(DISTINCT r) FROM refs WHERE r = 2;
SELECT count(*) FROM refs WHERE r = 'name 3';
SET enable_hashjoin = off;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM refs a JOIN refs b USING (r);
SELECT count(*) FROM refs a JOIN refs b USING (r);
RESET enable_hashjoin;
RESET enable_nestloop;
RESET search_path;

-- binary out and in
CREATE TEMP TABLE refs_copy (LIKE refs);
\copy refs to 'results/ref.copy' (format binary)
\copy refs_copy from 'results/ref.copy' (format binary)
SELECT count(*) AS differ FROM (TABLE refs EXCEPT ALL TABLE refs_copy) d;
TRUNCATE refs_copy;
-- digits are read as in text: 007, and 0
\copy refs_copy (r) from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\003007\377\377"' (format binary)
TABLE refs_copy;
\set VERBOSITY sqlstate
\copy refs_copy (r) from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\0010\377\377"' (format binary)
