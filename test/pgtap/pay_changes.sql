-- Rates change on a day, for zones around the world and whatever the time zone
-- of the session: everybody is paid by exactly one policy at each instant as
-- before, the old one pays up to midnight of the policy and the new one from
-- then on, and the runs on both sides pay all hours that were held.
--
-- Closing is a transaction of its own, so this needs a database of its own.
--
-- Tests: pay_changes

\set home :DBNAME
CREATE DATABASE oncall_pay_changes;
\connect oncall_pay_changes
SET client_min_messages = warning;
SET jit = off;
CREATE EXTENSION oncall;
CREATE EXTENSION pgtap;
SELECT FROM (SELECT oncall.setup()) AS done;
SELECT set_config('search_path', 'public, pg_catalog, ' || (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
	WHERE e.extname = 'pgtap'), false) IS NULL AS never \gset
SELECT plan(8);

-- Policies of zones with and without summer time, ahead and behind, one where
-- clocks change at midnight; rates change on a day of a clock change in three.
CREATE TABLE terms (n int PRIMARY KEY, zone text, since date, session text);
INSERT INTO terms
SELECT row_number() OVER (ORDER BY z.zone, s.session), z.zone, z.since, s.session
FROM (VALUES ('Europe/London', date '2024-04-01'), ('Pacific/Auckland', '2024-04-07'), ('America/New_York', '2024-03-10'),
	('Asia/Kolkata', '2024-04-01'), ('Asia/Beirut', '2024-03-31'), ('Pacific/Honolulu', '2024-01-01')) AS z(zone, since),
	unnest('{UTC,Europe/London,Pacific/Auckland,America/Los_Angeles}'::text[]) AS s(session);

INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) OVERRIDING SYSTEM VALUE
SELECT n, 'old ' || n, zone, 'EUR' FROM terms;
SELECT setval('oncall.pay_policy_pay_policy_id_seq', 1000) IS NULL AS never \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate) SELECT n, 1, 'any', '24/7', 2, 20 FROM terms;
INSERT INTO oncall.person (person_id, name, zone) OVERRIDING SYSTEM VALUE
SELECT 2 * n + p, 'person ' || 2 * n + p, CASE p WHEN 0 THEN zone ELSE 'Europe/Paris' END FROM terms, generate_series(0, 1) AS p;
-- the first of each is paid without an end, the second from some day to another
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, wage)
SELECT 2 * n + p, n, CASE p WHEN 0 THEN tstzrange '(,)' ELSE tstzrange((since - 20)::timestamp AT TIME ZONE zone, (since + 9)::timestamp AT TIME ZONE zone) END, n
FROM terms, generate_series(0, 1) AS p;
SELECT oncall.add_rotation('rota ' || n, ARRAY['person ' || 2 * n, 'person ' || 2 * n + 1], ('R/2023-11-06T07:30[' || zone || ']/P3D')::oncall.cadence, seats => '{one}')
FROM terms ORDER BY n \g /dev/null
CREATE TABLE before AS SELECT person_id, valid, wage FROM oncall.pay_assignment;

DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM public.terms ORDER BY n LOOP
		PERFORM set_config('timezone', t.session, true);
		PERFORM oncall.copy_pay_policy('old ' || t.n, 'new ' || t.n, t.since, 0.25);
	END LOOP;
END
$$;
SET timezone = 'UTC';

SELECT results_eq('SELECT person_id, unnest(range_agg(valid)), min(wage) FROM oncall.pay_assignment GROUP BY 1 ORDER BY 1, 2',
	'SELECT person_id, valid, wage FROM public.before ORDER BY 1, 2', 'who was paid is paid, and at no other time');
SELECT is_empty($$SELECT n, p.name, max(upper(a.valid)) FROM public.terms AS t JOIN oncall.pay_policy AS p ON p.name = 'old ' || n
	JOIN oncall.pay_assignment AS a USING (pay_policy_id) GROUP BY n, p.name, t.zone, since
	HAVING bool_or(upper_inf(a.valid)) OR max(upper(a.valid)) <> (t.since::timestamp AT TIME ZONE t.zone)$$, 'the old policy pays up to midnight of its zone');
SELECT is_empty($$SELECT n FROM public.terms AS t JOIN oncall.pay_policy AS p ON p.name = 'new ' || n
	JOIN oncall.pay_assignment AS a USING (pay_policy_id) GROUP BY n, t.zone, since
	HAVING min(lower(a.valid)) <> (t.since::timestamp AT TIME ZONE t.zone) OR count(*) <> 2$$, 'the new one from then on, everybody');
SELECT results_eq($$SELECT count(*), min(b.standby_rate), max(b.standby_rate), min(b.callout_rate), max(b.callout_rate)
	FROM oncall.pay_policy AS p JOIN oncall.pay_band AS b USING (pay_policy_id) WHERE p.name LIKE 'new %' AND p.replaces = substring(p.name FROM '\d+')::int$$,
	$$SELECT count(*), 2.50, 2.50, 25.00, 25.00 FROM public.terms$$, 'rates are a quarter higher');

-- A month on each side, closed in the session's zone; nobody is paid twice
DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM public.terms ORDER BY n LOOP
		PERFORM set_config('timezone', t.session, true);
		PERFORM oncall.close_pay_run('old ' || t.n, daterange(t.since - 30, t.since), true);
		PERFORM oncall.close_pay_run('new ' || t.n, daterange(t.since, t.since + 30), true);
	END LOOP;
END
$$;
CREATE VIEW held AS
SELECT t.n, sum(upper(h.period) - lower(h.period)) AS hours
FROM public.terms AS t, LATERAL (SELECT s.period * b.valid * tstzrange((t.since - 30)::timestamp AT TIME ZONE t.zone, (t.since + 30)::timestamp AT TIME ZONE t.zone) AS period
	FROM oncall.roster(tstzrange((t.since - 31)::timestamp AT TIME ZONE t.zone, (t.since + 31)::timestamp AT TIME ZONE t.zone), 'rota ' || t.n) AS s
	JOIN public.before AS b USING (person_id)) AS h
WHERE NOT isempty(h.period) GROUP BY t.n;
CREATE VIEW paid AS
SELECT substring(p.name FROM '\d+')::int AS n, sum(l.hours) AS hours, sum(l.hours) FILTER (WHERE p.replaces IS NULL) AS old, sum(l.amount) AS amount
FROM oncall.pay_line AS l JOIN oncall.pay_run AS r USING (pay_run_id) JOIN oncall.pay_policy AS p ON p.pay_policy_id = r.pay_policy_id GROUP BY 1;
SELECT results_eq('SELECT n, hours FROM public.paid ORDER BY n', 'SELECT n, hours FROM public.held ORDER BY n', 'the two runs pay all hours that were held');
SELECT is((SELECT count(*)::int FROM paid), 24, 'in every zone');
SELECT is_empty($$SELECT n FROM public.paid WHERE round(amount, 2) <> round((extract(epoch FROM old) * 2 + extract(epoch FROM hours - old) * 2.5) / 3600, 2)$$,
	'at the old rate and at the new');
-- the session makes no difference at all
SELECT is_empty('SELECT zone FROM public.paid JOIN public.terms USING (n) GROUP BY zone HAVING count(DISTINCT (hours, old, amount)) <> 1', 'whatever the zone of the session');

SELECT * FROM finish();
\connect :home
DROP DATABASE oncall_pay_changes;
