-- Calendars to subscribe to, and their secret addresses
--
-- Tests: calendars calendar_text calendar_address
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET oncall.past_reason = 'test';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;
INSERT INTO oncall.calendar (name) VALUES ('Lagos') RETURNING calendar_id AS lagos \gset
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES (:lagos, '2126-12-25', 'Christmas', NULL),
	(:lagos, '2126-12-28', 'Boxing Day, kept later', '2126-12-26'), (:lagos, '2127-12-25', 'Christmas', NULL);
SELECT oncall.add_person('Ana', 'Africa/Lagos', calendar => 'Lagos') AS ana,
	oncall.add_person('Ben; the second', 'Asia/Kolkata') AS ben \gset
SELECT oncall.add_rotation('Ops', '{Ana,Ben; the second}', 'R/2126-12-07T09:00[Africa/Lagos]/P7D', seats => '{primary}', zone => 'Africa/Lagos') AS ops \gset
CREATE FUNCTION pg_temp.at(times timestamptz[]) RETURNS void LANGUAGE sql AS $$
	-- when the changes were made, the first at the first of these times
	UPDATE oncall.change c SET made_at = n.at
	FROM (SELECT c.change_id, times[row_number() OVER (ORDER BY c.change_id)] AS at FROM oncall.change c) n
	WHERE c.change_id = n.change_id AND n.at IS NOT NULL
$$;
SELECT pg_temp.at('{2026-01-01 10:00}');
-- a line of what is read, with a sign for each carriage return
CREATE FUNCTION pg_temp.shown(calendar text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT replace(l, chr(13), '$') FROM regexp_split_to_table(calendar, '\n') WITH ORDINALITY AS t(l, n) ORDER BY t.n
$$;
SELECT pg_temp.shown(oncall.icalendar('Ana', during => '[2126-12-20,2127-01-04)'));

-- A cover: two of three events are others, and one has changed
SELECT oncall.cover_shift('Ops', '[2126-12-24 09:00,2126-12-25 09:00)', 'Ana', 'Ben; the second') > 0 AS covered;
SELECT pg_temp.at('{2026-01-01 10:00,2026-01-02 11:00}');
CREATE FUNCTION pg_temp.events(person text, rotation text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' | ', substring(e FROM 'UID:([^@]*)'), substring(e FROM 'DTSTAMP:(\S*)'), substring(e FROM 'SEQUENCE:(\d+)'),
		substring(e FROM 'DTSTART\S*:(\S*)'), substring(e FROM 'DTEND\S*:(\S*)'), substring(e FROM 'SUMMARY:(.*?)\r'), substring(e FROM 'STATUS:(\S*)'))
	FROM regexp_split_to_table(replace(oncall.icalendar(person, rotation, '[2126-12-20,2127-01-04)'), E'\r\n ', ''), 'BEGIN:VEVENT')
		WITH ORDINALITY AS t(e, n)
	WHERE n > 1 ORDER BY n
$$;
SELECT * FROM pg_temp.events(NULL, 'Ops') AS e(event);
SELECT * FROM pg_temp.events('Ben; the second', NULL) AS e(event);

-- What has changed hands is cancelled for a month, of whoever had it. The time
-- of what is recorded is moved, as if all that had happened earlier.
CREATE FUNCTION pg_temp.age(days integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	fact text;
BEGIN
	SET LOCAL session_replication_role = replica;
	FOREACH fact IN ARRAY '{layer,layer_member,cover}'::text[] LOOP
		EXECUTE format('UPDATE oncall.%I SET recorded = tstzrange(lower(recorded) - $1, upper(recorded) - $1)', fact)
		USING make_interval(days => days);
	END LOOP;
	UPDATE oncall.change SET made_at = made_at - make_interval(days => days);
	SET LOCAL session_replication_role = origin;
END
$$;
SELECT pg_temp.age(10);
SELECT oncall.cover_shift('Ops', '[2126-12-21 09:00,2126-12-24 09:00)', 'Ana', 'Ben; the second') > 0 AS covered;
CREATE FUNCTION pg_temp.states(person text, rotation text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT regexp_replace(e, ' \| \d+T\d+Z \| ', ' | ') FROM pg_temp.events(person, rotation) AS e
$$;
SELECT * FROM pg_temp.states('Ana', NULL) AS e(event);
SELECT pg_temp.age(25);
SELECT count(*) FILTER (WHERE event LIKE '%CANCELLED') AS cancelled FROM pg_temp.states('Ana', NULL) AS e(event);
SELECT pg_temp.age(10);
SELECT * FROM pg_temp.states('Ana', NULL) AS e(event);

-- Names of all kinds
UPDATE oncall.person SET name = E'new\nline\tbell\x07 "quoted" back\\slash \\n, comma; ' || repeat('x', 80) WHERE person_id = :ben;
SELECT l, octet_length(l) AS octets FROM pg_temp.shown(oncall.icalendar(:ben, during => '[2127-01-01,2127-01-02)')) AS l
WHERE l ~ '^(NAME|DESCRIPTION| )';
UPDATE oncall.person SET name = 'Ben' WHERE person_id = :ben;
-- lines are folded where a client that unfolds octets finds them again
SELECT n AS octets, array_agg(octet_length(l) ORDER BY k) AS lines
FROM unnest('{0,74,75,76,148,149,150,223,224}'::integer[]) n,
	regexp_split_to_table(oncall_internal.ical_fold(repeat('x', n)), '\r\n') WITH ORDINALITY AS t(l, k)
GROUP BY n ORDER BY n;

-- The same bytes again, and by default whole months
SELECT oncall.icalendar(rotation => 'Ops') = oncall.icalendar(rotation => 'Ops') AS same;
SELECT oncall_internal.calendar_window() @> tstzrange(now() - interval '3 months', now() + interval '12 months') AS holds,
	extract(day FROM lower(oncall_internal.calendar_window())) AS first_day, extract(day FROM upper(oncall_internal.calendar_window())) AS last_day;

-- Bad input
\set VERBOSITY terse
SAVEPOINT s;
SELECT oncall.icalendar();
ROLLBACK TO s;
SELECT oncall.icalendar('Ana', 'Ops');
ROLLBACK TO s;
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT oncall.icalendar('Anna');
ROLLBACK TO s;
SELECT oncall.icalendar(rotation => 'Opps');
ROLLBACK TO s;
SELECT oncall.icalendar('Ana', during => NULL);
ROLLBACK TO s;
SELECT oncall.icalendar('Ana', during => '[2126-01-01,)');
ROLLBACK TO s;
SELECT oncall.icalendar('Ana', during => '[2126-01-01,2126-01-02]');
ROLLBACK TO s;
SELECT oncall.icalendar('Ana', during => '[9999-01-01,10000-01-02)');
ROLLBACK TO s;

-- Addresses
CREATE ROLE regress_oncall_calendars_ana;
CREATE ROLE regress_oncall_calendars_web;
SELECT oncall.grant_access('regress_oncall_calendars_ana', 'member');
UPDATE oncall.person SET db_role = 'regress_oncall_calendars_ana' WHERE person_id = :ana;
SELECT oncall.issue_calendar_token('Ben') AS ben_token \gset
SET LOCAL ROLE regress_oncall_calendars_ana;
SELECT oncall.issue_calendar_token() AS token, oncall.issue_calendar_token() AS other \gset
SELECT :'token' ~ '^[0-9a-f]{64}$' AND :'token' <> :'other' AS secret;
SELECT count(*), bool_and(person_id = :ana) AS own, bool_or(position(token_hash IN convert_to(:'token', 'UTF8')) > 0) AS kept FROM oncall.calendar_token;
SAVEPOINT t;
SELECT oncall.issue_calendar_token('Ben');
ROLLBACK TO t;
SELECT oncall.revoke_calendar_tokens('Ben');
ROLLBACK TO t;
-- whoever serves calendars has no right but the address
SET LOCAL ROLE regress_oncall_calendars_web;
SELECT oncall.icalendar('Ana');
ROLLBACK TO t;
SET LOCAL ROLE regress_oncall_calendars_web;
SELECT count(*) FROM regexp_matches(oncall.icalendar_by_token(:'token'), 'X-WR-CALNAME:On call: Ana');
SELECT oncall.icalendar_by_token('guessed');
ROLLBACK TO t;
SELECT oncall.icalendar_by_token(NULL);
ROLLBACK TO t;
SELECT oncall.icalendar_by_token(:'token') = oncall.icalendar('Ana') AS same;
SET LOCAL ROLE regress_oncall_calendars_ana;
SELECT oncall.revoke_calendar_tokens() AS revoked;
SELECT oncall.revoke_calendar_tokens() AS revoked_again;
-- for good
UPDATE oncall.calendar_token SET revoked_at = NULL;
SELECT count(revoked_at) FROM oncall.calendar_token;
SAVEPOINT t;
UPDATE oncall.calendar_token SET person_id = person_id;
ROLLBACK TO t;
RESET ROLE;
SELECT oncall.icalendar_by_token(:'token');
ROLLBACK TO t;
RESET ROLE;
SELECT length(oncall.icalendar_by_token(:'ben_token')) > 0 AS lives;
UPDATE oncall.person SET active = tstzrange(NULL, now()) WHERE person_id = :ben;
SAVEPOINT t;
SELECT oncall.icalendar_by_token(:'ben_token');
ROLLBACK TO t;
ROLLBACK;
