
-- Schedules of incident.io, as GET /v2/schedules/ID sends them, or /v3 with its
-- rotations. Beside "schedule" may stand "schedule_entries" and "users".

CREATE FUNCTION oncall_internal.incident_io_person(who jsonb, users jsonb, place text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	id CONSTANT text := CASE jsonb_typeof(who) WHEN 'string' THEN who #>> '{}' WHEN 'object' THEN who ->> 'id' END;
	own CONSTANT jsonb := coalesce((SELECT u.value FROM jsonb_array_elements(users) u
		WHERE u.value ->> 'id' = id LIMIT 1), '{}')
		|| CASE jsonb_typeof(who) WHEN 'object' THEN who ELSE '{}' END;
BEGIN
	IF who IS NULL OR jsonb_typeof(who) = 'null' OR id = 'NOBODY' THEN
		RETURN NULL;
	ELSIF jsonb_typeof(who) NOT IN ('string', 'object') THEN
		PERFORM oncall_internal.refuse_json(who, NULL, place, NULL);
	END IF;
	RETURN coalesce(oncall_internal.json_text(own, 'email', place), oncall_internal.json_text(own, 'name', place),
		id, oncall_internal.json_text(own, 'email', place, true));
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_person(jsonb, jsonb, text) IS
'Who somebody is whom a document of incident.io names, by id or as an object: the address, or else the name; NULL for NOBODY. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_cadence(version jsonb, zone text, place text, OUT cadence oncall.cadence,
	OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	anchor CONSTANT timestamptz := oncall_internal.json_time(version,
		CASE WHEN version ? 'first_interval_starts_at' THEN 'first_interval_starts_at' ELSE 'handover_start_at' END,
		place, zone, true);
	steps interval[] := '{}';
	handover jsonb;
	type text;
	types text[] := '{}';
	told text[] := '{}';
	number bigint;
BEGIN
	FOR handover IN
		SELECT h.value FROM jsonb_array_elements(oncall_internal.json_list(version, 'handovers',
			place)) WITH ORDINALITY h(value, number)
		ORDER BY h.number
	LOOP
		type := oncall_internal.json_text(handover, 'interval_type', 'a handover of ' || place, true);
		number := oncall_internal.json_integer(handover, 'interval', 'a handover of ' || place, true);
		IF number NOT BETWEEN 1 AND 9999 THEN
			PERFORM oncall_internal.refuse_json(handover, 'interval', 'a handover of ' || place, 'from 1 to 9999');
		ELSIF type NOT IN ('hourly', 'daily', 'weekly', 'monthly') THEN
			PERFORM oncall_internal.refuse_json(handover, 'interval_type', 'a handover of ' || place, 'hourly, daily, weekly or monthly');
		END IF;
		told := told || format('%s %s', number, type);
		-- weeks are days
		types := types || replace(type, 'weekly', 'daily');
		steps := steps || number::integer * CASE type WHEN 'hourly' THEN interval '1 hour' WHEN 'daily' THEN '1 day'
			WHEN 'weekly' THEN '7 days' ELSE '1 month' END;
	END LOOP;
	IF steps = '{}' THEN
		why := 'turns cannot be said: there are no handovers';
	ELSIF NOT types[1] = ALL (types) THEN
		why := format('turns of %s in one list cannot be said: they must be all of hours, of days or of months',
			array_to_string(told, ', '));
	ELSE
		cadence := oncall.cadence(date_trunc('second', anchor AT TIME ZONE zone), zone, VARIADIC steps);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_cadence(jsonb, text, text) IS
'The cadence of a version of a rotation of incident.io; NULL where it cannot be said, why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_hours(version jsonb, place text, OUT hours oncall.weekly_hours,
	OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := 'a working interval of ' || place;
	starts bigint[] := '{}';
	seconds bigint[] := '{}';
	span jsonb;
	day integer;
	begins bigint;
BEGIN
	FOR span IN SELECT s.value FROM jsonb_array_elements(oncall_internal.json_list(version, 'working_intervals', place)) s LOOP
		day := array_position('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[],
			lower(oncall_internal.json_text(span, 'weekday', own, true)));
		IF day IS NULL THEN
			PERFORM oncall_internal.refuse_json(span, 'weekday', own, 'a day of the week, such as monday');
		END IF;
		begins := oncall_internal.json_clock(span, 'start_time', own, true);
		starts := starts || (day - 1) * 86400 + begins;
		-- what ends before it begins does so on the day after
		seconds := seconds || 1 + (oncall_internal.json_clock(span, 'end_time', own, true) - begins - 1 + 2 * 86400) % 86400;
	END LOOP;
	IF starts <> '{}' THEN
		SELECT h.hours, h.why INTO hours, why FROM oncall_internal.import_hours(starts, seconds) h;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_hours(jsonb, text) IS
'The hours of a version of a rotation of incident.io; NULL if it has none, or where they cannot be said: why in why. Errors: 22023.';

CREATE FUNCTION oncall_internal.best_pairing(people text[], cadence oncall.cadence, seats integer,
	shown oncall.import_row[])
RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	k CONSTANT bigint := cardinality(people);
BEGIN
	RETURN (
		SELECT c.pairing
		FROM (VALUES (1, 'following'), (2, 'staggered'), (3, 'preceding'), (4, 'fixed')) c(place, pairing),
			LATERAL (
				SELECT count(*) AS hits
				FROM unnest(shown) s,
					LATERAL (SELECT oncall.turn_at(cadence, lower(s.valid)) AS n, s.first_seat - 1 AS seat) t
				WHERE t.n IS NOT NULL AND people[1 + CASE c.pairing
					WHEN 'following' THEN t.n + t.seat
					WHEN 'staggered' THEN t.n + greatest(t.seat, t.seat * k / seats)
					WHEN 'preceding' THEN t.n - t.seat + k * t.seat
					ELSE t.n * seats + t.seat END % k] = s.people[1]) found
		WHERE found.hits > 0
		ORDER BY found.hits DESC, c.place
		LIMIT 1);
END
$$;
COMMENT ON FUNCTION oncall_internal.best_pairing(text[], oncall.cadence, integer, oncall.import_row[]) IS
'The pairing by which most of what is shown of a layer of several seats comes out; NULL if none does by any.';

CREATE FUNCTION oncall_internal.incident_io_entries(schedule jsonb, key text, kind text, rotation_id text,
	rotation text,
	zone text, seats text[], users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('an entry of "%s"', rotation);
	entry jsonb;
	begins timestamptz;
	ends timestamptz;
	person text;
	seat integer;
BEGIN
	FOR entry IN
		SELECT e.value FROM jsonb_array_elements(oncall_internal.json_list(
			coalesce(oncall_internal.json_object(schedule, 'schedule_entries', 'the document'), '{}'), key, '"schedule_entries"'))
			WITH ORDINALITY e(value, number)
		WHERE e.value ->> 'rotation_id' = incident_io_entries.rotation_id
		ORDER BY e.number
	LOOP
		begins := oncall_internal.json_time(entry, 'start_at', place, needed => true);
		ends := oncall_internal.json_time(entry, 'end_at', place, needed => true);
		IF ends <= begins THEN
			RETURN NEXT oncall_internal.import_note(rotation, format('entry left out: that from %s ends before it begins',
				entry ->> 'start_at'));
			CONTINUE;
		END IF;
		person := oncall_internal.incident_io_person(entry -> 'user', users, place);
		seat := coalesce(array_position(seats, entry ->> 'layer_id'), CASE WHEN cardinality(seats) = 1 THEN 1 END);
		IF kind = 'cover' AND seat IS NULL THEN
			RETURN NEXT oncall_internal.import_note(rotation, format('entry left out: that of %s from %s is of layer "%s", '
				|| 'which the rotation does not have', coalesce(person, 'nobody'), entry ->> 'start_at', entry ->> 'layer_id'));
			CONTINUE;
		END IF;
		RETURN NEXT oncall_internal.import_row(kind, rotation, zone, valid => tstzrange(begins, ends),
			first_seat => seat, people => CASE WHEN kind = 'shown' AND person IS NULL THEN '{}' ELSE ARRAY[person] END);
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_entries(jsonb, text, text, text, text, text, text[], jsonb) IS
'The entries of a rotation of incident.io at a key (final, overrides) as rows of a kind. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_seats(version jsonb, place text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	list CONSTANT jsonb := oncall_internal.json_list(version, 'layers', place);
	shifts CONSTANT bigint := coalesce(oncall_internal.json_integer(version, 'concurrent_shifts', place), 1);
BEGIN
	IF shifts NOT BETWEEN 1 AND 100 THEN
		PERFORM oncall_internal.refuse_json(version, 'concurrent_shifts', place, 'from 1 to 100');
	END IF;
	RETURN CASE WHEN list = '[]' THEN ARRAY(SELECT 'layer ' || n FROM generate_series(1, shifts) n ORDER BY n)
		ELSE ARRAY(SELECT oncall_internal.json_text(l.value, 'id', 'a layer of ' || place, true)
			FROM jsonb_array_elements(list) WITH ORDINALITY l(value, number) ORDER BY l.number) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_seats(jsonb, text) IS
'The ids of the layers of a rotation of incident.io, which are seats; of a third version of its API, names for so many. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_named_seats(schedule jsonb, version jsonb, id text, place text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seats CONSTANT text[] := oncall_internal.incident_io_seats(version, place);
	named text[];
BEGIN
	IF oncall_internal.json_list(version, 'layers', place) = '[]' THEN
		-- without a list of layers, their ids stand in the entries alone
		named := ARRAY(
			SELECT e.value ->> 'layer_id'
			FROM jsonb_path_query(schedule, 'lax $.schedule_entries.*[*]') WITH ORDINALITY e(value, number)
			WHERE e.value ->> 'rotation_id' = id AND e.value ->> 'layer_id' IS NOT NULL
			GROUP BY e.value ->> 'layer_id' ORDER BY min(e.number));
	END IF;
	RETURN named || seats[coalesce(cardinality(named), 0) + 1:];
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_named_seats(jsonb, jsonb, text, text) IS
'The ids of the layers of a rotation of incident.io, which are seats; where it does not list them, in the order in which its entries name them. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_version(version jsonb, rotation text, zone text, valid tstzrange,
	users jsonb,
	shown oncall.import_row[]) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('rotation "%s"', rotation);
	people CONSTANT text[] := ARRAY(SELECT oncall_internal.incident_io_person(u.value, users, 'a user of ' || place)
		FROM jsonb_array_elements(oncall_internal.json_list(version, 'users', place)) WITH ORDINALITY u(value, number)
		ORDER BY u.number);
	seats CONSTANT integer := cardinality(oncall_internal.incident_io_seats(version, place));
	turns record;
	open record;
	pairing text;
BEGIN
	IF people = '{}' THEN
		RETURN NEXT oncall_internal.import_note(rotation, 'layer left out: a version of the rotation has no people', 0);
		RETURN;
	END IF;
	SELECT c.* INTO turns FROM oncall_internal.incident_io_cadence(version, zone, place) c;
	SELECT h.* INTO open FROM oncall_internal.incident_io_hours(version, place) h;
	IF seats > 1 THEN
		pairing := oncall_internal.best_pairing(people, turns.cadence, seats,
			ARRAY(SELECT s FROM unnest(shown) s WHERE s.valid && incident_io_version.valid AND s.first_seat > 1));
		RETURN NEXT oncall_internal.import_note(rotation, format('seats: incident.io does not say who of the list stands in its '
			|| 'layers after the first; %s', CASE WHEN pairing IS NULL
				THEN 'it is taken to be who comes next ("following"). Put schedule_entries into the document to have it compared'
				ELSE format('what it shows fits "%s" best', pairing) END), CASE WHEN pairing IS NOT NULL THEN 0 END);
	END IF;
	RETURN NEXT oncall_internal.import_row('layer', rotation, zone, first_seat => 1, seats => seats, people => people,
		cadence => CASE WHEN open.why IS NULL THEN turns.cadence END, hours => open.hours,
		pairing => CASE WHEN seats > 1 THEN coalesce(pairing, 'following') END, valid => valid,
		note => coalesce(turns.why, open.why));
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_version(jsonb, text, text, tstzrange, jsonb, oncall.import_row[]) IS
'A version of a rotation of incident.io as rows: a layer, and how its seats were decided. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_rotation(schedule jsonb, versions jsonb, rotation text, zone text,
	users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('rotation "%s"', rotation);
	id CONSTANT text := versions #>> '{0,id}';
	seats CONSTANT text[] := oncall_internal.incident_io_named_seats(schedule, versions -> -1, id, place);
	shown CONSTANT oncall.import_row[] := ARRAY(SELECT e FROM oncall_internal.incident_io_entries(
		schedule, 'final', 'shown', id, rotation, zone, seats, users) e WHERE e.kind = 'shown');
	part record;
BEGIN
	IF versions @? '$[*] ? (@.scheduling_mode == "fair")' THEN
		-- whose turn it is depends on what has been served
		IF shown = '{}' THEN
			RETURN NEXT oncall_internal.import_row('layer', rotation, zone, people => ARRAY[NULL::text], note => 'turns that go to whoever is behind (fair) '
				|| 'cannot be said: put schedule_entries of the next weeks into the document, and they will be covers');
		ELSE
			RETURN QUERY SELECT e.* FROM oncall_internal.incident_io_entries(
				schedule, 'final', 'cover', id, rotation, zone, seats, users) e;
			RETURN NEXT oncall_internal.import_note(rotation, 'turns: incident.io gives them to whoever is behind (fair), which '
				|| 'cannot be said. What it has planned are covers; plan what comes after with plan_covers(), or add a layer');
		END IF;
		RETURN;
	END IF;
	FOR part IN
		SELECT v.value AS version, v.since, lead(v.since) OVER (ORDER BY v.since NULLS FIRST, v.number) AS until
		FROM (SELECT e.value, e.number, oncall_internal.json_time(e.value, 'effective_from', place) AS since
			FROM jsonb_array_elements(versions) WITH ORDINALITY e(value, number)) v
		ORDER BY v.since NULLS FIRST, v.number
	LOOP
		CONTINUE WHEN part.since = part.until;		-- it was replaced at once
		RETURN QUERY SELECT r.* FROM oncall_internal.incident_io_version(part.version, rotation, zone,
			tstzrange(part.since, part.until), users, shown) r;
	END LOOP;
	RETURN QUERY SELECT e.* FROM oncall_internal.incident_io_entries(
		schedule, 'overrides', 'cover', id, rotation, zone, seats, users) e;
	RETURN QUERY SELECT s.* FROM unnest(shown) s;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_rotation(jsonb, jsonb, text, text, jsonb) IS
'A rotation of incident.io, given by its versions, as rows. Errors: 22023.';

CREATE FUNCTION oncall_internal.incident_io_schedule(schedule jsonb, name text, zone text, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	list CONSTANT jsonb := oncall_internal.json_list(
		coalesce(oncall_internal.json_object(schedule, 'config', name), schedule), 'rotations', format('"%s"', name));
	part record;
	countries text;
BEGIN
	FOR part IN
		SELECT v.name, jsonb_agg(v.value ORDER BY v.number) AS versions, count(*) OVER () > 1 AS several,
			count(*) OVER (PARTITION BY v.name) > 1 AS twice, min(v.number) AS number
		FROM (SELECT r.value, r.number, oncall_internal.json_text(r.value, 'id', 'a rotation') AS id,
				last_value(oncall_internal.json_text(r.value, 'name', 'a rotation')) OVER (
					PARTITION BY coalesce(r.value ->> 'id', 'number ' || r.number) ORDER BY r.number
					ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS name
			FROM jsonb_array_elements(list) WITH ORDINALITY r(value, number)) v
		GROUP BY coalesce(v.id, 'number ' || v.number), v.name
		ORDER BY min(v.number)
	LOOP
		RETURN QUERY SELECT r.* FROM oncall_internal.incident_io_rotation(schedule, part.versions,
			CASE WHEN NOT part.several THEN incident_io_schedule.name
				WHEN part.name IS NULL OR part.twice THEN format('%s/rotation %s', incident_io_schedule.name, part.number)
				ELSE incident_io_schedule.name || '/' || part.name END, zone, users) r;
	END LOOP;
	IF list = '[]' THEN
		RETURN NEXT oncall_internal.import_empty(name, 'rotations');
	END IF;
	SELECT string_agg(c.value, ', ' ORDER BY c.value) INTO countries
	FROM jsonb_array_elements_text(oncall_internal.json_list(
		coalesce(oncall_internal.json_object(schedule, 'holidays_public_config', name), '{}'), 'country_codes', name)) c(value);
	IF countries IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('holidays: "%s" shows those of %s, whose days are not in the document; '
			|| 'fill a calendar and name it in oncall.rotation', name, countries));
	END IF;
	IF NOT schedule ? 'schedule_entries' THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('overrides: the document has none of "%s"; put schedule_entries of '
			|| 'GET /v2/schedule_entries into it, which also has what incident.io shows', name));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_io_schedule(jsonb, text, text, jsonb) IS
'A schedule of incident.io as rows. Errors: 22023.';

CREATE FUNCTION oncall.read_incident_io(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part jsonb;
	schedule jsonb;
	users jsonb;
	name text;
	own record;
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'incident_io');
	PERFORM oncall_internal.refuse_same_names(ARRAY(
		SELECT d ->> 'name' FROM oncall_internal.json_documents(doc, 'schedules', 'schedule') d WHERE d ->> 'name' IS NOT NULL));
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(doc, '{email}', '{name}') p;
	-- a list of documents has what belongs to each beside it
	FOR part IN SELECT d FROM oncall_internal.json_documents(doc, 'documents') d LOOP
		users := oncall_internal.json_list(part, 'users', 'the document');
		IF part ? 'rotations' AND (SELECT count(*) FROM oncall_internal.json_documents(part, 'schedules', 'schedule')) > 1 THEN
			PERFORM oncall_internal.refuse_json(part, 'rotations', 'a document of several schedules', 'within the schedule whose they are',
				'Fetch /v3/schedules/ID and its rotations one by one, and hand over a list of these documents.');
		END IF;
		FOR schedule IN SELECT d FROM oncall_internal.json_documents(part, 'schedules', 'schedule') d LOOP
			name := oncall_internal.json_text(schedule, 'name', 'a schedule', true);
			SELECT z.* INTO own FROM oncall_internal.import_zone(oncall_internal.json_text(schedule, 'timezone', name)) z;
			IF own.why IS NOT NULL THEN
				RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
			END IF;
			CONTINUE WHEN own.zone IS NULL;
			-- the third version of its API has them apart
			schedule := jsonb_build_object('rotations', part -> 'rotations') || schedule
				|| CASE WHEN part ? 'schedule_entries' THEN jsonb_build_object('schedule_entries', part -> 'schedule_entries') ELSE '{}' END;
			RETURN QUERY SELECT r.* FROM oncall_internal.incident_io_schedule(schedule, name, own.zone, users) r;
		END LOOP;
		RETURN QUERY SELECT n.* FROM (
				SELECT DISTINCT e AS entry FROM jsonb_path_query(part, 'lax $.**.schedule_entries.overrides[*] ? (@.type() == "object")') e) o,
			oncall_internal.import_note(NULL, format('entry left out: the override of %s from %s is of rotation "%s", which the document does not have',
				coalesce(o.entry #>> '{user,name}', 'nobody'), o.entry ->> 'start_at', o.entry ->> 'rotation_id')) n
		WHERE NOT EXISTS (SELECT FROM jsonb_path_query(part, '$.**.rotations[*].id') i WHERE i = o.entry -> 'rotation_id')
		ORDER BY o.entry ->> 'start_at', n.note;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.read_incident_io(jsonb) IS
'What schedules of incident.io say, for import_schedule(): each version of a rotation is a layer, its layers are seats, overrides are covers, and final entries what is shown. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
