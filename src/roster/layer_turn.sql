
-- A layer's turn

CREATE FUNCTION oncall_internal.layer_turn(
	rotation_id pg_catalog.int4, layer_id pg_catalog.int4, at pg_catalog.timestamptz,
	OUT number pg_catalog.int8, OUT period pg_catalog.tstzrange, OUT members pg_catalog._int4)
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_layer_turn';
COMMENT ON FUNCTION oncall_internal.layer_turn(pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz) IS
'The turn of a layer that contains an instant, turn 0 if the layer begins later: its number, period, and the rows of its list (layer_member_id), that which is taken next first. NULL if there is no such layer or it never begins.';
