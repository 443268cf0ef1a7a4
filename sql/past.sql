-- The past of a rota is changed only with a reason: whoever was on duty more
-- than a minute ago.
-- A database of its own: several transactions are what this is about.
--
-- Tests: past past_notes rules
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_manager;
CREATE DATABASE regress_oncall_past TEMPLATE template0;
\c regress_oncall_past
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT FROM (SELECT oncall.grant_access('regress_oncall_manager', 'manager')) AS g;

-- What a statement gets: its SQLSTATE, constraint, message and hint
CREATE FUNCTION public.try(statement text) RETURNS TABLE (code text, con text, message text, detail text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	RETURN QUERY VALUES ('00000', '', 'accepted', '');
	-- and nothing of it stays
	RAISE EXCEPTION USING ERRCODE = 'ZZZZZ';
EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
	NULL;
WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN NEXT;
END
$$;
CREATE PROCEDURE public.try_all(statements text[]) LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOREACH statement IN ARRAY statements LOOP
		RAISE WARNING '%', (SELECT concat_ws(' | ', statement, nullif(t.con, ''), t.message, nullif(t.detail, '')) FROM public.try(statement) t);
	END LOOP;
END
$$;
\set VERBOSITY terse

-- A rota that is set up may begin in the past; its covers, too, while nobody
-- knows of it.
BEGIN;
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'UTC'), (2, 'Ben', 'UTC'), (3, 'Cleo', 'UTC'), (4, 'Dai', 'UTC');
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive) VALUES (1, 'SRE', 'Pacific/Auckland', '{primary}', NULL);
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid) VALUES (1, 1, 'R/2020-01-06T12:00[Pacific/Auckland]/P7D', '(,2021-01-04Z)');
INSERT INTO oncall.layer_member (layer_member_id, layer_id, position, person_id) VALUES (1, 1, 10, 1), (2, 1, 20, 2), (3, 1, 30, 3);
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 4, 'reserve');
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (1, 1, 1, '[2020-03-01Z,2020-03-02Z)', 4);
COMMIT;
ALTER TABLE oncall.layer ALTER layer_id RESTART WITH 100;
ALTER TABLE oncall.layer_member ALTER layer_member_id RESTART WITH 100;
ALTER TABLE oncall.cover ALTER cover_id RESTART WITH 100;
SELECT count(*) FROM oncall.cover;

-- From then on it has a past
\set VERBOSITY default
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)', 4);
\set VERBOSITY terse
CALL public.try_all(ARRAY[
	$$INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-20Z)', 4)$$,
	$$UPDATE oncall.cover SET period = '[2020-03-01Z,2020-03-03Z)'$$,
	$$UPDATE oncall.cover SET person_id = 2$$,
	$$SELECT oncall.end_cover(1, '2020-03-01 12:00Z')$$,
	$$SELECT oncall.withdraw_cover(1)$$,
	$$INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 15, 4, '[2020-11-30Z,)')$$,
	$$INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-12-01Z,)')$$,
	$$INSERT INTO oncall.layer_rule (layer_id, since, cadence) VALUES (1, '2020-12-28Z', 'R/2020-12-28T10:00[Pacific/Auckland]/P7D')$$,
	$$INSERT INTO oncall.layer_rule (layer_id, since, hours) VALUES (1, '2021-01-01Z', 'Mo-Su 09:00-17:00')$$,
	$$SELECT oncall.end_layer(1, '2020-12-20Z')$$,
	$$SELECT oncall.withdraw_layer(1)$$,
	$$SELECT oncall.add_layer('SRE', '{Dai}', 'R/2020-06-01T12:00[Pacific/Auckland]/P7D', rank => 1, valid => '[2020-06-01Z,2020-06-03Z)')$$,
	$$SELECT oncall.retire_rotation('SRE', '2020-12-31Z')$$]);

-- What changes nobody's duty needs none
CALL public.try_all(ARRAY[
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-01-07Z,2020-01-08Z)', 1)$$,
	$$INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-12-01Z,2020-12-02Z)')$$,
	$$INSERT INTO oncall.layer_member (layer_id, position, person_id, valid) VALUES (1, 15, 4, '[2021-02-01Z,)')$$,
	$$INSERT INTO oncall.layer_rule (layer_id, since, pairing) VALUES (1, '2020-12-01Z', 'following')$$,
	$$SELECT oncall.add_layer('SRE', '{Dai}', 'R/2020-06-01T12:00[Pacific/Auckland]/P7D', rank => -1, valid => '[2020-06-01Z,2020-07-01Z)')$$,
	$$UPDATE oncall.cover SET person_id = person_id$$,
	-- what lies ahead
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, tstzrange(now(), now() + '1 hour'), 4)$$,
	$$SELECT oncall.add_layer('SRE', '{Dai}', 'R/2020-06-01T12:00[Pacific/Auckland]/P7D')$$,
	$$SELECT oncall.add_layer('SRE', '{Dai}', 'R/2020-06-01T12:00[Pacific/Auckland]/P7D', valid => tstzrange(now() - interval '30 s', NULL))$$,
	-- and what is taken back at once
	$$INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (77, 1, 1, '[2020-04-01Z,2020-04-02Z)', 4); SELECT oncall.withdraw_cover(77)$$]);
-- an older moment of now() is not what counts
SELECT code, con FROM public.try($$SELECT oncall.add_layer('SRE', '{Dai}', 'R/2020-06-01T12:00[Pacific/Auckland]/P7D', valid => tstzrange(now() - interval '2 minutes', NULL))$$);

-- With a reason: an argument, the row of the change, or the setting
CALL public.try_all(ARRAY[
	$$SELECT oncall.end_cover(1, '2020-03-01 12:00Z', past_reason => 'was ill')$$,
	$$SELECT oncall.end_layer(1, '2020-12-20Z', past_reason => 'forgotten')$$,
	$$INSERT INTO oncall.change (change_id, kind, rotation_id, past_reason) VALUES (90, 'rows', 1, 'forgotten');
	INSERT INTO oncall.layer_leave (layer_member_id, period, change_id) VALUES (2, '[2020-12-01Z,)', 90)$$,
	$$SET LOCAL oncall.past_reason = 'forgotten'; INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-12-01Z,)')$$,
	$$SET LOCAL oncall.past_reason = ''; INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-12-01Z,)')$$]);
BEGIN;
SET LOCAL oncall.past_reason = 'Cleo was ill';
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (2, 1, 1, '[2020-01-21Z,2020-01-22Z)', 4);
COMMIT;
SELECT h.kind, h.rotation_id, h.past_reason FROM oncall.cover c JOIN oncall.change h USING (change_id) WHERE c.cover_id = 2;

-- The reason is that of a rotation: another one has its own
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive, exclusive) VALUES (2, 'DBA', 'UTC', '{primary}', NULL, false);
BEGIN;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, valid) VALUES (2, 2, 'R/2020-01-06T12:00[UTC]/P7D', '(,2021-01-04Z)');
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (2, 10, 1), (2, 20, 2);
COMMIT;
CALL public.try_all(ARRAY[
	$$SELECT oncall.end_layer(1, '2020-12-20Z', past_reason => 'forgotten'); SELECT oncall.end_layer(2, '2020-12-20Z')$$,
	$$SELECT oncall.end_layer(1, '2020-12-20Z', past_reason => 'forgotten'); SELECT oncall.end_layer(2, '2020-12-20Z', past_reason => 'as well')$$,
	$$SET LOCAL oncall.past_reason = 'both'; UPDATE oncall.layer SET recorded = oncall_internal.closed(recorded, xmin)$$]);

-- Savepoints: what is rolled back counts for nothing, what is left is judged
BEGIN;
SAVEPOINT a;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)', 4);
ROLLBACK TO a;
COMMIT;
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)', 4);
SAVEPOINT a;
UPDATE oncall.cover SET recorded = oncall_internal.closed(recorded, xmin) WHERE period = '[2020-04-01Z,2020-04-02Z)';
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO a;
COMMIT;
BEGIN;
SAVEPOINT a;
SELECT oncall.end_layer(2, '2020-12-20Z', past_reason => 'a try') > 0 AS ended;
ROLLBACK TO a;
SELECT oncall.end_layer(2, '2020-12-20Z') > 0 AS ended;
COMMIT;
-- two changes that come to nothing
BEGIN;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (3, 1, 1, '[2020-04-01Z,2020-04-02Z)', 4);
SELECT oncall.withdraw_cover(3) > 0 AS withdrawn;
COMMIT;
SELECT isempty(recorded) FROM oncall.cover WHERE cover_id = 3;

-- Who restores brings beliefs of other times: there is nothing to be judged
CALL public.try_all(ARRAY[
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id, recorded) VALUES (1, 1, '[2020-05-01Z,2020-05-02Z)', 4, 1, '[2020-05-01Z,)')$$,
	$$SET LOCAL session_replication_role = replica; INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id) VALUES (1, 1, '[2020-05-01Z,2020-05-02Z)', 4, 1)$$]);

-- Believed again: the past as well
UPDATE oncall.layer SET recorded = oncall_internal.closed(recorded, xmin) WHERE layer_id = 2;
BEGIN;
SET LOCAL oncall.past_reason = 'never was';
SELECT oncall.withdraw_layer(2) > 0 AS withdrawn;
COMMIT;
UPDATE oncall.layer SET recorded = oncall_internal.recorded_now() WHERE layer_id = 2;
BEGIN;
SET LOCAL oncall.past_reason = 'it was';
UPDATE oncall.layer SET recorded = oncall_internal.recorded_now() WHERE layer_id = 2;
COMMIT;
SELECT oncall.on_call(2, '2020-06-01Z');

-- A writer who may not see everything is judged by everything
SET ROLE regress_oncall_manager;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)', 4);
RESET ROLE;

-- What a closed run has paid: the rule is named, and with the reason the next
-- run carries the difference
BEGIN;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Std', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate) VALUES (1, 10, 'all', '24/7', 1);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (1, 1), (2, 1), (3, 1), (4, 1);
COMMIT;
SELECT oncall.close_pay_run('Std', '[2020-01-01,2020-12-01)') AS run \gset
CALL public.try_all(ARRAY[
	$$INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-11-20Z,)')$$,
	$$INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (2, '[2020-12-01Z,)')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2020-04-01Z,2020-04-02Z)', 4)$$,
	$$SELECT oncall.end_layer(1, '2020-11-30 12:00Z')$$]);
SELECT oncall.end_layer(1, '2020-11-30 12:00Z', past_reason => 'the service was shut down') > 0 AS ended;
SELECT oncall.close_pay_run('Std', '[2020-12-01,2021-01-01)') AS next \gset
SELECT p.name, l.hours, l.amount, l.corrects = :run AS corrects, l.why
FROM oncall.pay_line l JOIN oncall.person p USING (person_id) WHERE l.pay_run_id = :next AND l.corrects IS NOT NULL ORDER BY 1;

-- The functions are triggers of these tables only
CREATE TABLE public.cover (LIKE oncall.cover);
CREATE TRIGGER t BEFORE INSERT ON public.cover FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
INSERT INTO public.cover (cover_id) VALUES (1);
CREATE TABLE public.other AS SELECT * FROM oncall.cover LIMIT 0;
CREATE TRIGGER t AFTER INSERT ON public.other FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
INSERT INTO public.other (cover_id) VALUES (1);
SELECT oncall_internal.note_past();
SELECT oncall_internal.judge_past();

\c :regression
DROP DATABASE regress_oncall_past;
DROP ROLE regress_oncall_manager;
