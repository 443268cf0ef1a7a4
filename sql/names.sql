-- Names: what bears one is found by it, and who errs is told what is near; also
-- of columns that hold one of a few words.
--
-- Tests: words
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regression_oncall_names;
CREATE DATABASE regression_oncall_names;
\c regression_oncall_names
SET client_min_messages = warning;
CREATE EXTENSION oncall;
-- before setup()
SELECT oncall_internal.team_named('Payments');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.setup() \g /dev/null
INSERT INTO oncall.calendar (name) VALUES ('England'), ('Scotland');
INSERT INTO oncall.team (name, zone) VALUES ('Payments', 'UTC'), ('Platform', 'UTC');
SELECT oncall_internal.team_named(t.name) = t.team_id AS found FROM oncall.team t ORDER BY t.name;
SELECT oncall_internal.calendar_named(c.name) = c.calendar_id AS found FROM oncall.calendar c ORDER BY c.name;
SELECT oncall_internal.team_named(NULL), oncall_internal.calendar_named(NULL), oncall_internal.rotation_named(NULL),
	oncall_internal.person_named(NULL), oncall_internal.pay_policy_named(NULL);
SELECT oncall_internal.team_named('payment');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.calendar_named('Scottland');
\echo :LAST_ERROR_SQLSTATE
-- nothing is near
SELECT oncall_internal.team_named('xyzzy xyzzy');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.calendar_named('xyzzy xyzzy');
\echo :LAST_ERROR_SQLSTATE
-- by id, as a number and as digits; one that does not exist is an error, too
SELECT oncall_internal.team_named(t.team_id) = t.team_id AND oncall_internal.team_named(t.team_id::text) = t.team_id AS found FROM oncall.team t;
SELECT oncall_internal.team_named(99);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.rotation_named('99');
SELECT oncall_internal.person_named(99);
SELECT oncall_internal.calendar_named(99);
SELECT oncall_internal.pay_policy_named(99);
-- so no name is of digits only
\set VERBOSITY sqlstate
INSERT INTO oncall.team (name, zone) VALUES ('24', 'UTC');
INSERT INTO oncall.calendar (name) VALUES ('2026');
INSERT INTO oncall.person (name, zone) VALUES ('007', 'UTC');
INSERT INTO oncall.rotation (name, zone) VALUES ('1', 'UTC');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('1', 'UTC', 'NZD');
\set VERBOSITY default
INSERT INTO oncall.team (name, zone) VALUES ('24/7', 'UTC');
-- blanks around a name are nobody's wish, neither in tables nor in look-ups
INSERT INTO oncall.person (name, zone) VALUES (E' Tia\t', 'UTC') RETURNING quote_literal(name) AS name;
UPDATE oncall.person SET name = E'Tia Mere\r\n' WHERE name = 'Tia' RETURNING quote_literal(name) AS name;
INSERT INTO oncall.team (name, zone) VALUES ('Night ', 'UTC') RETURNING quote_literal(name) AS name;
INSERT INTO oncall.calendar (name) VALUES (' Fiji') RETURNING quote_literal(name) AS name;
INSERT INTO oncall.rotation (name, zone) VALUES (' Desk ', 'UTC') RETURNING quote_literal(name) AS name;
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES (' Plain ', 'UTC', 'NZD') RETURNING quote_literal(name) AS name;
SELECT oncall_internal.person_named(E'\tTia Mere ') = person_id AS found, oncall_internal.person_named(format(' %s ', person_id)) = person_id AS by_id
FROM oncall.person WHERE name = 'Tia Mere';
INSERT INTO oncall.person (name, zone) VALUES ('Tia Mere ', 'UTC');
INSERT INTO oncall.person (name, zone) VALUES (E' \t ', 'UTC');
-- of many rows the error names the one
INSERT INTO oncall.person (name, zone) VALUES ('Una', 'UTC'), ('Vic', 'Europe/Lisbn'), ('Wes', 'UTC');
INSERT INTO oncall.rotation (name, zone) VALUES ('A', 'UTC'), ('B', 'utc');
INSERT INTO oncall.team (name, zone) VALUES ('A', 'UTC'), ('B', 'berlin');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('A', 'UTC', 'NZD'), ('B', 'Auckland', 'NZD');
INSERT INTO oncall.pay_assignment (person_id, zone, working_hours, valid) VALUES (2, 'London', '24/7', '[2025-01-01,2026-01-01)');
-- where a column takes some words only, the hint has them
INSERT INTO oncall.absence (person_id, period, kind) SELECT person_id, '[2026-01-01,2026-01-02)', 'holiday' FROM oncall.person WHERE name = 'Tia Mere';
\echo :LAST_ERROR_SQLSTATE
DO $$
DECLARE
	named text;
BEGIN
	INSERT INTO oncall.pay_policy (name, zone, currency, overlap) VALUES ('Double', 'UTC', 'NZD', 'both');
EXCEPTION WHEN check_violation THEN
	GET STACKED DIAGNOSTICS named = CONSTRAINT_NAME;
	RAISE WARNING '%: %', named, SQLERRM;
END $$;
-- of many rows, again, whose; and what is mostly written by functions
INSERT INTO oncall.absence (person_id, period, kind) SELECT p.person_id, '[2026-01-01,2026-01-02)', CASE p.name WHEN 'Tia Mere' THEN 'ill' ELSE 'sick' END
FROM oncall.person p;
INSERT INTO oncall.absence (person_id, period)
SELECT p.person_id, CASE p.name WHEN 'Tia Mere' THEN tstzrange 'empty' ELSE '[2026-01-01,2026-01-02)' END FROM oncall.person p;
UPDATE oncall.person SET active = 'empty' WHERE name = 'Tia Mere';
SELECT oncall.add_rotation('Pairs', '{Tia Mere}', 'R/2026-01-05T00:00[UTC]/P7D', seats => '{primary}', pairing => 'paired');
UPDATE oncall.rotation SET may_take = 'sometimes';
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) SELECT person_id, '2026-01-01', 'earned', '1 hour' FROM oncall.person WHERE name = 'Tia Mere';
SELECT oncall.add_rotation('Alone', '{Tia Mere}', 'R/2026-01-05T00:00[UTC]/P7D', seats => '{primary}') IS NOT NULL AS added;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, expires)
SELECT r.rotation_id, 1, '[2126-01-01,2126-01-02)', p.person_id, 'never' FROM oncall.person p, oncall.rotation r
WHERE p.name = 'Tia Mere' AND r.name = 'Alone';
-- words are compared byte by byte, whatever stands in the search_path and whatever is thought equal
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.equal(text, text) RETURNS boolean LANGUAGE sql RETURN true;
CREATE OPERATOR hostile.= (LEFTARG = text, RIGHTARG = text, FUNCTION = hostile.equal);
CREATE FUNCTION hostile.is_word(text, text[], text, text, int) RETURNS boolean LANGUAGE sql RETURN true;
SET search_path = hostile, pg_catalog;
INSERT INTO oncall.absence (person_id, period, kind) SELECT person_id, '[2026-01-01,2026-01-02)', 'Sick' FROM oncall.person;
SELECT oncall_internal.is_word('a', '{a,b}', 't', 'c') AS yes,
	oncall_internal.is_word(NULL, '{a,b}', 't', 'c') AS "null", oncall_internal.is_word('b', '{a,b}', 't', 'c', 7) AS person;
SELECT oncall_internal.is_word('', '{a,b}', 't', 'c', 7);
SELECT oncall_internal.is_word('c', '{a}', 't', 'c');
SELECT oncall_internal.is_word('a', '{a,NULL}', 't', 'c');
RESET search_path;

\c contrib_regression
DROP DATABASE regression_oncall_names;
