-- The rules that judge trades: what is just legal and just illegal by each of
-- them, what a trade is compared with, and ways to get past them.
--
-- Trades are committed, so this has a database of its own. Its owner is no
-- superuser, so that row-level security could hide something.
--
-- Tests: rules messages duty trade audit
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regression_oncall_judge;
DROP ROLE IF EXISTS regress_oncall_manager, regress_oncall_owner;
CREATE ROLE regress_oncall_owner;
CREATE ROLE regress_oncall_manager;
CREATE DATABASE regression_oncall_judge OWNER regress_oncall_owner;
\c regression_oncall_judge
SET client_min_messages = warning;
SET TimeZone = 'Europe/Berlin';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET SESSION AUTHORIZATION regress_oncall_owner;
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.grant_access('regress_oncall_manager', 'manager') \g /dev/null
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO regress_oncall_manager;

-- A company whose duties are covers only, but for one rotation with turns.
INSERT INTO oncall.person (person_id, name, zone, active) VALUES
	(1, 'Ann', 'Europe/Berlin', '(,)'), (2, 'Ben', 'Europe/Berlin', '(,)'), (3, 'Cleo', 'Europe/Berlin', '(,)'),
	(4, 'Dov', 'Europe/Berlin', '(,2045-06-01)'), (5, 'Eva', 'Europe/Berlin', '(,)'), (6, 'Finn', 'Europe/Berlin', '(,)'),
	(7, 'Gus', 'Europe/Berlin', '(,)'), (8, 'Hal', 'Europe/Berlin', '(,)');
INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'Germany');
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(1, '2040-12-25', 'Christmas Day', 'Christmas 2040', NULL), (1, '2040-12-26', 'Boxing Day', 'Christmas 2040', NULL),
	(1, '2040-12-28', 'Boxing Day observed', NULL, '2040-12-26'),
	(1, '2041-01-01', 'New Year', 'Christmas 2040', NULL), (1, '2041-01-02', 'Day after New Year', 'Christmas 2040', NULL),
	(1, '2041-05-01', 'Labour Day', NULL, NULL), (1, '2041-10-03', 'Unity Day', NULL, NULL);
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, exclusive, max_consecutive, min_break, calendar_id) VALUES
	(1, 'SRE', 'Europe/Berlin', '{primary,secondary,shadow}', true, '14 days', '11 hours', 1),
	(2, 'Product', 'America/New_York', '{primary,secondary}', true, '7 days', '8 hours', 1),
	(3, 'Office', 'Pacific/Auckland', '{primary,secondary}', false, NULL, '11 hours', NULL),
	(4, 'Monthly', 'Europe/Berlin', '{primary}', false, '1 month', '1 day', NULL),
	(5, 'Turns', 'Europe/Berlin', '{primary}', false, '14 days', '0', 1);
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r, p, 'reserve', '[2030-01-01,)' FROM generate_series(1, 5) r, generate_series(1, 4) p;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES
	(1, 5, 'shadow', '[2030-01-01,)'), (1, 6, 'volunteer', '[2030-01-01,)'), (1, 7, 'reserve', '[2045-03-01 09:00,)');
INSERT INTO oncall.absence (person_id, period, kind) VALUES (1, '[2046-07-02,2046-07-16)', 'leave'), (1, '[2043-07-06,2043-07-13)', 'leave'), (2, '[2047-01-01,)', 'opt_out');
-- in 2043 Ann, Ben and Cleo take weeks in turn
BEGIN;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid)
	VALUES (1, 5, 'R/2040-01-02T09:00[Europe/Berlin]/P7D', '[2043-01-05 09:00,2043-12-28 09:00)');
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3);
COMMIT;

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

-- oncall_max_consecutive ---------------------------------------------------


SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-20 09:00:00.000001', 'Ann') AS statement \gset
:statement;
\echo :LAST_ERROR_SQLSTATE
DO $$
DECLARE
	a text;
	b text;
	c text;
BEGIN
	EXECUTE test.cover('SRE', 1, '2040-02-06 09:00', '2040-02-20 09:00:00.000001', 'Ann');
	SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN check_violation THEN
	GET STACKED DIAGNOSTICS a = SCHEMA_NAME, b = TABLE_NAME, c = CONSTRAINT_NAME;
	RAISE WARNING '%.%, %', a, b, c;
END $$;
SELECT judged(cover('SRE', 1, '2040-02-06 09:00', '2040-02-20 09:00', 'Ann')) AS "14 days";
SELECT judged(cover('SRE', 1, '2040-02-06 09:00', '2040-02-20 09:00:00.000001', 'Ann')) AS "a microsecond more";
-- days are days, 337 hours and 335
SELECT judged(cover('SRE', 1, '2040-10-15 09:00', '2040-10-29 09:00', 'Ann')) AS "over the end of summer time";
SELECT judged(cover('SRE', 1, '2040-10-15 09:00', '2040-10-29 09:00:00.000001', 'Ann')) AS "a microsecond more";
SELECT judged(cover('SRE', 1, '2040-03-12 09:00', '2040-03-26 09:00', 'Ann')) AS "over the start of summer time";
SELECT judged(cover('SRE', 1, '2040-03-12 09:00', '2040-03-26 09:00:00.000001', 'Ann')) AS "a microsecond more";
SELECT judged(cover('Product', 1, '2040-10-31 14:00', '2040-11-07 15:00', 'Ann')) AS "where the rotation is";
SELECT judged(cover('Product', 1, '2040-10-31 14:00', '2040-11-07 15:00:00.000001', 'Ann')) AS "a microsecond more";
SELECT judged(cover('Monthly', 1, '2040-01-31 00:00', '2040-02-29 00:00', 'Ann')) AS "a month";
SELECT judged(cover('Monthly', 1, '2040-01-31 00:00', '2040-02-29 00:00:00.000001', 'Ann')) AS "a microsecond more";
-- all seats of all rotations, each with its own limit
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-13', 'Ann'), cover('SRE', 2, '2040-02-13', '2040-02-20', 'Ann')) AS "two seats, 14 days";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-13', 'Ann'), cover('SRE', 2, '2040-02-13', '2040-02-21', 'Ann')) AS "two seats, 15 days";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann'), cover('Product', 2, '2040-02-10', '2040-02-13', 'Ann')) AS "two rotations, 7 days";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann'), cover('Product', 2, '2040-02-10', '2040-02-14', 'Ann')) AS "two rotations, 8 days";
SELECT judged(cover('Office', 1, '2040-02-06', '2040-08-06', 'Ann')) AS "no limit";
SELECT judged(cover('Office', 1, '2040-02-06', '2040-02-19', 'Ann'), cover('SRE', 1, '2040-02-19', '2040-02-20', 'Ann')) AS "14 days of which SRE has one";
SELECT judged(cover('Office', 1, '2040-02-06', '2040-02-19', 'Ann'), cover('SRE', 1, '2040-02-19', '2040-02-21', 'Ann')) AS "15 days of which SRE has two";
-- a break
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-16', 'Ann'), cover('SRE', 1, '2040-02-16 11:00', '2040-02-26', 'Ann')) AS "11 hours";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-16', 'Ann'), cover('SRE', 1, '2040-02-16 10:59:59.999999', '2040-02-26', 'Ann')) AS "a microsecond less";
SELECT judged(cover('SRE', 1, '2040-03-15', '2040-03-24 22:00', 'Ann'), cover('SRE', 1, '2040-03-25 10:00', '2040-04-03', 'Ann')) AS "11 hours in spring";
SELECT judged(cover('SRE', 1, '2040-03-15', '2040-03-24 22:00', 'Ann'), cover('SRE', 1, '2040-03-25 09:59:59.999999', '2040-04-03', 'Ann')) AS "a microsecond less";
SELECT judged(cover('SRE', 1, '2040-10-18', '2040-10-27 22:00', 'Ann'), cover('SRE', 1, '2040-10-28 08:00', '2040-11-06', 'Ann')) AS "11 hours in autumn";
SELECT judged(cover('SRE', 1, '2040-10-18', '2040-10-27 22:00', 'Ann'), cover('SRE', 1, '2040-10-28 07:59:59.999999', '2040-11-06', 'Ann')) AS "a microsecond less";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann'), cover('Product', 1, '2040-02-10 09:00', '2040-02-16', 'Ann')) AS "9 hours between two rotations";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-10', 'Ann'), cover('Product', 1, '2040-02-10 07:00', '2040-02-16', 'Ann')) AS "7 hours";
SELECT judged(VARIADIC ARRAY(SELECT cover('SRE', 1, d + interval '9 hours', d + interval '17 hours', 'Ann')
	FROM generate_series(timestamptz '2040-02-01', '2040-03-01', '1 day') d)) AS "a day shift for thirty days";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-16', 'Ann'), cover('SRE', 1, '2040-02-16', '2040-02-16 01:00', 'Ben'),
	cover('SRE', 1, '2040-02-16 01:00', '2040-02-27', 'Ann')) AS "an hour covered inside three weeks";
-- who looks on from the third seat is not at work
SELECT judged(cover('SRE', 3, '2040-02-06', '2040-08-06', 'Eva')) AS "half a year in the third seat";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-20', 'Ann'), cover('SRE', 3, '2040-02-20', '2040-03-06', 'Ann')) AS "then a third seat";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-13', 'Ann'), cover('SRE', 3, '2040-02-13', '2040-02-20', 'Ann'),
	cover('SRE', 1, '2040-02-20', '2040-02-27', 'Ann')) AS "a third seat is a break";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-16', 'Ann'), cover('SRE', 3, '2040-02-16', '2040-02-17', 'Ann'),
	cover('SRE', 2, '2040-02-16 09:00', '2040-02-26', 'Ann')) AS "it ends no stretch";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-16', 'Ann'), cover('SRE', 3, '2040-02-08', '2040-02-09', 'Ann')) AS "two seats at once";

-- oncall_distinct_seats ----------------------------------------------------

BEGIN;
SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-08 09:00', 'Ann') \gexec
SELECT cover('SRE', 2, '2040-02-08 08:59:59.999999', '2040-02-09 09:00', 'Ann') \gexec
COMMIT;
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-08', 'Ann'), cover('SRE', 2, '2040-02-08', '2040-02-10', 'Ann')) AS "touching";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-08 00:00:00.000001', 'Ann'), cover('SRE', 2, '2040-02-08', '2040-02-10', 'Ann')) AS "a microsecond";
SELECT judged(cover('SRE', 3, '2040-02-06', '2040-02-08', 'Ann'), cover('SRE', 2, '2040-02-07', '2040-02-07 00:00:00.000001', 'Ann')) AS "nested";

-- oncall_exclusive_duty ----------------------------------------------------

BEGIN;
SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-08 09:00', 'Ann') \gexec
SELECT cover('Product', 2, '2040-02-08 08:59', '2040-02-09 09:00', 'Ann') \gexec
COMMIT;
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-08', 'Ann'), cover('Product', 1, '2040-02-08', '2040-02-10', 'Ann')) AS "touching";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-08 00:00:00.000001', 'Ann'), cover('Product', 1, '2040-02-08', '2040-02-10', 'Ann')) AS "a microsecond";
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-08', 'Ann'), cover('Office', 1, '2040-02-06', '2040-02-08', 'Ann')) AS "one is not exclusive";

-- oncall_not_absent --------------------------------------------------------

SELECT cover('SRE', 1, '2046-07-15 09:00', '2046-07-16 09:00', 'Ann') \gexec
SELECT judged(cover('SRE', 1, '2046-06-30', '2046-07-02', 'Ann'), cover('SRE', 1, '2046-07-16', '2046-07-18', 'Ann')) AS "touching";
SELECT judged(cover('SRE', 1, '2046-07-15 23:59:59.999999', '2046-07-18', 'Ann')) AS "a microsecond";
SELECT judged(cover('SRE', 1, '2046-07-01', '2046-07-02 00:00:00.000001', 'Ann')) AS "a microsecond";
SELECT judged(cover('SRE', 1, '2046-12-31', '2047-01-01', 'Ben')) AS "before it begins", judged(cover('SRE', 1, '2099-12-31', '2100-01-01', 'Ben')) AS "without end";

-- oncall_member ------------------------------------------------------------

SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-07 09:00', 'Finn') \gexec
SELECT cover('SRE', 1, '2040-02-06 09:00', '2040-02-07 09:00', 'Hal') \gexec
SELECT cover('SRE', 2, '2040-02-06 09:00', '2040-02-07 09:00', 'Eva') \gexec
SELECT cover('SRE', 1, '2045-05-31 09:00', '2045-06-01 09:00', 'Dov') \gexec
SELECT cover('SRE', 1, '2045-02-28 09:00', '2045-03-01 10:00', 'Gus') \gexec
SELECT judged(cover('SRE', 3, '2040-02-06', '2040-02-07', 'Eva')) AS "shadow in the third seat";
SELECT judged(cover('SRE', 3, '2040-02-06', '2040-02-07', 'Finn')) AS "volunteer in the third seat";
SELECT judged(cover('SRE', 1, '2045-03-01 09:00', '2045-03-02 09:00', 'Gus')) AS "reserve since then";
SELECT judged(cover('SRE', 1, '2045-03-01 08:59:59.999999', '2045-03-02 09:00', 'Gus')) AS "a microsecond sooner";
SELECT judged(cover('SRE', 1, '2045-05-31', '2045-06-01', 'Dov')) AS "active until then";
SELECT judged(cover('SRE', 1, '2045-05-31', '2045-06-01 00:00:00.000001', 'Dov')) AS "a microsecond longer";
SELECT judged('INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (1, 8, ''reserve'', ''[2040-01-01,)'')',
	cover('SRE', 1, '2040-02-06', '2040-02-07', 'Hal')) AS "a member as of this transaction";
SELECT judged('UPDATE oncall.person SET active = tstzrange(NULL, date_trunc(''day'', now()) + interval ''1 day'') WHERE name = ''Ann''',
	cover('Office', 1, date_trunc('day', now()), date_trunc('day', now()) + interval '1 day', 'Ann')) AS "inactive from tomorrow: today",
	judged('UPDATE oncall.person SET active = tstzrange(NULL, date_trunc(''day'', now()) + interval ''1 day'') WHERE name = ''Ann''',
	cover('Office', 1, date_trunc('day', now()), date_trunc('day', now()) + interval '1 day 1 microsecond', 'Ann')) AS "and tomorrow";

-- oncall_season ------------------------------------------------------------

BEGIN;
SELECT cover('SRE', 1, '2040-12-25 09:00', '2040-12-26 09:00', 'Ann') \gexec
SELECT cover('SRE', 2, '2041-01-02 09:00', '2041-01-03 09:00', 'Ann') \gexec
COMMIT;
SELECT judged(cover('SRE', 1, '2040-12-25', '2040-12-27', 'Ann')) AS "one block";
SELECT judged(cover('SRE', 1, '2040-12-25', '2040-12-26', 'Ann'), cover('SRE', 2, '2040-12-28', '2040-12-29', 'Ann')) AS "with the date that observes it";
SELECT judged(cover('SRE', 1, '2040-12-28', '2040-12-29', 'Ann'), cover('SRE', 2, '2041-01-01', '2041-01-02', 'Ann')) AS "that date and the other block";
SELECT judged(cover('SRE', 1, '2040-12-27', '2040-12-28', 'Ann'), cover('SRE', 2, '2041-01-01', '2041-01-02', 'Ann')) AS "a day between";
SELECT judged(cover('SRE', 1, '2040-12-24', '2040-12-25', 'Ann'), cover('SRE', 2, '2041-01-01', '2041-01-02', 'Ann')) AS "until it begins";
SELECT judged(cover('SRE', 1, '2040-12-24', '2040-12-25 00:00:00.000001', 'Ann'), cover('SRE', 2, '2041-01-02 23:59:59.999999', '2041-01-04', 'Ann')) AS "a microsecond of each";
SELECT judged(cover('SRE', 1, '2040-12-24', '2040-12-25 00:00:00.000001', 'Ann'), cover('SRE', 2, '2041-01-03', '2041-01-04', 'Ann')) AS "after it ends";
SELECT judged(cover('SRE', 1, '2040-12-25', '2040-12-26', 'Ann'), cover('Product', 2, '2041-01-01 12:00', '2041-01-02', 'Ann')) AS "two rotations";
SELECT judged(cover('Product', 1, '2040-12-25', '2040-12-25 06:00:00.000001', 'Ann'), cover('Product', 2, '2041-01-01 12:00', '2041-01-02', 'Ann')) AS "dates of the rotation's zone";
SELECT judged(cover('Product', 1, '2040-12-25', '2040-12-25 06:00:00', 'Ann'), cover('Product', 2, '2041-01-01 12:00', '2041-01-02', 'Ann')) AS "the day before there";
SELECT judged(cover('SRE', 1, '2041-05-01', '2041-05-02', 'Ann'), cover('SRE', 1, '2041-10-03', '2041-10-04', 'Ann')) AS "holidays without a season";

-- What is judged -----------------------------------------------------------

-- Breaches that stand: Ann has 20 days of SRE, Cleo two seats, and Hal is no
-- member. And Ben has a week of Ann's, who is on leave.
RESET SESSION AUTHORIZATION;
SET session_replication_role = replica;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id, change_id) VALUES
	(101, 1, 1, '[2042-02-01,2042-02-21)', 1, 1),
	(102, 1, 1, '[2042-03-01,2042-03-08)', 3, 1), (103, 1, 2, '[2042-03-01,2042-03-08)', 3, 1),
	(104, 2, 1, '[2042-04-01,2042-04-03)', 8, 1),
	(105, 5, 1, '[2043-07-06 09:00,2043-07-13 09:00)', 2, 1);
RESET session_replication_role;
SET SESSION AUTHORIZATION regress_oncall_owner;
SET search_path = test, pg_catalog;
SELECT person, constraint_name, rotation, period FROM oncall.audit('[2042-01-01,2043-01-01)') ORDER BY period, constraint_name, person, rotation;

SELECT judged(cover('SRE', 1, '2042-06-01', '2042-06-08', 'Ann')) AS "an old breach elsewhere";
SELECT judged('UPDATE oncall.cover SET period = ''[2042-02-01,2042-02-20)'' WHERE cover_id = 101',
	cover('Office', 1, '2042-02-02', '2042-02-03', 'Ann')) AS "a breach made shorter";
SELECT judged('UPDATE oncall.cover SET period = ''[2042-02-02,2042-02-22)'' WHERE cover_id = 101') AS "a breach moved";
SELECT judged('UPDATE oncall.cover SET period = ''[2042-02-01,2042-02-21 00:00:00.000001)'' WHERE cover_id = 101') AS "made longer";
SELECT judged('UPDATE oncall.cover SET period = ''[2042-02-01,2042-02-15)'' WHERE cover_id = 101') AS "healed";
SELECT judged(cover('Product', 1, '2042-02-10', '2042-02-11', 'Ann')) AS "another limit is broken";
SELECT judged('UPDATE oncall.cover SET rotation_id = 4 WHERE cover_id = 101') AS "by a rotation with a longer one";
SELECT judged(cover('SRE', 3, '2042-03-01', '2042-03-02', 'Cleo')) AS "another pair of seats";
SELECT judged('UPDATE oncall.cover SET period = ''[2042-03-02,2042-03-08)'' WHERE cover_id = 103', cover('SRE', 2, '2042-03-01', '2042-03-02', 'Ann')) AS "fewer days on two seats";
SELECT judged('UPDATE oncall.cover SET seat = 2 WHERE cover_id = 104') AS "no member, another seat";
SELECT judged('UPDATE oncall.cover SET rotation_id = 3 WHERE cover_id = 104') AS "no member, another rotation";
SELECT judged('UPDATE oncall.cover SET person_id = NULL WHERE cover_id = 104') AS "nobody is judged by nothing";
SELECT judged(cover('SRE', 2, '2042-04-01', '2042-04-03', NULL)) AS "nobody";

-- a holder who gets a duty back
SELECT judged('UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 105') AS "passed on", judged('SELECT oncall.withdraw_cover(105)') AS "withdrawn",
	judged('SELECT oncall.end_cover(105, ''2043-07-13 08:59:59.999999'')') AS "ended a microsecond sooner";
SELECT oncall.withdraw_cover(105);

-- one transaction is judged as a whole
SELECT s.person, s.period FROM oncall.roster('[2043-01-05 09:00,2043-02-02 09:00)', 5) s ORDER BY s.period;
SELECT judged(cover('Turns', 1, '2043-01-12 09:00', '2043-01-19 09:00', 'Ben')) AS "two weeks",
	judged(cover('Turns', 1, '2043-01-12 09:00', '2043-01-26 09:00', 'Ben')) AS "half a swap",
	judged(cover('Turns', 1, '2043-01-12 09:00', '2043-01-26 09:00', 'Ben'), cover('Turns', 1, '2043-01-05 09:00', '2043-01-12 09:00', 'Cleo'),
	cover('Turns', 1, '2043-01-26 09:00', '2043-02-02 09:00', 'Ann')) AS "all of it";
SELECT judged(cover('Turns', 1, '2043-01-05 09:00', '2043-01-12 09:00', 'Cleo'), cover('Turns', 1, '2043-01-12 09:00', '2043-01-19 09:00', 'Ann'),
	cover('Turns', 1, '2043-01-19 09:00', '2043-01-26 09:00', 'Ben')) AS "a ring of three",
	judged(cover('Turns', 1, '2043-06-29 09:00', '2043-07-06 09:00', 'Cleo'), 'UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 105') AS "in which one is absent";
SELECT judged(cover('Turns', 1, '2043-01-12 09:00', '2043-01-19 09:00', s.person)) AS "a swap with oneself"
FROM oncall.roster('[2043-01-12 09:00,2043-01-19 09:00)', 5) s;
SELECT judged(cover('SRE', 1, '2042-02-21', '2042-02-22', 'Ann'), 'SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover') AS "written and withdrawn",
	judged(cover('SRE', 1, '2042-02-21', '2042-02-22', 'Ann'), 'SELECT oncall.withdraw_cover(101)') AS "the other one withdrawn",
	judged(cover('SRE', 1, '2042-02-21', '2042-02-22', 'Ann'), 'SELECT oncall.end_cover(101, ''2042-02-20'')') AS "the other one ended";
SELECT judged('SELECT oncall.end_cover(101, ''2042-02-10'')', cover('SRE', 1, '2042-02-10', '2042-02-15', 'Ann')) AS "ended and gone on with",
	judged('SELECT oncall.end_cover(101, ''2042-02-10'')', cover('SRE', 1, '2042-02-10', '2042-02-21 00:00:00.000001', 'Ann')) AS "longer than before";
-- the limit of a rotation in which somebody has duty just before the trade, on
-- its list only
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone, max_consecutive, exclusive) VALUES (6, 'Short', 'UTC', '36 hours', false);
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid, seats)
	VALUES (2, 6, 'R/2045-10-01T00:00[UTC]/P1D', '[2045-10-01 00:00Z,2045-10-02 00:00Z)', 1);
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (2, 1, 1);
COMMIT;
SELECT judged(cover('Office', 1, '2045-10-02 00:00Z', '2045-10-02 12:00Z', 'Ann')) AS "36 hours",
	judged(cover('Office', 1, '2045-10-02 00:00Z', '2045-10-02 12:00:00.000001Z', 'Ann')) AS "more";
-- in the past it is the same
SELECT judged(cover('SRE', 1, '2032-02-06', '2032-02-20', 'Ann')) AS "14 days",
	judged(cover('SRE', 1, '2032-02-06', '2032-02-20 00:00:00.000001', 'Ann')) AS "more",
	judged(cover('SRE', 1, '2020-02-06', '2020-02-07', 'Ann')) AS "not yet a member";
-- rules and absences as they stand at commit
SELECT judged(cover('SRE', 1, '2040-02-06', '2040-02-21', 'Ann'), 'UPDATE oncall.rotation SET max_consecutive = ''15 days'' WHERE rotation_id = 1') AS "a rule that follows",
	judged(cover('SRE', 1, '2040-02-06', '2040-02-20', 'Ann'), 'INSERT INTO oncall.absence (person_id, period) VALUES (1, ''[2040-02-19,2040-02-20)'')') AS "an absence that follows";
-- what is no cover is not judged
SELECT judged('UPDATE oncall.rotation SET max_consecutive = ''1 day''') AS "a changed limit",
	judged('INSERT INTO oncall.absence (person_id, period) VALUES (1, ''[2043-01-01,2044-01-01)'')') AS "a long illness";

-- over what was covered before, with remainders
SELECT judged(cover('Turns', 1, '2043-03-02 09:00', '2043-03-09 09:00', 'Dov'),
	'SELECT oncall_internal.write_covers(''{5}'', ''{1}'', ARRAY[tstzrange(''2043-03-04'', ''2043-03-05'')], ''{1}'')',
	'SELECT oncall_internal.write_covers(''{5}'', ''{1}'', ARRAY[tstzrange(''2043-03-04 12:00'', ''2043-03-04 13:00'')], ''{4}'')') AS "three deep",
	judged('SELECT oncall_internal.write_covers(''{1}'', ''{1}'', ARRAY[tstzrange(''2042-02-05'', ''2042-02-06'')], ''{4}'')') AS "a day out of a breach",
	judged('SELECT oncall_internal.write_covers(''{1}'', ''{2}'', ARRAY[tstzrange(''2042-03-05'', ''2042-03-06'')], ''{3}'')') AS "the same person";

-- Getting past -------------------------------------------------------------

\set VERBOSITY terse

-- at commit the whole transaction is taken back
BEGIN;
SELECT cover('SRE', 1, '2044-02-01', '2044-02-03', 'Ann') \gexec
SELECT cover('Product', 1, '2044-02-01', '2044-02-03', 'Ann') \gexec
COMMIT;
SELECT count(*) FROM oncall.cover WHERE period <@ '[2044-01-01,2045-01-01)';

-- a cover to write to, and a statement that would be illegal
SELECT cover('SRE', 1, '2044-02-01', '2044-02-03', 'Ann') \gexec
SELECT cover('Product', 1, '2044-02-01', '2044-02-03', 'Ben') \gexec
SELECT max(cover_id) AS id FROM oncall.cover \gset
UPDATE oncall.cover SET person_id = 1 WHERE cover_id = :id;
UPDATE oncall.cover SET (person_id, rotation_id) = (1, 1), seat = 2 WHERE cover_id = :id;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (:id, 2, 1, '[2044-02-01,2044-02-03)', 1)
	ON CONFLICT (cover_id) DO UPDATE SET person_id = excluded.person_id;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1) ON CONFLICT DO NOTHING;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (:id, 2, 2, '[2044-02-01,2044-02-03)', 1) ON CONFLICT DO NOTHING;
MERGE INTO oncall.cover c USING (SELECT :id AS cover_id) s ON c.cover_id = s.cover_id WHEN MATCHED THEN UPDATE SET person_id = 1;
MERGE INTO oncall.cover c USING (SELECT 0 AS cover_id) s ON c.cover_id = s.cover_id
	WHEN NOT MATCHED THEN INSERT (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
COPY oncall.cover (rotation_id, seat, period, person_id) FROM stdin;
2	2	[2044-02-01,2044-02-03)	1
\.
WITH w AS (INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1) RETURNING 1) SELECT count(*) FROM w;
CREATE VIEW test.through AS SELECT rotation_id, seat, period, person_id FROM oncall.cover;
INSERT INTO test.through VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
PREPARE illegal AS INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
EXECUTE illegal;

-- savepoints
BEGIN;
SAVEPOINT s;
EXECUTE illegal;
RELEASE s;
COMMIT;
BEGIN;
SAVEPOINT s;
EXECUTE illegal;
ROLLBACK TO s;
COMMIT;
BEGIN;
EXECUTE illegal;
SAVEPOINT s;
SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
COMMIT;
-- judged, and a savepoint taken back in which it was legal
BEGIN;
SELECT oncall.end_cover(max(cover_id), '2044-02-02') FROM oncall.cover WHERE rotation_id = 1 AND period = '[2044-02-01,2044-02-03)';
SAVEPOINT s;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-02,2044-02-03)', 1);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
EXECUTE illegal;
COMMIT;

-- SET CONSTRAINTS
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
EXECUTE illegal;
COMMIT;
BEGIN;
EXECUTE illegal;
SET CONSTRAINTS ALL IMMEDIATE;
COMMIT;
-- at once it is the whole statement that is judged
BEGIN;
SELECT oncall.withdraw_cover(cover_id) FROM oncall.cover WHERE upper_inf(recorded) AND period = '[2044-02-01,2044-02-03)' ORDER BY cover_id;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2044-02-01,2044-02-03)', 1), (1, 2, '[2044-02-01,2044-02-03)', 2);
ROLLBACK;
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (5, 1, '[2043-01-05 09:00,2043-01-12 09:00)', 3), (5, 1, '[2043-01-12 09:00,2043-01-19 09:00)', 2);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (5, 1, '[2043-01-19 09:00,2043-01-26 09:00)', 2);
ROLLBACK;
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-03,2044-02-04)', 1);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
EXECUTE illegal;
COMMIT;
BEGIN;
EXECUTE illegal;
SET CONSTRAINTS oncall.cover_judge IMMEDIATE;
COMMIT;
BEGIN;
EXECUTE illegal;
DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; EXCEPTION WHEN check_violation THEN NULL; END $$;
COMMIT;
BEGIN;
EXECUTE illegal;
DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; EXCEPTION WHEN check_violation THEN PERFORM oncall.withdraw_cover(max(cover_id)) FROM oncall.cover; END $$;
COMMIT;

-- triggers of the user's that write more covers, at once and at commit, named
-- so that they fire before the judge and after it
ALTER TABLE oncall.cover ADD reason text;
CREATE FUNCTION test.one_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.reason = 'one more' AND NEW.seat = 1 THEN
		INSERT INTO oncall.cover (rotation_id, seat, period, person_id, reason) VALUES (2, 2, NEW.period, NEW.person_id, NEW.reason);
	END IF;
	RETURN NULL;
END $$;
CREATE FUNCTION test.one_more_for(person int) RETURNS text LANGUAGE sql
RETURN format('INSERT INTO oncall.cover (rotation_id, seat, period, person_id, reason) VALUES (%s, 1, ''[2044-03-01,2044-03-03)'', %s, ''one more'')', 1, person);
CREATE TRIGGER at_once AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION test.one_more();
SELECT one_more_for(1) \gexec
SELECT judged(one_more_for(1));
DROP TRIGGER at_once ON oncall.cover;
CREATE CONSTRAINT TRIGGER aaa AFTER INSERT ON oncall.cover DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test.one_more();
SELECT one_more_for(1) \gexec
SELECT judged(one_more_for(1));
DROP TRIGGER aaa ON oncall.cover;
CREATE CONSTRAINT TRIGGER zzz AFTER INSERT ON oncall.cover DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test.one_more();
SELECT one_more_for(1) \gexec
SELECT judged(one_more_for(1));
DROP TRIGGER zzz ON oncall.cover;
-- one that has the judge called before all is done
CREATE FUNCTION test.judge_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	RETURN NULL;
END $$;
CREATE TRIGGER aaa AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION test.judge_now();
EXECUTE illegal;
SELECT judged(cover('SRE', 2, '2044-03-01', '2044-03-03', 'Ann'), cover('Product', 2, '2044-03-01', '2044-03-03', 'Ann'));
DROP TRIGGER aaa ON oncall.cover;
-- one that gives a cover another key
CREATE FUNCTION test.other_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.cover_id := NEW.cover_id + 1000; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION test.other_key();
EXECUTE illegal;
SELECT judged('SET CONSTRAINTS ALL IMMEDIATE', 'EXECUTE illegal') AS "at once";
DROP TRIGGER zzz ON oncall.cover;
-- and one that changes what is about to be judged
CREATE FUNCTION test.undo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.reason = 'undo' AND upper_inf(NEW.recorded) THEN
		UPDATE oncall.cover SET person_id = 1, reason = NULL WHERE cover_id = NEW.cover_id;
	END IF;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER zzz AFTER INSERT ON oncall.cover DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test.undo();
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, reason) VALUES (2, 2, '[2044-02-01,2044-02-03)', 4, 'undo');
DROP TRIGGER zzz ON oncall.cover;

-- row-level security that hides all, from the owner too
ALTER TABLE oncall.absence ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.cover ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.rotation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.rotation_member ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY write_only ON oncall.cover FOR INSERT WITH CHECK (true);
SET SESSION AUTHORIZATION regress_oncall_manager;
SELECT count(*) FROM oncall.cover;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2046-07-01,2046-07-03)', 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2040-02-01,2040-02-16)', 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2045-02-01,2045-02-03)', 8);
SET SESSION AUTHORIZATION regress_oncall_owner;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
DROP POLICY write_only ON oncall.cover;
ALTER TABLE oncall.absence DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.person DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.cover DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.rotation DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oncall.rotation_member DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;

-- a search_path in front of the server's own
CREATE SCHEMA hostile;
GRANT USAGE ON SCHEMA hostile TO regress_oncall_manager;
CREATE FUNCTION hostile.never(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE FUNCTION hostile.never(tstzrange, tstzrange) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE FUNCTION hostile.never(smallint, int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE OPERATOR hostile.= (FUNCTION = hostile.never, LEFTARG = int, RIGHTARG = int);
CREATE OPERATOR hostile.= (FUNCTION = hostile.never, LEFTARG = smallint, RIGHTARG = int);
CREATE OPERATOR hostile.&& (FUNCTION = hostile.never, LEFTARG = tstzrange, RIGHTARG = tstzrange);
CREATE FUNCTION hostile.upper_inf(tstzrange) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE FUNCTION hostile.isempty(tstzrange) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;
CREATE TABLE hostile.cover AS SELECT * FROM oncall.cover WITH NO DATA;
CREATE TABLE hostile.person AS SELECT * FROM oncall.person WITH NO DATA;
CREATE TABLE hostile.absence AS SELECT * FROM oncall.absence WITH NO DATA;
SET SESSION AUTHORIZATION regress_oncall_manager;
CREATE TEMP TABLE person AS SELECT * FROM oncall.person WITH NO DATA;
CREATE TEMP TABLE absence AS SELECT * FROM oncall.absence WITH NO DATA;
SET search_path = pg_temp, hostile, oncall, pg_catalog;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2046-07-01,2046-07-03)', 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2040-02-01,2040-02-16)', 1);
SET search_path = '';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1);
-- settings that change how values are read and printed
SET search_path = test, pg_catalog;
SET TimeZone = 'Pacific/Apia';
SET DateStyle = 'SQL, DMY';
SET IntervalStyle = 'sql_standard';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2040-10-15 09:00 Europe/Berlin,2040-10-29 09:00:00.000001 Europe/Berlin)', 1);
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2040-10-15 09:00 Europe/Berlin,2040-10-29 09:00:00 Europe/Berlin)', 1);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
SET TimeZone = 'Europe/Berlin';
RESET DateStyle;
RESET IntervalStyle;

-- Disabled triggers are the owner's right; the audit finds what stands.
SET SESSION AUTHORIZATION regress_oncall_owner;
SET search_path = test, pg_catalog;
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SELECT count(*) FROM oncall.audit('[2044-01-01,2045-01-01)');
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id) VALUES (2, 2, '[2044-02-01,2044-02-03)', 1, 1);
ALTER TABLE oncall.cover ENABLE TRIGGER USER;
SELECT person, constraint_name, rotation, period FROM oncall.audit('[2044-01-01,2045-01-01)');
-- Of a breach in several places it tells what touches the window, whole, though
-- it reads duty from further off.
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id) VALUES
	(1, 1, '[2044-02-05,2044-02-06)', 1, 1), (2, 2, '[2044-02-05,2044-02-06)', 1, 1);
ALTER TABLE oncall.cover ENABLE TRIGGER USER;
SELECT period, message FROM oncall.audit('[2044-02-01,2044-02-07)');
SELECT period, message FROM oncall.audit('[2044-02-05 06:00,2044-02-05 07:00)');

\c contrib_regression
SET client_min_messages = warning;
DROP DATABASE regression_oncall_judge;
DROP ROLE regress_oncall_manager;
DROP ROLE regress_oncall_owner;
