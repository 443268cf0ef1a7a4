
-- History

CREATE FUNCTION oncall_internal.keep_history() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'oncall_keep_history';
COMMENT ON FUNCTION oncall_internal.keep_history() IS
'Trigger of the tables that keep history: a row that begins or ceases to be believed bears the moment of its change and names it; an edit leaves a closed copy. Errors: 55000 (edits of closed rows, DELETE, TRUNCATE), 42501 (history by hand of others than the owner), 22023 (another''s change).';

CREATE FUNCTION oncall_internal.written_now(xmin pg_catalog.xid) RETURNS pg_catalog.bool
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_written_now';
COMMENT ON FUNCTION oncall_internal.written_now(pg_catalog.xid) IS
'Given a row''s xmin: was this version of the row written by the current transaction, subtransactions included?';

CREATE FUNCTION oncall_internal.is_own(recorded pg_catalog.tstzrange, xmin pg_catalog.xid) RETURNS pg_catalog.bool
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_is_own';
COMMENT ON FUNCTION oncall_internal.is_own(pg_catalog.tstzrange, pg_catalog.xid) IS
'Did the current transaction itself begin to believe this row, so that nobody else has ever seen it?';

CREATE FUNCTION oncall_internal.closed(recorded pg_catalog.tstzrange, xmin pg_catalog.xid) RETURNS pg_catalog.tstzrange
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_closed';
COMMENT ON FUNCTION oncall_internal.closed(pg_catalog.tstzrange, pg_catalog.xid) IS
'What a row''s "recorded" becomes when the row is closed by this change: it ends at the moment, or by the clock if it began later than that; what the current transaction itself began to believe becomes empty. A range that has ended is returned as it is.';
