-- Every state of an incident and everything that can be done to it: either it
-- works, and leads to a state that is known, or it is an error that is known.
--
-- Tests: answering merging escalation
\set schema incident_states
\ir start.psql

SELECT plan(4);

SELECT FROM (SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy,Max}'::text[]) n) AS done;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Shop', 'UTC', person_id FROM oncall.person WHERE name = 'Max';
SELECT FROM (SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[UTC]/P7D', team => 'Shop')) AS done;
SELECT FROM (SELECT oncall.add_service('Checkout', 'Shop', '{SRE}'), oncall.add_step('Checkout', '10 minutes', rotation => 'SRE', seat => 2)) AS done;

CREATE FUNCTION opened(severity text, service text DEFAULT 'Checkout') RETURNS integer
RETURN oncall.open_incident(service, 'x', severity, at => '2026-03-07 02:10+00');
-- How each state is reached, by commands on incident $1.
CREATE TABLE state (state text, severity text, commands text[]);
INSERT INTO state VALUES
	('opened', 'SEV2', '{}'),
	('half answered', 'SEV1', ARRAY['oncall.acknowledge($1, ''Ana'')']),
	('answered', 'SEV2', ARRAY['oncall.acknowledge($1, ''Ana'')']),
	('escalated', 'SEV2', ARRAY['oncall.escalate($1)', 'oncall.escalate($1)']),
	('waiting', 'SEV3', '{}'),
	('silent', 'SEV4', '{}'),
	('unowned', 'SEV2', '{}'),
	('resolved', 'SEV2', ARRAY['oncall.resolve($1)']),
	('merged', 'SEV2', ARRAY['oncall.merge_incidents(opened(''SEV2''), $1)']),
	('stale', 'SEV2', ARRAY['oncall.run_escalations(''2026-03-20 12:00+00'')']);

-- What can be done, with the outcome in each state: the new state, or an error.
CREATE TABLE action (action text, command text, opened text, half_answered text, answered text, escalated text,
	waiting text, silent text, unowned text, resolved text, merged text, stale text);
INSERT INTO action VALUES
	('acknowledge', 'oncall.acknowledge($1, ''Ben'')', 'answered', 'answered', 'answered', 'answered', 'answered', 'answered', 'answered', '55000', '55000', '55000'),
	('resolve', 'oncall.resolve($1)', 'resolved', 'resolved', 'resolved', 'resolved', 'resolved', 'resolved', 'resolved', '55000', '55000', '55000'),
	('reopen', 'oncall.reopen($1)', '55000', '55000', '55000', '55000', '55000', '55000', '55000', 'asking 0', '55000', '55000'),
	('reassign', 'oncall.reassign($1, ''Cy'')', 'asking 0', 'asking 0', 'asking 0', 'asking 1', 'asking 0', 'idle', 'idle', '55000', '55000', '55000'),
	('escalate', 'oncall.escalate($1)', 'asking 1', 'asking 1', 'answered', 'asking 2', 'asking 0', 'idle', '55000', '55000', '55000', '55000'),
	('raise', 'oncall.set_severity($1, ''SEV1'')', 'asking 0', 'asking 0', 'asking 0', 'asking 2', 'asking 0', 'asking 0', 'idle', '55000', '55000', '55000'),
	('lower', 'oncall.set_severity($1, ''SEV4'')', 'idle', 'answered', 'answered', 'idle', 'idle', 'idle', 'idle', '55000', '55000', '55000'),
	('role', 'oncall.assign_role($1, ''commander'', ''Cy'')', 'asking 0', 'asking 0', 'answered', 'asking 2', 'asking 0', 'idle', 'idle', '55000', '55000', '55000'),
	('merge', 'oncall.merge_incidents(opened(''SEV2''), $1)', 'merged', 'merged', 'merged', 'merged', 'merged', 'merged', 'merged', 'merged', '55000', '55000'),
	('merge into', 'oncall.merge_incidents($1, opened(''SEV2''))', 'asking 0', 'asking 0', 'answered', 'asking 2', 'asking 0', 'idle', 'idle', '55000', 'merged', '55000'),
	('unmerge', 'oncall.unmerge($1)', '55000', '55000', '55000', '55000', '55000', '55000', '55000', '55000', 'asking 0', '55000'),
	('alert', 'oncall.open_incident(CASE WHEN service_id IS NULL THEN ''Nix'' ELSE ''Checkout'' END, ''x'', ''SEV2'', dedup_key => dedup_key, at => ''2026-03-07 02:20+00'') FROM oncall.incident WHERE incident_id = $1',
		'asking 0', 'asking 0', 'answered', 'asking 2', 'asking 0', 'idle', 'idle', 'asking 0', 'merged', 'stale'),
	('note', '(SELECT note($1))', 'asking 0', 'asking 0', 'answered', 'asking 2', 'asking 0', 'idle', 'idle', 'resolved', 'merged', 'stale'),
	('time', 'oncall.run_escalations(''2026-03-07 02:20+00'')', 'asking 1', 'asking 1', 'answered', 'asking 2', 'asking 0', 'idle', 'idle', 'resolved', 'merged', 'stale');
CREATE FUNCTION note(incident integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO oncall.incident_event (incident_id, detail) VALUES (incident, 'a note');
END
$$;

-- What is true of an incident in any state. Nothing to report: it is legal.
CREATE FUNCTION illegal(incident oncall.incident) RETURNS text
RETURN concat_ws(', ',
	CASE WHEN incident.resolved_at IS NOT NULL AND incident.waits_since IS NOT NULL THEN 'escalates after its end' END,
	CASE WHEN incident.acknowledged_at IS NOT NULL AND incident.waits_since IS NOT NULL THEN 'escalates though answered' END,
	CASE WHEN (incident.resolved_at IS NOT NULL OR incident.acknowledged_at IS NOT NULL) AND EXISTS (
			SELECT FROM oncall.page p WHERE p.incident_id = incident.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL)
		THEN 'pages wait in vain' END,
	CASE WHEN incident.resolved_at IS NOT NULL AND EXISTS (
			SELECT FROM oncall.response r WHERE r.incident_id = incident.incident_id AND upper_inf(r.period) AND upper_inf(r.recorded))
		THEN 'somebody works on' END,
	CASE WHEN incident.resolved_at IS NOT NULL AND EXISTS (
			SELECT FROM oncall.incident_role r WHERE r.incident_id = incident.incident_id AND upper_inf(r.period)) THEN 'roles go on' END,
	CASE WHEN incident.merged_into IS NOT NULL AND EXISTS (SELECT FROM oncall.page p WHERE p.incident_id = incident.incident_id AND p.person_id IS NOT NULL)
		THEN 'keeps pages' END);
CREATE FUNCTION state_of(incident oncall.incident) RETURNS text
RETURN CASE WHEN incident.resolution IS NOT NULL THEN incident.resolution
	WHEN incident.acknowledged_at IS NOT NULL THEN 'answered'
	WHEN incident.waits_since IS NOT NULL THEN 'asking ' || incident.step ELSE 'idle' END;

CREATE FUNCTION all_rows() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT concat((SELECT string_agg(i::text, ' ' ORDER BY i.incident_id) FROM oncall.incident i),
		(SELECT string_agg(p::text, ' ' ORDER BY p.page_id) FROM oncall.page p),
		(SELECT string_agg(r::text, ' ' ORDER BY r.response_id) FROM oncall.response r),
		(SELECT string_agg(e::text, ' ' ORDER BY e.incident_event_id) FROM oncall.incident_event e)) $$;

CREATE TABLE outcome (action text, state text, outcome text, legal text, changed boolean);
CREATE FUNCTION play(begins state, acts action) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	id integer;
	command text;
	before text;
	after text;
	came text;
	remark text;
BEGIN
	BEGIN
		id := oncall.open_incident(CASE WHEN begins.state = 'unowned' THEN 'Nix' ELSE 'Checkout' END, 'x', begins.severity, dedup_key => 'key',
			at => '2026-03-07 02:10+00');
		FOREACH command IN ARRAY begins.commands LOOP
			EXECUTE 'SELECT ' || command USING id;
		END LOOP;
		IF begins.state = 'resolved' THEN		-- so that the alert comes in time
			UPDATE oncall.incident SET resolved_at = '2026-03-07 02:15+00' WHERE incident_id = id;
		END IF;
		before := all_rows();
		BEGIN
			EXECUTE 'SELECT ' || acts.command USING id;
			SELECT state_of(i), illegal(i) INTO came, remark FROM oncall.incident i WHERE i.incident_id = id;
			SELECT concat_ws(', ', nullif(remark, ''), string_agg(nullif(illegal(i), ''), ', ')) INTO remark FROM oncall.incident i WHERE i.incident_id <> id;
		EXCEPTION WHEN object_not_in_prerequisite_state OR invalid_parameter_value THEN
			came := SQLSTATE;
			after := all_rows();
		END;
		RAISE EXCEPTION USING ERRCODE = 'UU000';
	EXCEPTION WHEN SQLSTATE 'UU000' THEN
		INSERT INTO outcome VALUES (acts.action, begins.state, came, remark, after <> before);
	END;
END
$$;
SET client_min_messages = warning;
SELECT FROM (SELECT play(s, a) FROM state s, action a) AS done;

SELECT is((SELECT count(*)::integer FROM outcome), 140, 'every action in every state');
SELECT is_empty($$
	SELECT o.action, o.state, o.outcome, x.outcome AS expected
	FROM action a CROSS JOIN LATERAL jsonb_each_text(to_jsonb(a) - 'action' - 'command') x(state, outcome)
	JOIN outcome o ON o.action = a.action AND replace(o.state, ' ', '_') = x.state
	WHERE o.outcome IS DISTINCT FROM x.outcome$$, 'leads where it should');
SELECT is_empty('SELECT * FROM outcome WHERE legal <> $$$$', 'to a state that is legal');
SELECT is_empty('SELECT * FROM outcome WHERE changed', 'and an error changes nothing');

SELECT * FROM finish();
ROLLBACK;
