
-- Membership

CREATE FUNCTION oncall_internal.listed_periods(
	rotation_id pg_catalog.int4, person_id pg_catalog.int4, during pg_catalog.tstzrange)
RETURNS pg_catalog.tstzmultirange
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_listed_periods';
COMMENT ON FUNCTION oncall_internal.listed_periods(pg_catalog.int4, pg_catalog.int4, pg_catalog.tstzrange) IS
'When in a period somebody is on a list of a rotation: on that of the turn that contains the instant, whether or not it is theirs, while the layer is valid.';
