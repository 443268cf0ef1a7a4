
-- Time in lieu: one session at a time spends that of a person

CREATE FUNCTION oncall_internal.lieu_lock() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_lieu_lock';
COMMENT ON FUNCTION oncall_internal.lieu_lock() IS
'Trigger of oncall.lieu_entry: writes the row of the person anew, unchanged, as the owner of the table, so that of two sessions that spend the same time the second waits, and fails in REPEATABLE READ and above (40001).';
