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

-- It is inlined.
CREATE FUNCTION oncall_internal.calls()
RETURNS TABLE (person_id integer, rotation_id integer, called_at timestamptz)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT g.person_id, g.rotation_id, coalesce(g.sent_at, greatest(g.created_at, g.due_at))
	FROM oncall.page g
	WHERE g.person_id IS NOT NULL AND g.reason <> 'volunteer' AND (g.cancelled_at IS NULL OR g.sent_at IS NOT NULL);
END;
COMMENT ON FUNCTION oncall_internal.calls() IS
'For reports: whom pages called, and when: those that were sent, or were due where no gateway says what it sends; not those that were given up before.';

-- A night is named by the date of its evening. Not STRICT, so that it is inlined.
CREATE FUNCTION oncall_internal.night_of(local timestamp) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ($1 - interval '7 hours')::time >= '15:00' THEN ($1 - interval '7 hours')::date END;
COMMENT ON FUNCTION oncall_internal.night_of(timestamp) IS
'The night (22:00 to 07:00) that it is on a clock, by the date on which it began; NULL by day.';

-- These are inlined: what is asked of people and rotations decides what is read.
-- The names are among what is grouped by, so that they do so, too.

CREATE FUNCTION oncall_internal.past_duty()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text, week date,
	lasts interval)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT d.person_id, d.person, d.zone, d.rotation_id, d.rotation, k.week, k.lasts
	FROM (
		SELECT p.person_id, p.name AS person, p.zone, r.rotation_id, r.name AS rotation, range_agg(s.period) AS periods
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
			ON known.rotation_id = r.rotation_id AND known.person_id = p.person_id
		GROUP BY p.person_id, p.name, p.zone, r.rotation_id, r.name) d
	CROSS JOIN LATERAL oncall_internal.weeks_of(d.periods, d.zone) k;
END;
COMMENT ON FUNCTION oncall_internal.past_duty() IS
'For pager_load: how much of which week somebody was on duty until now; what they held twice at once counts once.';

CREATE FUNCTION oncall_internal.past_calls()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text, called_at timestamptz,
	out_of_hours boolean, week date, night date)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT f.person_id, f.person, f.zone, r.rotation_id, r.name, c.called_at,
		NOT oncall.is_open(f.hours, c.called_at, f.zone, f.holidays), oncall_internal.week_at(c.called_at, f.zone),
		oncall_internal.night_of(c.called_at AT TIME ZONE f.zone)
	FROM oncall_internal.calls() c
	JOIN oncall_internal.offices() f ON f.person_id = c.person_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = c.rotation_id;
END;
COMMENT ON FUNCTION oncall_internal.past_calls() IS
'For pager_load: who was called, whether that was out of their hours, and in which week and night. A night out of hours is broken.';

-- Somebody may have been called twice about an incident, by two rotations: then
-- it is of the one with the lower number.
CREATE FUNCTION oncall_internal.past_work()
RETURNS TABLE (person_id integer, person text, zone text, rotation_id integer, rotation text, week date,
	lasts interval)
LANGUAGE sql STABLE ROWS 1000
BEGIN ATOMIC
	SELECT w.person_id, w.person, w.zone, w.rotation_id, w.rotation, k.week, k.lasts
	FROM (
		SELECT p.person_id, p.name AS person, p.zone, r.rotation_id, r.name AS rotation,
			range_agg(o.period * tstzrange(NULL, now())) AS periods
		FROM oncall.response o
		JOIN oncall.person p ON p.person_id = o.person_id
		LEFT JOIN (
			SELECT g.person_id, g.incident_id, g.rotation_id
			FROM oncall.page g
			WHERE g.rotation_id IS NOT NULL AND NOT EXISTS (
				SELECT FROM oncall.page h
				WHERE h.incident_id = g.incident_id AND h.person_id = g.person_id
					AND h.rotation_id < g.rotation_id)) called
			ON called.person_id = o.person_id AND called.incident_id = o.incident_id
		LEFT JOIN oncall.rotation r ON r.rotation_id = called.rotation_id
		WHERE oncall_internal.is_believed(o.recorded) AND lower(o.period) < now()
		GROUP BY p.person_id, p.name, p.zone, r.rotation_id, r.name) w
	CROSS JOIN LATERAL oncall_internal.weeks_of(w.periods, w.zone) k;
END;
COMMENT ON FUNCTION oncall_internal.past_work() IS
'For pager_load: how much of which week somebody responded until now, for the rotation in which a page called them; what they did twice at once counts once.';

CREATE VIEW oncall.pager_load WITH (security_invoker = true) AS
	SELECT w.person_id, w.person, w.rotation_id, w.rotation, w.week,
		oncall_internal.date_begins(w.week, w.zone) AS starts_at,
			oncall_internal.date_begins(w.week + 7, w.zone) AS ends_at,
		w.zone, count(w.out_of_hours) AS pages, count(*) FILTER (WHERE w.out_of_hours) AS pages_out_of_hours,
		-- each night of a week, and the one before it, has a bit
		bit_count(coalesce(bit_or(1 << (w.night - w.week + 1)) FILTER (WHERE w.out_of_hours),
			0)::bit(8)) AS nights_broken,
		oncall_internal.in_hours(coalesce(sum(w.duty), '0')) AS hours_on_duty,
		-- of others' responses members see nothing
		CASE WHEN (SELECT oncall_internal.is_manager(current_user))
			OR w.person_id = (SELECT oncall_internal.own_person())
			THEN oncall_internal.in_hours(coalesce(sum(w.work), '0')) END AS hours_responding
	FROM (
		SELECT d.person_id, d.person, d.rotation_id, d.rotation, d.zone, d.week, NULL::boolean AS out_of_hours,
			NULL::date AS night, d.lasts AS duty, NULL::interval AS work
		FROM oncall_internal.past_duty() d
		UNION ALL
		SELECT c.person_id, c.person, c.rotation_id, c.rotation, c.zone, c.week, c.out_of_hours, c.night,
			NULL::interval AS duty, NULL::interval AS work
		FROM oncall_internal.past_calls() c
		UNION ALL
		SELECT w.person_id, w.person, w.rotation_id, w.rotation, w.zone, w.week, NULL::boolean AS out_of_hours,
			NULL::date AS night, NULL::interval AS duty, w.lasts AS work
		FROM oncall_internal.past_work() w) w
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
