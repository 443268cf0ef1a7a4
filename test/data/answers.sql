-- What the look-ups answer, all of it: the same on every server that has the
-- same rows. Run by psql, unaligned.

SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
\echo roster as believed now, and at each moment at which that changed
SELECT k.known_at, r.*
FROM (SELECT NULL::timestamptz
	UNION SELECT unnest(ARRAY[lower(recorded), upper(recorded)]) FROM oncall.layer
	UNION SELECT unnest(ARRAY[lower(recorded), upper(recorded)]) FROM oncall.cover) AS k(known_at),
	oncall.roster('[2020-01-01Z,2024-01-01Z)', NULL, k.known_at) AS r
ORDER BY k.known_at, r.rotation_id, r.seat, r.period;
SELECT * FROM oncall.roster('[2030-01-01Z,2031-06-01Z)') ORDER BY rotation_id, seat, period;
\echo on_call, three forms
SELECT r.rotation_id, t.at, oncall.on_call(r.rotation_id, t.at), oncall.on_call(r.name, t.at),
	oncall.on_call(r.rotation_id, t.at, t.at)
FROM oncall.rotation r,
	generate_series(timestamptz '2019-12-01Z', '2031-12-01Z', '35 hours') AS t(at)
ORDER BY r.rotation_id, t.at;
\echo duties
SELECT p.name, d.* FROM oncall.person p, oncall.duties(p.name, '[2021-01-01Z,2022-06-01Z)') d
ORDER BY p.person_id, d.period, d.rotation_id, d.seat;
\echo handover
SELECT * FROM oncall.handover('[2021-02-01Z,2021-05-01Z)') ORDER BY at, rotation, seat;
\echo roster_diff
SELECT * FROM oncall.roster_diff('[2021-01-01Z,2021-07-01Z)', '2021-01-15Z', NULL)
ORDER BY rotation_id, seat, period;
\echo shift, without those of these days
SELECT * FROM oncall.shift WHERE upper(period) < '2024-01-01Z' ORDER BY rotation_id, seat, period;
\echo on_call_now
SELECT * FROM oncall.on_call_now ORDER BY rotation;
\echo cover_history, and who traded
SELECT h.* FROM oncall.rotation r, oncall.cover_history(r.name, '(,)') h
ORDER BY r.rotation_id, h.period, h.seat, h.believed, h.cover_id;
SELECT * FROM oncall.swap_request ORDER BY swap_request_id;
\echo open_offers
SELECT * FROM oncall.open_offers();
\echo duty_conflicts and plan_covers
SELECT * FROM oncall.duty_conflicts('[2021-11-01Z,2022-03-01Z)');
SELECT * FROM oncall.plan_covers(NULL, '[2021-11-01Z,2022-03-01Z)');
\echo audit and objections
SELECT * FROM oncall.audit('[2021-01-01Z,2022-06-01Z)');
SELECT * FROM oncall.objections('{1,1}', '{1,2}', '{"[2021-06-01Z,2021-07-01Z)","[2021-06-01Z,2021-06-02Z)"}', '{2,2}');
\echo pay, without what goes on
SELECT * FROM oncall.pay_report('[2020-01-01Z,2024-01-01Z)') WHERE kind = 'standby' OR person <> 'Ben';
SELECT * FROM oncall.callouts('[2020-01-01Z,2024-01-01Z)') WHERE person <> 'Ben';
SELECT * FROM oncall.explain_pay('Ben', '[2020-10-01Z,2020-11-01Z)');
\echo band_hours
SELECT p.pay_policy_id, e.person_id, s.seat, lower(w.week), oncall.band_hours(w.week, p.pay_policy_id, e.person_id, 1, s.seat)
FROM oncall.pay_policy p, oncall.person e, generate_series(1, 2) AS s(seat), (
	SELECT tstzrange(at, at + '7 days') FROM generate_series(timestamptz '2020-05-26Z', '2022-06-01Z', '7 days') AS at) AS w(week)
ORDER BY p.pay_policy_id, e.person_id, s.seat, w.week;
\echo what was paid
SELECT * FROM oncall.pay_run ORDER BY pay_run_id;
SELECT * FROM oncall.pay_line ORDER BY pay_line_id;
SELECT * FROM oncall.lieu_entry ORDER BY lieu_entry_id;
SELECT * FROM oncall.lieu_balance WHERE person <> 'Ben' ORDER BY person_id;
SELECT * FROM oncall.lieu_due WHERE person <> 'Ben';
SELECT * FROM oncall.rest_at('2021-12-26 14:00Z') WHERE person <> 'Ben';
