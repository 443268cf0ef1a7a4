
CREATE FUNCTION oncall.beat_on_insert() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_beat_on_insert';
COMMENT ON FUNCTION oncall.beat_on_insert() IS
'Trigger of a table of yours, FOR EACH ROW: a new row is a beat of the service that an argument names, ''service=column'' or ''service=''''constant'''''', at the time in the column of ''at=column'' (without it: now). Errors: 42703, 42804 (the column), 22023 (arguments).';
-- it acts as the owner of oncall's tables, whoever writes the row
REVOKE EXECUTE ON FUNCTION oncall.beat_on_insert() FROM PUBLIC;

CREATE FUNCTION oncall_internal.heartbeat_heard() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_heartbeat_heard';
COMMENT ON FUNCTION oncall_internal.heartbeat_heard() IS
'Trigger of oncall.heartbeat: a beat resolves the incident that silence had opened, as the owner of the table.';
