--
-- weekly_hours: hours of the week in OpenStreetMap's opening_hours notation
-- Tests: weekly_hours_text open_periods week
--
SELECT amname, opcname, amvalidate(c.oid)
FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcintype = 'oncall.weekly_hours'::regtype ORDER BY amname;

SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';

CREATE FUNCTION pg_temp.attempt(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text; answer text;
BEGIN
	EXECUTE 'SELECT ' || $1 INTO answer;
	RETURN answer;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE,
		message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
		hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n  ', state || ': ' || message,
		nullif(detail, ''), nullif(hint, ''));
END $$;

-- text in and out; what is printed means the same, and prints alike
CREATE TEMP TABLE accepted (n int GENERATED ALWAYS AS IDENTITY, t text);
INSERT INTO accepted (t) VALUES
	('Mo-Fr 08:30-12:00,13:00-17:00; Sa 10:00-14:00; PH off'),
	('24/7'), ('off'), ('closed'), (' 24/7 '), ('00:00-24:00'),
	('Mo-Su,PH 00:00-00:00'), ('Mo 10:00-12:00;off'), ('off;24/7'),
	('09:00-17:00'), ('9:00-17:00'), ('Mo-Su 09:00-17:00'),
	-- days
	('Sa,Su 10:00-12:00'), ('Sa-Su 10:00-12:00'), ('Fr-Mo 10:00-12:00'),
	('Mo-Mo 10:00-12:00'), ('We,Mo , Fr - Su,Mo 10:00-12:00'),
	(E'Mo\t10:00 - 12:00\n,\n13:00-14:00 ;Tu off'),
	('Tu 09:00-10:00; Mo 09:00-10:00; We 08:00-10:00; Th-Su 09:00-10:00'),
	-- spans are put in order, and touching ones joined
	('Mo 13:00-14:00,10:00-11:00'), ('Mo 10:00-12:00,12:00-13:00'),
	('Mo 10:00-14:00,12:00-13:00,13:30-15:00'), ('Mo 00:00-12:00,12:00-24:00'),
	-- past midnight
	('Mo-Su 22:00-06:00'), ('22:00-30:00'), ('22:00-24:00,00:00-06:00'),
	('22:00-24:00'), ('22:00-00:00'), ('10:00-10:00'), ('10:00-34:00'),
	('00:00-30:00'), ('00:00-48:00'), ('10:00-40:00'), ('23:59-48:00'),
	('22:00-06:00,06:00-07:00'), ('20:00-23:00,22:00-02:00,00:00-00:01'),
	-- later rules replace earlier ones
	('Mo-Fr 09:00-17:00; We off'), ('We off; Mo-Fr 09:00-17:00'),
	('Mo-Su 10:00-12:00; We 14:00-15:00'),
	-- public holidays
	('Mo-Fr 10:00-12:00; PH off'), ('PH off; Mo-Fr 10:00-12:00'),
	('PH off; Mo-Su 10:00-12:00'), ('PH off'), ('PH,Sa off'),
	('PH 10:00-12:00'), ('Mo-Fr,PH 10:00-12:00'), ('PH,Mo-Fr 10:00-12:00'),
	('Mo-Su,PH 10:00-12:00'), ('Mo-Su 10:00-12:00; PH 10:00-12:00'),
	('Mo-Fr,PH 10:00-12:00; Sa 09:00-10:00'),
	('Sa 09:00-10:00; Mo-Fr,PH 10:00-12:00'),
	('Mo-Fr 10:00-12:00; Sa 09:00-10:00; PH 10:00-12:00'),
	('Mo-Fr 10:00-12:00; PH 12:00-13:00; Sa,Su off'),
	('PH 12:00-13:00; Mo off'), ('PH 12:00-13:00; Mo-Su off'),
	('24/7; PH off'), ('24/7; PH off; Sa,Su 00:00-24:00'),
	('PH 10:00-11:00; Mo 10:00-11:00; PH 14:00-15:00');
SELECT t AS "in", t::oncall.weekly_hours AS "out" FROM accepted ORDER BY n;
SELECT t FROM accepted
WHERE t::oncall.weekly_hours::text::oncall.weekly_hours
		OPERATOR(oncall.<>) t::oncall.weekly_hours
	OR t::oncall.weekly_hours::text::oncall.weekly_hours::text
		<> t::oncall.weekly_hours::text;

-- what is refused
\pset tuples_only on
\pset format unaligned
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.weekly_hours')
FROM unnest(ARRAY['', ' ', 'Mo', 'Mo-Fr; PH off', 'mo 10:00-12:00',
	'MO 10:00-12:00', 'Monday 10:00-12:00', 'Thurs 10:00-12:00', 'Ph off',
	'Off', 'CLOSED', 'Mi 10:00-12:00', 'Mo-PH off', 'Mo-', 'Mo,', 'Mo 10:00-',
	'Mo 10:00-12:00,', 'Mo 10:00-12:00;', '; Mo 10:00-12:00',
	'Mo off;; Tu off', 'Mo Tu 10:00-12:00', 'Mo: 10:00-12:00',
	'Mo10:00-12:00', 'Mo-Fr 24/7', '24/7 off', '24/7 Mo',
	'Mo 24:00-25:00', 'Mo 10:00-48:01', 'Mo 10:00-99:99', 'Mo 10:60-12:00',
	'Mo 10-12', 'Mo 10.00-12.00', 'Mo 010:00-12:00', 'Mo 10:0-12:00',
	'Mo 10:00 12:00', 'Mo 10:00-12:00 13:00-14:00', 'Mo -10:00-12:00', 'Mo+',
	'Mo 10:00-12:00 PH off', 'nonsense', repeat('Nonsense', 9)]) t;

-- what OpenStreetMap knows and we do not, by name
SELECT pg_temp.attempt(quote_literal(t) || '::oncall.weekly_hours')
FROM unnest(ARRAY['Jan-Mar Mo 10:00-12:00', 'Dec 25 off', '2026 Mo off',
	'2026-2027: Mo off', 'week 1-10 Mo 10:00-12:00', 'easter off',
	'sunrise-sunset', 'Mo 10:00-sunset', '(sunrise+01:00)-20:00', 'SH off',
	'Mo-Fr,SH off', 'Mo[1] 10:00-12:00', 'Su[-1] off', 'PH +1 day off',
	'PH -1 day off', 'PH Mo 10:00-12:00', 'Mo PH 10:00-12:00',
	'Mo 10:00-12:00 "by appointment"', '"by appointment"',
	'Mo 10:00-12:00 || Tu 10:00-11:00', 'Mo 10:00-12:00, Tu 13:00-14:00',
	'Mo 10:00-12:00, PH off', 'Mo 10:00-12:00, Jan off', 'Mo 10:00',
	'10:00,12:00', 'Mo 10:00+', 'Mo 10:00-12:00+', 'Mo 10:00-12:00/00:30',
	'Mo 10:00-12:00 off', 'Mo 10:00-12:00 open', 'open', 'unknown']) t;
\pset format aligned
\pset tuples_only off

-- order: Monday to Sunday, then public holidays; a day that is off comes first
SET search_path = pg_catalog, oncall;
SELECT h FROM unnest('{24/7,off,"Mo 10:00-12:00","Mo 10:00-12:00,13:00-14:00","Mo 09:00-12:00","Su 09:00-10:00","PH 09:00-10:00","Mo-Su 10:00-12:00; PH off"}'::weekly_hours[]) h ORDER BY h;
SELECT a, b, a = b AS "=", a <> b AS "<>", a < b AS "<", a <= b AS "<=",
	a > b AS ">", a >= b AS ">=", oncall_internal.weekly_hours_cmp(a, b) AS cmp,
	oncall_internal.weekly_hours_hash(a) = oncall_internal.weekly_hours_hash(b) AS hash,
	oncall_internal.weekly_hours_hash_extended(a, 1) = oncall_internal.weekly_hours_hash_extended(b, 1) AS hash1
FROM (VALUES ('Sa,Su 10:00-11:00'::weekly_hours, 'Su 10:00-11:00; Sa 10:00-11:00'::weekly_hours),
	('off', 'PH 10:00-11:00'),
	('PH 10:00-11:00; Mo off', 'PH 10:00-11:00; Tu off')) v (a, b);
SELECT bool_and((a.h = b.h) = (a.h::text = b.h::text)
	AND (a.h = b.h) = (oncall_internal.weekly_hours_send(a.h) = oncall_internal.weekly_hours_send(b.h))
	AND (a.h < b.h) = (oncall_internal.weekly_hours_cmp(a.h, b.h) < 0)
	AND oncall_internal.weekly_hours_cmp(a.h, b.h) = -oncall_internal.weekly_hours_cmp(b.h, a.h)
	AND (a.h <> b.h OR oncall_internal.weekly_hours_hash(a.h) = oncall_internal.weekly_hours_hash(b.h)))
FROM (SELECT t::weekly_hours AS h FROM accepted) a,
	(SELECT t::weekly_hours AS h FROM accepted) b;

-- it groups, joins, and is found by an index, toasted or not
CREATE TEMP TABLE opens AS
	SELECT n, format('%s %s:00-%s:30', (ARRAY['Mo', 'Tu', 'PH'])[1 + n % 3],
		n % 7, 8 + n % 5)::weekly_hours AS h
	FROM generate_series(1, 1000) n;
INSERT INTO opens SELECT 0, string_agg(format('%1$s:%2$s-%1$s:%3$s', m / 60,
	to_char(m % 60, 'FM00'), to_char(m % 60 + 1, 'FM00')), ',')::weekly_hours
	FROM generate_series(0, 1439, 2) m;
SELECT n, length(oncall_internal.weekly_hours_send(h)), length(h::text) FROM opens WHERE n IN (0, 1) ORDER BY n;
CREATE INDEX ON opens USING hash (h);
CREATE INDEX opens_btree ON opens (h) WHERE n > 0;
ANALYZE opens;
SELECT count(DISTINCT h) FROM opens;
SELECT count(*) FROM opens a JOIN opens b USING (h);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT n FROM opens WHERE h = 'Tu 01:00-09:30';
SELECT count(*) FROM opens WHERE h = 'Tu 01:00-09:30';
SELECT count(*) FROM opens a JOIN opens b ON a.h = b.h AND a.n = 0;
RESET enable_seqscan;

-- binary
SELECT oncall_internal.weekly_hours_send('Mo 09:00-17:00; PH off');
CREATE TEMP TABLE received (h weekly_hours);
-- off; Mo 09:00-17:00; PH off
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\001\0\0\0\026\001\001\0\001\002\034\003\374\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
SELECT h FROM received;
-- unknown format; an eighth weekday; truncated; too long
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\002\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\200\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\003\001\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\023\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
-- 65535 spans; spans that touch; one that ends before it starts; too late
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\0\377\377\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\032\001\0\0\002\0\001\0\002\0\002\0\003\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\026\001\0\0\001\0\002\0\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\026\001\0\0\001\005\240\005\241\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\026\001\0\0\001\005\0\013\101\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
-- own hours of public holidays that are the same as ordinary ones
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\022\001\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377"' (format binary)
\copy received from program 'printf "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\001\0\0\0\026\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\001\0\001\0\002\377\377"' (format binary)
SELECT count(*) FROM received;

-- open by the clock on the wall
SELECT at, is_open('Mo-Fr 08:30-12:00; PH off', at, 'Pacific/Auckland', '{2026-04-27,2026-04-03}')
FROM unnest('{2026-04-23 20:29:59.999999,2026-04-23 20:30,2026-04-23 23:59:59.999999,2026-04-24 00:00,2026-04-26 21:00}'::timestamptz[]) at;
-- past midnight a span belongs to the day on which it starts
SELECT open_periods('Mo-Su 22:00-06:00; Tu off', '[2026-04-20,2026-04-23)', 'UTC');
SELECT open_periods('Mo-Su 22:00-06:00; PH off', '[2026-04-20,2026-04-23)', 'UTC', '{2026-04-21}');
-- an hour that does not come, and one that comes twice
SELECT open_periods('01:30-02:30', '[2026-03-28,2026-03-31)', 'Europe/Berlin');
SELECT open_periods('02:30-03:30', '[2026-03-28,2026-03-31)', 'Europe/Berlin');
SELECT open_periods('02:15-02:45', '[2026-10-25,2026-10-26)', 'Europe/Berlin');
SELECT open_periods('02:30-03:30', '[2026-10-25,2026-10-26)', 'Europe/Berlin');
-- Lord Howe's half hour, and the day that Apia skipped
SELECT open_periods('01:45-02:15', '[2026-04-04,2026-04-06)', 'Australia/Lord_Howe');
SELECT open_periods('02:15-02:45', '[2026-10-03,2026-10-05)', 'Australia/Lord_Howe');
SELECT open_periods('12:00-13:00', '[2011-12-29,2012-01-02)', 'Pacific/Apia');
SELECT open_periods('Th-Fr 12:00-36:00', '[2011-12-29,2012-01-02)', 'Pacific/Apia');
-- windows are clipped exactly, whatever their bounds
SELECT open_periods('10:00-12:00', w::tstzrange, 'UTC')
FROM unnest('{"[2026-04-20 11:00,2026-04-21 11:00:00.000001)","(2026-04-20 11:00,2026-04-20 11:30)","[2026-04-20 12:00,2026-04-21 10:00)","[2026-04-20 12:00,2026-04-21 10:00:00.000001)"}'::text[]) w;
-- long windows
SELECT open_periods('24/7', '[0001-01-01,10001-01-01)', 'America/New_York');
SELECT open_periods('00:00-48:00', '[0001-01-01,10001-01-01)', 'UTC');
SELECT open_periods('PH 10:00-12:00', '[2000-01-01,290000-01-01)', 'UTC', '{250000-02-03,2026-02-03}');
SELECT open_periods('off', '[2000-01-01,290000-01-01)', 'Europe/Berlin');
SELECT is_open('Mo-Su 00:00-23:00', at, zone)
FROM unnest('{4714-11-24 BC,294276-12-31 23:59:59.999999}'::timestamptz[]) at,
	unnest('{Pacific/Kiritimati,Etc/GMT+12}'::text[]) zone;
-- holidays in any order, more than once
SELECT open_periods('PH 10:00-12:00', '[2026-01-01,2027-01-01)', 'UTC', '{2026-12-25,2026-01-01,2026-12-25,2025-01-01}');
-- arguments that change from row to row
SELECT day, zone, holidays, is_open('10:00-12:00; PH off', day + time '11:00' AT TIME ZONE zone, zone, holidays)
FROM (VALUES (1, date '2026-01-01', 'Europe/London', '{2026-01-01}'::date[]),
	(2, '2026-01-01', 'Asia/Tokyo', '{2026-01-01}'),
	(3, '2026-01-01', 'Asia/Tokyo', '{}'),
	(4, '2026-01-02', 'Europe/London', '{}'),
	(5, '2026-01-02', 'Europe/London', '{2026-01-02,2026-01-01}')) v (n, day, zone, holidays)
ORDER BY n;
-- NULL in, NULL out
SELECT is_open(NULL, now(), 'UTC') IS NULL, is_open('24/7', NULL, 'UTC') IS NULL,
	is_open('24/7', now(), NULL) IS NULL, is_open('24/7', now(), 'UTC', NULL) IS NULL,
	open_periods('24/7', NULL, 'UTC') IS NULL;

\pset tuples_only on
\pset format unaligned
SELECT pg_temp.attempt('oncall.' || t) FROM unnest(ARRAY[
	'is_open(''24/7'', ''infinity'', ''UTC'')',
	'is_open(''24/7'', ''-infinity'', ''UTC'')',
	'is_open(''24/7'', ''2026-01-01'', ''Pacific/Aukland'')',
	'is_open(''24/7'', ''2026-01-01'', ''UTC'', ''{2026-01-01,NULL}'')',
	'is_open(''24/7'', ''2026-01-01'', ''UTC'', ''{infinity}'')',
	'open_periods(''24/7'', ''empty'', ''UTC'')',
	'open_periods(''24/7'', ''[2026-01-01,)'', ''UTC'')',
	'open_periods(''24/7'', ''[2026-01-01,2026-01-02]'', ''UTC'')',
	'open_periods(''24/7'', ''(,2026-01-01)'', ''UTC'')',
	'open_periods(''24/7'', ''[2026-01-01,infinity)'', ''UTC'')',
	'open_periods(''24/7'', ''[2026-01-01,2026-01-02)'', ''NZDT'')',
	'open_periods(''10:00-12:00'', ''[2000-01-01,5000-01-01)'', ''UTC'')']) t;
