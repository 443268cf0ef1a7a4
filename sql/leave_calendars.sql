-- Absences that follow a calendar of leave
--
-- Tests: leave_calendars people
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
CREATE ROLE regress_oncall_leave_calendars_ana;
SELECT oncall.grant_access('regress_oncall_leave_calendars_ana', 'member');
SELECT oncall.add_person('Ana', 'Africa/Lagos', db_role => 'regress_oncall_leave_calendars_ana') AS ana,
	oncall.add_person('Ben', 'Asia/Kolkata') AS ben;
CREATE FUNCTION pg_temp.away() RETURNS TABLE (person text, period tstzrange, kind text, note text, uid text) LANGUAGE sql AS $$
	SELECT p.name, a.period, a.kind, a.note, a.uid FROM oncall.absence a JOIN oncall.person p USING (person_id) ORDER BY p.name, a.period, a.uid
$$;
SELECT * FROM oncall.sync_leave('Ben', '[
	{"uid": "whole days", "starts": "2126-12-24", "ends": "2126-12-27", "note": "away"},
	{"uid": "local", "starts": "2126-07-01T09:00:00", "ends": "2126-07-01T17:00:00"},
	{"uid": "elsewhere", "starts": "2126-07-02T09:00:00", "ends": "2126-07-02T17:00:00", "zone": "Asia/Tokyo"},
	{"uid": "instant", "starts": "2126-07-03T09:00:00Z", "ends": "2126-07-03T17:00:00+02:00"},
	{"uid": "long ago", "starts": "2024-07-01", "ends": "2024-07-02"}]');
SELECT * FROM pg_temp.away();
INSERT INTO oncall.absence (person_id, period) VALUES (2, '[2127-01-01,2127-01-02)');
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "whole days", "starts": "2126-08-01", "ends": "2126-08-02"}]', 'school', 'keep_free');
-- one has moved, one is as it was, two have gone; what is over stays
SELECT * FROM oncall.sync_leave('Ben', '[
	{"uid": "whole days", "starts": "2126-12-23", "ends": "2126-12-27"},
	{"uid": "local", "starts": "2126-07-01T09:00:00", "ends": "2126-07-01T17:00:00"}]');
SELECT * FROM oncall.sync_leave('Ben', '[
	{"uid": "whole days", "starts": "2126-12-23", "ends": "2126-12-27"},
	{"uid": "local", "starts": "2126-07-01T09:00:00", "ends": "2126-07-01T17:00:00"}]');
SELECT * FROM pg_temp.away();
-- another person's event of the same uid is another
SELECT * FROM oncall.sync_leave('Ana', '[{"uid": "whole days", "starts": "2126-12-23", "ends": "2126-12-27"}]');
-- who is away may not change what a calendar says
SET LOCAL ROLE regress_oncall_leave_calendars_ana;
SAVEPOINT t;
DELETE FROM oncall.absence;
ROLLBACK TO t;
UPDATE oncall.absence SET period = '[2126-12-24,2126-12-25)';
ROLLBACK TO t;
INSERT INTO oncall.absence (person_id, period, uid) VALUES (1, '[2126-12-24,2126-12-25)', 'leave/x');
ROLLBACK TO t;
RESET ROLE;
SELECT * FROM oncall.sync_leave('Ana', '[]');

SAVEPOINT t;
SELECT * FROM oncall.sync_leave('Bean', '[]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '{}');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', NULL);
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[]', 'a/b');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"starts": "2126-12-23", "ends": "2126-12-27"}]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "a", "starts": "2126-12-23", "ends": "2126-12-23"}]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "a", "starts": "tomorrow", "ends": "2126-12-23"}]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "a", "starts": "2126-12-23"}]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "a", "starts": "2126-12-23", "ends": "2126-12-24"}, {"uid": "a", "starts": "2126-12-25", "ends": "2126-12-26"}]');
ROLLBACK TO t;
SELECT * FROM oncall.sync_leave('Ben', '[{"uid": "a", "starts": "2126-12-23", "ends": "2126-12-24"}]', kind => 'holiday');
ROLLBACK TO t;
ROLLBACK;
