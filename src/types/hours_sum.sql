
--
-- sum(hours)
--
-- Only a result can be out of range: the state cannot overflow. So it does not
-- matter in which order rows come, and taking them out is exact.

CREATE FUNCTION oncall_internal.hours_sum_add(pg_catalog.internal, oncall.hours) RETURNS pg_catalog.internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_add';
COMMENT ON FUNCTION oncall_internal.hours_sum_add(pg_catalog.internal, oncall.hours) IS
'part of sum(hours): adds a row';
CREATE FUNCTION oncall_internal.hours_sum_remove(pg_catalog.internal, oncall.hours) RETURNS pg_catalog.internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_remove';
COMMENT ON FUNCTION oncall_internal.hours_sum_remove(pg_catalog.internal, oncall.hours) IS
'part of sum(hours) over a moving window: takes a row out again';
CREATE FUNCTION oncall_internal.hours_sum_combine(pg_catalog.internal, pg_catalog.internal) RETURNS pg_catalog.internal
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_combine';
COMMENT ON FUNCTION oncall_internal.hours_sum_combine(pg_catalog.internal, pg_catalog.internal) IS
'part of sum(hours): adds what a parallel worker has added up';
CREATE FUNCTION oncall_internal.hours_sum_serialize(pg_catalog.internal) RETURNS pg_catalog.bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_serialize';
COMMENT ON FUNCTION oncall_internal.hours_sum_serialize(pg_catalog.internal) IS
'part of sum(hours): the state of a parallel worker as bytes';
CREATE FUNCTION oncall_internal.hours_sum_deserialize(pg_catalog.bytea, pg_catalog.internal) RETURNS pg_catalog.internal
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_deserialize';
COMMENT ON FUNCTION oncall_internal.hours_sum_deserialize(pg_catalog.bytea, pg_catalog.internal) IS
'part of sum(hours): the state of a parallel worker from bytes; 22P03 or 08P01 for bytes that are none';
CREATE FUNCTION oncall_internal.hours_sum_final(pg_catalog.internal) RETURNS oncall.hours
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_hours_sum_final';
COMMENT ON FUNCTION oncall_internal.hours_sum_final(pg_catalog.internal) IS
'part of sum(hours): the result; 22008 if a band is out of range, 54000 for more than 16777215 bands or 1 GB';

CREATE AGGREGATE oncall.sum(oncall.hours) (
	SFUNC = oncall_internal.hours_sum_add,
	STYPE = pg_catalog.internal,
	SSPACE = 512,
	FINALFUNC = oncall_internal.hours_sum_final,
	COMBINEFUNC = oncall_internal.hours_sum_combine,
	SERIALFUNC = oncall_internal.hours_sum_serialize,
	DESERIALFUNC = oncall_internal.hours_sum_deserialize,
	MSFUNC = oncall_internal.hours_sum_add,
	MINVFUNC = oncall_internal.hours_sum_remove,
	MSTYPE = pg_catalog.internal,
	MSSPACE = 512,
	MFINALFUNC = oncall_internal.hours_sum_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE oncall.sum(oncall.hours) IS
'the sum band by band of all that is not NULL; NULL if there is nothing; 22008 if the sum of a band is out of range';
