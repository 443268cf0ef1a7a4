-- Row D: hours by band. Run after measure.sql, with what it has made.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
SET search_path = bench, oncall, pg_catalog;

-- 400 people in 20 zones; a policy of four bands; half a million weeks and as
-- many stretches of 90 minutes, in five years
INSERT INTO oncall.calendar (calendar_id, name) VALUES (1000, 'bench');
INSERT INTO oncall.holiday (calendar_id, day, name)
SELECT 1000, make_date(y, m, d), format('%s-%s', m, d)
FROM generate_series(2020, 2026) AS y, (VALUES (1, 1), (2, 6), (4, 25), (6, 3), (12, 25), (12, 26)) AS h(m, d);
INSERT INTO oncall.person (person_id, name, zone, calendar_id)
SELECT 2000 + i, 'payee ' || i, ('{Pacific/Auckland,Australia/Sydney,Australia/Adelaide,Australia/Lord_Howe,Asia/Tokyo,
	Asia/Singapore,Asia/Kolkata,Asia/Dubai,Europe/Berlin,Europe/Paris,Europe/Madrid,Europe/London,Europe/Dublin,Africa/Johannesburg,
	America/Sao_Paulo,America/Toronto,America/New_York,America/Chicago,America/Denver,America/Los_Angeles}'::text[])[1 + i % 20], 1000
FROM generate_series(1, 400) AS i;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1000, 'bench', 'UTC', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES
	(1000, 1, 'holiday', 'PH 00:00-24:00'), (1000, 2, 'working', NULL),
	(1000, 3, 'night', 'Mo-Su 22:00-06:00'), (1000, 4, 'weekend', 'Sa-Su 00:00-24:00');
CREATE TABLE period AS
SELECT i AS period_id, p.person_id, p.zone,
	   tstzrange(starts, starts + CASE WHEN i % 2 = 0 THEN interval '7 days' ELSE interval '90 minutes' END) AS period
FROM (SELECT i, 2001 + floor(random() * 400)::int AS person_id,
			 date_trunc('minute', timestamptz '2021-01-05 00:00Z' + random() * interval '1800 days') AS starts
	  FROM generate_series(1, 1000000) AS i) AS s
JOIN oncall.person AS p USING (person_id);
-- one period in five, each local day that it touches
CREATE TABLE day AS
SELECT greatest(lower(period), day AT TIME ZONE zone) AS at, zone
FROM period, generate_series(date_trunc('day', lower(period) AT TIME ZONE zone),
							 upper(period) AT TIME ZONE zone - interval '1 microsecond', interval '1 day') AS day
WHERE period_id % 10 IN (0, 1);
-- one in twenty, for the alternative
CREATE TABLE some_period AS SELECT * FROM period WHERE period_id % 40 IN (0, 1);
-- what it would store: the bands of each kind of day, holidays as weekday 0
CREATE TABLE band_of_day AS
SELECT weekday, band, starts::interval, ends::interval
FROM (VALUES (0, 0, 'holiday', '0', '24:00'),
			 (1, 5, 'night', '0', '06:00'), (1, 5, 'other', '06:00', '09:00'), (1, 5, 'working', '09:00', '17:00'),
			 (1, 5, 'other', '17:00', '22:00'), (1, 5, 'night', '22:00', '24:00'),
			 (6, 7, 'night', '0', '06:00'), (6, 7, 'weekend', '06:00', '22:00'), (6, 7, 'night', '22:00', '24:00')
	 ) AS b(first, last, band, starts, ends), generate_series(first, last) AS weekday;
VACUUM ANALYZE;

CREATE VIEW band_hours_in_sql AS
SELECT p.period_id, b.band, sum(least(e.ends, upper(p.period)) - greatest(e.starts, lower(p.period))) AS duration
FROM some_period AS p
CROSS JOIN LATERAL generate_series(date_trunc('day', lower(p.period) AT TIME ZONE p.zone),
								   upper(p.period) AT TIME ZONE p.zone, interval '1 day') AS day
LEFT JOIN oncall.holiday AS h ON h.calendar_id = 1000 AND h.day = day.day::date
JOIN band_of_day AS b ON b.weekday = CASE WHEN h.day IS NULL THEN extract(isodow FROM day.day) ELSE 0 END
CROSS JOIN LATERAL (SELECT (day.day + b.starts) AT TIME ZONE p.zone AS starts,
						   (day.day + b.ends) AT TIME ZONE p.zone AS ends) AS e
WHERE e.starts < upper(p.period) AND e.ends > lower(p.period)
GROUP BY p.period_id, b.band;

INSERT INTO contest VALUES
('D', 'band_hours', 'SELECT count(oncall.band_hours(period, 1000, person_id)) FROM bench.period'),
('D', 'scan', 'SELECT count(period) FROM bench.period'),
('D', 'date_trunc', $$SELECT count(date_trunc('day', at, zone)) FROM bench.day$$),
('D', 'day scan', 'SELECT count(at) FROM bench.day'),
('D', 'sql', 'SELECT count(*) FROM bench.band_hours_in_sql');

-- the same answers first
DO $$
BEGIN
	IF EXISTS (
		WITH ours AS (
			SELECT p.period_id, e.band, e.duration
			FROM some_period AS p, oncall.each(oncall.band_hours(p.period, 1000, p.person_id)) AS e)
		(TABLE ours EXCEPT TABLE bench.band_hours_in_sql)
		UNION ALL (TABLE bench.band_hours_in_sql EXCEPT TABLE ours)) THEN
		RAISE EXCEPTION 'band_hours and SQL differ';
	END IF;
END
$$;
CALL take('D');

INSERT INTO result
SELECT 'D. band_hours of 1,000,000 periods', 'at most 0.5 x date_trunc, a day touched',
	   format('%s x (%s ms, %s ms; the scan alone %s ms)', round(b / d, 2), round(b), round(d), round(s)), b <= 0.5 * d
FROM (SELECT median('D', 'band_hours') AS b, 5 * (median('D', 'date_trunc') - median('D', 'day scan')) AS d,
			 median('D', 'scan') AS s) AS m
UNION ALL
SELECT 'D. against set-based SQL', 'at least 20 x faster',
	   format('%s x (%s ms)', round(20 * q / b), round(20 * q)), 20 * q >= 20 * b
FROM (SELECT median('D', 'band_hours') AS b, median('D', 'sql') AS q) AS m;
