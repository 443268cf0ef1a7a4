
-- Hours by band

CREATE FUNCTION oncall.band_hours(period pg_catalog.tstzrange, policy oncall.ref,
	person oncall.ref, rotation oncall.ref DEFAULT NULL, seat pg_catalog.int4 DEFAULT NULL)
RETURNS oncall.hours
LANGUAGE C STABLE PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'oncall_band_hours';
COMMENT ON FUNCTION oncall.band_hours(pg_catalog.tstzrange, oncall.ref, oncall.ref, oncall.ref, pg_catalog.int4) IS
'How much of a period of a person''s time falls into each band of a pay policy: at each instant the first band, in order of position, that is open; time that no band claims is band other. Hours of the week are read on the wall clock where the person is (pay_assignment, else the person''s own zone); a band without hours means the person''s working hours. A public holiday that observes another date counts for somebody whose working hours do not contain the other date''s weekday, and then the other date does not; for everybody else it is the other way round. A band of one rotation or seat counts only if that is given. The parts sum to the elapsed time, whatever clocks do. An empty period has no hours; NULL if period, pay_policy_id or person_id is NULL. Reads the tables as the caller. Errors: 22023 for a period that is not bounded, 42704 for an unknown policy or person, 42P01 before oncall.setup().';

CREATE FUNCTION oncall.band_hours(periods pg_catalog.tstzmultirange, policy oncall.ref,
	person oncall.ref, rotation oncall.ref DEFAULT NULL, seat pg_catalog.int4 DEFAULT NULL)
RETURNS oncall.hours
LANGUAGE C STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'oncall_band_hours_multirange';
COMMENT ON FUNCTION oncall.band_hours(pg_catalog.tstzmultirange, oncall.ref, oncall.ref, oncall.ref, pg_catalog.int4) IS
'The same for several periods: the sum of their hours. Errors: those of band_hours() of a range.';
