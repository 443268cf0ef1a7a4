
-- cadence: when a duty is handed over

CREATE TYPE oncall.cadence;

CREATE FUNCTION oncall_internal.cadence_in(pg_catalog.cstring) RETURNS oncall.cadence
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_in';
COMMENT ON FUNCTION oncall_internal.cadence_in(pg_catalog.cstring) IS
'I/O: text to cadence. Errors: malformed 22P02, no such date or time 22008, unknown time zone, contradictory offset or mixed, zero or negative steps 22023, steps too long 22003, too many 54000.';

CREATE FUNCTION oncall_internal.cadence_out(oncall.cadence) RETURNS pg_catalog.cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_out';
COMMENT ON FUNCTION oncall_internal.cadence_out(oncall.cadence) IS
'I/O: cadence to text, in its canonical form whatever the settings.';

CREATE FUNCTION oncall_internal.cadence_recv(pg_catalog.internal) RETURNS oncall.cadence
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_recv';
COMMENT ON FUNCTION oncall_internal.cadence_recv(pg_catalog.internal) IS
'I/O: binary to cadence, checked like text; malformed 22P03.';

CREATE FUNCTION oncall_internal.cadence_send(oncall.cadence) RETURNS pg_catalog.bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_send';
COMMENT ON FUNCTION oncall_internal.cadence_send(oncall.cadence) IS 'I/O: cadence to binary.';

CREATE TYPE oncall.cadence (
	INPUT = oncall_internal.cadence_in,
	OUTPUT = oncall_internal.cadence_out,
	RECEIVE = oncall_internal.cadence_recv,
	SEND = oncall_internal.cadence_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = double,
	STORAGE = extended
);
COMMENT ON TYPE oncall.cadence IS
'When a duty is handed over: an ISO 8601 repeating interval in a time zone, such as R/2026-01-06T12:00[Pacific/Auckland]/P7D, or with steps taken in turn: R/2026-01-05T09:00[Europe/London]/P4D,P3D.';

CREATE FUNCTION oncall.cadence(anchor pg_catalog.timestamp, zone pg_catalog.text, VARIADIC steps pg_catalog.interval[])
RETURNS oncall.cadence
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_from_parts';
COMMENT ON FUNCTION oncall.cadence(pg_catalog.timestamp, pg_catalog.text, pg_catalog.interval[]) IS
'A cadence from its parts: the local time of handover 0 (a whole second), an IANA time zone and one or more steps, all in months, all in days or all in time of whole minutes, and positive. Errors as for text; a step that is null 22004.';

CREATE FUNCTION oncall.anchor(cadence oncall.cadence) RETURNS pg_catalog.timestamp
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_anchor';
COMMENT ON FUNCTION oncall.anchor(oncall.cadence) IS 'The local time, in the zone of the cadence, of handover 0.';

CREATE FUNCTION oncall.every(cadence oncall.cadence) RETURNS pg_catalog.interval
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_every';
COMMENT ON FUNCTION oncall.every(oncall.cadence) IS
'The sum of the steps: after so long the list of steps begins again.';

CREATE FUNCTION oncall.steps(cadence oncall.cadence) RETURNS pg_catalog.interval[]
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_steps';
COMMENT ON FUNCTION oncall.steps(oncall.cadence) IS 'The steps that are taken in turn.';

CREATE FUNCTION oncall.zone(cadence oncall.cadence) RETURNS pg_catalog.text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_zone';
COMMENT ON FUNCTION oncall.zone(oncall.cadence) IS 'The name of the time zone.';

-- What evaluates time zones is STABLE: an update of the time zone database may
-- change it.

CREATE FUNCTION oncall.turn_at(cadence oncall.cadence, at pg_catalog.timestamptz) RETURNS pg_catalog.int8
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_turn_at';
COMMENT ON FUNCTION oncall.turn_at(oncall.cadence, pg_catalog.timestamptz) IS
'The number of the turn that contains this instant; turn 0 starts at the anchor. NULL before the anchor. Error: infinity 22008. Stable, as the time zone database may change.';

CREATE FUNCTION oncall.turn_period(cadence oncall.cadence, turn pg_catalog.int8) RETURNS pg_catalog.tstzrange
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_turn_period';
COMMENT ON FUNCTION oncall.turn_period(oncall.cadence, pg_catalog.int8) IS
'The period of a turn, from its handover up to the next; empty where these coincide (in a gap of local time). Errors: a negative number 22003, a turn outside the range of timestamptz 22008. Stable, as the time zone database may change.';

CREATE FUNCTION oncall_internal.handovers_support(pg_catalog.internal) RETURNS pg_catalog.internal
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_handovers_support';
COMMENT ON FUNCTION oncall_internal.handovers_support(pg_catalog.internal) IS
'Planner support: estimates the rows of handovers().';

CREATE FUNCTION oncall.handovers(cadence oncall.cadence, during pg_catalog.tstzrange)
RETURNS SETOF pg_catalog.timestamptz
LANGUAGE C STABLE STRICT PARALLEL SAFE
	SUPPORT oncall_internal.handovers_support
AS 'MODULE_PATHNAME', 'oncall_handovers';
COMMENT ON FUNCTION oncall.handovers(oncall.cadence, pg_catalog.tstzrange) IS
'The instants of this range at which the duty is handed over, in order, each once. The range must be bounded above; without a lower bound it starts at the anchor. Errors: 22023 (a range that is empty, not bounded above, or includes its end). Stable, as the time zone database may change.';

CREATE FUNCTION oncall_internal.cadence_lt(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_lt';
COMMENT ON FUNCTION oncall_internal.cadence_lt(oncall.cadence, oncall.cadence) IS 'Implementation of operator <.';
CREATE OPERATOR oncall.< (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_lt,
	COMMUTATOR = OPERATOR(oncall.>), NEGATOR = OPERATOR(oncall.>=),
	RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR oncall.< (oncall.cadence, oncall.cadence) IS
'comes before (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_le(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_le';
COMMENT ON FUNCTION oncall_internal.cadence_le(oncall.cadence, oncall.cadence) IS 'Implementation of operator <=.';
CREATE OPERATOR oncall.<= (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_le,
	COMMUTATOR = OPERATOR(oncall.>=), NEGATOR = OPERATOR(oncall.>),
	RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR oncall.<= (oncall.cadence, oncall.cadence) IS
'comes before or is equal (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_eq(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_eq';
COMMENT ON FUNCTION oncall_internal.cadence_eq(oncall.cadence, oncall.cadence) IS 'Implementation of operator =.';
CREATE OPERATOR oncall.= (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_eq,
	COMMUTATOR = OPERATOR(oncall.=), NEGATOR = OPERATOR(oncall.<>),
	RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oncall.= (oncall.cadence, oncall.cadence) IS
'is equal (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_ne(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_ne';
COMMENT ON FUNCTION oncall_internal.cadence_ne(oncall.cadence, oncall.cadence) IS 'Implementation of operator <>.';
CREATE OPERATOR oncall.<> (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_ne,
	COMMUTATOR = OPERATOR(oncall.<>), NEGATOR = OPERATOR(oncall.=),
	RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR oncall.<> (oncall.cadence, oncall.cadence) IS
'is not equal (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_ge(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_ge';
COMMENT ON FUNCTION oncall_internal.cadence_ge(oncall.cadence, oncall.cadence) IS 'Implementation of operator >=.';
CREATE OPERATOR oncall.>= (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_ge,
	COMMUTATOR = OPERATOR(oncall.<=), NEGATOR = OPERATOR(oncall.<),
	RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR oncall.>= (oncall.cadence, oncall.cadence) IS
'comes after or is equal (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_gt(oncall.cadence, oncall.cadence) RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_gt';
COMMENT ON FUNCTION oncall_internal.cadence_gt(oncall.cadence, oncall.cadence) IS 'Implementation of operator >.';
CREATE OPERATOR oncall.> (
	LEFTARG = oncall.cadence, RIGHTARG = oncall.cadence,
	FUNCTION = oncall_internal.cadence_gt,
	COMMUTATOR = OPERATOR(oncall.<), NEGATOR = OPERATOR(oncall.<=),
	RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR oncall.> (oncall.cadence, oncall.cadence) IS
'comes after (by zone in byte order, anchor, unit, steps)';

CREATE FUNCTION oncall_internal.cadence_cmp(oncall.cadence, oncall.cadence) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_cmp';
COMMENT ON FUNCTION oncall_internal.cadence_cmp(oncall.cadence, oncall.cadence) IS
'Less than, equal to or greater than zero: by zone in byte order, anchor, unit, steps.';

CREATE FUNCTION oncall_internal.cadence_sortsupport(pg_catalog.internal) RETURNS pg_catalog.void
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_sortsupport';
COMMENT ON FUNCTION oncall_internal.cadence_sortsupport(pg_catalog.internal) IS 'Sort support of cadence.';

CREATE FUNCTION oncall_internal.cadence_hash(oncall.cadence) RETURNS pg_catalog.int4
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_hash';
COMMENT ON FUNCTION oncall_internal.cadence_hash(oncall.cadence) IS 'Hash of a cadence.';

CREATE FUNCTION oncall_internal.cadence_hash_extended(oncall.cadence, pg_catalog.int8) RETURNS pg_catalog.int8
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_cadence_hash_extended';
COMMENT ON FUNCTION oncall_internal.cadence_hash_extended(oncall.cadence, pg_catalog.int8) IS
'Hash of a cadence, with a seed.';

CREATE OPERATOR CLASS oncall.cadence_ops DEFAULT FOR TYPE oncall.cadence USING btree AS
	OPERATOR 1 oncall.<,
	OPERATOR 2 oncall.<=,
	OPERATOR 3 oncall.=,
	OPERATOR 4 oncall.>=,
	OPERATOR 5 oncall.>,
	FUNCTION 1 oncall_internal.cadence_cmp(oncall.cadence, oncall.cadence),
	FUNCTION 2 oncall_internal.cadence_sortsupport(pg_catalog.internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR CLASS oncall.cadence_ops USING btree IS 'cadences by zone in byte order, anchor, unit, steps';

CREATE OPERATOR CLASS oncall.cadence_ops DEFAULT FOR TYPE oncall.cadence USING hash AS
	OPERATOR 1 oncall.=,
	FUNCTION 1 oncall_internal.cadence_hash(oncall.cadence),
	FUNCTION 2 oncall_internal.cadence_hash_extended(oncall.cadence, pg_catalog.int8);
COMMENT ON OPERATOR CLASS oncall.cadence_ops USING hash IS 'cadences by their bytes';
