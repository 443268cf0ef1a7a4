-- Silence opens an incident, and a beat resolves it: by beat(), and by the
-- trigger of a table that knows nothing of oncall.
--
-- Tests: heartbeat beat

\set schema heartbeats
\ir start.psql
SELECT plan(37);

SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben}'::text[]) n \g /dev/null
INSERT INTO oncall.team (name, zone) VALUES ('Ops', 'UTC');
SELECT oncall.add_rotation('SRE', '{Ana,Ben}', 'R/2026-01-07T12:00[UTC]/P520W', team => 'Ops') \g /dev/null
SELECT oncall.add_service(n, 'Ops', '{SRE}') FROM unnest('{Nightly,Queue,Mail,Backup,Batch}'::text[]) n \g /dev/null
CREATE FUNCTION state(service text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(coalesce(i.resolution, 'open') || ' ' || i.severity, ', ' ORDER BY i.incident_id), 'none')
	FROM oncall.incident i JOIN oncall.service s ON s.service_id = i.service_id WHERE s.name = $1 $$;
-- whenever this runs, in page hours or not
UPDATE oncall.severity SET pages = false, page_hours = NULL WHERE name = 'SEV3';
-- lets the last beat lie back
CREATE FUNCTION silence(service text, since interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	ALTER TABLE oncall.heartbeat DISABLE TRIGGER USER;
	UPDATE oncall.heartbeat h SET last_at = now() - since FROM oncall.service s WHERE s.service_id = h.service_id AND s.name = $1;
	ALTER TABLE oncall.heartbeat ENABLE TRIGGER USER;
END $$;
CREATE FUNCTION last(service text) RETURNS interval LANGUAGE sql RETURN
	(SELECT date_trunc('minute', now() - h.last_at) FROM oncall.heartbeat h JOIN oncall.service s ON s.service_id = h.service_id WHERE s.name = $1);

SELECT throws_ok($$SELECT oncall.beat('Nightly')$$, '42704', 'service "Nightly" has no heartbeat', 'nothing is expected of it yet');
SELECT oncall.add_heartbeat('Nightly', '1 hour') \g /dev/null
SELECT oncall.add_heartbeat('Queue', '10 minutes', 'sev3') \g /dev/null
SELECT throws_ok($$SELECT oncall.add_heartbeat('Mail', '0')$$, '23514', 'every must be from 1 second to 1 year, not 00:00:00', 'one is expected every second at most');
SELECT throws_ok($$SELECT oncall.add_heartbeat('Queue', '1 hour')$$, '23505', 'service "Queue" has a heartbeat already', 'a service has one heartbeat');
SELECT throws_ok($$SELECT oncall.add_heartbeat('Mail', NULL)$$, '22004', 'every must not be null', 'and as often as is said');
SELECT IS(oncall.run_escalations(now() + interval '59 minutes'), 0, 'within the hour');
SELECT IS(state('Nightly'), 'none', 'nothing happens');
SELECT IS(oncall.run_escalations(now() + interval '64 minutes'), 1, 'after it somebody is called');
SELECT IS(state('Nightly'), 'open SEV2', 'about one incident');
SELECT matches((SELECT summary FROM oncall.incident WHERE severity = 'SEV2'), '^Nightly has not been heard of since \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC$', 'that tells since when');
SELECT IS(state('Queue'), 'open SEV3', 'of the severity that was given');
SELECT IS(oncall.run_escalations(now() + interval '65 minutes'), 0, 'not again');
SELECT results_eq($$SELECT state('Nightly'), count(*) FROM oncall.incident_event WHERE kind = 'alert'$$, $$VALUES ('open SEV2', 0::bigint)$$, 'nor is anything written, minute by minute');
SELECT oncall.beat('Nightly') \g /dev/null
SELECT IS(state('Nightly'), 'resolved SEV2', 'a beat resolves it');
SELECT IS(state('Queue'), 'open SEV3', 'and no other');

-- who resolves it has the same time again
SELECT oncall.add_heartbeat('Mail', '10 minutes') \g /dev/null
SELECT silence('Mail', '1 hour') \g /dev/null
SELECT oncall.run_escalations() \g /dev/null
SELECT oncall.resolve(incident_id) FROM oncall.incident WHERE summary LIKE 'Mail%' \g /dev/null
SELECT oncall.run_escalations(now() + interval '9 minutes') \g /dev/null
SELECT IS(state('Mail'), 'resolved SEV2', 'who resolves it is left in peace for a while');
SELECT oncall.run_escalations(now() + interval '11 minutes') \g /dev/null
SELECT IS(state('Mail'), 'open SEV2', 'but it is still silent');
UPDATE oncall.incident SET resolved_at = now() + interval '12 minutes', resolution = 'stale' WHERE summary LIKE 'Mail%';
SELECT oncall.run_escalations(now() + interval '2 days') \g /dev/null
SELECT IS(state('Mail'), 'stale SEV2', 'what nobody has touched for so long wakes nobody again');
SELECT oncall.beat('Mail') \g /dev/null
SELECT oncall.run_escalations(now() + interval '3 days') \g /dev/null
SELECT IS(state('Mail'), 'stale SEV2, open SEV2', 'until it has been heard of, and is silent anew');

-- times
SELECT oncall.add_heartbeat('Backup', '1 hour') \g /dev/null
SELECT silence('Backup', '3 hours') \g /dev/null
SELECT oncall.run_escalations() \g /dev/null
SELECT oncall.beat('Backup', now() - interval '2 hours') \g /dev/null
SELECT IS(last('Backup'), '2 hours', 'a beat that comes late');
SELECT IS(state('Backup'), 'open SEV2', 'does not end the silence that came after it');
SELECT oncall.beat('Backup', now() - interval '4 hours') \g /dev/null
SELECT IS(last('Backup'), '2 hours', 'nor does time go back');
SELECT oncall.beat('Backup', now() + interval '10 years') \g /dev/null
SELECT IS(last('Backup'), '0', 'nor beyond the clock');
SELECT throws_ok($$SELECT oncall.beat('Backup', 'infinity')$$, '22023', 'at must not be infinite', 'no beat is for ever');

-- merged into another, it is that one's matter
SELECT oncall.add_heartbeat('Batch', '1 hour') \g /dev/null
SELECT silence('Batch', '3 hours') \g /dev/null
SELECT oncall.run_escalations() \g /dev/null
SELECT oncall.open_incident('Mail', 'the cloud failed', 'SEV2') AS cloud \gset
SELECT oncall.merge_incidents(:cloud, (SELECT max(incident_id) FROM oncall.incident WHERE summary LIKE 'Batch%' AND resolved_at IS NULL)) \g /dev/null
SELECT oncall.run_escalations(now() + interval '2 hours') \g /dev/null
SELECT ok(NOT EXISTS (SELECT FROM oncall.incident_event WHERE kind = 'alert' AND incident_id = :cloud), 'silence that is part of another incident is told once');
SELECT oncall.beat('Batch') \g /dev/null
SELECT ok(resolved_at IS NULL, 'and a beat leaves that one open') FROM oncall.incident WHERE incident_id = :cloud;

-- ---------------------------------------------------------------------------
-- A host's table
-- ---------------------------------------------------------------------------
CREATE TABLE metric (id integer, host text, at timestamptz, note text);
CREATE TRIGGER beat AFTER INSERT ON metric FOR EACH ROW EXECUTE FUNCTION oncall.beat_on_insert('service=host', 'at=at');
SELECT silence('Queue', '1 hour') \g /dev/null
CREATE ROLE regress_oncall_heartbeat_host;
GRANT INSERT ON metric TO regress_oncall_heartbeat_host;
GRANT USAGE ON SCHEMA :schema, :tap TO PUBLIC;
SET LOCAL ROLE regress_oncall_heartbeat_host;
SET LOCAL search_path = '';
INSERT INTO heartbeats.metric VALUES (1, 'Queue', now() - interval '5 minutes'), (2, 'nobody', now()), (3, NULL, now()), (4, 'Queue', NULL);
RESET ROLE;
SELECT set_config('search_path', :'schema' || ', pg_catalog, ' || :'tap', true) \g /dev/null
SELECT IS(last('Queue'), '5 minutes', 'a row is a beat, whoever inserts it, under any search_path');
SELECT IS(state('Queue'), 'resolved SEV3', 'and resolves what silence had opened');
SELECT IS((SELECT count(*) FROM metric), 4::bigint, 'rows that tell nothing stay');
INSERT INTO metric VALUES (5, 'Queue', now() - interval '4 minutes 35 seconds');
SELECT IS(last('Queue'), '5 minutes', 'a row hardly newer than the last is not written down');
INSERT INTO metric VALUES (6, 'Queue', now() - interval '4 minutes');
SELECT IS(last('Queue'), '4 minutes', 'one that is newer is');
SELECT silence('Queue', '0') \g /dev/null
SELECT oncall.run_escalations(now() + interval '10 minutes 20 seconds') \g /dev/null
SELECT IS(state('Queue'), 'resolved SEV3', 'silence has that little longer');

CREATE TABLE mark (id integer, n numeric);
CREATE TRIGGER beat AFTER INSERT ON mark FOR EACH ROW EXECUTE FUNCTION oncall.beat_on_insert('service=''Queue''');
SELECT silence('Queue', '8 minutes') \g /dev/null
INSERT INTO mark VALUES (1);
SELECT IS(last('Queue'), '0', 'a constant, and the time of the transaction');

-- what fails loses no row
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
CREATE TRIGGER fail BEFORE UPDATE ON oncall.heartbeat FOR EACH ROW EXECUTE FUNCTION fail();
SELECT set_config('client_min_messages', 'error', true) \g /dev/null
INSERT INTO mark SELECT 2 FROM (SELECT silence('Queue', '8 minutes')) s;
SELECT set_config('client_min_messages', 'warning', true) \g /dev/null
SELECT results_eq($$SELECT last('Queue'), count(*) FROM mark$$, $$VALUES (interval '8 minutes', 2::bigint)$$, 'a beat that fails is a warning, and the row stays');
DROP TRIGGER fail ON oncall.heartbeat;

CREATE FUNCTION with_arguments(VARIADIC text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE OR REPLACE TRIGGER beat AFTER INSERT ON mark FOR EACH ROW EXECUTE FUNCTION oncall.beat_on_insert(%s)',
		(SELECT string_agg(quote_literal(a), ', ') FROM unnest($1) a));
	INSERT INTO mark VALUES (0);
END $$;
SELECT throws_ok($$SELECT with_arguments('service=host')$$, '42703', 'table "mark" has no column "host"', 'a column that is not there');
SELECT throws_ok($$SELECT with_arguments('service=id', 'at=n')$$, '42804', 'column "n" of table "mark" must have type timestamp with time zone', 'or is no time');
SELECT throws_ok($$SELECT with_arguments('at=n')$$, '22023', 'trigger "beat" does not say whose beats its rows are', 'no service');
SELECT throws_ok($$SELECT with_arguments('service=id', 'every=n')$$, '22023', 'trigger "beat" has an odd argument: every=n', 'an argument that is not known');

SELECT * FROM finish();
ROLLBACK;
