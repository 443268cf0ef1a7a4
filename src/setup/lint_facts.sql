
-- What the rules of lint() look at, read once for all rotations, and the
-- statements that they suggest. Such a statement may be run as it stands: it
-- answers for nobody, so that what only people can say is left NULL, or asked
-- for by a query.

-- Facts -----------------------------------------------------------------

CREATE TYPE oncall_internal.lint_layer AS (
	layer_id integer, name text, rank integer, starts timestamptz, until timestamptz,
	cadence oncall.cadence, hours oncall.weekly_hours, pairing text, spread boolean,
	first_seat smallint, seats smallint, begins timestamptz, standing boolean, changed boolean,
	people integer[], listed integer[]);
COMMENT ON TYPE oncall_internal.lint_layer IS
'For lint: a layer that is not over. starts: it never counted before; begins: from when on its cadence does; standing: of the lowest rank, what goes on when nothing special happens; changed: somebody has left or leaves; people: its list, NULL for a turn of nobody; listed: each of them once.';

CREATE TYPE oncall_internal.lint_duty AS (
	seat smallint, person_id integer, person text, active tstzrange,
	period tstzrange, layer_id integer, cover_id integer);
COMMENT ON TYPE oncall_internal.lint_duty IS
'For lint: a row of the roster, with when that person is with the company. person_id NULL: nobody has the seat.';

CREATE FUNCTION oncall_internal.layer_people(layer_id integer, at timestamptz)
RETURNS integer[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.person_id ORDER BY m.position, m.layer_member_id), '{}')
	FROM oncall.layer_member m
	WHERE m.layer_id = layer_people.layer_id AND m.valid @> layer_people.at
		AND oncall_internal.is_believed(m.recorded)
		AND NOT EXISTS (SELECT FROM oncall.layer_leave v
			WHERE v.layer_member_id = m.layer_member_id AND v.period @> layer_people.at
				AND oncall_internal.is_believed(v.recorded));
END;
COMMENT ON FUNCTION oncall_internal.layer_people(integer, timestamptz) IS
'The list of a layer at a time, in order, NULL where a turn is empty on purpose.';

CREATE FUNCTION oncall_internal.each_once(people integer[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
	SELECT m.id FROM unnest($1) WITH ORDINALITY AS m(id, place)
	WHERE m.id IS NOT NULL
	GROUP BY m.id ORDER BY min(m.place));
COMMENT ON FUNCTION oncall_internal.each_once(integer[]) IS
'For lint: everybody on a list, once, in its order, without empty turns.';

CREATE FUNCTION oncall_internal.lint_layers(rotation_id integer)
RETURNS TABLE (rotation_id integer, layers oncall_internal.lint_layer[])
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
	WITH known AS MATERIALIZED (
		SELECT l.rotation_id, l.layer_id, l.name, l.rank, lower(l.valid) AS since,
			oncall_internal.layer_starts(l.layer_id) AS starts, oncall_internal.layer_until(l.layer_id) AS until,
			l.first_seat, l.seats, t.cadence, t.hours, t.pairing, t.spread, t.begins
		FROM oncall.layer l, oncall_internal.layer_terms(l.layer_id, 'infinity') t
		-- so that one plan does for one rotation, by an index, and for all
		WHERE l.rotation_id = ANY (CASE WHEN lint_layers.rotation_id IS NULL
				THEN ARRAY(SELECT r.rotation_id FROM oncall.rotation r) ELSE ARRAY[lint_layers.rotation_id] END)
			AND oncall_internal.is_believed(l.recorded)
	), ranked AS (
		SELECT k.*, k.rank = min(k.rank) OVER (PARTITION BY k.rotation_id) AS standing, p.people,
			EXISTS (SELECT FROM oncall.layer_member m
				WHERE m.layer_id = k.layer_id AND oncall_internal.is_believed(m.recorded) AND NOT upper_inf(m.valid))
			OR EXISTS (SELECT FROM oncall.layer_leave v JOIN oncall.layer_member m USING (layer_member_id)
				WHERE m.layer_id = k.layer_id AND oncall_internal.is_believed(v.recorded)
					AND oncall_internal.is_believed(m.recorded)) AS changed
		FROM known k, oncall_internal.layer_people(k.layer_id, greatest(k.begins, now())) p(people)
		WHERE (k.until > now()) IS NOT FALSE
	)
	-- the standing ones first, and of those the one that lasts longest
	SELECT r.rotation_id, array_agg(ROW(r.layer_id, r.name, r.rank, r.starts, r.until, r.cadence, r.hours, r.pairing,
			r.spread, r.first_seat, r.seats, r.begins, r.standing, r.changed,
			r.people, oncall_internal.each_once(r.people))::oncall_internal.lint_layer
		ORDER BY r.standing DESC, r.until DESC NULLS FIRST, r.since DESC NULLS LAST, r.layer_id DESC)
	FROM ranked r
	GROUP BY r.rotation_id;
END;
COMMENT ON FUNCTION oncall_internal.lint_layers(integer) IS
'For lint: the layers of one rotation, or of each (NULL), that are not over. Those of the lowest rank come first, and of them the one that lasts longest.';

CREATE FUNCTION oncall_internal.lint_facts(rotation_id integer)
RETURNS TABLE (own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		WITH duty AS MATERIALIZED (
			SELECT d.rotation_id, array_agg(ROW(d.seat, d.person_id, p.name, p.active, d.period, d.layer_id,
				d.cover_id)::oncall_internal.lint_duty ORDER BY d.period, d.seat) AS duties
			FROM oncall.roster(tstzrange(now(), now() + oncall.horizon()), lint_facts.rotation_id) d
			-- one by one: a roster has few people, and a company may have many
			LEFT JOIN LATERAL (
				SELECT y.name, y.active FROM oncall.person y WHERE y.person_id = d.person_id OFFSET 0) p ON true
			GROUP BY d.rotation_id
		)
		SELECT r, coalesce(l.layers, '{}'), coalesce(d.duties, '{}')
		FROM oncall.rotation r
		LEFT JOIN oncall_internal.lint_layers(lint_facts.rotation_id) l ON l.rotation_id = r.rotation_id
		LEFT JOIN duty d ON d.rotation_id = r.rotation_id
		WHERE r.rotation_id = ANY (CASE WHEN lint_facts.rotation_id IS NULL
				THEN ARRAY(SELECT y.rotation_id FROM oncall.rotation y) ELSE ARRAY[lint_facts.rotation_id] END)
			-- those whose layers are all over have been retired
			AND (l.layers IS NOT NULL OR NOT EXISTS (SELECT FROM oncall.layer y WHERE y.rotation_id = r.rotation_id));
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_facts(integer) IS
'For lint: one rotation, or each (NULL), that has not been retired, with its layers and its roster from now to oncall.horizon.';

-- Suggestions -----------------------------------------------------------

CREATE FUNCTION oncall_internal.literal_names(people integer[])
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT quote_literal(ARRAY(
		SELECT p.name
		FROM unnest(people) WITH ORDINALITY AS m(person_id, place)
		LEFT JOIN oncall.person p USING (person_id)
		ORDER BY m.place)::text);
END;
COMMENT ON FUNCTION oncall_internal.literal_names(integer[]) IS
'For lint: the names of people as a literal, such as the argument members of set_members() takes it.';

CREATE FUNCTION oncall_internal.unsuitable(people integer[], zone text, handovers timestamptz[])
RETURNS timestamptz[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- of those who live there; where nobody does, ordinary hours count
	hours oncall.weekly_hours[] := ARRAY(SELECT p.working_hours FROM oncall.person p
		WHERE p.person_id = ANY (people) AND p.zone = unsuitable.zone);
BEGIN
	IF hours = '{}' THEN
		hours := '{Mo-Fr 09:00-17:00}';
	END IF;
	RETURN ARRAY(
		SELECT h.at FROM unnest(handovers) AS h(at)
		WHERE extract(isodow FROM h.at AT TIME ZONE unsuitable.zone) > 5
			OR 2 * (SELECT count(*) FROM unnest(hours) AS w(hours) WHERE oncall.is_open(w.hours, h.at, unsuitable.zone))
				< cardinality(hours));
END
$$;
COMMENT ON FUNCTION oncall_internal.unsuitable(integer[], text, timestamptz[]) IS
'For lint: those of the handovers that are not on a day from Monday to Friday inside working hours, in the zone of the cadence: those of at least half of the people who live in that zone, or 09:00 to 17:00 if none of them does.';

CREATE FUNCTION oncall_internal.better_handover(
	people integer[], cadence oncall.cadence, begins timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
BEGIN ATOMIC
	-- with a week's notice; the day and the hour that it has now, if they are
	-- good; else a Wednesday at noon, if that is; else any hour
	WITH had AS (
		SELECT oncall.zone(cadence) AS zone,
			lower(oncall.turn_period(
				cadence, (oncall_internal.next_turn(cadence, greatest(begins, now()))).turn))
			AT TIME ZONE oncall.zone(cadence) AS at
	), slots AS (
		SELECT (h.day + t.time) AT TIME ZONE h.zone AS at, t.place,
			CASE extract(isodow FROM h.day)
				WHEN extract(isodow FROM h.had) THEN 1 WHEN 3 THEN 2 ELSE 3 END AS choice
		FROM (SELECT had.zone, had.at AS had,
					  (greatest(begins, now() + interval '7 days') AT TIME ZONE had.zone)::date + n AS day
			  FROM had, generate_series(0, 8) AS n) AS h,
			LATERAL (
				SELECT h.had::time, 1
				UNION ALL
				SELECT make_time(t.hour::integer, 0, 0), t.place::integer + 1
				FROM unnest('{12,11,13,10,14,15,9,16}'::integer[])
					WITH ORDINALITY AS t(hour, place)) AS t("time", place)
		WHERE extract(isodow FROM h.day) BETWEEN 2 AND 4
	)
	SELECT s.at
	FROM slots s
	WHERE s.at >= greatest(begins, now() + interval '7 days')
	-- a subselect, so that all slots are looked at once
	ORDER BY s.at = ANY ((
			SELECT oncall_internal.unsuitable(people, oncall.zone(cadence), ARRAY(SELECT t.at FROM slots t))
		)::timestamptz[]), s.choice, s.place, s.at
	LIMIT 1;
END;
COMMENT ON FUNCTION oncall_internal.better_handover(integer[], oncall.cadence, timestamptz) IS
'For lint: a time from Tuesday to Thursday inside working hours at which a weekly cadence could hand over first, in a week from now or when the layer begins; as near to how it is now as can be.';

CREATE FUNCTION oncall_internal.layer_of_pairs(own oncall.rotation, layer oncall_internal.lint_layer) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := oncall.zone(layer.cadence);
	at timestamptz := (oncall_internal.next_turn(layer.cadence, greatest(layer.begins, now() + interval '1 minute'))).at;
	since text := oncall_internal.literal_time(at, zone);
BEGIN
	RETURN format('UPDATE oncall.rotation SET seats = seats || %L::text WHERE name = %L AND cardinality(seats) = 1; '
		'SELECT oncall.add_layer(%L, %L, %L, %s, tstzrange(%s, %s), %L, %L, seats => 2); SELECT oncall.end_layer(%s, %s)',
		CASE WHEN 'secondary' = ANY (own.seats) THEN 'second' ELSE 'secondary' END, own.name,
		-- whose turn it would be then goes first
		own.name, oncall_internal.layer_names(own.rotation_id, layer.layer_id, at - interval '1 microsecond'),
		oncall.cadence(at AT TIME ZONE zone, zone, '7 days'), layer.rank, since,
		coalesce(oncall_internal.literal_time(layer.until, zone), 'NULL'),
		layer.hours, layer.pairing, layer.layer_id, since);
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_of_pairs(oncall.rotation, oncall_internal.lint_layer) IS
'For lint: what adds a second seat to a rotation of one and puts the people of a layer that has turns of a week on duty in pairs, from the next handover on.';

CREATE FUNCTION oncall_internal.members_to_ask(own oncall.rotation, layer oncall_internal.lint_layer, wanted integer)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	more integer[] := ARRAY(
		SELECT m.person_id
		FROM oncall.rotation_member m
		JOIN oncall.person p USING (person_id)
		WHERE m.rotation_id = own.rotation_id
			AND m.standing = 'volunteer' AND m.valid @> now() AND oncall_internal.is_believed(m.recorded)
			AND p.active @> tstzrange(now(), now() + oncall.horizon())
			AND m.person_id <> ALL (layer.listed)
		ORDER BY lower(m.valid) NULLS FIRST, m.person_id
		LIMIT greatest(wanted - cardinality(layer.listed), 0));
BEGIN
	-- after those who have the turns now, whose places stay as they are
	IF cardinality(more) > 0 THEN
		RETURN format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
			oncall_internal.literal_names(layer.people || more),
			oncall_internal.literal_time(date_trunc('minute', greatest(now(), layer.begins)), own.zone),
			layer.layer_id);
	END IF;
	-- nobody has asked for it: who is on no roster could be asked, reserves first
	RETURN format('SELECT p.name, p.zone, m.standing FROM oncall.person p LEFT JOIN oncall.rotation_member m ON m.person_id = p.person_id AND m.rotation_id = %s AND upper_inf(m.recorded) '
			'WHERE p.active @> now() AND p.person_id NOT IN (SELECT person_id FROM oncall.shift WHERE person_id IS NOT NULL AND upper(period) > now()) ORDER BY m.standing, p.zone <> %L, p.name',
		own.rotation_id, own.zone);
END
$$;
COMMENT ON FUNCTION oncall_internal.members_to_ask(oncall.rotation, oncall_internal.lint_layer, integer) IS
'For lint: a statement that brings the list of a layer nearer to a wanted number of people: with the rotation''s volunteers who are not on it; if there are none, a query that shows who is on no roster and could be asked.';

CREATE FUNCTION oncall_internal.weekly_turns(own oncall.rotation, layer oncall_internal.lint_layer) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := oncall.zone(layer.cadence);
	handover timestamptz := oncall_internal.better_handover(layer.listed, layer.cadence,
		greatest(layer.begins, now()));
BEGIN
	RETURN format('SELECT oncall.set_cadence(%L, %L, %s, layer_id => %s)', own.name,
		oncall.cadence(handover AT TIME ZONE zone, zone, '7 days'),
		oncall_internal.literal_time(handover, zone), layer.layer_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.weekly_turns(oncall.rotation, oncall_internal.lint_layer) IS
'For lint: a statement that gives a layer turns of a week, handed over midweek.';

CREATE FUNCTION oncall_internal.layers_shown(own oncall.rotation) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT format('SELECT layer_id, name, rank, cadence, hours, members, since, until FROM oncall.layer_now WHERE rotation = %L ORDER BY rank DESC, layer_id DESC',
		($1).name));
END
$$;
COMMENT ON FUNCTION oncall_internal.layers_shown(oncall.rotation) IS
'For lint: a query that shows the layers of a rotation, with their lists.';

CREATE FUNCTION oncall_internal.roster_shown(own oncall.rotation, during tstzrange) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT format('SELECT * FROM oncall.roster(tstzrange(%s, %s), %L) ORDER BY period, seat',
		oncall_internal.literal_time(lower($2), ($1).zone), oncall_internal.literal_time(upper($2), ($1).zone),
		($1).name));
END
$$;
COMMENT ON FUNCTION oncall_internal.roster_shown(oncall.rotation, tstzrange) IS
'For lint: a query that shows who has what duty in a period.';

CREATE FUNCTION oncall_internal.holiday_problem(
	rotation_id integer, during daterange)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem text;
BEGIN
	PERFORM oncall_internal.plan_season(holiday_problem.rotation_id, during, t.season, 1)
	FROM (SELECT DISTINCT h.season
		  FROM oncall_internal.holiday_turns(holiday_problem.rotation_id, during, 1) AS h) AS t;
	RETURN NULL;
EXCEPTION
	WHEN object_not_in_prerequisite_state THEN
		GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
		RETURN problem;
	WHEN insufficient_privilege THEN
		RETURN NULL;				-- readers do not see absences
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_problem(integer, daterange) IS
'For lint: why add_holiday_cover() could not plan the holidays between two dates; NULL if it could, or if the caller may not know.';
