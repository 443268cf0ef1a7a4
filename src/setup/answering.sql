-- Answering: what people do about an incident. Each is an event that somebody
-- inserts, and which acts as the owner of the tables (act.c); the functions
-- are thin INSERTs.

CREATE FUNCTION oncall_internal.lock_incident(incident_id integer, OUT own oncall.incident)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- compatible with the lock of a foreign key, which its own event has taken
	SELECT i.* INTO own FROM oncall.incident i WHERE i.incident_id = lock_incident.incident_id FOR NO KEY UPDATE;
	IF own.incident_id IS NULL THEN
		RAISE EXCEPTION 'incident % does not exist', lock_incident.incident_id
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.incident lists those that do.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lock_incident(integer) IS
'An incident, of which nobody else changes the state until the transaction ends. Errors: 42704.';

CREATE FUNCTION oncall_internal.refuse_ended(own oncall.incident, done text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF own.resolved_at IS NOT NULL THEN
		RAISE EXCEPTION 'incident % cannot be %: it %', own.incident_id, done,
				CASE own.resolution
					WHEN 'merged' THEN format('was merged into incident %s', own.merged_into)
					WHEN 'stale' THEN 'was closed as stale'
					ELSE 'is resolved' END
			USING ERRCODE = '55000',
				DETAIL = format('That was at %s%s.', oncall_internal.session_time(own.resolved_at), (
					SELECT ', by ' || p.name FROM oncall.incident_event e JOIN oncall.person p ON p.person_id = e.person_id
					WHERE e.incident_id = oncall_internal.incident_root(own.incident_id) AND e.kind = own.resolution
						AND (own.merged_into IS NULL OR e.other_incident_id = own.incident_id)
					ORDER BY e.incident_event_id DESC LIMIT 1)),
				HINT = CASE own.resolution
					WHEN 'merged' THEN format('Use incident %s, or unmerge() this one first.', oncall_internal.incident_root(own.incident_id))
					WHEN 'stale' THEN 'Open a new one: a stale incident never opens again.'
					ELSE 'reopen() opens it again.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_ended(oncall.incident, text) IS
'The error (55000) that nothing of the kind can be done to an incident that has ended.';

CREATE FUNCTION oncall_internal.is_manager(role name) RETURNS boolean
LANGUAGE sql STABLE
RETURN has_table_privilege($1, 'oncall.incident_event'::regclass, 'INSERT, UPDATE');
COMMENT ON FUNCTION oncall_internal.is_manager(name) IS
'May a role write every event, of others too? Managers and the owner may.';

-- Pages and responses ---------------------------------------------------

CREATE FUNCTION oncall_internal.cancel_waiting(incident_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE oncall.page p SET cancelled_at = cancel_waiting.at
	WHERE p.incident_id = cancel_waiting.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.cancel_waiting(integer, timestamptz) IS
'Gives up the pages of an incident that wait for page hours or for somebody to come on.';

-- A page that somebody acknowledges at this instant is left: whoever has locked
-- it waits for the incident.
CREATE FUNCTION oncall_internal.cancel_unsent(incident_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	UPDATE oncall.page p SET cancelled_at = cancel_unsent.at
	WHERE p.page_id IN (
		SELECT g.page_id FROM oncall.page g
		WHERE g.incident_id = cancel_unsent.incident_id
			AND g.sent_at IS NULL AND g.acknowledged_at IS NULL AND g.cancelled_at IS NULL
		FOR NO KEY UPDATE SKIP LOCKED);
END
$$;
COMMENT ON FUNCTION oncall_internal.cancel_unsent(integer, timestamptz) IS
'Gives up the pages of an incident that has ended, but for those that were sent or answered.';

CREATE FUNCTION oncall_internal.begin_response(incident_id integer, person_id integer, at timestamptz,
	approved_by name, role name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM oncall.response r
			WHERE r.person_id = begin_response.person_id AND r.incident_id = begin_response.incident_id
				AND upper_inf(r.period) AND oncall_internal.is_believed(r.recorded)) THEN
		INSERT INTO oncall.response (person_id, incident_id, period, recorded_by, approved_by)
		VALUES (begin_response.person_id, begin_response.incident_id, tstzrange(begin_response.at, NULL),
			begin_response.role, begin_response.approved_by);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.begin_response(integer, integer, timestamptz, name, name) IS
'Somebody begins to work on an incident, unless they do already.';

-- What had not begun by then has not been: it is taken back.
CREATE FUNCTION oncall_internal.end_responses(incident_id integer, at timestamptz, but_of integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE oncall.response r
	SET period = CASE WHEN lower(r.period) < end_responses.at THEN tstzrange(lower(r.period), end_responses.at)
		ELSE r.period END,
		recorded = CASE WHEN lower(r.period) < end_responses.at THEN r.recorded
			ELSE oncall_internal.closed(r.recorded, r.xmin) END
	WHERE r.incident_id = end_responses.incident_id AND upper_inf(r.period) AND oncall_internal.is_believed(r.recorded)
		AND r.person_id IS DISTINCT FROM end_responses.but_of;
END
$$;
COMMENT ON FUNCTION oncall_internal.end_responses(integer, timestamptz, integer) IS
'Whoever still works on an incident, but one person, ends it at an instant; responses that would begin later are withdrawn.';

CREATE FUNCTION oncall_internal.ask_again(incident_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.cancel_waiting(ask_again.incident_id, ask_again.at);
	UPDATE oncall.incident i
	SET acknowledged_at = NULL, asked_at = ask_again.at, waits_since = ask_again.at, step = 0, times = 1
	WHERE i.incident_id = ask_again.incident_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.ask_again(integer, timestamptz) IS
'An incident wants to be answered anew from an instant on: what was answered before does not count.';

-- Has an incident as many answers as its severity wants?
CREATE FUNCTION oncall_internal.settle_answers(incident_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted integer;
	answers integer;
BEGIN
	SELECT greatest(1, least(v.answers, count(DISTINCT p.person_id))), count(DISTINCT p.person_id)
		FILTER (WHERE p.acknowledged_at >= i.asked_at)
	INTO wanted, answers
	FROM oncall.incident i
	JOIN oncall.severity v ON v.name = i.severity
	JOIN oncall.page p ON p.incident_id = i.incident_id
		AND (p.created_at >= i.asked_at OR p.acknowledged_at >= i.asked_at)
	WHERE i.incident_id = settle_answers.incident_id AND i.acknowledged_at IS NULL AND i.resolved_at IS NULL
	GROUP BY v.answers;
	IF answers >= wanted THEN
		UPDATE oncall.incident i SET acknowledged_at = settle_answers.at, waits_since = NULL
		WHERE i.incident_id = settle_answers.incident_id;
		PERFORM oncall_internal.cancel_waiting(settle_answers.incident_id, settle_answers.at);
		IF wanted > 1 THEN
			PERFORM oncall_internal.record_event(settle_answers.incident_id, settle_answers.at, 'answered',
				format('By %s people.', answers));
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.settle_answers(integer, timestamptz) IS
'If as many of those who were called have acknowledged an incident as its severity wants, it is answered, and escalates no more.';

-- What events do --------------------------------------------------------

CREATE FUNCTION oncall_internal.act_acknowledged(own oncall.incident, person_id integer, at timestamptz, role name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	called boolean;
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'acknowledged');
	PERFORM oncall_internal.refuse_null('person', act_acknowledged.person_id IS NULL);
	called := oncall_internal.was_called(own.incident_id, act_acknowledged.person_id, act_acknowledged.at);
	PERFORM oncall_internal.begin_response(own.incident_id, act_acknowledged.person_id, at,
		CASE WHEN called THEN current_user WHEN oncall_internal.is_manager(role) THEN role END, role);
	UPDATE oncall.page p SET acknowledged_at = act_acknowledged.at
	WHERE p.incident_id = own.incident_id AND p.person_id = act_acknowledged.person_id
		AND p.acknowledged_at IS NULL AND p.cancelled_at IS NULL;
	IF NOT EXISTS (SELECT FROM oncall.page p WHERE p.incident_id = own.incident_id
			AND p.person_id = act_acknowledged.person_id AND p.acknowledged_at >= own.asked_at) THEN
		INSERT INTO oncall.page (incident_id, person_id, step, reason, created_at, acknowledged_at)
		VALUES (own.incident_id, act_acknowledged.person_id, own.step, 'volunteer', act_acknowledged.at, act_acknowledged.at);
	END IF;
	PERFORM oncall_internal.settle_answers(own.incident_id, act_acknowledged.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_acknowledged(oncall.incident, integer, timestamptz, name) IS
'Somebody answers: their pages are acknowledged (or one is written for who was not called), their response begins, and escalation stops once enough have answered.';

CREATE FUNCTION oncall_internal.act_resolved(own oncall.incident, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'resolved');
	UPDATE oncall.incident i SET resolved_at = act_resolved.at, resolution = 'resolved', waits_since = NULL
	WHERE i.incident_id = own.incident_id;
	PERFORM oncall_internal.cancel_unsent(own.incident_id, act_resolved.at);
	PERFORM oncall_internal.end_responses(own.incident_id, act_resolved.at);
	PERFORM oncall_internal.end_roles(own.incident_id, act_resolved.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_resolved(oncall.incident, timestamptz) IS
'An incident ends, and with it pages that have not been sent, responses and roles.';

CREATE FUNCTION oncall_internal.act_reopened(own oncall.incident, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other integer;
BEGIN
	IF own.resolved_at IS NULL THEN
		RAISE EXCEPTION 'incident % cannot be reopened: it is open', own.incident_id USING ERRCODE = '55000';
	ELSIF own.resolution <> 'resolved' THEN
		PERFORM oncall_internal.refuse_ended(own, 'reopened');
	END IF;
	SELECT i.incident_id INTO other
	FROM oncall.incident i
	WHERE i.dedup_key = own.dedup_key AND i.resolved_at IS NULL
		AND coalesce(i.service_id, 0) = coalesce(own.service_id, 0)
			AND coalesce(i.service_name, '') = coalesce(own.service_name, '');
	IF other IS NOT NULL THEN
		RAISE EXCEPTION 'incident % cannot be reopened: incident % is open with the same key', own.incident_id, other
			USING ERRCODE = '55000', HINT = 'Go on with that one.';
	END IF;
	UPDATE oncall.incident i SET resolved_at = NULL, resolution = NULL WHERE i.incident_id = own.incident_id;
	-- what somebody had in hand when it ended is of no use any more
	PERFORM oncall_internal.cancel_unsent(own.incident_id, act_reopened.at);
	PERFORM oncall_internal.ask_again(own.incident_id, act_reopened.at);
	IF (SELECT v.pages FROM oncall.severity v WHERE v.name = own.severity) THEN
		PERFORM oncall_internal.page_step(own.incident_id, 0::smallint, 'reopened', act_reopened.at);
	ELSE
		UPDATE oncall.incident i SET waits_since = NULL WHERE i.incident_id = own.incident_id;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.act_reopened(oncall.incident, timestamptz) IS
'An incident that was resolved is open again, and whoever is on call now is called.';

CREATE FUNCTION oncall_internal.act_reassigned(own oncall.incident, to_person integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	person record;
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'reassigned');
	PERFORM oncall_internal.refuse_null('person', to_person IS NULL);
	SELECT p.name, p.active @> act_reassigned.at AS active INTO person FROM oncall.person p
		WHERE p.person_id = to_person;
	IF NOT person.active THEN
		RAISE EXCEPTION 'incident % cannot be reassigned to "%", who is not with the company', own.incident_id, person.name
			USING ERRCODE = '22023';
	END IF;
	PERFORM oncall_internal.cancel_waiting(own.incident_id, act_reassigned.at);
	PERFORM oncall_internal.end_responses(own.incident_id, act_reassigned.at, to_person);
	UPDATE oncall.incident i
	SET acknowledged_at = NULL, asked_at = act_reassigned.at,
		waits_since = CASE WHEN own.service_id IS NOT NULL
			AND (SELECT v.pages FROM oncall.severity v WHERE v.name = own.severity) THEN act_reassigned.at END
	WHERE i.incident_id = own.incident_id;
	-- after the manager comes the manager again
	UPDATE oncall.incident i
	SET step = i.step - 1, times = coalesce(
		(SELECT e.repeat FROM oncall.escalation_step e WHERE e.service_id = own.service_id AND e.step = i.step - 1), 1)
	WHERE i.incident_id = own.incident_id AND i.step > 0 AND i.step >= oncall_internal.manager_step(own.service_id);
	INSERT INTO oncall.page (incident_id, person_id, step, reason, created_at)
	VALUES (own.incident_id, to_person, own.step, 'reassigned', act_reassigned.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_reassigned(oncall.incident, integer, timestamptz) IS
'An incident goes to another person, who is called at any hour; whoever worked on it is relieved, and escalation goes on after the step where it was until they answer.';

CREATE FUNCTION oncall_internal.act_escalated(own oncall.incident, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	past_end CONSTANT boolean := own.step >= oncall_internal.manager_step(own.service_id);
	-- nobody has been called by its step yet: it does not call, or it waits
	begins CONSTANT boolean := NOT EXISTS (SELECT FROM oncall.page p
		WHERE p.incident_id = own.incident_id AND p.step = own.step AND p.person_id IS NOT NULL
			AND p.created_at >= own.asked_at)
		AND (own.step = 0 AND own.waits_since IS NULL OR EXISTS (SELECT FROM oncall.page p
			WHERE p.incident_id = own.incident_id AND p.step = own.step AND p.due_at IS NOT NULL
				AND p.person_id IS NULL AND p.cancelled_at IS NULL));
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'escalated');
	IF own.service_id IS NULL THEN
		RAISE EXCEPTION 'incident % cannot be escalated: it has no service', own.incident_id
			USING ERRCODE = '55000', HINT = 'Use reassign() to call somebody by name.';
	END IF;
	IF begins THEN
		PERFORM oncall_internal.cancel_waiting(own.incident_id, act_escalated.at);
	ELSIF past_end THEN
		PERFORM oncall_internal.record_event(own.incident_id, act_escalated.at, 'missed',
			'There is no further step: the manager of the team is called again.');
		RAISE NOTICE 'incident % has no further step: the manager of the team is called again', own.incident_id;
	END IF;
	IF oncall_internal.page_step(own.incident_id,
			CASE WHEN begins OR past_end THEN own.step ELSE oncall_internal.step_after(own.service_id, own.step) END,
			'by_hand', act_escalated.at, true) = 0 THEN
		RAISE NOTICE 'nobody could be called about incident %', own.incident_id
			USING HINT = 'Use reassign() to call somebody by name.';
	END IF;
	-- whoever answered is there: they ask for help now, or not at all
	IF own.acknowledged_at IS NOT NULL THEN
		UPDATE oncall.incident i SET waits_since = NULL WHERE i.incident_id = own.incident_id;
		PERFORM oncall_internal.cancel_waiting(own.incident_id, act_escalated.at);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.act_escalated(oncall.incident, timestamptz) IS
'The next step is called at once, whatever its wait and hours, or that whose pages wait; after the last one its team''s manager again. An incident that was answered stays so.';

CREATE FUNCTION oncall_internal.act_severity(own oncall.incident, severity text, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	former record;
	new record;
	answers integer;
	waiting boolean;
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'given another severity');
	PERFORM oncall_internal.refuse_null('severity', act_severity.severity IS NULL);
	SELECT v.* INTO former FROM oncall.severity v WHERE v.name = own.severity;
	SELECT v.* INTO new FROM oncall.severity v WHERE v.name = oncall_internal.severity_named(act_severity.severity);
	UPDATE oncall.incident i SET severity = new.name WHERE i.incident_id = own.incident_id;
	IF own.service_id IS NULL THEN
		PERFORM oncall_internal.settle_answers(own.incident_id, act_severity.at);
		RETURN;					-- nobody can be called
	ELSIF NOT new.pages THEN
		PERFORM oncall_internal.cancel_waiting(own.incident_id, act_severity.at);
		UPDATE oncall.incident i SET waits_since = NULL WHERE i.incident_id = own.incident_id;
		PERFORM oncall_internal.settle_answers(own.incident_id, act_severity.at);
		RETURN;
	END IF;
	-- it may want fewer answers
	PERFORM oncall_internal.settle_answers(own.incident_id, act_severity.at);
	SELECT i.acknowledged_at, i.waits_since INTO own.acknowledged_at, own.waits_since
	FROM oncall.incident i WHERE i.incident_id = own.incident_id;
	SELECT count(DISTINCT p.person_id) INTO answers
	FROM oncall.page p WHERE p.incident_id = own.incident_id AND p.acknowledged_at >= own.asked_at;
	waiting := EXISTS (SELECT FROM oncall.page p
		WHERE p.incident_id = own.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL AND p.step = own.step);
	IF own.acknowledged_at IS NOT NULL AND new.answers <= greatest(answers, former.answers) THEN
		RETURN;					-- enough people are there
	ELSIF own.waits_since IS NULL OR new.rank < former.rank AND (waiting OR new.answers > former.answers) THEN
		PERFORM oncall_internal.cancel_waiting(own.incident_id, act_severity.at);
		UPDATE oncall.incident i SET acknowledged_at = NULL, waits_since = act_severity.at
			WHERE i.incident_id = own.incident_id;
		PERFORM oncall_internal.page_step(own.incident_id, own.step, 'raised', act_severity.at);
	END IF;
	-- of whom only pages that wait could call no answer is wanted yet
	PERFORM oncall_internal.settle_answers(own.incident_id, act_severity.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.act_severity(oncall.incident, text, timestamptz) IS
'An incident gets another severity. If that is worse and does not let pages wait, or wants more answers, its step is called anew, but for who has answered; a severity that does not page stops escalation.';

CREATE FUNCTION oncall_internal.end_roles(incident_id integer, at timestamptz, role text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM oncall.incident_role r
	WHERE r.incident_id = end_roles.incident_id AND upper_inf(r.period) AND lower(r.period) >= end_roles.at
		AND (end_roles.role IS NULL OR r.role = end_roles.role);
	UPDATE oncall.incident_role r SET period = tstzrange(lower(r.period), end_roles.at)
	WHERE r.incident_id = end_roles.incident_id AND upper_inf(r.period)
		AND (end_roles.role IS NULL OR r.role = end_roles.role);
END
$$;
COMMENT ON FUNCTION oncall_internal.end_roles(integer, timestamptz, text) IS
'Who has a role (NULL: any) in an incident has it until an instant.';

CREATE FUNCTION oncall_internal.act_role(own oncall.incident, role text, to_person integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_ended(own, 'given roles');
	PERFORM oncall_internal.refuse_null('role', role IS NULL);
	IF btrim(role) = '' THEN
		RAISE EXCEPTION 'role must not be blank'
			USING ERRCODE = '22023', HINT = 'Write commander, communications, scribe, or what you call it.';
	END IF;
	IF role = 'commander' OR to_person IS NULL THEN
		PERFORM oncall_internal.end_roles(own.incident_id, act_role.at, role);
	END IF;
	IF to_person IS NOT NULL AND NOT EXISTS (SELECT FROM oncall.incident_role r
			WHERE r.incident_id = own.incident_id AND r.role = act_role.role AND r.person_id = to_person
				AND upper_inf(r.period)) THEN
		INSERT INTO oncall.incident_role (incident_id, role, person_id, period)
		VALUES (own.incident_id, act_role.role, to_person, tstzrange(act_role.at, NULL));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.act_role(oncall.incident, text, integer, timestamptz) IS
'Somebody gets a role in an incident; a commander takes over from the one before. NULL for the person: the role ends.';

CREATE FUNCTION oncall_internal.act(incident_event_id bigint, role name) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	done oncall.incident_event;
	own oncall.incident;
BEGIN
	UPDATE oncall.incident_event e SET recorded_at = clock_timestamp()
	WHERE e.incident_event_id = act.incident_event_id
	RETURNING e.* INTO done;
	IF done.kind IN ('merged', 'unmerged') THEN
		PERFORM oncall_internal.lock_merges();
	END IF;
	own := oncall_internal.lock_incident(done.incident_id);
	IF done.at = now() THEN
		-- others whose transactions began later have done something meanwhile, or
		-- even opened it: what comes now comes after that
		SELECT greatest(done.at, own.opened_at, max(e.at)) INTO done.at
		FROM oncall.incident_event e WHERE e.incident_id = own.incident_id AND e.at <= clock_timestamp();
		UPDATE oncall.incident_event e SET at = done.at
		WHERE e.incident_event_id = act.incident_event_id AND e.at <> done.at;
	ELSIF done.at < own.opened_at THEN
		RAISE EXCEPTION 'incident % was not open yet at %', own.incident_id, oncall_internal.session_time(done.at)
			USING ERRCODE = '22023',
				DETAIL = format('It was opened at %s.', oncall_internal.session_time(own.opened_at));
	END IF;
	CASE done.kind
		WHEN 'acknowledged' THEN PERFORM oncall_internal.act_acknowledged(own, done.person_id, done.at, role);
		WHEN 'resolved' THEN PERFORM oncall_internal.act_resolved(own, done.at);
		WHEN 'reopened' THEN PERFORM oncall_internal.act_reopened(own, done.at);
		WHEN 'reassigned' THEN PERFORM oncall_internal.act_reassigned(own, done.other_person_id, done.at);
		WHEN 'escalated' THEN PERFORM oncall_internal.act_escalated(own, done.at);
		WHEN 'severity' THEN PERFORM oncall_internal.act_severity(own, done.detail, done.at);
		WHEN 'role' THEN PERFORM oncall_internal.act_role(own, done.detail, done.other_person_id, done.at);
		WHEN 'merged' THEN PERFORM oncall_internal.act_merged(own, done.other_incident_id, done.at);
		WHEN 'unmerged' THEN PERFORM oncall_internal.act_unmerged(own, done.at);
		WHEN 'alert' THEN
			IF own.resolution = 'resolved' AND done.at <= oncall_internal.reopens_until(own.service_id, own.resolved_at,
				own.resolution) THEN
				PERFORM oncall_internal.act_reopened(own, done.at);
			END IF;
		ELSE NULL;				-- a note
	END CASE;
END
$$;
COMMENT ON FUNCTION oncall_internal.act(bigint, name) IS
'Does what an event says that a person, connected as a role, has just written. Errors: 42704 (no such incident), 55000 (it has ended), 22023 (a time before its opening), 22004.';

CREATE FUNCTION oncall_internal.page_answered(incident_id integer, person_id integer, at timestamptz, role name)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- acknowledge() has written the event, and then the page; somebody who has
	-- several pages acknowledges once
	IF NOT EXISTS (SELECT FROM oncall.incident_event e
			WHERE e.incident_id = page_answered.incident_id AND e.kind = 'acknowledged'
				AND e.person_id = page_answered.person_id AND (e.at = page_answered.at OR e.at >= now())) THEN
		INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, recorded_at)
		VALUES (page_answered.incident_id, page_answered.at, 'acknowledged', page_answered.person_id, clock_timestamp());
		PERFORM oncall_internal.act_acknowledged(
			oncall_internal.lock_incident(page_answered.incident_id), page_answered.person_id, page_answered.at, role);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.page_answered(integer, integer, timestamptz, name) IS
'What an UPDATE of page.acknowledged_at does: the person acknowledges the incident.';
CREATE TRIGGER page_answer AFTER UPDATE OF acknowledged_at ON oncall.page
	FOR EACH ROW WHEN (OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL)
	EXECUTE FUNCTION oncall_internal.page_answer();

-- Who may write what ----------------------------------------------------

CREATE FUNCTION oncall_internal.event_own() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NEW.kind NOT IN ('alert', 'acknowledged', 'resolved', 'reopened', 'reassigned', 'escalated', 'severity', 'merged',
			'unmerged', 'role', 'note') THEN
		RAISE EXCEPTION 'an event "%" is none that people write', NEW.kind
			USING ERRCODE = '22023',
				HINT = 'Write acknowledged, resolved, reopened, reassigned, escalated, severity, merged, unmerged, role, alert or note.';
	END IF;
	NEW.person_id := coalesce(NEW.person_id, oncall_internal.own_person());
	IF NEW.at > clock_timestamp() AND NEW.kind <> 'alert' THEN
		RAISE EXCEPTION 'what is done to incident % lies in the future', NEW.incident_id
			USING ERRCODE = '22023', DETAIL = format('It would be %s at %s.', NEW.kind, oncall_internal.session_time(NEW.at));
	END IF;
	IF NOT oncall_internal.is_manager(current_user) THEN
		PERFORM oncall_internal.refuse_others(NEW.person_id, 'events');
		IF NEW.kind = 'alert' THEN
			-- they may say when an incident was opened, not when people are called
			NEW.at := now();
		ELSIF NEW.at <> now() THEN
			RAISE EXCEPTION 'role "%" may not say when incident % was %', current_user, NEW.incident_id, NEW.kind
				USING ERRCODE = '42501', HINT = 'Leave the time out: it is now; managers put it right.';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.event_own() IS
'Trigger of oncall.incident_event: people write what they do, in their own name and now; managers for others, and when it was (42501). Nothing lies in the future (22023), and what oncall writes nobody else does.';
CREATE TRIGGER event_own BEFORE INSERT ON oncall.incident_event
	FOR EACH ROW WHEN (NEW.recorded_at IS NULL) EXECUTE FUNCTION oncall_internal.event_own();
CREATE TRIGGER incident_act AFTER INSERT ON oncall.incident_event
	FOR EACH ROW WHEN (NEW.recorded_at IS NULL) EXECUTE FUNCTION oncall_internal.incident_act();

CREATE FUNCTION oncall_internal.page_own() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT oncall_internal.is_manager(current_user) THEN
		PERFORM oncall_internal.refuse_others(OLD.person_id, 'pages');
		IF OLD.person_id IS NULL OR OLD.acknowledged_at IS NOT NULL OR NEW.acknowledged_at IS NULL THEN
			RAISE EXCEPTION 'page % cannot be acknowledged', OLD.page_id
				USING ERRCODE = '55000', DETAIL = CASE
					WHEN OLD.person_id IS NULL THEN 'It calls nobody yet.'
					WHEN OLD.acknowledged_at IS NOT NULL THEN 'It is acknowledged.'
					ELSE 'A page is acknowledged once, by the time.' END;
		END IF;
		NEW.acknowledged_at := clock_timestamp();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.page_own() IS
'Trigger of oncall.page: people acknowledge pages of theirs, once (42501, 55000), and when that was says the clock.';
CREATE TRIGGER page_own BEFORE UPDATE OF acknowledged_at ON oncall.page
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.page_own();
CREATE TRIGGER notify_page AFTER INSERT OR UPDATE OF person_id ON oncall.page
	FOR EACH ROW WHEN (NEW.person_id IS NOT NULL AND NEW.sent_at IS NULL AND NEW.acknowledged_at IS NULL
		AND NEW.cancelled_at IS NULL)
	EXECUTE FUNCTION oncall_internal.notify_page();

-- What people call ------------------------------------------------------

CREATE FUNCTION oncall_internal.do_event(incident_id integer, kind text, person oncall.ref, at timestamptz,
	detail text DEFAULT NULL, other_person_id integer DEFAULT NULL, other_incident_id integer DEFAULT NULL)
		RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted integer;
	before bigint;
	written bigint;
BEGIN
	PERFORM oncall_internal.refuse_null('incident', do_event.incident_id IS NULL);
	PERFORM oncall_internal.refuse_null('at', do_event.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', do_event.at);
	FOREACH wanted IN ARRAY ARRAY[do_event.incident_id, do_event.other_incident_id] LOOP
		IF wanted IS NOT NULL AND NOT EXISTS (SELECT FROM oncall.incident i WHERE i.incident_id = wanted) THEN
			RAISE EXCEPTION 'incident % does not exist', wanted
				USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.incident lists those that do.';
		END IF;
	END LOOP;
	SELECT coalesce(max(p.page_id), 0) INTO before FROM oncall.page p WHERE p.incident_id = do_event.incident_id;
	INSERT INTO oncall.incident_event AS e (incident_id, kind, person_id, at, detail,
		other_person_id, other_incident_id)
	VALUES (do_event.incident_id, do_event.kind, oncall_internal.person_named(person), do_event.at, do_event.detail,
		do_event.other_person_id, do_event.other_incident_id)
	RETURNING e.incident_event_id INTO written;
	-- at the time at which the act has put it, which may be that of an act of
	-- somebody else for whom it had to wait
	RETURN (SELECT count(DISTINCT p.person_id)
		FROM oncall.incident_event e
		JOIN oncall.page p ON p.incident_id = e.incident_id AND p.page_id > before AND p.created_at = e.at
			AND oncall_internal.written_now(p.xmin)
		WHERE e.incident_event_id = written);
END
$$;
COMMENT ON FUNCTION oncall_internal.do_event(integer, text, oncall.ref, timestamptz, text, integer, integer) IS
'Writes the event of what somebody does to an incident; returns how many people that called. Errors: 22004, 22023, 42704, and those of what the event does.';

CREATE FUNCTION oncall.acknowledge(incident integer, person oncall.ref DEFAULT NULL, at timestamptz DEFAULT now())
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.do_event(incident, 'acknowledged',
		oncall_internal.person_or_caller(person)::oncall.ref, acknowledge.at);
	RETURN (SELECT i.acknowledged_at IS NOT NULL FROM oncall.incident i WHERE i.incident_id = incident);
END
$$;
COMMENT ON FUNCTION oncall.acknowledge(integer, oncall.ref, timestamptz) IS
'Somebody (NULL: the caller) answers an incident, called or not: their response begins; true once as many have answered as its severity wants. Managers answer for others, and say when. Errors: 55000 (it has ended), 42704, 42501, 22004, 22023 (before its opening, or future).';

CREATE FUNCTION oncall.resolve(incident integer, note text DEFAULT NULL, person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.do_event(incident, 'resolved', person, resolve.at, note);
END
$$;
COMMENT ON FUNCTION oncall.resolve(integer, text, oncall.ref, timestamptz) IS
'An incident is over: responses and roles end, pages that were not sent are given up. An alert with its key opens it again for reopen_within of its service. Errors: 55000 (it has ended), 42704, 42501, 22023 (before its opening, or future).';

CREATE FUNCTION oncall.reopen(incident integer, note text DEFAULT NULL, person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.do_event(incident, 'reopened', person, reopen.at, note);
END
$$;
COMMENT ON FUNCTION oncall.reopen(integer, text, oncall.ref, timestamptz) IS
'An incident that was resolved was not over: whoever is on call now is called; returns how many people. Errors: 55000 (it is open, merged or stale, or another is open with its key), 42704, 42501, 22023.';

CREATE FUNCTION oncall.reassign(incident integer, to_person oncall.ref, note text DEFAULT NULL,
	person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('to_person', to_person IS NULL);
	RETURN oncall_internal.do_event(incident, 'reassigned', person, reassign.at, note, oncall_internal.person_named(to_person));
END
$$;
COMMENT ON FUNCTION oncall.reassign(integer, oncall.ref, text, oncall.ref, timestamptz) IS
'Calls a person by name about an incident, at any hour, and relieves whoever worked on it; until they answer it goes on escalating. Returns how many people were called. Errors: 55000 (it has ended), 22023 (who has left), 42704, 42501, 22004.';

CREATE FUNCTION oncall.escalate(incident integer, note text DEFAULT NULL, person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.do_event(incident, 'escalated', person, escalate.at, note);
END
$$;
COMMENT ON FUNCTION oncall.escalate(integer, text, oncall.ref, timestamptz) IS
'Calls the next step at once, at any hour; after the last one the team''s manager again. Anybody may, whether it was answered or not. Returns how many people were called. Errors: 55000 (it has ended, or has no service), 42704, 42501.';

CREATE FUNCTION oncall.set_severity(incident integer, severity text, person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now())
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('severity', severity IS NULL);
	RETURN oncall_internal.do_event(incident, 'severity', person, set_severity.at, oncall_internal.severity_named(severity));
END
$$;
COMMENT ON FUNCTION oncall.set_severity(integer, text, oncall.ref, timestamptz) IS
'Gives an incident another severity; if that calls people whom the former did not, they are called. Returns how many people. Errors: 55000 (it has ended), 42704 (no such severity, with those there are), 42501, 22004.';

CREATE FUNCTION oncall.assign_role(incident integer, role text, to_person oncall.ref DEFAULT NULL,
	person oncall.ref DEFAULT NULL,
	at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('role', role IS NULL);
	PERFORM oncall_internal.do_event(incident, 'role', person, assign_role.at, role,
		oncall_internal.person_or_caller(to_person, 'to_person'));
END
$$;
COMMENT ON FUNCTION oncall.assign_role(integer, text, oncall.ref, oncall.ref, timestamptz) IS
'Somebody (NULL: the caller) takes a role in an incident; a commander takes over from the one before, any other role may be several people''s. Errors: 55000 (it has ended), 42704, 42501, 22004.';
