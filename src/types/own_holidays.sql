
-- Whose holiday a date is

CREATE FUNCTION oncall_internal.own_holidays(days pg_catalog.date[], observes pg_catalog.date[],
	working_hours oncall.weekly_hours) RETURNS pg_catalog.date[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_own_holidays';
COMMENT ON FUNCTION oncall_internal.own_holidays(pg_catalog.date[], pg_catalog.date[], oncall.weekly_hours) IS
'Which dates are public holidays of somebody with these working hours, in order: of a holiday that is kept on another day, one of the two. Errors: 22004 for NULL among the days, 22023 for arrays of different lengths, 22008 for infinite dates.';
