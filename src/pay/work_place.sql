
-- Where somebody works

CREATE FUNCTION oncall_internal.work_place(person_id pg_catalog.int4, at pg_catalog.timestamptz,
	OUT zone pg_catalog.text, OUT working_hours oncall.weekly_hours, OUT holidays pg_catalog.date[])
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'oncall_work_place';
COMMENT ON FUNCTION oncall_internal.work_place(pg_catalog.int4, pg_catalog.timestamptz) IS
'Part of rest_at(): where and when somebody works at an instant, as pay has it, and all dates that are public holidays of theirs. Errors: 42704 for an unknown person, 22008 for an infinite instant, 42P01 before oncall.setup().';
