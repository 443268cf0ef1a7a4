-- The page on a month of a team and the picture of the load: names stay text
-- whatever they contain, each reader sees what they may, and bad input is told.
--
-- Tests: report_html pager_load_svg

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SET LOCAL client_min_messages = warning;
SELECT count(oncall.setup()) AS set_up;
CREATE FUNCTION pg_temp.attempt(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
	answer text;
BEGIN
	EXECUTE command INTO answer;
	RETURN coalesce(left(answer, 60), 'nothing');
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ' ' || SQLERRM || coalesce(' HINT: ' || nullif(hint, ''), '');
END
$$;
-- without its tags, text has no angle bracket and no & that is no entity; each
-- tag that opens closes, but those of HTML that never do
CREATE FUNCTION pg_temp.faults(page text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(', ',
		CASE WHEN page ~* '<script|<img|<[^>]* on[a-z]+=' THEN 'markup of a name' END,
		CASE WHEN regexp_replace(regexp_replace(page, '<style>[^<]*</style>', '', 'g'), '<[!/a-zA-Z][^<>]*>', '', 'g') ~ '[<>]' THEN 'bare brackets' END,
		CASE WHEN regexp_replace(page, '&(lt|gt|amp|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);', '', 'g') ~ '&' THEN 'bare ampersand' END,
		CASE WHEN page ~ '[\x01-\x08\x0b\x0c\x0e-\x1f]' THEN 'control characters' END,
		(SELECT string_agg(t.tag, ' ') FROM unnest('{svg,g,text,title,desc,style,defs,pattern,table,tr,td,th,section,div,body,html,head,h1,h2,p}'::text[]) AS t(tag)
		 WHERE (SELECT count(*) FROM regexp_matches(page, '<' || t.tag || '[ >]', 'g'))
			<> (SELECT count(*) FROM regexp_matches(page, '</' || t.tag || '>', 'g'))))
$$;

SELECT oncall.add_person(E'Ana <script>alert(1)</script>\u0007 & "co"', 'Pacific/Auckland') AS ana, oncall.add_person('Ben ]]> <!--', 'Europe/London') AS ben,
	oncall.add_person('Mia', 'UTC') AS mia \gset
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('Html </title><img src=x onerror=1>', 'Pacific/Auckland', :mia) RETURNING team_id AS team \gset
INSERT INTO oncall.team (name, zone) VALUES ('Html empty', 'UTC');
SELECT oncall.add_rotation('Rota <b>&amp;', ARRAY[:'ana', :'ben'], 'R/2026-02-02T09:00[Pacific/Auckland]/P7D', seats => '{one}', team => :'team') AS rota,
	oncall.add_service('Web </td>', :'team', '{"Rota <b>&amp;"}') AS web \gset
-- before there is anything, and of a team without anything
SELECT pg_temp.faults(oncall.report_html('Html empty')), pg_temp.faults(oncall.report_html(:'team')), pg_temp.faults(oncall.pager_load_svg('[2020-01-01,2020-03-01)'));
SELECT line FROM regexp_split_to_table(oncall.report_html('Html empty', '2026-02-14'), '<section>') WITH ORDINALITY AS l(line, n) WHERE n > 1;

SELECT oncall.open_incident('Web </td>', '<script>', 'SEV2', 'customer', at => '2026-02-07 10:00Z') AS evening \gset
SELECT FROM oncall.acknowledge(:evening, :'ana', at => '2026-02-07 10:30Z');
SELECT FROM oncall.resolve(:evening, at => '2026-02-08 22:00Z');
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Pay <i>', 'UTC', 'NZD') RETURNING pay_policy_id AS terms \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate) VALUES (:terms, 10, 'all', '24/7', 4, 60);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id) VALUES (:ana, :terms), (:ben, :terms);

-- the page: each of its sections but the pictures, line by line
CREATE FUNCTION pg_temp.told(page text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT btrim(regexp_replace(regexp_replace(l.line, '</t[dh]><t[dh][^>]*>', ' | ', 'g'), '<[^>]*>', '', 'g'))
	FROM regexp_split_to_table(regexp_replace(regexp_replace(page, '<svg.*?</svg>', '', 'g'), '<title.*?</title>', ''), '</h1>|</h2>|</tr>|</p>') AS l(line)
$$;
SELECT pg_temp.faults(oncall.report_html(:'team', '2026-02-01'));
SELECT t FROM pg_temp.told(regexp_replace(regexp_replace(oncall.report_html(:'team', '2026-02-20'), 'as of [^,]*,|<style>[^<]*</style>', '', 'g'),
	'<section><h2>Fairness.*?</section>', '')) AS t WHERE t <> '';
SELECT count(*) AS pictures FROM regexp_matches(oncall.report_html(:'team', '2026-02-20'), '<svg', 'g');
SELECT oncall.report_html(:'team') = oncall.report_html(:'team', (now() AT TIME ZONE 'Pacific/Auckland')::date) AS "this month by default";

-- the picture
SELECT pg_temp.faults(oncall.pager_load_svg('[2026-02-02,2026-02-20)')), pg_temp.faults(oncall.pager_load_svg('[2026-02-02,2026-02-20)', :'rota', 360));
SELECT t[1] AS told FROM regexp_matches(oncall.pager_load_svg('[2026-02-02,2026-02-20)', :'rota'), '<(?:title|desc)[^>]*>([^<]*)<', 'g') AS t;

-- who sees what
CREATE ROLE regress_oncall_html_reader;
CREATE ROLE regress_oncall_html_member;
CREATE ROLE regress_oncall_html_manager;
SELECT FROM (SELECT oncall.grant_access('regress_oncall_html_' || a, a) FROM unnest('{reader,member,manager}'::text[]) AS a) AS done;
CREATE FUNCTION pg_temp.sections(who text, team integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	RETURN (SELECT string_agg(h[1], ', ') FROM regexp_matches(oncall.report_html(team, '2026-02-01'), '<h2>([^<]*)<', 'g') AS h);
END
$$;
SELECT a AS access, pg_temp.sections('regress_oncall_html_' || a, :team) AS sections FROM unnest('{reader,member,manager}'::text[]) AS a;
RESET ROLE;
SET LOCAL ROLE regress_oncall_html_reader;
SELECT pg_temp.attempt($$SELECT oncall.pager_load_svg('[2026-02-02,2026-02-20)')$$);
RESET ROLE;

-- bad input
SELECT pg_temp.attempt(command) FROM unnest(ARRAY[
	$$SELECT oncall.report_html('Html emty')$$, $$SELECT oncall.report_html(NULL)$$, $$SELECT oncall.report_html('Html empty', 'infinity')$$,
	$$SELECT oncall.report_html('Html empty', '4000-01-01 BC')$$,
	$$SELECT oncall.pager_load_svg(NULL)$$, $$SELECT oncall.pager_load_svg('[2026-01-01,)')$$, $$SELECT oncall.pager_load_svg('empty')$$,
	$$SELECT oncall.pager_load_svg('[2026-01-01,2026-02-01]')$$,
	$$SELECT oncall.pager_load_svg('[2026-01-01,infinity)')$$,
	$$SELECT oncall.pager_load_svg('[2026-01-01,2036-01-01)')$$, $$SELECT oncall.pager_load_svg('[2026-01-01,2027-01-01)', width => 240)$$, $$SELECT oncall.pager_load_svg('[2026-01-01,2026-02-01)', 'Rota <b>&am')$$,
	$$SELECT oncall.pager_load_svg('[2026-01-01,2026-02-01)', width => 10)$$, $$SELECT oncall.pager_load_svg('[2026-01-01,2026-02-01)', width => NULL)$$]) AS command;

-- a page is not refused because a picture in it would be too large
SET LOCAL oncall.past_reason = 'a test';
SELECT array_agg(oncall.add_person('P' || n, 'UTC')::text) AS many FROM generate_series(1, 1001) AS n \gset
SELECT oncall.add_rotation('Every five minutes', :'many', 'R/2026-02-01T00:00[UTC]/PT5M', seats => '{a,b,c}', team => 'Html empty') > 0 AS added;
SELECT pg_temp.attempt($$SELECT oncall.pager_load_svg('[2026-02-01,2026-03-01)')$$),
	pg_temp.attempt($$SELECT oncall.pager_load_svg('[2026-02-01,2026-03-01)', 'Every five minutes')$$);
SELECT t[1] AS told FROM regexp_matches(oncall.report_html('Html empty', '2026-02-01'), '<p>([^<]*)</p>', 'g') AS t;
ROLLBACK;
