
CREATE FUNCTION oncall_internal.turn_seats(members pg_catalog.int4[], pairing pg_catalog.text,
	seats pg_catalog.int4, turn pg_catalog.int8)
RETURNS pg_catalog.int4[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_turn_seats';
COMMENT ON FUNCTION oncall_internal.turn_seats(pg_catalog.int4[], pg_catalog.text, pg_catalog.int4, pg_catalog.int8) IS
'Who sits in each seat of a turn, counted from 0, of a layer with these members (in order; NULL: nobody), pairing and number of seats. NULL where nobody sits.';
