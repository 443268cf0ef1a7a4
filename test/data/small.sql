-- A small company with rows of every kind, for the tests that carry them to
-- another server: layers and covers that are believed, changed, ended,
-- withdrawn, and never were. To be loaded by the owner of the tables, who may
-- write what was believed when.

INSERT INTO oncall.calendar (name) VALUES ('New Zealand');
INSERT INTO oncall.holiday (calendar_id, day, name, season, observes) VALUES
	(1, '2021-12-25', 'Christmas Day', 'Christmas 2021', NULL),
	(1, '2021-12-27', 'Christmas Day', 'Christmas 2021', '2021-12-25'),
	(1, '2021-12-28', 'Boxing Day', 'Christmas 2021', '2021-12-26');
INSERT INTO oncall.person (name, zone, calendar_id, working_hours, company_phone) VALUES
	('Aroha', 'Pacific/Auckland', 1, 'Mo-Th 08:00-16:30; PH off', '+64 1'),
	('Ben', 'Europe/London', NULL, DEFAULT, '+44 2'),
	('Cleo', 'America/New_York', NULL, DEFAULT, NULL),
	('Dov', 'Asia/Jerusalem', NULL, 'Su-Th 09:00-17:00', NULL),
	('Émile', 'Europe/Paris', NULL, DEFAULT, NULL);
INSERT INTO oncall.absence (person_id, period, kind, note) VALUES
	(1, '[2022-01-01Z,2022-02-01Z)', 'leave', 'at the sea');
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('SRE', 'Pacific/Auckland', 1);
INSERT INTO oncall.rotation (name, team_id, calendar_id, seats, zone, max_consecutive, exclusive) VALUES
	('SRE', 1, 1, '{primary,secondary,shadow}', NULL, NULL, false),
	('Product', 1, NULL, DEFAULT, 'Europe/London', NULL, false),
	('Sun', NULL, 1, '{only}', 'UTC', NULL, true);

BEGIN;
INSERT INTO oncall.layer (rotation_id, rank, valid, cadence, hours, pairing, seats, recorded) VALUES
	(1, 0, '[2020-01-01Z,2023-01-01Z)', 'R/2020-01-07T12:00[Pacific/Auckland]/P7D', NULL, 'staggered', 3, '[2020-01-01Z,)'),
	(1, 0, '[2023-01-01Z,)', 'R/2020-01-07T12:00[Pacific/Auckland]/P7D', NULL, 'fixed', 2, '[2022-12-01Z,)'),
	(1, 2, '(,)', 'R/2020-03-02T09:00[Europe/London]/P1D,P1D,P1D,P1D,P3D', 'Mo-Fr 09:00-17:00; PH off', 'mixed', 2, '[2020-03-01Z,2020-09-01Z)'),
	(2, 0, '(,)', 'R/2020-01-31T02:30[Europe/London]/P1M', NULL, 'mixed', 2, '[2020-01-01Z,)'),
	(3, 0, '(,)', 'R/2020-01-01T00:00[Pacific/Auckland]/P1D', '08:00-16:00', 'staggered', 1, '[2020-01-01Z,)'),
	(3, 0, '(,)', 'R/2020-01-01T00:00[America/New_York]/P1D', 'Mo-Su 22:00-06:00; PH off', 'staggered', 1, '[2020-01-01Z,)');
INSERT INTO oncall.layer_member (layer_id, position, person_id, valid, recorded)
SELECT m.layer_id, m.position, m.person_id, '(,)', l.recorded
FROM (VALUES (1, 1, 1), (1, 2, 2), (1, 3, NULL), (1, 10, 3),
	(2, 1, 1), (2, 2, 2), (2, 3, 3), (2, 4, 4),
	(3, 1, 4), (3, 2, 5),
	(4, 1, 2), (4, 2, 3), (4, 3, 4), (4, 4, 5), (4, 5, 1),
	(5, 1, 1), (5, 2, 4), (6, 1, 3), (6, 2, 3), (6, 3, 5)) AS m(layer_id, position, person_id)
JOIN oncall.layer l USING (layer_id)
ORDER BY m.layer_id, m.position;
-- the first layer was open at the end until two weeks before
INSERT INTO oncall.layer (rotation_id, rank, valid, cadence, pairing, seats, recorded, copy_of) VALUES
	(1, 0, '[2020-01-01Z,)', 'R/2020-01-07T12:00[Pacific/Auckland]/P7D', 'staggered', 3, '[2020-01-01Z,2022-12-15Z)', 1);
COMMIT;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES
	(1, 2, 'reserve', '[2020-01-01Z,)'),
	(3, 2, 'shadow', '[2021-01-01Z,)'), (3, 5, 'volunteer', '[2021-01-01Z,)');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r.rotation_id, p.person_id, 'reserve', '[2020-01-01Z,)' FROM oncall.rotation r, oncall.person p
ON CONFLICT DO NOTHING;

-- some covers are such as the rules of trades would refuse today
ALTER TABLE oncall.cover DISABLE TRIGGER cover_judge;
INSERT INTO oncall.change (change_id, kind, rotation_id, made_at, made_by, person_id, reason, past_reason, undoes) VALUES
	(100, 'cover', 1, '2021-01-01Z', 'somebody', 4, 'wedding', NULL, NULL),
	(101, 'swap', 1, '2021-02-01Z', 'somebody', 1, E'tab\there', 'forgotten', NULL),
	(102, 'undo', NULL, '2021-02-20Z', 'somebody', NULL, NULL, NULL, 100);
SELECT setval(pg_get_serial_sequence('oncall.change', 'change_id'), 102) \g /dev/null
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, instead_of, shift, change_id, closed_by, recorded) VALUES
	(1, 1, '[2021-03-01Z,2021-03-08Z)', 5, 1, '[2021-02-28Z,2021-03-08Z)', 101, NULL, '[2021-02-01Z,)'),
	(1, 2, '[2021-03-01Z,2021-03-08Z)', 3, NULL, NULL, 101, 102, '[2021-02-01Z,2021-02-20Z)'),
	(1, 3, '[2021-04-01Z,2021-04-08Z)', NULL, NULL, NULL, 101, NULL, '[2021-02-01Z,)'),
	(2, 1, '[2021-03-27Z,2021-03-29Z)', 1, NULL, NULL, 101, NULL, '[2021-03-28 00:30Z,)');
INSERT INTO oncall.cover (rotation_id, seat, period, person_id, recorded, change_id, closed_by, copy_of) VALUES
	(1, 1, '[2021-03-01Z,2021-03-10Z)', 4, '[2021-01-01Z,2021-02-01Z)', 100, 101, 1);
-- what changes, and what does not decide
INSERT INTO oncall.layer_leave (layer_member_id, period, recorded) VALUES (2, '[2022-05-01Z,2022-06-01Z)', '[2022-01-01Z,)');
INSERT INTO oncall.layer_rule (layer_id, since, cadence, hours, pairing, recorded) VALUES
	(5, '2024-01-01Z', 'R/2024-01-01T00:00[Pacific/Auckland]/P2D', 'Mo-Su 07:30-16:00', 'following', '[2023-12-01Z,)');
INSERT INTO oncall.not_together (person_id, other_id, note) VALUES (1, 5, E'tab\there');

INSERT INTO oncall.swap_request (rotation_id, seat, period, offered_by, offered_to,
	in_return_rotation_id, in_return_seat, in_return_period, state, accepted_by, change_id, note, created_at, closed_at) VALUES
	(1, 1, '[2021-03-01Z,2021-03-08Z)', 1, NULL, 1, 2, '[2021-03-01Z,2021-03-08Z)', 'accepted', 5, 101, 'wedding', '2021-01-31Z', '2021-02-01Z'),
	(1, 2, '[2021-05-01Z,2021-05-02Z)', 2, 3, NULL, NULL, NULL, 'withdrawn', NULL, NULL, NULL, '2021-02-03Z', '2021-02-04Z'),
	(1, 2, '[2021-05-01Z,2021-05-02Z)', 2, 3, NULL, NULL, NULL, 'expired', NULL, NULL, 'nobody came', '2021-02-05Z', '2021-05-01Z'),
	(2, 1, '[2090-05-10Z,2090-05-11Z)', 5, 1, 2, 2, '[2090-05-10Z,2090-05-11Z)', 'open', NULL, NULL, NULL, '2021-02-05Z', NULL),
	(3, 1, '[2090-05-10 02:00Z,2090-05-10 03:00Z)', 3, NULL, NULL, NULL, NULL, 'open', NULL, NULL, E'tab\there', '2021-02-05Z', NULL);

-- and what the triggers write
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES
	(1, 1, '[2030-03-01Z,2030-03-08Z)', 1), (1, 2, '[2030-03-01Z,2030-03-08Z)', 2),
	(2, 1, '[2030-03-01Z,2030-03-08Z)', 3);
UPDATE oncall.cover SET person_id = 4 WHERE rotation_id = 1 AND seat = 1 AND period @> timestamptz '2030-03-02Z';
SELECT oncall.end_cover(c.cover_id, '2030-03-04Z') FROM oncall.cover c
	WHERE c.rotation_id = 1 AND c.seat = 2 AND c.period @> timestamptz '2030-03-02Z' AND upper_inf(c.recorded);
SELECT oncall.withdraw_cover(c.cover_id) FROM oncall.cover c
	WHERE c.rotation_id = 2 AND c.period @> timestamptz '2030-03-02Z';
SELECT oncall.end_layer(2, '2031-01-01Z');
BEGIN;
INSERT INTO oncall.cover (rotation_id, seat, period) VALUES (3, 1, '[2028-03-01Z,2028-03-08Z)');
SELECT oncall.withdraw_cover(max(cover_id)) FROM oncall.cover;
COMMIT;
ALTER TABLE oncall.cover ENABLE TRIGGER cover_judge;

-- who is paid how, and what for
INSERT INTO oncall.pay_policy (name, zone, currency, day_starts, overlap, minimum_callout, round_to, rest_period, rest_rule,
	reclaim_within, lieu_overdraft) VALUES
	('NZ', 'Pacific/Auckland', 'NZD', DEFAULT, DEFAULT, '3 hours', '15 minutes', DEFAULT, DEFAULT, '2 months', true),
	('GB', 'Europe/London', 'GBP', '08:30', 'each', DEFAULT, DEFAULT, '9 hours', 'make_up', NULL, DEFAULT);
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, rotation_id, seat, standby_rate, callout_rate, per,
	whole_days, lieu_factor, lieu_day) VALUES
	(1, 10, 'holiday', 'PH 00:00-24:00', NULL, NULL, 12.50, 90, '1 hour', false, 1, '1 day'),
	(1, 20, 'working', NULL, NULL, NULL, 0, 0, '1 hour', false, 0, NULL),
	(1, 30, 'second seat', '24/7', NULL, 2, 2.10, 0, '1 hour', false, 0, NULL),
	(1, 40, 'night', 'Mo-Su 22:00-06:00', NULL, NULL, 6.25, 75, '1 hour', false, 1.5, '8 hours'),
	(1, 50, 'weekend', 'Sa-Su 00:00-24:00', 1, NULL, 8.00, 75, '1 hour', false, 1, NULL),
	(2, 1, 'day', '24/7', NULL, NULL, 25, 40, '1 day', true, 0, NULL);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone, working_hours, calendar_id) VALUES
	(1, 1, '(,)', NULL, NULL, NULL),
	(2, 2, '[2020-01-01Z,2021-06-01Z)', NULL, 'Mo-Fr 10:00-18:00', NULL),
	(2, 1, '[2021-06-01Z,)', 'Pacific/Auckland', NULL, 1),
	(3, NULL, '[2020-06-01Z,2021-01-01Z)', 'America/Chicago', '24/7', 1);
-- what went wrong, whom it called and what they did
INSERT INTO oncall.service (name, team_id, ack_timeout, reopen_within) VALUES ('Shop', 1, '3 hours', '1 hour'), ('Wiki', 1, NULL, '0');
INSERT INTO oncall.service_rotation (service_id, rotation_id, seats) VALUES (1, 1, '{1,2}'), (1, 2, DEFAULT);
INSERT INTO oncall.maintenance (service_id, period, note) VALUES (1, '[2021-12-01Z,2021-12-02Z)', E'tab\there');
INSERT INTO oncall.escalation_step (service_id, step, wait, rotation_id, seat, holder, person_id, hours, when_empty, strategy, repeat) VALUES
	(1, 1, '10 minutes', 1, 2, 'next', NULL, 'Mo-Fr 09:00-17:00', 'hold', 'all', 2),
	(1, 3, '15 minutes', 2, NULL, 'now', NULL, NULL, 'wait', 'in_turn', 1),
	(1, 4, '00:00', NULL, NULL, 'now', 3, NULL, 'skip', 'all', 1);
UPDATE oncall.severity SET meaning = E'tab\there' WHERE name = 'SEV4';
INSERT INTO oncall.incident (incident_id, service_id, service_name, severity, summary, source, dedup_key, opened_at, acknowledged_at,
	resolved_at, resolution, merged_into, asked_at, step, times, waits_since) VALUES
	(7, 1, NULL, 'SEV1', E'tab\there', 'customer', 'key', '2021-12-26 08:50Z', '2021-12-26 09:10Z', '2021-12-27Z', 'resolved', NULL,
		'2021-12-26 08:50Z', 1, 2, NULL),
	(8, NULL, 'Warehouse', 'SEV3', 'smoke', 'staff', NULL, '2021-12-26 08:55Z', NULL, '2021-12-26 09:30Z', 'merged', 7, '2021-12-26 08:55Z', 0, 1, NULL),
	(9, 2, NULL, 'SEV4', 'typo', 'monitoring', 'key', '2021-12-26 08:55Z', NULL, NULL, NULL, NULL, '2021-12-26 08:55Z', 0, 1, NULL);
SELECT setval(pg_get_serial_sequence('oncall.incident', 'incident_id'), 9) \g /dev/null
INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at, due_at, claimed_at, claimed_by, lease_until, claims,
	failure, sent_at, acknowledged_at, cancelled_at, merged_from) VALUES
	(7, 1, 0, 1, 1, 'opened', '2021-12-26 08:50Z', NULL, '2021-12-26 08:51Z', 'sms', '2021-12-26 08:52Z', 2, 'busy', '2021-12-26 08:51Z',
		'2021-12-26 09:00Z', NULL, NULL),
	(7, NULL, 1, 1, 2, 'step', '2021-12-26 09:00Z', '2021-12-27Z', NULL, NULL, NULL, 0, NULL, NULL, NULL, '2021-12-26 09:10Z', 8);
INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, other_person_id, other_incident_id, detail, recorded_at, merged_from) VALUES
	(7, '2021-12-26 08:50Z', 'opened', NULL, NULL, NULL, NULL, '2021-12-26 08:50Z', NULL),
	(7, '2021-12-26 09:10Z', 'reassigned', 1, 2, NULL, E'tab\there', '2021-12-26 09:10Z', NULL),
	(7, '2021-12-26 09:30Z', 'merged', NULL, NULL, 8, NULL, '2021-12-26 09:30Z', 8);
INSERT INTO oncall.incident_role (incident_id, role, person_id, period, merged_from) VALUES
	(7, 'commander', 1, '[2021-12-26 09:00Z,2021-12-26 10:00Z)', NULL), (7, 'scribe', 2, '[2021-12-26 09:00Z,)', 8);
INSERT INTO oncall.response (person_id, incident_id, period) VALUES
	(1, 7, '[2021-12-26 09:00Z,2021-12-26 11:30Z)'), (1, NULL, '[2021-12-26 11:00Z,2021-12-26 13:00Z)'),
	(2, 7, '[2021-12-26 09:10Z,)');
INSERT INTO oncall.contact (person_id, method, address, urgency, after, verified_on) VALUES
	(1, 'phone', '+64 1', 'high', '5 minutes', '2021-12-01'), (1, 'push', E'tab\there', DEFAULT, DEFAULT, NULL);
INSERT INTO oncall.heartbeat (service_id, every, last_at, severity) VALUES
	(1, '10 minutes', '2021-12-26 08:40Z', 'SEV2'), (2, '1 day', '2021-12-26Z', NULL);
UPDATE oncall.person SET zone = 'America/Denver' WHERE person_id = 3;
UPDATE oncall.person SET calendar_id = 1 WHERE person_id = 3;
-- what was paid, with what was recorded later, and time in lieu
SELECT oncall.close_pay_run('GB', '[2021-05-01,2021-06-01)', allow_gap => true);
SELECT oncall.close_pay_run('NZ', '[2021-11-01,2021-12-01)', allow_gap => true);
INSERT INTO oncall.response (person_id, period) VALUES (1, '[2021-11-20 12:00Z,2021-11-20 12:20Z)');
SELECT oncall.close_pay_run('NZ', '[2021-12-01,2021-12-25)');
INSERT INTO oncall.lieu_entry (person_id, day, kind, amount, note) VALUES
	(1, '2022-03-01', 'taken', '02:30', E'tab\there'), (1, '2022-06-01', 'expired', '1 day', NULL),
	(3, '2022-06-01', 'adjusted', '04:00', 'from before');
