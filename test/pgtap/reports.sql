-- The reports on random incidents of a random company, against what plain
-- counting says: quarter of an hour by quarter of an hour, incident by incident.
--
-- Tests: reports pager_load own_holidays

\set cases 400
\ir seed.psql
\set schema oracle
\ir start.psql
\ir random.psql

SELECT plan(21);
SELECT diag(format('seed %s, %s incidents', :seed, :cases));

-- Places: when people work, as a test of wall clocks. Ten people, of whom two
-- are off and one works at any time; three months of 2026, in which clocks
-- change in Auckland, London and New York.
CREATE TABLE place (n integer, hours oncall.weekly_hours, first_day integer, last_day integer, opens time, closes time, ph boolean);
INSERT INTO place VALUES
	(0, 'Mo-Fr 09:00-17:00', 1, 5, '09:00', '17:00', false), (1, 'Tu-Sa 08:00-16:30', 2, 6, '08:00', '16:30', false),
	(2, 'off', 9, 9, NULL, NULL, false), (3, '24/7', 1, 7, '00:00', '24:00', false),
	(4, 'Mo-Fr 09:00-17:00; PH 10:00-12:00', 1, 5, '09:00', '17:00', true);
INSERT INTO oncall.calendar (calendar_id, name) VALUES (900, 'reports');
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES (900, '2026-02-06', 'a Friday', NULL),
	(900, '2026-03-16', 'kept on Monday', '2026-03-14'), (900, '2026-03-04', 'a Wednesday', NULL);
INSERT INTO oncall.person (person_id, name, zone, working_hours, calendar_id)
SELECT 900 + i, 'reports ' || i, oracle.pick(i, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Asia/Kathmandu}'::text[]),
	p.hours, CASE WHEN i % 3 > 0 THEN 900 END
FROM generate_series(0, 9) AS i JOIN place p ON p.n = i % 5;
INSERT INTO oncall.team (team_id, name, zone, manager_id)
VALUES (901, 'reports 1', 'Pacific/Auckland', 900), (902, 'reports 2', 'America/New_York', 901);
SELECT FROM (SELECT oncall.add_rotation('reports a', '{reports 0,reports 1,reports 2,reports 3}', 'R/2026-01-06T12:00[Pacific/Auckland]/P7D', team => 'reports 1')) d;
SELECT FROM (SELECT oncall.add_rotation('reports b', '{reports 4,reports 5,reports 6,reports 7,reports 3}', 'R/2026-01-05T09:00[Asia/Kathmandu]/P2D', team => 'reports 2')) d;
SELECT FROM (SELECT oncall.add_service(n, t, r) FROM (VALUES ('reports s1', 'reports 1', '{reports a}'::text[]),
	('reports s2', 'reports 1', '{reports a,reports b}'), ('reports s3', 'reports 2', '{reports b}')) v(n, t, r)) d;
-- others, of whom nobody asks
SELECT FROM (SELECT oncall.add_person('idle ' || n, 'UTC') FROM generate_series(1, 30) AS n) d;
SELECT FROM (SELECT oncall.add_rotation('idle ' || n, ARRAY['idle ' || n], 'R/2026-01-05T09:00[UTC]/P7D', seats => '{one}')
	FROM generate_series(1, 30) AS n) d;
-- two seats at once, and a person of no list
SELECT FROM (SELECT oncall.cover_shift('reports a', '[2026-02-03 12:00 Pacific/Auckland, 2026-02-07 12:00 Pacific/Auckland)', r.person,
	CASE r.seat WHEN 1 THEN 'reports 8' ELSE 'reports 9' END, past_reason => 'test')
	FROM oncall.roster('[2026-02-03 12:00 Pacific/Auckland, 2026-02-07 12:00 Pacific/Auckland)', 'reports a') r) d;
UPDATE oncall.severity SET meaning = NULL WHERE name = 'SEV3';

-- Incidents, pages, responses, at quarters of an hour; what rows do when people
-- write them is not wanted here
SET LOCAL session_replication_role = replica;
INSERT INTO oncall.incident (incident_id, service_id, service_name, severity, summary, source, opened_at, asked_at)
SELECT 1000 + c, s.service_id, CASE WHEN s.service_id IS NULL THEN oracle.pick(c, 'unknown', '{gone,lost,NULL}'::text[]) END,
	'SEV' || 1 + oracle.rnd(c, 'severity', 4), 'x', oracle.pick(c, 'source', '{monitoring,monitoring,customer,staff}'::text[]), t.at, t.at
FROM generate_series(1, :cases) AS c
CROSS JOIN LATERAL (SELECT timestamptz '2026-01-06' + oracle.rnd(c, 'at', 85 * 96) * interval '15 minutes' AS at) t
LEFT JOIN oncall.service s ON s.name = 'reports s' || 1 + oracle.rnd(c, 'service', 4);
UPDATE oncall.incident SET acknowledged_at = CASE WHEN oracle.rnd(incident_id, 'answered', 5) > 0
		THEN opened_at + oracle.rnd(incident_id, 'ack', 300) * interval '37 seconds' END;
UPDATE oncall.incident SET resolved_at = coalesce(acknowledged_at, opened_at) + power(oracle.rnd(incident_id, 'end', 100) / 20.0, 4) * interval '10 minutes',
	resolution = oracle.pick(incident_id, 'how', '{resolved,resolved,resolved,stale}'::text[])
WHERE oracle.rnd(incident_id, 'ended', 8) > 0;
UPDATE oncall.incident i SET resolution = 'merged', merged_into = 1001, resolved_at = coalesce(resolved_at, opened_at)
WHERE oracle.rnd(incident_id, 'merged', 12) = 0 AND incident_id > 1001;
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at, due_at, sent_at, cancelled_at)
SELECT i.incident_id, CASE WHEN p.n < 10 THEN 900 + p.n END, k,
	CASE WHEN p.reason = 'step' THEN (SELECT rotation_id FROM oncall.rotation WHERE name = oracle.pick(i.incident_id, 'r' || k, '{reports a,reports b}'::text[])) END,
	1, p.reason, i.opened_at + k * interval '15 minutes', CASE WHEN p.late = 0 THEN i.opened_at + interval '9 hours' END,
	CASE WHEN p.sent < 3 AND p.n < 10 THEN i.opened_at + p.sent * interval '15 minutes' END, CASE WHEN p.sent IN (2, 3) THEN i.opened_at END
FROM oncall.incident i CROSS JOIN generate_series(0, 3) AS k
CROSS JOIN LATERAL (SELECT oracle.rnd(i.incident_id, 'who' || k, 12)::integer AS n, oracle.rnd(i.incident_id, 'late' || k, 6) AS late,
	oracle.pick(i.incident_id, 'reason' || k, '{step,step,reassigned,volunteer}'::text[]) AS reason, oracle.rnd(i.incident_id, 'sent' || k, 6) AS sent) p
WHERE i.incident_id > 1000 AND oracle.rnd(i.incident_id, 'page' || k, 2) = 0;
-- some were asked about again
UPDATE oncall.page SET acknowledged_at = created_at + interval '5 minutes' WHERE page_id % 3 = 0 AND person_id IS NOT NULL;
UPDATE oncall.incident SET asked_at = opened_at + interval '1 hour' WHERE incident_id > 1000 AND oracle.rnd(incident_id, 'again', 5) = 0;
INSERT INTO oncall.response (person_id, incident_id, period, recorded, copy_of)
SELECT g.person_id, g.incident_id, tstzrange(g.created_at, CASE WHEN oracle.rnd(g.page_id, 'open', 40) > 0
		THEN g.created_at + (1 + power(oracle.rnd(g.page_id, 'long', 10), 2)::integer) * interval '15 minutes' END),
	CASE WHEN oracle.rnd(g.page_id, 'withdrawn', 9) = 0 THEN tstzrange('2026-04-01', '2026-04-02') ELSE tstzrange('2026-04-01', NULL) END, NULL
FROM oncall.page g WHERE g.incident_id > 1000 AND g.person_id IS NOT NULL AND g.page_id % 2 = 0;
-- open ones last until now: one would be enough
UPDATE oncall.response SET period = tstzrange(lower(period), lower(period) + interval '2 hours')
WHERE upper_inf(period) AND response_id <> (SELECT min(response_id) FROM oncall.response WHERE upper_inf(period));
INSERT INTO oncall.incident_event (incident_id, at, kind, other_person_id, detail)
SELECT i.incident_id, i.opened_at, e.kind, CASE e.kind WHEN 'reassigned' THEN 900 + oracle.rnd(i.incident_id, 'to', 10)::integer END,
	CASE e.kind WHEN 'odd' THEN oracle.pick(i.incident_id, 'odd', '{"There is no severity \"P9\"; SEV2 was taken.","It has no summary."}'::text[]) END
FROM oncall.incident i, unnest('{odd,severity,reassigned,note}'::text[]) AS e(kind)
WHERE i.incident_id > 1000 AND oracle.rnd(i.incident_id, e.kind, 6) = 0;
INSERT INTO oncall.action_item (incident_id, what, team_id, person_id, due_on, done_on)
SELECT i.incident_id, 'x', CASE t.n WHEN 2 THEN NULL ELSE 901 + t.n END, CASE t.n WHEN 2 THEN 903 END, d.due,
	CASE WHEN oracle.rnd(i.incident_id, 'done', 3) > 0 THEN d.due + (oracle.rnd(i.incident_id, 'late', 80)::integer - 20) END
FROM oncall.incident i
CROSS JOIN LATERAL (SELECT oracle.rnd(i.incident_id, 'owner', 3)::integer AS n) t
CROSS JOIN LATERAL (SELECT i.opened_at::date + oracle.rnd(i.incident_id, 'due', 60)::integer AS due) d
WHERE i.incident_id > 1000 AND oracle.rnd(i.incident_id, 'item', 4) = 0;
SET LOCAL session_replication_role = origin;

-- What the oracle knows of somebody's hours: by the clock on their wall.
CREATE FUNCTION works(who integer, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
	p oncall.person; l place; wall timestamp; weekday integer; free boolean;
BEGIN
	SELECT x.* INTO p FROM oncall.person x WHERE x.person_id = who;
	SELECT x.* INTO l FROM place x WHERE x.hours::text = p.working_hours::text;
	wall := at AT TIME ZONE p.zone;
	weekday := extract(isodow FROM wall);
	-- a Saturday's holiday is on Monday for who never works on Saturdays
	free := p.calendar_id = 900 AND (wall::date IN ('2026-02-06', '2026-03-04')
		OR wall::date = CASE WHEN 6 BETWEEN l.first_day AND l.last_day THEN date '2026-03-14' ELSE '2026-03-16' END);
	IF free THEN
		RETURN l.ph AND wall::time >= '10:00' AND wall::time < '12:00';
	END IF;
	RETURN coalesce(weekday BETWEEN l.first_day AND l.last_day AND wall::time >= l.opens AND wall::time < l.closes, false);
END
$$;
SELECT is_empty($$
	SELECT p.person_id, q.at FROM oncall.person p
	JOIN oncall_internal.offices() f ON f.person_id = p.person_id,
		generate_series(timestamptz '2026-01-30', '2026-03-20', '105 minutes') AS q(at)
	WHERE p.person_id BETWEEN 900 AND 909 AND works(p.person_id, q.at) <> oncall.is_open(f.hours, q.at, f.zone, f.holidays)$$,
	'people work when their clocks say so, and not on their holidays');

-- pager_load ---------------------------------------------------------------

-- Each quarter of an hour of each person: on duty in which rotation, working on what.
CREATE TABLE quarter AS
SELECT q.at, d.person_id, d.rotation_id FROM generate_series(timestamptz '2026-01-01', '2026-04-05', '15 minutes') AS q(at)
CROSS JOIN LATERAL (SELECT DISTINCT oncall.seat_holder(r.rotation_id, s.seat, q.at) AS person_id, r.rotation_id
	FROM oncall.rotation r, generate_series(1, 2) AS s(seat) WHERE r.name LIKE 'reports _') d WHERE d.person_id IS NOT NULL;
CREATE TABLE worked AS
SELECT DISTINCT q.at, r.person_id, (
		SELECT min(g.rotation_id) FROM oncall.page g WHERE g.incident_id = r.incident_id AND g.person_id = r.person_id) AS rotation_id
FROM oncall.response r
CROSS JOIN LATERAL generate_series(lower(r.period), least(upper(r.period), timestamptz '2026-04-05') - interval '15 minutes', '15 minutes') AS q(at)
WHERE upper_inf(r.recorded) AND r.person_id BETWEEN 900 AND 909;
CREATE TABLE called AS
SELECT g.person_id, g.rotation_id, coalesce(g.sent_at, g.due_at, g.created_at) AS at FROM oncall.page g
WHERE g.person_id BETWEEN 900 AND 909 AND g.reason <> 'volunteer' AND (g.sent_at IS NOT NULL OR g.cancelled_at IS NULL);
CREATE FUNCTION monday(who integer, at timestamptz) RETURNS date LANGUAGE sql STABLE AS
'SELECT d - (extract(isodow FROM d)::integer - 1) FROM (SELECT (at AT TIME ZONE p.zone)::date FROM oncall.person p WHERE p.person_id = who) AS l(d)';
CREATE FUNCTION night(who integer, at timestamptz) RETURNS date LANGUAGE sql STABLE AS
'SELECT CASE WHEN extract(hour FROM w) >= 22 THEN w::date WHEN extract(hour FROM w) < 7 THEN w::date - 1 END
FROM (SELECT at AT TIME ZONE p.zone FROM oncall.person p WHERE p.person_id = who) AS l(w)';
CREATE TABLE expected AS
SELECT person_id, rotation_id, week, sum(pages) AS pages, sum(out) AS out, sum(nights) AS nights, sum(duty) AS duty, sum(work) AS work
FROM (
	SELECT person_id, rotation_id, monday(person_id, at) AS week, 0 AS pages, 0 AS out, 0 AS nights, count(*) / 4.0 AS duty, 0 AS work
	FROM quarter GROUP BY 1, 2, 3
	UNION ALL
	SELECT person_id, rotation_id, monday(person_id, at), 0, 0, 0, 0, count(*) / 4.0 FROM worked GROUP BY 1, 2, 3
	UNION ALL
	SELECT person_id, rotation_id, monday(person_id, at), count(*), count(*) FILTER (WHERE NOT works(person_id, at)),
		count(DISTINCT night(person_id, at)) FILTER (WHERE NOT works(person_id, at)), 0, 0 FROM called GROUP BY 1, 2, 3) x
GROUP BY 1, 2, 3;
-- those weeks that are over in all zones
CREATE TABLE actual AS
SELECT person_id, rotation_id, week, pages, pages_out_of_hours, nights_broken, hours_on_duty, hours_responding
FROM oncall.pager_load WHERE person_id BETWEEN 900 AND 909 AND week < '2026-03-30';
SELECT cmp_ok((SELECT count(*) FROM actual), '>', 150::bigint, 'there are many weeks');
SELECT cmp_ok((SELECT count(*) FROM actual WHERE nights_broken > 0 AND nights_broken < pages_out_of_hours), '>', 5::bigint, 'and some nights with more than one page');
SELECT is_empty($$SELECT person_id, rotation_id, week, pages, out, nights, duty, work FROM expected WHERE week < '2026-03-30'
	EXCEPT SELECT * FROM actual$$, 'pager_load has what was counted');
SELECT is_empty($$SELECT * FROM actual
	EXCEPT SELECT person_id, rotation_id, week, pages, out, nights, duty, work FROM expected WHERE week < '2026-03-30'$$,
	'and nothing else');
SELECT is_empty($$SELECT person_id, rotation_id, week FROM oncall.pager_load GROUP BY 1, 2, 3 HAVING count(*) > 1$$,
	'it has one row for a person, rotation and week');
SELECT is_empty($$SELECT * FROM oncall.pager_load WHERE to_char(starts_at AT TIME ZONE zone, 'ID HH24:MI') <> '1 00:00'
	OR ends_at - starts_at NOT BETWEEN '167 hours' AND '169 hours' OR (starts_at AT TIME ZONE zone)::date <> week$$,
	'its weeks are those on the clock of the person');
-- of one person, or of one rotation, no other's roster is asked for
CREATE FUNCTION rosters(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || query INTO plan;
	RETURN (SELECT string_agg(n ->> 'Actual Loops', ', ') FROM jsonb_path_query(plan, 'strict $.**') n
		WHERE jsonb_typeof(n) = 'object' AND n ->> 'Function Name' = 'roster');
END
$$;
ANALYZE oncall.layer_member, oncall.layer, oncall.rotation, oncall.person, oncall.cover;
SELECT is(rosters('SELECT * FROM oncall.pager_load WHERE person_id = 901'), '1', 'of a person, the roster of their rotation is read');
SELECT is(rosters(format('SELECT * FROM oncall.pager_load WHERE rotation_id = %s', r.rotation_id)), '1', 'of a rotation, its own')
FROM oncall.rotation r WHERE r.name = 'reports a';

-- incident_report ----------------------------------------------------------

CREATE TABLE told AS
SELECT i.*, s.team_id, s.name AS service, t.zone, to_char(i.opened_at AT TIME ZONE coalesce(t.zone, 'UTC'), 'YYYY-MM-01')::date AS month,
	CASE WHEN i.asked_at = i.opened_at THEN i.acknowledged_at
		ELSE greatest(i.opened_at, (SELECT min(g.acknowledged_at) FROM oncall.page g WHERE g.incident_id = i.incident_id)) END - i.opened_at AS wait
FROM oncall.incident i LEFT JOIN oncall.service s USING (service_id) LEFT JOIN oncall.team t USING (team_id)
WHERE i.incident_id > 1000 AND i.resolution IS DISTINCT FROM 'merged';
UPDATE told SET wait = NULL WHERE asked_at <> opened_at AND NOT EXISTS (
	SELECT FROM oncall.page g WHERE g.incident_id = told.incident_id AND g.acknowledged_at IS NOT NULL);
-- between two neighbours, as far as the share says
CREATE FUNCTION at_share(sorted numeric[], share numeric) RETURNS numeric LANGUAGE sql AS $$
	SELECT round(sorted[1 + floor(x)] + (x - floor(x)) * (sorted[1 + ceil(x)] - sorted[1 + floor(x)]), 3)
	FROM (SELECT share * (cardinality(sorted) - 1)) AS p(x)
$$;
CREATE TABLE reported AS
SELECT month, coalesce(zone, 'UTC') AS zone, team_id, service_id, coalesce(service, service_name) AS service, severity, count(*) AS incidents,
	count(*) FILTER (WHERE resolution = 'resolved') AS resolved, count(*) FILTER (WHERE resolution = 'stale') AS stale,
	count(*) FILTER (WHERE resolved_at IS NULL) AS open, count(wait) AS acknowledged,
	count(*) FILTER (WHERE wait <= (SELECT v.acknowledge_within FROM oncall.severity v WHERE v.name = severity)) AS in_time,
	count(*) FILTER (WHERE source = 'customer') AS customers,
	at_share(array_agg(extract(epoch FROM wait) ORDER BY wait) FILTER (WHERE wait IS NOT NULL), 0.5) AS ack_median,
	at_share(array_agg(extract(epoch FROM wait) ORDER BY wait) FILTER (WHERE wait IS NOT NULL), 0.9) AS ack_p90,
	at_share(array_agg(extract(epoch FROM resolved_at - opened_at) ORDER BY resolved_at - opened_at) FILTER (WHERE resolution = 'resolved'), 0.5) AS end_median,
	at_share(array_agg(extract(epoch FROM resolved_at - opened_at) ORDER BY resolved_at - opened_at) FILTER (WHERE resolution = 'resolved'), 0.9) AS end_p90
FROM told GROUP BY 1, 2, 3, 4, 5, 6;
CREATE TABLE report AS
SELECT month, zone, team_id, service_id, service, severity, incidents, resolved, stale, open, acknowledged, acknowledged_in_time, found_by_customers,
	round(extract(epoch FROM acknowledge_median), 3) AS ack_median, round(extract(epoch FROM acknowledge_p90), 3) AS ack_p90,
	round(extract(epoch FROM resolve_median), 3) AS end_median, round(extract(epoch FROM resolve_p90), 3) AS end_p90
FROM oncall.incident_report WHERE month BETWEEN '2026-01-01' AND '2026-04-01'
	AND (service_id IN (SELECT service_id FROM oncall.service WHERE name LIKE 'reports%') OR service_id IS NULL);
SELECT cmp_ok((SELECT count(*) FROM report), '>', 30::bigint, 'there are many reports');
SELECT is_empty('TABLE reported EXCEPT TABLE report', 'incident_report has what was counted');
SELECT is_empty('TABLE report EXCEPT TABLE reported', 'and nothing else');
SELECT is_empty($$SELECT * FROM oncall.incident_report WHERE oncall_internal.in_hours(acknowledge_median) IS DISTINCT FROM acknowledge_median_hours
	OR oncall_internal.in_hours(acknowledge_p90) IS DISTINCT FROM acknowledge_p90_hours OR oncall_internal.in_hours(resolve_p90) IS DISTINCT FROM resolve_p90_hours
	OR oncall_internal.in_hours(resolve_median) IS DISTINCT FROM resolve_median_hours OR acknowledge_p90 < acknowledge_median
	OR to_char(starts_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') <> month || ' 00:00'
	OR to_char(ends_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI') <> (month + interval '1 month')::date || ' 00:00'$$,
	'the same as hours, and as bounds');

-- warning_sign -------------------------------------------------------------

-- Incident by incident: were there working hours of who was called first,
-- quarter by quarter, between its opening and its end?
CREATE FUNCTION waited(i told) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
	who integer := (SELECT g.person_id FROM oncall.page g WHERE g.incident_id = i.incident_id AND g.person_id IS NOT NULL
		AND g.reason <> 'volunteer' ORDER BY g.step, g.page_id LIMIT 1);
	ended timestamptz := CASE WHEN i.resolution = 'resolved' THEN i.resolved_at ELSE now() END;
	at timestamptz := i.opened_at;
	wall timestamp;
	open boolean;
BEGIN
	WHILE at < ended AND at < i.opened_at + interval '30 days' LOOP
		wall := at AT TIME ZONE coalesce(i.zone, 'UTC');
		open := CASE WHEN who IS NOT NULL THEN works(who, at)
			ELSE extract(isodow FROM wall) < 6 AND wall::time >= '09:00' AND wall::time < '17:00' END;
		IF open THEN
			RETURN at > i.opened_at;
		END IF;
		at := at + interval '15 minutes';
	END LOOP;
	RETURN false;
END
$$;
CREATE TABLE sign AS
SELECT i.month, i.team_id, g.sign_id, count(*) FILTER (WHERE g.has)::integer AS value, count(*) AS incidents
FROM told i
CROSS JOIN LATERAL (VALUES
	(1, i.source = 'customer'), (2, waited(i)),
	(4, i.severity = 'SEV3' OR EXISTS (SELECT FROM oncall.incident_event e WHERE e.incident_id = i.incident_id AND e.kind = 'odd' AND e.detail LIKE 'There is no sev%')
		AND NOT EXISTS (SELECT FROM oncall.incident_event e WHERE e.incident_id = i.incident_id AND e.kind = 'severity')),
	(5, i.service_id IS NULL OR EXISTS (SELECT FROM oncall.incident_event e WHERE e.incident_id = i.incident_id AND e.kind = 'reassigned'
		-- managers, and those of the lists; of s2 those of both
		AND e.other_person_id - 900 <> ALL (CASE i.service WHEN 'reports s1' THEN '{0,1,2,3}' WHEN 'reports s2' THEN '{0,1,2,3,4,5,6,7}'
			ELSE '{1,3,4,5,6,7}' END::integer[])))) AS g(sign_id, has)
GROUP BY 1, 2, 3;
INSERT INTO sign
SELECT m.month::date, o.team_id, 3, count(*), NULL
FROM generate_series(timestamp '2026-01-01', '2026-05-01', '1 month') AS m(month)
JOIN (SELECT a.due_on, a.done_on, coalesce(a.team_id, t.team_id) AS owner FROM oncall.action_item a
	LEFT JOIN (oncall.incident i JOIN oncall.service t USING (service_id)) USING (incident_id)) a
	ON a.due_on < (m.month + interval '1 month')::date AND (a.done_on IS NULL OR a.done_on >= (m.month + interval '1 month')::date)
CROSS JOIN LATERAL (SELECT a.owner) AS o(team_id)
GROUP BY 1, 2;
SELECT cmp_ok((SELECT min(n) FROM (SELECT count(*) AS n FROM sign WHERE value > 0 GROUP BY sign_id) s), '>', 2::bigint, 'all signs are there');
CREATE TABLE signs AS
SELECT w.month, w.team_id, w.sign_id, w.value, w.incidents, w.share, w.quarter_before, w.trend FROM oncall.warning_sign w
WHERE w.month BETWEEN '2026-01-01' AND '2026-05-01' AND (w.team_id IN (901, 902) OR w.team_id IS NULL);
SELECT is_empty($$SELECT s.*, w.value, w.incidents FROM signs w
	LEFT JOIN sign s ON s.month = w.month AND s.sign_id = w.sign_id AND s.team_id IS NOT DISTINCT FROM w.team_id
	WHERE w.value <> coalesce(s.value, 0) OR w.incidents IS DISTINCT FROM CASE WHEN w.sign_id <> 3 THEN coalesce(s.incidents, 0) END$$,
	'warning_sign has what was counted');
SELECT is((SELECT count(*) FROM signs), 75::bigint, 'and zeros: five signs of two teams, and of none, in five months');
SELECT is_empty($$SELECT w.*, b.mean FROM signs w
	LEFT JOIN LATERAL (SELECT round(avg(b.value), 2) AS mean, round(w.value - avg(b.value), 2) AS trend FROM signs b
		WHERE b.sign_id = w.sign_id AND b.team_id IS NOT DISTINCT FROM w.team_id
			AND b.month < w.month AND b.month >= w.month - interval '3 months') b ON true
	WHERE (w.quarter_before, w.trend) IS DISTINCT FROM (b.mean, b.trend)
		OR w.share IS DISTINCT FROM round(w.value::numeric / nullif(w.incidents, 0), 3)$$,
	'the quarter before is the mean of its months');
-- what is asked of few months is found by an index
CREATE FUNCTION by_month(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan @? '$.** ? (@."Index Cond" like_regex "opened_at.*earliest")';
END
$$;
INSERT INTO oncall.incident (incident_id, service_id, severity, summary, opened_at, asked_at)
SELECT 2000000 + row_number() OVER (), s.service_id, 'SEV4', 'x', timestamptz '2016-01-01' + n * interval '16 hours', now()
FROM oncall.service s, generate_series(1, 5000) AS n WHERE s.name LIKE 'reports%';
ANALYZE oncall.incident, oncall.service, oncall.team, oncall.page;
SELECT ok(by_month($$SELECT * FROM oncall.incident_report WHERE month = '2026-02-01'$$), 'incident_report reads the month that is asked for');
SELECT ok(by_month($$SELECT * FROM oncall.warning_sign WHERE month = '2026-02-01'$$), 'and so does warning_sign');
-- and no others: their rows and those of their pages are a fraction
CREATE FUNCTION rows_read(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, TIMING off, FORMAT json) ' || query INTO plan;
	RETURN (SELECT sum(((n ->> 'Actual Rows')::numeric + coalesce((n ->> 'Rows Removed by Filter')::numeric, 0)) * (n ->> 'Actual Loops')::numeric)
		FROM jsonb_path_query(plan, 'strict $.**') n
		WHERE jsonb_typeof(n) = 'object' AND n ->> 'Relation Name' IN ('incident', 'page', 'response'));
END
$$;
SELECT cmp_ok(rows_read($$SELECT * FROM oncall.incident_report WHERE month = '2016-03-01' AND team_id = 901$$), '<',
	rows_read('SELECT * FROM oncall.incident_report') / 10, 'incident_report of a month and a team costs a fraction');
SELECT cmp_ok(rows_read($$SELECT * FROM oncall.warning_sign WHERE month = '2016-03-01' AND team_id = 901$$), '<',
	rows_read('SELECT * FROM oncall.warning_sign') / 10, 'and so does warning_sign');
SELECT finish();
ROLLBACK;
