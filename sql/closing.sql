-- Closing a run of pay: lines that stay, adjustments, and what bad input
-- gets. What is expected was worked out by hand; the comments show how.
--
-- Tests: lieu rest pay_runs
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- Aroha and Ben change over on Mondays at 12:00 UTC; hours outside their
-- working hours are worth 2.00, nights 3.00, responses 50.00 and time in lieu.
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'Etc/UTC'), (2, 'Ben', 'Etc/UTC'), (3, 'Cleo', 'Etc/UTC');
SELECT oncall.add_rotation('SRE', '{Aroha,Ben}', 'R/2023-01-02T12:00[Etc/UTC]/P7D', seats => '{primary}') AS rotation_id;
UPDATE oncall.rotation SET max_consecutive = NULL;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) SELECT rotation_id, 3, 'reserve', '[2020-01-01Z,)' FROM oncall.rotation;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to) VALUES
	(1, 'Hourly', 'Etc/UTC', 'EUR', '1 hour', '1 minute'), (2, 'Idle', 'Pacific/Auckland', 'NZD', DEFAULT, DEFAULT);
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor) VALUES
	(1, 10, 'working', NULL, 0, 0, 0), (1, 20, 'night', 'Mo-Su 22:00-06:00', 3, 50, 1.5), (1, 30, 'other', '24/7', 2, 50, 1);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES
	(1, 1, '[2023-01-01,)'), (2, 1, '[2023-01-01,)'), (3, 1, '[2023-03-01,)');
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2023-01-05 02:00,2023-01-05 02:30)'), (1, '[2023-01-05 19:00,2023-01-05 21:00)');

CREATE FUNCTION pg_temp.try(command text) RETURNS TABLE (code text, con text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	message := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
CREATE VIEW pg_temp.lines AS
	SELECT l.pay_run_id, p.name AS person, l.kind, l.band, l.hours, l.rate, l.amount, l.currency, l.lieu_hours AS lieu, l.corrects, l.why
	FROM oncall.pay_line l JOIN oncall.person p ON p.person_id = l.person_id ORDER BY l.pay_line_id;

-- ---------------------------------------------------------------------------
-- January: the lines of the report. The two responses are two call-outs: an
-- hour at night, two in the evening.
-- ---------------------------------------------------------------------------

SELECT oncall.close_pay_run('Hourly', '[2023-01-01,2023-02-01)') AS january \gset
SELECT pay_policy_id, number, period, closed_at > now() - interval '1 day' AS just_now, closed_by = current_user AS by_me FROM oncall.pay_run;
TABLE pg_temp.lines;
SELECT count(*) FROM (
	SELECT person_id, kind, band, hours, paid_hours, rate, amount, currency, lieu_hours
	FROM oncall.pay_report('[2023-01-01,2023-02-01)', 'Hourly')
	EXCEPT
	SELECT person_id, kind, band, hours, paid_hours, rate, amount, currency, lieu_hours FROM oncall.pay_line) differ;
SELECT person_id, day, kind, amount, pay_run_id = :january AS by_january, note FROM oncall.lieu_entry ORDER BY 1, 2;

-- ---------------------------------------------------------------------------
-- What closing refuses
-- ---------------------------------------------------------------------------

\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT closed, try.code, try.con, regexp_replace(try.message, 'period 2\d{3}.* of', 'period ... of'), regexp_replace(try.detail, 'Run \d+|at .*', '...'), try.hint
FROM (VALUES ($$NULL, '[2023-02-01,2023-03-01)'$$), ($$'Hourly', NULL$$), ($$'Hourlie', '[2023-02-01,2023-03-01)'$$),
	($$'Hourly', 'empty'$$), ($$'Hourly', '[2023-02-01,)'$$), ($$'Hourly', '[-infinity,2023-01-01)'$$),
	($$'Hourly', daterange(current_date - 3, current_date + 3), true$$), ($$'Hourly', '[2023-01-31,2023-02-28)'$$),
	($$'Hourly', '[2023-02-02,2023-03-01)'$$), ($$'Hourly', '[2022-11-01,2022-12-31)'$$),
	($$'Hourly', '[2022-11-01,2022-12-31)', false$$), ($$'Idle', daterange(current_date - 3, (now() AT TIME ZONE 'Pacific/Auckland')::date + 1)$$)) v(closed),
	pg_temp.try('SELECT oncall.close_pay_run(' || closed || ')');
-- responses that go on: of a week before the end; not of those whom others pay
SAVEPOINT open;
INSERT INTO oncall.response (person_id, period) VALUES (3, '[2023-01-02 03:00,)');
SELECT try.message FROM pg_temp.try($$SELECT oncall.close_pay_run('Hourly', '[2023-02-01,2023-03-01)')$$);
ROLLBACK TO open;
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2023-02-08 03:00,)'), (3, '[2023-01-02 03:00,)'), (1, '[2023-01-08 04:30,)');
SELECT try.* FROM pg_temp.try($$SELECT oncall.close_pay_run('Hourly', '[2023-02-01,2023-03-01)')$$);
ROLLBACK TO open;

-- What is closed is fixed
SELECT command, try.code, regexp_replace(try.message, '(run|entry) \d+', '\1 ...', 'g'), try.detail, try.hint FROM (VALUES
	('UPDATE oncall.pay_line SET amount = amount + 1'), ('DELETE FROM oncall.pay_line'), ('TRUNCATE oncall.pay_line'),
	('UPDATE oncall.pay_run SET closed_by = ''nobody'''), ('DELETE FROM oncall.pay_run'), ('TRUNCATE oncall.pay_run CASCADE'),
	('UPDATE oncall.lieu_entry SET amount = ''10 hours'''), ('DELETE FROM oncall.lieu_entry'), ('TRUNCATE oncall.lieu_entry'),
	('UPDATE oncall.pay_policy SET round_to = ''1 hour'' WHERE pay_policy_id = 1'), ('UPDATE oncall.pay_policy SET zone = ''Europe/London'''),
	('UPDATE oncall.pay_policy SET name = ''By the hour'', reclaim_within = ''1 month'' WHERE pay_policy_id = 1'),
	('UPDATE oncall.pay_policy SET round_to = ''1 hour'' WHERE pay_policy_id = 2'),
	('UPDATE oncall.pay_band SET standby_rate = 4 WHERE position = 30'), ('UPDATE oncall.pay_band SET standby_rate = standby_rate'), ('DELETE FROM oncall.pay_band'),
	('INSERT INTO oncall.pay_band (pay_policy_id, position, band) VALUES (1, 5, ''new'')'), ('INSERT INTO oncall.pay_band (pay_policy_id, position, band) VALUES (2, 5, ''new'')'),
	('UPDATE oncall.pay_assignment SET pay_policy_id = 2 WHERE person_id = 1'), ('UPDATE oncall.pay_assignment SET zone = ''Europe/London'' WHERE person_id = 1'),
	('UPDATE oncall.pay_assignment SET valid = ''[2023-01-02,)'' WHERE person_id = 1'), ('UPDATE oncall.pay_assignment SET valid = ''[2023-01-01,2023-01-31)'' WHERE person_id = 1'),
	('DELETE FROM oncall.pay_assignment WHERE person_id = 1'), ('UPDATE oncall.pay_assignment SET valid = ''[2023-01-01,2023-02-01)'' WHERE person_id = 1'),
	('UPDATE oncall.pay_assignment SET valid = ''[2022-01-01,)'' WHERE person_id = 2'),
	('UPDATE oncall.pay_assignment SET pay_policy_id = 2, valid = ''[2023-04-01,)'' WHERE person_id = 3'), ('UPDATE oncall.pay_assignment SET valid = ''[2023-01-20,)'' WHERE person_id = 3'),
	('INSERT INTO oncall.pay_run (pay_policy_id, period) VALUES (1, ''[2023-01-31,2023-02-02)'')'),
	('INSERT INTO oncall.pay_run (pay_policy_id, period) VALUES (1, ''[2023-02-01,)'')')
	) v(command),
	LATERAL (SELECT t.* FROM pg_temp.try(command) t) try;
ROLLBACK TO open;
\t off
\pset recordsep '\n'
\pset format aligned

-- ---------------------------------------------------------------------------
-- Late facts come in February's run: a call-out in January (1 h x 50, at
-- night: 1.5 h in lieu), and an hour that was not worked (2 h become 1)
-- ---------------------------------------------------------------------------

INSERT INTO oncall.response (person_id, period) VALUES (2, '[2023-01-10 23:00,2023-01-10 23:50)');
UPDATE oncall.response SET period = '[2023-01-05 19:00,2023-01-05 20:00)' WHERE lower(period) = '2023-01-05 19:00';
-- forgotten: Cleo has been paid since 20 January
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (3, 1, '[2023-01-20,2023-03-01)');
INSERT INTO oncall.response (person_id, period) VALUES (3, '[2023-01-19 19:00,2023-01-19 20:00)'), (3, '[2023-01-20 19:00,2023-01-20 20:00)');
SELECT oncall.close_pay_run('Hourly', '[2023-02-01,2023-03-01)') AS february \gset
SELECT person, kind, band, hours, rate, amount, currency, lieu, corrects = :january AS of_january, why
FROM pg_temp.lines WHERE pay_run_id = :february AND corrects IS NOT NULL;
SELECT person_id, day, kind, amount, pay_run_id = :february AS by_february, regexp_replace(note, '\d+', 'N') FROM oncall.lieu_entry ORDER BY lieu_entry_id;
-- what January was worth is what was paid for it
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2023-01-01,2023-02-01)')) =
	(SELECT sum(amount) FROM oncall.pay_line WHERE pay_run_id = :january OR corrects = :january) AS paid;
-- with nothing more, nothing is adjusted; a gap on purpose, and filled
SELECT oncall.close_pay_run('Hourly', '[2023-04-01,2023-05-01)', allow_gap => true) AS april \gset
SELECT count(*) FROM pg_temp.lines WHERE pay_run_id = :april AND corrects IS NOT NULL;
SELECT oncall.close_pay_run('Hourly', '[2023-03-01,2023-04-01)') AS march \gset
SELECT number, period FROM oncall.pay_run ORDER BY period;
SELECT count(*) FROM pg_temp.lines WHERE pay_run_id = :march AND corrects IS NOT NULL;

-- ---------------------------------------------------------------------------
-- Late covers: in closed time, duty that was done otherwise. Aroha did two
-- hours of Ben's on 11 January, and half an hour of these was Ben's after all
-- ---------------------------------------------------------------------------

SELECT oncall.cover_shift('SRE', '[2023-01-11 21:00,2023-01-11 23:00)', 'Ben', 'Aroha', past_reason => 'the concert') > 0 AS covered;
SELECT oncall.cover_shift('SRE', '[2023-01-11 22:30,2023-01-11 23:00)', 'Aroha', 'Ben', past_reason => 'back early') > 0 AS covered;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT c.person_id, c.period, h.past_reason, h.reason FROM oncall.cover c JOIN oncall.change h USING (change_id) WHERE upper_inf(c.recorded) ORDER BY c.period;
SELECT count(*), sum(amount) FROM oncall.pay_line WHERE pay_run_id = :january;
SELECT oncall.close_pay_run('Hourly', '[2023-05-01,2023-06-01)') AS may \gset
SELECT person, kind, band, hours, rate, amount, corrects = :january AS of_january, why
FROM pg_temp.lines WHERE pay_run_id = :may AND corrects IS NOT NULL;
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2023-01-01,2023-02-01)')) =
	(SELECT sum(amount) FROM oncall.pay_line WHERE pay_run_id = :january OR corrects = :january) AS paid;
-- a policy by which nobody is paid, in its own zone
SELECT oncall.close_pay_run('Idle', '[2023-01-01,2023-02-01)') AS idle \gset
SELECT count(*) FROM oncall.pay_line WHERE pay_run_id = :idle;

-- ---------------------------------------------------------------------------
-- Time in lieu: what a run has written, and what is computed until one does
-- ---------------------------------------------------------------------------

SELECT * FROM oncall.lieu_balance ORDER BY person_id;
-- June is open: two hours at night, 3.0, on the first
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2023-06-01 02:00,2023-06-01 04:00)');
SELECT * FROM oncall.lieu_balance WHERE person_id = 1;
SELECT count(*) FROM oncall.lieu_entry WHERE day = '2023-06-01';
SELECT oncall.close_pay_run('Hourly', '[2023-06-01,2023-07-01)') AS june \gset
SELECT * FROM oncall.lieu_balance WHERE person_id = 1;
SELECT kind, amount FROM oncall.lieu_entry WHERE day = '2023-06-01';
-- taken
SELECT oncall.take_lieu('1 hour 30 minutes', '2023-07-03', 'Aroha', 'slept in') > 0 AS taken;
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES
	(1, '2023-07-04', 'taken', '1 hour'), (1, '2023-07-05', 'expired', '15 minutes'), (2, '2023-07-05', 'adjusted', '1 day');
SELECT * FROM oncall.lieu_balance ORDER BY person_id;
SAVEPOINT taken;
\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT command, try.code, try.con, regexp_replace(try.message, '\d+ stays', 'N stays'), try.detail, try.hint FROM (VALUES
	($$SELECT oncall.take_lieu('3 hours', '2023-07-10', 'Aroha')$$), ($$SELECT oncall.take_lieu('1 day', person => 'Aroha')$$),
	($$SELECT oncall.take_lieu('1 hour', '2023-07-10', 'Cleo')$$), ($$SELECT oncall.take_lieu('1 hour', person => 'Aroh')$$),
	($$SELECT oncall.take_lieu(NULL, person => 'Aroha')$$), ($$SELECT oncall.take_lieu('0', person => 'Aroha')$$),
	($$SELECT oncall.take_lieu('-1 hour', person => 'Aroha')$$), ($$SELECT oncall.take_lieu('1 month', person => 'Aroha')$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (2, '2023-07-05', 'accrued', '1 hour')$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (2, '2023-07-05', 'earned', '1 hour')$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (2, '2023-07-05', 'adjusted', '-26 hours')$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (2, '2023-07-05', 'adjusted', '-25 hours')$$),
	($$UPDATE oncall.lieu_entry SET amount = '5 hours' WHERE note = 'slept in'$$), ($$UPDATE oncall.lieu_entry SET person_id = 2 WHERE note = 'slept in'$$),
	($$DELETE FROM oncall.lieu_entry WHERE note = 'slept in'$$), ($$DELETE FROM oncall.lieu_entry WHERE kind = 'adjusted'$$),
	($$UPDATE oncall.pay_policy SET lieu_overdraft = true WHERE pay_policy_id = 1; SELECT oncall.take_lieu('1 hour', '2023-07-11', 'Cleo')$$)
	) v(command), LATERAL (SELECT t.* FROM pg_temp.try(command) t) try;
ROLLBACK TO taken;
\t off
\pset recordsep '\n'
\pset format aligned

-- Due: nothing without a limit; what was taken comes off what is oldest
SELECT count(*) FROM oncall.lieu_due;
INSERT INTO oncall.person (person_id, name, zone) VALUES (4, 'Mei', 'Etc/UTC');
INSERT INTO oncall.team (team_id, name, zone, manager_id) VALUES (1, 'Ops', 'Etc/UTC', 4);
UPDATE oncall.rotation SET team_id = 1;
UPDATE oncall.pay_policy SET reclaim_within = '2 months' WHERE pay_policy_id = 1;
\x
SELECT * FROM oncall.lieu_due;
\x

-- Rest: 11 hours from 04:00; a further call at 14:00 begins it anew; working
-- hours are 09:00 to 17:00 on a Thursday
SELECT person, rest_rule, called, ended, rest, in_working_hours FROM oncall.rest_at('2023-06-01 12:00');
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2023-06-01 14:00,2023-06-01 14:15)');
SELECT rest, in_working_hours FROM oncall.rest_at('2023-06-01 14:30');
SELECT count(*) FROM oncall.rest_at('2023-06-02 01:15');
-- made up: two hours that were missed, from 09:00; not those of a call in the working day
UPDATE oncall.pay_policy SET rest_rule = 'make_up' WHERE pay_policy_id = 1;
SELECT rest, in_working_hours FROM oncall.rest_at('2023-06-01 04:30');
-- a call in the evening breaks no night; at the weekend it is made up at once
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2023-06-03 01:00,2023-06-03 02:30)'), (3, '[2023-06-01 20:00,2023-06-01 21:30)');
SELECT person, rest, in_working_hours FROM oncall.rest_at('2023-06-03 02:31');
SELECT count(*) FROM oncall.rest_at('2023-06-01 21:31') WHERE person = 'Cleo';
SELECT count(*) FROM oncall.rest_due;

-- Who sees what
CREATE ROLE closing_member;
CREATE ROLE closing_manager;
CREATE ROLE closing_reader;
SELECT oncall.grant_access('closing_member', 'member'), oncall.grant_access('closing_manager', 'manager'), oncall.grant_access('closing_reader', 'reader');
UPDATE oncall.person SET db_role = 'closing_member' WHERE person_id = 2;
SET ROLE closing_member;
SELECT array_agg(DISTINCT person_id) AS paid FROM oncall.pay_line;
SELECT array_agg(DISTINCT person_id) AS lieu FROM oncall.lieu_entry;
SELECT person, balance FROM oncall.lieu_balance;
SELECT count(*) FROM oncall.rest_due;
SELECT try.code, try.message FROM pg_temp.try('SELECT oncall.close_pay_run(''Hourly'', ''[2023-07-01,2023-08-01)'')') try;
SELECT try.code, try.message FROM pg_temp.try('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (2, ''2023-07-05'', ''adjusted'', ''1 day'')') try;
SET ROLE closing_reader;
SELECT relation, try.code FROM unnest('{pay_run,pay_line,lieu_entry,lieu_balance,lieu_due,rest_due}'::text[]) relation,
	LATERAL (SELECT t.* FROM pg_temp.try('TABLE oncall.' || relation) t) try;
SET ROLE closing_manager;
SELECT array_agg(DISTINCT person_id) AS paid FROM oncall.pay_line;
SELECT oncall.close_pay_run('Hourly', '[2023-07-01,2023-08-01)') > 0 AS closed;
SELECT oncall.take_lieu('1 hour', '2023-08-01', 'Ben') > 0 AS taken;
-- nor do they add to what a run earns, in the transaction that closes it or has touched it
UPDATE oncall.pay_run SET sent_at = sent_at;
SELECT DISTINCT try.code, regexp_replace(try.message, '[0-9]+', 'N') AS message FROM oncall.pay_run r, LATERAL (SELECT t.* FROM pg_temp.try(
	format('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, pay_run_id) VALUES (2, ''2023-07-05'', ''accrued'', ''1 hour'', %s)', r.pay_run_id)) t) try;
RESET ROLE;
ROLLBACK;
