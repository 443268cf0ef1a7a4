-- Three agreements of doc/pay-policies.md as rows, a stretch of each worked by
-- hand to the cent; and the flat sum of a weekend, whatever the clocks do.
--
-- Tests: payroll pay_lines callouts pay_reports

\set schema agreements
\ir start.psql
SELECT plan(9);
-- months that are over
SET LOCAL oncall.past_reason = 'examples';

-- ---------------------------------------------------------------------------
-- A nurse of the Veterans Health Administration (38 U.S.C. 7453). On call: a
-- tenth of the rate of excess service, which is one and a half wages, so 0.15
-- of the wage; not for the time that they are called back, which is paid as
-- excess service, for two hours at least. Her wage is USD 40.00.
--
-- From Monday 3 June 2024, 16:30, to the end of Sunday she holds the pager,
-- and works from 08:00 to 16:30: 7.5 + 6 * 24 = 151.5 hours, less the work of
-- Tuesday to Friday, 4 * 8.5 = 34: 117.5 hours on call. She is called
--   Wednesday 20:00 to 20:45          2 hours, the minimum
--   Thursday 15:30 to 17:30           1 hour: the first is work, and what goes
--                                     on from work has no minimum
--   Saturday 01:00 to 04:20, and
--   04:10 to 05:00                    4 hours, one call-out
-- 7 hours at 1.5 * 40.00 = 60.00 are 420.00. That leaves 117.5 - 7 = 110.5
-- hours at 0.15 * 40.00 = 6.00, which are 663.00.
-- ---------------------------------------------------------------------------

SELECT oncall.add_person(name, 'America/Chicago', 'Mo-Fr 08:00-16:30') FROM unnest('{Nora,Rest}'::text[]) AS name \g /dev/null
SELECT oncall.add_rotation('Ward', '{Nora,Rest}', 'R/2024-06-03T16:30[America/Chicago]/P7D', seats => '{primary}') \g /dev/null
INSERT INTO oncall.pay_policy (name, zone, currency, minimum_callout, standby_during_callout)
VALUES ('VHA', 'America/Chicago', 'USD', '2 hours', false) RETURNING pay_policy_id AS vha \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, of_wage) VALUES
	(:vha, 10, 'tour of duty', NULL, 0, NULL, false), (:vha, 20, 'on call', '24/7', 0.15, 1.5, true);
SELECT oncall.assign_policy('Nora', 'VHA', '2024-01-01', wage => 40.00) \g /dev/null
INSERT INTO oncall.response (person_id, period)
SELECT p.person_id, tstzrange(b AT TIME ZONE p.zone, e AT TIME ZONE p.zone)
FROM oncall.person AS p, (VALUES (timestamp '2024-06-05 20:00', timestamp '2024-06-05 20:45'), ('2024-06-06 15:30', '2024-06-06 17:30'),
	('2024-06-08 01:00', '2024-06-08 04:20'), ('2024-06-08 04:10', '2024-06-08 05:00')) AS r(b, e)
WHERE p.name = 'Nora';
SELECT results_eq($$SELECT kind, band, units, per, rate, amount FROM oncall.pay_report('[2024-06-03,2024-06-10)', 'VHA') WHERE amount <> 0 ORDER BY kind$$,
	$$VALUES ('callout', 'on call', 7.0, interval '1 hour', 60.00, 420.00), ('standby', 'on call', 110.5, '1 hour', 6.00, 663.00)$$,
	'a nurse: a tenth on call, but not while called back, for two hours at least');
SELECT results_eq($$SELECT sum(hours), sum(amount) FROM oncall.pay_report('[2024-06-03,2024-06-10)', 'VHA') WHERE kind = 'standby'$$,
	$$VALUES (interval '144:30', 663.00)$$, 'her work is standby as well, at no rate');

-- ---------------------------------------------------------------------------
-- Care of disabled people in the Netherlands (CAO Gehandicaptenzorg, 7:13 and
-- 7:15). An hour on call earns 1/18 of an hour off, on Saturdays and Sundays
-- 2/18, on public holidays 3/18. An hour worked earns an hour off, and a share
-- of the wage: by day a quarter, at night a half, on Saturday to 18:00 three
-- quarters, after that, on Sunday and on public holidays all of it; half an
-- hour at least. Her wage is EUR 18.36.
--
-- She has Easter of 2024, from Friday 29 March, 17:00, to the end of Monday;
-- the clocks go forward on Sunday. Hours: Friday 5 by day and 2 at night,
-- Saturday 18 and 6, Sunday 23, Monday 24. Time off: 7 of 1/18, 24 of 2/18, 47
-- of 3/18, together (7 + 48 + 141)/18 = 196/18 = 10.888889 hours. She works
--   Saturday 17:40 to 18:20    1/3 * 0.75 * 18.36 = 4.59, 1/3 * 18.36 = 6.12
--   Monday 10:00 to 10:10      half an hour: 9.18
-- 19.89 in all, and 2/3 + 1/2 = 1.166667 hours off.
-- ---------------------------------------------------------------------------

INSERT INTO oncall.calendar (name) VALUES ('Nederland') RETURNING calendar_id AS nl \gset
INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (:nl, '2024-03-31', 'Eerste paasdag'), (:nl, '2024-04-01', 'Tweede paasdag');
SELECT oncall.add_person(name, 'Europe/Amsterdam', 'Mo-Fr 09:00-17:00', 'Nederland') FROM unnest('{Fenna,Sem}'::text[]) AS name \g /dev/null
SELECT oncall.add_rotation('Woningen', '{Fenna,Sem}', 'R/2024-03-29T17:00[Europe/Amsterdam]/P7D', seats => '{primary}') \g /dev/null
INSERT INTO oncall.pay_policy (name, zone, currency, minimum_callout) VALUES ('CAO', 'Europe/Amsterdam', 'EUR', '30 minutes') RETURNING pay_policy_id AS cao \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, of_wage, callout_rate, lieu_factor, standby_lieu_factor) VALUES
	(:cao, 10, 'holiday', 'PH 00:00-24:00', true, 1, 1, 3 / 18.0), (:cao, 20, 'work', NULL, false, NULL, 0, 0),
	(:cao, 30, 'Saturday', 'Sa 00:00-18:00', true, 0.75, 1, 2 / 18.0), (:cao, 40, 'Sunday', 'Sa 18:00-24:00; Su 00:00-24:00', true, 1, 1, 2 / 18.0),
	(:cao, 50, 'night', 'Mo-Fr 00:00-06:00,22:00-24:00', true, 0.5, 1, 1 / 18.0), (:cao, 60, 'day', '24/7', true, 0.25, 1, 1 / 18.0);
SELECT oncall.assign_policy('Fenna', 'CAO', '2024-01-01', wage => 18.36) \g /dev/null
INSERT INTO oncall.response (person_id, period)
SELECT p.person_id, tstzrange(b AT TIME ZONE p.zone, e AT TIME ZONE p.zone)
FROM oncall.person AS p, (VALUES (timestamp '2024-03-30 17:40', timestamp '2024-03-30 18:20'), ('2024-04-01 10:00', '2024-04-01 10:10')) AS r(b, e) WHERE p.name = 'Fenna';
SELECT results_eq($$SELECT band, hours, rate, amount, lieu_hours FROM oncall.pay_report('[2024-03-29,2024-04-02)', 'CAO') WHERE kind = 'callout' ORDER BY amount$$,
	$$VALUES ('Saturday', interval '0:20', 13.77, 4.59, 0.333333), ('Sunday', '0:20', 18.36, 6.12, 0.333333), ('holiday', '0:30', 18.36, 9.18, 0.5)$$,
	'work on call: an hour off for an hour, and a share of the wage');
SELECT results_eq($$SELECT band, hours, amount, lieu_hours FROM oncall.pay_report('[2024-03-29,2024-04-02)', 'CAO') WHERE kind = 'standby' ORDER BY hours$$,
	$$VALUES ('night', interval '2 hours', 0.00, 0.111111), ('day', '5 hours', 0.00, 0.277778), ('Saturday', '18 hours', 0.00, 2.0),
		('Sunday', '6 hours', 0.00, 0.666667), ('holiday', '47 hours', 0.00, 7.833333) ORDER BY 2$$, 'being on call: time off by the hour, with the hour that is left out');
SELECT is((SELECT sum(lieu) FROM (SELECT round(sum(lieu_hours), 5) AS lieu FROM oncall.pay_report('[2024-03-29,2024-04-02)', 'CAO')) AS r), 12.05556,
	'196/18 and 7/6 hours off together');

-- ---------------------------------------------------------------------------
-- French civil servants (arrêté of 30 May 2018): EUR 10.75 a night, 37.40 for
-- Saturday, 46.55 for Sunday or a public holiday; a weekend from Friday evening
-- 116.20 and a complete week 159.20, which is what its parts come to: 3 * 10.75
-- + 37.40 + 46.55 = 116.20, and 7 * 10.75 + 37.40 + 46.55 = 159.20. Nights last
-- from 18:00 to 08:00, 14 hours; the days of the weekend 10.
--
-- A complete week from Monday 9 September 2024, 18:00, but that Hugo has
-- Saturday from 13:00 on: half of a Saturday, 18.70, from 159.20 to 140.50.
-- ---------------------------------------------------------------------------

SELECT oncall.add_person(name, 'Europe/Paris', 'Mo-Fr 08:00-18:00') FROM unnest('{Anaïs,Hugo}'::text[]) AS name \g /dev/null
SELECT oncall.add_rotation('Astreinte', '{Anaïs,Hugo}', 'R/2024-09-09T18:00[Europe/Paris]/P7D', seats => '{primary}') \g /dev/null
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('Arrêté', 'Europe/Paris', 'EUR') RETURNING pay_policy_id AS fr \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, per) VALUES
	(:fr, 10, 'holiday', 'Mo-Su off; PH 08:00-18:00', 46.55, 0, '10 hours'), (:fr, 20, 'work', NULL, 0, NULL, '1 hour'), (:fr, 30, 'night', 'Mo-Su 18:00-08:00', 10.75, 0, '14 hours'),
	(:fr, 40, 'Saturday', 'Sa 08:00-18:00', 37.40, 0, '10 hours'), (:fr, 50, 'Sunday', 'Su 08:00-18:00', 46.55, 0, '10 hours');
SELECT oncall.assign_policy(name, 'Arrêté', '2024-01-01') FROM unnest('{Anaïs,Hugo}'::text[]) AS name \g /dev/null
SELECT results_eq($$SELECT person, sum(amount) FROM oncall.pay_report('[2024-09-09 18:00 Europe/Paris, 2024-09-16 18:00 Europe/Paris)', 'Arrêté') GROUP BY person$$,
	$$VALUES ('Anaïs', 159.20)$$, 'a complete week is its parts');
SELECT is((SELECT sum(amount) FROM oncall.pay_report('[2024-09-13 18:00 Europe/Paris, 2024-09-16 08:00 Europe/Paris)', 'Arrêté')), 116.20, 'and so is a weekend');
SELECT oncall.cover_shift('Astreinte', '[2024-09-14 13:00 Europe/Paris, 2024-09-14 18:00 Europe/Paris)', 'Anaïs', 'Hugo', 'wedding') \g /dev/null
SELECT results_eq($$SELECT person, sum(amount) FROM oncall.pay_report('[2024-09-09 18:00 Europe/Paris, 2024-09-16 18:00 Europe/Paris)', 'Arrêté') GROUP BY person ORDER BY person$$,
	$$VALUES ('Anaïs', 140.50), ('Hugo', 18.70)$$, 'who takes over a part is paid for it');

-- ---------------------------------------------------------------------------
-- USD 120 for a weekend, from Friday 17:00 to Monday 08:00, which are 2 days 15
-- hours: in an ordinary week, where the clocks go back, and where they go
-- forward; the part of it that lies in a window counts.
-- ---------------------------------------------------------------------------

SELECT oncall.add_person('Will', 'America/New_York') \g /dev/null
SELECT oncall.add_rotation('Weekends', '{Will}', 'R/2024-03-01T17:00[America/New_York]/P7D', seats => '{primary}') \g /dev/null
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts) VALUES ('Weekend', 'America/New_York', 'USD', '17:00') RETURNING pay_policy_id AS flat \gset
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, per)
VALUES (:flat, 10, 'weekend', 'Fr 17:00-24:00; Sa-Su 00:00-24:00; Mo 00:00-08:00', 120, '2 days 15 hours');
SELECT oncall.assign_policy('Will', 'Weekend', '2024-01-01') \g /dev/null
SELECT results_eq($$SELECT f, sum(r.units), sum(r.amount) FROM unnest('{2024-03-01,2024-03-08,2024-11-01}'::date[]) AS f,
		oncall.pay_report(daterange(f, f + 4), 'Weekend') AS r WHERE r.band = 'weekend' GROUP BY f ORDER BY f$$,
	$$VALUES (date '2024-03-01', 1.0, 120.00), ('2024-03-08', 1.0, 120.00), ('2024-11-01', 1.0, 120.00)$$, 'a weekend is a weekend');

SELECT * FROM finish();
ROLLBACK;
