
CREATE FUNCTION oncall_internal.turn_seats(members pg_catalog.int4[], pairing pg_catalog.text,
	seats pg_catalog.int4, turn pg_catalog.int8)
RETURNS pg_catalog.int4[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_turn_seats';
COMMENT ON FUNCTION oncall_internal.turn_seats(pg_catalog.int4[], pg_catalog.text, pg_catalog.int4, pg_catalog.int8) IS
'Who sits in each seat of a turn of a layer with these members (in order; NULL: nobody), pairing (staggered, following, preceding, fixed or mixed) and number of seats. Turns are counted from 0. Where its person sits in a lower seat of that turn already, a seat goes to the next on the list who does not (preceding: the one before; mixed: nobody). A seat is NULL where nobody sits. Covers, hours and other layers do not count here; oncall.roster() shows who is on call.';
