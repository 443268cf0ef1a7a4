-- A company to play with: three teams, twenty-seven people in Auckland, London
-- and New York, their rotations since June 2022, 200,000 alerts, and their pay.
--
--     CREATE EXTENSION oncall;
--     SELECT oncall.setup();
--     \i test/data/company.sql            -- or with any other client
--
-- It writes into the tables of oncall, and its alerts and a picture into a
-- schema of its own, demo. Load it as the owner of the tables: it also writes what was
-- believed when, as if the company had used oncall all along. The people and
-- what they are paid are invented, the public holidays are real.

BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL timezone = 'UTC';

-- Public holidays of 2024 to 2028 -----------------------------------------

INSERT INTO oncall.calendar (name) VALUES
	('Auckland'), ('England and Wales'), ('New York');

-- New Zealand: Holidays Act 2003, section 44; Matariki: Te Kahui o Matariki
-- Public Holiday Act 2022, schedule 1; as listed by Employment New Zealand,
-- https://www.employment.govt.nz/leave-and-holidays/public-holidays. With
-- the anniversary day of the Auckland region (the Monday nearest to 29
-- January).
INSERT INTO oncall.holiday (calendar_id, name, day)
SELECT c.calendar_id, h.name, d.day
FROM oncall.calendar c,
	(VALUES
		('New Year''s Day', '{2024-01-01,2025-01-01,2026-01-01,2027-01-01,2028-01-01}'::date[]),
		('Day after New Year''s Day', '{2024-01-02,2025-01-02,2026-01-02,2027-01-02,2028-01-02}'),
		('Auckland Anniversary Day', '{2024-01-29,2025-01-27,2026-01-26,2027-02-01,2028-01-31}'),
		('Waitangi Day', '{2024-02-06,2025-02-06,2026-02-06,2027-02-06,2028-02-06}'),
		('Good Friday', '{2024-03-29,2025-04-18,2026-04-03,2027-03-26,2028-04-14}'),
		('Easter Monday', '{2024-04-01,2025-04-21,2026-04-06,2027-03-29,2028-04-17}'),
		('ANZAC Day', '{2024-04-25,2025-04-25,2026-04-25,2027-04-25,2028-04-25}'),
		('King''s Birthday', '{2024-06-03,2025-06-02,2026-06-01,2027-06-07,2028-06-05}'),
		('Matariki', '{2024-06-28,2025-06-20,2026-07-10,2027-06-25,2028-07-14}'),
		('Labour Day', '{2024-10-28,2025-10-27,2026-10-26,2027-10-25,2028-10-23}'),
		('Christmas Day', '{2024-12-25,2025-12-25,2026-12-25,2027-12-25,2028-12-25}'),
		('Boxing Day', '{2024-12-26,2025-12-26,2026-12-26,2027-12-26,2028-12-26}')
	) AS h(name, days), unnest(h.days) AS d(day)
WHERE c.name = 'Auckland';

-- Mondayised (Holidays Act 2003, sections 45 and 45A): those who would not
-- work on the weekend keep the holiday on the Monday or Tuesday after it.
INSERT INTO oncall.holiday (calendar_id, name, day, observes)
SELECT c.calendar_id, h.name, h.day, h.observes
FROM oncall.calendar c,
	(VALUES
		('ANZAC Day', '2026-04-27'::date, '2026-04-25'::date),
		('Boxing Day', '2026-12-28', '2026-12-26'),
		('Day after New Year''s Day', '2027-01-04', '2027-01-02'),
		('Waitangi Day', '2027-02-08', '2027-02-06'),
		('ANZAC Day', '2027-04-26', '2027-04-25'),
		('Christmas Day', '2027-12-27', '2027-12-25'),
		('Boxing Day', '2027-12-28', '2027-12-26'),
		('New Year''s Day', '2028-01-03', '2028-01-01'),
		('Day after New Year''s Day', '2028-01-04', '2028-01-02'),
		('Waitangi Day', '2028-02-07', '2028-02-06')
	) AS h(name, day, observes)
WHERE c.name = 'Auckland';

-- England and Wales: Banking and Financial Dealings Act 1971, as listed on
-- https://www.gov.uk/bank-holidays.
INSERT INTO oncall.holiday (calendar_id, name, day)
SELECT c.calendar_id, h.name, d.day
FROM oncall.calendar c,
	(VALUES
		('New Year''s Day', '{2024-01-01,2025-01-01,2026-01-01,2027-01-01,2028-01-01}'::date[]),
		('Good Friday', '{2024-03-29,2025-04-18,2026-04-03,2027-03-26,2028-04-14}'),
		('Easter Monday', '{2024-04-01,2025-04-21,2026-04-06,2027-03-29,2028-04-17}'),
		('Early May bank holiday', '{2024-05-06,2025-05-05,2026-05-04,2027-05-03,2028-05-01}'),
		('Spring bank holiday', '{2024-05-27,2025-05-26,2026-05-25,2027-05-31,2028-05-29}'),
		('Summer bank holiday', '{2024-08-26,2025-08-25,2026-08-31,2027-08-30,2028-08-28}'),
		('Christmas Day', '{2024-12-25,2025-12-25,2026-12-25,2027-12-25,2028-12-25}'),
		('Boxing Day', '{2024-12-26,2025-12-26,2026-12-26,2027-12-26,2028-12-26}')
	) AS h(name, days), unnest(h.days) AS d(day)
WHERE c.name = 'England and Wales';

INSERT INTO oncall.holiday (calendar_id, name, day, observes)
SELECT c.calendar_id, h.name, h.day, h.observes
FROM oncall.calendar c,
	(VALUES
		('Boxing Day', '2026-12-28'::date, '2026-12-26'::date),
		('Christmas Day', '2027-12-27', '2027-12-25'),
		('Boxing Day', '2027-12-28', '2027-12-26'),
		('New Year''s Day', '2028-01-03', '2028-01-01')
	) AS h(name, day, observes)
WHERE c.name = 'England and Wales';

-- New York: the federal holidays of 5 U.S.C. 6103, as listed by the Office of
-- Personnel Management; those on a Saturday are kept on the Friday before,
-- those on a Sunday on the Monday after.
INSERT INTO oncall.holiday (calendar_id, name, day)
SELECT c.calendar_id, h.name, d.day
FROM oncall.calendar c,
	(VALUES
		('New Year''s Day', '{2024-01-01,2025-01-01,2026-01-01,2027-01-01,2028-01-01}'::date[]),
		('Martin Luther King Jr. Day', '{2024-01-15,2025-01-20,2026-01-19,2027-01-18,2028-01-17}'),
		('Washington''s Birthday', '{2024-02-19,2025-02-17,2026-02-16,2027-02-15,2028-02-21}'),
		('Memorial Day', '{2024-05-27,2025-05-26,2026-05-25,2027-05-31,2028-05-29}'),
		('Juneteenth', '{2024-06-19,2025-06-19,2026-06-19,2027-06-19,2028-06-19}'),
		('Independence Day', '{2024-07-04,2025-07-04,2026-07-04,2027-07-04,2028-07-04}'),
		('Labor Day', '{2024-09-02,2025-09-01,2026-09-07,2027-09-06,2028-09-04}'),
		('Columbus Day', '{2024-10-14,2025-10-13,2026-10-12,2027-10-11,2028-10-09}'),
		('Veterans Day', '{2024-11-11,2025-11-11,2026-11-11,2027-11-11,2028-11-11}'),
		('Thanksgiving Day', '{2024-11-28,2025-11-27,2026-11-26,2027-11-25,2028-11-23}'),
		('Christmas Day', '{2024-12-25,2025-12-25,2026-12-25,2027-12-25,2028-12-25}')
	) AS h(name, days), unnest(h.days) AS d(day)
WHERE c.name = 'New York';

INSERT INTO oncall.holiday (calendar_id, name, day, observes)
SELECT h.calendar_id, h.name,
	h.day + CASE WHEN extract(isodow FROM h.day) = 6 THEN -1 ELSE 1 END, h.day
FROM oncall.holiday h JOIN oncall.calendar c USING (calendar_id)
WHERE c.name = 'New York' AND extract(isodow FROM h.day) IN (6, 7)
ORDER BY h.day;

-- Christmas and New Year belong together: who serves the one is free at the
-- other. It is summer in Auckland.
UPDATE oncall.holiday h
SET season = CASE c.name WHEN 'Auckland' THEN 'summer ' ELSE 'winter ' END
	|| extract(year FROM coalesce(h.observes, h.day) - 7)
FROM oncall.calendar c
WHERE c.calendar_id = h.calendar_id
	AND (h.name IN ('Christmas Day', 'Boxing Day') OR h.name LIKE '%New Year''s Day');

-- People ------------------------------------------------------------------

SELECT count(oncall.add_person(p.name, p.zone, p.hours::oncall.weekly_hours, p.calendar,
	lower(regexp_replace(translate(p.name, 'áéíóúëñ''', 'aeiouen'), ' +', '.', 'g')) || '@example.com',
	p.phone, p.active::tstzrange)) AS people
FROM (
	SELECT v.name, z.zone, coalesce(v.hours, 'Mo-Fr 09:00-17:00') AS hours, z.calendar,
		z.phone || to_char(row_number() OVER (), 'FM00') AS phone,
		coalesce(v.active, '(,)') AS active
	FROM (VALUES
		-- SRE
		('Aroha Ngata', 'Auckland', NULL, NULL),
		('Oliver Hughes', 'London', NULL, NULL),
		('Maria Alvarez', 'New York', NULL, NULL),
		('Hemi Walker', 'Auckland', 'Mo-Th 08:00-17:00; Fr 08:00-12:00', NULL),
		('Priya Sharma', 'London', NULL, NULL),
		('Wei Chen', 'New York', 'Mo-Fr 10:00-18:00', NULL),
		('Ngaire Cooper', 'Auckland', NULL, NULL),
		('Siobhán Byrne', 'London', 'Mo-Th 08:30-17:30', NULL),
		('Marcus Greene', 'New York', NULL, NULL),
		-- Product 1
		('Amelia Clarke', 'London', NULL, NULL),
		('Ravi Patel', 'Auckland', NULL, NULL),
		('Callum Fraser', 'London', NULL, NULL),
		('Zainab Hussain', 'London', 'Mo-Fr 08:00-16:00', NULL),
		('Grace Kim', 'Auckland', NULL, NULL),
		('Tomasz Kowalski', 'London', NULL, NULL),
		('Freya Bennett', 'London', 'Mo-We 09:00-17:00; Th 09:00-13:00', NULL),
		('Wiremu Tautahi', 'Auckland', NULL, NULL),
		('Kwame Mensah', 'London', NULL, NULL),
		-- Product 2
		('James O''Connor', 'New York', NULL, NULL),
		('Danielle Brooks', 'New York', NULL, NULL),
		('Sina Leota', 'Auckland', 'Tu-Sa 08:00-16:30; PH off', NULL),
		('Ethan Cohen', 'New York', NULL, NULL),
		('George Adeyemi', 'London', NULL, NULL),
		('José Ramírez', 'New York', 'Mo-Fr 08:00-16:00', NULL),
		('Hannah Schmidt', 'New York', NULL, NULL),
		('Jack Wilson', 'Auckland', NULL, NULL),
		-- who left, and who came in their place
		('Zoë Martin', 'New York', NULL, '(,2024-09-14)'),
		('Luis Ortega', 'New York', NULL, '[2025-02-03,)')
	) AS v(name, place, hours, active)
	JOIN (VALUES
		('Auckland', 'Pacific/Auckland', 'Auckland', '+64 20 000 01'),
		('London', 'Europe/London', 'England and Wales', '+44 7700 9001'),
		('New York', 'America/New_York', 'New York', '+1 212 555 01')
	) AS z(place, zone, calendar, phone) USING (place)
) AS p;

UPDATE oncall.person
SET expectations_accepted_on = coalesce(lower(active)::date + 14, '2022-05-30');

INSERT INTO oncall.team (name, zone, manager_id)
SELECT t.name, t.zone, p.person_id
FROM (VALUES
	('SRE', 'Pacific/Auckland', 'Ngaire Cooper'),
	('Product 1', 'Europe/London', 'Amelia Clarke'),
	('Product 2', 'America/New_York', 'James O''Connor')
) AS t(name, zone, manager)
JOIN oncall.person p ON p.name = t.manager;

-- Rotations ---------------------------------------------------------------

-- A pair for a week each, handed over on Tuesday at midday.
SELECT oncall.add_rotation('SRE',
	ARRAY['Aroha Ngata', 'Oliver Hughes', 'Maria Alvarez', 'Hemi Walker', 'Priya Sharma',
		'Wei Chen', 'Ngaire Cooper', 'Siobhán Byrne', 'Marcus Greene'],
	'R/2022-06-07T12:00[Pacific/Auckland]/P7D', team => 'SRE', calendar => 'Auckland') AS "SRE";

-- In this one everybody meets everybody.
SELECT oncall.add_rotation('Product 1',
	ARRAY['Amelia Clarke', 'Ravi Patel', 'Callum Fraser', 'Zainab Hussain', 'Grace Kim',
		'Tomasz Kowalski', 'Freya Bennett', 'Wiremu Tautahi', 'Kwame Mensah'],
	'R/2022-06-07T12:00[Europe/London]/P7D', team => 'Product 1', pairing => 'mixed',
	calendar => 'England and Wales') AS "Product 1";

SELECT oncall.add_rotation('Product 2',
	ARRAY['James O''Connor', 'Danielle Brooks', 'Sina Leota', 'Zoë Martin', 'Ethan Cohen',
		'George Adeyemi', 'José Ramírez', 'Hannah Schmidt', 'Jack Wilson'],
	'R/2022-06-07T12:00[America/New_York]/P7D', team => 'Product 2',
	calendar => 'New York') AS "Product 2";

-- Zoë leaves in September 2024, and in February 2025 Luis takes her place;
-- the order of the others goes on.
INSERT INTO oncall.layer_leave (layer_member_id, period)
SELECT m.layer_member_id, '[2024-09-10 12:00 America/New_York,)'
FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id) JOIN oncall.rotation r USING (rotation_id)
JOIN oncall.person p USING (person_id)
WHERE r.name = 'Product 2' AND p.name = 'Zoë Martin';
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
SELECT m.layer_id, m.position + 0.5, (SELECT n.person_id FROM oncall.person n WHERE n.name = 'Luis Ortega'),
	'[2025-02-25 12:00 America/New_York,)'
FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id) JOIN oncall.rotation r USING (rotation_id)
JOIN oncall.person p USING (person_id)
WHERE r.name = 'Product 2' AND p.name = 'Sina Leota';

-- Follow the sun: three layers with hours, each in its own zone, so that
-- whoever is called is awake. The latest one counts where hours overlap; the
-- hours leave no gap, whatever clocks are changed in between. Its people also
-- serve the rotation of their team, so it is not exclusive; and they sleep at
-- night, so it has no limit of its own.
SELECT oncall.add_rotation('Follow the sun',
	ARRAY['Maria Alvarez', 'Wei Chen', 'Marcus Greene'],
	'R/2022-06-06T10:00[America/New_York]/P7D', team => 'SRE', hours => 'Mo-Su 10:00-18:00',
	zone => 'UTC') AS "Follow the sun";
SELECT oncall.add_layer('Follow the sun',
	ARRAY['Oliver Hughes', 'Priya Sharma', 'Siobhán Byrne'],
	'R/2022-06-06T07:00[Europe/London]/P7D', hours => 'Mo-Su 07:00-15:00', valid => '(,)') AS "by day in London";
SELECT oncall.add_layer('Follow the sun',
	ARRAY['Aroha Ngata', 'Hemi Walker', 'Ngaire Cooper'],
	'R/2022-06-06T10:00[Pacific/Auckland]/P7D', hours => 'Mo-Su 10:00-20:00', valid => '(,)') AS "by day in Auckland";
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL WHERE name = 'Follow the sun';

-- Absences ----------------------------------------------------------------

INSERT INTO oncall.absence (person_id, period, kind, note)
SELECT p.person_id, a.period::tstzrange, a.kind, a.note
FROM (VALUES
	('Grace Kim', '[2025-07-07 00:00 Pacific/Auckland,2025-07-19 00:00 Pacific/Auckland)', 'leave', 'school holidays'),
	('Tomasz Kowalski', '[2025-12-22 00:00 Europe/London,2025-12-29 00:00 Europe/London)', 'leave', 'with the family in Poznan'),
	('Zainab Hussain', '[2026-03-20 00:00 Europe/London,2026-03-23 00:00 Europe/London)', 'keep_free', 'Eid'),
	('Ethan Cohen', '[2026-09-20 00:00 America/New_York,2026-09-22 00:00 America/New_York)', 'keep_free', 'Yom Kippur'),
	('Wiremu Tautahi', '[2026-12-24 00:00 Pacific/Auckland,2026-12-28 00:00 Pacific/Auckland)', 'keep_free', 'hangi at the marae'),
	('Aroha Ngata', '[2026-12-30 00:00 Pacific/Auckland,2027-01-11 00:00 Pacific/Auckland)', 'leave', 'on the Heaphy Track'),
	('Danielle Brooks', '[2026-12-24 00:00 America/New_York,2026-12-27 00:00 America/New_York)', 'keep_free', 'first Christmas with the baby')
) AS a(name, period, kind, note)
JOIN oncall.person p USING (name);

-- Christmas and New Year --------------------------------------------------

-- A day each, so that many share the burden, season by season: who had
-- Christmas last year is spared it, and who serves it is free at New Year.
SELECT count(*) AS "turns on public holidays"
FROM (SELECT h.layer_id
	FROM generate_series(2024, 2027) AS year
	CROSS JOIN unnest('{SRE,Product 1,Product 2}'::text[]) AS r(rotation)
	CROSS JOIN LATERAL oncall.add_holiday_cover(r.rotation,
		daterange(make_date(year, 12, 24), make_date(year + 1, 1, 6))) AS h
) AS turn;

-- Covers ------------------------------------------------------------------

-- Hours that somebody else took over, and one afternoon without a second: the
-- whole team was in one room. All times are local to the rotation.
CREATE TEMPORARY TABLE taken AS
SELECT row_number() OVER () AS number, r.rotation_id, c.seat,
	tstzrange(c.since::timestamp AT TIME ZONE r.zone, c.until::timestamp AT TIME ZONE r.zone) AS period,
	p.person_id, c.reason
FROM (VALUES
	('SRE', 1, '2023-11-24 18:00', '2023-11-25 12:00', 'Ngaire Cooper', 'a wedding'),
	('Product 2', 1, '2024-02-11 17:00', '2024-02-11 23:00', 'Ethan Cohen', 'Super Bowl'),
	('Product 1', 2, '2024-07-14 19:00', '2024-07-14 23:00', 'Grace Kim', 'the final'),
	('SRE', 1, '2025-03-06 08:00', '2025-03-08 12:00', 'Ngaire Cooper', 'fever'),
	('Product 1', 1, '2025-06-20 16:00', '2025-06-22 20:00', 'Zainab Hussain', 'a long weekend'),
	('Product 2', 2, '2025-10-09 13:00', '2025-10-09 17:00', NULL, 'the whole team in one room'),
	('SRE', 1, '2025-12-12 18:00', '2025-12-15 09:00', 'Ngaire Cooper', 'a weekend away'),
	('SRE', 2, '2026-04-11 09:00', '2026-04-11 18:00', 'Aroha Ngata', 'moving house'),
	('Product 1', 1, '2026-09-03 15:00', '2026-09-03 18:00', 'Ravi Patel', 'first day of school'),
	('SRE', 1, '2026-11-26 17:30', '2026-11-26 21:30', 'Ngaire Cooper', 'school concert'),
	('Product 2', 2, '2026-11-26 12:00', '2026-11-27 09:00', 'Jack Wilson', 'Thanksgiving'),
	('Product 1', 2, '2026-12-03 18:00', '2026-12-03 23:00', 'Zainab Hussain', 'the works do'),
	('SRE', 2, '2026-12-12 08:00', '2026-12-13 20:00', 'Siobhán Byrne', 'a half marathon'),
	('Product 2', 1, '2027-02-07 17:00', '2027-02-07 23:00', 'James O''Connor', 'Super Bowl')
) AS c(rotation, seat, since, until, person, reason)
JOIN oncall.rotation r ON r.name = c.rotation
LEFT JOIN oncall.person p ON p.name = c.person;
INSERT INTO oncall.change (kind, rotation_id, reason)
SELECT 'cover', t.rotation_id, t.reason FROM taken t ORDER BY t.number;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
SELECT t.rotation_id, t.seat, t.period, t.person_id, c.change_id
FROM taken t
JOIN (SELECT h.change_id, row_number() OVER (ORDER BY h.change_id) AS number
	FROM oncall.change h WHERE h.kind = 'cover') c USING (number);
DROP TABLE taken;

-- What was believed when --------------------------------------------------

-- So far everything has been recorded just now. The owner of the tables may
-- say otherwise: rules are written four weeks before they count, turns of
-- Christmas in October, covers three days ahead; nothing in the future.
UPDATE oncall.layer l
SET recorded = tstzrange(least(statement_timestamp(),
		CASE WHEN l.rank > 0 THEN lower(l.valid) - interval '70 days'
			ELSE coalesce(lower(l.valid), '2022-06-07') - interval '28 days' END), NULL);
UPDATE oncall.layer_member m
SET recorded = tstzrange(greatest(lower(l.recorded), lower(m.valid) - interval '28 days'), NULL)
FROM oncall.layer l WHERE l.layer_id = m.layer_id;
UPDATE oncall.layer_leave v SET recorded = tstzrange(lower(v.period) - interval '28 days', NULL);

-- One cover was told only on the Monday after: the alert of that night paged
-- whom the database believed to be on call.
UPDATE oncall.cover c
SET recorded = tstzrange(CASE h.reason WHEN 'a wedding' THEN '2023-11-27 09:12 Pacific/Auckland'
		ELSE least(statement_timestamp(), lower(c.period) - interval '3 days') END, NULL)
FROM oncall.change h WHERE h.change_id = c.change_id;
UPDATE oncall.change h SET made_at = w.at
FROM (SELECT x.change_id, min(lower(x.recorded)) AS at
	FROM (SELECT change_id, recorded FROM oncall.layer
		UNION ALL SELECT change_id, recorded FROM oncall.layer_member
		UNION ALL SELECT change_id, recorded FROM oncall.layer_leave
		UNION ALL SELECT change_id, recorded FROM oncall.cover) x
	GROUP BY x.change_id) w
WHERE w.change_id = h.change_id;

-- Alerts ------------------------------------------------------------------

CREATE SCHEMA demo;

CREATE TABLE demo.alert (
	alert_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	service text NOT NULL,
	rotation_id integer NOT NULL REFERENCES oncall.rotation,
	at timestamptz NOT NULL,
	severity text NOT NULL,
	title text
);

-- Each about ten minutes after the one before, from December 2022 on; h is a
-- number as good as random, and the same wherever this is loaded.
INSERT INTO demo.alert (service, rotation_id, at, severity)
SELECT s.service, r.rotation_id,
	timestamptz '2022-12-01 00:00 UTC' + (a.n * 617 + a.h % 617) * interval '1 second',
	CASE WHEN a.h % 100 < 4 THEN 'critical' WHEN a.h % 100 < 30 THEN 'high' ELSE 'low' END
FROM (SELECT n, (n * 2654435761 % 4294967296) >> 7 AS h
	FROM generate_series(1, 199999) AS n) AS a
JOIN (VALUES
	(0, 'postgres', 'SRE'), (1, 'kubernetes', 'SRE'), (2, 'network', 'SRE'),
	(3, 'checkout', 'Product 1'), (4, 'catalogue', 'Product 1'), (5, 'search', 'Product 1'),
	(6, 'billing', 'Product 2'), (7, 'accounts', 'Product 2'), (8, 'mobile', 'Product 2')
) AS s(number, service, rotation) ON s.number = a.h / 100 % 9
JOIN oncall.rotation r ON r.name = s.rotation
ORDER BY a.n;

-- The one of that night.
INSERT INTO demo.alert (service, rotation_id, at, severity)
SELECT 'postgres', r.rotation_id, '2023-11-25 02:10 Pacific/Auckland', 'critical'
FROM oncall.rotation r WHERE r.name = 'SRE';

-- What an alert calls. Severities have the names that the alerts use, and only
-- disasters want a postmortem. One of SRE and one of the product are called, then
-- their copilots.
UPDATE oncall.severity SET name = n.name
FROM (VALUES ('SEV1', 'disaster'), ('SEV2', 'critical'), ('SEV3', 'high'), ('SEV4', 'low')) AS n(was, name)
WHERE severity.name = n.was;
UPDATE oncall.severity SET postmortem_within = NULL WHERE name <> 'disaster';
SELECT oncall.add_service(s.service, s.product, CASE s.product WHEN 'SRE' THEN '{SRE}' ELSE ARRAY['SRE', s.product] END) AS service_id,
	oncall.add_step(s.service, '5 minutes', rotation => s.product, seat => 2) AS step,
	CASE WHEN s.product <> 'SRE' THEN oncall.add_step(s.service, '5 minutes', rotation => 'SRE', seat => 2) END AS next
FROM (VALUES ('postgres', 'SRE'), ('kubernetes', 'SRE'), ('network', 'SRE'),
	('checkout', 'Product 1'), ('catalogue', 'Product 1'), ('search', 'Product 1'),
	('billing', 'Product 2'), ('accounts', 'Product 2'), ('mobile', 'Product 2')) AS s(service, product);

-- Pay ---------------------------------------------------------------------

-- A policy for each place, those that doc/pay-policies.md works by hand; in
-- London those of Product 1 have another than the others.
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, minimum_callout, round_to, reclaim_within) VALUES
	('New Zealand', 'Pacific/Auckland', 'NZD', '00:00', '3 hours', '15 minutes', '3 months'),
	('Flat week', 'Europe/London', 'GBP', '00:00', '0', '1 minute', '7 days'),
	('Daily', 'Europe/London', 'GBP', '08:30', '0', '1 minute', NULL),
	('Time in lieu', 'America/New_York', 'USD', '00:00', '0', '15 minutes', '14 days');

-- In New Zealand no call-out begins at work, and whoever is on call on a public
-- holiday, called or not, has another day for it.
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, per, lieu_factor,
	standby_lieu_day)
SELECT p.pay_policy_id, b.position, b.band, b.applies::oncall.weekly_hours, b.standby, b.callout, b.per::interval,
	b.lieu, b.lieu_day::interval
FROM (VALUES
	('New Zealand', 10, 'holiday', 'PH 00:00-24:00', 12.50, 75.00, '1 hour', 0, '8 hours'),
	('New Zealand', 20, 'working', NULL, 0, NULL, '1 hour', 0, NULL),
	('New Zealand', 30, 'night', 'Mo-Su 22:00-06:00', 6.00, 50.00, '1 hour', 0, NULL),
	('New Zealand', 40, 'weekend', 'Sa-Su 00:00-24:00', 8.00, 50.00, '1 hour', 0, NULL),
	('New Zealand', 50, 'evening', '24/7', 4.00, 50.00, '1 hour', 0, NULL),
	('Flat week', 10, 'holiday', 'PH 00:00-24:00', 350, 0, '7 days', 1, NULL),
	('Flat week', 20, 'weekend', 'Sa-Su 00:00-24:00', 210, 0, '7 days', 1, NULL),
	('Flat week', 30, 'working', NULL, 140, 0, '7 days', 0, NULL),
	('Flat week', 40, 'week', '24/7', 140, 0, '7 days', 1, NULL),
	('Daily', 10, 'day', '24/7', 25, 0, '1 day', 0, NULL),
	('Time in lieu', 10, 'holiday', 'PH 00:00-24:00', 0, 0, '1 hour', 2, NULL),
	('Time in lieu', 20, 'working', NULL, 0, 0, '1 hour', 0, NULL),
	('Time in lieu', 30, 'night', 'Mo-Su 23:00-07:00', 0, 0, '1 hour', 1.5, NULL),
	('Time in lieu', 40, 'weekend', 'Sa-Su 00:00-24:00', 0, 0, '1 hour', 1.5, NULL),
	('Time in lieu', 50, 'evening', '24/7', 0, 0, '1 hour', 1, NULL)
) AS b(policy, position, band, applies, standby, callout, per, lieu, lieu_day)
JOIN oncall.pay_policy p ON p.name = b.policy;

INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid)
SELECT p.person_id, y.pay_policy_id, tstzrange('2024-01-01'::timestamp AT TIME ZONE p.zone, NULL)
FROM oncall.person p
JOIN oncall.pay_policy y ON y.name = CASE p.zone
	WHEN 'Pacific/Auckland' THEN 'New Zealand'
	WHEN 'America/New_York' THEN 'Time in lieu'
	ELSE CASE WHEN EXISTS (
			SELECT FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id) JOIN oncall.rotation r USING (rotation_id)
			WHERE m.person_id = p.person_id AND r.name = 'Product 1')
		THEN 'Flat week' ELSE 'Daily' END END
ORDER BY p.person_id;

-- Of the critical alerts one in eight was worth getting up for: whoever held
-- the pager was at it within ten minutes, and for up to an hour and a half.
CREATE TEMPORARY TABLE getting_up AS
SELECT holder.person_id, a.at, a.service, a.h, r.starts, r.starts + (5 + a.h % 87) * interval '1 minute' AS ends
FROM (SELECT at, service, rotation_id, (alert_id * 2654435761 % 4294967296) >> 12 AS h
	FROM demo.alert
	WHERE severity = 'critical' AND at >= '2024-01-01' AND (alert_id * 2654435761 % 4294967296) >> 9 & 7 = 0) AS a
CROSS JOIN LATERAL (SELECT date_trunc('minute', a.at) + (2 + a.h % 8) * interval '1 minute') AS r(starts)
JOIN oncall.person holder ON holder.person_id = oncall.primary_of(oncall.on_call(a.rotation_id, a.at))
WHERE r.starts + interval '92 minutes' < now();

INSERT INTO oncall.response (person_id, period)
SELECT g.person_id, tstzrange(g.starts, g.ends) FROM getting_up g WHERE g.at < '2025-09-01' ORDER BY g.starts;

-- Since September 2025 each is an incident, one in seven of them found by a
-- customer first.
DO $$
DECLARE
	g record;
	id integer;
BEGIN
	FOR g IN SELECT * FROM getting_up WHERE at >= '2025-09-01' ORDER BY at LOOP
		id := oncall.open_incident(g.service, g.service || ' fails', 'critical',
			CASE WHEN g.h % 7 = 0 THEN 'customer' ELSE 'monitoring' END, at => g.at);
		PERFORM oncall.acknowledge(id, g.person_id, at => g.starts), oncall.resolve(id, at => g.ends);
	END LOOP;
END
$$;

-- Christmas afternoon in Auckland, and an invoice run that fails: an hour and
-- ten minutes of work, paid for three hours and with a day in lieu.
INSERT INTO oncall.response (person_id, period)
SELECT oncall.primary_of(oncall.on_call(r.rotation_id, lower(c.period))), c.period
FROM oncall.rotation r, (VALUES (tstzrange '[2025-12-25 16:40 Pacific/Auckland,2025-12-25 17:50 Pacific/Auckland)')) AS c(period)
WHERE r.name = 'Product 2' AND upper(c.period) < now();

-- Most take their time back within days; some have to be told.
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, note)
SELECT c.person_id, (max(lower(c.period)) AT TIME ZONE 'UTC')::date + 3, 'taken', sum(c.lieu), 'came in late'
FROM (SELECT person_id, period, lieu FROM oncall.callouts(tstzrange('2024-01-01 UTC', now()))
	WHERE lieu > '0' ORDER BY period DESC OFFSET 8) AS c
GROUP BY c.person_id, date_trunc('month', lower(c.period) AT TIME ZONE 'UTC')
ORDER BY 2, 1;

-- In New Zealand everything up to the month before last is closed, and somebody
-- remembers only now that they were called one night of that: the next run pays
-- it. Covers are judged before that: in time that has been paid they would be
-- refused.
SET CONSTRAINTS ALL IMMEDIATE;
SELECT oncall.close_pay_run('New Zealand', daterange('2024-01-01', (m - interval '2 months')::date)) AS "pay run"
FROM date_trunc('month', now() AT TIME ZONE 'Pacific/Auckland') AS m;
SELECT oncall.close_pay_run('New Zealand', daterange((m - interval '2 months')::date, (m - interval '1 month')::date)) AS "pay run"
FROM date_trunc('month', now() AT TIME ZONE 'Pacific/Auckland') AS m;

INSERT INTO oncall.response (person_id, period)
SELECT d.person_id, tstzrange((d.night + time '02:10') AT TIME ZONE d.zone, (d.night + time '03:40') AT TIME ZONE d.zone)
FROM (SELECT s.person_id, p.zone, (lower(s.period) AT TIME ZONE p.zone)::date + 3 AS night
	FROM oncall.pay_run r
	JOIN oncall.pay_policy y ON y.pay_policy_id = r.pay_policy_id
	CROSS JOIN LATERAL oncall.roster(tstzrange(lower(r.period)::timestamp AT TIME ZONE y.zone,
		upper(r.period)::timestamp AT TIME ZONE y.zone)) s
	JOIN oncall.person p ON p.person_id = s.person_id
	WHERE s.seat = 1 AND s.rotation <> 'Follow the sun' AND p.zone = y.zone AND upper(s.period) - lower(s.period) > '5 days'
	ORDER BY s.period, s.rotation_id LIMIT 1) AS d;

-- A picture --------------------------------------------------------------

-- The first seat of a rotation week by week, from handover to handover of its
-- layer below all others; each character is a seventh of a day. What is drawn
-- is what roster() says. In the settings demo.cover, demo.holiday and demo.off
-- a terminal's colours may stand.
CREATE FUNCTION demo.calendar(rotation text, weeks integer DEFAULT 8) RETURNS TABLE (week text)
LANGUAGE sql STABLE AS $$
	WITH handed AS (
		SELECT h AS begins, (h AT TIME ZONE r.zone + interval '7 days') AT TIME ZONE r.zone AS ends,
			h AT TIME ZONE r.zone AS local, r.rotation_id
		FROM oncall.rotation r JOIN oncall.layer_now l USING (rotation_id),
			oncall.handovers(l.cadence, tstzrange(now() - interval '7 days', now() + (weeks - 1) * interval '7 days')) AS h
		WHERE r.name = calendar.rotation AND l.rank = 0
	), piece AS (
		SELECT w.begins, w.local, s.seat, coalesce(s.person, '') AS person, s.period, s.cover_id, l.rank,
			round(extract(epoch FROM s.starts_at - w.begins) * 49 / extract(epoch FROM w.ends - w.begins))::int AS x,
			round(extract(epoch FROM s.ends_at - w.begins) * 49 / extract(epoch FROM w.ends - w.begins))::int AS y
		FROM handed w
		CROSS JOIN LATERAL oncall.roster(tstzrange(w.begins, w.ends), w.rotation_id) s
		LEFT JOIN oncall.layer l USING (layer_id)
	), drawn AS (
		SELECT p.*, CASE
				WHEN y - x = 1 THEN '▪'
				ELSE rpad(left(CASE WHEN length(person) < y - x THEN person ELSE split_part(person, ' ', 1) END,
					y - x - 1), y - x - 1) END AS text,
			CASE WHEN cover_id IS NOT NULL THEN current_setting('demo.cover', true)
				WHEN rank > 0 THEN current_setting('demo.holiday', true) END AS colour
		FROM piece p
	)
	SELECT concat(to_char(local, 'DD Mon'),
		CASE WHEN now() >= begins AND now() < begins + interval '7 days' THEN ' > ' ELSE '   ' END, '│',
		string_agg(concat(colour, text, CASE WHEN colour <> '' THEN current_setting('demo.off', true) END,
				CASE WHEN y - x > 1 THEN '│' END), '' ORDER BY x) FILTER (WHERE seat = 1 AND y > x),
		' with ', (array_agg(split_part(person, ' ', 1) ORDER BY upper(period) - lower(period) DESC) FILTER (WHERE seat = 2))[1],
		CASE WHEN count(DISTINCT person) FILTER (WHERE seat = 2) > 1 THEN ', …' END)
	FROM drawn
	GROUP BY begins, local
	ORDER BY begins
$$;
COMMENT ON FUNCTION demo.calendar(text, integer) IS 'A picture of the weeks of a rotation, drawn from oncall.roster().';

COMMIT;

ANALYZE demo.alert;
