
-- Duty ahead that its holder cannot serve, and plans that resolve it.

-- What belongs to one change is mended at once, since it is judged as a whole.
CREATE FUNCTION oncall_internal.mending(rotation_id integer, cover_ids integer[], periods tstzrange[]) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('BEGIN; %s%sCOMMIT', string_agg(format('SELECT oncall.%s(%s); ',
			CASE WHEN lower(c.period) > now() THEN 'withdraw_cover' ELSE 'end_cover' END, c.cover_id), '' ORDER BY c.cover_id),
		'INSERT INTO oncall.cover (rotation_id, seat, period, person_id) VALUES '
			|| string_agg(format('(%s, %s, %s, %s)', c.rotation_id, c.seat,
				CASE WHEN lower(m.period) > now() THEN quote_literal(m.period)
					ELSE format('tstzrange(now(), %L)', upper(m.period)) END, coalesce(c.person_id::text, 'NULL')), ', ' ORDER BY c.cover_id)
				FILTER (WHERE m.period IS NOT NULL) || '; ')
	FROM unnest($2, $3) AS m(cover_id, period)
	JOIN oncall.cover c ON c.cover_id = m.cover_id;
END;
COMMENT ON FUNCTION oncall_internal.mending(integer, integer[], tstzrange[]) IS
'A statement that takes back covers that are out of step, and writes them anew for other periods (NULL: not).';

CREATE VIEW oncall.duty_conflict WITH (security_invoker = true) AS
	SELECT c.rotation_id, c.rotation, c.seat, c.seat_name, c.person_id, c.person, c.period,
		   c.conflict, c.reason, c.layer_id, c.cover_id,
		   NULL::integer AS instead_of_id, NULL::text AS instead_of, NULL::tstzrange AS shift, NULL::text AS statement,
		   lower(c.period) AS starts_at, upper(c.period) AS ends_at,
		   oncall_internal.in_hours(upper(c.period) - lower(c.period)) AS hours
	FROM oncall.duty_conflicts(tstzrange(now(), now() + oncall.horizon())) c
	UNION ALL
	SELECT r.rotation_id, r.name, o.seat, r.seats[o.seat], o.person_id, p.name, o.ahead,
		   tstzmultirange(o.ahead), format('out of step: it was meant for the shift of %s', i.name), NULL, o.cover_id,
		   o.instead_of, i.name, o.shift,
		   oncall_internal.mending(r.rotation_id,
				array_agg(o.cover_id) OVER same, array_agg(o.mended) OVER same),
		   lower(o.ahead), upper(o.ahead), oncall_internal.in_hours(upper(o.ahead) - lower(o.ahead))
	FROM oncall.rotation r
	CROSS JOIN LATERAL (
		SELECT s.*, c.change_id, s.period * tstzrange(now(), now() + oncall.horizon()) AS ahead
		FROM oncall_internal.covers_out_of_step(r.rotation_id) s
		JOIN oncall.cover c ON c.cover_id = s.cover_id) o
	JOIN oncall.person i ON i.person_id = o.instead_of
	LEFT JOIN oncall.person p ON p.person_id = o.person_id
	WHERE NOT isempty(o.ahead)
	WINDOW same AS (PARTITION BY r.rotation_id, o.change_id);
COMMENT ON VIEW oncall.duty_conflict IS
'Duty up to oncall.horizon ahead that its holder cannot serve, a row a shift: absent, left, not active yet, no member then, not to be together with another; or a cover out of step: by the layers the seat is not that of instead_of now, or the shift has other bounds. duty_conflicts() shows any window.';
COMMENT ON COLUMN oncall.duty_conflict.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.duty_conflict.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.duty_conflict.seat IS 'The seat: 1 is the primary, 2 the secondary.';
COMMENT ON COLUMN oncall.duty_conflict.seat_name IS 'The name of the seat.';
COMMENT ON COLUMN oncall.duty_conflict.person_id IS 'Who holds it.';
COMMENT ON COLUMN oncall.duty_conflict.person IS 'Their name.';
COMMENT ON COLUMN oncall.duty_conflict.period IS
'The shift, from now on at the earliest and to the horizon at the latest.';
COMMENT ON COLUMN oncall.duty_conflict.conflict IS 'The parts of it that they cannot serve.';
COMMENT ON COLUMN oncall.duty_conflict.reason IS
'What is in the way, such as absent (leave), has left, not a member, or not to be together with Ana.';
COMMENT ON COLUMN oncall.duty_conflict.layer_id IS 'The layer that says that they hold it; NULL: a cover does.';
COMMENT ON COLUMN oncall.duty_conflict.cover_id IS 'The cover that says so; NULL: a layer does.';
COMMENT ON COLUMN oncall.duty_conflict.instead_of_id IS
'Whom a cover that is out of step was meant to relieve; NULL: it is none.';
COMMENT ON COLUMN oncall.duty_conflict.instead_of IS 'Their name.';
COMMENT ON COLUMN oncall.duty_conflict.shift IS 'The shift of theirs that it was meant for.';
COMMENT ON COLUMN oncall.duty_conflict.statement IS
'What puts it, and the other covers of its change, back on the shifts that they were meant for, where these are now.';
COMMENT ON COLUMN oncall.duty_conflict.starts_at IS 'When period starts.';
COMMENT ON COLUMN oncall.duty_conflict.ends_at IS 'When period ends.';
COMMENT ON COLUMN oncall.duty_conflict.hours IS 'How long period lasts, in hours; for display.';

-- The weights that duty has in a plan, in thousandths.
CREATE FUNCTION oncall_internal.load_weights(weights jsonb) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	usual CONSTANT jsonb := '{"holiday": 3, "working": 1, "weekend": 2, "night": 2, "evening": 1.5}';
	given record;
BEGIN
	PERFORM oncall_internal.refuse_null('weights', weights IS NULL);
	IF jsonb_typeof(weights) <> 'object' THEN
		RAISE EXCEPTION 'the weights of a plan must be a JSON object'
			USING ERRCODE = '22023', HINT = format('Write some of %s.', usual);
	END IF;
	FOR given IN SELECT w.key, w.value FROM jsonb_each(weights) AS w ORDER BY w.key LOOP
		IF NOT usual ? given.key THEN
			RAISE EXCEPTION 'unknown kind of time "%"', given.key
				USING ERRCODE = '22023', HINT = format('Write some of %s.', usual);
		ELSIF jsonb_typeof(given.value) <> 'number' OR given.value::numeric NOT BETWEEN 0 AND 100 THEN
			RAISE EXCEPTION 'the weight of "%" must be a number from 0 to 100, not %', given.key, given.value
				USING ERRCODE = '22023';
		END IF;
	END LOOP;
	RETURN ARRAY(
		SELECT round(1000 * (usual || weights ->> kind)::numeric)::integer
		FROM unnest('{holiday,working,weekend,night,evening}'::text[]) WITH ORDINALITY AS k(kind, place)
		ORDER BY place);
END
$$;
COMMENT ON FUNCTION oncall_internal.load_weights(jsonb) IS
'The weights of plan_covers() in thousandths, as plan_shifts() takes them: of public holidays, working hours, weekends, nights and other time. What is not given has its usual weight. Errors: 22023 (not a JSON object, an unknown kind of time, not a number from 0 to 100).';

CREATE FUNCTION oncall_internal.history_length(history interval) RETURNS interval
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('history', history IS NULL);
	IF history < '0' OR history > '10 years' THEN
		RAISE EXCEPTION 'the history of a plan must be from 0 to 10 years, not %', history
			USING ERRCODE = '22023', HINT = 'Give an interval such as ''90 days''.';
	END IF;
	RETURN history;
END
$$;
COMMENT ON FUNCTION oncall_internal.history_length(interval) IS
'An interval by which plan_covers() may look back. Errors: 22023 (less than 0, more than 10 years), 22004 (NULL).';

CREATE FUNCTION oncall_internal.coverage_gaps(rotation_id integer, during tstzrange, wanted boolean,
	OUT rotation_ids integer[], OUT seats integer[], OUT periods tstzrange[])
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT coverage_gaps.wanted THEN
		rotation_ids := '{}';
		seats := '{}';
		periods := '{}';
		RETURN;
	END IF;
	SELECT coalesce(array_agg(g.rotation_id), '{}'), coalesce(array_agg(g.seat), '{}'),
		coalesce(array_agg(g.period), '{}')
	INTO rotation_ids, seats, periods
	FROM (
		SELECT o.rotation_id, e.seat::integer AS seat, p AS period
		-- of a window that has begun, what lies ahead
		FROM oncall.roster(coverage_gaps.during * CASE WHEN coverage_gaps.during @> now()
			THEN tstzrange(now(), NULL) ELSE '(,)' END, coverage_gaps.rotation_id) e
		JOIN oncall.rotation o ON o.rotation_id = e.rotation_id
		-- before the first layer and after the last nobody is meant to be on call
		JOIN LATERAL (
			SELECT tstzrange(min(oncall_internal.layer_begins(l.valid, l.cadence)),
				CASE WHEN bool_and(oncall_internal.layer_until(l.layer_id) IS NOT NULL)
					THEN max(oncall_internal.layer_until(l.layer_id)) END) AS served
			FROM oncall.layer l
			WHERE l.rotation_id = o.rotation_id AND upper_inf(l.recorded)
			HAVING count(*) > 0) s ON s.served && e.period,
		unnest(oncall.open_periods(o.coverage, e.period * s.served, o.zone, coalesce((
			SELECT array_agg(DISTINCT d.day) FROM oncall.holiday h, unnest(ARRAY[h.day, h.observes]) AS d(day)
			WHERE h.calendar_id = o.calendar_id AND d.day IS NOT NULL), '{}'))) p
		-- from the third on, somebody looks on and learns
		WHERE e.person_id IS NULL AND e.seat <= 2
		ORDER BY lower(p), o.rotation_id, e.seat) g;
END
$$;
COMMENT ON FUNCTION oncall_internal.coverage_gaps(integer, tstzrange, boolean) IS
'Part of plan_covers(): when a seat (of the first two) of a rotation, or of all (NULL), is empty within the coverage, while its layers count; nothing unless it is wanted.';

CREATE FUNCTION oncall.plan_covers(rotation oncall.ref, during tstzrange,
	weights jsonb DEFAULT '{}', history interval DEFAULT '90 days', fill_gaps boolean DEFAULT false)
RETURNS TABLE (rotation_id int, rotation text, seat smallint, seat_name text, period tstzrange,
	for_person_id int, for_person text, by_person_id int, by_person text,
	reason text, barred text, heaviest numeric, bound numeric, statement text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20
BEGIN ATOMIC
	SELECT p.rotation_id, r.name, p.seat, r.seats[p.seat], p.period,
		   p.for_person_id, f.name, p.by_person_id, b.name, p.reason, p.barred,
		   round(p.heaviest / 3600000000.0, 2), round(p.bound / 3600000000.0, 2),
		   format('%s of %s conflicts resolved%s; the heaviest load is %s hours%s%s',
				  count(p.by_person_id) OVER (), count(*) OVER (),
				  CASE WHEN count(p.by_person_id) OVER () = count(*) OVER () THEN ''
					   WHEN p.most THEN ', no plan resolves more'
					   ELSE ', perhaps not as many as could be' END,
				  round(p.heaviest / 3600000000.0, 2), coalesce(' (' || h.name || ')', ''),
				  CASE WHEN p.best THEN ', no plan has a lighter one'
					   ELSE format(', no plan that resolves as many has one below %s hours',
								   round(p.bound / 3600000000.0, 2)) END)
	FROM (SELECT CASE WHEN $1 IS NOT NULL THEN oncall_internal.rotation_named($1) END AS id,
				 -- days on the clock of no zone in particular, so that the
				 -- session's does not matter
				 (lower($2) AT TIME ZONE 'UTC' - oncall_internal.history_length($4)) AT TIME ZONE 'UTC' AS since) wanted
	CROSS JOIN LATERAL oncall_internal.coverage_gaps(wanted.id, $2, coalesce($5, false)) g
	CROSS JOIN LATERAL oncall_internal.plan_shifts($2, wanted.id, coalesce(wanted.since, now()),
		oncall_internal.load_weights($3), g.rotation_ids, g.seats, g.periods) p
	JOIN oncall.rotation r ON r.rotation_id = p.rotation_id
	LEFT JOIN oncall.person f ON f.person_id = p.for_person_id
	LEFT JOIN oncall.person h ON h.person_id = p.heaviest_person_id
	LEFT JOIN oncall.person b ON b.person_id = p.by_person_id
	ORDER BY lower(p.period), p.rotation_id, p.seat;
END;
COMMENT ON FUNCTION oncall.plan_covers(oncall.ref, tstzrange, jsonb, interval, boolean) IS
'Who could take each shift of duty_conflicts(), with fill_gaps also each empty seat of the coverage, of one rotation or all (NULL): it keeps the rules, resolves most, and has the lightest heaviest load; apply_plan() writes it. by_person NULL: nobody can (barred). Errors: 42704, 22004, 22023, 54000.';

CREATE FUNCTION oncall.apply_plan(rotation oncall.ref, during tstzrange, reason text DEFAULT NULL,
	weights jsonb DEFAULT '{}', history interval DEFAULT '90 days', fill_gaps boolean DEFAULT false,
	OUT change_id int, OUT covers int, OUT unresolved int, OUT statement text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan record;
BEGIN
	SELECT count(p.by_person_id)::int AS resolved, (count(*) - count(p.by_person_id))::int AS unresolved,
		min(p.statement) AS statement,
		string_agg(format('%s, seat %s, %s: %s', p.rotation, p.seat, p.period, p.barred), E'\n'
			ORDER BY lower(p.period), p.rotation_id, p.seat) FILTER (WHERE p.by_person_id IS NULL) AS left_over,
		array_agg(p.rotation_id ORDER BY p.rotation_id, p.seat, p.period)
			FILTER (WHERE p.by_person_id IS NOT NULL) AS rotation_ids,
		array_agg(p.seat ORDER BY p.rotation_id, p.seat, p.period) FILTER (WHERE p.by_person_id IS NOT NULL) AS seats,
		array_agg(p.period ORDER BY p.rotation_id, p.seat, p.period)
			FILTER (WHERE p.by_person_id IS NOT NULL) AS periods,
		array_agg(p.by_person_id ORDER BY p.rotation_id, p.seat, p.period)
			FILTER (WHERE p.by_person_id IS NOT NULL) AS people
	INTO plan
	FROM oncall.plan_covers(apply_plan.rotation, apply_plan.during, apply_plan.weights, apply_plan.history,
		apply_plan.fill_gaps) AS p;

	covers := plan.resolved;
	unresolved := plan.unresolved;
	statement := coalesce(plan.statement, 'there is no conflict to resolve');
	IF plan.left_over IS NOT NULL THEN
		statement := format(E'%s\n%s', statement, plan.left_over);
	END IF;
	IF covers = 0 THEN
		RETURN;
	END IF;

	change_id := oncall_internal.write_covers(plan.rotation_ids, plan.seats, plan.periods, plan.people,
		'plan', oncall_internal.own_person(), coalesce(apply_plan.reason, format('plan: %s', plan.statement)));
END
$$;
COMMENT ON FUNCTION oncall.apply_plan(oncall.ref, tstzrange, text, jsonb, interval, boolean) IS
'Writes the plan that plan_covers() proposes as one change of so many covers, judged at commit as any other. unresolved conflicts stay; statement says what the plan comes to and who cannot take what is left. change_id NULL: nothing to write. Errors: those of plan_covers(), 23P01.';
