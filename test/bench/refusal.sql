-- Rows H and I: what the rules say no to, and what is on offer.
--
-- 60 people in ten rotations of nine, who stand by in all of them. Covers of a
-- week and of half a year are refused, and the same ones accepted once the rules
-- are gone that are in the way.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.add_person('person ' || n, 'UTC') FROM generate_series(1, 60) AS n \g /dev/null
SELECT oncall.add_rotation('rotation ' || r, ARRAY(SELECT 'person ' || 1 + (r * 6 + k) % 60 FROM generate_series(0, 8) AS k),
	format('R/2026-01-05T09:00[UTC]/%s', CASE WHEN r % 3 = 0 THEN 'P1D' ELSE 'P7D' END)::oncall.cadence, seats => '{primary}')
FROM generate_series(1, 10) AS r \g /dev/null
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r, p, 'reserve', '[2020-01-01,)' FROM generate_series(1, 10) AS r, generate_series(1, 60) AS p;
CREATE SCHEMA bench;

-- Milliseconds of a cover until it is judged; nothing of it stays.
CREATE FUNCTION bench.judged(rotation_id int, seat int, during tstzrange, person_id int, OUT legal boolean, OUT ms numeric)
LANGUAGE plpgsql
AS $$
DECLARE
	start CONSTANT timestamptz := clock_timestamp();
BEGIN
	INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES ($1, $2, $3, $4);
	SET CONSTRAINTS ALL IMMEDIATE;
	ms := 1000 * extract(epoch FROM clock_timestamp() - start);
	legal := true;
	RAISE EXCEPTION USING ERRCODE = 'OCBEN';
EXCEPTION
	WHEN sqlstate 'OCBEN' THEN NULL;
	WHEN check_violation THEN
		ms := 1000 * extract(epoch FROM clock_timestamp() - start);
		legal := false;
END
$$;

CREATE TABLE bench.verdict (days int, rotation_id int, person_id int, legal boolean, ms numeric);
CREATE PROCEDURE bench.judge(days int)
LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO bench.verdict
	SELECT judge.days, r, p, j.*
	FROM generate_series(1, 10) AS r, generate_series(1, 60, 4) AS p,
		 LATERAL bench.judged(r, 1, tstzrange('2027-03-01 09:00', timestamptz '2027-03-01 09:00' + judge.days * interval '1 day'), p) AS j;
END;
CALL bench.judge(1);
TRUNCATE bench.verdict;
CALL bench.judge(7);
CALL bench.judge(180);
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
CALL bench.judge(7);
CALL bench.judge(180);

SELECT format('%s|%s|%s|%s', days, count(*), round(percentile_disc(0.5) WITHIN GROUP (ORDER BY refused.ms / accepted.ms), 2),
			  round(percentile_disc(0.9) WITHIN GROUP (ORDER BY refused.ms / accepted.ms), 2))
FROM bench.verdict AS refused JOIN bench.verdict AS accepted USING (days, rotation_id, person_id)
WHERE NOT refused.legal AND accepted.legal
GROUP BY days ORDER BY days;

-- ---------------------------------------------------------------------------
-- A hundred offers
-- ---------------------------------------------------------------------------

INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by)
SELECT s.rotation_id, s.seat, s.period, s.person_id
FROM oncall.roster('[2027-01-04 09:00,2027-06-01 09:00)') AS s WHERE s.person_id <> 7 ORDER BY s.period, s.rotation_id LIMIT 100;
ANALYZE;
CREATE FUNCTION bench.offers(INOUT person oncall.ref, OUT n int, OUT ms numeric)
LANGUAGE plpgsql
AS $$
DECLARE
	start CONSTANT timestamptz := clock_timestamp();
BEGIN
	SELECT count(*) INTO n FROM oncall.open_offers(offers.person);
	ms := 1000 * extract(epoch FROM clock_timestamp() - start);
END
$$;
SELECT FROM bench.offers('person 7');
SELECT format('offers|100|%s|%s', round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms), 1), round(max(ms), 1))
FROM generate_series(1, 5), bench.offers('person 7');
