
-- Setting up: people, rotations, their members and their holidays. Thin SQL
-- over the tables; plain INSERTs work just as well.

-- People ----------------------------------------------------------------

CREATE FUNCTION oncall.add_person(
	name text,
	zone text,
	working_hours oncall.weekly_hours DEFAULT 'Mo-Fr 09:00-17:00',
	calendar oncall.ref DEFAULT NULL,
	email text DEFAULT NULL,
	company_phone text DEFAULT NULL,
	active tstzrange DEFAULT '(,)',
	db_role text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new_id integer;
BEGIN
	PERFORM oncall_internal.refuse_null('name', add_person.name IS NULL);
	PERFORM oncall_internal.refuse_null('zone', add_person.zone IS NULL);
	PERFORM oncall_internal.refuse_null('working_hours',
							   add_person.working_hours IS NULL);
	PERFORM oncall_internal.refuse_null('active', add_person.active IS NULL);

	INSERT INTO oncall.person AS p
		(name, zone, working_hours, calendar_id, email, company_phone,
		 active, db_role)
	VALUES
		(add_person.name, add_person.zone, add_person.working_hours,
		 oncall_internal.calendar_named(add_person.calendar), add_person.email,
		 add_person.company_phone, add_person.active, add_person.db_role)
	RETURNING p.person_id INTO new_id;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.add_person(text, text, oncall.weekly_hours, oncall.ref, text, text, tstzrange, text) IS
'Add somebody who may be on call, and return their person_id. zone: an IANA time zone; calendar: the name of a calendar of public holidays; active: from when until when they work here. An unknown calendar is an error (42704), a NULL that may not stand too (22004); for the rest the constraints of table person speak.';

-- Rotations and layers --------------------------------------------------

CREATE FUNCTION oncall_internal.write_layer(
	rotation_id integer,
	people integer[],
	cadence oncall.cadence,
	rank integer,
	valid tstzrange,
	hours oncall.weekly_hours,
	pairing text,
	seats integer)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	new_id integer;
	begins timestamptz := oncall_internal.layer_begins(write_layer.valid, write_layer.cadence);
BEGIN
	IF cardinality(people) = 0 THEN
		RAISE EXCEPTION 'a layer needs members'
			USING ERRCODE = '22023',
				HINT = 'Name at least one person; NULL in the list is a turn that is empty on purpose.';
	END IF;

	IF write_layer.pairing NOT IN ('staggered', 'fixed', 'mixed') THEN
		RAISE EXCEPTION 'unknown pairing "%"', write_layer.pairing
			USING ERRCODE = '22023',
				HINT = 'Pairings are "staggered", "fixed" and "mixed".';
	END IF;

	-- in one statement, since the caller may have made constraints immediate
	WITH written AS (
		INSERT INTO oncall.layer AS l
			(rotation_id, rank, valid, cadence, hours, pairing, seats)
		VALUES
			(write_layer.rotation_id, write_layer.rank, write_layer.valid,
			 write_layer.cadence, write_layer.hours, write_layer.pairing,
			 write_layer.seats)
		RETURNING l.layer_id),
	listed AS (
		INSERT INTO oncall.layer_member (layer_id, position, person_id)
		SELECT w.layer_id, m.place, m.person_id
		FROM written w,
			unnest(people) WITH ORDINALITY AS m(person_id, place))
	SELECT w.layer_id INTO new_id FROM written w;

	-- who is on the list is a member, since they are on call at the latest
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, since)
	SELECT DISTINCT write_layer.rotation_id, m.person_id, 'member',
		least(now(), begins)
	FROM unnest(people) AS m(person_id)
	WHERE m.person_id IS NOT NULL
	ON CONFLICT (rotation_id, person_id) DO NOTHING;

	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.write_layer(integer, integer[], oncall.cadence, integer, tstzrange, oncall.weekly_hours, text, integer) IS
'Write one layer with its members in order (NULL: a turn for nobody), and make those members of the rotation who are not yet; return the layer_id. All functions that write layers use it. seats NULL: as many as the rotation has. An empty list and an unknown pairing are errors (22023).';

CREATE FUNCTION oncall.add_layer(
	rotation oncall.ref,
	members text[],
	cadence oncall.cadence,
	rank integer DEFAULT 0,
	valid tstzrange DEFAULT '(,)',
	hours oncall.weekly_hours DEFAULT NULL,
	pairing text DEFAULT 'staggered')
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', add_layer.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('members', add_layer.members IS NULL);
	PERFORM oncall_internal.refuse_null('cadence', add_layer.cadence IS NULL);
	PERFORM oncall_internal.refuse_null('rank', add_layer.rank IS NULL);
	PERFORM oncall_internal.refuse_null('valid', add_layer.valid IS NULL);
	PERFORM oncall_internal.refuse_null('pairing', add_layer.pairing IS NULL);

	RETURN oncall_internal.write_layer(
		oncall_internal.rotation_named(add_layer.rotation),
		oncall_internal.people_named(add_layer.members),
		add_layer.cadence, add_layer.rank, add_layer.valid, add_layer.hours,
		add_layer.pairing, NULL);
END
$$;
COMMENT ON FUNCTION oncall.add_layer(oncall.ref, text[], oncall.cadence, integer, tstzrange, oncall.weekly_hours, text) IS
'Add a layer to a rotation and return its layer_id: members in order (NULL: a turn for nobody), who take turns by the cadence and the pairing (staggered, fixed or mixed), for as long as valid lasts and, if hours are given, only in these hours of the week. A layer of a higher rank wins. Follow-the-sun is three layers with hours. Who is not yet a member of the rotation becomes one. Unknown names are errors (42704) with near names, so are an empty list of members and an unknown pairing (22023).';

CREATE FUNCTION oncall.add_rotation(
	name text,
	members text[],
	cadence oncall.cadence,
	team oncall.ref DEFAULT NULL,
	seats text[] DEFAULT '{primary,secondary}',
	pairing text DEFAULT 'staggered',
	hours oncall.weekly_hours DEFAULT NULL,
	valid tstzrange DEFAULT '(,)',
	zone text DEFAULT NULL,
	calendar oncall.ref DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new_id integer;
	own_team integer := oncall_internal.team_named(add_rotation.team);
BEGIN
	PERFORM oncall_internal.refuse_null('name', add_rotation.name IS NULL);
	PERFORM oncall_internal.refuse_null('members', add_rotation.members IS NULL);
	PERFORM oncall_internal.refuse_null('cadence', add_rotation.cadence IS NULL);
	PERFORM oncall_internal.refuse_null('seats', add_rotation.seats IS NULL);
	PERFORM oncall_internal.refuse_null('pairing', add_rotation.pairing IS NULL);
	PERFORM oncall_internal.refuse_null('valid', add_rotation.valid IS NULL);

	INSERT INTO oncall.rotation AS r (name, team_id, zone, seats, calendar_id)
	VALUES
		(add_rotation.name, own_team,
		 coalesce(add_rotation.zone,
				  (SELECT t.zone FROM oncall.team t
				   WHERE t.team_id = own_team),
				  oncall.zone(add_rotation.cadence)),
		 add_rotation.seats, oncall_internal.calendar_named(add_rotation.calendar))
	RETURNING r.rotation_id INTO new_id;

	PERFORM oncall_internal.write_layer(
		new_id, oncall_internal.people_named(add_rotation.members),
		add_rotation.cadence, 0, add_rotation.valid, add_rotation.hours,
		add_rotation.pairing, NULL);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.add_rotation(text, text[], oncall.cadence, oncall.ref, text[], text, oncall.weekly_hours, tstzrange, text, oncall.ref) IS
'Add a rotation with its first layer, and return its rotation_id. members: people''s names in order, as for add_layer; they become members of the rotation. team and calendar are names; zone is that of the team, else of the cadence, if not given. Further layers come by add_layer, other properties (max_consecutive, coverage, …) by UPDATE oncall.rotation. Unknown names are errors (42704) with near names, so are an empty list of members and an unknown pairing (22023), and mixed with other than two seats (23514); then nothing is written.';

CREATE FUNCTION oncall.retire_rotation(
	rotation oncall.ref, at timestamptz DEFAULT now())
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id integer := oncall_internal.rotation_named(retire_rotation.rotation);
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', retire_rotation.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('at', retire_rotation.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', retire_rotation.at);

	PERFORM oncall_internal.lock_rotation(own_id);
	PERFORM oncall.end_cover(c.cover_id, retire_rotation.at)
	FROM (SELECT c.cover_id FROM oncall.cover c
		  WHERE c.rotation_id = own_id AND NOT isempty(c.recorded)
			  AND upper_inf(c.recorded)
			  AND upper(c.period) > retire_rotation.at
		  ORDER BY c.cover_id) AS c;
	PERFORM oncall.end_layer(l.layer_id, retire_rotation.at)
	FROM (SELECT l.layer_id FROM oncall.layer l
		  WHERE l.rotation_id = own_id AND NOT isempty(l.recorded)
			  AND upper_inf(l.recorded)
			  AND (upper_inf(l.valid)
				   OR upper(l.valid) > retire_rotation.at)
		  ORDER BY l.layer_id) AS l;
END
$$;
COMMENT ON FUNCTION oncall.retire_rotation(oncall.ref, timestamptz) IS
'End a rotation: nobody is on call in it from at on. Layers and covers that last longer are ended, those that would begin later are withdrawn; the past stays as it was. Retired twice, it stays retired at the earlier time. An unknown rotation is an error (42704) with near names.';

-- Members change --------------------------------------------------------

CREATE FUNCTION oncall_internal.turned_members(
	old integer[], new integer[], step integer, turn bigint)
RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
-- Places in the lists are counted from 0; elements of arrays from 1.
DECLARE
	k CONSTANT integer := cardinality(old);
	k_new CONSTANT integer := cardinality(new);
	old_place CONSTANT integer := turn % k * step % k;
	new_place CONSTANT integer := turn % k_new * step % k_new;
	behind integer := 0;
	stays integer;				-- a person of the old list, in the new one
	due integer;				-- the entry of the new list for this turn
BEGIN
	-- If the turn is that of a NULL entry, this belongs to the person before
	-- it, and is still due if that person has stayed and it with them.
	WHILE behind < k AND old[(old_place - behind + k) % k + 1] IS NULL LOOP
		behind := behind + 1;
	END LOOP;
	IF behind BETWEEN 1 AND k - 1 THEN
		stays := array_position(new, old[(old_place - behind + k) % k + 1]) - 1;
		IF (SELECT bool_and(new[(stays + i) % k_new + 1] IS NULL)
			FROM generate_series(1, behind) AS i)
		THEN
			due := (stays + behind) % k_new;
		END IF;
	END IF;

	-- Otherwise it is that of the first in the old list, read from its place
	-- at this turn, who has stayed,
	FOR i IN 0 .. k - 1 LOOP
		EXIT WHEN due IS NOT NULL;
		CONTINUE WHEN old[(old_place + i) % k + 1] IS NULL;
		stays := array_position(new, old[(old_place + i) % k + 1]) - 1;
		CONTINUE WHEN stays IS NULL;
		due := stays;

		-- or of the joiners written directly before them; NULL entries go
		-- with whom they follow.
		FOR place IN REVERSE stays - 1 .. 0 LOOP
			CONTINUE WHEN new[place + 1] IS NULL;
			EXIT WHEN new[place + 1] = ANY (old);
			due := place;
		END LOOP;
	END LOOP;

	-- Nobody has stayed: the new list starts with its first.
	due := coalesce(due, 0);
	RETURN ARRAY(
		SELECT new[(due - new_place + i + k_new) % k_new + 1]
		FROM generate_series(0, k_new - 1) AS i
		ORDER BY i);
END
$$;
COMMENT ON FUNCTION oncall_internal.turned_members(integer[], integer[], integer, bigint) IS
'For set_members: a new list of members (NULL: nobody), turned so that the order of the old one goes on at this turn. step is how many places of the list a turn takes: 1 (staggered) or the number of seats (fixed). The entry at place turn * step mod the length (from 0) becomes the first of the old list, read from that place of its own, who is in the new list, or the joiners written directly before them there; the first of the new list if all are new. Both lists have at least one entry, and nobody stands twice in either.';

CREATE FUNCTION oncall_internal.tournament_members(
	people integer[], rested timestamptz[], turn bigint)
RETURNS integer[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k CONSTANT integer := cardinality(people);
	numbers CONSTANT integer[] := ARRAY(SELECT generate_series(1, k));
	places integer[] := ARRAY[]::integer[];	-- in the order in which they come on
	n bigint := turn;
	result integer[];
BEGIN
	WHILE cardinality(places) < k LOOP
		SELECT places || coalesce(array_agg(s.place ORDER BY s.seat), '{}')
		INTO places
		FROM unnest(oncall_internal.turn_seats(numbers, 'mixed', 2, n))
			WITH ORDINALITY AS s(place, seat)
		WHERE s.place <> ALL (places);
		n := n + 1;
	END LOOP;

	-- the place that comes on first goes to the person who has rested longest
	SELECT array_agg(p.person_id ORDER BY places[p.number])
	INTO result
	FROM (SELECT m.person_id,
			  row_number() OVER (ORDER BY m.person_id IS NULL,
								 m.since NULLS FIRST, m.written) AS number
		  FROM unnest(people, rested)
			  WITH ORDINALITY AS m(person_id, since, written)) AS p;
	RETURN result;
END
$$;
COMMENT ON FUNCTION oncall_internal.tournament_members(integer[], timestamptz[], bigint) IS
'For set_members: put people into the places of a new tournament (pairing mixed) that begins at this turn. The place that comes on first goes to whoever has rested since the earliest time, NULL being the earliest; among equals to whoever is written first. NULL entries of people come last.';

CREATE FUNCTION oncall_internal.last_duties(
	rotation_id integer, people integer[], before timestamptz,
	since timestamptz)
RETURNS timestamptz[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT max(upper(r.period))
		FROM unnest(people) WITH ORDINALITY AS p(person_id, written)
		LEFT JOIN oncall.roster(tstzrange(since, before),
								last_duties.rotation_id) AS r
			ON r.person_id = p.person_id
		GROUP BY p.written
		ORDER BY p.written);
END
$$;
COMMENT ON FUNCTION oncall_internal.last_duties(integer, integer[], timestamptz, timestamptz) IS
'When each of these people was last on duty in a rotation between since and before, covers included; NULL for who was not.';

CREATE FUNCTION oncall_internal.members_from(
	layer oncall.layer, old integer[], new integer[], turn bigint,
	at timestamptz)
RETURNS integer[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k CONSTANT integer := greatest(cardinality(old), cardinality(new));
BEGIN
	-- with somebody twice in a list there is no telling whose turn it is
	IF EXISTS (SELECT FROM unnest(old) AS m(person_id)
			   WHERE m.person_id IS NOT NULL
			   GROUP BY m.person_id HAVING count(*) > 1)
		OR EXISTS (SELECT FROM unnest(new) AS m(person_id)
				   WHERE m.person_id IS NOT NULL
				   GROUP BY m.person_id HAVING count(*) > 1)
	THEN
		RETURN new;
	END IF;

	CASE layer.pairing
		WHEN 'staggered' THEN
			RETURN oncall_internal.turned_members(old, new, 1, turn);
		WHEN 'fixed' THEN
			RETURN oncall_internal.turned_members(old, new, layer.seats, turn);
		WHEN 'mixed' THEN
			-- the tournament goes on as long as its people stay
			IF ARRAY(SELECT unnest(old) ORDER BY 1)
				= ARRAY(SELECT unnest(new) ORDER BY 1)
			THEN
				RETURN old;
			END IF;
			RETURN oncall_internal.tournament_members(
				new,
				ARRAY(SELECT CASE WHEN d.person_id = ANY (old) THEN d.until END
					  FROM unnest(new, oncall_internal.last_duties(
							layer.rotation_id, new, at,
							(at AT TIME ZONE 'UTC'
							 - 2 * k * oncall.every(layer.cadence))
							AT TIME ZONE 'UTC'))
						  WITH ORDINALITY AS d(person_id, until, written)
					  ORDER BY d.written),
				turn);
	END CASE;
END
$$;
COMMENT ON FUNCTION oncall_internal.members_from(oncall.layer, integer[], integer[], bigint, timestamptz) IS
'For set_members: the members, in order, of the layer that goes on from a layer with another list of people at this turn, which starts at this time.';

CREATE FUNCTION oncall_internal.layer_to_change(
	rotation_id integer, from_time timestamptz, INOUT layer_id integer,
	OUT turn bigint, OUT at timestamptz, OUT begun boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	wanted CONSTANT integer := layer_to_change.layer_id;
	named text := (SELECT r.name FROM oncall.rotation r
				   WHERE r.rotation_id = layer_to_change.rotation_id);
	others text;
BEGIN
	IF wanted IS NOT NULL AND NOT EXISTS (
		SELECT FROM oncall.layer l
		WHERE l.layer_id = wanted
			AND l.rotation_id = layer_to_change.rotation_id
			AND NOT isempty(l.recorded) AND upper_inf(l.recorded))
	THEN
		RAISE EXCEPTION 'rotation "%" has no layer %', named, wanted
			USING ERRCODE = '42704',
				HINT = 'SELECT layer_id, rank, valid, hours FROM oncall.layer WHERE upper_inf(recorded) lists those that there are.';
	END IF;

	-- A layer that has begun changes at a handover, and goes before those
	-- that follow it; one that has not begun changes as a whole, and its
	-- first turn may be short, if valid starts within it.
	SELECT c.layer_id, c.turn, c.at, c.begun
	INTO layer_to_change.layer_id, layer_to_change.turn, layer_to_change.at,
		layer_to_change.begun
	FROM (
		SELECT l.layer_id, l.rank, l.valid,
			CASE WHEN b.begun THEN n.turn
				ELSE oncall.turn_at(l.cadence, b.begins) END AS turn,
			CASE WHEN b.begun THEN n.at ELSE b.begins END AS at,
			b.begun,
			min(l.rank) OVER () AS lowest
		FROM oncall.layer l
		CROSS JOIN LATERAL (
			SELECT g.begins, g.begins < layer_to_change.from_time AS begun
			FROM oncall_internal.layer_begins(l.valid, l.cadence) AS g(begins)) AS b
		CROSS JOIN LATERAL oncall_internal.next_turn(
			l.cadence, layer_to_change.from_time) AS n
		WHERE l.rotation_id = layer_to_change.rotation_id
			AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
			AND (wanted IS NULL OR l.layer_id = wanted)) AS c
	WHERE c.rank = c.lowest AND c.valid @> c.at
	ORDER BY NOT c.begun, c.at, c.layer_id
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rotation "%" has no turn that starts at or after %', named, layer_to_change.from_time
			USING ERRCODE = '55000',
				HINT = 'Its layers end before that. oncall.add_layer() adds a new one.';
	END IF;

	SELECT string_agg(format('%s%s', l.layer_id,
							 coalesce(format(' (%s)', l.hours), '')),
					  ', ' ORDER BY l.layer_id)
	INTO others
	FROM oncall.layer l
	WHERE l.rotation_id = layer_to_change.rotation_id
		AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
		AND l.valid @> layer_to_change.at
		AND l.rank = (SELECT c.rank FROM oncall.layer c
					  WHERE c.layer_id = layer_to_change.layer_id)
	HAVING wanted IS NULL AND count(*) > 1;
	IF others IS NOT NULL THEN
		RAISE EXCEPTION 'rotation "%" has several layers whose members may be meant', named
			USING ERRCODE = '22023',
				DETAIL = format('At %s these layers are valid: %s.',
							layer_to_change.at, others),
				HINT = 'Give the argument layer_id.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_to_change(integer, timestamptz, integer) IS
'For set_members: the layer of the lowest rank that a change of members at or after from_time means (or the one given), with the first turn that the new members serve, its start, and whether the layer has begun before from_time. Several such layers are an error (22023) that asks for layer_id; none is one too (55000), and so is a layer_id that is not a believed layer of the rotation (42704).';

CREATE FUNCTION oncall.set_members(
	rotation oncall.ref, members text[], from_time timestamptz,
	layer_id integer DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id integer := oncall_internal.rotation_named(set_members.rotation);
	new integer[] := oncall_internal.people_named(set_members.members);
	old integer[];
	layer oncall.layer;
	change record;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_members.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('members', set_members.members IS NULL);
	PERFORM oncall_internal.refuse_null('from_time', set_members.from_time IS NULL);
	PERFORM oncall_internal.refuse_infinity('from_time', set_members.from_time);
	IF cardinality(new) = 0 THEN
		RAISE EXCEPTION 'rotation "%" needs members', set_members.rotation
			USING ERRCODE = '22023',
				HINT = 'oncall.retire_rotation() ends a rotation.';
	END IF;

	PERFORM oncall_internal.lock_rotation(own_id);
	change := oncall_internal.layer_to_change(own_id, set_members.from_time,
									 set_members.layer_id);
	SELECT l.* INTO layer
	FROM oncall.layer l WHERE l.layer_id = change.layer_id;
	old := ARRAY(SELECT m.person_id FROM oncall.layer_member m
				 WHERE m.layer_id = change.layer_id ORDER BY m.position);

	new := oncall_internal.members_from(layer, old, new, change.turn, change.at);
	IF new = old THEN
		RETURN change.layer_id;
	END IF;

	IF change.begun THEN
		PERFORM oncall.end_layer(change.layer_id, change.at);
		layer.valid := tstzrange(change.at, upper(layer.valid));
	ELSE
		PERFORM oncall.withdraw_layer(change.layer_id);
	END IF;
	RETURN oncall_internal.write_layer(
		own_id, new, layer.cadence, layer.rank, layer.valid, layer.hours,
		layer.pairing, layer.seats);
END
$$;
COMMENT ON FUNCTION oncall.set_members(oncall.ref, text[], timestamptz, integer) IS
'Change who is in a rotation, and in which order, from the first handover at or after from_time on; returns the layer_id of the layer that holds from then. The layer in force ends at that handover (one that has not begun is withdrawn) and one with the same cadence, pairing, rank, hours, seats and end goes on; layers that follow later stay as they are. members: people''s names, NULL for a turn that is empty on purpose. The order goes on: whoever of the old list is due at that handover is due still, after joiners written directly before them; in the first seat (pairing fixed: in the pairs) nobody who stays is skipped or called twice, and with the list unchanged nothing is written and the layer_id is the old one. A NULL entry stays behind the person whom it follows. If somebody stands twice in either list, the new one is taken as written: the entry at place n mod its length, from 0, has turn n. With pairing mixed a new tournament begins if people join or leave: first come joiners, then those whose last duty, covers included, is longest ago; their order in the list decides among equals. Who is not yet a member of the rotation becomes one. Several layers of the lowest rank in force at once (follow-the-sun) are an error (22023) that asks for layer_id; no turn at or after from_time is an error (55000); unknown names are errors (42704) with near names.';

CREATE FUNCTION oncall.set_cadence(
	rotation oncall.ref, cadence oncall.cadence, from_time timestamptz,
	layer_id integer DEFAULT NULL, seats integer DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id integer := oncall_internal.rotation_named(set_cadence.rotation);
	first record;				-- turn of the new cadence
	layer oncall.layer;
	others text;
	begins timestamptz;			-- of the layer
	due bigint;					-- turn of the old cadence
	members integer[];
	place bigint;
	k integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_cadence.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('cadence', set_cadence.cadence IS NULL);
	PERFORM oncall_internal.refuse_null('from_time', set_cadence.from_time IS NULL);
	PERFORM oncall_internal.refuse_infinity('from_time', set_cadence.from_time);

	PERFORM oncall_internal.lock_rotation(own_id);
	first := oncall_internal.next_turn(set_cadence.cadence, set_cadence.from_time);
	-- as in set_members(), layers that have begun go before those that follow
	SELECT l.* INTO layer
	FROM oncall.layer l
	CROSS JOIN LATERAL (
		SELECT oncall_internal.layer_begins(l.valid, l.cadence) AS at) AS begin
	WHERE l.rotation_id = own_id
		AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
		AND l.valid @> greatest(begin.at, first.at)
		AND (set_cadence.layer_id IS NULL OR l.layer_id = set_cadence.layer_id)
	ORDER BY l.rank, begin.at >= first.at, begin.at, l.layer_id
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', format('rotation "%s" has no layer%s that is in force at or after %s',
							 set_cadence.rotation,
							 ' ' || set_cadence.layer_id, first.at)
			USING ERRCODE = '55000',
				HINT = 'SELECT layer_id, rank, valid, hours FROM oncall.layer WHERE upper_inf(recorded) lists those that there are; oncall.add_layer() adds a new one.';
	END IF;
	begins := oncall_internal.layer_begins(layer.valid, layer.cadence);
	SELECT string_agg(format('%s%s', l.layer_id,
							 coalesce(format(' (%s)', l.hours), '')),
					  ', ' ORDER BY l.layer_id)
	INTO others
	FROM oncall.layer l
	WHERE l.rotation_id = own_id
		AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
		AND l.valid @> greatest(begins, first.at) AND l.rank = layer.rank
	HAVING set_cadence.layer_id IS NULL AND count(*) > 1;
	IF others IS NOT NULL THEN
		RAISE EXCEPTION 'rotation "%" has several layers whose cadence may be meant', set_cadence.rotation
			USING ERRCODE = '22023',
				DETAIL = format('At %s these layers are valid: %s.',
							greatest(begins, first.at), others),
				HINT = 'Give the argument layer_id.';
	END IF;
	IF set_cadence.cadence::text = layer.cadence::text
		AND coalesce(set_cadence.seats, layer.seats) = layer.seats
	THEN
		RETURN layer.layer_id;
	END IF;

	-- A layer that has begun goes on with whoever is due after its turn at
	-- that time; one that has not begun changes as a whole.
	members := ARRAY(SELECT m.person_id FROM oncall.layer_member m
					 WHERE m.layer_id = layer.layer_id ORDER BY m.position);
	k := cardinality(members);
	IF begins < first.at THEN
		due := (oncall_internal.next_turn(layer.cadence, first.at)).turn;
		PERFORM oncall.end_layer(layer.layer_id, first.at);
		layer.valid := tstzrange(first.at, upper(layer.valid));
	ELSE
		due := oncall.turn_at(layer.cadence, begins);
		first.turn := oncall.turn_at(set_cadence.cadence, begins);
		PERFORM oncall.withdraw_layer(layer.layer_id);
	END IF;

	IF layer.pairing = 'mixed' THEN
		members := oncall_internal.tournament_members(
			members,
			oncall_internal.last_duties(own_id, members, first.at,
							   (first.at AT TIME ZONE 'UTC'
								- 2 * k * oncall.every(layer.cadence))
							   AT TIME ZONE 'UTC'),
			first.turn);
	ELSE
		place := due * CASE layer.pairing WHEN 'fixed' THEN layer.seats ELSE 1 END
			- first.turn * CASE layer.pairing
				WHEN 'fixed' THEN coalesce(set_cadence.seats, layer.seats)
				ELSE 1 END;
		members := ARRAY(
			SELECT members[((place + i) % k + k) % k + 1]
			FROM generate_series(0, k - 1) AS i
			ORDER BY i);
	END IF;
	RETURN oncall_internal.write_layer(
		own_id, members, set_cadence.cadence, layer.rank, layer.valid,
		layer.hours, layer.pairing, coalesce(set_cadence.seats, layer.seats));
END
$$;
COMMENT ON FUNCTION oncall.set_cadence(oncall.ref, oncall.cadence, timestamptz, integer, integer) IS
'Change when a rotation is handed over, from the first handover of the new cadence at or after from_time on; returns the layer_id of the layer that holds from then. The layer in force ends at that time, in the middle of a turn if need be (one that has not begun is withdrawn), and one with the same members, pairing, rank, hours and end goes on: the first turn is that of whoever would have been next. With pairing mixed a new tournament begins, those first whose last duty is longest ago. seats: how many it fills, as many as before if not given. With nothing changed nothing is written, and the layer_id is the old one. Several layers of the lowest rank in force at once (follow-the-sun) are an error (22023) that asks for layer_id; no layer in force at that time is an error (55000), more seats than the rotation has too (23514); an unknown rotation is an error (42704) with near names; NULL is one (22004).';

-- Holidays --------------------------------------------------------------

CREATE FUNCTION oncall_internal.holiday_days(calendar_id integer)
RETURNS TABLE (day date, name text, year integer, season text, block date)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH holidays AS (
		SELECT h.day, h.name, h.observes,
			coalesce(h.season,
					 (SELECT min(o.season) FROM oncall.holiday o
					  WHERE o.calendar_id = h.calendar_id
						  AND o.day = h.observes)) AS season
		FROM oncall.holiday h
		WHERE h.calendar_id = holiday_days.calendar_id
	), listed AS (
		SELECT array_agg(h.day) AS days, array_agg(h.observes) AS observed,
			array_agg(h.season) AS seasons, array_agg(h.name) AS names
		FROM holidays h
	)
	SELECT u.day, u.name, extract(year FROM coalesce(u.observes, u.day))::integer,
		u.season, u.block
	FROM listed l,
		LATERAL unnest(l.days, l.names, l.observed, l.seasons,
					   oncall_internal.season_blocks(l.days, l.observed, l.seasons))
			AS u(day, name, observes, season, block);
END;
COMMENT ON FUNCTION oncall_internal.holiday_days(integer) IS
'The holidays of a calendar with their blocks: runs of consecutive dates of one season, together with the dates that observe them. A block goes by its first date; season and block are NULL for holidays without a season (a date that observes a holiday shares its season). year is that of the date that the day stands for.';

CREATE FUNCTION oncall_internal.holiday_turns(
	rotation_id integer, during daterange, length integer)
RETURNS TABLE (season text, block date, days daterange, period tstzrange)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH days AS (
		SELECT DISTINCT r.zone, d.season, d.block, d.day
		FROM oncall.rotation r,
			LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
		WHERE r.rotation_id = holiday_turns.rotation_id
			AND d.season IS NOT NULL AND holiday_turns.during @> d.day
	), runs AS (
		SELECT d.*,
			d.day - row_number() OVER (PARTITION BY d.season, d.block
									   ORDER BY d.day)::integer AS run
		FROM days d
	), numbered AS (
		SELECT r.*,
			(row_number() OVER (PARTITION BY r.season, r.block, r.run
								ORDER BY r.day) - 1) / length AS turn
		FROM runs r
	), turns AS (
		SELECT n.season, n.block,
			daterange(min(n.day), max(n.day) + 1) AS days,
			tstzrange(min(n.day)::timestamp AT TIME ZONE n.zone,
					  (max(n.day) + 1)::timestamp AT TIME ZONE n.zone)
				AS period
		FROM numbered n
		GROUP BY n.zone, n.season, n.block, n.run, n.turn
	)
	-- a date that the zone skipped has no time to be on call in
	SELECT t.season, t.block, t.days, t.period
	FROM turns t
	WHERE NOT isempty(t.period)
	ORDER BY t.days;
END;
COMMENT ON FUNCTION oncall_internal.holiday_turns(integer, daterange, integer) IS
'The turns of so many days into which the holidays of a rotation''s calendar that have a season fall, between two dates: each run of consecutive dates of a block is cut from its start, and its last turn may be shorter. period is the turn from local midnight to local midnight in the rotation''s zone.';

CREATE FUNCTION oncall_internal.holiday_duty(
	rotation_id integer, during daterange)
RETURNS TABLE (person_id integer, seat smallint, by_cover boolean, day date,
	name text, year integer, season text, block date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT s.person_id, s.seat, s.cover_id IS NOT NULL, d.day, d.name,
		d.year, d.season, d.block
	FROM oncall.rotation r
	CROSS JOIN LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
	JOIN oncall.roster(
		(SELECT tstzrange(
			lower(holiday_duty.during)::timestamp AT TIME ZONE o.zone,
			upper(holiday_duty.during)::timestamp AT TIME ZONE o.zone)
		 FROM oncall.rotation o
		 WHERE o.rotation_id = holiday_duty.rotation_id),
		holiday_duty.rotation_id) AS s
		ON s.person_id IS NOT NULL
		AND s.period && tstzrange(d.day::timestamp AT TIME ZONE r.zone,
								  (d.day + 1)::timestamp AT TIME ZONE r.zone)
	WHERE r.rotation_id = holiday_duty.rotation_id
		AND holiday_duty.during @> d.day;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_duty(integer, daterange) IS
'Who is on duty in a rotation on the holidays of its calendar between two dates, covers included: a row for each person, shift and holiday with some duty on that local date.';

CREATE FUNCTION oncall_internal.holiday_people(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (person_id integer, person text, active tstzrange,
	member_since timestamptz, listed tstzmultirange, served integer,
	last_primary date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH layers AS (
		SELECT l.layer_id, l.rank, l.valid, min(l.rank) OVER () AS lowest
		FROM oncall.layer l
		JOIN oncall.rotation r USING (rotation_id)
		WHERE l.rotation_id = holiday_people.rotation_id
			AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
			AND l.valid && tstzrange(
				lower(holiday_people.during)::timestamp AT TIME ZONE r.zone,
				upper(holiday_people.during)::timestamp AT TIME ZONE r.zone)
	), lists AS (
		SELECT m.person_id, range_agg(l.valid) AS listed,
			min(ARRAY[l.layer_id, m.position]) AS place
		FROM layers l
		JOIN oncall.layer_member m USING (layer_id)
		WHERE l.rank = l.lowest
		GROUP BY m.person_id
	), duty AS (
		SELECT d.person_id,
			count(DISTINCT d.day) FILTER (WHERE NOT of_season) AS days_before,
			max(d.day) FILTER (WHERE NOT of_season) AS last_day,
			max(d.day) FILTER (WHERE NOT of_season AND d.seat = 1)
				AS last_primary,
			count(DISTINCT d.day) FILTER (WHERE of_season AND
				(d.by_cover OR NOT holiday_people.during @> d.day))
				AS days_in_season
		FROM (SELECT h.*, h.season = holiday_people.season AS of_season
			  FROM oncall_internal.holiday_duty(
				  holiday_people.rotation_id,
				  oncall_internal.season_reach(holiday_people.rotation_id,
									  holiday_people.during,
									  holiday_people.season)) AS h
			  WHERE h.season IS NOT NULL) AS d
		GROUP BY d.person_id
	)
	SELECT p.person_id, p.name, p.active,
		CASE WHEN m.standing = 'member' THEN m.since END,
		coalesce(l.listed, '{}'),
		((coalesce(d.days_in_season, 0) + holiday_people.length - 1)
		 / holiday_people.length)::integer,
		d.last_primary
	FROM oncall.person p
	LEFT JOIN oncall.rotation_member m ON m.person_id = p.person_id
		AND m.rotation_id = holiday_people.rotation_id
	LEFT JOIN lists l ON l.person_id = p.person_id
	LEFT JOIN duty d ON d.person_id = p.person_id
	WHERE coalesce(m.standing = 'member', false)
		OR (l.person_id IS NOT NULL
			AND coalesce(m.standing NOT IN ('shadow', 'volunteer'), true))
	ORDER BY coalesce(d.days_before, 0), d.last_day NULLS FIRST,
		l.place NULLS LAST, p.person_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_people(integer, daterange, text, integer) IS
'For add_holiday_cover: who may serve holidays of a season in a rotation, the fairest choice first: the members of the rotation, and those on the lists of its layers of the lowest rank who are not shadows or volunteers. First come those who had the fewest holidays in the five years before, then those whose last one is longest ago, then the order of the lists. member_since is NULL for who is no member, listed says when they are on a list, served how many turns of this length they have in the season already, outside the planned dates or by covers, last_primary the last holiday on which they were primary.';

CREATE FUNCTION oncall_internal.season_reach(
	rotation_id integer, during daterange, season text)
RETURNS daterange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT daterange(
		least((lower(during) - interval '5 years')::date, min(d.day)),
		greatest(upper(during), max(d.day) + 1))
	FROM oncall.rotation r,
		LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
	WHERE r.rotation_id = season_reach.rotation_id
		AND d.season = season_reach.season;
END;
COMMENT ON FUNCTION oncall_internal.season_reach(integer, daterange, text) IS
'For add_holiday_cover: the dates that matter when the holidays of a season are planned between two dates: these, all others of the season, and five years before.';

CREATE FUNCTION oncall_internal.holiday_choices(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (turn integer, block integer, days daterange, period tstzrange,
	person integer, person_id integer, name text, served integer,
	last_primary date, obstacle text, repeats boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH turns AS (
		SELECT row_number() OVER (ORDER BY t.days)::integer AS turn,
			dense_rank() OVER (ORDER BY t.block)::integer - 1 AS number,
			t.block, t.days, t.period
		FROM oncall_internal.holiday_turns(holiday_choices.rotation_id,
								  holiday_choices.during,
								  holiday_choices.length) AS t
		WHERE t.season = holiday_choices.season
	), names AS (
		SELECT t.turn, d.name, d.year
		FROM turns t, oncall.rotation AS r,
			LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
		WHERE r.rotation_id = holiday_choices.rotation_id AND t.days @> d.day
	), duty AS MATERIALIZED (
		SELECT d.*
		FROM oncall_internal.holiday_duty(
			holiday_choices.rotation_id,
			oncall_internal.season_reach(holiday_choices.rotation_id,
								holiday_choices.during,
								holiday_choices.season)) AS d
	), people AS (
		SELECT p.*
		FROM oncall_internal.holiday_people(
			holiday_choices.rotation_id, holiday_choices.during,
			holiday_choices.season, holiday_choices.length)
			WITH ORDINALITY AS p
	)
	SELECT t.turn, t.number, t.days, t.period,
		p.ordinality::integer, p.person_id, p.person, p.served,
		p.last_primary,
		CASE
			WHEN NOT p.active @> t.period THEN 'not active'
			WHEN NOT p.listed && t.period
				AND (p.member_since IS NULL
					 OR p.member_since > lower(t.period))
				THEN 'not yet a member'
			WHEN EXISTS (SELECT FROM oncall.absence a
						 WHERE a.person_id = p.person_id
							 AND a.period && t.period)
				THEN 'absent'
			WHEN EXISTS (SELECT FROM duty d
						 WHERE d.person_id = p.person_id
							 AND d.season = holiday_choices.season
							 AND d.block <> t.block
							 AND (d.by_cover
								  OR NOT holiday_choices.during @> d.day))
				THEN 'on duty in another block of the season'
		END,
		EXISTS (SELECT FROM names n
				JOIN duty d ON d.name = n.name AND d.year = n.year - 1
				WHERE n.turn = t.turn AND d.person_id = p.person_id)
	FROM turns t CROSS JOIN people p
	ORDER BY t.turn, p.ordinality;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_choices(integer, daterange, text, integer) IS
'For add_holiday_cover: each turn of a season with each person who may serve in it (person counts them, the fairest choice first), what stands in the way of that (NULL: nothing), and whether they would have a holiday again that they had last year, by its name.';

CREATE FUNCTION oncall_internal.refuse_turn(
	rotation oncall.rotation, days daterange, placed integer,
	names text[], obstacles text[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
	free text;
BEGIN
	SELECT string_agg(format('%s (%s)', o.name, o.obstacle),
					  ', ' ORDER BY o.name) FILTER (WHERE o.obstacle IS NOT NULL),
		string_agg(o.name, ', ' ORDER BY o.name) FILTER (WHERE o.obstacle IS NULL)
	INTO missing, free
	FROM unnest(names, obstacles) AS o(name, obstacle);

	RAISE EXCEPTION 'there are too few people for the holiday turn of % in rotation "%"', oncall_internal.date_span(days),
			rotation.name
		USING ERRCODE = '55000',
			DETAIL = format(
			'It needs %s people; together with the turns before it %s can be had. Missing: %s. Free: %s.',
			cardinality(rotation.seats), placed,
			coalesce(missing, 'nobody'), coalesce(free, 'nobody')),
			HINT = 'Nobody serves two blocks of a season. Add members to the rotation, or ask somebody whose absence can be moved.';
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_turn(oncall.rotation, daterange, integer, text[], text[]) IS
'For add_holiday_cover: the error (55000) that a holiday turn cannot be filled, with the people who are missing and why.';

CREATE FUNCTION oncall_internal.plan_season(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (days daterange, period tstzrange, people integer[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.rotation;
	c record;					-- of the choices, each column as an array
	plan record;
	k integer;
	last_primary date[];
	chosen integer[];
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = plan_season.rotation_id;
	SELECT array_agg(h.block ORDER BY h.turn) FILTER (WHERE h.person = 1)
			AS blocks,
		array_agg(h.days ORDER BY h.turn) FILTER (WHERE h.person = 1) AS days,
		array_agg(h.period ORDER BY h.turn) FILTER (WHERE h.person = 1)
			AS periods,
		array_agg(h.person_id ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS people,
		array_agg(h.served ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS served,
		array_agg(h.last_primary ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS last_primary,
		array_agg(h.name ORDER BY h.person) FILTER (WHERE h.turn = 1) AS names,
		array_agg(h.obstacle ORDER BY h.turn, h.person) AS obstacles,
		array_agg(h.obstacle IS NULL ORDER BY h.turn, h.person) AS allowed,
		array_agg(h.repeats ORDER BY h.turn, h.person) AS repeats
	INTO c
	FROM oncall_internal.holiday_choices(plan_season.rotation_id, plan_season.during,
								plan_season.season, plan_season.length) AS h;
	IF c.people IS NULL THEN
		RAISE EXCEPTION 'rotation "%" has nobody to serve holidays', own.name
			USING ERRCODE = '55000',
				HINT = 'Its members are in oncall.rotation_member and in the lists of its layers.';
	END IF;

	plan := oncall_internal.assign_turns(cardinality(own.seats), c.blocks, c.allowed,
								c.repeats, c.served);
	IF plan.people IS NULL THEN
		k := cardinality(c.people);
		PERFORM oncall_internal.refuse_turn(
			own, c.days[plan.failed], plan.placed, c.names,
			c.obstacles[(plan.failed - 1) * k + 1 : plan.failed * k]);
	END IF;

	k := cardinality(own.seats);
	last_primary := c.last_primary;
	FOR turn IN 1 .. cardinality(c.days) LOOP
		-- whoever was primary longest ago is primary
		chosen := ARRAY(
			SELECT p.number
			FROM unnest(plan.people[(turn - 1) * k + 1 : turn * k]) AS p(number)
			ORDER BY last_primary[p.number] NULLS FIRST, p.number);
		last_primary[chosen[1]] := lower(c.days[turn]);
		days := c.days[turn];
		period := c.periods[turn];
		people := ARRAY(SELECT c.people[p.number]
						FROM unnest(chosen) WITH ORDINALITY AS p(number, seat)
						ORDER BY p.seat);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.plan_season(integer, daterange, text, integer) IS
'For add_holiday_cover: the turns of a season between two dates and who serves them, in seat order, without writing anything. An error (55000) names the first turn that cannot be filled and who is missing.';

CREATE FUNCTION oncall_internal.holiday_length(turn interval)
RETURNS integer
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- compared as text, since a day equals 24 hours and a month 30 days
	IF (extract(day FROM turn) > 0
		AND make_interval(days => extract(day FROM turn)::integer)::text
			= turn::text) IS NOT TRUE
	THEN
		RAISE EXCEPTION 'a holiday turn cannot last %', turn
			USING ERRCODE = '22023',
				HINT = 'Turns last whole days: write for instance ''1 day'' or ''2 days''.';
	END IF;
	RETURN extract(day FROM turn)::integer;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_length(interval) IS
'For add_holiday_cover: the length of a turn in days. Anything but a positive number of whole days is an error (22023).';

CREATE FUNCTION oncall_internal.refuse_planned(
	rotation_id integer, during daterange, length integer)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	planned record;
BEGIN
	SELECT r.name, l.layer_id, to_char(lower(t.days), 'YYYY-MM-DD') AS day
	INTO planned
	FROM oncall_internal.holiday_turns(refuse_planned.rotation_id,
							  refuse_planned.during,
							  refuse_planned.length) AS t
	JOIN oncall.layer l ON l.rotation_id = refuse_planned.rotation_id
		AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
		AND l.rank > 0 AND l.valid && t.period
		AND l.valid = oncall.turn_period(l.cadence, 0)
	JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
	ORDER BY t.days, l.layer_id
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the holidays of rotation "%" from % on are planned already', planned.name, planned.day
			USING ERRCODE = '55000',
				DETAIL = format('Layer %s is one of their turns.',
							planned.layer_id),
				HINT = 'Choose another window, or take the turns back with oncall.withdraw_layer() first.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_planned(integer, daterange, integer) IS
'For add_holiday_cover: an error (55000) if a holiday between two dates already has a turn of its own. As such counts a layer of a rank above 0 that lasts exactly the first turn of its cadence.';

CREATE FUNCTION oncall.add_holiday_cover(
	rotation oncall.ref, during daterange, turn interval DEFAULT '1 day')
RETURNS TABLE (layer_id integer, period tstzrange, members text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	length integer := oncall_internal.holiday_length(add_holiday_cover.turn);
	own oncall.rotation;
	season text;
	planned record;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', add_holiday_cover.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('during', during IS NULL);
	PERFORM oncall_internal.refuse_null('turn', add_holiday_cover.turn IS NULL);
	IF NOT isfinite(lower(during)) OR NOT isfinite(upper(during))
		OR lower(during) IS NULL OR upper(during) IS NULL
	THEN
		RAISE EXCEPTION '%', CASE WHEN isempty(during) THEN 'window is empty'
				ELSE 'window must be bounded' END
			USING ERRCODE = '22023',
				HINT = 'Write for instance ''[2026-12-25,2027-01-03)''.';
	END IF;

	PERFORM oncall_internal.lock_rotation(oncall_internal.rotation_named(add_holiday_cover.rotation));
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = oncall_internal.rotation_named(add_holiday_cover.rotation);
	IF own.calendar_id IS NULL THEN
		RAISE EXCEPTION 'rotation "%" has no calendar of holidays', own.name
			USING ERRCODE = '55000',
				HINT = 'Set calendar_id of oncall.rotation to one of oncall.calendar.';
	END IF;
	IF NOT EXISTS (SELECT FROM oncall_internal.holiday_turns(own.rotation_id,
													during, length))
	THEN
		RAISE EXCEPTION 'rotation "%" has no holidays with a season in %', own.name, during
			USING ERRCODE = '22023',
				HINT = 'Choose another window, or set the season of the holidays in oncall.holiday.';
	END IF;
	PERFORM oncall_internal.refuse_planned(own.rotation_id, during, length);

	-- season by season, so that the next one knows who served this one
	FOR season IN
		SELECT t.season
		FROM oncall_internal.holiday_turns(own.rotation_id, during, length) AS t
		GROUP BY t.season
		ORDER BY min(lower(t.days)), t.season
	LOOP
		FOR planned IN
			SELECT p.days, p.period, p.people
			FROM oncall_internal.plan_season(own.rotation_id, during, season, length)
				AS p
		LOOP
			layer_id := oncall_internal.write_layer(
				own.rotation_id, planned.people,
				oncall.cadence(lower(planned.days)::timestamp, own.zone,
							   make_interval(days => upper(planned.days)
											 - lower(planned.days))),
				(SELECT greatest(max(l.rank), 0) + 1
				 FROM oncall.layer l
				 WHERE l.rotation_id = own.rotation_id
					 AND NOT isempty(l.recorded) AND upper_inf(l.recorded)
					 AND l.valid && planned.period),
				planned.period, NULL, 'fixed', NULL);
			period := planned.period;
			members := ARRAY(
				SELECT p.name
				FROM unnest(planned.people) WITH ORDINALITY AS m(person_id, seat)
				JOIN oncall.person p USING (person_id)
				ORDER BY m.seat);
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall.add_holiday_cover(oncall.ref, daterange, interval) IS
'Plan who serves the holidays of a rotation''s calendar that have a season, between two dates: one layer for each turn of so many whole days, from local midnight to local midnight in the rotation''s zone, with exactly those who serve it as members, in seat order, and a rank one above those of the believed layers there (at least 1). Turns are cut from runs of consecutive dates within a block, the last may be shorter; a block is a run of consecutive dates of one season with the dates that observe them. Each turn gets as many different people as the rotation has seats. They are members of the rotation (rotation_member), or on the list of a layer of the lowest rank that is valid then and not shadows or volunteers; active for the whole turn; and without an absence that overlaps it. Nobody serves two blocks of a season, duty outside the window and covers included. As few as can be have a holiday, by its name, that they had in the year before in this rotation, covers included (duty at any time of that date counts); then as few as can be serve again in the season; then those come first who had the fewest holidays in the five years before, whose last is longest ago, who stand first in the list. Primary is who was primary on a holiday longest ago. The choice is the best that there is, and always the same. Returns the layers written. Errors, and then nothing is written: 55000 if some turn cannot be filled, with its dates and the people missing and why; 55000 if a date in the window has its turn already, or the rotation has no calendar; 22023 for a window that is unbounded, empty or without such holidays, and for a turn that is not a positive number of whole days; 42704 for an unknown rotation, with near names; 22004 for NULL.';
