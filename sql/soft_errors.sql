-- From 16 on, bad text can be asked about without an error; 15 cannot, and
-- has nothing to show here.
--
-- Tests: cadence weekly_hours pair hours
SET timezone = 'UTC';
CREATE TEMP TABLE text_of_type (type text, input text, valid boolean, sqlstate text);
INSERT INTO text_of_type VALUES
	('oncall.cadence', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', true, NULL),
	('oncall.cadence', 'R/2026-01-06T12:00[Pacific/Aukland]/P7D', false, '22023'),
	('oncall.cadence', 'R/2026-01-06T12:00+11:00[Pacific/Auckland]/P7D', false, '22023'),
	('oncall.cadence', 'R/2026-01-06T12:00[UTC]/P1D,PT1H', false, '22023'),
	('oncall.cadence', 'R/2026-01-06T12:00[UTC]/P0D', false, '22023'),
	('oncall.cadence', 'R/2026-13-06T12:00[UTC]/P7D', false, '22008'),
	('oncall.cadence', 'R/2026-01-06T12:00', false, '22P02'),
	('oncall.cadence', 'nonsense', false, '22P02'),
	('oncall.weekly_hours', 'Mo-Fr 09:00-17:00; PH off', true, NULL),
	('oncall.weekly_hours', 'Mo-Fr 09:00-', false, '22P02'),
	('oncall.weekly_hours', 'Jan Mo 09:00-17:00', false, '0A000'),
	('oncall.weekly_hours', '', false, '22P02'),
	('oncall.hours', 'night=>06:00:00, weekend=>48:00:00', true, NULL),
	('oncall.hours', '', true, NULL),
	('oncall.hours', 'night', false, '22P02'),
	('oncall.hours', '"night=>06:00:00', false, '22P02'),
	('oncall.hours', 'night=>6', false, '22P02'),
	('oncall.hours', 'night=>2 days', false, '22P02'),
	('oncall.hours', 'night=>06:00 night=>06:00', false, '22P02'),
	('oncall.hours', 'night=>06:00, night=>06:00', false, '22P02'),
	('oncall.hours', 'night=>2562047788:01', false, '22008'),
	('oncall.pair', '(17,4)', true, NULL),
	('oncall.pair', '(17', false, '22P02'),
	('oncall.pair', '(0,4)', false, '22003'),
	('oncall.pair', '(99999999999,4)', false, '22003'),
	('oncall.ref', 'Payments', true, NULL),
	('oncall.ref', '7', true, NULL),
	('oncall.ref', '0', false, '22003'),
	('oncall.ref', '99999999999', false, '22003');
SELECT current_setting('server_version_num')::int >= 160000 AS soft \gset
\set wrong
\if :soft
SELECT coalesce(string_agg(format('%s %L: %s', t.type, t.input, e.sql_error_code), E'\n'), '') AS wrong
FROM text_of_type AS t, LATERAL pg_input_error_info(t.input, t.type) AS e
WHERE (t.valid, t.sqlstate) IS DISTINCT FROM (pg_input_is_valid(t.input, t.type), e.sql_error_code) \gset
\endif
\echo :wrong
