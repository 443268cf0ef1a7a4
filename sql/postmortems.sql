-- What is learnt: playbooks, blameless postmortems with the timeline on the
-- reader's clock, action items, and thanks. What is expected was worked out by
-- hand.
--
-- Tests: postmortems timelines
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
	RETURN QUERY SELECT SQLSTATE::text, regexp_replace(message, 'incident \d+', 'incident N', 'g'), nullif(regexp_replace(detail, '^Failing row.*', ''), '');
END
$$;
CREATE ROLE regress_oncall_post_reader;
CREATE ROLE regress_oncall_post_member;
SELECT oncall.grant_access('regress_oncall_post_reader', 'reader'), oncall.grant_access('regress_oncall_post_member', 'member') \g /dev/null
SELECT oncall.add_person('Ana', 'Europe/Dublin') AS ana, oncall.add_person('Ben', 'Europe/Dublin') AS ben, oncall.add_person('Cy', 'Asia/Tokyo') AS cy,
	oncall.add_person('Di', 'Europe/Dublin', db_role => 'regress_oncall_post_member') AS di, oncall.add_person('Anabel (x)', 'Europe/Dublin') AS anabel \gset
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'Europe/Dublin', :di);
SELECT oncall.add_rotation('SRE', '{Ana}', 'R/2020-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE'),
	oncall.add_rotation('Shop', '{Cy}', 'R/2020-01-07T12:00[UTC]/P7D', seats => '{primary}', team => 'SRE'),
	oncall.add_service('Shop', 'SRE', '{SRE,Shop}'), oncall.add_service('Mail', 'SRE', '{SRE}') \g /dev/null

-- Playbooks: the most specific counts
INSERT INTO oncall.playbook (service_id, severity, title, body, url) VALUES
	(NULL, NULL, 'Keep calm', 'Write down what you see.', NULL),
	(NULL, 'SEV2', 'When it is bad', NULL, 'https://example.com/sev2'),
	((SELECT service_id FROM oncall.service WHERE name = 'Shop'), NULL, 'Shop', 'Look at the queue.', NULL),
	((SELECT service_id FROM oncall.service WHERE name = 'Shop'), 'SEV1', 'Shop, all of it', 'Call the bank.', NULL);
SELECT oncall.open_incident('Shop', 'Shop is down', 'SEV1', at => '2025-06-16 01:10Z') AS shop,
	oncall.open_incident('Mail', 'Mail is late', 'SEV2', at => '2025-06-16 01:20Z') AS mail,
	oncall.open_incident('Shop', 'slow', 'SEV3', at => '2025-06-16 09:00Z') AS slow,
	oncall.open_incident('Coffee', 'cold', 'SEV4', at => '2025-06-16 09:00Z') AS coffee \gset
SELECT i.summary, b.title FROM oncall.incident i, LATERAL oncall.playbook_for(i.incident_id) b
WHERE i.incident_id IN (:shop, :mail, :slow, :coffee) ORDER BY i.incident_id;
SELECT count(*) AS of_none FROM oncall.playbook_for(2147483647);
SELECT s.what, t.code, t.message FROM (VALUES
	('a second one', 'INSERT INTO oncall.playbook (title, body) VALUES (''Again'', ''x'')'),
	('says nothing', 'INSERT INTO oncall.playbook (severity, title, body) VALUES (''SEV4'', ''Nothing'', '' '')'),
	('no owner', format('INSERT INTO oncall.action_item (incident_id, what, due_on) VALUES (%s, ''x'', ''2025-07-01'')', :shop)),
	('no day', format('INSERT INTO oncall.action_item (incident_id, what, person_id) VALUES (%s, ''x'', %s)', :shop, :ana))) s(what, statement),
	pg_temp.try(s.statement) t;

-- A story: two are called, one answers, a volunteer helps, the names of both
-- stand in what they write.
SELECT oncall.acknowledge(:shop, 'Cy', '2025-06-16 01:15Z'), oncall.assign_role(:shop, 'commander', 'Cy', at => '2025-06-16 01:16Z'),
	oncall.acknowledge(:shop, 'Anabel (x)', '2025-06-16 01:30Z') \g /dev/null
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, detail) VALUES
	(:shop, '2025-06-16 01:31Z', 'note', :cy, E'Anabel (x) and Ana\nlook; Anatomy is not Ben');
SELECT oncall.acknowledge(:mail, 'Ana', '2025-06-16 01:25Z') \g /dev/null
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, other_incident_id) VALUES (:shop, '2025-06-16 01:40Z', 'merged', :cy, :mail);
SELECT oncall.reassign(:shop, 'Di', 'Cy sleeps', 'Cy', '2025-06-16 01:50Z'), oncall.acknowledge(:shop, 'Di', '2025-06-16 01:51Z'),
	oncall.resolve(:shop, 'restarted by Di', 'Di', '2025-06-16 03:40Z') \g /dev/null
INSERT INTO oncall.action_item (incident_id, what, team_id, person_id, due_on, done_on) SELECT :shop, w.*
FROM (SELECT team_id FROM oncall.team WHERE name = 'SRE') t, LATERAL (VALUES ('Watch the queue', t.team_id, NULL, '2025-07-01'::date, NULL::date),
	('Ask the bank', NULL, :ben, '2025-06-20', '2025-06-19')) w;
\pset tuples_only on
\pset format unaligned
SELECT replace(replace(oncall.postmortem_template(:shop, 'Europe/Dublin'), 'incident ' || :shop, 'incident N'), 'incident ' || :mail, 'incident M');
\pset tuples_only off
\pset format aligned
-- on the clock of the session, which is the reader's
SET LOCAL TimeZone = 'Asia/Tokyo';
SELECT substring(oncall.postmortem_template(:shop) FROM '- \d{4}-\d\d-\d\d [\d:]+ The incident was opened') AS opened,
	oncall.draft_postmortem(:shop, author => 'Ben') AS draft \gset
SELECT :'opened' AS opened, m.state, p.name AS author, m.body = oncall.postmortem_template(:shop) AS as_template
FROM oncall.postmortem m JOIN oncall.person p ON p.person_id = m.author;
SET LOCAL TimeZone = 'UTC';
-- bare: no service, nobody answered
SELECT oncall.resolve(:coffee, at => '2025-06-16 09:01Z') \g /dev/null
SELECT substring(oncall.postmortem_template(:coffee) FROM '- Service.*Times') AS bare;

-- Each state refuses what does not go
SELECT s.what, t.* FROM (VALUES
	('drafted twice', format('SELECT oncall.draft_postmortem(%s)', :shop)),
	('merged', format('SELECT oncall.draft_postmortem(%s)', :mail)),
	('open', format('SELECT oncall.draft_postmortem(%s)', :slow)),
	('unknown', 'SELECT oncall.draft_postmortem(2147483647)'),
	('none', 'SELECT oncall.draft_postmortem(NULL)'),
	('no such zone', format('SELECT oncall.postmortem_template(%s, ''Nowhere'')', :shop)),
	('not drafted', format('SELECT oncall.publish_postmortem(%s)', :slow)),
	('published', format('SELECT oncall.publish_postmortem(%s)', :shop)),
	('published twice', format('SELECT oncall.publish_postmortem(%s)', :shop))) s(what, statement), pg_temp.try(s.statement) t;
SELECT state, published_at IS NOT NULL AS at FROM oncall.postmortem;
UPDATE oncall.postmortem SET state = 'draft';
SELECT state, published_at IS NOT NULL AS at FROM oncall.postmortem;

-- Members draft in their own name, go on with any draft, and change nothing
-- that is published.
SELECT oncall.resolve(:slow, at => '2025-06-16 10:00Z') \g /dev/null
INSERT INTO oncall.incident (incident_id, severity, summary) VALUES (990001, 'SEV4', 'nothing');
SET LOCAL client_min_messages = notice;
SET ROLE regress_oncall_post_member;
SELECT oncall.draft_postmortem(:slow) AS slow_draft \gset
SELECT p.name FROM oncall.postmortem m JOIN oncall.person p ON p.person_id = m.author WHERE m.postmortem_id = :slow_draft;
UPDATE oncall.postmortem SET body = body || 'The queue was full.' RETURNING state;
\set VERBOSITY terse
SELECT oncall.publish_postmortem(:shop);
INSERT INTO oncall.postmortem (incident_id, body) VALUES (990001, 'Nothing to learn.') RETURNING author = :di AS own;
SELECT oncall.publish_postmortem(990001);
\set VERBOSITY default
SELECT s.what, t.* FROM (VALUES
	('in another''s name', format('SELECT oncall.draft_postmortem(%s, author => ''Ben'')', :coffee)),
	('published', format('UPDATE oncall.postmortem SET body = ''x'' WHERE incident_id = %s', :shop)),
	('moved', format('UPDATE oncall.postmortem SET incident_id = %s', :coffee)),
	('taken away', 'DELETE FROM oncall.postmortem'),
	('an action', format('INSERT INTO oncall.action_item (incident_id, what, person_id, due_on) VALUES (%s, ''Tell them'', %s, ''2025-07-02'')', :slow, :di)),
	('a playbook', 'INSERT INTO oncall.playbook (severity, title, body) VALUES (''SEV4'', ''Small'', ''Go home.'')')) s(what, statement),
	pg_temp.try(s.statement) t;
RESET ROLE;
SET LOCAL client_min_messages = warning;

-- When it is wanted: in working hours of the team's manager, or of weekdays
-- where the team is. 40 hours after Monday 04:40 are those of five days, with a
-- holiday six; of part-time days of four hours, ten.
SELECT oncall_internal.postmortem_due(:shop) AT TIME ZONE 'Europe/Dublin' AS due, oncall_internal.postmortem_due(:slow) AS none;
INSERT INTO oncall.calendar (name) VALUES ('Ireland');
INSERT INTO oncall.holiday (calendar_id, day, name) SELECT calendar_id, '2025-06-18', 'a day off' FROM oncall.calendar WHERE name = 'Ireland';
UPDATE oncall.person SET working_hours = 'Mo-Fr 09:00-17:00; PH off', calendar_id = (SELECT calendar_id FROM oncall.calendar WHERE name = 'Ireland') WHERE person_id = :di;
SELECT oncall_internal.postmortem_due(:shop) AT TIME ZONE 'Europe/Dublin' AS with_a_holiday;
UPDATE oncall.person SET working_hours = 'Mo-Fr 09:00-13:00' WHERE person_id = :di;
SELECT oncall_internal.postmortem_due(:shop) AT TIME ZONE 'Europe/Dublin' AS part_time;
UPDATE oncall.team SET manager_id = NULL;
SELECT oncall_internal.postmortem_due(:shop) AT TIME ZONE 'Europe/Dublin' AS no_manager;
UPDATE oncall.team SET manager_id = :di;
SELECT w.what, oncall_internal.after_working(w.hours::oncall.weekly_hours, 'UTC', NULL, '2025-06-16 10:00Z', w.length) AS after
FROM (VALUES ('an hour', '24/7', '1 hour'::interval), ('to the end of a day', 'Mo-Fr 09:00-17:00', '7 hours'), ('a year of Fridays', 'Fr 09:00-10:00', '52 hours'),
	('seconds', 'Mo-Fr 09:00-17:00', '00:00:00.5'), ('over the weekend', 'Mo-Fr 09:00-17:00', '39 hours 30 minutes'), ('days off', 'PH 09:00-17:00', '1 hour')) w(what, hours, length);

-- Thanks: at night, for one of the two worst severities, to volunteers
SELECT oncall.open_incident('Shop', 'night', 'SEV3', at => date_trunc('day', now()) - interval '3 days' + interval '1 hour') AS night,
	oncall.open_incident('Shop', 'day', 'SEV3', at => date_trunc('day', now()) - interval '3 days' + interval '14 hours') AS day,
	oncall.open_incident('Shop', 'worst', 'SEV1', at => date_trunc('day', now()) - interval '3 days' + interval '14 hours') AS worst,
	oncall.open_incident('Shop', 'still', 'SEV1', at => date_trunc('day', now()) - interval '1 hour') AS still \gset
UPDATE oncall.person SET zone = 'UTC';
SELECT oncall.acknowledge(:night, 'Ana', date_trunc('day', now()) - interval '3 days' + interval '1 hour 7 minutes'),
	oncall.acknowledge(:day, 'Ben', date_trunc('day', now()) - interval '3 days' + interval '14 hours'),
	oncall.acknowledge(:worst, 'Cy', date_trunc('day', now()) - interval '3 days' + interval '15 hours'),
	oncall.acknowledge(:still, 'Cy', date_trunc('day', now())) \g /dev/null
UPDATE oncall.page SET acknowledged_at = date_trunc('day', now()) - interval '3 days' + interval '14 hours' WHERE incident_id = :day AND person_id = :ana;
SELECT oncall.resolve(i, at => date_trunc('day', now()) - interval '3 days' + interval '16 hours') FROM unnest(ARRAY[:day, :worst]) i \g /dev/null
SELECT oncall.resolve(:night, at => date_trunc('day', now()) - interval '3 days' + interval '2 hours') \g /dev/null
SELECT summary, person, at_night, volunteer, message FROM oncall.recognition_due WHERE incident_id IN (:night, :day, :worst, :still) ORDER BY 1, 2;
-- hours that nobody called for, recorded by hand, count too; readers see calls
INSERT INTO oncall.response (person_id, incident_id, period) VALUES (:anabel, :night,
	tstzrange(date_trunc('day', now()) - interval '71 hours', date_trunc('day', now()) - interval '70 hours'));
SELECT summary, person, message FROM oncall.recognition_due WHERE incident_id IN (:night) ORDER BY 1, 2;
SET ROLE regress_oncall_post_reader;
SELECT summary, person FROM oncall.recognition_due WHERE incident_id IN (:night) ORDER BY 1, 2;
RESET ROLE;
SET ROLE regress_oncall_post_member;
SELECT s.what, t.* FROM (VALUES
	('with the sentence', format('SELECT oncall.give_kudos(%s, ''Ana'')', :night)),
	('in another''s name', format('SELECT oncall.give_kudos(%s, ''Ana'', ''thanks'', ''Ben'')', :night)),
	('oneself', format('SELECT oncall.give_kudos(%s, ''Di'', ''well done, me'')', :night)),
	('for nothing much', format('SELECT oncall.give_kudos(%s, ''Ana'')', :day)),
	('own words', format('SELECT oncall.give_kudos(%s, ''Cy'', ''That was quick.'')', :worst)),
	('of nothing', 'SELECT oncall.give_kudos(2147483647, ''Ana'')'),
	('to nobody', format('SELECT oncall.give_kudos(%s, ''Nobody'')', :night)),
	('blank', format('SELECT oncall.give_kudos(%s, ''Ana'', '' '')', :night)),
	('taken back', 'DELETE FROM oncall.kudos')) s(what, statement), pg_temp.try(s.statement) t;
RESET ROLE;
SELECT p.name, g.name AS given_by, k.message FROM oncall.kudos k JOIN oncall.person p USING (person_id) LEFT JOIN oncall.person g ON g.person_id = k.given_by
ORDER BY kudos_id;
SELECT summary, person FROM oncall.recognition_due WHERE incident_id IN (:night, :day, :worst, :still) ORDER BY 1, 2;
-- of a merged incident: the thanks are its target's
SELECT oncall.merge_incidents(:still, :worst) \g /dev/null
SELECT oncall.resolve(:still), oncall.give_kudos(:worst, 'Cy', 'Again.') = (SELECT max(kudos_id) FROM oncall.kudos) AS last \gset
SELECT summary, person FROM oncall.recognition_due WHERE incident_id = :still ORDER BY 1, 2;
ROLLBACK;
