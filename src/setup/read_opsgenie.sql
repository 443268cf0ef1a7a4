-- The reader of schedules of Opsgenie, and of Jira Service Management, which goes
-- on with them: answers of either API, files of the backup tool, in any mixture.

CREATE FUNCTION oncall_internal.opsgenie_parts(doc jsonb, parent jsonb DEFAULT NULL)
RETURNS TABLE (kind text, part jsonb)
LANGUAGE plpgsql IMMUTABLE ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrapped CONSTANT text[] := '{data,values,schedules,schedule,overrides,scheduleOverrideList,timelines,timeline,users}';
	own jsonb;
	key text;
	own_kind text;
BEGIN
	IF jsonb_typeof(doc) = 'array' THEN
		FOR own IN SELECT e.value FROM jsonb_array_elements(doc) e LOOP
			RETURN QUERY SELECT p.* FROM oncall_internal.opsgenie_parts(own, parent) p;
		END LOOP;
		RETURN;
	ELSIF jsonb_typeof(doc) <> 'object' THEN
		PERFORM oncall_internal.refuse_json(doc, NULL, 'each part of the document', NULL);
	END IF;
	IF doc ?| wrapped THEN
		-- what stands beside or within one schedule belongs to it
		own := CASE WHEN jsonb_typeof(doc -> 'schedule') = 'object' THEN coalesce(doc #> '{schedule,data}', doc -> 'schedule')
			WHEN doc ?& '{rotations,timezone}' THEN doc ELSE parent END;
		IF doc ?& '{rotations,timezone}' THEN
			RETURN QUERY SELECT 'schedule', doc - wrapped;
		END IF;
		FOREACH key IN ARRAY wrapped LOOP
			CONTINUE WHEN jsonb_typeof(doc -> key) IS NULL OR jsonb_typeof(doc -> key) = 'null';
			IF key = 'overrides' THEN
				RETURN QUERY SELECT 'asked', own;
			END IF;
			RETURN QUERY SELECT p.* FROM oncall_internal.opsgenie_parts(doc -> key, own) p;
		END LOOP;
		RETURN;
	END IF;
	own_kind := CASE
		WHEN doc ?| '{finalTimeline,baseTimeline}' THEN 'timeline'
		WHEN doc ?| '{rotations,timezone}' AND NOT doc ?| '{alias,startDate}' THEN 'schedule'
		WHEN doc ?| '{alias,startDate}' THEN 'override'
		WHEN doc ?| '{username,accountId,emailAddress}' THEN 'user' END;
	IF own_kind IS NULL THEN
		PERFORM oncall_internal.refuse_json(jsonb_build_object('document', doc), 'document', 'what is to be read',
			'a schedule, an override, a timeline or a user of Opsgenie');
	END IF;
	RETURN QUERY SELECT own_kind, CASE WHEN own_kind IN ('override', 'timeline') AND parent IS NOT NULL
		THEN jsonb_build_object('_parent', jsonb_build_object('id', parent -> 'id', 'name', parent -> 'name')) || doc
		ELSE doc END;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_parts(jsonb, jsonb) IS
'The schedules, overrides, timelines and users in a document of Opsgenie, or in several, and that somebody asked for overrides. Errors: 22023 (something else).';

CREATE FUNCTION oncall_internal.opsgenie_is_of(part jsonb, schedule jsonb, only_one boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT CASE
		WHEN $1 #>> '{_parent,id}' IS NOT NULL AND $2 ->> 'id' IS NOT NULL THEN $1 #>> '{_parent,id}' = $2 ->> 'id'
		WHEN $1 #>> '{_parent,name}' IS NOT NULL THEN $1 #>> '{_parent,name}' = $2 ->> 'name'
		ELSE $3 OR EXISTS (
			SELECT FROM (VALUES ('$.rotationIds[*]'::jsonpath), ('$.rotations[*].id'), ('$.finalTimeline.rotations[*].id')) w(place)
			CROSS JOIN LATERAL jsonb_path_query($1, w.place) i(id)
			JOIN jsonb_path_query($2, '$.rotations[*].id') r(id) ON r.id = i.id) END;
END;
COMMENT ON FUNCTION oncall_internal.opsgenie_is_of(jsonb, jsonb, boolean) IS
'Whether an override or a timeline is of a schedule: by the id or name that it says, else by its rotations, or since there is only one.';

CREATE FUNCTION oncall_internal.opsgenie_person(
	users jsonb, somebody jsonb, place text, OUT person text, OUT other text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := lower(coalesce(oncall_internal.json_text(somebody, 'type', place), 'user'));
BEGIN
	person := coalesce(users ->> (somebody ->> 'id'), somebody ->> 'username', somebody ->> 'name', somebody ->> 'id');
	IF type IN ('none', 'noone') THEN
		person := NULL;
	ELSIF type <> 'user' THEN
		other := concat_ws(' ', type, person);
		person := NULL;
	ELSIF person IS NULL THEN
		PERFORM oncall_internal.refuse_json(somebody, 'id', place, 'the id of a user');
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_person(jsonb, jsonb, text) IS
'Who takes part: a person, by what a map of users says of their id, or else by what is written; other: a team or something else whose people change; both NULL: nobody. Errors: 22023.';

-- Rotations -------------------------------------------------------------

CREATE FUNCTION oncall_internal.opsgenie_moment(object jsonb, day text, hour text, minute text, place text)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	days CONSTANT text[] := '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}';
	number CONSTANT integer := array_position(days, lower(object ->> day));
	hours CONSTANT bigint := oncall_internal.json_integer(object, hour, place, true);
	minutes CONSTANT bigint := coalesce(oncall_internal.json_integer(object, minute, place), 0);
BEGIN
	IF day IS NOT NULL AND number IS NULL THEN
		PERFORM oncall_internal.refuse_json(object, day, place, 'a day of the week');
	ELSIF hours NOT BETWEEN 0 AND 24 OR minutes NOT BETWEEN 0 AND 59 THEN
		PERFORM oncall_internal.refuse_json(object, hour, place, 'an hour of the day, with a minute of it');
	END IF;
	RETURN (coalesce(number, 1) - 1) * 1440 + hours * 60 + minutes;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_moment(jsonb, text, text, text, text) IS
'The minute since Monday midnight, or since midnight (day NULL), that keys of an object say. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_hours(rotation jsonb, place text) RETURNS oncall.weekly_hours
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	restriction CONSTANT jsonb := oncall_internal.json_object(rotation, 'timeRestriction', place);
	own CONSTANT text := place || '''s time restriction';
	type CONSTANT text := oncall_internal.json_text(coalesce(restriction, '{}'), 'type', own, restriction IS NOT NULL);
	whole integer;
	begins integer;
	ends integer;
	span jsonb;
	starts bigint[] := '{}';
	lengths bigint[] := '{}';
BEGIN
	IF restriction IS NULL THEN
		RETURN NULL;
	ELSIF type NOT IN ('time-of-day', 'weekday-and-time-of-day') THEN
		PERFORM oncall_internal.refuse_json(restriction, 'type', own, 'time-of-day or weekday-and-time-of-day');
	END IF;
	whole := CASE type WHEN 'time-of-day' THEN 1440 ELSE 10080 END;
	FOR span IN
		SELECT e.value
		FROM jsonb_array_elements(oncall_internal.json_list(restriction, 'restrictions', own)
			|| coalesce(jsonb_build_array(nullif(restriction -> 'restriction', 'null')) - 'null', '[]')) e
		WHERE jsonb_typeof(e.value) <> 'null'
	LOOP
		-- one span from the one to the other, that may pass midnight, or the end of the week
		begins := oncall_internal.opsgenie_moment(span, CASE whole WHEN 10080 THEN 'startDay' END, 'startHour', 'startMin', own);
		ends := oncall_internal.opsgenie_moment(span, CASE whole WHEN 10080 THEN 'endDay' END, 'endHour', 'endMin', own);
		SELECT starts || array_agg((begins + 1440 * day) * 60::bigint),
			lengths || array_agg((mod(ends - begins - 1 + 2 * whole, whole) + 1) * 60::bigint)
		INTO starts, lengths
		FROM generate_series(0, CASE whole WHEN 10080 THEN 0 ELSE 6 END) day;
	END LOOP;
	IF starts = '{}' THEN
		PERFORM oncall_internal.refuse_json(restriction, 'restrictions', own, 'a list of spans');
	END IF;
	RETURN (oncall_internal.import_hours(starts, lengths)).hours;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_hours(jsonb, text) IS
'The hours of the week in which a rotation of Opsgenie counts. NULL: always. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_layer(rotation jsonb, name text, zone text, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('rotation "%s"', name);
	begins CONSTANT timestamptz := oncall_internal.json_time(rotation, 'startDate', place, needed => true);
	ends CONSTANT timestamptz := oncall_internal.json_time(rotation, 'endDate', place);
	type CONSTANT text := oncall_internal.json_text(rotation, 'type', place, true);
	length CONSTANT bigint := coalesce(oncall_internal.json_integer(rotation, 'length', place), 1);
	participant record;
	people text[] := '{}';
BEGIN
	IF type NOT IN ('hourly', 'daily', 'weekly') THEN
		PERFORM oncall_internal.refuse_json(rotation, 'type', place, 'hourly, daily or weekly');
	ELSIF length NOT BETWEEN 1 AND 10000 THEN
		PERFORM oncall_internal.refuse_json(rotation, 'length', place, 'a number from 1 to 10000');
	END IF;
	FOR participant IN
		SELECT w.person, w.other
		FROM jsonb_array_elements(oncall_internal.json_list(rotation, 'participants', place)) WITH ORDINALITY p,
			oncall_internal.opsgenie_person(users, p.value, 'a participant of ' || place) w
		ORDER BY p.ordinality
	LOOP
		people := people || participant.person;
		IF participant.other IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(name, format('turn empty: who "%s" is changes with the time, and cannot be said; '
				'its turns are nobody''s. Write the people into the document in its place, or cover its turns afterwards',
				participant.other), 1);
		END IF;
	END LOOP;
	IF people = '{}' OR ends <= begins THEN
		RETURN NEXT oncall_internal.import_note(name, format('rotation left out: it %s',
			CASE people WHEN '{}' THEN 'has no participants' ELSE 'ends before it begins' END));
		RETURN;
	END IF;
	RETURN NEXT oncall_internal.import_row('layer', name, zone, rank => 0, first_seat => 1, seats => 1, people => people,
		cadence => oncall.cadence(date_trunc('minute', begins AT TIME ZONE zone), zone, CASE type
			WHEN 'hourly' THEN make_interval(hours => length::integer)
			WHEN 'daily' THEN make_interval(days => length::integer)
			ELSE make_interval(days => 7 * length::integer) END),
		hours => oncall_internal.opsgenie_hours(rotation, place), valid => tstzrange(begins, ends),
		note => oncall_internal.json_text(rotation, 'name', place));
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_layer(jsonb, text, text, jsonb) IS
'A rotation of Opsgenie as a layer, with notes of turns that cannot be said. Errors: 22023.';

-- Overrides and timelines -----------------------------------------------

CREATE FUNCTION oncall_internal.opsgenie_overrides(overrides jsonb, schedule text, rotations jsonb, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place text;
	override jsonb;
	own record;
	names text[];
	asked text[];
	period tstzrange;
BEGIN
	FOR override IN SELECT e.value FROM jsonb_array_elements(overrides) e LOOP
		place := format('override "%s" of "%s"', coalesce(override ->> 'alias', override ->> 'startDate'), schedule);
		period := oncall_internal.json_period(override, 'startDate', 'endDate', place);
		SELECT w.* INTO own FROM oncall_internal.opsgenie_person(users,
			coalesce(override -> 'user', override -> 'responder', override -> 'recipient'), place) w;
		asked := ARRAY(SELECT coalesce(i.id ->> 'id', i.id #>> '{}')
			FROM jsonb_array_elements(oncall_internal.json_list(override, 'rotations', place)
				|| oncall_internal.json_list(override, 'rotationIds', place)) i(id));
		-- of all, unless it names some
		names := ARRAY(SELECT r.value FROM jsonb_each_text(rotations) r
			WHERE asked = '{}' OR r.key = ANY (asked) ORDER BY r.value);
		IF own.other IS NOT NULL OR names = '{}' THEN
			RETURN NEXT oncall_internal.import_note(NULL, format('override left out: %s from %s to %s: %s', place,
				lower(period), upper(period), CASE WHEN names = '{}' THEN 'the schedule has none of its rotations'
					ELSE format('who "%s" is changes with the time; cover it by hand', own.other) END),
				CASE WHEN own.other IS NOT NULL THEN 1 END);
		END IF;
		RETURN QUERY SELECT c.* FROM unnest(names) n, oncall_internal.import_row('cover', n, first_seat => 1,
			people => ARRAY[own.person], valid => period, note => override ->> 'alias') c
		WHERE own.other IS NULL;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_overrides(jsonb, text, jsonb, jsonb) IS
'Overrides of a schedule of Opsgenie as covers on the rotations that they name, or on all; rotations: their names by ids. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_periods(timeline jsonb, part text, users jsonb)
RETURNS TABLE (rotation_id text, rotation text, period tstzrange, type text, person text, other text)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := 'the ' || part;
	lines CONSTANT jsonb := oncall_internal.json_object(timeline, part, 'the timeline');
BEGIN
	IF lines IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT r.value ->> 'id', r.value ->> 'name', oncall_internal.json_period(p.value, 'startDate', 'endDate', place),
		p.value ->> 'type', w.person, w.other
	FROM jsonb_array_elements(oncall_internal.json_list(lines, 'rotations', place)) WITH ORDINALITY r,
		jsonb_array_elements(oncall_internal.json_list(r.value, 'periods', place)) WITH ORDINALITY p,
		oncall_internal.opsgenie_person(users,
			coalesce(p.value -> 'recipient', p.value -> 'responder', '{"type": "none"}'), place) w
	ORDER BY r.ordinality, p.ordinality;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_periods(jsonb, text, jsonb) IS
'The periods of one part of a timeline of Opsgenie: finalTimeline, forwardingTimeline. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_shown(timeline jsonb, rotations jsonb, users jsonb, with_overrides boolean)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	during CONSTANT tstzrange := oncall_internal.json_period(timeline, 'startDate', 'endDate', 'the timeline');
	line record;
BEGIN
	FOR line IN
		SELECT rotations ->> p.rotation_id AS name, array_agg(p.period) AS periods,
			array_agg(CASE WHEN p.other IS NULL THEN p.person ELSE '' END) AS people
		FROM oncall_internal.opsgenie_periods(timeline, 'finalTimeline', users) p
		WHERE rotations ? p.rotation_id GROUP BY p.rotation_id ORDER BY 1
	LOOP
		RETURN QUERY SELECT r.* FROM oncall_internal.import_stretches(line.people, line.periods, during) s,
			oncall_internal.import_row('shown', line.name, first_seat => 1, people => s.present, valid => s.period) r
		-- who a team was then is not known
		WHERE ('' = ANY (s.present)) IS NOT TRUE;
	END LOOP;
	FOR line IN
		SELECT rotations ->> p.rotation_id AS name, p.person, p.period, p.type, f.part
		FROM (VALUES ('finalTimeline', 1), ('forwardingTimeline', 2)) f(part, number),
			oncall_internal.opsgenie_periods(timeline, f.part, users) p
		WHERE rotations ? p.rotation_id AND p.other IS NULL AND (f.number = 2 AND p.person IS NOT NULL
			OR with_overrides AND p.type = 'override')
		ORDER BY f.number, p.period
	LOOP
		RETURN NEXT oncall_internal.import_row('cover', line.name, first_seat => 1, people => ARRAY[line.person],
			valid => line.period * during);
		RETURN NEXT oncall_internal.import_note(line.name, format(CASE line.part
				WHEN 'finalTimeline' THEN 'override: %s from %s on comes from the timeline, as far as that reaches'
				ELSE 'forwarding: what is forwarded to %s from %s on comes as a cover, as far as the timeline reaches; '
					'forwarding itself cannot be said' END, coalesce(line.person, 'nobody'), lower(line.period)));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_shown(jsonb, jsonb, jsonb, boolean) IS
'Who is on call according to a timeline of Opsgenie, to be compared, and what is forwarded, as covers; with_overrides: overrides, too, which the document does not have otherwise. Errors: 22023.';

CREATE FUNCTION oncall_internal.opsgenie_served(timeline jsonb, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	during CONSTANT tstzrange := oncall_internal.json_period(timeline, 'startDate', 'endDate', 'the timeline');
	schedule CONSTANT text := timeline #>> '{_parent,name}';
	line record;
BEGIN
	RETURN NEXT oncall_internal.import_note(schedule, format('no rules: the document has a timeline only; its periods from %s to %s '
		'come as covers, and nobody is on call beyond. Fetch the schedule, too: GET /v2/schedules?expand=rotation',
		lower(during), upper(during)));
	FOR line IN
		SELECT concat_ws('/', schedule, coalesce(p.rotation, p.rotation_id)) AS name, p.*
		FROM oncall_internal.opsgenie_periods(timeline, 'finalTimeline', users) p
	LOOP
		IF line.other IS NOT NULL OR NOT line.period && during THEN
			RETURN NEXT oncall_internal.import_note(line.name, format('period left out: from %s to %s: %s',
				lower(line.period), upper(line.period), CASE WHEN line.other IS NULL THEN 'it lies outside of the timeline'
					ELSE format('who "%s" was is not known', line.other) END));
		ELSE
			RETURN NEXT oncall_internal.import_row('cover', line.name, 'UTC', first_seat => 1, people => ARRAY[line.person],
				valid => line.period * during, note => line.type);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_served(jsonb, jsonb) IS
'A timeline of a schedule of Opsgenie that is not in the document, as covers. Errors: 22023.';

-- The reader ------------------------------------------------------------

CREATE FUNCTION oncall_internal.opsgenie_schedule(schedule jsonb, parts jsonb, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := coalesce(oncall_internal.json_text(schedule, 'name', 'a schedule'),
		oncall_internal.json_text(schedule, 'id', 'a schedule', true));
	own CONSTANT record := oncall_internal.import_zone(oncall_internal.json_text(schedule, 'timezone', name));
	only_one CONSTANT boolean := jsonb_array_length(parts -> 'schedule') = 1;
	overrides CONSTANT jsonb := (SELECT coalesce(jsonb_agg(o.value ORDER BY o.ordinality), '[]')
		FROM jsonb_array_elements(parts -> 'override') WITH ORDINALITY o
		WHERE oncall_internal.opsgenie_is_of(o.value, schedule, only_one));
	-- an empty list that stands beside several schedules may be of any
	asked CONSTANT boolean := overrides <> '[]' OR EXISTS (SELECT FROM jsonb_array_elements(parts -> 'asked') a
		WHERE oncall_internal.opsgenie_is_of(jsonb_build_object('_parent', a.value), schedule, only_one));
	rotations jsonb := '{}';
	rotation record;
	part oncall.import_row;
BEGIN
	IF own.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF own.zone IS NULL THEN
		RETURN;
	END IF;
	IF oncall_internal.json_boolean(schedule, 'enabled', name) = false THEN
		RETURN NEXT oncall_internal.import_note(name, 'disabled: the schedule calls nobody; take it out of the document, '
			'or go on, and it is imported as if it were enabled', 1);
	END IF;
	FOR rotation IN
		SELECT r.value, r.value ->> 'id' AS id, name || '/' || coalesce(r.value ->> 'name', r.value ->> 'id', 'rotation')
				|| CASE WHEN r.twin > 1 THEN ' ' || r.twin ELSE '' END AS name,
			oncall_internal.json_time(r.value, 'endDate', format('a rotation of "%s"', name)) AS ends
		FROM (SELECT e.*, row_number() OVER (PARTITION BY e.value ->> 'name' ORDER BY e.ordinality) AS twin
			  FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'rotations', name)) WITH ORDINALITY e) r
		ORDER BY r.ordinality
	LOOP
		-- a third may be called as the second was made
		IF EXISTS (SELECT FROM jsonb_each_text(rotations) r WHERE r.value = rotation.name) THEN
			rotation.name := concat_ws(' ', rotation.name, coalesce(rotation.id, 'again'));
		END IF;
		IF rotation.ends <= now() THEN
			RETURN NEXT oncall_internal.import_note(rotation.name, format('over: the rotation ended on %s, and is left out',
				(rotation.ends AT TIME ZONE own.zone)::date));
			CONTINUE;
		END IF;
		FOR part IN
			SELECT l.* FROM oncall_internal.opsgenie_layer(rotation.value, rotation.name, own.zone, users) l
		LOOP
			IF part.kind = 'layer' THEN
				rotations := rotations || jsonb_build_object(coalesce(rotation.id, rotation.name), rotation.name);
			END IF;
			RETURN NEXT part;
		END LOOP;
	END LOOP;
	IF oncall_internal.json_list(schedule, 'rotations', name) = '[]' THEN
		RETURN NEXT oncall_internal.import_empty(name, 'rotations');
	END IF;
	RETURN QUERY SELECT o.* FROM oncall_internal.opsgenie_overrides(overrides, name, rotations, users) o;
	RETURN QUERY SELECT s.* FROM jsonb_array_elements(parts -> 'timeline') WITH ORDINALITY t,
		oncall_internal.opsgenie_shown(t.value, rotations, users, NOT asked) s
	WHERE oncall_internal.opsgenie_is_of(t.value, schedule, only_one);
	IF NOT asked THEN
		RETURN NEXT oncall_internal.import_note(name, format('overrides: the document has none, and backups leave them out; '
			'fetch GET /v2/schedules/%s/overrides, and put its answer into the document as "overrides"', schedule ->> 'id'));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.opsgenie_schedule(jsonb, jsonb, jsonb) IS
'The rows of one schedule of Opsgenie: its rotations, each of which calls somebody, the overrides and timelines that are its. Errors: 22023.';

CREATE FUNCTION oncall.read_opsgenie(doc jsonb) RETURNS SETOF oncall.import_row
-- nothing is known of how much a document holds; to compile plans for the worst takes a second
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
	parts jsonb := '{"schedule": [], "override": [], "timeline": [], "user": [], "asked": []}';
	users jsonb;
	part jsonb;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	IF oncall_internal.import_source(doc) <> 'opsgenie' THEN
		PERFORM oncall_internal.refuse_other_source(doc, 'opsgenie');
	END IF;
	parts := parts || (SELECT coalesce(jsonb_object_agg(p.kind, p.list), '{}')
		FROM (SELECT o.kind, jsonb_agg(o.part ORDER BY o.ordinality) AS list
			  FROM oncall_internal.opsgenie_parts(doc) WITH ORDINALITY o(kind, part, ordinality) GROUP BY o.kind) p);
	IF parts -> 'schedule' = '[]' AND parts -> 'timeline' = '[]' THEN
		PERFORM oncall_internal.refuse_json(jsonb_build_object('schedules', doc), 'schedules', 'the document',
			'a list with a schedule or a timeline');
	END IF;
	PERFORM oncall_internal.refuse_same_names(ARRAY(SELECT coalesce(s.value ->> 'name', s.value ->> 'id')
		FROM jsonb_array_elements(parts -> 'schedule') s));
	users := (SELECT coalesce(jsonb_object_agg(u.id, u.person), '{}') FROM oncall_internal.import_users(parts -> 'user') u);
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(parts -> 'user') p;
	FOR part IN SELECT s.value FROM jsonb_array_elements(parts -> 'schedule') s LOOP
		RETURN QUERY SELECT s.* FROM oncall_internal.opsgenie_schedule(part, parts, users) s;
	END LOOP;
	FOR part IN SELECT o.value FROM jsonb_array_elements(parts -> 'override') o
		WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(parts -> 'schedule') s
			WHERE oncall_internal.opsgenie_is_of(o.value, s.value, jsonb_array_length(parts -> 'schedule') = 1))
	LOOP
		RETURN NEXT oncall_internal.import_note(NULL, format('override left out: "%s" from %s to %s does not say of which of the schedules '
			'it is; put it as "overrides" into its schedule', coalesce(part ->> 'alias', ''), part ->> 'startDate', part ->> 'endDate'));
	END LOOP;
	-- timelines whose schedules are not there
	FOR part IN SELECT t.value FROM jsonb_array_elements(parts -> 'timeline') t
		WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(parts -> 'schedule') s
			WHERE oncall_internal.opsgenie_is_of(t.value, s.value, jsonb_array_length(parts -> 'schedule') = 1))
	LOOP
		RETURN QUERY SELECT s.* FROM oncall_internal.opsgenie_served(part, users) s;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_opsgenie(jsonb) IS
'What schedules of Opsgenie or Jira Service Management say, for import_schedule(): a rotation for each of theirs, overrides as covers, timelines to be compared. doc: an answer of the API, a file of a backup, or a list. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
