
-- Reading schedules of PagerDuty: of its REST API v2, and of v1 before it.

CREATE FUNCTION oncall_internal.pagerduty_users(doc jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := 'every one of "users"';
	users jsonb := '{}';
	member jsonb;
BEGIN
	IF jsonb_typeof(doc) = 'object' AND doc ? 'users' THEN
		FOR member IN SELECT e.value FROM jsonb_array_elements(oncall_internal.json_list(doc, 'users', 'the document')) e LOOP
			PERFORM oncall_internal.json_text(member, 'name', place), oncall_internal.json_text(member, 'email', place),
				oncall_internal.json_text(member, 'time_zone', place);
		END LOOP;
		SELECT jsonb_object_agg(e.value ->> 'id', e.value) INTO users
		FROM jsonb_array_elements(doc -> 'users') e WHERE e.value ->> 'id' IS NOT NULL;
	END IF;
	-- some references carry an address that others of the same person lack
	RETURN coalesce((SELECT jsonb_object_agg(r.reference ->> 'id', r.reference)
			FROM jsonb_path_query(doc, '$.**.user ? (@.email.type() == "string" && @.id.type() == "string")') r(reference)), '{}')
		|| coalesce(users, '{}');
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_users(jsonb) IS
'The users beside the schedules of a document of PagerDuty, and those to whom it refers by address, by id. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_person(reference jsonb, users jsonb, place text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	id CONSTANT text := oncall_internal.json_text(reference, 'id', place);
	known CONSTANT jsonb := coalesce(users -> id, '{}');
BEGIN
	RETURN coalesce(oncall_internal.json_text(reference, 'email', place), oncall_internal.json_text(known, 'email', place),
		oncall_internal.json_text(reference, 'name', place), oncall_internal.json_text(reference, 'summary', place),
		oncall_internal.json_text(known, 'name', place), id);
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_person(jsonb, jsonb, text) IS
'The e-mail address, or else the name, or else the id of whom PagerDuty refers to. users: as pagerduty_users() gives them. NULL: a reference to nobody. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_people(mentioned jsonb[], users jsonb, listed boolean)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	member record;
	who text;
BEGIN
	FOR member IN
		SELECT DISTINCT ON (r.reference ->> 'id', r.reference ->> 'email') r.reference, users -> (r.reference ->> 'id') AS known
		FROM unnest(mentioned) r(reference)
		WHERE jsonb_typeof(r.reference) = 'object'
	LOOP
		who := oncall_internal.pagerduty_person(member.reference, users, 'a user');
		IF member.known IS NOT NULL OR member.reference ? 'email' THEN
			RETURN NEXT oncall_internal.import_row('person', NULL,
				(oncall_internal.import_zone(coalesce(member.known ->> 'time_zone', member.reference ->> 'time_zone'))).zone,
				people => ARRAY[who, coalesce(member.known ->> 'name', member.reference ->> 'name', member.reference ->> 'summary')]);
		ELSIF listed THEN
			RETURN NEXT oncall_internal.import_note(NULL, format(
				'person: "%s" (%s) is not among the users of the document: deactivated, perhaps; people => %L leaves their turns empty',
				who, member.reference ->> 'id', jsonb_build_object(who, NULL)));
		END IF;
	END LOOP;
	IF NOT listed AND EXISTS (SELECT FROM unnest(mentioned) r(reference)
		WHERE jsonb_typeof(r.reference) = 'object' AND NOT r.reference ?| '{email,name,summary}')
	THEN
		RETURN NEXT oncall_internal.import_note(NULL,
			'people: the document names them by id only; fetch /users and put its list beside the schedule, as "users"');
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_people(jsonb[], jsonb, boolean) IS
'Rows of the people to whom PagerDuty refers: their names and zones, where these are known, or notes of those who are missing, where there is a list of users.';

-- Layers ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_cadence(
	virtual_start timestamptz, starts timestamptz, zone text, seconds bigint, people integer,
	OUT cadence oncall.cadence, OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	turns numeric;
BEGIN
	SELECT c.cadence, c.why INTO cadence, why
	FROM oncall_internal.import_cadence(virtual_start AT TIME ZONE zone, zone, seconds) c;
	IF virtual_start > starts AND cadence IS NOT NULL THEN
		-- whole rounds earlier, and one more, whatever the clock does between
		turns := (ceil(extract(epoch FROM virtual_start - starts) / (seconds * people)) + 1) * people;
		SELECT c.cadence INTO cadence
		FROM oncall_internal.import_cadence(virtual_start AT TIME ZONE zone
			- turns::double precision * oncall.every(cadence), zone, seconds) c;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_cadence(timestamptz, timestamptz, text, bigint, integer) IS
'The cadence of a layer of so many people whose turns are counted from virtual_start; whole rounds earlier if it starts before that, so that the first in the list stays first. NULL where it cannot be said, why in why.';

CREATE FUNCTION oncall_internal.pagerduty_hours(
	layer jsonb, place text, OUT hours oncall.weekly_hours, OUT why text, OUT rounded boolean)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT text := 'a restriction of ' || place;
	starts bigint[] := '{}';
	seconds bigint[] := '{}';
	restriction jsonb;
	clock bigint;
	lasts bigint;
	day bigint;
BEGIN
	rounded := false;
	FOR restriction IN SELECT e.value FROM jsonb_array_elements(oncall_internal.json_list(layer, 'restrictions', place)) e LOOP
		clock := oncall_internal.json_clock(restriction, 'start_time_of_day', own, true);
		lasts := oncall_internal.json_integer(restriction, 'duration_seconds', own, true);
		day := oncall_internal.json_integer(restriction, 'start_day_of_week', own);
		IF day NOT BETWEEN 1 AND 7 OR lasts < 0
			OR oncall_internal.json_text(restriction, 'type', own) = 'weekly_restriction' AND day IS NULL
		THEN
			PERFORM oncall_internal.refuse_json(restriction, CASE WHEN lasts < 0 THEN 'duration_seconds' ELSE 'start_day_of_week' END,
				own, CASE WHEN lasts < 0 THEN 'positive' ELSE 'a day from 1, Monday, to 7' END);
		END IF;
		-- what ends at 16:59:59 is meant to end at 17:00
		rounded := rounded OR (clock + lasts) % 60 = 59;
		lasts := lasts + ((clock + lasts) % 60 = 59)::integer;
		IF restriction ->> 'type' = 'daily_restriction' OR day IS NULL THEN
			starts := starts || ARRAY(SELECT d * 86400 + clock FROM generate_series(0, 6) d);
			seconds := seconds || array_fill(lasts, '{7}');
		ELSE
			starts := starts || (day - 1) * 86400 + clock;
			seconds := seconds || lasts;
		END IF;
	END LOOP;
	IF starts <> '{}' THEN
		SELECT h.hours, h.why INTO hours, why FROM oncall_internal.import_hours(starts, seconds) h;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_hours(jsonb, text) IS
'The hours of the restrictions of a layer, NULL for none; where they cannot be said, why in why. rounded: some that end at a second :59 were made a second longer. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_layer(rotation text, zone text, layer jsonb, rank integer, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := coalesce(oncall_internal.json_text(layer, 'name', 'a layer of schedule "' || rotation || '"'), 'without a name');
	place CONSTANT text := format('layer "%s" of schedule "%s"', name, rotation);
	starts CONSTANT timestamptz := oncall_internal.json_time(layer, 'start', place, NULL, true);
	ends CONSTANT timestamptz := oncall_internal.json_time(layer, 'end', place);
	virtual_start CONSTANT timestamptz := coalesce(oncall_internal.json_time(layer, 'rotation_virtual_start', place), starts);
	seconds CONSTANT bigint := oncall_internal.json_integer(layer, 'rotation_turn_length_seconds', place, true);
	people CONSTANT text[] := ARRAY(
		SELECT oncall_internal.pagerduty_person(oncall_internal.json_object(e.value, 'user', 'a user of ' || place, true), users,
			'a user of ' || place)
		FROM jsonb_array_elements(oncall_internal.json_list(layer, 'users', place)) WITH ORDINALITY e(value, number)
		ORDER BY oncall_internal.json_integer(e.value, 'member_order', 'a user of ' || place), e.number);
	hours record;
	turns record;
BEGIN
	hours := oncall_internal.pagerduty_hours(layer, place);
	IF people = '{}' OR ends <= starts THEN
		RETURN NEXT oncall_internal.import_note(rotation, format('left out: layer "%s" %s', name,
			CASE WHEN people = '{}' THEN 'has no users' ELSE 'ends before it starts' END));
		RETURN;
	END IF;
	IF zone IS NOT NULL THEN
		turns := oncall_internal.pagerduty_cadence(virtual_start, starts, zone, seconds, cardinality(people));
	ELSE
		SELECT NULL::oncall.cadence AS cadence, 'its zone is not known' AS why INTO turns;
	END IF;
	RETURN NEXT oncall_internal.import_row('layer', rotation, zone, rank, 1, 1, people,
		CASE WHEN hours.why IS NULL THEN turns.cadence END, hours.hours, NULL, tstzrange(starts, ends),
		CASE WHEN coalesce(turns.why, hours.why) IS NULL THEN name
			ELSE format('layer "%s": %s', name, concat_ws('; ', turns.why, hours.why)) END);
	IF hours.rounded THEN
		RETURN NEXT oncall_internal.import_note(rotation, format(
			'hours: restrictions of layer "%s" that end a second before a full minute end at it', name), 0);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_layer(text, text, jsonb, integer, jsonb) IS
'Rows of one layer of a schedule of PagerDuty. zone NULL: not known. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_rendered_elsewhere(schedule jsonb, zone text) RETURNS boolean
LANGUAGE sql STABLE STRICT
BEGIN ATOMIC
	-- times are given on the clock of the zone for which they were asked
	SELECT EXISTS (
		SELECT FROM jsonb_path_query(schedule, '$.schedule_layers[*].*') w(value)
		WHERE CASE WHEN jsonb_typeof(w.value) = 'string' AND w.value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$'
			THEN (w.value #>> '{}')::timestamptz AT TIME ZONE zone <> left(w.value #>> '{}', 19)::timestamp END);
END;
COMMENT ON FUNCTION oncall_internal.pagerduty_rendered_elsewhere(jsonb, text) IS
'Are times of the layers of a schedule written with another offset than its zone has then? Then it was fetched for another zone, in which the restrictions are too.';

-- Covers, and what is shown ---------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_entries(entries jsonb, users jsonb, place text)
RETURNS TABLE (period tstzrange, who text, number bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry record;
	starts timestamptz;
	ends timestamptz;
BEGIN
	FOR entry IN SELECT e.value, e.number FROM jsonb_array_elements(entries) WITH ORDINALITY e(value, number) LOOP
		starts := oncall_internal.json_time(entry.value, 'start', place, NULL, true);
		ends := oncall_internal.json_time(entry.value, 'end', place, NULL, true);
		IF ends < starts THEN
			PERFORM oncall_internal.refuse_json(entry.value, 'end', place, 'after its start');
		END IF;
		period := tstzrange(starts, ends);
		who := oncall_internal.pagerduty_person(coalesce(oncall_internal.json_object(entry.value, 'user', place), '{}'),
			users, place);
		number := entry.number;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_entries(jsonb, jsonb, text) IS
'A list of entries {start, end, user} of PagerDuty, as it stands. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_covers(rotation text, zone text, schedule jsonb, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := format('an override of schedule "%s"', rotation);
	written CONSTANT jsonb := oncall_internal.json_list(schedule, 'overrides', format('schedule "%s"', rotation));
	-- what PagerDuty made of them in the window that was asked for: of two that
	-- overlap it knows which counts, so it comes last
	rendered CONSTANT jsonb := oncall_internal.json_list(
		coalesce(oncall_internal.json_object(schedule, 'overrides_subschedule', format('schedule "%s"', rotation)), '{}'),
		'rendered_schedule_entries', format('the overrides of schedule "%s"', rotation));
BEGIN
	RETURN QUERY
	SELECT (oncall_internal.import_row('cover', rotation, zone, NULL, 1, people => ARRAY[e.who], valid => e.period)).*
	FROM oncall_internal.pagerduty_entries(written || rendered, users, place) e
	WHERE NOT isempty(e.period)
	GROUP BY e.period, e.who
	-- the last of those that are listed more than once
	ORDER BY max(e.number);
	IF NOT schedule ? 'overrides' AND rendered = '[]' THEN
		RETURN NEXT oncall_internal.import_note(rotation,
			'overrides: the document has none; fetch /schedules/ID/overrides?since=...&until=... and put its list beside the layers, as "overrides"');
	ELSIF NOT schedule ? 'overrides' THEN
		RETURN NEXT oncall_internal.import_note(rotation, format(
			'overrides: only those from %s to %s, of the time for which it was fetched; others are in /schedules/ID/overrides?since=...&until=...',
			rendered #>> '{0,start}', rendered #>> '{-1,end}'));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_covers(text, text, jsonb, jsonb) IS
'Rows of the overrides of a schedule of PagerDuty, each once. Errors: 22023.';

CREATE FUNCTION oncall_internal.pagerduty_shown(rotation text, zone text, schedule jsonb, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	WITH entry AS (
		SELECT e.period, e.who,
			max(upper(e.period)) OVER (ORDER BY e.period ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS ended
		FROM oncall_internal.pagerduty_entries(oncall_internal.json_list(
				coalesce(oncall_internal.json_object(schedule, 'final_schedule', format('schedule "%s"', rotation)), '{}'),
				'rendered_schedule_entries', format('the final schedule of schedule "%s"', rotation)),
			users, format('an entry of the final schedule of schedule "%s"', rotation)) e
		WHERE NOT isempty(e.period)
	), shown AS (
		SELECT e.period, ARRAY[e.who] AS people FROM entry e
		UNION ALL
		-- between its entries nobody is on call
		SELECT tstzrange(e.ended, lower(e.period)), '{}' FROM entry e WHERE e.ended < lower(e.period)
	)
	SELECT (oncall_internal.import_row('shown', rotation, zone, NULL, 1, people => s.people, valid => s.period)).*
	FROM shown s ORDER BY s.period;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_shown(text, text, jsonb, jsonb) IS
'Rows of the final schedule, as PagerDuty rendered it, with the gaps between its entries. Errors: 22023.';

-- Schedules -------------------------------------------------------------

CREATE FUNCTION oncall_internal.pagerduty_schedule(schedule jsonb, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation CONSTANT text := oncall_internal.json_text(schedule, 'name', 'a schedule', true);
	place CONSTANT text := format('schedule "%s"', rotation);
	zone CONSTANT record := oncall_internal.import_zone(oncall_internal.json_text(schedule, 'time_zone', place));
	layers CONSTANT jsonb := oncall_internal.json_list(schedule, 'schedule_layers', place);
	policies text;
BEGIN
	IF NOT schedule ? 'schedule_layers' THEN
		PERFORM oncall_internal.refuse_json(schedule, 'schedule_layers', place, 'a list',
			'Lists of schedules have layers only with include[]=schedule_layers; or fetch /schedules/ID.');
	END IF;
	IF zone.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(rotation, zone.why, CASE WHEN zone.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF oncall_internal.pagerduty_rendered_elsewhere(schedule, zone.zone) THEN
		RETURN NEXT oncall_internal.import_note(rotation, format(
			'zone: fetched for another zone than its own%s; fetch it with time_zone=%s',
			CASE WHEN schedule @? '$.schedule_layers[*].restrictions[*]' THEN ', in which its restrictions are too' ELSE '' END, zone.zone),
			CASE WHEN schedule @? '$.schedule_layers[*].restrictions[*]' THEN 1 END);
	END IF;
	IF layers = '[]' AND coalesce(schedule -> 'overrides', schedule #> '{overrides_subschedule,rendered_schedule_entries}', '[]') = '[]' THEN
		RETURN NEXT oncall_internal.import_empty(rotation, 'layers');
	END IF;
	-- the first wins; in old exports the highest number does, in any order
	RETURN QUERY
	SELECT l.*
	FROM jsonb_array_elements(layers) WITH ORDINALITY e(layer, number),
		LATERAL oncall_internal.pagerduty_layer(rotation, zone.zone, e.layer,
			coalesce(oncall_internal.json_integer(e.layer, 'priority', 'a layer of ' || place),
				jsonb_array_length(layers) - e.number)::integer, users) l
	ORDER BY e.number;
	RETURN QUERY SELECT c.* FROM oncall_internal.pagerduty_covers(rotation, zone.zone, schedule, users) c;
	RETURN QUERY SELECT s.* FROM oncall_internal.pagerduty_shown(rotation, zone.zone, schedule, users) s;
	SELECT string_agg(format('"%s"', coalesce(e.value ->> 'summary', e.value ->> 'name', e.value ->> 'id')), ', ' ORDER BY e.number)
	INTO policies
	FROM jsonb_array_elements(oncall_internal.json_list(schedule, 'escalation_policies', place)) WITH ORDINALITY e(value, number);
	IF policies IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(rotation, 'escalation: the policies that page it did not come along: ' || policies);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.pagerduty_schedule(jsonb, jsonb) IS
'Rows of one schedule of PagerDuty. users: as pagerduty_users() gives them. Errors: 22023.';

CREATE FUNCTION oncall.read_pagerduty(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	users jsonb;
	schedules jsonb[];
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'pagerduty');
	users := oncall_internal.pagerduty_users(doc);
	-- overrides may stand in a schedule or beside it
	schedules := ARRAY(
		SELECT CASE WHEN jsonb_typeof(s.schedule) = 'object' AND jsonb_typeof(d.part) = 'object' AND d.part ? 'schedule' AND d.part ? 'overrides'
			THEN jsonb_build_object('overrides', d.part -> 'overrides') || s.schedule ELSE s.schedule END
		FROM oncall_internal.json_documents(doc, VARIADIC '{}') d(part),
			LATERAL oncall_internal.json_documents(d.part, 'schedule', 'schedules') s(schedule));
	PERFORM oncall_internal.refuse_same_names(ARRAY(SELECT s ->> 'name' FROM unnest(schedules) s
		WHERE jsonb_typeof(s) = 'object'));
	RETURN QUERY SELECT p.* FROM oncall_internal.pagerduty_people(ARRAY(
		SELECT jsonb_path_query(s.schedule, p.path)
		FROM unnest(schedules) s(schedule), unnest(ARRAY['$.schedule_layers[*].users[*].user', '$.overrides[*].user',
			'$.overrides_subschedule.rendered_schedule_entries[*].user', '$.final_schedule.rendered_schedule_entries[*].user'
			]::jsonpath[]) p(path)), users, coalesce(doc ? 'users', false)) p;
	RETURN QUERY SELECT r.* FROM unnest(schedules) s(schedule),
		LATERAL oncall_internal.pagerduty_schedule(s.schedule, users) r;
END
$$;
COMMENT ON FUNCTION oncall.read_pagerduty(jsonb) IS
'Reads schedules of PagerDuty, as its REST API v2 (or v1) answers: one, a list, or a list of answers; "users" beside them gives e-mail addresses. A SELECT from it shows what import_schedule() would write. Errors: 22023 (another document, a value of a wrong type), 22004 (NULL).';
