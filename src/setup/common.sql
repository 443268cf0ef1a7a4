
-- What several chapters need: arguments are checked, names and times read and
-- written, in one way each.

-- Arguments -------------------------------------------------------------

CREATE FUNCTION oncall_internal.refuse_null(argument text, is_null boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF is_null THEN
		RAISE EXCEPTION '% must not be null', argument
			USING ERRCODE = '22004', HINT = format('Give a value for the argument %s.', argument);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_null(text, boolean) IS
'An error (22004) that names an argument, if it is NULL.';

CREATE FUNCTION oncall_internal.refuse_infinity(argument text, at timestamptz) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT isfinite(at) THEN
		RAISE EXCEPTION '% must not be infinite', argument
			USING ERRCODE = '22023', HINT = format('Give a time for the argument %s.', argument);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_infinity(text, timestamptz) IS
'An error (22023) that names an argument, if it is infinity or -infinity.';

CREATE FUNCTION oncall_internal.refuse_period(argument text, period tstzrange) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null(argument, period IS NULL);
	IF upper_inc(period) AND isfinite(upper(period)) THEN
		RAISE EXCEPTION '% must not include the instant at which it ends', argument
			USING ERRCODE = '22023', HINT = 'End the range with ) instead of ].';
	ELSIF NOT (oncall_internal.is_half_open(period) AND oncall_internal.is_bounded(period)) THEN
		RAISE EXCEPTION '% must have a start and an end', argument
			USING ERRCODE = '22023', DETAIL = format('It is %s.', period),
				HINT = 'Write a range that includes its start and not its end, such as [2026-12-24 18:00, 2026-12-25 09:00).';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_period(text, tstzrange) IS
'An error that names an argument, if it is NULL (22004), or empty, unbounded or not half-open (22023).';

CREATE FUNCTION oncall_internal.people_named(names text[]) RETURNS integer[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF array_ndims(names) > 1 THEN
		RAISE EXCEPTION 'the names must be a list, not a table'
			USING ERRCODE = '22023', HINT = 'Write them one after the other, such as {Ana,Ben}.';
	END IF;
	RETURN ARRAY(
		SELECT oncall_internal.person_named(n.name)
		FROM unnest(names) WITH ORDINALITY AS n(name, place)
		ORDER BY n.place);
END
$$;
COMMENT ON FUNCTION oncall_internal.people_named(text[]) IS
'The person_ids of people''s names, in the same order; NULL where the name is NULL. An unknown name is an error (42704) with near names.';

CREATE FUNCTION oncall_internal.person_or_caller(person oncall.ref, argument text DEFAULT 'person') RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	person_id CONSTANT integer := coalesce(oncall_internal.person_named(person), oncall_internal.own_person());
BEGIN
	IF person_id IS NULL THEN
		RAISE EXCEPTION '% must not be null', argument
			USING ERRCODE = '22004', DETAIL = format('Role "%s" is nobody''s db_role.', current_user),
				HINT = 'Say who it is, or let a manager write the role into oncall.person.';
	END IF;
	RETURN person_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.person_or_caller(oncall.ref, text) IS
'The person_id of a reference; of NULL, that of the person whose db_role is the current role. Errors: 22004, which names the argument, if the role is nobody''s, 42704 for an unknown person, with near names.';

CREATE FUNCTION oncall_internal.refuse_others(person_id integer, what text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	person record;
BEGIN
	SELECT p.name, p.db_role INTO person FROM oncall.person p WHERE p.person_id = refuse_others.person_id;
	IF FOUND AND person.db_role IS DISTINCT FROM current_user THEN
		RAISE EXCEPTION 'role "%" may not write % of "%"', current_user, what, person.name
			USING ERRCODE = '42501',
				DETAIL = 'A person is recognised by the role as which they connect: the db_role in oncall.person.',
				HINT = 'People write their own; ask a manager to do it for somebody else.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_others(integer, text) IS
'For triggers of what members write: the error (42501) that it concerns somebody else than the person whose db_role is the current role.';

-- Times as text ---------------------------------------------------------

CREATE FUNCTION oncall_internal.wall_time(at timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT to_char(w.at, 'YYYY-MM-DD HH24:MI')
		|| CASE WHEN w.at = date_trunc('minute', w.at) THEN ''
			WHEN w.at = date_trunc('second', w.at) THEN to_char(w.at, ':SS')
			ELSE to_char(w.at, ':SS.US') END
	FROM (SELECT wall_time.at AT TIME ZONE wall_time.zone) w(at);
END;
COMMENT ON FUNCTION oncall_internal.wall_time(timestamptz, text) IS
'A time as the clock on the wall of a zone shows it, for messages: seconds only where there are any.';

CREATE FUNCTION oncall_internal.session_time(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('%s [%s]', oncall_internal.wall_time(date_trunc('second', $1), z.zone), z.zone)
	FROM (SELECT current_setting('TimeZone')) z(zone);
END;
COMMENT ON FUNCTION oncall_internal.session_time(timestamptz) IS
'An instant on the clock of whoever reads the message: in the zone of the session, which it names, to the second.';

CREATE FUNCTION oncall_internal.wall_period(period tstzrange, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('%s to %s [%s]',
		oncall_internal.wall_time(lower(wall_period.period), wall_period.zone),
		oncall_internal.wall_time(upper(wall_period.period), wall_period.zone),
		wall_period.zone);
END;
COMMENT ON FUNCTION oncall_internal.wall_period(tstzrange, text) IS
'A bounded period as the clock on the wall of a zone shows it, for messages.';

CREATE FUNCTION oncall_internal.local_time(at timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char($1 AT TIME ZONE $2, 'Dy ') || oncall_internal.wall_time($1, $2);
COMMENT ON FUNCTION oncall_internal.local_time(timestamptz, text) IS
'An instant as people say it: with the day of the week before what wall_time() writes.';

CREATE FUNCTION oncall_internal.literal_time(at timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- the local time, unless it comes twice
	SELECT quote_literal(oncall_internal.wall_time($1, z.zone) || ' ' || z.zone)
	FROM (SELECT CASE WHEN $1 AT TIME ZONE $2 AT TIME ZONE $2 = $1 THEN $2 ELSE 'UTC' END) z(zone);
END;
COMMENT ON FUNCTION oncall_internal.literal_time(timestamptz, text) IS
'An instant as a literal that people can read and the server takes, in the zone''s local time; in UTC within an hour that comes twice there.';

-- Dates -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.local_days(days daterange, zone text) RETURNS tstzrange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN tstzrange(lower($1)::timestamp AT TIME ZONE $2, upper($1)::timestamp AT TIME ZONE $2);
COMMENT ON FUNCTION oncall_internal.local_days(daterange, text) IS
'From when until when dates last in a zone, as pay counts them: like policy days, where midnight comes twice they begin with the second (see date_begins()).';

CREATE FUNCTION oncall_internal.is_bounded(days daterange) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT isempty($1) AND NOT lower_inf($1) AND NOT upper_inf($1) AND isfinite(lower($1)) AND isfinite(upper($1));
COMMENT ON FUNCTION oncall_internal.is_bounded(daterange) IS
'Does this range have dates, and both a first and a last one that are finite?';

CREATE FUNCTION oncall_internal.date_span(days daterange) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char(lower($1), 'YYYY-MM-DD') || CASE WHEN upper($1) - 1 > lower($1)
	THEN ' to ' || to_char(upper($1) - 1, 'YYYY-MM-DD') ELSE '' END;
COMMENT ON FUNCTION oncall_internal.date_span(daterange) IS
'The first and the last date of a bounded range, for messages.';

-- Turns and rotations ---------------------------------------------------

-- Where handovers coincide their turns are empty, but for the last.
CREATE FUNCTION oncall_internal.next_turn(cadence oncall.cadence, from_time timestamptz,
	OUT turn bigint, OUT at timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	turn := coalesce(oncall.turn_at(cadence, from_time), -1);
	IF turn < 0 OR lower(oncall.turn_period(cadence, turn)) < from_time THEN
		turn := turn + 1;
	END IF;
	WHILE isempty(oncall.turn_period(cadence, turn)) LOOP
		turn := turn + 1;
	END LOOP;
	at := lower(oncall.turn_period(cadence, turn));
END
$$;
COMMENT ON FUNCTION oncall_internal.next_turn(oncall.cadence, timestamptz) IS
'The first turn of a cadence that starts at or after from_time, and its handover; the first of all if from_time is NULL or before the anchor. Turns that are empty, since handovers coincide, are passed over.';

-- The first handover is the anchor's, in gaps too: by definition, so that no
-- turn need be looked at, one of which may be empty or end after the last time.
CREATE FUNCTION oncall_internal.layer_begins(valid tstzrange, cadence oncall.cadence) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN greatest(lower($1), oncall.anchor($2) AT TIME ZONE oncall.zone($2));
COMMENT ON FUNCTION oncall_internal.layer_begins(tstzrange, oncall.cadence) IS
'From when on a layer counts: the start of its validity or the first handover of its cadence, whichever is later.';

-- Fired for those rows only that the CHECK of the same name would refuse, to say
-- how a range is written.
CREATE FUNCTION oncall_internal.refuse_not_half_open() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written jsonb := to_jsonb(NEW);
	-- of many rows that are written at once, whose is the bad one?
	whose text := coalesce('"' || (written ->> 'name') || '"', 'person ' || (written ->> 'person_id'));
BEGIN
	RAISE EXCEPTION 'column "%" of table "%" must hold a half-open period', TG_ARGV[0], TG_TABLE_NAME
		USING ERRCODE = '23514', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[0],
			CONSTRAINT = format('%s_%s_half_open', TG_TABLE_NAME, TG_ARGV[0]),
			DETAIL = format('It is %s.', written ->> TG_ARGV[0]) || coalesce(' The row would belong to ' || whose || '.', ''),
			HINT = 'Write a range that includes its start and not its end, such as [2026-12-24, 2027-01-03) or [2026-12-24,).';
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_not_half_open() IS
'Trigger of tables with ranges: an error (23514) of the CHECK on the column that is its argument, with a HINT.';

-- An UPDATE, since a lock alone does not tell a transaction whose snapshot is
-- older than what it waited for: in REPEATABLE READ that one fails.
CREATE FUNCTION oncall_internal.lock_rotation(rotation_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE oncall.rotation r SET name = r.name WHERE r.rotation_id = lock_rotation.rotation_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.lock_rotation(integer) IS
'Let one transaction at a time change the rules of a rotation: its row is written anew, unchanged. In REPEATABLE READ and above the second fails (40001).';

CREATE FUNCTION oncall_internal.in_hours(duration interval) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim_scale(round(extract(epoch FROM duration) / 3600, 6));
COMMENT ON FUNCTION oncall_internal.in_hours(interval) IS
'A duration in hours, a day as 24, rounded to six places.';
