
CREATE FUNCTION oncall.horizon() RETURNS pg_catalog.interval
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_horizon';
COMMENT ON FUNCTION oncall.horizon() IS
'How far ahead the views look: the setting oncall.horizon (default 90 days; between a day and a hundred years) as an interval.';
