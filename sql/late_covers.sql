-- Covers in time that has been paid: refused, but for late ones, and what
-- these pay. What is expected was worked out by hand; the comments show how.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET intervalstyle = 'postgres';
BEGIN;
SELECT oncall.setup() IS NOT NULL AS ready;

-- Aroha and Ben change over on Mondays at noon, paid 2.00 an hour and more on
-- Sundays; Cleo is paid by another policy, Dov by none.
INSERT INTO oncall.person (person_id, name, zone) VALUES (1, 'Aroha', 'Etc/UTC'), (2, 'Ben', 'Etc/UTC'), (3, 'Cleo', 'Etc/UTC'), (4, 'Dov', 'Etc/UTC');
SELECT oncall.add_rotation('SRE', '{Aroha,Ben}', 'R/2023-01-02T12:00[Etc/UTC]/P7D', seats => '{primary,secondary,shadow}') AS sre \gset
SELECT oncall.add_rotation('Web', '{Dov}', 'R/2023-01-02T12:00[Europe/London]/P7D', seats => '{only}', zone => 'Europe/London') AS web \gset
UPDATE oncall.rotation SET max_consecutive = NULL, exclusive = false;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT r.rotation_id, p.person_id, 'reserve', '[2020-01-01Z,)' FROM oncall.rotation r, oncall.person p ON CONFLICT DO NOTHING;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Hourly', 'Etc/UTC', 'EUR'), (2, 'Kiwi', 'Pacific/Auckland', 'NZD');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, seat, standby_rate, callout_rate) VALUES
	(1, 10, 'second', '24/7', 2, 0.50, 0), (1, 20, 'Sunday', 'Su 00:00-24:00', NULL, 3.15, 40), (1, 30, 'other', '24/7', NULL, 2, 30),
	(2, 10, 'other', '24/7', NULL, 1, 1);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) VALUES (1, 1, '(,)'), (2, 1, '[2023-01-10,)'), (3, 2, '(,)');
SELECT oncall.close_pay_run('Hourly', '[2023-01-01,2023-02-01)') AS january \gset

CREATE FUNCTION pg_temp.try(command text) RETURNS TABLE (code text, con text, tab text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	RAISE SQLSTATE 'OK000' USING MESSAGE = 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, tab = TABLE_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	detail := regexp_replace(detail, 'Pay run \d+', 'Pay run N');
	message := regexp_replace(message, 'cover \d+', 'cover N');
	RETURN NEXT;
END
$$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;

-- ---------------------------------------------------------------------------
-- What is refused, and what is not
-- ---------------------------------------------------------------------------

\pset format unaligned
\pset fieldsep '\n  '
\pset recordsep '\n\n'
\t on
SELECT v.command, try.* FROM (VALUES
	-- both are paid by the policy; one of them is; one was, then
	($$SELECT oncall.cover_shift('SRE', '[2023-01-17 00:00,2023-01-18 00:00)', 'Ben', 'Aroha', 'forgot', 'secondary')$$),
	($$SELECT oncall.cover_shift('SRE', '[2023-01-17 00:00,2023-01-18 00:00)', 'Ben', 'Dov', 'forgot', 'secondary')$$),
	($$SELECT oncall.cover_shift('Web', '[2023-01-17 00:00,2023-01-18 00:00)', 'Dov', 'Ben')$$),
	($$SELECT oncall.cover_shift('Web', '[2023-01-09 00:00,2023-01-10 06:00)', 'Dov', 'Ben')$$),
	($$SELECT oncall.cover_shift('Web', '[2023-01-09 00:00,2023-01-10 00:00)', 'Dov', 'Ben')$$),
	-- people of other policies, and of none
	($$SELECT oncall.cover_shift('Web', '[2023-01-17 00:00,2023-01-18 00:00)', 'Dov', 'Cleo')$$),
	-- the run ends at midnight
	($$SELECT oncall.cover_shift('SRE', '[2023-01-31 00:00,2023-02-02 00:00)', 'Ben', 'Dov', 'forgot', 'secondary')$$),
	($$SELECT oncall.cover_shift('SRE', '[2023-01-31 00:00,2023-02-02 00:00)', 'Aroha', 'Dov', 'forgot')$$),
	($$SELECT oncall.cover_shift('SRE', '[2023-02-01 00:00,2023-02-02 00:00)', 'Ben', 'Dov', 'forgot')$$),
	-- a swap, half of which is in the run
	($$SELECT oncall.swap_shifts('SRE', 'Aroha', '2023-01-03Z', 'Ben', '2023-02-15Z', a_seat => 'primary', b_seat => 'secondary')$$),
	-- nobody, on purpose, and nothing that changes
	($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT rotation_id, 1, '[2023-01-03,2023-01-04)', NULL FROM oncall.rotation WHERE name = 'SRE'$$),
	($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT rotation_id, 1, '[2023-01-03,2023-01-04)', 1 FROM oncall.rotation WHERE name = 'SRE'$$),
	($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT rotation_id, 3, '[2023-01-03,2023-01-04)', 1 FROM oncall.rotation WHERE name = 'SRE'$$),
	-- several times, in two zones
	($$INSERT INTO oncall.cover (rotation_id, seat, period, person_id) SELECT rotation_id, 1, p::tstzrange, 4
		FROM oncall.rotation, unnest('{"[2023-01-03,2023-01-04)","[2023-01-05,2023-01-06)","[2023-01-06 12:00,2023-01-06 13:00:00.5)"}'::text[]) p WHERE name = 'SRE'$$)) v(command),
	LATERAL (SELECT t.* FROM pg_temp.try(v.command) t) try;
-- a policy's day is that of its zone: 31 January in Auckland ends at 11:00 UTC
SELECT oncall.close_pay_run('Kiwi', '[2023-01-01,2023-02-01)') IS NOT NULL;
SELECT v.command, try.* FROM (VALUES
	($$SELECT oncall.cover_shift('Web', '[2023-01-31 10:30,2023-01-31 12:00)', 'Dov', 'Cleo')$$),
	($$SELECT oncall.cover_shift('Web', '[2023-01-31 11:00,2023-01-31 12:00)', 'Dov', 'Cleo')$$)) v(command),
	LATERAL (SELECT t.* FROM pg_temp.try(v.command) t) try;

-- objections() say so too, of those who lose duty as well
SELECT o.person_id, o.constraint_name, o.rotation_id = :sre, o.period, o.message, regexp_replace(o.detail, 'run \d+', 'run N'), o.hint
FROM oncall.objections(ARRAY[:sre, :sre], '{1,1}', '{"[2023-01-30 06:00Z,2023-02-01 00:00Z)","[2023-02-02 06:00Z,2023-02-03 00:00Z)"}', '{2,4}', true) o;
SELECT o.person_id, o.constraint_name, o.period FROM oncall.objections(ARRAY[:sre], '{1}', '{"[2023-01-30 06:00Z,2023-02-03 00:00Z)"}', '{NULL}') o;
SELECT count(*) FROM oncall.objections(ARRAY[:sre], '{1}', '{"[2023-02-02 06:00Z,2023-02-03 00:00Z)"}', '{NULL}') o;

-- ---------------------------------------------------------------------------
-- What cover_shift() refuses of the past
-- ---------------------------------------------------------------------------

SELECT v.args, try.* FROM (VALUES
	($$NULL, '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => 'ill'$$), ($$'SRE', NULL, 'Ben', 'Dov', past_reason => 'ill'$$),
	($$'SRE', '[2023-01-17,)', 'Ben', 'Dov', past_reason => 'ill'$$), ($$'SRE', '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => NULL$$),
	($$'SRE', '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => ' '$$), ($$'SRE', '[2023-01-17,2023-01-18)', 'Ben', 'Ben', past_reason => 'ill'$$),
	($$'SRE', '[2023-01-17,2023-01-18)', NULL, NULL, past_reason => 'ill'$$), ($$'SRE', '[2023-01-17,2023-01-18)', 'Bne', 'Dov', past_reason => 'ill'$$),
	($$'SRF', '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => 'ill'$$), ($$'SRE', '[2023-01-17,2023-01-18)', 'Dov', 'Ben', past_reason => 'ill'$$),
	($$'SRE', '[2023-01-17,2023-01-18)', NULL, 'Dov', past_reason => 'ill'$$), ($$'SRE', '[2023-01-17,2023-01-18)', NULL, 'Dov', past_reason => 'ill', seat => 'primary'$$),
	($$'SRE', '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => 'ill', seat => 'third'$$), ($$'SRE', '[2023-01-17,2023-01-18)', 'Ben', 'Dov', past_reason => 'ill', seat => 'primary'$$)) v(args),
	LATERAL (SELECT t.* FROM pg_temp.try('SELECT oncall.cover_shift(' || v.args || ')') t) try;
-- other rules hold for late covers
SELECT try.con, try.message FROM pg_temp.try($$SELECT oncall.cover_shift('SRE', '[2023-01-17 00:00,2023-01-18 00:00)', 'Ben', 'Aroha', seat => 'secondary', past_reason => 'forgot')$$) try;

-- ---------------------------------------------------------------------------
-- What late covers pay
-- ---------------------------------------------------------------------------

\t off
\pset format aligned
\pset recordsep '\n'
-- Ben was ill on his last 36 hours as the primary, from Sunday 15 January, and Dov, whom no policy pays, served:
-- Sunday 24 x 3.15 = 75.60, Monday 12 x 2 = 24
SELECT seat_name, person, period FROM oncall.roster('[2023-01-15,2023-01-17)', :sre);
SELECT oncall.cover_shift('SRE', '[2023-01-15 00:00,2023-01-16 12:00)', 'Ben', 'Dov', seat => 'primary', past_reason => 'Ben was ill') IS NOT NULL AS ben;
-- and from 24 January 06:00 to 18:00, when nobody was the shadow, Cleo was: 12 x 1, by her policy
SELECT oncall.cover_shift('SRE', '[2023-01-24 06:00,2023-01-24 18:00)', NULL, 'Cleo', seat => 'shadow', past_reason => 'learned') IS NOT NULL AS learned;
-- and nobody in the second seat on 4 January, which is Ben's; he was not paid then
SELECT oncall.cover_shift('SRE', '[2023-01-04,2023-01-05)', 'Ben', NULL, past_reason => 'nobody came') IS NOT NULL AS nobody;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT seat_name, person, period FROM oncall.roster('[2023-01-15,2023-01-17)', :sre);
-- the lines are what they were
SELECT count(*), sum(amount) FROM oncall.pay_line;
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2023-01-01,2023-02-01)', 'Hourly')) - sum(amount) AS difference FROM oncall.pay_line WHERE pay_run_id = :january;
SELECT oncall.close_pay_run('Hourly', '[2023-02-01,2023-03-01)') AS february \gset
SELECT oncall.close_pay_run('Kiwi', '[2023-02-01,2023-03-01)') AS kiwi \gset
SELECT p.name, l.kind, l.band, l.hours, l.rate, l.amount, l.why, l.corrects = :january AS of_january
FROM oncall.pay_line l JOIN oncall.person p USING (person_id) WHERE l.pay_run_id IN (:february, :kiwi) AND l.corrects IS NOT NULL ORDER BY l.pay_line_id;
SELECT (SELECT sum(amount) FROM oncall.pay_report('[2023-01-01,2023-02-01)', 'Hourly')) - sum(amount) AS difference FROM oncall.pay_line WHERE :january IN (pay_run_id, corrects);
-- back again: a late cover over a late cover
SELECT oncall.cover_shift('SRE', '[2023-01-16 00:00,2023-01-16 12:00)', 'Dov', 'Ben', seat => 'primary', past_reason => 'half of it') IS NOT NULL AS half;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT period, person, past_reason, reason FROM oncall.cover_history('SRE', '[2023-01-15,2023-01-17)') WHERE upper_inf(believed) ORDER BY period;
SELECT oncall.close_pay_run('Hourly', '[2023-03-01,2023-04-01)') AS march \gset
SELECT p.name, l.band, l.hours, l.amount, l.why, l.corrects = :january AS of_january
FROM oncall.pay_line l JOIN oncall.person p USING (person_id) WHERE l.pay_run_id = :march AND l.corrects IS NOT NULL ORDER BY l.pay_line_id;
ROLLBACK;
