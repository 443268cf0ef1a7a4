
-- Tables

CREATE FUNCTION oncall.setup() RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $oncall_setup_fn$
DECLARE
	release CONSTANT text := '@VERSION@';
	schema_oid oid := 'oncall'::regnamespace;
	installed text;
	library text := oncall.library_version();
	made_by_version text;
	made_by name;
	made record;
	problem text;
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
	IF NOT has_schema_privilege(schema_oid, 'CREATE') THEN
		RAISE EXCEPTION 'role "%" may not create tables in schema "oncall"', current_user
			USING ERRCODE = '42501',
				HINT = format('Let the owner of the schema run GRANT CREATE ON SCHEMA oncall TO %I, or call setup() as that owner.', current_user);
	END IF;

	-- one at a time; two OIDs side by side fill a bigint
	PERFORM pg_advisory_xact_lock(('pg_namespace'::regclass::oid::bigint << 32) | schema_oid::bigint);

	-- not from pg_proc: in REPEATABLE READ that could be an old view of it
	IF to_regprocedure('oncall.schema_version()') IS NOT NULL THEN
		SELECT pg_get_userbyid(p.proowner) INTO made_by
		FROM pg_proc p WHERE p.oid = to_regprocedure('oncall.schema_version()');
		IF made_by <> current_user THEN
			RAISE EXCEPTION 'the tables of oncall belong to role "%"', made_by
				USING ERRCODE = '42501',
					DETAIL = 'All of them have one owner, who alone may add to them.',
					HINT = format('Run SET ROLE %I before you call setup().', made_by);
		END IF;
		EXECUTE 'SELECT oncall.schema_version()' INTO made_by_version;
		IF string_to_array(made_by_version, '.')::int[] > string_to_array(release, '.')::int[] THEN
			RAISE EXCEPTION 'the tables were made by oncall %, this is oncall %', made_by_version, release
				USING ERRCODE = '55000',
					HINT = format('Run ALTER EXTENSION oncall UPDATE TO %L, or use the newer one that made them.', made_by_version);
		END IF;
		RETURN format('oncall %s: the tables are up to date', release);
	END IF;

	BEGIN
		EXECUTE $oncall_setup$
@CHAPTERS@
		$oncall_setup$;
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

	EXECUTE format('CREATE FUNCTION oncall.schema_version() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %L', release);
	COMMENT ON FUNCTION oncall.schema_version() IS
		'The version of oncall whose setup() made the tables, or last brought them up to date. A dump carries it.';

	-- PUBLIC gets nothing of what was made here, whatever the defaults say
	FOR made IN
		SELECT 'TABLE' AS kind, c.oid::regclass::text AS name
		FROM pg_class c
		WHERE c.relnamespace = schema_oid AND c.relkind IN ('r', 'v', 'S') AND oncall.written_now(c.xmin)
		UNION ALL
		SELECT 'FUNCTION', p.oid::regprocedure::text
		FROM pg_proc p
		WHERE p.pronamespace = schema_oid AND oncall.written_now(p.xmin)
	LOOP
		EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC', made.kind, made.name);
	END LOOP;

	RETURN format('oncall %s: the tables have been made', release);
END
$oncall_setup_fn$;
COMMENT ON FUNCTION oncall.setup() IS
'Makes the tables, views and functions of oncall in schema oncall, as ordinary objects of the caller, who needs CREATE on the schema; returns what it did. Called again it changes nothing; after ALTER EXTENSION oncall UPDATE it brings them to the new version and loses nothing. Errors: 42501 (no CREATE on the schema; the tables have another owner), 55000 (the tables were made by a newer version; the library is of another version).';
