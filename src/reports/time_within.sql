
-- Time in common

CREATE FUNCTION oncall_internal.time_within(duty pg_catalog.tstzmultirange, band pg_catalog.tstzmultirange)
RETURNS pg_catalog.interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_time_within';
COMMENT ON FUNCTION oncall_internal.time_within(pg_catalog.tstzmultirange, pg_catalog.tstzmultirange) IS
'How long periods last within others, in hours: the length of duty * band. Errors: 22008 if that is without bounds.';
