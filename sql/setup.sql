-- Who may make the tables, who may not, and who may use them.
-- A database of its own: setup() is once for a database.
--
-- Tests: version owner access people
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_owner;
CREATE ROLE regress_oncall_other;
CREATE ROLE regress_oncall_reader;
CREATE ROLE "regress_oncall Member";
CREATE ROLE regress_oncall_manager;
CREATE DATABASE regress_oncall_setup OWNER regress_oncall_owner TEMPLATE template0;
-- most dates here are past, which is not what this is about
ALTER DATABASE regress_oncall_setup SET oncall.past_reason = 'written for the test';
\c regress_oncall_setup
\set VERBOSITY default
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- Without tables
CREATE SCHEMA elsewhere;
SET ROLE regress_oncall_owner;
CREATE EXTENSION oncall;
SELECT oncall.library_version() = extversion AS same_version FROM pg_extension WHERE extname = 'oncall';
SELECT to_regprocedure('oncall_internal.schema_version()');

-- The caller must be allowed to create in the schema
SET ROLE regress_oncall_other;
SELECT oncall.setup();

-- The library and the extension must be of one version
RESET ROLE;
BEGIN;
UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'oncall';
SELECT oncall.setup();
ROLLBACK;
BEGIN;
UPDATE pg_extension SET extversion = '0.10.1' WHERE extname = 'oncall';
SELECT oncall.setup();
ROLLBACK;

-- Names in use
SET ROLE regress_oncall_owner;
CREATE TABLE oncall.team (mine text);
SELECT oncall.setup();
DROP TABLE oncall.team;
-- a function that ours would call: who owns it could make it do anything
CREATE FUNCTION oncall_internal.wall_time(at timestamptz, zone text) RETURNS text LANGUAGE sql AS $$SELECT 'mine'$$;
SELECT oncall.setup();
DROP FUNCTION oncall_internal.wall_time;
CREATE FUNCTION oncall.rotation_rules() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
SELECT oncall.setup();
DROP FUNCTION oncall.rotation_rules;
SELECT count(*) AS relations FROM pg_class WHERE relnamespace = 'oncall'::regnamespace;

-- Who owns the schemas should own the tables, too
RESET ROLE;
BEGIN;
SELECT oncall.setup();
ROLLBACK;
SET ROLE regress_oncall_owner;

-- From then on only the owner can add anything to the schemas
GRANT CREATE ON SCHEMA oncall TO regress_oncall_other WITH GRANT OPTION;
GRANT CREATE ON SCHEMA oncall_internal TO PUBLIC;
SET ROLE regress_oncall_other;
GRANT CREATE ON SCHEMA oncall TO regress_oncall_reader;
SET ROLE regress_oncall_owner;
BEGIN;
SET LOCAL client_min_messages = notice;
SELECT oncall.setup();
SELECT * FROM oncall_internal.create_grants();
ROLLBACK;
BEGIN;
SET LOCAL ROLE regress_oncall_other;
SET LOCAL client_min_messages = notice;
SELECT oncall.setup();
ROLLBACK;
REVOKE CREATE ON SCHEMA oncall FROM regress_oncall_other CASCADE;
REVOKE CREATE ON SCHEMA oncall_internal FROM PUBLIC;

-- Made by one who is no superuser, under a search_path that sets traps
RESET ROLE;
CREATE FUNCTION elsewhere.btrim(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by btrim''; END';
CREATE FUNCTION elsewhere.upper_inf(tstzrange) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by upper_inf''; END';
CREATE FUNCTION elsewhere.isempty(tstzrange) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by isempty''; END';
CREATE FUNCTION elsewhere.cardinality(anyarray) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by cardinality''; END';
CREATE FUNCTION elsewhere.format(text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by format''; END';
CREATE FUNCTION elsewhere.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by =''; END';
CREATE OPERATOR elsewhere.= (LEFTARG = text, RIGHTARG = text, FUNCTION = elsewhere.eq);
CREATE FUNCTION elsewhere.eq(int, int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by =''; END';
CREATE OPERATOR elsewhere.= (LEFTARG = int, RIGHTARG = int, FUNCTION = elsewhere.eq);
CREATE FUNCTION elsewhere.eq(tstzrange, tstzrange) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by =''; END';
CREATE OPERATOR elsewhere.= (LEFTARG = tstzrange, RIGHTARG = tstzrange, FUNCTION = elsewhere.eq);
CREATE FUNCTION elsewhere.ge(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped by >=''; END';
CREATE OPERATOR elsewhere.>= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = elsewhere.ge);
CREATE TABLE elsewhere.rotation (name text, seats text[]);
CREATE TABLE elsewhere.pg_class (oid oid, relowner oid);
GRANT USAGE ON SCHEMA elsewhere TO PUBLIC;
SET ROLE regress_oncall_owner;
SET search_path = elsewhere, pg_catalog, oncall;
SELECT oncall.setup();
SELECT oncall.setup();
-- covers that the rules of trades would refuse: those are tested elsewhere
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
SELECT oncall_internal.schema_version() OPERATOR(pg_catalog.=) oncall.library_version() AS same_version;
SELECT oncall.grant_access('regress_oncall_reader', 'reader');
SELECT oncall.grant_access('regress_oncall_reader', 'reader');
SELECT oncall.grant_access('regress_oncall Member', 'member');
SELECT oncall.grant_access('regress_oncall_manager', 'manager');
SELECT oncall.grant_access('regress_oncall_manager', 'manager');
INSERT INTO oncall.person (name, zone, db_role) VALUES
	('Aroha', 'Pacific/Auckland', 'regress_oncall Member'), ('Ben', 'Europe/London', NULL);
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'Pacific/Auckland', 1);
INSERT INTO oncall.rotation (name, team_id) VALUES ('SRE', 1);
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (1, 1, 1), (1, 2, 2);
COMMIT;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2031-03-03Z,2031-03-05Z)', 2);
UPDATE oncall.cover SET person_id = 1;
SELECT oncall.end_cover(1, '2031-03-04Z');
SELECT oncall.withdraw_cover(1);
SELECT oncall.end_layer(1, '2031-03-03Z');
SELECT oncall.withdraw_layer(1);
INSERT INTO oncall.absence (person_id, period) VALUES (1, '[2031-03-01Z,2031-03-02Z)'), (2, '[2031-03-01Z,)');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('NZ', 'Pacific/Auckland', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, per) VALUES (1, 1, 'working', '1 day');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (1, 1), (2, 1);
UPDATE oncall.pay_assignment SET valid = '[2021-01-01Z,)';
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2021-03-01Z,2021-03-02Z)'), (2, '[2021-03-01Z,)');
UPDATE oncall.person SET zone = 'Europe/Paris' WHERE person_id OPERATOR(pg_catalog.=) 2;
RESET search_path;

-- One owner, one version, and nothing lost; what was altered is named
INSERT INTO oncall.calendar (name) VALUES ('New Zealand');
SELECT oncall.setup();
SELECT name FROM oncall.calendar;
GRANT CREATE ON SCHEMA oncall, oncall_internal TO regress_oncall_other;
SET ROLE regress_oncall_other;
SELECT oncall.setup();
RESET ROLE;
SELECT oncall.setup();
SET ROLE regress_oncall_owner;
BEGIN;
CREATE OR REPLACE FUNCTION oncall_internal.schema_version() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '0.10';
SELECT oncall.setup();
ROLLBACK;

-- DROP EXTENSION is refused while the tables stand on it
\set VERBOSITY terse
DROP EXTENSION oncall;
\set VERBOSITY default

-- Tables of the owner, and nothing for PUBLIC
SELECT count(*) > 10 AS some, bool_and(relowner = 'regress_oncall_owner'::regrole) AS owned,
	bool_or(EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0)) AS public
FROM pg_class WHERE relnamespace = 'oncall'::regnamespace;
SET ROLE regress_oncall_other;
SELECT * FROM oncall.person;
SELECT oncall.end_cover(1);
SELECT oncall.grant_access('regress_oncall_other', 'reader');

-- Readers see rosters, but no absences and no pay
SET ROLE regress_oncall_reader;
SELECT name FROM oncall.person ORDER BY 1;
SELECT count(*) FROM oncall.cover;
SELECT oncall_internal.schema_version() IS NOT NULL;
SELECT count(*) FROM oncall.absence;
SELECT count(*) FROM oncall.pay_policy;
SELECT count(*) FROM oncall.pay_band;
SELECT count(*) FROM oncall.pay_assignment;
SELECT count(*) FROM oncall.response;
UPDATE oncall.cover SET person_id = NULL;
SELECT oncall.end_layer(1);

-- Members see their own absences and pay, and cannot put anybody on duty
SET ROLE "regress_oncall Member";
SELECT person_id FROM oncall.absence;
SELECT person_id, zone, pay_policy_id FROM oncall.pay_assignment;
SELECT person_id FROM oncall.response;
SELECT p.name, b.band FROM oncall.pay_policy p JOIN oncall.pay_band b ON b.pay_policy_id = p.pay_policy_id;
UPDATE oncall.pay_band SET standby_rate = 100;
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2021-04-01Z,2021-04-02Z)');
DELETE FROM oncall.pay_assignment;
INSERT INTO oncall.absence (person_id, period) VALUES (1, '[2031-04-01Z,2031-04-02Z)');
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2031-03-03Z,2031-03-05Z)', 2);
SELECT oncall.withdraw_cover(1);

-- ... nor write for somebody else where the owner lets them write at all
SET ROLE regress_oncall_owner;
GRANT INSERT ON oncall.absence TO "regress_oncall Member";
SET ROLE "regress_oncall Member";
INSERT INTO oncall.absence (person_id, period, kind) VALUES (1, '[2031-04-01Z,2031-04-02Z)', 'keep_free');
INSERT INTO oncall.absence (person_id, period) VALUES (2, '[2031-04-01Z,2031-04-02Z)');

-- Managers do the rest
SET ROLE regress_oncall_manager;
SELECT count(*) FROM oncall.absence;
INSERT INTO oncall.absence (person_id, period) VALUES (2, '[2031-04-01Z,2031-04-02Z)');
SELECT person_id, zone, pay_policy_id FROM oncall.pay_assignment ORDER BY 1, 2;
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2021-04-01Z,2021-04-02Z)');
UPDATE oncall.pay_band SET standby_rate = 100 RETURNING standby_rate;
UPDATE oncall.person SET working_hours = '24/7' WHERE person_id = 1;
SELECT person_id, zone, working_hours FROM oncall.pay_assignment WHERE pay_policy_id IS NULL ORDER BY 1;
DELETE FROM oncall.pay_assignment WHERE person_id = 1 AND pay_policy_id IS NOT NULL;
INSERT INTO oncall.person (name, zone) VALUES ('Cleo', 'America/New_York');
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, hours) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '24/7');
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT max(layer_id), 1, 3 FROM oncall.layer;
COMMIT;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2031-03-03Z,2031-03-05Z)', 3);
UPDATE oncall.cover SET person_id = 2 WHERE upper_inf(recorded);
SELECT oncall.end_cover(cover_id, '2031-03-04Z') FROM oncall.cover WHERE upper_inf(recorded);
SELECT oncall.end_layer(layer_id, '2031-03-03Z') FROM oncall.layer WHERE upper_inf(recorded);
SELECT oncall.withdraw_layer(layer_id) FROM oncall.layer WHERE upper_inf(recorded);
SELECT period, person_id, isempty(recorded) AS never, upper_inf(recorded) AS believed,
	(SELECT h.made_by FROM oncall.change h WHERE h.change_id = cover.change_id), copy_of IS NOT NULL AS copy
FROM oncall.cover ORDER BY cover_id;
DELETE FROM oncall.person WHERE name = 'Cleo';
SELECT oncall.grant_access('regress_oncall_other', 'reader');

-- Granting to what does not exist
SET ROLE regress_oncall_owner;
SELECT oncall.grant_access('regress_oncall_nobody', 'reader');
SELECT oncall.grant_access('regress_oncall_reader', 'admin');
SELECT oncall.grant_access('regress_oncall_reader', NULL);
SELECT oncall.grant_access(NULL, 'reader');

\c :regression
DROP DATABASE regress_oncall_setup;
DROP ROLE regress_oncall_owner, regress_oncall_other, regress_oncall_reader, "regress_oncall Member", regress_oncall_manager;
