-- Escalation: what time does to open incidents. A timer calls
-- run_escalations(), at least once a minute; two at once do no harm.

CREATE FUNCTION oncall_internal.release_page(waiting oncall.page, at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	own record;
	place record;
	due timestamptz;
BEGIN
	SELECT i.service_id, v.answers > 1 AS both_seats, e.when_empty, e.seat, coalesce(e.strategy = 'in_turn', false) AS in_turn
	INTO own
	FROM oncall.incident i
	JOIN oncall.severity v ON v.name = i.severity
	LEFT JOIN oncall.escalation_step e ON e.service_id = i.service_id AND e.step = waiting.step
	WHERE i.incident_id = waiting.incident_id;
	SELECT p.* INTO place
	FROM oncall_internal.places(own.service_id, waiting.step, own.both_seats, release_page.at) p
	WHERE p.rotation_id IS NOT DISTINCT FROM waiting.rotation_id
		AND (p.seat IS NOT DISTINCT FROM waiting.seat OR own.in_turn)
	ORDER BY p.person_id IS NULL, CASE WHEN own.in_turn THEN
		oncall_internal.last_called(own.service_id, waiting.step, p.rotation_id, p.person_id) END, p.place
	LIMIT 1;
	due := oncall_internal.place_may_page_at(waiting.incident_id, waiting.rotation_id, place.person_id,
		release_page.at);
	IF due > release_page.at THEN
		-- escalation waits for it still
		UPDATE oncall.incident i SET waits_since = due
		WHERE i.incident_id = waiting.incident_id AND i.step = waiting.step AND i.waits_since = waiting.due_at;
		-- for who is held until somebody comes on, these hours are the second wait
		UPDATE oncall.page p SET due_at = due
		WHERE p.page_id = waiting.page_id AND p.due_at IS DISTINCT FROM due
			AND (p.due_at IS NOT NULL OR place.person_id IS NOT NULL);
		RETURN 0;
	ELSIF place.person_id IS NULL AND (waiting.due_at IS NULL OR own.when_empty = 'hold'
		AND waiting.rotation_id IS NOT NULL) THEN
		UPDATE oncall.page p SET due_at = NULL WHERE p.page_id = waiting.page_id AND p.due_at IS NOT NULL;
		RETURN 0;
	ELSIF place.person_id IS NULL OR EXISTS (SELECT FROM oncall.page p
			WHERE p.incident_id = waiting.incident_id AND p.person_id = place.person_id AND p.step = waiting.step
				AND p.created_at = waiting.created_at) THEN
		UPDATE oncall.page p SET cancelled_at = release_page.at WHERE p.page_id = waiting.page_id;
		IF place.person_id IS NOT NULL THEN
			RETURN 0;			-- they hold two seats
		END IF;
		PERFORM oncall_internal.record_event(waiting.incident_id, release_page.at, 'empty',
			coalesce(oncall_internal.place_told(place.rotation, place.seat, place.person), 'The step is gone.'));
		IF own.when_empty IS DISTINCT FROM 'wait' AND waiting.step < oncall_internal.manager_step(own.service_id)
			AND waiting.step = (SELECT i.step FROM oncall.incident i WHERE i.incident_id = waiting.incident_id)
			-- a step with several seats is empty if nobody is on any of them
			AND (waiting.step = 0 OR own.seat IS NOT NULL OR NOT EXISTS (
				SELECT FROM oncall_internal.places(own.service_id, waiting.step, own.both_seats, release_page.at) p
				WHERE p.person_id IS NOT NULL)) THEN
			RETURN oncall_internal.page_step(waiting.incident_id,
				oncall_internal.step_after(own.service_id, waiting.step), 'step', release_page.at);
		END IF;
		RETURN 0;
	END IF;
	-- the wait for the next step counts from the first whom this one has called
	UPDATE oncall.incident i SET waits_since = release_page.at
	WHERE i.incident_id = waiting.incident_id AND i.step = waiting.step AND waiting.due_at IS NOT NULL
		AND NOT EXISTS (SELECT FROM oncall.page p
			WHERE p.incident_id = waiting.incident_id AND p.step = waiting.step AND p.person_id IS NOT NULL
				AND p.created_at = waiting.created_at);
	UPDATE oncall.page p SET person_id = place.person_id, seat = place.seat WHERE p.page_id = waiting.page_id;
	IF waiting.due_at IS NULL THEN
		PERFORM oncall_internal.record_event(waiting.incident_id, release_page.at, 'waiting',
			format('%s has come on (%s, seat %s).', place.person, place.rotation, place.seat));
	END IF;
	RETURN 1;
END
$$;
COMMENT ON FUNCTION oncall_internal.release_page(oncall.page, timestamptz) IS
'Names whom a page that waits calls, if it may call now and somebody is there; returns the number of people called. Where nobody is, it goes on as the step''s when_empty says.';

CREATE FUNCTION oncall_internal.release_pages(incident_id integer, at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	waiting oncall.page;
	called integer := 0;
BEGIN
	FOR waiting IN
		SELECT p.* FROM oncall.page p
		WHERE p.incident_id = release_pages.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL
		ORDER BY p.page_id
	LOOP
		called := called + oncall_internal.release_page(waiting, release_pages.at);
	END LOOP;
	RETURN called;
END
$$;
COMMENT ON FUNCTION oncall_internal.release_pages(integer, timestamptz) IS
'Lets the pages of an incident go that need not wait any longer; returns the number of people called.';

CREATE FUNCTION oncall_internal.due_step(own oncall.incident, at timestamptz, OUT step smallint, OUT times smallint,
	OUT missed text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	def record;
	moment timestamptz := own.waits_since;
	turn integer;
	chosen timestamptz;
	passed text[] := '{}';
	beside text[] := '{}';
	name text;
BEGIN
	<<steps>>
	FOR def IN
		SELECT e.step, e.wait, e.repeat, e.hours, t.zone
		FROM oncall.escalation_step e
		JOIN oncall.service s ON s.service_id = e.service_id
		JOIN oncall.team t ON t.team_id = s.team_id
		WHERE e.service_id = own.service_id AND e.step >= own.step
		UNION ALL
		SELECT oncall_internal.manager_step(own.service_id),
			oncall_internal.manager_wait(own.service_id, own.severity), 1, NULL, NULL
		WHERE own.step < oncall_internal.manager_step(own.service_id)
		ORDER BY 1
	LOOP
		-- of the step that has paged, what is left of its repetitions
		FOR turn IN CASE WHEN def.step = own.step THEN own.times + 1 ELSE 1 END .. def.repeat LOOP
			EXIT WHEN turn > 1 AND def.wait = '0';
			moment := moment + def.wait;
			EXIT steps WHEN moment > at;
			name := CASE WHEN turn = 1 THEN def.step::text ELSE format('%s (%s)', def.step, turn) END;
			IF def.hours IS NULL OR oncall.is_open(def.hours, at, def.zone) THEN
				-- what has no wait calls with what comes before it, in its turn
				IF step IS NOT NULL AND moment = chosen THEN
					beside := beside || name;
				ELSE
					passed := passed || beside;
					beside := ARRAY[name];
					step := def.step;
					times := turn;
					chosen := moment;
				END IF;
			ELSE
				passed := passed || (name || ' (not in its hours)');
			END IF;
		END LOOP;
	END LOOP;
	-- only what comes before the step that pages has been missed
	IF step IS NOT NULL AND cardinality(passed) > 0 THEN
		missed := array_to_string(passed, ', ');
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.due_step(oncall.incident, timestamptz) IS
'The furthest step of an incident whose wait is over at an instant, within its hours, for the how manieth time, and which ones were missed before it; NULL: none is due.';

CREATE FUNCTION oncall_internal.stale_at(own oncall.incident) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	touched timestamptz;
BEGIN
	SELECT greatest(own.opened_at, max(e.at)) INTO touched
	FROM oncall.incident_event e WHERE e.incident_id = own.incident_id;
	SELECT greatest(touched, max(coalesce(p.due_at, 'infinity'))) INTO touched
	FROM oncall.page p
	WHERE p.incident_id = own.incident_id AND (p.person_id IS NULL AND p.cancelled_at IS NULL
		OR p.person_id IS NOT NULL AND p.due_at IS NOT NULL);
	RETURN touched + (SELECT v.stale_after FROM oncall.severity v WHERE v.name = own.severity);
END
$$;
COMMENT ON FUNCTION oncall_internal.stale_at(oncall.incident) IS
'When an incident becomes stale: stale_after of its severity after its last event, or after a page of it had to wait; infinity while one waits for somebody to come on.';

CREATE FUNCTION oncall_internal.close_stale(own oncall.incident, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	team record;
	heard timestamptz;
BEGIN
	SELECT t.zone, t.manager_id, s.ack_timeout INTO team
	FROM oncall.service s JOIN oncall.team t ON t.team_id = s.team_id WHERE s.service_id = own.service_id;
	IF NOT oncall.is_open('Mo-Su 09:00-17:00', at, coalesce(team.zone, 'UTC')) THEN
		RETURN;
	END IF;
	UPDATE oncall.incident i SET resolved_at = close_stale.at, resolution = 'stale', waits_since = NULL
	WHERE i.incident_id = own.incident_id;
	PERFORM oncall_internal.cancel_unsent(own.incident_id, close_stale.at);
	-- nobody has worked on it since they were last heard of
	SELECT max(e.at) + coalesce(team.ack_timeout, '1 hour') INTO heard
	FROM oncall.incident_event e WHERE e.incident_id = own.incident_id;
	PERFORM oncall_internal.end_responses(own.incident_id, least(close_stale.at, heard, clock_timestamp()));
	PERFORM oncall_internal.end_roles(own.incident_id, close_stale.at);
	PERFORM oncall_internal.record_event(own.incident_id, close_stale.at, 'stale', 'Nobody had touched it.');
	PERFORM oncall_internal.tell_stale(own.incident_id, team.manager_id, close_stale.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.close_stale(oncall.incident, timestamptz) IS
'Closes an incident that nobody has touched, between 09:00 and 17:00 where its team is (UTC if it has none), and tells the team''s manager. Who worked on it did so until ack_timeout after its last event.';

CREATE FUNCTION oncall_internal.is_forgotten(own oncall.incident, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN own.acknowledged_at IS NOT NULL
		AND (SELECT s.ack_timeout FROM oncall.service s WHERE s.service_id = own.service_id) <= at - (
			SELECT max(e.at) FROM oncall.incident_event e WHERE e.incident_id = own.incident_id)
		AND (SELECT v.pages FROM oncall.severity v WHERE v.name = own.severity);
END
$$;
COMMENT ON FUNCTION oncall_internal.is_forgotten(oncall.incident, timestamptz) IS
'Was an incident acknowledged, and has nothing been heard of it for ack_timeout of its service? One whose severity calls nobody is not.';

CREATE FUNCTION oncall_internal.attend(incident_id integer, at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.incident;
	due record;
	called integer;
BEGIN
	SELECT i.* INTO own FROM oncall.incident i WHERE i.incident_id = attend.incident_id;
	IF own.acknowledged_at IS NOT NULL AND NOT oncall_internal.is_forgotten(own, attend.at)
		AND oncall_internal.stale_at(own) > attend.at THEN
		-- most of those that were answered, and who is at them need not wait
		RETURN 0;
	END IF;
	SELECT i.* INTO own
	FROM oncall.incident i
	WHERE i.incident_id = attend.incident_id AND i.resolved_at IS NULL AND i.opened_at <= attend.at
	FOR NO KEY UPDATE SKIP LOCKED;
	IF own.incident_id IS NULL THEN
		RETURN 0;				-- somebody else is at it
	ELSIF oncall_internal.stale_at(own) <= attend.at THEN
		PERFORM oncall_internal.close_stale(own, attend.at);
		RETURN 0;
	ELSIF own.acknowledged_at IS NOT NULL THEN
		IF oncall_internal.is_forgotten(own, attend.at) THEN
			PERFORM oncall_internal.record_event(own.incident_id, attend.at, 'forgotten',
				'It was acknowledged, and nothing has been heard since.');
			PERFORM oncall_internal.ask_again(own.incident_id, attend.at);
			RETURN oncall_internal.page_step(own.incident_id, 0::smallint, 'forgotten', attend.at);
		END IF;
		RETURN 0;
	END IF;
	called := oncall_internal.release_pages(own.incident_id, attend.at);
	LOOP
		SELECT i.* INTO own FROM oncall.incident i WHERE i.incident_id = own.incident_id;
		EXIT WHEN own.waits_since IS NULL OR own.waits_since > attend.at;
		due := oncall_internal.due_step(own, attend.at);
		EXIT WHEN due.step IS NULL;
		IF due.missed IS NOT NULL THEN
			PERFORM oncall_internal.record_event(own.incident_id, attend.at, 'missed', format('Step %s.', due.missed));
		END IF;
		called := called + oncall_internal.page_step(own.incident_id, due.step, 'step', attend.at);
		UPDATE oncall.incident i SET times = due.times WHERE i.incident_id = own.incident_id AND i.step = due.step;
	END LOOP;
	RETURN called;
END
$$;
COMMENT ON FUNCTION oncall_internal.attend(integer, timestamptz) IS
'What has become due of one open incident: it is closed if it is stale, asked for again if it was forgotten, its waiting pages go, its next step calls; returns the number of people called. One that somebody else deals with is left to them.';

CREATE FUNCTION oncall.run_escalations(now timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	open_id integer;
	called integer;
BEGIN
	PERFORM oncall_internal.refuse_null('now', run_escalations.now IS NULL);
	PERFORM oncall_internal.refuse_infinity('now', run_escalations.now);
	called := oncall_internal.open_silent(run_escalations.now);
	FOR open_id IN
		SELECT i.incident_id
		FROM oncall.incident i
		JOIN oncall.severity v ON v.name = i.severity
		-- a storm leaves many of which nothing is due: those are passed over
		WHERE i.resolved_at IS NULL AND i.opened_at <= run_escalations.now
			AND (i.acknowledged_at IS NOT NULL
				OR i.step < oncall_internal.manager_step(i.service_id)
					AND i.waits_since <= run_escalations.now - coalesce(
						(SELECT min(e.wait) FROM oncall.escalation_step e WHERE e.service_id = i.service_id
							AND e.step >= i.step),
						oncall_internal.manager_wait(i.service_id, i.severity))
				OR EXISTS (SELECT FROM oncall.page p
					WHERE p.incident_id = i.incident_id AND p.person_id IS NULL AND p.cancelled_at IS NULL)
				-- a month may be two days shorter than that of an interval
				OR v.stale_after - CASE WHEN date_trunc('month', v.stale_after) > '0' THEN interval '2 days 1 hour' ELSE '0' END
					<= run_escalations.now - (
					SELECT max(e.at) FROM oncall.incident_event e WHERE e.incident_id = i.incident_id))
		ORDER BY i.opened_at, i.incident_id
	LOOP
		-- what is wrong with one of them does not keep the others waiting
		BEGIN
			called := called + oncall_internal.attend(open_id, run_escalations.now)
				+ oncall_internal.hand_over(open_id, run_escalations.now);
		EXCEPTION
			WHEN serialization_failure OR deadlock_detected THEN
				RAISE;
			WHEN OTHERS THEN
				RAISE WARNING 'incident % could not be attended to: %', open_id, SQLERRM
					USING ERRCODE = SQLSTATE, HINT = 'It does not escalate by itself until this is mended.';
		END;
	END LOOP;
	RETURN called;
END
$$;
COMMENT ON FUNCTION oncall.run_escalations(timestamptz) IS
'For a timer, once a minute: calls every step whose wait is over, lets pages go that waited, asks again where an answer was forgotten, closes what is stale; returns the number of people called. Safe to run twice, late, or from two sessions. Errors: 22004, 22023.';
