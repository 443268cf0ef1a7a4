-- What BI tools ask the catalogs when they connect and look round, as a reader:
-- tables and views with their comments, columns with theirs, keys, indexes, and
-- rows. The questions are those of Metabase (its driver for PostgreSQL) and of
-- Grafana (the query builder of its data source), said in our own words.
-- Nothing of oncall_internal is in the answers. (What JDBC and ODBC ask:
-- test/drivers.)
--
-- Tests: catalogs tools access

\set schema catalogs
\ir start.psql

SELECT plan(22);

CREATE ROLE regress_oncall_catalogs_reader;
CREATE ROLE regress_oncall_catalogs_nobody;
SELECT oncall.grant_access('regress_oncall_catalogs_reader', 'reader') \g /dev/null
GRANT CREATE, USAGE ON SCHEMA catalogs TO regress_oncall_catalogs_reader, regress_oncall_catalogs_nobody;

-- something to read
SELECT oncall.add_person(n, 'UTC') FROM unnest('{Ann,Ben,Cy}'::text[]) n \g /dev/null
INSERT INTO oncall.team (name, zone) VALUES ('Team', 'UTC');
SELECT oncall.add_rotation('Rota', '{Ann,Ben,Cy}', 'R/2026-01-06T12:00[UTC]/P7D', team => 'Team') \g /dev/null
SELECT oncall.cover_shift('Rota', '[2126-04-12 18:00Z,2126-04-12 22:00Z)', oncall.primary_of(oncall.on_call('Rota', '2126-04-12 18:00Z')),
	(SELECT p.person_id FROM oncall.person p
		WHERE p.person_id <> oncall.primary_of(oncall.on_call('Rota', '2126-04-12 18:00Z'))
			AND p.person_id <> oncall.secondary_of(oncall.on_call('Rota', '2126-04-12 18:00Z')))) \g /dev/null
SELECT oncall.add_service('Service', 'Team', '{Rota}') \g /dev/null
SELECT oncall.resolve(oncall.open_incident('Service', 'It is down', 'SEV3', source => 'customer')) \g /dev/null

-- what a role may read, by the grants themselves
CREATE VIEW granted AS
SELECT DISTINCT c.relname::text AS name
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v') AND a.privilege_type = 'SELECT'
	AND pg_get_userbyid(a.grantee) = 'regress_oncall_catalogs_reader';
SELECT cmp_ok((SELECT count(*) FROM granted), '>', 30::bigint, 'a reader reads many tables and views');

-- Tools draw instants and numbers, and neither ranges nor intervals.
CREATE VIEW shown AS
SELECT c.relname::text AS view, a.attname::text AS name, a.atttypid::regtype AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'v';
SELECT is_empty($$SELECT view FROM shown WHERE type IN ('tstzrange', 'daterange')
	EXCEPT SELECT s.view FROM shown s JOIN shown e USING (view, type)
	WHERE s.name = 'starts_at' AND e.name = 'ends_at' AND type = 'timestamptz'::regtype$$,
	'a view with a range has its bounds as instants beside it');
-- what a rate is for, per, is no duration to draw
SELECT is_empty($$SELECT i.view, i.name FROM shown i WHERE i.type = 'interval'::regtype AND i.name <> 'per'
	AND NOT EXISTS (SELECT FROM shown n WHERE n.view = i.view AND n.type = 'numeric'::regtype
		AND n.name IN ('hours', i.name || '_hours', CASE i.name WHEN 'hours' THEN 'paid_hours' END))$$,
	'a view with a duration has it in hours, too');
SELECT cmp_ok((SELECT count(*) FROM shown WHERE type IN ('tstzrange', 'daterange', 'interval')), '>', 15::bigint,
	'some have ranges and durations');

-- Metabase ------------------------------------------------------------------

-- tables and views of which some column may be read, with their comments
CREATE VIEW synced WITH (security_invoker = true) AS
SELECT n.nspname::text AS schema, c.relname::text AS name, d.description, s.n_live_tup
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'f', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND has_schema_privilege(n.nspname, 'USAGE')
	AND has_any_column_privilege(format('%I.%I', n.nspname, c.relname), 'SELECT');
-- their columns: type, place, key, comment
CREATE VIEW synced_column WITH (security_invoker = true) AS
SELECT c.table_schema::text AS schema, c.table_name::text AS name, c.column_name::text AS column, c.ordinal_position AS position,
	CASE WHEN c.udt_schema IN ('public', 'pg_catalog') THEN c.udt_name::text ELSE format('"%s"."%s"', c.udt_schema, c.udt_name) END AS type,
	col_description(format('%I.%I', c.table_schema, c.table_name)::regclass, c.ordinal_position) AS description,
	k.column_name IS NOT NULL AS is_key
FROM information_schema.columns c
LEFT JOIN (information_schema.table_constraints t
	JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name))
ON t.constraint_type = 'PRIMARY KEY' AND (k.table_schema, k.table_name, k.column_name) = (c.table_schema, c.table_name, c.column_name)
WHERE c.table_schema !~ '^information_schema|catalog_history|pg_';
CREATE VIEW synced_foreign_key WITH (security_invoker = true) AS
SELECT tn.nspname AS schema, t.relname AS name, ta.attname AS column, rn.nspname AS other_schema, r.relname AS other_name, ra.attname AS other_column
FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace tn ON tn.oid = c.connamespace
JOIN pg_attribute ta ON ta.attrelid = t.oid AND ta.attnum = ANY (c.conkey)
JOIN pg_class r ON r.oid = c.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = ANY (c.confkey)
WHERE c.contype = 'f' AND tn.nspname !~ '^information_schema|catalog_history|pg_';
CREATE VIEW synced_index WITH (security_invoker = true) AS
SELECT n.nspname AS schema, t.relname AS name, pg_get_indexdef(i.indexrelid, 1, false) AS first_column
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE i.indpred IS NULL AND n.nspname !~ '^information_schema|catalog_history|pg_';
CREATE VIEW enum WITH (security_invoker = true) AS
SELECT n.nspname, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid IN (SELECT e.enumtypid FROM pg_enum e);

-- What it reads of a table: the first rows; of a column that may be a
-- category, its values. Anything that cannot be grouped or sorted would fail.
CREATE FUNCTION read_all() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT k.name, k.column FROM synced_column k WHERE k.schema = 'oncall' ORDER BY 1, k.position LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT t.%1$I FROM oncall.%2$I t GROUP BY t.%1$I ORDER BY t.%1$I LIMIT 1001) AS v', c.column, c.name);
	END LOOP;
	FOR c IN SELECT k.name, string_agg(CASE k.type WHEN 'text' THEN format('substring(t.%I, 1, 1234)', k.column) ELSE format('t.%I', k.column) END, ', ') AS list
			FROM synced_column k WHERE k.schema = 'oncall' GROUP BY 1 LOOP
		EXECUTE format('SELECT count(*) FROM (SELECT %s FROM oncall.%I t LIMIT 10000) AS v', c.list, c.name);
		RETURN NEXT c.name;
	END LOOP;
END
$$;

-- Grafana -------------------------------------------------------------------

-- without the schema, if it is on the path
CREATE VIEW on_path WITH (security_invoker = true) AS
SELECT CASE btrim(s) WHEN '"$user"' THEN current_user::text ELSE btrim(s) END AS schema
FROM unnest(string_to_array(current_setting('search_path'), ',')) AS s;
CREATE VIEW listed WITH (security_invoker = true) AS
SELECT CASE WHEN quote_ident(t.table_schema) IN (SELECT p.schema FROM on_path p) THEN quote_ident(t.table_name)
	ELSE quote_ident(t.table_schema) || '.' || quote_ident(t.table_name) END AS name
FROM information_schema.tables t
WHERE t.table_schema NOT IN ('information_schema', 'pg_catalog');
CREATE FUNCTION columns_of(listed text) RETURNS TABLE (column_name text, data_type text) LANGUAGE sql STABLE AS $$
	SELECT quote_ident(c.column_name), c.data_type::text
	FROM information_schema.columns c
	WHERE CASE WHEN array_length(parse_ident(listed), 1) = 2
		THEN quote_ident(c.table_schema) = (parse_ident(listed))[1] AND quote_ident(c.table_name) = (parse_ident(listed))[2]
		ELSE quote_ident(c.table_name) = listed AND quote_ident(c.table_schema) IN (SELECT p.schema FROM catalogs.on_path p) END
$$;

GRANT SELECT ON ALL TABLES IN SCHEMA catalogs TO PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA catalogs TO PUBLIC;

-- The reader's answers -------------------------------------------------------

SET LOCAL ROLE regress_oncall_catalogs_reader;
CREATE TABLE seen AS SELECT * FROM synced;
CREATE TABLE seen_column AS SELECT * FROM synced_column;
CREATE TABLE seen_foreign_key AS SELECT * FROM synced_foreign_key;
CREATE TABLE seen_index AS SELECT * FROM synced_index;
CREATE TABLE seen_enum AS SELECT * FROM enum;
CREATE TABLE seen_listed AS SELECT * FROM listed;
CREATE TABLE seen_listed_column AS SELECT l.name, c.* FROM listed l, columns_of(l.name) AS c WHERE l.name LIKE 'oncall%';
CREATE TABLE seen_routine AS SELECT r.routine_schema::text AS schema, r.routine_name::text AS name FROM information_schema.routines r;
CREATE TABLE seen_sequence AS SELECT s.sequence_schema::text AS schema FROM information_schema.sequences s;
SELECT lives_ok('CREATE TABLE read AS SELECT read_all() AS name', 'Metabase can read rows and values of every column');
SET LOCAL search_path = oncall;
CREATE TABLE catalogs.seen_on_path AS SELECT l.name FROM catalogs.listed l, catalogs.columns_of(l.name) AS c GROUP BY 1 HAVING count(*) > 0;
RESET ROLE;
SELECT set_config('search_path', 'catalogs, pg_catalog, ' || :'tap', true) \g /dev/null

SELECT set_eq('SELECT name FROM seen WHERE schema = ''oncall''', 'SELECT name FROM granted', 'Metabase sees the tables and views that a reader may read');
SELECT is_empty('SELECT * FROM seen WHERE schema = ''oncall_internal''', '... none that is internal');
SELECT is_empty('SELECT * FROM seen WHERE schema = ''oncall'' AND description IS NULL', '... each with a comment');
SELECT set_eq('SELECT DISTINCT name FROM seen_column WHERE schema = ''oncall''', 'SELECT name FROM granted', '... and their columns');
SELECT is_empty('SELECT schema, name, "column" FROM seen_column WHERE schema LIKE ''oncall%'' AND (description IS NULL OR schema <> ''oncall'')', '... each with a comment');
SELECT is_empty('SELECT * FROM seen_column WHERE schema = ''oncall'' AND type LIKE ''"oncall_internal"%''', '... of no internal type');
SELECT ok((SELECT count(*) > 20 AND bool_and(schema = 'oncall' AND other_schema = 'oncall') FROM seen_foreign_key WHERE schema LIKE 'oncall%' OR other_schema LIKE 'oncall%'), '... foreign keys');
SELECT ok((SELECT count(*) > 20 AND bool_and(schema = 'oncall' AND first_column IS NOT NULL) FROM seen_index WHERE schema LIKE 'oncall%'), '... indexes');
SELECT is_empty('SELECT * FROM seen_column WHERE schema = ''oncall'' AND is_key', '... primary keys not, of which information_schema tells only who may write');
SELECT is_empty('SELECT * FROM seen_enum WHERE nspname LIKE ''oncall%''', '... and no enums');
SELECT set_eq('SELECT name FROM read', 'SELECT name FROM granted', '... and has read them all');

SELECT set_eq('SELECT name FROM seen_listed WHERE name LIKE ''oncall%''', 'SELECT ''oncall.'' || name FROM granted', 'Grafana lists what a reader may read, with its schema');
SELECT set_eq('SELECT DISTINCT name FROM seen_listed_column', 'SELECT ''oncall.'' || name FROM granted', '... finds the columns of each');
SELECT set_eq('SELECT name FROM seen_on_path WHERE name NOT LIKE ''%.%''', 'SELECT name FROM granted', '... and without the schema if it is on the path');

-- information_schema.routines tells of what may be executed, and each function
-- runs with the rights of who calls it; so a reader has a right to the internal
-- ones, too, but not to one that writes
SELECT is_empty($$
	SELECT r.name FROM seen_routine r
	WHERE r.schema LIKE 'oncall%' AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.proname = r.name AND p.pronamespace = r.schema::regnamespace
		AND (p.provolatile <> 'v' OR EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')))
	$$, 'functions that a reader is told of do not write tables');
SELECT is_empty('SELECT * FROM seen_sequence WHERE schema LIKE ''oncall%''', 'a reader is told of no sequence');

-- who has been granted nothing sees no table
SET LOCAL ROLE regress_oncall_catalogs_nobody;
CREATE TABLE seen_by_nobody AS
SELECT s.schema || '.' || s.name AS name FROM synced s UNION ALL
SELECT c.schema || '.' || c.name FROM synced_column c UNION ALL
SELECT l.name FROM listed l;
RESET ROLE;
SELECT is_empty('SELECT name FROM seen_by_nobody WHERE name LIKE ''oncall%''', 'who was granted nothing is told of no table, view or column');

SELECT finish();
ROLLBACK;
