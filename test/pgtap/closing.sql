-- Random months that are closed, and random facts that are recorded late: the
-- next run pays exactly the difference, whatever the policy, the facts and the
-- order, no line changes once it is written, and a cover that is not late is
-- refused where, and only where, it changes duty that has been paid.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of cases, of which this test takes one in four hundred. All that is
-- random is a function of the seed and the number of the case.
--
-- Closing and covers are transactions of their own, so this needs a database
-- of its own.
--
-- Facts of every kind come late: covers, changes of rules and what undoes them,
-- responses, entries, holidays, assignments that were forgotten or corrected,
-- where people worked and until when they were there; half of the policies are
-- replaced on the way, and runs are reopened and closed again. What is paid in
-- the end is compared with a computation of all that was ever closed, which a
-- run itself does of what something may have touched only.
--
-- Tests: late_covers pay_runs closing lieu pay_entries pay_touched close_run

\set cases 10000
\ir seed.psql
SELECT greatest(:cases / 400, 1) AS cases \gset

\set home :DBNAME
CREATE DATABASE oncall_closing;
\connect oncall_closing
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET jit = off;
CREATE EXTENSION oncall;
CREATE EXTENSION pgtap;
SELECT FROM (SELECT oncall.setup()) AS done;
-- only what has been paid is the business here
ALTER TABLE oncall.cover DISABLE TRIGGER judge_past;
CREATE SCHEMA oracle;
SELECT set_config('search_path',
				  'oracle, pg_catalog, ' ||
				  (SELECT n.nspname FROM pg_extension e
				   JOIN pg_namespace n ON n.oid = e.extnamespace
				   WHERE e.extname = 'pgtap'), false) IS NULL AS never \gset

SELECT plan(9);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

\ir random.psql

-- ---------------------------------------------------------------------------
-- Cases: a policy, three people, two rotations of one seat. Case c has people
-- 3c + 1 to 3c + 3, of whom the last is paid only for some days.
-- ---------------------------------------------------------------------------

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'winter');
INSERT INTO oncall.holiday (calendar_id, day, name, observes) VALUES (1, '2022-01-03', 'New Year', '2022-01-01'), (1, '2022-01-31', 'Anniversary', NULL),
	(1, '2022-02-07', 'Kept', '2022-02-06');
INSERT INTO oncall.person (person_id, name, zone, calendar_id)
SELECT 3 * c + p, 'person ' || 3 * c + p, pick(3 * c + p, 'zone', '{Pacific/Auckland,Europe/London,Australia/Lord_Howe,Asia/Kolkata,Etc/UTC}'::text[]),
	   nullif(rnd(3 * c + p, 'calendar', 2), 0)
FROM generate_series(1, :cases) AS c, generate_series(1, 3) AS p;
INSERT INTO oncall.pay_policy (pay_policy_id, name, join_callouts, standby_during_callout, by_rotation, zone, currency, day_starts, overlap, minimum_callout, round_to)
SELECT c, 'policy ' || c, rnd(c, 'join', 2) = 0, rnd(c, 'during', 2) = 0, rnd(c, 'by rotation', 2) = 0, pick(c, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Etc/UTC}'::text[]),
	   pick(c, 'currency', '{EUR,JPY,KWD}'::text[]), pick(c, 'day starts', '{00:00,08:30}'::time[]),
	   pick(c, 'overlap', '{once,each}'::text[]), pick(c, 'minimum', '{0,1 hour,3 hours}'::interval[]),
	   pick(c, 'round', '{1 minute,1 hour}'::interval[])
FROM generate_series(1, :cases) AS c;
INSERT INTO oncall.pay_band (pay_policy_id, position, of_wage, standby_lieu_factor, standby_lieu_day, band, applies, standby_rate, callout_rate, per, whole_days,
	lieu_factor, lieu_day)
SELECT c, n, rnd(b, 'of wage', 3) = 0, pick(b, 'standby factor', '{0,0.25}'::numeric[]), pick(b, 'standby day', '{4 hours,NULL,NULL}'::interval[]),
	   pick(b, 'name', '{a,b,c}'::text[]),
	   CASE n WHEN 3 THEN '24/7' ELSE pick(b, 'hours', '{"Mo-Su 22:00-06:00","Sa-Su 00:00-24:00","Mo-Fr 08:00-18:00","PH 00:00-24:00",NULL}'::oncall.weekly_hours[]) END,
	   pick(b, 'rate', '{1,2.5,3.333,0.001}'::numeric[]), pick(b, 'callout', '{10,3.333,12.345,NULL}'::numeric[]),
	   per, extract(day FROM per) > 0 AND rnd(b, 'whole', 2) = 0, pick(b, 'factor', '{0,1,1.5}'::numeric[]),
	   pick(b, 'lieu day', '{8 hours,1 day,NULL}'::interval[])
FROM (SELECT c, n, 10 * c + n AS b, pick(10 * c + n, 'per', '{1 hour,1 day,7 days}'::interval[]) AS per
	  FROM generate_series(1, :cases) AS c, generate_series(1, 3) AS n) AS s;
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, wage, valid)
SELECT 3 * c + p, c, 20 + p, CASE p WHEN 3 THEN tstzrange('2022-01-20Z', timestamptz '2022-01-20Z' + interval '1 hour' * rnd(c, 'assigned', 2000)) ELSE '(,)' END
FROM generate_series(1, :cases) AS c, generate_series(1, 3) AS p
WHERE p < 3 OR rnd(c, 'assigned', 2000) > 0;
INSERT INTO oncall.rotation (rotation_id, name, zone, seats, exclusive, max_consecutive)
SELECT 2 * c + r, 'rotation ' || 2 * c + r, 'Etc/UTC', '{only}', false, NULL FROM generate_series(1, :cases) AS c, generate_series(1, 2) AS r;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT 2 * c + r, 3 * c + p, 'reserve', '[2000-01-01Z,)' FROM generate_series(1, :cases) AS c, generate_series(1, 2) AS r, generate_series(1, 3) AS p;
BEGIN;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence)
SELECT 2 * c + r, 2 * c + r, oncall.cadence('2021-12-06 09:00', 'Europe/London', pick(2 * c + r, 'every', '{1 day,7 days,12 hours}'::interval[]))
FROM generate_series(1, :cases) AS c, generate_series(1, 2) AS r;
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT 2 * c + r, i, nullif(3 * c + rnd(10 * c + 5 * r + i, 'member', 4), 3 * c)
FROM generate_series(1, :cases) AS c, generate_series(1, 2) AS r, generate_series(1, 3) AS i;
COMMIT;

-- days of the last one that somebody forgot to assign
CREATE FUNCTION assign_late(c int) RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, wage, valid)
	SELECT 3 * c + 3, c, 19, tstzrange('2022-01-04Z', least('2022-01-20Z', (
		SELECT min(lower(a.valid)) FROM oncall.pay_assignment a WHERE a.pay_policy_id = 10000 + c))) WHERE oracle.rnd(c, 'forgotten', 2) = 0
$$;

-- an instant of the months that are closed, or a little around them
CREATE FUNCTION instant(n bigint, what text) RETURNS timestamptz
LANGUAGE sql STABLE
RETURN timestamptz '2021-12-30Z' + interval '1 minute' * rnd(n, what, 93 * 1440);

CREATE FUNCTION respond(c int, n bigint) RETURNS void
LANGUAGE sql
AS $$
	INSERT INTO oncall.response (person_id, period)
	SELECT 3 * c + 1 + oracle.rnd(n, 'who', 3), tstzrange(at, at + interval '1 minute' * (1 + oracle.rnd(n, 'minutes', 400)))
	FROM oracle.instant(n, 'called') AS at
$$;
SELECT count(*) AS never FROM (SELECT respond(c, 1000 * c + i) FROM generate_series(1, :cases) AS c, generate_series(1, 12) AS i) AS done \gset

-- ---------------------------------------------------------------------------
-- What is worth, and what was paid
-- ---------------------------------------------------------------------------

CREATE FUNCTION worth(run int) RETURNS TABLE (person_id int, rotation_id int, kind text, band text, rate numeric, currency text,
	amount numeric, hours interval, lieu_hours numeric)
LANGUAGE sql STABLE
AS $$
	SELECT w.person_id, w.rotation_id, w.kind, w.band, w.rate, w.currency, sum(w.amount), sum(w.hours), sum(w.lieu_hours)
	FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id,
		oncall.pay_report(oncall_internal.local_days(r.period, p.zone), p.name) w
	WHERE r.pay_run_id = run
	GROUP BY 1, 2, 3, 4, 5, 6
$$;
CREATE FUNCTION unpaid(run int) RETURNS SETOF text
LANGUAGE sql STABLE
AS $$
	SELECT d::text FROM (
		SELECT d.person_id, d.rotation_id, d.kind, d.band, d.rate, d.currency, sum(amount) AS amount, sum(hours) AS hours, sum(lieu_hours) AS lieu
		FROM (
			SELECT * FROM oracle.worth(run)
			UNION ALL
			SELECT l.person_id, l.rotation_id, l.kind, l.band, l.rate, l.currency, - l.amount, - l.hours, - l.lieu_hours
			FROM oncall.pay_line l JOIN oncall.pay_run n ON n.pay_run_id = l.pay_run_id
			WHERE coalesce(l.corrects, l.pay_run_id) = run AND n.reopened_at IS NULL) d
		GROUP BY 1, 2, 3, 4, 5, 6) d
	WHERE d.amount <> 0 OR d.hours <> '0' OR d.lieu <> 0
$$;

-- Another fact that comes late, of those that rows say
CREATE FUNCTION correct(c int, n bigint) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	who int := 3 * c + 1 + oracle.rnd(n, 'whose', 3);
	rota text := 'rotation ' || 2 * c + 1 + oracle.rnd(n, 'whose rota', 2);
	at timestamptz := oracle.instant(n, 'corrected');
	policies int[] := ARRAY(SELECT p.pay_policy_id FROM oncall.pay_policy p WHERE p.pay_policy_id IN (c, 10000 + c) ORDER BY 1);
	entry int;
BEGIN
	CASE oracle.rnd(n, 'correction', 14)
		WHEN 0, 1 THEN
			INSERT INTO oncall.pay_entry (person_id, pay_policy_id, day, pay_code, amount, lieu, why)
			VALUES (who, oracle.pick(n, 'entered for', policies), at::date, oracle.pick(n, 'code', '{A,B,NULL}'::text[]),
				oracle.rnd(n, 'amount', 100) - 30, make_interval(hours => nullif(oracle.rnd(n, 'lieu', 4), 0)::int), 'entry ' || n);
		WHEN 2, 3 THEN
			SELECT e.pay_entry_id INTO entry FROM oncall.pay_entry e
			WHERE e.person_id > 3 * c AND e.person_id <= 3 * c + 3 AND upper_inf(e.recorded)
			ORDER BY oracle.rnd(n + e.pay_entry_id, 'entry', 1000000) LIMIT 1;
			IF oracle.rnd(n, 'withdraw', 2) = 0 AND entry IS NOT NULL THEN
				PERFORM oncall.withdraw_pay_entry(entry);
			ELSE
				UPDATE oncall.pay_entry e SET amount = 7, day = at::date, pay_policy_id = oracle.pick(n, 'entered for', policies)
				WHERE e.pay_entry_id = entry;
			END IF;
		WHEN 4 THEN
			INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (1, at::date, 'late') ON CONFLICT DO NOTHING;
		WHEN 5 THEN
			DELETE FROM oncall.holiday h WHERE h.day = (SELECT min(l.day) FROM oncall.holiday l WHERE l.day >= at::date);
		WHEN 6 THEN
			UPDATE oncall.person p SET zone = oracle.pick(n, 'moves', '{Pacific/Auckland,Europe/London,Etc/UTC}'::text[]),
				calendar_id = nullif(oracle.rnd(n, 'calendar', 2), 0), working_hours = 'Mo-Fr 10:00-16:00' WHERE p.person_id = who;
		WHEN 7 THEN
			-- where somebody worked before they moved, or did not know that they had
			UPDATE oncall.pay_assignment a SET zone = oracle.pick(n, 'moved', '{Asia/Kolkata,Europe/London,Etc/UTC}'::text[])
			WHERE a.person_id = who AND a.pay_policy_id IS NULL;
			IF NOT FOUND THEN
				INSERT INTO oncall.pay_assignment (person_id, valid, zone, working_hours)
				VALUES (who, tstzrange(at, at + interval '5 days'), 'Asia/Tokyo', 'Mo-Su 08:00-12:00');
			END IF;
		WHEN 8 THEN
			UPDATE oncall.person p SET active = CASE WHEN upper_inf(p.active) THEN tstzrange(NULL, at) ELSE '(,)' END WHERE p.person_id = who;
		WHEN 9 THEN
			PERFORM oncall.set_cadence(rota, oncall.cadence('2021-12-06 09:00', 'Europe/London',
				oracle.pick(n, 'then every', '{1 day,2 days,12 hours}'::interval[])), at, past_reason => 'it was another');
		WHEN 10 THEN
			PERFORM oncall.set_members(rota, ARRAY['person ' || who, 'person ' || 3 * c + 1 + oracle.rnd(n, 'and', 3)], at, past_reason => 'they did it');
		WHEN 11 THEN
			UPDATE oncall.response SET approved_by = CASE WHEN approved_by IS NULL THEN 'somebody' END WHERE response_id = (
				SELECT r.response_id FROM oncall.response r WHERE r.person_id = who AND upper_inf(r.recorded)
				ORDER BY oracle.rnd(n + r.response_id, 'approved', 1000000) LIMIT 1);
		WHEN 12 THEN
			PERFORM oncall.undo((
				SELECT g.change_id FROM oncall.change g JOIN oncall.rotation r ON r.rotation_id = g.rotation_id
				WHERE r.name = rota AND g.kind <> 'rows' AND g.past_reason IS NOT NULL
				ORDER BY oracle.rnd(n + g.change_id, 'undone', 1000000) LIMIT 1), past_reason => 'it was not so');
		WHEN 13 THEN
			-- of what is not closed yet
			UPDATE oncall.pay_assignment a SET wage = a.wage + 1 WHERE a.person_id = who AND a.pay_policy_id = policies[1];
	END CASE;
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
EXCEPTION WHEN check_violation OR exclusion_violation OR object_not_in_prerequisite_state OR invalid_parameter_value
	OR null_value_not_allowed OR integrity_constraint_violation THEN
	RETURN;						-- not every correction is possible
END
$$;

-- From a day on people are paid by a policy that replaces theirs
CREATE FUNCTION replace(c int, since date) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	midnight timestamptz := (SELECT since::timestamp AT TIME ZONE p.zone FROM oncall.pay_policy p WHERE p.pay_policy_id = c);
BEGIN
	INSERT INTO oncall.pay_policy (pay_policy_id, name, join_callouts, standby_during_callout, by_rotation, zone, currency, day_starts, overlap, minimum_callout,
		round_to, replaces)
	SELECT 10000 + c, 'policy ' || 10000 + c, p.join_callouts, NOT p.standby_during_callout, p.by_rotation, p.zone, p.currency, p.day_starts, oracle.pick(c, 'then overlap', '{once,each}'::text[]),
		oracle.pick(c, 'then minimum', '{0,1 hour,3 hours}'::interval[]), p.round_to, c
	FROM oncall.pay_policy p WHERE p.pay_policy_id = c;
	INSERT INTO oncall.pay_band (pay_policy_id, position, of_wage, standby_lieu_factor, standby_lieu_day, band, applies, standby_rate, callout_rate, per, whole_days,
		lieu_factor, lieu_day)
	SELECT 10000 + c, b.position, b.of_wage, b.standby_lieu_factor, b.standby_lieu_day, b.band, b.applies, b.standby_rate * 1.1, b.callout_rate * 1.1, b.per, b.whole_days, b.lieu_factor, b.lieu_day
	FROM oncall.pay_band b WHERE b.pay_policy_id = c;
	UPDATE oncall.pay_assignment a SET pay_policy_id = 10000 + c
	WHERE a.pay_policy_id = c AND lower(a.valid) >= midnight;
	WITH gone AS (
		UPDATE oncall.pay_assignment a SET valid = a.valid * tstzrange(NULL, midnight)
		WHERE a.pay_policy_id = c AND a.valid && tstzrange(NULL, midnight) AND (upper_inf(a.valid) OR upper(a.valid) > midnight)
		RETURNING a.person_id)
	INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, wage, valid)
	SELECT g.person_id, 10000 + c, 25, tstzrange(midnight, NULL) FROM gone g WHERE g.person_id < 3 * c + 3;
END
$$;

CREATE TABLE fault (what text, c int, n bigint, detail text);

-- a cover by somebody or nobody; a late one is always accepted, another one
-- where no duty changes that has been paid
CREATE FUNCTION try_cover(c int, n bigint) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
	rotation int := 2 * c + 1 + oracle.rnd(n, 'rotation', 2);
	who int := nullif(3 * c + oracle.rnd(n, 'by', 4), 3 * c);
	since timestamptz := oracle.instant(n, 'covered');
	during tstzrange := tstzrange(since, since + interval '1 minute' * (1 + oracle.rnd(n, 'covers', 4000)));
	paid boolean;
	refused boolean := false;
BEGIN
	SELECT coalesce(bool_or(true), false) INTO paid
	FROM oncall.roster(during, rotation) s
	CROSS JOIN LATERAL (VALUES (s.person_id), (who)) AS p(person_id)
	JOIN oncall.pay_assignment a ON a.person_id = p.person_id
	JOIN oncall.pay_policy y ON y.pay_policy_id = a.pay_policy_id
	JOIN oncall.pay_run r ON r.pay_policy_id = y.pay_policy_id AND r.reopened_at IS NULL
	WHERE s.person_id IS DISTINCT FROM who
		AND NOT isempty(s.period * a.valid * oncall_internal.local_days(r.period, y.zone));
	IF (SELECT count(*) > 0 FROM oncall.objections(ARRAY[rotation], '{1}', ARRAY[during], ARRAY[who]) o
		WHERE o.constraint_name = 'oncall_pay_closed') <> paid THEN
		INSERT INTO oracle.fault VALUES ('objections', c, n, format('%s %s %s', rotation, during, who));
	END IF;
	BEGIN
		PERFORM oncall_internal.write_covers(ARRAY[rotation], '{1}', ARRAY[during], ARRAY[who]);
		SET CONSTRAINTS ALL IMMEDIATE;
	EXCEPTION WHEN check_violation THEN
		refused := true;
	END;
	IF refused <> paid THEN
		INSERT INTO oracle.fault VALUES ('refusal', c, n, format('%s %s %s', rotation, during, who));
	END IF;
	IF refused THEN
		PERFORM oncall_internal.write_covers(ARRAY[rotation], '{1}', ARRAY[during], ARRAY[who], reason => 'late', past_reason => 'late');
		SET CONSTRAINTS ALL IMMEDIATE;
	END IF;
	SET CONSTRAINTS ALL DEFERRED;
END
$$;

CREATE PROCEDURE play(c int)
LANGUAGE plpgsql
AS $$
DECLARE
	first date := '2022-01-01';
	last date;
	run int;
	runs int[] := '{}';
	before numeric;
	now_worth numeric;
	adjusted numeric;
	lines text;
	n bigint;
	policy int := c;
	closed date;
BEGIN
	FOR step IN 1 .. 6 LOOP
		IF step = 3 AND oracle.rnd(c, 'replaced', 2) = 0 THEN
			PERFORM oracle.replace(c, first);
			policy := 10000 + c;
			COMMIT;
		END IF;
		last := first + 1 + oracle.rnd(10 * c + step, 'days', 20)::int;
		SELECT coalesce(sum(l.amount), 0), string_agg(l::text, ' ' ORDER BY l.pay_line_id) INTO before, lines
		FROM oncall.pay_line l WHERE l.pay_run_id = ANY (runs);
		run := oncall.close_pay_run('policy ' || policy, daterange(first, last), allow_gap => step = 1);
		COMMIT;
		-- what was paid before is as it was, and what it is worth is paid
		IF lines IS DISTINCT FROM (SELECT string_agg(l::text, ' ' ORDER BY l.pay_line_id) FROM oncall.pay_line l WHERE l.pay_run_id = ANY (runs)) THEN
			INSERT INTO oracle.fault VALUES ('lines', c, step, NULL);
		END IF;
		SELECT coalesce(sum(w.amount), 0) INTO now_worth FROM unnest(runs) AS r(run), oracle.worth(r.run) w;
		SELECT coalesce(sum(l.amount), 0) INTO adjusted FROM oncall.pay_line l WHERE l.pay_run_id = run AND l.corrects IS NOT NULL;
		IF adjusted <> now_worth - before THEN
			INSERT INTO oracle.fault VALUES ('difference', c, step, format('%s is not %s - %s', adjusted, now_worth, before));
		END IF;
		runs := runs || run;
		INSERT INTO oracle.fault SELECT 'unpaid', c, step, format('run %s: %s', r, u) FROM unnest(runs) r, oracle.unpaid(r) u;
		closed := first;
		first := last;

		-- late facts
		IF step = 3 THEN
			PERFORM oracle.assign_late(c);
		END IF;
		FOR i IN 1 .. 4 LOOP
			n := 1000 * c + 100 + 10 * step + i;
			CASE oracle.rnd(n, 'fact', 9)
				WHEN 0 THEN PERFORM oracle.respond(c, n);
				WHEN 1 THEN
					PERFORM oncall.withdraw_response(response_id) FROM (
						SELECT r.response_id FROM oncall.response r WHERE r.person_id / 3.0 > c AND r.person_id <= 3 * c + 3 AND upper_inf(r.recorded)
						ORDER BY oracle.rnd(n + r.response_id, 'withdrawn', 1000000) LIMIT 1) w;
				WHEN 2 THEN
					UPDATE oncall.response SET period = tstzrange(lower(period), upper(period) + interval '90 minutes') WHERE response_id = (
						SELECT r.response_id FROM oncall.response r WHERE r.person_id / 3.0 > c AND r.person_id <= 3 * c + 3 AND upper_inf(r.recorded)
						ORDER BY oracle.rnd(n + r.response_id, 'longer', 1000000) LIMIT 1);
				WHEN 3, 4 THEN
					-- nobody covers for longer than they are there
					PERFORM oracle.try_cover(c, n) WHERE NOT EXISTS (
						SELECT FROM oncall.person p WHERE p.person_id > 3 * c AND p.person_id <= 3 * c + 3 AND NOT upper_inf(p.active));
				ELSE PERFORM oracle.correct(c, n);
			END CASE;
			COMMIT;
			-- between two facts the run is taken back, or another one corrected first
			IF i = 2 AND oracle.rnd(n, 'reopened', 3) = 0 THEN
				PERFORM oncall.reopen_pay_run(run, 'again');
				COMMIT;
				runs := array_remove(runs, run);
				run := oncall.close_pay_run('policy ' || policy, daterange(closed, first), allow_gap => true);
				COMMIT;
				runs := runs || run;
				INSERT INTO oracle.fault SELECT 'unpaid', c, step, format('run %s: %s', r, u) FROM unnest(runs) r, oracle.unpaid(r) u;
			END IF;
		END LOOP;
	END LOOP;

	-- nothing more to come: the run after the last pays what was late after it
	run := oncall.close_pay_run('policy ' || policy, daterange(first, first + 1));
	runs := runs || run;
	INSERT INTO oracle.fault SELECT 'unpaid', c, 7, format('run %s: %s', r, u) FROM unnest(runs) r, oracle.unpaid(r) u;
	INSERT INTO oracle.fault SELECT 'more', c, 7, d::text
	FROM oncall_internal.pay_differences(runs) d;
	-- and so does time in lieu, on the day on which it was earned
	INSERT INTO oracle.fault
	SELECT 'lieu', c, 7, format('person %s, %s: %s', d.person_id, d.day, sum(d.lieu))
	FROM (
		SELECT s.person_id, s.day, s.amount AS lieu
		FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id,
			oncall_internal.lieu_earned(oncall_internal.local_days(r.period, p.zone), r.pay_policy_id) s
		WHERE r.pay_run_id = ANY (runs)
		UNION ALL
		SELECT e.person_id, e.day, - e.amount FROM oncall.lieu_entry e WHERE e.pay_run_id = ANY (runs)) d
	GROUP BY d.person_id, d.day HAVING sum(d.lieu) <> '0';
END
$$;
SELECT format('CALL play(%s)', c) FROM generate_series(1, :cases) AS c \gexec

SELECT is_empty($$SELECT * FROM fault WHERE what = 'difference' ORDER BY c, n LIMIT 3$$, 'the next run pays exactly the difference');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'unpaid' ORDER BY c, n LIMIT 3$$, 'line by line, what a closed period is worth has been paid');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'more' ORDER BY c, n LIMIT 3$$, 'one more run would adjust nothing');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'lines' ORDER BY c, n LIMIT 3$$, 'closed lines stay as they were');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'refusal' ORDER BY c, n LIMIT 3$$, 'covers are refused where they change duty that has been paid');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'objections' ORDER BY c, n LIMIT 3$$, 'objections() says so before');
SELECT is_empty($$SELECT * FROM fault WHERE what = 'lieu' ORDER BY c, n LIMIT 3$$, 'the time in lieu of each day is what its call-outs earned');
SELECT ok((SELECT count(*) FROM oncall.pay_line WHERE corrects IS NOT NULL) >= :cases, 'there was something to adjust');
SELECT ok((SELECT count(*) FROM oncall.pay_line l JOIN oncall.pay_run r ON r.pay_run_id = l.corrects JOIN oncall.pay_run n ON n.pay_run_id = l.pay_run_id
	WHERE r.pay_policy_id <> n.pay_policy_id) > 0, 'some of it in policies that had been replaced');
SELECT diag((SELECT count(*) FROM oncall.pay_run) || ' runs, ' || (SELECT count(*) FROM oncall.pay_line) || ' lines, '
	|| (SELECT count(*) FROM oncall.pay_line WHERE corrects IS NOT NULL) || ' adjustments, '
	|| (SELECT count(*) FROM oncall.cover JOIN oncall.change USING (change_id) WHERE past_reason IS NOT NULL) || ' late covers');
SELECT * FROM finish();
\connect :home
DROP DATABASE oncall_closing;
