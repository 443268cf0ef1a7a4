-- Columns of another type, as whoever owns the tables may give them: what
-- reads pay is not led astray by them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'Etc/UTC'), (2, 'Ben', 'Etc/UTC');
SELECT oncall.add_rotation('SRE', '{Aroha,Ben}', 'R/2023-01-02T12:00[Etc/UTC]/P7D', seats => '{only}') > 0 AS added;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Hourly', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor, lieu_day)
	VALUES (1, 1, 'all', '24/7', 2, 3, 1, '8 hours');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (1, 1), (2, 1);
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2023-01-03,2023-01-04)');
SELECT oncall.close_pay_run('Hourly', '[2023-01-01,2023-02-01)') > 0 AS closed;
SET CONSTRAINTS ALL IMMEDIATE;

CREATE FUNCTION pg_temp.asked(tab text, col text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	problems text;
	lines bigint;
BEGIN
	EXECUTE format('ALTER TABLE oncall.%1$s RENAME %2$s TO %2$s_', tab, col);
	EXECUTE format('ALTER TABLE oncall.%1$s ADD %2$s bigint DEFAULT 7', tab, col);
	SELECT count(*) INTO lines FROM oncall_internal.pay_lines('[2023-01-01,2023-02-01)');
	SELECT string_agg(a.constraint_name, '; ') INTO problems
	FROM oncall.objections(ARRAY[(SELECT rotation_id FROM oncall.rotation)], '{1}', '{"[2023-01-08,2023-01-09)"}', '{NULL}') a;
	RAISE EXCEPTION '% lines, %', lines, problems USING ERRCODE = 'OCTST';
EXCEPTION WHEN OTHERS THEN
	-- what the server says of a type changes between its releases
	RETURN concat_ws(' ', SQLSTATE, CASE SQLSTATE WHEN 'OCTST' THEN SQLERRM END);
END
$$;
SELECT tab, col, pg_temp.asked(tab, col) FROM (VALUES
	('person', 'working_hours'), ('person', 'zone'), ('person', 'name'),
	('pay_policy', 'name'), ('pay_policy', 'zone'), ('pay_policy', 'overlap'), ('pay_policy', 'minimum_callout'), ('pay_policy', 'round_to'),
	('pay_band', 'band'), ('pay_band', 'applies'), ('pay_band', 'standby_rate'), ('pay_band', 'callout_rate'), ('pay_band', 'per'),
	('pay_band', 'lieu_factor'), ('pay_band', 'lieu_day'),
	('pay_assignment', 'valid'), ('pay_assignment', 'zone'), ('pay_assignment', 'working_hours'),
	('pay_run', 'period'), ('response', 'period')) AS v(tab, col);
ROLLBACK;
