-- Heartbeats: services that have to be heard of. Silence opens an incident, and
-- the next beat resolves it.

CREATE TABLE oncall.heartbeat (
	service_id integer PRIMARY KEY REFERENCES oncall.service,
	every interval NOT NULL,
	last_at timestamptz NOT NULL DEFAULT now(),
	severity text REFERENCES oncall.severity (name) ON UPDATE CASCADE,
	CONSTRAINT heartbeat_every CHECK (isfinite(every) AND every BETWEEN '1 second' AND '1 year'),
	CONSTRAINT heartbeat_last_at_finite CHECK (isfinite(last_at))
);
CREATE INDEX heartbeat_severity_idx ON oncall.heartbeat (severity) WHERE severity IS NOT NULL;
COMMENT ON TABLE oncall.heartbeat IS
'Services from which something has to be heard again and again, by beat() or the trigger beat_on_insert(): when it is not, run_escalations() opens an incident, and the next beat resolves it. Delete the row, and nothing is expected any more.';
COMMENT ON COLUMN oncall.heartbeat.service_id IS 'The service.';
COMMENT ON COLUMN oncall.heartbeat.every IS
'The own.every silence that is no incident: from a second to a year. Give it some room: a beat may be late.';
COMMENT ON COLUMN oncall.heartbeat.last_at IS
'When it was last heard of, or from when on that was expected. It only goes forward, and not beyond the clock.';
COMMENT ON COLUMN oncall.heartbeat.severity IS
'Severity of the incident that silence opens. NULL: the mildest that calls at any time.';

CREATE FUNCTION oncall_internal.heartbeat_forward() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a host's clock may be wrong, and its rows come late
	NEW.last_at := greatest(OLD.last_at, least(NEW.last_at, clock_timestamp()));
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.heartbeat_forward() IS
'Trigger of oncall.heartbeat: the last beat goes only forward, and not beyond the clock.';
CREATE TRIGGER forward BEFORE UPDATE OF last_at ON oncall.heartbeat
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.heartbeat_forward();

CREATE FUNCTION oncall_internal.heard(service_id integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.incident;
	over timestamptz;
BEGIN
	SELECT h.last_at + h.every INTO over FROM oncall.heartbeat h WHERE h.service_id = heard.service_id;
	IF over <= clock_timestamp() THEN
		RETURN;					-- a beat that came so late that it is silent still
	END IF;
	SELECT i.* INTO own
	FROM oncall.incident i
	WHERE i.service_id = heard.service_id AND i.dedup_key = 'heartbeat' AND i.resolved_at IS NULL
	FOR NO KEY UPDATE;
	IF own.incident_id IS NOT NULL THEN
		over := greatest(clock_timestamp(), own.opened_at);
		PERFORM oncall_internal.record_event(own.incident_id, over, 'resolved', 'It has been heard of again.');
		PERFORM oncall_internal.act_resolved(own, over);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.heard(integer) IS
'What a beat does, by the trigger of its table: it resolves the incident that silence had opened, unless that was merged into another.';
CREATE TRIGGER heard AFTER UPDATE OF last_at ON oncall.heartbeat
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.heartbeat_heard();

CREATE FUNCTION oncall.add_heartbeat(service oncall.ref, every interval, severity text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.service_named(service);
BEGIN
	PERFORM oncall_internal.refuse_null('service', own_id IS NULL);
	PERFORM oncall_internal.refuse_null('every', every IS NULL);
	IF NOT isfinite(every) OR every NOT BETWEEN '1 second' AND '1 year' THEN
		RAISE EXCEPTION 'every must be from 1 second to 1 year, not %', every
			USING ERRCODE = '23514', HINT = 'Say how often the service is heard of at least.';
	ELSIF EXISTS (SELECT FROM oncall.heartbeat h WHERE h.service_id = own_id) THEN
		RAISE EXCEPTION 'service "%" has a heartbeat already', (SELECT s.name FROM oncall.service s WHERE s.service_id = own_id)
			USING ERRCODE = '23505', HINT = format('Change it: UPDATE oncall.heartbeat SET every = %L WHERE service_id = %s.', every, own_id);
	END IF;
	INSERT INTO oncall.heartbeat (service_id, every, severity)
	VALUES (own_id, add_heartbeat.every, oncall_internal.severity_named(add_heartbeat.severity));
END
$$;
COMMENT ON FUNCTION oncall.add_heartbeat(oncall.ref, interval, text) IS
'Expects to hear of a service at least so often from now on: when it does not, an incident is opened, of the severity given (NULL: the mildest that calls at any time). Errors: 42704 (service, severity), 23505 (it has one), 23514 (less than a second, more than a year), 22004.';

CREATE FUNCTION oncall.beat(service oncall.ref, at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.service_named(service);
BEGIN
	PERFORM oncall_internal.refuse_null('service', own_id IS NULL);
	PERFORM oncall_internal.refuse_null('at', beat.at IS NULL);
	PERFORM oncall_internal.refuse_infinity('at', beat.at);
	UPDATE oncall.heartbeat h SET last_at = beat.at WHERE h.service_id = own_id AND h.last_at <= beat.at;
	IF NOT FOUND AND NOT EXISTS (SELECT FROM oncall.heartbeat h WHERE h.service_id = own_id) THEN
		RAISE EXCEPTION 'service "%" has no heartbeat', (SELECT s.name FROM oncall.service s WHERE s.service_id = own_id)
			USING ERRCODE = '42704', HINT = 'Call add_heartbeat() to say how often it should be heard of.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall.beat(oncall.ref, timestamptz) IS
'A service has been heard of: an incident that its silence opened is resolved. A time that is older than the last one, or in the future, is as good as that, or as now. Errors: 42704 (no such service, or it has no heartbeat), 22004, 22023 (infinite).';

-- Rows of a host's table come by the thousand: nearly all of them find that
-- the service has just been heard of, and none waits for another to commit.
CREATE FUNCTION oncall_internal.take_beat(service text, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own_id CONSTANT integer := oncall_internal.service_if_any(service::oncall.ref);
BEGIN
	PERFORM FROM oncall.heartbeat h
	WHERE h.service_id = own_id AND h.last_at + h.every * oncall_internal.beat_slack() < take_beat.at
	FOR NO KEY UPDATE SKIP LOCKED;
	IF FOUND THEN
		UPDATE oncall.heartbeat h SET last_at = take_beat.at WHERE h.service_id = own_id;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.take_beat(text, timestamptz) IS
'A row of a host''s table is a beat: it is written down unless the last one is hardly older, or another transaction is writing one. Services that have no heartbeat, or do not exist, are left alone.';

CREATE FUNCTION oncall_internal.beat_slack() RETURNS double precision
LANGUAGE sql IMMUTABLE
RETURN 0.05;
COMMENT ON FUNCTION oncall_internal.beat_slack() IS
'By which part of every the beats of a host''s table may be later than the last one that was written down: after a burst of rows silence is told so much sooner.';

CREATE FUNCTION oncall_internal.is_silent(own oncall.heartbeat, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	latest oncall.incident;
BEGIN
	IF own.last_at + own.every > at THEN
		RETURN false;
	END IF;
	SELECT i.* INTO latest
	FROM oncall.incident i
	WHERE i.service_id = own.service_id AND i.dedup_key = 'heartbeat' AND i.opened_at > own.last_at
	ORDER BY i.incident_id DESC LIMIT 1;
	IF latest.incident_id IS NULL THEN
		RETURN true;
	END IF;
	SELECT i.* INTO latest
	FROM oncall.incident i WHERE i.incident_id = oncall_internal.incident_root(latest.incident_id);
	-- whoever resolved it knows; what was closed as stale stays so until the
	-- next beat
	RETURN coalesce(latest.resolution = 'resolved' AND latest.resolved_at + own.every <= at, false);
END
$$;
COMMENT ON FUNCTION oncall_internal.is_silent(oncall.heartbeat, timestamptz) IS
'Has a service been silent for too long at an instant, with no incident for it? One that was resolved in the silence is followed by another after as long a silence; one that is open, or was closed as stale, by none.';

CREATE FUNCTION oncall_internal.open_silent(at timestamptz) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own oncall.heartbeat;
	before bigint;
	new_id integer;
	called integer := 0;
BEGIN
	FOR own IN
		SELECT h.* FROM oncall.heartbeat h
		WHERE h.last_at + h.every <= open_silent.at
		ORDER BY h.service_id
		FOR NO KEY UPDATE SKIP LOCKED
	LOOP
		CONTINUE WHEN NOT oncall_internal.is_silent(own, open_silent.at);
		SELECT coalesce(max(p.page_id), 0) INTO before FROM oncall.page p;
		new_id := oncall_internal.open(own.service_id, NULL,
			format('%s has not been heard of since %s UTC',
				(SELECT s.name FROM oncall.service s WHERE s.service_id = own.service_id),
				oncall_internal.wall_time(date_trunc('second', own.last_at), 'UTC')),
			coalesce(own.severity, oncall_internal.default_severity()), 'monitoring', 'heartbeat', open_silent.at, open_silent.at);
		called := called + (
			SELECT count(DISTINCT p.person_id) FROM oncall.page p
			WHERE p.incident_id = new_id AND p.page_id > before);
	END LOOP;
	RETURN called;
END
$$;
COMMENT ON FUNCTION oncall_internal.open_silent(timestamptz) IS
'Opens an incident for each service whose heartbeat is over at an instant; returns the number of people called. From two sessions at once it opens one.';
