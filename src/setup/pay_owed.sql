
-- What is owed and no run will pay by itself

CREATE FUNCTION oncall_internal.pays_on(pay_policy_id integer) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM oncall.pay_assignment a
		WHERE a.pay_policy_id = $1 AND a.valid && tstzrange(now(), NULL));
END;
COMMENT ON FUNCTION oncall_internal.pays_on(integer) IS
'Will there be another run of a policy: is anybody assigned to it now or later?';

CREATE FUNCTION oncall_internal.pay_uncovered(pay_policy_id integer) RETURNS SETOF daterange
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	SELECT unnest(datemultirange(daterange(s.first, greatest(s.first, s.last))) - coalesce((
		SELECT range_agg(r.period) FROM oncall.pay_run r
		WHERE r.pay_policy_id = $1 AND oncall_internal.is_closed(r.reopened_at)), '{}'))
	FROM (
		SELECT least((oncall_internal.pay_begins($1) AT TIME ZONE p.zone)::date,
				(SELECT min(e.day) FROM oncall.pay_entry e
				 WHERE e.pay_policy_id = $1 AND oncall_internal.is_believed(e.recorded))) AS first,
			-- what will be closed in time is not owed yet
			CASE WHEN oncall_internal.pays_on($1)
				THEN (SELECT max(upper(r.period)) FROM oncall.pay_run r
					WHERE r.pay_policy_id = $1 AND oncall_internal.is_closed(r.reopened_at))
				ELSE greatest(
					(SELECT ((max(upper(a.valid)) - interval '1 microsecond') AT TIME ZONE p.zone)::date + 1
					 FROM oncall.pay_assignment a WHERE a.pay_policy_id = $1),
					(SELECT max(e.day) + 1 FROM oncall.pay_entry e
					 WHERE e.pay_policy_id = $1 AND oncall_internal.is_believed(e.recorded))) END AS last
		FROM oncall.pay_policy p
		WHERE p.pay_policy_id = $1 AND EXISTS (SELECT FROM oncall.pay_run r
			WHERE r.pay_policy_id IN (SELECT oncall_internal.pay_chain($1))
				AND oncall_internal.is_closed(r.reopened_at))
		OFFSET 0) s
	WHERE isfinite(s.first) AND isfinite(s.last);
END;
COMMENT ON FUNCTION oncall_internal.pay_uncovered(integer) IS
'The days of a policy that no run has paid and none will pay in time: before its first run, between two, and after the last if nobody is assigned to it any more. Of a chain of which no run was ever closed: none.';

CREATE FUNCTION oncall_internal.pay_forgotten(pay_policy_id integer, since date DEFAULT NULL)
RETURNS TABLE (days daterange, person_id integer, person text, amount numeric, currency text, lieu_hours numeric)
-- not to be inlined: the planner would expect rows in thousands
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT d.days, w.person_id, w.person, sum(w.amount), w.currency, trim_scale(sum(w.lieu_hours))
	FROM (SELECT u.days, p.name, oncall_internal.local_days(u.days, p.zone) AS during
		  FROM oncall.pay_policy p CROSS JOIN LATERAL oncall_internal.pay_uncovered(p.pay_policy_id) AS u(days)
		  WHERE p.pay_policy_id = $1 AND ($2 IS NULL OR upper(u.days) >= $2)
			  -- a date that the zone has skipped is no window
			  AND NOT isempty(oncall_internal.local_days(u.days, p.zone))
		  OFFSET 0) d
	CROSS JOIN LATERAL oncall.pay_report(d.during, d.name) w
	GROUP BY d.days, w.person_id, w.person, w.currency
	HAVING sum(w.amount) <> 0 OR sum(w.lieu_hours) <> 0;
END;
COMMENT ON FUNCTION oncall_internal.pay_forgotten(integer, date) IS
'What the days of a policy are worth that no run has paid and none will pay in time, by person; of stretches that reach a day (NULL: all).';

CREATE FUNCTION oncall_internal.pay_orphaned(pay_policy_id integer)
RETURNS TABLE (pay_run_id integer, person_id integer, amount numeric, currency text, lieu_hours numeric, why text)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 2 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT d.pay_run_id, d.person_id, sum(d.amount), d.currency, trim_scale(sum(d.lieu_hours)),
		string_agg(DISTINCT oncall_internal.why_adjusted(d.pay_run_id, d.person_id, d.kind, d.hours, d.pay_code), '; ')
	FROM (
		SELECT array_agg(t.id) AS ids
		-- a run of the policy, or of one that has replaced it, would pay them
		FROM (SELECT max(w.seen_until) AS since FROM oncall.pay_run w
			  WHERE w.pays_for @> ARRAY[$1] AND oncall_internal.is_closed(w.reopened_at)
			  HAVING NOT EXISTS (SELECT FROM oncall_internal.pay_chain($1) AS c(id)
				  WHERE $1 IN (SELECT * FROM oncall_internal.pay_replaced(c.id)) AND oncall_internal.pays_on(c.id))
			  OFFSET 0) w
		CROSS JOIN LATERAL oncall_internal.runs_touched($1, w.since) AS t(id)) r
	CROSS JOIN LATERAL oncall_internal.pay_differences(r.ids) d
	GROUP BY d.pay_run_id, d.person_id, d.currency
	HAVING sum(d.amount) <> 0 OR sum(d.lieu_hours) <> 0;
END;
COMMENT ON FUNCTION oncall_internal.pay_orphaned(integer) IS
'The differences of closed runs of a policy by which nobody is paid any more, nor by one that has replaced it: no run comes that would pay them.';

CREATE VIEW oncall.pay_owed WITH (security_invoker = true) AS
	SELECT o.kind, o.pay_policy_id, o.policy, o.person_id, o.person, o.pay_run_id, o.days, o.response_id, o.amount,
		   o.currency, o.lieu_hours, o.why, oncall_internal.date_begins(lower(o.days), o.zone) AS starts_at,
		   oncall_internal.date_begins(upper(o.days), o.zone) AS ends_at
	FROM (
		SELECT 'difference' AS kind, y.pay_policy_id, y.name AS policy, d.person_id, p.name AS person, d.pay_run_id,
			   r.period AS days, NULL::integer AS response_id, d.amount, d.currency, d.lieu_hours, d.why, y.zone
		FROM oncall.pay_policy y CROSS JOIN LATERAL oncall_internal.pay_orphaned(y.pay_policy_id) d
		JOIN oncall.person p ON p.person_id = d.person_id
		JOIN oncall.pay_run r ON r.pay_run_id = d.pay_run_id
		UNION ALL
		SELECT 'days' AS kind, y.pay_policy_id, y.name, d.person_id, d.person, NULL::integer AS pay_run_id,
			   d.days, NULL::integer AS response_id, d.amount, d.currency, d.lieu_hours, 'in no run' AS why, y.zone
		FROM oncall.pay_policy y CROSS JOIN LATERAL oncall_internal.pay_forgotten(y.pay_policy_id) d
		UNION ALL
		SELECT 'response' AS kind, y.pay_policy_id, y.name, r.person_id, p.name, NULL::integer AS pay_run_id,
			   daterange((lower(r.period) AT TIME ZONE p.zone)::date, (lower(r.period) AT TIME ZONE p.zone)::date, '[]'),
			   r.response_id, NULL::numeric AS amount, y.currency, NULL::numeric AS lieu_hours,
			   'not approved' || coalesce(' (incident ' || r.incident_id || ')', '') AS why, p.zone
		FROM oncall.response r
		JOIN oncall.person p ON p.person_id = r.person_id
		LEFT JOIN oncall.pay_assignment a ON a.person_id = r.person_id AND a.pay_policy_id IS NOT NULL
			AND a.valid @> lower(r.period)
		LEFT JOIN oncall.pay_policy y ON y.pay_policy_id = a.pay_policy_id
		WHERE r.approved_by IS NULL AND oncall_internal.is_believed(r.recorded)) o;
COMMENT ON VIEW oncall.pay_owed IS
'What no pay run will pay by itself: differences of closed runs of policies by which nobody is paid any more, days with pay that are in no run, and responses that wait for a manager. Closing such a policy or such days once more, a row of pay_entry, or an approval pays them.';
COMMENT ON COLUMN oncall.pay_owed.kind IS 'difference (of a closed run), days (in no run) or response (not approved).';
COMMENT ON COLUMN oncall.pay_owed.pay_policy_id IS 'The policy. NULL: the person was paid by none when they responded.';
COMMENT ON COLUMN oncall.pay_owed.policy IS 'Its name.';
COMMENT ON COLUMN oncall.pay_owed.person_id IS 'To whom it is owed.';
COMMENT ON COLUMN oncall.pay_owed.person IS 'Their name.';
COMMENT ON COLUMN oncall.pay_owed.pay_run_id IS 'Of a difference: the run.';
COMMENT ON COLUMN oncall.pay_owed.days IS
'Of a difference, those of the run; those that are in no run; or the day on which the response began.';
COMMENT ON COLUMN oncall.pay_owed.response_id IS 'Of a response: which.';
COMMENT ON COLUMN oncall.pay_owed.amount IS
'How much; negative: too much was paid. NULL: of a response, which is worth what a run makes of it.';
COMMENT ON COLUMN oncall.pay_owed.currency IS 'Code of the currency in ISO 4217.';
COMMENT ON COLUMN oncall.pay_owed.lieu_hours IS 'Time in lieu that is owed, in hours. NULL: of a response.';
COMMENT ON COLUMN oncall.pay_owed.why IS 'Why.';
COMMENT ON COLUMN oncall.pay_owed.starts_at IS
'When the days begin: in the zone of the policy, or of the person who responded.';
COMMENT ON COLUMN oncall.pay_owed.ends_at IS 'When the day after them begins there.';

CREATE FUNCTION oncall_internal.tell_owed(pay_policy_id integer, period daterange) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owed record;
BEGIN
	-- what is long past lint tells: it takes its time to work out
	SELECT count(*) AS n, string_agg(DISTINCT format('%s: %s %s', o.what, o.amount, o.currency), '; ') AS what INTO owed
	FROM (
		SELECT format('policy "%s", %s', p.name, oncall_internal.date_span(d.days)) AS what, sum(d.amount) AS amount,
			d.currency
		FROM oncall_internal.pay_chain(tell_owed.pay_policy_id) AS c(id)
		JOIN oncall.pay_policy p ON p.pay_policy_id = c.id
		CROSS JOIN LATERAL oncall_internal.pay_forgotten(c.id, lower(tell_owed.period) - 62) d
		GROUP BY p.name, d.days, d.currency
		UNION ALL
		SELECT format('policy "%s", run %s', p.name, d.pay_run_id), sum(d.amount), d.currency
		FROM oncall.pay_policy p CROSS JOIN LATERAL oncall_internal.pay_orphaned(p.pay_policy_id) d
		WHERE p.pay_policy_id IN (SELECT oncall_internal.pay_chain(tell_owed.pay_policy_id))
			-- or of one that it should have replaced: which paid the same people until lately
			OR EXISTS (SELECT FROM oncall.pay_run r
				WHERE r.pay_policy_id = p.pay_policy_id AND upper(r.period) >= lower(tell_owed.period) - 62
					AND oncall_internal.is_closed(r.reopened_at))
			AND EXISTS (SELECT FROM oncall.pay_assignment a JOIN oncall.pay_assignment b ON b.person_id = a.person_id
				WHERE a.pay_policy_id = p.pay_policy_id AND b.pay_policy_id = tell_owed.pay_policy_id)
		GROUP BY p.name, d.pay_run_id, d.currency) o;
	IF owed.n > 0 THEN
		RAISE NOTICE 'there is pay that no run will pay by itself'
			USING DETAIL = owed.what || '.', HINT = 'SELECT * FROM oncall.pay_owed lists it by person.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_owed(integer, daterange) IS
'For close_pay_run: a NOTICE of the days that are in no run, of the chain, and of the differences that no run will pay, also of another policy that paid the same people until lately.';

CREATE FUNCTION oncall_internal.lint_pay() RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
	SELECT 'pay_owed' AS rule, 'warning' AS level,
		format('%s of policy "%s" %s in no run, and worth %s %s.', oncall_internal.date_span(o.days), o.policy,
			CASE WHEN upper(o.days) - lower(o.days) = 1 THEN 'is' ELSE 'are' END, sum(o.amount), o.currency) AS detail,
		format('SELECT * FROM oncall.pay_owed WHERE days = %L', o.days) AS suggestion
	FROM oncall.pay_owed o WHERE o.kind = 'days' GROUP BY o.policy, o.days, o.currency
	UNION ALL
	-- named, so that a dump of it is the same after it is restored
	SELECT 'pay_owed' AS rule, 'warning' AS level,
		format('Run %s of policy "%s" differs by %s %s from what it is worth now, and no run will pay it.', o.pay_run_id,
			o.policy, sum(o.amount), o.currency) AS detail,
		format('SELECT * FROM oncall.pay_owed WHERE pay_run_id = %s', o.pay_run_id) AS suggestion
	FROM oncall.pay_owed o WHERE o.kind = 'difference' GROUP BY o.pay_run_id, o.policy, o.currency
	UNION ALL
	SELECT 'pay_owed' AS rule, 'warning' AS level,
		format('%s of %s for approval.', CASE count(*) WHEN 1 THEN 'A response' ELSE count(*) || ' responses' END,
			string_agg(DISTINCT o.person, ', ') || CASE count(*) WHEN 1 THEN ' waits' ELSE ' wait' END) AS detail,
		'SELECT * FROM oncall.pay_owed WHERE kind = ''response''' AS suggestion
	FROM oncall.pay_owed o WHERE o.kind = 'response' HAVING count(*) > 0;
END;
COMMENT ON FUNCTION oncall_internal.lint_pay() IS
'A rule of lint: what is owed and no pay run will pay by itself.';
