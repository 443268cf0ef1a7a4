
-- Holidays: who serves them.

CREATE FUNCTION oncall_internal.holiday_days(calendar_id integer)
RETURNS TABLE (day date, name text, year integer, season text, block date)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH holidays AS (
		SELECT h.day, h.name, h.observes,
			coalesce(h.season,
					 (SELECT min(o.season) FROM oncall.holiday o
					  WHERE o.calendar_id = h.calendar_id
						  AND o.day = h.observes)) AS season
		FROM oncall.holiday h
		WHERE h.calendar_id = holiday_days.calendar_id
	), listed AS (
		SELECT array_agg(h.day) AS days, array_agg(h.observes) AS observed,
			array_agg(h.season) AS seasons, array_agg(h.name) AS names
		FROM holidays h
	)
	SELECT u.day, u.name, extract(year FROM coalesce(u.observes, u.day))::integer,
		u.season, u.block
	FROM listed l,
		LATERAL unnest(l.days, l.names, l.observed, l.seasons,
					   oncall_internal.season_blocks(l.days, l.observed, l.seasons))
			AS u(day, name, observes, season, block);
END;
COMMENT ON FUNCTION oncall_internal.holiday_days(integer) IS
'The holidays of a calendar with their blocks: runs of consecutive dates of one season, with the dates that observe them. A block goes by its first date; season and block are NULL for holidays without a season. year is that of the date that the day stands for.';

CREATE FUNCTION oncall_internal.holiday_turns(
	rotation_id integer, during daterange, length integer)
RETURNS TABLE (season text, block date, days daterange, period tstzrange)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH days AS (
		SELECT DISTINCT r.zone, d.season, d.block, d.day
		FROM oncall.rotation r,
			LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
		WHERE r.rotation_id = holiday_turns.rotation_id
			AND d.season IS NOT NULL AND holiday_turns.during @> d.day
	), runs AS (
		SELECT d.*,
			d.day - row_number() OVER (PARTITION BY d.season, d.block
									   ORDER BY d.day)::integer AS run
		FROM days d
	), numbered AS (
		SELECT r.*,
			(row_number() OVER (PARTITION BY r.season, r.block, r.run
								ORDER BY r.day) - 1) / length AS turn
		FROM runs r
	), turns AS (
		SELECT n.season, n.block,
			daterange(min(n.day), max(n.day) + 1) AS days,
			tstzrange(oncall_internal.date_begins(min(n.day), n.zone),
					  oncall_internal.date_begins(max(n.day) + 1, n.zone))
				AS period
		FROM numbered n
		GROUP BY n.zone, n.season, n.block, n.run, n.turn
	)
	-- a date that the zone skipped has no time to be on call in
	SELECT t.season, t.block, t.days, t.period
	FROM turns t
	WHERE NOT isempty(t.period)
	ORDER BY t.days;
END;
COMMENT ON FUNCTION oncall_internal.holiday_turns(integer, daterange, integer) IS
'The turns of so many days into which the holidays of a rotation''s calendar that have a season fall, between two dates: each run of consecutive dates of a block is cut from its start; the last may be shorter. period: from local midnight to local midnight, the first where it comes twice.';

CREATE FUNCTION oncall_internal.holiday_duty(
	rotation_id integer, during daterange)
RETURNS TABLE (person_id integer, seat smallint, by_cover boolean, day date,
	name text, year integer, season text, block date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT s.person_id, s.seat, s.cover_id IS NOT NULL, d.day, d.name,
		d.year, d.season, d.block
	FROM oncall.rotation r
	CROSS JOIN LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
	JOIN oncall.roster(
		(SELECT tstzrange(
			oncall_internal.date_begins(lower(holiday_duty.during), o.zone),
			oncall_internal.date_begins(upper(holiday_duty.during), o.zone))
		 FROM oncall.rotation o
		 WHERE o.rotation_id = holiday_duty.rotation_id),
		holiday_duty.rotation_id) AS s
		ON s.person_id IS NOT NULL
		AND s.period && tstzrange(oncall_internal.date_begins(d.day, r.zone),
								  oncall_internal.date_begins(d.day + 1, r.zone))
	WHERE r.rotation_id = holiday_duty.rotation_id
		AND holiday_duty.during @> d.day;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_duty(integer, daterange) IS
'Who is on duty in a rotation on the holidays of its calendar between two dates, covers included: a row for each person, shift and holiday with some duty on that local date.';

CREATE FUNCTION oncall_internal.holiday_people(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (person_id integer, person text, active tstzrange,
	listed tstzmultirange, served integer,
	last_primary date)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH layers AS (
		SELECT l.layer_id, l.rank, l.valid, min(l.rank) OVER () AS lowest
		FROM oncall.layer l
		JOIN oncall.rotation r USING (rotation_id)
		WHERE l.rotation_id = holiday_people.rotation_id
			AND oncall_internal.is_believed(l.recorded)
			AND l.valid && tstzrange(
				oncall_internal.date_begins(lower(holiday_people.during), r.zone),
				oncall_internal.date_begins(upper(holiday_people.during), r.zone))
	), lists AS (
		SELECT m.person_id,
			range_agg(l.valid * m.valid) - coalesce(range_agg(v.period), '{}') AS listed,
			min(ARRAY[l.layer_id, m.position, m.layer_member_id]) AS place
		FROM layers l
		JOIN oncall.layer_member m USING (layer_id)
		LEFT JOIN oncall.layer_leave v ON v.layer_member_id = m.layer_member_id
			AND oncall_internal.is_believed(v.recorded)
		WHERE l.rank = l.lowest AND oncall_internal.is_believed(m.recorded)
		GROUP BY m.person_id, m.layer_member_id
	), listed AS (
		SELECT e.person_id, range_agg(e.listed) AS listed, min(e.place) AS place
		FROM lists e
		GROUP BY e.person_id
	), duty AS (
		SELECT d.person_id,
			count(DISTINCT d.day) FILTER (WHERE NOT of_season) AS days_before,
			max(d.day) FILTER (WHERE NOT of_season) AS last_day,
			max(d.day) FILTER (WHERE NOT of_season AND d.seat = 1)
				AS last_primary,
			count(DISTINCT d.day) FILTER (WHERE of_season AND
				(d.by_cover OR NOT holiday_people.during @> d.day))
				AS days_in_season
		FROM (SELECT h.*, h.season = holiday_people.season AS of_season
			  FROM oncall_internal.holiday_duty(
				  holiday_people.rotation_id,
				  oncall_internal.season_reach(holiday_people.rotation_id,
									  holiday_people.during,
									  holiday_people.season)) AS h
			  WHERE h.season IS NOT NULL) AS d
		GROUP BY d.person_id
	)
	SELECT p.person_id, p.name, p.active, l.listed,
		((coalesce(d.days_in_season, 0) + holiday_people.length - 1)
		 / holiday_people.length)::integer,
		d.last_primary
	FROM oncall.person p
	JOIN listed l ON l.person_id = p.person_id
	LEFT JOIN duty d ON d.person_id = p.person_id
	ORDER BY coalesce(d.days_before, 0), d.last_day NULLS FIRST,
		l.place, p.person_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_people(integer, daterange, text, integer) IS
'For add_holiday_cover: who may serve holidays of a season, the fairest choice first: fewest holidays in five years, then the last longest ago, then the order of the lists. listed: when they are on a list; served: how many turns of the season they have; last_primary: when last primary on one.';

CREATE FUNCTION oncall_internal.season_reach(
	rotation_id integer, during daterange, season text)
RETURNS daterange
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT daterange(
		least((lower(during) - interval '5 years')::date, min(d.day)),
		greatest(upper(during), max(d.day) + 1))
	FROM oncall.rotation r,
		LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
	WHERE r.rotation_id = season_reach.rotation_id
		AND d.season = season_reach.season;
END;
COMMENT ON FUNCTION oncall_internal.season_reach(integer, daterange, text) IS
'For add_holiday_cover: the dates that matter when the holidays of a season are planned between two dates: these, all others of the season, and five years before.';

CREATE FUNCTION oncall_internal.holiday_choices(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (turn integer, block integer, days daterange, period tstzrange,
	person integer, person_id integer, name text, served integer,
	last_primary date, obstacle text, repeats boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH turns AS (
		SELECT row_number() OVER (ORDER BY t.days)::integer AS turn,
			dense_rank() OVER (ORDER BY t.block)::integer - 1 AS number,
			t.block, t.days, t.period
		FROM oncall_internal.holiday_turns(holiday_choices.rotation_id,
								  holiday_choices.during,
								  holiday_choices.length) AS t
		WHERE t.season = holiday_choices.season
	), names AS (
		SELECT t.turn, d.name, d.year
		FROM turns t, oncall.rotation AS r,
			LATERAL oncall_internal.holiday_days(r.calendar_id) AS d
		WHERE r.rotation_id = holiday_choices.rotation_id AND t.days @> d.day
	), duty AS MATERIALIZED (
		SELECT d.*
		FROM oncall_internal.holiday_duty(
			holiday_choices.rotation_id,
			oncall_internal.season_reach(holiday_choices.rotation_id,
								holiday_choices.during,
								holiday_choices.season)) AS d
	), people AS (
		SELECT p.*
		FROM oncall_internal.holiday_people(
			holiday_choices.rotation_id, holiday_choices.during,
			holiday_choices.season, holiday_choices.length)
			WITH ORDINALITY AS p
	)
	SELECT t.turn, t.number, t.days, t.period,
		p.ordinality::integer, p.person_id, p.person, p.served,
		p.last_primary,
		CASE
			WHEN NOT p.active @> t.period THEN 'not active'
			WHEN NOT p.listed && t.period THEN 'not on the list'
			WHEN EXISTS (SELECT FROM oncall.absence a
						 WHERE a.person_id = p.person_id
							 AND a.period && t.period)
				THEN 'absent'
			WHEN EXISTS (SELECT FROM duty d
						 WHERE d.person_id = p.person_id
							 AND d.season = holiday_choices.season
							 AND d.block <> t.block
							 AND (d.by_cover
								  OR NOT holiday_choices.during @> d.day))
				THEN 'on duty in another block of the season'
		END,
		EXISTS (SELECT FROM names n
				JOIN duty d ON d.name = n.name AND d.year = n.year - 1
				WHERE n.turn = t.turn AND d.person_id = p.person_id)
	FROM turns t CROSS JOIN people p
	ORDER BY t.turn, p.ordinality;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_choices(integer, daterange, text, integer) IS
'For add_holiday_cover: each turn of a season with each person who may serve in it (person counts them, the fairest choice first), what stands in the way of that (NULL: nothing), and whether they would have a holiday again that they had last year, by its name.';

CREATE FUNCTION oncall_internal.refuse_turn(
	rotation oncall.rotation, days daterange, placed integer,
	names text[], obstacles text[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	missing text;
	free text;
BEGIN
	SELECT string_agg(format('%s (%s)', o.name, o.obstacle),
					  ', ' ORDER BY o.name) FILTER (WHERE o.obstacle IS NOT NULL),
		string_agg(o.name, ', ' ORDER BY o.name) FILTER (WHERE o.obstacle IS NULL)
	INTO missing, free
	FROM unnest(names, obstacles) AS o(name, obstacle);

	RAISE EXCEPTION 'there are too few people for the holiday turn of % in rotation "%": it needs %',
			oncall_internal.date_span(days), rotation.name, cardinality(rotation.seats)
		USING ERRCODE = '55000',
			DETAIL = format(
			'Together with the turns before it, %s can be had. Missing: %s. Free: %s.', placed,
			coalesce(missing, 'nobody'), coalesce(free, 'nobody')),
			HINT = 'Nobody serves two blocks of a season, nor a turn together with somebody whom oncall.not_together names with them. Add members to the rotation, or ask somebody whose absence can be moved.';
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_turn(oncall.rotation, daterange, integer, text[], text[]) IS
'For add_holiday_cover: the error (55000) that a holiday turn cannot be filled, with the people who are missing and why.';

CREATE FUNCTION oncall_internal.plan_season(
	rotation_id integer, during daterange, season text, length integer)
RETURNS TABLE (days daterange, period tstzrange, people integer[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.rotation;
	c record;					-- of the choices, each column as an array
	plan record;
	k integer;
	last_primary date[];
	chosen integer[];
BEGIN
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = plan_season.rotation_id;
	SELECT array_agg(h.block ORDER BY h.turn) FILTER (WHERE h.person = 1)
			AS blocks,
		array_agg(h.days ORDER BY h.turn) FILTER (WHERE h.person = 1) AS days,
		array_agg(h.period ORDER BY h.turn) FILTER (WHERE h.person = 1)
			AS periods,
		array_agg(h.person_id ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS people,
		array_agg(h.served ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS served,
		array_agg(h.last_primary ORDER BY h.person) FILTER (WHERE h.turn = 1)
			AS last_primary,
		array_agg(h.name ORDER BY h.person) FILTER (WHERE h.turn = 1) AS names,
		array_agg(h.obstacle ORDER BY h.turn, h.person) AS obstacles,
		array_agg(h.obstacle IS NULL ORDER BY h.turn, h.person) AS allowed,
		array_agg(h.repeats ORDER BY h.turn, h.person) AS repeats
	INTO c
	FROM oncall_internal.holiday_choices(plan_season.rotation_id, plan_season.during,
								plan_season.season, plan_season.length) AS h;
	IF c.people IS NULL THEN
		RAISE EXCEPTION 'rotation "%" has nobody to serve holidays', own.name
			USING ERRCODE = '55000',
				HINT = 'Its members are in the lists of its layers.';
	END IF;

	plan := oncall_internal.assign_turns(cardinality(own.seats), c.blocks, c.allowed, c.repeats, c.served,
		ARRAY(SELECT u.number
			  FROM oncall.not_together n,
				  unnest(ARRAY[array_position(c.people, n.person_id), array_position(c.people, n.other_id)])
					  WITH ORDINALITY AS u(number, place)
			  WHERE n.person_id = ANY (c.people) AND n.other_id = ANY (c.people)
			  ORDER BY n.person_id, n.other_id, u.place));
	IF plan.people IS NULL THEN
		k := cardinality(c.people);
		PERFORM oncall_internal.refuse_turn(
			own, c.days[plan.failed], plan.placed, c.names,
			c.obstacles[(plan.failed - 1) * k + 1 : plan.failed * k]);
	END IF;

	k := cardinality(own.seats);
	last_primary := c.last_primary;
	FOR turn IN 1 .. cardinality(c.days) LOOP
		-- whoever was primary longest ago is primary
		chosen := ARRAY(
			SELECT p.number
			FROM unnest(plan.people[(turn - 1) * k + 1 : turn * k]) AS p(number)
			ORDER BY last_primary[p.number] NULLS FIRST, p.number);
		last_primary[chosen[1]] := lower(c.days[turn]);
		days := c.days[turn];
		period := c.periods[turn];
		people := ARRAY(SELECT c.people[p.number]
						FROM unnest(chosen) WITH ORDINALITY AS p(number, seat)
						ORDER BY p.seat);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.plan_season(integer, daterange, text, integer) IS
'For add_holiday_cover: the turns of a season between two dates and who serves them, in seat order, without writing anything. An error (55000) names the first turn that cannot be filled and who is missing.';

CREATE FUNCTION oncall_internal.holiday_length(turn interval)
RETURNS integer
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- compared as text, since a day equals 24 hours and a month 30 days
	IF (extract(day FROM turn) > 0
		AND make_interval(days => extract(day FROM turn)::integer)::text
			= turn::text) IS NOT TRUE
	THEN
		RAISE EXCEPTION 'a holiday turn cannot last %', turn
			USING ERRCODE = '22023',
				HINT = 'Turns last whole days: write for instance ''1 day'' or ''2 days''.';
	END IF;
	RETURN extract(day FROM turn)::integer;
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_length(interval) IS
'For add_holiday_cover: the length of a turn in days. Anything but a positive number of whole days is an error (22023).';

CREATE FUNCTION oncall_internal.refuse_planned(
	rotation_id integer, during daterange, length integer)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	planned record;
BEGIN
	SELECT r.name, l.layer_id, to_char(lower(t.days), 'YYYY-MM-DD') AS day
	INTO planned
	FROM oncall_internal.holiday_turns(refuse_planned.rotation_id,
							  refuse_planned.during,
							  refuse_planned.length) AS t
	JOIN oncall.layer l ON l.rotation_id = refuse_planned.rotation_id
		AND oncall_internal.is_believed(l.recorded)
		AND l.rank > 0 AND l.valid && t.period
		AND l.valid = oncall.turn_period(l.cadence, 0)
	JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
	ORDER BY t.days, l.layer_id
	LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'the holidays of rotation "%" from % on are planned already', planned.name, planned.day
			USING ERRCODE = '55000',
				DETAIL = format('Layer %s is one of their turns.',
							planned.layer_id),
				HINT = 'Choose another window, or take the turns back with oncall.withdraw_layer() first.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_planned(integer, daterange, integer) IS
'For add_holiday_cover: an error (55000) if a holiday between two dates already has a turn of its own. As such counts a layer of a rank above 0 that lasts exactly the first turn of its cadence.';

CREATE FUNCTION oncall.add_holiday_cover(
	rotation oncall.ref, during daterange, turn interval DEFAULT '1 day',
	reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS TABLE (layer_id integer, period tstzrange, members text[])
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	length integer := oncall_internal.holiday_length(add_holiday_cover.turn);
	own oncall.rotation;
	season text;
	planned record;
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', add_holiday_cover.rotation IS NULL);
	PERFORM oncall_internal.refuse_null('during', during IS NULL);
	PERFORM oncall_internal.refuse_null('turn', add_holiday_cover.turn IS NULL);
	IF NOT isfinite(lower(during)) OR NOT isfinite(upper(during))
		OR lower(during) IS NULL OR upper(during) IS NULL
	THEN
		RAISE EXCEPTION '%', CASE WHEN isempty(during) THEN 'window is empty'
				ELSE 'window must be bounded' END
			USING ERRCODE = '22023',
				HINT = 'Write for instance ''[2026-12-25,2027-01-03)''.';
	END IF;

	PERFORM oncall_internal.lock_rotation(oncall_internal.rotation_named(add_holiday_cover.rotation));
	SELECT r.* INTO own FROM oncall.rotation r
	WHERE r.rotation_id = oncall_internal.rotation_named(add_holiday_cover.rotation);
	IF own.calendar_id IS NULL THEN
		RAISE EXCEPTION 'rotation "%" has no calendar of holidays', own.name
			USING ERRCODE = '55000',
				HINT = 'Set calendar_id of oncall.rotation to one of oncall.calendar.';
	END IF;
	IF NOT EXISTS (SELECT FROM oncall_internal.holiday_turns(own.rotation_id,
													during, length))
	THEN
		RAISE EXCEPTION 'rotation "%" has no holidays with a season in %', own.name, during
			USING ERRCODE = '22023',
				HINT = 'Choose another window, or set the season of the holidays in oncall.holiday.';
	END IF;
	PERFORM oncall_internal.refuse_planned(own.rotation_id, during, length);

	PERFORM oncall_internal.begin_change('holiday cover', own.rotation_id, NULL,
		add_holiday_cover.reason, add_holiday_cover.past_reason);
	-- season by season, so that the next one knows who served this one
	FOR season IN
		SELECT t.season
		FROM oncall_internal.holiday_turns(own.rotation_id, during, length) AS t
		GROUP BY t.season
		ORDER BY min(lower(t.days)), t.season
	LOOP
		FOR planned IN
			SELECT p.days, p.period, p.people
			FROM oncall_internal.plan_season(own.rotation_id, during, season, length)
				AS p
		LOOP
			layer_id := oncall_internal.write_layer(
				own.rotation_id, planned.people,
				oncall.cadence(lower(planned.days)::timestamp, own.zone,
							   make_interval(days => upper(planned.days)
											 - lower(planned.days))),
				(SELECT greatest(max(l.rank), 0) + 1
				 FROM oncall.layer l
				 WHERE l.rotation_id = own.rotation_id
					 AND oncall_internal.is_believed(l.recorded)
					 AND l.valid && planned.period),
				planned.period, NULL, 'fixed', 1, NULL, false);
			period := planned.period;
			members := ARRAY(
				SELECT p.name
				FROM unnest(planned.people) WITH ORDINALITY AS m(person_id, seat)
				JOIN oncall.person p USING (person_id)
				ORDER BY m.seat);
			RETURN NEXT;
		END LOOP;
	END LOOP;
	PERFORM oncall_internal.end_change();
END
$$;
COMMENT ON FUNCTION oncall.add_holiday_cover(oncall.ref, daterange, interval, text, text) IS
'Plans who serves the holidays of a rotation''s calendar that have a season: a layer for each turn of so many whole days, of a higher rank, shared as fairly as can be; returns the layers. Errors: 55000 (nobody left for a turn, planned already, no calendar), 22023 (window or turn), 42704, 22004.';
