
-- Columns that hold one of a few words

CREATE FUNCTION oncall_internal.is_word(
	word pg_catalog.text, words pg_catalog.text[], table_name pg_catalog.text, column_name pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_word';
COMMENT ON FUNCTION oncall_internal.is_word(pg_catalog.text, pg_catalog.text[], pg_catalog.text, pg_catalog.text) IS
'For check constraints named table_column: true if the word is one of these; otherwise an error (23514) whose hint lists them.';

CREATE FUNCTION oncall_internal.is_word(
	word pg_catalog.text, words pg_catalog.text[], table_name pg_catalog.text, column_name pg_catalog.text,
	person_id pg_catalog.int4)
RETURNS pg_catalog.bool
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_is_word';
COMMENT ON FUNCTION oncall_internal.is_word(pg_catalog.text, pg_catalog.text[], pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
'The same for a table whose rows are each of a person, whom the error names by id.';
