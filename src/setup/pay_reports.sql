
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

CREATE FUNCTION oncall.pay_report(during tstzrange, policy oncall.ref DEFAULT NULL)
RETURNS TABLE (person_id int, person text, policy text, kind text, band text, hours interval,
	paid_hours numeric, rate numeric, amount numeric, currency text, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
	SELECT l.person_id, p.name, y.name, l.kind, l.band, l.hours,
		   trim_scale(round(l.counted / (l.counted_of * 3600000000), 6)), l.rate,
		   oncall_internal.pay_amount(l.counted, l.counted_of, l.rate, l.per, y.digits), y.currency,
		   trim_scale(round(extract(epoch FROM l.lieu) / 3600, 6))
	FROM oncall_internal.pay_lines($1, oncall_internal.pay_policy_named($2)) WITH ORDINALITY
		AS l(person_id, pay_policy_id, kind, band, hours, counted, counted_of, rate, per, lieu, number)
	-- each has one of both; the planner expects fewer lines of inner joins
	LEFT JOIN oncall.person p ON p.person_id = l.person_id
	LEFT JOIN (
		SELECT y.pay_policy_id, y.name, y.currency, oncall_internal.currency_digits(y.currency) AS digits
		FROM oncall.pay_policy y
		-- a fence, so that digits are looked up once a policy
		OFFSET 0) y ON y.pay_policy_id = l.pay_policy_id
	ORDER BY p.name, l.number;
END;
COMMENT ON FUNCTION oncall.pay_report(tstzrange, oncall.ref) IS
'What everybody has earned in a window by a policy, or by all (NULL): a line for each person, policy, kind (standby or callout), band and rate. Always computed; what was paid is in pay_line. Errors: 22004 for a NULL window, 22023 for one that is not bounded, 42704 for an unknown policy.';

CREATE FUNCTION oncall.explain_pay(person oncall.ref, during tstzrange)
RETURNS TABLE (policy text, kind text, rotation text, seat_name text, callout tstzrange, band text,
	starts timestamp, ends timestamp, zone text, hours interval, paid boolean,
	paid_hours numeric, rate numeric, per interval,
	amount numeric, currency text, lieu_factor numeric, lieu_hours numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT y.name, l.kind, r.name, r.seats[l.seat], l.callout, l.band,
		   lower(l.period) AT TIME ZONE l.zone, upper(l.period) AT TIME ZONE l.zone, l.zone, l.hours, l.paid,
		   trim_scale(round(l.counted / (l.counted_of * 3600000000), 6)), l.rate, l.per,
		   round(l.counted * l.rate / (l.counted_of * extract(epoch FROM l.per) * 1000000), 6), y.currency,
		   CASE WHEN l.kind = 'callout' THEN l.lieu_factor END,
		   trim_scale(round(extract(epoch FROM l.lieu) / 3600, 6))
	FROM (SELECT oncall_internal.person_named($1) AS id
		  WHERE oncall_internal.refuse_null('person', $1 IS NULL) IS NOT NULL) wanted
	CROSS JOIN LATERAL oncall_internal.pay_pieces($2, NULL, wanted.id) l
	JOIN oncall.pay_policy y ON y.pay_policy_id = l.pay_policy_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
	ORDER BY l.kind DESC, coalesce(l.callout, l.period), lower(l.period), r.rotation_id, l.seat, l.hours DESC;
END;
COMMENT ON FUNCTION oncall.explain_pay(oncall.ref, tstzrange) IS
'Why is this 312.50? The pieces of one person''s time in a window, by the clock on the wall; those that are paid sum to the lines of pay_report(). Errors: 22004 for NULL, 42704 for an unknown person, 22023 for a window that is not bounded.';

-- A function, so that the planner expects some years of months: of pay_policy
-- before it is analyzed it expects hundreds of rows, of generate_series() a
-- thousand, and their product turns on JIT.
CREATE FUNCTION oncall_internal.pay_months()
RETURNS TABLE (month date, policy text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 24 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT m.month, m.policy, m.since, m.until
	FROM (SELECT local.month::date AS month, y.name AS policy, local.month AT TIME ZONE y.zone AS since,
				 least((local.month + interval '1 month') AT TIME ZONE y.zone, now()) AS until
		  FROM (SELECT p.name, p.zone, greatest(
					(SELECT min(coalesce(lower(a.valid), '-infinity')) FROM oncall.pay_assignment a
					 WHERE a.pay_policy_id = p.pay_policy_id),
					least(
						(SELECT min(oncall_internal.layer_begins(l.valid, l.cadence))
						 FROM oncall.layer l WHERE oncall_internal.is_believed(l.recorded)),
						(SELECT min(lower(c.period)) FROM oncall.cover c
						 WHERE oncall_internal.is_believed(c.recorded)),
						(SELECT min(lower(s.period)) FROM oncall.response s))) AS first
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
	SELECT m.month, r.person_id, r.person, r.policy, r.kind, r.band, r.hours, r.paid_hours,
		   r.rate, r.amount, r.currency, r.lieu_hours
	FROM oncall_internal.pay_months() m
	CROSS JOIN LATERAL oncall.pay_report(tstzrange(m.since, m.until), m.policy) r;
COMMENT ON VIEW oncall.pay_by_month IS
'pay_report() month by month, for each policy in its zone: from the month of the first duty or response, or of the first assignment to the policy if that comes later, to the current month, which counts up to now. Computed when read. Each line is rounded by itself.';
COMMENT ON COLUMN oncall.pay_by_month.month IS 'The first day of the month, in the zone of the policy.';
COMMENT ON COLUMN oncall.pay_by_month.person_id IS 'Who is paid.';
COMMENT ON COLUMN oncall.pay_by_month.person IS 'Their name.';
COMMENT ON COLUMN oncall.pay_by_month.policy IS 'Name of the policy that pays.';
COMMENT ON COLUMN oncall.pay_by_month.kind IS 'standby or callout.';
COMMENT ON COLUMN oncall.pay_by_month.band IS 'Name of the band; other: time that no band claims.';
COMMENT ON COLUMN oncall.pay_by_month.hours IS 'Time held; of call-outs, from the start to the paid end.';
COMMENT ON COLUMN oncall.pay_by_month.paid_hours IS 'Hours that are paid for, a day as 24; for display.';
COMMENT ON COLUMN oncall.pay_by_month.rate IS 'Rate of the band.';
COMMENT ON COLUMN oncall.pay_by_month.amount IS 'Amount, rounded once to the minor unit of the currency.';
COMMENT ON COLUMN oncall.pay_by_month.currency IS 'Code of the currency in ISO 4217.';
COMMENT ON COLUMN oncall.pay_by_month.lieu_hours IS 'Time in lieu earned by call-outs, in hours, a day as 24.';
