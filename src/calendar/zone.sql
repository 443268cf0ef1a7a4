
-- Time zones

CREATE FUNCTION oncall.is_zone(zone pg_catalog.text) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_zone';
COMMENT ON FUNCTION oncall.is_zone(pg_catalog.text) IS
'true if this is the name of an IANA time zone in its canonical spelling, as in pg_timezone_names; otherwise an error (22023) whose hint lists near names. Abbreviations and POSIX rules are no names. For check constraints.';

CREATE FUNCTION oncall_internal.is_zone_of(zone pg_catalog.text, what pg_catalog.text, name pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_zone_of';
COMMENT ON FUNCTION oncall_internal.is_zone_of(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
'oncall.is_zone(), whose error also tells whose zone it would be: that of a person, say, of this name. For check constraints, so that of many rows that are written at once the bad one is known.';
