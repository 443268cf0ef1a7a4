
-- Ranges of timestamptz: what CHECKs, triggers and queries ask of them. They
-- are SQL of one expression, and not strict, so that the planner puts the
-- expression in the place of the call: in a query as well as in the predicate
-- of an index, which therefore fit together.

CREATE FUNCTION oncall_internal.is_half_open(range pg_catalog.tstzrange) RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT pg_catalog.isempty(range)
	AND (pg_catalog.lower_inf(range) OR pg_catalog.lower_inc(range))
	AND NOT pg_catalog.upper_inc(range)
	AND pg_catalog.isfinite(pg_catalog.lower(range)) IS NOT FALSE
	AND pg_catalog.isfinite(pg_catalog.upper(range)) IS NOT FALSE;
COMMENT ON FUNCTION oncall_internal.is_half_open(pg_catalog.tstzrange) IS
'Does this range have instants, and contain its start but not its end, where it has them? An infinite bound is none.';

CREATE FUNCTION oncall_internal.is_bounded(range pg_catalog.tstzrange) RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT pg_catalog.isempty(range)
	AND NOT pg_catalog.lower_inf(range) AND NOT pg_catalog.upper_inf(range)
	AND pg_catalog.isfinite(pg_catalog.lower(range))
	AND pg_catalog.isfinite(pg_catalog.upper(range));
COMMENT ON FUNCTION oncall_internal.is_bounded(pg_catalog.tstzrange) IS
'Does this range have instants, and both a start and an end that are finite?';

CREATE FUNCTION oncall_internal.is_believed(recorded pg_catalog.tstzrange) RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN pg_catalog.upper_inf(recorded);
COMMENT ON FUNCTION oncall_internal.is_believed(pg_catalog.tstzrange) IS
'Is a row with this "recorded" believed now? An empty one, closed by the transaction that wrote it, is not.';
