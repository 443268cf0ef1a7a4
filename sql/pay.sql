-- Pay policies, bands, assignments and responses: what is accepted, and what
-- bad input gets.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- Currencies
SELECT c, oncall_internal.currency_digits(c)
FROM unnest('{NZD,JPY,KWD,CLF,EUR,nzd,XXX,"",ZZZ}'::text[]) c;

-- A policy with its defaults
INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ('NZ', 'Pacific/Auckland', 'NZD');
\x
SELECT * FROM oncall.pay_policy;
\x
INSERT INTO oncall.calendar (name) VALUES ('NZ');
INSERT INTO oncall.person (name, zone, calendar_id) VALUES ('Aroha', 'Pacific/Auckland', 1), ('Ben', 'Europe/London', NULL);
INSERT INTO oncall.rotation (name, zone) VALUES ('SRE', 'UTC');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, rotation_id, seat, standby_rate, callout_rate, per,
	whole_days, lieu_factor, lieu_day)
VALUES (1, 10, 'holiday', 'PH 00:00-24:00', NULL, NULL, 12.5, 90, '1 hour', false, 1, '8 hours'),
	(1, 20, 'working', NULL, NULL, NULL, 0, 0, '1 day', true, 0, '1 day'),
	(1, 30, 'night', 'Mo-Su 22:00-06:00', 1, 2, 3.001, 0, '7 days', false, 0.5, '0'),
	(1, 40, 'night', 'Mo-Su 22:00-06:00', NULL, NULL, 4, 0, '00:20', false, 0, NULL);
SELECT position, band, applies, standby_rate, per, whole_days, lieu_day FROM oncall.pay_band ORDER BY position;

-- Bad policies
CREATE FUNCTION pg_temp.try(command text) RETURNS TABLE (code text, con text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	message := 'accepted';
	RETURN NEXT;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT try.* FROM (VALUES
	($$('X', NULL, 'NZD')$$), ($$('X', 'UTC', NULL)$$), ($$('X', 'Etc/UTC', 'nzd')$$), ($$('X', 'Etc/UTC', 'Euro')$$),
	($$('X', 'NZST', 'NZD')$$), ($$('NZ', 'Etc/UTC', 'NZD')$$), ($$(' ', 'Etc/UTC', 'NZD')$$)) v(written),
	pg_temp.try('INSERT INTO oncall.pay_policy (name, zone, currency) VALUES ' || written);
SELECT change, try.* FROM (VALUES
	('day_starts = ''24:00'''), ('overlap = ''twice'''), ('minimum_callout = ''-1 hour'''), ('minimum_callout = ''1 day'''),
	('minimum_callout = ''1 mon'''), ('round_to = ''0'''), ('round_to = ''-1 min'''), ('round_to = ''1 day'''),
	('rest_period = ''-1 hour'''), ('rest_period = ''1 mon'''), ('rest_rule = ''none'''), ('reclaim_within = ''0'''),
	('reclaim_within = ''3 mons'''), ('minimum_callout = ''3 hours'', round_to = ''1 hour''')) v(change),
	pg_temp.try('UPDATE oncall.pay_policy SET ' || change);

-- Bad bands
SELECT change, try.* FROM (VALUES
	('standby_rate = -1'), ('standby_rate = ''NaN'''), ('callout_rate = ''Infinity'''), ('callout_rate = ''NaN'''),
	('lieu_factor = -0.5'), ('lieu_factor = ''NaN'''), ('standby_rate = NULL'), ('per = ''0'''), ('per = ''-1 hour'''),
	('per = ''1 month 1 hour'''), ('per = ''2 days -24:00'''), ('per = ''1 month'''), ('per = ''1 year'''),
	('per = ''-1 day'''), ('whole_days = true'), ('per = ''1 week'', whole_days = true'), ('seat = 0'), ('seat = 3'),
	('rotation_id = 1, seat = 3'), ('rotation_id = 9'), ('pay_policy_id = 9'), ('position = 20'), ('band = '' '''),
	('lieu_day = ''-1 hour'''), ('lieu_day = ''1 mon'''), ('per = NULL'), ('applies = ''sunset'''),
	('callout_rate = NULL, seat = 1'), ('callout_per = ''0'''), ('callout_per = ''1 month'''), ('pay_code = '' '''),
	('standby_lieu_factor = -1'), ('standby_lieu_day = ''-1 hour'''), ('standby_lieu_day = ''1 mon''')) v(change),
	pg_temp.try('UPDATE oncall.pay_band SET ' || change || ' WHERE position = 10');

-- Assignments
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (1, 1, '[2026-01-01,2027-01-01)');
SELECT written, try.* FROM (VALUES
	($$(1, 1, '[2026-12-31,)', NULL, NULL)$$), ($$(1, 1, DEFAULT, NULL, NULL)$$), ($$(1, 1, '[2027-01-01,2027-01-01)', NULL, NULL)$$),
	($$(1, 1, '(2027-01-01,2027-02-01)', NULL, NULL)$$), ($$(1, 1, '[2027-01-01,infinity)', NULL, NULL)$$),
	($$(1, NULL, '[2020-01-01,2021-01-01)', NULL, NULL)$$), ($$(1, NULL, '[2020-01-01,)', 'Etc/UTC', '24/7')$$),
	($$(1, 1, '[2027-01-01,2028-01-01)', 'NZST', NULL)$$), ($$(9, 1, '[2027-01-01,2028-01-01)', NULL, NULL)$$),
	($$(1, 9, '[2027-01-01,2028-01-01)', NULL, NULL)$$), ($$(1, 1, '[2027-01-01,2028-01-01)', 'Europe/London', NULL)$$)) v(written),
	pg_temp.try('INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid, zone, working_hours) VALUES ' || written);
SELECT try.* FROM pg_temp.try('UPDATE oncall.pay_assignment SET valid = ''[2026-06-01,2027-06-01)'' WHERE zone IS NULL');
SELECT try.* FROM pg_temp.try('UPDATE oncall.pay_assignment SET valid = ''[2026-06-01,2026-09-01)'' WHERE zone IS NULL');
-- without the trigger's look, two sessions at once: the constraint stands
ALTER TABLE oncall.pay_assignment DISABLE TRIGGER pay_assignment_rules;
SELECT try.code, try.con FROM (VALUES ('(1, 1, NULL)'), ('(1, NULL, ''Etc/UTC'')')) v(written),
	pg_temp.try(format('INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, zone) VALUES %s', written));
ALTER TABLE oncall.pay_assignment ENABLE TRIGGER pay_assignment_rules;

-- Responses
SELECT written, try.code, try.con, regexp_replace(try.message, '(from) [0-9].*(\] lies)', '\1 ... \2'),
	regexp_replace(try.detail, '[0-9].*', '...'), try.hint FROM (VALUES
	($$(1, '[2021-03-01 02:00,2021-03-01 03:00)')$$), ($$(1, '[2021-03-01 02:00,)')$$), ($$(1, '[2021-03-01 02:00,2021-03-01 02:00)')$$),
	($$(1, '[2021-03-01 02:00,2021-03-01 03:00]')$$), ($$(1, '(2021-03-01 02:00,2021-03-01 03:00)')$$), ($$(1, '(,2021-03-01 03:00)')$$),
	($$(1, '[2021-03-01 02:00,infinity)')$$), ($$(1, '[-infinity,2021-03-01)')$$), ($$(1, '[2021-03-01 03:00,2021-03-01 02:00)')$$),
	($$(1, tstzrange(now() + '1 hour', NULL))$$), ($$(1, tstzrange(now() - interval '1 hour', now() + '1 hour'))$$),
	($$(1, tstzrange(now() - interval '1 hour', now()))$$), ($$(9, '[2021-03-01 02:00,2021-03-01 03:00)')$$), ('(1, NULL)')) v(written),
	pg_temp.try('INSERT INTO oncall.response (person_id, period) VALUES ' || written);
\t off
\pset recordsep '\n'
\pset format aligned

-- An edit of a person keeps the past, where there is any
UPDATE oncall.person SET name = 'Bert', zone = zone WHERE person_id = 2;
UPDATE oncall.person SET zone = 'Europe/Paris' WHERE person_id = 2;
SELECT count(*) FROM oncall.pay_assignment WHERE pay_policy_id IS NULL;
INSERT INTO oncall.response (person_id, period) VALUES (2, '[2021-03-01 02:00,2021-03-01 03:00)');
UPDATE oncall.person SET zone = 'Europe/Rome', working_hours = 'Mo-Th 08:00-18:00' WHERE person_id = 2;
UPDATE oncall.person SET zone = 'Europe/Rome', calendar_id = calendar_id WHERE person_id = 2;
SELECT person_id, lower(valid) AS since, upper(valid) > now() - interval '1 minute' AS "until now",
	zone, working_hours, calendar_id
FROM oncall.pay_assignment WHERE pay_policy_id IS NULL;
-- corrected to when the move was; the next edit keeps what lies between
UPDATE oncall.pay_assignment SET valid = '[2019-01-01,2020-02-01)' WHERE pay_policy_id IS NULL;
UPDATE oncall.person SET calendar_id = 1 WHERE person_id = 2;
SELECT lower(valid) AS since, CASE WHEN upper(valid) < '2020-06-01' THEN upper(valid) END AS until, zone, working_hours, calendar_id
FROM oncall.pay_assignment WHERE pay_policy_id IS NULL ORDER BY valid;
-- assigned to a policy, in a layer, in a cover
UPDATE oncall.person SET calendar_id = NULL WHERE person_id = 1;
INSERT INTO oncall.person (name, zone) VALUES ('Cleo', 'America/New_York'), ('Dov', 'Asia/Jerusalem'), ('Eve', 'Europe/Paris');
INSERT INTO oncall.layer (rotation_id, cadence) VALUES (1, 'R/2021-01-05T12:00[Etc/UTC]/P7D');
INSERT INTO oncall.layer (rotation_id, cadence, valid) VALUES (1, 'R/2021-01-05T12:00[Etc/UTC]/P7D', '[2190-01-01,)');
INSERT INTO oncall.layer_member (layer_id, position, person_id) VALUES (1, 1, 3), (2, 1, 5);
INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES (1, 1, '[2021-03-01,2021-03-02)', 4), (1, 1, '[2199-03-01,2199-03-02)', 5);
UPDATE oncall.person SET zone = 'Etc/UTC' WHERE person_id > 2;
SELECT person_id, zone, working_hours, calendar_id FROM oncall.pay_assignment
WHERE pay_policy_id IS NULL AND person_id <> 2 ORDER BY person_id;
ROLLBACK;
