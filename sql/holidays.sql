-- Who sits where in a turn, and who serves which holiday.
--
-- Tests: turn_seats holiday_turns holiday_solver date_begins
\set SHOW_CONTEXT never
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;

-- Who sits where in a turn
SELECT n, oncall_internal.turn_seats('{1,2,3,4}', 'staggered', 2, n) AS staggered,
	oncall_internal.turn_seats('{1,2,3,4}', 'fixed', 2, n) AS fixed,
	oncall_internal.turn_seats('{1,2,3,4}', 'mixed', 2, n) AS mixed
FROM generate_series(0, 6) n;
SELECT oncall_internal.turn_seats('{7}', 'staggered', 2, 5);
SELECT oncall_internal.turn_seats('{7,NULL}', 'staggered', 3, 0);
SELECT oncall_internal.turn_seats('{1,2,3}', 'fixed', 2, 92233720368547758 / 10);
SELECT oncall_internal.turn_seats('{}', 'fixed', 2, 0);
SELECT oncall_internal.turn_seats('{1}', 'random', 2, 0);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 0, 0);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 2, -1);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 2, 9223372036854775807);

-- Who serves which holiday
SELECT * FROM oncall_internal.assign_turns(1, '{0,1}', '{t,t,t,t}', '{t,f,f,t}', '{0,0}');
SELECT * FROM oncall_internal.assign_turns(2, '{0,1}', '{t,t,t,t,t,t}', '{f,f,f,f,f,f}', '{0,0,0}');
SELECT * FROM oncall_internal.assign_turns(1, '{}', '{}', '{}', '{}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{}', '{}', '{}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f,f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', '{NULL}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', '{-1}');
SELECT * FROM oncall_internal.assign_turns(1, '{1}', '{t}', '{f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(0, '{0}', '{t}', '{f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', array_fill(0, '{1001}'));

-- The rest needs tables; nothing stays.
BEGIN;
\set ON_ERROR_ROLLBACK on
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'New Zealand');
INSERT INTO oncall.team (name, zone) VALUES ('SRE', 'America/New_York');

-- People
SELECT count(oncall.add_person(name, 'Pacific/Auckland', calendar => 'New Zealand'))
FROM unnest('{Aroha,Ben,Cara,Dev,Ema,Finn}'::text[]) AS name;
-- Handovers that coincide: Apia had no 30 December 2011
SELECT t.turn, t.at FROM oncall_internal.next_turn('R/2011-12-28T00:00[Pacific/Apia]/P1D', '2011-12-30 05:00') t;

-- Holidays: Christmas and New Year of two winters
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(1, '2026-12-25', 'Christmas Day', 'Christmas 2026', NULL),
	(1, '2026-12-26', 'Boxing Day', 'Christmas 2026', NULL),
	(1, '2026-12-28', 'Boxing Day', NULL, '2026-12-26'),
	(1, '2027-01-01', 'New Year''s Day', 'Christmas 2026', NULL),
	(1, '2027-01-02', 'Day after New Year''s Day', 'Christmas 2026', NULL),
	(1, '2027-01-04', 'Day after New Year''s Day', NULL, '2027-01-02'),
	(1, '2027-02-08', 'Waitangi Day', NULL, '2027-02-06'),
	(1, '2027-12-25', 'Christmas Day', 'Christmas 2027', NULL),
	(1, '2027-12-27', 'Christmas Day', 'Christmas 2027', '2027-12-25'),
	(1, '2027-12-26', 'Boxing Day', 'Christmas 2027', NULL);
SELECT * FROM oncall_internal.holiday_days(1) ORDER BY day, name;
SELECT oncall.add_rotation('duty', '{Aroha,Ben,Cara,Dev,Ema,Finn}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	calendar => 'New Zealand') AS rotation_id \gset
SELECT days, period FROM oncall_internal.holiday_turns(:rotation_id, '[2026-12-01,2027-02-10)', 2);
-- Ema keeps Christmas free
INSERT INTO oncall.absence (person_id, period, kind)
SELECT person_id, '[2026-12-24 18:00,2026-12-25 18:00)', 'keep_free' FROM oncall.person WHERE name = 'Ema';
SELECT period, members FROM oncall.add_holiday_cover('duty', '[2026-12-01,2027-02-10)');
SELECT rank, valid, cadence, hours, pairing, seats FROM oncall.layer
WHERE rotation_id = :rotation_id AND rank > 0 ORDER BY valid LIMIT 2;
SELECT person, seat, period FROM oncall.roster('[2026-12-24,2026-12-27 12:00)', :rotation_id) ORDER BY period, seat;
-- it is planned now; the next year is not
SELECT * FROM oncall.add_holiday_cover('duty', '[2027-01-02,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT period, members FROM oncall.add_holiday_cover('duty', '[2027-12-01,2028-02-01)', '2 days');

-- New Year after Christmas: those of Christmas do not serve it
SELECT oncall.add_rotation('two', '{Aroha,Ben,Cara,Dev}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	seats => '{only}', calendar => 'New Zealand') AS rotation_id \gset
SELECT period, members FROM oncall.add_holiday_cover('two', '[2026-12-25,2026-12-29)');
SELECT period, members FROM oncall.add_holiday_cover('two', '[2027-01-01,2027-01-05)', '7 days');

-- It cannot be done: which turn, and who is missing; nothing is written
INSERT INTO oncall.absence (person_id, period, kind)
SELECT person_id, '[2027-01-01 18:00,)', 'leave' FROM oncall.person WHERE name IN ('Dev', 'Ema');
UPDATE oncall.person SET active = '(,2027-01-01)' WHERE name = 'Finn';
SELECT oncall.add_rotation('few', '{Aroha,Ben,Cara,Dev,Ema,Finn}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	calendar => 'New Zealand') AS rotation_id \gset
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 1, '[2026-12-25 00:00,2026-12-25 06:00)', person_id FROM oncall.person WHERE name = 'Cara';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 2, '[2026-12-26 00:00,2026-12-26 06:00)', person_id FROM oncall.person WHERE name = 'Ben';
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall.layer WHERE rotation_id = :rotation_id;
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,2027-01-04)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,infinity]');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', 'empty');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '1 day 12 hours');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '1 month');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '0 days');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '-1 days');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('weekly', '{Aroha,Ben,Cara}', 'R/2016-01-05T12:00[Pacific/Auckland]/P7D') > 0 AS added;
SELECT * FROM oncall.add_holiday_cover('weekly', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('dutie', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE

-- A date begins with the first of two midnights: Havana on 3 November 2024, at
-- 04:00 and at 05:00 UTC. Sao Paulo had no midnight on 4 November 2018, Apia no
-- 30 December 2011.
SELECT oncall_internal.date_begins('2024-11-03', 'America/Havana') AS "Havana",
	oncall_internal.date_begins('2018-11-04', 'America/Sao_Paulo') AS "Sao Paulo",
	oncall_internal.date_begins('2011-12-30', 'Pacific/Apia') AS "Apia",
	oncall_internal.date_begins('2011-12-31', 'Pacific/Apia') AS "the next date",
	oncall_internal.date_begins('infinity', 'UTC') AS "no end", oncall_internal.date_begins('-infinity', 'UTC') AS "no begin";
SELECT oncall_internal.date_begins('294277-01-01', 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.date_begins('5874897-12-31', 'UTC');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.date_begins('4714-11-24 BC', 'Asia/Tokyo');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.date_begins('2024-11-03', 'America/Havanna');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS "every other date of a year begins at midnight" FROM generate_series(0, 364) AS n,
	LATERAL (SELECT date '2024-01-01' + n) AS d (day)
WHERE oncall_internal.date_begins(d.day, 'America/Havana') IS DISTINCT FROM d.day::timestamp AT TIME ZONE 'America/Havana';
INSERT INTO oncall.calendar (calendar_id, name) VALUES (2, 'Cuba');
INSERT INTO oncall.holiday (calendar_id, day, name, season) VALUES
	(2, '2024-11-02', 'the day before', 'before'), (2, '2024-11-03', 'the day', 'on');
SELECT oncall.add_rotation('Havana', '{Aroha,Ben,Cara}', 'R/2024-11-02T00:00[America/Havana]/PT1H', seats => '{primary}', calendar => 'Cuba')
	AS rotation_id \gset
SELECT season, period FROM oncall_internal.holiday_turns(:rotation_id, '[2024-11-02,2024-11-04)', 1);
-- 04:00 to 05:00 UTC is the first hour of 3 November, and of no other date
SELECT oncall.cover_shift('Havana', r.period, r.person, 'Dev', past_reason => 'a test') > 0 AS covered
FROM oncall.roster('[2024-11-03 04:00, 2024-11-03 05:00)', :rotation_id) AS r;
SELECT p.name, h.day, h.by_cover FROM oncall_internal.holiday_duty(:rotation_id, '[2024-11-02,2024-11-04)') AS h
JOIN oncall.person AS p USING (person_id) WHERE h.by_cover;
SELECT p.name, h.day FROM oncall_internal.holiday_duty(:rotation_id, '[2024-11-03,2024-11-04)') AS h
JOIN oncall.person AS p USING (person_id) WHERE h.by_cover;
ROLLBACK;
