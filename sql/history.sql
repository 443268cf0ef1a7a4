-- What the database believed is kept: layers, their members and covers.
-- A database of its own: several transactions are what this is about.
--
-- Tests: recorded rotations
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_writer;
CREATE DATABASE regress_oncall_history TEMPLATE template0;
\c regress_oncall_history
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Asia/Kolkata';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
CREATE EXTENSION oncall;
SELECT oncall.setup();
-- covers that the rules of trades would refuse: those are tested elsewhere
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
SELECT oncall.grant_access('regress_oncall_writer', 'manager');

-- What a statement gets: its SQLSTATE, constraint, message and hint
CREATE FUNCTION public.try(statement text) RETURNS TABLE (code text, con text, message text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	SET CONSTRAINTS ALL IMMEDIATE;
	RETURN QUERY VALUES ('00000', '', 'accepted', '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
-- Rows as they count: never believed, believed until some time, still
CREATE FUNCTION public.belief(recorded tstzrange) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN isempty(recorded) THEN 'never' WHEN upper_inf(recorded) THEN 'still' ELSE 'once' END;
CREATE VIEW public.layers AS
	SELECT layer_id AS id, copy_of AS copy, valid, rank, seats, public.belief(recorded) FROM oncall.layer ORDER BY 1;
CREATE VIEW public.covers AS
	SELECT cover_id AS id, copy_of AS copy, rotation_id AS rotation, seat, period, person_id AS person, reason, public.belief(recorded)
	FROM oncall.cover ORDER BY 1;
-- Whatever was believed about one cover or layer, it was so without a gap
CREATE VIEW public.gaps AS
	SELECT 'cover' AS kind, coalesce(copy_of, cover_id) AS id FROM oncall.cover WHERE NOT isempty(recorded)
	GROUP BY 2 HAVING (SELECT count(*) FROM unnest(range_agg(recorded))) <> 1 OR sum(1) > count(DISTINCT recorded)
	UNION ALL
	SELECT 'layer', coalesce(copy_of, layer_id) FROM oncall.layer WHERE NOT isempty(recorded)
	GROUP BY 2 HAVING (SELECT count(*) FROM unnest(range_agg(recorded))) <> 1 OR sum(1) > count(DISTINCT recorded);
GRANT SELECT ON public.layers, public.covers, public.gaps TO regress_oncall_writer;

-- The arithmetic of "recorded"
BEGIN;
SELECT oncall_internal.closed(tstzrange(statement_timestamp(), NULL), pg_current_xact_id()::xid) AS written_now,
	oncall_internal.closed('[2026-01-01Z,)', pg_current_xact_id()::xid)
		= tstzrange('2026-01-01Z', statement_timestamp()) AS only_touched_now,
	oncall_internal.closed(tstzrange(statement_timestamp(), NULL), '3') AS written_and_closed_at_once,
	oncall_internal.closed('[2026-01-01Z,)', '3') = tstzrange('2026-01-01Z', statement_timestamp()) AS written_before,
	oncall_internal.closed('(,)', '3') = tstzrange(NULL, statement_timestamp()) AS since_ever;
SELECT oncall_internal.closed('[9999-01-01Z,)', '3') AS in_the_future,
	oncall_internal.closed('[2026-01-01Z,2026-02-01Z)', '3') AS closed_before,
	oncall_internal.closed('empty', '3') AS never, oncall_internal.closed(NULL, '3') AS "null";
SAVEPOINT a;
CREATE TEMPORARY TABLE t AS SELECT 1;
SELECT oncall_internal.written_now(xmin) FROM t;
RELEASE a;
SELECT oncall_internal.written_now(xmin) FROM t;
COMMIT;
SELECT oncall_internal.written_now(xmin) FROM t;
SELECT oncall_internal.written_now('0'), oncall_internal.written_now('1'), oncall_internal.written_now('2'), oncall_internal.written_now(NULL);

-- Rotations
INSERT INTO oncall.person (name, zone) SELECT n, 'Pacific/Auckland' FROM unnest('{Aroha,Ben,Cleo}'::text[]) n;
INSERT INTO oncall.calendar (name) VALUES ('New Zealand'), ('England');
INSERT INTO oncall.team (name, zone) VALUES ('SRE', 'Pacific/Auckland');
INSERT INTO oncall.rotation (name, team_id) VALUES ('SRE', 1) RETURNING zone, seats, exclusive, max_consecutive, min_break, coverage;
INSERT INTO oncall.rotation (name, team_id, zone) VALUES ('Chief', 1, 'UTC') RETURNING zone;
SELECT * FROM public.try($$INSERT INTO oncall.rotation (name) VALUES ('No zone')$$);
SELECT * FROM public.try($$INSERT INTO oncall.rotation (name, zone) VALUES ('SRE', 'UTC')$$);
SELECT s, t.* FROM unnest(ARRAY['{}', '{a,b,a}', '{a,NULL}', '{a,""}', '{{a,b},{c,d}}', '[0:1]={a,b}', NULL,
	'{' || (SELECT string_agg('s' || n, ',') FROM generate_series(1, 100) n) || '}',
	'{' || (SELECT string_agg('s' || n, ',') FROM generate_series(1, 101) n) || '}']) WITH ORDINALITY AS x(seats, o),
	left(seats, 20) AS s, public.try(format('INSERT INTO oncall.rotation (name, zone, seats) VALUES (''x'', ''UTC'', %L)', seats)) t
ORDER BY o;
DELETE FROM oncall.rotation WHERE name = 'x';
UPDATE oncall.rotation SET seats = '{primary,secondary,shadow}', calendar_id = 1 WHERE rotation_id = 1;
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = '{primary,secondary}' WHERE rotation_id = 1$$);
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = '{secondary,primary,shadow}' WHERE rotation_id = 1$$);
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = NULL WHERE rotation_id = 1$$);

-- A layer and its members are written in one transaction
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
COMMIT;
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES
	(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '[2026-01-01Z,)') RETURNING seats;
SAVEPOINT a;
INSERT INTO oncall.layer_member VALUES (2, 10, 1), (2, 20, 2), (2, 30, NULL), (2, 40, 3);
RELEASE a;
-- until then they can be put right
UPDATE oncall.layer_member SET person_id = 1 WHERE position = 20;
UPDATE oncall.layer_member SET person_id = 2 WHERE position = 20;
DELETE FROM oncall.layer_member WHERE position = 30;
SAVEPOINT b;
DELETE FROM oncall.layer_member;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO b;
UPDATE oncall.layer SET rank = 1, seats = 2 WHERE layer_id = 2;
UPDATE oncall.layer SET rank = 0 WHERE layer_id = 2;
COMMIT;
WITH l AS (INSERT INTO oncall.layer (rotation_id, cadence, rank, pairing, hours, seats)
	VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 5, 'mixed', 'Mo-Fr 09:00-17:00; PH off', 2) RETURNING layer_id)
INSERT INTO oncall.layer_member SELECT layer_id, n, n FROM l, generate_series(1, 3) n;
SELECT * FROM public.layers;
-- once checked, still checked
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
INSERT INTO oncall.layer_member SELECT max(layer_id), 1, 1 FROM oncall.layer;
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM oncall.layer_member WHERE layer_id = (SELECT max(layer_id) FROM oncall.layer);
ROLLBACK;
-- what was written to a savepoint that is gone does not count
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
SAVEPOINT a;
INSERT INTO oncall.layer_member SELECT max(layer_id), 1, 1 FROM oncall.layer;
ROLLBACK TO a;
COMMIT;
-- withdrawn before anyone could believe it
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
SELECT oncall.withdraw_layer(max(layer_id)) FROM oncall.layer;
COMMIT;

SELECT statement, t.* FROM unnest(ARRAY[
	$$(9, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '(,)')$$,
	$$(1, NULL, 'fixed', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'paired', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'mixed', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'mixed', 1, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', 4, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', 0, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, 'empty')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[2026-01-01Z,2026-02-01Z]')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '(2026-01-01Z,2026-02-01Z)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[-infinity,2026-02-01Z)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[2026-02-01Z,infinity)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, NULL)$$]) statement,
	public.try('INSERT INTO oncall.layer (rotation_id, cadence, pairing, seats, valid) VALUES ' || statement) t;

-- Then they are fixed
SELECT statement, t.* FROM unnest(ARRAY[
	'INSERT INTO oncall.layer_member VALUES (2, 50, 1)',
	'INSERT INTO oncall.layer_member VALUES (99, 50, 1)',
	'UPDATE oncall.layer_member SET person_id = 1 WHERE layer_id = 2',
	'UPDATE oncall.layer_member SET position = position + 1 WHERE layer_id = 2',
	'UPDATE oncall.layer_member SET layer_id = 3, position = position + 10 WHERE layer_id = 2',
	'DELETE FROM oncall.layer_member WHERE layer_id = 2',
	'TRUNCATE oncall.layer_member',
	'DELETE FROM oncall.layer',
	'TRUNCATE oncall.layer CASCADE',
	'TRUNCATE oncall.rotation CASCADE',
	'DELETE FROM oncall.rotation',
	'DELETE FROM oncall.person',
	'UPDATE oncall.layer SET layer_id = 99 WHERE layer_id = 2',
	'UPDATE oncall.layer SET rotation_id = 2 WHERE layer_id = 2',
	'UPDATE oncall.layer SET rank = 7 WHERE layer_id = 2',
	$$UPDATE oncall.layer SET cadence = 'R/2026-01-06T12:00[Pacific/Auckland]/P14D' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET hours = '24/7' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET hours = NULL WHERE layer_id = 3$$,
	$$UPDATE oncall.layer SET pairing = 'fixed' WHERE layer_id = 2$$,
	'UPDATE oncall.layer SET seats = 1 WHERE layer_id = 2',
	'UPDATE oncall.layer SET copy_of = 3 WHERE layer_id = 2',
	$$UPDATE oncall.layer SET valid = '[2026-01-02Z,)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = '(,2027-01-01Z)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = 'empty' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = NULL WHERE layer_id = 2$$,
	-- the calendar of a rotation that has hours
	'UPDATE oncall.rotation SET calendar_id = 2 WHERE rotation_id = 1',
	'UPDATE oncall.rotation SET calendar_id = NULL WHERE rotation_id = 1',
	-- touching changes nothing
	'UPDATE oncall.layer SET rank = rank',
	'UPDATE oncall.layer_member SET person_id = person_id',
	'UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id = 1',
	'UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id = 2']) statement,
	public.try(statement) t;
-- having touched a layer does not make it ours
BEGIN;
UPDATE oncall.layer SET rank = rank;
SELECT * FROM public.try('INSERT INTO oncall.layer_member VALUES (2, 50, 1)');
SELECT * FROM public.try('UPDATE oncall.layer SET rank = 7');
ROLLBACK;

-- Ending half-way keeps the past believed, and the id
BEGIN;
SELECT oncall.end_layer(2, '2030-01-01Z');
SELECT * FROM public.layers;
SELECT * FROM public.try('INSERT INTO oncall.layer_member VALUES (2, 50, 1)');
SELECT * FROM public.try('UPDATE oncall.layer SET rank = 7 WHERE layer_id = 2');
-- in the same transaction: nobody believed the first end
SELECT oncall.end_layer(2, '2029-01-01Z');
SELECT * FROM public.layers WHERE id = 2 OR copy = 2;
SELECT * FROM public.gaps;
COMMIT;
UPDATE oncall.layer SET valid = '[2026-01-01Z,2028-01-01Z)' WHERE layer_id = 2;
SELECT oncall.end_layer(3, '2028-01-01Z');
SELECT * FROM public.layers;
SELECT * FROM public.gaps;
-- to a savepoint
BEGIN;
SAVEPOINT a;
SELECT oncall.end_layer(2, '2027-01-01Z');
ROLLBACK TO a;
SELECT oncall.end_layer(2, '2027-06-01Z');
COMMIT;
-- ended and withdrawn at once
BEGIN;
SELECT oncall.end_layer(2, '2027-01-01Z');
SELECT oncall.withdraw_layer(2);
ROLLBACK;
-- at or before the start: withdrawn
BEGIN;
SELECT oncall.end_layer(2, '2026-01-01Z');
SELECT * FROM public.layers WHERE id = 2 OR copy = 2;
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2026-01-01Z,)');
INSERT INTO oncall.layer_member SELECT max(layer_id), 1, 1 FROM oncall.layer;
SELECT oncall.end_layer(max(layer_id), '2025-01-01Z') FROM oncall.layer;
COMMIT;
SELECT oncall.withdraw_layer(3);
SELECT * FROM public.layers;
SELECT * FROM public.gaps;
SELECT statement, t.* FROM unnest(ARRAY[
	$$SELECT oncall.end_layer(2, '2027-06-01Z')$$,
	$$SELECT oncall.end_layer(2, '2028-01-01Z')$$,
	$$SELECT oncall.end_layer(2, 'infinity')$$,
	$$SELECT oncall.end_layer(2, '-infinity')$$,
	$$SELECT oncall.end_layer(2, NULL)$$,
	$$SELECT oncall.end_layer(NULL)$$,
	$$SELECT oncall.end_layer(99)$$,
	$$SELECT oncall.end_layer(3)$$,
	$$SELECT oncall.withdraw_layer(3)$$,
	$$SELECT oncall.withdraw_layer(99)$$,
	$$SELECT oncall.withdraw_layer(NULL)$$,
	$$UPDATE oncall.layer SET valid = '[2026-01-01Z,2027-01-01Z)' WHERE layer_id = 3$$,
	$$INSERT INTO oncall.layer_member VALUES (3, 50, 1)$$,
	$$SELECT oncall.end_layer(min(layer_id)) FROM oncall.layer WHERE copy_of = 2$$]) statement,
	public.try(statement) t;

-- Covers
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, reason) VALUES
	(1, 1, '[2027-01-01Z,2027-01-08Z)', 2, 'swap'), (1, 2, '[2027-01-01Z,2027-01-08Z)', NULL, NULL);
SELECT * FROM public.covers;
SELECT statement, t.* FROM unnest(ARRAY[
	$$(1, 1, '[2027-01-07Z,2027-01-09Z)', 2)$$,
	$$(1, 4, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, 0, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, NULL, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(9, 1, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,2027-02-02Z)', 9)$$,
	$$(1, 1, 'empty', 2)$$,
	$$(1, 1, NULL, 2)$$,
	$$(1, 1, '[2027-02-01Z,)', 2)$$,
	$$(1, 1, '(,2027-02-01Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,infinity)', 2)$$,
	$$(1, 1, '[-infinity,2027-02-01Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,2027-02-02Z]', 2)$$,
	$$(1, 1, '(2027-02-01Z,2027-02-02Z)', 2)$$]) statement,
	public.try('INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES ' || statement) t;
-- each column in place: the id stays, the past stays believed
UPDATE oncall.cover SET rotation_id = 2 WHERE cover_id = 1;
UPDATE oncall.cover SET seat = 2 WHERE cover_id = 1;
UPDATE oncall.cover SET period = '[2027-01-02Z,2027-01-09Z)' WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = NULL, seat = 1 WHERE cover_id = 1;
-- what the roster does not depend on is not history
UPDATE oncall.cover SET reason = 'ill' WHERE cover_id = 1;
SELECT * FROM public.covers WHERE id = 1 OR copy = 1;
SELECT * FROM public.gaps;
-- several times in one transaction: one copy, and nothing forgotten in between
BEGIN;
UPDATE oncall.cover SET reason = 'reason' WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = 2 WHERE cover_id = 1;
SELECT oncall.end_cover(1, '2027-01-05Z');
SAVEPOINT a;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
ROLLBACK TO a;
COMMIT;
SELECT * FROM public.covers WHERE id = 1 OR copy = 1;
SELECT * FROM public.gaps;
-- written, changed and withdrawn at once: never believed
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2027-02-01Z,2027-02-08Z)', 2);
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = (SELECT max(cover_id) FROM oncall.cover);
SAVEPOINT a;
SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover;
RELEASE a;
SELECT * FROM public.covers WHERE person = 3;
COMMIT;
-- changed and withdrawn at once: believed until then
BEGIN;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 2;
SELECT oncall.withdraw_cover(2);
COMMIT;
SELECT * FROM public.covers WHERE id = 2 OR copy = 2;
-- a withdrawn cover is in nobody's way
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2027-01-01Z,2027-01-08Z)', 3);
-- one for another in one transaction
BEGIN;
SELECT oncall.end_cover(max(cover_id), '2027-01-05Z') FROM oncall.cover;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2027-01-05Z,2027-01-08Z)', 1);
COMMIT;
SELECT * FROM public.covers WHERE rotation = 1;
SELECT * FROM public.gaps;
SELECT statement, t.* FROM unnest(ARRAY[
	'DELETE FROM oncall.cover',
	'DELETE FROM oncall.cover WHERE false',
	'TRUNCATE oncall.cover',
	'TRUNCATE oncall.person CASCADE',
	'UPDATE oncall.cover SET cover_id = 99 WHERE cover_id = 1',
	'UPDATE oncall.cover SET copy_of = 2 WHERE cover_id = 1',
	'UPDATE oncall.cover SET seat = 3 WHERE cover_id = 1',
	'UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 2',
	$$UPDATE oncall.cover SET reason = 'x' WHERE cover_id = 2$$,
	'UPDATE oncall.cover SET person_id = person_id WHERE cover_id = 2',
	$$UPDATE oncall.cover SET period = '[2027-01-07Z,)' WHERE cover_id = 1$$,
	$$SELECT oncall.end_cover(1, '2027-01-05Z')$$,
	$$SELECT oncall.end_cover(1, '2027-01-05 00:00:00.000001Z')$$,
	$$SELECT oncall.end_cover(1, '2027-01-04 23:59:59.999999Z')$$,
	$$SELECT oncall.end_cover(1, 'infinity')$$,
	$$SELECT oncall.end_cover(1, NULL)$$,
	$$SELECT oncall.end_cover(NULL)$$,
	$$SELECT oncall.end_cover(99)$$,
	$$SELECT oncall.end_cover(2)$$,
	$$SELECT oncall.withdraw_cover(2)$$,
	$$SELECT oncall.withdraw_cover(99)$$,
	$$SELECT oncall.withdraw_cover(NULL)$$]) statement,
	public.try(statement) t;
-- a time before it begins takes it back
BEGIN;
SELECT oncall.end_cover(1);
SELECT * FROM public.covers WHERE id = 1;
ROLLBACK;

-- Only the owner writes history: restores do
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, recorded) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,)') RETURNING layer_id \gset
INSERT INTO oncall.layer (rotation_id, cadence, seats, recorded, copy_of)
	VALUES (2, 'R/2026-01-06T12:00[UTC]/P14D', 2, '[2019-01-01Z,2020-01-01Z)', :layer_id);
INSERT INTO oncall.layer_member VALUES (:layer_id, 1, 1);
INSERT INTO oncall.cover (rotation_id, seat, period, recorded, recorded_by) VALUES
	(1, 3, '[2020-01-01Z,2020-02-01Z)', '[2020-01-01Z,2020-01-02Z)', 'somebody');
UPDATE oncall.cover SET recorded = '[2020-01-01Z,2020-01-03Z)' WHERE recorded_by = 'somebody';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;

SET ROLE regress_oncall_writer;
SELECT statement, t.* FROM unnest(ARRAY[
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', '[2020-01-01Z,)')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 'empty')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', tstzrange(now() - interval '1 s', now()))$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', NULL)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded_by) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 'somebody')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, copy_of) VALUES (2, 1, '[2027-01-02Z,2027-01-05Z)', 3, '[2026-01-01Z,2026-01-02Z)', 1)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, recorded_by, copy_of)
	  SELECT rotation_id, seat, period, 3, oncall_internal.closed(recorded, xmin), recorded_by, cover_id FROM oncall.cover WHERE cover_id = 1$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, recorded_by, copy_of)
	  SELECT rotation_id, seat, period, 3, recorded, recorded_by, cover_id FROM oncall.cover WHERE cover_id = 2$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded, copy_of) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', '[2026-01-01Z,2026-01-02Z)', 99)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, copy_of) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 1)$$,
	$$UPDATE oncall.cover SET recorded = '[2020-01-01Z,)' WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET recorded = 'empty' WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET recorded = '[2020-01-01Z,)' WHERE cover_id = 2$$,
	$$UPDATE oncall.cover SET recorded_by = 'somebody' WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET person_id = 3, recorded = oncall_internal.closed(recorded, xmin) WHERE cover_id = 1$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,)')$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded, copy_of) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,2020-02-01Z)', 2)$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded, copy_of, rank)
	  SELECT rotation_id, cadence, oncall_internal.closed(recorded, xmin), layer_id, 7 FROM oncall.layer WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET recorded = '[2020-01-01Z,)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET recorded = '[2020-01-01Z,)' WHERE layer_id = 3$$,
	$$UPDATE oncall.layer SET rank = 7, recorded = oncall_internal.closed(recorded, xmin) WHERE layer_id = 2$$,
	$$INSERT INTO oncall.layer_member VALUES (2, 50, 1)$$,
	$$DELETE FROM oncall.layer_member WHERE layer_id = 2$$,
	$$DELETE FROM oncall.cover$$,
	$$TRUNCATE oncall.cover$$]) statement,
	public.try(statement) t;
-- and what is allowed them is history all the same
UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 1;
UPDATE oncall.cover SET recorded = oncall_internal.closed(recorded, xmin) WHERE cover_id = 25;
SELECT oncall.end_layer(2, '2027-02-01Z');
SELECT oncall.withdraw_layer(2);
RESET ROLE;
SELECT id, copy, person, belief FROM public.covers WHERE 1 IN (id, copy) OR 25 IN (id, copy);
SELECT recorded_by FROM oncall.cover WHERE cover_id = 1;
SELECT id, copy, valid, belief FROM public.layers WHERE id = 2 OR copy = 2;
SELECT * FROM public.gaps;

-- Columns of one's own are free
ALTER TABLE oncall.layer ADD ticket text;
ALTER TABLE oncall.layer_member ADD note text;
ALTER TABLE oncall.cover ADD ticket text;
UPDATE oncall.layer SET ticket = 'T-1';
UPDATE oncall.layer_member SET note = 'x';
UPDATE oncall.cover SET ticket = 'T-1';
SELECT count(*) FROM oncall.cover WHERE ticket = 'T-1';

\c :regression
DROP DATABASE regress_oncall_history;
DROP ROLE regress_oncall_writer;
