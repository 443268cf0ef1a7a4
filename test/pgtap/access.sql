-- Who may do what: a row for each function, and who of the three that
-- grant_access() knows can call it, whatever is on the search_path. Nobody is
-- granted a function that must fail for them, and nobody is told, by an answer
-- or by an error, what is somebody else's own.
--
-- Tests: access

\set schema access_matrix
\ir start.psql

SELECT plan(18);

\ir ../data/calls.sql

-- Each call is made as each of the three, and rolled back.
CREATE FUNCTION outcome(access text, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_access_' || access);
	EXECUTE command;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'UU000' THEN 'x' WHEN '42501' THEN '-' ELSE SQLSTATE || ' ' || SQLERRM END;
END
$$;

-- The name of the function that a call is of
CREATE VIEW called AS
SELECT m.*, substring(m.call FROM '^oncall\.(\w+)\(') AS name FROM matrix m;
SELECT is_empty($$
	SELECT DISTINCT p.proname FROM pg_proc p
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
		AND NOT EXISTS (SELECT FROM called c WHERE c.name = p.proname)
		-- those that need no table
		AND p.provolatile <> 'i' AND p.proname <> ALL ('{setup,grant_access,library_version,horizon,handovers,is_open,open_periods,turn_at,turn_period}'::text[])
	$$, 'the matrix has every function that reads or writes tables');
SELECT is_empty($$
	SELECT c.name FROM called c
	WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'oncall'::regnamespace AND p.proname = c.name)
	$$, 'and no others');

-- Which of the functions of that name a call is of: the one that a view of it
-- depends on.
CREATE TABLE resolved (call text, function regprocedure);
DO $$
DECLARE
	c record;
BEGIN
	FOR c IN SELECT call, name FROM called LOOP
		EXECUTE format('CREATE VIEW one_call AS SELECT %s IS NULL AS told FROM access_matrix.own', c.call);
		INSERT INTO resolved
		SELECT c.call, p.oid
		FROM pg_depend d
		JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'one_call'::regclass
		JOIN pg_proc p ON p.oid = d.refobjid AND p.proname = c.name AND p.pronamespace = 'oncall'::regnamespace
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_proc'::regclass;
		DROP VIEW one_call;
	END LOOP;
END
$$;
SELECT bag_eq('SELECT call FROM resolved', 'SELECT call FROM called', 'each call is of one function');

SELECT results_eq(format($$SELECT c.call, outcome(%1$L, 'SELECT ' || c.call || CASE WHEN c.call ~ '\mown\.' THEN ' FROM access_matrix.own' ELSE '' END) FROM called c$$, a),
		format('SELECT call, %I FROM called', a), format('what a %s may call', a))
FROM unnest('{reader,member,manager}'::text[]) a;
-- refused means not granted, but for what belongs to the extension, which all may call
SELECT is_empty($$
	SELECT a.access, p.oid::regprocedure
	FROM called c CROSS JOIN LATERAL (VALUES ('reader', c.reader), ('member', c.member), ('manager', c.manager)) a(access, outcome)
	JOIN resolved f USING (call)
	JOIN pg_proc p ON p.pronamespace = 'oncall'::regnamespace AND p.proname = c.name
		-- one that no call is of goes with those of its name
		AND (p.oid = f.function OR p.oid NOT IN (SELECT function FROM resolved))
	WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	GROUP BY a.access, p.oid
	HAVING has_function_privilege('regress_oncall_access_' || a.access, p.oid, 'EXECUTE') <> bool_or(a.outcome = 'x')
	$$, 'nobody is granted a function that must fail');

-- nor one that stands on what they cannot read
CREATE TABLE source AS
SELECT p.oid, p.proname AS name, regexp_replace(regexp_replace(pg_get_functiondef(p.oid), '--[^\n]*', '', 'g'), '''[^'']*''', '', 'g') AS words
FROM pg_proc p
WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype;
WITH RECURSIVE private(name, what) AS (
	SELECT c.relname, format('\moncall\.%s\M', c.relname)
	FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v')
		AND NOT has_table_privilege('regress_oncall_access_reader', c.oid, 'SELECT')
	UNION
	-- C functions, whose source is not here
	SELECT n, format('\moncall(_internal)?\.%s\(', n)
	FROM unnest('{pay_lines,pay_pieces,callout_periods,duty_conflicts,audit}'::text[]) n
	UNION
	SELECT f.name, format('\moncall(_internal)?\.%s\(', f.name)
	-- some answer less to who may not read it
	FROM private v JOIN source f ON f.words ~ v.what AND f.name <> v.name AND f.words !~ 'WHEN insufficient_privilege|NOT has_table_privilege')
SELECT is_empty(format($$
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.proname = ANY (%L) AND p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = 'oncall.absence'::regclass)
		AND p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
		AND has_function_privilege('regress_oncall_access_reader', p.oid, 'EXECUTE')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
	$$, array_agg(DISTINCT v.name)), 'no function that readers are granted reads what they cannot')
FROM private v;

-- The same calls, bound before, under a search_path on which every function and
-- every operator of pg_catalog has a double that raises: none of it is called.
CREATE SCHEMA hostile;
CREATE TABLE called_now AS SELECT row_number() OVER () AS number, c.* FROM called c;
CREATE FUNCTION hostile_doubles() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	double record;
	made integer := 0;
BEGIN
	FOR double IN
		SELECT format('CREATE FUNCTION hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', p.proname, pg_get_function_identity_arguments(p.oid),
			pg_get_function_result(p.oid), format('BEGIN RAISE EXCEPTION USING ERRCODE = ''UU001'', MESSAGE = %L; END', 'trapped by ' || p.oid::regprocedure)) AS command
		FROM pg_proc p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.prorettype NOT IN ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'cstring'::regtype)
			AND p.proargtypes::oid[] && ARRAY['text'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype, 'bool'::regtype, 'date'::regtype, 'interval'::regtype,
				'timestamptz'::regtype, 'timestamp'::regtype, 'anyarray'::regtype, 'anycompatiblearray'::regtype, 'anyrange'::regtype, 'anymultirange'::regtype, 'jsonb'::regtype, '"any"'::regtype]::oid[]
			AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[] AND p.proname !~ '^(ts_|pg_|has_|json_|binary_|lo_|row_security)'
		UNION ALL
		SELECT format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.%I, LEFTARG = %s, RIGHTARG = %s)', o.oprname, p.proname, o.oprleft::regtype, o.oprright::regtype)
		FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
		WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprkind = 'b'
	LOOP
		BEGIN
			EXECUTE double.command;
			made := made + 1;
		EXCEPTION WHEN undefined_function OR invalid_function_definition OR undefined_object OR feature_not_supported OR syntax_error THEN
			NULL; -- what has no double: an operator of a function that was left out, pseudo-types that PL/pgSQL does not take
		END;
	END LOOP;
	RETURN made;
END
$$;
SELECT cmp_ok(hostile_doubles(), '>', 1000, 'there are many doubles');
GRANT USAGE ON SCHEMA hostile TO PUBLIC;
ALTER TABLE called_now ADD view text;
UPDATE called_now SET view = 'call_' || number;
DO $$
BEGIN
	EXECUTE (SELECT string_agg(format('CREATE VIEW %I WITH (security_invoker = true) AS SELECT (%s)::text AS told FROM access_matrix.own; GRANT SELECT ON %1$I TO PUBLIC', c.view, c.call), ';')
		FROM called_now c);
END
$$;
-- What is told by a call of a view: its rows, or its error
CREATE FUNCTION told(access text, view text, path text, now boolean DEFAULT false) RETURNS TABLE (state text, words text) LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', 'regress_oncall_access_' || access);
	PERFORM set_config('search_path', path, true);
	EXECUTE format('SELECT pg_catalog.string_agg(told, '' '') FROM access_matrix.%I', view) INTO words;
	IF now THEN
		SET CONSTRAINTS ALL IMMEDIATE;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'UU000', MESSAGE = coalesce(words, '');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	state := CASE SQLSTATE WHEN 'UU000' THEN 'x' WHEN '42501' THEN '-' ELSE SQLSTATE || ' ' || SQLERRM END;
	words := concat_ws(' ', SQLERRM, detail, hint);
	RETURN NEXT;
END
$$;
SELECT throws_ok('SELECT hostile.lower(''X''::text)', 'UU001', NULL, 'a double raises');
SELECT results_eq(format($$SELECT c.call, t.state FROM called_now c, told(%1$L, c.view, 'hostile, pg_catalog') t ORDER BY c.number$$, a),
		format('SELECT call, %I FROM called_now ORDER BY number', a), format('a hostile search_path changes nothing of what a %s may call', a))
FROM unnest('{reader,member,manager}'::text[]) a;

-- No result and no error tells a reader or a colleague what is somebody's own:
-- Ben's absence, pay, time in lieu, contact and feedback, each with something
-- that stands nowhere else (zqx, 13:37, 98765). His absence is in the way of a
-- swap that he had offered to Ann.
SELECT oncall.withdraw_cover(own.cover) FROM own \g /dev/null
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE own ADD swap integer;
UPDATE own SET swap = oncall.offer_shift('Rota', ben, 'Ben', in_return_period => ann, in_return_rotation => 'Rota');
CREATE TABLE ben AS SELECT p.person_id FROM oncall.person p WHERE p.name = 'Ben';
INSERT INTO oncall.absence (person_id, period, kind, note)
SELECT b.person_id, tstzrange(date_trunc('day', lower(o.ann)) + interval '1 day 13 hours 37 minutes', date_trunc('day', lower(o.ann)) + interval '3 days 13 hours 37 minutes'), 'sick', 'zqx at the clinic'
FROM ben b, own o;
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, note) SELECT b.person_id, '2026-01-01', 'adjusted', '98765 minutes', 'zqx' FROM ben b;
INSERT INTO oncall.contact (person_id, method, address) SELECT b.person_id, 'sms', '+98765 zqx' FROM ben b;
INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, amount, why)
SELECT b.person_id, y.pay_policy_id, '2026-01-02', 98765, 'zqx' FROM ben b, oncall.pay_policy y WHERE y.name = 'Terms';
INSERT INTO oncall.shift_feedback (rotation_id, person_id, period, mood, note)
SELECT r.rotation_id, b.person_id, '[2020-01-02,2020-01-03)', 1, 'zqx' FROM ben b, oncall.rotation r WHERE r.name = 'Past';
CREATE VIEW swapping WITH (security_invoker = true) AS SELECT oncall.accept_offer(own.swap, 'Ann')::text AS told FROM access_matrix.own;
CREATE VIEW objecting WITH (security_invoker = true) AS SELECT o::text AS told FROM access_matrix.own, oncall.offer_objections(own.swap, 'Ann', true) o;
CREATE VIEW offering WITH (security_invoker = true) AS SELECT oncall.offer_shift('Rota', own.ann, 'Ann', 'Ben')::text AS told FROM access_matrix.own;
GRANT SELECT ON swapping, objecting, offering TO PUBLIC;
DO $$
BEGIN
	EXECUTE (SELECT string_agg(format('CREATE VIEW %I WITH (security_invoker = true) AS SELECT t::text AS told FROM oncall.%I t; GRANT SELECT ON %1$I TO PUBLIC',
			'rows_' || c.relname, c.relname), ';')
		FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v'));
END
$$;
CREATE TABLE telling AS
SELECT a.access, v.view, t.state, t.words
FROM unnest('{reader,member,manager}'::text[]) a(access), (SELECT c.view FROM called_now c UNION ALL VALUES ('swapping'), ('objecting'), ('offering')
		UNION ALL SELECT 'rows_' || c.relname FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v')) v(view),
	told(a.access, v.view, 'pg_catalog', true) t
WHERE a.access <> 'manager' OR v.view LIKE 'rows%';
SELECT matches((SELECT t.state FROM telling t WHERE t.access = 'member' AND t.view = 'swapping'), '^23.*absent', 'the swap is refused');
SELECT matches((SELECT t.words FROM telling t WHERE t.access = 'manager' AND t.view = 'rows_absence'), '13:37', 'managers are told of the absence');
SELECT cmp_ok((SELECT count(*) FROM telling t WHERE t.access = 'manager' AND t.words ~ 'zqx|13:37|98765'), '>', 5::bigint, '... and of the rest');
SELECT is_empty($$SELECT t.access, t.view, t.words FROM telling t WHERE t.access <> 'manager' AND t.words ~ 'zqx|13:37|98765|\msick\M'$$,
	'nobody is told what is somebody else''s own');
-- no error of a statement on such a table shows a row of somebody else either
CREATE TABLE prying (statement text);
INSERT INTO prying
SELECT s FROM ben b, unnest(ARRAY[
	format('INSERT INTO oncall.absence (person_id, period, kind, note) SELECT %s, period, kind, note FROM oncall.absence', b.person_id),
	format('INSERT INTO oncall.absence (person_id, period) VALUES (%s, ''[2126-01-01,2126-12-31)'')', b.person_id),
	'UPDATE oncall.absence SET period = NULL', 'DELETE FROM oncall.absence RETURNING *',
	'UPDATE oncall.absence SET period = period WHERE 1 / (CASE WHEN note ~ ''zqx'' THEN 0 ELSE 1 END) = 1',
	'SELECT 1 / (CASE WHEN note ~ ''zqx'' THEN 0 ELSE 1 END) FROM oncall.absence',
	'SELECT note::integer FROM oncall.absence', 'SELECT address::integer FROM oncall.contact', 'SELECT note::integer FROM oncall.lieu_entry',
	'SELECT why::integer FROM oncall.pay_entry', 'SELECT note::integer FROM oncall.shift_feedback', 'SELECT amount::text::date FROM oncall.pay_line',
	format('INSERT INTO oncall.contact (contact_id, person_id, method, address) SELECT contact_id, %s, method, address FROM oncall.contact', b.person_id),
	format('INSERT INTO oncall.contact (person_id, method, address) VALUES (%s, ''sms'', ''+98765 zqx'')', b.person_id),
	format('INSERT INTO oncall.lieu_entry (person_id, day, kind, amount) VALUES (%s, current_date, ''taken'', ''99999 minutes'')', b.person_id),
	format('INSERT INTO oncall.shift_feedback (rotation_id, person_id, period, mood) SELECT rotation_id, %s, ''[2020-01-02,2020-01-03)'', 2 FROM oncall.rotation WHERE name = ''Past''', b.person_id)]) s;
CREATE FUNCTION pried(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
BEGIN
	SET LOCAL ROLE regress_oncall_access_member;
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'UU000';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN concat_ws(' ', SQLSTATE, SQLERRM, detail);
END
$$;
SELECT is_empty($$SELECT p.statement, pried(p.statement) FROM prying p
	WHERE pried(p.statement) ~ '13:37|98765 zqx|invalid input syntax.*zqx|division' AND p.statement !~ '98765 zqx'$$, 'no error shows what is in a row of somebody else');

SELECT * FROM finish();
ROLLBACK;
