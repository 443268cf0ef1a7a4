-- Covers that are written one by one and judged at once: each costs what the
-- first one does, however many the transaction has written before. Counted are
-- the rows that are read, not the time.
--
-- Tests: judge cover_notes trade

-- the rota is there before: a database of its own
SET client_min_messages = warning;
SELECT current_database() AS home \gset
DROP DATABASE IF EXISTS oncall_one_by_one;
CREATE DATABASE oncall_one_by_one;
\c oncall_one_by_one
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION pgtap;
CREATE EXTENSION oncall;
SELECT FROM (SELECT oncall.setup()) AS done;
SET search_path = oncall, pg_catalog, public;
SELECT plan(5);

SELECT FROM (SELECT count(add_person('person ' || i, 'UTC')) FROM generate_series(1, 12) AS i) AS p;
SELECT FROM (SELECT add_rotation('r', ARRAY(SELECT 'person ' || i FROM generate_series(1, 12) AS i), 'R/2126-01-01T12:00[UTC]/P7D',
	zone => 'UTC', seats => '{one}')) AS r;
UPDATE rotation SET exclusive = false, max_consecutive = NULL;
-- Where autovacuum finds a table of rows that are not committed, it calls it
-- empty, and the planner then reads the whole of any index: not what is asked.
SELECT format('ALTER TABLE %s SET (autovacuum_enabled = off)', c.oid::regclass)
FROM pg_class AS c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'r' \gexec

-- 400 turns, each by somebody else than who has it, and then by another
CREATE TEMP TABLE wanted AS
SELECT row_number() OVER (ORDER BY s.period) AS n, s.rotation_id, s.period,
	s.person_id % 12 + 1 AS next, (s.person_id + 4) % 12 + 1 AS later
FROM roster('[2126-02-05 12:00Z,2133-10-03 12:00Z)', 'r') AS s;
SELECT is(count(*), 400::bigint, 'turns') FROM wanted;

-- the rows of our tables that a transaction has read so far
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql
RETURN (SELECT sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))
	FROM pg_class AS c WHERE c.relnamespace = 'oncall'::regnamespace);

-- Statements in this order; how many rows the last hundred read for one that
-- the first hundred read.
CREATE FUNCTION pg_temp.growth(statement text, direction int) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	w record;
	done int := 0;
	reads bigint[] := ARRAY[pg_temp.rows_read()];
BEGIN
	FOR w IN SELECT * FROM wanted ORDER BY n * direction LOOP
		EXECUTE statement USING w.rotation_id, w.period, w.next, w.later;
		done := done + 1;
		IF done % 100 = 0 THEN
			reads := reads || pg_temp.rows_read();
		END IF;
	END LOOP;
	RETURN round((reads[5] - reads[4]) / (reads[2] - reads[1])::numeric, 2);
END
$$;

BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.growth('INSERT INTO cover (rotation_id, seat, period, person_id) VALUES ($1, 1, $2, $3)', 1) AS inserts,
	pg_temp.growth('UPDATE cover SET person_id = $4 WHERE rotation_id = $1 AND period = $2 AND upper_inf(recorded)', 1) AS updates \gset
SELECT count(*) AS covers FROM cover_now \gset
ROLLBACK;
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.growth('INSERT INTO cover (rotation_id, seat, period, person_id) VALUES ($1, 1, $2, $3)', -1) AS backwards \gset
ROLLBACK;
SELECT is(:covers, 400, 'covers');
SELECT cmp_ok(:inserts, '<=', 1.5, 'inserts, in order of time');
SELECT cmp_ok(:updates, '<=', 1.5, 'updates of them');
-- the later covers of the same person are looked through: a few in a hundred
SELECT cmp_ok(:backwards, '<=', 2.5, 'inserts, the latest first');
SELECT * FROM finish();
\c :home
SET client_min_messages = warning;
DROP DATABASE oncall_one_by_one;
