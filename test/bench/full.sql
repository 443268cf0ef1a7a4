-- Row L: look-ups in random order over more rotations than a session can
-- remember the timelines of, beside an indexed table of their shifts. Prints
-- milliseconds of 100,000 look-ups, medians of five in turn, and megabytes
-- remembered: on_call|table|megabytes.

\set ON_ERROR_STOP 1
\o /dev/null
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
CREATE EXTENSION oncall;
SELECT oncall.setup();

INSERT INTO oncall.person (person_id, name, email, zone)
SELECT i, 'Person Number ' || i, 'person' || i || '@example.com', 'UTC' FROM generate_series(1, 450) AS i;
BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone)
SELECT r, 'rotation ' || r, ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[])[1 + r % 5]
FROM generate_series(1, 8000) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id, oncall.cadence(timestamp '2020-12-29 12:00', zone, '7 days') FROM oncall.rotation;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 9 * (r % 50) + i FROM generate_series(1, 8000) AS r, generate_series(1, 9) AS i;
COMMIT;
-- ten covers each, one a year
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT r, 1, tstzrange(at, at + interval '3 days'), 1 + r % 450, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(1, 8000) AS r, generate_series(2021, 2030) AS y,
	 LATERAL (SELECT make_timestamptz(y, 1 + r % 12, 1 + r % 20, 0, 0, 0, 'UTC') AS at) AS a;
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;

CREATE SCHEMA bench;
CREATE TABLE bench.shift AS
SELECT rotation_id, starts_at AS starts, oncall.on_call(rotation_id, starts_at) AS pair
FROM (SELECT DISTINCT rotation_id, starts_at FROM oncall.roster('[2021-01-05 00:00Z, 2030-12-30 00:00Z)')) AS s
ORDER BY rotation_id, starts_at;
CREATE INDEX shift_btree ON bench.shift (rotation_id, starts);
CREATE TABLE bench.asked AS
SELECT 1 + floor(random() * 8000)::int AS rotation_id, timestamptz '2021-01-05 00:00Z' + random() * interval '3640 days' AS at
FROM generate_series(1, 100000);
VACUUM ANALYZE;

CREATE TABLE bench.run (name text, ms numeric);
CREATE PROCEDURE bench.take(name text, query text)
LANGUAGE plpgsql
AS $$
DECLARE
	began timestamptz := clock_timestamp();
BEGIN
	EXECUTE query;
	INSERT INTO bench.run VALUES (name, extract(epoch FROM clock_timestamp() - began) * 1000);
END
$$;
-- once to fill memory, then in turn
SELECT count(oncall.on_call(rotation_id, at))
FROM oncall.rotation, generate_series(timestamptz '2021-01-06 00:00Z', '2030-12-29', '200 days') AS at;
SELECT format('CALL bench.take(%L, %L)', v.name, v.query)
FROM generate_series(1, 5),
	 (VALUES ('on_call', 'SELECT count(oncall.on_call(rotation_id, at)) FROM bench.asked'),
		('table', 'SELECT count(s.pair) FROM bench.asked AS a
			LEFT JOIN LATERAL (SELECT pair FROM bench.shift
							   WHERE rotation_id = a.rotation_id AND starts <= a.at
							   ORDER BY starts DESC LIMIT 1) AS s ON true')) AS v(name, query) \gexec
\o
SELECT (SELECT round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)) FROM bench.run WHERE name = 'on_call'),
	   (SELECT round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)) FROM bench.run WHERE name = 'table'),
	   (SELECT round(sum(total_bytes) / 1048576.0) FROM pg_backend_memory_contexts WHERE name LIKE 'oncall%');
