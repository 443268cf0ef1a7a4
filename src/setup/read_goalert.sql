-- The reader of schedules of GoAlert, whose database is PostgreSQL: see
-- doc/import-goalert.md for the statement that makes the document.

CREATE FUNCTION oncall_internal.goalert_step(rotation jsonb, place text) RETURNS interval
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	count CONSTANT bigint := coalesce(oncall_internal.json_integer(rotation, 'shift_length', place), 1);
	type CONSTANT text := oncall_internal.json_text(rotation, 'type', place, true);
BEGIN
	IF count NOT BETWEEN 1 AND 9000 THEN
		PERFORM oncall_internal.refuse_json(rotation, 'shift_length', place, 'a number from 1 to 9000');
	END IF;
	IF type NOT IN ('hourly', 'daily', 'weekly', 'monthly') THEN
		PERFORM oncall_internal.refuse_json(rotation, 'type', place, 'hourly, daily, weekly or monthly');
	END IF;
	RETURN CASE type
		WHEN 'hourly' THEN make_interval(hours => count::integer)
		WHEN 'daily' THEN make_interval(days => count::integer)
		WHEN 'weekly' THEN make_interval(days => 7 * count::integer)
		ELSE make_interval(months => count::integer) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_step(jsonb, text) IS
'How long the turns of a rotation of GoAlert are. Errors: 22023 (no type, or no length, that it has).';

CREATE FUNCTION oncall_internal.goalert_turn(rotation jsonb, at timestamptz, zone text, place text)
RETURNS timestamp
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step CONSTANT interval := oncall_internal.goalert_step(rotation, place);
	begun CONSTANT timestamp := date_trunc('minute',
		oncall_internal.json_time(rotation, 'start_time', place, needed => true) AT TIME ZONE zone);
	local_time CONSTANT timestamp := date_trunc('minute', at AT TIME ZONE zone);
	months CONSTANT integer := extract(year FROM step) * 12 + extract(month FROM step);
	seconds CONSTANT bigint := extract(epoch FROM step);
	turn integer;
BEGIN
	IF months = 0 THEN
		-- by the clock on the wall, before and after the first turn alike
		RETURN local_time - make_interval(secs =>
			mod(mod(extract(epoch FROM local_time - begun)::bigint, seconds) + seconds, seconds));
	END IF;
	turn := floor(((extract(year FROM local_time) - extract(year FROM begun)) * 12
		+ extract(month FROM local_time) - extract(month FROM begun)) / months);
	RETURN begun + step * CASE WHEN begun + step * turn > local_time THEN turn - 1 ELSE turn END;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_turn(jsonb, timestamptz, text, text) IS
'When the turn of a rotation of GoAlert began that is under way at an instant, as a local time of the rotation''s zone.';

CREATE FUNCTION oncall_internal.goalert_hours(rules jsonb, place text, OUT hours oncall.weekly_hours)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule jsonb;
	days text;
	begins integer;
	seconds integer;
	starts bigint[] := '{}';
	lengths bigint[] := '{}';
BEGIN
	FOR rule IN SELECT e.value FROM jsonb_array_elements(rules) e LOOP
		days := oncall_internal.json_text(rule, 'days', place, true);
		IF days !~ '^[01]{7}$' THEN
			PERFORM oncall_internal.refuse_json(rule, 'days', place, 'seven digits, 1 or 0, from Sunday on');
		END IF;
		-- GoAlert knows no seconds, and reads equal times as a whole day
		begins := oncall_internal.json_clock(rule, 'start', place, true) / 60 * 60;
		seconds := oncall_internal.json_clock(rule, 'end', place, true) / 60 * 60 - begins;
		IF seconds <= 0 THEN
			seconds := seconds + 86400;
		END IF;
		SELECT starts || array_agg((day + 6) % 7 * 86400 + begins), lengths || array_agg(seconds::bigint)
		INTO starts, lengths
		FROM generate_series(0, 6) day
		WHERE substr(days, day + 1, 1) = '1';
	END LOOP;
	hours := (oncall_internal.import_hours(starts, lengths)).hours;
	IF hours::text = '24/7' THEN
		hours := NULL;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_hours(jsonb, text) IS
'The hours of rules of GoAlert with the same target, which add up; NULL: always.';

-- Layers ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.goalert_layer(
	doc jsonb, target text, zone text, OUT layer oncall.import_row, OUT notes text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation CONSTANT jsonb := (SELECT r.value
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'rotations', 'the document')) r
		WHERE r.value ->> 'id' = target LIMIT 1);
	name CONSTANT text := coalesce(rotation ->> 'name', target);
	place CONSTANT text := format('rotation "%s"', name);
	state CONSTANT jsonb := coalesce(oncall_internal.json_object(rotation, 'state', place), '{}');
	members CONSTANT text[] := ARRAY(SELECT coalesce(doc #>> ARRAY['users', m.value], m.value)
		FROM jsonb_array_elements_text(oncall_internal.json_list(rotation, 'participants', place)) WITH ORDINALITY m
		ORDER BY m.ordinality);
	turn_zone text;
	at timestamptz := oncall_internal.json_time(state, 'shift_start', place || '''s state', needed => state <> '{}');
	present CONSTANT bigint := oncall_internal.json_integer(state, 'position', place || '''s state', state <> '{}');
	-- who is on is what GoAlert remembers, and no arithmetic
	first CONSTANT integer := 1 + coalesce(present, 0) % greatest(cardinality(members), 1);
	begun timestamp;
BEGIN
	IF cardinality(members) = 0 THEN
		notes := ARRAY[format('empty: %s has no participants; its rules call nobody, and are left out', place)];
		RETURN;
	END IF;
	turn_zone := (oncall_internal.import_zone(coalesce(rotation ->> 'time_zone', zone))).zone;
	IF turn_zone IS NULL THEN
		layer := oncall_internal.import_row('layer', people => members,
			note => format('%s: its zone, "%s", is not known', place, left(rotation ->> 'time_zone', 100)));
		RETURN;
	END IF;
	IF state = '{}' THEN
		at := oncall_internal.json_time(rotation, 'start_time', place, needed => true);
		notes := notes || format('state: the document does not say whose turn of %s it is; it is taken to have begun with %s at %s',
			place, members[1], at);
	END IF;
	begun := oncall_internal.goalert_turn(rotation, at, turn_zone, place);
	layer := oncall_internal.import_row('layer', note => name,
		people => members[first:] || members[:first - 1],
		cadence => oncall.cadence((begun AT TIME ZONE turn_zone) AT TIME ZONE zone, zone,
			oncall_internal.goalert_step(rotation, place)),
		valid => tstzrange(begun AT TIME ZONE turn_zone, NULL));
	IF turn_zone <> zone THEN
		notes := notes || format('zone: %s hands over by the clock of %s, the schedule counts its hours by that of %s; '
			'here it hands over at %s of the latter all year', place, turn_zone, zone,
			to_char((begun AT TIME ZONE turn_zone) AT TIME ZONE zone, 'HH24:MI'));
	END IF;
	IF rotation ->> 'type' = 'monthly' AND extract(day FROM begun) > 28 THEN
		notes := notes || format('months: %s hands over on day %s of the month; where there is no such day, '
			'GoAlert goes on into the next month, and here it is the last day', place, extract(day FROM begun));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_layer(jsonb, text, text) IS
'The layer of a rotation of GoAlert, from the turn that is under way on, without its hours and seat; NULL: nobody is in it. notes: what is not the same.';

CREATE FUNCTION oncall_internal.goalert_layers(doc jsonb, schedule text, zone text) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	as_of CONSTANT timestamptz := oncall_internal.json_time(doc, 'as_of', 'the document');
	target record;
	own record;
	layers oncall.import_row[] := '{}';
	layer oncall.import_row;
	weeks tstzmultirange[] := '{}';
	first_seats integer[];
	hours oncall.weekly_hours;
	since timestamptz;
	note text;
	seats integer;
BEGIN
	-- rules with the same target call the same person
	FOR target IN
		SELECT coalesce(r.value ->> 'tgt_rotation_id', r.value ->> 'tgt_user_id') AS id,
			r.value ? 'tgt_rotation_id' AND jsonb_typeof(r.value -> 'tgt_rotation_id') <> 'null' AS is_rotation,
			jsonb_agg(r.value ORDER BY r.ordinality) AS rules
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'rules', 'the document')) WITH ORDINALITY r
		GROUP BY 1, 2 ORDER BY min(r.ordinality)
	LOOP
		hours := oncall_internal.goalert_hours(target.rules, format('a rule of "%s"', schedule));
		CONTINUE WHEN hours::text = 'off';
		IF target.is_rotation THEN
			SELECT l.* INTO own FROM oncall_internal.goalert_layer(doc, target.id, zone) l;
			layer := own.layer;
			FOREACH note IN ARRAY coalesce(own.notes, '{}') LOOP
				RETURN NEXT oncall_internal.import_note(schedule, note);
			END LOOP;
			CONTINUE WHEN layer.kind IS NULL;
		ELSIF target.id IS NULL THEN
			PERFORM oncall_internal.refuse_json(target.rules -> 0, 'tgt_rotation_id',
				format('a rule of "%s"', schedule), 'the id of a rotation, or there must be tgt_user_id');
		ELSE
			layer := oncall_internal.import_row('layer', note => coalesce(doc #>> ARRAY['users', target.id], target.id),
				people => ARRAY[coalesce(doc #>> ARRAY['users', target.id], target.id)],
				cadence => oncall.cadence('2000-01-03', zone, '7 days'));
		END IF;
		layer.hours := hours;
		layers := layers || layer;
		weeks := weeks || oncall_internal.import_week(hours);
	END LOOP;
	first_seats := oncall_internal.import_seats(weeks,
		(SELECT array_agg('(,)'::tstzrange) FROM unnest(weeks)), (SELECT array_agg(1) FROM unnest(weeks)));
	-- from when on whose turn it is is known of all
	SELECT max(s.seat), coalesce((SELECT max(lower(l.valid)) FROM unnest(layers) l),
		date_trunc('week', as_of AT TIME ZONE zone) AT TIME ZONE zone)
	INTO seats, since
	FROM unnest(first_seats) s(seat);
	IF seats > 1 THEN
		RETURN NEXT oncall_internal.import_note(schedule, format(
			'seats: rules overlap, and GoAlert calls all whom they name; each that overlaps another has a seat of its own, %s in all',
			seats), 0);
	END IF;
	FOR n IN 1..cardinality(layers) LOOP
		layer := layers[n];
		RETURN NEXT oncall_internal.import_row('layer', schedule, zone, rank => 0, first_seat => first_seats[n], seats => 1,
			people => layer.people, hours => layer.hours, note => layer.note,
			cadence => layer.cadence, valid => tstzrange(since, NULL));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_layers(jsonb, text, text) IS
'The rules of a schedule of GoAlert as rows: a layer for each target, those that overlap in seats of their own. Errors: 22023.';

-- Exceptions and history ------------------------------------------------

CREATE FUNCTION oncall_internal.goalert_fixed(doc jsonb, schedule text, seats integer) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('a temporary schedule of "%s"', schedule);
	temporary jsonb;
	during tstzrange;
	valid tstzrange[];
	people text[];
	seat integer[];
	period tstzrange;
BEGIN
	FOR temporary IN
		SELECT t.value FROM jsonb_array_elements(oncall_internal.json_list(doc, 'temporary_schedules', 'the document')) t
	LOOP
		during := oncall_internal.json_period(temporary, 'Start', 'End', place);
		-- shifts of one person that overlap are one
		SELECT array_agg(w.period ORDER BY w.period, w.person), array_agg(w.person ORDER BY w.period, w.person)
		INTO valid, people
		FROM (SELECT p.person, unnest(range_agg(p.period * during)) AS period
			  FROM (SELECT oncall_internal.json_period(s.value, 'Start', 'End', place || '''s shifts') AS period,
					coalesce(doc #>> ARRAY['users', s.value ->> 'UserID'], s.value ->> 'UserID') AS person
					FROM jsonb_array_elements(oncall_internal.json_list(temporary, 'Shifts', place)) s) p
			  GROUP BY p.person) w;
		seat := oncall_internal.import_spare_seats(valid);
		FOR n IN 1..cardinality(seat) LOOP
			RETURN NEXT oncall_internal.import_row('cover', schedule, first_seat => seat[n], people => people[n:n],
				valid => valid[n]);
		END LOOP;
		-- whatever it does not say is nobody's
		FOR n IN 1..seats LOOP
			FOR period IN
				SELECT unnest(tstzmultirange(during) - coalesce(range_agg(valid[m]) FILTER (WHERE seat[m] = n), '{}'))
				FROM generate_series(1, coalesce(cardinality(seat), 0)) m
			LOOP
				RETURN NEXT oncall_internal.import_row('cover', schedule, first_seat => n, people => ARRAY[NULL::text],
					valid => period);
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_fixed(jsonb, text, integer) IS
'The temporary schedules of a schedule of GoAlert with so many seats as covers: while they last nobody serves but whom they name. Errors: 22023.';

CREATE FUNCTION oncall_internal.goalert_overrides(doc jsonb, schedule text, seats integer)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('an override of "%s"', schedule);
	-- temporary schedules stand above overrides
	fixed CONSTANT tstzmultirange := coalesce((
		SELECT range_agg(oncall_internal.json_period(t.value, 'Start', 'End', 'a temporary schedule'))
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'temporary_schedules', 'the document')) t), '{}');
	override record;
	added tstzrange[] := '{}';
	people text[] := '{}';
	seat integer[];
BEGIN
	FOR override IN
		SELECT unnest(tstzmultirange(oncall_internal.json_period(o.value, 'start_time', 'end_time', place)) - fixed) AS valid,
			coalesce(doc #>> ARRAY['users', o.value ->> 'add_user_id'], o.value ->> 'add_user_id') AS add,
			coalesce(doc #>> ARRAY['users', o.value ->> 'remove_user_id'], o.value ->> 'remove_user_id') AS remove
		FROM jsonb_array_elements(oncall_internal.json_list(doc, 'overrides', 'the document')) o
		-- who replaces is stronger than who removes
		ORDER BY o.value ->> 'add_user_id' IS NOT NULL, valid, add, remove
	LOOP
		IF override.remove IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_row('cover', schedule, people => ARRAY[override.add, override.remove],
				valid => override.valid);
		ELSIF override.add IS NOT NULL THEN
			added := added || override.valid;
			people := people || override.add;
		END IF;
	END LOOP;
	seat := oncall_internal.import_spare_seats(added);
	FOR n IN 1..cardinality(seat) LOOP
		RETURN NEXT oncall_internal.import_row('cover', schedule, first_seat => seats + seat[n],
			people => people[n:n], valid => added[n]);
	END LOOP;
	IF cardinality(seat) > 0 THEN
		RETURN NEXT oncall_internal.import_note(schedule, format(
			'seats: overrides call somebody besides those on duty; they have seats of their own, from seat %s on', seats + 1), 0);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_overrides(jsonb, text, integer) IS
'The overrides of a schedule of GoAlert with so many seats as covers: of whoever is replaced or removed, or in seats beyond. Errors: 22023.';

CREATE FUNCTION oncall_internal.goalert_history(doc jsonb, schedule text, begun timestamptz)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('the history of "%s"', schedule);
	as_of CONSTANT timestamptz := oncall_internal.json_time(doc, 'as_of', 'the document');
	valid tstzrange[];
	people text[];
	during tstzrange;
	seat integer[];
	earlier CONSTANT tstzrange := tstzrange(NULL, begun);
	period tstzrange[];
	person text[];
BEGIN
	SELECT array_agg(h.period ORDER BY h.period, h.person), array_agg(h.person ORDER BY h.period, h.person),
		range_merge(range_agg(h.period))
	INTO valid, people, during
	FROM (SELECT oncall_internal.json_period(
					-- who is on call now has no end
					CASE WHEN h.value ->> 'end_time' IS NULL THEN h.value || jsonb_build_object('end_time', doc -> 'as_of')
						ELSE h.value END, 'start_time', 'end_time', place) AS period,
				 coalesce(doc #>> ARRAY['users', h.value ->> 'user_id'], h.value ->> 'user_id') AS person
		  FROM jsonb_array_elements(oncall_internal.json_list(doc, 'history', 'the document')) h) h
	WHERE NOT isempty(h.period);
	IF during IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY SELECT (oncall_internal.import_row('shown', schedule, people => s.present, valid => s.period)).*
		FROM oncall_internal.import_stretches(people, valid, during - earlier) s WHERE NOT isempty(during - earlier);
	-- what came before the present turns is known from nothing else
	SELECT array_agg(u.valid * earlier ORDER BY u.n), array_agg(u.person ORDER BY u.n) INTO period, person
	FROM unnest(valid, people) WITH ORDINALITY u(valid, person, n) WHERE u.valid && earlier;
	seat := oncall_internal.import_spare_seats(period);
	FOR n IN 1..cardinality(seat) LOOP
		RETURN NEXT oncall_internal.import_row('cover', schedule, first_seat => seat[n], people => person[n:n],
			valid => period[n]);
	END LOOP;
	IF cardinality(seat) > 0 THEN
		RETURN NEXT oncall_internal.import_note(schedule, format(
			'history: shifts before %s that come as covers: %s', begun, cardinality(seat)), 0);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_history(jsonb, text, timestamptz) IS
'Who was on call according to GoAlert: covers before the turns that are under way, from then on to be compared. Errors: 22023.';

-- The reader ------------------------------------------------------------

CREATE FUNCTION oncall_internal.goalert_schedule(own_doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- users by their ids
	doc CONSTANT jsonb := own_doc || jsonb_build_object('users', coalesce((SELECT jsonb_object_agg(u.id, u.person)
		FROM oncall_internal.import_users(own_doc -> 'users') u), '{}'));
	schedule CONSTANT jsonb := oncall_internal.json_object(doc, 'schedule', 'the document', true);
	name CONSTANT text := oncall_internal.json_text(schedule, 'name', 'the schedule', true);
	own CONSTANT record := oncall_internal.import_zone(oncall_internal.json_text(schedule, 'time_zone', name));
	layers oncall.import_row[];
	part oncall.import_row;
	seats integer;
	begun timestamptz;
BEGIN
	IF own.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF own.zone IS NULL THEN
		RETURN;
	END IF;
	layers := ARRAY(SELECT l FROM oncall_internal.goalert_layers(doc, name, own.zone) l);
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(own_doc -> 'users') p;
	RETURN QUERY SELECT l.* FROM unnest(layers) l;
	SELECT coalesce(max(l.first_seat), 0), min(lower(l.valid)) INTO seats, begun
	FROM unnest(layers) l WHERE l.kind = 'layer';
	IF seats = 0 THEN
		RETURN NEXT oncall_internal.import_note(name, 'empty: no rule of the schedule calls anybody', 1);
	END IF;
	FOR part IN
		SELECT o.* FROM oncall_internal.goalert_overrides(doc, name, seats) o
		UNION ALL SELECT f.* FROM oncall_internal.goalert_fixed(doc, name, seats) f
		UNION ALL SELECT h.* FROM oncall_internal.goalert_history(doc, name, coalesce(begun, 'infinity')) h
	LOOP
		part.zone := CASE WHEN part.kind <> 'note' THEN own.zone END;
		RETURN NEXT part;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.goalert_schedule(jsonb) IS
'The rows of one document of GoAlert, which is one schedule. Errors: 22023.';

CREATE FUNCTION oncall.read_goalert(doc jsonb) RETURNS SETOF oncall.import_row
-- nothing is known of how much a document holds; to compile plans for the worst takes a second
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
	part jsonb;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'goalert');
	FOR part IN SELECT d FROM oncall_internal.json_documents(doc, 'schedules') d LOOP
		RETURN QUERY SELECT s.* FROM oncall_internal.goalert_schedule(part) s;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_goalert(jsonb) IS
'What schedules of GoAlert say (a document, or a list of them, as doc/import-goalert.md makes it), for import_schedule(): rules as layers, overrides and temporary schedules as covers. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
