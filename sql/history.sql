-- What the database believed is kept: layers, their members, what changes them,
-- and covers; and each row names the change that wrote it.
-- A database of its own: several transactions are what this is about.
--
-- Tests: change cover rotations rotation_rules
\set regression :DBNAME
SET client_min_messages = warning;
CREATE ROLE regress_oncall_writer;
CREATE DATABASE regress_oncall_history TEMPLATE template0;
-- most dates here are past, which is not what this is about
ALTER DATABASE regress_oncall_history SET oncall.past_reason = 'written for the test';
\c regress_oncall_history
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Asia/Kolkata';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
CREATE EXTENSION oncall;
SELECT oncall.setup();
-- covers that the rules of trades would refuse: those are tested elsewhere
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
SELECT oncall.grant_access('regress_oncall_writer', 'manager');

-- What a statement gets: its SQLSTATE, constraint, message and hint
CREATE FUNCTION public.try(statement text) RETURNS TABLE (code text, con text, message text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	SET CONSTRAINTS ALL IMMEDIATE;
	RETURN QUERY VALUES ('00000', '', 'accepted', '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
-- Rows as they count: never believed, believed until some time, still
CREATE FUNCTION public.belief(recorded tstzrange) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN isempty(recorded) THEN 'never' WHEN upper_inf(recorded) THEN 'still' ELSE 'once' END;
CREATE VIEW public.layers AS
	SELECT layer_id AS id, copy_of AS copy, valid, rank, seats, public.belief(recorded) FROM oncall.layer ORDER BY 1;
CREATE VIEW public.covers AS
	SELECT cover_id AS id, copy_of AS copy, rotation_id AS rotation, seat, period, person_id AS person, public.belief(recorded)
	FROM oncall.cover ORDER BY 1;
-- Whatever was believed about one row, it was so without a gap
CREATE VIEW public.gaps AS
	SELECT 'cover' AS kind, coalesce(copy_of, cover_id) AS id FROM oncall.cover WHERE NOT isempty(recorded)
	GROUP BY 2 HAVING (SELECT count(*) FROM unnest(range_agg(recorded))) <> 1 OR sum(1) > count(DISTINCT recorded)
	UNION ALL
	SELECT 'layer', coalesce(copy_of, layer_id) FROM oncall.layer WHERE NOT isempty(recorded)
	GROUP BY 2 HAVING (SELECT count(*) FROM unnest(range_agg(recorded))) <> 1 OR sum(1) > count(DISTINCT recorded);
GRANT SELECT ON public.layers, public.covers, public.gaps TO regress_oncall_writer;

-- The arithmetic of "recorded"
BEGIN;
SELECT oncall_internal.moment() AS moment, oncall_internal.moment() = oncall_internal.moment()
	AND oncall_internal.recorded_now() = tstzrange(oncall_internal.moment(), NULL) AS one_in_a_statement \gset
CREATE TABLE public.seen (of text, recorded tstzrange DEFAULT oncall_internal.recorded_now());
INSERT INTO public.seen (of) VALUES ('first'), ('first');
INSERT INTO public.seen (of) VALUES ('second');
SELECT :'one_in_a_statement' AS one_in_a_statement, count(DISTINCT recorded) AS of_two, bool_and(recorded <@ tstzrange(:'moment', clock_timestamp(), '(]')
	OR lower(recorded) > :'moment') AS later FROM public.seen;
SELECT oncall_internal.closed(oncall_internal.recorded_now(), pg_current_xact_id()::xid) AS own,
	oncall_internal.closed(recorded, xmin) AS own_before,
	oncall_internal.is_own(recorded, xmin) AND NOT oncall_internal.is_own(recorded, '3') AS is_own,
	oncall_internal.closed('[2026-01-01Z,)', pg_current_xact_id()::xid)
		= tstzrange('2026-01-01Z', oncall_internal.moment()) AS only_touched_now
FROM public.seen WHERE of = 'second';
SELECT oncall_internal.closed('[2026-01-01Z,)', '3') = tstzrange('2026-01-01Z', oncall_internal.moment()) AS written_before,
	oncall_internal.closed('(,)', '3') = tstzrange(NULL, oncall_internal.moment()) AS since_ever,
	upper(oncall_internal.closed(oncall_internal.recorded_now(), '3')) > oncall_internal.moment() AS began_at_the_moment,
	upper(oncall_internal.closed(tstzrange(clock_timestamp() - interval '1 us', NULL), '3')) <= clock_timestamp() AS began_later,
	oncall_internal.closed('[9999-01-01Z,)', '3') AS in_the_future,
	oncall_internal.closed('[2026-01-01Z,2026-02-01Z)', '3') AS closed_before,
	oncall_internal.closed('empty', '3') AS never, oncall_internal.closed(NULL, '3') AS "null";
-- what is rolled back gave nothing out
SAVEPOINT a;
INSERT INTO public.seen (of) VALUES ('gone') RETURNING recorded AS gone \gset
ROLLBACK TO a;
SELECT oncall_internal.closed(:'gone', pg_current_xact_id()::xid) <> 'empty' AS not_ours;
DROP TABLE public.seen;
SELECT oncall_internal.end_change();
ROLLBACK;
BEGIN;
SAVEPOINT a;
CREATE TEMPORARY TABLE t AS SELECT 1;
SELECT oncall_internal.written_now(xmin) FROM t;
RELEASE a;
SELECT oncall_internal.written_now(xmin) FROM t;
COMMIT;
SELECT oncall_internal.written_now(xmin) FROM t;
SELECT oncall_internal.written_now('0'), oncall_internal.written_now('1'), oncall_internal.written_now('2'), oncall_internal.written_now(NULL);

-- Rotations
INSERT INTO oncall.person (name, zone) SELECT n, 'Pacific/Auckland' FROM unnest('{Aroha,Ben,Cleo}'::text[]) n;
INSERT INTO oncall.calendar (name) VALUES ('New Zealand'), ('England');
INSERT INTO oncall.team (name, zone) VALUES ('SRE', 'Pacific/Auckland');
INSERT INTO oncall.rotation (name, team_id) VALUES ('SRE', 1) RETURNING zone, seats, exclusive, max_consecutive, min_break, coverage;
INSERT INTO oncall.rotation (name, team_id, zone) VALUES ('Chief', 1, 'UTC') RETURNING zone;
SELECT * FROM public.try($$INSERT INTO oncall.rotation (name) VALUES ('No zone')$$);
SELECT * FROM public.try($$INSERT INTO oncall.rotation (name, zone) VALUES ('SRE', 'UTC')$$);
SELECT s, t.* FROM unnest(ARRAY['{}', '{a,b,a}', '{a,NULL}', '{a,""}', '{{a,b},{c,d}}', '[0:1]={a,b}', NULL,
	'{' || (SELECT string_agg('s' || n, ',') FROM generate_series(1, 100) n) || '}',
	'{' || (SELECT string_agg('s' || n, ',') FROM generate_series(1, 101) n) || '}']) WITH ORDINALITY AS x(seats, o),
	left(seats, 20) AS s, public.try(format('INSERT INTO oncall.rotation (name, zone, seats) VALUES (''x'', ''UTC'', %L)', seats)) t
ORDER BY o;
DELETE FROM oncall.rotation WHERE name = 'x';
UPDATE oncall.rotation SET seats = '{primary,secondary,shadow}', calendar_id = 1 WHERE rotation_id = 1;
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = '{primary,secondary}' WHERE rotation_id = 1$$);
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = '{secondary,primary,shadow}' WHERE rotation_id = 1$$);
SELECT * FROM public.try($$UPDATE oncall.rotation SET seats = NULL WHERE rotation_id = 1$$);

-- A layer and its members are written in one transaction
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
COMMIT;
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES
	(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '[2026-01-01Z,)') RETURNING seats;
SAVEPOINT a;
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (2, 10, 1), (2, 20, 2), (2, 15.5, NULL), (2, 40, 3);
RELEASE a;
-- until then they can be put right
UPDATE oncall.layer_member SET person_id = 1 WHERE position = 20;
UPDATE oncall.layer_member SET person_id = 2 WHERE position = 20;
UPDATE oncall.layer_member SET recorded = oncall_internal.closed(recorded, xmin) WHERE position = 15.5;
UPDATE oncall.layer SET rank = 1, seats = 2 WHERE layer_id = 2;
UPDATE oncall.layer SET rank = 0 WHERE layer_id = 2;
COMMIT;
WITH l AS (INSERT INTO oncall.layer (rotation_id, cadence, rank, pairing, hours, seats, valid)
	VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 5, 'mixed', 'Mo-Fr 09:00-17:00; PH off', 2, '(,)') RETURNING layer_id)
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT layer_id, n, n FROM l, generate_series(1, 3) n;
SELECT * FROM public.layers;
-- plain statements: one change for each transaction, one moment for each statement
SELECT m.layer_id, m.position, m.person_id, m.valid, public.belief(m.recorded), m.change_id = l.change_id AS one_change,
	lower(m.recorded) >= lower(l.recorded) AS in_order, c.kind, c.rotation_id, c.made_at = lower(l.recorded) AS made_then
FROM oncall.layer_member m JOIN oncall.layer l USING (layer_id) JOIN oncall.change c ON c.change_id = m.change_id ORDER BY 1, 2;
-- what was written to a savepoint that is gone does not count
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D');
SAVEPOINT a;
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT max(layer_id), 1, 1 FROM oncall.layer;
ROLLBACK TO a;
COMMIT;
-- nor does its change
BEGIN;
SAVEPOINT a;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 1, 'reserve');
ROLLBACK TO a;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 2, 'reserve'), (2, 2, 'shadow');
SELECT count(DISTINCT m.change_id) AS changes, count(c.change_id) AS written, count(c.rotation_id) AS of_one_rotation,
	array_agg(m.valid = tstzrange(now(), NULL) ORDER BY m.rotation_id) AS from_now_on, array_agg(m.valid = '(,)' ORDER BY m.rotation_id) AS always
FROM oncall.rotation_member m LEFT JOIN oncall.change c USING (change_id);
ROLLBACK;
-- withdrawn before anyone could believe it
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES (1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', '(,)');
SELECT oncall.withdraw_layer(max(layer_id)) > 0 AS done FROM oncall.layer;
COMMIT;

-- valid, where nobody says so: always while a rota is set up, later from now on
BEGIN;
INSERT INTO oncall.rotation (name, zone) VALUES ('Fresh', 'UTC') RETURNING rotation_id AS fresh \gset
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (:fresh, 'R/2026-01-06T12:00[UTC]/P7D') RETURNING layer_id AS fresh_layer, valid \gset
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (:fresh_layer, 1, 1);
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (:fresh, 'R/2026-01-06T12:00[UTC]/P7D') RETURNING layer_id AS next_layer \gset
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (:next_layer, 1, 1);
SELECT valid, (SELECT m.valid FROM oncall.layer_member m WHERE m.layer_id = l.layer_id) AS of_member FROM oncall.layer l WHERE rotation_id = :fresh;
COMMIT;
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (:fresh, 'R/2026-01-06T12:00[UTC]/P7D') RETURNING layer_id AS later_layer, valid = tstzrange(now(), NULL) AS from_now_on;
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT max(layer_id), 1, 1 FROM oncall.layer RETURNING valid;
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (:fresh_layer, 2, 2) RETURNING valid = tstzrange(now(), NULL) AS from_now_on;
-- another column does not make it ours
UPDATE oncall.layer SET rank = rank;
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (:fresh_layer, 2, 2) RETURNING valid = tstzrange(now(), NULL) AS from_now_on;
ROLLBACK;

SELECT statement, t.* FROM unnest(ARRAY[
	$$(9, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '(,)')$$,
	$$(1, NULL, 'fixed', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'paired', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'mixed', NULL, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'mixed', 1, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', 4, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', 0, '(,)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, 'empty')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[2026-01-01Z,2026-02-01Z]')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '(2026-01-01Z,2026-02-01Z)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[-infinity,2026-02-01Z)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, '[2026-02-01Z,infinity)')$$,
	$$(1, 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', 'fixed', NULL, NULL)$$]) statement,
	public.try('INSERT INTO oncall.layer (rotation_id, cadence, pairing, seats, valid) VALUES ' || statement) t;
SELECT statement, t.code, t.con, t.message FROM unnest(ARRAY[
	$$layer (rotation_id, cadence, spread, pairing) VALUES (1, 'R/2026-01-06T12:00[UTC]/P7D', true, 'fixed')$$,
	$$layer (rotation_id, cadence, first_seat) VALUES (1, 'R/2026-01-06T12:00[UTC]/P7D', 4)$$,
	$$layer (rotation_id, cadence, first_seat, seats) VALUES (1, 'R/2026-01-06T12:00[UTC]/P7D', 3, 2)$$,
	$$layer_member (layer_id, position, person_id) VALUES (2, 'NaN', 1)$$,
	$$layer_member (layer_id, position, person_id) VALUES (2, 'Infinity', 1)$$,
	$$layer_member (layer_id, position, person_id) VALUES (99, 1, 1)$$,
	$$layer_member (layer_id, position, person_id, valid) VALUES (2, 1, 1, 'empty')$$,
	$$layer_leave (layer_member_id, period) VALUES (1, '(2026-01-01Z,)')$$,
	$$layer_leave (layer_member_id, period) VALUES (99, '[2026-01-01Z,)')$$,
	$$layer_rule (layer_id, since) VALUES (2, '2030-01-01Z')$$,
	$$layer_rule (layer_id, since, pairing) VALUES (2, '2030-01-01Z', 'random')$$,
	$$layer_rule (layer_id, since, pairing) VALUES (2, 'infinity', 'fixed')$$,
	$$rotation_member (rotation_id, person_id, standing) VALUES (1, 1, 'member')$$,
	$$rotation_member (rotation_id, person_id, standing, valid) VALUES (1, 1, 'shadow', '(,)'), (1, 1, 'reserve', '(,2020-01-01Z)')$$,
	$$not_together (person_id, other_id) VALUES (1, 1)$$,
	$$not_together (person_id, other_id) VALUES (1, 2), (2, 1)$$,
	$$change (kind, past_reason) VALUES ('rows', ' ')$$]) statement,
	public.try('INSERT INTO oncall.' || statement) t;

-- What is written once is taken back or believed again, and never edited
INSERT INTO oncall.layer_leave (layer_member_id, period) SELECT layer_member_id, '[2031-01-01Z,2031-02-01Z)' FROM oncall.layer_member WHERE layer_id = 2 AND position = 10;
INSERT INTO oncall.layer_rule (layer_id, since, pairing) VALUES (2, '2031-01-01Z', 'following');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (1, 3, 'reserve');
SELECT statement, t.* FROM unnest(ARRAY[
	'UPDATE oncall.layer_member SET person_id = 1 WHERE layer_id = 2',
	'UPDATE oncall.layer_member SET position = position + 1 WHERE layer_id = 2',
	'UPDATE oncall.layer_member SET layer_id = 3, position = position + 10 WHERE layer_id = 2',
	$$UPDATE oncall.layer_member SET valid = '(,2030-01-01Z)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer_leave SET period = '[2031-01-01Z,)'$$,
	$$UPDATE oncall.layer_rule SET pairing = 'fixed'$$,
	$$UPDATE oncall.layer_rule SET layer_rule_id = 7$$,
	$$UPDATE oncall.rotation_member SET standing = 'shadow'$$,
	'DELETE FROM oncall.layer_member WHERE layer_id = 2',
	'DELETE FROM oncall.layer_leave',
	'DELETE FROM oncall.layer_rule',
	'DELETE FROM oncall.rotation_member',
	'DELETE FROM oncall.change',
	'TRUNCATE oncall.layer_leave',
	'TRUNCATE oncall.change CASCADE',
	'UPDATE oncall.change SET reason = kind',
	'DELETE FROM oncall.layer',
	'TRUNCATE oncall.layer CASCADE',
	'TRUNCATE oncall.rotation CASCADE',
	'DELETE FROM oncall.rotation',
	'DELETE FROM oncall.person',
	'UPDATE oncall.layer SET layer_id = 99 WHERE layer_id = 2',
	'UPDATE oncall.layer SET rotation_id = 2 WHERE layer_id = 2',
	'UPDATE oncall.layer SET rank = 7 WHERE layer_id = 2',
	$$UPDATE oncall.layer SET cadence = 'R/2026-01-06T12:00[Pacific/Auckland]/P14D' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET hours = '24/7' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET hours = NULL WHERE layer_id = 3$$,
	$$UPDATE oncall.layer SET pairing = 'fixed' WHERE layer_id = 2$$,
	'UPDATE oncall.layer SET seats = 1 WHERE layer_id = 2',
	'UPDATE oncall.layer SET first_seat = 2 WHERE layer_id = 2',
	'UPDATE oncall.layer SET copy_of = 3 WHERE layer_id = 2',
	$$UPDATE oncall.layer SET valid = '[2026-01-02Z,)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = '[2026-01-01Z,2027-01-01Z)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = 'empty' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET valid = NULL WHERE layer_id = 2$$,
	-- the calendar of a rotation that has hours
	'UPDATE oncall.rotation SET calendar_id = 2 WHERE rotation_id = 1',
	'UPDATE oncall.rotation SET calendar_id = NULL WHERE rotation_id = 1',
	-- touching changes nothing
	'UPDATE oncall.layer SET rank = rank',
	'UPDATE oncall.layer_member SET person_id = person_id',
	'UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id = 1',
	'UPDATE oncall.rotation SET calendar_id = 1 WHERE rotation_id = 2']) statement,
	public.try(statement) t;
-- having touched a layer does not make it ours
BEGIN;
UPDATE oncall.layer SET rank = rank;
SELECT * FROM public.try('UPDATE oncall.layer SET rank = 7');
ROLLBACK;

-- Taken back, and believed again: ids stay, and what was believed is kept
SELECT clock_timestamp() AS k0 \gset
UPDATE oncall.layer_leave SET recorded = oncall_internal.closed(recorded, xmin);
SELECT clock_timestamp() AS k1 \gset
UPDATE oncall.layer_leave SET recorded = oncall_internal.recorded_now();
SELECT clock_timestamp() AS k2 \gset
SELECT layer_leave_id, copy_of, public.belief(recorded), closed_by IS NOT NULL AS closed,
	recorded @> timestamptz :'k0' AS k0, recorded @> timestamptz :'k1' AS k1, recorded @> timestamptz :'k2' AS k2
FROM oncall.layer_leave ORDER BY 1;
-- a copy is not
SELECT * FROM public.try('UPDATE oncall.layer_leave SET recorded = oncall_internal.recorded_now() WHERE copy_of IS NOT NULL');
-- in one transaction nobody has seen that it was taken back
BEGIN;
UPDATE oncall.layer_leave SET recorded = oncall_internal.closed(recorded, xmin) WHERE copy_of IS NULL;
UPDATE oncall.layer_leave SET recorded = oncall_internal.recorded_now() WHERE copy_of IS NULL;
COMMIT;
SELECT layer_leave_id, copy_of, public.belief(recorded), closed_by IS NOT NULL AS closed, recorded @> timestamptz :'k2' AS k2
FROM oncall.layer_leave ORDER BY 1;
-- written, taken back and written again in one
BEGIN;
INSERT INTO oncall.layer_leave (layer_member_id, period) VALUES (1, '[2032-01-01Z,)') RETURNING layer_leave_id AS id \gset
UPDATE oncall.layer_leave SET recorded = oncall_internal.closed(recorded, xmin) WHERE layer_leave_id = :id;
SELECT public.belief(recorded) FROM oncall.layer_leave WHERE layer_leave_id = :id;
UPDATE oncall.layer_leave SET recorded = oncall_internal.recorded_now() WHERE layer_leave_id = :id;
SELECT public.belief(recorded), closed_by FROM oncall.layer_leave WHERE layer_leave_id = :id;
ROLLBACK;

-- Ending a layer is a rule; its id stays
BEGIN;
SELECT oncall.end_layer(2, '2030-01-01Z', 'no longer') > 0 AS done;
SELECT oncall.end_layer(2, '2029-01-01Z') > 0 AS done;
SELECT since, public.belief(u.recorded), c.kind, c.reason FROM oncall.layer_rule u JOIN oncall.change c USING (change_id)
WHERE ends ORDER BY layer_rule_id;
SELECT oncall_internal.layer_until(2), oncall_internal.layer_until(3), oncall_internal.layer_until(99);
COMMIT;
SELECT oncall.end_layer(2, '2028-01-01Z') > 0 AS done;
SELECT oncall.end_layer(3, '2028-01-01Z') > 0 AS done;
SELECT * FROM public.layers WHERE id < 4;
SELECT oncall_internal.layer_until(2), oncall_internal.layer_until(3);
-- to a savepoint
BEGIN;
SAVEPOINT a;
SELECT oncall.end_layer(2, '2027-01-01Z') > 0 AS done;
ROLLBACK TO a;
SELECT oncall.end_layer(2, '2027-06-01Z') > 0 AS done;
COMMIT;
SELECT oncall_internal.layer_until(2);
-- ended and withdrawn at once
BEGIN;
SELECT oncall.end_layer(2, '2027-01-01Z') > 0 AS done;
SELECT oncall.withdraw_layer(2) > 0 AS done;
ROLLBACK;
-- at or before the start: withdrawn
BEGIN;
SELECT oncall.end_layer(2, '2026-01-01Z') > 0 AS done;
SELECT * FROM public.layers WHERE id = 2 OR copy = 2;
ROLLBACK;
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2026-01-01Z,)');
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT max(layer_id), 1, 1 FROM oncall.layer;
SELECT oncall.end_layer(max(layer_id), '2025-01-01Z') > 0 AS done FROM oncall.layer;
COMMIT;
SELECT oncall.withdraw_layer(3, 'a mistake') > 0 AS done;
SELECT * FROM public.layers;
SELECT * FROM public.gaps;
SELECT statement, t.* FROM unnest(ARRAY[
	$$SELECT oncall.end_layer(2, '2027-06-01Z')$$,
	$$SELECT oncall.end_layer(2, '2028-01-01Z')$$,
	$$SELECT oncall.end_layer(2, 'infinity')$$,
	$$SELECT oncall.end_layer(2, '-infinity')$$,
	$$SELECT oncall.end_layer(2, NULL)$$,
	$$SELECT oncall.end_layer(NULL)$$,
	$$SELECT oncall.end_layer(99)$$,
	$$SELECT oncall.end_layer(3)$$,
	$$SELECT oncall.withdraw_layer(3)$$,
	$$SELECT oncall.withdraw_layer(99)$$,
	$$SELECT oncall.withdraw_layer(NULL)$$,
	$$UPDATE oncall.layer SET rank = 9 WHERE layer_id = 3$$]) statement,
	public.try(statement) t;

-- A call has a change of its own, of which nested calls are part
BEGIN;
SELECT oncall_internal.begin_change('test', 1, 2, 'why', 'forgotten') AS outer, oncall_internal.begin_change('within', 2) AS inner \gset
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (2, 1, 'reserve');
SELECT oncall.withdraw_layer(2) = :outer AS same_change;
SELECT oncall_internal.end_change();
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (2, 2, 'reserve');
-- one that is rolled back has ended
SAVEPOINT a;
SELECT oncall_internal.begin_change('gone') IS NOT NULL AS begun;
ROLLBACK TO a;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (2, 3, 'reserve');
SELECT oncall_internal.end_change();
SELECT :outer = :inner AS same, c.kind, c.rotation_id, c.person_id, c.reason, c.past_reason, count(*) AS members,
	bool_and(lower(m.recorded) = c.made_at) AS one_moment,
	(SELECT upper(l.recorded) = c.made_at AND l.closed_by = c.change_id FROM oncall.layer l WHERE layer_id = 2) AS closed_then
FROM oncall.change c JOIN oncall.rotation_member m USING (change_id) WHERE c.change_id = :outer GROUP BY c.change_id;
-- the next plain statement is none of it
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (2, 1, '[2027-05-01Z,2027-05-02Z)', 1) RETURNING change_id <> :outer AS another;
SELECT * FROM public.try('SELECT oncall_internal.end_change()');
SELECT * FROM public.try('SELECT oncall_internal.begin_change(NULL)');
ROLLBACK;
-- the reason for what changes the past may come as a setting; a change of one's own
SET oncall.past_reason = 'migrated';
BEGIN;
INSERT INTO oncall.change (kind, reason) VALUES ('import', 'from a file') RETURNING change_id AS own, past_reason, made_by = current_user AS by_me \gset
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, change_id) VALUES (2, 1, 'reserve', :own) RETURNING change_id = :own AS own;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing) VALUES (2, 2, 'reserve') RETURNING change_id = :own AS own;
SELECT :'past_reason' AS past_reason, :'by_me' AS by_me, kind, past_reason FROM oncall.change WHERE change_id >= :own ORDER BY change_id;
ROLLBACK;
RESET oncall.past_reason;
SELECT * FROM public.try('INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, change_id) VALUES (2, 1, ''reserve'', 1)');

-- Covers
ALTER TABLE oncall.cover ALTER cover_id RESTART;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(1, 1, '[2027-01-01Z,2027-01-08Z)', 2), (1, 2, '[2027-01-01Z,2027-01-08Z)', NULL);
SELECT * FROM public.covers;
SELECT statement, t.* FROM unnest(ARRAY[
	$$(1, 1, '[2027-01-07Z,2027-01-09Z)', 2)$$,
	$$(1, 4, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, 0, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, NULL, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(9, 1, '[2027-02-01Z,2027-02-02Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,2027-02-02Z)', 9)$$,
	$$(1, 1, 'empty', 2)$$,
	$$(1, 1, NULL, 2)$$,
	$$(1, 1, '[2027-02-01Z,)', 2)$$,
	$$(1, 1, '(,2027-02-01Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,infinity)', 2)$$,
	$$(1, 1, '[-infinity,2027-02-01Z)', 2)$$,
	$$(1, 1, '[2027-02-01Z,2027-02-02Z]', 2)$$,
	$$(1, 1, '(2027-02-01Z,2027-02-02Z)', 2)$$]) statement,
	public.try('INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES ' || statement) t;
-- each column in place: the id stays, the past stays believed
UPDATE oncall.cover SET rotation_id = 2 WHERE cover_id = 1;
UPDATE oncall.cover SET seat = 2 WHERE cover_id = 1;
UPDATE oncall.cover SET period = '[2027-01-02Z,2027-01-09Z)' WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = NULL, seat = 1 WHERE cover_id = 1;
SELECT * FROM public.covers WHERE id = 1 OR copy = 1;
SELECT * FROM public.gaps;
-- several times in one transaction: one copy, and nothing forgotten in between
BEGIN;
UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 1;
UPDATE oncall.cover SET person_id = 2 WHERE cover_id = 1;
SELECT oncall.end_cover(1, '2027-01-05Z') > 0 AS done;
SAVEPOINT a;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 1;
ROLLBACK TO a;
COMMIT;
SELECT * FROM public.covers WHERE id = 1 OR copy = 1;
SELECT * FROM public.gaps;
-- written, changed and withdrawn at once: never believed
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2027-02-01Z,2027-02-08Z)', 2);
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = (SELECT max(cover_id) FROM oncall.cover);
SAVEPOINT a;
SELECT oncall.withdraw_cover(max(cover_id)) > 0 AS done FROM oncall.cover;
RELEASE a;
SELECT * FROM public.covers WHERE person = 3;
COMMIT;
-- changed and withdrawn at once: believed until then
BEGIN;
UPDATE oncall.cover SET person_id = 3 WHERE cover_id = 2;
SELECT oncall.withdraw_cover(2) > 0 AS done;
COMMIT;
SELECT * FROM public.covers WHERE id = 2 OR copy = 2;
-- a withdrawn cover is in nobody's way
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2027-01-01Z,2027-01-08Z)', 3);
-- one for another in one transaction
BEGIN;
SELECT oncall.end_cover(max(cover_id), '2027-01-05Z') > 0 AS done FROM oncall.cover;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2027-01-05Z,2027-01-08Z)', 1);
COMMIT;
SELECT * FROM public.covers WHERE rotation = 1;
SELECT * FROM public.gaps;
SELECT statement, t.* FROM unnest(ARRAY[
	'DELETE FROM oncall.cover',
	'DELETE FROM oncall.cover WHERE false',
	'TRUNCATE oncall.cover',
	'TRUNCATE oncall.person CASCADE',
	'UPDATE oncall.cover SET cover_id = 99 WHERE cover_id = 1',
	'UPDATE oncall.cover SET copy_of = 2 WHERE cover_id = 1',
	'UPDATE oncall.cover SET seat = 3 WHERE cover_id = 1',
	'UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 2',
	'UPDATE oncall.cover SET change_id = 1 WHERE cover_id = 1',
	'UPDATE oncall.cover SET closed_by = 1 WHERE cover_id = 2',
	'UPDATE oncall.cover SET person_id = person_id WHERE cover_id = 2',
	$$UPDATE oncall.cover SET period = '[2027-01-07Z,)' WHERE cover_id = 1$$,
	$$SELECT oncall.end_cover(1, '2027-01-05Z')$$,
	$$SELECT oncall.end_cover(1, '2027-01-05 00:00:00.000001Z')$$,
	$$SELECT oncall.end_cover(1, '2027-01-04 23:59:59.999999Z')$$,
	$$SELECT oncall.end_cover(1, 'infinity')$$,
	$$SELECT oncall.end_cover(1, NULL)$$,
	$$SELECT oncall.end_cover(NULL)$$,
	$$SELECT oncall.end_cover(99)$$,
	$$SELECT oncall.end_cover(2)$$,
	$$SELECT oncall.withdraw_cover(2)$$,
	$$SELECT oncall.withdraw_cover(99)$$,
	$$SELECT oncall.withdraw_cover(NULL)$$]) statement,
	public.try(statement) t;
-- a time before it begins takes it back
BEGIN;
SELECT oncall.end_cover(1) > 0 AS done;
SELECT * FROM public.covers WHERE id = 1;
ROLLBACK;

-- Only the owner writes history: restores do
BEGIN;
INSERT INTO oncall.layer (rotation_id, cadence, recorded) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,)') RETURNING layer_id \gset
INSERT INTO oncall.layer (rotation_id, cadence, seats, valid, recorded, copy_of)
	VALUES (2, 'R/2026-01-06T12:00[UTC]/P14D', 2, '(,)', '[2019-01-01Z,2020-01-01Z)', :layer_id);
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (:layer_id, 1, 1);
INSERT INTO oncall.change (change_id, kind, made_at, made_by) VALUES (1000, 'restored', '2020-01-01Z', 'somebody');
INSERT INTO oncall.cover (rotation_id, seat, period, recorded, change_id) VALUES
	(1, 3, '[2020-01-01Z,2020-02-01Z)', '[2020-01-01Z,2020-01-02Z)', 1000) RETURNING instead_of, shift, change_id;
UPDATE oncall.cover SET recorded = '[2020-01-01Z,2020-01-03Z)' WHERE change_id = 1000;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;

SET ROLE regress_oncall_writer;
SELECT statement, t.* FROM unnest(ARRAY[
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', '[2020-01-01Z,)')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 'empty')$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', tstzrange(now() - interval '1 s', now()))$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', NULL)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, closed_by) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 1)$$,
	$$INSERT INTO oncall.change (kind, made_by) VALUES ('forged', 'somebody')$$,
	$$INSERT INTO oncall.change (kind, made_at) VALUES ('forged', '2020-01-01Z')$$,
	$$UPDATE oncall.change SET made_by = 'somebody'$$,
	$$UPDATE oncall.change SET reason = 'better said'$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, copy_of) VALUES (2, 1, '[2027-01-02Z,2027-01-05Z)', 3, '[2026-01-01Z,2026-01-02Z)', 1)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, copy_of)
	  SELECT rotation_id, seat, period, 3, oncall_internal.closed(recorded, xmin), cover_id FROM oncall.cover WHERE cover_id = 1$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, copy_of)
	  SELECT rotation_id, seat, period, 3, recorded, cover_id FROM oncall.cover WHERE cover_id = 2$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, recorded, copy_of) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', '[2026-01-01Z,2026-01-02Z)', 99)$$,
	$$INSERT INTO oncall.cover (rotation_id, seat, period, copy_of) VALUES (1, 3, '[2027-01-01Z,2027-01-02Z)', 1)$$,
	$$UPDATE oncall.cover SET recorded = '[2020-01-01Z,)' WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET recorded = 'empty' WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET recorded = '[2020-01-01Z,)' WHERE cover_id = 2$$,
	$$UPDATE oncall.cover SET change_id = 1 WHERE cover_id = 1$$,
	$$UPDATE oncall.cover SET person_id = 3, recorded = oncall_internal.closed(recorded, xmin) WHERE cover_id = 1$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,)')$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded, copy_of) VALUES (2, 'R/2026-01-06T12:00[UTC]/P7D', '[2020-01-01Z,2020-02-01Z)', 2)$$,
	$$INSERT INTO oncall.layer (rotation_id, cadence, recorded, copy_of, rank)
	  SELECT rotation_id, cadence, oncall_internal.closed(recorded, xmin), layer_id, 7 FROM oncall.layer WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET recorded = '[2020-01-01Z,)' WHERE layer_id = 2$$,
	$$UPDATE oncall.layer SET recorded = '[2020-01-01Z,)' WHERE layer_id = 3$$,
	$$UPDATE oncall.layer SET rank = 7, recorded = oncall_internal.closed(recorded, xmin) WHERE layer_id = 2$$,
	$$INSERT INTO oncall.layer_member (layer_id, position, person_id, recorded) VALUES (2, 50, 1, '[2020-01-01Z,)')$$,
	$$UPDATE oncall.layer_member SET recorded = '[2020-01-01Z,)' WHERE layer_id = 2$$,
	$$DELETE FROM oncall.layer_member WHERE layer_id = 2$$,
	$$DELETE FROM oncall.cover$$,
	$$TRUNCATE oncall.cover$$]) statement,
	public.try(statement) t;
-- and what is allowed them is history all the same
UPDATE oncall.cover SET person_id = 1 WHERE cover_id = 1;
UPDATE oncall.cover SET recorded = oncall_internal.closed(recorded, xmin)
	WHERE cover_id = (SELECT max(cover_id) FROM oncall.cover WHERE upper_inf(recorded)) RETURNING cover_id AS id \gset
SELECT oncall.end_layer(2, '2027-02-01Z') > 0 AS done;
SELECT oncall.withdraw_layer(2) > 0 AS done;
RESET ROLE;
SELECT id, copy, person, belief FROM public.covers WHERE 1 IN (id, copy) OR :id IN (id, copy);
SELECT c.made_by, c.kind FROM oncall.cover JOIN oncall.change c USING (change_id) WHERE cover_id = 1;
SELECT id, copy, valid, belief FROM public.layers WHERE id = 2 OR copy = 2;
SELECT * FROM public.gaps;

-- Columns of one's own are free
ALTER TABLE oncall.layer ADD ticket text;
ALTER TABLE oncall.layer_member ADD note text;
ALTER TABLE oncall.cover ADD ticket text;
UPDATE oncall.layer SET ticket = 'T-1';
UPDATE oncall.layer_member SET note = 'x';
UPDATE oncall.cover SET ticket = 'T-1';
SELECT count(*) FROM oncall.cover WHERE ticket = 'T-1';

\c :regression
DROP DATABASE regress_oncall_history;
DROP ROLE regress_oncall_writer;
