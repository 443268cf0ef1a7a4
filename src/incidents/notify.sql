
CREATE FUNCTION oncall_internal.notify_page() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_notify_page';
COMMENT ON FUNCTION oncall_internal.notify_page() IS
'Trigger of oncall.page: NOTIFY oncall_page, at commit, with JSON: version, page_id, incident_id, person_id, severity and at most 200 characters of the summary.';

CREATE FUNCTION oncall_internal.notify_notice() RETURNS pg_catalog.trigger
LANGUAGE C VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'oncall_notify_notice';
COMMENT ON FUNCTION oncall_internal.notify_notice() IS
'Trigger of oncall.duty_notice: NOTIFY oncall_notice, at commit, with JSON: version, notice_id and person_id.';
