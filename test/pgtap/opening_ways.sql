-- The trigger on a host's table opens an incident in one statement where it is
-- plain whom it calls, and by the steps of open() elsewhere: whatever a service
-- and a severity say, an alert leads to the same rows as open_incident() does.
-- ONCALL_SEED and ONCALL_CASES choose the seed and how many cases there are.
--
-- Tests: page_on_insert route opening paging
\set schema opening_ways
\ir start.psql
\set cases 300
\ir seed.psql
SELECT plan(4);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

SELECT FROM (SELECT oncall.add_person('P' || n, 'UTC') FROM generate_series(1, 6) n) AS done;
UPDATE oncall.person SET active = '(,2020-01-01Z)' WHERE name = 'P6';
INSERT INTO oncall.team (name, zone, manager_id) SELECT 'Team', 'UTC', CASE WHEN random() < 0.5 THEN person_id END FROM oncall.person WHERE name = 'P5';
-- rotations whose holders do not change within the test, some with an empty
-- seat, or with somebody who has left
SELECT FROM (
	SELECT oncall.add_rotation(r.name, r.people, 'R/2020-01-06T12:00[UTC]/P5200D', team => 'Team', seats => r.seats)
	FROM (VALUES ('Pair', '{P1,P2}'::text[], '{one,two}'::text[]), ('Three', '{P2,P3,P4}', '{one,two,three}'), ('Alone', '{P4}', '{one}'),
		('Gone', '{P6,P1}', '{one,two}'), ('Empty', '{NULL}', '{one}')) AS r(name, people, seats)) AS done;
UPDATE oncall.severity SET answers = 1 + (random() * 2)::int WHERE name <> 'SEV1';
UPDATE oncall.severity SET page_hours = CASE WHEN extract(hour FROM now() AT TIME ZONE 'UTC') BETWEEN 6 AND 17 THEN '20:00-21:00' ELSE '11:00-12:00' END::oncall.weekly_hours
WHERE name = 'SEV3';

CREATE TABLE alert (n int PRIMARY KEY, svc text, prio text, title text);
CREATE TRIGGER page AFTER INSERT ON alert FOR EACH ROW
	EXECUTE FUNCTION oncall.page_on_insert('service=svc', 'severity=prio', 'summary=title', 'notify=off');
SELECT FROM (
	SELECT oncall.add_service('S' || n, 'Team'), CASE WHEN random() < 0.5 THEN oncall.add_step('S' || n, '5 minutes', rotation => 'Three',
		when_empty => (ARRAY['skip', 'wait', 'hold'])[1 + (random() * 2)::int]) END
	FROM generate_series(1, :cases) n) AS done;
INSERT INTO oncall.service_rotation (service_id, rotation_id, seats)
SELECT s.service_id, r.rotation_id, (ARRAY['{1}', '{2}', '{1,2}', '{1,1}', '{3,1}']::text[])[1 + (random() * 4)::int]::smallint[]
FROM oncall.service s, oncall.rotation r
-- a condition on both, so that it is asked of each pair
WHERE random() < 0 * s.service_id + CASE WHEN r.name IN ('Gone', 'Empty') THEN 0.1 ELSE 0.4 END;
INSERT INTO oncall.maintenance (service_id, period)
SELECT service_id, tstzrange(now() - interval '1 day', now() + interval '1 day') FROM oncall.service WHERE random() < 0.15;

-- each alert twice: by the table, and by the function, as of the same moment
CREATE TABLE opened (n int, way text, incident_id int);
CREATE FUNCTION alert_both(n int, severity text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	moment timestamptz;
BEGIN
	INSERT INTO alert VALUES (alert_both.n, CASE WHEN alert_both.n % 29 = 0 THEN 'Nix' ELSE 'S' || alert_both.n END, severity, 'It broke');
	INSERT INTO opened SELECT alert_both.n, 'table', max(i.incident_id) FROM oncall.incident i;
	SELECT i.asked_at INTO moment FROM oncall.incident i JOIN opened o ON o.incident_id = i.incident_id WHERE o.n = alert_both.n;
	INSERT INTO opened SELECT alert_both.n, 'function',
		oncall.open_incident(CASE WHEN alert_both.n % 29 = 0 THEN 'Nix' ELSE 'S' || alert_both.n END, 'It broke', severity, at => moment);
END
$$;
SET LOCAL client_min_messages = error;
SELECT FROM (SELECT alert_both(n, 'SEV' || 1 + (random() * 3)::int) FROM generate_series(1, :cases) n) AS done;
SET LOCAL client_min_messages = warning;

CREATE VIEW incidents AS
SELECT o.way, o.n, i.service_id, i.service_name, i.severity, i.summary, i.source, i.step, i.times, i.asked_at, i.waits_since, i.acknowledged_at, i.resolved_at
FROM opened o JOIN oncall.incident i USING (incident_id);
CREATE VIEW pages AS
SELECT o.way, o.n, row_number() OVER (PARTITION BY o.way, o.n ORDER BY p.page_id) AS place,
	p.person_id, p.step, p.rotation_id, p.seat, p.reason, p.created_at, p.due_at, p.cancelled_at
FROM opened o JOIN oncall.page p USING (incident_id);
CREATE VIEW events AS
SELECT o.way, o.n, row_number() OVER (PARTITION BY o.way, o.n ORDER BY e.incident_event_id) AS place, e.at, e.kind, e.person_id, e.detail
FROM opened o JOIN oncall.incident_event e USING (incident_id);
CREATE FUNCTION differ(rows regclass) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT d::text FROM (
			(SELECT to_jsonb(r) - 'way' FROM %1$s r WHERE way = 'table' EXCEPT ALL SELECT to_jsonb(r) - 'way' FROM %1$s r WHERE way = 'function')
			UNION ALL
			(SELECT to_jsonb(r) - 'way' FROM %1$s r WHERE way = 'function' EXCEPT ALL SELECT to_jsonb(r) - 'way' FROM %1$s r WHERE way = 'table')) d$q$, rows);
END
$$;
SELECT is_empty($$SELECT differ('incidents')$$, 'the incidents are the same');
SELECT is_empty($$SELECT differ('pages')$$, 'so are the pages');
SELECT is_empty($$SELECT differ('events')$$, 'and what is told of them');
SELECT is((SELECT (bool_or(step = 0 AND person_id IS NOT NULL), bool_or(step = 0 AND due_at IS NOT NULL), bool_or(step > 0))::text FROM pages), '(t,t,t)',
	'some call at once, some wait, some go on to other steps');

SELECT * FROM finish();
ROLLBACK;
