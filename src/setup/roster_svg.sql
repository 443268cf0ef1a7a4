-- Pictures of rosters for pages: SVG. A row is 32 pixels high and 4 from the
-- next; above the rows of a band stand its days.

-- Eight colours that people who see few colours tell apart, with three
-- patterns: people whose ids are near look different.
CREATE FUNCTION oncall_internal.svg_style(id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('<style>'
			'.%1$s{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-size:12px}'
			'.%1$s .paper{fill:#fff}.%1$s text{fill:#1a1a1a}.%1$s .dim{fill:#555}'
			'.%1$s .title{font-size:15px;font-weight:600}.%1$s .small{font-size:10px}.%1$s .mid{text-anchor:middle}'
			'.%1$s .row{fill:#f3f3f3}.%1$s .grid{stroke:#ccc;stroke-width:1}'
			'.%1$s .weekend{fill:#000;fill-opacity:.09}.%1$s .holiday{fill:#b00020;fill-opacity:.18}'
			'.%1$s .over{pointer-events:none;fill-opacity:.055}.%1$s .holiday.over{fill-opacity:.07}'
			'.%1$s .cover{fill:none;stroke:#1a1a1a;stroke-width:2;stroke-dasharray:5 3}'
			'.%1$s .gap{fill:url(#%1$s-gap);stroke:#b00020}.%1$s .empty{fill:none;stroke:#888;stroke-dasharray:2 3}'
			'.%1$s .now{stroke:#d00000;stroke-width:2}.%1$s .hatch{fill:#b00020;fill-opacity:.45}'
			'.%1$s .mark{fill:#000;fill-opacity:.13}%2$s'
			'@media (prefers-color-scheme:dark){'
			'.%1$s .paper{fill:#1b1b1d}.%1$s text{fill:#f2f2f2}.%1$s .dim{fill:#b5b5b5}'
			'.%1$s .row{fill:#29292c}.%1$s .grid{stroke:#4a4a4a}'
			'.%1$s .weekend{fill:#fff;fill-opacity:.12}.%1$s .holiday{fill:#ff8a9a;fill-opacity:.3}'
			'.%1$s .over{fill-opacity:.05}.%1$s .holiday.over{fill-opacity:.09}'
			'.%1$s .cover{stroke:#fff}.%1$s .gap{stroke:#ff6b81}.%1$s .hatch{fill:#ff6b81;fill-opacity:.6}.%1$s .now{stroke:#ff5a5a}'
			'.%1$s .mark{fill:#000;fill-opacity:.28}%3$s}</style>'
			'<defs>'
			'<pattern id="%1$s-1" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
			'<rect class="mark" width="3" height="9"/></pattern>'
			'<pattern id="%1$s-2" width="9" height="9" patternUnits="userSpaceOnUse">'
			'<circle class="mark" cx="4" cy="4" r="2"/></pattern>'
			'<pattern id="%1$s-gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
			'<rect class="hatch" width="2" height="7"/></pattern></defs>',
		$1, string_agg(format('.%s .p%s{fill:#%s}', $1, c.n - 1, c.light), '' ORDER BY c.n),
		string_agg(format('.%s .p%s{fill:#%s}', $1, c.n - 1, c.dark), '' ORDER BY c.n))
	FROM unnest('{f5c567,bfe3f7,8fd6c1,f7f09a,86abe0,efa476,e6bcd3,cdcdcd}'::text[],
		'{825900,266789,00664b,68610e,1f4fa0,9c4200,8f4a70,5c5c5c}'::text[]) WITH ORDINALITY AS c(light, dark, n);
END;
COMMENT ON FUNCTION oncall_internal.svg_style(text) IS
'Colours and patterns of a picture, light and dark, for the class that its id is.';

CREATE FUNCTION oncall_internal.svg_x(at timestamptz, begins timestamptz, day_width numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(extract(epoch FROM $1 - $2) / 86400 * $3, 1);
COMMENT ON FUNCTION oncall_internal.svg_x(timestamptz, timestamptz, numeric) IS
'How far to the right in a band an instant stands.';

CREATE FUNCTION oncall_internal.svg_top(seat integer, day_width numeric) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN $2 >= 200 THEN 32 ELSE 18 END + 36 * ($1 - 1);
COMMENT ON FUNCTION oncall_internal.svg_top(integer, numeric) IS
'How far down in a band the row of a seat begins: below the days, and below their hours where they are wide.';

-- A first name that others have too does not say who it is.
CREATE FUNCTION oncall_internal.svg_name(name text, columns integer, is_shared boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT rtrim(oncall_internal.fit_text(CASE
		WHEN oncall_internal.text_columns($1) <= $2 OR strpos($1, ' ') = 0 THEN $1
		WHEN oncall_internal.text_columns(n.but_last) <= $2 THEN n.but_last
		WHEN oncall_internal.text_columns(n.first || ' ' || n.others) <= $2 THEN n.first || ' ' || n.others
		WHEN NOT $3 AND oncall_internal.text_columns(n.first) <= $2 THEN n.first
		-- capitals are wide
		ELSE left(left(n.first, 1) || n.others, greatest($2 - 1, 2)) END, $2))
	FROM (SELECT regexp_replace($1, '( [^ ])[^ ]* *$', '\1') AS but_last, split_part($1, ' ', 1) AS first,
				 regexp_replace(substr($1, strpos($1, ' ') + 1), '([^ ])[^ ]* *', '\1', 'g') AS others) n;
END;
COMMENT ON FUNCTION oncall_internal.svg_name(text, integer, boolean) IS
'A name in so many columns: whole, or with initials for the last words, or its first word unless is_shared, or its initials, or the beginning of its only word.';

-- Days --------------------------------------------------------------------

CREATE FUNCTION oncall_internal.svg_days(zone text, calendar_id integer, during tstzrange,
	first_day date, last_day date, begins timestamptz, day_width numeric)
RETURNS TABLE (day date, label text, holidays text, x numeric, width numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 31
BEGIN ATOMIC
	SELECT d.day, to_char(d.day, CASE
			WHEN $7 >= 64 THEN 'Dy FMDD Mon'
			WHEN $7 >= 40 THEN 'Dy FMDD'
			WHEN extract(day FROM d.day) > 1 OR d.day = $4 THEN 'FMDD'
			WHEN $7 >= 28 THEN 'Mon FMDD'
			ELSE 'Mon' END),
		(SELECT string_agg(h.name, ', ' ORDER BY h.holiday_id) FROM oncall.holiday h
		 WHERE h.calendar_id = $2 AND h.day = d.day),
		oncall_internal.svg_x(d.starts, $6, $7),
		oncall_internal.svg_x(d.ends, $6, $7) - oncall_internal.svg_x(d.starts, $6, $7)
	FROM (SELECT g.day::date AS day, oncall_internal.date_begins(g.day::date, $1) AS starts,
				 oncall_internal.date_begins(g.day::date + 1, $1) AS ends
		  FROM generate_series($4::timestamp, $5::timestamp, '1 day') g(day)) d
	WHERE d.starts < upper($3) AND d.ends > lower($3);
END;
COMMENT ON FUNCTION oncall_internal.svg_days(text, integer, tstzrange, date, date, timestamptz, numeric) IS
'The days of a band that are in the window: what is written above them, and where they stand.';

CREATE FUNCTION oncall_internal.svg_hours(zone text, during tstzrange,
	first_day date, last_day date, begins timestamptz, day_width numeric) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(format('<text class="small dim mid" x="%s" y="27">%s</text>',
			oncall_internal.svg_x(h.at, $5, $6), to_char(h.clock, 'HH24:MI')), '' ORDER BY h.at)
	FROM (SELECT c.clock, c.clock AT TIME ZONE $1 AS at
		  FROM generate_series($3::timestamp, ($4 + 1)::timestamp,
				CASE WHEN $6 >= 480 THEN '3 hours' ELSE '6 hours' END::interval) c(clock)) h
	WHERE h.clock <> date_trunc('day', h.clock) AND h.at > lower($2) AND h.at < upper($2);
END;
COMMENT ON FUNCTION oncall_internal.svg_hours(text, tstzrange, date, date, timestamptz, numeric) IS
'The hours of days that are wide.';

CREATE FUNCTION oncall_internal.svg_axis(zone text, calendar_id integer, during tstzrange,
	first_day date, last_day date, begins timestamptz, day_width numeric, height integer,
	OUT under text, OUT above text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(
			format('<text class="small mid" x="%s" y="12">%s</text><path class="grid" d="M%s 16V%s"/>', d.x + d.width / 2, d.label, d.x, $8), '' ORDER BY d.day)
			|| CASE WHEN $7 >= 200 THEN coalesce(oncall_internal.svg_hours($1, $3, $4, $5, $6, $7), '') ELSE '' END,
		string_agg(CASE
			-- the name of a holiday is told above the shifts, which tell their own
			WHEN d.holidays IS NOT NULL
			THEN format('<rect class="holiday" x="%1$s" width="%2$s" height="16"><title>%3$s</title></rect>'
				'<rect class="holiday over" x="%1$s" y="16" width="%2$s" height="%4$s"/>',
				d.x, d.width, oncall_internal.xml_text(d.holidays), $8 - 16)
			WHEN extract(isodow FROM d.day) >= 6
			THEN format('<rect class="weekend" x="%1$s" width="%2$s" height="16"/>'
				'<rect class="weekend over" x="%1$s" y="16" width="%2$s" height="%3$s"/>', d.x, d.width, $8 - 16)
			END, '' ORDER BY d.day)
	FROM oncall_internal.svg_days($1, $2, $3, $4, $5, $6, $7) d;
END;
COMMENT ON FUNCTION oncall_internal.svg_axis(text, integer, tstzrange, date, date, timestamptz, numeric, integer) IS
'The days of a band: their names and lines, which are drawn under the shifts, and shades for weekends and holidays above them.';

-- Shifts ------------------------------------------------------------------

CREATE FUNCTION oncall_internal.svg_piece(id text, state text, person_id integer, is_cover boolean,
	label text, clock text, told text, x numeric, y integer, width numeric) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT concat('<g><title>', oncall_internal.xml_text($7), '</title>',
		format('<rect class="%s" %s/>', CASE WHEN $2 = 'held' THEN 'p' || $3 % 8 ELSE $2 END, s.shape),
		CASE WHEN $2 = 'held' AND $3 / 8 % 3 > 0
			THEN format('<rect fill="url(#%s-%s)" %s/>', $1, $3 / 8 % 3, s.shape) END,
		CASE WHEN $2 = 'held' AND $4
			THEN format('<rect class="cover" x="%s" y="%s" width="%s" height="30" rx="2"/>',
				$8 + 1, $9 + 1, greatest(s.width - 2, 0)) END,
		CASE WHEN $5 <> '' AND $10 < 48
			THEN format('<text class="small" x="%s" y="%s">%s</text>', $8 + 3, s.line, oncall_internal.xml_text($5))
			WHEN $5 <> ''
			THEN format('<text x="%s" y="%s">%s</text>', $8 + 5, s.line, oncall_internal.xml_text($5)) END,
		CASE WHEN $6 <> ''
			THEN format('<text class="small" x="%s" y="%s">%s</text>',
				$8 + CASE WHEN $10 < 48 THEN 3 ELSE 5 END, $9 + 27, $6) END,
		'</g>')
	FROM (SELECT w.width, $9 + CASE WHEN $6 <> '' THEN 15 ELSE 20 END AS line,
				 format('x="%s" y="%s" width="%s" height="32" rx="%s"', $8, $9, w.width,
					CASE WHEN w.width > 8 THEN 3 ELSE 0 END) AS shape
		  FROM (SELECT CASE WHEN $10 > 4 THEN $10 - 1 ELSE greatest($10, 0.6) END AS width) w) s;
END;
COMMENT ON FUNCTION oncall_internal.svg_piece(text, text, integer, boolean, text, text, text, numeric, integer, numeric) IS
'A shift, or hours in which nobody is there, in the row of its seat.';

CREATE FUNCTION oncall_internal.svg_pieces(id text, rotation_id integer, during tstzrange, span text, day_width numeric)
RETURNS TABLE (band integer, seat integer, starts_at timestamptz, told text, drawn text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	SELECT q.band, q.seat, q.starts_at, q.told, oncall_internal.svg_piece($1, q.state, q.person_id, q.is_cover,
		-- about 6.4 pixels for a small letter, 7 for others, and more for wide ones; no initials of nobody
		CASE WHEN q.state = 'held'
			THEN oncall_internal.svg_name(q.person,
				CASE WHEN q.width < 48 THEN floor(greatest(q.width - 6, 0) / 6.4)::integer
				ELSE floor((q.width - 6) / 7.0)::integer
					- (length(q.person) - length(translate(q.person, 'mwMW', ''))) / 2 END, q.is_shared)
			WHEN q.width >= 56 THEN 'nobody' ELSE '' END,
		CASE WHEN q.state = 'held' AND q.width >= 40 AND q.is_start AND q.starts_at > lower($3) THEN q.clock ELSE '' END,
		q.told, q.x, oncall_internal.svg_top(q.seat, $5), q.width)
	FROM (SELECT p.band, p.seat, p.state, p.person_id, p.person, p.starts_at, p.begins = p.starts_at AS is_start,
				 p.cover_id IS NOT NULL AS is_cover, min(p.person_id) OVER f < max(p.person_id) OVER f AS is_shared,
				 to_char(p.begins AT TIME ZONE r.zone, 'HH24:MI') AS clock,
				 oncall_internal.svg_x(p.begins, b.begins, $5) AS x,
				 oncall_internal.svg_x(p.ends, b.begins, $5) - oncall_internal.svg_x(p.begins, b.begins, $5) AS width,
				 format('%s: %s from %s to %s%s', p.seat_name, coalesce(p.person, 'nobody'),
					oncall_internal.local_time(p.starts_at, r.zone), oncall_internal.local_time(p.ends_at, r.zone),
					CASE WHEN p.cover_id IS NOT NULL AND p.person_id IS NOT NULL
						THEN coalesce(' (cover for ' || i.name || ')', ' (cover)') END) AS told
		  FROM oncall.rotation r
		  CROSS JOIN LATERAL oncall_internal.picture_pieces($3, r.rotation_id, $4) p
		  JOIN LATERAL oncall_internal.picture_bands($3, r.zone, $4) b ON b.band = p.band
		  LEFT JOIN oncall.cover c ON c.cover_id = p.cover_id
		  LEFT JOIN oncall.person i ON i.person_id = c.instead_of
		  WHERE r.rotation_id = $2
		  WINDOW f AS (PARTITION BY split_part(p.person, ' ', 1))) q;
END;
COMMENT ON FUNCTION oncall_internal.svg_pieces(text, integer, tstzrange, text, numeric) IS
'What is in the rows of a picture, drawn and in words.';

-- Bands -------------------------------------------------------------------

CREATE FUNCTION oncall_internal.svg_rows(seats text[], label_width integer, day_width numeric, x numeric, width numeric,
	OUT names text, OUT rows text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(format('<text class="%s" y="%s">%s</text>', CASE WHEN $2 < 100 THEN 'dim small' ELSE 'dim' END,
			oncall_internal.svg_top(s.n::integer, $3) + 20,
			oncall_internal.xml_text(oncall_internal.fit_text(s.name, $2 / 7))), '' ORDER BY s.n),
		string_agg(format('<rect class="row" x="%s" y="%s" width="%s" height="32"/>',
			$4, oncall_internal.svg_top(s.n::integer, $3), $5), '' ORDER BY s.n)
	FROM unnest($1) WITH ORDINALITY s(name, n);
END;
COMMENT ON FUNCTION oncall_internal.svg_rows(text[], integer, numeric, numeric, numeric) IS
'The rows of a band, empty, and the names of their seats.';

-- A title too wide loses the end of its name, not its zone.
CREATE FUNCTION oncall_internal.svg_title(name text, addition text, width integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT oncall_internal.xml_text(oncall_internal.fit_text($1, greatest(($3 - 16) / 10 - length($2), 4)) || $2);
END;
COMMENT ON FUNCTION oncall_internal.svg_title(text, text, integer) IS
'A name and what is added to it, as XML, so that it has room over a picture.';

CREATE FUNCTION oncall_internal.svg_rotation(id text, rotation_id integer, during tstzrange, span text, width integer,
	label_width integer, day_width numeric, OUT content text, OUT height integer, OUT told text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	bottom integer;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r WHERE r.rotation_id = svg_rotation.rotation_id;
	bottom := oncall_internal.svg_top(cardinality(own.seats) + 1, day_width);

	WITH piece AS MATERIALIZED (
		SELECT p.* FROM oncall_internal.svg_pieces(id, own.rotation_id, during, span, day_width) p
	), drawn AS (
		SELECT p.band, string_agg(p.drawn, '' ORDER BY p.seat, p.starts_at) AS pieces FROM piece p GROUP BY p.band
	), placed AS (
		SELECT b.*, oncall_internal.svg_x(greatest(b.begins, lower(during)), b.begins, day_width) AS x,
			oncall_internal.svg_x(least(b.ends, upper(during)), b.begins, day_width) AS until,
			greatest(b.first_day, (lower(during) AT TIME ZONE own.zone)::date) AS first_shown
		FROM oncall_internal.picture_bands(during, own.zone, span) b
	), band AS (
		SELECT b.band, concat(format('<g transform="translate(0 %s)"><text class="small dim" y="12">%s</text>%s',
				30 + b.band * (bottom + 8), to_char(b.first_shown, 'Mon YYYY'), s.names),
			format('<g transform="translate(%s)">', label_width), s.rows, a.under, d.pieces, a.above,
			CASE WHEN during @> now() AND now() >= b.begins AND now() < b.ends
				THEN format('<path class="now over" d="M%s 14V%s"><title>now</title></path>',
					oncall_internal.svg_x(now(), b.begins, day_width), bottom) END, '</g></g>') AS svg
		FROM placed b
		CROSS JOIN LATERAL oncall_internal.svg_rows(own.seats, label_width, day_width, b.x, b.until - b.x) s
		CROSS JOIN LATERAL oncall_internal.svg_axis(own.zone, own.calendar_id, during,
			b.first_day, b.last_day, b.begins, day_width, bottom - 4) a
		LEFT JOIN drawn d ON d.band = b.band
	)
	SELECT format('<text class="title" y="16">%s</text>', oncall_internal.svg_title(own.name, ' [' || own.zone || ']', width))
			|| string_agg(b.svg, '' ORDER BY b.band),
		30 + count(*) * (bottom + 8),
		(SELECT oncall_internal.xml_text(own.name || ': ' || string_agg(t.told, '; ' ORDER BY t.starts_at, t.seat))
		 FROM (SELECT DISTINCT p.told, p.starts_at, p.seat FROM piece p ORDER BY p.starts_at, p.seat LIMIT 100) t)
	INTO content, height, told
	FROM band b;
END
$$;
COMMENT ON FUNCTION oncall_internal.svg_rotation(text, integer, tstzrange, text, integer, integer, numeric) IS
'One rotation of a picture, how high it is, and what it shows in words (the first hundred shifts).';

CREATE FUNCTION oncall_internal.svg_legend(y integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format('<g class="small" transform="translate(8 %s)">'
	'<rect class="cover" x="1" y="1" width="20" height="12" rx="2"/><text class="dim" x="27" y="11">cover</text>'
	'<rect class="gap" x="72" y="1" width="20" height="12"/><text class="dim" x="98" y="11">nobody</text>'
	'<rect class="holiday" x="152" y="1" width="20" height="12"/><text class="dim" x="178" y="11">holiday</text></g>', $1);
COMMENT ON FUNCTION oncall_internal.svg_legend(integer) IS
'What the marks of a picture mean, so far down.';

CREATE FUNCTION oncall.roster_svg(during tstzrange, rotation oncall.ref DEFAULT NULL, width integer DEFAULT 960)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked_id CONSTANT integer := oncall_internal.rotation_named(roster_svg.rotation);
	id CONSTANT text := 'oncall-' || left(md5(concat_ws(' ', extract(epoch FROM lower(during)),
		extract(epoch FROM upper(during)), asked_id, width)), 8);
	label_width CONSTANT integer := CASE WHEN width < 600 THEN 66 ELSE 104 END;
	room CONSTANT integer := width - label_width - 16;
	span text;
	duty record;
	drawn record;
	body text := '';
	words text := '';
	y integer := 8;
BEGIN
	PERFORM oncall_internal.refuse_period('during', during);
	PERFORM oncall_internal.refuse_null('width', width IS NULL);
	IF width NOT BETWEEN 240 AND 8000 THEN
		RAISE EXCEPTION 'width must be between 240 and 8000 pixels'
			USING ERRCODE = '22023', HINT = 'Write 360 for a phone, 960 for a page.';
	END IF;
	span := oncall_internal.picture_span(during, room / 20);
	PERFORM oncall_internal.refuse_large_picture(during, asked_id, span, 1000);

	FOR duty IN
		SELECT r.rotation_id, round(room::numeric / CASE span WHEN 'month' THEN 31
			ELSE (SELECT max(b.last_day - b.first_day + 1)
				FROM oncall_internal.picture_bands(during, r.zone, span) b) END, 3) AS day_width
		FROM oncall.rotation r
		WHERE r.rotation_id = coalesce(asked_id, r.rotation_id)
		ORDER BY r.name, r.rotation_id
	LOOP
		drawn := oncall_internal.svg_rotation(id, duty.rotation_id, during, span, width, label_width,
			duty.day_width);
		body := body || format('<g transform="translate(8 %s)">%s</g>', y, drawn.content);
		words := words || coalesce(drawn.told || '. ', '');
		y := y + drawn.height;
	END LOOP;
	RETURN format('<svg xmlns="http://www.w3.org/2000/svg" class="%1$s" role="img" aria-labelledby="%1$s-title %1$s-desc"'
			' width="%2$s" height="%3$s" viewBox="0 0 %2$s %3$s" style="max-width:100%%;height:auto">'
			'<title id="%1$s-title">Who is on call</title><desc id="%1$s-desc">%4$s</desc>%5$s'
			'<rect class="paper" width="%2$s" height="%3$s"/>%6$s%7$s</svg>',
		id, width, y + 22, words, oncall_internal.svg_style(id), body, oncall_internal.svg_legend(y));
END
$$;
COMMENT ON FUNCTION oncall.roster_svg(tstzrange, oncall.ref, integer) IS
'A picture (SVG) of the roster of a rotation, or of all (NULL), width pixels wide: days in a row, or weeks or months one below the other; covers, gaps, weekends, holidays and now are marked. Errors: 22023 (during, width), 22004, 42704, 54000 (too large).';
