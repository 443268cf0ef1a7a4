-- The escalation of PagerDuty and Opsgenie as steps of a service
--
-- Tests: read_escalations
SET client_min_messages = warning;
SET timezone = 'UTC';
SET intervalstyle = 'postgres';
\set SHOW_CONTEXT never
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
-- each rule waits as long as the one before has; all of it twice
\set policy '{"escalation_policies": [{"name": "Checkout", "num_loops": 1, "escalation_rules": [{"escalation_delay_in_minutes": 10, "targets": [{"id": "S1", "type": "schedule_reference", "summary": "SRE"}, {"id": "U1", "type": "user_reference", "summary": "Ana Doe"}]}, {"escalation_delay_in_minutes": 30, "targets": [{"id": "S2", "type": "schedule", "name": "Managers"}]}]}], "users": [{"id": "U1", "email": "ana@example.org"}]}'
SELECT * FROM oncall.read_pagerduty_escalation(:'policy');
-- a first rule of people only; what cannot be said: targets in turn, targets of other kinds, whose wait is kept
SELECT step, wait, rotation, person, note FROM oncall.read_pagerduty_escalation('{"escalation_policy": {"summary": "P", "escalation_rules": [
	{"escalation_delay_in_minutes": 5, "targets": [{"type": "user", "name": "Ben"}], "escalation_rule_assignment_strategy": {"type": "round_robin"}},
	{"escalation_delay_in_minutes": 15, "targets": [{"type": "webhook_reference", "summary": "Robot"}]},
	{"escalation_delay_in_minutes": 5, "targets": [{"type": "user", "name": "Cho", "email": "cho@example.org"}]}]}}');
-- delays count from the alert: of an account, a backup, and Jira Service Management; who comes next; repeated
SELECT * FROM oncall.read_opsgenie_escalation('{"data": [{"name": "Ops", "rules": [
	{"condition": "if-not-acked", "notifyType": "next", "delay": {"timeAmount": 1, "timeUnit": "hours"}, "recipient": {"type": "schedule", "name": "SRE"}},
	{"condition": "if-not-acked", "notifyType": "default", "delay": {"timeAmount": 0, "timeUnit": "minutes"}, "recipient": {"type": "schedule", "name": "SRE"}},
	{"condition": "if-not-closed", "notifyType": "default", "delay": {"timeAmount": 20, "timeUnit": "minutes"}, "recipient": {"type": "user", "username": "ana@example.org"}},
	{"condition": "if-not-acked", "notifyType": "all", "delay": {"timeAmount": 30, "timeUnit": "minutes"}, "recipient": {"type": "team", "name": "Ops"}}],
	"repeat": {"waitInterval": 15, "count": 1, "closeAlertAfterAll": true}}]}');
SELECT step, wait, rotation, person, note FROM oncall.read_opsgenie_escalation('[{"name": "J", "rules": [
	{"delay": 5, "recipient": {"type": "user", "id": "u1"}}, {"delay": 5, "notifyType": "previous", "recipient": {"type": "schedule", "id": "s1"}}]}]');
-- what is no such document
SELECT oncall.read_pagerduty_escalation(NULL);
SELECT oncall.read_pagerduty_escalation('7');
SELECT oncall.read_pagerduty_escalation('{"name": "x", "rules": []}');
SELECT oncall.read_pagerduty_escalation('{"name": "x", "num_loops": 1000, "escalation_rules": []}');
SELECT oncall.read_pagerduty_escalation('{"name": "x", "escalation_rules": [{"escalation_delay_in_minutes": "5"}]}');
SELECT oncall.read_opsgenie_escalation(NULL);
SELECT oncall.read_opsgenie_escalation('{"name": "x", "escalation_rules": []}');
SELECT oncall.read_opsgenie_escalation('{"name": "x", "rules": [{"delay": {"timeAmount": 1, "timeUnit": "moons"}}]}');
SELECT oncall.read_opsgenie_escalation('{"name": "x", "rules": [], "repeat": {"count": -1}}');
-- the steps, written: a service calls step 0 itself
SELECT count(oncall.add_person(n, 'UTC', email => n || '@example.org')) FROM unnest('{Ana,Ben,Max}'::text[]) n;
SELECT count(oncall.add_rotation(n, '{Ana,Ben}', 'R/2026-01-05T09:00[UTC]/P7D')) FROM unnest('{SRE,Managers}'::text[]) n;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Shop', 'UTC', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_service('Checkout', 'Shop', rotations => ARRAY(SELECT e.rotation FROM oncall.read_pagerduty_escalation(:'policy') e WHERE e.step = 0));
SELECT oncall.add_step('Checkout', e.wait, rotation => e.rotation, seat => e.seat, holder => e.holder,
	person => (SELECT p.name FROM oncall.person p WHERE lower(p.email) = e.person OR p.name = e.person))
FROM oncall.read_pagerduty_escalation(:'policy') e WHERE e.step > 0 ORDER BY e.step;
SELECT step, after, rotation, seat, person, remark FROM oncall.escalation_path('Checkout', '2026-03-04 02:10');
ROLLBACK;
