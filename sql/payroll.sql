-- Pay: call-outs, standby, the report. What is expected was worked out by
-- hand; the comments show how.
--
-- Tests: callout callout_pay duty_pay held_shifts overlapping_duty policy_day pay_account pay_rows pay_share pay_terms response_loader exact pay_reports
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
-- before setup()
SELECT * FROM oncall_internal.pay_lines('[2026-01-01,2026-02-01)');
SELECT oncall_internal.pay_policy_named('NZ');
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

INSERT INTO oncall.calendar (name) VALUES ('NZ'), ('GB');
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES
	(1, '2023-12-25', 'Christmas Day', NULL), (1, '2023-12-26', 'Boxing Day', NULL),
	(1, '2025-12-25', 'Christmas Day', NULL), (1, '2025-12-26', 'Boxing Day', NULL),
	(1, '2026-04-03', 'Good Friday', NULL), (1, '2026-04-06', 'Easter Monday', NULL),
	(1, '2026-04-27', 'Anzac Day', '2026-04-25');
INSERT INTO oncall.person (person_id, name, zone, working_hours, calendar_id) VALUES
	(1, 'Aroha', 'Pacific/Auckland', DEFAULT, 1), (2, 'Ben', 'Europe/London', DEFAULT, 2),
	(3, 'Cleo', 'Pacific/Auckland', DEFAULT, 1), (4, 'Dana', 'Pacific/Auckland', 'Mo-Sa 09:00-17:00', 1),
	(5, 'Eve', 'Etc/UTC', DEFAULT, NULL), (6, 'Finn', 'Etc/UTC', DEFAULT, NULL);
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to) VALUES
	(1, 'NZ', 'Pacific/Auckland', 'NZD', '3 hours', '1 hour');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor, lieu_day) VALUES
	(1, 10, 'holiday', 'PH 00:00-24:00', 12.50, 90, 0, '8 hours'),
	(1, 20, 'working', NULL, 0, 0, 0, NULL),
	(1, 30, 'night', 'Mo-Su 22:00-06:00', 6.25, 75, 1.5, NULL),
	(1, 40, 'weekend', 'Sa-Su 00:00-24:00', 8, 60, 1, NULL);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (1, 1);

CREATE TEMP VIEW short AS SELECT NULL::text AS person, NULL::text AS kind, NULL::text AS band, NULL::interval AS hours,
	NULL::numeric AS paid_hours, NULL::numeric AS rate, NULL::numeric AS amount, NULL::text AS currency, NULL::numeric AS lieu_hours;
CREATE FUNCTION pg_temp.report(during tstzrange, policy text DEFAULT NULL) RETURNS SETOF short
LANGUAGE sql AS $$
	SELECT person, kind, band, hours, paid_hours, rate, amount, currency, lieu_hours FROM oncall.pay_report(during, policy)
$$;
-- a period by the clocks of Auckland, or of another place
CREATE FUNCTION pg_temp.nz(since timestamp, until timestamp, zone text DEFAULT 'Pacific/Auckland') RETURNS tstzrange
LANGUAGE sql AS 'SELECT tstzrange(since AT TIME ZONE zone, until AT TIME ZONE zone)';
CREATE FUNCTION pg_temp.respond(person int, since timestamp, until timestamp) RETURNS void
LANGUAGE sql AS 'INSERT INTO oncall.response (person_id, period) VALUES (person, pg_temp.nz(since, until))';
CREATE FUNCTION pg_temp.rotation(id int, people int[], start text, seats text[] DEFAULT '{only}') RETURNS void
LANGUAGE sql AS $$
	INSERT INTO oncall.rotation (rotation_id, name, zone, seats, max_consecutive, exclusive)
		VALUES (id, 'R' || id, 'Etc/UTC', seats, NULL, false);
	INSERT INTO oncall.layer (layer_id, rotation_id, cadence) VALUES (id, id, start::oncall.cadence);
	INSERT INTO oncall.layer_member (layer_id, position, person_id)
		SELECT id, ordinality, nullif(p, 0) FROM unnest(people) WITH ORDINALITY AS u(p, ordinality);
$$;

-- ---------------------------------------------------------------------------
-- Call-outs: at least 3 hours, whole hours
-- ---------------------------------------------------------------------------

SAVEPOINT callouts;
-- 02:00-02:20 is paid until 05:00; 04:50-05:30 joins: 3.5 h, until 06:00; 05:45-06:15 joins: 4.25 h, until 07:00.
-- A Tuesday: night until 06:00, then band other. Lieu 4 h x 1.5.
SELECT pg_temp.respond(1, '2023-11-07 02:00', '2023-11-07 02:20'), pg_temp.respond(1, '2023-11-07 05:45', '2023-11-07 06:15'),
	pg_temp.respond(1, '2023-11-07 04:50', '2023-11-07 05:30');
SELECT person, policy, period, ended, responses, hours, lieu FROM oncall.callouts(pg_temp.nz('2023-11-01', '2023-12-01'));
SELECT * FROM pg_temp.report(pg_temp.nz('2023-11-01', '2023-12-01'));
-- at the paid end a new one begins; a microsecond before, it joins
SELECT pg_temp.respond(1, '2023-11-14 01:00', '2023-11-14 01:10'), pg_temp.respond(1, '2023-11-14 04:00', '2023-11-14 04:10'),
	pg_temp.respond(1, '2023-11-15 01:00', '2023-11-15 01:10'), pg_temp.respond(1, '2023-11-15 03:59:59.999999', '2023-11-15 04:10');
SELECT period, ended, responses, hours FROM oncall.callouts(pg_temp.nz('2023-11-14', '2023-11-16'));
-- one within another, and one that outlasts its minimum by a microsecond
SELECT pg_temp.respond(1, '2023-11-21 00:00', '2023-11-21 03:00:00.000001'), pg_temp.respond(1, '2023-11-21 01:00', '2023-11-21 01:30');
SELECT period, ended, responses, hours FROM oncall.callouts(pg_temp.nz('2023-11-21', '2023-11-22'));
-- three that start together: the shorter first, and of equal ones the one that was recorded first
SAVEPOINT together;
SELECT pg_temp.respond(1, '2023-11-20 01:00', '2023-11-20 05:00'), pg_temp.respond(1, '2023-11-20 01:00', '2023-11-20 02:00'),
	pg_temp.respond(1, '2023-11-20 01:00', '2023-11-20 02:00');
SELECT c.period, c.ended, c.hours, c.responses = ARRAY(SELECT r.response_id FROM oncall.response r
	WHERE r.period && c.period ORDER BY r.period, r.response_id) AS in_order
FROM oncall.callouts(pg_temp.nz('2023-11-20', '2023-11-21')) c;
ROLLBACK TO together;
-- in working hours: paid by that band (0), no lieu; it ends after the working day, when 2 of 3 hours are band other
SELECT pg_temp.respond(1, '2023-11-22 16:00', '2023-11-22 16:05');
SELECT * FROM pg_temp.report(pg_temp.nz('2023-11-22', '2023-11-23'));
-- unless the policy says so
UPDATE oncall.pay_band SET lieu_factor = 1 WHERE band = 'working';
SELECT * FROM pg_temp.report(pg_temp.nz('2023-11-22', '2023-11-23'));
UPDATE oncall.pay_band SET lieu_factor = 0 WHERE band = 'working';
-- of the window and the policy of its start, whole: Thursday 23:00 to Friday 02:00
SELECT pg_temp.respond(1, '2023-11-30 23:00', '2023-11-30 23:01');
SELECT * FROM pg_temp.report(pg_temp.nz('2023-11-30', '2023-12-01'));
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-01', '2023-12-02'));
-- 22:00 on Christmas Day to 06:00 on Boxing Day: 8 h x 90, two alternative days of 8 h
SELECT pg_temp.respond(1, '2023-12-25 22:00', '2023-12-26 06:00');
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-01', '2024-01-01'));
-- again on Boxing Day: no third day, in whatever window
SELECT pg_temp.respond(1, '2023-12-26 20:00', '2023-12-26 20:30');
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-01', '2024-01-01'));
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-26', '2024-01-01'));
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-25', '2023-12-26'));
SELECT kind, callout, band, starts, ends, hours, amount, lieu_factor, lieu_hours
FROM oncall.explain_pay('Aroha', pg_temp.nz('2023-12-25', '2023-12-27'));
-- rounding earns no day: paid until 02:00 on Boxing Day, worked on Christmas Day only
SELECT pg_temp.respond(3, '2023-12-25 23:00', '2023-12-25 23:10');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (3, 1);
SELECT * FROM pg_temp.report(pg_temp.nz('2023-12-25', '2023-12-26')) WHERE person = 'Cleo';
-- nobody is paid without an assignment; another policy at the start decides
UPDATE oncall.pay_assignment SET valid = '[2024-01-01,)' WHERE person_id = 3;
SELECT count(*) FROM oncall.callouts(pg_temp.nz('2023-12-25', '2023-12-26')) WHERE person = 'Cleo';
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (9, 'Plain', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (3, 9, '[2023-12-01,2023-12-25 10:05)'), (3, 1, '[2023-12-25 10:05,2023-12-26)');
SELECT policy, period, hours FROM oncall.callouts(pg_temp.nz('2023-12-25', '2023-12-26')) WHERE person = 'Cleo';
SELECT policy, period, hours FROM oncall.callouts(pg_temp.nz('2023-12-25', '2023-12-26'), 'Plain');
-- one that goes on counts up to now: paid whole minutes by Plain, whole hours by NZ
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (5, 9);
INSERT INTO oncall.response (person_id, period) VALUES (5, tstzrange(now() - interval '90 seconds', NULL)),
	(1, tstzrange(now() - interval '200 minutes', NULL)), (5, '[2023-12-31 23:00,2023-12-31 23:00:01)');
SELECT person, upper(period) - lower(period) AS paid, ended = now() AS now
FROM oncall.callouts(tstzrange(now() - interval '1 day', now()));
SELECT * FROM pg_temp.report('[2023-12-31,2024-01-01)', 'Plain');
-- too long to be true
UPDATE oncall.pay_policy SET minimum_callout = '2562000000 hours' WHERE pay_policy_id = 9;
SAVEPOINT bad;
SELECT count(*) FROM oncall.callouts('[2023-12-31,2024-01-01)', 'Plain');
ROLLBACK TO callouts;
-- that start at once: in order of their end, then as they were recorded
SELECT pg_temp.respond(1, '2023-11-23 01:00', '2023-11-23 04:30'), pg_temp.respond(1, '2023-11-23 01:00', '2023-11-23 01:30'),
	pg_temp.respond(1, '2023-11-23 01:00', '2023-11-23 01:30');
SELECT c.period, c.ended, c.responses = (SELECT array_agg(r.response_id ORDER BY upper(r.period), r.response_id)
	FROM oncall.response r WHERE r.period <@ c.period) AS in_order
FROM oncall.callouts(pg_temp.nz('2023-11-23', '2023-11-24')) c;
ROLLBACK TO callouts;

-- ---------------------------------------------------------------------------
-- Standby by the hour
-- ---------------------------------------------------------------------------

SELECT pg_temp.rotation(1, '{1}', 'R/2020-01-01T00:00[Pacific/Auckland]/P7D');
-- April 2026: 30 days and the hour of Sunday 5 that comes twice, 721 h. Anzac Day, Saturday 25, is Monday 27 for her.
--   holiday  3, 6, 27                                   3 x 24            72 h x 12.50 =   900.00
--   working  1-2, 7-10, 13-17, 20-24, 28-30            19 x 8            152 h
--   night    27 other days, 00-06 and 22-24            27 x 8 + 1        217 h x  6.25 = 1,356.25
--   weekend  4-5, 11-12, 18-19, 25-26, 06-22            8 x 16           128 h x  8.00 = 1,024.00
--   other    19 working days, 06-09 and 17-22          19 x 8            152 h
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-01', '2026-05-01'));
-- September 2026: clocks go forward on Sunday 27, at night. 22 working days, 8 days of weekends, 719 h.
--   night 30 x 8 - 1 = 239 h x 6.25 = 1,493.75; weekend 128 h
SELECT * FROM pg_temp.report(pg_temp.nz('2026-09-01', '2026-10-01'));
-- Who works on Saturdays has Anzac Day on Saturday 25, and not on Monday 27: the same April for Dana
--   holiday 3, 6, 25: 72 h; working 19 + Monday 27 + Saturdays 4, 11, 18: 23 x 8 = 184 h; night 217 h;
--   weekend: 4 Sundays x 16 + 3 Saturdays x 8 = 88 h x 8 = 704.00; other: 20 x 8 = 160 h
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (4, 1);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, pg_temp.nz('2026-04-01', '2026-05-01'), 4);
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-01', '2026-05-01'));

-- A swap on Christmas Day. Aroha has the week of Monday 22 December 2025, Dana that of Monday 15; they exchange
-- Thursday 25 and Thursday 18, 24 h each.
--   Aroha's week: holiday Thursday and Friday 48, night 5 x 8 = 40, working 3 x 8 = 24, weekend 2 x 16 = 32, other 24 h;
--   after: holiday 24 h = 300.00; night 48 h = 300.00; working and other 32 h each
--   Dana's week: night 56, working Monday to Saturday 6 x 8 = 48, weekend 16 + 8 = 24, other 5 x 8 = 40 h;
--   after: holiday 24 h = 300.00; night 48 h = 300.00; working 40; weekend 24 h = 192.00; other 32 h
SAVEPOINT swap;
SELECT oncall.end_layer(1, '2022-01-01Z');
SELECT pg_temp.rotation(2, '{4,1}', 'R/2025-12-15T00:00[Pacific/Auckland]/P7D');
CREATE TEMP VIEW christmas AS SELECT * FROM pg_temp.report(pg_temp.nz('2025-12-15', '2025-12-29'));
SELECT * FROM christmas;
SELECT sum(hours) AS of_both FROM christmas;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(2, 1, pg_temp.nz('2025-12-18', '2025-12-19'), 1), (2, 1, pg_temp.nz('2025-12-25', '2025-12-26'), 4);
SELECT * FROM christmas;
SELECT sum(hours) AS of_both FROM christmas;
-- an empty seat pays nobody: 24 h less
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 1, pg_temp.nz('2025-12-16', '2025-12-17'), NULL);
SELECT sum(hours) AS of_both FROM christmas;
ROLLBACK TO swap;

-- Cleo moves from Auckland to London on Wednesday 15 April 2026 at noon, when it is 01:00 in London. On duty from
-- Monday 13, 00:00 in Auckland, to Monday 20, 00:00 in London: 179 h.
--   in Auckland: Monday and Tuesday night, working, other 8 h each; Wednesday night 6, other 3, working 3 h
--   in London: Wednesday night 5 + 2, working 8, other 3 + 5; Thursday and Friday 8 h each; Saturday and Sunday night 8,
--   weekend 16 h each: night 61 h = 381.25, working 43, weekend 32 h = 256.00, other 43 h
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone) VALUES
	(3, 1, '(,2026-04-15 00:00Z)', NULL), (3, 1, '[2026-04-15 00:00Z,)', 'Europe/London');
SELECT pg_temp.rotation(3, '{0}', 'R/2026-01-05T00:00[Etc/UTC]/P7D');
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (3, 1, '[2026-04-12 12:00Z,2026-04-19 23:00Z)', 3);
SELECT * FROM pg_temp.report('[2026-04-12,2026-04-21)') WHERE person = 'Cleo';

-- ---------------------------------------------------------------------------
-- By rotation and seat; one duty or each
-- ---------------------------------------------------------------------------

INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (2, 'Seats', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, rotation_id, seat, standby_rate) VALUES
	(2, 1, 'shadow', '24/7', NULL, 3, 0), (2, 2, 'second', '24/7', NULL, 2, 3), (2, 3, 'night', '22:00-06:00', NULL, NULL, 6),
	(2, 4, 'day', '24/7', NULL, NULL, 4);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (5, 2), (6, 2);
SAVEPOINT seats;
-- a day each: the primary night 8 h x 6, day 16 h x 4; the secondary 24 h x 3; the shadow nothing
SELECT pg_temp.rotation(4, '{5,6,2}', 'R/2026-01-01T00:00[Etc/UTC]/P1D', '{primary,secondary,shadow}');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, zone) VALUES (2, 2, 'Etc/UTC');
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-02)', 'Seats');
-- a response as the shadow is a call-out like any other
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2023-01-01 23:00,2023-01-01 23:30)');
SELECT * FROM pg_temp.report('[2023-01-01,2023-01-02)', 'Seats');
ROLLBACK TO seats;

-- Eve is primary of rotation 5 on 1 and 2 January, and secondary of 6 all the time: 48 h are paid once,
-- by the higher rate: 16 h x 6 and 32 h x 4
SELECT pg_temp.rotation(5, '{5,0}', 'R/2026-01-01T00:00[Etc/UTC]/P2D'),
	pg_temp.rotation(6, '{0,5}', 'R/2026-01-01T00:00[Etc/UTC]/P60D', '{primary,secondary}');
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-03)', 'Seats');
SELECT kind, rotation, seat_name, band, starts, ends, hours, paid, amount FROM oncall.explain_pay('Eve', '[2026-01-02 12:00,2026-01-03 12:00)');
-- then she is secondary only: 24 h x 3 each day
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-05)', 'Seats');
-- a day counts as 24 hours: 96 a day is the same as 4 an hour, so rotation 5 comes first; 97 a day is more
UPDATE oncall.pay_band SET standby_rate = 96, per = '1 day' WHERE pay_policy_id = 2 AND band = 'second';
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-03)', 'Seats');
UPDATE oncall.pay_band SET standby_rate = 97 WHERE pay_policy_id = 2 AND band = 'second';
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-03)', 'Seats');
-- 194 for two days is 97 a day; equal rates of another rotation: the lowest is paid
UPDATE oncall.pay_band SET standby_rate = 194, per = '2 days' WHERE pay_policy_id = 2 AND band = 'second';
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-03)', 'Seats');
-- each: both. 16 x 6 + 32 x 4, and two days at 97
UPDATE oncall.pay_policy SET overlap = 'each' WHERE pay_policy_id = 2;
SELECT * FROM pg_temp.report('[2026-01-01,2026-01-03)', 'Seats');
ROLLBACK TO seats;

-- ---------------------------------------------------------------------------
-- By the day: 25 for each 24 hours from 08:30
-- ---------------------------------------------------------------------------

INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, day_starts) VALUES (3, 'GB', 'Europe/London', 'GBP', '08:30');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, per) VALUES
	(3, 1, 'day', '24/7', 25, 24, '1 day');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (2, 3);
SELECT pg_temp.rotation(7, '{2,0}', 'R/2026-03-23T08:30[Europe/London]/P7D');
-- a week with a clock change is a week: 167 h and 169 h, 7 days, 175.00
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-04-01', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-10-19', '2026-11-01', 'Europe/London'), 'GB');
-- cut at midnight before the change: 6 days from Monday 08:30 to Saturday 24:00 are 5 and 15.5 h of 23, in which the
-- change comes: (5 + 31/46) x 25 = 141.847..., and the rest, 7.5 h of 23 and 1 day, 33.152...
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-03-29', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-29', '2026-04-01', 'Europe/London'), 'GB');
-- and 25 for a week, or 1 for 2 days
UPDATE oncall.pay_band SET per = '7 days' WHERE pay_policy_id = 3;
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-04-01', 'Europe/London'), 'GB');
UPDATE oncall.pay_band SET per = '2 days', standby_rate = 1 WHERE pay_policy_id = 3;
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-04-01', 'Europe/London'), 'GB');

-- Whole days: any part counts, once, in the window in which the day starts
UPDATE oncall.pay_band SET per = '1 day', standby_rate = 25, whole_days = true WHERE pay_policy_id = 3;
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-04-01', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-23', '2026-03-29', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-03-29', '2026-04-01', 'Europe/London'), 'GB');
-- Saturday 4 April, 10:00 to 11:00 and 20:00 to 21:00: one day
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(7, 1, pg_temp.nz('2026-04-04 10:00', '2026-04-04 11:00', 'Europe/London'), 2),
	(7, 1, pg_temp.nz('2026-04-04 20:00', '2026-04-04 21:00', 'Europe/London'), 2);
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-04', '2026-04-05', 'Europe/London'), 'GB');
-- Wednesday 29 April, 08:00 to 09:00: two days, paid in the window in which the first instant of them is held, although
-- that of Tuesday starts before it
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(7, 1, pg_temp.nz('2026-04-29 08:00', '2026-04-29 09:00', 'Europe/London'), 2);
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-28', '2026-04-30', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-28', '2026-04-29', 'Europe/London'), 'GB');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-04-29', '2026-04-30', 'Europe/London'), 'GB');
SELECT kind, rotation, band, starts, ends, hours, paid_hours, amount
FROM oncall.explain_pay('Ben', pg_temp.nz('2026-04-28', '2026-04-29', 'Europe/London'));
-- two bands: the day is that of the first instant held. Friday 22:00 to Saturday 10:00 is a weekday's day, then Saturday's
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, per, whole_days) VALUES
	(3, 0, 'weekend', 'Sa-Su 00:00-24:00', 50, '1 day', true);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(7, 1, pg_temp.nz('2026-05-01 22:00', '2026-05-02 10:00', 'Europe/London'), 2);
SELECT * FROM pg_temp.report(pg_temp.nz('2026-05-01', '2026-05-04', 'Europe/London'), 'GB');
-- held in two rotations: once a person; or each, once a rotation
SELECT pg_temp.rotation(8, '{2}', 'R/2026-05-01T00:00[Europe/London]/P7D');
SELECT * FROM pg_temp.report(pg_temp.nz('2026-05-01', '2026-05-04', 'Europe/London'), 'GB');
UPDATE oncall.pay_policy SET overlap = 'each' WHERE pay_policy_id = 3;
SELECT * FROM pg_temp.report(pg_temp.nz('2026-05-01', '2026-05-04', 'Europe/London'), 'GB');
-- a call-out is paid by the hour all the same; by the day, if callout_per says so, in proportion: an hour of 24 at 24
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2023-01-02 23:00Z,2023-01-03 00:00Z)');
SELECT * FROM pg_temp.report('[2023-01-01,2023-01-05)', 'GB');
UPDATE oncall.pay_band SET callout_per = '1 day' WHERE pay_policy_id = 3;
SELECT * FROM pg_temp.report('[2023-01-01,2023-01-05)', 'GB');

-- ---------------------------------------------------------------------------
-- Money: rounded once a line, half away from zero
-- ---------------------------------------------------------------------------

SELECT d AS digits, oncall_internal.pay_amount(3600000000, 1, 0.0125, '1 hour', d), oncall_internal.pay_amount(3600000000, 1, 2.5, '1 hour', d),
	oncall_internal.pay_amount(3600000000, 1, 0.0005, '1 hour', d), oncall_internal.pay_amount(-3600000000, 1, 0.005, '1 hour', d)
FROM unnest('{0,2,3,4}'::int[]) d;
-- just below a half, by one part in 10^30: dividing first, or to a few digits, would get it wrong
SELECT oncall_internal.pay_amount(1, 3, 0.014999999999999999999999999999, '00:00:00.000001', 2),
	oncall_internal.pay_amount(1, 3, 0.015, '00:00:00.000001', 2),
	oncall_internal.pay_amount(1000000000000000000000000000000, 3, 0.03, '365 days', 2), oncall_internal.pay_amount(1, 1, NULL, '1 hour', 2);
-- yen, dinars
SAVEPOINT money;
UPDATE oncall.pay_policy SET currency = 'JPY' WHERE pay_policy_id = 1;
SELECT person, band, hours, rate, amount, currency FROM oncall.pay_report(pg_temp.nz('2026-09-01', '2026-10-01'), 'NZ');
UPDATE oncall.pay_policy SET currency = 'KWD' WHERE pay_policy_id = 1;
SELECT person, band, hours, rate, amount, currency FROM oncall.pay_report(pg_temp.nz('2026-09-01', '2026-10-01'), 'NZ');
ROLLBACK TO money;

-- ---------------------------------------------------------------------------
-- The views and what bad input gets
-- ---------------------------------------------------------------------------

-- each line is what its pieces sum to
SELECT r.kind, r.band, r.hours = e.hours AS hours, r.amount = round(e.amount, 2) AS amount, r.lieu_hours = e.lieu_hours AS lieu
FROM oncall.pay_report(pg_temp.nz('2026-03-23', '2026-06-01'), 'GB') r
JOIN (SELECT kind, band, sum(hours) AS hours, sum(amount) AS amount, sum(lieu_hours) AS lieu_hours
	FROM oncall.explain_pay('Ben', pg_temp.nz('2026-03-23', '2026-06-01')) WHERE paid GROUP BY kind, band) e USING (kind, band);
-- months of a policy, in its zone, from the first duty or assignment
UPDATE oncall.pay_assignment SET valid = '[2023-01-20,)' WHERE person_id = 2;
SELECT min(month), max(month) = date_trunc('month', now() AT TIME ZONE 'Europe/London')::date AS "to now",
	count(DISTINCT month) FILTER (WHERE month < '2026-04-01') AS months FROM oncall.pay_by_month WHERE policy = 'GB' AND month >= '2026-03-01';
SELECT (SELECT count(*) FROM oncall.pay_by_month m WHERE m.month = '2023-11-01' AND m.policy = 'NZ') =
	(SELECT count(*) FROM oncall.pay_report(pg_temp.nz('2023-11-01', '2023-12-01'), 'NZ')) AS same;

CREATE FUNCTION pg_temp.try(command text) RETURNS TABLE (code text, message text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	message := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
SELECT arguments, t.* FROM (VALUES ('NULL'), ($$'empty'$$), ($$'(,2026-01-01)'$$), ($$'[2026-01-01,)'$$), ($$'[2026-01-01,infinity)'$$),
	($$'[2026-01-01,2026-02-01)', 'NS'$$), ($$'[2026-01-01,2026-02-01)', '1'$$), ($$'[2026-01-01,2026-02-01)', ''$$),
	($$'[2026-01-01,2026-02-01)', NULL$$), ($$'[4713-01-01 BC,4713-02-01 BC)'$$), ($$'[294276-12-01,294276-12-31 23:59)'$$)) v(arguments),
	pg_temp.try(format('SELECT count(*) FROM oncall.pay_report(%s)', arguments)) t;
SELECT t.* FROM (VALUES ($$oncall.callouts('empty')$$), ($$oncall.explain_pay(NULL, '[2026-01-01,2026-02-01)')$$), ($$oncall.explain_pay('Been', '[2026-01-01,2026-02-01)')$$),
	($$oncall_internal.pay_amount(1, 1, 1, '1 hour', -1)$$), ($$oncall_internal.pay_amount(1, 0, 1, '1 hour', 2)$$),
	($$oncall_internal.pay_amount(1, 1, 1, '200000000 days', 2)$$),
	($$oncall.explain_pay('Ben', NULL)$$), ($$oncall_internal.pay_lines('[2026-01-01,2026-02-01)', 77)$$), ($$oncall_internal.pay_pieces('[2026-01-01,2026-02-01)', NULL, 77)$$)) v(source),
	pg_temp.try('SELECT count(*) FROM ' || source) t;

-- ---------------------------------------------------------------------------
-- As the caller: members see their own pay, readers nobody's
-- ---------------------------------------------------------------------------

CREATE ROLE regress_oncall_ben;
CREATE ROLE regress_oncall_reader;
CREATE ROLE regress_oncall_payroll;
SELECT oncall.grant_access('regress_oncall_ben', 'member'), oncall.grant_access('regress_oncall_reader', 'reader'),
	oncall.grant_access('regress_oncall_payroll', 'manager');
UPDATE oncall.person SET db_role = 'regress_oncall_ben' WHERE name = 'Ben';
SELECT DISTINCT person FROM oncall.pay_report('[2026-05-01,2026-06-01)') ORDER BY 1;
SET ROLE regress_oncall_payroll;
SELECT DISTINCT person FROM oncall.pay_report('[2026-05-01,2026-06-01)') ORDER BY 1;
SET ROLE regress_oncall_ben;
SELECT DISTINCT person FROM oncall.pay_report('[2026-05-01,2026-06-01)') ORDER BY 1;
SELECT DISTINCT person FROM oncall.pay_by_month;
SELECT count(*) FROM oncall.explain_pay('Aroha', '[2026-05-01,2026-06-01)');
SET ROLE regress_oncall_reader;
SELECT oncall.pay_report('[2026-05-01,2026-06-01)');
ROLLBACK;
