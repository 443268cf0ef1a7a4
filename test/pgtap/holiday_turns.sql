-- The assignment of holidays against brute force: first the engine's solver
-- on random tasks, then add_holiday_cover() on random rotations.
--
-- Tests: holiday_solver add_holiday_cover

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(13);

-- ONCALL_SEED in the environment repeats a run
\ir seed.psql
SELECT diag('seed ' || :'seed');

-- The least (repeats, again, order) of any assignment; NULL if there is none.
-- Turn by turn, all ways to fill it, keeping the best way to come to the same
-- number of turns for each person and the same people (as bits) in each block.
CREATE TEMP TABLE way (turn int, turns int[], blocks int[], repeats int, ord int);
CREATE FUNCTION pg_temp.least_cost(seats int, blocks int[], allowed bool[], repeats bool[], served int[], apart int[])
RETURNS int[] LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
	k int := cardinality(served);
BEGIN
	TRUNCATE way;
	INSERT INTO way VALUES (0, array_fill(0, ARRAY[k]), array_fill(0, '{5}'), 0, 0);
	FOR t IN 1 .. cardinality(blocks) LOOP
		INSERT INTO way
		SELECT t, n.turns, n.blocks, least[1], least[2]
		FROM (
			SELECT ARRAY(SELECT u + CASE WHEN s.people & (1 << p::int) <> 0 THEN 1 ELSE 0 END
						 FROM unnest(w.turns) WITH ORDINALITY x(u, p) ORDER BY p) AS turns,
				w.blocks[:least_cost.blocks[t]] || (w.blocks[least_cost.blocks[t] + 1] | s.people)
					|| w.blocks[least_cost.blocks[t] + 2:] AS blocks,
				min(ARRAY[w.repeats + s.repeats, w.ord + s.ord]) AS least
			FROM way w, (
				WITH RECURSIVE sets AS (
					SELECT 0 AS people, 0 AS size, 0 AS last, 0 AS repeats, 0 AS ord
					UNION ALL
					SELECT s.people | (1 << p), s.size + 1, p, s.repeats + least_cost.repeats[(t - 1) * k + p]::int, s.ord + p
					FROM sets s, generate_series(s.last + 1, k) p
					WHERE s.size < seats AND allowed[(t - 1) * k + p])
				SELECT * FROM sets WHERE size = seats AND NOT EXISTS (
					SELECT FROM generate_series(1, cardinality(apart), 2) a
					WHERE sets.people & (1 << apart[a]) <> 0 AND sets.people & (1 << apart[a + 1]) <> 0)) s
			WHERE w.turn = t - 1 AND NOT EXISTS (
				SELECT FROM unnest(w.blocks) WITH ORDINALITY o(people, b)
				WHERE b <> least_cost.blocks[t] + 1 AND o.people & s.people <> 0)
			GROUP BY 1, 2) n;
	END LOOP;
	RETURN (
		SELECT min(ARRAY[w.repeats,
			(SELECT sum(served[p] * c + c * (c - 1) / 2)::int FROM unnest(w.turns) WITH ORDINALITY x(c, p)), w.ord])
		FROM way w WHERE w.turn = cardinality(least_cost.blocks));
END $$;

-- The same of an assignment; NULL if it breaks a rule.
CREATE FUNCTION pg_temp.cost_of(seats int, blocks int[], allowed bool[], repeats bool[], served int[], apart int[], people int[])
RETURNS int[] LANGUAGE sql AS $$
	WITH places AS (
		SELECT (o - 1) / seats + 1 AS t, p FROM unnest(people) WITH ORDINALITY u(p, o)
	)
	SELECT ARRAY[
		(SELECT count(*) FROM places WHERE repeats[(t - 1) * cardinality(served) + p])::int,
		(SELECT sum(served[p] * c + c * (c - 1) / 2)::int
		 FROM (SELECT p, count(*)::int AS c FROM places GROUP BY p) x),
		(SELECT sum(p)::int FROM places)]
	WHERE cardinality(people) = seats * cardinality(blocks)
		AND (SELECT count(DISTINCT (t, p)) FROM places) = cardinality(people)
		AND (SELECT bool_and(allowed[(t - 1) * cardinality(served) + p]) FROM places)
		AND NOT EXISTS (SELECT FROM places GROUP BY p HAVING count(DISTINCT blocks[t]) > 1)
		AND NOT EXISTS (
			SELECT FROM places a JOIN places b USING (t), generate_series(1, cardinality(apart), 2) n
			WHERE a.p = apart[n] AND b.p = apart[n + 1])
$$;

CREATE FUNCTION pg_temp.coins(n bigint, chance float) RETURNS bool[] LANGUAGE sql VOLATILE AS
$$ SELECT coalesce(array_agg(random() < chance), '{}') FROM generate_series(1, n) $$;

CREATE TEMP TABLE task AS
SELECT i, seats, blocks, pg_temp.coins(cardinality(blocks) * k, may) AS allowed,
	pg_temp.coins(cardinality(blocks) * k, 0.4) AS repeats,
	ARRAY(SELECT floor(random() * 2)::int FROM generate_series(1, k + 0 * i)) AS served,
	-- in half of them some pairs are to be apart
	ARRAY(SELECT unnest(ARRAY[a, b])
		  FROM (SELECT a, b FROM generate_series(1, k + 0 * i) a, generate_series(1, k) b
				WHERE a < b AND random() < 0.3 * (i % 2) OFFSET 0) pairs) AS apart
FROM (
	SELECT i, 1 + floor(random() * 2)::int AS seats, 1 + floor(random() * 6)::int AS k, 0.5 + random() / 2 AS may,
		(SELECT array_agg(b ORDER BY b) FROM (
			SELECT floor(random() * least(3, turns))::int AS b FROM generate_series(1, turns + 0 * i)) y) AS blocks
	FROM (SELECT i, 1 + floor(random() * 4)::int AS turns FROM generate_series(1, 300) i) z
	OFFSET 0) x;

CREATE TEMP TABLE solved AS
SELECT t.*, a.people, a.failed, a.placed,
	pg_temp.cost_of(seats, blocks, allowed, repeats, served, apart, a.people) AS cost,
	pg_temp.least_cost(seats, blocks, allowed, repeats, served, apart) AS best
FROM task t, LATERAL oncall_internal.assign_turns(seats, blocks, allowed, repeats, served, apart) a;

SELECT cmp_ok((SELECT count(*) FROM solved WHERE best IS NOT NULL), '>', 100::bigint, 'many tasks can be done');
SELECT cmp_ok((SELECT count(*) FROM solved WHERE best IS NULL), '>', 20::bigint, 'many cannot');
SELECT is_empty('SELECT * FROM solved WHERE (best IS NULL) <> (people IS NULL)', 'what can be done is done');
SELECT is_empty('SELECT * FROM solved WHERE cost IS DISTINCT FROM best', 'and as well as can be');

-- The turn named is the first that spoils it; with somebody who is free for it
-- alone it can be done if all but one of its people can be had.
SELECT is_empty($$
	SELECT s.* FROM solved s, LATERAL (
		SELECT array_agg(CASE WHEN p <= cardinality(served) THEN s.allowed[(t - 1) * cardinality(served) + p]
					ELSE t = failed END ORDER BY t, p) AS allowed
		FROM generate_series(1, failed) t, generate_series(1, cardinality(served) + 1) p) c
	WHERE failed IS NOT NULL AND (
		pg_temp.least_cost(seats, s.blocks[:failed], s.allowed, repeats, served, apart) IS NOT NULL
		OR failed > 1
			AND pg_temp.least_cost(seats, s.blocks[:failed - 1], s.allowed, repeats, served, apart) IS NULL
		OR (pg_temp.least_cost(seats, s.blocks[:failed], c.allowed,
			array_fill(false, ARRAY[cardinality(c.allowed)]), served || 0, apart) IS NOT NULL) <> (placed = seats - 1)) $$,
	'the first turn that cannot be filled is named');

-- 12 places and 20 people, and more: no brute force here, but the rules and the time
SELECT is_empty($$
	SELECT i, a FROM (
		SELECT i, ARRAY[0, 0, 0, 1, 1, 1] AS blocks, pg_temp.coins(120 + 0 * i, 0.4) AS allowed,
			pg_temp.coins(120 + 0 * i, 0.5) AS repeats, array_fill(0, '{20}') AS served
		FROM generate_series(1, 100) i OFFSET 0) t,
		LATERAL oncall_internal.assign_turns(2, blocks, allowed, repeats, served, '{1,2,3,4,1,5}') a
	WHERE a.people IS NOT NULL
		AND pg_temp.cost_of(2, blocks, allowed, repeats, served, '{1,2,3,4,1,5}', a.people) IS NULL $$,
	'tasks of 12 places and 20 people keep the rules');

-- Rotations -----------------------------------------------------------------

INSERT INTO oncall.calendar (calendar_id, name) VALUES (901, 'holiday_cover');
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(901, '2025-12-25', 'Christmas Day', 'Christmas 2025', NULL),
	(901, '2025-12-26', 'Boxing Day', 'Christmas 2025', NULL),
	(901, '2026-01-01', 'New Year''s Day', 'Christmas 2025', NULL),
	(901, '2026-12-25', 'Christmas Day', 'Christmas 2026', NULL),
	(901, '2026-12-26', 'Boxing Day', 'Christmas 2026', NULL),
	(901, '2026-12-28', 'Boxing Day', NULL, '2026-12-26'),
	(901, '2027-01-01', 'New Year''s Day', 'Christmas 2026', NULL);
INSERT INTO oncall.person (person_id, name, zone)
SELECT 900 + i, 'holiday' || i, 'Europe/London' FROM generate_series(1, 6) i;

CREATE TEMP TABLE day (t int, block int, day date);
INSERT INTO day VALUES (1, 0, '2026-12-25'), (2, 0, '2026-12-26'), (3, 0, '2026-12-28'), (4, 1, '2027-01-01');

CREATE FUNCTION pg_temp.local_day(zone text, day date) RETURNS tstzrange LANGUAGE sql AS
$$ SELECT tstzrange(day::timestamp AT TIME ZONE zone, (day + 1)::timestamp AT TIME ZONE zone) $$;

CREATE FUNCTION pg_temp.on_duty(rotation int, who int, zone text, day date) RETURNS bool LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN EXISTS (SELECT FROM oncall.roster(pg_temp.local_day(zone, day), on_duty.rotation) r WHERE r.person_id = who);
END $$;

CREATE TEMP TABLE planned (i int, rotation_id int, zone text, k int, allowed bool[], repeats bool[],
	best int[], state text, people int[], cost int[], problem text);

DO $$
DECLARE
	p planned;
	chance float;
	apart int[];
BEGIN
	FOR i IN 1 .. 60 LOOP
		p := NULL;
		p.i := i;
		p.k := 4 + floor(random() * 3);
		p.zone := (ARRAY['Pacific/Auckland', 'Europe/London', 'America/New_York'])[1 + floor(random() * 3)];
		chance := random() * 0.6;
		p.rotation_id := oncall.add_rotation('holidays' || i,
			ARRAY(SELECT name FROM oncall.person WHERE person_id BETWEEN 901 AND 900 + p.k ORDER BY random()),
			oncall.cadence(format('2025-%s-0%s 12:00', 3 + floor(random() * 6), 1 + floor(random() * 7))::timestamp,
				p.zone, '7 days'),
			zone => p.zone, calendar => 'holiday_cover');
		DELETE FROM oncall.absence;
		INSERT INTO oncall.absence (person_id, period, kind)
		SELECT person_id, pg_temp.local_day(p.zone, day), 'keep_free'
		FROM oncall.person, (SELECT day FROM day OFFSET 0) d
		WHERE person_id BETWEEN 901 AND 906 AND random() < chance * 0.7;
		-- in every third rotation two pairs are to be apart
		DELETE FROM oncall.not_together;
		INSERT INTO oncall.not_together (person_id, other_id)
		SELECT 904, 900 + n FROM generate_series(1, 2) n WHERE i % 3 = 0;
		apart := CASE WHEN i % 3 = 0 THEN '{4,1,4,2}'::int[] ELSE '{}' END;
		-- last year somebody covered
		INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
		VALUES (p.rotation_id, 1, pg_temp.local_day(p.zone, '2025-12-26'), 901 + floor(random() * p.k));
		-- and somebody covers this year's Christmas already
		IF random() < 0.3 THEN
			INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
			VALUES (p.rotation_id, 2, pg_temp.local_day(p.zone, '2026-12-25'), 901);
		END IF;

		SELECT array_agg(
				NOT EXISTS (SELECT FROM oncall.absence a
							WHERE a.person_id = o.person_id AND a.period && pg_temp.local_day(p.zone, d.day))
				AND NOT (d.block = 1 AND EXISTS (SELECT FROM oncall.cover c
					WHERE c.rotation_id = p.rotation_id AND c.person_id = o.person_id AND lower(c.period) > '2026-12-01'))
				ORDER BY d.t, o.person_id),
			array_agg(pg_temp.on_duty(p.rotation_id, o.person_id, p.zone,
				CASE d.t WHEN 1 THEN '2025-12-25'::date WHEN 4 THEN '2026-01-01' ELSE '2025-12-26' END)
				ORDER BY d.t, o.person_id)
		INTO p.allowed, p.repeats
		FROM day d, oncall.person o WHERE o.person_id BETWEEN 901 AND 900 + p.k;
		p.best := pg_temp.least_cost(2, '{0,0,0,1}', p.allowed, p.repeats, ARRAY(SELECT
			CASE WHEN EXISTS (SELECT FROM oncall.cover c WHERE c.rotation_id = p.rotation_id AND c.person_id = 900 + n
				AND lower(c.period) > '2026-12-01') THEN 1 ELSE 0 END FROM generate_series(1, p.k) n), apart);

		BEGIN
			SELECT array_agg(o.person_id - 900 ORDER BY h.period, m.seat)
			INTO p.people
			FROM oncall.add_holiday_cover('holidays' || i, '[2026-12-24,2027-01-10)') h,
				unnest(h.members) WITH ORDINALITY m(name, seat) JOIN oncall.person o USING (name);
			p.cost := pg_temp.cost_of(2, '{0,0,0,1}', p.allowed, p.repeats, ARRAY(SELECT
				CASE WHEN EXISTS (SELECT FROM oncall.cover c WHERE c.rotation_id = p.rotation_id AND c.person_id = 900 + n
					AND lower(c.period) > '2026-12-01') THEN 1 ELSE 0 END FROM generate_series(1, p.k) n), apart, p.people);
			p.problem := (
				SELECT string_agg(DISTINCT format('%s twice', o.person_id), ', ')
				FROM oncall.person o
				WHERE (SELECT count(DISTINCT d.block) FROM day d
					   WHERE pg_temp.on_duty(p.rotation_id, o.person_id, p.zone, d.day)) > 1);
		EXCEPTION WHEN object_not_in_prerequisite_state THEN
			p.state := SQLERRM;
		END;
		INSERT INTO planned SELECT p.*;
	END LOOP;
END $$;

SELECT cmp_ok((SELECT count(*) FROM planned WHERE best IS NOT NULL), '>', 10::bigint, 'many rotations can be planned');
SELECT is_empty('SELECT * FROM planned WHERE (best IS NULL) <> (people IS NULL)', 'they are planned if they can be');
SELECT is_empty('SELECT * FROM planned WHERE cost[1:2] IS DISTINCT FROM best[1:2]',
	'as few as can be have the holiday of last year, then as few as can be serve again');
SELECT is_empty('SELECT * FROM planned WHERE problem IS NOT NULL', 'by the roster nobody serves two blocks');
SELECT is_empty($$SELECT * FROM planned WHERE best IS NULL AND state NOT LIKE 'there are too few people for the holiday turn of 202_-__-__ in rotation "holidays%": it needs 2'$$,
	'otherwise the error names the turn, and how many it needs');
SELECT is_empty($$
	SELECT * FROM planned p JOIN oncall.layer l USING (rotation_id)
	WHERE best IS NULL AND l.rank > 0 $$, 'and nothing is written');
SELECT is_empty($$
	SELECT p.i, d.day, l.* FROM planned p CROSS JOIN day d
	LEFT JOIN oncall.layer l ON l.rotation_id = p.rotation_id AND l.valid = pg_temp.local_day(p.zone, d.day)
	WHERE best IS NOT NULL AND (l.rank, l.pairing, l.seats) IS DISTINCT FROM (1, 'fixed', 2::smallint)
	UNION ALL
	-- the roster shows them in seat order, but for the seats that covers hold
	SELECT p.i, d.day, l.* FROM planned p CROSS JOIN day d
	JOIN oncall.layer l ON l.rotation_id = p.rotation_id AND l.valid = pg_temp.local_day(p.zone, d.day)
	JOIN oncall.roster('[2026-12-24,2027-01-10)', NULL) r ON r.layer_id = l.layer_id
	WHERE r.period <> l.valid OR r.person_id <> 900 + p.people[(d.t - 1) * 2 + r.seat] $$,
	'one layer a turn, from local midnight to local midnight, with those who serve it');

SELECT * FROM finish();
ROLLBACK;
