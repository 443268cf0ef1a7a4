
-- Reading shift-based schedules of PagerDuty: of its API v3, in which rotations
-- page beside each other, and events recur as in calendars.

CREATE FUNCTION oncall_internal.pagerduty_time(object jsonb, key text, place text, needed boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(object -> key) = 'object' THEN
		RETURN oncall_internal.json_time(object -> key, 'date_time', format('"%s" of %s', key, place), NULL, true);
	END IF;
	RETURN oncall_internal.json_time(object, key, place, NULL, needed);
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_time(jsonb, text, text, boolean) IS
'A time of PagerDuty''s API v3: {date_time, time_zone} or a text; NULL if it is missing. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_member(member jsonb, users jsonb, place text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF member IS NULL OR oncall_internal.json_text(member, 'type', place) = 'empty_member' THEN
		RETURN NULL;
	END IF;
	RETURN oncall_internal.pagerduty_person(
		jsonb_build_object('id', oncall_internal.json_text(member, 'user_id', place, true)), users, place);
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_member(jsonb, jsonb, text) IS
'Who a member of PagerDuty''s API v3 is; NULL: on purpose nobody. Errors: 22023.';

-- Recurrence ------------------------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_rule(recurrence jsonb, place text,
	OUT freq text, OUT every integer, OUT days integer[], OUT week_start integer, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	line text;
	part text[];
BEGIN
	every := 1;
	week_start := 1;
	FOR line IN SELECT e.value FROM jsonb_array_elements_text(recurrence) e WHERE e.value ~* '^RRULE:' LOOP
		IF freq IS NOT NULL THEN
			why := 'more than one RRULE cannot be said';
		END IF;
		FOR part IN SELECT string_to_array(upper(p), '=') FROM unnest(string_to_array(substr(line, 7), ';')) p LOOP
			CASE
				WHEN part[1] = 'FREQ' AND part[2] IN ('HOURLY', 'DAILY', 'WEEKLY') THEN
					freq := part[2];
				WHEN part[1] = 'INTERVAL' AND part[2] ~ '^[1-9]\d{0,2}$' THEN
					every := part[2];
				WHEN part[1] = 'BYDAY' AND part[2] ~ '^((MO|TU|WE|TH|FR|SA|SU)(,|$))+$' THEN
					days := ARRAY(SELECT DISTINCT array_position('{MO,TU,WE,TH,FR,SA,SU}', d)
						FROM unnest(string_to_array(part[2], ',')) d ORDER BY 1);
				WHEN part[1] = 'WKST' AND part[2] IN ('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU') THEN
					week_start := array_position('{MO,TU,WE,TH,FR,SA,SU}', part[2]);
				ELSE
					why := format('%s cannot be said', array_to_string(part, '='));
			END CASE;
		END LOOP;
	END LOOP;
	IF freq IS NULL AND why IS NULL THEN
		why := 'without an RRULE it recurs never';
	ELSIF days IS NOT NULL AND (freq = 'HOURLY' OR freq = 'DAILY' AND every > 1) THEN
		why := format('FREQ=%s with INTERVAL=%s and BYDAY cannot be said', freq, every);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_rule(jsonb, text) IS
'The RRULE of an event: how often, every how many, on which weekdays (1 is Monday; NULL: that of its start), of weeks that start on which. why: what cannot be said, NULL if all can.';

-- An occurrence is a turn. Where occurrences leave gaps they are closed by hours,
-- or, if they leave out whole weeks, by a turn for nobody after the last of each
-- week: after so many occurrences from the first, which may be amid its week.
CREATE FUNCTION oncall_internal.pagerduty_turns(
	starts timestamp, ends timestamp, zone text, freq text, every integer, days integer[], week_start integer,
	OUT cadence oncall.cadence, OUT hours oncall.weekly_hours, OUT occurrences integer, OUT pause integer, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lasts CONSTANT bigint := extract(epoch FROM ends - starts);
	unit CONSTANT integer := CASE WHEN freq = 'HOURLY' THEN 3600 WHEN freq = 'WEEKLY' OR days IS NOT NULL THEN 604800
		ELSE 86400 END;
	anchor timestamp := starts;
	weekday integer := extract(isodow FROM starts);
	-- in days from each occurrence to the next
	steps integer[];
BEGIN
	occurrences := 1;
	IF lasts = unit::bigint * every AND days IS NULL THEN
		SELECT c.cadence, c.why INTO cadence, why FROM oncall_internal.import_cadence(starts, zone, lasts) c;
		RETURN;
	ELSIF freq = 'HOURLY' OR lasts > unit OR lasts <= 0 THEN
		why := 'shifts that last longer or shorter than they recur cannot be said, but for parts of days and of weeks';
		RETURN;
	END IF;

	-- the first that is on one of the days
	WHILE weekday <> ALL (days) LOOP
		anchor := anchor + interval '1 day';
		weekday := extract(isodow FROM anchor);
	END LOOP;
	IF unit = 604800 AND (weekday - week_start + 7) % 7 < (extract(isodow FROM starts)::integer - week_start + 7) % 7
		THEN
		-- not in the week of the start, so in the next that counts
		anchor := anchor + make_interval(days => 7 * (every - 1));
	END IF;
	IF unit = 604800 THEN
		steps := ARRAY(SELECT (lead(d.after, 1, 7) OVER (ORDER BY d.after) - d.after)::integer
			FROM (SELECT (day - weekday + 7) % 7 AS after FROM unnest(coalesce(days,
				ARRAY[weekday])) day) d ORDER BY d.after);
		SELECT h.hours, h.why INTO hours, why
		FROM oncall_internal.import_hours(
			ARRAY(SELECT (day - 1) * 86400 + extract(epoch FROM anchor::time)::bigint
				FROM unnest(coalesce(days, ARRAY[weekday])) day),
			array_fill(lasts, ARRAY[cardinality(steps)])) h;
	ELSE
		steps := '{1}';
		SELECT h.hours, h.why INTO hours, why
		FROM oncall_internal.import_hours(ARRAY(SELECT day * 86400 + extract(epoch FROM anchor::time)::bigint
			FROM generate_series(0, 6) day),
			array_fill(lasts, '{7}')) h;
	END IF;
	IF lasts > (SELECT min(s) FROM unnest(steps) s) * 86400 THEN
		why := 'shifts that overlap cannot be said';
	ELSIF why IS NULL THEN
		occurrences := cardinality(steps);
		IF every > 1 THEN
			-- how many are in the first week, from the first on
			pause := (SELECT count(*) FROM unnest(coalesce(days, ARRAY[weekday])) day
				WHERE (day - week_start + 7) % 7 >= (weekday - week_start + 7) % 7);
			steps := steps[:pause] || (every - 1) * unit / 86400 || steps[pause + 1:];
		END IF;
		cadence := oncall.cadence(anchor, zone, VARIADIC ARRAY(SELECT make_interval(days => s.step)
			FROM unnest(steps) WITH ORDINALITY s(step, place) ORDER BY s.place));
		hours := nullif(hours::text, '24/7')::oncall.weekly_hours;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_turns(timestamp, timestamp, text, text, integer, integer[], integer) IS
'Cadence and hours of occurrences from starts to ends, local times, that recur so, in rounds of so many. After so many of each round (pause, NULL: none) there is a turn for nobody. NULL where it cannot be said, why in why.';

CREATE FUNCTION oncall_internal.pagerduty_list(people text[], occurrences integer, pause integer) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	list text[] := '{}';
BEGIN
	IF pause IS NULL THEN
		RETURN people;
	END IF;
	FOR n IN 1 .. lcm(cardinality(people), occurrences) LOOP
		list := list || people[(n - 1) % cardinality(people) + 1];
		IF n % occurrences = pause % occurrences THEN
			list := list || NULL::text;
		END IF;
	END LOOP;
	RETURN list;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_list(text[], integer, integer) IS
'The list of a layer whose turns are taken by people one after the other, in rounds of so many occurrences, with a turn for nobody after so many of each (pause, NULL: none).';

-- Events ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_dates(
	rotation text, zone text, name text, recurrence jsonb, lasts interval, seats integer)
		RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	line text;
	written text;
	own_zone text;
BEGIN
	FOR line, written IN
		SELECT e.value, w FROM jsonb_array_elements_text(recurrence) e,
			unnest(string_to_array(split_part(e.value, ':', -1), ',')) w
		WHERE e.value !~* '^RRULE:'
	LOOP
		own_zone := CASE WHEN written ~ 'Z$' THEN 'UTC' WHEN line ~* '^EXDATE[^:]*;TZID=' THEN
				(oncall_internal.import_zone((regexp_match(line, ';TZID="?([^";:]+)', 'i'))[1])).zone
			ELSE zone END;
		IF line ~* '^EXDATE' AND own_zone IS NOT NULL AND written ~ '^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?$' THEN
			RETURN QUERY
			SELECT (oncall_internal.import_row('cover', rotation, zone, first_seat => seat, people => '{NULL}',
				valid => tstzrange(t.at, t.at + lasts))).*
			FROM (SELECT left(written, 15)::timestamp AT TIME ZONE own_zone) t(at), generate_series(1, seats) seat;
		ELSE
			RETURN NEXT oncall_internal.import_note(rotation, format(
				'recurrence: "%s" of event "%s" did not come along; write a cover for it', left(line, 100), name));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_dates(text, text, text, jsonb, interval, integer) IS
'Rows of the dates that an event leaves out: nobody serves then; notes of those that it adds.';

CREATE FUNCTION oncall_internal.pagerduty_event(rotation text, event jsonb, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := coalesce(oncall_internal.json_text(event, 'name', 'an event of "' || rotation || '"'), 'without a name');
	place CONSTANT text := format('event "%s" of "%s"', name, rotation);
	starts CONSTANT timestamptz := oncall_internal.pagerduty_time(event, 'start_time', place, true);
	ends CONSTANT timestamptz := oncall_internal.pagerduty_time(event, 'end_time', place, true);
	zone CONSTANT record := oncall_internal.import_zone(oncall_internal.json_text(
		oncall_internal.json_object(event, 'start_time', place, true), 'time_zone', place));
	recurrence CONSTANT jsonb := oncall_internal.json_list(event, 'recurrence', place);
	strategy CONSTANT jsonb := oncall_internal.json_object(event, 'assignment_strategy', place, true);
	per_member CONSTANT bigint := greatest(coalesce(oncall_internal.json_integer(strategy, 'shifts_per_member', place), 1), 1);
	members CONSTANT text[] := ARRAY(
		SELECT oncall_internal.pagerduty_member(e.value, users, 'a member of ' || place)
		FROM jsonb_array_elements(oncall_internal.json_list(strategy, 'members', place)) WITH ORDINALITY e(value, number)
		ORDER BY e.number);
	together CONSTANT boolean := coalesce(strategy ->> 'type', '') LIKE 'every_member%';
	since CONSTANT timestamptz := oncall_internal.pagerduty_time(event, 'effective_since', place);
	until CONSTANT timestamptz := oncall_internal.pagerduty_time(event, 'effective_until', place);
	rule record;
	turns record;
BEGIN
	IF members = '{}' OR ends <= starts OR until <= since THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('left out: event "%s" %s', name,
			CASE WHEN members = '{}' THEN 'has no members' ELSE 'ends before it starts' END));
		RETURN;
	ELSIF per_member > 100 THEN
		PERFORM oncall_internal.refuse_json(strategy, 'shifts_per_member', place, 'at most 100');
	END IF;
	IF zone.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(rotation, zone.why, CASE WHEN zone.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF recurrence = '[]' AND zone.zone IS NOT NULL THEN
		RETURN QUERY SELECT (oncall_internal.import_row('cover', rotation, zone.zone, first_seat => s.seat::integer,
			people => ARRAY[s.who],
			valid => tstzrange(starts, ends))).*
		FROM unnest(members) WITH ORDINALITY s(who, seat) WHERE together OR s.seat = 1;
		RETURN;
	END IF;
	rule := oncall_internal.pagerduty_rule(recurrence, place);
	SELECT t.* INTO turns
	FROM oncall_internal.pagerduty_turns(starts AT TIME ZONE zone.zone,
		-- whole days are meant as such, whatever the clock does in them
		CASE WHEN extract(epoch FROM ends - starts)::bigint % 86400 = 0
			THEN starts AT TIME ZONE zone.zone + (ends - starts)
			ELSE ends AT TIME ZONE zone.zone END, zone.zone, rule.freq, rule.every, rule.days, rule.week_start) t
	WHERE rule.why IS NULL AND zone.zone IS NOT NULL;
	RETURN QUERY
	SELECT (oncall_internal.import_row('layer', rotation, zone.zone, 0, l.seat, 1,
		oncall_internal.pagerduty_list(l.people, coalesce(turns.occurrences, 1), turns.pause),
		turns.cadence, turns.hours, NULL, tstzrange(since, until), CASE WHEN turns.cadence IS NOT NULL THEN name
			ELSE format('event "%s": %s', name, coalesce(rule.why, turns.why, 'its zone is not known')) END)).*
	FROM (
		-- all at once: a seat each
		SELECT m.seat::integer AS seat, ARRAY[m.who] AS people FROM unnest(members) WITH ORDINALITY m(who, seat)
			WHERE together
		UNION ALL
		SELECT 1, ARRAY(SELECT m.who FROM unnest(members) WITH ORDINALITY m(who, place),
			generate_series(1, per_member) ORDER BY m.place)
		WHERE NOT together
	) l ORDER BY l.seat;
	IF together AND cardinality(members) > 1 THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('seats: the %s members of event "%s" serve all at once, in a seat each',
			cardinality(members), name), 0);
	END IF;
	RETURN QUERY SELECT d.* FROM oncall_internal.pagerduty_dates(rotation, zone.zone, name, recurrence, ends - starts,
		CASE WHEN together THEN cardinality(members) ELSE 1 END) d;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_event(text, jsonb, jsonb) IS
'Rows of one event of a rotation of PagerDuty''s API v3. Errors: 22023.';

-- Schedules -------------------------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_rotations(schedule jsonb)
RETURNS TABLE (id text, name text, rotation jsonb, number bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own CONSTANT text := oncall_internal.json_text(schedule, 'name', 'a schedule', true);
	place CONSTANT text := format('a rotation of schedule "%s"', own);
	rotations CONSTANT jsonb := oncall_internal.json_list(schedule, 'rotations', format('schedule "%s"', own));
BEGIN
	RETURN QUERY
	SELECT r.id, CASE WHEN jsonb_array_length(rotations) = 1 THEN own
			ELSE own || '/' || r.called || CASE WHEN count(*) OVER (PARTITION BY r.called) > 1 THEN ' ' || r.number
				ELSE '' END END,
		r.rotation, r.number
	FROM (SELECT e.rotation, e.number, oncall_internal.json_text(e.rotation, 'id', place) AS id,
			coalesce(oncall_internal.json_text(e.rotation, 'name', place),
				CASE WHEN jsonb_array_length(oncall_internal.json_list(e.rotation, 'events', place)) = 1
					THEN oncall_internal.json_text(e.rotation #> '{events,0}', 'name', 'an event of ' || place) END,
				oncall_internal.json_text(e.rotation, 'id', place), e.number::text) AS called
		  FROM jsonb_array_elements(rotations) WITH ORDINALITY e(rotation, number)) r
	ORDER BY r.number;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_rotations(jsonb) IS
'The rotations of a schedule of PagerDuty''s API v3, and how each is called here: as the schedule, or if there are several SCHEDULE/ROTATION. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_changes(schedule jsonb, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := schedule ->> 'name';
	zone CONSTANT text := (oncall_internal.import_zone(schedule ->> 'time_zone')).zone;
	entry record;
	name text;
	period tstzrange;
	place text;
	member jsonb;
	seat integer;
	taken tstzmultirange[] := '{}';
BEGIN
	FOR entry IN
		SELECT e.value, e.kind FROM (
			SELECT 'custom shift' AS kind, s.value, s.number
			FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'custom_shifts', own)) WITH ORDINALITY s(value, number)
			UNION ALL
			SELECT 'override', s.value, s.number
			FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'overrides', own)) WITH ORDINALITY s(value, number)) e
		ORDER BY e.kind, e.number
	LOOP
		place := format('a %s of "%s"', entry.kind, own);
		period := tstzrange(oncall_internal.pagerduty_time(entry.value, 'start_time', place, true),
			greatest(oncall_internal.pagerduty_time(entry.value, 'end_time', place, true),
				oncall_internal.pagerduty_time(entry.value, 'start_time', place, true)));
		SELECT r.name INTO name FROM oncall_internal.pagerduty_rotations(schedule) r
		WHERE r.id = oncall_internal.json_text(entry.value, 'rotation_id', place);
		IF isempty(period) THEN
			CONTINUE;
		ELSIF entry.kind = 'override' THEN
			RETURN NEXT oncall_internal.import_row('cover', coalesce(name, own || '/custom shifts'), zone, first_seat => 1, people =>
				ARRAY[oncall_internal.pagerduty_member(oncall_internal.json_object(entry.value, 'overriding_member', place), users,
					place)]
				|| CASE WHEN oncall_internal.pagerduty_member(oncall_internal.json_object(entry.value, 'overridden_member', place),
					users, place) IS NOT NULL
					THEN ARRAY[oncall_internal.pagerduty_member(entry.value -> 'overridden_member', users, place)] END,
				valid => period);
		ELSE
			FOR member IN
				SELECT m.value FROM jsonb_array_elements(CASE WHEN entry.value ? 'member'
					THEN jsonb_build_array(entry.value -> 'member')
					WHEN entry.value ? 'members' THEN oncall_internal.json_list(entry.value, 'members', place)
					ELSE coalesce(jsonb_path_query_array(entry.value, '$.assignments[*].member'), '[]') END) WITH ORDINALITY m
				ORDER BY m.ordinality
			LOOP
				-- each beside the other, and beside the rotations
				seat := 1;
				WHILE taken[seat] && period LOOP
					seat := seat + 1;
				END LOOP;
				taken[seat] := coalesce(taken[seat], '{}') + period::tstzmultirange;
				RETURN NEXT oncall_internal.import_row('cover', coalesce(name, own || '/custom shifts'), zone, first_seat => seat,
					people => ARRAY[oncall_internal.pagerduty_member(member, users, place)], valid => period);
			END LOOP;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_changes(jsonb, jsonb) IS
'Rows of the custom shifts of a schedule of PagerDuty''s API v3, in a rotation of their own, and of its overrides. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_computed(schedule jsonb, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := schedule ->> 'name';
	place CONSTANT text := format('an assignment of the final schedule of "%s"', own);
	zone CONSTANT text := (oncall_internal.import_zone(schedule ->> 'time_zone')).zone;
	entry jsonb;
	name text;
	elsewhere bigint := 0;
BEGIN
	FOR entry IN
		SELECT e.value FROM jsonb_array_elements(oncall_internal.json_list(
			coalesce(oncall_internal.json_object(schedule, 'final_schedule', own), '{}'), 'computed_shift_assignments', place)) e
	LOOP
		SELECT r.name INTO name FROM oncall_internal.pagerduty_rotations(schedule) r
		WHERE r.id = oncall_internal.json_text(coalesce(oncall_internal.json_object(entry, 'source', place), '{}'), 'rotation_id', place);
		IF name IS NULL THEN
			elsewhere := elsewhere + 1;
		ELSIF oncall_internal.pagerduty_time(entry, 'end_time', place, true) > oncall_internal.pagerduty_time(entry, 'start_time', place,
			true) THEN
			RETURN NEXT oncall_internal.import_row('shown', name, zone,
				people => ARRAY[oncall_internal.pagerduty_member(oncall_internal.json_object(entry, 'member', place), users,
					place)],
				valid => tstzrange(oncall_internal.pagerduty_time(entry, 'start_time', place),
					oncall_internal.pagerduty_time(entry, 'end_time', place)));
		END IF;
	END LOOP;
	IF elsewhere > 0 THEN
		RETURN NEXT oncall_internal.import_note(NULL, format(
			'comparison: assignments of schedule "%s" that do not say of which rotation they are cannot be compared: %s', own, elsewhere));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_computed(jsonb, jsonb) IS
'Rows of the final schedule of PagerDuty''s API v3, as far as its assignments say of which rotation they are. Errors: 22023.';

CREATE FUNCTION oncall.read_pagerduty_v3(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	users jsonb;
	schedules jsonb[];
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'pagerduty_v3');
	users := oncall_internal.pagerduty_users(doc);
	schedules := ARRAY(SELECT s FROM oncall_internal.json_documents(doc, 'schedule', 'schedules') s);
	PERFORM oncall_internal.refuse_same_names(ARRAY(
		SELECT r.name FROM unnest(schedules) s(schedule), LATERAL oncall_internal.pagerduty_rotations(s.schedule) r));
	RETURN QUERY SELECT p.* FROM oncall_internal.pagerduty_people(ARRAY(
		SELECT jsonb_build_object('id', i.id)
		FROM unnest(schedules) s(schedule), LATERAL (SELECT DISTINCT jsonb_path_query(s.schedule, '$.**.user_id')) i(id)), users,
			coalesce(doc ? 'users', false)) p;
	RETURN QUERY
	SELECT w.*
	FROM unnest(schedules) s(schedule), LATERAL oncall_internal.pagerduty_rotations(s.schedule) r,
		LATERAL jsonb_array_elements(oncall_internal.json_list(r.rotation, 'events',
			format('rotation "%s"', r.name))) WITH ORDINALITY e(event, number),
		LATERAL oncall_internal.pagerduty_event(r.name, e.event, users) w;
	RETURN QUERY SELECT n.* FROM unnest(schedules) s(schedule),
		LATERAL oncall_internal.pagerduty_rotations(s.schedule) r,
		oncall_internal.import_empty(r.name, 'events') n
	WHERE oncall_internal.json_list(r.rotation, 'events', format('rotation "%s"', r.name)) = '[]';
	RETURN QUERY SELECT w.* FROM unnest(schedules) s(schedule),
		LATERAL oncall_internal.pagerduty_changes(s.schedule, users) w;
	RETURN QUERY SELECT w.* FROM unnest(schedules) s(schedule),
		LATERAL oncall_internal.pagerduty_computed(s.schedule, users) w;
	RETURN NEXT oncall_internal.import_note(NULL,
		'shadow rotations: the API does not say which rotations are shadows; these page people here, put them into a third seat instead', 0);
END
$$;
COMMENT ON FUNCTION oncall.read_pagerduty_v3(jsonb) IS
'Reads shift-based schedules of PagerDuty, as its API v3 answers: one, or a list; "users" beside them gives e-mail addresses. Each of their rotations is a rotation here. Errors: 22023 (another document, a value of a wrong type), 22004 (NULL).';
