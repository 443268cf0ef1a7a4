-- Lists that change while the duty goes round them, against what the pairings
-- promise: people join, leave for good and are away for a time, at random.
--
-- Tests: walk pairing

\set schema changing_lists
\ir start.psql
\ir seed.psql

SELECT plan(9);
SELECT diag('seed ' || :'seed');

-- one rotation for each pairing, of two seats and a turn a day; "switched"
-- pairs everybody with everybody, but for the days 100 to 149
CREATE TABLE c AS
SELECT 2100000 + row_number() OVER (ORDER BY pairing)::int AS id, pairing
FROM unnest('{staggered,following,preceding,fixed,mixed,switched}'::text[]) AS pairing;

INSERT INTO oncall.person (person_id, name, zone) OVERRIDING SYSTEM VALUE
SELECT 2100000 + i, 'changing ' || i, 'UTC' FROM generate_series(1, 12) AS i;
INSERT INTO oncall.rotation (rotation_id, name, zone, seats) OVERRIDING SYSTEM VALUE
SELECT id, 'changing ' || id, 'UTC', '{a,b}' FROM c;
INSERT INTO oncall.layer (layer_id, rotation_id, pairing, cadence) OVERRIDING SYSTEM VALUE
SELECT id, id, replace(pairing, 'switched', 'mixed'), 'R/2126-01-01T00:00[UTC]/P1D' FROM c;
INSERT INTO oncall.layer_rule (layer_id, since, pairing)
SELECT id, since, rule
FROM c, (VALUES (timestamptz '2126-01-01' + interval '100 days', 'staggered'),
	(timestamptz '2126-01-01' + interval '150 days', 'mixed')) AS r (since, rule)
WHERE c.pairing = 'switched';

-- two are on each list from first to last, three from the first day on; each
-- list has moments of its own, since they are drawn from what names it
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
SELECT id, row_number() OVER (PARTITION BY id ORDER BY random()), 2100000 + i,
	   tstzrange(CASE WHEN i > 5 THEN moment END, CASE WHEN i > 10 THEN moment + random() * interval '90 days' END)
FROM c, generate_series(1, 12) AS i,
	LATERAL (SELECT timestamptz '2126-01-01' + ((c.id + i) * 0 + random()) * interval '200 days') AS m (moment);
INSERT INTO oncall.layer_leave (layer_member_id, period)
SELECT layer_member_id, tstzrange(moment, moment + random() * interval '40 days')
FROM oncall.layer_member JOIN c ON id = layer_id, generate_series(1, 4) AS again,
	LATERAL (SELECT timestamptz '2126-01-01' + ((layer_member_id + again) * 0 + random()) * interval '250 days') AS m (moment)
WHERE person_id > 2100002;

-- the list of each day, by places; who sat, by places too
CREATE TABLE list AS
SELECT c.*, n, array_agg(position::int ORDER BY position) AS places
FROM c, generate_series(0, 299) AS n, LATERAL (SELECT timestamptz '2126-01-01' + n * interval '1 day') AS h (handover),
	LATERAL (SELECT position FROM oncall.layer_member AS m
			 WHERE layer_id = id AND valid @> handover
			 AND NOT EXISTS (SELECT FROM oncall.layer_leave AS l
							 WHERE l.layer_member_id = m.layer_member_id AND l.period @> handover)) AS m
GROUP BY c.id, c.pairing, n;
CREATE TABLE s AS
SELECT id, pairing, lower(r.period)::date - date '2126-01-01' + i AS n, seat, position::int AS place
FROM c, oncall.roster(tstzrange('2126-01-01', timestamptz '2126-01-01' + 300 * interval '1 day'), id) AS r
	JOIN oncall.layer_member AS m ON m.layer_id = r.rotation_id AND m.person_id = r.person_id,
	generate_series(0, extract(day FROM upper(r.period) - lower(r.period))::int - 1) AS i;
CREATE INDEX ON s (id, n);
CREATE TABLE t AS
SELECT *, lag(places) OVER before AS places_before, lag(sat) OVER before AS sat_before
FROM list JOIN (SELECT id, n, array_agg(place ORDER BY seat) AS sat FROM s GROUP BY id, n) AS s USING (id, n)
WINDOW before AS (PARTITION BY id ORDER BY n);
CREATE INDEX ON t (id, n);
ANALYZE list, s, t;

SELECT is((SELECT count(*) FROM t WHERE cardinality(sat) = 2), (SELECT count(*) * 300 FROM c), 'no seat is ever empty');
SELECT is_empty('SELECT * FROM t WHERE NOT sat <@ places OR sat[1] = sat[2]', 'two who are on the list of the day sit');
SELECT cmp_ok((SELECT count(*) FROM t WHERE places <> places_before), '>', 120::bigint,
	'and lists change often');

-- The entry after a place, so many further on; a list goes round as a clock
CREATE FUNCTION entry(places int[], place int, ahead int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN places[1 + ((SELECT count(*) FROM unnest(places) AS p WHERE p <= place) + ahead) % cardinality(places)];

SELECT is_empty($$
	SELECT * FROM t WHERE pairing IN ('staggered', 'following', 'preceding')
	AND sat[1] <> entry(places, sat_before[1], 0)$$,
	'the first seat goes to the next on the list, whoever that is by then');
SELECT is_empty($$
	SELECT * FROM t WHERE pairing IN ('staggered', 'following', 'preceding')
	AND sat[2] <> entry(places, sat[1],
						CASE pairing WHEN 'staggered' THEN greatest(1, cardinality(places) / 2) - 1
									 WHEN 'following' THEN 0 ELSE cardinality(places) - 2 END)$$,
	'the second to who stands half a list after, next to or before them');

-- fixed: both are taken off the list in order, whichever seat they sit in
SELECT is_empty($$
	SELECT * FROM t WHERE pairing = 'fixed' AND n > 0 AND NOT EXISTS (
		SELECT FROM unnest(sat_before) AS last
		WHERE sat @> ARRAY[entry(places, last, 0), entry(places, last, 1)])$$,
	'fixed: the next two on the list sit together');

-- mixed: when those on the list sat last, where a tournament begins
CREATE TABLE waiting AS
SELECT id, n, place, (SELECT max(s.n) FROM s WHERE s.id = t.id AND s.place = p.place AND s.n < t.n) AS last
FROM t, unnest(places) AS p (place)
WHERE pairing = 'mixed' AND places <> places_before
OR pairing = 'switched' AND (n = 150 OR places <> places_before AND n NOT BETWEEN 100 AND 149);
SELECT is_empty($$
	SELECT * FROM t JOIN (
		SELECT id, n, (array_agg(place ORDER BY last NULLS FIRST, place))[:2] AS longest FROM waiting GROUP BY id, n) AS w USING (id, n)
	WHERE NOT sat <@ longest$$,
	'mixed: after a change of the list begin who sat longest ago, or never');
SELECT is_empty($$
	SELECT id, a.n, b.n FROM t AS a JOIN t AS b USING (id)
	WHERE a.pairing = 'mixed' AND a.n < b.n AND a.sat <@ b.sat
	AND b.n - a.n < cardinality(a.places) * (cardinality(a.places) - 1) / 2
	AND NOT EXISTS (SELECT FROM waiting AS w WHERE w.id = a.id AND w.n > a.n AND w.n <= b.n)$$,
	'mixed: while the list stays as it is nobody meets anybody twice, until all have met');

-- spread: each round begins one later; who joins is called in the round under
-- way. E comes on while it is C's turn.
SELECT oncall.add_rotation('spread', '{changing 1,changing 2,changing 3,changing 4}', 'R/2126-01-01T00:00[UTC]/P1D',
	seats => '{a}', zone => 'UTC', spread => true) AS spread \gset
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
SELECT layer_id, 1000000, 2100005, '[2126-01-06T12:00Z,)' FROM oncall.layer WHERE rotation_id = :spread;
SELECT is((SELECT string_agg(chr(64 + oncall.primary_of(oncall.on_call(:spread, timestamptz '2126-01-01T12:00Z' + n * interval '1 day')) - 2100000), '' ORDER BY n)
	FROM generate_series(0, 23) AS n), 'ABCDBCDEACDEABDEABCEABCD', 'spread: who joins is called in the round under way');

SELECT * FROM finish();
ROLLBACK;
