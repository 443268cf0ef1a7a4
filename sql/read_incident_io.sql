-- What schedules of incident.io say
--
-- Tests: read_incident_io
\getenv top PG_ABS_SRCDIR
\set file :top /test/data/import/told.psql
\i :file
\set file :top /test/data/import/incident_io-2-versions.json
\set doc `cat :'file'`
SELECT pg_temp.told(r) FROM oncall.read_incident_io(:'doc') r;
-- the third version of the API: ids and NOBODY, days and a weekend, two at once, hours past midnight, months, fair turns
\set third '{"schedule": {"name": "Team", "timezone": "Europe/London"}, "users": [{"id": "A", "email": "ana@example.org", "name": "Ana"}, {"id": "B", "name": "Ben"}, {"id": "C"}], "rotations": [{"id": "1", "name": "pair", "users": ["A", "NOBODY", "B", "C"], "first_interval_starts_at": "2026-01-05T09:00:00Z", "handovers": [{"interval": 1, "interval_type": "daily"}, {"interval": 1, "interval_type": "weekly"}], "concurrent_shifts": 2, "working_intervals": [{"weekday": "monday", "start_time": "09:00", "end_time": "17:00"}, {"weekday": "sunday", "start_time": "22:00", "end_time": "06:00"}]}, {"id": "2", "name": "months", "users": ["A"], "first_interval_starts_at": "2026-01-05T09:00:00Z", "handovers": [{"interval": 1, "interval_type": "monthly"}]}, {"id": "3", "name": "mixed", "users": ["A"], "first_interval_starts_at": "2026-01-05T09:00:00Z", "handovers": [{"interval": 12, "interval_type": "hourly"}, {"interval": 1, "interval_type": "daily"}]}, {"id": "4", "name": "none", "users": ["A"], "first_interval_starts_at": "2026-01-05T09:00:00Z"}, {"id": "5", "name": "months", "users": [], "first_interval_starts_at": "2026-01-05T09:00:00Z"}, {"id": "6", "name": "fair", "scheduling_mode": "fair", "users": ["A", "B"], "first_interval_starts_at": "2026-01-05T09:00:00Z"}]}'
SELECT pg_temp.told(r) FROM oncall.read_incident_io(:'third') r;
-- what it shows decides who stands in the second layer; fair turns are covers; overrides, of which one leaves nobody
\set shown '{"schedule_entries": {"final": [{"rotation_id": "1", "layer_id": "first", "user": {"id": "A"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-05T17:00:00Z"}, {"rotation_id": "1", "layer_id": "second", "user": {"id": "C"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-05T17:00:00Z"}, {"rotation_id": "6", "user": {"id": "B"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-06T09:00:00Z"}], "overrides": [{"rotation_id": "2", "user": null, "start_at": "2026-01-07T09:00:00Z", "end_at": "2026-01-07T10:00:00Z"}, {"rotation_id": "2", "user": {"id": "B"}, "start_at": "2026-01-07T10:00:00Z", "end_at": "2026-01-07T10:00:00Z"}]}}'
SELECT pg_temp.told(r) FROM oncall.read_incident_io(:'third'::jsonb || :'shown') r
WHERE r.kind <> 'layer' OR r.rotation IN ('Team/pair', 'Team/fair');
-- without a list of layers the entries tell their ids: two seats of a fair rotation
SELECT pg_temp.told(r) FROM oncall.read_incident_io('{"schedule": {"name": "Two", "timezone": "UTC"}, "rotations": [{"id": "1", "name": "fair", "scheduling_mode": "fair", "concurrent_shifts": 2, "users": ["A", "B"], "handovers": []}],
	"schedule_entries": {"final": [{"rotation_id": "1", "layer_id": "x", "user": {"id": "A"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-06T09:00:00Z"},
		{"rotation_id": "1", "layer_id": "y", "user": {"id": "B"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-06T09:00:00Z"}]}}') r;
SELECT pg_temp.told(r) FROM oncall.read_incident_io('{"schedule": {"name": "Three", "timezone": "UTC", "config": {"rotations": [{"id": "1", "users": [{"id": "A"}, {"id": "B"}],
	"handover_start_at": "2026-01-05T09:00:00Z", "handovers": [{"interval": 1, "interval_type": "weekly"}], "layers": [{"id": "x"}, {"id": "y"}]}]}},
	"schedule_entries": {"overrides": [{"rotation_id": "1", "layer_id": "z", "user": {"id": "A"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-06T09:00:00Z"},
		{"rotation_id": "1", "layer_id": "y", "user": {"id": "A"}, "start_at": "2026-01-06T09:00:00Z", "end_at": "2026-01-07T09:00:00Z"}]}}') r;
-- an override of a rotation that is not there; several schedules, and rotations of which one cannot tell whose they are
SELECT pg_temp.told(r) FROM oncall.read_incident_io('{"schedule": {"name": "Gone", "timezone": "UTC", "config": {"rotations": [{"id": "1", "users": [{"id": "A"}, {"id": "B"}],
	"handover_start_at": "2026-01-05T09:00:00Z", "handovers": [{"interval": 1, "interval_type": "weekly"}]}]}},
	"schedule_entries": {"overrides": [{"rotation_id": "2", "user": {"id": "A", "name": "Ann"}, "start_at": "2026-01-05T09:00:00Z", "end_at": "2026-01-06T09:00:00Z"}]}}') r;
SELECT oncall.read_incident_io('{"schedules": [{"name": "A", "timezone": "UTC"}, {"name": "B", "timezone": "UTC"}], "rotations": [{"id": "1", "users": ["A"], "first_interval_starts_at": "2026-01-05T09:00:00Z",
	"handovers": [{"interval": 1, "interval_type": "weekly"}]}]}');
-- each pairing, found by what is shown of the second seat in three turns of five people
SELECT count(oncall.add_person(n, 'UTC')) FROM unnest('{A,B,C,D,E}'::text[]) n;
SELECT count(oncall.add_rotation(p, '{A,B,C,D,E}', 'R/2026-01-05T09:00[UTC]/P1D', pairing => p))
FROM unnest('{following,staggered,preceding,fixed}'::text[]) p;
SELECT rotation, oncall_internal.best_pairing('{A,B,C,D,E}', 'R/2026-01-05T09:00[UTC]/P1D', 2, array_agg(
	oncall_internal.import_row('shown', first_seat => seat, people => ARRAY[person], valid => period) ORDER BY period)) AS found
FROM oncall.roster('[2026-01-05 09:00, 2026-01-08 09:00)') WHERE seat = 2 GROUP BY rotation ORDER BY rotation;
-- what is no such document
SELECT oncall.read_incident_io(NULL);
SELECT oncall.read_incident_io('{"name": "x", "time_zone": "UTC", "layers": [{"shift_length": 86400}]}');
SELECT oncall.read_incident_io('{"schedule": {"name": "x", "timezone": "UTC", "config": {"rotations": [{"id": 1}]}}}');
SELECT oncall.read_incident_io('{"schedule": {"name": "x", "timezone": "UTC", "config": {"rotations": [{"id": "1", "users": ["A"], "handover_start_at": "yesterday"}]}}}');
SELECT oncall.read_incident_io('{"schedule": {"name": "x", "timezone": "UTC", "config": {"rotations": [{"id": "1", "users": ["A"], "handover_start_at": "2026-01-05T09:00:00Z",
	"handovers": [{"interval": 1, "interval_type": "yearly"}]}]}}}');
-- the import: a day each before 14 May 2024, weeks after
SELECT concat_ws(' | ', level, what, object, detail) FROM oncall.import_schedule('incident_io', :'doc', make_people => true)
WHERE what NOT IN ('rules', 'knowledge', 'not carried', 'past', 'change');
SELECT person, period FROM oncall.roster('[2024-04-30, 2024-06-01)', 'Primary On-call') ORDER BY period;
ROLLBACK;
