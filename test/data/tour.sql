-- What 'make demo' shows of the company. For psql, with the variables bold,
-- dim, cover, feast and off for colours, and legend; they may be empty.

\echo
\echo :bold' Who is on call now?':off
\echo :dim' SELECT rotation, primary_name, secondary_name, until FROM on_call_now':off
SELECT rotation, primary_name AS "primary", secondary_name AS secondary,
	to_char(until AT TIME ZONE 'Pacific/Auckland', 'Dy DD Mon HH24:MI') AS "until (Auckland)",
	next_primary AS "then"
FROM oncall.on_call_now
ORDER BY rotation = 'Follow the sun', rotation LIKE 'Product%', rotation;

\echo :bold' The next eight weeks of SRE,':off 'handed over on Tuesdays at midday':legend
\echo :dim' SELECT * FROM roster(tstzrange(now(), now() + interval \'8 weeks\'), rotation => 1)':off
\pset tuples_only on
\pset format unaligned
SELECT '            Tue    Wed    Thu    Fri    Sat    Sun    Mon';
WITH week AS (
	SELECT h AS begins, (h AT TIME ZONE r.zone + interval '7 days') AT TIME ZONE r.zone AS ends,
		h AT TIME ZONE r.zone AS local, r.rotation_id
	FROM oncall.rotation r JOIN oncall.layer l USING (rotation_id),
		oncall.handovers(l.cadence, tstzrange(now() - interval '7 days', now() + interval '49 days')) AS h
	WHERE r.name = 'SRE' AND l.rank = 0 AND upper_inf(l.valid)
), piece AS (
	-- a character for each 24/7 hours
	SELECT w.begins, w.local, s.seat, s.person, s.period, s.cover_id, l.rank,
		round(extract(epoch FROM lower(s.period) - w.begins) * 49 / extract(epoch FROM w.ends - w.begins))::int AS x,
		round(extract(epoch FROM upper(s.period) - w.begins) * 49 / extract(epoch FROM w.ends - w.begins))::int AS y
	FROM week w
	CROSS JOIN LATERAL oncall.roster(tstzrange(w.begins, w.ends), w.rotation_id) s
	LEFT JOIN oncall.layer l USING (layer_id)
)
SELECT concat(' ', to_char(local, 'DD Mon'), CASE WHEN now() >= begins AND now() < begins + interval '7 days' THEN ' > ' ELSE '   ' END, '│',
	string_agg(
		concat(CASE WHEN cover_id IS NOT NULL THEN :'cover' WHEN rank > 0 THEN :'feast' END,
			CASE WHEN y - x = 1 THEN '▪'
				ELSE rpad(left(CASE WHEN length(person) < y - x THEN person ELSE split_part(person, ' ', 1) END,
					y - x - 1), y - x - 1) END,
			CASE WHEN cover_id IS NOT NULL OR rank > 0 THEN :'off' END, CASE WHEN y - x > 1 THEN '│' END),
		'' ORDER BY x) FILTER (WHERE seat = 1 AND y > x),
	' with ', (array_agg(split_part(person, ' ', 1) ORDER BY upper(period) - lower(period) DESC) FILTER (WHERE seat = 2))[1],
	CASE WHEN count(DISTINCT person) FILTER (WHERE seat = 2) > 1 THEN ', …' END)
FROM piece
GROUP BY begins, local
ORDER BY begins;
\pset format aligned
\pset tuples_only off

\echo
\echo :bold' When is Aroha next on call?':off
\echo :dim' SELECT * FROM duties(\'Aroha Ngata\')':off
SELECT rotation, seat_name AS seat, to_char(lower(period), 'Dy DD Mon YYYY HH24:MI') AS "from",
	to_char(upper(period), 'Dy DD Mon HH24:MI') AS until
FROM oncall.duties('Aroha Ngata')
WHERE rotation <> 'Follow the sun'
LIMIT 4;

\echo :bold' And at Christmas?':off 'A pair for each public holiday; who has Christmas is free at New Year.'
\echo :dim' SELECT * FROM roster(\'[2026-12-25, 2027-01-03)\')':off
SELECT to_char(day, 'Dy DD Mon YYYY') AS day,
	max(pair) FILTER (WHERE rotation = 'SRE') AS "SRE",
	max(pair) FILTER (WHERE rotation = 'Product 1') AS "Product 1",
	max(pair) FILTER (WHERE rotation = 'Product 2') AS "Product 2"
FROM (SELECT christmas.day + n AS day, r.name AS rotation,
		-- where and while the calendar knows better, ordinary days stay blank
		CASE WHEN h.day IS NOT NULL OR christmas.day > (SELECT max(l.day) FROM oncall.holiday l)
			THEN concat_ws(', ', split_part(a.name, ' ', 1), split_part(b.name, ' ', 1)) END AS pair
	FROM (SELECT make_date(extract(year FROM now())::int, 12, 25)) AS christmas(day)
	CROSS JOIN unnest('{0,1,7,8}'::int[]) AS n
	CROSS JOIN oncall.rotation r
	CROSS JOIN LATERAL oncall.on_call(r.rotation_id, (christmas.day + n + time '18:00') AT TIME ZONE r.zone) AS pair
	LEFT JOIN oncall.holiday h ON h.calendar_id = r.calendar_id AND h.day = christmas.day + n
	LEFT JOIN oncall.person a ON a.person_id = oncall.primary_of(pair)
	LEFT JOIN oncall.person b ON b.person_id = oncall.secondary_of(pair)) AS turn
GROUP BY turn.day
ORDER BY turn.day;

-- What follows finds people and weeks for whom it is legal, or not, so that it
-- shows the same at any time of the year. Local times are those of the
-- rotation.
CREATE TEMPORARY TABLE week AS
SELECT s.rotation_id, s.rotation, s.seat, s.person_id, s.person, split_part(s.person, ' ', 1) AS name, s.period,
	format('''[%s, %s)''', to_char(lower(s.period) AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI'),
		to_char(upper(s.period) AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI')) AS local,
	format('''%s''', to_char(lower(s.period) AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI')) AS begins, r.zone
FROM oncall.roster(tstzrange(now() + interval '10 days', now() + interval '400 days')) s
JOIN oncall.rotation r USING (rotation_id)
WHERE upper(s.period) - lower(s.period) BETWEEN interval '167 hours' AND interval '169 hours' AND r.name IN ('SRE', 'Product 1');

SELECT a.name AS a, b.name AS b, tstzrange(lower(a.period), upper(b.period)) AS during,
	format(E'SELECT swap_shifts(''SRE'', %L, %s,\n     %L, %s, ''a wedding'')', a.person, a.begins, b.person, b.begins) AS trade
FROM week a JOIN week b ON b.rotation = 'SRE' AND b.seat = 1 AND lower(b.period) > upper(a.period)
WHERE a.rotation = 'SRE' AND a.seat = 1 AND NOT EXISTS (
	SELECT FROM oncall.objections(ARRAY[a.rotation_id, b.rotation_id], '{1,1}', ARRAY[a.period, b.period],
		ARRAY[b.person_id, a.person_id]))
ORDER BY lower(b.period), lower(a.period) LIMIT 1 \gset
\echo :bold :a 'and' :b 'swap a week.':off
\echo :dim :trade :off
:trade \g /dev/null
SELECT to_char(lower(period), 'Dy DD Mon YYYY HH24:MI') AS "from", to_char(upper(period), 'Dy DD Mon HH24:MI') AS until,
	person AS "primary", instead_of AS "instead of", reason
FROM oncall.cover_history('SRE', :'during')
WHERE reason = 'a wedding' AND upper_inf(believed);

-- two weeks on end, over the night on which the clocks go back, and a third
SELECT a.name AS a, a.zone AS zone, extract(epoch FROM upper(b.period) - lower(a.period))::int / 3600 AS hours,
	format(E'SELECT cover_shift(%L, %s,\n     %L, %L)', a.rotation, b.local, b.person, a.person) AS second,
	format(E'SELECT cover_shift(%L, %s,\n     %L, %L)', a.rotation, c.local, c.person, a.person) AS third
FROM week a
JOIN week b ON b.rotation_id = a.rotation_id AND b.seat = a.seat AND lower(b.period) = upper(a.period)
JOIN week c ON c.rotation_id = a.rotation_id AND c.seat = a.seat AND lower(c.period) = upper(b.period)
WHERE a.rotation = 'Product 1' AND upper(b.period) - lower(a.period) > interval '336 hours'
	AND NOT EXISTS (SELECT FROM oncall.objections(ARRAY[b.rotation_id], ARRAY[b.seat], ARRAY[b.period], ARRAY[a.person_id]))
	AND 'oncall_max_consecutive' IN (SELECT o.constraint_name
		FROM oncall.objections(ARRAY[b.rotation_id, c.rotation_id], ARRAY[b.seat, c.seat], ARRAY[b.period, c.period],
			ARRAY[a.person_id, a.person_id]) o)
ORDER BY lower(a.period), a.seat LIMIT 1 \gset
\echo :bold' A third week on end is refused.':off :a 'may take a second, two are' :hours 'hours, as the clocks go back:'
\echo :dim :second:off
SET timezone = :'zone';
:second \g /dev/null
\echo :dim :third:off
\set ON_ERROR_STOP off
:third \g /dev/null
\set ON_ERROR_STOP on
\echo

-- somebody's next Saturday as primary
SELECT s.person AS offers, split_part(s.person, ' ', 1) AS a, format(
	E'SELECT offer_shift(''Product 2'', ''[%s 09:00, %1$s 21:00)'',\n     offered_by => %L, note => ''the family comes'')',
	d.day, s.person) AS offer, r.zone AS zone
FROM oncall.rotation r
CROSS JOIN LATERAL oncall.roster(tstzrange(now() + interval '7 days', now() + interval '90 days'), r.rotation_id) s
CROSS JOIN LATERAL (SELECT (lower(s.period) AT TIME ZONE r.zone)::date + n AS day FROM generate_series(0, 7) AS n) d
WHERE r.name = 'Product 2' AND s.seat = 1 AND extract(isodow FROM d.day) = 6
	AND s.period @> tstzrange((d.day + time '09:00') AT TIME ZONE r.zone, (d.day + time '21:00') AT TIME ZONE r.zone)
ORDER BY d.day LIMIT 1 \gset
\echo :bold :a 'offers a Saturday to everybody,':off 'and the rules know who could take it:'
\echo :dim :offer :off
SET timezone = :'zone';
:offer AS offer \gset
SELECT string_agg(split_part(p.name, ' ', 1), ', ' ORDER BY p.name) FILTER (WHERE o.rule IS NULL) AS "may take it",
	string_agg(format('%s (%s)', split_part(p.name, ' ', 1), o.rule), ', ' ORDER BY p.name)
		FILTER (WHERE o.rule IS NOT NULL) AS "may not"
FROM oncall.layer_now l JOIN oncall.person p ON p.name = ANY (l.members)
LEFT JOIN LATERAL (
	SELECT min(o.constraint_name) AS rule FROM oncall.offer_objections(:offer, p.name) o) o ON true
WHERE l.rotation = 'Product 2' AND l.rank = 0 AND p.name <> :'offers' AND p.active @> now();
SELECT p.name AS takes, format('SELECT accept_offer(%s, %L)', :offer, p.name) AS accept
FROM oncall.person p WHERE EXISTS (SELECT FROM oncall.open_offers(p.name) o WHERE o.swap_request_id = :offer)
	AND EXISTS (SELECT FROM oncall.layer_now l WHERE l.rotation = 'Product 2' AND l.rank = 0 AND p.name = ANY (l.members))
ORDER BY p.zone <> 'America/New_York', p.name LIMIT 1 \gset
\echo :dim :accept :off
:accept \g /dev/null
SELECT to_char(lower(period), 'Dy DD Mon YYYY HH24:MI') AS "from", to_char(upper(period), 'HH24:MI') AS until,
	person AS "primary", instead_of AS "instead of", reason, accepted_by AS "accepted by"
FROM oncall.cover_history('Product 2', tstzrange(now(), NULL))
WHERE swap_request_id = :offer;

-- whoever has most duty in a fortnight
SET timezone = 'Europe/London';
SELECT p.name AS goes, split_part(p.name, ' ', 1) AS a, w.leave,
	format('SELECT * FROM plan_covers(''Product 1'', ''[%s, %s)'')', w.monday, w.monday + 14) AS plan,
	format('SELECT apply_plan(''Product 1'', ''[%s, %s)'', ''leave'')', w.monday, w.monday + 14) AS apply
FROM (SELECT monday, tstzrange(monday, monday + 14) AS leave
	FROM generate_series(3, 10) AS n, date_trunc('week', now() + n * interval '1 week') AS t, CAST(t AS date) AS monday) w,
	oncall.person p,
	LATERAL (SELECT count(*) AS shifts FROM oncall.duties(p.name, w.leave) d WHERE d.rotation = 'Product 1') d
WHERE d.shifts > 0
ORDER BY d.shifts DESC, w.leave, p.name LIMIT 1 \gset
\echo :bold :a 'is on leave for a fortnight. Who could stand in?':off
\echo :dim :plan :off
INSERT INTO oncall.absence (person_id, period, kind) VALUES ((SELECT person_id FROM oncall.person WHERE name = :'goes'), :'leave', 'leave');
SELECT to_char(lower(period), 'Dy DD Mon YYYY HH24:MI') AS "from", to_char(upper(period), 'Dy DD Mon HH24:MI') AS until,
	seat_name AS seat, for_person AS "instead of", by_person AS "could do it"
FROM oncall.plan_covers('Product 1', :'leave');
SELECT statement FROM oncall.plan_covers('Product 1', :'leave') LIMIT 1 \gset
\echo '' :statement
\echo :dim :apply :off
:apply \g /dev/null
RESET timezone;
\echo

-- eleven weeks without holidays of a season, by the clock of the rotation
SET timezone = 'America/New_York';
CREATE TEMPORARY TABLE plan AS
SELECT h AS begins, row_number() OVER (ORDER BY h) AS week
FROM (SELECT now() + interval '5 weeks' AS soon) n
CROSS JOIN LATERAL (SELECT make_date(extract(year FROM n.soon + interval '90 days')::int, 1, 7) AS epiphany) y
CROSS JOIN LATERAL (SELECT CASE WHEN n.soon < y.epiphany THEN y.epiphany ELSE n.soon END AS since) s
CROSS JOIN (SELECT l.cadence FROM oncall.layer_now l WHERE l.rotation = 'Product 2' AND l.rank = 0) l
CROSS JOIN LATERAL oncall.handovers(l.cadence, tstzrange(s.since, s.since + interval '11 weeks')) AS h;
SELECT format(E'SELECT join_rotation(''Product 2'', ''Ana Silva'', after => %L, since => %L)', a.name, w1.begins::date) AS ana,
	format(E'SELECT leave_rotation(''Product 2'', %L, since => %L,\n     reason => ''a year in Lisbon'')', c.name, w3.begins::date) AS leave,
	format(E'SELECT join_rotation(''Product 2'', ''Noah Fischer'', after => %L, since => %L)', b.name, w2.begins::date) AS noah
FROM plan w1, plan w2, plan w3, oncall.rotation r, oncall.person a, oncall.person b, oncall.person c
WHERE w1.week = 2 AND w2.week = 5 AND w3.week = 8 AND r.name = 'Product 2'
	AND a.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w1.begins))
	AND b.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w2.begins))
	AND c.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w3.begins)) \gset
SELECT oncall.add_person(name, 'America/New_York', company_phone => phone)
FROM (VALUES ('Ana Silva', '+1 212 555 0170'), ('Noah Fischer', '+1 212 555 0171')) AS n(name, phone) \g /dev/null
UPDATE oncall.person SET expectations_accepted_on = current_date WHERE name IN ('Ana Silva', 'Noah Fischer');
\echo :bold' Two changes are planned, and a third is entered that comes between them.':off 'They compose:'
SELECT clock_timestamp() AS before \gset
\echo :dim :ana :off
:ana \g /dev/null
\echo :dim :leave :off
:leave \g /dev/null
\echo :dim :noah :off
:noah AS change_id \gset
SELECT clock_timestamp() AS planned \gset
\echo
\echo :bold' Noah signs elsewhere.':off 'His change is undone, and the others stay:'
SELECT format('SELECT undo(%s, ''Noah signed elsewhere'')', :change_id) AS undo \gset
\echo :dim :undo :off
:undo \g /dev/null
SELECT to_char(p.begins, 'Dy DD Mon YYYY') AS "primary from", a.name AS "as it was", b.name AS "with all three",
	c.name AS "without Noah"
FROM plan p
JOIN oncall.rotation r ON r.name = 'Product 2'
JOIN oncall.person a ON a.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, p.begins, known_at => :'before'))
JOIN oncall.person b ON b.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, p.begins, known_at => :'planned'))
JOIN oncall.person c ON c.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, p.begins))
ORDER BY p.begins;
\echo :dim' SELECT change_id, what, reason, undone_by FROM change_log':off
SELECT change_id, what, reason, undone_by FROM oncall.change_log
WHERE rotation = 'Product 2' AND made_at > :'before' ORDER BY change_id;
RESET timezone;

\echo :bold' Whom did the alert of 25 November 2023 page?':off 'Not who we now know was holding the pager:'
\echo '' 'that somebody had taken over for a wedding was written down two days later.'
\echo :dim' SELECT on_call(rotation_id, at), on_call(rotation_id, at, known_at => at) FROM demo.alert …':off
SELECT a.service, to_char(a.at, 'Dy DD Mon YYYY HH24:MI') AS "at", paged.name AS "paged, as known then",
	held.name AS "held the pager, as known now"
FROM demo.alert a
JOIN oncall.person paged
	ON paged.person_id = oncall.primary_of(oncall.on_call(a.rotation_id, a.at, known_at => a.at))
JOIN oncall.person held ON held.person_id = oncall.primary_of(oncall.on_call(a.rotation_id, a.at))
WHERE a.at = '2023-11-25 02:10 Pacific/Auckland' AND a.service = 'postgres';

\echo :bold' Whose alerts were they?':off '200,000 of them, by one plain SELECT:'
\set query 'SELECT p.name, count(*) AS alerts,\n     count(*) FILTER (WHERE extract(hour FROM a.at AT TIME ZONE p.zone) < 7) AS "at night"\n FROM demo.alert a\n JOIN oncall.person p ON p.person_id = primary_of(on_call(a.rotation_id, a.at))\n GROUP BY p.name ORDER BY alerts DESC LIMIT 6'
\echo :dim :query :off
\timing on
:query;
\timing off

SELECT to_char(m, 'FMMonth') AS month, to_char(m, '[YYYY-MM-DD, ') || to_char(m + interval '1 month', 'YYYY-MM-DD)') AS days,
	tstzrange(m AT TIME ZONE zone, (m + interval '1 month') AT TIME ZONE zone) AS month_period
FROM oncall.pay_policy, date_trunc('month', now() AT TIME ZONE zone - interval '1 month') AS m
WHERE name = 'New Zealand' \gset
\set title ' What was ':month' worth?'
\echo
\echo :bold:title:off 'Each hour by its band, each call-out at least three hours.'
\set query 'SELECT … FROM pay_report(\'':days'\', \'New Zealand\') GROUP BY person'
\echo :dim '':query:off
SELECT person, sum(hours) FILTER (WHERE kind = 'standby') AS standby,
	sum(amount) FILTER (WHERE kind = 'standby') AS "NZD",
	coalesce(sum(hours) FILTER (WHERE kind = 'callout')::text, '') AS "call-outs",
	coalesce(sum(amount) FILTER (WHERE kind = 'callout')::text, '') AS "NZD",
	sum(amount) AS "together"
FROM oncall.pay_report(:'month_period', 'New Zealand')
GROUP BY person ORDER BY person;

SELECT person, kind, sum(amount) AS amount FROM oncall.pay_report(:'month_period', 'New Zealand')
GROUP BY person, kind ORDER BY kind, CASE kind WHEN 'callout' THEN - sum(amount) ELSE sum(amount) END LIMIT 1 \gset why_
\set title ' Why is this ':why_amount'?'
\set query 'SELECT … FROM explain_pay(\'':why_person'\', \'':days'\') WHERE kind = \'':why_kind'\''
\echo :bold:title:off
\echo :dim '':query:off
SELECT CASE WHEN starts = lower(callout) AT TIME ZONE zone THEN 'called' ELSE coalesce(rotation, '') END AS duty,
	to_char(starts, 'Dy DD Mon HH24:MI') AS "from", to_char(ends, 'Dy DD Mon HH24:MI') AS until, band, hours, rate,
	round(amount, 4) AS "NZD"
FROM oncall.explain_pay(:'why_person', :'month_period')
WHERE kind = :'why_kind' AND paid;

\echo :bold' What is closed stays paid.':off 'Of the month before, somebody remembered a night too late:'
\set query 'SELECT close_pay_run(\'New Zealand\', \'':days'\');\n SELECT … FROM pay_line WHERE corrects IS NOT NULL'
\echo :dim '':query:off
SELECT oncall.close_pay_run('New Zealand', :'days') AS pay_run_id \gset
SELECT 'run ' || l.pay_run_id AS "paid in", p.name AS person, l.kind, l.band, l.hours, l.amount AS "NZD",
	'run ' || r.pay_run_id || ', ' || to_char(lower(r.period), 'FMMonth') AS corrects, l.why
FROM oncall.pay_line l
JOIN oncall.person p USING (person_id)
JOIN oncall.pay_run r ON r.pay_run_id = l.corrects
WHERE l.pay_run_id = :pay_run_id
ORDER BY l.pay_line_id;

\echo :bold' Who has to take time back?':off 'People will try to be heroes: those called out of hours are told, and their managers.'
\echo :dim' SELECT … FROM lieu_due':off
SELECT person, day AS "called on", amount AS "time in lieu", due_on AS "was due by", managers AS "to see to it"
FROM oncall.lieu_due LIMIT 4;
