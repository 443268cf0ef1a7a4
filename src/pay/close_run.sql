
-- Closing a pay run

CREATE FUNCTION oncall_internal.unseen_since() RETURNS pg_catalog.timestamptz
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_unseen_since';
COMMENT ON FUNCTION oncall_internal.unseen_since() IS
'A time such that all that was recorded before it is in a snapshot that is taken after this call: the earliest start of a transaction of another session of this database, or now. -infinity if that cannot be told: in REPEATABLE READ, with prepared transactions, or where track_activities is off.';

CREATE FUNCTION oncall_internal.refuse_unseen_runs(policies pg_catalog.int4[]) RETURNS pg_catalog.void
LANGUAGE C STRICT VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_refuse_unseen_runs';
COMMENT ON FUNCTION oncall_internal.refuse_unseen_runs(pg_catalog.int4[]) IS
'For who has locked pay policies to edit what their runs depend on: the error (40001) that one was closed or reopened after the snapshot that a transaction in REPEATABLE READ or SERIALIZABLE keeps.';

CREATE FUNCTION oncall_internal.close_run() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_close_run';
COMMENT ON FUNCTION oncall_internal.close_run() IS
'Trigger of oncall.pay_run: writes the lines and accruals of a run that is being closed, as the owner of the tables and in one statement, so that they come of one snapshot.';
