-- Random trades against an independent judge in plain SQL.
--
-- The judge follows the wording of the design over oncall.roster() before and
-- after a trade and over the tables of rules; it shares nothing with the
-- engine's. Every trade writes covers in a transaction of its own or in one
-- that has traded before, and is refused exactly when the judge says, with the
-- name of the same rule. Some of those that are accepted stay, so that later
-- ones build on them.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of trades. A company's trades are a function of the seed and the
-- number of the company, so they stay the same in a smaller run.
--
-- Tests: rules audit

\set cases 2500
\ir seed.psql

-- trades are committed: a database of their own
SET client_min_messages = warning;
SELECT current_database() AS home \gset
DROP DATABASE IF EXISTS oncall_trades;
CREATE DATABASE oncall_trades;
\c oncall_trades
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
-- what is past may be traded as well
SET oncall.past_reason = 'a test';
SET synchronous_commit = off;
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET work_mem = '64MB';
CREATE SCHEMA tap;
CREATE EXTENSION pgtap SCHEMA tap;
CREATE EXTENSION oncall;
SELECT FROM (SELECT oncall.setup()) AS done;
CREATE SCHEMA trades;
SET search_path = trades, pg_catalog, tap;
-- whether a trade is about the past is another rule's matter
SET oncall.past_reason = 'told too late';

SELECT plan(12);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' trades');

-- ---------------------------------------------------------------------------
-- The rules as they stood at a trade, by the number of their version
-- ---------------------------------------------------------------------------

CREATE TABLE rotation_at (version int, rotation_id int, zone text, exclusive boolean,
	max_consecutive interval, min_break interval, PRIMARY KEY (version, rotation_id));
-- those on a list, too: lists stay as they are here, and count from the first turn on
CREATE TABLE member_at (version int, rotation_id int, person_id int, standing text, valid tstzrange);
CREATE INDEX ON member_at (version, rotation_id, person_id);
CREATE TABLE person_at (version int, person_id int, active tstzrange, PRIMARY KEY (version, person_id));
-- who is not to be with whom, each way
CREATE TABLE apart_at (version int, person_id int, other_id int, PRIMARY KEY (version, person_id, other_id));
CREATE TABLE absence_at (version int, absence_id int, person_id int, period tstzrange,
	PRIMARY KEY (version, person_id, absence_id));
-- the blocks of the seasons of a rotation's calendar
CREATE TABLE block_at (version int, rotation_id int, season text, block date, held tstzmultirange,
	PRIMARY KEY (version, rotation_id, season, block));

-- Dates of one season lie in one block if they are neighbours or if one is the
-- day on which the other is observed: from any date on, whatever can be
-- reached by such steps. A date that observes another shares its season.
CREATE FUNCTION blocks(calendar int)
RETURNS TABLE (season text, day date, block date)
LANGUAGE sql STABLE
AS $$
	WITH RECURSIVE own AS (
		SELECT h.day, h.observes, coalesce(h.season, o.season) AS season
		FROM oncall.holiday AS h
		LEFT JOIN oncall.holiday AS o ON o.calendar_id = h.calendar_id AND o.day = h.observes
		WHERE h.calendar_id = calendar AND coalesce(h.season, o.season) IS NOT NULL
	), walk AS (
		SELECT DISTINCT own.season, own.day AS start, own.day FROM own
		UNION
		SELECT w.season, w.start, b.day
		FROM walk AS w
		JOIN own AS a ON a.season = w.season AND a.day = w.day
		JOIN own AS b ON b.season = w.season
			AND (abs(a.day - b.day) = 1 OR a.observes = b.day OR b.observes = a.day)
	)
	SELECT walk.season, walk.start, min(walk.day) FROM walk GROUP BY walk.season, walk.start
$$;

-- A date begins at its earliest instant: where midnight comes twice, at the
-- first; where it is missing, when the clock is put forward.
CREATE FUNCTION begins(day date, zone text) RETURNS timestamptz
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT min(q) FROM generate_series(day::timestamp AT TIME ZONE zone - interval '3 hours',
		day::timestamp AT TIME ZONE zone + interval '3 hours', interval '15 minutes') AS q
	WHERE (q AT TIME ZONE zone)::date >= day;
END;

CREATE FUNCTION note_rules(version int, company int) RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO rotation_at
	SELECT version, r.rotation_id, r.zone, r.exclusive, r.max_consecutive, r.min_break
	FROM oncall.rotation AS r WHERE r.rotation_id / 10 = company;
	INSERT INTO member_at
	SELECT version, m.rotation_id, m.person_id, m.standing, m.valid
	FROM oncall.rotation_member AS m WHERE m.rotation_id / 10 = company AND upper_inf(m.recorded)
	UNION ALL
	SELECT version, l.rotation_id, m.person_id, 'listed', l.valid * tstzrange(oncall.anchor(l.cadence) AT TIME ZONE oncall.zone(l.cadence),
		(SELECT min(u.since) FROM oncall.layer_rule AS u WHERE u.layer_id = l.layer_id AND u.ends AND upper_inf(u.recorded)))
	FROM oncall.layer AS l JOIN oncall.layer_member AS m USING (layer_id)
	WHERE l.rotation_id / 10 = company AND upper_inf(l.recorded) AND m.person_id IS NOT NULL;
	INSERT INTO person_at
	SELECT version, p.person_id, p.active FROM oncall.person AS p WHERE p.person_id / 100 = company;
	INSERT INTO apart_at
	SELECT version, n.person_id, n.other_id FROM oncall.not_together AS n WHERE n.person_id / 100 = company
	UNION ALL
	SELECT version, n.other_id, n.person_id FROM oncall.not_together AS n WHERE n.person_id / 100 = company;
	INSERT INTO absence_at
	SELECT version, a.absence_id, a.person_id, a.period FROM oncall.absence AS a WHERE a.person_id / 100 = company;
	INSERT INTO block_at
	SELECT version, r.rotation_id, b.season, b.block,
		   range_agg(tstzrange(begins(b.day, r.zone), begins(b.day + 1, r.zone)))
	FROM oncall.rotation AS r, blocks(r.calendar_id) AS b
	WHERE r.rotation_id / 10 = company
	GROUP BY r.rotation_id, b.season, b.block
$$;

-- The stretches of some duty: a gap of at least so much ends one.
CREATE FUNCTION stretches(duty tstzmultirange, min_break interval) RETURNS SETOF tstzrange
LANGUAGE sql STABLE
AS $$
	SELECT tstzrange(min(lower(d)), max(upper(d)))
	FROM (SELECT d, count(*) FILTER (WHERE broken) OVER (ORDER BY d) AS number
		  FROM (SELECT d, lower(d) - lag(upper(d)) OVER (ORDER BY d) >= min_break AS broken
				FROM unnest(duty) AS d) AS s) AS n
	GROUP BY number
$$;

CREATE FUNCTION limit_of(start timestamptz, max_consecutive interval, zone text) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN (start AT TIME ZONE zone + max_consecutive) AT TIME ZONE zone;

-- ---------------------------------------------------------------------------
-- What was traded, and who was on duty before and after
-- ---------------------------------------------------------------------------

CREATE TABLE trade (trade int PRIMARY KEY, company int, version int, does text, sqlstate text, constraint_name text,
	message text, kept boolean, asked boolean, in_one boolean, covers text);
CREATE TYPE holding AS (person_id int, rotation_id int, seat int, held tstzmultirange);
CREATE TABLE duty (trade int, after boolean, person_id int, rotation_id int, seat int, held tstzmultirange);
-- that of those who are not to be with somebody, in any seat
CREATE TABLE company_duty (trade int, after boolean, person_id int, rotation_id int, held tstzmultirange);
-- what objections() says before a trade is made, and audit() of a company at
-- the end, as trade -company
CREATE TABLE objection (trade int, number int, constraint_name text, person_id int, rotation_id int, period tstzrange);
CREATE TABLE audited (trade int, constraint_name text, person_id int, person text, rotation_id int, rotation text, period tstzrange);

-- Everybody's duty in a window.
CREATE FUNCTION holdings(company int, during tstzrange) RETURNS holding[]
LANGUAGE sql STABLE
AS $$
	SELECT coalesce(array_agg((person_id, rotation_id, seat, held)::holding), '{}')
	FROM (SELECT s.person_id, s.rotation_id, s.seat, range_agg(s.period) AS held
		  FROM oncall.rotation AS r, oncall.roster(during, r.rotation_id) AS s
		  WHERE r.rotation_id / 10 = company AND s.person_id IS NOT NULL
		  GROUP BY s.person_id, s.rotation_id, s.seat) AS h
$$;

CREATE FUNCTION note_company(trade int, after boolean, now_held holding[]) RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO company_duty
	SELECT trade, after, h.person_id, h.rotation_id, range_agg(d)
	FROM unnest(now_held) AS h, unnest(h.held) AS d
	WHERE EXISTS (SELECT FROM oncall.not_together AS n WHERE h.person_id IN (n.person_id, n.other_id))
	GROUP BY h.person_id, h.rotation_id
$$;

-- Keep the duty, before and after, of everybody whose duty grows.
CREATE FUNCTION note_duty(trade int, before holding[], after holding[]) RETURNS void
LANGUAGE sql
AS $$
	WITH grown AS (
		SELECT a.person_id
		FROM unnest(after) AS a
		LEFT JOIN unnest(before) AS b USING (person_id, rotation_id, seat)
		WHERE b.held IS NULL OR NOT a.held <@ b.held
	)
	INSERT INTO duty
	SELECT note_duty.trade, false, b.* FROM unnest(before) AS b WHERE b.person_id IN (SELECT * FROM grown)
	UNION ALL
	SELECT note_duty.trade, true, a.* FROM unnest(after) AS a WHERE a.person_id IN (SELECT * FROM grown);
	SELECT note_company(note_duty.trade, false, before), note_company(note_duty.trade, true, after)
$$;

-- ---------------------------------------------------------------------------
-- Companies
-- ---------------------------------------------------------------------------

CREATE FUNCTION below(n int) RETURNS int
LANGUAGE sql VOLATILE
RETURN floor(random() * n)::int;
CREATE FUNCTION pick(list anyarray) RETURNS anyelement
LANGUAGE plpgsql VOLATILE
AS $$ BEGIN RETURN list[1 + floor(random() * cardinality(list))::int]; END $$;

-- when the clocks of some zones are put forward or back
CREATE TABLE change AS
WITH day AS (
	SELECT zone, d, (d AT TIME ZONE zone) - (d AT TIME ZONE 'UTC') AS east
	FROM unnest('{Europe/Berlin,Europe/London,America/New_York,Pacific/Auckland,Australia/Lord_Howe,America/Santiago,America/Havana,Atlantic/Azores}'::text[]) AS zone,
		 generate_series(timestamptz '2024-01-01Z', '2031-01-01Z', interval '1 day') AS d),
last AS (SELECT *, lag(east) OVER (PARTITION BY zone ORDER BY d) AS west FROM day)
SELECT row_number() OVER (ORDER BY zone, l.d) AS no, zone, min(q) AS at
FROM last AS l, generate_series(l.d - interval '1 day', l.d, interval '30 minutes') AS q
WHERE east <> west AND (q AT TIME ZONE zone) - (q AT TIME ZONE 'UTC') = east
GROUP BY zone, l.d;

CREATE TABLE company (company int PRIMARY KEY, zone text, focus timestamptz, during tstzrange);
CREATE FUNCTION audit_window(own company) RETURNS tstzrange
LANGUAGE sql
RETURN tstzrange(own.focus - interval '9 days', own.focus + interval '10 days');

CREATE FUNCTION found(company int) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	own company;
	people int := 5 + below(5);
	place change := (SELECT c FROM change AS c, below((SELECT count(*)::int FROM change)) AS n WHERE c.no = n + 1);
	rotation int;
	zone text;
	seats int;
	layer int;
	unit text;
	members int;
	day date;
	step int;
BEGIN
	own.company := company;
	own.zone := place.zone;
	own.focus := place.at;
	IF below(4) = 0 THEN
		own.focus := timestamptz '2024-03-01Z' + below(2400) * interval '1 day';
	END IF;
	own.during := tstzrange(own.focus - interval '60 days', own.focus + interval '60 days');
	INSERT INTO company SELECT own.*;

	INSERT INTO oncall.person (person_id, name, zone, active)
	SELECT 100 * company + i, 'person ' || company || '/' || i, own.zone,
		   CASE below(8)
		   WHEN 0 THEN tstzrange(NULL, own.focus + (below(240) - 120) * interval '1 hour')
		   WHEN 1 THEN tstzrange(own.focus + (below(20) - 15) * interval '1 day', NULL)
		   ELSE '(,)' END
	FROM generate_series(1, people) AS i;

	INSERT INTO oncall.calendar (calendar_id, name) VALUES (company, 'calendar ' || company);
	day := (own.focus AT TIME ZONE own.zone)::date - 8 + below(6);
	FOR i IN 1 .. 4 + below(4) LOOP
		INSERT INTO oncall.holiday (calendar_id, day, name, season, observes)
		VALUES (company, day, 'holiday ' || i,
				CASE WHEN below(6) > 0 THEN 'season ' || CASE WHEN below(8) = 0 THEN 2 ELSE 1 END END,
				CASE WHEN i > 1 AND below(4) = 0 THEN day - step END);
		step := pick('{1,1,1,2,3,4,6}'::int[]);
		day := day + step;
	END LOOP;

	FOR i IN 1 .. 1 + below(4) LOOP
		rotation := 10 * company + i;
		zone := CASE WHEN below(4) > 0 THEN own.zone
				ELSE pick('{UTC,Asia/Kolkata,America/New_York,Europe/London,Pacific/Auckland,Africa/Cairo}'::text[]) END;
		seats := pick('{1,2,2,2,3}'::int[]);
		INSERT INTO oncall.rotation (rotation_id, name, zone, seats, exclusive, max_consecutive, min_break, calendar_id)
		VALUES (rotation, 'rotation ' || company || '/' || i, zone, ('{first,second,third}'::text[])[:seats],
				below(10) < 6,
				pick('{14 days,14 days,7 days,7 days,3 days,1 month,36 hours,2 days 12 hours,10 days 00:00:00.000001,20 days,NULL}'::interval[]),
				pick('{11 hours,11 hours,11 hours,0,8 hours,1 day,90 minutes,12:00:00.000001,1 day 6 hours,2 days}'::interval[]),
				CASE WHEN below(5) < 3 THEN company END);
		INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		SELECT rotation, 100 * company + n,
			   pick('{reserve,reserve,reserve,reserve,shadow,volunteer}'::text[]),
			   tstzrange(CASE WHEN below(8) = 0 THEN own.focus + (below(400) - 250) * interval '1 hour' ELSE '2020-01-01Z' END, NULL)
		FROM generate_series(1, people) AS n WHERE below(8) > 0;

		FOR l IN 1 .. 1 + below(3) LOOP
			INSERT INTO oncall.layer (rotation_id, rank, valid, cadence, hours, pairing)
			SELECT rotation, l - 1,
				   CASE WHEN l > 1 AND below(2) = 0
						THEN tstzrange(s.at, s.at + (1 + below(200)) * interval '1 hour') ELSE '(,)' END,
				   oncall.cadence(date_trunc('day', own.focus AT TIME ZONE own.zone)
								  - (70 + below(8)) * interval '1 day' + below(24) * interval '1 hour',
								  own.zone, VARIADIC string_to_array(s.steps, ',')::interval[]),
				   CASE WHEN below(10) < (CASE WHEN l = 1 THEN 2 ELSE 6 END)
						THEN pick('{Mo-Fr 08:00-18:00,Mo-Su 22:00-06:00,"Sa-Su 00:00-24:00; PH 10:00-12:00",Mo-Su 01:30-02:30,Mo-Th 12:00-24:00}'::text[]) END::oncall.weekly_hours,
				   pick('{staggered,staggered,fixed}'::text[])
			FROM (SELECT own.focus + (below(700) - 350) * interval '1 hour' AS at,
						 pick(string_to_array('7 days;7 days;1 day;1 day;3 days;14 days;12 hours;4 days,3 days;1 day,1 day,1 day,1 day,3 days', ';')) AS steps) AS s
			RETURNING layer_id INTO layer;
			members := 1 + below(5);
			INSERT INTO oncall.layer_member (layer_id, position, person_id)
			SELECT layer, n, CASE WHEN n > 1 AND below(8) = 0 THEN NULL ELSE 100 * company + 1 + below(people) END
			FROM generate_series(1, members) AS n;
		END LOOP;
	END LOOP;

	INSERT INTO oncall.absence (person_id, period, kind)
	SELECT 100 * company + 1 + below(people),
		   CASE below(6) WHEN 0 THEN tstzrange(s.at, NULL) WHEN 1 THEN tstzrange(NULL, s.at - interval '10 days')
		   ELSE tstzrange(s.at, s.at + (1 + below(96)) * interval '1 hour') END, 'leave'
	FROM generate_series(1, below(6)) AS n,
		 LATERAL (SELECT own.focus + (below(480) - 240 + n * 0) * interval '1 hour' AS at) AS s;

	INSERT INTO oncall.not_together (person_id, other_id)
	SELECT 100 * company + CASE WHEN n.flip THEN b ELSE a END, 100 * company + CASE WHEN n.flip THEN a ELSE b END
	FROM generate_series(1, people) AS a, generate_series(a + 1, people) AS b, LATERAL (SELECT below(2 + 0 * b) = 0 AS flip) AS n
	WHERE below(10) = 0;

	-- covers that nobody has judged: breaches that stand
	SET LOCAL session_replication_role = replica;
	INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
	SELECT r.rotation_id, s.seat,
		   tstzrange(own.focus + (12 * n + below(6)) * interval '1 hour', own.focus + (12 * n + 7 + below(5)) * interval '1 hour'),
		   CASE WHEN below(8) > 0 THEN 100 * company + 1 + below(people) END,
		   (SELECT max(c.change_id) FROM oncall.change AS c)
	FROM oncall.rotation AS r, generate_series(1, cardinality(r.seats)) AS s (seat), generate_series(-20, 20) AS n
	WHERE r.rotation_id / 10 = company AND below(14) = 0;
	SET LOCAL session_replication_role = origin;
END
$$;

-- Something of the rules is changed.
CREATE FUNCTION change_rules(own company) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	which int := (SELECT pick(array_agg(rotation_id ORDER BY rotation_id)) FROM oncall.rotation WHERE rotation_id / 10 = own.company);
	who int := (SELECT pick(array_agg(person_id ORDER BY person_id)) FROM oncall.person WHERE person_id / 100 = own.company);
	at timestamptz := own.focus + (below(480) - 240) * interval '1 hour';
BEGIN
	CASE below(9)
	WHEN 7 THEN
		DELETE FROM oncall.not_together WHERE who IN (person_id, other_id);
	WHEN 8 THEN
		INSERT INTO oncall.not_together (person_id, other_id)
		SELECT who, p.person_id FROM oncall.person AS p WHERE p.person_id / 100 = own.company AND p.person_id <> who
		ORDER BY random() LIMIT 1
		ON CONFLICT DO NOTHING;
	WHEN 0 THEN
		UPDATE oncall.rotation SET max_consecutive = pick('{14 days,7 days,5 days,1 month,NULL}'::interval[]) WHERE rotation_id = which;
	WHEN 1 THEN
		UPDATE oncall.rotation SET exclusive = NOT exclusive WHERE rotation_id = which;
	WHEN 2 THEN
		INSERT INTO oncall.absence (person_id, period) VALUES (who, tstzrange(at, at + interval '40 hours'));
	WHEN 3 THEN
		DELETE FROM oncall.absence WHERE person_id = who;
	WHEN 4 THEN
		UPDATE oncall.person SET active = tstzrange(NULL, at) WHERE person_id = who;
	WHEN 5 THEN
		UPDATE oncall.rotation_member SET recorded = oncall_internal.closed(recorded, xmin)
		WHERE (rotation_id, person_id) = (which, who) AND upper_inf(recorded);
	ELSE
		PERFORM oncall.end_layer(layer_id, at) FROM oncall.layer
		WHERE rotation_id = which AND upper_inf(recorded) AND NOT isempty(recorded) AND valid @> at AND rank > 0
			AND (oncall_internal.layer_until(layer_id) > at) IS NOT FALSE;
	END CASE;
END
$$;

-- ---------------------------------------------------------------------------
-- Trades
-- ---------------------------------------------------------------------------

-- Instants at which something begins or ends, or would.
CREATE FUNCTION instants(own company, now_held holding[]) RETURNS timestamptz[]
LANGUAGE sql STABLE
AS $$
	WITH person AS (
		SELECT h.person_id, range_agg(d) AS duty
		FROM unnest(now_held) AS h, unnest(h.held) AS d GROUP BY h.person_id
	), at AS (
		SELECT lower(d) AS t FROM unnest(now_held) AS h, unnest(h.held) AS d
		UNION SELECT lower(a.period) FROM oncall.absence AS a WHERE a.person_id / 100 = own.company
		UNION SELECT upper(a.period) FROM oncall.absence AS a WHERE a.person_id / 100 = own.company
		UNION SELECT lower(p.active) FROM oncall.person AS p WHERE p.person_id / 100 = own.company
		UNION SELECT upper(p.active) FROM oncall.person AS p WHERE p.person_id / 100 = own.company
		UNION SELECT lower(m.valid) FROM oncall.rotation_member AS m WHERE m.rotation_id / 10 = own.company
		UNION SELECT t
			FROM oncall.rotation AS r JOIN oncall.holiday AS h USING (calendar_id), generate_series(0, 1) AS n,
				 LATERAL unnest(ARRAY[begins(h.day + n, r.zone), (h.day + n)::timestamp AT TIME ZONE r.zone]) AS t
			WHERE r.rotation_id / 10 = own.company
		UNION SELECT limit_of(lower(s), r.max_consecutive, r.zone)
			FROM person AS p, oncall.rotation AS r, stretches(p.duty, r.min_break) AS s
			WHERE r.rotation_id / 10 = own.company
		UNION SELECT own.focus
	)
	SELECT array_agg(t ORDER BY t) FROM at
	WHERE t BETWEEN own.focus - interval '16 days' AND own.focus + interval '16 days'
$$;

CREATE FUNCTION some_instant(own company, instants timestamptz[]) RETURNS timestamptz
LANGUAGE plpgsql
AS $$
DECLARE
	at timestamptz := pick(instants);
BEGIN
	RETURN CASE below(10)
		   WHEN 0 THEN at + interval '1 microsecond'
		   WHEN 1 THEN at - interval '1 microsecond'
		   WHEN 2 THEN at + (below(1440) - 720) * interval '1 minute'
		   WHEN 3 THEN own.focus + (random() - 0.5) * interval '30 days'
		   WHEN 4 THEN date_trunc('hour', own.focus + (random() - 0.5) * interval '4 days')
		   ELSE at END;
END
$$;

CREATE FUNCTION some_period(own company, instants timestamptz[]) RETURNS tstzrange
LANGUAGE plpgsql
AS $$
DECLARE
	a timestamptz := some_instant(own, instants);
	b timestamptz;
	place int;
BEGIN
	IF below(4) > 0 THEN
		-- up to one of the next instants
		place := (SELECT count(*) FROM unnest(instants) AS t WHERE t <= a);
		b := instants[least(place + 1 + below(4), cardinality(instants))]
			 + pick('{0,0,0,-1,1}'::int[]) * interval '1 microsecond';
	ELSE
		b := a + (1 + below(200)) * interval '1 hour';
	END IF;
	IF b <= a THEN
		b := a + pick('{00:00:00.000001,01:00:00,12:00:00}'::interval[]);
	END IF;
	RETURN tstzrange(a, b);
END
$$;

-- A cover, over what covers there are: their remainders stay.
CREATE FUNCTION put(rotation int, seat int, period tstzrange, person int) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	old oncall.cover;
BEGIN
	FOR old IN
		SELECT c.* FROM oncall.cover AS c
		WHERE c.rotation_id = rotation AND c.seat = put.seat AND upper_inf(c.recorded) AND c.period && put.period
		ORDER BY c.period
	LOOP
		IF lower(old.period) < lower(put.period) AND below(2) = 0 THEN
			PERFORM oncall.end_cover(old.cover_id, lower(put.period));
		ELSE
			PERFORM oncall.withdraw_cover(old.cover_id);
			IF lower(old.period) < lower(put.period) THEN
				INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
				VALUES (rotation, put.seat, tstzrange(lower(old.period), lower(put.period)), old.person_id);
			END IF;
		END IF;
		IF upper(old.period) > upper(put.period) THEN
			INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
			VALUES (rotation, put.seat, tstzrange(upper(put.period), upper(old.period)), old.person_id);
		END IF;
	END LOOP;
	INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (rotation, put.seat, put.period, person);
END
$$;

-- What a trade does is planned first, so that it can be asked for and told.
CREATE TYPE act AS (does text, rotation_id int, seat int, period tstzrange, person_id int, cover_id int);

CREATE FUNCTION some_shift(own company, now_held holding[], instants timestamptz[]) RETURNS act
LANGUAGE plpgsql
AS $$
DECLARE
	shift act;
	at timestamptz := some_instant(own, instants);
BEGIN
	SELECT 'put', h.rotation_id, h.seat, d, h.person_id INTO shift
	FROM unnest(now_held) AS h, unnest(h.held) AS d WHERE d @> at ORDER BY random() LIMIT 1;
	-- part of it; and never a long one whole
	IF shift.period IS NOT NULL AND (below(3) = 0 OR upper(shift.period) - lower(shift.period) > interval '20 days') THEN
		shift.period := shift.period * some_period(own, instants);
		IF isempty(shift.period) THEN
			shift.period := tstzrange(at, at + interval '1 hour');
		END IF;
	END IF;
	RETURN shift;
END
$$;

CREATE FUNCTION plan(own company, now_held holding[], instants timestamptz[]) RETURNS act[]
LANGUAGE plpgsql
AS $$
DECLARE
	people int[] := (SELECT array_agg(person_id ORDER BY person_id) FROM oncall.person WHERE person_id / 100 = own.company);
	acts act[] := '{}';
	shifts act[];
	one act;
	rotation oncall.rotation;
	cover oncall.cover;
	other oncall.rotation;
	many int;
BEGIN
	SELECT * INTO rotation FROM oncall.rotation WHERE rotation_id / 10 = own.company ORDER BY random() LIMIT 1;
	one := ('put', rotation.rotation_id, 1 + below(cardinality(rotation.seats)), some_period(own, instants),
			CASE WHEN below(12) > 0 THEN pick(people) END, NULL);
	CASE pick('{cover,cover,cover,swap,swap,swap,ring,end,withdraw,update,extend,extend,extend,season,season,twice,beside,beside}'::text[])
	WHEN 'cover' THEN
		acts := ARRAY[one];
	WHEN 'swap', 'ring' THEN
		-- each takes the shift of the next
		many := pick('{2,2,3}'::int[]);
		shifts := ARRAY(SELECT some_shift(own, now_held, instants) FROM generate_series(1, many));
		FOR i IN 1 .. many LOOP
			IF shifts[i] IS NOT NULL AND shifts[i % many + 1] IS NOT NULL THEN
				one := shifts[i];
				one.person_id := (shifts[i % many + 1]).person_id;
				acts := acts || one;
			END IF;
		END LOOP;
	WHEN 'end', 'withdraw', 'update' THEN
		SELECT c.* INTO cover FROM oncall.cover AS c
		WHERE c.rotation_id / 10 = own.company AND upper_inf(c.recorded) AND NOT isempty(c.recorded)
		ORDER BY random() LIMIT 1;
		one.cover_id := cover.cover_id;
		CASE below(4)
		WHEN 0 THEN
			one.does := 'end';
			one.period := tstzrange(lower(cover.period), lower(cover.period) + (upper(cover.period) - lower(cover.period)) * random());
		WHEN 1 THEN
			one.does := 'withdraw';
		ELSE
			one.does := 'update';
			IF below(2) = 0 THEN
				one.rotation_id := cover.rotation_id;
				one.seat := cover.seat;
			END IF;
			IF below(2) = 0 THEN
				one.person_id := cover.person_id;
			END IF;
			IF below(2) = 0 THEN
				one.period := cover.period;
			END IF;
		END CASE;
		IF one.cover_id IS NOT NULL AND (one.period IS NULL OR NOT isempty(one.period)) THEN
			acts := ARRAY[one];
		END IF;
	WHEN 'extend' THEN
		-- up to the limit of some rotation, or a little more or less; after a
		-- break that is just long enough, or not
		SELECT 'put', one.rotation_id, one.seat,
			   tstzrange(upper(s) + x.gap + x.a * interval '1 microsecond',
						 limit_of(CASE WHEN x.new THEN upper(s) + x.gap ELSE lower(s) END, r.max_consecutive, r.zone)
						 + x.b * interval '1 microsecond'),
			   p.person_id
		INTO one
		FROM (SELECT h.person_id, range_agg(d) AS duty FROM unnest(now_held) AS h, unnest(h.held) AS d
			  GROUP BY h.person_id ORDER BY random() LIMIT 3) AS p,
			 oncall.rotation AS r, stretches(p.duty, r.min_break) AS s,
			 (SELECT below(3) = 0 AS new, pick('{-1,0,0,1}'::int[]) AS a, pick('{-1,0,0,1}'::int[]) AS b,
					 CASE WHEN below(2) = 0 THEN 0 * interval '1 hour' ELSE rotation.min_break END AS gap) AS x
		WHERE r.rotation_id / 10 = own.company AND upper(s) + x.gap <@ tstzrange(own.focus - interval '16 days', own.focus + interval '16 days')
			AND upper(s) + x.gap + interval '1 hour' < limit_of(CASE WHEN x.new THEN upper(s) + x.gap ELSE lower(s) END, r.max_consecutive, r.zone)
		ORDER BY random() LIMIT 1;
		IF one.period IS NOT NULL THEN
			acts := ARRAY[one];
		END IF;
	WHEN 'season' THEN
		-- a day of a block for somebody who may serve another one
		SELECT 'put', r.rotation_id, 1 + below(cardinality(r.seats)),
			   tstzrange(m.at + x.a * interval '1 microsecond', m.at + x.b), m.person_id
		INTO one
		FROM (SELECT pick('{-1,0,0,1}'::int[]) AS a,
					 pick('{00:00:00.000002,12:00:00,1 day,2 days}'::interval[]) AS b) AS x,
			 oncall.rotation AS r,
			 LATERAL (SELECT h.day::timestamp AT TIME ZONE r.zone + n * interval '1 day' AS at, w.person_id
					  FROM oncall.holiday AS h, generate_series(0, 1) AS n, oncall.rotation_member AS w
					  WHERE h.calendar_id = r.calendar_id AND w.rotation_id = r.rotation_id
						  AND w.standing = 'reserve' AND upper_inf(w.recorded)) AS m
		WHERE r.rotation_id / 10 = own.company
		ORDER BY random() LIMIT 1;
		IF one.period IS NOT NULL THEN
			acts := ARRAY[one];
		END IF;
	WHEN 'twice' THEN
		-- something more at the time at which somebody is on duty
		one := some_shift(own, now_held, instants);
		IF one.period IS NOT NULL THEN
			SELECT * INTO other FROM oncall.rotation WHERE rotation_id / 10 = own.company ORDER BY random() LIMIT 1;
			one.rotation_id := other.rotation_id;
			one.seat := 1 + below(cardinality(other.seats));
			one.period := tstzrange(lower(one.period) + below(2) * interval '1 microsecond',
									greatest(upper(one.period) + pick('{-1,0,0,1}'::int[]) * interval '1 microsecond',
											 lower(one.period) + interval '1 microsecond'));
			IF NOT isempty(one.period) THEN
				acts := ARRAY[one];
			END IF;
		END IF;
	WHEN 'beside' THEN
		-- another seat at the time at which somebody is on duty whom another is
		-- not to be with, for that one
		SELECT 'put', h.rotation_id, 1 + (h.seat + below(cardinality(r.seats) - 1)) % cardinality(r.seats),
			   d * some_period(own, instants), CASE h.person_id WHEN n.person_id THEN n.other_id ELSE n.person_id END
		INTO one
		FROM oncall.not_together AS n
		JOIN unnest(now_held) AS h ON h.person_id IN (n.person_id, n.other_id)
		JOIN oncall.rotation AS r ON r.rotation_id = h.rotation_id AND cardinality(r.seats) > 1
		CROSS JOIN unnest(h.held) AS d
		WHERE d && tstzrange(own.focus - interval '16 days', own.focus + interval '16 days')
		ORDER BY random() LIMIT 1;
		IF one.period IS NOT NULL AND NOT isempty(one.period) THEN
			acts := ARRAY[one];
		END IF;
	END CASE;
	RETURN acts;
END
$$;

-- Are these all covers, which do not overlap?
CREATE FUNCTION are_covers(acts act[]) RETURNS boolean
LANGUAGE sql
RETURN (SELECT bool_and(a.does = 'put') FROM unnest(acts) AS a)
	AND NOT EXISTS (
		SELECT FROM unnest(acts) WITH ORDINALITY AS a, unnest(acts) WITH ORDINALITY AS b
		WHERE a.ordinality < b.ordinality AND (a.rotation_id, a.seat) = (b.rotation_id, b.seat) AND a.period && b.period);

CREATE FUNCTION do_acts(acts act[]) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	a act;
BEGIN
	IF are_covers(acts) AND below(3) = 0 THEN
		PERFORM oncall_internal.write_covers(array_agg(w.rotation_id), array_agg(w.seat::smallint), array_agg(w.period), array_agg(w.person_id))
		FROM unnest(acts) AS w;
		RETURN;
	END IF;
	FOREACH a IN ARRAY acts LOOP
		CASE a.does
		WHEN 'put' THEN
			PERFORM put(a.rotation_id, a.seat, a.period, a.person_id);
		WHEN 'end' THEN
			PERFORM oncall.end_cover(a.cover_id, upper(a.period));
		WHEN 'withdraw' THEN
			PERFORM oncall.withdraw_cover(a.cover_id);
		ELSE
			UPDATE oncall.cover SET (rotation_id, seat, period, person_id) = ROW (a.rotation_id, a.seat, a.period, a.person_id)
			WHERE cover_id = a.cover_id;
		END CASE;
	END LOOP;
END
$$;

CREATE PROCEDURE trade_all(seed bigint, cases int)
LANGUAGE plpgsql
AS $$
DECLARE
	own company;
	version int := 0;
	made int := 0;
	before holding[];
	now_held holding[];
	after holding[];
	times timestamptz[];
	acts act[];
	result trade;
	idle int;
	keep boolean;
	open boolean;
BEGIN
	FOR c IN 1 .. (cases + 24) / 25 LOOP
		PERFORM setseed((hashint8extended(c, seed) % 1000000) / 1000000.0);
		PERFORM found(c);
		COMMIT;
		SELECT * INTO own FROM company WHERE company = c;
		version := version + 1;
		PERFORM note_rules(version, c);
		before := holdings(c, own.during);
		now_held := before;
		times := instants(own, before);
		open := false;
		idle := 0;
		WHILE made < least(25 * c, cases) AND idle < 200 LOOP
			IF NOT open AND below(12) = 0 THEN
				PERFORM change_rules(own);
				version := version + 1;
				PERFORM note_rules(version, c);
				before := holdings(c, own.during);
				now_held := before;
			END IF;
			acts := plan(own, now_held, times);
			IF below(5) = 0 THEN
				acts := acts || plan(own, now_held, times);
			END IF;
			IF cardinality(acts) = 0 THEN
				idle := idle + 1;
				CONTINUE;
			END IF;
			keep := below(3) = 0;
			result := NULL;
			after := NULL;
			SET CONSTRAINTS ALL DEFERRED;
			IF NOT open AND below(4) = 0 AND are_covers(acts) THEN
				INSERT INTO objection
				SELECT made + 1, o.ordinality, o.constraint_name, o.person_id, o.rotation_id, o.period
				FROM (SELECT array_agg(a.rotation_id) AS rotations, array_agg(a.seat::smallint) AS seats,
							 array_agg(a.period) AS periods, array_agg(a.person_id) AS people FROM unnest(acts) AS a) AS w,
					 oncall.objections(w.rotations, w.seats, w.periods, w.people) WITH ORDINALITY AS o;
				result.asked := true;
			END IF;
			BEGIN
				PERFORM do_acts(acts);
				after := holdings(c, own.during);
				SET CONSTRAINTS ALL IMMEDIATE;
				IF NOT keep THEN
					RAISE EXCEPTION 'taken back' USING ERRCODE = 'OCTST';
				END IF;
			EXCEPTION WHEN OTHERS THEN
				GET STACKED DIAGNOSTICS result.sqlstate = RETURNED_SQLSTATE,
					result.constraint_name = CONSTRAINT_NAME, result.message = MESSAGE_TEXT;
			END;
			IF after IS NULL THEN
				-- overlapping covers, or a cover that has changed
				DELETE FROM objection WHERE objection.trade = made + 1;
				idle := idle + 1;
				CONTINUE;
			END IF;
			idle := 0;
			made := made + 1;
			IF result.sqlstate = 'OCTST' THEN
				result.sqlstate := NULL;
				result.message := NULL;
			END IF;
			IF result.constraint_name = '' THEN
				result.constraint_name := NULL;
			END IF;
			keep := keep AND result.sqlstate IS NULL;
			INSERT INTO trade VALUES (made, c, version, (SELECT string_agg(a.does, ',') FROM unnest(acts) AS a),
				result.sqlstate, result.constraint_name, result.message, keep, result.asked, open, acts::text);
			PERFORM note_duty(made, before, after);
			IF keep THEN
				now_held := after;
				open := below(3) = 0;
				IF NOT open THEN
					COMMIT;
					before := after;
				END IF;
			ELSIF NOT open THEN
				COMMIT;
			END IF;
		END LOOP;
		COMMIT;

		IF c % 5 = 1 THEN
			version := version + 1;
			PERFORM note_rules(version, c);
			INSERT INTO trade (trade, company, version, does) VALUES (-c, c, version, 'audit');
			INSERT INTO duty SELECT -c, true, h.* FROM unnest(holdings(c, own.during)) AS h;
			PERFORM note_company(-c, true, holdings(c, own.during));
			INSERT INTO audited
			SELECT -c, a.constraint_name, a.person_id, a.person, a.rotation_id, a.rotation, a.period
			FROM oncall.audit(audit_window(own)) AS a WHERE a.person_id / 100 = c;
			COMMIT;
		END IF;
	END LOOP;
END
$$;

CALL trade_all(:seed, :cases);
ANALYZE;

-- ---------------------------------------------------------------------------
-- The judge
-- ---------------------------------------------------------------------------

-- who is on duty in a rotation, in any seat; and anywhere
CREATE TABLE duty_in AS
SELECT trade, after, person_id, rotation_id, range_agg(d) AS held
FROM duty, unnest(held) AS d GROUP BY trade, after, person_id, rotation_id;
CREATE TABLE duty_of AS
SELECT trade, after, person_id, range_agg(d) AS held
FROM duty_in, unnest(held) AS d GROUP BY trade, after, person_id;
CREATE INDEX ON company_duty (trade, person_id);
-- the same of the seats that tire, which are the first and the second
CREATE TABLE tiring_in AS
SELECT trade, after, person_id, rotation_id, range_agg(d) AS held
FROM duty, unnest(held) AS d WHERE seat < 3 GROUP BY trade, after, person_id, rotation_id;
CREATE TABLE tiring_of AS
SELECT trade, after, person_id, range_agg(d) AS held
FROM tiring_in, unnest(held) AS d GROUP BY trade, after, person_id;
ANALYZE duty_in;
ANALYZE duty_of;
ANALYZE tiring_in;
ANALYZE tiring_of;

CREATE TABLE rule (number int, constraint_name text);
INSERT INTO rule VALUES (1, 'oncall_max_consecutive'), (2, 'oncall_distinct_seats'), (3, 'oncall_not_together'),
	(4, 'oncall_exclusive_duty'), (5, 'oncall_not_absent'), (6, 'oncall_member'), (7, 'oncall_season');

-- a breach: one person, one rule, one counterpart, and its instants; each
-- stretch that is too long is one
CREATE TABLE breach AS
SELECT d.trade, d.after, 1 AS rule, d.person_id, r.rotation_id::text AS counterpart, s::tstzmultirange AS instants
FROM tiring_of AS d
JOIN tiring_in AS i USING (trade, after, person_id)
JOIN trade AS t USING (trade)
JOIN rotation_at AS r ON r.version = t.version AND r.rotation_id = i.rotation_id
CROSS JOIN LATERAL stretches(d.held, r.min_break) AS s
WHERE s && i.held AND upper(s) > limit_of(lower(s), r.max_consecutive, r.zone)
UNION ALL
SELECT a.trade, a.after, 2, a.person_id, concat_ws('/', a.rotation_id, a.seat, b.seat), a.held * b.held
FROM duty AS a
JOIN duty AS b USING (trade, after, person_id, rotation_id)
WHERE a.seat < b.seat AND a.held && b.held
UNION ALL
SELECT d.trade, d.after, 3, d.person_id, concat_ws('/', d.rotation_id, n.other_id), d.held * c.held
FROM duty_in AS d
JOIN trade AS t USING (trade)
JOIN apart_at AS n ON n.version = t.version AND n.person_id = d.person_id
JOIN company_duty AS c ON (c.trade, c.after, c.person_id, c.rotation_id) = (d.trade, d.after, n.other_id, d.rotation_id)
WHERE d.held && c.held
UNION ALL
SELECT a.trade, a.after, 4, a.person_id, concat_ws('/', a.rotation_id, b.rotation_id), a.held * b.held
FROM duty_in AS a
JOIN duty_in AS b USING (trade, after, person_id)
JOIN trade AS t USING (trade)
JOIN rotation_at AS ra ON ra.version = t.version AND ra.rotation_id = a.rotation_id
JOIN rotation_at AS rb ON rb.version = t.version AND rb.rotation_id = b.rotation_id
WHERE a.rotation_id < b.rotation_id AND ra.exclusive AND rb.exclusive AND a.held && b.held
UNION ALL
SELECT d.trade, d.after, 5, d.person_id, a.absence_id::text, d.held * a.period::tstzmultirange
FROM duty_of AS d
JOIN trade AS t USING (trade)
JOIN absence_at AS a ON a.version = t.version AND a.person_id = d.person_id
WHERE d.held && a.period
UNION ALL
SELECT d.trade, d.after, 6, d.person_id, d.rotation_id::text, range_agg(x)
FROM duty AS d
JOIN trade AS t USING (trade)
JOIN person_at AS p ON p.version = t.version AND p.person_id = d.person_id
CROSS JOIN LATERAL (
	SELECT coalesce(range_agg(m.valid * p.active), '{}') AS may
	FROM member_at AS m
	WHERE m.version = t.version AND m.rotation_id = d.rotation_id AND m.person_id = d.person_id
		AND (m.standing IN ('listed', 'reserve') OR m.standing = 'shadow' AND d.seat >= 3)) AS m
CROSS JOIN LATERAL unnest(d.held - m.may) AS x
GROUP BY 1, 2, 4, 5
UNION ALL
SELECT d.trade, d.after, 7, d.person_id, concat_ws('/', d.rotation_id, a.season, a.block, b.block),
	   d.held * a.held + d.held * b.held
FROM duty_in AS d
JOIN trade AS t USING (trade)
JOIN block_at AS a ON a.version = t.version AND a.rotation_id = d.rotation_id
JOIN block_at AS b ON b.version = t.version AND b.rotation_id = d.rotation_id AND b.season = a.season AND b.block > a.block
WHERE d.held && a.held AND d.held && b.held;

CREATE TABLE refused AS
SELECT a.trade, a.rule, a.person_id, a.counterpart, a.instants
FROM breach AS a
WHERE a.trade > 0 AND a.after AND NOT EXISTS (
	SELECT FROM breach AS b
	WHERE (b.trade, b.rule, b.person_id, b.counterpart) = (a.trade, a.rule, a.person_id, a.counterpart)
		AND NOT b.after AND a.instants <@ b.instants);

-- The design lets the walk stop one limit beyond the change, which matters for
-- stretches longer than that: a rotation may have duty in one only beyond it.
-- These few trades may be decided either way and are left out.
CREATE TABLE far AS
WITH changed AS (
	SELECT a.trade, min(lower(x)) AS start, max(upper(x)) AS until
	FROM duty AS a
	LEFT JOIN duty AS b ON (b.trade, b.person_id, b.rotation_id, b.seat) = (a.trade, a.person_id, a.rotation_id, a.seat) AND NOT b.after
	CROSS JOIN LATERAL unnest(a.held - coalesce(b.held, '{}')) AS x
	WHERE a.after AND a.trade > 0
	GROUP BY a.trade
)
SELECT DISTINCT b.trade
FROM breach AS b
JOIN trade AS t USING (trade)
JOIN changed AS c USING (trade)
JOIN rotation_at AS r ON r.version = t.version AND r.rotation_id::text = b.counterpart
JOIN tiring_in AS i USING (trade, after, person_id, rotation_id)
WHERE b.rule = 1
	AND b.instants && tstzrange(c.start, c.until, '[]')
	AND NOT b.instants * i.held && tstzrange(c.start - r.max_consecutive, c.until + r.max_consecutive);

CREATE TABLE verdict AS
SELECT t.*, r.constraint_name AS judged
FROM trade AS t
LEFT JOIN (SELECT trade, min(rule) AS rule FROM refused GROUP BY trade) AS f USING (trade)
LEFT JOIN rule AS r ON r.number = f.rule
WHERE trade > 0;

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

SELECT diag(string_agg(n || ' ' || coalesce(judged, 'accepted'), ', ' ORDER BY judged) || '; ' ||
			(SELECT count(*) FROM far) || ' left out')
FROM (SELECT judged, count(*) AS n FROM verdict GROUP BY judged) AS s;
SELECT is(count(*)::int, :cases, 'so many trades are made') FROM verdict;
-- 4.5 % by their nature; the trades of a company have that in common, so that
-- chance moves it twice as much as if each were of its own: five times that
SELECT ok(count(*) <= :cases * 0.045 + 10 * sqrt(:cases * 0.045), 'few are left out') FROM far;
SELECT ok(min(n) >= :cases / 100, 'each rule refuses some, and some are accepted')
FROM (SELECT count(trade) AS n FROM (SELECT constraint_name FROM rule UNION ALL SELECT NULL) AS r
	  LEFT JOIN verdict AS v ON v.judged IS NOT DISTINCT FROM r.constraint_name GROUP BY r.constraint_name) AS s;
SELECT ok(count(*) > 0, 'midnight comes twice where holidays begin or end')
FROM block_at AS b JOIN rotation_at AS r USING (version, rotation_id), unnest(b.held) AS d, unnest(ARRAY[lower(d), upper(d)]) AS t
WHERE t < (t AT TIME ZONE r.zone) AT TIME ZONE r.zone;
SELECT no_rows($q$
	SELECT * FROM verdict WHERE sqlstate <> '23514' OR sqlstate = '23514' AND constraint_name !~ '^oncall_'
$q$, 'no trade is refused for another reason');
SELECT no_rows($q$
	SELECT trade, judged, constraint_name, does, in_one, message, covers,
		   (SELECT array_agg((person_id, rule, counterpart, instants)) FROM refused AS r WHERE r.trade = v.trade)
	FROM verdict AS v WHERE judged IS DISTINCT FROM constraint_name AND trade NOT IN (TABLE far)
$q$, 'a trade is refused exactly when the judge says, by the same rule');
SELECT no_rows($q$
	SELECT trade, constraint_name, message FROM verdict AS v
	WHERE constraint_name IS NOT NULL AND judged = constraint_name AND trade NOT IN (TABLE far)
	AND NOT EXISTS (SELECT FROM refused AS r JOIN rule AS u ON u.number = r.rule AND u.constraint_name = v.judged
					WHERE r.trade = v.trade AND strpos(v.message, 'person ' || v.company || '/' || r.person_id % 100) > 0)
$q$, 'the message names one whom the judge refuses');

-- what would be refused is asked for without writing
CREATE TABLE expected AS
SELECT t.trade, u.constraint_name, r.person_id, r.counterpart, r.instants, r.rule
FROM trade AS t JOIN refused AS r USING (trade) JOIN rule AS u ON u.number = r.rule
WHERE t.asked;
SELECT ok((SELECT count(DISTINCT trade) FROM expected) > :cases / 50, 'many are asked for');
SELECT no_rows($q$
	SELECT trade, constraint_name, person_id, e.n AS judge, o.n AS objections,
		   (SELECT covers FROM trade WHERE trade.trade = coalesce(e.trade, o.trade))
	FROM (SELECT trade, constraint_name, person_id, count(*) AS n FROM expected GROUP BY 1, 2, 3) AS e
	FULL JOIN (SELECT trade, constraint_name, person_id, count(*) AS n FROM objection GROUP BY 1, 2, 3) AS o
	USING (trade, constraint_name, person_id)
	WHERE e.n IS DISTINCT FROM o.n AND trade NOT IN (TABLE far)
$q$, 'objections() has what the judge refuses, and nothing else');
SELECT no_rows($q$
	SELECT v.trade, v.constraint_name, o.constraint_name
	FROM verdict AS v LEFT JOIN objection AS o ON o.trade = v.trade AND o.number = 1
	WHERE v.asked AND o.constraint_name IS DISTINCT FROM v.constraint_name
$q$, 'the first of them is what the trade is refused for');

-- what stands; here, too, a rotation may have its only duty in a stretch further
-- from the window than its limit
CREATE TABLE far_off AS
SELECT DISTINCT b.trade, b.person_id
FROM breach AS b
JOIN trade AS t USING (trade)
JOIN company AS c ON c.company = -b.trade
JOIN rotation_at AS r ON r.version = t.version AND r.rotation_id::text = b.counterpart
JOIN tiring_in AS i USING (trade, after, person_id, rotation_id)
WHERE b.trade < 0 AND b.rule = 1
	AND NOT b.instants * i.held && tstzrange(lower(audit_window(c)) - r.max_consecutive, upper(audit_window(c)) + r.max_consecutive);
SELECT ok((SELECT count(*) FROM audited) > :cases / 25, 'much is found by the audit');
SELECT no_rows($q$
	SELECT trade, constraint_name, person_id, j.n AS judge, a.n AS audit
	FROM (SELECT b.trade, u.constraint_name, b.person_id, count(*) AS n
		  FROM breach AS b JOIN rule AS u ON u.number = b.rule
		  WHERE b.trade < 0 AND b.instants && (SELECT audit_window(c) FROM company AS c WHERE c.company = -b.trade)
		  GROUP BY 1, 2, 3) AS j
	FULL JOIN (SELECT trade, constraint_name, person_id, count(*) AS n FROM audited GROUP BY 1, 2, 3) AS a
	USING (trade, constraint_name, person_id)
	WHERE j.n IS DISTINCT FROM a.n AND NOT (constraint_name = 'oncall_max_consecutive' AND (trade, person_id) IN (TABLE far_off))
$q$, 'audit() has every breach that the judge finds, and nothing else');

SELECT * FROM finish();
\c :home
SET client_min_messages = warning;
DROP DATABASE oncall_trades;
