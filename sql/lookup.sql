-- Who is on call: on_call, roster, duties, handover, roster_diff and the views.
-- A database of its own: look-ups before setup() come first.
--
-- Tests: shifts timeline lookups people names suggest
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_nobody;
CREATE ROLE regress_oncall_reader;
CREATE DATABASE regress_oncall_lookup TEMPLATE template0;
-- most dates here are past, which is not what this is about
ALTER DATABASE regress_oncall_lookup SET oncall.past_reason = 'written for the test';
\c regress_oncall_lookup
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
CREATE EXTENSION oncall;

-- What a statement gets: its SQLSTATE and message, its detail, its hint
CREATE FUNCTION public.try(statement text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
	code text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN NEXT 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT code || ': ' || message;
	IF detail <> '' THEN RETURN NEXT '  ' || detail; END IF;
	IF hint <> '' THEN RETURN NEXT '  ' || hint; END IF;
END
$$;
\pset format unaligned
\pset tuples_only on

-- Before setup()
SELECT public.try(s) FROM (VALUES
	(1, $$SELECT oncall.on_call(1)$$), (2, $$SELECT oncall.on_call('Ops')$$),
	(3, $$SELECT oncall.on_call(1, '2026-01-01', '2026-01-01')$$),
	(4, $$SELECT * FROM oncall.roster('[2026-01-01,2026-02-01)')$$),
	(5, $$SELECT oncall_internal.person_named('Ana')$$), (6, $$SELECT oncall_internal.rotation_named('Ops')$$)) v(n, s) ORDER BY n;
SELECT oncall.on_call(NULL::int) IS NULL, oncall.on_call(NULL::text) IS NULL, oncall.horizon();
SELECT oncall.setup();
-- covers that the rules of trades would refuse: those are tested elsewhere
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;

-- Nobody is there yet
SELECT oncall.on_call(1, '2026-01-01') IS NULL;
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)');
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', 1);
SELECT count(*) FROM oncall.handover('[2026-01-01,2026-02-01)');
SELECT count(*) FROM oncall.shift;
SELECT count(*) FROM oncall.on_call_now;
SELECT public.try($$SELECT oncall.on_call('Ops')$$);
SELECT public.try($$SELECT * FROM oncall.duties('Ana')$$);

INSERT INTO oncall.person (person_id, name, zone, company_phone) VALUES
	(1, 'Ana', 'UTC', '+64 20 000 0001'), (2, 'Ben', 'UTC', NULL), (3, 'Cleo', 'UTC', '+64 20 000 0003'),
	(4, 'Dan', 'UTC', NULL), (5, 'Eve', 'UTC', NULL);
INSERT INTO oncall.rotation (rotation_id, name, zone, seats) VALUES
	(1, 'Ops', 'Pacific/Auckland', '{primary,secondary}'), (2, 'Sun', 'UTC', '{primary,secondary}'),
	(3, 'Rank', 'UTC', '{primary}'), (4, 'Covers only', 'UTC', '{primary,secondary,shadow}'),
	(5, 'Gaps', 'UTC', '{primary,secondary}'), (6, 'Alone', 'UTC', '{primary,secondary}'),
	(7, 'Fixed', 'UTC', '{primary,secondary}'), (8, 'Mixed', 'UTC', '{primary,secondary}'),
	(9, 'Staggered', 'UTC', '{primary,secondary}'), (10, 'Shadowed', 'UTC', '{primary,secondary,shadow}'),
	(11, 'No layer', 'UTC', '{primary,secondary}'), (2147483647, 'Last', 'UTC', '{primary,secondary}');
CREATE FUNCTION public.layer(id int, rotation int, rank int, valid tstzrange, cadence oncall.cadence,
	hours oncall.weekly_hours, pairing text, seats int, members int[]) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO oncall.layer (layer_id, rotation_id, rank, valid, cadence, hours, pairing, seats)
	VALUES (id, rotation, rank, valid, cadence, hours, pairing, seats);
	INSERT INTO oncall.layer_member (layer_id, position, person_id)
	SELECT id, position, person_id FROM unnest(members) WITH ORDINALITY AS m(person_id, position);
$$;
BEGIN;
SELECT public.layer(id, rotation, rank, valid::tstzrange, cadence::oncall.cadence, hours::oncall.weekly_hours, pairing, seats, members::int[])
FROM (VALUES
	(1, 1, 0, '(,)', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', NULL, 'staggered', NULL::int, '{1,2,3,4}'),
	(2, 2, 0, '(,)', 'R/2026-01-05T08:00[Pacific/Auckland]/P7D', 'Mo-Su 08:00-16:00', 'staggered', NULL, '{1,2}'),
	(3, 2, 0, '(,)', 'R/2026-01-05T08:00[Europe/London]/P7D', 'Mo-Su 08:00-16:00', 'staggered', NULL, '{3,4}'),
	(4, 2, 0, '(,)', 'R/2026-01-05T08:00[America/New_York]/P7D', 'Mo-Su 08:00-16:00', 'staggered', NULL, '{5}'),
	-- rank decides, then the latest start of valid, then the latest layer
	(5, 3, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{1}'),
	(6, 3, 0, '[2026-01-02,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{2}'),
	(7, 3, 0, '[2026-01-02,2026-01-04)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{3}'),
	(8, 3, 5, '[2026-01-03,2026-01-05)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{4}'),
	(9, 3, -2147483648, '[2025-12-01,)', 'R/2025-12-31T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{5}'),
	(10, 3, 2147483647, '(,)', 'R/2026-01-06T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{NULL}'),
	(11, 5, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{1,NULL,3,1}'),
	(12, 6, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{1}'),
	(13, 7, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'fixed', NULL, '{1,2,3,4}'),
	(14, 8, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'mixed', NULL, '{1,2,3,4}'),
	(15, 9, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{1,2,3,4}'),
	(16, 10, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', 2, '{1,2,3}'),
	(17, 2147483647, 0, '(,)', 'R/+294276-12-30T00:00[UTC]/P7D', NULL, 'staggered', NULL, '{1,2,3}')
) AS v(id, rotation, rank, valid, cadence, hours, pairing, seats, members) ORDER BY id \g /dev/null
COMMIT;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES
	(1, 1, 1, '[2026-02-03 06:00,2026-02-03 18:00)', 5), (2, 1, 1, '[2026-02-03 18:00,2026-02-04 00:00)', NULL),
	(3, 1, 2, '[2026-02-03 12:00,2026-02-03 15:00)', 5),
	(4, 4, 2, '[2026-02-01,2026-02-02)', 1), (5, 4, 3, '[2026-02-01 12:00,2026-02-01 12:00:00.000001)', 1),
	(6, 10, 3, '[2026-01-02,2026-01-03)', 1), (7, 10, 1, '[2026-01-02,2026-01-02 12:00)', 1),
	(8, 2147483647, 2, '[2026-01-02,2026-01-03)', 5);
\pset tuples_only off
\pset format aligned

-- the keys above were written by hand: others come after them
ALTER TABLE oncall.layer ALTER layer_id RESTART 1000;
ALTER TABLE oncall.cover ALTER cover_id RESTART 1000;
ALTER TABLE oncall.rotation ALTER rotation_id RESTART 1000;

-- Edges: at the handover, a microsecond before, before the cadence starts
SELECT at, oncall.on_call(1, at), oncall.on_call('Ops', at)::text IS NOT DISTINCT FROM oncall.on_call(1, at)::text AS by_name
FROM unnest('{2026-01-05 22:59:59.999999,2026-01-05 23:00,2026-01-12 22:59:59.999999,2026-01-12 23:00,2026-04-13 23:59:59.999999,2026-04-14 00:00}'::timestamptz[]) at;
-- Covers, empty ones too, and their edges
SELECT at, oncall.on_call(1, at)
FROM unnest('{2026-02-03 05:59:59.999999,2026-02-03 06:00,2026-02-03 12:00,2026-02-03 15:00,2026-02-03 17:59:59.999999,2026-02-03 18:00,2026-02-04 00:00}'::timestamptz[]) at;
SELECT seat, seat_name, person_id, person, period, layer_id, cover_id
FROM oncall.roster('[2026-02-03,2026-02-05)', 1) ORDER BY seat, period;
-- Seats that no layer fills; a person in two seats; a cover of a microsecond
SELECT seat, person, period, layer_id, cover_id FROM oncall.roster('[2026-01-31,2026-02-03)', 4) ORDER BY seat, period;
SELECT oncall.on_call(4, '2026-02-01 12:00'), oncall.on_call(11, '2026-02-01') IS NULL AS nobody;
SELECT seat, person, period, layer_id, cover_id FROM oncall.roster('[2026-01-01 12:00,2026-01-03 12:00)', 10) ORDER BY seat, period;
SELECT oncall.on_call(10, '2026-01-02'), oncall.on_call(10, '2026-01-02 12:00');
-- Layers by rank, latest start of valid, latest id; the one for nobody wins too
SELECT person, period, layer_id, cover_id FROM oncall.roster('[2025-12-30,2026-01-08)', 3) ORDER BY period;
-- Follow the sun
SELECT seat, person, period, layer_id FROM oncall.roster('[2026-06-09 12:00,2026-06-10 12:00)', 2) ORDER BY period, seat;
-- Members that are NULL or stand twice, and fewer members than seats
SELECT seat, person, period FROM oncall.roster('[2026-01-01,2026-01-06)', 5) ORDER BY period, seat;
SELECT seat, person, period FROM oncall.roster('[2025-12-31,2026-01-03)', 6) ORDER BY seat, period;
-- Positions may be any numbers; their order counts
BEGIN;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence, seats) VALUES (50, 11, 'R/2026-01-01T00:00[UTC]/P1D', 1);
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (50, 2147483647, 5), (50, 0, NULL), (50, -2147483648, 1), (50, -1, 2), (50, 7, 4);
SELECT string_agg(coalesce(person, '-'), ' ' ORDER BY period) FROM oncall.roster('[2026-01-01,2026-01-06)', 11) WHERE seat = 1;
ROLLBACK;
-- Pairings
SELECT r.name, string_agg(oncall.on_call(r.rotation_id, timestamptz '2026-01-01' + n * interval '1 day')::text, ' ' ORDER BY n) AS turns
FROM oncall.rotation r, generate_series(0, 12) n WHERE r.rotation_id BETWEEN 7 AND 9 GROUP BY r.rotation_id ORDER BY r.rotation_id;
-- on_call and roster say the same at every bound of the roster
SELECT count(*) > 500 AS many, bool_and(oncall.on_call(p.rotation_id, p.at)::text IS NOT DISTINCT FROM
	CASE WHEN coalesce(p.a, p.b) IS NOT NULL THEN oncall.pair(p.a, p.b)::text END) AS same
FROM (
	SELECT b.rotation_id, b.at, max(s.person_id) FILTER (WHERE s.seat = 1) AS a, max(s.person_id) FILTER (WHERE s.seat = 2) AS b
	FROM (SELECT DISTINCT r.rotation_id, at FROM oncall.roster('[2025-12-20,2026-02-20)') r,
			LATERAL (VALUES (lower(r.period)), (upper(r.period) - interval '1 microsecond')) v(at)) b
	JOIN oncall.roster('[2025-12-20,2026-02-20)') s ON s.rotation_id = b.rotation_id AND s.period @> b.at AND s.seat <= 2
	GROUP BY 1, 2) p;
-- The rows of each seat tile the window
SELECT bool_and(range_agg = '{[2025-12-20,2026-02-20)}' AND number = (SELECT count(*) FROM oncall.roster('[2025-12-20,2026-02-20)', t.rotation_id) r WHERE r.seat = t.seat)) AS tiled, count(*)
FROM (SELECT rotation_id, seat, range_agg(period), count(*) AS number FROM oncall.roster('[2025-12-20,2026-02-20)') GROUP BY 1, 2) t;

-- Windows: (a, b), a microsecond, the ends of time, ten thousand years
SELECT seat, person, period FROM oncall.roster('(2026-01-12 22:59:59.999999,2026-01-12 23:00:00.000001)', 1) ORDER BY seat;
SELECT seat, person, period FROM oncall.roster('[2026-01-12 22:59:59.999999,2026-01-12 23:00:00.000001)', 1) ORDER BY seat, period;
SELECT seat, person, period FROM oncall.roster('[294276-12-30 12:00,294276-12-31 23:59:59.999999)', 2147483647) ORDER BY seat;
SELECT oncall.on_call(2147483647, '294276-12-31 23:59:59.999999') AS "end", oncall.on_call(1, '4714-11-24 00:00 BC') AS beginning,
	oncall.on_call(2147483647, '2026-01-02') AS cover, oncall.on_call(2147483646, '2026-01-02') AS unknown,
	oncall.on_call(0, '2026-01-02') AS zero, oncall.on_call(-2147483648, '2026-01-02') AS lowest;
-- a form for each type that an id has, and text, which is a name or an id
SELECT oncall.on_call(2147483647::bigint, '2026-01-02') AS int8, oncall.on_call(4::smallint, '2026-02-01 12:00') AS int2,
	oncall.on_call('4', '2026-02-01 12:00') AS digits, oncall.on_call('4'::varchar, '2026-02-01 12:00') AS varchar,
	oncall.on_call(rotation => 4, at => '2026-02-01 12:00', known_at => NULL) AS named,
	oncall.on_call(4294967300, '2026-02-01 12:00') AS too_large, oncall.on_call(-4294967292, '2026-02-01 12:00') AS too_small,
	oncall.on_call((-4)::smallint, '2026-02-01 12:00') AS negative;
SELECT oncall.on_call(NULL::bigint) IS NULL AND oncall.on_call(NULL::smallint) IS NULL AND oncall.on_call(NULL) IS NULL
	AND oncall.on_call(4, NULL) IS NULL AND oncall.on_call(4::bigint, NULL) IS NULL AND oncall.on_call('4', NULL) IS NULL AS nulls;
SELECT oncall.on_call(r.name, '2026-02-01 12:00', now())::text IS NOT DISTINCT FROM oncall.on_call(r.rotation_id, '2026-02-01 12:00', now())::text AS same
FROM oncall.rotation r WHERE r.rotation_id = 4;
SELECT oncall.on_call('2147483646', '2026-01-02');
SELECT count(*) > 0 AS by_name FROM oncall.roster('[2026-01-01,2026-02-01)', (SELECT name FROM oncall.rotation WHERE rotation_id = 4)) r WHERE r.rotation_id = 4;
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', 2147483646);
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', 'Opps');
SELECT count(*) FROM oncall.roster('[0001-01-01,10001-01-01)', 1);
SELECT count(*), min(lower(period)), max(upper(period)) FROM oncall.roster('[4714-11-24 00:00 BC,294276-12-31 23:59:59.999999)', 6);
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', 0);
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', -5);

-- Handovers: who comes and goes, at the very start too; none to oneself
SELECT * FROM oncall.handover('[2026-01-01,2026-01-03 00:00:00.000001)', 5);
SELECT * FROM oncall.handover('(2026-01-02,2026-01-03)', 5);
SELECT * FROM oncall.handover('[2026-01-02,2026-01-09)', 6);
SELECT * FROM oncall.handover('[2026-02-03,2026-02-04 00:00:00.000001)', 1);
SELECT * FROM oncall.handover('[2026-02-03,2026-02-04]', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT rotation, count(*) FROM oncall.handover('[2026-01-05,2026-01-12)') GROUP BY 1 ORDER BY 1;
-- Duties
SELECT rotation_id, rotation, seat, seat_name, person_id, person, period, layer_id, cover_id FROM oncall.duties('Eve', '[2026-01-01,2026-02-05)') WHERE rotation_id <> 2;
SELECT rotation, seat, period FROM oncall.duties('Ben', '[2026-01-01,2026-01-15)') WHERE rotation_id < 10;
SELECT oncall_internal.person_named('Ana'), oncall_internal.rotation_named('Ops'), oncall_internal.person_named(NULL), oncall_internal.rotation_named(NULL);

-- What was believed when: closed copies are shown as their originals
INSERT INTO oncall.rotation (rotation_id, name, zone) VALUES (20, 'Past', 'UTC');
BEGIN;
SELECT public.layer(20, 20, 0, '(,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{1,2}') \g /dev/null
COMMIT;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (20, 20, 1, '[2026-01-01,2026-01-02)', 3), (21, 20, 2, '[2026-01-01,2026-01-02)', 4);
SELECT clock_timestamp() AS k1 \gset
UPDATE oncall.cover SET person_id = 5 WHERE cover_id = 20;
SELECT clock_timestamp() AS k2 \gset
SELECT oncall.end_cover(20, '2026-01-01 12:00') > 0 AS done;
SELECT clock_timestamp() AS k3 \gset
SELECT oncall.withdraw_cover(21) > 0 AS done;
SELECT clock_timestamp() AS k4 \gset
SELECT oncall.end_layer(20, '2026-01-02') > 0 AS done;
BEGIN;
SELECT public.layer(21, 20, 0, '[2026-01-02,)', 'R/2026-01-01T00:00[UTC]/P1D', NULL, 'staggered', NULL, '{4,5}') \g /dev/null
COMMIT;
SELECT n, seat, person, period, layer_id, cover_id
FROM (VALUES (1, :'k1'::timestamptz), (2, :'k2'), (3, :'k3'), (4, :'k4'), (5, NULL)) k(n, at), oncall.roster('[2026-01-01,2026-01-03)', 20, k.at)
ORDER BY n, seat, period;
SELECT oncall.on_call(20, '2026-01-01', :'k1') AS k1, oncall.on_call(20, '2026-01-01', :'k2') AS k2,
	oncall.on_call(20, '2026-01-01 12:00', :'k2') AS k2_noon, oncall.on_call(20, '2026-01-01 12:00', :'k3') AS k3_noon,
	oncall.on_call(20, '2026-01-01', :'k3') AS k3, oncall.on_call(20, '2026-01-01', :'k4') AS k4,
	oncall.on_call(20, '2026-01-02', :'k4') AS k4_next, oncall.on_call(20, '2026-01-02') AS now_next,
	oncall.on_call(20, '2026-01-01', '2020-01-01') AS before_all;
SELECT seat, period, person_a, person_b FROM oncall.roster_diff('[2026-01-01,2026-01-03)', :'k1', NULL, 20);
SELECT seat, period, person_a, person_b FROM oncall.roster_diff('[2026-01-01,2026-01-03)', :'k2', :'k3');
SELECT count(*) FROM oncall.roster_diff('[2026-01-01,2026-01-03)', :'k4', :'k4');
-- What was written and taken back at once was never believed
BEGIN;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (22, 20, 1, '[2026-03-01,2026-03-02)', 3);
SELECT oncall.on_call(20, '2026-03-01'), oncall.on_call(20, '2026-03-01', now()) AS known_at_its_start;
SELECT oncall.withdraw_cover(22) > 0 AS done;
SELECT oncall.on_call(20, '2026-03-01');
COMMIT;
SELECT oncall.on_call(20, '2026-03-01'), oncall.on_call(20, '2026-03-01', clock_timestamp()) AS known;

-- Own changes, and those rolled back to a savepoint
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT oncall.on_call(9, '2026-01-01');
SAVEPOINT a;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (30, 9, 1, '[2026-01-01,2026-01-02)', 5);
SELECT oncall.on_call(9, '2026-01-01'), oncall.on_call(9, '2026-01-01');
ROLLBACK TO a;
SELECT oncall.on_call(9, '2026-01-01'), oncall.on_call(9, '2026-01-01');
ROLLBACK;
-- Tables dropped and come back
BEGIN;
DROP TABLE oncall.cover CASCADE;
SAVEPOINT a;
SELECT oncall.on_call(9, '2026-01-01');
ROLLBACK;
SELECT oncall.on_call(9, '2026-01-01');

-- The views: what is there does not depend on the day of the test
SELECT count(*) FILTER (WHERE rotation = 'Last') AS far, count(*) FILTER (WHERE rotation = 'No layer') AS without,
	bool_and(upper(period) <= now() + interval '90 days') AS within,
	min(lower(period)) FILTER (WHERE rotation = 'Ops') AS first_of_ops, min(lower(period)) FILTER (WHERE rotation = 'Rank') AS first_of_rank
FROM oncall.shift;
SELECT rotation_id, rotation, primary_id, primary_name, primary_phone, secondary_id, secondary_phone, since, until, next_at, next_primary
FROM oncall.on_call_now WHERE rotation IN ('Alone', 'No layer', 'Last') ORDER BY 2;
SELECT bool_and((n.primary_name, n.secondary_name) IS NOT DISTINCT FROM (p.name, s.name)) AS same_as_on_call,
	bool_and(n.since <= now() AND n.until > now()) AS around_now
FROM oncall.on_call_now n JOIN oncall.rotation r ON r.name = n.rotation
LEFT JOIN oncall.person p ON p.person_id = oncall.primary_of(oncall.on_call(r.rotation_id))
LEFT JOIN oncall.person s ON s.person_id = oncall.secondary_of(oncall.on_call(r.rotation_id, now()))
WHERE r.rotation_id IN (1, 7, 8, 9);
SELECT count(*) = count(DISTINCT lower(period)) AND count(*) BETWEEN 1 AND 91 AS every_day FROM oncall.duties('Ana') WHERE rotation = 'Staggered' AND seat = 1;

-- One seat, of an id of any type or a name; there is no such seat, or nobody
SELECT at, oncall.seat_holder(10, 1, at) AS first, oncall.seat_holder(10::smallint, 2, at) AS second,
	oncall.seat_holder(10::bigint, 3, at) AS third, oncall.seat_holder('Shadowed', 3, at) AS by_name,
	oncall.seat_holder(10, 4, at) AS fourth, oncall.seat_holder(10, 101, at) AS "101st", oncall.seat_holder(10, 0, at) AS none
FROM unnest('{2026-01-01 12:00,2026-01-02,2026-01-02 12:00,2026-01-03}'::timestamptz[]) at;
SELECT oncall.seat_holder(4, 2, '2026-02-01') AS cover, oncall.seat_holder(4, 2, '2026-02-01', '2000-01-01') AS not_known_then,
	oncall.seat_holder(99, 1) AS unknown, oncall.seat_holder(5000000001, 1) AS "no id", oncall.seat_holder(NULL::int, 1) AS "null";
SELECT count(*) AS instants, count(*) FILTER (WHERE s.holder IS DISTINCT FROM s.said) AS wrong
FROM (SELECT oncall.seat_holder(r.rotation_id, x.seat, lower(x.period)) AS said, x.person_id AS holder
	FROM oncall.rotation r, oncall.roster('[2026-01-01,2026-03-01)', r.rotation_id) x) s;
-- on_call() for columns of names
SELECT n.name, oncall.on_call_any(n.name, '2026-01-06') FROM (VALUES ('Ops'), ('Opps'), ('9'), ('99'), (NULL), ('Opps'), ('Staggered')) AS n(name);
-- Rights that follow the pager
SELECT oncall.is_on_call('Shadowed', 'Ana', '2026-01-02') AS third_seat, oncall.is_on_call(10, 2, '2026-01-03') AS not_any_more,
	oncall.is_on_call(person => 'Eve', at => '2026-02-01') AS anywhere, oncall.is_on_call(NULL, 'Eve', '2020-01-01') AS nowhere,
	oncall.is_on_call(99, 1) AS unknown, oncall.is_on_call('Ops', NULL) AS nobody, oncall.is_on_call('Ops') AS "nobody's role";

-- Whole shifts and the next one, however far off; times from now on
BEGIN;
INSERT INTO oncall.person (person_id, name, zone) SELECT 100 + i, 'W' || i, 'UTC' FROM generate_series(1, 20) i;
INSERT INTO oncall.rotation (rotation_id, name, zone, seats) VALUES (100, 'Rare', 'UTC', '{primary}'), (101, 'Office', 'UTC', '{primary}'),
	(102, 'Retired', 'UTC', '{primary}'), (103, 'Handed on', 'UTC', '{primary}');
-- 20 people take three weeks each; one always works office hours; one list is over; one ends in fifty years
SELECT public.layer(l.id, l.id, 0, l.valid, l.cadence::oncall.cadence, l.hours::oncall.weekly_hours, 'staggered', NULL, l.members)
FROM (VALUES
	(100, '(,)'::tstzrange, format('R/%sT00:00[UTC]/P21D', date_trunc('week', now())::date), NULL, ARRAY(SELECT i FROM generate_series(101, 120) i)),
	(101, '(,)', 'R/2026-01-05T00:00[UTC]/P7D', 'Mo-Fr 09:00-17:00', '{101}'),
	(102, '(,2026-02-01)', 'R/2026-01-05T00:00[UTC]/P7D', NULL, '{102}'),
	(103, tstzrange('2026-01-05', date_trunc('day', now() + interval '50 years')), 'R/2026-01-05T00:00[UTC]/P7D',
		NULL, '{5}')) AS l(id, valid, cadence, hours, members) \g /dev/null
SELECT rotation, lower(period) - date_trunc('week', now()) AS "starts after", ends_at - starts_at AS lasts FROM oncall.duties('W20');
SELECT lower(period) <= now() AS begun, starts_at - date_trunc('week', now()) AS "starts after", ends_at - starts_at AS lasts
FROM oncall.duties('W1') WHERE rotation = 'Rare';
SELECT rotation, seat, starts_at, ends_at = date_trunc('day', now() + interval '50 years') AS whole FROM oncall.duties('Eve') WHERE rotation_id = 103;
SELECT count(*) AS "none any more" FROM oncall.duties('W2') WHERE rotation = 'Retired';
SELECT rotation, period, starts_at, ends_at FROM oncall.duties('Ana', '[2026-03-01,2026-03-02)') WHERE rotation_id = 6;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (4, 1, '[2200-01-05,2200-02-05)', 104);
SELECT rotation, cover_id IS NOT NULL AS cover, period FROM oncall.duties('W4', '[2200-02-01,2200-02-02)');
SELECT rotation, primary_name, next_at - date_trunc('week', now()) AS "next after", next_primary, until = next_at AS at_once
FROM oncall.on_call_now WHERE rotation_id = 100;
SELECT count(*) AS retired FROM oncall.on_call_now WHERE rotation = 'Retired';
SELECT next_primary, extract(hour FROM next_at) AS hour, until <= next_at AS after FROM oncall.on_call_now WHERE rotation = 'Office';
SELECT hours, ends_at - starts_at = upper(period) - lower(period) AS same, count(*) > 0 AS some FROM oncall.shift
WHERE rotation = 'Office' AND starts_at >= '2026-01-05' AND ends_at < '2026-02-01' GROUP BY 1, 2 ORDER BY 1;
UPDATE oncall.person SET db_role = 'regress_oncall_reader' WHERE name = 'W20';
SELECT oncall.grant_access('regress_oncall_reader', 'reader');
CREATE TABLE public.runbook (rotation text, page text);
INSERT INTO public.runbook VALUES ('Rare', 'restart it'), ('Ops', 'call the vendor');
ALTER TABLE public.runbook ENABLE ROW LEVEL SECURITY;
CREATE POLICY follows_the_pager ON public.runbook USING (oncall.is_on_call(rotation));
GRANT SELECT ON public.runbook TO regress_oncall_reader;
SET LOCAL ROLE regress_oncall_reader;
SELECT rotation FROM oncall.duties() LIMIT 1;
SELECT count(*) AS "not on call" FROM public.runbook;
RESET ROLE;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (100, 1, tstzrange(now(), now() + interval '1 hour'), 120);
SET LOCAL ROLE regress_oncall_reader;
SELECT rotation, page FROM public.runbook;
SELECT oncall.is_on_call(), oncall.is_on_call('Ops'), oncall.is_on_call('Rare', at => now() + interval '1 hour');
RESET ROLE;
-- who one is is not kept when it changes
UPDATE oncall.person SET db_role = NULL WHERE name = 'W20';
SET LOCAL ROLE regress_oncall_reader;
SELECT oncall.is_on_call('Rare') IS NULL AS nobody, count(*) AS rows FROM public.runbook;
ROLLBACK;

-- The horizon
SET oncall.horizon = '1 year 2 days';
SELECT oncall.horizon(), max(upper(period)) = now() + interval '1 year 2 days' AS reached FROM oncall.shift WHERE rotation = 'Staggered';
SET oncall.horizon = 'P3W';
SELECT oncall.horizon(), max(upper(period)) = now() + interval '21 days' AS reached FROM oncall.shift WHERE rotation = 'Staggered';
RESET oncall.horizon;
SELECT oncall.horizon();

-- What bad input gets
\pset format unaligned
\pset tuples_only on
SELECT t FROM (VALUES
	(1, $$SELECT oncall.on_call('Opps')$$), (2, $$SELECT oncall.on_call('Nothing like it', '2026-01-01')$$),
	(3, $$SELECT oncall.on_call(1, 'infinity')$$), (4, $$SELECT oncall.on_call('Ops', '-infinity')$$),
	(5, $$SELECT oncall.on_call(1, 'infinity', '2026-01-01')$$), (6, $$SELECT oncall.on_call(1, '2026-01-01', 'infinity')$$),
	(10, $$SELECT * FROM oncall.roster(NULL)$$), (11, $$SELECT * FROM oncall.roster('empty', 1)$$),
	(12, $$SELECT * FROM oncall.roster('(,)')$$), (13, $$SELECT * FROM oncall.roster('[2026-01-01,)')$$),
	(14, $$SELECT * FROM oncall.roster('(,2026-01-01)')$$), (15, $$SELECT * FROM oncall.roster('[2026-01-01,infinity)')$$),
	(16, $$SELECT * FROM oncall.roster('[-infinity,2026-01-01)')$$), (17, $$SELECT * FROM oncall.roster('(2026-01-01,2026-01-01 00:00:00.000001)')$$),
	(18, $$SELECT * FROM oncall.roster('[2026-01-01,294276-12-31 23:59:59.999999]', 1)$$),
	(19, $$SELECT * FROM oncall.roster('[2026-01-01,2026-02-01)', 1, '-infinity')$$),
	(20, $$SELECT * FROM oncall.handover(NULL)$$), (21, $$SELECT * FROM oncall.handover('empty', 1)$$), (22, $$SELECT * FROM oncall.handover('(,)')$$),
	(23, $$SELECT * FROM oncall.handover('[-infinity,2026-01-01)')$$),
	(30, $$SELECT * FROM oncall.duties(NULL)$$), (31, $$SELECT * FROM oncall.duties('Anna')$$),
	(32, $$SELECT oncall.is_on_call('Opps', 'Ana')$$), (35, $$SELECT oncall.is_on_call('Ops', 'Anna')$$),
	(36, $$SELECT oncall.is_on_call(1, 1, 'infinity')$$),
	(37, $$SELECT oncall.seat_holder('Opps', 1)$$), (38, $$SELECT oncall.seat_holder(1, 1, 'infinity')$$), (39, $$SELECT oncall.seat_holder(1, 1, now(), '-infinity')$$),
	(43, $$SELECT oncall.on_call_any('Ops', 'infinity')$$),
	(33, $$SELECT * FROM oncall.duties('Ana', '[2026-01-01,)')$$), (34, $$SELECT * FROM oncall.duties('Zzz', '[2026-01-01,)')$$),
	(40, $$SELECT * FROM oncall.roster_diff(NULL, NULL, NULL)$$), (41, $$SELECT * FROM oncall.roster_diff('[2026-01-01,2026-02-01)', 'infinity', NULL)$$),
	(42, $$SELECT * FROM oncall.roster_diff('[2026-01-01,2026-02-01)', NULL, '-infinity', 1)$$),
	(50, $$SELECT oncall_internal.person_named('')$$), (51, $$SELECT oncall_internal.person_named('cleo')$$), (52, $$SELECT oncall_internal.rotation_named('Covers')$$),
	(53, $$SELECT oncall_internal.rotation_named(repeat('x', 300))$$),
	(60, $$INSERT INTO oncall.rotation (rotation_id, name, zone) VALUES (0, 'Zero', 'UTC')$$),
	(61, $$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 0, '[2026-01-01,2026-01-02)', 1)$$),
	(62, $$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 3, '[2026-01-01,2026-01-02)', 1)$$),
	(63, $$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 32767, '[2026-01-01,2026-01-02)', 1)$$),
	(64, $$INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (0, 1, 1, '[2026-01-01,2026-01-02)', 1)$$),
	(65, $$INSERT INTO oncall.layer (layer_id, rotation_id, cadence) VALUES (-1, 1, 'R/2026-01-01T00:00[UTC]/P1D')$$)
) v(n, s), public.try(s) WITH ORDINALITY AS a(t, line)
WHERE t NOT LIKE '  Failing row%' ORDER BY n, line;
\pset tuples_only off
\pset format aligned

-- A long roster is cancelled at once
SET statement_timeout = '200ms';
SELECT count(*) FROM oncall.roster('[0001-01-01,100000-01-01)', 9);
SELECT count(*) FROM oncall.handover('[0001-01-01,100000-01-01)');
RESET statement_timeout;

-- Plans
BEGIN;
CREATE TABLE public.alert AS SELECT n AS id, 1 + n % 10 AS rotation_id, timestamptz '2026-01-01' + n * interval '7 minutes' AS at FROM generate_series(1, 20000) n;
ALTER TABLE public.alert SET (parallel_workers = 2);
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM public.alert WHERE oncall.on_call(rotation_id, at) OPERATOR(oncall.@>) 1;
SELECT count(*) FROM public.alert WHERE oncall.on_call(rotation_id, at) OPERATOR(oncall.@>) 1;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT count(*) FROM public.alert WHERE oncall.on_call(rotation_id, at) OPERATOR(oncall.@>) 1;
ROLLBACK;
PREPARE who(int, timestamptz) AS SELECT oncall.on_call($1, $2);
EXECUTE who(1, '2026-01-06 12:00');
EXECUTE who(9, '2026-01-02');
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (40, 9, 1, '[2026-01-02,2026-01-03)', 5);
EXECUTE who(9, '2026-01-02');
DEALLOCATE who;
PREPARE shifts(tstzrange, int) AS SELECT seat, person, period FROM oncall.roster($1, $2) ORDER BY period, seat;
SET plan_cache_mode = force_generic_plan;
EXECUTE shifts('[2026-01-02,2026-01-03)', 9);
RESET plan_cache_mode;
DEALLOCATE shifts;
-- A cursor sees what was there when it was opened
BEGIN;
DECLARE days CURSOR FOR SELECT n, oncall.on_call(9, timestamptz '2026-01-01' + n * interval '1 day') FROM generate_series(1, 3) n;
FETCH 1 FROM days;
SELECT oncall.withdraw_cover(40) > 0 AS done;
INSERT INTO oncall.cover (cover_id, rotation_id, seat, period, person_id) VALUES (41, 9, 1, '[2026-01-03,2026-01-05)', NULL);
SELECT oncall.on_call(9, '2026-01-03');
FETCH ALL FROM days;
SELECT oncall.on_call(9, '2026-01-03');
ROLLBACK;

-- Who wants constraints checked at once can still set rotations up
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT oncall.add_rotation('At once', '{Ana,Ben,Cleo}', 'R/2026-01-01T00:00[UTC]/P1D') > 0 AS added;
INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT layer_member_id, '[2026-02-01,)' FROM oncall.layer_member
WHERE person_id = 2 AND change_id = (SELECT max(change_id) FROM oncall.change);
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-03-01)', oncall_internal.rotation_named('At once'));
SELECT public.try($$INSERT INTO oncall.layer (layer_id, rotation_id, cadence) VALUES (5000, 1, 'R/2026-01-01T00:00[UTC]/P1D')$$);
ROLLBACK;

-- The session's settings do not matter, nor does what stands in its way
CREATE FUNCTION public.answers() RETURNS text LANGUAGE sql AS $$
	SELECT md5(string_agg(concat_ws('|', rotation_id, seat, person_id, extract(epoch FROM lower(period)),
		layer_id, cover_id), ',' ORDER BY rotation_id, seat, lower(period)))
	FROM oncall.roster('[2026-01-01 00:00Z,2026-07-01 00:00Z)')
$$;
SELECT public.answers() AS answers \gset
SET timezone = 'America/New_York';
SET datestyle = 'German';
SELECT public.answers() = :'answers' AS same;
SET timezone = 'Asia/Kolkata';
SELECT public.answers() = :'answers' AS same;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE SCHEMA trap;
CREATE FUNCTION trap.eq(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 = 1';
CREATE OPERATOR trap.= (LEFTARG = int, RIGHTARG = int, FUNCTION = trap.eq);
CREATE FUNCTION trap.upper_inf(tstzrange) RETURNS boolean LANGUAGE sql AS 'SELECT 1 / 0 = 1';
SET search_path = trap, pg_catalog;
\c
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
\set SHOW_CONTEXT never
SET search_path = trap, pg_catalog;
SELECT oncall.on_call(1, '2026-01-06'), oncall.on_call('Ops', '2026-01-06'), oncall.on_call(1, '2026-01-06', '2000-01-01'), oncall_internal.person_named('Ana');
SELECT count(*) FROM oncall.roster('[2026-01-01,2026-02-01)', 2);
SELECT count(*) FROM oncall.handover('[2026-01-01,2026-02-01)', 2);
SET search_path = '';
SELECT public.answers() = :'answers' AS same, oncall.on_call('Ops', '2026-01-06');
SELECT rotation, seat, period FROM oncall.duties('Eve', '[2026-02-03,2026-02-05)') WHERE rotation_id OPERATOR(pg_catalog.=) 1;
SELECT count(*) FROM oncall.on_call_now;
RESET search_path;

-- Roles: what is read is read as the caller
SELECT oncall.grant_access('regress_oncall_reader', 'reader');
SET ROLE regress_oncall_nobody;
SELECT oncall.on_call(1, '2026-01-06');
SELECT oncall.on_call('Ops', '2026-01-06');
SELECT * FROM oncall.roster('[2026-01-01,2026-02-01)');
SELECT oncall_internal.person_named('Ana');
SELECT * FROM oncall.duties('Ana');
SELECT * FROM oncall.handover('[2026-01-01,2026-02-01)');
SELECT * FROM oncall.on_call_now;
SELECT * FROM oncall.change_log;
SELECT * FROM oncall.layer_now;
SELECT * FROM oncall.cover_now;
SET ROLE regress_oncall_reader;
SELECT oncall.on_call(1, '2026-01-06'), oncall.on_call('Ops', '2026-01-06');
SELECT public.answers() = :'answers' AS same;
SELECT rotation, seat, period FROM oncall.duties('Eve', '[2026-02-03,2026-02-05)') WHERE rotation_id = 1;
SELECT * FROM oncall.duties(NULL);
SELECT count(*) FROM oncall.on_call_now;
SELECT count(*) = (SELECT count(*) FROM oncall.change) AS "change_log" FROM oncall.change_log;
SELECT count(*) > 0 AS "layer_now" FROM oncall.layer_now;
SELECT count(*) = (SELECT count(*) FROM oncall.cover WHERE upper_inf(recorded)) AS "cover_now" FROM oncall.cover_now;
SELECT count(*) FROM oncall.handover('[2026-01-05,2026-01-12)', 1);
SELECT count(*) FROM oncall.roster_diff('[2026-01-05,2026-01-12)', NULL, NULL);
RESET ROLE;
-- A policy filters what a look-up reads
SELECT oncall.on_call(1, '2026-01-06');
BEGIN;
ALTER TABLE oncall.cover ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON oncall.cover USING (person_id = current_setting('trap.person')::int);
SET LOCAL ROLE regress_oncall_reader;
SET LOCAL trap.person = 5;
SELECT oncall.on_call(1, '2026-02-03 06:00'), oncall.on_call(1, '2026-02-03 18:00');
SET LOCAL trap.person = 4;
SELECT oncall.on_call(1, '2026-02-03 06:00'), oncall.on_call(1, '2026-02-03 18:00');
ROLLBACK;
SELECT oncall.on_call(1, '2026-02-03 06:00'), oncall.on_call(1, '2026-02-03 18:00');

\c :regression
DROP DATABASE regress_oncall_lookup;
DROP ROLE regress_oncall_nobody, regress_oncall_reader;
