-- A picture of the load, for pages: whose nights the pager broke, week by week.

-- One hue from pale to dark (from dark to pale on dark paper), which those see
-- too who see few colours; the number stands in each cell besides.
CREATE FUNCTION oncall_internal.heat_style(id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format('<style>'
	'.%1$s{font-family:system-ui,-apple-system,"Segoe UI",sans-serif;font-size:12px}'
	'.%1$s .paper{fill:#fff}.%1$s text{fill:#1a1a1a}.%1$s .dim{fill:#555}.%1$s .title{font-size:15px;font-weight:600}'
	'.%1$s .small{font-size:10px}.%1$s .mid{text-anchor:middle}.%1$s .off{fill:none;stroke:#ddd}'
	'.%1$s .h0{fill:#e8eef4}.%1$s .h1{fill:#fdd49e}.%1$s .h2{fill:#fc9a5b}.%1$s .h3{fill:#c8381c}.%1$s .h4{fill:#6b0a0a}'
	'.%1$s text.w{fill:#fff}'
	'@media (prefers-color-scheme:dark){'
	'.%1$s .paper{fill:#1b1b1d}.%1$s text{fill:#f2f2f2}.%1$s .dim{fill:#b5b5b5}.%1$s .off{stroke:#3d3d40}'
	'.%1$s .h0{fill:#30373e}.%1$s .h1{fill:#7d420f}.%1$s .h2{fill:#ad550d}.%1$s .h3{fill:#f3a05c}.%1$s .h4{fill:#ffe0bd}'
	'.%1$s text.w{fill:#1a1a1a}}</style>', $1);
COMMENT ON FUNCTION oncall_internal.heat_style(text) IS
'Colours of a picture of the load, light and dark, for the class that its id is.';

CREATE FUNCTION oncall_internal.load_cells(during tstzrange, rotation_id integer)
RETURNS TABLE (person_id integer, person text, week date, nights bigint, pages bigint)
LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
	SELECT c.person_id, c.person, c.week, count(DISTINCT c.night), count(c.called_at)
	FROM (
		SELECT d.person_id, d.person, k.week, NULL::date AS night, NULL::timestamptz AS called_at
		FROM (
			SELECT p.person_id, p.name AS person, p.zone, range_agg(s.period * tstzrange(NULL, now())) AS periods
			FROM oncall.roster($1, $2) s
			JOIN oncall.person p ON p.person_id = s.person_id
			WHERE s.starts_at < now()
			GROUP BY p.person_id) d
		CROSS JOIN LATERAL oncall_internal.weeks_of(d.periods, d.zone) k
		UNION ALL
		SELECT l.person_id, l.person, l.week,
			CASE WHEN l.out_of_hours THEN l.night END AS night, l.called_at
		FROM oncall_internal.past_calls() l
		WHERE l.called_at >= lower($1) AND l.called_at < upper($1) AND ($2 IS NULL OR l.rotation_id = $2)) c
	GROUP BY c.person_id, c.person, c.week;
END;
COMMENT ON FUNCTION oncall_internal.load_cells(tstzrange, integer) IS
'For pictures: the weeks of people in a window in which they were on duty, in a rotation or in any (NULL), or were called, with the nights that were broken.';

CREATE FUNCTION oncall_internal.heat_cell(x integer, y integer, width integer, nights bigint, told text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN format('<g><title>%s</title><rect class="h%s" x="%s" y="%s" width="%s" height="20" rx="2"/>%s</g>', $5, least($4, 4),
	$1, $2, $3 - CASE WHEN $3 < 8 THEN 1 ELSE 2 END, CASE WHEN $4 > 0 AND $3 >= 12
		THEN format('<text class="mid%s" x="%s" y="%s">%s</text>', CASE WHEN $4 > 2 THEN ' w' ELSE '' END,
			$1 + ($3 - 2) / 2, $2 + 14, $4) ELSE '' END);
COMMENT ON FUNCTION oncall_internal.heat_cell(integer, integer, integer, bigint, text) IS
'A week of somebody in a picture of the load: the more nights, the darker; told is XML already.';

CREATE FUNCTION oncall_internal.heat_legend(y integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('<g class="small" transform="translate(0 %s)">%s</g>', $1, string_agg(
		format('<rect class="h%s" x="%s" width="20" height="14" rx="2"/><text class="dim" x="%s" y="11">%s</text>',
			n, CASE n WHEN 0 THEN 0 ELSE 34 + 36 * n END, CASE n WHEN 0 THEN 25 ELSE 59 + 36 * n END,
			CASE n WHEN 0 THEN 'on duty' WHEN 4 THEN '4+' ELSE n::text END),
		'' ORDER BY n))
	FROM generate_series(0, 4) AS n;
END;
COMMENT ON FUNCTION oncall_internal.heat_legend(integer) IS 'What the colours of a picture of the load mean.';

CREATE FUNCTION oncall.pager_load_svg(during tstzrange, rotation oncall.ref DEFAULT NULL, width integer DEFAULT 960)
RETURNS text
LANGUAGE plpgsql STABLE COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked_id CONSTANT integer := oncall_internal.rotation_named(pager_load_svg.rotation);
	id CONSTANT text := 'oncall-' || left(md5(concat_ws(' ', 'load', extract(epoch FROM lower(during)),
		extract(epoch FROM upper(during)), asked_id, width)), 8);
	asked CONSTANT text := (SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = asked_id);
	label_width CONSTANT integer := CASE WHEN width < 600 THEN 78 ELSE 160 END;
	first_week date;
	weeks integer;
	cell integer;
	people integer;
	broken bigint;
	rows text;
	head text;
	height integer;
BEGIN
	PERFORM oncall_internal.refuse_period('during', during);
	PERFORM oncall_internal.refuse_null('width', width IS NULL);
	IF width NOT BETWEEN 240 AND 8000 THEN
		RAISE EXCEPTION 'width must be between 240 and 8000 pixels'
			USING ERRCODE = '22023', HINT = 'Write 360 for a phone, 960 for a page.';
	END IF;
	-- in some zone the week of an instant is the one before, or after
	first_week := oncall_internal.week_at(lower(during) - interval '1 day', 'UTC');
	weeks := (oncall_internal.week_at(upper(during) + interval '1 day', 'UTC') - first_week) / 7 + 1;
	cell := least(36, (width - label_width - 16) / weeks);
	IF cell < 4 THEN
		RAISE EXCEPTION 'a picture of % weeks is too large', weeks
			USING ERRCODE = '54000', HINT = format('%s weeks have room in %s pixels: ask for fewer, or make it wider.',
				(width - label_width - 16) / 4 - 2, width);
	END IF;

	WITH cells AS MATERIALIZED (
		SELECT * FROM oncall_internal.load_cells(during, asked_id)
	), lines AS (
		SELECT c.person_id, c.person, row_number() OVER (ORDER BY c.person, c.person_id)::integer AS line,
			count(*) OVER (PARTITION BY split_part(c.person, ' ', 1)) > 1 AS is_shared
		FROM cells c GROUP BY c.person_id, c.person)
	SELECT count(DISTINCT l.line), sum(w.nights), string_agg(
		CASE WHEN w.first THEN format('<text x="0" y="%s">%s</text>', 24 * l.line + 32, oncall_internal.xml_text(
				oncall_internal.svg_name(l.person, label_width / 8, l.is_shared))) ELSE '' END
			|| oncall_internal.heat_cell(label_width + (w.week - first_week) / 7 * cell, 24 * l.line + 18, cell,
				w.nights,
				oncall_internal.xml_text(format('%s, week of %s: %s', l.person, to_char(w.week, 'YYYY-MM-DD'),
					CASE WHEN w.pages = 0 THEN 'on duty, not called'
						ELSE format('%s %s broken, %s %s', w.nights, CASE w.nights WHEN 1 THEN 'night' ELSE 'nights' END,
							w.pages, CASE w.pages WHEN 1 THEN 'page' ELSE 'pages' END) END))),
		'' ORDER BY l.line, w.week)
	INTO people, broken, rows
	FROM lines l
	JOIN (
		SELECT c.*, row_number() OVER (PARTITION BY c.person_id ORDER BY c.week) = 1 AS first FROM cells c) w
		ON w.person_id = l.person_id;
	IF people > 1000 THEN
		RAISE EXCEPTION 'a picture of % people is too large', people
			USING ERRCODE = '54000', HINT = format('The largest has 1000; ask for a shorter period%s.',
				CASE WHEN asked_id IS NULL THEN ', or for one rotation' ELSE '' END);
	END IF;
	height := 24 * people + 76;

	-- months (where weeks are narrow, quarters) stand over the first of their
	-- weeks; the first of them, and Januaries, with the year
	SELECT string_agg(format('<text class="dim small" x="%s" y="36">%s</text>',
		label_width + (m.week - first_week) / 7 * cell, to_char(m.week,
			CASE WHEN m.room >= 50 AND (m.named = 1 OR extract(month FROM m.week) = 1) THEN 'Mon YYYY' ELSE 'Mon' END)),
		'' ORDER BY m.week)
	INTO head
	FROM (
		SELECT w.week, w.room, row_number() OVER (ORDER BY w.room < 50, w.week) AS named
		FROM (
			SELECT min(f.week) AS week, count(*) * cell AS room
			FROM (SELECT first_week + 7 * n AS week FROM generate_series(0, weeks - 1) AS n) f
			GROUP BY date_trunc(CASE WHEN cell < 6 THEN 'quarter' ELSE 'month' END, f.week::timestamp)) w
		WHERE w.room >= 24) m;
	RETURN format('<svg xmlns="http://www.w3.org/2000/svg" class="%1$s" role="img" aria-labelledby="%1$s-title %1$s-desc"'
			' width="%2$s" height="%3$s" viewBox="0 0 %2$s %3$s" style="max-width:100%%;height:auto">'
			'<title id="%1$s-title">Nights broken%10$s</title><desc id="%1$s-desc">%4$s</desc>%5$s'
			'<rect class="paper" width="%2$s" height="%3$s"/><g transform="translate(8 0)">'
			'<text class="title" y="18">Nights broken%6$s</text>%7$s%8$s%9$s</g></svg>',
		id, width, height,
		format('Nights that pages broke: %s, of %s people.', coalesce(broken, 0), people), oncall_internal.heat_style(id),
		coalesce(' in ' || oncall_internal.svg_title(asked, '', width - 160), ''),
		coalesce(head, ''), coalesce(rows, ''), oncall_internal.heat_legend(24 * people + 50),
		coalesce(' in ' || oncall_internal.xml_text(asked), ''));
END
$$;
COMMENT ON FUNCTION oncall.pager_load_svg(tstzrange, oncall.ref, integer) IS
'A picture (SVG), width pixels wide: how many nights (22:00 to 07:00) of whom were broken by pages, week by week, in a rotation or in all (NULL); a week without a cell was without duty. Errors: 22023 (during, width), 22004, 42704, 54000 (too large).';
