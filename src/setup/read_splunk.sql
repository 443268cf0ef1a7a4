
-- Rotations of a team of Splunk On-Call (VictorOps), as GET
-- /api-public/v2/team/TEAM/rotations sends them. Beside "rotations" may stand
-- "overrides" of its oncall/schedule, and "users" with their addresses.

CREATE FUNCTION oncall_internal.splunk_person(name text, users jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT nullif(btrim(u.value ->> 'email'), '') FROM jsonb_array_elements(users) u
		WHERE u.value ->> 'username' = name LIMIT 1), name);
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_person(text, jsonb) IS
'The address of a username, if the document has it, or else the username.';

CREATE FUNCTION oncall_internal.splunk_clock(at jsonb, key text, place text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT jsonb := oncall_internal.json_object(at, key, place, true);
	hour CONSTANT bigint := oncall_internal.json_integer(own, 'hour', place, true);
	minute CONSTANT bigint := oncall_internal.json_integer(own, 'minute', place, true);
BEGIN
	IF hour NOT BETWEEN 0 AND 24 OR minute NOT BETWEEN 0 AND 59 THEN
		PERFORM oncall_internal.refuse_json(at, key, place, 'a time of day');
	END IF;
	RETURN hour * 3600 + minute * 60;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_clock(jsonb, text, text) IS
'An hour and a minute, in seconds since midnight. Errors: 22023.';

CREATE FUNCTION oncall_internal.splunk_spans(shift jsonb, place text, OUT starts bigint[], OUT seconds bigint[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days CONSTANT text[] := '{m,t,w,th,f,sa,su}';
	mask jsonb;
	part jsonb;
	begins bigint;
BEGIN
	starts := '{}';
	seconds := '{}';
	-- the first day of several, the days between, the last one
	FOR mask IN SELECT shift -> m FROM unnest('{mask,mask2,mask3}'::text[]) WITH ORDINALITY k(m, number)
		WHERE jsonb_typeof(shift -> m) <> 'null' ORDER BY k.number
	LOOP
		FOR part IN SELECT t.value FROM jsonb_array_elements(oncall_internal.json_list(mask, 'time', 'the mask of ' || place)) t LOOP
			begins := oncall_internal.splunk_clock(part, 'start', 'the mask of ' || place);
			FOR day IN 0 .. 6 LOOP
				CONTINUE WHEN oncall_internal.json_boolean(oncall_internal.json_object(mask, 'day', 'the mask of ' || place, true),
					days[day + 1], 'the mask of ' || place) IS NOT TRUE;
				starts := starts || day * 86400 + begins;
				-- 00:00 is the end of the day, what ends before it begins the day after
				seconds := seconds || 1
					+ (oncall_internal.splunk_clock(part, 'end', 'the mask of ' || place) - begins - 1 + 2 * 86400) % 86400;
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_spans(jsonb, text) IS
'When a shift of Splunk On-Call is served: spans of so many seconds from so many seconds after Monday 00:00 on. Errors: 22023.';

CREATE FUNCTION oncall_internal.splunk_layer(shift jsonb, rotation text, place text, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := oncall_internal.json_text(shift, 'shifttype', place, true);
	begins CONSTANT timestamptz := oncall_internal.json_time(shift, 'start', place, needed => true);
	people CONSTANT text[] := ARRAY(
		SELECT oncall_internal.splunk_person(oncall_internal.json_text(m.value, 'username', 'a member of ' || place, true), users)
		FROM jsonb_array_elements(oncall_internal.json_list(shift, 'shiftMembers', place)) WITH ORDINALITY m(value, number)
		ORDER BY m.number);
	own record;
	turns record;
	open record;
	period jsonb;
	span tstzrange;
BEGIN
	SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(shift, 'timezone', place)) z;
	IF own.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(rotation, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF type NOT IN ('std', 'pho', 'cstm') THEN
		PERFORM oncall_internal.refuse_json(shift, 'shifttype', place, 'std, pho or cstm');
	ELSIF people = '{}' THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('layer left out: %s has no people', place));
	END IF;
	IF own.zone IS NULL OR people = '{}' THEN
		RETURN;
	END IF;
	SELECT c.* INTO turns FROM oncall_internal.import_cadence(begins AT TIME ZONE own.zone, own.zone,
		86400 * oncall_internal.json_integer(shift, 'duration', place, true)) c;
	IF type = 'std' THEN
		SELECT NULL::oncall.weekly_hours AS hours, NULL::text AS why INTO open;
	ELSE
		SELECT h.* INTO open FROM oncall_internal.splunk_spans(shift, place) s,
			oncall_internal.import_hours(s.starts, s.seconds) h;
	END IF;
	RETURN NEXT oncall_internal.import_row('layer', rotation, own.zone, first_seat => 1, seats => 1, people => people,
		cadence => CASE WHEN open.why IS NULL THEN turns.cadence END, hours => open.hours,
			valid => tstzrange(begins, NULL),
		note => coalesce(turns.why, open.why, oncall_internal.json_text(shift, 'label', place)));
	FOR period IN SELECT p.value FROM jsonb_array_elements(oncall_internal.json_list(shift, 'periods', place)) p LOOP
		span := tstzrange(least(oncall_internal.json_time(period, 'start', 'a period of ' || place, needed => true),
				oncall_internal.json_time(period, 'end', 'a period of ' || place, needed => true)),
			oncall_internal.json_time(period, 'end', 'a period of ' || place, needed => true));
		CONTINUE WHEN isempty(span);
		RETURN NEXT oncall_internal.import_row('shown', rotation, own.zone, first_seat => 1, valid => span,
			people => ARRAY[oncall_internal.splunk_person(
				oncall_internal.json_text(period, 'username', 'a period of ' || place, true), users)]);
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_layer(jsonb, text, text, jsonb) IS
'A shift of Splunk On-Call as rows: a layer, and what is shown of it. Errors: 22023.';

CREATE FUNCTION oncall_internal.splunk_overlap(shifts jsonb, place text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	shift jsonb;
	own int8multirange;
	taken int8multirange := '{}';
	zone text := shifts #>> '{0,timezone}';
BEGIN
	FOR shift IN SELECT s.value FROM jsonb_array_elements(shifts) s LOOP
		own := CASE WHEN oncall_internal.json_text(shift, 'shifttype', place) = 'std' THEN '{[0,604800)}'
			ELSE (
				SELECT range_agg(int8range(w.starts + n, w.starts + w.seconds + n) * '[0,604800)')
				FROM oncall_internal.splunk_spans(shift, place) s, unnest(s.starts, s.seconds) w(starts, seconds),
					unnest('{0,-604800}'::integer[]) n) END;
		IF taken && own OR shift ->> 'timezone' IS DISTINCT FROM zone THEN
			RETURN true;
		END IF;
		taken := taken + coalesce(own, '{}');
	END LOOP;
	RETURN false;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_overlap(jsonb, text) IS
'Whether some of the shifts of a rotation of Splunk On-Call are served at the same time, or in different zones. Errors: 22023.';

CREATE FUNCTION oncall_internal.splunk_rotation(rotation jsonb, name text, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('"%s"', name);
	shifts CONSTANT jsonb := oncall_internal.json_list(rotation, 'shifts', place);
	apart CONSTANT boolean := oncall_internal.splunk_overlap(shifts, 'a shift of ' || place);
	part record;
	own text;
BEGIN
	FOR part IN
		SELECT s.value AS shift, s.number, count(*) OVER (PARTITION BY s.value ->> 'label') > 1 AS twice
		FROM jsonb_array_elements(shifts) WITH ORDINALITY s(value, number)
		ORDER BY s.number
	LOOP
		own := CASE WHEN NOT apart THEN name WHEN part.twice THEN format('%s/shift %s', name, part.number)
			ELSE concat_ws('/', name, coalesce(part.shift ->> 'label', 'shift ' || part.number)) END;
		RETURN QUERY SELECT r.*
			FROM oncall_internal.splunk_layer(part.shift, own, format('shift %s of %s', part.number, place), users) r;
	END LOOP;
	IF apart THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('rotations: shifts of "%s" are served at the same time, so each is '
			|| 'a rotation; check with the schedule that Splunk On-Call shows that they add up', name));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_rotation(jsonb, text, jsonb) IS
'A rotation of Splunk On-Call as rows: shifts that are served at the same time are rotations of their own. Errors: 22023.';

CREATE FUNCTION oncall_internal.has_turn(layer oncall.import_row, person text, during tstzrange) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT tstzrange := layer.valid * during
		* tstzrange(oncall.anchor(layer.cadence) AT TIME ZONE oncall.zone(layer.cadence), NULL);
BEGIN
	IF person <> ALL (layer.people) OR isempty(own) THEN
		RETURN false;
	END IF;
	RETURN EXISTS (
		SELECT FROM generate_series(oncall.turn_at(layer.cadence, lower(own)),
			oncall.turn_at(layer.cadence, upper(own))) n
		WHERE layer.people[n % cardinality(layer.people) + 1] = person
			AND NOT isempty(oncall.turn_period(layer.cadence, n) * own)
			AND (layer.hours IS NULL OR oncall.open_periods(layer.hours, oncall.turn_period(layer.cadence, n) * own,
				oncall.zone(layer.cadence)) <> '{}'));
END
$$;
COMMENT ON FUNCTION oncall_internal.has_turn(oncall.import_row, text, tstzrange) IS
'Whether somebody has a turn in a layer of one seat in a bounded time, within its hours.';

CREATE FUNCTION oncall_internal.splunk_override(override jsonb, layers oncall.import_row[], users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := 'an override';
	begins CONSTANT timestamptz := oncall_internal.json_time(override, 'start', place, needed => true);
	ends CONSTANT timestamptz := oncall_internal.json_time(override, 'end', place, needed => true);
	relieved CONSTANT text := oncall_internal.splunk_person(oncall_internal.json_text(
		oncall_internal.json_object(override, 'origOnCallUser', place, true), 'username', place, true), users);
	person CONSTANT text := oncall_internal.splunk_person(oncall_internal.json_text(
		coalesce(oncall_internal.json_object(override, 'overrideOnCallUser', place), '{}'), 'username', place), users);
	told CONSTANT text := format('that of %s from %s', relieved, override ->> 'start');
	layer oncall.import_row;
	written boolean := false;
BEGIN
	IF person IS NULL OR ends <= begins THEN
		RETURN NEXT oncall_internal.import_note(NULL, 'override left out: ' || told
			|| CASE WHEN person IS NULL THEN ' has been given to nobody, so it changes nothing' ELSE ' ends before it begins' END);
		RETURN;
	END IF;
	FOREACH layer IN ARRAY layers LOOP
		CONTINUE WHEN layer.cadence IS NULL OR NOT oncall_internal.has_turn(layer, relieved, tstzrange(begins, ends));
		RETURN NEXT oncall_internal.import_row('cover', layer.rotation, layer.zone, people => ARRAY[person, relieved],
			valid => tstzrange(begins, ends));
		written := true;
	END LOOP;
	IF NOT written THEN
		RETURN NEXT oncall_internal.import_note(NULL, format(
			'override left out: %s, who would have been relieved by %s, has no turn then', told, person));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_override(jsonb, oncall.import_row[], jsonb) IS
'An override of Splunk On-Call as rows: a cover wherever the relieved person has a turn then. Errors: 22023.';

CREATE FUNCTION oncall_internal.splunk_team(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team CONSTANT text := coalesce(doc #>> '{team,name}', doc #>> '{policy,name}');
	users CONSTANT jsonb := oncall_internal.json_list(doc, 'users', 'the document');
	rotation jsonb;
	made oncall.import_row;
	layers oncall.import_row[] := '{}';
	override jsonb;
BEGIN
	PERFORM oncall_internal.refuse_same_names(ARRAY(SELECT r.value ->> 'label'
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'rotations', 'the document')) r
		WHERE r.value ->> 'label' IS NOT NULL));
	FOR rotation IN
		SELECT r.value FROM jsonb_array_elements(oncall_internal.json_list(doc, 'rotations', 'the document'))
			WITH ORDINALITY r(value, number)
		ORDER BY r.number
	LOOP
		FOR made IN
			SELECT r.* FROM oncall_internal.splunk_rotation(rotation,
				concat_ws('/', team, oncall_internal.json_text(rotation, 'label', 'a rotation', true)), users) r
		LOOP
			RETURN NEXT made;
			IF made.kind = 'layer' THEN
				layers := layers || made;
			END IF;
		END LOOP;
	END LOOP;
	FOR override IN
		SELECT o.value FROM jsonb_array_elements(oncall_internal.json_list(doc, 'overrides', 'the document'))
			WITH ORDINALITY o(value, number)
		ORDER BY o.number
	LOOP
		RETURN QUERY SELECT r.* FROM oncall_internal.splunk_override(override, layers, users) r;
	END LOOP;
	IF NOT doc ? 'overrides' THEN
		RETURN NEXT oncall_internal.import_note(NULL, 'overrides: the document has none; put those of '
			|| 'GET /api-public/v2/team/TEAM/oncall/schedule into it as "overrides"');
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.splunk_team(jsonb) IS 'A team of Splunk On-Call as rows. Errors: 22023.';

CREATE FUNCTION oncall.read_splunk(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'splunk');
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(doc, '{email}', '{firstName,lastName}') p;
	RETURN QUERY SELECT r.* FROM oncall_internal.json_documents(doc, 'teams') d, oncall_internal.splunk_team(d) r;
END
$$;
COMMENT ON FUNCTION oncall.read_splunk(jsonb) IS
'What the rotations of a team of Splunk On-Call say, for import_schedule(): each shift is a layer, in a rotation of its own where shifts are served at the same time. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
