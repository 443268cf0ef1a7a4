
-- Escalation as PagerDuty and Opsgenie have it, as the steps of a service, for
-- add_service() and add_step(). Like the readers of schedules these read no
-- table. Step 0 is whom the service itself calls; a row without a step is a note
-- of what cannot be said.

CREATE FUNCTION oncall_internal.escalation_steps(rules jsonb, times integer, pause interval)
RETURNS TABLE (step integer, wait interval, rotation text, seat integer, person text, holder text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	rule jsonb;
	target jsonb;
	number integer := 0;
	-- since the last who was called
	pending interval := '0';
BEGIN
	FOR round IN 1 .. escalation_steps.times LOOP
		IF round > 1 THEN
			pending := pending + escalation_steps.pause;
		END IF;
		FOR rule IN SELECT r.value FROM jsonb_array_elements(escalation_steps.rules) WITH ORDINALITY r(value, place)
			ORDER BY r.place
		LOOP
			pending := pending + make_interval(secs => (rule ->> 'wait')::double precision);
			FOR target IN SELECT t.value FROM jsonb_array_elements(rule -> 'targets') WITH ORDINALITY t(value, place)
				ORDER BY t.place
			LOOP
				rotation := target ->> 'rotation';
				seat := (target ->> 'seat')::integer;
				person := target ->> 'person';
				holder := coalesce(target ->> 'holder', 'now');
				-- whom an incident calls when it opens, its service names itself
				IF number > 0 OR pending > '0' OR rotation IS NULL OR holder <> 'now' THEN
					number := number + 1;
				END IF;
				step := number;
				wait := pending;
				pending := '0';
				RETURN NEXT;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.escalation_steps(jsonb, integer, interval) IS
'The steps of rules ({"wait": seconds after the rule before, "targets": [{"rotation", "seat", "person", "holder"}]}), which are gone through so many times, pause apart. What is called when an incident opens is step 0.';

CREATE FUNCTION oncall_internal.pagerduty_target(target jsonb, users jsonb, place text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := replace(oncall_internal.json_text(target, 'type', place, true), '_reference', '');
	own CONSTANT jsonb := coalesce((SELECT u.value FROM jsonb_array_elements(users) u
		WHERE u.value -> 'id' = target -> 'id' LIMIT 1), '{}') || target;
	name CONSTANT text := coalesce(CASE type WHEN 'user' THEN oncall_internal.json_text(own, 'email', place) END,
		oncall_internal.json_text(own, 'name', place), oncall_internal.json_text(own, 'summary', place, true));
BEGIN
	RETURN CASE
		WHEN type LIKE 'schedule%' THEN jsonb_build_object('rotation', name, 'seat', 1)
		WHEN type = 'user' THEN jsonb_build_object('person', name)
		ELSE jsonb_build_object('note', format('target: %s calls "%s", which is neither a person nor a schedule (%s): add a step by hand',
			place, name, type)) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_target(jsonb, jsonb, text) IS
'Whom a target of an escalation rule of PagerDuty calls, as escalation_steps() takes it, or a note that this cannot be said. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_rules(policy jsonb, users jsonb, place text, OUT rules jsonb,
	OUT pause interval,
	OUT notes text[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	own text;
	targets jsonb;
	delay bigint := 0;
BEGIN
	rules := '[]';
	notes := '{}';
	FOR part IN
		SELECT r.value AS rule, r.number
		FROM jsonb_array_elements(oncall_internal.json_list(policy, 'escalation_rules', place)) WITH ORDINALITY r(value, number)
		ORDER BY r.number
	LOOP
		own := format('rule %s of %s', part.number, place);
		SELECT coalesce(jsonb_agg(oncall_internal.pagerduty_target(t.value, users, own) ORDER BY t.number),
			'[]') INTO targets
		FROM jsonb_array_elements(oncall_internal.json_list(part.rule, 'targets', own)) WITH ORDINALITY t(value, number);
		notes := notes || ARRAY(SELECT t.value ->> 'note' FROM jsonb_array_elements(targets) t WHERE t.value ? 'note');
		IF part.rule #>> '{escalation_rule_assignment_strategy,type}' = 'round_robin' THEN
			notes := notes || format('round robin: %s calls its targets in turn, which cannot be said of several steps: '
				|| 'all of them are called; or make a rotation of them, whose steps can be in_turn', own);
		END IF;
		-- how long a rule has is how long the next one waits
		rules := rules || jsonb_build_object('wait', delay * 60,
			'targets', jsonb_path_query_array(targets, '$[*] ? (!exists(@.note))'));
		delay := oncall_internal.json_integer(part.rule, 'escalation_delay_in_minutes', own, true);
		IF delay NOT BETWEEN 0 AND 10080 THEN
			PERFORM oncall_internal.refuse_json(part.rule, 'escalation_delay_in_minutes', own, 'minutes, up to a week');
		END IF;
	END LOOP;
	pause := make_interval(mins => delay::integer);
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_rules(jsonb, jsonb, text) IS
'The rules of an escalation policy of PagerDuty, as escalation_steps() takes them, how long the last one has, and notes of what cannot be said. Errors: 22023.';

CREATE FUNCTION oncall.read_pagerduty_escalation(doc jsonb)
RETURNS TABLE (policy text, step integer, wait interval, rotation text, seat integer, person text, holder text,
	note text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	users jsonb := '[]';
	own jsonb;
	place text;
	loops bigint;
	read record;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	IF jsonb_typeof(doc) = 'object' THEN
		users := oncall_internal.json_list(doc, 'users', 'the document');
	END IF;
	FOR own IN SELECT d FROM oncall_internal.json_documents(doc, 'escalation_policies', 'escalation_policy') d LOOP
		policy := coalesce(oncall_internal.json_text(own, 'name', 'a policy'), oncall_internal.json_text(own, 'summary', 'a policy', true));
		place := format('policy "%s"', policy);
		IF NOT own ? 'escalation_rules' THEN
			PERFORM oncall_internal.refuse_json(own, 'escalation_rules', place, 'a list',
				'Hand over the answer of GET /escalation_policies as it was sent.');
		END IF;
		loops := coalesce(oncall_internal.json_integer(own, 'num_loops', place), 0);
		IF loops NOT BETWEEN 0 AND 100 THEN
			PERFORM oncall_internal.refuse_json(own, 'num_loops', place, 'from 0 to 100');
		END IF;
		SELECT r.* INTO read FROM oncall_internal.pagerduty_rules(own, users, place) r;
		RETURN QUERY SELECT policy, s.step, s.wait, s.rotation, s.seat, s.person, s.holder, NULL::text
			FROM oncall_internal.escalation_steps(read.rules, loops::integer + 1, read.pause) s;
		RETURN QUERY SELECT policy, NULL::integer, NULL::interval, NULL::text, NULL::integer, NULL::text, NULL::text,
			n.note
			FROM unnest(read.notes) WITH ORDINALITY n(note, number) ORDER BY n.number;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_pagerduty_escalation(jsonb) IS
'The steps of escalation policies of PagerDuty, for add_step(), repetitions written out; step 0 is whom a service calls at once, for add_service(). Rows without a step are notes of what cannot be said. Errors: 22023 (a document of another kind, or a part of it).';

CREATE FUNCTION oncall_internal.opsgenie_delay(rule jsonb, place text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- an object of Opsgenie; in Jira Service Management minutes
	own CONSTANT jsonb := CASE jsonb_typeof(rule -> 'delay')
		WHEN 'number' THEN jsonb_build_object('timeAmount', rule -> 'delay')
		ELSE coalesce(oncall_internal.json_object(rule, 'delay', place), '{"timeAmount": 0}') END;
	amount CONSTANT bigint := oncall_internal.json_integer(own, 'timeAmount', 'the delay of ' || place, true);
	unit CONSTANT text := coalesce(oncall_internal.json_text(own, 'timeUnit', 'the delay of ' || place), 'minutes');
	seconds CONSTANT bigint := amount * CASE unit WHEN 'seconds' THEN 1 WHEN 'minutes' THEN 60 WHEN 'hours' THEN 3600
		WHEN 'days' THEN 86400 END;
BEGIN
	IF amount NOT BETWEEN 0 AND 1000000 OR seconds IS NULL OR seconds > 31536000 THEN
		PERFORM oncall_internal.refuse_json(rule, 'delay', place, 'a time of up to a year in minutes, hours or days');
	END IF;
	RETURN seconds;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_delay(jsonb, text) IS
'How many seconds after an alert a rule of Opsgenie calls. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_target(rule jsonb, place text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT jsonb := oncall_internal.json_object(rule, 'recipient', place, true);
	type CONSTANT text := oncall_internal.json_text(own, 'type', 'the recipient of ' || place, true);
	name CONSTANT text := coalesce(oncall_internal.json_text(own, 'username', place), oncall_internal.json_text(own, 'name', place),
		oncall_internal.json_text(own, 'id', place, true));
	told CONSTANT text := coalesce(oncall_internal.json_text(rule, 'notifyType', place), 'default');
BEGIN
	RETURN CASE
		WHEN type = 'schedule' AND told IN ('default', 'all') THEN jsonb_build_object('rotation', name)
		WHEN type = 'schedule' AND told = 'next' THEN jsonb_build_object('rotation', name, 'holder', 'next')
		WHEN type = 'user' THEN jsonb_build_object('person', name)
		ELSE jsonb_build_object('note', format('target: %s calls %s "%s" (%s), which cannot be said: add a step by hand',
			place, type, name, told)) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_target(jsonb, text) IS
'Whom a rule of Opsgenie calls, as escalation_steps() takes it, or a note that this cannot be said. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_rules(escalation jsonb, place text, OUT rules jsonb, OUT notes text[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	target jsonb;
	before bigint := 0;
BEGIN
	rules := '[]';
	notes := '{}';
	FOR part IN
		SELECT r.value AS rule, r.number, oncall_internal.opsgenie_delay(r.value, format('rule %s of %s', r.number, place)) AS delay
		FROM jsonb_array_elements(oncall_internal.json_list(escalation, 'rules', place)) WITH ORDINALITY r(value, number)
		ORDER BY delay, r.number
	LOOP
		target := oncall_internal.opsgenie_target(part.rule, format('rule %s of %s', part.number, place));
		IF target ? 'note' THEN
			notes := notes || (target ->> 'note');
		END IF;
		IF part.rule ->> 'condition' = 'if-not-closed' THEN
			notes := notes || format('condition: rule %s of %s calls until the alert is closed; steps stop when somebody acknowledges',
				part.number, place);
		END IF;
		-- delays count from the alert, waits from the step before
		rules := rules || jsonb_build_object('wait', part.delay - before,
			'targets', CASE WHEN target ? 'note' THEN '[]' ELSE jsonb_build_array(target) END);
		before := part.delay;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_rules(jsonb, text) IS
'The rules of an escalation of Opsgenie, as escalation_steps() takes them, and notes of what cannot be said. Errors: 22023.';

CREATE FUNCTION oncall.read_opsgenie_escalation(doc jsonb)
RETURNS TABLE (policy text, step integer, wait interval, rotation text, seat integer, person text, holder text,
	note text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own jsonb;
	place text;
	again jsonb;
	times bigint;
	pause bigint;
	read record;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	FOR own IN SELECT d FROM oncall_internal.json_documents(doc, 'data', 'values', 'escalations', 'escalation') d LOOP
		policy := oncall_internal.json_text(own, 'name', 'an escalation', true);
		place := format('escalation "%s"', policy);
		IF NOT own ? 'rules' THEN
			PERFORM oncall_internal.refuse_json(own, 'rules', place, 'a list', 'Hand over the answer of GET /v2/escalations as it was sent.');
		END IF;
		again := coalesce(oncall_internal.json_object(own, 'repeat', place), '{}');
		times := coalesce(oncall_internal.json_integer(again, 'count', 'the repeat of ' || place), 0);
		pause := coalesce(oncall_internal.json_integer(again, 'waitInterval', 'the repeat of ' || place), 0);
		IF times NOT BETWEEN 0 AND 100 OR pause NOT BETWEEN 0 AND 10080 THEN
			PERFORM oncall_internal.refuse_json(own, 'repeat', place, 'a count of up to 100 and a wait of up to a week');
		END IF;
		SELECT r.* INTO read FROM oncall_internal.opsgenie_rules(own, place) r;
		RETURN QUERY SELECT policy, s.step, s.wait, s.rotation, s.seat, s.person, s.holder, NULL::text
			FROM oncall_internal.escalation_steps(read.rules, times::integer + 1,
				make_interval(mins => pause::integer)) s;
		RETURN QUERY SELECT policy, NULL::integer, NULL::interval, NULL::text, NULL::integer, NULL::text, NULL::text,
			n.note
			FROM unnest(read.notes || CASE WHEN oncall_internal.json_boolean(again, 'closeAlertAfterAll', 'the repeat of ' || place)
				THEN ARRAY[format('closing: %s closes the alert when all have been called; nothing closes an incident but people, '
					|| 'and alerts that resolve it', place)] ELSE '{}' END) WITH ORDINALITY n(note, number)
			ORDER BY n.number;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_opsgenie_escalation(jsonb) IS
'The steps of escalations of Opsgenie or Jira Service Management, for add_step(), repetitions written out; step 0 is whom a service calls at once, for add_service(). Rows without a step are notes of what cannot be said. Errors: 22023 (a document of another kind).';
