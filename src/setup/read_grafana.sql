-- The reader of schedules of Grafana OnCall: answers of its API, put together as
-- doc/import-grafana.md says.

CREATE FUNCTION oncall_internal.grafana_answer(doc jsonb, key text, place text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN CASE jsonb_typeof(doc -> key)
		WHEN 'object' THEN oncall_internal.json_list(doc -> key, 'results', format('"%s" of %s', key, place))
		ELSE oncall_internal.json_list(doc, key, place) END;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_answer(jsonb, text, text) IS
'What a list of Grafana OnCall''s holds, alone or in an answer with pages. Errors: 22023.';

CREATE FUNCTION oncall_internal.grafana_time(object jsonb, key text, place text) RETURNS timestamp
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.json_time(object, key, place, 'UTC', key = 'start') AT TIME ZONE 'UTC';
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_time(jsonb, text, text) IS
'A time of a shift, which is local and has no zone. Errors: 22023.';

-- When a shift repeats --------------------------------------------------

CREATE TYPE oncall_internal.grafana_turns AS (
	cadence oncall.cadence,
	hours oncall.weekly_hours,
	times integer,		-- so many turns each group has one after another
	gaps integer,		-- after each turn so many that are nobody's
	since timestamp,	-- when the first event begins
	why text
);
COMMENT ON TYPE oncall_internal.grafana_turns IS
'When a shift of Grafana OnCall is handed over: what a layer says of it. why: it cannot be said.';
COMMENT ON COLUMN oncall_internal.grafana_turns.cadence IS 'When turns begin. NULL: it cannot be said.';
COMMENT ON COLUMN oncall_internal.grafana_turns.hours IS 'Hours of the week in which it counts. NULL: always.';
COMMENT ON COLUMN oncall_internal.grafana_turns.times IS 'How many turns each group has one after another.';
COMMENT ON COLUMN oncall_internal.grafana_turns.gaps IS 'How many turns after each are nobody''s.';
COMMENT ON COLUMN oncall_internal.grafana_turns.since IS 'When the first event begins, a local time.';
COMMENT ON COLUMN oncall_internal.grafana_turns.why IS 'Why it cannot be said. NULL: it can.';

CREATE FUNCTION oncall_internal.grafana_hours(clock timestamp, days integer[], seconds bigint)
RETURNS oncall.weekly_hours
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	hours oncall.weekly_hours;
BEGIN
	hours := (oncall_internal.import_hours(
		ARRAY(SELECT day * 86400 + extract(epoch FROM clock::time)::bigint FROM unnest(days) day),
		array_fill(seconds, ARRAY[cardinality(days)]))).hours;
	RETURN CASE WHEN hours::text <> '24/7' THEN hours END;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_hours(timestamp, integer[], bigint) IS
'The hours of events of so many seconds from a time of day on, on these days (0: Monday). NULL: always.';

-- The duration and the distance of events are all that counts.
CREATE FUNCTION oncall_internal.grafana_even_turns(
	begins timestamp, zone text, every bigint, seconds bigint, OUT turns oncall_internal.grafana_turns)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	week CONSTANT bigint := 7 * 86400;
	unit text := 'mins';
BEGIN
	turns.times := 1;
	turns.gaps := 0;
	turns.since := begins;
	IF seconds > every THEN
		turns.why := 'its events last longer than the time to the next, so that people follow each other with overlaps';
	ELSIF seconds = every OR week % every = 0 THEN
		turns.cadence := (oncall_internal.import_cadence(begins, zone, every)).cadence;
		IF seconds < every THEN
			turns.hours := (oncall_internal.import_hours(
				ARRAY(SELECT mod(extract(epoch FROM begins - date_trunc('week', begins))::bigint + n * every, week)
					FROM generate_series(0, week / every - 1) n),
				array_fill(seconds, ARRAY[(week / every)::integer]))).hours;
		END IF;
	ELSIF every % week = 0 AND seconds <= week THEN
		turns.cadence := oncall.cadence(begins, zone, '7 days');
		turns.gaps := every / week - 1;
		turns.hours := oncall_internal.grafana_hours(begins, ARRAY[extract(isodow FROM begins)::integer - 1], seconds);
	ELSE
		-- a turn for the event and one for the time to the next
		turns.gaps := 1;
		turns.cadence := oncall.cadence(begins, zone, VARIADIC
			CASE WHEN seconds % 86400 = 0 AND every % 86400 = 0
				THEN ARRAY[make_interval(days => (seconds / 86400)::integer),
					make_interval(days => ((every - seconds) / 86400)::integer)]
				ELSE ARRAY[make_interval(mins => (seconds / 60)::integer),
					make_interval(mins => ((every - seconds) / 60)::integer)] END);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_even_turns(timestamp, text, bigint, bigint) IS
'The turns of events of so many seconds each, so many seconds apart, from a local time on.';

CREATE FUNCTION oncall_internal.grafana_day_turns(
	begins timestamp, zone text, days integer[], seconds bigint, OUT turns oncall_internal.grafana_turns)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first CONSTANT integer := extract(isodow FROM begins)::integer - 1;
	-- from the first day on, round the week
	gaps integer[] := ARRAY(
		SELECT coalesce(lead(d.after) OVER (ORDER BY d.after), 7) - d.after
		FROM (SELECT (day - first + 7) % 7 AS after FROM unnest(days) day) d ORDER BY d.after);
BEGIN
	turns.gaps := 0;
	turns.since := begins;
	IF seconds > 86400 * (SELECT min(g) FROM unnest(gaps) g) THEN
		turns.why := 'its events last longer than the time to the next, so that people follow each other with overlaps';
	ELSE
		turns.cadence := oncall.cadence(begins, zone, VARIADIC ARRAY(
			SELECT make_interval(days => g.days) FROM unnest(gaps) WITH ORDINALITY g(days, n) ORDER BY g.n));
		turns.hours := oncall_internal.grafana_hours(begins, days, seconds);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_day_turns(timestamp, text, integer[], bigint) IS
'The turns of a daily shift on days of the week (0: Monday): each such day is one, to the next such day.';

CREATE FUNCTION oncall_internal.grafana_week_turns(
	begins timestamp, counts_from timestamp, zone text, days integer[], week_start integer, every integer,
	seconds bigint, OUT turns oncall_internal.grafana_turns)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first CONSTANT integer := (SELECT min((day - week_start + 7) % 7) FROM unnest(days) day);
	last CONSTANT integer := (SELECT max((day - week_start + 7) % 7) FROM unnest(days) day);
	-- the first day that counts of the week of the first event
	anchor timestamp := begins - make_interval(days => (extract(isodow
		FROM begins)::integer - 1 - week_start + 7) % 7 - first);
BEGIN
	turns.times := 1;
	turns.gaps := every - 1;
	IF make_interval(days => last, secs => seconds) > make_interval(days => 7 + first) AND every = 1 THEN
		turns.why := 'its events last into the next week, so that people follow each other with overlaps';
		RETURN;
	END IF;
	-- the first turn is that of the first event at or after the start of the rotation
	SELECT e.at INTO turns.since
	FROM generate_series(0, 3) p,
		LATERAL (SELECT anchor + make_interval(days => 7 * every
				* (p + greatest(0, (extract(epoch FROM counts_from - anchor)::bigint / (604800 * every))::integer - 1))
				+ (day - week_start + 7) % 7 - first) AS at FROM unnest(days) day) e
	WHERE e.at >= begins AND e.at >= counts_from ORDER BY e.at LIMIT 1;
	turns.cadence := oncall.cadence(turns.since
			- make_interval(days => (extract(isodow FROM turns.since)::integer - 1 - week_start + 7) % 7 - first),
				zone, '7 days');
	turns.hours := oncall_internal.grafana_hours(begins, days, seconds);
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_week_turns(timestamp, timestamp, text, integer[], integer, integer, bigint) IS
'The turns of a weekly shift on days of the week (0: Monday): a turn is a week, from the first such day after the week''s start.';

CREATE FUNCTION oncall_internal.grafana_month_turns(
	begins timestamp, counts_from timestamp, zone text, days integer[], every integer, seconds bigint,
	OUT turns oncall_internal.grafana_turns)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	anchor timestamp := CASE WHEN days = '{}' THEN begins
		ELSE date_trunc('month', begins) + (begins - date_trunc('day', begins)) END;
BEGIN
	turns.times := 1;
	turns.gaps := every - 1;
	turns.since := begins;
	IF days = '{}' AND (seconds < 28 * 86400 OR extract(day FROM begins) > 28) THEN
		turns.why := 'it counts on some days of each month, and hours are of the week';
	ELSIF days <> '{}' AND seconds > 86400 THEN
		turns.why := 'its events last into the next month, so that people follow each other with overlaps';
	ELSE
		WHILE anchor + make_interval(months => every) <= counts_from LOOP
			anchor := anchor + make_interval(months => every);
		END LOOP;
		turns.since := greatest(begins, counts_from, anchor);
		turns.cadence := oncall.cadence(anchor, zone, '1 month');
		turns.hours := CASE WHEN days <> '{}' THEN oncall_internal.grafana_hours(begins, days, seconds) END;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_month_turns(timestamp, timestamp, text, integer[], integer, bigint) IS
'The turns of a monthly shift, on all days or on days of the week (0: Monday): a turn is a month.';

-- The first event of a shift that names days of the week: what Grafana makes of a
-- start on another day.
CREATE FUNCTION oncall_internal.grafana_first(begins timestamp, days integer[], week_start integer, as_written boolean)
RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today CONSTANT integer := extract(isodow FROM begins)::integer - 1;
BEGIN
	IF days = '{}' OR today = ANY (days) THEN
		RETURN begins;
	END IF;
	RETURN begins + make_interval(days => (
		SELECT (day - today + 7) % 7 FROM unnest(days) day
		ORDER BY CASE WHEN as_written THEN (day - today + 7) % 7 ELSE (day - week_start + 7) % 7 END LIMIT 1));
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_first(timestamp, integer[], integer, boolean) IS
'When the first event of a shift begins, on these days (0: Monday; none: any): the next such day, or, of those who take turns (as_written false), the day of them that is first in a week.';

CREATE FUNCTION oncall_internal.grafana_turns_of(
	shift jsonb, zone text, place text, rolls boolean, from_web boolean, OUT turns oncall_internal.grafana_turns)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	names CONSTANT text[] := '{MO,TU,WE,TH,FR,SA,SU}';
	frequency CONSTANT text := oncall_internal.json_text(shift, 'frequency', place, true);
	every CONSTANT bigint := coalesce(oncall_internal.json_integer(shift, 'interval', place), 1);
	seconds CONSTANT bigint := oncall_internal.json_integer(shift, 'duration', place, true);
	week_start CONSTANT integer := coalesce(array_position(names, shift ->> 'week_start') - 1, 6);
	days CONSTANT integer[] := ARRAY(SELECT array_position(names, d.day #>> '{}') - 1
		FROM jsonb_array_elements(oncall_internal.json_list(shift, 'by_day', place)) d(day) ORDER BY 1);
	begins timestamp := oncall_internal.grafana_time(shift, 'start', place);
	rotation_start CONSTANT timestamp := coalesce(oncall_internal.grafana_time(shift, 'rotation_start', place), begins);
	-- what is under way when a rotation made on the web starts is its first event
	counts_from CONSTANT timestamp := rotation_start - CASE WHEN from_web THEN make_interval(secs => seconds - 1)
		ELSE '0' END;
	period bigint;
BEGIN
	IF every NOT BETWEEN 1 AND 10000 OR seconds NOT BETWEEN 1 AND 315360000 THEN
		turns.why := format('an interval of %s and a duration of %s seconds', every, seconds);
	ELSIF seconds % 60 <> 0 THEN
		turns.why := format('it lasts %s seconds, and here only whole minutes do', seconds);
	ELSIF array_position(days, NULL) IS NOT NULL THEN
		turns.why := format('"by_day" is %s, and only days of the week can be said', shift -> 'by_day');
	ELSIF oncall_internal.json_list(shift, 'by_month', place) <> '[]' OR oncall_internal.json_list(shift, 'by_monthday', place) <> '[]' THEN
		turns.why := 'it counts in some months, or on some days of the month, and hours are of the week';
	ELSIF days <> '{}' AND (frequency = 'hourly' OR frequency = 'daily' AND NOT rolls AND every > 1) THEN
		turns.why := format('"frequency" is %s with an interval of %s on days of the week', frequency, every);
	ELSIF frequency NOT IN ('hourly', 'daily', 'weekly', 'monthly') THEN
		PERFORM oncall_internal.refuse_json(shift, 'frequency', place, 'hourly, daily, weekly or monthly');
	END IF;
	IF turns.why IS NOT NULL THEN
		RETURN;
	END IF;
	begins := oncall_internal.grafana_first(begins, days, week_start, NOT rolls OR rotation_start <> begins);
	IF frequency = 'monthly' THEN
		turns := oncall_internal.grafana_month_turns(begins, counts_from, zone, days, every::integer, seconds);
	ELSIF frequency = 'weekly' AND days <> '{}' THEN
		turns := oncall_internal.grafana_week_turns(begins, counts_from, zone, days, week_start, every::integer,
			seconds);
	ELSIF days <> '{}' THEN
		turns := oncall_internal.grafana_day_turns(begins, zone, days, seconds);
		turns.times := every;
	ELSE
		period := every * CASE frequency WHEN 'hourly' THEN 3600 WHEN 'daily' THEN 86400 ELSE 604800 END;
		begins := begins + make_interval(secs => period
			* greatest(0, ceil(extract(epoch FROM counts_from - begins) / period)));
		turns := oncall_internal.grafana_even_turns(begins, zone, period, seconds);
	END IF;
	IF from_web THEN
		turns.since := greatest(turns.since, rotation_start);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_turns_of(jsonb, text, text, boolean, boolean) IS
'When a shift of Grafana OnCall is handed over; rolls: people take turns; from_web: it was made there, where rotations are cut at their start. Errors: 22023.';

-- Shifts ----------------------------------------------------------------

CREATE FUNCTION oncall_internal.grafana_groups(shift jsonb, place text, users jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rolls CONSTANT boolean := shift ->> 'type' = 'rolling_users';
	groups CONSTANT jsonb := CASE WHEN rolls OR jsonb_typeof(shift -> 'users') IS NULL
			THEN oncall_internal.json_list(shift, 'rolling_users', place)
		ELSE jsonb_build_array(oncall_internal.json_list(shift, 'users', place)) END;
	first CONSTANT bigint := coalesce(CASE WHEN rolls THEN
		oncall_internal.json_integer(shift, 'start_rotation_from_user_index', place) END, 0);
BEGIN
	IF groups @? 'strict $[*] ? (@.type() != "array")' OR groups @? 'strict $[*][*] ? (@.type() != "string")' THEN
		PERFORM oncall_internal.refuse_json(shift, 'rolling_users', place, 'a list of lists of ids of users');
	END IF;
	RETURN coalesce((
		SELECT jsonb_agg(g.people ORDER BY g.ordinality <= first, g.ordinality)
		FROM (SELECT e.ordinality, (SELECT coalesce(jsonb_agg(coalesce(users -> p.id,
			to_jsonb(p.id)) ORDER BY p.ordinality), '[]')
				FROM jsonb_array_elements_text(e.value) WITH ORDINALITY p(id, ordinality)) AS people
			  FROM jsonb_array_elements(groups) WITH ORDINALITY e) g), '[]');
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_groups(jsonb, text, jsonb) IS
'The groups of people who take the turns of a shift, the first first: lists of what a map of users says of their ids, or of the ids. Errors: 22023.';

CREATE FUNCTION oncall_internal.grafana_shift(shift jsonb, zone text, users jsonb, from_web boolean)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := coalesce(shift ->> 'name', shift ->> 'id');
	place CONSTANT text := format('shift "%s"', name);
	type CONSTANT text := oncall_internal.json_text(shift, 'type', place, true);
	groups CONSTANT jsonb := oncall_internal.grafana_groups(shift, place, users);
	size CONSTANT integer := (SELECT max(jsonb_array_length(g.value)) FROM jsonb_array_elements(groups) g);
	same CONSTANT boolean := (SELECT bool_and(jsonb_array_length(g.value) = size) FROM jsonb_array_elements(groups) g);
	begins timestamp := oncall_internal.grafana_time(shift, 'start', place);
	until timestamptz;
	turns oncall_internal.grafana_turns;
	valid tstzrange;
BEGIN
	IF coalesce(size, 0) = 0 THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('shift left out: %s has no users', place));
		RETURN;
	END IF;
	IF type = 'single_event' THEN
		valid := tstzrange(begins AT TIME ZONE zone,
			begins AT TIME ZONE zone + make_interval(secs => oncall_internal.json_integer(shift, 'duration', place, true)));
		turns := ROW(oncall.cadence(begins, zone, '3650 days'), NULL, 1, 0, begins, NULL);
	ELSE
		turns := oncall_internal.grafana_turns_of(shift, zone, place, type = 'rolling_users', from_web);
		begins := turns.since;
		until := oncall_internal.json_time(shift, 'until', place, 'UTC');
		-- one that is over before it begins is empty
		valid := CASE WHEN turns.why IS NULL THEN tstzrange(begins AT TIME ZONE zone,
			CASE WHEN until IS NOT NULL THEN greatest(begins AT TIME ZONE zone, until) END) END;
	END IF;
	IF isempty(valid) THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('shift left out: %s ends before it begins', place), 0);
		RETURN;
	END IF;
	IF until IS NOT NULL AND NOT from_web THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('until: shift "%s" ends at %s; Grafana lets an event that is under way then '
			'last to its end', name, until), 0);
	END IF;
	-- groups of one size serve together; otherwise each place in them has a list, so that the first seat is never empty
	RETURN QUERY
	SELECT r.* FROM generate_series(1, CASE WHEN same THEN 1 ELSE size END) n,
		oncall_internal.import_row('layer', NULL, zone, rank => coalesce(oncall_internal.json_integer(shift, 'level', place),
			0)::integer,
			seats => CASE WHEN same THEN size ELSE 1 END, cadence => turns.cadence, hours => turns.hours,
			pairing => CASE WHEN same AND size > 1 THEN 'fixed' END, valid => valid,
			note => CASE WHEN turns.why IS NULL THEN name ELSE format('%s: %s', place, turns.why) END,
			people => ARRAY(SELECT CASE WHEN t.turn <= coalesce(turns.times, 1) THEN g.value ->> (seat - 1) END
				FROM jsonb_array_elements(groups) WITH ORDINALITY g,
					generate_series(1, coalesce(turns.times + turns.gaps, 1)) t(turn),
					generate_series(n, CASE WHEN same THEN size ELSE n END) seat
				ORDER BY g.ordinality, t.turn, seat)) r;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_shift(jsonb, text, jsonb, boolean) IS
'A shift of Grafana OnCall that is no override, as layers without a rotation and a first seat, rank being its level. Errors: 22023.';

CREATE FUNCTION oncall_internal.grafana_layers(layers oncall.import_row[], schedule text)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	one_zone CONSTANT boolean := (SELECT count(DISTINCT l.zone) = 1 FROM unnest(layers) l);
	weeks tstzmultirange[];
	valid tstzrange[];
	first_seats integer[];
	seats integer;
	blanks integer[];
	layer oncall.import_row;
	same_level integer[];
	placed integer[];
BEGIN
	-- hours of different zones meet now here, now there
	SELECT array_agg(oncall_internal.import_week(CASE WHEN one_zone THEN (layers[n]).hours END) ORDER BY n),
		array_agg(coalesce((layers[n]).valid, 'empty') ORDER BY n), array_agg(1 ORDER BY n)
	INTO weeks, valid, first_seats
	FROM generate_subscripts(layers, 1) n;
	-- those of one level add up
	FOR same_level IN
		SELECT array_agg(n ORDER BY n) FROM generate_subscripts(layers, 1) n GROUP BY (layers[n]).rank
	LOOP
		placed := oncall_internal.import_seats(ARRAY(SELECT weeks[n] FROM unnest(same_level) n),
			ARRAY(SELECT valid[n] FROM unnest(same_level) n),
			ARRAY(SELECT (layers[n]).seats FROM unnest(same_level) n));
		FOR i IN 1..cardinality(same_level) LOOP
			first_seats[same_level[i]] := placed[i];
		END LOOP;
	END LOOP;
	SELECT max(first_seats[n] + (layers[n]).seats - 1) INTO seats FROM generate_series(1, cardinality(layers)) n;
	FOR this IN 1..cardinality(layers) LOOP
		layer := layers[this];
		layer.rotation := schedule;
		layer.first_seat := first_seats[this];
		layer.rank := 2 * layer.rank + 1;
		RETURN NEXT layer;
		CONTINUE WHEN layer.cadence IS NULL;
		-- while it counts nobody of a lower level is called, in any seat
		blanks := ARRAY(SELECT seat FROM generate_series(1, seats) seat
			WHERE seat NOT BETWEEN layer.first_seat AND layer.first_seat + layer.seats - 1
				AND EXISTS (SELECT FROM generate_series(1, cardinality(layers)) n
					WHERE (layers[n]).rank < (layers[this]).rank AND weeks[n] && weeks[this] AND valid[n] && valid[this]
						AND seat BETWEEN first_seats[n] AND first_seats[n] + (layers[n]).seats - 1));
		RETURN QUERY SELECT b.* FROM unnest(blanks) seat, oncall_internal.import_row('layer', schedule, layer.zone,
			rank => layer.rank - 1, first_seat => seat, seats => 1, people => ARRAY[NULL::text],
			cadence => layer.cadence, hours => layer.hours, valid => layer.valid,
			note => layer.note || ': nobody of a lower level') b;
		IF array_position(layer.people, NULL) IS NOT NULL AND EXISTS (SELECT
			FROM generate_series(1, cardinality(layers)) n
			WHERE (layers[n]).rank < (layers[this]).rank AND weeks[n] && weeks[this] AND valid[n] && valid[this])
		THEN
			RETURN NEXT oncall_internal.import_note(schedule, format('levels: "%s" has turns without anybody; there Grafana calls '
				'those of lower levels, and here nobody: put people into these turns, or write what it is without them', layer.note));
		END IF;
	END LOOP;
	IF seats > 1 THEN
		RETURN NEXT oncall_internal.import_note(schedule, format('seats: people who are on call together have a seat each, %s in all, '
			'and who has which means nothing', seats), 0);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_layers(oncall.import_row[], text) IS
'The layers of a schedule of Grafana OnCall with their seats: of one level, those that overlap have seats of their own; while one of a higher level counts, those of lower ones do not, in any seat.';

-- Overrides, and what was served ----------------------------------------

CREATE FUNCTION oncall_internal.grafana_overrides(shifts jsonb, schedule text, users jsonb, seats integer)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stretch record;
BEGIN
	FOR stretch IN
		WITH override AS MATERIALIZED (
			SELECT coalesce(oncall_internal.json_integer(o.value, 'level', w.place), 0) AS level,
				tstzrange(w.begins, w.begins + make_interval(secs => oncall_internal.json_integer(o.value, 'duration', w.place,
					true))) AS valid,
				oncall_internal.grafana_groups(o.value, w.place, users) AS groups
			FROM jsonb_array_elements(shifts) o,
				LATERAL (SELECT format('override "%s"', coalesce(o.value ->> 'name', o.value ->> 'id')) AS place,
					oncall_internal.json_time(o.value, 'start', 'an override', o.value ->> 'time_zone', true) AS begins) w
		), held AS MATERIALIZED (
			SELECT o.level, o.valid, p.person #>> '{}' AS person
			FROM override o, jsonb_path_query(o.groups, '$[*][*]') p(person) WHERE NOT isempty(o.valid)
		), edge AS (
			SELECT lower(h.valid) AS at FROM held h UNION SELECT upper(h.valid) FROM held h
		), piece AS (
			SELECT tstzrange(e.at, lead(e.at) OVER (ORDER BY e.at)) AS period FROM edge e
		)
		-- of two overrides the higher level counts; of one level, both
		SELECT p.period, array_agg(DISTINCT h.person ORDER BY h.person) AS people
		FROM (SELECT p.period, max(h.level) AS level FROM piece p JOIN held h ON h.valid @> p.period
			  WHERE NOT upper_inf(p.period) GROUP BY p.period) p
		JOIN held h ON h.valid @> p.period AND h.level = p.level
		GROUP BY p.period ORDER BY p.period
	LOOP
		RETURN QUERY SELECT c.* FROM generate_series(1, greatest(seats, cardinality(stretch.people))) seat,
			oncall_internal.import_row('cover', schedule, first_seat => seat, people => stretch.people[seat:seat] || CASE
				WHEN seat > cardinality(stretch.people) THEN ARRAY[NULL::text] ELSE '{}' END, valid => stretch.period) c;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_overrides(jsonb, text, jsonb, integer) IS
'Overrides of a schedule of Grafana OnCall with so many seats, as covers: while one lasts nobody serves but its people. Errors: 22023.';

CREATE FUNCTION oncall_internal.grafana_shown(served jsonb, schedule text, users jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	periods tstzrange[];
	people text[];
BEGIN
	SELECT array_agg(oncall_internal.json_period(s.value, 'shift_start', 'shift_end', 'a final shift')),
		array_agg(coalesce(users ->> (s.value ->> 'user_pk'), nullif(s.value ->> 'user_email', ''), s.value ->> 'user_username',
			s.value ->> 'user_pk'))
	INTO periods, people
	FROM jsonb_array_elements(served) s;
	RETURN QUERY SELECT r.* FROM (SELECT range_merge(range_agg(p)) AS during FROM unnest(periods) p) w,
		oncall_internal.import_stretches(people, periods, w.during) s,
		oncall_internal.import_row('shown', schedule, people => s.present, valid => s.period) r
	WHERE w.during IS NOT NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_shown(jsonb, text, jsonb) IS
'Final shifts of a schedule of Grafana OnCall, to be compared. Errors: 22023.';

-- The reader ------------------------------------------------------------

CREATE FUNCTION oncall_internal.grafana_shift_notes(shift jsonb, zone text) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own CONSTANT record := oncall_internal.import_zone(coalesce(nullif(shift ->> 'time_zone', ''), zone));
	name CONSTANT text := coalesce(shift ->> 'name', shift ->> 'id');
BEGIN
	IF own.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('%s (shift "%s")', own.why, name), CASE WHEN own.zone IS NULL THEN 1
			ELSE 0 END);
	ELSIF own.zone IN ('UTC', 'Etc/UTC') AND zone NOT IN ('UTC', 'Etc/UTC') THEN
		RETURN NEXT oncall_internal.import_note(NULL, format('zone: shift "%s" is written in UTC, and stays there when the clocks of %s change; '
			'if it is meant to follow them, write "time_zone": "%2$s" into it, and its times as they are there', name, zone));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_shift_notes(jsonb, text) IS
'Notes on the zone of a shift of Grafana OnCall.';

CREATE FUNCTION oncall_internal.grafana_schedule(schedule jsonb, shifts jsonb, served jsonb, users jsonb)
RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	name CONSTANT text := coalesce(oncall_internal.json_text(schedule, 'name', 'a schedule'),
		oncall_internal.json_text(schedule, 'id', 'a schedule', true));
	type CONSTANT text := schedule ->> 'type';
	-- a schedule without a zone is in UTC
	own CONSTANT record := oncall_internal.import_zone(coalesce(oncall_internal.json_text(schedule, 'time_zone', name), 'UTC'));
	shift jsonb;
	own_zone text;
	parts oncall.import_row[] := '{}';
	entry oncall.import_row;
	overrides jsonb := '[]';
	seats integer;
BEGIN
	IF own.why IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(name, own.why, CASE WHEN own.zone IS NULL THEN 1 ELSE 0 END);
	END IF;
	IF type = 'ical' OR nullif(schedule ->> 'ical_url_overrides', '') IS NOT NULL THEN
		RETURN NEXT oncall_internal.import_note(name, format('calendar: %s come from a calendar, %s; read that, see doc/import.md',
			CASE type WHEN 'ical' THEN 'the shifts' ELSE 'some overrides' END,
			coalesce(CASE type WHEN 'ical' THEN schedule ->> 'ical_url_primary' END, schedule ->> 'ical_url_overrides')),
			CASE type WHEN 'ical' THEN 1 END);
	END IF;
	IF own.zone IS NULL OR type = 'ical' THEN
		RETURN;
	END IF;
	FOR shift IN SELECT s.value FROM jsonb_array_elements(shifts) s LOOP
		IF jsonb_typeof(shift) <> 'object' THEN
			PERFORM oncall_internal.refuse_json(shift, NULL, format('a shift of "%s"', name), NULL);
		END IF;
		parts := parts || ARRAY(SELECT n FROM oncall_internal.grafana_shift_notes(shift, own.zone) n);
		own_zone := (oncall_internal.import_zone(coalesce(nullif(shift ->> 'time_zone', ''), own.zone))).zone;
		CONTINUE WHEN own_zone IS NULL;
		shift := shift || jsonb_build_object('time_zone', own_zone);
		IF shift ->> 'type' = 'override' THEN
			overrides := overrides || jsonb_build_array(shift);
		ELSE
			parts := parts || ARRAY(SELECT r FROM oncall_internal.grafana_shift(shift, own_zone, users, type = 'web') r);
		END IF;
	END LOOP;
	RETURN QUERY SELECT n.* FROM unnest(parts) f, oncall_internal.import_note(name, f.note, f.rank) n WHERE f.kind = 'note';
	parts := ARRAY(SELECT f FROM unnest(parts) f WHERE f.kind = 'layer');
	IF parts = '{}' AND overrides = '[]' THEN
		RETURN NEXT oncall_internal.import_note(name, 'empty: the document has no shifts of this schedule that call anybody; '
			'fetch GET /api/v1/on_call_shifts/?schedule_id=ID, too', 1);
	END IF;
	parts := ARRAY(SELECT l FROM oncall_internal.grafana_layers(parts, name) l);
	RETURN QUERY SELECT f.* FROM unnest(parts) f;
	SELECT coalesce(max(f.first_seat + f.seats - 1), 0) INTO seats FROM unnest(parts) f WHERE f.kind = 'layer';
	FOR entry IN
		SELECT o.* FROM oncall_internal.grafana_overrides(overrides, name, users, seats) o
		UNION ALL SELECT s.* FROM oncall_internal.grafana_shown(served, name, users) s
	LOOP
		entry.zone := own.zone;
		RETURN NEXT entry;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_schedule(jsonb, jsonb, jsonb, jsonb) IS
'The rows of one schedule of Grafana OnCall, of its shifts and of what was served. Errors: 22023.';

CREATE FUNCTION oncall_internal.grafana_document(doc jsonb) RETURNS SETOF oncall.import_row
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place CONSTANT text := 'the document';
	schedules CONSTANT jsonb := CASE WHEN doc ? 'schedule' THEN jsonb_build_array(oncall_internal.json_object(doc, 'schedule', place))
		ELSE oncall_internal.grafana_answer(doc, 'schedules', place) END;
	all_shifts CONSTANT jsonb := oncall_internal.grafana_answer(doc, 'shifts', place);
	given CONSTANT jsonb := CASE WHEN doc ? 'users' THEN doc -> 'users' END;
	users CONSTANT jsonb := coalesce((SELECT jsonb_object_agg(u.id, u.person)
		FROM oncall_internal.import_users(given) u), '{}');
	schedule jsonb;
	own_shifts jsonb;
	absent text;
	key text;
	served jsonb;
BEGIN
	FOREACH key IN ARRAY '{schedules,shifts,users,final_shifts}'::text[] LOOP
		IF jsonb_typeof(doc #> ARRAY[key, 'next']) = 'string' THEN
			RETURN NEXT oncall_internal.import_note(NULL, format('pages: the answer "%s" goes on at %s; fetch that, too, and add its results',
				key, doc #>> ARRAY[key, 'next']), 1);
		END IF;
	END LOOP;
	RETURN QUERY SELECT p.* FROM oncall_internal.import_persons(given) p;
	PERFORM oncall_internal.refuse_same_names(ARRAY(SELECT s.value ->> 'name' FROM jsonb_array_elements(schedules) s));
	FOR schedule IN SELECT s.value FROM jsonb_array_elements(schedules) s LOOP
		served := CASE WHEN jsonb_typeof(doc #> ARRAY['final_shifts', schedule ->> 'id']) IS NOT NULL
				THEN oncall_internal.grafana_answer(doc -> 'final_shifts', schedule ->> 'id', '"final_shifts"')
			WHEN jsonb_array_length(schedules) = 1 THEN oncall_internal.grafana_answer(doc, 'final_shifts', place) ELSE '[]' END;
		own_shifts := oncall_internal.json_list(schedule, 'shifts', 'a schedule');
		RETURN QUERY SELECT r.* FROM oncall_internal.grafana_schedule(schedule, (
			SELECT coalesce(jsonb_agg(s.value ORDER BY s.ordinality), '[]')
			FROM jsonb_array_elements(all_shifts) WITH ORDINALITY s
			WHERE s.value ->> 'schedule' = schedule ->> 'id' OR own_shifts ? (s.value ->> 'id')
				-- that of a schedule which does not list them says so itself, or is the only one
				OR jsonb_array_length(schedules) = 1 AND own_shifts = '[]' AND s.value ->> 'schedule' IS NULL), served, users) r;
		SELECT string_agg(i.id, ', ' ORDER BY i.number) INTO absent
		FROM jsonb_array_elements_text(own_shifts) WITH ORDINALITY i(id, number)
		WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(all_shifts) s WHERE s.value ->> 'id' = i.id);
		IF absent IS NOT NULL THEN
			RETURN NEXT oncall_internal.import_note(coalesce(schedule ->> 'name', schedule ->> 'id'), format('shifts: the schedule has shifts that '
				'are not in the document: %s; fetch GET /api/v1/on_call_shifts/ID of each, and add it to "shifts"', absent), 1);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.grafana_document(jsonb) IS
'The rows of a document of Grafana OnCall: schedules, each with the shifts that are its. Errors: 22023.';

CREATE FUNCTION oncall.read_grafana(doc jsonb) RETURNS SETOF oncall.import_row
-- nothing is known of how much a document holds; to compile plans for the worst takes a second
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
BEGIN
	PERFORM oncall_internal.refuse_null('doc', doc IS NULL);
	PERFORM oncall_internal.refuse_other_source(doc, 'grafana');
	RETURN QUERY SELECT r.* FROM jsonb_array_elements(CASE jsonb_typeof(doc) WHEN 'array' THEN doc
			ELSE jsonb_build_array(doc) END) d,
		oncall_internal.grafana_document(d.value) r;
	RETURN NEXT oncall_internal.import_note(NULL,
		'swaps: the API says nothing of shift swaps; where the final shifts show one, swap_shifts() writes it here', 0);
END
$$;
COMMENT ON FUNCTION oncall.read_grafana(jsonb) IS
'What schedules of Grafana OnCall say, for import_schedule(): shifts as layers by their levels, overrides as covers, final shifts to be compared. doc: as doc/import-grafana.md puts it together. Reads no table. Errors: 22023 (a document of another kind, or a part of it).';
