-- How duty is shared: hours of random rotas by band, against a clock that is
-- looked at every half hour.
--
-- Tests: fairness own_holidays time_within

\set cases 8
\ir seed.psql
\set schema fairness_random
\ir start.psql

SELECT plan(9);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' rotations');
CREATE SCHEMA oracle;
\ir random.psql

-- People of many zones, some of whom work at weekends, and holidays of which
-- some are kept on another day.
INSERT INTO oncall.calendar (name) VALUES ('here'), ('there');
INSERT INTO oncall.holiday (calendar_id, day, name, observes)
SELECT k.calendar_id, h.day, 'h' || n, CASE WHEN oracle.rnd(n, 'observed' || k.name, 3) = 0 THEN h.day - 1 - oracle.rnd(n, 'by', 2)::integer END
FROM oncall.calendar k, generate_series(1, 30) n,
	LATERAL (SELECT current_date - 380 + oracle.rnd(n, 'day' || k.name, 480)::integer AS day) h;
SELECT oncall.add_person('p' || n, oracle.pick(n, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[]),
	working_hours => oracle.pick(n, 'hours', '{Mo-Fr 09:00-17:00,"Tu-Sa 06:00-14:00; PH off",Mo-Su 20:00-04:00,"Sa-Su 10:00-18:00; PH 10:00-12:00",off}'::text[])::oncall.weekly_hours,
	calendar => oracle.pick(n, 'calendar', ARRAY['here', 'there', NULL]::text[]))
FROM generate_series(1, 9) n \g /dev/null
SELECT oncall.add_rotation('r' || n, ARRAY(SELECT 'p' || m FROM generate_series(1, 9) m WHERE oracle.rnd(n, 'member' || m, 2) = 0 OR m = 1 ORDER BY m),
	format('R/2020-01-06T%s:00[%s]/%s', lpad(oracle.rnd(n, 'hour', 24)::text, 2, '0'), oracle.pick(n, 'zone', '{Pacific/Auckland,Europe/London,UTC}'::text[]),
		oracle.pick(n, 'cadence', '{P7D,P1D,PT12H,P3D,P1M}'::text[]))::oncall.cadence,
	hours => oracle.pick(n, 'layer hours', ARRAY[NULL, NULL, 'Mo-Fr 08:00-20:00']::text[])::oncall.weekly_hours)
FROM generate_series(1, :cases) n \g /dev/null
-- covers of people who are on no list among them
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT r.rotation_id, 1 + oracle.rnd(n + r.rotation_id * 100, 'seat', 2), tstzrange(c.at, c.at + make_interval(hours => 1 + oracle.rnd(n, 'long', 60)::integer)), p.person_id
FROM oncall.rotation r, generate_series(1, 6) n,
	LATERAL (SELECT date_trunc('hour', now()) - make_interval(days => (n - 2) * 60) AS at) c,
	LATERAL (SELECT p.person_id FROM oncall.person p ORDER BY oracle.rnd(n + r.rotation_id * 100 + p.person_id * 10000, 'who', 1000000) LIMIT 1) p;

-- Multiranges
CREATE FUNCTION some_periods(c bigint) RETURNS tstzmultirange LANGUAGE sql STABLE RETURN coalesce((
	SELECT range_agg(tstzrange(s.at, s.at + make_interval(mins => oracle.rnd(c * 100 + n, 'long', 300)::integer)))
	FROM generate_series(1, oracle.rnd(c, 'n', 12)) n,
		LATERAL (SELECT timestamptz '2026-01-01' + make_interval(mins => oracle.rnd(c * 100 + n, 'at', 3000)::integer) AS at) s), '{}');
SELECT is_empty($$
	SELECT a.p, b.p FROM (SELECT some_periods(n) AS p FROM generate_series(1, 60) n) a, (SELECT some_periods(n) AS p FROM generate_series(61, 120) n) b
	WHERE oncall_internal.time_within(a.p, b.p) <> oncall_internal.length_of(a.p * b.p)
	$$, 'time_within() is the length of what periods have in common');
SELECT throws_ok($$SELECT oncall_internal.time_within('{(,)}', '{[2026-01-01,)}')$$, '22008', NULL, 'which must be bounded');

-- The oracle: each half hour of somebody's clock is of one band. Of a
-- holiday that is kept on another day, the day counts on which they would work.
CREATE TABLE own_holiday AS
WITH kept AS (
	SELECT p.person_id, h.day, h.observes, h.observes IS NOT NULL AND EXISTS (
		SELECT FROM generate_series(0, 95) q
		WHERE oncall.is_open(p.working_hours, h.observes::timestamp AT TIME ZONE 'UTC' + q * interval '15 minutes', 'UTC')) AS there
	FROM oncall.person p JOIN oncall.holiday h ON h.calendar_id = p.calendar_id)
SELECT person_id, CASE WHEN there THEN observes ELSE day END AS day FROM kept
EXCEPT
SELECT person_id, observes FROM kept WHERE NOT there AND observes IS NOT NULL;
SELECT results_eq(
	'SELECT p.person_id, d FROM oncall.person p, unnest(oncall_internal.holidays_of(p.calendar_id, p.working_hours)) d ORDER BY 1, 2',
	'SELECT person_id, day FROM own_holiday ORDER BY 1, 2', 'whose holidays are which');
CREATE INDEX ON own_holiday (person_id, day);
CREATE TABLE half_hour AS
SELECT p.person_id, t.at, t.at >= now() AS ahead, CASE
	WHEN EXISTS (SELECT FROM own_holiday h WHERE h.person_id = p.person_id AND h.day = l.at::date) THEN 'holiday'
	WHEN extract(isodow FROM l.at) >= 6 THEN 'weekend'
	WHEN extract(hour FROM l.at) NOT BETWEEN 6 AND 21 THEN 'night'
	WHEN oncall.is_open(p.working_hours, t.at, p.zone, p.holidays) THEN 'working'
	ELSE 'evening' END AS band
FROM (SELECT p.*, ARRAY(SELECT h.day FROM own_holiday h WHERE h.person_id = p.person_id) AS holidays FROM oncall.person p) p
CROSS JOIN generate_series(date_trunc('hour', now() - interval '1 year') + interval '1 hour', now() + oncall.horizon(), '30 minutes') t(at)
CROSS JOIN LATERAL (SELECT t.at AT TIME ZONE p.zone AS at) l;
CREATE INDEX ON half_hour (person_id, at);
ANALYZE half_hour;
-- by the index: each shift has few of them
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
CREATE TABLE expected AS
SELECT s.rotation_id, s.person_id, CASE WHEN q.ahead THEN 'ahead' ELSE 'past' END AS stretch, q.band,
	-- somebody who covers may hold both seats
	count(DISTINCT q.at) / 2.0 AS hours, count(DISTINCT q.at) FILTER (WHERE s.seat = 1) / 2.0 AS first_hours
FROM oncall.roster(tstzrange(now() - interval '1 year', now() + oncall.horizon())) s
JOIN half_hour q ON q.person_id = s.person_id AND q.at >= s.starts_at AND q.at < s.ends_at
GROUP BY 1, 2, 3, 4;
RESET enable_hashjoin;
RESET enable_mergejoin;
CREATE TABLE shown AS SELECT * FROM oncall.fairness;

-- The stretches begin and end between half hours.
SELECT is_empty($$
	SELECT f.rotation, f.person, f.stretch, b.band, b.hours, e.hours
	FROM shown f
	CROSS JOIN LATERAL (VALUES ('holiday', f.holiday_hours), ('weekend', f.weekend_hours), ('night', f.night_hours),
		('working', f.working_hours), ('evening', f.evening_hours)) AS b(band, hours)
	LEFT JOIN (SELECT rotation_id, person_id, stretch, band, sum(hours) AS hours FROM expected GROUP BY 1, 2, 3, 4) e
		USING (rotation_id, person_id, stretch, band)
	WHERE abs(b.hours - coalesce(e.hours, 0)) > 1.6
	$$, 'hours of each band are those that the clock shows');
SELECT is_empty($$
	SELECT f.rotation, f.person, f.stretch, f.first_seat_hours, e.hours
	FROM shown f LEFT JOIN (SELECT rotation_id, person_id, stretch, sum(first_hours) AS hours FROM expected GROUP BY 1, 2, 3) e
		USING (rotation_id, person_id, stretch)
	WHERE abs(f.first_seat_hours - coalesce(e.hours, 0)) > 1.6
	$$, 'so are those in the first seat');
SELECT is_empty($$
	SELECT f.rotation, f.person, f.hours FROM shown f
	WHERE abs(f.hours - f.holiday_hours - f.weekend_hours - f.night_hours - f.working_hours - f.evening_hours) > 0.05
	$$, 'bands add up');
SELECT is_empty($$
	SELECT * FROM (SELECT e.rotation_id, e.person_id, e.stretch FROM expected e GROUP BY 1, 2, 3 HAVING sum(e.hours) > 1
		UNION SELECT m.rotation_id, p.person_id, s.stretch FROM (SELECT l.rotation_id, unnest(l.members) AS name FROM oncall.layer_now l) m
			JOIN oncall.person p ON p.name = m.name, unnest('{past,ahead}'::text[]) AS s(stretch)) e
	WHERE NOT EXISTS (SELECT FROM shown f WHERE f.rotation_id = e.rotation_id AND f.person_id = e.person_id AND f.stretch = e.stretch)
	$$, 'everybody on a list or on duty is there');
SELECT is_empty($$
	SELECT f.rotation, f.person, f.mean_hours, f.mean_night_hours FROM shown f
	WHERE (f.mean_hours, f.mean_night_hours) IS DISTINCT FROM (SELECT (round(avg(o.hours), 2), round(avg(o.night_hours), 2))
		FROM shown o WHERE o.rotation_id = f.rotation_id AND o.stretch = f.stretch)
	$$, 'means are those of a rotation and a stretch');

-- A condition on the rotation reaches it
CREATE FUNCTION rotations_asked(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) SELECT * FROM oncall.fairness WHERE ' || condition INTO plan;
	RETURN (jsonb_path_query_first(plan::jsonb, 'strict $.**?(@."Function Name" == "fairness_of")."Actual Loops"') #>> '{}');
END
$$;
SELECT is(rotations_asked($$rotation = 'r1'$$) || rotations_asked('rotation_id = (SELECT min(rotation_id) FROM oncall.rotation)'), '11',
	'a condition on a rotation asks for that one only');
ROLLBACK;
