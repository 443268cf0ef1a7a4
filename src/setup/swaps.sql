
-- Swaps: who takes whose duty, and the market in which people trade it. What
-- is written here are covers; whether they may stand is judged when the
-- transaction commits, whoever wrote them.

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
				JOIN oncall.cover AS c
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
				JOIN oncall.cover AS c
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
'Lock the believed covers that overlap these periods of these seats, in order of (rotation, seat, period), and return their cover_ids. Once it returns in READ COMMITTED, the next statement sees what whoever held a lock before has made of them. A cover that a policy lets the caller see, but not change, is an error (42501).';

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
	asked constant integer := cardinality(rotation_ids);
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
		RETURNING c.*
	), wanted AS MATERIALIZED (
		SELECT a.rotation_id, a.seat, a.period, a.person_id, change AS change_id
		FROM unnest(rotation_ids, seats, periods, person_ids)
			AS a(rotation_id, seat, period, person_id)
		UNION ALL
		-- what is left of those that they lie over is of the change that wrote it
		SELECT c.rotation_id, c.seat, rest.period, c.person_id, c.change_id
		FROM closed AS c,
			LATERAL (
				SELECT unnest(c.period::tstzmultirange - range_agg(a.period))
				FROM unnest(rotation_ids, seats, periods) AS a(rotation_id, seat, period)
				WHERE (a.rotation_id, a.seat) = (c.rotation_id, c.seat)
			) AS rest(period)
	), made AS (
		INSERT INTO oncall.cover AS c
			(rotation_id, seat, period, person_id, change_id)
		SELECT w.rotation_id, w.seat, w.period, w.person_id, w.change_id
		FROM wanted AS w
		ORDER BY w.rotation_id, w.seat, w.period
		-- so that it waits for another one before it writes: of two that wait
		-- for a third after they wrote, each would then wait for the other
		ON CONFLICT DO NOTHING
		RETURNING c.cover_id, c.rotation_id, c.seat, c.period)
	SELECT count(*) = count(m.cover_id) INTO complete
	FROM wanted AS w LEFT JOIN made AS m USING (rotation_id, seat, period);
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
'Write covers: each person (NULL: on purpose nobody) holds that seat of that rotation for that period; return the change_id of the change under way, or of one of this kind. Believed covers that they lie over are closed, so that it is kept that they were believed, and what is left of them is recorded again, with its own person and change. All functions that trade duty use it; whether the covers may stand is judged at commit. Covers are locked and written in order of (rotation, seat, period). Errors: 22023 (arrays that do not fit, NULL), 23P01 (two of the covers overlap, or somebody else has just written one there).';

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
		  JOIN oncall.rotation AS o ON o.rotation_id = duty_text.rotation_id
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
	is_instant constant boolean := upper(during) = lower(during) + interval '1 microsecond';
	times text;
	part record;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation AS r
	WHERE r.rotation_id = refuse_not_held.rotation_id;
	SELECT p.name INTO person FROM oncall.person AS p
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

	RAISE EXCEPTION USING
		ERRCODE = 'object_not_in_prerequisite_state',
		MESSAGE = CASE
			WHEN offer IS NOT NULL THEN format('offer %s has changed hands', offer)
			ELSE format('%s is not on duty%s in rotation "%s" %s', person,
				' as ' || own.seats[refuse_not_held.seat], own.name,
				CASE WHEN is_instant THEN 'at ' ELSE 'for the whole of ' END || times) END,
		DETAIL = format(CASE WHEN is_instant THEN 'On duty then: %2$s.'
				WHEN offer IS NOT NULL THEN '%1$s does not hold seat %4$s of rotation "%5$s" for the whole of %3$s any more. On duty then: %2$s.'
				ELSE 'On duty in that time: %2$s.' END,
			person, oncall_internal.duty_text(refuse_not_held.rotation_id, during), times,
			own.seats[refuse_not_held.seat], own.name),
		HINT = CASE
			WHEN offer IS NOT NULL THEN 'SELECT * FROM oncall.open_offers() shows what is on offer.'
			WHEN part.now THEN format('%s is %s from %s: name a period within this, and trade each shift by itself.',
				person, part.seat_name, oncall_internal.wall_period(part.period * during, own.zone))
			WHEN part.period IS NOT NULL THEN format('%s is next on duty in it, as %s, from %s.',
				person, part.seat_name, oncall_internal.wall_time(lower(part.period), own.zone))
			ELSE format('SELECT * FROM oncall.duties(%L) shows when they are on duty.', person) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_not_held(integer, integer, tstzrange, smallint, integer) IS
'The error (55000) that a person does not hold a seat of a rotation for the whole of a period, which says who does; with offer: that the shift of this offer has changed hands. seat NULL: any.';

-- Who holds what --------------------------------------------------------

CREATE FUNCTION oncall_internal.current_person()
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT p.person_id FROM oncall.person AS p WHERE p.db_role = current_user;
END;
COMMENT ON FUNCTION oncall_internal.current_person() IS
'The person_id of the person whose db_role is the current role; NULL: nobody''s is.';

CREATE FUNCTION oncall_internal.seat_named(rotation_id integer, seat text)
RETURNS smallint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	number smallint;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation AS r
	WHERE r.rotation_id = seat_named.rotation_id;
	SELECT s.number INTO number
	FROM unnest(own.seats) WITH ORDINALITY AS s(name, number)
	WHERE seat_named.seat IN (s.name, s.number::text)
	ORDER BY seat_named.seat = s.name DESC
	LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING
			ERRCODE = 'undefined_object',
			MESSAGE = format('rotation "%s" has no seat "%s"', own.name, seat_named.seat),
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
		SELECT r.* INTO own FROM oncall.rotation AS r
		WHERE r.rotation_id = refuse_two_seats.rotation_id;
		RAISE EXCEPTION USING
			ERRCODE = 'invalid_parameter_value',
			MESSAGE = format('%s holds more than one seat of rotation "%s" at %s [%s]',
				(SELECT p.name FROM oncall.person AS p
				 WHERE p.person_id = refuse_two_seats.person_id),
				own.name, oncall_internal.wall_time(at, own.zone), own.zone),
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
			RAISE EXCEPTION USING
				ERRCODE = 'object_not_in_prerequisite_state',
				MESSAGE = format('the shift of %s in rotation "%s" lasts longer than ten years',
					(SELECT p.name FROM oncall.person AS p WHERE p.person_id = shift_at.person_id),
					(SELECT r.name FROM oncall.rotation AS r WHERE r.rotation_id = shift_at.rotation_id)),
				HINT = 'Name the part of it that you mean.';
		END IF;
		reach := reach * 4;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.shift_at(integer, integer, timestamptz, smallint) IS
'The shift of a person in a rotation that contains an instant, as the roster has it: without a change of person, layer or cover. Errors: 55000 if they are not on duty then, saying who is, and for a shift without an end; 22023 if they hold several seats and none is named.';

-- Trading ---------------------------------------------------------------

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
		'cover', oncall_internal.current_person(), reason, past_reason);
END
$$;
COMMENT ON FUNCTION oncall_internal.take_over(integer, smallint, tstzrange, integer, integer, text, text) IS
'For cover_shift() and late_cover(): write the cover by which by_id (NULL: nobody) takes the duty of for_id (NULL: of nobody) in a seat (NULL: the one that they hold); return the change_id. Errors: those of held_seat() and write_covers().';

CREATE FUNCTION oncall.cover_shift(
	rotation oncall.ref, period tstzrange, for_person oncall.ref, by_person oncall.ref,
	reason text DEFAULT NULL, seat text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id constant integer := oncall_internal.rotation_named(cover_shift.rotation);
	for_id constant integer := oncall_internal.person_named(for_person);
	by_id constant integer := oncall_internal.person_named(by_person);
	held smallint := oncall_internal.seat_named(own_id, cover_shift.seat);
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', cover_shift.rotation IS NULL);
	PERFORM oncall_internal.refuse_period('period', cover_shift.period);
	PERFORM oncall_internal.refuse_null('for_person', for_person IS NULL);
	PERFORM oncall_internal.refuse_null('by_person', by_person IS NULL);
	IF for_id = by_id THEN
		RAISE EXCEPTION '% cannot cover for themselves', by_person
			USING ERRCODE = '22023', HINT = 'Name two people.';
	END IF;

	RETURN oncall_internal.take_over(own_id, held, cover_shift.period, for_id, by_id,
		cover_shift.reason, cover_shift.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.cover_shift(oncall.ref, tstzrange, oncall.ref, oncall.ref, text, text, text) IS
'by_person takes the duty of for_person in a rotation for a period, which may be a part of a shift or span several shifts of for_person in one seat; returns the change_id. past_reason: why the roster of the past is changed, or of time whose pay is closed. A cover that lies there already is closed, and what is left of it is recorded again. The rules judge it when the transaction commits, together with everything else that it writes. seat, by name or number, is needed only if for_person holds several. Errors: 55000 if for_person does not hold a seat for the whole of the period (the detail says who is on duty), 22023 for a period without start or end, somebody who would cover for themselves, and several seats; 42704 for an unknown name, with near names; 22004 for NULL; at commit 23514 with the name of the rule.';

CREATE FUNCTION oncall.late_cover(
	rotation oncall.ref, period tstzrange, for_person oncall.ref, by_person oncall.ref,
	reason text, seat text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	for_id constant integer := oncall_internal.person_named(for_person);
	by_id constant integer := oncall_internal.person_named(by_person);
	held smallint;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', late_cover.rotation IS NULL);
	PERFORM oncall_internal.refuse_period('period', late_cover.period);
	PERFORM oncall_internal.refuse_null('reason', late_cover.reason IS NULL);
	SELECT r.* INTO own FROM oncall.rotation AS r
	WHERE r.rotation_id = oncall_internal.rotation_named(late_cover.rotation);
	held := oncall_internal.seat_named(own.rotation_id, late_cover.seat);
	IF btrim(late_cover.reason) = '' THEN
		RAISE EXCEPTION 'a late cover needs a reason'
			USING ERRCODE = '22023', HINT = 'Say why the roster of the past was not as it is written.';
	ELSIF for_id IS NOT DISTINCT FROM by_id THEN
		RAISE EXCEPTION '% cannot cover for themselves', coalesce(by_person, 'nobody')
			USING ERRCODE = '22023', HINT = 'Name two people, or NULL for nobody on one side.';
	ELSIF for_id IS NULL THEN
		IF held IS NULL AND cardinality(own.seats) > 1 THEN
			RAISE EXCEPTION 'seat must not be null'
				USING ERRCODE = '22004',
					HINT = format('Say which seat of rotation "%s" nobody held: %s.', own.name,
						array_to_string(own.seats, ', '));
		END IF;
		held := coalesce(held, 1::smallint);
		IF NOT oncall_internal.holds_seat(own.rotation_id, held, late_cover.period, NULL) THEN
			RAISE EXCEPTION 'seat % of rotation "%" is not empty for the whole of %', own.seats[held], own.name,
				oncall_internal.wall_period(late_cover.period, own.zone)
				USING ERRCODE = '55000',
					DETAIL = format('On duty in that time: %s.', oncall_internal.duty_text(own.rotation_id, late_cover.period)),
					HINT = 'Say in for_person whom it is about, one at a time.';
		END IF;
	END IF;
	RETURN oncall_internal.take_over(own.rotation_id, held, late_cover.period, for_id, by_id,
		late_cover.reason, late_cover.reason);
END
$$;
COMMENT ON FUNCTION oncall.late_cover(oncall.ref, tstzrange, oncall.ref, oncall.ref, text, text) IS
'Say after the fact that by_person served in place of for_person, in a period whose pay may be closed; returns the change_id. The roster changes, what a closed run has paid does not: the next run carries the difference as adjustments that give the reason. Otherwise as cover_shift(), and judged by all other rules just the same; for_person NULL: nobody held the seat, by_person NULL: nobody did after all. Errors: those of cover_shift(), 22004 where the reason is NULL, or the seat for an empty one of several, 22023 where the reason is blank.';

CREATE FUNCTION oncall_internal.trade(
	rotation_ids integer[], seats smallint[], periods tstzrange[],
	from_ids integer[], to_ids integer[], proposed_by integer, reason text,
	offer integer DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.lock_covers(rotation_ids, seats, periods);
	FOR i IN 1 .. cardinality(rotation_ids) LOOP
		IF NOT oncall_internal.holds_seat(rotation_ids[i], seats[i], periods[i], from_ids[i]) THEN
			PERFORM oncall_internal.refuse_not_held(
				rotation_ids[i], from_ids[i], periods[i], seats[i], offer);
		END IF;
	END LOOP;

	RETURN oncall_internal.write_covers(
		rotation_ids, seats, periods, to_ids, 'swap', trade.proposed_by, trade.reason, trade.past_reason);
END
$$;
COMMENT ON FUNCTION oncall_internal.trade(integer[], smallint[], tstzrange[], integer[], integer[], integer, text, integer, text) IS
'Write one swap and its covers: to_ids take over from from_ids; return the change_id. For swap_shifts() and accepted offers. Errors: 55000 if one of from_ids does not hold that seat for the whole of that period; those of write_covers().';

CREATE FUNCTION oncall_internal.traded_shift(
	rotation_id integer, person_id integer, argument text, at timestamptz,
	part tstzrange, INOUT seat smallint, OUT period tstzrange)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null(argument || '_at', at IS NULL AND part IS NULL);
	PERFORM oncall_internal.refuse_infinity(argument || '_at', at);
	IF part IS NULL THEN
		SELECT s.seat, s.period INTO seat, period
		FROM oncall_internal.shift_at(rotation_id, person_id, at, seat) AS s;
	ELSE
		PERFORM oncall_internal.refuse_period(argument || '_period', part);
		period := part;
		seat := oncall_internal.held_seat(rotation_id, person_id,
			CASE WHEN at IS NULL THEN part ELSE range_merge(part, tstzrange(at, at + interval '1 microsecond')) END, seat);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.traded_shift(integer, integer, text, timestamptz, tstzrange, smallint) IS
'For swap_shifts: the seat and the period of one of the two shifts: the shift of a person at an instant, or the part of their duty that is named, which goes on from that instant without a break.';

CREATE FUNCTION oncall.swap_shifts(
	rotation oncall.ref, a oncall.ref, a_at timestamptz, b oncall.ref, b_at timestamptz,
	reason text DEFAULT NULL, b_rotation oncall.ref DEFAULT NULL,
	a_period tstzrange DEFAULT NULL, b_period tstzrange DEFAULT NULL,
	a_seat text DEFAULT NULL, b_seat text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a_rotation_id constant integer := oncall_internal.rotation_named(swap_shifts.rotation);
	b_rotation_id constant integer := oncall_internal.rotation_named(
		coalesce(b_rotation, swap_shifts.rotation));
	a_id constant integer := oncall_internal.person_named(a);
	b_id constant integer := oncall_internal.person_named(b);
	a_shift record;
	b_shift record;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', swap_shifts.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('a', a IS NULL);
	PERFORM oncall_internal.refuse_null('b', b IS NULL);
	IF a_id = b_id THEN
		RAISE EXCEPTION '% cannot swap with themselves', a
			USING ERRCODE = '22023', HINT = 'Name two people.';
	END IF;

	a_shift := oncall_internal.traded_shift(a_rotation_id, a_id, 'a', a_at, a_period,
		oncall_internal.seat_named(a_rotation_id, a_seat));
	b_shift := oncall_internal.traded_shift(b_rotation_id, b_id, 'b', b_at, b_period,
		oncall_internal.seat_named(b_rotation_id, b_seat));
	RETURN oncall_internal.trade(
		ARRAY[a_rotation_id, b_rotation_id], ARRAY[a_shift.seat, b_shift.seat],
		ARRAY[a_shift.period, b_shift.period], ARRAY[a_id, b_id],
		ARRAY[b_id, a_id], oncall_internal.current_person(), swap_shifts.reason,
		past_reason => swap_shifts.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.swap_shifts(oncall.ref, oncall.ref, timestamptz, oncall.ref, timestamptz, text, oncall.ref, tstzrange, tstzrange, text, text, text) IS
'Two people exchange two shifts, which may be of different lengths: the shift of a that contains a_at and that of b that contains b_at, in the same rotation or, with b_rotation, in another one; returns the change_id. a_period and b_period name a part instead of the whole shift (which goes on from a_at, b_at without a break; these may then be NULL). Seats, by name or number, are needed only for somebody who holds several. Covers that lie there already are closed, and what is left of them is recorded again. The rules judge both halves together when the transaction commits. Errors: 55000 if somebody is not on duty then (the detail says who is), 22023 for a swap with oneself, a part without start or end, and several seats; 42704 for an unknown name, with near names; 22004 for NULL; at commit 23514 with the name of the rule.';

-- The market ------------------------------------------------------------

CREATE TABLE oncall.swap_request (
	swap_request_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	rotation_id integer NOT NULL REFERENCES oncall.rotation,
	seat smallint NOT NULL,
	period tstzrange NOT NULL,
	offered_by integer NOT NULL REFERENCES oncall.person,
	offered_to integer REFERENCES oncall.person,
	in_return_rotation_id integer REFERENCES oncall.rotation,
	in_return_seat smallint,
	in_return_period tstzrange,
	state text NOT NULL DEFAULT 'open',
	accepted_by integer REFERENCES oncall.person,
	change_id integer REFERENCES oncall.change,
	note text,
	offered_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL GENERATED ALWAYS AS (least(lower(period), lower(in_return_period))) STORED,
	closed_at timestamptz,
	CONSTRAINT swap_request_id_positive CHECK (swap_request_id > 0),
	CONSTRAINT swap_request_period_bounded CHECK (
		oncall_internal.is_half_open(period) AND oncall_internal.is_bounded(period)),
	CONSTRAINT swap_request_in_return_whole CHECK (
		num_nulls(in_return_rotation_id, in_return_seat, in_return_period) IN (0, 3)),
	CONSTRAINT swap_request_in_return_period_bounded CHECK (
		oncall_internal.is_half_open(in_return_period) AND oncall_internal.is_bounded(in_return_period)),
	CONSTRAINT swap_request_state CHECK (state IN ('open', 'accepted', 'withdrawn', 'expired')),
	CONSTRAINT swap_request_closed CHECK ((state = 'open') = (closed_at IS NULL)),
	CONSTRAINT swap_request_accepted CHECK (CASE WHEN state = 'accepted'
		THEN accepted_by IS NOT NULL AND change_id IS NOT NULL
		ELSE accepted_by IS NULL AND change_id IS NULL END),
	CONSTRAINT swap_request_two_people CHECK (
		offered_by <> offered_to IS NOT FALSE AND offered_by <> accepted_by IS NOT FALSE),
	CONSTRAINT swap_request_to_addressee CHECK (accepted_by = offered_to)
);
CREATE INDEX swap_request_open_idx ON oncall.swap_request (expires_at) WHERE state = 'open';
CREATE INDEX swap_request_rotation_id_idx ON oncall.swap_request (rotation_id);
CREATE INDEX swap_request_in_return_rotation_id_idx ON oncall.swap_request (in_return_rotation_id);
CREATE INDEX swap_request_offered_by_idx ON oncall.swap_request (offered_by);
CREATE INDEX swap_request_offered_to_idx ON oncall.swap_request (offered_to);
CREATE INDEX swap_request_accepted_by_idx ON oncall.swap_request (accepted_by);
CREATE INDEX swap_request_change_id_idx ON oncall.swap_request (change_id);
COMMENT ON TABLE oncall.swap_request IS 'The market: shifts, or parts of shifts, that their holders offer. An UPDATE to state accepted writes the swap and its covers as the owner of the tables. Row-level security: everybody with access reads; people offer and withdraw what is theirs and accept what is offered to them or to all.';
COMMENT ON COLUMN oncall.swap_request.swap_request_id IS 'Key.';
COMMENT ON COLUMN oncall.swap_request.rotation_id IS 'The rotation in which duty is offered.';
COMMENT ON COLUMN oncall.swap_request.seat IS 'The seat, from 1.';
COMMENT ON COLUMN oncall.swap_request.period IS 'The time that is offered, half-open and bounded: a shift or a part of one, or several of one seat.';
COMMENT ON COLUMN oncall.swap_request.offered_by IS 'Who holds the seat then, and offers it.';
COMMENT ON COLUMN oncall.swap_request.offered_to IS 'Who may take it. NULL: everybody.';
COMMENT ON COLUMN oncall.swap_request.in_return_rotation_id IS 'The rotation of the duty that offered_by would take in return. NULL: nothing is asked for.';
COMMENT ON COLUMN oncall.swap_request.in_return_seat IS 'Its seat.';
COMMENT ON COLUMN oncall.swap_request.in_return_period IS 'Its time: whoever accepts must hold that seat for the whole of it.';
COMMENT ON COLUMN oncall.swap_request.state IS 'open, accepted, withdrawn or expired; an offer that is not open stays as it is. An open one expires when its shift begins, whether the state says so yet or not.';
COMMENT ON COLUMN oncall.swap_request.accepted_by IS 'Who accepted it. NULL: nobody.';
COMMENT ON COLUMN oncall.swap_request.change_id IS 'The change that was made when it was accepted.';
COMMENT ON COLUMN oncall.swap_request.note IS 'Remark of the offerer; becomes the reason of the covers.';
COMMENT ON COLUMN oncall.swap_request.offered_at IS 'When it was offered.';
COMMENT ON COLUMN oncall.swap_request.expires_at IS 'When the first of its shifts begins; from then on it cannot be accepted.';
COMMENT ON COLUMN oncall.swap_request.closed_at IS 'When it was accepted, withdrawn or marked as expired. NULL: open.';

CREATE TRIGGER swap_request_update BEFORE UPDATE ON oncall.swap_request
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.swap_request_update();

ALTER TABLE oncall.swap_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY swap_request_read ON oncall.swap_request FOR SELECT USING (true);
CREATE POLICY swap_request_offer ON oncall.swap_request FOR INSERT
	WITH CHECK (EXISTS (SELECT FROM oncall.person p WHERE p.db_role = current_user
		AND p.person_id = swap_request.offered_by));
CREATE POLICY swap_request_answer ON oncall.swap_request FOR UPDATE
	USING (EXISTS (SELECT FROM oncall.person p WHERE p.db_role = current_user
		AND (swap_request.offered_to IS NULL OR p.person_id IN (swap_request.offered_by, swap_request.offered_to))))
	WITH CHECK (EXISTS (SELECT FROM oncall.person p WHERE p.db_role = current_user
		AND p.person_id = CASE swap_request.state WHEN 'accepted' THEN swap_request.accepted_by
			WHEN 'withdrawn' THEN swap_request.offered_by END));
COMMENT ON POLICY swap_request_read ON oncall.swap_request IS 'Whoever may read the market sees all of it.';
COMMENT ON POLICY swap_request_offer ON oncall.swap_request IS 'People offer their own duty: that of the person whose db_role is the current role.';
COMMENT ON POLICY swap_request_answer ON oncall.swap_request IS 'People withdraw what they offered, and accept, for themselves, what was offered to them or to all.';

CREATE FUNCTION oncall_internal.refuse_begun(period tstzrange, zone text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF lower(period) <= statement_timestamp() THEN
		RAISE EXCEPTION USING
			ERRCODE = 'invalid_parameter_value',
			MESSAGE = CASE WHEN upper(period) <= statement_timestamp()
				THEN 'a shift of the past cannot be offered'
				ELSE 'a shift that has begun cannot be offered' END,
			DETAIL = format('It lasts from %s.', oncall_internal.wall_period(period, zone)),
			HINT = 'Offer a part that is still to come.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_begun(tstzrange, text) IS
'The error (22023) that a period has begun, so that it cannot be offered or asked for any more.';

CREATE FUNCTION oncall_internal.swap_request_insert() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	offerer oncall.person;
BEGIN
	-- the owner restores what was dumped, which was not offered just now
	IF (NEW.state <> 'open' OR NEW.offered_at <> now())
		AND pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
		RETURN NEW;
	END IF;

	IF (NEW.state, NEW.accepted_by, NEW.change_id, NEW.closed_at, NEW.offered_at)
		IS DISTINCT FROM ('open', NULL::integer, NULL::integer, NULL::timestamptz, now()) THEN
		RAISE EXCEPTION 'an offer begins open'
			USING ERRCODE = '42501', HINT = 'Leave out state, accepted_by, change_id, offered_at and closed_at.';
	END IF;
	SELECT p.* INTO offerer FROM oncall.person p WHERE p.person_id = NEW.offered_by;
	IF offerer.db_role IS DISTINCT FROM current_user AND NOT has_table_privilege('oncall.cover', 'INSERT') THEN
		RAISE EXCEPTION 'role "%" may not offer the duty of %', current_user, offerer.name
			USING ERRCODE = '42501', HINT = 'People offer their own duty; ask a manager to do it for somebody else.';
	END IF;
	PERFORM oncall_internal.refuse_period('period', NEW.period);
	PERFORM oncall_internal.refuse_begun(NEW.period, r.zone) FROM oncall.rotation r WHERE r.rotation_id = NEW.rotation_id;
	PERFORM oncall_internal.held_seat(NEW.rotation_id, NEW.offered_by, NEW.period, NEW.seat);
	IF NEW.in_return_period IS NOT NULL THEN
		PERFORM oncall_internal.refuse_period('in_return_period', NEW.in_return_period);
		PERFORM oncall_internal.refuse_begun(NEW.in_return_period, r.zone)
		FROM oncall.rotation r WHERE r.rotation_id = NEW.in_return_rotation_id;
		PERFORM oncall_internal.seat_named(NEW.in_return_rotation_id, NEW.in_return_seat::text);
		IF NEW.offered_to IS NOT NULL THEN
			PERFORM oncall_internal.held_seat(NEW.in_return_rotation_id, NEW.offered_to, NEW.in_return_period, NEW.in_return_seat);
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.swap_request_insert() IS
'Trigger of oncall.swap_request: people offer duty that is theirs (42501, 55000) and has not begun (22023), and an offer begins open (42501). The owner of the table may also write offers of before.';
CREATE TRIGGER swap_request_insert BEFORE INSERT ON oncall.swap_request
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.swap_request_insert();

CREATE FUNCTION oncall.offer_shift(
	rotation oncall.ref, period tstzrange, offered_by oncall.ref DEFAULT NULL,
	offered_to oncall.ref DEFAULT NULL, note text DEFAULT NULL,
	in_return_period tstzrange DEFAULT NULL,
	in_return_rotation oncall.ref DEFAULT NULL, seat text DEFAULT NULL,
	in_return_seat text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.rotation;
	other oncall.rotation;
	by_id constant integer := coalesce(oncall_internal.person_named(offer_shift.offered_by), oncall_internal.current_person());
	to_id constant integer := oncall_internal.person_named(offer_shift.offered_to);
	held smallint;
	return_seat smallint;
	new_id integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', offer_shift.rotation IS NULL);
	PERFORM oncall_internal.refuse_period('period', offer_shift.period);
	IF by_id IS NULL THEN
		RAISE EXCEPTION 'offered_by must not be null'
			USING ERRCODE = '22004', DETAIL = format('Role "%s" is nobody''s db_role.', current_user),
				HINT = 'Say whose shift it is.';
	ELSIF by_id = to_id THEN
		RAISE EXCEPTION '% cannot offer a shift to themselves', offer_shift.offered_to
			USING ERRCODE = '22023', HINT = 'Name somebody else, or nobody for everybody.';
	END IF;
	SELECT r.* INTO own FROM oncall.rotation AS r
	WHERE r.rotation_id = oncall_internal.rotation_named(offer_shift.rotation);
	PERFORM oncall_internal.refuse_begun(offer_shift.period, own.zone);
	held := oncall_internal.held_seat(own.rotation_id, by_id, offer_shift.period,
		oncall_internal.seat_named(own.rotation_id, offer_shift.seat));

	IF offer_shift.in_return_period IS NOT NULL THEN
		PERFORM oncall_internal.refuse_period('in_return_period', offer_shift.in_return_period);
		SELECT r.* INTO other FROM oncall.rotation AS r
		WHERE r.rotation_id = oncall_internal.rotation_named(
			coalesce(offer_shift.in_return_rotation, offer_shift.rotation));
		PERFORM oncall_internal.refuse_begun(offer_shift.in_return_period, other.zone);
		return_seat := oncall_internal.seat_named(other.rotation_id, offer_shift.in_return_seat);
		IF to_id IS NOT NULL THEN
			return_seat := oncall_internal.held_seat(other.rotation_id, to_id,
				offer_shift.in_return_period, return_seat);
		ELSIF return_seat IS NULL AND cardinality(other.seats) > 1 THEN
			RAISE EXCEPTION 'in_return_seat must not be null'
				USING ERRCODE = '22004',
					HINT = format('Say which seat of rotation "%s" you would take: %s.', other.name,
						array_to_string(other.seats, ', '));
		END IF;
		return_seat := coalesce(return_seat, 1);
	ELSIF num_nonnulls(offer_shift.in_return_rotation, offer_shift.in_return_seat) > 0 THEN
		PERFORM oncall_internal.refuse_null('in_return_period', true);
	END IF;

	INSERT INTO oncall.swap_request AS s
		(rotation_id, seat, period, offered_by, offered_to,
		 in_return_rotation_id, in_return_seat, in_return_period, note)
	VALUES
		(own.rotation_id, held, offer_shift.period, by_id, to_id,
		 other.rotation_id, return_seat, offer_shift.in_return_period,
		 offer_shift.note)
	RETURNING s.swap_request_id INTO new_id;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.offer_shift(oncall.ref, tstzrange, oncall.ref, oncall.ref, text, tstzrange, oncall.ref, text, text) IS
'Offer duty, a shift or a part of one, to one person or (offered_to NULL) to everybody, for nothing or for a shift in return (in_return_period, in in_return_rotation if that is another one); returns the swap_request_id. offered_by NULL: the person whose db_role is the current role. Until the first of the shifts begins it can be accepted. Seats, by name or number, are needed only where somebody holds several, and for what is asked in return from everybody. Errors: 55000 if somebody does not hold that duty (the detail says who does), 22023 for a shift that has begun, an offer to oneself, a period without start or end, and several seats; 42501 for somebody else''s duty, unless the caller is a manager; 42704 for an unknown name, with near names; 22004 for NULL.';

CREATE FUNCTION oncall_internal.take_offer(swap_request_id integer, accepted_by integer)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r oncall.swap_request;
BEGIN
	SELECT s.* INTO STRICT r FROM oncall.swap_request AS s
	WHERE s.swap_request_id = take_offer.swap_request_id;
	IF r.in_return_period IS NULL THEN
		RETURN oncall_internal.trade(
			ARRAY[r.rotation_id], ARRAY[r.seat], ARRAY[r.period],
			ARRAY[r.offered_by], ARRAY[take_offer.accepted_by],
			r.offered_by, r.note, r.swap_request_id);
	END IF;
	IF NOT oncall_internal.holds_seat(r.in_return_rotation_id, r.in_return_seat,
							 r.in_return_period, take_offer.accepted_by) THEN
		PERFORM oncall_internal.refuse_not_held(r.in_return_rotation_id,
			take_offer.accepted_by, r.in_return_period, r.in_return_seat);
	END IF;
	RETURN oncall_internal.trade(
		ARRAY[r.rotation_id, r.in_return_rotation_id],
		ARRAY[r.seat, r.in_return_seat],
		ARRAY[r.period, r.in_return_period],
		ARRAY[r.offered_by, take_offer.accepted_by],
		ARRAY[take_offer.accepted_by, r.offered_by],
		r.offered_by, r.note, r.swap_request_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.take_offer(integer, integer) IS
'For the trigger of oncall.swap_request, which calls it as the owner of the table: write the swap and the covers of an offer that somebody accepts; return the change_id. Errors: 55000 if the shift has changed hands, or who accepts does not hold what is asked for in return.';

CREATE FUNCTION oncall_internal.refuse_missing_offer(swap_request_id integer)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r record;
BEGIN
	SELECT b.name AS offered_by, t.name AS offered_to INTO r
	FROM oncall.swap_request AS s
	JOIN oncall.person AS b ON b.person_id = s.offered_by
	LEFT JOIN oncall.person AS t ON t.person_id = s.offered_to
	WHERE s.swap_request_id = refuse_missing_offer.swap_request_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'offer % does not exist', swap_request_id
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.open_offers() shows what is on offer.';
	END IF;
	RAISE EXCEPTION 'role "%" may not answer offer %', current_user, swap_request_id
		USING ERRCODE = '42501',
			DETAIL = format('%s offers it to %s.', r.offered_by, coalesce(r.offered_to, 'everybody')),
			HINT = 'A person is recognised by the role as which they connect: the db_role in oncall.person.';
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_missing_offer(integer) IS
'The error that an offer does not exist (42704), or that row-level security does not let the current role answer it (42501).';

CREATE FUNCTION oncall.accept_offer(
	swap_request_id integer, person oncall.ref DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	new_id integer;
	who constant integer := oncall_internal.person_named(accept_offer.person);
BEGIN
	PERFORM oncall_internal.refuse_null('swap_request_id', accept_offer.swap_request_id IS NULL);
	UPDATE oncall.swap_request AS s SET state = 'accepted', accepted_by = who
	WHERE s.swap_request_id = accept_offer.swap_request_id
	RETURNING s.change_id INTO new_id;
	IF NOT FOUND THEN
		PERFORM oncall_internal.refuse_missing_offer(accept_offer.swap_request_id);
	END IF;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.accept_offer(integer, oncall.ref) IS
'Accept an offer: its covers are written in this transaction, and judged when it commits; returns the change_id. person NULL: the one whose db_role is the current role; only managers may name somebody else. Errors: 55000 if the offer is gone or has expired, the shift has changed hands, or the one asked for in return is not theirs; 42501 if it is for somebody else, or accepted for somebody else; 22023 for one''s own offer; 42704 for an unknown offer or person; 22004 if nobody is named and the role is nobody''s; 40001 in REPEATABLE READ and above if somebody was faster; at commit 23514 with the name of the rule.';

CREATE FUNCTION oncall.withdraw_offer(swap_request_id integer)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	PERFORM oncall_internal.refuse_null('swap_request_id', withdraw_offer.swap_request_id IS NULL);
	UPDATE oncall.swap_request AS s SET state = 'withdrawn'
	WHERE s.swap_request_id = withdraw_offer.swap_request_id;
	IF NOT FOUND THEN
		PERFORM oncall_internal.refuse_missing_offer(withdraw_offer.swap_request_id);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall.withdraw_offer(integer) IS
'Take an offer back. Errors: 55000 if it is gone already, 42501 if it is not one''s own and the caller is no manager, 42704 for an unknown offer, 22004 for NULL.';

CREATE FUNCTION oncall.expire_offers()
RETURNS integer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expired integer;
BEGIN
	UPDATE oncall.swap_request AS s SET state = 'expired'
	WHERE s.swap_request_id = ANY (ARRAY(
		SELECT o.swap_request_id FROM oncall.swap_request AS o
		WHERE o.state = 'open' AND o.expires_at <= statement_timestamp()
		ORDER BY o.swap_request_id
		FOR NO KEY UPDATE SKIP LOCKED));
	GET DIAGNOSTICS expired = ROW_COUNT;
	RETURN expired;
END
$$;
COMMENT ON FUNCTION oncall.expire_offers() IS
'Mark open offers whose shift has begun as expired; returns their number. Nothing depends on it: such an offer is not shown and cannot be accepted whether it is marked or not. Safe to call from any timer, twice or from two sessions at once.';

CREATE FUNCTION oncall.offer_objections(
	swap_request_id integer, person oncall.ref DEFAULT NULL)
RETURNS TABLE (whose text, constraint_name text, rotation text,
	period tstzrange, message text, detail text, hint text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	r oncall.swap_request;
	who constant integer := coalesce(oncall_internal.person_named(offer_objections.person), oncall_internal.current_person());
BEGIN
	PERFORM oncall_internal.refuse_null('swap_request_id', offer_objections.swap_request_id IS NULL);
	PERFORM oncall_internal.refuse_null('person', who IS NULL);
	SELECT s.* INTO r FROM oncall.swap_request AS s
	WHERE s.swap_request_id = offer_objections.swap_request_id;
	IF NOT FOUND THEN
		PERFORM oncall_internal.refuse_missing_offer(offer_objections.swap_request_id);
	END IF;

	RETURN QUERY
	SELECT p.name, o.constraint_name, n.name, o.period, o.message, o.detail, o.hint
	FROM (SELECT array_agg(c.rotation_id) AS rotation_ids, array_agg(c.seat) AS seats,
				 array_agg(c.period) AS periods, array_agg(c.person_id) AS person_ids
		  FROM (VALUES (r.rotation_id, r.seat, r.period, who),
				(r.in_return_rotation_id, r.in_return_seat, r.in_return_period, r.offered_by))
			AS c(rotation_id, seat, period, person_id)
		  WHERE c.rotation_id IS NOT NULL) AS a,
		LATERAL oncall.objections(a.rotation_ids, a.seats, a.periods, a.person_ids) AS o
	LEFT JOIN oncall.person AS p ON p.person_id = o.person_id
	LEFT JOIN oncall.rotation AS n ON n.rotation_id = o.rotation_id;
END
$$;
COMMENT ON FUNCTION oncall.offer_objections(integer, oncall.ref) IS
'What the rules would object to if a person (NULL: the one whose db_role is the current role) accepted an offer: whose duty breaks which rule, and what would be legal. No rows: it is legal. Nothing is written. Errors: 42704 (unknown offer, person), 22004 (NULL, and the role is nobody''s).';

CREATE FUNCTION oncall.open_offers(person oncall.ref DEFAULT NULL)
RETURNS TABLE (swap_request_id integer, rotation text, seat smallint,
	seat_name text, period tstzrange, offered_by text, offered_to text,
	in_return_rotation text, in_return_seat smallint,
	in_return_seat_name text, in_return_period tstzrange,
	expires_at timestamptz, note text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	who constant integer := oncall_internal.person_named(open_offers.person);
BEGIN
	RETURN QUERY
	SELECT s.swap_request_id, r.name, s.seat, r.seats[s.seat], s.period,
		b.name, t.name, x.name, s.in_return_seat, x.seats[s.in_return_seat],
		s.in_return_period, s.expires_at, s.note
	FROM oncall.swap_request AS s
	JOIN oncall.rotation AS r ON r.rotation_id = s.rotation_id
	JOIN oncall.person AS b ON b.person_id = s.offered_by
	LEFT JOIN oncall.person AS t ON t.person_id = s.offered_to
	LEFT JOIN oncall.rotation AS x ON x.rotation_id = s.in_return_rotation_id
	WHERE s.state = 'open' AND s.expires_at > statement_timestamp()
		AND (who IS NULL OR s.offered_by <> who AND coalesce(s.offered_to = who, true))
		-- in this order: each question takes longer than the one before
		AND CASE
			WHEN NOT oncall_internal.holds_seat(s.rotation_id, s.seat, s.period, s.offered_by) THEN false
			WHEN s.in_return_period IS NOT NULL AND coalesce(who, s.offered_to) IS NOT NULL
				AND NOT oncall_internal.holds_seat(s.in_return_rotation_id, s.in_return_seat,
										  s.in_return_period, coalesce(who, s.offered_to)) THEN false
			WHEN who IS NULL THEN true
			ELSE NOT EXISTS (SELECT FROM oncall.offer_objections(s.swap_request_id, open_offers.person)) END
	ORDER BY s.expires_at, s.swap_request_id;
END
$$;
COMMENT ON FUNCTION oncall.open_offers(oncall.ref) IS
'What is on offer: offers that are open, have not expired, and whose shift is still held by who offers it. With a person: only those that this person may take, offered to them or to all, of which the rules would allow every cover (offer_objections() says what they object to in the others). The first to expire comes first. An unknown person is an error (42704), with near names.';

-- Readable after the fact -----------------------------------------------

CREATE FUNCTION oncall.cover_history(rotation oncall.ref, during tstzrange)
RETURNS TABLE (cover_id integer, seat smallint, seat_name text,
	period tstzrange, person text, instead_of text, believed tstzrange,
	change_id integer, kind text, made_by name, made_at timestamptz,
	proposed_by text, reason text, past_reason text, swap_request_id integer,
	offered_by text, offered_at timestamptz, accepted_by text,
	accepted_at timestamptz, note text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id constant integer := oncall_internal.rotation_named(cover_history.rotation);
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', cover_history.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('during', cover_history.during IS NULL);

	RETURN QUERY
	SELECT coalesce(c.copy_of, c.cover_id), c.seat, r.seats[c.seat], c.period,
		p.name, before.people, c.recorded, c.change_id, h.kind, h.made_by, h.made_at,
		w.name, h.reason, h.past_reason, q.swap_request_id, o.name,
		q.offered_at, a.name, q.closed_at, q.note
	FROM oncall.cover AS c
	JOIN oncall.rotation AS r ON r.rotation_id = c.rotation_id
	LEFT JOIN oncall.person AS p ON p.person_id = c.person_id
	JOIN oncall.change AS h ON h.change_id = c.change_id
	LEFT JOIN oncall.person AS w ON w.person_id = h.person_id
	LEFT JOIN oncall.swap_request AS q ON q.change_id = c.change_id
	LEFT JOIN oncall.person AS o ON o.person_id = q.offered_by
	LEFT JOIN oncall.person AS a ON a.person_id = q.accepted_by
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
'Who traded what: every cover of a rotation that overlaps a time and was ever believed, also those that were changed, ended or withdrawn since, with the change and the offer that it came from. believed: from when until when the database believed the row (unbounded above: it still does); a cover that was changed has a row for each version. person NULL: on purpose nobody. instead_of: who was believed to hold the seat in that period just before; NULL: nobody. made_by: the role that made the change, for an accepted offer the owner of the tables, with accepted_by to say who accepted. Errors: 42704 for an unknown rotation, with near names; 22004 for NULL.';
