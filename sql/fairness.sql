-- How duty is shared, and who would like to share it
--
-- Tests: fairness volunteer_queue own_holidays duty_bands weeks_of
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SET oncall.past_reason = 'test';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
SELECT count(oncall.add_person(n, 'UTC', working_hours => 'Mo-Su 09:00-17:00')) FROM unnest('{Ann,Ben,Cy,Dee,Eve,Flo}'::text[]) n;
SELECT oncall.add_rotation('Ops', '{Ann,Ben}', 'R/2020-01-06T00:00[UTC]/P1D', seats => '{first,second}') AS ops \gset

-- Two people who take turns every day, one of whom works every day: the year
-- before now, and the 90 days of oncall.horizon
SELECT person, stretch, days_listed >= 365 AS year, hours >= 365 * 24 AS all_of_it, hours = mean_hours AS as_much,
	abs(first_seat_hours - mean_first_seat_hours) <= 24 AS alike, holiday_hours, night_hours > 0 AS nights
FROM oncall.fairness ORDER BY person, stretch;
SELECT stretch, round(sum(weekend_hours) / sum(hours), 1) AS weekends,
	abs(sum(night_hours) - sum(working_hours)) <= 40 AND abs(sum(night_hours) - sum(evening_hours)) <= 40 AS thirds
FROM oncall.fairness GROUP BY stretch ORDER BY stretch;
SELECT ends_at - starts_at AS stretch, count(*) FROM oncall.fairness WHERE stretch = 'ahead' GROUP BY 1;
-- a cover by somebody on no list
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :ops, 1, tstzrange(now() + interval '1 hour', now() + interval '11 hours'), person_id FROM oncall.person WHERE name = 'Cy';
SELECT person, days_listed, hours, first_seat_hours, round(mean_hours) AS mean FROM oncall.fairness WHERE stretch = 'ahead' AND person = 'Cy';
SELECT round(sum(hours)) AS hours, round(sum(first_seat_hours)) AS first FROM oncall.fairness WHERE stretch = 'ahead' AND rotation = 'Ops';
-- bands: a holiday before a weekend, a weekend before a night
SELECT (oncall_internal.duty_bands('{[2026-12-24 12:00,2026-12-27 12:00)}', 'UTC', 'Mo-Fr 09:00-17:00', '{2026-12-27,2026-12-25}')).*;
-- a holiday that is kept on Monday is the Saturday of who works on Saturdays
SELECT h, oncall_internal.own_holidays('{2026-12-25,2026-12-28}', '{NULL,2026-12-26}', h) AS days
FROM unnest('{Mo-Fr 09:00-17:00,Tu-Sa 09:00-17:00}'::oncall.weekly_hours[]) h;
-- in each zone and with each of the hours, whichever came before; clocks change
SELECT p.zone, p.hours, d.* FROM (VALUES ('UTC', 'off'::oncall.weekly_hours), ('Europe/London', 'off'), ('Europe/London', 'Mo-Su 20:00-04:00'), ('UTC', 'off')) AS p(zone, hours),
	oncall_internal.duty_bands('{[2024-03-29 22:00Z,2024-04-01 06:00Z),[2024-10-26 00:00Z,2024-10-28 00:00Z)}', p.zone, p.hours, '{}') d;
-- weeks, on a clock that changes on Sunday; and at midnight before Monday
SELECT * FROM oncall_internal.weeks_of('{[2024-03-29 22:00Z,2024-04-01 06:00Z),[2024-04-03 00:00Z,2024-04-03 12:00Z),[2024-04-22 00:00Z,2024-05-07 00:00Z)}', 'Europe/London');
SELECT p.period, k.* FROM unnest('{"{[2020-09-20 00:00Z,2020-09-22 00:00Z)}","{[2020-09-20 20:00Z,2020-09-20 21:00Z)}","{}"}'::tstzmultirange[]) AS p(period),
	oncall_internal.weeks_of(p.period, 'Asia/Tehran') k;
-- Who would like to join, and since when
CREATE VIEW queue AS
SELECT kind, place, person, CASE WHEN since > now() THEN 'from ' ELSE 'since ' END || round(abs(extract(epoch FROM since - now()) / 86400)) || ' days' AS since, reason, members
FROM oncall.volunteer_queue;
SELECT * FROM queue;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT :ops, p.person_id, 'volunteer', v.valid::tstzrange
FROM (VALUES ('Dee', tstzrange(now() - interval '10 days', NULL)), ('Eve', tstzrange(now() - interval '20 days', NULL)),
	('Flo', tstzrange(now() - interval '30 days', now() - interval '1 day'))) AS v(person, valid)
JOIN oncall.person p ON p.name = v.person;
SELECT * FROM queue ORDER BY kind, place;
-- Ben leaves, which is a gap until somebody joins
SELECT oncall.leave_rotation('Ops', 'Ben', now() - interval '40 days') > 0 AS left;
SELECT * FROM queue ORDER BY kind, place;
SELECT oncall.join_rotation('Ops', 'Cy', since => now() - interval '5 days') > 0 AS joined;
SELECT * FROM queue ORDER BY kind, place;
-- the next to leave leaves a gap again, from then on
SELECT oncall.leave_rotation('Ops', 'Ann', now() + interval '7 days') > 0 AS left;
SELECT * FROM queue ORDER BY kind, place;
-- who is away for a while has left no gap, and a volunteer who joins waits no more
SELECT oncall.undo(max(change_id)) > 0 AS undone FROM oncall.change;
SELECT oncall.leave_rotation('Ops', 'Ann', now() + interval '7 days', until => now() + interval '20 days') > 0 AS away;
SELECT oncall.join_rotation('Ops', 'Eve', since => now()) > 0 AS joined;
SELECT * FROM queue ORDER BY kind, place;
-- nor has anybody in a rotation that is over
SELECT oncall.retire_rotation('Ops', now() - interval '1 hour') > 0 AS retired;
SELECT * FROM queue WHERE kind = 'left';

-- Readers see both
CREATE ROLE regress_oncall_fairness_reader;
SELECT oncall.grant_access('regress_oncall_fairness_reader', 'reader');
SET LOCAL ROLE regress_oncall_fairness_reader;
SELECT count(*) > 0 AS rows FROM oncall.fairness;
SELECT count(*) > 0 AS rows FROM oncall.volunteer_queue;
ROLLBACK;
