
-- Public holidays of somebody

CREATE FUNCTION oncall_internal.own_holidays(
	days pg_catalog.date[], observes pg_catalog.date[], working_hours oncall.weekly_hours)
RETURNS pg_catalog.date[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_own_holidays';
COMMENT ON FUNCTION oncall_internal.own_holidays(pg_catalog.date[], pg_catalog.date[], oncall.weekly_hours) IS
'Which of the days of a calendar, and of the dates that they stand for (NULL: the day itself), are public holidays of somebody with these working hours. Errors: 22004, 22023 for the arrays.';
