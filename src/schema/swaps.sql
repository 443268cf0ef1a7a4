
-- Swaps: who takes whose duty, and the market in which people trade it. What
-- is written here are covers; whether they may stand is judged when the
-- transaction commits, whoever wrote them.

-- Writing covers --------------------------------------------------------

CREATE OR REPLACE FUNCTION oncall.lock_covers(
	rotation_ids integer[], seats smallint[], periods tstzrange[])
RETURNS integer[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer[] := '{}';
	seen integer[];
BEGIN
	-- Each time under a new snapshot (READ COMMITTED): whoever held a lock
	-- may have written other covers in place of those that we waited for.
	LOOP
		-- worded as the exclusion constraint is, to use its index
		seen := ARRAY(
			SELECT c.cover_id
			FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
			JOIN oncall.cover AS c
				ON int8range(c.rotation_id, c.rotation_id, '[]') && int8range(a.rotation_id, a.rotation_id, '[]')
				AND int4range(c.seat, c.seat, '[]') && int4range(a.seat, a.seat, '[]')
				AND c.period && a.period
			WHERE upper_inf(c.recorded)
			ORDER BY c.rotation_id, c.seat, c.period
			FOR NO KEY UPDATE OF c);
		EXIT WHEN seen <@ locked;
		locked := seen;
	END LOOP;
	RETURN seen;
END
$$;
COMMENT ON FUNCTION oncall.lock_covers(integer[], smallint[], tstzrange[]) IS
'Lock the believed covers that overlap these periods of these seats, in order of (rotation, seat, period), and return their cover_ids. Once it returns in READ COMMITTED, the next statement sees what whoever held a lock before has made of them.';

CREATE OR REPLACE FUNCTION oncall.write_covers(
	rotation_ids integer[], seats smallint[], periods tstzrange[],
	person_ids integer[], swap_id integer DEFAULT NULL,
	reason text DEFAULT NULL, late boolean DEFAULT false)
RETURNS integer[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	asked constant integer := cardinality(rotation_ids);
	locked integer[];
	closed oncall.cover[];
	written integer[];
BEGIN
	IF (cardinality(seats) = asked AND cardinality(periods) = asked
		AND cardinality(person_ids) = asked) IS NOT TRUE
		OR array_position(rotation_ids, NULL) IS NOT NULL
		OR array_position(seats, NULL) IS NOT NULL
		OR array_position(periods, NULL) IS NOT NULL
	THEN
		RAISE EXCEPTION 'every cover needs a rotation, a seat and a period'
			USING ERRCODE = '22023',
				HINT = 'Give arrays of the same length; only a person may be NULL, for nobody.';
	END IF;

	locked := oncall.lock_covers(rotation_ids, seats, periods);
	WITH shut AS (
		UPDATE oncall.cover AS c SET recorded = oncall.closed(c.recorded, c.xmin)
		WHERE c.cover_id = ANY (locked)
		RETURNING c.*)
	SELECT array_agg(s::oncall.cover) INTO closed FROM shut AS s;

	-- what was asked for, and what is left of the covers that it lies over
	WITH wanted AS (
		SELECT a.rotation_id, a.seat, a.period, a.person_id,
			write_covers.swap_id, write_covers.reason, write_covers.late,
			a.place
		FROM unnest(rotation_ids, seats, periods, person_ids)
			WITH ORDINALITY AS a(rotation_id, seat, period, person_id, place)
		UNION ALL
		SELECT c.rotation_id, c.seat, rest.period, c.person_id,
			c.swap_id, c.reason, c.late, NULL
		FROM unnest(closed) AS c,
			LATERAL (
				SELECT unnest(c.period::tstzmultirange - range_agg(a.period))
				FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
				WHERE (a.rotation_id, a.seat) = (c.rotation_id, c.seat)
			) AS rest(period)
	), made AS (
		INSERT INTO oncall.cover AS c
			(rotation_id, seat, period, person_id, swap_id, reason, late)
		SELECT w.rotation_id, w.seat, w.period, w.person_id, w.swap_id,
			w.reason, w.late
		FROM wanted AS w
		ORDER BY w.rotation_id, w.seat, w.period
		RETURNING c.cover_id, c.rotation_id, c.seat, c.period)
	SELECT array_agg(m.cover_id ORDER BY w.place) INTO written
	FROM wanted AS w JOIN made AS m USING (rotation_id, seat, period)
	WHERE w.place IS NOT NULL;
	RETURN coalesce(written, '{}');
END
$$;
COMMENT ON FUNCTION oncall.write_covers(integer[], smallint[], tstzrange[], integer[], integer, text, boolean) IS
'Write covers: each person (NULL: on purpose nobody) holds that seat of that rotation for that period; return their cover_ids in the same order. Believed covers that they lie over are closed, so that it is kept that they were believed, and what is left of them is recorded again, with its own person, swap and reason. All functions that trade duty use it; whether the covers may stand is judged at commit. Covers are locked and written in order of (rotation, seat, period). Errors: 22023 (arrays that do not fit, NULL), 23P01 (two of the covers overlap, or somebody else has just written one there).';
