
-- What edits of tables without history touch of the past

CREATE FUNCTION oncall_internal.note_touched() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_note_touched';
COMMENT ON FUNCTION oncall_internal.note_touched() IS
'Trigger of what pay depends on and has no history: holidays, assignments, when people are active, terms. Notes in pay_touched, as the owner of the tables, which time an edit touches, so that the next pay run compares what was paid for it.';
