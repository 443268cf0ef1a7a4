-- Each advice of lint(): a rotation that deserves it and no other, and what
-- its suggestion does when it is pasted. Everything is relative to now.
--
-- Tests: lint

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(74);

-- The rules that a rotation breaks, in order.
CREATE FUNCTION pg_temp.advice(rotation text) RETURNS text LANGUAGE sql AS
$$ SELECT string_agg(rule, ', ' ORDER BY rule) FROM oncall.lint(rotation) $$;

-- Paste what is suggested for one of them; how many rules are left then.
CREATE FUNCTION pg_temp.paste(wanted text, broken text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE (SELECT suggestion FROM oncall.lint(wanted) WHERE rule = broken LIMIT 1);
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	RETURN coalesce(pg_temp.advice(wanted), 'nothing left');
END $$;

CREATE FUNCTION pg_temp.detail(wanted text, broken text) RETURNS text LANGUAGE sql AS
$$ SELECT level || ': ' || detail FROM oncall.lint(wanted) WHERE rule = broken $$;

-- The first of so many days ahead that is this day of the week (1: Monday).
CREATE FUNCTION pg_temp.coming(dow int, ahead int) RETURNS date LANGUAGE sql AS $$
	SELECT d::date FROM generate_series(current_date + ahead, current_date + ahead + 6, '1 day') AS d
	WHERE extract(isodow FROM d) = dow $$;

INSERT INTO oncall.calendar (name) VALUES ('quiet'), ('busy');
INSERT INTO oncall.holiday (calendar_id, day, name, season)
SELECT oncall_internal.calendar_named('busy'), current_date + n, 'day ' || n, 'feast' FROM unnest('{30,31,37}'::int[]) AS n;

SELECT oncall.add_person('P' || to_char(n, 'FM00'), CASE WHEN n < 20 THEN 'Europe/London' ELSE 'Pacific/Auckland' END,
	company_phone => '+44 7700 9001' || n)
FROM generate_series(1, 30) AS n \g /dev/null
UPDATE oncall.person SET expectations_accepted_on = '2024-01-01';
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('T', 'Europe/London', oncall_internal.person_named('P30'));

-- Names such as those of lists: {P01,...,Pn}
CREATE FUNCTION pg_temp.people(first int, last int) RETURNS text[] LANGUAGE sql AS
$$ SELECT array_agg('P' || to_char(n, 'FM00')) FROM generate_series(first, last) AS n $$;

-- A rotation without a fault, but for what is asked for.
CREATE FUNCTION pg_temp.rotation(name text, members text[] DEFAULT pg_temp.people(1, 9),
	cadence oncall.cadence DEFAULT 'R/2025-01-07T12:00[Europe/London]/P7D', seats text[] DEFAULT '{primary,secondary}',
	pairing text DEFAULT 'staggered', hours oncall.weekly_hours DEFAULT NULL, valid tstzrange DEFAULT '(,)',
	calendar text DEFAULT 'quiet', team text DEFAULT 'T') RETURNS void LANGUAGE sql AS $$
	SELECT oncall.add_rotation(name, members, cadence, team, seats, pairing, hours, valid, 'Europe/London', calendar);
	UPDATE oncall.rotation r SET exclusive = false, max_consecutive = NULL WHERE r.name = rotation.name $$;

-- Rules of trades, broken by layers and limits. They look at all rotations,
-- and those of the other tests share their people.
SAVEPOINT rules;
SELECT pg_temp.rotation('three weeks', pg_temp.people(1, 9)), pg_temp.rotation('pair for ever', '{P10,P11}'),
	pg_temp.rotation('one', pg_temp.people(12, 20)), pg_temp.rotation('other', pg_temp.people(21, 28) || '{P12}'::text[]);
UPDATE oncall.rotation SET max_consecutive = '14 days';
SELECT oncall.add_layer('three weeks', '{P09,P01}', oncall.cadence(pg_temp.coming(2, 7) + time '12:00', 'Europe/London', '21 days'),
	rank => 1, pairing => 'fixed', valid => tstzrange((pg_temp.coming(2, 7) + time '12:00') AT TIME ZONE 'Europe/London',
		(pg_temp.coming(2, 7) + 21 + time '12:00') AT TIME ZONE 'Europe/London')) \g /dev/null
SELECT matches(pg_temp.detail('three weeks', 'limit of consecutive duty'),
	'^error: P0[19] is on call without a break from .*, more than the 14 days that rotation "three weeks" allows \(oncall_max_consecutive\)$',
	'three weeks on end');
SELECT pg_temp.paste('three weeks', 'limit of consecutive duty') FROM generate_series(1, 4) WHERE pg_temp.advice('three weeks') IS NOT NULL \g /dev/null
SELECT is(pg_temp.advice('three weeks'), NULL, 'somebody else takes what is too much');
SELECT is(pg_temp.advice('pair for ever'), 'duty every 4 to 7 weeks, limit of consecutive duty, limit of consecutive duty',
	'a pair of two is on call for ever');
SELECT lives_ok($$SELECT pg_temp.paste('pair for ever', 'limit of consecutive duty')$$, 'which takes more people');
SELECT is(pg_temp.advice('one'), NULL, 'nobody is in two exclusive rotations');
UPDATE oncall.rotation SET exclusive = true;
SELECT oncall.set_members('other', '{P20,P19,P18,P17,P16,P15,P14,P13,P12}', now()) \g /dev/null
SELECT matches((SELECT string_agg(detail, '') FROM oncall.lint() WHERE rule = 'rules of trades'),
	'is on call in rotations "one" and "other" at once.*oncall_exclusive_duty', 'now some are');
ROLLBACK TO rules;

SELECT pg_temp.rotation('good'), pg_temp.rotation('mixed', pairing => 'mixed'), pg_temp.rotation('fixed', pairing => 'fixed');
SELECT is_empty($$SELECT * FROM oncall.lint('good')$$, 'a good rotation');
SELECT is_empty($$SELECT * FROM oncall.lint('mixed')$$, 'one with everybody paired with everybody');
SELECT is_empty($$SELECT * FROM oncall.lint('fixed')$$, 'one with fixed pairs');
SELECT throws_ok($$SELECT * FROM oncall.lint('godo')$$, '42704', NULL, 'an unknown one');

-- Turns of a week
SELECT pg_temp.rotation('long', cadence => 'R/2025-01-07T12:00[Europe/London]/P14D'),
	pg_temp.rotation('halves', cadence => 'R/2025-01-07T12:00[Europe/London]/P1D,P6D'),
	pg_temp.rotation('long and few', pg_temp.people(1, 5), 'R/2025-01-07T12:00[Europe/London]/P14D');
SELECT is(pg_temp.advice('long'), 'duty every 4 to 7 weeks, turn of a week', 'turns of two weeks');
SELECT is(pg_temp.detail('long', 'turn of a week'),
	'advice: the duty is handed over every 14 days; a week is best: long enough to follow things up, short enough to bear',
	'with figures');
SELECT is(pg_temp.paste('long', 'turn of a week'), 'nothing left', 'then of one');
SELECT is(pg_temp.advice('halves'), 'duty every 4 to 7 weeks, turn of a week', 'turns of a day and six');
SELECT is(pg_temp.paste('halves', 'turn of a week'), 'nothing left', 'then of a week');
SELECT is(pg_temp.advice('long and few'), 'turn of a week', 'every five weeks for two');

-- Everybody every 4 to 7 weeks
SELECT pg_temp.rotation('few', pg_temp.people(1, 3)), pg_temp.rotation('few alone', pg_temp.people(1, 3)),
	pg_temp.rotation('many', pg_temp.people(1, 16)),
	pg_temp.rotation('twice', pg_temp.people(1, 9) || '{P01,P01}'::text[]);
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT oncall_internal.rotation_named('few'), oncall_internal.person_named('P' || to_char(n, 'FM00')),
	CASE WHEN n = 4 THEN 'shadow' WHEN n < 8 THEN 'volunteer' ELSE 'reserve' END, tstzrange(now() - interval '1 year', NULL)
FROM generate_series(4, 15) AS n;
SELECT is(pg_temp.detail('few', 'duty every 4 to 7 weeks'),
	'advice: each of 3 people is on duty every 1.5 weeks; every 4 to 7 are best: time to rest, and not to forget',
	'three people are called too often');
SELECT is(pg_temp.paste('few', 'duty every 4 to 7 weeks'), 'nothing left', 'volunteers and reserves join them');
SELECT results_eq($$SELECT array_agg(DISTINCT person ORDER BY person) FROM oncall.roster(
		tstzrange(now() + '30 days', now() + '100 days'), oncall_internal.rotation_named('few'))$$,
	$$SELECT pg_temp.people(1, 3) || pg_temp.people(5, 9)$$, 'volunteers first, as many as it takes, and no shadows');
SELECT is(pg_temp.paste('few alone', 'duty every 4 to 7 weeks'), 'duty every 4 to 7 weeks', 'nobody to name: a query');
SELECT is(pg_temp.detail('many', 'duty every 4 to 7 weeks'),
	'advice: each of 16 people is on duty every 8 weeks; every 4 to 7 are best: time to rest, and not to forget',
	'sixteen people forget how');
SELECT is(pg_temp.paste('many', 'duty every 4 to 7 weeks'), 'nothing left', 'then fourteen');
SELECT is(pg_temp.detail('twice', 'duty every 4 to 7 weeks'),
	'advice: P01 every 1.8 weeks; every 4 to 7 are best: time to rest, and not to forget', 'somebody stands there three times');
SELECT is(pg_temp.paste('twice', 'duty every 4 to 7 weeks'), 'nothing left', 'then once');

-- Pairs
SELECT pg_temp.rotation('alone', pg_temp.people(1, 6), seats => '{primary}'),
	pg_temp.rotation('many alone', seats => '{primary}'), pg_temp.rotation('one', '{P01}');
SELECT is(pg_temp.advice('alone'), 'pairs', 'one seat');
SELECT is(pg_temp.paste('alone', 'pairs'), 'duty every 4 to 7 weeks', 'a second one, for which there are too few');
SELECT is(pg_temp.advice('many alone'), 'duty every 4 to 7 weeks, pairs', 'one seat for nine people');
SELECT is(pg_temp.paste('many alone', 'duty every 4 to 7 weeks'), 'nothing left', 'two seats for nine people');
SELECT is(pg_temp.detail('one', 'pairs'),
	'advice: 2 seats and one person: nobody to ask, and nobody to call if they do not answer', 'a pair of one');

-- Handovers
SELECT pg_temp.rotation('saturday', cadence => 'R/2025-01-04T12:00[Europe/London]/P7D'),
	pg_temp.rotation('night', cadence => 'R/2025-01-07T03:00[Europe/London]/P7D'),
	pg_temp.rotation('monday', cadence => 'R/2025-01-06T10:00[Europe/London]/P7D'),
	pg_temp.rotation('far', pg_temp.people(20, 28), 'R/2025-01-07T12:00[Europe/London]/P7D');
SELECT is(pg_temp.advice('saturday'), 'handover in working hours', 'a handover on Saturdays');
SELECT matches(pg_temp.detail('saturday', 'handover in working hours'),
	'^warning: 1[23] of the next 1[23] handovers .* the first on Sat ', 'with figures');
SELECT is(pg_temp.paste('saturday', 'handover in working hours'), 'nothing left', 'then midweek');
SELECT is(pg_temp.advice('night'), 'handover in working hours', 'a handover at night');
SELECT is(pg_temp.paste('night', 'handover in working hours'), 'nothing left', 'then by day');
SELECT is(pg_temp.advice('monday'), 'handover midweek', 'a handover on Mondays');
SELECT is(pg_temp.paste('monday', 'handover midweek'), 'nothing left', 'then midweek');
SELECT is(oncall.every(cadence)::text || to_char(oncall.anchor(cadence), ' ID HH24:MI'), '7 days 3 10:00', 'at the hour that it had')
FROM oncall_internal.standing_layers(oncall_internal.rotation_named('monday'));
SELECT is(pg_temp.advice('far'), NULL, 'where nobody of them lives, ordinary hours count');

-- Public holidays
SELECT pg_temp.rotation('feast', calendar => 'busy'), pg_temp.rotation('two at the feast', '{P01,P02}', calendar => 'busy'),
	pg_temp.rotation('no calendar', calendar => NULL);
UPDATE oncall.person SET calendar_id = oncall_internal.calendar_named('quiet') WHERE name = 'P03';
SELECT matches(pg_temp.detail('feast', 'holidays planned'), '^warning: 3 public holidays from .* fall to whoever has the week$',
	'holidays that nobody planned');
SELECT is(pg_temp.paste('feast', 'holidays planned'), 'nothing left', 'then planned');
SELECT matches(pg_temp.detail('two at the feast', 'holidays planned'), 'there are too few people for the holiday turn',
	'it says if that cannot be done');
SELECT lives_ok($$SELECT pg_temp.paste('two at the feast', 'holidays planned')$$, 'and whom to ask');
SELECT is(pg_temp.advice('no calendar'), 'holidays planned', 'no calendar');
SELECT is(pg_temp.paste('no calendar', 'holidays planned'), 'nothing left', 'that of its people');

-- Escalation
INSERT INTO oncall.team (name, zone) VALUES ('headless', 'Europe/London');
INSERT INTO oncall.team (name, zone, manager_id) VALUES ('left', 'Europe/London', oncall_internal.person_named('P29'));
UPDATE oncall.person SET active = tstzrange(NULL, now() - interval '1 day') WHERE name = 'P29';
SELECT pg_temp.rotation('no team', team => NULL), pg_temp.rotation('headless', team => 'headless'),
	pg_temp.rotation('left', team => 'left');
SELECT is(pg_temp.advice('no team'), 'escalation ends with a person', 'no team');
SELECT is(pg_temp.paste('no team', 'escalation ends with a person'), 'nothing left', 'then one');
SELECT is(pg_temp.advice('headless'), 'escalation ends with a person', 'no manager');
SELECT is(pg_temp.paste('headless', 'escalation ends with a person'), 'nothing left', 'then one');
SELECT matches(pg_temp.detail('left', 'escalation ends with a person'),
	'^error: P29, manager of team "left" and the last step of every escalation, left on ', 'the manager has left');
SELECT is(pg_temp.paste('left', 'escalation ends with a person'), 'nothing left', 'then another one');

-- People
SAVEPOINT people;
UPDATE oncall.person SET company_phone = NULL WHERE name = 'P01';
UPDATE oncall.person SET company_phone = ' ' WHERE name = 'P03';
SELECT is(pg_temp.detail('good', 'company phone'), 'warning: 2 of 9 people have no company phone: P01, P03', 'no phone');
SELECT is(pg_temp.paste('good', 'company phone'), 'company phone', 'a form changes nothing');
ROLLBACK TO people;
UPDATE oncall.person SET expectations_accepted_on = NULL WHERE name IN ('P02', 'P20');
SELECT is(pg_temp.detail('good', 'expectations accepted'),
	'warning: 1 of 9 people have not accepted what is expected of them: P02', 'not accepted');
SELECT is(pg_temp.paste('good', 'expectations accepted'), 'nothing left', 'then accepted');
ROLLBACK TO people;

-- People who left
UPDATE oncall.person SET active = tstzrange(NULL, now() - interval '20 days') WHERE name = 'P05';
SELECT matches(pg_temp.detail('good', 'people who left'), '^error: P05 left on .* on the roster for ([2-6] duties|one duty), the first from ',
	'somebody has left and is still called');
SELECT is(pg_temp.paste('good', 'people who left'), 'nothing left', 'not any more');
ROLLBACK TO people;
UPDATE oncall.person SET active = tstzrange(NULL, now() + interval '45 days') WHERE name = 'P05';
UPDATE oncall.person SET active = tstzrange(NULL, now() + interval '30 days') WHERE name = 'P06';
SELECT is(pg_temp.advice('many'), 'people who left', 'two leave soon');
SELECT pg_temp.paste('many', 'people who left') FROM generate_series(1, 2) WHERE pg_temp.advice('many') IS NOT NULL \g /dev/null
SELECT is(pg_temp.advice('many'), NULL, 'one after the other');
ROLLBACK TO people;
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
VALUES (oncall_internal.rotation_named('good'), 1, tstzrange(now() + interval '50 days', now() + interval '51 days'), oncall_internal.person_named('P12'));
UPDATE oncall.person SET active = tstzrange(NULL, now() + interval '1 day') WHERE name = 'P12';
SELECT is(pg_temp.paste('good', 'people who left'), 'nothing left', 'a cover by somebody who will have left');
ROLLBACK TO people;
UPDATE oncall.person SET active = tstzrange(NULL, now()) WHERE person_id = (
	SELECT person_id FROM oncall.layer_member JOIN oncall.layer l USING (layer_id)
	WHERE l.rotation_id = oncall_internal.rotation_named('feast') AND rank > 0 ORDER BY 1 LIMIT 1);
SELECT pg_temp.paste('feast', 'people who left') FROM generate_series(1, 4) WHERE pg_temp.advice('feast') IS NOT NULL \g /dev/null
SELECT is(pg_temp.advice('feast'), NULL, 'a holiday of somebody who left is planned again');
ROLLBACK TO people;

-- Gaps
SELECT pg_temp.rotation('hours', hours => 'Mo-Su 08:00-20:00'), pg_temp.rotation('covered'), pg_temp.rotation('on purpose', pg_temp.people(1, 8) || '{NULL,NULL}'::text[], pairing => 'fixed'),
	pg_temp.rotation('office', hours => 'Mo-Fr 09:00-16:00'),
	pg_temp.rotation('hole', valid => tstzrange(NULL, now() + interval '10 days')),
	pg_temp.rotation('over', valid => tstzrange(NULL, now() - interval '10 days')),
	pg_temp.rotation('ends', valid => tstzrange(NULL, now() + interval '10 days')),
	pg_temp.rotation('later', cadence => oncall.cadence(pg_temp.coming(2, 20) + time '12:00', 'Europe/London', '7 days'));
UPDATE oncall.rotation SET coverage = 'Mo-Fr 09:00-17:00' WHERE name = 'office';
INSERT INTO oncall.rotation (name, team_id, zone, calendar_id, max_consecutive, exclusive)
VALUES ('empty', oncall_internal.team_named('T'), 'Europe/London', oncall_internal.calendar_named('quiet'), NULL, false);
SELECT oncall.add_layer('hole', pg_temp.people(1, 9), 'R/2025-01-07T12:00[Europe/London]/P7D',
	valid => tstzrange(now() + interval '11 days', NULL)) \g /dev/null
INSERT INTO oncall.cover (rotation_id, seat, period)
SELECT oncall_internal.rotation_named('covered'), n, tstzrange(now() + interval '50 days', now() + interval '51 days') FROM generate_series(1, 2) n;
SELECT matches(pg_temp.detail('hours', 'no gaps'), '^error: in the coming 90 days nobody is on call in 10[78]\d(\.\d)? hours of the coverage \(24/7\), in 9[01] stretches, the first from ',
	'nobody at night');
SELECT is(pg_temp.paste('hours', 'no gaps'), 'nothing left', 'then somebody');
SELECT is(pg_temp.paste('office', 'no gaps'), 'nothing left', 'the last hour of the day');
SELECT is(pg_temp.paste('covered', 'no gaps'), 'nothing left', 'empty on purpose by covers');
SELECT is(pg_temp.advice('on purpose') || ' -> ' || pg_temp.paste('on purpose', 'no gaps'), 'no gaps -> nothing left', 'empty on purpose by a list');
SELECT is(pg_temp.paste('hole', 'no gaps'), 'nothing left', 'a day between two layers');
SELECT is(pg_temp.advice('over'), NULL, 'a retired rotation needs nothing');
SELECT matches(pg_temp.detail('ends', 'no gaps'), '^warning: nobody is on call from ', 'the last layer ends');
SELECT is(pg_temp.paste('ends', 'no gaps'), 'nothing left', 'and goes on');
SELECT is(pg_temp.advice('later'), NULL, 'a rotation that begins later has no gap before');
SELECT is(pg_temp.advice('empty'), 'no gaps', 'a rotation that never had a layer');
SELECT is(pg_temp.paste('empty', 'no gaps'), 'no gaps', 'of nobody');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT oncall_internal.rotation_named('empty'), oncall_internal.person_named(p), 'reserve' FROM unnest(pg_temp.people(1, 8)) AS p;
SELECT is(pg_temp.paste('empty', 'no gaps'), 'nothing left', 'of its members');

-- Hours
SELECT pg_temp.rotation('sun', '{P01}', seats => '{primary}', hours => 'Mo-Su 08:00-20:00', cadence => 'R/2025-01-04T08:00[Europe/London]/P7D');
SELECT oncall.add_layer('sun', '{P20}', 'R/2025-01-04T08:00[Pacific/Auckland]/P7D', hours => 'Mo-Su 07:00-21:00') \g /dev/null
SELECT is(pg_temp.advice('sun'), NULL, 'who follows the sun needs no pairs, and no cover of holidays');

SELECT * FROM finish();
ROLLBACK;
