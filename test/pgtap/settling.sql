-- Whether an incident is answered follows from who was called and who answered,
-- also when that changes by other things than an answer.
--
-- Tests: answering merging

\set schema settling
\ir start.psql
SELECT plan(9);

SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Max}'::text[]) n \g /dev/null
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Ops', 'UTC', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Ops') \g /dev/null
SELECT oncall.add_service('Checkout', 'Ops', '{SRE}') \g /dev/null
CREATE FUNCTION state(incident integer) RETURNS text LANGUAGE sql
RETURN (SELECT CASE WHEN i.acknowledged_at IS NULL THEN 'asks' ELSE 'answered' END || CASE WHEN i.waits_since IS NULL THEN ', waits for no step' ELSE '' END
	FROM oncall.incident i WHERE i.incident_id = $1);

SELECT oncall.open_incident('Checkout', 'bad', 'SEV1') AS bad \gset
SELECT oncall.acknowledge(:bad, 'Ana') \g /dev/null
SELECT IS(state(:bad), 'asks', 'one of two has answered');
SELECT oncall.set_severity(:bad, 'SEV2') \g /dev/null
SELECT IS(state(:bad), 'answered, waits for no step', 'which is enough for a lower severity');

SELECT oncall.open_incident('Checkout', 'one', 'SEV2') AS one, oncall.open_incident('Checkout', 'other', 'SEV2') AS other \gset
SELECT oncall.merge_incidents(:one, :other) \g /dev/null
SELECT oncall.acknowledge(:one, 'Ben') \g /dev/null
SELECT IS(state(:one), 'answered, waits for no step', 'somebody answers two that are one');
SELECT oncall.unmerge(:other) \g /dev/null
SELECT matches(state(:one), '^answered', 'which they have answered for both');

SELECT oncall.open_incident('Checkout', 'first', 'SEV2') AS first, oncall.open_incident('Checkout', 'second', 'SEV2') AS second \gset
SELECT oncall.acknowledge(:second, 'Ana') \g /dev/null
SELECT oncall.merge_incidents(:first, :second) \g /dev/null
SELECT IS(state(:first), 'answered, waits for no step', 'an answer comes along with what is merged');
SELECT oncall.unmerge(:second) \g /dev/null
SELECT IS(state(:second), 'answered, waits for no step', 'and goes with it again');
SELECT IS(state(:first), 'asks', 'so that the other asks anew');

-- this transaction is older than the incident
SELECT oncall.open_incident('Checkout', 'new', 'SEV2', at => clock_timestamp()) AS new \gset
SELECT oncall.acknowledge(:new, 'Ana') \g /dev/null
SELECT results_eq(format($$SELECT i.acknowledged_at, e.at FROM oncall.incident i JOIN oncall.incident_event e USING (incident_id)
	WHERE incident_id = %s AND kind = 'acknowledged'$$, :new),
	format($$SELECT opened_at, opened_at FROM oncall.incident WHERE incident_id = %s$$, :new), 'what is done by a transaction that began before the opening is done at it');

SELECT oncall.open_incident('Checkout', 'typo', 'SEV4') AS typo \gset
SELECT oncall.acknowledge(:typo, 'Ana') \g /dev/null
SELECT oncall.run_escalations(now() + interval '3 hours') \g /dev/null
SELECT results_eq(format($$SELECT reason FROM oncall.page WHERE incident_id = %s$$, :typo), $$VALUES ('volunteer')$$,
	'a severity that calls nobody calls nobody either about what was acknowledged and forgotten');

SELECT * FROM finish();
ROLLBACK;
