-- Setting up: add_person, add_rotation, add_layer, set_members,
-- add_holiday_cover, retire_rotation, and what they lean on.
--
-- Tests: turn_seats
\set SHOW_CONTEXT never
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET IntervalStyle = 'postgres';
SET client_min_messages = warning;

-- Who sits where in a turn
SELECT n, oncall_internal.turn_seats('{1,2,3,4}', 'staggered', 2, n) AS staggered,
	oncall_internal.turn_seats('{1,2,3,4}', 'fixed', 2, n) AS fixed,
	oncall_internal.turn_seats('{1,2,3,4}', 'mixed', 2, n) AS mixed
FROM generate_series(0, 6) n;
SELECT oncall_internal.turn_seats('{7}', 'staggered', 2, 5);
SELECT oncall_internal.turn_seats('{7,NULL}', 'staggered', 3, 0);
SELECT oncall_internal.turn_seats('{1,2,3}', 'fixed', 2, 92233720368547758 / 10);
SELECT oncall_internal.turn_seats('{}', 'fixed', 2, 0);
SELECT oncall_internal.turn_seats('{1}', 'random', 2, 0);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 0, 0);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 2, -1);
SELECT oncall_internal.turn_seats('{1}', 'fixed', 2, 9223372036854775807);

-- Who serves which holiday
SELECT * FROM oncall_internal.assign_turns(1, '{0,1}', '{t,t,t,t}', '{t,f,f,t}', '{0,0}');
SELECT * FROM oncall_internal.assign_turns(2, '{0,1}', '{t,t,t,t,t,t}', '{f,f,f,f,f,f}', '{0,0,0}');
SELECT * FROM oncall_internal.assign_turns(1, '{}', '{}', '{}', '{}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{}', '{}', '{}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f,f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', '{NULL}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', '{-1}');
SELECT * FROM oncall_internal.assign_turns(1, '{1}', '{t}', '{f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(0, '{0}', '{t}', '{f}', '{0}');
SELECT * FROM oncall_internal.assign_turns(1, '{0}', '{t}', '{f}', array_fill(0, '{1001}'));

-- The rest needs tables; nothing stays.
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
-- members belong to it since their first turn could come, at the latest since now
SELECT r.name, p.name, m.standing, CASE WHEN m.since = now() THEN 'now' ELSE m.since::text END AS since
FROM oncall.rotation r JOIN oncall.rotation_member m USING (rotation_id) JOIN oncall.person p USING (person_id)
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
SELECT count(*) FROM oncall.rotation;

-- The order goes on. A week a turn; primary of weeks 3 to 9, by the roster.
CREATE FUNCTION pg_temp.primaries(rotation text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(left(r.person, 1), '-'), '' ORDER BY h.at)
	FROM oncall.handovers('R/2026-01-06T12:00[Pacific/Auckland]/P7D', '[2026-01-20,2026-03-10)') h(at),
		oncall.roster('[2026-01-01,2026-06-01)', oncall_internal.rotation_named(rotation)) r
	WHERE r.seat = 1 AND r.period @> h.at
$$;
CREATE FUNCTION pg_temp.change(old text[], new text[], pairing text DEFAULT 'staggered') RETURNS TABLE (before text, after text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM oncall.add_rotation('changing', old, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', pairing => change.pairing);
	before := pg_temp.primaries('changing');
	PERFORM oncall.set_members('changing', new, '2026-01-30');		-- turn 4
	after := pg_temp.primaries('changing');
	UPDATE oncall.rotation SET name = 'changed ' || rotation_id WHERE name = 'changing';
	RETURN NEXT;
END $$;
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Aroha,Ben,Cara}');				-- the same
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Cara,Aroha,Ben}');				-- from elsewhere
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Aroha,Cara}');					-- Ben, who is due, leaves
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Aroha,Dev,Ben,Cara}');			-- Dev joins before him
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Aroha,Dev,Ema,Cara}');			-- two join in his place
SELECT * FROM pg_temp.change('{Ben,Cara,Aroha}', '{Ben,Cara,Aroha,Dev}');			-- at the end
SELECT * FROM pg_temp.change('{Cara,Ben,Aroha}', '{Ben,Aroha,Cara,Dev}');			-- not across the end
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Dev,Ema}');						-- all new
SELECT * FROM pg_temp.change('{Aroha,Ben}', '{Aroha,NULL,Ben}');					-- a gap, behind Aroha
SELECT * FROM pg_temp.change('{Aroha,NULL,Ben}', '{NULL,Ben,Aroha}');				-- the gap is due and stays
SELECT * FROM pg_temp.change('{Aroha,NULL,Ben}', '{Aroha,Ben}');					-- or goes
SELECT * FROM pg_temp.change('{Aroha,NULL,Ben}', '{Ben,NULL,Aroha}');				-- or follows somebody else
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{Aroha,Dev,NULL,Ben,Cara}');		-- a joiner's gap
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara}', '{NULL}');							-- nobody
SELECT * FROM pg_temp.change('{NULL}', '{NULL,Aroha}');
SELECT * FROM pg_temp.change('{Aroha,Ben,Aroha,Cara}', '{Ben,Aroha,Cara}');			-- twice: as written
SELECT * FROM pg_temp.change('{Ben,Aroha,Cara}', '{Aroha,Ben,Aroha,Cara}');
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara,Dev}', '{Dev,Cara,Ben,Aroha}', 'mixed');	-- the same people
SELECT * FROM pg_temp.change('{Aroha,Ben,Cara,Dev}', '{Aroha,Ben,Ema,Dev}', 'mixed');	-- a new tournament

-- At a handover the layer ends and another goes on; the joiner is a member since then
SELECT oncall.add_rotation('history', '{Aroha,Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	valid => '[2026-01-01,2027-01-01)') AS rotation_id \gset
SELECT oncall.set_members('history', '{Aroha,Ben,Finn}', '2026-03-02 23:00') AS new \gset
SELECT layer_id = :new AS new, rank, valid, cadence, hours, pairing, seats FROM oncall.layer
WHERE rotation_id = :rotation_id AND NOT isempty(recorded) ORDER BY valid;
SELECT since = least(now(), '2026-03-02 23:00') AS since_then FROM oncall.rotation_member JOIN oncall.person USING (person_id)
WHERE rotation_id = :rotation_id AND name = 'Finn';
-- unchanged: the same layer goes on
SELECT oncall.set_members('history', '{Finn,Aroha,Ben}', '2026-05-01') = :new AS unchanged;
-- an earlier change concerns the layer of that time only
SELECT oncall.set_members('history', '{Ben}', '2026-02-01') > :new AS new;
-- a layer that has not begun is withdrawn
SELECT oncall.set_members('history', '{Gus}', '2026-03-01') AS newer \gset
SELECT layer_id = :newer AS newest, valid, upper_inf(recorded) AND NOT isempty(recorded) AS believed
FROM oncall.layer WHERE rotation_id = :rotation_id ORDER BY layer_id;
SELECT oncall.set_members('history', '{Gus}', '2026-12-30');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', '{}', '2026-06-01');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', NULL, '2026-06-01');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', '{Gus}', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', '{Gus}', '-infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('histori', '{Gus}', '2026-06-01');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', '{Gas}', '2026-06-01');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.set_members('history', '{Gus}', '2026-06-01', 0);
\echo :LAST_ERROR_SQLSTATE

-- Before it has begun a rotation changes as a whole
SELECT oncall.add_rotation('coming', '{Aroha,Ben}', 'R/2027-01-05T12:00[Pacific/Auckland]/P7D') AS rotation_id \gset
SELECT oncall.set_members('coming', '{Ben,Aroha,Cara}', '2026-06-01') > 0 AS new;
SELECT valid, (SELECT array_agg(p.name ORDER BY m.position) FROM oncall.layer_member m JOIN oncall.person p USING (person_id)
	WHERE m.layer_id = l.layer_id) AS members
FROM oncall.layer l WHERE rotation_id = :rotation_id AND NOT isempty(recorded);

-- Follow the sun: which layer?
SELECT oncall.add_rotation('sun', '{Aroha,Ben}', 'R/2026-01-06T08:00[Pacific/Auckland]/P7D', hours => 'Mo-Su 08:00-20:00') AS rotation_id \gset
SELECT oncall.add_layer('sun', '{Gus,Finn}', 'R/2026-01-06T08:00[Europe/London]/P7D', hours => 'Mo-Su 08:00-20:00') AS london \gset
SELECT count(*) FROM oncall.layer WHERE rotation_id = :rotation_id;
DO $$ BEGIN
	PERFORM oncall.set_members('sun', '{Aroha,Ben,Cara}', '2026-06-01');
EXCEPTION WHEN invalid_parameter_value THEN
	RAISE WARNING '%: %', SQLSTATE, SQLERRM;
END $$;
SELECT oncall.set_members('sun', '{Gus,Finn,Ema}', '2026-06-01', :london) > :london AS new;

-- Handovers that coincide: Apia had no 30 December 2011
SELECT oncall.add_rotation('apia', '{Aroha,Ben,Cara}', 'R/2011-12-28T00:00[Pacific/Apia]/P1D', seats => '{one}') AS rotation_id \gset
SELECT t.turn, t.at FROM oncall_internal.next_turn('R/2011-12-28T00:00[Pacific/Apia]/P1D', '2011-12-30 05:00') t;
SELECT oncall.set_members('apia', '{Aroha,Cara}', '2011-12-30 05:00') > 0 AS new;
SELECT person, period FROM oncall.roster('[2011-12-28 10:00,2012-01-02 10:00)', :rotation_id) ORDER BY period;

-- Retiring
SELECT oncall.add_rotation('ending', '{Aroha,Ben}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', seats => '{one}') AS rotation_id \gset
SELECT oncall.set_members('ending', '{Ben}', '2026-09-01') > 0 AS new;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 1, period::tstzrange, person_id
FROM oncall.person, unnest('{"[2026-02-01,2026-02-02)","[2026-05-31,2026-06-02)","[2026-07-01,2026-07-02)"}'::text[]) period
WHERE name = 'Cara';
SELECT oncall.retire_rotation('ending', '2026-06-01');
SELECT oncall.retire_rotation('ending', '2026-08-01');
SELECT valid FROM oncall.layer WHERE rotation_id = :rotation_id AND NOT isempty(recorded);
SELECT period FROM oncall.cover WHERE rotation_id = :rotation_id AND NOT isempty(recorded) ORDER BY period;
SELECT person, period FROM oncall.roster('[2026-05-27,2026-12-01)', :rotation_id) ORDER BY period;
SELECT oncall.retire_rotation('endin');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.retire_rotation('ending', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.retire_rotation('ending', 'infinity');
\echo :LAST_ERROR_SQLSTATE

-- Holidays: Christmas and New Year of two winters
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(1, '2026-12-25', 'Christmas Day', 'Christmas 2026', NULL),
	(1, '2026-12-26', 'Boxing Day', 'Christmas 2026', NULL),
	(1, '2026-12-28', 'Boxing Day', NULL, '2026-12-26'),
	(1, '2027-01-01', 'New Year''s Day', 'Christmas 2026', NULL),
	(1, '2027-01-02', 'Day after New Year''s Day', 'Christmas 2026', NULL),
	(1, '2027-01-04', 'Day after New Year''s Day', NULL, '2027-01-02'),
	(1, '2027-02-08', 'Waitangi Day', NULL, '2027-02-06'),
	(1, '2027-12-25', 'Christmas Day', 'Christmas 2027', NULL),
	(1, '2027-12-27', 'Christmas Day', 'Christmas 2027', '2027-12-25'),
	(1, '2027-12-26', 'Boxing Day', 'Christmas 2027', NULL);
SELECT * FROM oncall_internal.holiday_days(1) ORDER BY day, name;
SELECT oncall.add_rotation('duty', '{Aroha,Ben,Cara,Dev,Ema,Finn}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	calendar => 'New Zealand') AS rotation_id \gset
SELECT days, period FROM oncall_internal.holiday_turns(:rotation_id, '[2026-12-01,2027-02-10)', 2);
-- Ema keeps Christmas free
INSERT INTO oncall.absence (person_id, period, kind)
SELECT person_id, '[2026-12-24 18:00,2026-12-25 18:00)', 'keep_free' FROM oncall.person WHERE name = 'Ema';
SELECT period, members FROM oncall.add_holiday_cover('duty', '[2026-12-01,2027-02-10)');
SELECT rank, valid, cadence, hours, pairing, seats FROM oncall.layer
WHERE rotation_id = :rotation_id AND rank > 0 ORDER BY valid LIMIT 2;
SELECT person, seat, period FROM oncall.roster('[2026-12-24,2026-12-27 12:00)', :rotation_id) ORDER BY period, seat;
-- it is planned now; the next year is not
SELECT * FROM oncall.add_holiday_cover('duty', '[2027-01-02,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT period, members FROM oncall.add_holiday_cover('duty', '[2027-12-01,2028-02-01)', '2 days');

-- New Year after Christmas: those of Christmas do not serve it
SELECT oncall.add_rotation('two', '{Aroha,Ben,Cara,Dev}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	seats => '{only}', calendar => 'New Zealand') AS rotation_id \gset
SELECT period, members FROM oncall.add_holiday_cover('two', '[2026-12-25,2026-12-29)');
SELECT period, members FROM oncall.add_holiday_cover('two', '[2027-01-01,2027-01-05)', '7 days');

-- It cannot be done: which turn, and who is missing; nothing is written
INSERT INTO oncall.absence (person_id, period, kind)
SELECT person_id, '[2027-01-01 18:00,)', 'leave' FROM oncall.person WHERE name IN ('Dev', 'Ema');
UPDATE oncall.person SET active = '(,2027-01-01)' WHERE name = 'Finn';
SELECT oncall.add_rotation('few', '{Aroha,Ben,Cara,Dev,Ema,Finn}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D',
	calendar => 'New Zealand') AS rotation_id \gset
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 1, '[2026-12-25 00:00,2026-12-25 06:00)', person_id FROM oncall.person WHERE name = 'Cara';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT :rotation_id, 2, '[2026-12-26 00:00,2026-12-26 06:00)', person_id FROM oncall.person WHERE name = 'Ben';
UPDATE oncall.rotation_member SET since = '2027-06-01' FROM oncall.person
WHERE rotation_member.person_id = person.person_id AND rotation_id = :rotation_id;
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall.layer WHERE rotation_id = :rotation_id;
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,2027-01-04)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2027-01-03,infinity]');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', 'empty');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '1 day 12 hours');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '1 month');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '0 days');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('few', '[2026-12-25,2027-01-03)', '-1 days');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('weekly', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.add_holiday_cover('dutie', '[2026-12-25,2027-01-03)');
\echo :LAST_ERROR_SQLSTATE

-- Another cadence: the order goes on, in all seats
SELECT oncall.add_rotation('moved', '{Aroha,Ben,Cara,Dev,Ema}', 'R/2026-01-05T09:00[Pacific/Auckland]/P7D') AS rotation_id \gset
SELECT oncall.set_cadence('moved', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-03-01 00:00') - max(layer_id) AS next
FROM oncall.layer;
SELECT lower(period) AS since, string_agg(person, ', ' ORDER BY seat) AS pair
FROM oncall.roster('[2026-02-16 09:00,2026-03-24 12:00)', :rotation_id) GROUP BY period ORDER BY 1;
-- nothing changes: nothing is written
SELECT oncall.set_cadence('moved', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-04-01 00:00') - max(layer_id) AS next
FROM oncall.layer;
-- pairs from one seat on, before it has begun
SELECT oncall.add_rotation('pairs', '{Aroha,Ben,Cara,Dev}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', seats => '{primary}',
	pairing => 'fixed', valid => '[2026-02-03 12:00,2027-01-05 12:00)') AS rotation_id \gset
UPDATE oncall.rotation SET seats = seats || '{secondary}'::text[] WHERE rotation_id = :rotation_id;
SELECT oncall.set_cadence('pairs', 'R/2026-01-06T12:00[Pacific/Auckland]/P14D', '2026-02-01', seats => 2) - max(layer_id) AS next
FROM oncall.layer;
SELECT valid, cadence, seats, isempty(recorded) AS withdrawn FROM oncall.layer WHERE rotation_id = :rotation_id ORDER BY layer_id;
SELECT lower(period) AS since, string_agg(person, ', ' ORDER BY seat) AS pair
FROM oncall.roster('[2026-02-03 12:00,2026-03-31 12:00)', :rotation_id) GROUP BY period ORDER BY 1;
-- mixed: a new tournament
SELECT oncall.add_rotation('mixed up', '{Aroha,Ben,Cara,Dev,Ema,Finn}', 'R/2026-01-05T09:00[Pacific/Auckland]/P7D',
	pairing => 'mixed') AS rotation_id \gset
SELECT oncall.set_cadence('mixed up', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-03-01 00:00') - max(layer_id) AS next
FROM oncall.layer;
SELECT lower(period) AS since, string_agg(person, ', ' ORDER BY seat) AS pair
FROM oncall.roster('[2026-02-16 09:00,2026-03-31 12:00)', :rotation_id) GROUP BY period ORDER BY 1;
-- what cannot be
SELECT oncall.add_layer('moved', '{Finn}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', hours => 'Mo-Su 08:00-18:00') > 0 AS added;
SAVEPOINT refused;
SELECT oncall.set_cadence('pairs', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2027-02-01');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO refused;
SELECT oncall.set_cadence('pairs', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-03-01', seats => 3);
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO refused;
SELECT oncall.set_cadence('moved', NULL, '2026-03-01');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO refused;
SELECT oncall.set_cadence('moved', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'infinity');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO refused;
\set VERBOSITY terse
SELECT oncall.set_cadence('moved', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '2026-05-01');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO refused;
\set VERBOSITY default
ROLLBACK;
