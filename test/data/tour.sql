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
\echo :dim' SELECT * FROM roster(tstzrange(now(), now() + interval \'8 weeks\'), rotation_id => 1)':off
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
