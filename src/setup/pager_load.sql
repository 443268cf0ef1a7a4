-- The load: how much of whose weeks and nights the pager takes. A week is one on
-- the clock of where the person lives, from Monday on.
--
-- Two seats that somebody holds at once, and two incidents that they work on at
-- once, are counted once: what another row of theirs has covered already is
-- left out.

CREATE FUNCTION oncall_internal.week_at(at timestamptz, zone text) RETURNS date
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN date_trunc('week', $1 AT TIME ZONE $2)::date;
COMMENT ON FUNCTION oncall_internal.week_at(timestamptz, text) IS
'The Monday of the week that it is in a zone at an instant.';

-- Most periods touch one or two weeks.
CREATE FUNCTION oncall_internal.weeks_between(first date, last date) RETURNS date[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(SELECT first + 7 * n FROM generate_series(0, (last - first) / 7) AS n);
END
$$;
COMMENT ON FUNCTION oncall_internal.weeks_between(date, date) IS 'The Mondays from one to another.';

CREATE FUNCTION oncall_internal.weeks_from(first date, last date) RETURNS date[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE $2 - $1 WHEN 0 THEN ARRAY[$1] WHEN 7 THEN ARRAY[$1, $2] ELSE oncall_internal.weeks_between($1, $2) END;
COMMENT ON FUNCTION oncall_internal.weeks_from(date, date) IS 'The Mondays from one to another; inlined.';

-- A night is named by the date of its evening.
CREATE FUNCTION oncall_internal.night_of(local timestamp) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN ($1 - interval '7 hours')::time >= '15:00' THEN ($1 - interval '7 hours')::date END;
COMMENT ON FUNCTION oncall_internal.night_of(timestamp) IS
'The night (22:00 to 07:00) that it is on a clock, by the date on which it began; NULL by day.';

CREATE FUNCTION oncall_internal.part_of_week(starts_at timestamptz, ends_at timestamptz, week date, zone text)
RETURNS interval
LANGUAGE sql STABLE PARALLEL SAFE
RETURN least($2, oncall_internal.date_begins($3 + 7, $4)) - greatest($1, oncall_internal.date_begins($3, $4));
COMMENT ON FUNCTION oncall_internal.part_of_week(timestamptz, timestamptz, date, text) IS
'How much of a period that touches a week, on the clock of a zone, is of that week.';

-- These are inlined: what is asked of people and rotations decides what is read.

CREATE FUNCTION oncall_internal.past_duty()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text,
	starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT d.person_id, d.person, d.zone, d.rotation_id, d.rotation,
		greatest(d.starts_at, max(d.ends_at) OVER (PARTITION BY d.person_id, d.person, d.rotation_id, d.rotation
			ORDER BY d.starts_at, d.ends_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), d.ends_at
	FROM (
		SELECT p.person_id, p.name AS person, p.zone, r.rotation_id, r.name AS rotation, s.starts_at, s.ends_at
		FROM oncall.rotation r
		CROSS JOIN LATERAL (
			SELECT min(oncall_internal.layer_begins(l.valid, l.cadence)) AS start
			FROM oncall.layer l
			WHERE l.rotation_id = r.rotation_id AND oncall_internal.is_believed(l.recorded)
			HAVING min(oncall_internal.layer_begins(l.valid, l.cadence)) < now()) first
		CROSS JOIN LATERAL oncall.roster(tstzrange(first.start, now()), r.rotation_id) s
		JOIN oncall.person p ON p.person_id = s.person_id
		-- of one person, only the rosters that they may stand in
		JOIN (
			SELECT l.rotation_id, m.person_id
			FROM oncall.layer_member m
			JOIN oncall.layer l ON l.layer_id = m.layer_id
			UNION
			SELECT c.rotation_id, c.person_id FROM oncall.cover c) known
			ON known.rotation_id = r.rotation_id AND known.person_id = p.person_id) d;
END;
COMMENT ON FUNCTION oncall_internal.past_duty() IS
'For pager_load: who was on duty until now, without what they held twice at once: then a row ends before it starts, or as it does.';

CREATE FUNCTION oncall_internal.past_calls()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text, called_at timestamptz,
	out_of_hours boolean, week date, night date)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT f.person_id, f.person, f.zone, r.rotation_id, r.name, c.called_at,
		NOT oncall.is_open(f.hours, c.called_at, f.zone, f.holidays), date_trunc('week', l.local)::date,
		oncall_internal.night_of(l.local)
	FROM (
		SELECT g.person_id, g.rotation_id, coalesce(g.sent_at, greatest(g.created_at, g.due_at)) AS called_at
		FROM oncall.page g
		WHERE g.person_id IS NOT NULL AND g.reason <> 'volunteer' AND (g.cancelled_at IS NULL OR g.sent_at IS NOT NULL)) c
	JOIN oncall_internal.offices() f ON f.person_id = c.person_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = c.rotation_id
	-- worked out once
	CROSS JOIN LATERAL (SELECT c.called_at AT TIME ZONE f.zone AS local OFFSET 0) l;
END;
COMMENT ON FUNCTION oncall_internal.past_calls() IS
'For pager_load: who was called, whether that was out of their hours, and in which week and night. A night out of hours is broken.';

CREATE FUNCTION oncall_internal.past_work()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text,
	starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT w.person_id, w.person, w.zone, w.rotation_id, w.rotation,
		greatest(w.starts_at, max(w.ends_at) OVER (PARTITION BY w.person_id, w.person, w.rotation_id, w.rotation
			ORDER BY w.starts_at, w.ends_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)), w.ends_at
	FROM (
		SELECT p.person_id, p.name AS person, p.zone, r.rotation_id, r.name AS rotation,
			lower(o.period) AS starts_at, least(upper(o.period), now()) AS ends_at
		FROM oncall.response o
		JOIN oncall.person p ON p.person_id = o.person_id
		LEFT JOIN (
			SELECT g.person_id, g.incident_id, min(g.rotation_id) AS rotation_id
			FROM oncall.page g
			WHERE g.rotation_id IS NOT NULL
			GROUP BY g.person_id, g.incident_id) called
			ON called.person_id = o.person_id AND called.incident_id = o.incident_id
		LEFT JOIN oncall.rotation r ON r.rotation_id = called.rotation_id
		WHERE oncall_internal.is_believed(o.recorded) AND lower(o.period) < now()) w;
END;
COMMENT ON FUNCTION oncall_internal.past_work() IS
'For pager_load: who responded until now, for the rotation in which a page called them, without what they did twice at once: then a row ends before it starts, or as it does.';

CREATE VIEW oncall.pager_load WITH (security_invoker = true) AS
	SELECT w.person_id, w.person, w.rotation_id, w.rotation, w.week,
		oncall_internal.date_begins(w.week, w.zone) AS starts_at,
			oncall_internal.date_begins(w.week + 7, w.zone) AS ends_at,
		w.zone, count(w.called_at) AS pages, count(*) FILTER (WHERE w.out_of_hours) AS pages_out_of_hours,
		count(DISTINCT w.night) FILTER (WHERE w.out_of_hours) AS nights_broken,
		oncall_internal.in_hours(coalesce(sum(w.duty), '0')) AS hours_on_duty,
		-- of others' responses members see nothing
		CASE WHEN oncall_internal.is_manager(current_user) OR w.person_id = oncall_internal.own_person()
			THEN oncall_internal.in_hours(coalesce(sum(w.work), '0')) END AS hours_responding
	FROM (
		SELECT d.person_id, d.person, d.rotation_id, d.rotation, d.zone, k.week, NULL::timestamptz AS called_at,
			NULL::boolean AS out_of_hours, NULL::date AS night,
			oncall_internal.part_of_week(d.starts_at, d.ends_at, k.week, d.zone) AS duty, NULL::interval AS work
		FROM oncall_internal.past_duty() d
		CROSS JOIN LATERAL unnest(oncall_internal.weeks_from(oncall_internal.week_at(d.starts_at, d.zone),
			oncall_internal.week_at(d.ends_at - interval '1 microsecond', d.zone))) AS k(week)
		WHERE d.starts_at < d.ends_at
		UNION ALL
		SELECT c.person_id, c.person, c.rotation_id, c.rotation, c.zone, c.week,
			c.called_at, c.out_of_hours, c.night, NULL::interval AS duty, NULL::interval AS work
		FROM oncall_internal.past_calls() c
		UNION ALL
		SELECT w.person_id, w.person, w.rotation_id, w.rotation, w.zone, k.week, NULL::timestamptz AS called_at,
			NULL::boolean AS out_of_hours, NULL::date AS night, NULL::interval AS duty,
			oncall_internal.part_of_week(w.starts_at, w.ends_at, k.week, w.zone) AS work
		FROM oncall_internal.past_work() w
		CROSS JOIN LATERAL unnest(oncall_internal.weeks_from(oncall_internal.week_at(w.starts_at, w.zone),
			oncall_internal.week_at(w.ends_at - interval '1 microsecond', w.zone))) AS k(week)
		WHERE w.starts_at < w.ends_at) w
	GROUP BY w.person_id, w.rotation_id, w.week, w.person, w.rotation, w.zone;
COMMENT ON VIEW oncall.pager_load IS
'What the pager takes from people: a row for each person, rotation and week (from Monday on, on their own clock) in which they were on duty, were called or responded, until now. Members see of others no hours of responses.';
COMMENT ON COLUMN oncall.pager_load.person_id IS 'Who.';
COMMENT ON COLUMN oncall.pager_load.person IS 'Their name.';
COMMENT ON COLUMN oncall.pager_load.rotation_id IS
'The rotation in which they were on duty or were called. NULL: they were called by name, or came by themselves.';
COMMENT ON COLUMN oncall.pager_load.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.pager_load.week IS 'The Monday of the week.';
COMMENT ON COLUMN oncall.pager_load.starts_at IS 'When the week begins where they live.';
COMMENT ON COLUMN oncall.pager_load.ends_at IS 'When the next one begins.';
COMMENT ON COLUMN oncall.pager_load.zone IS 'The time zone where they live.';
COMMENT ON COLUMN oncall.pager_load.pages IS
'How many pages called them: those that were sent, or were due where no gateway says what it sends; not those that were given up before.';
COMMENT ON COLUMN oncall.pager_load.pages_out_of_hours IS
'How many of them came out of their working hours, or on a public holiday of theirs.';
COMMENT ON COLUMN oncall.pager_load.nights_broken IS
'In how many nights (22:00 to 07:00 where they live) a page came, but in their working hours.';
COMMENT ON COLUMN oncall.pager_load.hours_on_duty IS
'For how many hours they held a seat, until now; two seats of the rotation at once count once.';
COMMENT ON COLUMN oncall.pager_load.hours_responding IS
'For how many hours they worked on incidents, until now, approved or not; two at once count once. NULL: the reader may not see it.';
