-- What the planner is told of the look-ups: the longer the window and the fewer
-- rotations it is narrowed to, the more and the fewer rows. No view or report
-- of a company of 20 rotations is so dear that it would be compiled by JIT,
-- which takes ten times as long as the query.
--
-- Tests: estimates

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(10);

CREATE FUNCTION pg_temp.rows_of(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
CREATE FUNCTION pg_temp.cost_of(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Total Cost';
END
$$;

SELECT oncall.add_person('p' || n, 'UTC') FROM generate_series(1, 8) AS n \g /dev/null
SELECT oncall.add_rotation('r' || n, '{p1,p2,p3,p4,p5,p6,p7,p8}', 'R/2026-01-06T12:00[UTC]/P7D')
FROM generate_series(1, 20) AS n \g /dev/null
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Terms', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate)
SELECT pay_policy_id, 1, 'all', '24/7', 4 FROM oncall.pay_policy;
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id)
SELECT p.person_id, y.pay_policy_id FROM oncall.person p, oncall.pay_policy y;

-- each view, and the reports of a month
CREATE VIEW pg_temp.asked AS
SELECT format('SELECT * FROM oncall.%I', c.relname) AS query
FROM pg_class c WHERE c.relnamespace = 'oncall'::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT format('SELECT * FROM oncall.%s', f)
FROM unnest(ARRAY[
	$$roster('[2026-02-01,2026-03-01)')$$, $$handover('[2026-02-01,2026-03-01)')$$,
	$$duties('p1')$$, $$duty_conflicts('[2026-02-01,2026-03-01)')$$, $$audit('[2026-02-01,2026-03-01)')$$,
	$$roster_diff('[2026-02-01,2026-03-01)', now(), now())$$, $$cover_history('r1', '[2026-02-01,2026-03-01)')$$,
	'lint()', 'open_offers()', $$open_offers('p1')$$, $$callouts('[2026-02-01,2026-03-01)')$$,
	$$pay_report('[2026-02-01,2026-03-01)')$$, $$explain_pay('p1', '[2026-02-01,2026-03-01)')$$]) AS f;
SELECT is_empty($$
	SELECT query, pg_temp.cost_of(query) FROM pg_temp.asked
	WHERE pg_temp.cost_of(query) > current_setting('jit_above_cost')::numeric / 5
	$$, 'nothing is dear before the tables are analyzed');
-- autovacuum analyzes the larger ones only
ANALYZE oncall.person;
ANALYZE oncall.layer_member;
ANALYZE oncall.change;
SELECT is_empty($$
	SELECT query, pg_temp.cost_of(query) FROM pg_temp.asked
	WHERE pg_temp.cost_of(query) > current_setting('jit_above_cost')::numeric / 5
	$$, 'nor once the larger ones are');
ANALYZE oncall.pay_policy;
ANALYZE oncall.pay_assignment;
ANALYZE oncall.rotation;
ANALYZE oncall.layer;
SELECT is_empty($$
	SELECT query, pg_temp.cost_of(query) FROM pg_temp.asked
	WHERE pg_temp.cost_of(query) > current_setting('jit_above_cost')::numeric / 5
	$$, 'nor once all are');
SELECT cmp_ok(pg_temp.rows_of('SELECT * FROM oncall.pay_by_month'), '<', 1000::numeric,
	'some years of the pay of 8 people are hundreds of lines');

SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<',
	pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2036-03-01)', 1)$$), 'ten years are more rows than a month');
SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<=',
	pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)')$$), 'one rotation is no more than all');
SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<', 1000::numeric,
	'a month of one rotation is not thousands');
SELECT cmp_ok(pg_temp.cost_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<',
	pg_temp.cost_of($$SELECT * FROM oncall.roster('[2026-02-01,2036-03-01)', 1)$$), 'nor does it cost as much');
SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.duties('p1')$$), '<', 20::numeric,
	'a person has few duties within the horizon');
CREATE TABLE pg_temp.duties_of_p1 AS SELECT pg_temp.rows_of($$SELECT * FROM oncall.duties('p1')$$) AS before;
SELECT oncall.add_rotation('another', '{p1,p2}', 'R/2026-01-06T12:00[UTC]/P7D') \g /dev/null
ANALYZE oncall.rotation;
SELECT is(pg_temp.rows_of($$SELECT * FROM oncall.duties('p1')$$), (SELECT before FROM pg_temp.duties_of_p1),
	'however many rotations there are');
SELECT finish();
ROLLBACK;
