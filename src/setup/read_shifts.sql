
-- Shifts one by one, as spreadsheets and calendars have them: an object with
-- name, timezone and shifts, of which each has who, seat (1), and either week
-- (2026-W31; 31 where the document has a year) or starts and ends. Times are
-- as doc/import_calendar.py writes them.

CREATE FUNCTION oncall_internal.shift_week(shift jsonb, doc jsonb, zone text, place text, OUT period tstzrange,
	OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	year CONSTANT bigint := oncall_internal.json_integer(doc, 'year', 'the document');
	-- a bare number may be one, or a text
	written CONSTANT text := btrim(shift ->> 'week');
	part CONSTANT text[] := regexp_match(written, '^(?:(\d{4})-?W)?(\d{1,2})$');
	monday date;
BEGIN
	IF part[1] IS NULL AND part IS NOT NULL AND year IS NULL THEN
		why := format('week: "%s" is a week of no year; write 2026-W%s, or the "year" into the document', written, lpad(written, 2, '0'));
		RETURN;
	END IF;
	IF part IS NOT NULL AND coalesce(part[1]::bigint, year) BETWEEN 1900 AND 9998 AND part[2]::integer BETWEEN 1 AND 53
		THEN
		monday := to_date(coalesce(part[1], year::text) || ' ' || part[2], 'IYYY IW');
	END IF;
	IF monday IS NULL OR to_char(monday, 'IW')::integer <> part[2]::integer THEN
		PERFORM oncall_internal.refuse_json(shift, 'week', place, 'a week of ISO 8601, such as 2026-W31');
	END IF;
	period := tstzrange(monday::timestamp AT TIME ZONE zone, (monday + 7)::timestamp AT TIME ZONE zone);
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_week(jsonb, jsonb, text, text) IS
'The week of a shift, from Monday midnight on; NULL where it is a number without a year, why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.shift_period(shift jsonb, doc jsonb, zone text, place text, OUT period tstzrange,
	OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own record;
	begins timestamptz;
	ends timestamptz;
BEGIN
	IF coalesce(jsonb_typeof(shift -> 'week'), 'null') <> 'null' THEN
		SELECT w.period, w.why INTO period, why FROM oncall_internal.shift_week(shift, doc, zone, place) w;
		RETURN;
	END IF;
	SELECT z.* INTO own FROM oncall_internal.import_zone(coalesce(oncall_internal.json_text(shift, 'zone', place), zone)) z;
	IF own.zone IS NULL THEN
		why := own.why;
		RETURN;
	END IF;
	begins := oncall_internal.json_time(shift, 'starts', place, own.zone, true);
	ends := oncall_internal.json_time(shift, 'ends', place, own.zone);
	IF ends IS NULL AND shift ->> 'starts' ~ '^\s*\d{4}-\d\d-\d\d\s*$' THEN
		-- a day
		ends := (begins AT TIME ZONE own.zone + interval '1 day') AT TIME ZONE own.zone;
	END IF;
	IF ends IS NULL OR ends <= begins THEN
		PERFORM oncall_internal.refuse_json(shift, 'ends', place, 'a time after it starts');
	END IF;
	period := tstzrange(begins, ends);
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_period(jsonb, jsonb, text, text) IS
'When a shift is; NULL where that cannot be told, why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.shift_list(doc jsonb, zone text)
RETURNS TABLE (rotation text, seat integer, who text, period tstzrange, why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	name CONSTANT text := oncall_internal.json_text(doc, 'name', 'the document');
	part record;
	place text;
	number bigint;
BEGIN
	FOR part IN
		SELECT s.value AS shift, s.number
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'shifts', 'the document')) WITH ORDINALITY s(value, number)
		ORDER BY s.number
	LOOP
		place := 'shift ' || part.number;
		who := oncall_internal.json_text(part.shift, 'who', place);
		CONTINUE WHEN who IS NULL;		-- an empty cell
		rotation := coalesce(oncall_internal.json_text(part.shift, 'rotation', place), name);
		IF rotation IS NULL THEN
			PERFORM oncall_internal.refuse_json(doc, 'name', 'the document', 'the name of the rotation');
		END IF;
		number := coalesce(oncall_internal.json_integer(part.shift, 'seat', place), 1);
		IF number NOT BETWEEN 1 AND 100 THEN
			PERFORM oncall_internal.refuse_json(part.shift, 'seat', place, 'from 1 to 100');
		END IF;
		seat := number;
		SELECT p.period, p.why INTO period, why FROM oncall_internal.shift_period(part.shift, doc, zone, place) p;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_list(jsonb, text) IS
'The shifts of a document of shifts, without those that name nobody. Errors: 22023.';

CREATE FUNCTION oncall_internal.shift_covers(rotation text, zone text, who text[], seat integer[], period tstzrange[])
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of each seat: that whose shifts it has, and until when
	homes integer[] := ARRAY(SELECT n FROM generate_series(1, (SELECT max(s) FROM unnest(seat) s)) n ORDER BY n);
	busy timestamptz[] := array_fill('-infinity'::timestamptz, ARRAY[cardinality(homes)]);
	moved integer := 0;
	shift record;
	free integer;
BEGIN
	FOR shift IN
		SELECT DISTINCT s.who, s.seat, s.period FROM unnest(who, seat, period) s(who, seat, period)
		ORDER BY s.period, s.seat, s.who
	LOOP
		SELECT h.number INTO free FROM unnest(homes, busy) WITH ORDINALITY h(home, until, number)
		WHERE h.home = shift.seat AND h.until <= lower(shift.period) ORDER BY h.number LIMIT 1;
		IF NOT FOUND THEN
			homes := homes || shift.seat;
			free := cardinality(homes);
		END IF;
		busy[free] := upper(shift.period);
		moved := moved + (free <> shift.seat)::integer;
		RETURN NEXT oncall_internal.import_row('cover', rotation, zone, first_seat => free, people => ARRAY[shift.who],
			valid => shift.period);
	END LOOP;
	IF moved > 0 THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('seats: shifts that begin while another '
			|| 'of their seat lasts: %s; they have further seats, so that both people are on call', moved));
	END IF;
	RETURN NEXT oncall_internal.import_note(rotation, format('horizon: nobody is on call after %s; add a layer, or import what follows',
		oncall_internal.wall_time((SELECT max(upper(p)) FROM unnest(period) p), zone)));
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_covers(text, text, text[], integer[], tstzrange[]) IS
'Shifts of one rotation as covers: those that overlap in a seat go to further ones.';

CREATE FUNCTION oncall.read_shifts(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part jsonb;
	own record;
	made record;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	FOR part IN SELECT d FROM oncall_internal.json_documents(doc, 'documents') d LOOP
		-- Grafana's stand beside their schedule
		IF NOT part ? 'shifts' OR part ?| '{schedule,schedules}' THEN
			PERFORM oncall_internal.refuse_other_source(doc, 'shifts');
		END IF;
		SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(part, 'timezone', 'the document')) z;
		IF own.why IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(part ->> 'name', own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
		END IF;
		CONTINUE WHEN own.zone IS NULL;
		FOR made IN
			SELECT s.rotation, s.why, array_agg(s.who) AS who, array_agg(s.seat) AS seat, array_agg(s.period) AS period
			FROM oncall_internal.shift_list(part, own.zone) s
			GROUP BY s.rotation, s.why ORDER BY s.rotation, s.why
		LOOP
			IF made.why IS NOT NULL THEN
				RETURN NEXT oncall_internal.import_note(made.rotation, made.why, 1);
			ELSE
				RETURN QUERY SELECT c.* FROM oncall_internal.shift_covers(made.rotation, own.zone, made.who, made.seat,
					made.period) c;
			END IF;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_shifts(jsonb) IS
'What {"name", "timezone", "shifts": [{"who", "seat", "starts", "ends" or "week"}]} says, for import_schedule(): a cover each; made of spreadsheets and calendars. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
