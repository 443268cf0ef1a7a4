
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
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_on_call_by_name';
COMMENT ON FUNCTION oncall.on_call(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a name, or digits only, which are an id. Errors: 42704 for one that does not exist, with near names in the hint; those of on_call() of an id.';

CREATE FUNCTION oncall.on_call_any(rotation pg_catalog.text,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS oncall.pair
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_on_call_any';
COMMENT ON FUNCTION oncall.on_call_any(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'on_call() for columns of names, some of which may be unknown: NULL for those, where on_call() of a name is an error. Errors: 22008 for an infinite time; 42P01 before oncall.setup().';

CREATE FUNCTION oncall.seat_holder(rotation pg_catalog.int4, seat pg_catalog.int4,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS pg_catalog.int4
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_seat_holder';
COMMENT ON FUNCTION oncall.seat_holder(pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'Who holds one seat of a rotation, the third and further ones too, at an instant, as believed now or (known_at) at that time: a person id, NULL when nobody does or there is no such seat or rotation. Errors: those of on_call().';

CREATE FUNCTION oncall.seat_holder(rotation pg_catalog.int2, seat pg_catalog.int4,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS pg_catalog.int4
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_seat_holder_int2';
COMMENT ON FUNCTION oncall.seat_holder(pg_catalog.int2, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a smallint.';

CREATE FUNCTION oncall.seat_holder(rotation pg_catalog.int8, seat pg_catalog.int4,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS pg_catalog.int4
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_seat_holder_int8';
COMMENT ON FUNCTION oncall.seat_holder(pg_catalog.int8, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a bigint, such as a column of another schema.';

CREATE FUNCTION oncall.seat_holder(rotation pg_catalog.text, seat pg_catalog.int4,
	at pg_catalog.timestamptz DEFAULT pg_catalog.now(), known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS pg_catalog.int4
LANGUAGE C STABLE PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'oncall_seat_holder_by_name';
COMMENT ON FUNCTION oncall.seat_holder(pg_catalog.text, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
'The same for a name, or digits only, which are an id. Errors: 42704 for one that does not exist, with near names in the hint; those of on_call() of an id.';

CREATE FUNCTION oncall_internal.own_person() RETURNS pg_catalog.int4
LANGUAGE C STABLE PARALLEL SAFE COST 5
AS 'MODULE_PATHNAME', 'oncall_own_person';
COMMENT ON FUNCTION oncall_internal.own_person() IS
'Id of the person whose db_role is the current role; NULL: nobody''s is. Errors: 42P01 before oncall.setup().';

CREATE FUNCTION oncall.is_on_call(rotation oncall.ref DEFAULT NULL,
	person oncall.ref DEFAULT oncall_internal.own_person(),
	at pg_catalog.timestamptz DEFAULT pg_catalog.now())
RETURNS pg_catalog.bool
LANGUAGE C STABLE PARALLEL SAFE COST 50
AS 'MODULE_PATHNAME', 'oncall_is_on_call';
COMMENT ON FUNCTION oncall.is_on_call(oncall.ref, oncall.ref, pg_catalog.timestamptz) IS
'Does a person, by default the one whose db_role is the current role, hold a seat of this rotation, or of any (NULL), at an instant? For policies: rights that follow the pager. NULL, which lets nothing pass, for a role that is nobody''s. Errors: 42704 for an unknown name, 22008.';

CREATE FUNCTION oncall.roster(during pg_catalog.tstzrange,
	rotation oncall.ref DEFAULT NULL,
	known_at pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (rotation_id pg_catalog.int4, rotation pg_catalog.text,
	seat pg_catalog.int2, seat_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	period pg_catalog.tstzrange,
	layer_id pg_catalog.int4, cover_id pg_catalog.int4,
	starts_at pg_catalog.timestamptz, ends_at pg_catalog.timestamptz)
LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 1000 SUPPORT oncall_internal.roster_estimate
AS 'MODULE_PATHNAME', 'oncall_roster';
COMMENT ON FUNCTION oncall.roster(pg_catalog.tstzrange, oncall.ref, pg_catalog.timestamptz) IS
'All shifts of a window, clipped to it, of one rotation or of all (NULL), as believed now or (known_at) at that time. The rows of one seat tile the window: where nobody serves, person is NULL. Errors: 22004 and 22023 for the window, 42704 for an unknown rotation, 22008 for an infinite known_at.';

CREATE FUNCTION oncall.duties(person oncall.ref DEFAULT oncall_internal.own_person(),
	during pg_catalog.tstzrange DEFAULT NULL)
RETURNS TABLE (rotation_id pg_catalog.int4, rotation pg_catalog.text,
	seat pg_catalog.int2, seat_name pg_catalog.text,
	person_id pg_catalog.int4, person pg_catalog.text,
	period pg_catalog.tstzrange,
	layer_id pg_catalog.int4, cover_id pg_catalog.int4,
	starts_at pg_catalog.timestamptz, ends_at pg_catalog.timestamptz)
LANGUAGE C STABLE PARALLEL SAFE COST 10000 ROWS 20 SUPPORT oncall_internal.duties_estimate
AS 'MODULE_PATHNAME', 'oncall_duties';
COMMENT ON FUNCTION oncall.duties(oncall.ref, pg_catalog.tstzrange) IS
'When am I next on call? Whole shifts of one person (the caller), in all rotations, in order of time: those of a window; without, from now to oncall.horizon and at least the next, however far off. Errors: 22004 (nobody''s role), 42704 (unknown), those of roster().';

CREATE FUNCTION oncall_internal.is_retired(rotation_id pg_catalog.int4) RETURNS pg_catalog.bool
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000
AS 'MODULE_PATHNAME', 'oncall_is_retired';
COMMENT ON FUNCTION oncall_internal.is_retired(pg_catalog.int4) IS
'Are all layers of a rotation over, and nobody on call by a cover from now on? One that never had a layer is not retired. Errors: 42P01 before oncall.setup().';

CREATE FUNCTION oncall_internal.pair_around(rotation_id pg_catalog.int4, at pg_catalog.timestamptz,
	OUT pair oncall.pair, OUT since pg_catalog.timestamptz, OUT until pg_catalog.timestamptz,
	OUT next_at pg_catalog.timestamptz, OUT next_pair oncall.pair, OUT retired pg_catalog.bool)
LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10000
AS 'MODULE_PATHNAME', 'oncall_pair_around';
COMMENT ON FUNCTION oncall_internal.pair_around(pg_catalog.int4, pg_catalog.timestamptz) IS
'The pair on call at an instant, since when and until when (NULL: always), and the next pair of which somebody is there, from when; of a rotation that is retired then, nothing. Errors: 22008 for an infinite time; 42P01 before oncall.setup().';
