
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
'The covers of a rotation, not over yet, that no longer lie on the shift that they were meant for, as believed now or known at some time: beneath the covers the seat is somebody''s other than instead_of, or that person''s shift no longer begins or ends with them. mended is where they would, on the shift of theirs that begins nearest; NULL: they have none. Reads the tables as the caller.';
