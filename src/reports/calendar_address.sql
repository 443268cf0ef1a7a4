
-- Calendars by their addresses

CREATE FUNCTION oncall.icalendar_by_token(token pg_catalog.text) RETURNS pg_catalog.text
LANGUAGE C STABLE PARALLEL SAFE COST 100000
AS 'MODULE_PATHNAME', 'oncall_icalendar_by_token';
COMMENT ON FUNCTION oncall.icalendar_by_token(pg_catalog.text) IS
'The icalendar() of the person who was given this token by issue_calendar_token(), read as the owner of the tables: whoever serves it needs no other right. Errors: 28000 (unknown, revoked, or of somebody who has left), 22004; 42P01 before oncall.setup().';
