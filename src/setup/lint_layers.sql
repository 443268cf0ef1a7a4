
-- Rules of lint() that look at the layers of a rotation.

-- Turns -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_often(own oncall.rotation, base oncall_internal.lint_layer)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	weekly boolean := '7 days' = ALL (oncall.steps(base.cadence));
	turn_weeks numeric := extract(epoch
		FROM oncall.every(base.cadence)) / 604800 / cardinality(oncall.steps(base.cadence));
	k integer := cardinality(base.listed);
	figures record;
BEGIN
	-- each member has every seat once in k turns, and is paired with every
	-- other once in k(k-1)/2
	SELECT count(*) AS people, min(f.weeks) AS least, max(f.weeks) AS longest,
		jsonb_object_agg(f.person_id, f.weeks) FILTER (WHERE f.weeks NOT BETWEEN 4 AND 7) AS named
	INTO figures
	FROM (SELECT s.person_id, max(t.turns) * turn_weeks / count(DISTINCT n.turn) AS weeks
		FROM (SELECT cardinality(base.people) * CASE WHEN base.pairing = 'mixed'
				THEN greatest(cardinality(base.people) - 1, 2) / 2.0 ELSE 1 END) AS t(turns),
			generate_series(0, t.turns::integer - 1) AS n(turn),
			unnest(oncall_internal.turn_seats(base.people, base.pairing, base.seats, n.turn)) AS s(person_id)
		WHERE s.person_id IS NOT NULL
		GROUP BY s.person_id) AS f;
	IF figures.named IS NULL THEN
		RETURN;
	END IF;
	rule := 'duty every 4 to 7 weeks';
	level := 'advice';
	detail := replace(CASE WHEN figures.least = figures.longest
		THEN format('each of %s people is on duty every %s weeks', figures.people, round(figures.least, 1)::float8)
		ELSE (SELECT string_agg(format('%s every %s weeks', p.name, round(w.value::numeric, 1)::float8), ', '
				ORDER BY w.value::numeric, p.name)
			FROM jsonb_each_text(figures.named) AS w JOIN oncall.person p ON p.person_id = w.key::integer) END,
		'every 1 weeks', 'every week')
		|| '; every 4 to 7 are best: time to rest, and not to forget';
	-- with turns of a week; a second seat is what "pairs" suggests, and who is
	-- to be called less is not for us to say
	suggestion := CASE WHEN k < 4 * base.seats THEN oncall_internal.members_to_ask(own, base, 4 * base.seats)
		WHEN k <= 7 * base.seats AND NOT weekly THEN oncall_internal.weekly_turns(own, base)
		ELSE oncall_internal.layers_shown(own) END;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_often(oncall.rotation, oncall_internal.lint_layer) IS
'Rule of lint(): everybody is on duty every 4 to 7 weeks.';

CREATE FUNCTION oncall_internal.lint_handovers(own oncall.rotation, base oncall_internal.lint_layer)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins timestamptz := greatest(base.begins, now());
	zone text := oncall.zone(base.cadence);
	handovers timestamptz[] := ARRAY(SELECT h.at FROM oncall.handovers(base.cadence,
			tstzrange(begins, begins + oncall.horizon()) * tstzrange(NULL, base.until)) AS h(at)
		ORDER BY h.at LIMIT 400);
	unsuitable timestamptz[] := oncall_internal.unsuitable(base.listed, zone, handovers);
	outside integer;			-- of the middle of the week
BEGIN
	SELECT count(*) INTO outside FROM unnest(handovers) AS h(at)
	WHERE extract(isodow FROM h.at AT TIME ZONE zone) NOT BETWEEN 2 AND 4;
	IF cardinality(unsuitable) > 0 THEN
		rule := 'handover in working hours';
		level := 'warning';
		detail := format('%s of the next %s handovers are not on a day from Monday to Friday inside working hours, the first on %s [%s]',
			cardinality(unsuitable), cardinality(handovers), oncall_internal.local_time(unsuitable[1], zone), zone);
	ELSIF '7 days' = ALL (oncall.steps(base.cadence)) AND outside > 0 THEN
		rule := 'handover midweek';
		level := 'advice';
		detail := format('%s of the next %s handovers are next to a weekend, the first on %s [%s]; best is Tuesday to Thursday, with both of them at work',
			outside, cardinality(handovers), oncall_internal.local_time(handovers[1], zone), zone);
	ELSE
		RETURN;
	END IF;
	suggestion := oncall_internal.weekly_turns(own, base);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_handovers(oncall.rotation, oncall_internal.lint_layer) IS
'Rules of lint(): handovers are in working hours, and midweek.';

CREATE FUNCTION oncall_internal.lint_shape(own oncall.rotation, layers oncall_internal.lint_layer[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base oncall_internal.lint_layer := layers[1];
	steps interval[];
	handed_over boolean;		-- once a week and as is best
	k integer;
BEGIN
	-- for rotations that are on all week
	IF cardinality(layers) = 0
		OR EXISTS (SELECT FROM unnest(layers) l WHERE l.standing AND l.hours::text <> '24/7') THEN
		RETURN;
	END IF;
	steps := oncall.steps(base.cadence);
	handed_over := '7 days' = ALL (steps);
	IF NOT handed_over THEN
		rule := 'turn of a week';
		level := 'advice';
		detail := format('the duty is handed over every %s days%s; a week is best: long enough to follow things up, short enough to bear',
			round(extract(epoch FROM oncall.every(base.cadence)) / 86400 / cardinality(steps), 1)::float8,
			CASE WHEN cardinality(steps) > 1 THEN ' on average' END);
		suggestion := oncall_internal.weekly_turns(own, base);
		RETURN NEXT;
	END IF;

	k := cardinality(base.listed);
	IF k > 0 THEN
		RETURN QUERY SELECT * FROM oncall_internal.lint_often(own, base);
	END IF;
	RETURN QUERY SELECT * FROM oncall_internal.lint_handovers(own, base);
	handed_over := handed_over AND NOT FOUND;
	IF least(base.seats, k) < 2 THEN
		rule := 'pairs';
		level := 'advice';
		detail := CASE WHEN base.seats < 2
			THEN format('one seat, %s: nobody to ask, and nobody to call if the first does not answer', own.seats[1])
			ELSE format('%s seats and %s: nobody to ask, and nobody to call if they do not answer', base.seats,
				CASE k WHEN 0 THEN 'nobody' ELSE 'one person' END) END;
		-- a layer of pairs keeps the handovers, which are to be mended first
		suggestion := CASE WHEN base.seats < 2 AND handed_over THEN oncall_internal.layer_of_pairs(own, base)
			WHEN base.seats < 2 THEN oncall_internal.layers_shown(own)
			ELSE oncall_internal.members_to_ask(own, base, 4 * base.seats) END;
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_shape(oncall.rotation, oncall_internal.lint_layer[]) IS
'Rules of lint() that look at the layer of the lowest rank that lasts longest, for rotations without hours: turn of a week, duty every 4 to 7 weeks, pairs, handover in working hours, handover midweek.';

CREATE FUNCTION oncall_internal.lint_no_calendar(own oncall.rotation, people integer[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known text[] := ARRAY(SELECT c.name FROM oncall.calendar c
		WHERE c.calendar_id IN (SELECT p.calendar_id FROM oncall.person p WHERE p.person_id = ANY (people))
		ORDER BY c.name);
BEGIN
	IF known = '{}' THEN
		RETURN;
	END IF;
	rule := 'holidays planned';
	level := 'advice';
	detail := 'the rotation has no calendar, so that nobody knows which public holidays to plan';
	suggestion := CASE cardinality(known)
		WHEN 1 THEN format('UPDATE oncall.rotation SET calendar_id = (SELECT calendar_id FROM oncall.calendar WHERE name = %L) WHERE name = %L',
			known[1], own.name)
		ELSE format('SELECT c.name AS calendar, p.name, p.zone FROM oncall.person p JOIN oncall.calendar c USING (calendar_id) WHERE p.person_id = ANY (%L) ORDER BY 1, 2',
			people) END;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_no_calendar(oncall.rotation, integer[]) IS
'Rule of lint(): a rotation whose people have public holidays has a calendar. The suggestion gives it theirs, if all have the same.';

CREATE FUNCTION oncall_internal.lint_holidays(own oncall.rotation, layers oncall_internal.lint_layer[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base oncall_internal.lint_layer := layers[1];
	today date := (now() AT TIME ZONE own.zone)::date;
	ahead daterange := daterange(today + 1, ((now() + oncall.horizon()) AT TIME ZONE own.zone)::date + 1);
	figures record;
	problem text;
BEGIN
	-- hours say of their own what happens on public holidays
	IF EXISTS (SELECT FROM unnest(layers) l WHERE l.hours IS NOT NULL) THEN
		RETURN;
	END IF;
	IF own.calendar_id IS NULL THEN
		RETURN QUERY SELECT * FROM oncall_internal.lint_no_calendar(own, base.listed);
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM oncall.holiday h
		WHERE h.calendar_id = own.calendar_id AND h.day <@ ahead
			AND (h.season IS NOT NULL OR h.observes IS NOT NULL)) THEN
		RETURN;
	END IF;

	-- A season that begins within the horizon is planned as a whole. What has
	-- a turn or a cover of its own is planned.
	WITH turns AS MATERIALIZED (
		SELECT t.* FROM oncall_internal.holiday_turns(own.rotation_id, daterange(today + 1, NULL), 1) AS t
	), coming AS (
		SELECT t.days, EXISTS (
				SELECT FROM oncall.layer l
				WHERE l.rotation_id = own.rotation_id AND oncall_internal.is_believed(l.recorded)
					AND l.valid && t.period AND l.rank > base.rank
				UNION ALL
				SELECT FROM oncall.cover c
				WHERE c.rotation_id = own.rotation_id AND oncall_internal.is_believed(c.recorded)
					AND c.period && t.period) AS planned
		FROM turns t
		WHERE t.season IN (SELECT h.season FROM turns h WHERE h.days && ahead)
	)
	SELECT count(*) AS days, min(lower(d.days)) AS first, max(upper(d.days)) AS until
	INTO figures
	FROM (SELECT t.days, t.planned, count(*) FILTER (WHERE t.planned) OVER (ORDER BY t.days) AS run
		FROM coming t) AS d
	WHERE NOT d.planned
	GROUP BY d.run
	ORDER BY d.run
	LIMIT 1;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	rule := 'holidays planned';
	level := 'warning';
	detail := CASE figures.days
		WHEN 1 THEN format('the public holiday on %s falls to whoever has the week', figures.first)
		ELSE format('%s public holidays from %s to %s fall to whoever has the week',
			figures.days, figures.first, figures.until - 1) END;
	problem := oncall_internal.holiday_problem(own.rotation_id, daterange(figures.first, figures.until));
	IF problem IS NULL THEN
		suggestion := format('SELECT * FROM oncall.add_holiday_cover(%L, %L)',
			own.name, daterange(figures.first, figures.until));
	ELSE
		detail := detail || '; ' || problem;
		suggestion := oncall_internal.members_to_ask(own, base,
			cardinality(base.listed) + cardinality(own.seats));
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_holidays(oncall.rotation, oncall_internal.lint_layer[]) IS
'Rule of lint(): public holidays of a season that begins within oncall.horizon have turns or covers of their own. For rotations whose layers have no hours.';

-- Lists -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_short_lists(own oncall.rotation, layers oncall_internal.lint_layer[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed oncall_internal.lint_layer;
	short record;
BEGIN
	-- a list that was short from the start, and stays as it is, is meant to be
	FOR changed IN
		SELECT l.* FROM unnest(layers) l WHERE l.changed
		ORDER BY l.layer_id
	LOOP
		SELECT t.at, cardinality(oncall_internal.each_once(n.people)) AS people, n.people AS list
		INTO short
		FROM (SELECT greatest(now(), changed.starts) AS at
			UNION SELECT upper(m.valid) FROM oncall.layer_member m
			WHERE m.layer_id = changed.layer_id AND oncall_internal.is_believed(m.recorded)
			UNION SELECT lower(v.period)
			FROM oncall.layer_leave v JOIN oncall.layer_member m ON m.layer_member_id = v.layer_member_id
			WHERE m.layer_id = changed.layer_id AND oncall_internal.is_believed(v.recorded)) t
		CROSS JOIN LATERAL (SELECT oncall_internal.layer_people(changed.layer_id, t.at) AS people) n
		WHERE t.at >= greatest(now(), changed.starts) AND t.at < least(changed.until, now() + oncall.horizon())
			AND cardinality(oncall_internal.each_once(n.people)) < changed.seats
		ORDER BY t.at LIMIT 1;
		CONTINUE WHEN NOT FOUND;
		rule := 'list too short';
		level := CASE short.people WHEN 0 THEN 'error' ELSE 'warning' END;
		detail := format('from %s on the list of layer %s has %s for %s', to_char(short.at AT TIME ZONE own.zone, 'YYYY-MM-DD'),
			changed.layer_id, CASE short.people WHEN 0 THEN 'nobody' WHEN 1 THEN '1 person' ELSE short.people || ' people' END,
			CASE changed.seats WHEN 1 THEN 'its seat' ELSE changed.seats || ' seats' END);
		changed.people := short.list;
		changed.listed := oncall_internal.each_once(short.list);
		suggestion := oncall_internal.members_to_ask(own, changed, greatest(changed.seats, 2));
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_short_lists(oncall.rotation, oncall_internal.lint_layer[]) IS
'Rule of lint(): lists of layers that changes leave, up to oncall.horizon ahead, with fewer people than seats.';

CREATE FUNCTION oncall_internal.lint_idle_layers(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'layer that never decides', 'advice',
		format('layer %s%s (rank %s: %s) decides nothing from %s to %s: others of a higher rank, or later ones of the same, are open whenever it is',
			l.layer_id, ' "' || l.name || '"', l.rank,
			coalesce((SELECT string_agg(p.name, ', ' ORDER BY m.place)
				FROM unnest(oncall_internal.layer_people(l.layer_id, w.since)) WITH ORDINALITY AS m(id, place)
				JOIN oncall.person p ON p.person_id = m.id), 'nobody'),
			to_char(w.since AT TIME ZONE own.zone, 'YYYY-MM-DD'), to_char(w.until AT TIME ZONE own.zone, 'YYYY-MM-DD')),
		oncall_internal.layers_shown(own)
	FROM unnest(layers) l
	CROSS JOIN LATERAL (SELECT greatest(now(), l.starts), least(l.until, now() + oncall.horizon())) w(since, until)
	WHERE w.since < w.until
		-- what lies under a cover may be a layer's
		AND NOT EXISTS (SELECT FROM unnest(duties) d
			WHERE d.layer_id = l.layer_id OR d.cover_id IS NOT NULL AND d.period && tstzrange(w.since, w.until))
	ORDER BY l.layer_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_idle_layers(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'Rule of lint(): layers that decide over no seat at any time up to oncall.horizon ahead.';

-- Six turns of everybody, and ten weeks at least, tell it: where turns of
-- different length and people have a common divisor it never changes.
CREATE FUNCTION oncall_internal.lint_weekends(own oncall.rotation, layers oncall_internal.lint_layer[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base oncall_internal.lint_layer;
	turn bigint;
	last bigint;
	until timestamptz;
	counted record;
BEGIN
	FOR base IN
		SELECT l.* FROM unnest(layers) l
		-- turns of whole weeks go round with the list
		WHERE l.standing AND NOT (l.pairing IN ('staggered', 'following', 'preceding')
			AND (SELECT bool_and(extract(epoch FROM s) % 604800 = 0) FROM unnest(oncall.steps(l.cadence)) s))
	LOOP
		base.begins := greatest(base.begins, now());
		turn := oncall.turn_at(base.cadence, base.begins);
		CONTINUE WHEN cardinality(base.listed) < 2 OR turn IS NULL;
		last := greatest(turn + 6 * cardinality(base.listed), oncall.turn_at(base.cadence, base.begins + interval '70 days'));
		until := least(upper(oncall.turn_period(base.cadence, last)), base.until);
		CONTINUE WHEN until > base.begins + interval '5 years' OR until < base.begins + interval '28 days'
			-- who joins or leaves soon shares them anew
			OR EXISTS (SELECT FROM oncall.layer_member m LEFT JOIN oncall.layer_leave v
					ON v.layer_member_id = m.layer_member_id AND oncall_internal.is_believed(v.recorded)
				WHERE m.layer_id = base.layer_id AND oncall_internal.is_believed(m.recorded)
					AND (lower(m.valid) BETWEEN base.begins AND until OR upper(m.valid) BETWEEN base.begins AND until
						OR lower(v.period) BETWEEN base.begins AND until OR upper(v.period) BETWEEN base.begins
							AND until));

		WITH weekend AS (
			SELECT r.person_id, count(*) AS n
			FROM oncall.roster(tstzrange(base.begins, until), own.rotation_id) AS r,
				generate_series(date_trunc('week', lower(r.period) AT TIME ZONE own.zone) + interval '5 days 12 hours',
					upper(r.period) AT TIME ZONE own.zone, '7 days') AS s(at)
			WHERE r.layer_id = base.layer_id AND r.seat = base.first_seat AND r.person_id IS NOT NULL
				AND r.period @> (s.at AT TIME ZONE own.zone)
			GROUP BY r.person_id),
		every AS (SELECT sum(w.n) AS n FROM weekend w)
		SELECT e.n AS weekends,
			string_agg(format('%s has %s', p.name, w.n), ', ' ORDER BY w.n DESC, p.name)
				FILTER (WHERE w.n * cardinality(base.listed) >= 2 * e.n) AS many,
			string_agg(p.name, ', ' ORDER BY p.name) FILTER (WHERE w.n IS NULL) AS none
		INTO counted
		FROM unnest(base.listed) AS l(id)
		JOIN oncall.person p ON p.person_id = l.id
		LEFT JOIN weekend w ON w.person_id = l.id
		CROSS JOIN every e
		GROUP BY e.n;
		CONTINUE WHEN counted.many IS NULL OR counted.none IS NULL;

		rule := 'weekends in turn';
		level := 'advice';
		detail := format('of the %s weekends from %s to %s %s, and %s none as %s: %s people and turns of these lengths go on like that; spread, or another number of people, would share them',
			counted.weekends, to_char(base.begins AT TIME ZONE own.zone, 'YYYY-MM-DD'), to_char(until AT TIME ZONE own.zone, 'YYYY-MM-DD'),
			counted.many, counted.none, own.seats[base.first_seat], cardinality(base.listed));
		suggestion := CASE WHEN base.pairing IN ('staggered', 'following', 'preceding') AND NOT base.spread AND cardinality(base.listed) > 2
			THEN format('SELECT oncall.set_pairing(%L, %L, %s, layer_id => %s, spread => true)', own.name, base.pairing,
				oncall_internal.literal_time(date_trunc('minute', base.begins + interval '1 minute'), own.zone), base.layer_id)
			ELSE oncall_internal.members_to_ask(own, base, cardinality(base.listed) + 1) END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_weekends(oncall.rotation, oncall_internal.lint_layer[]) IS
'Rules of lint(): layers in which some people have at least twice their part of the weekends, and others none. The suggestion spreads them.';
