
-- Signals: whoever writes what sessions remember tells them so. They stand for
-- every role and for replication, which is why the triggers are ENABLE ALWAYS.
-- What is told is that a composite type has changed, of which there are no
-- values: a table would stand in the lists of every tool, and of publications.

CREATE TYPE oncall_internal.roster_written AS ();
COMMENT ON TYPE oncall_internal.roster_written IS
'Has no values. Sessions that remember the roster are told by an invalidation of this type that it has been written.';
CREATE TYPE oncall_internal.people_written AS ();
COMMENT ON TYPE oncall_internal.people_written IS
'Has no values. Sessions that remember people and what they are paid by are told by an invalidation of this type that these have been written.';

CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.rotation
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.rotation ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.layer ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_member
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.layer_member ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_leave
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.layer_leave ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_rule
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.layer_rule ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written');
ALTER TABLE oncall.cover ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.holiday
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('roster_written', 'people_written');
ALTER TABLE oncall.holiday ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.person
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('people_written');
ALTER TABLE oncall.person ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.pay_policy
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('people_written');
ALTER TABLE oncall.pay_policy ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.pay_band
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('people_written');
ALTER TABLE oncall.pay_band ENABLE ALWAYS TRIGGER tell_readers;
CREATE TRIGGER tell_readers BEFORE INSERT OR UPDATE OR DELETE ON oncall.pay_assignment
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.tell_readers('people_written');
ALTER TABLE oncall.pay_assignment ENABLE ALWAYS TRIGGER tell_readers;
