-- Rows Q and S: 20,000 people in 2,000 rotations, of whom each is on leave for a
-- fortnight.

\ir large.sql
CALL bench.company(2000, 10);
INSERT INTO oncall.absence (person_id, period)
SELECT person_id, tstzrange(at, at + interval '14 days')
FROM oncall.person, LATERAL (SELECT date_trunc('day', now()) + person_id % 83 * interval '1 day' AS at) AS a;
SELECT tstzrange(now(), now() + oncall.horizon()) AS ahead, tstzrange(now() - interval '1 year', now() + interval '1 year') AS stored \gset
CALL bench.store(:'stored');
CREATE INDEX ON bench.held USING gist (person_id, period);
CREATE INDEX ON bench.held USING gist (period);
VACUUM ANALYZE;

\c
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CALL bench.take('Q. all 2000 rotations now, the first of a connection',
	$$SELECT sum(oncall.primary_of(oncall.on_call(r))) FROM generate_series(1, 2000) AS r$$, NULL, 1);
\c
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CALL bench.take('Q. all 2000 rotations now, the first of a connection', NULL,
	$$SELECT sum(oncall.primary_of(s.pair)) FROM generate_series(1, 2000) AS r, LATERAL (SELECT pair FROM bench.shift
		WHERE rotation_id = r AND starts <= now() ORDER BY starts DESC LIMIT 1) AS s$$, 1);
CALL bench.take('Q. all 2000 rotations now, again',
	$$SELECT sum(oncall.primary_of(oncall.on_call(r))) FROM generate_series(1, 2000) AS r$$,
	$$SELECT sum(oncall.primary_of(s.pair)) FROM generate_series(1, 2000) AS r, LATERAL (SELECT pair FROM bench.shift
		WHERE rotation_id = r AND starts <= now() ORDER BY starts DESC LIMIT 1) AS s$$, short => true);
CALL bench.take('Q. on_call_now, all rotations', 'SELECT count(*) FROM (SELECT * FROM oncall.on_call_now OFFSET 0) AS s', NULL);
CALL bench.take('Q. on_call_now, one rotation', 'SELECT count(*) FROM (SELECT * FROM oncall.on_call_now WHERE rotation_id = 1234 OFFSET 0) AS s', NULL, short => true);
CALL bench.take('Q. roster() of the next 90 days, all rotations',
	format('SELECT count(*) FROM oncall.roster(%L)', :'ahead'),
	format('SELECT count(*) FROM (
	SELECT h.rotation_id, r.name, h.seat, r.seats[h.seat], h.person_id, p.name, h.period * %1$L
	FROM bench.held AS h JOIN oncall.rotation AS r USING (rotation_id) JOIN oncall.person AS p USING (person_id)
	WHERE h.period && %1$L OFFSET 0) AS s', :'ahead'));
CALL bench.take('Q. duties() of one person',
	format('SELECT count(*) FROM oncall.duties(12345, %L)', :'ahead'),
	format('SELECT count(*) FROM (
	SELECT h.rotation_id, r.name, h.seat, r.seats[h.seat], h.person_id, p.name, h.period
	FROM bench.held AS h JOIN oncall.rotation AS r USING (rotation_id) JOIN oncall.person AS p USING (person_id)
	WHERE h.person_id = 12345 AND h.period && %L OFFSET 0) AS s', :'ahead'), short => true);
CALL bench.take('Q. lint() of one rotation', $$SELECT count(*) FROM oncall.lint('rotation 1234')$$, NULL);
CALL bench.take('Q. lint() of all', 'SELECT count(*) FROM oncall.lint()', NULL, 3);
CALL bench.take('S. duty_conflict of all',
	'SELECT count(*) FROM (SELECT * FROM oncall.duty_conflict OFFSET 0) AS s',
	format('SELECT count(*) FROM (
	SELECT h.rotation_id, r.name, h.seat, r.seats[h.seat], h.person_id, p.name, h.period * a.period * %1$L, a.period
	FROM oncall.absence AS a JOIN bench.held AS h ON h.person_id = a.person_id AND h.period && a.period
	JOIN oncall.rotation AS r USING (rotation_id) JOIN oncall.person AS p ON p.person_id = h.person_id
	WHERE a.period && %1$L AND h.period && %1$L AND h.period && a.period * %1$L OFFSET 0) AS s', :'ahead'));
\pset format unaligned
\pset tuples_only on
SELECT bench.line(contest, CASE WHEN contest LIKE '%again' THEN 1 END,
	CASE WHEN contest LIKE '%now, %' AND contest NOT LIKE '%on\_call\_now%' THEN 2000 END,
	same => contest NOT LIKE '%of all')
FROM (SELECT DISTINCT contest FROM bench.run) AS c ORDER BY contest;
SELECT format('S. duty_conflict of all: rows|none|%s, %s|', max(answer) FILTER (WHERE name = 'ours'), max(answer) FILTER (WHERE name = 'theirs'))
FROM bench.run WHERE contest LIKE 'S%';
