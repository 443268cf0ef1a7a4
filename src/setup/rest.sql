
-- Rest: who was called at night, and when they may start again.

CREATE FUNCTION oncall_internal.length_of(periods tstzmultirange) RETURNS interval
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(sum(make_interval(secs => extract(epoch FROM upper(r.p)) - extract(epoch FROM lower(r.p)))), '0')
	FROM unnest($1) AS r(p);
END;
COMMENT ON FUNCTION oncall_internal.length_of(tstzmultirange) IS
'How long bounded periods last together, in hours.';

CREATE FUNCTION oncall.rest_at(at timestamptz)
RETURNS TABLE (person_id integer, person text, policy text, rest_rule text, called timestamptz, ended timestamptz,
	rest tstzrange, may_start timestamptz, zone text, in_working_hours interval)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	WITH called AS (
		-- call-outs of the last days, with where and when the person works
		SELECT s.person_id, s.pay_policy_id, y.name AS policy, y.rest_rule, y.rest_period,
			w.zone, w.working_hours AS hours, w.holidays,
			lower(s.period) AS begins, least(s.ended, $1) AS ends,
			oncall.open_periods('Mo-Su 22:00-06:00', tstzrange(lower(s.period), least(s.ended, $1)), w.zone) <> '{}' AS at_night
		FROM oncall_internal.callout_periods(tstzrange($1 - interval '7 days', $1), unapproved => true) s
		JOIN oncall.pay_policy y ON y.pay_policy_id = s.pay_policy_id
		CROSS JOIN LATERAL oncall_internal.work_place(s.person_id, lower(s.period)) w
	), counted AS (
		-- a call that comes before the rest is over belongs to the same night
		SELECT c.*, count(*) FILTER (WHERE c.anew) OVER (PARTITION BY c.person_id ORDER BY c.begins) AS night
		FROM (SELECT c.*, coalesce(c.begins >= max(c.ends) OVER (PARTITION BY c.person_id ORDER BY c.begins
				ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + c.rest_period, true) AS anew
			  FROM called c) c
	), nights AS (
		SELECT c.person_id, c.night, min(c.begins) AS begins, max(c.ends) AS ends,
			sum(oncall_internal.length_of(tstzmultirange(tstzrange(c.begins, c.ends))
				- oncall.open_periods(c.hours, tstzrange(c.begins, c.ends), c.zone, c.holidays))) AS missed
		FROM counted c WHERE c.begins < c.ends
		GROUP BY c.person_id, c.night HAVING bool_or(c.at_night)
	)
	SELECT n.person_id, p.name, c.policy, c.rest_rule, n.begins, n.ends,
		tstzrange(r.begins, r.begins + r.length), r.begins + r.length, c.zone,
		oncall_internal.length_of(
			oncall.open_periods(c.hours, tstzrange(r.begins, r.begins + r.length), c.zone, c.holidays))
	FROM nights n
	JOIN LATERAL (SELECT x.* FROM counted x WHERE x.person_id = n.person_id AND x.night = n.night
		ORDER BY x.ends DESC, x.begins DESC LIMIT 1) c ON true
	JOIN oncall.person p ON p.person_id = n.person_id
	CROSS JOIN LATERAL (SELECT
		CASE WHEN c.rest_rule = 'restart' THEN n.ends
			ELSE coalesce(lower(oncall.open_periods(
				c.hours, tstzrange(n.ends, n.ends + interval '24 hours'), c.zone, c.holidays)), n.ends) END AS begins,
		CASE WHEN c.rest_rule = 'restart' THEN c.rest_period ELSE n.missed END AS length) r
	WHERE r.length > '0' AND r.begins + r.length > $1
	ORDER BY r.begins + r.length, p.name;
END;
COMMENT ON FUNCTION oncall.rest_at(timestamptz) IS
'Who was called at night (22:00 to 06:00 on their clock) before an instant and is not to start again yet, by the rest_rule of their policy. Call-outs that began more than seven days before are not looked at.';

CREATE VIEW oncall.rest_due WITH (security_invoker = true) AS
	SELECT r.person_id, r.person, r.policy, r.rest_rule, r.called, r.ended, r.rest, r.may_start,
		   r.may_start AT TIME ZONE r.zone AS may_start_local, r.zone, r.in_working_hours,
		   lower(r.rest) AS starts_at, upper(r.rest) AS ends_at, oncall_internal.in_hours(r.in_working_hours) AS hours
	FROM oncall.rest_at(now()) r;
COMMENT ON VIEW oncall.rest_due IS
'Who was called at night and is not to start again yet, and when they may: rest_at(now()).';
COMMENT ON COLUMN oncall.rest_due.person_id IS 'Who was called.';
COMMENT ON COLUMN oncall.rest_due.person IS 'Their name.';
COMMENT ON COLUMN oncall.rest_due.policy IS 'The policy whose rule counts.';
COMMENT ON COLUMN oncall.rest_due.rest_rule IS 'restart or make_up.';
COMMENT ON COLUMN oncall.rest_due.called IS 'Start of the first call-out of that night.';
COMMENT ON COLUMN oncall.rest_due.ended IS 'End of the last response; now, if it goes on.';
COMMENT ON COLUMN oncall.rest_due.rest IS 'From when until when they rest.';
COMMENT ON COLUMN oncall.rest_due.may_start IS 'When they may start again.';
COMMENT ON COLUMN oncall.rest_due.may_start_local IS 'The same on their clock.';
COMMENT ON COLUMN oncall.rest_due.zone IS 'Their time zone.';
COMMENT ON COLUMN oncall.rest_due.in_working_hours IS 'How much of the rest falls in their working hours.';
COMMENT ON COLUMN oncall.rest_due.starts_at IS 'When the rest begins.';
COMMENT ON COLUMN oncall.rest_due.ends_at IS 'When it ends: may_start.';
COMMENT ON COLUMN oncall.rest_due.hours IS 'in_working_hours in hours.';
