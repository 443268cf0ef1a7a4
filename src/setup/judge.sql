-- The judge of covers: C functions of the extension; here they are attached to
-- the table of covers.

CREATE TRIGGER note_cover BEFORE INSERT OR UPDATE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.note_cover();
CREATE CONSTRAINT TRIGGER cover_judge AFTER INSERT OR UPDATE ON oncall.cover
	DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.judge_covers();
COMMENT ON TRIGGER cover_judge ON oncall.cover IS
'Judges what a transaction has written and ended, as a whole, at commit or when SET CONSTRAINTS makes it immediate.';
