-- When a postmortem is wanted: random hours, zones, holidays, ends and lengths
-- against an oracle that asks of each quarter of an hour since whether it is
-- worked. ONCALL_SEED and ONCALL_CASES in the environment choose the seed and
-- how many cases there are.
--
-- Tests: postmortems
BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null
SELECT plan(5);

\set cases 200
\ir seed.psql
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

INSERT INTO oncall.calendar (name) VALUES ('some days off') RETURNING calendar_id AS calendar \gset
INSERT INTO oncall.holiday (calendar_id, day, name)
SELECT :calendar, day::date, 'off' FROM generate_series('2024-01-01'::date, '2025-12-31', '1 day') day WHERE random() < 0.1;

CREATE FUNCTION pg_temp.pick(text[]) RETURNS text LANGUAGE sql VOLATILE
RETURN $1[1 + floor(random() * array_length($1, 1))::int];
CREATE TEMP TABLE cases AS
SELECT n, pg_temp.pick('{Mo-Fr 09:00-17:00,Mo-Fr 09:00-17:00; PH off,Mo-Th 08:30-12:30,24/7,Tu\,We\,Sa 22:00-06:00,Mo-Su 00:00-06:00; PH off,PH 09:00-17:00; Su 10:00-18:00}')::oncall.weekly_hours AS hours,
	pg_temp.pick('{Europe/Berlin,Pacific/Auckland,America/New_York,Australia/Lord_Howe,Asia/Kathmandu,UTC}') AS zone,
	random() < 0.7 AS with_calendar,
	'2024-01-01 00:00Z'::timestamptz + floor(random() * 40000) * interval '15 minutes' AS begins,
	(1 + floor(random() ^ 2 * 240)) * interval '15 minutes' AS length
FROM generate_series(1, :cases) n;
CREATE TEMP TABLE told AS
SELECT c.*, oncall_internal.after_working(c.hours, c.zone, CASE WHEN c.with_calendar THEN :calendar END, c.begins, c.length) AS due,
	CASE WHEN c.with_calendar THEN (SELECT array_agg(h.day) FROM oncall.holiday h WHERE h.calendar_id = :calendar) ELSE '{}' END AS holidays
FROM cases c;
SELECT is_empty('SELECT n, hours, zone, begins, length, due FROM told WHERE NOT isfinite(due) OR due < begins + length', 'the time passes, and no faster than the clock');
SELECT is_empty($$
	SELECT t.n, t.hours, t.zone, t.begins, t.length, t.due, q.worked
	FROM told t CROSS JOIN LATERAL (
		SELECT count(*) * interval '15 minutes' AS worked
		FROM generate_series(t.begins, t.due - interval '15 minutes', interval '15 minutes') quarter
		WHERE oncall.is_open(t.hours, quarter, t.zone, t.holidays)) q
	WHERE q.worked <> t.length$$, 'as much of it is worked as was asked for');
SELECT is_empty($$SELECT n, due FROM told WHERE NOT oncall.is_open(hours, due - interval '15 minutes', zone, holidays)$$,
	'the last quarter of an hour is worked');
SELECT is_empty($$
	SELECT t.n FROM told t
	WHERE t.length > '15 minutes' AND oncall_internal.after_working(t.hours, t.zone, CASE WHEN t.with_calendar THEN (SELECT calendar_id FROM oncall.calendar WHERE name = 'some days off') END,
		oncall_internal.after_working(t.hours, t.zone, CASE WHEN t.with_calendar THEN (SELECT calendar_id FROM oncall.calendar WHERE name = 'some days off') END, t.begins, '15 minutes'),
		t.length - interval '15 minutes') <> t.due$$, 'a part, and what is left, come to the same');
SELECT cmp_ok((SELECT count(*) FROM told WHERE due > begins + interval '3 days')::int, '>', :cases / 10, 'many take days');
SELECT * FROM finish();
ROLLBACK;
