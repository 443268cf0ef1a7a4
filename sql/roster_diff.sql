-- Whose shifts a change moves, and what its author is told.
-- A database of its own: several transactions are what this is about.
--
-- Tests: effects effect moves out_of_step plan_covers
\set regression :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_oncall_diff TEMPLATE template0;
\c regress_oncall_diff
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup();
SET client_min_messages = notice;

-- The change that this session made last
CREATE FUNCTION public.last() RETURNS integer LANGUAGE sql AS 'SELECT max(change_id) FROM oncall.change';
CREATE FUNCTION public.moved() RETURNS TABLE (rotation text, seat smallint, since text, until text, a text, b text)
LANGUAGE sql AS $$
	SELECT d.rotation, d.seat, to_char(lower(d.period), 'YYYY-MM-DD HH24:MI'), to_char(upper(d.period), 'YYYY-MM-DD HH24:MI'), d.person_a, d.person_b
	FROM oncall.roster_diff(public.last()) d ORDER BY d.rotation_id, d.period, d.seat $$;
CREATE PROCEDURE public.tell() LANGUAGE plpgsql AS $$ BEGIN PERFORM oncall_internal.tell_change(public.last()); END $$;

BEGIN;
INSERT INTO oncall.person (person_id, name, zone) SELECT i, n, 'UTC' FROM unnest('{Ana,Ben,Cy,Dee,Fox,Gil}'::text[]) WITH ORDINALITY AS p(n, i);
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive, exclusive) VALUES
	(1, 'One', 'Europe/Berlin', '{primary}', NULL, false), (2, 'Two', 'America/New_York', '{primary,secondary}', NULL, false);
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid) VALUES
	(1, 1, 'R/2039-11-28T10:00[Europe/Berlin]/P7D', '(,2040-02-27 10:00)'), (2, 2, 'R/2039-11-28T10:00[America/New_York]/P7D', '(,2040-02-27 10:00)');
INSERT INTO oncall.layer_member (layer_member_id, layer_id, position, person_id) VALUES
	(1, 1, 10, 1), (2, 1, 20, 2), (3, 1, 30, 3), (4, 1, 40, 4), (5, 2, 10, 1), (6, 2, 20, 2), (7, 2, 30, 3);
COMMIT;
ALTER TABLE oncall.layer ALTER layer_id RESTART WITH 100;
ALTER TABLE oncall.layer_member ALTER layer_member_id RESTART WITH 100;
ALTER TABLE oncall.cover ALTER cover_id RESTART WITH 100;
-- of a rota that is new there is nothing to be told
CALL public.tell();
SELECT count(*) FROM public.moved() WHERE a IS NULL;

-- A preview: somebody joins
BEGIN;
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 15, 5, '[2039-12-12,)');
CALL public.tell();
SELECT * FROM public.moved();
ROLLBACK;
SELECT oncall.roster_diff(public.last() + 1);
SELECT oncall.roster_diff(NULL::integer);
SELECT oncall.roster_diff(public.last()) = oncall.roster_diff(public.last()) AS same LIMIT 1;

-- for a while only
BEGIN;
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 15, 5, '[2039-12-12,2040-01-20)');
CALL public.tell();
ROLLBACK;
-- several, and one who stands elsewhere from then on
BEGIN;
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 50, 5, '[2039-12-12,)'), (1, 5, 4, '[2039-12-12,)'), (1, 45, 6, '[2040-01-01,)');
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (4, '[2039-12-12,)');
CALL public.tell();
ROLLBACK;
-- a place left empty on purpose
BEGIN;
INSERT INTO oncall.layer_member (layer_id, position, valid) VALUES (1, 15, '[2039-12-12,)');
CALL public.tell();
ROLLBACK;

-- Somebody leaves: for good, for a while, as the last
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2040-01-08,)');
CALL public.tell();
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2039-12-12,2040-01-15)');
CALL public.tell();
SELECT * FROM public.moved();
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT i, '[2040-01-08,)' FROM generate_series(1, 4) AS i;
CALL public.tell();
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT i, '[2040-01-08,2040-01-25)' FROM generate_series(5, 7) AS i;
CALL public.tell();
ROLLBACK;
-- whom it puts on duty twice running
BEGIN;
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (2, 15, 5, '[2039-12-12,2040-01-05)');
CALL public.tell();
SELECT rotation, seat, person, lower(period)::date AS since, upper(period)::date AS until FROM oncall.roster('[2039-12-12,2040-02-01)', 2) WHERE seat = 2 ORDER BY period;
ROLLBACK;

-- Rules
BEGIN;
INSERT INTO oncall.layer_rule (layer_id, since, pairing) VALUES (2, '2040-01-01', 'preceding');
CALL public.tell();
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer_rule (layer_id, since, hours) VALUES (1, '2040-01-01', 'Mo-Fr 09:00-17:00');
CALL public.tell();
ROLLBACK;

-- A layer for some days names those who serve it
BEGIN;
SET LOCAL client_min_messages = warning;
INSERT INTO oncall.layer (layer_id, rotation_id, name, rank, cadence, valid) VALUES (3, 2, 'Christmas', 1, 'R/2039-12-24T00:00[America/New_York]/P1D', '[2039-12-24 06:00,2039-12-25 06:00)');
INSERT INTO oncall.layer_member (layer_member_id, layer_id, position, person_id) VALUES (8, 3, 10, 1), (9, 3, 20, 4);
COMMIT;
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (9, '[2039-12-01,)');
CALL public.tell();
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (8, '[2039-12-01,)'), (9, '[2039-12-01,)');
CALL public.tell();
ROLLBACK;

-- Functions tell it themselves, and once
BEGIN;
SELECT oncall.withdraw_layer(3) > 0 AS done;
SELECT oncall.end_layer(1, '2040-01-10') > 0 AS done;
SELECT oncall.add_layer('One', '{Fox}', 'R/2040-01-09T10:00[Europe/Berlin]/P7D', valid => '[2040-01-10,2040-02-01)') > 0 AS done;
ROLLBACK;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (1, 1, 1, '[2039-12-01,2039-12-03)', 4), (2, 1, 1, '[2039-12-20,2039-12-22)', 2);
SELECT * FROM public.moved();
BEGIN;
SELECT oncall.end_cover(1, '2039-12-02') > 0 AS done;
SELECT oncall.withdraw_cover(2) > 0 AS done;
SELECT oncall.retire_rotation('One', '2039-12-15') > 0 AS done;
SELECT * FROM public.moved();
ROLLBACK;
-- nobody hears it: nothing is looked up
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT oncall.retire_rotation('One', '2039-12-15') > 0 AS done;
ROLLBACK;

-- Plain statements of one transaction are one change, whatever they write
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (1, '[2040-02-12,)');
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (5, '[2040-02-12,)');
CALL public.tell();
SELECT * FROM public.moved();
COMMIT;
-- and what stood before or came after is not theirs
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2040-02-12,)');
SELECT * FROM public.moved();
SELECT rotation, seat, lower(period)::date AS since, person_a, person_b FROM oncall.roster_diff(public.last() - 1) WHERE rotation_id = 1;
-- taken back by hand: the rows that it closed
UPDATE oncall.layer_leave SET recorded = oncall_internal.closed(recorded, xmin) WHERE layer_member_id IN (1, 2, 5);
SELECT * FROM public.moved();

-- The past
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive) VALUES (3, 'Old', 'UTC', '{primary}', NULL);
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid) VALUES (4, 3, 'R/2020-01-06T12:00[UTC]/P7D', tstzrange(NULL, date_trunc('hour', now()) - interval '1 day'));
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (4, 10, 1), (4, 20, 2);
COMMIT;
BEGIN;
SET LOCAL oncall.past_reason = 'never was';
SET LOCAL client_min_messages = warning;
SELECT oncall.withdraw_layer(4) > 0 AS done;
SELECT regexp_replace(m[1], 'from .* on [0-9]+', 'from ... on ...') AS said
FROM oncall_internal.change_windows(public.last()) w, oncall_internal.tell_moves(public.last(), 3, 'UTC', w.since, w.known_before) AS m;
SELECT min(since), count(*) > 100 AS many FROM public.moved();
ROLLBACK;

-- Covers in step: those that no longer lie on what they were meant for
SET oncall.horizon = '100 years';
SELECT count(*) FROM oncall.duty_conflict;
CREATE FUNCTION public.out() RETURNS TABLE (cover_id integer, person text, instead_of text, shift text, statement text)
LANGUAGE sql AS $$ SELECT c.cover_id, c.person, c.instead_of, c.shift::text, c.statement
	FROM oncall.duty_conflict c WHERE c.instead_of IS NOT NULL ORDER BY c.cover_id $$;
BEGIN;
SELECT cover_id, instead_of, shift FROM oncall.cover ORDER BY 1;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES
	-- the whole of a shift, its beginning, its end
	(11, 1, 1, '[2040-01-02 10:00,2040-01-09 10:00)', 6), (12, 1, 1, '[2040-01-09 10:00,2040-01-10)', 6), (13, 1, 1, '[2040-01-20,2040-01-23 10:00)', 6),
	-- two shifts, which are nobody's, and a place that is empty
	(14, 1, 1, '[2040-01-27,2040-02-01)', 6), (15, 1, 1, '[2040-03-01,2040-03-02)', 6);
SELECT cover_id, instead_of, shift FROM oncall.cover WHERE cover_id > 10 ORDER BY 1;
SAVEPOINT a;
-- an hour earlier: bounds are shared no more
INSERT INTO oncall.layer_rule (layer_id, since, cadence) VALUES (1, '2040-01-01', 'R/2040-01-02T09:00[Europe/Berlin]/P7D');
CALL public.tell();
SELECT * FROM public.out();
ROLLBACK TO a;
-- somebody else's
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 25, 5, '[2039-12-24,)');
CALL public.tell();
SELECT * FROM public.out();
-- what was out of step before is not told again
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (1, '[2040-02-12,)');
ROLLBACK TO a;
-- they have left: no shift to put it on
INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT i, '[2039-12-24,)' FROM generate_series(1, 3) i;
CALL public.tell();
SELECT cover_id, statement FROM public.out();
ROLLBACK;
-- what somebody covered before they join is not their first duty as a member
BEGIN;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (1, 6, 'reserve', '(,)');
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2040-01-02,2040-01-04)', 6);
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 45, 6, '[2040-01-03 12:00,)');
CALL public.tell();
ROLLBACK;
-- the statement mends it
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 35, 5, '[2039-12-13,)');
SELECT cover_id, statement FROM public.out();
SET client_min_messages = warning;
SELECT DISTINCT statement FROM public.out() \gexec
SELECT count(*) FROM public.out();
SELECT cover_id, seat, period, person_id, instead_of FROM oncall.cover WHERE upper_inf(recorded) ORDER BY 1;

\c :regression
DROP DATABASE regress_oncall_diff;
