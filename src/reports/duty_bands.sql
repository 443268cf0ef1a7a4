
-- Duty in bands

CREATE FUNCTION oncall_internal.duty_bands(duty pg_catalog.tstzmultirange, zone pg_catalog.text,
	working_hours oncall.weekly_hours, holidays pg_catalog.date[],
	OUT holiday pg_catalog.interval, OUT weekend pg_catalog.interval, OUT night pg_catalog.interval,
	OUT working pg_catalog.interval, OUT evening pg_catalog.interval)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_duty_bands';
COMMENT ON FUNCTION oncall_internal.duty_bands(pg_catalog.tstzmultirange, pg_catalog.text, oncall.weekly_hours, pg_catalog.date[]) IS
'How much of periods, in hours, is of public holidays, else of weekends, else of nights (22:00 to 06:00), else of working hours, and the rest. Errors: 22008 for periods without bounds, 22023 for an unknown zone.';
