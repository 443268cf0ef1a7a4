-- The same hostile names through everything that builds SQL, JSON, XML, HTML or
-- iCalendar of them: each comes out as it went in, as one value, and nothing of
-- it is run. (What strict parsers of clients say: test/pictures, test/calendars.)
--
-- Tests: access calendars pictures report_html gateway notices alerts import_schedule pay_changes

\set schema hostile_names
\ir start.psql

SELECT plan(30);
SET LOCAL oncall.past_reason = 'a test';

CREATE TABLE hostile (n integer PRIMARY KEY, name text);
INSERT INTO hostile SELECT row_number() OVER (), name FROM unnest(ARRAY[
	$$x'; DROP TABLE hostile_names.kept; --$$, $$x"; DROP TABLE hostile_names.kept; --$$, $$'||(SELECT 1/0)||'$$, '$x$; $$; x', $$\'; x$$, 'x\',
	'%s %I %L %1$s %%', '$1 \1 \\0 &', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', ']]> <![CDATA[x', '</svg></style><!--', '&#0; &e; &amp;',
	'{"a": [1, null]}', '", "admin": true, "x": "', '\u0000\n',
	E'x\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR', E'x\nATTACH:file:///etc/passwd', 'x;CN="y":mailto:z,w', E'tab\tbell\x07escape\x1b[31m', E'\u202Ex\u2028y\u0085z', 'NULL', '{}', '( )', '--', '/*', '${jndi:x}', '$$', E'\uFEFFx\u200B', '[x](javascript:alert(1)) `x` | x']) name;
CREATE TABLE kept (kept integer);

-- one company a name, each thing of it called so
CREATE TABLE made (n integer PRIMARY KEY, name text, role name, person integer, rotation integer, team integer, service integer, incident integer,
	policy integer);
CREATE FUNCTION make(n integer, name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	m made;
	calendar integer;
BEGIN
	m.n := n;
	m.name := name;
	m.role := 'regress_oncall_' || regexp_replace(name, '^pg_', '');
	INSERT INTO oncall.calendar (name) VALUES (m.name) RETURNING calendar_id INTO calendar;
	INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (calendar, '2126-03-05', m.name);
	INSERT INTO oncall.team (name, zone) VALUES (m.name, 'UTC') RETURNING team_id INTO m.team;
	m.person := oncall.add_person(m.name, 'UTC', calendar => calendar);
	INSERT INTO oncall.contact (person_id, method, address) VALUES (m.person, m.name, m.name);
	m.rotation := oncall.add_rotation(m.name, ARRAY[m.person]::text[], 'R/2020-03-03T12:00[UTC]/P7D', team => m.team, seats => ARRAY[m.name], calendar => calendar);
	m.service := oncall.add_service(m.name, m.team, ARRAY[m.rotation]::text[]);
	INSERT INTO oncall.playbook (service_id, title, body, url) VALUES (m.service, m.name, m.name, 'https://example.com/' || m.n);
	INSERT INTO oncall.pay_policy (name, zone, currency) VALUES (m.name, 'UTC', 'EUR') RETURNING pay_policy_id INTO m.policy;
	INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate) VALUES (m.policy, 1, m.name, '24/7', 1, 2);
	m.incident := oncall.open_incident(m.name, m.name, 'SEV2', dedup_key => m.name);
	INSERT INTO made SELECT m.*;
END
$$;
SELECT lives_ok('SELECT make(n, name) FROM hostile ORDER BY n', 'people, rotations, teams, services, policies and incidents can have any name');
SELECT set_eq($$
	SELECT m.n FROM made m
	WHERE m.name = (SELECT p.name FROM oncall.person p WHERE p.person_id = m.person)
		AND m.name = (SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = m.rotation)
		AND m.name = (SELECT r.seats[1] FROM oncall.rotation r WHERE r.rotation_id = m.rotation)
		AND m.name = (SELECT i.summary FROM oncall.incident i WHERE i.incident_id = m.incident)
	$$, 'SELECT n FROM hostile', '... and keep it');
SELECT is_empty($$SELECT m.name FROM made m WHERE oncall_internal.person_named(m.name) <> m.person OR oncall_internal.rotation_named(m.name) <> m.rotation
	OR oncall.primary_of(oncall.on_call(m.name, '2126-03-05')) IS DISTINCT FROM m.person$$, '... and are found by it');

-- SQL: roles and policies of that name
SELECT lives_ok($$DO $do$
DECLARE
	m record;
BEGIN
	FOR m IN SELECT role FROM made ORDER BY n LOOP
		EXECUTE format('CREATE ROLE %I', m.role);
		PERFORM oncall.grant_access(m.role, 'manager');
	END LOOP;
END
$do$ $$, 'grant_access() takes roles of any name');
SELECT set_eq($$SELECT r.rolname FROM pg_policy p, unnest(p.polroles) u JOIN pg_roles r ON r.oid = u WHERE p.polrelid = 'oncall.absence'::regclass AND p.polname = 'absence_manager'$$,
	'SELECT role FROM made', '... and its policies are for these alone');
SELECT lives_ok($$SELECT oncall.copy_pay_policy(m.policy, m.name || ' 2', '2126-04-01', 0.02), oncall.assign_policy(m.person, m.policy, '2126-01-01', wage => 20) FROM made m$$,
	'policies of any name are copied and assigned');
SELECT set_eq($$SELECT b.band FROM oncall.pay_policy y JOIN oncall.pay_band b USING (pay_policy_id) JOIN made m ON y.name = m.name || ' 2'$$, 'SELECT name FROM hostile', '... with their bands');
SELECT is_empty($$SELECT m.name FROM made m WHERE oncall.library_version() IS NULL
	OR NOT EXISTS (SELECT FROM oncall.import_schedule(m.name, '{}') i WHERE i.level = 'error')$$, 'a source of any name is unknown to import_schedule()');

-- alerts, whose columns come from elsewhere
CREATE TABLE alert (svc text, what text);
CREATE TRIGGER page AFTER INSERT ON alert FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert('service=svc', 'summary=what', 'dedup_key=what');
INSERT INTO alert SELECT name, name || ' again' FROM hostile ORDER BY n;
SELECT set_eq($$SELECT i.service_id, i.summary FROM oncall.incident i WHERE i.summary LIKE '% again'$$, $$SELECT m.service, m.name || ' again' FROM made m$$, 'page_on_insert() opens incidents of any name');
DO $$
DECLARE
	h record;
BEGIN
	-- what stands between quotes is a value, and no column
	FOR h IN SELECT n, name, left(name, 60) AS short FROM hostile WHERE name !~ '[[:cntrl:]]|^''.*''$' LOOP
		EXECUTE format('CREATE TABLE %1$I (%1$I text, x text)', h.short);
		EXECUTE format('CREATE TRIGGER %1$I AFTER INSERT ON %1$I FOR EACH ROW EXECUTE FUNCTION oncall.page_on_insert(%2$L, ''summary=x'')', h.short, 'service=' || h.short);
		EXECUTE format('INSERT INTO %I VALUES ($1, $2)', h.short) USING h.name, 'column ' || h.n;
	END LOOP;
END
$$;
SELECT set_eq($$SELECT i.service_id, i.summary FROM oncall.incident i WHERE i.summary LIKE 'column %'$$,
	$$SELECT m.service, 'column ' || m.n FROM made m WHERE m.name !~ '[[:cntrl:]]|^''.*''$'$$, '... from tables, triggers and columns of any name');

-- JSON
SELECT set_eq($$SELECT ARRAY[c.payload -> 'incident' ->> 'service', c.payload -> 'incident' ->> 'summary', c.payload -> 'person' ->> 'name', c.payload ->> 'rotation', c.payload ->> 'seat',
		c.payload -> 'playbook' ->> 'title', c.payload -> 'playbook' ->> 'body', c.payload -> 'contacts' -> 0 ->> 'address']
	FROM oncall.claim_pages('test', 1000) c WHERE c.payload -> 'incident' ->> 'summary' !~ 'again|column'$$,
	'SELECT array_fill(name, ''{8}'') FROM hostile', 'pages say names as they are');
SELECT is_empty($$SELECT p.page_id FROM oncall.page p, oncall_internal.page_payload(p.page_id) d
	WHERE (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(d) k)
	<> (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys((SELECT oncall_internal.page_payload(min(f.page_id)) FROM oncall.page f)) k)$$, '... and have no key more');
SELECT lives_ok('SELECT oncall.run_notices()', 'notices are made');
UPDATE oncall.duty_notice SET due_at = now();
SELECT cmp_ok((SELECT count(*) FROM oncall.duty_notice), '>', 0::bigint, '... some');
SELECT is_empty($$SELECT n.payload FROM oncall.claim_notices('test', 1000) n JOIN made m ON m.person = (n.payload -> 'person' ->> 'person_id')::integer
	WHERE n.payload -> 'person' ->> 'name' <> m.name OR n.payload ->> 'rotation' <> m.name$$, '... and say names as they are');

-- XML
CREATE TABLE page AS
SELECT m.n, m.name, f.kind, f.page, translate(m.name, E'\t\x07\x1b\u202E\u2028\u0085\r\n', '') AS printed
FROM made m CROSS JOIN LATERAL (VALUES ('svg', oncall.roster_svg('[2126-02-24,2126-04-02)', m.rotation)),
	('load', oncall.pager_load_svg(tstzrange(now() - interval '9 days', now()), m.rotation)), ('html', oncall.report_html(m.team, '2126-03-01'))) f(kind, page);
SELECT is_empty('SELECT n, kind FROM page WHERE NOT xml_is_well_formed_document(page)', 'pictures and pages are XML');
SELECT is_empty($$SELECT n, kind FROM page WHERE (xpath('count(//*[local-name() = "script" or local-name() = "img" or local-name() = "a"] | //@*[starts-with(local-name(), "on") or local-name() = "href" or local-name() = "src"])', page::xml))[1]::text <> '0'$$,
	'... in which no name makes an element or an attribute');
-- a label that is too long for its place is left out, so their number may differ
SELECT is_empty($$SELECT DISTINCT p.kind, e FROM page p, unnest(xpath('//*', p.page::xml)) x, substring(x::text FROM '^<([^ />]+)') e
	WHERE e <> ALL ('{svg,title,desc,style,rect,defs,pattern,circle,g,text,path,html,head,meta,body,header,h1,p,main,section,h2,div,table,thead,tr,th,tbody,td}'::text[])$$,
	'... of elements that are ours');

-- iCalendar
CREATE TABLE line AS
SELECT m.n, k.kind, l.line
FROM made m CROSS JOIN LATERAL (VALUES ('person', oncall.icalendar(m.person, during => '[2126-02-24,2126-04-02)')),
	('rotation', oncall.icalendar(rotation => m.rotation, during => '[2126-02-24,2126-04-02)'))) k(kind, calendar),
	regexp_split_to_table(regexp_replace(k.calendar, E'\r\n[ \t]', '', 'g'), E'\r\n') l(line)
WHERE l.line <> '';
SELECT is_empty($$SELECT * FROM line WHERE line ~ '[\x01-\x08\x0a-\x1f\x7f]' OR line !~ '^(BEGIN|END|VERSION|PRODID|CALSCALE|METHOD|NAME|X-WR-CALNAME|X-WR-TIMEZONE|X-[A-Z-]+|REFRESH-INTERVAL|UID|DTSTAMP|DTSTART|DTEND|SUMMARY|DESCRIPTION|STATUS|TRANSP|SEQUENCE|LAST-MODIFIED|CREATED|CATEGORIES|LOCATION|CLASS|TZID|TZOFFSETFROM|TZOFFSETTO|TZNAME|RRULE|RDATE)[;:]'$$,
	'calendars have lines that they should');
SELECT is_empty($$SELECT n, kind FROM line GROUP BY 1, 2 HAVING count(*) FILTER (WHERE line = 'BEGIN:VCALENDAR') <> 1 OR count(*) FILTER (WHERE line = 'END:VCALENDAR') <> 1$$, '... and are one each');
SELECT is_empty($$SELECT kind, count(*) FROM (SELECT n, kind, string_agg(substring(line FROM '^[A-Z-]+'), ' ') AS shape FROM line GROUP BY n, kind) s
	GROUP BY kind HAVING count(DISTINCT shape) > 1$$, '... of the same lines, whatever the name');
SELECT is_empty($$SELECT m.n FROM made m, line l WHERE l.n = m.n AND l.kind = 'person' AND l.line LIKE 'SUMMARY%' AND m.name !~ '[[:cntrl:]\u2028\u202e\u0085]'
	GROUP BY m.n, m.name HAVING NOT bool_and(position(replace(replace(replace(m.name, '\', '\\'), ';', '\;'), ',', '\,') IN l.line) > 0)$$, '... that say names as they are');

-- import, and what it reports
CREATE TABLE report AS
SELECT n.n, n.name, r.*
FROM hostile n, oncall.import_schedule('pagerduty', jsonb_build_object('schedule', jsonb_build_object('name', 'imported ' || n.name, 'time_zone', 'UTC',
	'schedule_layers', jsonb_build_array(jsonb_build_object('name', n.name, 'start', '2126-01-06T12:00:00Z', 'rotation_turn_length_seconds', 86400,
		'users', jsonb_build_array(jsonb_build_object('user', jsonb_build_object('id', n.name, 'summary', 'imported ' || n.name))))))), make_people => true) r;
SELECT is_empty($$SELECT name, detail FROM report WHERE level = 'error'$$, 'schedules of any name are imported');
SELECT set_eq($$SELECT r.name FROM oncall.rotation r
		JOIN oncall.layer l USING (rotation_id) JOIN oncall.layer_member USING (layer_id) JOIN oncall.person p USING (person_id)
	WHERE p.name = r.name AND r.name LIKE 'imported %'$$,
	$$SELECT 'imported ' || name FROM hostile$$, '... as they are called');
SELECT set_eq($$SELECT DISTINCT object FROM report WHERE what = 'rotation'$$, $$SELECT 'imported ' || name FROM hostile$$, '... and so reported');

-- words: templates, terminal, and what reports say
SELECT lives_ok($$SELECT oncall.postmortem_template(m.incident), oncall.roster_text('[2126-02-24,2126-04-02)', m.rotation), oncall.handover_note(m.rotation),
		oncall.incident_timeline(m.incident), oncall.escalation_path(m.service), oncall.playbook_for(m.incident), oncall.cover_history(m.rotation, '[2126-03-01,2126-04-01)'),
		oncall.explain_pay(m.person, '[2126-03-01,2126-04-01)'), oncall.objections(ARRAY[m.rotation], '{1}', '{"[2126-03-05,2126-03-06)"}', ARRAY[m.person])
	FROM made m$$, 'templates, texts, explanations and notes take any name');
SELECT lives_ok($$SELECT oncall.audit('[2126-03-01,2126-03-08)'), oncall.merge_candidates()$$, '... and what is told of all');

-- SQL that people are told to run: each statement can be, and does no more
CREATE TABLE advice AS
SELECT DISTINCT a.suggestion
FROM (SELECT l.suggestion FROM oncall.lint() l UNION ALL SELECT r.suggestion FROM oncall.readiness r) a
WHERE a.suggestion IS NOT NULL;
CREATE FUNCTION run(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION USING ERRCODE = 'UU000', MESSAGE = CASE WHEN to_regclass('hostile_names.kept') IS NULL THEN 'dropped' ELSE 'run' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT is_empty($$SELECT a.suggestion, run(a.suggestion) FROM advice a WHERE run(a.suggestion) <> 'UU000 run'$$, 'what lint() and readiness advise can be run');

-- a function whose words are made of names belongs into this file, or here
SELECT set_eq($$
	SELECT DISTINCT p.proname::text FROM pg_proc p
	WHERE p.pronamespace = 'oncall'::regnamespace AND p.prokind = 'f' AND (p.prorettype = ANY ('{text,jsonb,json,xml}'::regtype[])
		OR EXISTS (SELECT FROM unnest(p.proallargtypes, p.proargmodes) a(type, mode) WHERE a.mode IN ('t', 'o') AND a.type = ANY ('{text,jsonb,json,xml}'::regtype[])))
	$$, string_to_array('audit claim_notices claim_pages cover_history escalation_path explain_pay handover_note icalendar import_schedule incident_timeline lint '
		'merge_candidates objections pager_load_svg playbook_for postmortem_template report_html roster_svg roster_text '
		-- as icalendar() and objections(); columns with names as they are, or with none
		'icalendar_by_token offer_objections apply_plan plan_covers callouts duties duty_conflicts each handover issue_calendar_token library_version open_offers '
		'pay_report read_opsgenie_escalation read_pagerduty_escalation rest_at roster roster_diff setup zone', ' '), 'no other function makes text');
SELECT ok(to_regclass('hostile_names.kept') IS NOT NULL, 'nothing of a name was run');

SELECT * FROM finish();
ROLLBACK;
