-- Row O: 1,000,000 covers, a thousand in each of 1,000 rotations over ten years.

\ir large.sql
CALL bench.company(1000, 9);
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT r, 1, tstzrange(at, at + interval '1 day'), 9 * (r - 1) + 1 + (r + n) % 9, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(1, 1000) AS r, generate_series(0, 999) AS n,
	LATERAL (SELECT timestamptz '2021-01-06Z' + n * interval '87 hours' AS at) AS c;
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;
SELECT setval(pg_get_serial_sequence('oncall.cover', 'cover_id'), max(cover_id)) FROM oncall.cover \g /dev/null
CALL bench.store('[2021-01-05, 2031-01-05)');
-- no shift lasts longer than a week, so these find what overlaps a window sooner than
-- GiST indexes
CREATE INDEX ON bench.held (rotation_id, lower(period));
CREATE INDEX ON bench.held (lower(period));
CREATE TABLE bench.alert AS
SELECT 1 + floor(random() * 1000)::int AS rotation_id, timestamptz '2021-01-06Z' + random() * interval '3600 days' AS at
FROM generate_series(1, 1000000) AS i;
VACUUM ANALYZE;

-- a connection's first look-ups, one in each rotation
\c
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CALL bench.take('O. a look-up in each rotation, the first of a connection',
	$$SELECT sum(oncall.primary_of(oncall.on_call(r, '2025-05-05 05:00Z'))) FROM generate_series(1, 1000) AS r$$, NULL, 1);
\c
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CALL bench.take('O. a look-up in each rotation, the first of a connection', NULL,
	$$SELECT sum(oncall.primary_of(s.pair)) FROM generate_series(1, 1000) AS r, LATERAL (SELECT pair FROM bench.shift
		WHERE rotation_id = r AND starts <= '2025-05-05 05:00Z' ORDER BY starts DESC LIMIT 1) AS s$$, 1);
CALL bench.take('O. the same again',
	$$SELECT sum(oncall.primary_of(oncall.on_call(r, '2025-05-05 05:00Z'))) FROM generate_series(1, 1000) AS r$$,
	$$SELECT sum(oncall.primary_of(s.pair)) FROM generate_series(1, 1000) AS r, LATERAL (SELECT pair FROM bench.shift
		WHERE rotation_id = r AND starts <= '2025-05-05 05:00Z' ORDER BY starts DESC LIMIT 1) AS s$$, short => true);
CALL bench.take('O. 1000000 alerts',
	'SELECT sum(oncall.primary_of(oncall.on_call(rotation_id, at))) FROM bench.alert',
	$$SELECT sum(oncall.primary_of(s.pair)) FROM bench.alert AS a,
	LATERAL (SELECT pair FROM bench.shift WHERE rotation_id = a.rotation_id AND starts <= a.at ORDER BY starts DESC LIMIT 1) AS s$$);
CALL bench.take('O. roster() of one month, all rotations',
	$$SELECT count(*) FROM oncall.roster('[2025-05-01Z, 2025-06-01Z)')$$,
	$$SELECT count(*) FROM (
	SELECT h.rotation_id, r.name, h.seat, r.seats[h.seat], h.person_id, p.name, h.period * '[2025-05-01Z, 2025-06-01Z)'
	FROM bench.held AS h JOIN oncall.rotation AS r USING (rotation_id) JOIN oncall.person AS p USING (person_id)
	WHERE lower(h.period) > '2025-04-23Z' AND lower(h.period) < '2025-06-01Z'
	AND upper(h.period) > '2025-05-01Z' OFFSET 0) AS s$$);
CALL bench.take('O. roster() of one month, one rotation',
	$$SELECT count(*) FROM oncall.roster('[2025-05-01Z, 2025-06-01Z)', 500)$$,
	$$SELECT count(*) FROM (
	SELECT h.rotation_id, r.name, h.seat, r.seats[h.seat], h.person_id, p.name, h.period * '[2025-05-01Z, 2025-06-01Z)'
	FROM bench.held AS h JOIN oncall.rotation AS r USING (rotation_id) JOIN oncall.person AS p USING (person_id)
	WHERE h.rotation_id = 500 AND lower(h.period) > '2025-04-23Z' AND lower(h.period) < '2025-06-01Z'
	AND upper(h.period) > '2025-05-01Z' OFFSET 0) AS s$$, short => true);
\pset format unaligned
\pset tuples_only on
SELECT bench.line(contest, CASE WHEN contest LIKE '%alerts' OR contest LIKE '%again' THEN 1 END,
	CASE WHEN contest LIKE '%alerts' THEN 1000000 WHEN contest LIKE '%look-up%' OR contest LIKE '%again' THEN 1000 END)
FROM (SELECT DISTINCT contest FROM bench.run) AS c ORDER BY contest;
SELECT format('O. disk: covers with their indexes, shifts with theirs|none|%s and %s MB|', pg_total_relation_size('oncall.cover') >> 20,
	(pg_total_relation_size('bench.shift') + pg_total_relation_size('bench.held')) >> 20);
