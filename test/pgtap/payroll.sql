-- Random pay against plain SQL, minute by minute, and what must hold for any.
--
-- The oracle takes the shifts from roster() and hours of the week from
-- is_open(); how they become pay it works out from the wording of the design,
-- for each minute of each duty, and shares nothing with the engine.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of cases, of which this test takes one in eight hundred. All that is
-- random is a function of the seed and the number of the case.
--
-- Tests: pay_share pay_terms callout overlapping_duty

\set cases 10000
\ir seed.psql
SELECT greatest(:cases / 800, 1) AS cases \gset

\set schema oracle
\ir start.psql

SELECT plan(10);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

\ir random.psql

-- ---------------------------------------------------------------------------
-- Cases: a policy, three people, two rotations, some responses, near a change
-- of clocks or a day that is skipped. Case c has people 3c + 1 to 3c + 3.
-- ---------------------------------------------------------------------------

CREATE TABLE sample AS
SELECT c, c::int AS pay_policy_id, pick(c, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Australia/Lord_Howe,Asia/Kolkata,Etc/UTC,Pacific/Apia}'::text[]) AS zone,
	   tstzrange(start, start + interval '1 minute' * (60 + rnd(c, 'length', 5000))) AS during
FROM (SELECT c, (pick(c, 'day', '{2021-03-28,2021-10-31,2021-03-14,2021-11-07,2021-04-04,2021-09-26,2021-10-03,2011-12-30,2019-12-25,2020-02-29}'::date[])
				 - 2) + interval '1 minute' * rnd(c, 'start', 2000) AS start
	  FROM generate_series(1, :cases) AS c) AS s;

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'holidays');
INSERT INTO oncall.holiday (calendar_id, day, name, observes)
SELECT 1, day, 'holiday ' || day, CASE WHEN rnd(day - date '2000-01-01', 'observes', 3) = 0 THEN day - 1 - rnd(day - date '2000-01-01', 'by', 2)::int END
FROM (SELECT d::date AS day FROM generate_series(timestamp '2011-12-01', '2021-12-31', '1 day') AS d) AS s
WHERE rnd(day - date '2000-01-01', 'holiday', 4) = 0;
INSERT INTO oncall.person (person_id, name, zone, working_hours, calendar_id)
SELECT 3 * c + p, 'person ' || 3 * c + p, pick(3 * c + p, 'person zone', ARRAY[zone, zone, 'Europe/London']),
	   pick(3 * c + p, 'working', '{"Mo-Fr 09:00-17:00","Tu-Sa 10:00-18:00","Mo-Th 08:00-18:00; PH off"}'::oncall.weekly_hours[]),
	   CASE WHEN rnd(3 * c + p, 'calendar', 4) > 0 THEN 1 END
FROM sample, generate_series(1, 3) AS p;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, day_starts, overlap, minimum_callout, round_to)
SELECT c, 'policy ' || c, zone, pick(c, 'currency', '{EUR,JPY,KWD}'::text[]),
	   pick(c, 'day starts', '{00:00,08:30,02:30,12:00,23:59}'::time[]), pick(c, 'overlap', '{once,each}'::text[]),
	   pick(c, 'minimum', '{0,1 minute,1 hour,3 hours}'::interval[]), pick(c, 'round', '{1 minute,7 minutes,1 hour}'::interval[])
FROM sample;
-- paid all the time, or by another policy in the middle, or from another zone
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1000000, 'another', 'Etc/UTC', 'EUR');
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone)
SELECT person_id, pay_policy_id, valid, zone
FROM (SELECT 3 * c + p AS person_id, c, pay_policy_id AS own, lower(during) + interval '1 minute' * rnd(3 * c + p, 'moves', 4000) AS moves,
			 rnd(3 * c + p, 'assigned', 4) AS how
	  FROM sample, generate_series(1, 3) AS p) AS s,
	 LATERAL (VALUES
		(how < 2, own, '(,)'::tstzrange, NULL), (how >= 2, own, tstzrange(NULL, moves), NULL),
		(how = 2, own, tstzrange(moves, NULL), pick(person_id, 'moves to', '{America/New_York,Asia/Tokyo,Pacific/Honolulu}'::text[])),
		(how = 3, 1000000, tstzrange(moves, moves + interval '5 hours'), NULL), (how = 3, own, tstzrange(moves + interval '5 hours', NULL), 'Asia/Tokyo'))
		AS a(wanted, pay_policy_id, valid, zone)
WHERE wanted;

INSERT INTO oncall.rotation (rotation_id, name, zone, seats)
SELECT 2 * c + r, 'rotation ' || 2 * c + r, 'Etc/UTC', '{primary,secondary}' FROM sample, generate_series(1, 2) AS r;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT 2 * c + r, 2 * c + r, oncall.cadence(date_trunc('minute', lower(during) AT TIME ZONE 'UTC') - interval '1 minute' * (1 + rnd(2 * c + r, 'anchor', 3000)), zone,
	pick(2 * c + r, 'every', '{1 day,2 days,7 hours,7 days}'::interval[]))
FROM sample, generate_series(1, 2) AS r;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT 2 * c + r, i, nullif(3 * c + rnd(10 * c + 5 * r + i, 'member', 4), 3 * c)
FROM sample, generate_series(1, 2) AS r, generate_series(1, 4) AS i;
INSERT INTO oncall.pay_band (pay_band_id, pay_policy_id, position, band, applies, rotation_id, seat, standby_rate, callout_rate, per, whole_days, lieu_factor, lieu_day)
SELECT b, c, n, pick(b, 'name', '{a,b,c,other}'::text[]),
	   pick(b, 'hours', '{24/7,"Mo-Su 22:00-06:00","Sa-Su 00:00-24:00","PH 00:00-24:00","Mo-Fr 08:00-18:00; PH off","06:00-09:30","Fr 17:00-24:00; Sa-Su 00:00-24:00",NULL}'::oncall.weekly_hours[]),
	   CASE WHEN rnd(b, 'narrow', 5) = 0 THEN 2 * c + 1 + rnd(b, 'rotation', 2) END,
	   CASE WHEN rnd(b, 'seats', 5) = 0 THEN 1 + rnd(b, 'seat', 2) END,
	   pick(b, 'rate', '{0,1,2.5,3.333,12.345,0.001}'::numeric[]), pick(b, 'callout', '{0,1,2.5,3.333,12.345}'::numeric[]),
	   per, extract(day FROM per) > 0 AND rnd(b, 'whole', 2) = 0,
	   pick(b, 'factor', '{0,1,1.5,0.333}'::numeric[]), pick(b, 'lieu day', '{8 hours,1 day,NULL}'::interval[])
FROM (SELECT c, n, 10 * c + n AS b, pick(10 * c + n, 'per', '{1 hour,30 minutes,1 day,2 days,7 days}'::interval[]) AS per
	  FROM sample, generate_series(1, 5) AS n WHERE n <= 1 + rnd(c, 'bands', 5)) AS s;
INSERT INTO oncall.response (response_id, person_id, period)
SELECT 100 * c + 10 * p + i, 3 * c + p, tstzrange(start, start + interval '1 minute' * (1 + rnd(100 * c + 10 * p + i, 'minutes', 300)))
FROM sample, generate_series(1, 3) AS p, generate_series(1, 8) AS i,
	 LATERAL (SELECT lower(during) - interval '2 days' + interval '1 minute' * rnd(100 * c + 10 * p + i, 'called', 9000)) AS s(start)
WHERE i <= rnd(3 * c + p, 'responses', 9);

-- ---------------------------------------------------------------------------
-- The oracle
-- ---------------------------------------------------------------------------

-- the dates that are holidays for somebody: never both of a date and the one that it stands for
CREATE TABLE holidays AS
SELECT p.person_id, coalesce(array_agg(DISTINCT d.day) FILTER (WHERE d.day IS NOT NULL AND d.day <> ALL (coalesce(moved.days, '{}'))), '{}') AS days
FROM oncall.person AS p
LEFT JOIN LATERAL (
	SELECT array_agg(h.observes) AS days FROM oncall.holiday AS h
	WHERE h.calendar_id = p.calendar_id AND NOT oncall.is_open(p.working_hours, (h.observes + time '12:00') AT TIME ZONE 'UTC', 'UTC')) AS moved ON true
LEFT JOIN LATERAL (
	SELECT CASE WHEN h.observes IS NULL OR NOT oncall.is_open(p.working_hours, (h.observes + time '12:00') AT TIME ZONE 'UTC', 'UTC')
			THEN h.day ELSE h.observes END AS day
	FROM oncall.holiday AS h WHERE h.calendar_id = p.calendar_id) AS d ON true
GROUP BY p.person_id;

-- who is paid by what, where, at a minute
CREATE FUNCTION zone_at(person int, at timestamptz) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce((SELECT a.zone FROM oncall.pay_assignment AS a WHERE a.person_id = $1 AND a.valid @> $2),
				(SELECT p.zone FROM oncall.person AS p WHERE p.person_id = $1));
CREATE FUNCTION policy_at(person int, at timestamptz) RETURNS int
LANGUAGE sql STABLE
RETURN (SELECT a.pay_policy_id FROM oncall.pay_assignment AS a WHERE a.person_id = $1 AND a.valid @> $2);
-- the first band that is open; NULL: other
CREATE FUNCTION band_at(policy int, person int, zone text, at timestamptz, rotation int, seat int) RETURNS int
LANGUAGE sql STABLE
RETURN (SELECT b.pay_band_id
		FROM oncall.pay_band AS b, oncall.person AS p, oracle.holidays AS h
		WHERE b.pay_policy_id = $1 AND p.person_id = $2 AND h.person_id = $2
		AND (b.rotation_id IS NULL OR b.rotation_id = $5) AND (b.seat IS NULL OR b.seat = $6)
		AND oncall.is_open(coalesce(b.applies, p.working_hours), $4, $3, h.days)
		ORDER BY b.position LIMIT 1);
-- the policy day of a minute: the last one that has started
CREATE FUNCTION day_of(starts time, zone text, at timestamptz) RETURNS date
LANGUAGE sql STABLE
RETURN (SELECT max(d) FROM (SELECT ($3 AT TIME ZONE $2)::date + i AS d FROM generate_series(-2, 1) AS i) AS s
		WHERE (d + $1) AT TIME ZONE $2 <= $3);

-- each minute of each duty, the one that is paid first among those at once
CREATE TABLE duty AS
SELECT m.*, b.per, coalesce(b.whole_days, false) AS whole_days,
	   row_number() OVER (PARTITION BY m.person_id, m.at ORDER BY
			-- fourteen days are a whole number of each per
			coalesce(b.standby_rate * (extract(epoch FROM interval '14 days') / extract(epoch FROM b.per)), 0) DESC, m.rotation_id, m.seat) AS number
FROM (SELECT d.*, band_at(d.pay_policy_id, d.person_id, d.zone, d.at, d.rotation_id, d.seat) AS band_id
	  FROM (SELECT s.c, s.pay_policy_id, s.during, r.person_id, r.rotation_id, r.seat::int AS seat, at, zone_at(r.person_id, at) AS zone
			FROM sample AS s, generate_series(1, 2) AS n,
				 oncall.roster(tstzrange(lower(s.during) - interval '80 hours', upper(s.during)), (2 * s.c + n)::int) AS r,
				 generate_series(lower(r.period), upper(r.period) - interval '1 minute', interval '1 minute') AS at
			WHERE r.person_id IS NOT NULL) AS d
	  WHERE policy_at(d.person_id, d.at) = d.pay_policy_id) AS m
LEFT JOIN oncall.pay_band AS b ON b.pay_band_id = m.band_id;
DELETE FROM duty USING oncall.pay_policy AS y
WHERE y.pay_policy_id = duty.pay_policy_id AND y.overlap = 'once' AND duty.number > 1;

-- call-outs, one response after the other
CREATE TABLE called AS
WITH RECURSIVE numbered AS (
	SELECT r.person_id, r.response_id, lower(r.period) AS starts, upper(r.period) AS ends,
		   row_number() OVER (PARTITION BY r.person_id ORDER BY lower(r.period), upper(r.period), r.response_id) AS n
	FROM oncall.response AS r
), walk AS (
	SELECT person_id, 0::bigint AS n, NULL::int AS response_id, NULL::timestamptz AS starts, NULL::timestamptz AS ended, '-infinity'::timestamptz AS paid, NULL::int AS pay_policy_id
	FROM (SELECT DISTINCT person_id FROM numbered) AS p
	UNION ALL
	SELECT t.person_id, t.n, t.response_id, t.starts, t.ended,
		   t.starts + coalesce(ceil(extract(epoch FROM greatest(t.ended - t.starts, y.minimum_callout)) / extract(epoch FROM y.round_to)) * y.round_to,
							   t.ended - t.starts), t.pay_policy_id
	FROM (SELECT r.person_id, r.n, r.response_id, j.joins, CASE WHEN j.joins THEN w.starts ELSE r.starts END AS starts,
				 CASE WHEN j.joins THEN greatest(w.ended, r.ends) ELSE r.ends END AS ended,
				 CASE WHEN j.joins THEN w.pay_policy_id ELSE policy_at(r.person_id, r.starts) END AS pay_policy_id
		  FROM walk AS w JOIN numbered AS r ON r.person_id = w.person_id AND r.n = w.n + 1,
			   LATERAL (SELECT r.starts < w.paid AS joins) AS j) AS t
	LEFT JOIN oncall.pay_policy AS y ON y.pay_policy_id = t.pay_policy_id
)
SELECT (person_id - 1) / 3 AS c, person_id, pay_policy_id, starts, max(ended) AS ended, max(paid) AS paid, array_agg(response_id ORDER BY n) AS responses
FROM walk WHERE n > 0 GROUP BY person_id, pay_policy_id, starts;

-- their minutes, and those of the responses
CREATE TABLE called_minute AS
SELECT m.*, band_at(pay_policy_id, person_id, zone, at, NULL, NULL) AS band_id
FROM (SELECT k.c, k.pay_policy_id, k.person_id, k.starts, at, zone_at(k.person_id, at) AS zone
	  FROM called AS k JOIN sample AS s USING (c, pay_policy_id), generate_series(k.starts, k.paid - interval '1 minute', interval '1 minute') AS at
	  WHERE s.during @> k.starts) AS m;
CREATE TABLE lieu AS
SELECT c, pay_policy_id, person_id, band_id, lieu_day
FROM (SELECT DISTINCT ON (m.pay_policy_id, m.person_id, b.pay_band_id, (m.at AT TIME ZONE m.zone)::date)
			 m.c, m.pay_policy_id, m.person_id, m.starts, b.pay_band_id AS band_id, b.lieu_day
	  FROM (SELECT k.c, k.pay_policy_id, k.person_id, k.starts, at, zone_at(k.person_id, at) AS zone
			FROM called AS k, unnest(k.responses) AS id JOIN oncall.response AS r ON r.response_id = id,
				 generate_series(lower(r.period), upper(r.period) - interval '1 minute', interval '1 minute') AS at) AS m
	  JOIN oncall.pay_band AS b ON b.pay_band_id = band_at(m.pay_policy_id, m.person_id, m.zone, m.at, NULL, NULL)
	  ORDER BY m.pay_policy_id, m.person_id, b.pay_band_id, (m.at AT TIME ZONE m.zone)::date, m.at) AS f
JOIN sample AS s USING (c, pay_policy_id)
WHERE s.during @> f.starts AND lieu_day IS NOT NULL;

-- what counts of each band, in microseconds
CREATE TABLE counted AS
WITH minute AS (
	SELECT c, pay_policy_id, person_id, 'standby' AS kind, band_id, zone, at FROM duty WHERE during @> at
	UNION ALL
	SELECT c, pay_policy_id, person_id, 'callout', band_id, zone, at FROM called_minute
), share AS (
	SELECT m.c, m.pay_policy_id, m.person_id, m.kind, m.band_id, count(*) AS minutes,
		   CASE WHEN extract(day FROM b.per) = 0 OR b.per IS NULL OR m.kind = 'callout' THEN count(*) * 60000000::numeric
				WHEN b.whole_days AND m.kind = 'standby' THEN 0
				ELSE count(*) * 60000000 * 86400 / extract(epoch FROM d.until - d.since) END AS time
	FROM minute AS m
	JOIN oncall.pay_policy AS y ON y.pay_policy_id = m.pay_policy_id
	LEFT JOIN oncall.pay_band AS b ON b.pay_band_id = m.band_id
	LEFT JOIN LATERAL (SELECT day_of(y.day_starts, m.zone, m.at) AS day WHERE extract(day FROM b.per) > 0) AS w ON true
	LEFT JOIN LATERAL (SELECT (w.day + y.day_starts) AT TIME ZONE m.zone AS since, (w.day + 1 + y.day_starts) AT TIME ZONE m.zone AS until) AS d ON true
	GROUP BY m.c, m.pay_policy_id, m.person_id, m.kind, m.band_id, b.per, b.whole_days, d.since, d.until
), whole AS (
	-- the first minute of each policy day that is held, once a person and rotation, or once a person
	SELECT DISTINCT ON (m.pay_policy_id, m.person_id, w.rotation_id, w.day) m.c, m.pay_policy_id, m.person_id, m.band_id, m.during,
		   m.at
	FROM duty AS m JOIN oncall.pay_policy AS y ON y.pay_policy_id = m.pay_policy_id,
		 LATERAL (SELECT CASE y.overlap WHEN 'each' THEN m.rotation_id END AS rotation_id, day_of(y.day_starts, m.zone, m.at) AS day) AS w
	WHERE m.whole_days
	ORDER BY m.pay_policy_id, m.person_id, w.rotation_id, w.day, m.at, m.seat
)
SELECT c, pay_policy_id, person_id, kind, band_id, sum(minutes) AS minutes, sum(time) AS time, sum(lieu_day) AS lieu_day
FROM (SELECT c, pay_policy_id, person_id, kind, band_id, minutes, time, interval '0' AS lieu_day FROM share
	  UNION ALL
	  SELECT c, pay_policy_id, person_id, 'standby', band_id, 0, 86400000000, '0' FROM whole WHERE during @> at
	  UNION ALL
	  SELECT c, pay_policy_id, person_id, 'callout', band_id, 0, 0, lieu_day FROM lieu) AS s
GROUP BY c, pay_policy_id, person_id, kind, band_id;

-- the lines that these make
CREATE TABLE expected AS
SELECT k.c, k.pay_policy_id, k.person_id, k.kind, coalesce(b.band, 'other') AS band,
	   coalesce(CASE k.kind WHEN 'standby' THEN b.standby_rate ELSE b.callout_rate END, 0) AS rate, CASE WHEN k.kind = 'standby' OR extract(day FROM b.per) = 0 THEN coalesce(b.per, '1 hour') ELSE '1 hour' END AS per,
	   sum(k.minutes) * interval '1 minute' AS hours, round(sum(k.time), 6) AS time,
	   CASE k.kind WHEN 'callout' THEN round(sum(k.minutes * 60 * coalesce(b.lieu_factor, 0) + extract(epoch FROM k.lieu_day)), 6) ELSE 0 END AS lieu
FROM counted AS k LEFT JOIN oncall.pay_band AS b ON b.pay_band_id = k.band_id
GROUP BY 1, 2, 3, 4, 5, 6, 7;
CREATE TABLE got AS
SELECT s.c, l.pay_policy_id, l.person_id, l.kind, l.band, l.rate, l.per, l.hours, round(l.counted / l.counted_of, 6) AS time,
	   round(extract(epoch FROM l.lieu), 6) AS lieu
FROM sample AS s, oncall_internal.pay_lines(s.during, s.pay_policy_id) AS l;

SELECT cmp_ok((SELECT count(*) FROM expected WHERE kind = 'standby'), '>', 0::bigint, 'there is standby to compare');
SELECT is_empty($$
	(SELECT 'expected', c, person_id, band, rate, per, hours, time FROM expected WHERE kind = 'standby'
	 EXCEPT ALL SELECT 'expected', c, person_id, band, rate, per, hours, time FROM got)
	UNION ALL
	(SELECT 'got', c, person_id, band, rate, per, hours, time FROM got WHERE kind = 'standby'
	 EXCEPT ALL SELECT 'got', c, person_id, band, rate, per, hours, time FROM expected)
	ORDER BY 2, 3, 4, 5, 1 LIMIT 20
$$, 'standby is counted as minute by minute');
SELECT is_empty($$
	(SELECT 'expected', c, person_id, starts, paid, ended, responses FROM called JOIN sample AS s USING (c, pay_policy_id) WHERE during @> starts
	 EXCEPT ALL SELECT 'expected', s.c, k.person_id, lower(k.period), upper(k.period), k.ended, k.responses FROM sample AS s, oncall_internal.callout_periods(s.during, s.pay_policy_id) AS k)
	UNION ALL
	(SELECT 'got', s.c, k.person_id, lower(k.period), upper(k.period), k.ended, k.responses FROM sample AS s, oncall_internal.callout_periods(s.during, s.pay_policy_id) AS k
	 EXCEPT ALL SELECT 'got', c, person_id, starts, paid, ended, responses FROM called JOIN sample AS s USING (c, pay_policy_id) WHERE during @> starts)
	ORDER BY 2, 3, 4, 1 LIMIT 20
$$, 'responses make the call-outs that a recursive query makes of them');
SELECT is_empty($$
	(SELECT 'expected', c, person_id, band, rate, per, hours, time, lieu FROM expected WHERE kind = 'callout'
	 EXCEPT ALL SELECT 'expected', c, person_id, band, rate, per, hours, time, lieu FROM got)
	UNION ALL
	(SELECT 'got', c, person_id, band, rate, per, hours, time, lieu FROM got WHERE kind = 'callout'
	 EXCEPT ALL SELECT 'got', c, person_id, band, rate, per, hours, time, lieu FROM expected)
	ORDER BY 2, 3, 4, 5, 1 LIMIT 20
$$, 'call-outs and time in lieu are counted as minute by minute');
SELECT is_empty($$
	SELECT e.c, e.person_id, e.kind, e.band, e.rate, e.per, e.time, r.amount
	FROM (SELECT c, person_id, kind, band, rate, array_agg(per) AS per, array_agg(time) AS time, count(*) AS n, sum(round(time * rate / (extract(epoch FROM per) * 1000000),
			oncall_internal.currency_digits((SELECT currency FROM oncall.pay_policy p WHERE p.pay_policy_id = expected.pay_policy_id)))) AS amount
		  FROM expected GROUP BY c, person_id, kind, band, rate) AS e
	FULL JOIN (SELECT s.c, r.person_id, r.kind, r.band, r.rate, count(*) AS n, sum(r.amount) AS amount
			   FROM sample AS s, oncall.pay_report(s.during, 'policy ' || s.c) AS r GROUP BY s.c, r.person_id, r.kind, r.band, r.rate) AS r USING (c, person_id, kind, band, rate)
	WHERE (e.amount, e.n) IS DISTINCT FROM (r.amount, r.n)
	LIMIT 20
$$, 'amounts are rounded once a line');

-- ---------------------------------------------------------------------------
-- What holds for any
-- ---------------------------------------------------------------------------

CREATE TABLE cut AS
SELECT c, pay_policy_id, part
FROM sample, LATERAL (SELECT lower(during) + interval '1 second' * rnd(c, 'cut', extract(epoch FROM upper(during) - lower(during))::bigint) AS at) AS s,
	 LATERAL (VALUES (tstzrange(lower(during), at)), (tstzrange(at, upper(during)))) AS v(part)
WHERE NOT isempty(part);
SELECT is_empty($$
	SELECT * FROM got AS g
	FULL JOIN (SELECT k.c, l.person_id, l.kind, l.band, l.rate, l.per, sum(l.hours) AS hours, round(sum(l.counted / l.counted_of), 6) AS time,
					  round(sum(extract(epoch FROM l.lieu)), 6) AS lieu
			   FROM cut AS k, oncall_internal.pay_lines(k.part, k.pay_policy_id) AS l GROUP BY 1, 2, 3, 4, 5, 6) AS s USING (c, person_id, kind, band, rate, per)
	WHERE g.hours IS DISTINCT FROM s.hours OR abs(g.time - s.time) > 0.00001 OR abs(g.lieu - s.lieu) > 0.00001
	LIMIT 20
$$, 'the parts of a window sum to the whole');
SELECT is_empty($$
	SELECT * FROM got AS g
	FULL JOIN (SELECT s.c, l.person_id, l.kind, l.band, l.rate, l.per, sum(l.hours) AS hours, round(sum(l.counted / l.counted_of), 6) AS time,
					  round(sum(extract(epoch FROM l.lieu)), 6) AS lieu
			   FROM sample AS s, oncall_internal.pay_pieces(s.during, s.pay_policy_id) AS l WHERE l.paid GROUP BY 1, 2, 3, 4, 5, 6) AS s USING (c, person_id, kind, band, rate, per)
	WHERE g.hours IS DISTINCT FROM s.hours OR abs(g.time - s.time) > 0.00001 OR abs(g.lieu - s.lieu) > 0.00001
	LIMIT 20
$$, 'lines are the sums of their pieces');
SELECT is_empty($$
	SELECT * FROM (SELECT c, person_id, rotation_id, seat - 1 AS seat, sum(upper(l.period) - lower(l.period)) AS time, sum(upper(l.period) - lower(l.period) - l.hours) AS less
				   FROM sample AS s, oncall_internal.pay_pieces(s.during, s.pay_policy_id) AS l
				   WHERE l.kind = 'standby' AND lower(l.period) < upper(s.during) GROUP BY 1, 2, 3, 4) AS p
	FULL JOIN (SELECT s.c, r.person_id, r.rotation_id, r.seat - 1 AS seat, sum(interval '1 minute') AS time
			   FROM sample AS s, generate_series(1, 2) AS n, oncall.roster(s.during, (2 * s.c + n)::int) AS r,
					generate_series(lower(r.period), upper(r.period) - interval '1 minute', interval '1 minute') AS at
			   WHERE policy_at(r.person_id, at) = s.pay_policy_id GROUP BY 1, 2, 3, 4) AS r USING (c, person_id, rotation_id, seat)
	WHERE p.time IS DISTINCT FROM r.time OR p.less <> interval '0'
	LIMIT 20
$$, 'pieces are all of the shifts');
SELECT is_empty($$
	SELECT l.* FROM sample AS s, oncall_internal.pay_lines(s.during, s.pay_policy_id) AS l
	EXCEPT SELECT l.* FROM sample AS s, generate_series(1, 3) AS p, oncall_internal.pay_lines(s.during, NULL, (3 * s.c + p)::int) AS l
$$, 'one person''s lines are the same as among all');

-- everybody is paid for all time, so a cover of somebody's duty takes from one what it gives to another
UPDATE oncall.pay_policy SET overlap = 'each';
CREATE TABLE total AS
SELECT s.c, sum(l.hours) AS hours FROM sample AS s, oncall_internal.pay_lines(s.during) AS l WHERE l.kind = 'standby' GROUP BY s.c;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT rotation_id, seat, tstzrange(lower(period) + (upper(period) - lower(period)) * 0.25, upper(period) - (upper(period) - lower(period)) * 0.25), 3 * c + 1 + rnd(number, 'covers', 3)
FROM (SELECT s.c, r.*, row_number() OVER (ORDER BY r.rotation_id, r.seat, r.period) AS number
	  FROM sample AS s, generate_series(1, 2) AS n, oncall.roster(s.during, (2 * s.c + n)::int) AS r WHERE r.person_id IS NOT NULL) AS d
WHERE rnd(number, 'covered', 3) = 0;
SELECT is_empty($$
	SELECT * FROM total FULL JOIN (
		SELECT s.c, sum(l.hours) AS hours FROM sample AS s, oncall_internal.pay_lines(s.during) AS l WHERE l.kind = 'standby' GROUP BY s.c) AS n USING (c)
	WHERE total.hours IS DISTINCT FROM n.hours
$$, 'a cover never changes the sum of all hours');
SELECT * FROM finish();
ROLLBACK;
