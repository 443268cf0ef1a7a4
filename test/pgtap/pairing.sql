-- The pairings against what they promise, for lists of two to fifteen.
--
-- Tests: turns

\set schema pairings
\ir start.psql

SELECT plan(13);

-- one rotation for each pairing, length of the list and number of seats; a
-- turn a day, person 2000000 + place
CREATE TABLE c AS
SELECT 2000000 + row_number() OVER (ORDER BY pairing, k, seats)::int AS id, pairing, k, seats,
	   lcm(k, seats) AS period
FROM unnest('{staggered,fixed,mixed}'::text[]) AS pairing,
	 generate_series(1, 15) AS k, generate_series(1, 4) AS seats
WHERE pairing <> 'mixed' OR seats = 2;

INSERT INTO oncall.person (person_id, name, email, zone) OVERRIDING SYSTEM VALUE
SELECT 2000000 + i, 'pairings ' || i, 'pairings' || i || '@example.com', 'UTC'
FROM generate_series(0, 14) AS i;
INSERT INTO oncall.rotation (rotation_id, name, zone, seats) OVERRIDING SYSTEM VALUE
SELECT id, 'pairings ' || id, 'UTC', (ARRAY['a', 'b', 'c', 'd'])[:seats] FROM c;
INSERT INTO oncall.layer (layer_id, rotation_id, pairing, cadence) OVERRIDING SYSTEM VALUE
SELECT id, id, pairing, 'R/2026-01-01T00:00[UTC]/P1D' FROM c;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT id, i, 2000000 + i FROM c, generate_series(0, k - 1) AS i;

-- turn by turn, over two cycles of the longest tournament and one more turn
CREATE TABLE s AS
SELECT c.*, seat, person_id - 2000000 AS who, lower(r.period)::date - date '2026-01-01' + i AS n
FROM c, oncall.roster(tstzrange('2026-01-01', timestamptz '2026-01-01' + (15 * 14 + 1) * interval '1 day'), id) AS r,
	 generate_series(0, extract(day FROM upper(r.period) - lower(r.period))::int - 1) AS i;
CREATE INDEX ON s (id, n);
ANALYZE s;
CREATE TABLE t AS
SELECT id, pairing, k, seats, c.period, n,
	   array_agg(who ORDER BY who) FILTER (WHERE who IS NOT NULL) AS together
FROM s AS c GROUP BY id, pairing, k, seats, c.period, n;

SELECT is((SELECT count(*) FROM t), (SELECT count(*) * (15 * 14 + 1) FROM c), 'every turn is there');
SELECT is_empty($$SELECT * FROM t WHERE EXISTS (SELECT FROM unnest(together) AS w GROUP BY w HAVING count(*) > 1)$$,
	'nobody sits in two seats of one turn');
SELECT is_empty($$SELECT id, pairing, k, seats, n FROM s JOIN t USING (id, pairing, k, seats, n)
	WHERE seat = 1 AND who IS NULL$$, 'the first seat is never empty');
SELECT is_empty($$SELECT * FROM s WHERE who IS NULL AND k >= seats$$,
	'no seat is empty where there are members enough');

-- mixed
SELECT is_empty($$
	SELECT k, a, b, cycle, count(n) FROM
		(SELECT * FROM c, generate_series(0, k - 1) AS a, generate_series(0, k - 1) AS b, generate_series(0, 1) AS cycle
		 WHERE pairing = 'mixed' AND a < b) AS want
	LEFT JOIN t USING (id, pairing, k)
	WHERE t.together = ARRAY[a, b] AND n / nullif(k * (k - 1) / 2, 0) = cycle
	GROUP BY k, a, b, cycle HAVING count(n) <> 1$$,
	'mixed: nobody meets anybody twice in a cycle');
SELECT is_empty($$
	SELECT k, cycle FROM
		(SELECT k, n / nullif(k * (k - 1) / 2, 0) AS cycle, count(DISTINCT together) AS pairs
		 FROM t WHERE pairing = 'mixed' AND k > 1 AND n < k * (k - 1) GROUP BY 1, 2) AS x
	WHERE pairs <> k * (k - 1) / 2$$,
	'mixed: in a cycle everyone is paired with everyone');
SELECT is_empty($$
	SELECT k, who, seat, count(*) FROM s WHERE pairing = 'mixed' AND k > 1 AND n < k * (k - 1)
	GROUP BY k, who, seat HAVING count(*) <> k - 1$$,
	'mixed: over two cycles everyone serves both seats equally');
SELECT is_empty($$
	SELECT a.k, a.n, a.together, b.together
	FROM t AS a JOIN t AS b ON b.id = a.id AND b.n = a.n + 1
	WHERE a.pairing = 'mixed' AND a.k >= 6 AND a.together && b.together$$,
	'mixed: nobody is on duty two turns running, from six members on');

-- fixed
SELECT is_empty($$
	SELECT id, k, seats, count(DISTINCT together) FROM t
	WHERE pairing = 'fixed' AND k % seats = 0 GROUP BY id, k, seats
	HAVING count(DISTINCT together) <> k / seats$$,
	'fixed: always the same partners when the list is a multiple of the seats');
SELECT is_empty($$
	SELECT * FROM t WHERE pairing = 'fixed' AND k >= seats
	AND NOT EXISTS (SELECT FROM generate_series(0, k - 1) AS first
					WHERE together <@ (SELECT array_agg((first + i) % k) FROM generate_series(0, seats - 1) AS i))$$,
	'fixed: otherwise neighbours in the list');
SELECT is_empty($$
	SELECT id, k, seats, who, seat, count(*) FROM s
	WHERE pairing = 'fixed' AND k >= seats AND n < period
	GROUP BY id, k, seats, period, who, seat HAVING count(*) <> period / k$$,
	'fixed: everyone serves every seat equally');

-- staggered
SELECT is_empty($$
	SELECT id, k, seats, who, seat, count(*) FROM s
	WHERE pairing = 'staggered' AND k >= seats AND n < k
	GROUP BY id, k, seats, who, seat HAVING count(*) <> 1$$,
	'staggered: everyone serves every seat once in a cycle');
SELECT is_empty($$
	SELECT id, k, seats, who, array_agg(gap) FROM
		(SELECT id, k, seats, who, n, lead(n) OVER (PARTITION BY id, who ORDER BY n) - n AS gap
		 FROM s WHERE pairing = 'staggered' AND k >= seats) AS g
	WHERE gap IS NOT NULL
	GROUP BY id, k, seats, who HAVING max(gap) - min(gap) > 1$$,
	'staggered: duties are spread evenly');

SELECT * FROM finish();
ROLLBACK;
