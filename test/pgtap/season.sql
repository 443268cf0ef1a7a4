-- Seasons where midnight comes twice: a date begins at its earliest instant and
-- ends where the next one begins. In Havana the clock goes from 01:00 back to
-- 00:00 on 1 November 2026, which is 05:00 UTC.

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(6);

INSERT INTO oncall.calendar (calendar_id, name) VALUES (901, 'first'), (902, 'last');
INSERT INTO oncall.holiday (calendar_id, day, name, season) VALUES
	(901, '2026-11-01', 'All Saints', 'winter'), (901, '2026-12-25', 'Christmas', 'winter'),
	(902, '2026-10-31', 'Eve', 'winter'), (902, '2026-12-25', 'Christmas', 'winter');
INSERT INTO oncall.person (person_id, name, zone) VALUES (901, 'Twice', 'UTC');
INSERT INTO oncall.rotation (rotation_id, name, zone, calendar_id, exclusive) VALUES
	(901, 'first', 'America/Havana', 901, false), (902, 'last', 'America/Havana', 902, false);
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r, 901, 'reserve', '[2026-01-01,)' FROM unnest('{901,902}'::int[]) r;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT r, 1, '[2026-12-25 12:00,2026-12-25 13:00)', 901 FROM unnest('{901,902}'::int[]) r;
SET CONSTRAINTS ALL IMMEDIATE;

-- What the rules object to an hour's duty from then on
CREATE FUNCTION pg_temp.objected(rotation int, at timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(constraint_name, ', ')
	FROM oncall.objections(ARRAY[rotation], '{1}', ARRAY[tstzrange(at, at + interval '10 minutes')], '{901}')
$$;
SELECT is(pg_temp.objected(901, '2026-11-01 03:50'), NULL, 'not a holiday before the first midnight');
SELECT is(pg_temp.objected(901, '2026-11-01 04:00'), 'oncall_season', 'a holiday from the first midnight on');
SELECT is(pg_temp.objected(901, '2026-11-01 05:00'), 'oncall_season', 'and from the second on');
SELECT is(pg_temp.objected(901, '2026-11-02 05:00'), NULL, 'until the next midnight');
SELECT is(pg_temp.objected(902, '2026-11-01 03:50'), 'oncall_season', 'the date before lasts until the first midnight');
SELECT is(pg_temp.objected(902, '2026-11-01 04:00'), NULL, 'and no longer');

SELECT finish();
ROLLBACK;
