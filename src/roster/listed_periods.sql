
-- Membership

CREATE FUNCTION oncall_internal.listed_periods(rotation_id pg_catalog.int4, during pg_catalog.tstzrange)
RETURNS TABLE (person_id pg_catalog.int4, periods pg_catalog.tstzmultirange)
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 10 COST 1000
AS 'MODULE_PATHNAME', 'oncall_listed_periods';
COMMENT ON FUNCTION oncall_internal.listed_periods(pg_catalog.int4, pg_catalog.tstzrange) IS
'Who is on a list of a rotation in a period, and when: on that of the turn that contains the instant, whether or not it is theirs, while the layer is valid.';
