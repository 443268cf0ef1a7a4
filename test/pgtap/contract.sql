-- What users, tools and reviewers rely on: labels, privileges and comments of
-- everything, as rules over the catalogs, and the list of all functions.
--
-- Tests: access setup
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT oncall.setup() IS NOT NULL AS ready;
SELECT plan(37);

-- Everything of oncall that has a name: the extension's and setup()'s
CREATE TEMPORARY VIEW function AS
	SELECT p.*, p.oid::regprocedure AS signature, l.lanname,
		EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
			AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e') AS engine
	FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace);
CREATE TEMPORARY VIEW relation AS
	SELECT c.*, c.oid::regclass AS name FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'f', 'p');
CREATE TEMPORARY VIEW operator AS
	SELECT o.*, o.oid::regoperator AS signature FROM pg_operator o WHERE o.oprnamespace = 'oncall'::regnamespace;
CREATE TEMPORARY VIEW type AS
	SELECT t.*, t.oid::regtype AS name FROM pg_type t
	WHERE t.typnamespace = 'oncall'::regnamespace AND t.typrelid = 0 AND t.typelem = 0;
CREATE TEMPORARY VIEW member AS
	SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS name
	FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
	WHERE e.extname = 'oncall' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';

-- Nothing stands outside its schema
SELECT is_empty($$
	SELECT m.name FROM member m
	LEFT JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
	LEFT JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
	LEFT JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid
	LEFT JOIN pg_opclass c ON m.classid = 'pg_opclass'::regclass AND c.oid = m.objid
	LEFT JOIN pg_opfamily f ON m.classid = 'pg_opfamily'::regclass AND f.oid = m.objid
	LEFT JOIN pg_cast x ON m.classid = 'pg_cast'::regclass AND x.oid = m.objid
	LEFT JOIN pg_type xt ON xt.oid IN (x.castsource, x.casttarget) AND xt.typnamespace = 'oncall'::regnamespace
	WHERE coalesce(p.pronamespace, t.typnamespace, o.oprnamespace, c.opcnamespace, f.opfnamespace, xt.typnamespace)
		NOT IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
		AND (m.classid, m.objid) NOT IN (('pg_namespace'::regclass, 'oncall'::regnamespace),
			('pg_namespace'::regclass, 'oncall_internal'::regnamespace))
	$$, 'the extension has nothing outside its schemas');
SELECT is_empty($$
	SELECT c.oid::regclass::text FROM pg_class c
	WHERE oncall_internal.written_now(c.xmin) AND c.relpersistence <> 't' AND c.relkind NOT IN ('i', 't')
		AND c.relnamespace NOT IN ('oncall'::regnamespace, 'pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
		-- composite types are what our own functions hand each other, tables
		-- are what signals are about
		AND NOT (c.relkind IN ('c', 'r') AND c.relnamespace = 'oncall_internal'::regnamespace)
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
	UNION ALL
	SELECT p.oid::regprocedure::text FROM pg_proc p
	WHERE oncall_internal.written_now(p.xmin) AND p.pronamespace NOT IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace, pg_my_temp_schema())
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
	$$, 'setup() makes nothing outside its schemas');
SELECT is_empty($$
	SELECT m.name FROM member m WHERE m.classid = 'pg_class'::regclass
	$$, 'the extension has no tables, views or sequences');
SELECT is_empty($$
	SELECT p.source, p.target FROM pg_extension_update_paths('oncall') p
	WHERE p.target = (SELECT default_version FROM pg_available_extensions WHERE name = 'oncall') AND p.path IS NULL
	$$, 'every version leads to the default version');
SELECT is((SELECT extrelocatable::text || extnamespace::regnamespace FROM pg_extension WHERE extname = 'oncall'),
	'falsepg_catalog', 'the extension cannot be relocated');
SELECT is((SELECT trusted FROM pg_available_extension_versions WHERE name = 'oncall' AND installed), true, 'the extension is trusted');

-- Functions
SELECT is_empty('SELECT signature FROM function WHERE prosecdef', 'no function is SECURITY DEFINER');
SELECT is_empty($$
	SELECT signature, lanname FROM function WHERE lanname NOT IN ('c', 'internal', 'plpgsql') AND prosqlbody IS NULL
	$$, 'functions are C, PL/pgSQL, or SQL bound when they were created');
SELECT is_empty($$
	SELECT signature, proconfig FROM function
	WHERE lanname = 'plpgsql' AND (proconfig @> '{"search_path=pg_catalog, pg_temp"}') IS NOT TRUE
	$$, 'PL/pgSQL has its search_path pinned');
SELECT is_empty($$
	SELECT signature FROM function
	WHERE CASE WHEN provolatile = 'v' THEN proparallel <> 'u' ELSE engine AND proparallel <> 's' END
	$$, 'what the engine reads or computes is PARALLEL SAFE, what writes is not');
-- which takes a subtransaction; known by the text of functions, and of those that call them (not by what they tell people)
SELECT is_empty($$
	WITH RECURSIVE body AS MATERIALIZED (
		SELECT p.oid, p.proname, p.proparallel, regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
			'''[^''\n]*''', '', 'g') AS text
		FROM pg_proc p
		WHERE p.pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace) AND p.prokind = 'f'
	), catching AS (
		SELECT b.oid, b.proname FROM body b WHERE b.text ~ '\mEXCEPTION\s+WHEN\M'
		UNION
		SELECT b.oid, b.proname FROM catching c JOIN body b ON strpos(b.text, '.' || c.proname || '(') > 0
	)
	SELECT b.oid::regprocedure FROM catching c JOIN body b USING (oid) WHERE b.proparallel <> 'u'
	$$, 'what catches errors is not PARALLEL SAFE');
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.prokind = 'f' AND p.pronargs > 0
		AND (p.proargnames IS NULL OR '' = ANY (p.proargnames[1:p.pronargs]))
	$$, 'every argument has a name');
-- on_call and seat_holder have a form for each type that an id has, for speed; reports of pay one for each type of window
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_proc q ON q.pronamespace = p.pronamespace AND q.proname = p.proname
		AND q.oid <> p.oid AND q.proargnames[1:q.pronargs] = p.proargnames[1:p.pronargs]
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.proname NOT IN ('on_call', 'seat_holder', 'pay_report', 'explain_pay')
	$$, 'a call by name tells all functions of one name apart');
SELECT is_empty('SELECT signature FROM function WHERE proleakproof', 'no function claims to be leakproof');
SELECT is_empty($$
	SELECT signature, provolatile FROM function f
	WHERE provolatile <> 'i' AND EXISTS (SELECT FROM pg_type t WHERE t.typnamespace = 'oncall'::regnamespace
		AND f.oid IN (t.typinput, t.typoutput, t.typsend, t.typmodin, t.typmodout))
		-- text is sent in the encoding of the client
		AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = f.oid AND p.prosrc = 'textsend')
	$$, 'input, output and send are IMMUTABLE');
SELECT is_empty($$
	SELECT o.signature FROM operator o JOIN pg_proc p ON p.oid = o.oprcode
	WHERE NOT p.proisstrict OR p.provolatile <> 'i' OR p.pronamespace <> 'oncall_internal'::regnamespace
	$$, 'operators are strict and IMMUTABLE');
SELECT set_eq($$
	SELECT signature::text FROM function
	WHERE engine AND NOT has_function_privilege('public', oid, 'EXECUTE')
	$$, ARRAY['oncall.beat_on_insert()', 'oncall.page_on_insert()'],
	'everyone may call the functions of the extension, but triggers that write for others when attached to any table');
SELECT is_empty($$
	SELECT signature FROM function
	WHERE NOT engine AND has_function_privilege('public', oid, 'EXECUTE')
	$$, 'PUBLIC may call nothing that setup() made');
SELECT is_empty($$
	SELECT signature FROM function f, pg_extension e
	WHERE e.extname = 'oncall' AND f.engine AND NOT has_function_privilege(e.extowner, f.oid, 'EXECUTE WITH GRANT OPTION')
	$$, 'whoever created the extension may pass on its functions');

-- Types and operators
SELECT is_empty($$
	SELECT t.name, am.amname FROM type t, pg_am am
	WHERE t.typtype = 'b' AND am.amname IN ('btree', 'hash') AND NOT EXISTS (
		SELECT FROM pg_opclass c WHERE c.opcintype = t.oid AND c.opcmethod = am.oid AND c.opcdefault)
	$$, 'every type can be sorted and hashed');
SELECT is_empty($$
	SELECT c.opcname, am.amname FROM pg_opclass c JOIN pg_am am ON am.oid = c.opcmethod
	WHERE c.opcnamespace = 'oncall'::regnamespace AND NOT amvalidate(c.oid)
	$$, 'operator classes are valid');
SELECT is_empty($$
	SELECT c.opcname FROM pg_opclass c JOIN pg_am am ON am.oid = c.opcmethod
	WHERE c.opcnamespace = 'oncall'::regnamespace AND am.amname = 'hash' AND NOT EXISTS (
		SELECT FROM pg_amproc p WHERE p.amprocfamily = c.opcfamily AND p.amprocnum = 2)
	$$, 'hash operator classes have the extended function');
SELECT is_empty($$SELECT name FROM type WHERE typtype = 'b' AND (typsend = 0 OR typreceive = 0)$$,
	'every type has binary input and output');
SELECT is_empty($$
	SELECT o.signature FROM operator o
	WHERE o.oprkind = 'b' AND o.oprresult = 'boolean'::regtype AND (o.oprrest = 0 OR o.oprjoin = 0 OR o.oprcom = 0)
	$$, 'operators that compare have commutator and selectivity');
SELECT is_empty($$
	SELECT o.signature FROM operator o
	WHERE o.oprname IN ('=', '<>', '<', '<=', '>', '>=') AND o.oprnegate = 0
	$$, 'orderings and equality have a negator');
SELECT is_empty($$
	SELECT o.signature, o.oprrest, o.oprjoin FROM operator o
	JOIN (VALUES ('=', 'eqsel', 'eqjoinsel'), ('<>', 'neqsel', 'neqjoinsel'), ('<', 'scalarltsel', 'scalarltjoinsel'),
		('<=', 'scalarlesel', 'scalarlejoinsel'), ('>', 'scalargtsel', 'scalargtjoinsel'),
		('>=', 'scalargesel', 'scalargejoinsel')) AS want(name, restrict, joins) ON want.name = o.oprname
	WHERE o.oprrest::text <> want.restrict OR o.oprjoin::text <> want.joins
		OR o.oprname = '=' AND NOT (o.oprcanhash AND o.oprcanmerge)
	$$, 'each has the selectivity of its kind');

-- Tables
SELECT is_empty($$
	SELECT k.conrelid::regclass, k.conname FROM pg_constraint k
	WHERE k.contype = 'f' AND k.connamespace = 'oncall'::regnamespace AND NOT EXISTS (
		SELECT FROM pg_index i
		WHERE i.indrelid = k.conrelid AND i.indisvalid
			-- one without its NULLs serves a foreign key as well
			AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = (
				SELECT format('(%I IS NOT NULL)', a.attname) FROM pg_attribute a
				WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND cardinality(k.conkey) = 1))
			AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
	$$, 'every foreign key has an index');
SELECT is_empty($$
	SELECT name FROM relation WHERE relkind = 'r' AND NOT EXISTS (
		SELECT FROM pg_constraint k WHERE k.conrelid = relation.oid AND k.contype = 'p')
	$$, 'every table has a primary key');
SELECT is_empty($$
	SELECT k.conrelid::regclass, k.conname FROM pg_constraint k
	WHERE k.connamespace = 'oncall'::regnamespace AND k.contype IN ('c', 'x') AND k.conname ~ '_(check|excl)[0-9]*$'
	$$, 'checks have names that say what they check');
SELECT is_empty($$
	SELECT c.oid::regclass, c.relacl FROM pg_class c
	WHERE c.relnamespace = 'oncall'::regnamespace
		AND (c.relowner <> (SELECT proowner FROM pg_proc WHERE oid = 'oncall_internal.schema_version()'::regprocedure)
			OR EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0))
	$$, 'all tables and views have one owner and nothing for PUBLIC');
SELECT results_eq($$SELECT name::text FROM relation WHERE relrowsecurity ORDER BY 1$$, ARRAY['oncall.absence', 'oncall.calendar_token', 'oncall.contact', 'oncall.duty_notice', 'oncall.duty_notice_move', 'oncall.lieu_entry', 'oncall.pay_assignment', 'oncall.pay_entry', 'oncall.pay_line', 'oncall.response', 'oncall.shift_feedback', 'oncall.swap_request'],
	'no row-level security on what rosters are read from');

-- What may be in a column of words, the hint of its check tells
SELECT is_empty($$
	SELECT c.conname FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
	WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND pg_get_constraintdef(c.oid) ~ '= ANY \(|::text = '
		AND pg_get_constraintdef(c.oid) !~ 'is_word'
$$, 'a check of one column that is one of some words asks is_word(), whose hint lists them');
SELECT is_empty($$
	SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
	JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY (c.conkey) AND a.attname <> 'person_id'
	WHERE pg_get_constraintdef(c.oid) ~ 'is_word'
		AND (c.conname <> r.relname || '_' || a.attname
			OR pg_get_constraintdef(c.oid) !~ format('is_word\(%2$s, [^)]*, ''%1$s''::text, ''%2$s''::text[,)]', r.relname, a.attname)
			OR (pg_get_constraintdef(c.oid) ~ ', person_id\)') <> EXISTS (SELECT FROM pg_attribute p
				WHERE p.attrelid = r.oid AND p.attname = 'person_id' AND p.attnotnull))
$$, 'its error names the table, the column, the constraint, and whose row that would be');

-- Comments: tools show them
SELECT is_empty($$
	SELECT 'schema ' || n FROM unnest('{oncall,oncall_internal}'::regnamespace[]) n WHERE obj_description(n, 'pg_namespace') IS NULL
	UNION ALL SELECT 'function ' || signature FROM function WHERE obj_description(oid, 'pg_proc') IS NULL
	UNION ALL SELECT 'type ' || name FROM type WHERE obj_description(oid, 'pg_type') IS NULL
	UNION ALL SELECT 'operator ' || signature FROM operator WHERE obj_description(oid, 'pg_operator') IS NULL
	UNION ALL SELECT m.name FROM member m
		WHERE m.classid = 'pg_cast'::regclass AND obj_description(m.objid, 'pg_cast') IS NULL
	UNION ALL SELECT 'relation ' || name FROM relation WHERE obj_description(oid, 'pg_class') IS NULL
	UNION ALL SELECT 'column ' || name || '.' || a.attname FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
		WHERE a.attnum > 0 AND NOT a.attisdropped AND col_description(r.oid, a.attnum) IS NULL
	UNION ALL SELECT 'policy ' || p.polname FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
		WHERE obj_description(p.oid, 'pg_policy') IS NULL
	$$, 'everything has a comment');
SELECT is_empty($$
	SELECT o.identity, length(d.description)
	FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
	WHERE length(d.description) > 300 AND o.identity ~ '\moncall(_internal)?\.'
	$$, 'comments fit on a screen: at most 300 characters');

-- All functions: volatility (i, s, v), strict (t, f), parallel safety (s, u).
-- After a change on purpose, put here what this prints:
--   SELECT format('%s.%s(%s)|%s|%s|%s', pronamespace::regnamespace, proname, pg_get_function_identity_arguments(oid),
--     provolatile, left(proisstrict::text, 1), proparallel)
--   FROM pg_proc WHERE pronamespace IN ('oncall'::regnamespace, 'oncall_internal'::regnamespace)
--   ORDER BY 1 COLLATE "C";
CREATE TEMPORARY TABLE pinned (label text COLLATE "C");
COPY pinned FROM stdin;
oncall.accept_offer(swap_request_id integer, person oncall.ref)|v|f|u
oncall.acknowledge(incident integer, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.add_heartbeat(service oncall.ref, every interval, severity text)|v|f|u
oncall.add_holiday_cover(rotation oncall.ref, during daterange, turn interval, reason text, past_reason text)|v|f|u
oncall.add_layer(rotation oncall.ref, members text[], cadence oncall.cadence, rank integer, valid tstzrange, hours oncall.weekly_hours, pairing text, first_seat integer, seats integer, spread boolean, reason text, past_reason text)|v|f|u
oncall.add_person(name text, zone text, working_hours oncall.weekly_hours, calendar oncall.ref, email text, company_phone text, active tstzrange, db_role text)|v|f|u
oncall.add_rotation(name text, members text[], cadence oncall.cadence, team oncall.ref, seats text[], pairing text, hours oncall.weekly_hours, valid tstzrange, zone text, calendar oncall.ref, coverage oncall.weekly_hours, max_consecutive interval, spread boolean)|v|f|u
oncall.add_service(name text, team oncall.ref, rotations text[], seats smallint[], ack_timeout interval, reopen_within interval)|v|f|u
oncall.add_step(service oncall.ref, wait interval, rotation oncall.ref, seat integer, person oncall.ref, holder text, hours oncall.weekly_hours, when_empty text, strategy text, repeat integer)|v|f|u
oncall.anchor(cadence oncall.cadence)|i|t|s
oncall.apply_plan(rotation oncall.ref, during tstzrange, reason text, weights jsonb, history interval, fill_gaps boolean, OUT change_id integer, OUT covers integer, OUT unresolved integer, OUT statement text)|v|f|u
oncall.assign_policy(person oncall.ref, policy oncall.ref, since date, wage numeric, zone text, working_hours oncall.weekly_hours, calendar oncall.ref)|v|f|u
oncall.assign_role(incident integer, role text, to_person oncall.ref, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.audit(during tstzrange)|s|f|s
oncall.band_hours(period tstzrange, policy oncall.ref, person oncall.ref, rotation oncall.ref, seat integer)|s|f|s
oncall.band_hours(periods tstzmultirange, policy oncall.ref, person oncall.ref, rotation oncall.ref, seat integer)|s|f|s
oncall.beat(service oncall.ref, at timestamp with time zone)|v|f|u
oncall.beat_on_insert()|v|f|u
oncall.cadence(anchor timestamp without time zone, zone text, VARIADIC steps interval[])|i|t|s
oncall.callouts(during tstzrange, policy oncall.ref)|s|f|s
oncall.claim_notices(gateway text, max_notices integer, lease interval)|v|f|u
oncall.claim_pages(gateway text, max_pages integer, lease interval)|v|f|u
oncall.close_pay_run(policy oncall.ref, period daterange, allow_gap boolean)|v|f|u
oncall.copy_pay_policy(policy oncall.ref, new_name text, since date, raise numeric, round_to numeric)|v|f|u
oncall.cover_history(rotation oncall.ref, during tstzrange)|s|f|u
oncall.cover_shift(rotation oncall.ref, period tstzrange, for_person oncall.ref, by_person oncall.ref, reason text, seat text, past_reason text)|v|f|u
oncall.cover_shifts(rotation oncall.ref, during tstzrange, for_person oncall.ref, by_person oncall.ref, reason text, past_reason text)|v|f|u
oncall.draft_postmortem(incident integer, zone text, author oncall.ref)|v|f|u
oncall.duties(person oncall.ref, during tstzrange)|s|f|s
oncall.duty_conflicts(during tstzrange, rotation oncall.ref)|s|f|s
oncall.each(hours oncall.hours)|i|t|s
oncall.end_cover(cover_id integer, at timestamp with time zone, reason text, past_reason text)|v|f|u
oncall.end_layer(layer_id integer, at timestamp with time zone, reason text, past_reason text)|v|f|u
oncall.escalate(incident integer, note text, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.escalation_path(service oncall.ref, at timestamp with time zone)|s|f|u
oncall.every(cadence oncall.cadence)|i|t|s
oncall.expire_offers()|v|f|u
oncall.explain_pay(person oncall.ref, during daterange, known_at timestamp with time zone)|s|f|s
oncall.explain_pay(person oncall.ref, during text, known_at timestamp with time zone)|s|f|s
oncall.explain_pay(person oncall.ref, during tstzrange, known_at timestamp with time zone)|s|f|s
oncall.give_kudos(incident integer, person oncall.ref, message text, given_by oncall.ref)|v|f|u
oncall.grant_access(role name, access text)|v|f|u
oncall.handover(during tstzrange, rotation oncall.ref)|s|f|s
oncall.handover_note(rotation oncall.ref, at timestamp with time zone)|s|f|u
oncall.handovers(cadence oncall.cadence, during tstzrange)|s|t|s
oncall.horizon()|s|t|s
oncall.hours(band text, duration interval)|i|t|s
oncall.icalendar(person oncall.ref, rotation oncall.ref, during tstzrange)|s|f|s
oncall.icalendar_by_token(token text)|s|f|s
oncall.import_schedule(source text, doc jsonb, people jsonb, zones jsonb, make_people boolean, go_on boolean, past_reason text)|v|f|u
oncall.incident_timeline(incident integer)|s|f|u
oncall.is_on_call(rotation oncall.ref, person oncall.ref, at timestamp with time zone)|s|f|s
oncall.is_open(hours oncall.weekly_hours, at timestamp with time zone, zone text, holidays date[])|s|t|s
oncall.is_zone(zone text)|i|t|s
oncall.issue_calendar_token(person oncall.ref)|v|f|u
oncall.join_rotation(rotation oncall.ref, person oncall.ref, after oncall.ref, since timestamp with time zone, until timestamp with time zone, layer_id integer, reason text, past_reason text)|v|f|u
oncall.keep_free(period tstzrange, person oncall.ref, note text)|v|f|u
oncall.leave_rotation(rotation oncall.ref, person oncall.ref, since timestamp with time zone, until timestamp with time zone, becomes text, layer_id integer, reason text, past_reason text)|v|f|u
oncall.library_version()|s|t|s
oncall.lint(rotation oncall.ref)|s|f|u
oncall.mark_sent(pay_run_id integer)|v|f|u
oncall.merge_candidates(within interval)|s|f|u
oncall.merge_incidents(target integer, VARIADIC incidents integer[])|v|f|u
oncall.notice_failed(notice bigint, failure text)|v|f|u
oncall.notice_sent(notice bigint)|v|f|u
oncall.objections(rotation_id integer[], seat smallint[], period tstzrange[], person_id integer[], hints boolean)|s|t|s
oncall.offer_gap(rotation oncall.ref, period tstzrange, seat text, offered_to oncall.ref, note text, expires text)|v|f|u
oncall.offer_objections(swap_request_id integer, person oncall.ref, hints boolean)|s|f|u
oncall.offer_shift(rotation oncall.ref, period tstzrange, offered_by oncall.ref, offered_to oncall.ref, note text, in_return_period tstzrange, in_return_rotation oncall.ref, seat text, in_return_seat text, expires text)|v|f|u
oncall.on_call(rotation bigint, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.on_call(rotation integer, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.on_call(rotation smallint, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.on_call(rotation text, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.on_call_any(rotation text, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.open_incident(service oncall.ref, summary text, severity text, source text, dedup_key text, at timestamp with time zone)|v|f|u
oncall.open_offers()|s|f|u
oncall.open_offers(person oncall.ref)|s|f|u
oncall.open_periods(hours oncall.weekly_hours, during tstzrange, zone text, holidays date[])|s|t|s
oncall.page_failed(page bigint, failure text, gateway text)|v|f|u
oncall.page_on_insert()|v|f|u
oncall.page_sent(page bigint)|v|f|u
oncall.pager_load_svg(during tstzrange, rotation oncall.ref, width integer)|s|f|u
oncall.pair("primary" integer, secondary integer)|i|f|s
oncall.pay_report(during daterange, policy oncall.ref)|s|f|s
oncall.pay_report(during text, policy oncall.ref)|s|f|s
oncall.pay_report(during tstzrange, policy oncall.ref)|s|f|s
oncall.plan_covers(rotation oncall.ref, during tstzrange, weights jsonb, history interval, fill_gaps boolean)|s|f|s
oncall.playbook_for(incident integer)|s|f|u
oncall.postmortem_template(incident integer, zone text)|s|f|u
oncall.primary_of(pair oncall.pair)|i|t|s
oncall.publish_postmortem(incident integer)|v|f|u
oncall.rate_shift(mood integer, nights_broken integer, note text, rotation oncall.ref, at timestamp with time zone, person oncall.ref)|v|f|u
oncall.read_goalert(doc jsonb)|s|f|u
oncall.read_grafana(doc jsonb)|s|f|u
oncall.read_ilert(doc jsonb)|s|f|u
oncall.read_incident_io(doc jsonb)|s|f|u
oncall.read_linkedin(doc jsonb)|s|f|u
oncall.read_opsgenie(doc jsonb)|s|f|u
oncall.read_opsgenie_escalation(doc jsonb)|s|f|u
oncall.read_pagerduty(doc jsonb)|s|f|u
oncall.read_pagerduty_escalation(doc jsonb)|s|f|u
oncall.read_pagerduty_v3(doc jsonb)|s|f|u
oncall.read_shifts(doc jsonb)|s|f|u
oncall.read_splunk(doc jsonb)|s|f|u
oncall.read_zenduty(doc jsonb)|s|f|u
oncall.reassign(incident integer, to_person oncall.ref, note text, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.record_response(period tstzrange, person oncall.ref, incident integer)|v|f|u
oncall.reopen(incident integer, note text, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.reopen_pay_run(pay_run_id integer, reason text)|v|f|u
oncall.report_html(team oncall.ref, month date)|s|f|u
oncall.resolve(incident integer, note text, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.rest_at(at timestamp with time zone)|s|f|s
oncall.retire_rotation(rotation oncall.ref, at timestamp with time zone, reason text, past_reason text)|v|f|u
oncall.revoke_calendar_tokens(person oncall.ref)|v|f|u
oncall.roster(during tstzrange, rotation oncall.ref, known_at timestamp with time zone)|s|f|s
oncall.roster_diff(change_id integer)|s|f|s
oncall.roster_diff(during tstzrange, known_a timestamp with time zone, known_b timestamp with time zone, rotation oncall.ref)|s|f|s
oncall.roster_svg(during tstzrange, rotation oncall.ref, width integer)|s|f|s
oncall.roster_text(during tstzrange, rotation oncall.ref, width integer)|s|f|s
oncall.run_escalations(now timestamp with time zone)|v|f|u
oncall.run_notices(now timestamp with time zone)|v|f|u
oncall.seat_holder(rotation bigint, seat integer, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.seat_holder(rotation integer, seat integer, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.seat_holder(rotation smallint, seat integer, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.seat_holder(rotation text, seat integer, at timestamp with time zone, known_at timestamp with time zone)|s|f|s
oncall.secondary_of(pair oncall.pair)|i|t|s
oncall.set_cadence(rotation oncall.ref, cadence oncall.cadence, since timestamp with time zone, layer_id integer, reason text, past_reason text)|v|f|u
oncall.set_hours(rotation oncall.ref, hours oncall.weekly_hours, since timestamp with time zone, layer_id integer, reason text, past_reason text)|v|f|u
oncall.set_members(rotation oncall.ref, members text[], since timestamp with time zone, layer_id integer, reason text, past_reason text)|v|f|u
oncall.set_pairing(rotation oncall.ref, pairing text, since timestamp with time zone, layer_id integer, spread boolean, reason text, past_reason text)|v|f|u
oncall.set_severity(incident integer, severity text, person oncall.ref, at timestamp with time zone)|v|f|u
oncall.setup()|v|f|u
oncall.steps(cadence oncall.cadence)|i|t|s
oncall.sum(oncall.hours)|i|f|s
oncall.swap_shifts(rotation oncall.ref, a oncall.ref, a_at timestamp with time zone, b oncall.ref, b_at timestamp with time zone, reason text, b_rotation oncall.ref, a_period tstzrange, b_period tstzrange, a_seat text, b_seat text, past_reason text)|v|f|u
oncall.sync_leave(person oncall.ref, events jsonb, calendar text, kind text, OUT added integer, OUT moved integer, OUT removed integer)|v|f|u
oncall.take_lieu(amount interval, day date, person oncall.ref, note text)|v|f|u
oncall.take_shift(rotation oncall.ref, since timestamp with time zone, until timestamp with time zone, seat text, reason text)|v|f|u
oncall.total(hours oncall.hours)|i|t|s
oncall.turn_at(cadence oncall.cadence, at timestamp with time zone)|s|t|s
oncall.turn_period(cadence oncall.cadence, turn bigint)|s|t|s
oncall.undo(change_id integer, reason text, past_reason text)|v|f|u
oncall.unmerge(incident integer, note text, person oncall.ref)|v|f|u
oncall.withdraw_cover(cover_id integer, reason text, past_reason text)|v|f|u
oncall.withdraw_layer(layer_id integer, reason text, past_reason text)|v|f|u
oncall.withdraw_offer(swap_request_id integer)|v|f|u
oncall.withdraw_pay_entry(pay_entry_id integer)|v|f|u
oncall.withdraw_response(response_id integer)|v|f|u
oncall.zone(cadence oncall.cadence)|i|t|s
oncall_internal.absence_own()|v|f|u
oncall_internal.accruals_due(pay_run_id integer, compared integer[])|s|f|s
oncall_internal.act(incident_event_id bigint, role name)|v|f|u
oncall_internal.act_acknowledged(own oncall.incident, person_id integer, at timestamp with time zone, role name)|v|f|u
oncall_internal.act_escalated(own oncall.incident, at timestamp with time zone)|v|f|u
oncall_internal.act_merged(own oncall.incident, source_id integer, at timestamp with time zone)|v|f|u
oncall_internal.act_reassigned(own oncall.incident, to_person integer, at timestamp with time zone)|v|f|u
oncall_internal.act_reopened(own oncall.incident, at timestamp with time zone)|v|f|u
oncall_internal.act_resolved(own oncall.incident, at timestamp with time zone)|v|f|u
oncall_internal.act_role(own oncall.incident, role text, to_person integer, at timestamp with time zone)|v|f|u
oncall_internal.act_severity(own oncall.incident, severity text, at timestamp with time zone)|v|f|u
oncall_internal.act_unmerged(own oncall.incident, at timestamp with time zone)|v|f|u
oncall_internal.action_item_rules()|v|f|u
oncall_internal.after_working(hours oncall.weekly_hours, zone text, calendar_id integer, begins timestamp with time zone, length interval)|s|f|u
oncall_internal.answered_seats(incident_id integer)|s|f|u
oncall_internal.answers_since(since timestamp with time zone)|s|f|u
oncall_internal.ask_again(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.assign_turns(seats integer, blocks integer[], allowed boolean[], repeats boolean[], served integer[], apart integer[], OUT people integer[], OUT failed integer, OUT placed integer)|i|t|s
oncall_internal.attend(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.awake_from(at timestamp with time zone, zone text)|s|f|u
oncall_internal.beat_slack()|i|f|u
oncall_internal.begin_acceptance(swap_request_id integer, accepted_by integer, at timestamp with time zone)|v|f|u
oncall_internal.begin_change(kind text, rotation_id integer, person_id integer, reason text, past_reason text, undoes integer)|v|f|u
oncall_internal.begin_response(incident_id integer, person_id integer, at timestamp with time zone, approved_by name, role name)|v|f|u
oncall_internal.begin_take(rotation_id integer, seat smallint, asked tstzrange, offered_by integer, note text, by_id integer, at timestamp with time zone, OUT period tstzrange, OUT relieved integer, OUT change_id integer)|v|f|u
oncall_internal.believe_all(touched_by integer)|v|f|u
oncall_internal.believe_covers(rotation_id integer, seat smallint, touched_by integer)|v|f|u
oncall_internal.believe_facts(fact_table regclass, key text, touched_by integer, believe boolean)|v|f|u
oncall_internal.best_pairing(people text[], cadence oncall.cadence, seats integer, shown oncall.import_row[])|s|f|u
oncall_internal.better_handover(people integer[], cadence oncall.cadence, begins timestamp with time zone)|s|f|u
oncall_internal.breaches_of(during tstzrange, rotation_id integer)|s|t|s
oncall_internal.cadence_cmp(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_eq(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_ge(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_gt(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_hash(oncall.cadence)|i|t|s
oncall_internal.cadence_hash_extended(oncall.cadence, bigint)|i|t|s
oncall_internal.cadence_in(cstring)|i|t|s
oncall_internal.cadence_le(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_lt(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_ne(oncall.cadence, oncall.cadence)|i|t|s
oncall_internal.cadence_out(oncall.cadence)|i|t|s
oncall_internal.cadence_recv(internal)|i|t|s
oncall_internal.cadence_send(oncall.cadence)|i|t|s
oncall_internal.cadence_sortsupport(internal)|i|t|s
oncall_internal.calendar_event_time(event jsonb, key text, zone text)|s|f|s
oncall_internal.calendar_events(events jsonb, zone text)|s|f|s
oncall_internal.calendar_named(calendar oncall.ref)|s|t|s
oncall_internal.calendar_shifts(person_id integer, rotation_id integer, during tstzrange)|s|f|s
oncall_internal.calendar_token_own()|v|f|u
oncall_internal.calendar_window()|s|f|s
oncall_internal.call_first(incident_id integer, service_id integer, severity text, at timestamp with time zone, person_id integer)|v|f|u
oncall_internal.called_people(duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.callout_periods(during tstzrange, pay_policy_id integer, person_id integer, unapproved boolean)|s|f|s
oncall_internal.callout_periods_estimate(internal)|s|t|s
oncall_internal.calls()|s|f|u
oncall_internal.can_be_name(name text)|i|f|u
oncall_internal.cancel_unsent(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.cancel_waiting(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.change_author(change_id integer)|s|f|u
oncall_internal.change_effect(rotation_id integer, during tstzrange, known_before timestamp with time zone)|s|t|s
oncall_internal.change_moves(change_id integer)|s|f|u
oncall_internal.change_rows(change_id integer)|s|t|s
oncall_internal.change_windows(change_id integer)|s|f|s
oncall_internal.change_words(change_id integer)|s|t|s
oncall_internal.changes_clocks(zone text)|i|t|u
oncall_internal.changes_of(rotation_id integer)|s|f|s
oncall_internal.check_notices(rotation_ids integer[], at timestamp with time zone)|v|f|u
oncall_internal.claimed_notice(notice bigint, OUT own oncall.duty_notice)|v|f|u
oncall_internal.claimed_page(page bigint, OUT own oncall.page)|v|f|u
oncall_internal.close_run()|v|f|u
oncall_internal.close_stale(own oncall.incident, at timestamp with time zone)|v|f|u
oncall_internal.closed(recorded tstzrange, xmin xid)|v|t|u
oncall_internal.columns_but(relation regclass, omitted text[])|s|t|s
oncall_internal.contact_changed()|v|f|u
oncall_internal.contacts_of(person_id integer, urgency text)|s|f|u
oncall_internal.cover_author(cover_id integer)|s|t|s
oncall_internal.cover_rules()|v|f|u
oncall_internal.cover_words(rotation_id integer, seat smallint, during tstzrange)|s|t|s
oncall_internal.coverage_gaps(rotation_id integer, during tstzrange, wanted boolean, OUT rotation_ids integer[], OUT seats integer[], OUT periods tstzrange[])|s|f|s
oncall_internal.covers_out_of_step(rotation_id integer, known_at timestamp with time zone)|s|f|s
oncall_internal.create_grants(OUT schema name, OUT grantee text, OUT owner regrole)|s|f|s
oncall_internal.currency_digits(currency text)|i|t|s
oncall_internal.date_begins(date date, zone text)|i|t|s
oncall_internal.date_span(days daterange)|s|t|s
oncall_internal.default_severity()|s|f|u
oncall_internal.do_event(incident_id integer, kind text, person oncall.ref, at timestamp with time zone, detail text, other_person_id integer, other_incident_id integer)|v|f|u
oncall_internal.drop_notices(at timestamp with time zone)|v|f|u
oncall_internal.due_step(own oncall.incident, at timestamp with time zone, OUT step smallint, OUT times smallint, OUT missed text)|s|f|u
oncall_internal.duties_estimate(internal)|s|t|s
oncall_internal.duty_bands(duty tstzmultirange, zone text, working_hours oncall.weekly_hours, holidays date[], OUT holiday interval, OUT weekend interval, OUT night interval, OUT working interval, OUT evening interval)|s|t|s
oncall_internal.duty_conflicts_estimate(internal)|s|t|s
oncall_internal.duty_text(rotation_id integer, during tstzrange)|s|f|s
oncall_internal.each_once(people integer[])|i|f|s
oncall_internal.end_alert(service_id integer, service_name text, dedup_key text, at timestamp with time zone, clock timestamp with time zone)|v|f|u
oncall_internal.end_change()|v|f|u
oncall_internal.end_responses(incident_id integer, at timestamp with time zone, but_of integer)|v|f|u
oncall_internal.end_roles(incident_id integer, at timestamp with time zone, role text)|v|f|u
oncall_internal.entry_periods(layer_member_id integer)|s|t|s
oncall_internal.escalation_steps(rules jsonb, times integer, pause interval)|i|f|u
oncall_internal.event_own()|v|f|u
oncall_internal.explain_pay_rows(person oncall.ref, during tstzrange, dates daterange, known_at timestamp with time zone)|s|f|s
oncall_internal.facts_of(rotation_id integer)|s|f|s
oncall_internal.failures_that_escalate()|i|f|u
oncall_internal.fairness_of(rotation_id integer)|s|f|s
oncall_internal.fill_cover()|v|f|u
oncall_internal.filler(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[], gap tstzrange)|s|f|u
oncall_internal.first_answer(incident_id integer, opened_at timestamp with time zone)|s|f|u
oncall_internal.first_called()|s|f|u
oncall_internal.fit_text(value text, columns integer)|s|t|s
oncall_internal.former_shifts(person_id integer, rotation_id integer, during tstzrange)|s|f|s
oncall_internal.goalert_fixed(doc jsonb, schedule text, seats integer)|s|f|u
oncall_internal.goalert_history(doc jsonb, schedule text, begun timestamp with time zone)|s|f|u
oncall_internal.goalert_hours(rules jsonb, place text, OUT hours oncall.weekly_hours)|i|f|u
oncall_internal.goalert_layer(doc jsonb, target text, zone text, OUT layer oncall.import_row, OUT notes text[])|s|f|u
oncall_internal.goalert_layers(doc jsonb, schedule text, zone text)|s|f|u
oncall_internal.goalert_overrides(doc jsonb, schedule text, seats integer)|s|f|u
oncall_internal.goalert_schedule(own_doc jsonb)|s|f|u
oncall_internal.goalert_step(rotation jsonb, place text)|i|f|u
oncall_internal.goalert_turn(rotation jsonb, at timestamp with time zone, zone text, place text)|s|f|u
oncall_internal.grafana_answer(doc jsonb, key text, place text)|i|f|u
oncall_internal.grafana_day_turns(begins timestamp without time zone, zone text, days integer[], seconds bigint, OUT turns oncall_internal.grafana_turns)|i|f|u
oncall_internal.grafana_document(doc jsonb)|s|f|u
oncall_internal.grafana_even_turns(begins timestamp without time zone, zone text, every bigint, seconds bigint, OUT turns oncall_internal.grafana_turns)|i|f|u
oncall_internal.grafana_first(begins timestamp without time zone, days integer[], week_start integer, as_written boolean)|i|f|u
oncall_internal.grafana_groups(shift jsonb, place text, users jsonb)|i|f|u
oncall_internal.grafana_hours(clock timestamp without time zone, days integer[], seconds bigint)|i|f|u
oncall_internal.grafana_layers(layers oncall.import_row[], schedule text)|s|f|u
oncall_internal.grafana_month_turns(begins timestamp without time zone, counts_from timestamp without time zone, zone text, days integer[], every integer, seconds bigint, OUT turns oncall_internal.grafana_turns)|i|f|u
oncall_internal.grafana_overrides(shifts jsonb, schedule text, users jsonb, seats integer)|s|f|u
oncall_internal.grafana_schedule(schedule jsonb, shifts jsonb, served jsonb, users jsonb)|s|f|u
oncall_internal.grafana_shift(shift jsonb, zone text, users jsonb, from_web boolean)|s|f|u
oncall_internal.grafana_shift_notes(shift jsonb, zone text)|s|f|u
oncall_internal.grafana_shown(served jsonb, schedule text, users jsonb)|s|f|u
oncall_internal.grafana_time(object jsonb, key text, place text)|s|f|u
oncall_internal.grafana_turns_of(shift jsonb, zone text, place text, rolls boolean, from_web boolean, OUT turns oncall_internal.grafana_turns)|s|f|u
oncall_internal.grafana_week_turns(begins timestamp without time zone, counts_from timestamp without time zone, zone text, days integer[], week_start integer, every integer, seconds bigint, OUT turns oncall_internal.grafana_turns)|i|f|u
oncall_internal.hand_over(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.handover_ahead(services integer[], calendar_id integer, zone text, during tstzrange)|s|f|u
oncall_internal.handover_incidents(services integer[], zone text, at timestamp with time zone)|s|f|u
oncall_internal.handover_items(services integer[], day date)|s|f|u
oncall_internal.handover_noise(services integer[], at timestamp with time zone)|s|f|u
oncall_internal.handovers_support(internal)|i|t|s
oncall_internal.happening_told(what text, who text, detail text)|s|f|s
oncall_internal.has_turn(layer oncall.import_row, person text, during tstzrange)|s|f|u
oncall_internal.heard(service_id integer)|v|f|u
oncall_internal.heartbeat_forward()|v|f|u
oncall_internal.heartbeat_heard()|v|f|u
oncall_internal.heat_cell(x integer, y integer, width integer, nights bigint, told text)|i|f|s
oncall_internal.heat_legend(y integer)|i|f|s
oncall_internal.heat_style(id text)|i|f|s
oncall_internal.held_seat(rotation_id integer, person_id integer, period tstzrange, seat smallint)|s|f|u
oncall_internal.history_length(history interval)|i|f|s
oncall_internal.holds_any_seat(rotation_id integer, person_id integer, at timestamp with time zone)|s|f|u
oncall_internal.holds_seat(rotation_id integer, seat smallint, period tstzrange, person_id integer)|s|f|s
oncall_internal.holiday_choices(rotation_id integer, during daterange, season text, length integer)|s|f|u
oncall_internal.holiday_days(calendar_id integer)|s|t|s
oncall_internal.holiday_duty(rotation_id integer, during daterange)|s|f|u
oncall_internal.holiday_length(turn interval)|s|t|s
oncall_internal.holiday_people(rotation_id integer, during daterange, season text, length integer)|s|f|u
oncall_internal.holiday_problem(rotation_id integer, during daterange)|s|f|u
oncall_internal.holiday_turns(rotation_id integer, during daterange, length integer)|s|t|s
oncall_internal.holidays_of(calendar_id integer, working_hours oncall.weekly_hours)|s|f|s
oncall_internal.hours_but_holidays(hours oncall.weekly_hours)|s|t|s
oncall_internal.hours_cmp(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_eq(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_ge(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_get(hours oncall.hours, band text)|i|t|s
oncall_internal.hours_gt(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_hash(oncall.hours)|i|t|s
oncall_internal.hours_hash_extended(oncall.hours, bigint)|i|t|s
oncall_internal.hours_in(cstring)|i|t|s
oncall_internal.hours_json(oncall.hours)|i|t|s
oncall_internal.hours_jsonb(oncall.hours)|i|t|s
oncall_internal.hours_le(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_lt(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_minus(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_ne(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_of(periods tstzmultirange)|i|f|u
oncall_internal.hours_out(oncall.hours)|i|t|s
oncall_internal.hours_plus(oncall.hours, oncall.hours)|i|t|s
oncall_internal.hours_recv(internal)|i|t|s
oncall_internal.hours_send(oncall.hours)|i|t|s
oncall_internal.hours_sortsupport(internal)|i|t|s
oncall_internal.hours_sum_add(internal, oncall.hours)|i|f|s
oncall_internal.hours_sum_combine(internal, internal)|i|f|s
oncall_internal.hours_sum_deserialize(bytea, internal)|i|t|s
oncall_internal.hours_sum_final(internal)|i|f|s
oncall_internal.hours_sum_remove(internal, oncall.hours)|i|f|s
oncall_internal.hours_sum_serialize(internal)|i|t|s
oncall_internal.html_fairness(team_id integer)|s|f|u
oncall_internal.html_incidents(team_id integer, month date)|s|f|u
oncall_internal.html_left_out(rotation_id integer, why text)|s|f|s
oncall_internal.html_load(team_id integer, month date, during tstzrange)|s|f|u
oncall_internal.html_pay(team_id integer, month date, during tstzrange)|s|f|u
oncall_internal.html_roster(team_id integer, during tstzrange)|s|f|u
oncall_internal.html_row(VARIADIC cells text[])|s|f|s
oncall_internal.html_signs(team_id integer, month date)|s|f|u
oncall_internal.html_style()|i|f|s
oncall_internal.html_table(title text, heads text[], rows text, otherwise text)|s|f|s
oncall_internal.ical_fold(content text)|s|t|s
oncall_internal.ical_holidays(calendar_id integer, zone text, during tstzrange)|s|f|s
oncall_internal.ical_shifts(person_id integer, rotation_id integer, during tstzrange)|s|f|s
oncall_internal.ical_text(value text)|s|t|s
oncall_internal.ical_time(at timestamp with time zone)|s|t|s
oncall_internal.ilert_cadence(layer jsonb, zone text, place text, OUT cadence oncall.cadence, OUT why text)|s|f|u
oncall_internal.ilert_hours(layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text)|i|f|u
oncall_internal.ilert_layers(schedule jsonb, rotation text, zone text, users jsonb)|s|f|u
oncall_internal.ilert_person(who jsonb, users jsonb, place text)|i|f|u
oncall_internal.ilert_shifts(schedule jsonb, key text, kind text, rotation text, zone text, users jsonb)|s|f|u
oncall_internal.ilert_time(restriction jsonb, key text, place text)|i|f|u
oncall_internal.import_absences(entries oncall.import_row[], ids jsonb)|v|f|u
oncall_internal.import_cadence(anchor timestamp without time zone, zone text, seconds bigint, OUT cadence oncall.cadence, OUT why text)|i|f|u
oncall_internal.import_clock_notes(entries oncall.import_row[])|s|f|u
oncall_internal.import_covers(entries oncall.import_row[], rotations jsonb, ids jsonb)|v|f|u
oncall_internal.import_covers_of(rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])|v|f|u
oncall_internal.import_differences(entries oncall.import_row[], rotations jsonb, ids jsonb)|s|f|u
oncall_internal.import_empty(rotation text, what text)|i|f|u
oncall_internal.import_found(call text, doc jsonb, OUT entries oncall.import_row[], OUT problem text)|s|f|u
oncall_internal.import_hours(starts bigint[], seconds bigint[], OUT hours oncall.weekly_hours, OUT why text)|i|f|u
oncall_internal.import_ids(entries oncall.import_row[], people jsonb)|s|f|u
oncall_internal.import_layers(entries oncall.import_row[], rotations jsonb, ids jsonb)|v|f|u
oncall_internal.import_note(rotation text, note text, rank integer)|i|f|u
oncall_internal.import_once(rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])|s|f|u
oncall_internal.import_past(entries oncall.import_row[], rotations jsonb, ids jsonb, past timestamp with time zone)|v|f|u
oncall_internal.import_people(entries oncall.import_row[], people jsonb)|s|f|u
oncall_internal.import_person_problems(entries oncall.import_row[], people jsonb, make_people boolean)|s|f|u
oncall_internal.import_persons(doc jsonb, address text[], names text[])|i|f|u
oncall_internal.import_persons(users jsonb)|i|f|u
oncall_internal.import_pieces(rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])|s|f|u
oncall_internal.import_problems(entries oncall.import_row[], people jsonb, make_people boolean)|s|f|u
oncall_internal.import_readers(schemas name[])|s|f|u
oncall_internal.import_refused(entries oncall.import_row[])|s|f|u
oncall_internal.import_report(source text, doc jsonb, people jsonb, zones jsonb, make_people boolean, go_on boolean, past_reason text, schemas name[])|v|f|u
oncall_internal.import_rotations(entries oncall.import_row[])|v|f|u
oncall_internal.import_row(kind text, rotation text, zone text, rank integer, first_seat integer, seats integer, people text[], cadence oncall.cadence, hours oncall.weekly_hours, pairing text, valid tstzrange, note text)|i|f|u
oncall_internal.import_seats(weeks tstzmultirange[], valid tstzrange[], sizes integer[])|i|f|u
oncall_internal.import_shown(entries oncall.import_row[], rotations jsonb, ids jsonb)|s|f|u
oncall_internal.import_source(doc jsonb)|i|f|u
oncall_internal.import_spare_seats(valid tstzrange[])|i|f|u
oncall_internal.import_stretches(people text[], valid tstzrange[], during tstzrange)|i|f|u
oncall_internal.import_users(users jsonb)|i|f|u
oncall_internal.import_week(hours oncall.weekly_hours)|s|f|u
oncall_internal.import_written(change integer, entries oncall.import_row[], rotations jsonb, ids jsonb)|s|f|u
oncall_internal.import_zone(name text, OUT zone text, OUT why text)|i|f|u
oncall_internal.in_change()|v|f|u
oncall_internal.in_hours(duration interval)|i|f|s
oncall_internal.incident_act()|v|f|u
oncall_internal.incident_io_cadence(version jsonb, zone text, place text, OUT cadence oncall.cadence, OUT why text)|s|f|u
oncall_internal.incident_io_entries(schedule jsonb, key text, kind text, rotation_id text, rotation text, zone text, seats text[], users jsonb)|s|f|u
oncall_internal.incident_io_hours(version jsonb, place text, OUT hours oncall.weekly_hours, OUT why text)|i|f|u
oncall_internal.incident_io_named_seats(schedule jsonb, version jsonb, id text, place text)|i|f|u
oncall_internal.incident_io_person(who jsonb, users jsonb, place text)|i|f|u
oncall_internal.incident_io_rotation(schedule jsonb, versions jsonb, rotation text, zone text, users jsonb)|s|f|u
oncall_internal.incident_io_schedule(schedule jsonb, name text, zone text, users jsonb)|s|f|u
oncall_internal.incident_io_seats(version jsonb, place text)|i|f|u
oncall_internal.incident_io_version(version jsonb, rotation text, zone text, valid tstzrange, users jsonb, shown oncall.import_row[])|s|f|u
oncall_internal.incident_root(incident_id integer)|s|f|u
oncall_internal.incident_route()|v|f|u
oncall_internal.is_awake(at timestamp with time zone, zone text)|s|f|u
oncall_internal.is_believed(recorded tstzrange)|i|f|s
oncall_internal.is_bounded(days daterange)|i|f|s
oncall_internal.is_bounded(range tstzrange)|i|f|s
oncall_internal.is_closed(reopened_at timestamp with time zone)|i|f|s
oncall_internal.is_dates(range text)|i|f|s
oncall_internal.is_exact(length interval)|i|t|s
oncall_internal.is_finite(number numeric)|i|t|s
oncall_internal.is_forgotten(own oncall.incident, at timestamp with time zone)|s|f|u
oncall_internal.is_half_open(range tstzrange)|i|f|s
oncall_internal.is_length(length interval)|i|t|s
oncall_internal.is_manager(role name)|s|f|u
oncall_internal.is_nominal(length interval)|i|t|s
oncall_internal.is_own(recorded tstzrange, xmin xid)|v|t|u
oncall_internal.is_per(length interval)|i|t|s
oncall_internal.is_rate(rate numeric)|i|t|s
oncall_internal.is_retired(rotation_id integer)|s|t|s
oncall_internal.is_silent(own oncall.heartbeat, at timestamp with time zone)|s|f|u
oncall_internal.is_time_off(length interval)|i|t|s
oncall_internal.is_word(word text, words text[], table_name text, column_name text)|i|t|s
oncall_internal.is_word(word text, words text[], table_name text, column_name text, person_id integer)|i|t|s
oncall_internal.is_zone_of(zone text, what text, name text)|i|t|s
oncall_internal.joined_incident(service_id integer, service_name text, dedup_key text, at timestamp with time zone)|s|f|u
oncall_internal.json_boolean(object jsonb, key text, place text)|i|f|u
oncall_internal.json_clock(object jsonb, key text, place text, needed boolean)|i|f|u
oncall_internal.json_documents(doc jsonb, VARIADIC keys text[])|i|f|u
oncall_internal.json_integer(object jsonb, key text, place text, needed boolean)|i|f|u
oncall_internal.json_list(object jsonb, key text, place text)|i|f|u
oncall_internal.json_object(object jsonb, key text, place text, needed boolean)|i|f|u
oncall_internal.json_period(object jsonb, since text, until text, place text, zone text)|s|f|u
oncall_internal.json_text(object jsonb, key text, place text, needed boolean)|i|f|u
oncall_internal.json_time(object jsonb, key text, place text, zone text, needed boolean)|s|f|u
oncall_internal.judge_covers()|v|f|u
oncall_internal.judge_past()|v|f|u
oncall_internal.keep_change()|v|f|u
oncall_internal.keep_history()|v|f|u
oncall_internal.kept_entries(old integer[], new integer[], circular boolean)|i|t|s
oncall_internal.kudos_own()|v|f|u
oncall_internal.last_called(service_id integer, step smallint, rotation_id integer, person_id integer)|s|f|u
oncall_internal.late_lessons()|s|f|u
oncall_internal.layer_begins(valid tstzrange, cadence oncall.cadence)|s|f|s
oncall_internal.layer_has_members()|v|f|u
oncall_internal.layer_member_rules()|v|f|u
oncall_internal.layer_names(rotation_id integer, layer_id integer, at timestamp with time zone)|s|t|s
oncall_internal.layer_of_pairs(own oncall.rotation, layer oncall_internal.lint_layer)|s|f|u
oncall_internal.layer_people(layer_id integer, at timestamp with time zone)|s|t|s
oncall_internal.layer_rule_rules()|v|f|u
oncall_internal.layer_rules()|v|f|u
oncall_internal.layer_starts(layer_id integer)|s|t|s
oncall_internal.layer_terms(layer_id integer, at timestamp with time zone)|s|f|s
oncall_internal.layer_to_change(rotation_id integer, since timestamp with time zone, layer_id integer)|s|f|s
oncall_internal.layer_turn(rotation_id integer, layer_id integer, at timestamp with time zone, OUT number bigint, OUT period tstzrange, OUT members integer[])|s|t|s
oncall_internal.layer_until(layer_id integer)|s|t|s
oncall_internal.layers_at(rotation_id integer, since timestamp with time zone)|s|t|s
oncall_internal.layers_shown(own oncall.rotation)|s|f|s
oncall_internal.legal_trades(rotation_id integer[], seat smallint[], period tstzrange[], person_id integer[], trade integer[])|s|t|s
oncall_internal.length_of(periods tstzmultirange)|i|t|s
oncall_internal.lieu_dues(person_id integer)|s|f|s
oncall_internal.lieu_dues_of(person_id integer)|s|t|s
oncall_internal.lieu_earned(during tstzrange, pay_policy_id integer, person_id integer)|s|f|s
oncall_internal.lieu_entry_balance()|v|f|u
oncall_internal.lieu_entry_paid()|v|f|u
oncall_internal.lieu_entry_rules()|v|f|u
oncall_internal.lieu_hours(amount interval)|i|t|s
oncall_internal.lieu_items(person_id integer)|s|f|s
oncall_internal.lieu_lock()|v|f|u
oncall_internal.lieu_sums(person_id integer)|s|f|s
oncall_internal.lieu_sums_of(person_id integer)|s|t|s
oncall_internal.lieu_windows(person_id integer)|s|f|s
oncall_internal.linkedin_anchor(doc jsonb, spans int8multirange, first timestamp with time zone, zone text)|s|f|u
oncall_internal.linkedin_calendar(events jsonb, users jsonb)|s|f|u
oncall_internal.linkedin_document(doc jsonb)|s|f|u
oncall_internal.linkedin_events(layer oncall.import_row, persons text[], periods tstzrange[])|s|f|u
oncall_internal.linkedin_hours(spans int8multirange, weeks integer, OUT hours oncall.weekly_hours, OUT why text)|i|f|u
oncall_internal.linkedin_order(cadence oncall.cadence, people text[], persons text[], periods tstzrange[], OUT members text[], OUT hits integer)|s|f|u
oncall_internal.linkedin_person(name text, users jsonb)|i|f|u
oncall_internal.linkedin_schedule(schedule jsonb, doc jsonb, rotation text, zone text, seat integer, persons text[], periods tstzrange[], users jsonb)|s|f|u
oncall_internal.linkedin_seats(schedules jsonb)|i|f|u
oncall_internal.linkedin_spans(schedule jsonb, place text, OUT spans int8multirange)|i|f|u
oncall_internal.lint_escalation(own oncall.rotation)|s|f|u
oncall_internal.lint_facts(rotation_id integer)|s|f|u
oncall_internal.lint_gaps(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.lint_handovers(own oncall.rotation, base oncall_internal.lint_layer)|s|f|u
oncall_internal.lint_holidays(own oncall.rotation, layers oncall_internal.lint_layer[])|s|f|u
oncall_internal.lint_idle_layers(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.lint_incidents()|s|f|u
oncall_internal.lint_layers(rotation_id integer)|s|f|s
oncall_internal.lint_left(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.lint_no_calendar(own oncall.rotation, people integer[])|s|f|u
oncall_internal.lint_no_layer(own oncall.rotation)|s|f|u
oncall_internal.lint_often(own oncall.rotation, base oncall_internal.lint_layer)|s|f|u
oncall_internal.lint_pay()|s|f|u
oncall_internal.lint_people(layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.lint_rotations(asked oncall.ref)|s|f|u
oncall_internal.lint_rules(own oncall.rotation, layers oncall_internal.lint_layer[], constraint_name text, person_id integer, person text, during tstzrange, message text)|s|f|u
oncall_internal.lint_severities()|s|f|u
oncall_internal.lint_shape(own oncall.rotation, layers oncall_internal.lint_layer[])|s|f|u
oncall_internal.lint_short_lists(own oncall.rotation, layers oncall_internal.lint_layer[])|s|f|u
oncall_internal.lint_stretches(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[], OUT coverage_from timestamp with time zone, OUT meant tstzmultirange, OUT outside tstzmultirange, OUT gaps tstzmultirange)|s|f|u
oncall_internal.lint_together(own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.lint_weekends(own oncall.rotation, layers oncall_internal.lint_layer[])|s|f|u
oncall_internal.list_at(layer_id integer, at timestamp with time zone)|s|t|s
oncall_internal.list_changes(layer_id integer, people integer[], at timestamp with time zone, circular boolean)|s|f|s
oncall_internal.list_names(layer_id integer, at timestamp with time zone)|s|t|s
oncall_internal.listed(title text, lines text[])|i|f|u
oncall_internal.listed_periods(rotation_id integer, during tstzrange)|s|t|s
oncall_internal.lists_of(rotation_id integer)|s|f|s
oncall_internal.literal_names(people integer[])|s|t|s
oncall_internal.literal_time(at timestamp with time zone, zone text)|s|t|s
oncall_internal.load_cells(during tstzrange, rotation_id integer)|s|f|u
oncall_internal.load_weights(weights jsonb)|i|f|s
oncall_internal.local_days(days daterange, zone text)|s|t|s
oncall_internal.local_time(at timestamp with time zone, zone text)|s|t|s
oncall_internal.lock_covers(rotation_ids integer[], seats smallint[], periods tstzrange[])|v|f|u
oncall_internal.lock_incident(incident_id integer, OUT own oncall.incident)|v|f|u
oncall_internal.lock_merges()|v|f|u
oncall_internal.lock_pay_chain(pay_policy_id integer)|v|f|u
oncall_internal.lock_rotation(rotation_id integer)|v|f|u
oncall_internal.make_people(entries oncall.import_row[], people jsonb)|v|f|u
oncall_internal.manager_step(service_id integer)|s|f|u
oncall_internal.manager_wait(service_id integer, severity text)|s|f|u
oncall_internal.managers_of(person_id integer)|s|t|s
oncall_internal.may_page_at(service_id integer, hours oncall.weekly_hours, zone text, calendar_id integer, at timestamp with time zone)|s|f|u
oncall_internal.members_to_ask(own oncall.rotation, layer oncall_internal.lint_layer, wanted integer)|s|f|u
oncall_internal.mending(rotation_id integer, cover_ids integer[], periods tstzrange[])|s|t|s
oncall_internal.merged_below(incident_id integer)|s|f|u
oncall_internal.midnight(day date, pay_policy_id integer)|s|t|s
oncall_internal.moment()|v|f|u
oncall_internal.moment_told(since timestamp with time zone, at timestamp with time zone, zone text)|s|t|s
oncall_internal.month_at(at timestamp with time zone, zone text)|s|t|s
oncall_internal.move_assignment(pay_assignment_id integer, pay_policy_id integer, at timestamp with time zone)|v|f|u
oncall_internal.moved_shift(person_id integer, first_change integer, rotation_id integer, seat smallint, at timestamp with time zone, OUT latter tstzrange, OUT former tstzrange)|s|f|u
oncall_internal.next_holder(rotation_id integer, seat smallint, at timestamp with time zone)|s|f|u
oncall_internal.next_turn(cadence oncall.cadence, from_time timestamp with time zone, OUT turn bigint, OUT at timestamp with time zone)|s|f|s
oncall_internal.night_of(local timestamp without time zone)|i|f|s
oncall_internal.note_cover()|v|f|u
oncall_internal.note_past()|v|f|u
oncall_internal.note_touched()|v|f|u
oncall_internal.notice_payload(duty_notice_id bigint)|s|f|u
oncall_internal.notice_words(own oncall.duty_notice)|s|f|u
oncall_internal.notify_notice()|v|f|u
oncall_internal.notify_page()|v|f|u
oncall_internal.offered_trade(swap_request_id integer, accepted_by integer, at timestamp with time zone, OUT rotation_ids integer[], OUT seats smallint[], OUT periods tstzrange[], OUT from_ids integer[], OUT to_ids integer[])|s|f|s
oncall_internal.offers_to(person_id integer)|s|f|u
oncall_internal.offices()|s|f|u
oncall_internal.on_call_then(service_id integer, at timestamp with time zone)|s|f|u
oncall_internal.open(service_id integer, service_name text, summary text, severity text, source text, dedup_key text, opened_at timestamp with time zone, at timestamp with time zone)|v|f|u
oncall_internal.open_silent(at timestamp with time zone)|v|f|u
oncall_internal.open_unrouted(service_name text, summary text, severity text, dedup_key text, at timestamp with time zone, failure text)|v|f|u
oncall_internal.opens_at(hours oncall.weekly_hours, zone text, calendar_id integer, at timestamp with time zone)|s|f|u
oncall_internal.opsgenie_delay(rule jsonb, place text)|i|f|u
oncall_internal.opsgenie_hours(rotation jsonb, place text)|i|f|u
oncall_internal.opsgenie_is_of(part jsonb, schedule jsonb, only_one boolean)|i|f|u
oncall_internal.opsgenie_layer(rotation jsonb, name text, zone text, users jsonb)|s|f|u
oncall_internal.opsgenie_moment(object jsonb, day text, hour text, minute text, place text)|i|f|u
oncall_internal.opsgenie_overrides(overrides jsonb, schedule text, rotations jsonb, users jsonb)|s|f|u
oncall_internal.opsgenie_parts(doc jsonb, parent jsonb)|i|f|u
oncall_internal.opsgenie_periods(timeline jsonb, part text, users jsonb)|s|f|u
oncall_internal.opsgenie_person(users jsonb, somebody jsonb, place text, OUT person text, OUT other text)|i|f|u
oncall_internal.opsgenie_rules(escalation jsonb, place text, OUT rules jsonb, OUT notes text[])|i|f|u
oncall_internal.opsgenie_schedule(schedule jsonb, parts jsonb, users jsonb)|s|f|u
oncall_internal.opsgenie_served(timeline jsonb, users jsonb)|s|f|u
oncall_internal.opsgenie_shown(timeline jsonb, rotations jsonb, users jsonb, with_overrides boolean)|s|f|u
oncall_internal.opsgenie_target(rule jsonb, place text)|i|f|u
oncall_internal.own_holidays(days date[], observes date[], working_hours oncall.weekly_hours)|i|t|s
oncall_internal.own_person()|s|f|s
oncall_internal.page_answer()|v|f|u
oncall_internal.page_answered(incident_id integer, person_id integer, at timestamp with time zone, role name)|v|f|u
oncall_internal.page_own()|v|f|u
oncall_internal.page_payload(page_id bigint)|s|f|u
oncall_internal.page_step(incident_id integer, first_step smallint, reason text, at timestamp with time zone, by_hand boolean)|v|f|u
oncall_internal.page_undelivered(own oncall.incident, undelivered oncall.page)|v|f|u
oncall_internal.pagerduty_cadence(virtual_start timestamp with time zone, starts timestamp with time zone, zone text, seconds bigint, people integer, OUT cadence oncall.cadence, OUT why text)|s|f|u
oncall_internal.pagerduty_changes(schedule jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_computed(schedule jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_covers(rotation text, zone text, schedule jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_dates(rotation text, zone text, name text, recurrence jsonb, lasts interval, seats integer)|s|f|u
oncall_internal.pagerduty_entries(entries jsonb, users jsonb, place text)|s|f|u
oncall_internal.pagerduty_event(rotation text, event jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_hours(layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text, OUT rounded boolean)|i|f|u
oncall_internal.pagerduty_layer(rotation text, zone text, layer jsonb, rank integer, users jsonb)|s|f|u
oncall_internal.pagerduty_list(people text[], occurrences integer, pause integer)|i|f|u
oncall_internal.pagerduty_member(member jsonb, users jsonb, place text)|i|f|u
oncall_internal.pagerduty_people(mentioned jsonb[], users jsonb, listed boolean)|i|f|u
oncall_internal.pagerduty_person(reference jsonb, users jsonb, place text)|i|f|u
oncall_internal.pagerduty_rendered_elsewhere(schedule jsonb, zone text)|s|t|u
oncall_internal.pagerduty_rotations(schedule jsonb)|s|f|u
oncall_internal.pagerduty_rule(recurrence jsonb, place text, OUT freq text, OUT every integer, OUT days integer[], OUT week_start integer, OUT why text)|i|f|u
oncall_internal.pagerduty_rules(policy jsonb, users jsonb, place text, OUT rules jsonb, OUT pause interval, OUT notes text[])|i|f|u
oncall_internal.pagerduty_schedule(schedule jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_shown(rotation text, zone text, schedule jsonb, users jsonb)|s|f|u
oncall_internal.pagerduty_target(target jsonb, users jsonb, place text)|i|f|u
oncall_internal.pagerduty_time(object jsonb, key text, place text, needed boolean)|s|f|u
oncall_internal.pagerduty_turns(starts timestamp without time zone, ends timestamp without time zone, zone text, freq text, every integer, days integer[], week_start integer, OUT cadence oncall.cadence, OUT hours oncall.weekly_hours, OUT occurrences integer, OUT pause integer, OUT why text)|i|f|u
oncall_internal.pagerduty_users(doc jsonb)|i|f|u
oncall_internal.pair_around(rotation_id integer, at timestamp with time zone, OUT pair oncall.pair, OUT since timestamp with time zone, OUT until timestamp with time zone, OUT next_at timestamp with time zone, OUT next_pair oncall.pair, OUT retired boolean)|s|t|s
oncall_internal.pair_array(oncall.pair)|i|t|s
oncall_internal.pair_cmp(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_contained(integer, oncall.pair)|i|t|s
oncall_internal.pair_contains(oncall.pair, integer)|i|t|s
oncall_internal.pair_eq(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_ge(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_gt(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_hash(oncall.pair)|i|t|s
oncall_internal.pair_hash_extended(oncall.pair, bigint)|i|t|s
oncall_internal.pair_in(cstring)|i|t|s
oncall_internal.pair_json(oncall.pair)|i|t|s
oncall_internal.pair_jsonb(oncall.pair)|i|t|s
oncall_internal.pair_le(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_lt(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_ne(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_out(oncall.pair)|i|t|s
oncall_internal.pair_overlaps(oncall.pair, oncall.pair)|i|t|s
oncall_internal.pair_recv(internal)|i|t|s
oncall_internal.pair_send(oncall.pair)|i|t|s
oncall_internal.pair_sortsupport(internal)|i|t|s
oncall_internal.parts()|s|f|s
oncall_internal.parts_made()|i|f|s
oncall_internal.parts_missing(made text[])|s|f|s
oncall_internal.past_calls()|s|f|u
oncall_internal.past_duty()|s|f|u
oncall_internal.past_work()|s|f|u
oncall_internal.pay_amount(counted numeric, counted_of numeric, rate numeric, per interval, digits integer)|i|t|s
oncall_internal.pay_assignment_fixed()|v|f|u
oncall_internal.pay_assignment_midnight()|v|f|u
oncall_internal.pay_assignment_rules()|v|f|u
oncall_internal.pay_band_fixed()|v|f|u
oncall_internal.pay_band_rules()|v|f|u
oncall_internal.pay_begins(pay_policy_id integer)|s|f|s
oncall_internal.pay_chain(pay_policy_id integer)|s|t|s
oncall_internal.pay_closed_rules()|v|f|u
oncall_internal.pay_differences(pay_run_ids integer[])|s|f|s
oncall_internal.pay_entries(during tstzrange, pay_policy_id integer, person_id integer)|s|f|s
oncall_internal.pay_entries_in(during tstzrange, pay_policy_id integer, person_id integer, known_at timestamp with time zone)|s|f|s
oncall_internal.pay_entry_rules()|v|f|u
oncall_internal.pay_forgotten(pay_policy_id integer, since date)|s|f|s
oncall_internal.pay_lieu_out()|v|f|u
oncall_internal.pay_lines(during tstzrange, pay_policy_id integer, person_id integer)|s|f|s
oncall_internal.pay_lines_estimate(internal)|s|t|s
oncall_internal.pay_months()|s|f|s
oncall_internal.pay_orphaned(pay_policy_id integer)|s|t|s
oncall_internal.pay_pieces(during tstzrange, pay_policy_id integer, person_id integer, known_at timestamp with time zone)|s|f|s
oncall_internal.pay_pieces_estimate(internal)|s|t|s
oncall_internal.pay_policy_fixed()|v|f|u
oncall_internal.pay_policy_named(policy oncall.ref)|s|t|s
oncall_internal.pay_policy_one_at_a_time()|v|f|u
oncall_internal.pay_policy_replaced_once()|v|f|u
oncall_internal.pay_policy_replaces()|v|f|u
oncall_internal.pay_policy_rules()|v|f|u
oncall_internal.pay_replaced(pay_policy_id integer)|s|t|s
oncall_internal.pay_report_of(person_id integer, during tstzrange, pay_policy_id integer)|s|t|s
oncall_internal.pay_report_rows(during tstzrange, dates daterange, pay_policy_id integer, person_id integer)|s|f|s
oncall_internal.pay_run_reopened(was oncall.pay_run, becomes oncall.pay_run)|v|f|u
oncall_internal.pay_run_rules()|v|f|u
oncall_internal.pay_uncovered(pay_policy_id integer)|s|t|s
oncall_internal.pay_windows(during tstzrange, dates daterange, pay_policy_id integer, person_id integer)|s|f|s
oncall_internal.pays_lieu_out(recorded tstzrange, lieu interval, amount numeric)|i|f|s
oncall_internal.pays_on(pay_policy_id integer)|s|t|s
oncall_internal.people_named(names text[])|s|t|s
oncall_internal.person_keep_past()|v|f|u
oncall_internal.person_named(person oncall.ref)|s|t|s
oncall_internal.person_or_caller(person oncall.ref, argument text)|s|f|s
oncall_internal.picture_bands(during tstzrange, zone text, span text)|s|f|s
oncall_internal.picture_pieces(during tstzrange, rotation_id integer, span text)|s|f|s
oncall_internal.picture_span(during tstzrange, fits integer)|i|f|s
oncall_internal.place_after(layer_member_id integer, people integer)|s|t|s
oncall_internal.place_at_end(layer_id integer)|s|t|s
oncall_internal.place_before(layer_member_id integer, people integer)|s|t|s
oncall_internal.place_may_page_at(incident_id integer, rotation_id integer, person_id integer, at timestamp with time zone)|s|f|u
oncall_internal.place_told(rotation text, seat smallint, person text)|s|f|u
oncall_internal.places(service_id integer, step smallint, both_seats boolean, at timestamp with time zone)|s|f|u
oncall_internal.plan_season(rotation_id integer, during daterange, season text, length integer)|s|f|u
oncall_internal.plan_shifts(during tstzrange, rotation_id integer, since timestamp with time zone, weights integer[], gap_rotation_ids integer[], gap_seats integer[], gap_periods tstzrange[])|s|f|s
oncall_internal.postmortem_due(incident_id integer)|s|f|u
oncall_internal.postmortem_own()|v|f|u
oncall_internal.raised(rate numeric, raise numeric, round_to numeric)|i|f|s
oncall_internal.record_event(incident_id integer, at timestamp with time zone, kind text, detail text, other_person_id integer, other_incident_id integer)|v|f|u
oncall_internal.recorded_now()|v|f|u
oncall_internal.ref_cmp(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_eq(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_ge(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_gt(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_hash(oncall.ref)|i|t|s
oncall_internal.ref_hash_extended(oncall.ref, bigint)|i|t|s
oncall_internal.ref_in(cstring)|i|t|s
oncall_internal.ref_le(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_lt(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_ne(oncall.ref, oncall.ref)|i|t|s
oncall_internal.ref_of_int2(smallint)|i|t|s
oncall_internal.ref_of_int4(integer)|i|t|s
oncall_internal.ref_of_int8(bigint)|i|t|s
oncall_internal.ref_of_text(text)|i|t|s
oncall_internal.ref_out(oncall.ref)|i|t|s
oncall_internal.ref_recv(internal)|s|t|s
oncall_internal.ref_send(oncall.ref)|s|t|s
oncall_internal.ref_sortsupport(internal)|i|t|s
oncall_internal.refuse_claim(gateway text, argument text, most integer, lease interval)|i|f|u
oncall_internal.refuse_ended(own oncall.incident, done text)|s|f|u
oncall_internal.refuse_expires(expires text)|s|f|s
oncall_internal.refuse_gap(pay_policy_id integer, period daterange)|s|f|u
oncall_internal.refuse_held(rotation_id integer, seat smallint, period tstzrange)|s|f|u
oncall_internal.refuse_import(source text, doc jsonb, people jsonb, zones jsonb, make_people boolean, go_on boolean)|i|f|u
oncall_internal.refuse_import_row(entries oncall.import_row, number bigint)|i|f|u
oncall_internal.refuse_infinity(argument text, at timestamp with time zone)|i|f|s
oncall_internal.refuse_json(object jsonb, key text, place text, wanted text, hint text)|i|f|u
oncall_internal.refuse_large_picture(during tstzrange, rotation_id integer, span text, largest integer)|s|f|s
oncall_internal.refuse_missing_offer(swap_request_id integer)|s|f|u
oncall_internal.refuse_not_half_open()|v|f|u
oncall_internal.refuse_not_held(rotation_id integer, person_id integer, during tstzrange, seat smallint, offer integer)|s|f|u
oncall_internal.refuse_null(argument text, is_null boolean)|i|f|s
oncall_internal.refuse_open_responses(pay_policy_id integer, period daterange)|s|f|u
oncall_internal.refuse_other_source(doc jsonb, source text)|i|f|u
oncall_internal.refuse_other_standing(touched_by integer)|s|f|s
oncall_internal.refuse_others(person_id integer, what text)|s|f|s
oncall_internal.refuse_paid(policies integer[], since date, at timestamp with time zone)|v|f|u
oncall_internal.refuse_pairing(pairing text)|i|f|s
oncall_internal.refuse_period(argument text, period tstzrange)|s|f|s
oncall_internal.refuse_planned(rotation_id integer, during daterange, length integer)|s|f|u
oncall_internal.refuse_same_names(names text[])|i|f|u
oncall_internal.refuse_since(rotation_id integer, since timestamp with time zone, until timestamp with time zone)|s|f|s
oncall_internal.refuse_take(rotation_id integer, seat smallint, period tstzrange, relieved integer, by_id integer, at timestamp with time zone)|s|f|u
oncall_internal.refuse_turn(rotation oncall.rotation, days daterange, placed integer, names text[], obstacles text[])|s|f|s
oncall_internal.refuse_two_seats(rotation_id integer, person_id integer, at timestamp with time zone, seats smallint[])|s|f|s
oncall_internal.refuse_unseen_runs(policies integer[])|v|t|u
oncall_internal.release_page(waiting oncall.page, at timestamp with time zone)|v|f|u
oncall_internal.release_pages(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.reminder_at(begins timestamp with time zone, zone text)|s|f|u
oncall_internal.reopens_until(service_id integer, resolved_at timestamp with time zone, resolution text)|s|f|u
oncall_internal.report_months(months_back integer)|s|f|u
oncall_internal.response_outside(incident_id integer, period tstzrange, zone text, begins boolean)|s|f|u
oncall_internal.response_own()|v|f|u
oncall_internal.response_rules()|v|f|u
oncall_internal.responses_touched(since timestamp with time zone)|s|f|s
oncall_internal.rest_to_offer(period tstzrange, zone text, at timestamp with time zone)|s|f|s
oncall_internal.resume_change(change_id integer)|v|t|u
oncall_internal.retry_pause(failures integer)|i|f|u
oncall_internal.role_told(incident_id integer, person_id integer, at timestamp with time zone)|s|f|u
oncall_internal.roster_estimate(internal)|s|t|s
oncall_internal.roster_shown(own oncall.rotation, during tstzrange)|s|f|s
oncall_internal.rotation_member_rules()|v|f|u
oncall_internal.rotation_named(rotation oncall.ref)|s|t|s
oncall_internal.rotation_rules()|v|f|u
oncall_internal.route(incident_id integer, role name)|v|f|u
oncall_internal.runs_to_compare(pay_run_id integer)|s|f|s
oncall_internal.runs_touched(pay_policy_id integer, since timestamp with time zone)|s|f|s
oncall_internal.schema_version()|i|f|s
oncall_internal.season_blocks(days date[], observes date[], seasons text[])|i|t|s
oncall_internal.season_reach(rotation_id integer, during daterange, season text)|s|t|s
oncall_internal.seat_named(rotation_id integer, seat text)|s|t|s
oncall_internal.seat_words(rotation_id integer, seat smallint)|s|f|u
oncall_internal.service_if_any(service oncall.ref)|s|t|s
oncall_internal.service_named(service oncall.ref)|s|t|s
oncall_internal.services_of(rotation_id integer)|s|f|u
oncall_internal.session_time(at timestamp with time zone)|s|t|s
oncall_internal.set_standing(rotation_id integer, person_id integer, standing text, period tstzrange)|v|f|u
oncall_internal.settle_answers(incident_id integer, at timestamp with time zone)|v|f|u
oncall_internal.settle_notice(duty_notice_id bigint, at timestamp with time zone)|v|f|u
oncall_internal.settle_offer(swap_request_id integer, change_id integer)|v|f|u
oncall_internal.severity_named(severity text)|s|t|u
oncall_internal.shares_place(layer_member_id integer, behind integer)|s|f|s
oncall_internal.shift_around(rotation_id integer, seat smallint, at timestamp with time zone, known_at timestamp with time zone)|s|f|u
oncall_internal.shift_at(rotation_id integer, person_id integer, at timestamp with time zone, INOUT seat smallint, OUT period tstzrange)|s|f|u
oncall_internal.shift_covers(rotation text, zone text, who text[], seat integer[], period tstzrange[])|s|f|u
oncall_internal.shift_feedback_own()|v|f|u
oncall_internal.shift_list(doc jsonb, zone text)|s|f|u
oncall_internal.shift_period(shift jsonb, doc jsonb, zone text, place text, OUT period tstzrange, OUT why text)|s|f|u
oncall_internal.shift_uid(rotation_id integer, seat integer, starts_at timestamp with time zone, person_id integer, cover_id integer)|s|f|s
oncall_internal.shift_week(shift jsonb, doc jsonb, zone text, place text, OUT period tstzrange, OUT why text)|s|f|u
oncall_internal.shifts_of(rotation_id integer, person_id integer, during tstzrange, OUT seats smallint[], OUT periods tstzrange[])|s|f|s
oncall_internal.shifts_of_people(shifts bigint, people bigint, verb text)|i|t|s
oncall_internal.shortcomings()|s|f|u
oncall_internal.since_words(period tstzrange, zone text)|s|t|s
oncall_internal.some_of(items text[], most integer)|i|t|s
oncall_internal.splunk_clock(at jsonb, key text, place text)|i|f|u
oncall_internal.splunk_layer(shift jsonb, rotation text, place text, users jsonb)|s|f|u
oncall_internal.splunk_overlap(shifts jsonb, place text)|i|f|u
oncall_internal.splunk_override(override jsonb, layers oncall.import_row[], users jsonb)|s|f|u
oncall_internal.splunk_person(name text, users jsonb)|i|f|u
oncall_internal.splunk_rotation(rotation jsonb, name text, users jsonb)|s|f|u
oncall_internal.splunk_spans(shift jsonb, place text, OUT starts bigint[], OUT seconds bigint[])|i|f|u
oncall_internal.splunk_team(doc jsonb)|s|f|u
oncall_internal.spoken_period(period tstzrange, zone text)|s|t|s
oncall_internal.spoken_time(at timestamp with time zone, zone text)|s|t|s
oncall_internal.stale_at(own oncall.incident)|s|f|u
oncall_internal.standing_breaches(rotation_id integer)|s|f|u
oncall_internal.standing_covers(rotation_id integer, seat smallint, asked tstzmultirange)|s|t|s
oncall_internal.stands(change_id integer)|s|t|s
oncall_internal.step_after(service_id integer, step smallint)|s|f|u
oncall_internal.stretches_told(own oncall.rotation, stretches tstzmultirange)|s|t|s
oncall_internal.stuck_incidents()|s|f|u
oncall_internal.svg_axis(zone text, calendar_id integer, during tstzrange, first_day date, last_day date, begins timestamp with time zone, day_width numeric, height integer, OUT under text, OUT above text)|s|f|s
oncall_internal.svg_days(zone text, calendar_id integer, during tstzrange, first_day date, last_day date, begins timestamp with time zone, day_width numeric)|s|f|s
oncall_internal.svg_hours(zone text, during tstzrange, first_day date, last_day date, begins timestamp with time zone, day_width numeric)|s|f|s
oncall_internal.svg_legend(y integer)|i|f|s
oncall_internal.svg_name(name text, columns integer, is_shared boolean)|s|f|s
oncall_internal.svg_piece(id text, state text, person_id integer, is_cover boolean, label text, clock text, told text, x numeric, y integer, width numeric)|s|f|s
oncall_internal.svg_pieces(id text, rotation_id integer, during tstzrange, span text, day_width numeric)|s|f|s
oncall_internal.svg_rotation(id text, rotation_id integer, during tstzrange, span text, width integer, label_width integer, day_width numeric, OUT content text, OUT height integer, OUT told text)|s|f|s
oncall_internal.svg_rows(seats text[], label_width integer, day_width numeric, x numeric, width numeric, OUT names text, OUT rows text)|s|f|s
oncall_internal.svg_style(id text)|i|f|s
oncall_internal.svg_title(name text, addition text, width integer)|s|f|s
oncall_internal.svg_top(seat integer, day_width numeric)|i|f|s
oncall_internal.svg_x(at timestamp with time zone, begins timestamp with time zone, day_width numeric)|i|f|s
oncall_internal.swap_request_insert()|v|f|u
oncall_internal.swap_request_settle()|v|f|u
oncall_internal.swap_request_take()|v|f|u
oncall_internal.swap_request_update()|v|f|u
oncall_internal.take_beat(service text, at timestamp with time zone)|v|f|u
oncall_internal.take_over(rotation_id integer, seat smallint, period tstzrange, for_id integer, by_id integer, reason text, past_reason text)|v|f|u
oncall_internal.team_named(team oncall.ref)|s|t|s
oncall_internal.tell_change(change_id integer)|v|f|u
oncall_internal.tell_changes(at timestamp with time zone)|v|f|u
oncall_internal.tell_covers(rotation_id integer, known_before timestamp with time zone)|s|f|u
oncall_internal.tell_incident(kind text, incident_id integer, person_id integer, rotation_id integer, seat smallint, detail text, at timestamp with time zone)|v|f|u
oncall_internal.tell_move(change_id integer, person_id integer, by_themselves boolean, rotation_ids integer[], seats smallint[], losses tstzmultirange[], gains tstzmultirange[], at timestamp with time zone)|v|f|u
oncall_internal.tell_moves(change_id integer, rotation_id integer, zone text, since timestamp with time zone, known_before timestamp with time zone)|v|f|u
oncall_internal.tell_owed(pay_policy_id integer, period daterange)|s|f|u
oncall_internal.tell_people(rotation_id integer, zone text, sources text[], ids integer[], starts timestamp with time zone[], ends timestamp with time zone[])|v|f|u
oncall_internal.tell_readers()|v|f|u
oncall_internal.tell_shifts(at timestamp with time zone)|v|f|u
oncall_internal.tell_short_layers(layer_ids integer[], zone text)|s|t|s
oncall_internal.tell_stale(incident_id integer, person_id integer, at timestamp with time zone)|v|f|u
oncall_internal.tell_unapproved(pay_policy_id integer, period daterange)|s|f|u
oncall_internal.tell_unowned(incident_id integer, service oncall.ref)|v|f|u
oncall_internal.text_cell(value text, columns integer)|s|f|s
oncall_internal.text_column(at timestamp with time zone, first_day date, zone text, cell integer)|s|f|s
oncall_internal.text_columns(value text)|s|t|s
oncall_internal.text_weeks(rotation_id integer, during tstzrange, label integer, cell integer)|s|f|s
oncall_internal.time_touched(since timestamp with time zone)|s|f|s
oncall_internal.timeline_told(incident_id integer, zone text)|s|f|u
oncall_internal.told_events(parts integer[], places integer[])|s|f|u
oncall_internal.told_incidents()|s|f|u
oncall_internal.told_pages(parts integer[], places integer[])|s|f|u
oncall_internal.told_responses(own integer, parts integer[], root integer)|s|f|u
oncall_internal.told_roles(parts integer[], places integer[])|s|f|u
oncall_internal.touched_covers(change_id integer)|s|t|s
oncall_internal.trade(rotation_ids integer[], seats smallint[], periods tstzrange[], from_ids integer[], to_ids integer[], proposed_by integer, reason text, offer integer, past_reason text)|v|f|u
oncall_internal.traded_shift(rotation_id integer, person_id integer, argument text, at timestamp with time zone, part tstzrange, now timestamp with time zone, INOUT seat smallint, OUT period tstzrange)|s|f|u
oncall_internal.trim_name()|v|f|u
oncall_internal.turn_seats(members integer[], pairing text, seats integer, turn bigint)|i|t|s
oncall_internal.unknown_source(source text, schemas name[])|s|f|u
oncall_internal.unready_contacts(duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.unready_people(duties oncall_internal.lint_duty[])|s|f|u
oncall_internal.unready_services()|s|f|u
oncall_internal.unseen_since()|v|f|u
oncall_internal.unsuitable(people integer[], zone text, handovers timestamp with time zone[])|s|f|s
oncall_internal.untied_entries(ids integer[], kept integer[], circular boolean)|s|t|s
oncall_internal.valid_by_default(rotation_id integer)|v|f|u
oncall_internal.waited_for_work(hours oncall.weekly_hours, zone text, holidays date[], opened_at timestamp with time zone, ended_at timestamp with time zone)|s|f|s
oncall_internal.wall_period(period tstzrange, zone text)|s|t|s
oncall_internal.wall_time(at timestamp with time zone, zone text)|s|t|s
oncall_internal.was_called(incident_id integer, person_id integer, at timestamp with time zone)|s|f|u
oncall_internal.week_at(at timestamp with time zone, zone text)|s|t|s
oncall_internal.weekly_hours_cmp(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_eq(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_ge(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_gt(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_hash(oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_hash_extended(oncall.weekly_hours, bigint)|i|t|s
oncall_internal.weekly_hours_in(cstring)|i|t|s
oncall_internal.weekly_hours_le(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_lt(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_ne(oncall.weekly_hours, oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_out(oncall.weekly_hours)|i|t|s
oncall_internal.weekly_hours_recv(internal)|i|t|s
oncall_internal.weekly_hours_send(oncall.weekly_hours)|i|t|s
oncall_internal.weekly_turns(own oncall.rotation, layer oncall_internal.lint_layer)|s|f|u
oncall_internal.weeks_of(periods tstzmultirange, zone text)|s|t|s
oncall_internal.whole_shifts(person_id integer, rotation_id integer, during tstzrange)|s|f|s
oncall_internal.why_adjusted(pay_run_id integer, person_id integer, kind text, hours interval, pay_code text)|s|f|s
oncall_internal.with_zones(doc jsonb, zones jsonb)|i|f|u
oncall_internal.without_names(words text, incident_id integer, people integer[], at timestamp with time zone)|s|f|u
oncall_internal.work_place(person_id integer, at timestamp with time zone, OUT zone text, OUT working_hours oncall.weekly_hours, OUT holidays date[])|s|t|s
oncall_internal.write_change()|v|f|u
oncall_internal.write_covers(rotation_ids integer[], seats smallint[], periods tstzrange[], person_ids integer[], kind text, person_id integer, reason text, past_reason text)|v|f|u
oncall_internal.write_import(entries oncall.import_row[], people jsonb, source text, past_reason text)|v|f|u
oncall_internal.write_layer(rotation_id integer, people integer[], cadence oncall.cadence, rank integer, valid tstzrange, hours oncall.weekly_hours, pairing text, first_seat integer, seats integer, spread boolean, name text)|v|f|u
oncall_internal.write_rule(kind text, rotation_id integer, since timestamp with time zone, layer_id integer, cadence oncall.cadence, hours oncall.weekly_hours, pairing text, spread boolean, reason text, past_reason text)|v|f|u
oncall_internal.write_run(pay_run_id integer)|v|f|u
oncall_internal.written_now(xmin xid)|s|t|s
oncall_internal.xml_text(value text)|s|t|s
oncall_internal.zenduty_hours(layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text)|i|f|u
oncall_internal.zenduty_layer(layer jsonb, rotation text, zone text, place text)|s|f|u
oncall_internal.zenduty_override(override jsonb, schedule text, layers oncall.import_row[], zone text)|s|f|u
oncall_internal.zenduty_person(who jsonb, place text)|i|f|u
oncall_internal.zenduty_schedule(schedule jsonb, name text, zone text)|s|f|u
\.
CREATE TEMPORARY VIEW found AS
	SELECT format('%s.%s(%s)|%s|%s|%s', pronamespace::regnamespace, proname, pg_get_function_identity_arguments(oid),
		provolatile, left(proisstrict::text, 1), proparallel) COLLATE "C" AS label
	FROM function;
SELECT is_empty('SELECT label FROM found EXCEPT SELECT label FROM pinned ORDER BY 1', 'no function or label that is not listed');
SELECT is_empty('SELECT label FROM pinned EXCEPT SELECT label FROM found ORDER BY 1', 'no function or label is missing');

SELECT * FROM finish();
ROLLBACK;
