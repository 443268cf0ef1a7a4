
CREATE FUNCTION oncall_internal.note_cover() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_note_cover';
COMMENT ON FUNCTION oncall_internal.note_cover() IS
'Trigger of oncall.cover, before an INSERT or UPDATE of a row: notes for judge_covers() what this transaction does to covers.';

CREATE FUNCTION oncall_internal.judge_covers() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_judge_covers';
COMMENT ON FUNCTION oncall_internal.judge_covers() IS
'Deferred constraint trigger of oncall.cover: judges all covers that this transaction has written or ended, together, at commit or when SET CONSTRAINTS makes it immediate. It locks the people whose duty grows, and those with whom they are not to be on duty, and reads as the owner of the table. A breach of a rule that is not contained in one that stood before is an error (23514) whose constraint name is that of the rule: oncall_max_consecutive, oncall_distinct_seats, oncall_not_together, oncall_exclusive_duty, oncall_not_absent, oncall_member, oncall_season or oncall_pay_closed (which is about whoever wins or loses duty, and locks the policies that pay them). Where a person was changed by another transaction since the snapshot of a REPEATABLE READ or SERIALIZABLE one, it is a serialization failure (40001). Covers that concern more than 10,000,000 shifts at once are an error (54000).';
