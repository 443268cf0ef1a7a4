
-- Importing a rota: what a reader, read_NAME(), found in the document of
-- another system is checked, written in one change, and compared with what that
-- system shows.

-- The reader, and its rows ----------------------------------------------

CREATE FUNCTION oncall_internal.import_readers(schemas name[]) RETURNS TABLE (source text, call text, place integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT substr(p.proname, 6), format('%I.%I', n.nspname, p.proname), array_position('oncall'::name || $1, n.nspname)
	FROM pg_proc p
	JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE starts_with(p.proname, 'read_') AND p.pronargs = 1 AND p.proargtypes[0] = 'jsonb'::regtype
		AND p.proretset AND p.prorettype = 'oncall.import_row'::regtype
		AND n.nspname = ANY ('oncall'::name || $1);
END;
COMMENT ON FUNCTION oncall_internal.import_readers(name[]) IS
'Functions read_SOURCE(jsonb) that return oncall.import_row, in schema oncall and these, the first place first.';

CREATE FUNCTION oncall_internal.unknown_source(source text, schemas name[])
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plain CONSTANT text := regexp_replace(lower(source), '[^[:alnum:]]', '', 'g');
	near text;
	all_of_them text;
BEGIN
	-- the one with which it shares the most pairs of letters
	SELECT r.source INTO near
	FROM oncall_internal.import_readers(schemas) r,
		LATERAL (SELECT count(*) AS pairs FROM generate_series(1, length(plain) - 1) i
				 WHERE strpos(replace(r.source, '_', ''), substr(plain, i, 2)) > 0) common
	WHERE common.pairs > 0 AND common.pairs * 2 > length(plain) - 1
	ORDER BY common.pairs DESC, length(r.source), r.source LIMIT 1;
	SELECT string_agg(DISTINCT r.source, ', ' ORDER BY r.source) INTO all_of_them
		FROM oncall_internal.import_readers(schemas) r;
	RETURN QUERY SELECT 'error', 'source', source, format('there is no reader for it, read_%s(jsonb)%s; there are %s',
		left(source, 50), coalesce('; perhaps you meant "' || near || '"', ''), all_of_them);
END
$$;
COMMENT ON FUNCTION oncall_internal.unknown_source(text, name[]) IS
'The row of a report that there is no reader for a source, with the nearest name.';

CREATE FUNCTION oncall_internal.with_zones(doc jsonb, zones jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written text := doc::text;
	zone record;
BEGIN
	IF zones = '{}' THEN
		RETURN doc;
	END IF;
	-- within a text every quote has a backslash before it
	FOR zone IN SELECT z.key, z.value FROM jsonb_each(zones) z LOOP
		written := regexp_replace(written,
			'("[A-Za-z_]*[zZ]one": )' || regexp_replace(to_jsonb(zone.key)::text, '([][\\.^$*+?(){}|])', '\\\1', 'g'),
			'\1' || replace(zone.value::text, '\', '\\'), 'g');
	END LOOP;
	RETURN written;
END
$$;
COMMENT ON FUNCTION oncall_internal.with_zones(jsonb, jsonb) IS
'A document in which names of zones, the values of keys such as time_zone, are replaced by others.';

CREATE FUNCTION oncall_internal.refuse_import_row(entries oncall.import_row, number bigint) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem CONSTANT text := CASE
		WHEN entries.kind IS NULL OR entries.kind NOT IN ('layer', 'cover', 'absence', 'shown', 'person', 'note')
			THEN format('kind cannot be "%s"', entries.kind)
		WHEN entries.rotation IS NULL AND entries.kind IN ('layer', 'cover', 'shown') THEN 'rotation must not be null'
		WHEN entries.kind = 'note' AND entries.note IS NULL THEN 'note must not be null'
		WHEN entries.kind IN ('absence', 'person') AND (entries.people[1] IS NULL) THEN 'people must name somebody'
		WHEN entries.kind = 'layer' AND coalesce(cardinality(entries.people), 0) = 0 THEN 'people must not be empty'
		WHEN entries.kind = 'cover' AND coalesce(cardinality(entries.people), 0) NOT BETWEEN 1 AND 2
			THEN 'people must say who serves, and whom they relieve'
		WHEN array_ndims(entries.people) > 1 THEN 'people must be a list, not a table'
		WHEN entries.first_seat NOT BETWEEN 1 AND 100 OR entries.seats NOT BETWEEN 1 AND 100
			OR coalesce(entries.first_seat, 1) + coalesce(entries.seats, 1) > 101 THEN 'seats must be from 1 to 100'
		WHEN entries.pairing NOT IN ('staggered', 'following', 'preceding', 'fixed', 'mixed')
			THEN format('pairing cannot be "%s"', entries.pairing)
		WHEN entries.kind IN ('cover', 'absence', 'shown')
			AND (oncall_internal.is_half_open(entries.valid) AND oncall_internal.is_bounded(entries.valid)) IS NOT TRUE
			THEN format('valid must be bounded and half-open, not %s', coalesce(entries.valid::text, 'NULL'))
		WHEN entries.kind = 'layer' AND NOT oncall_internal.is_half_open(entries.valid) THEN 'valid must be half-open'
		END;
BEGIN
	IF problem IS NOT NULL THEN
		RAISE EXCEPTION 'row % of the reader cannot be written: %', number, problem
			USING ERRCODE = '22023', DETAIL = format('It is %s.', left(entries::text, 300)),
				HINT = 'See the comments on the columns of oncall.import_row.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_import_row(oncall.import_row, bigint) IS
'An error (22023) unless a row of a reader says what rows of its kind must say.';

CREATE FUNCTION oncall_internal.refuse_import(
	source text, doc jsonb, people jsonb, zones jsonb, make_people boolean, go_on boolean)
RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('source', source IS NULL), oncall_internal.refuse_null('doc', doc IS NULL),
		oncall_internal.refuse_null('people', people IS NULL), oncall_internal.refuse_null('zones', zones IS NULL),
		oncall_internal.refuse_null('make_people', make_people IS NULL), oncall_internal.refuse_null('go_on', go_on IS NULL);
	IF jsonb_typeof(people) <> 'object' OR people @? 'strict $.* ? (@.type() != "string" && @.type() != "null")' THEN
		RAISE EXCEPTION 'people must be an object of names'
			USING ERRCODE = '22023', HINT = 'Write {"name there": "name or e-mail here"}; null for nobody.';
	ELSIF jsonb_typeof(zones) <> 'object' OR zones @? 'strict $.* ? (@.type() != "string")' THEN
		RAISE EXCEPTION 'zones must be an object of zones'
			USING ERRCODE = '22023', HINT = 'Write {"name there": "Europe/London"}.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_import(text, jsonb, jsonb, jsonb, boolean, boolean) IS
'Errors unless these can be arguments of import_schedule(): 22004 (NULL), 22023 (people or zones are no object of texts).';

CREATE FUNCTION oncall_internal.import_found(call text, doc jsonb, OUT entries oncall.import_row[], OUT problem text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
	reason text;
	hint text;
	one oncall.import_row;
	number bigint := 0;
BEGIN
	-- call is a name from the catalog, quoted
	EXECUTE format('SELECT array_agg(r) FROM %s($1) r', call) INTO entries USING doc;
	FOREACH one IN ARRAY coalesce(entries, '{}') LOOP
		number := number + 1;
		PERFORM oncall_internal.refuse_import_row(one, number);
	END LOOP;
	entries := coalesce(entries, '{}');
EXCEPTION WHEN data_exception THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, reason = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	problem := concat_ws('. ', message, nullif(rtrim(reason, '.'), ''), nullif(rtrim(hint, '.'), ''));
END
$$;
COMMENT ON FUNCTION oncall_internal.import_found(text, jsonb) IS
'The rows of a reader, by its quoted name; problem: what it says of a document that it cannot read, NULL if it can.';

-- People ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.can_be_name(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN $1 !~ '^[[:space:][:digit:]]*$' AND length($1) <= 200;
COMMENT ON FUNCTION oncall_internal.can_be_name(text) IS
'Can people and rotations that are imported be called so: not blank, not by digits only, which are an id, not longer than an index takes?';

CREATE FUNCTION oncall_internal.import_people(entries oncall.import_row[], people jsonb)
RETURNS TABLE (called text, target text, person_id integer, matches integer, name text, email text, zone text,
	needed boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH mentioned AS (
		SELECT w.who, bool_or(r.kind <> 'shown') AS needed, min(r.zone) AS zone
		FROM unnest(entries) WITH ORDINALITY r, unnest(r.people) w(who)
		WHERE r.kind IN ('layer', 'cover', 'absence', 'shown') AND w.who IS NOT NULL
		GROUP BY w.who
	), described AS (
		SELECT r.people[1] AS who, min(r.people[2]) AS name, min(r.zone) AS zone
		FROM unnest(entries) r WHERE r.kind = 'person' GROUP BY r.people[1]
	), wanted AS (
		-- whom people names may be called by address or by name
		SELECT m.who, m.needed, d.name, coalesce(d.zone, m.zone) AS zone,
			people ? m.who OR people ? coalesce(d.name, m.who) AS mapped,
			btrim(CASE WHEN people ? m.who THEN people ->> m.who WHEN people ? d.name THEN people ->> d.name
				ELSE m.who END) AS target
		FROM mentioned m LEFT JOIN described d ON d.who = m.who
	), matched AS (
		SELECT DISTINCT ON (w.who) w.*, p.ids
		FROM wanted w
		-- by address, by name, by name in other letters; and so by the name beside the address
		LEFT JOIN LATERAL (
			SELECT 1 AS place, array_agg(p.person_id) AS ids FROM oncall.person p WHERE lower(p.email) = lower(w.target)
			UNION ALL SELECT 2, array_agg(p.person_id) FROM oncall.person p WHERE p.name = w.target
			UNION ALL SELECT 3, array_agg(p.person_id) FROM oncall.person p WHERE lower(p.name) = lower(w.target)
			UNION ALL SELECT 4, array_agg(p.person_id) FROM oncall.person p WHERE NOT w.mapped AND p.name = w.name
			UNION ALL SELECT 5, array_agg(p.person_id) FROM oncall.person p WHERE NOT w.mapped
				AND lower(p.name) = lower(w.name)
		) p ON p.ids IS NOT NULL
		ORDER BY w.who, p.place
	)
	SELECT m.who, m.target, CASE WHEN cardinality(m.ids) = 1 THEN m.ids[1] END,
		-- two of the document who would be one are not told apart either
		CASE WHEN m.needed AND NOT m.mapped AND cardinality(m.ids) = 1
			AND count(*) FILTER (WHERE m.needed) OVER (PARTITION BY m.ids) > 1
			OR m.needed AND NOT m.mapped AND m.ids IS NULL
			AND count(*) FILTER (WHERE m.needed) OVER (PARTITION BY lower(m.target)) > 1
			THEN -1 ELSE coalesce(cardinality(m.ids), 0) END,
		CASE WHEN m.mapped THEN m.target ELSE coalesce(m.name, m.who) END,
		CASE WHEN strpos(m.target, '@') > 1 THEN m.target WHEN strpos(m.who, '@') > 1 THEN m.who END, m.zone, m.needed
	FROM matched m
	ORDER BY m.who;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_people(oncall.import_row[], jsonb) IS
'Whom rows of a reader name, whom people makes of them (target NULL: nobody), and who that is: matches 1, person_id; 0, nobody, who would be made with name, email and zone; 2 or more, several; -1, whom two of the rows would be. needed: not only shown.';

CREATE FUNCTION oncall_internal.import_ids(entries oncall.import_row[], people jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT jsonb_object_agg(p.called, p.person_id)
		FROM oncall_internal.import_people(entries, people) p WHERE p.person_id IS NOT NULL AND p.matches = 1), '{}');
END
$$;
COMMENT ON FUNCTION oncall_internal.import_ids(oncall.import_row[], jsonb) IS
'The person_ids of those whom rows of a reader name, as far as they are known.';

CREATE FUNCTION oncall_internal.make_people(entries oncall.import_row[], people jsonb)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	person record;
BEGIN
	FOR person IN
		SELECT p.email, coalesce(p.zone, 'UTC') AS zone,
			CASE WHEN count(*) OVER (PARTITION BY p.name) > 1 THEN format('%s (%s)', p.name, p.called) ELSE p.name END AS name
		-- several whom people calls alike are one
		FROM (SELECT DISTINCT ON (lower(i.target)) i.* FROM oncall_internal.import_people(entries, people) i
			  WHERE i.target IS NOT NULL AND i.matches = 0 AND i.needed AND oncall_internal.can_be_name(i.name)
			  ORDER BY lower(i.target), i.called) p
		ORDER BY p.called
	LOOP
		PERFORM oncall.add_person(person.name, person.zone, email => person.email);
		RETURN QUERY SELECT 'info', 'person', person.name,
			format('made; look at the zone, %s, and at the working hours, which were guessed', person.zone);
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.make_people(oncall.import_row[], jsonb) IS
'Adds those whom rows of a reader name and who are nobody yet, and reports them.';

-- What stands in the way ------------------------------------------------

CREATE FUNCTION oncall_internal.import_person_problems(entries oncall.import_row[], people jsonb, make_people boolean)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT CASE WHEN p.needed THEN 'error' ELSE 'warning' END, 'person', p.called, CASE
		WHEN p.matches = 0 AND make_people THEN 'cannot be made: a name must have letters, and at most 200; map it with people => '
				|| quote_literal(jsonb_build_object(p.called, 'Name'))
		WHEN p.matches = 0 AND p.target <> p.called THEN format('is to be "%s", who is nobody here', p.target)
		WHEN p.matches = 0 THEN format('is nobody here: add them, map them with people => %L, or say make_people => true',
				jsonb_build_object(p.called, 'Name'))
		WHEN p.matches = -1 AND p.person_id IS NULL THEN 'is written in other letters elsewhere in the document; say who each is with people => '
				|| quote_literal(jsonb_build_object(p.called, 'Name'))
		WHEN p.matches = -1 THEN 'is one person here with another of the document; if they are, say so with people => '
				|| quote_literal(jsonb_build_object(p.called, 'Name'))
		ELSE format('could be any of %s people; map it to a name with people => %L', p.matches, jsonb_build_object(p.called, 'Name')) END
	FROM oncall_internal.import_people(entries, people) p
	WHERE p.target IS NOT NULL AND p.matches <> 1
		AND NOT (make_people AND p.matches = 0 AND oncall_internal.can_be_name(p.name));
	RETURN QUERY
	SELECT 'warning', 'person', p.called, format('is %s here, who is with the company %s', o.name,
		CASE WHEN upper(o.active) <= now() THEN 'no longer' ELSE 'not yet' END)
	FROM oncall_internal.import_people(entries, people) p JOIN oncall.person o ON o.person_id = p.person_id
	WHERE p.matches = 1 AND NOT o.active @> now();
	RETURN QUERY
	SELECT 'warning', 'person', k.key, 'is among people, but the document does not name them'
	FROM jsonb_object_keys(people) k(key)
	WHERE NOT EXISTS (SELECT FROM unnest(entries) r WHERE k.key = ANY (r.people));
END
$$;
COMMENT ON FUNCTION oncall_internal.import_person_problems(oncall.import_row[], jsonb, boolean) IS
'Rows of a report: whom a document names and who is not known, or not told apart.';

CREATE FUNCTION oncall_internal.import_refused(entries oncall.import_row[])
RETURNS TABLE (rotation text, zone text, why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.rotation, r.zone, CASE
		WHEN NOT oncall_internal.can_be_name(r.rotation)
			THEN 'no rotation can have this name: it must have letters, and at most 200; write another into the document'
		WHEN o.rotation_id IS NOT NULL THEN format('there is a rotation of this name; to import beside it, write another name '
			'into the document, or UPDATE oncall.rotation SET name = %L WHERE rotation_id = %s', o.name || ' (old)', o.rotation_id)
		WHEN r.zone IS NULL THEN 'its zone is not known'
		WHEN (oncall_internal.import_zone(r.zone)).zone IS DISTINCT FROM r.zone THEN format('its zone "%s" is not known', r.zone)
		END
	FROM (SELECT f.rotation, (array_agg(f.zone ORDER BY f.ordinality) FILTER (WHERE f.zone IS NOT NULL))[1] AS zone,
		min(f.ordinality) AS place
		  FROM unnest(entries) WITH ORDINALITY f
		  WHERE f.kind IN ('layer', 'cover') GROUP BY f.rotation) r
	LEFT JOIN oncall.rotation o ON o.name = btrim(r.rotation)
	ORDER BY r.place;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_refused(oncall.import_row[]) IS
'The rotations that rows of a reader would make, each with its zone, and why it cannot be made; NULL: it can.';

CREATE FUNCTION oncall_internal.import_problems(entries oncall.import_row[], people jsonb, make_people boolean)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	-- there are neither rows that are written nor notes of what is missing
	IF NOT EXISTS (SELECT FROM unnest(entries) r WHERE r.kind NOT IN ('note', 'person') OR r.kind = 'note' AND r.rank = 1) THEN
		RETURN QUERY SELECT 'error', 'document', NULL, 'there is no schedule in it';
	END IF;
	RETURN QUERY
	SELECT CASE r.rank WHEN 0 THEN 'info' WHEN 1 THEN 'error' ELSE 'warning' END,
		CASE WHEN r.note ~ '^[^:]{1,40}: ' THEN split_part(r.note, ': ', 1) ELSE 'note' END, r.rotation,
		CASE WHEN r.note ~ '^[^:]{1,40}: ' THEN substr(r.note, strpos(r.note, ': ') + 2) ELSE r.note END
	FROM unnest(entries) WITH ORDINALITY r WHERE r.kind = 'note' ORDER BY r.ordinality;
	RETURN QUERY
	SELECT 'error', 'layer', r.rotation, coalesce(r.note, 'it has no cadence')
	FROM unnest(entries) WITH ORDINALITY r WHERE r.kind = 'layer' AND r.cadence IS NULL ORDER BY r.ordinality;
	RETURN QUERY SELECT 'error', 'rotation', r.rotation, r.why FROM oncall_internal.import_refused(entries) r
		WHERE r.why IS NOT NULL;
	RETURN QUERY SELECT p.* FROM oncall_internal.import_person_problems(entries, people, make_people) p;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_problems(oncall.import_row[], jsonb, boolean) IS
'Rows of a report, before anything is written: notes of the reader and what stands in the way, errors.';

-- What the rules of oncall make of it -----------------------------------

CREATE FUNCTION oncall_internal.changes_clocks(zone text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
BEGIN ATOMIC
	SELECT count(DISTINCT m.at AT TIME ZONE 'UTC' AT TIME ZONE $1 - m.at) > 1
	FROM (SELECT timestamp '2025-01-15 12:00' + n * interval '1 month' AS at FROM generate_series(0, 11) n) m;
END;
COMMENT ON FUNCTION oncall_internal.changes_clocks(text) IS
'Did the clocks of a zone change in 2025, between the middles of two months? In Morocco, say, they do for Ramadan.';

CREATE FUNCTION oncall_internal.import_clock_notes(entries oncall.import_row[])
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'warning', 'clock', r.rotation, format(CASE WHEN r.by_time
			THEN 'turns of layer%s follow the clock on the wall: on the days on which %s changes it, one is an hour longer or shorter'
			ELSE 'layer%s is handed over between 01:00 and 03:00 in %s: on the days on which the clock changes, others may do so an hour earlier or later' END,
		' "' || r.note || '"', oncall.zone(r.cadence))
	FROM (SELECT f.*, date_trunc('day', (oncall.steps(f.cadence))[1]) = interval '0' AS by_time
		  FROM unnest(entries) WITH ORDINALITY f WHERE f.kind = 'layer' AND f.cadence IS NOT NULL) r
	WHERE oncall_internal.changes_clocks(oncall.zone(r.cadence)) AND (upper(r.valid) <= now()) IS NOT TRUE
		AND (r.by_time OR oncall.anchor(r.cadence)::time >= '01:00' AND oncall.anchor(r.cadence)::time <= '03:00')
	ORDER BY r.ordinality;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_clock_notes(oncall.import_row[]) IS
'Rows of a report: layers whose handovers depend on how changes of the clock are understood.';

-- Writing ---------------------------------------------------------------

CREATE FUNCTION oncall_internal.import_rotations(entries oncall.import_row[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	made jsonb := '{}';
	rotation record;
	new_id integer;
BEGIN
	FOR rotation IN
		SELECT r.rotation, r.zone, s.seats
		FROM oncall_internal.import_refused(entries) r,
			LATERAL (SELECT max(coalesce(f.first_seat, 1) + CASE f.kind WHEN 'layer' THEN coalesce(f.seats, 1) - 1
				ELSE 0 END) AS seats
					 FROM unnest(entries) f WHERE f.rotation = r.rotation AND f.kind IN ('layer', 'cover')) s
		WHERE r.why IS NULL
	LOOP
		-- what the other system had need not keep our rules
		INSERT INTO oncall.rotation AS o (name, zone, seats, exclusive, max_consecutive)
		VALUES (rotation.rotation, rotation.zone,
			('{primary,secondary}'::text[] || ARRAY(SELECT 'seat ' || n FROM generate_series(3, rotation.seats) n))[1:rotation.seats], false,
				NULL)
		RETURNING o.rotation_id INTO new_id;
		made := made || jsonb_build_object(rotation.rotation, new_id);
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_rotations(oncall.import_row[]) IS
'Makes the rotations of rows of a reader, those that can be made, and returns their rotation_ids by name.';

CREATE FUNCTION oncall_internal.import_layers(entries oncall.import_row[], rotations jsonb, ids jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM oncall_internal.write_layer((rotations ->> l.rotation)::integer,
		ARRAY(SELECT (ids ->> w.who)::integer FROM unnest(l.people) WITH ORDINALITY w(who, place) ORDER BY w.place),
		l.cadence, coalesce(l.rank, 0), coalesce(l.valid, '(,)'), l.hours, coalesce(l.pairing, 'staggered'),
		coalesce(l.first_seat, 1), coalesce(l.seats, 1), false, l.note)
	FROM (SELECT r.* FROM unnest(entries) WITH ORDINALITY r
		  WHERE r.kind = 'layer' AND r.cadence IS NOT NULL AND rotations ? r.rotation AND NOT isempty(coalesce(r.valid, '(,)'))
		  ORDER BY r.ordinality) l;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_layers(oncall.import_row[], jsonb, jsonb) IS
'Writes the layers of rows of a reader into rotations. ids: of people; whoever is not there is nobody.';

-- Rows that overlap hang together; only among those must be looked for what a
-- later one takes of an earlier one.
CREATE FUNCTION oncall_internal.import_pieces(
	rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])
RETURNS TABLE (rotation_id integer, seat smallint, person_id integer, rest tstzmultirange, lost tstzmultirange,
	gained integer[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH piece AS (
		SELECT p.*, max(upper(p.period)) OVER (PARTITION BY p.rotation_id, p.seat ORDER BY lower(p.period), p.number
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) > lower(p.period) AS hangs
		FROM unnest(import_pieces.rotation_ids, import_pieces.seats, import_pieces.periods, import_pieces.person_ids,
			import_pieces.numbers) p(rotation_id, seat, period, person_id, number)
	), clump AS (
		SELECT p.*, count(*) FILTER (WHERE p.hangs IS NOT TRUE)
			OVER (PARTITION BY p.rotation_id, p.seat ORDER BY lower(p.period), p.number) AS clump
		FROM piece p
	)
	SELECT p.rotation_id, p.seat::smallint, p.person_id,
		p.period::tstzmultirange - coalesce(range_agg(q.period), '{}'),
		p.period::tstzmultirange * coalesce(range_agg(q.period)
			FILTER (WHERE q.person_id IS DISTINCT FROM p.person_id), '{}'),
		array_agg(DISTINCT q.person_id) FILTER (WHERE q.person_id IS DISTINCT FROM p.person_id AND q.period && p.period)
	FROM clump p
	LEFT JOIN clump q ON q.rotation_id = p.rotation_id AND q.seat = p.seat AND q.clump = p.clump AND q.number > p.number
	GROUP BY p.rotation_id, p.seat, p.person_id, p.period, p.number
	ORDER BY p.number;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_pieces(integer[], integer[], tstzrange[], integer[], bigint[]) IS
'Covers of which the later number wins where they overlap: what is left of each, and what was lost to whom else.';

-- Other systems call people, and have no seats: whoever is named twice is called
-- once.
CREATE FUNCTION oncall_internal.import_once(
	rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])
RETURNS TABLE (rotation_id integer, seat smallint, period tstzrange, person_id integer, twice boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH piece AS MATERIALIZED (
		SELECT p.*, row_number() OVER () AS number
		FROM oncall_internal.import_pieces(rotation_ids, seats, periods, person_ids, numbers) p
	), filled AS MATERIALIZED (
		SELECT p.rotation_id, p.seat, range_agg(r.period) AS periods
		FROM piece p, LATERAL unnest(p.rest) r(period) GROUP BY p.rotation_id, p.seat
	), elsewhere AS (
		-- in a seat of theirs that no other cover takes
		SELECT p.number, unnest(x.period::tstzmultirange - coalesce(f.periods, '{}')) AS period
		FROM piece p
		JOIN oncall.rotation o ON o.rotation_id = p.rotation_id AND cardinality(o.seats) > 1,
			LATERAL unnest(p.rest) r(period),
			LATERAL oncall.roster(r.period, p.rotation_id) x
		LEFT JOIN filled f ON f.rotation_id = x.rotation_id AND f.seat = x.seat
		WHERE x.person_id = p.person_id AND x.seat <> p.seat
		UNION ALL
		-- or by an earlier cover
		SELECT p.number, unnest(q.rest * p.rest)
		FROM piece p
		JOIN piece q ON q.rotation_id = p.rotation_id AND q.person_id = p.person_id
			AND q.seat <> p.seat AND q.number < p.number AND q.rest && p.rest
	), busy AS (
		SELECT e.number, range_agg(e.period) AS periods FROM elsewhere e GROUP BY e.number
	)
	SELECT p.rotation_id, p.seat, w.period, p.person_id, w.twice
	FROM piece p
	LEFT JOIN busy b ON b.number = p.number,
		LATERAL (
			SELECT unnest(p.rest - coalesce(b.periods, '{}')) AS period, false AS twice
			UNION ALL SELECT unnest(p.rest * b.periods), true) w
	ORDER BY p.number, w.period;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_once(integer[], integer[], tstzrange[], integer[], bigint[]) IS
'What is left of covers, and twice: whether its person is on call in another seat of the rotation then, so that the cover is nobody''s.';

CREATE FUNCTION oncall_internal.import_covers_of(
	rotation_ids integer[], seats integer[], periods tstzrange[], person_ids integer[], numbers bigint[])
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own record;
BEGIN
	-- whom no layer names throughout belongs to the reserve
	INSERT INTO oncall.rotation_member (rotation_id, person_id, standing)
	SELECT DISTINCT p.rotation_id, p.person_id, 'reserve'
	FROM unnest(rotation_ids, periods, person_ids) p(rotation_id, period, person_id)
	WHERE p.person_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM oncall.layer l JOIN oncall.layer_member m ON m.layer_id = l.layer_id
			WHERE l.rotation_id = p.rotation_id AND m.person_id = p.person_id
				AND oncall_internal.layer_begins(l.valid, l.cadence) <= lower(p.period)
				AND (upper(l.valid) < upper(p.period)) IS NOT TRUE)
		AND NOT EXISTS (SELECT FROM oncall.rotation_member r
			WHERE r.rotation_id = p.rotation_id AND r.person_id = p.person_id)
	ORDER BY 1, 2;
	SELECT array_agg(w.rotation_id) AS rotation_ids, array_agg(w.seat) AS seats, array_agg(w.period) AS periods,
		array_agg(CASE WHEN NOT w.twice THEN w.person_id END) AS person_ids
	INTO own
	FROM oncall_internal.import_once(rotation_ids, seats, periods, person_ids, numbers) w;
	IF own.rotation_ids IS NOT NULL THEN
		PERFORM oncall_internal.write_covers(own.rotation_ids, own.seats, own.periods, own.person_ids, 'import');
	END IF;
	RETURN QUERY
	SELECT 'warning', 'overlap', o.name, format('the cover by %s loses %s to %s, whose cover comes later in the document',
		coalesce(a.name, 'nobody'), oncall_internal.wall_period(l.period, o.zone),
		coalesce((SELECT string_agg(coalesce(b.name, 'nobody'), ', ' ORDER BY b.name)
			FROM unnest(p.gained) g(person_id) LEFT JOIN oncall.person b ON b.person_id = g.person_id), 'nobody'))
	FROM oncall_internal.import_pieces(rotation_ids, seats, periods, person_ids, numbers) p
	JOIN oncall.rotation o ON o.rotation_id = p.rotation_id
	LEFT JOIN oncall.person a ON a.person_id = p.person_id,
		LATERAL unnest(p.lost) l(period);
END
$$;
COMMENT ON FUNCTION oncall_internal.import_covers_of(integer[], integer[], tstzrange[], integer[], bigint[]) IS
'Writes covers, of which the later number wins where they overlap, and as reserve whoever is on no list; reports what was lost to whom.';

-- In rounds, since somebody may be relieved who relieves: each sees what the one
-- before it wrote.
CREATE FUNCTION oncall_internal.import_covers(entries oncall.import_row[], rotations jsonb, ids jsonb)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	left_over bigint[] := ARRAY(SELECT r.ordinality FROM unnest(entries) WITH ORDINALITY r
		WHERE r.kind = 'cover' AND rotations ? r.rotation);
	part record;
BEGIN
	FOR round IN 0 .. 10 LOOP
		SELECT array_agg(w.rotation_id) AS rotation_ids, array_agg(w.seat) AS seats, array_agg(w.period) AS periods,
			array_agg(w.person_id) AS person_ids, array_agg(w.number) AS numbers
		INTO part
		FROM (SELECT r.ordinality AS number, (rotations ->> r.rotation)::integer AS rotation_id,
			(ids ->> r.people[1])::integer AS person_id,
				CASE WHEN round = 0 THEN coalesce(r.first_seat, 1) ELSE o.seat END AS seat,
				CASE WHEN round = 0 THEN r.valid ELSE r.valid * o.period END AS period
			  FROM unnest(entries) WITH ORDINALITY r
			  LEFT JOIN LATERAL (SELECT x.seat, x.period FROM oncall.roster(r.valid, rotations ->> r.rotation) x
				WHERE x.person_id = (ids ->> r.people[2])::integer) o ON round > 0
			  WHERE r.ordinality = ANY (left_over) AND (r.people[1] IS NULL OR ids ? r.people[1])
				AND (r.people[2] IS NULL) = (round = 0) AND (round = 0 OR o.seat IS NOT NULL)) w;
		EXIT WHEN part.numbers IS NULL AND round > 0;
		IF part.numbers IS NOT NULL THEN
			RETURN QUERY SELECT w.* FROM oncall_internal.import_covers_of(
				part.rotation_ids, part.seats, part.periods, part.person_ids, part.numbers) w;
			left_over := ARRAY(SELECT unnest(left_over) EXCEPT SELECT unnest(part.numbers));
		END IF;
	END LOOP;
	RETURN QUERY
	SELECT 'warning', 'cover', r.rotation, format('left out: %s, %s%s', coalesce(r.people[1], 'nobody'),
		oncall_internal.wall_period(r.valid, o.zone), CASE WHEN r.people[1] IS NOT NULL AND NOT ids ? r.people[1]
			THEN ', who is nobody here'
			ELSE format(', for %s, who is not on duty then', r.people[2]) END)
	FROM unnest(entries) WITH ORDINALITY r
	JOIN oncall.rotation o ON o.rotation_id = (rotations ->> r.rotation)::integer
	WHERE r.ordinality = ANY (left_over) ORDER BY r.ordinality;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_covers(oncall.import_row[], jsonb, jsonb) IS
'Writes the covers of rows of a reader into rotations, and reports what was cut or left out. ids: of people.';

CREATE FUNCTION oncall_internal.import_absences(entries oncall.import_row[], ids jsonb)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	made bigint;
BEGIN
	INSERT INTO oncall.absence (person_id, period, kind, note)
	SELECT DISTINCT w.person_id, w.valid, 'leave', w.note
	FROM (SELECT (ids ->> r.people[1])::integer AS person_id, r.valid, r.note FROM unnest(entries) r
		  WHERE r.kind = 'absence' AND ids ? r.people[1]) w
	WHERE NOT EXISTS (SELECT FROM oncall.absence a
		WHERE a.person_id = w.person_id AND a.period = w.valid AND a.kind = 'leave');
	GET DIAGNOSTICS made = ROW_COUNT;
	IF made > 0 THEN
		RETURN QUERY SELECT 'info', 'absence', NULL, format('absences added: %s; undo() leaves them as they are', made);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_absences(oncall.import_row[], jsonb) IS
'Writes the absences of rows of a reader that are not there yet, and reports how many. ids: of people.';

-- Comparing -------------------------------------------------------------

CREATE FUNCTION oncall_internal.hours_of(periods tstzmultirange) RETURNS numeric
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
	SELECT coalesce(trim_scale(round(sum(extract(epoch FROM upper(p.period) - lower(p.period))) / 3600, 2)), 0)
	FROM unnest($1) p(period);
END;
COMMENT ON FUNCTION oncall_internal.hours_of(tstzmultirange) IS
'How many hours bounded periods last, rounded to two places.';

CREATE FUNCTION oncall_internal.import_shown(entries oncall.import_row[], rotations jsonb, ids jsonb)
RETURNS TABLE (rotation text, seat integer, covered tstzmultirange, differs tstzmultirange)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH shown AS (
		SELECT s.rotation, coalesce(s.first_seat, 0) AS seat, range_agg(s.valid) AS covered
		FROM unnest(entries) s WHERE s.kind = 'shown' AND rotations ? s.rotation
		GROUP BY s.rotation, coalesce(s.first_seat, 0)
	), said AS (
		SELECT s.rotation, coalesce(s.first_seat, 0) AS seat, coalesce(ids ->> w.who, w.who) AS who,
			range_agg(s.valid) AS times
		FROM unnest(entries) s, unnest(s.people) w(who)
		WHERE s.kind = 'shown' AND rotations ? s.rotation AND w.who IS NOT NULL
		GROUP BY s.rotation, coalesce(s.first_seat, 0), coalesce(ids ->> w.who, w.who)
	), own AS (
		SELECT s.rotation, s.seat, r.person_id::text AS who, range_agg(r.period) * s.covered AS times
		FROM shown s, LATERAL oncall.roster(range_merge(s.covered), rotations ->> s.rotation) r
		WHERE r.person_id IS NOT NULL AND s.seat IN (0, r.seat)
		GROUP BY s.rotation, s.seat, s.covered, r.person_id
	), different AS (
		SELECT rotation, seat, (coalesce(a.times, '{}') - coalesce(b.times, '{}'))
			+ (coalesce(b.times, '{}') - coalesce(a.times, '{}')) AS times
		FROM said a FULL JOIN own b USING (rotation, seat, who)
	)
	SELECT s.rotation, s.seat, s.covered, coalesce((SELECT range_agg(p.period) FROM different d,
		unnest(d.times) p(period)
		WHERE d.rotation = s.rotation AND d.seat = s.seat), '{}')
	FROM shown s ORDER BY s.rotation, s.seat;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_shown(oncall.import_row[], jsonb, jsonb) IS
'What a source shows of each rotation and seat (0: of all seats together): when it says who is on call, and when the roster says somebody else. ids: of people.';

CREATE FUNCTION oncall_internal.import_past(entries oncall.import_row[], rotations jsonb, ids jsonb, past timestamptz)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	part record;
BEGIN
	FOR part IN
		SELECT o.name, array_agg(o.rotation_id) AS rotation_ids, array_agg(w.seat) AS seats,
			array_agg(w.period) AS periods,
			array_agg((ids ->> s.people[1])::integer) AS person_ids, array_agg(s.ordinality) AS numbers
		FROM oncall_internal.import_shown(entries, rotations, ids) d
		JOIN oncall.rotation o ON o.rotation_id = (rotations ->> d.rotation)::integer
		JOIN unnest(entries) WITH ORDINALITY s ON s.kind = 'shown' AND s.rotation = d.rotation
			AND coalesce(s.first_seat, 0) = d.seat
			AND coalesce(cardinality(s.people), 0) <= 1 AND (s.people[1] IS NULL OR ids ? s.people[1]),
			LATERAL (SELECT greatest(d.seat, 1) AS seat, unnest(d.differs * tstzmultirange(s.valid * tstzrange(NULL,
				past))) AS period) w
		-- in which seat, where there are several?
		WHERE d.differs <> '{}' AND (d.seat > 0 OR cardinality(o.seats) = 1)
		GROUP BY o.rotation_id, o.name ORDER BY o.rotation_id
	LOOP
		RETURN QUERY SELECT c.* FROM oncall_internal.import_covers_of(
			part.rotation_ids, part.seats, part.periods, part.person_ids, part.numbers) c;
		RETURN QUERY SELECT 'info', 'past', part.name, format(
			'where the document shows of the past what its rules do not say, covers say it: %s', cardinality(part.numbers));
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_past(oncall.import_row[], jsonb, jsonb, timestamptz) IS
'Writes covers for what a source shows of the time before past and the roster does not: it was served so, whatever the layers say now. ids: of people.';

CREATE FUNCTION oncall_internal.import_differences(entries oncall.import_row[], rotations jsonb, ids jsonb)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	part record;
	zone text;
BEGIN
	FOR part IN SELECT * FROM oncall_internal.import_shown(entries, rotations, ids) LOOP
		SELECT o.zone INTO zone FROM oncall.rotation o WHERE o.rotation_id = (rotations ->> part.rotation)::integer;
		RETURN QUERY
		SELECT CASE WHEN part.differs = '{}' THEN 'info' ELSE 'warning' END, 'comparison', part.rotation, format(
			CASE WHEN part.differs = '{}' THEN '%2$s hours were compared with what the document shows%3$s: no difference'
				ELSE '%1$s of %2$s hours differ from what the document shows%3$s' END,
			oncall_internal.hours_of(part.differs), oncall_internal.hours_of(part.covered),
			CASE part.seat WHEN 0 THEN ', all seats together' ELSE '' END);
		RETURN QUERY
		WITH said AS (
			SELECT s.valid AS period, coalesce(p.name, w.who) AS who
			FROM unnest(entries) s
			LEFT JOIN LATERAL unnest(s.people) w(who) ON true
			LEFT JOIN oncall.person p ON p.person_id = (ids ->> w.who)::integer
			WHERE s.kind = 'shown' AND s.rotation = part.rotation AND coalesce(s.first_seat, 0) = part.seat
				AND s.valid && part.differs
		), own AS (
			SELECT r.period, r.person AS who FROM oncall.roster(range_merge(part.differs),
				rotations ->> part.rotation) r
			WHERE part.differs <> '{}' AND part.seat IN (0, r.seat) AND r.period && part.differs
		), edge AS (
			SELECT unnest(ARRAY[lower(x.period), upper(x.period)]) AS at
			FROM (SELECT s.period FROM said s UNION ALL SELECT o.period
				FROM own o UNION ALL SELECT unnest(part.differs)) x
		), stretch AS (
			SELECT tstzrange(e.at, lead(e.at) OVER (ORDER BY e.at)) AS period FROM (SELECT DISTINCT x.at FROM edge x) e
		)
		SELECT 'warning', 'difference', part.rotation, format('%s: the document shows %s, the roster %s',
			oncall_internal.wall_period(t.period, zone),
			coalesce((SELECT string_agg(DISTINCT s.who, ', ') FROM said s WHERE s.period @> t.period), 'nobody'),
			coalesce((SELECT string_agg(DISTINCT o.who, ', ') FROM own o WHERE o.period @> t.period), 'nobody'))
		FROM stretch t WHERE t.period <@ part.differs AND NOT upper_inf(t.period)
		ORDER BY t.period;
	END LOOP;
	RETURN QUERY
	SELECT 'info', 'comparison', r.rotation, 'the document does not hold the schedule as its source shows it, so that nothing was compared'
	FROM jsonb_object_keys(rotations) r(rotation)
	WHERE NOT EXISTS (SELECT FROM unnest(entries) s WHERE s.kind = 'shown' AND s.rotation = r.rotation);
END
$$;
COMMENT ON FUNCTION oncall_internal.import_differences(oncall.import_row[], jsonb, jsonb) IS
'Rows of a report: for how many hours the roster was compared with what a source shows, and every stretch in which they differ. ids: of people.';

-- Importing -------------------------------------------------------------

CREATE FUNCTION oncall_internal.import_written(change integer, entries oncall.import_row[], rotations jsonb, ids jsonb)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'info', 'rotation', o.name, format('made in %s; layers: %s, covers: %s, people: %s; seats: %s', o.zone,
		(SELECT count(*) FROM oncall.layer l WHERE l.rotation_id = o.rotation_id AND l.change_id = change),
		(SELECT count(*) FROM oncall.cover c WHERE c.rotation_id = o.rotation_id AND c.change_id = change
			AND oncall_internal.is_believed(c.recorded)),
		(SELECT count(DISTINCT ids ->> w.who) FROM unnest(entries) r, unnest(r.people) w(who)
		 WHERE r.rotation = k.name AND r.kind IN ('layer', 'cover') AND ids ? w.who),
		array_to_string(o.seats, ', '))
	FROM jsonb_each_text(rotations) k(name, rotation_id)
	JOIN oncall.rotation o ON o.rotation_id = k.rotation_id::integer
	ORDER BY o.rotation_id;
	RETURN QUERY
	SELECT 'info', 'past', c.name, format('covers that are over: %s; they %s', c.number, CASE WHEN c.past_reason IS NULL
		THEN 'came along; a past_reason would say why, and bring what the document shows of the past' ELSE 'came along for this reason: ' || c.past_reason END)
	FROM (SELECT o.name, h.past_reason, count(*) AS number
		  FROM oncall.cover c
		  JOIN oncall.rotation o ON o.rotation_id = c.rotation_id
		  JOIN oncall.change h ON h.change_id = c.change_id
		  WHERE c.change_id = change AND oncall_internal.is_believed(c.recorded) AND upper(c.period) <= h.made_at
		  GROUP BY o.rotation_id, o.name, h.past_reason ORDER BY o.rotation_id) c;
	RETURN QUERY VALUES
		('info', 'rules', NULL, 'the limits max_consecutive and exclusive are off in what was imported, which need not keep them; set them in oncall.rotation when it does'),
		('info', 'knowledge', NULL, 'what was believed before this import is not known: on_call(rotation, at, known_at) of an earlier known_at is NULL'),
		('info', 'not carried', NULL, 'notification rules, contacts, integrations and escalation: see doc/import.md for what to do by hand');
	RETURN QUERY
	SELECT 'info', 'change', change::text, format('this import is change %s; SELECT oncall.undo(%s%s) takes its layers and covers back', change, change,
		CASE WHEN EXISTS (SELECT FROM oncall.layer l WHERE l.change_id = change
			AND oncall_internal.layer_begins(l.valid, l.cadence) < now())
				OR EXISTS (SELECT FROM oncall.cover c WHERE c.change_id = change AND lower(c.period) < now())
			THEN ', past_reason => ''imported on trial''' ELSE '' END);
END
$$;
COMMENT ON FUNCTION oncall_internal.import_written(integer, oncall.import_row[], jsonb, jsonb) IS
'Rows of a report: what a change wrote. ids: of people.';

CREATE FUNCTION oncall_internal.write_import(entries oncall.import_row[], people jsonb, source text, past_reason text)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	ids CONSTANT jsonb := oncall_internal.import_ids(entries, people);
	rotations CONSTANT jsonb := oncall_internal.import_rotations(entries);
	change integer;
BEGIN
	change := oncall_internal.begin_change('import', (SELECT min(r.value)::integer
		FROM jsonb_each_text(rotations) r HAVING count(*) = 1),
		NULL, 'import from ' || source, past_reason);
	PERFORM oncall_internal.import_layers(entries, rotations, ids);
	RETURN QUERY SELECT c.* FROM oncall_internal.import_covers(entries, rotations, ids) c;
	IF past_reason IS NOT NULL THEN
		RETURN QUERY SELECT p.* FROM oncall_internal.import_past(entries, rotations, ids, now()) p;
	END IF;
	PERFORM oncall_internal.end_change();
	RETURN QUERY SELECT a.* FROM oncall_internal.import_absences(entries, ids) a;
	RETURN QUERY SELECT n.* FROM oncall_internal.import_clock_notes(entries) n WHERE rotations ? n.object;
	RETURN QUERY SELECT d.* FROM oncall_internal.import_differences(entries, rotations, ids) d;
	RETURN QUERY SELECT w.* FROM oncall_internal.import_written(change, entries, rotations, ids) w;
END
$$;
COMMENT ON FUNCTION oncall_internal.write_import(oncall.import_row[], jsonb, text, text) IS
'Writes rows of a reader in one change, as far as they can be written, and reports it.';

CREATE FUNCTION oncall_internal.import_report(
	source text, doc jsonb, people jsonb, zones jsonb, make_people boolean, go_on boolean, past_reason text,
		schemas name[])
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	call text;
	entries oncall.import_row[];
	problem text;
	errors bigint;
BEGIN
	PERFORM oncall_internal.refuse_import(source, doc, people, zones, make_people, go_on);
	SELECT r.call INTO call FROM oncall_internal.import_readers(schemas) r
		WHERE r.source = import_report.source ORDER BY r.place LIMIT 1;
	IF call IS NULL THEN
		RETURN QUERY SELECT u.* FROM oncall_internal.unknown_source(source, schemas) u;
		RETURN;
	END IF;
	SELECT f.entries, f.problem INTO entries, problem
	FROM oncall_internal.import_found(call, oncall_internal.with_zones(doc, zones)) f;
	IF problem IS NOT NULL THEN
		RETURN QUERY SELECT 'error', 'document', source, problem;
		RETURN;
	END IF;

	RETURN QUERY SELECT p.* FROM oncall_internal.import_problems(entries, people, make_people) p;
	SELECT count(*) INTO errors FROM oncall_internal.import_problems(entries, people, make_people) p WHERE p.level = 'error';
	IF errors > 0 AND NOT go_on THEN
		RETURN QUERY SELECT 'error', 'import', source, CASE errors WHEN 1
			THEN 'nothing was written: the error above stands in the way; mend it, or say go_on => true to import all but what it names'
			ELSE format('nothing was written: %s errors above stand in the way; mend them, or say go_on => true to import all but what they name', errors) END;
		RETURN;
	END IF;
	IF make_people THEN
		RETURN QUERY SELECT m.* FROM oncall_internal.make_people(entries, people) m;
	END IF;
	RETURN QUERY SELECT w.* FROM oncall_internal.write_import(entries, people, source, past_reason) w;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_report(text, jsonb, jsonb, jsonb, boolean, boolean, text, name[]) IS
'import_schedule() with the schemas of the search_path of its caller, in which readers of their own are found.';

-- The body is bound to what it names; the search_path is the caller's.
CREATE FUNCTION oncall.import_schedule(
	source text, doc jsonb, people jsonb DEFAULT '{}', zones jsonb DEFAULT '{}',
	make_people boolean DEFAULT false, go_on boolean DEFAULT false, past_reason text DEFAULT NULL)
RETURNS TABLE (level text, what text, object text, detail text)
LANGUAGE sql
BEGIN ATOMIC
	SELECT r.level, r.what, r.object, r.detail
	FROM oncall_internal.import_report($1, $2, $3, $4, $5, $6, $7, current_schemas(false))
		WITH ORDINALITY r(level, what, object, detail, place)
	ORDER BY r.what = 'import', array_position('{error,warning,info}'::text[], r.level), r.place;
END;
COMMENT ON FUNCTION oncall.import_schedule(text, jsonb, jsonb, jsonb, boolean, boolean, text) IS
'Imports what read_SOURCE(doc) finds, in one change, and reports what was made, could not be said, and differs from what the source shows. people, zones: its names to ours. Errors stop it, unless go_on. make_people adds who is missing. For managers. SQLSTATE: 22004, 22023, those of covers.';
