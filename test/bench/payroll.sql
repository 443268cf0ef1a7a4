-- A year's pay: 1,000 people, 100 rotations, 10 call-outs a person; against
-- the same report in set-based SQL over stored shifts. Run after pay.sql;
-- the data of the other measurements go.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
DROP EXTENSION oncall CASCADE;
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SET search_path = bench, oncall, pg_catalog;

INSERT INTO calendar (calendar_id, name) VALUES (1, 'one for all');
INSERT INTO holiday (calendar_id, day, name)
SELECT 1, d::date, 'holiday ' || d::date
FROM generate_series(timestamp '2020-01-01', '2025-12-31', '37 days') AS d;
INSERT INTO person (person_id, name, zone, calendar_id)
SELECT i, 'Person Number ' || i,
	   ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,Etc/UTC}'::text[])[1 + i / 10 % 5], 1
FROM generate_series(1, 1000) AS i;
BEGIN;
INSERT INTO rotation (rotation_id, name, zone)
SELECT r, 'rotation ' || r, 'Etc/UTC' FROM generate_series(1, 100) AS r;
INSERT INTO layer (layer_id, rotation_id, cadence)
SELECT r, r, cadence(timestamp '2019-12-31 12:00', 'Etc/UTC', '7 days') FROM generate_series(1, 100) AS r;
INSERT INTO layer_member (layer_id, position, person_id)
SELECT r, i, 10 * (r - 1) + i FROM generate_series(1, 100) AS r, generate_series(1, 10) AS i;
COMMIT;
-- what is written here is not judged one by one
ALTER TABLE cover DISABLE TRIGGER USER;
ALTER TABLE response DISABLE TRIGGER USER;
-- a cover for one shift in twenty: a day of it, by somebody who is free
INSERT INTO cover (rotation_id, seat, period, person_id, change_id)
SELECT rotation_id, seat, tstzrange(lower(period) + interval '1 day', lower(period) + interval '2 days'),
	   10 * (rotation_id - 1) + 1 + (person_id + 2) % 10, (SELECT min(change_id) FROM change)
FROM (SELECT *, row_number() OVER (ORDER BY rotation_id, seat, period) AS n FROM roster('[2020-01-07, 2025-12-30)')) AS s
WHERE n % 20 = 7;
INSERT INTO pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to)
VALUES (1, 'hourly', 'Etc/UTC', 'EUR', '1 hour', '15 minutes');
INSERT INTO pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
VALUES (1, 1, 'holiday', 'PH 00:00-24:00', 12.5, 90, 1), (1, 2, 'working', NULL, 0.5, 30, 0),
	(1, 3, 'night', 'Mo-Su 22:00-06:00', 6.25, 75, 1), (1, 4, 'weekend', 'Sa-Su 00:00-24:00', 8, 60, 1);
INSERT INTO pay_assignment (person_id, pay_policy_id) SELECT person_id, 1 FROM person;
INSERT INTO response (person_id, period)
SELECT p, tstzrange(at, at + interval '1 minute' * (5 + (p * 13 + i * 29) % 120))
FROM (SELECT p, i, timestamptz '2021-01-05' + interval '1 hour' * ((p * 37 + i / 2 * 1733) % 8600) + i % 2 * interval '40 minutes' AS at
	  FROM generate_series(1, 1000) AS p, generate_series(1, 10) AS i) AS s;
ALTER TABLE cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;
ALTER TABLE response ENABLE TRIGGER USER;
VACUUM ANALYZE;

-- What others would store, and know of the bands: which one each part of a day
-- is in, by the weekday and by whether it is a holiday.
DROP TABLE IF EXISTS bench.shift;
CREATE TABLE bench.shift AS
SELECT rotation_id, seat, person_id, lower(period) AS starts, upper(period) AS ends
FROM roster('[2021-01-01, 2022-01-01)') WHERE person_id IS NOT NULL;
CREATE TABLE bench.day_part AS
SELECT w AS weekday, h AS holiday, f::time AS "from", u AS until,
	   CASE WHEN h THEN 'holiday' WHEN w < 6 AND f = '09:00' THEN 'working' WHEN f IN ('00:00', '22:00') THEN 'night'
			WHEN w >= 6 THEN 'weekend' ELSE 'other' END AS band
FROM generate_series(1, 7) AS w, unnest('{f,t}'::bool[]) AS h,
	 (VALUES ('00:00', interval '6 h'), ('06:00', '9 h'), ('09:00', '17 h'), ('17:00', '22 h'), ('22:00', '24 h')) AS p(f, u);
ANALYZE bench.shift, bench.day_part;

CREATE VIEW bench.report AS
WITH RECURSIVE numbered AS MATERIALIZED (
	SELECT person_id, lower(period) AS starts, upper(period) AS ends,
		   row_number() OVER (PARTITION BY person_id ORDER BY period) AS n
	FROM response
), walk AS (
	-- one step for each person's next response
	SELECT person_id, n, starts, ends,
		   date_bin('15 minutes', starts + greatest(ends - starts, interval '1 hour') + interval '15 minutes' - interval '1 us', starts) AS paid
	FROM numbered WHERE n = 1
	UNION ALL
	SELECT w.person_id, r.n, s.starts, s.ends,
		   date_bin('15 minutes', s.starts + greatest(s.ends - s.starts, interval '1 hour') + interval '15 minutes' - interval '1 us', s.starts)
	FROM walk AS w JOIN numbered AS r ON r.person_id = w.person_id AND r.n = w.n + 1
	CROSS JOIN LATERAL (SELECT CASE WHEN r.starts < w.paid THEN w.starts ELSE r.starts END AS starts,
							   CASE WHEN r.starts < w.paid THEN greatest(w.ends, r.ends) ELSE r.ends END AS ends) AS s
), held AS (
	SELECT 'standby' AS kind, person_id, starts, ends FROM bench.shift
	UNION ALL
	SELECT 'callout', person_id, starts, max(paid) FROM walk GROUP BY person_id, starts
), counted AS (
	SELECT h.person_id, h.kind, d.band,
		   sum(least(h.ends, (local.day + d.until) AT TIME ZONE p.zone) -
			   greatest(h.starts, (local.day + d."from") AT TIME ZONE p.zone)) AS hours
	FROM held AS h JOIN person AS p USING (person_id)
	CROSS JOIN LATERAL generate_series(date_trunc('day', h.starts AT TIME ZONE p.zone),
									   h.ends AT TIME ZONE p.zone, interval '1 day') AS local(day)
	LEFT JOIN holiday AS o ON o.calendar_id = p.calendar_id AND o.day = local.day::date
	JOIN bench.day_part AS d ON d.weekday = extract(isodow FROM local.day) AND d.holiday = (o.day IS NOT NULL)
	WHERE (local.day + d.until) AT TIME ZONE p.zone > h.starts AND (local.day + d."from") AT TIME ZONE p.zone < h.ends
	GROUP BY h.person_id, h.kind, d.band
)
SELECT c.person_id, p.name AS person, c.kind, c.band, c.hours, coalesce(CASE c.kind WHEN 'standby' THEN b.standby_rate ELSE b.callout_rate END, 0) AS rate,
	   round(extract(epoch FROM c.hours) * coalesce(CASE c.kind WHEN 'standby' THEN b.standby_rate ELSE b.callout_rate END, 0) / 3600, 2) AS amount
FROM counted AS c JOIN person AS p USING (person_id) LEFT JOIN pay_band AS b ON b.band = c.band;

-- the same answers first
DO $$
BEGIN
	IF EXISTS (SELECT person_id, person, kind, band, hours, rate, amount FROM bench.report
			   EXCEPT SELECT person_id, person, kind, band, hours, rate, amount FROM oncall.pay_report('[2021-01-01, 2022-01-01)'))
		OR (SELECT count(*) FROM bench.report) <> (SELECT count(*) FROM oncall.pay_report('[2021-01-01, 2022-01-01)')) THEN
		RAISE EXCEPTION 'pay_report and the report in SQL differ';
	END IF;
END
$$;

INSERT INTO contest VALUES
('pay', 'SQL', 'SELECT sum(amount) FROM bench.report');
INSERT INTO contest
SELECT 'pay', 'pay ' || years,
	   format('SELECT sum(amount) FROM oncall.pay_report(''[2021-01-01, %s-01-01)'')', 2021 + years)
FROM unnest('{1,2,4}'::int[]) AS years;
CALL take('pay');

INSERT INTO result
SELECT 'pay: a year, 1,000 people, 100 rotations', 'at least 20 x faster than set-based SQL',
	   format('%s x (%s ms, %s ms)', round(s / p, 1), round(p), round(s)), s >= 20 * p
FROM (SELECT median('pay', 'pay 1') AS p, median('pay', 'SQL') AS s) AS m
UNION ALL
SELECT 'pay: 1, 2, 4 years', 'linear',
	   format('%s, %s, %s ms', round(a), round(b), round(c)), c <= 4.4 * a
FROM (SELECT median('pay', 'pay 1') AS a, median('pay', 'pay 2') AS b, median('pay', 'pay 4') AS c) AS m;
