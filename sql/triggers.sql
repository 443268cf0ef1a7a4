-- Trigger functions in C are called for whatever table somebody has attached them
-- to: they trust no table but their own, and no column of another type. What
-- they read is not endless either.
--
-- Tests: trigger judge swap_request lieu_lock
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE ROLE regress_oncall_mallory;
CREATE DATABASE regression_oncall_triggers;
\c regression_oncall_triggers
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup() \g /dev/null
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ana,Ben,Cy}'::text[]) n;
SELECT oncall.add_rotation('Web', '{Ana,Ben,Cy}', 'R/2126-01-01T12:00[UTC]/P7D');
INSERT INTO oncall.absence (person_id, period, kind) VALUES (3, '[2126-01-01,2126-03-01)', 'leave');
GRANT USAGE ON SCHEMA oncall TO regress_oncall_mallory;
GRANT SELECT ON ALL TABLES IN SCHEMA oncall TO regress_oncall_mallory;
GRANT INSERT ON oncall.cover TO regress_oncall_mallory;
GRANT UPDATE ON oncall.person TO regress_oncall_mallory;

-- Somebody who may write covers, but sees no absences, has the judge come to
-- a table of their own before it looks at the real one
SET SESSION AUTHORIZATION regress_oncall_mallory;
BEGIN;
CREATE TEMPORARY TABLE cover (LIKE oncall.cover);
ALTER TABLE cover ALTER change_id DROP NOT NULL;
CREATE TRIGGER judge AFTER INSERT ON cover FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_covers();
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2126-01-02,2126-01-03)', 3);
INSERT INTO cover (cover_id, rotation_id, seat, period, recorded) VALUES (9, 1, 1, '[2126-01-02,2126-01-03)', '[2025-01-01,)');
\echo :LAST_ERROR_SQLSTATE
COMMIT;
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM oncall.cover;

-- Columns of the right names and of types that would be taken for pointers
CREATE TEMPORARY TABLE mine (cover_id bigint, rotation_id bigint, seat bigint, person_id bigint, period bigint,
	recorded bigint, swap_request_id bigint, state bigint);
CREATE TRIGGER note BEFORE INSERT ON mine FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_cover();
INSERT INTO mine VALUES (1, 1, 1, 1, 1, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER note ON mine;
CREATE TRIGGER judge AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_covers();
INSERT INTO mine VALUES (1, 1, 1, 1, 1, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER judge ON mine;
INSERT INTO mine VALUES (1, 1, 1, 1, 1, 1, 1, 1);
CREATE TRIGGER lock AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION oncall_internal.lieu_lock();
INSERT INTO mine VALUES (1, 1, 1, 1, 1, 1, 1, 1);
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER lock ON mine;
CREATE TRIGGER answer BEFORE UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION oncall_internal.swap_request_update();
UPDATE mine SET state = 2;
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;

-- What triggers ask for
SELECT oncall_internal.judge_covers();
\echo :LAST_ERROR_SQLSTATE
CREATE TRIGGER late AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_cover();
CREATE TRIGGER early BEFORE INSERT ON oncall.lieu_entry FOR EACH ROW EXECUTE FUNCTION oncall_internal.lieu_lock();
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (1, '2126-01-01', 'adjusted', '1 hour');
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER early ON oncall.lieu_entry;
CREATE TRIGGER each BEFORE DELETE ON oncall.swap_request EXECUTE FUNCTION oncall_internal.swap_request_update();
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2126-01-02,2126-01-03)', 1);
\echo :LAST_ERROR_SQLSTATE
DELETE FROM oncall.swap_request;
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER late ON oncall.cover;
DROP TRIGGER each ON oncall.swap_request;

-- The owner of the tables may change a column
BEGIN;
ALTER TABLE oncall.swap_request RENAME expires_at TO expired_at;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, state) VALUES (1, 1, '[2126-01-02,2126-01-03)', 1, 'open');
UPDATE oncall.swap_request SET state = 'accepted', accepted_by = 2;
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE oncall.swap_request DROP COLUMN expires_at CASCADE, ADD COLUMN expires_at bigint DEFAULT 1;
INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by) VALUES (1, 1, '[2126-01-02,2126-01-03)', 1);
UPDATE oncall.swap_request SET state = 'accepted', accepted_by = 2;
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;

INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2126-01-02,2126-01-03)', 1);
CREATE FUNCTION asked(tab text, col text, type text, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	problems text;
BEGIN
	EXECUTE format('ALTER TABLE oncall.%1$s RENAME %2$s TO %2$s_', tab, col);
	EXECUTE format('ALTER TABLE oncall.%1$s ADD %2$s %3$s DEFAULT %4$L', tab, col, type, value);
	SELECT string_agg(format('%s: %s', a.constraint_name, a.message), '; ') INTO problems
	FROM oncall.objections('{1}', '{1}', '{"[2126-01-08,2126-01-09)"}', '{3}', true) a;
	RAISE EXCEPTION '%', problems USING ERRCODE = 'OCTST';
EXCEPTION WHEN OTHERS THEN
	-- 42846 is the server's, whose words change between its releases
	RETURN concat_ws(' ', SQLSTATE, CASE WHEN SQLSTATE <> '42846' THEN left(SQLERRM, 60) END);
END
$$;
SELECT asked('person', 'name', 'bigint', '7');
SELECT asked('person', 'active', 'bigint', '7');
SELECT asked('absence', 'period', 'bigint', '7');
SELECT asked('rotation', 'name', 'bigint', '7');
SELECT asked('rotation', 'zone', 'bigint', '7');
SELECT asked('rotation', 'seats', 'bigint', '7');
SELECT asked('rotation', 'max_consecutive', 'bigint', '7');
SELECT asked('rotation', 'min_break', 'bigint', '7');
SELECT asked('rotation_member', 'standing', 'bigint', '7');
SELECT asked('layer', 'valid', 'bigint', '7');
SELECT asked('layer', 'recorded', 'bigint', '7');
SELECT asked('layer', 'cadence', 'bigint', '7');
SELECT asked('layer', 'hours', 'bigint', '7');
SELECT asked('layer', 'pairing', 'bigint', '7');
SELECT asked('layer_member', 'position', 'bigint', NULL);
SELECT asked('cover', 'period', 'bigint', '7');
SELECT asked('cover', 'recorded', 'bigint', '7');

-- A cover that may be seen, but not changed
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2126-01-02,2126-01-03)', NULL);
SELECT oncall.grant_access('regress_oncall_mallory', 'manager');
ALTER TABLE oncall.cover ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON oncall.cover FOR SELECT USING (true);
CREATE POLICY writes ON oncall.cover FOR INSERT WITH CHECK (true);
CREATE POLICY changes ON oncall.cover FOR UPDATE USING (person_id IS NOT NULL);
SET SESSION AUTHORIZATION regress_oncall_mallory;
SET statement_timeout = '10s';
SELECT oncall_internal.write_covers('{1}', '{2}', '{"[2126-01-02,2126-01-02 12:00)"}', '{NULL}');
\echo :LAST_ERROR_SQLSTATE
RESET statement_timeout;
RESET SESSION AUTHORIZATION;
ALTER TABLE oncall.cover DISABLE ROW LEVEL SECURITY;

-- Somebody's own trigger on covers runs with the path of whatever writes them,
-- and as the owner where it is the acceptance of an offer that does
CREATE ROLE regress_oncall_ana;
UPDATE oncall.person SET db_role = 'regress_oncall_ana' WHERE name = 'Ana';
SELECT oncall.grant_access('regress_oncall_ana', 'member');
UPDATE oncall.rotation SET max_consecutive = NULL;
CREATE SCHEMA ops;
CREATE TABLE ops.told (how text, path text, by_owner boolean);
CREATE FUNCTION ops.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO ops.told SELECT 'no path of its own', current_setting('search_path'), current_user = pg_get_userbyid(c.relowner)
	FROM pg_class c WHERE c.oid = TG_RELID;
	RETURN NULL;
END $$;
CREATE FUNCTION ops.tell_pinned() RETURNS trigger LANGUAGE plpgsql SET search_path = ops, pg_temp AS $$
BEGIN
	INSERT INTO told SELECT 'one of its own', current_setting('search_path'), current_user = pg_get_userbyid(c.relowner)
	FROM pg_class c WHERE c.oid = TG_RELID;
	RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION ops.tell();
CREATE TRIGGER tell_pinned AFTER INSERT ON oncall.cover FOR EACH ROW EXECUTE FUNCTION ops.tell_pinned();
SELECT lower(period) AS ben FROM oncall.roster('[2126-06-01,2126-09-01)', 'Web') WHERE seat = 1 AND person = 'Ben' ORDER BY 1 LIMIT 1 \gset
SELECT oncall.offer_shift('Web', tstzrange(:'ben', timestamptz :'ben' + interval '1 hour'), 'Ben', seat => 'primary') AS offer \gset
SET SESSION AUTHORIZATION regress_oncall_ana;
SET search_path = public, ops;
SELECT oncall.accept_offer(:offer) > 0 AS accepted;
RESET search_path;
RESET SESSION AUTHORIZATION;
SET search_path = public, ops;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
VALUES (1, 1, tstzrange(timestamptz :'ben' + interval '2 hours', timestamptz :'ben' + interval '3 hours'), 1);
RESET search_path;
SELECT * FROM ops.told;
DROP SCHEMA ops CASCADE;

-- More than the judge can look at: a turn each week until the end of time
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 2, '[2126-02-01,294276-12-31)', 1);
\echo :LAST_ERROR_SQLSTATE

\c contrib_regression
SET client_min_messages = warning;
DROP DATABASE regression_oncall_triggers;
DROP ROLE regress_oncall_mallory;
DROP ROLE regress_oncall_ana;
