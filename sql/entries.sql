-- Entries of pay: what is written, what is refused, how they stand in reports,
-- runs and time in lieu. What is expected was worked out by hand.
--
-- Tests: pay_entries lieu history
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
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
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'Etc/UTC'), (2, 'Ben', 'Etc/UTC');
INSERT INTO oncall.rotation (rotation_id, name, zone) VALUES (1, 'SRE', 'Etc/UTC');
-- the first in Auckland, 13 hours ahead in January
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, by_rotation) VALUES
	(1, 'Lumps', 'Pacific/Auckland', 'NZD', false), (2, 'Yen', 'Etc/UTC', 'JPY', true);

INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, rotation_id, day, pay_code, units, rate, amount, lieu, why) VALUES
	-- the amount is filled, and rounded half away from zero
	(111, 1, 1, NULL, '2023-01-01', '201', 3, 12.345, NULL, NULL, 'three nights'), (112, 1, 1, 1, '2023-01-31', '201', 2, 12.345, 24.69, NULL, 'two nights'),
	(113, 1, 1, NULL, '2023-01-15', NULL, NULL, NULL, -5.5, NULL, 'a phone that was lost'), (114, 1, 1, NULL, '2023-01-16', NULL, NULL, NULL, NULL, '1 day 2 hours', 'a lost weekend'),
	(115, 2, 2, NULL, '2023-01-15', 'L', NULL, NULL, 1000, NULL, 'lump'), (116, 2, 2, 1, '2023-01-15', 'L', NULL, NULL, 2000, NULL, 'lump of SRE');
SELECT pay_entry_id, units, rate, amount, lieu, recorded_by = current_user AS by_me FROM oncall.pay_entry ORDER BY 1;

\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT v.entry, t.* FROM (VALUES ($$'2023-01-02', 1, NULL, NULL, NULL, 'no reason'$$), ($$'2023-01-02', NULL, NULL, 1, NULL, NULL$$), ($$'2023-01-02', NULL, NULL, 1, NULL, ' '$$),
	($$'2023-01-02', 1, 2, 3, NULL, 'wrong'$$), ($$'2023-01-02', NULL, NULL, 1.005, NULL, 'a half cent'$$), ($$'2023-01-02', NULL, 1, 1, NULL, 'no units'$$),
	($$'2023-01-02', NULL, NULL, NULL, NULL, 'nothing'$$), ($$'2023-01-02', NULL, NULL, NULL, '1 month', 'a month'$$), ($$'2023-01-02', NULL, NULL, NULL, '0', 'no time'$$),
	($$'2023-01-02', NULL, NULL, 'NaN', NULL, 'no number'$$), ($$'2023-01-02', 'Infinity', 1, NULL, NULL, 'no number'$$), ($$'infinity', NULL, NULL, 1, NULL, 'one day'$$), ($$'5874897-12-31', NULL, NULL, 1, NULL, 'one day'$$),
	($$'2023-01-02', 4, 2.5, NULL, NULL, 'as it should be'$$)) v(entry),
	pg_temp.try('INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, units, rate, amount, lieu, why) VALUES (2, 1, ' || v.entry || ')') t;
SELECT v.command, t.* FROM (VALUES ('DELETE FROM oncall.pay_entry'), ('SELECT oncall.withdraw_pay_entry(1234)'),
	('SELECT oncall.withdraw_pay_entry(NULL)')) v(command), pg_temp.try(v.command) t;
\t off
\pset recordsep '\n'
\pset format aligned

-- Lines: 37.04 + 24.69 for 201; of the other two of Aroha one line, with 26
-- hours in lieu. By rotation where the policy says so.
SELECT person, policy, rotation, kind, band, pay_code, hours, paid_hours, units, per, rate, amount, currency, lieu_hours
FROM oncall.pay_report('[2022-12-31 11:00Z,2023-02-01Z)');
-- the first of January starts at 11:00 UTC of the day before
SELECT count(*) FILTER (WHERE units = 3) FROM oncall.pay_report('[2022-12-31 11:00:01Z,2023-01-20Z)');
SELECT units FROM oncall.pay_report('[2022-12-31Z,2022-12-31 11:00:01Z)');
SELECT count(*) FROM oncall.pay_report('[2022-12-31Z,2022-12-31 11:00Z)');

-- Time in lieu: earned without a run, and paid out within the balance of 26 hours
SELECT person, accrued, paid, balance FROM oncall.lieu_balance;
INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, day, units, rate, lieu, why) VALUES (120, 1, 1, '2023-02-01', 16, 30, '-16 hours', 'two days paid out');
SELECT person, accrued, paid, balance FROM oncall.lieu_balance;
SELECT person_id, day, kind, amount, pay_entry_id, note FROM oncall.lieu_entry;
SAVEPOINT paid;
\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT v.command, t.* FROM (VALUES
	($$INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, lieu, why) VALUES (1, 1, '2023-02-01', 300, '-10:00:01', 'too much')$$),
	($$UPDATE oncall.pay_entry SET lieu = '-26:00:01' WHERE pay_entry_id = 120$$),
	($$UPDATE oncall.pay_entry SET person_id = 2 WHERE pay_entry_id = 120$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (1, '2023-02-01', 'paid', '1 hour')$$),
	($$INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, pay_entry_id) VALUES (1, '2023-02-01', 'paid', '1 hour', 111)$$),
	($$UPDATE oncall.lieu_entry SET amount = '1 hour'$$), ($$DELETE FROM oncall.lieu_entry$$), ($$UPDATE oncall.lieu_entry SET kind = 'taken', pay_entry_id = NULL$$),
	($$UPDATE oncall.pay_policy SET lieu_overdraft = true WHERE pay_policy_id = 1;
  INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, lieu, why) VALUES (1, 1, '2023-02-01', 300, '-20 hours', 'more')$$)) v(command), pg_temp.try(v.command) t;
\t off
\pset recordsep '\n'
\pset format aligned
ROLLBACK TO paid;
-- the amount that was filled follows its units, and one that was written is told from them
UPDATE oncall.pay_entry SET units = units + 1 WHERE pay_entry_id = 120 RETURNING amount = units * rate AS product;
SELECT t.message, t.detail, t.hint FROM pg_temp.try('UPDATE oncall.pay_entry SET amount = 1 WHERE pay_entry_id = 120') t;
ROLLBACK TO paid;
UPDATE oncall.pay_entry SET units = 20, amount = NULL, lieu = '-20 hours', day = '2023-02-02' WHERE pay_entry_id = 120;
SELECT day, kind, amount, pay_entry_id FROM oncall.lieu_entry;
-- without an amount it takes back what was earned
INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, day, lieu, why) VALUES (121, 1, 1, '2023-02-03', '-2 hours', 'counted twice');
SELECT person, accrued, paid, balance FROM oncall.lieu_balance;
SELECT kind, amount, lieu_hours FROM oncall.pay_report('[2023-02-01Z,2023-03-01Z)');
SELECT oncall.withdraw_pay_entry(120);
SELECT count(*) FROM oncall.lieu_entry;
SELECT person, accrued, paid, balance FROM oncall.lieu_balance;

-- Who wrote an entry is not for who writes it to say
CREATE ROLE entries_manager;
SELECT oncall.grant_access('entries_manager', 'manager');
INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, day, amount, why) VALUES (130, 1, 1, '2023-04-01', 1, 'by the owner');
SET ROLE entries_manager;
INSERT INTO oncall.pay_entry (pay_entry_id, person_id, pay_policy_id, day, amount, why, recorded_by) VALUES (131, 1, 1, '2023-04-01', 2, 'by the manager', session_user);
RESET ROLE;
SELECT why, recorded_by <> session_user AS by_manager FROM oncall.pay_entry WHERE day = '2023-04-01' ORDER BY pay_entry_id;

-- Columns of the company's own, of types with and without equality
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE oncall.pay_entry ADD COLUMN cost_centre text;
ALTER TABLE oncall.pay_run ADD COLUMN remark json DEFAULT '{}';
SELECT kind, amount, lieu_hours FROM oncall.pay_report('[2023-02-01Z,2023-03-01Z)');
SELECT kind, amount, lieu_hours FROM oncall.explain_pay((SELECT name::oncall.ref FROM oncall.person WHERE person_id = 1), '[2023-02-01Z,2023-03-01Z)');
INSERT INTO oncall.pay_run (pay_policy_id, period, allow_gap) VALUES (1, '[2023-02-01,2023-03-01)', true), (1, '[2023-03-01,2023-03-02)', true);
SELECT oncall.reopen_pay_run(max(pay_run_id), 'to put it right'), oncall.mark_sent(min(pay_run_id)) FROM oncall.pay_run WHERE lower(period) >= '2023-02-01';
SELECT r.period, r.sent_at IS NOT NULL AS sent, r.reopened_at IS NOT NULL AS reopened, l.kind, l.amount, l.lieu_hours
FROM oncall.pay_run r LEFT JOIN oncall.pay_line l USING (pay_run_id) WHERE lower(r.period) >= '2023-02-01' ORDER BY r.period, l.kind;
ROLLBACK;
