
-- Rules of rotations: what their tables may hold, and what is filled in.

CREATE FUNCTION oncall_internal.rotation_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice text;
BEGIN
	IF TG_OP = 'INSERT' AND NEW.zone IS NULL THEN
		SELECT t.zone INTO NEW.zone FROM oncall.team t WHERE t.team_id = NEW.team_id;
	END IF;

	SELECT s INTO twice FROM unnest(NEW.seats) s GROUP BY s HAVING count(*) > 1 LIMIT 1;
	IF twice IS NOT NULL THEN
		RAISE EXCEPTION 'rotation "%" has two seats named "%"', NEW.name, twice
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'rotation', CONSTRAINT = 'rotation_seats_distinct',
				HINT = 'Give every seat a name of its own.';
	END IF;
	IF TG_OP = 'INSERT' THEN
		RETURN NEW;
	END IF;

	IF NEW.seats[1:cardinality(OLD.seats)] IS DISTINCT FROM OLD.seats THEN
		RAISE EXCEPTION 'the seats of rotation "%" cannot be renamed, reordered or removed', OLD.name
			USING ERRCODE = '55000',
				DETAIL = 'Layers and covers, those of the past too, name a seat by its number.',
				HINT = format('Append new names to the list %s, or add another rotation.', OLD.seats);
	END IF;
	-- without PH in their hours, public holidays are days like any other
	IF NEW.calendar_id IS DISTINCT FROM OLD.calendar_id AND EXISTS (
		SELECT FROM oncall.layer l WHERE l.rotation_id = OLD.rotation_id AND (l.hours::text ~ 'PH'
			OR EXISTS (SELECT FROM oncall.layer_rule u WHERE u.layer_id = l.layer_id AND u.hours::text ~ 'PH'))) THEN
		RAISE EXCEPTION 'the calendar of rotation "%" cannot be changed', OLD.name
			USING ERRCODE = '55000',
				DETAIL = 'It has layers whose hours name PH, and the public holidays decide when these are open, in the past too.',
				HINT = 'Correct the holidays of its calendar, or add another rotation.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.rotation_rules() IS
'Trigger of oncall.rotation: fills the zone from the team; seats have distinct names, to which others may only be appended (55000); the calendar stays once the hours of a layer name PH (55000).';
CREATE TRIGGER rotation_rules BEFORE INSERT OR UPDATE ON oncall.rotation
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.rotation_rules();
CREATE TRIGGER trim_name BEFORE INSERT OR UPDATE OF name ON oncall.rotation
	FOR EACH ROW WHEN (NEW.name ~ '^[[:space:]]|[[:space:]]$') EXECUTE FUNCTION oncall_internal.trim_name();

-- What is written in the transaction that sets a rota up counts for all time.

CREATE FUNCTION oncall_internal.valid_by_default(rotation_id integer) RETURNS tstzrange
LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN EXISTS (SELECT FROM oncall.layer l
			WHERE l.rotation_id = valid_by_default.rotation_id AND NOT oncall_internal.is_own(l.recorded, l.xmin))
		OR EXISTS (SELECT FROM oncall.cover c
			WHERE c.rotation_id = valid_by_default.rotation_id AND NOT oncall_internal.is_own(c.recorded, c.xmin))
		THEN tstzrange(now(), NULL) ELSE '(,)'::tstzrange END;
END;
COMMENT ON FUNCTION oncall_internal.valid_by_default(integer) IS
'From when until when a layer or membership of a rotation counts that does not say so: always, in one that has nothing older than this transaction; otherwise from now() on.';

CREATE FUNCTION oncall_internal.rotation_member_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.valid := coalesce(NEW.valid, oncall_internal.valid_by_default(NEW.rotation_id));
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.rotation_member_rules() IS
'Trigger of oncall.rotation_member: fills valid.';
CREATE TRIGGER fill BEFORE INSERT ON oncall.rotation_member
	FOR EACH ROW WHEN (NEW.valid IS NULL) EXECUTE FUNCTION oncall_internal.rotation_member_rules();

-- Layers

CREATE FUNCTION oncall_internal.layer_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation record;
	room integer;
BEGIN
	IF NEW.copy_of IS NOT NULL OR TG_OP = 'UPDATE' AND
		(NEW.rotation_id, NEW.first_seat, NEW.seats, NEW.valid, NEW.pairing, NEW.hours IS NULL)
		IS NOT DISTINCT FROM
		(OLD.rotation_id, OLD.first_seat, OLD.seats, OLD.valid, OLD.pairing, OLD.hours IS NULL) THEN
		RETURN NEW;
	END IF;

	IF TG_OP = 'INSERT' THEN
		NEW.valid := coalesce(NEW.valid, oncall_internal.valid_by_default(NEW.rotation_id));
	END IF;
	-- the constraint of this name says the same, but not what to write
	IF NOT oncall_internal.is_half_open(NEW.valid) THEN
		RAISE EXCEPTION 'a layer must be valid for a half-open period'
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_valid_half_open',
				DETAIL = format('It would be valid %s.', NEW.valid),
				HINT = 'Write a range that includes its start and not its end, such as [2026-12-24, 2027-01-03) or [2026-12-24,).';
	END IF;

	-- hours depend on the calendar, which must stay from now on
	IF NEW.hours IS NOT NULL THEN
		PERFORM FROM oncall.rotation r WHERE r.rotation_id = NEW.rotation_id FOR SHARE;
	END IF;
	SELECT r.name, cardinality(r.seats) AS seats INTO rotation
	FROM oncall.rotation r WHERE r.rotation_id = NEW.rotation_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'rotation % does not exist', NEW.rotation_id
			USING ERRCODE = '23503', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_rotation_id_fkey';
	END IF;

	IF NEW.first_seat NOT BETWEEN 1 AND rotation.seats THEN
		RAISE EXCEPTION 'a layer of rotation "%" cannot begin with seat %', rotation.name, NEW.first_seat
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_seats',
				HINT = format('Write a number from 1 to %s.', rotation.seats);
	END IF;
	room := rotation.seats - NEW.first_seat + 1;
	NEW.seats := coalesce(NEW.seats, room);
	IF NEW.seats NOT BETWEEN 1 AND room THEN
		RAISE EXCEPTION 'a layer of rotation "%" cannot fill % seats%', rotation.name, NEW.seats,
				CASE WHEN NEW.first_seat > 1 THEN format(' from seat %s on', NEW.first_seat) ELSE '' END
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_seats',
				HINT = format('Write a number from 1 to %s, or leave it out for all seats.', room);
	END IF;
	IF NEW.pairing = 'mixed' AND NEW.seats <> 2 THEN
		RAISE EXCEPTION 'pairing "mixed" needs two seats, a layer of rotation "%" has %', rotation.name, NEW.seats
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_mixed_has_two_seats',
				HINT = CASE WHEN room >= 2
					THEN 'Let the layer fill 2 seats, or use another pairing, such as "staggered" or "fixed".'
					ELSE 'Use another pairing, such as "staggered" or "fixed".' END;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_rules() IS
'Trigger of oncall.layer: fills valid, and seats with the rotation''s number of seats from first_seat on, at most that many (23514); pairing mixed needs two (23514).';
CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON oncall.layer
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.layer_rules();

CREATE FUNCTION oncall_internal.layer_has_members() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bare record;
BEGIN
	-- at commit: the layer may have been withdrawn since
	SELECT l.layer_id, r.name INTO bare
	FROM oncall.layer l JOIN oncall.rotation r ON r.rotation_id = l.rotation_id
	WHERE l.layer_id = NEW.layer_id AND NOT isempty(l.recorded)
		AND NOT EXISTS (SELECT FROM oncall.layer_member m
			WHERE m.layer_id = l.layer_id AND NOT isempty(m.recorded));
	IF FOUND THEN
		RAISE EXCEPTION 'layer % of rotation "%" has no members', bare.layer_id, bare.name
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer', CONSTRAINT = 'layer_has_members',
				HINT = 'Write its members into oncall.layer_member in the same transaction; one with person_id NULL leaves that turn empty on purpose.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_has_members() IS
'Trigger at commit: a new layer without members is refused (23514).';
CREATE CONSTRAINT TRIGGER layer_has_members AFTER INSERT ON oncall.layer
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NEW.copy_of IS NULL) EXECUTE FUNCTION oncall_internal.layer_has_members();

CREATE FUNCTION oncall_internal.layer_member_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- an unknown layer is for the foreign key to tell
	SELECT CASE WHEN oncall_internal.is_own(l.recorded, l.xmin) THEN '(,)'::tstzrange
		ELSE tstzrange(now(), NULL) END INTO NEW.valid
	FROM oncall.layer l WHERE l.layer_id = NEW.layer_id;
	NEW.valid := coalesce(NEW.valid, '(,)');
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_member_rules() IS
'Trigger of oncall.layer_member: fills valid.';
CREATE TRIGGER fill BEFORE INSERT ON oncall.layer_member
	FOR EACH ROW WHEN (NEW.valid IS NULL) EXECUTE FUNCTION oncall_internal.layer_member_rules();

CREATE FUNCTION oncall_internal.layer_rule_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	layer record;
BEGIN
	SELECT l.layer_id, l.rotation_id, l.seats INTO layer
	FROM oncall.layer l WHERE l.layer_id = NEW.layer_id;
	IF NEW.pairing = 'mixed' AND layer.seats <> 2 THEN
		RAISE EXCEPTION 'pairing "mixed" needs two seats, layer % has %', layer.layer_id, layer.seats
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'layer_rule', CONSTRAINT = 'layer_rule_mixed_has_two_seats',
				HINT = 'Use another pairing, such as "staggered" or "fixed".';
	END IF;
	-- hours depend on the calendar, which must stay from now on
	IF NEW.hours IS NOT NULL THEN
		PERFORM FROM oncall.rotation r WHERE r.rotation_id = layer.rotation_id FOR SHARE;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.layer_rule_rules() IS
'Trigger of oncall.layer_rule: pairing mixed needs a layer of two seats (23514).';
CREATE TRIGGER check_rule BEFORE INSERT OR UPDATE OF layer_id, hours, pairing ON oncall.layer_rule
	FOR EACH ROW WHEN (NEW.hours IS NOT NULL OR NEW.pairing IS NOT NULL)
	EXECUTE FUNCTION oncall_internal.layer_rule_rules();

CREATE FUNCTION oncall_internal.layer_until(layer_id integer) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT least(upper(l.valid), (SELECT min(u.since) FROM oncall.layer_rule u
		WHERE u.layer_id = l.layer_id AND u.ends AND oncall_internal.is_believed(u.recorded)))
	FROM oncall.layer l WHERE l.layer_id = layer_until.layer_id;
END;
COMMENT ON FUNCTION oncall_internal.layer_until(integer) IS
'When a layer ends, as believed now: at the end of its validity or by a rule. NULL: it does not.';

CREATE FUNCTION oncall_internal.layer_terms(layer_id integer, at timestamptz)
RETURNS TABLE (cadence oncall.cadence, hours oncall.weekly_hours, pairing text, spread boolean, begins timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT coalesce(t.cadence, l.cadence), coalesce(t.hours, l.hours), coalesce(t.pairing, l.pairing),
		coalesce(t.spread, l.spread),
		greatest(oncall_internal.layer_begins(l.valid, l.cadence),
			oncall_internal.layer_begins(tstzrange(t.since, NULL), t.cadence))
	FROM oncall.layer l
	LEFT JOIN LATERAL (SELECT
			(array_agg(u.cadence ORDER BY u.since DESC, u.layer_rule_id DESC)
				FILTER (WHERE u.cadence IS NOT NULL))[1] AS cadence,
			(array_agg(u.hours ORDER BY u.since DESC, u.layer_rule_id DESC)
				FILTER (WHERE u.hours IS NOT NULL))[1] AS hours,
			(array_agg(u.pairing ORDER BY u.since DESC, u.layer_rule_id DESC)
				FILTER (WHERE u.pairing IS NOT NULL))[1] AS pairing,
			(array_agg(u.spread ORDER BY u.since DESC, u.layer_rule_id DESC)
				FILTER (WHERE u.spread IS NOT NULL))[1] AS spread,
			max(u.since) FILTER (WHERE u.cadence IS NOT NULL) AS since
		FROM oncall.layer_rule u
		WHERE u.layer_id = l.layer_id AND u.since <= layer_terms.at
			AND oncall_internal.is_believed(u.recorded)) t ON true
	WHERE l.layer_id = layer_terms.layer_id;
END;
COMMENT ON FUNCTION oncall_internal.layer_terms(integer, timestamptz) IS
'The rules of a layer at a time, as believed now: those that were set last, and from when on its cadence counts.';

-- Covers

CREATE FUNCTION oncall_internal.cover_rules() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rotation record;
BEGIN
	-- the constraint of this name says the same, but not what to write
	IF NOT oncall_internal.is_half_open(NEW.period) OR NOT oncall_internal.is_bounded(NEW.period) THEN
		RAISE EXCEPTION 'the period of a cover must have a start and an end'
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'cover', CONSTRAINT = 'cover_period_bounded',
				DETAIL = format('It is %s.', NEW.period),
				HINT = 'Write a range that includes its start and not its end, such as [2026-12-24 18:00, 2026-12-25 09:00).';
	END IF;
	IF NEW.copy_of IS NOT NULL OR TG_OP = 'UPDATE' AND
		(NEW.rotation_id, NEW.seat) IS NOT DISTINCT FROM (OLD.rotation_id, OLD.seat) THEN
		RETURN NEW;
	END IF;
	SELECT r.name, r.seats INTO rotation FROM oncall.rotation r WHERE r.rotation_id = NEW.rotation_id;
	IF FOUND AND NEW.seat NOT BETWEEN 1 AND cardinality(rotation.seats) THEN
		RAISE EXCEPTION 'rotation "%" has no seat %', rotation.name, NEW.seat
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'cover', CONSTRAINT = 'cover_seat_exists',
				HINT = format('Its seats are: %s.', (
					SELECT string_agg(format('%s (%s)', s.ordinality, s.name), ', ' ORDER BY s.ordinality)
					FROM unnest(rotation.seats) WITH ORDINALITY AS s(name, ordinality)));
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.cover_rules() IS
'Trigger of oncall.cover: its period has a start and an end, and the rotation has that seat (23514).';
CREATE TRIGGER cover_rules BEFORE INSERT OR UPDATE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.cover_rules();
CREATE TRIGGER fill BEFORE INSERT ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.fill_cover();
