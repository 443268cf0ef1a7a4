
-- What readers of other systems' rotas say, and what they share. A reader is a
-- function read_NAME(doc jsonb) that makes rows of a document and knows no
-- tables; import_schedule() writes these rows.
--
-- kind     what the row says, and its columns
-- layer    people in the order of their turns (NULL: nobody's turn) share seats
--          from first_seat on (1), by cadence and pairing, within hours, while
--          valid; a higher rank (0) wins; note: its name, if it has one.
--          cadence NULL: cannot be said, note says why; blocks the import.
-- cover    people[1] (NULL: nobody) serves while valid: in first_seat, or, where
--          there is a people[2], in the seat in which people[2] then is. Of
--          covers that overlap in a seat the later row wins.
-- absence  people[1] is away while valid; note says why.
-- shown    what the source itself says: people are on call while valid, in seat
--          first_seat, or, if that is NULL, in any seats; none or NULL: nobody.
-- person   people[1], an e-mail address or name as other rows have it, is called
--          people[2], if given, and lives in zone, if given: by this people are
--          matched who have no such address, and made. Not needed.
-- note     "what: detail" of what did not come along or was decided, and what
--          can be done about it. rank NULL: a warning; 0: for information;
--          1: blocks the import unless it is to go on.
--
-- rotation is the name of the rotation (of people, notes and absences, NULL: of
-- the whole document), and zone the zone in which it counts its days. people are
-- e-mail addresses, where the document has them, or else names. Two schedules of
-- one name are an error of the reader (see refuse_same_names()).
--
-- What every source has in common is said by import_schedule(): handovers that
-- fall into changes of the clock, turns of hours in zones that have these,
-- covers that overlap or are over, people and zones that are not known.

CREATE TYPE oncall.import_row AS (
	rotation text,
	zone text,
	kind text,
	rank integer,
	first_seat integer,
	seats integer,
	people text[],
	cadence oncall.cadence,
	hours oncall.weekly_hours,
	pairing text,
	valid tstzrange,
	note text
);
COMMENT ON TYPE oncall.import_row IS
'One thing that a reader, read_NAME(doc), found in the rota of another system: a layer, a cover, an absence, a person, what the source shows (to be compared), or a note of what did not come along. import_schedule() writes them.';
COMMENT ON COLUMN oncall.import_row.rotation IS
'Name of the rotation; of people, notes and absences, NULL: the whole document.';
COMMENT ON COLUMN oncall.import_row.zone IS
'Zone in which the rotation counts its days, of a person where they live: an IANA name.';
COMMENT ON COLUMN oncall.import_row.kind IS 'layer, cover, absence, shown, person or note.';
COMMENT ON COLUMN oncall.import_row.rank IS
'Of a layer: a higher one wins; NULL is 0. Of a note: NULL is a warning, 0 for information, 1 blocks the import unless it is to go on.';
COMMENT ON COLUMN oncall.import_row.first_seat IS
'The seat, from 1; of a layer the first of its seats, NULL is 1; of shown, NULL is any.';
COMMENT ON COLUMN oncall.import_row.seats IS 'How many seats a layer fills, from first_seat on. NULL: one.';
COMMENT ON COLUMN oncall.import_row.people IS
'E-mail addresses or names. Of a layer, in the order of turns, NULL is nobody''s turn; of a cover, who serves (NULL: nobody) and, if given, who is relieved; of an absence, who is away; of shown, who is on call; of a person, how other rows call them and their name.';
COMMENT ON COLUMN oncall.import_row.cadence IS
'When a layer is handed over. NULL in a layer: cannot be said, and note says why.';
COMMENT ON COLUMN oncall.import_row.hours IS
'Hours of the week in which a layer counts, in the zone of its cadence. NULL: always.';
COMMENT ON COLUMN oncall.import_row.pairing IS 'How the members of a layer share its seats. NULL: staggered.';
COMMENT ON COLUMN oncall.import_row.valid IS
'When it counts, half-open. NULL of a layer, or unbounded: always.';
COMMENT ON COLUMN oncall.import_row.note IS
'Of a layer its name, or why it cannot be said; of a note "what: detail"; of others a remark.';

-- Making rows -----------------------------------------------------------

CREATE FUNCTION oncall_internal.import_row(
	kind text, rotation text DEFAULT NULL, zone text DEFAULT NULL, rank integer DEFAULT NULL,
	first_seat integer DEFAULT NULL, seats integer DEFAULT NULL, people text[] DEFAULT NULL,
	cadence oncall.cadence DEFAULT NULL, hours oncall.weekly_hours DEFAULT NULL, pairing text DEFAULT NULL,
	valid tstzrange DEFAULT NULL, note text DEFAULT NULL)
RETURNS oncall.import_row
LANGUAGE sql IMMUTABLE
RETURN ROW($2, $3, $1, $4, $5, $6, $7, $8, $9, $10, $11, $12)::oncall.import_row;
COMMENT ON FUNCTION oncall_internal.import_row(text, text, text, integer, integer, integer, text[], oncall.cadence, oncall.weekly_hours, text, tstzrange, text) IS
'One row of a reader, by the names of its columns.';

CREATE FUNCTION oncall_internal.import_note(rotation text, note text, rank integer DEFAULT NULL)
RETURNS oncall.import_row
LANGUAGE sql IMMUTABLE
RETURN ROW($1, NULL, 'note', $3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, $2)::oncall.import_row;
COMMENT ON FUNCTION oncall_internal.import_note(text, text, integer) IS
'A note of a reader: "what: detail". rank NULL: a warning, 0: for information, 1: blocks the import.';

CREATE FUNCTION oncall_internal.import_empty(rotation text, what text) RETURNS oncall.import_row
LANGUAGE sql IMMUTABLE
RETURN oncall_internal.import_note($1, format('empty: it has no %s, calls nobody and is left out', $2));
COMMENT ON FUNCTION oncall_internal.import_empty(text, text) IS
'A note that a schedule or rotation has none of what it calls people by, and is left out.';

-- Reading documents -----------------------------------------------------

CREATE FUNCTION oncall_internal.refuse_json(object jsonb, key text, place text, wanted text, hint text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	value CONSTANT jsonb := CASE WHEN jsonb_typeof(object) = 'object' THEN object -> key ELSE object END;
	written CONSTANT text := value::text;
BEGIN
	RAISE EXCEPTION '%', CASE WHEN jsonb_typeof(object) = 'object'
			THEN format('"%s" of %s must be %s', key, place, wanted)
			ELSE format('%s must be an object', place) END
		USING ERRCODE = '22023',
			DETAIL = CASE WHEN value IS NULL THEN 'It is not there.'
				ELSE format('It is %s.', left(written, 200) || CASE WHEN length(written) > 200 THEN ' ...' ELSE '' END) END,
			HINT = coalesce(hint, 'Fetch the document again, and hand it over as it was sent.');
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_json(jsonb, text, text, text, text) IS
'The error (22023) that a key of an object of a document, named by place, is not what it must be, or that this is no object at all.';

CREATE FUNCTION oncall_internal.json_text(object jsonb, key text, place text, needed boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := coalesce(nullif(jsonb_typeof(object -> key), 'null'), 'missing');
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object' OR type NOT IN ('string', 'missing') OR needed AND type = 'missing' THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'a text');
	END IF;
	RETURN nullif(btrim(object ->> key), '');
END
$$;
COMMENT ON FUNCTION oncall_internal.json_text(jsonb, text, text, boolean) IS
'The text at a key of an object, trimmed; NULL if it is missing or blank. place: what the object is, for the error (22023) that the key has no text, or is missing though needed.';

CREATE FUNCTION oncall_internal.json_integer(object jsonb, key text, place text, needed boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := coalesce(nullif(jsonb_typeof(object -> key), 'null'), 'missing');
	number CONSTANT numeric := CASE WHEN type = 'number' THEN (object ->> key)::numeric END;
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object' OR type NOT IN ('number', 'missing')
		OR needed AND type = 'missing' OR number <> trunc(number) OR abs(number) >= 1e18
	THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'a whole number');
	END IF;
	RETURN number;
END
$$;
COMMENT ON FUNCTION oncall_internal.json_integer(jsonb, text, text, boolean) IS
'The whole number at a key of an object; NULL if it is missing. place: what the object is, for the error (22023) that it is something else, or is missing though needed.';

CREATE FUNCTION oncall_internal.json_boolean(object jsonb, key text, place text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object'
		OR jsonb_typeof(object -> key) NOT IN ('boolean', 'null')
	THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'true or false');
	END IF;
	RETURN object ->> key;
END
$$;
COMMENT ON FUNCTION oncall_internal.json_boolean(jsonb, text, text) IS
'The truth at a key of an object; NULL if it is missing. place: what the object is, for the error (22023) that it is something else.';

CREATE FUNCTION oncall_internal.json_list(object jsonb, key text, place text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object' OR jsonb_typeof(object -> key) NOT IN ('array', 'null') THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'a list');
	END IF;
	RETURN coalesce(nullif(object -> key, 'null'), '[]');
END
$$;
COMMENT ON FUNCTION oncall_internal.json_list(jsonb, text, text) IS
'The list at a key of an object, an empty one if it is missing: for jsonb_array_elements(). place: what the object is, for the error (22023) that it is something else.';

CREATE FUNCTION oncall_internal.json_object(object jsonb, key text, place text, needed boolean DEFAULT false)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	type CONSTANT text := coalesce(nullif(jsonb_typeof(object -> key), 'null'), 'missing');
BEGIN
	IF jsonb_typeof(object) IS DISTINCT FROM 'object' OR type NOT IN ('object', 'missing') OR needed AND type = 'missing' THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'an object');
	END IF;
	RETURN nullif(object -> key, 'null');
END
$$;
COMMENT ON FUNCTION oncall_internal.json_object(jsonb, text, text, boolean) IS
'The object at a key of an object; NULL if it is missing. place: what the outer object is, for the error (22023) that it is something else, or is missing though needed.';

CREATE FUNCTION oncall_internal.json_time(
	object jsonb, key text, place text, zone text DEFAULT NULL, needed boolean DEFAULT false)
RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET "DateStyle" = 'ISO, YMD'
AS $$
DECLARE
	written CONSTANT text := oncall_internal.json_text(object, key, place, needed);
	wanted CONSTANT text := 'a time, such as ' || CASE WHEN zone IS NULL THEN '2026-12-24T09:00:00Z' ELSE '2026-12-24T09:00:00' END;
BEGIN
	IF written IS NULL THEN
		RETURN NULL;
	ELSIF written ~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d(:?\d\d)?)$' THEN
		RETURN written::timestamptz;
	ELSIF zone IS NOT NULL AND written ~* '^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$' THEN
		RETURN written::timestamp AT TIME ZONE zone;
	END IF;
	PERFORM oncall_internal.refuse_json(object, key, place, wanted);
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format OR invalid_time_zone_displacement_value THEN
	PERFORM oncall_internal.refuse_json(object, key, place, wanted);
END
$$;
COMMENT ON FUNCTION oncall_internal.json_time(jsonb, text, text, text, boolean) IS
'The instant at a key of an object, in ISO 8601 with an offset or, if zone is given, as a local time or date of that zone; NULL if it is missing. place: what the object is, for the error (22023) that it is something else, or is missing though needed.';

CREATE FUNCTION oncall_internal.json_clock(object jsonb, key text, place text, needed boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written CONSTANT text := oncall_internal.json_text(object, key, place, needed);
	part CONSTANT text[] := regexp_match(written, '^(\d\d?):(\d\d)(?::(\d\d)(?:\.0+)?)?$');
BEGIN
	IF written IS NOT NULL
		AND (part[2]::integer < 60 AND coalesce(part[3]::integer, 0) < 60
			AND (part[1]::integer < 24 OR part[1]::integer = 24
				AND part[2]::integer + coalesce(part[3]::integer, 0) = 0)) IS NOT TRUE
	THEN
		PERFORM oncall_internal.refuse_json(object, key, place, 'a time of day, such as 09:00:00');
	END IF;
	RETURN part[1]::integer * 3600 + part[2]::integer * 60 + coalesce(part[3]::integer, 0);
END
$$;
COMMENT ON FUNCTION oncall_internal.json_clock(jsonb, text, text, boolean) IS
'The time of day at a key of an object, from 00:00 to 24:00, in seconds since midnight; NULL if it is missing. place: what the object is, for the error (22023) that it is something else, or is missing though needed.';

CREATE FUNCTION oncall_internal.json_documents(doc jsonb, VARIADIC keys text[]) RETURNS SETOF jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text;
	part jsonb;
BEGIN
	IF jsonb_typeof(doc) = 'array' THEN
		FOR part IN SELECT e.value FROM jsonb_array_elements(doc) e LOOP
			IF jsonb_typeof(part) = 'array' THEN
				PERFORM oncall_internal.refuse_json(part, NULL, 'every schedule', NULL);
			END IF;
			RETURN QUERY SELECT d FROM oncall_internal.json_documents(part, VARIADIC keys) d;
		END LOOP;
		RETURN;
	ELSIF jsonb_typeof(doc) IS DISTINCT FROM 'object' THEN
		PERFORM oncall_internal.refuse_json(doc, NULL, 'the document', NULL);
	END IF;
	FOREACH key IN ARRAY keys LOOP
		IF jsonb_typeof(doc -> key) = 'array' THEN
			RETURN QUERY SELECT e.value FROM jsonb_array_elements(doc -> key) e;
			RETURN;
		ELSIF jsonb_typeof(doc -> key) = 'object' THEN
			RETURN NEXT doc -> key;
			RETURN;
		END IF;
	END LOOP;
	RETURN NEXT doc;
END
$$;
COMMENT ON FUNCTION oncall_internal.json_documents(jsonb, text[]) IS
'The schedules of a document: those under the first of these keys that it has, each an object or a list of them, or else the document itself; of a list of documents, those of each. Errors: 22023 (no object).';

CREATE FUNCTION oncall_internal.refuse_same_names(names text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice text;
BEGIN
	-- as json_text() reads them
	SELECT btrim(n) INTO twice FROM unnest(names) n GROUP BY btrim(n) HAVING count(*) > 1 ORDER BY btrim(n) LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'two schedules are named "%"', twice
			USING ERRCODE = '22023', HINT = 'Import them one by one, and write another name into one of them.';
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_same_names(text[]) IS
'An error (22023) if two of these names, of the schedules of a document, are equal.';

-- Which system a document looks to be of --------------------------------

CREATE FUNCTION oncall_internal.import_source(doc jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what a list holds is alike
	top CONSTANT jsonb := CASE jsonb_typeof(doc) WHEN 'array' THEN doc -> 0 ELSE doc END;
	own CONSTANT jsonb := coalesce(nullif(top -> 'schedule', 'null'), top #> '{schedules,0}', top #> '{schedules,data,0}',
		CASE jsonb_typeof(top -> 'data') WHEN 'array' THEN top #> '{data,0}' WHEN 'object' THEN top -> 'data' END, top);
BEGIN
	RETURN CASE
		WHEN jsonb_typeof(top) IS DISTINCT FROM 'object' THEN NULL
		WHEN own ? 'schedule_layers' THEN 'pagerduty'
		WHEN own @? '$.rotations[*].events' OR own ->> 'type' = 'schedule_v3' THEN 'pagerduty_v3'
		WHEN own ? 'scheduleLayers' OR own ->> 'type' IN ('RECURRING', 'STATIC') THEN 'ilert'
		WHEN own @? '$.layers[*].shift_length' THEN 'zenduty'
		WHEN own @? '$.config.rotations' OR own @? '$.rotations[*].handover_start_at'
			OR own @? '$.rotations[*].handovers' OR top @? '$.rotations[*].handovers' THEN 'incident_io'
		WHEN top @? '$.shifts[*].who' THEN 'shifts'
		WHEN top @? '$.rotations[*].shifts[*].shiftMembers' OR top @? '$.rotations[*].shifts[*].shifttype' THEN 'splunk'
		WHEN top ? 'shifts' OR top ? 'on_call_shifts' OR own ? 'shifts' OR own ->> 'type' IN ('web', 'ical', 'calendar')
			THEN 'grafana'
		WHEN top ? 'scheduler' OR own ? 'scheduler' OR top ? 'roster' OR top ? 'rosters' THEN 'linkedin'
		WHEN top @? '$.rules[*].days' OR top @? '$.rotations[*].shift_length' OR top @? '$.rotations[*].participants[*] ? (@.type() == "string")'
			THEN 'goalert'
		WHEN top ? 'scheduleOverrideList' OR own ? 'finalTimeline' OR own @? '$.rotations[*].participants'
			OR own @? '$.rotations[*].timeRestriction' THEN 'opsgenie'
		END;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_source(jsonb) IS
'The system of which a document looks to be, by the keys that only its documents have: the NAME of its reader read_NAME(). NULL: cannot be told.';

CREATE FUNCTION oncall_internal.refuse_other_source(doc jsonb, source text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	looks CONSTANT text := oncall_internal.import_source(doc);
BEGIN
	IF looks IS DISTINCT FROM source THEN
		RAISE EXCEPTION 'this is no document of %', source
			USING ERRCODE = '22023',
				DETAIL = CASE WHEN looks IS NULL THEN 'It is of no kind that is known here.'
					ELSE format('It looks like one of %s.', looks) END,
				HINT = CASE WHEN looks IS NULL THEN 'Hand over the answer of its API as it was sent; see doc/import.md for what to fetch.'
					ELSE format('Call it %L.', looks) END;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_other_source(jsonb, text) IS
'An error (22023) unless a document looks to be of this source; says of which it looks to be.';

-- What many systems say alike -------------------------------------------

CREATE FUNCTION oncall_internal.import_zone(name text, OUT zone text, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- as Rails and Windows call them, whose names tools of the time wrote
	called CONSTANT jsonb := '{
		"International Date Line West": "Etc/GMT+12", "Midway Island": "Pacific/Midway",
		"American Samoa": "Pacific/Pago_Pago", "Hawaii": "Pacific/Honolulu", "Alaska": "America/Juneau",
		"Pacific Time (US & Canada)": "America/Los_Angeles", "Tijuana": "America/Tijuana",
		"Mountain Time (US & Canada)": "America/Denver", "Arizona": "America/Phoenix",
		"Chihuahua": "America/Chihuahua", "Mazatlan": "America/Mazatlan",
		"Central Time (US & Canada)": "America/Chicago", "Saskatchewan": "America/Regina",
		"Guadalajara": "America/Mexico_City", "Mexico City": "America/Mexico_City", "Monterrey": "America/Monterrey",
		"Central America": "America/Guatemala", "Eastern Time (US & Canada)": "America/New_York",
		"Indiana (East)": "America/Indiana/Indianapolis", "Bogota": "America/Bogota", "Lima": "America/Lima",
		"Quito": "America/Lima", "Atlantic Time (Canada)": "America/Halifax", "Caracas": "America/Caracas",
		"La Paz": "America/La_Paz", "Santiago": "America/Santiago", "Newfoundland": "America/St_Johns",
		"Brasilia": "America/Sao_Paulo", "Buenos Aires": "America/Argentina/Buenos_Aires",
		"Montevideo": "America/Montevideo", "Georgetown": "America/Guyana", "Puerto Rico": "America/Puerto_Rico",
		"Greenland": "America/Nuuk", "Mid-Atlantic": "Atlantic/South_Georgia", "Azores": "Atlantic/Azores",
		"Cape Verde Is.": "Atlantic/Cape_Verde", "Dublin": "Europe/Dublin", "Edinburgh": "Europe/London",
		"Lisbon": "Europe/Lisbon", "London": "Europe/London", "Casablanca": "Africa/Casablanca",
		"Monrovia": "Africa/Monrovia", "Belgrade": "Europe/Belgrade", "Bratislava": "Europe/Bratislava",
		"Budapest": "Europe/Budapest", "Ljubljana": "Europe/Ljubljana", "Prague": "Europe/Prague",
		"Sarajevo": "Europe/Sarajevo", "Skopje": "Europe/Skopje", "Warsaw": "Europe/Warsaw", "Zagreb": "Europe/Zagreb",
		"Brussels": "Europe/Brussels", "Copenhagen": "Europe/Copenhagen", "Madrid": "Europe/Madrid",
		"Paris": "Europe/Paris", "Amsterdam": "Europe/Amsterdam", "Berlin": "Europe/Berlin", "Bern": "Europe/Zurich",
		"Zurich": "Europe/Zurich", "Rome": "Europe/Rome", "Stockholm": "Europe/Stockholm", "Vienna": "Europe/Vienna",
		"West Central Africa": "Africa/Algiers", "Bucharest": "Europe/Bucharest", "Cairo": "Africa/Cairo",
		"Helsinki": "Europe/Helsinki", "Kyiv": "Europe/Kiev", "Riga": "Europe/Riga", "Sofia": "Europe/Sofia",
		"Tallinn": "Europe/Tallinn", "Vilnius": "Europe/Vilnius", "Athens": "Europe/Athens",
		"Istanbul": "Europe/Istanbul", "Minsk": "Europe/Minsk", "Jerusalem": "Asia/Jerusalem",
		"Harare": "Africa/Harare", "Pretoria": "Africa/Johannesburg", "Kaliningrad": "Europe/Kaliningrad",
		"Moscow": "Europe/Moscow", "St. Petersburg": "Europe/Moscow", "Volgograd": "Europe/Volgograd",
		"Samara": "Europe/Samara", "Kuwait": "Asia/Kuwait", "Riyadh": "Asia/Riyadh", "Nairobi": "Africa/Nairobi",
		"Baghdad": "Asia/Baghdad", "Tehran": "Asia/Tehran", "Abu Dhabi": "Asia/Muscat", "Muscat": "Asia/Muscat",
		"Baku": "Asia/Baku", "Tbilisi": "Asia/Tbilisi", "Yerevan": "Asia/Yerevan", "Kabul": "Asia/Kabul",
		"Ekaterinburg": "Asia/Yekaterinburg", "Islamabad": "Asia/Karachi", "Karachi": "Asia/Karachi",
		"Tashkent": "Asia/Tashkent", "Chennai": "Asia/Kolkata", "Kolkata": "Asia/Kolkata", "Mumbai": "Asia/Kolkata",
		"New Delhi": "Asia/Kolkata", "Kathmandu": "Asia/Kathmandu", "Dhaka": "Asia/Dhaka",
		"Sri Jayawardenepura": "Asia/Colombo", "Almaty": "Asia/Almaty", "Astana": "Asia/Almaty",
		"Novosibirsk": "Asia/Novosibirsk", "Rangoon": "Asia/Rangoon", "Bangkok": "Asia/Bangkok",
		"Hanoi": "Asia/Bangkok", "Jakarta": "Asia/Jakarta", "Krasnoyarsk": "Asia/Krasnoyarsk",
		"Beijing": "Asia/Shanghai", "Chongqing": "Asia/Chongqing", "Hong Kong": "Asia/Hong_Kong",
		"Urumqi": "Asia/Urumqi", "Kuala Lumpur": "Asia/Kuala_Lumpur", "Singapore": "Asia/Singapore",
		"Taipei": "Asia/Taipei", "Perth": "Australia/Perth", "Irkutsk": "Asia/Irkutsk",
		"Ulaanbaatar": "Asia/Ulaanbaatar", "Seoul": "Asia/Seoul", "Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo",
		"Tokyo": "Asia/Tokyo", "Yakutsk": "Asia/Yakutsk", "Darwin": "Australia/Darwin",
		"Adelaide": "Australia/Adelaide", "Canberra": "Australia/Canberra", "Melbourne": "Australia/Melbourne",
		"Sydney": "Australia/Sydney", "Brisbane": "Australia/Brisbane", "Hobart": "Australia/Hobart",
		"Vladivostok": "Asia/Vladivostok", "Guam": "Pacific/Guam", "Port Moresby": "Pacific/Port_Moresby",
		"Magadan": "Asia/Magadan", "Srednekolymsk": "Asia/Srednekolymsk", "Solomon Is.": "Pacific/Guadalcanal",
		"New Caledonia": "Pacific/Noumea", "Fiji": "Pacific/Fiji", "Kamchatka": "Asia/Kamchatka",
		"Marshall Is.": "Pacific/Majuro", "Auckland": "Pacific/Auckland", "Wellington": "Pacific/Auckland",
		"Nuku''alofa": "Pacific/Tongatapu", "Tokelau Is.": "Pacific/Fakaofo", "Chatham Is.": "Pacific/Chatham",
		"Samoa": "Pacific/Apia"}';
	hint text;
BEGIN
	IF name IS NULL THEN
		why := 'zone: the document says none; write it there, under the key that it has in others';
		RETURN;
	END IF;
	zone := coalesce(called ->> name, name);
	PERFORM oncall.is_zone(zone);
	IF zone <> name THEN
		why := format('zone: "%s" is read as %s', name, zone);
	END IF;
EXCEPTION WHEN invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	zone := NULL;
	why := format('zone: "%s" is not known; map it with zones => %L. %s',
		left(name, 100), jsonb_build_object(left(name, 100), 'Europe/London'), hint);
END
$$;
COMMENT ON FUNCTION oncall_internal.import_zone(text) IS
'The IANA zone of a name as other systems write it, Rails'' names among them. why: the text of a note, for information where zone is another name, blocking where zone is NULL, since it is not known.';

CREATE FUNCTION oncall_internal.import_cadence(
	anchor timestamp, zone text, seconds bigint, OUT cadence oncall.cadence, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF seconds IS NULL OR seconds <= 0 OR seconds % 60 <> 0 OR seconds > 86400 * 3660 THEN
		why := format('turns of %s seconds cannot be said: %s', coalesce(seconds::text, 'no'),
			CASE WHEN seconds <= 0 THEN 'they must be positive' WHEN seconds > 86400 * 3660 THEN 'more than ten years'
				ELSE 'only whole minutes, or days' END);
	ELSE
		cadence := oncall.cadence(date_trunc('second', anchor), zone,
			CASE WHEN seconds % 86400 = 0 THEN make_interval(days => (seconds / 86400)::integer)
				ELSE make_interval(mins => (seconds / 60)::integer) END);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_cadence(timestamp, text, bigint) IS
'The cadence of turns of so many seconds, in days where it is whole days, from a local time of a known zone on. NULL where it cannot be said, why in why.';

CREATE FUNCTION oncall_internal.import_hours(
	starts bigint[], seconds bigint[], OUT hours oncall.weekly_hours, OUT why text)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	day CONSTANT text[] := '{Mo,Tu,We,Th,Fr,Sa,Su}';
	odd bigint;
	written text;
BEGIN
	SELECT s.value INTO odd FROM unnest(starts || seconds) s(value)
	WHERE s.value IS NULL OR s.value < 0 OR s.value % 60 <> 0 LIMIT 1;
	IF FOUND THEN
		why := format('hours cannot be said that begin or last %s seconds: only whole minutes', coalesce(odd::text, 'NULL'));
		RETURN;
	END IF;
	SELECT string_agg(d.written, '; ' ORDER BY d.number) INTO written
	FROM (
		SELECT n.number, day[n.number + 1] || ' ' || string_agg(format('%s:%s-%s:%s',
			lpad((part.begins / 60)::text, 2, '0'), lpad((part.begins % 60)::text, 2, '0'),
			lpad((part.ends / 60)::text, 2, '0'), lpad((part.ends % 60)::text, 2, '0')),
				',' ORDER BY part.begins) AS written
		FROM generate_series(0, 6) n(number),
			LATERAL (
				-- a span that passes the end of the week goes on at its beginning
				SELECT (greatest(lower(s.span), n.number * 1440) - n.number * 1440) AS begins,
					(least(upper(s.span), (n.number + 1) * 1440) - n.number * 1440) AS ends
				FROM (SELECT unnest(range_agg(span.part)) AS span
					  FROM unnest(starts, seconds) w(starts, seconds),
						LATERAL (VALUES (0), (-10080)) shift(minutes),
						LATERAL (SELECT int8range((w.starts / 60 % 10080 + shift.minutes),
							w.starts / 60 % 10080 + shift.minutes + least(w.seconds / 60, 10080))) span(part)) s
				WHERE s.span && int8range(n.number * 1440, (n.number + 1) * 1440)
			) part
		GROUP BY n.number) d;
	hours := coalesce(written, 'off');
END
$$;
COMMENT ON FUNCTION oncall_internal.import_hours(bigint[], bigint[]) IS
'The hours of spans, each so many seconds from so many seconds after Monday 00:00 on, split by weekday; a span that passes the end of the week goes on at its beginning, one of a week or more is always. NULL where they cannot be said, why in why.';

CREATE FUNCTION oncall_internal.import_persons(doc jsonb, address text[], names text[]) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (w.address) (oncall_internal.import_row('person', people => ARRAY[w.address, w.name])).*
	FROM (
		SELECT btrim(o.object #>> import_persons.address) AS address, (
			SELECT string_agg(btrim(o.object ->> n.key), ' ' ORDER BY n.place)
			FROM unnest(names) WITH ORDINALITY n(key, place)
			WHERE jsonb_typeof(o.object -> n.key) = 'string' AND btrim(o.object ->> n.key) <> '') AS name
		FROM jsonb_path_query(doc, 'strict $.** ? (@.type() == "object")') o(object)
		WHERE jsonb_typeof(o.object #> import_persons.address) = 'string') w
	WHERE strpos(w.address, '@') > 1 AND w.name IS NOT NULL
	ORDER BY w.address, w.name;
END
$$;
COMMENT ON FUNCTION oncall_internal.import_persons(jsonb, text[], text[]) IS
'A row of kind person of everybody in a document who has an e-mail address, at this path, and a name, in these keys together.';
