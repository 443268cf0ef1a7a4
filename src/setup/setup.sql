-- Tables

-- Who besides the owner and the caller may create objects in our schemas.
CREATE FUNCTION oncall_internal.create_grants(OUT schema name, OUT grantee text, OUT owner regrole)
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT n.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, n.nspowner::regrole
	FROM pg_namespace n, aclexplode(n.nspacl) a
	WHERE n.nspname IN ('oncall', 'oncall_internal') AND a.privilege_type = 'CREATE'
		AND a.grantee NOT IN (n.nspowner, current_user::regrole)
	GROUP BY 1, 2, 3
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION oncall_internal.create_grants() IS
'Who may create objects in schemas oncall and oncall_internal besides their owner and the current user.';

-- What the rules of the tables stand on, each by its name and with a hash of
-- its definition. What the owner adds is not asked for. Versions of PostgreSQL
-- print definitions differently, so which one it was goes along.
CREATE FUNCTION oncall_internal.parts() RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off SET "DateStyle" = 'ISO, YMD' SET "IntervalStyle" = 'postgres' SET "TimeZone" = 'UTC'
BEGIN ATOMIC
	WITH relation AS (
		SELECT c.oid, c.relname, c.relkind, c.reloptions, c.relrowsecurity,
			CASE WHEN c.relforcerowsecurity THEN ' with row-level security for its owner too' ELSE '' END
				|| CASE WHEN c.relpersistence <> 'p' THEN ', unlogged' ELSE '' END
				|| CASE WHEN c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid)
					THEN ', inherited from' ELSE '' END
				|| CASE WHEN c.relowner IS DISTINCT FROM (SELECT p.proowner FROM pg_proc p
						WHERE p.oid = to_regprocedure('oncall_internal.schema_version()'))
					THEN ', of another owner' ELSE '' END AS kept
		FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'p', 'v')),
	part(name, definition) AS (
		SELECT format('%s oncall.%s%s', CASE r.relkind WHEN 'v' THEN 'view' ELSE 'table' END, r.relname, r.kept),
			CASE WHEN r.relkind = 'v' THEN concat(pg_get_viewdef(r.oid), r.reloptions) END
		FROM relation r
		UNION ALL
		SELECT format('row-level security of oncall.%s', r.relname), NULL::text
		FROM relation r
		WHERE r.relrowsecurity
		UNION ALL
		SELECT format('column oncall.%s.%s %s%s', r.relname, a.attname, format_type(a.atttypid, a.atttypmod),
				CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END),
			concat(a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
		FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
		LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
		WHERE r.relkind <> 'v' AND a.attnum > 0 AND NOT a.attisdropped
		UNION ALL
		SELECT format('constraint %s of oncall.%s', c.conname, r.relname), pg_get_constraintdef(c.oid)
		FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
		WHERE c.contype IN ('c', 'f', 'p', 'u', 'x') AND c.convalidated
		UNION ALL
		SELECT format('unique index %s of oncall.%s', c.relname, r.relname), pg_get_indexdef(c.oid)
		FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class c ON c.oid = i.indexrelid
		WHERE i.indisunique AND i.indisvalid
		UNION ALL
		SELECT format('trigger %s of oncall.%s, %s', t.tgname, r.relname, CASE t.tgenabled
				WHEN 'O' THEN 'enabled' WHEN 'A' THEN 'enabled always' WHEN 'R' THEN 'enabled on replicas' ELSE 'disabled' END),
			pg_get_triggerdef(t.oid)
		FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid
		WHERE NOT t.tgisinternal
		UNION ALL
		-- grant_access() adds roles to some
		SELECT format('policy %s of oncall.%s', p.polname, r.relname), concat_ws(' ', p.polcmd, p.polpermissive,
			0 = ANY (p.polroles), pg_get_expr(p.polqual, r.oid), pg_get_expr(p.polwithcheck, r.oid))
		FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
		UNION ALL
		SELECT format('function %s.%s (%s)', p.pronamespace::regnamespace, p.proname,
				pg_get_function_identity_arguments(p.oid)),
			concat_ws(' ', p.prosecdef, p.provolatile, p.proisstrict, p.proconfig, p.prosrc,
				pg_get_function_sqlbody(p.oid))
		FROM pg_proc p
		WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
			-- which are there already when tables are brought forward, or say what differs
			AND p.proname <> ALL ('{parts_made,schema_version}'::text[])
			AND NOT EXISTS (SELECT FROM pg_depend d
				WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))
	SELECT concat_ws(' | ', p.name, current_setting('server_version_num')::integer / 10000 || ' ' || left(md5(p.definition), 8))
	FROM part p;
END;
COMMENT ON FUNCTION oncall_internal.parts() IS
'What the rules of the tables stand on, as setup() compares it with parts_made(): tables, columns, constraints, triggers, policies, views, functions, each by name, with the version of PostgreSQL and a hash of the definition that it prints.';

CREATE FUNCTION oncall_internal.parts_missing(made text[]) RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT split_part(m.part, ' | ', 1)
	FROM unnest(parts_missing.made) m(part)
	LEFT JOIN oncall_internal.parts() n(part) ON split_part(n.part, ' | ', 1) = split_part(m.part, ' | ', 1)
	WHERE n.part IS NULL
		-- what another version printed cannot be compared
		OR n.part <> m.part
			AND split_part(split_part(n.part, ' | ', 2), ' ', 1) = split_part(split_part(m.part, ' | ', 2), ' ', 1)
	ORDER BY m.part COLLATE "C";
END;
COMMENT ON FUNCTION oncall_internal.parts_missing(text[]) IS
'Which of these parts, as parts() lists them, there are no more, or not as they were, by name.';

CREATE FUNCTION oncall.setup() RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = 'on'
AS $oncall_setup_fn$
DECLARE
	release CONSTANT text := '@VERSION@';
	schemas CONSTANT oid[] := '{oncall,oncall_internal}'::regnamespace[]::oid[];
	installed text;
	library text := oncall.library_version();
	made_by_version text;
	made_by name;
	made record;
	problem text;
	-- of Citus, which would make what it can of this on other nodes, too
	spread text := current_setting('citus.enable_ddl_propagation', true);
BEGIN
	SELECT e.extversion INTO installed
	FROM pg_extension e WHERE e.extname = 'oncall';
	IF installed IS DISTINCT FROM library THEN
		RAISE EXCEPTION 'the extension oncall is of version %, its library of version %', installed, library
			USING ERRCODE = '55000',
				HINT = CASE WHEN string_to_array(installed, '.')::int[] < string_to_array(library, '.')::int[]
					THEN 'Run ALTER EXTENSION oncall UPDATE.'
					ELSE format('Install oncall %s on the server and connect again.', installed) END;
	END IF;
	-- one at a time; two OIDs side by side fill a bigint
	PERFORM pg_advisory_xact_lock(('pg_namespace'::regclass::oid::bigint << 32) | schemas[1]::bigint);

	-- not from pg_proc: in REPEATABLE READ that could be an old view of it
	IF to_regprocedure('oncall_internal.schema_version()') IS NOT NULL THEN
		SELECT pg_get_userbyid(p.proowner) INTO made_by
		FROM pg_proc p WHERE p.oid = to_regprocedure('oncall_internal.schema_version()');
		IF made_by <> current_user THEN
			RAISE EXCEPTION 'the tables of oncall belong to role "%"', made_by
				USING ERRCODE = '42501',
					DETAIL = 'All of them have one owner, who alone may add to them.',
					HINT = format('Run SET ROLE %I before you call setup().', made_by);
		END IF;
		EXECUTE 'SELECT oncall_internal.schema_version()' INTO made_by_version;
		IF string_to_array(made_by_version, '.')::int[] > string_to_array(release, '.')::int[] THEN
			RAISE EXCEPTION 'the tables were made by oncall %, this is oncall %', made_by_version, release
				USING ERRCODE = '55000',
					HINT = format('Run ALTER EXTENSION oncall UPDATE TO %L, or use the newer one that made them.', made_by_version);
		END IF;
		-- a snapshot from before they were made shows none of them
		IF made_by IS NOT NULL AND to_regprocedure('oncall_internal.parts_made()') IS NOT NULL THEN
			EXECUTE $query$
				SELECT string_agg(m, '; ' ORDER BY n) FILTER (WHERE n <= 20)
					|| CASE WHEN count(*) > 20 THEN format('; and %s more', count(*) - 20) ELSE '' END
				FROM oncall_internal.parts_missing(oncall_internal.parts_made()) WITH ORDINALITY AS missing(m, n)
				$query$ INTO problem;
			IF problem IS NOT NULL THEN
				RAISE WARNING 'the tables of oncall have been altered, so that its rules may not hold'
					USING ERRCODE = '01000', DETAIL = format('Missing, or not as it was made: %s.', problem),
						HINT = 'Put it back, as it is in another database in which setup() is called, and ask audit() what breaks the rules.';
			END IF;
		END IF;
		IF made_by_version = release THEN
			RETURN format('oncall %s: the tables are up to date', release);
		END IF;
	END IF;

	SELECT string_agg(s::regnamespace::text, ', ' ORDER BY s) INTO problem
	FROM unnest(schemas) s WHERE NOT has_schema_privilege(s, 'CREATE');
	IF problem IS NOT NULL THEN
		RAISE EXCEPTION 'role "%" may not create objects in %', current_user,
				CASE WHEN problem LIKE '%,%' THEN 'schemas ' ELSE 'schema ' END || problem
			USING ERRCODE = '42501',
				HINT = format('Let the owner of the schemas run GRANT CREATE ON SCHEMA %s TO %I, or call setup() as that owner.', problem, current_user);
	END IF;

	-- whatever stands here and is not the extension's is somebody else's: who
	-- owns a function that our triggers call could make it do anything
	SELECT string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', '
		ORDER BY d.classid, d.objid) INTO problem
	FROM pg_depend d
	WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = ANY (schemas) AND d.deptype = 'n'
		AND NOT EXISTS (SELECT FROM pg_depend e
			WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype IN ('e', 'i'));
	IF problem IS NOT NULL AND made_by_version IS NULL THEN
		RAISE EXCEPTION 'schemas oncall and oncall_internal hold objects that are not oncall''s'
			USING ERRCODE = '55000', DETAIL = format('There are: %s.', problem),
				HINT = 'Move them to another schema, or drop them, and call setup() again.';
	END IF;

	-- the tables and all that stands on them are each node's own
	IF spread IS NOT NULL THEN
		PERFORM set_config('citus.enable_ddl_propagation', 'off', true);
	END IF;

	-- Whoever can create functions in the schemas could add some that are
	-- called in place of ours: from now on only the owners can.
	FOR made IN
		SELECT g.* FROM oncall_internal.create_grants() g WHERE pg_has_role(g.owner, 'USAGE')
	LOOP
		EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %s CASCADE', made.schema, made.grantee);
		RAISE NOTICE '% can no longer create objects in schema %', made.grantee, made.schema;
	END LOOP;
	FOR made IN
		SELECT g.* FROM oncall_internal.create_grants() g
	LOOP
		RAISE WARNING '% can create objects in schema %', made.grantee, made.schema
			USING HINT = format('Let %s run REVOKE CREATE ON SCHEMA %I FROM %s.', made.owner, made.schema, made.grantee);
	END LOOP;
	-- nor should the owner of a schema get the rights of the owner of the tables
	FOR made IN
		SELECT n.nspname AS schema, n.nspowner::regrole AS owner
		FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
		WHERE n.oid = ANY (schemas) AND NOT r.rolsuper AND NOT pg_has_role(n.nspowner, current_user, 'USAGE')
		ORDER BY 1
	LOOP
		RAISE WARNING '% owns schema %, and can create functions in it that are called as the owner of the tables',
				made.owner, made.schema
			USING HINT = format('Call setup() as that role, or run ALTER SCHEMA %I OWNER TO CURRENT_USER.', made.schema);
	END LOOP;

	BEGIN
		IF made_by_version IS NULL THEN
			EXECUTE $oncall_setup$
@CHAPTERS@
			$oncall_setup$;
		ELSE
			-- one step for each version that has changed the tables
@UPDATES@
		END IF;
	EXCEPTION
		-- what is not our fault, without the whole text above as its context
		WHEN duplicate_table OR duplicate_object OR duplicate_function OR insufficient_privilege THEN
			GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
			RAISE EXCEPTION 'could not make the tables: %', problem
				USING ERRCODE = SQLSTATE,
					HINT = CASE WHEN SQLSTATE = '42501'
						THEN 'Let the owner of the schema grant what is missing, or call setup() as that owner.'
						ELSE 'Rename what you have in schema "oncall" under that name.' END;
	END;

	EXECUTE format('CREATE OR REPLACE FUNCTION oncall_internal.schema_version() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %L', release);
	COMMENT ON FUNCTION oncall_internal.schema_version() IS
		'The version of oncall whose setup() made the tables, or last brought them up to date. A dump carries it.';

	-- in PL/pgSQL, which keeps a long list as the text that it is
	EXECUTE format('CREATE OR REPLACE FUNCTION oncall_internal.parts_made() RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
		SET search_path = pg_catalog, pg_temp AS %L',
		format(E'BEGIN\n\tRETURN %L;\nEND\n', (SELECT array_agg(p ORDER BY p COLLATE "C")::text FROM oncall_internal.parts() p)));
	COMMENT ON FUNCTION oncall_internal.parts_made() IS
		'What setup() made, as parts() lists it. A dump carries it.';

	-- PUBLIC gets nothing of what was made here, whatever the defaults say
	FOR made IN
		SELECT 'TABLE' AS kind, c.oid::regclass::text AS name
		FROM pg_class c
		WHERE c.relnamespace = ANY (schemas) AND c.relkind IN ('r', 'v', 'S')
		UNION ALL
		SELECT 'FUNCTION', p.oid::regprocedure::text
		FROM pg_proc p
		WHERE p.pronamespace = ANY (schemas)
			AND NOT EXISTS (SELECT FROM pg_depend e
				WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
	LOOP
		EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC', made.kind, made.name);
	END LOOP;

	IF spread IS NOT NULL THEN
		PERFORM set_config('citus.enable_ddl_propagation', spread, true);
	END IF;
	RETURN format('oncall %s: the tables have been ', release)
		|| coalesce('brought forward from ' || made_by_version, 'made');
END
$oncall_setup_fn$;
COMMENT ON FUNCTION oncall.setup() IS
'Makes the tables, views and functions of oncall, owned by the caller, or brings them to the version of the extension; returns what it did. Warns of what has been altered since. Errors: 42501 (no CREATE on the schemas, another owner), 55000 (the schemas hold what is not oncall''s, another version).';
