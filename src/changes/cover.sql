
-- Covers

CREATE FUNCTION oncall_internal.fill_cover() RETURNS trigger
LANGUAGE C
AS 'MODULE_PATHNAME', 'oncall_fill_cover';
COMMENT ON FUNCTION oncall_internal.fill_cover() IS
'Trigger of oncall.cover: fills instead_of and shift of a new cover with whom it relieves by the layers, where that is one person throughout.';
