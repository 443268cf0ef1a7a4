
-- Access: who may see and do what. Nothing was granted to PUBLIC.

ALTER TABLE oncall.absence ENABLE ROW LEVEL SECURITY;
CREATE POLICY absence_own ON oncall.absence
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = absence.person_id AND p.db_role = current_user));
COMMENT ON POLICY absence_own ON oncall.absence IS
'People see and write their own absences: those of the person whose db_role is the current role. The trigger absence_own says which.';
ALTER TABLE oncall.pay_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY pay_assignment_own ON oncall.pay_assignment
	USING (EXISTS (SELECT FROM oncall.person p
		WHERE p.person_id = pay_assignment.person_id AND p.db_role = current_user));
COMMENT ON POLICY pay_assignment_own ON oncall.pay_assignment IS
'People see by which policy they are paid: the person whose db_role is the current role.';
ALTER TABLE oncall.response ENABLE ROW LEVEL SECURITY;
CREATE POLICY response_own ON oncall.response
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = response.person_id AND p.db_role = current_user));
COMMENT ON POLICY response_own ON oncall.response IS
'People see and record their own responses: those of the person whose db_role is the current role. The trigger response_own says which.';
ALTER TABLE oncall.pay_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY pay_line_own ON oncall.pay_line
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = pay_line.person_id AND p.db_role = current_user));
COMMENT ON POLICY pay_line_own ON oncall.pay_line IS
'People see what they were paid: the person whose db_role is the current role.';
ALTER TABLE oncall.pay_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY pay_entry_own ON oncall.pay_entry
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = pay_entry.person_id AND p.db_role = current_user));
COMMENT ON POLICY pay_entry_own ON oncall.pay_entry IS
'People see what was entered for them: the person whose db_role is the current role.';
ALTER TABLE oncall.lieu_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY lieu_entry_own ON oncall.lieu_entry
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = lieu_entry.person_id AND p.db_role = current_user));
COMMENT ON POLICY lieu_entry_own ON oncall.lieu_entry IS
'People see and take their own time in lieu: that of the person whose db_role is the current role. The trigger lieu_entry_rules says when.';
ALTER TABLE oncall.contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY contact_own ON oncall.contact
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = contact.person_id AND p.db_role = current_user));
COMMENT ON POLICY contact_own ON oncall.contact IS
'People see and write how they want to be reached: the person whose db_role is the current role.';
ALTER TABLE oncall.duty_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY duty_notice_own ON oncall.duty_notice
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.person_id = duty_notice.person_id AND p.db_role = current_user));
COMMENT ON POLICY duty_notice_own ON oncall.duty_notice IS
'People see what they are told: the person whose db_role is the current role.';
ALTER TABLE oncall.duty_notice_move ENABLE ROW LEVEL SECURITY;
CREATE POLICY duty_notice_move_own ON oncall.duty_notice_move
	USING (EXISTS (SELECT FROM oncall.duty_notice n JOIN oncall.person p ON p.person_id = n.person_id
		WHERE n.duty_notice_id = duty_notice_move.duty_notice_id AND p.db_role = current_user));
COMMENT ON POLICY duty_notice_move_own ON oncall.duty_notice_move IS
'People see what they are told: the person whose db_role is the current role.';
ALTER TABLE oncall.shift_feedback ENABLE ROW LEVEL SECURITY;
CREATE POLICY shift_feedback_own ON oncall.shift_feedback
	USING (EXISTS (SELECT FROM oncall.person p
		WHERE p.person_id = shift_feedback.person_id AND p.db_role = current_user));
COMMENT ON POLICY shift_feedback_own ON oncall.shift_feedback IS
'People see and write what they said of their shifts: the person whose db_role is the current role. The trigger shift_feedback_own says which.';
ALTER TABLE oncall.calendar_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendar_token_own ON oncall.calendar_token
	USING (EXISTS (SELECT FROM oncall.person p
		WHERE p.person_id = calendar_token.person_id AND p.db_role = current_user));
COMMENT ON POLICY calendar_token_own ON oncall.calendar_token IS
'People make and revoke addresses of their own calendar: the person whose db_role is the current role.';

CREATE FUNCTION oncall.grant_access(role name, access text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what a roster is read from, and what shows it
	readable CONSTANT text[] := '{calendar,holiday,person,team,rotation,rotation_member,not_together,change,layer,layer_member,layer_leave,layer_rule,cover,swap_request,on_call_now,shift,change_log,layer_now,cover_now,fairness,volunteer_queue,severity,service,service_rotation,maintenance,escalation_step,incident,page,incident_event,incident_role,heartbeat,incident_now,playbook,postmortem,action_item,kudos,recognition_due,readiness,incident_report,warning_sign}'::text[];
	-- what concerns one person, or pay: members see their own rows of some
	personal CONSTANT text[] := '{absence,duty_conflict,pay_policy,pay_band,pay_assignment,response,pay_by_month,pay_entry,pay_run,pay_line,pay_owed,pay_touched,lieu_entry,lieu_balance,lieu_due,rest_due,calendar_token,contact,duty_notice,duty_notice_move,shift_feedback,pager_load}'::text[];
	writable CONSTANT text[] := '{calendar,holiday,person,team,absence,rotation,rotation_member,not_together,change,layer,layer_member,layer_leave,layer_rule,cover,swap_request,pay_policy,pay_band,pay_assignment,response,pay_entry,lieu_entry,calendar_token,severity,service,service_rotation,maintenance,escalation_step,incident,page,incident_event,incident_role,contact,heartbeat,duty_notice,duty_notice_move,shift_feedback,playbook,postmortem,action_item,kudos}'::text[];
	removable CONSTANT text[] := '{holiday,absence,not_together,pay_band,pay_assignment,lieu_entry,service_rotation,maintenance,escalation_step,incident_role,contact,heartbeat,playbook,action_item,kudos}'::text[];
	-- what members write, by row-level security only where it concerns them
	offered CONSTANT text := 'rotation_id, seat, period, offered_by, offered_to, in_return_rotation_id, in_return_seat, in_return_period, note, expires, state, accepted_by';
	answered CONSTANT text := 'state, accepted_by';
	trading CONSTANT text[] := '{offer_shift,accept_offer,withdraw_offer,take_shift}'::text[];
	-- with what these call that writes
	answering CONSTANT text[] := '{open_incident,acknowledge,resolve,reopen,reassign,escalate,set_severity,assign_role,merge_incidents,unmerge,open,do_event,lock_merges,beat}'::text[];
	learning CONSTANT text[] := '{draft_postmortem,publish_postmortem,give_kudos}'::text[];
	recording CONSTANT text[] := '{record_response,keep_free,take_lieu,rate_shift,issue_calendar_token,revoke_calendar_tokens}'::text[];
	-- what reads pay, absences or time in lieu, and so would fail for readers
	private CONSTANT text[] := '{offer_objections,plan_covers,holiday_choices,plan_season,callouts,pay_report,pay_report_rows,pay_windows,pay_begins,explain_pay,explain_pay_rows,pay_differences,why_adjusted,refuse_open_responses,refuse_gap,tell_unapproved,pay_entries,pay_entries_in,pays_lieu_out,lieu_earned,lieu_items,lieu_windows,lieu_sums,lieu_dues,rest_at,responses_touched,time_touched,runs_touched,runs_to_compare,accruals_due,is_closed,pay_replaced,pay_chain,midnight,pay_months,pays_on,pay_uncovered,pay_forgotten,pay_orphaned,tell_owed,lint_pay,page_payload,past_work,pager_load_svg,contacts_of,notice_payload,notice_words}'::text[];
	-- where managers see and write every row
	guarded CONSTANT text[] := '{absence,swap_request,pay_assignment,response,pay_entry,pay_line,lieu_entry,calendar_token,contact,duty_notice,duty_notice_move,shift_feedback}'::text[];
	guard text;
	grantee text := quote_ident(grant_access.role);
	made record;
	roles text;
BEGIN
	IF grant_access.role IS NULL OR grant_access.access IS NULL THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN grant_access.role IS NULL THEN 'role' ELSE 'access' END
			USING ERRCODE = '22004';
	ELSIF to_regrole(grantee) IS NULL THEN
		RAISE EXCEPTION 'role "%" does not exist', grant_access.role
			USING ERRCODE = '42704', HINT = format('Run CREATE ROLE %s first.', grantee);
	ELSIF grant_access.access NOT IN ('reader', 'member', 'manager') THEN
		RAISE EXCEPTION 'unknown access "%"', grant_access.access
			USING ERRCODE = '22023', HINT = 'Write reader, member or manager.';
	ELSIF NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = 'oncall.absence'::regclass), 'USAGE') THEN
		RAISE EXCEPTION 'only the owner of oncall''s tables may grant access to them'
			USING ERRCODE = '42501',
				HINT = format('Run SET ROLE %I before you call grant_access().', (
					SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'oncall.absence'::regclass));
	ELSIF grant_access.access = 'manager' AND current_setting('transaction_isolation') NOT LIKE 'read %' THEN
		-- an older snapshot may not show who has become one since, and they would
		-- see no rows any more
		RAISE EXCEPTION 'access as manager cannot be granted in a transaction that is %',
				upper(current_setting('transaction_isolation'))
			USING ERRCODE = '25000', HINT = 'Call grant_access() in a transaction that is READ COMMITTED.';
	END IF;

	-- one at a time, as setup(), whose lock this is: of two that grant something
	-- of one table the second would fail
	PERFORM pg_advisory_xact_lock(('pg_namespace'::regclass::oid::bigint << 32) | 'oncall'::regnamespace::oid::bigint);
	-- before anything is granted: whoever analyzes one of them waits for what is
	-- granted here, and would be waited for
	IF grant_access.access = 'manager' THEN
		EXECUTE (SELECT format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', string_agg('oncall.' || quote_ident(g), ', '))
			FROM unnest(guarded) g);
	END IF;
	IF NOT has_schema_privilege(grant_access.role, 'oncall', 'USAGE') THEN
		EXECUTE format('GRANT USAGE ON SCHEMA oncall, oncall_internal TO %s', grantee);
	END IF;
	FOR made IN
		SELECT format('GRANT SELECT ON oncall.%I TO %s', c.relname, grantee) AS command
		FROM pg_class c
		WHERE c.relnamespace = 'oncall'::regnamespace AND c.relname = ANY (readable)
		UNION ALL
		-- functions that cannot write are for all, the others for managers;
		-- each does only what its caller may do
		SELECT format('GRANT EXECUTE ON FUNCTION %s TO %s', p.oid::regprocedure, grantee)
		FROM pg_proc p
		WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
			AND p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = 'oncall.absence'::regclass)
			AND (p.provolatile <> 'v' OR grant_access.access = 'manager'
				OR p.proname = ANY (trading || answering || learning || recording) AND grant_access.access = 'member')
			AND (p.proname <> ALL (private) AND p.oid <> 'oncall.open_offers(oncall.ref)'::regprocedure
				OR grant_access.access IN ('member', 'manager'))
			AND p.prorettype <> 'trigger'::regtype AND NOT p.prosecdef AND p.proname <> 'grant_access'
			AND NOT EXISTS (SELECT FROM pg_depend d
				WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
		UNION ALL
		SELECT format('GRANT SELECT ON oncall.%I TO %s', p, grantee)
		FROM unnest(personal) p WHERE grant_access.access IN ('member', 'manager')
		UNION ALL
		SELECT format('GRANT INSERT (%s), UPDATE (%s) ON oncall.swap_request TO %s', offered, answered, grantee)
		WHERE grant_access.access = 'member'
		UNION ALL
		SELECT format('GRANT %s TO %s', g, grantee)
		FROM unnest(ARRAY[
			'INSERT (person_id, period, kind, note), UPDATE (period), DELETE ON oncall.absence',
			'INSERT (person_id, incident_id, period), UPDATE (period) ON oncall.response',
			'INSERT (service_id, service_name, severity, summary, source, dedup_key, opened_at) ON oncall.incident',
			'INSERT (incident_id, at, kind, person_id, other_person_id, other_incident_id, detail) ON oncall.incident_event',
			'UPDATE (acknowledged_at) ON oncall.page',
			'INSERT (service_id, severity, title, body, url), UPDATE (service_id, severity, title, body, url) ON oncall.playbook',
			'INSERT (incident_id, body, author), UPDATE (state, body) ON oncall.postmortem',
			'INSERT (incident_id, what, team_id, person_id, due_on, done_on), UPDATE (what, team_id, person_id, due_on, done_on) ON oncall.action_item',
			'INSERT (incident_id, person_id, given_by, message) ON oncall.kudos',
			'UPDATE (last_at) ON oncall.heartbeat',
			'INSERT (person_id, method, address, urgency, after), UPDATE (method, address, urgency, after), DELETE ON oncall.contact',
			'INSERT (person_id, day, kind, amount, note) ON oncall.lieu_entry',
			'INSERT (rotation_id, person_id, period, mood, nights_broken, note), UPDATE (mood, nights_broken, note) ON oncall.shift_feedback',
			'INSERT (person_id, token_hash), UPDATE (revoked_at) ON oncall.calendar_token']) g
		WHERE grant_access.access = 'member'
		UNION ALL
		SELECT format('GRANT INSERT, UPDATE ON oncall.%I TO %s', w, grantee)
		FROM unnest(writable) w WHERE grant_access.access = 'manager'
		UNION ALL
		-- nobody writes the lines of a run, nor its number
		SELECT format('GRANT %s ON oncall.pay_run TO %s', g, grantee)
		FROM unnest('{"INSERT (pay_policy_id, period, allow_gap)","UPDATE (sent_at, reopened_at, reopened_by, reopen_reason)"}'::text[]) g
		WHERE grant_access.access = 'manager'
		UNION ALL
		SELECT format('GRANT DELETE ON oncall.%I TO %s', w, grantee)
		FROM unnest(removable) w WHERE grant_access.access = 'manager'
	LOOP
		EXECUTE made.command;
	END LOOP;

	IF grant_access.access = 'manager' THEN
		-- managers see and write all rows
		FOREACH guard IN ARRAY guarded LOOP
			SELECT string_agg(DISTINCT quote_ident(pg_get_userbyid(r.oid)), ', ') INTO roles
			FROM pg_policy p, unnest(p.polroles || to_regrole(grantee)::oid) AS r(oid)
			WHERE p.polrelid = format('oncall.%I', guard)::regclass AND p.polname = guard || '_manager';
			IF roles IS NULL THEN
				EXECUTE format('CREATE POLICY %I ON oncall.%I TO %s USING (true)', guard || '_manager', guard, grantee);
				EXECUTE format('COMMENT ON POLICY %I ON oncall.%I IS %L', guard || '_manager', guard,
					'Managers see and write all rows; grant_access() adds their roles here.');
			ELSE
				EXECUTE format('ALTER POLICY %I ON oncall.%I TO %s', guard || '_manager', guard, roles);
			END IF;
		END LOOP;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall.grant_access(name, text) IS
'Grants a role access to oncall''s tables and functions, as reader, member or manager; take it back by REVOKE. Errors: 42501 (the caller does not own the tables), 42704 (no such role), 22023 (another access), 22004 (NULL), 25000 (manager, not in READ COMMITTED).';
