-- The timeline of an incident: everything that happened, in order, with who was
-- on call as known at that moment. What is expected was worked out by hand.
--
-- Tests: timelines merging answering
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SELECT oncall.setup() \g /dev/null
CREATE FUNCTION pg_temp.try(statement text) RETURNS TABLE (code text, message text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY SELECT 'ok', NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN QUERY SELECT SQLSTATE::text, SQLERRM;
END
$$;
-- numbers of incidents are not the same each time
CREATE FUNCTION pg_temp.told(incident int) RETURNS TABLE (at text, part text, what text, person text, detail text, on_call text)
LANGUAGE sql BEGIN ATOMIC
	SELECT to_char(t.at, 'HH24:MI'), left(i.summary, 4), t.what, t.person,
		regexp_replace(t.detail, 'incident \d+', 'incident N'), t.on_call
	FROM oncall.incident_timeline($1) WITH ORDINALITY t JOIN oncall.incident i USING (incident_id) ORDER BY t.ordinality;
END;
-- what was believed since New Year
CREATE FUNCTION pg_temp.believe() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE oncall.layer SET recorded = '[2025-01-01,)';
	UPDATE oncall.layer_member SET recorded = '[2025-01-01,)';
	SET LOCAL session_replication_role = origin;
END
$$;

SELECT oncall.add_person('Ana', 'UTC') AS ana, oncall.add_person('Ben', 'UTC') AS ben, oncall.add_person('Cy', 'UTC') AS cy,
	oncall.add_person('Di', 'UTC') AS di \gset
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'UTC', :di);
SELECT oncall.add_rotation('SRE', '{Ana}', 'R/2025-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE') AS sre,
	oncall.add_rotation('Shop', '{Cy}', 'R/2025-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE'),
	oncall.add_service('Shop', 'SRE', '{SRE,Shop}'), oncall.add_service('Mail', 'SRE', '{SRE}') \gset
SELECT pg_temp.believe();
SELECT oncall.open_incident('Shop', 'Shop is down', 'SEV2', at => '2025-03-04 02:10Z') AS shop \gset
-- At 02:20 Ben is put on for Ana from 02:00 on: whom the page called was not him.
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded)
VALUES (:sre, 1, '[2025-03-04 02:00Z,2025-03-04 12:00Z)', :ben, '[2025-03-04 02:20Z,)');
SELECT oncall.acknowledge(:shop, 'Cy', '2025-03-04 02:15Z'), oncall.assign_role(:shop, 'commander', 'Cy', at => '2025-03-04 02:18Z') \g /dev/null
SELECT oncall.open_incident('Mail', 'Mail is late', 'SEV2', at => '2025-03-04 02:25Z') AS mail \gset
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, detail) VALUES (:mail, '2025-03-04 02:26Z', 'note', :di, 'queue is full');
UPDATE oncall.page SET claimed_at = '2025-03-04 02:25:10Z', claimed_by = 'gate', sent_at = '2025-03-04 02:25:20Z' WHERE incident_id = :mail;
SELECT oncall.acknowledge(:mail, 'Ben', '2025-03-04 02:27Z') \g /dev/null
SELECT * FROM pg_temp.told(:mail);
-- merged: the target tells of both, and the other of what was before
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, other_incident_id) VALUES (:shop, '2025-03-04 02:30Z', 'merged', :cy, :mail);
SELECT oncall.assign_role(:shop, 'commander', 'Di', at => '2025-03-04 02:40Z'), oncall.reassign(:shop, 'Di', 'needs a manager', 'Cy', '2025-03-04 02:41Z'),
	oncall.acknowledge(:shop, 'Di', '2025-03-04 02:45Z'), oncall.resolve(:shop, 'restarted', 'Di', '2025-03-04 03:00Z') \g /dev/null
SELECT * FROM pg_temp.told(:shop);
SELECT * FROM pg_temp.told(:mail);
SELECT oncall.unmerge(:mail) \g /dev/null
SELECT count(*) FILTER (WHERE what <> 'unmerged') AS as_before FROM oncall.incident_timeline(:mail);

-- Pages that wait, are held, and are given up; a page that was acknowledged by
-- an UPDATE; volunteers.
SELECT oncall.add_rotation('Night', '{Ana}', 'R/2025-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE') AS night,
	oncall.add_service('Disk', 'SRE', '{SRE}') \gset
SELECT pg_temp.believe();
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded)
VALUES (:night, 1, '[2025-03-05 00:00Z,2025-03-05 06:00Z)', NULL, '[2025-03-01,)');
SELECT oncall.add_step('Disk', '10 minutes', 'Night', when_empty => 'hold'), oncall.add_step('Disk', '6 hours', 'Night') \g /dev/null
INSERT INTO oncall.maintenance (service_id, period) SELECT service_id, '[2025-03-05 01:00Z,2025-03-05 02:00Z)' FROM oncall.service WHERE name = 'Disk';
SELECT oncall.open_incident('Disk', 'Disk is full', 'SEV2', at => '2025-03-05 01:10Z') AS disk \gset
SELECT oncall.run_escalations('2025-03-05 02:01Z') AS one, oncall.run_escalations('2025-03-05 02:12Z') AS none \gset
SELECT * FROM pg_temp.told(:disk);
SELECT oncall.run_escalations('2025-03-05 06:01Z') AS night \gset
UPDATE oncall.page SET acknowledged_at = '2025-03-05 06:05Z' WHERE incident_id = :disk AND reason = 'step';
SELECT oncall.acknowledge(:disk, 'Di', '2025-03-05 06:10Z'), oncall.resolve(:disk, at => '2025-03-05 06:30Z') \g /dev/null
SELECT * FROM pg_temp.told(:disk);

-- Who has no right to see hours sees the rest
CREATE ROLE regress_oncall_timeline;
SELECT oncall.grant_access('regress_oncall_timeline', 'reader') \g /dev/null
SET ROLE regress_oncall_timeline;
SELECT count(*) FILTER (WHERE what LIKE 'response%') AS hours, count(*) > 5 AS others FROM oncall.incident_timeline(:shop);
RESET ROLE;
SELECT count(*) FILTER (WHERE what LIKE 'response%') AS hours FROM oncall.incident_timeline(:shop);
SELECT t.* FROM pg_temp.try('SELECT oncall.incident_timeline(2147483647)') t
UNION ALL SELECT t.* FROM pg_temp.try('SELECT oncall.incident_timeline(NULL)') t;
ROLLBACK;
