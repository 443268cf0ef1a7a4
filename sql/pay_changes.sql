-- Rates change: a policy that replaces another, and assignments that change at
-- midnight in its zone.
--
-- Tests: pay_changes
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
SET client_min_messages = notice;
SELECT oncall.add_person(name, 'Europe/London') IS NOT NULL AS added FROM unnest('{Ann,Ben,Cat,Dan}'::text[]) AS name;
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, minimum_callout, join_callouts, by_rotation, rest_rule, reclaim_within)
VALUES ('UK 2025', 'Europe/London', 'GBP', '08:30', '2 hours', false, true, 'make_up', '7 days');
-- a column of the company's own
ALTER TABLE oncall.pay_band ADD ledger text;
ALTER TABLE oncall.pay_assignment ADD cost_centre text;
INSERT INTO oncall.pay_band (pay_policy_id, position, band, pay_code, applies, standby_rate, callout_rate, of_wage, lieu_factor, ledger) VALUES
	(1, 10, 'working', NULL, NULL, 0, NULL, false, 0, NULL), (1, 20, 'night', 'N1', 'Mo-Su 22:00-06:00', 3.50, 30.00, false, 0.5, 'nights'),
	(1, 30, 'weekend', 'W1', 'Sa-Su 00:00-24:00', 0.125, 1.5, true, 0, NULL), (1, 40, 'evening', NULL, '24/7', 0.10, 20, false, 0, NULL);

-- Ann is paid until further notice, Ben to the summer, Cat from May on, Dan no longer
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, wage, zone, cost_centre) VALUES
	(1, 1, '[2025-04-01 Europe/London,)', 21.40, 'Asia/Kolkata', 'A'), (2, 1, '[,2026-07-01 Europe/London)', 18, NULL, 'B'),
	(3, 1, '[2026-05-01 Europe/London,)', 19.5, NULL, 'C'), (4, 1, '[2025-04-01 Europe/London,2026-04-01 Europe/London)', 20, NULL, 'D');
SET timezone = 'America/Los_Angeles';
SELECT oncall.copy_pay_policy('UK 2025', 'UK 2026', '2026-04-01', raise => 0.03, round_to => 0.05);
SET timezone = 'UTC';
SELECT name, zone, currency, day_starts, minimum_callout, join_callouts, by_rotation, replaces, rest_rule, reclaim_within
FROM oncall.pay_policy ORDER BY pay_policy_id;
SELECT position, band, pay_code, applies, standby_rate, callout_rate, of_wage, lieu_factor, ledger
FROM oncall.pay_band WHERE pay_policy_id = 2 ORDER BY position;
SELECT person_id, pay_policy_id, valid, wage, zone, cost_centre FROM oncall.pay_assignment ORDER BY person_id, valid;
-- exact: places enough, and no more; half goes up, whatever the multiple
SELECT oncall_internal.raised(12.50, 0.03, NULL), oncall_internal.raised(10.00, 0.03, NULL), oncall_internal.raised(7, 0.015, NULL),
	oncall_internal.raised(12.50, 0, 0.05), oncall_internal.raised(12.50, 0.05, 0.05), oncall_internal.raised(1, -0.5, 0.03),
	oncall_internal.raised(12.50, 0.03, 1), oncall_internal.raised(NULL, 0.03, 1), oncall_internal.raised(0.00, 0.03, 0.01);

-- The chain goes on, and once only
-- a column of one's own is copied, too, whatever it is called
ALTER TABLE oncall.pay_band ADD COLUMN raise text;
UPDATE oncall.pay_band SET raise = 'own' WHERE pay_policy_id = (SELECT pay_policy_id FROM oncall.pay_policy WHERE name = 'UK 2026');
SELECT oncall.copy_pay_policy('UK 2026', 'UK 2027', '2027-04-01');
SELECT bool_and(b.raise = 'own') AS copied FROM oncall.pay_band b JOIN oncall.pay_policy p USING (pay_policy_id) WHERE p.name = 'UK 2027';
ALTER TABLE oncall.pay_band DROP COLUMN raise;
SELECT array_agg(c) FROM oncall_internal.pay_chain(2) AS c;
SELECT person_id, pay_policy_id, valid FROM oncall.pay_assignment ORDER BY person_id, valid;
SAVEPOINT errors;
SELECT oncall.copy_pay_policy('UK 2025', 'UK 2028', '2028-04-01');
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2026', '2028-04-01');
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', '2028-04-01', 3);
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', '2028-04-01', -0.51);
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', '2028-04-01', 'NaN');
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', '2028-04-01', 0.03, 0);
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', 'infinity');
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', NULL, '2028-04-01');
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2028', NULL);
ROLLBACK TO errors;
SELECT oncall.copy_pay_policy('UK 2072', 'UK 2028', '2028-04-01');
ROLLBACK TO errors;

-- What replaces what
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, replaces) VALUES ('twice', 'Europe/London', 'GBP', '08:30', 1);
ROLLBACK TO errors;
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, replaces) VALUES ('euros', 'Europe/London', 'EUR', '08:30', 3);
ROLLBACK TO errors;
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, replaces) VALUES ('moved', 'Europe/Dublin', 'GBP', '08:30', 3);
ROLLBACK TO errors;
INSERT INTO oncall.pay_policy (name, zone, currency, replaces) VALUES ('at midnight', 'Europe/London', 'GBP', 3);
ROLLBACK TO errors;
UPDATE oncall.pay_policy SET currency = 'EUR' WHERE pay_policy_id = 1;
ROLLBACK TO errors;
UPDATE oncall.pay_policy SET replaces = 3 WHERE pay_policy_id = 1;
ROLLBACK TO errors;
UPDATE oncall.pay_policy SET replaces = 3 WHERE pay_policy_id = 3;
ROLLBACK TO errors;
UPDATE oncall.pay_policy SET replaces = 9 WHERE pay_policy_id = 1;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO errors;
UPDATE oncall.pay_policy SET currency = 'EUR';
SELECT name, currency FROM oncall.pay_policy ORDER BY pay_policy_id;
ROLLBACK TO errors;

-- A closed run of any policy of the chain stands in the way
UPDATE oncall.pay_assignment SET valid = '[2020-04-01 Europe/London,2020-06-01 Europe/London)', pay_policy_id = 1 WHERE person_id = 4;
SELECT oncall.close_pay_run('UK 2026', '[2020-04-01,2020-05-01)') IS NOT NULL AS closed;
SELECT oncall.copy_pay_policy('UK 2027', 'UK 2020', '2020-04-15');
ROLLBACK TO errors;

-- One person: another policy, another wage
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Kiwi', 'Pacific/Auckland', 'NZD') RETURNING pay_policy_id AS kiwi \gset
SELECT oncall.assign_policy('Ann', 'Kiwi', '2026-10-01', zone => 'Pacific/Auckland') IS NOT NULL AS assigned;
SELECT oncall.assign_policy('Ben', 'UK 2026', '2026-06-01', wage => 19) IS NOT NULL AS assigned;
-- Ben from when nobody pays him, Cat before anybody does, Dan again
SELECT oncall.assign_policy('Ben', 'UK 2026', '2026-08-01', wage => 19.25, working_hours => 'Mo-Th 09:00-17:00') IS NOT NULL AS assigned;
SELECT oncall.assign_policy('Cat', 'Kiwi', '2026-04-01') IS NOT NULL AS assigned;
SELECT person_id, y.name, valid, wage, a.zone, working_hours, cost_centre
FROM oncall.pay_assignment AS a JOIN oncall.pay_policy AS y USING (pay_policy_id) ORDER BY person_id, valid;
SAVEPOINT errors;
SELECT oncall.assign_policy('Anne', 'Kiwi', '2026-10-01');
ROLLBACK TO errors;
SELECT oncall.assign_policy(NULL, 'Kiwi', '2026-10-01');
ROLLBACK TO errors;
SELECT oncall.assign_policy('Ann', NULL, '2026-10-01');
ROLLBACK TO errors;
SELECT oncall.assign_policy('Ann', 'Kiwi', NULL);
ROLLBACK TO errors;
SELECT oncall.assign_policy('Ann', 'Kiwi', '-infinity');
ROLLBACK TO errors;
SELECT oncall.assign_policy('Ann', 'Kiwi', '2026-12-01', wage => -1);
ROLLBACK TO errors;
SELECT oncall.assign_policy('Ann', 'Kiwi', '2026-12-01', zone => 'Pacific/Aukland');
ROLLBACK TO errors;
SELECT oncall.close_pay_run('UK 2025', '[2020-04-01,2020-05-01)') IS NOT NULL AS closed;
SELECT oncall.assign_policy('Ben', 'Kiwi', '2020-04-15');
ROLLBACK TO errors;

-- Bounds that are no midnight where the runs begin are told of, once each
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (4, 1, '[2027-01-01,2027-07-01)');
UPDATE oncall.pay_assignment SET wage = 1 WHERE person_id = 4;
UPDATE oncall.pay_assignment SET valid = tstzrange(lower(valid), '2027-09-01 13:30 Europe/London') WHERE person_id = 4 AND lower(valid) = '2027-01-01';
SET timezone = 'Europe/London';
UPDATE oncall.pay_assignment SET valid = '[2027-01-01,2027-07-01)' WHERE person_id = 4 AND lower(valid) = '2027-01-01';
-- where a day begins at one o'clock, since there is no midnight
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Beirut', 'Asia/Beirut', 'LBP') RETURNING pay_policy_id AS beirut \gset
SELECT oncall.assign_policy('Dan', 'Beirut', '2028-03-26') IS NOT NULL AS assigned;
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (4, :beirut, '[2019-03-31 Asia/Beirut,2019-04-01 Asia/Beirut)');
ROLLBACK;
