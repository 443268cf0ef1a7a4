-- season_blocks(): which holidays belong together.
--
-- Tests: season_sql season holidays array_arguments
SET DateStyle = 'ISO';

-- consecutive dates, and dates that are observed on others; in any order
SELECT oncall_internal.season_blocks(
	'{2027-01-01, 2026-12-25, 2026-12-26, 2026-12-28, 2027-01-02, 2027-01-04, 2026-06-01}',
	'{NULL, NULL, NULL, 2026-12-26, NULL, 2027-01-02, NULL}',
	ARRAY['w', 'w', 'w', 'w', 'w', 'w', NULL]);
-- two holidays on one date, two seasons, and a date that stands for none
SELECT oncall_internal.season_blocks('{2026-12-25, 2026-12-25, 2026-12-26, 2026-12-27}',
	'{NULL, NULL, NULL, 2025-01-01}', '{a, a, b, a}');
SELECT oncall_internal.season_blocks('{}', '{}', '{}');
-- the first and the last date that there are
SELECT oncall_internal.season_blocks(ARRAY['4714-11-24 BC', '5874897-12-31', '5874897-12-30']::date[],
	ARRAY[NULL, '4714-11-24 BC', NULL]::date[], '{a, a, a}');

-- what is no date of a calendar
\set SHOW_CONTEXT never
SELECT oncall_internal.season_blocks('{infinity}', '{NULL}', '{a}');
SELECT oncall_internal.season_blocks('{-infinity}', '{NULL}', '{a}');
SELECT oncall_internal.season_blocks('{2026-12-25}', '{infinity}', '{a}');
SELECT oncall_internal.season_blocks('{infinity}', '{NULL}', '{NULL}');
SELECT oncall_internal.season_blocks('{NULL}', '{NULL}', '{a}');
SELECT oncall_internal.season_blocks('{2026-12-25}', '{}', '{a}');
SELECT oncall_internal.season_blocks('{2026-12-25}', '{NULL}', '{a, b}');

-- its kind: a number that stands for nobody inside is no id
SELECT oncall_internal.turn_seats('{7, NULL, 0}', 'staggered', 2, 0);
