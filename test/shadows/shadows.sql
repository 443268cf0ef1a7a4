-- A double of whatever pg_catalog has that can be called by name: functions,
-- aggregates, operators, types and relations. Each raises when it is used.

SET search_path = pg_catalog;
SET client_min_messages = warning;
CREATE SCHEMA shadow;
GRANT USAGE ON SCHEMA shadow TO PUBLIC;

CREATE FUNCTION shadow.trap(what text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'UU001', MESSAGE = 'caught in the shadow: ' || what;
END
$$;

DO $$
DECLARE
	double record;
	made integer := 0;
BEGIN
	FOR double IN
		SELECT format('CREATE FUNCTION shadow.%I(%s) RETURNS %s LANGUAGE plpgsql SET search_path = pg_catalog AS %L', p.proname,
			replace(pg_get_function_identity_arguments(p.oid), '"any"', CASE WHEN p.provariadic <> 0 THEN 'anyarray' ELSE 'anyelement' END),
			pg_get_function_result(p.oid), format('BEGIN PERFORM shadow.trap(%L); END', p.oid::regprocedure)) AS command
		FROM pg_proc p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'a', 'w')
			AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'cstring'::regtype)
			AND NOT p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[]
		UNION ALL
		SELECT format('CREATE OPERATOR shadow.%s (FUNCTION = shadow.%I, %sRIGHTARG = %s)', o.oprname, p.proname,
			CASE WHEN o.oprkind = 'b' THEN format('LEFTARG = %s, ', o.oprleft::regtype) ELSE '' END, o.oprright::regtype)
		FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
		WHERE o.oprnamespace = 'pg_catalog'::regnamespace
	LOOP
		BEGIN
			EXECUTE double.command;
			made := made + 1;
		EXCEPTION WHEN undefined_function OR invalid_function_definition OR feature_not_supported OR duplicate_function
			OR datatype_mismatch OR syntax_error THEN
			NULL; -- what PL/pgSQL cannot take or return
		END;
	END LOOP;
	IF made < 3000 THEN
		RAISE EXCEPTION 'only % doubles', made;
	END IF;
	FOR double IN
		SELECT format('CREATE VIEW shadow.%I AS SELECT r.* FROM pg_catalog.%1$I r WHERE shadow.trap(%L)', c.relname, c.relname) AS command
		FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
			-- has a column of a pseudo-type
			AND c.relname !~ '^pg_(stat(s|istic)|attribute$)'
		UNION ALL
		SELECT format('CREATE DOMAIN shadow.%I AS %s CHECK (shadow.trap(%L))', t.typname, t.oid::regtype, t.typname)
		FROM pg_type t
		WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 AND t.typname !~ '^(pg_|_)'
	LOOP
		EXECUTE double.command;
	END LOOP;
END
$$;
