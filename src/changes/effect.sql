
CREATE FUNCTION oncall_internal.change_effect(
	rotation_id pg_catalog.int4, during pg_catalog.tstzrange, known_before pg_catalog.timestamptz)
RETURNS TABLE (what pg_catalog.text, seat pg_catalog.int2, before_id pg_catalog.int4, after_id pg_catalog.int4,
	period pg_catalog.tstzrange)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000 ROWS 20
AS 'MODULE_PATHNAME', 'oncall_change_effect';
COMMENT ON FUNCTION oncall_internal.change_effect(pg_catalog.int4, pg_catalog.tstzrange, pg_catalog.timestamptz) IS
'What differs in a window between what was known of a rotation at some time and what is believed now. moved: a seat was before_id''s and is after_id''s; empty: nobody holds a seat that somebody held; twice: who has two turns running in one seat, and when. Reads the tables as the caller.';
