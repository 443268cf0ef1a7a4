-- Incidents: whom an alert calls, what happens when nobody answers, and what
-- people do about it. Everything happens at times that are said.
--
-- Tests: services incidents incident_now paging opening answering escalation
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
SELECT oncall.setup() IS NOT NULL AS made;

-- SRE and the shop's own people, in pairs, a week each; Max is their manager
SELECT count(oncall.add_person(n, 'Europe/Berlin')) AS people FROM unnest('{Ana,Ben,Cy,Dee,Eve,Max}'::text[]) n;
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Shop', 'Europe/Berlin', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[Europe/Berlin]/P7D', team => 'Shop') > 0 AS sre,
	oncall.add_rotation('Shop', '{Cy,Dee}', 'R/2026-01-07T12:00[Europe/Berlin]/P7D', team => 'Shop') > 0 AS shop;
SELECT oncall.add_service('Checkout', 'Shop', '{SRE,Shop}') > 0 AS service;
SELECT oncall.add_step('Checkout', '10 minutes', rotation => 'SRE', seat => 2) AS step,
	oncall.add_step('Checkout', '10 minutes', rotation => 'Shop', seat => 2, repeat => 2) AS next_step;
SELECT step, after, rotation, seat, person, remark FROM oncall.escalation_path('Checkout', '2026-03-04 02:10+00');

-- the story of the last incident: its pages, and what happened
CREATE FUNCTION pg_temp.last() RETURNS integer LANGUAGE sql AS 'SELECT max(incident_id) FROM oncall.incident';
CREATE FUNCTION pg_temp.pages(incident integer DEFAULT pg_temp.last())
RETURNS TABLE (at text, step smallint, reason text, rotation text, seat smallint, person text, due text, ended text)
LANGUAGE sql AS $$
	SELECT to_char(g.created_at, 'MM-DD HH24:MI'), g.step, g.reason, r.name, g.seat, p.name, to_char(g.due_at, 'MM-DD HH24:MI'),
		CASE WHEN g.acknowledged_at IS NOT NULL THEN 'answered ' || to_char(g.acknowledged_at, 'HH24:MI')
			WHEN g.cancelled_at IS NOT NULL THEN 'cancelled' END
	FROM oncall.page g LEFT JOIN oncall.person p USING (person_id) LEFT JOIN oncall.rotation r USING (rotation_id)
	WHERE g.incident_id = incident ORDER BY g.page_id $$;
CREATE FUNCTION pg_temp.events(incident integer DEFAULT pg_temp.last())
RETURNS TABLE (at text, kind text, person text, detail text)
LANGUAGE sql AS $$
	SELECT to_char(e.at, 'MM-DD HH24:MI'), e.kind, p.name, e.detail
	FROM oncall.incident_event e LEFT JOIN oncall.person p USING (person_id)
	WHERE e.incident_id = incident ORDER BY e.incident_event_id $$;
CREATE FUNCTION pg_temp.say(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
	detail text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT, detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' | ' || regexp_replace(concat_ws(' | ', SQLERRM, nullif(detail, ''), nullif(hint, '')), '\m' || pg_temp.last() || '\M', 'N', 'g');
END
$$;

-- An alert at ten past two: one from SRE and one from the shop. Nobody answers.
SELECT oncall.open_incident('Checkout', 'Payments fail', 'sev2', dedup_key => 'pay', at => '2026-03-04 02:10+00') = pg_temp.last() AS opened;
SELECT oncall.run_escalations('2026-03-04 02:19:59+00') AS too_early, oncall.run_escalations('2026-03-04 02:20+00') AS first_step,
	oncall.run_escalations('2026-03-04 02:20+00') AS again, oncall.run_escalations('2026-03-04 02:30+00') AS second,
	oncall.run_escalations('2026-03-04 02:40+00') AS repeated, oncall.run_escalations('2026-03-04 02:50+00') AS manager,
	oncall.run_escalations('2026-03-04 03:50+00') AS end;
SELECT * FROM pg_temp.pages();
-- the same alert again joins it; the manager answers, and it is over
SELECT oncall.open_incident('Checkout', 'Payments fail', 'SEV2', dedup_key => 'pay', at => '2026-03-04 02:55+00') = pg_temp.last() AS joined;
SELECT oncall.acknowledge(pg_temp.last(), 'Max', '2026-03-04 03:55+00') AS answered;
SELECT oncall.resolve(pg_temp.last(), 'restarted', 'Max', '2026-03-04 04:30+00');
SELECT * FROM pg_temp.events();
SELECT p.name, r.period, r.approved_by IS NOT NULL AS approved FROM oncall.response r JOIN oncall.person p USING (person_id);
-- within half an hour its key opens it again, later a new one is opened
SELECT oncall.open_incident('Checkout', 'Payments fail', 'SEV2', dedup_key => 'pay', at => '2026-03-04 05:00+00') = pg_temp.last() AS reopened,
	resolved_at, acknowledged_at, asked_at, step FROM oncall.incident WHERE incident_id = pg_temp.last();
SELECT resolved_at, acknowledged_at, asked_at, step FROM oncall.incident WHERE incident_id = pg_temp.last();
SELECT * FROM pg_temp.pages() OFFSET 6;
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 05:10+00');
SELECT pg_temp.last() AS last \gset
SELECT oncall.open_incident('Checkout', 'Payments fail', 'SEV2', dedup_key => 'pay', at => '2026-03-04 05:40:01+00') <> :last AS another;

-- Downtime of the timer: only the furthest step that is due calls
SELECT oncall.run_escalations('2026-03-04 06:05+00') AS called;
SELECT * FROM pg_temp.pages();
SELECT * FROM pg_temp.events();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 06:10+00');

-- Both of a pair must answer the worst
SELECT oncall.open_incident('Checkout', 'All is down', 'SEV1', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT * FROM pg_temp.pages();
SELECT oncall.acknowledge(pg_temp.last(), 'Ben', '2026-03-04 02:12+00') AS one, oncall.acknowledge(pg_temp.last(), 'Ben', '2026-03-04 02:13+00') AS same,
	oncall.run_escalations('2026-03-04 02:20+00') AS called, oncall.acknowledge(pg_temp.last(), 'Eve', '2026-03-04 02:21+00') AS two;
SELECT * FROM pg_temp.pages() OFFSET 4;
SELECT * FROM pg_temp.events();
-- acknowledged and forgotten: it is asked for again
SELECT oncall.run_escalations('2026-03-04 04:20:59+00') AS too_early, oncall.run_escalations('2026-03-04 04:21+00') AS forgotten,
	oncall.run_escalations('2026-03-04 04:21+00') AS again, oncall.run_escalations('2026-03-04 04:31+00') AS escalates;
SELECT * FROM pg_temp.pages() OFFSET 6;
SELECT oncall.reassign(pg_temp.last(), 'Eve', 'she knows it', at => '2026-03-04 04:32+00') AS called;
SELECT p.name, r.period FROM oncall.response r JOIN oncall.person p USING (person_id)
WHERE incident_id = pg_temp.last() AND upper_inf(recorded) ORDER BY 1;
SELECT oncall.acknowledge(pg_temp.last(), 'Eve', '2026-03-04 04:33+00') AS answered;
SELECT oncall.escalate(pg_temp.last(), 'need help', 'Eve', '2026-03-04 04:40+00') AS help, oncall.escalate(pg_temp.last(), at => '2026-03-04 04:41+00') AS more,
	oncall.escalate(pg_temp.last(), at => '2026-03-04 04:42+00') AS past_the_end;
SELECT * FROM pg_temp.pages() OFFSET 11;
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 05:10+00');

-- What waits for page hours is not heard at night, and escalates from then on
SELECT oncall.open_incident('Checkout', 'Slow', 'SEV3', at => '2026-03-07 02:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-07 12:00+00') AS weekend, oncall.run_escalations('2026-03-09 06:59+00') AS too_early,
	oncall.run_escalations('2026-03-09 07:00+00') AS eight_in_berlin, oncall.run_escalations('2026-03-09 07:10+00') AS escalates;
SELECT * FROM pg_temp.pages();
SELECT * FROM pg_temp.events();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-09 08:00+00');
-- raised in the night it is heard at once
SELECT oncall.open_incident('Checkout', 'Slow', 'SEV3', at => '2026-03-07 02:10+00') > 0 AS opened;
SELECT oncall.set_severity(pg_temp.last(), 'SEV1', at => '2026-03-07 02:20+00') AS called;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-07 08:00+00');
-- and by hand
SELECT oncall.open_incident('Checkout', 'Slow', 'SEV3', at => '2026-03-07 02:10+00') > 0 AS opened;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-07 02:20+00') AS called;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-07 08:00+00');

-- whatever triggers of one's own do with the pages
CREATE FUNCTION pg_temp.note_page() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE oncall.page SET failure = 'none yet' WHERE page_id = NEW.page_id;
	RETURN NULL;
EXCEPTION WHEN division_by_zero THEN
	RETURN NULL;
END
$$;
CREATE TRIGGER note_page AFTER INSERT ON oncall.page FOR EACH ROW EXECUTE FUNCTION pg_temp.note_page();
SELECT oncall.open_incident('Checkout', 'Slow', 'SEV3', at => '2026-03-07 02:10+00') > 0 AS opened;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-07 02:20+00') AS called;
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-07 08:00+00');
DROP TRIGGER note_page ON oncall.page;

-- A maintenance holds pages of later steps, too
SELECT oncall.open_incident('Checkout', 'Down', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
INSERT INTO oncall.maintenance (service_id, period, note) SELECT service_id, '[2026-03-04 02:15+00,2026-03-04 03:00+00)', 'new disks' FROM oncall.service;
SELECT oncall.run_escalations('2026-03-04 02:20+00') AS held, oncall.run_escalations('2026-03-04 02:59+00') AS held_still,
	oncall.run_escalations('2026-03-04 03:07+00') AS late, oncall.run_escalations('2026-03-04 03:17+00') AS next;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 08:00+00');
-- one that ends early lets them go
SELECT oncall.open_incident('Checkout', 'Down', 'SEV2', at => '2026-03-04 02:20+00') > 0 AS opened;
UPDATE oncall.maintenance SET period = '[2026-03-04 02:15+00,2026-03-04 02:30+00)';
SELECT oncall.run_escalations('2026-03-04 02:30+00') AS called;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 08:00+00');

-- Nobody there: a seat that is empty, somebody who has left
UPDATE oncall.person SET active = '(,2026-03-01)' WHERE name = 'Ben';
SELECT oncall.open_incident('Checkout', 'Down', 'SEV2', at => '2026-03-11 12:10+00') > 0 AS opened;
SELECT * FROM pg_temp.pages();
SELECT * FROM pg_temp.events();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-11 18:00+00');
-- the step waits, or holds the page until somebody comes on
UPDATE oncall.escalation_step SET when_empty = 'wait' WHERE step = 1;
SELECT oncall.open_incident('Checkout', 'Down', 'SEV2', at => '2026-03-04 12:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-04 12:20+00') AS nobody, oncall.run_escalations('2026-03-04 12:30+00') AS next;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 18:00+00');
UPDATE oncall.escalation_step SET when_empty = 'hold' WHERE step = 1;
SELECT oncall.open_incident('Checkout', 'Down', 'SEV2', at => '2026-03-11 10:40+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-11 10:50+00') AS held, oncall.run_escalations('2026-03-11 10:59+00') AS held_still,
	oncall.run_escalations('2026-03-11 11:00+00') AS next_and_who_comes_on;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-11 18:00+00');
UPDATE oncall.person SET active = '(,)' WHERE name = 'Ben';

-- Who comes on next; one of several in turn; only in some hours
DELETE FROM oncall.maintenance;
DELETE FROM oncall.escalation_step;
SELECT oncall.add_step('Checkout', '5 minutes', rotation => 'SRE', seat => 1, holder => 'next', hours => 'Mo-Fr 09:00-17:00'),
	oncall.add_step('Checkout', '5 minutes', rotation => 'Shop', strategy => 'in_turn');
SELECT oncall.open_incident('Checkout', 'First', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-04 02:15+00') AS not_in_hours, oncall.run_escalations('2026-03-04 02:20+00') AS one_of_two;
SELECT * FROM pg_temp.pages();
SELECT * FROM pg_temp.events();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 02:30+00');
SELECT oncall.open_incident('Checkout', 'Second', 'SEV2', at => '2026-03-04 09:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-04 09:15+00') AS who_comes_on, oncall.run_escalations('2026-03-04 09:20+00') AS the_other_one;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 09:30+00');

-- Steps without a wait call together with the one before, once each
DELETE FROM oncall.escalation_step;
SELECT oncall.add_step('Checkout', '5 minutes', rotation => 'SRE', seat => 2), oncall.add_step('Checkout', '0', person => 'Eve', repeat => 2),
	oncall.add_step('Checkout', '5 minutes', rotation => 'Shop', seat => 2, hours => 'Mo-Fr 09:00-17:00'),
	oncall.add_step('Checkout', '5 minutes', rotation => 'Shop', strategy => 'in_turn');
SELECT oncall.open_incident('Checkout', 'Third', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-04 02:15+00') AS both, oncall.run_escalations('2026-03-04 02:15+00') AS again,
	oncall.run_escalations('2026-03-04 02:19+00') AS too_early;
SELECT * FROM pg_temp.pages();
-- who comes to help is not called by the step, nor is who it is given to
SELECT oncall.run_escalations('2026-03-04 02:25+00') AS one_of_two, oncall.acknowledge(pg_temp.last(), 'Cy', '2026-03-04 02:26+00') AS answered;
SELECT oncall.open_incident('Checkout', 'Fourth', 'SEV2', at => '2026-03-04 02:30+00') > 0 AS opened, oncall.run_escalations('2026-03-04 02:45+00') AS late;
SELECT * FROM pg_temp.pages();
-- after the manager comes the manager again, for whom it was given to as well
SELECT oncall.run_escalations('2026-03-04 02:50+00') AS manager, oncall.reassign(pg_temp.last(), 'Eve', at => '2026-03-04 02:56+00') AS given,
	oncall.run_escalations('2026-03-04 03:00:59+00') AS too_early, oncall.run_escalations('2026-03-04 03:01+00') AS manager_again;
SELECT * FROM pg_temp.pages() OFFSET 3;
-- by hand, the next step where nobody is there, and the manager, are by hand too
UPDATE oncall.person SET active = '(,2026-03-01)' WHERE name = 'Ana';
SELECT oncall.open_incident('Checkout', 'Fifth', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-04 02:11+00') AS next_but_one;
SELECT * FROM pg_temp.pages();
-- what is held is given up where somebody has answered
UPDATE oncall.escalation_step SET when_empty = 'hold' WHERE step = 1;
SELECT oncall.open_incident('Checkout', 'Sixth', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened, oncall.acknowledge(pg_temp.last(), 'Ben', '2026-03-04 02:11+00') AS answered;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-04 02:12+00') AS nobody;
SELECT * FROM pg_temp.pages();
-- a step passed over when a page goes is not called outside its hours
UPDATE oncall.escalation_step SET when_empty = 'skip', hours = 'Mo-Fr 09:00-17:00' WHERE step = 1;
INSERT INTO oncall.maintenance (service_id, period) SELECT service_id, '[2026-03-11 13:00+00,2026-03-11 18:00+00)' FROM oncall.service WHERE name = 'Checkout';
UPDATE oncall.person SET active = '(,2026-03-01)' WHERE name IN ('Ben', 'Dee');
UPDATE oncall.person SET active = '(,)' WHERE name = 'Ana';
SELECT oncall.open_incident('Checkout', 'Seventh', 'SEV2', at => '2026-03-11 14:10+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-11 18:00+00') AS called;
SELECT * FROM pg_temp.pages();
UPDATE oncall.person SET active = '(,)' WHERE name IN ('Ben', 'Dee');
-- a maintenance that is prolonged holds escalation, too
SELECT oncall.open_incident('Checkout', 'Eighth', 'SEV2', at => '2026-03-11 14:20+00') > 0 AS opened;
UPDATE oncall.maintenance SET period = '[2026-03-11 13:00+00,2026-03-11 20:00+00)';
SELECT oncall.run_escalations('2026-03-11 18:30+00') AS held, oncall.run_escalations('2026-03-11 20:00+00') AS called;
SELECT * FROM pg_temp.pages();
-- what waited is not stale the hour after it called
UPDATE oncall.severity SET stale_after = '6 hours' WHERE name = 'SEV2';
UPDATE oncall.escalation_step SET wait = '8 hours';
SELECT oncall.open_incident('Checkout', 'Ninth', 'SEV2', at => '2026-03-11 13:30+00') > 0 AS opened;
UPDATE oncall.maintenance SET period = '[2026-03-11 13:00+00,2026-03-12 08:00+00)';
SELECT oncall.run_escalations('2026-03-11 14:00+00') AS held, oncall.run_escalations('2026-03-12 08:00+00') > 0 AS called, oncall.run_escalations('2026-03-12 13:59+00') AS later;
SELECT resolution IS NULL AS open, step FROM oncall.incident WHERE incident_id = pg_temp.last();
SELECT oncall.run_escalations('2026-03-12 14:00+00') AS later;
SELECT resolution FROM oncall.incident WHERE incident_id = pg_temp.last();
UPDATE oncall.severity SET stale_after = '7 days' WHERE name = 'SEV2';
DELETE FROM oncall.maintenance;
-- a month is as long as the calendar says
UPDATE oncall.severity SET stale_after = '1 month' WHERE name = 'SEV4';
SELECT oncall.open_incident('Checkout', 'Looks odd', 'SEV4', at => '2026-01-31 12:00+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-02-28 11:59+00') AS called;
SELECT resolution IS NULL AS open FROM oncall.incident WHERE incident_id = pg_temp.last();
SELECT oncall.run_escalations('2026-02-28 12:00+00') AS called;
SELECT resolution FROM oncall.incident WHERE incident_id = pg_temp.last();
UPDATE oncall.severity SET stale_after = '7 days' WHERE name = 'SEV4';
-- fewer answers are wanted than before
UPDATE oncall.escalation_step SET wait = '5 minutes', hours = NULL;
SELECT oncall.open_incident('Checkout', 'Tenth', 'SEV1', at => '2026-03-04 02:10+00') > 0 AS opened, oncall.acknowledge(pg_temp.last(), 'Ben', '2026-03-04 02:11+00') AS one_of_two;
SELECT oncall.set_severity(pg_temp.last(), 'SEV2', at => '2026-03-04 02:12+00') AS called;
SELECT acknowledged_at FROM oncall.incident WHERE incident_id = pg_temp.last();
-- what does not page calls nobody by itself, whatever has been done by hand
SELECT oncall.set_severity(pg_temp.last(), 'SEV4', at => '2026-03-04 02:13+00') AS called, oncall.run_escalations('2026-03-04 05:00+00') AS forgotten;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-04 05:01+00') AS by_hand, oncall.reassign(pg_temp.last(), 'Eve', at => '2026-03-04 05:02+00') AS by_name,
	oncall.run_escalations('2026-03-04 07:00+00') AS none;
SELECT * FROM pg_temp.pages() OFFSET 4;
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 08:00+00');
-- asked again outside page hours, by hand calls the step that waits
UPDATE oncall.severity SET page_hours = 'Mo-Fr 08:00-18:00' WHERE name = 'SEV2';
SELECT oncall.open_incident('Checkout', 'Eleventh', 'SEV2', at => '2026-03-04 16:30+00') > 0 AS opened, oncall.acknowledge(pg_temp.last(), 'Ben', '2026-03-04 16:31+00') AS answered,
	oncall.run_escalations('2026-03-04 19:00+00') AS forgotten;
SELECT oncall.escalate(pg_temp.last(), at => '2026-03-04 19:01+00') AS first;
SELECT * FROM pg_temp.pages();
UPDATE oncall.severity SET page_hours = NULL WHERE name = 'SEV2';
UPDATE oncall.incident SET resolved_at = '2026-03-12 15:00+00', resolution = 'resolved' WHERE resolved_at IS NULL;

-- No service, no rotation, no page
SELECT oncall.open_incident('Warehouse', 'On fire', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT service_id, service_name, severity, step, waits_since FROM oncall.incident WHERE incident_id = pg_temp.last();
SELECT * FROM pg_temp.events();
SELECT pg_temp.say(format('SELECT oncall.escalate(%s)', pg_temp.last()));
SELECT oncall.reassign(pg_temp.last(), 'Eve', at => '2026-03-04 02:12+00') AS by_name;
SELECT oncall.run_escalations('2026-03-05 02:12+00') AS none;
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-05 02:13+00');
SELECT oncall.reopen(pg_temp.last(), at => '2026-03-05 02:14+00') AS called, oncall.run_escalations('2026-03-05 02:31+00') AS none;
SELECT kind, detail FROM oncall.incident_event WHERE incident_id = pg_temp.last() ORDER BY incident_event_id DESC LIMIT 1;
SELECT oncall.add_service('Wiki', 'Shop') > 0 AS service;
SELECT oncall.open_incident('Wiki', 'Down', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT * FROM pg_temp.pages();
SELECT * FROM pg_temp.events();
SELECT oncall.open_incident('Wiki', 'Typo', 'SEV4', at => '2026-03-04 02:10+00') > 0 AS opened, oncall.run_escalations('2026-03-04 12:10+00') AS called;
SELECT * FROM pg_temp.pages();

-- Nobody has touched it for a week: it wakes nobody, and is closed by day
SELECT oncall.run_escalations('2026-03-12 03:00+00') AS night;
SELECT summary, resolution FROM oncall.incident WHERE summary = 'Typo';
SELECT oncall.run_escalations('2026-03-12 08:00+00') AS day;
SELECT summary, resolution, resolved_at FROM oncall.incident WHERE summary = 'Typo';
SELECT pg_temp.say(format('SELECT oncall.reopen(%s)', pg_temp.last()));

-- What is refused
SELECT pg_temp.say(c) FROM unnest(ARRAY[
	$$SELECT oncall.open_incident('Checkout', 'x', 'SEV9')$$,
	$$SELECT oncall.open_incident('Checkout', NULL)$$,
	$$SELECT oncall.open_incident('Checkout', ' ')$$,
	$$SELECT oncall.open_incident('Checkout', 'x', source => 'rumour')$$,
	$$SELECT oncall.open_incident('Checkout', 'x', at => 'infinity')$$,
	$$SELECT oncall.acknowledge(NULL, 'Ana')$$,
	$$SELECT oncall.acknowledge(0, 'Ana')$$,
	$$SELECT oncall.acknowledge(pg_temp.last(), 'Anna')$$,
	$$SELECT oncall.acknowledge(pg_temp.last())$$,
	$$SELECT oncall.add_service('X', 'Shopp')$$,
	$$SELECT oncall.add_service('Wiki', 'Shop')$$,
	$$SELECT oncall.add_step('Wiki', '1 minute')$$,
	$$SELECT oncall.add_step('Wiki', '-1 minute', person => 'Ana')$$,
	$$SELECT oncall.add_step('Wiki', '2 years', person => 'Ana')$$,
	$$SELECT oncall.add_step('Wiki', '1 minute', person => 'Ana', seat => 1)$$,
	$$SELECT oncall.add_step('Wiki', '1 minute', 'SRE', seat => 0)$$,
	$$SELECT oncall.add_step('Wiki', '1 minute', 'SRE', seat => 100000)$$,
	$$SELECT oncall.add_step('Wiki', '1 minute', 'SRE', repeat => 0)$$,
	$$SELECT oncall.add_step('Wiki', '1 minute', 'SRE', when_empty => 'panic')$$,
	$$SELECT oncall.add_step('Wicki', '1 minute', 'SRE')$$,
	$$SELECT oncall.escalation_path('Wicki')$$,
	$$SELECT oncall.run_escalations(NULL)$$,
	$$SELECT oncall.run_escalations('infinity')$$,
	$$INSERT INTO oncall.incident_event (incident_id, kind) VALUES (pg_temp.last(), 'stale')$$,
	$$INSERT INTO oncall.incident_event (incident_id, kind) VALUES (pg_temp.last(), 'sung')$$]) c;
SELECT oncall.open_incident('Checkout', 'Last', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT pg_temp.say(c) FROM unnest(ARRAY[
	$$SELECT oncall.acknowledge(pg_temp.last(), 'Ana', '2026-03-04 02:09+00')$$,
	$$SELECT oncall.resolve(pg_temp.last(), at => '2026-03-04 02:09+00')$$,
	$$SELECT oncall.resolve(pg_temp.last(), at => '3000-01-01')$$,
	$$SELECT oncall.set_severity(pg_temp.last(), 'SEV9')$$,
	$$SELECT oncall.reassign(pg_temp.last(), NULL)$$,
	$$SELECT oncall.assign_role(pg_temp.last(), ' ', 'Ana')$$,
	$$SELECT oncall.merge_incidents(pg_temp.last(), 0)$$,
	$$SELECT oncall.merge_incidents(pg_temp.last(), pg_temp.last())$$]) c;

-- Who takes out the wrong one hears which can be
SELECT oncall.open_incident('Checkout', 'Other', 'SEV2', at => '2026-03-04 02:10+00') > 0 AS opened;
SELECT oncall.merge_incidents(pg_temp.last() - 1, pg_temp.last()) = pg_temp.last() - 1 AS merged;
SELECT oncall.resolve(pg_temp.last() - 1, 'both', 'Ana', '2026-03-04 03:00+00');
SELECT replace(pg_temp.say(format('SELECT oncall.unmerge(%s)', pg_temp.last() - 1)), (pg_temp.last() - 1)::text, 'M');
SELECT replace(regexp_replace(pg_temp.say('SELECT oncall.acknowledge(pg_temp.last(), ''Ben'')'), ' at 2.* \[', ' at ... ['), (pg_temp.last() - 1)::text, 'M');
SELECT oncall.unmerge(pg_temp.last());
SELECT pg_temp.say('SELECT oncall.unmerge(pg_temp.last())');

-- When it ended is told on the reader's clock, and who ended it
SET LOCAL timezone = 'Asia/Kathmandu';
SELECT oncall.resolve(pg_temp.last(), 'found', 'Ana', '2026-03-04 02:30:00.25+00');
SELECT pg_temp.say('SELECT oncall.acknowledge(pg_temp.last(), ''Ben'')');
SELECT oncall.reopen(pg_temp.last()) > 0 AS reopened;
SELECT pg_temp.say('SELECT oncall.resolve(pg_temp.last(), at => ''2026-03-04 02:09+00'')');

SET LOCAL timezone = 'UTC';
-- Whoever waits longer, since it is night where they live, does not put off the step that others leave unanswered
DELETE FROM oncall.maintenance;
UPDATE oncall.incident SET resolved_at = opened_at, resolution = 'resolved' WHERE resolved_at IS NULL;
UPDATE oncall.severity SET page_hours_of = 'holder' WHERE name = 'SEV3';
UPDATE oncall.person SET zone = 'America/New_York' WHERE name = 'Ben';
SELECT oncall.add_service('Archive', 'Shop', '{SRE}', '{1,2}') > 0 AS service, oncall.add_step('Archive', '4 hours', person => 'Eve') AS step;
SELECT oncall.open_incident('Archive', 'Slow', 'SEV3', at => '2026-03-05 10:00+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-05 13:00+00') AS eight_in_new_york, oncall.run_escalations('2026-03-05 14:00+00') AS step;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-05 14:30+00');
-- a seat that is named twice waits once, and who was named and has left holds no seat
UPDATE oncall.service_rotation SET seats = '{1,1}' WHERE service_id = (SELECT service_id FROM oncall.service WHERE name = 'Archive');
UPDATE oncall.person SET active = '(,2026-03-01)' WHERE name = 'Eve';
SELECT oncall.open_incident('Archive', 'Slow', 'SEV3', at => '2026-03-07 10:00+00') > 0 AS opened;
SELECT * FROM pg_temp.pages();
SELECT oncall.resolve(pg_temp.last(), at => '2026-03-07 14:30+00');
SELECT oncall.open_incident('Archive', 'Down', 'SEV2', at => '2026-03-04 02:00+00') > 0 AS opened;
SELECT oncall.run_escalations('2026-03-04 06:00+00') AS manager;
SELECT * FROM pg_temp.events();

-- Who mistypes a service, or turns the arguments round, hears that nobody comes
SET LOCAL client_min_messages = notice;
DO $$
DECLARE
	call text;
BEGIN
	FOREACH call IN ARRAY '{"''Chekout'', ''x''","''Payments fail'', ''Checkout''","NULL, ''x''"}'::text[] LOOP
		EXECUTE format('ALTER TABLE oncall.incident ALTER incident_id RESTART %s', 700000 + length(call));
		EXECUTE format('SELECT oncall.open_incident(%s, ''SEV4'')', call);
	END LOOP;
END
$$;
ROLLBACK;
