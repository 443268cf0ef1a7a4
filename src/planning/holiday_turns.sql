
CREATE FUNCTION oncall_internal.assign_turns(seats pg_catalog.int4, blocks pg_catalog.int4[],
	allowed pg_catalog.bool[], repeats pg_catalog.bool[], served pg_catalog.int4[],
	OUT people pg_catalog.int4[], OUT failed pg_catalog.int4, OUT placed pg_catalog.int4)
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_assign_turns';
COMMENT ON FUNCTION oncall_internal.assign_turns(pg_catalog.int4, pg_catalog.int4[], pg_catalog.bool[], pg_catalog.bool[], pg_catalog.int4[]) IS
'Choose seats different people for each turn of one season, nobody in two blocks: fewest repeats, then fewest second turns, then those who stand first. people NULL: it cannot be done; failed is the first turn without, placed how many it can have. Errors: 54000 for too many people or turns.';
