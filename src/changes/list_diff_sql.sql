
-- Lists

CREATE FUNCTION oncall_internal.kept_entries(
	old pg_catalog._int4, new pg_catalog._int4, circular pg_catalog.bool)
RETURNS pg_catalog._int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_kept_entries';
COMMENT ON FUNCTION oncall_internal.kept_entries(pg_catalog._int4, pg_catalog._int4, pg_catalog.bool) IS
'For each entry of a new list of people the place in the old one, from 1, of the entry that stays there, NULL for one that is written anew: as many stay as can, in one order, as circles on demand. Errors: 54000 (lists of more than 1,000), 22023 (ids that are not greater than 0).';
