-- Row R: 100,000 random look-ups over 1,000 and over 5,000 rotations, and of more
-- years than there is memory for.

\ir large.sql
CALL bench.company(5000, 4);
CALL bench.store('[2021-01-05, 2031-01-05)');
CREATE TABLE bench.asked AS
SELECT 1 + floor(random() * 1000)::int AS thousand, 1 + floor(random() * 5000)::int AS rotation_id, timestamptz '2025-03-01Z' + random() * interval '300 days' AS at,
	   timestamptz '2021-01-06Z' + random() * interval '3640 days' AS ever
FROM generate_series(1, 100000) AS i;
VACUUM ANALYZE;

CREATE PROCEDURE bench.asks(contest text, rotation text, at text, times int DEFAULT 5)
LANGUAGE plpgsql
AS $$
DECLARE
	ours CONSTANT text := format('SELECT sum(oncall.primary_of(oncall.on_call(%I, %I))) FROM bench.asked', rotation, at);
BEGIN
	-- the first round warms
	CALL bench.take('warming', ours, NULL, 2);
	CALL bench.take(contest, ours, format('SELECT sum(oncall.primary_of(s.pair)) FROM bench.asked AS a,
		LATERAL (SELECT pair FROM bench.shift WHERE rotation_id = a.%I AND starts <= a.%I ORDER BY starts DESC LIMIT 1) AS s', rotation, at), times);
END
$$;
\c
SET client_min_messages = warning;
SET jit = off;
SET max_parallel_workers_per_gather = 0;
CALL bench.asks('R. 100000 look-ups, 1000 rotations, a year', 'thousand', 'at');
CALL bench.asks('R. 100000 look-ups, 5000 rotations, a year', 'rotation_id', 'at');
SELECT format('R. memory of 5000 rotations, a year|none|%s MB|', round(sum(total_bytes) / 1048576.0, 1)) AS memory
FROM pg_backend_memory_contexts WHERE name LIKE 'oncall%' \gset
CALL bench.asks('R. 100000 look-ups, 5000 rotations, ten years: more than there is room for', 'rotation_id', 'ever');
\pset format unaligned
\pset tuples_only on
SELECT bench.line(contest, 1, 100000) FROM (SELECT DISTINCT contest FROM bench.run WHERE contest <> 'warming') AS c ORDER BY contest;
SELECT :'memory';
