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
SELECT oncall_internal.team_named(NULL), oncall_internal.calendar_named(NULL), oncall_internal.rotation_named(NULL), oncall_internal.person_named(NULL), oncall_internal.pay_policy_named(NULL);
SELECT oncall_internal.team_named('payment');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.calendar_named('Scottland');
\echo :LAST_ERROR_SQLSTATE
-- nothing is near
SELECT oncall_internal.team_named('xyzzy xyzzy');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.calendar_named('xyzzy xyzzy');
\echo :LAST_ERROR_SQLSTATE
\c contrib_regression
DROP DATABASE regression_oncall_names;
