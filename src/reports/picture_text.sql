
-- Names in pictures

CREATE FUNCTION oncall_internal.xml_text(value pg_catalog.text) RETURNS pg_catalog.text
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_xml_text';
COMMENT ON FUNCTION oncall_internal.xml_text(pg_catalog.text) IS
'A text as the content of an XML element, or of an attribute in quotes, whatever it contains; control characters are blanks.';

CREATE FUNCTION oncall_internal.text_columns(value pg_catalog.text) RETURNS pg_catalog.int4
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_text_columns';
COMMENT ON FUNCTION oncall_internal.text_columns(pg_catalog.text) IS
'How many columns of a terminal a text takes in one line: wide characters, such as Chinese ones, take two.';

CREATE FUNCTION oncall_internal.fit_text(value pg_catalog.text, columns pg_catalog.int4) RETURNS pg_catalog.text
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_fit_text';
COMMENT ON FUNCTION oncall_internal.fit_text(pg_catalog.text, pg_catalog.int4) IS
'The beginning of a text that fits into so many columns of a terminal, in one line and without control characters.';
