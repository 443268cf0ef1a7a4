
CREATE FUNCTION oncall.duty_conflicts(during pg_catalog.tstzrange,
	rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (rotation_id pg_catalog.int4, rotation pg_catalog.text,
	seat pg_catalog.int2, seat_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	period pg_catalog.tstzrange, conflict pg_catalog.tstzmultirange,
	reason pg_catalog.text,
	layer_id pg_catalog.int4, cover_id pg_catalog.int4)
LANGUAGE C STABLE PARALLEL SAFE COST 20000 ROWS 100 SUPPORT oncall_internal.duty_conflicts_estimate
AS 'MODULE_PATHNAME', 'oncall_duty_conflicts';
COMMENT ON FUNCTION oncall.duty_conflicts(pg_catalog.tstzrange, oncall.ref) IS
'Duty in a window that its holder cannot serve, of one rotation or of all (NULL), a row a shift: conflict is the part, reason what is in the way (absent, has left, not active yet, not a member, not to be together). plan_covers() proposes covers. Errors: those of roster().';
