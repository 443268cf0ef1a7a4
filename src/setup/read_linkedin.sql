
-- Schedules of LinkedIn's oncall, as GET /api/v0/teams/TEAM/rosters/ROSTER/schedules
-- sends them. Who serves when stands in its calendar alone, so beside
-- "schedules" should stand "events" of GET /api/v0/events, and may "users".

CREATE FUNCTION oncall_internal.linkedin_person(name text, users jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT nullif(btrim(u.value #>> '{contacts,email}'), '') FROM jsonb_array_elements(users) u
		WHERE u.value ->> 'name' = linkedin_person.name LIMIT 1), linkedin_person.name);
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_person(text, jsonb) IS
'The address of a username, if the document has it, or else the username.';

CREATE FUNCTION oncall_internal.linkedin_spans(schedule jsonb, place text, OUT spans int8multirange)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event jsonb;
	begins bigint;
	lasts bigint;
BEGIN
	spans := '{}';
	FOR event IN SELECT e.value FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'events', place)) e LOOP
		begins := oncall_internal.json_integer(event, 'start', 'an event of ' || place, true);
		lasts := oncall_internal.json_integer(event, 'duration', 'an event of ' || place, true);
		IF begins NOT BETWEEN 0 AND 52 * 604800 OR lasts NOT BETWEEN 1 AND 52 * 604800 THEN
			PERFORM oncall_internal.refuse_json(event, CASE WHEN begins BETWEEN 0 AND 52 * 604800 THEN 'duration' ELSE 'start' END,
				'an event of ' || place, 'seconds since Sunday midnight, at most a year');
		END IF;
		spans := spans + int8multirange(int8range(begins, begins + lasts));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_spans(jsonb, text) IS
'When a schedule of LinkedIn''s oncall is served, in seconds since the midnight of some Sunday. Errors: 22023.';

CREATE FUNCTION oncall_internal.linkedin_hours(spans int8multirange, weeks integer, OUT hours oncall.weekly_hours,
	OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first CONSTANT bigint := lower(spans);
	slices int8multirange[];
BEGIN
	IF int8range(first, first + weeks * 604800) <@ spans THEN
		RETURN;
	END IF;
	slices := ARRAY(
		SELECT (SELECT range_agg(int8range(lower(s.span) - w.number * 604800, upper(s.span) - w.number * 604800))
			FROM unnest(spans * int8multirange(int8range(first + w.number * 604800,
				first + (w.number + 1) * 604800))) s(span))
		FROM generate_series(0, weeks - 1) w(number) ORDER BY w.number);
	IF EXISTS (SELECT FROM unnest(slices) s WHERE s IS DISTINCT FROM slices[1]) THEN
		why := format('hours that differ between the weeks of a turn of %s weeks cannot be said', weeks);
		RETURN;
	END IF;
	-- its weeks begin on Sunday
	SELECT h.hours, h.why INTO hours, why
	FROM (SELECT array_agg((lower(s) + 6 * 86400) % 604800 ORDER BY s) AS starts,
			array_agg(upper(s) - lower(s) ORDER BY s) AS seconds FROM unnest(slices[1]) s) p,
		oncall_internal.import_hours(p.starts, p.seconds) h;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_hours(int8multirange, integer) IS
'The hours of a schedule of LinkedIn''s oncall; NULL if it is always served, or where they cannot be said: why in why.';

CREATE FUNCTION oncall_internal.linkedin_calendar(events jsonb, users jsonb)
RETURNS TABLE (team text, role text, schedule_id text, person text, period tstzrange)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	event jsonb;
	begins bigint;
	ends bigint;
BEGIN
	FOR event IN SELECT e.value FROM jsonb_array_elements(events) e LOOP
		begins := oncall_internal.json_integer(event, 'start', 'an event', true);
		ends := oncall_internal.json_integer(event, 'end', 'an event', true);
		IF begins NOT BETWEEN 0 AND 32503680000 OR ends NOT BETWEEN begins + 1 AND 32503680000 THEN
			PERFORM oncall_internal.refuse_json(event, 'end', 'an event', 'seconds since 1970, after its start');
		END IF;
		team := oncall_internal.json_text(event, 'team', 'an event');
		role := oncall_internal.json_text(event, 'role', 'an event', true);
		schedule_id := event ->> 'schedule_id';
		person := oncall_internal.linkedin_person(oncall_internal.json_text(event, 'user', 'an event', true), users);
		period := tstzrange(to_timestamp(begins), to_timestamp(ends));
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_calendar(jsonb, jsonb) IS
'The events of a calendar of LinkedIn''s oncall. Errors: 22023.';

CREATE FUNCTION oncall_internal.linkedin_order(
	cadence oncall.cadence, people text[], persons text[], periods tstzrange[], OUT members text[], OUT hits integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	k integer := cardinality(people);
	shift integer;
BEGIN
	IF people IS NOT NULL THEN
		-- where in the list its first turn stands
		SELECT o.shift, o.hits INTO shift, hits
		FROM (SELECT s AS shift, (
				SELECT count(*) FROM unnest(persons, periods) e(person, period)
				WHERE people[(oncall.turn_at(cadence, lower(e.period)) + s) % k + 1] = e.person) AS hits
			FROM generate_series(0, k - 1) s) o
		ORDER BY o.hits DESC, o.shift
		LIMIT 1;
	ELSE
		-- who served longest ago comes after the last turn
		SELECT array_agg(o.person ORDER BY o.last, o.person), -1 - max(o.last), 0 INTO people, shift, hits
		FROM (SELECT e.person, max(oncall.turn_at(cadence, lower(e.period))) AS last
			FROM unnest(persons, periods) e(person, period) GROUP BY e.person) o;
		k := cardinality(people);
	END IF;
	members := ARRAY(SELECT people[((n + shift) % k + k) % k + 1] FROM generate_series(0, k - 1) n ORDER BY n);
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_order(oncall.cadence, text[], text[], tstzrange[]) IS
'A list of people, turned so that its first has turn 0, as most of the events of a calendar have it; without a list, who served longest ago comes next. hits: how many events are as the list says.';

CREATE FUNCTION oncall_internal.linkedin_events(layer oncall.import_row, persons text[], periods tstzrange[])
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k CONSTANT integer := cardinality(layer.people);
	event record;
BEGIN
	FOR event IN SELECT e.person, e.period FROM unnest(persons, periods) e(person, period) ORDER BY e.period,
		e.person LOOP
		IF layer.cadence IS NULL OR EXISTS (
			SELECT FROM generate_series(oncall.turn_at(layer.cadence, lower(event.period)),
				oncall.turn_at(layer.cadence, upper(event.period))) n
			WHERE NOT isempty(oncall.turn_period(layer.cadence, n) * event.period)
				AND layer.people[n % k + 1] IS DISTINCT FROM event.person)
		THEN
			RETURN NEXT oncall_internal.import_row('cover', layer.rotation, layer.zone, first_seat => layer.first_seat,
				people => ARRAY[event.person], valid => event.period);
		END IF;
		RETURN NEXT oncall_internal.import_row('shown', layer.rotation, layer.zone, first_seat => layer.first_seat,
			people => ARRAY[event.person], valid => event.period);
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_events(oncall.import_row, text[], tstzrange[]) IS
'The events of a calendar as rows: what is shown, and covers where a layer says something else.';

CREATE FUNCTION oncall_internal.linkedin_anchor(doc jsonb, spans int8multirange, first timestamptz, zone text)
RETURNS timestamp
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a day of the week in which the first turn begins
	local CONSTANT timestamp := coalesce(first, oncall_internal.json_time(doc, 'since', 'the document', zone)) AT TIME ZONE zone;
	anchor timestamp := date_trunc('day', local) - make_interval(days => extract(dow FROM local)::integer)
		+ make_interval(secs => lower(spans));
BEGIN
	RETURN CASE WHEN first IS NOT NULL AND anchor > local THEN anchor - interval '7 days' ELSE anchor END;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_anchor(jsonb, int8multirange, timestamptz, text) IS
'When the first turn of a schedule of LinkedIn''s oncall begins: that of the first event of its calendar, or in the week of the day since. NULL: the document says neither.';

CREATE FUNCTION oncall_internal.linkedin_schedule(schedule jsonb, doc jsonb, rotation text, zone text, seat integer,
	persons text[], periods tstzrange[], users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('the schedule of "%s" of "%s"', schedule ->> 'role', rotation);
	scheduler CONSTANT jsonb := coalesce(oncall_internal.json_object(schedule, 'scheduler', place), '{}');
	spans CONSTANT int8multirange := oncall_internal.linkedin_spans(schedule, place);
	weeks CONSTANT integer := (upper(spans) - lower(spans) + 604799) / 604800;
	anchor CONSTANT timestamp := oncall_internal.linkedin_anchor(doc, spans,
		(SELECT min(lower(p)) FROM unnest(periods) p), zone);
	people text[];
	layer oncall.import_row := oncall_internal.import_row('layer', rotation, zone, first_seat => seat, seats => 1,
		note => schedule ->> 'role');
	turns record;
	open record;
BEGIN
	IF oncall_internal.json_text(scheduler, 'name', place) = 'round-robin' THEN
		people := ARRAY(SELECT oncall_internal.linkedin_person(d.value, users)
			FROM jsonb_array_elements_text(oncall_internal.json_list(scheduler, 'data', place)) WITH ORDINALITY d(value,
				number)
			ORDER BY d.number);
	END IF;
	IF isempty(spans) OR people = '{}' THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('layer left out: %s has no %s', place,
			CASE WHEN isempty(spans) THEN 'events' ELSE 'people' END));
		RETURN;
	END IF;
	IF anchor IS NULL OR people IS NULL AND periods = '{}' THEN
		layer.people := coalesce(people, ARRAY[NULL::text]);
		layer.note := format('turns of %s cannot be said: who serves when stands in the calendar alone; put events of '
			|| 'GET /api/v0/events into the document%s', place, CASE WHEN people IS NOT NULL
				THEN ', or "since", the day in whose week the first of the list begins' ELSE '' END);
		RETURN NEXT layer;
		RETURN;
	END IF;
	layer.cadence := oncall.cadence(anchor, zone, make_interval(days => 7 * weeks));
	layer.valid := tstzrange(anchor AT TIME ZONE zone, NULL);
	SELECT o.* INTO turns FROM oncall_internal.linkedin_order(layer.cadence, people, persons, periods) o;
	layer.people := turns.members;
	SELECT h.* INTO open FROM oncall_internal.linkedin_hours(spans, weeks) h;
	layer.hours := open.hours;
	IF open.why IS NOT NULL THEN
		layer.cadence := NULL;
		layer.note := open.why;
	END IF;
	RETURN NEXT layer;
	IF people IS NULL THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('order: %s chooses whoever has served least, which cannot be said; '
			|| 'the order is that in which people last served: %s', place, array_to_string(turns.members, ', ')));
	ELSIF turns.hits = 0 THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('order: the document does not say who of the list comes first in %s; '
			|| '%s does, on %s', place, turns.members[1], to_char(anchor, 'YYYY-MM-DD')));
	END IF;
	RETURN QUERY SELECT e.* FROM oncall_internal.linkedin_events(layer, persons, periods) e;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_schedule(jsonb, jsonb, text, text, integer, text[], tstzrange[], jsonb) IS
'A schedule of LinkedIn''s oncall, with what its calendar has of it, as rows: a layer in a seat. Errors: 22023.';

CREATE FUNCTION oncall_internal.linkedin_seats(schedules jsonb)
RETURNS TABLE (schedule jsonb, rotation text, seat integer, is_first boolean)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of each seat: its rotation, its role and when it is served
	rotations text[] := '{}';
	roles text[] := '{}';
	taken int8multirange[] := '{}';
	part record;
	own int8multirange;
	free integer;
BEGIN
	FOR part IN
		SELECT s.value, s.value ->> 'role' AS role,
			concat_ws('/', oncall_internal.json_text(s.value, 'team', 'a schedule', true),
				oncall_internal.json_text(s.value, 'roster', 'a schedule')) AS rotation
		FROM jsonb_array_elements(schedules) WITH ORDINALITY s(value, number)
		ORDER BY coalesce(array_position('{primary,secondary,shadow,manager}', oncall_internal.json_text(s.value, 'role', 'a schedule', true)), 9),
			s.number
	LOOP
		own := oncall_internal.linkedin_spans(part.value, 'a schedule');
		-- the day and the night of one role have one seat
		SELECT t.number INTO free FROM unnest(rotations, roles) WITH ORDINALITY t(rotation, role, number)
		WHERE t.rotation = part.rotation AND t.role = part.role AND NOT taken[t.number] && own
		ORDER BY t.number LIMIT 1;
		is_first := NOT FOUND;
		IF NOT is_first THEN
			taken[free] := taken[free] + own;
		ELSE
			rotations := rotations || part.rotation;
			roles := roles || part.role;
			taken := taken || ARRAY[own];
			free := cardinality(roles);
		END IF;
		schedule := part.value;
		rotation := part.rotation;
		seat := (SELECT count(*) FROM unnest(rotations[:free]) r WHERE r = part.rotation);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_seats(jsonb) IS
'Which seat of which rotation each of some schedules of LinkedIn''s oncall fills: a seat a role, and further ones where schedules of one role overlap. Errors: 22023.';

CREATE FUNCTION oncall_internal.linkedin_document(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	whole CONSTANT boolean := doc ? 'schedules';
	users CONSTANT jsonb := oncall_internal.json_list(doc, 'users', 'the document');
	events CONSTANT jsonb := CASE WHEN whole THEN oncall_internal.json_list(doc, 'events', 'the document') ELSE '[]' END;
	away CONSTANT text[] := '{vacation,unavailable}';
	part record;
	own record;
	event record;
	told text[] := '{}';
BEGIN
	FOR part IN SELECT s.* FROM oncall_internal.linkedin_seats(
		CASE WHEN whole THEN oncall_internal.json_list(doc, 'schedules', 'the document') ELSE jsonb_build_array(doc) END) s
	LOOP
		SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(part.schedule, 'timezone',
			part.rotation)) z;
		IF own.why IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(part.rotation, own.why, CASE WHEN own.zone IS NULL THEN 1
				ELSE 0 END);
		END IF;
		CONTINUE WHEN own.zone IS NULL;
		told := told || (part.schedule ->> 'role');
		IF part.is_first THEN
			RETURN NEXT oncall_internal.import_note(part.rotation,
				format('seats: %s is seat %s', part.schedule ->> 'role', part.seat), 0);
		END IF;
		RETURN QUERY SELECT r.* FROM (
				SELECT coalesce(array_agg(e.person ORDER BY e.period), '{}') AS persons,
					coalesce(array_agg(e.period ORDER BY e.period), '{}') AS periods
				FROM oncall_internal.linkedin_calendar(events, users) e
				WHERE e.role = part.schedule ->> 'role' AND coalesce(e.team = part.schedule ->> 'team', true)
					AND coalesce(e.schedule_id = part.schedule ->> 'id', true)) c,
			oncall_internal.linkedin_schedule(part.schedule, doc, part.rotation, own.zone, part.seat, c.persons,
				c.periods, users) r;
	END LOOP;
	FOR event IN SELECT e.* FROM oncall_internal.linkedin_calendar(events, users) e ORDER BY e.period, e.person LOOP
		IF event.role = ANY (away) THEN
			RETURN NEXT oncall_internal.import_row('absence', people => ARRAY[event.person], valid => event.period,
				note => event.role);
		ELSIF event.role <> ALL (told) THEN
			RETURN NEXT oncall_internal.import_note(NULL, format('event left out: %s is %s at %s, and no schedule in the document is of this role',
				event.person, event.role, oncall_internal.session_time(lower(event.period))));
		ELSIF NOT EXISTS (SELECT FROM jsonb_path_query(doc, CASE WHEN whole THEN '$.schedules[*]'::jsonpath ELSE '$' END) s
			WHERE s ->> 'role' = event.role AND coalesce(s ->> 'team' = event.team, true)
				AND coalesce(s ->> 'id' = event.schedule_id, true))
		THEN
			RETURN NEXT oncall_internal.import_note(NULL, format('event left out: %s is %s at %s by schedule %s of team "%s", which is not in the document',
				event.person, event.role, oncall_internal.session_time(lower(event.period)), event.schedule_id,
					event.team));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.linkedin_document(jsonb) IS
'A document of LinkedIn''s oncall as rows. Errors: 22023.';

CREATE FUNCTION oncall.read_linkedin(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'linkedin');
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(doc, '{contacts,email}', '{full_name}') p;
	-- a list is of schedules
	RETURN QUERY SELECT r.* FROM oncall_internal.linkedin_document(
		CASE jsonb_typeof(doc) WHEN 'array' THEN jsonb_build_object('schedules', doc) ELSE doc END) r;
END
$$;
COMMENT ON FUNCTION oncall.read_linkedin(jsonb) IS
'What schedules of LinkedIn''s oncall say, for import_schedule(): a layer each, in the seat of its role, in the order that the calendar shows; what differs there is covers, and vacation is an absence. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
