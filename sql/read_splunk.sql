-- What rotations of Splunk On-Call say
--
-- Tests: read_splunk
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
\set file :top /test/data/import/splunk-1-rotations.json
\set doc `cat :'file'`
SELECT pg_temp.told(r) FROM oncall.read_splunk(:'doc') r;
-- each begins when Grafana's migrator has it begin, and lasts as long; but one of several days begins on the first of them,
-- which that does not look at
\set file :top /test/data/import/splunk-1-rotations.expected.json
\set expected `cat :'file'`
SELECT r.note, lower(o.first) AT TIME ZONE 'UTC' = (e.shift ->> 'start')::timestamp AS begins,
	extract(epoch FROM upper(o.first) - lower(o.first)) = (e.shift ->> 'duration')::integer AS lasts, o.first
FROM oncall.read_splunk(:'doc') r
JOIN jsonb_array_elements(:'expected'::jsonb -> 'as_grafana_migrates_it') e(shift) ON e.shift ->> 'name' = r.note,
	LATERAL (SELECT p FROM unnest(oncall.open_periods(coalesce(r.hours, '24/7'), tstzrange(lower(r.valid), lower(r.valid) + '7 days'), r.zone)) p
		ORDER BY p LIMIT 1) o(first)
WHERE r.kind = 'layer';
-- shifts that are never served at once are layers of one rotation; addresses; what is shown; overrides that change nothing
SELECT pg_temp.told(r) FROM oncall.read_splunk('{"team": {"name": "Ops"}, "users": [{"username": "ana", "email": "ana@example.org"}], "rotations": [{
	"label": "day and night", "shifts": [
		{"label": "day", "timezone": "Europe/Rome", "start": "2026-01-05T07:00:00Z", "duration": 1, "shifttype": "pho",
			"mask": {"day": {"m": true, "t": true, "w": true, "th": true, "f": true, "sa": true, "su": true},
				"time": [{"start": {"hour": 8, "minute": 0}, "end": {"hour": 20, "minute": 30}}]},
			"periods": [{"start": "2026-01-05T07:00:00Z", "end": "2026-01-05T19:30:00Z", "username": "ana", "isRoll": false}],
			"shiftMembers": [{"username": "ana"}, {"username": "ben"}]},
		{"label": "night", "timezone": "Europe/Rome", "start": "2026-01-05T19:30:00Z", "duration": 7, "shifttype": "pho",
			"mask": {"day": {"m": true, "t": true, "w": true, "th": true, "f": true, "sa": true, "su": true},
				"time": [{"start": {"hour": 20, "minute": 30}, "end": {"hour": 8, "minute": 0}}]},
			"shiftMembers": [{"username": "cho"}]}]},
	{"label": "empty", "shifts": [{"label": "x", "timezone": "Europe/Rome", "start": "2026-01-05T07:00:00Z", "duration": 1, "shifttype": "std", "shiftMembers": []}]}],
	"overrides": [
		{"origOnCallUser": {"username": "ben"}, "overrideOnCallUser": {"username": "ana"}, "start": "2026-01-05T07:00:00Z", "end": "2026-01-05T08:00:00Z"},
		{"origOnCallUser": {"username": "ben"}, "overrideOnCallUser": {"username": "ana"}, "start": "2026-01-06T07:00:00Z", "end": "2026-01-06T08:00:00Z"},
		{"origOnCallUser": {"username": "ana"}, "overrideOnCallUser": null, "start": "2026-01-05T07:00:00Z", "end": "2026-01-05T08:00:00Z"},
		{"origOnCallUser": {"username": "ana"}, "overrideOnCallUser": {"username": "ben"}, "start": "2026-01-05T07:00:00Z", "end": "2026-01-05T07:00:00Z"}]}') r;
-- shifts in two zones, and no overrides
SELECT pg_temp.told(r) FROM oncall.read_splunk('{"rotations": [{"label": "r", "shifts": [
	{"label": "s", "timezone": "Europe/Rome", "start": "2026-01-05T07:00:00Z", "duration": 1, "shifttype": "pho", "shiftMembers": [{"username": "ana"}]},
	{"label": "s", "timezone": "Nowhere", "start": "2026-01-05T07:00:00Z", "duration": 1, "shifttype": "pho", "shiftMembers": [{"username": "ana"}]}]}]}') r;
-- what is no such document
SELECT oncall.read_splunk(NULL);
SELECT oncall.read_splunk('{"rotations": [{"participants": []}]}');
SELECT oncall.read_splunk('{"rotations": [{"label": "r", "shifts": [{"shifttype": "new", "timezone": "UTC", "start": "2026-01-05T07:00:00Z"}]}]}');
SELECT oncall.read_splunk('{"rotations": [{"label": "r", "shifts": [{"shifttype": "pho", "timezone": "UTC", "start": "2026-01-05T07:00:00Z", "duration": 1,
	"mask": {"day": {"m": true}, "time": [{"start": {"hour": 25, "minute": 0}, "end": {"hour": 0, "minute": 0}}]}}]}]}');
-- the import, and who is on call
SELECT concat_ws(' | ', level, what, object, detail) FROM oncall.import_schedule('splunk', :'doc', make_people => true) WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'past', 'change');
SELECT rotation, person, period FROM oncall.roster('[2024-04-23, 2024-05-08)') WHERE person IS NOT NULL ORDER BY rotation, period;
ROLLBACK;
