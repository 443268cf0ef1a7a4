-- Every role x every table, view and function, as pinned below: who was granted
-- nothing (so PUBLIC), the three that grant_access() knows, and the owner of the
-- tables, who is no superuser. Whatever is not in the list fails. What a call
-- does: access.sql.
--
-- Tests: access owner

\set QUIET 1
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only true
\pset pager off
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
CREATE ROLE regress_oncall_privileges_nobody;
CREATE ROLE regress_oncall_privileges_reader;
CREATE ROLE regress_oncall_privileges_member;
CREATE ROLE regress_oncall_privileges_manager;
CREATE ROLE regress_oncall_privileges_owner;
GRANT CREATE ON SCHEMA oncall, oncall_internal TO regress_oncall_privileges_owner;
CREATE SCHEMA privileges;
GRANT USAGE, CREATE ON SCHEMA privileges TO PUBLIC;
SELECT n.nspname AS tap FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pgtap' \gset
SELECT set_config('search_path', 'privileges, pg_catalog, ' || :'tap', true) \g /dev/null
SET LOCAL ROLE regress_oncall_privileges_owner;
SELECT oncall.setup() \g /dev/null
SELECT oncall.grant_access(('regress_oncall_privileges_' || a)::name, a) FROM unnest('{reader,member,manager}'::text[]) a \g /dev/null
RESET ROLE;

SELECT plan(22);

-- r, a, w, d: SELECT, INSERT, UPDATE, DELETE; with a star of some columns only;
-- x: whatever else there is
CREATE FUNCTION may_columns(who text, relation regclass, privilege text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(a.attname, ',' ORDER BY a.attnum)
	FROM pg_attribute a
	WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
		AND has_column_privilege('regress_oncall_privileges_' || who, relation, a.attnum, privilege)
$$;
CREATE FUNCTION may(who text, relation regclass) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(p.letter || CASE WHEN t.whole THEN '' ELSE '*' END, ' ' ORDER BY p.place), '-')
	FROM unnest('{SELECT,INSERT,UPDATE,DELETE,"TRUNCATE,REFERENCES,TRIGGER"}'::text[], '{r,a,w,d,x}'::text[])
		WITH ORDINALITY p(name, letter, place),
		has_table_privilege('regress_oncall_privileges_' || who, relation, p.name) t(whole)
	WHERE t.whole OR p.place < 4 AND privileges.may_columns(who, relation, p.name) IS NOT NULL
$$;
CREATE VIEW relation AS
SELECT c.oid, c.relname::text AS name, c.relkind, c.relrowsecurity AS guarded
FROM pg_class c WHERE c.relnamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND c.relkind IN ('r', 'v', 'm', 'p', 'f');
CREATE TABLE is_relation AS
SELECT r.name, CASE r.relkind WHEN 'r' THEN CASE WHEN r.guarded THEN 'guarded table' ELSE 'table' END WHEN 'v' THEN 'view' ELSE 'other' END AS kind,
	may('nobody', r.oid) AS nobody, may('reader', r.oid) AS reader, may('member', r.oid) AS member, may('manager', r.oid) AS manager, may('owner', r.oid) AS owner
FROM relation r;
CREATE TABLE relations (name text, kind text, nobody text, reader text, member text, manager text, owner text);
COPY relations FROM stdin DELIMITER '|';
absence|guarded table|-|-|r a* w* d|r a w d|r a w d x
action_item|table|-|r|r a* w*|r a w d|r a w d x
calendar|table|-|r|r|r a w|r a w d x
calendar_token|guarded table|-|-|r a* w*|r a w|r a w d x
change|table|-|r|r|r a w|r a w d x
change_log|view|-|r|r|r|r a w d x
contact|guarded table|-|-|r a* w* d|r a w d|r a w d x
cover|table|-|r|r|r a w|r a w d x
cover_now|view|-|r|r|r|r a w d x
duty_conflict|view|-|-|r|r|r a w d x
duty_notice|guarded table|-|-|r|r a w|r a w d x
duty_notice_move|guarded table|-|-|r|r a w|r a w d x
escalation_step|table|-|r|r|r a w d|r a w d x
fairness|view|-|r|r|r|r a w d x
heartbeat|table|-|r|r w*|r a w d|r a w d x
holiday|table|-|r|r|r a w d|r a w d x
incident|table|-|r|r a*|r a w|r a w d x
incident_event|table|-|r|r a*|r a w|r a w d x
incident_now|view|-|r|r|r|r a w d x
incident_report|view|-|r|r|r|r a w d x
incident_role|table|-|r|r|r a w d|r a w d x
kudos|table|-|r|r a*|r a w d|r a w d x
layer|table|-|r|r|r a w|r a w d x
layer_leave|table|-|r|r|r a w|r a w d x
layer_member|table|-|r|r|r a w|r a w d x
layer_now|view|-|r|r|r|r a w d x
layer_rule|table|-|r|r|r a w|r a w d x
lieu_balance|view|-|-|r|r|r a w d x
lieu_due|view|-|-|r|r|r a w d x
lieu_entry|guarded table|-|-|r a*|r a w d|r a w d x
maintenance|table|-|r|r|r a w d|r a w d x
not_together|table|-|r|r|r a w d|r a w d x
on_call_now|view|-|r|r|r|r a w d x
page|table|-|r|r w*|r a w|r a w d x
pager_load|view|-|-|r|r|r a w d x
pay_assignment|guarded table|-|-|r|r a w d|r a w d x
pay_band|table|-|-|r|r a w d|r a w d x
pay_by_month|view|-|-|r|r|r a w d x
pay_entry|guarded table|-|-|r|r a w|r a w d x
pay_line|guarded table|-|-|r|r|r a w d x
pay_owed|view|-|-|r|r|r a w d x
pay_policy|table|-|-|r|r a w|r a w d x
pay_run|table|-|-|r|r a* w*|r a w d x
pay_touched|table|-|-|r|r|r a w d x
person|table|-|r|r|r a w|r a w d x
playbook|table|-|r|r a* w*|r a w d|r a w d x
postmortem|table|-|r|r a* w*|r a w|r a w d x
readiness|view|-|r|r|r|r a w d x
recognition_due|view|-|r|r|r|r a w d x
response|guarded table|-|-|r a* w*|r a w|r a w d x
rest_due|view|-|-|r|r|r a w d x
rotation|table|-|r|r|r a w|r a w d x
rotation_member|table|-|r|r|r a w|r a w d x
service|table|-|r|r|r a w|r a w d x
service_rotation|table|-|r|r|r a w d|r a w d x
severity|table|-|r|r|r a w|r a w d x
shift|view|-|r|r|r|r a w d x
shift_feedback|guarded table|-|-|r a* w*|r a w|r a w d x
swap_request|guarded table|-|r|r a* w*|r a w|r a w d x
team|table|-|r|r|r a w|r a w d x
volunteer_queue|view|-|r|r|r|r a w d x
warning_sign|view|-|r|r|r|r a w d x
\.
SELECT set_eq('SELECT * FROM is_relation', 'SELECT * FROM relations', 'tables and views, and what each role may do with them');

CREATE TABLE columns (name text, who text, letter text, columns text);
COPY columns FROM stdin DELIMITER '|';
absence|member|a|person_id,period,kind,note
absence|member|w|period
action_item|member|a|incident_id,what,team_id,person_id,due_on,done_on
action_item|member|w|what,team_id,person_id,due_on,done_on
calendar_token|member|a|person_id,token_hash
calendar_token|member|w|revoked_at
contact|member|a|person_id,method,address,urgency,after
contact|member|w|method,address,urgency,after
heartbeat|member|w|last_at
incident|member|a|service_id,severity,summary,source,dedup_key,service_name,opened_at
incident_event|member|a|incident_id,at,kind,person_id,other_person_id,other_incident_id,detail
kudos|member|a|incident_id,person_id,given_by,message
lieu_entry|member|a|person_id,day,kind,amount,note
page|member|w|acknowledged_at
pay_run|manager|a|pay_policy_id,period,allow_gap
pay_run|manager|w|sent_at,reopened_at,reopened_by,reopen_reason
playbook|member|a|service_id,severity,title,body,url
playbook|member|w|service_id,severity,title,body,url
postmortem|member|a|incident_id,body,author
postmortem|member|w|state,body
response|member|a|person_id,incident_id,period
response|member|w|period
shift_feedback|member|a|rotation_id,person_id,period,mood,nights_broken,note
shift_feedback|member|w|mood,nights_broken,note
swap_request|member|a|rotation_id,seat,period,offered_by,offered_to,in_return_rotation_id,in_return_seat,in_return_period,state,accepted_by,note,expires
swap_request|member|w|state,accepted_by
\.
SELECT set_eq($$
	SELECT r.name, w.who, p.letter, may_columns(w.who, r.oid, p.name)
	FROM relation r, unnest('{nobody,reader,member,manager,owner}'::text[]) w(who),
		unnest('{SELECT,INSERT,UPDATE}'::text[], '{r,a,w}'::text[]) p(name, letter)
	WHERE position(p.letter || '*' IN may(w.who, r.oid)) > 0
	$$, 'SELECT * FROM columns', 'columns where it is some of a table');

-- x: may execute. All of a name go together, or the name has several rows.
CREATE TABLE is_function AS
SELECT DISTINCT p.pronamespace::regnamespace || '.' || p.proname AS name,
	CASE WHEN d.objid IS NOT NULL THEN 'extension' ELSE 'setup' END AS made_by, w.nobody, w.reader, w.member, w.manager, w.owner
FROM pg_proc p
LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
CROSS JOIN LATERAL (
	SELECT max(m.may) FILTER (WHERE m.who = 'nobody') AS nobody, max(m.may) FILTER (WHERE m.who = 'reader') AS reader, max(m.may) FILTER (WHERE m.who = 'member') AS member,
		max(m.may) FILTER (WHERE m.who = 'manager') AS manager, max(m.may) FILTER (WHERE m.who = 'owner') AS owner
	FROM (SELECT w.who, CASE WHEN has_function_privilege('regress_oncall_privileges_' || w.who, p.oid, 'EXECUTE') THEN 'x' ELSE '-' END AS may
		FROM unnest('{nobody,reader,member,manager,owner}'::text[]) w(who)) m) w
WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prorettype <> 'trigger'::regtype;
CREATE TABLE functions (name text, made_by text, nobody text, reader text, member text, manager text, owner text);
COPY functions FROM stdin DELIMITER '|';
oncall.accept_offer|setup|-|-|x|x|x
oncall.acknowledge|setup|-|-|x|x|x
oncall.add_heartbeat|setup|-|-|-|x|x
oncall.add_holiday_cover|setup|-|-|-|x|x
oncall.add_layer|setup|-|-|-|x|x
oncall.add_person|setup|-|-|-|x|x
oncall.add_rotation|setup|-|-|-|x|x
oncall.add_service|setup|-|-|-|x|x
oncall.add_step|setup|-|-|-|x|x
oncall.anchor|extension|x|x|x|x|x
oncall.apply_plan|setup|-|-|-|x|x
oncall.assign_policy|setup|-|-|-|x|x
oncall.assign_role|setup|-|-|x|x|x
oncall.audit|extension|x|x|x|x|x
oncall.band_hours|extension|x|x|x|x|x
oncall.beat|setup|-|-|x|x|x
oncall.cadence|extension|x|x|x|x|x
oncall.callouts|setup|-|-|x|x|x
oncall.claim_notices|setup|-|-|-|x|x
oncall.claim_pages|setup|-|-|-|x|x
oncall.close_pay_run|setup|-|-|-|x|x
oncall.copy_pay_policy|setup|-|-|-|x|x
oncall.cover_history|setup|-|x|x|x|x
oncall.cover_shift|setup|-|-|-|x|x
oncall.cover_shifts|setup|-|-|-|x|x
oncall.draft_postmortem|setup|-|-|x|x|x
oncall.duties|extension|x|x|x|x|x
oncall.duty_conflicts|extension|x|x|x|x|x
oncall.each|extension|x|x|x|x|x
oncall.end_cover|setup|-|-|-|x|x
oncall.end_layer|setup|-|-|-|x|x
oncall.escalate|setup|-|-|x|x|x
oncall.escalation_path|setup|-|x|x|x|x
oncall.every|extension|x|x|x|x|x
oncall.expire_offers|setup|-|-|-|x|x
oncall.explain_pay|setup|-|-|x|x|x
oncall.give_kudos|setup|-|-|x|x|x
oncall.grant_access|setup|-|-|-|-|x
oncall.handover|setup|-|x|x|x|x
oncall.handover_note|setup|-|x|x|x|x
oncall.handovers|extension|x|x|x|x|x
oncall.horizon|extension|x|x|x|x|x
oncall.hours|extension|x|x|x|x|x
oncall.icalendar|setup|-|x|x|x|x
oncall.icalendar_by_token|extension|x|x|x|x|x
oncall.import_schedule|setup|-|-|-|x|x
oncall.incident_timeline|setup|-|x|x|x|x
oncall.is_on_call|extension|x|x|x|x|x
oncall.is_open|extension|x|x|x|x|x
oncall.is_zone|extension|x|x|x|x|x
oncall.issue_calendar_token|setup|-|-|x|x|x
oncall.join_rotation|setup|-|-|-|x|x
oncall.keep_free|setup|-|-|x|x|x
oncall.leave_rotation|setup|-|-|-|x|x
oncall.library_version|extension|x|x|x|x|x
oncall.lint|setup|-|x|x|x|x
oncall.mark_sent|setup|-|-|-|x|x
oncall.merge_candidates|setup|-|x|x|x|x
oncall.merge_incidents|setup|-|-|x|x|x
oncall.notice_failed|setup|-|-|-|x|x
oncall.notice_sent|setup|-|-|-|x|x
oncall.objections|extension|x|x|x|x|x
oncall.offer_gap|setup|-|-|-|x|x
oncall.offer_objections|setup|-|-|x|x|x
oncall.offer_shift|setup|-|-|x|x|x
oncall.on_call|extension|x|x|x|x|x
oncall.on_call_any|extension|x|x|x|x|x
oncall.open_incident|setup|-|-|x|x|x
oncall.open_offers|setup|-|-|x|x|x
oncall.open_offers|setup|-|x|x|x|x
oncall.open_periods|extension|x|x|x|x|x
oncall.page_failed|setup|-|-|-|x|x
oncall.page_sent|setup|-|-|-|x|x
oncall.pager_load_svg|setup|-|-|x|x|x
oncall.pair|extension|x|x|x|x|x
oncall.pay_report|setup|-|-|x|x|x
oncall.plan_covers|setup|-|-|x|x|x
oncall.playbook_for|setup|-|x|x|x|x
oncall.postmortem_template|setup|-|x|x|x|x
oncall.primary_of|extension|x|x|x|x|x
oncall.publish_postmortem|setup|-|-|x|x|x
oncall.rate_shift|setup|-|-|x|x|x
oncall.read_goalert|setup|-|x|x|x|x
oncall.read_grafana|setup|-|x|x|x|x
oncall.read_ilert|setup|-|x|x|x|x
oncall.read_incident_io|setup|-|x|x|x|x
oncall.read_linkedin|setup|-|x|x|x|x
oncall.read_opsgenie|setup|-|x|x|x|x
oncall.read_opsgenie_escalation|setup|-|x|x|x|x
oncall.read_pagerduty|setup|-|x|x|x|x
oncall.read_pagerduty_escalation|setup|-|x|x|x|x
oncall.read_pagerduty_v3|setup|-|x|x|x|x
oncall.read_shifts|setup|-|x|x|x|x
oncall.read_splunk|setup|-|x|x|x|x
oncall.read_zenduty|setup|-|x|x|x|x
oncall.reassign|setup|-|-|x|x|x
oncall.record_response|setup|-|-|x|x|x
oncall.reopen|setup|-|-|x|x|x
oncall.reopen_pay_run|setup|-|-|-|x|x
oncall.report_html|setup|-|x|x|x|x
oncall.resolve|setup|-|-|x|x|x
oncall.rest_at|setup|-|-|x|x|x
oncall.retire_rotation|setup|-|-|-|x|x
oncall.revoke_calendar_tokens|setup|-|-|x|x|x
oncall.roster|extension|x|x|x|x|x
oncall.roster_diff|setup|-|x|x|x|x
oncall.roster_svg|setup|-|x|x|x|x
oncall.roster_text|setup|-|x|x|x|x
oncall.run_escalations|setup|-|-|-|x|x
oncall.run_notices|setup|-|-|-|x|x
oncall.seat_holder|extension|x|x|x|x|x
oncall.secondary_of|extension|x|x|x|x|x
oncall.set_cadence|setup|-|-|-|x|x
oncall.set_hours|setup|-|-|-|x|x
oncall.set_members|setup|-|-|-|x|x
oncall.set_pairing|setup|-|-|-|x|x
oncall.set_severity|setup|-|-|x|x|x
oncall.setup|extension|x|x|x|x|x
oncall.steps|extension|x|x|x|x|x
oncall.sum|extension|x|x|x|x|x
oncall.swap_shifts|setup|-|-|-|x|x
oncall.sync_leave|setup|-|-|-|x|x
oncall.take_lieu|setup|-|-|x|x|x
oncall.take_shift|setup|-|-|x|x|x
oncall.total|extension|x|x|x|x|x
oncall.turn_at|extension|x|x|x|x|x
oncall.turn_period|extension|x|x|x|x|x
oncall.undo|setup|-|-|-|x|x
oncall.unmerge|setup|-|-|x|x|x
oncall.withdraw_cover|setup|-|-|-|x|x
oncall.withdraw_layer|setup|-|-|-|x|x
oncall.withdraw_offer|setup|-|-|x|x|x
oncall.withdraw_pay_entry|setup|-|-|-|x|x
oncall.withdraw_response|setup|-|-|-|x|x
oncall.zone|extension|x|x|x|x|x
\.
-- the same of those that others stand on, many names to a line
CREATE TABLE internal_functions (made_by text, nobody text, reader text, member text, manager text, owner text, names text);
COPY internal_functions FROM stdin DELIMITER '|';
extension|x|x|x|x|x|assign_turns begin_change breaches_of cadence_cmp cadence_eq cadence_ge cadence_gt cadence_hash
extension|x|x|x|x|x|cadence_hash_extended cadence_in cadence_le cadence_lt cadence_ne cadence_out cadence_recv cadence_send
extension|x|x|x|x|x|cadence_sortsupport calendar_named callout_periods callout_periods_estimate change_effect closed
extension|x|x|x|x|x|covers_out_of_step create_grants date_begins duties_estimate duty_bands duty_conflicts_estimate end_change
extension|x|x|x|x|x|fit_text handovers_support hours_cmp hours_eq hours_ge hours_get hours_gt hours_hash hours_hash_extended
extension|x|x|x|x|x|hours_in hours_json hours_jsonb hours_le hours_lt hours_minus hours_ne hours_out hours_plus hours_recv
extension|x|x|x|x|x|hours_send hours_sortsupport hours_sum_add hours_sum_combine hours_sum_deserialize hours_sum_final
extension|x|x|x|x|x|hours_sum_remove hours_sum_serialize ical_fold ical_text in_change is_believed is_bounded is_half_open is_own
extension|x|x|x|x|x|is_retired is_word is_zone_of kept_entries layer_turn legal_trades lieu_dues_of lieu_sums_of listed_periods
extension|x|x|x|x|x|moment own_holidays own_person pair_around pair_array pair_cmp pair_contained pair_contains pair_eq pair_ge
extension|x|x|x|x|x|pair_gt pair_hash pair_hash_extended pair_in pair_json pair_jsonb pair_le pair_lt pair_ne pair_out
extension|x|x|x|x|x|pair_overlaps pair_recv pair_send pair_sortsupport pay_amount pay_lines pay_lines_estimate pay_pieces parts parts_missing
extension|x|x|x|x|x|pay_pieces_estimate pay_policy_named pay_report_of person_named plan_shifts recorded_now ref_cmp ref_eq ref_ge
extension|x|x|x|x|x|ref_gt ref_hash ref_hash_extended ref_in ref_le ref_lt ref_ne ref_of_int2 ref_of_int4 ref_of_int8 ref_of_text
extension|x|x|x|x|x|ref_out ref_recv ref_send ref_sortsupport refuse_unseen_runs resume_change roster_estimate rotation_named
extension|x|x|x|x|x|season_blocks service_if_any service_named team_named text_columns turn_seats unseen_since weekly_hours_cmp
extension|x|x|x|x|x|weekly_hours_eq weekly_hours_ge weekly_hours_gt weekly_hours_hash weekly_hours_hash_extended weekly_hours_in
extension|x|x|x|x|x|weekly_hours_le weekly_hours_lt weekly_hours_ne weekly_hours_out weekly_hours_recv weekly_hours_send weeks_of
extension|x|x|x|x|x|work_place written_now xml_text
setup|-|-|-|x|x|act act_acknowledged act_escalated act_merged act_reassigned act_reopened act_resolved act_role act_severity
setup|-|-|-|x|x|act_unmerged ask_again attend begin_acceptance begin_response begin_take believe_all believe_covers
setup|-|-|-|x|x|believe_facts call_first cancel_unsent cancel_waiting check_notices claimed_notice claimed_page close_stale
setup|-|-|-|x|x|drop_notices end_alert end_responses end_roles hand_over heard import_absences import_covers import_covers_of
setup|-|-|-|x|x|import_layers import_past import_report import_rotations lock_covers lock_incident lock_pay_chain
setup|-|-|-|x|x|lock_rotation make_people move_assignment open_silent open_unrouted page_answered page_step page_undelivered
setup|-|-|-|x|x|pay_run_reopened record_event refuse_paid release_page release_pages route set_standing settle_answers
setup|-|-|-|x|x|settle_notice settle_offer take_beat take_over tell_change tell_changes tell_incident tell_move tell_moves
setup|-|-|-|x|x|tell_people tell_shifts tell_stale tell_unowned trade valid_by_default write_covers write_import write_layer
setup|-|-|-|x|x|write_rule write_run
setup|-|-|x|x|x|accruals_due contacts_of do_event explain_pay_rows holiday_choices is_closed lieu_dues lieu_earned lieu_items
setup|-|-|x|x|x|lieu_sums lieu_windows lint_pay lock_merges midnight notice_payload notice_words open page_payload past_work
setup|-|-|x|x|x|pay_begins pay_chain pay_differences pay_entries pay_entries_in pay_forgotten pay_months pay_orphaned
setup|-|-|x|x|x|pay_replaced pay_report_rows pay_uncovered pay_windows pays_lieu_out pays_on plan_season refuse_gap
setup|-|-|x|x|x|refuse_open_responses responses_touched runs_to_compare runs_touched tell_owed tell_unapproved time_touched
setup|-|-|x|x|x|why_adjusted
setup|-|x|x|x|x|after_working answered_seats answers_since awake_from beat_slack best_pairing better_handover
setup|-|x|x|x|x|calendar_event_time calendar_events calendar_shifts calendar_window called_people calls can_be_name
setup|-|x|x|x|x|change_author change_moves change_rows change_windows change_words changes_clocks changes_of columns_but
setup|-|x|x|x|x|cover_author cover_words coverage_gaps currency_digits date_span default_severity due_step duty_text each_once
setup|-|x|x|x|x|entry_periods escalation_steps facts_of failures_that_escalate fairness_of filler first_answer first_called
setup|-|x|x|x|x|former_shifts goalert_fixed goalert_history goalert_hours goalert_layer goalert_layers goalert_overrides
setup|-|x|x|x|x|goalert_schedule goalert_step goalert_turn grafana_answer grafana_day_turns grafana_document
setup|-|x|x|x|x|grafana_even_turns grafana_first grafana_groups grafana_hours grafana_layers grafana_month_turns
setup|-|x|x|x|x|grafana_overrides grafana_schedule grafana_shift grafana_shift_notes grafana_shown grafana_time
setup|-|x|x|x|x|grafana_turns_of grafana_week_turns handover_ahead handover_incidents handover_items handover_noise
setup|-|x|x|x|x|happening_told has_turn heat_cell heat_legend heat_style held_seat history_length holds_any_seat holds_seat
setup|-|x|x|x|x|holiday_days holiday_duty holiday_length holiday_people holiday_problem holiday_turns holidays_of
setup|-|x|x|x|x|hours_but_holidays hours_of html_fairness html_incidents html_left_out html_load html_pay html_roster html_row
setup|-|x|x|x|x|html_signs html_style html_table ical_holidays ical_shifts ical_time ilert_cadence ilert_hours ilert_layers
setup|-|x|x|x|x|ilert_person ilert_shifts ilert_time import_cadence import_clock_notes import_differences import_empty
setup|-|x|x|x|x|import_found import_hours import_ids import_note import_once import_people import_person_problems
setup|-|x|x|x|x|import_persons import_pieces import_problems import_readers import_refused import_row import_seats
setup|-|x|x|x|x|import_shown import_source import_spare_seats import_stretches import_users import_week import_written
setup|-|x|x|x|x|import_zone in_hours incident_io_cadence incident_io_entries incident_io_hours incident_io_named_seats
setup|-|x|x|x|x|incident_io_person incident_io_rotation incident_io_schedule incident_io_seats incident_io_version
setup|-|x|x|x|x|incident_root is_awake is_bounded is_dates is_exact is_finite is_length is_manager is_nominal is_per is_rate
setup|-|x|x|x|x|is_forgotten is_silent is_time_off joined_incident json_boolean json_clock json_documents json_integer json_list
setup|-|x|x|x|x|json_list json_object json_period json_text json_time last_called late_lessons layer_begins layer_names layer_of_pairs
setup|-|x|x|x|x|layer_people layer_starts layer_terms layer_to_change layer_until layers_at layers_shown length_of lieu_hours
setup|-|x|x|x|x|linkedin_anchor linkedin_calendar linkedin_document linkedin_events linkedin_hours linkedin_order
setup|-|x|x|x|x|linkedin_person linkedin_schedule linkedin_seats linkedin_spans lint_escalation lint_facts lint_gaps
setup|-|x|x|x|x|lint_handovers lint_holidays lint_idle_layers lint_incidents lint_layers lint_left lint_no_calendar
setup|-|x|x|x|x|lint_no_layer lint_often lint_people lint_rotations lint_rules lint_severities lint_shape lint_short_lists
setup|-|x|x|x|x|lint_stretches lint_together lint_weekends list_at list_changes list_names listed lists_of literal_names
setup|-|x|x|x|x|literal_time load_cells load_weights local_days local_time manager_step manager_wait managers_of may_page_at
setup|-|x|x|x|x|members_to_ask mending merged_below moment_told month_at moved_shift next_holder next_turn night_of
setup|-|x|x|x|x|offered_trade offers_to offices on_call_then opens_at opsgenie_delay opsgenie_hours opsgenie_is_of
setup|-|x|x|x|x|opsgenie_layer opsgenie_moment opsgenie_overrides opsgenie_parts opsgenie_periods opsgenie_person
setup|-|x|x|x|x|opsgenie_rules opsgenie_schedule opsgenie_served opsgenie_shown opsgenie_target parts_made pagerduty_cadence
setup|-|x|x|x|x|pagerduty_changes pagerduty_computed pagerduty_covers pagerduty_dates pagerduty_entries pagerduty_event
setup|-|x|x|x|x|pagerduty_hours pagerduty_layer pagerduty_list pagerduty_member pagerduty_people pagerduty_person
setup|-|x|x|x|x|pagerduty_rendered_elsewhere pagerduty_rotations pagerduty_rule pagerduty_rules pagerduty_schedule
setup|-|x|x|x|x|pagerduty_shown pagerduty_target pagerduty_time pagerduty_turns pagerduty_users past_calls past_duty
setup|-|x|x|x|x|people_named person_or_caller picture_bands picture_pieces picture_span place_after place_at_end place_before
setup|-|x|x|x|x|place_may_page_at place_told places postmortem_due raised refuse_claim refuse_ended refuse_expires refuse_held
setup|-|x|x|x|x|refuse_import refuse_import_row refuse_infinity refuse_json refuse_large_picture refuse_missing_offer
setup|-|x|x|x|x|refuse_not_held refuse_null refuse_other_source refuse_other_standing refuse_others refuse_pairing
setup|-|x|x|x|x|refuse_period refuse_planned refuse_same_names refuse_since refuse_take refuse_turn refuse_two_seats
setup|-|x|x|x|x|reminder_at reopens_until report_months response_outside rest_to_offer retry_pause role_told roster_shown
setup|-|x|x|x|x|schema_version season_reach seat_named seat_words services_of session_time severity_named shares_place
setup|-|x|x|x|x|shift_around shift_at shift_covers shift_list shift_period shift_uid shift_week shifts_of shifts_of_people
setup|-|x|x|x|x|shortcomings since_words some_of splunk_clock splunk_layer splunk_overlap splunk_override splunk_person
setup|-|x|x|x|x|splunk_rotation splunk_spans splunk_team spoken_period spoken_time stale_at standing_breaches standing_covers
setup|-|x|x|x|x|stands step_after stretches_told stuck_incidents svg_axis svg_days svg_hours svg_legend svg_name svg_piece
setup|-|x|x|x|x|svg_pieces svg_rotation svg_rows svg_style svg_title svg_top svg_x tell_covers tell_short_layers text_cell
setup|-|x|x|x|x|text_column text_weeks timeline_told told_events told_incidents told_pages told_responses told_roles
setup|-|x|x|x|x|touched_covers traded_shift unknown_source unready_contacts unready_people unready_services unsuitable
setup|-|x|x|x|x|untied_entries waited_for_work wall_period wall_time was_called week_at weekly_turns whole_shifts with_zones
setup|-|x|x|x|x|without_names zenduty_hours zenduty_layer zenduty_override zenduty_person zenduty_schedule
\.
SELECT set_eq('SELECT * FROM is_function', $$
	SELECT * FROM functions UNION ALL
	SELECT 'oncall_internal.' || n, i.made_by, i.nobody, i.reader, i.member, i.manager, i.owner FROM internal_functions i, string_to_table(i.names, ' ') n
	$$, 'functions, and who may call them');

-- Nobody may call what a trigger calls, or use what the tables count with.
SELECT is_empty($$
	SELECT w.who, p.oid::regprocedure FROM pg_proc p, unnest('{nobody,reader,member,manager}'::text[]) w(who)
	WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prorettype = 'trigger'::regtype
		AND has_function_privilege('regress_oncall_privileges_' || w.who, p.oid, 'EXECUTE')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	$$, 'trigger functions are the owner''s');
-- Those of the extension look whether the table is oncall's own; who may put
-- one on a table of theirs, so that it writes as the owner, is told by name.
SELECT set_eq($$
	SELECT p.proname::text FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
	WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prorettype = 'trigger'::regtype
		AND NOT EXISTS (SELECT FROM unnest('{nobody,reader,member,manager,owner}'::text[]) w(who)
			WHERE has_function_privilege('regress_oncall_privileges_' || w.who, p.oid, 'EXECUTE'))
	$$, '{beat_on_insert,page_on_insert}'::text[], 'what acts for tables of others is granted by name');
SELECT set_eq($$
	SELECT w.who || ' ' || n.nspname || ' ' || p FROM pg_namespace n, unnest('{nobody,reader,member,manager,owner}'::text[]) w(who), unnest('{USAGE,CREATE}'::text[]) p
	WHERE n.nspname IN ('oncall', 'oncall_internal') AND has_schema_privilege('regress_oncall_privileges_' || w.who, n.oid, p)
	$$, $$
	SELECT w || ' ' || n || ' USAGE' FROM unnest('{nobody,reader,member,manager,owner}'::text[]) w, unnest('{oncall,oncall_internal}'::text[]) n
	UNION ALL VALUES ('owner oncall CREATE'), ('owner oncall_internal CREATE')
	$$, 'all may look into the schemas, only the owner creates there');
SELECT is_empty($$
	SELECT w.who, c.oid::regclass FROM pg_class c, unnest('{nobody,reader,member,manager}'::text[]) w(who)
	WHERE c.relnamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND c.relkind = 'S'
		AND has_sequence_privilege('regress_oncall_privileges_' || w.who, c.oid, 'USAGE,SELECT,UPDATE')
	$$, 'sequences are the owner''s');

-- The privileges are what they seem: each role can do what it may, and is refused the rest.
CREATE FUNCTION can(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_privileges_' || who);
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN insufficient_privilege THEN
	RETURN '-';
	WHEN SQLSTATE 'UU000' THEN
	RETURN 'x';
END
$$;
GRANT SELECT ON ALL TABLES IN SCHEMA privileges TO PUBLIC;
CREATE VIEW tried AS
SELECT r.name, w.who, r.guarded, t.letter, t.statement, may(w.who, r.oid) AS may
FROM relation r CROSS JOIN unnest('{nobody,reader,member,manager,owner}'::text[]) w(who)
CROSS JOIN LATERAL (SELECT a.attname FROM pg_attribute a
	WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
	ORDER BY a.attnum LIMIT 1) c
CROSS JOIN LATERAL (VALUES ('r', format('SELECT * FROM oncall.%I LIMIT 1', r.name)), ('d', format('DELETE FROM oncall.%I WHERE false', r.name)),
	('w', format('UPDATE oncall.%I SET %2$I = %2$I WHERE false', r.name, c.attname))) t(letter, statement)
WHERE (t.letter = 'r' OR r.relkind = 'r') AND NOT (t.letter = 'w' AND may(w.who, r.oid) ~ 'w\*');
SELECT is_empty(format($$SELECT t.name, t.who, t.statement, t.may FROM tried t
	WHERE t.who = %L AND can(t.who, t.statement) <> CASE WHEN t.letter = ANY (string_to_array(t.may, ' ')) THEN 'x' ELSE '-' END$$, w.who),
	format('what is refused to who is %s', w.who))
FROM unnest('{nobody,reader,member,manager,owner}'::text[]) w(who);

-- Rows: what a person's own is guarded by row, and a guard has a policy for
-- people and, where managers see the rest, one for them.
SELECT is_empty($$
	SELECT r.name FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = 'person_id' AND NOT a.attisdropped
	WHERE r.relkind = 'r' AND NOT r.guarded AND NOT has_table_privilege('regress_oncall_privileges_reader', r.oid, 'SELECT')
	$$, 'whatever of a person readers may not see is guarded by row');
SELECT is_empty($$
	SELECT r.name FROM relation r
	WHERE r.guarded
		AND NOT (EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polroles = '{0}')
			AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polroles = ARRAY['regress_oncall_privileges_manager'::regrole::oid]))
	$$, 'each guarded table has a policy for all, and one for managers');
CREATE TABLE policies (name text, policy text, command text, seen text, written text);
INSERT INTO policies
SELECT t, 'own', '*', format('(EXISTS ( SELECT FROM oncall.person p WHERE ((p.person_id = %s.person_id) AND (p.db_role = CURRENT_USER))))', t), ''
FROM unnest('{absence,calendar_token,contact,duty_notice,lieu_entry,pay_assignment,pay_entry,pay_line,response,shift_feedback}'::text[]) t
UNION ALL VALUES
	('duty_notice_move', 'own', '*', '(EXISTS ( SELECT FROM (oncall.duty_notice n JOIN oncall.person p ON ((p.person_id = n.person_id))) '
		'WHERE ((n.duty_notice_id = duty_notice_move.duty_notice_id) AND (p.db_role = CURRENT_USER))))', ''),
	('swap_request', 'answer', 'w', '(EXISTS ( SELECT FROM oncall.person p WHERE ((p.db_role = CURRENT_USER) '
		'AND ((swap_request.offered_to IS NULL) OR (p.person_id = ANY (ARRAY[swap_request.offered_by, swap_request.offered_to]))))))',
		'(EXISTS ( SELECT FROM oncall.person p WHERE ((p.db_role = CURRENT_USER) AND (p.person_id = CASE swap_request.state '
		'WHEN ''accepted''::text THEN swap_request.accepted_by WHEN ''withdrawn''::text THEN swap_request.offered_by ELSE NULL::integer END))))'),
	('swap_request', 'offer', 'a', '', '(EXISTS ( SELECT FROM oncall.person p WHERE ((p.db_role = CURRENT_USER) '
		'AND (p.person_id = CASE swap_request.state WHEN ''taken''::text THEN swap_request.accepted_by ELSE swap_request.offered_by END))))'),
	('swap_request', 'read', 'r', 'true', '');
SELECT set_eq($$
	SELECT r.name, substr(p.polname, length(r.name) + 2), p.polcmd::text, e.seen, e.written
	FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	CROSS JOIN LATERAL (SELECT regexp_replace(coalesce(pg_get_expr(p.polqual, r.oid), ''), '\s+', ' ', 'g') AS seen,
		regexp_replace(coalesce(pg_get_expr(p.polwithcheck, r.oid), ''), '\s+', ' ', 'g') AS written) e
	WHERE NOT (p.polname = r.name || '_manager' AND p.polcmd = '*' AND p.polroles = ARRAY['regress_oncall_privileges_manager'::regrole::oid])
	$$, 'SELECT * FROM policies', 'policies, and what each of them lets through');
SELECT is_empty('SELECT r.name FROM relation r JOIN pg_class c ON c.oid = r.oid WHERE c.relforcerowsecurity', 'none is guarded from its owner');
SELECT is_empty($$SELECT r.name FROM relation r JOIN pg_class c ON c.oid = r.oid
	WHERE r.relkind = 'v' AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)$$, 'views read as their caller');

-- so a policy of the owner's own holds for them, as for look-ups
DO $$
BEGIN
	EXECUTE (SELECT string_agg(format('ALTER TABLE oncall.%1$I ENABLE ROW LEVEL SECURITY;
		CREATE POLICY seen ON oncall.%1$I USING (rotation_id IS DISTINCT FROM (SELECT r.rotation_id FROM oncall.rotation r WHERE r.name = ''Hidden''))', t), ';')
		FROM unnest('{layer,cover,change}'::text[]) t);
END
$$;
INSERT INTO oncall.person (name, zone) VALUES ('Ann', 'UTC'), ('Ben', 'UTC');
SELECT oncall.add_rotation(n, '{Ann,Ben}', 'R/2126-01-06T12:00[UTC]/P1D', seats => '{one}') FROM unnest('{Seen,Hidden}'::text[]) n \g /dev/null
INSERT INTO oncall.cover (rotation_id, seat, period) SELECT r.rotation_id, 1, '[2126-02-01,2126-02-02)' FROM oncall.rotation r;
SET LOCAL ROLE regress_oncall_privileges_reader;
CREATE TABLE seen AS
SELECT 'layer_now' AS name, rotation FROM oncall.layer_now UNION SELECT 'cover_now', rotation FROM oncall.cover_now
UNION SELECT 'change_log', rotation FROM oncall.change_log WHERE rotation IS NOT NULL
UNION SELECT 'roster', rotation FROM oncall.roster('[2126-02-03,2126-02-09)') WHERE person IS NOT NULL;
RESET ROLE;
SELECT set_eq('SELECT * FROM seen', $$VALUES ('layer_now', 'Seen'), ('cover_now', 'Seen'), ('change_log', 'Seen'), ('roster', 'Seen')$$,
	'a policy of the owner''s own hides from readers what it should');

-- A policy and a cast whose functions do something do it as who asks, and never
-- as the owner, also where a trigger acts as the owner.
CREATE TABLE ran_as (what text, who name);
GRANT INSERT ON ran_as TO PUBLIC;
CREATE FUNCTION spy(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO privileges.ran_as VALUES (what, current_user);
	RETURN true;
END
$$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
DROP POLICY seen ON oncall.cover;
CREATE POLICY seen ON oncall.cover USING (privileges.spy('policy'));
UPDATE oncall.person SET db_role = 'regress_oncall_privileges_member' WHERE name = 'Ann';
SELECT oncall.retire_rotation('Hidden', '2126-03-01') \g /dev/null
SELECT oncall.offer_shift('Seen', d.period, 'Ben', 'Ann', seat => d.seat_name) AS offer
FROM oncall.duties('Ben', '[2126-04-01,2126-06-01)') d WHERE d.rotation = 'Seen' ORDER BY d.period LIMIT 1 \gset
SET LOCAL ROLE regress_oncall_privileges_member;
CREATE TYPE mine AS (name text);
CREATE FUNCTION mine_text(mine) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM privileges.spy('cast');
	RETURN $1.name;
END
$$;
CREATE CAST (mine AS text) WITH FUNCTION mine_text AS IMPLICIT;
SELECT count(*) FROM oncall.roster('[2126-02-03,2126-02-09)') \g /dev/null
SELECT oncall.on_call(ROW('Seen')::mine, '2126-02-05') \g /dev/null
SELECT oncall.accept_offer(:offer) \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
SELECT isnt_empty(format($$
	SELECT FROM oncall.cover c
	JOIN oncall.swap_request q ON q.swap_request_id = %s AND q.state = 'accepted' AND q.period = c.period
	JOIN oncall.person p ON p.person_id = c.person_id AND p.name = 'Ann'
	$$, :offer), 'the offer is accepted, and covered');
SELECT set_eq('SELECT DISTINCT what FROM ran_as', $$VALUES ('policy'), ('cast')$$, '... both functions were called');
SELECT set_eq('SELECT DISTINCT who::text FROM ran_as', $$VALUES ('regress_oncall_privileges_member')$$, '... as who asked alone');

-- and who is granted nothing more may not grant
SELECT is_empty($$
	SELECT w.who FROM unnest('{nobody,reader,member,manager}'::text[]) w(who)
	WHERE can(w.who, format('SELECT oncall.grant_access(%L, ''manager'')', 'regress_oncall_privileges_' || w.who)) <> '-'
	$$, 'only the owner grants access');

SELECT * FROM finish();
ROLLBACK;
