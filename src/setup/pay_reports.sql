
-- Pay: reports. Everything here stands on oncall_internal.pay_lines() and its like,
-- which read the tables as the caller.

CREATE FUNCTION oncall.callouts(during tstzrange, policy oncall.ref DEFAULT NULL)
RETURNS TABLE (person_id int, person text, pay_policy_id int, policy text,
	period tstzrange, ended timestamptz, responses int[], hours oncall.hours, lieu interval)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT c.person_id, p.name, c.pay_policy_id, y.name, c.period, c.ended, c.responses,
		   oncall.band_hours(c.period, c.pay_policy_id, c.person_id), c.lieu
	FROM oncall_internal.callout_periods($1, oncall_internal.pay_policy_named($2)) c
	JOIN oncall.person p ON p.person_id = c.person_id
	JOIN oncall.pay_policy y ON y.pay_policy_id = c.pay_policy_id
	ORDER BY lower(c.period), p.name, c.person_id;
END;
COMMENT ON FUNCTION oncall.callouts(tstzrange, oncall.ref) IS
'The call-outs that start in a window, of people who are paid by this policy then, or by any (NULL): from the start to the paid end, with the responses that they were formed from and the time in lieu earned. Errors: those of pay_report().';

-- Windows: of instants, or of dates, which each policy counts in its own zone

CREATE FUNCTION oncall_internal.is_dates(range text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT $1 ~ ('^\s*[[(]' || d.bound || ',' || d.bound || '[])]\s*$')
	FROM (VALUES ('\s*"?\s*(\d+[-/. ](\d+|[A-Za-z]{3,9})[-/. ]\d+|\d{8})( BC)?\s*"?\s*')) AS d(bound);
END;
COMMENT ON FUNCTION oncall_internal.is_dates(text) IS
'Are both bounds of this range written as dates, without a time of day?';

CREATE FUNCTION oncall_internal.pay_windows(during tstzrange, dates daterange, pay_policy_id integer, person_id integer)
RETURNS TABLE (zone text, during_there tstzrange)
-- not to be inlined: one or two rows are soon made, and are long planned for
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT NULL AS zone, $1 AS during_there WHERE $2 IS NULL
	UNION ALL
	SELECT z.zone, oncall_internal.local_days($2, z.zone) AS during_there
	-- a date that a zone has skipped is no window there
	FROM (SELECT DISTINCT y.zone FROM oncall.pay_policy y
		  WHERE $2 IS NOT NULL AND ($3 IS NULL OR y.pay_policy_id = $3)
			  AND ($4 IS NULL OR EXISTS (SELECT FROM oncall.pay_assignment a
				  WHERE a.person_id = $4 AND a.pay_policy_id = y.pay_policy_id))) z
	WHERE isempty($2) OR NOT isempty(oncall_internal.local_days($2, z.zone));
END;
COMMENT ON FUNCTION oncall_internal.pay_windows(tstzrange, daterange, integer, integer) IS
'The windows of a report: that of instants, for all policies (zone is NULL); or, if dates are given, those of each zone that a policy is in, of one policy and of those that pay one person, or of all (NULL).';

CREATE FUNCTION oncall_internal.pay_report_rows(
	during tstzrange, dates daterange, pay_policy_id integer, person_id integer)
RETURNS TABLE (person_id int, employee_number text, person text, pay_policy_id int, policy text, rotation_id int,
	rotation text, kind text, band text, pay_code text, hours interval, paid_hours numeric, units numeric, per interval,
	rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	SELECT l.person_id, p.employee_number, p.name, l.pay_policy_id, y.name, l.rotation_id, r.name, l.kind, l.band,
		   l.pay_code, l.hours, coalesce(trim_scale(round(l.counted / (l.counted_of * 3600000000), 6)), 0),
		   coalesce(l.units, trim_scale(round(l.counted / (l.counted_of * extract(epoch FROM l.per) * 1000000), 6))),
		   l.per, l.rate,
		   coalesce(l.amount, oncall_internal.pay_amount(l.counted, l.counted_of, l.rate, l.per, y.digits)), y.currency,
		   trim_scale(round(extract(epoch FROM l.lieu) / 3600, 6))
	FROM oncall_internal.pay_windows($1, $2, $3, $4) w
	-- what is computed from these columns stands outside, where it can be left out
	CROSS JOIN LATERAL (
		SELECT b.person_id, b.pay_policy_id, b.rotation_id, b.kind, b.band, b.pay_code, b.hours, NULL::numeric AS units,
			   b.per, b.rate, NULL::numeric AS amount, b.counted, b.counted_of, b.lieu, b.number
		FROM oncall_internal.pay_lines(w.during_there, $3, $4) WITH ORDINALITY
			AS b(person_id, pay_policy_id, rotation_id, kind, band, pay_code, hours, counted, counted_of, rate, per,
				lieu, number)
		UNION ALL
		-- named, so that a dump of it is the same after it is restored
		SELECT e.person_id, e.pay_policy_id, e.rotation_id, 'entry' AS kind, NULL AS band, e.pay_code, '0' AS hours,
			   e.units, NULL AS per, e.rate, e.amount, NULL AS counted, NULL AS counted_of, e.lieu,
			   1000000000000 + e.number AS number
		FROM oncall_internal.pay_entries(w.during_there, $3, $4) WITH ORDINALITY
			AS e(person_id, pay_policy_id, rotation_id, pay_code, units, rate, amount, lieu, number)) l
	-- each has one of both; the planner expects fewer lines of inner joins
	LEFT JOIN oncall.person p ON p.person_id = l.person_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
	LEFT JOIN (
		SELECT y.pay_policy_id, y.name, y.zone, y.currency, oncall_internal.currency_digits(y.currency) AS digits
		FROM oncall.pay_policy y
		-- a fence, so that digits are looked up once a policy
		OFFSET 0) y ON y.pay_policy_id = l.pay_policy_id
	WHERE w.zone IS NULL OR w.zone = y.zone
	-- a name is of one person; entries are numbered after the lines
	ORDER BY p.name, w.zone, l.number;
END;
COMMENT ON FUNCTION oncall_internal.pay_report_rows(tstzrange, daterange, integer, integer) IS
'What the forms of pay_report() return, of one person or of all (NULL): of a window of instants, or of dates in the zone of each policy.';

CREATE FUNCTION oncall.pay_report(during tstzrange, policy oncall.ref DEFAULT NULL)
RETURNS TABLE (person_id int, employee_number text, person text, pay_policy_id int, policy text, rotation_id int,
	rotation text, kind text, band text, pay_code text, hours interval, paid_hours numeric, units numeric, per interval,
	rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	SELECT w.* FROM oncall_internal.pay_report_rows($1, NULL,
		oncall_internal.pay_policy_named($2), NULL) w;
END;
COMMENT ON FUNCTION oncall.pay_report(tstzrange, oncall.ref) IS
'What everybody has earned in a window by a policy, or by all (NULL): a line for each person, policy, kind, band, pay_code, rate and per, and rotation if the policy says so; units x rate = amount. Errors: 22004, 22023 (window not bounded), 42704 (unknown policy), 55000 (a wage is missing).';

CREATE FUNCTION oncall.pay_report(during daterange, policy oncall.ref DEFAULT NULL)
RETURNS TABLE (person_id int, employee_number text, person text, pay_policy_id int, policy text, rotation_id int,
	rotation text, kind text, band text, pay_code text, hours interval, paid_hours numeric, units numeric, per interval,
	rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	SELECT w.* FROM oncall_internal.pay_report_rows(NULL, $1,
		oncall_internal.pay_policy_named($2), NULL) w;
END;
COMMENT ON FUNCTION oncall.pay_report(daterange, oncall.ref) IS
'The same of dates, which are those of the zone of each policy, whatever the zone of the session: October is October.';

CREATE FUNCTION oncall.pay_report(during text, policy oncall.ref DEFAULT NULL)
RETURNS TABLE (person_id int, employee_number text, person text, pay_policy_id int, policy text, rotation_id int,
	rotation text, kind text, band text, pay_code text, hours interval, paid_hours numeric, units numeric, per interval,
	rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	SELECT w.* FROM oncall_internal.pay_report_rows(CASE WHEN NOT oncall_internal.is_dates($1) THEN $1::tstzrange END,
		CASE WHEN oncall_internal.is_dates($1) THEN $1::daterange END,
		oncall_internal.pay_policy_named($2), NULL) w;
END;
COMMENT ON FUNCTION oncall.pay_report(text, oncall.ref) IS
'The same of a window that is written as text, as an untyped literal or parameter is: with dates for both bounds a daterange, any other a tstzrange. Errors also: 22P02, 22007.';

CREATE FUNCTION oncall_internal.explain_pay_rows(
	person oncall.ref, during tstzrange, dates daterange, known_at timestamptz)
RETURNS TABLE (policy text, kind text, rotation text, seat_name text, callout tstzrange, responses int[],
	worked interval, minimum_callout interval, round_to interval, band text, pay_code text,
	starts timestamp, ends timestamp, zone text, hours interval, paid boolean, paid_hours numeric, rate numeric,
	per interval, amount numeric, currency text, lieu_factor numeric, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH wanted AS MATERIALIZED (
		SELECT i.id, w.zone, w.during_there AS during
		FROM (SELECT oncall_internal.person_named($1) AS id
			  WHERE oncall_internal.refuse_null('person', $1 IS NULL) IS NOT NULL) i
		CROSS JOIN LATERAL oncall_internal.pay_windows($2, $3, NULL, i.id) w),
	pieces AS (
		SELECT y.name AS policy, l.kind, r.name AS rotation, r.seats[l.seat] AS seat_name, l.callout, l.responses,
			l.worked, l.minimum, CASE WHEN l.kind = 'callout' THEN y.round_to END AS round_to, l.band, l.pay_code,
			lower(l.period) AT TIME ZONE l.zone AS starts, upper(l.period) AT TIME ZONE l.zone AS ends, l.zone, l.hours,
			l.paid,
			trim_scale(round(l.counted / (l.counted_of * 3600000000), 6)) AS paid_hours, l.rate, l.per,
			round(l.counted * l.rate / (l.counted_of * extract(epoch FROM l.per) * 1000000), 6) AS amount, y.currency,
			l.lieu_factor, l.lieu, coalesce(l.callout, l.period) AS began, lower(l.period) AS at, l.rotation_id, l.seat
		FROM wanted w
		CROSS JOIN LATERAL oncall_internal.pay_pieces(w.during, NULL, w.id, $4) l
		-- each has one; in an inner join the pieces could be made once for each policy
		LEFT JOIN oncall.pay_policy y ON y.pay_policy_id = l.pay_policy_id
		LEFT JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
		WHERE w.zone IS NULL OR w.zone = y.zone
		UNION ALL
		-- named, so that a dump of it is the same after it is restored
		SELECT y.name AS policy, 'entry' AS kind, r.name AS rotation, NULL AS seat_name, NULL AS callout,
			NULL AS responses, NULL AS worked, NULL AS minimum, NULL AS round_to, NULL AS band, e.pay_code,
			e.day::timestamp AS starts, (e.day + 1)::timestamp AS ends, y.zone, '0' AS hours, true AS paid,
			0 AS paid_hours, e.rate, NULL AS per, e.amount, y.currency, NULL AS lieu_factor,
			coalesce(e.lieu, '0') AS lieu, NULL AS began,
			lower(oncall_internal.local_days(daterange(e.day, NULL), y.zone)) AS at, e.rotation_id, NULL AS seat
		FROM wanted w
		CROSS JOIN LATERAL oncall_internal.pay_entries_in(w.during, NULL, w.id, $4) e
		JOIN oncall.pay_policy y ON y.pay_policy_id = e.pay_policy_id AND (w.zone IS NULL OR w.zone = y.zone)
		LEFT JOIN oncall.rotation r ON r.rotation_id = e.rotation_id)
	SELECT p.policy, p.kind, p.rotation, p.seat_name, p.callout, p.responses, p.worked, p.minimum, p.round_to, p.band,
		p.pay_code, p.starts, p.ends, p.zone, p.hours, p.paid,
		p.paid_hours, p.rate, p.per, p.amount, p.currency, p.lieu_factor,
		trim_scale(round(extract(epoch FROM p.lieu) / 3600, 6))
	FROM pieces p
	ORDER BY array_position('{standby,callout,entry}', p.kind), p.began, p.at,
		p.rotation_id, p.seat, p.hours DESC;
END;
COMMENT ON FUNCTION oncall_internal.explain_pay_rows(oncall.ref, tstzrange, daterange, timestamptz) IS
'What the forms of explain_pay() return: of a window of instants, or of dates in the zone of each policy.';

CREATE FUNCTION oncall.explain_pay(person oncall.ref, during tstzrange, known_at timestamptz DEFAULT NULL)
RETURNS TABLE (policy text, kind text, rotation text, seat_name text, callout tstzrange, responses int[],
	worked interval, minimum_callout interval, round_to interval, band text, pay_code text,
	starts timestamp, ends timestamp, zone text, hours interval, paid boolean, paid_hours numeric, rate numeric,
	per interval, amount numeric, currency text, lieu_factor numeric, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT e.* FROM oncall_internal.explain_pay_rows($1, $2, NULL, $3) e;
END;
COMMENT ON FUNCTION oncall.explain_pay(oncall.ref, tstzrange, timestamptz) IS
'Why is this 312.50? The pieces of one person''s time in a window, by the clock on the wall: standby by policy days, call-outs with responses, minimum and rounding; those paid sum to the lines of pay_report(); as known at closed_at, to those of a run. Errors: 22004, 42704, 22023, 55000 (no wage).';

CREATE FUNCTION oncall.explain_pay(person oncall.ref, during daterange, known_at timestamptz DEFAULT NULL)
RETURNS TABLE (policy text, kind text, rotation text, seat_name text, callout tstzrange, responses int[],
	worked interval, minimum_callout interval, round_to interval, band text, pay_code text,
	starts timestamp, ends timestamp, zone text, hours interval, paid boolean, paid_hours numeric, rate numeric,
	per interval, amount numeric, currency text, lieu_factor numeric, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT e.* FROM oncall_internal.explain_pay_rows($1, NULL, $2, $3) e;
END;
COMMENT ON FUNCTION oncall.explain_pay(oncall.ref, daterange, timestamptz) IS
'The same of dates, which are those of the zone of each policy, whatever the zone of the session: October is October.';

CREATE FUNCTION oncall.explain_pay(person oncall.ref, during text, known_at timestamptz DEFAULT NULL)
RETURNS TABLE (policy text, kind text, rotation text, seat_name text, callout tstzrange, responses int[],
	worked interval, minimum_callout interval, round_to interval, band text, pay_code text,
	starts timestamp, ends timestamp, zone text, hours interval, paid boolean, paid_hours numeric, rate numeric,
	per interval, amount numeric, currency text, lieu_factor numeric, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT e.* FROM oncall_internal.explain_pay_rows($1,
		CASE WHEN NOT oncall_internal.is_dates($2) THEN $2::tstzrange END,
		CASE WHEN oncall_internal.is_dates($2) THEN $2::daterange END, $3) e;
END;
COMMENT ON FUNCTION oncall.explain_pay(oncall.ref, text, timestamptz) IS
'The same of a window that is written as text, as an untyped literal or parameter is: with dates for both bounds a daterange, any other a tstzrange. Errors also: 22P02, 22007.';

CREATE FUNCTION oncall_internal.pay_begins(pay_policy_id integer) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		-- one that had begun by then is soon found; for the first all have to be looked at
		WHEN EXISTS (SELECT FROM oncall.layer l
			WHERE oncall_internal.is_believed(l.recorded)
				AND oncall_internal.layer_begins(l.valid, l.cadence) <= p.since)
		THEN p.since
		ELSE greatest(p.since,
			least(
				(SELECT min(oncall_internal.layer_begins(l.valid, l.cadence))
				 FROM oncall.layer l WHERE oncall_internal.is_believed(l.recorded)),
				(SELECT min(lower(c.period)) FROM oncall.cover c WHERE oncall_internal.is_believed(c.recorded)),
				(SELECT min(lower(s.period)) FROM oncall.response s WHERE oncall_internal.is_believed(s.recorded)))) END
	FROM (SELECT (SELECT coalesce(lower(a.valid), '-infinity') FROM oncall.pay_assignment a
			WHERE a.pay_policy_id = $1 ORDER BY lower(a.valid) NULLS FIRST LIMIT 1) AS since) p;
END;
COMMENT ON FUNCTION oncall_internal.pay_begins(integer) IS
'The first duty or response, or the first assignment to a policy if that comes later: before it, the policy has paid nobody. May be infinite; NULL if there is none of them.';

-- A function, so that the planner expects some years of months: of pay_policy
-- before it is analyzed it expects hundreds of rows, of generate_series() a
-- thousand, and their product turns on JIT.
CREATE FUNCTION oncall_internal.pay_months()
RETURNS TABLE (month date, pay_policy_id integer, policy text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 24 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT m.month, m.pay_policy_id, m.policy, m.since, m.until
	FROM (SELECT local.month::date AS month, y.pay_policy_id, y.name AS policy,
				 local.month AT TIME ZONE y.zone AS since,
				 least((local.month + interval '1 month') AT TIME ZONE y.zone, now()) AS until
		  FROM (SELECT p.pay_policy_id, p.name, p.zone, oncall_internal.pay_begins(p.pay_policy_id) AS first
				FROM oncall.pay_policy p
				WHERE EXISTS (SELECT FROM oncall.pay_assignment a WHERE a.pay_policy_id = p.pay_policy_id)
				-- a fence, so that no months are counted from nowhere
				OFFSET 0) y
		  CROSS JOIN LATERAL generate_series(date_trunc('month', y.first AT TIME ZONE y.zone),
				now() AT TIME ZONE y.zone - interval '1 microsecond', interval '1 month') AS local(month)
		  WHERE isfinite(y.first)) m
	WHERE m.since < m.until;
END;
COMMENT ON FUNCTION oncall_internal.pay_months() IS
'The months of each policy, in its zone, from that of the first duty or response, or of the first assignment to the policy if that comes later, up to now.';

CREATE VIEW oncall.pay_by_month WITH (security_invoker = true) AS
	SELECT m.month, q.person_id, q.employee_number, q.name AS person, m.pay_policy_id, m.policy,
		   r.rotation_id, r.rotation,
		   r.kind, r.band, r.pay_code, r.hours, r.paid_hours, r.units, r.per, r.rate, r.amount, r.currency, r.lieu_hours
	FROM oncall_internal.pay_months() m
	-- month by month, so that what is asked about one person after the other is of one month; by a
	-- union, into which a condition on the person goes
	CROSS JOIN LATERAL (
		SELECT a.person_id, p.employee_number, p.name
		-- as in pay_report(), where row-level security may hide who it is
		FROM oncall.pay_assignment a LEFT JOIN oncall.person p ON p.person_id = a.person_id
		WHERE a.pay_policy_id = m.pay_policy_id
		UNION
		SELECT e.person_id, p.employee_number, p.name
		FROM oncall.pay_entry e LEFT JOIN oncall.person p ON p.person_id = e.person_id
		WHERE e.pay_policy_id = m.pay_policy_id) q
	CROSS JOIN LATERAL oncall_internal.pay_report_of(q.person_id, tstzrange(m.since, m.until), m.pay_policy_id) r;
COMMENT ON VIEW oncall.pay_by_month IS
'pay_report() month by month, for each policy in its zone: from the month of the first duty or response, or of the first assignment to the policy if that comes later, to the current month, which counts up to now. Computed when read. Each line is rounded by itself.';
COMMENT ON COLUMN oncall.pay_by_month.month IS 'The first day of the month, in the zone of the policy.';
COMMENT ON COLUMN oncall.pay_by_month.person_id IS 'Who is paid.';
COMMENT ON COLUMN oncall.pay_by_month.employee_number IS 'Their number in the payroll system.';
COMMENT ON COLUMN oncall.pay_by_month.person IS 'Their name.';
COMMENT ON COLUMN oncall.pay_by_month.pay_policy_id IS 'The policy that pays.';
COMMENT ON COLUMN oncall.pay_by_month.policy IS 'Name of the policy that pays.';
COMMENT ON COLUMN oncall.pay_by_month.rotation_id IS
'The rotation, if the policy pays by rotation; of a call-out, that of the duty held at its start. NULL: none.';
COMMENT ON COLUMN oncall.pay_by_month.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.pay_by_month.kind IS 'standby, callout or entry.';
COMMENT ON COLUMN oncall.pay_by_month.band IS 'Name of the band; other: time that no band claims.';
COMMENT ON COLUMN oncall.pay_by_month.pay_code IS 'What the payroll system calls it.';
COMMENT ON COLUMN oncall.pay_by_month.hours IS 'Time held; of call-outs, from the start to the paid end.';
COMMENT ON COLUMN oncall.pay_by_month.paid_hours IS 'Hours that are paid for, a day as 24; for display.';
COMMENT ON COLUMN oncall.pay_by_month.units IS 'How many per are paid: units x rate = amount, but for rounding.';
COMMENT ON COLUMN oncall.pay_by_month.per IS 'The time that the rate pays for.';
COMMENT ON COLUMN oncall.pay_by_month.rate IS 'Rate of the band; the share of a wage is worked out.';
COMMENT ON COLUMN oncall.pay_by_month.amount IS 'Amount, rounded once to the minor unit of the currency.';
COMMENT ON COLUMN oncall.pay_by_month.currency IS 'Code of the currency in ISO 4217.';
COMMENT ON COLUMN oncall.pay_by_month.lieu_hours IS 'Time in lieu earned by call-outs, in hours, a day as 24.';
