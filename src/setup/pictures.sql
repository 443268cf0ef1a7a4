-- Pictures of rosters: for pages (SVG), and for terminals. Both show bands, each
-- a stretch of days, one below the other, and in a band a row for each seat.

CREATE FUNCTION oncall_internal.picture_bands(during tstzrange, zone text, span text)
RETURNS TABLE (band integer, first_day date, last_day date, begins timestamptz, ends timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
	SELECT b.band::integer, b.first_day, b.last_day,
		oncall_internal.date_begins(b.first_day, $2), oncall_internal.date_begins(b.last_day + 1, $2)
	FROM (SELECT (lower($1) AT TIME ZONE $2)::date AS first,
				 ((upper($1) - interval '1 microsecond') AT TIME ZONE $2)::date AS last) d
	CROSS JOIN LATERAL (
		SELECT 0 AS band, d.first AS first_day, d.last AS last_day WHERE $3 = 'all'
		UNION ALL
		SELECT n.n, w.monday + 7 * n.n, w.monday + 7 * n.n + 6
		FROM (SELECT date_trunc('week', d.first::timestamp)::date AS monday) w
		CROSS JOIN LATERAL generate_series(0, (d.last - w.monday) / 7) n
		WHERE $3 = 'week'
		UNION ALL
		SELECT row_number() OVER (ORDER BY m.first) - 1, m.first::date, (m.first + interval '1 month')::date - 1
		FROM generate_series(date_trunc('month', d.first::timestamp), d.last::timestamp, '1 month') m(first)
		WHERE $3 = 'month') b;
END;
COMMENT ON FUNCTION oncall_internal.picture_bands(tstzrange, text, text) IS
'The bands of a picture of a window: whole months, whole weeks, or one band of all its days, in a zone.';

CREATE FUNCTION oncall_internal.picture_pieces(during tstzrange, rotation_id integer, span text)
RETURNS TABLE (band integer, seat integer, seat_name text, person_id integer, person text,
	cover_id integer, state text, begins timestamptz, ends timestamptz, starts_at timestamptz, ends_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
SET jit = off
BEGIN ATOMIC
	WITH shown AS MATERIALIZED (
		SELECT s.* FROM oncall.roster($1, $2) s
	), piece AS (
		SELECT s.seat, s.seat_name, s.person_id, s.person, s.cover_id, 'held' AS state, s.starts_at, s.ends_at
		FROM shown s WHERE s.person_id IS NOT NULL
		UNION ALL
		-- nobody is there in hours in which somebody ought to be
		SELECT s.seat, s.seat_name, NULL::integer AS person_id, NULL::text AS person, s.cover_id,
			CASE WHEN s.cover_id IS NULL THEN 'gap' ELSE 'empty' END AS state, lower(g.gap), upper(g.gap)
		FROM shown s
		JOIN oncall.rotation r ON r.rotation_id = s.rotation_id
		-- before its first turn a rotation has no gaps
		CROSS JOIN LATERAL (
			SELECT s.period * tstzrange(min(oncall_internal.layer_begins(l.valid, l.cadence)), NULL) AS due
			FROM oncall.layer l
			WHERE l.rotation_id = r.rotation_id AND oncall_internal.is_believed(l.recorded)) f
		CROSS JOIN LATERAL unnest(CASE WHEN NOT isempty(f.due) THEN
			oncall.open_periods(r.coverage, f.due, r.zone, ARRAY(
				SELECT d.day FROM oncall.holiday h, unnest(ARRAY[h.day, h.observes]) AS d(day)
				WHERE h.calendar_id = r.calendar_id AND d.day IS NOT NULL)) END) AS g(gap)
		-- a third seat is for those who learn
		WHERE s.person_id IS NULL AND s.seat <= 2
	)
	SELECT b.band, p.seat::integer, p.seat_name, p.person_id, p.person, p.cover_id, p.state,
		greatest(p.starts_at, b.begins), least(p.ends_at, b.ends), p.starts_at, p.ends_at
	FROM oncall.rotation r
	CROSS JOIN LATERAL oncall_internal.picture_bands($1, r.zone, $3) b
	JOIN piece p ON p.starts_at < b.ends AND p.ends_at > b.begins
	WHERE r.rotation_id = $2;
END;
COMMENT ON FUNCTION oncall_internal.picture_pieces(tstzrange, integer, text) IS
'What is in the rows of a picture: shifts (held) and hours of the coverage in which nobody has one of the first two seats (gap; empty if a cover says so), each cut where its band ends.';

CREATE FUNCTION oncall_internal.picture_span(during tstzrange, fits integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	-- a day may be touched at both ends of the window
	WHEN extract(epoch FROM upper($1) - lower($1)) / 86400 + 1 <= greatest($2, 7) THEN 'all'
	WHEN $2 >= 31 THEN 'month'
	ELSE 'week' END;
COMMENT ON FUNCTION oncall_internal.picture_span(tstzrange, integer) IS
'Which bands a picture has in which so many days have room beside each other: one, or months, or weeks.';

CREATE FUNCTION oncall_internal.refuse_large_picture(during tstzrange, rotation_id integer, span text, largest integer)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	band_days CONSTANT integer := CASE span WHEN 'week' THEN 7 WHEN 'month' THEN 30
		ELSE greatest(1, ceil(extract(epoch FROM upper(during) - lower(during)) / 86400)) END;
	bands CONSTANT integer := CASE span WHEN 'all' THEN 1
		ELSE ceil(extract(epoch FROM upper(during) - lower(during)) / 86400 / band_days) END;
	seats CONSTANT bigint := (SELECT sum(cardinality(r.seats)) FROM oncall.rotation r
		WHERE r.rotation_id = coalesce(refuse_large_picture.rotation_id, r.rotation_id));
	shifts bigint;
BEGIN
	IF bands * seats > largest THEN
		RAISE EXCEPTION 'a picture of % rows is too large', bands * seats
			USING ERRCODE = '54000',
				DETAIL = format('It would have %s rows, one for each seat of %s.', bands * seats,
					CASE WHEN bands = 1 THEN 'all rotations' WHEN span = 'week' THEN bands || ' weeks' ELSE bands || ' months' END),
				HINT = CASE WHEN seats > largest OR bands = 1 THEN format('The largest has %s rows; ask for one rotation.', largest)
					ELSE format('The largest has %s rows, here %s days%s.', largest, largest / seats * band_days,
						CASE WHEN rotation_id IS NULL THEN '; or ask for one rotation' ELSE '' END) END;
	END IF;
	SELECT count(*) INTO shifts
	FROM oncall.roster(during, refuse_large_picture.rotation_id) s WHERE s.person_id IS NOT NULL;
	IF shifts > 20000 THEN
		RAISE EXCEPTION 'a picture of % shifts is too large', shifts
			USING ERRCODE = '54000', HINT = format('The largest has 20000; ask for a shorter period%s.',
				CASE WHEN rotation_id IS NULL THEN ', or for one rotation' ELSE '' END);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_large_picture(tstzrange, integer, text, integer) IS
'An error (54000) if a picture would have more rows, or shifts, than the largest that is sensible, which it tells.';
