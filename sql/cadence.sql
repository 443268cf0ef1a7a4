-- cadence: operator classes, text, binary, parts, turns, handovers
--
-- Tests: cadence_text handovers turns clock
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';

SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'oncall.cadence'::regtype
ORDER BY 1, 2;

-- valid text and its canonical form
SELECT input, input::oncall.cadence AS output
FROM unnest(ARRAY[
	'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00[pacific/AUCKLAND]/P1W',
	'  R/2026-01-06T12:00:00[Pacific/Auckland]/P7D  ',
	'R/2026-01-06T12:00:05[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00+13:00[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00+1300[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00+13[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00:00+13:00:00[Pacific/Auckland]/P7D',
	'R/1850-01-06T12:00+11:39:04[Pacific/Auckland]/P7D',
	'R/2026-01-06T12:00Z[UTC]/P7D',
	'R/2026-01-06T12:00-00:00[Etc/UTC]/P7D',
	'R/2026-01-06T12:00+01:00[Europe/Oslo]/P7D',
	-- offsets in a gap and in an hour that comes twice
	'R/2025-03-30T02:30+01:00[Europe/Berlin]/P1D',
	'R/2025-10-26T02:30+01:00[Europe/Berlin]/P1D',
	-- lists
	'R/2026-01-05T09:00[Europe/London]/P1D,P1D,P1D,P1D,P3D',
	'R/2026-01-05T09:00[Europe/London]/P4D,P3D',
	'R/2026-01-05T09:00[Europe/London]/P7D,P7D,P7D',
	'R/2026-01-05T09:00[Europe/London]/P4D,P3D,P4D,P3D',
	'R/2026-01-05T09:00[Europe/London]/P4D,P3D,P4D',
	'R/2026-01-05T09:00[Europe/London]/P1W,P2W',
	-- units
	'R/2026-01-05T09:00[Europe/London]/P1W2D',
	'R/2026-01-05T09:00[Europe/London]/P1Y',
	'R/2026-01-05T09:00[Europe/London]/P1Y2M',
	'R/2026-01-05T09:00[Europe/London]/P3M',
	'R/2026-01-05T09:00[Europe/London]/PT12H',
	'R/2026-01-05T09:00[Europe/London]/PT90M',
	'R/2026-01-05T09:00[Europe/London]/PT1H30M',
	'R/2026-01-05T09:00[Europe/London]/PT45M',
	'R/2026-01-05T09:00[Europe/London]/PT24H',
	'R/2026-01-05T09:00[Europe/London]/PT1440M,PT48H',
	'R/2026-01-05T09:00[Europe/London]/PT24H,PT12H',
	'R/2026-01-05T09:00[Europe/London]/PT36H,PT36H',
	'R/2026-01-05T09:00[Europe/London]/P0Y7DT0H',
	'R/2026-01-05T09:00[Europe/London]/P2147483647D',
	-- years
	'R/0001-01-01T00:00[UTC]/P1D',
	'R/0000-02-29T00:00[UTC]/P1D',
	'R/-0001-12-31T00:00[UTC]/P1D',
	'R/-004713-11-24T00:00[UTC]/P1D',
	'R/9999-12-31T23:59:59[UTC]/P1D',
	'R/+10000-01-01T00:00[UTC]/P1D',
	'R/+002026-01-01T00:00[UTC]/P1D',
	'R/+294276-12-31T23:59[UTC]/P1D']) AS input;

-- what is refused, and how; each error points at the place
\set SHOW_CONTEXT never
CREATE FUNCTION pg_temp.refused(command text)
RETURNS TABLE (state text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	state := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END $$;
\pset format unaligned
\pset recordsep '\n\n'
\pset fieldsep '\n'
\pset tuples_only on
SELECT r.*
FROM unnest(ARRAY[
	'', ' ', 'nonsense', 'r/2026-01-06T12:00[UTC]/P7D',
	'R5/2026-01-06T12:00[UTC]/P7D', '2026-01-06T12:00[UTC]/P7D',
	'R/', 'R/26-01-06T12:00[UTC]/P7D', 'R/20260106T1200[UTC]/P7D',
	'R/12026-01-06T12:00[UTC]/P7D', 'R/+123-01-06T12:00[UTC]/P7D',
	'R/-0000-01-06T12:00[UTC]/P7D', 'R/+1234567-01-06T12:00[UTC]/P7D',
	'R/2026/01/06T12:00[UTC]/P7D', 'R/2026-1-6T12:00[UTC]/P7D',
	'R/2026-01-06[UTC]/P7D', 'R/2026-01-06 12:00[UTC]/P7D',
	'R/2026-01-06T12[UTC]/P7D', 'R/2026-01-06T1:00[UTC]/P7D',
	'R/2026-01-06T12:00:5[UTC]/P7D', 'R/2026-01-06T12:00:00.5[UTC]/P7D',
	'R/2026-01-06T12:00,5[UTC]/P7D',
	'R/2026-01-06T12:00/P7D', 'R/2026-01-06T12:00Z/P7D',
	'R/2026-01-06T12:00+1[UTC]/P7D', 'R/2026-01-06T12:00+1:00[UTC]/P7D',
	'R/2026-01-06T12:00+01:0[UTC]/P7D',
	'R/2026-01-06T12:00[UTC/P7D', 'R/2026-01-06T12:00[UTC]P7D',
	'R/2026-01-06T12:00[UTC]', 'R/2026-01-06T12:00[UTC]/',
	'R/2026-01-06T12:00[UTC][u-ca=gregory]/P7D',
	'R/2026-01-06T12:00[UTC]/7D', 'R/2026-01-06T12:00[UTC]/P',
	'R/2026-01-06T12:00[UTC]/PT', 'R/2026-01-06T12:00[UTC]/P7',
	'R/2026-01-06T12:00[UTC]/P7DT', 'R/2026-01-06T12:00[UTC]/P7X',
	'R/2026-01-06T12:00[UTC]/P1D1W', 'R/2026-01-06T12:00[UTC]/P1D1D',
	'R/2026-01-06T12:00[UTC]/P12H', 'R/2026-01-06T12:00[UTC]/PT1D',
	'R/2026-01-06T12:00[UTC]/PT1M1H', 'R/2026-01-06T12:00[UTC]/P1.5D',
	'R/2026-01-06T12:00[UTC]/P7D,', 'R/2026-01-06T12:00[UTC]/P7D,,P7D',
	'R/2026-01-06T12:00[UTC]/P7D, P7D', 'R/2026-01-06T12:00[UTC]/P7D/P7D',
	'R/2026-01-06T12:00[UTC]/P7D and so on and so on and so on',
	-- no such time
	'R/2026-00-06T12:00[UTC]/P7D', 'R/2026-13-06T12:00[UTC]/P7D',
	'R/2026-01-00T12:00[UTC]/P7D', 'R/2026-02-29T12:00[UTC]/P7D',
	'R/1900-02-29T12:00[UTC]/P7D', 'R/2026-01-06T24:00[UTC]/P7D',
	'R/2026-01-06T25:00[UTC]/P7D', 'R/2026-01-06T12:60[UTC]/P7D',
	'R/2026-12-31T23:59:60[UTC]/P7D', 'R/-004713-11-23T00:00[UTC]/P7D',
	'R/-999999-01-01T00:00[UTC]/P7D', 'R/+294277-01-01T00:00[UTC]/P7D',
	'R/+999999-01-01T00:00[UTC]/P7D',
	-- zones
	'R/2026-01-06T12:00[Pacific/Aukland]/P7D', 'R/2026-01-06T12:00[]/P7D',
	'R/2026-01-06T12:00[!UTC]/P7D', 'R/2026-01-06T12:00[EST]/P7D',
	'R/2026-01-06T12:00[PST]/P7D', 'R/2026-01-06T12:00[FOO+3]/P7D',
	'R/2026-01-06T12:00[+13:00]/P7D', 'R/2026-01-06T12:00Z[Mars/Phobos]/P7D',
	-- offsets that contradict the zone
	'R/2026-01-06T12:00+12:00[Pacific/Auckland]/P7D',
	'R/2026-07-06T12:00Z[Europe/London]/P7D',
	'R/2026-01-06T12:00-13:00[Pacific/Auckland]/P7D',
	'R/1850-01-06T12:00+11:39[Pacific/Auckland]/P7D',
	'R/2025-03-30T02:30+02:00[Europe/Berlin]/P1D',
	'R/2025-10-26T02:30+02:00[Europe/Berlin]/P1D',
	'R/2026-01-06T12:00+99:99[UTC]/P7D',
	-- steps
	'R/2026-01-06T12:00[UTC]/P0D', 'R/2026-01-06T12:00[UTC]/PT0S',
	'R/2026-01-06T12:00[UTC]/P-1D', 'R/2026-01-06T12:00[UTC]/-P1D',
	'R/2026-01-06T12:00[UTC]/P1M-1D', 'R/2026-01-06T12:00[UTC]/P7D,P0D',
	'R/2026-01-06T12:00[UTC]/P1M1D', 'R/2026-01-06T12:00[UTC]/P1DT12H',
	'R/2026-01-06T12:00[UTC]/P1M,P1D', 'R/2026-01-06T12:00[UTC]/P1D,PT12H',
	'R/2026-01-06T12:00[UTC]/P1D,PT24H', 'R/2026-01-06T12:00[UTC]/PT30S',
	'R/2026-01-06T12:00[UTC]/PT1H60S', 'R/2026-01-06T12:00[UTC]/P2147483648D',
	'R/2026-01-06T12:00[UTC]/P99999999999999999999Y',
	'R/2026-01-06T12:00[UTC]/P2147483647D,P1D']) AS input,
	LATERAL pg_temp.refused(format('SELECT %L::oncall.cadence', input)) AS r;
SELECT state, message, detail, hint
FROM pg_temp.refused($$SELECT ('R/2026-01-06T12:00[UTC]/P1D' || repeat(',P1D,P2D', 512))::oncall.cadence$$);
\pset format aligned
\pset tuples_only off
SELECT length(('R/2026-01-06T12:00[UTC]/P1D' || repeat(',P1D,P2D', 511) || ',P5D')::oncall.cadence::text);

-- from parts
SELECT oncall.cadence('2026-01-06 12:00', 'Pacific/Auckland', '7 days'),
	oncall.cadence('2026-01-05 09:00', 'europe/london', '4 days', '3 days'),
	oncall.cadence('2026-01-05 09:00', 'UTC', VARIADIC ARRAY[interval '24 hours']),
	oncall.cadence('2026-01-31 09:00', 'UTC', '1 year 2 mons'),
	oncall.cadence('2026-01-31 09:00:30', 'UTC', '90 min'),
	oncall.cadence(NULL, 'UTC', '1 day') IS NULL AS null_anchor \gx
SELECT c, oncall.anchor(c), oncall.every(c), oncall.steps(c), oncall.zone(c)
FROM unnest(ARRAY['R/2026-01-05T09:00[Europe/London]/P1D,P1D,P1D,P1D,P3D',
	'R/2026-01-31T09:00:30[UTC]/P14M', 'R/0000-02-29T09:00[UTC]/PT1H30M,PT45M']::oncall.cadence[]) c \gx
\pset format unaligned
\pset tuples_only on
SELECT r.*
FROM unnest(ARRAY[
	$$'infinity', 'UTC', '7 days'$$, $$'-infinity', 'UTC', '7 days'$$,
	$$'2026-01-06 12:00:00.5', 'UTC', '7 days'$$,
	$$'2026-01-06 12:00', 'Pacific/Aukland', '7 days'$$,
	$$'2026-01-06 12:00', 'UTC', '1 mon 2 days'$$,
	$$'2026-01-06 12:00', 'UTC', '1 mon -30 days'$$,
	$$'2026-01-06 12:00', 'UTC', '1 day 12:00'$$,
	$$'2026-01-06 12:00', 'UTC', '1 mon', '30 days'$$,
	$$'2026-01-06 12:00', 'UTC', '0'$$, $$'2026-01-06 12:00', 'UTC', '-7 days'$$,
	$$'2026-01-06 12:00', 'UTC', '30 seconds'$$,
	$$'2026-01-06 12:00', 'UTC', '60.5 seconds'$$,
	$$'2026-01-06 12:00', 'UTC', '40000000 hours'$$,
	$$'2026-01-06 12:00', 'UTC', VARIADIC '{}'::interval[]$$,
	$$'2026-01-06 12:00', 'UTC', '7 days', NULL$$,
	$$'2026-01-06 12:00', 'UTC', VARIADIC ARRAY[['1 day'], ['2 days']]::interval[]$$,
	$$'2026-01-06 12:00', 'UTC', VARIADIC array_fill(interval '1 day', ARRAY[1024]) || interval '2 days'$$]) AS args,
	LATERAL pg_temp.refused(format('SELECT oncall.cadence(%s)', args)) AS r;
\pset format aligned
\pset tuples_only off

-- order: zone, anchor, unit, steps
CREATE TEMP TABLE c (c oncall.cadence);
INSERT INTO c VALUES
	('R/2026-01-06T12:00[UTC]/P7D'), ('R/2026-01-06T12:00[UTC]/P8D'),
	('R/2026-01-06T12:00[UTC]/P7D,P1D'), ('R/2026-01-06T12:00[UTC]/P10D'),
	('R/2026-01-06T12:00[UTC]/P1M'), ('R/2026-01-06T12:00[UTC]/PT1M'),
	('R/2025-01-06T12:00[UTC]/PT12H'), ('R/0000-01-06T12:00[UTC]/P7D'),
	('R/2026-01-06T12:00[Pacific/Apia]/P7D'), ('R/2026-01-06T12:00[Europe/Rome]/P7D'),
	('R/2026-01-06T12:00[Asia/Tokyo]/P7D'), ('R/2026-01-06T12:00[utc]/P1W'), (NULL);
SELECT c FROM c ORDER BY c;
SELECT count(*), count(DISTINCT c), count(DISTINCT hashtext(c::text)) AS texts FROM c;
SELECT c, count(*) FROM c GROUP BY c HAVING count(*) > 1;
SELECT bool_and((a.c OPERATOR(oncall.<) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) < 0)
		AND (a.c OPERATOR(oncall.<=) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) <= 0)
		AND (a.c OPERATOR(oncall.=) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) = 0)
		AND (a.c OPERATOR(oncall.<>) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) <> 0)
		AND (a.c OPERATOR(oncall.>=) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) >= 0)
		AND (a.c OPERATOR(oncall.>) b.c) = (oncall_internal.cadence_cmp(a.c, b.c) > 0)
		AND (a.c OPERATOR(oncall.=) b.c) = (oncall_internal.cadence_hash(a.c) = oncall_internal.cadence_hash(b.c))
		AND (a.c OPERATOR(oncall.=) b.c) = (oncall_internal.cadence_hash_extended(a.c, 7) = oncall_internal.cadence_hash_extended(b.c, 7))
		AND oncall_internal.cadence_cmp(a.c, b.c) = -oncall_internal.cadence_cmp(b.c, a.c)) AS consistent,
	bool_and(oncall_internal.cadence_hash_extended(a.c, 0) & 4294967295 = oncall_internal.cadence_hash(a.c)::bigint & 4294967295) AS seed_zero
FROM c a, c b;
CREATE INDEX ON c USING btree (c);
CREATE INDEX ON c USING hash (c);
SET enable_seqscan = off;
SET enable_sort = off;
SELECT count(*) FROM c WHERE c OPERATOR(oncall.=) 'R/2026-01-06T12:00[UTC]/P7D';
SELECT count(*) FROM c WHERE c OPERATOR(oncall.>) 'R/2026-01-06T12:00[UTC]/P7D';
RESET enable_seqscan;
RESET enable_sort;

-- binary: what COPY reads, byte by byte
CREATE TEMP TABLE received (c oncall.cadence);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	file bytea := '\x5047434f50590aff0d0a000000000000000000'::bytea
		|| '\x0001' || int4send(length(bytes)) || bytes || '\xffff';
	octal text := (SELECT string_agg('\' || get_byte(file, i) / 64
									 || get_byte(file, i) / 8 % 8
									 || get_byte(file, i) % 8, '' ORDER BY i)
				   FROM generate_series(0, length(file) - 1) i);
	message text;
BEGIN
	TRUNCATE received;
	EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)',
				   'printf ''' || octal || '''');
	RETURN (SELECT c FROM received);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
	-- the server's own words on bytes change between its releases
	RETURN concat_ws(' ', SQLSTATE, CASE WHEN SQLSTATE <> '22021' THEN message END);
END $$;
SELECT count(*), bool_and(pg_temp.receive(oncall_internal.cadence_send(c)) = c::text) AS same
FROM c WHERE c IS NOT NULL;
SELECT oncall_internal.cadence_send('R/2026-01-06T12:00[UTC]/P7D,P1D');
-- format, unit, 2 bytes of length, 8 of anchor, 4 a step, the zone
SELECT what, pg_temp.receive(decode(replace(hex, ' ', ''), 'hex') || convert_to(zone, 'UTF8') || rest) AS received
FROM (VALUES
	('as sent', '01010002 0002eab5af08f000 00000007 00000001', 'UTC', ''),
	('other capitals', '01010001 0002eab5af08f000 00000007', 'europe/LONDON', ''),
	('a list that repeats', '01010002 0002eab5af08f000 00000007 00000007', 'UTC', ''),
	('24 hours', '01020001 0002eab5af08f000 000005a0', 'UTC', ''),
	('nothing', '', '', ''),
	('a byte', '01', '', ''),
	('another format', '02010001 0002eab5af08f000 00000007', 'UTC', ''),
	('another unit', '01030001 0002eab5af08f000 00000007', 'UTC', ''),
	('no step', '01010000 0002eab5af08f000', 'UTC', ''),
	('fewer steps than it says', '01010003 0002eab5af08f000 00000007', 'UTC', ''),
	('65535 steps', '0101ffff 0002eab5af08f000 00000007', 'UTC', ''),
	('1024 steps', '01010400 0002eab5af08f000' || repeat('00000007', 1024), 'UTC', ''),
	('1025 steps', '01010401 0002eab5af08f000' || repeat('00000007', 1025), 'UTC', ''),
	('a step of zero', '01010001 0002eab5af08f000 00000000', 'UTC', ''),
	('a negative step', '01010001 0002eab5af08f000 ffffffff', 'UTC', ''),
	('steps too long', '01010002 0002eab5af08f000 7fffffff 00000001', 'UTC', ''),
	('anchor infinity', '01010001 7fffffffffffffff 00000007', 'UTC', ''),
	('anchor -infinity', '01010001 8000000000000000 00000007', 'UTC', ''),
	('anchor out of range', '01010001 8000000000f42400 00000007', 'UTC', ''),
	('anchor with a fraction', '01010001 0002eab5af08f001 00000007', 'UTC', ''),
	('no zone', '01010001 0002eab5af08f000 00000007', '', ''),
	('an unknown zone', '01010001 0002eab5af08f000 00000007', 'Mars/Phobos', ''),
	('an abbreviation', '01010001 0002eab5af08f000 00000007', 'EST', ''),
	('a zero in the zone', '01010001 0002eab5af08f000 00000007', 'UTC', '\x00'::bytea)
) AS v(what, hex, zone, rest);

-- turns
SELECT n, oncall.turn_period('R/2025-03-28T02:30[Europe/Berlin]/P1D', n) FROM generate_series(0, 4) n;
SELECT n, oncall.turn_period('R/2025-10-25T02:30[Europe/Berlin]/P1D', n) FROM generate_series(0, 2) n;
SELECT n, oncall.turn_period('R/2026-01-31T09:00[UTC]/P1M', n) FROM generate_series(0, 3) n;
SELECT n, oncall.turn_period('R/2026-01-05T09:00[Europe/London]/P4D,P3D', n) FROM generate_series(22, 26) n;
-- twelve hours on the wall, not on a stopwatch
SELECT n, p, upper(p) - lower(p) AS long
FROM generate_series(0, 4) n,
	LATERAL oncall.turn_period('R/2026-03-28T09:00[Europe/London]/PT12H', n) p;
-- a gap holds back the handovers that would precede its own
SELECT n, oncall.turn_period('R/2025-03-30T01:30[Europe/Berlin]/PT30M', n) FROM generate_series(0, 5) n;
-- Samoa had no 30 December 2011; a turn of Lord Howe in its half hour; Dublin
SELECT n, oncall.turn_period('R/2011-12-28T12:00[Pacific/Apia]/P1D', n) FROM generate_series(0, 4) n;
SELECT n, oncall.turn_period('R/2025-10-04T02:15[Australia/Lord_Howe]/P1D', n) FROM generate_series(0, 2) n;
SELECT n, oncall.turn_period('R/2025-03-29T01:30[Europe/Dublin]/P1D', n) FROM generate_series(0, 2) n;
SELECT t, oncall.turn_at('R/2011-12-28T12:00[Pacific/Apia]/P1D', t)
FROM unnest('{2011-12-28 21:59:59.999999,2011-12-28 22:00,2011-12-30 21:59:59,2011-12-30 22:00,2031-03-03 12:00}'::timestamptz[]) t;

-- both ends
SELECT oncall.turn_at('R/2026-01-06T12:00[UTC]/P7D', t)
FROM unnest('{4714-11-24 BC,2026-01-06 11:59:59.999999,2026-01-06 12:00,294276-12-31 23:59:59.999999}'::timestamptz[]) t;
SELECT oncall.turn_at('R/-004713-11-24T00:00[Pacific/Auckland]/PT1M', '294276-12-31 23:59:59.999999');
SELECT oncall.turn_period('R/+294276-12-31T23:00[UTC]/PT30M', 0);
\pset format unaligned
\pset tuples_only on
SELECT r.*
FROM unnest(ARRAY[
	$$turn_at('R/2026-01-06T12:00[UTC]/P7D', 'infinity')$$,
	$$turn_at('R/2026-01-06T12:00[UTC]/P7D', '-infinity')$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/P7D', -1)$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/P7D', 99999999)$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/P1M', 9223372036854775807)$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/P1D', 9223372036854775807)$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/PT1M,PT2M', 9223372036854775807)$$,
	$$turn_period('R/2026-01-06T12:00[UTC]/P2147483647D', 9223372036854775806)$$,
	$$turn_period('R/+294276-12-31T23:00[UTC]/PT30M', 1)$$,
	$$turn_period('R/-004713-11-24T00:00[Pacific/Auckland]/P1D', 0)$$,
	$$turn_period('R/+294276-12-31T23:59[America/New_York]/PT1M', 0)$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', 'empty')$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', '[2026-01-01,)')$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', '[2026-01-01,infinity)')$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', '(,)')$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', '(-infinity,-infinity]')$$,
	$$handovers('R/2026-01-06T12:00[UTC]/P7D', '[2026-01-06 12:00,2026-01-20 12:00]')$$]) AS call,
	LATERAL pg_temp.refused('SELECT * FROM oncall.' || call) AS r;
\pset format aligned
\pset tuples_only off

-- handovers, each instant once, whatever the bounds
SELECT oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '[2026-01-06 12:00,2026-01-20 12:00)');
SELECT oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '(2026-01-06 12:00,2026-01-20 12:01)');
SELECT oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '(,2026-01-20 12:00)');
SELECT oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '[-infinity,2026-01-07)');
SELECT oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '(,2026-01-06 12:00)');
SELECT oncall.handovers('R/2011-12-28T12:00[Pacific/Apia]/P1D', '[2011-12-28,2012-01-01)');
SELECT count(*) FROM oncall.handovers('R/2011-12-29T23:00[Pacific/Apia]/PT1M', '[2011-12-29,2012-01-01)');
SELECT oncall.handovers('R/+294276-12-31T23:00[UTC]/PT20M', '[294276-12-31,294276-12-31 23:59:59.999999)');
SELECT oncall.handovers('R/-004713-11-24T00:00[Pacific/Auckland]/P1D', '(,4714-11-26 BC)');
-- lazily, and as many as the planner is told
SELECT oncall.handovers('R/0000-01-01T00:00[UTC]/PT1M', '(,294276-12-31)') LIMIT 1;
CREATE FUNCTION pg_temp.planned(query text) RETURNS float8
LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT pg_temp.planned($$SELECT * FROM oncall.handovers('R/2026-01-06T12:00[UTC]/P7D', '[2026-01-06,2027-01-06)')$$),
	pg_temp.planned($$SELECT * FROM oncall.handovers('R/2026-01-06T12:00[UTC]/P4D,P3D', '(,2027-01-06)')$$),
	pg_temp.planned($$SELECT * FROM oncall.handovers('R/2026-01-06T12:00[UTC]/P1M', '[2026-01-06,2027-01-06)')$$),
	pg_temp.planned($$SELECT * FROM oncall.handovers('R/2026-01-06T12:00[UTC]/P1M', 'empty')$$);

-- one statement, many cadences
SELECT c, oncall.turn_at(c, '2026-03-01'), oncall.turn_period(c, 1)
FROM unnest(ARRAY['R/2026-01-06T12:00[UTC]/P7D', 'R/2026-01-06T12:00[UTC]/P1D',
	'R/2026-01-06T12:00[UTC]/P7D', 'R/2026-01-06T12:00[Asia/Tokyo]/P7D']::oncall.cadence[]) c;
