-- What several readers need: whom a source calls by which id, and seats for those
-- whom it lets serve side by side.

CREATE FUNCTION oncall_internal.import_users(users jsonb)
RETURNS TABLE (id text, person text, name text, zone text)
LANGUAGE plpgsql IMMUTABLE ROWS 100 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	list CONSTANT jsonb := CASE jsonb_typeof(users)
		WHEN 'object' THEN coalesce(users -> 'data', users -> 'values', users -> 'results', users) ELSE users END;
BEGIN
	IF users IS NULL THEN
		RETURN;
	ELSIF jsonb_typeof(list) <> 'array' OR list @? 'strict $[*] ? (@.type() != "object")' THEN
		PERFORM oncall_internal.refuse_json(jsonb_build_object('users', users), 'users', 'the document', 'a list of objects');
	END IF;
	RETURN QUERY
	SELECT DISTINCT ON (w.id) w.id, coalesce(w.email, w.name), CASE WHEN w.email IS NOT NULL THEN w.name END,
		(oncall_internal.import_zone(w.zone)).zone
	FROM (SELECT coalesce(u.value ->> 'id', u.value ->> 'accountId') AS id,
				 nullif(coalesce(u.value ->> 'email', u.value ->> 'emailAddress',
					CASE WHEN u.value ->> 'username' LIKE '%@%' THEN u.value ->> 'username' END), '') AS email,
				 nullif(coalesce(u.value ->> 'fullName', u.value ->> 'displayName', u.value ->> 'name',
					u.value ->> 'username'), '') AS name,
				 coalesce(u.value ->> 'timeZone', u.value ->> 'timezone') AS zone
		  FROM jsonb_array_elements(list) u) w
	WHERE w.id IS NOT NULL
	ORDER BY w.id;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_users(jsonb) IS
'The users of a document, a list or an answer with one: their ids, e-mail addresses (or names) and, where both are known, names, and their zones. Errors: 22023 (no list of objects).';

CREATE FUNCTION oncall_internal.import_persons(users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE sql IMMUTABLE ROWS 100
BEGIN ATOMIC
	SELECT oncall_internal.import_row('person', zone => u.zone, people => ARRAY[u.person, u.name])
	FROM oncall_internal.import_users($1) u
	WHERE u.name <> u.person;
END;
COMMENT ON FUNCTION oncall_internal.import_persons(jsonb) IS
'The users of a document who have a name besides their e-mail address, as rows.';

CREATE FUNCTION oncall_internal.import_week(hours oncall.weekly_hours) RETURNS tstzmultirange
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- any week of UTC: 1 January 2024 was a Monday
	RETURN oncall.open_periods(coalesce(hours, '24/7'), '[2024-01-01 00:00+00, 2024-01-08 00:00+00)', 'UTC');
END
$$;
COMMENT ON FUNCTION oncall_internal.import_week(oncall.weekly_hours) IS
'Hours (NULL: always) as a set of times of one week, to tell whether some of them overlap.';

CREATE FUNCTION oncall_internal.import_seats(weeks tstzmultirange[], valid tstzrange[], sizes integer[])
RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_seats integer[] := '{}';
	seat integer;
	next_seat integer;
BEGIN
	FOR this IN 1..coalesce(cardinality(weeks), 0) LOOP
		seat := 1;
		LOOP
			-- beyond the seats of one that is in the way
			SELECT max(first_seats[other] + sizes[other]) INTO next_seat
			FROM generate_series(1, this - 1) other
			WHERE weeks[other] && weeks[this] AND valid[other] && valid[this]
				AND first_seats[other] < seat + sizes[this] AND seat < first_seats[other] + sizes[other];
			EXIT WHEN next_seat IS NULL;
			seat := next_seat;
		END LOOP;
		first_seats := first_seats || seat;
	END LOOP;
	RETURN first_seats;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_seats(tstzmultirange[], tstzrange[], integer[]) IS
'First seats for layers of so many seats, none of which stands in the seat of an earlier one whose hours and validity it shares: the first that are free.';

CREATE FUNCTION oncall_internal.import_spare_seats(valid tstzrange[]) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken tstzmultirange[] := '{}';
	seats integer[] := '{}';
	period tstzrange;
	seat integer;
BEGIN
	FOREACH period IN ARRAY coalesce(valid, '{}') LOOP
		seat := 1;
		WHILE taken[seat] && period LOOP
			seat := seat + 1;
		END LOOP;
		taken[seat] := coalesce(taken[seat], '{}') + tstzmultirange(period);
		seats := seats || seat;
	END LOOP;
	RETURN seats;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_spare_seats(tstzrange[]) IS
'A seat for each of some periods, so that no two that overlap have the same: the first that is free.';

CREATE FUNCTION oncall_internal.import_stretches(people text[], valid tstzrange[], during tstzrange)
RETURNS TABLE (period tstzrange, present text[])
LANGUAGE sql IMMUTABLE ROWS 100
BEGIN ATOMIC
	WITH held AS MATERIALIZED (
		SELECT u.person, u.valid * $3 AS valid
		FROM unnest($1, $2) u(person, valid)
		WHERE NOT isempty(u.valid * $3)
	), edge AS (
		SELECT lower(h.valid) AS at FROM held h
		UNION SELECT upper(h.valid) AS at FROM held h
		UNION SELECT lower($3) AS at
		UNION SELECT upper($3) AS at
	)
	SELECT p.period, array_agg(DISTINCT h.person ORDER BY h.person) FILTER (WHERE h.person IS NOT NULL)
	FROM (SELECT tstzrange(e.at, lead(e.at) OVER (ORDER BY e.at)) AS period FROM edge e) p
	LEFT JOIN held h ON h.valid @> p.period
	WHERE NOT upper_inf(p.period)
	GROUP BY p.period
	ORDER BY p.period;
END;
COMMENT ON FUNCTION oncall_internal.import_stretches(text[], tstzrange[], tstzrange) IS
'Who is on call in each part of a bounded window, of people and the periods that they hold; NULL where it is nobody.';

CREATE FUNCTION oncall_internal.json_period(object jsonb, since text, until text, place text, zone text DEFAULT NULL)
RETURNS tstzrange
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins CONSTANT timestamptz := oncall_internal.json_time(object, since, place, zone, true);
	ends CONSTANT timestamptz := oncall_internal.json_time(object, until, place, zone, true);
BEGIN
	IF ends < begins THEN
		PERFORM oncall_internal.refuse_json(object, until, place, format('a time after "%s", %s', since, object ->> since));
	END IF;
	RETURN tstzrange(begins, ends);
END
$$;
COMMENT ON FUNCTION oncall_internal.json_period(jsonb, text, text, text, text) IS
'The period between the instants at two keys of an object. place: what the object is, for the error (22023) that one is missing, no time, or that it ends before it begins.';
