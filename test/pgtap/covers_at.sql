-- What was known of an instant of a rotation that has had ten thousand covers:
-- the same as by its rows, and of them few are read.
--
-- Tests: covers_at on_call

\set schema covers_at
\ir start.psql
\ir seed.psql

SELECT plan(5);
SELECT diag('seed ' || :'seed');

-- nobody is on call but by covers; what the rules think is not the question
SELECT count(oncall.add_person('Person ' || n, 'UTC')) FROM generate_series(1, 9) n \g /dev/null
SELECT oncall.add_rotation('covered', '{NULL}', 'R/2020-01-01T00:00[UTC]/P7D') AS rotation_id \gset
SELECT min(person_id) AS person_id FROM oncall.person WHERE name LIKE 'Person %' \gset
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge, DISABLE TRIGGER judge_past;
UPDATE oncall.layer SET recorded = '[2020-01-01,)' WHERE rotation_id = :rotation_id;
UPDATE oncall.layer_member SET recorded = '[2020-01-01,)' WHERE layer_id IN (
	SELECT layer_id FROM oncall.layer WHERE rotation_id = :rotation_id);
-- most are short; one in a hundred closed ones is long; and some were never
-- believed, since they were closed at once
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, change_id)
SELECT :rotation_id, 1 + i % 2, tstzrange(at, at + interval '3 hours'), :person_id + i % 9,
	   tstzrange(known, NULL), (SELECT min(change_id) FROM oncall.change)
FROM (SELECT i, timestamptz '2021-01-01' + i * interval '2 hours' AS at,
			 timestamptz '2021-01-01' + random() * interval '1 year' AS known
	  FROM generate_series(1, 5000) AS i) AS s
UNION ALL
SELECT :rotation_id, 1 + i % 2, tstzrange(at, at + (1 + random()) * interval '1 hour' * CASE WHEN i % 100 = 0 THEN 500 ELSE 5 END),
	   CASE WHEN i % 10 > 0 THEN :person_id + i % 9 END,
	   CASE WHEN i % 20 = 0 THEN 'empty' ELSE tstzrange(known, known + (0.1 + random()) * interval '200 days') END,
	   (SELECT min(change_id) FROM oncall.change)
FROM (SELECT i, timestamptz '2021-01-01' + random() * interval '10000 hours' AS at,
			 timestamptz '2021-01-01' + random() * interval '1 year' AS known
	  FROM generate_series(1, 5000) AS i) AS s;
ANALYZE oncall.cover;

CREATE TABLE asked AS
SELECT i, timestamptz '2020-12-31' + random() * interval '10100 hours' AS at,
	   timestamptz '2020-12-31' + random() * interval '500 days' AS known_at
FROM generate_series(1, 3000) AS i;
-- also the instants at which covers and beliefs begin and end
INSERT INTO asked
SELECT 3000 + row_number() OVER (), unnest(ARRAY[lower(c.period), upper(c.period), upper(c.period) - interval '1 microsecond']), known_at
FROM (SELECT * FROM oncall.cover WHERE rotation_id = :rotation_id AND NOT isempty(recorded) ORDER BY random() LIMIT 500) AS c,
	 unnest(ARRAY[lower(c.recorded), upper(c.recorded)]) AS known_at
WHERE known_at IS NOT NULL;

CREATE FUNCTION believed(of_rotation integer, of_seat integer, at timestamptz, known_at timestamptz) RETURNS integer
LANGUAGE sql AS $$
	SELECT c.person_id FROM oncall.cover AS c
	WHERE c.rotation_id = $1 AND c.seat = $2 AND c.period @> $3 AND c.recorded @> $4
	ORDER BY lower(c.recorded) DESC, c.cover_id DESC LIMIT 1
$$;
SELECT is((SELECT count(*) FROM asked AS a, generate_series(1, 2) AS seat
		   WHERE oncall.seat_holder(:rotation_id, seat, a.at, a.known_at)
			   IS DISTINCT FROM believed(:rotation_id, seat, a.at, a.known_at)),
		  0::bigint, 'what was known is what the rows say');
SELECT cmp_ok((SELECT count(*) FROM asked AS a WHERE believed(:rotation_id, 1, a.at, a.known_at) IS NOT NULL), '>', 500::bigint,
			  'which is somebody often enough');

-- rows of covers that are read, by whatever way
CREATE FUNCTION rows_read() RETURNS bigint LANGUAGE sql VOLATILE
RETURN pg_stat_get_xact_tuples_fetched('oncall.cover'::regclass) + pg_stat_get_xact_tuples_returned('oncall.cover'::regclass);

SELECT rows_read() AS before \gset
SELECT oncall.on_call(:rotation_id, '2021-06-01 00:30Z', '2021-06-01') \g /dev/null
SELECT cmp_ok(rows_read() - :before, '<=', 200::bigint, 'a look-up in the past of what was known reads those that lie there');
SELECT rows_read() AS before \gset
SELECT count(oncall.on_call(:rotation_id, at, known_at)) FROM asked \g /dev/null
SELECT cmp_ok(rows_read() - :before, '<=', 30000::bigint, 'thousands of them read all covers once');
SELECT rows_read() AS before \gset
SELECT count(*) FROM oncall.roster('[2021-06-01,2021-06-02)', :rotation_id, '2021-06-01') \g /dev/null
SELECT cmp_ok(rows_read() - :before, '<=', 200::bigint, 'and so does the roster of a day');

SELECT * FROM finish();
ROLLBACK;
