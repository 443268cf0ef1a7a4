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

CREATE FUNCTION oncall_internal.hand_over(incident_id integer, at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own record;
	place record;
	called integer[] := '{}';
BEGIN
	-- most have not been answered, or their holders are still there
	SELECT i.incident_id, v.at_handover INTO own
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
'An answered incident goes on to whoever holds, at an instant, a seat on which somebody else had answered it: by a page, and it wants an answer anew, or by a notice, as its severity''s at_handover says; returns the number of people called.';
