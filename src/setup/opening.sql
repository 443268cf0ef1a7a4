-- Opening: an alert becomes an incident, or joins one.

CREATE FUNCTION oncall_internal.incident_root(incident_id integer) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	root integer := incident_id;
	further integer;
BEGIN
	-- merges make no circles: each goes from an incident that is its own root
	LOOP
		SELECT i.merged_into INTO further FROM oncall.incident i WHERE i.incident_id = root;
		EXIT WHEN further IS NULL;
		root := further;
	END LOOP;
	RETURN root;
END
$$;
COMMENT ON FUNCTION oncall_internal.incident_root(integer) IS
'The incident into which one was merged, by however many merges; itself if it was not merged.';

CREATE FUNCTION oncall_internal.reopens_until(service_id integer, resolved_at timestamptz, resolution text)
RETURNS timestamptz
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE $3
		WHEN 'resolved' THEN $2 + coalesce(
			(SELECT s.reopen_within FROM oncall.service s WHERE s.service_id = $1), '30 minutes')
		WHEN 'stale' THEN '-infinity' ELSE 'infinity' END;
END;
COMMENT ON FUNCTION oncall_internal.reopens_until(integer, timestamptz, text) IS
'Until when an alert with the key of an incident joins it: always while it is open, for reopen_within of its service (30 minutes if it has none) once it was resolved, never if it was stale.';

CREATE FUNCTION oncall_internal.joined_incident(service_id integer, service_name text, dedup_key text, at timestamptz)
RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	latest integer;
BEGIN
	SELECT i.incident_id INTO latest
	FROM oncall.incident i
	WHERE i.dedup_key = joined_incident.dedup_key AND i.resolved_at IS NULL
		AND coalesce(i.service_id, 0) = coalesce(joined_incident.service_id, 0)
		AND coalesce(i.service_name, '') = coalesce(joined_incident.service_name, '');
	IF latest IS NOT NULL THEN
		RETURN latest;
	END IF;
	-- two questions, since each has an index of its own
	SELECT i.incident_id INTO latest
	FROM oncall.incident i
	WHERE i.dedup_key = joined_incident.dedup_key AND i.resolved_at IS NOT NULL
		AND coalesce(i.service_id, 0) = coalesce(joined_incident.service_id, 0)
		AND coalesce(i.service_name, '') = coalesce(joined_incident.service_name, '')
	ORDER BY i.resolved_at DESC, i.incident_id DESC
	LIMIT 1;
	IF latest IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT i.incident_id INTO latest
	FROM oncall.incident i
	WHERE i.incident_id = oncall_internal.incident_root(latest)
		AND joined_incident.at <= oncall_internal.reopens_until(i.service_id, i.resolved_at, i.resolution);
	RETURN latest;
END
$$;
COMMENT ON FUNCTION oncall_internal.joined_incident(integer, text, text, timestamptz) IS
'The incident that an alert with a key joins at an instant: the open one of its service with that key, that into which it was merged, or one that was resolved so recently that it reopens; NULL: it opens a new one.';

CREATE FUNCTION oncall_internal.default_severity() RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT v.name FROM oncall.severity v
	ORDER BY v.pages AND v.page_hours IS NULL DESC, v.pages DESC, v.rank DESC
	LIMIT 1;
END;
COMMENT ON FUNCTION oncall_internal.default_severity() IS
'The severity of an alert that says none: the mildest that calls at any time.';

CREATE FUNCTION oncall_internal.severity_named(severity text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known text;
BEGIN
	SELECT v.name INTO known FROM oncall.severity v WHERE v.name = severity;
	IF known IS NULL THEN
		SELECT v.name INTO known FROM oncall.severity v
			WHERE lower(v.name) = lower(btrim(severity)) ORDER BY v.rank LIMIT 1;
	END IF;
	IF known IS NULL THEN
		RAISE EXCEPTION 'severity "%" does not exist', severity
			USING ERRCODE = '42704', HINT = (
				SELECT CASE count(*) WHEN 0 THEN 'There is none: oncall.severity is empty.'
					ELSE format('There are %s.', string_agg(v.name, ', ' ORDER BY v.rank)) END
				FROM oncall.severity v);
	END IF;
	RETURN known;
END
$$;
COMMENT ON FUNCTION oncall_internal.severity_named(text) IS
'The severity of this name, in whatever case. Errors: 42704, with the names that there are.';

CREATE FUNCTION oncall_internal.call_first(incident_id integer, service_id integer, severity text, at timestamptz,
	person_id integer)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO oncall.incident_event (incident_id, at, kind, person_id, recorded_at)
	VALUES (call_first.incident_id, call_first.at, 'opened', call_first.person_id, clock_timestamp());
	IF call_first.service_id IS NULL OR NOT (SELECT v.pages FROM oncall.severity v WHERE v.name = call_first.severity)
		THEN
		UPDATE oncall.incident i SET waits_since = NULL WHERE i.incident_id = call_first.incident_id;
		RETURN 0;
	END IF;
	RETURN oncall_internal.page_step(call_first.incident_id, 0::smallint, 'opened', call_first.at);
END
$$;
COMMENT ON FUNCTION oncall_internal.call_first(integer, integer, text, timestamptz, integer) IS
'Writes that an incident was opened, by whom, and calls whoever its service and severity say; returns the number of people called.';

CREATE FUNCTION oncall_internal.route(incident_id integer, role name) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own record;
BEGIN
	UPDATE oncall.incident i SET asked_at = opened_at, waits_since = opened_at
	WHERE i.incident_id = route.incident_id
	RETURNING i.service_id, i.severity, i.opened_at INTO own;
	IF own.opened_at > clock_timestamp() AND NOT oncall_internal.is_manager(route.role) THEN
		RAISE EXCEPTION 'an incident cannot be opened in the future'
			USING ERRCODE = '22023', DETAIL = format('It would be opened at %s UTC.', oncall_internal.wall_time(own.opened_at, 'UTC')),
				HINT = 'Leave the time out: it is now.';
	END IF;
	RETURN oncall_internal.call_first(route.incident_id, own.service_id, own.severity, own.opened_at,
		(SELECT p.person_id FROM oncall.person p WHERE p.db_role = route.role));
END
$$;
COMMENT ON FUNCTION oncall_internal.route(integer, name) IS
'What an INSERT of an incident does, by its trigger: whoever its service and severity say is called; returns their number.';
CREATE TRIGGER incident_route AFTER INSERT ON oncall.incident
	FOR EACH ROW WHEN (NEW.asked_at IS NULL AND NEW.resolved_at IS NULL)
	EXECUTE FUNCTION oncall_internal.incident_route();

CREATE FUNCTION oncall_internal.open(service_id integer, service_name text, summary text, severity text, source text,
	dedup_key text, opened_at timestamptz, at timestamptz DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	moment CONSTANT timestamptz := coalesce(at, opened_at);
	new_id integer;
BEGIN
	LOOP
		IF open.dedup_key IS NOT NULL THEN
			new_id := oncall_internal.joined_incident(open.service_id, open.service_name, open.dedup_key, moment);
			IF new_id IS NOT NULL THEN
				INSERT INTO oncall.incident_event (incident_id, at, kind, detail)
				VALUES (new_id, moment, 'alert', open.summary);
				RETURN new_id;
			END IF;
		END IF;
		-- who opens it at the same time: one waits for the other, and joins it
		IF at IS NULL THEN
			INSERT INTO oncall.incident AS i (service_id, service_name, summary, severity, source, dedup_key, opened_at)
			VALUES (open.service_id, open.service_name, open.summary, open.severity, open.source, open.dedup_key,
				open.opened_at)
			ON CONFLICT (dedup_key, coalesce(service_id, 0), coalesce(service_name, ''))
				WHERE resolved_at IS NULL AND dedup_key IS NOT NULL DO NOTHING
			RETURNING i.incident_id INTO new_id;
		ELSE
			INSERT INTO oncall.incident AS i (service_id, service_name, summary, severity, source, dedup_key, opened_at,
				asked_at, waits_since)
			VALUES (open.service_id, open.service_name, open.summary, open.severity, open.source, open.dedup_key,
				open.opened_at,
				moment, moment)
			ON CONFLICT (dedup_key, coalesce(service_id, 0), coalesce(service_name, ''))
				WHERE resolved_at IS NULL AND dedup_key IS NOT NULL DO NOTHING
			RETURNING i.incident_id INTO new_id;
			IF new_id IS NOT NULL THEN
				PERFORM oncall_internal.call_first(new_id, open.service_id, open.severity, moment, NULL);
			END IF;
		END IF;
		IF new_id IS NOT NULL THEN
			RETURN new_id;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.open(integer, text, text, text, text, text, timestamptz, timestamptz) IS
'Opens an incident, or has the alert join one with its key; returns the incident_id. At NULL it is opened as by an INSERT, which whoever may insert can do; otherwise people are called at that instant, which takes the owner.';

CREATE FUNCTION oncall_internal.tell_unowned(incident_id integer, service oncall.ref) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text := 'it names no service';
	advice text := 'SELECT name FROM oncall.service lists those that there are.';
BEGIN
	-- what the name is taken for is known where it would be refused
	BEGIN
		PERFORM oncall_internal.service_named(service);
	EXCEPTION WHEN undefined_object THEN
		GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, advice = PG_EXCEPTION_HINT;
	END;
	RAISE NOTICE 'nobody is called about incident %: %', incident_id, why USING HINT = advice;
END
$$;
COMMENT ON FUNCTION oncall_internal.tell_unowned(integer, oncall.ref) IS
'Tells who opens an incident by hand, of a service that there is not, that it calls nobody, and which name may have been meant.';

CREATE FUNCTION oncall.open_incident(service oncall.ref, summary text, severity text DEFAULT NULL,
	source text DEFAULT 'monitoring', dedup_key text DEFAULT NULL, at timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id integer;
	new_id integer;
BEGIN
	PERFORM oncall_internal.refuse_null('summary', open_incident.summary IS NULL);
	IF btrim(summary) = '' THEN
		RAISE EXCEPTION 'summary must not be blank' USING ERRCODE = '22023', HINT = 'Say in a line what is wrong.';
	END IF;
	PERFORM oncall_internal.refuse_null('source', open_incident.source IS NULL);
	PERFORM oncall_internal.refuse_null('at', open_incident.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', open_incident.at);
	own_id := oncall_internal.service_if_any(service);
	new_id := oncall_internal.open(own_id, CASE WHEN own_id IS NULL THEN service::text END, open_incident.summary,
		coalesce(oncall_internal.severity_named(open_incident.severity), oncall_internal.default_severity()),
		open_incident.source, open_incident.dedup_key, open_incident.at);
	IF own_id IS NULL THEN
		PERFORM oncall_internal.tell_unowned(new_id, service);
	END IF;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.open_incident(oncall.ref, text, text, text, text, timestamptz) IS
'Opens an incident and calls whoever is on call for its service at that instant; or joins, by its dedup_key, the open one; returns the incident_id. Of an unknown service nobody is called (NOTICE). Errors: 42704 (severity), 22004, 22023 (infinite, future, blank summary), 23514 (source).';
