-- What setup() does where it cannot do its work, and what it says of tables that
-- have been altered since.
--
-- Tests: setup owner

\set QUIET 1
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only true
\pset pager off
BEGIN;
SET LOCAL client_min_messages = error;
SELECT n.nspname AS tap FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pgtap' \gset
CREATE SCHEMA altered;
SELECT set_config('search_path', 'altered, pg_catalog, ' || :'tap', true) \g /dev/null

SELECT plan(45);

-- what is in our schemas
CREATE VIEW content AS
SELECT 'relation' AS kind, c.relname::text AS name FROM pg_class c WHERE c.relnamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
UNION ALL SELECT 'function', p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
UNION ALL SELECT 'type', t.oid::regtype::text FROM pg_type t WHERE t.typnamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace);
CREATE TABLE before AS SELECT * FROM content;

-- An error half-way: nothing is left, and the next call makes all of it. Once
-- of the last chapter, once in the middle.
CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.object_identity ~ current_setting('altered.at')) THEN
		RAISE EXCEPTION 'stopped at %', current_setting('altered.at') USING ERRCODE = 'UU001';
	END IF;
END
$$;
CREATE EVENT TRIGGER altered_stop ON ddl_command_end EXECUTE FUNCTION altered.stop();
SET LOCAL altered.at = 'oncall\.pager_load$';
SELECT throws_ok('SELECT oncall.setup()', 'UU001', NULL, 'an error half-way is told');
SELECT set_eq('SELECT * FROM content', 'SELECT * FROM before', '... and nothing is left');
SET LOCAL altered.at = 'oncall\.grant_access';
SELECT throws_ok('SELECT oncall.setup()', 'UU001', NULL, 'an error at the end is told');
SELECT set_eq('SELECT * FROM content', 'SELECT * FROM before', '... and nothing is left');
DROP EVENT TRIGGER altered_stop;

-- read only
SAVEPOINT writing;
SET LOCAL transaction_read_only = true;
SELECT throws_matching('SELECT oncall.setup()', '^cannot execute .* in a read-only transaction$', 'setup() cannot make tables in a read-only transaction');
ROLLBACK TO writing;
-- also where strings are read in the old way, which 19 has no longer, and
-- PL/pgSQL is as strict as it can be
SELECT set_config('standard_conforming_strings', CASE WHEN current_setting('server_version_num')::integer < 190000 THEN 'off' ELSE 'on' END, true) \g /dev/null
SET LOCAL plpgsql.extra_errors = 'all';
SELECT matches(oncall.setup(), 'the tables have been made', 'afterwards setup() makes them');
SET LOCAL plpgsql.extra_errors = 'none';
SET LOCAL standard_conforming_strings = 'on';
SAVEPOINT writing;
SET LOCAL transaction_read_only = true;
SELECT matches(oncall.setup(), 'the tables are up to date', 'in a read-only transaction it says that they are there');
ROLLBACK TO writing;

-- the extension cannot go while they stand
SELECT throws_ok('DROP EXTENSION oncall', '2BP01', 'cannot drop extension oncall because other objects depend on it', 'DROP EXTENSION is refused');

-- Altered: what setup() would warn of
CREATE FUNCTION told(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	gone text;
BEGIN
	EXECUTE statement;
	SELECT string_agg(m, '; ') INTO gone FROM oncall_internal.parts_missing(oncall_internal.parts_made()) m;
	RAISE EXCEPTION USING ERRCODE = 'UU000', MESSAGE = coalesce(gone, 'nothing');
EXCEPTION WHEN SQLSTATE 'UU000' THEN
	RETURN SQLERRM;
END
$$;
SELECT ok(told(statement) = words, statement) FROM (VALUES
	('SELECT', 'nothing'),
	-- what the owner adds
	('ALTER TABLE oncall.person ADD nickname text CHECK (nickname <> ''x''); CREATE INDEX ON oncall.person (nickname)', 'nothing'),
	('CREATE POLICY mine ON oncall.cover USING (true)', 'nothing'),
	('ALTER TABLE oncall.rotation ENABLE ROW LEVEL SECURITY', 'nothing'),
	('CREATE ROLE regress_oncall_altered; SELECT oncall.grant_access(''regress_oncall_altered'', ''manager'')', 'nothing'),
	-- what the rules stand on
	('ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge', 'trigger cover_judge of oncall.cover, enabled'),
	('ALTER TABLE oncall.cover ENABLE TRIGGER tell_readers', 'trigger tell_readers of oncall.cover, enabled always'),
	('DROP TRIGGER cover_judge ON oncall.cover', 'trigger cover_judge of oncall.cover, enabled'),
	('ALTER TABLE oncall.cover DROP CONSTRAINT cover_no_overlap', 'constraint cover_no_overlap of oncall.cover'),
	('ALTER TABLE oncall.absence DISABLE ROW LEVEL SECURITY', 'row-level security of oncall.absence'),
	('DROP POLICY absence_own ON oncall.absence', 'policy absence_own of oncall.absence'),
	('ALTER TABLE oncall.response ALTER person_id DROP NOT NULL', 'column oncall.response.person_id integer NOT NULL'),
	('ALTER TABLE oncall.absence RENAME note TO remark', 'column oncall.absence.note text'),
	('ALTER TABLE oncall.absence ALTER note TYPE varchar(9)', 'column oncall.absence.note text'),
	('ALTER TABLE oncall.cover DROP CONSTRAINT cover_no_overlap; ALTER TABLE oncall.cover ADD CONSTRAINT cover_no_overlap EXCLUDE USING gist (period WITH &&)',
		'constraint cover_no_overlap of oncall.cover'),
	('ALTER TABLE oncall.layer ALTER pairing SET DEFAULT ''mixed''', 'column oncall.layer.pairing text NOT NULL'),
	('ALTER TABLE oncall.cover ALTER cover_id DROP IDENTITY', 'column oncall.cover.cover_id integer NOT NULL'),
	('ALTER POLICY absence_own ON oncall.absence USING (true)', 'policy absence_own of oncall.absence'),
	('DROP POLICY absence_own ON oncall.absence; CREATE POLICY absence_own ON oncall.absence AS RESTRICTIVE USING (true)', 'policy absence_own of oncall.absence'),
	('ALTER TABLE oncall.absence FORCE ROW LEVEL SECURITY', 'table oncall.absence'),
	('ALTER TABLE oncall.heartbeat SET UNLOGGED', 'table oncall.heartbeat'),
	('CREATE TABLE child () INHERITS (oncall.cover)', 'table oncall.cover'),
	('CREATE ROLE regress_oncall_altered; GRANT CREATE ON SCHEMA oncall TO regress_oncall_altered; ALTER TABLE oncall.cover OWNER TO regress_oncall_altered',
		'table oncall.cover'),
	('ALTER TABLE oncall.cover REPLICA IDENTITY FULL', 'nothing'),
	('CREATE OR REPLACE TRIGGER write_change BEFORE INSERT ON oncall.change FOR EACH ROW WHEN (false) EXECUTE FUNCTION oncall_internal.write_change()',
		'trigger write_change of oncall.change, enabled'),
	('ALTER VIEW oncall.cover_now SET (security_invoker = false)', 'view oncall.cover_now'),
	('DO $do$ BEGIN EXECUTE ''CREATE OR REPLACE VIEW oncall.fairness WITH (security_invoker) AS '' || rtrim(pg_get_viewdef(''oncall.fairness''), '';'') || '' LIMIT 1''; END $do$',
		'view oncall.fairness'),
	('DROP VIEW oncall.fairness', 'view oncall.fairness'),
	('DROP FUNCTION oncall.mark_sent', 'function oncall.mark_sent (pay_run_id integer)'),
	('ALTER FUNCTION oncall.mark_sent RENAME TO sent', 'function oncall.mark_sent (pay_run_id integer)'),
	('ALTER FUNCTION oncall.mark_sent SECURITY DEFINER', 'function oncall.mark_sent (pay_run_id integer)'),
	('ALTER FUNCTION oncall.mark_sent RESET search_path', 'function oncall.mark_sent (pay_run_id integer)'),
	('CREATE OR REPLACE FUNCTION oncall.mark_sent(pay_run_id integer) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS ''BEGIN END''',
		'function oncall.mark_sent (pay_run_id integer)'))
	v(statement, words);

SELECT matches(told('ALTER TABLE oncall.kudos SET SCHEMA altered'), 'constraint kudos_pkey of oncall.kudos; .*table oncall.kudos;', 'a table that is moved away, and all of it');
SELECT is_empty($$SELECT oncall_internal.parts_missing(array_agg(regexp_replace(m, ' \| \d+ ', ' | 14 0'))) FROM unnest(oncall_internal.parts_made()) m$$,
	'what another version of PostgreSQL printed is not compared');

-- and so says setup(), while it can be called all the same
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
SET LOCAL client_min_messages = warning;
SELECT diag('the next warning is right:');
SELECT matches(oncall.setup(), 'the tables are up to date', 'setup() warns only');
SET LOCAL client_min_messages = error;

-- without its trigger a cover is judged by nobody: audit() finds what stands
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ann,Ben}'::text[]) n \g /dev/null
SELECT oncall.add_rotation('Rota', '{Ann,Ben}', 'R/2126-01-06T12:00[UTC]/P1D', seats => '{one}') \g /dev/null
INSERT INTO oncall.absence (person_id, period) SELECT p.person_id, '[2126-02-01,2126-03-01)' FROM oncall.person p WHERE p.name = 'Ben';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT r.rotation_id, 1, d.period, b.person_id
FROM oncall.rotation r, oncall.person b, oncall.duties('Ann', '[2126-02-03,2126-02-09)') d WHERE b.name = 'Ben' ORDER BY d.period LIMIT 1;
SELECT isnt_empty($$SELECT * FROM oncall.audit('[2126-02-01,2126-02-12)') a WHERE a.constraint_name = 'oncall_not_absent' AND a.person = 'Ben'$$,
	'audit() names what was written past the rules');

SELECT * FROM finish();
ROLLBACK;
