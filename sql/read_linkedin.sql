-- What schedules of LinkedIn's oncall say
--
-- Tests: read_linkedin
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
\set file :top /test/data/import/linkedin-1-weekly.json
\set doc `cat :'file'`
-- who begins the document does not say: unless told, it cannot be said
SELECT pg_temp.told(r) FROM oncall.read_linkedin(:'doc') r;
SELECT pg_temp.told(r) FROM oncall.read_linkedin(:'doc'::jsonb || '{"since": "2017-02-08"}') r;
\set file :top /test/data/import/linkedin-1-weekly.expected.json
\set expected `cat :'file'`
SELECT jsonb_build_object('starts_local_US/Pacific', jsonb_agg(to_char(lower(t.period) AT TIME ZONE 'US/Pacific', 'YYYY-MM-DD HH24:MI') ORDER BY t.period),
	'length_seconds', min(extract(epoch FROM upper(t.period) - lower(t.period)))) = :'expected' AS as_its_own_test_has_it
FROM oncall.read_linkedin(:'doc'::jsonb || '{"since": "2017-02-08"}') r, generate_series(0, 3) n,
	LATERAL (SELECT oncall.turn_period(r.cadence, n)) t(period) WHERE r.kind = 'layer';
-- with its calendar: the order that it shows, covers where it was edited, a seat a role, days and nights, vacation, addresses
CREATE TABLE event (starts timestamp, ends timestamp, who text, role text);
INSERT INTO event VALUES
	('2017-02-06 10:30', '2017-02-13 10:30', 'ben', 'primary'),
	('2017-02-13 10:30', '2017-02-20 10:30', 'cho', 'primary'),
	('2017-02-20 10:30', '2017-02-22 10:30', 'ben', 'primary'),
	('2017-02-22 10:30', '2017-02-27 10:30', 'ana', 'primary'),
	('2017-02-06 09:00', '2017-02-06 17:00', 'dai', 'secondary'),
	('2017-02-07 09:00', '2017-02-07 17:00', 'dai', 'secondary'),
	('2017-02-13 09:00', '2017-02-13 17:00', 'eve', 'secondary'),
	('2017-02-13 09:00', '2017-02-14 17:00', 'dai', 'vacation'),
	('2017-02-13 09:00', '2017-02-14 17:00', 'fay', 'manager');
CREATE TABLE whole AS SELECT jsonb_build_object('schedules', jsonb_build_array(:'doc'::jsonb,
		jsonb '{"team": "team-foo", "roster": "roster-foo", "role": "secondary", "timezone": "US/Pacific", "scheduler": {"name": "default"},
			"events": [{"start": 118800, "duration": 28800}, {"start": 205200, "duration": 28800}]}',
		jsonb '{"team": "team-foo", "roster": "roster-foo", "role": "secondary", "timezone": "US/Pacific", "scheduler": {"name": "round-robin", "data": ["gil"]}, "id": 7,
			"events": [{"start": 147600, "duration": 57600}]}',
		jsonb '{"team": "team-foo", "roster": "roster-foo", "role": "secondary", "timezone": "US/Pacific", "scheduler": {"name": "round-robin", "data": ["hal"]}, "id": 8,
			"events": [{"start": 147600, "duration": 57600}]}',
		jsonb '{"team": "team-foo", "role": "shadow", "timezone": "US/Pacific", "scheduler": {"name": "round-robin", "data": []}, "events": [{"start": 0, "duration": 604800}]}'),
	'users', jsonb '[{"name": "ana", "full_name": "Ana Doe", "contacts": {"email": "ana@example.org"}}]',
	'events', jsonb_agg(jsonb_build_object('start', extract(epoch FROM starts AT TIME ZONE 'US/Pacific')::bigint,
		'end', extract(epoch FROM ends AT TIME ZONE 'US/Pacific')::bigint, 'user', who, 'role', role, 'team', 'team-foo',
		'schedule_id', CASE role WHEN 'secondary' THEN 6 END) ORDER BY starts, who)) AS doc FROM event;
UPDATE whole SET doc = jsonb_set(doc, '{schedules,1,id}', '6');
SELECT pg_temp.told(r) FROM whole, oncall.read_linkedin(whole.doc) r;
-- turns of two weeks; hours that differ between them
SELECT pg_temp.told(r) FROM oncall.read_linkedin('{"team": "t", "role": "primary", "timezone": "UTC", "since": "2026-01-04", "scheduler": {"name": "round-robin", "data": ["ana", "ben"]},
	"events": [{"start": 118800, "duration": 28800}, {"start": 723600, "duration": 28800}]}') r WHERE r.kind = 'layer';
SELECT pg_temp.told(r) FROM oncall.read_linkedin('{"team": "t", "role": "primary", "timezone": "UTC", "since": "2026-01-04", "scheduler": {"name": "round-robin", "data": ["ana", "ben"]},
	"events": [{"start": 118800, "duration": 28800}, {"start": 723601, "duration": 28800}]}') r WHERE r.kind = 'layer';
SELECT pg_temp.told(r) FROM oncall.read_linkedin('{"team": "t", "role": "primary", "timezone": "UTC", "since": "2026-01-04", "scheduler": {"name": "round-robin", "data": ["ana", "ben"]},
	"events": [{"start": 118800, "duration": 1209600}]}') r WHERE r.kind = 'layer';
-- whoever served by a schedule that is no more
SELECT pg_temp.told(r) FROM oncall.read_linkedin('{"schedules": [{"id": 2, "team": "t", "role": "primary", "timezone": "UTC", "scheduler": {"name": "round-robin", "data": ["ana", "ben"]}, "events": [{"start": 118800, "duration": 604800}]}],
	"events": [{"start": 1767605400, "end": 1767691800, "user": "ana", "role": "primary", "team": "t", "schedule_id": 2}, {"start": 1767691800, "end": 1767778200, "user": "ben", "role": "primary", "team": "t", "schedule_id": 1}]}') r WHERE r.kind = 'note';
-- what is no such document
SELECT oncall.read_linkedin(NULL);
SELECT oncall.read_linkedin('{"a": 1}');
SELECT oncall.read_linkedin('{"scheduler": {}, "role": "primary"}');
SELECT oncall.read_linkedin('{"scheduler": {}, "role": "primary", "team": "t", "timezone": "UTC", "events": [{"start": -1, "duration": 1}]}');
SELECT oncall.read_linkedin('{"schedules": [{"scheduler": {}, "role": "primary", "team": "t", "timezone": "UTC", "events": []}], "events": [{"start": 10, "end": 10, "role": "primary", "user": "x"}]}');
-- the import
UPDATE whole SET doc = jsonb_set(doc, '{schedules}', jsonb_path_query_array(doc, '$.schedules[0 to 1]'));
SELECT concat_ws(' | ', level, what, object, detail) FROM whole, oncall.import_schedule('linkedin', whole.doc, make_people => true, past_reason => 'moved here')
WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'person', 'past', 'change');
SELECT seat, person, period FROM oncall.roster('[2017-02-06, 2017-02-28)', 'team-foo/roster-foo') WHERE person IS NOT NULL AND seat < 3 ORDER BY seat, period;
SELECT p.name, a.period, a.note FROM oncall.absence a JOIN oncall.person p USING (person_id);
ROLLBACK;
