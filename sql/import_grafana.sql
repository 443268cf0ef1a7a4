--
-- Schedules of Grafana OnCall: rows of the reader, the roster and the report of an import
--
-- Tests: read_grafana import_parts
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\set cases `cat "$PG_ABS_SRCDIR/test/data/import/grafana-1-shift-cases.json"`
\set cases_expected `cat "$PG_ABS_SRCDIR/test/data/import/grafana-1-shift-cases.expected.json"`
\set levels `cat "$PG_ABS_SRCDIR/test/data/import/grafana-2-levels.json"`
\set levels_expected `cat "$PG_ABS_SRCDIR/test/data/import/grafana-2-levels.expected.json"`
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- A schedule that lists its shifts has no others, and one that is not there is missed.
SELECT r.rotation, r.kind, r.rank, r.people, r.note FROM oncall.read_grafana('{"schedule": {"id": "S1", "name": "Lists", "type": "calendar", "time_zone": "UTC", "shifts": ["A", "M", "N"]}, "shifts": [
	{"id": "A", "name": "own", "type": "rolling_users", "start": "2126-01-07T00:00:00", "duration": 604800, "frequency": "weekly", "rolling_users": [["Ann"], ["Ben"]]},
	{"id": "B", "name": "another''s", "level": 9, "type": "rolling_users", "start": "2126-01-07T00:00:00", "duration": 604800, "frequency": "weekly", "rolling_users": [["Cho"]]}]}') r;

-- 24 shifts and who is on call on which day, of Grafana's own tests: a schedule each,
-- whose groups are A, B and so on.
CREATE TEMP TABLE shift_case AS
SELECT (c.value ->> 'case')::integer AS n, c.value -> 'shift' AS shift, e.value -> 'on_call_by_day' AS expected,
	jsonb_build_object('schedule', jsonb_build_object('name', 'Case ' || (c.value ->> 'case'), 'type', 'calendar', 'time_zone', 'UTC'),
		'shifts', jsonb_build_array((c.value -> 'shift') || jsonb_build_object('rolling_users', (
			SELECT jsonb_agg(g.people ORDER BY g.n) FROM (
				SELECT s.n, (SELECT jsonb_agg(chr(65 + m)) FROM generate_series(s.ends - s.size, s.ends - 1) m) AS people
				FROM (SELECT g.n, g.size::integer, sum(g.size::integer) OVER (ORDER BY g.n)::integer AS ends
					FROM jsonb_array_elements_text(c.value #> '{shift,groups}') WITH ORDINALITY g(size, n)) s) g)))) AS doc
FROM jsonb_array_elements(:'cases'::jsonb) c JOIN jsonb_array_elements(:'cases_expected'::jsonb) e ON e.value -> 'case' = c.value -> 'case';
SELECT c.n, r.first_seat AS seat, r.people, r.cadence, r.hours, r.valid
FROM shift_case c, oncall.read_grafana(c.doc) r WHERE r.kind = 'layer' ORDER BY c.n, seat;
SELECT c.n, r.kind, r.note FROM shift_case c, oncall.read_grafana(c.doc) r WHERE r.kind = 'note' AND r.note NOT LIKE 'swaps%' ORDER BY c.n;
SELECT r.level, r.what, count(*) FROM shift_case c, oncall.import_schedule('grafana', c.doc, make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import')
GROUP BY r.level, r.what ORDER BY 1, 2;
-- In case 21 their list goes wrong after 14 October: it gives every seventh day to the
-- next, and then one day each to the three after.
WITH theirs AS (
	SELECT c.n, d.key::date AS day, d.value AS people FROM shift_case c, jsonb_each_text(c.expected) d
), ours AS (
	SELECT c.n, lower(h)::date AS day, string_agg(r.person, '' ORDER BY r.person) AS people
	FROM shift_case c,
		oncall.roster(tstzrange((c.shift ->> 'start')::timestamptz, (c.shift ->> 'start')::timestamptz + make_interval(days => (c.shift ->> 'days')::integer)),
			'Case ' || c.n) r,
		generate_series(lower(r.period)::date, upper(r.period)::date, '1 day') d,
		LATERAL (SELECT tstzrange(d, d + '12 hours') * r.period AS h) p
	WHERE r.person IS NOT NULL AND NOT isempty(h) GROUP BY c.n, lower(h)::date
)
SELECT n, count(*) FILTER (WHERE o.people = t.people) AS same,
	string_agg(format('%s: %s, here %s', day, coalesce(t.people, 'nobody'), coalesce(o.people, 'nobody')), '; ' ORDER BY day)
		FILTER (WHERE o.people IS DISTINCT FROM t.people) AS differs
FROM theirs t FULL JOIN ours o USING (n, day) GROUP BY n ORDER BY n;

-- Levels, of which the higher wins, and of which equal ones add up; overrides; what is
-- served is in the document, and the same.
CREATE TEMP TABLE levels AS
SELECT :'levels'::jsonb || jsonb_build_object('final_shifts', (
	SELECT jsonb_agg(jsonb_build_object('user_pk', e.value -> 'user', 'shift_start', (e.value ->> 'start') || 'Z', 'shift_end', (e.value ->> 'end') || 'Z'))
	FROM jsonb_array_elements(:'levels_expected'::jsonb) e WHERE jsonb_typeof(e.value -> 'user') = 'string')) AS doc;
SELECT r.kind, r.rank, r.first_seat AS seat, r.people, r.cadence, r.hours, r.valid, r.note FROM levels, oncall.read_grafana(doc) r;
SELECT r.* FROM levels, oncall.import_schedule('grafana', doc, make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');
SELECT seat, person, period FROM oncall.roster('[2024-03-04, 2024-03-05)', 'Levels') WHERE person IS NOT NULL ORDER BY period, seat;

-- Two schedules in one document, by ids; a group of two; zones; levels with empty
-- turns; shifts that cannot be said.
CREATE TEMP TABLE two AS SELECT '{
	"schedules": {"count": 2, "next": null, "results": [
		{"id": "S1", "name": "Web", "type": "web", "time_zone": "Europe/London"},
		{"id": "S2", "name": "Terraform", "type": "calendar", "time_zone": "Europe/London", "shifts": ["O4", "O5", "O6", "O7", "O8", "O9"], "ical_url_overrides": "https://example.org/o.ics"},
		{"id": "S3", "name": "Feed", "type": "ical", "ical_url_primary": "https://example.org/p.ics"}]},
	"users": {"next": null, "results": [{"id": "U1", "email": "ann@example.org", "username": "Ann", "timezone": "Europe/Paris"},
		{"id": "U2", "email": "ben@example.org", "username": "Ben"}, {"id": "U3", "email": "", "username": "cy"}]},
	"shifts": {"next": "https://example.org/?page=2", "results": [
		{"id": "O1", "schedule": "S1", "name": "pairs", "type": "rolling_users", "level": 1, "time_zone": "UTC", "start": "2126-01-07T00:00:00", "rotation_start": "2126-01-09T09:00:00",
		 "until": "2126-03-01T00:00:00", "duration": 604800, "frequency": "weekly", "interval": 1, "week_start": "MO", "by_day": null,
		 "rolling_users": [["U1", "U2"], ["U3", "U1"]], "start_rotation_from_user_index": 1},
		{"id": "O2", "schedule": "S1", "name": "every other week", "type": "rolling_users", "level": 2, "start": "2126-01-07T09:00:00", "rotation_start": "2126-01-07T09:00:00",
		 "duration": 28800, "frequency": "weekly", "interval": 2, "week_start": "MO", "by_day": ["MO", "TU"], "rolling_users": [["U2"]], "start_rotation_from_user_index": 0},
		{"id": "O3", "schedule": "S1", "type": "override", "start": "2126-01-10T12:00:00", "rotation_start": "2126-01-10T12:00:00", "duration": 3600, "users": ["U3", "U1", "U2"]},
		{"id": "O4", "name": "once", "type": "single_event", "level": 1, "start": "2126-01-08T10:00:00", "duration": 7200, "users": ["U1"]},
		{"id": "O5", "name": "each day", "type": "recurrent_event", "start": "2126-01-07T22:00:00", "duration": 28800, "frequency": "daily", "interval": 1, "by_day": ["FR", "SA"], "users": ["U1", "U2"]},
		{"id": "O6", "name": "in summer", "type": "recurrent_event", "start": "2126-01-07T09:00:00", "duration": 3600, "frequency": "daily", "interval": 1, "by_month": [6, 7], "users": ["U1"]},
		{"id": "O7", "name": "overlapping", "type": "rolling_users", "start": "2126-01-07T09:00:00", "duration": 172800, "frequency": "daily", "interval": 1, "rolling_users": [["U1"], ["U2"]], "start_rotation_from_user_index": 0},
		{"id": "O8", "name": "five hours of eight", "type": "rolling_users", "start": "2126-01-07T09:00:00", "duration": 18000, "frequency": "hourly", "interval": 9, "rolling_users": [["U1"], ["U2"]], "start_rotation_from_user_index": 0},
		{"id": "O9", "name": "nobody", "type": "recurrent_event", "start": "2126-01-07T09:00:00", "duration": 3600, "frequency": "daily", "interval": 1, "users": []}]}}'::jsonb AS doc;
SELECT r.rotation, r.kind, r.rank, r.first_seat AS seat, r.seats, r.people, r.cadence, r.hours, r.pairing, r.valid, r.note FROM two, oncall.read_grafana(doc) r;
SELECT r.level, r.what, r.object, r.detail FROM two, oncall.import_schedule('grafana', doc, make_people => true) r WHERE r.level = 'error' AND r.what <> 'import';

-- What cannot be read is one error, which says where, and nothing is written.
CREATE FUNCTION pg_temp.attempt(doc text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; answer text;
BEGIN
	SELECT string_agg(format('%s: %s: %s', r.level, r.what, r.detail), E'\n') INTO answer
	FROM oncall.import_schedule('grafana', doc::jsonb, make_people => true) r
	WHERE r.level <> 'info' AND r.detail NOT LIKE 'nothing was written%';
	RAISE EXCEPTION '%', coalesce(answer, 'imported') USING ERRCODE = 'ZZ001';		-- and undone
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN SQLERRM;
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(E'\n  ', state || ': ' || message, nullif(detail, ''));
END $$;
CREATE FUNCTION pg_temp.broken(path text[], value jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.attempt(CASE WHEN value IS NULL THEN d.doc #- path ELSE jsonb_set(d.doc, path, value) END::text)
	FROM (SELECT '{"schedule": {"id": "S", "name": "Broken", "type": "calendar", "time_zone": "Europe/Paris"},
		"shifts": [{"id": "O1", "name": "One", "type": "rolling_users", "level": 1, "start": "2126-01-07T00:00:00", "rotation_start": "2126-01-07T00:00:00",
			"duration": 43200, "frequency": "weekly", "interval": 1, "week_start": "MO", "by_day": ["MO"], "rolling_users": [["Ann"], ["Ben"]], "start_rotation_from_user_index": 0},
			{"id": "O2", "type": "override", "start": "2126-01-08T00:00:00", "duration": 3600, "users": ["Ann"]}],
		"final_shifts": {"results": [{"user_pk": "Ann", "shift_start": "2126-01-07T23:00:00Z", "shift_end": "2126-01-08T00:00:00Z"}]}}'::jsonb AS doc) d
$$;
SELECT path, value, pg_temp.broken(path::text[], value::jsonb) AS answer
FROM (VALUES ('{none}', '1'), ('{schedule,name}', '5'), ('{schedule,time_zone}', '"Mars/Olympus"'), ('{shifts}', '5'), ('{shifts}', '{"results": 5}'), ('{shifts}', '[]'),
	('{shifts,0}', '"O1"'), ('{shifts,0,type}', NULL), ('{shifts,0,start}', '"soon"'), ('{shifts,0,start}', NULL), ('{shifts,0,rotation_start}', '7'), ('{shifts,0,until}', '"2125-01-01T00:00:00"'),
	('{shifts,0,duration}', '"1 h"'), ('{shifts,0,duration}', '61'), ('{shifts,0,duration}', '0'), ('{shifts,0,duration}', '1e30'), ('{shifts,0,frequency}', '"yearly"'), ('{shifts,0,frequency}', NULL),
	('{shifts,0,interval}', '-1'), ('{shifts,0,by_day}', '"MO"'), ('{shifts,0,by_day}', '["1MO"]'), ('{shifts,0,level}', '"high"'), ('{shifts,0,time_zone}', '"Nowhere"'),
	('{shifts,0,rolling_users}', '["Ann"]'), ('{shifts,0,rolling_users}', '[]'), ('{shifts,0,rolling_users}', '[[]]'), ('{shifts,0,rolling_users}', '[[1]]'), ('{shifts,0,start_rotation_from_user_index}', '7'),
	('{shifts,1,users}', '"Ann"'), ('{shifts,1,users}', '[]'), ('{shifts,1,duration}', NULL), ('{shifts,1,start}', '"2126-13-01T00:00:00"'),
	('{users}', '["Ann"]'), ('{final_shifts,results,0,shift_end}', '"2126-01-07T00:00:00Z"'), ('{final_shifts}', '"none"'), ('{final_shifts,results}', '[5]')) b(path, value);
SELECT pg_temp.attempt(d) AS answer FROM unnest(ARRAY['[]', '{"shifts": []}', '{"schedule": {"type": "web"}, "shifts": []}', '5', '{"schedule": ', '[[{"shifts": []}]]']) d;
ROLLBACK;
