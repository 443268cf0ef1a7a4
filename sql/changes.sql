-- Changes of a rota: who joins, leaves and moves, and rules from some time on.
-- Each is a fact of its own, whatever else is planned and in whatever order it
-- is entered.
-- A database of its own: several transactions are what this is about.
--
-- Tests: changes layer_turn list_diff_sql
\set regression :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_oncall_changes TEMPLATE template0;
\c regress_oncall_changes
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT count(oncall.add_person(n, 'Europe/Berlin')) FROM unnest('{Ann,Ben,Cem,Dan,Eva,Fox,Gil,Half,Shadow}'::text[]) n;

-- What a statement gets: its SQLSTATE, constraint, message, detail and hint;
-- nothing that it wrote stays
CREATE FUNCTION public.try(statement text) RETURNS TABLE (code text, con text, message text, detail text, hint text)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE SQLSTATE 'OK000' USING MESSAGE = 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, con = CONSTRAINT_NAME, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN NEXT;
END
$$;
-- Who holds a seat, shift by shift
CREATE FUNCTION public.seat(rotation text, during tstzrange, seat integer = 1) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(coalesce(s.person, '-') || to_char(lower(s.period), ' DD Mon'), ', ' ORDER BY s.period)
	FROM oncall.roster(during, rotation) s WHERE s.seat = seat.seat);
-- Who holds the seats of each turn
CREATE FUNCTION public.pairs(rotation text, during tstzrange) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(t.names, ' ' ORDER BY t.at) FROM (
	SELECT d AS at, string_agg(coalesce(s.person, '-'), '/' ORDER BY s.seat) AS names
	FROM generate_series(lower(during), upper(during) - interval '1 second', '7 days') d, oncall.roster(tstzrange(d, d + interval '1 second'), rotation) s
	GROUP BY d) t);
-- The list of a layer of a rotation, and what has been written about it
CREATE FUNCTION public.list(rotation text, at timestamptz) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(coalesce(oncall_internal.list_names(l.layer_id, at), 'nobody'), '; ' ORDER BY l.layer_id)
	FROM oncall.layer l WHERE l.rotation_id = oncall_internal.rotation_named(rotation) AND upper_inf(l.recorded));
CREATE FUNCTION public.wrote(change integer) RETURNS text LANGUAGE sql
RETURN (SELECT what FROM oncall.change_log WHERE change_id = change);

-- A leave that is planned, and somebody who joins before it -----------------

SELECT oncall.add_rotation('planned', '{Ann,Ben,Cem,Dan,Eva,Fox}', 'R/2040-08-27T09:00[Europe/Berlin]/P7D', seats => '{primary}') AS planned \gset
SELECT oncall.leave_rotation('planned', 'Cem', '2041-01-01', '2041-03-01', reason => 'parental leave') AS leave \gset
SELECT public.seat('planned', '[2040-12-10 09:00, 2041-04-22 09:00)');
-- entered last, and earlier: Gil has turns, the leave counts, nobody is passed over
SELECT oncall.join_rotation('planned', 'Gil', since => '2040-12-15') AS joined \gset
SELECT public.seat('planned', '[2040-12-10 09:00, 2041-04-22 09:00)');
SELECT public.list('planned', '2040-12-01') AS before, public.list('planned', '2041-02-01') AS meanwhile, public.list('planned', '2041-03-02') AS after;
-- the same by whole lists
SELECT oncall.add_rotation('lists', '{Ann,Ben,Cem,Dan,Eva,Fox}', 'R/2040-08-27T09:00[Europe/Berlin]/P7D', seats => '{primary}') AS lists \gset
SELECT oncall.set_members('lists', '{Ann,Ben,Dan,Eva,Fox}', '2041-01-01') AS away \gset
SELECT oncall.set_members('lists', '{Ann,Ben,Cem,Dan,Eva,Fox}', '2041-03-01') AS back \gset
SELECT oncall.set_members('lists', '{Ann,Ben,Cem,Dan,Eva,Fox,Gil}', '2040-12-15') AS joined \gset
SELECT public.wrote(:away) AS away, public.wrote(:back) AS back, public.wrote(:joined) AS joined;
SELECT public.seat('lists', '[2040-12-10 09:00, 2041-04-22 09:00)') = public.seat('planned', '[2040-12-10 09:00, 2041-04-22 09:00)') AS same;
-- two people who join, the later one entered first, and another cadence
SELECT oncall.add_rotation('order', '{Ann,Ben,Cem,Dan}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary}') > 0 AS added;
SELECT oncall.join_rotation('order', 'Eva', since => '2041-03-01') > 0 AS march;
SELECT oncall.join_rotation('order', 'Fox', since => '2041-02-01') > 0 AS february;
SELECT oncall.set_cadence('order', 'R/2041-01-07T10:00[Europe/Berlin]/P7D', '2041-02-08') > 0 AS monday;
SELECT person, to_char(lower(period), 'Dy YYYY-MM-DD HH24:MI') AS since FROM oncall.roster('[2041-01-22 12:00, 2041-04-29 10:00)', 'order') ORDER BY period;

-- Joining and leaving --------------------------------------------------------

SELECT oncall.add_rotation('SRE', '{Ann,Ben,Cem,Dan}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary}') AS sre \gset
SELECT public.wrote(oncall.join_rotation('SRE', 'Eva', 'Ben', '2041-02-01'));
SELECT public.wrote(oncall.join_rotation('SRE', 'Fox', 'Ben', '2041-03-01', '2041-06-01'));
SELECT public.list('SRE', '2041-01-31'), public.list('SRE', '2041-02-01'), public.list('SRE', '2041-03-01'), public.list('SRE', '2041-06-01');
-- behind somebody who is away, and before whoever comes later
SELECT public.wrote(oncall.leave_rotation('SRE', 'Ben', '2041-02-01', '2041-08-01', 'reserve'));
SELECT standing, valid FROM oncall.rotation_member WHERE upper_inf(recorded);
SELECT public.wrote(oncall.join_rotation('SRE', 'Gil', 'Ben', '2041-02-10'));
SELECT public.list('SRE', '2041-03-10'), public.list('SRE', '2041-08-01');
-- who leaves is no member any more: nobody asks them
SELECT oncall.leave_rotation('SRE', 'Dan', '2041-03-01') > 0 AS gone;
SELECT l.periods AS dan FROM oncall_internal.listed_periods(:sre, '[2041-02-01,2041-05-01)') l WHERE l.person_id = oncall_internal.person_named('Dan');
-- a volunteer who joins is none from then on
INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid) VALUES (:sre, oncall_internal.person_named('Half'), 'volunteer', '[2041-01-01,)');
SELECT oncall.join_rotation('SRE', 'Half', since => '2041-04-01') > 0 AS joined;
SELECT standing, valid FROM oncall.rotation_member WHERE upper_inf(recorded) ORDER BY 1, 2;
-- there is room between two entries, however many come
SELECT oncall.add_rotation('room', '{Ann,Ben}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary}') > 0 AS added;
SELECT count(oncall.join_rotation('room', 'Cem', 'Ann', '2041-02-01'::timestamptz + d * interval '7 days', '2041-02-01'::timestamptz + (d + 1) * interval '7 days'))
FROM generate_series(0, 99) d;
SELECT count(*), bool_and("position" > 1 AND "position" < 2) AS between, count(DISTINCT "position") AS places
FROM oncall.layer_member WHERE person_id = oncall_internal.person_named('Cem') AND layer_id = (
	SELECT layer_id FROM oncall.layer WHERE rotation_id = oncall_internal.rotation_named('room'));

-- A whole list ---------------------------------------------------------------

SELECT oncall.add_rotation('whole', '{Ann,Ben,Cem,Dan,Eva}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary}') AS whole \gset
SELECT public.wrote(oncall.set_members('whole', '{Ann,Cem,Fox,Dan,Eva}', '2041-02-01'));
SELECT public.list('whole', '2041-02-01');
-- the same order begun elsewhere is the same circle; before the first turn is over it is not
SELECT oncall.set_members('whole', '{Fox,Dan,Eva,Ann,Cem}', '2041-03-01') AS nothing;
SELECT public.wrote(oncall.set_members('whole', '{Ben,Cem,Dan,Eva,Ann}', '2041-01-10'));
-- who stands elsewhere moves: one of them, not four
SELECT public.wrote(oncall.set_members('whole', '{Ann,Eva,Cem,Fox,Dan}', '2041-03-01'));
-- twice on the list, and a turn for nobody
SELECT public.wrote(oncall.set_members('whole', '{Ann,Eva,Ann,Cem,Fox,NULL,Dan}', '2041-04-01'));
SELECT public.list('whole', '2041-04-01');
SELECT public.wrote(oncall.set_members('whole', '{Ann,Eva,Cem,Fox,Dan}', '2041-05-01'));
-- all new
SELECT public.wrote(oncall.set_members('whole', '{Gil,Half}', '2041-06-01'));
SELECT public.list('whole', '2041-06-01');
-- half time: the others stand twice, and both seats are filled
SELECT oncall.add_rotation('half', '{Ann,Ben,Cem,Half,Ann,Ben,Cem}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D') > 0 AS added;
SELECT public.pairs('half', '[2041-01-08 12:00, 2041-02-26 12:00)');

-- Rules over time --------------------------------------------------------------

SELECT oncall.add_rotation('rules', '{Ann,Ben,Cem,Dan,Eva,Fox}', 'R/2041-07-02T07:00[Europe/Berlin]/P7D', pairing => 'following') AS rules \gset
SELECT public.pairs('rules', '[2041-07-02 07:00, 2041-08-27 07:00)');
SELECT public.wrote(oncall.set_pairing('rules', 'preceding', '2041-08-13'));
SELECT public.wrote(oncall.set_hours('rules', 'Mo-Fr 08:00-20:00', '2041-09-01'));
SELECT public.pairs('rules', '[2041-07-23 07:00, 2041-09-17 07:00)');
SELECT public.wrote(oncall.set_hours('rules', '24/7', '2041-09-08'));
SELECT person, period FROM oncall.roster('[2041-09-05 19:00, 2041-09-09)', 'rules') WHERE seat = 1 ORDER BY period;
-- the week in parts: spread, or the same person always has the weekend
SELECT oncall.add_rotation('parts', '{Ann,Ben,Cem,Dan,Eva}', 'R/2041-01-07T09:00[Europe/Berlin]/P1D,P1D,P1D,P1D,P3D', seats => '{primary}') > 0 AS added;
SELECT public.wrote(oncall.set_pairing('parts', NULL, '2041-07-01', spread => true));
SELECT person, count(*) FILTER (WHERE lower(period) < '2041-07-01') AS before, count(*) FILTER (WHERE lower(period) >= '2041-07-01') AS spread
FROM oncall.roster('[2041-01-07 09:00, 2041-12-30 09:00)', 'parts') WHERE extract(dow FROM lower(period)) = 5 GROUP BY 1 ORDER BY 1;
-- a shadow for good: a layer of one seat
SELECT oncall.add_rotation('shadowed', '{Ann,Ben,Cem,Dan}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary,secondary,shadow}') > 0 AS added;
SELECT oncall.add_layer('shadowed', '{Shadow}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', rank => 1, valid => '[2041-02-01,)', first_seat => 3, seats => 1) > 0 AS added;
SELECT public.pairs('shadowed', '[2041-01-22 12:00, 2041-02-26 12:00)');
-- the layer of one seat goes on when the list of the others changes
SELECT oncall.set_members('shadowed', '{Ann,Ben,Cem,Dan,Eva}', '2041-02-15', layer_id => min(layer_id)) > 0 AS changed
FROM oncall.layer WHERE rotation_id = oncall_internal.rotation_named('shadowed');
SELECT public.pairs('shadowed', '[2041-02-12 12:00, 2041-03-19 12:00)');

-- What holds now ---------------------------------------------------------------

BEGIN;
SELECT oncall.add_rotation('now', '{Ann,Ben,Cem}', oncall.cadence(date_trunc('day', now() - interval '8 days')::timestamp, 'Europe/Berlin', '7 days'), seats => '{a,b}') AS now \gset
SELECT oncall.set_pairing('now', 'fixed', now() - interval '1 day') > 0 AS pairing;
SELECT oncall.set_hours('now', '24/7', now() + interval '1 day') > 0 AS later;
SELECT rotation, rank, first_seat, seats, hours, pairing, spread, members, since, until FROM oncall.layer_now WHERE rotation_id = :now;
SELECT oncall.end_layer(layer_id, now() + interval '2 days') > 0 AS ended FROM oncall.layer WHERE rotation_id = :now;
SELECT until = now() + interval '2 days' AS until FROM oncall.layer_now WHERE rotation_id = :now;
SELECT oncall.withdraw_layer(layer_id) > 0 AS withdrawn FROM oncall.layer WHERE rotation_id = :now;
SELECT count(*) FROM oncall.layer_now WHERE rotation_id = :now;
ROLLBACK;

-- What bad input gets: nothing is written --------------------------------------

SELECT oncall.add_rotation('sun', '{Ann,Ben}', 'R/2041-03-04T08:00[Europe/Berlin]/P7D', hours => 'Mo-Su 08:00-20:00', seats => '{primary}') > 0 AS added;
SELECT oncall.add_layer('sun', '{Cem,Dan}', 'R/2041-03-04T08:00[Europe/Berlin]/P7D', hours => 'Mo-Su 20:00-08:00', rank => 1) > 0 AS added;
SELECT layer_id AS night FROM oncall.layer WHERE rank = 1 AND hours IS NOT NULL \gset
SELECT (SELECT count(*) FROM oncall.change) AS changes, (SELECT count(*) FROM oncall.layer_member) AS entries,
	(SELECT count(*) FROM oncall.layer_leave) AS leaves, (SELECT count(*) FROM oncall.layer_rule) AS rules \gset
\x on
-- on the list already
SELECT * FROM public.try($$SELECT oncall.join_rotation('SRE', 'Eva', since => '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.join_rotation('SRE', 'Ann', since => '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.join_rotation('SRE', 'Ben', since => '2041-03-01')$$);
-- not on the list
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', 'Shadow', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', 'Dan', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.join_rotation('SRE', 'Shadow', 'Dan', '2041-05-01')$$);
-- times
SELECT * FROM public.try($$SELECT oncall.join_rotation('SRE', 'Shadow', since => '2041-05-01', until => '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', 'Ann', '2041-05-01', '2041-04-01')$$);
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', 'Ann', 'infinity')$$);
SELECT * FROM public.try($$SELECT oncall.set_members('SRE', '{Ann}', NULL)$$);
-- lists
SELECT * FROM public.try($$SELECT oncall.set_members('SRE', '{}', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_members('SRE', '{NULL}', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_members('SRE', NULL, '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_members('SRE', '{Ann,Bem}', '2041-05-01')$$);
-- which layer
SELECT * FROM public.try($$SELECT oncall.set_members('sun', '{Cem,Dan,Eva}', '2041-04-01')$$);
SELECT * FROM public.try($$SELECT oncall.join_rotation('sun', 'Eva', since => '2041-04-01', layer_id => 999)$$);
SELECT * FROM public.try($$SELECT oncall.set_cadence('SRE', 'R/2041-01-07T10:00[Europe/Berlin]/P7D', '2041-04-01', (SELECT min(layer_id) FROM oncall.layer))$$);
-- rules
SELECT * FROM public.try($$SELECT oncall.set_pairing('SRE', 'random', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_pairing('SRE', NULL, '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_pairing('SRE', 'mixed', '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_hours('SRE', NULL, '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.set_cadence('SRE', NULL, '2041-05-01')$$);
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', 'Ann', '2041-05-01', becomes => 'boss')$$);
SELECT * FROM public.try($$SELECT oncall.add_layer('SRE', '{Ann}', 'R/2041-01-07T10:00[Europe/Berlin]/P7D', first_seat => 2)$$);
-- names
SELECT * FROM public.try($$SELECT oncall.join_rotation('SER', 'Ann')$$);
SELECT * FROM public.try($$SELECT oncall.leave_rotation('SRE', NULL)$$);
\x off
SELECT (SELECT count(*) FROM oncall.change) - :changes AS changes, (SELECT count(*) FROM oncall.layer_member) - :entries AS entries,
	(SELECT count(*) FROM oncall.layer_leave) - :leaves AS leaves, (SELECT count(*) FROM oncall.layer_rule) - :rules AS rules;
-- with the layer named it is the one that was meant
SELECT oncall.set_members('sun', '{Cem,Dan,Eva}', '2041-04-01', :night) > 0 AS night;
SELECT public.list('sun', '2041-04-02');
-- somebody leaves all lists at once, or one
SELECT oncall.join_rotation('sun', 'Ann', since => '2041-04-01', layer_id => :night) > 0 AS both;
BEGIN;
SELECT public.wrote(oncall.leave_rotation('sun', 'Ann', '2041-05-01'));
SELECT public.list('sun', '2041-05-01');
ROLLBACK;
SELECT public.wrote(oncall.leave_rotation('sun', 'Ann', '2041-05-01', layer_id => :night));
SELECT public.list('sun', '2041-05-01');

-- hours that do not name public holidays leave the calendar free; those that do
-- hold it, in a layer or in a rule for later
INSERT INTO oncall.calendar (name) VALUES ('Berlin'), ('Bern');
UPDATE oncall.rotation SET calendar_id = 1 WHERE name = 'sun';
BEGIN;
SELECT oncall.set_hours('sun', 'Mo-Su 08:00-20:00; PH off', '2041-06-01', layer_id => :night) > 0 AS hours;
SELECT code, message, detail FROM public.try($$UPDATE oncall.rotation SET calendar_id = 2 WHERE name = 'sun'$$);
ROLLBACK;
UPDATE oncall.rotation SET calendar_id = 2 WHERE name = 'sun';

-- where two share a position nobody fits in between: the second is written anew
SELECT oncall.add_person('T' || n, 'UTC') > 0 AS added FROM generate_series(1, 8) AS n;
SELECT oncall.add_rotation('tied', '{T1,T2,T3}', 'R/2041-01-01T12:00[UTC]/P7D', zone => 'UTC') AS tied \gset
SELECT l.layer_id AS tied FROM oncall.layer AS l WHERE l.rotation_id = :tied \gset
INSERT INTO oncall.layer_member (layer_id, position, person_id)
SELECT layer_id, position, oncall_internal.person_named('T4') FROM oncall.layer_member
WHERE layer_id = :tied AND person_id = oncall_internal.person_named('T2');
SELECT oncall_internal.list_names(:tied, '2041-02-01Z') AS list;
SELECT oncall.set_members('tied', '{T1,T2,T5,T4,T3}', '2041-01-01Z') > 0 AS changed;
SELECT oncall_internal.list_names(:tied, '2041-02-01Z') AS list;
-- and in a circle
SELECT oncall.set_members('tied', '{T4,T6,T3,T1,T2,T5}', '2041-03-01Z') > 0 AS changed;
SELECT oncall_internal.list_names(:tied, '2041-04-01Z') AS list;
-- what is undone keeps its place, which nobody else gets
SELECT oncall.join_rotation('tied', 'T7', after => 'T1', since => '2041-03-01Z') AS joined \gset
SELECT oncall.undo(:joined) AS undone \gset
SELECT oncall.join_rotation('tied', 'T8', after => 'T1', since => '2041-03-01Z') > 0 AS joined;
SELECT oncall.undo(:undone) > 0 AS undone;
SELECT oncall_internal.list_names(:tied, '2041-04-01Z') AS list;
SELECT count(*), count(DISTINCT m.position) AS places FROM oncall.layer_member AS m
JOIN oncall.person AS p USING (person_id) WHERE m.layer_id = :tied AND p.name IN ('T7', 'T8');

\c :regression
DROP DATABASE regress_oncall_changes;
