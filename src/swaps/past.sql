
CREATE FUNCTION oncall_internal.note_past() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_note_past';
COMMENT ON FUNCTION oncall_internal.note_past() IS
'Trigger of the tables that decide who is on call, before an INSERT or UPDATE of a row and after keep_history(): notes for judge_past() which rotas this transaction writes, and from when on.';

CREATE FUNCTION oncall_internal.judge_past() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_judge_past';
COMMENT ON FUNCTION oncall_internal.judge_past() IS
'Deferred constraint trigger of the tables that decide who is on call: judges, at commit or when SET CONSTRAINTS makes it immediate, whether duty of more than a minute ago is another than it would be without this transaction, in rotations of which some layer or cover is older. If so, and no change of the transaction for that rotation has a past_reason, it is an error (23514) whose constraint name is oncall_past_reason, or oncall_pay_closed where a closed pay run has paid that time. It reads as the owner of the table.';
