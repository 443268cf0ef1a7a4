-- Chapter: look-ups. Everything here stands on oncall.roster() and
-- oncall.on_call(), which read the tables as the caller.

CREATE FUNCTION oncall.handover(during tstzrange, rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (at timestamptz, rotation text, seat smallint, outgoing text, incoming text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
-- what JIT compiles for a long window cannot be interrupted
SET jit = off
BEGIN ATOMIC
	SELECT h.at, h.rotation, h.seat, h.outgoing, h.incoming
	FROM (SELECT lower(r.period) AS at, r.rotation, r.seat,
				 lag(r.person) OVER w AS outgoing, r.person AS incoming,
				 lag(r.person_id) OVER w AS outgoing_id,
				 r.person_id AS incoming_id,
				 row_number() OVER w AS number
		  -- A microsecond before tells who hands over at the very start. No
		  -- condition on the window follows: the planner would see that an
		  -- empty one has no rows, and leave it unrefused.
		  FROM oncall.roster(
				CASE WHEN $1 IS NULL OR isempty($1) THEN $1
					 ELSE tstzrange(CASE WHEN lower_inc($1) THEN lower($1) - interval '1 microsecond'
										 ELSE lower($1) END,
									upper($1), CASE WHEN upper_inc($1) THEN '[]' ELSE '[)' END) END,
				$2) r
		  WINDOW w AS (PARTITION BY r.rotation_id, r.seat ORDER BY lower(r.period))) h
	WHERE h.number > 1
	  AND h.outgoing_id IS DISTINCT FROM h.incoming_id
	ORDER BY h.at, h.rotation, h.seat;
END;
COMMENT ON FUNCTION oncall.handover(tstzrange, oncall.ref) IS
'When seats change hands in a window, of one rotation or of all (NULL), in order of time: what a reminder needs. outgoing or incoming is NULL where the seat was or becomes empty; a handover from a person to themselves is none. Errors: those of roster().';

CREATE FUNCTION oncall.roster_diff(during tstzrange,
	known_a timestamptz, known_b timestamptz, rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (rotation_id int, rotation text, seat smallint, seat_name text,
	period tstzrange, person_a_id int, person_a text, person_b_id int, person_b text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
-- what JIT compiles for a long window cannot be interrupted
SET jit = off
BEGIN ATOMIC
	SELECT d.rotation_id, d.rotation, d.seat, d.seat_name, moved.period,
		   d.person_a_id, d.person_a, d.person_b_id, d.person_b
	FROM (SELECT c.rotation_id, c.rotation, c.seat, c.seat_name,
				 c.person_a_id, c.person_a, c.person_b_id, c.person_b,
				 range_agg(tstzrange(c.start, least(c.end_a, c.end_b))) AS periods
		  -- Both rosters tile the window, so at any start the number of
		  -- shifts of either that have started tells the shift of either.
		  -- Joined by overlap, a few years of short shifts take minutes.
		  FROM (SELECT n.rotation_id, n.rotation, n.seat, n.seat_name, n.start,
					   max(n.person_id) FILTER (WHERE n.of_a) OVER a AS person_a_id,
					   max(n.person) FILTER (WHERE n.of_a) OVER a AS person_a,
					   max(n.until) FILTER (WHERE n.of_a) OVER a AS end_a,
					   max(n.person_id) FILTER (WHERE NOT n.of_a) OVER b AS person_b_id,
					   max(n.person) FILTER (WHERE NOT n.of_a) OVER b AS person_b,
					   max(n.until) FILTER (WHERE NOT n.of_a) OVER b AS end_b
				FROM (SELECT s.rotation_id, s.rotation, s.seat, s.seat_name, s.person_id, s.person,
							 lower(s.period) AS start, upper(s.period) AS until, s.of_a,
							 count(*) FILTER (WHERE s.of_a) OVER w AS number_a,
							 count(*) FILTER (WHERE NOT s.of_a) OVER w AS number_b
					  FROM (SELECT r.*, true AS of_a FROM oncall.roster($1, $4, $2) r
							UNION ALL
							SELECT r.*, false FROM oncall.roster($1, $4, $3) r) s
					  WINDOW w AS (PARTITION BY s.rotation_id, s.seat ORDER BY lower(s.period))) n
				WINDOW a AS (PARTITION BY n.rotation_id, n.seat, n.number_a),
					   b AS (PARTITION BY n.rotation_id, n.seat, n.number_b)) c
		  WHERE c.person_a_id IS DISTINCT FROM c.person_b_id
		  GROUP BY c.rotation_id, c.rotation, c.seat, c.seat_name,
				   c.person_a_id, c.person_a, c.person_b_id, c.person_b) d,
		 LATERAL unnest(d.periods) AS moved(period)
	ORDER BY d.rotation_id, moved.period, d.seat;
END;
COMMENT ON FUNCTION oncall.roster_diff(tstzrange, timestamptz, timestamptz, oncall.ref) IS
'Whose shifts moved between two moments of knowing: the stretches of a window in which a seat has person_a as known at known_a and person_b as known at known_b (NULL: as believed now). Errors: those of roster().';

CREATE VIEW oncall.shift WITH (security_invoker = true) AS
	SELECT r.rotation_id, r.name AS rotation, s.seat, s.seat_name,
		   s.person_id, s.person, s.period, s.layer_id, s.cover_id, s.starts_at, s.ends_at,
		   oncall_internal.in_hours(s.ends_at - s.starts_at) AS hours
	FROM oncall.rotation r
	CROSS JOIN LATERAL (
		SELECT min(oncall_internal.layer_begins(l.valid, l.cadence)) AS start
		FROM oncall.layer l
		WHERE l.rotation_id = r.rotation_id AND oncall_internal.is_believed(l.recorded)
		HAVING min(oncall_internal.layer_begins(l.valid, l.cadence)) < now() + oncall.horizon()) first
	CROSS JOIN LATERAL oncall.roster(tstzrange(first.start, now() + oncall.horizon()),
									 r.rotation_id) s;
COMMENT ON VIEW oncall.shift IS
'All shifts of each rotation, believed now, from its first layer to oncall.horizon ahead (90 days). Computed when read: a join with it by time compares each row with each shift; for whose alert it was, oncall.on_call(rotation_id, at) or seat_holder() is 60 times as fast.';
COMMENT ON COLUMN oncall.shift.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.shift.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.shift.seat IS 'The seat: 1 is the primary, 2 the secondary.';
COMMENT ON COLUMN oncall.shift.seat_name IS 'The name of the seat.';
COMMENT ON COLUMN oncall.shift.person_id IS 'Who holds it; NULL: nobody.';
COMMENT ON COLUMN oncall.shift.person IS 'Their name.';
COMMENT ON COLUMN oncall.shift.period IS 'From when until when, half-open.';
COMMENT ON COLUMN oncall.shift.layer_id IS 'The layer that says so; NULL: a cover does, or none.';
COMMENT ON COLUMN oncall.shift.cover_id IS 'The cover that says so; NULL: a layer does, or none.';
COMMENT ON COLUMN oncall.shift.starts_at IS 'When it starts.';
COMMENT ON COLUMN oncall.shift.ends_at IS 'When it ends: from then on the next one counts.';
COMMENT ON COLUMN oncall.shift.hours IS 'How long it lasts, in hours; for display.';

CREATE VIEW oncall.on_call_now WITH (security_invoker = true) AS
	SELECT r.rotation_id, r.name AS rotation,
		   p.person_id AS primary_id, p.name AS primary_name, p.company_phone AS primary_phone,
		   s.person_id AS secondary_id, s.name AS secondary_name, s.company_phone AS secondary_phone,
		   a.since, a.until, a.next_at,
		   np.person_id AS next_primary_id, np.name AS next_primary,
		   ns.person_id AS next_secondary_id, ns.name AS next_secondary
	FROM oncall.rotation r
	CROSS JOIN LATERAL oncall_internal.pair_around(r.rotation_id, now()) a
	LEFT JOIN oncall.person p ON p.person_id = oncall.primary_of(a.pair)
	LEFT JOIN oncall.person s ON s.person_id = oncall.secondary_of(a.pair)
	LEFT JOIN oncall.person np ON np.person_id = oncall.primary_of(a.next_pair)
	LEFT JOIN oncall.person ns ON ns.person_id = oncall.secondary_of(a.next_pair)
	WHERE NOT a.retired;
COMMENT ON VIEW oncall.on_call_now IS
'Who holds the pager now, one row a rotation that is not retired: the pair, their company phones, since when and until when this pair, and who is on call next and from when, however far off.';
COMMENT ON COLUMN oncall.on_call_now.rotation_id IS 'The rotation.';
COMMENT ON COLUMN oncall.on_call_now.rotation IS 'Its name.';
COMMENT ON COLUMN oncall.on_call_now.primary_id IS 'Who holds the first seat; NULL: nobody.';
COMMENT ON COLUMN oncall.on_call_now.primary_name IS 'Their name.';
COMMENT ON COLUMN oncall.on_call_now.primary_phone IS 'Their company phone; NULL: none is known.';
COMMENT ON COLUMN oncall.on_call_now.secondary_id IS 'Who holds the second seat; NULL: nobody.';
COMMENT ON COLUMN oncall.on_call_now.secondary_name IS 'Their name.';
COMMENT ON COLUMN oncall.on_call_now.secondary_phone IS 'Their company phone; NULL: none is known.';
COMMENT ON COLUMN oncall.on_call_now.since IS
'Since when the two seats are held so; NULL: they were never held otherwise.';
COMMENT ON COLUMN oncall.on_call_now.until IS
'When somebody in the two seats changes next; NULL: never, as things stand.';
COMMENT ON COLUMN oncall.on_call_now.next_at IS
'When, from then on, somebody is on call: the same time, unless both seats are empty first. NULL: never.';
COMMENT ON COLUMN oncall.on_call_now.next_primary_id IS 'Who holds the first seat at next_at.';
COMMENT ON COLUMN oncall.on_call_now.next_primary IS 'Their name.';
COMMENT ON COLUMN oncall.on_call_now.next_secondary_id IS 'Who holds the second seat at next_at.';
COMMENT ON COLUMN oncall.on_call_now.next_secondary IS 'Their name.';
