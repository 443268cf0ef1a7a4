-- Notices of duty: what people are told of shifts of theirs, and when; how
-- gateways get them; what is said of a shift that is over; incidents that go to
-- whoever comes on.
-- A database of its own: several transactions are what this is about.
--
-- Tests: notices handovers feedback notify
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_notices_ana;
CREATE ROLE regress_oncall_notices_manager;
CREATE DATABASE regress_oncall_notices TEMPLATE template0;
\c regress_oncall_notices
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup() IS NOT NULL AS ready;
CREATE FUNCTION pg_temp.try(statement text) RETURNS TABLE (code text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY SELECT 'ok', NULL, NULL;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN QUERY SELECT SQLSTATE::text, message, nullif(detail, '');
END
$$;

-- When people are awake, and when they are reminded: an hour before, or on the
-- evening before. In Berlin clocks go back on 25 October 2026.
SELECT at, oncall_internal.is_awake(at, 'Europe/Berlin'), oncall_internal.awake_from(at, 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' AS awake_from,
	oncall_internal.reminder_at(at, 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' AS reminder_at
FROM unnest('{2026-10-24 22:30+02,2026-10-25 00:30+02,2026-10-25 02:30+02,2026-10-25 02:30+01,2026-10-25 08:30+01,2026-10-25 09:00+01,2026-10-25 22:59+01,2026-10-25 23:00+01}'::timestamptz[]) at;

-- Ana lives in Berlin, Ben in Auckland, where noon in Berlin is night
SELECT FROM (SELECT oncall.grant_access('regress_oncall_notices_ana', 'member'), oncall.grant_access('regress_oncall_notices_manager', 'manager')) AS done;
SELECT count(oncall.add_person(n, z)) AS people
FROM (VALUES ('Ana', 'Europe/Berlin'), ('Ben', 'Pacific/Auckland'), ('Cy', 'Europe/Berlin'), ('Max', 'Europe/Berlin')) p(n, z);
UPDATE oncall.person SET db_role = 'regress_oncall_notices_' || CASE name WHEN 'Ana' THEN 'ana' ELSE 'manager' END WHERE name IN ('Ana', 'Max');
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Shop', 'Europe/Berlin', person_id FROM oncall.person WHERE name = 'Max';
SELECT oncall.add_rotation('Notices', '{Ana,Ben,Cy}', 'R/2126-01-02T12:00[Europe/Berlin]/P7D', team => 'Shop', zone => 'Europe/Berlin', seats => '{only}') > 0 AS rota;
CREATE VIEW pg_temp.notices AS
SELECT p.name AS person, d.kind, d.period, d.former_period AS former, cardinality(d.earlier_changes) + 1 AS changes,
	CASE WHEN d.cancelled_at IS NOT NULL THEN 'cancelled' WHEN d.sent_at IS NOT NULL THEN 'sent' WHEN d.claimed_at IS NOT NULL THEN 'claimed' ELSE 'new' END AS state,
	d.detail, d.duty_notice_id AS id
FROM oncall.duty_notice d JOIN oncall.person p USING (person_id)
WHERE p.name IN ('Ana', 'Ben', 'Cy', 'Max');
CREATE VIEW pg_temp.new AS SELECT person, kind, period, former, changes FROM pg_temp.notices WHERE state = 'new' ORDER BY id;
CREATE FUNCTION pg_temp.said() RETURNS void LANGUAGE sql AS 'UPDATE oncall.duty_notice SET sent_at = now(), claimed_at = now() WHERE sent_at IS NULL AND cancelled_at IS NULL';

-- Changes ---------------------------------------------------------------

-- a new rota gives everybody theirs
SELECT oncall.run_notices() > 0 AS told;
TABLE pg_temp.new;
SELECT FROM (SELECT pg_temp.said()) AS done;

-- a swap, by a manager in person
SET ROLE regress_oncall_notices_manager;
SELECT oncall.swap_shifts('Notices', 'Ana', '2126-01-03', 'Ben', '2126-01-10', reason => 'A wedding') > 0 AS swapped;
SELECT oncall.run_notices() AS new, oncall.run_notices() AS again;
RESET ROLE;
TABLE pg_temp.new;
SELECT person, detail FROM pg_temp.notices WHERE state = 'new' ORDER BY id;
-- what is undone before a gateway has claimed it nobody hears of
SELECT max(change_id) AS swap FROM oncall.change \gset
SELECT oncall.undo(:swap) > 0 AS undone;
SELECT oncall.run_notices() AS new;
TABLE pg_temp.new;
-- nor is anything left where the look ahead ends, which has moved meanwhile
SELECT oncall.add_rotation('Notices brief', '{Ana,Ben}',
	oncall.cadence(date_trunc('day', now() AT TIME ZONE 'UTC') - interval '3 days', 'UTC', '30 days'), seats => '{primary}') > 0 AS added;
SELECT oncall.run_notices() > 0 AS told;
SELECT oncall.undo(max(change_id), past_reason => 'only just begun') > 0 AS undone FROM oncall.change;
SELECT oncall.run_notices() AS new;
TABLE pg_temp.new;
-- it was claimed: the undo is another notice
SELECT oncall.swap_shifts('Notices', 'Ana', '2126-01-03', 'Ben', '2126-01-10') AS swap \gset
SELECT oncall.run_notices() AS new;
SELECT FROM (SELECT pg_temp.said()) AS done;
SELECT oncall.undo(:swap) > 0 AS undone;
SELECT oncall.run_notices() AS new;
TABLE pg_temp.new;
SELECT FROM (SELECT pg_temp.said()) AS done;
-- moved, and moved again, is one
SELECT oncall.cover_shift('Notices', '[2126-01-02 11:00Z,2126-01-09 11:00Z)', 'Ana', 'Cy') > 0 AS covered;
SELECT oncall.run_notices() AS new;
SELECT oncall.cover_shift('Notices', '[2126-01-02 11:00Z,2126-01-05 11:00Z)', 'Cy', 'Ben') > 0 AS covered;
SELECT oncall.run_notices() AS new;
TABLE pg_temp.new;
-- nobody is told of what they did themselves
SET ROLE regress_oncall_notices_ana;
SELECT FROM (SELECT oncall.offer_shift('Notices', '[2126-01-23 11:00Z,2126-01-30 11:00Z)', note => 'Skiing')) AS done;
RESET ROLE;
SELECT FROM (SELECT pg_temp.said()) AS done;
SELECT oncall.accept_offer(max(swap_request_id), 'Cy') > 0 AS accepted FROM oncall.swap_request;
SELECT oncall.run_notices() AS new;
SELECT person, kind, period, detail FROM pg_temp.notices WHERE state = 'new' ORDER BY id;
SELECT FROM (SELECT pg_temp.said()) AS done;
-- many shifts are one notice for a person; a shift that begins and ends at
-- another time is told as a whole; the first of them comes first
SELECT oncall.set_cadence('Notices', 'R/2126-03-06T09:00[Europe/Berlin]/P7D', '2126-03-01') > 0 AS changed;
SELECT oncall.run_notices() AS new;
SELECT person, kind, period, former, detail ~ ' More of your duty has changed: ' AS more FROM pg_temp.notices WHERE state = 'new' ORDER BY id;
SELECT p.name, m.lost, m.gained FROM oncall.duty_notice_move m JOIN oncall.duty_notice d USING (duty_notice_id) JOIN oncall.person p USING (person_id)
WHERE d.sent_at IS NULL AND d.cancelled_at IS NULL AND p.name = 'Ana';
SELECT FROM (SELECT pg_temp.said()) AS done;
-- who is no longer with the company is told nothing; what is a week old is known
UPDATE oncall.person SET active = tstzrange(NULL, now()) WHERE name = 'Cy';
SELECT oncall.cover_shift('Notices', '[2126-01-16 11:00Z,2126-01-18 11:00Z)', 'Cy', 'Ben') > 0 AS covered;
SELECT oncall.run_notices() AS new;
TABLE pg_temp.new;
UPDATE oncall.person SET active = '(,)' WHERE name = 'Cy';
SELECT oncall.cover_shift('Notices', '[2126-01-18 11:00Z,2126-01-20 11:00Z)', 'Cy', 'Ben') > 0 AS covered;
SELECT oncall.run_notices(now() + interval '8 days') AS new;
SELECT count(*) FROM oncall.change WHERE told_at IS NULL;

-- Starts and ends -------------------------------------------------------

-- noon in Berlin is midnight in Auckland: Ben is reminded in the evening before
SELECT at, oncall.run_notices(at::timestamptz) AS new
FROM unnest('{2126-01-30 04:59Z,2126-01-30 05:00Z,2126-02-05 20:00Z,2126-02-06 10:00Z,2126-02-06 10:59Z,2126-02-06 11:00Z,2126-02-06 11:01Z,2126-02-12 12:00Z,2126-02-13 04:59Z,2126-02-13 05:00Z,2126-02-13 10:59Z,2126-02-13 11:00Z}'::text[]) at;
SELECT n.person, n.kind, n.period, d.created_at, d.due_at, d.expires_at, n.state
FROM pg_temp.notices n JOIN oncall.duty_notice d ON d.duty_notice_id = n.id
WHERE n.kind IN ('begins', 'ends') ORDER BY n.id;
SELECT detail FROM pg_temp.notices WHERE kind IN ('begins', 'ends') ORDER BY id LIMIT 2;
-- a timer that stood still for weeks asks of the last shift, and reminds of none
-- that has begun
SELECT FROM (SELECT pg_temp.said()) AS done;
SELECT oncall.run_notices('2126-04-24 09:00Z') AS new;
SELECT person, kind, period FROM pg_temp.notices WHERE state = 'new' ORDER BY id;
-- a reminder of a shift that is another's now is taken back, and theirs comes
SELECT oncall.run_notices('2126-06-12 06:30Z') AS new;
SELECT person, kind, period FROM pg_temp.notices WHERE state = 'new' AND kind = 'begins';
SELECT oncall.cover_shift('Notices', s.period, s.person, CASE s.person WHEN 'Ana' THEN 'Cy' ELSE 'Ana' END) > 0 AS covered
FROM oncall.roster('[2126-06-12 07:00Z,2126-06-19 07:00Z)', 'Notices') s;
SELECT oncall.run_notices('2126-06-12 06:31Z') AS new;
SELECT person, kind, period, state FROM pg_temp.notices WHERE kind = 'begins' AND period && '[2126-06-12 07:00Z,2126-06-12 08:00Z)' ORDER BY id;
-- who goes on where they end is not reminded, nor asked twice
SELECT oncall.add_rotation('Notices twice', '{Ana}', 'R/2126-07-01T12:00[Europe/Berlin]/P1D', seats => '{only}', zone => 'Europe/Berlin') > 0 AS rota;
INSERT INTO oncall.cover (rotation_id, seat, period) SELECT rotation_id, 1, '[2126-07-03 10:00Z,2126-07-04 10:00Z)' FROM oncall.rotation WHERE name = 'Notices twice';
SELECT FROM (SELECT pg_temp.said(), oncall.run_notices(now() + interval '8 days')) AS done;
SELECT at, oncall.run_notices(at::timestamptz + interval '1 minute') AS new
FROM unnest('{2126-07-02 09:00Z,2126-07-02 10:00Z,2126-07-03 09:00Z,2126-07-03 10:00Z,2126-07-04 09:00Z,2126-07-04 10:00Z,2126-07-05 10:00Z}'::text[]) at;
SELECT kind, lower(period) FROM pg_temp.notices n WHERE n.detail LIKE '%Notices twice%' AND kind IN ('begins', 'ends') ORDER BY id;

-- Gateways --------------------------------------------------------------

SELECT FROM (SELECT pg_temp.said()) AS done;
INSERT INTO oncall.duty_notice (person_id, kind, rotation_id, seat, period, due_at, expires_at, detail)
SELECT p.person_id, 'begins', r.rotation_id, 1, tstzrange(now() + d * interval '1 hour', now() + interval '9 hours'),
	now() + d * interval '1 hour' - interval '2 hours', now() + d * interval '1 hour', 'number ' || d
FROM oncall.person p, oncall.rotation r, generate_series(0, 3) d WHERE p.name = 'Ben' AND r.name = 'Notices';
-- one is over, one is not due yet
SELECT payload - '{notice_id,created_at,starts_at,ends_at,person}'::text[] AS payload, payload -> 'person' ->> 'name' AS person FROM oncall.claim_notices('gateway', 5);
SELECT count(*) AS leased FROM oncall.claim_notices('other');
SELECT min(duty_notice_id) AS one, max(duty_notice_id) AS two FROM oncall.duty_notice WHERE claimed_by = 'gateway' \gset
SELECT oncall.notice_sent(:one), oncall.notice_sent(:one) AS again, oncall.notice_failed(:one, 'too late');
SELECT oncall.notice_failed(:two, 'no network') - clock_timestamp() BETWEEN '25 seconds' AND '31 seconds' AS later;
SELECT detail, claims, failure, sent_at IS NOT NULL AS sent FROM oncall.duty_notice WHERE claimed_by = 'gateway' ORDER BY duty_notice_id;
UPDATE oncall.duty_notice SET lease_until = clock_timestamp() WHERE duty_notice_id = :two;
SELECT payload ->> 'text' AS text, payload ->> 'attempts' AS attempts FROM oncall.claim_notices('other', 5);
SELECT t.* FROM unnest(ARRAY[
	$$SELECT oncall.claim_notices('gateway', 0)$$,
	$$SELECT oncall.claim_notices('gateway', lease => '0')$$,
	$$SELECT oncall.claim_notices(NULL)$$,
	$$SELECT oncall.notice_sent(0)$$,
	$$SELECT oncall.notice_failed(duty_notice_id, 'x') FROM oncall.duty_notice WHERE detail = 'number 3'$$,
	$$SELECT oncall.run_notices(NULL)$$,
	$$SELECT oncall.run_notices('infinity')$$,
	$$INSERT INTO oncall.duty_notice (person_id, kind) SELECT person_id, 'told' FROM oncall.person WHERE name = 'Ana'$$]) c, pg_temp.try(c) t;
-- people see their own
SET ROLE regress_oncall_notices_ana;
SELECT count(DISTINCT person_id) AS people, count(*) > 5 AS several FROM oncall.duty_notice;
SELECT count(*) AS others FROM oncall.duty_notice_move m WHERE NOT EXISTS (SELECT FROM oncall.duty_notice d WHERE d.duty_notice_id = m.duty_notice_id);
RESET ROLE;

-- How was it? -----------------------------------------------------------

SELECT oncall.add_rotation('Notices past', '{Ana,Ben}', 'R/2020-01-01T00:00[UTC]/P1D', seats => '{only}', zone => 'UTC') > 0 AS rota;
SET ROLE regress_oncall_notices_ana;
SELECT oncall.rate_shift(2, 1, 'Slept badly') = oncall.rate_shift(4, nights_broken => 0) AS changed;
SELECT oncall.rate_shift(5, at => '2026-01-05 12:00Z') > 0 AS earlier;
SELECT mood, nights_broken, note, upper(period) <= now() AS over, upper(period) > now() - interval '2 days' AS last FROM oncall.shift_feedback ORDER BY period DESC;
SELECT t.* FROM unnest(ARRAY[
	$$SELECT oncall.rate_shift(0)$$,
	$$SELECT oncall.rate_shift(NULL)$$,
	$$SELECT oncall.rate_shift(3, -1)$$,
	$$SELECT oncall.rate_shift(3, person => 'Ben')$$,
	$$SELECT oncall.rate_shift(3, rotation => 'Notices')$$,
	$$INSERT INTO oncall.shift_feedback (rotation_id, period, mood) SELECT rotation_id, '[2020-01-01 00:00Z,2020-01-01 12:00Z)', 3 FROM oncall.rotation WHERE name = 'Notices past'$$,
	$$INSERT INTO oncall.shift_feedback (rotation_id, period, mood)
		SELECT rotation_id, d.period, 3 FROM oncall.duties(during => '[2126-01-05 12:00Z,2126-01-05 13:00Z)', person => 'Ana') d$$,
	$$UPDATE oncall.shift_feedback SET period = '[2020-01-01,2020-01-02)'$$]) c, pg_temp.try(c) t;
RESET ROLE;
SET ROLE regress_oncall_notices_manager;
SELECT count(*) AS seen FROM oncall.shift_feedback;
RESET ROLE;

-- Handovers -------------------------------------------------------------

SELECT oncall.add_rotation('Notices pager', '{Ana,Ben,Cy}', 'R/2026-01-05T09:00[Europe/Berlin]/P7D', team => 'Shop', zone => 'Europe/Berlin', pairing => 'following') > 0 AS rota;
SELECT oncall.add_service('Till', 'Shop', '{Notices pager}') > 0 AS service, oncall.add_step('Till', '10 minutes', 'Notices pager', 2) AS step;
UPDATE oncall.service SET ack_timeout = NULL WHERE name = 'Till';
SELECT seat, person, period FROM oncall.roster('[2026-02-02 08:00Z,2026-02-16 08:00Z)', 'Notices pager') ORDER BY starts_at, seat;
CREATE FUNCTION pg_temp.pages() RETURNS TABLE (summary text, at text, step smallint, reason text, seat smallint, person text, answered text) LANGUAGE sql AS $$
	SELECT i.summary, to_char(g.created_at, 'MM-DD HH24:MI'), g.step, g.reason, g.seat, p.name, to_char(g.acknowledged_at, 'MM-DD HH24:MI')
	FROM oncall.page g JOIN oncall.incident i USING (incident_id) JOIN oncall.service s USING (service_id) LEFT JOIN oncall.person p USING (person_id)
	WHERE s.name = 'Till' ORDER BY g.created_at, g.page_id
$$;
CREATE FUNCTION pg_temp.incident(summary text) RETURNS integer LANGUAGE sql AS 'SELECT i.incident_id FROM oncall.incident i WHERE i.summary = $1';
SELECT FROM (SELECT oncall.open_incident('Till', s, v, at => '2026-02-06 10:00Z') FROM (VALUES ('Down', 'SEV2'), ('Slow', 'SEV3'), ('Odd', 'SEV3'), ('Over', 'SEV2')) o(s, v)) AS done;
SELECT oncall.acknowledge(pg_temp.incident(s), p, '2026-02-06 10:05Z') FROM (VALUES ('Down', 'Ben'), ('Slow', 'Cy'), ('Over', 'Ben'), ('Odd', 'Max')) a(s, p);
SELECT FROM (SELECT oncall.resolve(pg_temp.incident('Over'), at => '2026-02-06 10:30Z')) AS done;
-- Ben goes, Cy stays
SELECT oncall.run_escalations('2026-02-09 07:59Z') AS before, oncall.run_escalations('2026-02-09 08:00Z') AS at, oncall.run_escalations('2026-02-09 08:00Z') AS again;
SELECT * FROM pg_temp.pages();
-- nobody answers: escalation goes on after the opening
SELECT oncall.run_escalations('2026-02-09 08:11Z') AS called;
SELECT oncall.acknowledge(pg_temp.incident('Down'), 'Ana', '2026-02-09 08:12Z') AS answered;
INSERT INTO oncall.incident_event (incident_id, at, detail) SELECT pg_temp.incident(s), '2026-02-11 09:00Z', 'It goes on.' FROM unnest('{Slow,Odd}'::text[]) s;
-- Cy goes: what is not urgent is a notice, once
SELECT oncall.run_escalations('2026-02-12 08:00Z') AS later, oncall.run_escalations('2026-02-16 07:59Z') AS before, oncall.run_escalations('2026-02-16 08:00Z') AS at,
	oncall.run_escalations('2026-02-16 08:01Z') AS again;
SELECT person, kind, period, regexp_replace(detail, '[0-9]+', 'N') AS detail FROM pg_temp.notices WHERE kind IN ('handover', 'stale');
-- Ana goes, who had answered when nobody else did
SELECT oncall.resolve(pg_temp.incident('Odd'), at => '2026-02-17 09:00Z') \g /dev/null
INSERT INTO oncall.incident_event (incident_id, at, detail) SELECT pg_temp.incident(s), '2026-02-17 09:00Z', 'It goes on.' FROM unnest('{Down,Slow}'::text[]) s;
SELECT oncall.run_escalations('2026-02-23 07:59Z') AS before, oncall.run_escalations('2026-02-23 08:00Z') AS at;
SELECT * FROM pg_temp.pages() WHERE summary = 'Down';
SELECT at, detail FROM oncall.incident_event WHERE incident_id = pg_temp.incident('Down') AND kind = 'handover' ORDER BY at;
-- the handover note
SELECT FROM (SELECT oncall.open_incident('Till', 'Slow again', 'SEV3', at => '2026-02-23 09:00Z')) AS done;
INSERT INTO oncall.action_item (incident_id, what, person_id, due_on)
SELECT pg_temp.incident('Over'), 'Alert earlier', p.person_id, '2026-02-20' FROM oncall.person p WHERE p.name = 'Ben';
INSERT INTO oncall.maintenance (service_id, period, note) SELECT service_id, '[2026-03-03 21:00Z,2026-03-03 23:00Z)', 'disks' FROM oncall.service WHERE name = 'Till';
SELECT regexp_replace(oncall.handover_note('Notices pager', '2026-02-24 09:00Z'), '[0-9]+ \(SEV', 'N (SEV', 'g');
-- nobody touches them: they are closed by day, and the team's manager hears of it
SELECT oncall.run_escalations('2026-03-15 22:00Z') AS by_night;
SELECT summary, resolution FROM oncall.incident ORDER BY incident_id;
SELECT oncall.run_escalations('2026-03-16 09:00Z') AS by_day;
SELECT person, kind, period, regexp_replace(detail, '[0-9]+', 'N') AS detail, state FROM pg_temp.notices WHERE kind IN ('handover', 'stale') ORDER BY id;
-- what is over need not be handed over
SELECT FROM (SELECT oncall.run_notices('2026-03-16 09:00Z')) AS done;
SELECT person, kind, state FROM pg_temp.notices WHERE kind IN ('handover', 'stale') ORDER BY id;

\c :regression
DROP DATABASE regress_oncall_notices;
DROP ROLE regress_oncall_notices_ana, regress_oncall_notices_manager;
