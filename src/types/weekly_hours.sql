
--
-- weekly_hours: hours of the week in OpenStreetMap's opening_hours notation
--

CREATE TYPE oncall.weekly_hours;

CREATE FUNCTION oncall_internal.weekly_hours_in(cstring) RETURNS oncall.weekly_hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_in';
COMMENT ON FUNCTION oncall_internal.weekly_hours_in(cstring) IS
'input function of oncall.weekly_hours; 22P02 for malformed text, 0A000 for what OpenStreetMap knows and this type does not';
CREATE FUNCTION oncall_internal.weekly_hours_out(oncall.weekly_hours) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_out';
COMMENT ON FUNCTION oncall_internal.weekly_hours_out(oncall.weekly_hours) IS
'output function of oncall.weekly_hours; equal values print alike';
CREATE FUNCTION oncall_internal.weekly_hours_recv(internal) RETURNS oncall.weekly_hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_recv';
COMMENT ON FUNCTION oncall_internal.weekly_hours_recv(internal) IS
'binary input of oncall.weekly_hours; 22P03 for anything that its send function would not write';
CREATE FUNCTION oncall_internal.weekly_hours_send(oncall.weekly_hours) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_send';
COMMENT ON FUNCTION oncall_internal.weekly_hours_send(oncall.weekly_hours) IS 'binary output of oncall.weekly_hours';

CREATE TYPE oncall.weekly_hours (
	INPUT = oncall_internal.weekly_hours_in,
	OUTPUT = oncall_internal.weekly_hours_out,
	RECEIVE = oncall_internal.weekly_hours_recv,
	SEND = oncall_internal.weekly_hours_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = extended
);
COMMENT ON TYPE oncall.weekly_hours IS
'hours of the week in the notation of OpenStreetMap''s opening_hours, such as Mo-Fr 08:30-12:00,13:00-17:00; Sa 10:00-14:00; PH off, or 24/7, or off';

CREATE FUNCTION oncall_internal.weekly_hours_eq(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_eq';
COMMENT ON FUNCTION oncall_internal.weekly_hours_eq(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator = of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_ne(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_ne';
COMMENT ON FUNCTION oncall_internal.weekly_hours_ne(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator <> of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_lt(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_lt';
COMMENT ON FUNCTION oncall_internal.weekly_hours_lt(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator < of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_le(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_le';
COMMENT ON FUNCTION oncall_internal.weekly_hours_le(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator <= of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_gt(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_gt';
COMMENT ON FUNCTION oncall_internal.weekly_hours_gt(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator > of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_ge(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_ge';
COMMENT ON FUNCTION oncall_internal.weekly_hours_ge(oncall.weekly_hours, oncall.weekly_hours) IS
'behind the operator >= of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_cmp(oncall.weekly_hours, oncall.weekly_hours) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_cmp';
COMMENT ON FUNCTION oncall_internal.weekly_hours_cmp(oncall.weekly_hours, oncall.weekly_hours) IS
'btree comparison of oncall.weekly_hours: -1, 0 or 1';
CREATE FUNCTION oncall_internal.weekly_hours_hash(oncall.weekly_hours) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_hash';
COMMENT ON FUNCTION oncall_internal.weekly_hours_hash(oncall.weekly_hours) IS 'hash of oncall.weekly_hours';
CREATE FUNCTION oncall_internal.weekly_hours_hash_extended(oncall.weekly_hours, pg_catalog.int8) RETURNS pg_catalog.int8
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_weekly_hours_hash_extended';
COMMENT ON FUNCTION oncall_internal.weekly_hours_hash_extended(oncall.weekly_hours, pg_catalog.int8) IS
'hash of oncall.weekly_hours with a seed';

CREATE OPERATOR oncall.= (
	FUNCTION = oncall_internal.weekly_hours_eq, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.=), NEGATOR = OPERATOR(oncall.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oncall.= (oncall.weekly_hours, oncall.weekly_hours) IS
'the same spans on each weekday and on public holidays';
CREATE OPERATOR oncall.<> (
	FUNCTION = oncall_internal.weekly_hours_ne, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.<>), NEGATOR = OPERATOR(oncall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR oncall.<> (oncall.weekly_hours, oncall.weekly_hours) IS
'not the same spans on each weekday and on public holidays';
CREATE OPERATOR oncall.< (
	FUNCTION = oncall_internal.weekly_hours_lt, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.>), NEGATOR = OPERATOR(oncall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR oncall.< (oncall.weekly_hours, oncall.weekly_hours) IS
'sorts before: by the spans of Monday to Sunday, then of public holidays; a day that is off comes first';
CREATE OPERATOR oncall.<= (
	FUNCTION = oncall_internal.weekly_hours_le, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.>=), NEGATOR = OPERATOR(oncall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR oncall.<= (oncall.weekly_hours, oncall.weekly_hours) IS 'sorts before or is equal';
CREATE OPERATOR oncall.> (
	FUNCTION = oncall_internal.weekly_hours_gt, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.<), NEGATOR = OPERATOR(oncall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR oncall.> (oncall.weekly_hours, oncall.weekly_hours) IS
'sorts after: by the spans of Monday to Sunday, then of public holidays; a day that is off comes first';
CREATE OPERATOR oncall.>= (
	FUNCTION = oncall_internal.weekly_hours_ge, LEFTARG = oncall.weekly_hours, RIGHTARG = oncall.weekly_hours,
	COMMUTATOR = OPERATOR(oncall.<=), NEGATOR = OPERATOR(oncall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR oncall.>= (oncall.weekly_hours, oncall.weekly_hours) IS 'sorts after or is equal';

CREATE OPERATOR FAMILY oncall.weekly_hours_ops USING btree;
COMMENT ON OPERATOR FAMILY oncall.weekly_hours_ops USING btree IS 'btree order of oncall.weekly_hours';
CREATE OPERATOR CLASS oncall.weekly_hours_ops DEFAULT FOR TYPE oncall.weekly_hours
	USING btree FAMILY oncall.weekly_hours_ops AS
	OPERATOR 1 oncall.<, OPERATOR 2 oncall.<=, OPERATOR 3 oncall.=,
	OPERATOR 4 oncall.>=, OPERATOR 5 oncall.>,
	FUNCTION 1 oncall_internal.weekly_hours_cmp(oncall.weekly_hours, oncall.weekly_hours),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS oncall.weekly_hours_ops USING btree IS
'order by the spans of Monday to Sunday, then of public holidays';

CREATE OPERATOR FAMILY oncall.weekly_hours_ops USING hash;
COMMENT ON OPERATOR FAMILY oncall.weekly_hours_ops USING hash IS 'hashes of oncall.weekly_hours';
CREATE OPERATOR CLASS oncall.weekly_hours_ops DEFAULT FOR TYPE oncall.weekly_hours
	USING hash FAMILY oncall.weekly_hours_ops AS
	OPERATOR 1 oncall.=,
	FUNCTION 1 oncall_internal.weekly_hours_hash(oncall.weekly_hours),
	FUNCTION 2 oncall_internal.weekly_hours_hash_extended(oncall.weekly_hours, pg_catalog.int8);
COMMENT ON OPERATOR CLASS oncall.weekly_hours_ops USING hash IS 'hashes of hours of the week';

-- STABLE, since what a zone's clocks show changes with the time zone database.
CREATE FUNCTION oncall.is_open(hours oncall.weekly_hours, at pg_catalog.timestamptz, zone pg_catalog.text,
	holidays pg_catalog.date[] DEFAULT '{}') RETURNS pg_catalog.bool
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_open';
COMMENT ON FUNCTION oncall.is_open(oncall.weekly_hours, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.date[]) IS
'whether the wall clock of the zone at that instant lies in a span of its day, or of the day before past midnight; holidays are the dates on which PH holds; 22023 for an unknown zone, 22008 for an infinite time or date, 22004 for a NULL among the holidays';
CREATE FUNCTION oncall.open_periods(hours oncall.weekly_hours, during pg_catalog.tstzrange, zone pg_catalog.text,
	holidays pg_catalog.date[] DEFAULT '{}') RETURNS pg_catalog.tstzmultirange
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_open_periods';
COMMENT ON FUNCTION oncall.open_periods(oncall.weekly_hours, pg_catalog.tstzrange, pg_catalog.text, pg_catalog.date[]) IS
'all instants of the window at which is_open() is true, as half-open ranges; 22023 for a window that is empty or not bounded and for an unknown zone, 22008 for an infinite date, 22004 for a NULL among the holidays, 54000 for more than 1000000 ranges';
