
-- Changes

CREATE FUNCTION oncall_internal.begin_change(
	kind pg_catalog.text, rotation_id pg_catalog.int4 DEFAULT NULL, person_id pg_catalog.int4 DEFAULT NULL,
	reason pg_catalog.text DEFAULT NULL, past_reason pg_catalog.text DEFAULT NULL, undoes pg_catalog.int4 DEFAULT NULL)
RETURNS pg_catalog.int4
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_begin_change';
COMMENT ON FUNCTION oncall_internal.begin_change(pg_catalog.text, pg_catalog.int4, pg_catalog.int4, pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
'Begins a change, of which all is part that is written until end_change(), at one moment; writes its row as the caller and returns the change_id. Within another change it is part of that one. To be called once the rows are locked that the change is about.';

CREATE FUNCTION oncall_internal.resume_change(change_id pg_catalog.int4) RETURNS pg_catalog.void
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_resume_change';
COMMENT ON FUNCTION oncall_internal.resume_change(pg_catalog.int4) IS
'Goes on with a change of this transaction, whose row was written before its rows could be locked: it is made at this moment, and all is part of it that is written until end_change(). Errors: 55000 (not of this transaction).';

CREATE FUNCTION oncall_internal.end_change() RETURNS pg_catalog.void
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_end_change';
COMMENT ON FUNCTION oncall_internal.end_change() IS
'Ends what the last begin_change() began. An error that is caught ends all that began within its block.';

CREATE FUNCTION oncall_internal.in_change() RETURNS pg_catalog.bool
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_in_change';
COMMENT ON FUNCTION oncall_internal.in_change() IS
'Has a change begun that has not ended?';

CREATE FUNCTION oncall_internal.moment() RETURNS pg_catalog.timestamptz
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_moment';
COMMENT ON FUNCTION oncall_internal.moment() IS
'The moment of the change or the plain statement under way: what the clock said when it was first asked for.';

CREATE FUNCTION oncall_internal.recorded_now() RETURNS pg_catalog.tstzrange
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_recorded_now';
COMMENT ON FUNCTION oncall_internal.recorded_now() IS
'What "recorded" is of a row that is believed from the moment of this change or statement on.';

CREATE FUNCTION oncall_internal.write_change() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'oncall_write_change';
COMMENT ON FUNCTION oncall_internal.write_change() IS
'Trigger of oncall.change: fills past_reason from the setting oncall.past_reason; only the owner of the table writes who made a change, and when (42501).';
