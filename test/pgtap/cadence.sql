-- cadence against an oracle in plain SQL: random cadences of every unit, in
-- every zone of the server, most of them around changes of offset. Handover n
-- is the latest of (anchor + sum of steps) AT TIME ZONE zone up to n.
--
-- Tests: handovers zone_offsets tz turns
BEGIN;
SELECT no_plan();

-- ONCALL_SEED in the environment repeats a run
\ir seed.psql
SELECT diag('seed ' || :'seed');

SET LOCAL TimeZone = 'UTC';
SET LOCAL work_mem = '64MB';

-- The zones that are accepted: all but those that are read as abbreviations,
-- and the server's own.
CREATE TEMP TABLE zone AS
SELECT name FROM pg_timezone_names
WHERE name NOT IN ('CET', 'EET', 'EST', 'HST', 'MET', 'MST', 'WET')
	AND name !~ '(localtime|posixrules)$';
SELECT is((SELECT count(*) FROM zone WHERE NOT oncall.is_zone(name)), 0::bigint,
		  'every other zone of pg_timezone_names is accepted');

-- Some zones with their changes of offset between 1840 and 2045, by day.
CREATE TEMP TABLE picked AS
(SELECT name FROM zone WHERE name !~ '^posix/' ORDER BY random() LIMIT 60)
UNION VALUES ('Pacific/Apia'), ('Australia/Lord_Howe'), ('Europe/Dublin'),
	('Asia/Manila'), ('America/Juneau'), ('Africa/Casablanca'), ('Asia/Gaza'),
	('Europe/Warsaw'), ('Antarctica/Troll'), ('Pacific/Kwajalein');

CREATE TEMP TABLE change AS
SELECT name, day, row_number() OVER (PARTITION BY name ORDER BY random()) AS i
FROM (SELECT name, day,
			 day AT TIME ZONE name - day::timestamptz AS away,
			 lag(day AT TIME ZONE name - day::timestamptz)
				OVER (PARTITION BY name ORDER BY day) AS before
	  FROM picked, generate_series(timestamp '1840-01-01', '2045-01-01', '1 day') day) d
WHERE away <> before;

-- One case: a cadence and the first of the turns to look at.
CREATE TEMP TABLE sample AS
SELECT id, zone, unit, steps, k, c, first,
	   CASE WHEN near IS NULL THEN far ELSE
			date_trunc('minute', near + (random() - 0.5) * interval '2 days')
				- ((first + 12) / k * c) * unit
				+ (random() < 0.1)::int * interval '17 seconds'
	   END AS anchor
FROM (
	SELECT id, zone, unit, steps, k, c,
		   (random() * CASE WHEN random() < 0.4 THEN 0 ELSE least(50000, 36500 / greatest(extract(epoch FROM c * unit) / 86400, 0.05)) END)::int AS first,
		   (SELECT day FROM change WHERE name = zone AND i = 1 + (r * n)::int) AS near,
		   date_trunc('second', timestamp '4000-01-01 BC' + random() * interval '12000 years') AS far
	FROM (
		SELECT id, unit, steps, cardinality(steps) AS k, random() AS r,
			   (SELECT sum(s) FROM unnest(steps) s)::int AS c,
			   zones.list[1 + floor(random() * cardinality(zones.list))::int] AS zone
		FROM (
			SELECT id, unit,
				   ARRAY(SELECT 1 + floor(random() ^ 3 * most)::int
						 FROM generate_series(1, 1 + floor(random() ^ 2 * 5)::int + 0 * id)) AS steps
			FROM (
				SELECT id, (ARRAY[interval '1 month', '1 day', '1 minute', '1 minute'])[u] AS unit,
					   (ARRAY[14, 40, 3000, 70])[u] AS most
				FROM (SELECT id, CASE WHEN id % 8 = 0 THEN 4 ELSE 1 + id % 3 END AS u
					  FROM generate_series(1, 4000) id) a
			) b
		) c,
		(SELECT array_agg(name) AS list FROM (SELECT name FROM picked UNION ALL SELECT name FROM (SELECT name FROM zone ORDER BY random() LIMIT 40) z) y) zones
	) d
	LEFT JOIN (SELECT name, count(*) AS n FROM change GROUP BY name) m ON m.name = zone
) e;

ALTER TABLE sample ADD cadence oncall.cadence;
UPDATE sample SET cadence = oncall.cadence(anchor, zone,
	VARIADIC ARRAY(SELECT s * unit FROM unnest(steps) WITH ORDINALITY AS t(s, i) ORDER BY i));

SELECT is((SELECT count(*) FROM sample WHERE cadence IS NULL), 0::bigint, 'every case is a cadence');
SELECT is_empty($$
	SELECT cadence FROM sample WHERE cadence::text::oncall.cadence OPERATOR(oncall.<>) cadence
		OR oncall.anchor(cadence) <> anchor OR oncall.zone(cadence) <> zone
		OR oncall.every(cadence) * cardinality(steps) <> c * unit * cardinality(oncall.steps(cadence)) $$,
	'text and parts give the cadence back');

-- The oracle. Handovers of two local days before may hold a turn back.
CREATE TEMP TABLE turn AS
SELECT id, n, n0, at, lead(at) OVER (PARTITION BY id ORDER BY n) AS until
FROM (
	SELECT id, n, n0, max(raw) OVER (PARTITION BY id ORDER BY n) AS at
	FROM sample,
		LATERAL (SELECT greatest(0, first - ceil(259200 * k / extract(epoch FROM c * unit)) - k)::int AS n0) l,
		LATERAL generate_series(n0, first + 30) n,
		LATERAL (SELECT (anchor + (n / k * c + coalesce((SELECT sum(s) FROM unnest(steps[1:n % k]) s), 0))::int * unit)
					AT TIME ZONE zone AS raw) r
) h;
DELETE FROM turn USING sample WHERE sample.id = turn.id AND n < first;
CREATE INDEX ON turn (id, n);
ANALYZE turn;
SELECT diag((SELECT count(*) || ' turns, ' || count(*) FILTER (WHERE at = until) || ' of them empty' FROM turn));

-- The answers, under three sessions' settings.
CREATE TEMP TABLE answer (zone text, digest text);
CREATE FUNCTION pg_temp.check_all(zone text, datestyle text, intervalstyle text) RETURNS SETOF text
LANGUAGE plpgsql AS $check$
BEGIN
	PERFORM set_config('TimeZone', zone, true), set_config('DateStyle', datestyle, true),
			set_config('IntervalStyle', intervalstyle, true);
	RETURN NEXT is_empty($$
		SELECT cadence, n, oncall.turn_period(cadence, n) AS is, tstzrange(at, until) AS should
		FROM turn JOIN sample USING (id)
		WHERE until IS NOT NULL AND oncall.turn_period(cadence, n) IS DISTINCT FROM tstzrange(at, until)
		LIMIT 5 $$, 'turn_period, ' || zone);
	RETURN NEXT is_empty($$
		SELECT cadence, n, oncall.turn_period(cadence, n) AS is, tstzrange(at, until) AS should
		FROM (SELECT * FROM turn ORDER BY hashint4(n), id) turn JOIN sample USING (id)
		WHERE until IS NOT NULL AND oncall.turn_period(cadence, n) IS DISTINCT FROM tstzrange(at, until)
		LIMIT 5 $$, 'turn_period in any order, ' || zone);
	RETURN NEXT is_empty($$
		SELECT cadence, t, oncall.turn_at(cadence, t) AS is, n AS should
		FROM turn JOIN sample USING (id),
			LATERAL (VALUES (at), (at + (until - at) / 2), (until - interval '1 microsecond')) v(t)
		WHERE at < until AND oncall.turn_at(cadence, t) IS DISTINCT FROM n
		LIMIT 5 $$, 'turn_at, ' || zone);
	RETURN NEXT is_empty($$
		SELECT cadence, t, oncall.turn_at(cadence, t)
		FROM sample JOIN turn USING (id), LATERAL (VALUES (at - interval '1 microsecond'), (at - interval '1 year'), ('4713-12-01 BC')) v(t)
		WHERE n = 0 AND oncall.turn_at(cadence, t) IS NOT NULL
		LIMIT 5 $$, 'turn_at before the anchor, ' || zone);
	RETURN NEXT is_empty($$
		SELECT cadence, during, "is", should
		FROM (SELECT id, min(at) AS low, max(at) AS high FROM turn GROUP BY id) w JOIN sample USING (id),
			LATERAL (VALUES (tstzrange(low, high)), (tstzrange(low, high + interval '1 microsecond')),
					(tstzrange(low, high, '()')), (tstzrange(low + (high - low) / 3, high - (high - low) / 5)),
					(tstzrange(CASE WHEN first > 0 THEN low - interval '1 microsecond' END, high, '()')),
					(tstzrange(CASE WHEN first > 0 THEN low - interval '1 microsecond' ELSE '-infinity' END, high))) v(during),
			LATERAL (SELECT ARRAY(SELECT oncall.handovers(cadence, during)) AS is,
							ARRAY(SELECT DISTINCT at FROM turn WHERE turn.id = sample.id AND during @> at ORDER BY at) AS should) x
		WHERE NOT isempty(during) AND "is" <> should
			AND (first = 0 OR oncall.turn_at(cadence, lower(during)) IS NOT NULL)
			AND NOT (first > 0 AND lower(during) < low AND NOT EXISTS (
				SELECT FROM turn WHERE turn.id = sample.id AND at = low AND lower(during) < at))
		LIMIT 5 $$, 'handovers, ' || zone);
	RETURN NEXT is_empty($$
		SELECT cadence, t, oncall.turn_at(cadence, t)
		FROM (SELECT id, low + random() * (high - low) AS t
			  FROM (SELECT id, min(at) AS low, max(until) AS high FROM turn GROUP BY id) w, generate_series(1, 3)) r
			JOIN sample USING (id)
		WHERE t < (SELECT max(until) FROM turn WHERE turn.id = r.id)
			AND (SELECT count(*) FROM turn WHERE turn.id = r.id AND until IS NOT NULL
					AND oncall.turn_period(cadence, n) @> t) <> 1
		LIMIT 5 $$, 'no instant is in two turns or in none, ' || zone);
	INSERT INTO answer SELECT check_all.zone, md5(string_agg(cadence::text || '|' || md5(oncall_internal.cadence_send(cadence)), ' ' ORDER BY id)) FROM sample;
END $check$;

SELECT * FROM pg_temp.check_all('UTC', 'ISO, MDY', 'postgres');
SELECT * FROM pg_temp.check_all('America/New_York', 'German, DMY', 'iso_8601');
SELECT * FROM pg_temp.check_all('Asia/Kolkata', 'SQL, YMD', 'sql_standard');
SELECT is((SELECT count(DISTINCT digest) FROM answer), 1::bigint, 'output is the same in all three');
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, MDY';

-- Every zone at every turn of some centuries: the edges of their tables.
SELECT is_empty($$
	SELECT name, day FROM zone,
		generate_series(timestamp '1800-01-01', '2800-01-01', '97 days 01:23:45') day
	WHERE lower(oncall.turn_period(oncall.cadence(day, name, '1 day'), 0))
			IS DISTINCT FROM day AT TIME ZONE name
	LIMIT 5 $$, 'all zones from 1800 to 2800');
SELECT is_empty($$
	SELECT name, day FROM zone,
		(VALUES (timestamp '4714-11-25 BC'), ('4001-02-29 BC'), ('0001-12-31 BC 23:59:59'),
				('0001-01-01'), ('9999-12-31 23:59'), ('10000-01-01'), ('294276-12-20')) v(day)
	WHERE lower(oncall.turn_period(oncall.cadence(day, name, '1 hour'), 0))
			IS DISTINCT FROM day AT TIME ZONE name
		OR oncall.turn_at(oncall.cadence(day, name, '1 hour'), day AT TIME ZONE name) <> 0
		OR oncall.turn_at(oncall.cadence(day, name, '1 hour'), day AT TIME ZONE name - interval '1 second') IS NOT NULL
	LIMIT 5 $$, 'all zones at both ends of time');

-- A walk of centuries, handover by handover, against the same one at a time.
SELECT is_empty($$
	SELECT z, n, at, raw FROM unnest(ARRAY['Pacific/Auckland', 'Europe/Dublin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca']) z,
		ROWS FROM (oncall.handovers(oncall.cadence('1840-01-01 02:30', z, '1 day'), tstzrange(NULL, '2500-01-01'))) WITH ORDINALITY h(at, n),
		LATERAL (SELECT (timestamp '1840-01-01 02:30' + (n - 1) * interval '1 day') AT TIME ZONE z AS raw) r
	WHERE at <> raw
	LIMIT 5 $$, 'daily handovers over 660 years');

-- Damaged text is refused with an error of its own, or means a cadence whose
-- output is canonical.
CREATE FUNCTION pg_temp.reading(input text) RETURNS text
LANGUAGE plpgsql AS $reading$
DECLARE
	output text;
BEGIN
	output := input::oncall.cadence::text;
	RETURN CASE WHEN output::oncall.cadence::text = output THEN 'canonical' ELSE 'changes' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $reading$;
CREATE TEMP TABLE damaged AS
SELECT overlay(text PLACING part FROM at FOR length) AS text
FROM (SELECT cadence::text AS text,
			 1 + floor(random() * length(cadence::text))::int AS at,
			 floor(random() * 3)::int AS length,
			 (ARRAY['', 'P', '-', '9', '00', '99999999999999999999', ',', '[', ']', 'T', '/', '+', '.', 'é', 'D', 'Z', E'\t', repeat('7', 5000)])[1 + floor(random() * 18)] AS part
	  FROM sample ORDER BY id LIMIT 600) d;
SELECT is_empty($$
	SELECT text, reading FROM damaged, LATERAL pg_temp.reading(text) reading
	WHERE reading NOT IN ('canonical', '22P02', '22008', '22003', '22023')
	LIMIT 5 $$, 'damaged text');

SELECT * FROM finish();
ROLLBACK;
