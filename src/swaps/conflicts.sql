
CREATE FUNCTION oncall.duty_conflicts(during pg_catalog.tstzrange,
	rotation oncall.ref DEFAULT NULL)
RETURNS TABLE (rotation_id pg_catalog.int4, rotation pg_catalog.text,
	seat pg_catalog.int2, seat_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	period pg_catalog.tstzrange, conflict pg_catalog.tstzmultirange,
	reason pg_catalog.text,
	layer_id pg_catalog.int4, cover_id pg_catalog.int4)
LANGUAGE C STABLE PARALLEL SAFE COST 20000 ROWS 100
AS 'MODULE_PATHNAME', 'oncall_duty_conflicts';
COMMENT ON FUNCTION oncall.duty_conflicts(pg_catalog.tstzrange, oncall.ref) IS
'Duty in a window that its holder cannot serve, of one rotation or of all (NULL): one row a shift, clipped to the window, in order of time, with the parts of it that are in conflict (conflict) and what is in the way (reason): absent, with the kind of absence; has left or not active yet; not a member (yet), or only a volunteer or shadow (who may serve from the third seat on); or not to be together with somebody who is on duty in the rotation at that time (table not_together), which is told of both shifts. Absences are read as the caller: who may not see them is shown fewer conflicts. plan_covers() proposes who could take these shifts. Errors: those of roster().';
