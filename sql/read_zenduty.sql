-- What schedules of Zenduty say
--
-- Tests: read_zenduty
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
\set file :top /test/data/import/zenduty-1-layers.json
\set doc `cat :'file'`
SELECT pg_temp.told(r) FROM oncall.read_zenduty(:'doc') r;
-- one layer is the rotation; people as objects, in their positions; a zone with summer time; hours past the end of the week
SELECT pg_temp.told(r) FROM oncall.read_zenduty('{"name": "Solo", "time_zone": "Europe/Paris", "layers": [{
	"name": "only", "rotation_start_time": "2026-01-05T09:00:00+01:00", "shift_length": 604800, "users": [
		{"user": {"username": "u2", "first_name": "Ben", "last_name": "Bo"}, "position": 2},
		{"user": {"username": "u1", "email": "ana@example.org"}, "position": 1}, {"user": "u3", "position": 3}],
	"restriction_type": 2, "restrictions": [{"start_day_of_week": 5, "start_time_of_day": "17:00:00", "duration": 230400}]}],
	"overrides": [{"name": "early", "start_time": "2025-01-05T09:00:00Z", "end_time": "2025-01-06T09:00:00Z", "user": "u3"},
		{"start_time": "2026-02-06T09:00:00Z", "end_time": "2026-02-05T09:00:00Z", "user": "u3"},
		{"start_time": "2026-02-06T09:00:00Z", "end_time": "2026-02-07T09:00:00Z", "user": null}]}') r;
-- what cannot be said: seconds; ends before it begins; nobody; two layers of one name
SELECT pg_temp.told(r) FROM oncall.read_zenduty('{"name": "Odd", "time_zone": "Asia/Tokyo", "layers": [
	{"name": "a", "rotation_start_time": "2026-01-05T09:00:00Z", "shift_length": 604799, "users": ["ana"]},
	{"name": "a", "rotation_start_time": "2026-01-05T09:00:00Z", "shift_length": 604800, "users": ["ana"],
		"restriction_type": 1, "restrictions": [{"start_time_of_day": "08:00:00", "duration": 90}]},
	{"name": "b", "rotation_start_time": "2026-01-05T09:00:00Z", "rotation_end_time": "2022-02-09T16:21:00+05:30", "shift_length": 86400, "users": ["ana"]},
	{"name": "c", "rotation_start_time": "2026-01-05T09:00:00Z", "shift_length": 86400, "users": []}]}') r;
-- what is no such document
SELECT oncall.read_zenduty(NULL);
SELECT oncall.read_zenduty('{"name": "x", "scheduleLayers": []}');
SELECT oncall.read_zenduty('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": "86400", "rotation_start_time": "2026-01-05T09:00:00Z"}]}');
SELECT oncall.read_zenduty('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": 86400, "rotation_start_time": "2026-01-05T09:00:00Z", "users": [[]]}]}');
SELECT oncall.read_zenduty('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": 86400, "rotation_start_time": "2026-01-05T09:00:00Z",
	"restriction_type": 3}]}');
SELECT oncall.read_zenduty('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": 86400, "rotation_start_time": "2026-01-05T09:00:00Z",
	"restriction_type": 2, "restrictions": [{"start_day_of_week": 0, "start_time_of_day": "08:00:00", "duration": 60}]}]}');
-- the import, and who is on call
SELECT concat_ws(' | ', level, what, object, detail) FROM oncall.import_schedule('zenduty', :'doc', make_people => true) WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'past', 'change');
SELECT rotation, person, period FROM oncall.roster('[2022-03-28, 2022-04-06)') WHERE person IS NOT NULL ORDER BY rotation, period;
ROLLBACK;
