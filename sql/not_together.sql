-- People who are not to be on duty together: a rule of trades, and what
-- duty_conflicts(), plans, lint() and holiday cover make of it.
--
-- Trades are committed, so this has a database of its own. Its owner is no
-- superuser.
--
-- Tests: rules messages alternatives conflicts plan_covers holiday_turns lint
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regression_oncall_apart;
DROP ROLE IF EXISTS regress_oncall_apart, regress_oncall_apart_reader;
CREATE ROLE regress_oncall_apart;
CREATE ROLE regress_oncall_apart_reader;
CREATE DATABASE regression_oncall_apart OWNER regress_oncall_apart;
\c regression_oncall_apart
SET client_min_messages = warning;
SET TimeZone = 'Europe/Berlin';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET SESSION AUTHORIZATION regress_oncall_apart;
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.grant_access('regress_oncall_apart_reader', 'reader') \g /dev/null
CREATE SCHEMA test;

INSERT INTO oncall.person (person_id, name, zone) VALUES
	(1, 'Ann', 'Europe/Berlin'), (2, 'Ben', 'Europe/Berlin'), (3, 'Cleo', 'Europe/Berlin'), (4, 'Dov', 'Europe/Berlin'),
	(5, 'Eva', 'Europe/Berlin'), (8, 'Hal', 'Europe/Berlin');
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, exclusive, max_consecutive, min_break) VALUES
	(1, 'SRE', 'Europe/Berlin', '{primary,secondary,shadow}', true, '14 days', '11 hours'),
	(2, 'Product', 'Europe/Berlin', '{primary,secondary}', true, '7 days', '8 hours'),
	(3, 'Office', 'Europe/Berlin', '{primary,secondary}', false, NULL, '11 hours');
SELECT setval(pg_get_serial_sequence('oncall.rotation', 'rotation_id'), 10) \g /dev/null
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r, p, 'reserve', '[2030-01-01,)' FROM generate_series(1, 3) r, generate_series(1, 4) p;

-- A statement that writes a cover, and what the judge says to some of these in
-- one transaction; nothing of it stays.
CREATE FUNCTION test.cover(rotation text, seat int, start timestamptz, until timestamptz, person text) RETURNS text
LANGUAGE sql
RETURN format('INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT r.rotation_id, %s, %L, '
	'(SELECT p.person_id FROM oncall.person p WHERE p.name = %L) FROM oncall.rotation r WHERE r.name = %L',
	seat, tstzrange(start, until), person, rotation);
CREATE FUNCTION test.judged(VARIADIC statements text[]) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	statement text;
	state text;
	rule text;
BEGIN
	FOREACH statement IN ARRAY statements LOOP
		EXECUTE statement;
	END LOOP;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE SQLSTATE 'OCTST';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, rule = CONSTRAINT_NAME;
	SET CONSTRAINTS ALL DEFERRED;
	RETURN CASE state WHEN 'OCTST' THEN 'legal' WHEN '23514' THEN rule ELSE state || ' ' || SQLERRM END;
END $$;
SET search_path = test, pg_catalog;

-- Trades -------------------------------------------------------------------

-- a row says it of both; Hal is no member of anything
INSERT INTO oncall.not_together (person_id, other_id) VALUES (1, 2), (3, 1), (8, 1);
BEGIN;
SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-08 09:00', 'Ann') \gexec
SELECT cover('SRE', 2, '2040-02-08 08:59:59.999999', '2040-02-09 09:00', 'Ben') \gexec
COMMIT;
SELECT cover('SRE', 2, '2040-02-06', '2040-02-10', 'Ben') \gexec
SELECT cover('Product', 2, '2040-02-07', '2040-02-08', 'Cleo') \gexec
-- the part that is left, who else could have it, and what others do meanwhile
SELECT cover('SRE', 1, '2040-02-08', '2040-02-13', 'Ann') \gexec
DELETE FROM oncall.not_together WHERE person_id = 3;
SELECT cover('SRE', 1, '2040-02-08', '2040-02-13', 'Ann') \gexec
SELECT judged(cover('SRE', 1, '2040-02-10', '2040-02-13', 'Ann'), cover('SRE', 3, '2040-02-05', '2040-02-06', 'Ann')) AS "touching",
	judged(cover('SRE', 1, '2040-02-09 23:59:59.999999', '2040-02-13', 'Ann')) AS "a microsecond",
	judged(cover('SRE', 3, '2040-02-05', '2040-02-06 00:00:00.000001', 'Ann')) AS "a microsecond, as third",
	judged(cover('SRE', 1, '2040-02-07', '2040-02-07 00:00:00.000001', 'Ann')) AS "nested",
	judged(cover('Product', 1, '2040-02-06', '2040-02-10', 'Ann')) AS "another rotation",
	judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Cleo')) AS "others";
-- both at once, and half a swap
SELECT judged(cover('Office', 1, '2040-02-06', '2040-02-10', 'Ann'), cover('Office', 2, '2040-02-09', '2040-02-11', 'Ben')) AS "both win duty",
	judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann'), 'SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover WHERE person_id = 2') AS "one for the other",
	judged('DELETE FROM oncall.not_together', cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann')) AS "they may",
	judged('INSERT INTO oncall.not_together (person_id, other_id) VALUES (2, 3)', cover('SRE', 1, '2040-02-06', '2040-02-10', 'Cleo')) AS "a row that follows";
-- who comes back to a duty beside somebody
SELECT judged(cover('SRE', 1, '2040-03-06', '2040-03-10', 'Ben'), cover('SRE', 2, '2040-03-06', '2040-03-10', 'Dov'),
	'SET CONSTRAINTS ALL IMMEDIATE', 'SET CONSTRAINTS ALL DEFERRED',
	'UPDATE oncall.cover SET person_id = 1 WHERE person_id = 4') AS "passed on";
SELECT * FROM oncall.objections('{1,1}', '{1,3}', ARRAY[tstzrange('2040-02-01', '2040-02-07'), tstzrange('2040-02-01', '2040-02-02')], '{1,2}');

-- what stands: a seat for another, less of it, more of it, and a move
BEGIN;
DELETE FROM oncall.not_together WHERE (person_id, other_id) = (1, 2);
SELECT cover('SRE', 1, '2040-02-07', '2040-02-09', 'Ann') \gexec
COMMIT;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (2, 1);
SELECT cover_id AS ann FROM oncall.cover WHERE person_id = 1 ORDER BY cover_id DESC LIMIT 1 \gset
SELECT judged(format('UPDATE oncall.cover SET seat = 3 WHERE cover_id = %s', :ann)) AS "another seat",
	judged(format('UPDATE oncall.cover SET period = ''[2040-02-07,2040-02-08)'' WHERE cover_id = %s', :ann)) AS "less",
	judged(format('UPDATE oncall.cover SET period = ''[2040-02-07,2040-02-09 00:00:00.000001)'' WHERE cover_id = %s', :ann)) AS "more",
	judged(format('UPDATE oncall.cover SET period = ''[2040-02-06,2040-02-08)'' WHERE cover_id = %s', :ann)) AS "moved",
	judged(cover('SRE', 1, '2040-02-11', '2040-02-12', 'Ann')) AS "elsewhere",
	judged(format('UPDATE oncall.cover SET person_id = 8 WHERE cover_id = %s', :ann)) AS "to somebody else",
	judged(format('UPDATE oncall.cover SET rotation_id = 3 WHERE cover_id = %s', :ann)) AS "to another rotation";
SELECT person, constraint_name, rotation, period, message, detail FROM oncall.audit('[2040-02-01,2040-03-01)') ORDER BY period, person;
SELECT person, seat_name, period, conflict, reason FROM oncall.duty_conflicts('[2040-02-01,2040-03-01)', 'SRE') ORDER BY period, seat;
-- one of the two moves: who has the later seat
SELECT seat_name, for_person, by_person, period, reason, barred FROM oncall.plan_covers('SRE', '[2040-02-01,2040-03-01)');
SELECT judged('SELECT oncall.apply_plan(''SRE'', ''[2040-02-01,2040-03-01)'')') AS "the plan";
SELECT oncall.withdraw_cover(cover_id) FROM oncall.cover WHERE rotation_id = 1 AND upper_inf(recorded) \g /dev/null
DELETE FROM oncall.not_together;


-- Plans --------------------------------------------------------------------

-- Dov and Eva are away, and Ann, Ben and Cleo could stand in, but for those
-- who are not to be together: fewer and fewer of them.
BEGIN;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (2, 5, 'reserve', '[2030-01-01,)');
SELECT cover('Product', 1, '2040-05-01', '2040-05-03', 'Dov') \gexec
SELECT cover('Product', 2, '2040-05-01', '2040-05-03', 'Eva') \gexec
COMMIT;
INSERT INTO oncall.absence (person_id, period, kind) VALUES (4, '[2040-05-01,2040-05-03)', 'leave'), (5, '[2040-05-02,2040-05-03)', 'leave');
PREPARE plan AS SELECT seat_name, for_person, by_person, reason, barred, split_part(statement, ';', 1) AS statement
FROM oncall.plan_covers('Product', '[2040-05-01,2040-05-03)') ORDER BY seat;
EXECUTE plan;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (2, 1);
EXECUTE plan;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (3, 1);
EXECUTE plan;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (3, 2);
EXECUTE plan;
-- beside Eva, if she stays, neither
INSERT INTO oncall.not_together (person_id, other_id) SELECT p, 5 FROM generate_series(1, 3) p;
EXECUTE plan;
DELETE FROM oncall.not_together WHERE other_id = 5 OR (person_id, other_id) = (3, 2);
SELECT judged('SELECT oncall.apply_plan(''Product'', ''[2040-05-01,2040-05-03)'')') AS "the plan";
-- who cannot serve anyway is the one who moves, and only they
DELETE FROM oncall.not_together;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (4, 5);
DELETE FROM oncall.absence WHERE person_id = 5;
SELECT person, seat_name, reason FROM oncall.duty_conflicts('[2040-05-01,2040-05-03)') ORDER BY seat;
EXECUTE plan;
DELETE FROM oncall.absence;
SELECT person, seat_name, reason FROM oncall.duty_conflicts('[2040-05-01,2040-05-03)') ORDER BY seat;
EXECUTE plan;
DELETE FROM oncall.not_together;

-- What is ahead ------------------------------------------------------------

-- Six people by turns, each with the next one as secondary; now is Ann's week
SELECT oncall.add_rotation('Web', '{Ann,Ben,Cleo,Dov,Eva,Hal}', oncall.cadence(date_trunc('week', now() AT TIME ZONE 'UTC') - interval '84 days', 'UTC', '7 days'),
	pairing => 'following', zone => 'UTC') AS web \gset
SELECT count(*) FROM oncall.lint('Web') WHERE rule = 'people to be apart';
INSERT INTO oncall.not_together (person_id, other_id) VALUES (1, 3), (2, 4);
SELECT count(*) FROM oncall.lint('Web') WHERE rule = 'people to be apart';
INSERT INTO oncall.not_together (person_id, other_id) VALUES (5, 4);
SELECT level, regexp_replace(regexp_replace(detail, '[0-9-]{10}', 'DATE', 'g'), '[0-9]+ times', 'N times') AS detail,
	regexp_replace(suggestion, '[0-9-]{10}', 'DATE', 'g') AS suggestion
FROM oncall.lint('Web') WHERE rule = 'people to be apart';
SELECT DISTINCT person, seat_name, reason, statement FROM oncall.duty_conflict WHERE rotation = 'Web' ORDER BY person, seat_name;
-- readers are told of it, too
SET SESSION AUTHORIZATION regress_oncall_apart_reader;
SELECT level, regexp_replace(suggestion, '[-0-9]+ [0-9:]+ UTC', 'TIME', 'g') AS suggestion FROM oncall.lint('Web') WHERE rule = 'people to be apart';
SET SESSION AUTHORIZATION regress_oncall_apart;
CREATE FUNCTION test.times() RETURNS int LANGUAGE sql
RETURN (SELECT coalesce(substring(detail FROM '([0-9]+) times')::int, 1) FROM oncall.lint('Web') WHERE rule = 'people to be apart');
SELECT times(), rtrim(suggestion, ';') AS statement FROM oncall.lint('Web') WHERE rule = 'people to be apart' \gset
:statement \g /dev/null
SELECT times() - :times AS "after the suggestion";

-- Holidays -----------------------------------------------------------------

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'Germany');
INSERT INTO oncall.holiday (calendar_id, day, name, season) VALUES
	(1, '2130-12-25', 'Christmas Day', 'Christmas 2130'), (1, '2130-12-26', 'Boxing Day', 'Christmas 2130'),
	(1, '2131-01-01', 'New Year', 'Christmas 2130');
UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id = :web;
DELETE FROM oncall.not_together;
BEGIN;
SELECT members FROM oncall.add_holiday_cover('Web', '[2130-12-25,2131-01-02)');
ROLLBACK;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (1, 2), (3, 2);
BEGIN;
SELECT members FROM oncall.add_holiday_cover('Web', '[2130-12-25,2131-01-02)');
ROLLBACK;
INSERT INTO oncall.not_together (person_id, other_id) VALUES (1, 3), (1, 4), (1, 5), (4, 2), (5, 2), (3, 4), (3, 5),
	(8, 1), (8, 2), (8, 3);
BEGIN;
SELECT members FROM oncall.add_holiday_cover('Web', '[2130-12-25,2131-01-02)');
ROLLBACK;
-- pairs are numbers of two people
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,2}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,2,3,1}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,2,3,1,2,3}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,1}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,4}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{0,1}');
SELECT * FROM oncall_internal.assign_turns(2, '{0}', '{t,t,t}', '{f,f,f}', '{0,0,0}', '{1,NULL}');

\c contrib_regression
DROP DATABASE regression_oncall_apart;
DROP ROLE regress_oncall_apart, regress_oncall_apart_reader;
