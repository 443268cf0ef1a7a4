
-- Covers

CREATE FUNCTION oncall_internal.fill_cover() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'oncall_fill_cover';
COMMENT ON FUNCTION oncall_internal.fill_cover() IS
'Trigger of oncall.cover: fills instead_of and shift of a new cover with whom it relieves by the layers, where that is one person throughout.';

CREATE FUNCTION oncall_internal.covers_out_of_step(rotation_id pg_catalog.int4,
	known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (cover_id pg_catalog.int4, seat pg_catalog.int2, person_id pg_catalog.int4, period pg_catalog.tstzrange,
	instead_of pg_catalog.int4, shift pg_catalog.tstzrange, mended pg_catalog.tstzrange)
LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 5
AS 'MODULE_PATHNAME', 'oncall_covers_out_of_step';
COMMENT ON FUNCTION oncall_internal.covers_out_of_step(pg_catalog.int4, pg_catalog.timestamptz) IS
'The covers of a rotation, not over yet, that no longer lie on a shift of instead_of as the layers have it, as believed now or known at some time. mended: where they would, on that person''s shift that begins nearest; NULL: there is none. Reads the tables as the caller.';
