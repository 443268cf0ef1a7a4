
-- Schedules of ilert, as GET /api/schedules/ID sends them. For people's
-- addresses "users" of GET /api/users may stand beside "schedules", and
-- "overrides" and "shifts" of a schedule within it.

CREATE FUNCTION oncall_internal.ilert_time(restriction jsonb, key text, place text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at CONSTANT jsonb := oncall_internal.json_object(restriction, key, place, true);
	day CONSTANT integer := array_position('{MONDAY,TUESDAY,WEDNESDAY,THURSDAY,FRIDAY,SATURDAY,SUNDAY}'::text[],
		upper(oncall_internal.json_text(at, 'dayOfWeek', place, true)));
BEGIN
	IF day IS NULL THEN
		PERFORM oncall_internal.refuse_json(at, 'dayOfWeek', place, 'a day of the week, such as MONDAY');
	END IF;
	RETURN (day - 1) * 86400 + oncall_internal.json_clock(at, 'time', place, true);
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_time(jsonb, text, text) IS
'Where a restriction of ilert begins or ends, in seconds since Monday 00:00. Errors: 22023, naming the place.';

CREATE FUNCTION oncall_internal.ilert_hours(layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	restrictions CONSTANT jsonb := oncall_internal.json_list(layer, 'restrictions', place);
	starts bigint[] := '{}';
	seconds bigint[] := '{}';
	restriction jsonb;
	begins bigint;
BEGIN
	IF restrictions = '[]' THEN
		RETURN;
	END IF;
	FOR restriction IN SELECT r.value FROM jsonb_array_elements(restrictions) r LOOP
		begins := oncall_internal.ilert_time(restriction, 'from', 'a restriction of ' || place);
		starts := starts || begins;
		-- from a time to itself is the whole week
		seconds := seconds || 1
			+ (oncall_internal.ilert_time(restriction, 'to', 'a restriction of ' || place) - begins - 1 + 2 * 604800) % 604800;
	END LOOP;
	SELECT h.hours, h.why INTO hours, why FROM oncall_internal.import_hours(starts, seconds) h;
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_hours(jsonb, text) IS
'The hours of a layer of ilert; NULL if it has no restrictions, or where they cannot be said: why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.ilert_cadence(layer jsonb, zone text, place text, OUT cadence oncall.cadence,
	OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written CONSTANT text := oncall_internal.json_text(layer, 'rotation', place, true);
	anchor CONSTANT timestamptz := oncall_internal.json_time(layer, 'startsOn', place, zone, true);
	part CONSTANT text[] := regexp_match(written,
		'^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$');
	seconds CONSTANT bigint := coalesce(part[1], '0')::bigint * 604800 + coalesce(part[2], '0')::bigint * 86400
		+ coalesce(part[3], '0')::bigint * 3600 + coalesce(part[4], '0')::bigint * 60 + coalesce(part[5], '0')::bigint;
BEGIN
	IF part IS NULL OR written ~ '[PT]$' THEN
		why := format('turns of "%s" cannot be said: only days, hours and minutes', left(written, 100));
		RETURN;
	END IF;
	SELECT c.cadence, c.why INTO cadence, why
	FROM oncall_internal.import_cadence(anchor AT TIME ZONE zone, zone, seconds) c;
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_cadence(jsonb, text, text) IS
'The cadence of a layer of ilert; NULL where it cannot be said, why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.ilert_person(who jsonb, users jsonb, place text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT jsonb := coalesce((SELECT u.value || who FROM jsonb_array_elements(users) u
		WHERE u.value -> 'id' = who -> 'id' LIMIT 1), who);
BEGIN
	RETURN coalesce(oncall_internal.json_text(own, 'email', place),
		nullif(concat_ws(' ', oncall_internal.json_text(own, 'firstName', place),
			oncall_internal.json_text(own, 'lastName', place)), ''),
		oncall_internal.json_text(own, 'username', place), 'user ' || (own ->> 'id'));
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_person(jsonb, jsonb, text) IS
'Who somebody is whom a document of ilert names: the address, from its users if need be, or else the name. Errors: 22023.';

CREATE FUNCTION oncall_internal.ilert_shifts(schedule jsonb, key text, kind text, rotation text, zone text, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('a shift of "%s"', rotation);
	shift jsonb;
	begins timestamptz;
	ends timestamptz;
BEGIN
	FOR shift IN
		SELECT s.value FROM jsonb_array_elements(oncall_internal.json_list(schedule, key, format('"%s"', rotation)))
			WITH ORDINALITY s(value, number)
		ORDER BY s.number
	LOOP
		begins := oncall_internal.json_time(shift, 'start', place, zone, true);
		ends := oncall_internal.json_time(shift, 'end', place, zone, true);
		IF ends <= begins THEN
			RETURN NEXT oncall_internal.import_note(rotation,
				format('shift left out: it ends at %s, before it begins', shift ->> 'end'));
			CONTINUE;
		END IF;
		RETURN NEXT oncall_internal.import_row(kind, rotation, zone, first_seat => 1,
			people => ARRAY[oncall_internal.ilert_person(oncall_internal.json_object(shift, 'user', place), users, place)],
			valid => tstzrange(begins, ends));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_shifts(jsonb, text, text, text, text, jsonb) IS
'The shifts at a key of a schedule of ilert as rows of a kind. Errors: 22023.';

CREATE FUNCTION oncall_internal.ilert_layers(schedule jsonb, rotation text, zone text, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	name text;
	place text;
	people text[];
	turns record;
	open record;
	begins timestamptz;
	ends timestamptz;
BEGIN
	FOR part IN
		SELECT l.value AS layer, l.number::integer
		FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'scheduleLayers', format('"%s"', rotation)))
			WITH ORDINALITY l(value, number)
		ORDER BY l.number
	LOOP
		place := format('layer %s of "%s"', part.number, rotation);
		name := oncall_internal.json_text(part.layer, 'name', place);
		people := ARRAY(SELECT oncall_internal.ilert_person(u.value, users, 'a user of ' || place)
			FROM jsonb_array_elements(oncall_internal.json_list(part.layer, 'users', place)) WITH ORDINALITY u(value, number)
			ORDER BY u.number);
		begins := oncall_internal.json_time(part.layer, 'startsOn', place, zone, true);
		ends := oncall_internal.json_time(part.layer, 'endsOn', place, zone);
		SELECT c.* INTO turns FROM oncall_internal.ilert_cadence(part.layer, zone, place) c;
		SELECT h.* INTO open FROM oncall_internal.ilert_hours(part.layer, place) h;
		IF people = '{}' OR ends <= begins THEN
			RETURN NEXT oncall_internal.import_note(rotation, format('layer left out: "%s" %s', coalesce(name, part.number::text),
				CASE WHEN people = '{}' THEN 'has no people' ELSE 'ends before it begins' END));
			CONTINUE;
		END IF;
		-- of two layers the one that stands further down wins
		RETURN NEXT oncall_internal.import_row('layer', rotation, zone, rank => part.number - 1, first_seat => 1, seats => 1,
			people => people, cadence => CASE WHEN open.why IS NULL THEN turns.cadence END, hours => open.hours,
			valid => tstzrange(begins, ends), note => coalesce(turns.why, open.why, name));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.ilert_layers(jsonb, text, text, jsonb) IS
'The layers of a schedule of ilert as rows. Errors: 22023.';

CREATE FUNCTION oncall.read_ilert(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	users jsonb := '[]';
	schedule jsonb;
	name text;
	own record;
	type text;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'ilert');
	IF jsonb_typeof(doc) = 'object' THEN
		users := oncall_internal.json_list(doc, 'users', 'the document');
	END IF;
	PERFORM oncall_internal.refuse_same_names(ARRAY(
		SELECT d ->> 'name' FROM oncall_internal.json_documents(doc, 'schedules', 'schedule') d WHERE d ->> 'name' IS NOT NULL));
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(doc, '{email}', '{firstName,lastName}') p;
	FOR schedule IN SELECT d FROM oncall_internal.json_documents(doc, 'schedules', 'schedule') d LOOP
		name := oncall_internal.json_text(schedule, 'name', 'a schedule', true);
		SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(schedule, 'timezone', name)) z;
		IF own.why IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
		END IF;
		CONTINUE WHEN own.zone IS NULL;
		type := coalesce(oncall_internal.json_text(schedule, 'type', name), 'RECURRING');
		IF type = 'RECURRING' THEN
			RETURN QUERY SELECT l.* FROM oncall_internal.ilert_layers(schedule, name, own.zone, users) l;
		ELSIF type <> 'STATIC' THEN
			PERFORM oncall_internal.refuse_json(schedule, 'type', format('"%s"', name), 'RECURRING or STATIC');
		END IF;
		RETURN QUERY SELECT s.* FROM oncall_internal.ilert_shifts(schedule, 'shifts',
			CASE type WHEN 'STATIC' THEN 'cover' ELSE 'shown' END, name, own.zone, users) s;
		RETURN QUERY SELECT s.* FROM oncall_internal.ilert_shifts(schedule, 'overrides', 'cover', name, own.zone, users) s;
		IF coalesce(schedule -> CASE type WHEN 'STATIC' THEN 'shifts' ELSE 'scheduleLayers' END, '[]') IN ('[]', 'null') THEN
			RETURN NEXT oncall_internal.import_empty(name, CASE type WHEN 'STATIC' THEN 'shifts' ELSE 'layers' END);
		END IF;
		IF type = 'STATIC' THEN
			RETURN NEXT oncall_internal.import_note(name,
				'horizon: nobody is on call after the last of its shifts; add a layer, or import what follows');
		END IF;
		IF type = 'RECURRING' AND NOT schedule ? 'overrides' THEN
			RETURN NEXT oncall_internal.import_note(name,
				'overrides: the document has none; put the answer of GET /api/schedules/ID/overrides into it as "overrides"');
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_ilert(jsonb) IS
'What schedules of ilert say, for import_schedule(): layers, of which the lower wins, shifts of static ones as covers, overrides, and what ilert itself shows. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
