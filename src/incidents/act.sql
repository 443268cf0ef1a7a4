
CREATE FUNCTION oncall_internal.incident_act() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_incident_act';
COMMENT ON FUNCTION oncall_internal.incident_act() IS
'Trigger of oncall.incident_event: does what the event says, as the owner of the table. Errors: those of the functions of the same names, such as 55000 for an incident that has ended.';

CREATE FUNCTION oncall_internal.incident_route() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_incident_route';
COMMENT ON FUNCTION oncall_internal.incident_route() IS
'Trigger of oncall.incident: pages whoever its service and severity say, as the owner of the table.';

CREATE FUNCTION oncall_internal.page_answer() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_page_answer';
COMMENT ON FUNCTION oncall_internal.page_answer() IS
'Trigger of oncall.page: who acknowledges a page acknowledges its incident, as acknowledge() does, as the owner of the table.';
