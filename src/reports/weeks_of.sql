
-- Weeks

CREATE FUNCTION oncall_internal.weeks_of(periods pg_catalog.tstzmultirange, zone pg_catalog.text)
RETURNS TABLE (week pg_catalog.date, lasts pg_catalog.interval)
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 20
AS 'MODULE_PATHNAME', 'oncall_weeks_of';
COMMENT ON FUNCTION oncall_internal.weeks_of(pg_catalog.tstzmultirange, pg_catalog.text) IS
'How much of periods falls into which week (its Monday) on the clock of a zone, in hours: the weeks of which something is. Errors: 22008 for periods without bounds, 22023 for an unknown zone.';
