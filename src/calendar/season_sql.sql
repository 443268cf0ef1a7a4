
-- Seasons

CREATE FUNCTION oncall_internal.season_blocks(days pg_catalog.date[],
	observes pg_catalog.date[], seasons pg_catalog.text[])
RETURNS pg_catalog.date[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_season_blocks_of';
COMMENT ON FUNCTION oncall_internal.season_blocks(pg_catalog.date[], pg_catalog.date[], pg_catalog.text[]) IS
'The block of each of these holidays, named by its first date; NULL for one without a season. Errors: 22004 for NULL among the days, 22023 for arrays of different lengths and infinite dates.';
