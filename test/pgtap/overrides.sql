-- Covers over covers: after any number of random write_covers() each hour of
-- each seat is held by whoever was written there last, for the reason given
-- then; nothing else is lost.
--
-- Tests: covers write_covers

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(4);

-- ONCALL_SEED in the environment repeats a run
\ir seed.psql
SELECT diag('seed ' || :'seed');

-- nobody is on call but by covers; what the rules think is not the question
SELECT count(oncall.add_person('Person ' || n, 'UTC')) FROM generate_series(1, 5) n \g /dev/null
SELECT oncall.add_rotation('overrides', '{NULL}', 'R/2126-01-01T00:00[UTC]/P7D') AS rotation_id \gset
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;

-- The oracle: an hour a row.
CREATE TEMPORARY TABLE hour AS
	SELECT s::smallint AS seat, timestamptz '2126-01-01' + h * interval '1 hour' AS at,
		NULL::int AS person_id, NULL::text AS reason
	FROM generate_series(1, 2) s, generate_series(0, 99) h;
CREATE TEMPORARY TABLE outcome (step int, wrong_hours bigint, wrong_ids bigint);

CREATE FUNCTION pg_temp.change(rotation_id int, step int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	seats smallint[] := '{}';
	periods tstzrange[] := '{}';
	people int[] := '{}';
	id int;
	one smallint;
	part tstzrange;
BEGIN
	FOR i IN 1 .. 1 + random() * 2 LOOP
		one := 1 + random();
		part := (SELECT tstzrange(f, f + (1 + floor(random() * 30)) * interval '1 hour')
			FROM (SELECT timestamptz '2126-01-01' + floor(random() * 70) * interval '1 hour' OFFSET 0) AS s(f));
		CONTINUE WHEN EXISTS (SELECT FROM unnest(seats, periods) AS a(seat, period)
			WHERE a.seat = one AND a.period && part);
		seats := seats || one;
		periods := periods || part;
		people := people || (CASE WHEN random() < 0.9 THEN 1 + floor(random() * 5) END)::int;
	END LOOP;
	id := oncall_internal.write_covers(array_fill(rotation_id, ARRAY[cardinality(seats)]), seats, periods, people,
		reason => 'step ' || step);
	UPDATE hour SET person_id = a.person_id, reason = 'step ' || step
	FROM unnest(seats, periods, people) AS a(seat, period, person_id)
	WHERE hour.seat = a.seat AND a.period @> hour.at;
	INSERT INTO outcome SELECT step,
		(SELECT count(*) FROM hour h
		 LEFT JOIN oncall.cover c ON upper_inf(c.recorded) AND c.seat = h.seat AND c.period @> h.at
		 LEFT JOIN oncall.change w ON w.change_id = c.change_id
		 WHERE (h.person_id, h.reason) IS DISTINCT FROM (c.person_id, w.reason)),
		(SELECT count(*) FROM unnest(seats, periods, people) AS a(seat, period, person_id)
		 LEFT JOIN oncall.cover c ON c.change_id = id AND c.seat = a.seat AND c.period = a.period
		 WHERE a.person_id IS DISTINCT FROM c.person_id OR c.cover_id IS NULL);
END
$$;
SELECT count(pg_temp.change(:rotation_id, n)) FROM generate_series(1, 300) n \g /dev/null

SELECT is_empty('SELECT step, wrong_hours FROM outcome WHERE wrong_hours > 0',
	'300 times the last one to be written holds the seat, and what is left of the others stays');
SELECT is_empty('SELECT step, wrong_ids FROM outcome WHERE wrong_ids > 0',
	'the change has the covers that were asked for');
SELECT is_empty($$
	SELECT h.* FROM hour h
	LEFT JOIN oncall.roster('[2126-01-01,2126-01-05 04:00)') r ON r.seat = h.seat AND r.period @> h.at
	WHERE r.person_id IS DISTINCT FROM h.person_id
	$$, 'the roster says the same');
SELECT cmp_ok((SELECT count(*) FROM oncall.cover WHERE isempty(recorded)), '>', 300::bigint,
	'what one transaction wrote and closed was never believed');

SELECT * FROM finish();
ROLLBACK;
