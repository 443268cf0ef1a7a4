
-- Time zones

CREATE FUNCTION oncall.is_zone(zone pg_catalog.text) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_zone';
COMMENT ON FUNCTION oncall.is_zone(pg_catalog.text) IS
'true if this is the name of an IANA time zone in its canonical spelling, as in pg_timezone_names; otherwise an error (22023) whose hint lists near names. Abbreviations and POSIX rules are no names. For check constraints.';
