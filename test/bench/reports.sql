-- Row M: the reports of three years of 100 rotations, 1,000 people and 200,000
-- incidents, beside plain queries that read the same rows once and group them,
-- and what they take for one month, team or person. In a database of its own;
-- prints a line a view: its name, how many times as long, milliseconds of both,
-- and of what is narrowed.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SET session_replication_role = replica;
INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'public');
INSERT INTO oncall.holiday (calendar_id, day, name)
SELECT 1, make_date(y, m, d), format('%s-%s', m, d)
FROM generate_series(extract(year FROM now())::int - 3, extract(year FROM now())::int) AS y, (VALUES (1, 1), (2, 6), (4, 25), (6, 3), (12, 25), (12, 26)) AS h(m, d);
INSERT INTO oncall.person (person_id, name, zone, calendar_id)
SELECT i, 'Person Number ' || i, ('{Pacific/Auckland,Europe/London,America/New_York,UTC}'::text[])[1 + (i / 10) % 4], 1
FROM generate_series(1, 1000) AS i;
INSERT INTO oncall.team (team_id, name, zone) SELECT t, 'team ' || t, ('{Pacific/Auckland,Europe/London,America/New_York,UTC}'::text[])[1 + t % 4] FROM generate_series(1, 25) t;
SET session_replication_role = origin;
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, team_id, zone)
SELECT r, 'rotation ' || r, 1 + r % 25, ('{Pacific/Auckland,Europe/London,America/New_York,UTC}'::text[])[1 + r % 4]
FROM generate_series(1, 100) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id, oncall.cadence((current_date - 1100) + time '12:00', zone, '7 days') FROM oncall.rotation;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 10 * (r - 1) + i FROM generate_series(1, 100) AS r, generate_series(1, 10) AS i;
COMMIT;
SET session_replication_role = replica;
INSERT INTO oncall.service (service_id, name, team_id) SELECT r, 'service ' || r, 1 + r % 25 FROM generate_series(1, 100) r;
INSERT INTO oncall.service_rotation (service_id, rotation_id) SELECT r, r FROM generate_series(1, 100) r;
SELECT setseed(0.5) \g /dev/null
CREATE TEMP TABLE made AS
SELECT i AS incident_id, 1 + (random() * 99)::int AS service_id, now() - interval '1097 days' + (i + random()) * (interval '1096 days' / 200000) AS opened_at,
	power(random(), 4) * interval '30 hours' + interval '3 minutes' AS lasts, random() AS r, 1 + (random() * 9)::int AS who
FROM generate_series(1, 200000) AS i;
INSERT INTO oncall.incident (incident_id, service_id, severity, summary, source, opened_at, acknowledged_at, resolved_at, resolution, asked_at)
SELECT incident_id, CASE WHEN r > 0.01 THEN service_id END, 'SEV' || 1 + incident_id % 4, 'something ' || incident_id, CASE WHEN r < 0.1 THEN 'customer' ELSE 'monitoring' END,
	opened_at, opened_at + least(lasts, '10 minutes'), opened_at + lasts, CASE WHEN r < 0.98 THEN 'resolved' ELSE 'stale' END, opened_at FROM made;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at, sent_at, acknowledged_at)
SELECT incident_id, 10 * (service_id - 1) + who, 0, service_id, 1, 'opened', opened_at, opened_at + interval '5 s', opened_at + least(lasts, '10 minutes') FROM made ORDER BY opened_at;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at, sent_at)
SELECT incident_id, 10 * (service_id - 1) + 1 + (who + 1) % 10, 1, service_id, 2, 'step', opened_at + interval '5 min', opened_at + interval '5 min' FROM made WHERE r < 0.3 ORDER BY opened_at;
INSERT INTO oncall.response (person_id, incident_id, period) SELECT 10 * (service_id - 1) + who, incident_id, tstzrange(opened_at, opened_at + lasts) FROM made;
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, recorded_at)
SELECT m.incident_id, opened_at + lasts * k.n / 2, k.kind, 1, opened_at FROM made m, (VALUES (0, 'opened'), (1, 'acknowledged'), (2, 'resolved')) k(n, kind) ORDER BY 2;
SET session_replication_role = origin;
VACUUM ANALYZE;

SET max_parallel_workers_per_gather = 0;
SET jit = off;
CREATE FUNCTION pg_temp.ms(query text) RETURNS numeric
LANGUAGE plpgsql
AS $$
DECLARE
	start CONSTANT timestamptz := clock_timestamp();
BEGIN
	EXECUTE 'SELECT count(asked) FROM (' || query || ') AS asked';
	RETURN 1000 * extract(epoch FROM clock_timestamp() - start);
END
$$;
-- Sharing is of a year, and of what is ahead; its hours are in bands. So the
-- least that reads the same is the roster with band_hours() of a policy of as
-- many bands, and the pages of the year with what is open.
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Bands', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate)
SELECT 1, b.position, b.band, b.applies::oncall.weekly_hours, 1
FROM (VALUES (1, 'holiday', 'Mo-Su off; PH 00:00-24:00'), (2, 'weekend', 'Sa-Su 00:00-24:00'), (3, 'night', '22:00-06:00'), (4, 'working', 'Mo-Fr 09:00-17:00')) b("position", band, applies);
CREATE TEMP TABLE asked (name text, narrowed text, plain text);
INSERT INTO asked VALUES
('incident_report', $$month = date_trunc('month', now() - interval '1 year') AND team_id = 3$$, $$
	SELECT i.service_id, i.severity, date_trunc('month', i.opened_at AT TIME ZONE coalesce(t.zone, 'UTC')), count(*),
		percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.acknowledged_at - i.opened_at),
		percentile_cont('{0.5,0.9}'::double precision[]) WITHIN GROUP (ORDER BY i.resolved_at - i.opened_at)
	FROM oncall.incident i LEFT JOIN oncall.service s USING (service_id) LEFT JOIN oncall.team t USING (team_id)
	GROUP BY 1, 2, 3$$),
('warning_sign', $$month = date_trunc('month', now() - interval '1 year') AND team_id = 3$$, $$
	SELECT t.team_id, date_trunc('month', i.opened_at AT TIME ZONE coalesce(t.zone, 'UTC')), count(*),
		count(*) FILTER (WHERE i.source = 'customer'), count(*) FILTER (WHERE oncall.is_open(p.working_hours, i.opened_at, p.zone))
	FROM oncall.incident i LEFT JOIN oncall.service s USING (service_id) LEFT JOIN oncall.team t USING (team_id)
	LEFT JOIN (SELECT DISTINCT ON (incident_id) incident_id, person_id FROM oncall.page ORDER BY incident_id, step, page_id) g
		USING (incident_id)
	LEFT JOIN oncall.person p USING (person_id)
	GROUP BY 1, 2$$),
('pager_load', 'person_id = 77', $$
	SELECT d.person_id, d.rotation_id, d.week, sum(d.lasts), count(*) FILTER (WHERE d.called), count(*) FILTER (WHERE d.open)
	FROM (
		SELECT g.person_id, g.rotation_id, date_trunc('week', g.created_at AT TIME ZONE p.zone) AS week, NULL::interval AS lasts,
			true AS called, oncall.is_open(p.working_hours, g.created_at, p.zone) AS open
		FROM oncall.page g JOIN oncall.person p USING (person_id)
		UNION ALL
		SELECT r.person_id, g.rotation_id, date_trunc('week', lower(r.period) AT TIME ZONE p.zone),
			upper(r.period) - lower(r.period), false, false
		FROM oncall.response r JOIN oncall.person p USING (person_id)
		LEFT JOIN oncall.page g ON g.incident_id = r.incident_id AND g.person_id = r.person_id
		UNION ALL
		SELECT s.person_id, s.rotation_id, date_trunc('week', s.starts_at AT TIME ZONE p.zone), s.ends_at - s.starts_at, false, false
		FROM oncall.roster(tstzrange(now() - interval '1100 days', now())) s JOIN oncall.person p USING (person_id)) d
	GROUP BY 1, 2, 3$$),
('fairness', 'rotation_id = 77', $$
	SELECT d.rotation_id, d.person_id, d.ahead, oncall.band_hours(d.periods, 'Bands', d.person), NULL::bigint
	FROM (
		SELECT s.rotation_id, s.person_id, s.person, t.ahead, range_agg(s.period) AS periods
		FROM (VALUES (false, tstzrange(now() - interval '1 year', now())), (true, tstzrange(now(), now() + oncall.horizon()))) t(ahead, during)
		CROSS JOIN LATERAL oncall.roster(t.during) s
		GROUP BY 1, 2, 3, 4) d
	UNION ALL
	SELECT g.rotation_id, g.person_id, false, NULL, count(DISTINCT (g.created_at AT TIME ZONE p.zone)::date)
		FILTER (WHERE NOT oncall.is_open(p.working_hours, g.created_at, p.zone))
	FROM oncall.page g JOIN oncall.person p USING (person_id)
	WHERE g.created_at >= now() - interval '1 year'
	GROUP BY 1, 2$$);
SELECT count(pg_temp.ms('SELECT * FROM oncall.' || name)) FROM asked \g /dev/null
SELECT format('%s|%s|%s|%s|%s', name, round(percentile_disc(0.5) WITHIN GROUP (ORDER BY whole) / percentile_disc(0.5) WITHIN GROUP (ORDER BY scan), 2),
	round(percentile_disc(0.5) WITHIN GROUP (ORDER BY whole)), round(percentile_disc(0.5) WITHIN GROUP (ORDER BY scan)),
	round(percentile_disc(0.5) WITHIN GROUP (ORDER BY part), 1))
FROM (
	SELECT a.name, pg_temp.ms('SELECT * FROM oncall.' || a.name) AS whole, pg_temp.ms(a.plain) AS scan,
		pg_temp.ms(format('SELECT * FROM oncall.%s WHERE %s', a.name, a.narrowed)) AS part
	FROM asked a, generate_series(1, 5)) m
GROUP BY name ORDER BY name;
