-- Whom run_notices() must tell what, after random changes of a rota: compared
-- with a record of who held which six hours of each seat after each change,
-- which knows nothing of what was believed when.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of cases, of which this test takes one in a thousand.
--
-- Changes are transactions of their own, so this needs a database of its own.
--
-- Tests: notices notify

\set cases 10000
\ir seed.psql
SELECT greatest(:cases / 1000, 1) AS cases \gset

\set home :DBNAME
CREATE DATABASE oncall_notices;
\connect oncall_notices
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET jit = off;
SET oncall.horizon = '60 days';
CREATE EXTENSION oncall;
CREATE EXTENSION pgtap;
SELECT FROM (SELECT oncall.setup()) AS done;
CREATE SCHEMA oracle;
SELECT set_config('search_path',
				  'oracle, pg_catalog, ' ||
				  (SELECT n.nspname FROM pg_extension e
				   JOIN pg_namespace n ON n.oid = e.extnamespace
				   WHERE e.extname = 'pgtap'), false) IS NULL AS never \gset

SELECT plan(8);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

\ir random.psql

-- A case has two rotations, each of two seats and six people, two of whom are
-- in both. The first of all is a manager, who makes changes in person. Nothing
-- counts before tomorrow, nor after thirty days.
CREATE ROLE regress_oncall_noticed_manager;
CREATE ROLE regress_oncall_noticed_member;
SELECT FROM (SELECT oncall.grant_access('regress_oncall_noticed_manager', 'manager'),
	oncall.grant_access('regress_oncall_noticed_member', 'member')) AS done;
CREATE TABLE setting AS
SELECT date_trunc('day', now()) + interval '1 day 12 hours' AS starts, date_trunc('day', now()) + interval '30 days 12 hours' AS ends;
CREATE FUNCTION prepare(c bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s setting;
	id integer;
BEGIN
	SELECT * INTO s FROM setting;
	UPDATE oncall.person SET db_role = NULL;
	INSERT INTO oncall.person (person_id, name, zone, db_role)
	SELECT 10 * c + p, format('person %s.%s', c, p), pick(10 * c + p, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Asia/Kolkata}'::text[]),
		CASE p WHEN 1 THEN 'regress_oncall_noticed_manager' END
	FROM generate_series(1, 8) p;
	FOR i IN 1 .. 2 LOOP
		id := oncall.add_rotation(format('rota %s.%s', c, i),
			ARRAY(SELECT format('person %s.%s', c, p) FROM generate_series(i * 2 - 1, i * 2 + 2) p ORDER BY rnd(10 * c + p, 'order' || i, 100)),
			format('R/%s[UTC]/P%sD', to_char(s.starts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI'), i)::oncall.cadence, zone => 'UTC');
		INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		SELECT id, 10 * c + p, 'reserve', '(,)' FROM generate_series(i * 2 + 3, i * 2 + 4) p;
		PERFORM oncall.end_layer(l.layer_id, s.ends) FROM oncall.layer l WHERE l.rotation_id = id;
	END LOOP;
	UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL, may_take = 'always';
END
$$;

-- Who holds what: as it was after the last change, and as it is
CREATE TABLE holds (rotation_id integer, seat integer, slot timestamptz, person_id integer);
CREATE VIEW held AS
SELECT r.rotation_id, r.seat::integer, g AS slot, r.person_id
FROM setting s, oncall.rotation o, oncall.roster(tstzrange(s.starts, s.ends), o.rotation_id) r, generate_series(r.starts_at, r.ends_at - interval '1 microsecond', interval '6 hours') g
WHERE r.person_id IS NOT NULL AND o.name LIKE 'rota ' || current_setting('oracle.case') || '.%';
-- What is to be told: whether the person held it when they last knew; what one
-- notice is to say has one number.
CREATE SEQUENCE notice_no;
CREATE TABLE news (notice integer, person_id integer, rotation_id integer, seat integer, slot timestamptz, held boolean);
CREATE TABLE news_change (notice integer, change_id integer, n serial);
CREATE TABLE made (change_id integer PRIMARY KEY, author integer);
CREATE TABLE failure (c bigint, step integer, what text);
CREATE TABLE tally (what text);

-- One change has been made: by whom, if by somebody whom we know.
CREATE FUNCTION note(change integer, author integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	who integer;
	linked integer[];
	target integer;
BEGIN
	INSERT INTO made VALUES (change, author);
	CREATE TEMP TABLE now_held ON COMMIT DROP AS SELECT * FROM held;
	CREATE TEMP TABLE flip ON COMMIT DROP AS
	SELECT h.*, true AS before FROM (TABLE holds EXCEPT TABLE now_held) h
	UNION ALL SELECT h.*, false FROM (TABLE now_held EXCEPT TABLE holds) h;
	FOR who IN SELECT DISTINCT person_id FROM flip LOOP
		IF who = author THEN
			DELETE FROM news n USING flip f
			WHERE n.person_id = who AND f.person_id = who AND (n.rotation_id, n.seat, n.slot) = (f.rotation_id, f.seat, f.slot);
		ELSE
			linked := ARRAY(SELECT DISTINCT n.notice FROM news n JOIN flip f USING (person_id, rotation_id, seat, slot) WHERE person_id = who);
			target := nextval('notice_no');
			INSERT INTO news_change SELECT target, x.change_id FROM news_change x WHERE x.notice = ANY (linked) ORDER BY x.change_id;
			INSERT INTO news_change VALUES (target, change);
			UPDATE news SET notice = target WHERE notice = ANY (linked);
			INSERT INTO news
			SELECT target, who, f.rotation_id, f.seat, f.slot, f.before FROM flip f
			WHERE f.person_id = who AND NOT EXISTS (SELECT FROM news n WHERE (n.person_id, n.rotation_id, n.seat, n.slot) = (who, f.rotation_id, f.seat, f.slot));
		END IF;
	END LOOP;
	TRUNCATE holds;
	INSERT INTO holds TABLE now_held;
	-- all is as they know it
	DELETE FROM news n WHERE NOT EXISTS (
		SELECT FROM news o WHERE o.notice = n.notice AND o.held <> EXISTS (
			SELECT FROM holds h WHERE (h.person_id, h.rotation_id, h.seat, h.slot) = (o.person_id, o.rotation_id, o.seat, o.slot)));
END
$$;
CREATE TYPE place AS (slot timestamptz, rotation_id integer, seat integer);
CREATE VIEW expected AS
SELECT n.notice, n.person_id, array_agg((n.slot, n.rotation_id, n.seat)::place ORDER BY n.slot, n.rotation_id, n.seat) FILTER (WHERE n.held) AS lost,
	array_agg((n.slot, n.rotation_id, n.seat)::place ORDER BY n.slot, n.rotation_id, n.seat) FILTER (WHERE NOT n.held) AS gained,
	(SELECT array_agg(DISTINCT x.change_id ORDER BY x.change_id) FROM news_change x WHERE x.notice = n.notice) AS changes
FROM news n
WHERE n.held <> EXISTS (SELECT FROM holds h WHERE (h.person_id, h.rotation_id, h.seat, h.slot) = (n.person_id, n.rotation_id, n.seat, n.slot))
GROUP BY n.notice, n.person_id;
CREATE VIEW told AS
SELECT d.duty_notice_id, d.person_id, m.lost, m.gained, d.earlier_changes || d.change_id AS changes, d.kind, d.rotation_id, d.seat, d.period, d.former_period
FROM oncall.duty_notice d
CROSS JOIN LATERAL (
	SELECT array_agg((g, m.rotation_id, m.seat)::place ORDER BY g, m.rotation_id, m.seat) FILTER (WHERE m.lost @> g) AS lost,
		array_agg((g, m.rotation_id, m.seat)::place ORDER BY g, m.rotation_id, m.seat) FILTER (WHERE m.gained @> g) AS gained
	FROM oncall.duty_notice_move m, setting s, generate_series(s.starts, s.ends, interval '6 hours') g
	WHERE m.duty_notice_id = d.duty_notice_id) m
WHERE d.claimed_at IS NULL AND d.cancelled_at IS NULL AND d.change_id IS NOT NULL;

-- A change of a kind; NULL if it was refused
CREATE FUNCTION change(c bigint, step integer, INOUT author integer, OUT change_id integer) LANGUAGE plpgsql AS $$
DECLARE
	k CONSTANT bigint := c * 1000 + step;
	rota CONSTANT text := format('rota %s.%s', c, 1 + rnd(k, 'rota', 2));
	shift record;
	other record;
	named text := format('person %s.%s', c, 1 + rnd(k, 'person', 8));
	kind CONSTANT bigint := rnd(k, 'kind', 8);
	since CONSTANT timestamptz := (SELECT starts FROM setting) + rnd(k, 'since', 20) * interval '1 day';
	until CONSTANT timestamptz := CASE WHEN rnd(k, 'until', 2) = 0 THEN since + interval '6 days' END;
	undone CONSTANT integer := (
		SELECT m.change_id FROM made m WHERE oncall_internal.stands(m.change_id)
		ORDER BY m.change_id DESC OFFSET CASE kind WHEN 3 THEN rnd(k, 'which', 6) ELSE 0 END LIMIT 1);
BEGIN
	SELECT r.* INTO shift FROM setting s, oncall.roster(tstzrange(s.starts, s.ends), rota) r WHERE r.person_id IS NOT NULL
	ORDER BY rnd(k * 100 + extract(epoch FROM r.starts_at)::bigint / 3600 + r.seat, 'shift', 1000000) LIMIT 1;
	SELECT r.* INTO other FROM setting s, oncall.roster(tstzrange(s.starts, s.ends), rota) r WHERE r.person_id <> shift.person_id
	ORDER BY rnd(k * 100 + extract(epoch FROM r.starts_at)::bigint / 3600 + r.seat, 'other', 1000000) LIMIT 1;
	IF rnd(k, 'part', 2) = 0 THEN
		shift.period := tstzrange(lower(shift.period), lower(shift.period) + (1 + rnd(k, 'hours', 4)) * interval '6 hours') * shift.period;
	END IF;
	-- the member is whoever takes a shift; the manager the first of the case
	UPDATE oncall.person SET db_role = NULL WHERE db_role = 'regress_oncall_noticed_member';
	UPDATE oncall.person SET db_role = 'regress_oncall_noticed_member' WHERE person_id <> 10 * c + 1 AND name = named;
	IF author = 1 AND rnd(k, 'take', 2) = 0 AND NOT named LIKE '%.1' THEN
		author := (SELECT p.person_id FROM oncall.person p WHERE p.name = named);
		SET LOCAL ROLE regress_oncall_noticed_member;
		change_id := oncall.take_shift(rota, lower(shift.period), upper(shift.period), shift.seat::text);
		RESET ROLE;
	ELSE
		IF author = 1 THEN
			author := 10 * c + 1;
			SET LOCAL ROLE regress_oncall_noticed_manager;
		ELSE
			author := NULL;
		END IF;
		change_id := CASE kind
			WHEN 0 THEN oncall.leave_rotation(rota, named, since, until)
			WHEN 1 THEN oncall.join_rotation(rota, named, since => since)
			WHEN 2 THEN oncall.swap_shifts(rota, shift.person, lower(shift.period), other.person, lower(other.period))
			WHEN 3 THEN oncall.undo(undone)
			WHEN 4 THEN oncall.undo(undone)
			ELSE oncall.cover_shift(rota, shift.period, shift.person, CASE WHEN author IS NULL THEN named ELSE format('person %s.1', c) END)
			END;
		RESET ROLE;
	END IF;
	SET CONSTRAINTS ALL IMMEDIATE;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE LIKE 'XX%' OR SQLSTATE LIKE '42%' AND SQLSTATE NOT IN ('42501', '42704') THEN
		RAISE;
	END IF;
	change_id := NULL;
END
$$;

CREATE FUNCTION compare(c bigint, step integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO failure
	SELECT c, step, format('expected: %s', x) FROM (SELECT person_id, lost, gained, changes FROM expected EXCEPT SELECT person_id, lost, gained, changes FROM told) x
	UNION ALL
	SELECT c, step, format('told: %s', x) FROM (SELECT person_id, lost, gained, changes FROM told EXCEPT SELECT person_id, lost, gained, changes FROM expected) x
	UNION ALL
	SELECT c, step, format('%s and %s', (SELECT count(*) FROM expected), (SELECT count(*) FROM told)) WHERE (SELECT count(*) FROM expected) <> (SELECT count(*) FROM told)
	UNION ALL
	-- the first of it, and its kind
	SELECT c, step, format('kind or period: %s', t)
	FROM told t
	CROSS JOIN LATERAL (SELECT coalesce(t.gained[1], t.lost[1]) AS first) f
	WHERE t.kind IS DISTINCT FROM CASE WHEN t.lost IS NULL THEN 'given' WHEN t.gained IS NULL THEN 'taken' ELSE 'moved' END
		OR CASE t.kind WHEN 'moved' THEN
			-- a shift that begins or ends at another time, or the first of each
			CASE WHEN t.period && t.former_period
				THEN (least(t.gained[1], t.lost[1])).slot NOT IN (SELECT g FROM generate_series(
					least(lower(t.period), lower(t.former_period)), greatest(upper(t.period), upper(t.former_period)), interval '6 hours') g)
				ELSE NOT (t.period @> (t.gained[1]).slot AND t.former_period @> (t.lost[1]).slot
					AND (t.rotation_id, t.seat) = ((t.gained[1]).rotation_id, (t.gained[1]).seat)) END
			ELSE lower(t.period) <> (f.first).slot OR (t.rotation_id, t.seat) IS DISTINCT FROM ((f.first).rotation_id, (f.first).seat) END;
	INSERT INTO tally SELECT t.kind FROM told t
	UNION ALL SELECT 'several changes' FROM told t WHERE cardinality(t.changes) > 1
	UNION ALL SELECT 'undone' FROM oncall.duty_notice d WHERE d.cancelled_at = now()
	UNION ALL SELECT 'many shifts' FROM told t WHERE cardinality(t.lost || t.gained) > 40;
END
$$;

CREATE PROCEDURE run(cases integer) LANGUAGE plpgsql AS $$
DECLARE
	done record;
	author integer;
BEGIN
	FOR c IN 1 .. cases LOOP
		PERFORM set_config('oracle.case', c::text, false), prepare(c);
		COMMIT;
		PERFORM oncall.run_notices();
		UPDATE oncall.duty_notice SET claimed_at = now(), sent_at = now() WHERE sent_at IS NULL;
		TRUNCATE holds, news, news_change, made;
		INSERT INTO holds TABLE held;
		COMMIT;
		FOR step IN 1 .. 16 LOOP
			done := change(c, step, rnd(c * 1000 + step, 'author', 3)::integer);
			IF done.change_id IS NOT NULL THEN
				PERFORM note(done.change_id, done.author);
				INSERT INTO tally VALUES ('changes');
				INSERT INTO tally SELECT 'in person' WHERE done.author IS NOT NULL;
			END IF;
			COMMIT;
			IF rnd(c * 1000 + step, 'run', 3) > 0 OR step = 16 THEN
				PERFORM oncall.run_notices();
				PERFORM compare(c, step);
				COMMIT;
				IF rnd(c * 1000 + step, 'claim', 3) = 0 THEN
					UPDATE oncall.duty_notice SET due_at = now() - interval '1 minute' WHERE claimed_at IS NULL;
					COMMIT;
					DELETE FROM news n
					USING oncall.claim_notices('oracle', 3) x
					JOIN oncall.duty_notice d ON d.duty_notice_id = x.notice_id
					JOIN oncall.duty_notice_move m ON m.duty_notice_id = d.duty_notice_id
					WHERE n.person_id = d.person_id AND n.rotation_id = m.rotation_id AND n.seat = m.seat AND m.lost + m.gained + m.back @> n.slot;
					COMMIT;
				END IF;
			END IF;
		END LOOP;
		UPDATE oncall.duty_notice SET claimed_at = now(), sent_at = now() WHERE sent_at IS NULL;
		COMMIT;
	END LOOP;
END
$$;
CALL run(:cases);
SELECT is((SELECT string_agg(f::text, E'\n') FROM (SELECT * FROM failure ORDER BY c, step LIMIT 4) f), NULL, 'who is told what');
SELECT diag((SELECT string_agg(format('%s %s', n, what), ', ' ORDER BY what) FROM (SELECT what, count(*) AS n FROM tally GROUP BY what) t));
SELECT cmp_ok((SELECT count(*) FROM tally t WHERE t.what = w), '>', 0::bigint, 'there were: ' || w)
FROM unnest('{given,taken,moved,"several changes",undone,"many shifts","in person"}'::text[]) w;

SELECT * FROM finish();
\connect :home
DROP DATABASE oncall_notices;
DROP ROLE regress_oncall_noticed_manager, regress_oncall_noticed_member;
