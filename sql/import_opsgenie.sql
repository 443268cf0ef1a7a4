--
-- Schedules of Opsgenie and Jira Service Management: rows of the reader, the roster and
-- the report of an import
--
-- Tests: read_opsgenie import_parts
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\set weekly `cat "$PG_ABS_SRCDIR/test/data/import/opsgenie-1-weekly.json"`
\set account `cat "$PG_ABS_SRCDIR/test/data/import/opsgenie-2-account.json"`
\set all `cat "$PG_ABS_SRCDIR/test/data/import/opsgenie-3-all.json"`
\set timeline `cat "$PG_ABS_SRCDIR/test/data/import/opsgenie-4-timeline.json"`
\set jsm `cat "$PG_ABS_SRCDIR/test/data/import/jsm-5-timeline.json"`
\set jsm_expected `cat "$PG_ABS_SRCDIR/test/data/import/jsm-5-timeline.expected.json"`
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- An answer of the API: one rotation of one person.
SELECT rotation, kind, rank, people, cadence, hours, valid, note FROM oncall.read_opsgenie(:'weekly');
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'weekly', make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');

-- A file of a backup: hours by one span of the week, turns that are nobody's and a
-- team's, a rotation that is over, no overrides.
SELECT rotation, kind, rank, people, cadence, hours, valid, note FROM oncall.read_opsgenie(:'account');
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'account', make_people => true) WHERE level <> 'info' AND what <> 'import';
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'account', make_people => true, go_on => true) WHERE what = 'rotation';
SELECT rotation, person, period FROM oncall.roster('[2124-02-07 06:00, 2124-03-06 06:00)') WHERE rotation LIKE 'Platform%' AND person IS NOT NULL ORDER BY period, rotation;

-- Schedules, overrides, users and a timeline together, as several answers give them.
SELECT rotation, zone, kind, rank, people, cadence, hours, valid, note FROM oncall.read_opsgenie(:'all');
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'all', make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'all', make_people => true, go_on => true) WHERE what IN ('comparison', 'difference', 'rotation');
SELECT rotation, person, period FROM oncall.roster('[2126-01-05, 2126-01-19)') WHERE rotation LIKE 'Shop%' AND person IS NOT NULL ORDER BY rotation, period;
-- Two schedules, of which only one has overrides; the second in the answer for one that stands in the schedule; an override of
-- which nobody can tell whose it is; names that meet those of twins.
SELECT r.rotation, r.kind, r.people, r.valid, r.note FROM oncall.read_opsgenie($$[
	{"schedule": {"id": "S1", "name": "One", "timezone": "UTC",
		"rotations": [{"id": "R1", "name": "a", "startDate": "2126-01-07T08:00:00Z", "type": "weekly",
			"participants": [{"username": "ann@example.org"}]}]},
		"overrides": [{"alias": "o1", "user": {"username": "ben@example.org"},
			"startDate": "2126-01-08T08:00:00Z", "endDate": "2126-01-08T09:00:00Z"}]},
	{"schedule": {"id": "S2", "name": "Two", "timezone": "UTC",
		"rotations": [{"id": "R2", "name": "a", "startDate": "2126-01-07T08:00:00Z", "type": "weekly",
			"participants": [{"username": "ann@example.org"}]}]}},
	{"id": "S3", "name": "Three", "timezone": "UTC",
		"overrides": [{"alias": "o3", "user": {"username": "cho@example.org"},
			"startDate": "2126-01-08T08:00:00Z", "endDate": "2126-01-08T09:00:00Z"}],
		"rotations": [{"id": "R3", "name": "a", "startDate": "2126-01-07T08:00:00Z", "type": "weekly", "participants": [{"username": "ann@example.org"}]},
			{"id": "R4", "name": "a", "startDate": "2126-01-07T08:00:00Z", "type": "weekly", "participants": [{"username": "ben@example.org"}]},
			{"id": "R5", "name": "a 2", "startDate": "2126-01-07T08:00:00Z", "type": "weekly", "participants": [{"username": "cho@example.org"}]}]},
	{"alias": "whose", "user": {"username": "cho@example.org"}, "startDate": "2126-01-08T08:00:00Z", "endDate": "2126-01-08T09:00:00Z"}]$$) r;
-- the same parts one after another, as jq -s makes them
WITH parts AS (SELECT jsonb_agg(e.value) AS doc FROM jsonb_each(:'all'::jsonb) e),
	together AS (SELECT r::text FROM oncall.read_opsgenie(:'all') r),
	apart AS (SELECT r::text FROM parts, oncall.read_opsgenie(parts.doc) r)
SELECT count(*) AS differ FROM ((TABLE together EXCEPT TABLE apart) UNION ALL (TABLE apart EXCEPT TABLE together)) d;

-- Timelines alone: who served.
SELECT rotation, kind, rank, people, valid, note FROM oncall.read_opsgenie(:'timeline');
SELECT level, what, object, detail FROM oncall.import_schedule('opsgenie', :'timeline', make_people => true) r
WHERE r.what NOT IN ('person', 'rules', 'knowledge', 'past', 'not carried', 'change', 'import');
SELECT person, period FROM oncall.roster('[2022-03-21, 2022-04-05)', 'Testing Schedule/Product') WHERE person IS NOT NULL ORDER BY period;
SELECT rotation, kind, rank, people, valid, note FROM oncall.read_opsgenie(:'jsm');
SELECT jsonb_agg(jsonb_build_array(people[1], (extract(epoch FROM upper(valid) - lower(valid)) / 3600)::numeric(10,1)) ORDER BY valid)
	= :'jsm_expected'::jsonb -> 'served_by_people_2025-11-01_to_2026-04-30' AS equal
FROM oncall.read_opsgenie(:'jsm') WHERE kind = 'cover' AND note = 'historical';

-- What cannot be read is one error, which says where, and nothing is written.
CREATE FUNCTION pg_temp.attempt(doc text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; answer text;
BEGIN
	SELECT string_agg(format('%s: %s: %s', r.level, r.what, r.detail), E'\n') INTO answer
	FROM oncall.import_schedule('opsgenie', doc::jsonb, make_people => true) r
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
	FROM (SELECT '{"schedule": {"id": "s", "name": "Broken", "timezone": "Europe/Paris", "enabled": true, "rotations": [
			{"id": "r", "name": "One", "startDate": "2126-01-05T08:00:00Z", "type": "weekly", "length": 1, "participants": [{"type": "user", "id": "u1", "username": "ann@example.org"}],
			 "timeRestriction": {"type": "time-of-day", "restriction": {"startHour": 9, "startMin": 0, "endHour": 17, "endMin": 0}}}]},
		"overrides": [{"alias": "o", "user": {"type": "user", "id": "u2", "username": "ben@example.org"}, "startDate": "2126-01-06T08:00:00Z", "endDate": "2126-01-06T12:00:00Z"}],
		"timeline": {"startDate": "2126-01-05T08:00:00Z", "endDate": "2126-01-05T12:00:00Z", "finalTimeline": {"rotations": [{"id": "r", "name": "One", "periods": [
			{"startDate": "2126-01-05T08:00:00Z", "endDate": "2126-01-05T12:00:00Z", "type": "default", "recipient": {"type": "user", "id": "u1", "name": "ann@example.org"}}]}]}}}'::jsonb AS doc) d
$$;
SELECT path, value, pg_temp.broken(path::text[], value::jsonb) AS answer
FROM (VALUES ('{none}', '{"alias": "x"}'), ('{schedule}', '5'), ('{schedule,name}', '5'), ('{schedule,timezone}', '"Mars/Olympus"'), ('{schedule,timezone}', NULL), ('{schedule,enabled}', 'false'), ('{schedule,enabled}', '"no"'),
	('{schedule,rotations}', '{}'), ('{schedule,rotations}', '[]'), ('{schedule,rotations,0}', '"r"'), ('{schedule,rotations,0,startDate}', NULL), ('{schedule,rotations,0,startDate}', '"2126-01-05"'),
	('{schedule,rotations,0,endDate}', '"2126-01-01T00:00:00Z"'), ('{schedule,rotations,0,type}', '"monthly"'), ('{schedule,rotations,0,length}', '0'), ('{schedule,rotations,0,length}', '"1"'), ('{schedule,rotations,0,length}', '1.5'),
	('{schedule,rotations,0,participants}', '[]'), ('{schedule,rotations,0,participants}', '"ann"'), ('{schedule,rotations,0,participants,0}', '{"type": "user"}'), ('{schedule,rotations,0,participants,0,type}', '7'), ('{schedule,rotations,0,participants,0}', '"ann"'),
	('{schedule,rotations,0,timeRestriction}', '5'), ('{schedule,rotations,0,timeRestriction,type}', '"monthly"'), ('{schedule,rotations,0,timeRestriction,restriction}', NULL), ('{schedule,rotations,0,timeRestriction,restriction,startHour}', '25'),
	('{schedule,rotations,0,timeRestriction,restriction,endHour}', '"5pm"'), ('{schedule,rotations,0,timeRestriction,type}', '"weekday-and-time-of-day"'),
	('{overrides,0,endDate}', '"2126-01-05T00:00:00Z"'), ('{overrides,0,endDate}', NULL), ('{overrides,0,user}', NULL), ('{overrides,0,user,type}', '"team"'), ('{overrides,0,rotations}', '[{"id": "other"}]'), ('{overrides,0,rotations}', '5'), ('{overrides,0}', '5'), ('{overrides}', '[]'),
	('{overrides}', NULL), ('{timeline,endDate}', NULL), ('{timeline,finalTimeline}', '5'), ('{timeline,finalTimeline,rotations,0,periods,0,startDate}', '"soon"'), ('{timeline,finalTimeline,rotations,0,periods,0,recipient}', NULL)) b(path, value);
SELECT pg_temp.attempt('[{"id": "1", "name": "A", "timezone": "UTC", "rotations": []}, {"id": "2", "name": "A ", "timezone": "UTC", "rotations": []}]') AS answer;
SELECT pg_temp.attempt(d) AS answer FROM unnest(ARRAY['[]', '{"data": []}', '{"schedule": {}}', '5', '{"schedule": ', '[[[]]]', '{"data": [{"id": "1", "name": "A", "timezone": "UTC", "rotations": [{"participants": []}]}, {"id": "2", "name": "A", "timezone": "UTC", "rotations": []}]}']) d;
ROLLBACK;
