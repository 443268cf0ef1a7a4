-- Paging: whom a step calls, whether it may call them now, and the pages that
-- wait until it may.

CREATE FUNCTION oncall_internal.next_holder(rotation_id integer, seat smallint, at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT r.person_id
		FROM oncall.roster(tstzrange(at, at + oncall.horizon()), rotation_id) r
		WHERE r.seat = next_holder.seat AND r.person_id IS NOT NULL
			AND r.person_id IS DISTINCT FROM oncall.seat_holder(next_holder.rotation_id, next_holder.seat, at)
		ORDER BY r.starts_at
		LIMIT 1);
END
$$;
COMMENT ON FUNCTION oncall_internal.next_holder(integer, smallint, timestamptz) IS
'Who comes on a seat next, within oncall.horizon; NULL: nobody does.';

-- The one place that says whom a step calls. It is inlined.
CREATE FUNCTION oncall_internal.places(service_id integer, step smallint, both_seats boolean, at timestamptz)
RETURNS TABLE (rotation_id integer, rotation text, seat smallint, person_id integer, person text, place bigint)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
	SELECT named.rotation_id, r.name, named.seat,
		CASE WHEN p.active @> $4 THEN p.person_id END, p.name, named.place
	FROM (
		SELECT sr.rotation_id, s.seat,
			oncall.seat_holder(sr.rotation_id, s.seat::integer, $4) AS person_id, s.place
		FROM oncall.service_rotation sr
		CROSS JOIN LATERAL unnest(CASE WHEN $3 THEN (
				SELECT array_agg(DISTINCT a.seat ORDER BY a.seat)
				FROM oncall.rotation r, unnest(sr.seats || '{1,2}'::smallint[]) a(seat)
				WHERE r.rotation_id = sr.rotation_id AND (a.seat = ANY (sr.seats) OR a.seat <= cardinality(r.seats)))
			ELSE sr.seats END) WITH ORDINALITY AS s(seat, place)
		WHERE sr.service_id = $1 AND $2 = 0
		UNION ALL
		SELECT e.rotation_id, s.seat::smallint,
			CASE e.holder WHEN 'now' THEN oncall.seat_holder(e.rotation_id, s.seat, $4)
				ELSE oncall_internal.next_holder(e.rotation_id, s.seat::smallint, $4) END, s.seat::bigint
		FROM oncall.escalation_step e
		JOIN oncall.rotation r ON r.rotation_id = e.rotation_id
		CROSS JOIN LATERAL generate_series(coalesce(e.seat::integer, 1),
			coalesce(e.seat::integer, cardinality(r.seats))) s(seat)
		WHERE e.service_id = $1 AND e.step = $2
		UNION ALL
		SELECT NULL::integer, NULL::smallint, e.person_id, 1::bigint
		FROM oncall.escalation_step e
		WHERE e.service_id = $1 AND e.step = $2 AND e.person_id IS NOT NULL
		UNION ALL
		SELECT NULL::integer, NULL::smallint, t.manager_id, 1::bigint
		FROM oncall.service s
		JOIN oncall.team t ON t.team_id = s.team_id
		WHERE s.service_id = $1 AND $2 > 0 AND $2 = oncall_internal.manager_step($1)) named
	LEFT JOIN oncall.rotation r ON r.rotation_id = named.rotation_id
	LEFT JOIN oncall.person p ON p.person_id = named.person_id;
END;
COMMENT ON FUNCTION oncall_internal.places(integer, smallint, boolean, timestamptz) IS
'The places that a step of a service calls (0: the opening, of both seats of each rotation if asked), and who is there at an instant. person_id is NULL where nobody is, or whoever is has left: then person names them.';

CREATE FUNCTION oncall_internal.place_told(rotation text, seat smallint, person text) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE
		WHEN $3 IS NOT NULL AND $1 IS NULL THEN format('%s has left', $3)
		WHEN $3 IS NOT NULL THEN format('%s has left (%s, seat %s)', $3, $1, $2)
		WHEN $1 IS NULL THEN 'the team has no manager'
		ELSE format('seat %s of %s is empty', $2, $1) END;
END;
COMMENT ON FUNCTION oncall_internal.place_told(text, smallint, text) IS
'Why nobody is called at a place, for events: whoever is there has left, or nobody is.';

CREATE FUNCTION oncall_internal.opens_at(hours oncall.weekly_hours, zone text, calendar_id integer, at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what a calendar of any country has had by then
	until CONSTANT timestamptz := at + interval '400 days';
	holidays CONSTANT date[] := ARRAY(
		SELECT h.day FROM oncall.holiday h
		WHERE h.calendar_id = opens_at.calendar_id AND h.day BETWEEN (at - interval '2 days')::date
			AND (until + interval '2 days')::date);
BEGIN
	IF oncall.is_open(hours, at, zone, holidays) THEN
		RETURN at;
	END IF;
	RETURN coalesce(
		lower(oncall.open_periods(hours, tstzrange(at, at + interval '8 days'), zone, holidays)),
		lower(oncall.open_periods(hours, tstzrange(at, until), zone, holidays)),
		'infinity');
END
$$;
COMMENT ON FUNCTION oncall_internal.opens_at(oncall.weekly_hours, text, integer, timestamptz) IS
'The first instant from one on at which weekly hours are open in a zone, on the public holidays of a calendar; infinity if they are not within 400 days.';

CREATE FUNCTION oncall_internal.may_page_at(service_id integer, hours oncall.weekly_hours, zone text,
	calendar_id integer, at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moment timestamptz := at;
	ends timestamptz;
BEGIN
	LOOP
		SELECT max(upper(m.period)) INTO ends
		FROM oncall.maintenance m WHERE m.service_id = may_page_at.service_id AND m.period @> moment;
		IF ends IS NULL THEN
			ends := CASE WHEN hours IS NULL THEN moment
				ELSE oncall_internal.opens_at(hours, zone, calendar_id, moment) END;
			EXIT WHEN ends = moment;
		END IF;
		moment := ends;
		EXIT WHEN moment = 'infinity';
	END LOOP;
	RETURN moment;
END
$$;
COMMENT ON FUNCTION oncall_internal.may_page_at(integer, oncall.weekly_hours, text, integer, timestamptz) IS
'The first instant from one on at which a service is in no maintenance and page hours (NULL: any time) are open.';

CREATE FUNCTION oncall_internal.record_event(incident_id integer, at timestamptz, kind text, detail text,
	other_person_id integer DEFAULT NULL, other_incident_id integer DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO oncall.incident_event (incident_id, at, kind, detail, other_person_id, other_incident_id, recorded_at)
	VALUES (record_event.incident_id, record_event.at, record_event.kind, record_event.detail,
		record_event.other_person_id, record_event.other_incident_id, clock_timestamp());
END
$$;
COMMENT ON FUNCTION oncall_internal.record_event(integer, timestamptz, text, text, integer, integer) IS
'Writes an event that oncall itself has caused, which does nothing more.';

-- When a place may be called: in page hours of the team, or of whoever is there.
CREATE FUNCTION oncall_internal.place_may_page_at(incident_id integer, rotation_id integer, person_id integer,
	at timestamptz)
RETURNS timestamptz
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT oncall_internal.may_page_at(i.service_id, v.page_hours,
		CASE WHEN v.page_hours_of = 'holder' THEN coalesce(p.zone, t.zone) ELSE t.zone END,
		CASE WHEN v.page_hours_of = 'holder' AND p.person_id IS NOT NULL THEN p.calendar_id ELSE r.calendar_id END, $4)
	FROM oncall.incident i
	JOIN oncall.severity v ON v.name = i.severity
	JOIN oncall.service s ON s.service_id = i.service_id
	JOIN oncall.team t ON t.team_id = s.team_id
	LEFT JOIN oncall.rotation r ON r.rotation_id = $2
	LEFT JOIN oncall.person p ON p.person_id = $3
	WHERE i.incident_id = $1;
END;
COMMENT ON FUNCTION oncall_internal.place_may_page_at(integer, integer, integer, timestamptz) IS
'The first instant from one on at which an incident may call a person on a rotation: outside maintenance, and within the page hours of its severity, with the public holidays of the rotation or of the person.';

CREATE FUNCTION oncall_internal.last_called(service_id integer, step smallint, rotation_id integer, person_id integer)
RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(max(g.page_id), 0)
		FROM oncall.page g JOIN oncall.incident i ON i.incident_id = coalesce(g.merged_from, g.incident_id)
		WHERE g.person_id = last_called.person_id AND g.rotation_id = last_called.rotation_id
			AND g.step = last_called.step AND i.service_id = last_called.service_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.last_called(integer, smallint, integer, integer) IS
'The last page by which a step of a service called a person in a rotation; 0: none did.';

CREATE FUNCTION oncall_internal.page_step(incident_id integer, first_step smallint, reason text, at timestamptz,
	by_hand boolean DEFAULT false) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
-- to plan whom a step calls takes much longer than to ask it
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	held record;
	step record;
	place record;
	called integer[] := '{}';
	number smallint := first_step;
	answered integer := 0;
	found_before integer;
	why text;
	due timestamptz;
	first_due timestamptz;
	missing boolean;
	somebody boolean;
BEGIN
	SELECT i.service_id, i.step, i.asked_at, i.waits_since, v.answers > 1 AS both_seats, v.pages,
		-- where nothing can hold a page, nothing need be asked
		by_hand OR v.page_hours IS NULL AND NOT EXISTS (
			SELECT FROM oncall.maintenance m WHERE m.service_id = i.service_id AND m.period @> page_step.at) AS free
	INTO held
	FROM oncall.incident i JOIN oncall.severity v ON v.name = i.severity
	WHERE i.incident_id = page_step.incident_id;
	IF held.service_id IS NULL THEN
		PERFORM oncall_internal.record_event(page_step.incident_id, page_step.at, 'empty', 'It has no service: nobody is called.');
		UPDATE oncall.incident i SET waits_since = NULL WHERE i.incident_id = page_step.incident_id;
		RETURN 0;
	END IF;
	IF reason = 'raised' THEN
		-- who has answered is there
		called := ARRAY(SELECT DISTINCT p.person_id FROM oncall.page p
			WHERE p.incident_id = page_step.incident_id AND p.acknowledged_at >= held.asked_at);
		answered := cardinality(called);
	END IF;
	LOOP
		SELECT e.when_empty, e.strategy, e.seat, e.rotation_id,
			number = first_step AND reason <> 'step' OR by_hand OR e.hours IS NULL
				OR oncall.is_open(e.hours, page_step.at, (
				SELECT t.zone FROM oncall.service s JOIN oncall.team t ON t.team_id = s.team_id
				WHERE s.service_id = held.service_id)) AS in_hours
		INTO step
		FROM oncall.escalation_step e WHERE e.service_id = held.service_id AND e.step = number;
		why := CASE
			WHEN number > 0 AND step IS NULL AND NOT by_hand THEN 'manager'
			WHEN number > first_step AND NOT by_hand THEN 'step'
			ELSE page_step.reason END;
		missing := false;
		somebody := false;
		first_due := NULL;
		found_before := cardinality(called);
		FOR place IN
			SELECT p.* FROM oncall_internal.places(held.service_id, number, held.both_seats, page_step.at) p
			WHERE step.in_hours IS NOT FALSE
			ORDER BY step.strategy IS NOT DISTINCT FROM 'in_turn' AND p.person_id IS NULL,
				CASE WHEN step.strategy = 'in_turn' THEN
					oncall_internal.last_called(held.service_id, number, p.rotation_id, p.person_id) END,
				p.rotation_id, p.place
		LOOP
			due := CASE WHEN held.free THEN page_step.at ELSE
				oncall_internal.place_may_page_at(page_step.incident_id, place.rotation_id, place.person_id,
					page_step.at) END;
			IF due > page_step.at THEN
				first_due := least(first_due, due);
				INSERT INTO oncall.page (incident_id, step, rotation_id, seat, reason, created_at, due_at)
				SELECT page_step.incident_id, number, place.rotation_id,
					CASE WHEN step.strategy = 'in_turn' THEN step.seat ELSE place.seat END, why, page_step.at, due
				-- a service may name a seat twice
				WHERE NOT EXISTS (SELECT FROM oncall.page g
					WHERE g.incident_id = page_step.incident_id AND g.step = number AND g.created_at = page_step.at
						AND g.person_id IS NULL AND g.cancelled_at IS NULL
						AND g.rotation_id = place.rotation_id AND g.seat = place.seat);
				EXIT WHEN step.strategy = 'in_turn';
			ELSIF place.person_id IS NULL AND somebody AND step.strategy = 'in_turn' THEN
				EXIT;			-- who is there has been called just now
			ELSIF place.person_id IS NULL THEN
				missing := true;
				PERFORM oncall_internal.record_event(page_step.incident_id, page_step.at, 'empty',
					oncall_internal.place_told(place.rotation, place.seat, place.person));
				IF step.when_empty = 'hold' AND place.rotation_id IS NOT NULL THEN
					INSERT INTO oncall.page (incident_id, step, rotation_id, seat, reason, created_at)
					VALUES (page_step.incident_id, number, place.rotation_id,
						CASE WHEN step.strategy = 'in_turn' THEN step.seat ELSE place.seat END, why, page_step.at);
					EXIT WHEN step.strategy = 'in_turn';
				END IF;
			ELSIF place.person_id = ANY (called) THEN
				somebody := true;
			ELSE
				INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at)
				VALUES (page_step.incident_id, place.person_id, number, place.rotation_id, place.seat, why,
					page_step.at);
				called := called || place.person_id;
				EXIT WHEN step.strategy = 'in_turn';
			END IF;
		END LOOP;
		IF NOT FOUND THEN
			PERFORM oncall_internal.record_event(page_step.incident_id, page_step.at,
				CASE step.in_hours WHEN false THEN 'missed' ELSE 'empty' END,
				CASE step.in_hours WHEN false THEN format('Step %s is not in its hours.', number)
					ELSE 'The service has no rotation.' END);
		END IF;
		IF first_due IS NOT NULL THEN
			PERFORM oncall_internal.record_event(page_step.incident_id, page_step.at, 'waiting',
				format('Step %s calls from %s UTC on.', number, first_due AT TIME ZONE 'UTC'));
		END IF;
		-- a step with several seats is empty if nobody is on any of them
		missing := CASE
			WHEN (cardinality(called) > found_before OR first_due IS NOT NULL)
				AND number > 0 AND step.seat IS NULL THEN false
			ELSE missing OR cardinality(called) = found_before AND first_due IS NULL END;
		EXIT WHEN NOT missing
			OR step.in_hours AND (step.when_empty = 'wait' OR step.when_empty = 'hold' AND step.rotation_id IS NOT NULL)
			OR number > 0 AND step.when_empty IS NULL;
		number := oncall_internal.step_after(held.service_id, number);
	END LOOP;
	IF cardinality(called) = answered AND first_due IS NULL AND number >= oncall_internal.manager_step(held.service_id)
		THEN
		PERFORM oncall_internal.record_event(page_step.incident_id, page_step.at, 'empty', 'Nobody could be called.');
	END IF;
	-- nothing to write where it has just been opened and paged
	due := CASE WHEN NOT held.pages THEN NULL
		WHEN cardinality(called) = answered THEN coalesce(first_due, page_step.at) ELSE page_step.at END;
	IF (number, due) IS DISTINCT FROM (held.step, held.waits_since) OR number > 0 THEN
		UPDATE oncall.incident i
		SET step = number, times = 1, waits_since = due
		WHERE i.incident_id = page_step.incident_id;
	END IF;
	RETURN cardinality(called) - answered;
END
$$;
COMMENT ON FUNCTION oncall_internal.page_step(integer, smallint, text, timestamptz, boolean) IS
'Calls the people of a step of an incident at an instant, or has pages wait for when they may be called (by hand, they may always), and where nobody is there goes on to the next step as when_empty says; returns the number of people called.';

CREATE FUNCTION oncall.escalation_path(service oncall.ref, at timestamptz DEFAULT now())
RETURNS TABLE (step smallint, after interval, rotation text, seat smallint, person_id integer, person text, phone text,
	remark text)
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id CONSTANT integer := oncall_internal.service_named(service);
BEGIN
	PERFORM oncall_internal.refuse_null('service', own_id IS NULL);
	PERFORM oncall_internal.refuse_null('at', escalation_path.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', escalation_path.at);
	RETURN QUERY
	WITH steps AS (
		SELECT 0::smallint AS step, interval '0' AS wait, 1::smallint AS repeat, NULL::oncall.weekly_hours AS hours,
			NULL::text AS strategy
		UNION ALL
		SELECT e.step, e.wait, e.repeat, e.hours, e.strategy FROM oncall.escalation_step e WHERE e.service_id = own_id
		UNION ALL
		SELECT oncall_internal.manager_step(own_id), oncall_internal.manager_wait(own_id, NULL), 1, NULL, NULL),
			waits AS (
		SELECT s.*, sum(s.wait) OVER w + coalesce(sum(s.wait * (s.repeat - 1)) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING
			AND 1 PRECEDING), '0') AS after
		FROM steps s WINDOW w AS (ORDER BY s.step))
	SELECT s.step, s.after, p.rotation, p.seat, p.person_id, CASE WHEN p.person_id IS NOT NULL THEN p.person END,
		h.company_phone,
		nullif(concat_ws('; ',
			CASE WHEN p.place IS NULL THEN 'the service has no rotation'
				WHEN p.person_id IS NULL THEN oncall_internal.place_told(p.rotation, p.seat, p.person) END,
			CASE WHEN s.step = oncall_internal.manager_step(own_id) AND p.person IS NOT NULL THEN 'manager of the team' END,
			CASE WHEN s.repeat > 1 THEN format('%s times', s.repeat) END,
			CASE WHEN s.strategy = 'in_turn' THEN 'one of them, in turn' END,
			'in ' || s.hours), '')
	FROM waits s
	LEFT JOIN LATERAL oncall_internal.places(own_id, s.step, false, escalation_path.at) p ON true
	LEFT JOIN oncall.person h ON h.person_id = p.person_id
	ORDER BY s.step, p.rotation, p.place;
END
$$;
COMMENT ON FUNCTION oncall.escalation_path(oncall.ref, timestamptz) IS
'Whom an incident of a service would call if nobody answered, step by step: how long after its opening, who is there at an instant, and their phone. Page hours and maintenance apart. Errors: 42704, 22004, 22023.';
