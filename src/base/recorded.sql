
-- History

CREATE FUNCTION oncall_internal.written_now(xmin pg_catalog.xid) RETURNS pg_catalog.bool
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_written_now';
COMMENT ON FUNCTION oncall_internal.written_now(pg_catalog.xid) IS
'Given a row''s xmin: was this version of the row written by the current transaction, subtransactions included?';

CREATE FUNCTION oncall_internal.closed(recorded pg_catalog.tstzrange, xmin pg_catalog.xid) RETURNS pg_catalog.tstzrange
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_closed';
COMMENT ON FUNCTION oncall_internal.closed(pg_catalog.tstzrange, pg_catalog.xid) IS
'What a row''s "recorded" becomes when the row is closed by this statement: it ends at statement_timestamp(), but not before it begins; a row that the current transaction wrote was never believed and becomes empty. A range that has ended is returned as it is.';
