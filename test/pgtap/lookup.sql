-- Random rotations against an oracle in plain SQL.
--
-- The oracle follows the wording of the design over the tables and shares
-- nothing with the engine: cadences by (anchor + steps) AT TIME ZONE zone,
-- hours by the clock on the wall, seats by the formulas of the pairings.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of rotations. All that is random is a function of the seed and the
-- number of the rotation, so a rotation stays the same in a smaller run.
--
-- Tests: timeline roster_loader handovers turns

\set cases 10000
\ir seed.psql

\set schema oracle
\ir start.psql
SELECT set_config('oracle.seed', :'seed', true) IS NULL AS never \gset

SELECT plan(16);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' rotations');

-- ---------------------------------------------------------------------------
-- Chance: a number in 0 .. n - 1 for a rotation and a purpose.
-- ---------------------------------------------------------------------------

CREATE FUNCTION rnd(c bigint, what text, n bigint) RETURNS bigint
LANGUAGE sql STABLE
RETURN (hashtextextended(what || '/' || c,
						 current_setting('oracle.seed')::bigint)
		& 9223372036854775807) % n;

CREATE FUNCTION pick(c bigint, what text, list anyarray) RETURNS anyelement
LANGUAGE sql STABLE
AS 'SELECT list[1 + oracle.rnd(c, what, array_length(list, 1))]';

-- ---------------------------------------------------------------------------
-- Zones, and when their clocks are put forward or back
-- ---------------------------------------------------------------------------

CREATE TABLE zone AS
SELECT name, row_number() OVER (ORDER BY name COLLATE "C") AS no
FROM (SELECT name FROM pg_timezone_names
	  WHERE name !~ '^(posix|right)/'
	  AND name <> ALL ('{localtime,posixrules,Factory,CET,EET,EST,HST,MET,MST,WET}')) AS z;

CREATE TABLE change AS
WITH day AS (
	SELECT name, no, d, lead(d) OVER w AS next,
		   (d AT TIME ZONE name) - (d AT TIME ZONE 'UTC') AS east,
		   lead((d AT TIME ZONE name) - (d AT TIME ZONE 'UTC')) OVER w AS next_east
	FROM zone,
		 LATERAL (SELECT make_timestamptz((1985 + rnd(no, 'year', 50))::int, 1, 1, 0, 0, 0, 'UTC') AS y) AS s,
		 generate_series(y, y + interval '2 years', interval '1 day') AS d
	WINDOW w AS (PARTITION BY name ORDER BY d))
SELECT name, no, min(q) AS at
FROM day, generate_series(d, next, interval '15 minutes') AS q
WHERE next_east <> east
	AND (q AT TIME ZONE name) - (q AT TIME ZONE 'UTC') = next_east
GROUP BY name, no, d;

CREATE TABLE hot (i serial, name text, at timestamp);
INSERT INTO hot (name, at) VALUES
	('Pacific/Apia', '2011-12-30 00:00'), ('Pacific/Apia', '2011-12-30 00:00'),
	('Pacific/Fakaofo', '2011-12-30 00:00'),
	('Pacific/Kwajalein', '1993-08-21 00:00'), ('Pacific/Kiritimati', '1995-01-01 00:00'),
	('Australia/Lord_Howe', '2025-10-05 02:15'), ('Australia/Lord_Howe', '2025-04-06 01:45'),
	('Europe/Berlin', '2025-03-30 02:30'), ('Europe/Berlin', '2025-10-26 02:30'),
	('Europe/Dublin', '2025-03-30 01:30'), ('Europe/Dublin', '2025-10-26 01:30'),
	('America/New_York', '2025-11-02 01:30'), ('America/New_York', '2025-03-09 02:30'),
	('Pacific/Auckland', '2026-04-05 02:30'), ('Pacific/Auckland', '2025-09-28 02:30'),
	('Africa/Casablanca', '2025-02-23 02:30'), ('Antarctica/Troll', '2025-03-30 01:30'),
	('Asia/Gaza', '2025-04-12 02:00'), ('America/Sao_Paulo', '2018-11-04 00:00'),
	('Africa/Cairo', '2025-04-25 00:00'), ('Asia/Kathmandu', '1986-01-01 00:00'),
	('Asia/Pyongyang', '2018-05-04 23:30'), ('America/Caracas', '2016-05-01 02:30'),
	('Europe/London', '2000-02-29 12:00'), ('UTC', '2024-02-29 00:00');

-- ---------------------------------------------------------------------------
-- One row a rotation: where, when, how many seats
-- ---------------------------------------------------------------------------

CREATE TABLE g AS
SELECT c, 1000000 + c::int AS rotation_id, zone, focus,
	   pick(c, 'seats', '{1,2,2,2,2,2,3,4}'::int[]) AS nseats,
	   pick(c, 'nlayers', '{1,1,2,2,3,4}'::int[]) AS nlayers,
	   rnd(c, 'ncovers', 5)::int AS ncovers,
	   rnd(c, 'calendar', 3) < 2 AS holidays,
	   1000000 + (c % greatest(1, :cases / 40))::int AS calendar_id
FROM generate_series(1, :cases) AS c,
	 LATERAL (SELECT h.name AS zone, h.at AT TIME ZONE h.name AS focus
			  FROM hot AS h
			  WHERE rnd(c, 'hot', 10) < 3
			  AND h.i = 1 + rnd(c, 'which', (SELECT count(*) FROM hot))
			  UNION ALL
			  SELECT z.name, coalesce((SELECT x.at FROM change AS x
									   WHERE x.no = z.no AND rnd(c, 'change', 10) < 7
									   ORDER BY rnd(c, x.at::text, 1000), x.at LIMIT 1),
									  timestamptz '1990-01-01 00:00Z' +
									  rnd(c, 'focus', 23000000) * interval '1 minute')
			  FROM zone AS z
			  WHERE rnd(c, 'hot', 10) >= 3
			  AND z.no = 1 + rnd(c, 'zone', (SELECT count(*) FROM zone))) AS place;
ALTER TABLE g ADD PRIMARY KEY (rotation_id);
CREATE INDEX ON g (c);

-- ---------------------------------------------------------------------------
-- Layers, as structure: the cadence as numbers, the hours as rules
-- ---------------------------------------------------------------------------

CREATE TABLE l AS
SELECT g.c, 10 * g.c + i AS li, g.rotation_id, (10 * g.rotation_id + i)::int AS layer_id, i,
	   rnd(10 * g.c + i, 'rank', 3)::int AS rank,
	   CASE WHEN rnd(10 * g.c + i, 'elsewhere', 5) > 0 THEN g.zone
			ELSE (SELECT name FROM zone
				  WHERE no = 1 + rnd(10 * g.c + i, 'lzone', (SELECT count(*) FROM zone)))
	   END AS zone,
	   -- 0 months, 1 days, 2 minutes
	   pick(10 * g.c + i, 'unit', '{0,1,1,1,2,2}'::int[]) AS unit,
	   CASE WHEN rnd(10 * g.c + i, 'list', 5) < 3 THEN 1
			ELSE 2 + rnd(10 * g.c + i, 'nsteps', 5)::int END AS nsteps,
	   greatest(1, g.nseats - CASE WHEN rnd(10 * g.c + i, 'fewer', 6) = 0
								   THEN 1 + rnd(10 * g.c + i, 'lseats', 2)::int
								   ELSE 0 END) AS nseats,
	   1 + rnd(10 * g.c + i, 'k', 7)::int AS k,
	   rnd(10 * g.c + i, 'hours', 10) < 4 AS hashours,
	   g.focus, g.nseats AS rseats, g.holidays, g.calendar_id
FROM g, generate_series(1, g.nlayers) AS i;
-- before any update: an index made after one is of no use to this transaction
CREATE INDEX ON l (c);

ALTER TABLE l ADD pairing text, ADD steps int[], ADD total bigint,
	ADD prefix bigint[], ADD anchor timestamp, ADD members int[];
UPDATE l SET
	pairing = CASE WHEN nseats = 2
				   THEN pick(li, 'pairing', '{staggered,fixed,mixed}'::text[])
				   ELSE pick(li, 'pairing', '{staggered,fixed}'::text[]) END,
	steps = (SELECT array_agg(CASE unit
							  WHEN 0 THEN 1 + rnd(li, 'm' || s, 14)
							  WHEN 1 THEN pick(li, 'd' || s, '{1,1,2,3,4,7,7,7,14,10}'::int[])
							  ELSE CASE WHEN rnd(li, 'odd', 4) = 0
										THEN 1 + rnd(li, 't' || s, 3000)
										ELSE pick(li, 't' || s, '{15,30,45,60,90,120,240,480,720,720,735,1440,1500}'::int[])
								   END
							  END ORDER BY s)::int[]
			 FROM generate_series(1, nsteps) AS s);
UPDATE l SET
	total = (SELECT sum(x) FROM unnest(steps) AS x),
	prefix = (SELECT array_agg(coalesce(p, 0) ORDER BY s)
			  FROM (SELECT s, sum(x) OVER (ORDER BY s) - x AS p
					FROM unnest(steps) WITH ORDINALITY AS u (x, s)) AS q),
	members = (SELECT array_agg(CASE WHEN rnd(li, 'nobody' || s, 10) = 0 THEN NULL
									 ELSE 1000000 + 1 + rnd(li, 'm' || s, CASE WHEN rnd(li, 'few', 4) = 0 THEN 3 ELSE 40 END)
								END ORDER BY s)::int[]
			   FROM generate_series(1, k) AS s);
-- so far before the focus that a handover falls near it
UPDATE l SET anchor =
	date_trunc('minute', (focus AT TIME ZONE zone) + (rnd(li, 'near', 25) - 12) * interval '15 minutes')
	+ CASE WHEN rnd(li, 'second', 10) = 0 THEN rnd(li, 'seconds', 60) ELSE 0 END * interval '1 second'
	- CASE WHEN rnd(li, 'late', 8) = 0 THEN 0 ELSE rnd(li, 'cycles', 30) END * total *
	  CASE unit WHEN 0 THEN interval '1 month' WHEN 1 THEN interval '1 day' ELSE interval '1 minute' END;

-- hours: rules in order, each for some days (0 = Monday, 7 = public holidays),
-- with spans as pairs of minutes; past 1440 lies the next day
CREATE TABLE rule AS
SELECT layer_id, r,
	   (SELECT array_agg(d ORDER BY d) FROM generate_series(0, 7) AS d
		WHERE CASE WHEN d = 7 THEN rnd(li, 'ph' || r, 3) = 0
				   ELSE rnd(li, 'day' || r || '/' || d, 3) > 0
						OR d = rnd(li, 'one' || r, 7) END)::int[] AS days,
	   CASE WHEN r > 1 AND rnd(li, 'off' || r, 5) = 0 THEN '{}'
	   ELSE pick(li, 'spans' || r,
				 ARRAY['{540,1020}', '{510,720,780,1020}', '{0,1440}', '{1320,1800}',
					   '{120,180}', '{90,150,1200,1560}', '{1080,1440}', '{0,360,1080,1440}',
					   '{135,200,1380,1530}', '{1,2}', '{600,1440}', '{1380,1500}'])
	   END::int[] AS spans
FROM l, generate_series(1, 3) AS r
WHERE hashours AND r <= 1 + rnd(li, 'rules', 3);
CREATE INDEX ON rule (layer_id);

CREATE FUNCTION clock(minute int) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN lpad((minute / 60)::text, 2, '0') || ':' || lpad((minute % 60)::text, 2, '0');

CREATE TABLE hours_text AS
SELECT layer_id, string_agg(
	(SELECT string_agg(('{Mo,Tu,We,Th,Fr,Sa,Su,PH}'::text[])[d + 1], ',' ORDER BY d) FROM unnest(days) AS d)
	|| ' ' ||
	CASE WHEN spans = '{}' THEN 'off'
	ELSE (SELECT string_agg(clock(spans[i]) || '-' ||
							clock(CASE WHEN spans[i + 1] > 1440 THEN spans[i + 1] - 1440
									   ELSE spans[i + 1] END), ',' ORDER BY i)
		  FROM generate_series(1, array_length(spans, 1), 2) AS i)
	END, '; ' ORDER BY r) AS hours
FROM rule GROUP BY layer_id;

-- ---------------------------------------------------------------------------
-- The window that a roster is asked for, and history
-- ---------------------------------------------------------------------------

ALTER TABLE g ADD w0 timestamptz, ADD w1 timestamptz, ADD past timestamptz;
UPDATE g SET w0 = focus - s.len * (rnd(g.c, 'before', 1000) / 1000.0)
				  - rnd(g.c, 'usec', 1000000) * interval '1 microsecond',
			 w1 = focus + s.len * (rnd(g.c, 'after', 1000) / 1000.0) + interval '1 hour'
FROM (SELECT c, least(min(8.0 * total / nsteps *
						  CASE unit WHEN 0 THEN 43200 WHEN 1 THEN 1440 ELSE 1 END),
					  CASE WHEN bool_or(hashours) THEN 8 ELSE 300 END * 1440.0)
				* interval '1 minute' AS len
	  FROM l GROUP BY c) AS s
WHERE s.c = g.c;

-- when a row was first written, and when it was edited
CREATE FUNCTION written(c bigint) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN timestamptz '2020-01-01 00:00Z' + rnd(c, 'written', 1000000) * interval '1 second';
CREATE FUNCTION edited(c bigint) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN timestamptz '2021-01-01 00:00Z' + rnd(c, 'edited', 1000000) * interval '1 second';

ALTER TABLE l ADD fate text, ADD valid tstzrange, ADD past tstzrange, ADD t0 timestamptz, ADD t1 timestamptz;
UPDATE l SET
	fate = pick(li, 'fate', '{plain,plain,plain,plain,withdrawn,ended,late}'::text[]),
	t0 = written(li), t1 = edited(li),
	valid = CASE rnd(li, 'valid', 4)
			WHEN 0 THEN tstzrange(NULL, NULL)
			WHEN 1 THEN tstzrange(w.a, NULL)
			WHEN 2 THEN tstzrange(NULL, w.b)
			ELSE tstzrange(w.a, w.b) END
FROM (SELECT c, w0 - (w1 - w0) / 4 * (1 + rnd(c, 'va', 4)) + (w1 - w0) * (rnd(c, 'va2', 100) / 100.0) AS a,
			 w1 - (w1 - w0) / 4 * rnd(c, 'vb', 3) AS b FROM g) AS w
WHERE w.c = l.c AND w.a < w.b;
UPDATE l SET valid = tstzrange(NULL, NULL), t0 = written(li), t1 = edited(li), fate = 'plain'
WHERE valid IS NULL;
-- what was believed before the end was brought forward
UPDATE l SET past = valid,
	valid = tstzrange(lower(l.valid), least(g.focus, upper(l.valid)))
FROM g
WHERE fate = 'ended' AND g.c = l.c AND (lower_inf(l.valid) OR lower(l.valid) < g.focus);
UPDATE l SET fate = 'plain' WHERE fate = 'ended' AND past IS NULL;

-- covers: those believed now lie apart on each seat, each in a slot of its own
CREATE TABLE v AS
SELECT *, tstzrange(slot + len * (x / 8.0), slot + len * (y / 8.0)) AS period
FROM (SELECT g.c, 100 * g.c + i AS vi, g.rotation_id, (100 * g.rotation_id + i)::int AS cover_id,
			 1 + rnd(100 * g.c + i, 'seat', g.nseats)::int AS seat,
			 CASE WHEN rnd(100 * g.c + i, 'empty', 5) > 0
				  THEN 1000001 + rnd(100 * g.c + i, 'who', 40)::int END AS person_id,
			 g.w0 + (g.w1 - g.w0) / 4 * (i - 1) AS slot, (g.w1 - g.w0) / 4 AS len,
			 rnd(100 * g.c + i, 'x', 4) AS x, 4 + rnd(100 * g.c + i, 'y', 5) AS y,
			 pick(100 * g.c + i, 'fate', '{plain,plain,plain,withdrawn,edited,late}'::text[]) AS fate,
			 written(100 * g.c + i) AS t0, edited(100 * g.c + i) AS t1,
			 -- what it was before an edit
			 1 + rnd(100 * g.c + i, 'pseat', g.nseats)::int AS past_seat,
			 CASE WHEN rnd(100 * g.c + i, 'pempty', 5) > 0
				  THEN 1000001 + rnd(100 * g.c + i, 'pwho', 40)::int END AS past_person_id,
			 tstzrange(g.w0 + (g.w1 - g.w0) / 8 * rnd(100 * g.c + i, 'px', 5),
					   g.w1 - (g.w1 - g.w0) / 8 * rnd(100 * g.c + i, 'py', 3)) AS past_period
	  FROM g, generate_series(1, 4) AS i
	  WHERE i <= g.ncovers) AS s;

CREATE INDEX ON v (c);
ANALYZE l, v;
UPDATE g SET past = pick(c, 'known', ARRAY[timestamptz '2019-12-31 00:00Z', '2020-01-08 00:00Z',
											'2020-02-01 00:00Z', '2021-01-05 00:00Z', '2021-02-01 00:00Z']);
-- at the very instant of an edit
UPDATE g SET past = (SELECT t FROM (SELECT t1 AS t FROM l WHERE l.c = g.c
									 UNION ALL SELECT t0 FROM v WHERE v.c = g.c
									 UNION ALL SELECT t1 FROM v WHERE v.c = g.c) AS s
					  ORDER BY rnd(g.c, t::text, 1000), t LIMIT 1)
				   - rnd(c, 'just', 2) * interval '1 microsecond'
WHERE rnd(c, 'edge', 2) = 0;

-- ---------------------------------------------------------------------------
-- Into the tables
-- ---------------------------------------------------------------------------

INSERT INTO oncall.team (team_id, name, zone) OVERRIDING SYSTEM VALUE
VALUES (1000000, 'oracle', 'UTC');
INSERT INTO oncall.person (person_id, name, email, zone) OVERRIDING SYSTEM VALUE
SELECT 1000000 + i, 'oracle person ' || i, 'oracle' || i || '@example.com', 'UTC'
FROM generate_series(1, 40) AS i;
INSERT INTO oncall.calendar (calendar_id, name) OVERRIDING SYSTEM VALUE
SELECT DISTINCT calendar_id, 'oracle calendar ' || calendar_id FROM g;
INSERT INTO oncall.holiday (calendar_id, day, name, observes)
SELECT DISTINCT ON (calendar_id, day) calendar_id, day, 'day ' || day,
	   CASE WHEN rnd(c, 'observes' || i, 3) = 0 THEN day - 1 - rnd(c, 'obs' || i, 2)::int END
FROM (SELECT c, calendar_id, i, focus::date + (rnd(c, 'holiday' || i, 21) - 10)::int AS day
	  FROM g, generate_series(1, 5) AS i WHERE holidays) AS s
ORDER BY calendar_id, day, c, i;
INSERT INTO oncall.rotation (rotation_id, name, team_id, zone, seats, calendar_id) OVERRIDING SYSTEM VALUE
SELECT rotation_id, 'oracle ' || c, 1000000, zone,
	   (ARRAY['primary','secondary','third','fourth'])[:nseats],
	   CASE WHEN holidays THEN calendar_id END
FROM g;
INSERT INTO oncall.layer (layer_id, rotation_id, rank, valid, cadence, hours, pairing, seats, recorded) OVERRIDING SYSTEM VALUE
SELECT layer_id, rotation_id, rank, valid,
	   ('R/' || to_char(anchor, 'YYYY-MM-DD"T"HH24:MI:SS') || '[' || zone || ']/' ||
		(SELECT string_agg(CASE unit WHEN 0 THEN 'P' || s || 'M' WHEN 1 THEN 'P' || s || 'D'
						   ELSE 'PT' || s || 'M' END, ',' ORDER BY n)
		 FROM unnest(steps) WITH ORDINALITY AS u (s, n)))::oncall.cadence,
	   hours::oncall.weekly_hours, pairing, nseats,
	   CASE fate WHEN 'withdrawn' THEN tstzrange(t0, t1)
				 WHEN 'plain' THEN tstzrange(t0, NULL)
				 ELSE tstzrange(t1, NULL) END
FROM l LEFT JOIN hours_text USING (layer_id);
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid, recorded)
SELECT layer_id, 3 * n - 1, m, '(,)', '[2019-01-01 00:00Z,)'
FROM l, unnest(members) WITH ORDINALITY AS u (m, n);
INSERT INTO oncall.layer (layer_id, rotation_id, rank, valid, cadence, hours, pairing, seats, recorded, copy_of) OVERRIDING SYSTEM VALUE
SELECT y.layer_id + 20000000, y.rotation_id, y.rank, l.past, y.cadence, y.hours, y.pairing, y.seats,
	   tstzrange(l.t0, l.t1), y.layer_id
FROM l JOIN oncall.layer AS y USING (layer_id)
WHERE l.fate = 'ended';
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id, recorded) OVERRIDING SYSTEM VALUE
SELECT cover_id, rotation_id, seat, period, person_id,
	   CASE fate WHEN 'withdrawn' THEN tstzrange(t0, t1)
				 WHEN 'plain' THEN tstzrange(t0, NULL)
				 ELSE tstzrange(t1, NULL) END
FROM v;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id, recorded, copy_of) OVERRIDING SYSTEM VALUE
SELECT cover_id + 300000000, rotation_id, past_seat, past_period, past_person_id, tstzrange(t0, t1), cover_id
FROM v WHERE fate = 'edited';
ANALYZE oncall.rotation, oncall.layer, oncall.layer_member, oncall.cover, oncall.holiday, g, l, v, rule;

-- ---------------------------------------------------------------------------
-- The engine's rosters
-- ---------------------------------------------------------------------------

CREATE TABLE shown AS
SELECT g.c, NULL::timestamptz AS known, r.*
FROM g, oncall.roster(tstzrange(g.w0, g.w1), g.rotation_id) AS r;
INSERT INTO shown
SELECT g.c, g.past, r.*
FROM g, oncall.roster(tstzrange(g.w0, g.w1), g.rotation_id, g.past) AS r
WHERE g.c % 3 = 0;
CREATE INDEX ON shown (c);
ANALYZE shown;

-- ---------------------------------------------------------------------------
-- What is asked
-- ---------------------------------------------------------------------------

CREATE TABLE ask AS
WITH near AS (
	SELECT g.c, w0 + (w1 - w0) * (rnd(g.c, 'at' || i, 1000000) / 1000000.0) AS at
	FROM g, generate_series(1, 3) AS i
), edge AS (
	-- handovers
	SELECT l.c, (anchor + ((n / nsteps) * total + prefix[n % nsteps + 1]) *
				 CASE unit WHEN 0 THEN interval '1 month' WHEN 1 THEN interval '1 day'
						   ELSE interval '1 minute' END) AT TIME ZONE zone AS at
	FROM l JOIN near USING (c),
		 LATERAL (SELECT extract(epoch FROM (near.at AT TIME ZONE zone) - anchor) / 60 AS gone) AS x,
		 LATERAL (SELECT floor(gone / total / CASE unit WHEN 0 THEN 43830 WHEN 1 THEN 1440 ELSE 1 END) * nsteps
						 + rnd(l.li, near.at::text, nsteps) AS cn) AS y,
		 LATERAL (SELECT greatest(0, cn)::bigint AS n) AS z
	UNION ALL
	SELECT c, lower(period) FROM v
	UNION ALL
	SELECT c, upper(period) FROM v
	UNION ALL
	SELECT c, lower(past_period) FROM v WHERE fate = 'edited'
	UNION ALL
	SELECT c, lower(valid) FROM l
	UNION ALL
	SELECT c, upper(valid) FROM l
	UNION ALL
	SELECT c, upper(past) FROM l
	UNION ALL
	-- hours
	SELECT l.c, ((near.at AT TIME ZONE zone)::date + m * interval '1 minute') AT TIME ZONE zone
	FROM l JOIN near USING (c) JOIN rule USING (layer_id), unnest(spans) AS m
	WHERE rnd(l.li, m || near.at::text, 4) = 0
), at AS (
	SELECT c, at FROM near
	UNION
	SELECT c, at - b * interval '1 microsecond' FROM edge, generate_series(0, 1) AS b
	WHERE at IS NOT NULL
)
SELECT row_number() OVER (ORDER BY c, at, known) AS id, c, at, known
FROM (SELECT c, at, NULL::timestamptz AS known FROM at
	  UNION
	  SELECT c, at, g.past FROM at JOIN g USING (c) WHERE rnd(c, at::text, 3) = 0
	  UNION
	  -- the roster's rows: first instant, last instant, middle
	  SELECT c, t, known
	  FROM (SELECT *, count(*) OVER (PARTITION BY c) AS many FROM shown) AS s,
		   LATERAL (VALUES (lower(period)), (upper(period) - interval '1 microsecond'),
						   (lower(period) + (upper(period) - lower(period)) / 2)) AS p (t)
	  WHERE rnd(c, period::text || seat, 1000) < 6000.0 / many
	 ) AS s;
ANALYZE ask;

-- ---------------------------------------------------------------------------
-- The oracle: who holds the seats of a rotation at an instant, as was known
-- ---------------------------------------------------------------------------

CREATE FUNCTION believed(recorded tstzrange, known timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN known IS NULL THEN NOT isempty(recorded) AND upper_inf(recorded)
			ELSE recorded @> known END;

-- the place in the list of seat s (from 0) in turn n: the table of pairings
CREATE FUNCTION place(pairing text, n bigint, s bigint, seats bigint, k bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE
RETURN CASE pairing
	   WHEN 'staggered' THEN (n + greatest(s, s * k / seats)) % k
	   WHEN 'fixed' THEN (n * seats + (s + n * seats / lcm(k, seats)) % seats) % k
	   WHEN 'mixed' THEN
	   CASE WHEN k = 1 THEN CASE WHEN s = 0 THEN 0 END
	   -- the seat that an odd cycle swaps is written as (s + cycle) % 2
	   WHEN k % 2 = 1 THEN
			CASE (s + n / (k * (k - 1) / 2)) % 2
			WHEN 0 THEN ((n % (k * (k - 1) / 2)) / (k / 2) + (n % (k * (k - 1) / 2)) % (k / 2) + 1) % k
			ELSE ((n % (k * (k - 1) / 2)) / (k / 2) - (n % (k * (k - 1) / 2)) % (k / 2) - 1 + 2 * k) % k END
	   WHEN (n % (k * (k - 1) / 2)) % (k / 2) = 0 THEN
			CASE (s + n / (k * (k - 1) / 2) + (n % (k * (k - 1) / 2)) / (k / 2)) % 2
			WHEN 0 THEN k - 1
			ELSE (n % (k * (k - 1) / 2)) / (k / 2) END
	   ELSE CASE (s + n / (k * (k - 1) / 2)) % 2
			WHEN 0 THEN ((n % (k * (k - 1) / 2)) / (k / 2) + (n % (k * (k - 1) / 2)) % (k / 2)) % (k - 1)
			ELSE ((n % (k * (k - 1) / 2)) / (k / 2) - (n % (k * (k - 1) / 2)) % (k / 2) + 2 * (k - 1)) % (k - 1) END
	   END END;

-- who sits in each seat of turn n: where a seat's person sits in a lower one
-- already, the next on the list who does not
CREATE FUNCTION holders(members int[], pairing text, n bigint, seats int) RETURNS int[]
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
	k int := cardinality(members);
	held int[] := '{}';
	entry bigint;
	person int;
BEGIN
	FOR s IN 0 .. seats - 1 LOOP
		entry := place(pairing, n, s, seats, k);
		person := members[1 + entry];
		IF person = ANY (held) THEN
			person := CASE WHEN pairing <> 'mixed' THEN
				(SELECT other FROM generate_series(1, k - 1) AS i,
					LATERAL (SELECT members[1 + (entry + i) % k]) AS m (other)
				 WHERE other <> ALL (array_remove(held, NULL))
				 ORDER BY i LIMIT 1) END;
		END IF;
		held := array_append(held, person);
	END LOOP;
	RETURN held;
END
$$;

CREATE TABLE public_holiday AS
SELECT calendar_id, day FROM oncall.holiday
UNION
SELECT calendar_id, observes FROM oncall.holiday WHERE observes IS NOT NULL;
CREATE INDEX ON public_holiday (calendar_id, day);
ANALYZE public_holiday;

-- layers that count at the instant, with the turn they are in: no handover up
-- to that of the turn is after the instant, and the next one is
CREATE TABLE counts AS
SELECT a.id, l.layer_id, y.rank, lower(y.valid) AS since, y.seats, l.pairing, l.members, l.k, turn.n
FROM ask AS a
JOIN g USING (c)
JOIN oncall.layer AS y ON y.rotation_id = g.rotation_id
JOIN l ON l.layer_id = coalesce(y.copy_of, y.layer_id)
JOIN oncall.rotation AS o ON o.rotation_id = y.rotation_id
CROSS JOIN LATERAL (SELECT a.at AT TIME ZONE l.zone AS wall) AS w
CROSS JOIN LATERAL (
	SELECT CASE unit
		   WHEN 0 THEN 12 * (extract(year FROM wall) - extract(year FROM anchor))
					   + extract(month FROM wall) - extract(month FROM anchor)
		   WHEN 1 THEN extract(epoch FROM wall - anchor) / 86400
		   ELSE extract(epoch FROM wall - anchor) / 60 END AS gone,
		   CASE unit WHEN 0 THEN 2 WHEN 1 THEN 3 ELSE 1600 END AS slack,
		   CASE unit WHEN 0 THEN interval '1 month' WHEN 1 THEN interval '1 day'
		   ELSE interval '1 minute' END AS one) AS e
CROSS JOIN LATERAL (
	SELECT min(n) - 1 AS n
	FROM generate_series(greatest(0, floor((gone - slack) / total) * nsteps)::bigint,
						 greatest(0, (floor((gone + slack) / total) + 1) * nsteps)::bigint) AS n
	WHERE (anchor + ((n / nsteps) * total + prefix[n % nsteps + 1]) * one) AT TIME ZONE l.zone > a.at) AS turn
WHERE believed(y.recorded, a.known) AND y.valid @> a.at AND turn.n >= 0
-- the wall clock lies in a span of its day, or of the day before; what holds on
-- a day is said by the last rule that names it
AND (y.hours IS NULL OR EXISTS (
	SELECT FROM (VALUES (wall::date), (wall::date - 1)) AS on_day (d),
		 LATERAL (SELECT spans FROM rule
				  WHERE rule.layer_id = l.layer_id
				  AND (extract(isodow FROM d)::int - 1 = ANY (days) OR
					   7 = ANY (days) AND EXISTS (SELECT FROM public_holiday AS h
												  WHERE h.calendar_id = o.calendar_id AND h.day = d))
				  ORDER BY r DESC LIMIT 1) AS said,
		 generate_series(1, coalesce(array_length(spans, 1), 0), 2) AS i
	WHERE wall >= d + spans[i] * interval '1 minute'
	AND wall < d + spans[i + 1] * interval '1 minute'));
CREATE INDEX ON counts (id);
ANALYZE counts;

CREATE TABLE answer AS
SELECT a.id, a.c, a.at, a.known, seat,
	   CASE WHEN v.cover_id IS NOT NULL THEN v.person_id ELSE y.person_id END AS person_id,
	   CASE WHEN v.cover_id IS NULL THEN y.layer_id END AS layer_id,
	   v.cover_id
FROM ask AS a
JOIN g USING (c)
CROSS JOIN LATERAL generate_series(1, g.nseats) AS s (seat)
LEFT JOIN LATERAL (
	SELECT coalesce(copy_of, cover_id) AS cover_id, person_id
	FROM oncall.cover AS x
	WHERE x.rotation_id = g.rotation_id AND x.seat = s.seat
	AND believed(x.recorded, a.known) AND x.period @> a.at
	ORDER BY lower(x.recorded) DESC LIMIT 1) AS v ON true
LEFT JOIN LATERAL (
	SELECT layer_id,
		   (holders(members, pairing, n, seats))[s.seat] AS person_id
	FROM counts AS x
	WHERE x.id = a.id AND x.seats >= s.seat
	ORDER BY rank DESC, since DESC NULLS LAST, layer_id DESC LIMIT 1) AS y ON true;
CREATE INDEX ON answer (c, seat, at);
ANALYZE answer;

-- ---------------------------------------------------------------------------
-- The comparison
-- ---------------------------------------------------------------------------

-- one line for the first of the rows that a query finds
CREATE FUNCTION no_rows(query text, what text) RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
	found text[];
	n bigint;
BEGIN
	EXECUTE format('SELECT count(*), (array_agg(q::text))[:5] FROM (%s) AS q', query) INTO n, found;
	RETURN NEXT ok(n = 0, what);
	IF n > 0 THEN
		RETURN NEXT diag(n || ' rows, first of them:' || E'\n' || array_to_string(found, E'\n'));
	END IF;
END
$$;

SELECT ok((SELECT count(*) > 10 * :cases FROM ask), 'many instants are asked for');
SELECT diag(count(*) || ' instants, ' ||
			count(*) FILTER (WHERE person_id IS NOT NULL) || ' of ' || count(*) || ' seats held, ' ||
			count(cover_id) || ' by covers')
FROM answer;

SELECT no_rows($q$
	SELECT c, known, seat, array_agg(period ORDER BY period)
	FROM (SELECT *, lag(upper(period)) OVER (PARTITION BY c, known, seat ORDER BY period) AS before
		  FROM shown) AS s JOIN g USING (c)
	GROUP BY c, s.known, seat, w0, w1, nseats
	HAVING seat NOT BETWEEN 1 AND nseats
	OR min(lower(period)) <> w0 OR max(upper(period)) <> w1
	OR bool_or(isempty(period) OR before <> lower(period))
	OR count(*) FILTER (WHERE before IS NULL) <> 1
	OR NOT bool_and(lower_inc(period) AND NOT upper_inc(period))
$q$, 'the rows of each seat tile the window');

SELECT no_rows($q$
	SELECT c, nseats, count(DISTINCT seat)
	FROM g LEFT JOIN shown USING (c)
	GROUP BY c, nseats, shown.known HAVING count(DISTINCT seat) <> nseats
$q$, 'every seat is shown');

SELECT no_rows($q$
	SELECT * FROM (
		SELECT c, known, seat, period, person_id, layer_id, cover_id,
			   lag((coalesce(person_id, 0), coalesce(layer_id, 0), coalesce(cover_id, 0)))
			   OVER (PARTITION BY c, known, seat ORDER BY period) AS before
		FROM shown) AS s
	WHERE before = (coalesce(person_id, 0), coalesce(layer_id, 0), coalesce(cover_id, 0))
$q$, 'neighbours differ in person, layer or cover');

SELECT no_rows($q$
	SELECT s.*
	FROM shown AS s JOIN g USING (c)
	WHERE s.rotation_id IS DISTINCT FROM g.rotation_id
	OR rotation IS DISTINCT FROM 'oracle ' || c
	OR seat_name IS DISTINCT FROM ('{primary,secondary,third,fourth}'::text[])[seat]
	OR person IS DISTINCT FROM 'oracle person ' || person_id - 1000000
	OR layer_id IS NOT NULL AND cover_id IS NOT NULL
$q$, 'the roster names rotation, seat and person');

SELECT no_rows($q$
	SELECT a.c, a.at, a.known, a.seat, a.person_id AS oracle, s.person_id AS roster, s.period
	FROM answer AS a JOIN g USING (c)
	LEFT JOIN shown AS s ON s.c = a.c AND s.seat = a.seat AND s.period @> a.at
		AND s.known IS NOT DISTINCT FROM a.known
	WHERE a.at >= w0 AND a.at < w1 AND (a.known IS NULL OR a.c % 3 = 0)
	AND (s.c IS NULL OR s.person_id IS DISTINCT FROM a.person_id)
$q$, 'the roster and the oracle agree who is on call');

SELECT no_rows($q$
	SELECT a.c, a.at, a.known, a.seat, a.layer_id, s.layer_id, a.cover_id, s.cover_id, s.period
	FROM answer AS a JOIN shown AS s ON s.c = a.c AND s.seat = a.seat AND s.period @> a.at
		AND s.known IS NOT DISTINCT FROM a.known
	WHERE (a.layer_id, a.cover_id) IS DISTINCT FROM (s.layer_id, s.cover_id)
$q$, 'the roster and the oracle agree why');

CREATE TABLE duo AS
SELECT id, c, g.rotation_id, at, known,
	   max(a.person_id) FILTER (WHERE seat = 1) AS first,
	   max(a.person_id) FILTER (WHERE seat = 2) AS second
FROM answer AS a JOIN g USING (c)
GROUP BY id, c, g.rotation_id, at, known;

SELECT no_rows($q$
	SELECT *
	FROM (SELECT *, oncall.on_call(rotation_id, at) AS pair FROM duo
		  WHERE known IS NULL ORDER BY rotation_id OFFSET 0) AS d
	WHERE (oncall.primary_of(pair), oncall.secondary_of(pair)) IS DISTINCT FROM (first, second)
	OR (pair IS NULL) <> (first IS NULL AND second IS NULL)
$q$, 'on_call and the oracle agree');

-- in an order in which hardly a look-up follows one of its own rotation
SELECT no_rows($q$
	SELECT *
	FROM (SELECT *, oncall.on_call(rotation_id, at) AS pair FROM duo
		  WHERE known IS NULL AND rnd(c, at::text, 5) = 0 ORDER BY at OFFSET 0) AS d
	WHERE (oncall.primary_of(pair), oncall.secondary_of(pair)) IS DISTINCT FROM (first, second)
$q$, 'on_call in order of time and the oracle agree');

SELECT no_rows($q$
	SELECT *
	FROM (SELECT *, oncall.on_call(rotation_id, at, known) AS pair FROM duo
		  WHERE known IS NOT NULL ORDER BY rotation_id OFFSET 0) AS d
	WHERE (oncall.primary_of(pair), oncall.secondary_of(pair)) IS DISTINCT FROM (first, second)
	OR (pair IS NULL) <> (first IS NULL AND second IS NULL)
$q$, 'on_call as was known and the oracle agree');

SELECT no_rows($q$
	SELECT *
	FROM (SELECT *, oncall.on_call('oracle ' || c, at) AS pair FROM duo
		  WHERE known IS NULL AND rnd(c, at::text, 10) = 0) AS d
	WHERE (oncall.primary_of(pair), oncall.secondary_of(pair)) IS DISTINCT FROM (first, second)
$q$, 'on_call by name and the oracle agree');

-- ---------------------------------------------------------------------------
-- What stands on the roster
-- ---------------------------------------------------------------------------

CREATE TABLE everybody AS
SELECT r.* FROM oncall.roster('[2025-03-28 07:00Z, 2025-04-01 09:00Z)') AS r JOIN g USING (rotation_id);
CREATE TABLE one_by_one AS
SELECT r.* FROM g, oncall.roster('[2025-03-28 07:00Z, 2025-04-01 09:00Z)', g.rotation_id) AS r;
SELECT no_rows($q$
	(SELECT * FROM everybody EXCEPT ALL SELECT * FROM one_by_one)
	UNION ALL
	(SELECT * FROM one_by_one EXCEPT ALL SELECT * FROM everybody)
$q$, 'the roster of all is that of each');

SELECT no_rows($q$
	WITH duty AS MATERIALIZED (
		SELECT * FROM oncall.duties('oracle person 7', '[2025-03-28 07:00Z, 2025-04-01 09:00Z)')
		WHERE rotation LIKE 'oracle %'),
	clipped AS (
		SELECT rotation_id, seat, layer_id, cover_id,
			   period * tstzrange('2025-03-28 07:00Z', '2025-04-01 09:00Z') AS period
		FROM duty),
	theirs AS (
		SELECT rotation_id, seat, layer_id, cover_id, period FROM one_by_one WHERE person_id = 1000007)
	(SELECT * FROM clipped EXCEPT ALL SELECT * FROM theirs)
	UNION ALL
	(SELECT * FROM theirs EXCEPT ALL SELECT * FROM clipped)
$q$, 'the duties of a person are theirs in the roster');

SELECT no_rows($q$
	WITH said AS MATERIALIZED (
		SELECT c, h.* FROM g, oncall.handover(tstzrange(w0, w1), rotation_id) AS h WHERE c % 20 = 0
	), row AS (
		SELECT c, seat, lower(period) AS at, rotation, person,
			   lag(person) OVER (PARTITION BY c, seat ORDER BY period) AS before,
			   lag(period) OVER (PARTITION BY c, seat ORDER BY period) AS earlier
		FROM shown WHERE known IS NULL AND c % 20 = 0
	), want AS (
		SELECT c, at, rotation, seat, before AS outgoing, person AS incoming FROM row
		WHERE earlier IS NOT NULL AND before IS DISTINCT FROM person
		-- at the very start, if somebody else held the seat just before
		UNION ALL
		SELECT g.c, w0, 'oracle ' || g.c, s.seat, b.person, s.person
		FROM g JOIN shown AS s ON s.c = g.c AND s.known IS NULL AND lower(s.period) = w0,
			 oncall.roster(tstzrange(w0 - interval '1 microsecond', w0), g.rotation_id) AS b
		WHERE g.c % 20 = 0 AND b.seat = s.seat AND b.person IS DISTINCT FROM s.person)
	(SELECT * FROM said EXCEPT ALL SELECT * FROM want)
	UNION ALL
	(SELECT * FROM want EXCEPT ALL SELECT * FROM said)
$q$, 'handovers are where the roster changes hands');

SELECT no_rows($q$
	SELECT o.c, o.at, o.seat, o.known, o.person_id, n.person_id, d.*
	FROM answer AS o
	JOIN answer AS n ON n.c = o.c AND n.seat = o.seat AND n.at = o.at AND n.known IS NULL
	JOIN g ON g.c = o.c AND g.past = o.known
	LEFT JOIN (SELECT c, x.* FROM g, oncall.roster_diff(tstzrange(w0, w1), past, NULL, g.rotation_id) AS x
			   WHERE c % 20 = 0) AS d
	ON d.c = o.c AND d.seat = o.seat AND d.period @> o.at
	WHERE o.c % 20 = 0 AND o.at >= w0 AND o.at < w1
	AND (d.c IS NOT NULL) <> (o.person_id IS DISTINCT FROM n.person_id)
	OR d.c IS NOT NULL AND (d.person_a_id, d.person_b_id) IS DISTINCT FROM (o.person_id, n.person_id)
$q$, 'roster_diff tells whose shifts moved');

SELECT no_rows($q$
	SELECT v.*
	FROM oncall.on_call_now AS v JOIN oncall.rotation AS r ON r.name = v.rotation
	LEFT JOIN oncall.person AS p ON p.person_id = oncall.primary_of(oncall.on_call(r.rotation_id))
	LEFT JOIN oncall.person AS s ON s.person_id = oncall.secondary_of(oncall.on_call(r.rotation_id))
	WHERE r.rotation_id IN (SELECT rotation_id FROM l WHERE unit < 2 AND NOT hashours ORDER BY c LIMIT 20)
	AND ((primary_name, secondary_name) IS DISTINCT FROM (p.name, s.name)
		 OR since > now() OR until <= now()
		 OR until IS NOT NULL
		 AND (oncall.on_call(r.rotation_id, until - interval '1 microsecond')::text
			  IS DISTINCT FROM oncall.on_call(r.rotation_id)::text
			  OR oncall.on_call(r.rotation_id, until)::text
			  IS NOT DISTINCT FROM oncall.on_call(r.rotation_id)::text))
$q$, 'on_call_now tells who is on call now, and until when');

SELECT * FROM finish();
ROLLBACK;
