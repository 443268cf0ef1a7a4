
-- Advice: what experience says about a rotation, with figures and something
-- to do about it. Each rule stands on the roster or on the layers; none of
-- them refuses anything.

-- Parts -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.literal_names(people integer[])
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT quote_literal(ARRAY(
		SELECT p.name
		FROM unnest(people) WITH ORDINALITY AS m(person_id, place)
		LEFT JOIN oncall.person p USING (person_id)
		ORDER BY m.place)::text);
END;
COMMENT ON FUNCTION oncall_internal.literal_names(integer[]) IS
'For lint: the names of people as a literal, such as the argument members of set_members() takes it.';

CREATE FUNCTION oncall_internal.layer_people(layer_id integer, at timestamptz)
RETURNS integer[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.person_id ORDER BY m.position, m.layer_member_id), '{}')
	FROM oncall.layer_member m
	WHERE m.layer_id = layer_people.layer_id AND m.valid @> layer_people.at
		AND oncall_internal.is_believed(m.recorded)
		AND NOT EXISTS (SELECT FROM oncall.layer_leave v
			WHERE v.layer_member_id = m.layer_member_id AND v.period @> layer_people.at
				AND oncall_internal.is_believed(v.recorded));
END;
COMMENT ON FUNCTION oncall_internal.layer_people(integer, timestamptz) IS
'The list of a layer at a time, in order, NULL where a turn is empty on purpose.';

CREATE FUNCTION oncall_internal.standing_layers(rotation_id integer)
RETURNS TABLE (layer_id integer, rank integer, valid tstzrange,
	cadence oncall.cadence, hours oncall.weekly_hours, pairing text, spread boolean,
	first_seat smallint, seats smallint, begins timestamptz)
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT l.layer_id, l.rank, tstzrange(lower(l.valid), oncall_internal.layer_until(l.layer_id)),
		t.cadence, t.hours, t.pairing, t.spread, l.first_seat, l.seats, t.begins
	FROM oncall.layer l, oncall_internal.layer_terms(l.layer_id, 'infinity') t
	WHERE l.rotation_id = standing_layers.rotation_id
		AND oncall_internal.is_believed(l.recorded)
		AND (oncall_internal.layer_until(l.layer_id) > now()) IS NOT FALSE
		AND l.rank = (
			SELECT min(m.rank) FROM oncall.layer m
			WHERE m.rotation_id = standing_layers.rotation_id
				AND oncall_internal.is_believed(m.recorded)
				AND (oncall_internal.layer_until(m.layer_id) > now()) IS NOT FALSE)
	ORDER BY oncall_internal.layer_until(l.layer_id) DESC NULLS FIRST, lower(l.valid) DESC NULLS LAST, l.layer_id DESC;
END;
COMMENT ON FUNCTION oncall_internal.standing_layers(integer) IS
'For lint: the layers of the lowest rank of a rotation that are not over: what goes on when nothing special happens. The one that lasts longest comes first.';

CREATE FUNCTION oncall_internal.coming_duty(rotation_id integer)
RETURNS TABLE (seat smallint, person_id integer, person text, active tstzrange,
	period tstzrange, layer_id integer, cover_id integer)
LANGUAGE sql STABLE STRICT ROWS 100
BEGIN ATOMIC
	SELECT r.seat, r.person_id, p.name, p.active, r.period, r.layer_id, r.cover_id
	FROM oncall.roster(tstzrange(now(), now() + oncall.horizon()),
					   coming_duty.rotation_id) AS r
	JOIN oncall.person p ON p.person_id = r.person_id;
END;
COMMENT ON FUNCTION oncall_internal.coming_duty(integer) IS
'For lint: the shifts of a rotation from now to oncall.horizon that somebody has, with when they are with the company.';

CREATE FUNCTION oncall_internal.handover_suits(
	people integer[], zone text, at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	-- of those who live there; where nobody does, ordinary hours count
	SELECT extract(isodow FROM $3 AT TIME ZONE $2) < 6
		AND coalesce(2 * count(*) FILTER (WHERE oncall.is_open(p.working_hours, $3, $2))
					 >= nullif(count(*), 0),
					 oncall.is_open('Mo-Fr 09:00-17:00', $3, $2))
	FROM oncall.person p
	WHERE p.person_id = ANY ($1) AND p.zone = $2;
END;
COMMENT ON FUNCTION oncall_internal.handover_suits(integer[], text, timestamptz) IS
'For lint: whether a handover at that time, in the zone of the cadence, is on a day from Monday to Friday and inside working hours: those of at least half of the people who live in that zone, or 09:00 to 17:00 if none of them does.';

CREATE FUNCTION oncall_internal.better_handover(
	people integer[], cadence oncall.cadence, begins timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
BEGIN ATOMIC
	-- with a week's notice; the day and the hour that it has now, if they are
	-- good; else a Wednesday at noon, if that is; else any hour
	WITH had AS (
		SELECT oncall.zone(cadence) AS zone,
			lower(oncall.turn_period(
				cadence, (oncall_internal.next_turn(cadence, greatest(begins, now()))).turn))
			AT TIME ZONE oncall.zone(cadence) AS at
	), slots AS (
		SELECT (h.day + t.time) AT TIME ZONE h.zone AS at, h.zone, t.place,
			CASE extract(isodow FROM h.day)
				WHEN extract(isodow FROM h.had) THEN 1 WHEN 3 THEN 2 ELSE 3 END AS choice
		FROM (SELECT had.zone, had.at AS had,
					  (greatest(begins, now() + interval '7 days') AT TIME ZONE had.zone)::date + n AS day
			  FROM had, generate_series(0, 8) AS n) AS h,
			LATERAL (
				SELECT h.had::time, 1
				UNION ALL
				SELECT make_time(t.hour::integer, 0, 0), t.place::integer + 1
				FROM unnest('{12,11,13,10,14,15,9,16}'::integer[])
					WITH ORDINALITY AS t(hour, place)) AS t("time", place)
		WHERE extract(isodow FROM h.day) BETWEEN 2 AND 4
	)
	SELECT s.at
	FROM slots s
	WHERE s.at >= greatest(begins, now() + interval '7 days')
	ORDER BY NOT oncall_internal.handover_suits(people, s.zone, s.at), s.choice, s.place, s.at
	LIMIT 1;
END;
COMMENT ON FUNCTION oncall_internal.better_handover(integer[], oncall.cadence, timestamptz) IS
'For lint: a time from Tuesday to Thursday inside working hours at which a weekly cadence could hand over first, in a week from now or when the layer begins; as near to how it is now as can be.';

CREATE FUNCTION oncall_internal.layer_of_pairs(own oncall.rotation, layer_id integer, at timestamptz, zone text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT format('UPDATE oncall.rotation SET seats = seats || %L::text WHERE name = %L AND cardinality(seats) = 1; '
			'SELECT oncall.add_layer(%L, %L, %L, %s, tstzrange(%s, %s), %L, %L, seats => 2); SELECT oncall.end_layer(%s, %s)',
			CASE WHEN 'secondary' = ANY (own.seats) THEN 'second' ELSE 'secondary' END, own.name,
			-- whose turn it would be then goes first
			own.name, oncall_internal.layer_names(own.rotation_id, l.layer_id, layer_of_pairs.at - interval '1 microsecond'),
			oncall.cadence(layer_of_pairs.at AT TIME ZONE zone, zone, '7 days'), l.rank, n.at,
			coalesce(oncall_internal.literal_time(oncall_internal.layer_until(l.layer_id), zone), 'NULL'),
			t.hours, t.pairing, l.layer_id, n.at)
		FROM oncall.layer l, oncall_internal.layer_terms(l.layer_id, layer_of_pairs.at) t,
			oncall_internal.literal_time(layer_of_pairs.at, zone) n(at)
		WHERE l.layer_id = layer_of_pairs.layer_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_of_pairs(oncall.rotation, integer, timestamptz, text) IS
'For lint: what adds a second seat to a rotation of one and puts the people of a layer on duty in pairs from a time on, for a week each.';

CREATE FUNCTION oncall_internal.members_to_ask(
	own oncall.rotation, listed integer[], wanted integer)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	more integer[] := ARRAY(
		SELECT m.person_id
		FROM oncall.rotation_member m
		JOIN oncall.person p USING (person_id)
		WHERE m.rotation_id = own.rotation_id
			AND m.standing <> 'shadow' AND m.valid @> now() AND oncall_internal.is_believed(m.recorded)
			AND p.active @> tstzrange(now(), now() + oncall.horizon())
			AND m.person_id <> ALL (listed)
		ORDER BY array_position('{volunteer,reserve}', m.standing),
			lower(m.valid) NULLS FIRST, m.person_id
		LIMIT greatest(wanted - cardinality(listed), 0));
	base record;
BEGIN
	SELECT l.layer_id, l.begins INTO base
	FROM oncall_internal.standing_layers(own.rotation_id) AS l LIMIT 1;
	IF cardinality(more) > 0 THEN
		RETURN format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
			oncall_internal.literal_names(listed || more),
			oncall_internal.literal_time(date_trunc('minute', greatest(now(), base.begins)), own.zone),
			base.layer_id);
	END IF;
	-- nobody to name yet: who is on no roster could be asked
	RETURN format(
		'SELECT name, zone FROM oncall.person WHERE active @> now() AND person_id NOT IN (SELECT person_id FROM oncall.shift WHERE person_id IS NOT NULL AND upper(period) > now()) ORDER BY zone <> %L, name',
		own.zone);
END
$$;
COMMENT ON FUNCTION oncall_internal.members_to_ask(oncall.rotation, integer[], integer) IS
'For lint: a statement that brings a list of people of a rotation nearer to a wanted number: with its volunteers and reserves who are not on it; if there are none, a query that shows who is on no roster and could be asked.';

CREATE FUNCTION oncall_internal.holiday_problem(
	rotation_id integer, during daterange)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problem text;
BEGIN
	PERFORM oncall_internal.plan_season(holiday_problem.rotation_id, during, t.season, 1)
	FROM (SELECT DISTINCT h.season
		  FROM oncall_internal.holiday_turns(holiday_problem.rotation_id, during, 1) AS h) AS t;
	RETURN NULL;
EXCEPTION
	WHEN object_not_in_prerequisite_state THEN
		GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
		RETURN problem;
	WHEN insufficient_privilege THEN
		RETURN NULL;				-- readers do not see absences
END
$$;
COMMENT ON FUNCTION oncall_internal.holiday_problem(integer, daterange) IS
'For lint: why add_holiday_cover() could not plan the holidays between two dates; NULL if it could, or if the caller may not know.';

-- Rules -----------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_shape(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base record;
	places integer[];
	listed integer[];			-- everybody once
	k integer;
	zone text;
	begins timestamptz;
	weekly boolean;
	days numeric;				-- of a turn
	handover timestamptz;
	change text;				-- of the cadence
	pair text;					-- adds the second seat
	figures record;
	fewest integer;
	most integer;
BEGIN
	-- for rotations that are on all week
	IF EXISTS (SELECT FROM oncall_internal.standing_layers(own.rotation_id) AS l
			   WHERE l.hours::text <> '24/7') THEN
		RETURN;
	END IF;
	SELECT l.* INTO base
	FROM oncall_internal.standing_layers(own.rotation_id) AS l LIMIT 1;
	IF NOT FOUND THEN
		RETURN;
	END IF;

	places := oncall_internal.layer_people(base.layer_id, greatest(base.begins, now()));
	listed := ARRAY(
		SELECT m.person_id
		FROM unnest(places) WITH ORDINALITY AS m(person_id, place)
		WHERE m.person_id IS NOT NULL
		GROUP BY m.person_id ORDER BY min(m.place));
	k := cardinality(listed);
	zone := oncall.zone(base.cadence);
	begins := greatest(base.begins, now());
	weekly := '7 days' = ALL (oncall.steps(base.cadence));
	days := extract(epoch FROM oncall.every(base.cadence)) / 86400
		/ cardinality(oncall.steps(base.cadence));

	handover := oncall_internal.better_handover(listed, base.cadence, begins);
	change := format('SELECT oncall.set_cadence(%L, %L, %s, layer_id => %s)', own.name,
		oncall.cadence(handover AT TIME ZONE zone, zone, '7 days'),
		oncall_internal.literal_time(handover, zone), base.layer_id);
	pair := oncall_internal.layer_of_pairs(own, base.layer_id,
		-- a cadence that need not change hands over when it does
		CASE WHEN weekly THEN (SELECT h.at FROM oncall.handovers(base.cadence,
			tstzrange(begins + interval '1 minute', begins + interval '1 year')) AS h(at) ORDER BY h.at LIMIT 1)
		ELSE handover END, zone);

	IF NOT weekly THEN
		rule := 'turn of a week';
		level := 'advice';
		detail := format('the duty is handed over every %s days%s; a week is best: long enough to follow things up, short enough to bear',
			round(days, 1)::float8,
			CASE WHEN cardinality(oncall.steps(base.cadence)) > 1 THEN ' on average' END);
		suggestion := change;
		RETURN NEXT;
	END IF;

	IF k > 0 THEN
		-- each member has every seat once in k turns, and is paired with every
		-- other once in k(k-1)/2
		SELECT count(*) AS people, min(f.weeks) AS least, max(f.weeks) AS longest,
			string_agg(format('%s every %s weeks', p.name, round(f.weeks, 1)::float8), ', '
					   ORDER BY f.weeks, p.name)
				FILTER (WHERE f.weeks NOT BETWEEN 4 AND 7) AS named
		INTO figures
		FROM (SELECT s.person_id, max(t.turns) * days / 7 / count(DISTINCT n.turn) AS weeks
			  FROM (SELECT cardinality(places)
						* CASE WHEN base.pairing = 'mixed'
							THEN greatest(cardinality(places) - 1, 2) / 2.0 ELSE 1 END) AS t(turns),
				  generate_series(0, t.turns::integer - 1) AS n(turn),
				  unnest(oncall_internal.turn_seats(places, base.pairing, base.seats, n.turn)) AS s(person_id)
			  WHERE s.person_id IS NOT NULL
			  GROUP BY s.person_id) AS f
		JOIN oncall.person p USING (person_id);
		IF figures.named IS NOT NULL THEN
			rule := 'duty every 4 to 7 weeks';
			level := 'advice';
			detail := replace(CASE WHEN figures.least = figures.longest
				THEN format('each of %s people is on duty every %s weeks', figures.people, round(figures.least, 1)::float8)
				ELSE figures.named END, 'every 1 weeks', 'every week')
				|| '; every 4 to 7 are best: time to rest, and not to forget';
			-- with turns of a week
			fewest := 4 * base.seats;
			most := 7 * base.seats;
			IF k < fewest THEN
				suggestion := oncall_internal.members_to_ask(own, listed, fewest);
			ELSIF k <= most AND NOT weekly THEN
				suggestion := change;
			ELSIF k > most AND base.seats = 1 AND k BETWEEN 8 AND 14 THEN
				suggestion := pair;
			ELSE
				-- who is not called in turn stays a member and may cover
				suggestion := format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
					oncall_internal.literal_names(listed[1:most]),
					oncall_internal.literal_time(date_trunc('minute', begins), own.zone), base.layer_id);
			END IF;
			RETURN NEXT;
		END IF;
	END IF;

	IF least(base.seats, k) < 2 THEN
		rule := 'pairs';
		level := 'advice';
		detail := CASE WHEN base.seats < 2
			THEN format('one seat, %s: nobody to ask, and nobody to call if the first does not answer', own.seats[1])
			ELSE format('%s seats and %s: nobody to ask, and nobody to call if they do not answer', base.seats,
						CASE k WHEN 0 THEN 'nobody' ELSE 'one person' END) END;
		suggestion := CASE WHEN base.seats < 2 THEN pair
			ELSE oncall_internal.members_to_ask(own, listed, 4 * base.seats) END;
		RETURN NEXT;
	END IF;

	SELECT count(*) AS handovers, count(*) FILTER (WHERE NOT h.suits) AS unsuitable,
		min(h.at) FILTER (WHERE NOT h.suits) AS first,
		count(*) FILTER (WHERE extract(isodow FROM h.at AT TIME ZONE zone) NOT BETWEEN 2 AND 4) AS outer,
		min(h.at) AS next
	INTO figures
	FROM (SELECT h.at, oncall_internal.handover_suits(listed, zone, h.at) AS suits
		  FROM oncall.handovers(base.cadence,
				tstzrange(begins, begins + oncall.horizon()) * base.valid) AS h(at)
		  ORDER BY h.at
		  LIMIT 400) AS h;
	IF figures.unsuitable > 0 THEN
		rule := 'handover in working hours';
		level := 'warning';
		detail := format('%s of the next %s handovers are not on a day from Monday to Friday inside working hours, the first on %s [%s]',
			figures.unsuitable, figures.handovers, oncall_internal.local_time(figures.first, zone), zone);
		suggestion := change;
		RETURN NEXT;
	ELSIF weekly AND figures.outer > 0 THEN
		rule := 'handover midweek';
		level := 'advice';
		detail := format('%s of the next %s handovers are next to a weekend, the first on %s [%s]; best is Tuesday to Thursday, with both of them at work',
			figures.outer, figures.handovers, oncall_internal.local_time(figures.next, zone), zone);
		suggestion := change;
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_shape(oncall.rotation) IS
'Rules of lint() that look at the layer of the lowest rank that lasts longest, for rotations without hours: turn of a week, duty every 4 to 7 weeks, pairs, handover in working hours, handover midweek.';

CREATE FUNCTION oncall_internal.lint_holidays(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today date := (now() AT TIME ZONE own.zone)::date;
	ahead daterange := daterange(today + 1, ((now() + oncall.horizon()) AT TIME ZONE own.zone)::date + 1);
	listed integer[];
	known text;					-- the calendar that most of them have
	figures record;
	problem text;
BEGIN
	-- hours say of their own what happens on public holidays
	IF EXISTS (SELECT FROM oncall.layer l
			   WHERE l.rotation_id = own.rotation_id AND l.hours IS NOT NULL
				   AND upper_inf(l.recorded)) THEN
		RETURN;
	END IF;
	SELECT oncall_internal.layer_people(l.layer_id, greatest(l.begins, now())) INTO listed
	FROM oncall_internal.standing_layers(own.rotation_id) AS l LIMIT 1;

	IF own.calendar_id IS NULL THEN
		SELECT c.name INTO known
		FROM oncall.person p JOIN oncall.calendar c USING (calendar_id)
		WHERE p.person_id = ANY (listed)
		GROUP BY c.name
		ORDER BY count(*) FILTER (WHERE p.zone = own.zone) DESC, count(*) DESC, c.name
		LIMIT 1;
		IF known IS NOT NULL THEN
			rule := 'holidays planned';
			level := 'advice';
			detail := 'the rotation has no calendar, so that nobody knows which public holidays to plan';
			suggestion := format('UPDATE oncall.rotation SET calendar_id = (SELECT calendar_id FROM oncall.calendar WHERE name = %L) WHERE name = %L',
				known, own.name);
			RETURN NEXT;
		END IF;
		RETURN;
	END IF;

	-- A season that begins within the horizon is planned as a whole. What has
	-- a turn or a cover of its own is planned.
	SELECT count(*) AS days, min(lower(d.days)) AS first, max(upper(d.days)) AS until
	INTO figures
	FROM (SELECT t.days, t.planned,
				 count(*) FILTER (WHERE t.planned) OVER (ORDER BY t.days) AS run
		  FROM (SELECT t.days, EXISTS (
					SELECT FROM oncall.layer l
					WHERE l.rotation_id = own.rotation_id AND upper_inf(l.recorded)
						AND l.valid && t.period
						AND l.rank > (SELECT b.rank FROM oncall_internal.standing_layers(own.rotation_id) AS b LIMIT 1)
					UNION ALL
					SELECT FROM oncall.cover c
					WHERE c.rotation_id = own.rotation_id AND upper_inf(c.recorded)
						AND c.period && t.period) AS planned
				FROM oncall_internal.holiday_turns(own.rotation_id, daterange(today + 1, NULL), 1) AS t
				WHERE t.season IN (
					SELECT h.season FROM oncall_internal.holiday_turns(own.rotation_id, ahead, 1) AS h)) AS t) AS d
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
		suggestion := oncall_internal.members_to_ask(own, array_remove(listed, NULL),
											cardinality(listed) + cardinality(own.seats));
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_holidays(oncall.rotation) IS
'Rule of lint(): public holidays of a season that begins within oncall.horizon have turns or covers of their own. For rotations whose layers have no hours.';

CREATE FUNCTION oncall_internal.lint_escalation(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team record;
	leader text;				-- who could be it: the first on the list
BEGIN
	SELECT t.name, t.manager_id, p.name AS manager, p.active INTO team
	FROM oncall.team t LEFT JOIN oncall.person p ON p.person_id = t.manager_id
	WHERE t.team_id = own.team_id;
	IF team.active @> now() THEN
		RETURN;
	END IF;

	SELECT p.name INTO leader
	FROM oncall.person p
	LEFT JOIN (SELECT m.person_id, min(ARRAY[l.layer_id, m.position]) AS place
			   FROM oncall_internal.standing_layers(own.rotation_id) AS l
			   JOIN oncall.layer_member m USING (layer_id)
			   WHERE oncall_internal.is_believed(m.recorded)
			   GROUP BY m.person_id) AS listed USING (person_id)
	WHERE p.active @> now()
	ORDER BY upper(p.active) NULLS FIRST, listed.place, p.person_id LIMIT 1;
	rule := 'escalation ends with a person';
	level := 'error';
	IF own.team_id IS NULL THEN
		detail := 'the rotation belongs to no team, so that an escalation ends with nobody';
		suggestion := concat(
			CASE WHEN NOT EXISTS (SELECT FROM oncall.team t WHERE t.name = own.name)
				THEN format('INSERT INTO oncall.team (name, zone, manager_id) VALUES (%L, %L, (SELECT person_id FROM oncall.person WHERE name = %L)); ',
							own.name, own.zone, leader) END,
			format('UPDATE oncall.rotation SET team_id = (SELECT team_id FROM oncall.team WHERE name = %L) WHERE name = %L', own.name, own.name));
	ELSE
		detail := CASE WHEN team.manager_id IS NULL
			THEN format('team "%s" has no manager, who is the last step of every escalation', team.name)
			ELSE format('%s, manager of team "%s" and the last step of every escalation, %s', team.manager, team.name,
				CASE WHEN lower(team.active) > now()
					THEN 'is not with the company before ' || (lower(team.active) AT TIME ZONE own.zone)::date
					ELSE 'left on ' || (upper(team.active) AT TIME ZONE own.zone)::date END) END;
		suggestion := format('UPDATE oncall.team SET manager_id = (SELECT person_id FROM oncall.person WHERE name = %L) WHERE name = %L',
			leader, team.name);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_escalation(oncall.rotation) IS
'Rule of lint(): the rotation has a team with a manager who is with the company, since that person is the last step of every escalation.';

CREATE FUNCTION oncall_internal.lint_people(rotation_id integer)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH people AS (
		SELECT p.name, p.company_phone, p.expectations_accepted_on
		FROM oncall.person p
		WHERE p.active @> now() AND p.person_id IN (
			SELECT d.person_id FROM oncall_internal.coming_duty(lint_people.rotation_id) AS d
			UNION ALL
			SELECT m.person_id
			FROM oncall_internal.standing_layers(lint_people.rotation_id) AS l,
				unnest(oncall_internal.layer_people(l.layer_id, greatest(l.begins, now()))) AS m(person_id))
	)
	-- named, since a dump would not print them otherwise as it restores them
	SELECT 'company phone' AS rule, 'warning' AS level,
		format('%s of %s people have no company phone: %s', count(*),
			   (SELECT count(*) FROM people), string_agg(p.name, ', ' ORDER BY p.name)) AS detail,
		-- changes nothing until the numbers are filled in
		format('UPDATE oncall.person AS p SET company_phone = v.phone FROM (VALUES %s) AS v(name, phone) WHERE v.name = p.name',
			   string_agg(format('(%L, NULL::text)', p.name), ', ' ORDER BY p.name)) AS suggestion
	FROM people p
	WHERE nullif(btrim(p.company_phone), '') IS NULL
	HAVING count(*) > 0
	UNION ALL
	SELECT 'expectations accepted' AS rule, 'warning' AS level,
		format('%s of %s people have not accepted what is expected of them: %s', count(*),
			   (SELECT count(*) FROM people), string_agg(p.name, ', ' ORDER BY p.name)) AS detail,
		format('UPDATE oncall.person SET expectations_accepted_on = current_date WHERE name IN (%s)',
			   string_agg(quote_literal(p.name), ', ' ORDER BY p.name)) AS suggestion
	FROM people p
	WHERE p.expectations_accepted_on IS NULL
	HAVING count(*) > 0;
END;
COMMENT ON FUNCTION oncall_internal.lint_people(integer) IS
'Rules of lint(): everybody on the roster, or on a list of the lowest rank, has a company phone and has accepted what is expected of them. The suggestion for phones is a form: it changes nothing until the numbers are filled in.';

CREATE FUNCTION oncall_internal.lint_left(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	duty record;
	layer oncall.layer;
	days daterange;
	stay integer[];
BEGIN
	-- by what put them on the roster
	FOR duty IN
		SELECT d.layer_id, d.cover_id, count(*) AS duties,
			array_agg(DISTINCT d.person_id) FILTER (WHERE d.first = d.first_of_all) AS due,
			min(lower(d.period)) AS first,
			string_agg(DISTINCT format('%s %s', d.person, CASE
				WHEN lower(d.active) > lower(d.period)
					THEN 'is not with the company before ' || (lower(d.active) AT TIME ZONE own.zone)::date
				WHEN upper(d.active) <= now() THEN 'left on ' || (upper(d.active) AT TIME ZONE own.zone)::date
				ELSE 'leaves on ' || (upper(d.active) AT TIME ZONE own.zone)::date END), ', ') AS people
		FROM (SELECT c.*, min(lower(c.period)) OVER (PARTITION BY c.layer_id, c.cover_id, c.person_id) AS first,
					 min(lower(c.period)) OVER (PARTITION BY c.layer_id, c.cover_id) AS first_of_all
			  FROM oncall_internal.coming_duty(own.rotation_id) AS c
			  WHERE NOT c.active @> c.period) AS d
		GROUP BY d.layer_id, d.cover_id
		ORDER BY min(lower(d.period)), d.layer_id, d.cover_id
	LOOP
		rule := 'people who left';
		level := 'error';
		detail := format('%s; on the roster for %s, the first from %s [%s]', duty.people,
			CASE duty.duties WHEN 1 THEN 'one duty' ELSE duty.duties || ' duties' END,
			oncall_internal.local_time(duty.first, own.zone), own.zone);
		SELECT l.* INTO layer FROM oncall.layer l WHERE l.layer_id = duty.layer_id;
		days := daterange((lower(layer.valid) AT TIME ZONE own.zone)::date,
						  (upper(layer.valid) AT TIME ZONE own.zone)::date);
		IF duty.cover_id IS NOT NULL THEN
			suggestion := format('SELECT oncall.end_cover(%s)', duty.cover_id);
		ELSIF layer.valid = oncall.turn_period(layer.cadence, 0) AND lower(layer.valid) > now()
			AND EXISTS (SELECT FROM oncall_internal.holiday_turns(own.rotation_id, days, 1)) THEN
			-- a holiday's turn is planned again
			suggestion := format('SELECT oncall.withdraw_layer(%s); SELECT * FROM oncall.add_holiday_cover(%L, %L)',
				layer.layer_id, own.name, days);
		ELSE
			stay := ARRAY(
				SELECT m.person_id
				FROM unnest(oncall_internal.layer_people(layer.layer_id, duty.first)) WITH ORDINALITY AS m(person_id,
					place)
				WHERE (m.person_id = ANY (duty.due)) IS NOT TRUE
				ORDER BY m.place);
			suggestion := CASE WHEN cardinality(stay) = 0
				THEN oncall_internal.members_to_ask(own, '{}', 4 * layer.seats)
				ELSE format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
					oncall_internal.literal_names(stay),
					oncall_internal.literal_time(date_trunc('minute', duty.first), own.zone), layer.layer_id) END;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_left(oncall.rotation) IS
'Rule of lint(): nobody has duty before they come to the company or after they have left. A row for each layer and cover that gives it to them; the suggestion takes off the list those who come first, from then on.';

CREATE FUNCTION oncall_internal.lint_gaps(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ahead timestamptz := now() + oncall.horizon();
	begins timestamptz;
	ends timestamptz;			-- of the last layer
	gaps tstzmultirange;
	covers integer[];
	empty integer;				-- a layer that leaves the seats empty
	last oncall.layer;
	filler oncall.cadence;
	listed integer[];
BEGIN
	rule := 'no gaps';
	level := 'error';
	SELECT min(oncall_internal.layer_begins(l.valid, l.cadence)),
		CASE WHEN bool_and(oncall_internal.layer_until(l.layer_id) IS NOT NULL)
			THEN max(oncall_internal.layer_until(l.layer_id)) END
	INTO begins, ends
	FROM oncall.layer l
	WHERE l.rotation_id = own.rotation_id AND upper_inf(l.recorded);
	IF begins IS NULL THEN
		detail := 'nobody is on call: the rotation has no layer';
		listed := ARRAY(SELECT m.person_id FROM oncall.rotation_member m
						WHERE m.rotation_id = own.rotation_id AND m.standing = 'reserve'
							AND oncall_internal.is_believed(m.recorded)
						ORDER BY lower(m.valid) NULLS FIRST, m.person_id);
		suggestion := CASE WHEN listed = '{}' THEN oncall_internal.members_to_ask(own, listed, 8)
			ELSE format('SELECT oncall.add_layer(%L, %s, %L)', own.name, oncall_internal.literal_names(listed),
				oncall.cadence(date_trunc('week', now() AT TIME ZONE own.zone) + interval '1 day 12 hours',
							   own.zone, '7 days')) END;
		RETURN NEXT;
		RETURN;
	END IF;
	begins := greatest(begins, now());
	IF begins >= ahead THEN
		RETURN;					-- it begins later
	END IF;

	gaps := oncall.open_periods(own.coverage, tstzrange(begins, ahead), own.zone,
		coalesce((SELECT array_agg(DISTINCT d.day)
				  FROM oncall.holiday h, unnest(ARRAY[h.day, h.observes]) AS d(day)
				  WHERE h.calendar_id = own.calendar_id AND d.day IS NOT NULL), '{}'))
		- coalesce((SELECT range_agg(d.period) FROM oncall_internal.coming_duty(own.rotation_id) AS d), '{}');
	-- who wrote the last layer may have meant its end
	IF ends < ahead AND gaps && tstzrange(ends, NULL) THEN
		gaps := gaps - tstzmultirange(tstzrange(ends, NULL));
		IF isempty(gaps) THEN
			level := 'warning';
			gaps := tstzmultirange(tstzrange(ends, ahead));
			detail := format('nobody is on call from %s [%s] on, when the last layer ends; if that is meant, all is well',
				oncall_internal.local_time(ends, own.zone), own.zone);
		END IF;
	END IF;
	IF isempty(gaps) THEN
		RETURN;
	END IF;

	detail := coalesce(detail, (
		SELECT format('in the coming %s days nobody is on call in %s hours of the coverage (%s), in %s, the first from %s to %s [%s]',
			ceil(extract(epoch FROM ahead - now()) / 86400),
			round(extract(epoch FROM sum(upper(g) - lower(g))) / 3600, 1)::float8, own.coverage,
			CASE count(*) WHEN 1 THEN 'one stretch' ELSE count(*) || ' stretches' END,
			oncall_internal.local_time(lower(gaps), own.zone),
			oncall_internal.local_time(min(upper(g)), own.zone), own.zone)
		FROM unnest(gaps) AS g));

	-- what leaves the first one empty
	SELECT array_agg(DISTINCT r.cover_id) FILTER (WHERE r.cover_id IS NOT NULL), max(r.layer_id)
	INTO covers, empty
	FROM oncall.roster(tstzrange(lower(gaps), lower(gaps) + interval '1 microsecond'), own.rotation_id) AS r;
	SELECT l.* INTO last
	FROM oncall.layer l
	WHERE l.rotation_id = own.rotation_id AND upper_inf(l.recorded)
		AND oncall_internal.layer_begins(l.valid, l.cadence) <= lower(gaps)
	ORDER BY l.rank, upper(l.valid) DESC NULLS FIRST, l.layer_id DESC
	LIMIT 1;
	listed := array_remove(oncall_internal.layer_people(coalesce(empty, last.layer_id), lower(gaps)), NULL);
	IF covers IS NOT NULL THEN
		suggestion := format('SELECT oncall.end_cover(c) FROM unnest(%L::integer[]) AS c', covers);
	ELSIF listed = '{}' THEN
		suggestion := oncall_internal.members_to_ask(own, listed, 8);
	ELSIF empty IS NOT NULL THEN
		suggestion := format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
			oncall_internal.literal_names(listed),
			oncall_internal.literal_time(date_trunc('minute', lower(gaps)), own.zone), empty);
	ELSE
		-- below the others, so that it counts only where they do not
		filler := last.cadence;
		IF own.coverage::text <> '24/7' THEN
			filler := oncall.cadence(oncall.anchor(filler), own.zone, VARIADIC oncall.steps(filler));
		END IF;
		suggestion := format('SELECT oncall.add_layer(%L, %s, %L, rank => %s, valid => %L%s)', own.name,
			oncall_internal.literal_names(oncall_internal.layer_people(last.layer_id, lower(gaps))), filler,
			(SELECT min(l.rank) - 1 FROM oncall.layer l
			 WHERE l.rotation_id = own.rotation_id AND upper_inf(l.recorded)),
			tstzrange(lower(gaps), NULL),
			CASE WHEN own.coverage::text <> '24/7' THEN format(', hours => %L', own.coverage) END);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_gaps(oncall.rotation) IS
'Rule of lint(): somebody is on call, in whatever seat, in all hours of the rotation''s coverage from now (or its first turn) to oncall.horizon. That its last layer ends is a warning of its own, which a retirement to come gives too.';

CREATE FUNCTION oncall_internal.standing_breaches()
RETURNS TABLE (constraint_name text, person_id integer, person text,
	rotation_id integer, period tstzrange, message text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT a.constraint_name, a.person_id, a.person, a.rotation_id, a.period, a.message
	-- whole hours, since messages tell the ends of the window
	FROM oncall.audit(tstzrange(date_trunc('hour', now()), date_trunc('hour', now() + oncall.horizon()))) AS a
	-- the others show in duty_conflict: no fault of the rules
	WHERE a.constraint_name NOT IN ('oncall_not_absent', 'oncall_member', 'oncall_not_together');
EXCEPTION
	WHEN insufficient_privilege THEN
		NULL;					-- readers do not see absences
END
$$;
COMMENT ON FUNCTION oncall_internal.standing_breaches() IS
'For lint: the breaches that audit() finds from now to oncall.horizon, without those that show in duty_conflict. None if the caller may not read all that the rules look at.';

CREATE FUNCTION oncall_internal.lint_rules(
	own oncall.rotation, constraint_name text, person_id integer, person text,
	during tstzrange, message text)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	duty record;
	other record;
BEGIN
	rule := CASE lint_rules.constraint_name WHEN 'oncall_max_consecutive'
		THEN 'limit of consecutive duty' ELSE 'rules of trades' END;
	level := 'error';
	detail := format('%s (%s)', lint_rules.message, lint_rules.constraint_name);

	-- the last of these duties that somebody else may take, or what of it is
	-- beyond the limit
	FOR duty IN
		SELECT c.seat, o.seats[c.seat] AS seat_name, o.name AS rotation, o.rotation_id, o.zone, part.period
		FROM oncall.rotation o
		CROSS JOIN LATERAL oncall_internal.coming_duty(o.rotation_id) AS c
		CROSS JOIN LATERAL (
			SELECT c.period, 1
			UNION ALL
			SELECT c.period * tstzrange(
				(lower(lint_rules.during) AT TIME ZONE own.zone + own.max_consecutive) AT TIME ZONE own.zone,
				NULL), 2
			WHERE lint_rules.constraint_name = 'oncall_max_consecutive') AS part(period, choice)
		WHERE c.person_id = lint_rules.person_id AND c.period && lint_rules.during
			AND lower(part.period) > now() AND upper(part.period) < now() + oncall.horizon()
		ORDER BY o.rotation_id <> own.rotation_id, part.choice, part.period DESC, c.seat
		LIMIT 10
	LOOP
		SELECT p.name INTO other
		FROM (SELECT b.person_id, 2 AS place FROM oncall.rotation_member b
			  WHERE b.rotation_id = duty.rotation_id AND oncall_internal.is_believed(b.recorded)
			  UNION
			  SELECT e.person_id, 1 FROM oncall.layer y JOIN oncall.layer_member e USING (layer_id)
			  WHERE y.rotation_id = duty.rotation_id AND oncall_internal.is_believed(y.recorded)
				  AND oncall_internal.is_believed(e.recorded)) AS m
		JOIN oncall.person p ON p.person_id = m.person_id
		WHERE m.person_id <> lint_rules.person_id
			AND NOT EXISTS (
				SELECT FROM oncall.objections(
					ARRAY[duty.rotation_id], ARRAY[duty.seat], ARRAY[duty.period],
					ARRAY[m.person_id]))
		ORDER BY m.place, m.person_id
		LIMIT 1;
		IF FOUND THEN
			suggestion := format('SELECT oncall.cover_shift(%L, tstzrange(%s, %s), %L, %L, %L, %L)',
				duty.rotation, oncall_internal.literal_time(lower(duty.period), duty.zone),
				oncall_internal.literal_time(upper(duty.period), duty.zone), lint_rules.person, other.name,
				rule, duty.seat_name);
			EXIT;
		END IF;
	END LOOP;
	IF suggestion IS NULL THEN
		-- there are too few
		SELECT oncall_internal.members_to_ask(own, array_remove(oncall_internal.layer_people(l.layer_id,
			greatest(l.begins, now())), NULL),
			greatest(4 * l.seats, cardinality(oncall_internal.layer_people(l.layer_id, greatest(l.begins, now()))) + 1))
		INTO suggestion
		FROM oncall_internal.standing_layers(own.rotation_id) AS l LIMIT 1;
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_rules(oncall.rotation, text, integer, text, tstzrange, text) IS
'Rules of lint(): a breach of the rules of trades that layers or changed limits have brought about. The suggestion hands on the last of these duties that somebody else may take; where there is nobody, it looks for more members.';

CREATE FUNCTION oncall_internal.lint_together(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	met record;
BEGIN
	FOR met IN
		WITH duty AS MATERIALIZED (
			SELECT * FROM oncall_internal.coming_duty(own.rotation_id)
		)
		SELECT DISTINCT ON (n.person_id, n.other_id) a.person_id, a.person, b.person AS other,
			count(*) OVER (PARTITION BY n.person_id, n.other_id) AS times, a.period * b.period AS first,
			own.seats[a.seat] AS seat, own.seats[b.seat] AS other_seat
		FROM oncall.not_together n
		JOIN duty a ON a.person_id IN (n.person_id, n.other_id)
		JOIN duty b ON b.person_id IN (n.person_id, n.other_id) AND b.person_id <> a.person_id
			AND b.period && a.period AND b.seat < a.seat
		ORDER BY n.person_id, n.other_id, a.period * b.period
	LOOP
		BEGIN
			SELECT l.suggestion INTO suggestion
			FROM oncall_internal.lint_rules(own, 'oncall_not_together', met.person_id, met.person, met.first, '') AS l;
		EXCEPTION
			WHEN insufficient_privilege THEN	-- readers do not see absences
				suggestion := format('SELECT * FROM oncall.shift WHERE rotation_id = %s AND period && %L ORDER BY seat',
					own.rotation_id, met.first);
		END;
		rule := 'people to be apart';
		level := 'warning';
		detail := format('%s and %s are not to be on duty together, and are %s ahead, first as %s and %s from %s to %s [%s]',
			met.person, met.other, CASE met.times WHEN 1 THEN 'once' ELSE met.times || ' times' END,
			met.seat, met.other_seat, oncall_internal.local_time(lower(met.first), own.zone),
			oncall_internal.local_time(upper(met.first), own.zone), own.zone);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_together(oncall.rotation) IS
'Rule of lint(): people whom oncall.not_together names and whom the layers, their pairing or covers put on duty together from now to oncall.horizon. The suggestion is that of lint_rules() for the one in the later seat.';

-- Changes ---------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_short_lists(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a list that was short from the start is meant to be
	RETURN QUERY SELECT 'list too short', CASE s.people WHEN 0 THEN 'error' ELSE 'warning' END,
		format('from %s on the list of layer %s has %s for %s', to_char(s.at AT TIME ZONE (own).zone, 'YYYY-MM-DD'), l.layer_id,
			CASE s.people WHEN 0 THEN 'nobody' WHEN 1 THEN '1 person' ELSE s.people || ' people' END,
			CASE l.seats WHEN 1 THEN 'its seat' ELSE l.seats || ' seats' END),
		oncall_internal.members_to_ask(own, s.listed, greatest(l.seats, 2))
	FROM oncall.layer l
	CROSS JOIN LATERAL (SELECT oncall_internal.layer_starts(l.layer_id) AS starts,
		oncall_internal.layer_until(l.layer_id) AS until) w
	CROSS JOIN LATERAL (
		SELECT t.at, n.people, n.listed
		FROM (SELECT greatest(now(), w.starts) AS at
			  UNION SELECT upper(m.valid) FROM oncall.layer_member m
			  WHERE m.layer_id = l.layer_id AND oncall_internal.is_believed(m.recorded)
			  UNION SELECT lower(v.period)
				FROM oncall.layer_leave v JOIN oncall.layer_member m ON m.layer_member_id = v.layer_member_id
			  WHERE m.layer_id = l.layer_id AND oncall_internal.is_believed(v.recorded)) t
		CROSS JOIN LATERAL (
			SELECT count(DISTINCT p.id) AS people, coalesce(array_agg(p.id), '{}') AS listed
			FROM unnest(oncall_internal.layer_people(l.layer_id, t.at)) AS p(id) WHERE p.id IS NOT NULL) n
		WHERE t.at >= greatest(now(), w.starts) AND t.at < least(w.until, now() + oncall.horizon())
			AND n.people < l.seats
		ORDER BY t.at LIMIT 1) s
	WHERE l.rotation_id = (own).rotation_id AND oncall_internal.is_believed(l.recorded)
		AND (w.until > now()) IS NOT FALSE
		AND EXISTS (SELECT FROM oncall.layer_member m
			WHERE m.layer_id = l.layer_id AND oncall_internal.is_believed(m.recorded) AND m.person_id IS NOT NULL
				AND (NOT upper_inf(m.valid) OR EXISTS (SELECT FROM oncall.layer_leave v
					WHERE v.layer_member_id = m.layer_member_id AND oncall_internal.is_believed(v.recorded))))
	ORDER BY s.at, l.layer_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_short_lists(oncall.rotation) IS
'Rules of lint(): lists of layers that changes leave, up to oncall.horizon ahead, with fewer people than seats.';

CREATE FUNCTION oncall_internal.lint_idle_layers(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY WITH layers AS MATERIALIZED (
		SELECT l.layer_id, l.name, l.rank, w.during
		FROM oncall.layer l
		CROSS JOIN LATERAL (
			SELECT tstzrange(greatest(now(), oncall_internal.layer_starts(l.layer_id)),
				least(oncall_internal.layer_until(l.layer_id), now() + oncall.horizon())) AS during
			WHERE greatest(now(), oncall_internal.layer_starts(l.layer_id))
				< least(oncall_internal.layer_until(l.layer_id), now() + oncall.horizon())) w
		WHERE l.rotation_id = (own).rotation_id AND oncall_internal.is_believed(l.recorded)),
	-- what lies under a cover may be a layer's
	duty AS MATERIALIZED (
		SELECT r.layer_id, r.cover_id, r.period
		FROM oncall.roster(tstzrange(now(), now() + oncall.horizon()), (own).rotation_id) r
		WHERE EXISTS (SELECT FROM layers))
	SELECT 'layer that never decides', 'advice',
		format('layer %s%s (rank %s: %s) decides nothing from %s to %s: others of a higher rank, or later ones of the same, are open whenever it is',
			l.layer_id, ' "' || l.name || '"', l.rank,
			coalesce((SELECT string_agg(p.name, ', ' ORDER BY m.place)
				FROM unnest(oncall_internal.layer_people(l.layer_id, lower(l.during))) WITH ORDINALITY AS m(id, place)
				JOIN oncall.person p ON p.person_id = m.id), 'nobody'),
			to_char(lower(l.during) AT TIME ZONE (own).zone, 'YYYY-MM-DD'), to_char(upper(l.during) AT TIME ZONE (own).zone, 'YYYY-MM-DD')),
		format('SELECT layer_id, rank, valid, cadence, hours FROM oncall.layer WHERE rotation_id = %s AND upper_inf(recorded) ORDER BY rank DESC, layer_id DESC',
			(own).rotation_id)
	FROM layers l
	WHERE NOT EXISTS (SELECT FROM duty d WHERE d.layer_id = l.layer_id)
		AND NOT EXISTS (SELECT FROM duty d WHERE d.cover_id IS NOT NULL AND d.period && l.during)
	ORDER BY l.layer_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_idle_layers(oncall.rotation) IS
'Rules of lint(): layers that decide over no seat at any time up to oncall.horizon ahead.';

-- Six turns of everybody, and ten weeks at least, tell it: where turns of
-- different length and people have a common divisor it never changes.
CREATE FUNCTION oncall_internal.lint_weekends(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	base record;
	people integer[];
	turn bigint;
	last bigint;
	until timestamptz;
	found record;
BEGIN
	FOR base IN
		SELECT l.* FROM oncall_internal.standing_layers(own.rotation_id) AS l
	LOOP
		base.begins := greatest(base.begins, now());
		people := ARRAY(SELECT DISTINCT p.id FROM unnest(oncall_internal.layer_people(base.layer_id,
			base.begins)) AS p(id) WHERE p.id IS NOT NULL);
		turn := oncall.turn_at(base.cadence, base.begins);
		CONTINUE WHEN cardinality(people) < 2 OR turn IS NULL;
		last := greatest(turn + 6 * cardinality(people), oncall.turn_at(base.cadence, base.begins + interval '70 days'));
		until := least(upper(oncall.turn_period(base.cadence, last)), upper(base.valid));
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
				FILTER (WHERE w.n * cardinality(people) >= 2 * e.n) AS many,
			string_agg(p.name, ', ' ORDER BY p.name) FILTER (WHERE w.n IS NULL) AS none
		INTO found
		FROM unnest(people) AS l(id)
		JOIN oncall.person p ON p.person_id = l.id
		LEFT JOIN weekend w ON w.person_id = l.id
		CROSS JOIN every e
		GROUP BY e.n;
		CONTINUE WHEN found.many IS NULL OR found.none IS NULL;

		rule := 'weekends in turn';
		level := 'advice';
		detail := format('of the %s weekends from %s to %s %s, and %s none as %s: %s people and turns of these lengths go on like that; spread, or another number of people, would share them',
			found.weekends, to_char(base.begins AT TIME ZONE own.zone, 'YYYY-MM-DD'), to_char(until AT TIME ZONE own.zone, 'YYYY-MM-DD'),
			found.many, found.none, own.seats[base.first_seat], cardinality(people));
		suggestion := CASE WHEN base.pairing IN ('staggered', 'following', 'preceding') AND NOT base.spread AND cardinality(people) > 2
			THEN format('SELECT oncall.set_pairing(%L, %L, %s, layer_id => %s, spread => true)', own.name, base.pairing,
				oncall_internal.literal_time(date_trunc('minute', base.begins + interval '1 minute'), own.zone), base.layer_id)
			ELSE oncall_internal.members_to_ask(own, people, cardinality(people) + 1) END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_weekends(oncall.rotation) IS
'Rules of lint(): layers in which some people have at least twice their part of the weekends, and others none. The suggestion spreads them.';

-- Together --------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_rotations(asked oncall.ref)
RETURNS TABLE (rotation text, rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	wanted integer := oncall_internal.rotation_named(lint_rotations.asked);
BEGIN
	RETURN QUERY
	WITH breaches AS MATERIALIZED (
		SELECT * FROM oncall_internal.standing_breaches()
	)
	SELECT own.name, found.rule, found.level, found.detail, found.suggestion || ';'
	FROM oncall.rotation own
	CROSS JOIN LATERAL (
		SELECT * FROM oncall_internal.lint_gaps(own)
		UNION ALL SELECT * FROM oncall_internal.lint_left(own)
		UNION ALL SELECT * FROM oncall_internal.lint_together(own)
		UNION ALL SELECT * FROM oncall_internal.lint_short_lists(own)
		UNION ALL SELECT * FROM oncall_internal.lint_idle_layers(own)
		UNION ALL SELECT * FROM oncall_internal.lint_weekends(own)
		UNION ALL SELECT l.*
		FROM breaches b,
			LATERAL oncall_internal.lint_rules(own, b.constraint_name, b.person_id, b.person, b.period, b.message) AS l
		WHERE b.rotation_id = own.rotation_id
		UNION ALL SELECT * FROM oncall_internal.lint_escalation(own)
		UNION ALL SELECT * FROM oncall_internal.lint_people(own.rotation_id)
		UNION ALL SELECT * FROM oncall_internal.lint_holidays(own)
		UNION ALL SELECT * FROM oncall_internal.lint_shape(own)) AS found
	WHERE (wanted IS NULL OR own.rotation_id = wanted)
		-- those whose layers are all over have been retired
		AND (EXISTS (SELECT FROM oncall_internal.standing_layers(own.rotation_id))
			 OR NOT EXISTS (SELECT FROM oncall.layer l WHERE l.rotation_id = own.rotation_id))
	ORDER BY array_position('{error,warning,advice}'::text[], found.level), own.name, found.rule;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_rotations(oncall.ref) IS
'For lint, which calls it with the compilation of queries turned off: all its rules for one rotation, or for all (NULL).';

CREATE FUNCTION oncall.lint(rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (rotation text, rule text, level text, detail text, suggestion text)
LANGUAGE sql STABLE ROWS 20
-- the planner thinks rosters dear enough to compile the queries first
SET jit = off
BEGIN ATOMIC
	SELECT l.rotation, l.rule, l.level, l.detail, l.suggestion
	FROM oncall_internal.lint_rotations($1) AS l;
END;
COMMENT ON FUNCTION oncall.lint(oncall.ref) IS
'What experience would change about a rotation, or about all (NULL): advice with figures, a level (error, warning or advice) and a statement that can be pasted. Nothing is written. Errors: 42704 for an unknown rotation, with near names.';
