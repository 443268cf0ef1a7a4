-- What a backend's memory looks like after many look-ups.
--
-- Tests: snapshot_memo

\set schema memory
\ir start.psql

SELECT plan(23);

INSERT INTO oncall.person (person_id, name, email, zone) OVERRIDING SYSTEM VALUE
SELECT 4000000 + i, 'memory ' || i, 'memory' || i || '@example.com', 'UTC'
FROM generate_series(1, 9) AS i;
INSERT INTO oncall.rotation (rotation_id, name, zone) OVERRIDING SYSTEM VALUE
SELECT 4000000 + r, 'memory ' || r, 'Pacific/Auckland' FROM generate_series(1, 2000) AS r;
-- the first thousand by the week; the second by the day, which is more
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, recorded) OVERRIDING SYSTEM VALUE
SELECT 4000000 + r, 4000000 + r,
	   oncall.cadence(timestamp '2020-12-29 12:00', 'Pacific/Auckland',
					  CASE WHEN r <= 1000 THEN interval '7 days' ELSE '1 day' END),
	   '[2020-01-01 00:00Z,)'
FROM generate_series(1, 2000) AS r;
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid, recorded)
SELECT 4000000 + r, i, 4000000 + i, '(,)', '[2020-01-01 00:00Z,)' FROM generate_series(1, 2000) AS r, generate_series(1, 9) AS i;
-- some of them with covers, few or many
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge, DISABLE TRIGGER judge_past;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT 4000000 + r, 1, tstzrange(at, at + interval '30 hours'), 4000001 + r % 9, (SELECT min(change_id) FROM oncall.change)
FROM generate_series(1001, 1200) AS r, generate_series(1, CASE WHEN r % 50 = 0 THEN 100 ELSE 5 END) AS i,
	 LATERAL (SELECT timestamptz '2024-01-02 00:00Z' + i * interval '50 hours' AS at) AS a;
ANALYZE oncall.rotation, oncall.layer, oncall.layer_member, oncall.cover;

-- what lasts longer than the statement at hand; from 18 on a context does not
-- name its parent, but the way to it
CREATE VIEW lasting AS
WITH context AS MATERIALIZED (
	SELECT m.name, m.total_bytes, to_jsonb(m) AS all_of_it FROM pg_backend_memory_contexts AS m)
SELECT count(*) AS contexts, sum(c.total_bytes) AS bytes
FROM context AS c LEFT JOIN context AS p ON p.all_of_it -> 'path' = (c.all_of_it -> 'path') - -1
WHERE NOT EXISTS (SELECT FROM unnest('{PortalMemory,PortalContext,MessageContext,ExecutorState,ErrorContext,Transaction state}'::text[]) AS n WHERE n = c.name)
AND coalesce(c.all_of_it ->> 'parent', p.name, '') NOT IN ('PortalMemory', 'PortalContext', 'ExecutorState', 'MessageContext', 'ExprContext');
CREATE VIEW ours AS
SELECT count(*) AS contexts, coalesce(sum(total_bytes), 0) AS bytes
FROM pg_backend_memory_contexts WHERE name LIKE 'oncall%';

-- ten million look-ups: the first ten thousand bring in all that is needed
PREPARE look_up(int) AS
SELECT count(oncall.on_call(4000001 + (i + j) % 50, timestamptz '2021-01-05 00:00Z' + (i + j * 30) % 60000 * interval '1 hour'))
FROM generate_series(1, $1) AS i, generate_series(1, 2000) AS j;
EXECUTE look_up(100) \gset
SELECT * FROM lasting \gset x_
SELECT * FROM ours \gset x_
EXECUTE look_up(100) \gset
SELECT contexts AS contexts_before, bytes AS bytes_before FROM lasting \gset
SELECT bytes AS ours_before FROM ours \gset
EXECUTE look_up(5000) \gset
SELECT contexts AS contexts_after, bytes AS bytes_after FROM lasting \gset
SELECT bytes AS ours_after FROM ours \gset
SELECT is(:count, 10000000, 'ten million look-ups are answered');
-- less is left where the server drops what it remembered of a table, as when
-- autovacuum comes by
SELECT cmp_ok(:contexts_after, '<=', :contexts_before, 'no memory context is left behind');
SELECT cmp_ok(:bytes_after, '<=', :bytes_before, 'nor any memory');
SELECT is(:ours_after, :ours_before, 'what is remembered stays the same');

-- a look-up under ever new snapshots, of what was known, by name, and errors
CREATE TABLE noise (n int);
CREATE PROCEDURE stir(times int) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..times LOOP
		INSERT INTO noise VALUES (i);
		PERFORM oncall.on_call(4000001 + i % 1000, timestamptz '2021-01-05 00:00Z' + i * interval '1 hour');
		PERFORM oncall.on_call(4000001, timestamptz '2021-01-05 00:00Z' + i * interval '1 hour', '2024-01-01 00:00Z');
		PERFORM oncall.on_call('memory 7', timestamptz '2021-01-05 00:00Z' + i * interval '1 hour');
		PERFORM FROM oncall.roster('[2021-01-05 00:00Z, 2021-02-05 00:00Z)', 4000001);
		BEGIN
			PERFORM oncall.on_call('memory of nobody', '2021-01-05 00:00Z');
		EXCEPTION WHEN undefined_object THEN
			NULL;
		END;
		BEGIN
			PERFORM FROM oncall.roster('[2021-01-05 00:00Z,)', 4000001);
		EXCEPTION WHEN invalid_parameter_value THEN
			NULL;
		END;
	END LOOP;
END
$$;
CALL stir(20);
CALL stir(20);
SELECT contexts AS contexts_before, bytes AS bytes_before FROM lasting \gset
CALL stir(1000);
SELECT contexts AS contexts_after, bytes AS bytes_after FROM lasting \gset
SELECT cmp_ok(:contexts_after, '<=', :contexts_before + 2, 'a thousand snapshots, errors and rosters leave no context behind');
SELECT cmp_ok(:bytes_after, '<=', :bytes_before + 65536, 'nor memory');

-- a thousand rotations over ten years
SELECT count(oncall.on_call(4000000 + r, at)) AS asked
FROM generate_series(1, 1000) AS r,
	 generate_series(timestamptz '2021-01-05 00:00Z', '2031-01-01 00:00Z', '7 days') AS at \gset
SELECT contexts, bytes FROM ours \gset
SELECT diag('1,000 rotations by the week, 10 years: ' || pg_size_pretty(:bytes::bigint) || ' in ' || :contexts || ' contexts');
SELECT cmp_ok(:contexts, '>=', 1000, 'a thousand rotations are remembered');
SELECT cmp_ok(:bytes, '<=', 64 * 1048576, 'in at most 64 MB');

SELECT count(oncall.on_call(4001000 + r, at)) AS asked
FROM generate_series(1, 1000) AS r,
	 generate_series(timestamptz '2021-01-05 00:00Z', '2031-01-01 00:00Z', '7 days') AS at \gset
SELECT bytes FROM ours \gset
SELECT cmp_ok(:bytes, '<=', 64 * 1048576, 'also when the duty is handed over each day and others are remembered');
SELECT is((SELECT count(*) FROM oncall.roster('[2024-01-05 00:00Z, 2024-03-05 00:00Z)') AS r
		   WHERE r.rotation_id BETWEEN 4000001 AND 4002000 AND r.seat = 1
			   AND r.person_id IS DISTINCT FROM oncall.primary_of(oncall.on_call(r.rotation_id, lower(r.period)))),
		  0::bigint, 'what is remembered, forgotten or read again is the roster');
-- a transaction that wrote the roster begins anew with each statement, and reads
-- those together that were asked for before
SELECT is((SELECT count(*) FROM oncall.roster('[2025-01-05 00:00Z, 2025-02-05 00:00Z)') AS r
		   WHERE r.rotation_id BETWEEN 4000001 AND 4002000 AND r.seat = 1
			   AND r.person_id IS DISTINCT FROM oncall.primary_of(oncall.on_call(r.rotation_id, lower(r.period)))),
		  0::bigint, 'also what is read together');

-- an unreasonable cadence does not eat the machine
SELECT count(oncall.on_call(4000000 + r, '2021-01-05 00:00Z'::timestamptz + d * interval '1 day')) AS asked
FROM generate_series(1, 20) AS r, generate_series(1, 100000, 37) AS d \gset
SELECT bytes FROM ours \gset
SELECT cmp_ok(:bytes, '<=', 64 * 1048576, 'nor with look-ups over three centuries');

-- names, of which more are asked for than are remembered: of rotations, of
-- none, and one that is longer than any of them
SELECT sum((oncall.primary_of(oncall.on_call_any('memory ' || 1 + i % 2000, '2021-01-05 00:00Z'))
			IS DISTINCT FROM oncall.primary_of(oncall.on_call(4000001 + i % 2000, '2021-01-05 00:00Z')))::int
		   + (oncall.on_call_any('memory of nobody ' || i, '2021-01-05 00:00Z') IS NOT NULL)::int
		   + CASE WHEN i % 100 = 0 THEN (oncall.on_call_any('memory 7' || repeat(' of nobody', i / 10), '2021-01-05 00:00Z') IS NOT NULL)::int
			 ELSE 0 END) AS wrong
FROM generate_series(1, 40000) AS i \gset
SELECT is(:wrong, 0, 'by a name is as by id, however many are asked for');
SELECT cmp_ok(sum(total_bytes), '<=', 3 * 1048576::numeric, 'names do not take up more than their part')
FROM pg_backend_memory_contexts WHERE name = 'oncall names';
SELECT bytes FROM ours \gset
SELECT cmp_ok(:bytes, '<=', 64 * 1048576, 'nor is more remembered with them');

-- who may read all of it goes on with what another role has read, as triggers
-- do that act as the owner: here both ask within one statement
CREATE ROLE regress_oncall_cache_reader;
SELECT oncall.grant_access('regress_oncall_cache_reader', 'reader') \g /dev/null
CREATE FUNCTION asked_as_reader() RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER
AS $$
BEGIN
	RETURN oncall.primary_of(oncall.on_call(4000001, '2021-01-05 00:00Z'));
END
$$;
GRANT USAGE, CREATE ON SCHEMA memory TO regress_oncall_cache_reader;
ALTER FUNCTION asked_as_reader() OWNER TO regress_oncall_cache_reader;
CREATE FUNCTION asked_by_two(OUT first int, OUT second int, OUT before bigint, OUT after bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	PERFORM oncall.on_call(4000001 + i % 50, timestamptz '2021-01-05 00:00Z' + i * interval '1 day') FROM generate_series(1, 500) AS i;
	SELECT oncall.primary_of(oncall.on_call(4000001, '2021-01-05 00:00Z')), ours.bytes INTO first, before FROM ours;
	second := asked_as_reader();
	SELECT ours.bytes INTO after FROM ours;
END
$$;
SELECT * FROM asked_by_two() \gset
SELECT is(:second, :first, 'another role is told the same');
SELECT cmp_ok(:after, '>=', :before, 'and nothing is forgotten for that');

-- hours by band: a million of them, then ever new snapshots and errors
INSERT INTO oncall.calendar (calendar_id, name) OVERRIDING SYSTEM VALUE VALUES (4000000, 'memory');
INSERT INTO oncall.holiday (calendar_id, day, name) SELECT 4000000, date '2021-01-01' + i * 30, 'memory' FROM generate_series(1, 100) AS i;
INSERT INTO oncall.person (person_id, name, zone, calendar_id) OVERRIDING SYSTEM VALUE
SELECT 4001000 + i, 'payee ' || i, (SELECT name FROM pg_timezone_names WHERE name LIKE 'A%/%' ORDER BY name OFFSET i % 100 LIMIT 1), 4000000
FROM generate_series(1, 2000) AS i;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) OVERRIDING SYSTEM VALUE VALUES (4000000, 'memory', 'UTC', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, seat) VALUES
	(4000000, 1, 'holiday', 'PH 00:00-24:00', NULL), (4000000, 2, 'working', NULL, NULL), (4000000, 3, 'night', 'Mo-Su 22:00-06:00', 1);
PREPARE split(int) AS
SELECT count(oncall.band_hours(tstzrange(at, at + interval '9 hours'), 4000000, 4001000 + j, NULL, j % 3))
FROM generate_series(1, $1) AS i, generate_series(1, 100) AS j,
	 LATERAL (SELECT timestamptz '2021-01-05 00:00Z' + (i + j) * interval '7 hours' AS at) AS a;
EXECUTE split(100) \gset
SELECT contexts AS contexts_before, bytes AS bytes_before FROM lasting \gset
EXECUTE split(10000) \gset
SELECT contexts AS contexts_after, bytes AS bytes_after FROM lasting \gset
SELECT is(:count, 1000000, 'a million periods are split');
SELECT cmp_ok(:contexts_after, '<=', :contexts_before, 'no memory context is left behind');
SELECT cmp_ok(:bytes_after, '<=', :bytes_before, 'nor any memory');
CREATE PROCEDURE stir_pay(times int) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..times LOOP
		INSERT INTO noise VALUES (i);
		PERFORM oncall.band_hours(tstzrange('2021-01-05 00:00Z', '2021-01-06 00:00Z'), 4000000, 4001001 + i % 100);
		BEGIN
			PERFORM oncall.band_hours(tstzrange('2021-01-05 00:00Z', '2021-01-06 00:00Z'), 4000000, 2147483647);
		EXCEPTION WHEN undefined_object THEN
			NULL;
		END;
	END LOOP;
END
$$;
CALL stir_pay(200);
SELECT contexts AS contexts_before, bytes AS bytes_before FROM lasting \gset
CALL stir_pay(1000);
SELECT contexts AS contexts_after, bytes AS bytes_after FROM lasting \gset
SELECT cmp_ok(:contexts_after, '<=', :contexts_before + 2, 'nor are any by a thousand snapshots and errors');
SELECT cmp_ok(:bytes_after, '<=', :bytes_before + 65536, 'and memory stays as it is');
SELECT count(oncall.band_hours(tstzrange('2021-01-05 00:00Z', '2021-01-06 00:00Z'), 4000000, 4001000 + i, 4000000 + r, s)) AS asked
FROM generate_series(1, 2000) AS i, generate_series(1, 10) AS r, generate_series(1, 3) AS s \gset
SELECT sum(total_bytes) AS bytes FROM pg_backend_memory_contexts WHERE name = 'oncall pay' \gset
SELECT cmp_ok(:bytes, '<=', 32 * 1048576, 'two thousand people in thirty seats: at most 32 MB are remembered');

SELECT * FROM finish();
ROLLBACK;
