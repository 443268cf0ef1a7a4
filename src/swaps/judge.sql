
CREATE FUNCTION oncall_internal.note_cover() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_note_cover';
COMMENT ON FUNCTION oncall_internal.note_cover() IS
'Trigger of oncall.cover, before an INSERT or UPDATE of a row: notes for judge_covers() what this transaction does to covers.';

CREATE FUNCTION oncall_internal.judge_covers() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_judge_covers';
COMMENT ON FUNCTION oncall_internal.judge_covers() IS
'Deferred constraint trigger of oncall.cover: judges all covers that this transaction has written or ended, together. Errors: 23514 with the name of the rule, 40001 where a person was changed since the snapshot, 54000 for too many shifts.';
