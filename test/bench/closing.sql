-- Closing 62 monthly runs of 200 people in 20 rotations, of whom each is called
-- out four times a month and in each rotation a day is covered; each month a
-- few responses come late. Does the 60th run take longer than the 2nd? Run
-- after payroll.sql; the data of the other measurements go.

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET max_parallel_workers_per_gather = 0;
SET jit = off;
DROP EXTENSION IF EXISTS oncall CASCADE;
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SET search_path = bench, oncall, pg_catalog;

INSERT INTO person (person_id, name, zone)
SELECT i, 'Person Number ' || i, ('{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata,Etc/UTC}'::text[])[1 + i / 10 % 5]
FROM generate_series(1, 200) AS i;
BEGIN;
INSERT INTO rotation (rotation_id, name, zone, max_consecutive)
SELECT r, 'rotation ' || r, 'Etc/UTC', NULL FROM generate_series(1, 20) AS r;
INSERT INTO layer (layer_id, rotation_id, cadence)
SELECT r, r, cadence(timestamp '2020-01-01 12:00', 'Etc/UTC', '7 days') FROM generate_series(1, 20) AS r;
INSERT INTO layer_member (layer_id, position, person_id)
SELECT r, i, 10 * (r - 1) + i FROM generate_series(1, 20) AS r, generate_series(1, 10) AS i;
COMMIT;
INSERT INTO pay_policy (pay_policy_id, name, zone, currency, minimum_callout, round_to)
VALUES (1, 'hourly', 'Etc/UTC', 'EUR', '1 hour', '15 minutes');
INSERT INTO pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, lieu_factor)
VALUES (1, 1, 'working', NULL, 0.5, 30, 0), (1, 2, 'night', 'Mo-Su 22:00-06:00', 6.25, 75, 1),
	(1, 3, 'weekend', 'Sa-Su 00:00-24:00', 8, 60, 1);
INSERT INTO pay_assignment (person_id, pay_policy_id, valid) SELECT person_id, 1, '[2020-01-01Z,)' FROM person;
-- what is written here is not judged one by one
ALTER TABLE cover DISABLE TRIGGER cover_judge;

DROP TABLE IF EXISTS bench.closed;
CREATE TABLE bench.closed (n int, ms numeric, late int);
SET oncall.past_reason = 'of the measurement';

CREATE OR REPLACE PROCEDURE bench.close_months(months int)
LANGUAGE plpgsql
AS $$
DECLARE
	month date := '2020-01-01';
	began timestamptz;
BEGIN
	FOR n IN 1 .. months LOOP
		INSERT INTO response (person_id, period)
		SELECT p, tstzrange(at, at + interval '1 minute' * (5 + (p * 13 + i * 29) % 120))
		FROM (SELECT p, i, month::timestamptz + interval '1 hour' * ((p * 37 + i * 173 + n * 7) % 660) AS at
			  FROM generate_series(1, 200) AS p, generate_series(1, 4) AS i) AS s;
		INSERT INTO cover (rotation_id, seat, period, person_id)
		SELECT r, 1, tstzrange(month + 10, month + 11), 10 * (r - 1) + 1 + (n + 4) % 10 FROM generate_series(1, 20) AS r;
		-- late, of the month before
		INSERT INTO response (person_id, period)
		SELECT 7 * i, tstzrange(month - 12, month - 12 + interval '1 hour') FROM generate_series(1, 5) AS i WHERE n > 1;
		COMMIT;
		began := clock_timestamp();
		PERFORM close_pay_run(1, daterange(month, (month + interval '1 month')::date));
		INSERT INTO bench.closed VALUES (n, 1000 * extract(epoch FROM clock_timestamp() - began),
			(SELECT count(*) FROM pay_line WHERE corrects IS NOT NULL AND pay_run_id = (SELECT max(pay_run_id) FROM pay_run)));
		COMMIT;
		month := month + interval '1 month';
	END LOOP;
END
$$;
CALL bench.close_months(62);

INSERT INTO bench.result
SELECT 'closing: 60th monthly run of 200 people', 'at most 1.5 x the 2nd',
	   format('%s x (%s ms, %s ms)', round(late / early, 2), round(late), round(early)), late <= 1.5 * early
FROM (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE n BETWEEN 58 AND 62) AS late,
			 percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE n BETWEEN 2 AND 4) AS early
	  FROM bench.closed) AS m;
