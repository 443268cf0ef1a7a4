-- Responses to incidents: they begin when somebody acknowledges and end when it
-- is resolved, or people record them; those of who was called are approved at
-- once, and managers put times right. What is expected was worked out by hand.
--
-- Tests: pay answering merging opening escalation
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SELECT oncall.setup() \g /dev/null
CREATE FUNCTION pg_temp.try(statement text) RETURNS TABLE (code text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY SELECT 'ok', NULL, NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	-- of times that pass only the place is the same
	RETURN QUERY SELECT SQLSTATE::text, regexp_replace(message, 'incident \d+', 'incident N', 'g'),
		regexp_replace(regexp_replace(detail, '\d{4}-\d\d-\d\d [\d:.]+', 'T', 'g'), 'ncident \d+', 'ncident N', 'g');
END
$$;
CREATE FUNCTION pg_temp.hours(since numeric, until numeric) RETURNS tstzrange LANGUAGE sql
RETURN tstzrange(now() + since * interval '1 hour', now() + until * interval '1 hour');
-- in hours before now, and whether a manager, the owner or nobody approved it
CREATE VIEW pg_temp.responses AS
	SELECT p.name AS person, i.summary AS incident, round(extract(epoch FROM lower(r.period) - now()) / 3600, 2) AS since,
		round(extract(epoch FROM upper(r.period) - now()) / 3600, 2) AS until,
		CASE r.approved_by WHEN 'regress_oncall_resp_manager' THEN 'manager' WHEN current_user THEN 'owner' ELSE coalesce(r.approved_by, '-') END AS approved_by
	FROM oncall.response r JOIN oncall.person p USING (person_id) LEFT JOIN oncall.incident i USING (incident_id)
	WHERE upper_inf(r.recorded) ORDER BY 1, 3, 2;

CREATE ROLE regress_oncall_resp_member;
CREATE ROLE regress_oncall_resp_manager;
SELECT oncall.grant_access('regress_oncall_resp_member', 'member'), oncall.grant_access('regress_oncall_resp_manager', 'manager') \g /dev/null
SELECT oncall.add_person('Ana', 'Europe/Dublin', db_role => 'regress_oncall_resp_member') AS ana, oncall.add_person('Ben', 'Europe/Dublin') AS ben \gset
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'Europe/Dublin', :ben);
SELECT oncall.add_rotation('SRE', '{Ana}', 'R/2020-01-07T12:00[Europe/Dublin]/P7D', seats => '{primary}', team => 'SRE'),
	oncall.add_service('Shop', 'SRE', '{SRE}'), oncall.add_service('Mail', 'SRE', '{}') \g /dev/null
-- of each way to begin and to end: called and open; called and resolved 5
-- hours ago; called nobody but the manager, and open
SELECT oncall.open_incident('Shop', 'called', at => now() - interval '10 hours') AS called,
	oncall.open_incident('Shop', 'over', at => now() - interval '20 hours') AS over,
	oncall.open_incident('Mail', 'not called', at => now() - interval '9 days') AS other \gset
SELECT oncall.acknowledge(:over, 'Ana', now() - interval '19 hours'), oncall.resolve(:over, at => now() - interval '5 hours') \g /dev/null
TABLE pg_temp.responses;

SET ROLE regress_oncall_resp_member;
SELECT s.what, t.* FROM (VALUES
	('before the opening', :called, pg_temp.hours(-11, -9)),
	('at the opening', :called, pg_temp.hours(-10, -9)),
	('while it is open', :called, pg_temp.hours(-2, -1)),
	('begun and going on', :called, pg_temp.hours(-0.5, NULL)),
	('an hour after its end', :over, pg_temp.hours(-5, -4)),
	('longer after its end', :over, pg_temp.hours(-5, -3.9)),
	('after its end, going on', :over, pg_temp.hours(-4.5, NULL)),
	('long after its end', :over, pg_temp.hours(-3, -2)),
	('7 days ago', :other, pg_temp.hours(-168, -167)),
	('6 days ago', :other, pg_temp.hours(-144, -143)),
	('going on, uncalled', :other, pg_temp.hours(-1, NULL))) s(what, incident, period),
	pg_temp.try(format('SELECT oncall.record_response(%L, incident => %s)', s.period, s.incident)) t;
-- of what went on, the end; the incident need not be named
SELECT response_id AS going_on FROM oncall.response WHERE incident_id = :called AND upper_inf(period) \gset
SELECT oncall.record_response(pg_temp.hours(-0.5, -0.25)) = :going_on AS same;
SELECT oncall.record_response(pg_temp.hours(-1, 0), incident => :other) IS NOT NULL AS ended;
RESET ROLE;
TABLE pg_temp.responses;
-- what waits, for pay and for readers
SELECT o.kind, o.person, replace(o.why, :'other', 'N') AS why FROM oncall.pay_owed o;

-- A manager puts it right: approves, moves what was recorded, before the opening
-- too, and withdraws.
SET ROLE regress_oncall_resp_manager;
UPDATE oncall.response SET approved_by = 'anybody' WHERE approved_by IS NULL AND upper_inf(recorded) AND lower(period) < now() - interval '1 day';
UPDATE oncall.response SET period = pg_temp.hours(-11, -9) WHERE period = pg_temp.hours(-10, -9) AND upper_inf(recorded);
SELECT oncall.record_response(pg_temp.hours(-12, -11), 'Ben', :called) IS NOT NULL AS recorded,
	oncall.record_response(pg_temp.hours(-12, -11), 'Ben') IS NOT NULL AS of_none;
RESET ROLE;
TABLE pg_temp.responses;
SELECT count(*) FROM oncall.pay_owed;

-- An acknowledgement begins a response: approved for who was called, by a
-- manager for whom they wrote, and waiting for who came unasked.
SELECT oncall.acknowledge(:called, 'Ana', now() - interval '9 minutes') \g /dev/null
SET ROLE regress_oncall_resp_member;
SELECT oncall.acknowledge(:other) \g /dev/null
RESET ROLE;
SET ROLE regress_oncall_resp_manager;
SELECT oncall.acknowledge(:called, 'Ben', now() - interval '6 minutes') \g /dev/null
RESET ROLE;
SELECT person, incident, until, approved_by FROM pg_temp.responses WHERE until IS NULL;
-- Merged, they go along, and the earlier opening is the opening; the number of
-- a merged incident means its target. The pages have come along too.
SELECT oncall.resolve(:other), oncall.open_incident('Shop', 'target', at => now() - interval '1 hour') AS target \gset
SELECT oncall.merge_incidents(:target, :called) = :target AS merged;
SET ROLE regress_oncall_resp_member;
SELECT oncall.record_response(pg_temp.hours(-9, -8.5), incident => :called) AS response \gset
SELECT i.summary, r.approved_by IS NOT NULL AS approved
FROM oncall.response r JOIN oncall.incident i USING (incident_id) WHERE r.response_id = :response;
SELECT t.code FROM pg_temp.try(format('SELECT oncall.record_response(pg_temp.hours(-10.5, -8.5), incident => %s)', :called)) t;
RESET ROLE;

-- Whom a colleague hands an incident to was called; who takes it over was not.
SELECT oncall.open_incident('Mail', 'taken', at => now() - interval '3 hours') AS taken, oncall.open_incident('Mail', 'handed', at => now() - interval '3 hours') AS handed \gset
SELECT oncall.reassign(:handed, 'Ana', person => 'Ben', at => now() - interval '2 hours') \g /dev/null
SET ROLE regress_oncall_resp_member;
SELECT oncall.reassign(:taken, 'Ana'), oncall.acknowledge(:taken), oncall.record_response(pg_temp.hours(-1, 0), incident => :taken),
	oncall.acknowledge(:handed) \g /dev/null
RESET ROLE;
SELECT incident, since, until, approved_by FROM pg_temp.responses WHERE incident IN ('taken', 'handed') ORDER BY 1, 2;

-- Nobody was called by what people say that they should have been: an incident
-- that is opened long after it began, or before the page, where another was
-- merged into it.
SET ROLE regress_oncall_resp_member;
SELECT oncall.open_incident('Shop', 'invented', at => now() - interval '50 hours') AS invented,
	oncall.open_incident('Shop', 'noticed', at => now() - interval '5 minutes') AS noticed,
	oncall.open_incident('Mail', 'older', 'SEV4', at => now() - interval '60 hours') AS older \gset
SELECT oncall.record_response(pg_temp.hours(-50, -42), incident => :invented) AS invented,
	oncall.record_response(pg_temp.hours(-0.05, 0), incident => :noticed) AS noticed,
	oncall.merge_incidents(:noticed, :older) = :noticed AS merged \gset response_
SELECT oncall.record_response(pg_temp.hours(-59, -51), incident => :noticed) AS older \gset response_
RESET ROLE;
SELECT r.approved_by IS NOT NULL AS approved, i.summary, lower(r.period) < now() - interval '1 hour' AS long_ago
FROM oncall.response r JOIN oncall.incident i USING (incident_id)
WHERE r.response_id IN (:response_invented, :response_noticed, :response_older) ORDER BY r.response_id;

-- Nor do people choose when an alert calls anybody, in the past or the future.
SET ROLE regress_oncall_resp_member;
SELECT oncall.open_incident('Shop', 'again', dedup_key => 'again') AS again \gset
SELECT oncall.resolve(:again) \g /dev/null
INSERT INTO oncall.incident_event (incident_id, kind, at) VALUES (:again, 'alert', now() + interval '20 minutes');
SELECT t.* FROM pg_temp.try($$SELECT oncall.open_incident('Shop', 'not yet', at => now() + interval '1 day')$$) t;
RESET ROLE;
SELECT p.reason, p.created_at = now() AS now FROM oncall.page p WHERE p.incident_id = :again ORDER BY p.page_id;

-- A timer that is a manager closes what is stale, and with it the roles.
SELECT oncall.open_incident('Shop', 'forgotten') AS forgotten \gset
SELECT oncall.assign_role(:forgotten, 'commander', 'Ben') \g /dev/null
SET ROLE regress_oncall_resp_manager;
SELECT oncall.run_escalations(date_trunc('day', now()) + interval '30 days 12 hours') >= 0 AS ran;
RESET ROLE;
SELECT i.resolution, upper_inf(r.period) AS goes_on FROM oncall.incident i JOIN oncall.incident_role r USING (incident_id) WHERE i.incident_id = :forgotten;

-- What there is not
SELECT s.what, t.* FROM (VALUES
	('unknown', 'SELECT oncall.record_response(pg_temp.hours(-2, -1), ''Ana'', 2147483647)'),
	('nobody', format('SELECT oncall.record_response(pg_temp.hours(-2, -1), ''Nobody'', %s)', :called)),
	('empty', format('SELECT oncall.record_response(pg_temp.hours(-2, -2), ''Ana'', %s)', :called))) s(what, statement), pg_temp.try(s.statement) t;
ROLLBACK;
