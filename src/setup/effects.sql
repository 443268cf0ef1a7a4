
-- What changes come to: whose shifts they move, and what their authors are told.

CREATE FUNCTION oncall_internal.layer_starts(layer_id integer) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT greatest(lower(l.valid), least(oncall.anchor(l.cadence) AT TIME ZONE oncall.zone(l.cadence),
		(SELECT min(u.since) FROM oncall.layer_rule u WHERE u.layer_id = l.layer_id AND u.cadence IS NOT NULL)))
	FROM oncall.layer l WHERE l.layer_id = layer_starts.layer_id;
END;
COMMENT ON FUNCTION oncall_internal.layer_starts(integer) IS
'A time before which a layer never counted, whatever was believed of its rules.';

-- What an undo believes again was closed by the change that it takes back. One
-- plan serves all changes, so that none is made anew for each.
CREATE FUNCTION oncall_internal.change_rows(change_id integer)
RETURNS TABLE (source text, id integer, rotation_id integer, layer_id integer, since timestamptz, until timestamptz,
	written boolean, moment timestamptz)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 10 SET search_path = pg_catalog,
	pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	wanted CONSTANT integer := change_rows.change_id;
	undone CONSTANT integer := (SELECT c.undoes FROM oncall.change c WHERE c.change_id = wanted);
BEGIN
	RETURN QUERY
		SELECT f.source, f.id, f.rotation_id, f.layer_id, f.since, CASE WHEN isfinite(f.until) THEN f.until END,
			f.wrote = wanted, CASE WHEN f.wrote = wanted THEN lower(f.recorded) WHEN f.closed_by = wanted
				THEN upper(f.recorded) END
		FROM (
			SELECT 'cover' AS source, coalesce(x.copy_of, x.cover_id) AS id, x.rotation_id, NULL::integer AS layer_id,
				lower(x.period) AS since, upper(x.period) AS until, x.recorded, x.change_id AS wrote, x.closed_by
			FROM oncall.cover x
			WHERE x.change_id = wanted OR x.closed_by = wanted OR x.closed_by = undone
			UNION ALL
			SELECT 'layer', coalesce(x.copy_of, x.layer_id), x.rotation_id, coalesce(x.copy_of, x.layer_id),
				oncall_internal.layer_starts(x.layer_id), upper(x.valid), x.recorded, x.change_id, x.closed_by
			FROM oncall.layer x
			WHERE x.change_id = wanted OR x.closed_by = wanted OR x.closed_by = undone
			UNION ALL
			SELECT 'member', coalesce(x.copy_of, x.layer_member_id), l.rotation_id, x.layer_id,
				greatest(lower(x.valid), oncall_internal.layer_starts(x.layer_id)), upper(x.valid), x.recorded,
					x.change_id, x.closed_by
			FROM oncall.layer_member x JOIN oncall.layer l ON l.layer_id = x.layer_id
			WHERE x.change_id = wanted OR x.closed_by = wanted OR x.closed_by = undone
			UNION ALL
			SELECT 'leave', coalesce(x.copy_of, x.layer_leave_id), l.rotation_id, m.layer_id,
				greatest(lower(x.period), oncall_internal.layer_starts(m.layer_id)), upper(x.period), x.recorded,
					x.change_id, x.closed_by
			FROM oncall.layer_leave x JOIN oncall.layer_member m ON m.layer_member_id = x.layer_member_id
			JOIN oncall.layer l ON l.layer_id = m.layer_id
			WHERE x.change_id = wanted OR x.closed_by = wanted OR x.closed_by = undone
			UNION ALL
			SELECT 'rule', coalesce(x.copy_of, x.layer_rule_id), l.rotation_id, x.layer_id,
				x.since, NULL, x.recorded, x.change_id, x.closed_by
			FROM oncall.layer_rule x JOIN oncall.layer l ON l.layer_id = x.layer_id
			WHERE x.change_id = wanted OR x.closed_by = wanted OR x.closed_by = undone) f;
END
$$;
COMMENT ON FUNCTION oncall_internal.change_rows(integer) IS
'The facts about rosters that a change wrote, closed or, if it undoes another, believed again: where they stand (source: cover, layer, member, leave or rule, with its id), from when until when they count, whether the change wrote them, and at which moment it wrote or closed them.';

-- Rows of plain statements begin at moments of their own, which are those of
-- no other change; what is left of a cover keeps its change and begins later.
CREATE FUNCTION oncall_internal.change_windows(change_id integer)
RETURNS TABLE (rotation_id integer, since timestamptz, until timestamptz, known_before timestamptz,
	known_after timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT f.rotation_id, min(f.since), max(greatest(f.since, f.until)), c.made_at - interval '1 microsecond',
		greatest(c.made_at, max(f.moment) FILTER (WHERE NOT f.written
			OR c.kind = 'rows' AND f.moment > c.made_at
				AND NOT EXISTS (SELECT FROM oncall.change o WHERE o.made_at = f.moment)))
	FROM oncall_internal.change_rows($1) f, oncall.change c
	WHERE c.change_id = $1
	GROUP BY f.rotation_id, c.change_id;
END;
COMMENT ON FUNCTION oncall_internal.change_windows(integer) IS
'Of each rotation that a change is about: from when until when what it wrote and closed counts, the last time that was known without it, and the first that was known with all of it.';

CREATE FUNCTION oncall.roster_diff(change_id integer)
RETURNS TABLE (rotation_id int, rotation text, seat smallint, seat_name text,
	period tstzrange, person_a_id int, person_a text, person_b_id int, person_b text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('change_id', roster_diff.change_id IS NULL);
	PERFORM FROM oncall.change c WHERE c.change_id = roster_diff.change_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'change % does not exist', roster_diff.change_id
			USING ERRCODE = '42704', HINT = 'The table oncall.change lists those that do.';
	END IF;
	RETURN QUERY
		SELECT d.*
		FROM oncall_internal.change_windows(roster_diff.change_id) w
		CROSS JOIN LATERAL oncall.roster_diff(tstzrange(w.since, greatest(w.until, now()) + oncall.horizon()),
			w.known_before, w.known_after, w.rotation_id) d
		ORDER BY d.rotation_id, d.period, d.seat;
END
$$;
COMMENT ON FUNCTION oncall.roster_diff(integer) IS
'Whose shifts a change moved: where a seat was person_a''s as known just before it and is person_b''s as known at it, to oncall.horizon after the last time that it is about, or after now. In a transaction that is rolled back it is a preview. Errors: 42704 (no such change), 22004, those of roster().';

-- Notices ---------------------------------------------------------------

CREATE FUNCTION oncall_internal.spoken_time(at timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char($1 AT TIME ZONE $2, 'Dy FMDD Mon YYYY HH24:MI');
COMMENT ON FUNCTION oncall_internal.spoken_time(timestamptz, text) IS
'An instant as people say it, such as Tue 16 Mar 2027 12:00.';

CREATE FUNCTION oncall_internal.some_of(items text[], most integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_string($1[:$2], '; ') || CASE WHEN cardinality($1) > $2 THEN format('; and %s more', cardinality($1) - $2) ELSE '' END;
COMMENT ON FUNCTION oncall_internal.some_of(text[], integer) IS
'The first of some sentences, and how many there are besides.';

-- Whoever stands elsewhere in a list has left one place and joined another.
CREATE FUNCTION oncall_internal.tell_people(rotation_id integer, zone text,
	sources text[], ids integer[], starts timestamptz[], ends timestamptz[]) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	events text[];
BEGIN
	WITH mine AS MATERIALIZED (
		SELECT m.person_id, min(f.since) FILTER (WHERE f.source = 'member') AS joins,
			max(f.until) FILTER (WHERE f.source = 'member') AS joins_until,
			min(f.since) FILTER (WHERE f.source = 'leave') AS leaves,
			CASE WHEN bool_and(f.until IS NOT NULL) FILTER (WHERE f.source = 'leave')
				THEN max(f.until) FILTER (WHERE f.source = 'leave') END AS back
		FROM unnest(sources, ids, starts, ends) f(source, id, since, until)
		JOIN oncall.layer_member m ON m.layer_member_id = CASE f.source WHEN 'member' THEN f.id
			WHEN 'leave' THEN (SELECT v.layer_member_id FROM oncall.layer_leave v WHERE v.layer_leave_id = f.id) END
		WHERE m.person_id IS NOT NULL
		GROUP BY m.person_id),
	span AS MATERIALIZED (
		SELECT min(least(m.joins, m.leaves)) - interval '90 days' AS since,
			greatest(max(greatest(m.joins, m.joins_until, m.leaves, m.back)),
				min(least(m.joins, m.leaves))) + interval '90 days' AS until
		FROM mine m HAVING count(*) > 0),
	-- two years suffice for who is seldom on duty
	duty AS MATERIALIZED (
		SELECT r.person_id, r.seat_name, lower(r.period) AS since, upper(r.period) AS until, r.cover_id
		FROM span s, oncall.roster(tstzrange(s.since, least(s.until, s.since + interval '2 years')), tell_people.rotation_id) r
		WHERE r.person_id IN (SELECT m.person_id FROM mine m))
	SELECT array_agg(CASE
			WHEN m.joins IS NOT NULL AND m.leaves IS NOT NULL THEN format('%s moves to another place in the list', p.name)
			WHEN m.joins IS NOT NULL THEN format('%s joins: %s%s', p.name, coalesce('first on duty '
				|| oncall_internal.spoken_time(first.since, tell_people.zone) || ' as ' || first.seat_name, 'not on duty in the 90 days after that'),
				', last until ' || oncall_internal.spoken_time(last.until, tell_people.zone))
			ELSE format('%s %s: %s%s', p.name, CASE WHEN m.back IS NULL THEN 'leaves' ELSE 'is away' END,
				coalesce('last on duty until ' || oncall_internal.spoken_time(last.until, tell_people.zone), 'not on duty before that'),
				', again from ' || oncall_internal.spoken_time(again.since, tell_people.zone) || ' as ' || again.seat_name)
		END ORDER BY coalesce(m.joins, m.leaves), p.name)
	INTO events
	FROM mine m
	JOIN oncall.person p ON p.person_id = m.person_id
	-- a shift that began before may be of two turns; a cover is none of theirs
	LEFT JOIN LATERAL (SELECT greatest(d.since, m.joins) AS since, d.seat_name FROM duty d
		WHERE d.person_id = m.person_id AND (d.since >= m.joins OR d.until > m.joins AND d.cover_id IS NULL)
		ORDER BY d.since LIMIT 1) first ON true
	LEFT JOIN LATERAL (SELECT d.until FROM duty d
		WHERE d.person_id = m.person_id AND d.since < coalesce(m.leaves, m.joins_until)
			AND (m.leaves IS NOT NULL AND (d.until > now() OR m.leaves < now()) OR d.since >= m.joins)
		ORDER BY d.until DESC LIMIT 1) last ON true
	LEFT JOIN LATERAL (SELECT d.since, d.seat_name FROM duty d
		WHERE d.person_id = m.person_id AND d.since >= m.back ORDER BY d.since LIMIT 1) again ON true;
	RETURN oncall_internal.some_of(events, 5);
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_people(integer, text, text[], integer[], timestamptz[], timestamptz[]) IS
'Who joins or leaves a list of a rotation by members and leaves with these ids, and when they are on duty first and last, in words.';

CREATE FUNCTION oncall_internal.tell_moves(change_id integer, rotation_id integer, zone text,
	since timestamptz, known_before timestamptz) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	start CONSTANT timestamptz := greatest(tell_moves.since, now());
	seats CONSTANT text[] := (SELECT r.seats FROM oncall.rotation r WHERE r.rotation_id = tell_moves.rotation_id);
	effect record;
	past record;
	said text[] := '{}';
BEGIN
	WITH e AS MATERIALIZED (
		SELECT e.* FROM oncall_internal.change_effect(tell_moves.rotation_id,
			tstzrange(start, start + interval '90 days'), tell_moves.known_before) e),
	empty AS (
		SELECT e.period, string_agg(seats[e.seat], ' and ' ORDER BY e.seat) AS seats
		FROM e WHERE e.what = 'empty' GROUP BY e.period),
	twice AS (
		SELECT e.after_id, min(lower(e.period)) AS at FROM e WHERE e.what = 'twice' GROUP BY e.after_id)
	SELECT count(*) FILTER (WHERE e.what = 'moved') AS shifts,
		(SELECT count(DISTINCT p.id) FROM e m, LATERAL (VALUES (m.before_id), (m.after_id)) p(id)
			WHERE m.what = 'moved') AS people,
		(SELECT array_agg(format('nobody is on call as %s from %s %s', x.seats,
				oncall_internal.spoken_time(lower(x.period), tell_moves.zone),
				coalesce('to ' || oncall_internal.spoken_time(upper(x.period), tell_moves.zone), 'on'))
			ORDER BY x.period, x.seats) FROM empty x) AS empty,
		(SELECT array_agg(format('%s has two turns running, the second from %s', p.name,
				oncall_internal.spoken_time(t.at, tell_moves.zone)) ORDER BY t.at, p.name)
			FROM twice t JOIN oncall.person p ON p.person_id = t.after_id) AS twice
	INTO effect FROM e;

	IF tell_moves.since < now() - interval '1 minute' THEN
		SELECT count(*) AS shifts, min(lower(e.period)) AS since,
			(SELECT count(DISTINCT p.id) FROM unnest(array_agg(e.before_id) || array_agg(e.after_id)) p(id)) AS people
		INTO past
		FROM oncall_internal.change_effect(tell_moves.rotation_id,
			tstzrange(greatest(tell_moves.since, now() - interval '1 year'), now()), tell_moves.known_before) e
		WHERE e.what = 'moved';
		IF past.shifts > 0 THEN
			said := said || format('of the past from %s on %s', oncall_internal.spoken_time(past.since, tell_moves.zone),
				oncall_internal.shifts_of_people(past.shifts, past.people, 'are other than they were'));
		END IF;
	END IF;
	IF effect.shifts > 0 THEN
		said := said || format('in the %s %s', CASE WHEN start = now() THEN 'next 90 days'
				ELSE '90 days from ' || oncall_internal.spoken_time(start, tell_moves.zone) END,
			oncall_internal.shifts_of_people(effect.shifts, effect.people, 'move'));
	END IF;
	IF said <> '{}' THEN
		said[cardinality(said)] := format('%s: SELECT * FROM oncall.roster_diff(%s)', said[cardinality(said)], tell_moves.change_id);
	END IF;
	RETURN ARRAY[array_to_string(said, '; '),
		array_to_string(ARRAY[oncall_internal.some_of(effect.empty, 2), oncall_internal.some_of(effect.twice, 3)], '; ')];
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_moves(integer, integer, text, timestamptz, timestamptz) IS
'How many shifts a change moves, and, second, where it leaves nobody on call and who has two turns running, in words.';

CREATE FUNCTION oncall_internal.shifts_of_people(shifts bigint, people bigint, verb text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN format('%s of %s %s', CASE $1 WHEN 1 THEN '1 shift' ELSE $1 || ' shifts' END,
	CASE $2 WHEN 1 THEN '1 person' ELSE $2 || ' people' END,
	CASE WHEN $1 = 1 THEN replace(replace($3, 'move', 'moves'), 'are other than they were', 'is another than it was') ELSE $3 END);
COMMENT ON FUNCTION oncall_internal.shifts_of_people(bigint, bigint, text) IS
'A number of shifts of a number of people, and what they do, in words.';

-- A layer for a holiday names those who serve it: nobody else comes in.
CREATE FUNCTION oncall_internal.tell_short_layers(layer_ids integer[], zone text) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog,
	pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	layers text[];
BEGIN
	SELECT array_agg(format('%s (%s) has %s for %s', coalesce('layer "' || l.name || '"', 'layer ' || l.layer_id),
			oncall_internal.spoken_time(lower(l.valid), tell_short_layers.zone),
			CASE n.people WHEN 0 THEN 'nobody' WHEN 1 THEN '1 person' ELSE n.people || ' people' END,
			CASE l.seats WHEN 1 THEN 'its seat' ELSE 'its ' || l.seats || ' seats' END)
		ORDER BY lower(l.valid), l.layer_id)
	INTO layers
	FROM oncall.layer l
	CROSS JOIN LATERAL (
		SELECT count(DISTINCT m.person_id) AS people FROM oncall.layer_member m
		WHERE m.layer_id = l.layer_id AND oncall_internal.is_believed(m.recorded) AND m.valid && l.valid
			AND NOT EXISTS (SELECT FROM oncall.layer_leave v
				WHERE v.layer_member_id = m.layer_member_id AND oncall_internal.is_believed(v.recorded)
					AND v.period && l.valid)) n
	WHERE l.layer_id = ANY (tell_short_layers.layer_ids) AND oncall_internal.is_believed(l.recorded)
		AND upper(l.valid) > now() AND upper(l.valid) - lower(l.valid) <= interval '31 days' AND n.people < l.seats;
	RETURN oncall_internal.some_of(layers, 3);
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_short_layers(integer[], text) IS
'Those of some layers for a few days, as of holidays, whose list has fewer people all the time than they have seats, in words.';

CREATE FUNCTION oncall_internal.tell_covers(rotation_id integer, known_before timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	covers integer[];
BEGIN
	IF NOT EXISTS (SELECT FROM oncall.cover c WHERE c.rotation_id = tell_covers.rotation_id AND upper(c.period) > now()
			AND c.instead_of IS NOT NULL AND oncall_internal.is_believed(c.recorded)) THEN
		RETURN NULL;
	END IF;
	SELECT array_agg(o.cover_id ORDER BY lower(o.period), o.cover_id) INTO covers
	FROM oncall_internal.covers_out_of_step(tell_covers.rotation_id) o
	WHERE o.cover_id <> ALL (ARRAY(
		SELECT b.cover_id FROM oncall_internal.covers_out_of_step(tell_covers.rotation_id,
			tell_covers.known_before) b));
	RETURN CASE WHEN cardinality(covers) = 1
			THEN format('cover %s no longer lies on the shift that it was meant for: SELECT * FROM oncall.duty_conflict', covers[1])
		WHEN cardinality(covers) > 1
			THEN format('covers %s no longer lie on the shifts that they were meant for: SELECT * FROM oncall.duty_conflict',
				array_to_string(covers[:5], ', ') || CASE WHEN cardinality(covers) > 5 THEN ', ...' ELSE '' END) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_covers(integer, timestamptz) IS
'The covers of a rotation that are out of step now and were not as known before, in words.';

CREATE FUNCTION oncall_internal.tell_change(change_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	part record;
	moves text[];
	first text;
	second text;
BEGIN
	-- within another change it is for that one to tell; or nobody hears it
	IF oncall_internal.in_change()
		OR current_setting('client_min_messages') IN ('warning', 'error')
			AND current_setting('log_min_messages') NOT IN ('debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'info', 'notice') THEN
		RETURN;
	END IF;
	FOR part IN
		SELECT w.*, r.name, r.zone, c.made_at - interval '1 microsecond' AS known_before, count(*) OVER () AS n,
			-- what an undo of an undo takes back is seen from the moves
			(SELECT nullif(oncall_internal.change_words(u.change_id), '') FROM oncall.change u
				WHERE u.change_id = c.undoes AND u.undoes IS NULL) AS undone
		FROM (SELECT f.rotation_id, min(f.since) AS since,
				array_agg(f.source) FILTER (WHERE f.written) AS sources, array_agg(f.id)
					FILTER (WHERE f.written) AS ids,
				array_agg(f.since) FILTER (WHERE f.written) AS starts, array_agg(f.until)
					FILTER (WHERE f.written) AS ends,
				array_agg(DISTINCT f.layer_id) FILTER (WHERE f.written AND f.source = 'leave') AS left_layers
			FROM oncall_internal.change_rows(tell_change.change_id) f
			GROUP BY f.rotation_id) w
		JOIN oncall.rotation r ON r.rotation_id = w.rotation_id
		JOIN oncall.change c ON c.change_id = tell_change.change_id
		-- a rotation that nobody knows yet has nothing to be moved
		WHERE EXISTS (SELECT FROM oncall.layer l WHERE l.rotation_id = w.rotation_id
			AND NOT oncall_internal.is_own(l.recorded, l.xmin))
		ORDER BY r.name
	LOOP
		moves := oncall_internal.tell_moves(tell_change.change_id, part.rotation_id, part.zone, part.since,
			part.known_before);
		first := concat_ws('; ', 'taken back: ' || part.undone, CASE WHEN part.sources && '{member,leave}' THEN
			nullif(oncall_internal.tell_people(part.rotation_id, part.zone, part.sources, part.ids, part.starts,
				part.ends), '') END, nullif(moves[1], ''));
		second := concat_ws('; ', nullif(moves[2], ''), oncall_internal.tell_short_layers(part.left_layers, part.zone),
			oncall_internal.tell_covers(part.rotation_id, part.known_before));
		IF part.n > 1 AND first || second <> '' THEN
			first := format('%s: %s', part.name, first);
		END IF;
		IF first || second <> '' THEN
			RAISE NOTICE '%', concat_ws(E'\n', nullif(first, ''), nullif(second, ''));
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_change(integer) IS
'Tells in a NOTICE what a change of this transaction comes to: who joins or leaves, or what is taken back; how many shifts move in 90 days, from when on nobody is on call, who has two turns running, which covers are out of step. To be called after end_change(); within another change it is silent.';
