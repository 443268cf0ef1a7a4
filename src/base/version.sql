
-- Version

CREATE FUNCTION oncall.library_version() RETURNS pg_catalog.text
LANGUAGE C STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_library_version';
COMMENT ON FUNCTION oncall.library_version() IS
'The version of oncall''s library that this session has loaded. oncall.setup() refuses to work when it is not the version of the installed extension.';
