-- Plans against brute force: random small companies, every way to hand out the
-- shifts in conflict, written as covers and judged as covers are; loads are
-- counted hour by hour. Then a leave, what cannot be resolved, and a big case.
--
-- Tests: cover_solver workload

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(30);

-- ONCALL_SEED=... repeats a run; ONCALL_PLANS=... tries so many companies
\ir seed.psql
\getenv plans ONCALL_PLANS
\if :{?plans}
\else
\set plans 25
\endif
SELECT diag('seed ' || :'seed' || ', ' || :'plans' || ' companies');

-- One company a case; its layers are withdrawn after it ----------------------

INSERT INTO oncall.calendar (calendar_id, name) VALUES (901, 'plan');
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(901, '2126-12-25', 'Christmas Day', 'Christmas 2126', NULL),
	(901, '2126-12-26', 'Boxing Day', 'Christmas 2126', NULL),
	(901, '2126-12-28', 'Sunday kept', NULL, '2126-12-29'),
	(901, '2127-01-01', 'New Year''s Day', 'Christmas 2126', NULL);
INSERT INTO oncall.person (person_id, name, zone, working_hours, calendar_id)
SELECT 900 + i, 'plan' || i, (ARRAY['Pacific/Auckland', 'Europe/London', 'America/New_York'])[1 + i % 3],
	(ARRAY['Mo-Fr 09:00-17:00', 'Mo-Fr 22:00-06:00; Su 10:00-12:00', '24/7'])[1 + i % 2 + (i = 5)::int]::oncall.weekly_hours, CASE WHEN i % 4 > 0 THEN 901 END
FROM generate_series(1, 6) i;

-- What an hour weighs for a person, said once more
CREATE TEMP TABLE hour AS
SELECT p.person_id, h AS at, CASE
		WHEN EXISTS (
			-- only those with an odd number work on Sundays
			SELECT FROM oncall.holiday y WHERE y.calendar_id = p.calendar_id
				AND CASE WHEN p.person_id % 2 = 0 THEN y.day ELSE coalesce(y.observes, y.day) END = (h AT TIME ZONE p.zone)::date) THEN 3
		WHEN oncall.is_open(p.working_hours, h, p.zone) THEN 1
		WHEN extract(isodow FROM h AT TIME ZONE p.zone) > 5 THEN 2
		WHEN extract(hour FROM h AT TIME ZONE p.zone) NOT BETWEEN 6 AND 21 THEN 2
		ELSE 1.5 END AS weight
FROM oncall.person p, generate_series(timestamptz '2126-11-20Z', '2127-01-31Z', '1 hour') h
WHERE p.person_id BETWEEN 901 AND 906;
CREATE INDEX ON hour (person_id, at);
CREATE FUNCTION pg_temp.weight(person_id int, during tstzrange) RETURNS numeric LANGUAGE sql STABLE AS
$$ SELECT coalesce(sum(weight), 0) FROM pg_temp.hour h WHERE h.person_id = $1 AND h.at >= lower($2) AND h.at < upper($2) $$;

-- Rotations in which somebody is away: returns the window to be planned
CREATE FUNCTION pg_temp.make_case(i int) RETURNS tstzrange LANGUAGE plpgsql AS $$
DECLARE
	day date := date '2126-12-14' + (random() * 14)::int;
	during tstzrange := tstzrange(day::timestamptz, day + (3 + random() * 8)::int * interval '1 day');
	people int[];
	layer int;
BEGIN
	FOR r IN 2 * i .. 2 * i + (random() < 0.4)::int LOOP
		people := ARRAY(SELECT p FROM generate_series(901, 906) p ORDER BY random() LIMIT 2 + (random() * 4)::int);
		INSERT INTO oncall.rotation (rotation_id, name, zone, seats, exclusive, max_consecutive, min_break, calendar_id)
		VALUES (1000 + r, 'plan' || r, 'Europe/London', (ARRAY['{a}', '{a,b}', '{a,b,c}'])[1 + floor(random() * 2.2)::int]::text[],
			random() < 0.5, (ARRAY['1 day', '2 days', '3 days', '7 days', NULL])[1 + floor(random() * 5)::int]::interval,
			(ARRAY['0', '11 hours', '1 day'])[1 + floor(random() * 3)::int]::interval, CASE WHEN random() < 0.5 THEN 901 END);
		INSERT INTO oncall.layer (rotation_id, cadence)
		VALUES (1000 + r, format('R/2126-12-0%sT%s:00[Europe/London]/P%sD', 1 + (random() * 3)::int,
			(ARRAY['09', '12', '17'])[1 + floor(random() * 3)::int], 1 + (random() * 2)::int)::oncall.cadence)
		RETURNING layer_id INTO layer;
		INSERT INTO oncall.layer_member (layer_id, position, person_id)
		SELECT layer, o, p FROM unnest(people) WITH ORDINALITY x(p, o);
		INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		SELECT 1000 + r, p, (ARRAY['reserve', 'shadow', 'volunteer'])[1 + floor(random() * 3)::int],
			tstzrange(CASE WHEN random() < 0.95 THEN '2126-01-01' ELSE lower(during) + interval '2 days' END, NULL)
		FROM generate_series(901, 906) p WHERE p <> ALL (people) AND random() < 0.5;
	END LOOP;
	INSERT INTO oncall.absence (person_id, period, kind)
	SELECT 901 + floor(random() * 6)::int, tstzrange(f, f + (6 + (random() * 80)::int) * interval '1 hour'), 'leave'
	FROM generate_series(1, 1 + (random() * 2)::int) a,
		LATERAL (SELECT lower(during) + (a * 0 + random() * 6 * 24)::int * interval '1 hour' AS f) x;
	-- once there is nobody to ask, for certain
	INSERT INTO oncall.absence (person_id, period, kind)
	SELECT p, tstzrange(lower(during) + interval '1 day', lower(during) + interval '2 days'), 'leave'
	FROM generate_series(901, 906) p WHERE i = 1;
	INSERT INTO oncall.not_together (person_id, other_id)
	SELECT a, b FROM generate_series(901, 906) a, generate_series(a + 1, 906) b WHERE random() < 0.15 * (i % 2);
	UPDATE oncall.person SET active = tstzrange(NULL, lower(during) + interval '3 days')
	WHERE person_id = 901 + floor(random() * 6)::int AND random() < 0.3;
	RETURN during;
END $$;

-- Shifts in conflict of which a plan is to move all; of two people who are not
-- to be together, and could serve otherwise, the one in the later seat.
CREATE FUNCTION pg_temp.to_be_moved(during tstzrange)
RETURNS TABLE (rotation_id int, seat smallint, person_id int, period tstzrange)
LANGUAGE sql STABLE AS $$
	WITH found AS MATERIALIZED (
		SELECT c.*, c.reason !~ '^(not to be together with [^,]*(, )?)+$' AS unfit FROM oncall.duty_conflicts(during) c)
	SELECT c.rotation_id, c.seat, c.person_id, c.period FROM found c
	WHERE c.unfit OR EXISTS (
		SELECT FROM found o JOIN oncall.not_together n
			ON (n.person_id, n.other_id) IN ((c.person_id, o.person_id), (o.person_id, c.person_id))
		WHERE o.rotation_id = c.rotation_id AND o.seat < c.seat AND o.period && c.period AND NOT o.unfit)
$$;

-- What the plan looks like if these people (0: nobody) take its shifts, in
-- order; NULL if the judge refuses it.
CREATE TYPE pg_temp.worth AS (unresolved int, heaviest numeric, squares numeric);
CREATE FUNCTION pg_temp.worth_of(rotations int[], seats smallint[], periods tstzrange[], holders int[], takers int[],
	counted tstzrange, concerned int[])
RETURNS pg_temp.worth LANGUAGE plpgsql AS $$
DECLARE
	result pg_temp.worth;
BEGIN
	SET CONSTRAINTS ALL DEFERRED;
	PERFORM oncall_internal.write_covers(array_agg(r), array_agg(s), array_agg(d), array_agg(t))
	FROM unnest(rotations, seats, periods, takers) u(r, s, d, t) WHERE t > 0
	HAVING count(*) > 0;
	SET CONSTRAINTS ALL IMMEDIATE;
	-- it is no way out if the next one cannot serve it either
	IF EXISTS (
		SELECT FROM oncall.duty_conflicts(counted) c, unnest(rotations, seats, periods, takers) u(r, s, d, t)
		WHERE (c.rotation_id, c.seat, c.person_id) = (r, s, t) AND c.period && d) THEN
		RAISE check_violation;
	END IF;
	SELECT (SELECT count(*) FROM unnest(takers) t WHERE t = 0), max(load), sum(floor(load * 60) ^ 2) INTO result
	FROM (
		SELECT p, coalesce((SELECT sum(pg_temp.weight(p, r.period)) FROM oncall.roster(counted) r WHERE r.person_id = p), 0)
			- coalesce((SELECT sum(pg_temp.weight(p, d * counted)) FROM unnest(periods, holders, takers) u(d, h, t)
				WHERE h = p AND t = 0), 0) AS load
		FROM unnest(concerned) p) l;
	RAISE EXCEPTION SQLSTATE 'XX999' USING DETAIL = result::text;
EXCEPTION
	WHEN SQLSTATE 'XX999' THEN
		DECLARE
			detail text;
		BEGIN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			RETURN detail::pg_temp.worth;
		END;
	WHEN check_violation THEN
		RETURN NULL;
END $$;

CREATE TEMP TABLE tried (i int, during tstzrange, conflicts int, resolved int, ways int, legal int,
	best pg_temp.worth, found pg_temp.worth, said numeric, bound numeric, statement text, expected text[], planned text[],
	same boolean, untrue int, together boolean);
CREATE FUNCTION pg_temp.try_case(i int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	during tstzrange := pg_temp.make_case(i);
	counted tstzrange;
	way int[];
	worth pg_temp.worth;
	t tried;
	rotations int[]; seats smallint[]; periods tstzrange[]; holders int[]; takers int[]; concerned int[];
	choices int[];
	n int;
BEGIN
	SELECT array_agg(rotation_id), array_agg(seat), array_agg(period), array_agg(for_person_id),
		array_agg(coalesce(by_person_id, 0)), min(heaviest), min(bound), min(p.statement), count(*), count(by_person_id),
		array_agg(format('%s %s %s', rotation_id, seat, period)),
		count(*) FILTER (WHERE (barred IS NULL) <> (by_person_id IS NOT NULL)),
		bool_or(concat(reason, barred) ~ 'together')
	INTO rotations, seats, periods, holders, takers, t.said, t.bound, t.statement, t.conflicts, t.resolved, t.planned, t.untrue, t.together
	FROM (SELECT * FROM oncall.plan_covers(NULL, during, history => '5 days') ORDER BY rotation_id, seat, period) p;
	t.i := i;
	t.during := during;
	-- whole shifts, found another way
	t.expected := (SELECT array_agg(format('%s %s %s', r.rotation_id, r.seat, r.period) ORDER BY r.rotation_id, r.seat, r.period)
		FROM oncall.roster('[2126-12-05Z,2127-01-20Z)') r
		WHERE EXISTS (SELECT FROM pg_temp.to_be_moved(during) c
			WHERE (c.rotation_id, c.seat, c.person_id) = (r.rotation_id, r.seat, r.person_id) AND c.period <@ r.period));
	IF t.conflicts > 0 THEN
		counted := tstzrange(lower(during) - interval '5 days', greatest(upper(during), (SELECT max(upper(p)) FROM unnest(periods) p)));
		concerned := ARRAY(SELECT m.person_id FROM oncall.rotation_member m
			WHERE m.rotation_id = ANY (rotations) AND m.standing <> 'volunteer'
			UNION SELECT m.person_id FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id) WHERE l.rotation_id = ANY (rotations)
			UNION SELECT unnest(holders));
		choices := ARRAY(SELECT 0 UNION SELECT p FROM unnest(concerned) p ORDER BY 1);
		n := cardinality(choices);
		IF n ^ t.conflicts <= 700 THEN
			t.ways := n ^ t.conflicts;
		END IF;
		t.legal := 0;
		FOR w IN 0 .. coalesce(t.ways, 0) - 1 LOOP
			way := ARRAY(SELECT choices[1 + (w / (n ^ (k - 1))::int) % n] FROM generate_series(1, t.conflicts) k);
			CONTINUE WHEN EXISTS (SELECT FROM unnest(way, holders) AS u(taker, holder) WHERE taker = holder);
			worth := pg_temp.worth_of(rotations, seats, periods, holders, way, counted, concerned);
			CONTINUE WHEN worth IS NULL;
			t.legal := t.legal + 1;
			t.best := CASE WHEN t.best IS NULL OR worth < t.best THEN worth ELSE t.best END;
		END LOOP;
		t.found := pg_temp.worth_of(rotations, seats, periods, holders, takers, counted, concerned);
		t.same := takers = (SELECT array_agg(coalesce(by_person_id, 0) ORDER BY rotation_id, seat, period)
			FROM oncall.plan_covers(NULL, during, history => '5 days'));
	END IF;
	INSERT INTO tried SELECT t.*;
	PERFORM oncall.withdraw_layer(l.layer_id) FROM oncall.layer l WHERE l.rotation_id BETWEEN 1000 + 2 * i AND 1001 + 2 * i;
	DELETE FROM oncall.absence a WHERE a.person_id BETWEEN 901 AND 906;
	DELETE FROM oncall.not_together;
	UPDATE oncall.person p SET active = '(,)' WHERE p.person_id BETWEEN 901 AND 906;
END $$;
SELECT pg_temp.try_case(i) FROM generate_series(1, :plans) i \g /dev/null

SELECT cmp_ok((SELECT count(*) FROM tried WHERE best IS NOT NULL), '>', (SELECT count(*) / 4 FROM tried), 'many are small enough to try all ways');
SELECT cmp_ok((SELECT count(*) FROM tried WHERE legal < ways), '>', 0::bigint, 'some ways are refused');
SELECT cmp_ok((SELECT count(*) FROM tried WHERE together), '>', 0::bigint, 'some shifts are planned for somebody else''s sake');
SELECT cmp_ok((SELECT count(*) FROM tried WHERE resolved < conflicts), '>', 0::bigint, 'some conflicts cannot be resolved');
SELECT is_empty('SELECT i, during, expected, planned FROM tried WHERE expected IS DISTINCT FROM planned',
	'all shifts in conflict are planned, as a whole');
SELECT is_empty('SELECT * FROM tried WHERE conflicts > 0 AND found IS NULL', 'the judge has nothing against a plan');
SELECT is_empty('SELECT * FROM tried WHERE best <> found',
	'as many conflicts as can be are resolved, the heaviest load is as light as can be, and loads are even');
SELECT is_empty('SELECT * FROM tried WHERE round((found).heaviest, 2) <> said OR conflicts <= 12 AND bound <> said', 'the heaviest load and its bound are true');
SELECT is_empty('SELECT * FROM tried WHERE NOT same', 'the same each time');
SELECT is_empty('SELECT * FROM tried WHERE untrue > 0', 'who is barred is said where nobody takes a shift, and only there');

-- A fortnight's leave ----------------------------------------------------------

INSERT INTO oncall.person (person_id, name, zone) SELECT 910 + i, 'leave' || i, 'Pacific/Auckland' FROM generate_series(1, 8) i;
SELECT oncall.add_rotation('leave', ARRAY(SELECT 'leave' || i FROM generate_series(1, 8) i),
	'R/2126-01-02T12:00[Pacific/Auckland]/P1D', zone => 'Pacific/Auckland', calendar => 'plan') AS leave \gset
INSERT INTO oncall.absence (person_id, period) VALUES (911, '[2126-03-04 Pacific/Auckland, 2126-03-18 Pacific/Auckland)');
CREATE TEMP TABLE before AS SELECT * FROM oncall.roster('[2126-02-01,2126-05-01)', :leave);
CREATE TEMP TABLE done AS
SELECT * FROM oncall.apply_plan('leave', '[2126-03-04 Pacific/Auckland, 2126-03-18 Pacific/Auckland)', 'at the sea');
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'the judge passes what apply_plan writes');
SET CONSTRAINTS ALL DEFERRED;
SELECT is((SELECT row(d.covers, d.unresolved) = row(count(*)::int, 0) FROM done d, oncall.cover c WHERE c.change_id = d.change_id GROUP BY d.covers, d.unresolved),
	true, 'as many covers as it says, of one change');
SELECT is_empty(format('SELECT * FROM oncall.duty_conflicts(%L, %s)', '[2126-02-01,2126-05-01)', :leave), 'no conflict is left');
SELECT is_empty(format($$
	SELECT b.* FROM before b JOIN oncall.roster('[2126-02-01,2126-05-01)', %s) r USING (seat, period)
	WHERE (b.person_id IS DISTINCT FROM r.person_id) <> (b.person_id = 911 AND b.period && '[2126-03-04 Pacific/Auckland, 2126-03-18 Pacific/Auckland)') $$, :leave),
	'nothing else has changed');

-- What cannot be resolved is left, and everything else is written -------------

INSERT INTO oncall.absence (person_id, period, kind)
SELECT 910 + i, '[2126-06-10 Pacific/Auckland, 2126-06-12 Pacific/Auckland)', 'sick' FROM generate_series(1, 8) i;
INSERT INTO oncall.absence (person_id, period) VALUES (912, '[2126-06-14 Pacific/Auckland, 2126-06-20 Pacific/Auckland)');
CREATE TEMP TABLE bad AS SELECT * FROM oncall.plan_covers('leave', '[2126-06-08,2126-06-22)');
SELECT is_empty($$
	SELECT * FROM bad WHERE (by_person_id IS NULL) <> (period && '[2126-06-10 Pacific/Auckland, 2126-06-12 Pacific/Auckland)') $$,
	'what all are away for cannot be resolved, all the rest is');
SELECT is_empty($$SELECT * FROM bad WHERE by_person_id IS NULL AND barred !~ 'oncall_not_absent: (leave\d, )+leave\d'$$, 'and it is said who is barred by what');
SELECT results_eq($$SELECT covers, unresolved FROM oncall.apply_plan('leave', '[2126-06-08,2126-06-22)')$$,
	$$SELECT count(by_person_id)::int, count(*)::int - count(by_person_id)::int FROM bad$$, 'it is left as it is');

-- A shift under way is moved from now on; what is over stays; a window of the
-- past is planned as it is -----------------------------------------------------

SELECT oncall.add_rotation('now', '{leave1,leave2,leave3}', oncall.cadence(date_trunc('day', now() AT TIME ZONE 'UTC') - interval '30 days', 'UTC', '3 days'),
	zone => 'UTC', seats => '{one}') AS now \gset
UPDATE oncall.rotation SET max_consecutive = NULL, exclusive = false WHERE rotation_id = :now;
INSERT INTO oncall.absence (person_id, period, kind)
SELECT oncall.primary_of(oncall.on_call('now')), tstzrange(now() - interval '20 days', now() + interval '1 hour'), 'sick';
SELECT results_eq(format($$SELECT period FROM oncall.plan_covers('now', tstzrange(now() - interval '20 days', now() + interval '1 day'))$$),
	format($$SELECT tstzrange(now(), upper(period)) FROM oncall.roster(tstzrange(now(), now() + interval '5 days'), %s) WHERE now() <@ period$$, :now),
	'from now on');
SELECT results_eq(format($$SELECT period FROM oncall.plan_covers('now', tstzrange(now() - interval '20 days', now() - interval '4 days'))$$),
	format($$SELECT r.period FROM oncall.roster(tstzrange(now() - interval '30 days', now()), %s) r
		WHERE r.period && tstzrange(now() - interval '20 days', now() - interval '4 days')
			AND r.person_id = oncall.primary_of(oncall.on_call('now')) AND NOT now() <@ r.period ORDER BY r.period$$, :now),
	'in the past, whole shifts');
UPDATE oncall.absence SET period = tstzrange(now() - interval '20 days', now()) WHERE upper(period) = now() + interval '1 hour';
SELECT is_empty($$SELECT * FROM oncall.plan_covers('now', tstzrange(now() - interval '20 days', now() + interval '1 day'))$$, 'who is back serves on');

-- More shifts at once than there is time to try all ways for -------------------
-- One turn of each of 14 rotations, whose holders are all away; 13 others may
-- each take one of some of them. By Hall's theorem as many have to stay as a
-- set of shifts has more than people who could take any of it, at most.

INSERT INTO oncall.person (person_id, name, zone)
SELECT 1100 + i, 'hall' || i, 'UTC' FROM generate_series(1, 14 + 13) i;
INSERT INTO oncall.absence (person_id, period)
SELECT 1100 + i, '[2128-01-01Z,2138-01-01Z)' FROM generate_series(1, 14) i;

CREATE FUNCTION pg_temp.try_hall(t int, OUT resolved bigint, OUT possible bigint, OUT most boolean, OUT twice bigint)
LANGUAGE plpgsql AS $$
DECLARE
	week tstzrange := tstzrange('2128-01-05Z', '2128-01-12Z');
BEGIN
	week := tstzrange(lower(week) + t * interval '4 weeks', upper(week) + t * interval '4 weeks');
	CREATE TEMP TABLE could AS
	SELECT s AS shift, c AS taker FROM generate_series(1, 14) s, generate_series(1, 13) c
	WHERE random() < 0.05 * (1 + t % 4);
	PERFORM oncall.add_rotation(format('hall%s/%s', t, s),
		ARRAY['hall' || s] || ARRAY(SELECT 'hall' || 14 + taker FROM could WHERE shift = s),
		'R/2128-01-05T00:00[UTC]/P3650D', seats => '{one}', zone => 'UTC', valid => week)
	FROM generate_series(1, 14) s;

	SELECT 14 - max(size - takers) FROM (
		SELECT count(DISTINCT shift) AS size, count(DISTINCT taker) AS takers
		FROM generate_series(0, (1 << 14) - 1) subset
		JOIN generate_series(1, 14) s (shift) ON subset & (1 << shift - 1) <> 0
		LEFT JOIN could USING (shift) GROUP BY subset
	) AS subsets INTO possible;

	SELECT count(p.by_person_id), bool_and(p.most), count(p.by_person_id) - count(DISTINCT p.by_person_id)
	FROM oncall_internal.plan_shifts(week, NULL, lower(week), ARRAY[1000, 1000, 1000, 1000, 1000]) p INTO resolved, most, twice;
	DROP TABLE could;
END $$;

CREATE TEMP TABLE hall AS SELECT * FROM generate_series(1, 8) t, pg_temp.try_hall(t);
SELECT is_empty('SELECT * FROM hall WHERE twice <> 0', 'nobody takes two shifts at once');
SELECT is_empty('SELECT * FROM hall WHERE most AND resolved <> possible', 'where a plan says that none resolves more, none does');
SELECT is_empty('SELECT * FROM hall WHERE resolved NOT IN (possible, possible - 1)', 'nor does one resolve much more than any other plan');

-- The order of magnitude that it is for: 50 people, 10 rotations, half a year --

INSERT INTO oncall.person (person_id, name, zone)
SELECT 1000 + i, 'big' || i, (ARRAY['Pacific/Auckland', 'Europe/London', 'America/New_York'])[1 + i % 3] FROM generate_series(0, 49) i;
SELECT count(oncall.add_rotation('big' || r, ARRAY(SELECT 'big' || (5 * r + k) % 50 FROM generate_series(0, 7) k),
	'R/2126-01-01T12:00[Europe/London]/P3D,P4D', zone => 'Europe/London')) FROM generate_series(1, 10) r \g /dev/null
INSERT INTO oncall.absence (person_id, period)
SELECT 1000 + i, tstzrange(f, f + interval '12 days')
FROM generate_series(0, 49) i, LATERAL (SELECT timestamptz '2127-01-01Z' + (i * 0 + random() * 165)::int * interval '1 day' AS f) x;
CREATE TEMP TABLE big AS SELECT * FROM oncall.plan_covers(NULL, '[2127-01-01Z,2127-07-01Z)');
SELECT diag(format('%s (%s)', min(statement), count(*))) FROM big;
SELECT cmp_ok((SELECT min(bound) FROM big), '<=', (SELECT min(heaviest) FROM big), 'a big plan states its bound');
SELECT oncall_internal.write_covers(array_agg(rotation_id), array_agg(seat), array_agg(period), array_agg(by_person_id))
FROM big WHERE by_person_id IS NOT NULL \g /dev/null
SELECT lives_ok('SET CONSTRAINTS ALL IMMEDIATE', 'and the judge has nothing against it');

-- Gaps that are none ---------------------------------------------------------

SELECT throws_ok(format('SELECT * FROM oncall_internal.plan_shifts(''[2127-01-01Z,2127-02-01Z)'', NULL, ''2127-01-01Z'', ''{1000,1000,1000,1000,1000}'', ARRAY[%s], ARRAY[%s], ARRAY[tstzrange%s])',
		rotation, seat, period), code, NULL, 'a gap is not planned: ' || why)
FROM (SELECT min(rotation_id) FROM oncall.rotation WHERE name = 'big1') AS r(rotation_id),
	LATERAL (VALUES
		(r.rotation_id, 101, '(''2127-01-03Z'', ''2127-01-04Z'')', '23514', 'seat 101'),
		(r.rotation_id, 0, '(''2127-01-03Z'', ''2127-01-04Z'')', '23514', 'seat 0'),
		(r.rotation_id, -2147483648, '(''2127-01-03Z'', ''2127-01-04Z'')', '23514', 'the least seat'),
		(0, 1, '(''2127-01-03Z'', ''2127-01-04Z'')', '23503', 'no rotation'),
		(r.rotation_id, 1, '(''2127-01-31Z'', ''2127-02-02Z'')', '22023', 'beyond the window')) AS g(rotation, seat, period, code, why);

SELECT * FROM finish();
ROLLBACK;
