-- Hours by band: cases derived by hand. test/bands compares random ones with
-- an oracle.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
SELECT oncall.band_hours(tstzrange '[2026-01-01,2026-01-02)', 1, 1);
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

INSERT INTO oncall.calendar (name) VALUES ('New Zealand'), ('only Christmas');
-- Christmas Day 2027 is a Saturday, Boxing Day a Sunday
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES
	(1, '2026-12-25', 'Christmas Day', NULL), (1, '2026-12-26', 'Boxing Day', NULL), (1, '2026-12-28', 'Boxing Day', '2026-12-26'),
	(1, '2027-12-25', 'Christmas Day', NULL), (1, '2027-12-26', 'Boxing Day', NULL),
	(1, '2027-12-27', 'Christmas Day', '2027-12-25'), (1, '2027-12-28', 'Boxing Day', '2027-12-26'),
	-- the date itself has no row of its own
	(2, '2027-12-27', 'Christmas Day', '2027-12-25');
INSERT INTO oncall.person (name, zone, calendar_id, working_hours) VALUES
	('Aroha', 'Pacific/Auckland', 1, DEFAULT),
	('Wiremu', 'Pacific/Auckland', 1, 'We-Su 09:00-17:00; PH off'),
	('Ben', 'Europe/London', NULL, DEFAULT),
	('Lono', 'Australia/Lord_Howe', NULL, DEFAULT),
	('Sina', 'Pacific/Apia', NULL, DEFAULT),
	('Dev', 'Asia/Kolkata', NULL, DEFAULT),
	('Hemi', 'Pacific/Auckland', 2, DEFAULT);
INSERT INTO oncall.rotation (name, zone, seats) VALUES ('SRE', 'UTC', '{primary,secondary,shadow}'), ('Product', 'UTC', DEFAULT);
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('NZ', 'Pacific/Auckland', 'NZD'), ('bare', 'UTC', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES
	(1, 10, 'holiday', 'PH 00:00-24:00'),
	(1, 20, 'working', NULL),
	(1, 30, 'night', 'Mo-Su 22:00-06:00'),
	(1, 40, 'weekend', 'Sa-Su 00:00-24:00');
CREATE FUNCTION pg_temp.hours(period text, zone text, policy int, person text, rotation int = NULL, seat int = NULL) RETURNS oncall.hours
LANGUAGE sql AS $$
	-- local times, as people write them
	SELECT oncall.band_hours(tstzrange(split_part($1, ',', 1)::timestamp AT TIME ZONE $2, split_part($1, ',', 2)::timestamp AT TIME ZONE $2),
		$3, oncall_internal.person_named($4), $5, $6)
$$;

-- A week: 5 x 8 hours of work, 7 nights of 8 hours, 2 x 16 hours of weekend,
-- and 5 x 3 + 5 x 5 hours that nobody claims
SELECT pg_temp.hours('2026-06-01,2026-06-08', 'Pacific/Auckland', 1, 'Aroha');
-- One night shift, in an ordinary week, and with 9 and with 7 hours
SELECT pg_temp.hours(night || ' 22:00,' || night::date + 1 || ' 06:00', zone, 1, person) AS hours, night, zone
FROM (VALUES ('2026-06-01', 'Pacific/Auckland', 'Aroha'), ('2026-04-04', 'Pacific/Auckland', 'Aroha'),
	('2026-09-26', 'Pacific/Auckland', 'Aroha'), ('2026-10-24', 'Europe/London', 'Ben'), ('2026-03-28', 'Europe/London', 'Ben'),
	-- Lord Howe moves its clocks by half an hour, Samoa skipped 30 December
	('2026-04-04', 'Australia/Lord_Howe', 'Lono'), ('2026-10-03', 'Australia/Lord_Howe', 'Lono'),
	('2026-06-01', 'Asia/Kolkata', 'Dev'), ('2011-12-29', 'Pacific/Apia', 'Sina')) AS n(night, zone, person);
SELECT pg_temp.hours('2011-12-29,2012-01-01', 'Pacific/Apia', 1, 'Sina') AS "two days, Thursday and Saturday";
-- The hour that comes twice counts twice, what a gap leaves out never
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES (2, 1, 'two', '02:00-03:00'), (2, 2, 'half', '02:30-03:30');
SELECT pg_temp.hours('2026-04-05,2026-04-06', 'Pacific/Auckland', 2, 'Aroha') AS twice,
	pg_temp.hours('2026-09-27,2026-09-28', 'Pacific/Auckland', 2, 'Aroha') AS gap;
DELETE FROM oncall.pay_band WHERE pay_policy_id = 2;

-- Christmas Day 2027, a Saturday: for who works from Monday to Friday it is the
-- Monday; for who works on Saturdays it is the Saturday; for nobody both
SELECT d::date AS day, to_char(d, 'Dy') AS weekday,
	pg_temp.hours(d::date || ',' || d::date + 1, 'Pacific/Auckland', 1, 'Aroha') AS "Monday to Friday",
	pg_temp.hours(d::date || ',' || d::date + 1, 'Pacific/Auckland', 1, 'Wiremu') AS "Wednesday to Sunday",
	pg_temp.hours(d::date || ',' || d::date + 1, 'Pacific/Auckland', 1, 'Hemi') AS "one row"
FROM generate_series(timestamp '2027-12-24', '2027-12-29', '1 day') AS d;
-- Boxing Day 2026, a Saturday, after a Christmas Day that is a Friday
SELECT d::date AS day, pg_temp.hours(d::date || ',' || d::date + 1, 'Pacific/Auckland', 1, 'Aroha') OPERATOR(oncall.->) 'holiday' AS "Monday to Friday",
	pg_temp.hours(d::date || ',' || d::date + 1, 'Pacific/Auckland', 1, 'Wiremu') OPERATOR(oncall.->) 'holiday' AS "Wednesday to Sunday"
FROM generate_series(timestamp '2026-12-24', '2026-12-29', '1 day') AS d;
-- 22:00 on Christmas Day to 06:00 on Boxing Day: both are holidays
SELECT pg_temp.hours('2026-12-25 22:00,2026-12-26 06:00', 'Pacific/Auckland', 1, 'Wiremu');
-- A night that starts on a holiday belongs to it, as far as its hours say so
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES (2, 1, 'eve', 'PH 18:00-06:00'), (2, 2, 'day', 'Mo-Su 00:00-24:00; PH off');
SELECT pg_temp.hours('2026-12-25,2026-12-27', 'Pacific/Auckland', 2, 'Wiremu'),
	pg_temp.hours('2026-12-26,2026-12-29', 'Pacific/Auckland', 2, 'Aroha');
DELETE FROM oncall.pay_band WHERE pay_policy_id = 2;

-- Bands of one rotation or seat; without them they do not count
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, rotation_id, seat) VALUES
	(2, 1, 'shadow', '24/7', NULL, 3), (2, 2, 'product', '24/7', 2, NULL), (2, 3, 'second', '24/7', 1, 2),
	(2, 4, 'night', '22:00-06:00', NULL, NULL);
SELECT r AS rotation, s AS seat, pg_temp.hours('2026-06-01,2026-06-02', 'Asia/Kolkata', 2, 'Dev', r, s)
FROM (VALUES (NULL, NULL), (1, NULL), (2, NULL), (NULL, 1), (NULL, 2), (NULL, 3), (1, 1), (1, 2), (1, 3), (2, 1), (2, 3),
	(NULL, 99), (NULL, 0), (NULL, -1)) AS v(r, s);
DELETE FROM oncall.pay_band WHERE pay_policy_id = 2;
-- A policy without bands; bands of one name; one named other
SELECT pg_temp.hours('2026-06-01,2026-06-02', 'Asia/Kolkata', 2, 'Dev');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) VALUES
	(2, 1, 'peak', '07:00-09:00'), (2, 2, 'other', '09:00-10:00'), (2, 3, 'peak', '17:00-19:30'), (2, 4, 'a, "b"', '00:00-00:01');
SELECT pg_temp.hours('2026-06-01,2026-06-02', 'Asia/Kolkata', 2, 'Dev');

-- Assignments say where and when; a change in mid-shift splits there
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone, working_hours, calendar_id) VALUES
	(3, 1, '[2026-06-01 12:00Z,2026-06-02 12:00Z)', 'Pacific/Auckland', NULL, 1),
	(3, 1, '[2026-06-02 12:00Z,2026-06-03 00:00Z)', NULL, '24/7', NULL),
	(3, NULL, '[2026-06-03 00:00Z,2026-06-04 00:00Z)', 'Etc/GMT-12', 'off', NULL),
	(3, 1, '[2026-06-03 12:00Z,2026-06-03 18:00Z)', NULL, 'We 00:00-24:00', NULL);
SELECT period, oncall.band_hours(period, 1, 3)
FROM (VALUES
	-- London: work from 08:00Z on; then Auckland from midnight: 6 hours of night, 3, work
	(tstzrange '[2026-06-01 08:00Z,2026-06-01 12:00Z)'), ('[2026-06-01 12:00Z,2026-06-02 00:00Z)'),
	('[2026-06-01 08:00Z,2026-06-02 00:00Z)'), ('[2026-06-02 12:00Z,2026-06-03 00:00Z)'),
	-- formerly twelve hours ahead without working hours; then it is Thursday, and an assignment's hours are over
	('[2026-06-03 00:00Z,2026-06-03 12:00Z)'), ('[2026-06-03 12:00Z,2026-06-03 18:00Z)'),
	('[2026-06-01 00:00Z,2026-06-05 00:00Z)')) AS p(period);
-- An edit keeps the past and changes what comes
INSERT INTO oncall.response (person_id, period) VALUES (4, '[2021-06-01Z,2021-06-02Z)');
SELECT oncall.band_hours(tstzrange '[2021-06-01Z,2021-06-02Z)', 1, 4) AS before;
UPDATE oncall.person SET zone = 'Europe/London', working_hours = '24/7' WHERE person_id = 4;
SELECT oncall.band_hours(tstzrange '[2021-06-01Z,2021-06-02Z)', 1, 4) AS after, oncall.band_hours(tstzrange '[2190-06-01Z,2190-06-02Z)', 1, 4) AS later;

-- Ranges of all kinds, and several at once
SELECT period, oncall.band_hours(period, 1, 6)
FROM (VALUES (tstzrange 'empty'), ('(2026-06-01,2026-06-01 00:00:01)'), ('(2026-06-01,2026-06-02)'),
	('[2026-06-01,2026-06-01 00:00:00.000001)'), (NULL), ('[0101-01-01 BC,0100-01-01 BC)'), ('[294275-01-01,294276-01-01)')) AS p(period);
SELECT oncall.band_hours(tstzmultirange '{[2026-06-01,2026-06-02),[2026-06-05,2026-06-06)}', 1, 6) AS two,
	oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6) OPERATOR(oncall.+) oncall.band_hours(tstzrange '[2026-06-05,2026-06-06)', 1, 6) AS sum,
	oncall.band_hours(tstzmultirange '{}', 1, 6) AS none, oncall.band_hours(NULL::tstzmultirange, 1, 6) AS "null";
-- by name, what has no type is told by the name
SELECT oncall.band_hours(period => '[2026-06-01,2026-06-02)', policy => 1, person => 6) AS one,
	oncall.band_hours(periods => '{[2026-06-01,2026-06-02),[2026-06-05,2026-06-06)}', policy => 1, person => 6) AS two;
-- a policy, a person and a rotation by name or id
SELECT oncall.band_hours(w, y.name, p.name, r.name, 2) OPERATOR(oncall.=) oncall.band_hours(w, 1, 6, 1, 2) AS same
FROM (SELECT tstzrange '[2026-06-01,2026-06-08)') x(w), oncall.pay_policy y, oncall.person p, oncall.rotation r
WHERE y.pay_policy_id = 1 AND p.person_id = 6 AND r.rotation_id = 1;
PREPARE hours AS SELECT oncall.band_hours(period => $1, policy => $2, person => $3, seat => $4);
EXECUTE hours('[2026-06-01,2026-06-02)', 1, 6, 2);
SELECT oncall.band_hours(period => tstzrange '[2026-06-01,2026-06-02)', policy => NULL, person => 6) AS "null",
	oncall.band_hours(period => tstzrange '[2026-06-01,2026-06-02)', policy => 1, person => NULL) AS "null";
SELECT oncall.total(oncall.band_hours(tstzrange '[2000-01-01,2100-01-01)', 1, 1)) = timestamptz '2100-01-01' - '2000-01-01' AS a_century;

-- Errors
SAVEPOINT s;
SELECT oncall.band_hours(tstzrange '[2026-06-01,)', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange '[-infinity,2026-06-01)', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange '[2026-06-01,infinity]', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzmultirange '{[2026-06-01,2026-06-02),[2026-07-01,)}', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(period => 'today', policy => 1, person => 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02]', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzmultirange '{[2026-06-01,2026-06-02]}', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange 'empty', 'Nobodys', 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange 'empty', 1, 6, 99);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange 'empty', 99, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange 'empty', 1, 99);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', -1, 6);
ROLLBACK TO s;

-- What is remembered follows what is written, and what is rolled back
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
SAVEPOINT s;
UPDATE oncall.pay_band SET applies = '24/7' WHERE pay_policy_id = 1 AND band = 'night';
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
UPDATE oncall.person SET working_hours = '24/7' WHERE person_id = 6;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (1, '2026-06-01', 'King''s Birthday');
UPDATE oncall.person SET calendar_id = 1 WHERE person_id = 6;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone) VALUES (6, 1, '(,)', 'Pacific/Auckland');
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
ROLLBACK TO s;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
DO $$
DECLARE
	heard oncall.hours[];
BEGIN
	FOR i IN 1..3 LOOP
		heard := heard || oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 1, 6);
		UPDATE oncall.pay_band SET applies = format('Mo-Su 22:00-0%s:00', i)::oncall.weekly_hours WHERE pay_policy_id = 1 AND band = 'night';
	END LOOP;
	RAISE WARNING '%', heard;
END
$$;
-- A policy may have only so many bands
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) SELECT 2, 100 + i, 'b' || i % 7, '24/7' FROM generate_series(1, 996) i;
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 2, 6);
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies) SELECT 2, 5000, 'b', '24/7';
SELECT oncall.band_hours(tstzrange '[2026-06-01,2026-06-02)', 2, 6);
ROLLBACK;
