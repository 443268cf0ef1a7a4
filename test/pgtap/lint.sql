-- Each advice of lint(): a rotation that deserves it and no other, and what
-- its suggestion does when it is pasted. Everything is relative to now.
--
-- Tests: lint lint_facts lint_layers lint_duty

BEGIN;
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;
SELECT oncall.setup() \g /dev/null

SELECT plan(100);

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

-- The same for a form, in which somebody fills in what only people can say.
CREATE FUNCTION pg_temp.fill(wanted text, broken text, answer text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE (SELECT regexp_replace(suggestion, 'NULL(?=::)', quote_literal(answer), 'g') FROM oncall.lint(wanted) WHERE rule = broken);
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
SELECT is((SELECT count(*) FROM oncall.lint('other') WHERE rule = 'rules of trades'), (SELECT count(*) FROM oncall.lint('one') WHERE rule = 'rules of trades'),
	'of which both rotations hear');
SELECT isnt_empty($$SELECT FROM oncall.lint('one') WHERE rule = 'rules of trades'$$, 'not neither');
SELECT results_eq($$SELECT DISTINCT rotation_id, other_rotation_id FROM oncall.audit(tstzrange(now(), now() + '90 days'))
	WHERE constraint_name = 'oncall_exclusive_duty'$$,
	$$VALUES (oncall_internal.rotation_named('one'), oncall_internal.rotation_named('other'))$$, 'audit() names them');
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
SELECT is(pg_temp.paste('few', 'duty every 4 to 7 weeks'), 'duty every 4 to 7 weeks', 'volunteers join them');
SELECT results_eq($$SELECT array_agg(DISTINCT person ORDER BY person) FROM oncall.roster(
		tstzrange(now() + '30 days', now() + '100 days'), oncall_internal.rotation_named('few'))$$,
	$$SELECT pg_temp.people(1, 3) || pg_temp.people(5, 7)$$, 'and neither shadows nor reserves, who have not asked for it');
SELECT matches((SELECT suggestion FROM oncall.lint('few')), '^SELECT p.name, p.zone, m.standing FROM oncall.person', 'whom to ask is shown');
SELECT is(pg_temp.paste('few alone', 'duty every 4 to 7 weeks'), 'duty every 4 to 7 weeks', 'nobody to name: a query');
SELECT is(pg_temp.detail('many', 'duty every 4 to 7 weeks'),
	'advice: each of 16 people is on duty every 8 weeks; every 4 to 7 are best: time to rest, and not to forget',
	'sixteen people forget how');
SELECT matches((SELECT suggestion FROM oncall.lint('many')), '^SELECT layer_id, .* FROM oncall.layer_now WHERE rotation = .many.',
	'and who of them is to leave is for others to say');
SELECT is(pg_temp.detail('twice', 'duty every 4 to 7 weeks'),
	'advice: P01 every 1.8 weeks; every 4 to 7 are best: time to rest, and not to forget', 'somebody stands there three times');
SELECT is(pg_temp.paste('twice', 'duty every 4 to 7 weeks'), 'duty every 4 to 7 weeks', 'as may be meant: others may work half time');

-- Pairs
SELECT pg_temp.rotation('alone', pg_temp.people(1, 6), seats => '{primary}'),
	pg_temp.rotation('many alone', seats => '{primary}'), pg_temp.rotation('one', '{P01}');
SELECT is(pg_temp.advice('alone'), 'pairs', 'one seat');
SELECT is(pg_temp.paste('alone', 'pairs'), 'duty every 4 to 7 weeks', 'a second one, for which there are too few');
SELECT is(pg_temp.advice('many alone'), 'duty every 4 to 7 weeks, pairs', 'one seat for nine people');
SELECT is(pg_temp.paste('many alone', 'pairs'), 'nothing left', 'two seats for nine people');
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
FROM oncall_internal.lint_layers(oncall_internal.rotation_named('monday')) AS l, unnest(l.layers);
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
SELECT is(pg_temp.paste('no team', 'escalation ends with a person'), 'escalation ends with a person', 'a form chooses none');
SELECT is(pg_temp.fill('no team', 'escalation ends with a person', 'T'), 'nothing left', 'until it is filled in');
SELECT is(pg_temp.advice('headless'), 'escalation ends with a person', 'no manager');
SELECT is(pg_temp.paste('headless', 'escalation ends with a person'), 'escalation ends with a person', 'nobody is made one');
SELECT is(pg_temp.fill('headless', 'escalation ends with a person', 'P30'), 'nothing left', 'until they are named');
SELECT matches(pg_temp.detail('left', 'escalation ends with a person'),
	'^error: P29, manager of team "left" and the last step of every escalation, left on ', 'the manager has left');
SELECT is(pg_temp.fill('left', 'escalation ends with a person', 'P30'), 'nothing left', 'then another one');

-- People
SAVEPOINT people;
UPDATE oncall.person SET company_phone = NULL WHERE name = 'P01';
UPDATE oncall.person SET company_phone = ' ' WHERE name = 'P03';
SELECT is(pg_temp.detail('good', 'company phone'), 'warning: 2 of 9 people have no company phone: P01, P03', 'no phone');
SELECT is(pg_temp.paste('good', 'company phone'), 'company phone', 'a form changes nothing');
SELECT is(pg_temp.fill('good', 'company phone', '+44 7700 900199'), 'nothing left', 'until it is filled in');
ROLLBACK TO people;
UPDATE oncall.person SET expectations_accepted_on = NULL WHERE name IN ('P02', 'P20');
SELECT is(pg_temp.detail('good', 'expectations accepted'),
	'warning: 1 of 9 people have not accepted what is expected of them: P02', 'not accepted');
SELECT is(pg_temp.paste('good', 'expectations accepted'), 'expectations accepted', 'nobody accepts for somebody else');
SELECT is(pg_temp.fill('good', 'expectations accepted', '2026-01-02'), 'nothing left', 'until they have said so');
SELECT is((SELECT string_agg(name, ', ' ORDER BY name) FROM oncall.person WHERE expectations_accepted_on = '2026-01-02'), 'P02', 'nobody else');
ROLLBACK TO people;

-- A number or a day that somebody else has filled in meanwhile
UPDATE oncall.person SET company_phone = NULL, expectations_accepted_on = NULL WHERE name = 'P01';
CREATE TEMP TABLE said ON COMMIT DROP AS SELECT suggestion FROM oncall.lint('good');
UPDATE oncall.person SET company_phone = '1', expectations_accepted_on = '2026-01-03' WHERE name = 'P01';
DO $$ BEGIN EXECUTE (SELECT string_agg(suggestion, ' ') FROM said); END $$;
SELECT results_eq($$SELECT company_phone, expectations_accepted_on FROM oncall.person WHERE name = 'P01'$$, $$VALUES ('1', '2026-01-03'::date)$$,
	'forms leave alone what has been filled in meanwhile');
ROLLBACK TO people;

-- People who left
UPDATE oncall.person SET active = tstzrange(NULL, now() - interval '20 days') WHERE name = 'P05';
SELECT matches(pg_temp.detail('good', 'people who left'), '^error: P05 left on .* on the roster for ([2-6] duties|one duty), the first from ',
	'somebody has left and is still called');
SELECT is(pg_temp.paste('good', 'people who left'), 'nothing left', 'not any more');
ROLLBACK TO people;
UPDATE oncall.person SET active = tstzrange(NULL, now() + interval '45 days') WHERE name = 'P05';
UPDATE oncall.person SET active = tstzrange(NULL, now() + interval '30 days') WHERE name = 'P06';
SELECT is(pg_temp.advice('good'), 'people who left', 'two leave soon');
SELECT pg_temp.paste('good', 'people who left') FROM generate_series(1, 2) WHERE pg_temp.advice('good') IS NOT NULL \g /dev/null
SELECT is(pg_temp.advice('good'), NULL, 'one after the other');
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
	pg_temp.rotation('sites', hours => 'Mo-Su 08:00-20:00'), pg_temp.rotation('office', hours => 'Mo-Fr 09:00-16:00'),
	pg_temp.rotation('hole', valid => tstzrange(NULL, now() + interval '10 days')),
	pg_temp.rotation('over', valid => tstzrange(NULL, now() - interval '10 days')),
	pg_temp.rotation('ends', valid => tstzrange(NULL, now() + interval '10 days')),
	pg_temp.rotation('later', cadence => oncall.cadence(pg_temp.coming(2, 20) + time '12:00', 'Europe/London', '7 days'));
UPDATE oncall.rotation SET coverage = 'Mo-Fr 09:00-17:00' WHERE name = 'office';
INSERT INTO oncall.rotation (name, team_id, zone, calendar_id, max_consecutive, exclusive)
VALUES ('empty', oncall_internal.team_named('T'), 'Europe/London', oncall_internal.calendar_named('quiet'), NULL, false);
INSERT INTO oncall.rotation (name, team_id, zone, calendar_id, max_consecutive, exclusive)
SELECT name, oncall_internal.team_named('T'), 'UTC', oncall_internal.calendar_named('quiet'), NULL, false FROM unnest('{dates,few dates}'::text[]) AS name;
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
SELECT rotation_id, oncall_internal.person_named('P01'), 'reserve', '(,)' FROM oncall.rotation WHERE name LIKE '%dates';
INSERT INTO oncall.cover (rotation_id, seat, period, person_id)
SELECT rotation_id, 1, tstzrange(now() + n * interval '7 days', now() + (n + 1) * interval '7 days'), oncall_internal.person_named('P01')
FROM oncall.rotation, generate_series(-1, 14) AS n WHERE name = 'dates' OR name = 'few dates' AND n < 5;
SELECT oncall.add_layer('sites', pg_temp.people(20, 28), 'R/2025-01-07T12:00[Europe/London]/P7D', rank => 1, hours => 'Mo-Su 20:00-07:00', valid => '(,)') \g /dev/null
SELECT oncall.add_layer('hole', pg_temp.people(1, 9), 'R/2025-01-07T12:00[Europe/London]/P7D',
	valid => tstzrange(now() + interval '11 days', NULL)) \g /dev/null
INSERT INTO oncall.cover (rotation_id, seat, period)
SELECT oncall_internal.rotation_named('covered'), n, tstzrange(now() + interval '50 days', now() + interval '51 days') FROM generate_series(1, 2) n;
SELECT matches(pg_temp.detail('hours', 'no gaps'), '^warning: in the coming 90 days nobody is on call outside the hours of the layers \(Mo-Su 08:00-20:00\), which are 10[78]\d(\.\d)? hours of the coverage \(24/7\), in 9[01] stretches, the first from ',
	'nobody at night');
SELECT is(pg_temp.paste('hours', 'no gaps'), 'nothing left', 'which the coverage then says');
SELECT is(coverage::text, 'Mo-Su 08:00-20:00', 'in the words of the layer') FROM oncall.rotation WHERE name = 'hours';
SELECT is_empty($$SELECT FROM oncall.roster(tstzrange(now(), now() + '60 days'), 'hours')
	WHERE person IS NOT NULL AND NOT oncall.is_open('Mo-Su 08:00-20:00', lower(period), 'Europe/London')$$, 'and nobody has been given the nights');
SELECT matches(pg_temp.detail('sites', 'no gaps'), '^error: .* in 9[01] stretches', 'an hour that neither of two sites has');
SELECT is(pg_temp.paste('sites', 'no gaps'), 'nothing left', 'is a mistake, and goes to those of the lowest rank');
SELECT is(pg_temp.paste('office', 'no gaps'), 'nothing left', 'the last hour of the day');
SELECT matches(pg_temp.detail('covered', 'empty on purpose'), '^advice: .* leaves nobody on call in 24 hours of the coverage .*, in one stretch', 'empty on purpose by covers');
SELECT is(pg_temp.paste('covered', 'empty on purpose'), 'empty on purpose', 'which stays so');
SELECT is(pg_temp.advice('on purpose') || ' -> ' || pg_temp.paste('on purpose', 'empty on purpose'), 'empty on purpose -> empty on purpose',
	'empty on purpose by a list');
SELECT is(pg_temp.paste('hole', 'no gaps'), 'nothing left', 'a day between two layers');
SELECT is(pg_temp.advice('over'), NULL, 'a retired rotation needs nothing');
SELECT matches(pg_temp.detail('ends', 'no gaps'), '^warning: nobody is on call from ', 'the last layer ends');
SELECT is(pg_temp.paste('ends', 'no gaps'), 'no gaps', 'as may be meant');
SELECT is(pg_temp.advice('later'), NULL, 'a rotation that begins later has no gap before');
SELECT is(pg_temp.advice('empty'), 'no gaps', 'a rotation that never had a layer');
SELECT is(pg_temp.paste('empty', 'no gaps'), 'no gaps', 'of nobody');
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
SELECT oncall_internal.rotation_named('empty'), oncall_internal.person_named(p), 'reserve' FROM unnest(pg_temp.people(1, 8)) AS p;
SELECT is(pg_temp.paste('empty', 'no gaps'), 'no gaps', 'whose reserves nobody puts on a list');
SELECT is(pg_temp.advice('dates'), NULL, 'a list of dates, kept as covers');
SELECT matches(pg_temp.detail('few dates', 'no gaps'), '^warning: nobody is on call from .* on, when the last cover ends', 'one that ends');

-- Hours
SELECT pg_temp.rotation('sun', '{P01}', seats => '{primary}', hours => 'Mo-Su 08:00-20:00', cadence => 'R/2025-01-04T08:00[Europe/London]/P7D');
SELECT oncall.add_layer('sun', '{P20}', 'R/2025-01-04T08:00[Pacific/Auckland]/P7D', hours => 'Mo-Su 07:00-21:00') \g /dev/null
SELECT is(pg_temp.advice('sun'), NULL, 'who follows the sun needs no pairs, and no cover of holidays');

-- A company that is set up as README shows, grown to eight people
SELECT oncall.add_person(name, zone) FROM (VALUES ('Aroha', 'Pacific/Auckland'), ('Oliver', 'Europe/London'), ('Maria', 'America/New_York'),
	('Tomasz', 'Europe/London'), ('Wei', 'Pacific/Auckland'), ('Priya', 'Europe/London'), ('Hemi', 'Pacific/Auckland'), ('Ines', 'Europe/London'))
	AS p(name, zone) \g /dev/null
SELECT oncall.add_rotation('SRE', '{Aroha,Oliver,Maria,Tomasz,Wei,Priya,Hemi,Ines}', 'R/2026-01-03T22:00[Pacific/Auckland]/P7D') \g /dev/null
SELECT oncall.add_rotation('Billing', '{Priya,Hemi,Aroha,Oliver,Ines,Maria}', 'R/2026-01-05T09:00[Pacific/Auckland]/P1D', hours => 'Mo-Fr 09:00-17:00',
	seats => '{primary}') \g /dev/null
SELECT oncall.add_rotation('Ops', pg_temp.people(10, 17), 'R/2026-01-03T22:00[Europe/London]/P14D', seats => '{primary}') \g /dev/null
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL WHERE name IN ('Billing', 'Ops');
CREATE FUNCTION pg_temp.paste_all() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN SELECT l.suggestion FROM unnest('{SRE,Billing,Ops}'::text[]) AS r, oncall.lint(r) AS l
	LOOP
		EXECUTE statement;
		SET CONSTRAINTS ALL IMMEDIATE;
		SET CONSTRAINTS ALL DEFERRED;
	END LOOP;
	RETURN concat_ws(' / ', pg_temp.advice('SRE'), pg_temp.advice('Billing'), pg_temp.advice('Ops'));
END $$;
SELECT is(pg_temp.advice('SRE'), 'company phone, escalation ends with a person, expectations accepted, handover in working hours', 'a company that is new');
SELECT is(pg_temp.advice('Billing'), 'company phone, escalation ends with a person, expectations accepted, no gaps', 'and its business hours');
SELECT is(pg_temp.advice('Ops'), 'duty every 4 to 7 weeks, escalation ends with a person, '
	'handover in working hours, pairs, turn of a week', 'and what goes on with long turns of one');
SELECT is(pg_temp.paste_all(), 'company phone, escalation ends with a person, expectations accepted / '
	'company phone, escalation ends with a person, expectations accepted / duty every 4 to 7 weeks, escalation ends with a person, pairs',
	'all that it suggests, once');
SELECT is(pg_temp.paste_all(), 'company phone, escalation ends with a person, expectations accepted / '
	'company phone, escalation ends with a person, expectations accepted / escalation ends with a person',
	'and again: what is left is for people to answer');
SELECT is_empty($$SELECT FROM oncall.person WHERE name IN ('Aroha', 'Oliver', 'Maria', 'Tomasz', 'Wei', 'Priya', 'Hemi', 'Ines')
	AND (company_phone, expectations_accepted_on) IS DISTINCT FROM (NULL, NULL)$$, 'nobody has been answered for');
SELECT is_empty($$SELECT FROM oncall.rotation WHERE name IN ('SRE', 'Billing', 'Ops') AND team_id IS NOT NULL$$, 'nor given a manager');
SELECT results_eq($$SELECT DISTINCT oncall.is_open('Mo-Fr 09:00-17:00', lower(period), 'Pacific/Auckland') FROM oncall.roster(tstzrange(now(), now() + '60 days'), 'Billing')
	WHERE person IS NOT NULL$$, $$VALUES (true)$$, 'nor called at night');
DO $$ BEGIN
	EXECUTE (SELECT string_agg(regexp_replace(l.suggestion, 'NULL(?=::)', CASE rule WHEN 'expectations accepted' THEN '''2026-01-02''' WHEN 'company phone' THEN '''+64 27 555 0100'''
		ELSE '''T''' END, 'g'), ' ') FROM unnest('{SRE,Billing,Ops}'::text[]) AS r, oncall.lint(r) AS l);
END $$;
SELECT is(coalesce(pg_temp.advice('SRE'), pg_temp.advice('Billing'), pg_temp.advice('Ops')), NULL, 'when they have answered, nothing is left');

SELECT * FROM finish();
ROLLBACK;
