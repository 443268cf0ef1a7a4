-- Readiness: what would go wrong with the next incident, and what is late of
-- the last ones. As with lint(), a suggestion may be run as it stands: it
-- answers for nobody.

CREATE TYPE oncall_internal.shortcoming AS (
	what text, level text, subject text, detail text, suggestion text,
	service_id integer, rotation_id integer, person_id integer, incident_id integer);
COMMENT ON TYPE oncall_internal.shortcoming IS 'A row of oncall.readiness.';

CREATE FUNCTION oncall_internal.unready_services() RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'rotation of a service', 'error', s.name, 'no rotation is called about it: its incidents go to its team''s manager',
		format('INSERT INTO oncall.service_rotation (service_id, rotation_id) SELECT %s, r.rotation_id FROM oncall.rotation r WHERE r.name = NULL::text',
			s.service_id),
		s.service_id, NULL::integer, NULL::integer, NULL::integer
	FROM oncall.service s
	WHERE NOT EXISTS (SELECT FROM oncall.service_rotation sr WHERE sr.service_id = s.service_id);

	RETURN QUERY
	SELECT 'seats of a service', 'error', s.name,
		format('it calls seat %s of %s, which has %s', c.seat, r.name, CASE cardinality(r.seats) WHEN 1 THEN 'one seat' ELSE cardinality(r.seats) || ' seats' END),
		format('UPDATE oncall.service_rotation SET seats = NULL::smallint[] WHERE service_id = %s AND rotation_id = %s AND NULL::smallint[] IS NOT NULL',
			s.service_id, r.rotation_id),
		s.service_id, r.rotation_id, NULL::integer, NULL::integer
	FROM oncall.service s
	JOIN oncall.service_rotation sr ON sr.service_id = s.service_id
	JOIN oncall.rotation r ON r.rotation_id = sr.rotation_id
	CROSS JOIN LATERAL unnest(sr.seats) AS c(seat)
	WHERE c.seat > cardinality(r.seats);

	RETURN QUERY
	SELECT 'manager of a team', 'error', t.name,
		format('%s: the last step of %s calls nobody', CASE
				WHEN m.person_id IS NULL THEN 'it has no manager'
				WHEN lower(m.active) > now() THEN format('its manager, %s, is not with the company yet', m.name)
				ELSE format('its manager, %s, has left', m.name) END,
			(SELECT string_agg(s.name, ', ' ORDER BY s.name) FROM oncall.service s WHERE s.team_id = t.team_id)),
		format('UPDATE oncall.team AS t SET manager_id = p.person_id FROM oncall.person p WHERE p.name = NULL::text AND t.name = %L', t.name),
		NULL::integer, NULL::integer, m.person_id, NULL::integer
	FROM oncall.team t
	LEFT JOIN oncall.person m ON m.person_id = t.manager_id
	WHERE (m.active @> now()) IS NOT TRUE AND EXISTS (SELECT FROM oncall.service s WHERE s.team_id = t.team_id);

	RETURN QUERY
	SELECT 'step of escalation', 'error', s.name,
		CASE
			WHEN p.person_id IS NOT NULL THEN format('step %s calls %s, who %s', e.step, p.name,
				CASE WHEN lower(p.active) > now() THEN 'is not with the company yet' ELSE 'has left' END)
			ELSE format('step %s calls seat %s of %s, which has fewer', e.step, e.seat, r.name) END,
		CASE
			WHEN p.person_id IS NOT NULL THEN format('UPDATE oncall.escalation_step AS e SET person_id = p.person_id FROM oncall.person p WHERE p.name = NULL::text AND e.escalation_step_id = %s',
				e.escalation_step_id)
			ELSE format('UPDATE oncall.escalation_step SET seat = NULL WHERE escalation_step_id = %s', e.escalation_step_id) END,
		s.service_id, e.rotation_id, e.person_id, NULL::integer
	FROM oncall.escalation_step e
	JOIN oncall.service s ON s.service_id = e.service_id
	LEFT JOIN oncall.person p ON p.person_id = e.person_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = e.rotation_id
	WHERE NOT p.active @> now() OR e.seat > cardinality(r.seats);

	RETURN QUERY
	SELECT 'heartbeat of a service', 'advice', s.name, 'it may fall silent without anybody hearing of it: nothing beats for it',
		format('SELECT oncall.add_heartbeat(%L, h.every) FROM (VALUES (NULL::interval)) AS h(every) WHERE h.every IS NOT NULL', s.name),
		s.service_id, NULL::integer, NULL::integer, NULL::integer
	FROM oncall.service s
	WHERE NOT EXISTS (SELECT FROM oncall.heartbeat h WHERE h.service_id = s.service_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.unready_services() IS
'For readiness: services that call nobody, or seats that there are not, teams of services without a manager, steps that call who has left, services without a heartbeat.';

CREATE FUNCTION oncall_internal.called_people(duties oncall_internal.lint_duty[]) RETURNS SETOF oncall.person
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT p.* FROM oncall.person p
	WHERE p.active @> now() AND p.person_id IN (
		SELECT d.person_id FROM unnest(duties) d
		UNION
		SELECT e.person_id FROM oncall.escalation_step e
		UNION
		SELECT t.manager_id FROM oncall.team t JOIN oncall.service s ON s.team_id = t.team_id)
	ORDER BY p.name;
END
$$;
COMMENT ON FUNCTION oncall_internal.called_people(oncall_internal.lint_duty[]) IS
'For readiness: who may be called: whoever has duty, or is called by a step or as a manager.';

CREATE FUNCTION oncall_internal.unready_people(duties oncall_internal.lint_duty[])
RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'company phone', 'warning', p.name, 'who may be called has no company phone',
		format('UPDATE oncall.person SET company_phone = NULL::text WHERE person_id = %s AND NULL::text IS NOT NULL',
			p.person_id),
		NULL::integer, NULL::integer, p.person_id, NULL::integer
	FROM oncall_internal.called_people(duties) p WHERE nullif(btrim(p.company_phone), '') IS NULL;

	RETURN QUERY
	SELECT 'expectations accepted', 'warning', p.name, 'who may be called has not accepted what is expected of them',
		format('UPDATE oncall.person SET expectations_accepted_on = NULL::date WHERE person_id = %s AND NULL::date IS NOT NULL',
			p.person_id),
		NULL::integer, NULL::integer, p.person_id, NULL::integer
	FROM oncall_internal.called_people(duties) p WHERE p.expectations_accepted_on IS NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.unready_people(oncall_internal.lint_duty[]) IS
'For readiness: who may be called without a company phone, or without having accepted what is expected of them.';

CREATE FUNCTION oncall_internal.unready_contacts(duties oncall_internal.lint_duty[])
RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- others see their own only, or none
	IF NOT oncall_internal.is_manager(current_user) THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'contact', 'warning', p.name,
		CASE WHEN c.verified IS NULL THEN 'no gateway knows how to reach who may be called'
			ELSE 'of who may be called, no contact has ever been shown to reach them' END,
		CASE WHEN c.verified IS NULL THEN format(
				'INSERT INTO oncall.contact (person_id, method, address) SELECT %s, c.method, c.address FROM (VALUES (NULL::text, NULL::text)) AS c(method, address) WHERE c.address IS NOT NULL',
				p.person_id)
			ELSE format('SELECT * FROM oncall.contact WHERE person_id = %s', p.person_id) END,
		NULL::integer, NULL::integer, p.person_id, NULL::integer
	FROM oncall_internal.called_people(duties) p
	CROSS JOIN LATERAL (
		SELECT bool_or(c.verified_on IS NOT NULL) FROM oncall.contact c WHERE c.person_id = p.person_id) c(verified)
	WHERE c.verified IS NOT TRUE;
EXCEPTION
	WHEN insufficient_privilege THEN
		NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.unready_contacts(oncall_internal.lint_duty[]) IS
'For readiness: who may be called without a contact that has been verified; none if the caller may not see everybody''s.';

CREATE FUNCTION oncall_internal.late_lessons() RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wanted record;
BEGIN
	-- one at a time: of most severities none is wanted, and most incidents are
	-- of these
	FOR wanted IN
		SELECT v.name, v.postmortem_within AS within FROM oncall.severity v
		WHERE v.postmortem_within IS NOT NULL ORDER BY v.rank
	LOOP
		RETURN QUERY
		SELECT 'late postmortem', 'warning', 'incident ' || i.incident_id,
			format('the postmortem of "%s" (%s) was wanted by %s UTC and is %s', i.summary, i.severity,
				oncall_internal.wall_time(date_trunc('minute', d.due_at), 'UTC'),
				CASE WHEN m.incident_id IS NULL THEN 'not begun' ELSE 'a draft' END),
			CASE WHEN m.incident_id IS NULL THEN format('SELECT oncall.draft_postmortem(%s)', i.incident_id)
				ELSE format('SELECT body FROM oncall.postmortem WHERE incident_id = %s', i.incident_id) END,
			i.service_id, NULL::integer, m.author, i.incident_id
		FROM oncall.incident i
		LEFT JOIN oncall.postmortem m ON m.incident_id = i.incident_id
		CROSS JOIN LATERAL oncall_internal.postmortem_due(i.incident_id) AS d(due_at)
		WHERE i.severity = wanted.name AND i.resolution = 'resolved'
			-- what nobody has written for a year nobody remembers
			AND i.resolved_at BETWEEN now() - interval '1 year' AND now() - wanted.within
			AND (m.state = 'published') IS NOT TRUE AND d.due_at <= now()
		ORDER BY d.due_at, i.incident_id;
	END LOOP;

	RETURN QUERY
	SELECT 'late action item', 'warning', a.what,
		format('%s was to have done it by %s, for incident %s', concat_ws(', ', t.name, p.name), a.due_on::text, a.incident_id),
		format('SELECT * FROM oncall.action_item WHERE action_item_id = %s', a.action_item_id),
		NULL::integer, NULL::integer, a.person_id, a.incident_id
	FROM oncall.action_item a
	LEFT JOIN oncall.team t ON t.team_id = a.team_id
	LEFT JOIN oncall.person p ON p.person_id = a.person_id
	WHERE a.done_on IS NULL AND a.due_on < (now() AT TIME ZONE coalesce(p.zone, t.zone))::date
	ORDER BY a.due_on, a.action_item_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.late_lessons() IS
'For readiness and lint: postmortems that were wanted by now and are not published, of incidents of the last year, and action items that are overdue.';

CREATE FUNCTION oncall_internal.stuck_incidents() RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'incident without owner', 'error', 'incident ' || i.incident_id,
		format('nobody is called about "%s" (%s), which is open: it has no service', i.summary, i.severity),
		format('SELECT * FROM oncall.incident_event WHERE incident_id = %s ORDER BY at', i.incident_id),
		NULL::integer, NULL::integer, NULL::integer, i.incident_id
	FROM oncall.incident i WHERE i.resolved_at IS NULL AND i.service_id IS NULL
	ORDER BY i.opened_at, i.incident_id;

	RETURN QUERY
	SELECT 'unknown service', 'warning', i.service_name,
		format('%s named this service in the last %s days, which there is not, the last on %s',
			CASE count(*) WHEN 1 THEN 'an incident' ELSE count(*) || ' incidents' END,
			ceil(extract(epoch FROM oncall.horizon()) / 86400)::integer,
				(max(i.opened_at) AT TIME ZONE 'UTC')::date::text),
		format('SELECT oncall.add_service(%L, t.name::oncall.ref) FROM oncall.team t WHERE t.name = NULL::text', i.service_name),
		NULL::integer, NULL::integer, NULL::integer, max(i.incident_id)
	FROM oncall.incident i
	WHERE i.service_id IS NULL AND i.opened_at >= now() - oncall.horizon() AND i.service_name IS NOT NULL
		AND NOT EXISTS (SELECT FROM oncall.service s WHERE s.name = i.service_name)
	GROUP BY i.service_name
	ORDER BY i.service_name;

	-- whatever runs once a minute has not for a while
	RETURN QUERY
	SELECT 'timer', 'error', 'run_escalations()',
		format('%s to go since %s UTC at the latest: no timer calls run_escalations()',
			CASE count(*) WHEN 1 THEN 'a page was' ELSE count(*) || ' pages were' END,
			oncall_internal.wall_time(date_trunc('minute', min(p.due_at)), 'UTC')),
		'SELECT oncall.run_escalations()', NULL::integer, NULL::integer, NULL::integer, min(p.incident_id)
	FROM oncall.page p
	WHERE p.person_id IS NULL AND p.cancelled_at IS NULL AND p.due_at < now() - interval '10 minutes'
	HAVING count(*) > 0;

	RETURN QUERY
	SELECT 'timer', 'error', 'run_escalations()',
		format('%s waited for the next step since %s UTC: no timer calls run_escalations()',
			CASE count(*) WHEN 1 THEN 'an incident has' ELSE count(*) || ' incidents have' END,
			oncall_internal.wall_time(date_trunc('minute', min(i.waits_since)), 'UTC')),
		'SELECT oncall.run_escalations()', NULL::integer, NULL::integer, NULL::integer, min(i.incident_id)
	FROM oncall.incident i
	WHERE i.resolved_at IS NULL AND i.acknowledged_at IS NULL AND i.waits_since < now() - interval '10 minutes'
		-- one that is stale waits for the day
		AND oncall_internal.stale_at(i) > now()
		AND (oncall_internal.due_step(i, now() - interval '10 minutes')).step IS NOT NULL
	HAVING count(*) > 0;

	RETURN QUERY
	SELECT 'gateway', 'error', coalesce(max(p.claimed_by), 'claim_pages()'),
		concat(format('%s not been delivered since %s UTC', CASE count(*) WHEN 1 THEN 'a page has' ELSE count(*) || ' pages have' END,
			oncall_internal.wall_time(date_trunc('minute', min(greatest(p.created_at, p.due_at))), 'UTC')),
			CASE WHEN max(p.claimed_by) IS NULL THEN ': no gateway has claimed it' ELSE ': ' || max(p.failure) END),
		'SELECT page_id, created_at, claimed_by, claims, failure FROM oncall.page WHERE person_id IS NOT NULL AND sent_at IS NULL AND acknowledged_at IS NULL AND cancelled_at IS NULL',
		NULL::integer, NULL::integer, NULL::integer, min(p.incident_id)
	FROM oncall.page p
	WHERE p.person_id IS NOT NULL AND p.sent_at IS NULL AND p.acknowledged_at IS NULL AND p.cancelled_at IS NULL
		AND greatest(p.created_at, p.due_at) < now() - interval '10 minutes'
	HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION oncall_internal.stuck_incidents() IS
'For readiness and lint: open incidents without a service, names of services that there are not in incidents since oncall.horizon, and pages that no timer lets go or no gateway delivers, for ten minutes.';

CREATE FUNCTION oncall_internal.shortcomings() RETURNS SETOF oncall_internal.shortcoming
LANGUAGE plpgsql STABLE ROWS 30 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	facts record;
	duties oncall_internal.lint_duty[] := '{}';
BEGIN
	RETURN QUERY SELECT * FROM oncall_internal.unready_services();
	FOR facts IN SELECT f.own, f.layers, f.duties FROM oncall_internal.lint_facts(NULL) f LOOP
		RETURN QUERY
		SELECT g.rule, g.level, (facts.own).name, g.detail, g.suggestion, NULL::integer, (facts.own).rotation_id,
			NULL::integer,
			NULL::integer
		FROM oncall_internal.lint_gaps(facts.own, facts.layers, facts.duties) g WHERE g.rule = 'no gaps';
		-- one duty of each is enough
		duties := duties || ARRAY(SELECT DISTINCT ON (d.person_id) d FROM unnest(facts.duties) d
			WHERE d.person_id IS NOT NULL
			ORDER BY d.person_id);
	END LOOP;
	RETURN QUERY SELECT * FROM oncall_internal.unready_people(duties);
	RETURN QUERY SELECT * FROM oncall_internal.unready_contacts(duties);
	RETURN QUERY SELECT * FROM oncall_internal.stuck_incidents();
	RETURN QUERY SELECT * FROM oncall_internal.late_lessons();
END
$$;
COMMENT ON FUNCTION oncall_internal.shortcomings() IS 'The rows of oncall.readiness.';

CREATE VIEW oncall.readiness WITH (security_invoker = true) AS
	SELECT s.what, s.level, s.subject, s.detail, s.suggestion || ';' AS suggestion, s.service_id, s.rotation_id,
		s.person_id,
		   s.incident_id
	FROM oncall_internal.shortcomings() s
	ORDER BY array_position('{error,warning,advice}'::text[], s.level), s.what, s.subject, s.detail;
COMMENT ON VIEW oncall.readiness IS
'What would go wrong with the next incident: services that call nobody, steps and teams without people, gaps up to oncall.horizon, who cannot be reached, incidents without owner, pages that are stuck; and what is late of the last ones. Empty when all is well.';
COMMENT ON COLUMN oncall.readiness.what IS
'What is not ready: rotation, seats or heartbeat of a service, manager of a team, step of escalation, no gaps, company phone, expectations accepted, contact, incident without owner, unknown service, timer, gateway, late postmortem, late action item.';
COMMENT ON COLUMN oncall.readiness.level IS 'error (somebody will not be called), warning or advice.';
COMMENT ON COLUMN oncall.readiness.subject IS 'Of which service, team, rotation, person or incident.';
COMMENT ON COLUMN oncall.readiness.detail IS 'What is wrong, with figures.';
COMMENT ON COLUMN oncall.readiness.suggestion IS
'A statement that helps; where only people know the answer, a form that changes nothing until it is filled in.';
COMMENT ON COLUMN oncall.readiness.service_id IS 'The service. NULL: it is of none.';
COMMENT ON COLUMN oncall.readiness.rotation_id IS 'The rotation. NULL: it is of none.';
COMMENT ON COLUMN oncall.readiness.person_id IS 'The person. NULL: it is of none.';
COMMENT ON COLUMN oncall.readiness.incident_id IS 'The incident, or one of them. NULL: it is of none.';

-- Lint ------------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_severities()
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a week in which clocks do not change, with its Wednesday as a holiday
	week CONSTANT tstzrange := '[2024-01-01 00:00Z,2024-01-08 00:00Z)';
	holidays CONSTANT date[] := '{2024-01-03}';
BEGIN
	rule := 'severities';
	level := 'warning';
	FOR detail, suggestion IN
		SELECT format('%s is worse than %s, and %s', worse.name, milder.name,
				CASE WHEN NOT worse.pages THEN 'calls nobody'
					WHEN milder.page_hours IS NULL THEN format('waits outside %s; the other calls at any time', worse.page_hours)
					ELSE format('waits outside %s; the other outside %s only', worse.page_hours, milder.page_hours) END),
			CASE WHEN NOT worse.pages THEN format('UPDATE oncall.severity SET pages = true WHERE name = %L', worse.name)
				ELSE format('UPDATE oncall.severity SET page_hours = %L, page_hours_of = %L WHERE name = %L', worse.page_hours,
					worse.page_hours_of, milder.name) END
		FROM oncall.severity worse
		JOIN oncall.severity milder ON milder.rank > worse.rank AND milder.pages
		WHERE NOT worse.pages
			-- on one clock: hours on the holder's are not comparable with others
			OR worse.page_hours IS NOT NULL AND (milder.page_hours IS NULL OR milder.page_hours_of = worse.page_hours_of
				AND NOT oncall.open_periods(milder.page_hours, week, 'UTC', holidays)
					<@ oncall.open_periods(worse.page_hours, week, 'UTC', holidays))
		ORDER BY worse.rank, milder.rank
	LOOP
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_severities() IS
'A rule of lint: of two severities the milder one never calls when the worse one waits.';

CREATE FUNCTION oncall_internal.lint_incidents()
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT * FROM oncall_internal.lint_severities();
	RETURN QUERY
	SELECT f.what, f.level, concat_ws(': ', f.subject, f.detail), f.suggestion
	FROM (SELECT * FROM oncall_internal.unready_services()
		UNION ALL SELECT * FROM oncall_internal.stuck_incidents()
		UNION ALL SELECT * FROM oncall_internal.late_lessons()) f
	-- not every service beats: that is for readiness to ask
	WHERE f.what <> 'heartbeat of a service';
	RETURN QUERY
	SELECT 'stale incidents', 'advice',
		format('%s closed in the last %s days since nobody had touched %s: the severity may be too high, or nobody looks',
			CASE count(*) WHEN 1 THEN 'an incident was' ELSE count(*) || ' incidents were' END,
			ceil(extract(epoch FROM oncall.horizon()) / 86400)::integer, CASE count(*) WHEN 1 THEN 'it' ELSE 'them' END),
		'SELECT severity, service_id, count(*) FROM oncall.incident WHERE resolution = ''stale'' GROUP BY 1, 2 ORDER BY 3 DESC'
	FROM oncall.incident i WHERE i.resolution = 'stale' AND i.resolved_at >= now() - oncall.horizon()
	HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_incidents() IS
'Rules of lint about incidents: severities, services that would call nobody, incidents without owner, names of services that there are not, pages that are stuck, postmortems and action items that are late, incidents that were closed as stale.';
CREATE INDEX incident_stale_idx ON oncall.incident (resolved_at) WHERE resolution = 'stale';
