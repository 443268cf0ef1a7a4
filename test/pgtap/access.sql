-- Who may do what: a row for each function, and who of the three that
-- grant_access() knows can call it, whatever is on the search_path. Nobody is
-- granted a function that must fail for them, and nobody is told, by an answer
-- or by an error, what is somebody else's own.
--
-- Tests: access

\set schema access_matrix
\ir start.psql

SELECT plan(18);

CREATE ROLE regress_oncall_access_reader;
CREATE ROLE regress_oncall_access_member;
CREATE ROLE regress_oncall_access_manager;
SELECT FROM (SELECT oncall.grant_access('regress_oncall_access_' || a, a) FROM unnest('{reader,member,manager}'::text[]) a) AS done;

-- Two people who take turns, of whom Ann is the member, and a manager.
SELECT FROM (SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ann,Ben,Cy}'::text[]) n) AS done;
UPDATE oncall.person SET db_role = 'regress_oncall_access_member' WHERE name = 'Ann';
UPDATE oncall.person SET db_role = 'regress_oncall_access_manager' WHERE name = 'Cy';
INSERT INTO oncall.calendar (name) VALUES ('somewhere');
INSERT INTO oncall.holiday (calendar_id, day, name, season) SELECT calendar_id, '2126-12-25', 'Christmas', 'Christmas 2126' FROM oncall.calendar WHERE name = 'somewhere';
SELECT FROM (SELECT oncall.add_rotation('Rota', '{Ann,Ben}', 'R/2126-01-06T12:00[UTC]/P7D', seats => '{one}', calendar => 'somewhere')) AS done;
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Terms', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate, lieu_factor)
SELECT pay_policy_id, 1, 'all', '24/7', 10, 1 FROM oncall.pay_policy WHERE name = 'Terms';
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id)
SELECT p.person_id, y.pay_policy_id FROM oncall.person p, oncall.pay_policy y WHERE y.name = 'Terms';
INSERT INTO oncall.response (person_id, period)
SELECT person_id, tstzrange(now() - interval '20 hours', now() - interval '10 hours') FROM oncall.person;
INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, why)
SELECT p.person_id, y.pay_policy_id, '2026-01-01', 10, 'lump' FROM oncall.person p, oncall.pay_policy y WHERE y.name = 'Terms' AND p.name = 'Ann';

-- Ann's and Ben's next shifts, an offer of each, a cover
CREATE TABLE own AS
SELECT (SELECT d.period FROM oncall.duties('Ann', '[2126-03-01,2126-05-01)') d WHERE lower(d.period) > '2126-03-01' ORDER BY d.period LIMIT 1) AS ann,
	(SELECT d.period FROM oncall.duties('Ben', '[2126-03-01,2126-05-01)') d WHERE lower(d.period) > '2126-03-01' ORDER BY d.period LIMIT 1) AS ben;
UPDATE oncall.rotation SET may_take = 'always' WHERE name = 'Rota';
ALTER TABLE own ADD offer_ann integer, ADD offer_ben integer, ADD change integer, ADD cover integer, ADD layer integer, ADD response integer, ADD entry integer, ADD run integer, ADD token text;
UPDATE own SET offer_ann = oncall.offer_shift('Rota', ann, 'Ann'), offer_ben = oncall.offer_shift('Rota', ben, 'Ben'),
	change = oncall.cover_shift('Rota', tstzrange(upper(ben) + interval '13 days', upper(ben) + interval '14 days'), 'Ben', 'Cy');
UPDATE own SET token = oncall.issue_calendar_token('Ann'), cover = (SELECT c.cover_id FROM oncall.cover c WHERE c.change_id = own.change),
	response = (SELECT min(r.response_id) FROM oncall.response r), entry = (SELECT min(e.pay_entry_id) FROM oncall.pay_entry e),
	run = oncall.close_pay_run('Terms', daterange(current_date - 20, current_date - 9), allow_gap => true),
	layer = (SELECT max(l.layer_id) FROM oncall.layer l JOIN oncall.rotation r ON r.rotation_id = l.rotation_id WHERE r.name = 'Rota');
INSERT INTO oncall.team (name, zone) VALUES ('Team', 'UTC');
ALTER TABLE own ADD incident integer, ADD other integer, ADD merged integer, ADD resolved integer, ADD learnt integer;
SELECT FROM (SELECT oncall.add_service('Service', 'Team', '{Rota}')) AS done;
UPDATE own SET incident = oncall.open_incident('Service', 'x', 'SEV4', at => now() - interval '3 hours'), other = oncall.open_incident('Service', 'x', 'SEV4'),
	merged = oncall.open_incident('Service', 'x', 'SEV4'), resolved = oncall.open_incident('Service', 'x', 'SEV4'),
	learnt = oncall.open_incident('Service', 'x', 'SEV4');
SELECT FROM (SELECT oncall.merge_incidents(other, merged), oncall.resolve(resolved), oncall.resolve(learnt), oncall.draft_postmortem(learnt) FROM own) AS done;
-- a page that a gateway has, and a service of which something is heard
ALTER TABLE own ADD page bigint;
WITH called AS (INSERT INTO oncall.page (incident_id, person_id, step, reason) SELECT o.incident, p.person_id, 0, 'opened' FROM own o, oncall.person p WHERE p.name = 'Ann' RETURNING page_id)
UPDATE own SET page = page_id FROM called;
SELECT FROM (SELECT oncall.add_service('Heard', 'Team')) AS done;
SELECT FROM (SELECT oncall.add_heartbeat('Heard', '1 hour')) AS done;
SELECT FROM oncall.claim_pages('test');
-- a shift that is over, and a notice that a gateway has claimed
ALTER TABLE own ADD notice bigint;
SELECT FROM (SELECT oncall.add_rotation('Past', '{Ann,Ben}', 'R/2020-01-01T00:00[UTC]/P1D', seats => '{one}')) AS done;
SELECT FROM (SELECT oncall.end_layer(l.layer_id, '2020-01-31', past_reason => 'it was so') FROM oncall.layer l JOIN oncall.rotation r USING (rotation_id) WHERE r.name = 'Past') AS done;
SELECT FROM (SELECT oncall.run_notices()) AS done;
UPDATE oncall.duty_notice SET due_at = now();
UPDATE own SET notice = (SELECT min(c.notice_id) FROM oncall.claim_notices('gateway', 1000) c);
GRANT USAGE ON SCHEMA access_matrix TO PUBLIC;
GRANT SELECT ON own TO PUBLIC;

-- Each call is made as each of the three, and rolled back.
CREATE FUNCTION outcome(access text, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_access_' || access);
	EXECUTE command;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'UU000' THEN 'x' WHEN '42501' THEN '-' ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;

CREATE TABLE matrix (reader text, member text, manager text, call text);
-- reader, member, manager: x works, - is refused
COPY matrix FROM stdin DELIMITER '|';
x|x|x|oncall.on_call('Rota', now())
x|x|x|oncall.on_call_any('Rota', now())
x|x|x|oncall.seat_holder('Rota', 1, now())
x|x|x|oncall.is_on_call('Rota')
x|x|x|oncall.roster(own.ann)
x|x|x|oncall.duties('Ann', own.ann)
x|x|x|oncall.handover(own.ann)
x|x|x|oncall.roster_diff(own.ann, now(), now())
x|x|x|oncall.roster_diff(own.change)
x|x|x|oncall.cover_history('Rota', own.ben)
x|x|x|oncall.lint('Rota')
x|x|x|oncall.incident_timeline(own.incident)
x|x|x|oncall.playbook_for(own.incident)
x|x|x|oncall.postmortem_template(own.incident)
-|x|x|oncall.draft_postmortem(own.resolved)
-|x|x|oncall.publish_postmortem(own.learnt)
-|x|x|oncall.give_kudos(own.resolved, 'Ben')
x|x|x|oncall.icalendar('Ann')
x|x|x|oncall.roster_svg(own.ann)
-|x|x|oncall.pager_load_svg(own.ann)
x|x|x|oncall.report_html('Team')
x|x|x|oncall.roster_text(own.ann)
x|x|x|oncall.icalendar_by_token(own.token)
-|x|x|oncall.audit(own.ann)
-|x|x|oncall.objections(ARRAY[(SELECT r.rotation_id FROM oncall.rotation r WHERE r.name = 'Rota')], '{1}', ARRAY[own.ann], ARRAY[(SELECT p.person_id FROM oncall.person p WHERE p.name = 'Ben')])
x|x|x|oncall.open_offers()
-|x|x|oncall.open_offers('Ann')
-|x|x|oncall.offer_objections(own.offer_ben, 'Ann')
-|x|x|oncall.duty_conflicts(own.ann)
-|x|x|oncall.plan_covers('Rota', own.ann)
-|x|x|oncall.band_hours(own.ann, 'Terms', 'Ann')
-|x|x|oncall.callouts(tstzrange(now() - interval '2 days', now()))
-|x|x|oncall.pay_report(tstzrange(now() - interval '2 days', now()))
-|x|x|oncall.explain_pay('Ann', tstzrange(now() - interval '2 days', now()))
-|x|x|oncall.rest_at(now())
-|x|x|oncall.offer_shift('Rota', own.ann, 'Ann')
-|x|x|oncall.accept_offer(own.offer_ben, 'Ann')
-|x|x|oncall.withdraw_offer(own.offer_ann)
-|x|x|oncall.record_response(tstzrange(now() - interval '2 hours', now() - interval '1 hour'), 'Ann', own.incident)
-|x|x|oncall.keep_free('[2126-12-24,2126-12-27)', 'Ann')
-|x|x|oncall.take_lieu('2 hours', person => 'Ann')
-|x|x|oncall.rate_shift(4, person => 'Ann', at => '2020-01-01 12:00Z')
x|x|x|oncall.handover_note('Rota')
-|-|x|oncall.run_notices()
-|-|x|oncall.claim_notices('gateway')
-|-|x|oncall.notice_sent(own.notice)
-|-|x|oncall.notice_failed(own.notice, 'no network')
x|x|x|oncall.escalation_path('Service')
x|x|x|oncall.merge_candidates()
-|x|x|oncall.open_incident('Service', 'x')
-|x|x|oncall.acknowledge(own.incident, 'Ann')
-|x|x|oncall.resolve(own.incident)
-|x|x|oncall.reopen(own.resolved)
-|x|x|oncall.reassign(own.incident, 'Ben')
-|x|x|oncall.escalate(own.incident)
-|x|x|oncall.set_severity(own.incident, 'SEV3')
-|x|x|oncall.assign_role(own.incident, 'commander', 'Ben')
-|x|x|oncall.merge_incidents(own.incident, own.other)
-|x|x|oncall.unmerge(own.merged)
-|-|x|oncall.add_service('Other', 'Team')
-|-|x|oncall.add_step('Service', '1 hour', person => 'Ben')
-|-|x|oncall.run_escalations()
-|-|x|oncall.claim_pages('test')
-|-|x|oncall.page_sent(own.page)
-|-|x|oncall.page_failed(own.page, 'busy')
-|x|x|oncall.beat('Heard')
-|-|x|oncall.add_heartbeat('Service', '1 hour')
-|x|x|oncall.issue_calendar_token('Ann')
-|x|x|oncall.revoke_calendar_tokens('Ann')
-|-|x|oncall.sync_leave('Ann', '[]')
x|x|x|oncall.read_ilert('{"name": "x", "timezone": "UTC", "scheduleLayers": []}')
x|x|x|oncall.read_zenduty('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": 86400, "rotation_start_time": "2026-01-01T00:00:00Z"}]}')
x|x|x|oncall.read_splunk('{"rotations": [{"label": "x", "shifts": [{"shifttype": "std", "timezone": "UTC", "start": "2026-01-01T00:00:00Z"}]}]}')
x|x|x|oncall.read_incident_io('{"schedule": {"name": "x", "timezone": "UTC", "config": {"rotations": []}}}')
x|x|x|oncall.read_linkedin('{"team": "x", "role": "primary", "timezone": "UTC", "scheduler": {}}')
x|x|x|oncall.read_shifts('{"name": "x", "timezone": "UTC", "shifts": [{"who": "Ann", "week": "2026-W01"}]}')
x|x|x|oncall.read_pagerduty_escalation('{"name": "x", "escalation_rules": []}')
x|x|x|oncall.read_opsgenie_escalation('{"name": "x", "rules": []}')
-|-|x|oncall.expire_offers()
-|-|x|oncall.cover_shift('Rota', own.ann, 'Ann', 'Cy')
-|-|x|oncall.cover_shifts('Rota', own.ann, 'Ann', 'Cy')
-|-|x|oncall.offer_gap('Rota', '[2126-01-01,2126-01-02)')
-|x|x|oncall.take_shift('Rota', lower(own.ben), upper(own.ben))
-|-|x|oncall.swap_shifts('Rota', 'Ann', lower(own.ann), 'Ben', lower(own.ben))
-|-|x|oncall.end_cover(own.cover)
-|-|x|oncall.withdraw_cover(own.cover)
-|-|x|oncall.withdraw_response(own.response)
-|-|x|oncall.withdraw_pay_entry(own.entry)
-|-|x|oncall.undo(own.change)
-|-|x|oncall.add_person('Dee', 'UTC')
-|-|x|oncall.add_rotation('Other', '{Ann,Ben}', 'R/2126-01-06T12:00[UTC]/P7D', seats => '{one}')
-|-|x|oncall.add_layer('Rota', '{Cy}', 'R/2126-01-06T12:00[UTC]/P7D', rank => 1)
-|-|x|oncall.import_schedule('pagerduty', '{"schedule": {"name": "Imported", "time_zone": "UTC", "schedule_layers": [{"start": "2126-01-06T12:00:00Z", "rotation_turn_length_seconds": 86400, "users": [{"user": {"summary": "Ann"}}]}]}}')
x|x|x|oncall.read_pagerduty('{"schedule": {"name": "Imported", "time_zone": "UTC", "schedule_layers": [{"start": "2126-01-06T12:00:00Z", "rotation_turn_length_seconds": 86400, "users": [{"user": {"summary": "Ann"}}]}]}}')
x|x|x|oncall.read_pagerduty_v3('{"schedule": {"name": "Imported", "type": "schedule_v3"}}')
x|x|x|oncall.read_opsgenie('{"schedule": {"id": "s", "name": "Imported", "timezone": "UTC", "rotations": [{"startDate": "2126-01-06T12:00:00Z", "type": "weekly", "participants": [{"type": "user", "id": "Ann"}]}]}}')
x|x|x|oncall.read_grafana('{"schedule": {"name": "Imported", "type": "web"}, "shifts": []}')
x|x|x|oncall.read_goalert('{"schedule": {"name": "Imported", "time_zone": "UTC"}, "rules": [{"days": "1111111", "start": "00:00", "end": "00:00", "tgt_user_id": "Ann"}]}')
-|-|x|oncall.add_holiday_cover('Rota', '[2126-12-24,2126-12-27)')
-|-|x|oncall.end_layer(own.layer, '2126-06-01')
-|-|x|oncall.withdraw_layer(own.layer)
-|-|x|oncall.retire_rotation('Rota', '2126-06-01')
-|-|x|oncall.join_rotation('Rota', 'Cy', since => '2126-06-01')
-|-|x|oncall.leave_rotation('Rota', 'Ben', '2126-06-01')
-|-|x|oncall.set_members('Rota', '{Ben,Ann}', '2126-06-01')
-|-|x|oncall.set_cadence('Rota', 'R/2126-06-01T12:00[UTC]/P1D', '2126-06-01')
-|-|x|oncall.set_hours('Rota', 'Mo-Fr 09:00-17:00', '2126-06-01')
-|-|x|oncall.set_pairing('Rota', 'fixed', '2126-06-01')
-|-|x|oncall.apply_plan('Rota', own.ann)
-|-|x|oncall.copy_pay_policy('Terms', 'Terms of 2126', '2126-04-01', 0.02)
-|-|x|oncall.assign_policy('Ann', 'Terms', '2126-04-01', wage => 20)
-|-|x|oncall.close_pay_run('Terms', daterange(current_date - 9, current_date - 2))
-|-|x|oncall.reopen_pay_run(own.run, 'again')
-|-|x|oncall.mark_sent(own.run)
\.

-- The name of the function that a call is of
CREATE VIEW called AS
SELECT m.*, substring(m.call FROM '^oncall\.(\w+)\(') AS name FROM matrix m;
SELECT is_empty($$
	SELECT DISTINCT p.proname FROM pg_proc p
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
		AND NOT EXISTS (SELECT FROM called c WHERE c.name = p.proname)
		-- those that need no table
		AND p.provolatile <> 'i' AND p.proname <> ALL ('{setup,grant_access,library_version,horizon,handovers,is_open,open_periods,turn_at,turn_period}'::text[])
	$$, 'the matrix has every function that reads or writes tables');
SELECT is_empty($$
	SELECT c.name FROM called c
	WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'oncall'::regnamespace AND p.proname = c.name)
	$$, 'and no others');

-- Which of the functions of that name a call is of: the one that a view of it
-- depends on.
CREATE TABLE resolved (call text, function regprocedure);
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT call, name FROM called LOOP
		EXECUTE format('CREATE VIEW one_call AS SELECT %s IS NULL AS told FROM access_matrix.own', c.call);
		INSERT INTO resolved
		SELECT c.call, p.oid
		FROM pg_depend d
		JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'one_call'::regclass
		JOIN pg_proc p ON p.oid = d.refobjid AND p.proname = c.name AND p.pronamespace = 'oncall'::regnamespace
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_proc'::regclass;
		DROP VIEW one_call;
	END LOOP;
END
$$;
SELECT bag_eq('SELECT call FROM resolved', 'SELECT call FROM called', 'each call is of one function');

SELECT results_eq(format($$SELECT c.call, outcome(%1$L, 'SELECT ' || c.call || CASE WHEN c.call ~ '\mown\.' THEN ' FROM access_matrix.own' ELSE '' END) FROM called c$$, a),
		format('SELECT call, %I FROM called', a), format('what a %s may call', a))
FROM unnest('{reader,member,manager}'::text[]) a;
-- refused means not granted, but for what belongs to the extension, which all may call
SELECT is_empty($$
	SELECT a.access, p.oid::regprocedure
	FROM called c CROSS JOIN LATERAL (VALUES ('reader', c.reader), ('member', c.member), ('manager', c.manager)) a(access, outcome)
	JOIN resolved f USING (call)
	JOIN pg_proc p ON p.pronamespace = 'oncall'::regnamespace AND p.proname = c.name
		-- one that no call is of goes with those of its name
		AND (p.oid = f.function OR p.oid NOT IN (SELECT function FROM resolved))
	WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	GROUP BY a.access, p.oid
	HAVING has_function_privilege('regress_oncall_access_' || a.access, p.oid, 'EXECUTE') <> bool_or(a.outcome = 'x')
	$$, 'nobody is granted a function that must fail');

-- nor one that stands on what they cannot read
CREATE TABLE source AS
SELECT p.oid, p.proname AS name, regexp_replace(regexp_replace(pg_get_functiondef(p.oid), '--[^\n]*', '', 'g'), '''[^'']*''', '', 'g') AS words
FROM pg_proc p
WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype;
WITH RECURSIVE private(name, what) AS (
	SELECT c.relname, format('\moncall\.%s\M', c.relname)
	FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v')
		AND NOT has_table_privilege('regress_oncall_access_reader', c.oid, 'SELECT')
	UNION
	-- C functions, whose source is not here
	SELECT n, format('\moncall(_internal)?\.%s\(', n)
	FROM unnest('{pay_lines,pay_pieces,callout_periods,duty_conflicts,audit}'::text[]) n
	UNION
	SELECT f.name, format('\moncall(_internal)?\.%s\(', f.name)
	-- some answer less to who may not read it
	FROM private v JOIN source f ON f.words ~ v.what AND f.name <> v.name AND f.words !~ 'WHEN insufficient_privilege|NOT has_table_privilege')
SELECT is_empty(format($$
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.proname = ANY (%L) AND p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = 'oncall.absence'::regclass)
		AND p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
		AND has_function_privilege('regress_oncall_access_reader', p.oid, 'EXECUTE')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	$$, array_agg(DISTINCT v.name)), 'no function that readers are granted reads what they cannot')
FROM private v;

-- The same calls, bound before, under a search_path on which every function and
-- every operator of pg_catalog has a double that raises: none of it is called.
CREATE SCHEMA hostile;
CREATE TABLE called_now AS SELECT row_number() OVER () AS number, c.* FROM called c;
CREATE FUNCTION hostile_doubles() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	double record;
	made integer := 0;
BEGIN
	FOR double IN
		SELECT format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', p.proname, pg_get_function_identity_arguments(p.oid),
			pg_get_function_result(p.oid), format('BEGIN RAISE EXCEPTION USING ERRCODE = ''UU001'', MESSAGE = %L; END', 'trapped by ' || p.oid::regprocedure)) AS command
		FROM pg_proc p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'cstring'::regtype)
			AND p.proargtypes::oid[] && ARRAY['text'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'bool'::regtype, 'date'::regtype, 'interval'::regtype,
				'timestamptz'::regtype, 'timestamp'::regtype, 'anyarray'::regtype, 'anycompatiblearray'::regtype, 'anyrange'::regtype, 'anymultirange'::regtype, 'jsonb'::regtype, '"any"'::regtype]::oid[]
			AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[] AND p.proname !~ '^(ts_|pg_|has_|json_|binary_|lo_|row_security)'
		UNION ALL
		SELECT format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.%I, LEFTARG = %s, RIGHTARG = %s)', o.oprname, p.proname, o.oprleft::regtype, o.oprright::regtype)
		FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
		WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
	LOOP
		BEGIN
			EXECUTE double.command;
			made := made + 1;
		EXCEPTION WHEN undefined_function OR invalid_function_definition OR undefined_object OR feature_not_supported OR syntax_error THEN
			NULL; -- what has no double: an operator of a function that was left out, pseudo-types that PL/pgSQL does not take
		END;
	END LOOP;
	RETURN made;
END
$$;
SELECT cmp_ok(hostile_doubles(), '>', 1000, 'there are many doubles');
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
ALTER TABLE called_now ADD view text;
UPDATE called_now SET view = 'call_' || number;
DO $$
BEGIN
	EXECUTE (SELECT string_agg(format('CREATE VIEW %I WITH (security_invoker = true) AS SELECT (%s)::text AS told FROM access_matrix.own; GRANT SELECT ON %1$I TO PUBLIC', c.view, c.call), ';')
		FROM called_now c);
END
$$;
-- What is told by a call of a view: its rows, or its error
CREATE FUNCTION told(access text, view text, path text, now boolean DEFAULT false) RETURNS TABLE (state text, words text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_access_' || access);
	PERFORM set_config('search_path', path, true);
	EXECUTE format('SELECT pg_catalog.string_agg(told, '' '') FROM access_matrix.%I', view) INTO words;
	IF now THEN
		SET CONSTRAINTS ALL IMMEDIATE;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'UU000', MESSAGE = coalesce(words, '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	state := CASE SQLSTATE WHEN 'UU000' THEN 'x' WHEN '42501' THEN '-' ELSE SQLSTATE || ' ' || SQLERRM END;
	words := concat_ws(' ', SQLERRM, detail, hint);
	RETURN NEXT;
END
$$;
SELECT throws_ok('SELECT hostile.lower(''X''::text)', 'UU001', NULL, 'a double raises');
SELECT results_eq(format($$SELECT c.call, t.state FROM called_now c, told(%1$L, c.view, 'hostile, pg_catalog') t ORDER BY c.number$$, a),
		format('SELECT call, %I FROM called_now ORDER BY number', a), format('a hostile search_path changes nothing of what a %s may call', a))
FROM unnest('{reader,member,manager}'::text[]) a;

-- No result and no error tells a reader or a colleague what is somebody's own:
-- Ben's absence, pay, time in lieu, contact and feedback, each with something
-- that stands nowhere else (zqx, 13:37, 98765). His absence is in the way of a
-- swap that he had offered to Ann.
SELECT oncall.withdraw_cover(own.cover) FROM own \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE own ADD swap integer;
UPDATE own SET swap = oncall.offer_shift('Rota', ben, 'Ben', in_return_period => ann, in_return_rotation => 'Rota');
CREATE TABLE ben AS SELECT p.person_id FROM oncall.person p WHERE p.name = 'Ben';
INSERT INTO oncall.absence (person_id, period, kind, note)
SELECT b.person_id, tstzrange(date_trunc('day', lower(o.ann)) + interval '1 day 13 hours 37 minutes', date_trunc('day', lower(o.ann)) + interval '3 days 13 hours 37 minutes'), 'sick', 'zqx at the clinic'
FROM ben b, own o;
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, note) SELECT b.person_id, '2026-01-01', 'adjusted', '98765 minutes', 'zqx' FROM ben b;
INSERT INTO oncall.contact (person_id, method, address) SELECT b.person_id, 'sms', '+98765 zqx' FROM ben b;
INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, why)
SELECT b.person_id, y.pay_policy_id, '2026-01-02', 98765, 'zqx' FROM ben b, oncall.pay_policy y WHERE y.name = 'Terms';
INSERT INTO oncall.shift_feedback (rotation_id, person_id, period, mood, note)
SELECT r.rotation_id, b.person_id, '[2020-01-02,2020-01-03)', 1, 'zqx' FROM ben b, oncall.rotation r WHERE r.name = 'Past';
CREATE VIEW swapping WITH (security_invoker = true) AS SELECT oncall.accept_offer(own.swap, 'Ann')::text AS told FROM access_matrix.own;
CREATE VIEW objecting WITH (security_invoker = true) AS SELECT o::text AS told FROM access_matrix.own, oncall.offer_objections(own.swap, 'Ann', true) o;
CREATE VIEW offering WITH (security_invoker = true) AS SELECT oncall.offer_shift('Rota', own.ann, 'Ann', 'Ben')::text AS told FROM access_matrix.own;
GRANT SELECT ON swapping, objecting, offering TO PUBLIC;
DO $$
BEGIN
	EXECUTE (SELECT string_agg(format('CREATE VIEW %I WITH (security_invoker = true) AS SELECT t::text AS told FROM oncall.%I t; GRANT SELECT ON %1$I TO PUBLIC',
			'rows_' || c.relname, c.relname), ';')
		FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v'));
END
$$;
CREATE TABLE telling AS
SELECT a.access, v.view, t.state, t.words
FROM unnest('{reader,member,manager}'::text[]) a(access), (SELECT c.view FROM called_now c UNION ALL VALUES ('swapping'), ('objecting'), ('offering')
		UNION ALL SELECT 'rows_' || c.relname FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v')) v(view),
	told(a.access, v.view, 'pg_catalog', true) t
WHERE a.access <> 'manager' OR v.view LIKE 'rows%';
SELECT matches((SELECT t.state FROM telling t WHERE t.access = 'member' AND t.view = 'swapping'), '^23.*absent', 'the swap is refused');
SELECT matches((SELECT t.words FROM telling t WHERE t.access = 'manager' AND t.view = 'rows_absence'), '13:37', 'managers are told of the absence');
SELECT cmp_ok((SELECT count(*) FROM telling t WHERE t.access = 'manager' AND t.words ~ 'zqx|13:37|98765'), '>', 5::bigint, '... and of the rest');
SELECT is_empty($$SELECT t.access, t.view, t.words FROM telling t WHERE t.access <> 'manager' AND t.words ~ 'zqx|13:37|98765|\msick\M'$$,
	'nobody is told what is somebody else''s own');
-- no error of a statement on such a table shows a row of somebody else either
CREATE TABLE prying (statement text);
INSERT INTO prying
SELECT s FROM ben b, unnest(ARRAY[
	format('INSERT INTO oncall.absence (person_id, period, kind, note) SELECT %s, period, kind, note FROM oncall.absence', b.person_id),
	format('INSERT INTO oncall.absence (person_id, period) VALUES (%s, ''[2126-01-01,2126-12-31)'')', b.person_id),
	'UPDATE oncall.absence SET period = NULL', 'DELETE FROM oncall.absence RETURNING *',
	'UPDATE oncall.absence SET period = period WHERE 1 / (CASE WHEN note ~ ''zqx'' THEN 0 ELSE 1 END) = 1',
	'SELECT 1 / (CASE WHEN note ~ ''zqx'' THEN 0 ELSE 1 END) FROM oncall.absence',
	'SELECT note::integer FROM oncall.absence', 'SELECT address::integer FROM oncall.contact', 'SELECT note::integer FROM oncall.lieu_entry',
	'SELECT why::integer FROM oncall.pay_entry', 'SELECT note::integer FROM oncall.shift_feedback', 'SELECT amount::text::date FROM oncall.pay_line',
	format('INSERT INTO oncall.contact (contact_id, person_id, method, address) SELECT contact_id, %s, method, address FROM oncall.contact', b.person_id),
	format('INSERT INTO oncall.contact (person_id, method, address) VALUES (%s, ''sms'', ''+98765 zqx'')', b.person_id),
	format('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (%s, current_date, ''taken'', ''99999 minutes'')', b.person_id),
	format('INSERT INTO oncall.shift_feedback (rotation_id, person_id, period, mood) SELECT rotation_id, %s, ''[2020-01-02,2020-01-03)'', 2 FROM oncall.rotation WHERE name = ''Past''', b.person_id)]) s;
CREATE FUNCTION pried(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	SET LOCAL ROLE regress_oncall_access_member;
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', SQLSTATE, SQLERRM, detail);
END
$$;
SELECT is_empty($$SELECT p.statement, pried(p.statement) FROM prying p
	WHERE pried(p.statement) ~ '13:37|98765 zqx|invalid input syntax.*zqx|division' AND p.statement !~ '98765 zqx'$$, 'no error shows what is in a row of somebody else');

SELECT * FROM finish();
ROLLBACK;
