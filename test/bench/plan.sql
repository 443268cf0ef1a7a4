-- Plans: 50 people, 10 rotations, half a year, about 100 conflicts; and the most
-- conflicts of one rotation that are planned exactly, with 38 people to choose
-- from. In a database of its own; prints one line.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.person (name, zone)
SELECT 'p' || i, (ARRAY['Pacific/Auckland', 'Europe/London', 'America/New_York'])[1 + i % 3]
FROM generate_series(0, 49) AS i;
SELECT count(oncall.add_rotation('r' || r, ARRAY(SELECT 'p' || (5 * r + k) % 50 FROM generate_series(0, 7) AS k),
	'R/2126-01-01T12:00[Europe/London]/P3D,P4D', zone => 'Europe/London'))
FROM generate_series(1, 10) AS r \g /dev/null
SELECT oncall.add_rotation('all', ARRAY(SELECT 'p' || k FROM generate_series(0, 49) AS k),
	'R/2128-01-01T12:00[UTC]/P1D', zone => 'UTC', seats => '{one}') AS all \gset
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL WHERE rotation_id = :all;
INSERT INTO oncall.absence (person_id, period)
SELECT 1 + i, tstzrange(f, f + interval '14 days')
FROM generate_series(0, 49) AS i,
	LATERAL (SELECT timestamptz '2127-01-01Z' + i * 37 % 165 * interval '1 day' AS f) AS x;
INSERT INTO oncall.absence (person_id, period)
SELECT person_id, '[2128-01-01,2128-02-01)' FROM oncall.roster('[2128-01-01 12:00Z,2128-01-13 12:00Z)', :all);

CREATE TEMP TABLE run (name text, ms numeric, said text);
CREATE PROCEDURE pg_temp.take(name text, rotation text, during tstzrange) LANGUAGE plpgsql AS $$
DECLARE
	since timestamptz;
	said text;
BEGIN
	FOR i IN 1..5 LOOP
		since := clock_timestamp();
		SELECT min(statement) INTO said FROM oncall.plan_covers(rotation, during);
		INSERT INTO run VALUES (name, 1000 * extract(epoch FROM clock_timestamp() - since), said);
	END LOOP;
END
$$;
CALL pg_temp.take('big', NULL, '[2127-01-01Z,2127-07-01Z)');
CALL pg_temp.take('exact', 'all', '[2128-01-01Z,2128-02-01Z)');
SELECT format('%s ms; exactly 12 with 38 people %s ms. %s',
	round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE name = 'big')),
	round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE name = 'exact')),
	min(said) FILTER (WHERE name = 'big'))
FROM run;
