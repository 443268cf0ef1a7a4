-- set_members() against what DESIGN says of it: random rotations whose lists
-- change, judged by the pairings' formulas written again in SQL.

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(9);

-- ONCALL_SEED in the environment repeats a run
\ir seed.psql
SELECT diag('seed ' || :'seed');

-- Who sits in a seat of turn n, as DESIGN words it; seats are counted from 0.
CREATE FUNCTION pg_temp.entry(k bigint, s bigint, pairing text, n bigint, seat bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	c bigint := n * s / lcm(k, s);
	i bigint; r bigint; j bigint; q bigint := k - 1; odd boolean;
BEGIN
	IF pairing = 'staggered' THEN
		RETURN (n + greatest(seat, seat * k / s)) % k;
	ELSIF pairing = 'fixed' THEN
		RETURN (n * s + (seat + c) % s) % k;
	ELSIF k = 1 THEN
		RETURN CASE WHEN seat = 0 THEN 0 END;
	END IF;
	odd := n / (k * (k - 1) / 2) % 2 = 1;
	i := n % (k * (k - 1) / 2);
	r := i / (k / 2);
	j := i % (k / 2);
	IF odd THEN
		seat := 1 - seat;
	END IF;
	IF k % 2 = 1 THEN
		RETURN CASE seat WHEN 0 THEN (r + j + 1) % k ELSE (r - j - 1 + 2 * k) % k END;
	ELSIF j = 0 THEN
		RETURN CASE WHEN (r % 2 = 0) = (seat = 0) THEN q ELSE r END;
	END IF;
	RETURN CASE seat WHEN 0 THEN (r + j) % q ELSE (r - j + 2 * q) % q END;
END $$;

-- The people of turn n in seat order; a seat whose person has a lower one goes
-- to the next on the list who has none, if there is one.
CREATE FUNCTION pg_temp.turn_of(members int[], pairing text, s int, n bigint)
RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	people int[] := '{}';
	place bigint;
	person int;
BEGIN
	FOR seat IN 0 .. s - 1 LOOP
		place := pg_temp.entry(cardinality(members), s, pairing, n, seat);
		person := members[1 + place];
		IF person = ANY (people) THEN
			person := NULL;
			FOR i IN 1 .. CASE pairing WHEN 'mixed' THEN 0 ELSE cardinality(members) - 1 END LOOP
				person := members[1 + (place + i) % cardinality(members)];
				EXIT WHEN person <> ALL (array_remove(people, NULL));
				person := NULL;
			END LOOP;
		END IF;
		people := array_append(people, person);
	END LOOP;
	RETURN people;
END $$;

CREATE FUNCTION pg_temp.shuffled(a int[]) RETURNS int[] LANGUAGE sql AS
$$ SELECT coalesce(array_agg(x ORDER BY random()), '{}') FROM unnest(a) x $$;

CREATE FUNCTION pg_temp.rotated(a int[], by int) RETURNS int[] LANGUAGE sql AS
$$ SELECT array_agg(a[(i + by) % cardinality(a) + 1] ORDER BY i) FROM generate_series(0, cardinality(a) - 1) i $$;

CREATE FUNCTION pg_temp.names(ids int[]) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg('p' || i ORDER BY o) FROM unnest(ids) WITH ORDINALITY u(i, o) $$;

-- Who was on call at the start of turns a to b, by the roster, turn by turn.
CREATE FUNCTION pg_temp.roster_of(rotation int, c oncall.cadence, a bigint, b bigint)
RETURNS int[] LANGUAGE plpgsql AS $$
BEGIN
	RETURN (
		SELECT array_agg(r.person_id ORDER BY h.at, r.seat)
		FROM oncall.handovers(c, tstzrange(lower(oncall.turn_period(c, a)), upper(oncall.turn_period(c, b)))) h(at)
		JOIN oncall.roster(tstzrange(lower(oncall.turn_period(c, a)), upper(oncall.turn_period(c, b))), rotation) r
			ON r.period @> h.at);
END $$;

CREATE FUNCTION pg_temp.members_of(layer int) RETURNS int[] LANGUAGE sql AS
$$ SELECT array_agg(person_id ORDER BY position) FROM oncall.layer_member WHERE layer_id = layer $$;

INSERT INTO oncall.person (person_id, name, zone)
SELECT i, 'p' || i, 'Europe/London' FROM generate_series(1, 40) i;

CREATE TEMP TABLE tried (
	i int, rotation_id int, pairing text, s int, cadence oncall.cadence, n bigint,
	change text, old int[], new int[], layer_id int, kept int[], before int[], after int[]);

DO $$
DECLARE
	t tried;
	k int;
	id int;
	from_time timestamptz;
BEGIN
	FOR i IN 1 .. 500 LOOP
		t := NULL;
		t.i := i;
		t.pairing := (ARRAY['staggered', 'fixed', 'mixed'])[1 + floor(random() * 3)];
		t.s := CASE t.pairing WHEN 'mixed' THEN 2 ELSE 1 + floor(random() * 3) END;
		t.cadence := format('R/2025-%s-05T%s:00[%s]/%s',
			to_char(1 + floor(random() * 12), 'FM00'), to_char(floor(random() * 24), 'FM00'),
			(ARRAY['Pacific/Auckland', 'Europe/London', 'America/New_York'])[1 + floor(random() * 3)],
			(ARRAY['P7D', 'P1D', 'P4D,P3D', 'PT12H', 'P1M'])[1 + floor(random() * 5)]);
		k := 1 + floor(random() * 15);
		t.old := pg_temp.shuffled(ARRAY(SELECT generate_series(1, k)));
		t.n := floor(random() * 200);
		t.change := (ARRAY['none', 'none, written from elsewhere', 'members', 'members', 'members', 'all'])[1 + floor(random() * 6)];
		t.new := CASE t.change
			WHEN 'none' THEN t.old
			WHEN 'none, written from elsewhere' THEN pg_temp.rotated(t.old, floor(random() * k)::int)
			WHEN 'all' THEN ARRAY(SELECT generate_series(21, 21 + floor(random() * 5)::int))
			-- some leave, some join anywhere, and the list is written from elsewhere
			ELSE ARRAY(
				SELECT e FROM (
					SELECT e, o FROM unnest(pg_temp.rotated(t.old, floor(random() * k)::int)) WITH ORDINALITY u(e, o)
					WHERE random() < 0.7
					UNION ALL
					SELECT 20 + g, random() * (k + 1) FROM generate_series(1, floor(random() * 4)::int) g) x
				ORDER BY o)
			END;
		CONTINUE WHEN t.new = '{}';

		t.rotation_id := oncall.add_rotation('r' || i, pg_temp.names(t.old), t.cadence,
			seats => (ARRAY['a', 'b', 'c'])[1:t.s], pairing => t.pairing);
		SELECT l.layer_id INTO id FROM oncall.layer l WHERE l.rotation_id = t.rotation_id;
		t.before := pg_temp.roster_of(t.rotation_id, t.cadence, greatest(t.n - 40, 0), t.n + 40);
		-- any time after the handover before
		from_time := CASE WHEN t.n = 0 THEN '2025-01-01'
			ELSE upper(oncall.turn_period(t.cadence, t.n - 1)) - random() * interval '11 hours' END;
		t.layer_id := oncall.set_members('r' || i, pg_temp.names(t.new), from_time);
		t.after := pg_temp.roster_of(t.rotation_id, t.cadence, greatest(t.n - 40, 0), t.n + 40);
		t.kept := pg_temp.members_of(t.layer_id);
		IF t.change LIKE 'none%' AND t.layer_id <> id THEN
			t.change := 'none, but written';
		END IF;
		INSERT INTO tried SELECT t.*;
	END LOOP;
END $$;

SELECT cmp_ok((SELECT count(*) FROM tried), '>', 400::bigint, 'enough cases');

SELECT is_empty($$
	SELECT i, pairing, old, new, n FROM tried WHERE change LIKE 'none%'
	AND (before IS DISTINCT FROM after OR change = 'none, but written') $$,
	'with the list unchanged, from wherever it is written, the roster does not change');

-- the roster is that of the old list before turn n and of the kept list from n
CREATE TEMP TABLE turns AS
SELECT i, t, pg_temp.turn_of(CASE WHEN t < n THEN old ELSE kept END, pairing, s, t) AS people
FROM tried, generate_series(greatest(n - 40, 0), n + 40) t;

SELECT is_empty($$
	SELECT i, pairing, old, new, n FROM tried JOIN (
		SELECT i, array_agg(p.person ORDER BY t, p.seat) AS people
		FROM turns, unnest(people) WITH ORDINALITY p(person, seat) GROUP BY i) e USING (i)
	WHERE e.people IS DISTINCT FROM after $$,
	'the roster follows the formulas, turn numbers go on');

SELECT is_empty($$
	SELECT i, pairing, new, kept FROM tried
	WHERE ARRAY(SELECT unnest(new) ORDER BY 1) <> ARRAY(SELECT unnest(kept) ORDER BY 1) $$,
	'the members are those who were given');

SELECT is_empty($$
	SELECT i, new, kept FROM tried
	WHERE pairing <> 'mixed' AND NOT EXISTS (
		SELECT FROM generate_series(0, cardinality(new) - 1) r WHERE pg_temp.rotated(new, r) = kept) $$,
	'the list keeps its order');

-- The order in which places of the list are used: one a turn, or one a seat
-- with pairing fixed. Among those who stay it is the same round for ever.
CREATE TEMP TABLE line AS
SELECT i, row_number() OVER (PARTITION BY i ORDER BY t, u) AS place, person
FROM (
	SELECT i, t, u, old, kept,
		CASE WHEN t < n
			THEN old[1 + (t * step + u) % cardinality(old)]
			ELSE kept[1 + (t * step + u) % cardinality(kept)] END AS person
	FROM (SELECT *, CASE pairing WHEN 'fixed' THEN s ELSE 1 END AS step FROM tried
		  WHERE pairing <> 'mixed') x,
		generate_series(greatest(n - 40, 0), n + 40) t,
		generate_series(0, step - 1) u) y
WHERE person = ANY (old) AND person = ANY (kept);

SELECT is_empty($$
	SELECT l.i, t.pairing, t.old, t.new, t.kept, t.n
	FROM line l JOIN tried t USING (i)
	JOIN (SELECT i, count(DISTINCT person) AS length FROM line GROUP BY i) r USING (i)
	JOIN line m ON m.i = l.i AND m.place = l.place + r.length
	WHERE l.person <> m.person $$,
	'nobody who stays is skipped or called twice in the first seat (fixed: in the pairs)');

SELECT is_empty($$
	SELECT i, pairing, old, new, kept, n FROM tried
	WHERE pairing <> 'mixed' AND change = 'all'
	AND kept[1 + n * CASE pairing WHEN 'fixed' THEN s ELSE 1 END % cardinality(kept)] <> new[1] $$,
	'if nobody stays, the first who is written begins');

-- Joiners come on before the one they are written before, unless across the end.
SELECT is_empty($$
	SELECT i, pairing, old, new, kept, n, due, first_stayer FROM (
		SELECT t.*, kept[1 + n * step % cardinality(kept)] AS due,
			(SELECT old[1 + (n * step + j) % cardinality(old)]
			 FROM generate_series(0, cardinality(old) - 1) j
			 WHERE old[1 + (n * step + j) % cardinality(old)] = ANY (new) ORDER BY j LIMIT 1) AS first_stayer
		FROM (SELECT *, CASE pairing WHEN 'fixed' THEN s ELSE 1 END AS step FROM tried) t
		WHERE pairing <> 'mixed') x
	WHERE due IS DISTINCT FROM coalesce(
		(SELECT new[1 + count(*)] FROM unnest(new) WITH ORDINALITY u(e, o)
		 WHERE o <= (SELECT max(o) FROM unnest(new) WITH ORDINALITY v(e, o)
					 WHERE o < array_position(new, first_stayer) AND e = ANY (old))),
		new[1]) AND first_stayer IS NOT NULL $$,
	'due is the first of the old list who stays, or the joiners directly before them');

-- A new tournament: its places, as they come on from turn n, by longest rest.
SELECT is_empty($$
	SELECT i, old, new, kept, n FROM tried
	WHERE pairing = 'mixed' AND ARRAY(SELECT unnest(old) ORDER BY 1) <> ARRAY(SELECT unnest(new) ORDER BY 1)
	AND kept IS DISTINCT FROM (
		SELECT array_agg(m.person ORDER BY p.place)
		FROM (SELECT place, row_number() OVER (ORDER BY min(t * 2 + seat)) AS number
			  FROM generate_series(n, n + 40) t, generate_series(0, 1) seat,
				  LATERAL pg_temp.entry(cardinality(new), 2, 'mixed', t, seat) place
			  WHERE place IS NOT NULL GROUP BY place) p
		JOIN (SELECT person, row_number() OVER (ORDER BY last NULLS FIRST, o) AS number
			  FROM (SELECT person, o, (SELECT max(t) FROM generate_series(greatest(n - 40, 0), n - 1) t
									   WHERE person = ANY (pg_temp.turn_of(old, 'mixed', 2, t))) AS last
					FROM unnest(new) WITH ORDINALITY u(person, o)) r) m USING (number)) $$,
	'mixed begins a new tournament, by longest rest');

SELECT * FROM finish();
ROLLBACK;
