-- What the large rows (O to S) have in common; each is measured in a database of
-- its own, and prints lines "work|bar|measured|met".

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
CREATE EXTENSION btree_gist;
SELECT oncall.setup() \g /dev/null
CREATE SCHEMA bench;

-- Rotations of so many people each, who hand over once a week. The judge would ask
-- of each person whether they are free: it is not what is measured here.
CREATE PROCEDURE bench.company(rotations int, people int)
LANGUAGE plpgsql
AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	INSERT INTO oncall.person (person_id, name, zone)
	SELECT i, 'Person Number ' || i, 'UTC' FROM generate_series(1, rotations * people) AS i;
	SET LOCAL session_replication_role = origin;
	INSERT INTO oncall.rotation (rotation_id, name, zone)
	SELECT r, 'rotation ' || r, ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[])[1 + r % 5]
	FROM generate_series(1, rotations) AS r;
	INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
	SELECT rotation_id, rotation_id, oncall.cadence(timestamp '2020-12-29 12:00', zone, '7 days') FROM oncall.rotation;
	INSERT INTO oncall.layer_member (layer_id, position, person_id)
	SELECT r, i, people * (r - 1) + i FROM generate_series(1, rotations) AS r, generate_series(1, people) AS i;
	PERFORM setval(pg_get_serial_sequence('oncall.person', 'person_id'), rotations * people);
	PERFORM setval(pg_get_serial_sequence('oncall.rotation', 'rotation_id'), rotations);
	PERFORM setval(pg_get_serial_sequence('oncall.layer', 'layer_id'), rotations);
END
$$;

-- What others would store: a row for each stretch with the same pair, and a row for
-- each shift of a person.
CREATE PROCEDURE bench.store(during tstzrange)
LANGUAGE plpgsql
SET enable_hashagg = off SET work_mem = '256MB' SET maintenance_work_mem = '512MB'
AS $$
BEGIN
	CREATE TABLE bench.held AS
	SELECT rotation_id, seat, person_id, period FROM oncall.roster(during);
	ANALYZE bench.held;
	CREATE TABLE bench.shift AS
	SELECT rotation_id, starts, oncall.on_call(rotation_id, starts) AS pair
	FROM (SELECT DISTINCT rotation_id, lower(period) AS starts FROM bench.held ORDER BY 1, 2 OFFSET 0) AS s;
	CREATE INDEX ON bench.shift (rotation_id, starts);
END
$$;

-- Milliseconds of CPU time that this backend has taken (of the wall clock where the
-- system does not tell): other people's work does not count.
CREATE FUNCTION bench.cpu() RETURNS numeric
LANGUAGE sql VOLATILE
RETURN coalesce(split_part(pg_read_file('/proc/self/schedstat', 0, 100, true), ' ', 1)::numeric / 1000000,
	extract(epoch FROM clock_timestamp()) * 1000);

CREATE TABLE bench.run (contest text, name text, cpu numeric, wall numeric, answer text);

-- Run queries of "ours" and "theirs" (NULL: nothing to compare with) in turn in
-- this backend, so many times, and note how many milliseconds they took. The system
-- tells CPU time by the tick, so what is short is run a hundred times each time.
CREATE PROCEDURE bench.take(contest text, ours text, theirs text, times int DEFAULT 5, short boolean DEFAULT false)
LANGUAGE plpgsql
AS $$
DECLARE
	wall timestamptz;
	cpu numeric;
	answer text;
	runs CONSTANT int := CASE WHEN short THEN 100 ELSE 1 END;
	q record;
BEGIN
	FOR i IN 1..times LOOP
		FOR q IN SELECT * FROM (VALUES ('ours', ours), ('theirs', theirs)) AS v(name, query) WHERE query IS NOT NULL LOOP
			wall := clock_timestamp();
			cpu := bench.cpu();
			FOR run IN 1..runs LOOP
				EXECUTE q.query INTO answer;
			END LOOP;
			INSERT INTO bench.run VALUES (contest, q.name, (bench.cpu() - cpu) / runs,
				extract(epoch FROM clock_timestamp() - wall) * 1000 / runs, answer);
			COMMIT;
		END LOOP;
	END LOOP;
END
$$;

-- The medians of a contest as a line. units: of what they are divided by, in
-- microseconds; same: both have to have answered the same.
CREATE FUNCTION bench.line(contest text, bar numeric DEFAULT NULL, units numeric DEFAULT NULL, same boolean DEFAULT true) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	-- other processes' CPU time is not known
	by_wall CONSTANT boolean := line.contest LIKE '%workers%';
	scale CONSTANT numeric := coalesce(1000 / units, 1);
	unit CONSTANT text := CASE WHEN units IS NULL THEN ' ms' ELSE ' us' END;
	m record;
BEGIN
	SELECT scale * percentile_disc(0.5) WITHIN GROUP (ORDER BY CASE WHEN by_wall THEN r.wall ELSE r.cpu END) FILTER (WHERE name = 'ours') AS ours,
		   scale * percentile_disc(0.5) WITHIN GROUP (ORDER BY CASE WHEN by_wall THEN r.wall ELSE r.cpu END) FILTER (WHERE name = 'theirs') AS theirs,
		   count(DISTINCT answer) AS answers
	INTO m FROM bench.run AS r WHERE r.contest = line.contest;
	IF same AND m.answers <> 1 THEN
		RAISE 'what is computed and what is stored differ: %', contest;
	END IF;
	RETURN concat_ws('|', contest, CASE WHEN m.ours <= bar * m.theirs IS NULL THEN 'none' ELSE 'at most ' || bar || ' x a stored table' END,
		coalesce(round(m.ours / nullif(m.theirs, 0), 2) || ' x ', '') || '('
		|| concat_ws(', ', round(m.ours, 2) || unit, round(m.theirs, 2) || unit) || ')',
		coalesce((m.ours <= bar * m.theirs)::text, ''));
END
$$;
