-- Changes taken back: the roster is then what it would be had the change never
-- been made, whatever has been changed since; and the log of changes.
-- A database of its own: several transactions are what this is about.
--
-- Tests: undo
\set regression :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_oncall_undo TEMPLATE template0;
\c regress_oncall_undo
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'Europe/Berlin';
SET datestyle = 'ISO';
CREATE EXTENSION oncall;
SELECT oncall.setup();
SELECT count(oncall.add_person(n, 'Europe/Berlin')) FROM unnest('{Ann,Ben,Cem,Dan,Eva,Fox}'::text[]) n;

-- What a statement gets; nothing that it wrote stays
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
-- Who holds the first seat, shift by shift; in brackets by a cover
CREATE FUNCTION public.seat(rotation text, during tstzrange, form text = ' DD Mon') RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(CASE WHEN s.cover_id IS NULL THEN coalesce(s.person, '-') ELSE format('(%s)', coalesce(s.person, '-')) END
		|| to_char(lower(s.period), form), ', ' ORDER BY s.period)
	FROM oncall.roster(during, rotation) s WHERE s.seat = 1);

-- Lists ------------------------------------------------------------------------

SELECT oncall.add_rotation('SRE', '{Ann,Ben,Cem,Dan,Eva,Fox}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', seats => '{primary}') AS sre \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') AS at_first \gset
-- three people forgotten: taken back, everybody has the turns of before
SELECT oncall.set_members('SRE', '{Ann,Ben,Eva}', '2041-03-16') AS mistake \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:mistake, 'three people forgotten') AS undone \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
-- an undo is undone, and that as well
SELECT oncall.undo(:undone) AS again \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
SELECT oncall.undo(:again) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
-- a change between others: what came before and after it stays
SELECT oncall.leave_rotation('SRE', 'Cem', '2041-03-01') AS cem \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') AS without_cem \gset
SELECT oncall.leave_rotation('SRE', 'Dan', '2041-03-01', '2041-04-01') AS dan \gset
SELECT oncall.set_cadence('SRE', 'R/2041-01-07T10:00[Europe/Berlin]/P7D', '2041-04-15') AS monday \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:dan) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:monday) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'without_cem' AS without_cem;
SELECT oncall.undo(:cem) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
-- a layer that was ended, withdrawn, and added
SELECT oncall.end_layer(layer_id, '2041-04-01') AS ended FROM oncall.layer WHERE rotation_id = :sre \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.withdraw_layer(layer_id) AS withdrawn FROM oncall.layer WHERE rotation_id = :sre AND upper_inf(recorded) \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:ended) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:withdrawn) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
SELECT oncall.add_layer('SRE', '{Fox}', 'R/2041-01-08T12:00[Europe/Berlin]/P7D', rank => 1, valid => '[2041-03-01,)') > 0 AS added;
SELECT oncall.undo(max(change_id)) > 0 AS undone FROM oncall.change;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
-- closed and taken back by one transaction: what had closed it is known still
BEGIN;
SELECT oncall.withdraw_layer(layer_id) AS withdrawn FROM oncall.layer WHERE rotation_id = :sre AND copy_of IS NULL AND rank = 0 \gset
SELECT oncall.undo(:withdrawn) AS undone \gset
COMMIT;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
SELECT oncall.undo(:undone) AS again \gset
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)');
SELECT oncall.undo(:again) > 0 AS undone;
SELECT public.seat('SRE', '[2041-02-26 12:00, 2041-04-30 12:00)') = :'at_first' AS as_before;
-- what was believed in between is kept
SELECT public.seat('SRE', '[2041-03-19 12:00, 2041-04-02 12:00)') AS now,
	(SELECT string_agg(s.person, ', ' ORDER BY s.period) FROM oncall.roster('[2041-03-19 12:00, 2041-04-02 12:00)', 'SRE',
		(SELECT made_at FROM oncall.change WHERE change_id = :mistake)) s) AS after_the_mistake;

-- Covers: the one beneath comes back ----------------------------------------------

SELECT oncall.cover_shift('SRE', '[2041-03-13 18:00, 2041-03-13 22:00)', 'Dan', 'Ben', 'school play') AS play \gset
SELECT oncall.cover_shift('SRE', '[2041-03-13 19:00, 2041-03-13 20:00)', 'Ben', 'Cem', 'a mistake') AS upper \gset
SELECT public.seat('SRE', '[2041-03-13 17:00, 2041-03-13 23:00)', ' HH24:MI');
SELECT oncall.undo(:upper) AS undone \gset
SELECT public.seat('SRE', '[2041-03-13 17:00, 2041-03-13 23:00)', ' HH24:MI');
-- the lower one is undone first: what the later one holds stays with it
SELECT oncall.undo(:undone) > 0 AS again;
SELECT oncall.undo(:play) AS undone \gset
SELECT public.seat('SRE', '[2041-03-13 17:00, 2041-03-13 23:00)', ' HH24:MI');
SELECT oncall.undo(max(change_id)) > 0 AS nobody_wants_it FROM oncall.change WHERE undoes = :play;
SELECT public.seat('SRE', '[2041-03-13 17:00, 2041-03-13 23:00)', ' HH24:MI');
-- both undone: as it was
SELECT oncall.undo(change_id) > 0 AS undone FROM oncall.change_log WHERE change_id IN (:play, :upper) AND undone_by IS NULL ORDER BY change_id;
SELECT public.seat('SRE', '[2041-03-13 17:00, 2041-03-13 23:00)', ' HH24:MI');
-- one that was made shorter, twice, and given to somebody else: each step is taken back by itself
SELECT oncall.cover_shift('SRE', '[2041-03-20 18:00, 2041-03-20 22:00)', 'Eva', 'Ben') AS made \gset
SELECT cover_id AS cover FROM oncall.cover_now WHERE change_id = :made \gset
SELECT oncall.end_cover(:cover, '2041-03-20 21:00') AS ended \gset
UPDATE oncall.cover SET period = '[2041-03-20 19:00, 2041-03-20 21:00)' WHERE cover_id = :cover;
UPDATE oncall.cover SET person_id = oncall_internal.person_named('Ann') WHERE cover_id = :cover;
SELECT public.seat('SRE', '[2041-03-20 17:00, 2041-03-20 23:00)', ' HH24:MI');
SELECT oncall.undo(max(change_id)) > 0 AS undone FROM oncall.change WHERE kind = 'rows';
SELECT public.seat('SRE', '[2041-03-20 17:00, 2041-03-20 23:00)', ' HH24:MI');
SELECT oncall.undo(:ended) AS undone \gset
SELECT public.seat('SRE', '[2041-03-20 17:00, 2041-03-20 23:00)', ' HH24:MI');
SELECT oncall.undo(:made) > 0 AS undone;
SELECT public.seat('SRE', '[2041-03-20 17:00, 2041-03-20 23:00)', ' HH24:MI');
-- one that was made longer
SELECT oncall.cover_shift('SRE', '[2041-03-27 18:00, 2041-03-27 20:00)', 'Fox', 'Ben') AS made \gset
UPDATE oncall.cover SET period = '[2041-03-27 18:00, 2041-03-27 22:00)' WHERE change_id = :made;
SELECT public.seat('SRE', '[2041-03-27 17:00, 2041-03-27 23:00)', ' HH24:MI');
SELECT oncall.undo(max(change_id)) > 0 AS undone FROM oncall.change WHERE kind = 'rows';
SELECT public.seat('SRE', '[2041-03-27 17:00, 2041-03-27 23:00)', ' HH24:MI');
-- withdrawn, and taken back
SELECT oncall.withdraw_cover(cover_id) AS withdrawn FROM oncall.cover_now WHERE change_id = :made \gset
SELECT public.seat('SRE', '[2041-03-27 17:00, 2041-03-27 23:00)', ' HH24:MI');
SELECT oncall.undo(:withdrawn) > 0 AS undone;
SELECT public.seat('SRE', '[2041-03-27 17:00, 2041-03-27 23:00)', ' HH24:MI');
-- a swap is undone as a whole, and another cover over one half of it stays
SELECT oncall.swap_shifts('SRE', 'Ann', '2041-05-15', 'Cem', '2041-05-29') AS swap \gset
SELECT oncall.cover_shift('SRE', '[2041-05-15 18:00, 2041-05-15 22:00)', 'Cem', 'Ben') AS over \gset
SELECT public.seat('SRE', '[2041-05-14 12:00, 2041-06-04 12:00)', ' DD Mon HH24:MI');
SELECT oncall.undo(:swap) AS undone \gset
SELECT public.seat('SRE', '[2041-05-14 12:00, 2041-06-04 12:00)', ' DD Mon HH24:MI');
SELECT oncall.undo(:over) > 0 AS undone;
SELECT public.seat('SRE', '[2041-05-14 12:00, 2041-06-04 12:00)', ' DD Mon HH24:MI');
SELECT oncall.undo(:undone) > 0 AS again;
SELECT public.seat('SRE', '[2041-05-14 12:00, 2041-06-04 12:00)', ' DD Mon HH24:MI');

-- What is on no list -----------------------------------------------------------------

SELECT oncall.leave_rotation('SRE', 'Fox', '2041-07-01', becomes => 'reserve') AS fox \gset
SELECT oncall.undo(:fox) AS undone \gset
SELECT count(*) AS standing FROM oncall.rotation_member WHERE upper_inf(recorded);
SELECT oncall.leave_rotation('SRE', 'Fox', '2041-08-01', becomes => 'volunteer') AS later \gset
\x on
SELECT * FROM public.try(format('SELECT oncall.undo(%s)', :undone));

-- What bad input gets: nothing is written ----------------------------------------------

SELECT count(*) AS changes FROM oncall.change \gset
SELECT * FROM public.try(format('SELECT oncall.undo(%s)', :fox));
SELECT * FROM public.try('SELECT oncall.undo(99999)');
SELECT * FROM public.try('SELECT oncall.undo(NULL)');
-- judged as every trade: Ann is away now where the undo would put her on duty
SELECT oncall.cover_shift('SRE', '[2041-06-25 12:00, 2041-07-02 12:00)', 'Ann', 'Ben') AS holiday \gset
INSERT INTO oncall.absence (person_id, period, kind) VALUES (oncall_internal.person_named('Ann'), '[2041-06-24, 2041-07-03)', 'leave');
SELECT code, con, message FROM public.try(format('SELECT oncall.undo(%s)', :holiday));
\x off
SELECT count(*) - :changes - 1 AS changes FROM oncall.change;

-- The past ------------------------------------------------------------------------------

SELECT oncall.add_rotation('past', '{Ann,Ben,Cem}', oncall.cadence(date_trunc('day', now() - interval '60 days')::timestamp, 'Europe/Berlin', '7 days'), seats => '{primary}') > 0 AS added;
UPDATE oncall.rotation SET exclusive = false, max_consecutive = NULL;
SELECT oncall.join_rotation('past', 'Dan', since => now() - interval '40 days', past_reason => 'forgotten') AS late \gset
SELECT code, con FROM public.try(format('SELECT oncall.undo(%s)', :late));
SELECT code, con FROM public.try(format('SELECT oncall.undo(%s, past_reason => %L)', :late, 'it was not so'));
-- of time whose pay is closed likewise
INSERT INTO oncall.pay_policy (pay_policy_id, name, zone, currency) VALUES (1, 'Hourly', 'Europe/Berlin', 'EUR');
INSERT INTO oncall.pay_band (pay_policy_id, position, band, applies, standby_rate, callout_rate) VALUES (1, 10, 'all', '24/7', 2, 30);
INSERT INTO oncall.pay_assignment (person_id, pay_policy_id, valid) SELECT person_id, 1, '(,)' FROM oncall.person;
SELECT oncall.close_pay_run('Hourly', daterange(current_date - 50, current_date - 10), allow_gap => true) > 0 AS closed;
SELECT code, con FROM public.try(format('SELECT oncall.undo(%s)', :late));
SELECT code, con FROM public.try(format('SELECT oncall.undo(%s, past_reason => %L)', :late, 'it was not so'));

-- The log -------------------------------------------------------------------------------

SELECT kind, what, person, reason, undoes IS NOT NULL AS undo, undone_by IS NOT NULL AS undone
FROM oncall.change_log WHERE rotation = 'SRE' AND kind <> 'undo' ORDER BY change_id;
SELECT count(*) AS undos, bool_and(what = format('change %s undone', undoes)) AS said FROM oncall.change_log WHERE kind = 'undo';
SELECT rotation, seat_name, person, instead_of, period, reason FROM oncall.cover_now ORDER BY starts_at;
-- who serves their own shift after all does not do so for themselves
SELECT oncall.cover_shift('SRE', period, person, instead_of) AS after_all
FROM oncall.cover_now WHERE rotation = 'SRE' AND person = 'Ben' AND instead_of = 'Fox' \gset
SELECT what FROM oncall.change_log WHERE change_id = :after_all;

\c :regression
DROP DATABASE regress_oncall_undo;
