-- Rates change: a policy that replaces another pays what is late for it. A run
-- is taken back, or sent. What no run will pay. What is expected was worked out
-- by hand; the comments show how.
--
-- Tests: pay_runs closing pay_owed
\set SHOW_CONTEXT never
SET client_min_messages = notice;
SET timezone = 'Pacific/Auckland';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() IS NOT NULL AS ready;
SET LOCAL client_min_messages = notice;
SAVEPOINT start;
CREATE FUNCTION pg_temp.try(command text) RETURNS TABLE (code text, con text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	message := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
CREATE VIEW pg_temp.lines AS
	SELECT r.number, y.name AS run_of, lower(r.period) AS since, l.policy, l.person, l.kind, l.pay_code, l.units, l.rate, l.amount,
		(SELECT c.number || ' of ' || lower(c.period) FROM oncall.pay_run c WHERE c.pay_run_id = l.corrects) AS corrects, l.why
	FROM oncall.pay_line l JOIN oncall.pay_run r USING (pay_run_id) JOIN oncall.pay_policy y ON y.pay_policy_id = r.pay_policy_id
	WHERE oncall_internal.is_closed(r.reopened_at) ORDER BY l.pay_line_id;

-- Call-outs are worth 30 an hour, from April 33
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Ann', 'Europe/London'), (2, 'Bob', 'Europe/London');
UPDATE oncall.person SET employee_number = 'E-17' WHERE person_id = 1;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, replaces) VALUES
	(1, 'UK 2025', 'Europe/London', 'GBP', NULL), (2, 'UK 2026', 'Europe/London', 'GBP', 1), (3, 'Other', 'Europe/London', 'GBP', NULL);
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate, lieu_factor) VALUES
	(1, 1, 'any', '24/7', 30, 1), (2, 1, 'any', '24/7', 33, 1), (3, 1, 'any', '24/7', 10, 0);
-- April begins in London at 23:00 UTC
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES
	(1, 1, '[2025-01-01Z,2025-04-01 00:00 Europe/London)'), (1, 2, '[2025-04-01 00:00 Europe/London,)'),
	(2, 1, '[2025-01-01Z,2025-04-01 00:00 Europe/London)'), (2, 2, '[2025-04-01 00:00 Europe/London,)');
INSERT INTO oncall.response (response_id, person_id, period) VALUES (101, 1, '[2025-01-10 22:00Z,2025-01-11 00:00Z)');

-- January has something to pay from the tenth on: days before are a gap
SELECT oncall.close_pay_run('UK 2025', '[2025-01-01,2025-02-01)') AS january \gset
SELECT oncall.close_pay_run('UK 2025', '[2025-02-01,2025-03-01)') AS february \gset
-- March is that of the old policy
SELECT try.message, try.hint FROM pg_temp.try($$SELECT oncall.close_pay_run('UK 2026', '[2025-04-01,2025-05-01)')$$);
SELECT oncall.close_pay_run('UK 2025', '[2025-03-01,2025-04-01)') AS march \gset
-- in April somebody remembers a night of March (2 h), and of January an hour is taken off
INSERT INTO oncall.response (response_id, person_id, period) VALUES (102, 2, '[2025-03-10 22:00Z,2025-03-11 00:00Z)'), (103, 1, '[2025-04-02 01:00Z,2025-04-02 02:00Z)');
UPDATE oncall.response SET period = '[2025-01-10 22:00Z,2025-01-10 23:00Z)' WHERE response_id = 101;
SAVEPOINT chain;
-- whoever is still assigned to the old policy in April: its own run pays
INSERT INTO oncall.person (person_id, name, zone) VALUES (3, 'Cy', 'Europe/London');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (3, 1, '[2025-01-01Z,2025-04-02 00:00 Europe/London)');
SELECT oncall.close_pay_run('UK 2026', '[2025-04-01,2025-05-01)') > 0 AS closed;
SELECT count(*) FROM oncall.pay_line WHERE corrects IS NOT NULL;
SELECT oncall.close_pay_run('UK 2025', '[2025-04-01,2025-05-01)') > 0 AS closed;
SELECT count(*) FROM oncall.pay_line WHERE corrects IS NOT NULL;
ROLLBACK TO chain;
-- a gap along the chain
SELECT try.message, try.detail, try.hint FROM pg_temp.try($$SELECT oncall.close_pay_run('UK 2026', '[2025-05-01,2025-06-01)')$$);
-- nor does a run of the old policy, by which nobody is paid any more, pay April for the new one
SELECT try.message, try.hint FROM pg_temp.try($$SELECT oncall.close_pay_run('UK 2025', '[2025-04-01,2025-05-01)'), oncall.close_pay_run('UK 2026', '[2025-05-01,2025-06-01)')$$);
SELECT oncall.close_pay_run('UK 2026', '[2025-04-01,2025-05-01)') AS april \gset
TABLE pg_temp.lines;
SELECT e.person_id, e.day, e.amount, r.number AS run, c.number AS corrects FROM oncall.lieu_entry e
JOIN oncall.pay_run r USING (pay_run_id) LEFT JOIN oncall.pay_run c ON c.pay_run_id = e.corrects ORDER BY e.lieu_entry_id;
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2025-01-01Z,2025-05-01 00:00 Europe/London)')) AS earned, (SELECT sum(amount) FROM oncall.pay_line) AS paid;
-- what the payroll system takes
SELECT employee_number, units, rate, amount, currency, units * rate = amount AS product FROM oncall.pay_line WHERE pay_run_id = :april AND corrects IS NULL;

-- A wrong rate of a closed month, 30 for 31: an entry with a reason, for the
-- run that it corrects, on a day that the next run pays
INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, pay_code, units, rate, corrects, why)
VALUES (1, 2, '2025-05-01', '201', 1, 1, :january, 'January was paid at 30.00 instead of 31.00'),
	-- for a day that is closed, the next run pays it as an adjustment
	(2, 2, '2025-04-30', NULL, 1, 50, NULL, 'a taxi');

-- Taken back: to be closed again, with another response; what it adjusted is due again
\pset format unaligned
\pset fieldsep '\n  '
\t on
SELECT s.what, t.* FROM (VALUES
	('not the latest', format('SELECT oncall.reopen_pay_run(%s, ''why'')', :march)), ('no reason', format('SELECT oncall.reopen_pay_run(%s, '' '')', :april)),
	('NULL', 'SELECT oncall.reopen_pay_run(NULL, ''why'')'), ('no such run', 'SELECT oncall.reopen_pay_run(0, ''why'')'), ('no such run', 'SELECT oncall.mark_sent(0)'),
	('time taken', format('SELECT oncall.take_lieu(''1 hour'', ''2025-05-02'', ''Bob''); SELECT oncall.reopen_pay_run(%s, ''why'')', :april)),
	('overlap', 'SELECT oncall.close_pay_run(''UK 2026'', ''[2025-04-01,2025-05-01)'')')) s(what, command),
	LATERAL (SELECT x.code, x.con, regexp_replace(regexp_replace(x.message, 'run \d+', 'run N'), 'earned "Bob" .*', 'earned "Bob" ...'), regexp_replace(x.detail, 'Run \d+', 'Run N'),
		regexp_replace(x.hint, 'run \d+', 'run N') FROM pg_temp.try(s.command) x) t;
\t off
\pset fieldsep '|'
\pset format aligned
SELECT oncall.reopen_pay_run(:april, 'a response was missing');
SELECT reopened_at IS NOT NULL AS reopened, reopened_by = current_user AS by_me, reopen_reason FROM oncall.pay_run WHERE pay_run_id = :april;
SELECT person_id, accrued FROM oncall.lieu_balance ORDER BY 1;
INSERT INTO oncall.response (response_id, person_id, period) VALUES (104, 2, '[2025-04-03 01:00Z,2025-04-03 02:00Z)');
-- no run of it is closed: its terms can be edited
UPDATE oncall.pay_band SET callout_rate = 34 WHERE pay_policy_id = 2;
SELECT oncall.close_pay_run('UK 2026', '[2025-04-01,2025-05-01)') AS april_again \gset
SELECT * FROM pg_temp.lines WHERE run_of = 'UK 2026';
SELECT person_id, accrued FROM oncall.lieu_balance ORDER BY 1;
SELECT oncall.mark_sent(:april_again);
SELECT sent_at IS NOT NULL AS sent FROM oncall.pay_run WHERE pay_run_id = :april_again;
SELECT s.what, t.code, regexp_replace(t.message, '\d+', 'N') FROM (VALUES
	('sent', format('SELECT oncall.reopen_pay_run(%s, ''why'')', :april_again)), ('sent twice', format('SELECT oncall.mark_sent(%s)', :april_again)),
	('reopened twice', format('SELECT oncall.reopen_pay_run(%s, ''why'')', :april)), ('reopened and sent', format('SELECT oncall.mark_sent(%s)', :april)),
	('closed by hand', format('UPDATE oncall.pay_run SET reopened_at = NULL WHERE pay_run_id = %s', :april)),
	('by hand', 'INSERT INTO oncall.pay_run (pay_policy_id, period) VALUES (2, ''[2025-05-01,2025-06-01)'')')) s(what, command), pg_temp.try(s.command) t;
-- a plain INSERT has closed May
SELECT * FROM pg_temp.lines WHERE since = '2025-05-01';

-- TRUNCATE
SELECT s.command, t.code, t.message FROM (VALUES ('TRUNCATE oncall.pay_band'), ('TRUNCATE oncall.pay_assignment'), ('TRUNCATE oncall.holiday'), ('TRUNCATE oncall.pay_touched')) s(command), pg_temp.try(s.command) t;

-- What no run will pay: nothing yet, then days that were left out (June, 34),
-- responses that nobody approved, and what is late for a policy that ended
SELECT count(*) FROM oncall.pay_owed;
INSERT INTO oncall.response (response_id, person_id, period) VALUES (105, 1, '[2025-06-03 01:00Z,2025-06-03 02:00Z)');
SELECT count(*) FROM oncall.pay_owed;
SELECT oncall.close_pay_run('UK 2026', '[2025-07-01,2025-08-01)', allow_gap => true) > 0 AS closed;
INSERT INTO oncall.response (response_id, person_id, period, approved_by, recorded_by) VALUES (106, 1, '[2025-07-03 01:00Z,2025-07-03 02:00Z)', NULL, 'ann');
INSERT INTO oncall.person (person_id, name, zone) VALUES (4, 'Di', 'Europe/London');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (4, 3, '[2025-01-01Z,2025-03-01Z)');
INSERT INTO oncall.response (response_id, person_id, period) VALUES (107, 4, '[2025-02-20 00:00Z,2025-02-20 01:00Z)');
SELECT oncall.close_pay_run('Other', '[2025-02-01,2025-02-15)', allow_gap => true) AS other \gset
INSERT INTO oncall.response (response_id, person_id, period) VALUES (108, 4, '[2025-02-03 00:00Z,2025-02-03 02:00Z)'), (109, 4, '[2025-01-20 00:00Z,2025-01-20 01:00Z)');
SELECT kind, policy, person, pay_run_id = :other AS of_other, days, response_id, amount, currency, lieu_hours, why FROM oncall.pay_owed ORDER BY 1, 2, 3, 5;
\pset format unaligned
\t on
SELECT regexp_replace(regexp_replace(l.detail || E'\n  ' || l.suggestion, 'Run \d+', 'Run N'), 'id = \d+', 'id = N') FROM oncall.lint() l WHERE l.rule = 'pay_owed' ORDER BY 1;
\t off
\pset format aligned
-- closed once more, and the days that were left out: it is paid
SELECT oncall.close_pay_run('Other', '[2025-02-15,2025-03-01)') > 0 AS closed;
SELECT oncall.close_pay_run('Other', '[2025-01-01,2025-02-01)') > 0 AS closed;
SELECT oncall.close_pay_run('UK 2026', '[2025-06-01,2025-07-01)') > 0 AS closed;
SELECT kind, policy, person, days, response_id FROM oncall.pay_owed;
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2025-01-01Z,2025-08-01Z)')) AS earned, (SELECT sum(amount) FROM pg_temp.lines) AS paid;
ROLLBACK TO start;
-- A policy that should have replaced another, and does not say so: who closes
-- it is told what is late for the one before
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Ann', 'Etc/UTC');
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Before', 'Etc/UTC', 'EUR'), (2, 'After', 'Etc/UTC', 'EUR'), (3, 'Elsewhere', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate) VALUES (1, 1, 'any', '24/7', 30), (2, 1, 'any', '24/7', 31);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (1, 1, '[2025-01-01Z,2025-04-01Z)'), (1, 2, '[2025-04-01Z,)');
ALTER TABLE oncall.pay_run ALTER pay_run_id RESTART WITH 201;
SELECT oncall.close_pay_run('Before', '[2025-01-01,2025-04-01)') > 0 AS closed;
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2025-03-10 22:00Z,2025-03-11 00:00Z)');
SET LOCAL client_min_messages = notice;
SELECT oncall.close_pay_run('Elsewhere', '[2025-04-01,2025-05-01)') > 0 AS closed;
SELECT oncall.close_pay_run('After', '[2025-04-01,2025-05-01)') > 0 AS closed;
SELECT kind, policy, person, amount FROM oncall.pay_owed;
ROLLBACK TO start;
-- In one transaction: what it recorded before it closed a run, it may edit and
-- withdraw afterwards, and the next run takes it back
SET LOCAL client_min_messages = warning;
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Ann', 'Etc/UTC');
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'P', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, callout_rate) VALUES (1, 1, 'any', '24/7', 30);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (1, 1, '[2025-01-01Z,)');
INSERT INTO oncall.response (response_id, person_id, period) VALUES (101, 1, '[2025-01-10Z,2025-01-10 02:00Z)'), (102, 1, '[2025-01-11Z,2025-01-11 03:00Z)');
INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, day, amount, why) VALUES (101, 1, 1, '2025-01-12', 7, 'lump');
SELECT oncall.close_pay_run('P', '[2025-01-01,2025-02-01)') AS january \gset
UPDATE oncall.response SET period = '[2025-01-10Z,2025-01-10 01:00Z)' WHERE response_id = 101;
SELECT oncall.withdraw_response(102), oncall.withdraw_pay_entry(101);
SELECT oncall.close_pay_run('P', '[2025-02-01,2025-03-01)') AS february \gset
SELECT kind, hours, amount, corrects = :january AS of_january, why FROM oncall.pay_line WHERE pay_run_id = :february;
ROLLBACK;
