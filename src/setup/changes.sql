
-- Changes of a rota: who joins and leaves, and which rules hold from when on.
-- Each is a row of its own, so that changes compose in whatever order they are
-- entered.

-- Lists -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.entry_periods(layer_member_id integer) RETURNS tstzmultirange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT tstzmultirange(m.valid) - coalesce((
		SELECT range_agg(v.period) FROM oncall.layer_leave v
		WHERE v.layer_member_id = m.layer_member_id AND oncall_internal.is_believed(v.recorded)), '{}')
	FROM oncall.layer_member m
	WHERE m.layer_member_id = entry_periods.layer_member_id AND oncall_internal.is_believed(m.recorded);
END;
COMMENT ON FUNCTION oncall_internal.entry_periods(integer) IS
'When an entry is on the list of its layer, as believed now: while it is valid, without its leaves. NULL if it is not believed.';

CREATE FUNCTION oncall_internal.list_at(layer_id integer, at timestamptz)
RETURNS TABLE (layer_member_id integer, "position" numeric, person_id integer)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT m.layer_member_id, m."position", m.person_id
	FROM oncall.layer_member m
	WHERE m.layer_id = list_at.layer_id AND oncall_internal.is_believed(m.recorded) AND m.valid @> list_at.at
		AND NOT EXISTS (SELECT FROM oncall.layer_leave v
			WHERE v.layer_member_id = m.layer_member_id AND oncall_internal.is_believed(v.recorded)
				AND v.period @> list_at.at)
	ORDER BY m."position", m.layer_member_id;
END;
COMMENT ON FUNCTION oncall_internal.list_at(integer, timestamptz) IS
'The list of a layer for a turn that begins at this instant, in order, as believed now.';

CREATE FUNCTION oncall_internal.list_names(layer_id integer, at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(coalesce(p.name, 'nobody'), ', ' ORDER BY l."position", l.layer_member_id)
	FROM oncall_internal.list_at(list_names.layer_id, list_names.at) l
	LEFT JOIN oncall.person p ON p.person_id = l.person_id;
END;
COMMENT ON FUNCTION oncall_internal.list_names(integer, timestamptz) IS
'The names on the list of a layer for a turn that begins at this instant, in order. NULL for an empty list.';

-- Which layer is meant --------------------------------------------------

CREATE FUNCTION oncall_internal.layers_at(rotation_id integer, since timestamptz) RETURNS integer[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- those that count at that time, or, if there is none, that begin later
	SELECT coalesce(
		array_agg(l.layer_id ORDER BY l.layer_id)
			FILTER (WHERE lower_inf(l.valid) OR lower(l.valid) <= layers_at.since),
		array_agg(l.layer_id ORDER BY l.layer_id), '{}')
	FROM oncall.layer l
	WHERE l.rotation_id = layers_at.rotation_id AND oncall_internal.is_believed(l.recorded)
		AND (oncall_internal.layer_until(l.layer_id) <= layers_at.since) IS NOT TRUE;
END;
COMMENT ON FUNCTION oncall_internal.layers_at(integer, timestamptz) IS
'The layers of a rotation that are valid at an instant; if there is none, those that begin later.';

CREATE FUNCTION oncall_internal.layer_to_change(rotation_id integer, since timestamptz, layer_id integer)
RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation record;
	layers integer[];
	until timestamptz;
BEGIN
	SELECT r.name, r.zone INTO rotation FROM oncall.rotation r WHERE r.rotation_id = layer_to_change.rotation_id;
	IF layer_to_change.layer_id IS NULL THEN
		layers := oncall_internal.layers_at(layer_to_change.rotation_id, layer_to_change.since);
		IF cardinality(layers) = 1 THEN
			RETURN layers[1];
		ELSIF cardinality(layers) = 0 THEN
			RAISE EXCEPTION 'rotation "%" has no layer at %, nor later', rotation.name,
				oncall_internal.local_time(layer_to_change.since, rotation.zone)
				USING ERRCODE = '22023', HINT = 'Write one with add_layer().';
		END IF;
		RAISE EXCEPTION 'rotation "%" has % layers at %', rotation.name, cardinality(layers),
			oncall_internal.local_time(layer_to_change.since, rotation.zone)
			USING ERRCODE = '22023',
				DETAIL = (SELECT string_agg(format('Layer %s%s: %s.', l.layer_id,
						coalesce(' (' || coalesce(l.name, l.hours::text) || ')', ''),
						coalesce(oncall_internal.list_names(l.layer_id, layer_to_change.since), 'nobody')), ' '
						ORDER BY l.layer_id)
					FROM oncall.layer l WHERE l.layer_id = ANY (layers)),
				HINT = format('Say which one is meant, such as layer_id => %s.', layers[1]);
	END IF;

	PERFORM FROM oncall.layer l
	WHERE l.layer_id = layer_to_change.layer_id AND l.rotation_id = layer_to_change.rotation_id
		AND oncall_internal.is_believed(l.recorded);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rotation "%" has no layer %', rotation.name, layer_to_change.layer_id
			USING ERRCODE = '42704', HINT = coalesce(format('Its layers are %s.', (
				SELECT string_agg(l.layer_id::text, ', ' ORDER BY l.layer_id) FROM oncall.layer l
				WHERE l.rotation_id = layer_to_change.rotation_id AND oncall_internal.is_believed(l.recorded))),
				'Write one with add_layer().');
	END IF;
	until := oncall_internal.layer_until(layer_to_change.layer_id);
	IF until <= layer_to_change.since THEN
		RAISE EXCEPTION 'layer % of rotation "%" ends at %', layer_to_change.layer_id, rotation.name,
			oncall_internal.local_time(until, rotation.zone)
			USING ERRCODE = '22023', HINT = 'Give an earlier time, or write a new layer with add_layer().';
	END IF;
	RETURN layer_to_change.layer_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_to_change(integer, timestamptz, integer) IS
'The layer that a change means: the one that is named, or the only one at that time. Errors: 22023 (several, none, or it has ended), 42704 (no such layer).';

CREATE FUNCTION oncall_internal.refuse_since(rotation_id integer, since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone CONSTANT text := (SELECT r.zone FROM oncall.rotation r WHERE r.rotation_id = refuse_since.rotation_id);
BEGIN
	PERFORM oncall_internal.refuse_null('since', refuse_since.since IS NULL);
	PERFORM oncall_internal.refuse_infinity('since', refuse_since.since);
	PERFORM oncall_internal.refuse_infinity('until', refuse_since.until);
	IF refuse_since.until <= refuse_since.since THEN
		RAISE EXCEPTION 'until (%) must be later than since (%)',
			oncall_internal.local_time(refuse_since.until, zone), oncall_internal.local_time(refuse_since.since, zone)
			USING ERRCODE = '22023', HINT = 'Leave out until if there is no end.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_since(integer, timestamptz, timestamptz) IS
'For functions that change a rota from some time on: errors unless since is finite (22004, 22023) and until, if given, is later (22023).';

-- Joining and leaving ---------------------------------------------------

CREATE FUNCTION oncall_internal.place_after(layer_member_id integer, people integer) RETURNS numeric[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- halves only, which are exact
	SELECT array_agg(CASE WHEN b."position" IS NULL THEN a."position" + i
		ELSE a."position" + i * (b."position" - a."position")
			* 0.5 ^ ceil(log(2, place_after.people + 1))::integer END ORDER BY i)
	FROM oncall.layer_member a
	-- those that are not believed any more may be again, after an undo of an undo
	LEFT JOIN LATERAL (
		SELECT min(n."position") AS "position" FROM oncall.layer_member n
		WHERE n.layer_id = a.layer_id AND n."position" > a."position") b ON true,
		generate_series(1, place_after.people) i
	WHERE a.layer_member_id = place_after.layer_member_id;
END;
COMMENT ON FUNCTION oncall_internal.place_after(integer, integer) IS
'Positions for so many new entries behind one of a layer''s and those that share its position, before the next that there ever was.';

CREATE FUNCTION oncall_internal.place_at_end(layer_id integer) RETURNS numeric
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(floor(max(m."position")), 0) + 1 FROM oncall.layer_member m
	WHERE m.layer_id = place_at_end.layer_id;
END;
COMMENT ON FUNCTION oncall_internal.place_at_end(integer) IS 'A position behind all entries of a layer.';

CREATE FUNCTION oncall_internal.set_standing(
	rotation_id integer, person_id integer, standing text, period tstzrange) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- what is left of other standings, before and after
	WITH ended AS (
		UPDATE oncall.rotation_member m SET recorded = oncall_internal.closed(m.recorded, m.xmin)
		WHERE m.rotation_id = set_standing.rotation_id AND m.person_id = set_standing.person_id
			AND oncall_internal.is_believed(m.recorded) AND m.valid && set_standing.period
			AND (set_standing.standing IS NOT NULL OR m.standing = 'volunteer')
		RETURNING m.standing, tstzmultirange(m.valid) - tstzmultirange(set_standing.period) AS rest)
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
	SELECT set_standing.rotation_id, set_standing.person_id, e.standing, r
	FROM ended e, unnest(e.rest) r;
	IF set_standing.standing IS NOT NULL THEN
		INSERT INTO oncall.rotation_member (rotation_id, person_id, standing, valid)
		VALUES (set_standing.rotation_id, set_standing.person_id, set_standing.standing, set_standing.period);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.set_standing(integer, integer, text, tstzrange) IS
'Part of a change: what somebody is in a rotation, besides on its lists, in a period; NULL: no volunteer any more.';

CREATE FUNCTION oncall.join_rotation(
	rotation oncall.ref, person oncall.ref, after oncall.ref DEFAULT NULL, since timestamptz DEFAULT now(),
	until timestamptz DEFAULT NULL, layer_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(join_rotation.rotation);
	who CONSTANT integer := oncall_internal.person_named(join_rotation.person);
	behind CONSTANT integer := oncall_internal.person_named(join_rotation.after);
	own_layer integer;
	entry integer;
	change integer;
	zone text;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', join_rotation.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('person', join_rotation.person IS NULL);
	PERFORM oncall_internal.refuse_since(own_id, join_rotation.since, join_rotation.until);
	PERFORM oncall_internal.lock_rotation(own_id);
	own_layer := oncall_internal.layer_to_change(own_id, join_rotation.since, join_rotation.layer_id);

	SELECT m.layer_member_id, r.zone INTO entry, zone
	FROM oncall.layer_member m, oncall.rotation r
	WHERE m.layer_id = own_layer AND m.person_id = who AND oncall_internal.is_believed(m.recorded)
		AND r.rotation_id = own_id
		AND oncall_internal.entry_periods(m.layer_member_id) && tstzrange(join_rotation.since, join_rotation.until)
	ORDER BY m."position" LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% is on the list already', (SELECT p.name FROM oncall.person p WHERE p.person_id = who)
			USING ERRCODE = '22023', DETAIL = format('They are on that of layer %s.', concat_ws(' ', own_layer, (
					SELECT nullif(string_agg(concat_ws(' ',
						'from ' || oncall_internal.local_time(nullif(lower(d), '-infinity'), zone),
						'until ' || oncall_internal.local_time(upper(d), zone)), ', ' ORDER BY d), '')
					FROM unnest(oncall_internal.entry_periods(entry)) d))),
				HINT = 'Who serves more than others stands on the list more than once: use set_members().';
	END IF;

	IF join_rotation.after IS NOT NULL THEN
		SELECT m.layer_member_id INTO entry
		FROM oncall.layer_member m
		WHERE m.layer_id = own_layer AND m.person_id = behind AND oncall_internal.is_believed(m.recorded)
			AND oncall_internal.entry_periods(m.layer_member_id) && tstzrange(join_rotation.since, NULL)
		ORDER BY m."position" DESC, m.layer_member_id DESC LIMIT 1;
		IF NOT FOUND THEN
			RAISE EXCEPTION '% is not on the list', (SELECT p.name FROM oncall.person p WHERE p.person_id = behind)
				USING ERRCODE = '22023', HINT = format('On it are %s.',
					coalesce(oncall_internal.list_names(own_layer, join_rotation.since), 'none'));
		END IF;
	END IF;

	change := oncall_internal.begin_change('join', own_id, who, join_rotation.reason, join_rotation.past_reason);
	INSERT INTO oncall.layer_member (layer_id, "position", person_id, valid)
	VALUES (own_layer,
		CASE WHEN behind IS NULL THEN oncall_internal.place_at_end(own_layer)
			ELSE (oncall_internal.place_after(entry, 1))[1] END,
		who, tstzrange(join_rotation.since, join_rotation.until));
	PERFORM oncall_internal.set_standing(own_id, who, NULL, tstzrange(join_rotation.since, join_rotation.until));
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.join_rotation(oncall.ref, oncall.ref, oncall.ref, timestamptz, timestamptz, integer, text, text) IS
'Somebody joins the list of a rotation''s layer, behind "after" or at its end, for turns that begin from since on (until, if given); returns the change_id. Errors: 42704 with near names, 22023 (listed already, "after" is not, until before since, several layers), 22004, 23514 oncall_past_reason.';

CREATE FUNCTION oncall.leave_rotation(
	rotation oncall.ref, person oncall.ref, since timestamptz DEFAULT now(), until timestamptz DEFAULT NULL,
	becomes text DEFAULT NULL, layer_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(leave_rotation.rotation);
	who CONSTANT integer := oncall_internal.person_named(leave_rotation.person);
	own_layer integer := NULL;
	away tstzrange;
	entries integer[];
	change integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', leave_rotation.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('person', leave_rotation.person IS NULL);
	PERFORM oncall_internal.refuse_since(own_id, leave_rotation.since, leave_rotation.until);
	IF leave_rotation.becomes NOT IN ('reserve', 'shadow', 'volunteer') THEN
		RAISE EXCEPTION 'nobody can become "%"', leave_rotation.becomes
			USING ERRCODE = '22023', HINT = 'Write reserve, shadow or volunteer, or leave it out.';
	END IF;
	PERFORM oncall_internal.lock_rotation(own_id);
	IF leave_rotation.layer_id IS NOT NULL THEN
		own_layer := oncall_internal.layer_to_change(own_id, leave_rotation.since, leave_rotation.layer_id);
	END IF;

	away := tstzrange(leave_rotation.since, leave_rotation.until);
	SELECT array_agg(m.layer_member_id ORDER BY m.layer_member_id) INTO entries
	FROM oncall.layer l JOIN oncall.layer_member m ON m.layer_id = l.layer_id
	WHERE l.rotation_id = own_id AND oncall_internal.is_believed(l.recorded)
		AND (own_layer IS NULL OR l.layer_id = own_layer)
		AND tstzrange(lower(l.valid), oncall_internal.layer_until(l.layer_id)) && away
		AND m.person_id = who AND oncall_internal.is_believed(m.recorded)
		AND oncall_internal.entry_periods(m.layer_member_id) && away;
	IF entries IS NULL THEN
		RAISE EXCEPTION '% is on no list of rotation "%" then', (SELECT p.name FROM oncall.person p WHERE p.person_id = who),
			(SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = own_id)
			USING ERRCODE = '22023', HINT = coalesce((
				SELECT 'On its lists are: ' || string_agg(DISTINCT p.name, ', ') || '.'
				FROM unnest(oncall_internal.layers_at(own_id, leave_rotation.since)) l(layer_id),
					oncall_internal.list_at(l.layer_id, leave_rotation.since) m
				JOIN oncall.person p ON p.person_id = m.person_id), 'Its lists are empty.');
	END IF;

	change := oncall_internal.begin_change('leave', own_id, who, leave_rotation.reason, leave_rotation.past_reason);
	INSERT INTO oncall.layer_leave (layer_member_id, period)
	SELECT e, away FROM unnest(entries) e;
	IF leave_rotation.becomes IS NOT NULL THEN
		PERFORM oncall_internal.set_standing(own_id, who, leave_rotation.becomes, away);
	END IF;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.leave_rotation(oncall.ref, oncall.ref, timestamptz, timestamptz, text, integer, text, text) IS
'Somebody leaves the lists of a rotation, or of one layer, from since on, for good or until they are back in their place. becomes: reserve, shadow or volunteer meanwhile. Returns the change_id. Errors: 42704 with near names, 22023 (not listed, until before since), 22004, 23514 oncall_past_reason.';

-- A whole list ----------------------------------------------------------

CREATE FUNCTION oncall_internal.place_before(layer_member_id integer, people integer) RETURNS numeric[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before integer;
BEGIN
	SELECT b.layer_member_id INTO before
	FROM oncall.layer_member a JOIN oncall.layer_member b ON b.layer_id = a.layer_id
	WHERE a.layer_member_id = place_before.layer_member_id AND oncall_internal.is_believed(b.recorded)
		AND (b."position", b.layer_member_id) < (a."position", a.layer_member_id)
	ORDER BY b."position" DESC, b.layer_member_id DESC LIMIT 1;
	IF FOUND THEN
		RETURN oncall_internal.place_after(before, place_before.people);
	END IF;
	RETURN (SELECT array_agg(a."position" - i ORDER BY i DESC)
		FROM oncall.layer_member a, generate_series(1, place_before.people) i
		WHERE a.layer_member_id = place_before.layer_member_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.place_before(integer, integer) IS
'Positions for so many new entries before one of a layer''s, behind the one before that.';

CREATE FUNCTION oncall_internal.shares_place(layer_member_id integer, behind integer) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM oncall.layer_member m JOIN oncall.layer_member o
			ON o.layer_id = m.layer_id AND o."position" = m."position" AND o.layer_member_id < m.layer_member_id
		WHERE m.layer_member_id = shares_place.layer_member_id AND oncall_internal.is_believed(o.recorded)
			AND (shares_place.behind IS NULL OR o.layer_member_id = shares_place.behind));
END;
COMMENT ON FUNCTION oncall_internal.shares_place(integer, integer) IS
'Whether an entry of a list has the position of one before it: of that entry (behind), or, NULL, of any.';

CREATE FUNCTION oncall_internal.untied_entries(ids integer[], kept integer[], circular boolean) RETURNS integer[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	len CONSTANT integer := cardinality(kept);
	start integer := 0;
	behind integer;
	joined boolean := false;	-- somebody, since behind
	place integer;
BEGIN
	IF circular THEN
		start := coalesce((SELECT max(k) FROM generate_subscripts(kept, 1) k WHERE kept[k] IS NOT NULL), 0);
		behind := ids[kept[start]];
	END IF;
	FOR i IN 1 .. len LOOP
		place := (start + i - 1) % len + 1;
		IF kept[place] IS NOT NULL AND joined AND oncall_internal.shares_place(ids[kept[place]], behind) THEN
			kept[place] := NULL;
		END IF;
		joined := kept[place] IS NULL;
		behind := CASE WHEN joined THEN behind ELSE ids[kept[place]] END;
	END LOOP;
	RETURN kept;
END
$$;
COMMENT ON FUNCTION oncall_internal.untied_entries(integer[], integer[], boolean) IS
'What kept_entries() found, without those that share a position with the one before: nobody fits in between, so that they are written anew.';

CREATE FUNCTION oncall_internal.list_changes(
	layer_id integer, people integer[], at timestamptz, circular boolean)
RETURNS TABLE (leaves integer, joins integer, "position" numeric)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old integer[];
	ids integer[];
	kept integer[];
	len CONSTANT integer := cardinality(list_changes.people);
	first integer;
	place integer;
	i integer;
	behind integer := NULL;
	fresh integer[] := '{}';
	places numeric[];
BEGIN
	SELECT coalesce(array_agg(l.person_id ORDER BY l."position", l.layer_member_id), '{}'),
		coalesce(array_agg(l.layer_member_id ORDER BY l."position", l.layer_member_id), '{}')
	INTO old, ids FROM oncall_internal.list_at(list_changes.layer_id, list_changes.at) l;
	kept := oncall_internal.kept_entries(old, list_changes.people, list_changes.circular);
	kept := oncall_internal.untied_entries(ids, kept, list_changes.circular);

	RETURN QUERY SELECT ids[o], NULL::integer, NULL::numeric
		FROM generate_subscripts(ids, 1) o WHERE o <> ALL (array_remove(kept, NULL));

	-- those that stay part the new list into stretches; a circle begins with
	-- one that stays, a line with its first
	SELECT min(k) INTO first FROM generate_subscripts(kept, 1) k WHERE kept[k] IS NOT NULL;
	IF first IS NULL OR NOT list_changes.circular THEN
		first := 1;
	END IF;
	FOR i IN 0 .. len LOOP
		place := (first + i - 1) % len + 1;
		IF i < len AND kept[place] IS NULL THEN
			fresh := fresh || list_changes.people[place];
			CONTINUE;
		END IF;
		IF cardinality(fresh) > 0 THEN
			IF behind IS NOT NULL THEN
				places := oncall_internal.place_after(behind, cardinality(fresh));
			ELSIF i < len THEN
				places := oncall_internal.place_before(ids[kept[place]], cardinality(fresh));
			ELSE
				places := ARRAY(SELECT oncall_internal.place_at_end(list_changes.layer_id) + g
					FROM generate_series(0, cardinality(fresh) - 1) g);
			END IF;
			RETURN QUERY SELECT NULL::integer, f.person_id, f.place
				FROM unnest(fresh, places) WITH ORDINALITY f(person_id, place, o) ORDER BY f.o;
			fresh := '{}';
		END IF;
		behind := ids[kept[place]];
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.list_changes(integer, integer[], timestamptz, boolean) IS
'As few changes as make the list of a layer at an instant another one: entries that leave, and people who join at positions (a row with joins NULL and a position is for nobody).';

CREATE FUNCTION oncall.set_members(
	rotation oncall.ref, members text[], since timestamptz DEFAULT now(), layer_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(set_members.rotation);
	people CONSTANT integer[] := oncall_internal.people_named(set_members.members);
	own_layer integer;
	circular boolean;
	changes record;
	change integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_members.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('members', set_members.members IS NULL);
	PERFORM oncall_internal.refuse_since(own_id, set_members.since, NULL);
	IF num_nonnulls(VARIADIC people) = 0 THEN
		RAISE EXCEPTION 'the list names nobody'
			USING ERRCODE = '22023', HINT = 'Name at least one person, or end the duty with end_layer() or retire_rotation().';
	END IF;
	PERFORM oncall_internal.lock_rotation(own_id);
	own_layer := oncall_internal.layer_to_change(own_id, set_members.since, set_members.layer_id);
	circular := coalesce((oncall_internal.layer_turn(own_id, own_layer, set_members.since)).number > 0, false);

	SELECT coalesce(array_agg(c.leaves) FILTER (WHERE c.leaves IS NOT NULL), '{}') AS leaves,
		coalesce(array_agg(c.joins ORDER BY c."position") FILTER (WHERE c."position" IS NOT NULL), '{}') AS joins,
		coalesce(array_agg(c."position" ORDER BY c."position") FILTER (WHERE c."position" IS NOT NULL), '{}') AS places
	INTO changes FROM oncall_internal.list_changes(own_layer, people, set_members.since, circular) c;
	IF cardinality(changes.leaves) + cardinality(changes.places) = 0 THEN
		RAISE NOTICE 'the list of rotation "%" stays as it is',
			(SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = own_id);
		RETURN NULL;
	END IF;

	change := oncall_internal.begin_change('members', own_id, NULL, set_members.reason, set_members.past_reason);
	INSERT INTO oncall.layer_leave (layer_member_id, period)
	SELECT e, tstzrange(set_members.since, NULL) FROM unnest(changes.leaves) e ORDER BY e;
	INSERT INTO oncall.layer_member (layer_id, "position", person_id, valid)
	SELECT own_layer, j.place, j.person_id, tstzrange(set_members.since, NULL)
	FROM unnest(changes.joins, changes.places) WITH ORDINALITY j(person_id, place, o) ORDER BY j.o;
	PERFORM oncall_internal.set_standing(own_id, j, NULL, tstzrange(set_members.since, NULL))
	FROM (SELECT DISTINCT p FROM unnest(changes.joins) p WHERE p IS NOT NULL ORDER BY p) d(j);
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.set_members(oncall.ref, text[], timestamptz, integer, text, text) IS
'Makes this the list of a rotation''s layer from since on, by as few changes as can be; what is planned later stays. After turn 0 lists are circles. Returns the change_id, NULL if nothing changes. Errors: 42704 with near names, 22023 (nobody named, several layers), 22004, 23514 oncall_past_reason.';

-- Rules over time -------------------------------------------------------

CREATE FUNCTION oncall_internal.write_rule(
	kind text, rotation_id integer, since timestamptz, layer_id integer, cadence oncall.cadence,
	hours oncall.weekly_hours, pairing text, spread boolean, reason text, past_reason text)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_layer integer;
	change integer;
BEGIN
	PERFORM oncall_internal.refuse_since(write_rule.rotation_id, write_rule.since, NULL);
	PERFORM oncall_internal.lock_rotation(write_rule.rotation_id);
	own_layer := oncall_internal.layer_to_change(write_rule.rotation_id, write_rule.since, write_rule.layer_id);
	change := oncall_internal.begin_change(write_rule.kind, write_rule.rotation_id, NULL,
		write_rule.reason, write_rule.past_reason);
	INSERT INTO oncall.layer_rule (layer_id, since, cadence, hours, pairing, spread)
	VALUES (own_layer, write_rule.since, write_rule.cadence, write_rule.hours, write_rule.pairing, write_rule.spread);
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall_internal.write_rule(text, integer, timestamptz, integer, oncall.cadence, oncall.weekly_hours, text, boolean, text, text) IS
'Behind set_cadence(), set_hours() and set_pairing(): writes a rule of a layer, as a change.';

CREATE FUNCTION oncall.set_cadence(
	rotation oncall.ref, cadence oncall.cadence, since timestamptz DEFAULT now(), layer_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_cadence.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('cadence', set_cadence.cadence IS NULL);
	RETURN oncall_internal.write_rule('cadence', oncall_internal.rotation_named(set_cadence.rotation), set_cadence.since,
		set_cadence.layer_id, set_cadence.cadence, NULL, NULL, NULL, set_cadence.reason, set_cadence.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.set_cadence(oncall.ref, oncall.cadence, timestamptz, integer, text, text) IS
'Duty of a rotation''s layer is handed over by this cadence from its first handover at or after since on; the walk round the list goes on. Returns the change_id. Errors: 42704 with near names, 22023 (several layers, infinite since), 22004 (NULL), 23514 oncall_past_reason.';

CREATE FUNCTION oncall.set_hours(
	rotation oncall.ref, hours oncall.weekly_hours, since timestamptz DEFAULT now(), layer_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_hours.rotation IS NULL);
	IF set_hours.hours IS NULL THEN
		RAISE EXCEPTION 'hours must not be null' USING ERRCODE = '22004', HINT = 'To lift a layer''s hours, write 24/7.';
	END IF;
	RETURN oncall_internal.write_rule('hours', oncall_internal.rotation_named(set_hours.rotation), set_hours.since,
		set_hours.layer_id, NULL, set_hours.hours, NULL, NULL, set_hours.reason, set_hours.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.set_hours(oncall.ref, oncall.weekly_hours, timestamptz, integer, text, text) IS
'A rotation''s layer counts in these hours of the week from since on; 24/7 lifts them. Returns the change_id. Errors: 42704 with near names, 22023 (several layers, infinite since), 22004 (NULL), 23514 oncall_past_reason.';

CREATE FUNCTION oncall.set_pairing(
	rotation oncall.ref, pairing text, since timestamptz DEFAULT now(), layer_id integer DEFAULT NULL,
	spread boolean DEFAULT NULL, reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', set_pairing.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('pairing', set_pairing.pairing IS NULL AND set_pairing.spread IS NULL);
	PERFORM oncall_internal.refuse_pairing(set_pairing.pairing);
	RETURN oncall_internal.write_rule('pairing', oncall_internal.rotation_named(set_pairing.rotation), set_pairing.since,
		set_pairing.layer_id, NULL, NULL, set_pairing.pairing, set_pairing.spread,
		set_pairing.reason, set_pairing.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.set_pairing(oncall.ref, text, timestamptz, integer, boolean, text, text) IS
'A layer shares its seats by this pairing in turns from since on, with spread or without; NULL of either: as before. Returns the change_id. Errors: 42704 with near names, 22023 (unknown pairing, several layers), 22004 (both NULL), 23514 (mixed needs two seats; oncall_past_reason).';

-- What holds now --------------------------------------------------------

CREATE FUNCTION oncall_internal.layer_names(rotation_id integer, layer_id integer, at timestamptz) RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT array_agg(p.name ORDER BY t.o)
	FROM unnest((oncall_internal.layer_turn(layer_names.rotation_id, layer_names.layer_id, layer_names.at)).members)
		WITH ORDINALITY t(layer_member_id, o)
	JOIN oncall.layer_member m ON m.layer_member_id = t.layer_member_id
	LEFT JOIN oncall.person p ON p.person_id = m.person_id;
END;
COMMENT ON FUNCTION oncall_internal.layer_names(integer, integer, timestamptz) IS
'The names on the list of a layer in the turn that contains an instant, who comes next first.';

CREATE VIEW oncall.layer_now WITH (security_invoker = true) AS
	SELECT l.layer_id, l.rotation_id, r.name AS rotation, l.name, l.rank, l.first_seat, l.seats,
		t.hours, t.cadence, t.pairing, t.spread,
		oncall_internal.layer_names(l.rotation_id, l.layer_id, now()) AS members,
		lower(l.valid) AS since, oncall_internal.layer_until(l.layer_id) AS until
	FROM oncall.layer l
	JOIN oncall.rotation r ON r.rotation_id = l.rotation_id, oncall_internal.layer_terms(l.layer_id, now()) t
	WHERE oncall_internal.is_believed(l.recorded) AND (oncall_internal.layer_until(l.layer_id) <= now()) IS NOT TRUE;
COMMENT ON VIEW oncall.layer_now IS
'The layers that are not over, with the rules that hold now and the list of the turn under way (of turn 0 where the layer begins later).';
COMMENT ON COLUMN oncall.layer_now.layer_id IS 'The layer.';
COMMENT ON COLUMN oncall.layer_now.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.layer_now.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.layer_now.name IS 'The layer''s name. NULL: none.';
COMMENT ON COLUMN oncall.layer_now.rank IS 'The highest rank decides.';
COMMENT ON COLUMN oncall.layer_now.first_seat IS 'The first of the seats that it fills.';
COMMENT ON COLUMN oncall.layer_now.seats IS 'How many seats it fills.';
COMMENT ON COLUMN oncall.layer_now.hours IS 'Hours of the week in which it counts. NULL: always.';
COMMENT ON COLUMN oncall.layer_now.cadence IS
'When the duty is handed over; a new one counts from its first handover on.';
COMMENT ON COLUMN oncall.layer_now.pairing IS 'How the members share the seats.';
COMMENT ON COLUMN oncall.layer_now.spread IS 'Whether rounds begin one entry later.';
COMMENT ON COLUMN oncall.layer_now.members IS
'The names on its list in order, who comes next first; NULL among them: a turn for nobody.';
COMMENT ON COLUMN oncall.layer_now.since IS 'From when on it is valid. NULL: always.';
COMMENT ON COLUMN oncall.layer_now.until IS 'When it ends. NULL: it does not.';

CREATE VIEW oncall.cover_now WITH (security_invoker = true) AS
	SELECT c.cover_id, c.rotation_id, r.name AS rotation, c.seat, r.seats[c.seat] AS seat_name,
		c.person_id, p.name AS person, c.instead_of AS instead_of_id, i.name AS instead_of,
		c.period, lower(c.period) AS starts_at, upper(c.period) AS ends_at, c.change_id, h.reason
	FROM oncall.cover c
	JOIN oncall.rotation r ON r.rotation_id = c.rotation_id
	JOIN oncall.change h ON h.change_id = c.change_id
	LEFT JOIN oncall.person p ON p.person_id = c.person_id
	LEFT JOIN oncall.person i ON i.person_id = c.instead_of
	WHERE oncall_internal.is_believed(c.recorded);
COMMENT ON VIEW oncall.cover_now IS 'The covers that are believed now, past ones too: one row a cover.';
COMMENT ON COLUMN oncall.cover_now.cover_id IS 'The cover.';
COMMENT ON COLUMN oncall.cover_now.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.cover_now.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.cover_now.seat IS 'The seat, from 1.';
COMMENT ON COLUMN oncall.cover_now.seat_name IS 'Its name.';
COMMENT ON COLUMN oncall.cover_now.person_id IS 'Who holds the seat. NULL: nobody, on purpose.';
COMMENT ON COLUMN oncall.cover_now.person IS 'Their name.';
COMMENT ON COLUMN oncall.cover_now.instead_of_id IS
'Whom it relieves: who held the seat by the layers. NULL: nobody, or not one person throughout.';
COMMENT ON COLUMN oncall.cover_now.instead_of IS 'Their name.';
COMMENT ON COLUMN oncall.cover_now.period IS 'From when until when.';
COMMENT ON COLUMN oncall.cover_now.starts_at IS 'When it starts.';
COMMENT ON COLUMN oncall.cover_now.ends_at IS 'When it ends.';
COMMENT ON COLUMN oncall.cover_now.change_id IS 'The change that wrote it.';
COMMENT ON COLUMN oncall.cover_now.reason IS 'Why.';
