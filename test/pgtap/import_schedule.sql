-- Rotas of PagerDuty, imported: what its own examples and others' say, reports,
-- and what documents get that cannot be read.
--
-- Tests: import_schedule, import_rows, read_pagerduty, read_pagerduty_v3

\set schema importing
\ir start.psql
SELECT plan(95);

\set daily `cat test/data/import/pagerduty_daily.json`
\set office `cat test/data/import/pagerduty_office_hours.json`
\set eleven `cat test/data/import/pagerduty_eleven_layers.json`
\set all_hours `cat test/data/import/pagerduty_all_hours.json`
\set override `cat test/data/import/pagerduty_override_four_times.json`
\set v1 `cat test/data/import/pagerduty_v1.json`
\set v3 `cat test/data/import/pagerduty_v3.json`
CREATE TABLE doc (name text PRIMARY KEY, source text NOT NULL, doc jsonb NOT NULL);
INSERT INTO doc VALUES ('daily', 'pagerduty', :'daily'), ('office', 'pagerduty', :'office'), ('eleven', 'pagerduty', :'eleven'),
	('all hours', 'pagerduty', :'all_hours'), ('override', 'pagerduty', :'override'), ('v1', 'pagerduty', :'v1'), ('v3', 'pagerduty_v3', :'v3');
CREATE FUNCTION doc(name text) RETURNS jsonb LANGUAGE sql STABLE RETURN (SELECT d.doc FROM doc d WHERE d.name = doc.name);
-- who is on call, in whatever layer
CREATE FUNCTION duty(rotation text, during tstzrange) RETURNS TABLE (period tstzrange, person text) LANGUAGE sql STABLE AS $$
	SELECT unnest(range_agg(r.period)), r.person FROM oncall.roster(during, rotation) r WHERE r.person IS NOT NULL GROUP BY r.person ORDER BY 1 $$;
-- what a report says, in short
CREATE FUNCTION import(doc jsonb, source text DEFAULT 'pagerduty', people jsonb DEFAULT '{}', zones jsonb DEFAULT '{}',
	make_people boolean DEFAULT true, go_on boolean DEFAULT false, past_reason text DEFAULT NULL, wanted text DEFAULT '.')
RETURNS SETOF text LANGUAGE sql AS $$
	SELECT format('%s %s [%s]: %s', r.level, r.what, r.object, r.detail)
	FROM oncall.import_schedule(source, doc, people, zones, make_people, go_on, past_reason) r
	WHERE r.what NOT IN ('rules', 'knowledge', 'not carried', 'change') AND r.level || ' ' || r.what ~ wanted $$;

-- a schedule of one layer, turns of a week
CREATE FUNCTION simple(name text, users text[], zone text DEFAULT 'Europe/London', more jsonb DEFAULT '{}', layer jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql RETURN
	jsonb_build_object('schedule', jsonb_build_object('name', name, 'time_zone', zone, 'overrides', '[]'::jsonb, 'schedule_layers', jsonb_build_array(
		jsonb_build_object('name', 'Week', 'start', '2026-01-05T09:00:00Z', 'rotation_virtual_start', '2026-01-05T09:00:00Z', 'rotation_turn_length_seconds', 604800,
			'users', (SELECT jsonb_agg(jsonb_build_object('user', jsonb_build_object('id', 'P' || u, 'summary', u))) FROM unnest(users) u)) || layer)) || more);

-- The examples ------------------------------------------------------------

SELECT results_eq($$SELECT kind, people, cadence::text, hours::text, valid::text, note FROM oncall.read_pagerduty(doc('daily')) WHERE kind <> 'note'$$,
	$$VALUES ('layer', '{Ana}'::text[], 'R/2015-11-06T20:00[America/New_York]/P1D', 'Mo-Su 08:00-17:00', '["2015-11-07 02:00:00+00",)', 'Layer 1'),
		('shown', '{Ana}', NULL, NULL, '["2015-11-10 13:00:00+00","2015-11-10 22:00:00+00")', NULL)$$, 'PagerDuty''s own example is read');
SELECT results_eq($$SELECT import(doc('daily'))$$, $$VALUES
	('warning overrides [Daily Rotation]: the document has none; fetch /schedules/ID/overrides?since=...&until=... and put its list beside the layers, as "overrides"'),
	('info person [Ana]: made; look at the zone, America/New_York, and at the working hours, which were guessed'),
	('info comparison [Daily Rotation]: 9 hours were compared with what the document shows: no difference'),
	('info rotation [Daily Rotation]: made in America/New_York; layers: 1, covers: 0, people: 1; seats: primary')$$, 'its import is reported');
SELECT results_eq($$SELECT * FROM duty('Daily Rotation', '[2015-11-09 12:00, 2015-11-11)')$$,
	$$VALUES ('[2015-11-09 08:00-05, 2015-11-09 17:00-05)'::tstzrange, 'Ana'), ('[2015-11-10 08:00-05, 2015-11-10 17:00-05)', 'Ana')$$,
	'and its roster is as shown');
SELECT results_eq($$SELECT import(doc('office'), wanted => 'warning|error')$$, $$SELECT NULL::text WHERE false$$, 'office hours are imported without a warning');
SELECT results_eq($$SELECT * FROM duty('In Hours Rota', '[2018-06-28, 2018-07-03)')$$, $$VALUES
	('[2018-06-28 09:25:42+01, 2018-06-28 18:00+01)'::tstzrange, 'Ana'), ('[2018-06-29 09:00+01, 2018-06-29 18:00+01)', 'Ana'),
	('[2018-07-02 09:00+01, 2018-07-02 18:00+01)', 'Ana')$$, 'from Monday to Friday');
SELECT results_eq($$SELECT rank, hours::text, cadence::text FROM oncall.read_pagerduty(doc('eleven'))$$, $$VALUES
	(10, 'Mo 00:00-12:00', 'R/2023-02-18T00:00[Europe/London]/P1D'), (9, 'Mo-Th 00:00-24:00; Fr 00:00-16:00', 'R/2023-02-18T16:00[Europe/London]/P1D'),
	(8, 'Mo-Su 09:00-17:00', 'R/2023-02-21T11:00[Europe/London]/PT7H'), (7, 'Mo-Th 00:00-24:00', 'R/2023-02-21T11:00[Europe/London]/PT7H'),
	(6, 'Mo-Th 00:00-24:00', 'R/2023-02-21T11:00[Europe/London]/P1D'), (5, 'Mo-Su 09:00-17:00', 'R/2023-02-21T11:00[Europe/London]/P7D'),
	(4, 'Mo-Th 00:00-24:00; Fr 00:00-01:00', 'R/2023-02-21T11:00[Europe/London]/PT7H'), (3, 'Mo-Su 00:00-18:00', 'R/2023-02-21T10:00[Europe/London]/PT7H'),
	(2, 'Mo-Th 00:00-24:00; Fr 00:00-17:00', 'R/2023-02-21T13:00[Europe/London]/P1D'), (1, 'Mo-Su 09:00-11:00', 'R/2023-02-20T10:00[Europe/London]/P7D'),
	(0, 'Mo-Su 09:00-17:00', 'R/2023-02-15T12:00[Europe/London]/P7D')$$, 'eleven layers that others refuse are read');
SELECT results_eq($$SELECT import(doc('eleven'), wanted => 'warning|error')$$, $$
	SELECT format('warning clock [Hard layers]: turns of layer "Layer %s" follow the clock on the wall: on the days on which Europe/London changes it, one is an hour longer or shorter', n)
	FROM unnest('{9,8,5,4}'::int[]) WITH ORDINALITY n(n, place) ORDER BY place$$, 'and imported, with a word on their turns of hours');
SELECT results_eq($$SELECT * FROM duty('Hard layers', '[2023-02-27, 2023-03-04)')$$, $$VALUES
	('[2023-02-27, 2023-02-27 12:00)'::tstzrange, 'Ana'), ('[2023-02-27 12:00, 2023-02-27 16:00)', 'Cho'), ('[2023-02-27 16:00, 2023-02-28 16:00)', 'Ana'),
	('[2023-02-28 16:00, 2023-03-01 16:00)', 'Ben'), ('[2023-03-01 16:00, 2023-03-02 16:00)', 'Cho'), ('[2023-03-02 16:00, 2023-03-03 17:00)', 'Ana'),
	('[2023-03-03 17:00, 2023-03-03 18:00)', 'Cho')$$, 'the first wins that is open');
SELECT results_eq($$SELECT import(doc('all hours'), wanted => 'error')$$, $$SELECT NULL::text WHERE false$$, 'layers without restrictions are imported');
SELECT results_eq($$SELECT * FROM duty('No restrictions', '[2023-02-19 18:00, 2023-03-07 19:00)')$$, $$VALUES
	('[2023-02-19 18:08:11, 2023-02-21 19:00)'::tstzrange, 'Ana'), ('[2023-02-21 19:00, 2023-03-07 19:00)', 'Ben')$$, 'turns are counted from the virtual start');
SELECT results_eq($$SELECT import(doc('override'), wanted => 'warning|error|past|rotation')$$, $$VALUES
	('info rotation [Overrides]: made in Europe/London; layers: 0, covers: 1, people: 1; seats: primary'),
	('info past [Overrides]: covers that are over: 1; they came along; a past_reason would say why, and bring what the document shows of the past')$$, 'an override that is listed four times is one');
SELECT results_eq($$SELECT * FROM duty('Overrides', '[2023-03-02, 2023-03-03)')$$,
	$$VALUES ('[2023-03-02 11:00, 2023-03-02 12:00)'::tstzrange, 'Ana')$$, 'though there is no layer');
SELECT is_empty($$SELECT FROM oncall.on_call('Overrides', '2023-03-02 11:30', now() - interval '1 day') o WHERE o IS NOT NULL$$, 'whom one believed to be on call before is not known');
SELECT results_eq($$SELECT import(doc('v1'), wanted => 'warning|error|zone|person')$$, $$VALUES
	('warning overrides [Primary]: the document has none; fetch /schedules/ID/overrides?since=...&until=... and put its list beside the layers, as "overrides"'),
	('info zone [Primary]: "Eastern Time (US & Canada)" is read as America/New_York')$$, 'an export of the old API, with names of zones of the time: people are matched by name');
SELECT results_eq($$SELECT * FROM duty('Primary', '[2013-02-26 05:00, 2013-02-28 05:00)')$$, $$VALUES
	('[2013-02-26 00:00-05, 2013-02-26 12:00-05)'::tstzrange, 'Ana'), ('[2013-02-26 12:00-05, 2013-02-27 00:00-05)', 'Cho'),
	('[2013-02-27 00:00-05, 2013-02-27 12:00-05)', 'Ben'), ('[2013-02-27 12:00-05, 2013-02-28 00:00-05)', 'Cho')$$, 'its priority is a number, the highest wins');
SELECT results_eq($$SELECT import(doc('v3'), 'pagerduty_v3', people => '{"P000001": "Ana", "P000002": "ben"}', wanted => 'warning|error|seats|rotation$')$$, $$VALUES
	('warning people []: the document names them by id only; fetch /users and put its list beside the schedule, as "users"'),
	('warning comparison [Shift based/Weekly On-Call]: 168 of 168 hours differ from what the document shows, all seats together'),
	('warning difference [Shift based/Weekly On-Call]: 2025-01-06 04:00 to 2025-01-13 04:00 [America/New_York]: the document shows Ana, the roster nobody'),
	('info seats [Shift based/All-Hands Coverage]: the 2 members of event "All-Hands Coverage" serve all at once, in a seat each'),
	('info rotation [Shift based/Weekly On-Call]: made in America/New_York; layers: 1, covers: 0, people: 2; seats: primary'),
	('info rotation [Shift based/All-Hands Coverage]: made in UTC; layers: 2, covers: 0, people: 2; seats: primary, secondary')$$,
	'shift-based schedules: a rotation each; what the document shows of the time before they begin differs');
SELECT results_eq($$SELECT * FROM duty('Shift based/Weekly On-Call', '[2025-03-03, 2025-03-24 08:00)')$$, $$VALUES
	('[2025-03-03 04:00-05, 2025-03-10 04:00-04)'::tstzrange, 'Ana'), ('[2025-03-10 04:00-04, 2025-03-17 04:00-04)', 'Ben'), ('[2025-03-17 04:00-04, 2025-03-24 04:00-04)', 'Ana')$$,
	'a week is a week, also when the clock changes');
SELECT is((SELECT array_agg(z ORDER BY z COLLATE "C") FROM unnest('{UTC,Africa/Casablanca,Europe/London,Asia/Kolkata,Australia/Lord_Howe}'::text[]) z
	WHERE oncall_internal.changes_clocks(z)), '{Africa/Casablanca,Australia/Lord_Howe,Europe/London}', 'zones that change clocks, once a year or for Ramadan');
SELECT results_eq($$SELECT r.seat_name, r.period, r.person FROM oncall.roster('[2025-05-26, 2025-06-09)', 'Shift based/All-Hands Coverage') r WHERE r.person IS NOT NULL$$, $$VALUES
	('primary', '[2025-05-26, 2025-05-27)'::tstzrange, 'Ana'), ('secondary', '[2025-05-26, 2025-05-27)', 'Ben')$$, 'all at once, on Mondays, until June');

SELECT results_eq($$SELECT t.cadence::text, t.hours::text, t.occurrences, t.pause, t.why FROM (VALUES
		(1, timestamp '2025-03-03 09:00', timestamp '2025-03-03 17:00', 'WEEKLY', 2, '{1,3,5}'::int[]), (2, '2025-03-03 09:00', '2025-03-04 09:00', 'WEEKLY', 1, '{1,2,3,4,5}'),
		(3, '2025-03-07 17:00', '2025-03-10 09:00', 'WEEKLY', 2, NULL), (4, '2025-03-07 17:00', '2025-03-08 09:00', 'DAILY', 1, NULL), (5, '2025-03-07 17:00', '2025-03-09 17:00', 'DAILY', 2, NULL),
		(6, '2025-03-07 09:00', '2025-03-07 21:00', 'HOURLY', 12, NULL), (7, '2025-03-07 17:00', '2025-03-09 17:00', 'WEEKLY', 1, '{1,2}'), (8, '2025-03-07 17:00', '2025-03-09 17:00', 'DAILY', 1, NULL),
		(9, '2025-03-08 09:00', '2025-03-08 17:00', 'WEEKLY', 1, '{1}'),
		(10, '2025-03-05 09:00', '2025-03-05 17:00', 'WEEKLY', 2, '{1,3,6}'), (11, '2025-03-05 09:00', '2025-03-05 17:00', 'WEEKLY', 2, '{1}')) e(number, starts, ends, freq, every, days),
		LATERAL oncall_internal.pagerduty_turns(e.starts, e.ends, 'UTC', e.freq, e.every, e.days, 1) t ORDER BY e.number$$, $$VALUES
	('R/2025-03-03T09:00[UTC]/P2D,P2D,P3D,P7D', 'Mo,We,Fr 09:00-17:00', 3, 3, NULL),
	('R/2025-03-03T09:00[UTC]/P1D,P1D,P1D,P1D,P3D', 'Mo 09:00-24:00; Tu-Fr 00:00-24:00; Sa 00:00-09:00', 5, NULL::int, NULL),
	('R/2025-03-07T17:00[UTC]/P7D', 'Mo 00:00-09:00; Fr 17:00-24:00; Sa,Su 00:00-24:00', 1, 1, NULL), ('R/2025-03-07T17:00[UTC]/P1D', 'Mo-Su 00:00-09:00,17:00-24:00', 1, NULL, NULL),
	('R/2025-03-07T17:00[UTC]/P2D', NULL, 1, NULL, NULL), ('R/2025-03-07T09:00[UTC]/PT12H', NULL, 1, NULL, NULL), (NULL, 'Mo 17:00-24:00; Tu,We 00:00-24:00; Th 00:00-17:00', 1, NULL, 'shifts that overlap cannot be said'),
	(NULL, NULL, 1, NULL, 'shifts that last longer or shorter than they recur cannot be said, but for parts of days and of weeks'), ('R/2025-03-10T09:00[UTC]/P7D', 'Mo 09:00-17:00', 1, NULL, NULL),
	('R/2025-03-05T09:00[UTC]/P3D,P2D,P7D,P2D', 'Mo,We,Sa 09:00-17:00', 3, 2, NULL), ('R/2025-03-17T09:00[UTC]/P7D', 'Mo 09:00-17:00', 1, 1, NULL)$$, 'occurrences are turns, and gaps between them hours');
CREATE FUNCTION event(rule text[], members text[], more jsonb DEFAULT '{}', shifts integer DEFAULT 1) RETURNS jsonb LANGUAGE sql RETURN
	jsonb_build_object('users', (SELECT jsonb_agg(jsonb_build_object('id', m, 'name', m)) FROM unnest(members || '{Ana,Ben,Cho}'::text[]) m), 'schedule', jsonb_build_object('name', 'Event', 'time_zone', 'Europe/London',
		'type', 'schedule_v3', 'rotations', jsonb_build_array(jsonb_build_object('id', 'R1', 'events', jsonb_build_array(jsonb_build_object('name', 'Event', 'recurrence', to_jsonb(rule),
			'start_time', jsonb_build_object('date_time', '2025-06-02T08:00:00Z', 'time_zone', 'Europe/London'), 'end_time', jsonb_build_object('date_time', '2025-06-02T16:00:00Z', 'time_zone', 'Europe/London'),
			'assignment_strategy', jsonb_build_object('type', 'rotating_member_assignment_strategy', 'shifts_per_member', shifts, 'members', (
				SELECT jsonb_agg(CASE m WHEN '-' THEN '{"type": "empty_member"}' ELSE jsonb_build_object('type', 'user_member', 'user_id', m) END) FROM unnest(members) m)))))))
	|| more);
SELECT results_eq($$SELECT import(jsonb_set(event('{RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3}', '{Ana}'), '{schedule,name}', '"Counted"'), 'pagerduty_v3', wanted => 'error layer')$$,
	$$VALUES ('error layer [Counted]: event "Event": COUNT=3 cannot be said')$$, 'what turns cannot say stops it');
SELECT results_eq($$SELECT import(event('{"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR","EXDATE;TZID=Europe/London:20250605T090000","RDATE:20250607T080000Z"}', '{Ana,-}', '{
		"overrides": [{"rotation_id": "R1", "start_time": "2025-06-02T10:00:00Z", "end_time": "2025-06-02T12:00:00Z",
			"overridden_member": {"type": "user_member", "user_id": "Ana"}, "overriding_member": {"type": "user_member", "user_id": "Ben"}}],
		"custom_shifts": [{"start_time": "2025-06-07T08:00:00Z", "end_time": "2025-06-07T12:00:00Z", "member": {"type": "user_member", "user_id": "Cho"}}]}', 2), 'pagerduty_v3', wanted => 'warning|error|rotation$')$$, $$VALUES
	('warning recurrence [Event]: "RDATE:20250607T080000Z" of event "Event" did not come along; write a cover for it'),
	('info rotation [Event]: made in Europe/London; layers: 1, covers: 2, people: 2; seats: primary'),
	('info rotation [Event/custom shifts]: made in Europe/London; layers: 0, covers: 1, people: 1; seats: primary')$$, 'events, the dates that they leave out, overrides and custom shifts');
SELECT results_eq($$SELECT * FROM duty('Event', '[2025-06-02, 2025-06-10)') UNION ALL SELECT * FROM duty('Event/custom shifts', '[2025-06-02, 2025-06-10)')$$, $$VALUES
	('[2025-06-02 09:00+01, 2025-06-02 11:00+01)'::tstzrange, 'Ana'), ('[2025-06-02 11:00+01, 2025-06-02 13:00+01)', 'Ben'), ('[2025-06-02 13:00+01, 2025-06-02 17:00+01)', 'Ana'),
	('[2025-06-03 09:00+01, 2025-06-03 17:00+01)', 'Ana'), ('[2025-06-06 09:00+01, 2025-06-06 17:00+01)', 'Ana'), ('[2025-06-09 09:00+01, 2025-06-09 17:00+01)', 'Ana'),
	('[2025-06-07 09:00+01, 2025-06-07 13:00+01)', 'Cho')$$, 'two days Ana, two days nobody, but not at weekends');

SELECT results_eq($$SELECT import(jsonb_set(event('{"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE","EXDATE;TZID=America/New_York:20250618T040000","EXDATE;TZID=Mars/Olympus:20250702T090000"}', '{Ana,Ben}', '{"custom_shifts": [
		{"start_time": "2025-06-07T08:00:00Z", "end_time": "2025-06-07T12:00:00Z", "members": [{"type": "user_member", "user_id": "Cho"}, {"type": "user_member", "user_id": "Ana"}]},
		{"start_time": "2025-06-07T09:00:00Z", "end_time": "2025-06-07T10:00:00Z", "member": {"type": "user_member", "user_id": "Ben"}}]}'), '{schedule,name}', '"Amid"'), 'pagerduty_v3', wanted => 'warning|error|rotation$')$$, $$VALUES
	('warning recurrence [Amid]: "EXDATE;TZID=Mars/Olympus:20250702T090000" of event "Event" did not come along; write a cover for it'),
	('info rotation [Amid]: made in Europe/London; layers: 1, covers: 1, people: 2; seats: primary'),
	('info rotation [Amid/custom shifts]: made in Europe/London; layers: 0, covers: 3, people: 3; seats: primary, secondary, seat 3')$$,
	'dates are of their zones; custom shifts page beside each other');
SELECT results_eq($$SELECT lower(period) AT TIME ZONE 'Europe/London', person FROM duty('Amid', '[2025-06-01, 2025-07-04)')$$, $$VALUES
	(timestamp '2025-06-02 09:00', 'Ana'), ('2025-06-04 09:00', 'Ben'), ('2025-06-16 09:00', 'Ana'), ('2025-06-30 09:00', 'Ana'), ('2025-07-02 09:00', 'Ben')$$, 'every other week');

-- Taking back, the past ---------------------------------------------------

SELECT results_eq($$SELECT kind, reason, rotation FROM oncall.change_log WHERE rotation = 'Overrides'$$, $$VALUES ('import', 'import from pagerduty', 'Overrides')$$, 'an import is one change');
SELECT oncall.undo(change_id, past_reason => 'it was a trial') FROM oncall.change_log WHERE rotation IN ('Overrides', 'Hard layers') \g /dev/null
SELECT is_empty($$SELECT * FROM duty('Overrides', '[2023-03-02, 2023-03-03)') UNION ALL SELECT * FROM duty('Hard layers', '[2023-03-02, 2023-03-03)')$$, 'which is undone as a whole');
SELECT results_eq($$SELECT import(jsonb_set(doc('override'), '{schedule,name}', '"Overrides again"'), past_reason => 'served in PagerDuty', wanted => 'past')$$,
	$$VALUES ('info past [Overrides again]: covers that are over: 1; they came along for this reason: served in PagerDuty')$$, 'the past comes for a reason');
SELECT results_eq($$SELECT past_reason FROM oncall.change_log WHERE rotation = 'Overrides again'$$, $$VALUES ('served in PagerDuty')$$, 'which the change keeps');

SELECT results_eq($$SELECT import(simple('History', '{Ana,Ben}', more => '{"final_schedule": {"rendered_schedule_entries": [
		{"start": "2026-01-05T09:00:00Z", "end": "2026-01-10T09:00:00Z", "user": {"summary": "Cho"}},
		{"start": "2026-01-11T09:00:00Z", "end": "2026-01-19T09:00:00Z", "user": {"summary": "Ben"}}]}}'), past_reason => 'as served', wanted => 'warning|comparison|past')$$, $$VALUES
	('info past [History]: where the document shows of the past what its rules do not say, covers say it: 3'),
	('info comparison [History]: 336 hours were compared with what the document shows: no difference'),
	('info past [History]: covers that are over: 3; they came along for this reason: as served')$$, 'and what was served then comes, whatever the layers say now');
SELECT results_eq($$SELECT lower(period), person FROM oncall.roster('[2026-01-05 09:00, 2026-01-19 09:00)', 'History')$$, $$VALUES
	('2026-01-05 09:00'::timestamptz, 'Cho'), ('2026-01-10 09:00', NULL), ('2026-01-11 09:00', 'Ben'), ('2026-01-12 09:00', 'Ben')$$, 'nobody, where nobody is shown');

SELECT is(detail, format('this import is change %s; SELECT oncall.undo(%1$s, past_reason => ''imported on trial'') takes its layers and covers back', object),
	'a past asks for a reason to take it back') FROM oncall.import_schedule('pagerduty', simple('Begun', '{Ana,Ben}')) WHERE what = 'change';
SELECT is(detail, format('this import is change %s; SELECT oncall.undo(%1$s) takes its layers and covers back', object), 'the future does not')
	FROM oncall.import_schedule('pagerduty', simple('To come', '{Ana,Ben}', layer => '{"start": "2126-01-07T09:00:00Z", "rotation_virtual_start": "2126-01-07T09:00:00Z"}')) WHERE what = 'change';

-- People and zones --------------------------------------------------------
SELECT results_eq($$SELECT i FROM import(simple('Letters', '{Vic@example.org,vic@example.org}')) i ORDER BY i COLLATE "C"$$, $$VALUES
	('error import [pagerduty]: nothing was written: 2 errors above stand in the way; mend them, or say go_on => true to import all but what they name'),
	('error person [Vic@example.org]: is written in other letters elsewhere in the document; say who each is with people => ''{"Vic@example.org": "Name"}'''),
	('error person [vic@example.org]: is written in other letters elsewhere in the document; say who each is with people => ''{"vic@example.org": "Name"}''')$$, 'capitals alone do not make two people');
SELECT results_eq($$SELECT import(simple('Letters', '{Vic@example.org,vic@example.org}'), people => '{"Vic@example.org": "Vic", "vic@example.org": "Vic"}', wanted => 'error|person|rotation')$$, $$VALUES
	('info person [Vic]: made; look at the zone, Europe/London, and at the working hours, which were guessed'),
	('info rotation [Letters]: made in Europe/London; layers: 1, covers: 0, people: 1; seats: primary')$$, 'nor does whom people calls alike');
SELECT is(format('%s %s [%s]: %s', r.level, r.what, r.object, r.detail), format('warning empty [E/%s]: it has no %s, calls nobody and is left out', d.source, d.what),
	d.source || ': what is empty is missed')
FROM (VALUES ('pagerduty', 'layers', jsonb_build_array('{"name": "E/pagerduty", "time_zone": "UTC", "schedule_layers": []}'::jsonb, simple('Full 1', '{Ana}') -> 'schedule')),
	('ilert', 'layers', '[{"name": "E/ilert", "timezone": "UTC", "scheduleLayers": []},
		{"name": "Full 2", "timezone": "UTC", "scheduleLayers": [{"startsOn": "2126-01-07T12:00:00Z", "rotation": "P1D", "users": [{"firstName": "Ana"}]}]}]'),
	('zenduty', 'layers', '[{"name": "Full 3", "time_zone": "UTC", "layers": [{"rotation_start_time": "2126-01-07T12:00:00Z", "shift_length": 86400, "users": ["Ana"]}]},
		{"name": "E/zenduty", "time_zone": "UTC", "layers": []}]'),
	('opsgenie', 'rotations', '[{"name": "E/opsgenie", "id": "1", "timezone": "UTC", "rotations": []}, {"name": "Full 4", "id": "2", "timezone": "UTC", "rotations": [
		{"id": "R", "startDate": "2126-01-07T08:00:00Z", "type": "daily", "participants": [{"username": "Ana"}]}]}]'),
	('incident_io', 'rotations', '{"schedules": [{"name": "Full 5", "timezone": "UTC", "config": {"rotations": [{"id": "R", "users": [{"name": "Ana"}],
		"handover_start_at": "2126-01-07T09:00:00Z", "handovers": [{"interval": 1, "interval_type": "weekly"}]}]}}, {"name": "E/incident_io", "timezone": "UTC", "config": {"rotations": []}}]}'),
	('pagerduty_v3', 'events', jsonb_set(event('{RRULE:FREQ=DAILY}', '{Ana}'), '{schedule}', (event('{RRULE:FREQ=DAILY}', '{Ana}') -> 'schedule')
		|| '{"name": "E", "rotations": [{"name": "pagerduty_v3", "events": []}, {"name": "other", "events": []}]}'))) d(source, what, doc),
	oncall.import_schedule(d.source, d.doc, make_people => true) r
WHERE r.what = 'empty' AND r.object LIKE 'E/%' AND r.object <> 'E/other';
SELECT alike(detail, 'there is no reader for it, read_zq(jsonb); there are goalert, %', 'nothing is near') FROM oncall.import_schedule('zq', '{}');
SELECT is(detail, format('this is no document of %s. It looks like one of %s. Call it ''%2$s''', source, looks), source || ' is told of another')
FROM (VALUES ('shifts', 'grafana', '{"schedule": {"name": "x", "type": "web"}, "shifts": []}'::jsonb),
	('pagerduty', 'opsgenie', '{"schedules": {"data": [{"name": "x", "rotations": [{"participants": []}]}]}, "users": {"data": []}}'),
	('pagerduty_v3', 'opsgenie', '{"schedules": {"data": [{"name": "x", "rotations": [{"participants": []}]}]}, "users": {"data": []}}')) d(source, looks, doc),
	oncall.import_schedule(d.source, d.doc) r;
SELECT results_eq($$SELECT import(simple('Unknown', '{Ana,Zoe,Yan}'), make_people => false)$$, $$VALUES
	('error person [Yan]: is nobody here: add them, map them with people => ''{"Yan": "Name"}'', or say make_people => true'),
	('error person [Zoe]: is nobody here: add them, map them with people => ''{"Zoe": "Name"}'', or say make_people => true'),
	('error import [pagerduty]: nothing was written: 2 errors above stand in the way; mend them, or say go_on => true to import all but what they name')$$, 'people who are nobody stop it');
SELECT is_empty($$SELECT FROM oncall.rotation WHERE name = 'Unknown'$$, 'and nothing is written');
SELECT results_eq($$SELECT import(simple('Unknown', '{Ana,Zoe,Yan}'), people => '{"Zoe": "BEN", "Yan": null, "Xan": "Cho"}', make_people => false, wanted => 'warning|error|rotation')$$, $$VALUES
	('warning person [Xan]: is among people, but the document does not name them'),
	('info rotation [Unknown]: made in Europe/London; layers: 1, covers: 0, people: 2; seats: primary')$$, 'they are mapped to others, or to nobody');
SELECT results_eq($$SELECT lower(period), person FROM oncall.roster('[2026-01-05 09:00, 2026-02-02 09:00)', 'Unknown')$$, $$VALUES
	('2026-01-05 09:00'::timestamptz, 'Ana'), ('2026-01-12 09:00', 'Ben'), ('2026-01-19 09:00', NULL), ('2026-01-26 09:00', 'Ana')$$, 'whose turns are then empty');
SELECT results_eq($$SELECT import(simple('Gone on', '{Ana,Zoe}'), make_people => false, go_on => true, wanted => 'error|rotation')$$, $$VALUES
	('error person [Zoe]: is nobody here: add them, map them with people => ''{"Zoe": "Name"}'', or say make_people => true'),
	('info rotation [Gone on]: made in Europe/London; layers: 1, covers: 0, people: 1; seats: primary')$$, 'or the import goes on without them');
SELECT results_eq($$SELECT import(simple('Mixed', '{ann@example.org}') #- '{schedule,overrides}' || '{"overrides": []}', wanted => 'person')$$, $$VALUES
	('info person [ann@example.org]: made; look at the zone, Europe/London, and at the working hours, which were guessed')$$, 'an address is a name where there is no other');
UPDATE oncall.person SET active = '(,2026-01-01)' WHERE name = 'ann@example.org';
SELECT results_eq($$SELECT import(simple('Left', '{ann@example.org}'), wanted => 'person')$$,
	$$VALUES ('warning person [ann@example.org]: is ann@example.org here, who is with the company no longer')$$, 'who has left is told of');
UPDATE oncall.person SET name = 'Gone', email = NULL WHERE name = 'ann@example.org';
SELECT oncall.add_person('Twin', 'UTC', email => 'twin@example.org'), oncall.add_person('twin', 'UTC', email => 'Twin@example.org'), oncall.add_person('Ann', 'UTC', email => 'ann@example.org') \g /dev/null
SELECT results_eq($$SELECT import(simple('Twins', '{TWIN@example.org}'), wanted => 'person')$$,
	$$VALUES ('error person [TWIN@example.org]: could be any of 2 people; map it to a name with people => ''{"TWIN@example.org": "Name"}''')$$, 'people who match two stop it');
SELECT results_eq($$SELECT import(simple('Same', '{ann@example.org,Ann}'), wanted => 'person')$$, $$VALUES
	('error person [Ann]: is one person here with another of the document; if they are, say so with people => ''{"Ann": "Name"}'''),
	('error person [ann@example.org]: is one person here with another of the document; if they are, say so with people => ''{"ann@example.org": "Name"}''')$$, 'nobody is taken for another');
SELECT results_eq($$SELECT import(simple('Same', '{ann@example.org,Ann}'), people => '{"Ann": "Ann", "ann@example.org": "Ann"}', wanted => 'error|rotation')$$,
	$$VALUES ('info rotation [Same]: made in Europe/London; layers: 1, covers: 0, people: 1; seats: primary')$$, 'unless it is said');
SELECT results_eq($$SELECT import(jsonb_build_object('users', '[{"id": "PK", "name": "Kim", "email": "kim@example.org", "time_zone": "Tokyo"}, {"id": "PL", "name": "Kim", "email": "kim2@example.org"}]'::jsonb)
	|| simple('With users', '{K,L,M}'), wanted => 'person')$$, $$VALUES
	('warning person []: "M" (PM) is not among the users of the document: deactivated, perhaps; people => ''{"M": null}'' leaves their turns empty'),
	('info person [M]: made; look at the zone, Europe/London, and at the working hours, which were guessed'),
	('info person [Kim (kim2@example.org)]: made; look at the zone, Europe/London, and at the working hours, which were guessed'),
	('info person [Kim (kim@example.org)]: made; look at the zone, Asia/Tokyo, and at the working hours, which were guessed')$$, 'users beside the schedule are joined');
SELECT results_eq($$SELECT email, zone FROM oncall.person WHERE name LIKE 'Kim%' ORDER BY email$$, $$VALUES ('kim2@example.org', 'Europe/London'), ('kim@example.org', 'Asia/Tokyo')$$, 'with their addresses and zones');
SELECT results_eq($$SELECT import(simple('<script>alert("x")</script>', '{"Robert''); DROP TABLE oncall.person; --","<b>\\"}'), wanted => 'error|rotation|person')$$, $$VALUES
	('info person [<b>\]: made; look at the zone, Europe/London, and at the working hours, which were guessed'),
	('info person [Robert''); DROP TABLE oncall.person; --]: made; look at the zone, Europe/London, and at the working hours, which were guessed'),
	('info rotation [<script>alert("x")</script>]: made in Europe/London; layers: 1, covers: 0, people: 2; seats: primary')$$, 'names are names, whatever they look like');
SELECT matches((SELECT string_agg(i, E'\n') FROM import(simple('Zone', '{Ana}', 'Mars/Base (1)'), wanted => 'error') i),
	'^error zone \[Zone\]: "Mars/Base \(1\)" is not known; map it with zones => .*\nerror layer \[Zone\]: layer "Week": its zone is not known\nerror rotation \[Zone\]: its zone is not known\nerror import', 'a zone that is not known stops it');
SELECT results_eq($$SELECT import(simple('Zone', '{Ana}', 'Mars/Base (1)'), zones => '{"Mars/Base (1)": "Europe/Lisbon"}', wanted => 'error|zone|rotation')$$,
	$$VALUES ('info rotation [Zone]: made in Europe/Lisbon; layers: 1, covers: 0, people: 1; seats: primary')$$, 'until it is mapped');
SELECT results_eq($$SELECT import(simple('Elsewhere', '{Ana}', 'Asia/Tokyo', layer => '{"restrictions": [{"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28799}]}'), wanted => 'error|hours')$$, $$VALUES
	('error zone [Elsewhere]: fetched for another zone than its own, in which its restrictions are too; fetch it with time_zone=Asia/Tokyo'),
	('info hours [Elsewhere]: restrictions of layer "Week" that end a second before a full minute end at it'),
	('error import [pagerduty]: nothing was written: the error above stands in the way; mend it, or say go_on => true to import all but what it names')$$, 'a schedule that was fetched for another zone is not taken for its own');

-- What cannot be said, and what is in the way -----------------------------

SELECT results_eq($$SELECT import(simple('Odd', '{Ana}', layer => '{"rotation_turn_length_seconds": 3605}'), wanted => 'error layer')$$,
	$$VALUES ('error layer [Odd]: layer "Week": turns of 3605 seconds cannot be said: only whole minutes, or days')$$, 'turns of seconds cannot be said');
SELECT matches((SELECT i FROM import(simple('Odd', '{Ana}', layer => '{"restrictions": [{"start_time_of_day": "09:00:10", "duration_seconds": 60}]}'), wanted => 'error layer') i),
	'^error layer \[Odd\]: layer "Week": hours cannot be said that begin or last \d+10 seconds: only whole minutes$', 'nor hours of seconds');
SELECT results_eq($$SELECT import(simple('Odd', NULL), wanted => 'warning|error')$$, $$VALUES ('error document []: there is no schedule in it'),
	('warning left out [Odd]: layer "Week" has no users'),
	('error import [pagerduty]: nothing was written: the error above stands in the way; mend it, or say go_on => true to import all but what it names')$$, 'a layer without users is left out, and without another there is none');
SELECT results_eq($$SELECT import(simple('Daily Rotation', '{Ana}'), wanted => 'error rotation')$$, $$
	SELECT format('error rotation [Daily Rotation]: there is a rotation of this name; to import beside it, write another name into the document, or UPDATE oncall.rotation SET name = ''Daily Rotation (old)'' WHERE rotation_id = %s', rotation_id)
	FROM oncall.rotation WHERE name = 'Daily Rotation'$$, 'a name that is taken: how to import beside it');
SELECT results_eq($$SELECT import(simple('42', '{Ana}'), wanted => 'error rotation')$$,
	$$VALUES ('error rotation [42]: no rotation can have this name: it must have letters, and at most 200; write another into the document')$$, 'a name that would be an id');
SELECT results_eq($$SELECT import(jsonb_build_object('schedules', jsonb_build_array(simple('Daily Rotation', '{Ana}') -> 'schedule', simple('Beside', '{Ana}') -> 'schedule')), go_on => true, wanted => 'info rotation')$$,
	$$VALUES ('info rotation [Beside]: made in Europe/London; layers: 1, covers: 0, people: 1; seats: primary')$$, 'what is not in the way is imported when it goes on');
SELECT results_eq($$SELECT import(simple('Cut', '{Ana}', more => '{"overrides": [
		{"start": "2026-02-02T09:00:00Z", "end": "2026-02-03T09:00:00Z", "user": {"summary": "Ben"}},
		{"start": "2026-02-02T12:00:00Z", "end": "2026-02-02T15:00:00Z", "user": {"summary": "Cho"}}]}'), wanted => 'warning')$$,
	$$VALUES ('warning overlap [Cut]: the cover by Ben loses 2026-02-02 12:00 to 2026-02-02 15:00 [Europe/London] to Cho, whose cover comes later in the document')$$, 'of overrides that overlap the later wins');
SELECT results_eq($$SELECT * FROM duty('Cut', '[2026-02-02, 2026-02-04)')$$, $$VALUES ('[2026-02-02, 2026-02-02 09:00)'::tstzrange, 'Ana'), ('[2026-02-02 09:00, 2026-02-02 12:00)', 'Ben'),
	('[2026-02-02 12:00, 2026-02-02 15:00)', 'Cho'), ('[2026-02-02 15:00, 2026-02-03 09:00)', 'Ben'), ('[2026-02-03 09:00, 2026-02-04)', 'Ana')$$, 'and the earlier is cut');
SELECT results_eq($$SELECT import(simple('Shown', '{Ana,Ben}', more => '{"final_schedule": {"rendered_schedule_entries": [
		{"start": "2026-01-05T09:00:00Z", "end": "2026-01-10T09:00:00Z", "user": {"summary": "Ana"}},
		{"start": "2026-01-11T09:00:00Z", "end": "2026-01-19T09:00:00Z", "user": {"summary": "Ben"}}]}}'), wanted => 'warning|comparison')$$, $$VALUES
	('warning comparison [Shown]: 48 of 336 hours differ from what the document shows'),
	('warning difference [Shown]: 2026-01-10 09:00 to 2026-01-11 09:00 [Europe/London]: the document shows nobody, the roster Ana'),
	('warning difference [Shown]: 2026-01-11 09:00 to 2026-01-12 09:00 [Europe/London]: the document shows Ben, the roster Ana')$$, 'every stretch in which the roster differs is a row');
SELECT results_eq($$SELECT import(simple('x', '{Ana}'), source => 'PagerDooty')$$, $$
	SELECT format('error source [PagerDooty]: there is no reader for it, read_PagerDooty(jsonb); perhaps you meant "pagerduty"; there are %s', string_agg(substr(proname, 6) COLLATE "default", ', ' ORDER BY proname))
	FROM pg_proc WHERE pronamespace = 'oncall'::regnamespace AND proname LIKE 'read\_%' AND prorettype = 'oncall.import_row'::regtype$$, 'a source without a reader: near names');
SELECT results_eq($$SELECT import(doc('v3'))$$, $$VALUES ('error document [pagerduty]: this is no document of pagerduty. It looks like one of pagerduty_v3. Call it ''pagerduty_v3''')$$, 'a document of another kind');
SELECT results_eq($$SELECT import('{"schedules": [{"name": "x"}]}')$$, $$VALUES
	('error document [pagerduty]: this is no document of pagerduty. It is of no kind that is known here. Hand over the answer of its API as it was sent; see doc/import.md for what to fetch')$$, 'a document of no kind');
SELECT results_eq($$SELECT import(jsonb_build_array(doc('daily'), doc('daily')))$$, $$VALUES
	('error document [pagerduty]: two schedules are named "Daily Rotation". Import them one by one, and write another name into one of them')$$, 'two of one name');
SELECT throws_ok($$SELECT import(doc('daily'), people => '[]')$$, '22023', 'people must be an object of names', 'people must map names');
SELECT throws_ok($$SELECT import(doc('daily'), zones => '{"a": 1}')$$, '22023', 'zones must be an object of zones', 'zones, too');
SELECT throws_ok($$SELECT import(NULL)$$, '22004', 'doc must not be null', 'a document must be there');

-- Readers of one's own ----------------------------------------------------

CREATE FUNCTION read_mine(doc jsonb) RETURNS SETOF oncall.import_row LANGUAGE sql AS $$
	SELECT (oncall_internal.import_row('layer', 'Mine', 'UTC', people => '{Ana,Ben,NULL}', cadence => 'R/2026-01-05T09:00[UTC]/P7D', seats => 2, pairing => 'following', note => 'weeks')).*
	UNION ALL SELECT (oncall_internal.import_row('cover', 'Mine', 'UTC', people => '{Cho,Ben}', valid => '[2026-01-06, 2026-01-13)')).*
	UNION ALL SELECT (oncall_internal.import_row('cover', 'Mine', 'UTC', people => '{Ann,Cho}', valid => '[2026-01-07, 2026-01-08)')).*
	UNION ALL SELECT (oncall_internal.import_row('cover', 'Mine', 'UTC', people => '{Cho,Ann}', valid => '[2026-03-07, 2026-03-08)')).*
	UNION ALL SELECT (oncall_internal.import_row('absence', NULL, people => '{Cho}', valid => '[2026-05-07, 2026-05-08)', note => 'away')).*
	UNION ALL SELECT (oncall_internal.import_row('note', NULL, note => doc ->> 'say')).* WHERE doc ? 'say' $$;
SELECT results_eq($$SELECT import('{"say": "colours: they did not come along"}', 'mine', wanted => 'warning|rotation|absence')$$, $$VALUES
	('warning colours []: they did not come along'), ('warning cover [Mine]: left out: Cho, 2026-03-07 00:00 to 2026-03-08 00:00 [UTC], for Ann, who is not on duty then'),
	('info absence []: absences added: 1; undo() leaves them as they are'),
	('info rotation [Mine]: made in UTC; layers: 1, covers: 4, people: 4; seats: primary, secondary')$$, 'a reader of one''s own is found by the search_path');
SELECT results_eq($$SELECT r.seat::integer, r.period, r.person FROM oncall.roster('[2026-01-05 09:00, 2026-01-19 09:00)', 'Mine') r ORDER BY r.seat, r.period$$, $$VALUES
	(1, '[2026-01-05 09:00, 2026-01-12 09:00)'::tstzrange, 'Ana'), (1, '[2026-01-12 09:00, 2026-01-13)', 'Cho'), (1, '[2026-01-13, 2026-01-19 09:00)', 'Ben'),
	(2, '[2026-01-05 09:00, 2026-01-06)', 'Ben'), (2, '[2026-01-06, 2026-01-07)', 'Cho'), (2, '[2026-01-07, 2026-01-08)', 'Ann'),
	(2, '[2026-01-08, 2026-01-12 09:00)', 'Cho'), (2, '[2026-01-12 09:00, 2026-01-19 09:00)', NULL)$$, 'whoever is relieved is, in whatever seat, by whoever relieves them');
SELECT results_eq($$SELECT l.name, l.rank FROM oncall.layer l JOIN oncall.rotation r USING (rotation_id) WHERE r.name = 'Mine'$$, $$VALUES ('weeks', 0)$$, 'layers have names');
CREATE FUNCTION read_bad(doc jsonb) RETURNS SETOF oncall.import_row LANGUAGE sql AS $$ SELECT * FROM jsonb_populate_record(NULL::oncall.import_row, doc) $$;
SELECT results_eq(format('SELECT substr(i, 1, length(%2$L)) FROM import(%1$L, ''bad'') i', d, w), format('VALUES (%L)', w), 'a reader that says ' || d)
FROM (SELECT d, 'error document [bad]: row 1 of the reader cannot be written: ' || w AS w FROM (VALUES
	('{"kind": "lyer"}', 'kind cannot be "lyer"'), ('{"kind": "layer"}', 'rotation must not be null'), ('{"kind": "layer", "rotation": "x"}', 'people must not be empty'),
	('{"kind": "cover", "rotation": "x", "people": ["a"], "valid": "[2026-01-01,)"}', 'valid must be bounded and half-open'),
	('{"kind": "layer", "rotation": "x", "people": ["a"], "first_seat": 101}', 'seats must be from 1 to 100'),
	('{"kind": "note"}', 'note must not be null')) v(d, w)) x;
SET LOCAL search_path = pg_catalog;
SELECT importing.import('{}', 'mine', wanted => 'error') AS unseen \gset
SELECT set_config('search_path', 'importing, pg_catalog, ' || :'tap', true) \g /dev/null
SELECT matches(:'unseen'::text, '^error source \[mine\]: there is no reader for it', 'and by no other');
SELECT matches((SELECT string_agg(i, E'\n') FROM import('{}', 'x"(NULL); DROP TABLE oncall.cover; --') i), '^error source \[x"\(NULL\); DROP TABLE oncall.cover; --\]: there is no reader for it, ', 'no name of a source is more than a name');

-- Documents that are broken -----------------------------------------------

-- Each value of a document in turn is another, or missing: the report has an
-- error and nothing was written, or none and it was; nothing else happens.
CREATE FUNCTION paths(value jsonb, path text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE plpgsql AS $$
BEGIN
	IF path <> '{}' THEN
		RETURN NEXT path;
	END IF;
	IF jsonb_typeof(value) = 'object' THEN
		RETURN QUERY SELECT p FROM jsonb_each(value) e, paths(e.value, path || e.key) p;
	ELSIF jsonb_typeof(value) = 'array' THEN
		RETURN QUERY SELECT p FROM jsonb_array_elements(value) WITH ORDINALITY e(value, n), paths(e.value, path || (e.n - 1)::text) p WHERE e.n <= 2;
	END IF;
END $$;
CREATE FUNCTION outcome(source text, doc jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	errors bigint;
	before CONSTANT bigint := (SELECT count(*) FROM oncall.rotation);
	made bigint;
BEGIN
	BEGIN
		SELECT count(*) FILTER (WHERE level = 'error') INTO errors FROM oncall.import_schedule(source, doc, make_people => true);
		made := (SELECT count(*) FROM oncall.rotation) - before;
		SET CONSTRAINTS ALL IMMEDIATE;
		SET CONSTRAINTS ALL DEFERRED;
		RAISE SQLSTATE 'TT001';
	EXCEPTION
		WHEN SQLSTATE 'TT001' THEN
			RETURN CASE WHEN errors > 0 AND made > 0 THEN 'half an import' WHEN errors > 0 THEN 'refused' WHEN made > 0 THEN 'imported' ELSE 'nothing to import' END;
		WHEN OTHERS THEN
			RETURN SQLSTATE || ' ' || SQLERRM;
	END;
END $$;
CREATE TABLE broken AS
SELECT d.name, p.path, x.value, outcome(d.source, CASE WHEN x.value IS NULL THEN d.doc #- p.path
		ELSE jsonb_set(d.doc, p.path, x.value) END) AS outcome
FROM (SELECT name, source, CASE WHEN source = 'pagerduty' THEN jsonb_set(doc, '{schedule,name}', to_jsonb(name || ' broken')) ELSE jsonb_set(doc, '{schedule,name}', '"broken"') END AS doc
	FROM doc WHERE name IN ('daily', 'v1', 'v3')) d,
	paths(d.doc) WITH ORDINALITY p(path, place),
	(VALUES (0, NULL::jsonb), (1, 'null'), (2, '5'), (3, '-1e300'), (4, '"x"'), (5, '""'), (6, '[]'), (7, '{}'), (8, 'true'), (9, '[[[[1]]]]'), (10, '"2026-02-30T25:00:00Z"')) x(place, value)
WHERE (p.place + x.place) % 4 = 0;
SELECT results_eq($$SELECT name, path, value, outcome FROM broken WHERE outcome NOT IN ('imported', 'refused', 'nothing to import') ORDER BY 1, 2, 3 LIMIT 5$$,
	$$SELECT NULL::text, NULL::text[], NULL::jsonb, NULL::text WHERE false$$, 'a broken document is refused or imported, never by half, and fails with no other error');
SELECT cmp_ok((SELECT count(*) FROM broken WHERE outcome = 'refused'), '>', 100::bigint, 'many are refused');
SELECT results_eq($$SELECT import(jsonb_set(doc('daily'), '{schedule,schedule_layers,0,rotation_turn_length_seconds}', '"86400"'))$$, $$VALUES
	('error document [pagerduty]: "rotation_turn_length_seconds" of layer "Layer 1" of schedule "Daily Rotation" must be a whole number. It is "86400". Fetch the document again, and hand it over as it was sent')$$, 'a text for a number: the place is named');
SELECT is(outcome('pagerduty', simple('Deep', '{Ana}', more => ('{"description": ' || repeat('[', 3000) || repeat(']', 3000) || '}')::jsonb)), 'imported', 'what is nested deep where nobody looks');
SELECT is(outcome('pagerduty', (repeat('[', 3000) || repeat(']', 3000))::jsonb), 'refused', 'or where a schedule should be');
SELECT is(outcome('pagerduty', simple('Long', ARRAY(SELECT 'Person ' || n % 50 FROM generate_series(1, 3000) n))), 'imported', 'a list of three thousand turns');
SELECT is(outcome('pagerduty', simple(repeat('long ', 10000), '{Ana}')), 'refused', 'a name that is a book');

SELECT * FROM finish();
ROLLBACK;
