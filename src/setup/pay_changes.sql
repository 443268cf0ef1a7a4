
-- Rates change: a policy that replaces another from some day on, and who is
-- paid by which. Such a day begins at midnight in the zone of the policy, as
-- its runs do, whatever the time zone of the session.

-- Policies that replace others --------------------------------------------

CREATE FUNCTION oncall_internal.pay_chain(pay_policy_id integer) RETURNS SETOF integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	WITH RECURSIVE chain AS (
		SELECT $1 AS pay_policy_id
		UNION
		SELECT CASE WHEN p.pay_policy_id = c.pay_policy_id THEN p.replaces ELSE p.pay_policy_id END
		FROM chain c
		JOIN oncall.pay_policy p ON p.replaces IS NOT NULL AND c.pay_policy_id IN (p.pay_policy_id, p.replaces))
	SELECT c.pay_policy_id FROM chain c ORDER BY 1;
END;
COMMENT ON FUNCTION oncall_internal.pay_chain(integer) IS
'The pay_policy_ids of a policy, of those that it replaces, one after the other, and of those that replace it.';

-- Before the index tells of it: who else writes a replacement of the same
-- policy is waited for.
CREATE FUNCTION oncall_internal.pay_policy_replaced_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	replaced text;
	other text;
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.replaces IS NOT DISTINCT FROM OLD.replaces THEN
		RETURN NEW;
	END IF;
	SELECT p.name INTO replaced FROM oncall.pay_policy p WHERE p.pay_policy_id = NEW.replaces FOR NO KEY UPDATE;
	SELECT p.name INTO other FROM oncall.pay_policy p
	WHERE p.replaces = NEW.replaces AND p.pay_policy_id <> NEW.pay_policy_id;
	IF FOUND THEN
		RAISE EXCEPTION 'pay policy "%" is replaced by "%" already', replaced, other
			USING ERRCODE = '23505', SCHEMA = 'oncall', TABLE = 'pay_policy', CONSTRAINT = 'pay_policy_replaces_key',
				DETAIL = 'A policy is replaced by one other at most.',
				HINT = format('Let the new policy replace "%s", or none.', other);
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.pay_policy_replaced_once() IS
'Trigger of oncall.pay_policy: no policy is replaced twice (23505, pay_policy_replaces_key).';
CREATE TRIGGER pay_policy_replaced_once BEFORE INSERT OR UPDATE ON oncall.pay_policy
	FOR EACH ROW WHEN (NEW.replaces IS NOT NULL) EXECUTE FUNCTION oncall_internal.pay_policy_replaced_once();

-- After the statement, since a dump has its rows in any order.
CREATE FUNCTION oncall_internal.pay_policy_replaces() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mate record;
BEGIN
	IF NEW.replaces IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.replaces IS DISTINCT FROM OLD.replaces) THEN
		-- who changes the other policy at the same time sees this one, or fails
		UPDATE oncall.pay_policy p SET name = p.name WHERE p.pay_policy_id = NEW.replaces;
		IF EXISTS (
			WITH RECURSIVE earlier AS (
				SELECT NEW.replaces AS pay_policy_id
				UNION
				SELECT p.replaces FROM earlier e JOIN oncall.pay_policy p ON p.pay_policy_id = e.pay_policy_id)
			SELECT FROM earlier e WHERE e.pay_policy_id = NEW.pay_policy_id) THEN
			RAISE EXCEPTION 'pay policy "%" would replace itself', NEW.name
				USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'pay_policy', CONSTRAINT = 'pay_policy_replaces_no_circle',
					DETAIL = 'Policies replace one another in the order in which they pay, which ends with the first.',
					HINT = 'Name the policy that paid before this one, or none.';
		END IF;
	END IF;

	SELECT earlier.name AS earlier, later.name AS later, term.name AS term, term.was, term.becomes INTO mate
	FROM oncall.pay_policy earlier
	JOIN oncall.pay_policy later ON later.replaces = earlier.pay_policy_id
	CROSS JOIN LATERAL (VALUES (1, 'currency', earlier.currency, later.currency), (2, 'zone', earlier.zone, later.zone),
		(3, 'day_starts', earlier.day_starts::text, later.day_starts::text)) term(place, name, was, becomes)
	WHERE NEW.pay_policy_id IN (earlier.pay_policy_id, later.pay_policy_id) AND term.was <> term.becomes
	ORDER BY term.place, later.pay_policy_id LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'pay policy "%" cannot replace "%": its % is another', mate.later, mate.earlier, mate.term
			USING ERRCODE = '23514', SCHEMA = 'oncall', TABLE = 'pay_policy', CONSTRAINT = 'pay_policy_replaces_alike',
				DETAIL = format('It is %s, and was %s.', mate.becomes, mate.was),
				HINT = 'Let it replace none: what is recorded late for the other policy then shows in view pay_owed.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.pay_policy_replaces() IS
'Trigger of oncall.pay_policy: a policy has the currency, zone and day_starts of that which it replaces, and no chain of policies comes round (23514).';
CREATE TRIGGER pay_policy_replaces AFTER INSERT OR UPDATE ON oncall.pay_policy
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.pay_policy_replaces();

-- Two sessions that let two policies replace each other: the second waits
-- before it has locked a row that the first may want.
CREATE FUNCTION oncall_internal.pay_policy_one_at_a_time() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	LOCK TABLE oncall.pay_policy IN SHARE UPDATE EXCLUSIVE MODE;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.pay_policy_one_at_a_time() IS
'Trigger of oncall.pay_policy: one session at a time changes which policy replaces which.';
CREATE TRIGGER pay_policy_one_at_a_time BEFORE UPDATE OF replaces ON oncall.pay_policy
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.pay_policy_one_at_a_time();

-- Assignments begin and end where runs do ----------------------------------

CREATE FUNCTION oncall_internal.pay_assignment_midnight() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy record;
	bound record;
BEGIN
	SELECT p.name, p.zone INTO policy FROM oncall.pay_policy p WHERE p.pay_policy_id = NEW.pay_policy_id;
	FOR bound IN
		SELECT b.does, b.at FROM (VALUES
			('begins', lower(NEW.valid), CASE WHEN TG_OP = 'UPDATE' THEN lower(OLD.valid) END),
			('ends', upper(NEW.valid), CASE WHEN TG_OP = 'UPDATE' THEN upper(OLD.valid) END)) b(does, at, before)
		WHERE isfinite(b.at) AND b.at IS DISTINCT FROM b.before
			AND date_trunc('day', b.at AT TIME ZONE policy.zone) AT TIME ZONE policy.zone <> b.at
	LOOP
		RAISE NOTICE 'the assignment of "%" to pay policy "%" % at % [%], which is no midnight',
				(SELECT p.name FROM oncall.person p WHERE p.person_id = NEW.person_id), policy.name, bound.does,
				oncall_internal.wall_time(bound.at, policy.zone), policy.zone
			USING DETAIL = 'Runs of the policy begin and end at midnight there.',
				HINT = format('If a day was meant, write %s, or use oncall.assign_policy().', oncall_internal.literal_time(
					date_trunc('day', bound.at AT TIME ZONE policy.zone + '12 hours') AT TIME ZONE policy.zone, policy.zone));
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION oncall_internal.pay_assignment_midnight() IS
'Trigger of oncall.pay_assignment: a NOTICE of a beginning or end that is no midnight in the zone of the policy, with the nearest one.';
CREATE TRIGGER pay_assignment_midnight AFTER INSERT OR UPDATE ON oncall.pay_assignment
	FOR EACH ROW WHEN (NEW.pay_policy_id IS NOT NULL) EXECUTE FUNCTION oncall_internal.pay_assignment_midnight();

-- Another policy from a day on ---------------------------------------------

-- so that columns that a company has added are copied as well
CREATE FUNCTION oncall_internal.columns_but(relation regclass, omitted text[]) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
	FROM pg_attribute a
	WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> ALL ($2);
END;
COMMENT ON FUNCTION oncall_internal.columns_but(regclass, text[]) IS
'The columns of a table that can be written, without some, as a statement has them.';

CREATE FUNCTION oncall_internal.raised(rate numeric, raise numeric, round_to numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	-- with the decimal places that the rate and round_to have, or more
	SELECT CASE WHEN $2 = 0 THEN $1 ELSE round(r.rate, greatest(scale($1), scale($3), min_scale(r.rate))) END
	-- half of round_to goes up; div() leaves no remainder to be rounded twice
	FROM (SELECT CASE WHEN $3 IS NULL THEN $1 * (1 + $2) ELSE div(2 * $1 * (1 + $2) + $3, 2 * $3) * $3 END) r(rate);
END;
COMMENT ON FUNCTION oncall_internal.raised(numeric, numeric, numeric) IS
'A rate and a fraction of it more, exact, or rounded to a multiple of round_to, half up. NULL for a rate of NULL.';

CREATE FUNCTION oncall_internal.midnight(day date, pay_policy_id integer) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT lower(oncall_internal.local_days(daterange($1, NULL), p.zone))
	FROM oncall.pay_policy p WHERE p.pay_policy_id = $2;
END;
COMMENT ON FUNCTION oncall_internal.midnight(date, integer) IS
'The instant at which a date begins for the runs of a pay policy.';

CREATE FUNCTION oncall_internal.refuse_paid(policies integer[], since date, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	paid record;
BEGIN
	-- who closes a run just now goes first
	PERFORM FROM oncall.pay_policy p WHERE p.pay_policy_id = ANY (policies) ORDER BY p.pay_policy_id FOR NO KEY UPDATE;
	PERFORM oncall_internal.refuse_unseen_runs(policies);
	SELECT r.pay_run_id, r.period, p.name INTO paid
	FROM oncall.pay_run r JOIN oncall.pay_policy p ON p.pay_policy_id = r.pay_policy_id
	WHERE r.pay_policy_id = ANY (policies) AND upper(oncall_internal.local_days(r.period, p.zone)) > at
		AND oncall_internal.is_closed(r.reopened_at)
	ORDER BY upper(r.period) DESC, r.pay_run_id LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'another policy cannot count from % on: run % has paid %',
				to_char(since, 'YYYY-MM-DD'), paid.pay_run_id, oncall_internal.date_span(paid.period)
			USING ERRCODE = '55000',
				DETAIL = format('It is a run of pay policy "%s". What it paid is fixed.', paid.name),
				HINT = format('Let it count from %s on. What was paid wrongly is put right by entries in oncall.pay_entry, and an assignment that was forgotten is written into oncall.pay_assignment.',
					to_char(upper(paid.period), 'YYYY-MM-DD'));
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.refuse_paid(integer[], date, timestamptz) IS
'For copy_pay_policy and assign_policy: lock policies, and the error (55000) that a run of theirs has paid time after an instant, which is a date in their zone.';

CREATE FUNCTION oncall_internal.move_assignment(pay_assignment_id integer, pay_policy_id integer, at timestamptz)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	former tstzrange;
	new_id integer := move_assignment.pay_assignment_id;
BEGIN
	SELECT a.valid INTO former FROM oncall.pay_assignment a WHERE a.pay_assignment_id = new_id;
	IF NOT former @> move_assignment.at OR lower(former) = move_assignment.at THEN
		UPDATE oncall.pay_assignment a SET pay_policy_id = move_assignment.pay_policy_id
		WHERE a.pay_assignment_id = new_id;
		RETURN new_id;
	END IF;
	UPDATE oncall.pay_assignment a SET valid = tstzrange(lower(former), move_assignment.at)
	WHERE a.pay_assignment_id = new_id;
	EXECUTE format('INSERT INTO oncall.pay_assignment (pay_policy_id, valid, %1$s)
		SELECT $2, $3, %1$s FROM oncall.pay_assignment WHERE pay_assignment_id = $1 RETURNING pay_assignment_id',
		oncall_internal.columns_but('oncall.pay_assignment', '{pay_assignment_id,pay_policy_id,valid}'))
	INTO new_id
	USING new_id, move_assignment.pay_policy_id, tstzrange(move_assignment.at, upper(former));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall_internal.move_assignment(integer, integer, timestamptz) IS
'For copy_pay_policy and assign_policy: an assignment ends at an instant and goes on with another policy and all its other columns; one that begins no earlier changes policy as it stands. Returns the pay_assignment_id of what goes on.';

CREATE FUNCTION oncall.copy_pay_policy(
	policy oncall.ref, new_name text, since date, raise numeric DEFAULT 0, round_to numeric DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	old_id CONSTANT integer := oncall_internal.pay_policy_named(copy_pay_policy.policy);
	midnight CONSTANT timestamptz := oncall_internal.midnight(copy_pay_policy.since, old_id);
	old_name text;
	later text;
	new_id integer;
	people bigint;
	same text;
BEGIN
	PERFORM oncall_internal.refuse_null('policy', copy_pay_policy.policy IS NULL);
	PERFORM oncall_internal.refuse_null('new_name', copy_pay_policy.new_name IS NULL);
	PERFORM oncall_internal.refuse_null('since', copy_pay_policy.since IS NULL);
	PERFORM oncall_internal.refuse_null('raise', copy_pay_policy.raise IS NULL);
	PERFORM oncall_internal.refuse_infinity('since', copy_pay_policy.since);
	IF NOT copy_pay_policy.raise BETWEEN -0.5 AND 1 THEN
		RAISE EXCEPTION 'a raise of % would multiply rates by %', copy_pay_policy.raise, 1 + copy_pay_policy.raise
			USING ERRCODE = '22023',
				DETAIL = 'raise is a fraction: from -0.5, for half as much, to 1, for twice as much.',
				HINT = CASE WHEN abs(copy_pay_policy.raise) < 'Infinity'
					THEN format('Was percent meant? %s %% is raise => %s.',
						copy_pay_policy.raise, trim_scale(copy_pay_policy.raise / 100))
					ELSE '3 % is raise => 0.03.' END;
	ELSIF NOT (copy_pay_policy.round_to > 0 AND copy_pay_policy.round_to < 'Infinity') THEN
		RAISE EXCEPTION 'rates cannot be rounded to %', copy_pay_policy.round_to
			USING ERRCODE = '22023', HINT = 'Write a number greater than 0, such as 0.01, or NULL for exact rates.';
	END IF;

	PERFORM oncall_internal.refuse_paid(
		ARRAY(SELECT oncall_internal.pay_chain(old_id)), copy_pay_policy.since, midnight);
	-- whoever assigns somebody to the policy just now goes first
	PERFORM FROM oncall.pay_policy p WHERE p.pay_policy_id = old_id FOR UPDATE;
	-- of two sessions that copy it the second waits, and fails in REPEATABLE READ
	UPDATE oncall.pay_policy p SET name = p.name WHERE p.pay_policy_id = old_id RETURNING p.name INTO old_name;
	SELECT p.name INTO later FROM oncall.pay_policy p WHERE p.replaces = old_id;
	IF FOUND THEN
		RAISE EXCEPTION 'pay policy "%" is replaced by "%" already', old_name, later
			USING ERRCODE = '23505', SCHEMA = 'oncall', TABLE = 'pay_policy', CONSTRAINT = 'pay_policy_replaces_key',
				DETAIL = 'A policy is replaced by one other at most.', HINT = format('Copy "%s".', later);
	ELSIF EXISTS (SELECT FROM oncall.pay_policy p WHERE p.name = copy_pay_policy.new_name) THEN
		RAISE EXCEPTION 'there is a pay policy "%" already', copy_pay_policy.new_name
			USING ERRCODE = '23505', SCHEMA = 'oncall', TABLE = 'pay_policy', CONSTRAINT = 'pay_policy_name_key',
				HINT = 'Give the copy another name.';
	END IF;
	EXECUTE format('INSERT INTO oncall.pay_policy (name, replaces, %1$s)
		SELECT $2, $1, %1$s FROM oncall.pay_policy WHERE pay_policy_id = $1 RETURNING pay_policy_id',
		oncall_internal.columns_but('oncall.pay_policy', '{pay_policy_id,name,replaces}'))
	INTO new_id USING old_id, copy_pay_policy.new_name;
	EXECUTE format('INSERT INTO oncall.pay_band (pay_policy_id, standby_rate, callout_rate, %1$s)
		SELECT $2, oncall_internal.raised(standby_rate, CASE WHEN of_wage THEN 0 ELSE $3 END, $4),
			oncall_internal.raised(callout_rate, CASE WHEN of_wage THEN 0 ELSE $3 END, $4), %1$s
		FROM oncall.pay_band WHERE pay_policy_id = $1 ORDER BY position',
		oncall_internal.columns_but('oncall.pay_band', '{pay_band_id,pay_policy_id,standby_rate,callout_rate}'))
	USING old_id, new_id, copy_pay_policy.raise, copy_pay_policy.round_to;

	SELECT count(DISTINCT m.person_id) INTO people
	FROM (SELECT a.person_id, oncall_internal.move_assignment(a.pay_assignment_id, new_id, midnight)
		FROM (SELECT a.pay_assignment_id, a.person_id FROM oncall.pay_assignment a
			WHERE a.pay_policy_id = old_id AND (upper_inf(a.valid) OR upper(a.valid) > midnight)
			ORDER BY a.person_id, a.valid FOR UPDATE) a
		OFFSET 0) m;
	SELECT string_agg(format('band "%s" (position %s), %s', o.band, o.position, CASE WHEN o.of_wage
		THEN 'whose rates are shares of a wage' ELSE 'whose rates round to what they were' END), '; ' ORDER BY o.position)
	INTO same
	FROM oncall.pay_band o JOIN oncall.pay_band n ON n.pay_policy_id = new_id AND n.position = o.position
	WHERE o.pay_policy_id = old_id AND copy_pay_policy.raise <> 0
		AND (o.standby_rate <> 0 OR o.callout_rate <> 0)
		AND (n.standby_rate, n.callout_rate) IS NOT DISTINCT FROM (o.standby_rate, o.callout_rate);
	RAISE NOTICE '% paid by pay policy "%" from % on',
			CASE people WHEN 1 THEN '1 person is' ELSE format('%s people are', people) END,
			copy_pay_policy.new_name, to_char(copy_pay_policy.since, 'YYYY-MM-DD');
	IF same IS NOT NULL THEN
		RAISE NOTICE 'not raised: %', same;
	END IF;
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION oncall.copy_pay_policy(oncall.ref, text, date, numeric, numeric) IS
'Writes a policy that replaces another from a day on, with its bands, rates raised by a fraction (0.03: 3 %) and rounded if asked, and moves all assignments at midnight in its zone; returns the pay_policy_id. Errors: 22004, 22023, 42704, 23505 (replaced, name taken), 55000 (paid).';

CREATE FUNCTION oncall.assign_policy(
	person oncall.ref, policy oncall.ref, since date, wage numeric DEFAULT NULL, zone text DEFAULT NULL,
	working_hours oncall.weekly_hours DEFAULT NULL, calendar oncall.ref DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	own_id CONSTANT integer := oncall_internal.person_named(assign_policy.person);
	to_id CONSTANT integer := oncall_internal.pay_policy_named(assign_policy.policy);
	own_calendar CONSTANT integer := oncall_internal.calendar_named(assign_policy.calendar);
	midnight CONSTANT timestamptz := oncall_internal.midnight(assign_policy.since, to_id);
	former record;
	moved integer;
	own_assignment integer;
BEGIN
	PERFORM oncall_internal.refuse_null('person', assign_policy.person IS NULL);
	PERFORM oncall_internal.refuse_null('policy', assign_policy.policy IS NULL);
	PERFORM oncall_internal.refuse_null('since', assign_policy.since IS NULL);
	PERFORM oncall_internal.refuse_infinity('since', assign_policy.since);
	PERFORM oncall_internal.refuse_paid(ARRAY(
		SELECT c FROM oncall_internal.pay_chain(to_id) c
		UNION
		SELECT a.pay_policy_id FROM oncall.pay_assignment a
		WHERE a.person_id = own_id AND a.pay_policy_id IS NOT NULL
			AND (upper_inf(a.valid) OR upper(a.valid) > midnight)),
		assign_policy.since, midnight);

	FOR former IN
		SELECT a.pay_assignment_id, a.valid FROM oncall.pay_assignment a
		WHERE a.person_id = own_id AND a.pay_policy_id IS NOT NULL AND (upper_inf(a.valid) OR upper(a.valid) > midnight)
		ORDER BY a.valid FOR UPDATE
	LOOP
		moved := oncall_internal.move_assignment(former.pay_assignment_id, to_id, midnight);
		IF former.valid @> midnight THEN
			own_assignment := moved;
		END IF;
	END LOOP;
	IF own_assignment IS NULL THEN
		-- nobody paid them then: until somebody does
		INSERT INTO oncall.pay_assignment AS a (person_id, pay_policy_id, valid)
		SELECT own_id, to_id, tstzrange(midnight, min(lower(b.valid)))
		FROM oncall.pay_assignment b
		WHERE b.person_id = own_id AND b.pay_policy_id IS NOT NULL AND lower(b.valid) > midnight
		RETURNING a.pay_assignment_id INTO own_assignment;
	END IF;
	UPDATE oncall.pay_assignment a
	SET wage = coalesce(assign_policy.wage, a.wage), zone = coalesce(assign_policy.zone, a.zone),
		working_hours = coalesce(assign_policy.working_hours, a.working_hours),
		calendar_id = coalesce(own_calendar, a.calendar_id)
	WHERE a.pay_assignment_id = own_assignment;
	RETURN own_assignment;
END
$$;
COMMENT ON FUNCTION oncall.assign_policy(oncall.ref, oncall.ref, date, numeric, text, oncall.weekly_hours, oncall.ref) IS
'Somebody is paid by a policy from a day on, in its zone, with what the assignment of that day said and what is given here; later ones change policy as they stand. Returns the pay_assignment_id. Errors: 22004, 22023, 42704, 23514, 55000 (a closed run has paid that day).';
