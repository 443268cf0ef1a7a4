-- Swaps and the market: who takes whose duty. A database of its own: what
-- was believed between transactions is part of it.
--
-- Tests: covers market swap_request trade alternatives
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_ana;
CREATE ROLE regress_oncall_ben;
CREATE ROLE regress_oncall_dee;
CREATE ROLE regress_oncall_chief;
CREATE ROLE regress_oncall_guest;
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
	SELECT c.cover_id AS id, r.name AS rotation, c.seat, c.period, p.name AS person, c.change_id AS change, h.reason,
		CASE WHEN isempty(c.recorded) THEN 'never' WHEN upper_inf(c.recorded) THEN 'still' ELSE 'once' END AS believed
	FROM oncall.cover c JOIN oncall.rotation r USING (rotation_id) JOIN oncall.change h USING (change_id)
		LEFT JOIN oncall.person p ON p.person_id = c.person_id
	ORDER BY c.cover_id;

-- Covers over covers: those are closed, what is left of them is recorded again
SELECT oncall_internal.write_covers('{1,1}', '{1,2}', '{"[2126-01-02,2126-01-06)","[2126-01-03,2126-01-04)"}', '{4,5}', reason => 'one');
SELECT oncall_internal.write_covers('{1,1}', '{1,1}', '{"[2126-01-04,2126-01-05)","[2126-01-03,2126-01-03 12:00)"}', '{2,NULL}', reason => 'two');
SELECT * FROM public.covers;
BEGIN;
SELECT oncall_internal.write_covers('{1}', '{1}', '{"[2126-01-05,2126-01-08)"}', '{2}', reason => 'three');
SELECT oncall_internal.write_covers('{1}', '{1}', '{"[2126-01-06,2126-01-07)"}', '{5}', reason => 'four', past_reason => 'four');
COMMIT;
SELECT * FROM public.covers WHERE id > 7;
SELECT oncall_internal.write_covers('{1,1}', '{1}', '{"[2126-01-08,2126-01-09)","[2126-01-07,2126-01-08)"}', '{3,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.write_covers('{1,NULL}', '{1,1}', '{"[2126-01-08,2126-01-09)","[2126-01-07,2126-01-08)"}', '{3,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.write_covers('{1,1}', '{1,1}', '{"[2126-01-07,2126-01-09)","[2126-01-08,2126-01-10)"}', '{3,NULL}');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall_internal.write_covers('{}', '{}', '{}', '{}');
SELECT count(*) FROM oncall.cover;

-- with constraints made immediate too
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT oncall_internal.write_covers('{1,1}', '{1,2}', '{"[2126-01-02,2126-01-08)","[2126-01-03,2126-01-05)"}', '{5,1}', reason => 'five') IS NOT NULL AS written;
ROLLBACK;

-- One covers for another: a part of a shift, then a part of that
SELECT clock_timestamp() AS before \gset
SELECT oncall.cover_shift('Web', '[2126-01-09,2126-01-10)', 'Ben', 'Ana', 'dentist');
SELECT clock_timestamp() AS between \gset
SELECT oncall.cover_shift('Web', '[2126-01-09 06:00,2126-01-09 12:00)', 'Ana', 'Cy', 'overslept');
SELECT * FROM public.covers WHERE id > 11;
-- what was believed is still known
SELECT oncall.on_call(1, at, :'before') AS before, oncall.on_call(1, at, :'between') AS between, oncall.on_call(1, at) AS now
FROM generate_series(timestamptz '2126-01-09 03:00', '2126-01-09 18:00', '6 hours') at;
-- over two shifts of one person, a cover and their own
SELECT oncall.cover_shift('Data', '[2126-01-21 23:00,2126-01-28 23:00)', 'Ana', 'Ben');
SELECT oncall.cover_shift('Data', '[2126-01-27,2126-01-30)', 'Ben', 'Eve', 'moving', 'only');
SELECT person, period FROM oncall.roster('[2126-01-21 23:00,2126-02-04 23:00)', 2) ORDER BY period;

-- Who does not hold it
SELECT oncall.cover_shift('Web', '[2126-01-10,2126-01-11)', 'Ana', 'Cy');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-14,2126-01-16)', 'Ben', 'Ana');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Ana', 'Ben', seat => 'primary');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Eve', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Data', '[2126-01-01,2126-03-01)', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Ana', 'Ben', seat => 'third');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Ana', 'Ana');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Wen', '[2126-01-16,2126-01-17)', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Ana', 'Bem');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17]', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,)', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,infinity)', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', 'empty', 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', NULL, 'Ana', 'Ben');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shift('Web', '[2126-01-16,2126-01-17)', 'Ana', NULL);
\echo :LAST_ERROR_SQLSTATE

-- All that somebody holds in a window, in whatever seat, and no hour more
SELECT oncall.add_rotation('Day', '{Ana,Ben}', 'R/2126-11-25T09:00[Europe/London]/P1D,P1D,P1D,P1D,P3D', hours => 'Mo-Fr 09:00-17:00') AS day \gset
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (:day, 3, 'reserve');
SELECT oncall.cover_shift('Day', '[2126-11-25,2126-12-09)', 'Ana', 'Cy', 'leave');
\echo :LAST_ERROR_SQLSTATE
BEGIN;
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Ana', 'Cy', 'leave') AS change \gset
SELECT count(*), count(DISTINCT c.seat) AS seats, bool_and(p.name = 'Cy') AS by_cy, bool_and(c.instead_of = 1) AS for_ana, bool_and(c.shift = c.period) AS whole
FROM oncall.cover c JOIN oncall.person p USING (person_id) WHERE c.change_id = :change;
SELECT coalesce(person, 'nobody') AS person, seat_name, count(*), sum(upper(period) - lower(period)) AS hours
FROM oncall.roster('[2126-11-25,2126-12-09)', 'Day') GROUP BY person, seat_name ORDER BY 1, 2;
-- what of it is Cy's now, in a part of a day, over covers
SELECT oncall.cover_shifts('Day', '[2126-11-26 12:00,2126-11-27 12:00)', 'Cy', 'Ana') AS change \gset
SELECT c.seat, p.name, c.period FROM oncall.cover_now c LEFT JOIN oncall.person p USING (person_id)
WHERE c.rotation_id = :day AND c.period && '[2126-11-26,2126-11-28)' ORDER BY c.period, c.seat;
ROLLBACK;
SELECT oncall.cover_shifts('Day', '[2126-11-30,2126-12-01)', 'Ana', 'Cy');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Ana', 'Ana');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Ana', 'Dee');
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09]', 'Ana', 'Cy');
SELECT oncall.cover_shifts('Day', '[2126-11-25,)', 'Ana', 'Cy');
SELECT oncall.cover_shifts('Dai', '[2126-11-25,2126-12-09)', 'Ana', 'Cy');
SELECT oncall.cover_shifts('Day', NULL, 'Ana', 'Cy');
SELECT oncall.cover_shifts(NULL, '[2126-11-25,2126-12-09)', 'Ana', 'Cy');
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', NULL, 'Cy');
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Ana', NULL);
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Anna', 'Cy');
\set VERBOSITY default
-- after the fact, by nobody
BEGIN;
SELECT oncall.cover_shifts('Day', '[2126-11-25,2126-12-09)', 'Ana', NULL, past_reason => 'was not reached') IS NOT NULL AS written;
SELECT count(*) FROM oncall.roster('[2126-11-25,2126-12-09)', 'Day') WHERE person = 'Ana';
ROLLBACK;

-- Two shifts change hands, then one of them with a longer one of another rotation
SELECT oncall.swap_shifts('Web', 'Ana', '2126-02-01', 'Ben', '2126-02-07', 'wedding');
SELECT oncall.swap_shifts('Web', 'Ben', '2126-02-01', 'Eve', '2126-02-06', b_rotation => 'Data', b_period => '[2126-02-05,2126-02-08 08:00:30)');
-- parts of two shifts, and two seats at the same time
SELECT oncall.swap_shifts('Web', 'Cy', NULL, 'Dee', '2126-02-20', a_period => '[2126-02-16,2126-02-17)', b_period => '[2126-02-22,2126-02-24)');
SELECT oncall.swap_shifts('Web', 'Cy', '2126-02-18', 'Ana', '2126-02-18', a_period => '[2126-02-18,2126-02-19)', b_period => '[2126-02-18,2126-02-19)');
-- three in a ring, whose first part alone would put Ana on two seats
BEGIN;
SELECT oncall.cover_shift('Web', '[2126-02-13,2126-02-14)', 'Cy', 'Ana');
SELECT oncall.cover_shift('Web', '[2126-02-13,2126-02-14)', 'Ana', 'Dee');
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
SELECT oncall.cover_shift('Web', '[2126-02-13,2126-02-14)', 'Cy', 'Ana');
SELECT oncall.cover_shift('Web', '[2126-02-13,2126-02-14)', 'Ana', 'Dee', seat => '2');
SELECT oncall.cover_shift('Web', '[2126-02-20,2126-02-21)', 'Dee', 'Cy');
COMMIT;
SELECT rotation, seat_name, person, period, cover_id IS NOT NULL AS cover
FROM oncall.roster('[2126-01-29 12:00,2126-02-26 12:00)') ORDER BY 1, seat, 4;
SELECT change_id, rotation_id, person_id, reason FROM oncall.change WHERE kind = 'swap';

SELECT oncall.swap_shifts('Web', 'Ana', '2126-03-01', 'Ana', '2126-03-07');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.swap_shifts('Web', 'Ana', '2126-03-01', 'Ben', '2126-03-01');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.swap_shifts('Web', 'Ana', '2126-03-01', 'Ben', '2126-03-06', a_period => '[2126-03-06,2126-03-07)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.swap_shifts('Web', 'Ana', NULL, 'Ben', '2126-03-06');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.swap_shifts('Web', 'Ana', 'infinity', 'Ben', '2126-03-06');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.swap_shifts('Web', 'Ana', '2126-03-01', 'Eve', '2126-03-06', b_rotation => 'Dada');
\echo :LAST_ERROR_SQLSTATE
-- a shift without an end: a part of it can be traded
SELECT oncall.add_rotation('Solo', '{Eve}', 'R/2126-01-01T00:00[UTC]/P7D', seats => '{only}');
SELECT oncall.swap_shifts('Web', 'Ana', '2126-03-01', 'Eve', '2126-03-06', b_rotation => 'Solo');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall.change WHERE kind = 'swap';

-- The market
UPDATE oncall.person SET db_role = 'regress_oncall_' || lower(name) WHERE name IN ('Ana', 'Ben', 'Dee');
SELECT oncall.grant_access(r, 'member') FROM unnest('{regress_oncall_ana,regress_oncall_ben,regress_oncall_dee}'::name[]) r;
SELECT oncall.grant_access('regress_oncall_chief', 'manager'), oncall.grant_access('regress_oncall_guest', 'reader');
GRANT SELECT ON public.covers TO PUBLIC;
CREATE VIEW public.market AS
	SELECT s.swap_request_id AS id, s.period, b.name AS by, t.name AS to, s.state, a.name AS accepted_by, s.change_id AS change,
		s.note, s.closed_at IS NOT NULL AS closed
	FROM oncall.swap_request s JOIN oncall.person b ON b.person_id = s.offered_by
		LEFT JOIN oncall.person t ON t.person_id = s.offered_to LEFT JOIN oncall.person a ON a.person_id = s.accepted_by
	ORDER BY 1;

-- offering: for oneself only, what one holds, in time
SET ROLE regress_oncall_ana;
SELECT oncall.offer_shift('Web', '[2126-02-26 12:00,2126-03-05 12:00)', note => 'ski');
SELECT oncall.offer_shift('Web', '[2126-03-01,2126-03-02)', offered_to => 'Ben', in_return_period => '[2126-03-06,2126-03-07)');
SELECT oncall.offer_shift('Web', '[2126-03-02,2126-03-03)', 'Ana', 'Dee');
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by) VALUES (1, 1, '[2126-03-03,2126-03-04)', 1);
SELECT oncall.offer_shift('Web', '[2126-03-04,2126-03-05)', in_return_period => '[2126-03-26 12:00,2126-04-02 12:00)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2126-03-04,2126-03-05)', in_return_period => '[2126-03-13,2126-03-14)', in_return_seat => 'primary');
SELECT oncall.offer_shift('Web', '[2126-03-06,2126-03-07)', 'Ben');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by) VALUES (1, 1, '[2126-03-06,2126-03-07)', 2);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, state) VALUES (1, 1, '[2126-03-06,2126-03-07)', 1, 'accepted');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by) VALUES (1, 1, '[2126-03-06,2126-03-07)', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2026-01-01,2026-01-02)');
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
-- a part of it is to come, but Ana holds only that
SELECT oncall.offer_shift('Web', '[2026-01-01,2126-01-02)');
\set VERBOSITY default
SELECT oncall.offer_shift('Web', '[2126-03-02,2126-03-03)', offered_to => 'Ana');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2126-03-02,2126-03-03)', offered_to => 'Dee', in_return_period => '[2126-03-03,2126-03-04)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2126-03-02,2126-03-03)', in_return_period => '[2126-03-06,2126-03-07)', in_return_seat => '3');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, in_return_rotation_id, in_return_seat, in_return_period)
VALUES (1, 1, '[2126-03-02,2126-03-03)', 1, 1, 3, '[2126-03-06,2126-03-07)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2126-03-02,2126-03-03)', in_return_rotation => 'Data');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT swap_request_id AS id, rotation, seat_name, period, offered_by, offered_to, in_return_seat_name, in_return_period, note
FROM oncall.open_offers();

-- and who could take what, by the rules
SELECT p.name, array_agg(o.swap_request_id ORDER BY o.swap_request_id) AS may_take
FROM oncall.person p, oncall.open_offers(p.name) o GROUP BY p.name ORDER BY 1;
SELECT * FROM oncall.offer_objections(1, 'Cy', hints => true);
SELECT * FROM oncall.offer_objections(2, 'Ben');
SELECT * FROM oncall.offer_objections(99, 'Cy');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.open_offers('Cz');
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT * FROM oncall.offer_objections(1);
\echo :LAST_ERROR_SQLSTATE
-- the rules have the last word
SELECT oncall.accept_offer(1, 'Cy');
\echo :LAST_ERROR_SQLSTATE
SELECT id, state, change FROM public.market WHERE id = 1;
INSERT INTO oncall.absence (person_id, period) VALUES (2, '[2126-03-03 06:00,2126-03-03 07:00)');
SELECT swap_request_id FROM oncall.open_offers('Ben');
SELECT constraint_name, message FROM oncall.offer_objections(4, 'Ben');
DELETE FROM oncall.absence;

-- answering: no privilege on covers, and only for oneself
SET ROLE regress_oncall_dee;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2126-03-06,2126-03-07)', 4);
SELECT oncall.cover_shift('Web', '[2126-03-01,2126-03-02)', 'Ana', 'Dee');
UPDATE oncall.swap_request SET note = 'x' WHERE swap_request_id = 1;
SELECT oncall.accept_offer(2);
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET state = 'accepted' WHERE swap_request_id = 2;
SELECT oncall.accept_offer(1, 'Cy');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.accept_offer(9);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.accept_offer(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.withdraw_offer(1);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.accept_offer(5);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.accept_offer(3);
\set VERBOSITY terse
SELECT oncall.accept_offer(3);
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET state = 'accepted' WHERE swap_request_id = 3;
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
SET ROLE regress_oncall_ben;
UPDATE oncall.swap_request SET state = 'accepted' WHERE swap_request_id = 2 RETURNING accepted_by, change_id;
SELECT oncall.accept_offer(3);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_ana;
SELECT oncall.accept_offer(4);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.withdraw_offer(4);
\set VERBOSITY terse
SELECT oncall.withdraw_offer(4);
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET state = 'open' WHERE swap_request_id = 4;
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY default
UPDATE oncall.swap_request SET state = 'expired' WHERE swap_request_id = 1;
\echo :LAST_ERROR_SQLSTATE
-- what was given away cannot be offered to the next
SET ROLE regress_oncall_dee;
SELECT oncall.accept_offer(1);
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_oncall_guest;
SELECT count(*) FROM oncall.swap_request;
SELECT oncall.accept_offer(1);
UPDATE oncall.swap_request SET state = 'accepted' WHERE swap_request_id = 1;
-- a manager needs no consent
SET ROLE regress_oncall_chief;
SELECT oncall.offer_shift('Web', '[2126-03-06,2126-03-07)');
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.offer_shift('Web', '[2126-03-12 12:00,2126-03-13)', 'Cy', note => 'for Cy') AS for_cy \gset
SELECT oncall.accept_offer(:for_cy);
\echo :LAST_ERROR_SQLSTATE
SELECT oncall.accept_offer(:for_cy, 'Ben');
SELECT oncall.cover_shift('Web', '[2126-03-12 14:00,2126-03-12 15:00)', 'Ben', 'Dee') > 0 AS covered;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, state) VALUES (1, 1, '[2126-03-06,2126-03-07)', 1, 'expired');
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET period = '[2126-03-12 12:00,2126-03-14)' WHERE swap_request_id = 1;
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET change_id = 1 WHERE swap_request_id = :for_cy;
\echo :LAST_ERROR_SQLSTATE
UPDATE oncall.swap_request SET note = 'ski, again' WHERE swap_request_id = 1;
-- the shift has begun
RESET ROLE;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by) VALUES (1, 1, '[2026-01-01,2026-01-02)', 1);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, created_at) VALUES (1, 1, '[2026-01-01,2026-01-02)', 1, '2025-12-24')
RETURNING swap_request_id AS begun \gset
SELECT oncall.accept_offer(:begun, 'Ben') IS NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT swap_request_id FROM oncall.open_offers();
SELECT oncall.expire_offers();
SELECT oncall.expire_offers();
SELECT * FROM public.market;
SELECT * FROM public.covers WHERE change IN (SELECT s.change_id FROM oncall.swap_request s);

-- Who traded what, as it was believed
SELECT seat_name, period, person, instead_of, upper_inf(believed) AS still, change_id, kind, made_by = current_user AS own, reason, past_reason,
	proposed_by, swap_request_id AS offer, offered_by, accepted_by, accepted_at = offered_at AS at_once, note
FROM oncall.cover_history('Web', '[2126-02-28,2126-03-20)');
SELECT count(*) FROM oncall.cover_history('Web', '(,)');
SELECT * FROM oncall.cover_history('Wed', '(,)');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.cover_history('Web', NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM oncall.cover_history('Web', '[2126-02-28,2126-03-20]');
\echo :LAST_ERROR_SQLSTATE

\c :regression
DROP DATABASE regress_oncall_swaps;
DROP ROLE regress_oncall_ana, regress_oncall_ben, regress_oncall_dee, regress_oncall_chief, regress_oncall_guest;
