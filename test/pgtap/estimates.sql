-- What the planner is told of the look-ups: the longer the window and the fewer
-- rotations it is narrowed to, the more and the fewer rows.
--
-- Tests: estimates

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(6);

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
ANALYZE oncall.rotation;
ANALYZE oncall.layer;

SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<',
	pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2036-03-01)', 1)$$), 'ten years are more rows than a month');
SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<=',
	pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)')$$), 'one rotation is no more than all');
SELECT cmp_ok(pg_temp.rows_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<', 1000::numeric,
	'a month of one rotation is not thousands');
SELECT cmp_ok(pg_temp.cost_of($$SELECT * FROM oncall.roster('[2026-02-01,2026-03-01)', 1)$$), '<',
	pg_temp.cost_of($$SELECT * FROM oncall.roster('[2026-02-01,2036-03-01)', 1)$$), 'nor does it cost as much');
-- A month of pay is not worth a compiler, neither before the tables have been
-- analyzed nor when only the larger ones have been, as autovacuum does it
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('hourly', 'UTC', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate)
SELECT pay_policy_id, 10, 'all', '24/7', 2 FROM oncall.pay_policy WHERE name = 'hourly';
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id)
SELECT person_id, pay_policy_id FROM oncall.person, oncall.pay_policy y WHERE y.name = 'hourly';
SELECT cmp_ok(pg_temp.cost_of($$SELECT * FROM oncall.pay_by_month WHERE month = '2026-10-01'$$), '<',
	current_setting('jit_above_cost')::numeric / 4, 'a month of pay costs too little to be compiled');
ANALYZE oncall.person;
ANALYZE oncall.response;
ANALYZE oncall.holiday;
ANALYZE oncall.layer_member;
ANALYZE oncall.rotation_member;
SELECT cmp_ok(pg_temp.cost_of($$SELECT * FROM oncall.pay_by_month WHERE month = '2026-10-01'$$), '<',
	current_setting('jit_above_cost')::numeric / 4, 'also once the larger tables have been analyzed');
SELECT finish();
ROLLBACK;
