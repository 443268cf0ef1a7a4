-- The data of the bench: 50 rotations with 5 years of alerts and 5% of the
-- shifts covered; shifts materialised for the alternatives; noise.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.person (person_id, name, email, zone)
SELECT i, 'Person Number ' || i, 'person' || i || '@example.com', 'UTC'
FROM generate_series(1, 450) AS i;

BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone)
SELECT r, 'rotation ' || r, ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[])[1 + r % 5]
FROM generate_series(1, 50) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id, oncall.cadence(timestamp '2020-12-29 12:00', zone, '7 days')
FROM oncall.rotation;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT r, i, 9 * (r - 1) + i FROM generate_series(1, 50) AS r, generate_series(1, 9) AS i;
COMMIT;

-- a cover for one shift in twenty: some days of it, whoever that suits
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT rotation_id, seat,
	   tstzrange(lower(period) + interval '1 day' * (n % 3), upper(period) - interval '1 day' * (n % 2)),
	   9 * (rotation_id - 1) + 1 + n % 9, (SELECT min(change_id) FROM oncall.change)
FROM (SELECT *, row_number() OVER (ORDER BY rotation_id, seat, period) AS n
	  FROM oncall.roster('[2021-01-05, 2025-12-30)')
	  WHERE upper(period) - lower(period) > interval '5 days') AS s
WHERE n % 20 = 7;
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;

CREATE TABLE bench.alert AS
SELECT i AS alert_id, 1 + floor(random() * 50)::int AS rotation_id,
	   timestamptz '2021-01-05 00:00Z' + random() * (timestamptz '2025-12-30 00:00Z' - timestamptz '2021-01-05 00:00Z') AS at
FROM generate_series(1, 1000000) AS i;

-- what others would store: one row for each stretch with the same pair
CREATE TABLE bench.shift AS
SELECT rotation_id, starts,
	   tstzrange(starts, lead(starts) OVER (PARTITION BY rotation_id ORDER BY starts)) AS period,
	   oncall.pair(first, second) AS pair
FROM (SELECT a.rotation_id, lower(a.period * b.period) AS starts,
			 a.person_id AS first, b.person_id AS second
	  FROM oncall.roster('[2021-01-01, 2026-01-01)') AS a
	  JOIN oncall.roster('[2021-01-01, 2026-01-01)') AS b
	  ON b.rotation_id = a.rotation_id AND b.period && a.period
	  WHERE a.seat = 1 AND b.seat = 2) AS s;
CREATE INDEX shift_btree ON bench.shift (rotation_id, starts);
CREATE INDEX shift_gist ON bench.shift USING gist (rotation_id, period);
CREATE TABLE bench.noise (id int PRIMARY KEY, n int);
INSERT INTO bench.noise SELECT i, 0 FROM generate_series(1, 100) AS i;

VACUUM ANALYZE;

-- Run a query and say how many milliseconds it took.
CREATE FUNCTION bench.ms(query text) RETURNS numeric
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
	began timestamptz := clock_timestamp();
BEGIN
	EXECUTE query INTO answer;
	RETURN extract(epoch FROM clock_timestamp() - began) * 1000;
END
$$;
