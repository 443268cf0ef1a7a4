-- Swaps and the market: who takes whose duty. A database of its own: what
-- was believed between transactions is part of it.
\set regression :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_oncall_swaps TEMPLATE template0;
\c regress_oncall_swaps
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup();

-- Five people; two rotations, one of them in New Zealand's summer
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy,Dee,Eve}'::text[]) n;
SELECT oncall.add_rotation('Web', '{Ana,Ben,Cy,Dee}', 'R/2126-01-01T12:00[UTC]/P7D');
SELECT oncall.add_rotation('Data', '{Ana,Ben,Eve}', 'R/2126-01-01T12:00[Pacific/Auckland]/P7D', seats => '{only}');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 5, 'reserve');
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
SELECT rotation, seat_name, person, period FROM oncall.roster('[2126-01-01 12:00,2126-01-29 12:00)') ORDER BY 1, 4, 2;

-- Covers as they stand: believed, once believed, or never
CREATE VIEW public.covers AS
	SELECT c.cover_id AS id, r.name AS rotation, c.seat, c.period, p.name AS person, c.swap_id AS swap, c.reason,
		CASE WHEN isempty(c.recorded) THEN 'never' WHEN upper_inf(c.recorded) THEN 'still' ELSE 'once' END AS believed
	FROM oncall.cover c JOIN oncall.rotation r USING (rotation_id) LEFT JOIN oncall.person p USING (person_id)
	ORDER BY c.cover_id;

-- Covers over covers: those are closed, what is left of them is recorded again
SELECT oncall.write_covers('{1,1}', '{1,2}', '{"[2126-01-02,2126-01-06)","[2126-01-03,2126-01-04)"}', '{4,5}', reason => 'one');
SELECT oncall.write_covers('{1,1}', '{1,1}', '{"[2126-01-04,2126-01-05)","[2126-01-03,2126-01-03 12:00)"}', '{2,NULL}', reason => 'two');
SELECT * FROM public.covers;
BEGIN;
SELECT oncall.write_covers('{1}', '{1}', '{"[2126-01-05,2126-01-08)"}', '{2}', reason => 'three');
SELECT oncall.write_covers('{1}', '{1}', '{"[2126-01-06,2126-01-07)"}', '{5}', reason => 'four', late => true);
COMMIT;
SELECT * FROM public.covers WHERE id > 7;
SELECT oncall.write_covers('{1,1}', '{1}', '{"[2126-01-08,2126-01-09)","[2126-01-07,2126-01-08)"}', '{3,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.write_covers('{1,NULL}', '{1,1}', '{"[2126-01-08,2126-01-09)","[2126-01-07,2126-01-08)"}', '{3,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.write_covers('{}', '{}', '{}', '{}');
SELECT count(*) FROM oncall.cover;

\c :regression
DROP DATABASE regress_oncall_swaps;
