-- Plans: duty that its holder cannot serve, and who could.
--
-- Tests: cover_solver duty_conflicts apply_plan
\set regression :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_oncall_plan_covers TEMPLATE template0;
\c regress_oncall_plan_covers
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT * FROM oncall_internal.plan_shifts('[2126-01-01,2126-01-02)', NULL, '2126-01-01', '{1,1,1,1,1}');
SELECT oncall.setup();

-- A pair by the week, a seat for those who learn, and a second rotation
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy,Dee,Eve,Fay,Gus,Hal,Ida,Jon,Kim,Lee}'::text[]) n;
SELECT oncall.add_rotation('Web', '{Ana,Ben,Cy,Dee,Hal,Ida,Jon,Kim,Lee}', 'R/2126-01-07T12:00[UTC]/P7D', seats => '{primary,secondary,shadow}');
SELECT oncall.add_rotation('Data', '{Ana,Eve}', 'R/2126-01-07T12:00[UTC]/P7D', seats => '{only}');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES
	(1, 5, 'reserve', '[2126-01-01,)'), (1, 6, 'shadow', '[2126-01-01,)'), (1, 7, 'volunteer', '[2126-01-01,)');
UPDATE oncall.rotation SET exclusive = false;

-- Nothing is in conflict
SELECT * FROM oncall.duty_conflicts('[2126-01-07 12:00,2126-03-01)');
SELECT rotation, seat_name, person, period FROM oncall.roster('[2126-01-07 12:00,2126-02-04 12:00)') ORDER BY 1, lower(period), 2;

-- What can be in the way
BEGIN;
INSERT INTO oncall.absence (person_id, period, kind) VALUES
	(1, '[2126-01-07,2126-01-09)', 'leave'), (1, '[2126-01-10,2126-01-11)', 'sick'), (1, '[2126-01-12,2126-01-13)', 'leave'),
	(2, '[2126-01-20,2126-01-21 12:00)', 'keep_free'), (5, '[2126-01-14 12:00,)', 'opt_out');
UPDATE oncall.person SET active = '[2126-01-08,2126-01-16)' WHERE name = 'Cy';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(1, 2, '[2126-02-04 12:00,2126-02-05)', 6), (1, 3, '[2126-02-04 12:00,2126-02-05)', 6), (1, 1, '[2126-02-04 12:00,2126-02-05)', 7);
SELECT rotation, seat_name, person, period, conflict, reason, layer_id, cover_id
FROM oncall.duty_conflicts('[2126-01-07 12:00,2126-02-05)');
SELECT count(*) FROM oncall.duty_conflicts('[2126-01-07 12:00,2126-02-05)', 2);
ROLLBACK;

-- The view goes from now to the horizon
BEGIN;
SELECT oncall.add_rotation('Now', '{Fay}', 'R/2020-01-01T00:00[UTC]/P1D', seats => '{one}');
INSERT INTO oncall.absence (person_id, period, kind) VALUES (6, '(,)', 'opt_out');
SELECT rotation, seat, seat_name, person, lower(period) = now() AS from_now, upper(period) = now() + oncall.horizon() AS to_horizon,
	conflict = period::tstzmultirange AS all_of_it, reason FROM oncall.duty_conflict;
UPDATE oncall.absence SET period = tstzrange(NULL, now());
SELECT count(*) FROM oncall.duty_conflict;
ROLLBACK;

-- A month's leave
INSERT INTO oncall.absence (person_id, period) VALUES (1, '[2126-02-01,2126-03-01)');
SELECT rotation, seat_name, person, period, conflict, reason FROM oncall.duty_conflicts('[2126-02-01,2126-03-01)');
\x
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-03-01)');
SELECT * FROM oncall.plan_covers(NULL, '[2126-02-01,2126-03-01)');
\x
-- by other weights, with no history
SELECT rotation, seat, for_person, by_person, heaviest, bound
FROM oncall.plan_covers(NULL, '[2126-02-01,2126-03-01)', '{"night": 0, "evening": 0.5, "weekend": 0, "holiday": 100}', history => '0');
SELECT * FROM oncall.apply_plan('Web', '[2126-02-01,2126-03-01)', 'at the sea');
SELECT * FROM oncall.apply_plan('Web', '[2126-02-01,2126-03-01)');
SELECT change_id, kind, rotation_id, reason FROM oncall.change WHERE kind = 'plan';
SELECT rotation_id, seat, period, person_id, instead_of, shift, change_id FROM oncall.cover;
SELECT rotation, seat_name, person, period FROM oncall.duty_conflicts('[2126-02-01,2126-03-01)');
SELECT * FROM oncall.apply_plan(NULL, '[2126-02-01,2126-03-01)');

-- Who cannot be relieved, and why; the rest is written all the same
INSERT INTO oncall.absence (person_id, period, kind) VALUES
	(5, '[2126-03-01,2126-05-01)', 'leave'), (1, '[2126-03-01,2126-03-12)', 'sick'), (2, '[2126-03-10,2126-04-15)', 'sick');
BEGIN;
SELECT rotation, seat, period, for_person, by_person, reason, barred FROM oncall.plan_covers(NULL, '[2126-03-01,2126-05-01)');
SELECT covers, unresolved, statement FROM oncall.apply_plan(NULL, '[2126-03-01,2126-05-01)');
SELECT rotation_id, reason FROM oncall.change WHERE kind = 'plan' ORDER BY change_id OFFSET 1;
ROLLBACK;
-- nobody belongs to it but one
SELECT oncall.add_rotation('Lone', '{Gus}', 'R/2126-01-07T12:00[UTC]/P7D', seats => '{one}') AS lone \gset
INSERT INTO oncall.absence (person_id, period) VALUES (7, '[2126-06-01,2126-06-15)');
SELECT period, for_person, by_person, barred, statement FROM oncall.plan_covers('Lone', '[2126-06-01,2126-06-15)');
SELECT * FROM oncall.apply_plan('Lone', '[2126-06-01,2126-06-15)');
-- who serves for good is relieved for the window
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (:lone, 6, 'reserve', '[2126-01-01,)');
UPDATE oncall.rotation SET exclusive = false WHERE rotation_id = :lone;
SELECT period, for_person, by_person, barred FROM oncall.plan_covers('Lone', '[2126-06-01,2126-06-15)');

-- A cover whose person falls ill gives way to another
SELECT oncall.cover_shift('Web', '[2126-08-05 18:00,2126-08-07)', (SELECT person FROM oncall.roster('[2126-08-05 18:00,2126-08-06)', 1) WHERE seat = 1), 'Eve', 'concert') AS cover \gset
INSERT INTO oncall.absence (person_id, period, kind) VALUES (5, '[2126-08-06,2126-08-06 06:00)', 'sick');
SELECT period, for_person, by_person, reason FROM oncall.plan_covers('Web', '[2126-08-06,2126-08-07)');
SELECT covers FROM oncall.apply_plan('Web', '[2126-08-06,2126-08-07)');
SELECT seat, period, person_id <> 5 AS another,
	(SELECT h.reason FROM oncall.change h WHERE h.change_id = cover.change_id), upper_inf(recorded) AS believed
FROM oncall.cover WHERE lower(period) > '2126-08-01' ORDER BY cover_id;

-- Who may: managers write plans, members see what they may know, readers nothing
CREATE ROLE regress_oncall_plan_reader;
CREATE ROLE regress_oncall_plan_member;
CREATE ROLE regress_oncall_plan_manager;
SELECT oncall.grant_access('regress_oncall_plan_' || a, a) FROM unnest('{reader,member,manager}'::text[]) a;
UPDATE oncall.person SET db_role = 'regress_oncall_plan_member' WHERE name = 'Ben';
INSERT INTO oncall.absence (person_id, period) VALUES (1, '[2126-09-01,2126-12-01)'), (2, '[2126-09-01,2126-12-01)');
SET ROLE regress_oncall_plan_reader;
SELECT * FROM oncall.duty_conflict;
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers(NULL, '[2126-09-01,2126-12-01)');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_plan_member;
SELECT count(*) FROM oncall.duty_conflict;
SELECT person, count(*) FROM oncall.duty_conflicts('[2126-09-01,2126-12-01)') GROUP BY 1 ORDER BY 1;
SELECT * FROM oncall.apply_plan('Web', '[2126-09-01,2126-12-01)');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_plan_manager;
SELECT person, count(*) FROM oncall.duty_conflicts('[2126-09-01,2126-12-01)') GROUP BY 1 ORDER BY 1;
SELECT covers, unresolved FROM oncall.apply_plan('Web', '[2126-09-01,2126-12-01)');
RESET ROLE;

-- More conflicts than are searched to the end: of 61 days, three people have
-- 21 at most
BEGIN;
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Pat,Quin,Ray,Sue}'::text[]) n \g /dev/null
SELECT oncall.add_rotation('Daily', '{Pat,Quin,Ray,Sue}', 'R/2126-01-01T00:00[UTC]/P1D', seats => '{one}') \g /dev/null
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL, min_break = '0';
INSERT INTO oncall.absence (person_id, period) SELECT person_id, '[2126-10-01,2126-12-01)' FROM oncall.person WHERE name = 'Pat';
SELECT count(*) AS conflicts, count(by_person) AS taken, count(DISTINCT by_person) AS takers, max(heaviest) AS heaviest, max(bound) AS bound
FROM oncall.plan_covers('Daily', '[2126-10-01,2126-12-01)',
	'{"holiday": 1, "working": 1, "weekend": 1, "night": 1, "evening": 1}', '0');
ROLLBACK;

-- Errors
BEGIN;
SELECT oncall.add_rotation('Many', '{Gus}', 'R/2126-01-01T00:00[UTC]/P1D', hours => '00:00-12:00', seats => '{one}') \g /dev/null
INSERT INTO oncall.absence (person_id, period) VALUES (7, '[2126-01-01,2132-01-01)');
SELECT * FROM oncall.plan_covers('Many', '[2126-01-01,2132-01-01)');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
SELECT * FROM oncall.duty_conflicts(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.duty_conflicts('[2126-01-01,)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Wob', '[2126-02-01,2126-02-15)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', 'empty');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,infinity)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2426-02-15)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', '[2]');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', '{"nihgt": 2}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', '{"night": -1}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', '{"night": "much"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', history => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', history => '-1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.plan_covers('Web', '[2126-02-01,2126-02-15)', history => '11 years');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.apply_plan('Wob', '[2126-02-01,2126-02-15)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, NULL, '{1,1,1,1,1}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '-infinity', '{1,1,1,1,1}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', '{1,1,1,1}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', '{1,1,1,1,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', '{1,1,1,1,100001}');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', 0, '2126-02-01', '{1,1,1,1,1}');
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', '{1,1,1,1,1}', '{1}', '{1}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall_internal.plan_shifts('[2126-02-01,2126-02-15)', NULL, '2126-02-01', '{1,1,1,1,1}', NULL);
\echo :LAST_ERROR_SQLSTATE

-- Empty seats of the coverage too, if asked for: turns that nobody has, and hours that no layer has
BEGIN;
SELECT oncall.add_rotation('Gap', ARRAY['Ana', NULL, 'Ben', 'Cy'], 'R/2127-01-04T07:00[UTC]/P7D', seats => '{primary,secondary,shadow}',
	coverage => 'Mo-Fr 08:00-18:00; Sa 08:00-12:00') AS gap \gset
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
SELECT seat_name, lower(period)::date AS since FROM oncall.roster('[2127-01-04 07:00,2127-02-01 07:00)', 'Gap')
WHERE person IS NULL ORDER BY 2, 1;
SELECT count(*) FROM oncall.plan_covers('Gap', '[2126-12-28,2127-01-18)');
SELECT seat_name, period, for_person, by_person, reason FROM oncall.plan_covers('Gap', '[2126-12-28,2127-01-18 07:00)', fill_gaps => true);
-- with a conflict besides
INSERT INTO oncall.absence (person_id, period) VALUES (1, '[2127-01-04 07:00,2127-01-05 07:00)');
SELECT for_person, count(*), count(by_person) AS resolved FROM oncall.plan_covers('Gap', '[2127-01-04,2127-01-18 07:00)', fill_gaps => true) GROUP BY 1 ORDER BY 1;
SELECT covers, unresolved FROM oncall.apply_plan('Gap', '[2127-01-04,2127-01-18 07:00)', fill_gaps => true);
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) FROM oncall.plan_covers('Gap', '[2127-01-04,2127-01-18 07:00)', fill_gaps => true);
SELECT count(*) FROM oncall.apply_plan('Gap', '[2127-01-04,2127-01-18 07:00)', fill_gaps => true) WHERE change_id IS NULL;
-- nobody can, if nobody is free
INSERT INTO oncall.absence (person_id, period) SELECT person_id, '[2127-03-01,2127-04-01)' FROM oncall.person;
SELECT seat_name, period, by_person, barred FROM oncall.plan_covers('Gap', '[2127-03-08 12:00,2127-03-08 13:00)', fill_gaps => true) ORDER BY seat;
-- a rotation without anybody
SELECT oncall.add_rotation('Void', ARRAY[NULL]::text[], 'R/2127-01-04T07:00[UTC]/P7D', seats => '{only}') > 0 AS added;
SELECT period, for_person, by_person, barred, statement FROM oncall.plan_covers('Void', '[2127-02-01,2127-02-08)', fill_gaps => true);
-- which has been retired
SELECT oncall.retire_rotation('Void', '2127-03-01') IS NOT NULL AS retired;
SELECT period FROM oncall.plan_covers('Void', '[2127-02-22,2127-03-08)', fill_gaps => true);
ROLLBACK;

\c :regression
DROP DATABASE regress_oncall_plan_covers;
DROP ROLE regress_oncall_plan_reader, regress_oncall_plan_member, regress_oncall_plan_manager;
