-- What would go wrong with the next incident, and what is late of the last
-- ones: each row comes when it ought to, can be run as it stands, and goes once
-- it is answered.
--
-- Tests: readiness lint
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SELECT oncall.setup() \g /dev/null
-- ids and times are others each time
CREATE FUNCTION pg_temp.plain(told text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN regexp_replace(regexp_replace(told, '\d{4}-\d\d-\d\d( [\d:.]+)?', 'T', 'g'), 'incident \d+', 'incident N', 'g');
CREATE VIEW pg_temp.ready AS
	SELECT what, level, pg_temp.plain(subject) AS subject, CASE what WHEN 'no gaps' THEN 'by the date' ELSE pg_temp.plain(detail) END AS detail
	FROM oncall.readiness;
-- runs what is suggested, with or without an answer
CREATE FUNCTION pg_temp.run(about text, answer text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	suggestion text;
	n bigint := 0;
BEGIN
	FOR suggestion IN SELECT r.suggestion FROM oncall.readiness r WHERE r.what = about LOOP
		EXECUTE CASE WHEN answer IS NULL THEN suggestion ELSE regexp_replace(suggestion, 'NULL(?=::)', quote_literal(answer), 'g') END;
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;
SELECT count(*) AS of_an_empty_company FROM oncall.readiness;

-- everything is missing
SELECT oncall.add_person('Ana', 'UTC') AS ana, oncall.add_person('Ben', 'UTC') AS ben,
	oncall.add_person('Cy', 'UTC', active => '(,2025-01-01)') AS cy \gset
INSERT INTO oncall.team (name, zone) VALUES ('SRE', 'UTC'), ('No services', 'UTC');
SELECT oncall.add_rotation('SRE', '{Ana}', 'R/2020-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE'),
	oncall.add_rotation('Gaps', '{Ana}', 'R/2020-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE', coverage => 'Mo-Fr 09:00-17:00'),
	oncall.add_service('Shop', 'SRE', '{SRE}'), oncall.add_service('Bare', 'SRE', '{}'), oncall.add_step('Shop', '5 minutes', person => 'Cy'),
	oncall.add_step('Shop', '5 minutes', 'SRE', seat => 3) \g /dev/null
UPDATE oncall.service_rotation SET seats = '{1,2}';
SELECT oncall.set_hours('Gaps', 'Mo-Th 09:00-17:00') \g /dev/null
SELECT * FROM pg_temp.ready;
-- forms do nothing
SELECT sum(pg_temp.run(what)) AS run FROM (SELECT DISTINCT what FROM oncall.readiness WHERE what <> 'no gaps') w;
SELECT count(*) FROM oncall.readiness;
-- lint tells the same of services
SELECT rule, level, detail FROM oncall.lint() WHERE rotation IS NULL;
SELECT pg_temp.run('rotation of a service', 'SRE') AS rotation, pg_temp.run('seats of a service', '{1}') AS seats, pg_temp.run('manager of a team', 'Ben') AS manager,
	pg_temp.run('step of escalation', 'Ana') AS steps, pg_temp.run('heartbeat of a service', '1 hour') AS heartbeats, pg_temp.run('no gaps') AS gaps;
SELECT * FROM pg_temp.ready;
SELECT pg_temp.run('company phone', '+353 1') AS phone, pg_temp.run('expectations accepted', '2025-01-02') AS expectations, pg_temp.run('contact', 'sms') AS contacts;
SELECT * FROM pg_temp.ready;
UPDATE oncall.contact SET verified_on = '2025-01-02';
SELECT count(*) AS unready FROM oncall.readiness;
UPDATE oncall.person SET active = '(,2025-01-01)' WHERE person_id = :ben;
SELECT * FROM pg_temp.ready;
UPDATE oncall.person SET active = '(,)' WHERE person_id = :ben;
SELECT count(*) AS unready FROM oncall.readiness;

-- Incidents: without an owner, of a service that there is not, pages that no
-- timer lets go or no gateway delivers, lessons that are late
INSERT INTO oncall.maintenance (service_id, period) SELECT service_id, tstzrange(now() - interval '3 hours', now() - interval '1 hour') FROM oncall.service WHERE name = 'Bare';
SELECT oncall.open_incident('Coffee', 'cold', 'SEV4') AS coffee, oncall.open_incident('Coffee', 'cold again', 'SEV4') AS again,
	oncall.open_incident('Shop', 'down', 'SEV2', at => now() - interval '40 days') AS down, oncall.open_incident('Shop', 'slow', 'SEV3', at => now() - interval '40 days') AS slow,
	oncall.open_incident('Shop', 'just now', 'SEV2', at => now() - interval '1 hour') AS recent, oncall.open_incident('Bare', 'waits', 'SEV2', at => now() - interval '2 hours') AS waits \gset
SELECT oncall.resolve(:again), oncall.resolve(:down, at => now() - interval '39 days'),
	oncall.resolve(:slow, at => now() - interval '39 days'), oncall.resolve(:recent, at => now() - interval '1 hour') \g /dev/null
INSERT INTO oncall.action_item (incident_id, what, team_id, due_on, done_on) SELECT :down, w.what, t.team_id, w.due_on, w.done_on
FROM oncall.team t, (VALUES ('Watch the queue', (now() AT TIME ZONE 'UTC')::date - 1, NULL), ('Today', (now() AT TIME ZONE 'UTC')::date, NULL),
	('Was done', '2025-01-01', '2025-01-02'::date)) w(what, due_on, done_on) WHERE t.name = 'SRE';
SELECT * FROM pg_temp.ready;
-- lint tells the same of incidents
SELECT rule, level, pg_temp.plain(detail) AS detail FROM oncall.lint() WHERE rotation IS NULL;
SELECT count(*) AS of_one_rotation FROM oncall.lint('SRE') WHERE rotation IS NULL;
SELECT pg_temp.run('timer') AS timer;
SELECT what, subject, detail FROM pg_temp.ready WHERE what IN ('timer', 'gateway');
UPDATE oncall.page SET created_at = now() - interval '11 minutes', due_at = NULL;
SELECT what, subject, detail FROM pg_temp.ready WHERE what IN ('timer', 'gateway');
SELECT oncall.page_failed(page_id, 'no network') FROM oncall.claim_pages('gate') \g /dev/null
SELECT what, subject, detail FROM pg_temp.ready WHERE what IN ('timer', 'gateway');
SELECT pg_temp.run('late postmortem') AS drafted;
SELECT what, subject, detail FROM pg_temp.ready WHERE what LIKE 'late%';
SELECT oncall.publish_postmortem(:down) \g /dev/null
SELECT pg_temp.run('unknown service', 'SRE') AS added, pg_temp.run('late action item') AS shown, pg_temp.run('incident without owner') AS looked_at;
UPDATE oncall.action_item SET done_on = '2025-11-01';
SELECT oncall.resolve(:coffee), oncall.resolve(:waits), oncall.run_escalations() \g /dev/null
SELECT what, subject FROM pg_temp.ready;
-- a step that no timer calls, though no page waits
SELECT oncall.open_incident('Shop', 'new', 'SEV2', at => now() - interval '14 minutes') AS forgotten \gset
SELECT what, subject, detail FROM pg_temp.ready WHERE what = 'timer';
UPDATE oncall.incident SET waits_since = now() - interval '16 minutes' WHERE incident_id = :forgotten;
SELECT what, subject, detail FROM pg_temp.ready WHERE what = 'timer';
SELECT pg_temp.run('timer') AS timer;
SELECT what, subject, detail FROM pg_temp.ready WHERE what = 'timer';
SELECT oncall.resolve(:forgotten) \g /dev/null
-- closed as stale
INSERT INTO oncall.incident (severity, summary, opened_at, resolved_at, resolution) VALUES ('SEV4', 'x', now() - interval '20 days', now() - interval '1 day', 'stale');
SELECT rule, level, detail FROM oncall.lint() WHERE rotation IS NULL;
DELETE FROM oncall.incident WHERE resolution = 'stale';

-- Severities: a milder one never calls when a worse one waits
CREATE FUNCTION pg_temp.hours(worse text, milder text, whose text DEFAULT 'team') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE oncall.severity SET page_hours = worse::oncall.weekly_hours WHERE name = 'SEV2';
	UPDATE oncall.severity SET page_hours = milder::oncall.weekly_hours, page_hours_of = whose WHERE name = 'SEV3';
	RETURN coalesce((SELECT string_agg(l.detail, '; ') FROM oncall.lint() l WHERE l.rule = 'severities'), 'well');
END
$$;
SELECT s.worse, s.milder, pg_temp.hours(s.worse, s.milder) AS told FROM (VALUES (NULL, 'Mo-Fr 08:00-18:00'), ('Mo-Fr 08:00-18:00', NULL), ('Mo-Fr 08:00-18:00', 'Mo-Fr 08:00-18:00'),
	('Mo-Fr 08:00-18:00', 'Mo-Fr 09:00-17:00'), ('Mo-Fr 08:00-18:00', 'Mo-Sa 08:00-18:00'), ('Mo-Fr 08:00-18:00; PH off', 'Mo-Fr 08:00-18:00'), (NULL, NULL)) s(worse, milder);
-- on other clocks nobody can tell
SELECT pg_temp.hours('Mo-Fr 08:00-18:00', 'Mo-Sa 08:00-18:00', 'holder') AS of_holders;
SELECT pg_temp.hours(NULL, 'Mo-Fr 08:00-18:00') AS well;
UPDATE oncall.severity SET pages = false WHERE name = 'SEV2';
SELECT detail, suggestion FROM oncall.lint() WHERE rule = 'severities';
DO $$ BEGIN EXECUTE (SELECT suggestion FROM oncall.lint() WHERE rule = 'severities'); END $$;
SELECT count(*) AS severities FROM oncall.lint() WHERE rule = 'severities';

-- Readers see what is not private
CREATE ROLE regress_oncall_ready_reader;
CREATE ROLE regress_oncall_ready_manager;
SELECT oncall.grant_access('regress_oncall_ready_reader', 'reader'), oncall.grant_access('regress_oncall_ready_manager', 'manager') \g /dev/null
DELETE FROM oncall.contact;
DELETE FROM oncall.heartbeat;
SET ROLE regress_oncall_ready_reader;
SELECT what, subject, person_id = :ana AS ana FROM oncall.readiness;
RESET ROLE;
SET ROLE regress_oncall_ready_manager;
SELECT what, subject, person_id = :ana AS ana FROM oncall.readiness;
RESET ROLE;
ROLLBACK;
