-- Responses keep their history, as covers do: an edit leaves a closed copy, and
-- what is withdrawn is closed. Pay counts what is believed. What is expected was
-- worked out by hand.
-- A database of its own: several transactions are what this is about.
--
-- Tests: history pay response_loader
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_responder;
CREATE DATABASE regress_oncall_responses TEMPLATE template0;
\c regress_oncall_responses
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup() IS NOT NULL AS ready;
SELECT oncall.grant_access('regress_oncall_responder', 'manager');
CREATE FUNCTION public.try(statement text) RETURNS TABLE (code text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN QUERY VALUES ('00000', 'accepted', '', '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
CREATE FUNCTION public.belief(recorded tstzrange) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN isempty(recorded) THEN 'never' WHEN upper_inf(recorded) THEN 'still' ELSE 'once' END;
CREATE VIEW public.responses AS
	SELECT response_id AS id, copy_of AS copy, person_id AS person, period, public.belief(recorded), recorded_by LIKE 'regress_oncall_r%' AS by_responder,
		approved_by IS NOT NULL AS approved
	FROM oncall.response ORDER BY 1;
GRANT SELECT ON public.responses TO regress_oncall_responder;
CREATE VIEW public.paid AS SELECT person_id AS person, hours, amount FROM oncall.pay_report('[2023-01-01,2023-02-01)');

INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'Etc/UTC'), (2, 'Ben', 'Etc/UTC');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Hourly', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate) VALUES (1, 1, 'any', '24/7', 10);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (1, 1), (2, 1);
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2023-01-03 02:00,2023-01-03 04:00)'), (2, '[2023-01-04 02:00,2023-01-04 03:00)');
TABLE public.responses;
TABLE public.paid;

-- An edit by another role: an hour shorter. The id stays, the former values are
-- a copy, believed until the edit.
SET ROLE regress_oncall_responder;
UPDATE oncall.response SET period = '[2023-01-03 02:00,2023-01-03 03:00)' WHERE response_id = 1;
RESET ROLE;
TABLE public.responses;
TABLE public.paid;
SELECT a.recorded -|- b.recorded AS without_a_gap FROM oncall.response a, oncall.response b WHERE a.response_id = 1 AND b.copy_of = 1;
-- that approval is taken back is a belief of its own; the same again is none
UPDATE oncall.response SET approved_by = NULL WHERE response_id = 2;
UPDATE oncall.response SET approved_by = NULL, period = period WHERE response_id = 2;
TABLE public.responses;
TABLE public.paid;
UPDATE oncall.response SET approved_by = current_user WHERE response_id = 2;

-- Two edits in one transaction, and of what it wrote itself: one copy, and none
BEGIN;
UPDATE oncall.response SET person_id = 2 WHERE response_id = 1;
UPDATE oncall.response SET person_id = 1 WHERE response_id = 1;
INSERT INTO oncall.response (response_id, person_id, period) VALUES (100, 2, '[2023-01-05 02:00,2023-01-05 03:00)');
UPDATE oncall.response SET period = '[2023-01-05 02:00,2023-01-05 05:00)' WHERE response_id = 100;
COMMIT;
SELECT id, copy, period, belief FROM public.responses WHERE id = 100 OR copy IN (1, 100);

-- Withdrawn: closed, and paid no more; by who wrote it just now: never believed
SELECT oncall.withdraw_response(100);
BEGIN;
INSERT INTO oncall.response (response_id, person_id, period) VALUES (101, 2, '[2023-01-06 02:00,2023-01-06 03:00)');
SELECT oncall.withdraw_response(101);
COMMIT;
SELECT id, copy, period, belief FROM public.responses WHERE id >= 100;
TABLE public.paid;
-- and believed again
UPDATE oncall.response SET recorded = oncall_internal.recorded_now() WHERE response_id = 100;
SELECT id, copy, period, belief FROM public.responses WHERE id >= 100 OR copy >= 100;
TABLE public.paid;
SELECT oncall.withdraw_response(100);

-- What was known at a time is there to be read
SELECT coalesce(r.copy_of, r.response_id) AS id, r.period FROM oncall.response r
WHERE r.recorded @> (SELECT lower(b.recorded) FROM oncall.response b WHERE b.copy_of = 1 ORDER BY b.response_id LIMIT 1) ORDER BY 1;

-- Refused
\pset format unaligned
\pset fieldsep '\n  '
\t on
SELECT s, t.* FROM (VALUES ('SELECT oncall.withdraw_response(100)'), ('SELECT oncall.withdraw_response(99)'), ('SELECT oncall.withdraw_response(NULL)'),
	('DELETE FROM oncall.response WHERE response_id = 1'), ('TRUNCATE oncall.response'),
	('UPDATE oncall.response SET period = ''[2023-01-05 02:00,2023-01-05 04:00)'' WHERE response_id = 100'),
	('UPDATE oncall.response SET response_id = 200 WHERE response_id = 1')) v(s), public.try(s) t;
SET ROLE regress_oncall_responder;
SELECT s, t.* FROM (VALUES ('UPDATE oncall.response SET recorded = ''[2023-01-01,)'' WHERE response_id = 1'),
	('INSERT INTO oncall.response (person_id, period, recorded) VALUES (1, ''[2023-01-05 02:00,2023-01-05 04:00)'', ''[2023-01-01,)'')'),
	('INSERT INTO oncall.response (person_id, period, copy_of) VALUES (1, ''[2023-01-05 02:00,2023-01-05 04:00)'', 1)')) v(s), public.try(s) t;
RESET ROLE;
\c :regression
SET client_min_messages = warning;
DROP DATABASE regress_oncall_responses;
DROP ROLE regress_oncall_responder;
