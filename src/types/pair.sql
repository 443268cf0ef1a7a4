
--
-- pair: who holds the first two seats
--

CREATE TYPE oncall.pair;

CREATE FUNCTION oncall_internal.pair_in(cstring) RETURNS oncall.pair
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_in';
COMMENT ON FUNCTION oncall_internal.pair_in(cstring) IS
'input function of oncall.pair; 22P02 for malformed text, 22003 for an id outside 1 to 2147483647';
CREATE FUNCTION oncall_internal.pair_out(oncall.pair) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_out';
COMMENT ON FUNCTION oncall_internal.pair_out(oncall.pair) IS 'output function of oncall.pair';
CREATE FUNCTION oncall_internal.pair_recv(internal) RETURNS oncall.pair
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_recv';
COMMENT ON FUNCTION oncall_internal.pair_recv(internal) IS
'binary input of oncall.pair: two 32-bit ids, 0 for an empty seat; 22P03 for a negative one';
CREATE FUNCTION oncall_internal.pair_send(oncall.pair) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_send';
COMMENT ON FUNCTION oncall_internal.pair_send(oncall.pair) IS 'binary output of oncall.pair';

CREATE TYPE oncall.pair (
	INPUT = oncall_internal.pair_in,
	OUTPUT = oncall_internal.pair_out,
	RECEIVE = oncall_internal.pair_recv,
	SEND = oncall_internal.pair_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE oncall.pair IS
'ids of the primary and the secondary, such as (17,4); an empty seat is blank, as in (17,), (,4) or (,)';

CREATE FUNCTION oncall.pair("primary" pg_catalog.int4, secondary pg_catalog.int4) RETURNS oncall.pair
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_of';
COMMENT ON FUNCTION oncall.pair(pg_catalog.int4, pg_catalog.int4) IS
'the pair of these two people; NULL is an empty seat; 22003 for an id below 1';
CREATE FUNCTION oncall.primary_of(pair oncall.pair) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_primary_of';
COMMENT ON FUNCTION oncall.primary_of(oncall.pair) IS 'id of the primary; NULL when that seat is empty';
CREATE FUNCTION oncall.secondary_of(pair oncall.pair) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_secondary_of';
COMMENT ON FUNCTION oncall.secondary_of(oncall.pair) IS 'id of the secondary; NULL when that seat is empty';

CREATE FUNCTION oncall_internal.pair_array(oncall.pair) RETURNS pg_catalog.int4[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_array';
COMMENT ON FUNCTION oncall_internal.pair_array(oncall.pair) IS
'the two ids as an array, NULL for an empty seat; behind the cast to integer[]';
CREATE CAST (oncall.pair AS pg_catalog.int4[])
	WITH FUNCTION oncall_internal.pair_array(oncall.pair) AS ASSIGNMENT;
COMMENT ON CAST (oncall.pair AS pg_catalog.int4[]) IS
'primary and secondary as an array of two, NULL for an empty seat';

-- row_to_json(), to_jsonb() and their like look for a cast to json only
CREATE FUNCTION oncall_internal.pair_json(oncall.pair) RETURNS pg_catalog.json
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_json';
COMMENT ON FUNCTION oncall_internal.pair_json(oncall.pair) IS
'an object of the two ids, null for an empty seat; behind the cast to json';
CREATE FUNCTION oncall_internal.pair_jsonb(oncall.pair) RETURNS pg_catalog.jsonb
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_jsonb';
COMMENT ON FUNCTION oncall_internal.pair_jsonb(oncall.pair) IS
'an object of the two ids, null for an empty seat; behind the cast to jsonb';
CREATE CAST (oncall.pair AS pg_catalog.json)
	WITH FUNCTION oncall_internal.pair_json(oncall.pair) AS ASSIGNMENT;
COMMENT ON CAST (oncall.pair AS pg_catalog.json) IS
'an object such as {"primary": 9, "secondary": 4}; an empty seat is null';
CREATE CAST (oncall.pair AS pg_catalog.jsonb)
	WITH FUNCTION oncall_internal.pair_jsonb(oncall.pair) AS ASSIGNMENT;
COMMENT ON CAST (oncall.pair AS pg_catalog.jsonb) IS
'an object such as {"primary": 9, "secondary": 4}; an empty seat is null';

-- A pair compares and hashes as the bigint that it is, by the server's own
-- functions: by primary, then by secondary, an empty seat before any person.
CREATE FUNCTION oncall_internal.pair_eq(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8eq';
COMMENT ON FUNCTION oncall_internal.pair_eq(oncall.pair, oncall.pair) IS 'behind the operator = of oncall.pair';
CREATE FUNCTION oncall_internal.pair_ne(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8ne';
COMMENT ON FUNCTION oncall_internal.pair_ne(oncall.pair, oncall.pair) IS 'behind the operator <> of oncall.pair';
CREATE FUNCTION oncall_internal.pair_lt(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8lt';
COMMENT ON FUNCTION oncall_internal.pair_lt(oncall.pair, oncall.pair) IS 'behind the operator < of oncall.pair';
CREATE FUNCTION oncall_internal.pair_le(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8le';
COMMENT ON FUNCTION oncall_internal.pair_le(oncall.pair, oncall.pair) IS 'behind the operator <= of oncall.pair';
CREATE FUNCTION oncall_internal.pair_gt(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8gt';
COMMENT ON FUNCTION oncall_internal.pair_gt(oncall.pair, oncall.pair) IS 'behind the operator > of oncall.pair';
CREATE FUNCTION oncall_internal.pair_ge(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'int8ge';
COMMENT ON FUNCTION oncall_internal.pair_ge(oncall.pair, oncall.pair) IS 'behind the operator >= of oncall.pair';
CREATE FUNCTION oncall_internal.pair_cmp(oncall.pair, oncall.pair) RETURNS pg_catalog.int4
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8cmp';
COMMENT ON FUNCTION oncall_internal.pair_cmp(oncall.pair, oncall.pair) IS 'btree comparison of oncall.pair: -1, 0 or 1';
CREATE FUNCTION oncall_internal.pair_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'btint8sortsupport';
COMMENT ON FUNCTION oncall_internal.pair_sortsupport(internal) IS 'btree sort support of oncall.pair';
CREATE FUNCTION oncall_internal.pair_hash(oncall.pair) RETURNS pg_catalog.int4
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8';
COMMENT ON FUNCTION oncall_internal.pair_hash(oncall.pair) IS 'hash of oncall.pair';
CREATE FUNCTION oncall_internal.pair_hash_extended(oncall.pair, pg_catalog.int8) RETURNS pg_catalog.int8
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE
AS 'hashint8extended';
COMMENT ON FUNCTION oncall_internal.pair_hash_extended(oncall.pair, pg_catalog.int8) IS
'hash of oncall.pair with a seed';

CREATE OPERATOR oncall.= (
	FUNCTION = oncall_internal.pair_eq, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.=), NEGATOR = OPERATOR(oncall.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oncall.= (oncall.pair, oncall.pair) IS 'the same people in the same seats';
CREATE OPERATOR oncall.<> (
	FUNCTION = oncall_internal.pair_ne, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.<>), NEGATOR = OPERATOR(oncall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR oncall.<> (oncall.pair, oncall.pair) IS 'not the same people in the same seats';
CREATE OPERATOR oncall.< (
	FUNCTION = oncall_internal.pair_lt, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.>), NEGATOR = OPERATOR(oncall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR oncall.< (oncall.pair, oncall.pair) IS
'sorts before: by primary, then by secondary, empty seats first';
CREATE OPERATOR oncall.<= (
	FUNCTION = oncall_internal.pair_le, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.>=), NEGATOR = OPERATOR(oncall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR oncall.<= (oncall.pair, oncall.pair) IS 'sorts before or is equal';
CREATE OPERATOR oncall.> (
	FUNCTION = oncall_internal.pair_gt, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.<), NEGATOR = OPERATOR(oncall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR oncall.> (oncall.pair, oncall.pair) IS
'sorts after: by primary, then by secondary, empty seats first';
CREATE OPERATOR oncall.>= (
	FUNCTION = oncall_internal.pair_ge, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.<=), NEGATOR = OPERATOR(oncall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR oncall.>= (oncall.pair, oncall.pair) IS 'sorts after or is equal';

CREATE OPERATOR FAMILY oncall.pair_ops USING btree;
COMMENT ON OPERATOR FAMILY oncall.pair_ops USING btree IS 'btree order of oncall.pair';
CREATE OPERATOR CLASS oncall.pair_ops DEFAULT FOR TYPE oncall.pair USING btree FAMILY oncall.pair_ops AS
	OPERATOR 1 oncall.<, OPERATOR 2 oncall.<=, OPERATOR 3 oncall.=,
	OPERATOR 4 oncall.>=, OPERATOR 5 oncall.>,
	FUNCTION 1 oncall_internal.pair_cmp(oncall.pair, oncall.pair),
	FUNCTION 2 oncall_internal.pair_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS oncall.pair_ops USING btree IS 'order by primary, then by secondary, empty seats first';

CREATE OPERATOR FAMILY oncall.pair_ops USING hash;
COMMENT ON OPERATOR FAMILY oncall.pair_ops USING hash IS 'hashes of oncall.pair';
CREATE OPERATOR CLASS oncall.pair_ops DEFAULT FOR TYPE oncall.pair USING hash FAMILY oncall.pair_ops AS
	OPERATOR 1 oncall.=,
	FUNCTION 1 oncall_internal.pair_hash(oncall.pair),
	FUNCTION 2 oncall_internal.pair_hash_extended(oncall.pair, pg_catalog.int8);
COMMENT ON OPERATOR CLASS oncall.pair_ops USING hash IS 'hashes as a bigint does';

CREATE FUNCTION oncall_internal.pair_contains(oncall.pair, pg_catalog.int4) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_contains';
COMMENT ON FUNCTION oncall_internal.pair_contains(oncall.pair, pg_catalog.int4) IS
'behind pair @> person: does this person hold one of the two seats?';
CREATE FUNCTION oncall_internal.pair_contained(pg_catalog.int4, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_contained';
COMMENT ON FUNCTION oncall_internal.pair_contained(pg_catalog.int4, oncall.pair) IS
'behind person <@ pair: does this person hold one of the two seats?';
CREATE FUNCTION oncall_internal.pair_overlaps(oncall.pair, oncall.pair) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_pair_overlaps';
COMMENT ON FUNCTION oncall_internal.pair_overlaps(oncall.pair, oncall.pair) IS
'behind pair && pair: do they have someone in common?';

CREATE OPERATOR oncall.@> (
	FUNCTION = oncall_internal.pair_contains, LEFTARG = oncall.pair, RIGHTARG = pg_catalog.int4,
	COMMUTATOR = OPERATOR(oncall.<@),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR oncall.@> (oncall.pair, pg_catalog.int4) IS 'this person holds one of the two seats';
CREATE OPERATOR oncall.<@ (
	FUNCTION = oncall_internal.pair_contained, LEFTARG = pg_catalog.int4, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.@>),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR oncall.<@ (pg_catalog.int4, oncall.pair) IS 'this person holds one of the two seats';
CREATE OPERATOR oncall.&& (
	FUNCTION = oncall_internal.pair_overlaps, LEFTARG = oncall.pair, RIGHTARG = oncall.pair,
	COMMUTATOR = OPERATOR(oncall.&&),
	RESTRICT = pg_catalog.matchingsel, JOIN = pg_catalog.matchingjoinsel
);
COMMENT ON OPERATOR oncall.&& (oncall.pair, oncall.pair) IS 'someone in common; empty seats match nothing';
