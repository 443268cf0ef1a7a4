
-- Schedules of Zenduty, as GET /api/account/teams/TEAM/schedules/ID/ sends
-- them. All layers are on call at once: each is a rotation of its own.

CREATE FUNCTION oncall_internal.zenduty_person(who jsonb, place text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a name, or an object that may have another in it
	own CONSTANT jsonb := CASE WHEN jsonb_typeof(who -> 'user') = 'object' THEN who -> 'user' ELSE who END;
BEGIN
	IF jsonb_typeof(own) = 'string' THEN
		RETURN nullif(btrim(own #>> '{}'), '');
	ELSIF jsonb_typeof(own) = 'null' THEN
		RETURN NULL;
	END IF;
	RETURN coalesce(oncall_internal.json_text(own, 'email', place),
		nullif(concat_ws(' ', oncall_internal.json_text(own, 'first_name', place),
			oncall_internal.json_text(own, 'last_name', place)), ''),
		oncall_internal.json_text(own, 'username', place), oncall_internal.json_text(own, 'user', place, true));
END
$$;
COMMENT ON FUNCTION oncall_internal.zenduty_person(jsonb, text) IS
'Who somebody is whom a document of Zenduty names: the address, or else the name. Errors: 22023.';

CREATE FUNCTION oncall_internal.zenduty_hours(layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := 'a restriction of ' || place;
	type CONSTANT bigint := coalesce(oncall_internal.json_integer(layer, 'restriction_type', place), 0);
	starts bigint[] := '{}';
	seconds bigint[] := '{}';
	restriction jsonb;
	day bigint;
	clock bigint;
BEGIN
	IF type NOT BETWEEN 0 AND 2 THEN
		PERFORM oncall_internal.refuse_json(layer, 'restriction_type', place, '0 (none), 1 (days) or 2 (weeks)');
	ELSIF type = 0 OR oncall_internal.json_list(layer, 'restrictions', place) = '[]' THEN
		RETURN;
	END IF;
	FOR restriction IN SELECT r.value FROM jsonb_array_elements(layer -> 'restrictions') r LOOP
		clock := oncall_internal.json_clock(restriction, 'start_time_of_day', own, true);
		day := oncall_internal.json_integer(restriction, 'start_day_of_week', own, type = 2);
		IF type = 2 AND day NOT BETWEEN 1 AND 7 THEN
			PERFORM oncall_internal.refuse_json(restriction, 'start_day_of_week', own, 'from 1 (Monday) to 7');
		END IF;
		-- the day of what is daily is written, but says nothing
		starts := starts || CASE type WHEN 2 THEN ARRAY[(day - 1) * 86400 + clock]
			ELSE ARRAY(SELECT n * 86400 + clock FROM generate_series(0, 6) n) END;
		seconds := seconds || array_fill(oncall_internal.json_integer(restriction, 'duration', own, true),
			ARRAY[CASE type WHEN 2 THEN 1 ELSE 7 END]);
	END LOOP;
	SELECT h.hours, h.why INTO hours, why FROM oncall_internal.import_hours(starts, seconds) h;
END
$$;
COMMENT ON FUNCTION oncall_internal.zenduty_hours(jsonb, text) IS
'The hours of a layer of Zenduty; NULL if it has no restrictions, or where they cannot be said: why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.zenduty_layer(layer jsonb, rotation text, zone text, place text)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins CONSTANT timestamptz := oncall_internal.json_time(layer, 'rotation_start_time', place, zone, true);
	ends CONSTANT timestamptz := oncall_internal.json_time(layer, 'rotation_end_time', place, zone);
	name CONSTANT text := oncall_internal.json_text(layer, 'name', place);
	people text[];
	turns record;
	open record;
BEGIN
	people := ARRAY(SELECT oncall_internal.zenduty_person(u.value, 'a user of ' || place)
		FROM jsonb_array_elements(oncall_internal.json_list(layer, 'users', place)) WITH ORDINALITY u(value, number)
		ORDER BY CASE WHEN jsonb_typeof(u.value -> 'position') = 'number' THEN (u.value ->> 'position')::numeric END,
			u.number);
	SELECT c.* INTO turns FROM oncall_internal.import_cadence(begins AT TIME ZONE zone, zone,
		oncall_internal.json_integer(layer, 'shift_length', place, true)) c;
	SELECT h.* INTO open FROM oncall_internal.zenduty_hours(layer, place) h;
	IF people = '{}' OR ends <= begins THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('layer left out: %s %s', place,
			CASE WHEN people = '{}' THEN 'has no people' ELSE 'ends before it begins' END));
		RETURN;
	END IF;
	RETURN NEXT oncall_internal.import_row('layer', rotation, zone, first_seat => 1, seats => 1, people => people,
		cadence => CASE WHEN open.why IS NULL THEN turns.cadence END, hours => open.hours,
		valid => tstzrange(begins, ends), note => coalesce(turns.why, open.why, name));
	IF turns.cadence IS NOT NULL AND oncall_internal.changes_clocks(zone) THEN
		RETURN NEXT oncall_internal.import_note(rotation, 'summer time: handovers keep their local time; Zenduty does not say '
			|| 'whether "Move start time during Daylight Saving" is on. If it is, call set_cadence() with a fixed zone, such as Etc/GMT-1');
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.zenduty_layer(jsonb, text, text, text) IS
'A layer of Zenduty as rows. Errors: 22023.';

CREATE FUNCTION oncall_internal.zenduty_override(override jsonb, schedule text, layers oncall.import_row[], zone text)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('an override of "%s"', schedule);
	begins CONSTANT timestamptz := oncall_internal.json_time(override, 'start_time', place, zone, true);
	ends CONSTANT timestamptz := oncall_internal.json_time(override, 'end_time', place, zone, true);
	person CONSTANT text := oncall_internal.zenduty_person(override -> 'user', place);
	own text[];
BEGIN
	IF ends <= begins OR person IS NULL THEN
		RETURN NEXT oncall_internal.import_note(schedule, format('override left out: that from %s %s',
			override ->> 'start_time', CASE WHEN person IS NULL THEN 'names nobody' ELSE 'ends before it begins' END));
		RETURN;
	END IF;
	own := ARRAY(SELECT l.rotation FROM unnest(layers) WITH ORDINALITY l
		WHERE l.valid && tstzrange(begins, ends) ORDER BY l.ordinality);
	IF own = '{}' THEN
		RETURN NEXT oncall_internal.import_note(schedule,
			format('override left out: no layer counts from %s on', override ->> 'start_time'));
		RETURN;
	END IF;
	RETURN NEXT oncall_internal.import_row('cover', own[1], zone, first_seat => 1, people => ARRAY[person],
		valid => tstzrange(begins, ends), note => oncall_internal.json_text(override, 'name', place));
	IF cardinality(own) > 1 THEN
		RETURN NEXT oncall_internal.import_note(own[1], format(
			'override: that of %s from %s names no layer, and is a cover here only; the others are %s',
			person, override ->> 'start_time', array_to_string(own[2:], ', ')));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.zenduty_override(jsonb, text, oncall.import_row[], text) IS
'An override of Zenduty as rows: a cover in the first layer that counts then. Errors: 22023.';

CREATE FUNCTION oncall_internal.zenduty_schedule(schedule jsonb, name text, zone text) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	list CONSTANT jsonb := oncall_internal.json_list(schedule, 'layers', format('"%s"', name));
	part record;
	made oncall.import_row;
	layers oncall.import_row[] := '{}';
	override jsonb;
BEGIN
	FOR part IN
		SELECT l.value AS layer, l.number, count(*) OVER (PARTITION BY l.value ->> 'name') > 1 AS twice
		FROM jsonb_array_elements(list) WITH ORDINALITY l(value, number)
		ORDER BY l.number
	LOOP
		FOR made IN
			SELECT r.* FROM oncall_internal.zenduty_layer(part.layer,
				CASE WHEN jsonb_array_length(list) = 1 THEN name
					ELSE concat_ws('/', name, CASE WHEN part.twice THEN 'layer ' || part.number
						ELSE coalesce(part.layer ->> 'name', 'layer ' || part.number) END) END,
				zone, format('layer %s of "%s"', part.number, name)) r
		LOOP
			RETURN NEXT made;
			IF made.kind = 'layer' THEN
				layers := layers || made;
			END IF;
		END LOOP;
	END LOOP;
	IF list = '[]' THEN
		RETURN NEXT oncall_internal.import_empty(name, 'layers');
	END IF;
	IF jsonb_array_length(list) > 1 THEN
		RETURN NEXT oncall_internal.import_note(NULL, format(
			'rotations: all %s layers of "%s" are on call at once, so each is a rotation', jsonb_array_length(list), name), 0);
	END IF;
	FOR override IN
		SELECT o.value FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'overrides', format('"%s"', name)))
			WITH ORDINALITY o(value, number)
		ORDER BY o.number
	LOOP
		RETURN QUERY SELECT r.* FROM oncall_internal.zenduty_override(override, name, layers, zone) r;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.zenduty_schedule(jsonb, text, text) IS
'A schedule of Zenduty as rows. Errors: 22023.';

CREATE FUNCTION oncall.read_zenduty(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schedule jsonb;
	name text;
	own record;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'zenduty');
	PERFORM oncall_internal.refuse_same_names(ARRAY(
		SELECT d ->> 'name' FROM oncall_internal.json_documents(doc, 'schedules', 'schedule') d WHERE d ->> 'name' IS NOT NULL));
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(doc, '{email}', '{first_name,last_name}') p;
	FOR schedule IN SELECT d FROM oncall_internal.json_documents(doc, 'schedules', 'schedule') d LOOP
		name := oncall_internal.json_text(schedule, 'name', 'a schedule', true);
		SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(schedule, 'time_zone', name)) z;
		IF own.why IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
		END IF;
		IF own.zone IS NOT NULL THEN
			RETURN QUERY SELECT r.* FROM oncall_internal.zenduty_schedule(schedule, name, own.zone) r;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_zenduty(jsonb) IS
'What schedules of Zenduty say, for import_schedule(): each layer is a rotation, since all are on call at once, and overrides are covers. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
