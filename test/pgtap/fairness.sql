-- How duty is shared: hours of random rotas by band, against a clock that is
-- looked at every half hour.
--
-- Tests: fairness own_holidays duty_bands

\set cases 8
\ir seed.psql
\set schema fairness_random
\ir start.psql

SELECT plan(13);
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

-- What goes on without end has no hours
SELECT throws_ok($$SELECT oncall_internal.duty_bands('{[2026-01-01,)}', 'UTC', 'off', '{}')$$, '22008', NULL, 'duty must be bounded');
SELECT throws_ok($$SELECT oncall_internal.weeks_of('{(,2026-01-01)}', 'UTC')$$, '22008', NULL, 'and so must periods');

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

-- Pages at any hour, somewhat more than a year back; what rows do when people
-- write them is not wanted here.
SET LOCAL session_replication_role = replica;
INSERT INTO oncall.incident (incident_id, severity, summary, opened_at, asked_at)
SELECT 1000 + n, 'SEV3', 'x', date_trunc('minute', now()) - make_interval(mins => 30 * oracle.rnd(n, 'opened', 400 * 48)::integer), now()
FROM generate_series(1, 800) n;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, reason, created_at, due_at, sent_at, cancelled_at)
SELECT i.incident_id, p.person_id, 0, r.rotation_id, oracle.pick(i.incident_id, 'reason', '{opened,step,volunteer}'::text[]), i.opened_at,
	CASE WHEN oracle.rnd(i.incident_id, 'due', 6) = 0 THEN i.opened_at + interval '8 hours' END,
	CASE WHEN oracle.rnd(i.incident_id, 'sent', 2) = 0 THEN i.opened_at + interval '10 minutes' END,
	CASE WHEN oracle.rnd(i.incident_id, 'cancelled', 3) = 0 THEN i.opened_at + interval '20 minutes' END
FROM oncall.incident i
JOIN oncall.rotation r ON r.name = 'r' || 1 + oracle.rnd(i.incident_id, 'rotation', :cases)
CROSS JOIN LATERAL (SELECT p.person_id FROM oncall.person p ORDER BY oracle.rnd(i.incident_id * 100 + p.person_id, 'called', 1000000) LIMIT 1) p
WHERE i.incident_id > 1000;
SET LOCAL session_replication_role = origin;
CREATE TABLE place (hours oncall.weekly_hours, first_day integer, last_day integer, opens interval, closes interval, ph_opens interval, ph_closes interval);
INSERT INTO place VALUES ('Mo-Fr 09:00-17:00', 1, 5, '9 hours', '17 hours', NULL, NULL), ('Tu-Sa 06:00-14:00; PH off', 2, 6, '6 hours', '14 hours', NULL, NULL),
	('Mo-Su 20:00-04:00', 1, 7, '20 hours', '28 hours', NULL, NULL), ('Sa-Su 10:00-18:00; PH 10:00-12:00', 6, 7, '10 hours', '18 hours', '10 hours', '12 hours');
CREATE TABLE woken AS
SELECT c.rotation_id, c.person_id, count(DISTINCT c.night) AS nights
FROM (
	SELECT g.rotation_id, g.person_id, w.at, CASE WHEN extract(hour FROM w.at) >= 22 THEN w.at::date WHEN extract(hour FROM w.at) < 7 THEN w.at::date - 1 END AS night
	FROM oncall.page g JOIN oncall.person p USING (person_id)
	CROSS JOIN LATERAL (SELECT CASE WHEN g.sent_at IS NOT NULL THEN g.sent_at WHEN g.due_at IS NOT NULL THEN g.due_at ELSE g.created_at END AS at) a
	CROSS JOIN LATERAL (SELECT a.at AT TIME ZONE p.zone AS at) w
	WHERE g.reason <> 'volunteer' AND (g.sent_at IS NOT NULL OR g.cancelled_at IS NULL) AND a.at >= now() - interval '1 year' AND a.at < now()) c
WHERE c.night IS NOT NULL AND NOT EXISTS (
	-- at work since today, or since yesterday
	SELECT FROM oncall.person p
	JOIN place l ON l.hours::text = p.working_hours::text
	CROSS JOIN generate_series(0, 1) AS back
	CROSS JOIN LATERAL (SELECT c.at::date - back AS day, c.at - (c.at::date - back) AS since) d
	WHERE p.person_id = c.person_id AND CASE
		WHEN EXISTS (SELECT FROM own_holiday h WHERE h.person_id = p.person_id AND h.day = d.day) THEN d.since >= l.ph_opens AND d.since < l.ph_closes
		ELSE extract(isodow FROM d.day) BETWEEN l.first_day AND l.last_day AND d.since >= l.opens AND d.since < l.closes END)
GROUP BY 1, 2;
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

SELECT cmp_ok((SELECT sum(nights) FROM woken), '>', 50::numeric, 'many nights were broken');
SELECT is_empty($$
	SELECT f.rotation, f.person, f.stretch, f.nights_broken, w.nights FROM shown f LEFT JOIN woken w USING (rotation_id, person_id)
	WHERE f.nights_broken IS DISTINCT FROM CASE f.stretch WHEN 'past' THEN coalesce(w.nights, 0) END
		OR f.mean_nights_broken IS DISTINCT FROM (SELECT round(avg(o.nights_broken), 2) FROM shown o
			WHERE o.rotation_id = f.rotation_id AND o.stretch = f.stretch)
	$$, 'and those of the past year are counted');
-- a night that two weeks share is of both of them
SELECT is_empty($$
	SELECT f.rotation, f.person, f.nights_broken, l.nights
	FROM shown f
	CROSS JOIN LATERAL (SELECT sum(l.nights_broken) AS nights FROM oncall.pager_load l
		WHERE l.rotation_id = f.rotation_id AND l.person_id = f.person_id AND l.starts_at >= f.starts_at - interval '7 days') l
	WHERE f.stretch = 'past' AND f.nights_broken > coalesce(l.nights, 0)
	$$, 'pager_load has no fewer of them');

-- A condition on the rotation reaches it, and its pages
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
CREATE FUNCTION pages_read(condition text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) SELECT * FROM oncall.fairness WHERE ' || condition INTO plan;
	RETURN (SELECT sum(((n ->> 'Actual Rows')::numeric + coalesce((n ->> 'Rows Removed by Filter')::numeric, 0)) * (n ->> 'Actual Loops')::numeric)
		FROM jsonb_path_query(plan, 'strict $.**') n WHERE jsonb_typeof(n) = 'object' AND n ->> 'Relation Name' = 'page');
END
$$;
-- others, whose pages are many
SET LOCAL session_replication_role = replica;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, reason, created_at)
SELECT 1001, 1, 0, 100000 + n % 50, 'opened', now() - make_interval(mins => n) FROM generate_series(1, 20000) n;
SET LOCAL session_replication_role = origin;
ANALYZE oncall.page;
SELECT cmp_ok(pages_read($$rotation = 'r1'$$) + pages_read('rotation_id = (SELECT min(rotation_id) FROM oncall.rotation)'), '<', 1000::numeric,
	'and for its pages only');
ROLLBACK;
