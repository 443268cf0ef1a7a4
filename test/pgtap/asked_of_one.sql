-- Who asks for one person or one rotation pays for one: a question reads as much
-- in a company of 160 rotations as in one of 20. Counted are the rows that are
-- read, not the time.
--
-- Tests: roster_loader duties held_shifts payroll response_loader audit world_loader person_rows owed_rows pair_around

-- a database of its own, so that the planner knows how large the tables are
SET client_min_messages = warning;
SELECT current_database() AS home \gset
DROP DATABASE IF EXISTS oncall_asked_of_one;
CREATE DATABASE oncall_asked_of_one;
\c oncall_asked_of_one
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION pgtap;
CREATE EXTENSION oncall;
SELECT FROM (SELECT oncall.setup()) AS done;
SET search_path = oncall, pg_catalog, public;
SET oncall.past_reason = 'of the test';

INSERT INTO pay_policy (pay_policy_id, name, zone, currency, minimum_callout, reclaim_within)
SELECT i, 'policy ' || i, 'UTC', 'EUR', '1 hour', '7 days' FROM generate_series(1, 3) AS i;
INSERT INTO pay_band (pay_policy_id, position, band, standby_rate, callout_rate, lieu_factor)
SELECT i, 1, 'any', 1, 10, 1 FROM generate_series(1, 3) AS i;

-- Rotations with a list of eight and a guest from the next, with covers, an
-- offer each, and responses; nothing of it is judged.
CREATE PROCEDURE pg_temp.grow(since int, until int)
LANGUAGE plpgsql AS $$
DECLARE
	week CONSTANT timestamptz := date_trunc('week', now());
BEGIN
	SET LOCAL session_replication_role = replica;
	INSERT INTO person (person_id, name, zone)
	SELECT i, 'person ' || i, 'UTC' FROM generate_series(8 * since - 7, 8 * until) AS i;
	INSERT INTO change (change_id, kind) SELECT 1, 'test' WHERE since = 1;
	INSERT INTO rotation (rotation_id, name, zone, seats)
	SELECT r, 'rotation ' || r, 'UTC', '{primary}' FROM generate_series(since, until) AS r;
	INSERT INTO layer (layer_id, rotation_id, cadence, valid, change_id, seats)
	SELECT r, r, cadence(week::timestamp - interval '40 weeks', 'UTC', '7 days'), tstzrange(week - interval '40 weeks', NULL), 1, 1
	FROM generate_series(since, until) AS r;
	INSERT INTO layer_member (layer_id, position, person_id, valid, change_id)
	SELECT r, i, 1 + (8 * (r - 1) + i - 1) % (8 * until), tstzrange(week - interval '40 weeks', NULL), 1
	FROM generate_series(since, until) AS r, generate_series(1, 9) AS i;
	INSERT INTO cover (rotation_id, seat, period, person_id, change_id)
	SELECT r, 1, tstzrange(week + w * interval '1 week' + interval '1 day', week + w * interval '1 week' + interval '2 days'),
		8 * r - w % 8, 1
	FROM generate_series(since, until) AS r, generate_series(-30, 30, 6) AS w;
	INSERT INTO pay_assignment (person_id, pay_policy_id, valid)
	SELECT i, 1 + i % 3, tstzrange(week - interval '12 weeks', NULL) FROM generate_series(8 * since - 7, 8 * until) AS i;
	INSERT INTO response (person_id, period, approved_by)
	SELECT i, tstzrange(at, at + interval '30 minutes'), current_user
	FROM generate_series(8 * since - 7, 8 * until) AS i, generate_series(1, 10) AS w,
		LATERAL (SELECT week - w * interval '1 week' + i % 100 * interval '1 hour') AS s(at);
	INSERT INTO swap_request (rotation_id, seat, period, offered_by)
	SELECT s.rotation_id, s.seat, s.period, s.person_id
	FROM roster(tstzrange(week + interval '5 weeks', week + interval '6 weeks')) AS s
	WHERE s.rotation_id BETWEEN since AND until AND s.person_id IS NOT NULL;
END
$$;

CREATE TEMP TABLE question (what text PRIMARY KEY, query text, more int NOT NULL DEFAULT 0, small bigint, large bigint);
COMMENT ON COLUMN question.more IS 'How many rows more may be read for each rotation more.';
INSERT INTO question (what, query) VALUES
('duties()', 'SELECT * FROM duties(''person 12'')'),
('duties() of a year', 'SELECT * FROM duties(''person 12'', tstzrange(now(), now() + interval ''1 year''))'),
('explain_pay()', 'SELECT * FROM explain_pay(''person 12'', tstzrange(now() - interval ''2 months'', now()))'),
('explain_pay() of dates', 'SELECT * FROM explain_pay(''person 12'', daterange(current_date - 60, current_date))'),
('explain_pay() as it was known', 'SELECT * FROM explain_pay(''person 12'', daterange(current_date - 60, current_date), now() - interval ''1 day'')');
-- by name and by id: a view that is narrowed to a person
INSERT INTO question (what, query)
SELECT format('%s of %s', v, c), format('SELECT * FROM %I WHERE %s', v, c)
FROM unnest('{lieu_balance,lieu_due,pay_by_month}'::text[]) AS v, unnest('{person = ''person 12'',person_id = 12}'::text[]) AS c;
-- How far the rules of any rotation reach is asked of all: a row of the table for each,
-- and from 17 on an entry of its index as well, which is preferred to a scan that is off.
INSERT INTO question (what, query, more) VALUES ('lint() of a rotation', 'SELECT * FROM lint(''rotation 2'')', 2);
-- each rotation has an offer
INSERT INTO question (what, query, more) VALUES ('open_offers()', 'SELECT * FROM open_offers(''person 12'')', 1);
-- a row for each rotation: its layer with a list of nine, and what covers are near
INSERT INTO question (what, query, more) VALUES ('on_call_now', 'SELECT * FROM on_call_now', 80);

-- the rows of our tables that a query reads
CREATE FUNCTION pg_temp.rows_read() RETURNS bigint LANGUAGE sql
RETURN (SELECT sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))
	FROM pg_class AS c WHERE c.relnamespace = 'oncall'::regnamespace);
CREATE FUNCTION pg_temp.rows_of(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	was bigint;
BEGIN
	-- the plans that it goes on with are made
	FOR i IN 1 .. 8 LOOP
		was := pg_temp.rows_read();
		EXECUTE query;
	END LOOP;
	RETURN pg_temp.rows_read() - was;
END
$$;

SELECT plan((SELECT count(*)::int FROM question) + 4);

-- what could be found by an index is, however small the tables are
SET jit = off;
SET enable_seqscan = off;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
CALL pg_temp.grow(1, 20);
ANALYZE;
UPDATE question SET small = pg_temp.rows_of(query);

-- Who asks for more than a few is told the same.
CREATE FUNCTION pg_temp.one_by_one(view regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	id int;
BEGIN
	FOR id IN SELECT person_id FROM person WHERE person_id <= 40 LOOP
		RETURN QUERY EXECUTE format('SELECT v::text FROM %s AS v WHERE person_id = %s', view, id);
	END LOOP;
END
$$;
SELECT bag_eq(format('SELECT v::text FROM %s AS v WHERE person_id <= 40', v), format('SELECT pg_temp.one_by_one(%L)', v), v || ' of many, and of each')
FROM unnest('{lieu_balance,lieu_due,pay_by_month}'::text[]) AS v;

-- Who is hidden from a role is paid all the same.
CREATE ROLE regress_oncall_asked_of_one;
SELECT oncall.grant_access('regress_oncall_asked_of_one', 'manager') \g /dev/null
BEGIN;
INSERT INTO pay_entry (person_id, pay_policy_id, day, amount, why) VALUES (12, 1, current_date - 1, 5, 'of the test');
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY but_one ON person USING (person_id <> 12);
SET LOCAL ROLE regress_oncall_asked_of_one;
SELECT concat_ws(' ', person_id, person, amount) AS hidden FROM pay_by_month WHERE kind = 'entry' \gset
ROLLBACK;
SELECT is(:'hidden'::text, '12 5.00', 'pay of a person whom a policy hides');
DROP OWNED BY regress_oncall_asked_of_one;
DROP ROLE regress_oncall_asked_of_one;

CALL pg_temp.grow(21, 160);
ANALYZE;
UPDATE question SET large = pg_temp.rows_of(query);

SELECT cmp_ok(large, '<=', small + more * 140, format('%s: %s rows are read, and %s of the larger company', what, small, large))
FROM question ORDER BY what;
SELECT * FROM finish();

\c :home
DROP DATABASE oncall_asked_of_one;
