-- Duty that people take over by their own word, while it is under way: what
-- they may take, what is left of it, and that it goes by the clock.
-- A database of its own: what was believed between transactions is part of it.
--
-- Tests: acceptance swap_request take_shift market
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_ana;
CREATE ROLE regress_oncall_ben;
CREATE ROLE regress_oncall_cy;
CREATE ROLE regress_oncall_chief;
CREATE ROLE regress_oncall_guest;
CREATE DATABASE regress_oncall_take TEMPLATE template0;
\c regress_oncall_take
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup();

-- Ana's week began two days ago; Ben and Cy come next
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy}'::text[]) n;
UPDATE oncall.person SET db_role = 'regress_oncall_' || lower(name);
SELECT oncall.add_rotation(n, '{Ana,Ben,Cy}', format('R/%s[UTC]/P7D', (now() - '2 days'::interval)::date || 'T12:00')::oncall.cadence,
	seats => s) FROM (VALUES ('One', '{only}'::text[]), ('Two', '{primary,secondary}')) v(n, s);
UPDATE oncall.rotation SET max_consecutive = NULL, exclusive = false;
SELECT oncall.grant_access(('regress_oncall_' || n)::name, a) FROM (VALUES ('ana', 'member'), ('ben', 'member'), ('cy', 'member'),
	('chief', 'manager'), ('guest', 'reader')) v(n, a);
-- who is on duty, one after the other, from yesterday on
CREATE FUNCTION public.now_and_next(rotation text) RETURNS TABLE (seat text, people text)
LANGUAGE sql AS $$
	SELECT r.seat_name, string_agg(r.person, ', ' ORDER BY r.period) FROM oncall.roster(
		tstzrange(now() - '1 day'::interval, now() + '4 days'::interval), rotation) r GROUP BY r.seat, r.seat_name ORDER BY r.seat $$;
GRANT EXECUTE ON FUNCTION public.now_and_next(text) TO PUBLIC;
SELECT * FROM public.now_and_next('One');
SELECT * FROM public.now_and_next('Two');

-- a rotation says whether shifts are taken; at first they are not
SET ROLE regress_oncall_ben;
SELECT oncall.take_shift('One');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
UPDATE oncall.rotation SET may_take = 'sometimes';
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.rotation SET may_take = 'now';

-- Ben relieves Ana, by his own word
SET ROLE regress_oncall_ben;
SELECT oncall.take_shift('One', reason => 'Ana is in hospital') AS change \gset
SELECT s.state, o.name AS offered_by, a.name AS accepted_by, lower(s.period) = s.closed_at AS from_then_on, s.change_id = :change AS same
FROM oncall.swap_request s JOIN oncall.person o ON o.person_id = s.offered_by JOIN oncall.person a ON a.person_id = s.accepted_by;
SELECT * FROM public.now_and_next('One');
SELECT kind, person, reason, past_reason FROM oncall.change_log WHERE change_id = :change;
-- to the second, which is enough for people
SELECT what ~ '^Ben for Ana as only from [-0-9]{10} [0-9]{2}:[0-9]{2}(:[0-9]{2})? until' AS said FROM oncall.change_log
WHERE change_id = :change;
-- what was served stays Ana's
SELECT oncall.on_call('One', now() - '1 minute'::interval);
-- once more is no shift of somebody else
SELECT oncall.take_shift('One');
\echo :LAST_ERROR_SQLSTATE
-- Ana takes it back once
SET ROLE regress_oncall_ana;
SELECT oncall.take_shift('One') > 0 AS taken_back;
SELECT * FROM public.now_and_next('One');
SET ROLE regress_oncall_ben;
SELECT oncall.take_shift('One');
\echo :LAST_ERROR_SQLSTATE
-- Cy has not been at it
SET ROLE regress_oncall_cy;
SELECT oncall.take_shift('One', now() + '1 hour'::interval, now() + '2 hours'::interval) > 0 AS taken;
-- and may have no more than what is under way
\set VERBOSITY sqlstate
SELECT oncall.take_shift('One', now() + '8 days'::interval);
SELECT oncall.take_shift('One', until => now() + '8 days'::interval);
SELECT oncall.take_shift('One', now() - '1 hour'::interval);
SELECT oncall.take_shift('One', NULL);
SELECT oncall.take_shift('One', 'infinity');
SELECT oncall.take_shift('One', until => now() - '1 hour'::interval);
SELECT oncall.take_shift('Onr');
SELECT oncall.take_shift(NULL);
SELECT oncall.take_shift('One', seat => 'second');
\set VERBOSITY default
-- what was taken back can be taken back whatever the rotation says
RESET ROLE;
UPDATE oncall.rotation SET may_take = 'never';
SET ROLE regress_oncall_ana;
SELECT oncall.take_shift('One', now() + '70 minutes'::interval, now() + '110 minutes'::interval) > 0 AS taken_back;
SELECT * FROM public.now_and_next('One');
RESET ROLE;
UPDATE oncall.rotation SET may_take = 'always';
SET ROLE regress_oncall_cy;
SELECT oncall.take_shift('One', date_trunc('day', now()) + '8 days 13:00'::interval) > 0 AS taken;

-- The first seat that somebody else holds, and never one beside one's own
SET ROLE regress_oncall_cy;
SELECT oncall.take_shift('Two') > 0 AS taken;
SELECT * FROM public.now_and_next('Two');
SELECT oncall.take_shift('Two') IS NULL;
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_ana;
SELECT oncall.take_shift('Two', seat => 'secondary') > 0 AS taken;
-- the rules have the last word
RESET ROLE;
INSERT INTO oncall.absence (person_id, period) VALUES (2, tstzrange(now() + '1 hour'::interval, now() + '2 hours'::interval));
SET ROLE regress_oncall_ben;
\set VERBOSITY sqlstate
SELECT oncall.take_shift('Two', seat => 'primary');
\set VERBOSITY default
RESET ROLE;
DELETE FROM oncall.absence;

-- In nobody else's name, and by nobody who is not known
SET ROLE regress_oncall_chief;
SELECT oncall.take_shift('One');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, state, accepted_by)
VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken', 2);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_guest;
SELECT oncall.take_shift('One');
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken');
SET ROLE regress_oncall_cy;
INSERT INTO oncall.swap_request (rotation_id, seat, period, state, accepted_by)
VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken', 2);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
INSERT INTO oncall.swap_request (rotation_id, seat, period, state, offered_by)
VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken', 2);
INSERT INTO oncall.swap_request (rotation_id, seat, period, state, offered_to)
VALUES (1, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken', 2);
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (1, 1, '[2026-01-01,2026-01-02)', 'taken');
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (1, 1, '[2026-01-01,)', 'taken');
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (1, 7, tstzrange(now(), now() + '1 hour'::interval), 'taken');
INSERT INTO oncall.swap_request (rotation_id, seat, period, state) VALUES (7, 1, tstzrange(now(), now() + '1 hour'::interval), 'taken');
-- what has begun before is not taken, whoever claims it
INSERT INTO oncall.swap_request (rotation_id, seat, period, state)
VALUES (1, 1, tstzrange(now() - '1 hour'::interval, now() + '30 minutes'::interval), 'taken') RETURNING lower(period) > now() AS from_now_on;
\set VERBOSITY default
UPDATE oncall.swap_request SET state = 'taken' WHERE state = 'open';

-- An offer of a shift under way: what is left of it when it is accepted
RESET ROLE;
SELECT count(oncall.undo(s.change_id)) FROM oncall.swap_request s WHERE s.rotation_id = 2 AND s.state = 'taken';
SELECT * FROM public.now_and_next('Two');
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('Two', tstzrange(now() - '1 hour'::interval, now() + '3 days'::interval), note => 'ill') AS offer \gset
SELECT expires, expires_at = upper(period) AS at_its_end FROM oncall.swap_request WHERE swap_request_id = :offer;
SELECT oncall.offer_shift('Two', tstzrange(now() + '3 hours'::interval, now() + '3 days'::interval)) AS later,
	oncall.offer_shift('Two', tstzrange(now() + '3 hours'::interval, now() + '3 days'::interval), expires => 'end') AS to_the_end \gset
SELECT oncall.offer_shift('Two', tstzrange(now() + '3 hours'::interval, now() + '3 days'::interval), expires => 'soon');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Two', tstzrange(now() + '3 hours'::interval, now() + '3 days'::interval), expires => NULL);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_cy;
SELECT array_position(ARRAY[:offer, :later, :to_the_end], swap_request_id) AS which, lower(period) <= clock_timestamp() AS begun,
	lower(period) >= now() AS not_before_now, expires_at = upper(period) AS to_the_end
FROM oncall.open_offers('Cy') ORDER BY 1;
-- the rules are asked about what is left, too: Cy was away before
RESET ROLE;
BEGIN;
INSERT INTO oncall.swap_request (swap_request_id, rotation_id, seat, period, offered_by, expires)
SELECT 1000, rotation_id, seat, tstzrange(now() - '1 hour'::interval, upper(period)), offered_by, 'end'
FROM oncall.swap_request WHERE swap_request_id = :offer;
INSERT INTO oncall.absence (person_id, period, kind)
SELECT person_id, tstzrange(now() - '40 minutes'::interval, now() - '20 minutes'::interval), 'sick' FROM oncall.person WHERE name = 'Cy';
SELECT count(*) AS objections FROM oncall.offer_objections(1000, 'Cy');
SELECT count(*) AS offered FROM oncall.open_offers('Cy') WHERE swap_request_id = 1000;
ROLLBACK;
SET ROLE regress_oncall_cy;
SELECT oncall.accept_offer(:offer) AS change \gset
SELECT p.name, i.name AS instead_of, lower(c.period) = s.closed_at AS from_then_on, upper(c.period) = upper(s.period) AS to_its_end
FROM oncall.cover c JOIN oncall.person p USING (person_id) JOIN oncall.person i ON i.person_id = c.instead_of
	JOIN oncall.swap_request s USING (change_id) WHERE c.change_id = :change;
-- one for another, of which only this is left
SET ROLE regress_oncall_ben;
SELECT oncall.offer_shift('Two', tstzrange(now() - '1 hour'::interval, now() + '1 hour'::interval), offered_to => 'Cy',
	in_return_period => tstzrange(now() - '1 hour'::interval, now() + '1 hour'::interval)) AS offer \gset
SET ROLE regress_oncall_cy;
SELECT oncall.accept_offer(:offer) AS change \gset
SELECT c.seat, p.name, i.name AS instead_of, lower(c.period) = s.closed_at AS from_then_on, upper(c.period) = upper(s.period) AS to_its_end
FROM oncall.cover c JOIN oncall.person p USING (person_id) JOIN oncall.person i ON i.person_id = c.instead_of
	JOIN oncall.swap_request s USING (change_id) WHERE c.change_id = :change AND lower(c.period) = s.closed_at ORDER BY c.seat;
-- in return for what is over
RESET ROLE;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, in_return_rotation_id, in_return_seat, in_return_period, created_at)
VALUES (2, 2, tstzrange(now() + '1 hour'::interval, now() + '2 hours'::interval), 2, 2, 1, tstzrange(now() - '2 hours'::interval, now() - '1 hour'::interval),
	now() - '1 day'::interval)
RETURNING swap_request_id AS offer, expires_at < now() AS expired \gset
SELECT :'expired';
SET ROLE regress_oncall_cy;
SELECT oncall.accept_offer(:offer);
SELECT count(*) FROM oncall.open_offers() WHERE swap_request_id = :offer;
SET ROLE regress_oncall_ben;
SELECT oncall.offer_shift('Two', tstzrange(now() + '2 hours'::interval, now() + '3 hours'::interval), in_return_period => '[2026-01-01,2026-01-02)');
\echo :LAST_ERROR_SQLSTATE

-- By the clock: nobody waits in an open transaction until the shift is over
RESET ROLE;
SELECT count(oncall.undo(s.change_id)) FROM oncall.swap_request s WHERE s.rotation_id = 1 AND s.state = 'taken';
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('One', tstzrange(now() + '3 hours'::interval, now() + '4 hours'::interval)) AS offer \gset
RESET ROLE;
UPDATE oncall.rotation SET may_take = 'now';
CREATE FUNCTION public.soon(millis integer) RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() + millis * '1 millisecond'::interval $$;
GRANT EXECUTE ON FUNCTION public.soon(integer) TO PUBLIC;
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('One', tstzrange(public.soon(0), public.soon(1500))) AS soon_over \gset
SET ROLE regress_oncall_cy;
\set VERBOSITY sqlstate
BEGIN;
SELECT oncall.accept_offer(:soon_over) > 0 AS accepted;
SELECT pg_sleep(1.6);
COMMIT;
\set VERBOSITY default
SELECT state FROM oncall.swap_request WHERE swap_request_id = :soon_over;
-- that the covers are written and judged before changes nothing
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('One', tstzrange(public.soon(0), public.soon(1500))) AS soon_over \gset
SET ROLE regress_oncall_cy;
\set VERBOSITY sqlstate
BEGIN;
SELECT oncall.accept_offer(:soon_over) > 0 AS accepted;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) FROM oncall.cover_now WHERE upper(period) = (SELECT upper(period) FROM oncall.swap_request WHERE swap_request_id = :soon_over);
SELECT pg_sleep(1.6);
COMMIT;
BEGIN;
SELECT oncall.take_shift('One', until => public.soon(1500)) > 0 AS taken;
SELECT pg_sleep(1.6);
COMMIT;
\set VERBOSITY default
-- nor does one statement, whose own time stands still
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('One', tstzrange(public.soon(1500), public.soon(9000))) AS soon_begun \gset
SET ROLE regress_oncall_cy;
SELECT set_config('public.offer', :'soon_begun', false) IS NULL;
DO $$ BEGIN PERFORM pg_sleep(1.6); PERFORM oncall.accept_offer(current_setting('public.offer')::integer); END $$;
\echo :LAST_ERROR_SQLSTATE
-- and the second step of a commit comes at any time
BEGIN;
SELECT oncall.take_shift('One', until => now() + '30 minutes'::interval) > 0 AS taken;
PREPARE TRANSACTION 'regress_oncall_take';
\echo :LAST_ERROR_SQLSTATE
-- what is rolled back was not accepted
BEGIN;
SAVEPOINT before;
SELECT oncall.accept_offer(:offer) > 0 AS accepted;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) FROM oncall.roster(tstzrange(now(), now() + '1 day'::interval), 'One') WHERE cover_id IS NOT NULL AND person = 'Cy';
ROLLBACK TO SAVEPOINT before;
SET CONSTRAINTS ALL DEFERRED;
SELECT oncall.accept_offer(:offer) AS change \gset
-- what is only judged in a part that is rolled back is judged again
SAVEPOINT judged;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO SAVEPOINT judged;
SELECT count(*) FROM oncall.roster(tstzrange(now(), now() + '1 day'::interval), 'One') WHERE cover_id IS NOT NULL AND person = 'Cy';
COMMIT;
SELECT count(*) FROM oncall.roster(tstzrange(now(), now() + '1 day'::interval), 'One') WHERE cover_id IS NOT NULL AND person = 'Cy';
-- where constraints are immediate to begin with, the statement writes the covers
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT oncall.take_shift('One', until => now() + '30 minutes'::interval) > 0 AS taken;
SELECT count(*) FROM oncall.roster(tstzrange(now(), now() + '1 day'::interval), 'One') WHERE cover_id IS NOT NULL AND person = 'Cy';
ROLLBACK;
-- the change was made when the covers were written
RESET ROLE;
SELECT c.kind, count(*), bool_and(lower(v.recorded) = c.made_at) AS at_once, min(c.made_at) > min(s.closed_at) AS after_the_word
FROM oncall.change c JOIN oncall.cover v USING (change_id) JOIN oncall.swap_request s USING (change_id)
WHERE c.change_id = :change GROUP BY 1;

-- Two shifts are exchanged, of one under way what is left of it
SELECT oncall.swap_shifts('One', 'Ana', now(), 'Ben', now() + '6 days'::interval) AS change \gset
SELECT p.name, i.name AS instead_of, lower(c.period) > now() - '1 minute'::interval AS from_now_on, c.shift @> now() AS of_this_week
FROM oncall.cover c JOIN oncall.change h USING (change_id) JOIN oncall.person p ON p.person_id = c.person_id
	JOIN oncall.person i ON i.person_id = c.instead_of
WHERE c.change_id = :change ORDER BY 1;
SELECT oncall.on_call('One', now() - '1 hour'::interval) AS served;
SELECT oncall.undo(:change) > 0 AS undone;
-- or a part of what is to come; what was served takes a reason
SELECT oncall.swap_shifts('One', 'Ana', NULL, 'Ben', now() + '6 days'::interval,
	a_period => tstzrange(now() + '1 hour'::interval, now() + '2 hours'::interval)) AS change \gset
SELECT oncall.undo(:change) > 0 AS undone;
\set VERBOSITY sqlstate
SELECT oncall.swap_shifts('One', 'Ana', NULL, 'Ben', now() + '6 days'::interval,
	a_period => tstzrange(now() - '2 hours'::interval, now() + '2 hours'::interval));
\set VERBOSITY default

-- A seat that nobody holds, on offer by managers
SELECT oncall.add_rotation('Vol', ARRAY['Ana', NULL, 'Ben', 'Cy'], 'R/2126-12-03T07:00[UTC]/P7D', seats => '{only,helper}') > 0 AS added;
UPDATE oncall.rotation SET max_consecutive = NULL, exclusive = false;
SELECT seat_name, person, lower(period)::date FROM oncall.roster('[2126-12-03 07:00,2126-12-31 07:00)', 'Vol') ORDER BY 3, seat;
SET ROLE regress_oncall_ben;
SELECT oncall.offer_gap('Vol', '[2126-12-10 07:00,2126-12-17 07:00)', 'only');
INSERT INTO oncall.swap_request (rotation_id, seat, period) VALUES (3, 1, '[2126-12-10 07:00,2126-12-17 07:00)');
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_chief;
SELECT oncall.offer_gap('Vol', '[2126-12-10 07:00,2126-12-17 07:00)', 'only', note => 'who would?') AS gap \gset
\set VERBOSITY terse
SELECT oncall.offer_gap('Vol', '[2126-12-10 07:00,2126-12-17 07:00)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_gap('Vol', '[2126-12-09 07:00,2126-12-17 07:00)', 'only');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period) VALUES (3, 1, '[2126-12-09 07:00,2126-12-17 07:00)');
\echo :LAST_ERROR_SQLSTATE
-- of no rotation, or of one that there is not
INSERT INTO oncall.swap_request (rotation_id, seat, period) VALUES (NULL, 1, '[2126-12-10 07:00,2126-12-17 07:00)');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period) VALUES (999999, 1, '[2126-12-10 07:00,2126-12-17 07:00)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_gap('Vol', '[2025-12-10 07:00,2025-12-17 07:00)', 'only');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, in_return_rotation_id, in_return_seat, in_return_period)
VALUES (3, 1, '[2126-12-10 07:00,2126-12-17 07:00)', 3, 1, '[2126-12-20,2126-12-21)');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SET ROLE regress_oncall_ben;
SELECT rotation, seat_name, period, offered_by, note FROM oncall.open_offers('Ben') WHERE swap_request_id = :gap;
SELECT oncall.withdraw_offer(:gap);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_guest;
UPDATE oncall.swap_request SET state = 'withdrawn' WHERE swap_request_id = :gap;
SET ROLE regress_oncall_ben;
SELECT oncall.accept_offer(:gap) AS change \gset
SELECT seat_name, person, period FROM oncall.roster('[2126-12-10 07:00,2126-12-17 07:00)', 'Vol') ORDER BY seat;
SELECT kind, what, person, reason FROM oncall.change_log WHERE change_id = :change;
\set VERBOSITY sqlstate
SELECT oncall.accept_offer(:gap);
\set VERBOSITY default
SET ROLE regress_oncall_chief;
SELECT oncall.offer_gap('Vol', '[2126-12-24 07:00,2126-12-31 07:00)', 'helper');
SELECT oncall.withdraw_offer(oncall.offer_gap('Vol', '[2126-12-26 07:00,2126-12-27 07:00)', 'helper'));

RESET ROLE;
-- What a rotation lets people take, by when it is and whose it was before
SELECT oncall.add_rotation('Grid', '{Ana,Ben,Cy}', format('R/%s[UTC]/P7D', (now() - '2 days'::interval)::date || 'T12:00')::oncall.cadence,
	seats => '{only}') AS grid \gset
UPDATE oncall.rotation SET max_consecutive = NULL, exclusive = false;
CREATE FUNCTION public.outcome(command text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE SQLSTATE 'OK000';
EXCEPTION
	WHEN SQLSTATE 'OK000' THEN RETURN 'taken';
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE FUNCTION public.grid(may_take text) RETURNS TABLE (says text, under_way text, later_in_it text, beyond_it text, next_one text)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE oncall.rotation r SET may_take = grid.may_take WHERE r.name = 'Grid';
	SET LOCAL ROLE regress_oncall_cy;
	RETURN QUERY SELECT grid.may_take,
		public.outcome($c$ SELECT oncall.take_shift('Grid') $c$),
		public.outcome($c$ SELECT oncall.take_shift('Grid', now() + '3 hours'::interval, now() + '4 hours'::interval) $c$),
		public.outcome($c$ SELECT oncall.take_shift('Grid', until => now() + '6 days'::interval) $c$),
		public.outcome($c$ SELECT oncall.take_shift('Grid', now() + '6 days'::interval) $c$);
	RESET ROLE;
END $$;
BEGIN;
SELECT g.* FROM unnest('{never,now,always}'::text[]) m, public.grid(m) g;
ROLLBACK;
-- what was taken from Ana is hers to take back, once, whatever the rotation says since
UPDATE oncall.rotation SET may_take = 'always' WHERE name = 'Grid';
SET ROLE regress_oncall_cy;
SELECT oncall.take_shift('Grid', until => now() + '2 hours'::interval) > 0 AS taken;
RESET ROLE;
SELECT m, public.outcome(format($c$ UPDATE oncall.rotation SET may_take = %L WHERE name = 'Grid'; SET LOCAL ROLE regress_oncall_ana;
		SELECT oncall.take_shift('Grid', until => now() + '1 hour'::interval) $c$, m)) AS taken_back,
	public.outcome(format($c$ UPDATE oncall.rotation SET may_take = %L WHERE name = 'Grid'; SET LOCAL ROLE regress_oncall_ben;
		SELECT oncall.take_shift('Grid', until => now() + '1 hour'::interval) $c$, m)) AS by_another,
	public.outcome(format($c$ UPDATE oncall.rotation SET may_take = %L WHERE name = 'Grid'; SET LOCAL ROLE regress_oncall_ana;
		SELECT oncall.take_shift('Grid', until => now() + '1 hour'::interval); SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE regress_oncall_cy;
		SELECT oncall.take_shift('Grid', until => now() + '30 minutes'::interval) $c$, m)) AS and_again
FROM unnest('{never,now,always}'::text[]) m;
-- the log names who was relieved, not whose turn it was
SET ROLE regress_oncall_ben;
SELECT oncall.take_shift('Grid', until => now() + '1 hour'::interval) > 0 AS taken;
RESET ROLE;
SELECT substring(what FROM '^.* as only') AS said FROM oncall.change_log WHERE kind = 'take' ORDER BY change_id DESC LIMIT 1;

\c :regression
DROP DATABASE regress_oncall_take;
DROP ROLE regress_oncall_ana, regress_oncall_ben, regress_oncall_cy, regress_oncall_chief, regress_oncall_guest;
