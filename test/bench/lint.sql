-- Row J: what experience says about 100 rotations.
--
-- 750 people in four zones, on lists of six to nine; a fifth of the rotations by
-- day, a fifth with holidays, and a cover in each month. In a database of its own; prints one line.

SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'public');
INSERT INTO oncall.holiday (calendar_id, day, name)
SELECT 1, make_date(y, m, d), format('%s-%s', m, d)
FROM generate_series(extract(year FROM now())::int, extract(year FROM now())::int + 2) AS y,
	(VALUES (1, 1), (2, 6), (4, 25), (6, 3), (12, 25), (12, 26)) AS h(m, d);
SELECT oncall.add_person(format('person %s.%s', r, k), ('{Pacific/Auckland,Europe/London,America/New_York,UTC}'::text[])[1 + r % 4])
FROM generate_series(0, 99) AS r, generate_series(1, 6 + r % 4) AS k \g /dev/null
SELECT oncall.add_rotation('rotation ' || r, ARRAY(SELECT format('person %s.%s', r, k) FROM generate_series(1, 6 + r % 4) AS k),
	format('R/%sT09:00[%s]/%s', date_trunc('week', now())::date, ('{Pacific/Auckland,Europe/London,America/New_York,UTC}'::text[])[1 + r % 4],
		CASE r % 5 WHEN 0 THEN 'P1D' ELSE 'P7D' END)::oncall.cadence)
FROM generate_series(0, 99) AS r \g /dev/null
UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id % 5 = 3;
-- a cover in each month, by whoever is the furthest from duty
SELECT count(oncall.cover_shift(c.rotation_id::bigint, c.period, c.person, c.free, 'bench', c.seat_name))
FROM (SELECT s.rotation_id, s.period, s.person, s.seat_name, s.n, lead(s.person, 2) OVER w AS free
	  FROM (SELECT *, row_number() OVER (PARTITION BY rotation_id, seat ORDER BY period) AS n
			FROM oncall.roster(tstzrange(now() + interval '1 day', now() + interval '1 year'))
			WHERE seat = 1) AS s
	  WHERE upper(s.period) - lower(s.period) >= interval '6 days'
	  WINDOW w AS (PARTITION BY s.rotation_id ORDER BY s.period)) AS c
WHERE c.n % 4 = 2 AND c.free IS NOT NULL \g /dev/null
ANALYZE;

CREATE FUNCTION pg_temp.ms(query text, OUT n int, OUT ms numeric)
LANGUAGE plpgsql
AS $$
DECLARE
	start CONSTANT timestamptz := clock_timestamp();
BEGIN
	EXECUTE query INTO n;
	ms := 1000 * extract(epoch FROM clock_timestamp() - start);
END
$$;
SELECT FROM pg_temp.ms('SELECT count(*) FROM oncall.lint()');
SELECT format('%s|%s|%s', max(l.n), round(percentile_disc(0.5) WITHIN GROUP (ORDER BY l.ms)), round(percentile_disc(0.5) WITHIN GROUP (ORDER BY r.ms)))
FROM generate_series(1, 5) AS i, pg_temp.ms('SELECT count(*) FROM oncall.lint()') AS l,
	 pg_temp.ms('SELECT count(*) FROM oncall.roster(tstzrange(now(), now() + oncall.horizon()))') AS r;
