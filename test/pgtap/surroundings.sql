-- The same answers whatever surrounds the question: settings, search_path,
-- role, parallel plans, cursors.
--
-- Tests: lookup saved_query swap_request

\set schema surroundings
\ir start.psql

SELECT plan(25);

INSERT INTO oncall.person (person_id, name, email, zone) OVERRIDING SYSTEM VALUE
SELECT 3000000 + i, 'around ' || i, 'around' || i || '@example.com', 'UTC'
FROM generate_series(1, 9) AS i;
INSERT INTO oncall.calendar (calendar_id, name) OVERRIDING SYSTEM VALUE VALUES (3000000, 'around');
INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (3000000, '2025-10-06', 'a Monday');
INSERT INTO oncall.rotation (rotation_id, name, zone, calendar_id) OVERRIDING SYSTEM VALUE
VALUES (3000001, 'around 1', 'Pacific/Auckland', 3000000),
	   (3000002, 'around 2', 'Australia/Lord_Howe', 3000000),
	   (3000003, 'around 3', 'America/New_York', NULL);
INSERT INTO oncall.layer (layer_id, rotation_id, rank, cadence, hours, recorded) OVERRIDING SYSTEM VALUE
VALUES (3000001, 3000001, 0, 'R/2025-09-02T12:00[Pacific/Auckland]/P7D', NULL, '[2025-01-01 00:00Z,)'),
	   (3000002, 3000002, 0, 'R/2025-09-01T02:15[Australia/Lord_Howe]/PT12H', NULL, '[2025-01-01 00:00Z,)'),
	   (3000003, 3000002, 1, 'R/2025-09-01T00:00[Australia/Lord_Howe]/P1D', 'Mo-Fr 09:00-17:00; PH off', '[2025-01-01 00:00Z,)'),
	   (3000004, 3000003, 0, 'R/2025-08-31T02:30[America/New_York]/P1M', NULL, '[2025-01-01 00:00Z,)');
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid, recorded)
SELECT l, i, 3000000 + i, '(,)', '[2025-01-01 00:00Z,)' FROM generate_series(3000001, 3000004) AS l, generate_series(1, 9) AS i;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded)
VALUES (3000001, 1, '[2025-09-27 14:30Z, 2025-09-29 00:00Z)', 3000009, '[2025-09-20 00:00Z,)'),
	   (3000003, 2, '[2025-11-01 00:00Z, 2025-11-05 00:00Z)', NULL, '[2025-09-20 00:00Z,)');

-- hourly over two changes of the clocks
CREATE TABLE alert AS
SELECT r AS rotation_id, timestamptz '2025-09-20 00:00Z' + i * interval '17 minutes' AS at
FROM generate_series(3000001, 3000003) AS r, generate_series(0, 5000) AS i;
ANALYZE alert;
GRANT USAGE ON SCHEMA surroundings TO PUBLIC;
GRANT SELECT ON alert TO PUBLIC;

-- everything that can be asked, as one line that no setting touches
CREATE VIEW everything WITH (security_invoker = true) AS
SELECT (SELECT md5(string_agg(oncall.on_call(rotation_id, at)::text, ' ' ORDER BY rotation_id, at)) FROM surroundings.alert)
	   || (SELECT md5(string_agg(coalesce(oncall.on_call(rotation_id, at, '2025-09-10 00:00Z')::text, '-'), ' ' ORDER BY rotation_id, at))
		   FROM surroundings.alert WHERE at < '2025-09-30 00:00Z')
	   || (SELECT md5(string_agg(concat_ws('/', rotation, seat, seat_name, person, extract(epoch FROM lower(period)),
										   extract(epoch FROM upper(period)), layer_id, cover_id), ' '
								 ORDER BY rotation_id, seat, lower(period)))
		   FROM oncall.roster('[2025-09-20 00:00Z, 2025-11-20 00:00Z)')
		   WHERE rotation_id BETWEEN 3000001 AND 3000003)
	   || (SELECT md5(string_agg(concat_ws('/', rotation, seat, extract(epoch FROM lower(period)), extract(epoch FROM upper(period))), ' '))
		   FROM oncall.duties('around 9', '[2025-09-20 00:00Z, 2025-11-20 00:00Z)'))
	   || (SELECT md5(string_agg(concat_ws('/', extract(epoch FROM at), rotation, seat, outgoing, incoming), ' '))
		   FROM oncall.handover('[2025-09-20 00:00Z, 2025-11-20 00:00Z)') WHERE rotation LIKE 'around %') AS line;
GRANT SELECT ON everything TO PUBLIC;

SELECT line AS expected FROM everything \gset
SELECT isnt(:'expected'::text, NULL, 'there is an answer');
SELECT ok(count(DISTINCT oncall.on_call(rotation_id, at)::text) > 10, 'and not always the same one') FROM alert;

-- settings
SET LOCAL TimeZone = 'America/New_York';
SELECT is((SELECT line FROM everything), :'expected', 'TimeZone America/New_York');
SET LOCAL TimeZone = 'Pacific/Apia';
SELECT is((SELECT line FROM everything), :'expected', 'TimeZone Pacific/Apia');
SET LOCAL TimeZone = 'Australia/Lord_Howe';
SET LOCAL DateStyle = 'German, DMY';
SET LOCAL IntervalStyle = 'iso_8601';
SELECT is((SELECT line FROM everything), :'expected', 'TimeZone Australia/Lord_Howe, DateStyle German');
SET LOCAL DateStyle = 'SQL, MDY';
SET LOCAL IntervalStyle = 'sql_standard';
SET LOCAL TimeZone = 'FOO+3';
SELECT is((SELECT line FROM everything), :'expected', 'a POSIX TimeZone, DateStyle SQL');
SET LOCAL DateStyle = 'Postgres, YMD';
SET LOCAL extra_float_digits = -5;
SET LOCAL bytea_output = 'escape';
SELECT is((SELECT line FROM everything), :'expected', 'DateStyle Postgres');
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL TimeZone = 'UTC';
RESET extra_float_digits;

-- search_path
SET LOCAL search_path = '';
SELECT line AS got FROM surroundings.everything \gset
SELECT set_config('search_path', 'surroundings, pg_catalog, ' || :'tap', true) IS NULL AS never \gset
SELECT is(:'got'::text, :'expected'::text, 'an empty search_path');

CREATE SCHEMA hostile;
CREATE TABLE hostile.cover (rotation_id int);
CREATE TABLE hostile.layer (rotation_id int);
CREATE FUNCTION hostile.upper_inf(anyrange) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION hostile.lower(anyrange) RETURNS anyelement LANGUAGE sql AS 'SELECT NULL';
CREATE FUNCTION hostile.eq(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR hostile.= (FUNCTION = hostile.eq, LEFTARG = int, RIGHTARG = int);
SET LOCAL search_path = hostile, pg_catalog;
-- a fresh look-up, not a remembered one
INSERT INTO surroundings.alert SELECT 3000001, '2025-12-01 00:00Z';
DELETE FROM surroundings.alert WHERE at OPERATOR(pg_catalog.=) '2025-12-01 00:00Z';
SELECT line AS got FROM surroundings.everything \gset
SELECT set_config('search_path', 'surroundings, pg_catalog, ' || :'tap', true) IS NULL AS never \gset
SELECT is(:'got'::text, :'expected'::text, 'a hostile search_path');

-- the same for what a trigger asks as the caller, to tell what became of an offer
CREATE FUNCTION hostile.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''hostile''; END';
CREATE OPERATOR hostile.= (FUNCTION = hostile.eq, LEFTARG = text, RIGHTARG = text);
SELECT oncall.offer_shift('around 1', period, person) AS offer
FROM oncall.roster('[2126-01-01 00:00Z, 2126-01-02 00:00Z)', 'around 1') WHERE seat = 1 LIMIT 1 \gset
SELECT oncall.withdraw_offer(:offer) \g /dev/null
SAVEPOINT gone;
SET LOCAL search_path = hostile, pg_catalog;
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
UPDATE oncall.swap_request SET state = 'accepted' WHERE swap_request_id OPERATOR(pg_catalog.=) :offer;
\set gone_state :SQLSTATE
ROLLBACK TO gone;
\set ON_ERROR_STOP 1
\set VERBOSITY default
SELECT is(:'gone_state'::text, '55000', 'a hostile search_path while an offer is gone');

-- an unprivileged role
CREATE ROLE regress_oncall_around;
SET LOCAL ROLE regress_oncall_around;
SAVEPOINT refused;
\set ON_ERROR_STOP 0
\set VERBOSITY sqlstate
SELECT oncall.on_call(3000001, '2025-09-28 00:00Z');
\set look_up_state :SQLSTATE
ROLLBACK TO refused;
SELECT FROM oncall.roster('[2025-09-20 00:00Z, 2025-11-20 00:00Z)');
\set roster_state :SQLSTATE
ROLLBACK TO refused;
\set ON_ERROR_STOP 1
\set VERBOSITY default
RESET ROLE;
SELECT is(:'look_up_state'::text, '42501', 'on_call reads as the caller');
SELECT is(:'roster_state'::text, '42501', 'roster reads as the caller');

SELECT FROM (SELECT oncall.grant_access('regress_oncall_around', 'reader')) AS done;
SET LOCAL ROLE regress_oncall_around;
SELECT line AS got FROM everything \gset
SELECT current_user AS me \gset
RESET ROLE;
SELECT is(:'got'::text, :'expected'::text, 'a role that may only read');
SELECT is(:'me'::text, 'regress_oncall_around', 'it was that role');

-- parallel plans
CREATE FUNCTION plan_of(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || query INTO plan;
	RETURN plan;
END
$$;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_leader_participation = off;
SELECT ok(plan_of('SELECT sum(hashint8(oncall.primary_of(oncall.on_call(rotation_id, at)))) FROM alert')
	@? '$.**."Workers Launched" ? (@ > 0)', 'workers look up who is on call');
SELECT sum(hashint8(10000000::bigint * oncall.primary_of(oncall.on_call(rotation_id, at)) + oncall.secondary_of(oncall.on_call(rotation_id, at)))) AS parallel,
	   count(*) FILTER (WHERE oncall.on_call(rotation_id, at, '2025-09-10 00:00Z') IS NULL) AS parallel_known
FROM alert \gset
SELECT ok(plan_of('SELECT a.rotation_id, count(*) FROM alert AS a, LATERAL oncall.roster(tstzrange(at, at + interval ''1 minute''), a.rotation_id) AS r WHERE at < ''2025-09-22 00:00Z'' GROUP BY 1')
	@? '$.**."Workers Launched" ? (@ > 0)', 'workers compile rosters');
SELECT sum(person_id) AS parallel_roster
FROM alert AS a, LATERAL oncall.roster(tstzrange(at, at + interval '1 minute'), a.rotation_id) AS r
WHERE at < '2025-09-22 00:00Z' \gset
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT is(:'parallel',
	(SELECT sum(hashint8(10000000::bigint * oncall.primary_of(oncall.on_call(rotation_id, at)) + oncall.secondary_of(oncall.on_call(rotation_id, at))))::text FROM alert),
	'workers give the same answers');
SELECT is(:'parallel_known',
	(SELECT count(*) FILTER (WHERE oncall.on_call(rotation_id, at, '2025-09-10 00:00Z') IS NULL)::text FROM alert),
	'also about what was known');
SELECT is(:'parallel_roster',
	(SELECT sum(person_id)::text
	 FROM alert AS a, LATERAL oncall.roster(tstzrange(at, at + interval '1 minute'), a.rotation_id) AS r
	 WHERE at < '2025-09-22 00:00Z'),
	'and in rosters');

-- cursors keep to the snapshot of their opening, in both directions
CREATE TABLE before AS
SELECT at, oncall.on_call(rotation_id, at)::text AS pair FROM alert WHERE rotation_id = 3000001 AND at >= '2025-10-20 00:00Z' ORDER BY at LIMIT 3;
DECLARE c SCROLL CURSOR FOR
	SELECT oncall.on_call(rotation_id, at)::text AS pair FROM alert
	WHERE rotation_id = 3000001 AND at >= '2025-10-20 00:00Z' ORDER BY at LIMIT 3;
FETCH NEXT FROM c \gset first_
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
VALUES (3000001, 1, '[2025-10-19 00:00Z, 2025-10-22 00:00Z)', 3000003);
SELECT oncall.on_call(3000001, '2025-10-20 00:00Z')::text AS now \gset
FETCH NEXT FROM c \gset second_
FETCH NEXT FROM c \gset third_
SELECT is(array[:'first_pair', :'second_pair', :'third_pair'], array_agg(pair ORDER BY at),
	'a cursor keeps to its snapshot') FROM before;
FETCH FIRST FROM c \gset again_
SELECT is(:'again_pair'::text, :'first_pair'::text, 'also on the way back');
SELECT is(oncall.primary_of(:'now'::oncall.pair), 3000003, 'while others see the new cover');
CLOSE c;

-- prepared statements, generic plans
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE ask(int, timestamptz) AS SELECT oncall.primary_of(oncall.on_call($1, $2));
EXECUTE ask(3000001, '2025-10-20 00:00Z') \gset generic_
SELECT is(:generic_primary_of, 3000003, 'a generic plan');
SELECT FROM (SELECT oncall.withdraw_cover(cover_id) FROM oncall.cover
			 WHERE rotation_id = 3000001 AND person_id = 3000003) AS done;
EXECUTE ask(3000001, '2025-10-20 00:00Z') \gset generic_
SELECT is(:generic_primary_of, oncall.primary_of(:'first_pair'::oncall.pair), 'the same plan after the cover was withdrawn');
SELECT is((SELECT line FROM everything), :'expected', 'and all is as before');

SELECT * FROM finish();
ROLLBACK;
