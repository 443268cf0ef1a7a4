-- Leave that people keep in calendars of their own. doc/leave_calendar.py
-- reads such a calendar and hands its events to sync_leave().

CREATE FUNCTION oncall_internal.calendar_event_time(event jsonb, key text, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written CONSTANT text := event ->> key;
BEGIN
	CASE
		WHEN written ~ '^\d{4}-\d\d-\d\d$' THEN
			RETURN oncall_internal.date_begins(written::date, zone);
		WHEN written ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$' THEN
			RETURN written::timestamp AT TIME ZONE coalesce(event ->> 'zone', zone);
		WHEN written ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$' THEN
			RETURN written::timestamptz;
		ELSE
			RAISE EXCEPTION 'event "%" has no time that can be read', event ->> 'uid'
				USING ERRCODE = '22007', DETAIL = format('Its "%s" is %s.', key, coalesce((event -> key)::text, 'not there')),
					HINT = 'Write 2026-12-24, 2026-12-24T09:00:00 or 2026-12-24T09:00:00Z.';
	END CASE;
END
$$;
COMMENT ON FUNCTION oncall_internal.calendar_event_time(jsonb, text, text) IS
'The start or end of an event for sync_leave(): a date begins in the person''s zone, a local time is in the event''s own zone, or else the person''s. Errors: 22007.';

CREATE FUNCTION oncall_internal.calendar_events(events jsonb, zone text)
RETURNS TABLE (uid text, period tstzrange, note text)
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	event jsonb;
	begins timestamptz;
	ends timestamptz;
BEGIN
	IF jsonb_typeof(events) IS DISTINCT FROM 'array' THEN
		RAISE EXCEPTION 'events must be a list'
			USING ERRCODE = '22023', HINT = 'Write a JSON array of objects with uid, starts and ends.';
	END IF;
	FOR event IN SELECT e.value FROM jsonb_array_elements(events) e LOOP
		IF btrim(coalesce(event ->> 'uid', '')) = '' THEN
			RAISE EXCEPTION 'every event must have a uid'
				USING ERRCODE = '22023', DETAIL = format('The event is %s.', event),
					HINT = 'It tells which absence moves or goes when the event does.';
		END IF;
		begins := oncall_internal.calendar_event_time(event, 'starts', zone);
		ends := oncall_internal.calendar_event_time(event, 'ends', zone);
		IF ends <= begins THEN
			RAISE EXCEPTION 'event "%" must end after it starts', event ->> 'uid'
				USING ERRCODE = '22023', DETAIL = format('It is from %s to %s.', event ->> 'starts', event ->> 'ends'),
					HINT = 'Events of whole days end on the day after the last.';
		END IF;
		uid := event ->> 'uid';
		period := tstzrange(begins, ends);
		note := event ->> 'note';
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.calendar_events(jsonb, text) IS
'The events that sync_leave() was given, as periods. Errors: 22023, 22007.';

CREATE FUNCTION oncall.sync_leave(person oncall.ref, events jsonb,
	calendar text DEFAULT 'leave', kind text DEFAULT 'leave',
	OUT added integer, OUT moved integer, OUT removed integer)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	whose oncall.person;
	twice text;
BEGIN
	PERFORM oncall_internal.refuse_null('person', sync_leave.person IS NULL);
	PERFORM oncall_internal.refuse_null('events', sync_leave.events IS NULL);
	PERFORM oncall_internal.refuse_null('calendar', sync_leave.calendar IS NULL);
	PERFORM oncall_internal.refuse_null('kind', sync_leave.kind IS NULL);
	IF btrim(sync_leave.calendar) = '' OR strpos(sync_leave.calendar, '/') > 0 THEN
		RAISE EXCEPTION 'calendar must be a word without "/"'
			USING ERRCODE = '22023', HINT = 'It tells apart the calendars of one person, such as leave and school.';
	END IF;
	SELECT p.* INTO STRICT whose FROM oncall.person p
	WHERE p.person_id = oncall_internal.person_named(sync_leave.person)
	-- one at a time: two that read the same calendar would both add what is new
	FOR NO KEY UPDATE;
	SELECT e.uid INTO twice FROM oncall_internal.calendar_events(sync_leave.events, whose.zone) e
	GROUP BY e.uid HAVING count(*) > 1 ORDER BY e.uid LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'two events have the uid "%"', twice
			USING ERRCODE = '22023', HINT = 'Give the occurrences of one that recurs a uid each.';
	END IF;

	-- what is over stays: many calendars forget it
	DELETE FROM oncall.absence a
	WHERE a.person_id = whose.person_id AND starts_with(a.uid, sync_leave.calendar || '/') AND upper(a.period) > now()
		AND NOT EXISTS (SELECT FROM oncall_internal.calendar_events(sync_leave.events, whose.zone) e
			WHERE sync_leave.calendar || '/' || e.uid = a.uid);
	GET DIAGNOSTICS removed = ROW_COUNT;
	UPDATE oncall.absence a SET period = e.period, note = e.note, kind = sync_leave.kind
	FROM oncall_internal.calendar_events(sync_leave.events, whose.zone) e
	WHERE a.person_id = whose.person_id AND a.uid = sync_leave.calendar || '/' || e.uid
		AND (a.period, a.note, a.kind) IS DISTINCT FROM (e.period, e.note, sync_leave.kind);
	GET DIAGNOSTICS moved = ROW_COUNT;
	INSERT INTO oncall.absence (person_id, period, kind, note, uid)
	SELECT whose.person_id, e.period, sync_leave.kind, e.note, sync_leave.calendar || '/' || e.uid
	FROM oncall_internal.calendar_events(sync_leave.events, whose.zone) e
	WHERE NOT EXISTS (SELECT FROM oncall.absence a
		WHERE a.person_id = whose.person_id AND a.uid = sync_leave.calendar || '/' || e.uid);
	GET DIAGNOSTICS added = ROW_COUNT;
END
$$;
COMMENT ON FUNCTION oncall.sync_leave(oncall.ref, jsonb, text, text) IS
'Makes the absences of somebody follow a calendar: its events (uid, starts, ends, zone, note) are added, moved, and removed unless over. Dates begin, and local times are, in the zone of the event or person. For managers. Errors: 22023, 22007, 22004, 42704, 23514 (kind).';
