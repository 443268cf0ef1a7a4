-- The judge of covers: C functions of the extension; here they are attached to
-- the table of covers.

CREATE TRIGGER note_cover BEFORE INSERT OR UPDATE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_cover();
CREATE CONSTRAINT TRIGGER cover_judge AFTER INSERT OR UPDATE ON oncall.cover
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_covers();
COMMENT ON TRIGGER cover_judge ON oncall.cover IS
'Judges what a transaction has written and ended, as a whole, at commit or when SET CONSTRAINTS makes it immediate.';

-- What is past: noted after keep_history() has told what the row's belief is,
-- and judged after the trades.

CREATE TRIGGER note_past BEFORE INSERT OR UPDATE ON oncall.layer
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
CREATE TRIGGER note_past BEFORE INSERT OR UPDATE ON oncall.layer_member
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
CREATE TRIGGER note_past BEFORE INSERT OR UPDATE ON oncall.layer_leave
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
CREATE TRIGGER note_past BEFORE INSERT OR UPDATE ON oncall.layer_rule
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
CREATE TRIGGER note_past BEFORE INSERT OR UPDATE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_past();
CREATE CONSTRAINT TRIGGER judge_past AFTER INSERT OR UPDATE ON oncall.layer
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
COMMENT ON TRIGGER judge_past ON oncall.layer IS
'Judges whether duty of the past is changed without a reason, at commit or when SET CONSTRAINTS makes it immediate.';
CREATE CONSTRAINT TRIGGER judge_past AFTER INSERT OR UPDATE ON oncall.layer_member
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
COMMENT ON TRIGGER judge_past ON oncall.layer_member IS
'Judges whether duty of the past is changed without a reason, at commit or when SET CONSTRAINTS makes it immediate.';
CREATE CONSTRAINT TRIGGER judge_past AFTER INSERT OR UPDATE ON oncall.layer_leave
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
COMMENT ON TRIGGER judge_past ON oncall.layer_leave IS
'Judges whether duty of the past is changed without a reason, at commit or when SET CONSTRAINTS makes it immediate.';
CREATE CONSTRAINT TRIGGER judge_past AFTER INSERT OR UPDATE ON oncall.layer_rule
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
COMMENT ON TRIGGER judge_past ON oncall.layer_rule IS
'Judges whether duty of the past is changed without a reason, at commit or when SET CONSTRAINTS makes it immediate.';
CREATE CONSTRAINT TRIGGER judge_past AFTER INSERT OR UPDATE ON oncall.cover
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_past();
COMMENT ON TRIGGER judge_past ON oncall.cover IS
'Judges whether duty of the past is changed without a reason, at commit or when SET CONSTRAINTS makes it immediate.';
