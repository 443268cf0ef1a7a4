
CREATE FUNCTION oncall.on_call(rotation pg_catalog.int4,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS oncall.pair
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_on_call';
COMMENT ON FUNCTION oncall.on_call(pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'Who holds the first two seats of a rotation at an instant, as believed now or (known_at) at that time: a pair of person ids, NULL when nobody does or no rotation has this id. At a handover the new pair is on call. Errors: 22008 for an infinite time; 42P01 before oncall.setup().';

CREATE FUNCTION oncall.on_call(rotation pg_catalog.int2,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS oncall.pair
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_on_call_int2';
COMMENT ON FUNCTION oncall.on_call(pg_catalog.int2, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a smallint.';

CREATE FUNCTION oncall.on_call(rotation pg_catalog.int8,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS oncall.pair
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_on_call_int8';
COMMENT ON FUNCTION oncall.on_call(pg_catalog.int8, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a bigint, such as a column of another schema.';

CREATE FUNCTION oncall.on_call(rotation pg_catalog.text,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS oncall.pair
LANGUAGE C STABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'oncall_on_call_by_name';
COMMENT ON FUNCTION oncall.on_call(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a name, or digits only, which are an id. Errors: 42704 for one that does not exist, with near names in the hint; those of on_call() of an id.';

CREATE FUNCTION oncall.roster(during pg_catalog.tstzrange,
	rotation oncall.ref DEFAULT NULL,
	known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (rotation_id pg_catalog.int4, rotation pg_catalog.text,
	seat pg_catalog.int2, seat_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	period pg_catalog.tstzrange,
	layer_id pg_catalog.int4, cover_id pg_catalog.int4)
LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 1000
AS 'MODULE_PATHNAME', 'oncall_roster';
COMMENT ON FUNCTION oncall.roster(pg_catalog.tstzrange, oncall.ref, pg_catalog.timestamptz) IS
'All shifts of a window, clipped to it, of one rotation or of all (NULL), as believed now or (known_at) at that time. The rows of one seat tile the window: where nobody serves, person is NULL. Errors: 22004 and 22023 for the window, 42704 for an unknown rotation, 22008 for an infinite known_at.';
