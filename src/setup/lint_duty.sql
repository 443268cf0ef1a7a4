
-- Rules of lint() that look at who is on duty.

-- Gaps ------------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_stretches(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[],
	OUT coverage_from timestamptz, OUT meant tstzmultirange, OUT outside tstzmultirange, OUT gaps tstzmultirange)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ahead timestamptz := now() + oncall.horizon();
	holidays date[];
	empty tstzmultirange;
BEGIN
	-- before its first turn a rotation has no gap
	coverage_from := greatest(now(), (SELECT min(l.starts) FROM unnest(layers) l));
	IF coverage_from > now() AND EXISTS (SELECT FROM oncall.layer l
		WHERE l.rotation_id = own.rotation_id AND oncall_internal.is_believed(l.recorded)
			AND oncall_internal.layer_starts(l.layer_id) <= now()) THEN
		coverage_from := now();
	END IF;
	gaps := '{}';
	IF coverage_from >= ahead THEN
		RETURN;
	END IF;
	holidays := coalesce((SELECT array_agg(DISTINCT d.day)
		FROM oncall.holiday h, unnest(ARRAY[h.day, h.observes]) AS d(day)
		WHERE h.calendar_id = own.calendar_id AND d.day BETWEEN coverage_from::date - 2 AND ahead::date + 2), '{}');
	gaps := oncall.open_periods(own.coverage, tstzrange(coverage_from, ahead), own.zone, holidays)
		- coalesce((SELECT range_agg(d.period) FROM unnest(duties) d WHERE d.person_id IS NOT NULL), '{}');
	IF isempty(gaps) THEN
		RETURN;
	END IF;

	-- a turn of nobody on a list, or a cover by nobody
	SELECT range_agg(d.period) INTO empty
	FROM unnest(duties) d
	LEFT JOIN unnest(layers) l ON l.layer_id = d.layer_id
	WHERE d.person_id IS NULL AND d.period && gaps
		AND (d.cover_id IS NOT NULL OR array_position(l.people, NULL) IS NOT NULL);
	meant := gaps * empty;
	gaps := gaps - coalesce(empty, '{}');

	-- hours of the only kind that there is, and nobody has said that they
	-- should be others
	IF own.coverage::text = '24/7' AND (SELECT count(DISTINCT (l.hours::text, oncall.zone(l.cadence))) = 1
			AND bool_and(oncall.zone(l.cadence) = own.zone AND l.hours::text <> '24/7') IS TRUE
			FROM unnest(layers) l WHERE l.standing OR l.until IS NULL) THEN
		outside := gaps - oncall.open_periods(layers[1].hours, tstzrange(coverage_from, ahead), own.zone, holidays);
		gaps := gaps - outside;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_stretches(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'For lint: when, from now (or its first turn) to oncall.horizon, nobody is on call in hours of a rotation''s coverage: meant, as a list or a cover says so; outside the hours of its layers; and the rest, gaps.';

CREATE FUNCTION oncall_internal.stretches_told(own oncall.rotation, stretches tstzmultirange) RETURNS text
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT format('%s hours of the coverage (%s), in %s, the first from %s to %s [%s]',
		round(extract(epoch FROM sum(upper(g) - lower(g))) / 3600, 1)::float8, ($1).coverage,
		CASE count(*) WHEN 1 THEN 'one stretch' ELSE count(*) || ' stretches' END,
		oncall_internal.local_time(date_trunc('minute', lower($2)), ($1).zone),
		oncall_internal.local_time(min(upper(g)), ($1).zone),
		($1).zone)
	FROM unnest($2) AS g);
END
$$;
COMMENT ON FUNCTION oncall_internal.stretches_told(oncall.rotation, tstzmultirange) IS
'For lint: how much that is, and which is the first.';

CREATE FUNCTION oncall_internal.filler(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[], gap tstzrange)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last record;
	cadence oncall.cadence;
BEGIN
	SELECT l.layer_id, oncall_internal.layer_until(l.layer_id) AS until, t.cadence,
		oncall_internal.layer_people(l.layer_id, lower(gap)) AS people
	INTO last
	FROM oncall.layer l, oncall_internal.layer_terms(l.layer_id, lower(gap)) t
	WHERE l.rotation_id = own.rotation_id AND oncall_internal.is_believed(l.recorded)
		AND oncall_internal.layer_starts(l.layer_id) <= lower(gap)
	ORDER BY l.rank, 2 DESC NULLS FIRST, l.layer_id DESC
	LIMIT 1;
	IF NOT FOUND OR EXISTS (SELECT FROM unnest(duties) d WHERE d.period && gap AND d.layer_id IS NOT NULL)
		OR oncall_internal.each_once(last.people) = '{}' THEN
		RETURN oncall_internal.roster_shown(own, gap);
	END IF;
	-- below the others, so that it counts only where they do not
	cadence := CASE own.coverage::text WHEN '24/7' THEN last.cadence
		ELSE oncall.cadence(oncall.anchor(last.cadence), own.zone, VARIADIC oncall.steps(last.cadence)) END;
	RETURN format('SELECT oncall.add_layer(%L, %s, %L, rank => %s, valid => tstzrange(%s, NULL)%s)', own.name,
		oncall_internal.literal_names(last.people), cadence,
		(SELECT min(l.rank) - 1 FROM oncall.layer l
		 WHERE l.rotation_id = own.rotation_id AND oncall_internal.is_believed(l.recorded)),
		oncall_internal.literal_time(lower(gap), own.zone),
		CASE WHEN own.coverage::text <> '24/7' THEN format(', hours => %L', own.coverage) END);
END
$$;
COMMENT ON FUNCTION oncall_internal.filler(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[], tstzrange) IS
'For lint: a layer below all others that lets the people of the last one go on in hours of the coverage in which no layer decides; if one does, a query that shows the roster then.';

CREATE FUNCTION oncall_internal.lint_no_layer(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		SELECT 'no gaps' AS rule, 'error' AS level, 'nobody is on call: the rotation has no layer' AS detail,
			-- add_layer() wants a list and a time, which are not ours to choose
			CASE WHEN EXISTS (SELECT FROM oncall.rotation_member m
					WHERE m.rotation_id = ($1).rotation_id AND oncall_internal.is_believed(m.recorded))
				THEN format('SELECT p.name, m.standing, p.zone FROM oncall.rotation_member m JOIN oncall.person p USING (person_id) WHERE m.rotation_id = %s AND upper_inf(m.recorded) ORDER BY m.standing DESC, p.name',
					($1).rotation_id)
				ELSE format('SELECT name, zone FROM oncall.person WHERE active @> now() ORDER BY zone <> %L, name', ($1).zone) END AS suggestion;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_no_layer(oncall.rotation) IS
'Rule of lint(): a rotation that no layer and no cover puts anybody on call in. The suggestion shows who could be.';

CREATE FUNCTION oncall_internal.lint_gaps(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ahead timestamptz := now() + oncall.horizon();
	days integer := ceil(extract(epoch FROM oncall.horizon()) / 86400);
	held boolean := EXISTS (SELECT FROM unnest(duties) d WHERE d.person_id IS NOT NULL);
	stretches record;
	ends timestamptz;			-- of the last layer, or the last cover where there are no layers
BEGIN
	IF cardinality(layers) = 0 AND NOT held THEN
		RETURN QUERY SELECT * FROM oncall_internal.lint_no_layer(own);
		RETURN;
	END IF;
	SELECT * INTO stretches FROM oncall_internal.lint_stretches(own, layers, duties);
	rule := 'no gaps';
	-- who wrote the last of them may have meant its end
	ends := CASE WHEN cardinality(layers) = 0 THEN (SELECT max(upper(d.period)) FROM unnest(duties) d
		WHERE d.person_id IS NOT NULL)
		WHEN NOT EXISTS (SELECT FROM unnest(layers) l WHERE l.until IS NULL)
			THEN (SELECT max(l.until) FROM unnest(layers) l) END;
	IF ends < ahead AND stretches.gaps && tstzrange(ends, NULL) THEN
		stretches.gaps := stretches.gaps - tstzmultirange(tstzrange(ends, NULL));
		level := 'warning';
		detail := format('nobody is on call from %s [%s] on, when the last %s ends; if that is meant, all is well',
			oncall_internal.local_time(ends, own.zone), own.zone, CASE cardinality(layers) WHEN 0 THEN 'cover' ELSE 'layer' END);
		suggestion := CASE cardinality(layers) WHEN 0 THEN oncall_internal.roster_shown(own, tstzrange(now(), ahead))
			ELSE oncall_internal.layers_shown(own) END;
		RETURN NEXT;
	END IF;
	IF NOT isempty(stretches.outside) THEN
		level := 'warning';
		detail := format('in the coming %s days nobody is on call outside the hours of the layers (%s), which are %s; if that is meant, the coverage can say so',
			days, layers[1].hours, oncall_internal.stretches_told(own, stretches.outside));
		suggestion := format('UPDATE oncall.rotation SET coverage = %L WHERE name = %L', layers[1].hours, own.name);
		RETURN NEXT;
	END IF;
	IF NOT isempty(stretches.gaps) THEN
		level := 'error';
		detail := format('in the coming %s days nobody is on call in %s', days,
			oncall_internal.stretches_told(own, stretches.gaps));
		suggestion := oncall_internal.filler(own, layers, duties,
			(SELECT g FROM unnest(stretches.gaps) AS g ORDER BY g LIMIT 1));
		RETURN NEXT;
	END IF;
	IF NOT isempty(stretches.meant) THEN
		rule := 'empty on purpose';
		level := 'advice';
		detail := format('in the coming %s days a list or a cover leaves nobody on call in %s; if that is meant, all is well',
			days, oncall_internal.stretches_told(own, stretches.meant));
		suggestion := oncall_internal.roster_shown(own, tstzrange(lower(stretches.meant), upper(stretches.meant)));
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_gaps(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'Rules of lint(): somebody is on call, in whatever seat, in all hours of the coverage up to oncall.horizon. Told apart: that the last layer ends, as before a retirement; hours outside those of the layers; what is empty on purpose.';

-- People ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.lint_people(layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids integer[] := ARRAY(
		SELECT d.person_id FROM unnest(duties) d
		UNION
		SELECT m.id FROM unnest(layers) l, unnest(l.people) AS m(id) WHERE l.standing);
	counted record;
BEGIN
	SELECT count(*) AS people, count(*) FILTER (WHERE w.no_phone) AS no_phone, count(*)
		FILTER (WHERE w.not_accepted) AS not_accepted,
		string_agg(w.name, ', ' ORDER BY w.name) FILTER (WHERE w.no_phone) AS no_phone_names,
		string_agg(w.name, ', ' ORDER BY w.name) FILTER (WHERE w.not_accepted) AS not_accepted_names,
		string_agg(format('(%L, NULL::text)', w.name), ', ' ORDER BY w.name) FILTER (WHERE w.no_phone) AS phones,
		string_agg(format('(%L, NULL::date)', w.name), ', ' ORDER BY w.name) FILTER (WHERE w.not_accepted) AS dates
	INTO counted
	FROM (SELECT p.name, nullif(btrim(p.company_phone), '') IS NULL AS no_phone,
		p.expectations_accepted_on IS NULL AS not_accepted
		FROM oncall.person p
		WHERE p.active @> now() AND p.person_id = ANY (ids)) AS w;
	level := 'warning';
	-- forms: they change nothing until it is filled in what people say
	IF counted.no_phone > 0 THEN
		rule := 'company phone';
		detail := format('%s of %s people have no company phone: %s', counted.no_phone, counted.people, counted.no_phone_names);
		suggestion := format('UPDATE oncall.person AS p SET company_phone = v.phone FROM (VALUES %s) AS v(name, phone) WHERE v.name = p.name AND v.phone IS NOT NULL',
			counted.phones);
		RETURN NEXT;
	END IF;
	IF counted.not_accepted > 0 THEN
		rule := 'expectations accepted';
		detail := format('%s of %s people have not accepted what is expected of them: %s', counted.not_accepted, counted.people,
			counted.not_accepted_names);
		suggestion := format('UPDATE oncall.person AS p SET expectations_accepted_on = v.accepted FROM (VALUES %s) AS v(name, accepted) WHERE v.name = p.name AND v.accepted IS NOT NULL',
			counted.dates);
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_people(oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'Rules of lint(): everybody on the roster, or on a list of the lowest rank, has a company phone and has accepted what is expected of them. The suggestions are forms: they change nothing until it is filled in what people have said.';

CREATE FUNCTION oncall_internal.lint_left(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	duty record;
	layer oncall.layer;
	days daterange;
	gone oncall_internal.lint_layer;	-- as it is without them
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
			  FROM unnest(duties) AS c
			  WHERE c.person_id IS NOT NULL AND NOT c.active @> c.period) AS d
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
			gone := (SELECT l FROM unnest(layers) l WHERE l.layer_id = layer.layer_id);
			gone.people := ARRAY(
				SELECT m.person_id
				FROM unnest(oncall_internal.layer_people(layer.layer_id, duty.first)) WITH ORDINALITY AS m(person_id,
					place)
				WHERE (m.person_id = ANY (duty.due)) IS NOT TRUE
				ORDER BY m.place);
			gone.listed := oncall_internal.each_once(gone.people);
			suggestion := CASE WHEN cardinality(gone.listed) = 0
				THEN oncall_internal.members_to_ask(own, gone, 4 * layer.seats)
				ELSE format('SELECT oncall.set_members(%L, %s, %s, layer_id => %s)', own.name,
					oncall_internal.literal_names(gone.people),
					oncall_internal.literal_time(date_trunc('minute', duty.first), own.zone), layer.layer_id) END;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_left(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'Rule of lint(): nobody has duty before they come to the company or after they have left. A row for each layer and cover that gives it to them; the suggestion takes off the list those who come first, from then on.';

CREATE FUNCTION oncall_internal.lint_escalation(own oncall.rotation)
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team record;
BEGIN
	SELECT t.name, t.manager_id, p.name AS manager, p.active INTO team
	FROM oncall.team t LEFT JOIN oncall.person p ON p.person_id = t.manager_id
	WHERE t.team_id = own.team_id;
	IF team.active @> now() THEN
		RETURN;
	END IF;

	rule := 'escalation ends with a person';
	level := 'error';
	IF own.team_id IS NULL THEN
		detail := 'the rotation belongs to no team, so that an escalation ends with nobody';
		suggestion := CASE WHEN EXISTS (SELECT FROM oncall.team)
			THEN format('UPDATE oncall.rotation AS r SET team_id = t.team_id FROM oncall.team t WHERE t.name = NULL::text AND r.name = %L', own.name)
			ELSE format('INSERT INTO oncall.team (name, zone, manager_id) SELECT %L, %L, p.person_id FROM oncall.person p WHERE p.name = NULL::text; '
				'UPDATE oncall.rotation AS r SET team_id = t.team_id FROM oncall.team t WHERE t.name = %L AND r.name = %L',
				own.name, own.zone, own.name, own.name) END;
	ELSE
		detail := CASE WHEN team.manager_id IS NULL
			THEN format('team "%s" has no manager, who is the last step of every escalation', team.name)
			ELSE format('%s, manager of team "%s" and the last step of every escalation, %s', team.manager, team.name,
				CASE WHEN lower(team.active) > now()
					THEN 'is not with the company before ' || (lower(team.active) AT TIME ZONE own.zone)::date
					ELSE 'left on ' || (upper(team.active) AT TIME ZONE own.zone)::date END) END;
		suggestion := format('UPDATE oncall.team AS t SET manager_id = p.person_id FROM oncall.person p WHERE p.name = NULL::text AND t.name = %L', team.name);
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_escalation(oncall.rotation) IS
'Rule of lint(): the rotation has a team with a manager who is with the company, since that person is the last step of every escalation. The suggestion is a form: it changes nothing until a name is filled in.';

-- Rules of trades -------------------------------------------------------

CREATE FUNCTION oncall_internal.standing_breaches(rotation_id integer)
RETURNS TABLE (constraint_name text, person_id integer, person text,
	rotation_ids integer[], period tstzrange, message text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- whole hours, since messages tell the ends of the window
	ahead CONSTANT tstzrange := tstzrange(date_trunc('hour', now()), date_trunc('hour', now() + oncall.horizon()));
BEGIN
	RETURN QUERY
	SELECT a.constraint_name, a.person_id, a.person, ARRAY[a.rotation_id, a.other_rotation_id], a.period, a.message
	FROM (SELECT b.* FROM oncall.audit(ahead) AS b WHERE standing_breaches.rotation_id IS NULL
		  UNION ALL
		  SELECT b.* FROM oncall_internal.breaches_of(ahead, standing_breaches.rotation_id) AS b) AS a
	-- the others show in duty_conflict: no fault of the rules
	WHERE a.constraint_name NOT IN ('oncall_not_absent', 'oncall_member', 'oncall_not_together');
EXCEPTION
	WHEN insufficient_privilege THEN
		NULL;					-- readers do not see absences
END
$$;
COMMENT ON FUNCTION oncall_internal.standing_breaches(integer) IS
'For lint: the breaches of one rotation, or of all (NULL), that audit() finds from now to oncall.horizon, without those that show in duty_conflict. rotation_ids: both, where two clash. None if the caller may not read all that the rules look at.';

CREATE FUNCTION oncall_internal.lint_rules(
	own oncall.rotation, layers oncall_internal.lint_layer[], constraint_name text, person_id integer, person text,
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
		FROM oncall.duties(lint_rules.person_id, lint_rules.during) AS c
		JOIN oncall.rotation o ON o.rotation_id = c.rotation_id
		CROSS JOIN LATERAL (
			SELECT c.period, 1
			UNION ALL
			SELECT c.period * tstzrange(
				(lower(lint_rules.during) AT TIME ZONE own.zone + own.max_consecutive) AT TIME ZONE own.zone,
				NULL), 2
			WHERE lint_rules.constraint_name = 'oncall_max_consecutive') AS part(period, choice)
		WHERE lower(part.period) > now() AND upper(part.period) < now() + oncall.horizon()
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
		suggestion := CASE cardinality(layers) WHEN 0 THEN oncall_internal.roster_shown(own, lint_rules.during)
			ELSE oncall_internal.members_to_ask(own, layers[1],
				greatest(4 * layers[1].seats, cardinality(layers[1].people) + 1)) END;
	END IF;
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_rules(oncall.rotation, oncall_internal.lint_layer[], text, integer, text, tstzrange, text) IS
'Rules of lint(): a breach of the rules of trades that layers or changed limits have brought about. The suggestion hands on the last of these duties that somebody else may take; where there is nobody, it looks for more members.';

CREATE FUNCTION oncall_internal.lint_together(
	own oncall.rotation, layers oncall_internal.lint_layer[], duties oncall_internal.lint_duty[])
RETURNS TABLE (rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	met record;
BEGIN
	FOR met IN
		SELECT DISTINCT ON (n.person_id, n.other_id) a.person_id, a.person, b.person AS other,
			count(*) OVER (PARTITION BY n.person_id, n.other_id) AS times, a.period * b.period AS first,
			own.seats[a.seat] AS seat, own.seats[b.seat] AS other_seat
		FROM oncall.not_together n
		-- most often there are none: begin with them
		CROSS JOIN LATERAL (SELECT * FROM unnest(duties) WHERE person_id IN (n.person_id, n.other_id) OFFSET 0) AS a
		JOIN unnest(duties) b ON b.person_id IN (n.person_id, n.other_id) AND b.person_id <> a.person_id
			AND b.period && a.period AND b.seat < a.seat
		ORDER BY n.person_id, n.other_id, a.period * b.period
	LOOP
		BEGIN
			SELECT l.suggestion INTO suggestion
			FROM oncall_internal.lint_rules(own, layers, 'oncall_not_together', met.person_id, met.person, met.first, '') AS l;
		EXCEPTION
			WHEN insufficient_privilege THEN	-- readers do not see absences
				suggestion := oncall_internal.roster_shown(own, met.first);
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
COMMENT ON FUNCTION oncall_internal.lint_together(oncall.rotation, oncall_internal.lint_layer[], oncall_internal.lint_duty[]) IS
'Rule of lint(): people whom oncall.not_together names and whom the layers, their pairing or covers put on duty together from now to oncall.horizon. The suggestion is that of lint_rules() for the one in the later seat.';
