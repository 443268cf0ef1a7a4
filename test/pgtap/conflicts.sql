-- Duty that its holder cannot serve: duty_conflicts(), which asks the rules of
-- trades, against what a plain SELECT over the tables says of random companies.

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(4);

-- ONCALL_SEED=... repeats a run; ONCALL_CONFLICTS=... tries so many companies
\getenv seed ONCALL_SEED
\if :{?seed}
\else
SELECT (random() * 1000000000)::int AS seed \gset
\endif
\getenv companies ONCALL_CONFLICTS
\if :{?companies}
\else
\set companies 160
\endif
SELECT setseed((:seed % 1000000) / 1000000.0) \g /dev/null
SELECT diag('seed ' || :'seed' || ', ' || :'companies' || ' companies');

CREATE FUNCTION pg_temp.some_period(longest interval) RETURNS tstzrange LANGUAGE sql VOLATILE AS $$
	SELECT tstzrange(s.at, s.at + date_trunc('minute', random() * longest) + interval '1 minute')
	FROM (SELECT timestamptz '2126-02-01' + random() * interval '60 days') AS s(at)
$$;

-- Rotations of three seats, people who may be anything, and covers that nobody
-- has judged
CREATE FUNCTION pg_temp.make_company() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	DELETE FROM oncall.absence;
	DELETE FROM oncall.cover;
	DELETE FROM oncall.rotation_member;
	DELETE FROM oncall.layer_member;
	DELETE FROM oncall.layer;
	DELETE FROM oncall.not_together;
	DELETE FROM oncall.rotation;
	DELETE FROM oncall.person;
	INSERT INTO oncall.person (person_id, name, zone, active)
	SELECT i, 'conflict' || i, 'UTC', CASE (random() * 4)::int
			WHEN 0 THEN tstzrange(lower(pg_temp.some_period('1 day')), NULL)
			WHEN 1 THEN tstzrange(NULL, lower(pg_temp.some_period('1 day')))
			WHEN 2 THEN pg_temp.some_period('40 days')
			ELSE tstzrange(NULL, NULL) END
	FROM generate_series(1, 8) i;
	INSERT INTO oncall.not_together (person_id, other_id)
	SELECT a, b FROM generate_series(1, 8) a, generate_series(1, 8) b WHERE a > b AND random() < 0.1;
	INSERT INTO oncall.rotation (rotation_id, name, zone, seats)
	SELECT r, 'conflict' || r, 'UTC', '{primary,secondary,shadow}' FROM generate_series(1, 2) r;
	INSERT INTO oncall.change (change_id, kind) VALUES (1, 'rows') ON CONFLICT DO NOTHING;
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid, change_id)
	SELECT r, i, (ARRAY['reserve', 'shadow', 'volunteer'])[1 + (random() * 2)::int],
		CASE WHEN random() < 0.6 THEN tstzrange('2020-01-01Z', NULL)
			WHEN random() < 0.5 THEN tstzrange(lower(pg_temp.some_period('1 day')), NULL)
			ELSE pg_temp.some_period('40 days') END, 1
	FROM generate_series(1, 2) r, generate_series(1, 8) i WHERE random() < 0.6;
	INSERT INTO oncall.layer (layer_id, rotation_id, valid, cadence, pairing, seats, change_id)
	SELECT r, r, '(,)', ('R/2126-01-05T09:00[UTC]/P' || 1 + (random() * 9)::int || 'D')::oncall.cadence, 'staggered', 3, 1
	FROM generate_series(1, 2) r;
	INSERT INTO oncall.layer_member (layer_id, position, person_id, valid, change_id)
	SELECT r, i, CASE WHEN random() < 0.5 THEN i END, '(,)', 1 FROM generate_series(1, 2) r, generate_series(1, 8) i;
	INSERT INTO oncall.cover (rotation_id, seat, period, person_id, change_id)
	SELECT r, s, tstzrange(f.at, f.at + (1 + random() * 80)::int * interval '1 hour'), nullif((random() * 8)::int, 0), 1
	FROM generate_series(1, 2) r, generate_series(1, 3) s, generate_series(0, 5) n,
		LATERAL (SELECT timestamptz '2126-02-01' + (n * 10 + random() * 5) * interval '1 day' AS at) f
	WHERE random() < 0.7;
	INSERT INTO oncall.absence (person_id, period, kind)
	SELECT 1 + (random() * 7)::int, CASE WHEN random() < 0.1 THEN tstzrange(NULL, lower(pg_temp.some_period('1 day')))
			ELSE pg_temp.some_period('9 days') END,
		(ARRAY['leave', 'opt_out', 'keep_free', 'sick'])[1 + (random() * 3)::int]
	FROM generate_series(1, 12);
	SET LOCAL session_replication_role = origin;
END
$$;

-- The rules once more
CREATE FUNCTION pg_temp.conflicts(during tstzrange, rotation int)
RETURNS TABLE (rotation_id int, rotation text, seat smallint, seat_name text, person_id int, person text,
	period tstzrange, conflict tstzmultirange, reason text, layer_id int, cover_id int)
LANGUAGE sql STABLE AS $$
	WITH roster AS MATERIALIZED (SELECT * FROM oncall.roster($1, $2::oncall.ref))
	SELECT r.rotation_id, r.rotation, r.seat, r.seat_name, r.person_id, r.person, r.period,
		   o.conflict, o.reason, r.layer_id, r.cover_id
	FROM roster r
	JOIN oncall.person p ON p.person_id = r.person_id
	-- whoever is on a list may serve; from the first handover on, which is before all of these
	CROSS JOIN LATERAL (
		SELECT CASE WHEN EXISTS (SELECT FROM oncall.layer_member l JOIN oncall.layer y USING (layer_id)
				WHERE y.rotation_id = r.rotation_id AND l.person_id = r.person_id) THEN '{}'::tstzmultirange
			ELSE tstzmultirange(r.period * p.active) - coalesce((SELECT range_agg(m.valid) FROM oncall.rotation_member m
				WHERE m.rotation_id = r.rotation_id AND m.person_id = r.person_id
					AND (m.standing = 'reserve' OR m.standing = 'shadow' AND r.seat > 2)), '{}') END) n(never)
	CROSS JOIN LATERAL (
		SELECT coalesce(range_agg(m.valid), '{}') FROM oncall.rotation_member m
		WHERE m.rotation_id = r.rotation_id AND m.person_id = r.person_id AND m.standing <> 'reserve') k(known)
	CROSS JOIN LATERAL (
		SELECT range_agg(w.periods) AS conflict,
			   string_agg(w.reason, ', ' ORDER BY lower(w.periods), w.reason COLLATE "C") AS reason
		FROM (SELECT range_agg(f.part) AS periods, f.reason
			  FROM (SELECT a.period * r.period AS part, format('absent (%s)', a.kind) AS reason
					FROM oncall.absence a
					WHERE a.person_id = r.person_id AND a.period && r.period
					UNION ALL
					SELECT r.period * tstzrange(upper(p.active), NULL), 'has left'
					WHERE NOT upper_inf(p.active)
					UNION ALL
					SELECT r.period * tstzrange(NULL, lower(p.active)), 'not active yet'
					WHERE NOT lower_inf(p.active)
					UNION ALL
					SELECT unnest(n.never * tstzmultirange(m.valid)), 'only a ' || m.standing
					FROM oncall.rotation_member m
					WHERE m.rotation_id = r.rotation_id AND m.person_id = r.person_id AND m.standing <> 'reserve'
					UNION ALL
					SELECT unnest(n.never - k.known), 'not a member'
					UNION ALL
					SELECT r.period * other.period, format('not to be together with %s', other.person)
					FROM roster other
					JOIN oncall.not_together n
						ON (n.person_id, n.other_id) IN ((r.person_id, other.person_id), (other.person_id, r.person_id))
					WHERE other.rotation_id = r.rotation_id) f
			  WHERE NOT isempty(f.part)
			  GROUP BY f.reason) w) o
	WHERE o.conflict IS NOT NULL
$$;

SELECT set_config('oncall_test.companies', :'companies', true) \g /dev/null
CREATE TEMP TABLE result (company int, found bigint, reasons text[], wrong bigint, unordered bigint);
DO $$
DECLARE
	during tstzrange;
	one int;
BEGIN
	FOR company IN 1 .. current_setting('oncall_test.companies')::int LOOP
		PERFORM pg_temp.make_company();
		during := pg_temp.some_period('30 days');
		one := nullif((random() * 2)::int, 0);
		INSERT INTO result
		WITH c AS MATERIALIZED (SELECT * FROM oncall.duty_conflicts(during, one::oncall.ref))
		SELECT company, count(*), array_agg(DISTINCT c.reason),
			(SELECT count(*) FROM (
				(TABLE c EXCEPT ALL SELECT * FROM pg_temp.conflicts(during, one))
				UNION ALL
				(SELECT * FROM pg_temp.conflicts(during, one) EXCEPT ALL TABLE c)) d),
			(SELECT count(*) FROM (
				SELECT (lower(o.period), o.rotation_id, o.seat) < lag((lower(o.period), o.rotation_id, o.seat)) OVER (ORDER BY o.ordinality) AS back
				FROM oncall.duty_conflicts(during, one::oncall.ref) WITH ORDINALITY o) b WHERE b.back)
		FROM c;
	END LOOP;
END
$$;
SELECT is((SELECT count(*) FROM result WHERE wrong > 0), 0::bigint, 'conflicts are what the tables say');
SELECT is((SELECT sum(unordered) FROM result), 0::numeric, 'they come in order of time, rotation and seat');
SELECT cmp_ok((SELECT sum(found) FROM result), '>', 200::numeric, 'there were conflicts');
SELECT is((SELECT string_agg(w.reason, ', ') FROM unnest('{absent (leave),absent (opt_out),absent (keep_free),absent (sick),has left,not active yet,not a member,only a volunteer,only a shadow,not to be together with}'::text[]) AS w(reason)
	WHERE NOT EXISTS (SELECT FROM result r, unnest(r.reasons) AS s(reason) WHERE strpos(s.reason, w.reason) > 0)),
	NULL, 'for every reason there is');

SELECT finish();
ROLLBACK;
