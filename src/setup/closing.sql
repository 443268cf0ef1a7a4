
-- Closing a period of a pay policy

-- Which runs something may have touched

CREATE FUNCTION oncall_internal.responses_touched(since timestamptz) RETURNS SETOF tstzrange
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH recorded AS MATERIALIZED (
		SELECT r.person_id, r.period FROM oncall.response r WHERE lower(r.recorded) >= $1
		UNION
		SELECT r.person_id, r.period FROM oncall.response r WHERE upper(r.recorded) >= $1),
	-- how long after its end a response may still be joined by others
	reach AS MATERIALIZED (
		SELECT max(p.minimum_callout + p.round_to) + interval '1 second' AS length FROM oncall.pay_policy p),
	-- whatever was believed, what is further apart was never one call-out
	busy AS (
		SELECT n.person_id, n.since, b.periods
		FROM reach h
		CROSS JOIN (SELECT c.person_id, min(lower(c.period)) - interval '10 days' AS since
					FROM recorded c GROUP BY c.person_id) n
		-- by the index, person by person
		CROSS JOIN LATERAL (
			SELECT range_agg(tstzrange(lower(r.period), coalesce(upper(r.period), 'infinity') + h.length)) AS periods
			FROM oncall.response r
			WHERE r.person_id = n.person_id AND coalesce(upper(r.period), 'infinity') > n.since - h.length) b)
	SELECT CASE WHEN lower(b.period) <= b.since THEN tstzrange(NULL, upper(b.period)) ELSE b.period END
	FROM (SELECT b.person_id, b.since, unnest(b.periods) AS period FROM busy b) b
	WHERE EXISTS (SELECT FROM recorded c WHERE c.person_id = b.person_id AND c.period && b.period);
END;
COMMENT ON FUNCTION oncall_internal.responses_touched(timestamptz) IS
'The time in which call-outs may have become others by what was recorded or taken back of responses since a time: from the first to the last response that may ever have been joined to one of these.';

CREATE FUNCTION oncall_internal.time_touched(since timestamptz) RETURNS tstzmultirange
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(range_agg(t.period), '{}')
	FROM (
		SELECT oncall_internal.responses_touched($1) AS period
		UNION ALL
		SELECT tstzrange(f.since, CASE WHEN f.until > f.since THEN f.until END)
		FROM oncall.change g CROSS JOIN LATERAL oncall_internal.change_rows(g.change_id) f
		WHERE g.made_at >= $1
		UNION ALL
		SELECT t.period FROM oncall.pay_touched t WHERE t.noted_at >= $1) t;
END;
COMMENT ON FUNCTION oncall_internal.time_touched(timestamptz) IS
'The time of which rosters, call-outs, holidays or assignments may have become others by what was recorded since a time.';

CREATE FUNCTION oncall_internal.runs_touched(pay_policy_id integer, since timestamptz) RETURNS SETOF integer
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	WITH touched AS MATERIALIZED (
		SELECT oncall_internal.time_touched($2) AS periods WHERE isfinite($2)),
	entries AS MATERIALIZED (
		SELECT e.day FROM oncall.pay_entry e WHERE e.pay_policy_id = $1 AND lower(e.recorded) >= $2
		UNION
		SELECT e.day FROM oncall.pay_entry e WHERE e.pay_policy_id = $1 AND upper(e.recorded) >= $2)
	SELECT r.pay_run_id
	FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
	WHERE r.pay_policy_id = $1 AND oncall_internal.is_closed(r.reopened_at)
		-- whole days and days off are counted beyond the edges of a window: no
		-- instants of one date are further apart than 76 hours in any zones
		AND (NOT EXISTS (SELECT FROM touched t
				WHERE NOT t.periods && tstzrange(lower(oncall_internal.local_days(r.period, p.zone)) - interval '76 hours',
					upper(oncall_internal.local_days(r.period, p.zone)) + interval '76 hours'))
			-- one of a date that the zone has skipped is of the next
			OR EXISTS (SELECT FROM entries e WHERE r.period @> e.day OR r.period @> e.day + 1));
END;
COMMENT ON FUNCTION oncall_internal.runs_touched(integer, timestamptz) IS
'The closed runs of a policy of which something that was recorded since a time may have changed what they are worth; all, if that is not known (-infinity or NULL).';

CREATE FUNCTION oncall_internal.runs_to_compare(pay_run_id integer) RETURNS integer[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT array_agg(t.id)
	FROM oncall.pay_run n CROSS JOIN LATERAL unnest(n.pays_for) AS q(pay_policy_id)
	CROSS JOIN LATERAL oncall_internal.runs_touched(q.pay_policy_id, (
		-- each of these has compared the runs of the policy with all that it saw
		SELECT max(w.seen_until) FROM oncall.pay_run w
		WHERE w.pays_for @> ARRAY[q.pay_policy_id] AND oncall_internal.is_closed(w.reopened_at)
			AND (w.closed_at, w.pay_run_id) < (n.closed_at, n.pay_run_id))) AS t(id)
	JOIN oncall.pay_run r ON r.pay_run_id = t.id
	-- those that the same statement closes after it have not written their lines
	WHERE n.pay_run_id = $1 AND (r.closed_at, r.pay_run_id) < (n.closed_at, n.pay_run_id);
END;
COMMENT ON FUNCTION oncall_internal.runs_to_compare(integer) IS
'The runs of which a run that is being closed may have to pay differences: of the policies that it pays for, those that something may have touched since they were compared last.';

-- Differences

CREATE FUNCTION oncall_internal.pay_differences(pay_run_ids integer[])
RETURNS TABLE (pay_run_id integer, person_id integer, pay_policy_id integer, rotation_id integer, kind text, band text,
	pay_code text, hours interval, paid_hours numeric, units numeric, per interval, rate numeric, amount numeric,
	currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT e.pay_run_id, d.person_id, d.pay_policy_id, d.rotation_id, d.kind, d.band, d.pay_code,
		sum(d.hours), trim_scale(sum(d.paid_hours)), trim_scale(sum(d.units)), d.per, d.rate, sum(d.amount), d.currency,
		trim_scale(sum(d.lieu_hours))
	FROM (
		SELECT r.pay_run_id, p.name, oncall_internal.local_days(r.period, p.zone) AS during
		FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
		WHERE r.pay_run_id = ANY ($1)
		OFFSET 0) e
	CROSS JOIN LATERAL (
		SELECT w.person_id, w.pay_policy_id, w.rotation_id, w.kind, w.band, w.pay_code, w.hours, w.paid_hours, w.units,
			w.per, w.rate, w.amount, w.currency, w.lieu_hours
		FROM oncall.pay_report(e.during, e.name) w
		UNION ALL
		SELECT l.person_id, l.pay_policy_id, l.rotation_id, l.kind, l.band, l.pay_code, - l.hours, - l.paid_hours,
			- l.units, l.per, l.rate, - l.amount, l.currency, - l.lieu_hours
		FROM oncall.pay_line l
		-- looked up for each line, of which there are few, not all runs for their lines
		WHERE coalesce(l.corrects, l.pay_run_id) = e.pay_run_id
			AND (SELECT oncall_internal.is_closed(w.reopened_at) FROM oncall.pay_run w
				WHERE w.pay_run_id = l.pay_run_id)) d
	GROUP BY e.pay_run_id, d.person_id, d.pay_policy_id, d.rotation_id, d.kind, d.band, d.pay_code, d.per, d.rate,
		d.currency
	HAVING sum(d.amount) <> 0 OR sum(d.hours) <> '0' OR sum(d.paid_hours) <> 0 OR sum(d.units) <> 0
		OR sum(d.lieu_hours) <> 0;
END;
COMMENT ON FUNCTION oncall_internal.pay_differences(integer[]) IS
'What pay_report() says now of the periods of closed runs beyond what was paid for them, adjustments included. A row for each run, person, policy, rotation, kind, band, pay_code, per and rate with a difference.';

CREATE FUNCTION oncall_internal.why_adjusted(pay_run_id integer, person_id integer, kind text, hours interval,
	pay_code text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH run AS MATERIALIZED (
		SELECT r.closed_at, r.seen_until, r.pay_policy_id, r.period,
			oncall_internal.local_days(r.period, p.zone) AS during
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
	entered AS MATERIALIZED (
		SELECT e.why, e.recorded, oncall_internal.is_believed(e.recorded) AS believed,
			coalesce(e.copy_of, e.pay_entry_id) AS original, r.seen_until
		FROM run r JOIN oncall.pay_entry e ON e.pay_policy_id = r.pay_policy_id AND r.period @> e.day
		WHERE $3 = 'entry' AND e.person_id = $2 AND e.pay_code IS NOT DISTINCT FROM $5),
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
		nullif(concat_ws('; ',
			'entered later: ' || (SELECT string_agg(DISTINCT e.why, '; ') FROM entered e
				WHERE e.believed AND lower(e.recorded) >= e.seen_until),
			-- what is only edited has another row that is believed
			'taken back later: ' || (SELECT string_agg(DISTINCT e.why, '; ') FROM entered e
				WHERE upper(e.recorded) >= e.seen_until
					AND e.original NOT IN (SELECT b.original FROM entered b WHERE b.believed)),
			'late cover: ' || (SELECT string_agg(DISTINCT l.past_reason, '; ') FROM late l),
			'changed later: ' || (SELECT string_agg(c.past_reason, '; ' ORDER BY c.past_reason) FROM changed c)), ''),
		CASE WHEN $4 < '0' THEN 'corrected later' ELSE 'recorded later' END);
END;
COMMENT ON FUNCTION oncall_internal.why_adjusted(integer, integer, text, interval, text) IS
'Why a person''s pay differs from what a closed run paid: the reasons of entries, of changes of the past that moved their duty, or else that something was recorded or corrected later.';

CREATE FUNCTION oncall_internal.accruals_due(pay_run_id integer, compared integer[])
RETURNS TABLE (person_id integer, day date, amount interval, corrects integer)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	-- by day, of this run and of those before it; what was written is taken off
	SELECT d.person_id, d.day, sum(d.amount), nullif(d.pay_run_id, $1)
	FROM (
		SELECT s.person_id, s.day, s.amount, e.pay_run_id
		FROM (
			SELECT r.pay_run_id, r.pay_policy_id, oncall_internal.local_days(r.period, p.zone) AS during
			FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
			WHERE r.pay_run_id = ANY ($1 || $2)
			OFFSET 0) e
		CROSS JOIN LATERAL oncall_internal.lieu_earned(e.during, e.pay_policy_id) s
		UNION ALL
		SELECT l.person_id, l.day, - l.amount, coalesce(l.corrects, l.pay_run_id)
		FROM oncall.lieu_entry l
		WHERE coalesce(l.corrects, l.pay_run_id) = ANY ($2)
			AND (SELECT oncall_internal.is_closed(w.reopened_at) FROM oncall.pay_run w
				WHERE w.pay_run_id = l.pay_run_id)) d
	GROUP BY d.person_id, d.day, d.pay_run_id
	HAVING sum(d.amount) <> '0';
END;
COMMENT ON FUNCTION oncall_internal.accruals_due(integer, integer[]) IS
'The time in lieu that is earned in the period of a run, by person and day, and what differs by now from what was written for the runs that it is compared with.';

-- One statement: all comes of one snapshot

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

CREATE FUNCTION oncall_internal.write_run(pay_run_id integer) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
	WITH run AS MATERIALIZED (
		SELECT r.pay_run_id, p.name AS policy, oncall_internal.local_days(r.period, p.zone) AS during,
			coalesce(oncall_internal.runs_to_compare(r.pay_run_id), '{}') AS compared
		FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
		WHERE r.pay_run_id = $1 AND oncall_internal.refuse_open_responses(r.pay_policy_id, r.period) IS NOT NULL),
	lines AS (
		INSERT INTO oncall.pay_line (pay_run_id, person_id, employee_number, person, pay_policy_id, policy, rotation_id,
			rotation, kind, band, pay_code, hours, paid_hours, units, per, rate, amount, currency, lieu_hours,
				corrects, why)
		-- named, so that a dump of it is the same after it is restored
		SELECT $1 AS pay_run_id, w.person_id, w.employee_number, w.person, w.pay_policy_id, w.policy, w.rotation_id,
			w.rotation, w.kind, w.band, w.pay_code, w.hours, w.paid_hours, w.units, w.per, w.rate, w.amount, w.currency,
				w.lieu_hours,
			w.corrects, w.why
		FROM (
			SELECT w.*, NULL::integer AS corrects, NULL::text AS why
			FROM run r CROSS JOIN LATERAL oncall.pay_report(r.during, r.policy) WITH ORDINALITY w
			UNION ALL
			SELECT d.person_id, p.employee_number, p.name, d.pay_policy_id, y.name, d.rotation_id, t.name, d.kind,
				d.band,
				d.pay_code, d.hours, d.paid_hours, d.units, d.per, d.rate, d.amount, d.currency, d.lieu_hours,
				NULL AS ordinality, d.pay_run_id, oncall_internal.why_adjusted(d.pay_run_id, d.person_id, d.kind,
					d.hours, d.pay_code)
			FROM run r CROSS JOIN LATERAL oncall_internal.pay_differences(r.compared) d
			JOIN oncall.person p ON p.person_id = d.person_id
			JOIN oncall.pay_policy y ON y.pay_policy_id = d.pay_policy_id
			LEFT JOIN oncall.rotation t ON t.rotation_id = d.rotation_id) w
		ORDER BY w.corrects NULLS FIRST, w.ordinality, w.person_id, w.kind DESC, w.band, w.pay_code, w.rate,
			w.rotation_id),
	accruals AS (
		INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, pay_run_id, corrects, note)
		SELECT a.person_id, a.day, 'accrued' AS kind, a.amount, $1 AS pay_run_id, a.corrects,
			'corrects pay run ' || a.corrects AS note
		FROM run r CROSS JOIN LATERAL oncall_internal.accruals_due(r.pay_run_id, r.compared) a
		ORDER BY a.corrects NULLS FIRST, a.day, a.person_id)
	SELECT FROM run;
END;
COMMENT ON FUNCTION oncall_internal.write_run(integer) IS
'For the trigger close_run: writes the lines and accruals of a run, with the differences of earlier ones, or an error if a response goes on. One statement, so that all comes of one snapshot.';

-- What is called

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

CREATE FUNCTION oncall.close_pay_run(policy oncall.ref, period daterange, allow_gap boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id CONSTANT integer := oncall_internal.pay_policy_named(close_pay_run.policy);
	new_id integer;
	broken text;
BEGIN
	PERFORM oncall_internal.refuse_null('policy', close_pay_run.policy IS NULL);
	PERFORM oncall_internal.refuse_null('period', close_pay_run.period IS NULL);
	BEGIN
		INSERT INTO oncall.pay_run AS r (pay_policy_id, period, allow_gap)
		VALUES (own_id, close_pay_run.period, coalesce(close_pay_run.allow_gap, false))
		RETURNING r.pay_run_id INTO new_id;
	EXCEPTION WHEN unique_violation THEN
		GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
		IF broken <> 'pay_run_policy_id_number_key' THEN
			RAISE;
		END IF;
		RAISE EXCEPTION 'could not serialize: another run of pay policy "%" was closed at the same time', close_pay_run.policy
			USING ERRCODE = '40001', HINT = 'Try again.';
	END;
	PERFORM oncall_internal.tell_unapproved(own_id, close_pay_run.period);
	PERFORM oncall_internal.tell_owed(own_id, close_pay_run.period);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.close_pay_run(oncall.ref, daterange, boolean) IS
'Closes a period of a pay policy: freezes its pay in pay_line, with what was recorded later for earlier runs, of policies that it has replaced too, as adjustments; returns the pay_run_id. Errors: 22004, 42704, 23514 (no first or last day), 55000 (not ended, a gap, an open response), 23P01, 40001.';

CREATE FUNCTION oncall.reopen_pay_run(pay_run_id integer, reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy integer := (SELECT r.pay_policy_id FROM oncall.pay_run r WHERE r.pay_run_id = reopen_pay_run.pay_run_id);
BEGIN
	PERFORM oncall_internal.refuse_null('pay_run_id', reopen_pay_run.pay_run_id IS NULL);
	IF policy IS NULL THEN
		RAISE EXCEPTION 'pay run % does not exist', reopen_pay_run.pay_run_id
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.pay_run lists those that do.';
	END IF;
	-- before the row, as whoever closes one
	PERFORM oncall_internal.lock_pay_chain(policy);
	UPDATE oncall.pay_run r SET reopened_at = clock_timestamp(), reopened_by = current_user, reopen_reason = reason
	WHERE r.pay_run_id = reopen_pay_run.pay_run_id;
END
$$;
COMMENT ON FUNCTION oncall.reopen_pay_run(integer, text) IS
'Takes back the latest pay run of a chain, until it is sent: its lines and accruals stay and count no more, and its period can be closed again. Errors: 23514 (no reason; time in lieu that it earned was taken), 55000 (sent, not the latest, reopened already), 42704, 22004.';

CREATE FUNCTION oncall.mark_sent(pay_run_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run oncall.pay_run;
BEGIN
	PERFORM oncall_internal.refuse_null('pay_run_id', mark_sent.pay_run_id IS NULL);
	SELECT r.* INTO run FROM oncall.pay_run r WHERE r.pay_run_id = mark_sent.pay_run_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'pay run % does not exist', mark_sent.pay_run_id
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.pay_run lists those that do.';
	ELSIF NOT oncall_internal.is_closed(run.reopened_at) THEN
		RAISE EXCEPTION 'pay run % is reopened', mark_sent.pay_run_id
			USING ERRCODE = '55000', DETAIL = 'What it would have paid counts no more.',
				HINT = 'Send the run that has closed its period again.';
	ELSIF run.sent_at IS NOT NULL THEN
		RAISE EXCEPTION 'pay run % has been sent', mark_sent.pay_run_id
			USING ERRCODE = '55000', DETAIL = format('That was at %s.', run.sent_at),
				HINT = 'What is sent twice is paid twice.';
	END IF;
	UPDATE oncall.pay_run r SET sent_at = clock_timestamp() WHERE r.pay_run_id = mark_sent.pay_run_id;
END
$$;
COMMENT ON FUNCTION oncall.mark_sent(integer) IS
'Says that a pay run went to who pays it out: an export calls it in its transaction. It cannot be reopened any more. Errors: 55000 (sent before, reopened), 42704 (no such run), 22004 (NULL).';
