-- Setting up: add_person, add_rotation, add_layer, retire_rotation. Nothing
-- stays.
--
-- Tests: rotations listed_periods membership
\set SHOW_CONTEXT never
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;

BEGIN;
\set ON_ERROR_ROLLBACK on
SELECT oncall.setup() \g /dev/null

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'New Zealand');
INSERT INTO oncall.team (name, zone) VALUES ('SRE', 'America/New_York');

-- People
SELECT count(oncall.add_person(name, 'Pacific/Auckland', calendar => 'New Zealand'))
FROM unnest('{Aroha,Ben,Cara,Dev,Ema,Finn}'::text[]) AS name;
SELECT oncall.add_person('Gus', 'Europe/London', 'Mo-Th 08:00-18:00', 'New Zealand', 'gus@example.com',
	'+44 20 7946 0000', '[2026-01-01,)', 'gus') > 0 AS added;
SELECT name, zone, working_hours, calendar_id, email, company_phone, active, db_role FROM oncall.person WHERE name = 'Gus';
SELECT oncall.add_person('Hana', 'Europe/London', calendar => 'Atlantis');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_person('Hana', NULL);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT oncall.add_person('Hana', 'Europe/Lundon');
\set VERBOSITY default
SELECT oncall.add_person('Gus', 'Europe/London');
\echo :LAST_ERROR_SQLSTATE

-- A rotation: the zone is the team's, or the cadence's
SELECT oncall.add_rotation('weekly', '{Aroha,Ben,Cara}', 'R/2016-01-05T12:00[Pacific/Auckland]/P7D') > 0 AS added;
SELECT oncall.add_rotation('team', '{Aroha,Ben}', 'R/2016-01-05T12:00[Pacific/Auckland]/P7D', team => 'SRE',
	seats => '{only}', valid => '[2016-02-01,)', calendar => 'New Zealand') > 0 AS added;
SELECT oncall.add_rotation('own', '{Aroha,Ben}', 'R/2126-01-06T12:00[Pacific/Auckland]/P7D', zone => 'Europe/London',
	pairing => 'fixed', hours => 'Mo-Fr 09:00-17:00') > 0 AS added;
SELECT r.name, r.zone, r.seats, r.calendar_id, l.rank, l.valid, l.cadence, l.hours, l.pairing, l.seats,
	array_agg(p.name ORDER BY m.position) AS members
FROM oncall.rotation r JOIN oncall.layer l USING (rotation_id) JOIN oncall.layer_member m USING (layer_id)
	JOIN oncall.person p USING (person_id)
GROUP BY r.rotation_id, l.layer_id ORDER BY r.name;
-- members belong to it while they are on the list of a turn
SELECT r.name, p.name, l.periods AS listed
FROM oncall.rotation r, oncall_internal.listed_periods(r.rotation_id, '(,)') l JOIN oncall.person p USING (person_id)
ORDER BY 1, 2;
SELECT oncall.add_rotation('none', '{}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('near', '{Arohs,Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('null', NULL, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('team', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', team => 'Product');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('mixed', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', seats => '{one}', pairing => 'mixed');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_rotation('pairing', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', pairing => 'random');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_layer('weekly', '{}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_layer('weeklie', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_layer('weekly', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', first_seat => 3);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.add_layer('weekly', '{Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', first_seat => 2, seats => 2);
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall.rotation;

-- A layer of one seat beside another, and the reason why
SELECT oncall.add_layer('team', '{Gus}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', spread => true, pairing => 'following',
	reason => 'a second opinion') AS layer_id \gset
SELECT l.first_seat, l.seats, l.spread, l.pairing, l.valid, c.kind, c.reason, c.past_reason, c.made_by = current_user AS by_me,
	lower(l.recorded) = c.made_at AS at_its_moment
FROM oncall.layer l JOIN oncall.change c USING (change_id) WHERE layer_id = :layer_id;


-- Retiring
SELECT oncall.add_rotation('ending', '{Aroha,Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', seats => '{one}') AS rotation_id \gset
SELECT oncall.add_layer('ending', '{Ben}', 'R/2026-09-01T12:00[Pacific/Auckland]/P7D', valid => '[2026-09-01,)') > 0 AS new;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 1, period::tstzrange, person_id
FROM oncall.person, unnest('{"[2026-02-01,2026-02-02)","[2026-05-31,2026-06-02)","[2026-07-01,2026-07-02)"}'::text[]) period
WHERE name = 'Cara';
SELECT oncall.retire_rotation('ending', '2026-06-01', 'nobody needs it') > 0 AS retired;
SELECT oncall.retire_rotation('ending', '2026-08-01') > 0 AS retired;
SELECT l.valid, oncall_internal.layer_until(l.layer_id) AS until FROM oncall.layer l WHERE rotation_id = :rotation_id AND NOT isempty(recorded);
SELECT period FROM oncall.cover WHERE rotation_id = :rotation_id AND NOT isempty(recorded) ORDER BY period;
SELECT person, period FROM oncall.roster('[2026-05-27,2026-12-01)', :rotation_id) ORDER BY period;
SELECT oncall.retire_rotation('endin');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.retire_rotation('ending', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.retire_rotation('ending', 'infinity');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
