-- What 'make demo' shows of the company. For psql, with the variables bold,
-- dim, cover, feast and off for colours, and legend; they may be empty. In the
-- folder :folder it leaves a page, a picture and a calendar.
--
-- Each statement that is shown is the one that is run: \p prints what \g sends.
-- Those that are not shown only find people and weeks for whom it is legal, or
-- not, so that the tour shows the same at any time of the year.

\pset pager off
\pset footer off
\pset linestyle unicode
\pset border 1
\pset unicode_border_linestyle single

\echo
\echo :bold' Three in the morning: who holds the pager?':off
SELECT rotation, primary_name, primary_phone, secondary_name, secondary_phone
FROM on_call_now ORDER BY rotation_id
\echo -n :dim \p \echo -n :off \g

\echo :bold' The next eight weeks of SRE,':off 'handed over on Tuesdays at midday':legend
SELECT set_config('demo.cover', :'cover', false), set_config('demo.holiday', :'feast', false),
	set_config('demo.off', :'off', false) \g /dev/null
SELECT * FROM demo.calendar('SRE')
\echo -n :dim \p \echo -n :off
\echo '          Tue    Wed    Thu    Fri    Sat    Sun    Mon'
\g (format=unaligned tuples_only=on)
\echo

-- the colleague with the least duty for whom it is legal
SELECT p.name AS you, h.person AS ill
FROM oncall.roster(tstzrange(now(), now() + interval '1 microsecond'), 'SRE') AS now_on
CROSS JOIN LATERAL oncall.duties(now_on.person, tstzrange(now(), now() + interval '1 microsecond')) AS h
JOIN oncall.layer_now l ON l.rotation = 'SRE' AND l.rank = 0
JOIN oncall.person p ON p.name = ANY (l.members)
WHERE now_on.seat = 1 AND h.rotation = 'SRE' AND h.seat = 1 AND p.name <> h.person
	AND NOT EXISTS (SELECT FROM oncall.objections(ARRAY[h.rotation_id], '{1}',
		ARRAY[tstzrange(now(), h.ends_at)], ARRAY[p.person_id]))
ORDER BY (SELECT count(*) FROM oncall.duties(p.name)), p.name LIMIT 1 \gset
\echo :bold :ill 'has fallen ill.':off :you 'relieves them with one call, as the rotation allows.'
UPDATE rotation SET may_take = 'now' WHERE name = 'SRE'
\echo -n :dim \p \echo -n :off \g
UPDATE person SET db_role = current_user WHERE name = :'you'
\echo -n :dim \p \echo -n :off \g
SELECT take_shift('SRE', reason => 'ill') AS change_id
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT primary_name, primary_phone, until, next_primary, next_at
FROM on_call_now WHERE rotation = 'SRE'
\echo -n :dim \p \echo -n :off \g

\echo :bold' When am I next on call?':off 'The first shift is the one that was taken.'
SELECT rotation, seat_name, starts_at, ends_at FROM duties() LIMIT 4
\echo -n :dim \p \echo -n :off \g

SELECT format('%s-12-20', extract(year FROM now())) AS advent, format('%s-01-15', extract(year FROM now()) + 1) AS january \gset
\echo :bold' And at Christmas?':off 'A pair for each public holiday; who has Christmas is free at New Year.'
SELECT to_char(since AT TIME ZONE zone, 'Dy DD Mon YYYY') AS day, rotation,
	members[1] AS "primary", members[2] AS secondary
FROM layer_now JOIN rotation USING (rotation_id)
WHERE rank > 0 AND since BETWEEN :'advent' AND :'january' ORDER BY since, rotation
\echo -n :dim \p \echo -n :off \g

-- Whole weeks to come. Local times are those of the rotation.
CREATE TEMPORARY TABLE week AS
SELECT s.rotation_id, s.rotation, s.seat, s.person_id, s.person, split_part(s.person, ' ', 1) AS name, s.period,
	format('[%s, %s)', to_char(s.starts_at AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI'),
		to_char(s.ends_at AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI')) AS local,
	to_char(s.starts_at AT TIME ZONE r.zone, 'YYYY-MM-DD HH24:MI') AS begins, r.zone
FROM oncall.roster(tstzrange(now() + interval '10 days', now() + interval '400 days')) s
JOIN oncall.rotation r USING (rotation_id)
WHERE s.ends_at - s.starts_at BETWEEN interval '167 hours' AND interval '169 hours' AND r.name IN ('SRE', 'Product 1');

SELECT a.name AS a_name, b.name AS b_name, a.person AS a, a.begins AS a_at, b.person AS b, b.begins AS b_at
FROM week a JOIN week b ON b.rotation = 'SRE' AND b.seat = 1 AND lower(b.period) > upper(a.period)
WHERE a.rotation = 'SRE' AND a.seat = 1 AND NOT EXISTS (
	SELECT FROM oncall.objections(ARRAY[a.rotation_id, b.rotation_id], '{1,1}', ARRAY[a.period, b.period],
		ARRAY[b.person_id, a.person_id]))
ORDER BY lower(b.period), lower(a.period) LIMIT 1 \gset
\echo :bold :a_name 'and' :b_name 'swap a week.':off
SELECT swap_shifts('SRE', :'a', :'a_at', :'b', :'b_at',
	'a wedding') AS change_id
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT person, starts_at, ends_at, instead_of, reason
FROM cover_now WHERE reason = 'a wedding' AND starts_at > now() ORDER BY starts_at
\echo -n :dim \p \echo -n :off \g

-- two weeks on end, over the night on which the clocks go back, and a third
SELECT a.name AS a_name, a.person AS a, a.zone AS zone, a.rotation,
	extract(epoch FROM upper(b.period) - lower(a.period))::int / 3600 AS hours,
	b.local AS second, b.person AS second_for, c.local AS third, c.person AS third_for
FROM week a
JOIN week b ON b.rotation_id = a.rotation_id AND b.seat = a.seat AND lower(b.period) = upper(a.period)
JOIN week c ON c.rotation_id = a.rotation_id AND c.seat = a.seat AND lower(c.period) = upper(b.period)
WHERE a.rotation = 'Product 1' AND upper(b.period) - lower(a.period) > interval '336 hours'
	AND NOT EXISTS (SELECT FROM oncall.objections(ARRAY[b.rotation_id], ARRAY[b.seat], ARRAY[b.period], ARRAY[a.person_id]))
	AND 'oncall_max_consecutive' IN (SELECT o.constraint_name
		FROM oncall.objections(ARRAY[b.rotation_id, c.rotation_id], ARRAY[b.seat, c.seat], ARRAY[b.period, c.period],
			ARRAY[a.person_id, a.person_id]) o)
ORDER BY lower(a.period), a.seat LIMIT 1 \gset
\echo :bold' A third week on end is refused.':off :a_name 'may take a second: two are' :hours 'hours, as the clocks go back.'
SET timezone = :'zone'
\echo -n :dim \p \echo -n :off \g
SELECT cover_shift(:'rotation', :'second',
	:'second_for', :'a') AS change_id
\echo -n :dim \p \echo -n :off \g (format=unaligned)
\set ON_ERROR_STOP off
SELECT cover_shift(:'rotation', :'third',
	:'third_for', :'a') AS change_id
\echo -n :dim \p \echo -n :off \g
\set ON_ERROR_STOP on
\echo

-- somebody's next Saturday as primary
SELECT s.person AS offers, split_part(s.person, ' ', 1) AS a_name, format('[%s 09:00, %1$s 21:00)', d.day) AS saturday,
	r.zone AS zone
FROM oncall.rotation r
CROSS JOIN LATERAL oncall.roster(tstzrange(now() + interval '7 days', now() + interval '90 days'), r.rotation_id) s
CROSS JOIN LATERAL (SELECT (s.starts_at AT TIME ZONE r.zone)::date + n AS day FROM generate_series(0, 7) AS n) d
WHERE r.name = 'Product 2' AND s.seat = 1 AND extract(isodow FROM d.day) = 6
	AND s.period @> tstzrange((d.day + time '09:00') AT TIME ZONE r.zone, (d.day + time '21:00') AT TIME ZONE r.zone)
ORDER BY d.day LIMIT 1 \gset
\echo :bold :a_name 'offers a Saturday to everybody,':off 'and the rules know who could take it.'
SET timezone = :'zone'
\echo -n :dim \p \echo -n :off \g
SELECT offer_shift('Product 2', :'saturday',
	offered_by => :'offers', note => 'the family comes') AS offer
\echo -n :dim \p \echo -n :off \gset
SELECT swap_request_id, offered_by, period FROM open_offers()
\echo -n :dim \p \echo -n :off \g
SELECT name AS "could take it", zone FROM person
WHERE EXISTS (SELECT FROM open_offers(name) WHERE swap_request_id = :offer) ORDER BY name
\echo -n :dim \p \echo -n :off \g
SELECT p.name AS takes FROM oncall.person p
WHERE EXISTS (SELECT FROM oncall.open_offers(p.name) o WHERE o.swap_request_id = :offer)
	AND EXISTS (SELECT FROM oncall.layer_now l WHERE l.rotation = 'Product 2' AND l.rank = 0 AND p.name = ANY (l.members))
ORDER BY p.zone <> 'America/New_York', p.name LIMIT 1 \gset
SELECT accept_offer(:offer, :'takes') AS change_id
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT person, starts_at, ends_at, instead_of, reason
FROM cover_now WHERE reason = 'the family comes'
\echo -n :dim \p \echo -n :off \g

-- whoever has most duty in a fortnight
SET timezone = 'Europe/London';
SELECT p.name AS goes, split_part(p.name, ' ', 1) AS a_name, format('[%s, %s)', w.monday, w.monday + 14) AS leave
FROM (SELECT monday, tstzrange(monday, monday + 14) AS leave
	FROM generate_series(3, 10) AS n, date_trunc('week', now() + n * interval '1 week') AS t, CAST(t AS date) AS monday) w,
	oncall.person p,
	LATERAL (SELECT count(*) AS shifts FROM oncall.duties(p.name, w.leave) d WHERE d.rotation = 'Product 1') d
WHERE d.shifts > 0
ORDER BY d.shifts DESC, w.leave, p.name LIMIT 1 \gset
\echo :bold :a_name 'is on leave for a fortnight. Who could stand in?':off
SET timezone = 'Europe/London'
\echo -n :dim \p \echo -n :off \g
INSERT INTO absence (person_id, period, kind)
SELECT person_id, :'leave', 'leave' FROM person WHERE name = :'goes'
\echo -n :dim \p \echo -n :off \g
SELECT lower(period) AS "from", upper(period) AS until, seat_name AS seat,
	for_person AS "instead of", by_person AS "could do it"
FROM plan_covers('Product 1', :'leave')
\echo -n :dim \p \echo -n :off \g
SELECT statement FROM plan_covers('Product 1', :'leave') LIMIT 1
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT change_id FROM apply_plan('Product 1', :'leave', 'leave')
\echo -n :dim \p \echo -n :off \g (format=unaligned)
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
SELECT a.name AS ana_after, w1.begins::date AS ana_since, c.name AS leaves, w3.begins::date AS leaves_since,
	b.name AS noah_after, w2.begins::date AS noah_since,
	(SELECT min(begins) FROM plan) AS first, (SELECT max(begins) FROM plan) AS last
FROM plan w1, plan w2, plan w3, oncall.rotation r, oncall.person a, oncall.person b, oncall.person c
WHERE w1.week = 2 AND w2.week = 5 AND w3.week = 8 AND r.name = 'Product 2'
	AND a.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w1.begins))
	AND b.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w2.begins))
	AND c.person_id = oncall.primary_of(oncall.on_call(r.rotation_id, w3.begins)) \gset
SELECT oncall.add_person(name, 'America/New_York', company_phone => phone)
FROM (VALUES ('Ana Silva', '+1 212 555 0170'), ('Noah Fischer', '+1 212 555 0171')) AS n(name, phone) \g /dev/null
UPDATE oncall.person SET expectations_accepted_on = current_date WHERE name IN ('Ana Silva', 'Noah Fischer');
\echo :bold' Two changes are planned, and a third is entered that comes between them.':off 'They compose.'
SELECT clock_timestamp() AS before \gset
SELECT join_rotation('Product 2', 'Ana Silva',
	after => :'ana_after', since => :'ana_since') AS change_id
\echo -n :dim \p \echo -n :off \gset ana_
SELECT leave_rotation('Product 2', :'leaves', since => :'leaves_since',
	reason => 'a year in Lisbon') AS change_id
\echo -n :dim \p \echo -n :off \gset leave_
SELECT join_rotation('Product 2', 'Noah Fischer',
	after => :'noah_after', since => :'noah_since') AS change_id
\echo -n :dim \p \echo -n :off \gset noah_
SELECT clock_timestamp() AS planned \gset
\echo
\echo :bold' Noah signs elsewhere.':off 'His change is undone, and the others stay.'
SELECT undo(:noah_change_id, 'Noah signed elsewhere') AS change_id
\echo -n :dim \p \echo -n :off \gset
SELECT at::date AS "primary from", a.name AS "as it was", b.name AS "with all three",
	c.name AS "without Noah"
FROM generate_series(:'first'::timestamptz, :'last', '7 days') AS at
JOIN person a ON a.person_id = seat_holder('Product 2', 1, at, :'before')
JOIN person b ON b.person_id = seat_holder('Product 2', 1, at, :'planned')
JOIN person c ON c.person_id = seat_holder('Product 2', 1, at)
ORDER BY at
\echo -n :dim \p \echo -n :off \g
SELECT change_id, what, reason, undone_by
FROM change_log WHERE change_id >= :ana_change_id ORDER BY change_id
\echo -n :dim \p \echo -n :off \g
SET timezone = 'Pacific/Auckland';

\echo :bold' Whom did the alert of 25 November 2023 page?':off 'Not who we now know was holding the pager:'
\echo '' 'that somebody had taken over for a wedding was written down two days later.'
SELECT a.at, paged.name AS "paged, as known then", held.name AS "held the pager, as known now"
FROM demo.alert a
JOIN person paged ON paged.person_id = primary_of(on_call(a.rotation_id, a.at, known_at => a.at))
JOIN person held ON held.person_id = primary_of(on_call(a.rotation_id, a.at))
WHERE a.at = '2023-11-25 02:10 Pacific/Auckland' AND a.service = 'postgres'
\echo -n :dim \p \echo -n :off \g

\echo :bold' Whose alerts were they?':off '200,000 of them, by one plain SELECT.'
SELECT p.name, count(*) AS alerts,
	count(*) FILTER (WHERE extract(hour FROM a.at AT TIME ZONE p.zone) < 7) AS "at night"
FROM demo.alert a JOIN person p ON p.person_id = primary_of(on_call(a.rotation_id, a.at))
GROUP BY p.name ORDER BY alerts DESC LIMIT 6
\echo -n :dim \p \echo -n :off
\timing on
\g
\timing off

\echo :bold' An alert lands in a table that has been there for years.':off 'One of SRE and one of the product are called.'
CREATE TRIGGER page AFTER INSERT ON demo.alert FOR EACH ROW EXECUTE FUNCTION
	oncall.page_on_insert('service=service', 'severity=severity', 'summary=title', 'opened_at=at')
\echo -n :dim \p \echo -n :off \g
INSERT INTO demo.alert (service, rotation_id, at, severity, title)
SELECT 'checkout', rotation_id, now(), 'critical', 'Payments fail' FROM rotation WHERE name = 'Product 1'
\echo -n :dim \p \echo -n :off \g
SELECT incident_id, service, severity, summary, state, called FROM incident_now
\echo -n :dim \p \echo -n :off \g
SELECT min(incident_id) AS incident FROM incident_now \gset

\echo :bold' Nobody answers.':off 'The timer calls the copilot, six minutes on (by an UPDATE).'
UPDATE incident SET opened_at = opened_at - interval '6 minutes', asked_at = asked_at - interval '6 minutes',
	waits_since = waits_since - interval '6 minutes' WHERE incident_id = :incident;
UPDATE page SET created_at = created_at - interval '6 minutes' WHERE incident_id = :incident;
UPDATE incident_event SET at = at - interval '6 minutes' WHERE incident_id = :incident;
SELECT run_escalations() AS called
\echo -n :dim \p \echo -n :off \g (format=unaligned)
\echo :bold :you 'answers, the network is the cause,':off 'and the two are one.'
SELECT acknowledge(:incident) AS answered
\echo -n :dim \p \echo -n :off \g (format=unaligned)
INSERT INTO demo.alert (service, rotation_id, at, severity, title)
SELECT 'network', rotation_id, now(), 'critical', 'Packets lost' FROM rotation WHERE name = 'SRE'
\echo -n :dim \p \echo -n :off \g
SELECT target, incident, apart, reason FROM merge_candidates()
\echo -n :dim \p \echo -n :off \g
SELECT max(incident_id) AS other FROM incident_now \gset
SELECT merge_incidents(:incident, :other)
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT resolve(:incident, 'a cable, replaced')
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT what, person, detail FROM incident_timeline(:incident)
\echo -n :dim \p \echo -n :off \g
\echo :bold' What is to be learnt?':off 'A draft tells it by roles, not names, for people to go on with.'
SELECT draft_postmortem(:incident) AS postmortem
\echo -n :dim \p \echo -n :off \g (format=unaligned)
SELECT body FROM postmortem WHERE incident_id = :incident
\echo -n :dim \p \echo -n :off \g (format=unaligned tuples_only=on)
\echo

SELECT to_char(m, 'FMMonth') AS month, to_char(m, 'YYYY-MM-DD') AS first_day, to_char(m, '[YYYY-MM-DD, ') || to_char(m + interval '1 month', 'YYYY-MM-DD)') AS days
FROM oncall.pay_policy, date_trunc('month', now() AT TIME ZONE zone - interval '1 month') AS m
WHERE name = 'New Zealand' \gset
\echo
\echo :bold 'What was' :month 'worth?':off 'Each hour by its band, each call-out at least three hours.'
SELECT person, sum(hours) FILTER (WHERE kind = 'standby') AS standby,
	sum(amount) FILTER (WHERE kind = 'standby') AS "NZD",
	sum(hours) FILTER (WHERE kind = 'callout') AS "call-outs",
	sum(amount) FILTER (WHERE kind = 'callout') AS "NZD", sum(amount) AS together
FROM pay_report(:'days', 'New Zealand') GROUP BY person ORDER BY person
\echo -n :dim \p \echo -n :off \g

SELECT person, kind, sum(amount) AS amount FROM oncall.pay_report(:'days', 'New Zealand')
GROUP BY person, kind ORDER BY kind, CASE kind WHEN 'callout' THEN - sum(amount) ELSE sum(amount) END LIMIT 1 \gset why_
\set title 'Why is this ':why_amount'?'
\echo :bold :title:off
SELECT callout IS NOT NULL AND starts = lower(callout) AT TIME ZONE zone AS called,
	to_char(starts, 'Dy DD Mon HH24:MI') AS "from", to_char(ends, 'Dy DD Mon HH24:MI') AS until,
	band, hours, rate, round(amount, 4) AS "NZD"
FROM explain_pay(:'why_person', :'days') WHERE kind = :'why_kind' AND paid
\echo -n :dim \p \echo -n :off \g

\echo :bold' What is closed stays paid.':off 'Of the month before, somebody remembered a night too late.'
SELECT close_pay_run('New Zealand', :'days') AS pay_run_id
\echo -n :dim \p \echo -n :off \gset
SELECT l.pay_run_id AS "paid in run", name AS person, kind, band, hours, amount AS "NZD",
	corrects AS "corrects run", why
FROM pay_line l JOIN person USING (person_id) WHERE l.pay_run_id = :pay_run_id AND corrects IS NOT NULL
\echo -n :dim \p \echo -n :off \g

\echo :bold' Who has to take time back?':off 'Those called out of hours are told, and their managers.'
SELECT person, day AS "called on", amount AS "time in lieu", due_on AS "was due by",
	managers AS "to see to it"
FROM lieu_due LIMIT 4
\echo -n :dim \p \echo -n :off \g

\echo :bold' Has something been forgotten?':off 'A phone that nobody wrote down, and that comes back by ROLLBACK:'
BEGIN
\echo -n :dim \p \echo -n :off \g
UPDATE person SET company_phone = NULL WHERE name = :'you'
\echo -n :dim \p \echo -n :off \g
SELECT rotation, rule, level, detail, suggestion FROM lint('SRE')
\echo -n :dim \p \echo -n :off \g (format=unaligned expanded=on)
ROLLBACK
\echo -n :dim \p \echo -n :off \g

SELECT format('[%s, %s)', m.monday, m.monday + 35) AS five_weeks
FROM (SELECT date_trunc('week', now())::date AS monday) m \gset
\set page :folder '/report.html'
\set picture :folder '/roster.svg'
\set feed :folder '/calendar.ics'
\echo
\echo :bold' What can others look at?':off 'A page on' :month', a picture, a calendar to subscribe to:'
SELECT report_html('SRE', :'first_day')
\echo -n :dim \p \echo -n :off \g (format=unaligned tuples_only=on) :page
\echo :page
SELECT roster_svg(:'five_weeks', 'SRE')
\echo -n :dim \p \echo -n :off \g (format=unaligned tuples_only=on) :picture
\echo :picture
SELECT icalendar(person => :'you')
\echo -n :dim \p \echo -n :off \g (format=unaligned tuples_only=on) :feed
\echo :feed
