-- Pictures of rosters, for pages and for terminals
--
-- Tests: pictures picture_text
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
INSERT INTO oncall.calendar (name) VALUES ('Lagos') RETURNING calendar_id AS lagos \gset
INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (:lagos, '2126-12-25', 'Christmas & <more>');
SELECT oncall.add_person(n, 'Africa/Lagos') FROM unnest('{Ana,Ben Okri,Chinua Achebe}'::text[]) n;
SELECT oncall.add_rotation('Ops', '{Ana,Ben Okri,Chinua Achebe}', 'R/2126-12-09T09:00[Africa/Lagos]/P7D', zone => 'Africa/Lagos', calendar => 'Lagos') AS ops \gset
SELECT oncall.add_rotation('Office', '{Ana}', 'R/2126-12-09T09:00[Africa/Lagos]/P1D', zone => 'Africa/Lagos',
	seats => '{desk}', hours => 'Mo-Fr 09:00-17:00', coverage => 'Mo-Fr 08:00-17:00') AS office \gset
SELECT oncall.cover_shift('Ops', '[2126-12-19 08:00,2126-12-20 08:00)', 'Chinua Achebe', 'Ana') > 0 AS covered;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (:ops, 1, '[2126-12-26,2126-12-27)', NULL);

-- In a terminal
SELECT * FROM oncall.roster_text('[2126-12-05,2127-01-01)', 'Ops');
SELECT * FROM oncall.roster_text('[2126-12-09,2126-12-16)', width => 120);
SELECT max(length(l)) <= 50 AS fits, count(*) FROM oncall.roster_text('[2126-12-09,2127-12-16)', 'Ops', 50) AS l;

-- As SVG: what is told of each piece, and its classes
CREATE FUNCTION pg_temp.pieces(svg text) RETURNS TABLE (told text, class text, drawn text) LANGUAGE sql AS $$
	SELECT substring(g FROM '<g><title>([^<]*)</title>'),
		substring(g FROM '</title><rect class="(\w+)"') || CASE WHEN g ~ 'class="cover"' THEN ' cover' ELSE '' END,
		array_to_string(ARRAY(SELECT t[1] FROM regexp_matches(g, '<text[^>]*>([^<]*)', 'g') AS t), ' ')
	FROM regexp_split_to_table(regexp_replace(svg, '<g>(?=<title>)', E'\n<g>', 'g'), '\n|</g>') WITH ORDINALITY AS t(g, n)
	WHERE g LIKE '<g><title>%' ORDER BY n
$$;
SELECT * FROM pg_temp.pieces(oncall.roster_svg('[2126-12-15,2127-01-01)', 'Ops'));
SELECT * FROM pg_temp.pieces(oncall.roster_svg('[2126-12-12,2126-12-13)', 'Office'));
-- one row of days, weeks, months; a column for each day
CREATE FUNCTION pg_temp.size(svg text) RETURNS text LANGUAGE sql AS $$
	SELECT format('%s x %s, %s bands, %s days', substring(svg FROM ' width="(\d+)"'), substring(svg FROM ' height="(\d+)"'),
		count(*) FILTER (WHERE m[1] = 'dim'), count(*) FILTER (WHERE m[1] = 'mid'))
	FROM regexp_matches(svg, '<text class="small (dim|mid)" [xy]="[0-9.]+"', 'g') AS m
$$;
SELECT w.width, w.during, pg_temp.size(oncall.roster_svg(w.during::tstzrange, 'Ops', w.width))
FROM (VALUES (960, '[2126-12-09 00:00+1,2126-12-10 00:00+1)'), (960, '[2126-12-09 00:00+1,2126-12-16 00:00+1)'),
	(960, '[2127-01-01 00:00+1,2127-02-01 00:00+1)'), (960, '[2127-01-01 00:00+1,2128-01-01 00:00+1)'),
	(360, '[2127-01-01 00:00+1,2127-02-01 00:00+1)'), (360, '[2127-01-01 00:00+1,2128-01-01 00:00+1)')) AS w(width, during);
-- colours stay: by id, eight and three patterns
SELECT p.person, array_agg(DISTINCT p.class) AS classes
FROM (SELECT substring(told FROM ': (.*?) from') AS person, class FROM pg_temp.pieces(oncall.roster_svg('[2126-12-15,2127-03-01)'))) p
WHERE p.class ~ '^p\d$' GROUP BY p.person ORDER BY p.person;
-- the same bytes again, but for the line that shows now
SELECT oncall.roster_svg('[2126-12-15,2127-03-01)') = oncall.roster_svg('[2126-12-15,2127-03-01)') AS same,
	oncall.roster_svg('[2126-12-15,2127-03-01)') ~ 'class="now' AS now,
	oncall.roster_svg(tstzrange(now() - interval '1 day', now() + interval '1 day')) ~ 'class="now' AS now_today;

-- Names of all kinds
UPDATE oncall.person SET name = E'<script>alert("x")</script>\x07\n&amp;' WHERE name = 'Ana';
SELECT oncall.add_rotation(E'Ops <b>''"\\', '{Chinua Achebe,2,1}', 'R/2126-12-09T09:00[Africa/Lagos]/P7D', zone => 'Africa/Lagos',
	seats => E'{"<i>","tab\tbed"}') AS ops \gset
SELECT * FROM pg_temp.pieces(oncall.roster_svg('[2126-12-16 08:00,2126-12-23 08:00)', :ops));
SELECT svg ~ '[^\n -~]' AS control, svg ~* '<(script|b|i)>' AS markup, substring(svg FROM '<text class="title"[^>]*>([^<]*)') AS title
FROM oncall.roster_svg('[2126-12-16 08:00,2126-12-23 08:00)', :ops) AS svg;
SELECT * FROM oncall.roster_text('[2126-12-16 08:00,2126-12-23 08:00)', :ops);
SELECT n AS columns, oncall_internal.svg_name('Chinua Achebe', n) AS two_words, oncall_internal.svg_name('Chinua Achebe', n, true) AS shared,
	oncall_internal.svg_name('Ana de la Cruz', n) AS four, oncall_internal.svg_name('Wolfeschlegel', n) AS one,
	oncall_internal.text_cell('Ana', n) || '|' AS cell
FROM unnest('{0,1,2,5,6,7,9,12,13,20}'::integer[]) n;

-- Bad input
SAVEPOINT s;
SELECT oncall.roster_svg('[2126-12-16,2126-12-23)', 'Office hours');
ROLLBACK TO s;
SELECT oncall.roster_text('[2126-12-16,2126-12-23)', 'Offices');
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,)');
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,infinity)');
ROLLBACK TO s;
SELECT oncall.roster_svg('empty');
ROLLBACK TO s;
SELECT oncall.roster_text('[2126-12-16,2126-12-17]');
ROLLBACK TO s;
SELECT oncall.roster_svg(NULL);
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,2126-12-23)', width => 100);
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,2126-12-23)', width => 8001);
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,2126-12-23)', width => NULL);
ROLLBACK TO s;
SELECT oncall.roster_text('[2126-12-16,2126-12-23)', width => 49);
ROLLBACK TO s;
SELECT oncall.roster_text('[2126-12-16,2126-12-23)', width => NULL);
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,2226-12-16)', :ops);
ROLLBACK TO s;
SELECT oncall.roster_svg('[2126-12-16,2226-12-16)', width => 360);
ROLLBACK TO s;
INSERT INTO oncall.rotation (name, zone, seats) SELECT 'r' || n, 'UTC', ARRAY(SELECT 'seat ' || s FROM generate_series(1, 100) s) FROM generate_series(1, 11) n;
SELECT oncall.roster_svg('[2126-12-16,2126-12-20)');
ROLLBACK TO s;
SELECT oncall.roster_text('[2126-12-16,2146-12-20)');
ROLLBACK TO s;
SELECT oncall.add_rotation('often', '{Ben Okri,Chinua Achebe}', 'R/2126-12-09T09:00[Africa/Lagos]/PT5M', seats => '{one,two}') > 0 AS added;
SELECT length(oncall.roster_svg('[2126-12-16,2127-12-16)', 'often'));
ROLLBACK;
