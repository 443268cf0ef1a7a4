-- Row N: what one person, or one rotation, costs in a company of :n rotations.
--
-- Eight people a rotation, of whom one serves in the next as well; two years of
-- history with covers, responses and pay, and an offer in each. In a database of
-- its own; prints lines of "what|rows|milliseconds".

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.person (person_id, name, zone, company_phone)
SELECT i, 'person ' || i, ('{Europe/London,Pacific/Auckland,America/New_York,Asia/Kolkata}'::text[])[1 + (i - 1) / 8 % 4], '+1 555 ' || i
FROM generate_series(1, 8 * :n) AS i;
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone)
SELECT r, 'rotation ' || r, ('{Europe/London,Pacific/Auckland,America/New_York,Asia/Kolkata}'::text[])[1 + (r - 1) % 4]
FROM generate_series(1, :n) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id,
	   oncall.cadence(date_trunc('week', now())::timestamp - interval '104 weeks' + interval '12 hours', zone, '7 days')
FROM oncall.rotation;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 1 + (8 * (r - 1) + i - 1) % (8 * :n) FROM generate_series(1, :n) AS r, generate_series(1, 9) AS i;
COMMIT;

-- what is written here is not judged one by one
SET session_replication_role = replica;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT rotation_id, 1, tstzrange(lower(period) + interval '1 day', upper(period) - interval '1 day'),
	   8 * (rotation_id - 1) + 1 + n % 8, (SELECT min(change_id) FROM oncall.change)
FROM (SELECT *, row_number() OVER (PARTITION BY rotation_id ORDER BY period) AS n
	  FROM oncall.roster(tstzrange(now() - interval '103 weeks', now() + interval '26 weeks'))
	  WHERE seat = 1) AS s
WHERE n % 4 = 2 AND upper(period) - lower(period) > interval '6 days';
INSERT INTO oncall.response (person_id, period)
SELECT p, tstzrange(at, at + interval '1 minute' * (5 + (p * 13 + i * 29) % 120))
FROM (SELECT p, i, date_trunc('day', now()) - interval '1 hour' * (24 + i * 336 + (p * 37) % 300) AS at
	  FROM generate_series(1, 8 * :n) AS p, generate_series(1, 12) AS i) AS s;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by)
SELECT DISTINCT ON (s.rotation_id) s.rotation_id, s.seat, s.period, s.person_id
FROM oncall.roster(tstzrange(now() + interval '9 weeks', now() + interval '20 weeks')) AS s
WHERE upper(s.period) - lower(s.period) > interval '6 days' AND s.seat = 1 AND s.person_id % 8 NOT IN (3, 4)
ORDER BY s.rotation_id, s.period;
RESET session_replication_role;

INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to, reclaim_within)
SELECT i, 'policy ' || i, ('{Europe/London,Pacific/Auckland,America/New_York,Asia/Kolkata}'::text[])[i],
	   'EUR', '1 hour', '15 minutes', '14 days'
FROM generate_series(1, 4) AS i;
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
SELECT i, b.position, b.band, b.applies::oncall.weekly_hours, b.standby_rate, b.callout_rate, b.lieu_factor
FROM generate_series(1, 4) AS i,
	 (VALUES (1, 'working', NULL, 0.5, 30, 0), (2, 'night', 'Mo-Su 22:00-06:00', 6.25, 75, 1),
		(3, 'weekend', 'Sa-Su 00:00-24:00', 8, 60, 1)) AS b(position, band, applies, standby_rate, callout_rate, lieu_factor);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid)
SELECT person_id, 1 + (person_id - 1) / 8 % 4, tstzrange(date_trunc('month', now()) - interval '6 months', NULL) FROM oncall.person;
VACUUM ANALYZE;

-- the median of five, after two that warm up
CREATE FUNCTION pg_temp.ms(query text, OUT n int, OUT ms numeric)
LANGUAGE plpgsql
AS $$
DECLARE
	start timestamptz;
	taken numeric[] := '{}';
BEGIN
	FOR i IN 1 .. 7 LOOP
		start := clock_timestamp();
		EXECUTE 'SELECT count(*) FROM ' || query INTO n;
		IF i > 2 THEN
			taken := taken || (1000 * extract(epoch FROM clock_timestamp() - start));
		END IF;
	END LOOP;
	ms := percentile_disc(0.5) WITHIN GROUP (ORDER BY t) FROM unnest(taken) AS t;
END
$$;
SELECT format('%s|%s|%s', q.what, m.n, round(m.ms, 2))
FROM (VALUES
	('duties(person)', 'oncall.duties(''person 12'')'),
	('lint(rotation)', 'oncall.lint(''rotation 2'')'),
	('explain_pay(person, a month)', 'oncall.explain_pay(''person 12'', tstzrange(now() - interval ''1 month'', now()))'),
	('lieu_balance of a person', 'oncall.lieu_balance WHERE person = ''person 12'''),
	('lieu_due of a person', 'oncall.lieu_due WHERE person = ''person 12'''),
	('pay_by_month of a person', 'oncall.pay_by_month WHERE person = ''person 12'''),
	('open_offers(person)', 'oncall.open_offers(''person 12'')'),
	('on_call_now', 'oncall.on_call_now')) AS q(what, query), LATERAL pg_temp.ms(q.query) AS m;
