-- One's own: what members write without a manager. Responses that they record
-- wait for approval; absences and time in lieu lie ahead.
--
-- Tests: access people pay lieu
\set SHOW_CONTEXT never
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL IntervalStyle = 'postgres';
SELECT oncall.setup() \g /dev/null
SET LOCAL client_min_messages = notice;
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
-- hours before or after now, and dates before or after today in Auckland
CREATE FUNCTION pg_temp.hours(since int, until int) RETURNS tstzrange LANGUAGE sql
RETURN tstzrange(clock_timestamp() + since * interval '1 hour', clock_timestamp() + until * interval '1 hour');
CREATE FUNCTION pg_temp.dates(since int, until int) RETURNS tstzrange LANGUAGE sql
RETURN (SELECT tstzrange((d + since)::timestamp AT TIME ZONE 'Pacific/Auckland', (d + until)::timestamp AT TIME ZONE 'Pacific/Auckland')
	FROM (SELECT (clock_timestamp() AT TIME ZONE 'Pacific/Auckland')::date) t(d));

CREATE ROLE regress_oncall_own_member;
CREATE ROLE regress_oncall_own_nobody;
CREATE ROLE regress_oncall_own_manager;
SELECT oncall.grant_access('regress_oncall_own_member', 'member'), oncall.grant_access('regress_oncall_own_nobody', 'member'),
	oncall.grant_access('regress_oncall_own_manager', 'manager') \g /dev/null
SELECT oncall.add_person('Ana', 'Pacific/Auckland') AS ana, oncall.add_person('Ben', 'Pacific/Auckland') AS ben \gset
UPDATE oncall.person SET db_role = 'regress_oncall_own_member' WHERE name = 'Ana';
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Terms', 'UTC', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate, lieu_factor)
SELECT pay_policy_id, 1, 'all', '24/7', 10, 1 FROM oncall.pay_policy WHERE name = 'Terms';
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id)
SELECT p.person_id, y.pay_policy_id FROM oncall.person p, oncall.pay_policy y WHERE y.name = 'Terms';

-- Responses, to an incident that has called nobody
SELECT oncall.open_incident(NULL, 'lights out', at => now() - interval '200 hours') AS lights \gset
SET ROLE regress_oncall_own_member;
SELECT oncall.record_response(pg_temp.hours(-6, -4), incident => :lights) AS night \gset
SELECT oncall.record_response(tstzrange(date_trunc('hour', now()) - interval '2 hours', NULL), incident => :lights) AS open \gset
SELECT person_id = :ana AS own, incident_id = :lights AS of_lights, recorded_by, approved_by, upper_inf(period) AS going_on
FROM oncall.response ORDER BY response_id;
-- its end, as one call or a plain UPDATE
SAVEPOINT open;
SELECT oncall.record_response(tstzrange(date_trunc('hour', now()) - interval '2 hours', now())) = :open AS same;
ROLLBACK TO open;
UPDATE oncall.response SET period = tstzrange(lower(period), now()) WHERE upper_inf(period) RETURNING response_id = :open AS same;
SELECT s.what, t.* FROM (VALUES
	('another''s', format('SELECT oncall.record_response(pg_temp.hours(-2, -1), %L, %s)', 'Ben', :lights)),
	('another''s, by INSERT', format('INSERT INTO oncall.response (person_id, incident_id, period) VALUES (%s, %s, pg_temp.hours(-2, -1))', :ben, :lights)),
	('long ago', format('SELECT oncall.record_response(pg_temp.hours(-170, -160), incident => %s)', :lights)),
	('just in time', format('SELECT oncall.record_response(pg_temp.hours(-167, -160), incident => %s)', :lights)),
	('of no incident', 'SELECT oncall.record_response(pg_temp.hours(-2, -1))'),
	('of an unknown one', 'SELECT oncall.record_response(pg_temp.hours(-2, -1), incident => 2147483647)'),
	('no period', 'SELECT oncall.record_response(NULL)'),
	('approved by oneself', format('INSERT INTO oncall.response (person_id, period, approved_by) VALUES (%s, pg_temp.hours(-2, -1), current_user)', :ana)),
	('approved later', 'UPDATE oncall.response SET approved_by = current_user'),
	('of another incident', 'UPDATE oncall.response SET incident_id = NULL'),
	('made longer', format('UPDATE oncall.response SET period = pg_temp.hours(-6, -1) WHERE response_id = %s', :night)),
	('deleted', 'DELETE FROM oncall.response')) s(what, statement), pg_temp.try(s.statement) t ;
SELECT code FROM pg_temp.try(format('SELECT oncall.record_response(pg_temp.hours(1, 2), incident => %s)', :lights));
RESET ROLE;
SELECT count(*) AS withdrawn FROM (SELECT oncall.withdraw_response(response_id) FROM oncall.response) w;
-- what a manager approved while it went on waits again for its end
INSERT INTO oncall.response (person_id, period) VALUES (:ana, tstzrange(now() - interval '9 days', NULL)) RETURNING approved_by IS NOT NULL AS approved;
SET ROLE regress_oncall_own_member;
SELECT oncall.record_response(tstzrange(now() - interval '9 days', NULL)) IS NOT NULL AS nothing_new;
SELECT approved_by IS NOT NULL AS approved FROM oncall.response WHERE upper_inf(recorded);
UPDATE oncall.response SET period = tstzrange(lower(period), now() - interval '8 days') WHERE upper_inf(recorded) RETURNING approved_by;
RESET ROLE;
SELECT count(*) AS withdrawn FROM (SELECT oncall.withdraw_response(response_id) FROM oncall.response WHERE upper_inf(recorded)) w;

-- What waits is neither paid nor earns time in lieu, nor holds up a run, but is
-- rested from; once somebody has approved it, the next run pays it.
INSERT INTO oncall.response (person_id, period, recorded_by, approved_by) VALUES
	(:ana, '[2023-06-01 14:00Z,2023-06-01 16:00Z)', 'regress_oncall_own_member', NULL), (:ana, '[2023-06-20 02:00Z,)', 'regress_oncall_own_member', NULL);
SELECT count(*) AS paid FROM oncall.pay_report('[2023-06-01,2023-07-01)');
SELECT count(*) AS balance FROM oncall.lieu_balance;
SELECT person, called, ended, may_start FROM oncall.rest_at('2023-06-01 17:00Z');
SELECT oncall.close_pay_run('Terms', '[2023-06-01,2023-07-01)') AS june \gset
SET ROLE regress_oncall_own_manager;
-- in nobody else's name
INSERT INTO oncall.response (person_id, period, recorded_by, approved_by) VALUES (:ana, '[2023-06-21 02:00Z,2023-06-21 03:00Z)', 'regress_oncall_own_member', 'regress_oncall_own_member')
RETURNING response_id AS forged, recorded_by, approved_by \gset
UPDATE oncall.response SET recorded_by = 'regress_oncall_own_member' WHERE response_id = :forged
RETURNING :'recorded_by' AS recorded_by, :'approved_by' AS approved_by, recorded_by AS still_recorded_by;
SELECT oncall.withdraw_response(:forged);
INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, why, recorded_by)
SELECT :ana, y.pay_policy_id, '2023-06-21', 5, 'a taxi', 'regress_oncall_own_member' FROM oncall.pay_policy y WHERE y.name = 'Terms' RETURNING pay_entry_id AS taxi, recorded_by \gset
SELECT :'recorded_by' AS recorded_by, oncall.withdraw_pay_entry(:taxi);
UPDATE oncall.response SET approved_by = 'regress_oncall_own_member' WHERE NOT upper_inf(period) AND upper_inf(recorded) RETURNING approved_by;
SELECT count(*) AS withdrawn FROM (SELECT oncall.withdraw_response(response_id) FROM oncall.response WHERE approved_by IS NULL AND upper_inf(recorded)) w;
RESET ROLE;
SELECT oncall.close_pay_run('Terms', '[2023-07-01,2023-08-01)') AS july \gset
SELECT kind, hours, amount, lieu_hours, corrects = :june AS of_june FROM oncall.pay_line WHERE pay_run_id = :july;
SELECT person, balance FROM oncall.lieu_balance;

-- Time in lieu: one's own, from today on, within the balance of two hours
SET ROLE regress_oncall_own_member;
SELECT s.what, t.* FROM (VALUES
	('another''s', 'SELECT oncall.take_lieu(''1 hour'', person => ''Ben'')'),
	('another''s, by INSERT', format('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (%s, ''2126-01-01'', ''taken'', ''1 hour'')', :ben)),
	('more', format('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (%s, ''2126-01-01'', ''adjusted'', ''9 hours'')', :ana)),
	('a past day', 'SELECT oncall.take_lieu(''1 hour'', ''2023-07-03'')'),
	('yesterday there', 'SELECT oncall.take_lieu(''1 hour'', (now() AT TIME ZONE ''Pacific/Auckland'')::date - 1)'),
	('too much', 'SELECT oncall.take_lieu(''3 hours'')'),
	('today', 'SELECT oncall.take_lieu(''1 hour'')'),
	('another day', 'SELECT oncall.take_lieu(''1 hour'', ''2126-01-01'', note => ''long weekend'')'),
	('nothing is left', 'SELECT oncall.take_lieu(''1 minute'')'),
	('nothing', 'SELECT oncall.take_lieu(NULL)'),
	('changed', 'UPDATE oncall.lieu_entry SET amount = ''1 minute'''),
	('deleted', 'DELETE FROM oncall.lieu_entry')) s(what, statement), pg_temp.try(s.statement) t;
SELECT kind, amount, note LIKE 'corrects pay run %' AS corrects FROM oncall.lieu_entry ORDER BY lieu_entry_id;

-- Absences: one's own, from today on
SELECT s.what, t.* FROM (VALUES
	('another''s', 'SELECT oncall.keep_free(''[2126-12-24,2126-12-27)'', ''Ben'')'),
	('another''s, by INSERT', format('INSERT INTO oncall.absence (person_id, period) VALUES (%s, ''[2126-12-24,2126-12-27)'')', :ben)),
	('no duty at all', format('INSERT INTO oncall.absence (person_id, period, kind) VALUES (%s, ''[2126-12-24,)'', ''opt_out'')', :ana)),
	('since ever', format('INSERT INTO oncall.absence (person_id, period, kind) VALUES (%s, ''(,)'', ''leave'')', :ana)),
	('yesterday', format('INSERT INTO oncall.absence (person_id, period, kind) VALUES (%s, pg_temp.dates(-1, 1), ''sick'')', :ana)),
	('today', format('INSERT INTO oncall.absence (person_id, period, kind) VALUES (%s, pg_temp.dates(0, 3), ''sick'')', :ana)),
	('leave', format('INSERT INTO oncall.absence (person_id, period, kind, note) VALUES (%s, ''[2126-07-01,2126-08-01)'', ''leave'', ''Samoa'')', :ana)),
	('to keep free', 'SELECT oncall.keep_free(''[2126-12-24,2126-12-27)'', note => ''hangi'')'),
	('no end', 'SELECT oncall.keep_free(''[2126-12-24,)'')'),
	('made longer', 'UPDATE oncall.absence SET period = pg_temp.dates(0, 9) WHERE kind = ''sick'''),
	('begun later', 'UPDATE oncall.absence SET period = ''[2126-07-09,2126-08-01)'' WHERE kind = ''leave'''),
	('ended sooner', 'UPDATE oncall.absence SET period = ''[2126-07-01,2126-07-20)'' WHERE kind = ''leave'''),
	('well again', 'UPDATE oncall.absence SET period = pg_temp.dates(0, 1) WHERE kind = ''sick'''),
	('another kind', 'UPDATE oncall.absence SET kind = ''opt_out''')) s(what, statement), pg_temp.try(s.statement) t;
SELECT kind, note FROM oncall.absence ORDER BY absence_id;
-- what managers wrote, and what began before today
RESET ROLE;
INSERT INTO oncall.absence (person_id, period, kind) VALUES (:ana, '[2126-09-01,2126-10-01)', 'opt_out'), (:ana, pg_temp.dates(-5, 2), 'sick'), (:ben, pg_temp.dates(2, 3), 'sick');
SET ROLE regress_oncall_own_member;
SELECT s.what, t.* FROM (VALUES
	('opt-out ended', 'UPDATE oncall.absence SET period = ''[2126-09-01,2126-09-02)'' WHERE kind = ''opt_out'''),
	('opt-out deleted', 'DELETE FROM oncall.absence WHERE kind = ''opt_out'''),
	('began before', 'DELETE FROM oncall.absence WHERE lower(period) = lower(pg_temp.dates(-5, 2))'),
	('ended in the past', 'UPDATE oncall.absence SET period = pg_temp.dates(-5, -1) WHERE lower(period) = lower(pg_temp.dates(-5, 2))'),
	('ended today', 'UPDATE oncall.absence SET period = pg_temp.dates(-5, 0) WHERE lower(period) = lower(pg_temp.dates(-5, 2))')) s(what, statement),
	pg_temp.try(s.statement) t;
DELETE FROM oncall.absence WHERE kind IN ('leave', 'keep_free') RETURNING kind, note;
RESET ROLE;
SELECT p.name, a.kind, lower(a.period) > now() AS ahead FROM oncall.absence a JOIN oncall.person p USING (person_id) ORDER BY absence_id;

-- A role that is nobody's has nothing of its own
SET ROLE regress_oncall_own_nobody;
SELECT s.statement, t.* FROM (VALUES ('SELECT oncall.record_response(pg_temp.hours(-2, -1))'), ('SELECT oncall.keep_free(''[2126-12-24,2126-12-27)'')'),
	('SELECT oncall.take_lieu(''1 hour'')'), ('SELECT oncall.take_lieu(''1 hour'', person => ''Ana'')'), ('SELECT oncall.take_lieu(''1 hour'', person => ''An'')')) s(statement), pg_temp.try(s.statement) t;
-- A manager does it for others, whenever it was
SET ROLE regress_oncall_own_manager;
SELECT oncall.record_response('[2024-03-01 02:00Z,2024-03-01 03:00Z)', 'Ben') AS late \gset
SELECT recorded_by, approved_by FROM oncall.response WHERE response_id = :late;
SELECT oncall.keep_free('[2024-12-24,2024-12-27)', 'Ben') > 0 AS kept, oncall.take_lieu('1 hour', '2024-03-02', 'Ben') > 0 AS taken;
RESET ROLE;
ROLLBACK;
