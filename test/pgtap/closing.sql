-- Closing then recording late facts pays exactly the difference, whatever the
-- policy, the facts and the order: in the end every run has paid what its
-- period is worth, line by line, and no line has changed since it was written.
--
-- ONCALL_SEED and ONCALL_CASES in the environment choose the seed and the
-- number of cases, of which this test takes one in five hundred. All that is
-- random is a function of the seed and the number of the case.

\set QUIET 1
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only true
\pset pager off
\getenv seed ONCALL_SEED
\if :{?seed}
\else
SELECT (random() * 1000000000)::int AS seed \gset
\endif
\getenv cases ONCALL_CASES
\if :{?cases}
\else
\set cases 10000
\endif
SELECT greatest(:cases / 500, 1) AS cases \gset

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SELECT FROM (SELECT oncall.setup()) AS done;
CREATE SCHEMA closing;
SELECT set_config('search_path',
				  'closing, pg_catalog, ' ||
				  (SELECT n.nspname FROM pg_extension e
				   JOIN pg_namespace n ON n.oid = e.extnamespace
				   WHERE e.extname = 'pgtap'), true) IS NULL AS never \gset
SELECT set_config('closing.seed', :'seed', true) IS NULL AS never \gset

SELECT plan(6);
SELECT diag('seed ' || :'seed' || ', ' || :'cases' || ' cases');

CREATE FUNCTION rnd(c bigint, what text, n bigint) RETURNS bigint
LANGUAGE sql STABLE
RETURN (hashtextextended(what || '/' || c, current_setting('closing.seed')::bigint) & 9223372036854775807) % n;
CREATE FUNCTION pick(c bigint, what text, list anyarray) RETURNS anyelement
LANGUAGE sql STABLE
AS 'SELECT list[1 + closing.rnd(c, what, array_length(list, 1))]';

-- ---------------------------------------------------------------------------
-- Case c: policy c, people 3c + 1 to 3c + 3, rotation c with two seats, and
-- three periods of two to nine days that follow each other
-- ---------------------------------------------------------------------------

CREATE TABLE sample AS
SELECT c, pick(c, 'zone', '{Pacific/Auckland,Europe/London,America/New_York,Australia/Lord_Howe,Asia/Kolkata,Etc/UTC}'::text[]) AS zone,
	date '2023-03-20' + rnd(c, 'start', 20)::int AS start
FROM generate_series(1, :cases) AS c;
ALTER TABLE sample ADD periods daterange[];
UPDATE sample SET periods = ARRAY[daterange(start, start + a), daterange(start + a, start + a + b), daterange(start + a + b, start + a + b + d)]
FROM (SELECT s.c AS id, 2 + rnd(s.c, 'a', 8)::int AS a, 2 + rnd(s.c, 'b', 8)::int AS b, 2 + rnd(s.c, 'd', 8)::int AS d FROM sample s) l
WHERE l.id = c;

INSERT INTO oncall.calendar (calendar_id, name) VALUES (1, 'Easter');
INSERT INTO oncall.holiday (calendar_id, day, name) VALUES (1, '2023-04-07', 'Good Friday'), (1, '2023-04-10', 'Easter Monday');
INSERT INTO oncall.person (person_id, name, zone, calendar_id)
SELECT 3 * s.c + p, format('P%s of %s', p, s.c), s.zone, 1 FROM sample s, generate_series(1, 3) AS p;
INSERT INTO oncall.rotation (rotation_id, name, zone, max_consecutive, exclusive) SELECT c, 'R' || c, zone, NULL, false FROM sample;
INSERT INTO oncall.rotation_member (rotation_id, person_id, since) SELECT s.c, 3 * s.c + p, '2020-01-01' FROM sample s, generate_series(1, 3) AS p;
INSERT INTO oncall.layer (layer_id, rotation_id, cadence) SELECT c, c, format('R/2023-01-02T09:00[%s]/PT%sH', zone, 5 + rnd(c, 'turn', 60))::oncall.cadence FROM sample;
INSERT INTO oncall.layer_member (layer_id, position, person_id) SELECT s.c, p, 3 * s.c + p FROM sample s, generate_series(1, 3) AS p;
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency, day_starts, overlap, minimum_callout, round_to)
SELECT c, 'Y' || c, zone, pick(c, 'currency', '{EUR,JPY,KWD}'::text[]), pick(c, 'day', '{00:00,08:30}'::time[]), pick(c, 'overlap', '{once,each}'::text[]),
	pick(c, 'minimum', '{0,1 hour,3 hours}'::interval[]), pick(c, 'round', '{1 second,1 minute,1 hour}'::interval[])
FROM sample;
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate, per, whole_days, lieu_factor, lieu_day)
SELECT c, b, 'B' || b, (ARRAY['PH 00:00-24:00', NULL, 'Mo-Su 22:00-06:00', '24/7'])[b]::oncall.weekly_hours,
	rnd(c, 'standby' || b, 9000) / 999.0, rnd(c, 'callout' || b, 9000) / 77.0,
	CASE WHEN rnd(c, 'per' || b, 3) = 0 THEN '1 day' ELSE '1 hour' END::interval,
	rnd(c, 'per' || b, 3) = 0 AND rnd(c, 'whole' || b, 2) = 0,
	rnd(c, 'factor' || b, 4) / 2.0, CASE WHEN b = 1 THEN interval '8 hours' END
FROM sample, generate_series(1, 4) AS b;
-- one of three comes later than the first period, or is forgotten at first
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid)
SELECT 3 * s.c + p, s.c, CASE WHEN p = 3 THEN tstzrange(upper(periods[1])::timestamp AT TIME ZONE zone, NULL) ELSE '(,)' END
FROM sample s, generate_series(1, 3) AS p;

-- Something that happened, and is recorded or corrected now
CREATE FUNCTION record(c bigint, fact text) RETURNS void
LANGUAGE plpgsql SET search_path = closing, pg_catalog
AS $$
DECLARE
	s closing.sample;
	at timestamptz;
	person int := 3 * c + 1 + rnd(c, fact || 'person', 3);
	whole int;
BEGIN
	SELECT * INTO s FROM closing.sample x WHERE x.c = record.c;
	whole := upper(s.periods[3]) - s.start;
	at := (s.start::timestamp AT TIME ZONE s.zone) + rnd(c, fact || 'at', whole * 1440) * interval '1 minute';
	CASE rnd(c, fact || 'what', 6)
		WHEN 0, 1, 2 THEN
			INSERT INTO oncall.response (person_id, period)
			VALUES (person, tstzrange(at, at + interval '1 second' * (1 + rnd(c, fact || 'long', 20000))));
		WHEN 3 THEN
			DELETE FROM oncall.response WHERE response_id = (SELECT max(response_id) FROM oncall.response WHERE person_id = person);
		WHEN 4 THEN
			UPDATE oncall.response SET period = tstzrange(lower(period), upper(period) + interval '17 minutes')
			WHERE response_id = (SELECT min(response_id) FROM oncall.response WHERE person_id = person);
		ELSE
			PERFORM oncall_internal.write_covers(ARRAY[c::int], ARRAY[1 + rnd(c, fact || 'seat', 2)]::smallint[],
				ARRAY[tstzrange(at, at + interval '1 minute' * (1 + rnd(c, fact || 'long', 3000)))],
				ARRAY[CASE WHEN rnd(c, fact || 'nobody', 5) > 0 THEN person END], NULL, 'late ' || fact, true);
	END CASE;
END
$$;

CREATE TABLE frozen (round int, pay_line_id int, line oncall.pay_line);
CREATE FUNCTION play(round int) RETURNS void
LANGUAGE plpgsql SET search_path = closing, pg_catalog
AS $$
BEGIN
	PERFORM record(s.c, format('%s/%s', round, n)) FROM sample s, generate_series(1, 6) AS n ORDER BY s.c, n;
	IF round = 2 THEN
		INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid)
		SELECT 3 * s.c + 3, s.c, tstzrange(NULL, upper(periods[1])::timestamp AT TIME ZONE zone)
		FROM sample s WHERE rnd(s.c, 'forgotten', 2) = 0;
	END IF;
	PERFORM oncall.close_pay_run('Y' || c, periods[round]) FROM sample ORDER BY c;
	INSERT INTO frozen SELECT play.round, l.pay_line_id, l FROM oncall.pay_line l;
END
$$;
SELECT play(1);
SELECT play(2);
SELECT play(3);

-- What each run paid, with what later ones corrected, and what it is worth now
CREATE TABLE worth AS
SELECT r.pay_run_id, w.person_id, w.kind, w.band, w.rate, sum(w.amount) AS amount, sum(w.hours) AS hours, sum(w.lieu_hours) AS lieu
FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
CROSS JOIN LATERAL oncall.pay_report(oncall_internal.local_days(r.period, p.zone), p.name) w
GROUP BY 1, 2, 3, 4, 5;
CREATE TABLE paid AS
SELECT coalesce(l.corrects, l.pay_run_id) AS pay_run_id, l.person_id, l.kind, l.band, l.rate, sum(l.amount) AS amount, sum(l.hours) AS hours, sum(l.lieu_hours) AS lieu
FROM oncall.pay_line l GROUP BY 1, 2, 3, 4, 5;

SELECT is_empty($$
	SELECT pay_run_id, person_id, kind, band, rate, w.amount AS worth, p.amount AS paid, w.hours, p.hours
	FROM worth w FULL JOIN paid p USING (pay_run_id, person_id, kind, band, rate)
	WHERE (coalesce(w.amount, 0), coalesce(w.hours, '0'), coalesce(w.lieu, 0)) <> (coalesce(p.amount, 0), coalesce(p.hours, '0'), coalesce(p.lieu, 0))
	$$, 'every run has paid what its period is worth, to the cent');
SELECT is((SELECT sum(amount) FROM oncall.pay_line), (SELECT sum(amount) FROM worth), 'nothing is unpaid, nothing paid twice');
SELECT is_empty($$
	SELECT f.round, f.pay_line_id FROM frozen f LEFT JOIN oncall.pay_line l USING (pay_line_id)
	WHERE l IS DISTINCT FROM f.line
	$$, 'no line has changed since it was written');
SELECT ok((SELECT count(*) > 0 FROM oncall.pay_line WHERE corrects IS NOT NULL), 'there were differences');
SELECT is_empty($$
	SELECT s.person_id, s.day, s.lieu, e.amount
	FROM (SELECT s.person_id, (lower(s.period) AT TIME ZONE p.zone)::date AS day, sum(s.lieu) AS lieu
		  FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
		  CROSS JOIN LATERAL oncall_internal.callout_periods(oncall_internal.local_days(r.period, p.zone), r.pay_policy_id) s
		  GROUP BY 1, 2) s
	FULL JOIN (SELECT person_id, day, sum(amount) AS amount FROM oncall.lieu_entry GROUP BY 1, 2) e USING (person_id, day)
	WHERE coalesce(s.lieu, '0') <> coalesce(e.amount, '0')
	$$, 'the time in lieu of each day is what its call-outs earned');
SELECT is_empty($$SELECT d.* FROM oncall.pay_policy p, oncall_internal.pay_differences(p.pay_policy_id, NULL) d$$, 'the next runs would adjust nothing');
SELECT * FROM finish();
ROLLBACK;
