-- Alerts: what the rows of a host's table do beside opening an incident. The
-- trigger is page_on_insert.c, and calls these as the owner of the tables.

CREATE FUNCTION oncall_internal.open_unrouted(service_name text, summary text, severity text, dedup_key text,
	at timestamptz, failure text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	new_id integer;
BEGIN
	-- as little as possible: whatever calls people may be what has failed
	INSERT INTO oncall.incident AS i (service_name, summary, severity, dedup_key, opened_at, asked_at)
	VALUES (open_unrouted.service_name, open_unrouted.summary,
		coalesce((SELECT v.name FROM oncall.severity v WHERE lower(v.name) = lower(open_unrouted.severity)
			ORDER BY v.name = open_unrouted.severity DESC, v.rank LIMIT 1), oncall_internal.default_severity()),
		open_unrouted.dedup_key, open_unrouted.at, open_unrouted.at)
	ON CONFLICT (dedup_key, coalesce(service_id, 0), coalesce(service_name, ''))
		WHERE resolved_at IS NULL AND dedup_key IS NOT NULL DO NOTHING
	RETURNING i.incident_id INTO new_id;
	IF new_id IS NOT NULL THEN
		PERFORM oncall_internal.record_event(new_id, open_unrouted.at, 'opened', NULL);
	ELSE
		SELECT i.incident_id INTO new_id
		FROM oncall.incident i
		WHERE i.dedup_key = open_unrouted.dedup_key AND i.service_id IS NULL AND i.resolved_at IS NULL
			AND coalesce(i.service_name, '') = coalesce(open_unrouted.service_name, '');
		PERFORM oncall_internal.record_event(new_id, open_unrouted.at, 'alert', open_unrouted.summary);
	END IF;
	PERFORM oncall_internal.record_event(new_id, open_unrouted.at, 'odd', open_unrouted.failure);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.open_unrouted(text, text, text, text, timestamptz, text) IS
'Opens an incident without owner, or joins one with its key, for an alert that could not be routed, with the error as an event; calls nobody; returns the incident_id.';

CREATE FUNCTION oncall_internal.end_alert(service_id integer, service_name text, dedup_key text, at timestamptz,
	clock timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own record;
	root integer;
	touched timestamptz;
BEGIN
	SELECT i.incident_id, i.opened_at INTO own
	FROM oncall.incident i
	WHERE i.dedup_key = end_alert.dedup_key AND i.resolved_at IS NULL
		AND coalesce(i.service_id, 0) = coalesce(end_alert.service_id, 0)
		AND coalesce(i.service_name, '') = coalesce(end_alert.service_name, '')
	FOR NO KEY UPDATE;
	IF own.incident_id IS NOT NULL THEN
		-- whoever has come since then has worked until now
		SELECT max(e.at) INTO touched FROM oncall.incident_event e WHERE e.incident_id = own.incident_id;
		INSERT INTO oncall.incident_event (incident_id, at, kind, detail)
		VALUES (own.incident_id,
			CASE WHEN touched <= end_alert.at THEN end_alert.at ELSE greatest(own.opened_at, end_alert.clock) END,
			'resolved', 'The alert has ended.');
		RETURN own.incident_id;
	END IF;
	-- one of several that were merged: the others may go on
	SELECT oncall_internal.incident_root(i.incident_id) INTO root
	FROM oncall.incident i
	WHERE i.dedup_key = end_alert.dedup_key AND i.resolution = 'merged'
		AND coalesce(i.service_id, 0) = coalesce(end_alert.service_id, 0)
		AND coalesce(i.service_name, '') = coalesce(end_alert.service_name, '')
	ORDER BY i.resolved_at DESC
	LIMIT 1;
	IF EXISTS (SELECT FROM oncall.incident i WHERE i.incident_id = root AND i.resolved_at IS NULL) THEN
		PERFORM oncall_internal.record_event(root, end_alert.clock, 'note',
			format('The alert "%s" has ended.', end_alert.dedup_key));
		RETURN root;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.end_alert(integer, text, text, timestamptz, timestamptz) IS
'An alert has ended, as its host says, at an instant: the open incident with its key is resolved then, or by the clock if something has happened to it since; one that was merged has a note. Returns the incident_id; NULL: none is open.';
