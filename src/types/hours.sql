
--
-- hours: durations by band
--

CREATE TYPE oncall.hours;

CREATE FUNCTION oncall_internal.hours_in(pg_catalog.cstring) RETURNS oncall.hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_in';
COMMENT ON FUNCTION oncall_internal.hours_in(pg_catalog.cstring) IS
'input function of oncall.hours; 22P02 for malformed text, a duration with days, months or years and a band that stands there twice, 22008 for a duration out of range, 54000 for a value that is too large';
CREATE FUNCTION oncall_internal.hours_out(oncall.hours) RETURNS pg_catalog.cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_out';
COMMENT ON FUNCTION oncall_internal.hours_out(oncall.hours) IS
'output function of oncall.hours; equal values print alike';
CREATE FUNCTION oncall_internal.hours_recv(pg_catalog.internal) RETURNS oncall.hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_recv';
COMMENT ON FUNCTION oncall_internal.hours_recv(pg_catalog.internal) IS
'binary input of oncall.hours; 22P03 or 08P01 for anything that its send function would not write, but for the order of bands, which is free';
CREATE FUNCTION oncall_internal.hours_send(oncall.hours) RETURNS pg_catalog.bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_send';
COMMENT ON FUNCTION oncall_internal.hours_send(oncall.hours) IS
'binary output of oncall.hours: format 1 (one byte), the number of bands, and of each the length of its name, the name, and its microseconds as a bigint';

CREATE TYPE oncall.hours (
	INPUT = oncall_internal.hours_in,
	OUTPUT = oncall_internal.hours_out,
	RECEIVE = oncall_internal.hours_recv,
	SEND = oncall_internal.hours_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE oncall.hours IS
'durations by band, exact to the microsecond, such as night=>06:00:00, weekend=>48:00:00; bands in the byte order of their names, none with a duration of zero; the empty text has no bands';

CREATE FUNCTION oncall.hours(band pg_catalog.text, duration pg_catalog.interval) RETURNS oncall.hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_of';
COMMENT ON FUNCTION oncall.hours(pg_catalog.text, pg_catalog.interval) IS
'hours of one band, of none if the duration is zero; 22023 for a duration with days, months or years, which are not always of one length, or that is infinite';
CREATE FUNCTION oncall.total(hours oncall.hours) RETURNS pg_catalog.interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_total';
COMMENT ON FUNCTION oncall.total(oncall.hours) IS 'the sum of all bands; 22008 if it is out of range';
CREATE FUNCTION oncall.each(hours oncall.hours) RETURNS TABLE (band pg_catalog.text, duration pg_catalog.interval)
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 4
AS 'MODULE_PATHNAME', 'oncall_hours_each';
COMMENT ON FUNCTION oncall.each(oncall.hours) IS 'one row a band, in the byte order of their names';

CREATE FUNCTION oncall_internal.hours_get(hours oncall.hours, band pg_catalog.text) RETURNS pg_catalog.interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_get';
COMMENT ON FUNCTION oncall_internal.hours_get(oncall.hours, pg_catalog.text) IS
'behind hours -> text: the duration of a band; NULL if there is none of this name';
CREATE FUNCTION oncall_internal.hours_plus(oncall.hours, oncall.hours) RETURNS oncall.hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_plus';
COMMENT ON FUNCTION oncall_internal.hours_plus(oncall.hours, oncall.hours) IS
'behind hours + hours: the sum band by band; 22008 if one is out of range';
CREATE FUNCTION oncall_internal.hours_minus(oncall.hours, oncall.hours) RETURNS oncall.hours
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_minus';
COMMENT ON FUNCTION oncall_internal.hours_minus(oncall.hours, oncall.hours) IS
'behind hours - hours: the difference band by band, which may be negative; 22008 if one is out of range';

CREATE OPERATOR oncall.-> (
	FUNCTION = oncall_internal.hours_get, LEFTARG = oncall.hours, RIGHTARG = pg_catalog.text
);
COMMENT ON OPERATOR oncall.-> (oncall.hours, pg_catalog.text) IS
'the duration of a band; NULL if there is none of this name';
CREATE OPERATOR oncall.+ (
	FUNCTION = oncall_internal.hours_plus, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.+)
);
COMMENT ON OPERATOR oncall.+ (oncall.hours, oncall.hours) IS 'the sum band by band';
CREATE OPERATOR oncall.- (
	FUNCTION = oncall_internal.hours_minus, LEFTARG = oncall.hours, RIGHTARG = oncall.hours
);
COMMENT ON OPERATOR oncall.- (oncall.hours, oncall.hours) IS 'the difference band by band, which may be negative';

CREATE FUNCTION oncall_internal.hours_jsonb(oncall.hours) RETURNS pg_catalog.jsonb
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_jsonb';
COMMENT ON FUNCTION oncall_internal.hours_jsonb(oncall.hours) IS
'an object of decimal hours with six places, half of the last one rounded away from zero; behind the cast to jsonb';
-- not for assignment: microseconds are rounded
CREATE CAST (oncall.hours AS pg_catalog.jsonb)
	WITH FUNCTION oncall_internal.hours_jsonb(oncall.hours);
COMMENT ON CAST (oncall.hours AS pg_catalog.jsonb) IS
'an object of decimal hours with six places, such as {"night": 6.000000}';

-- row_to_json(), to_jsonb() and their like look for a cast to json only
CREATE FUNCTION oncall_internal.hours_json(oncall.hours) RETURNS pg_catalog.json
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_json';
COMMENT ON FUNCTION oncall_internal.hours_json(oncall.hours) IS
'an object of decimal hours with six places, as hours_jsonb() gives it; behind the cast to json';
CREATE CAST (oncall.hours AS pg_catalog.json)
	WITH FUNCTION oncall_internal.hours_json(oncall.hours);
COMMENT ON CAST (oncall.hours AS pg_catalog.json) IS
'an object of decimal hours with six places, such as {"night": 6.000000}';

CREATE FUNCTION oncall_internal.hours_eq(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_eq';
COMMENT ON FUNCTION oncall_internal.hours_eq(oncall.hours, oncall.hours) IS 'behind the operator = of oncall.hours';
CREATE FUNCTION oncall_internal.hours_ne(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_ne';
COMMENT ON FUNCTION oncall_internal.hours_ne(oncall.hours, oncall.hours) IS 'behind the operator <> of oncall.hours';
CREATE FUNCTION oncall_internal.hours_lt(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_lt';
COMMENT ON FUNCTION oncall_internal.hours_lt(oncall.hours, oncall.hours) IS 'behind the operator < of oncall.hours';
CREATE FUNCTION oncall_internal.hours_le(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_le';
COMMENT ON FUNCTION oncall_internal.hours_le(oncall.hours, oncall.hours) IS 'behind the operator <= of oncall.hours';
CREATE FUNCTION oncall_internal.hours_gt(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_gt';
COMMENT ON FUNCTION oncall_internal.hours_gt(oncall.hours, oncall.hours) IS 'behind the operator > of oncall.hours';
CREATE FUNCTION oncall_internal.hours_ge(oncall.hours, oncall.hours) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_ge';
COMMENT ON FUNCTION oncall_internal.hours_ge(oncall.hours, oncall.hours) IS 'behind the operator >= of oncall.hours';
CREATE FUNCTION oncall_internal.hours_cmp(oncall.hours, oncall.hours) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_cmp';
COMMENT ON FUNCTION oncall_internal.hours_cmp(oncall.hours, oncall.hours) IS
'btree comparison of oncall.hours: less than, equal to or greater than zero';
CREATE FUNCTION oncall_internal.hours_sortsupport(pg_catalog.internal) RETURNS pg_catalog.void
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sortsupport';
COMMENT ON FUNCTION oncall_internal.hours_sortsupport(pg_catalog.internal) IS 'btree sort support of oncall.hours';
CREATE FUNCTION oncall_internal.hours_hash(oncall.hours) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_hash';
COMMENT ON FUNCTION oncall_internal.hours_hash(oncall.hours) IS 'hash of oncall.hours';
CREATE FUNCTION oncall_internal.hours_hash_extended(oncall.hours, pg_catalog.int8) RETURNS pg_catalog.int8
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_hash_extended';
COMMENT ON FUNCTION oncall_internal.hours_hash_extended(oncall.hours, pg_catalog.int8) IS
'hash of oncall.hours with a seed';

CREATE OPERATOR oncall.= (
	FUNCTION = oncall_internal.hours_eq, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.=), NEGATOR = OPERATOR(oncall.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oncall.= (oncall.hours, oncall.hours) IS 'the same bands of the same durations';
CREATE OPERATOR oncall.<> (
	FUNCTION = oncall_internal.hours_ne, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.<>), NEGATOR = OPERATOR(oncall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR oncall.<> (oncall.hours, oncall.hours) IS 'not the same bands of the same durations';
CREATE OPERATOR oncall.< (
	FUNCTION = oncall_internal.hours_lt, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.>), NEGATOR = OPERATOR(oncall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR oncall.< (oncall.hours, oncall.hours) IS
'sorts before: by the total, then by the names and durations of the bands';
CREATE OPERATOR oncall.<= (
	FUNCTION = oncall_internal.hours_le, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.>=), NEGATOR = OPERATOR(oncall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR oncall.<= (oncall.hours, oncall.hours) IS 'sorts before or is equal';
CREATE OPERATOR oncall.> (
	FUNCTION = oncall_internal.hours_gt, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.<), NEGATOR = OPERATOR(oncall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR oncall.> (oncall.hours, oncall.hours) IS
'sorts after: by the total, then by the names and durations of the bands';
CREATE OPERATOR oncall.>= (
	FUNCTION = oncall_internal.hours_ge, LEFTARG = oncall.hours, RIGHTARG = oncall.hours,
	COMMUTATOR = OPERATOR(oncall.<=), NEGATOR = OPERATOR(oncall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR oncall.>= (oncall.hours, oncall.hours) IS 'sorts after or is equal';

CREATE OPERATOR FAMILY oncall.hours_ops USING btree;
COMMENT ON OPERATOR FAMILY oncall.hours_ops USING btree IS 'btree order of oncall.hours';
CREATE OPERATOR CLASS oncall.hours_ops DEFAULT FOR TYPE oncall.hours USING btree FAMILY oncall.hours_ops AS
	OPERATOR 1 oncall.<, OPERATOR 2 oncall.<=, OPERATOR 3 oncall.=,
	OPERATOR 4 oncall.>=, OPERATOR 5 oncall.>,
	FUNCTION 1 oncall_internal.hours_cmp(oncall.hours, oncall.hours),
	FUNCTION 2 oncall_internal.hours_sortsupport(pg_catalog.internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS oncall.hours_ops USING btree IS
'order by the total, then by the names and durations of the bands';

CREATE OPERATOR FAMILY oncall.hours_ops USING hash;
COMMENT ON OPERATOR FAMILY oncall.hours_ops USING hash IS 'hashes of oncall.hours';
CREATE OPERATOR CLASS oncall.hours_ops DEFAULT FOR TYPE oncall.hours USING hash FAMILY oncall.hours_ops AS
	OPERATOR 1 oncall.=,
	FUNCTION 1 oncall_internal.hours_hash(oncall.hours),
	FUNCTION 2 oncall_internal.hours_hash_extended(oncall.hours, pg_catalog.int8);
COMMENT ON OPERATOR CLASS oncall.hours_ops USING hash IS 'hashes of durations by band';
