-- The reports of a company that has nothing yet, of one story that can be
-- counted by hand, and what whoever reads them sees.
--
-- Tests: reports pager_load

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL client_min_messages = warning;
SELECT count(oncall.setup()) AS set_up;
CREATE FUNCTION pg_temp.attempt(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- nothing yet: no incident, no month
SELECT (SELECT count(*) FROM oncall.incident_report) AS reports, (SELECT count(*) FROM oncall.warning_sign) AS signs,
	(SELECT count(*) FROM oncall.pager_load) AS loads;

-- Ana in Auckland and Ben in London hand over on Mondays; the team is Auckland's
INSERT INTO oncall.calendar (name) VALUES ('reports');
INSERT INTO oncall.holiday (calendar_id, day, name) SELECT calendar_id, '2026-02-06', 'Waitangi Day' FROM oncall.calendar WHERE name = 'reports';
SELECT oncall.add_person('Ana', 'Pacific/Auckland', calendar => 'reports') AS ana, oncall.add_person('Ben', 'Europe/London') AS ben,
	oncall.add_person('Mia', 'UTC') AS mia \gset
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('<Reports & "co">', 'Pacific/Auckland', :mia) RETURNING team_id AS team \gset
SELECT oncall.add_rotation('Rep', '{Ana,Ben}', 'R/2026-02-02T09:00[Pacific/Auckland]/P7D', seats => '{one}', team => :'team') AS rota,
	oncall.add_service('Web', :'team', '{Rep}') AS web \gset

-- Ana: on Friday, her holiday, at 11:00; on Saturday twice in one night; on
-- Wednesday at work. 6 February 11:00 in Auckland is 5 February 22:00 UTC.
SELECT oncall.open_incident('Web', 'holiday', 'SEV2', 'customer', at => '2026-02-05 22:00Z') AS holiday,
	oncall.open_incident('Web', 'evening', 'SEV2', at => '2026-02-07 10:00Z') AS evening,
	oncall.open_incident('Web', 'morning', 'SEV2', at => '2026-02-07 16:30Z') AS morning,
	oncall.open_incident('Web', 'at work', 'SEV2', at => '2026-02-03 23:00Z') AS at_work \gset
-- one is merged, one is nobody's
SELECT FROM oncall.open_incident('Web', 'echo', 'SEV2', at => '2026-02-07 16:40Z') AS echo, oncall.merge_incidents(:morning, echo);
SELECT FROM oncall.open_incident('Gone', 'whose?', 'SEV4', at => '2026-02-10 12:00Z');
SELECT FROM oncall.acknowledge(:at_work, 'Ana', at => '2026-02-03 23:05Z');
SELECT FROM oncall.acknowledge(:holiday, 'Ana', at => '2026-02-05 22:10Z');
SELECT FROM oncall.acknowledge(:evening, 'Ana', at => '2026-02-07 10:30Z');
SELECT FROM oncall.resolve(:holiday, at => '2026-02-05 23:00Z');
SELECT FROM oncall.resolve(:at_work, at => '2026-02-04 01:00Z');
-- from Saturday 23:00 to Monday 11:00
SELECT FROM oncall.resolve(:evening, at => '2026-02-08 22:00Z');

SELECT month, zone, service, severity, incidents, resolved, open, acknowledged, acknowledged_in_time AS in_time, found_by_customers AS customers,
	acknowledge_median, acknowledge_p90_hours AS ack_p90_h, resolve_median, resolve_p90_hours AS res_p90_h
FROM oncall.incident_report WHERE service_id = :web OR service = 'Gone' ORDER BY service;
SELECT team, sign, value, incidents, share, quarter_before, trend
FROM oncall.warning_sign WHERE month = '2026-02-01' AND (team_id = :team OR team_id IS NULL) ORDER BY team_id, sign_id;
-- the month after
SELECT team, sign, value, incidents, share, quarter_before, trend
FROM oncall.warning_sign WHERE month = '2026-03-01' AND team_id = :team ORDER BY sign_id;
-- the echo called her as well; from Saturday 23:30 to Monday 11:00 she works
SELECT person, rotation, week, starts_at, ends_at, pages, pages_out_of_hours AS out, nights_broken AS nights, hours_on_duty AS duty, hours_responding AS work
FROM oncall.pager_load WHERE week BETWEEN '2026-01-26' AND '2026-02-10' AND person IN ('Ana', 'Ben') ORDER BY person, week, rotation;
-- by name, as tools ask
SELECT sum(pages) FROM oncall.pager_load WHERE person = 'Ana' AND rotation = 'Rep' AND starts_at >= '2026-02-01' AND ends_at < '2026-03-01';

-- Who sees what: Ben is a member
CREATE ROLE regress_oncall_reports_reader;
CREATE ROLE regress_oncall_reports_member;
SELECT FROM (SELECT oncall.grant_access('regress_oncall_reports_reader', 'reader'), oncall.grant_access('regress_oncall_reports_member', 'member')) AS done;
UPDATE oncall.person SET db_role = 'regress_oncall_reports_member' WHERE name = 'Ben';
SET LOCAL ROLE regress_oncall_reports_reader;
SELECT count(*) > 0 AS reports FROM oncall.incident_report;
SELECT count(*) > 0 AS signs FROM oncall.warning_sign;
SELECT pg_temp.attempt('SELECT count(*) FROM oncall.pager_load');
SET LOCAL ROLE regress_oncall_reports_member;
SELECT person, bool_and(hours_responding IS NULL) AS hidden, sum(pages) > 0 AS called FROM oncall.pager_load
WHERE rotation = 'Rep' GROUP BY person ORDER BY person;
RESET ROLE;

-- What they stand on
SELECT pg_temp.attempt('SELECT oncall_internal.own_holidays(''{2026-01-01}'', ''{NULL,NULL}'', ''off'')');
SELECT pg_temp.attempt('SELECT oncall_internal.own_holidays(''{2026-01-01,NULL}'', ''{NULL,NULL}'', ''off'')');
SELECT oncall_internal.own_holidays('{}', '{}', 'off') AS none,
	oncall_internal.own_holidays('{2026-03-16,2026-01-01}', '{2026-03-14,NULL}', 'Mo-Fr 09:00-17:00') AS on_monday,
	oncall_internal.own_holidays('{2026-03-16,2026-01-01}', '{2026-03-14,NULL}', 'Sa 09:00-17:00') AS on_saturday;
SELECT h AS hours, oncall_internal.hours_but_holidays(h) FROM unnest('{24/7,off,Mo-Fr 09:00-17:00,Mo-Fr 09:00-17:00; PH 10:00-12:00}'::oncall.weekly_hours[]) AS h;
ROLLBACK;
