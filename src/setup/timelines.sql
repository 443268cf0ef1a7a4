-- Timelines: everything that happened to an incident, in order, and who was on
-- call at that moment, as it was known then.

CREATE FUNCTION oncall_internal.on_call_then(service_id integer, at timestamptz) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT string_agg(format('%s: %s', r.name, coalesce(h.names, 'nobody')), '; ' ORDER BY r.name)
	FROM oncall.service_rotation sr
	JOIN oncall.rotation r ON r.rotation_id = sr.rotation_id
	CROSS JOIN LATERAL (
		SELECT string_agg(p.name, ', ' ORDER BY s.seat) AS names
		FROM generate_series(1, cardinality(r.seats)) AS s(seat)
		JOIN oncall.person p ON p.person_id = oncall.seat_holder(r.rotation_id, s.seat, $2, $2)) h
	WHERE sr.service_id = $1;
END;
COMMENT ON FUNCTION oncall_internal.on_call_then(integer, timestamptz) IS
'Who was on call for a service at an instant, as known at that instant: each of its rotations with the names of its seats'' holders, in order.';

-- What happened while an incident was on its own stays its own when it has been
-- merged: its rows are at the places where they may have gone, which is there
-- or to its target.
CREATE FUNCTION oncall_internal.told_pages(parts integer[], places integer[])
RETURNS TABLE (incident_id integer, at timestamptz, what text, person_id integer, detail text, "order" bigint)
LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
	SELECT t.part, m.at, m.what, t.person_id,
		CASE WHEN m.what = 'page' THEN
			concat_ws(', ', t.reason, 'step ' || t.step, coalesce(t.rotation || ' ' || t.seat_name, t.rotation),
				CASE WHEN t.held THEN 'held until somebody came on'
					WHEN t.person_id IS NOT NULL THEN NULL
					WHEN t.due_at IS NOT NULL THEN 'waits for its hours'
					ELSE 'waits for somebody to come on' END)
			ELSE m.detail END,
		-- it may be known only by its answer
		CASE WHEN t.held AND m.what = 'page' THEN -t.page_id ELSE t.page_id END
	FROM (
		SELECT p.*, coalesce(p.merged_from, p.incident_id) AS part, r.name AS rotation, r.seats[p.seat] AS seat_name,
			p.person_id IS NOT NULL AND p.due_at IS NULL AND EXISTS (
				SELECT FROM oncall.incident_event e
				WHERE e.incident_id = p.incident_id AND e.kind = 'empty' AND e.at = p.created_at
					AND e.detail = oncall_internal.place_told(r.name, p.seat, NULL)) AS held
		FROM oncall.page p
		LEFT JOIN oncall.rotation r ON r.rotation_id = p.rotation_id
		WHERE p.incident_id = ANY ($2) AND coalesce(p.merged_from, p.incident_id) = ANY ($1) AND p.reason <> 'volunteer') t
	CROSS JOIN LATERAL (
		SELECT CASE
				-- who was named later was called later
				WHEN t.held THEN coalesce(least(t.claimed_at, t.sent_at, t.acknowledged_at), t.created_at)
				WHEN t.person_id IS NOT NULL THEN greatest(t.created_at, t.due_at)
				ELSE t.created_at END AS at, 'page' AS what, NULL::text AS detail
		UNION ALL
		SELECT t.sent_at, 'page_sent' AS what, 'by ' || t.claimed_by WHERE t.sent_at IS NOT NULL
		UNION ALL
		SELECT t.cancelled_at, 'page_cancelled' AS what, NULL::text AS detail WHERE t.cancelled_at IS NOT NULL
		UNION ALL
		SELECT t.acknowledged_at, 'page_acknowledged' AS what, NULL::text AS detail
		WHERE t.acknowledged_at IS NOT NULL AND NOT EXISTS (
			SELECT FROM oncall.incident_event e
			WHERE e.incident_id = t.incident_id AND e.kind = 'acknowledged' AND e.person_id = t.person_id
				AND e.at = t.acknowledged_at)) m;
END;
COMMENT ON FUNCTION oncall_internal.told_pages(integer[], integer[]) IS
'For incident_timeline: when somebody was called about these incidents, and what became of it, unless an event tells it.';

CREATE FUNCTION oncall_internal.told_roles(parts integer[], places integer[])
RETURNS TABLE (incident_id integer, at timestamptz, what text, person_id integer, detail text, "order" bigint)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
	SELECT coalesce(r.merged_from, r.incident_id), m.at, m.what, r.person_id, r.role, r.incident_role_id::bigint
	FROM oncall.incident_role r
	CROSS JOIN LATERAL (
		SELECT lower(r.period) AS at, 'role_began' AS what
		WHERE NOT EXISTS (
			SELECT FROM oncall.incident_event e
			WHERE e.incident_id = r.incident_id AND e.kind = 'role' AND e.other_person_id = r.person_id
				AND e.at = lower(r.period))
		UNION ALL
		SELECT upper(r.period), 'role_ended' AS what WHERE NOT upper_inf(r.period)) m
	WHERE r.incident_id = ANY ($2) AND coalesce(r.merged_from, r.incident_id) = ANY ($1);
END;
COMMENT ON FUNCTION oncall_internal.told_roles(integer[], integer[]) IS
'For incident_timeline: who had a role in these incidents from when, unless an event tells it, and until when.';

CREATE FUNCTION oncall_internal.told_responses(own integer, parts integer[], root integer)
RETURNS TABLE (incident_id integer, at timestamptz, what text, person_id integer, detail text, "order" bigint)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT CASE WHEN r.incident_id = ANY (parts) THEN r.incident_id ELSE told_responses.own END, m.at, m.what,
		r.person_id, NULL::text, r.response_id::bigint
	FROM oncall.response r
	CROSS JOIN LATERAL (
		SELECT lower(r.period) AS at, 'response_began' AS what
		WHERE NOT EXISTS (
			SELECT FROM oncall.incident_event e
			WHERE e.incident_id = r.incident_id AND e.kind = 'acknowledged' AND e.person_id = r.person_id
				AND e.at = lower(r.period))
		UNION ALL
		SELECT upper(r.period), 'response_ended' WHERE NOT upper_inf(r.period)) m
	WHERE oncall_internal.is_believed(r.recorded) AND (
		r.incident_id = ANY (parts)
		-- what went along when it was merged was its own before
		OR r.incident_id = root AND EXISTS (
			SELECT FROM oncall.response c WHERE c.copy_of = r.response_id AND c.incident_id = ANY (parts)));
EXCEPTION
	WHEN insufficient_privilege THEN
		NULL;					-- hours are no business of theirs
END
$$;
COMMENT ON FUNCTION oncall_internal.told_responses(integer, integer[], integer) IS
'For incident_timeline: when somebody worked on these incidents, as far as the caller may see; those that were merged into root had responses which are its now.';

CREATE FUNCTION oncall_internal.told_events(parts integer[], places integer[])
RETURNS TABLE (incident_id integer, at timestamptz, what text, person_id integer, detail text, "order" bigint)
LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
	SELECT coalesce(e.merged_from, e.incident_id), e.at, e.kind, e.person_id,
		CASE e.kind
			WHEN 'role' THEN format('%s: %s', e.detail, coalesce(o.name, 'nobody'))
			WHEN 'reassigned' THEN concat_ws(': ', 'to ' || o.name, e.detail)
			WHEN 'merged' THEN CASE WHEN e.detail IN ('It was open.', 'It was resolved.')
				THEN format('into incident %s', e.other_incident_id)
				ELSE concat_ws(': ', 'incident ' || e.other_incident_id, e.detail) END
			WHEN 'unmerged' THEN concat_ws(': ', 'incident ' || e.other_incident_id, e.detail)
			ELSE coalesce(e.detail, CASE e.kind WHEN 'opened' THEN i.summary END) END,
		e.incident_event_id
	FROM oncall.incident_event e
	JOIN oncall.incident i ON i.incident_id = coalesce(e.merged_from, e.incident_id)
	LEFT JOIN oncall.person o ON o.person_id = e.other_person_id
	WHERE e.incident_id = ANY ($2) AND coalesce(e.merged_from, e.incident_id) = ANY ($1);
END;
COMMENT ON FUNCTION oncall_internal.told_events(integer[], integer[]) IS
'For incident_timeline: the events of these incidents.';

CREATE FUNCTION oncall.incident_timeline(incident integer)
RETURNS TABLE (at timestamptz, what text, person_id integer, person text, detail text, on_call text,
	incident_id integer)
LANGUAGE plpgsql STABLE ROWS 30 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	parts CONSTANT integer[] := ARRAY(
		SELECT m.incident_id FROM oncall_internal.merged_below(incident_timeline.incident) AS m(incident_id));
	root CONSTANT integer := oncall_internal.incident_root(incident_timeline.incident);
BEGIN
	PERFORM oncall_internal.refuse_null('incident', incident_timeline.incident IS NULL);
	IF NOT EXISTS (SELECT FROM oncall.incident i WHERE i.incident_id = incident_timeline.incident) THEN
		RAISE EXCEPTION 'incident % does not exist', incident_timeline.incident
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.incident lists those that do.';
	END IF;
	RETURN QUERY
	SELECT t.at, t.what, t.person_id, p.name, t.detail, oncall_internal.on_call_then(i.service_id, t.at), t.incident_id
	FROM (
		SELECT e.*, 1 AS of FROM oncall_internal.told_events(parts, parts || root) e
		UNION ALL
		SELECT g.*, 2 FROM oncall_internal.told_pages(parts, parts || root) g
		UNION ALL
		SELECT r.*, 3 FROM oncall_internal.told_responses(incident_timeline.incident, parts, root) r
		UNION ALL
		SELECT r.*, 4 FROM oncall_internal.told_roles(parts, parts || root) r) t
	JOIN oncall.incident i ON i.incident_id = t.incident_id
	LEFT JOIN oncall.person p ON p.person_id = t.person_id
	ORDER BY t.at, t."order" > 0, t.of, t."order", t.what DESC;
END
$$;
COMMENT ON FUNCTION oncall.incident_timeline(integer) IS
'Everything that happened to an incident, and to those merged into it, in order: events, pages, responses that the caller may see, roles; with who was on call for its service at that moment, as known then. Of a merged one: until it was. Errors: 42704, 22004.';
