
-- Signals to those who remember

CREATE FUNCTION oncall_internal.tell_readers() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'oncall_tell_readers';
COMMENT ON FUNCTION oncall_internal.tell_readers() IS
'Trigger of the tables that sessions remember: tells them that a row is written, once the transaction is committed. Its arguments: roster_written, people_written. If it is not ENABLE ALWAYS on each of these tables, sessions read anew whenever others have committed something.';
