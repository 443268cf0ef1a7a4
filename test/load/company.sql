-- A company that has used oncall for :years years, with :rotations rotations of six
-- people who take weeks in turn, and :incidents incidents. It is the same for the
-- same :seed and week. Run in a database of its own.
--
-- What is written here is not judged one by one, but breaks no rule: of six people
-- who take turns, one is away only in the week after that in which they were
-- first, and covers only a day in the middle of the fourth week after it.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
CREATE SCHEMA load;
SELECT setseed(:seed::double precision / 1000000) \g /dev/null
SELECT date_trunc('week', now())::timestamp + interval '1 day 12 hours' - :years * interval '364 days' AS begun \gset

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'public');
INSERT INTO oncall.holiday (calendar_id, day, name)
SELECT 1, make_date(y, m, d), format('%s-%s', m, d)
FROM generate_series(extract(year FROM now())::int - :years - 1, extract(year FROM now())::int + 1) AS y,
	(VALUES (1, 1), (2, 6), (4, 25), (6, 3), (12, 25), (12, 26)) AS h(m, d);
SET session_replication_role = replica;
INSERT INTO oncall.person (person_id, name, zone, calendar_id)
SELECT i, 'Person Number ' || i, z.zones[1 + (i - 1) / 6 % 5], 1
FROM generate_series(1, 6 * :rotations) AS i,
	(SELECT '{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[]) AS z(zones);
INSERT INTO oncall.team (team_id, name, zone, manager_id)
SELECT t, 'team ' || t, 'UTC', 6 * (t - 1) + 1 FROM generate_series(1, (:rotations + 4) / 5) AS t;
SET session_replication_role = origin;
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, team_id, zone, calendar_id)
SELECT r, 'rotation ' || r, 1 + (r - 1) / 5, p.zone, 1
FROM generate_series(1, :rotations) AS r JOIN oncall.person AS p ON p.person_id = 6 * r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id, oncall.cadence(:'begun', zone, '7 days') FROM oncall.rotation;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 6 * (r - 1) + i FROM generate_series(1, :rotations) AS r, generate_series(1, 6) AS i;
COMMIT;

-- an alert calls one from a rotation that many services share, and one from the service's own
INSERT INTO oncall.service (service_id, name, team_id)
SELECT rotation_id, 'service ' || rotation_id, team_id FROM oncall.rotation;
INSERT INTO oncall.service_rotation (service_id, rotation_id)
SELECT s, r FROM generate_series(1, :rotations) AS s, LATERAL (VALUES (s), (1 + s % 5)) AS v(r);
INSERT INTO oncall.escalation_step (service_id, step, wait, rotation_id, seat)
SELECT s, 1, :'wait', s, 2 FROM generate_series(1, :rotations) AS s;

-- whose week it is, once each, in the past and for a year to come
CREATE TABLE load.turn AS
SELECT rotation_id, person_id, period, row_number() OVER (ORDER BY rotation_id, period) AS n
FROM oncall.roster(tstzrange(:'begun' AT TIME ZONE 'UTC', now() + interval '1 year'))
WHERE seat = 1 AND upper(period) - lower(period) > interval '6 days';
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT rotation_id, 1, tstzrange(lower(period) + interval '2 days', lower(period) + interval '3 days'),
	   6 * (rotation_id - 1) + 1 + (person_id + 1) % 6, (SELECT min(change_id) FROM oncall.change)
FROM load.turn WHERE n % 10 = 7 AND upper(period) < now();
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;
INSERT INTO oncall.absence (person_id, period)
SELECT person_id, tstzrange(upper(period) + interval '6 hours', upper(period) + interval '6 days')
FROM load.turn WHERE n % 4 = 1;

-- incidents, whom they called, and what these did
CREATE TABLE load.made AS
SELECT i AS incident_id, 1 + floor(random() * :rotations)::int AS service_id,
	   :'begun' AT TIME ZONE 'UTC' + interval '1 day' + (i + random()) * ((now() - interval '2 days' - :'begun' AT TIME ZONE 'UTC') / (:incidents + 1)) AS opened_at,
	   power(random(), 4) * interval '20 hours' + interval '3 minutes' AS lasts, random() AS chance
FROM generate_series(1, :incidents) AS i;
SET session_replication_role = replica;
INSERT INTO oncall.incident (incident_id, service_id, severity, summary, source, dedup_key, opened_at, acknowledged_at, resolved_at,
	resolution, asked_at)
SELECT incident_id, service_id, CASE WHEN chance < 0.1 THEN 'SEV1' ELSE 'SEV2' END, 'something ' || incident_id,
	   CASE WHEN chance > 0.9 THEN 'customer' ELSE 'monitoring' END, 'old ' || incident_id, opened_at,
	   opened_at + least(lasts, '10 minutes'), opened_at + lasts, 'resolved', opened_at
FROM load.made;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at, sent_at, acknowledged_at)
SELECT incident_id, oncall.primary_of(oncall.on_call(v.rotation_id, opened_at)), 0, v.rotation_id, 1, 'opened', opened_at,
	   opened_at + interval '5 s', CASE WHEN v.rotation_id = service_id THEN opened_at + least(lasts, '10 minutes') END
FROM load.made JOIN oncall.service_rotation AS v USING (service_id)
ORDER BY opened_at;
INSERT INTO oncall.response (person_id, incident_id, period)
SELECT g.person_id, incident_id, tstzrange(m.opened_at, m.opened_at + m.lasts)
FROM load.made AS m JOIN oncall.page AS g USING (incident_id) WHERE g.acknowledged_at IS NOT NULL
ORDER BY m.opened_at;
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, recorded_at)
SELECT m.incident_id, opened_at + lasts * k.n / 2, k.kind, CASE WHEN k.n > 0 THEN g.person_id END, opened_at
FROM load.made AS m JOIN oncall.page AS g ON g.incident_id = m.incident_id AND g.acknowledged_at IS NOT NULL,
	(VALUES (0, 'opened'), (1, 'acknowledged'), (2, 'resolved')) AS k(n, kind)
ORDER BY 2;
SET session_replication_role = origin;
SELECT setval(pg_get_serial_sequence('oncall.incident', 'incident_id'), max(incident_id)) FROM oncall.incident \g /dev/null
DROP TABLE load.made;
ANALYZE;

-- every month that is over has been paid
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to)
VALUES (1, 'hourly', 'UTC', 'EUR', '1 hour', '15 minutes');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
VALUES (1, 1, 'holiday', 'PH 00:00-24:00', 12.5, 90, 1), (1, 2, 'working', NULL, 0.5, 30, 0),
	(1, 3, 'night', 'Mo-Su 22:00-06:00', 6.25, 75, 1), (1, 4, 'weekend', 'Sa-Su 00:00-24:00', 8, 60, 1);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) SELECT person_id, 1 FROM oncall.person;
CREATE PROCEDURE load.close(month date)
LANGUAGE plpgsql
AS $$
BEGIN
	WHILE month + interval '1 month' <= now() LOOP
		PERFORM oncall.close_pay_run('hourly', daterange(month, (month + interval '1 month')::date));
		COMMIT;
		month := month + interval '1 month';
	END LOOP;
END
$$;
CALL load.close(date_trunc('month', timestamp :'begun')::date);

-- what clients were told that was not simply done, and what they were told of answers
CREATE TABLE load.outcome (twin text, what text, outcome text);
CREATE TABLE load.answer (twin text, incident_id int, person_id int);
CREATE TABLE load.memory (at timestamptz, pid int, bytes bigint, remembered bigint);
CREATE FUNCTION load.note_memory() RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO load.memory
	SELECT clock_timestamp(), pg_backend_pid(), sum(total_bytes) FILTER (WHERE NOT remembered), sum(total_bytes) FILTER (WHERE remembered)
	FROM (SELECT total_bytes, name IN ('oncall timelines', 'oncall names') OR coalesce(parent, '') = 'oncall timelines' AS remembered
		  FROM pg_backend_memory_contexts) AS c;
END
$$;
