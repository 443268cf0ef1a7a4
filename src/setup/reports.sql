-- Reports on incidents, for tools that draw tables: a row for each month, from
-- that of the first incident on. A month is one on the clock of the team.
--
-- Incidents are joined to the months twice: by the month, so that all of them
-- are read in one go, and by bounds of it, so that an index finds those of a few.

-- what reports ask about incidents, few of which are asked about
CREATE INDEX incident_event_told_idx ON oncall.incident_event (incident_id, kind)
	WHERE kind IN ('odd', 'severity', 'reassigned');

CREATE FUNCTION oncall_internal.hours_but_holidays(hours oncall.weekly_hours) RETURNS oncall.weekly_hours
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE WHEN $1::text ~ 'PH' OR $1::text = 'off' THEN $1
	ELSE (CASE WHEN $1::text = '24/7' THEN 'Mo-Su 00:00-24:00' ELSE $1::text END || '; PH off')::oncall.weekly_hours END;
COMMENT ON FUNCTION oncall_internal.hours_but_holidays(oncall.weekly_hours) IS
'Working hours on days that are no public holidays; as they are, if they say what holds on those.';

-- It is inlined. The groups keep what it works out from being worked out for
-- every page of a person.
CREATE FUNCTION oncall_internal.offices()
RETURNS TABLE (person_id integer, person text, zone text, hours oncall.weekly_hours, holidays date[])
LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
	SELECT p.person_id, p.name, p.zone, oncall_internal.hours_but_holidays(p.working_hours),
		oncall_internal.own_holidays(coalesce(array_agg(h.day) FILTER (WHERE h.day IS NOT NULL), '{}'),
			coalesce(array_agg(h.observes) FILTER (WHERE h.day IS NOT NULL), '{}'), p.working_hours)
	FROM oncall.person p
	LEFT JOIN oncall.holiday h ON h.calendar_id = p.calendar_id
	GROUP BY p.person_id;
END;
COMMENT ON FUNCTION oncall_internal.offices() IS
'For reports: where people live, when they work there but on public holidays of theirs, and which those are.';

CREATE FUNCTION oncall_internal.report_months(months_back integer)
RETURNS TABLE (month date, next_month date, since timestamptz, back integer, read_month date, read_until date,
	earliest timestamptz, latest timestamptz)
LANGUAGE plpgsql STABLE ROWS 250 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	first CONSTANT timestamptz := (
		-- what a broken clock said is of no month
		SELECT CASE WHEN min(o.opened_at) IS NOT NULL THEN greatest(min(o.opened_at), '1970-01-01 00:00+00') END
		FROM (
			SELECT (SELECT min(i.opened_at) FROM oncall.incident i WHERE i.service_id = s.service_id) AS opened_at
			FROM oncall.service s
			UNION ALL
			SELECT min(i.opened_at) FROM oncall.incident i WHERE i.service_id IS NULL) o);
BEGIN
	-- no clock is a whole day before that of UTC, or after it
	RETURN QUERY
	SELECT m.month::date, (m.month + interval '1 month')::date, first, b.back, r.month::date, r.until::date,
		(r.month - interval '1 day') AT TIME ZONE 'UTC', (r.until + interval '1 day') AT TIME ZONE 'UTC'
	FROM generate_series(date_trunc('month', first AT TIME ZONE 'UTC' - interval '1 day'),
		now() AT TIME ZONE 'UTC' + interval '1 day', '1 month') AS m(month)
	CROSS JOIN generate_series(0, months_back) AS b(back)
	CROSS JOIN LATERAL (SELECT m.month - make_interval(months => b.back),
		m.month + make_interval(months => 1 - b.back)) AS r(month, until);
END
$$;
COMMENT ON FUNCTION oncall_internal.report_months(integer) IS
'The months that reports have rows for, from that of the first incident (since), in whatever zone, to this one; and for each those that are read: itself and so many back, each with its bounds in any zone. None if there is no incident.';

CREATE FUNCTION oncall_internal.month_at(at timestamptz, zone text) RETURNS date
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN date_trunc('month', $1 AT TIME ZONE $2)::date;
COMMENT ON FUNCTION oncall_internal.month_at(timestamptz, text) IS
'The first day of the month that it is in a zone at an instant.';

CREATE FUNCTION oncall_internal.first_answer(incident_id integer, opened_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT min(greatest(g.acknowledged_at, opened_at))
		FROM oncall.page g
		WHERE g.incident_id = first_answer.incident_id AND g.acknowledged_at IS NOT NULL);
END
$$;
COMMENT ON FUNCTION oncall_internal.first_answer(integer, timestamptz) IS
'When somebody first acknowledged an incident, after it was opened or at that instant: what was merged into it may have been acknowledged before. NULL: nobody has.';

-- Incidents -------------------------------------------------------------

CREATE VIEW oncall.incident_report WITH (security_invoker = true) AS
	SELECT i.month, oncall_internal.date_begins(i.month, i.zone) AS starts_at,
		oncall_internal.date_begins(i.next_month, i.zone) AS ends_at, i.zone, i.team_id, i.team, i.service_id,
			i.service,
		v.severity_id, v.name AS severity, count(*) AS incidents,
		count(*) FILTER (WHERE i.resolution = 'resolved') AS resolved,
		count(*) FILTER (WHERE i.resolution = 'stale') AS stale,
		count(*) FILTER (WHERE i.resolution IS NULL) AS open,
		count(i.answered_in) AS acknowledged,
		count(*) FILTER (WHERE i.answered_in <= v.acknowledge_within) AS acknowledged_in_time,
		count(*) FILTER (WHERE i.source = 'customer') AS found_by_customers,
		(percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.answered_in))[1] AS acknowledge_median,
		(percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.answered_in))[2] AS acknowledge_p90,
		oncall_internal.in_hours((percentile_cont('{0.5,0.9}'::double precision[])
			WITHIN GROUP (ORDER BY i.answered_in))[1]) AS acknowledge_median_hours,
		oncall_internal.in_hours((percentile_cont('{0.5,0.9}'::double precision[])
			WITHIN GROUP (ORDER BY i.answered_in))[2]) AS acknowledge_p90_hours,
		(percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.resolved_in))[1] AS resolve_median,
		(percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.resolved_in))[2] AS resolve_p90,
		oncall_internal.in_hours((percentile_cont('{0.5,0.9}'::double precision[])
			WITHIN GROUP (ORDER BY i.resolved_in))[1]) AS resolve_median_hours,
		oncall_internal.in_hours((percentile_cont('{0.5,0.9}'::double precision[])
			WITHIN GROUP (ORDER BY i.resolved_in))[2]) AS resolve_p90_hours
	FROM (
		SELECT m.month, m.next_month, t.zone, t.team_id, t.name AS team, s.service_id, s.name AS service,
			o.severity, o.source, o.resolution,
			-- of one that was asked about again, the first answer is in its pages
			CASE WHEN o.asked_at > o.opened_at
				THEN oncall_internal.first_answer(o.incident_id, o.opened_at) - o.opened_at
				ELSE o.acknowledged_at - o.opened_at END AS answered_in,
			CASE WHEN o.resolution = 'resolved' THEN o.resolved_at - o.opened_at END AS resolved_in
		FROM oncall_internal.report_months(0) m
		CROSS JOIN oncall.team t
		JOIN oncall.service s ON s.team_id = t.team_id
		JOIN oncall.incident o ON o.service_id = s.service_id
			AND oncall_internal.month_at(o.opened_at, t.zone) = m.month
			AND o.opened_at >= m.earliest AND o.opened_at < m.latest
		WHERE o.merged_into IS NULL
		UNION ALL
		SELECT m.month, m.next_month, 'UTC' AS zone, NULL::integer AS team_id, NULL::text AS team,
			NULL::integer AS service_id, o.service_name,
			o.severity, o.source, o.resolution,
			CASE WHEN o.asked_at > o.opened_at
				THEN oncall_internal.first_answer(o.incident_id, o.opened_at) - o.opened_at
				ELSE o.acknowledged_at - o.opened_at END,
			CASE WHEN o.resolution = 'resolved' THEN o.resolved_at - o.opened_at END
		FROM oncall_internal.report_months(0) m
		JOIN oncall.incident o ON o.service_id IS NULL
			AND oncall_internal.month_at(o.opened_at, 'UTC') = m.month
			AND o.opened_at >= m.earliest AND o.opened_at < m.latest
		WHERE o.merged_into IS NULL) i
	JOIN oncall.severity v ON v.name = i.severity
	GROUP BY i.service_id, v.severity_id, i.month, i.next_month, i.zone, i.team_id, i.team, i.service;
COMMENT ON VIEW oncall.incident_report IS
'How incidents went: a row for each service, severity and month in which they were opened, on the clock of the service''s team. What was merged counts once, as the incident that it was merged into; what has no service has a row for each name that it was given, by months in UTC.';
COMMENT ON COLUMN oncall.incident_report.month IS 'The first day of the month.';
COMMENT ON COLUMN oncall.incident_report.starts_at IS 'When the month begins there.';
COMMENT ON COLUMN oncall.incident_report.ends_at IS 'When the next one begins.';
COMMENT ON COLUMN oncall.incident_report.zone IS 'The time zone of the month: that of the team, or UTC.';
COMMENT ON COLUMN oncall.incident_report.team_id IS 'The team of the service. NULL: they have no service.';
COMMENT ON COLUMN oncall.incident_report.team IS 'Its name.';
COMMENT ON COLUMN oncall.incident_report.service_id IS 'The service. NULL: there is none of that name.';
COMMENT ON COLUMN oncall.incident_report.service IS
'Its name, or what alerts called it where there is no such service. NULL: they did not say.';
COMMENT ON COLUMN oncall.incident_report.severity_id IS 'How bad they are.';
COMMENT ON COLUMN oncall.incident_report.severity IS 'Its name.';
COMMENT ON COLUMN oncall.incident_report.incidents IS 'How many there are.';
COMMENT ON COLUMN oncall.incident_report.resolved IS 'How many of them were resolved.';
COMMENT ON COLUMN oncall.incident_report.stale IS
'How many were closed as stale, since nobody touched them: they count as never resolved.';
COMMENT ON COLUMN oncall.incident_report.open IS 'How many are open now.';
COMMENT ON COLUMN oncall.incident_report.acknowledged IS 'How many were answered.';
COMMENT ON COLUMN oncall.incident_report.acknowledged_in_time IS
'How many were answered as soon as their severity wants. 0 where it does not say how soon.';
COMMENT ON COLUMN oncall.incident_report.found_by_customers IS 'How many customers found before anybody else did.';
COMMENT ON COLUMN oncall.incident_report.acknowledge_median IS
'How long half of those that were answered waited at most: until as many people had acknowledged as the severity wants; of one that was reopened, reassigned or forgotten, until its first acknowledgement.';
COMMENT ON COLUMN oncall.incident_report.acknowledge_p90 IS 'How long nine in ten of them waited at most.';
COMMENT ON COLUMN oncall.incident_report.acknowledge_median_hours IS 'acknowledge_median in hours.';
COMMENT ON COLUMN oncall.incident_report.acknowledge_p90_hours IS 'acknowledge_p90 in hours.';
COMMENT ON COLUMN oncall.incident_report.resolve_median IS
'How long half of those that were resolved lasted at most, from their opening to the last time that they were.';
COMMENT ON COLUMN oncall.incident_report.resolve_p90 IS 'How long nine in ten of them lasted at most.';
COMMENT ON COLUMN oncall.incident_report.resolve_median_hours IS 'resolve_median in hours.';
COMMENT ON COLUMN oncall.incident_report.resolve_p90_hours IS 'resolve_p90 in hours.';

-- Warning signs ---------------------------------------------------------

-- Of each incident only what lasted into working hours is looked at for long:
-- a month is enough to find some.
CREATE FUNCTION oncall_internal.waited_for_work(hours oncall.weekly_hours, zone text, holidays date[],
	opened_at timestamptz, ended_at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN oncall.is_open($1, $4, $2, $3) OR $5 <= $4 THEN false
	ELSE oncall.open_periods($1, tstzrange($4, least($5, $4 + interval '30 days')), $2, $3) <> '{}' END;
COMMENT ON FUNCTION oncall_internal.waited_for_work(oncall.weekly_hours, text, date[], timestamptz, timestamptz) IS
'Was something opened out of these hours, and still there when they began again?';

-- Few incidents are told anything about that is asked here: they are looked at
-- together. Who is given one is of another team if they are on no list, and have
-- been on none, that its team or its service has.
CREATE FUNCTION oncall_internal.told_incidents()
RETURNS TABLE (incident_id integer, severity_unknown boolean, passed_on boolean)
LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
	SELECT e.incident_id,
		bool_or(e.kind = 'odd' AND strpos(e.detail, 'There is no severity "') > 0) AND NOT bool_or(e.kind = 'severity'),
		bool_or(e.kind = 'reassigned' AND t.manager_id IS DISTINCT FROM e.other_person_id AND NOT EXISTS (
			SELECT FROM oncall.layer_member m
			JOIN oncall.layer l ON l.layer_id = m.layer_id
			JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
			WHERE m.person_id = e.other_person_id AND (r.team_id = t.team_id OR EXISTS (
				SELECT FROM oncall.service_rotation sr
				WHERE sr.service_id = i.service_id AND sr.rotation_id = r.rotation_id))))
	FROM oncall.incident_event e
	JOIN oncall.incident i ON i.incident_id = e.incident_id
	LEFT JOIN oncall.service s ON s.service_id = i.service_id
	LEFT JOIN oncall.team t ON t.team_id = s.team_id
	WHERE e.kind IN ('odd', 'severity', 'reassigned')
	GROUP BY e.incident_id;
END;
COMMENT ON FUNCTION oncall_internal.told_incidents() IS
'Incidents about which there is more to report: whether their alert had a severity that there is none of, and nobody has given them another; whether they were given to somebody who has nothing to do with their service or its team.';

-- It is inlined. Not the first of each by DISTINCT ON, which would be found of all
-- incidents, however few are asked about.
CREATE FUNCTION oncall_internal.first_called() RETURNS TABLE (incident_id integer, person_id integer)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT g.incident_id, g.person_id
	FROM oncall.page g
	WHERE g.person_id IS NOT NULL AND g.reason <> 'volunteer' AND NOT EXISTS (
		SELECT FROM oncall.page h
		WHERE h.incident_id = g.incident_id AND h.person_id IS NOT NULL AND h.reason <> 'volunteer'
			AND (h.step < g.step OR h.step = g.step AND h.page_id < g.page_id));
END;
COMMENT ON FUNCTION oncall_internal.first_called() IS
'For reports: who was called first about each incident about which somebody was.';

-- Of the months, nearly all are of this time on the clock of a team as well.
-- Two bounds would make the planner expect hardly any: IS TRUE hides one.
CREATE VIEW oncall.warning_sign WITH (security_invoker = true) AS
	WITH office AS MATERIALIZED (
		SELECT f.person_id, f.zone, f.hours, f.holidays FROM oncall_internal.offices() f
	)
	SELECT m.month, oncall_internal.date_begins(m.month, m.zone) AS starts_at,
		oncall_internal.date_begins(m.next_month, m.zone) AS ends_at, m.zone, m.team_id, m.team, g.sign_id, g.sign,
			g.value,
		CASE WHEN g.sign_id <> 3 THEN m.incidents END AS incidents,
		CASE WHEN g.sign_id <> 3 THEN round(g.value::numeric / nullif(m.incidents, 0), 3) END AS share,
		round(g.before::numeric / nullif(m.months_before, 0), 2) AS quarter_before,
		round(g.value - g.before::numeric / nullif(m.months_before, 0), 2) AS trend
	FROM (
		SELECT i.month, max(i.next_month) AS next_month, i.zone, i.team_id, i.team,
			least(3, 12 * (extract(year FROM i.month) - extract(year FROM max(i.first_month)))
				+ extract(month FROM i.month) - extract(month FROM max(i.first_month)))::integer AS months_before,
			count(i.incident_id) FILTER (WHERE i.back = 0) AS incidents,
			count(*) FILTER (WHERE i.by_customer AND i.back = 0) AS by_customer,
			count(*) FILTER (WHERE i.by_customer AND i.back > 0) AS by_customer_before,
			count(*) FILTER (WHERE i.waited AND i.back = 0) AS waited,
			count(*) FILTER (WHERE i.waited AND i.back > 0) AS waited_before,
			count(*) FILTER (WHERE i.overdue AND i.back = 0) AS overdue,
			count(*) FILTER (WHERE i.overdue AND i.back > 0) AS overdue_before,
			count(*) FILTER (WHERE i.severity_unknown AND i.back = 0) AS severity_unknown,
			count(*) FILTER (WHERE i.severity_unknown AND i.back > 0) AS severity_unknown_before,
			count(*) FILTER (WHERE i.not_owned AND i.back = 0) AS not_owned,
			count(*) FILTER (WHERE i.not_owned AND i.back > 0) AS not_owned_before
		FROM (
			SELECT m.month, m.next_month, m.back, t.zone, t.team_id, t.name AS team,
				oncall_internal.month_at(m.since, t.zone) AS first_month, o.incident_id, o.by_customer, o.waited,
				o.severity_unknown, o.not_owned, false AS overdue
			FROM oncall_internal.report_months(3) m
			CROSS JOIN oncall.team t
			LEFT JOIN (
				SELECT i.incident_id, i.opened_at, st.team_id, oncall_internal.month_at(i.opened_at, st.zone) AS month,
					i.source = 'customer' AS by_customer,
					oncall_internal.waited_for_work(coalesce(f.hours, 'Mo-Fr 09:00-17:00'), coalesce(f.zone, st.zone),
						coalesce(f.holidays, '{}'), i.opened_at,
						CASE WHEN i.resolution = 'resolved' THEN i.resolved_at ELSE now() END) AS waited,
					v.meaning IS NULL OR coalesce(w.severity_unknown, false) AS severity_unknown,
					coalesce(w.passed_on, false) AS not_owned
				FROM oncall.incident i
				JOIN oncall.service s ON s.service_id = i.service_id
				JOIN oncall.team st ON st.team_id = s.team_id
				JOIN oncall.severity v ON v.name = i.severity
				LEFT JOIN oncall_internal.first_called() first ON first.incident_id = i.incident_id
				LEFT JOIN office f ON f.person_id = first.person_id
				LEFT JOIN oncall_internal.told_incidents() w ON w.incident_id = i.incident_id
				WHERE i.merged_into IS NULL) o
			ON o.team_id = t.team_id AND o.month = m.read_month AND o.opened_at >= m.earliest AND o.opened_at < m.latest
			WHERE m.month >= oncall_internal.month_at(m.since, t.zone)
				AND (m.month <= oncall_internal.month_at(now(), t.zone)) IS TRUE
				-- of the months before, only what is counted: not in the join, which
				-- would work it out for each of them
				AND (m.back = 0 OR o.by_customer OR o.waited OR o.severity_unknown OR o.not_owned)
			UNION ALL
			SELECT m.month, m.next_month, m.back, 'UTC' AS zone, NULL::integer AS team_id, NULL::text AS team,
				oncall_internal.month_at(m.since, 'UTC'), o.incident_id, o.by_customer, o.waited, o.severity_unknown,
					o.not_owned, false AS overdue
			FROM oncall_internal.report_months(3) m
			LEFT JOIN (
				SELECT i.incident_id, i.opened_at,
					i.source = 'customer' AS by_customer,
					oncall_internal.waited_for_work(coalesce(f.hours, 'Mo-Fr 09:00-17:00'), coalesce(f.zone, 'UTC'),
						coalesce(f.holidays, '{}'), i.opened_at,
						CASE WHEN i.resolution = 'resolved' THEN i.resolved_at ELSE now() END) AS waited,
					v.meaning IS NULL OR coalesce(w.severity_unknown, false) AS severity_unknown,
					true AS not_owned
				FROM oncall.incident i
				JOIN oncall.severity v ON v.name = i.severity
				LEFT JOIN oncall_internal.first_called() first ON first.incident_id = i.incident_id
				LEFT JOIN office f ON f.person_id = first.person_id
				LEFT JOIN oncall_internal.told_incidents() w ON w.incident_id = i.incident_id
				WHERE i.merged_into IS NULL AND i.service_id IS NULL) o
			-- exactly, on the clock of UTC
			ON o.opened_at >= m.read_month::timestamp AT TIME ZONE 'UTC'
				AND o.opened_at < m.read_until::timestamp AT TIME ZONE 'UTC'
			WHERE m.month >= oncall_internal.month_at(m.since, 'UTC')
				AND (m.month <= oncall_internal.month_at(now(), 'UTC')) IS TRUE
				AND (m.back = 0 OR o.by_customer OR o.waited OR o.severity_unknown OR o.not_owned)
			UNION ALL
			SELECT m.month, m.next_month, m.back, coalesce(t.zone, 'UTC'), t.team_id, t.name,
				oncall_internal.month_at(m.since, coalesce(t.zone, 'UTC')), NULL::integer AS incident_id,
				NULL::boolean AS by_customer, NULL::boolean AS waited, NULL::boolean AS severity_unknown,
				NULL::boolean AS not_owned, true AS overdue
			FROM oncall.action_item a
			JOIN oncall.incident i ON i.incident_id = a.incident_id
			LEFT JOIN oncall.service s ON s.service_id = i.service_id
			LEFT JOIN oncall.team t ON t.team_id = coalesce(a.team_id, s.team_id)
			JOIN oncall_internal.report_months(3) m
				ON a.due_on < least(m.read_until, (now() AT TIME ZONE coalesce(t.zone, 'UTC'))::date)
				AND (a.done_on IS NULL OR a.done_on >= m.read_until)
			WHERE m.month >= oncall_internal.month_at(m.since, coalesce(t.zone, 'UTC'))
				AND (m.month <= oncall_internal.month_at(now(), coalesce(t.zone, 'UTC'))) IS TRUE) i
		GROUP BY i.team_id, i.month, i.zone, i.team) m
	CROSS JOIN LATERAL (VALUES
		(1, 'found by customers first', m.by_customer, m.by_customer_before),
		(2, 'unresolved until working hours', m.waited, m.waited_before),
		(3, 'action items overdue', m.overdue, m.overdue_before),
		(4, 'severity or impact unknown', m.severity_unknown, m.severity_unknown_before),
		(5, 'no owner, or passed between teams', m.not_owned, m.not_owned_before)) AS g(sign_id, sign, value, before);
COMMENT ON VIEW oncall.warning_sign IS
'Signs that on-call is not well: a row for each team, month on its clock, and sign, from the first incident on, zeros too; and for incidents that have no service, by months in UTC. What was merged counts once.';
COMMENT ON COLUMN oncall.warning_sign.month IS
'The first day of the month in which the incidents were opened. This month''s values are those until now.';
COMMENT ON COLUMN oncall.warning_sign.starts_at IS 'When the month begins there.';
COMMENT ON COLUMN oncall.warning_sign.ends_at IS 'When the next one begins.';
COMMENT ON COLUMN oncall.warning_sign.zone IS 'The time zone of the month: that of the team, or UTC.';
COMMENT ON COLUMN oncall.warning_sign.team_id IS
'The team of the service, or that an action item is for. NULL: the incidents have no service.';
COMMENT ON COLUMN oncall.warning_sign.team IS 'Its name.';
COMMENT ON COLUMN oncall.warning_sign.sign_id IS 'Number of the sign, from 1 to 5.';
COMMENT ON COLUMN oncall.warning_sign.sign IS
'found by customers first; unresolved until working hours (opened out of hours of who was called first, and still there when these began); action items overdue; severity or impact unknown; no owner, or passed between teams (given to somebody who is on no list of the service or team).';
COMMENT ON COLUMN oncall.warning_sign.value IS
'How many incidents have the sign; of action items how many were overdue as the month ended, or are now.';
COMMENT ON COLUMN oncall.warning_sign.incidents IS 'How many incidents there were. NULL for action items.';
COMMENT ON COLUMN oncall.warning_sign.share IS
'Which part of them has the sign, from 0 to 1. NULL: there were none, or the sign is of action items.';
COMMENT ON COLUMN oncall.warning_sign.quarter_before IS
'The mean value of the three months before, or of those that there are since the first incident. NULL in the first month.';
COMMENT ON COLUMN oncall.warning_sign.trend IS
'value less quarter_before: above 0 it gets worse. Over several teams it may be summed, as may value.';
