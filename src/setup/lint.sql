
-- Advice: what experience says about a rotation, with figures and something
-- to do about it. Each rule stands on the roster or on the layers; none of
-- them refuses anything.

CREATE FUNCTION oncall_internal.lint_rotations(asked oncall.ref)
RETURNS TABLE (rotation text, rule text, level text, detail text, suggestion text)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	wanted integer := oncall_internal.rotation_named(lint_rotations.asked);
BEGIN
	RETURN QUERY
	WITH facts AS MATERIALIZED (
		SELECT * FROM oncall_internal.lint_facts(wanted)
	), breaches AS MATERIALIZED (
		SELECT * FROM oncall_internal.standing_breaches(wanted)
	)
	SELECT (f.own).name, found.rule, found.level, found.detail, found.suggestion || ';'
	FROM facts f(own, layers, duties)
	CROSS JOIN LATERAL (
		SELECT * FROM oncall_internal.lint_gaps(own, layers, duties)
		UNION ALL SELECT * FROM oncall_internal.lint_left(own, layers, duties)
		UNION ALL SELECT * FROM oncall_internal.lint_together(own, layers, duties)
		UNION ALL SELECT * FROM oncall_internal.lint_short_lists(own, layers)
		UNION ALL SELECT * FROM oncall_internal.lint_idle_layers(own, layers, duties)
		UNION ALL SELECT * FROM oncall_internal.lint_weekends(own, layers)
		UNION ALL SELECT l.*
		FROM breaches b,
			LATERAL oncall_internal.lint_rules(own, layers, b.constraint_name, b.person_id, b.person, b.period,
				b.message) AS l
		WHERE (f.own).rotation_id = ANY (b.rotation_ids)
		UNION ALL SELECT * FROM oncall_internal.lint_escalation(own)
		UNION ALL SELECT * FROM oncall_internal.lint_people(layers, duties)
		UNION ALL SELECT * FROM oncall_internal.lint_holidays(own, layers)
		UNION ALL SELECT * FROM oncall_internal.lint_shape(own, layers)) AS found
	ORDER BY array_position('{error,warning,advice}'::text[], found.level), (f.own).name, found.rule;
	IF wanted IS NULL THEN
		RETURN QUERY SELECT NULL::text, l.rule, l.level, l.detail, l.suggestion || ';'
			FROM oncall_internal.lint_incidents() l;
		BEGIN
			RETURN QUERY SELECT NULL::text, l.rule, l.level, l.detail, l.suggestion || ';'
				FROM oncall_internal.lint_pay() l;
		EXCEPTION WHEN insufficient_privilege THEN
			NULL;				-- pay is no business of theirs
		END;
	END IF;
END
$$;
COMMENT ON FUNCTION oncall_internal.lint_rotations(oncall.ref) IS
'For lint, which calls it with the compilation of queries turned off: all its rules for one rotation, or for all (NULL) with those of pay and incidents.';

CREATE FUNCTION oncall.lint(rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (rotation text, rule text, level text, detail text, suggestion text)
LANGUAGE sql STABLE ROWS 20
-- the planner thinks rosters dear enough to compile the queries first, and
-- lists short enough to plan each query anew for each rotation
SET jit = off
SET plan_cache_mode = force_generic_plan
BEGIN ATOMIC
	SELECT l.rotation, l.rule, l.level, l.detail, l.suggestion
	FROM oncall_internal.lint_rotations($1) AS l;
END;
COMMENT ON FUNCTION oncall.lint(oncall.ref) IS
'What experience would change about a rotation, or about all (NULL) and their incidents: advice with figures, a level (error, warning or advice) and a statement that can be pasted. Nothing is written. Errors: 42704 for an unknown rotation, with near names.';
