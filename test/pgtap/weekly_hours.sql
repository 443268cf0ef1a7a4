-- Random hours, zones, holidays and windows against an oracle in plain SQL:
-- the local time of an instant, as AT TIME ZONE gives it, lies in a span of a
-- day. ONCALL_SEED and ONCALL_CASES in the environment choose the
-- seed and how many cases there are.
--
-- Tests: open_periods zone_offsets tz week
BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL client_min_messages = warning;
SELECT plan(13);

\set cases 400
\ir seed.psql
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

CREATE FUNCTION pg_temp.dice(int) RETURNS int LANGUAGE sql VOLATILE
    AS $$ SELECT floor(random() * $1)::int $$;

-- days on which clocks do something
CREATE TEMP TABLE curious (n int GENERATED ALWAYS AS IDENTITY, zone text, day date);
INSERT INTO curious (zone, day) VALUES
    ('Europe/Berlin', '2026-03-29'), ('Europe/Berlin', '2026-10-25'),
    ('Europe/Dublin', '2026-03-29'), ('America/New_York', '2026-03-08'),
    ('America/New_York', '2026-11-01'), ('America/New_York', '9999-11-07'),
    ('Pacific/Auckland', '2026-04-05'), ('Pacific/Auckland', '2026-09-27'),
    -- half an hour; a gap at midnight; a skipped day; a day twice
    ('Australia/Lord_Howe', '2026-04-05'), ('Australia/Lord_Howe', '2026-10-04'),
    ('America/Sao_Paulo', '2018-11-04'), ('America/Sao_Paulo', '2018-02-18'),
    ('Pacific/Apia', '2011-12-30'), ('Pacific/Kwajalein', '1993-08-21'),
    ('America/Juneau', '1867-10-18'), ('Asia/Manila', '1844-12-31'),
    -- offsets with seconds, and of odd size
    ('Europe/Amsterdam', '1937-05-22'), ('Africa/Monrovia', '1972-01-07'),
    ('Asia/Kathmandu', '1985-12-31'), ('America/Caracas', '2016-05-01'),
    ('Africa/Casablanca', '2026-02-15'), ('Antarctica/Troll', '2026-03-29'),
    ('UTC', '2000-01-01');
CREATE TEMP TABLE place AS
    SELECT row_number() OVER (ORDER BY name) AS n, name FROM pg_timezone_names
    WHERE name ~ '^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/';

-- a case: a zone, a window, holidays
CREATE TEMP TABLE scene AS
    SELECT n, zone, first_day + time '00:00' + pg_temp.dice(1440) * interval '1 minute' AS local_start,
        pg_temp.dice(5) * interval '1 day' + (1 + pg_temp.dice(2880)) * interval '1 minute' AS length,
        ARRAY(SELECT first_day - 2 + pg_temp.dice(9) FROM generate_series(1, pg_temp.dice(4) + n * 0)) AS holidays
    FROM (SELECT x.n, coalesce(zone, name) AS zone,
            coalesce(day, date '1880-01-01' + pg_temp.dice(90000)) - pg_temp.dice(5) AS first_day
        FROM (SELECT n, pg_temp.dice(2) AS kind, pg_temp.dice((SELECT count(*)::int FROM curious)) + 1 AS c,
                pg_temp.dice((SELECT count(*)::int FROM place)) + 1 AS z
            FROM generate_series(1, :cases) n OFFSET 0) x
        LEFT JOIN curious ON curious.n = c AND kind = 0
        LEFT JOIN place ON place.n = z OFFSET 0) y;
ALTER TABLE scene ADD start timestamptz, ADD until timestamptz, ADD hours oncall.weekly_hours, ADD source text, ADD open tstzmultirange;
UPDATE scene SET start = local_start AT TIME ZONE zone;
UPDATE scene SET until = start + length;

-- rules: days 0 to 6 are Monday to Sunday, 7 is PH; spans in minutes
CREATE TEMP TABLE rule AS
    SELECT n, ord, days, CASE WHEN pg_temp.dice(6) > 0 THEN spans ELSE '{}' END AS spans
    FROM (SELECT n, ord,
            ARRAY(SELECT DISTINCT d FROM generate_series(0, 7) d
                WHERE pg_temp.dice(3) = 0 OR (d + n) % 8 = ord) AS days,
            ARRAY(SELECT int4range(f, f + 1 + CASE pg_temp.dice(3)
                    WHEN 0 THEN pg_temp.dice(2880 - f) ELSE pg_temp.dice(600) END)
                FROM (SELECT 15 * pg_temp.dice(96) AS f
                    FROM generate_series(1, 1 + pg_temp.dice(3) + 0 * (n + ord)) OFFSET 0) s) AS spans
        FROM scene, generate_series(1, 1 + pg_temp.dice(4) + 0 * n) ord OFFSET 0) x;

CREATE FUNCTION pg_temp.minute(int) RETURNS text LANGUAGE sql
    AS $$ SELECT to_char($1 / 60, 'FM00') || ':' || to_char($1 % 60, 'FM00') $$;
UPDATE scene SET source = (
    SELECT string_agg(
        CASE WHEN days @> '{0,1,2,3,4,5,6}' AND NOT days @> '{7}' AND ord % 2 = 0 THEN ''
            ELSE (SELECT string_agg((ARRAY['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su', 'PH'])[d + 1], ',')
                FROM unnest(days) d) || ' ' END
        || CASE WHEN spans = '{}' THEN 'off' ELSE (
            SELECT string_agg(pg_temp.minute(lower(s)) || '-' || pg_temp.minute(
                CASE WHEN upper(s) > 1440 AND upper(s) - 1440 <= lower(s) AND ord % 2 = 0
                    THEN upper(s) - 1440 ELSE upper(s) END), ',')
            FROM unnest(spans) s) END,
        '; ' ORDER BY ord)
    FROM rule WHERE rule.n = scene.n);
UPDATE scene SET hours = source::oncall.weekly_hours;
UPDATE scene SET open = oncall.open_periods(hours, tstzrange(start, until), zone, holidays);

-- the oracle's spans, by the last rule that names a date
CREATE TEMP TABLE span AS
    SELECT n, day + lower(s) * interval '1 minute' AS starts, day + upper(s) * interval '1 minute' AS ends
    FROM scene, generate_series(local_start - interval '5 days', local_start + length + interval '5 days', '1 day') g,
        LATERAL (SELECT g::date::timestamp AS day) d,
        LATERAL (SELECT spans FROM rule
            WHERE rule.n = scene.n AND (extract(isodow FROM day)::int - 1 = ANY (days)
                OR (7 = ANY (days) AND day::date = ANY (holidays)))
            ORDER BY ord DESC LIMIT 1) r,
        unnest(spans) s;
CREATE INDEX ON span (n, starts);

-- where to look: a grid, the bounds found, the bounds of the spans in both
-- readings of their local times; and a microsecond before each
CREATE TEMP TABLE look AS
    SELECT DISTINCT n, at
    FROM (SELECT n, generate_series(start, until, '37 minutes') AS t
            FROM scene
        UNION ALL SELECT n, unnest(ARRAY[start, until])
            FROM scene
        UNION ALL SELECT n, unnest(ARRAY[lower(p), upper(p)])
            FROM scene, unnest(open) p
        UNION ALL SELECT n, (l AT TIME ZONE zone) + shift
            FROM span JOIN scene USING (n), unnest(ARRAY[starts, ends]) l,
                unnest('{-1:00,-0:30,0:00,0:30,1:00}'::interval[]) shift) x,
        unnest(ARRAY[t, t - interval '1 microsecond']) at;

CREATE TEMP TABLE answer AS
    SELECT n, at, l AS local,
        EXISTS (SELECT FROM span WHERE span.n = look.n AND l >= starts AND l < ends) AS oracle,
        oncall.is_open(hours, at, zone, holidays) AS is_open,
        at <@ open AS in_periods,
        at >= start AND at < until AS in_window
    FROM look JOIN scene USING (n), LATERAL (SELECT at AT TIME ZONE zone AS l) t
    WHERE at >= start - interval '2 days' AND at < until + interval '2 days'
    ORDER BY n, at;
SELECT diag(format('%s moments, %s open', count(*), count(*) FILTER (WHERE oracle))) FROM answer;

SELECT is_empty(
    'SELECT source, zone, holidays, at, local, oracle, is_open
     FROM answer JOIN scene USING (n) WHERE is_open IS DISTINCT FROM oracle LIMIT 3',
    'is_open is what the oracle says');
SELECT is_empty(
    'SELECT source, zone, holidays, at, local, oracle, in_periods
     FROM answer JOIN scene USING (n) WHERE in_window AND in_periods IS DISTINCT FROM oracle LIMIT 3',
    'open_periods is what the oracle says');
SELECT is_empty(
    'SELECT source, zone, start, until, open FROM scene
     WHERE NOT open <@ tstzrange(start, until) LIMIT 3',
    'open_periods stays in the window');
SELECT ok(count(*) > 0, 'the cases see changes of offset in their windows')
FROM scene WHERE until AT TIME ZONE zone - start AT TIME ZONE zone <> length;
SELECT ok(count(*) > 0, 'the cases see public holidays')
FROM scene WHERE EXISTS (SELECT FROM unnest(holidays) h
    WHERE h BETWEEN local_start::date AND (local_start + length)::date);

SELECT is_empty(
    'SELECT source, hours FROM scene
     WHERE hours::text::oncall.weekly_hours OPERATOR(oncall.<>) hours
        OR hours::text::oncall.weekly_hours::text <> hours::text LIMIT 3',
    'what is printed is read as the same hours');
SELECT is_empty(
    'SELECT a.hours, b.hours FROM scene a, scene b
     WHERE a.n % 5 = 0 AND (
         (a.hours OPERATOR(oncall.=) b.hours) <> (a.hours::text = b.hours::text)
         OR oncall_internal.weekly_hours_cmp(a.hours, b.hours) <> -oncall_internal.weekly_hours_cmp(b.hours, a.hours)
         OR (oncall_internal.weekly_hours_cmp(a.hours, b.hours) = 0) <> (oncall_internal.weekly_hours_send(a.hours) = oncall_internal.weekly_hours_send(b.hours)))
     LIMIT 3',
    'hours compare as equal if and only if they print alike');

-- two windows that meet have the same open periods as both together
SELECT is_empty(
    $$SELECT source, zone, start, until FROM scene,
        LATERAL (SELECT start + (until - start) * 0.37 AS middle) m
      WHERE open <> oncall.open_periods(hours, tstzrange(start, middle), zone, holidays)
        + oncall.open_periods(hours, tstzrange(middle, until), zone, holidays) LIMIT 3$$,
    'a window is the union of its parts');

-- settings of the session change nothing
CREATE FUNCTION pg_temp.digest() RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(hours::text || (
        SELECT string_agg(extract(epoch FROM lower(p)) || ' ' || extract(epoch FROM upper(p)), ',')
        FROM unnest(oncall.open_periods(source::oncall.weekly_hours, tstzrange(start, until), zone, holidays)) p), ';' ORDER BY n))
    FROM scene $$;
CREATE TEMP TABLE digest AS SELECT pg_temp.digest() AS expected;
SET LOCAL TimeZone = 'America/New_York';
SET LOCAL DateStyle = 'SQL, DMY';
SELECT is(pg_temp.digest(), expected, 'under TimeZone America/New_York') FROM digest;
SET LOCAL TimeZone = 'Asia/Kolkata';
SET LOCAL DateStyle = 'German';
SELECT is(pg_temp.digest(), expected, 'under TimeZone Asia/Kolkata') FROM digest;

-- texts with pieces taken out, doubled and mixed are read, or refused politely
CREATE FUNCTION pg_temp.mangled() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(piece, '') FROM (
        SELECT (ARRAY['Mo', 'Tu-Th', 'Sa', 'Su-Mo', 'PH', 'SH', 'mo', 'off', 'closed', 'open', 'Jan',
            '24/7', '10:00', '-12:00', '09:00-17:00', '22:00-06:00', '24:00-48:00', '99:99', '2026',
            ',', ';', '-', ' ', ' ', ' ', '+', '[1]', '"', '||', ':', '/', '(', 'x', '0',
            chr(9), chr(1)])[1 + pg_temp.dice(36)] AS piece
        FROM generate_series(1, 1 + pg_temp.dice(9))) x $$;
CREATE FUNCTION pg_temp.verdict(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE WHEN $1::oncall.weekly_hours::text::oncall.weekly_hours::text = $1::oncall.weekly_hours::text
        THEN 'read' ELSE 'changed' END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE mangled AS
    SELECT source, pg_temp.verdict(source) AS verdict
    FROM (SELECT pg_temp.mangled() AS source FROM generate_series(1, 20000) OFFSET 0) x;
SELECT is_empty(
    $$SELECT * FROM mangled WHERE verdict NOT IN ('read', '22P02', '0A000') LIMIT 3$$,
    'mangled text is read, malformed or not supported');
SELECT set_eq(
    'SELECT DISTINCT verdict FROM mangled', ARRAY['read', '22P02', '0A000'],
    'mangled text is each of these');

-- places in a text are counted in characters
CREATE FUNCTION pg_temp.detail(text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM $1::oncall.weekly_hours;
    RETURN NULL;
EXCEPTION WHEN invalid_text_representation THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END $$;
SELECT CASE WHEN getdatabaseencoding() = 'UTF8' THEN
        is(pg_temp.detail(U&'Mo 10:00\201312:00'), U&'Expected "-" at character 9, found "\201312:00".',
            'a character of several bytes is quoted whole')
    ELSE skip('needs UTF8', 1) END;

SELECT * FROM finish();
ROLLBACK;
