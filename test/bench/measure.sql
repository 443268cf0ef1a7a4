-- Rows A, C, memory and growth: medians of five, one process each, the
-- alternatives in turn. Parallel plans are turned off for all of them.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '256MB';
SET search_path = bench, oncall, pg_catalog;

CREATE TABLE contest (contest text, name text, query text);
CREATE TABLE run (contest text, name text, ms numeric);
CREATE PROCEDURE take(which text, times int DEFAULT 5)
LANGUAGE plpgsql
AS $$
DECLARE
	c contest;
BEGIN
	FOR i IN 1..times LOOP
		FOR c IN SELECT * FROM contest WHERE contest = which LOOP
			INSERT INTO run VALUES (which, c.name, bench.ms(c.query));
			COMMIT;
		END LOOP;
	END LOOP;
END
$$;
CREATE FUNCTION median(which text, of text) RETURNS numeric
LANGUAGE sql
RETURN (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FROM run
		WHERE contest = which AND name = of);

-- ---------------------------------------------------------------------------
-- A: attribution of alerts
-- ---------------------------------------------------------------------------

INSERT INTO contest VALUES
('A', 'scan', 'SELECT count(at) FROM bench.alert'),
('A', 'on_call', 'SELECT count(oncall.on_call(rotation_id, at)) FROM bench.alert'),
('A', 'date_trunc', $$SELECT count(date_trunc('week', at, 'Pacific/Auckland')) FROM bench.alert$$),
('A', 'btree', 'SELECT count(s.pair) FROM bench.alert AS a
	LEFT JOIN LATERAL (SELECT pair FROM bench.shift
					   WHERE rotation_id = a.rotation_id AND starts <= a.at
					   ORDER BY starts DESC LIMIT 1) AS s ON true'),
('A', 'gist', 'SELECT count(s.pair) FROM bench.alert AS a
	JOIN bench.shift AS s ON s.rotation_id = a.rotation_id AND s.period @> a.at');

-- the same answers first
DO $$
BEGIN
	IF EXISTS (
		SELECT FROM bench.alert AS a
		LEFT JOIN LATERAL (SELECT pair FROM bench.shift
						   WHERE rotation_id = a.rotation_id AND starts <= a.at
						   ORDER BY starts DESC LIMIT 1) AS s ON true
		WHERE oncall.on_call(a.rotation_id, a.at) IS DISTINCT FROM s.pair) THEN
		RAISE EXCEPTION 'on_call and the materialised shifts differ';
	END IF;
END
$$;
CALL take('A');

INSERT INTO result
SELECT 'A. on_call over 1,000,000 alerts', 'at most 0.5 x date_trunc',
	   format('%s x (%s ms, %s ms; the scan alone %s ms)', round(o / d, 2), round(o), round(d), round(s)), o <= 0.5 * d
FROM (SELECT median('A', 'on_call') AS o, median('A', 'date_trunc') AS d, median('A', 'scan') AS s) AS m
UNION ALL
SELECT 'A. against a GiST range join', 'at least 60 x faster',
	   format('%s x (%s ms)', round(g / o), round(g)), g >= 60 * o
FROM (SELECT median('A', 'on_call') AS o, median('A', 'gist') AS g) AS m
UNION ALL
SELECT 'A. against a btree LATERAL look-up', 'at least 20 x faster',
	   format('%s x (%s ms)', round(b / o), round(b)), b >= 20 * o
FROM (SELECT median('A', 'on_call') AS o, median('A', 'btree') AS b) AS m;

-- the same alerts, which say for themselves whose they are by name
CREATE TABLE bench.named_alert AS
SELECT a.rotation_id, r.name AS rotation, a.at FROM bench.alert AS a JOIN oncall.rotation AS r USING (rotation_id);
VACUUM ANALYZE bench.named_alert;
INSERT INTO contest VALUES
('A by name', 'id', 'SELECT count(oncall.on_call(rotation_id, at)) FROM bench.named_alert'),
('A by name', 'name', 'SELECT count(oncall.on_call(rotation, at)) FROM bench.named_alert'),
('A by name', 'any', 'SELECT count(oncall.on_call_any(rotation, at)) FROM bench.named_alert');
CALL take('A by name');

INSERT INTO result
SELECT 'A. by name' || CASE m.name WHEN 'any' THEN ', on_call_any()' ELSE '' END, 'at most 1.2 x by id',
	   format('%s x (%s ms, %s ms)', round(m.ms / m.id, 2), round(m.ms), round(m.id)), m.ms <= 1.2 * m.id
FROM (SELECT v.name, median('A by name', v.name) AS ms, median('A by name', 'id') AS id
	  FROM (VALUES ('name'), ('any')) AS v(name)) AS m;

-- ---------------------------------------------------------------------------
-- C: roster of 1,000 rotations over 5 years
-- ---------------------------------------------------------------------------

BEGIN;
INSERT INTO oncall.rotation (rotation_id, name, zone)
SELECT 1000 + r, 'big ' || r, ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,UTC}'::text[])[1 + r % 5]
FROM generate_series(1, 950) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT rotation_id, rotation_id, oncall.cadence(timestamp '2020-12-29 12:00', zone, '7 days')
FROM oncall.rotation WHERE rotation_id > 1000;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT 1000 + r, i, 9 * (r % 50) + i FROM generate_series(1, 950) AS r, generate_series(1, 9) AS i;
COMMIT;
VACUUM ANALYZE;

SELECT count(*) AS shifts FROM oncall.roster('[2021-01-05 00:00Z, 2025-12-30 00:00Z)') \gset

INSERT INTO contest VALUES
('C', 'roster', $$SELECT count(*) FROM oncall.roster('[2021-01-05 00:00Z, 2025-12-30 00:00Z)')$$),
('C', 'floor', 'SELECT count(*) FROM bench.constant_rows(' || :'shifts' || ')'),
('C', 'recursive', $$
	WITH RECURSIVE rule AS (
		SELECT l.*, oncall.anchor(l.cadence) AS anchor, oncall.every(l.cadence) AS every,
			   oncall.zone(l.cadence) AS zone,
			   (SELECT array_agg(m.person_id ORDER BY position) FROM oncall.layer_member AS m
				WHERE m.layer_id = l.layer_id) AS members
		FROM oncall.layer AS l WHERE upper_inf(l.recorded)
	), turn AS (
		SELECT layer_id, 0 AS n, anchor AT TIME ZONE zone AS starts,
			   (anchor + every) AT TIME ZONE zone AS ends, anchor, every, zone
		FROM rule
		UNION ALL
		SELECT layer_id, n + 1, ends, (anchor + (n + 2) * every) AT TIME ZONE zone, anchor, every, zone
		FROM turn WHERE ends < '2025-12-30 00:00Z'
	), held AS (
		-- who would sit where in each turn, by the rules of each layer
		SELECT r.rotation_id, seat, r.layer_id, r.rank, lower(r.valid) AS since,
			   tstzrange(starts, ends) * r.valid * tstzrange('2021-01-05 00:00Z', '2025-12-30 00:00Z') AS period,
			   r.members[1 + (n + greatest(seat - 1, (seat - 1) * array_length(r.members, 1) / r.seats)) % array_length(r.members, 1)] AS person_id
		FROM rule AS r JOIN turn USING (layer_id), generate_series(1, r.seats) AS seat
	), cover AS (
		SELECT rotation_id, seat, cover_id, person_id,
			   period * tstzrange('2021-01-05 00:00Z', '2025-12-30 00:00Z') AS period
		FROM oncall.cover WHERE upper_inf(recorded)
		AND period && tstzrange('2021-01-05 00:00Z', '2025-12-30 00:00Z')
	), edge AS (
		SELECT rotation_id, seat, lower(period) AS at FROM held WHERE NOT isempty(period)
		UNION SELECT rotation_id, seat, upper(period) FROM held WHERE NOT isempty(period)
		UNION SELECT rotation_id, seat, lower(period) FROM cover
		UNION SELECT rotation_id, seat, upper(period) FROM cover
		UNION SELECT rotation_id, seat, '2021-01-05 00:00Z' FROM oncall.rotation, generate_series(1, cardinality(seats)) AS seat
	), piece AS (
		SELECT rotation_id, seat, at,
			   lead(at, 1, '2025-12-30 00:00Z') OVER (PARTITION BY rotation_id, seat ORDER BY at) AS until
		FROM edge
	), decided AS (
		SELECT DISTINCT ON (p.rotation_id, p.seat, p.at) p.rotation_id, p.seat, p.at, p.until,
			   CASE WHEN c.cover_id IS NULL THEN h.person_id ELSE c.person_id END AS person_id,
			   CASE WHEN c.cover_id IS NULL THEN h.layer_id END AS layer_id, c.cover_id
		FROM piece AS p
		LEFT JOIN cover AS c ON c.rotation_id = p.rotation_id AND c.seat = p.seat AND c.period @> p.at
		LEFT JOIN held AS h ON h.rotation_id = p.rotation_id AND h.seat = p.seat AND h.period @> p.at
		WHERE p.at < p.until
		ORDER BY p.rotation_id, p.seat, p.at, h.rank DESC NULLS LAST, h.since DESC NULLS LAST, h.layer_id DESC
	), shift AS (
		SELECT *, count(*) FILTER (WHERE fresh) OVER (PARTITION BY rotation_id, seat ORDER BY at) AS number
		FROM (SELECT *, (person_id, layer_id, cover_id) IS DISTINCT FROM
						(lag(person_id) OVER w, lag(layer_id) OVER w, lag(cover_id) OVER w) AS fresh
			  FROM decided WINDOW w AS (PARTITION BY rotation_id, seat ORDER BY at)) AS d
	)
	SELECT count(*) FROM (
		SELECT s.rotation_id, r.name AS rotation, s.seat, r.seats[s.seat] AS seat_name, s.person_id, p.name AS person,
			   tstzrange(min(s.at), max(s.until)) AS period, s.layer_id, s.cover_id
		FROM shift AS s JOIN oncall.rotation AS r USING (rotation_id) LEFT JOIN oncall.person AS p USING (person_id)
		GROUP BY s.rotation_id, r.name, s.seat, r.seats, s.person_id, p.name, s.layer_id, s.cover_id, s.number
		OFFSET 0) AS s
$$);
CALL take('C');

INSERT INTO result
SELECT 'C. roster of 1,000 rotations, 5 years', 'at most 1.2 x the floor in C',
	   format('%s x (%s ms, %s ms; %s rows)', round(r / f, 2), round(r), round(f), :'shifts'), r <= 1.2 * f
FROM (SELECT median('C', 'roster') AS r, median('C', 'floor') AS f) AS m
UNION ALL
SELECT 'C. against recursive SQL', 'at least 20 x faster',
	   format('%s x (%s ms)', round(s / r), round(s)), s >= 20 * r
FROM (SELECT median('C', 'roster') AS r, median('C', 'recursive') AS s) AS m;

-- ---------------------------------------------------------------------------
-- A: by name, of as many rotations as a company may have
-- ---------------------------------------------------------------------------

CREATE TABLE bench.alert_of_many AS
SELECT r.rotation_id, r.name AS rotation, a.at
FROM bench.alert AS a JOIN oncall.rotation AS r ON r.rotation_id = 1001 + a.alert_id % 500;
VACUUM ANALYZE bench.alert_of_many;
INSERT INTO contest VALUES
('A by 500 names', 'id', 'SELECT count(oncall.on_call(rotation_id, at)) FROM bench.alert_of_many'),
('A by 500 names', 'name', 'SELECT count(oncall.on_call(rotation, at)) FROM bench.alert_of_many');
CALL take('A by 500 names');

INSERT INTO result
SELECT 'A. by 500 names', 'at most 1.2 x by id',
	   format('%s x (%s ms, %s ms)', round(m.name / m.id, 2), round(m.name), round(m.id)), m.name <= 1.2 * m.id
FROM (SELECT median('A by 500 names', 'name') AS name, median('A by 500 names', 'id') AS id) AS m;

-- ---------------------------------------------------------------------------
-- Memory: 1,000 rotations, 10 years
-- ---------------------------------------------------------------------------

SELECT count(oncall.on_call(rotation_id, at))
FROM oncall.rotation, generate_series(timestamptz '2021-01-05 00:00Z', '2030-12-30 00:00Z', '7 days') AS at \g /dev/null
INSERT INTO result
SELECT 'memory: 1,000 rotations x 10 years', 'at most 64 MB',
	   format('%s MB in %s contexts', round(sum(total_bytes) / 1048576.0, 1), count(*)),
	   sum(total_bytes) <= 64 * 1048576 AND count(*) >= 1000
FROM pg_backend_memory_contexts WHERE name LIKE 'oncall%';

-- ---------------------------------------------------------------------------
-- Growth: a look-up, and compiling, over 1, 10 and 100 years
-- ---------------------------------------------------------------------------

-- covers grow with the years, too: 5% of the shifts
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT 1, 1, tstzrange(at, at + interval '3 days'), 5, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(timestamptz '2026-01-07 00:00Z', '2120-12-01 00:00Z', '140 days') AS at;
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;

INSERT INTO contest
SELECT 'growth', 'look-up ' || years,
	   format('SELECT count(oncall.on_call(1, timestamptz ''2021-01-05 00:00Z'' + (i::bigint * 7919 %% (%s * 365 * 24)) * interval ''1 hour'')) FROM generate_series(1, 300000) AS i', years)
FROM unnest('{1,10,100}'::int[]) AS years
UNION ALL
SELECT 'growth', 'compile ' || years,
	   format('SELECT count(*) FROM generate_series(1, 20) AS i, oncall.roster(tstzrange(''2021-01-05 00:00Z'', timestamptz ''2021-01-05 00:00Z'' + i * interval ''1 second'' + interval ''%s years''), 1)', years)
FROM unnest('{1,10,100}'::int[]) AS years;
CALL take('growth');

INSERT INTO result
SELECT 'growth: a look-up in 1, 10, 100 years', 'logarithmic',
	   format('%s, %s, %s us', round(a / 300, 3), round(b / 300, 3), round(c / 300, 3)),
	   c <= 2 * a
FROM (SELECT median('growth', 'look-up 1') AS a, median('growth', 'look-up 10') AS b,
			 median('growth', 'look-up 100') AS c) AS m
UNION ALL
SELECT 'growth: compiling 1, 10, 100 years', 'linear',
	   format('%s, %s, %s ms', round(a / 20, 2), round(b / 20, 2), round(c / 20, 2)),
	   c <= 12 * b
FROM (SELECT median('growth', 'compile 1') AS a, median('growth', 'compile 10') AS b,
			 median('growth', 'compile 100') AS c) AS m;
