-- Reports of rotations: how duty is shared, and who would like to share it.

-- Fairness ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.holidays_of(calendar_id integer, working_hours oncall.weekly_hours) RETURNS date[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(oncall_internal.own_holidays(array_agg(h.day), array_agg(h.observes), $2), '{}')
	FROM oncall.holiday h WHERE h.calendar_id = $1;
END;
COMMENT ON FUNCTION oncall_internal.holidays_of(integer, oncall.weekly_hours) IS
'The dates that are public holidays of somebody with this calendar and these working hours.';

-- Its plan is kept for the next rotation.
CREATE FUNCTION oncall_internal.fairness_of(rotation_id integer)
RETURNS TABLE (person_id integer, person text, stretch text, starts_at timestamptz, ends_at timestamptz,
	days_listed numeric, hours numeric, first_seat_hours numeric, holiday_hours numeric,
	weekend_hours numeric, night_hours numeric, working_hours numeric, evening_hours numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000 ROWS 20 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH stretch AS (
		SELECT 'past' AS stretch, tstzrange(now() - interval '1 year', now()) AS during
		UNION ALL
		SELECT 'ahead' AS stretch, tstzrange(now(), now() + oncall.horizon())
	), duty AS (
		SELECT t.stretch, s.person_id, range_agg(s.period) AS periods,
			-- nobody holds a seat twice at once
			sum(s.ends_at - s.starts_at) FILTER (WHERE s.seat = 1) AS first_seat
		FROM stretch t
		CROSS JOIN LATERAL oncall.roster(t.during, fairness_of.rotation_id) s
		WHERE s.person_id IS NOT NULL
		GROUP BY t.stretch, s.person_id
	), listed AS (
		SELECT t.stretch, l.person_id, (
			SELECT sum(upper(r.period) - lower(r.period)) FROM unnest(l.periods) AS r(period)) AS lasts
		FROM stretch t
		CROSS JOIN LATERAL oncall_internal.listed_periods(fairness_of.rotation_id, t.during) l
	), share AS (
		SELECT coalesce(d.stretch, l.stretch) AS stretch, coalesce(d.person_id, l.person_id) AS person_id,
			coalesce(d.periods, '{}') AS periods, d.first_seat, l.lasts
		FROM duty d
		FULL JOIN listed l ON l.stretch = d.stretch AND l.person_id = d.person_id
	), place AS MATERIALIZED (
		SELECT p.person_id, p.name, p.zone, p.working_hours,
			oncall_internal.holidays_of(p.calendar_id, p.working_hours) AS holidays
		FROM oncall.person p
		WHERE p.person_id IN (SELECT s.person_id FROM share s)
	)
	SELECT p.person_id, p.name, t.stretch, lower(t.during), upper(t.during),
		round(oncall_internal.in_hours(coalesce(s.lasts, '0')) / 24, 2),
		round(oncall_internal.in_hours(b.holiday + b.weekend + b.night + b.working + b.evening), 2),
		round(oncall_internal.in_hours(coalesce(s.first_seat, '0')), 2),
		round(oncall_internal.in_hours(b.holiday), 2), round(oncall_internal.in_hours(b.weekend), 2),
		round(oncall_internal.in_hours(b.night), 2), round(oncall_internal.in_hours(b.working), 2),
		round(oncall_internal.in_hours(b.evening), 2)
	FROM share s
	JOIN stretch t ON t.stretch = s.stretch
	JOIN place p ON p.person_id = s.person_id
	CROSS JOIN LATERAL oncall_internal.duty_bands(s.periods, p.zone, p.working_hours, p.holidays) b;
END
$$;
COMMENT ON FUNCTION oncall_internal.fairness_of(integer) IS
'For the view fairness: everybody who was on a list of a rotation or on duty within a year, and who will be to oncall.horizon ahead.';

CREATE VIEW oncall.fairness WITH (security_invoker = true) AS
	SELECT r.rotation_id, r.name AS rotation, f.person_id, f.person, f.stretch, f.starts_at, f.ends_at, f.days_listed,
		   f.hours, round(avg(f.hours) OVER w, 2) AS mean_hours,
		   f.first_seat_hours, round(avg(f.first_seat_hours) OVER w, 2) AS mean_first_seat_hours,
		   f.holiday_hours, round(avg(f.holiday_hours) OVER w, 2) AS mean_holiday_hours,
		   f.weekend_hours, round(avg(f.weekend_hours) OVER w, 2) AS mean_weekend_hours,
		   f.night_hours, round(avg(f.night_hours) OVER w, 2) AS mean_night_hours,
		   f.working_hours, round(avg(f.working_hours) OVER w, 2) AS mean_working_hours,
		   f.evening_hours, round(avg(f.evening_hours) OVER w, 2) AS mean_evening_hours,
		   CASE WHEN f.stretch = 'past' THEN coalesce(n.nights, 0) END AS nights_broken,
		   round(avg(CASE WHEN f.stretch = 'past' THEN coalesce(n.nights, 0) END) OVER w, 2) AS mean_nights_broken
	FROM oncall.rotation r
	CROSS JOIN LATERAL oncall_internal.fairness_of(r.rotation_id) f
	LEFT JOIN (
		SELECT c.rotation_id, c.rotation, c.person_id, count(DISTINCT c.night)::integer AS nights
		FROM oncall_internal.past_calls() c
		WHERE c.out_of_hours AND c.night IS NOT NULL AND c.called_at >= now() - interval '1 year' AND c.called_at < now()
		GROUP BY c.rotation_id, c.rotation, c.person_id) n
		ON n.rotation_id = r.rotation_id AND n.rotation = r.name AND n.person_id = f.person_id
	-- with the name, so that a condition on it reaches the rotation
	WINDOW w AS (PARTITION BY r.rotation_id, r.name, f.stretch);
COMMENT ON VIEW oncall.fairness IS
'How the duty of each rotation is shared: one row for a rotation, a person and a stretch, the past year or what is ahead. Hours are split by the clock, working hours and holidays of the person; each mean is of all rows of that rotation and stretch.';
COMMENT ON COLUMN oncall.fairness.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.fairness.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.fairness.person_id IS 'Who is on duty, or on a list without having had any.';
COMMENT ON COLUMN oncall.fairness.person IS 'Their name.';
COMMENT ON COLUMN oncall.fairness.stretch IS 'past: the year before now; ahead: from now to oncall.horizon (90 days).';
COMMENT ON COLUMN oncall.fairness.starts_at IS 'When the stretch starts.';
COMMENT ON COLUMN oncall.fairness.ends_at IS 'When it ends.';
COMMENT ON COLUMN oncall.fairness.days_listed IS
'How many days of it, of 24 hours, they are on a list of the rotation: whoever has joined lately has fewer hours. 0: they only cover.';
COMMENT ON COLUMN oncall.fairness.hours IS 'Hours on duty, in whatever seat.';
COMMENT ON COLUMN oncall.fairness.mean_hours IS 'Mean of hours.';
COMMENT ON COLUMN oncall.fairness.first_seat_hours IS 'Hours in the first seat.';
COMMENT ON COLUMN oncall.fairness.mean_first_seat_hours IS 'Mean of first_seat_hours.';
COMMENT ON COLUMN oncall.fairness.holiday_hours IS 'Hours on public holidays of theirs.';
COMMENT ON COLUMN oncall.fairness.mean_holiday_hours IS 'Mean of holiday_hours.';
COMMENT ON COLUMN oncall.fairness.weekend_hours IS 'Other hours on Saturdays and Sundays.';
COMMENT ON COLUMN oncall.fairness.mean_weekend_hours IS 'Mean of weekend_hours.';
COMMENT ON COLUMN oncall.fairness.night_hours IS 'Other hours from 22:00 to 06:00.';
COMMENT ON COLUMN oncall.fairness.mean_night_hours IS 'Mean of night_hours.';
COMMENT ON COLUMN oncall.fairness.working_hours IS 'Other hours within their working hours.';
COMMENT ON COLUMN oncall.fairness.mean_working_hours IS 'Mean of working_hours.';
COMMENT ON COLUMN oncall.fairness.evening_hours IS 'All other hours.';
COMMENT ON COLUMN oncall.fairness.mean_evening_hours IS 'Mean of evening_hours.';
COMMENT ON COLUMN oncall.fairness.nights_broken IS
'In how many nights (22:00 to 07:00 where they live) a page of the rotation came, but in their working hours: as in pager_load, where a night from Sunday to Monday may be of both weeks. NULL for what is ahead.';
COMMENT ON COLUMN oncall.fairness.mean_nights_broken IS 'Mean of nights_broken.';

-- Volunteers --------------------------------------------------------------

CREATE FUNCTION oncall_internal.lists_of(rotation_id integer)
RETURNS TABLE (person_id integer, joined_at timestamptz, left_at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 10 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT e.person_id, lower(e.periods), upper(e.periods)
	FROM (SELECT m.person_id, range_agg(oncall_internal.entry_periods(m.layer_member_id)
				* tstzmultirange(tstzrange(lower(l.valid), oncall_internal.layer_until(l.layer_id)))) AS periods
		  FROM oncall.layer l
		  JOIN oncall.layer_member m ON m.layer_id = l.layer_id
		  WHERE l.rotation_id = lists_of.rotation_id AND oncall_internal.is_believed(l.recorded)
			AND oncall_internal.is_believed(m.recorded) AND m.person_id IS NOT NULL
		  GROUP BY m.person_id) e
	WHERE e.periods <> '{}';
END
$$;
COMMENT ON FUNCTION oncall_internal.lists_of(integer) IS
'Who is or was on a list of a rotation, or will be: from when first (NULL: always) and until when (NULL: for good).';

CREATE VIEW oncall.volunteer_queue WITH (security_invoker = true) AS
	SELECT r.rotation_id, r.name AS rotation, q.kind, q.place, q.person_id, p.name AS person, q.since, q.reason,
		   (SELECT count(*)::integer FROM oncall_internal.lists_of(r.rotation_id) m
			WHERE (m.joined_at <= now()) IS NOT FALSE AND (m.left_at > now()) IS NOT FALSE) AS members
	FROM oncall.rotation r
	CROSS JOIN LATERAL (
		SELECT 'volunteer' AS kind, v.person_id, v.since, v.reason,
			   row_number() OVER (ORDER BY v.since, v.rotation_member_id)::integer AS place
		FROM (SELECT m.rotation_member_id, m.person_id, coalesce(lower(m.valid), c.made_at) AS since, c.reason
			  FROM oncall.rotation_member m
			  JOIN oncall.change c ON c.change_id = m.change_id
			  WHERE m.rotation_id = r.rotation_id AND m.standing = 'volunteer'
				AND oncall_internal.is_believed(m.recorded)
				AND NOT isempty(m.valid) AND (upper(m.valid) > now()) IS NOT FALSE) v
		UNION ALL
		SELECT 'left' AS kind, g.person_id, g.left_at, NULL::text AS reason,
			   row_number() OVER (ORDER BY g.left_at, g.person_id)::integer
		-- who joins takes the place that has been empty longest
		FROM (SELECT o.*, max(o.gone - o.come) OVER () AS empty
			  FROM (SELECT l.person_id, l.left_at,
						   row_number() OVER (ORDER BY l.left_at DESC, l.person_id DESC) AS gone,
						   (SELECT count(*) FROM oncall_internal.lists_of(r.rotation_id) j
							WHERE j.joined_at >= l.left_at) AS come
					FROM oncall_internal.lists_of(r.rotation_id) l
					WHERE l.left_at > now() - interval '1 year') o) g
		WHERE g.gone <= g.empty AND NOT oncall_internal.is_retired(r.rotation_id)) q
	JOIN oncall.person p ON p.person_id = q.person_id;
COMMENT ON VIEW oncall.volunteer_queue IS
'Who would like to join a rotation, and who has left a gap in it: one row for a rotation and a volunteer, or somebody who left its lists within a year, or will, and in whose place nobody has joined since.';
COMMENT ON COLUMN oncall.volunteer_queue.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.volunteer_queue.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.volunteer_queue.kind IS 'volunteer or left.';
COMMENT ON COLUMN oncall.volunteer_queue.place IS
'Who comes first: whoever has been waiting, or missing, longest has 1.';
COMMENT ON COLUMN oncall.volunteer_queue.person_id IS 'The person.';
COMMENT ON COLUMN oncall.volunteer_queue.person IS 'Their name.';
COMMENT ON COLUMN oncall.volunteer_queue.since IS
'Since when they would like to join; or when they left, or will leave, the lists.';
COMMENT ON COLUMN oncall.volunteer_queue.reason IS 'What was said when a volunteer was entered. NULL: nothing.';
COMMENT ON COLUMN oncall.volunteer_queue.members IS 'How many are on the lists of the rotation now.';
