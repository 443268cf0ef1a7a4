-- Row P: 10,000,000 alerts of 50 rotations, in one table and in one of ten partitions,
-- by one process and with two workers, with JIT and without.

\ir large.sql
CALL bench.company(50, 9);
ALTER TABLE oncall.cover DISABLE TRIGGER USER;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT r, 1, tstzrange(at, at + interval '3 days'), 9 * (r - 1) + 1 + (r + n) % 9, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(1, 50) AS r, generate_series(0, 25) AS n,
	LATERAL (SELECT timestamptz '2021-01-06Z' + n * interval '70 days' AS at) AS c;
ALTER TABLE oncall.cover ENABLE TRIGGER USER, ENABLE ALWAYS TRIGGER tell_readers;
CALL bench.store('[2021-01-05, 2026-01-05)');
CREATE UNLOGGED TABLE bench.alert AS
SELECT i AS alert_id, 1 + floor(random() * 50)::int AS rotation_id, timestamptz '2021-01-06Z' + random() * interval '1820 days' AS at
FROM generate_series(1, 10000000) AS i;
CREATE UNLOGGED TABLE bench.parted (LIKE bench.alert) PARTITION BY RANGE (at);
SELECT format('CREATE UNLOGGED TABLE bench.parted_%s PARTITION OF bench.parted FOR VALUES FROM (%L) TO (%L)', n, f, f + interval '182 days')
FROM generate_series(0, 9) AS n, LATERAL (SELECT timestamptz '2021-01-06Z' + n * interval '182 days' AS f) AS x \gexec
INSERT INTO bench.parted SELECT * FROM bench.alert;
VACUUM ANALYZE;

CREATE PROCEDURE bench.each(workers int, jit boolean)
LANGUAGE plpgsql
AS $$
DECLARE
	relation text;
	query text;
	plan text;
	line text;
	contest text;
BEGIN
	PERFORM set_config('max_parallel_workers_per_gather', workers::text, false), set_config('jit', jit::text, false);
	FOREACH relation IN ARRAY '{alert,parted}'::text[] LOOP
		query := 'SELECT sum(oncall.primary_of(oncall.on_call(rotation_id, at))) FROM bench.' || relation;
		plan := '';
		FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
			plan := plan || line;
		END LOOP;
		IF (plan LIKE '%Workers Planned: 2%') <> (workers = 2) OR (plan LIKE '%JIT%') <> jit THEN
			RAISE 'not the plan that is to be measured: %', plan;
		END IF;
		contest := format('P. 10000000 alerts%s%s%s', CASE relation WHEN 'parted' THEN ' in 10 partitions' ELSE '' END,
			CASE workers WHEN 0 THEN '' ELSE ', 2 workers' END, CASE WHEN jit THEN ', JIT' ELSE '' END);
		CALL bench.take(contest, query, NULL, 3);
		-- minutes, so once: PostgreSQL gives no workers to a look-up that depends on
		-- the row, be it LATERAL or a subquery, and JIT is about the rest
		IF workers = 0 AND NOT jit AND relation = 'alert' THEN
			CALL bench.take(contest, NULL, 'SELECT sum(oncall.primary_of(s.pair)) FROM bench.alert AS a,
				LATERAL (SELECT pair FROM bench.shift WHERE rotation_id = a.rotation_id AND starts <= a.at ORDER BY starts DESC LIMIT 1) AS s', 1);
		END IF;
	END LOOP;
END
$$;
CALL bench.each(0, false);
CALL bench.each(0, true);
CALL bench.each(2, false);
CALL bench.each(2, true);
\pset format unaligned
\pset tuples_only on
SELECT bench.line(contest, 1, 10000000) FROM (SELECT DISTINCT contest FROM bench.run) AS c ORDER BY contest;
