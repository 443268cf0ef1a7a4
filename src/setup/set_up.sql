
-- Setting up: people, rotations and their layers. Thin SQL over the tables;
-- plain INSERTs work just as well.

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
'Adds somebody who may be on call, and returns their person_id. zone: an IANA time zone; calendar: of public holidays; active: from when until when they work here. Errors: 42704 (unknown calendar), 22004 (NULL), and those of the constraints of oncall.person.';

CREATE FUNCTION oncall_internal.refuse_pairing(pairing text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF refuse_pairing.pairing NOT IN ('staggered', 'following', 'preceding', 'fixed', 'mixed') THEN
		RAISE EXCEPTION 'unknown pairing "%"', refuse_pairing.pairing
			USING ERRCODE = '22023', HINT = 'Pairings are "staggered", "following", "preceding", "fixed" and "mixed".';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_pairing(text) IS 'An error (22023) unless this is the name of a pairing.';

-- Rotations and layers --------------------------------------------------

CREATE FUNCTION oncall_internal.write_layer(
	rotation_id integer, people integer[], cadence oncall.cadence, rank integer, valid tstzrange,
	hours oncall.weekly_hours, pairing text, first_seat integer, seats integer, spread boolean, name text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	new_id integer;
BEGIN
	IF cardinality(people) = 0 THEN
		RAISE EXCEPTION 'a layer needs members'
			USING ERRCODE = '22023',
				HINT = 'Name at least one person; NULL in the list is a turn that is empty on purpose.';
	END IF;

	PERFORM oncall_internal.refuse_pairing(write_layer.pairing);

	-- in one statement, since the caller may have made constraints immediate
	WITH written AS (
		INSERT INTO oncall.layer AS l
			(rotation_id, rank, valid, cadence, hours, pairing, first_seat, seats, spread, name)
		VALUES
			(write_layer.rotation_id, write_layer.rank, write_layer.valid, write_layer.cadence, write_layer.hours,
			 write_layer.pairing, write_layer.first_seat, write_layer.seats, write_layer.spread, write_layer.name)
		RETURNING l.layer_id),
	listed AS (
		INSERT INTO oncall.layer_member (layer_id, position, person_id, valid)
		SELECT w.layer_id, m.place, m.person_id, '(,)'
		FROM written w,
			unnest(people) WITH ORDINALITY AS m(person_id, place)
		ORDER BY m.place)
	SELECT w.layer_id INTO new_id FROM written w;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.write_layer(integer, integer[], oncall.cadence, integer, tstzrange, oncall.weekly_hours, text, integer, integer, boolean, text) IS
'Write one layer with its members in order (NULL: a turn for nobody); return the layer_id. All functions that write layers use it. valid NULL: as the table fills it; seats NULL: all that the rotation has from first_seat on. Errors: 22023 (an empty list, an unknown pairing).';

CREATE FUNCTION oncall.add_layer(
	rotation oncall.ref,
	members text[],
	cadence oncall.cadence,
	rank integer DEFAULT 0,
	valid tstzrange DEFAULT NULL,
	hours oncall.weekly_hours DEFAULT NULL,
	pairing text DEFAULT 'staggered',
	first_seat integer DEFAULT 1,
	seats integer DEFAULT NULL,
	spread boolean DEFAULT false,
	reason text DEFAULT NULL,
	past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(add_layer.rotation);
	change integer;
	new_id integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', add_layer.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('members', add_layer.members IS NULL);
	PERFORM oncall_internal.refuse_null('cadence', add_layer.cadence IS NULL);
	PERFORM oncall_internal.refuse_null('rank', add_layer.rank IS NULL);
	PERFORM oncall_internal.refuse_null('pairing', add_layer.pairing IS NULL);
	PERFORM oncall_internal.refuse_null('first_seat', add_layer.first_seat IS NULL);
	PERFORM oncall_internal.refuse_null('spread', add_layer.spread IS NULL);

	change := oncall_internal.begin_change('layer', own_id, NULL, add_layer.reason, add_layer.past_reason);
	new_id := oncall_internal.write_layer(
		own_id, oncall_internal.people_named(add_layer.members), add_layer.cadence, add_layer.rank, add_layer.valid,
		add_layer.hours, add_layer.pairing, add_layer.first_seat, add_layer.seats, add_layer.spread);
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.add_layer(oncall.ref, text[], oncall.cadence, integer, tstzrange, oncall.weekly_hours, text, integer, integer, boolean, text, text) IS
'Adds a layer to a rotation and returns its layer_id: members in order (NULL: nobody''s turn) share seats from first_seat on (NULL seats: all of these) by cadence and pairing. A higher rank wins. Errors: 42704 with near names, 22023 (no members, unknown pairing), 23514 (too many seats), 22004.';

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
	calendar oncall.ref DEFAULT NULL,
	coverage oncall.weekly_hours DEFAULT '24/7',
	max_consecutive interval DEFAULT '14 days',
	spread boolean DEFAULT false)
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
	PERFORM oncall_internal.refuse_null('coverage', add_rotation.coverage IS NULL);
	PERFORM oncall_internal.refuse_null('spread', add_rotation.spread IS NULL);

	INSERT INTO oncall.rotation AS r (name, team_id, zone, seats, calendar_id, coverage, max_consecutive)
	VALUES
		(add_rotation.name, own_team,
		 coalesce(add_rotation.zone,
				  (SELECT t.zone FROM oncall.team t
				   WHERE t.team_id = own_team),
				  oncall.zone(add_rotation.cadence)),
		 add_rotation.seats, oncall_internal.calendar_named(add_rotation.calendar),
		 add_rotation.coverage, add_rotation.max_consecutive)
	RETURNING r.rotation_id INTO new_id;

	PERFORM oncall_internal.begin_change('rotation', new_id);
	PERFORM oncall_internal.write_layer(
		new_id, oncall_internal.people_named(add_rotation.members),
		add_rotation.cadence, 0, add_rotation.valid, add_rotation.hours,
		add_rotation.pairing, 1, NULL, add_rotation.spread);
	PERFORM oncall_internal.end_change();
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.add_rotation(text, text[], oncall.cadence, oncall.ref, text[], text, oncall.weekly_hours, tstzrange, text, oncall.ref, oncall.weekly_hours, interval, boolean) IS
'Adds a rotation with its first layer, and returns its rotation_id. members: names in order, as for add_layer(). zone: if not given that of the team, else of the cadence. Errors: 42704 with near names, 22023 (no members, unknown pairing), 23514 (mixed with other than two seats), 22004 (NULL).';

CREATE FUNCTION oncall.retire_rotation(
	rotation oncall.ref, at timestamptz DEFAULT now(), reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(retire_rotation.rotation);
	change integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', retire_rotation.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('at', retire_rotation.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', retire_rotation.at);

	PERFORM oncall_internal.lock_rotation(own_id);
	-- all that is to be ended is locked before the moment is taken
	PERFORM FROM oncall.cover c
	WHERE c.rotation_id = own_id AND oncall_internal.is_believed(c.recorded) AND upper(c.period) > retire_rotation.at
	ORDER BY c.cover_id FOR NO KEY UPDATE;
	change := oncall_internal.begin_change('retire rotation', own_id, NULL,
		retire_rotation.reason, retire_rotation.past_reason);
	PERFORM oncall.end_cover(c.cover_id, retire_rotation.at)
	FROM (SELECT c.cover_id FROM oncall.cover c
		  WHERE c.rotation_id = own_id AND oncall_internal.is_believed(c.recorded)
			  AND upper(c.period) > retire_rotation.at
		  ORDER BY c.cover_id) AS c;
	PERFORM oncall.end_layer(l.layer_id, retire_rotation.at)
	FROM (SELECT l.layer_id FROM oncall.layer l
		  WHERE l.rotation_id = own_id AND oncall_internal.is_believed(l.recorded)
			  AND (oncall_internal.layer_until(l.layer_id) > retire_rotation.at) IS NOT FALSE
		  ORDER BY l.layer_id) AS l;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.retire_rotation(oncall.ref, timestamptz, text, text) IS
'Ends a rotation: nobody is on call in it from at on. Layers and covers that last longer are ended, those that would begin later withdrawn; the past stays. Returns the change_id. Retired twice, the earlier time counts. Errors: 42704 with near names, 22023 (infinite time), 22004 (NULL).';
