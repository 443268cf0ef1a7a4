
--
-- ref: a reference by name or id
--

CREATE TYPE oncall.ref;

CREATE FUNCTION oncall_internal.ref_in(cstring) RETURNS oncall.ref
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_in';
COMMENT ON FUNCTION oncall_internal.ref_in(cstring) IS
'input function of oncall.ref; 22003 for digits that are no id';
CREATE FUNCTION oncall_internal.ref_out(oncall.ref) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'textout';
COMMENT ON FUNCTION oncall_internal.ref_out(oncall.ref) IS
'output function of oncall.ref';
CREATE FUNCTION oncall_internal.ref_recv(internal) RETURNS oncall.ref
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_recv';
COMMENT ON FUNCTION oncall_internal.ref_recv(internal) IS
'binary input of oncall.ref: its text, in the encoding of the client; 22003 for digits that are no id';
CREATE FUNCTION oncall_internal.ref_send(oncall.ref) RETURNS pg_catalog.bytea
LANGUAGE internal STABLE STRICT PARALLEL SAFE
AS 'textsend';
COMMENT ON FUNCTION oncall_internal.ref_send(oncall.ref) IS
'binary output of oncall.ref';

CREATE TYPE oncall.ref (
	INPUT = oncall_internal.ref_in,
	OUTPUT = oncall_internal.ref_out,
	RECEIVE = oncall_internal.ref_recv,
	SEND = oncall_internal.ref_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = extended
);
COMMENT ON TYPE oncall.ref IS
'a reference to a rotation, person, team, policy or calendar: its name, or digits only, which are its id; the function that takes it finds it';

-- Casts, so that names, ids, columns, parameters and JSON all do.
CREATE FUNCTION oncall_internal.ref_of_text(pg_catalog.text) RETURNS oncall.ref
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_of_text';
COMMENT ON FUNCTION oncall_internal.ref_of_text(pg_catalog.text) IS
'behind the cast from text and varchar to oncall.ref; 22003 for what is no id';
CREATE FUNCTION oncall_internal.ref_of_int2(pg_catalog.int2) RETURNS oncall.ref
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_of_int2';
COMMENT ON FUNCTION oncall_internal.ref_of_int2(pg_catalog.int2) IS
'behind the cast from smallint to oncall.ref; 22003 for what is no id';
CREATE FUNCTION oncall_internal.ref_of_int4(pg_catalog.int4) RETURNS oncall.ref
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_of_int4';
COMMENT ON FUNCTION oncall_internal.ref_of_int4(pg_catalog.int4) IS
'behind the cast from integer to oncall.ref; 22003 for what is no id';
CREATE FUNCTION oncall_internal.ref_of_int8(pg_catalog.int8) RETURNS oncall.ref
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ref_of_int8';
COMMENT ON FUNCTION oncall_internal.ref_of_int8(pg_catalog.int8) IS
'behind the cast from bigint to oncall.ref; 22003 for what is no id';
CREATE CAST (pg_catalog.text AS oncall.ref) WITH FUNCTION oncall_internal.ref_of_text(pg_catalog.text) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.text AS oncall.ref) IS 'a name, or an id if it is digits only';
CREATE CAST (pg_catalog.varchar AS oncall.ref) WITH FUNCTION oncall_internal.ref_of_text(pg_catalog.text) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.varchar AS oncall.ref) IS 'a name, or an id if it is digits only';
CREATE CAST (pg_catalog.int2 AS oncall.ref) WITH FUNCTION oncall_internal.ref_of_int2(pg_catalog.int2) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.int2 AS oncall.ref) IS 'an id';
CREATE CAST (pg_catalog.int4 AS oncall.ref) WITH FUNCTION oncall_internal.ref_of_int4(pg_catalog.int4) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.int4 AS oncall.ref) IS 'an id';
CREATE CAST (pg_catalog.int8 AS oncall.ref) WITH FUNCTION oncall_internal.ref_of_int8(pg_catalog.int8) AS IMPLICIT;
COMMENT ON CAST (pg_catalog.int8 AS oncall.ref) IS 'an id';

-- Equal references have equal bytes: they compare and hash by the server's own
-- functions for bytea.
CREATE FUNCTION oncall_internal.ref_eq(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteaeq';
COMMENT ON FUNCTION oncall_internal.ref_eq(oncall.ref, oncall.ref) IS 'behind the operator = of oncall.ref';
CREATE FUNCTION oncall_internal.ref_ne(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteane';
COMMENT ON FUNCTION oncall_internal.ref_ne(oncall.ref, oncall.ref) IS 'behind the operator <> of oncall.ref';
CREATE FUNCTION oncall_internal.ref_lt(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'bytealt';
COMMENT ON FUNCTION oncall_internal.ref_lt(oncall.ref, oncall.ref) IS 'behind the operator < of oncall.ref';
CREATE FUNCTION oncall_internal.ref_le(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteale';
COMMENT ON FUNCTION oncall_internal.ref_le(oncall.ref, oncall.ref) IS 'behind the operator <= of oncall.ref';
CREATE FUNCTION oncall_internal.ref_gt(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteagt';
COMMENT ON FUNCTION oncall_internal.ref_gt(oncall.ref, oncall.ref) IS 'behind the operator > of oncall.ref';
CREATE FUNCTION oncall_internal.ref_ge(oncall.ref, oncall.ref) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteage';
COMMENT ON FUNCTION oncall_internal.ref_ge(oncall.ref, oncall.ref) IS 'behind the operator >= of oncall.ref';
CREATE FUNCTION oncall_internal.ref_cmp(oncall.ref, oncall.ref) RETURNS pg_catalog.int4
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'byteacmp';
COMMENT ON FUNCTION oncall_internal.ref_cmp(oncall.ref, oncall.ref) IS
'btree comparison of oncall.ref: negative, 0 or positive';
CREATE FUNCTION oncall_internal.ref_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'bytea_sortsupport';
COMMENT ON FUNCTION oncall_internal.ref_sortsupport(internal) IS 'btree sort support of oncall.ref';
CREATE FUNCTION oncall_internal.ref_hash(oncall.ref) RETURNS pg_catalog.int4
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashvarlena';
COMMENT ON FUNCTION oncall_internal.ref_hash(oncall.ref) IS 'hash of oncall.ref';
CREATE FUNCTION oncall_internal.ref_hash_extended(oncall.ref, pg_catalog.int8) RETURNS pg_catalog.int8
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashvarlenaextended';
COMMENT ON FUNCTION oncall_internal.ref_hash_extended(oncall.ref, pg_catalog.int8) IS 'hash of oncall.ref with a seed';

CREATE OPERATOR oncall.= (
	FUNCTION = oncall_internal.ref_eq, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.=), NEGATOR = OPERATOR(oncall.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oncall.= (oncall.ref, oncall.ref) IS 'the same reference';
CREATE OPERATOR oncall.<> (
	FUNCTION = oncall_internal.ref_ne, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.<>), NEGATOR = OPERATOR(oncall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR oncall.<> (oncall.ref, oncall.ref) IS 'not the same reference';
CREATE OPERATOR oncall.< (
	FUNCTION = oncall_internal.ref_lt, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.>), NEGATOR = OPERATOR(oncall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR oncall.< (oncall.ref, oncall.ref) IS 'sorts before, byte by byte';
CREATE OPERATOR oncall.<= (
	FUNCTION = oncall_internal.ref_le, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.>=), NEGATOR = OPERATOR(oncall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR oncall.<= (oncall.ref, oncall.ref) IS 'sorts before or is equal';
CREATE OPERATOR oncall.> (
	FUNCTION = oncall_internal.ref_gt, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.<), NEGATOR = OPERATOR(oncall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR oncall.> (oncall.ref, oncall.ref) IS 'sorts after, byte by byte';
CREATE OPERATOR oncall.>= (
	FUNCTION = oncall_internal.ref_ge, LEFTARG = oncall.ref, RIGHTARG = oncall.ref,
	COMMUTATOR = OPERATOR(oncall.<=), NEGATOR = OPERATOR(oncall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR oncall.>= (oncall.ref, oncall.ref) IS 'sorts after or is equal';

CREATE OPERATOR FAMILY oncall.ref_ops USING btree;
COMMENT ON OPERATOR FAMILY oncall.ref_ops USING btree IS 'btree order of oncall.ref';
CREATE OPERATOR CLASS oncall.ref_ops DEFAULT FOR TYPE oncall.ref USING btree FAMILY oncall.ref_ops AS
	OPERATOR 1 oncall.<, OPERATOR 2 oncall.<=, OPERATOR 3 oncall.=,
	OPERATOR 4 oncall.>=, OPERATOR 5 oncall.>,
	FUNCTION 1 oncall_internal.ref_cmp(oncall.ref, oncall.ref),
	FUNCTION 2 oncall_internal.ref_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS oncall.ref_ops USING btree IS 'order byte by byte';

CREATE OPERATOR FAMILY oncall.ref_ops USING hash;
COMMENT ON OPERATOR FAMILY oncall.ref_ops USING hash IS 'hashes of oncall.ref';
CREATE OPERATOR CLASS oncall.ref_ops DEFAULT FOR TYPE oncall.ref USING hash FAMILY oncall.ref_ops AS
	OPERATOR 1 oncall.=,
	FUNCTION 1 oncall_internal.ref_hash(oncall.ref),
	FUNCTION 2 oncall_internal.ref_hash_extended(oncall.ref, pg_catalog.int8);
COMMENT ON OPERATOR CLASS oncall.ref_ops USING hash IS 'hashes of the text';
