-- What schedules of ilert say
--
-- Tests: read_ilert
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
\set file :top /test/data/import/ilert-1-layers.json
\set doc `cat :'file'`
SELECT pg_temp.told(r) FROM oncall.read_ilert(:'doc') r;
-- addresses, what is shown, an override, a layer that ends, turns of hours and others that cannot be said
SELECT pg_temp.told(r) FROM oncall.read_ilert('{"users": [{"id": 1, "email": "ana@example.org"}], "schedules": [{
	"name": "Desk", "timezone": "Europe/Vienna", "type": "RECURRING", "scheduleLayers": [
		{"name": "eight", "startsOn": "2026-01-05T08:00:00Z", "endsOn": "2027-01-04T09:00:00", "rotation": "PT8H",
			"users": [{"id": 1, "firstName": "Ana"}, {"id": 2, "firstName": "Ben", "lastName": "Bo"}, {"id": 3, "username": "cho"}, {"id": 4}]},
		{"startsOn": "2026-01-05T09:00:00", "rotation": "P1M", "users": [{"id": 1}]},
		{"startsOn": "2026-01-05T09:00:00", "rotation": "P1W", "users": [{"id": 1}], "restrictions": [
			{"from": {"dayOfWeek": "MONDAY", "time": "08:00:30"}, "to": {"dayOfWeek": "MONDAY", "time": "09:00"}}]},
		{"startsOn": "2026-01-05T09:00:00", "rotation": "P1W", "users": [{"id": 1}], "restrictions": [
			{"from": {"dayOfWeek": "SUNDAY", "time": "22:00"}, "to": {"dayOfWeek": "SUNDAY", "time": "22:00"}}]},
		{"name": "empty", "startsOn": "2026-01-05T09:00:00", "rotation": "P1W", "users": []},
		{"startsOn": "2026-01-05T09:00:00", "endsOn": "2026-01-05T09:00:00", "rotation": "P1W", "users": [{"id": 1}]}],
	"shifts": [{"user": {"id": 1}, "start": "2026-01-05T08:00:00Z", "end": "2026-01-05T16:00:00Z"}],
	"overrides": [{"user": {"id": 2, "firstName": "Ben", "lastName": "Bo"}, "start": "2026-01-06T10:00:00+01:00", "end": "2026-01-06T12:00:00+01:00"},
		{"user": {"id": 2}, "start": "2026-01-06T12:00:00Z", "end": "2026-01-06T12:00:00Z"}]},
	{"name": "By hand", "timezone": "Vienna", "type": "STATIC", "shifts": [
		{"user": {"id": 1}, "start": "2026-01-05T09:00:00", "end": "2026-01-12T09:00:00"}]},
	{"name": "Nowhere", "timezone": "Mars/Phobos", "type": "STATIC", "shifts": []}]}') r;
-- what is no such document
SELECT oncall.read_ilert(NULL);
SELECT oncall.read_ilert('[]');
SELECT oncall.read_ilert('{"schedule_layers": []}');
SELECT oncall.read_ilert('[{"name": "x", "type": "STATIC"}, {"name": "x", "type": "STATIC"}]');
SELECT oncall.read_ilert('{"name": "x", "timezone": "UTC", "type": "OTHER", "scheduleLayers": []}');
SELECT oncall.read_ilert('{"name": "x", "timezone": "UTC", "scheduleLayers": {"a": 1}}');
SELECT oncall.read_ilert('{"name": "x", "timezone": "UTC", "scheduleLayers": [{"users": [{"id": 1}], "rotation": "P7D"}]}');
SELECT oncall.read_ilert('{"name": "x", "timezone": "UTC", "scheduleLayers": [{"users": [], "rotation": "P7D", "startsOn": "2026-01-05T09:00:00",
	"restrictions": [{"from": {"dayOfWeek": "MONTAG", "time": "09:00"}, "to": {"dayOfWeek": "MONDAY", "time": "09:00"}}]}]}');
-- the import, and who is on call over two weekends
SELECT concat_ws(' | ', level, what, object, detail) FROM oncall.import_schedule('ilert', :'doc', make_people => true) WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'past', 'change');
SELECT person, period FROM oncall.roster('[2026-01-09, 2026-01-20)', 'Weekdays and weekends') ORDER BY period;
ROLLBACK;
