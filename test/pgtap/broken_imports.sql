-- Documents of other systems with something broken in each place: a reader
-- makes rows of them, or says in one error (22023) what is wrong where, and an
-- import never stops halfway.
--
-- Tests: import_rows read_ilert read_zenduty read_splunk read_incident_io read_linkedin read_shifts
\set schema broken_imports
\ir start.psql
SELECT plan(7);

CREATE TABLE document (source text, name text, doc jsonb);
\set doc `cat test/data/import/ilert-1-layers.json`
INSERT INTO document VALUES ('ilert', 'ilert', :'doc');
INSERT INTO document SELECT source, 'ilert, whole', doc || '{"users": [{"id": 1, "email": "ana@example.org", "firstName": "Ana"}],
	"shifts": [{"user": {"id": 1}, "start": "2022-08-29T09:00:00", "end": "2022-09-29T09:00:00Z"}],
	"overrides": [{"user": {"id": 1}, "start": "2022-08-29T09:00:00", "end": "2022-09-29T09:00:00Z"}]}' FROM document WHERE name = 'ilert';
\set doc `cat test/data/import/zenduty-1-layers.json`
INSERT INTO document VALUES ('zenduty', 'zenduty', :'doc');
\set doc `cat test/data/import/splunk-1-rotations.json`
INSERT INTO document SELECT 'splunk', 'splunk', jsonb_set(d.doc, '{rotations,0,shifts,0,periods}',
	'[{"start": "2024-04-23T13:00:00Z", "end": "2024-04-30T13:00:00Z", "username": "ana"}]') || '{"users": [{"username": "ana", "email": "ana@example.org", "firstName": "Ana"}]}'
FROM (SELECT :'doc'::jsonb) d(doc);
\set doc `cat test/data/import/incident_io-2-versions.json`
INSERT INTO document SELECT 'incident_io', 'incident.io', d.doc || '{"users": [{"id": "u1", "email": "ana@example.org", "name": "Ana"}], "schedule_entries": {
	"final": [{"rotation_id": "r1", "layer_id": "primary", "user": {"id": "u1"}, "start_at": "2024-05-14T12:54:13Z", "end_at": "2024-05-15T12:54:13Z"}],
	"overrides": [{"rotation_id": "r1", "layer_id": "primary", "user": null, "start_at": "2024-05-14T12:54:13Z", "end_at": "2024-05-15T12:54:13Z"}]}}'
FROM (SELECT :'doc'::jsonb) d(doc);
INSERT INTO document VALUES ('incident_io', 'incident.io, third version', '{"schedule": {"name": "Team", "timezone": "Europe/London"},
	"rotations": [{"id": "1", "name": "pair", "users": ["A", "NOBODY"], "first_interval_starts_at": "2024-01-08T09:00:00Z", "concurrent_shifts": 2,
		"handovers": [{"interval": 1, "interval_type": "daily"}, {"interval": 3, "interval_type": "daily"}],
		"working_intervals": [{"weekday": "friday", "start_time": "22:00", "end_time": "06:00"}]},
	{"id": "2", "name": "fair", "scheduling_mode": "fair", "users": ["A"]}]}');
\set doc `cat test/data/import/linkedin-1-weekly.json`
INSERT INTO document SELECT 'linkedin', 'linkedin', jsonb_build_object('schedules', jsonb_build_array(d.doc), 'since', '2017-01-01',
	'users', '[{"name": "ana", "full_name": "Ana", "contacts": {"email": "ana@example.org"}}]'::jsonb,
	'events', '[{"start": 1486405800, "end": 1487010600, "user": "ana", "role": "primary", "team": "team-foo"}, {"start": 1486405800, "end": 1487010600, "user": "ana", "role": "vacation"}]'::jsonb)
FROM (SELECT :'doc'::jsonb) d(doc);
INSERT INTO document VALUES ('shifts', 'shifts', '{"name": "R", "timezone": "UTC", "year": 2025, "shifts": [{"week": 1, "seat": 2, "who": "Ana"}, {"week": "2026-W02", "who": "Ana"},
	{"starts": "2025-01-13", "who": "Cho", "rotation": "Q"}, {"starts": "2025-01-14T09:00:00", "ends": "2025-01-14T10:00:00", "zone": "Asia/Tokyo", "who": "Cho"}]}');

CREATE FUNCTION outcome(source text, doc jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	number integer;
BEGIN
	EXECUTE format('SELECT count(*) FROM oncall.read_%s($1)', source) INTO number USING doc;
	RETURN CASE WHEN number > 0 THEN 'rows' ELSE 'nothing' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || CASE WHEN SQLSTATE = '22023' AND SQLERRM ~ '(must|is no document|two )' THEN '' ELSE ': ' || SQLERRM END;
END
$$;

SELECT set_eq($$ SELECT DISTINCT outcome(source, doc) FROM document $$, ARRAY['rows'], 'documents that are whole are read');

-- every place of every document, missing or something else
CREATE TABLE place AS
WITH RECURSIVE part (name, path, value) AS (
	SELECT d.name, '{}'::text[], d.doc FROM document d
	UNION ALL
	SELECT p.name, p.path || c.key, c.value
	FROM part p, LATERAL (
		SELECT e.key, e.value FROM jsonb_each(CASE jsonb_typeof(p.value) WHEN 'object' THEN p.value ELSE '{}' END) e
		UNION ALL
		SELECT (e.number - 1)::text, e.value FROM jsonb_array_elements(CASE jsonb_typeof(p.value) WHEN 'array' THEN p.value ELSE '[]' END)
			WITH ORDINALITY e(value, number)) c)
SELECT p.name, p.path FROM part p WHERE p.path <> '{}';
CREATE TABLE broken AS
SELECT d.source, d.name, p.path, b.value, CASE WHEN b.value IS NULL THEN d.doc #- p.path ELSE jsonb_set(d.doc, p.path, b.value) END AS doc
FROM document d JOIN place p USING (name), unnest(ARRAY['null', '"2024-13-45T99:00:00Z"', '-1', '[[]]', NULL]::jsonb[]) b(value);
SELECT cmp_ok(count(*), '>', 2000::bigint, 'thousands of documents are broken in one place') FROM broken;
CREATE TABLE result AS SELECT b.*, outcome(b.source, b.doc) AS outcome FROM broken b;
SELECT is_empty($$ SELECT name, path, value, outcome FROM result WHERE outcome NOT IN ('rows', 'nothing', '22023') $$,
	'they are read, or refused with what is wrong and where');
SELECT is_empty($$ SELECT name FROM document EXCEPT SELECT name FROM result WHERE outcome = '22023' $$, 'some of each are refused');

-- names are only names, and deep documents are read no deeper than they need be
SELECT is((SELECT r.people[1] FROM document d, oncall.read_zenduty(jsonb_set(d.doc, '{layers,0,users,0}', '"<script>alert(1)</script>''; DROP TABLE x; --"')) r
	WHERE d.name = 'zenduty' AND r.kind = 'layer' LIMIT 1), '<script>alert(1)</script>''; DROP TABLE x; --', 'a script in a name is part of the name');
SELECT is((SELECT count(*) FROM document d, oncall.read_zenduty(d.doc || jsonb_build_object('extra', (repeat('{"a":[', 500) || repeat(']}', 500))::jsonb)) r
	WHERE d.name = 'zenduty'), (SELECT count(*) FROM document d, oncall.read_zenduty(d.doc) r WHERE d.name = 'zenduty'), 'what is nested deep is passed over');

-- an import writes all, or reports an error and writes nothing
CREATE FUNCTION half(source text, doc jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	refused boolean;
	before CONSTANT bigint := (SELECT count(*) FROM oncall.rotation) + (SELECT count(*) FROM oncall.person);
	after bigint;
BEGIN
	SELECT bool_or(r.level = 'error') INTO refused FROM oncall.import_schedule(source, doc, make_people => true, past_reason => 'test') r;
	after := (SELECT count(*) FROM oncall.rotation) + (SELECT count(*) FROM oncall.person);
	RAISE EXCEPTION USING ERRCODE = 'TEST1', MESSAGE = CASE WHEN refused = (after > before) THEN format('refused: %s, written: %s', refused, after - before) ELSE '' END;
EXCEPTION
	WHEN SQLSTATE 'TEST1' THEN
		RETURN nullif(SQLERRM, '');
	WHEN OTHERS THEN
		RETURN SQLSTATE || ': ' || SQLERRM;
END
$$;
SELECT is_empty($$
	SELECT b.name, b.path, b.value, half(b.source, b.doc)
	FROM (SELECT r.*, row_number() OVER (PARTITION BY r.name, r.outcome ORDER BY md5(r.path::text || coalesce(r.value::text, ''))) AS number FROM result r) b
	WHERE b.number <= 5 AND half(b.source, b.doc) IS NOT NULL
$$, 'an import of some of them is whole, or none');

SELECT * FROM finish();
ROLLBACK;
