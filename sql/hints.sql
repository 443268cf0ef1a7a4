-- What a refusal says to do instead, to whom it tells what of absences, and
-- trades that are judged statement by statement.
--
-- Trades are committed, so this has a database of its own. Its owner is no
-- superuser.
--
-- Tests: alternatives messages cover_notes judge audit market trade world_loader
\set SHOW_CONTEXT never
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regression_oncall_hints;
DROP ROLE IF EXISTS regress_oncall_hinter, regress_oncall_lea, regress_oncall_max, regress_oncall_boss;
CREATE ROLE regress_oncall_hinter;
CREATE ROLE regress_oncall_lea;
CREATE ROLE regress_oncall_max;
CREATE ROLE regress_oncall_boss;
CREATE DATABASE regression_oncall_hints OWNER regress_oncall_hinter;
\c regression_oncall_hints
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET SESSION AUTHORIZATION regress_oncall_hinter;
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.grant_access('regress_oncall_lea', 'member'), oncall.grant_access('regress_oncall_max', 'member'),
	   oncall.grant_access('regress_oncall_boss', 'manager') \g /dev/null
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

-- the weeks of Lea, Max, Nia and Oto, in turn; Pia stands by from 2040 on
INSERT INTO oncall.person (person_id, name, zone, db_role) VALUES
	(1, 'Lea', 'UTC', 'regress_oncall_lea'), (2, 'Max', 'UTC', 'regress_oncall_max'), (3, 'Nia', 'UTC', NULL),
	(4, 'Oto', 'UTC', NULL), (5, 'Pia', 'UTC', NULL), (6, 'Qin', 'UTC', NULL);
SELECT oncall.add_rotation('Ops', '{Lea,Max,Nia,Oto}', 'R/2020-01-06T00:00[UTC]/P7D', seats => '{primary}') AS ops \gset
UPDATE oncall.rotation SET max_consecutive = '10 days';
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (:ops, 5, 'reserve', '[2040-01-01,)');

-- What a command is refused for, or what it returned.
CREATE FUNCTION test.try(command text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	message text;
	detail text;
	hint text;
	rule text;
BEGIN
	EXECUTE command;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION USING ERRCODE = 'OCTST';
EXCEPTION
	WHEN sqlstate 'OCTST' THEN
		RETURN NEXT 'accepted';
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
			rule = CONSTRAINT_NAME;
		RETURN QUERY SELECT line FROM unnest(ARRAY[rule, message, detail, hint]) WITH ORDINALITY AS l(line, n)
			WHERE line <> '' ORDER BY n;
END
$$;

-- ---------------------------------------------------------------------------
-- Alternatives
-- ---------------------------------------------------------------------------

-- Lea has the first week, Max the second, which are too long on end for one
SELECT person, period FROM oncall.roster('[2041-01-07,2041-01-21)', :ops);
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2041-01-14,2041-01-21)', 1)$$);
-- Pia does not stand by before 2040
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2039-12-27,2040-01-03)', 6)$$);
-- Max takes Lea's week but for the day before which he is away; where Lea has
-- taken Nia's in the same trade, she cannot have what is left of hers
INSERT INTO oncall.absence (person_id, period, kind) VALUES (2, '[2042-01-08,2042-01-09)', 'leave');
SELECT person, period FROM oncall.roster('[2042-01-06,2042-01-27)', :ops);
UPDATE oncall.rotation SET max_consecutive = '14 days';
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2042-01-06,2042-01-13)', 2)$$);
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, '[2042-01-06,2042-01-13)', 2), (1, 1, '[2042-01-13,2042-01-20)', 1)$$);
UPDATE oncall.rotation SET max_consecutive = '10 days';
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, '[2042-01-06,2042-01-13)', 2), (1, 1, '[2042-01-13,2042-01-20)', 1)$$);

-- what is past changes with a reason only
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2023-03-01,2023-03-02)', 6)$$);
SET oncall.past_reason = 'forgotten';
SELECT test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2023-03-01,2023-03-02)', 6)$$);
RESET oncall.past_reason;
-- and in part
SELECT regexp_replace(line, '^.* could', '... could') FROM test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, tstzrange(now() - interval '1 hour', now() + interval '2 hours'), 6)$$) AS line
WHERE line ~ 'could|oncall_';
-- what began just now needs no reason
SELECT regexp_replace(line, '^.* could', '... could') FROM test.try($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
	VALUES (1, 1, tstzrange(now(), now() + interval '2 hours'), 6)$$) AS line
WHERE line ~ 'could|oncall_';
-- who is relieved of a cover of theirs is not named, as is nobody whose turn it is
SELECT oncall.cover_shift('Ops', '[2041-08-07,2041-08-08)', 'Nia', 'Oto') AS covered \gset
SELECT test.try($$SELECT oncall.cover_shift('Ops', '[2041-08-07,2041-08-08)', 'Oto', 'Qin')$$);
SELECT oncall.undo(:covered) > 0 AS undone;

-- objections() look for them if they are asked to
SELECT person_id, constraint_name, hint FROM oncall.objections('{1}', '{1}', '{"[2041-01-14,2041-01-21)"}', '{1}');
SELECT person_id, constraint_name, hint FROM oncall.objections('{1}', '{1}', '{"[2041-01-14,2041-01-21)"}', '{1}', true);
SELECT person_id, constraint_name, hint FROM oncall.objections('{1}', '{1}', '{"[2041-01-07,2041-01-14)"}', '{6}', hints => true);

-- of many people, some are tried
INSERT INTO oncall.person (person_id, name, zone) SELECT n, 'person ' || n, 'UTC' FROM generate_series(101, 130) AS n;
SELECT oncall.add_rotation('Crowd', '{Lea,Max}', 'R/2020-01-06T00:00[UTC]/P7D', seats => '{primary}') AS crowd \gset
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT :crowd, n, 'reserve', '[2040-01-01,)' FROM generate_series(101, 130) AS n;
UPDATE oncall.rotation SET exclusive = false;
SELECT hint FROM oncall.objections('{2}', '{1}', '{"[2041-01-07,2041-01-14)"}', '{6}', hints => true);
INSERT INTO oncall.absence (person_id, period, kind) SELECT n, '[2041-01-01,2041-02-01)', 'leave' FROM generate_series(101, 120) AS n;
INSERT INTO oncall.absence (person_id, period, kind) SELECT n, '[2041-01-01,2041-02-01)', 'leave' FROM generate_series(1, 2) AS n;
SELECT hint FROM oncall.objections('{2}', '{1}', '{"[2041-01-07,2041-01-14)"}', '{6}', hints => true);

-- a year of single days takes no longer than a few times as long to refuse
SELECT oncall.add_rotation('Days', '{Lea,Max}', 'R/2020-01-06T00:00[UTC]/P1D', seats => '{primary}') AS days \gset
UPDATE oncall.rotation SET exclusive = false, min_break = '0', max_consecutive = '1 month' WHERE rotation_id = :days;
SELECT constraint_name, hint FROM oncall.objections('{3}', '{1}', '{"[2044-01-01,2045-01-01)"}', '{1}', hints => true) ORDER BY 1, 2;

-- ---------------------------------------------------------------------------
-- Absences are told to those who may read them
-- ---------------------------------------------------------------------------

UPDATE oncall.rotation SET max_consecutive = NULL;
-- Lea is away from the third day of Oto's week on
SELECT lower(period) AS oto FROM oncall.roster('[2045-03-01,2045-06-01)', :ops) WHERE person = 'Oto' ORDER BY 1 LIMIT 1 \gset
INSERT INTO oncall.absence (person_id, period, kind, note)
SELECT 1, tstzrange(s + interval '2 days 05:37', s + interval '30 days'), 'sick', 'not for others' FROM CAST(:'oto' AS timestamptz) AS s;
SELECT format($$SELECT oncall.cover_shift('Ops', tstzrange(%1$L, timestamptz %1$L + interval '7 days'), 'Oto', 'Lea')$$, :'oto') AS command \gset
SELECT test.try(:'command');
SET SESSION AUTHORIZATION regress_oncall_boss;
SELECT count(*) FROM oncall.absence;
SELECT test.try(:'command');
-- Lea offers a week of hers to Max for one of his, in which she will be away
SET SESSION AUTHORIZATION regress_oncall_hinter;
SELECT lower(period) AS lea FROM oncall.roster('[2045-07-01,2045-09-01)', :ops) WHERE person = 'Lea' ORDER BY 1 LIMIT 1 \gset
SELECT lower(period) AS max FROM oncall.roster('[2045-10-01,2045-12-01)', :ops) WHERE person = 'Max' ORDER BY 1 LIMIT 1 \gset
INSERT INTO oncall.absence (person_id, period, kind)
SELECT 1, tstzrange(s + interval '3 days 13:37', s + interval '20 days'), 'leave' FROM CAST(:'max' AS timestamptz) AS s;
SET SESSION AUTHORIZATION regress_oncall_lea;
SELECT oncall.offer_shift('Ops', tstzrange(:'lea', timestamptz :'lea' + interval '7 days'), offered_to => 'Max',
	in_return_period => tstzrange(:'max', timestamptz :'max' + interval '7 days')) AS offer \gset
SET SESSION AUTHORIZATION regress_oncall_max;
SELECT count(*) FROM oncall.absence;
SELECT count(*) FROM oncall.offer_objections(:offer);
SELECT test.try(format('SELECT oncall.accept_offer(%s)', :offer));
-- who is absent reads when
SET SESSION AUTHORIZATION regress_oncall_hinter;
DELETE FROM oncall.absence WHERE lower(period) = :'max'::timestamptz + interval '3 days 13:37';
INSERT INTO oncall.absence (person_id, period, kind)
SELECT 2, tstzrange(s + interval '3 days 13:37', s + interval '20 days'), 'leave' FROM CAST(:'lea' AS timestamptz) AS s;
SET SESSION AUTHORIZATION regress_oncall_max;
SELECT test.try(format('SELECT oncall.accept_offer(%s)', :offer));

-- ---------------------------------------------------------------------------
-- Statement by statement
-- ---------------------------------------------------------------------------

SET SESSION AUTHORIZATION regress_oncall_hinter;
DELETE FROM oncall.absence;
-- a breach of old, mended by one statement and brought back by another: Lea,
-- Max and Nia serve longer on end than a rule that is new allows
UPDATE oncall.rotation SET max_consecutive = '5 days' WHERE rotation_id = :ops;
SELECT lower(period) AS week FROM oncall.roster('[2046-03-01,2046-06-01)', :ops) WHERE person = 'Nia' ORDER BY 1 LIMIT 1 \gset
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
VALUES (:ops, 1, tstzrange(timestamptz :'week' + interval '3 days', timestamptz :'week' + interval '4 days'), 5) RETURNING cover_id AS mends \gset
-- by itself it would make four and three days on end seven again
UPDATE oncall.cover SET recorded = oncall_internal.closed(recorded, xmin) WHERE cover_id = :mends;
COMMIT;
SELECT person, count(*) FROM oncall.roster(tstzrange(:'week', timestamptz :'week' + interval '7 days'), :ops) GROUP BY 1;
-- what each statement adds is judged with what came before
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(t + interval '3 days', t + interval '6 days'), 5 FROM CAST(:'week' AS timestamptz) AS t;
SAVEPOINT s;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(t + interval '7 days', t + interval '10 days'), 5 FROM CAST(:'week' AS timestamptz) AS t;
ROLLBACK TO s;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(t + interval '6 days', t + interval '7 days'), 5 FROM CAST(:'week' AS timestamptz) AS t;
SAVEPOINT s;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(t + interval '7 days', t + interval '10 days'), 5 FROM CAST(:'week' AS timestamptz) AS t;
ROLLBACK TO s;
-- a cover is moved after it has been judged
UPDATE oncall.cover SET period = tstzrange(lower(period), lower(period) + interval '2 days')
WHERE person_id = 5 AND upper_inf(recorded) AND lower(period) = timestamptz :'week' + interval '3 days';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(t + interval '7 days', t + interval '10 days'), 5 FROM CAST(:'week' AS timestamptz) AS t;
COMMIT;
SELECT period, person FROM oncall.roster(tstzrange(:'week', timestamptz :'week' + interval '14 days'), :ops) ORDER BY 1;

\c contrib_regression
SET client_min_messages = warning;
DROP DATABASE regression_oncall_hints;
DROP ROLE regress_oncall_hinter, regress_oncall_lea, regress_oncall_max, regress_oncall_boss;
