-- Handovers: what was under way goes to whoever comes on.

CREATE FUNCTION oncall_internal.tell_incident(kind text, incident_id integer, person_id integer, rotation_id integer,
	seat smallint, detail text, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	INSERT INTO oncall.duty_notice (person_id, kind, rotation_id, seat, period, incident_id, detail, created_at, due_at,
		expires_at)
	SELECT p.person_id, tell_incident.kind, tell_incident.rotation_id, tell_incident.seat,
		CASE WHEN tell_incident.rotation_id IS NOT NULL
			THEN oncall_internal.shift_around(tell_incident.rotation_id, tell_incident.seat, at) END,
		i.incident_id, concat_ws(' ', format('Incident %s (%s):', i.incident_id, concat_ws(', ', i.severity,
				coalesce(s.name, i.service_name))), rtrim(i.summary, '. ') || '.', tell_incident.detail),
		at, oncall_internal.awake_from(at, p.zone), at + interval '7 days'
	FROM oncall.person p, oncall.incident i LEFT JOIN oncall.service s ON s.service_id = i.service_id
	WHERE p.person_id = tell_incident.person_id AND p.active @> at AND i.incident_id = tell_incident.incident_id
	ON CONFLICT (incident_id, person_id, kind) WHERE incident_id IS NOT NULL AND cancelled_at IS NULL DO NOTHING;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_incident(text, integer, integer, integer, smallint, text, timestamptz) IS
'Writes a notice about an incident to a person, once: handover or stale.';

CREATE FUNCTION oncall_internal.tell_stale(incident_id integer, person_id integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM oncall_internal.tell_incident('stale', tell_stale.incident_id, tell_stale.person_id, NULL, NULL,
		'Nobody had touched it any more, and it was closed as stale: nobody knows whether it is over.', tell_stale.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_stale(integer, integer, timestamptz) IS
'A notice to a person, the manager of its team (NULL: none), that an incident was closed as stale.';

-- Seats whose holder has answered an incident. A handover asks for another
-- answer; the others have given theirs all the same.
CREATE FUNCTION oncall_internal.answered_seats(incident_id integer)
RETURNS TABLE (rotation_id integer, seat smallint, person_id integer, acknowledged_at timestamptz)
LANGUAGE plpgsql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	asked timestamptz;
BEGIN
	SELECT CASE WHEN EXISTS (SELECT FROM oncall.incident_event e
			WHERE e.incident_id = i.incident_id AND e.kind = 'handover' AND e.at = i.asked_at)
		THEN (SELECT greatest(i.opened_at, max(e.at)) FROM oncall.incident_event e
			WHERE e.incident_id = i.incident_id AND e.kind IN ('resolved', 'reopened', 'reassigned', 'forgotten'))
		ELSE i.asked_at END
	INTO asked
	FROM oncall.incident i WHERE i.incident_id = answered_seats.incident_id;
	RETURN QUERY
	SELECT DISTINCT ON (s.rotation_id, s.seat) s.rotation_id, s.seat, p.person_id, p.acknowledged_at
	FROM oncall.page p
	CROSS JOIN LATERAL (
		SELECT p.rotation_id, p.seat WHERE p.rotation_id IS NOT NULL
		UNION ALL
		-- who was not called on a seat answered on the one that they held
		SELECT r.rotation_id, s.seat::smallint
		FROM oncall.incident i
		JOIN oncall.service_rotation v ON v.service_id = i.service_id
		JOIN oncall.rotation r ON r.rotation_id = v.rotation_id
		CROSS JOIN LATERAL generate_series(1, cardinality(r.seats)) s(seat)
		WHERE p.rotation_id IS NULL AND i.incident_id = p.incident_id
			AND oncall.seat_holder(r.rotation_id, s.seat, p.acknowledged_at) = p.person_id) s
	WHERE p.incident_id = answered_seats.incident_id AND p.acknowledged_at >= asked
	ORDER BY s.rotation_id, s.seat, p.acknowledged_at DESC, p.page_id DESC;
END
$$;
COMMENT ON FUNCTION oncall_internal.answered_seats(integer) IS
'The seats on which people have answered an incident, since it was opened, reopened, reassigned or forgotten, and who did last.';

CREATE FUNCTION oncall_internal.holds_any_seat(rotation_id integer, person_id integer, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM oncall.rotation r, generate_series(1, cardinality(r.seats)) s(seat)
		WHERE r.rotation_id = $1 AND oncall.seat_holder(r.rotation_id, s.seat, $3) = $2);
END;
COMMENT ON FUNCTION oncall_internal.holds_any_seat(integer, integer, timestamptz) IS
'Is a person on duty in a rotation at an instant, in any seat?';

CREATE FUNCTION oncall_internal.hand_over(incident_id integer, at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own record;
	place record;
	called integer[] := '{}';
BEGIN
	-- most have not been answered, or who answered is still there
	SELECT i.incident_id, CASE WHEN v.pages THEN v.at_handover ELSE 'note' END AS at_handover INTO own
	FROM oncall.incident i JOIN oncall.severity v ON v.name = i.severity
	WHERE i.incident_id = hand_over.incident_id AND i.acknowledged_at <= hand_over.at AND i.resolved_at IS NULL
		AND EXISTS (
			SELECT FROM oncall_internal.answered_seats(i.incident_id) a
			WHERE oncall.seat_holder(a.rotation_id, a.seat::integer, hand_over.at) <> a.person_id)
	FOR NO KEY UPDATE OF i SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN 0;
	END IF;
	FOR place IN
		SELECT a.rotation_id, a.seat, n.person_id, n.name, o.name AS outgoing
		FROM oncall_internal.answered_seats(own.incident_id) a
		JOIN oncall.person o ON o.person_id = a.person_id
		JOIN oncall.person n ON n.person_id = oncall.seat_holder(a.rotation_id, a.seat::integer, hand_over.at)
		WHERE n.person_id <> a.person_id AND n.active @> hand_over.at
			AND NOT oncall_internal.holds_any_seat(a.rotation_id, a.person_id, hand_over.at)
			-- it is theirs already, or somebody else's since
			AND NOT EXISTS (SELECT FROM oncall_internal.answered_seats(own.incident_id) b
				WHERE b.person_id = n.person_id)
			AND NOT EXISTS (SELECT FROM oncall.page p
				WHERE p.incident_id = own.incident_id AND p.reason = 'handover' AND p.rotation_id = a.rotation_id
					AND p.seat = a.seat AND p.created_at >= a.acknowledged_at)
			AND (own.at_handover <> 'note' OR NOT EXISTS (SELECT FROM oncall.duty_notice d
				WHERE d.incident_id = own.incident_id AND d.person_id = n.person_id AND d.kind = 'handover'
					AND d.cancelled_at IS NULL))
		ORDER BY a.rotation_id, a.seat
	LOOP
		IF own.at_handover = 'note' THEN
			PERFORM oncall_internal.tell_incident('handover', own.incident_id, place.person_id, place.rotation_id,
				place.seat, format('%s had answered it; you are %s now.', place.outgoing,
					oncall_internal.seat_words(place.rotation_id, place.seat)), hand_over.at);
		-- outside page hours it waits: who comes on is called as they begin
		ELSIF place.person_id <> ALL (called) AND oncall_internal.place_may_page_at(
			own.incident_id, place.rotation_id, place.person_id, hand_over.at) <= hand_over.at THEN
			INSERT INTO oncall.page (incident_id, person_id, step, rotation_id, seat, reason, created_at)
			VALUES (own.incident_id, place.person_id, 0, place.rotation_id, place.seat, 'handover', hand_over.at);
			PERFORM oncall_internal.record_event(own.incident_id, hand_over.at, 'handover',
				format('From %s to %s, %s.', place.outgoing, place.name,
					oncall_internal.seat_words(place.rotation_id, place.seat)), place.person_id);
			called := called || place.person_id;
		END IF;
	END LOOP;
	IF cardinality(called) > 0 THEN
		PERFORM oncall_internal.ask_again(own.incident_id, hand_over.at);
	END IF;
	RETURN cardinality(called);
END
$$;
COMMENT ON FUNCTION oncall_internal.hand_over(integer, timestamptz) IS
'An answered incident goes on to whoever holds a seat on which somebody had answered it who is not on duty in that rotation any more: by a page, and it wants an answer anew, or by a notice, as its severity''s at_handover says; returns the number of people called.';

-- What the next pair must know ------------------------------------------

CREATE FUNCTION oncall_internal.listed(title text, lines text[]) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN coalesce(cardinality($2), 0) = 0 THEN $1 || ' none'
	ELSE $1 || E'\n  ' || array_to_string($2, E'\n  ') END;
COMMENT ON FUNCTION oncall_internal.listed(text, text[]) IS 'Lines under a title; none, if there are none.';

CREATE FUNCTION oncall_internal.services_of(rotation_id integer) RETURNS integer[]
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT ARRAY(
		SELECT v.service_id FROM oncall.service_rotation v WHERE v.rotation_id = $1
		UNION
		SELECT e.service_id FROM oncall.escalation_step e WHERE e.rotation_id = $1);
END;
COMMENT ON FUNCTION oncall_internal.services_of(integer) IS
'The services whose incidents call holders of a rotation, at once or by a later step.';

CREATE FUNCTION oncall_internal.handover_incidents(services integer[], zone text, at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT format('%s (%s, %s): %s; open since %s, %s', i.incident_id, i.severity, s.name, i.summary,
			oncall_internal.spoken_time(i.opened_at, zone),
			coalesce('answered by ' || (
				SELECT string_agg(a.name, ' and ' ORDER BY a.first, a.name)
				FROM (SELECT n.name, min(p.acknowledged_at) AS first
					FROM oncall.page p JOIN oncall.person n ON n.person_id = p.person_id
					WHERE p.incident_id = i.incident_id AND p.acknowledged_at BETWEEN i.asked_at
						AND handover_incidents.at
					GROUP BY n.name) a), 'answered by nobody'))
		FROM oncall.incident i
		JOIN oncall.service s ON s.service_id = i.service_id
		JOIN oncall.severity v ON v.name = i.severity
		WHERE i.service_id = ANY (services) AND i.opened_at <= handover_incidents.at
			AND (i.resolved_at <= handover_incidents.at) IS NOT TRUE
		ORDER BY v.rank, i.opened_at, i.incident_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.handover_incidents(integer[], text, timestamptz) IS
'The incidents of services that are open at an instant, the worst first, and who has answered them, in words.';

CREATE FUNCTION oncall_internal.handover_noise(services integer[], at timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT format('%s: %s about %s', n.name, CASE n.pages WHEN 1 THEN '1 page' ELSE n.pages || ' pages' END,
			CASE n.incidents WHEN 1 THEN '1 incident' ELSE n.incidents || ' incidents' END)
		FROM (SELECT s.name, count(*) AS pages, count(DISTINCT p.incident_id) AS incidents
			FROM oncall.page p
			JOIN oncall.incident i ON i.incident_id = p.incident_id
			JOIN oncall.service s ON s.service_id = i.service_id
			WHERE i.service_id = ANY (services) AND p.person_id IS NOT NULL AND p.reason <> 'volunteer'
				AND p.created_at > handover_noise.at - interval '7 days' AND p.created_at <= handover_noise.at
			GROUP BY s.name) n
		ORDER BY n.pages DESC, n.name
		LIMIT 5);
END
$$;
COMMENT ON FUNCTION oncall_internal.handover_noise(integer[], timestamptz) IS
'The five services that called people most often in the seven days before an instant, in words.';

CREATE FUNCTION oncall_internal.handover_items(services integer[], day date) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT format('%s (%s), due %s, of incident %s', a.what, coalesce(p.name, t.name), to_char(a.due_on, 'YYYY-MM-DD'),
			a.incident_id)
		FROM oncall.action_item a
		JOIN oncall.incident i ON i.incident_id = a.incident_id
		LEFT JOIN oncall.person p ON p.person_id = a.person_id
		LEFT JOIN oncall.team t ON t.team_id = a.team_id
		WHERE i.service_id = ANY (services) AND a.due_on < day AND (a.done_on < day) IS NOT TRUE
		ORDER BY a.due_on, a.action_item_id);
END
$$;
COMMENT ON FUNCTION oncall_internal.handover_items(integer[], date) IS
'The action items of services'' incidents that ought to have been done before a day, the oldest first, in words.';

CREATE FUNCTION oncall_internal.handover_ahead(services integer[], calendar_id integer, zone text, during tstzrange)
RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN ARRAY(
		SELECT a.words
		FROM (SELECT lower(m.period) AS at, format('maintenance of %s %s%s', s.name,
				oncall_internal.spoken_period(m.period, zone), coalesce(': ' || nullif(btrim(m.note), ''), '')) AS words
			FROM oncall.maintenance m JOIN oncall.service s ON s.service_id = m.service_id
			WHERE m.service_id = ANY (services) AND m.period && during
			UNION ALL
			SELECT oncall_internal.date_begins(h.day, zone) AS at, to_char(h.day, 'Dy FMDD Mon YYYY') || ': ' || h.name AS words
			FROM oncall.holiday h
			WHERE h.calendar_id = handover_ahead.calendar_id
				AND h.day BETWEEN (lower(during) AT TIME ZONE zone)::date AND (upper(during) AT TIME ZONE zone)::date
				AND during && tstzrange(oncall_internal.date_begins(h.day, zone),
					oncall_internal.date_begins(h.day + 1, zone))) a
		ORDER BY a.at, a.words);
END
$$;
COMMENT ON FUNCTION oncall_internal.handover_ahead(integer[], integer, text, tstzrange) IS
'Maintenance of services, and holidays, in a period, in words.';

CREATE FUNCTION oncall.handover_note(rotation oncall.ref, at timestamptz DEFAULT now()) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.rotation;
	services integer[];
	next timestamptz;
	until timestamptz;
	people text[];
	note text[];
BEGIN
	PERFORM oncall_internal.refuse_null('rotation', rotation IS NULL);
	PERFORM oncall_internal.refuse_null('at', handover_note.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', handover_note.at);
	SELECT r.* INTO own FROM oncall.rotation r WHERE r.rotation_id = oncall_internal.rotation_named(rotation);
	services := oncall_internal.services_of(own.rotation_id);
	SELECT min(h.at), min(h.at) FILTER (WHERE h.number = 2) INTO next, until
	FROM (SELECT h.at, dense_rank() OVER (ORDER BY h.at) AS number
		FROM oncall.handover(tstzrange(handover_note.at, handover_note.at + oncall.horizon()), own.rotation_id) h) h;
	IF next IS NULL THEN
		note := ARRAY[format('No handover of %s from %s to %s [%s].', own.name,
			oncall_internal.spoken_time(handover_note.at, own.zone),
			oncall_internal.spoken_time(handover_note.at + oncall.horizon(), own.zone), own.zone)];
	ELSE
		people := ARRAY(
			SELECT CASE
				WHEN h.outgoing IS NULL THEN format('  %s: %s comes on', own.seats[h.seat], h.incoming)
				WHEN h.incoming IS NULL THEN format('  %s: %s goes, and nobody comes on', own.seats[h.seat], h.outgoing)
				ELSE format('  %s: %s hands over to %s', own.seats[h.seat], h.outgoing, h.incoming) END
			FROM oncall.handover(tstzrange(next, next + interval '1 microsecond'), own.rotation_id) h
			ORDER BY h.seat);
		note := format('Handover of %s: %s [%s]', own.name, oncall_internal.spoken_time(next, own.zone), own.zone) || people;
	END IF;
	note := note || oncall_internal.listed('Open incidents:',
			oncall_internal.handover_incidents(services, own.zone, handover_note.at))
		|| oncall_internal.listed('Most pages in the last 7 days:', oncall_internal.handover_noise(services, handover_note.at))
		|| oncall_internal.listed('Overdue action items:',
			oncall_internal.handover_items(services, (handover_note.at AT TIME ZONE own.zone)::date));
	IF next IS NOT NULL THEN
		until := coalesce(until, handover_note.at + oncall.horizon());
		note := note || oncall_internal.listed(format('Until %s:', oncall_internal.spoken_time(until, own.zone)),
			oncall_internal.handover_ahead(services, own.calendar_id, own.zone, tstzrange(next, until)));
	END IF;
	RETURN array_to_string(note, E'\n');
END
$$;
COMMENT ON FUNCTION oncall.handover_note(oncall.ref, timestamptz) IS
'What the next pair must know, as a text, as of an instant: who hands over to whom at the next handover, open incidents, which services called most often, overdue action items, maintenance and holidays until the one after that. Times in the rotation''s zone. Errors: 42704, 22004, 22023.';
