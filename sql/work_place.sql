-- Where somebody works at an instant, and which dates are their public
-- holidays: hours by band, rest and plans have one answer.
--
-- Tests: pay_loader workload rest
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SELECT * FROM oncall_internal.work_place(1, now());
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
-- 26 December 2020 and 28 December 2126 are Saturdays, on which Sam works and
-- Wim does not: the Monday after it is Wim's holiday, and never Sam's
INSERT INTO oncall.calendar (name) VALUES ('c');
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES
	(1, '2020-12-28', 'Kept', '2020-12-26'), (1, '2126-12-30', 'Kept', '2126-12-28');
INSERT INTO oncall.person (name, zone, working_hours, calendar_id) VALUES
	('Sam', 'Etc/UTC', 'Mo-Sa 09:00-17:00; PH off', 1), ('Wim', 'Etc/UTC', 'Mo-Fr 09:00-17:00; PH off', 1),
	('Joy', 'Etc/UTC', 'Mo-Fr 09:00-17:00', NULL);
INSERT INTO oncall.pay_policy (name, zone, currency, rest_rule) VALUES ('p', 'Etc/UTC', 'NZD', 'make_up');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES
	(1, 1, 'holiday', 'Mo-Su off; PH 00:00-24:00'), (1, 2, 'working', NULL);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) SELECT person_id, 1 FROM oncall.person;
SELECT p.name, w.* FROM oncall.person AS p, oncall_internal.work_place(p.person_id, '2020-12-24') AS w ORDER BY p.person_id;
SELECT p.name, d::date, oncall.band_hours(tstzrange(d, d + interval '1 day'), 1, p.person_id)
FROM oncall.person AS p, unnest('{2020-12-26,2020-12-28,2126-12-28,2126-12-30}'::timestamptz[]) AS d ORDER BY p.person_id, d;

-- Rest: called from 05:00 to 10:00 on the Monday, of which one hour is of
-- Sam's working day, and none of Wim's, which begins on Tuesday
INSERT INTO oncall.response (person_id, period) VALUES
	(1, '[2020-12-28 05:00,2020-12-28 10:00)'), (2, '[2020-12-28 05:00,2020-12-28 10:00)');
SELECT person, rest, in_working_hours FROM oncall.rest_at('2020-12-28 10:01') ORDER BY person;

-- Plans: Sam and Wim take over such days of Joy's; only holidays weigh
SELECT oncall.add_rotation(name, ARRAY[name, 'Joy'], 'R/2126-12-27T00:00[Etc/UTC]/P1D', seats => '{one}') AS rotation_id
FROM unnest('{Sam,Wim}'::text[]) AS name;
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
INSERT INTO oncall.absence (person_id, period) VALUES (3, '[2126-12-28,2126-12-29)'), (3, '[2126-12-30,2126-12-31)');
SELECT d::date, p.for_person, p.by_person, p.heaviest
FROM unnest('{Sam,Wim}'::text[]) AS rotation, unnest('{2126-12-28,2126-12-30}'::timestamptz[]) AS d,
	oncall.plan_covers(rotation, tstzrange(d, d + interval '1 day'),
		'{"holiday": 1, "working": 0, "weekend": 0, "night": 0, "evening": 0}', '0') AS p
ORDER BY p.by_person, d;
-- somebody who is assigned other hours for those days works by these
UPDATE oncall.pay_assignment SET valid = '(,2126-12-29)' WHERE person_id = 1;
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, working_hours) VALUES (1, 1, '[2126-12-29,)', 'Mo-Fr 09:00-17:00');
SELECT oncall.band_hours('[2126-12-30,2126-12-31)'::tstzrange, 1, 1);
SELECT p.by_person, p.heaviest FROM oncall.plan_covers('Sam', '[2126-12-30,2126-12-31)',
	'{"holiday": 1, "working": 0, "weekend": 0, "night": 0, "evening": 0}', '0') AS p;

-- Who moves has worked elsewhere before
UPDATE oncall.pay_policy SET rest_rule = 'restart';
INSERT INTO oncall.response (person_id, period) VALUES (3, '[2020-12-15 01:00,2020-12-15 02:00)');
SELECT person, rest FROM oncall.rest_at('2020-12-15 03:00');
UPDATE oncall.person SET zone = 'Pacific/Auckland', working_hours = '24/7', calendar_id = 1 WHERE person_id = 3;
SELECT person, rest, zone FROM oncall.rest_at('2020-12-15 03:00');
SELECT zone, working_hours, holidays FROM oncall_internal.work_place(3, '2020-12-15');
SELECT zone, working_hours, holidays FROM oncall_internal.work_place(3, clock_timestamp() + interval '1 hour');

SAVEPOINT errors;
SELECT * FROM oncall_internal.work_place(9, now());
ROLLBACK TO errors;
SELECT * FROM oncall_internal.work_place(1, 'infinity');
ROLLBACK TO errors;
SELECT * FROM oncall_internal.work_place(NULL, now());
ROLLBACK;
