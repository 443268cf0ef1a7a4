
-- Duty that people take without an offer: they relieve whoever holds it, by
-- their own word, as far as the rotation lets them.

CREATE FUNCTION oncall_internal.refuse_take(
	rotation_id integer, seat smallint, period tstzrange, relieved integer, by_id integer, at timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
	people record;
	-- between the two of them, about the same time of the same seat
	taken_from_them tstzmultirange;
	taken_by_them tstzmultirange;
	shift tstzrange;
	shifts bigint;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r WHERE r.rotation_id = refuse_take.rotation_id;
	SELECT h.name AS relieved, b.name AS taker INTO people FROM oncall.person h, oncall.person b
	WHERE h.person_id = refuse_take.relieved AND b.person_id = refuse_take.by_id;
	SELECT range_agg(s.period) FILTER (WHERE s.accepted_by = refuse_take.relieved),
		range_agg(s.period) FILTER (WHERE s.accepted_by = refuse_take.by_id)
	INTO taken_from_them, taken_by_them
	FROM oncall.swap_request s
	WHERE s.state = 'taken' AND s.rotation_id = refuse_take.rotation_id AND s.seat = refuse_take.seat
		AND s.period && refuse_take.period
		AND (s.offered_by, s.accepted_by) IN ((refuse_take.by_id, refuse_take.relieved),
			(refuse_take.relieved, refuse_take.by_id));

	IF taken_from_them * taken_by_them && refuse_take.period THEN
		RAISE EXCEPTION '% and % have each taken this shift from the other', people.taker, people.relieved
			USING ERRCODE = '55000', DETAIL = 'A shift that was taken can be taken back once.',
				HINT = 'Agree on an offer, or ask a manager.';
	END IF;
	-- what was taken from somebody they may have back, whatever the rotation says
	IF own.may_take = 'always' OR refuse_take.period <@ taken_from_them THEN
		RETURN;
	ELSIF own.may_take = 'never' THEN
		RAISE EXCEPTION 'nobody takes shifts of rotation "%"', own.name
			USING ERRCODE = '42501', DETAIL = 'Its may_take is never.',
				HINT = format('%s can offer the shift with offer_shift(); managers use cover_shift().', people.relieved);
	END IF;
	-- one row: one shift, under way now, reaches to the end of what is taken
	SELECT count(*), (array_agg(r.period ORDER BY r.period))[1] INTO shifts, shift
	FROM oncall.roster(tstzrange(refuse_take.at, upper(refuse_take.period)), own.rotation_id) AS r
	WHERE r.seat = refuse_take.seat;
	IF shifts > 1 THEN
		RAISE EXCEPTION 'only a shift under way can be taken in rotation "%"', own.name
			USING ERRCODE = '42501',
				DETAIL = format('That under way ends at %s [%s], and may_take of the rotation is now.',
					oncall_internal.wall_time(upper(shift), own.zone), own.zone),
				HINT = format('%s can offer later shifts with offer_shift(); managers use cover_shift().', people.relieved);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_take(integer, smallint, tstzrange, integer, integer, timestamptz) IS
'Errors if a person may not take a shift from whoever holds it: 42501 (the rotation''s may_take does not say so, and it was not taken from them), 55000 (both have taken it from each other).';

CREATE FUNCTION oncall_internal.begin_take(
	rotation_id integer, seat smallint, asked tstzrange, offered_by integer, note text, by_id integer, at timestamptz,
	OUT period tstzrange, OUT relieved integer, OUT change_id integer)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own oncall.rotation;
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r WHERE r.rotation_id = begin_take.rotation_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no rotation with rotation_id %', begin_take.rotation_id USING ERRCODE = '42704';
	END IF;
	PERFORM oncall_internal.seat_named(own.rotation_id, begin_take.seat::text);
	period := asked * tstzrange(at, NULL);
	IF isempty(period) THEN
		RAISE EXCEPTION 'a shift of the past cannot be taken'
			USING ERRCODE = '22023',
				DETAIL = format('It lasted from %s.', oncall_internal.wall_period(asked, own.zone)),
				HINT = 'Managers write down who served it: cover_shift(..., past_reason => ...).';
	END IF;
	relieved := r.person_id FROM oncall.roster(period, own.rotation_id) AS r
		WHERE r.seat = begin_take.seat ORDER BY r.period LIMIT 1;
	IF begin_take.offered_by IS DISTINCT FROM relieved AND begin_take.offered_by IS NOT NULL THEN
		PERFORM oncall_internal.refuse_not_held(own.rotation_id, begin_take.offered_by, period, begin_take.seat);
	ELSIF relieved IS NULL THEN
		RAISE EXCEPTION 'nobody is on duty as % of rotation "%" at % [%]', own.seats[begin_take.seat], own.name,
			oncall_internal.wall_time(lower(period), own.zone), own.zone
			USING ERRCODE = '55000', HINT = 'Managers offer an empty seat with offer_gap().';
	ELSIF relieved = by_id THEN
		RAISE EXCEPTION '% is on duty already as % of rotation "%" at % [%]',
			(SELECT p.name FROM oncall.person p WHERE p.person_id = by_id), own.seats[begin_take.seat], own.name,
			oncall_internal.wall_time(lower(period), own.zone), own.zone
			USING ERRCODE = '22023', HINT = 'Take the shift of somebody else.';
	ELSIF NOT oncall_internal.holds_seat(own.rotation_id, begin_take.seat, period, relieved) THEN
		PERFORM oncall_internal.refuse_not_held(own.rotation_id, relieved, period, begin_take.seat);
	END IF;
	PERFORM oncall_internal.refuse_take(own.rotation_id, begin_take.seat, period, relieved, by_id, at);
	change_id := oncall_internal.begin_change('take', own.rotation_id, by_id, begin_take.note);
	PERFORM oncall_internal.end_change();
END
$$;
COMMENT ON FUNCTION oncall_internal.begin_take(integer, smallint, tstzrange, integer, text, integer, timestamptz) IS
'For the trigger of oncall.swap_request, which calls it as the owner of the table: what is taken of a period, from whom, and its change; the cover comes at commit, by settle_offer(). Errors: those of refuse_take(); 55000 (nobody, or more than one person, holds it), 22023 (over, their own), 42704.';

CREATE FUNCTION oncall.take_shift(
	rotation oncall.ref, since timestamptz DEFAULT now(), until timestamptz DEFAULT NULL,
	seat text DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.rotation;
	who CONSTANT integer := oncall_internal.own_person();
	start CONSTANT timestamptz := greatest(take_shift.since, clock_timestamp());
	stop timestamptz := take_shift.until;
	seat_no smallint;
	holder record;
	change integer;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', take_shift.rotation IS NULL);
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = oncall_internal.rotation_named(take_shift.rotation);
	PERFORM oncall_internal.refuse_since(own.rotation_id, take_shift.since, take_shift.until);
	IF who IS NULL THEN
		RAISE EXCEPTION 'role "%" may not take a shift', current_user
			USING ERRCODE = '42501', DETAIL = 'It is nobody''s db_role.',
				HINT = 'People take shifts for themselves; cover_shift() puts others on duty.';
	ELSIF take_shift.since < now() THEN
		RAISE EXCEPTION 'a shift cannot be taken from % [%] on, which is past',
			oncall_internal.wall_time(take_shift.since, own.zone), own.zone
			USING ERRCODE = '22023', HINT = 'Leave out since: it is taken from now on.';
	END IF;

	seat_no := oncall_internal.seat_named(own.rotation_id, take_shift.seat);
	-- their own seat first, if no other is named
	SELECT r.seat, r.person_id, r.person INTO holder
	FROM oncall.roster(tstzrange(start, start + interval '1 microsecond'), own.rotation_id) AS r
	WHERE r.person_id IS NOT NULL AND (seat_no IS NULL OR r.seat = seat_no)
	ORDER BY r.person_id = who DESC, r.seat LIMIT 1;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'nobody is on duty% in rotation "%" at % [%]', coalesce(' as ' || own.seats[seat_no], ''),
			own.name, oncall_internal.wall_time(start, own.zone), own.zone
			USING ERRCODE = '55000', HINT = 'Managers offer an empty seat with offer_gap().';
	ELSIF holder.person_id = who THEN
		RAISE EXCEPTION '% is on duty already as % of rotation "%"', holder.person, own.seats[holder.seat], own.name
			USING ERRCODE = '55000', HINT = CASE cardinality(own.seats) WHEN 1 THEN 'Take the shift of somebody else.'
				ELSE 'Nobody serves two seats of a rotation at once: managers exchange seats with swap_shifts(), or put somebody else on one of them with cover_shift().' END;
	END IF;

	IF take_shift.until IS NULL THEN
		stop := upper(t.period) FROM oncall_internal.shift_at(own.rotation_id, holder.person_id, start, holder.seat) t;
	END IF;
	INSERT INTO oncall.swap_request AS s (rotation_id, seat, period, offered_by, state, note)
	VALUES (own.rotation_id, holder.seat, tstzrange(start, stop), holder.person_id, 'taken', take_shift.reason)
	RETURNING s.change_id INTO change;
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.take_shift(oncall.ref, timestamptz, timestamptz, text, text) IS
'The caller relieves whoever is on duty from since to until (NULL: the end of the shift), as rotation.may_take says; returns the change_id. Covered at commit. Errors: 42501 (not let), 55000 (nobody, two people; at commit too late), 22023 (past), 42704, 22004; at commit 23514 (a rule).';
