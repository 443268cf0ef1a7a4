-- Every function that reads or writes tables, called once: what the calls need,
-- and a row for each, with who of the three that grant_access() knows can make
-- it. A row is a call for a SELECT, FROM own where it names that.
--
-- For psql, in a schema access_matrix of its own, which is first on the
-- search_path, where setup() has made the tables.

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
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT r.rotation_id, p.person_id, 'reserve' FROM oncall.rotation r, oncall.person p WHERE r.name = 'Rota' AND p.name = 'Cy';
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
