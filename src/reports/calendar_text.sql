
-- Text in calendars

CREATE FUNCTION oncall_internal.ical_text(value pg_catalog.text) RETURNS pg_catalog.text
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ical_text';
COMMENT ON FUNCTION oncall_internal.ical_text(pg_catalog.text) IS
'A text as the value of a property of RFC 5545: commas, semicolons, backslashes and ends of lines are escaped, other control characters are blanks.';

CREATE FUNCTION oncall_internal.ical_fold(content pg_catalog.text) RETURNS pg_catalog.text
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_ical_fold';
COMMENT ON FUNCTION oncall_internal.ical_fold(pg_catalog.text) IS
'Lines as those of RFC 5545: they end in CR LF, and go on in the next line where they are longer than 75 octets of UTF-8.';
