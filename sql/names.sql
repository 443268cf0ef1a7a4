-- Names: what bears one is found by it, and who errs is told what is near.
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
\c contrib_regression
DROP DATABASE regression_oncall_names;
