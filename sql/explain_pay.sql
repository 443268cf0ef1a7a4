-- Pay with a pencil: what agreements need, worked by hand, and how it came about.
--
-- Tests: callout_parts pay_account date_set pay_reports
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
\set ON_ERROR_ROLLBACK on
BEGIN;
SET LOCAL TimeZone = 'UTC';
SELECT oncall.setup() \g /dev/null
SET LOCAL search_path = oncall, public;

INSERT INTO calendar (name) VALUES ('Auckland');
INSERT INTO holiday (calendar_id, day, name) VALUES (1, '2026-04-03', 'Good Friday'), (1, '2026-04-06', 'Easter Monday');
SELECT add_person('Aroha', 'Pacific/Auckland', calendar => 'Auckland') \g /dev/null
UPDATE person SET employee_number = '00417';
SELECT add_rotation('Web', '{Aroha}', 'R/2026-03-31T09:00[Pacific/Auckland]/P7D', seats => '{primary}') \g /dev/null
INSERT INTO pay_policy (name, zone, currency, minimum_callout, round_to, by_rotation) VALUES
	('NZ', 'Pacific/Auckland', 'NZD', '3 hours', '15 minutes', true);
INSERT INTO pay_band (pay_policy_id, position, band, pay_code, applies, standby_rate, callout_rate, lieu_factor, standby_lieu_day) VALUES
	(1, 10, 'holiday', 'H1', 'PH 00:00-24:00', 12.50, 75.00, 1, '8 hours'),
	(1, 20, 'working', NULL, NULL, 0, NULL, 0, NULL),
	(1, 30, 'rest', 'S1', '24/7', 4.00, 50.00, 1, NULL);
INSERT INTO pay_assignment (person_id, pay_policy_id) VALUES (1, 1);

-- A call at work is no call-out. One that begins at 16:50 and goes on after work, at 17:00, has no minimum for the rest:
-- 20 minutes become 30. One at 22:00 is paid for three hours; one at 00:30 is part of it.
INSERT INTO response (person_id, period) VALUES
	(1, '[2026-03-31 10:00+13, 2026-03-31 10:30+13)'), (1, '[2026-03-31 16:50+13, 2026-03-31 17:20+13)'),
	(1, '[2026-03-31 22:00+13, 2026-03-31 22:20+13)'), (1, '[2026-04-01 00:30+13, 2026-04-01 00:40+13)');
SELECT kind, rotation, callout, responses, worked, minimum_callout AS minimum, round_to, band, starts, ends, hours, amount, lieu_hours
FROM explain_pay('Aroha', '[2026-03-31, 2026-04-01)') WHERE kind = 'callout';
-- minimum and rounding can carry a call-out into work: 07:00 to 07:05 is paid until 10:00, all of it as rest
INSERT INTO response (person_id, period) VALUES (1, '[2026-04-02 07:00+13, 2026-04-02 07:05+13)');
SELECT band, hours, rate, amount FROM pay_report('[2026-04-02, 2026-04-03)') WHERE kind = 'callout';

-- A day in lieu for each public holiday on duty: two. Dates are those of the policy, whatever the session's zone.
CREATE TEMP TABLE seen AS SELECT NULL::text AS zone, r.* FROM pay_report('[2026-03-31, 2026-04-08)'::daterange) r WHERE false;
SET LOCAL TimeZone = 'America/Los_Angeles';
INSERT INTO seen SELECT 'Los Angeles', r.* FROM pay_report('[2026-03-31, 2026-04-08)') r;
SET LOCAL TimeZone = 'Pacific/Auckland';
INSERT INTO seen SELECT 'Auckland', r.* FROM pay_report('[2026-03-31, 2026-04-08)') r;
INSERT INTO seen SELECT 'Auckland, instants', r.* FROM pay_report('[2026-03-31 00:00, 2026-04-08 00:00)') r;
SET LOCAL TimeZone = 'UTC';
INSERT INTO seen SELECT 'UTC, dates', r.* FROM pay_report('[2026-03-31, 2026-04-07]'::daterange) r;
SELECT employee_number, policy, rotation, kind, band, pay_code, hours, paid_hours, units, per, rate, amount, currency, lieu_hours, count(*) AS zones
FROM seen GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 ORDER BY kind DESC, band;
SELECT bool_and(abs(round(units * rate, 2) - amount) <= 0.01) AS "units x rate = amount" FROM seen;
SELECT person, accrued FROM lieu_balance;

-- Windows as text: both bounds are dates, or it is a range of instants
SELECT w, oncall_internal.is_dates(w) FROM unnest('{"[2026-10-01, 2026-11-01)","[2026-10-01,2026-10-31]","(\"2026-10-01\",\"2026-11-01\")","[2026-10-01 00:00, 2026-11-01)","[2026-10-01,)","[20261001,20261101)","[01.10.2026,1-Nov-2026)","[0044-03-15 BC,2026-01-01)","empty","[today,tomorrow)"}'::text[]) w;
SELECT count(*) FROM pay_report('[2026-10-01,)');
SELECT count(*) FROM pay_report('October');
SELECT count(*) FROM pay_report(NULL);
SELECT count(*) FROM explain_pay('Aroha', '(,2026-10-01)'::daterange);
-- a date that a zone has skipped is no window there
INSERT INTO pay_policy (name, zone, currency) VALUES ('WS', 'Pacific/Apia', 'WST');
SELECT count(*) FROM pay_report('[2011-12-30, 2011-12-31)');

-- A share of a wage: an eighth of 40.00 for an hour on call, and one and a half for an hour of work. Without a wage it is an
-- error, which says whose and when.
INSERT INTO pay_policy (name, zone, currency) VALUES ('Share', 'Pacific/Auckland', 'NZD');
INSERT INTO pay_band (pay_policy_id, position, band, applies, of_wage, standby_rate, callout_rate) VALUES (3, 1, 'any', '24/7', true, 0.125, 1.5);
SAVEPOINT s;
UPDATE pay_assignment SET pay_policy_id = 3, wage = 40;
SELECT kind, band, hours, units, rate, amount FROM pay_report('[2026-04-01, 2026-04-03)');
UPDATE pay_assignment SET valid = '(, 2026-04-02 00:00 Pacific/Auckland)';
INSERT INTO pay_assignment (person_id, pay_policy_id, valid, wage) VALUES (1, 3, '[2026-04-02 00:00 Pacific/Auckland,)', 44);
SELECT kind, band, hours, units, rate, amount FROM pay_report('[2026-04-01, 2026-04-03)');
UPDATE pay_assignment SET wage = NULL WHERE wage = 44;
SELECT kind, band, hours, units, rate, amount FROM pay_report('[2026-04-01, 2026-04-03)');
-- the months of other policies can still be read
SELECT count(*) FROM pay_by_month WHERE policy <> 'Share';
ROLLBACK TO s;

-- A flat sum for a whole weekend, also when the clocks go back: per is its span. Standby pauses during a call-out.
INSERT INTO pay_policy (name, zone, currency, day_starts) VALUES ('Flat', 'Pacific/Auckland', 'NZD', '17:00');
INSERT INTO pay_band (pay_policy_id, position, band, applies, standby_rate, per) VALUES
	(4, 10, 'weekend', 'Fr 17:00-24:00; Sa-Su 00:00-24:00; Mo 00:00-08:00', 120, '2 days 15 hours'),
	(4, 20, 'week', '24/7', 1, '1 hour');
SAVEPOINT s;
UPDATE pay_assignment SET pay_policy_id = 4;
SELECT band, hours, units, per, rate, amount FROM pay_report('[2026-04-03 17:00 Pacific/Auckland, 2026-04-06 08:00 Pacific/Auckland)');
SELECT band, hours, amount FROM pay_report('[2026-03-31, 2026-04-02)') WHERE kind = 'standby';
UPDATE pay_policy SET standby_during_callout = false, minimum_callout = '1 hour' WHERE name = 'Flat';
SELECT band, hours, amount FROM pay_report('[2026-03-31, 2026-04-02)') WHERE kind = 'standby';
ROLLBACK TO s;

-- What was known when a run was closed
SELECT close_pay_run('NZ', '[2026-03-31, 2026-04-08)') AS run \gset
SELECT closed_at FROM pay_run \gset
INSERT INTO response (person_id, period) VALUES (1, '[2026-04-03 02:00+13, 2026-04-03 02:20+13)');
UPDATE response SET period = '[2026-03-31 22:00+13, 2026-04-01 02:00+13)' WHERE response_id = 3;
SELECT 'now' AS known, count(*) AS pieces, sum(amount) FROM explain_pay('Aroha', '[2026-03-31, 2026-04-08)')
UNION ALL
SELECT 'at closing', count(*), sum(amount) FROM explain_pay('Aroha', '[2026-03-31, 2026-04-08)', known_at => :'closed_at')
UNION ALL
SELECT 'paid', count(*), sum(amount) FROM pay_line;
ROLLBACK;
