-- Pictures of rosters for terminals: a line for each week and seat.

CREATE FUNCTION oncall_internal.text_cell(value text, columns integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT f.fits || repeat(' ', $2 - oncall_internal.text_columns(f.fits))
	FROM (SELECT oncall_internal.fit_text($1, $2) AS fits) f;
END;
COMMENT ON FUNCTION oncall_internal.text_cell(text, integer) IS
'The beginning of a text, with blanks to fill so many columns of a terminal.';

-- A day has as many columns whether it has 23 hours or 25.
CREATE FUNCTION oncall_internal.text_column(at timestamptz, first_day date, zone text, cell integer) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT (d.day - $2) * $4
		+ ceil($4 * extract(epoch FROM $1 - d.starts) / extract(epoch FROM d.ends - d.starts))::integer
	FROM (SELECT c.day, oncall_internal.date_begins(c.day, $3) AS starts,
				 oncall_internal.date_begins(c.day + 1, $3) AS ends
		  FROM (SELECT ($1 AT TIME ZONE $3)::date AS day) c) d;
END;
COMMENT ON FUNCTION oncall_internal.text_column(timestamptz, date, text, integer) IS
'The first column of a week at or after an instant, with so many columns a day.';

CREATE FUNCTION oncall_internal.text_weeks(rotation_id integer, during tstzrange, label integer, cell integer)
RETURNS TABLE (band integer, seat integer, line text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH band AS MATERIALIZED (
		SELECT b.*, r.zone, r.calendar_id, r.seats
		FROM oncall.rotation r
		CROSS JOIN LATERAL oncall_internal.picture_bands($2, r.zone, 'week') b
		WHERE r.rotation_id = $1
	), piece AS (
		SELECT p.band, p.seat, p.state, p.person, p.cover_id IS NOT NULL AS is_cover,
			p.begins = p.starts_at AS is_start,
			oncall_internal.text_column(p.begins, b.first_day, b.zone, $4) AS begins,
			oncall_internal.text_column(p.ends, b.first_day, b.zone, $4) AS ends
		FROM oncall_internal.picture_pieces($2, $1, 'week') p
		JOIN band b ON b.band = p.band
	), drawn AS (
		SELECT d.band, d.seat, string_agg(repeat(' ', d.begins - d.before) || CASE d.state
			WHEN 'gap' THEN repeat('?', d.ends - d.begins)
			WHEN 'empty' THEN repeat('-', d.ends - d.begins)
			ELSE CASE WHEN NOT d.is_start THEN ' ' WHEN d.is_cover THEN '+' ELSE '|' END
				|| oncall_internal.text_cell(d.person, d.ends - d.begins - 1) END, '' ORDER BY d.begins) AS line
		FROM (SELECT p.*, lag(p.ends, 1, 0) OVER (PARTITION BY p.band, p.seat ORDER BY p.begins) AS before
			  -- what is shorter than a column is not seen
			  FROM piece p WHERE p.begins < p.ends) d
		GROUP BY d.band, d.seat
	)
	SELECT b.band, 0, rtrim(oncall_internal.text_cell(to_char(b.first_day, 'Mon YYYY'), $3) || (
			SELECT string_agg(oncall_internal.text_cell(
				to_char(b.first_day + n, CASE WHEN $4 >= 8 THEN ' Dy FMDD' ELSE ' FMDD' END)
				|| CASE WHEN EXISTS (SELECT FROM oncall.holiday h
					WHERE h.calendar_id = b.calendar_id AND h.day = b.first_day + n) THEN '*' ELSE '' END, $4),
				'' ORDER BY n)
			FROM generate_series(0, 6) n))
	FROM band b
	UNION ALL
	SELECT b.band, s.n::integer, rtrim(oncall_internal.text_cell(s.name, $3 - 1) || ' ' || coalesce(d.line, ''))
	FROM band b
	CROSS JOIN LATERAL unnest(b.seats) WITH ORDINALITY s(name, n)
	LEFT JOIN drawn d ON d.band = b.band AND d.seat = s.n;
END;
COMMENT ON FUNCTION oncall_internal.text_weeks(integer, tstzrange, integer, integer) IS
'The weeks of a rotation as lines for a terminal: the days (seat 0), and each seat.';

CREATE FUNCTION oncall.roster_text(during tstzrange, rotation oncall.ref DEFAULT NULL, width integer DEFAULT 80)
RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked_id CONSTANT integer := oncall_internal.rotation_named(roster_text.rotation);
	duty record;
	label integer;
BEGIN
	PERFORM oncall_internal.refuse_period('during', during);
	PERFORM oncall_internal.refuse_null('width', width IS NULL);
	IF width NOT BETWEEN 50 AND 1000 THEN
		RAISE EXCEPTION 'width must be between 50 and 1000 columns'
			USING ERRCODE = '22023', HINT = 'Write 80 for a terminal as it usually is.';
	END IF;
	PERFORM oncall_internal.refuse_large_picture(during, asked_id, 'week', 1000);

	FOR duty IN
		SELECT r.rotation_id, r.name, r.zone, r.seats FROM oncall.rotation r
		WHERE r.rotation_id = coalesce(asked_id, r.rotation_id)
		ORDER BY r.name, r.rotation_id
	LOOP
		label := (SELECT least(greatest(max(oncall_internal.text_columns(s.name)), 8), 12) + 1
			FROM unnest(duty.seats) s(name));
		RETURN NEXT oncall_internal.fit_text(duty.name || ' [' || duty.zone || ']', width);
		RETURN QUERY
		SELECT w.line FROM oncall_internal.text_weeks(duty.rotation_id, during, label, (width - label) / 7) w
		ORDER BY w.band, w.seat;
		RETURN NEXT '';
	END LOOP;
	RETURN NEXT '| handover  + cover  ? gap  - empty  * holiday';
END
$$;
COMMENT ON FUNCTION oncall.roster_text(tstzrange, oncall.ref, integer) IS
'The roster of a rotation, or of all (NULL), for a terminal of so many columns: a line for each week and seat. What is shorter than a column is not seen. Errors: 22023 (during, width), 22004, 42704, 54000 (too large).';
