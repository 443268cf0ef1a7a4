
-- Covers: who holds which seat, and who takes it from whom. Whether covers may
-- stand is judged when the transaction commits, whoever wrote them.

-- Writing covers --------------------------------------------------------

CREATE FUNCTION oncall_internal.lock_covers(
	rotation_ids integer[], seats smallint[], periods tstzrange[])
RETURNS integer[]
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	locked integer[];
	missed integer[];
	missed_before integer[];
	again integer := 0;
BEGIN
	LOOP
		BEGIN
			-- worded as the exclusion constraint is, to use its index
			locked := ARRAY(
				SELECT c.cover_id
				FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
				JOIN oncall.cover c
					ON int8range(c.rotation_id, c.rotation_id, '[]') && int8range(a.rotation_id, a.rotation_id, '[]')
					AND int4range(c.seat, c.seat, '[]') && int4range(a.seat, a.seat, '[]')
					AND c.period && a.period
				WHERE upper_inf(c.recorded)
				ORDER BY c.rotation_id, c.seat, c.period
				FOR NO KEY UPDATE OF c);
			-- Under a new snapshot (READ COMMITTED): whoever held a lock may have
			-- written other covers in place of those that we waited for. To lock
			-- these too, in order, let the others go.
			missed := ARRAY(
				SELECT c.cover_id
				FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
				JOIN oncall.cover c
					ON int8range(c.rotation_id, c.rotation_id, '[]') && int8range(a.rotation_id, a.rotation_id, '[]')
					AND int4range(c.seat, c.seat, '[]') && int4range(a.seat, a.seat, '[]')
					AND c.period && a.period
				WHERE upper_inf(c.recorded) AND c.cover_id <> ALL (locked));
			IF missed <> '{}' THEN
				RAISE SQLSTATE 'OC001';
			END IF;
			RETURN locked;
		EXCEPTION WHEN SQLSTATE 'OC001' THEN
			-- seen again and again, but not to be locked: a policy hides it
			again := CASE WHEN missed && missed_before THEN again + 1 ELSE 0 END;
			IF again = 5 THEN
				RAISE EXCEPTION 'role "%" may not write over cover %', current_user, (
					SELECT min(m) FROM unnest(missed) AS m WHERE m = ANY (missed_before))
					USING ERRCODE = '42501', DETAIL = 'Row-level security does not let it change that cover.';
			END IF;
			missed_before := missed;
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lock_covers(integer[], smallint[], tstzrange[]) IS
'Lock the believed covers that overlap these periods of these seats, in order of (rotation, seat, period), and return their cover_ids. In READ COMMITTED the next statement sees what whoever held a lock before made of them. Errors: 42501 (a policy lets the caller see a cover, but not change it).';

CREATE FUNCTION oncall_internal.write_covers(
	rotation_ids integer[], seats smallint[], periods tstzrange[],
	person_ids integer[], kind text DEFAULT 'cover', person_id integer DEFAULT NULL,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	asked CONSTANT integer := cardinality(rotation_ids);
	locked integer[];
	change integer;
	complete boolean;
BEGIN
	IF (cardinality(seats) = asked AND cardinality(periods) = asked
		AND cardinality(person_ids) = asked) IS NOT TRUE
		OR array_position(rotation_ids, NULL) IS NOT NULL
		OR array_position(seats, NULL) IS NOT NULL
		OR array_position(periods, NULL) IS NOT NULL
	THEN
		RAISE EXCEPTION 'every cover needs a rotation, a seat and a period'
			USING ERRCODE = '22023',
				HINT = 'Give arrays of the same length; only a person may be NULL, for nobody.';
	END IF;

	IF asked = 0 THEN
		RETURN NULL;
	END IF;

	locked := oncall_internal.lock_covers(rotation_ids, seats, periods);
	-- one that concerns several rotations names none of them
	change := oncall_internal.begin_change(write_covers.kind,
		CASE WHEN rotation_ids[1] = ALL (rotation_ids) THEN rotation_ids[1] END,
		write_covers.person_id, write_covers.reason, write_covers.past_reason);

	-- In one statement, since the caller may have made constraints immediate;
	-- the order of the INSERT makes it wait until all the others are closed.
	WITH closed AS (
		UPDATE oncall.cover AS c SET recorded = oncall_internal.closed(c.recorded, c.xmin)
		WHERE c.cover_id = ANY (locked)
		RETURNING c.*, oncall_internal.cover_author(c.cover_id) AS author
	), wanted AS MATERIALIZED (
		SELECT a.rotation_id, a.seat, a.period, a.person_id, change AS change_id
		FROM unnest(rotation_ids, seats, periods, person_ids)
			AS a(rotation_id, seat, period, person_id)
		UNION ALL
		-- what is left of those that they lie over is of the change that wrote it
		SELECT c.rotation_id, c.seat, rest.period, c.person_id, c.author
		FROM closed c,
			LATERAL (
				SELECT unnest(c.period::tstzmultirange - range_agg(a.period))
				FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
				WHERE (a.rotation_id, a.seat) = (c.rotation_id, c.seat)
			) AS rest(period)
	), made AS (
		INSERT INTO oncall.cover AS c
			(rotation_id, seat, period, person_id, change_id)
		SELECT w.rotation_id, w.seat, w.period, w.person_id, w.change_id
		FROM wanted w
		ORDER BY w.rotation_id, w.seat, w.period
		-- so that it waits for another one before it writes: of two that wait
		-- for a third after they wrote, each would then wait for the other
		ON CONFLICT DO NOTHING
		RETURNING c.cover_id, c.rotation_id, c.seat, c.period)
	SELECT count(*) = count(m.cover_id) INTO complete
	FROM wanted w LEFT JOIN made m USING (rotation_id, seat, period);
	IF NOT complete THEN
		RAISE exclusion_violation;
	END IF;
	PERFORM oncall_internal.end_change();
	RETURN change;
EXCEPTION WHEN exclusion_violation THEN
	RAISE EXCEPTION 'two covers would hold one seat at the same time'
		USING ERRCODE = '23P01', SCHEMA = 'oncall', TABLE = 'cover', CONSTRAINT = 'cover_no_overlap',
			DETAIL = 'Two of these overlap, or somebody else has written one there just now.',
			HINT = 'Look at the roster, and try again.';
END
$$;
COMMENT ON FUNCTION oncall_internal.write_covers(integer[], smallint[], tstzrange[], integer[], text, integer, text, text) IS
'Write covers, judged at commit: each person (NULL: nobody) holds that seat for that period. Those beneath are closed, and what is left of them recorded again. Returns the change_id of the change under way, or of one of this kind. Errors: 22023 (arrays, NULL), 23P01 (overlap, or somebody was faster).';

-- What errors say -------------------------------------------------------

CREATE FUNCTION oncall_internal.duty_text(rotation_id integer, during tstzrange)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(format('%s (%s)', s.people, s.seat_name), '; ' ORDER BY s.seat)
	FROM (SELECT r.seat, r.seat_name, string_agg(
			CASE WHEN r.number <= 5
				THEN coalesce(r.person, 'nobody')
					|| CASE WHEN upper(r.period) < upper(duty_text.during)
						THEN ' until ' || oncall_internal.wall_time(upper(r.period), o.zone) ELSE '' END
				ELSE 'others' END, ', then ' ORDER BY r.number) AS people
		  FROM (SELECT x.*, row_number() OVER (PARTITION BY x.seat ORDER BY x.period) AS number
				FROM oncall.roster(duty_text.during, duty_text.rotation_id) AS x) AS r
		  JOIN oncall.rotation o ON o.rotation_id = duty_text.rotation_id
		  WHERE r.number <= 6
		  GROUP BY r.seat, r.seat_name) AS s;
END;
COMMENT ON FUNCTION oncall_internal.duty_text(integer, tstzrange) IS
'Who is on duty in a rotation in a period, seat by seat, for messages; times are those of the rotation''s zone.';

CREATE FUNCTION oncall_internal.refuse_not_held(
	rotation_id integer, person_id integer, during tstzrange,
	seat smallint DEFAULT NULL, offer integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	person text;
	is_instant CONSTANT boolean := upper(during) = lower(during) + interval '1 microsecond';
	times text;
	part record;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = refuse_not_held.rotation_id;
	SELECT p.name INTO person FROM oncall.person p
	WHERE p.person_id = refuse_not_held.person_id;
	times := CASE WHEN is_instant
		THEN format('%s [%s]', oncall_internal.wall_time(lower(during), own.zone), own.zone)
		ELSE oncall_internal.wall_period(during, own.zone) END;
	-- what of it is theirs, or else what comes next
	SELECT r.seat_name, r.period, r.period && during AS now INTO part
	FROM oncall.roster(tstzrange(lower(during),
								 greatest(upper(during), lower(during) + oncall.horizon())),
					   refuse_not_held.rotation_id) AS r
	WHERE r.person_id = refuse_not_held.person_id
	ORDER BY r.seat IS DISTINCT FROM refuse_not_held.seat, lower(r.period), r.seat
	LIMIT 1;

	RAISE EXCEPTION '%', CASE
			WHEN offer IS NOT NULL THEN format('offer %s has changed hands', offer)
			WHEN person IS NULL THEN format('somebody is on duty%s in rotation "%s" %s',
				' as ' || own.seats[refuse_not_held.seat], own.name, CASE WHEN is_instant THEN 'at ' ELSE 'within ' END || times)
			ELSE format('%s is not on duty%s in rotation "%s" %s', person,
				' as ' || own.seats[refuse_not_held.seat], own.name,
				CASE WHEN is_instant THEN 'at ' ELSE 'for the whole of ' END || times) END
		USING ERRCODE = '55000',
			DETAIL = format(CASE WHEN is_instant THEN 'On duty then: %2$s.'
				WHEN offer IS NOT NULL AND person IS NULL THEN 'Seat %4$s of rotation "%5$s" is not empty for the whole of %3$s any more. On duty then: %2$s.'
				WHEN offer IS NOT NULL THEN '%1$s does not hold seat %4$s of rotation "%5$s" for the whole of %3$s any more. On duty then: %2$s.'
				ELSE 'On duty in that time: %2$s.' END,
			person, oncall_internal.duty_text(refuse_not_held.rotation_id, during), times,
			own.seats[refuse_not_held.seat], own.name),
			HINT = CASE
			WHEN offer IS NOT NULL THEN 'SELECT * FROM oncall.open_offers() shows what is on offer.'
			WHEN person IS NULL THEN 'SELECT * FROM oncall.roster(...) shows which seats are empty, and when.'
			WHEN part.now THEN format('%s is %s from %s: name a period within this, and trade each shift by itself.',
				person, part.seat_name, oncall_internal.wall_period(part.period * during, own.zone))
			WHEN part.period IS NOT NULL THEN format('%s is next on duty in it, as %s, from %s.',
				person, part.seat_name, oncall_internal.wall_time(lower(part.period), own.zone))
			ELSE format('SELECT * FROM oncall.duties(%L) shows when they are on duty.', person) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_not_held(integer, integer, tstzrange, smallint, integer) IS
'The error (55000) that a person (NULL: nobody) does not hold a seat of a rotation for the whole of a period, which says who does; with offer: that the shift of this offer has changed hands. seat NULL: any.';

-- Who holds what --------------------------------------------------------

CREATE FUNCTION oncall_internal.seat_named(rotation_id integer, seat text)
RETURNS smallint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	number smallint;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = seat_named.rotation_id;
	SELECT s.number INTO number
	FROM unnest(own.seats) WITH ORDINALITY AS s(name, number)
	WHERE seat_named.seat IN (s.name, s.number::text)
	ORDER BY seat_named.seat = s.name DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rotation "%" has no seat "%"', own.name, seat_named.seat
			USING ERRCODE = '42704',
				HINT = format('Its seats are: %s.', (
				SELECT string_agg(format('%s (%s)', s.number, s.name), ', ' ORDER BY s.number)
				FROM unnest(own.seats) WITH ORDINALITY AS s(name, number)));
	END IF;
	RETURN number;
END
$$;
COMMENT ON FUNCTION oncall_internal.seat_named(integer, text) IS
'The number of a rotation''s seat, by its name or its number. NULL for NULL; an unknown seat is an error (42704) that lists those that there are.';

CREATE FUNCTION oncall_internal.refuse_two_seats(
	rotation_id integer, person_id integer, at timestamptz, seats smallint[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
BEGIN
	IF cardinality(seats) > 1 THEN
		SELECT r.* INTO own FROM oncall.rotation r
		WHERE r.rotation_id = refuse_two_seats.rotation_id;
		RAISE EXCEPTION '% holds more than one seat of rotation "%" at % [%]', (SELECT p.name FROM oncall.person p
				 WHERE p.person_id = refuse_two_seats.person_id),
				own.name, oncall_internal.wall_time(at, own.zone), own.zone
			USING ERRCODE = '22023',
				DETAIL = format('They are %s.', (
				SELECT string_agg(own.seats[s.number], ' and ' ORDER BY s.number)
				FROM unnest(seats) AS s(number))),
				HINT = format('Say which seat: %L, for instance.', own.seats[seats[1]]);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_two_seats(integer, integer, timestamptz, smallint[]) IS
'The error (22023) that a person holds several seats of a rotation, if these are several, so that one has to be named.';

CREATE FUNCTION oncall_internal.holds_seat(
	rotation_id integer, seat smallint, period tstzrange, person_id integer)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(bool_and(r.person_id IS NOT DISTINCT FROM holds_seat.person_id), false)
	FROM oncall.roster(holds_seat.period, holds_seat.rotation_id) AS r
	WHERE r.seat = holds_seat.seat;
END;
COMMENT ON FUNCTION oncall_internal.holds_seat(integer, smallint, tstzrange, integer) IS
'Does a person (NULL: nobody) hold that seat of that rotation for the whole of a period? Errors: those of roster().';

CREATE FUNCTION oncall_internal.held_seat(
	rotation_id integer, person_id integer, period tstzrange,
	seat smallint DEFAULT NULL)
RETURNS smallint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held smallint[];
BEGIN
	held := ARRAY(
		SELECT r.seat
		FROM oncall.roster(held_seat.period, held_seat.rotation_id) AS r
		WHERE held_seat.seat IS NULL OR r.seat = held_seat.seat
		GROUP BY r.seat
		HAVING bool_and(r.person_id IS NOT DISTINCT FROM held_seat.person_id)
		ORDER BY r.seat);
	IF held = '{}' THEN
		PERFORM oncall_internal.refuse_not_held(rotation_id, person_id, period, seat);
	END IF;
	PERFORM oncall_internal.refuse_two_seats(rotation_id, person_id, lower(period), held);
	RETURN held[1];
END
$$;
COMMENT ON FUNCTION oncall_internal.held_seat(integer, integer, tstzrange, smallint) IS
'The seat of a rotation that a person holds for the whole of a period, which may span several shifts. Errors: 55000 if they hold none (or not the one named) for the whole of it, saying who is on duty; 22023 if they hold several.';

CREATE FUNCTION oncall_internal.shift_at(
	rotation_id integer, person_id integer, at timestamptz,
	INOUT seat smallint DEFAULT NULL, OUT period tstzrange)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reach interval := '32 days';
	held smallint[];
BEGIN
	held := ARRAY(
		SELECT r.seat
		FROM oncall.roster(tstzrange(at, at + interval '1 microsecond'), shift_at.rotation_id) AS r
		WHERE r.person_id = shift_at.person_id
			AND (shift_at.seat IS NULL OR r.seat = shift_at.seat)
		ORDER BY r.seat);
	IF held = '{}' THEN
		PERFORM oncall_internal.refuse_not_held(rotation_id, person_id,
			tstzrange(at, at + interval '1 microsecond'), seat);
	END IF;
	PERFORM oncall_internal.refuse_two_seats(rotation_id, person_id, at, held);
	seat := held[1];

	-- the roster clips shifts to its window: widen it until this one fits
	LOOP
		SELECT r.period INTO STRICT period
		FROM oncall.roster(tstzrange(at - reach, at + reach), shift_at.rotation_id) AS r
		WHERE r.seat = shift_at.seat AND r.period @> at;
		EXIT WHEN lower(period) > at - reach AND upper(period) < at + reach;
		IF reach > interval '4000 days' THEN
			RAISE EXCEPTION 'the shift of % in rotation "%" lasts longer than ten years', (SELECT p.name FROM oncall.person p WHERE p.person_id = shift_at.person_id),
					(SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = shift_at.rotation_id)
				USING ERRCODE = '55000',
					HINT = 'Name the part of it that you mean.';
		END IF;
		reach := reach * 4;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_at(integer, integer, timestamptz, smallint) IS
'The shift of a person in a rotation that contains an instant, as the roster has it: without a change of person, layer or cover. Errors: 55000 if they are not on duty then, saying who is, and for a shift without an end; 22023 if they hold several seats and none is named.';

-- Covering --------------------------------------------------------------

CREATE FUNCTION oncall_internal.take_over(
	rotation_id integer, seat smallint, period tstzrange, for_id integer,
	by_id integer, reason text, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held smallint := oncall_internal.held_seat(rotation_id, for_id, period, seat);
BEGIN
	-- whoever held a lock on a cover there may have given the shift away
	IF oncall_internal.lock_covers(ARRAY[rotation_id], ARRAY[held], ARRAY[period]) <> '{}' THEN
		held := oncall_internal.held_seat(rotation_id, for_id, period, held);
	END IF;
	RETURN oncall_internal.write_covers(
		ARRAY[rotation_id], ARRAY[held], ARRAY[period], ARRAY[by_id],
		'cover', oncall_internal.own_person(), reason, past_reason);
END
$$;
COMMENT ON FUNCTION oncall_internal.take_over(integer, smallint, tstzrange, integer, integer, text, text) IS
'For cover_shift(): write the cover by which by_id (NULL: nobody) takes the duty of for_id (NULL: of nobody) in a seat (NULL: the one that they hold); return the change_id. Errors: those of held_seat() and write_covers().';

CREATE FUNCTION oncall_internal.refuse_held(rotation_id integer, seat smallint, period tstzrange) RETURNS smallint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation record;
BEGIN
	SELECT r.name, r.zone, r.seats INTO rotation FROM oncall.rotation r WHERE r.rotation_id = refuse_held.rotation_id;
	IF refuse_held.seat IS NULL AND cardinality(rotation.seats) > 1 THEN
		RAISE EXCEPTION 'seat must not be null'
			USING ERRCODE = '22004', HINT = format('Say which seat of rotation "%s" nobody holds: %s.', rotation.name,
				array_to_string(rotation.seats, ', '));
	ELSIF NOT oncall_internal.holds_seat(refuse_held.rotation_id, coalesce(refuse_held.seat, 1::smallint),
		refuse_held.period, NULL) THEN
		RAISE EXCEPTION 'seat % of rotation "%" is not empty for the whole of %',
			rotation.seats[coalesce(refuse_held.seat, 1)], rotation.name,
			oncall_internal.wall_period(refuse_held.period, rotation.zone)
			USING ERRCODE = '55000',
				DETAIL = format('On duty in that time: %s.',
					oncall_internal.duty_text(refuse_held.rotation_id, refuse_held.period)),
				HINT = 'Name a period in which nobody holds it, or say whose duty it is.';
	END IF;
	RETURN coalesce(refuse_held.seat, 1::smallint);
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_held(integer, smallint, tstzrange) IS
'Part of cover_shift() and offer_gap(): the seat that nobody holds in a period, the only one if none is named. Errors: 22004 (several seats and none named), 55000 (somebody holds it).';

CREATE FUNCTION oncall.cover_shift(
	rotation oncall.ref, period tstzrange, for_person oncall.ref, by_person oncall.ref,
	reason text DEFAULT NULL, seat text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(cover_shift.rotation);
	for_id CONSTANT integer := oncall_internal.person_named(for_person);
	by_id CONSTANT integer := oncall_internal.person_named(by_person);
	held smallint := oncall_internal.seat_named(own_id, cover_shift.seat);
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', cover_shift.rotation IS NULL);
	PERFORM oncall_internal.refuse_period('period', cover_shift.period);
	-- that nobody served is said after the fact, not by a name that is missing
	PERFORM oncall_internal.refuse_null('for_person', for_id IS NULL AND cover_shift.past_reason IS NULL);
	PERFORM oncall_internal.refuse_null('by_person', by_id IS NULL AND cover_shift.past_reason IS NULL);
	IF for_id IS NOT DISTINCT FROM by_id THEN
		RAISE EXCEPTION '% cannot cover for themselves', coalesce(by_person::text, 'nobody')
			USING ERRCODE = '22023', HINT = 'Name two people.';
	ELSIF for_id IS NULL THEN
		held := oncall_internal.refuse_held(own_id, held, cover_shift.period);
	END IF;

	RETURN oncall_internal.take_over(own_id, held, cover_shift.period, for_id, by_id,
		cover_shift.reason, cover_shift.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.cover_shift(oncall.ref, tstzrange, oncall.ref, oncall.ref, text, text, text) IS
'by_person takes over for_person''s seat for a period; returns the change_id. With a past_reason, which the past needs, either may be NULL: nobody. Errors: 55000 (for_person holds no seat throughout), 22023 (period, one person twice, several seats), 42704, 22004; at commit 23514 (a rule of trades).';

CREATE FUNCTION oncall_internal.shifts_of(rotation_id integer, person_id integer, during tstzrange,
	OUT seats smallint[], OUT periods tstzrange[])
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(array_agg(r.seat ORDER BY r.seat, r.period), '{}'),
		coalesce(array_agg(r.period ORDER BY r.seat, r.period), '{}')
	FROM oncall.roster(shifts_of.during, shifts_of.rotation_id) AS r
	WHERE r.person_id = shifts_of.person_id;
END;
COMMENT ON FUNCTION oncall_internal.shifts_of(integer, integer, tstzrange) IS
'The shifts of a person in a rotation, in whatever seat, cut to a window; in order of (seat, period).';

CREATE FUNCTION oncall.cover_shifts(
	rotation oncall.ref, during tstzrange, for_person oncall.ref, by_person oncall.ref,
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(cover_shifts.rotation);
	for_id CONSTANT integer := oncall_internal.person_named(for_person);
	by_id CONSTANT integer := oncall_internal.person_named(by_person);
	held record;
	locked record;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', cover_shifts.rotation IS NULL);
	PERFORM oncall_internal.refuse_period('during', cover_shifts.during);
	PERFORM oncall_internal.refuse_null('for_person', for_id IS NULL);
	-- that nobody served is said after the fact, not by a name that is missing
	PERFORM oncall_internal.refuse_null('by_person', by_id IS NULL AND cover_shifts.past_reason IS NULL);
	IF for_id = by_id THEN
		RAISE EXCEPTION '% cannot cover for themselves', by_person
			USING ERRCODE = '22023', HINT = 'Name two people.';
	END IF;

	held := oncall_internal.shifts_of(own_id, for_id, cover_shifts.during);
	LOOP
		IF held.seats = '{}' THEN
			RAISE EXCEPTION '% is not on duty in rotation "%" from %', (
				SELECT p.name FROM oncall.person p WHERE p.person_id = for_id), (
				SELECT r.name FROM oncall.rotation r WHERE r.rotation_id = own_id), (
				SELECT oncall_internal.wall_period(cover_shifts.during, r.zone)
				FROM oncall.rotation r WHERE r.rotation_id = own_id)
				USING ERRCODE = '55000', HINT = format('SELECT * FROM oncall.duties(%L) shows when they are on duty.', (
					SELECT p.name FROM oncall.person p WHERE p.person_id = for_id));
		END IF;
		-- whoever held a lock on a cover there may have given the shift away
		PERFORM oncall_internal.lock_covers(
			array_fill(own_id, ARRAY[cardinality(held.seats)]), held.seats, held.periods);
		locked := held;
		held := oncall_internal.shifts_of(own_id, for_id, cover_shifts.during);
		EXIT WHEN held = locked;
	END LOOP;
	RETURN oncall_internal.write_covers(
		array_fill(own_id, ARRAY[cardinality(held.seats)]), held.seats, held.periods,
		array_fill(by_id, ARRAY[cardinality(held.seats)]),
		'cover', oncall_internal.own_person(), cover_shifts.reason, cover_shifts.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.cover_shifts(oncall.ref, tstzrange, oncall.ref, oncall.ref, text, text) IS
'by_person takes over all that for_person holds within a window, in whatever seat, and nothing else: a cover for each shift, one change; returns the change_id. NULL, with a past_reason: nobody. Errors: 55000 (holds nothing), 22023 (window, oneself), 42704, 22004; at commit 23514.';

-- Readable after the fact -----------------------------------------------

CREATE FUNCTION oncall.cover_history(rotation oncall.ref, during tstzrange)
RETURNS TABLE (cover_id integer, seat smallint, seat_name text,
	period tstzrange, person text, instead_of text, believed tstzrange,
	change_id integer, kind text, made_by name, made_at timestamptz,
	proposed_by text, reason text, past_reason text, swap_request_id integer,
	offered_by text, offered_at timestamptz, accepted_by text,
	accepted_at timestamptz, note text)
LANGUAGE plpgsql STABLE ROWS 50
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id CONSTANT integer := oncall_internal.rotation_named(cover_history.rotation);
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', cover_history.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('during', cover_history.during IS NULL);
	IF upper_inc(cover_history.during) AND isfinite(upper(cover_history.during)) THEN
		RAISE EXCEPTION 'a period must not include the instant at which it ends'
			USING ERRCODE = '22023', HINT = 'End the range with ) instead of ].';
	END IF;

	RETURN QUERY
	SELECT coalesce(c.copy_of, c.cover_id), c.seat, r.seats[c.seat], c.period,
		p.name, before.people, c.recorded, c.change_id, h.kind, h.made_by, h.made_at,
		w.name, h.reason, h.past_reason, q.swap_request_id, o.name,
		q.created_at, a.name, q.closed_at, q.note
	FROM oncall.cover c
	JOIN oncall.rotation r ON r.rotation_id = c.rotation_id
	LEFT JOIN oncall.person p ON p.person_id = c.person_id
	JOIN oncall.change h ON h.change_id = c.change_id
	LEFT JOIN oncall.person w ON w.person_id = h.person_id
	LEFT JOIN oncall.swap_request q ON q.change_id = c.change_id
	LEFT JOIN oncall.person o ON o.person_id = q.offered_by
	LEFT JOIN oncall.person a ON a.person_id = q.accepted_by
	CROSS JOIN LATERAL (
		-- as was believed just before
		SELECT string_agg(f.person, ', ' ORDER BY f.start) AS people
		FROM (SELECT b.person, min(lower(b.period)) AS start
			  FROM oncall.roster(c.period, c.rotation_id,
								 lower(c.recorded) - interval '1 microsecond') AS b
			  WHERE b.seat = c.seat
			  GROUP BY b.person) AS f) AS before
	WHERE c.rotation_id = own_id AND c.period && cover_history.during
		AND NOT isempty(c.recorded)
	ORDER BY lower(c.period), c.seat, lower(c.recorded), c.cover_id;
END
$$;
COMMENT ON FUNCTION oncall.cover_history(oncall.ref, tstzrange) IS
'Who traded what: every cover of a rotation that overlaps a window and was ever believed, a row for each version, with its change and offer. person NULL: on purpose nobody; instead_of: who held the seat just before (NULL: nobody). Errors: 42704 with near names, 22004 (NULL), 22023 (includes its end).';
