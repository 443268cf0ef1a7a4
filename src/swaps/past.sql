
CREATE FUNCTION oncall_internal.note_past() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_note_past';
COMMENT ON FUNCTION oncall_internal.note_past() IS
'Trigger of the tables that decide who is on call, before an INSERT or UPDATE of a row and after keep_history(): notes for judge_past() which rotas this transaction writes, and from when on.';

CREATE FUNCTION oncall_internal.judge_past() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_judge_past';
COMMENT ON FUNCTION oncall_internal.judge_past() IS
'Deferred trigger: duty of more than a minute ago must not become another''s, in rotations that have something older, unless a change of the transaction gives a past_reason. Errors: 23514 oncall_past_reason, or oncall_pay_closed where a closed pay run has paid that time. Reads as the owner.';
