
-- Taking changes back, and the log of changes. A change stands unless a change
-- that undoes it stands.

CREATE FUNCTION oncall_internal.stands(change_id integer) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM oncall.change u
		WHERE u.undoes = stands.change_id AND oncall_internal.stands(u.change_id));
END
$$;
COMMENT ON FUNCTION oncall_internal.stands(integer) IS
'Has this change not been undone, or has that been undone in turn?';

-- Facts of a rota -------------------------------------------------------

CREATE FUNCTION oncall_internal.believe_facts(
	fact_table regclass, key text, touched_by integer, believe boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- a fact holds if what wrote it stands, and nothing that stands closed it
	EXECUTE format($query$
		WITH touched AS (
			SELECT f.%2$I AS id, oncall_internal.is_believed(f.recorded) AS believed,
				oncall_internal.stands(f.change_id) AND NOT EXISTS (
					SELECT FROM %1$s c JOIN oncall.change b ON b.change_id = c.closed_by
					WHERE (c.%2$I = f.%2$I AND NOT oncall_internal.is_believed(f.recorded) OR c.copy_of = f.%2$I)
						AND b.kind <> 'undo' AND oncall_internal.stands(b.change_id)) AS holds
			FROM %1$s f
			-- by indexes: the tables are those of the whole company
			WHERE f.copy_of IS NULL AND f.%2$I IN (
				SELECT w.%2$I FROM %1$s w WHERE w.change_id = $1
				UNION ALL
				SELECT coalesce(c.copy_of, c.%2$I) FROM %1$s c WHERE c.closed_by = $1))
		UPDATE %1$s f SET recorded = CASE WHEN $2 THEN oncall_internal.recorded_now()
			ELSE oncall_internal.closed(f.recorded, f.xmin) END
		FROM touched t
		WHERE f.%2$I = t.id AND t.believed <> t.holds AND t.holds = $2
		$query$, fact_table, key) USING touched_by, believe;
END
$$;
COMMENT ON FUNCTION oncall_internal.believe_facts(regclass, text, integer, boolean) IS
'Part of undo(): believes again, or closes, the rows of a table that a change wrote or closed, by whether the changes that wrote and closed them stand now.';

-- Covers: at each instant the last word counts ---------------------------

CREATE FUNCTION oncall_internal.cover_author(cover_id integer) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	-- the first version of its row since which the person has been the same
	WITH versions AS (
		SELECT v.change_id, row_number() OVER (ORDER BY v.copy_of IS NULL, lower(v.recorded), v.cover_id) AS n,
			v.rotation_id = c.rotation_id AND v.seat = c.seat AND v.person_id IS NOT DISTINCT FROM c.person_id same
		FROM oncall.cover c
		JOIN oncall.cover v ON v.cover_id = c.cover_id OR v.copy_of = c.cover_id AND NOT isempty(v.recorded)
		WHERE c.cover_id = cover_author.cover_id)
	SELECT v.change_id FROM versions v
	WHERE v.n > (SELECT coalesce(max(o.n), 0) FROM versions o WHERE NOT o.same)
	ORDER BY v.n LIMIT 1;
END;
COMMENT ON FUNCTION oncall_internal.cover_author(integer) IS
'The change that put the person of a cover on duty, whatever has made the cover shorter since.';

CREATE FUNCTION oncall_internal.cover_words(rotation_id integer, seat smallint, during tstzrange)
RETURNS TABLE (change_id integer, said_at timestamptz, period tstzrange, cover_id integer, person_id integer)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH written AS (
		SELECT c.cover_id, c.copy_of, c.period, c.person_id, c.recorded, c.change_id, c.closed_by
		FROM oncall.cover c
		WHERE c.rotation_id = cover_words.rotation_id AND c.seat = cover_words.seat AND c.period && cover_words.during),
	versions AS (
		SELECT w.change_id, w.cover_id, w.person_id, w.period,
			CASE WHEN lag(w.cover_id) OVER former IS NOT NULL
					AND lag(w.person_id) OVER former IS NOT DISTINCT FROM w.person_id
				THEN lag(w.period) OVER former END AS former
		FROM written w
		WHERE w.copy_of IS NULL OR NOT isempty(w.recorded)
		WINDOW former AS (PARTITION BY coalesce(w.copy_of, w.cover_id)
			ORDER BY w.copy_of IS NULL, lower(w.recorded), w.cover_id))
	-- somebody is put on duty, where they were not by the row as it was before;
	-- what is left of a cover belongs to its change
	SELECT h.change_id, h.made_at, r, v.cover_id, v.person_id
	FROM versions v JOIN oncall.change h ON h.change_id = v.change_id,
		unnest(tstzmultirange(v.period) - coalesce(tstzmultirange(v.former), '{}')) r
	UNION ALL
	-- or a cover is taken away, but where its change wrote something in its
	-- place; what write_covers() closes it only cuts
	-- named, since a dump would not print them otherwise as it restores them
	SELECT h.change_id, h.made_at, r, NULL AS cover_id, NULL AS person_id
	FROM written w JOIN oncall.change h ON h.change_id = w.closed_by AND h.kind NOT IN ('undo', 'cover', 'swap', 'take', 'plan'),
		unnest(tstzmultirange(w.period) - coalesce((
			SELECT range_agg(x.period) FROM written x
			WHERE x.change_id = w.closed_by), '{}')) r;
END;
COMMENT ON FUNCTION oncall_internal.cover_words(integer, smallint, tstzrange) IS
'What changes have ever said of a seat in a period: somebody is put on duty by a cover, or (cover_id NULL) a cover is taken away and nothing put in its place.';

CREATE FUNCTION oncall_internal.standing_covers(rotation_id integer, seat smallint, asked tstzmultirange)
RETURNS TABLE (period tstzrange, change_id integer, person_id integer, cover_id integer)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH words AS MATERIALIZED (
		SELECT w.* FROM oncall_internal.cover_words(
			standing_covers.rotation_id, standing_covers.seat, range_merge(standing_covers.asked)) w
		WHERE oncall_internal.stands(w.change_id)),
	bounds AS (
		SELECT lower(w.period) AS at FROM words w
		UNION SELECT upper(w.period) FROM words w
		UNION SELECT lower(a) FROM unnest(standing_covers.asked) a
		UNION SELECT upper(a) FROM unnest(standing_covers.asked) a),
	parts AS (
		SELECT tstzrange(b.at, lead(b.at) OVER (ORDER BY b.at)) AS period FROM bounds b),
	last_words AS (
		SELECT p.period, l.change_id, l.person_id, l.cover_id
		FROM parts p, LATERAL (
			SELECT w.change_id, w.cover_id, w.person_id FROM words w
			WHERE w.period @> p.period
			ORDER BY w.said_at DESC, w.change_id DESC, w.cover_id DESC NULLS LAST LIMIT 1) l
		WHERE NOT upper_inf(p.period) AND p.period <@ standing_covers.asked AND l.cover_id IS NOT NULL)
	-- what one change says of one person in one stretch is one cover
	SELECT r, g.change_id, g.person_id, (
		SELECT min(l.cover_id) FROM last_words l
		WHERE l.change_id = g.change_id AND l.person_id IS NOT DISTINCT FROM g.person_id AND l.period <@ r)
	FROM (SELECT l.change_id, l.person_id, range_agg(l.period) AS periods
		FROM last_words l GROUP BY l.change_id, l.person_id) g, unnest(g.periods) r;
END;
COMMENT ON FUNCTION oncall_internal.standing_covers(integer, smallint, tstzmultirange) IS
'Part of undo(): the covers of a seat in a set of periods by what the changes that stand have said last, each with a cover of that change, from which to take what else it says.';

CREATE FUNCTION oncall_internal.believe_covers(rotation_id integer, seat smallint, touched_by integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asked tstzmultirange;
	wanted record;
	again integer;
BEGIN
	-- where the change said something, and all of what is believed there
	SELECT range_agg(c.period) INTO asked FROM oncall.cover c
	WHERE c.rotation_id = believe_covers.rotation_id AND c.seat = believe_covers.seat
		AND (c.change_id = believe_covers.touched_by OR c.closed_by = believe_covers.touched_by);
	SELECT asked + coalesce(range_agg(c.period), '{}') INTO asked FROM oncall.cover c
	WHERE c.rotation_id = believe_covers.rotation_id AND c.seat = believe_covers.seat
		AND oncall_internal.is_believed(c.recorded) AND c.period && asked;

	UPDATE oncall.cover c SET recorded = oncall_internal.closed(c.recorded, c.xmin)
	WHERE c.rotation_id = believe_covers.rotation_id AND c.seat = believe_covers.seat
		AND oncall_internal.is_believed(c.recorded) AND c.period && asked
		AND NOT EXISTS (
			SELECT FROM oncall_internal.standing_covers(believe_covers.rotation_id, believe_covers.seat, asked) s
			WHERE s.period = c.period AND s.change_id = oncall_internal.cover_author(c.cover_id)
				AND s.person_id IS NOT DISTINCT FROM c.person_id);

	FOR wanted IN
		SELECT s.* FROM oncall_internal.standing_covers(believe_covers.rotation_id, believe_covers.seat, asked) s
		WHERE NOT EXISTS (SELECT FROM oncall.cover c
			WHERE c.rotation_id = believe_covers.rotation_id AND c.seat = believe_covers.seat
				AND oncall_internal.is_believed(c.recorded) AND c.period && s.period)
		ORDER BY s.period
	LOOP
		SELECT max(c.cover_id) INTO again FROM oncall.cover c
		WHERE c.rotation_id = believe_covers.rotation_id AND c.seat = believe_covers.seat AND c.copy_of IS NULL
			AND NOT oncall_internal.is_believed(c.recorded) AND c.change_id = wanted.change_id
			AND c.period = wanted.period AND c.person_id IS NOT DISTINCT FROM wanted.person_id;
		IF again IS NOT NULL THEN
			UPDATE oncall.cover c SET recorded = oncall_internal.recorded_now() WHERE c.cover_id = again;
		ELSE
			INSERT INTO oncall.cover (rotation_id, seat, period, person_id, instead_of, shift, change_id)
			SELECT c.rotation_id, c.seat, wanted.period, wanted.person_id, c.instead_of, c.shift, wanted.change_id
			FROM oncall.cover c WHERE c.cover_id = wanted.cover_id;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION oncall_internal.believe_covers(integer, smallint, integer) IS
'Part of undo(): makes the covers of a seat, where a change said something, those that the changes that stand have said last.';

-- Undo ------------------------------------------------------------------

CREATE FUNCTION oncall_internal.touched_covers(change_id integer)
RETURNS TABLE (rotation_id integer, seat smallint)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT DISTINCT c.rotation_id, c.seat FROM oncall.cover c
	WHERE c.change_id = touched_covers.change_id OR c.closed_by = touched_covers.change_id
	ORDER BY 1, 2;
END;
COMMENT ON FUNCTION oncall_internal.touched_covers(integer) IS 'The seats of which a change wrote or closed covers.';

CREATE FUNCTION oncall_internal.since_words(period tstzrange, zone text) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN concat_ws(' ',
	'from ' || oncall_internal.wall_time(date_trunc('second', lower($1)), $2),
	'until ' || oncall_internal.wall_time(date_trunc('second', upper($1)), $2));
COMMENT ON FUNCTION oncall_internal.since_words(tstzrange, text) IS
'From when until when, as far as it is bounded, by the clock of a zone, to the second: for people, not to be pasted.';

CREATE FUNCTION oncall_internal.refuse_other_standing(touched_by integer) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other record;
BEGIN
	SELECT p.name AS person, m.standing, r.name AS rotation, m.valid, r.zone, m.change_id INTO other
	FROM oncall.rotation_member m
	JOIN oncall.rotation_member b ON (b.rotation_id, b.person_id) = (m.rotation_id, m.person_id) AND b.valid && m.valid
	JOIN oncall.person p ON p.person_id = m.person_id
	JOIN oncall.rotation r ON r.rotation_id = m.rotation_id
	WHERE oncall_internal.is_believed(m.recorded) AND m.change_id <> refuse_other_standing.touched_by
		AND refuse_other_standing.touched_by IN (b.change_id, b.closed_by)
	ORDER BY m.change_id DESC LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION '% is % in rotation "%" by a later change', other.person, other.standing, other.rotation
			USING ERRCODE = '55000', DETAIL = concat_ws(' ', format('Change %s says so', other.change_id),
					nullif(oncall_internal.since_words(other.valid, other.zone), '')) || '.',
				HINT = format('Undo that one first: SELECT oncall.undo(%s).', other.change_id);
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_other_standing(integer) IS
'Part of undo(): an error (55000) that names the change which says that somebody is something else in a rotation than what is to be believed again.';

CREATE FUNCTION oncall_internal.believe_all(touched_by integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- closed first, so that what is believed again finds its place free
	facts CONSTANT text[] := '{layer,layer_member,layer_leave,layer_rule,rotation_member}'::text[];
BEGIN
	PERFORM oncall_internal.believe_facts(format('oncall.%I', f)::regclass, f || '_id', believe_all.touched_by, b)
	FROM unnest('{f,t}'::boolean[]) WITH ORDINALITY x(b, o), unnest(facts) f
	ORDER BY o, f;
	PERFORM oncall_internal.believe_covers(t.rotation_id, t.seat, believe_all.touched_by)
	FROM oncall_internal.touched_covers(believe_all.touched_by) t;
EXCEPTION WHEN exclusion_violation THEN
	PERFORM oncall_internal.refuse_other_standing(believe_all.touched_by);
	RAISE;
END
$$;
COMMENT ON FUNCTION oncall_internal.believe_all(integer) IS
'Part of undo(): makes what a change touched what it is by the changes that stand.';

CREATE FUNCTION oncall.undo(change_id integer, reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	undone record;
	root integer;
	undoing integer;
BEGIN
	PERFORM oncall_internal.refuse_null('change_id', undo.change_id IS NULL);
	SELECT h.rotation_id, h.person_id INTO undone FROM oncall.change h WHERE h.change_id = undo.change_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'change % does not exist', undo.change_id
			USING ERRCODE = '42704', HINT = 'SELECT * FROM oncall.change_log shows those that do.';
	END IF;

	-- what an undo undoes is the change at the beginning of the chain
	WITH RECURSIVE chain AS (
		SELECT h.change_id, h.undoes FROM oncall.change h WHERE h.change_id = undo.change_id
		UNION ALL
		SELECT h.change_id, h.undoes FROM oncall.change h JOIN chain c ON h.change_id = c.undoes)
	SELECT c.change_id INTO root FROM chain c WHERE c.undoes IS NULL;
	PERFORM oncall_internal.lock_rotation(l.rotation_id)
	FROM (SELECT undone.rotation_id WHERE undone.rotation_id IS NOT NULL
		UNION SELECT t.rotation_id FROM oncall_internal.touched_covers(root) t ORDER BY 1) l(rotation_id);
	SELECT u.change_id INTO undoing FROM oncall.change u
	WHERE u.undoes = undo.change_id AND oncall_internal.stands(u.change_id);
	IF FOUND THEN
		RAISE EXCEPTION 'change % has been undone already', undo.change_id
			USING ERRCODE = '55000', DETAIL = format('Change %s undid it.', undoing),
				HINT = format('To have it back, undo that: SELECT oncall.undo(%s).', undoing);
	END IF;

	undoing := oncall_internal.begin_change('undo', undone.rotation_id, undone.person_id,
		undo.reason, undo.past_reason, undo.change_id);
	PERFORM oncall_internal.believe_all(root);
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(undoing);
	RETURN undoing;
END
$$;
COMMENT ON FUNCTION oncall.undo(integer, text, text) IS
'Takes a change back: the roster is what it would be without it; what later changes say stays. A swap is undone whole, an undo can be undone. Returns the change_id. Errors: 42704 (no such change), 55000 (undone already, a later change on it), 22004, 23514 (a rule of trades; oncall_past_reason).';

-- The log ---------------------------------------------------------------

CREATE FUNCTION oncall_internal.change_words(change_id integer) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH written AS (
		SELECT m.layer_member_id, m.layer_id, m.person_id, m.valid,
			row_number() OVER (PARTITION BY m.layer_id, m.person_id, m.valid ORDER BY m.layer_member_id) AS n
		FROM oncall.layer_member m WHERE m.change_id = change_words.change_id AND m.copy_of IS NULL),
	moved AS (
		SELECT w.layer_member_id, v.layer_leave_id
		FROM written w JOIN (
			SELECT v.layer_leave_id, m.layer_id, m.person_id, v.period,
				row_number() OVER (PARTITION BY m.layer_id, m.person_id, v.period ORDER BY v.layer_leave_id) AS n
			FROM oncall.layer_leave v JOIN oncall.layer_member m ON m.layer_member_id = v.layer_member_id
			WHERE v.change_id = change_words.change_id AND v.copy_of IS NULL) v
			ON v.layer_id = w.layer_id AND v.period = w.valid AND v.n = w.n
				AND v.person_id IS NOT DISTINCT FROM w.person_id),
	-- covers by instants, however they have been cut since
	spoken AS (
		SELECT c.rotation_id, c.seat, c.person_id, c.instead_of, min(c.cover_id) AS cover_id,
			range_agg(c.period) AS periods
		FROM oncall.cover c WHERE c.change_id = change_words.change_id
		GROUP BY c.rotation_id, c.seat, c.person_id, c.instead_of),
	closed AS (
		SELECT c.rotation_id, c.seat, c.person_id, min(c.cover_id) AS cover_id, range_agg(c.period) AS periods
		FROM oncall.cover c WHERE c.closed_by = change_words.change_id
		GROUP BY c.rotation_id, c.seat, c.person_id),
	put_on_duty AS (
		SELECT s.rotation_id, s.seat, s.person_id, s.instead_of, s.cover_id,
			s.periods - coalesce(c.periods, '{}') AS periods
		FROM spoken s LEFT JOIN closed c
			ON c.rotation_id = s.rotation_id AND c.seat = s.seat AND c.person_id IS NOT DISTINCT FROM s.person_id),
	taken_back AS (
		SELECT c.rotation_id, c.seat, c.person_id, c.cover_id, c.periods - coalesce((
			SELECT range_agg(r) FROM spoken s, unnest(s.periods) r
			WHERE (s.rotation_id, s.seat) = (c.rotation_id, c.seat)), '{}') AS periods
		FROM closed c JOIN oncall.change h
			ON h.change_id = change_words.change_id AND h.kind NOT IN ('cover', 'swap', 'take', 'plan')),
	words(kind, o, said) AS (
		SELECT 1, l.layer_id, concat_ws(' ', 'layer', coalesce(l.name, l.layer_id::text), 'with',
			coalesce((SELECT string_agg(coalesce(p.name, 'nobody'), ', ' ORDER BY m."position", m.layer_member_id)
				FROM oncall.layer_member m LEFT JOIN oncall.person p ON p.person_id = m.person_id
				WHERE m.layer_id = l.layer_id AND m.change_id = l.change_id AND m.copy_of IS NULL), 'nobody'),
			nullif(oncall_internal.since_words(l.valid, r.zone), ''))
		FROM oncall.layer l JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
		WHERE l.change_id = change_words.change_id AND l.copy_of IS NULL
		UNION ALL
		-- who leaves and joins one list at once stands elsewhere on it
		SELECT 2, m.layer_member_id, concat_ws(' ', coalesce(p.name, 'nobody'),
			CASE WHEN d.layer_leave_id IS NULL THEN 'joins' ELSE 'moves' END,
			nullif(oncall_internal.since_words(m.valid, r.zone), ''))
		FROM oncall.layer_member m JOIN oncall.layer l ON l.layer_id = m.layer_id
		JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
		LEFT JOIN oncall.person p ON p.person_id = m.person_id
		LEFT JOIN moved d ON d.layer_member_id = m.layer_member_id
		WHERE m.change_id = change_words.change_id AND m.copy_of IS NULL AND l.change_id <> m.change_id
		UNION ALL
		SELECT 3, v.layer_leave_id, concat_ws(' ', coalesce(p.name, 'nobody'),
			CASE WHEN upper_inf(v.period) THEN 'leaves' ELSE 'is away' END,
			oncall_internal.since_words(v.period, r.zone))
		FROM oncall.layer_leave v JOIN oncall.layer_member m ON m.layer_member_id = v.layer_member_id
		JOIN oncall.layer l ON l.layer_id = m.layer_id JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
		LEFT JOIN oncall.person p ON p.person_id = m.person_id
		WHERE v.change_id = change_words.change_id AND v.copy_of IS NULL
			AND NOT EXISTS (SELECT FROM moved d WHERE d.layer_leave_id = v.layer_leave_id)
		UNION ALL
		SELECT 4, u.layer_rule_id, concat_ws(', ',
				'cadence ' || u.cadence::text, 'hours ' || u.hours::text, 'pairing ' || u.pairing,
				CASE u.spread WHEN true THEN 'spread' WHEN false THEN 'not spread' END,
				CASE WHEN u.ends THEN format('layer %s ends', coalesce(l.name, l.layer_id::text)) END)
			|| CASE WHEN u.ends THEN ' at ' ELSE ' from ' END || oncall_internal.wall_time(u.since, r.zone)
		FROM oncall.layer_rule u JOIN oncall.layer l ON l.layer_id = u.layer_id
		JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
		WHERE u.change_id = change_words.change_id AND u.copy_of IS NULL
		UNION ALL
		SELECT 5, b.rotation_member_id, concat_ws(' ', p.name, 'is', b.standing,
			nullif(oncall_internal.since_words(b.valid, r.zone), ''))
		FROM oncall.rotation_member b JOIN oncall.rotation r ON r.rotation_id = b.rotation_id
		JOIN oncall.person p ON p.person_id = b.person_id
		WHERE b.change_id = change_words.change_id AND b.copy_of IS NULL
		UNION ALL
		SELECT 6, d.cover_id, concat_ws(' ', coalesce(p.name, 'nobody'),
			CASE WHEN d.person_id = d.instead_of THEN 'again' ELSE 'for ' || i.name END, 'as', r.seats[d.seat],
			oncall_internal.since_words(t, r.zone))
		FROM put_on_duty d JOIN oncall.rotation r ON r.rotation_id = d.rotation_id
		LEFT JOIN oncall.person p ON p.person_id = d.person_id
		CROSS JOIN LATERAL unnest(d.periods) t
		-- where it took the place of a cover, it relieved whoever had that
		LEFT JOIN closed k
			ON k.rotation_id = d.rotation_id AND k.seat = d.seat AND k.person_id <> d.person_id AND t <@ k.periods
		LEFT JOIN oncall.person i ON i.person_id = coalesce(k.person_id, d.instead_of)
		UNION ALL
		SELECT 7, d.cover_id, concat_ws(' ', 'cover of', coalesce(p.name, 'nobody'), 'as', r.seats[d.seat], 'taken back',
			oncall_internal.since_words(t, r.zone))
		FROM taken_back d JOIN oncall.rotation r ON r.rotation_id = d.rotation_id
		LEFT JOIN oncall.person p ON p.person_id = d.person_id, unnest(d.periods) t
		UNION ALL
		SELECT 8, l.layer_id, concat_ws(' ', 'layer', coalesce(l.name, l.layer_id::text), 'taken back')
		FROM oncall.layer l WHERE l.copy_of IS NULL AND l.layer_id IN (
			SELECT coalesce(c.copy_of, c.layer_id) FROM oncall.layer c WHERE c.closed_by = change_words.change_id))
	-- who stands on several lists leaves all of them: once is enough
	SELECT coalesce(string_agg(w.said, '; ' ORDER BY w.kind, w.o), '')
	FROM (SELECT kind, min(o) AS o, said FROM words GROUP BY kind, said) w;
END;
COMMENT ON FUNCTION oncall_internal.change_words(integer) IS
'What a change wrote and took back, in words, with times by the clock of its rotation.';

CREATE VIEW oncall.change_log WITH (security_invoker = true) AS
	SELECT h.change_id, h.made_at, h.made_by, h.rotation_id, r.name AS rotation, h.kind,
		CASE WHEN h.undoes IS NULL THEN oncall_internal.change_words(h.change_id)
			ELSE format('change %s undone', h.undoes) END AS what,
		h.person_id, p.name AS person, h.reason, h.past_reason, h.undoes, u.change_id AS undone_by
	FROM oncall.change h
	LEFT JOIN oncall.rotation r ON r.rotation_id = h.rotation_id
	LEFT JOIN oncall.person p ON p.person_id = h.person_id
	LEFT JOIN LATERAL (SELECT n.change_id FROM oncall.change n
		WHERE n.undoes = h.change_id AND oncall_internal.stands(n.change_id) LIMIT 1) u ON true;
COMMENT ON VIEW oncall.change_log IS 'What was done to which rotation, by whom and why: one row a change.';
COMMENT ON COLUMN oncall.change_log.change_id IS
'The change; undo() takes it back, roster_diff() shows whose shifts it moved.';
COMMENT ON COLUMN oncall.change_log.made_at IS 'When it was made.';
COMMENT ON COLUMN oncall.change_log.made_by IS 'The role that made it.';
COMMENT ON COLUMN oncall.change_log.rotation_id IS 'The rotation. NULL: several.';
COMMENT ON COLUMN oncall.change_log.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.change_log.kind IS
'What kind of change it is: join, leave, members, cadence, hours, pairing, layer, cover, swap, undo, ...; rows: plain statements.';
COMMENT ON COLUMN oncall.change_log.what IS
'What it wrote and took back, in words, with times by the clock of the rotation.';
COMMENT ON COLUMN oncall.change_log.person_id IS 'Whom it is about, or who proposed it. NULL: nobody in particular.';
COMMENT ON COLUMN oncall.change_log.person IS 'Their name.';
COMMENT ON COLUMN oncall.change_log.reason IS 'Why.';
COMMENT ON COLUMN oncall.change_log.past_reason IS 'Why the past was changed. NULL: it was not.';
COMMENT ON COLUMN oncall.change_log.undoes IS 'The change that it takes back. NULL: none.';
COMMENT ON COLUMN oncall.change_log.undone_by IS 'The change that took it back and stands. NULL: none has.';
