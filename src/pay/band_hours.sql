
-- Hours by band

CREATE FUNCTION oncall.band_hours(period pg_catalog.tstzrange, policy oncall.ref,
	person oncall.ref, rotation oncall.ref DEFAULT NULL, seat pg_catalog.int4 DEFAULT NULL)
RETURNS oncall.hours
LANGUAGE C STABLE PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'oncall_band_hours';
COMMENT ON FUNCTION oncall.band_hours(pg_catalog.tstzrange, oncall.ref, oncall.ref, oncall.ref, pg_catalog.int4) IS
'How much of a period of a person''s time falls into each band of a pay policy; the parts sum to the elapsed time. A band of one rotation or seat counts only if that is given. Errors: 22023 for a period that is not bounded or includes its end, 42704 for an unknown policy, person or rotation.';

CREATE FUNCTION oncall.band_hours(periods pg_catalog.tstzmultirange, policy oncall.ref,
	person oncall.ref, rotation oncall.ref DEFAULT NULL, seat pg_catalog.int4 DEFAULT NULL)
RETURNS oncall.hours
LANGUAGE C STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'oncall_band_hours_multirange';
COMMENT ON FUNCTION oncall.band_hours(pg_catalog.tstzmultirange, oncall.ref, oncall.ref, oncall.ref, pg_catalog.int4) IS
'The same for several periods: the sum of their hours. Errors: those of band_hours() of a range.';
