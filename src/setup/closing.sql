
-- Closing a period of a pay policy

CREATE FUNCTION oncall_internal.pay_differences(pay_policy_id integer, except_run_id integer)
RETURNS TABLE (pay_run_id integer, person_id integer, kind text, band text, hours interval, paid_hours numeric,
	rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT e.pay_run_id, d.person_id, d.kind, d.band, sum(d.hours), trim_scale(sum(d.paid_hours)),
		d.rate, sum(d.amount), d.currency, trim_scale(sum(d.lieu_hours))
	FROM (
		SELECT r.pay_run_id, p.name, oncall_internal.local_days(r.period, p.zone) AS during
		FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
		WHERE r.pay_policy_id = $1 AND r.pay_run_id IS DISTINCT FROM $2
		OFFSET 0) e
	CROSS JOIN LATERAL (
		SELECT w.person_id, w.kind, w.band, w.hours, w.paid_hours, w.rate, w.amount, w.currency, w.lieu_hours
		FROM oncall.pay_report(e.during, e.name) w
		UNION ALL
		SELECT l.person_id, l.kind, l.band, - l.hours, - l.paid_hours, l.rate, - l.amount, l.currency, - l.lieu_hours
		FROM oncall.pay_line l
		WHERE l.pay_run_id = e.pay_run_id AND l.corrects IS NULL OR l.corrects = e.pay_run_id) d
	GROUP BY e.pay_run_id, d.person_id, d.kind, d.band, d.rate, d.currency
	HAVING sum(d.amount) <> 0 OR sum(d.hours) <> '0' OR sum(d.paid_hours) <> 0 OR sum(d.lieu_hours) <> 0;
END;
COMMENT ON FUNCTION oncall_internal.pay_differences(integer, integer) IS
'What pay_report() says now of the periods of a policy''s closed runs, all but one, beyond what was paid for them, earlier adjustments included: what the next run adjusts. A row for each run, person, kind, band and rate with a difference.';

CREATE FUNCTION oncall_internal.why_adjusted(pay_run_id integer, person_id integer, kind text, hours interval)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH run AS MATERIALIZED (
		SELECT r.closed_at, oncall_internal.local_days(r.period, p.zone) AS during
		FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
		WHERE r.pay_run_id = $1),
	late AS MATERIALIZED (
		SELECT DISTINCT g.change_id, g.past_reason
		FROM run r
		JOIN oncall.cover c ON oncall_internal.is_believed(c.recorded) AND c.period && r.during
			AND lower(c.recorded) >= r.closed_at
		JOIN oncall.change g ON g.change_id = c.change_id AND g.past_reason IS NOT NULL
		WHERE $3 = 'standby' AND (c.person_id = $2 OR EXISTS (
			SELECT FROM oncall.roster(c.period, c.rotation_id, r.closed_at) h
			WHERE h.seat = c.seat AND h.person_id = $2))),
	-- whatever else moved their duty: somebody joined or left, a rule, the end of a cover
	changed AS (
		SELECT DISTINCT g.past_reason
		FROM run r
		JOIN oncall.change g ON g.made_at >= r.closed_at AND g.past_reason IS NOT NULL
		CROSS JOIN LATERAL oncall_internal.change_windows(g.change_id) w
		WHERE $3 = 'standby' AND g.change_id NOT IN (SELECT l.change_id FROM late l) AND EXISTS (
			SELECT FROM oncall.roster_diff(CASE WHEN w.since < upper(r.during)
				THEN tstzrange(greatest(w.since, lower(r.during)), upper(r.during))
					ELSE r.during END, w.known_before, w.known_after, w.rotation_id) d
			WHERE $2 IN (d.person_a_id, d.person_b_id)))
	SELECT coalesce(
		nullif(concat_ws('; ', 'late cover: ' || (SELECT string_agg(DISTINCT l.past_reason, '; ') FROM late l),
			'changed later: ' || (SELECT string_agg(c.past_reason, '; ' ORDER BY c.past_reason) FROM changed c)), ''),
		CASE WHEN $4 < '0' THEN 'corrected later' ELSE 'recorded later' END);
END;
COMMENT ON FUNCTION oncall_internal.why_adjusted(integer, integer, text, interval) IS
'Why a person''s pay differs from what a closed run paid: the reasons for changes of the past that moved their duty, or else that something was recorded or corrected later.';

CREATE FUNCTION oncall_internal.refuse_open_responses(pay_policy_id integer, period daterange) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy record;
	going record;
	more bigint;
BEGIN
	SELECT p.name, p.zone, oncall_internal.local_days(refuse_open_responses.period, p.zone) AS during INTO policy
	FROM oncall.pay_policy p WHERE p.pay_policy_id = refuse_open_responses.pay_policy_id;
	SELECT p.name, lower(r.period) AS since, p.zone, count(*) OVER () AS n INTO going
	FROM oncall.response r JOIN oncall.person p ON p.person_id = r.person_id
	WHERE upper_inf(r.period) AND upper_inf(r.recorded) AND r.approved_by IS NOT NULL
		AND lower(r.period) < upper(policy.during)
		AND EXISTS (SELECT FROM oncall.pay_assignment a
			WHERE a.person_id = r.person_id AND a.pay_policy_id = refuse_open_responses.pay_policy_id
				AND a.valid && tstzrange(lower(r.period), upper(policy.during)))
	ORDER BY lower(r.period), p.name LIMIT 1;
	IF FOUND THEN
		more := going.n - 1;
		RAISE EXCEPTION 'a response of "%" goes on since % [%]', going.name, oncall_internal.wall_time(going.since, going.zone), going.zone
			USING ERRCODE = '55000',
				DETAIL = format('The period %s of pay policy "%s" cannot be closed before it is known how long it lasted.%s',
					oncall_internal.date_span(refuse_open_responses.period), policy.name,
					CASE WHEN more > 0 THEN format(' There %s %s more.', CASE WHEN more = 1 THEN 'is' ELSE 'are' END, more) ELSE '' END),
				HINT = 'Record when it ended in oncall.response.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_open_responses(integer, daterange) IS
'For close_pay_run: the error (55000) that somebody who is paid by the policy responds without an end, in a response that was approved, since before the end of the period, with who and since when.';

CREATE FUNCTION oncall_internal.tell_unapproved(pay_policy_id integer, period daterange) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	waiting record;
BEGIN
	SELECT count(*) AS n, string_agg(DISTINCT p.name, ', ') AS people INTO waiting
	FROM oncall.pay_policy y
	JOIN oncall.pay_assignment a ON a.pay_policy_id = y.pay_policy_id
	JOIN oncall.response r ON r.person_id = a.person_id AND upper_inf(r.recorded) AND r.approved_by IS NULL
		AND a.valid @> lower(r.period)
	JOIN oncall.person p ON p.person_id = r.person_id
	WHERE y.pay_policy_id = tell_unapproved.pay_policy_id
		AND lower(r.period) < upper(oncall_internal.local_days(tell_unapproved.period, y.zone));
	IF waiting.n > 0 THEN
		RAISE NOTICE '% not paid, since nobody has approved %',
				CASE waiting.n WHEN 1 THEN 'a response is' ELSE format('%s responses are', waiting.n) END,
				CASE waiting.n WHEN 1 THEN 'it' ELSE 'them' END
			USING DETAIL = format('Recorded by themselves: %s.', waiting.people),
				HINT = 'SELECT * FROM oncall.response WHERE approved_by IS NULL AND upper_inf(recorded) lists them; once approved_by is set, the next run pays them.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_unapproved(integer, daterange) IS
'For close_pay_run: a NOTICE of the responses up to the end of the period that nobody has approved, of people who are paid by the policy.';

CREATE FUNCTION oncall_internal.refuse_gap(pay_policy_id integer, period daterange) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gap daterange;
BEGIN
	-- to the run before, or else to the one after
	SELECT daterange(max(upper(r.period)), lower(refuse_gap.period)) INTO gap FROM oncall.pay_run r
	WHERE r.pay_policy_id = refuse_gap.pay_policy_id AND r.period << refuse_gap.period HAVING count(*) > 0;
	IF gap IS NULL OR isempty(gap) THEN
		SELECT daterange(upper(refuse_gap.period), min(lower(r.period))) INTO gap FROM oncall.pay_run r
		WHERE r.pay_policy_id = refuse_gap.pay_policy_id AND r.period >> refuse_gap.period HAVING count(*) > 0;
	END IF;
	IF NOT isempty(gap) THEN
		RAISE EXCEPTION 'pay runs of policy "%" would leave a gap, %',
			(SELECT p.name FROM oncall.pay_policy p WHERE p.pay_policy_id = refuse_gap.pay_policy_id),
			oncall_internal.date_span(gap)
			USING ERRCODE = '55000',
				DETAIL = 'Nobody would be paid for these days.',
				HINT = format('Close %s first, or say leave_gap => true if that is on purpose.', oncall_internal.date_span(gap));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_gap(integer, daterange) IS
'For close_pay_run: the error (55000) that a period would not touch the runs before and after it.';

CREATE FUNCTION oncall.close_pay_run(policy oncall.ref, period daterange, leave_gap boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id CONSTANT integer := oncall_internal.pay_policy_named(close_pay_run.policy);
	new_id integer;
BEGIN
	PERFORM oncall_internal.refuse_null('policy', close_pay_run.policy IS NULL);
	PERFORM oncall_internal.refuse_null('period', close_pay_run.period IS NULL);

	-- whoever closes, or is judged, goes first: what follows sees it
	PERFORM FROM oncall.pay_policy p WHERE p.pay_policy_id = own_id FOR NO KEY UPDATE;
	BEGIN
		INSERT INTO oncall.pay_run AS r (pay_policy_id, period) VALUES (own_id, close_pay_run.period)
		RETURNING r.pay_run_id INTO new_id;
	EXCEPTION WHEN unique_violation THEN
		RAISE EXCEPTION 'could not serialize: another run of pay policy "%" was closed at the same time', close_pay_run.policy
			USING ERRCODE = '40001', HINT = 'Try again.';
	END;
	IF leave_gap IS NOT TRUE THEN
		PERFORM oncall_internal.refuse_gap(own_id, close_pay_run.period);
	END IF;
	PERFORM oncall_internal.refuse_open_responses(own_id, close_pay_run.period);
	PERFORM oncall_internal.tell_unapproved(own_id, close_pay_run.period);

	INSERT INTO oncall.pay_line
		(pay_run_id, person_id, kind, band, hours, paid_hours, rate, amount, currency, lieu_hours)
	SELECT new_id, w.person_id, w.kind, w.band, w.hours, w.paid_hours, w.rate, w.amount, w.currency, w.lieu_hours
	FROM oncall.pay_policy p,
		LATERAL oncall.pay_report(oncall_internal.local_days(close_pay_run.period, p.zone), p.name) WITH ORDINALITY w
	WHERE p.pay_policy_id = own_id
	ORDER BY w.ordinality;
	INSERT INTO oncall.pay_line
		(pay_run_id, person_id, kind, band, hours, paid_hours, rate, amount, currency, lieu_hours, corrects, why)
	SELECT new_id, d.person_id, d.kind, d.band, d.hours, d.paid_hours, d.rate, d.amount, d.currency, d.lieu_hours,
		d.pay_run_id,
		oncall_internal.why_adjusted(d.pay_run_id, d.person_id, d.kind, d.hours)
	FROM oncall_internal.pay_differences(own_id, new_id) d
	ORDER BY d.pay_run_id, d.person_id, d.kind DESC, d.band, d.rate;
	PERFORM oncall_internal.write_accruals(new_id);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.close_pay_run(oncall.ref, daterange, boolean) IS
'Closes a period of a pay policy: freezes its pay in pay_line, with what was recorded later for earlier runs as adjustments; returns the pay_run_id. Errors: 22004, 42704, 23514 (no first or last day), 55000 (not ended, a gap without leave_gap, an open response), 23P01 (overlap), 40001.';
