
CREATE FUNCTION oncall_internal.assign_turns(seats pg_catalog.int4, blocks pg_catalog.int4[],
	allowed pg_catalog.bool[], repeats pg_catalog.bool[], served pg_catalog.int4[],
	apart pg_catalog.int4[] DEFAULT '{}',
	OUT people pg_catalog.int4[], OUT failed pg_catalog.int4, OUT placed pg_catalog.int4)
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_assign_turns';
COMMENT ON FUNCTION oncall_internal.assign_turns(pg_catalog.int4, pg_catalog.int4[], pg_catalog.bool[], pg_catalog.bool[], pg_catalog.int4[], pg_catalog.int4[]) IS
'Choose different people for each turn of a season, nobody in two blocks, no pair of apart in one turn: fewest repeats, fewest second turns, who stands first. people NULL: it cannot be done; failed is the first turn without, placed how many it can have. Errors: 54000 for too many.';
