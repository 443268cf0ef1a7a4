
-- Swaps: two people exchange shifts, as covers that are judged together.

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
	part tstzrange, now timestamptz, INOUT seat smallint, OUT period tstzrange)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null(argument || '_at', at IS NULL AND part IS NULL);
	PERFORM oncall_internal.refuse_infinity(argument || '_at', at);
	IF part IS NULL THEN
		SELECT s.seat, s.period INTO seat, period
		FROM oncall_internal.shift_at(rotation_id, person_id, at, seat) AS s;
		-- who served the first half of a shift under way has served it
		IF period @> now THEN
			period := period * tstzrange(now, NULL);
		END IF;
	ELSE
		PERFORM oncall_internal.refuse_period(argument || '_period', part);
		period := part;
		seat := oncall_internal.held_seat(rotation_id, person_id,
			CASE WHEN at IS NULL THEN part ELSE range_merge(part, tstzrange(at, at + interval '1 microsecond')) END, seat);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.traded_shift(integer, integer, text, timestamptz, tstzrange, timestamptz, smallint) IS
'For swap_shifts: the seat and the period of one of the two shifts: the shift of a person at an instant, of one under way what is left, or the part of their duty that is named, which goes on from that instant without a break.';

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
	a_rotation_id CONSTANT integer := oncall_internal.rotation_named(swap_shifts.rotation);
	b_rotation_id CONSTANT integer := oncall_internal.rotation_named(
		coalesce(b_rotation, swap_shifts.rotation));
	a_id CONSTANT integer := oncall_internal.person_named(a);
	b_id CONSTANT integer := oncall_internal.person_named(b);
	now CONSTANT timestamptz := clock_timestamp();
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

	a_shift := oncall_internal.traded_shift(a_rotation_id, a_id, 'a', a_at, a_period, now,
		oncall_internal.seat_named(a_rotation_id, a_seat));
	b_shift := oncall_internal.traded_shift(b_rotation_id, b_id, 'b', b_at, b_period, now,
		oncall_internal.seat_named(b_rotation_id, b_seat));
	RETURN oncall_internal.trade(
		ARRAY[a_rotation_id, b_rotation_id], ARRAY[a_shift.seat, b_shift.seat],
		ARRAY[a_shift.period, b_shift.period], ARRAY[a_id, b_id],
		ARRAY[b_id, a_id], oncall_internal.own_person(), swap_shifts.reason,
		past_reason => swap_shifts.past_reason);
END
$$;
COMMENT ON FUNCTION oncall.swap_shifts(oncall.ref, oncall.ref, timestamptz, oncall.ref, timestamptz, text, oncall.ref, tstzrange, tstzrange, text, text, text) IS
'Swaps the shift of a at a_at with that of b at b_at (of b_rotation, if named), of one under way what is left, or the parts a_period and b_period. Returns the change_id. Errors: 55000 (not on duty then), 22023 (oneself, unbounded, several seats), 42704, 22004; at commit 23514 (a rule of trades).';
