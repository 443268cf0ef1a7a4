-- What shifts say that spreadsheets and calendars have
--
-- Tests: read_shifts
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
-- weeks by their ISO number
CREATE TABLE weeks (week text, "primary" text, secondary text, phone text);
\set file :top /test/data/import/spreadsheet-1-iso-weeks.csv
\set copy 'COPY weeks FROM ' :'file' ' CSV HEADER'
:copy;
SELECT pg_temp.told(r) FROM oncall.read_shifts((SELECT jsonb_build_object('name', 'Support', 'timezone', 'Europe/Paris',
	'shifts', jsonb_agg(jsonb_build_object('week', week, 'seat', s.seat, 'who', s.who)))
	FROM weeks, LATERAL (VALUES (1, "primary"), (2, secondary)) s(seat, who))) r;
-- start and end
CREATE TABLE stretches ("Start" text, "End" text, "Primary" text, "Secondary" text);
\set file :top /test/data/import/spreadsheet-2-start-end.csv
\set copy 'COPY stretches FROM ' :'file' ' CSV HEADER'
:copy;
SELECT pg_temp.told(r) FROM oncall.read_shifts((SELECT jsonb_build_object('name', 'Christmas', 'timezone', 'America/New_York',
	'shifts', jsonb_agg(jsonb_build_object('starts', "Start", 'ends', "End", 'seat', s.seat, 'who', s.who)))
	FROM stretches, LATERAL (VALUES (1, "Primary"), (2, "Secondary")) s(seat, who))) r;
-- weeks of no year, and six columns of two rotations, of which some cells are empty
CREATE TABLE roles (week integer, "primary" text, secondary text, shadow text, primary_oncall text, secondary_oncall text, escalation text);
\set file :top /test/data/import/spreadsheet-3-week-numbers-six-roles.csv
\set copy 'COPY roles FROM ' :'file' ' CSV HEADER'
:copy;
CREATE TABLE roles_doc AS SELECT jsonb_build_object('timezone', 'Europe/London', 'shifts',
	jsonb_agg(jsonb_build_object('week', week, 'rotation', s.rotation, 'seat', s.seat, 'who', s.who))) AS doc
FROM roles, LATERAL (VALUES ('In hours', 1, "primary"), ('In hours', 2, secondary), ('In hours', 3, shadow),
	('On call', 1, primary_oncall), ('On call', 2, secondary_oncall), ('On call', 3, escalation)) s(rotation, seat, who);
SELECT pg_temp.told(r) FROM roles_doc, oncall.read_shifts(roles_doc.doc) r;
SELECT pg_temp.told(r) FROM roles_doc, oncall.read_shifts(roles_doc.doc || '{"year": 2026}') r;
-- the same shift twice, people at once in one seat, a day, a zone of its own
SELECT pg_temp.told(r) FROM oncall.read_shifts('{"name": "R", "timezone": "UTC", "shifts": [
	{"starts": "2026-01-05", "who": "Ana"}, {"starts": "2026-01-05", "who": "Ana"},
	{"starts": "2026-01-05T12:00:00Z", "ends": "2026-01-06T12:00:00Z", "who": "Ben"}, {"starts": "2026-01-05T13:00:00Z", "ends": "2026-01-05T14:00:00Z", "seat": 2, "who": "Cho"},
	{"starts": "2026-01-06T09:00:00", "ends": "2026-01-06T10:00:00", "zone": "Asia/Tokyo", "who": "Cho"}, {"starts": "2026-01-06T09:00:00", "ends": "2026-01-06T10:00:00", "zone": "Mars", "who": "Cho"}]}') r;
-- what is no such document
SELECT oncall.read_shifts(NULL);
SELECT oncall.read_shifts('{"schedule_layers": []}');
SELECT oncall.read_shifts('{"shifts": [{"who": "Ana", "week": "2026-W01"}], "timezone": "UTC"}');
SELECT oncall.read_shifts('{"name": "R", "shifts": [{"who": "Ana", "week": "2025-W53"}], "timezone": "UTC"}');
SELECT oncall.read_shifts('{"name": "R", "shifts": [{"who": "Ana", "starts": "24/12/2026"}], "timezone": "UTC"}');
SELECT oncall.read_shifts('{"name": "R", "shifts": [{"who": "Ana", "starts": "2026-12-24", "ends": "2026-12-24"}], "timezone": "UTC"}');
SELECT oncall.read_shifts('{"name": "R", "shifts": [{"who": "Ana", "starts": "2026-12-24", "seat": 101}], "timezone": "UTC"}');
-- the import
SELECT concat_ws(' | ', level, what, object, detail) FROM roles_doc, oncall.import_schedule('shifts', roles_doc.doc || '{"year": 2026}', make_people => true, past_reason => 'moved here')
WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'person', 'past', 'change');
SELECT rotation, seat, person, period FROM oncall.roster('[2025-12-29, 2026-01-12)') WHERE person IS NOT NULL ORDER BY rotation, seat, period;
ROLLBACK;
