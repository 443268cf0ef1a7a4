--
-- Schedules of GoAlert: rows of the reader, the roster and the report of an import
--
-- Tests: read_goalert import_parts
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\set doc `cat "$PG_ABS_SRCDIR/test/data/import/goalert-1-day-and-night.json"`
\set expected `cat "$PG_ABS_SRCDIR/test/data/import/goalert-1-day-and-night.expected.json"`
\set handoffs `cat "$PG_ABS_SRCDIR/test/data/import/goalert-3-handoffs.json"`
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- Two rotations by day and by night: whose turn it is stands in the document.
SELECT rotation, kind, rank, first_seat AS seat, people, cadence, hours, valid, note FROM oncall.read_goalert(:'doc');
SELECT level, what, object, detail FROM oncall.import_schedule('goalert', :'doc', make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');
WITH expected AS (
	SELECT e ->> 0 AS person, tstzrange((e ->> 1)::timestamptz, (e ->> 2)::timestamptz) AS period
	FROM jsonb_array_elements(:'expected'::jsonb -> 'shifts') e
), roster AS (
	SELECT r.person, r.period
	FROM oncall.roster(tstzrange((:'expected'::jsonb ->> 'from')::timestamptz, (:'expected'::jsonb ->> 'until')::timestamptz), 'Day and night') r
)
SELECT (SELECT count(*) FROM expected) AS expected, (SELECT count(*) FROM roster) AS found,
	(SELECT count(*) FROM (SELECT * FROM expected EXCEPT SELECT * FROM roster) d) AS missing;

-- Handovers around changes of the clock: GoAlert takes the first pass of an hour
-- that comes twice, and the end of one that is left out; PostgreSQL the second,
-- and as far beyond the gap as the time lay in it.
WITH list AS (
	SELECT l.ordinality AS n, l.value ->> 'type' AS type, l.value ->> 'zone' AS zone,
		oncall.cadence((l.value ->> 'start')::timestamp, l.value ->> 'zone',
			((l.value ->> 'shift_length') || CASE l.value ->> 'type' WHEN 'hourly' THEN ' hours' WHEN 'daily' THEN ' days' ELSE ' months' END)::interval) AS cadence,
		(SELECT array_agg(h::timestamptz ORDER BY h::timestamptz) FROM jsonb_array_elements_text(l.value -> 'handoffs') h) AS theirs
	FROM jsonb_array_elements(:'handoffs'::jsonb) WITH ORDINALITY l
)
SELECT n, cadence, d.furthest = '0' AS same, d.furthest, d.on_day
FROM list, LATERAL (
	SELECT max(near.distance) AS furthest, min((near.at AT TIME ZONE zone)::date) FILTER (WHERE near.distance > '0') AS on_day
	FROM (
		SELECT t.at, min(greatest(t.at - h, h - t.at)) AS distance
		FROM unnest(theirs) t(at), oncall.handovers(cadence, tstzrange(theirs[1] - '1 day'::interval, theirs[cardinality(theirs)] + '1 day')) h
		GROUP BY t.at
	) near) d
ORDER BY n;

-- A schedule with all that there is: rules that overlap, and that have one target;
-- a rotation that hands over by another clock; overrides that add, replace and
-- remove; a temporary schedule; who was on call.
\set doc `cat "$PG_ABS_SRCDIR/test/data/import/goalert-2-everything.json"`
SELECT kind, rank, first_seat AS seat, people, cadence, hours, valid, note FROM oncall.read_goalert(:'doc');
SELECT level, what, object, detail FROM oncall.import_schedule('goalert', :'doc', make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');
SELECT seat, person, period, cover_id IS NOT NULL AS cover FROM oncall.roster('[2126-09-03, 2126-09-16)', 'Shop') WHERE person IS NOT NULL ORDER BY period, seat;
-- undone, nothing of it is left
SELECT FROM oncall.undo((SELECT max(change_id) FROM oncall.change));
SELECT count(*) FROM oncall.roster('[2126-09-03, 2126-09-16)', 'Shop') WHERE person IS NOT NULL;

-- What cannot be read is one error, which says where, and nothing is written.
CREATE FUNCTION pg_temp.attempt(doc text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; answer text;
BEGIN
	SELECT string_agg(format('%s: %s: %s', r.level, r.what, r.detail), E'\n') INTO answer
	FROM oncall.import_schedule('goalert', doc::jsonb, make_people => true) r
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
	FROM (SELECT '{"schedule": {"name": "Broken", "time_zone": "Europe/Paris"},
		"rotations": [{"id": "r", "name": "R", "type": "daily", "shift_length": 1, "start_time": "2126-01-01T08:00:00Z", "time_zone": "Europe/Paris",
			"participants": ["Ann", "Ben"], "state": {"position": 0, "shift_start": "2126-01-05T08:00:00Z"}}],
		"rules": [{"days": "1111111", "start": "00:00", "end": "00:00", "tgt_rotation_id": "r"}],
		"overrides": [{"start_time": "2126-01-06T00:00:00Z", "end_time": "2126-01-07T00:00:00Z", "add_user_id": "Ann", "remove_user_id": "Ben"}]}'::jsonb AS doc) d
$$;
SELECT path, value, pg_temp.broken(path::text[], value::jsonb) AS answer
FROM (VALUES ('{schedule}', NULL), ('{schedule,name}', NULL), ('{schedule,name}', '5'), ('{schedule,time_zone}', '"Mars/Olympus"'),
	('{rotations}', '{}'), ('{rotations,0,type}', '"fortnightly"'), ('{rotations,0,shift_length}', '"1"'), ('{rotations,0,shift_length}', '0'),
	('{rotations,0,start_time}', '"yesterday"'), ('{rotations,0,start_time}', '"2126-02-30T08:00:00Z"'), ('{rotations,0,participants}', '[]'), ('{rotations,0,participants}', '"Ann"'),
	('{rotations,0,state}', NULL), ('{rotations,0,state,position}', '"first"'), ('{rotations,0,state,shift_start}', 'null'), ('{rotations,0,id}', '"other"'),
	('{rotations,0,time_zone}', '"Nowhere"'), ('{rotations,0}', '"r"'),
	('{rules,0,days}', '"11"'), ('{rules,0,start}', '"25:00"'), ('{rules,0,end}', '900'), ('{rules,0,tgt_rotation_id}', 'null'), ('{rules}', '[]'),
	('{overrides,0,end_time}', '"2126-01-05T00:00:00Z"'), ('{overrides,0,end_time}', NULL), ('{overrides,0}', '[]'), ('{overrides,0,add_user_id}', '"<script>alert(1)</script>"')) b(path, value);
SELECT pg_temp.attempt(d) AS answer FROM unnest(ARRAY['[]', '{}', '5', 'null', '{"schedule": ', '[[[]]]', '{"schedule_layers": []}']) d;
SELECT oncall.read_goalert(NULL);
ROLLBACK;
